/*
 * react.h: steno's own events: what is noticed while a group is committed, told in the same log.
 *
 * Not alerting, which asks views and the clock: only what an event shows by itself, against the
 * state that the events before it left (view/producers.h).
 *
 * 1. A notice is written in the transaction of the event that shows it, behind that event: a crash
 *    neither repeats one nor loses one.
 * 2. It enters by the same door as every event: composed as JSON, held against steno@1, appended.
 * 3. What steno tells is never itself a reason to tell more.
 *
 * Floor 6. The commit thread's. Reused; allocates nothing in the steady state.
 */
#ifndef ST_ENGINE_REACT_H
#define ST_ENGINE_REACT_H

#include "engine/addition.h"
#include "engine/quarantine.h"

struct st_react;

ST_MUST_USE st_err st_react_new(struct st_react **react, const struct st_registry *registry,
                                struct st_store *store);
void st_react_free(struct st_react *react);

/* The contract of what it writes, to be kept in the store with the first of them. */
const struct st_contract *st_react_contract(const struct st_react *react);

/* Begins a group. */
void st_react_begin(struct st_react *react);

/* Takes the accepted events of a decided batch, in the order of the log. Within the transaction. */
ST_MUST_USE st_err st_react_fold(struct st_react *react, const struct st_batch *batch,
                                 int64_t now_ns, struct st_why *why);

/* Tells of a ruling that is DONE; after its batch was folded. */
ST_MUST_USE st_err st_react_rule(struct st_react *react, const struct st_ruling *ruling,
                                 int64_t now_ns, struct st_why *why);

/* Tells of an addition that is DONE, which is alone in its group; its seq is filled in by
 * st_react_write. */
ST_MUST_USE st_err st_react_add(struct st_react *react, struct st_addition *addition,
                                int64_t now_ns, struct st_why *why);

/* Writes what is left to be told, and the views: behind the group's last event, within the
 * transaction. *count: how many events of steno's own the group has. */
ST_MUST_USE st_err st_react_write(struct st_react *react, int64_t now_ns, uint32_t *count,
                                  struct st_why *why);

/* The transaction was committed, or rolled back. */
void st_react_keep(struct st_react *react);
void st_react_forget(struct st_react *react);

#endif
