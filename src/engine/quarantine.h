/*
 * quarantine.h: what becomes of events that were kept apart: released into the log, or dropped.
 *
 * A ruling on one of them is a batch of its own that goes through the commit thread as any other
 * does:
 *
 *   release   the event, as it was kept or mended, is held against its contract once more, whatever
 *             the contract's mode is. It is appended, its number leaves the quarantine, and
 *             quarantine.released says so: in one transaction. A duplicate leaves the quarantine
 *             too, and the first one's seq is told. What is invalid still, or in conflict, stays.
 *   drop      its number leaves the quarantine, and quarantine.dropped says so: in one transaction.
 *
 * 1. Of rulings on one number the first that can be carried out is; the others find it ABSENT.
 * 2. What an event is held against is the contract that it was kept under, never another one.
 *
 * Floor 6. Made by any thread with a reader and an admit of its own; decided by the commit thread.
 * Allocates in the batch only.
 */
#ifndef ST_ENGINE_QUARANTINE_H
#define ST_ENGINE_QUARANTINE_H

#include "engine/admit.h"
#include "store/read.h"

/* One list: id, the type of the steno@1 event. */
#define ST_RULING_LIST(X)                                                                          \
    X(RELEASE, "quarantine.released")                                                              \
    X(DROP, "quarantine.dropped")

enum st_ruling_kind {
#define ST_RULING_ENUM(id, type) ST_RULING_##id,
    ST_RULING_LIST(ST_RULING_ENUM)
#undef ST_RULING_ENUM
};
const char *st_ruling_event(enum st_ruling_kind kind);

enum st_ruling_outcome {
    ST_RULING_DONE = 1,
    ST_RULING_REFUSED, /* a release: the batch's only item says why; the event stays */
    ST_RULING_ABSENT,  /* the number is not in the quarantine any more */
};

/* Filled in when the ruling is made, but for the outcome, which counts when the batch's err is
 * ST_OK. Its texts are in the batch's arena. */
struct st_ruling {
    uint8_t kind;    /* enum st_ruling_kind */
    uint8_t outcome; /* enum st_ruling_outcome */
    bool mended;
    uint64_t number;
    uint64_t seq; /* a release that is DONE: the event's, or the first one's of a duplicate */
    st_str contract;
    st_str tenant; /* whose event it is: at == NULL where it states none */
    uint8_t sha256[ST_DIGEST_BYTES];
    st_str actor;
    st_str reason; /* of a drop; at == NULL: none was given */
};

/* Makes the empty batch a release of that number; `mended` at == NULL: as it was kept. `actor` is
 * who asks. When the batch's item is refused already there is nothing to submit: the outcome is
 * REFUSED. ABSENT: no such number. INVALID: its contract is not one of the registry's, which `why`
 * says in words. LIMIT: actor or reason is too long (limits.h). */
ST_MUST_USE st_err st_quarantine_release(struct st_batch *batch, struct st_admit *admit,
                                         struct st_reader *reader, uint64_t number, st_str mended,
                                         st_str actor, struct st_why *why);
ST_MUST_USE st_err st_quarantine_drop(struct st_batch *batch, struct st_reader *reader,
                                      uint64_t number, st_str reason, st_str actor,
                                      struct st_why *why);

/* On the commit thread, within the transaction: carries the batch's ruling out. */
ST_MUST_USE st_err st_quarantine_apply(struct st_store *store, struct st_batch *batch,
                                       int64_t now_ns, struct st_why *why);

/* Writes the report that is kept with an invalid item: its violations as a JSON array, and, where
 * not all of them are told, `,"errors_total":N` behind it. */
ST_MUST_USE st_err st_quarantine_write_report(const struct st_item *item, struct st_buf *report);

/* Appends {"number","received_at","contract","tenant"?,"producer"?,"sha256","errors":[…],
 * "errors_total"?,"event":RAW} without line feed; RAW's line breaks between tokens become blanks.
 */
ST_MUST_USE st_err st_quarantine_write_line(const struct st_quarantined *kept, struct st_buf *out);

/* The words of a filter that say something of an event that is kept apart: the only ones to set in
 * a filter for them. One list: id, word. */
#define ST_QUARANTINE_WORD_LIST(X)                                                                 \
    X(CONTRACT, "contract")                                                                        \
    X(TENANT, "tenant")                                                                            \
    X(SINCE, "since")                                                                              \
    X(UNTIL, "until")                                                                              \
    X(AFTER, "after")                                                                              \
    X(LIMIT, "limit")

/* Whether a filter (the context, a struct st_filter) wants it; since and until are of its receipt.
 */
bool st_quarantine_wants(void *filter, const struct st_quarantined *kept);

#endif
