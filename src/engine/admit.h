/*
 * admit.h: the door: from bytes to an item of a batch.
 *
 * parse ▸ resolve the contract ▸ validate ▸ read the record. Nothing is ordered or stored here; any
 * number of workers admit at the same time, each with its own struct st_admit.
 *
 * 1. An event's bytes are the JSON value as it came, without blanks around it.
 * 2. Repeated member names are refused (a reader that takes the first name and one that takes the
 * last would see different events).
 * 3. What is wrong with an event is its item's business, never an error of the call.
 * 4. The record's producer is the event's own; where it states none, the one that the batch names.
 * 5. Events of a reserved contract come in by steno's own door only; a contract that is named and
 *    keeps unknown types takes nothing that another one's marks claim.
 *
 * Floor 6. One owner at a time. Allocates in the batch only, and nothing in the steady state.
 */
#ifndef ST_ENGINE_ADMIT_H
#define ST_ENGINE_ADMIT_H

#include "engine/batch.h"

struct st_admit;

ST_MUST_USE st_err st_admit_new(struct st_admit **admit, const struct st_registry *registry);
void st_admit_free(struct st_admit *admit);
const struct st_registry *st_admit_registry(const struct st_admit *admit);

/* Makes it steno's own door: events of reserved contracts may come in too. */
void st_admit_open_reserved(struct st_admit *admit);

/* Adds one text as an item. `contract` NULL: recognised by the registry. MEMORY and LIMIT (the
 * batch's arena is full: submit it and start another) are the only errors; then nothing was added.
 */
ST_MUST_USE st_err st_admit_event(struct st_admit *admit, struct st_batch *batch, st_str text,
                                  uint64_t index, uint64_t line,
                                  const struct st_contract *contract);

/* The same for a contract that was named without its version: an event that names another version
 * of it is of that one. */
ST_MUST_USE st_err st_admit_any_version(struct st_admit *admit, struct st_batch *batch, st_str text,
                                        uint64_t index, uint64_t line,
                                        const struct st_contract *contract);

/* The same under the mode enforce, whatever the contract's is. */
ST_MUST_USE st_err st_admit_enforced(struct st_admit *admit, struct st_batch *batch, st_str text,
                                     const struct st_contract *contract);

/* Adds an item for a text that was too long to be looked at. */
ST_MUST_USE st_err st_admit_too_large(struct st_batch *batch, uint64_t index, uint64_t line);

#endif
