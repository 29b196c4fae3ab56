#include "store/writer.h"

#include "base/file.h"
#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_BYTES 64

/* All in one transaction: a file holds a whole store or none. */
static const char schema[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE contract(digest BLOB PRIMARY KEY, name TEXT NOT NULL, text BLOB NOT NULL);"
    "CREATE TABLE block(first_seq INTEGER PRIMARY KEY, header BLOB NOT NULL, body BLOB NOT NULL);"
    "CREATE TABLE id_run(run INTEGER PRIMARY KEY, level INTEGER NOT NULL, state INTEGER NOT NULL,"
    "  into_run INTEGER NOT NULL, entries INTEGER NOT NULL);"
    "CREATE TABLE id_chunk(run INTEGER NOT NULL, first BLOB NOT NULL, entries BLOB NOT NULL,"
    "  PRIMARY KEY(run, first)) WITHOUT ROWID;"
    "CREATE TABLE id_filter(run INTEGER NOT NULL, part INTEGER NOT NULL, bits BLOB NOT NULL,"
    "  PRIMARY KEY(run, part)) WITHOUT ROWID;"
    /* AUTOINCREMENT: a number that was released is never given again. */
    "CREATE TABLE quarantine(number INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  received_ns INTEGER NOT NULL, tenant TEXT, contract TEXT, producer TEXT,"
    "  digest BLOB NOT NULL UNIQUE,"
    "  raw BLOB NOT NULL, report BLOB NOT NULL);"
    "INSERT INTO meta VALUES ('ids_settled', 0);";

/* A name lasts only when its folder has been synced; SQLite syncs it for its journals only. */
static st_err sync_folder(const char *path, struct st_why *why)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    if (len >= sizeof folder)
        return st_fail(why, ST_ERR_LIMIT, "the store's path is too long");
    memcpy(folder, path, len);
    folder[len] = '\0';
    int fd = open(len == 0 ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* EINVAL: a file system that cannot sync folders has nothing to promise. */
    bool good = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    int sys = errno;
    if (fd >= 0)
        close(fd);
    return good ? ST_OK : st_fail_sys(why, "the store's folder cannot be synced", sys);
}

/* An empty file that only its owner can read; SQLite gives its log the same mode. */
static st_err make_file(const char *path, struct st_why *why)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        int sys = errno;
        st_err err = st_fail_sys(why, "the store's file cannot be made", sys);
        return sys == EACCES || sys == EPERM || sys == EROFS ? ST_ERR_DENIED : err;
    }
    close(fd);
    return sync_folder(path, why);
}

static st_err add_meta(sqlite3 *db, const char *key, st_str value, struct st_why *why)
{
    sqlite3_stmt *add = NULL;
    const struct st_sql_statement list[] = {{&add, "INSERT INTO meta VALUES (?1, ?2)"}};
    st_err err = st_sql_prepare(db, list, 1, why);
    if (err == ST_OK) {
        st_sql_bind_text(add, 1, st_str_of(key));
        st_sql_bind_blob(add, 2, value);
        err = st_sql_run(add, "the store cannot be made", why);
    }
    st_sql_finalize(list, 1);
    return err;
}

static st_err fill(sqlite3 *db, struct st_why *why)
{
    char uuid[37];
    char secret[SECRET_BYTES];
    char sql[128];
    st_random_uuid(uuid);
    st_random_bytes(secret, sizeof secret);
    st_err err = st_sql_exec(db, schema, "the store's tables cannot be made", why);
    if (err == ST_OK)
        err = add_meta(db, "store_id", st_str_of(uuid), why);
    if (err == ST_OK)
        err = add_meta(db, "id_secret", (st_str){secret, sizeof secret}, why);
    if (err != ST_OK)
        return err;
    sqlite3_snprintf(sizeof sql, sql,
                     "INSERT INTO meta VALUES ('created_ns', %lld);"
                     "PRAGMA application_id=%d; PRAGMA user_version=%d;",
                     (long long)st_time_to_ns(st_time_now()), ST_SQL_APPLICATION_ID,
                     ST_STORE_FORMAT);
    return st_sql_exec(db, sql, "the store cannot be made", why);
}

