#include "store/runs.h"

#include "base/hash.h"
#include "base/mem.h"
#include "store/bytes.h"
#include "store/sql.h"

#define LINE_BYTES      64
#define LINE_BITS       512
#define BITS_AN_ID      10
#define PROBES          7 /* of 9 bits each: a place in a line */
#define LINES_A_PART    128
#define PART_BYTES      (LINES_A_PART * LINE_BYTES)
#define HASH_BYTES      8
#define CHUNK_BYTES_MAX (ST_IDS_CHUNK_ENTRIES * ST_ID_ENTRY_BYTES + HASH_BYTES)

_Static_assert(LINE_BITS == 1 << 9, "a probe of nine bits is a place in a line");
_Static_assert(ST_ID_HASH_BYTES + 6 == ST_ID_ORDER_BYTES, "the order is the hash and the seq");

__extension__ typedef unsigned __int128 u128;

/* ---- filters ---- */

static uint64_t leading(const uint8_t *hash)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | hash[i];
    return value;
}

static uint64_t lines_for(uint64_t entries)
{
    return entries / (LINE_BITS / BITS_AN_ID) + 1;
}

uint64_t st_run_line(const struct st_run *run, const uint8_t *hash)
{
    return (uint64_t)((u128)leading(hash) * run->lines >> 64);
}

/* Seven places in a line, nine bits each. The leading bits have chosen the line, so all are mixed.
 */
