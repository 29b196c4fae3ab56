#include "store/sql.h"

#include "store/store.h"

#include <errno.h>
#include <stdio.h>

/* ---- codes ---- */

#define DISK_FULL "the disk is full; nothing of the transaction was kept"

st_err st_sql_fail(sqlite3 *db, int code, const char *text, struct st_why *why)
{
    int sys = db == NULL ? 0 : sqlite3_system_errno(db);
    if (code == SQLITE_IOERR_NOMEM)
        return st_fail(why, ST_ERR_MEMORY, text);
    switch (code & 0xFF) {
    case SQLITE_NOMEM:
        return st_fail(why, ST_ERR_MEMORY, text);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_INTERRUPT:
        return st_fail(why, ST_ERR_AGAIN, "another connection holds a lock on the store");
    case SQLITE_CORRUPT:
        return st_fail(why, ST_ERR_CORRUPT, "the store's file is damaged");
    case SQLITE_NOTADB:
        return st_fail(why, ST_ERR_INVALID, "the file is not a steno store");
    case SQLITE_TOOBIG:
        return st_fail(why, ST_ERR_LIMIT, text);
    case SQLITE_FULL:
        return st_fail_sys(why, DISK_FULL, ENOSPC);
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
        st_fail_sys(why, "the store may not be written", sys != 0 ? sys : EACCES);
        return ST_ERR_DENIED;
    case SQLITE_IOERR:
        if (sys == ENOSPC || sys == EDQUOT)
            return st_fail_sys(why, DISK_FULL, ENOSPC);
        return st_fail_sys(why, text, sys != 0 ? sys : EIO);
    case SQLITE_CANTOPEN:
        st_fail_sys(why, "the store cannot be opened", sys);
        return sys == EACCES || sys == EPERM ? ST_ERR_DENIED : ST_ERR_SYSTEM;
    default:
        return st_fail_sys(why, text, sys);
    }
}

/* ---- connections ---- */

static st_err set_up(sqlite3 *db, enum st_sql_mode mode, struct st_why *why)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, ST_BUSY_MS);
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, ST_ROW_BYTES_MAX);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    if (mode == ST_SQL_READ)
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return st_sql_exec(db,
                       "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
                       "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0;",
                       "the store cannot be set up", why);
}

st_err st_sql_open(sqlite3 **opened, const char *path, const char *vfs, enum st_sql_mode mode,
                   struct st_why *why)
{
    sqlite3 *db = NULL;
    int flags = mode == ST_SQL_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int code =
        sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, vfs);
    st_err err = code == SQLITE_OK ? set_up(db, mode, why)
                                   : st_sql_fail(db, code, "the store cannot be opened", why);
    if (err != ST_OK) {
        sqlite3_close(db);
        return err;
    }
    *opened = db;
    return ST_OK;
}

/* The number is in the text, which must be static: one a thread, as errno is. */
static st_err refuse_format(int64_t format, struct st_why *why)
{
    static _Thread_local char text[96];
    snprintf(text, sizeof text, "the store has format %lld; this version of steno knows format %d",
             (long long)format, ST_STORE_FORMAT);
    return st_fail(why, ST_ERR_INVALID, text);
}

st_err st_sql_identify(sqlite3 *db, bool *blank, struct st_why *why)
{
    int64_t application = 0;
    int64_t format = 0;
    int64_t tables = 0;
    /* One snapshot: another process may be making the store at this moment. */
    st_err err = st_sql_exec(db, "BEGIN", "the store cannot be read", why);
    if (err == ST_OK)
        err = st_sql_int(db, "PRAGMA application_id", &application, why);
    if (err == ST_OK)
        err = st_sql_int(db, "PRAGMA user_version", &format, why);
    if (err == ST_OK)
        err = st_sql_int(db, "SELECT count(*) FROM sqlite_schema", &tables, why);
    /* Ending what was only read does not fail. */
    if (sqlite3_get_autocommit(db) == 0)
        (void)!st_sql_exec(db, "ROLLBACK", "the store cannot be read", NULL);
    if (err != ST_OK)
        return err;
    *blank = application == 0 && format == 0 && tables == 0;
    if (*blank)
        return ST_OK;
    if (application != ST_SQL_APPLICATION_ID)
        return st_fail(why, ST_ERR_INVALID, "the file is an SQLite database, but no steno store");
    return format == ST_STORE_FORMAT ? ST_OK : refuse_format(format, why);
}

