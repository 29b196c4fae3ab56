/*
 * quarantine_post.c: POST /v1/quarantine/{number}/release and DELETE /v1/quarantine/{number}: one
 * ruling to the engine, and the answer.
 *
 *   a body (the mended event) is kept whole ─▶ a batch with the ruling ─▶ the commit thread
 *   the connection sleeps meanwhile; the batch's `done` wakes it, and its worker answers
 */
#include "base/mem.h"
#include "engine/engine.h"
#include "engine/quarantine.h"
#include "server/actor.h"
#include "server/answer.h"
#include "server/log.h"
#include "server/media.h"
#include "server/request.h"
#include "server/visit.h"
#include "json/write.h"

/* A mended event, and blanks around it. */
#define MENDED_BYTES_MAX (ST_EVENT_BYTES_MAX + ((size_t)64 << 10))

struct ruling {
    struct st_buf body;
    size_t reserved;        /* of the desk's account */
    struct st_batch *batch; /* of the desk */
    st_str reason;
    bool is_drop;
    bool is_sent;
    bool is_decided; /* under the request's lock */
};

/* ---- the beginning, and the body ---- */

static struct ruling *open_ruling(struct st_request *request)
{
    struct ruling *ruling = st_mem_get_zeroed(sizeof *ruling);
    if (ruling == NULL) {
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the request");
        return NULL;
    }
    ruling->body = ST_BUF(MENDED_BYTES_MAX);
    request->state = ruling;
    return ruling;
}

static bool check_headers(struct st_request *request)
{
    unsigned types = 0;
    unsigned codings = 0;
    enum st_shape shape = st_media_shape(st_request_header(request, "Content-Type", &types));
    st_str coding = st_request_header(request, "Content-Encoding", &codings);
    bool type_good = types <= 1 && shape != ST_SHAPE_REFUSED && shape != ST_SHAPE_LINES;
    bool coding_good = codings <= 1 && st_media_coding(coding) == ST_CODING_IDENTITY;
    if (!type_good)
        st_reply_error(&request->reply, 415, "unsupported_media_type",
                       "Content-Type must be application/json: the mended event");
    else if (!coding_good) {
        st_reply_error(&request->reply, 415, "unsupported_encoding",
                       "a mended event comes without Content-Encoding");
        request->reply.codings = "identity";
    }
    return type_good && coding_good;
}

static void begin_release(struct st_request *request)
{
    if (request->target.param_count > 0) {
        st_request_refuse_param(request, request->target.params[0].name, "no such parameter");
        return;
    }
    if (!check_headers(request) || open_ruling(request) == NULL)
        return;
    st_visit_expect(request->connection, request->server->patience.body_grace_ms);
}

static enum MHD_Result take_piece(struct st_request *request, const char *bytes, size_t *len)
{
    struct ruling *ruling = request->state;
    size_t given = *len;
    *len = 0; /* after trouble, what still comes is drained */
    if (st_desk_reserve(&request->server->desk, given) != ST_OK) {
        st_reply_error(&request->reply, 503, "too_many_bodies",
                       "too many bodies at once; try later");
        return MHD_YES;
    }
    ruling->reserved += given;
    st_err err = st_buf_add_str(&ruling->body, (st_str){bytes, given});
    if (err == ST_ERR_LIMIT)
        st_reply_error(&request->reply, 413, "event_too_large",
                       st_refusal_message(ST_REFUSED_TOO_LARGE));
    else if (err != ST_OK)
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the body");
    return MHD_YES;
}

static void begin_drop(struct st_request *request)
{
    st_str reason = {NULL, 0};
    for (uint32_t i = 0; i < request->target.param_count; i++) {
        const struct st_param *param = &request->target.params[i];
        if (!st_str_eq(param->name, ST_STR("reason"))) {
            st_request_refuse_param(request, param->name, "no such parameter; there is reason");
            return;
        }
        if (reason.at != NULL && !st_str_eq(reason, param->value)) {
            st_request_refuse_param(request, param->name, "is said twice, differently");
            return;
        }
        reason = param->value;
    }
    if (reason.len > ST_DROP_REASON_BYTES_MAX) {
        st_request_refuse_param(request, ST_STR("reason"), "may have at most 1024 bytes");
        return;
    }
    struct ruling *ruling = open_ruling(request);
    if (ruling == NULL)
        return;
    ruling->is_drop = true;
    ruling->reason = reason;
}

/* ---- to the engine ---- */

static void refuse_absent(struct st_request *request)
{
    st_reply_error(&request->reply, 404, "quarantine_not_found",
                   "no event has this number in the quarantine");
}

static void refuse(struct st_request *request, st_err err, const struct st_why *why)
{
    const char *text = why->text != NULL ? why->text : st_err_text(err);
    if (err == ST_ERR_ABSENT)
        refuse_absent(request);
    else if (err == ST_ERR_INVALID)
        st_reply_error(&request->reply, 422, "contract_unknown", text);
    else if (err == ST_ERR_MEMORY || err == ST_ERR_AGAIN)
        st_reply_error(&request->reply, 503, "store_busy", text);
    else
        st_reply_failure(&request->reply, err, why);
}

