/*
 * submission.h: a request that has one thing to say to the engine: its body is kept whole, one
 * batch is made of it, and the connection sleeps until that is committed. Not the intake of events,
 * whose bodies are streams of them.
 *
 *     begin ─▶ piece … ─▶ finish: a batch is lent ─▶ kind->send ─▶ the commit thread
 *                           └─ the connection sleeps meanwhile; the batch's `done` wakes it
 *              finish, called again: kind->answer
 *
 * A handler's own state has a struct st_submission as its first member, and its piece, finish and
 * free are those below.
 *
 * 1. Whatever refuses the request has made a reply; nothing of the batch is in the store then.
 * 2. From st_submission_commit until kind->answer the batch is the engine's.
 *
 * Floor 7. The connection's worker, but what is marked otherwise.
 */
#ifndef ST_SERVER_SUBMISSION_H
#define ST_SERVER_SUBMISSION_H

#include "server/request.h"

struct st_submission_kind {
    size_t state_bytes; /* of the handler's own state */
    size_t body_bytes_max;
    const char *other_type;   /* what is said when the body is no JSON */
    const char *other_coding; /* when it has a Content-Encoding */
    /* The body has more bytes than it may: makes the reply. */
    void (*refuse_large)(struct st_request *request);
    /* The body is whole and the batch empty: fills that, and commits it or decides without. False:
     * it was refused with a reply. */
    bool (*send)(struct st_request *request);
    /* It was committed, or decided without: makes the reply. */
    void (*answer)(struct st_request *request);
    /* Ends what the state has beside the submission. Or NULL. */
    void (*done)(struct st_request *request);
};

struct st_submission {
    const struct st_submission_kind *kind;
    struct st_buf body;
    size_t reserved;        /* of the desk's account */
    struct st_batch *batch; /* of the desk */
    bool is_sent;
    bool is_decided; /* under the request's lock; written by the commit thread */
};

/* The handler's state, zeroed, for a request that may have no body; NULL: refused. */
void *st_submission_open(struct st_request *request, const struct st_submission_kind *kind);

/* The same for one that takes no parameters and has a body, which is expected from now on. */
void st_submission_begin(struct st_request *request, const struct st_submission_kind *kind);

/* For kind->send: to the engine. False: it was refused. */
ST_MUST_USE bool st_submission_commit(struct st_request *request);
/* For kind->send: there is nothing to commit; kind->answer comes next. */
void st_submission_decide(struct st_request *request);

/* The handler's. */
enum MHD_Result st_submission_piece(struct st_request *request, const char *bytes, size_t *len);
enum MHD_Result st_submission_finish(struct st_request *request);
void st_submission_free(struct st_request *request);

#endif
