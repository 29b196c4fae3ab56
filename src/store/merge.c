#include "base/mem.h"
#include "store/runs.h"
#include "store/sql.h"

/* ---- cursors ---- */

static const char *entry_at(const struct st_run_cursor *cursor)
{
    return cursor->entries + (size_t)cursor->at * ST_ID_ENTRY_BYTES;
}

static bool is_at_end(const struct st_run_cursor *cursor)
{
    return cursor->at == cursor->count;
}

/* Copies the chunk in the statement's row; without a row the cursor is at its end. */
static st_err take_chunk(struct st_runs *runs, struct st_run_cursor *cursor, sqlite3_stmt *select,
                         struct st_why *why)
{
    bool row = false;
    cursor->at = 0;
    cursor->count = 0;
    st_err err = st_sql_step(select, &row, "ids cannot be read", why);
    if (err != ST_OK || !row)
        return err;
    st_str entries;
    err = st_run_chunk(st_sql_blob(select, 0), &entries, why);
    if (err == ST_OK) {
        memcpy(cursor->entries, entries.at, entries.len);
        cursor->count = (uint32_t)(entries.len / ST_ID_ENTRY_BYTES);
    }
    st_sql_reset(select);
    return err;
}

/* The first chunk whose first entry is behind `order`. */
static st_err take_chunk_behind(struct st_runs *runs, struct st_run_cursor *cursor, st_str order,
                                struct st_why *why)
{
    st_sql_bind_i64(runs->chunk_next, 1, cursor->run);
    st_sql_bind_blob(runs->chunk_next, 2, order);
    return take_chunk(runs, cursor, runs->chunk_next, why);
}

static st_err advance(struct st_runs *runs, struct st_run_cursor *cursor, struct st_why *why)
{
    cursor->at++;
    if (!is_at_end(cursor))
        return ST_OK;
    /* The order is copied, because the chunk that it stands in is overwritten. */
    char order[ST_ID_ORDER_BYTES];
    memcpy(order, entry_at(cursor) - ST_ID_ENTRY_BYTES, sizeof order);
    return take_chunk_behind(runs, cursor, (st_str){order, sizeof order}, why);
}

/* Goes to the first entry behind the target's last one: into the chunk that may hold it, or the
 * next one. */
static st_err place(struct st_runs *runs, struct st_run_cursor *cursor, const struct st_run *target,
                    struct st_why *why)
{
    st_str order = {(const char *)target->last, ST_ID_ORDER_BYTES};
    if (!target->has_last)
        return take_chunk_behind(runs, cursor, (st_str){"", 0}, why);
    st_sql_bind_i64(runs->chunk_find, 1, cursor->run);
    st_sql_bind_blob(runs->chunk_find, 2, order);
    st_err err = take_chunk(runs, cursor, runs->chunk_find, why);
    while (err == ST_OK && !is_at_end(cursor) && memcmp(entry_at(cursor), order.at, order.len) <= 0)
        cursor->at++;
    if (err == ST_OK && is_at_end(cursor))
        err = take_chunk_behind(runs, cursor, order, why);
    return err;
}

/* ---- a merge ---- */

static bool is_waiting(const struct st_run *run, uint32_t level)
{
    return run->state == ST_RUN_LIVE && run->level == level && run->into == 0;
}

static struct st_run *find_target(struct st_runs *runs, uint32_t level)
{
    for (uint32_t i = 0; i < runs->now.count; i++) {
        struct st_run *run = &runs->now.at[i];
        if (run->state == ST_RUN_GROWING && run->level == level + 1)
            return run;
    }
    return NULL;
}

/* Begins a merge of the oldest runs of a level when there are enough; else *target stays NULL. */
static st_err start_merge(struct st_runs *runs, uint32_t level, struct st_run **target,
                          struct st_why *why)
{
    uint32_t waiting = 0;
    uint64_t entries = 0;
    for (uint32_t i = 0; i < runs->now.count && waiting < runs->runs_a_level; i++) {
        if (is_waiting(&runs->now.at[i], level)) {
            waiting++;
            entries += runs->now.at[i].entries;
        }
    }
    if (waiting < runs->runs_a_level || level + 1 >= ST_IDS_LEVELS_MAX)
        return ST_OK;
    st_err err = st_run_begin(runs, level + 1, ST_RUN_GROWING, entries, target, why);
    for (uint32_t i = 0; waiting > 0 && err == ST_OK; i++) {
        struct st_run *run = &runs->now.at[i];
        if (!is_waiting(run, level))
            continue;
        run->into = (*target)->number;
        err = st_run_set(runs, run, why);
        waiting--;
    }
    runs->merges[level].placed = false;
    return err;
}

