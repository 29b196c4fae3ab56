/*
 * answer.h: what became of the events of one body, in the words of the HTTP answers.
 *
 * One event:  {"status":"accepted","persisted":true,"seq":N} and its kin, see st_answer_write_one.
 * A batch:    {"accepted","duplicates","conflicts","rejected","first_seq","last_seq",
 *              "quarantined"?,"observed"?,"unknown_types"?,"withheld"?,"errors_total"?,"errors":[…]}
 * in trouble also "error","message" and "last_line" (or "last_index"): the last one that was
 * decided and is on disk as far as it was good; what follows it was not stored.
 *
 * A dry run (POST /v1/contracts/{ref}/check) records nothing, and its answers say so by their
 * words: One event:  {"valid":true,"contract","type"} or
 * {"valid":false,…,"error","message","errors":[…]} A batch:
 * {"checked","valid","invalid","errors_total"?,"errors":[…]}
 *
 * Floor 7. One owner at a time. Bounded by ST_ITEMS_TOLD_MAX and ST_TOLD_BYTES_MAX.
 */
#ifndef ST_SERVER_ANSWER_H
#define ST_SERVER_ANSWER_H

#include "engine/batch.h"
#include "server/reply.h"

struct st_answer {
    bool dry; /* events are judged only; the tally's accepted and rejected are valid and invalid */
    struct st_tally tally;
    struct st_buf told; /* the bad items as JSON objects, commas between them */
    uint32_t told_count;
    uint64_t bad_count;
    enum st_refusal first_bad;
    bool any;            /* something was decided: the two below count */
    uint64_t last_index; /* of the last item that was decided */
    uint64_t last_line;
};

/* Why a body was not taken to its end. code == NULL: no trouble. All text is static. */
struct st_trouble {
    unsigned status;
    const char *code;
    const char *message;
};

void st_answer_init(struct st_answer *answer);
void st_answer_done(struct st_answer *answer);

/* Takes the items of a decided batch into account. With `withheld` nothing of it was submitted.
 * MEMORY. */
ST_MUST_USE st_err st_answer_add(struct st_answer *answer, const struct st_batch *batch,
                                 bool withheld);

/* Whether an atomic batch was withheld: something in it was refused or a conflict. */
bool st_answer_is_withheld(const struct st_answer *answer);

/* A batch's answer. `trouble` may be NULL; `atomic` adds "batch_withheld" when it was. `lines`:
 * positions are lines. */
void st_answer_write_batch(const struct st_answer *answer, const struct st_trouble *trouble,
                           bool atomic, bool lines, struct st_reply *reply);

/* The answer to a body that was one event. `body` is the whole of it, for the place of a fault. */
void st_answer_write_one(struct st_answer *answer, const struct st_item *item, st_str body,
                         struct st_reply *reply);

/* 400 invalid_json: "line L, column C (byte O): expected …", offset, line, column. */
void st_answer_write_fault(const struct st_json_fault *fault, struct st_reply *reply);

#endif
