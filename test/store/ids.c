/* Ids through many runs and merges. */
#include "sample.h"

#include "faulty_vfs.h"
#include "store/runs.h"
#include "store/writer.h"

#include <openssl/hmac.h>

struct fixture {
    struct st_rng rng;
    struct st_arena arena;
    struct folder folder;
    struct st_store *store;
    uint64_t count;
};

static struct fixture fixture;

static void open_shrunk(void)
{
    fixture.store = open_store(&fixture.folder, NULL);
    st_ids_shrink(fixture.store->ids, 64, 8, 2);
}

static void begin(void)
{
    st_rng_init(&fixture.rng, random_seed());
    st_arena_init(&fixture.arena, (size_t)256 << 20);
    folder_make(&fixture.folder);
    fixture.count = 0;
    open_shrunk();
}

static void end(void)
{
    st_store_close(fixture.store);
    folder_remove(&fixture.folder);
    st_arena_done(&fixture.arena);
}

static void append_new(uint64_t count, bool keep)
{
    st_arena_reset(&fixture.arena);
    assert_good(st_store_begin(fixture.store, &why));
    for (uint64_t i = 1; i <= count; i++) {
        struct st_append *append = plain_event(&fixture.arena, fixture.count + i, 5);
        assert_good(st_store_append(fixture.store, &append, 1, false, 1, &why));
        assert_int_equal(append->outcome, ST_ACCEPTED);
    }
    if (keep) {
        assert_good(st_store_commit(fixture.store, &why));
        fixture.count += count;
    } else {
        assert_ok(st_ids_settle(fixture.store->ids, fixture.count + count, 0, NULL));
        st_store_rollback(fixture.store);
    }
}

/* Asks for every id that was kept; a miss is certain, so none may be missed. */
static void check_all(void)
{
    for (uint64_t n = 1; n <= fixture.count + 100; n++) {
        if (n % 1000 == 1)
            st_arena_reset(&fixture.arena);
        struct st_append *append = plain_event(&fixture.arena, n, 5);
        struct st_id_key key;
        struct st_id_hit hits[4];
        size_t count = 0;
        st_ids_key(fixture.store->ids, &append->event.record, append->event.raw, &key);
        assert_good(st_ids_find(fixture.store->ids, &key, hits, 4, &count, &why));
        assert_int_equal(count, n <= fixture.count ? 1 : 0);
        if (count == 1) {
            assert_int_equal(hits[0].seq, n);
            assert_memory_equal(hits[0].mac, key.mac, sizeof key.mac);
        }
    }
}

static int64_t ask(const char *sql)
{
    int64_t value = 0;
    assert_good(st_sql_int(st_store_connection(fixture.store), sql, &value, &why));
    return value;
}

TEST("I1: every id is found once, and no other, through flushes, merges, rollbacks and reopening")
{
    begin();
    int64_t levels = 0;
    bool in_merge = false;
    while (fixture.count < 12000 || levels < 5) {
        uint64_t most = st_rng_below(&fixture.rng, 10) == 0 ? 300 : 20;
        append_new(1 + st_rng_below(&fixture.rng, most), st_rng_below(&fixture.rng, 5) != 0);
        uint64_t next = st_rng_below(&fixture.rng, 100);
        if (next < 3)
            check_all();
        if (next >= 3 && next < 8) {
            in_merge = in_merge || ask("SELECT count(*) FROM id_run WHERE state = 1") > 0;
            st_store_close(fixture.store);
            open_shrunk();
        }
        int64_t level = ask("SELECT coalesce(max(level), 0) FROM id_run");
        levels = level > levels ? level : levels;
    }
    check_all();
    assert_true(in_merge);
    st_store_close(fixture.store);
    open_shrunk();
    check_all();
    print_message("%llu ids, %lld levels, %lld runs\n", (unsigned long long)fixture.count,
                  (long long)levels, (long long)ask("SELECT count(*) FROM id_run"));
    end();
}

