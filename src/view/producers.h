/*
 * producers.h: the view of producers' own numbering: what comes next, what is missing, what came
 * twice.
 *
 * Not what orders the log (that is seq, the recorder's) and not what refuses anything: it notices,
 * and whoever folds tells.
 *
 *   view_producer(tenant, contract, producer, next, last_seq, gaps, closed, repeats, holes)
 *
 * One producer is one tenant, contract and name; events that name no producer are, within a tenant
 * and contract, one nameless producer's. Of a number N where `next` was to come:
 *
 *   first ever     whatever it is, it is the beginning                  next = N + 1
 *   N = next       as it should be                                      next = N + 1
 *   N > next       GAP: next … N-1 are missing, and remembered          next = N + 1
 *   N is missing   GAP_CLOSED: it came late, and is missing no longer   next stays
 *   N < next       REPEAT: the numbering began anew, or came twice      next = N + 1
 *
 * so a producer that starts again at 1 is told once and not at every event. Numbers that are
 * missing when it goes back are forgotten: they belong to the numbering before.
 *
 * 1. The view is the fold of the accepted events in order: folding the same log again gives the
 * same rows and the same notices.
 * 2. Rows are written once a transaction, in the one that holds the events; after a rollback
 *    st_producers_forget brings back what is on disk.
 * 3. Events without a number of their producer cost nothing; numbers above ST_PRODUCER_SEQ_MAX are
 *    not followed.
 *
 * Floor 5. The commit thread's. Folding allocates only for producers that are not held.
 */
#ifndef ST_VIEW_PRODUCERS_H
#define ST_VIEW_PRODUCERS_H

#include "record/record.h"
#include "view/limits.h"

#define ST_NOTICE_LIST(X)                                                                          \
    X(NONE, "")                                                                                    \
    X(GAP, "producer.gap")                                                                         \
    X(GAP_CLOSED, "producer.gap_closed")                                                           \
    X(REPEAT, "producer.repeat")

enum st_notice_kind {
#define ST_NOTICE_ENUM(id, text) ST_NOTICE_##id,
    ST_NOTICE_LIST(ST_NOTICE_ENUM)
#undef ST_NOTICE_ENUM
};

/* What a number shows; its texts borrow from the record. */
struct st_notice {
    enum st_notice_kind kind;
    uint64_t expected;  /* GAP, REPEAT: the number that was to come */
    uint64_t found;     /* the number that came */
    uint64_t missing;   /* GAP: numbers left out; GAP_CLOSED: still missing, of those remembered */
    uint64_t after_seq; /* seq of the producer's event before */
    uint64_t at_seq;    /* seq of the event that shows it */
};

const char *st_notice_name(enum st_notice_kind kind); /* the type of the steno@1 event */

struct sqlite3;
struct st_producers;

/* `db` is the store's write connection; nothing is read or written until something is folded. */
ST_MUST_USE st_err st_producers_new(struct st_producers **producers, struct sqlite3 *db);
void st_producers_free(struct st_producers *producers);

/* Takes an accepted event (its seq set) into the view, within the store's transaction. */
ST_MUST_USE st_err st_producers_fold(struct st_producers *producers, const struct st_record *record,
                                     struct st_notice *notice, struct st_why *why);

/* Writes the rows that changed; before the transaction's commit. */
ST_MUST_USE st_err st_producers_flush(struct st_producers *producers, struct st_why *why);

/* What was folded since the last of these two calls is on disk, or is not. */
void st_producers_keep(struct st_producers *producers);
void st_producers_forget(struct st_producers *producers);

#endif
