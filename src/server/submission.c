#include "server/submission.h"

#include "base/mem.h"
#include "engine/engine.h"
#include "server/log.h"
#include "server/media.h"
#include "server/visit.h"

/* ---- the beginning, and the body ---- */

static bool check_headers(struct st_request *request, const struct st_submission_kind *kind)
{
    unsigned types = 0;
    unsigned codings = 0;
    enum st_shape shape = st_media_shape(st_request_header(request, "Content-Type", &types));
    st_str coding = st_request_header(request, "Content-Encoding", &codings);
    bool type_good = types <= 1 && shape != ST_SHAPE_REFUSED && shape != ST_SHAPE_LINES;
    bool coding_good = codings <= 1 && st_media_coding(coding) == ST_CODING_IDENTITY;
    if (!type_good) {
        st_reply_error(&request->reply, 415, "unsupported_media_type", kind->other_type);
    } else if (!coding_good) {
        st_reply_error(&request->reply, 415, "unsupported_encoding", kind->other_coding);
        request->reply.codings = "identity";
    }
    return type_good && coding_good;
}

void *st_submission_open(struct st_request *request, const struct st_submission_kind *kind)
{
    struct st_submission *submission = st_mem_get_zeroed(kind->state_bytes);
    if (submission == NULL) {
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the request");
        return NULL;
    }
    submission->kind = kind;
    submission->body = ST_BUF(kind->body_bytes_max);
    request->state = submission;
    return submission;
}

void st_submission_begin(struct st_request *request, const struct st_submission_kind *kind)
{
    if (request->target.param_count > 0) {
        st_request_refuse_param(request, request->target.params[0].name, "no such parameter");
        return;
    }
    if (check_headers(request, kind) && st_submission_open(request, kind) != NULL)
        st_visit_expect(request->connection, request->server->patience.body_grace_ms);
}

enum MHD_Result st_submission_piece(struct st_request *request, const char *bytes, size_t *len)
{
    struct st_submission *submission = request->state;
    size_t given = *len;
    *len = 0; /* after trouble, what still comes is drained */
    if (st_desk_reserve(&request->server->desk, given) != ST_OK) {
        st_reply_error(&request->reply, 503, "too_many_bodies",
                       "too many bodies at once; try later");
        return MHD_YES;
    }
    submission->reserved += given;
    st_err err = st_buf_add_str(&submission->body, (st_str){bytes, given});
    if (err == ST_ERR_LIMIT)
        submission->kind->refuse_large(request);
    else if (err != ST_OK)
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the body");
    return MHD_YES;
}

/* ---- to the engine ---- */

/* On the commit thread. */
static void wake(struct st_batch *batch)
{
    struct st_request *request = batch->context;
    struct st_submission *submission = request->state;
    pthread_mutex_lock(&request->lock);
    submission->is_decided = true;
    if (request->asleep)
        st_request_wake_locked(request);
    pthread_mutex_unlock(&request->lock);
    st_request_drop(request);
}

bool st_submission_commit(struct st_request *request)
{
    struct st_submission *submission = request->state;
    submission->batch->done = wake;
    submission->batch->context = request;
    st_request_hold(request);
    if (st_engine_submit(request->server->engine, submission->batch) == ST_OK)
        return true;
    st_request_drop(request); /* never the last: the connection's is there */
    st_reply_error(&request->reply, 503, "store_busy",
                   "too much is waiting to be written; try later");
    return false;
}

void st_submission_decide(struct st_request *request)
{
    struct st_submission *submission = request->state;
    submission->is_decided = true; /* nobody else looks at it */
}

/* False: it was refused. */
static bool submit(struct st_request *request)
{
    struct st_submission *submission = request->state;
    st_visit_expect_nothing(request->connection);
    submission->is_sent = true;
    submission->batch = st_desk_take_batch(&request->server->desk);
    if (submission->batch != NULL)
        return submission->kind->send(request);
    st_reply_error(&request->reply, 503, "store_busy", "too many bodies at once; try later");
    return false;
}

/* ---- the answer ---- */

static void answer(struct st_request *request)
{
    const struct st_submission *submission = request->state;
    const struct st_batch *batch = submission->batch;
    if (batch->err == ST_OK) {
        submission->kind->answer(request);
        return;
    }
    const char *text = batch->why.text;
    st_log_why("commit_failed", batch->err, &batch->why);
    st_reply_error(&request->reply, 503, batch->err == ST_ERR_AGAIN ? "store_busy" : "store_failed",
                   text != NULL ? text : "nothing could be written to the store");
}

enum MHD_Result st_submission_finish(struct st_request *request)
{
    struct st_submission *submission = request->state;
    enum MHD_Result result = MHD_YES;
    if (!submission->is_sent && !submit(request))
        return st_request_answer(request);
    pthread_mutex_lock(&request->lock);
    bool waits = !submission->is_decided;
    if (waits)
        result = st_request_sleep_locked(request) ? MHD_YES : MHD_NO;
    pthread_mutex_unlock(&request->lock);
    if (waits)
        return result;
    answer(request);
    return st_request_answer(request);
}

void st_submission_free(struct st_request *request)
{
    struct st_submission *submission = request->state;
    if (submission == NULL)
        return;
    if (submission->kind->done != NULL)
        submission->kind->done(request);
    st_desk_give_batch(&request->server->desk, submission->batch);
    st_desk_release(&request->server->desk, submission->reserved);
    st_buf_done(&submission->body);
    st_mem_free(submission);
}