TEST("I1: the runs of a level stay few, and what is merged goes")
{
    begin();
    for (int i = 0; i < 1500; i++) {
        append_new(1 + st_rng_below(&fixture.rng, 40), true);
        assert_true(ask("SELECT coalesce(max(n), 0) FROM (SELECT count(*) n FROM id_run"
                        " WHERE state = 0 GROUP BY level)") <= 6);
        assert_true(ask("SELECT count(*) FROM id_run WHERE state = 2") <= 20);
    }
    int64_t stored = ask("SELECT sum((length(id_chunk.entries) - 8) / 24) FROM id_chunk, id_run"
                         " WHERE id_chunk.run = id_run.run AND state = 0");
    assert_true((uint64_t)stored <= fixture.count);
    assert_true(stored > (int64_t)fixture.count - 1000);
    end();
}

TEST("I1: ids of the real size are flushed when they are full, and found after reopening")
{
    st_rng_init(&fixture.rng, 1);
    st_arena_init(&fixture.arena, (size_t)512 << 20);
    folder_make(&fixture.folder);
    fixture.count = 0;
    fixture.store = open_store(&fixture.folder, NULL);
    static struct st_append *events[10000];
    for (int i = 0; i < 14; i++) {
        st_arena_reset(&fixture.arena);
        for (uint64_t k = 0; k < 10000; k++)
            events[k] = plain_event(&fixture.arena, ++fixture.count, 5);
        commit_batch(fixture.store, events, 10000, 1);
    }
    assert_int_equal(ask("SELECT count(*) FROM id_run"), 2);
    check_all();
    st_store_close(fixture.store);
    fixture.store = open_store(&fixture.folder, NULL);
    check_all();
    end();
}

TEST("I1: events without ids do not lengthen the next start")
{
    begin();
    static struct st_append *events[10000];
    for (int i = 0; i < 27; i++) {
        st_arena_reset(&fixture.arena);
        for (uint64_t k = 0; k < 10000; k++) {
            events[k] = plain_event(&fixture.arena, ++fixture.count, 0);
            events[k]->event.record.id = (st_str){NULL, 0};
        }
        commit_batch(fixture.store, events, 10000, 1);
    }
    assert_true(fixture.count - st_ids_settled_seq(fixture.store->ids) < ST_IDS_UNSETTLED_MAX);
    assert_true(st_ids_settled_seq(fixture.store->ids) > 0);
    st_store_close(fixture.store);
    open_shrunk();
    assert_int_equal(st_store_last_seq(fixture.store), fixture.count);
    end();
}

TEST("I1: few events of many bytes do not lengthen the next start either")
{
    st_arena_init(&fixture.arena, (size_t)32 << 20);
    folder_make(&fixture.folder);
    fixture.store = open_store(&fixture.folder, NULL);
    static struct st_append *events[16];
    size_t len = ST_EVENT_BYTES_MAX - 64;
    for (uint64_t number = 0; number < 272;) {
        st_arena_reset(&fixture.arena);
        for (int k = 0; k < 16; k++)
            events[k] = plain_event(&fixture.arena, ++number, len);
        commit_batch(fixture.store, events, 16, 1);
        assert_true(fixture.store->now.unsettled_bytes < ST_IDS_UNSETTLED_BYTES_MAX);
        if (number % 64 == 0) {
            uint64_t bytes = fixture.store->now.unsettled_bytes;
            st_store_close(fixture.store);
            fixture.store = open_store(&fixture.folder, NULL);
            assert_int_equal(fixture.store->now.unsettled_bytes, bytes);
        }
    }
    assert_int_equal(ask("SELECT count(*) FROM id_run"), 1);
    assert_int_equal(st_store_last_seq(fixture.store), 272);
    end();
}

TEST("a damaged chunk or filter of ids is damage, not a miss")
{
    begin();
    for (int i = 0; i < 100; i++)
        append_new(20, true);
    const char *const wrongs[] = {
        "UPDATE id_chunk SET entries = zeroblob(length(entries))",
        "UPDATE id_chunk SET entries = x'00'",
    };
    for (size_t i = 0; i < 2; i++) {
        sqlite3 *db = st_store_connection(fixture.store);
        assert_good(st_store_begin(fixture.store, &why));
        assert_int_equal(sqlite3_exec(db, wrongs[i], NULL, NULL, NULL), SQLITE_OK);
        struct st_append *append = plain_event(&fixture.arena, 1, 5);
        assert_err(st_store_append(fixture.store, &append, 1, false, 1, NULL), CORRUPT);
    }
    check_all();
    sqlite3_exec(st_store_connection(fixture.store), "UPDATE id_filter SET bits = zeroblob(8200)",
                 NULL, NULL, NULL);
    st_store_close(fixture.store);
    const struct st_store_options options = {.no_thread = true};
    fixture.store = NULL;
    assert_err(st_store_open(&fixture.store, fixture.folder.store, &options, NULL), CORRUPT);
    end();
}