static st_err place_all(struct st_runs *runs, struct st_run_merge *merge,
                        const struct st_run *target, struct st_why *why)
{
    merge->count = 0;
    for (uint32_t i = 0; i < runs->now.count; i++) {
        const struct st_run *run = &runs->now.at[i];
        if (run->into != target->number)
            continue;
        if (merge->count == ST_IDS_RUNS_A_LEVEL || run->state != ST_RUN_LIVE)
            return st_fail(why, ST_ERR_CORRUPT, "the list of runs of ids is damaged");
        struct st_run_cursor *cursor = &merge->cursors[merge->count++];
        cursor->run = run->number;
        if (cursor->entries == NULL)
            cursor->entries = st_mem_get((size_t)ST_IDS_CHUNK_ENTRIES * ST_ID_ENTRY_BYTES);
        if (cursor->entries == NULL)
            return st_fail(why, ST_ERR_MEMORY, "no memory to merge ids");
        st_err err = place(runs, cursor, target, why);
        if (err != ST_OK)
            return err;
    }
    merge->placed = true;
    return ST_OK;
}

static struct st_run_cursor *find_lowest(struct st_run_merge *merge)
{
    struct st_run_cursor *lowest = NULL;
    for (uint32_t i = 0; i < merge->count; i++) {
        struct st_run_cursor *cursor = &merge->cursors[i];
        if (!is_at_end(cursor) &&
            (lowest == NULL || memcmp(entry_at(cursor), entry_at(lowest), ST_ID_ORDER_BYTES) < 0))
            lowest = cursor;
    }
    return lowest;
}

/* The target takes the place of its sources: from here on it is searched and they are not. */
static st_err finish_merge(struct st_runs *runs, struct st_run *target, struct st_why *why)
{
    st_err err = ST_OK;
    for (uint32_t i = 0; i < runs->now.count && err == ST_OK; i++) {
        struct st_run *run = &runs->now.at[i];
        if (run->into != target->number)
            continue;
        run->state = ST_RUN_DEAD;
        err = st_run_set(runs, run, why);
    }
    target->state = ST_RUN_LIVE;
    return err == ST_OK ? st_run_set(runs, target, why) : err;
}

/* Writes up to `chunks` chunks of the merge from `level` into the next. */
static st_err step_level(struct st_runs *runs, uint32_t level, uint64_t chunks, struct st_why *why)
{
    struct st_run_merge *merge = &runs->merges[level];
    struct st_run *target = find_target(runs, level);
    st_err err = ST_OK;
    if (target == NULL)
        err = start_merge(runs, level, &target, why);
    if (err != ST_OK || target == NULL)
        return err;
    st_runs_will_change(runs);
    if (!merge->placed)
        err = place_all(runs, merge, target, why);
    uint64_t from = target->has_last ? st_run_line(target, target->last) : 0;
    struct st_run_cursor *lowest = NULL;
    runs->out_count = 0;
    while (err == ST_OK && chunks > 0 && (lowest = find_lowest(merge)) != NULL) {
        bool wrote = false;
        err = st_run_add(runs, target, entry_at(lowest), &wrote, why);
        if (err == ST_OK)
            err = advance(runs, lowest, why);
        if (wrote)
            chunks--;
    }
    bool complete = err == ST_OK && find_lowest(merge) == NULL;
    if (err == ST_OK)
        err = st_run_end_step(runs, target, from, complete, why);
    return err == ST_OK && complete ? finish_merge(runs, target, why) : err;
}

/* ---- the dead ---- */

static st_err drop_some(sqlite3_stmt *drop, sqlite3 *db, int64_t run, uint64_t *rows,
                        struct st_why *why)
{
    st_sql_bind_i64(drop, 1, run);
    st_sql_bind_i64(drop, 2, (int64_t)*rows);
    st_err err = st_sql_run(drop, "ids cannot be removed", why);
    if (err == ST_OK)
        *rows -= (uint64_t)sqlite3_changes(db);
    return err;
}

/* Removes up to `rows` rows of dead runs: filter, chunks, and last the run itself. */
static st_err bury(struct st_runs *runs, uint64_t rows, struct st_why *why)
{
    for (uint32_t i = 0; i < runs->now.count && rows > 0; i++) {
        struct st_run *run = &runs->now.at[i];
        if (run->state != ST_RUN_DEAD)
            continue;
        st_runs_will_change(runs);
        st_err err = drop_some(runs->filter_drop, runs->db, run->number, &rows, why);
        if (err == ST_OK && rows > 0)
            err = drop_some(runs->chunk_drop, runs->db, run->number, &rows, why);
        if (err != ST_OK || rows == 0)
            return err;
        st_sql_bind_i64(runs->run_drop, 1, run->number);
        err = st_sql_run(runs->run_drop, "ids cannot be removed", why);
        if (err != ST_OK)
            return err;
        st_run_remove(runs, i--);
    }
    return ST_OK;
}

st_err st_runs_step(struct st_runs *runs, uint64_t ids, struct st_why *why)
{
    st_err err = ST_OK;
    uint64_t chunks = ST_IDS_MERGE_CHUNKS + 2 * ids / runs->chunk_entries;
    for (uint32_t level = 0; level + 1 < ST_IDS_LEVELS_MAX && err == ST_OK; level++)
        err = step_level(runs, level, chunks, why);
    /* Every level's merge leaves as many rows behind as it writes; they must go faster. */
    return err == ST_OK ? bury(runs, 8 * chunks, why) : err;
}
