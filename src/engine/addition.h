/*
 * addition.h: a contract that is added: to a store, and to the registry of the engine that has it.
 *
 *   st_addition_make   any thread: the file is loaded and checked; it is a batch of its own
 *   commit thread      alone in its transaction: is it there ▸ kept by its digest ▸ contract.added
 *                      after the sync it is in the registry, and then the batch is done
 *
 * 1. A name@version means the same bytes for ever: the same bytes again are SAME, a success without
 *    effect, other bytes are DIFFERENT.
 * 2. What comes in after the answer is recognised, held against it and read by it; so is what comes
 *    into any engine that opens the store later.
 * 3. Nobody adds to steno's own: a contract that is reserved, or is called like one, is INVALID.
 *
 * Floor 6. Made by any thread; decided by the commit thread.
 */
#ifndef ST_ENGINE_ADDITION_H
#define ST_ENGINE_ADDITION_H

#include "engine/batch.h"
#include "store/read.h"

enum st_addition_outcome {
    ST_ADDITION_DONE = 1,
    ST_ADDITION_SAME,
    ST_ADDITION_DIFFERENT, /* the name@version is there with other bytes */
    ST_ADDITION_FULL,      /* there are as many contracts as there may be */
};

/* The caller's memory, until the batch is done. */
struct st_addition {
    struct st_contract *contract; /* NULL once the registry has it */
    uint8_t outcome;              /* enum st_addition_outcome; counts when the batch's err is OK */
    uint64_t seq;                 /* of contract.added; 0 when it was not added */
    char reference[ST_CONTRACT_REF_BYTES_MAX + 1];
    uint8_t sha256[ST_DIGEST_BYTES]; /* of the file */
    char actor[ST_ACTOR_BYTES_MAX];  /* who asks */
};

/* Makes the empty batch one that adds the contract of this file. Not OK: `fault` says why, as for
 * st_contract_load, and `faults` all of it where there is more (NULL: not asked for; the caller's
 * to be done with); nothing else is to be done away with. */
ST_MUST_USE st_err st_addition_make(struct st_addition *addition, struct st_batch *batch,
                                    const struct st_registry *registry, st_str text, st_str actor,
                                    struct st_contract_faults *faults,
                                    struct st_schema_fault *fault);
/* After the batch is done, or when it was never submitted. */
void st_addition_done(struct st_addition *addition);

/* Loads the contracts that were added to a store into a registry that nobody else reads yet.
 * INVALID: one of them is none for this steno. */
ST_MUST_USE st_err st_addition_load_all(struct st_registry *registry, struct st_reader *reader,
                                        struct st_why *why);

/* On the commit thread, within the transaction: decides it. */
ST_MUST_USE st_err st_addition_apply(struct st_addition *addition, struct st_store *store,
                                     const struct st_registry *registry, struct st_why *why);
/* The same after the sync: what is DONE goes into the registry. */
void st_addition_publish(struct st_addition *addition, struct st_registry *registry);

#endif
