#include "store/store.h"

#include "base/file.h"
#include "base/mem.h"
#include "store/writer.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STATEMENT_COUNT 10

static void list_statements(struct st_store *store,
                            struct st_sql_statement list[static STATEMENT_COUNT])
{
    const struct st_sql_statement all[] = {
        {&store->begin, "BEGIN IMMEDIATE"},
        {&store->commit, "COMMIT"},
        {&store->rollback, "ROLLBACK"},
        {&store->block_add, "INSERT INTO block(first_seq, header, body) VALUES (?1, ?2, ?3)"},
        {&store->block_find, "SELECT first_seq, header, body FROM block WHERE first_seq <= ?1"
                             " ORDER BY first_seq DESC LIMIT 1"},
        {&store->contract_add, "INSERT INTO contract(digest, name, text) VALUES (?1, ?2, ?3)"
                               " ON CONFLICT(digest) DO NOTHING"},
        {&store->quarantine_add,
         "INSERT INTO quarantine(received_ns, tenant, contract, digest, raw, report, producer)"
         " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT(digest) DO NOTHING"},
        {&store->quarantine_find, "SELECT number FROM quarantine WHERE digest = ?1"},
        {&store->quarantine_has, "SELECT 1 FROM quarantine WHERE number = ?1"},
        {&store->quarantine_remove, "DELETE FROM quarantine WHERE number = ?1"},
    };
    _Static_assert(sizeof all / sizeof all[0] == STATEMENT_COUNT, "every statement is in the list");
    memcpy(list, all, sizeof all);
}

/* ---- the path ---- */

/* The path of a file that is absent: its folder's, and its name. NULL with errno. */
static char *resolve_by_folder(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    int len = snprintf(folder, sizeof folder, "%.*s.", (int)(name - path), path);
    char *real_folder = len < (int)sizeof folder ? realpath(folder, NULL) : NULL;
    if (real_folder == NULL)
        return NULL;
    size_t room = strlen(real_folder) + strlen(name) + 2;
    char *real = malloc(room);
    if (real != NULL)
        snprintf(real, room, "%s/%s", real_folder, name);
    free(real_folder);
    return real;
}

/* The path without symbolic links, so that two names of a store share one lock. */
static st_err resolve(const char *path, bool create, char **resolved, struct st_why *why)
{
    char *real = realpath(path, NULL);
    if (real == NULL && errno == ENOENT && create) {
        st_err err = st_file_make_parents(path, why);
        if (err != ST_OK)
            return err;
        real = resolve_by_folder(path);
    }
    if (real == NULL && errno == ENOENT)
        return st_fail(why, ST_ERR_ABSENT, "there is no store at this path");
    if (real == NULL) {
        st_err err = st_fail_sys(why, "the store's path cannot be resolved", errno);
        return errno == EACCES ? ST_ERR_DENIED : err;
    }
    *resolved = real;
    return ST_OK;
}

/* ---- what is in the file at open ---- */

/* Says where a store that cannot be opened is damaged, and what can be done: readers pass a damaged
 * block by. The text must be static: one a thread, as errno is. */
static st_err refuse_damaged(const struct st_why *reason, uint64_t first_seq, struct st_why *why)
{
    static _Thread_local char text[256];
    snprintf(text, sizeof text,
             "the block from seq %llu on: %s; nothing is recorded behind it, what is whole can be"
             " read still",
             (unsigned long long)first_seq, reason->text == NULL ? "" : reason->text);
    return st_fail_at(why, ST_ERR_CORRUPT, text, first_seq);
}