static st_err make_batch(struct st_request *request, struct st_reader *reader, struct st_why *why)
{
    struct ruling *ruling = request->state;
    char text[ST_ACTOR_BYTES_MAX];
    st_str actor = st_actor_of(request, text);
    st_str body = st_str_trim(st_buf_str(&ruling->body));
    st_str mended = body.len == 0 ? (st_str){NULL, 0} : body;
    uint64_t number = 0;
    if (st_str_to_u64(request->param, &number) != ST_OK)
        return ST_ERR_ABSENT;
    if (ruling->is_drop)
        return st_quarantine_drop(ruling->batch, reader, number, ruling->reason, actor, why);
    struct st_admit *admit = st_desk_take_admit(&request->server->desk);
    if (admit == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory for the request");
    st_err err = st_quarantine_release(ruling->batch, admit, reader, number, mended, actor, why);
    st_desk_give_admit(&request->server->desk, admit);
    return err;
}

/* On the commit thread. */
static void wake(struct st_batch *batch)
{
    struct st_request *request = batch->context;
    struct ruling *ruling = request->state;
    pthread_mutex_lock(&request->lock);
    ruling->is_decided = true;
    if (request->asleep)
        st_request_wake_locked(request);
    pthread_mutex_unlock(&request->lock);
    st_request_drop(request);
}

static st_err submit(struct st_request *request, struct st_why *why)
{
    struct ruling *ruling = request->state;
    struct st_engine *engine = request->server->engine;
    if (ruling->batch->ruling->outcome == ST_RULING_REFUSED) {
        st_engine_count_refused(engine, ruling->batch);
        ruling->is_decided = true; /* nobody else looks at it */
        return ST_OK;
    }
    ruling->batch->done = wake;
    ruling->batch->context = request;
    st_request_hold(request);
    st_err err = st_engine_submit(engine, ruling->batch);
    if (err != ST_OK) {
        st_request_drop(request); /* never the last: the connection's is there */
        err = st_fail(why, ST_ERR_AGAIN, "too much is waiting to be written; try later");
    }
    return err;
}

/* False: it was refused with a reply. */
static bool send_ruling(struct st_request *request)
{
    struct ruling *ruling = request->state;
    struct st_server *server = request->server;
    struct st_reader *reader = NULL;
    struct st_why why = {0};
    ruling->is_sent = true;
    ruling->batch = st_desk_take_batch(&server->desk);
    if (ruling->batch == NULL) {
        st_reply_error(&request->reply, 503, "store_busy", "too many bodies at once; try later");
        return false;
    }
    st_err err = st_readers_take(&server->readers, &reader, &why);
    if (err == ST_OK) {
        err = make_batch(request, reader, &why);
        st_readers_give(&server->readers, reader);
    }
    if (err == ST_OK)
        err = submit(request, &why);
    if (err != ST_OK)
        refuse(request, err, &why);
    return err == ST_OK;
}

/* ---- the answer ---- */

static st_err add_done(const struct ruling *ruling, struct st_buf *out)
{
    const struct st_ruling *done = ruling->batch->ruling;
    st_err err = st_json_add_member_str(out, "status",
                                        ruling->is_drop ? ST_STR("dropped") : ST_STR("released"));
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "number", done->number);
    if (err != ST_OK || ruling->is_drop)
        return err;
    bool is_new = ruling->batch->appends[0]->outcome == ST_ACCEPTED;
    err = st_json_add_member_raw(out, "persisted", is_new ? ST_STR("true") : ST_STR("false"));
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "seq", done->seq);
    return err == ST_OK ? st_json_add_member_raw(out, "mended",
                                                 done->mended ? ST_STR("true") : ST_STR("false"))
                        : err;
}

static void write_done(struct st_request *request)
{
    struct st_buf *out = st_reply_begin(&request->reply, 200);
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = add_done(request->state, out);
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    st_reply_end(&request->reply, err);
}

/* In the words in which POST /v1/events refuses one event. */
static void write_refused(struct st_request *request)
{
    struct ruling *ruling = request->state;
    struct st_answer answer;
    st_answer_init(&answer);
    st_answer_write_one(&answer, ruling->batch->items[0], st_buf_str(&ruling->body),
                        &request->reply);
    st_answer_done(&answer);
}

static void write_answer(struct st_request *request)
{
    const struct st_batch *batch = ((struct ruling *)request->state)->batch;
    if (batch->err != ST_OK) {
        const char *text = batch->why.text;
        st_log_why("commit_failed", batch->err, &batch->why);
        st_reply_error(&request->reply, 503,
                       batch->err == ST_ERR_AGAIN ? "store_busy" : "store_failed",
                       text != NULL ? text : "nothing could be written to the store");
        return;
    }
    switch ((enum st_ruling_outcome)batch->ruling->outcome) {
    case ST_RULING_DONE:
        write_done(request);
        break;
    case ST_RULING_REFUSED:
        write_refused(request);
        break;
    case ST_RULING_ABSENT:
        refuse_absent(request);
        break;
    }
}

static enum MHD_Result finish(struct st_request *request)
{
    struct ruling *ruling = request->state;
    enum MHD_Result result = MHD_YES;
    if (!ruling->is_sent) {
        st_visit_expect_nothing(request->connection);
        if (!send_ruling(request))
            return st_request_answer(request);
    }
    pthread_mutex_lock(&request->lock);
    bool waits = !ruling->is_decided;
    if (waits)
        result = st_request_sleep_locked(request) ? MHD_YES : MHD_NO;
    pthread_mutex_unlock(&request->lock);
    if (waits)
        return result;
    write_answer(request);
    return st_request_answer(request);
}

static void free_ruling(struct st_request *request)
{
    struct ruling *ruling = request->state;
    if (ruling == NULL)
        return;
    st_desk_give_batch(&request->server->desk, ruling->batch);
    st_desk_release(&request->server->desk, ruling->reserved);
    st_buf_done(&ruling->body);
    st_mem_free(ruling);
}

const struct st_handler st_handle_quarantine_release = {
    .begin = begin_release,
    .piece = take_piece,
    .finish = finish,
    .free = free_ruling,
};
const struct st_handler st_handle_quarantine_drop = {
    .begin = begin_drop,
    .finish = finish,
    .free = free_ruling,
};