/* Page size and vacuum mode are taken at the first write, which is the change to WAL. A crash
 * between the two leaves a blank database in WAL mode, which the next start fills. */
static st_err make_store(sqlite3 *db, struct st_why *why)
{
    char sql[128];
    int64_t page_bytes = 0;
    sqlite3_snprintf(sizeof sql, sql,
                     "PRAGMA page_size=%d; PRAGMA auto_vacuum=INCREMENTAL;"
                     "PRAGMA journal_mode=WAL; BEGIN IMMEDIATE;",
                     ST_PAGE_BYTES);
    st_err err = st_sql_exec(db, sql, "the store cannot be made", why);
    if (err == ST_OK)
        err = st_sql_int(db, "PRAGMA page_size", &page_bytes, why);
    if (err == ST_OK && page_bytes != ST_PAGE_BYTES)
        err = st_fail(why, ST_ERR_INVALID, "the file is an SQLite database, but no steno store");
    if (err == ST_OK)
        err = fill(db, why);
    if (err == ST_OK)
        err = st_sql_exec(db, "COMMIT", "the store cannot be made", why);
    return err;
}

/* A store is made in WAL mode; a foreign tool may have changed that, and a file system that shares
 * no memory does not take it. */
static st_err require_wal(sqlite3 *db, struct st_why *why)
{
    sqlite3_stmt *mode = NULL;
    const struct st_sql_statement list[] = {{&mode, "PRAGMA journal_mode=WAL"}};
    bool row = false;
    st_err err = st_sql_prepare(db, list, 1, why);
    if (err == ST_OK)
        err = st_sql_step(mode, &row, "the store cannot be set up", why);
    if (err == ST_OK && (!row || !st_str_eq(st_sql_blob(mode, 0), ST_STR("wal"))))
        err = st_fail(why, ST_ERR_INVALID, "the store's file does not take a write-ahead log");
    st_sql_finalize(list, 1);
    return err;
}

static st_err set_up(sqlite3 *db, struct st_why *why)
{
    char sql[160];
    st_err err = require_wal(db, why);
    if (err != ST_OK)
        return err;
    /* Deleted pages are overwritten only where that costs no further write: erasure destroys salts
     * and vacuums, and the chunks of merged ids are no secrets. */
    sqlite3_snprintf(sizeof sql, sql,
                     "PRAGMA journal_size_limit=%lld; PRAGMA cache_size=-%d;"
                     "PRAGMA secure_delete=FAST;",
                     (long long)ST_WAL_WAIT_BYTES, ST_CACHE_KIB);
    return st_sql_exec(db, sql, "the store cannot be set up", why);
}

st_err st_store_open_file(struct st_store *store, const struct st_store_options *options,
                          struct st_why *why)
{
    struct stat info;
    bool blank = false;
    st_err err = ST_OK;
    if (stat(store->path, &info) != 0) {
        if (errno != ENOENT)
            return st_fail_sys(why, "the store cannot be opened", errno);
        if (!options->create)
            return st_fail(why, ST_ERR_ABSENT, "there is no store at this path");
        err = make_file(store->path, why);
    } else if (!S_ISREG(info.st_mode)) {
        return st_fail(why, ST_ERR_INVALID, "the store's path is not a file");
    }
    if (err == ST_OK)
        err = st_lock_take_file(&store->lock, store->path, why);
    if (err == ST_OK)
        err = st_sql_open(&store->db, store->path, options->vfs, ST_SQL_WRITE, why);
    if (err == ST_OK)
        err = st_sql_identify(store->db, &blank, why);
    if (err != ST_OK)
        return err;
    if (blank && !options->create)
        return st_fail(why, ST_ERR_ABSENT, "the file is empty; there is no store in it");
    if (blank)
        err = make_store(store->db, why);
    return err == ST_OK ? set_up(store->db, why) : err;
}
