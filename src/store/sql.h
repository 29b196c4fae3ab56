/*
 * sql.h: SQLite as the store uses it: how a connection is opened, and what its codes mean here.
 *
 * 1. Every connection of a store is opened here, so that all of them agree on durability: WAL,
 *    synchronous=FULL, no checkpoint that the store has not asked for.
 * 2. A refusal is MEMORY, AGAIN (another connection holds a lock), CORRUPT, LIMIT, DENIED, or
 * SYSTEM with an errno; ENOSPC means that the disk is full.
 *
 * Floor 4. The store's, and of the views that live in its file. A connection has one owner at a
 * time.
 */
#ifndef ST_STORE_SQL_H
#define ST_STORE_SQL_H

#include "base/str.h"
#include "store/limits.h"

#include <sqlite3.h>

/* "STNO" in the file's header, for file(1) and for telling foreign files apart. */
#define ST_SQL_APPLICATION_ID 0x53544E4F

/* How to say what a connection or a statement was refused. `text` says what was being done. */
st_err st_sql_fail(sqlite3 *db, int code, const char *text, struct st_why *why);

/* Opens a file that is there. A reader never writes, not even a checkpoint when it closes. */
enum st_sql_mode { ST_SQL_READ, ST_SQL_WRITE };
ST_MUST_USE st_err st_sql_open(sqlite3 **db, const char *path, const char *vfs,
                               enum st_sql_mode mode, struct st_why *why);

/* What a file is, as its application id, format and tables say. *blank: nothing was ever written
 * into it. INVALID for a foreign file or another format. */
ST_MUST_USE st_err st_sql_identify(sqlite3 *db, bool *blank, struct st_why *why);

ST_MUST_USE st_err st_sql_exec(sqlite3 *db, const char *sql, const char *text, struct st_why *why);
ST_MUST_USE st_err st_sql_int(sqlite3 *db, const char *sql, int64_t *value, struct st_why *why);

/* A list of statements that live as long as their connection. */
struct st_sql_statement {
    sqlite3_stmt **statement;
    const char *sql;
};
ST_MUST_USE st_err st_sql_prepare(sqlite3 *db, const struct st_sql_statement *list, size_t count,
                                  struct st_why *why);
void st_sql_finalize(const struct st_sql_statement *list, size_t count);

/* One step: *row says whether there is a row. After the last row and after a failure the statement
 * is reset, its bindings cleared. */
ST_MUST_USE st_err st_sql_step(sqlite3_stmt *statement, bool *row, const char *text,
                               struct st_why *why);
/* For a statement without rows. */
ST_MUST_USE st_err st_sql_run(sqlite3_stmt *statement, const char *text, struct st_why *why);
void st_sql_reset(sqlite3_stmt *statement);

/* Binding borrows the bytes until the statement is reset; at == NULL binds NULL. */
void st_sql_bind_i64(sqlite3_stmt *statement, int at, int64_t value);
void st_sql_bind_blob(sqlite3_stmt *statement, int at, st_str bytes);
void st_sql_bind_text(sqlite3_stmt *statement, int at, st_str text);
st_str st_sql_blob(sqlite3_stmt *statement, int column);

#endif
