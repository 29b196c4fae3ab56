/* Opening, the lock, reading beside a writer, damage, contracts, the quarantine. */
#include "sample.h"

#include "base/file.h"
#include "base/mem.h"
#include "store/writer.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

struct fixture {
    struct st_arena arena;
    struct folder folder;
    struct st_store *store;
};

static struct fixture fixture;

static void begin(void)
{
    st_arena_init(&fixture.arena, (size_t)256 << 20);
    folder_make(&fixture.folder);
    fixture.store = NULL;
}

static void end(void)
{
    st_store_close(fixture.store);
    folder_remove(&fixture.folder);
    st_arena_done(&fixture.arena);
}

static void write_events(uint64_t from, uint64_t count)
{
    static struct st_append *events[5000];
    for (uint64_t i = 0; i < count; i++)
        events[i] = plain_event(&fixture.arena, from + i, 300);
    commit_batch(fixture.store, events, count, (int64_t)from);
}

/* ---- opening ---- */

static st_err try_open(bool create, struct st_why *why)
{
    const struct st_store_options options = {.create = create, .no_thread = true};
    return st_store_open(&fixture.store, fixture.folder.store, &options, why);
}

TEST("a store that is absent is made only when asked for, with its folder, for its owner alone")
{
    struct stat info;
    struct st_reader *reader = NULL;
    begin();
    snprintf(fixture.folder.store, sizeof fixture.folder.store, "%s/new/deep/steno.db",
             fixture.folder.at);
    assert_err(try_open(false, NULL), ABSENT);
    assert_err(st_reader_open(&reader, fixture.folder.store, NULL, NULL), ABSENT);
    assert_good(try_open(true, &why));
    assert_int_equal(stat(fixture.folder.store, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    write_events(1, 1);
    char wal[PATH_MAX + 8];
    snprintf(wal, sizeof wal, "%s-wal", fixture.folder.store);
    assert_int_equal(stat(wal, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    snprintf(wal, sizeof wal, "%s.lock", fixture.folder.store);
    assert_int_equal(stat(wal, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    end();
}

TEST("an empty file becomes a store when asked for; another file is refused and left as it is")
{
    struct st_why reason = {0};
    struct st_reader *reader = NULL;
    struct st_buf kept = ST_BUF(1000);
    begin();
    assert_good(st_file_write(fixture.folder.store, ST_STR(""), 0600, &why));
    assert_err(try_open(false, NULL), ABSENT);
    assert_err(st_reader_open(&reader, fixture.folder.store, NULL, NULL), ABSENT);
    assert_good(try_open(true, &why));
    st_store_close(fixture.store);
    st_str text =
        ST_STR("This is a letter to somebody, and by no means a store of any kind of events;"
               " it is longer than the header of a database, a hundred bytes.");
    assert_good(st_file_write(fixture.folder.store, text, 0600, &why));
    fixture.store = NULL;
    assert_err(try_open(true, &reason), INVALID);
    assert_string_equal(reason.text, "the file is not a steno store");
    assert_err(st_reader_open(&reader, fixture.folder.store, NULL, NULL), INVALID);
    assert_good(st_file_read(fixture.folder.store, &kept, &why));
    assert_true(st_str_eq(st_buf_str(&kept), text));
    st_buf_done(&kept);
    end();
}

static void run_sql(const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(fixture.folder.store, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
}

TEST("another program's database is refused, and a store of another format says which it has")
{
    struct st_why reason = {0};
    struct st_reader *reader = NULL;
    begin();
    run_sql("CREATE TABLE t(x)");
    assert_err(try_open(true, &reason), INVALID);
    assert_non_null(strstr(reason.text, "no steno store"));
    assert_int_equal(unlink(fixture.folder.store), 0);
    assert_good(try_open(true, &why));
    st_store_close(fixture.store);
    fixture.store = NULL;
    run_sql("PRAGMA user_version=9");
    assert_err(try_open(true, &reason), INVALID);
    assert_non_null(strstr(reason.text, "format 9"));
    assert_err(st_reader_open(&reader, fixture.folder.store, NULL, &reason), INVALID);
    assert_non_null(strstr(reason.text, "format 9"));
    end();
}

TEST("a store that has lost a table or its secret is damage")
{
    begin();
    assert_good(try_open(true, &why));
    st_store_close(fixture.store);
    fixture.store = NULL;
    run_sql("DELETE FROM meta WHERE key = 'id_secret'");
    assert_err(try_open(true, NULL), CORRUPT);
    run_sql("DROP TABLE block");
    assert_err(try_open(true, NULL), CORRUPT);
    end();
}

TEST("W2: a store whose newest blocks are damaged is not recorded into; it says where and what "
     "helps")
{
    const char *const wrongs[] = {
        "UPDATE block SET body = zeroblob(200) WHERE first_seq = 101",
        "UPDATE block SET header = zeroblob(200) WHERE first_seq = 201",
        ("UPDATE block SET header = (SELECT header FROM block WHERE first_seq = 1)"
         " WHERE first_seq = 201"),
    };
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        struct st_why reason = {0};
        char place[40];
        begin();
        assert_good(try_open(true, &why));
        for (uint64_t n = 1; n <= 300; n += 100)
            write_events(n, 100);
        st_store_close(fixture.store);
        fixture.store = NULL;
        run_sql(wrongs[i]);
        assert_err(try_open(false, &reason), CORRUPT);
        assert_int_equal(reason.offset, i == 0 ? 101 : 201);
        snprintf(place, sizeof place, "from seq %llu on", (unsigned long long)reason.offset);
        assert_non_null(strstr(reason.text, place));
        assert_non_null(strstr(reason.text, "can be read still"));
        end();
    }
}

/* ---- the lock ---- */

TEST(
    "L1: a second recorder is refused, by any name of the store, and finds the first one's address")
{
    struct st_store *second = NULL;
    struct st_buf address = ST_BUF(200);
    struct st_why reason = {0};
    bool held = true;
    char link[PATH_MAX];
    const struct st_store_options options = {.create = true, .no_thread = true};
    begin();
    assert_good(st_store_holder(fixture.folder.store, &held, &address, &why));
    assert_false(held);
    assert_good(try_open(true, &why));
    assert_err(st_store_open(&second, fixture.folder.store, &options, &reason), DENIED);
    assert_non_null(strstr(reason.text, "another recorder"));
    snprintf(link, sizeof link, "%s/other.db", fixture.folder.at);
    assert_int_equal(symlink(fixture.folder.store, link), 0);
    assert_err(st_store_open(&second, link, &options, NULL), DENIED);
    assert_good(st_store_holder(link, &held, &address, &why));
    assert_true(held && address.len == 0);
    assert_good(st_store_announce(fixture.store, ST_STR("http://127.0.0.1:4318"), &why));
    assert_good(st_store_announce(fixture.store, ST_STR("unix:/run/s"), &why));
    assert_err(st_store_announce(fixture.store, ST_STR("two\nlines"), NULL), INVALID);
    assert_good(st_store_holder(fixture.folder.store, &held, &address, &why));
    assert_true(held);
    assert_text(st_buf_str(&address), "unix:/run/s");
    st_store_close(fixture.store);
    fixture.store = NULL;
    assert_good(st_store_holder(fixture.folder.store, &held, &address, &why));
    assert_false(held);
    assert_good(try_open(true, &why));
    st_buf_done(&address);
    end();
}

TEST("S1: what a killed recorder leaves in the lock file is not believed")
{
    struct st_buf address = ST_BUF(200);
    bool held = false;
    int ready[2];
    char byte = 0;
    begin();
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        bool good = try_open(true, NULL) == ST_OK &&
                    st_store_announce(fixture.store, ST_STR("http://gone"), NULL) == ST_OK;
        good = write(ready[1], good ? "y" : "n", 1) == 1 && good;
        pause();
        _exit(!good);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    assert_good(st_store_holder(fixture.folder.store, &held, &address, &why));
    assert_true(held);
    assert_text(st_buf_str(&address), "http://gone");
    assert_err(try_open(true, NULL), DENIED);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    st_buf_reset(&address);
    assert_good(st_store_holder(fixture.folder.store, &held, &address, &why));
    assert_false(held);
    assert_int_equal(address.len, 0);
    assert_good(try_open(true, &why));
    write_events(1, 10);
    close(ready[0]);
    close(ready[1]);
    st_buf_done(&address);
    end();
}

/* Whether SQLite's shared lock on a database file is seen by another process. */
static bool is_locked_by_sqlite(const char *path)
{
    pid_t child = fork();
    if (child == 0) {
        struct flock lock = {
            .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000002, .l_len = 510};
        int fd = open(path, O_RDWR);
        _exit(fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST("S1: a second recorder is refused by a hard link too, and when the lock file was removed")
{
    struct st_store *second = NULL;
    struct st_why reason = {0};
    char link_path[PATH_MAX];
    char lock_path[PATH_MAX + 8];
    const struct st_store_options options = {.no_thread = true};
    begin();
    assert_good(try_open(true, &why));
    snprintf(link_path, sizeof link_path, "%s/other.db", fixture.folder.at);
    snprintf(lock_path, sizeof lock_path, "%s.lock", fixture.folder.store);
    assert_int_equal(link(fixture.folder.store, link_path), 0);
    assert_int_equal(unlink(lock_path), 0);
    const char *const names[] = {link_path, fixture.folder.store};
    for (int i = 0; i < 2; i++) {
        assert_err(st_store_open(&second, names[i], &options, &reason), DENIED);
        assert_non_null(strstr(reason.text, "another recorder"));
    }
    assert_true(is_locked_by_sqlite(fixture.folder.store));
    write_events(1, 5);
    st_store_close(fixture.store);
    fixture.store = NULL;
    assert_good(try_open(false, &why));
    assert_int_equal(st_store_last_seq(fixture.store), 5);
    end();
}

TEST("S1: another process that holds the file by another name is met")
{
    int ready[2];
    char byte = 0;
    char link_path[PATH_MAX];
    begin();
    assert_good(try_open(true, &why));
    st_store_close(fixture.store);
    fixture.store = NULL;
    snprintf(link_path, sizeof link_path, "%s/other.db", fixture.folder.at);
    assert_int_equal(link(fixture.folder.store, link_path), 0);
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        const struct st_store_options options = {.no_thread = true};
        bool good = st_store_open(&fixture.store, link_path, &options, NULL) == ST_OK;
        (void)!write(ready[1], good ? "y" : "n", 1);
        pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    assert_err(try_open(false, NULL), DENIED);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_good(try_open(false, &why));
    close(ready[0]);
    close(ready[1]);
    end();
}

TEST("S1: being refused by another name, and closing, leave a reader's locks as they are")
{
    int ready[2];
    char byte = 0;
    char link_path[PATH_MAX];
    uint64_t seq = 0;
    struct st_store *second = NULL;
    const struct st_store_options options = {.no_thread = true};
    begin();
    assert_good(try_open(true, &why));
    write_events(1, 5);
    st_store_close(fixture.store);
    fixture.store = NULL;
    snprintf(link_path, sizeof link_path, "%s/other.db", fixture.folder.at);
    assert_int_equal(link(fixture.folder.store, link_path), 0);
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)!write(ready[1], try_open(false, NULL) == ST_OK ? "y" : "n", 1);
        pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    struct st_reader *reader = open_reader(&fixture.folder);
    assert_good(st_reader_last_seq(reader, &seq, &why));
    assert_err(st_store_open(&second, link_path, &options, NULL), DENIED);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(is_locked_by_sqlite(fixture.folder.store));
    assert_good(try_open(false, &why));
    st_store_close(fixture.store);
    fixture.store = NULL;
    assert_true(is_locked_by_sqlite(fixture.folder.store));
    st_reader_close(reader);
    assert_false(is_locked_by_sqlite(fixture.folder.store));
    assert_good(try_open(false, &why));
    close(ready[0]);
    close(ready[1]);
    end();
}

TEST("S1: what lies in the lock file's place and is no plain file is refused, and not waited for")
{
    struct st_buf address = ST_BUF(200);
    bool held = false;
    char lock_path[PATH_MAX + 8];
    char kept_path[PATH_MAX];
    struct st_buf kept = ST_BUF(100);
    begin();
    snprintf(lock_path, sizeof lock_path, "%s.lock", fixture.folder.store);
    snprintf(kept_path, sizeof kept_path, "%s/kept", fixture.folder.at);
    assert_int_equal(mkfifo(lock_path, 0600), 0);
    assert_err(st_store_holder(fixture.folder.store, &held, &address, NULL), INVALID);
    assert_err(try_open(true, NULL), INVALID);
    assert_int_equal(unlink(lock_path), 0);
    assert_good(st_file_write(kept_path, ST_STR("dear"), 0600, &why));
    assert_int_equal(symlink(kept_path, lock_path), 0);
    assert_err(try_open(true, NULL), SYSTEM);
    assert_err(st_store_holder(fixture.folder.store, &held, &address, NULL), SYSTEM);
    assert_good(st_file_read(kept_path, &kept, &why));
    assert_text(st_buf_str(&kept), "dear");
    st_buf_done(&kept);
    st_buf_done(&address);
    end();
}

TEST("D1: a store that a tool has taken out of WAL mode is put into it again")
{
    begin();
    assert_good(try_open(true, &why));
    write_events(1, 5);
    st_store_close(fixture.store);
    fixture.store = NULL;
    run_sql("PRAGMA journal_mode=DELETE");
    assert_good(try_open(false, &why));
    char wal[PATH_MAX + 8];
    struct stat info;
    write_events(6, 5);
    snprintf(wal, sizeof wal, "%s-wal", fixture.folder.store);
    assert_int_equal(stat(wal, &info), 0);
    assert_true(info.st_size > 0);
    end();
}

TEST("B1: a value in the file that is longer than any may be is refused, not allocated")
{
    struct st_event event;
    begin();
    assert_good(try_open(true, &why));
    write_events(1, 5);
    st_store_close(fixture.store);
    fixture.store = NULL;
    run_sql("UPDATE block SET body = zeroblob(40 << 20)");
    struct st_reader *reader = open_reader(&fixture.folder);
    assert_err(st_reader_find(reader, 1, &event, NULL), LIMIT);
    st_reader_close(reader);
    end();
}

/* ---- reading beside a writer ---- */

#define EVENTS 20000

/* In a process of its own: every event once, in order; its exit code says so. */
static int read_all(const char *path)
{
    struct st_reader *reader = NULL;
    while (st_reader_open(&reader, path, NULL, NULL) == ST_ERR_ABSENT)
        usleep(1000);
    if (reader == NULL)
        return 2;
    struct st_scan scan = {0};
    const struct st_event *events = NULL;
    uint32_t count = 0;
    uint64_t met = 0;
    st_scan_start(&scan, reader, 0, false);
    while (met < EVENTS) {
        st_err err = st_scan_next(&scan, 1000000, &events, &count, NULL);
        if (err != ST_OK && err != ST_ERR_AGAIN)
            return 3;
        for (uint32_t i = 0; i < count; i++)
            if (events[i].record.seq != ++met)
                return 4;
        if (count == 0)
            usleep(200);
    }
    st_reader_close(reader);
    return 0;
}

TEST("O3: a reader in another process meets each event once, in order, while the log grows")
{
    begin();
    pid_t child = fork();
    if (child == 0)
        _exit(read_all(fixture.folder.store));
    const struct st_store_options options = {.create = true};
    assert_good(st_store_open(&fixture.store, fixture.folder.store, &options, &why));
    for (uint64_t n = 1; n <= EVENTS; n += 200) {
        write_events(n, 200);
        st_arena_reset(&fixture.arena);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    end();
}

/* ---- scanning ---- */

static bool wants_odd(void *context, const struct st_block_header *header)
{
    ++*(unsigned *)context;
    return (header->first_seq / 100) % 2 == 1;
}

TEST("B1: a scan opens only the blocks that are wanted, and gives way after its time")
{
    unsigned asked = 0;
    const struct st_event *events = NULL;
    uint32_t count = 0;
    uint64_t met = 0;
    begin();
    assert_good(try_open(true, &why));
    for (uint64_t n = 1; n <= 1000; n += 100)
        write_events(n, 100);
    struct st_reader *reader = open_reader(&fixture.folder);
    for (int down = 0; down < 2; down++) {
        struct st_scan scan = {.wanted = wants_odd, .context = &asked};
        asked = 0;
        met = 0;
        st_scan_start(&scan, reader, down ? UINT64_MAX : 0, down);
        st_err err = ST_OK;
        unsigned ways = 0;
        do {
            err = st_scan_next(&scan, 1, &events, &count, NULL);
            ways += err == ST_ERR_AGAIN;
            met += count;
        } while (err == ST_ERR_AGAIN || count > 0);
        assert_int_equal(err, ST_OK);
        assert_int_equal(met, 500);
        assert_int_equal(asked, 10);
        assert_true(ways >= 5);
    }
    st_reader_close(reader);
    end();
}

static unsigned scan_with_damage(struct st_reader *reader, bool down, unsigned *damaged,
                                 uint64_t *place)
{
    struct st_scan scan = {0};
    const struct st_event *events = NULL;
    uint32_t count = 0;
    unsigned met = 0;
    st_err err = ST_OK;
    st_scan_start(&scan, reader, down ? UINT64_MAX : 0, down);
    do {
        struct st_why reason = {0};
        err = st_scan_next(&scan, 0, &events, &count, &reason);
        met += count;
        if (err == ST_ERR_CORRUPT) {
            ++*damaged;
            *place = reason.offset;
        }
        assert_true(err == ST_OK || err == ST_ERR_CORRUPT);
    } while (err == ST_ERR_CORRUPT || count > 0);
    return met;
}

static void check_damage(const char *sql, uint64_t where)
{
    begin();
    assert_good(try_open(true, &why));
    for (uint64_t n = 1; n <= 500; n += 100)
        write_events(n, 100);
    st_store_close(fixture.store);
    fixture.store = NULL;
    run_sql(sql);
    struct st_reader *reader = open_reader(&fixture.folder);
    for (int down = 0; down < 2; down++) {
        unsigned damaged = 0;
        uint64_t place = 0;
        assert_int_equal(scan_with_damage(reader, down, &damaged, &place), 400);
        assert_int_equal(damaged, 1);
        assert_int_equal(place, where);
    }
    struct st_event event;
    struct st_why reason = {0};
    assert_err(st_reader_find(reader, where + 5, &event, &reason), CORRUPT);
    assert_int_equal(reason.offset, where);
    assert_good(st_reader_find(reader, where == 1 ? 101 : 1, &event, &why));
    st_reader_close(reader);
    end();
}

TEST("W2: a damaged block is said with its place, and a scan goes on behind it")
{
    check_damage("UPDATE block SET body = zeroblob(200) WHERE first_seq = 201", 201);
    check_damage("UPDATE block SET body = NULL || '' WHERE first_seq = -1;"
                 "UPDATE block SET header = zeroblob(200) WHERE first_seq = 201",
                 201);
    check_damage("UPDATE block SET header = x'' WHERE first_seq = 1", 1);
    check_damage("UPDATE block SET header = x'00' WHERE first_seq = 401", 401);
    check_damage("UPDATE block SET header = (SELECT header FROM block WHERE first_seq = 101)"
                 " WHERE first_seq = 301",
                 301);
}

TEST("W2: missing blocks are said with their place in either direction, but for the first ones")
{
    const struct {
        const char *sql;
        unsigned met, damaged;
        uint64_t place;
    } cases[] = {
        {"DELETE FROM block WHERE first_seq = 201", 400, 1, 201},
        {"DELETE FROM block WHERE first_seq IN (201, 301)", 300, 1, 201},
        {"DELETE FROM block WHERE first_seq IN (1, 101)", 300, 0, 0},
        {"DELETE FROM block WHERE first_seq = 401", 400, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin();
        assert_good(try_open(true, &why));
        for (uint64_t n = 1; n <= 500; n += 100)
            write_events(n, 100);
        st_store_close(fixture.store);
        fixture.store = NULL;
        run_sql(cases[i].sql);
        struct st_reader *reader = open_reader(&fixture.folder);
        for (int down = 0; down < 2; down++) {
            unsigned damaged = 0;
            uint64_t place = 0;
            assert_int_equal(scan_with_damage(reader, down, &damaged, &place), cases[i].met);
            assert_int_equal(damaged, cases[i].damaged);
            assert_int_equal(place, cases[i].place);
        }
        st_reader_close(reader);
        end();
    }
}

TEST("W2: an event among missing ones is damage with its place; before and past all it is absent")
{
    struct st_event event;
    struct st_why reason = {0};
    begin();
    assert_good(try_open(true, &why));
    for (uint64_t n = 1; n <= 500; n += 100)
        write_events(n, 100);
    st_store_close(fixture.store);
    fixture.store = NULL;
    run_sql("DELETE FROM block WHERE first_seq IN (1, 201, 301)");
    struct st_reader *reader = open_reader(&fixture.folder);
    for (uint64_t seq = 201; seq <= 400; seq += 199) {
        assert_err(st_reader_find(reader, seq, &event, &reason), CORRUPT);
        assert_int_equal(reason.offset, 201);
    }
    assert_err(st_reader_find(reader, 1, &event, &reason), ABSENT);
    assert_err(st_reader_find(reader, 501, &event, &reason), ABSENT);
    assert_good(st_reader_find(reader, 200, &event, &why));
    assert_good(st_reader_find(reader, 401, &event, &why));
    st_reader_close(reader);
    end();
}

TEST("W2: a scan that starts among missing events says so, and one that starts past the end not")
{
    const struct st_event *events = NULL;
    uint32_t count = 0;
    struct st_scan scan = {0};
    struct st_why reason = {0};
    begin();
    assert_good(try_open(true, &why));
    for (uint64_t n = 1; n <= 500; n += 100)
        write_events(n, 100);
    st_store_close(fixture.store);
    fixture.store = NULL;
    run_sql("DELETE FROM block WHERE first_seq = 201");
    struct st_reader *reader = open_reader(&fixture.folder);
    st_scan_start(&scan, reader, 250, false);
    assert_err(st_scan_next(&scan, 0, &events, &count, &reason), CORRUPT);
    assert_int_equal(reason.offset, 250);
    assert_good(st_scan_next(&scan, 0, &events, &count, &why));
    assert_int_equal(events[0].record.seq, 301);
    st_scan_start(&scan, reader, 250, true);
    assert_err(st_scan_next(&scan, 0, &events, &count, &reason), CORRUPT);
    assert_int_equal(reason.offset, 201);
    assert_good(st_scan_next(&scan, 0, &events, &count, &why));
    assert_int_equal(events[0].record.seq, 101);
    st_scan_start(&scan, reader, 9000, true);
    assert_good(st_scan_next(&scan, 0, &events, &count, &why));
    assert_int_equal(events[0].record.seq, 401);
    st_scan_start(&scan, reader, 9000, false);
    assert_good(st_scan_next(&scan, 0, &events, &count, &why));
    assert_int_equal(count, 0);
    st_reader_close(reader);
    end();
}

TEST("the range of a store is its first and last seq, and 0 and 0 of an empty one")
{
    uint64_t first = 7;
    uint64_t last = 7;
    begin();
    assert_good(try_open(true, &why));
    struct st_reader *reader = open_reader(&fixture.folder);
    assert_good(st_reader_range(reader, &first, &last, &why));
    assert_true(first == 0 && last == 0);
    write_events(1, 700);
    assert_good(st_reader_range(reader, &first, &last, &why));
    assert_true(first == 1 && last == 700);
    st_reader_close(reader);
    end();
}

TEST("I2: an id whose block is damaged is still known by its digests")
{
    begin();
    assert_good(try_open(true, &why));
    write_events(1, 100);
    write_events(101, 100);
    assert_int_equal(sqlite3_exec(st_store_connection(fixture.store),
                                  "UPDATE block SET body = zeroblob(9) WHERE first_seq = 1", NULL,
                                  NULL, NULL),
                     SQLITE_OK);
    struct st_append *same = plain_event(&fixture.arena, 7, 300);
    struct st_append *other = plain_event(&fixture.arena, 8, 301);
    struct st_append *const events[] = {same, other};
    commit_batch(fixture.store, events, 2, 9);
    assert_int_equal(same->outcome, ST_DUPLICATE);
    assert_int_equal(same->first_seq, 7);
    assert_int_equal(other->outcome, ST_CONFLICT);
    assert_int_equal(other->first_seq, 8);
    end();
}

/* ---- limits ---- */

TEST("B2: an event or a text over its limit is refused, and its transaction is undone")
{
    begin();
    assert_good(try_open(true, &why));
    write_events(1, 5);
    char *large = st_arena_get_zeroed(&fixture.arena, ST_EVENT_BYTES_MAX + 1);
    assert_non_null(large);
    for (int i = 0; i < 3; i++) {
        struct st_append *good = plain_event(&fixture.arena, 6, 10);
        struct st_append *bad = plain_event(&fixture.arena, 7, 10);
        if (i == 0)
            bad->event.raw = (st_str){large, ST_EVENT_BYTES_MAX + 1};
        else if (i == 1)
            bad->event.record.stream = (st_str){large, ST_EVENT_BYTES_MAX + 1};
        else
            bad->event.record.contract = (st_str){large, ST_CONTRACT_NAME_MAX + 1};
        struct st_append *const events[] = {good, bad};
        assert_good(st_store_begin(fixture.store, &why));
        assert_err(st_store_append(fixture.store, events, 2, false, 1, NULL), LIMIT);
        assert_int_equal(st_store_last_seq(fixture.store), 5);
        st_store_rollback(fixture.store);
    }
    struct st_append *largest = plain_event(&fixture.arena, 6, 10);
    largest->event.raw = (st_str){large, ST_EVENT_BYTES_MAX};
    commit_batch(fixture.store, &largest, 1, 1);
    assert_int_equal(largest->first_seq, 6);
    end();
}

TEST("received_ns never falls, whatever the clock does")
{
    begin();
    assert_good(try_open(true, &why));
    const int64_t clock[] = {500, 400, 600, -7, 600, 601};
    const int64_t expected[] = {500, 500, 600, 600, 600, 601};
    for (size_t i = 0; i < 6; i++) {
        struct st_append *append = plain_event(&fixture.arena, i, 10);
        commit_batch(fixture.store, &append, 1, clock[i]);
        assert_int_equal(append->event.record.received_ns, expected[i]);
        if (i == 2) {
            st_store_close(fixture.store);
            assert_good(try_open(true, &why));
        }
    }
    end();
}

TEST("appending allocates nothing in the steady state")
{
    begin();
    assert_good(try_open(true, &why));
    for (uint64_t n = 1; n <= 6000; n += 1000)
        write_events(n, 1000);
    static struct st_append *events[1000];
    for (uint64_t i = 0; i < 1000; i++)
        events[i] = plain_event(&fixture.arena, 6001 + i, 300);
    uint64_t before = st_mem_count();
    commit_batch(fixture.store, events, 1000, 1);
    assert_int_equal(st_mem_count(), before);
    end();
}

/* ---- contracts and the quarantine ---- */

TEST("a contract's text is kept once and found by its digest")
{
    struct st_buf text = ST_BUF(100);
    begin();
    assert_good(try_open(true, &why));
    for (int i = 0; i < 2; i++) {
        assert_good(st_store_begin(fixture.store, &why));
        assert_good(st_store_keep_contract(fixture.store, ST_STR("a@1"), sample_digests[0],
                                           ST_STR("{\"a\":1}"), &why));
        assert_good(st_store_commit(fixture.store, &why));
    }
    struct st_reader *reader = open_reader(&fixture.folder);
    assert_good(st_reader_contract(reader, sample_digests[0], &text, &why));
    assert_text(st_buf_str(&text), "{\"a\":1}");
    assert_err(st_reader_contract(reader, sample_digests[1], &text, NULL), ABSENT);
    st_reader_close(reader);
    st_buf_done(&text);
    end();
}

TEST("V4: an event is put into quarantine once, takes no seq, and is listed with its report")
{
    uint64_t numbers[4] = {0};
    begin();
    assert_good(try_open(true, &why));
    struct st_event *event = &plain_event(&fixture.arena, 1, 10)->event;
    struct st_event *other = &plain_event(&fixture.arena, 1, 10)->event;
    other->record.tenant = ST_STR("t");
    other->record.producer = ST_STR("run-1");
    const struct st_event *const kept[] = {event, event, other};
    assert_good(st_store_begin(fixture.store, &why));
    for (int i = 0; i < 3; i++)
        assert_good(st_store_quarantine(fixture.store, kept[i], ST_STR("/a: wrong"), 77 + i,
                                        &numbers[i], &why));
    assert_good(st_store_commit(fixture.store, &why));
    assert_true(numbers[0] == numbers[1] && numbers[2] > numbers[0]);
    assert_good(st_store_begin(fixture.store, &why));
    assert_good(st_store_quarantine(fixture.store, other, ST_STR("x"), 90, &numbers[3], &why));
    st_store_rollback(fixture.store);
    assert_int_equal(numbers[3], numbers[2]);
    assert_int_equal(st_store_last_seq(fixture.store), 0);
    struct st_reader *reader = open_reader(&fixture.folder);
    struct st_quarantined found;
    struct st_head head;
    assert_good(st_reader_head(reader, &head, &why));
    assert_int_equal(head.quarantined, 2);
    struct st_quarantine_scan scan = {.reader = reader};
    assert_good(st_quarantine_scan_next(&scan, 0, &found, &why));
    assert_int_equal(found.number, numbers[0]);
    assert_int_equal(found.received_ns, 77);
    assert_null(found.tenant.at);
    assert_null(found.producer.at);
    assert_text(found.contract, "sample@1");
    assert_text(found.report, "/a: wrong");
    assert_true(st_str_eq(found.raw, event->raw));
    assert_good(st_quarantine_scan_next(&scan, 0, &found, &why));
    assert_text(found.tenant, "t");
    assert_text(found.producer, "run-1");
    assert_err(st_quarantine_scan_next(&scan, 0, &found, NULL), ABSENT);
    st_reader_close(reader);
    end();
}

TEST("V4: an event in quarantine with every text at its longest can be read")
{
    uint64_t number = 0;
    struct st_quarantined found;
    begin();
    char *bytes = st_arena_get(&fixture.arena, ST_EVENT_BYTES_MAX);
    assert_non_null(bytes);
    memset(bytes, 'x', ST_EVENT_BYTES_MAX);
    st_str longest = {bytes, ST_EVENT_BYTES_MAX};
    struct st_event *event = &plain_event(&fixture.arena, 1, 10)->event;
    event->raw = longest;
    event->record.tenant = longest;
    event->record.producer = longest;
    assert_good(try_open(true, &why));
    assert_good(st_store_begin(fixture.store, &why));
    assert_good(st_store_quarantine(fixture.store, event, longest, 77, &number, &why));
    assert_good(st_store_commit(fixture.store, &why));
    struct st_reader *reader = open_reader(&fixture.folder);
    assert_good(st_reader_quarantined(reader, number, &found, &why));
    assert_true(st_str_eq(found.producer, longest) && st_str_eq(found.report, longest));
    st_reader_close(reader);
    end();
}

static bool is_of_t(void *context, const struct st_quarantined *kept)
{
    ++*(unsigned *)context;
    return st_str_eq(kept->tenant, ST_STR("t"));
}

TEST("V4: what is kept apart is found by its number, by what is wanted, and goes when it is taken "
     "out; its number is not given again")
{
    uint64_t numbers[3] = {0};
    uint64_t again = 0;
    bool has = true;
    unsigned looked_at = 0;
    begin();
    assert_good(try_open(true, &why));
    struct st_event *events[3];
    assert_good(st_store_begin(fixture.store, &why));
    for (unsigned i = 0; i < 3; i++) {
        events[i] = &plain_event(&fixture.arena, i, 10)->event;
        events[i]->record.tenant = i == 2 ? ST_STR("t") : ST_STR("u");
        assert_good(
            st_store_quarantine(fixture.store, events[i], ST_STR("[]"), 5, &numbers[i], &why));
    }
    assert_good(st_store_commit(fixture.store, &why));
    struct st_reader *reader = open_reader(&fixture.folder);
    struct st_quarantined found;
    struct st_quarantine_scan scan = {.reader = reader, .wanted = is_of_t, .context = &looked_at};
    assert_good(st_quarantine_scan_next(&scan, 0, &found, &why));
    assert_int_equal(found.number, numbers[2]);
    assert_int_equal(looked_at, 3);
    assert_true(st_str_eq(found.raw, events[2]->raw));
    assert_err(st_quarantine_scan_next(&scan, 0, &found, NULL), ABSENT);
    assert_good(st_reader_quarantined(reader, numbers[1], &found, &why));
    assert_true(st_str_eq(found.raw, events[1]->raw));
    static const uint64_t strange[] = {0, 4, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX};
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
        assert_err(st_reader_quarantined(reader, strange[i], &found, NULL), ABSENT);
        scan = (struct st_quarantine_scan){.reader = reader, .after = strange[i]};
        if (i > 0)
            assert_err(st_quarantine_scan_next(&scan, 0, &found, NULL), ABSENT);
        assert_good(st_store_begin(fixture.store, &why));
        assert_good(st_store_quarantine_has(fixture.store, strange[i], &has, &why));
        assert_false(has);
        st_store_rollback(fixture.store);
    }
    assert_good(st_store_begin(fixture.store, &why));
    assert_good(st_store_quarantine_has(fixture.store, numbers[2], &has, &why));
    assert_true(has);
    assert_good(st_store_quarantine_remove(fixture.store, numbers[2], &why));
    assert_good(st_store_quarantine_has(fixture.store, numbers[2], &has, &why));
    assert_false(has);
    assert_good(st_store_quarantine(fixture.store, events[2], ST_STR("[]"), 6, &again, &why));
    assert_true(again > numbers[2]);
    assert_good(st_store_commit(fixture.store, &why));
    assert_err(st_reader_quarantined(reader, numbers[2], &found, NULL), ABSENT);
    assert_good(st_reader_quarantined(reader, again, &found, &why));
    st_reader_close(reader);
    end();
}

TEST("B1: a look through a quarantine of which nothing is wanted ends when its time is over")
{
    unsigned looked_at = 0;
    uint64_t number = 0;
    begin();
    assert_good(try_open(true, &why));
    assert_good(st_store_begin(fixture.store, &why));
    for (unsigned i = 0; i < 50; i++)
        assert_good(st_store_quarantine(fixture.store, &plain_event(&fixture.arena, i, 10)->event,
                                        ST_STR("[]"), 5, &number, &why));
    assert_good(st_store_commit(fixture.store, &why));
    struct st_reader *reader = open_reader(&fixture.folder);
    struct st_quarantined found;
    struct st_quarantine_scan scan = {.reader = reader, .wanted = is_of_t, .context = &looked_at};
    st_err err = ST_ERR_AGAIN;
    unsigned turns = 0;
    for (; err == ST_ERR_AGAIN; turns++)
        err = st_quarantine_scan_next(&scan, 1, &found, NULL);
    assert_int_equal(err, ST_ERR_ABSENT);
    assert_true(turns > 1);
    assert_int_equal(looked_at, 50); /* each once, whatever the turns */
    st_reader_close(reader);
    end();
}