static st_err load_place(struct st_store *store, struct st_why *why)
{
    bool row = false;
    st_sql_bind_i64(store->block_find, 1, INT64_MAX);
    st_err err = st_sql_step(store->block_find, &row, "the store cannot be read", why);
    if (err != ST_OK || !row)
        return err;
    struct st_block_header header;
    struct st_why reason = {0};
    uint64_t first_seq = (uint64_t)sqlite3_column_int64(store->block_find, 0);
    err = st_block_header_read(st_sql_blob(store->block_find, 1), &header, &reason);
    if (err == ST_OK && header.first_seq != first_seq)
        err = st_fail(&reason, ST_ERR_CORRUPT, "the last block is not where it says");
    st_sql_reset(store->block_find);
    if (err == ST_ERR_CORRUPT)
        return refuse_damaged(&reason, first_seq, why);
    if (err != ST_OK)
        return err;
    store->now.last_seq = header.first_seq + header.count - 1;
    store->now.last_received_ns = header.received_to_ns;
    store->kept = store->now;
    return ST_OK;
}

static st_err open_ids(struct st_store *store, struct st_why *why)
{
    sqlite3_stmt *select = NULL;
    const struct st_sql_statement list[] = {
        {&select, "SELECT value FROM meta WHERE key = 'id_secret'"}};
    bool row = false;
    st_err err = st_sql_prepare(store->db, list, 1, why);
    if (err == ST_OK)
        err = st_sql_step(select, &row, "the store cannot be read", why);
    if (err == ST_OK && (!row || st_sql_blob(select, 0).len != 64))
        err = st_fail(why, ST_ERR_CORRUPT, "the store has lost its secret");
    if (err == ST_OK)
        err = st_ids_open(&store->ids, store->db, (const uint8_t *)st_sql_blob(select, 0).at, why);
    st_sql_finalize(list, 1);
    if (err == ST_OK && st_ids_settled_seq(store->ids) > store->now.last_seq)
        err = st_fail(why, ST_ERR_CORRUPT, "the log ends before the events whose ids are settled");
    return err;
}

/* The block in the statement's row. */
static st_err add_ids_of_block(struct st_store *store, sqlite3_stmt *select, struct st_why *why)
{
    struct st_block_header header;
    struct st_why reason = {0};
    const struct st_event *events = NULL;
    uint32_t count = 0;
    st_err err = st_block_header_read(st_sql_blob(select, 1), &header, &reason);
    if (err == ST_OK)
        err = st_block_decode(store->decoder, &header, st_sql_blob(select, 2), &events, &count,
                              &reason);
    if (err == ST_ERR_CORRUPT)
        return refuse_damaged(&reason, (uint64_t)sqlite3_column_int64(select, 0), why);
    if (err != ST_OK)
        return st_fail(why, err, "no memory to open the store");
    for (uint32_t i = 0; i < count && err == ST_OK; i++) {
        const struct st_record *record = &events[i].record;
        if (record->seq <= st_ids_settled_seq(store->ids))
            continue;
        store->now.unsettled_bytes += events[i].raw.len;
        if (record->id.at == NULL)
            continue;
        struct st_id_key key;
        st_ids_key(store->ids, record, events[i].raw, &key);
        err = st_ids_add(store->ids, &key, record->seq);
        if (err != ST_OK)
            st_fail(why, err, "no memory for ids");
    }
    return err;
}

/* The fresh ids are those of the log behind the last run. */
static st_err load_fresh_ids(struct st_store *store, struct st_why *why)
{
    sqlite3_stmt *select = NULL;
    const struct st_sql_statement list[] = {
        {&select, "SELECT first_seq, header, body FROM block WHERE first_seq >= coalesce((SELECT "
                  "max(first_seq)"
                  " FROM block WHERE first_seq <= ?1), 0) ORDER BY first_seq"}};
    bool row = true;
    st_err err = st_sql_prepare(store->db, list, 1, why);
    if (err == ST_OK)
        st_sql_bind_i64(select, 1, (int64_t)st_ids_settled_seq(store->ids) + 1);
    while (err == ST_OK && row) {
        err = st_sql_step(select, &row, "the store cannot be read", why);
        if (err == ST_OK && row)
            err = add_ids_of_block(store, select, why);
    }
    st_sql_finalize(list, 1);
    if (err != ST_OK)
        return err;
    st_ids_keep(store->ids);
    store->kept = store->now;
    return ST_OK;
}