/* ---- statements ---- */

st_err st_sql_exec(sqlite3 *db, const char *sql, const char *text, struct st_why *why)
{
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? ST_OK : st_sql_fail(db, code, text, why);
}

st_err st_sql_int(sqlite3 *db, const char *sql, int64_t *value, struct st_why *why)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    st_err err = ST_OK;
    if (code == SQLITE_ROW)
        *value = sqlite3_column_int64(statement, 0);
    else if (code == SQLITE_DONE)
        err = st_fail(why, ST_ERR_ABSENT, "the store lacks a value");
    else
        err = st_sql_fail(db, code, "the store cannot be read", why);
    sqlite3_finalize(statement);
    return err;
}

st_err st_sql_prepare(sqlite3 *db, const struct st_sql_statement *list, size_t count,
                      struct st_why *why)
{
    for (size_t i = 0; i < count; i++) {
        int code = sqlite3_prepare_v3(db, list[i].sql, -1, SQLITE_PREPARE_PERSISTENT,
                                      list[i].statement, NULL);
        /* SQLITE_ERROR: a table is missing, although the file says that it is a store. */
        if (code == SQLITE_ERROR)
            return st_fail(why, ST_ERR_CORRUPT, "the store lacks a table");
        if (code != SQLITE_OK)
            return st_sql_fail(db, code, "the store cannot be read", why);
    }
    return ST_OK;
}

void st_sql_finalize(const struct st_sql_statement *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sqlite3_finalize(*list[i].statement);
        *list[i].statement = NULL;
    }
}

void st_sql_reset(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

st_err st_sql_step(sqlite3_stmt *statement, bool *row, const char *text, struct st_why *why)
{
    int code = sqlite3_step(statement);
    *row = code == SQLITE_ROW;
    if (*row)
        return ST_OK;
    st_err err = ST_OK;
    if (code != SQLITE_DONE)
        err = st_sql_fail(sqlite3_db_handle(statement), code, text, why);
    st_sql_reset(statement);
    return err;
}

st_err st_sql_run(sqlite3_stmt *statement, const char *text, struct st_why *why)
{
    bool row = false;
    st_err err = st_sql_step(statement, &row, text, why);
    ST_BUG_IF(row);
    return err;
}

/* Binding by a pointer that is kept cannot fail for memory; a wrong number is a bug. */
void st_sql_bind_i64(sqlite3_stmt *statement, int at, int64_t value)
{
    ST_BUG_IF(sqlite3_bind_int64(statement, at, value) != SQLITE_OK);
}

void st_sql_bind_blob(sqlite3_stmt *statement, int at, st_str bytes)
{
    int code = bytes.at == NULL
                   ? sqlite3_bind_null(statement, at)
                   : sqlite3_bind_blob64(statement, at, bytes.at, bytes.len, SQLITE_STATIC);
    ST_BUG_IF(code != SQLITE_OK && code != SQLITE_TOOBIG);
}

void st_sql_bind_text(sqlite3_stmt *statement, int at, st_str text)
{
    int code = text.at == NULL ? sqlite3_bind_null(statement, at)
                               : sqlite3_bind_text64(statement, at, text.at, text.len,
                                                     SQLITE_STATIC, SQLITE_UTF8);
    ST_BUG_IF(code != SQLITE_OK && code != SQLITE_TOOBIG);
}

st_str st_sql_blob(sqlite3_stmt *statement, int column)
{
    const char *at = sqlite3_column_blob(statement, column);
    return (st_str){at, at == NULL ? 0 : (size_t)sqlite3_column_bytes(statement, column)};
}
