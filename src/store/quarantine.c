#include "store/digest.h"
#include "store/writer.h"

/* What is kept once: tenant, contract and bytes. */
static void digest_event(const struct st_event *event, uint8_t digest[static ST_DIGEST_BYTES])
{
    SHA256_CTX state;
    SHA256_Init(&state);
    st_digest_add_text(&state, event->record.tenant);
    st_digest_add_text(&state, event->record.contract);
    st_digest_add_text(&state, event->raw);
    SHA256_Final(digest, &state);
}

static st_err add(struct st_store *store, const struct st_event *event, st_str digest,
                  st_str report, int64_t now_ns, struct st_why *why)
{
    sqlite3_stmt *statement = store->quarantine_add;
    st_sql_bind_i64(statement, 1, now_ns);
    st_sql_bind_text(statement, 2, event->record.tenant);
    st_sql_bind_text(statement, 3, event->record.contract);
    st_sql_bind_blob(statement, 4, digest);
    st_sql_bind_blob(statement, 5, event->raw.at == NULL ? ST_STR("") : event->raw);
    st_sql_bind_blob(statement, 6, report.at == NULL ? ST_STR("") : report);
    st_sql_bind_text(statement, 7, event->record.producer);
    return st_sql_run(statement, "an event cannot be put into quarantine", why);
}

static st_err find(struct st_store *store, st_str digest, uint64_t *number, struct st_why *why)
{
    bool row = false;
    st_sql_bind_blob(store->quarantine_find, 1, digest);
    st_err err = st_sql_step(store->quarantine_find, &row, "the quarantine cannot be read", why);
    if (err != ST_OK)
        return err;
    if (!row)
        return st_fail(why, ST_ERR_CORRUPT, "the quarantine has lost an event");
    *number = (uint64_t)sqlite3_column_int64(store->quarantine_find, 0);
    st_sql_reset(store->quarantine_find);
    return ST_OK;
}

st_err st_store_quarantine(struct st_store *store, const struct st_event *event, st_str report,
                           int64_t now_ns, uint64_t *number, struct st_why *why)
{
    ST_BUG_IF(!store->begun);
    uint8_t bytes[ST_DIGEST_BYTES];
    st_str digest = {(const char *)bytes, sizeof bytes};
    st_err err = st_store_check_event(event, why);
    if (err == ST_OK && report.len > ST_EVENT_BYTES_MAX)
        err = st_fail(why, ST_ERR_LIMIT, "a report is longer than the store takes");
    if (err != ST_OK)
        return st_store_abandon(store, err);
    digest_event(event, bytes);
    err = add(store, event, digest, report, now_ns, why);
    if (err == ST_OK)
        err = find(store, digest, number, why);
    return err == ST_OK ? ST_OK : st_store_abandon(store, err);
}

st_err st_store_quarantine_has(struct st_store *store, uint64_t number, bool *has,
                               struct st_why *why)
{
    ST_BUG_IF(!store->begun);
    *has = false;
    if (number > INT64_MAX) /* SQLite's integers are signed */
        return ST_OK;
    st_sql_bind_i64(store->quarantine_has, 1, (int64_t)number);
    st_err err = st_sql_step(store->quarantine_has, has, "the quarantine cannot be read", why);
    if (err != ST_OK)
        return st_store_abandon(store, err);
    if (*has)
        st_sql_reset(store->quarantine_has);
    return ST_OK;
}

st_err st_store_quarantine_remove(struct st_store *store, uint64_t number, struct st_why *why)
{
    ST_BUG_IF(!store->begun || number > INT64_MAX);
    st_sql_bind_i64(store->quarantine_remove, 1, (int64_t)number);
    st_err err =
        st_sql_run(store->quarantine_remove, "an event cannot be taken out of the quarantine", why);
    if (err != ST_OK)
        return st_store_abandon(store, err);
    ST_BUG_IF(sqlite3_changes(store->db) != 1);
    return ST_OK;
}

st_err st_store_keep_contract(struct st_store *store, st_str name,
                              const uint8_t digest[static ST_DIGEST_BYTES], st_str text,
                              struct st_why *why)
{
    ST_BUG_IF(!store->begun);
    st_sql_bind_blob(store->contract_add, 1, (st_str){(const char *)digest, ST_DIGEST_BYTES});
    st_sql_bind_text(store->contract_add, 2, name.at == NULL ? ST_STR("") : name);
    st_sql_bind_blob(store->contract_add, 3, text.at == NULL ? ST_STR("") : text);
    st_err err = st_sql_run(store->contract_add, "a contract cannot be kept", why);
    return err == ST_OK ? ST_OK : st_store_abandon(store, err);
}

/* An older store has no such table: it is made by the transaction that first needs it. */
static const char added_table[] =
    "CREATE TABLE IF NOT EXISTS added_contract(number INTEGER PRIMARY KEY,"
    "  name TEXT NOT NULL UNIQUE, digest BLOB NOT NULL);";

st_err st_store_add_contract(struct st_store *store, st_str name,
                             const uint8_t digest[static ST_DIGEST_BYTES], st_str text,
                             struct st_why *why)
{
    sqlite3_stmt *add = NULL;
    const struct st_sql_statement list[] = {
        {&add, "INSERT INTO added_contract(name, digest) VALUES (?1, ?2)"},
    };
    st_err err = st_store_keep_contract(store, name, digest, text, why);
    if (err != ST_OK)
        return err;
    err = st_sql_exec(store->db, added_table, "a contract cannot be kept", why);
    if (err == ST_OK)
        err = st_sql_prepare(store->db, list, 1, why);
    if (err == ST_OK) {
        st_sql_bind_text(add, 1, name);
        st_sql_bind_blob(add, 2, (st_str){(const char *)digest, ST_DIGEST_BYTES});
        err = st_sql_run(add, "a contract cannot be kept", why);
    }
    st_sql_finalize(list, 1);
    return err == ST_OK ? ST_OK : st_store_abandon(store, err);
}
