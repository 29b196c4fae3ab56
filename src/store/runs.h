/*
 * runs.h: sorted runs of id entries in the database, their filters, and their merges.
 *
 *   id_run(run, level, state, into_run, entries)
 *   id_chunk(run, first, entries)      first: (hash, seq) of the first entry; entries of 24 bytes,
 * then XXH3 of them id_filter(run, part, bits)         a part is 128 lines of 64 bytes, then XXH3
 * of them
 *
 * A run lives so: it is written (by a flush whole, by a merge some chunks a commit), it is
 * searched, it is a source of a merge and searched still, it is dead and its chunks go, some a
 * commit.
 *
 * The filter is a Bloom filter in lines of a cache line each, 10 bits an id. The line is the
 * leading part of the hash, scaled to the number of lines, so lines fill in the order in which
 * entries are written, and a run that is half written has a filter that is half complete.
 *
 * 1. An entry that was added is found in exactly one searched run, whatever step a merge has
 * reached.
 * 2. Levels are merged independently, each at twice the pace at which ids arrive: the runs of a
 * level stay fewer than three times ST_IDS_RUNS_A_LEVEL.
 * 3. What changes in a transaction is undone by st_runs_forget without reading anything.
 *
 * Floor 4. Private to ids.c. One owner.
 */
#ifndef ST_STORE_RUNS_H
#define ST_STORE_RUNS_H

#include "base/str.h"
#include "store/limits.h"

#include <sqlite3.h>

/* An entry, and its leading (hash, seq), by which entries sort. */
#define ST_ID_HASH_BYTES  10
#define ST_ID_ORDER_BYTES 16
#define ST_ID_ENTRY_BYTES 24

enum st_run_state { ST_RUN_LIVE, ST_RUN_GROWING, ST_RUN_DEAD, ST_RUN_STATES };

struct st_run {
    int64_t number;
    int64_t into; /* the run that it is merged into, 0: none yet */
    uint32_t level;
    uint8_t state; /* enum st_run_state */
    bool has_last; /* growing: something was written; `last` is the newest entry's order */
    uint8_t last[ST_ID_ORDER_BYTES];
    uint64_t entries; /* when it is complete */
    uint64_t lines;
    uint8_t *filter;
};

struct st_run_list {
    struct st_run at[ST_IDS_RUNS_MAX];
    uint32_t count;
    int64_t next_number;
};

/* A place in a source of a merge. */
struct st_run_cursor {
    int64_t run;
    char *entries; /* of one chunk */
    uint32_t count;
    uint32_t at;
};

struct st_run_merge {
    struct st_run_cursor cursors[ST_IDS_RUNS_A_LEVEL];
    uint32_t count;
    bool placed; /* else the cursors are placed behind the target's last entry first */
};

struct st_runs {
    sqlite3 *db;
    sqlite3_stmt *run_add, *run_set, *run_drop;
    sqlite3_stmt *chunk_add, *chunk_find, *chunk_next, *chunk_drop;
    sqlite3_stmt *filter_put, *filter_drop;

    uint32_t chunk_entries;
    uint32_t runs_a_level;
    struct st_run_list now;
    struct st_run_list kept; /* as the last commit left it; valid when `changed` */
    bool changed;
    struct st_run_merge merges[ST_IDS_LEVELS_MAX]; /* from this level into the next */
    char *out;                                     /* the chunk being written */
    uint32_t out_count;
};

ST_MUST_USE st_err st_runs_open(struct st_runs *runs, sqlite3 *db, struct st_why *why);
void st_runs_close(struct st_runs *runs);

/* Calls `visit` for each entry with that hash. */
ST_MUST_USE st_err st_runs_find(struct st_runs *runs, const uint8_t hash[static ST_ID_HASH_BYTES],
                                void (*visit)(void *context, const uint8_t *entry), void *context,
                                struct st_why *why);

/* Writes `count` sorted entries as a run of level 0. */
ST_MUST_USE st_err st_runs_flush(struct st_runs *runs, const char *entries, uint32_t count,
                                 struct st_why *why);

/* One step for a transaction that added `ids` ids: every level's merge, and dead runs. */
ST_MUST_USE st_err st_runs_step(struct st_runs *runs, uint64_t ids, struct st_why *why);

void st_runs_keep(struct st_runs *runs);
void st_runs_forget(struct st_runs *runs);

/* ---- between runs.c and merge.c ---- */

ST_MUST_USE st_err st_run_begin(struct st_runs *runs, uint32_t level, uint8_t state,
                                uint64_t entries, struct st_run **run, struct st_why *why);
/* Adds one entry, a chunk when it is full; *wrote says so. */
ST_MUST_USE st_err st_run_add(struct st_runs *runs, struct st_run *run, const char *entry,
                              bool *wrote, struct st_why *why);
/* Writes what is left of the last chunk, and the lines of the filter from `from` to the last
 * entry's, or to the end when the run is complete. */
ST_MUST_USE st_err st_run_end_step(struct st_runs *runs, struct st_run *run, uint64_t from,
                                   bool complete, struct st_why *why);
ST_MUST_USE st_err st_run_set(struct st_runs *runs, const struct st_run *run, struct st_why *why);
/* The line of the filter that an entry sets. */
uint64_t st_run_line(const struct st_run *run, const uint8_t *hash);
/* The entries of a chunk as read from the database, checked. */
ST_MUST_USE st_err st_run_chunk(st_str stored, st_str *entries, struct st_why *why);
/* Takes a run off the list, after st_runs_will_change. */
void st_run_remove(struct st_runs *runs, uint32_t place);
/* Notes the state before the first change of a transaction. */
void st_runs_will_change(struct st_runs *runs);

#endif
