/*
 * batch.h: the events of one request on their way to disk, and what became of each.
 *
 * A batch owns one arena with everything in it: bytes as they came, records, explanations. A worker
 * fills it (admit.h), the commit thread decides it (commit.h), the caller reads it and resets it.
 *
 * 1. Items stand in the order of arrival; every text handed in is exactly one item.
 * 2. An item's append.outcome counts only when batch->err is ST_OK.
 * 3. From submit until `done` is called the batch belongs to the engine. One thing only may be done
 * to it meanwhile, and only from within another batch's `done`, which runs on the thread that would
 *    decide it: to empty it (count and append_count 0), so that nothing is stored behind a batch of
 *    the same request that failed.
 *
 * Floor 6. One owner at a time. Reusing a batch allocates nothing in the steady state.
 */
#ifndef ST_ENGINE_BATCH_H
#define ST_ENGINE_BATCH_H

#include "base/arena.h"
#include "contract/registry.h"
#include "engine/limits.h"
#include "store/store.h"

/* Why an event was not taken. One list: id, HTTP status, code, message. */
#define ST_REFUSAL_LIST(X)                                                                         \
    X(JSON, 400, "invalid_json", "the event is not valid JSON")                                    \
    X(PAYLOAD, 400, "invalid_payload_type", "an event must be a JSON object")                      \
    X(TOO_LARGE, 413, "event_too_large", "one event may have at most 1048576 bytes")               \
    X(CONTRACT, 422, "contract_ambiguous",                                                         \
      "the event fits no contract, or several; name one with contract=NAME@VERSION")               \
    X(RESERVED, 403, "contract_reserved", "only steno itself writes events of this contract")      \
    X(INVALID, 400, "validation_failed", "the event breaks its contract")                          \
    X(CONFLICT, 409, "event_id_conflict",                                                          \
      "another event with this id is recorded already; the id is kept for its first bytes")        \
    X(WITHHELD, 409, "batch_withheld",                                                             \
      "nothing of this atomic batch was stored, because another of its events was refused")

enum st_refusal {
    ST_REFUSED_NOT = 0,
#define ST_REFUSAL_ENUM(id, status, code, message) ST_REFUSED_##id,
    ST_REFUSAL_LIST(ST_REFUSAL_ENUM)
#undef ST_REFUSAL_ENUM
};
int st_refusal_status(enum st_refusal refusal);
const char *st_refusal_code(enum st_refusal refusal);
const char *st_refusal_message(enum st_refusal refusal);

struct st_item {
    uint64_t index; /* in the request, from 0 */
    uint64_t line;  /* of NDJSON, from 1; 0 when the body is not lines */

    uint8_t refusal;  /* enum st_refusal; NOT: admitted (or kept apart) */
    bool quarantined; /* to be kept apart: takes no seq; quarantine_number after commit, unless
                         append.outcome is WITHHELD */
    uint64_t quarantine_number;

    /* What was wrong (refused, quarantined or observed): where in the text, or which rules. */
    struct st_json_fault fault;            /* JSON */
    struct st_candidates candidates;       /* CONTRACT */
    const struct st_violation *violations; /* INVALID: definite leaves, or leaves where none is */
    uint32_t violation_count;
    uint64_t violations_untold; /* found past ST_VIOLATIONS_TOLD_MAX */

    const struct st_contract *contract; /* NULL when it was not resolved */
    struct st_append append;            /* event.raw and record: set once parsed and resolved */
};

struct st_ruling;
struct st_addition;

struct st_batch {
    struct st_arena arena;
    struct st_item **items;     /* all; the items are in the arena */
    struct st_append **appends; /* of those that go to the log, in order */
    uint32_t count;
    uint32_t room;
    uint32_t append_count;
    uint32_t append_room;
    size_t bytes;                 /* raw bytes in it */
    bool atomic;                  /* all or nothing */
    st_str producer;              /* of events that state none; at == NULL: nobody named one */
    struct st_ruling *ruling;     /* quarantine.h: what the batch is then about; NULL: its events */
    struct st_addition *addition; /* addition.h: the same for a contract that is added */

    /* Set by the commit thread. */
    st_err err;
    struct st_why why;

    /* Called once on the commit thread, after the sync (or the failure). */
    void (*done)(struct st_batch *batch);
    void *context;
    struct st_batch *next; /* for the caller's lists while the batch is its own */
};

void st_batch_init(struct st_batch *batch);
void st_batch_done(struct st_batch *batch);
void st_batch_reset(struct st_batch *batch); /* empty, memory kept */

/* Whether a sender may give itself this name: 1 … ST_PRODUCER_BYTES_MAX bytes of UTF-8 without
 * control characters. */
bool st_producer_name_fits(st_str name);

/* Names the producer of those events admitted from now on that state none; the event's own always
 * wins, and no byte of it changes. at == NULL: none. LIMIT: no memory. Holds until the reset. */
ST_MUST_USE st_err st_batch_name_producer(struct st_batch *batch, st_str name);

/* A new item at the end, zeroed; NULL without memory. The last one may be taken back. */
struct st_item *st_batch_add(struct st_batch *batch);
void st_batch_take_back(struct st_batch *batch);
/* Says that the item goes to the log. */
ST_MUST_USE st_err st_batch_append(struct st_batch *batch, struct st_item *item);

/* Whether the batch is as large as one should get. */
bool st_batch_full(const struct st_batch *batch);

/* Counts of a decided batch, summed up by the caller over a request. */
struct st_tally {
    uint64_t accepted;
    uint64_t duplicates;
    uint64_t conflicts;
    uint64_t rejected; /* refused for what they are; conflicts and withheld ones not among them */
    uint64_t withheld;
    uint64_t quarantined;
    uint64_t observed;      /* accepted although invalid */
    uint64_t unknown_types; /* accepted, of types that their contract keeps without naming them */
    uint64_t first_seq;     /* of those accepted; 0 when none */
    uint64_t last_seq;
};
/* Adds what became of one item, and says what it was refused for in the end (conflicts included).
 */
enum st_refusal st_tally_add(struct st_tally *tally, const struct st_item *item);

#endif
