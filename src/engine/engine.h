/*
 * engine.h: the commit thread and what it tells: one order over everything, group commit, live
 * subscribers.
 *
 * 1. A batch's `done` with err == ST_OK is called after the fsync of the transaction that holds it.
 * 2. Batches are decided in the order of st_engine_submit; all that wait share one transaction.
 * 3. Subscribers are woken after the sync and before `done`; they read from the store by position,
 *    so a wake that is missed or doubled costs nothing.
 * 4. A failed commit fails every batch of its group; the next group starts afresh.
 *
 * Floor 6. Any thread may call; st_engine_close waits until all submitted batches are decided.
 */
#ifndef ST_ENGINE_ENGINE_H
#define ST_ENGINE_ENGINE_H

#include "engine/batch.h"

struct st_engine;

struct st_engine_options {
    const char *path; /* of the store file; made when absent */
    /* Takes in the contracts that were added to the store, now and while the engine runs; nobody
     * else adds to it meanwhile, and nobody else reads it yet. */
    struct st_registry *registry;
    const char *vfs; /* tests; NULL: the default */
};

ST_MUST_USE st_err st_engine_open(struct st_engine **engine,
                                  const struct st_engine_options *options, struct st_why *why);
void st_engine_close(struct st_engine *engine);

const char *st_engine_path(const struct st_engine *engine);
const struct st_registry *st_engine_registry(const struct st_engine *engine);

/* As st_store_announce. Before any batch is submitted. */
ST_MUST_USE st_err st_engine_announce(struct st_engine *engine, st_str address, struct st_why *why);

/* Hands a batch over. AGAIN: too much is waiting; try later. DENIED: closing. */
ST_MUST_USE st_err st_engine_submit(struct st_engine *engine, struct st_batch *batch);

/* Submits and waits for the decision; returns batch->err, or what submit said. */
ST_MUST_USE st_err st_engine_submit_wait(struct st_engine *engine, struct st_batch *batch);

/* The newest synced seq. */
uint64_t st_engine_last_seq(const struct st_engine *engine);

/* ---- subscribers ---- */

/* The caller's memory, until unsubscribed. `wake` is called on the commit thread: it must be quick
 * and must not call the engine. */
struct st_subscriber {
    void (*wake)(struct st_subscriber *subscriber);
    void *context;
    struct st_subscriber *next, *prev; /* the engine's */
};
ST_MUST_USE st_err st_engine_subscribe(struct st_engine *engine, struct st_subscriber *subscriber);
void st_engine_unsubscribe(struct st_engine *engine, struct st_subscriber *subscriber);

/* ---- figures since the start of the process ---- */
/* One list: member, kind, name among the metrics, what is counted. */
#define ST_STATS_LIST(X)                                                                           \
    X(accepted, counter, "steno_events_accepted_total", "events recorded")                         \
    X(duplicates, counter, "steno_events_duplicates_total", "events that were recorded before")    \
    X(conflicts, counter, "steno_events_conflicts_total",                                          \
      "events refused because their id was recorded with other bytes")                             \
    X(rejected, counter, "steno_events_rejected_total",                                            \
      "events refused for what they are, whatever became of the rest of their body")               \
    X(withheld, counter, "steno_events_withheld_total",                                            \
      "events of atomic batches that were not recorded because of others of their batch")          \
    X(quarantined, counter, "steno_events_quarantined_total", "events kept apart")                 \
    X(released, counter, "steno_quarantine_released_total",                                        \
      "events that were kept apart and entered the log after all, or were in it")                  \
    X(dropped, counter, "steno_quarantine_dropped_total", "events kept apart that were dropped")   \
    X(observed, counter, "steno_events_observed_total", "events recorded although invalid")        \
    X(unknown_types, counter, "steno_events_unknown_type_total",                                   \
      "events recorded of types that their contract keeps without naming them")                    \
    X(own, counter, "steno_events_own_total",                                                      \
      "events that steno itself wrote, not among the accepted")                                    \
    X(commits, counter, "steno_commits_total", "transactions that were synced")                    \
    X(commit_failures, counter, "steno_commit_failures_total", "transactions that failed")         \
    X(queued_batches, gauge, "steno_queued_batches", "batches that wait to be written")            \
    X(queued_bytes, gauge, "steno_queued_bytes", "raw bytes in batches not decided yet")           \
    X(subscribers, gauge, "steno_subscribers", "live streams")

struct st_engine_stats {
#define ST_STATS_MEMBER(member, kind, name, about) uint64_t member;
    ST_STATS_LIST(ST_STATS_MEMBER)
#undef ST_STATS_MEMBER
};
void st_engine_stats(struct st_engine *engine, struct st_engine_stats *stats);

/* Counts a batch that nothing is submitted of: what was refused in it, and what is withheld. */
void st_engine_count_refused(struct st_engine *engine, const struct st_batch *batch);

/* Whether the newest commit that had something to write succeeded (or none was tried yet); else why
 * it did not. */
bool st_engine_healthy(struct st_engine *engine, struct st_why *why);

#endif