TEST("I1: a read that fails while the store is opened is said, and never makes an id absent")
{
    begin();
    while (fixture.count < 1500 || ask("SELECT count(*) FROM id_run WHERE state = 1") == 0)
        append_new(20, true);
    st_store_close(fixture.store);
    struct faulty_vfs *vfs = faulty_vfs_new();
    const struct st_store_options options = {.no_thread = true, .vfs = faulty_vfs_name(vfs)};
    uint64_t refused = 0;
    for (uint64_t nth = 1;; nth++) {
        fixture.store = NULL;
        faulty_vfs_fail_read(vfs, nth);
        st_err err = st_store_open(&fixture.store, fixture.folder.store, &options, NULL);
        bool failed = faulty_vfs_has_failed(vfs);
        faulty_vfs_heal(vfs);
        assert_true(err == ST_OK || failed);
        refused += err != ST_OK;
        if (err == ST_OK)
            check_all();
        st_store_close(fixture.store);
        if (!failed)
            break;
    }
    assert_true(refused > 10);
    faulty_vfs_free(vfs);
    fixture.store = NULL;
    end();
}

/* Changes the closed store, and says that it can then not be opened. */
static void check_damage(const char *sql)
{
    sqlite3 *db = st_store_connection(fixture.store);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_true(sqlite3_changes(db) > 0);
    st_store_close(fixture.store);
    const struct st_store_options options = {.no_thread = true};
    fixture.store = NULL;
    assert_err(st_store_open(&fixture.store, fixture.folder.store, &options, NULL), CORRUPT);
    end();
}

TEST("W2: a filter of a growing run that lacks a part, or a run of too many entries, is damage")
{
    const char *const wrongs[] = {
        "DELETE FROM id_filter WHERE part = 0 AND run = (SELECT run FROM id_run WHERE state = 1)",
        "UPDATE id_run SET entries = 1 << 40 WHERE state = 1",
        "UPDATE id_run SET entries = 1 << 40 WHERE state = 0",
    };
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        begin();
        while (fixture.count < 1500 || ask("SELECT count(*) FROM id_run WHERE state = 1") == 0)
            append_new(20, true);
        check_damage(wrongs[i]);
    }
}

TEST("W2: ids that reach beyond the log are damage, at the start and where they are met")
{
    begin();
    append_new(20, true);
    struct st_append *append = plain_event(&fixture.arena, 90, 5);
    struct st_id_key key;
    st_ids_key(fixture.store->ids, &append->event.record, append->event.raw, &key);
    assert_good(st_store_begin(fixture.store, &why));
    assert_ok(st_ids_add(fixture.store->ids, &key, 5000));
    struct st_why reason = {0};
    assert_err(st_store_append(fixture.store, &append, 1, false, 1, &reason), CORRUPT);
    assert_int_equal(reason.offset, 5000);
    append_new(20, true);
    check_damage("UPDATE meta SET value = 41 WHERE key = 'ids_settled'");
}

TEST("the MAC of an id is HMAC-SHA-256 over its bytes, cut to eight")
{
    begin();
    uint8_t secret[64];
    sqlite3_stmt *select = NULL;
    assert_int_equal(sqlite3_prepare_v2(st_store_connection(fixture.store),
                                        "SELECT value FROM meta WHERE key = 'id_secret'", -1,
                                        &select, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(select), SQLITE_ROW);
    memcpy(secret, sqlite3_column_blob(select, 0), sizeof secret);
    sqlite3_finalize(select);
    for (size_t len = 0; len < 200; len += 7) {
        struct st_append *append = plain_event(&fixture.arena, 1, len);
        struct st_id_key key;
        uint8_t mac[32];
        unsigned mac_len = 0;
        st_str raw = append->event.raw;
        st_ids_key(fixture.store->ids, &append->event.record, raw, &key);
        assert_non_null(
            HMAC(EVP_sha256(), secret + 32, 32, (const uint8_t *)raw.at, raw.len, mac, &mac_len));
        assert_memory_equal(key.mac, mac, sizeof key.mac);
    }
    end();
}