static uint64_t probes_of(const uint8_t *hash)
{
    uint64_t value = leading(hash) ^ (uint64_t)hash[8] << 24 ^ (uint64_t)hash[9] << 32;
    value = (value ^ value >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    value = (value ^ value >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return value ^ value >> 33;
}

static void filter_add(struct st_run *run, const uint8_t *hash)
{
    uint8_t *line = run->filter + st_run_line(run, hash) * LINE_BYTES;
    uint64_t probes = probes_of(hash);
    for (int i = 0; i < PROBES; i++, probes >>= 9)
        line[(probes & 511) / 8] |= (uint8_t)(1u << (probes & 7));
}

static bool filter_has(const struct st_run *run, const uint8_t *hash)
{
    const uint8_t *line = run->filter + st_run_line(run, hash) * LINE_BYTES;
    uint64_t probes = probes_of(hash);
    for (int i = 0; i < PROBES; i++, probes >>= 9)
        if ((line[(probes & 511) / 8] & 1u << (probes & 7)) == 0)
            return false;
    return true;
}

static uint64_t parts_of(const struct st_run *run)
{
    return (run->lines + LINES_A_PART - 1) / LINES_A_PART;
}

static size_t filter_bytes(const struct st_run *run)
{
    /* Whole parts, so that each is written and read in one piece. */
    return (size_t)(parts_of(run) * PART_BYTES);
}

static st_err save_part(struct st_runs *runs, const struct st_run *run, uint64_t part,
                        struct st_why *why)
{
    char bytes[PART_BYTES + HASH_BYTES];
    memcpy(bytes, run->filter + part * PART_BYTES, PART_BYTES);
    st_put_u64(bytes + PART_BYTES, st_hash((st_str){bytes, PART_BYTES}));
    st_sql_bind_i64(runs->filter_put, 1, run->number);
    st_sql_bind_i64(runs->filter_put, 2, (int64_t)part);
    st_sql_bind_blob(runs->filter_put, 3, (st_str){bytes, sizeof bytes});
    return st_sql_run(runs->filter_put, "a filter of ids cannot be written", why);
}

/* ---- writing ---- */

void st_runs_will_change(struct st_runs *runs)
{
    if (runs->changed)
        return;
    runs->kept.count = runs->now.count;
    runs->kept.next_number = runs->now.next_number;
    memcpy(runs->kept.at, runs->now.at, runs->now.count * sizeof runs->now.at[0]);
    runs->changed = true;
}

st_err st_run_begin(struct st_runs *runs, uint32_t level, uint8_t state, uint64_t entries,
                    struct st_run **begun, struct st_why *why)
{
    st_runs_will_change(runs);
    if (runs->now.count == ST_IDS_RUNS_MAX || level >= ST_IDS_LEVELS_MAX)
        return st_fail(why, ST_ERR_LIMIT, "too many runs of ids");
    struct st_run run = {.number = runs->now.next_number,
                         .level = level,
                         .state = state,
                         .entries = entries,
                         .lines = lines_for(entries)};
    run.filter = st_mem_get_zeroed(filter_bytes(&run));
    if (run.filter == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory for a filter of ids");
    runs->now.next_number++;
    runs->now.at[runs->now.count++] = run;
    *begun = &runs->now.at[runs->now.count - 1];
    st_sql_bind_i64(runs->run_add, 1, run.number);
    st_sql_bind_i64(runs->run_add, 2, run.level);
    st_sql_bind_i64(runs->run_add, 3, run.state);
    st_sql_bind_i64(runs->run_add, 4, (int64_t)run.entries);
    return st_sql_run(runs->run_add, "a run of ids cannot be written", why);
}

st_err st_run_set(struct st_runs *runs, const struct st_run *run, struct st_why *why)
{
    st_sql_bind_i64(runs->run_set, 1, run->number);
    st_sql_bind_i64(runs->run_set, 2, run->state);
    st_sql_bind_i64(runs->run_set, 3, run->into);
    return st_sql_run(runs->run_set, "a run of ids cannot be changed", why);
}

static st_err write_chunk(struct st_runs *runs, struct st_run *run, struct st_why *why)
{
    ST_BUG_IF(runs->out_count == 0);
    size_t len = (size_t)runs->out_count * ST_ID_ENTRY_BYTES;
    st_put_u64(runs->out + len, st_hash((st_str){runs->out, len}));
    memcpy(run->last, runs->out + len - ST_ID_ENTRY_BYTES, ST_ID_ORDER_BYTES);
    run->has_last = true;
    runs->out_count = 0;
    st_sql_bind_i64(runs->chunk_add, 1, run->number);
    st_sql_bind_blob(runs->chunk_add, 2, (st_str){runs->out, ST_ID_ORDER_BYTES});
    st_sql_bind_blob(runs->chunk_add, 3, (st_str){runs->out, len + HASH_BYTES});
    return st_sql_run(runs->chunk_add, "ids cannot be written", why);
}

st_err st_run_add(struct st_runs *runs, struct st_run *run, const char *entry, bool *wrote,
                  struct st_why *why)
{
    memcpy(runs->out + (size_t)runs->out_count * ST_ID_ENTRY_BYTES, entry, ST_ID_ENTRY_BYTES);
    runs->out_count++;
    filter_add(run, (const uint8_t *)entry);
    *wrote = runs->out_count == runs->chunk_entries;
    return *wrote ? write_chunk(runs, run, why) : ST_OK;
}

st_err st_run_end_step(struct st_runs *runs, struct st_run *run, uint64_t from, bool complete,
                       struct st_why *why)
{
    st_err err = runs->out_count > 0 ? write_chunk(runs, run, why) : ST_OK;
    uint64_t part = from / LINES_A_PART;
    uint64_t end = complete ? parts_of(run) : st_run_line(run, run->last) / LINES_A_PART + 1;
    for (; part < end && err == ST_OK; part++)
        err = save_part(runs, run, part, why);
    return err;
}

st_err st_runs_flush(struct st_runs *runs, const char *entries, uint32_t count, struct st_why *why)
{
    struct st_run *run = NULL;
    bool wrote = false;
    runs->out_count = 0;
    st_err err = st_run_begin(runs, 0, ST_RUN_LIVE, count, &run, why);
    if (err != ST_OK || run == NULL)
        return err;
    for (uint32_t i = 0; i < count && err == ST_OK; i++)
        err = st_run_add(runs, run, entries + (size_t)i * ST_ID_ENTRY_BYTES, &wrote, why);
    return err == ST_OK ? st_run_end_step(runs, run, 0, true, why) : err;
}

/* ---- finding ---- */

st_err st_run_chunk(st_str stored, st_str *entries, struct st_why *why)
{
    if (stored.len < ST_ID_ENTRY_BYTES + HASH_BYTES || stored.len > CHUNK_BYTES_MAX ||
        (stored.len - HASH_BYTES) % ST_ID_ENTRY_BYTES != 0)
        return st_fail(why, ST_ERR_CORRUPT, "a chunk of ids has an impossible length");
    *entries = (st_str){stored.at, stored.len - HASH_BYTES};
    if (st_get_u64(stored.at + entries->len) != st_hash(*entries))
        return st_fail(why, ST_ERR_CORRUPT, "a chunk of ids does not match its hash");
    return ST_OK;
}

/* Visits the entries with that hash in one chunk; *before: the chunk begins before them, so that no
 * earlier one has any. */
static void visit_chunk(st_str entries, const uint8_t *hash,
                        void (*visit)(void *context, const uint8_t *entry), void *context,
                        bool *before)
{
    size_t from = 0;
    size_t to = entries.len / ST_ID_ENTRY_BYTES;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (memcmp(entries.at + middle * ST_ID_ENTRY_BYTES, hash, ST_ID_HASH_BYTES) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    *before = from > 0;
    for (const char *at = entries.at + from * ST_ID_ENTRY_BYTES;
         at < entries.at + entries.len && memcmp(at, hash, ST_ID_HASH_BYTES) == 0;
         at += ST_ID_ENTRY_BYTES)
        visit(context, (const uint8_t *)at);
}

static st_err find_in_run(struct st_runs *runs, const struct st_run *run, const uint8_t *hash,
                          void (*visit)(void *context, const uint8_t *entry), void *context,
                          struct st_why *why)
{
    uint8_t last[ST_ID_ORDER_BYTES];
    memset(last, 0xFF, sizeof last);
    memcpy(last, hash, ST_ID_HASH_BYTES);
    st_sql_bind_i64(runs->chunk_find, 1, run->number);
    st_sql_bind_blob(runs->chunk_find, 2, (st_str){(const char *)last, sizeof last});
    bool before = false;
    bool row = true;
    st_err err = ST_OK;
    while (err == ST_OK && !before) {
        st_str entries = {NULL, 0};
        err = st_sql_step(runs->chunk_find, &row, "ids cannot be read", why);
        if (err != ST_OK || !row)
            return err;
        err = st_run_chunk(st_sql_blob(runs->chunk_find, 0), &entries, why);
        if (err == ST_OK)
            visit_chunk(entries, hash, visit, context, &before);
    }
    st_sql_reset(runs->chunk_find);
    return err;
}

st_err st_runs_find(struct st_runs *runs, const uint8_t hash[static ST_ID_HASH_BYTES],
                    void (*visit)(void *context, const uint8_t *entry), void *context,
                    struct st_why *why)
{
    st_err err = ST_OK;
    for (uint32_t i = 0; i < runs->now.count && err == ST_OK; i++) {
        const struct st_run *run = &runs->now.at[i];
        if (run->state == ST_RUN_LIVE && filter_has(run, hash))
            err = find_in_run(runs, run, hash, visit, context, why);
    }
    return err;
}

/* ---- keeping and undoing ---- */

static bool is_in(const struct st_run_list *list, int64_t number)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->at[i].number == number)
            return true;
    return false;
}

/* Ends the filters of runs that are in `list` and not in `other`. */
static void free_filters(struct st_run_list *list, const struct st_run_list *other)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (!is_in(other, list->at[i].number))
            st_mem_free(list->at[i].filter);
}

void st_run_remove(struct st_runs *runs, uint32_t place)
{
    struct st_run *run = &runs->now.at[place];
    /* One that was made in this very transaction is in no other list. */
    if (!is_in(&runs->kept, run->number))
        st_mem_free(run->filter);
    runs->now.count--;
    memmove(run, run + 1, (runs->now.count - place) * sizeof *run);
}

void st_runs_keep(struct st_runs *runs)
{
    if (!runs->changed)
        return;
    free_filters(&runs->kept, &runs->now);
    for (uint32_t i = 0; i < runs->now.count; i++) {
        struct st_run *run = &runs->now.at[i];
        if (run->state == ST_RUN_DEAD) {
            st_mem_free(run->filter);
            run->filter = NULL;
        }
    }
    runs->changed = false;
}

void st_runs_forget(struct st_runs *runs)
{
    runs->out_count = 0;
    if (!runs->changed)
        return;
    free_filters(&runs->now, &runs->kept);
    /* Bits that the undone step has set in a growing run's filter are set again by the next one. */
    runs->now.count = runs->kept.count;
    runs->now.next_number = runs->kept.next_number;
    memcpy(runs->now.at, runs->kept.at, runs->kept.count * sizeof runs->kept.at[0]);
    for (uint32_t i = 0; i < ST_IDS_LEVELS_MAX; i++)
        runs->merges[i].placed = false;
    runs->changed = false;
}

/* ---- life ---- */

#define STATEMENTS(runs)                                                                           \
    {                                                                                              \
        {&(runs)->run_add, "INSERT INTO id_run(run, level, state, into_run, entries)"              \
                           " VALUES (?1, ?2, ?3, 0, ?4)"},                                         \
            {&(runs)->run_set, "UPDATE id_run SET state = ?2, into_run = ?3 WHERE run = ?1"},      \
            {&(runs)->run_drop, "DELETE FROM id_run WHERE run = ?1"},                              \
            {&(runs)->chunk_add, "INSERT INTO id_chunk(run, first, entries) VALUES (?1, ?2, ?3)"}, \
            {&(runs)->chunk_find, "SELECT entries FROM id_chunk WHERE run = ?1 AND first <= ?2"    \
                                  " ORDER BY first DESC"},                                         \
            {&(runs)->chunk_next, "SELECT entries FROM id_chunk WHERE run = ?1 AND first > ?2"     \
                                  " ORDER BY first LIMIT 1"},                                      \
            {&(runs)->chunk_drop, "DELETE FROM id_chunk WHERE run = ?1 AND first IN (SELECT first" \
                                  " FROM id_chunk WHERE run = ?1 ORDER BY first LIMIT ?2)"},       \
            {&(runs)->filter_put, "INSERT OR REPLACE INTO id_filter(run, part, bits)"              \
                                  " VALUES (?1, ?2, ?3)"},                                         \
        {                                                                                          \
            &(runs)->filter_drop, "DELETE FROM id_filter WHERE run = ?1 AND part IN (SELECT part"  \
                                  " FROM id_filter WHERE run = ?1 ORDER BY part LIMIT ?2)"         \
        }                                                                                          \
    }
#define STATEMENT_COUNT 9

/* The leading parts of a filter that were written with the entries: all of them, or, while a run
 * grows, those up to its last entry's. */
static uint64_t parts_written(const struct st_run *run)
{
    if (run->state == ST_RUN_LIVE)
        return parts_of(run);
    return run->has_last ? st_run_line(run, run->last) / LINES_A_PART + 1 : 0;
}

static st_err load_filter(struct st_run *run, sqlite3_stmt *select, struct st_why *why)
{
    bool row = false;
    uint64_t parts = 0;
    run->filter = st_mem_get_zeroed(filter_bytes(run));
    if (run->filter == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory for a filter of ids");
    st_sql_bind_i64(select, 1, run->number);
    for (;;) {
        st_err err = st_sql_step(select, &row, "ids cannot be read", why);
        if (err != ST_OK)
            return err;
        if (!row)
            break;
        uint64_t part = (uint64_t)sqlite3_column_int64(select, 0);
        st_str bits = st_sql_blob(select, 1);
        /* They come in order, and none may be left out: its bits would be missing ids. */
        if (part != parts || part >= parts_of(run) || bits.len != PART_BYTES + HASH_BYTES ||
            st_get_u64(bits.at + PART_BYTES) != st_hash((st_str){bits.at, PART_BYTES})) {
            st_sql_reset(select);
            return st_fail(why, ST_ERR_CORRUPT, "a filter of ids is damaged");
        }
        memcpy(run->filter + part * PART_BYTES, bits.at, PART_BYTES);
        parts++;
    }
    if (parts < parts_written(run))
        return st_fail(why, ST_ERR_CORRUPT, "a filter of ids is incomplete");
    return ST_OK;
}

/* Where a growing run has got to: its last chunk's last entry. */
static st_err load_last(struct st_runs *runs, struct st_run *run, struct st_why *why)
{
    uint8_t highest[ST_ID_ORDER_BYTES];
    memset(highest, 0xFF, sizeof highest);
    st_sql_bind_i64(runs->chunk_find, 1, run->number);
    st_sql_bind_blob(runs->chunk_find, 2, (st_str){(const char *)highest, sizeof highest});
    bool row = false;
    st_err err = st_sql_step(runs->chunk_find, &row, "ids cannot be read", why);
    if (err != ST_OK || !row)
        return err;
    st_str entries = {NULL, 0};
    err = st_run_chunk(st_sql_blob(runs->chunk_find, 0), &entries, why);
    if (err == ST_OK && entries.len >= ST_ID_ENTRY_BYTES) {
        memcpy(run->last, entries.at + entries.len - ST_ID_ENTRY_BYTES, ST_ID_ORDER_BYTES);
        run->has_last = true;
    }
    st_sql_reset(runs->chunk_find);
    return err;
}

static st_err load_row(struct st_runs *runs, sqlite3_stmt *select, struct st_why *why)
{
    struct st_run run = {.number = sqlite3_column_int64(select, 0)};
    int64_t level = sqlite3_column_int64(select, 1);
    int64_t state = sqlite3_column_int64(select, 2);
    int64_t entries = sqlite3_column_int64(select, 4);
    run.into = sqlite3_column_int64(select, 3);
    if (run.number < runs->now.next_number || level < 0 || level >= ST_IDS_LEVELS_MAX ||
        state < 0 || state >= ST_RUN_STATES || entries <= 0 || (uint64_t)entries > ST_SEQ_MAX ||
        runs->now.count == ST_IDS_RUNS_MAX)
        return st_fail(why, ST_ERR_CORRUPT, "the list of runs of ids is damaged");
    run.level = (uint32_t)level;
    run.state = (uint8_t)state;
    run.entries = (uint64_t)entries;
    run.lines = lines_for(run.entries);
    runs->now.next_number = run.number + 1;
    runs->now.at[runs->now.count++] = run;
    return ST_OK;
}

static st_err load_rows(struct st_runs *runs, sqlite3_stmt *select, struct st_why *why)
{
    bool row = true;
    st_err err = ST_OK;
    while (err == ST_OK && row) {
        err = st_sql_step(select, &row, "ids cannot be read", why);
        if (err == ST_OK && row)
            err = load_row(runs, select, why);
    }
    return err;
}

static uint64_t entries_into(const struct st_runs *runs, int64_t target)
{
    uint64_t entries = 0;
    for (uint32_t i = 0; i < runs->now.count; i++)
        if (runs->now.at[i].state == ST_RUN_LIVE && runs->now.at[i].into == target)
            entries += runs->now.at[i].entries;
    return entries;
}

/* Filters are allocated by the numbers of entries that the rows state: those of whole runs lie in
 * the file, and a growing run gets those of its sources. */
static st_err check_entries(const struct st_runs *runs, struct st_why *why)
{
    int64_t pages = 0;
    uint64_t stored = 0;
    bool good = true;
    for (uint32_t i = 0; i < runs->now.count; i++) {
        const struct st_run *run = &runs->now.at[i];
        if (run->state == ST_RUN_LIVE)
            stored += run->entries;
        if (run->state == ST_RUN_GROWING)
            good = good && run->entries == entries_into(runs, run->number);
    }
    st_err err = st_sql_int(runs->db, "PRAGMA page_count", &pages, why);
    if (err != ST_OK)
        return err;
    if (!good || stored > (uint64_t)pages * ST_PAGE_BYTES / ST_ID_ENTRY_BYTES)
        return st_fail(why, ST_ERR_CORRUPT, "a run of ids states more entries than there are");
    return ST_OK;
}

static st_err load(struct st_runs *runs, struct st_why *why)
{
    sqlite3_stmt *rows = NULL;
    sqlite3_stmt *parts = NULL;
    const struct st_sql_statement list[] = {
        {&rows, "SELECT run, level, state, into_run, entries FROM id_run ORDER BY run"},
        {&parts, "SELECT part, bits FROM id_filter WHERE run = ?1 ORDER BY part"}};
    st_err err = st_sql_prepare(runs->db, list, 2, why);
    if (err == ST_OK)
        err = load_rows(runs, rows, why);
    if (err == ST_OK)
        err = check_entries(runs, why);
    for (uint32_t i = 0; i < runs->now.count && err == ST_OK; i++) {
        struct st_run *run = &runs->now.at[i];
        if (run->state == ST_RUN_GROWING)
            err = load_last(runs, run, why);
        if (err == ST_OK && run->state != ST_RUN_DEAD)
            err = load_filter(run, parts, why);
    }
    st_sql_finalize(list, 2);
    return err;
}

st_err st_runs_open(struct st_runs *runs, sqlite3 *db, struct st_why *why)
{
    const struct st_sql_statement list[STATEMENT_COUNT] = STATEMENTS(runs);
    runs->db = db;
    runs->chunk_entries = ST_IDS_CHUNK_ENTRIES;
    runs->runs_a_level = ST_IDS_RUNS_A_LEVEL;
    runs->now.next_number = 1;
    runs->out = st_mem_get(CHUNK_BYTES_MAX);
    if (runs->out == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory for ids");
    st_err err = st_sql_prepare(db, list, STATEMENT_COUNT, why);
    return err == ST_OK ? load(runs, why) : err;
}

void st_runs_close(struct st_runs *runs)
{
    const struct st_sql_statement list[STATEMENT_COUNT] = STATEMENTS(runs);
    if (runs->changed)
        st_runs_forget(runs);
    for (uint32_t i = 0; i < runs->now.count; i++)
        st_mem_free(runs->now.at[i].filter);
    for (uint32_t i = 0; i < ST_IDS_LEVELS_MAX; i++)
        for (uint32_t k = 0; k < ST_IDS_RUNS_A_LEVEL; k++)
            st_mem_free(runs->merges[i].cursors[k].entries);
    st_mem_free(runs->out);
    st_sql_finalize(list, STATEMENT_COUNT);
}