/* ---- life ---- */

static int note_commit(void *context, sqlite3 *db, const char *name, int frames)
{
    struct st_store *store = context;
    if (store->wal_started)
        st_wal_committed(&store->wal, frames);
    return SQLITE_OK;
}

static st_err allocate(struct st_store *store, struct st_why *why)
{
    store->filling = st_mem_get(ST_BLOCK_EVENTS_MAX * sizeof *store->filling);
    store->batch = ST_BUF(ST_COMMIT_EVENTS_MAX * sizeof(uint32_t));
    st_err err = store->filling == NULL ? ST_ERR_MEMORY : ST_OK;
    if (err == ST_OK)
        err = st_block_encoder_new(&store->encoder);
    if (err == ST_OK)
        err = st_block_decoder_new(&store->decoder);
    return err == ST_OK ? ST_OK : st_fail(why, err, "no memory to open the store");
}

static st_err open_store(struct st_store *store, const char *path,
                         const struct st_store_options *options, struct st_why *why)
{
    struct st_sql_statement list[STATEMENT_COUNT];
    st_err err = allocate(store, why);
    if (err == ST_OK)
        err = resolve(path, options->create, &store->path, why);
    if (err == ST_OK)
        err = st_lock_take(&store->lock, store->path, why);
    if (err == ST_OK)
        err = st_store_open_file(store, options, why);
    if (err != ST_OK)
        return err;
    sqlite3_wal_hook(store->db, note_commit, store);
    list_statements(store, list);
    err = st_sql_prepare(store->db, list, STATEMENT_COUNT, why);
    if (err == ST_OK)
        err = load_place(store, why);
    if (err == ST_OK)
        err = open_ids(store, why);
    if (err == ST_OK)
        err = load_fresh_ids(store, why);
    if (err == ST_OK)
        err = st_wal_start(&store->wal, store->path, options->vfs, !options->no_thread, why);
    store->wal_started = err == ST_OK;
    return err;
}

st_err st_store_open(struct st_store **opened, const char *path,
                     const struct st_store_options *options, struct st_why *why)
{
    struct st_store *store = st_mem_get_zeroed(sizeof *store);
    if (store == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory to open the store");
    store->lock = ST_LOCK_NONE;
    st_err err = open_store(store, path, options, why);
    if (err != ST_OK) {
        st_store_close(store);
        return err;
    }
    *opened = store;
    return ST_OK;
}

void st_store_close(struct st_store *store)
{
    struct st_sql_statement list[STATEMENT_COUNT];
    if (store == NULL)
        return;
    st_store_rollback(store);
    if (store->wal_started)
        st_wal_stop(&store->wal);
    st_ids_close(store->ids);
    list_statements(store, list);
    st_sql_finalize(list, STATEMENT_COUNT);
    /* The last connection copies the log into the file and removes it. */
    ST_BUG_IF(sqlite3_close(store->db) != SQLITE_OK);
    st_lock_give(&store->lock);
    st_block_encoder_free(store->encoder);
    st_block_decoder_free(store->decoder);
    st_buf_done(&store->batch);
    st_mem_free(store->filling);
    free(store->path);
    st_mem_free(store);
}

uint64_t st_store_last_seq(const struct st_store *store)
{
    return store->kept.last_seq;
}

const char *st_store_path(const struct st_store *store)
{
    return store->path;
}

struct sqlite3 *st_store_connection(struct st_store *store)
{
    return store->db;
}

st_err st_store_announce(struct st_store *store, st_str address, struct st_why *why)
{
    return st_lock_announce(&store->lock, address, why);
}

st_err st_store_checkpoint(struct st_store *store, struct st_why *why)
{
    return st_wal_checkpoint(&store->wal, why);
}
