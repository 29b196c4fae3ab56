/*
 * quarantine_post.c: POST /v1/quarantine/{number}/release and DELETE /v1/quarantine/{number}: one
 * ruling to the engine, and the answer.
 *
 *   a body (the mended event) is kept whole ─▶ a batch with the ruling ─▶ the commit thread
 *   which is a submission (submission.h): its connection sleeps meanwhile
 */
#include "engine/engine.h"
#include "engine/quarantine.h"
#include "server/actor.h"
#include "server/answer.h"
#include "server/submission.h"
#include "json/write.h"

/* A mended event, and blanks around it. */
#define MENDED_BYTES_MAX (ST_EVENT_BYTES_MAX + ((size_t)64 << 10))

struct ruling {
    struct st_submission submission;
    st_str reason;
    bool is_drop;
};

/* ---- refusals ---- */

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

static void refuse_large(struct st_request *request)
{
    st_reply_error(&request->reply, 413, "event_too_large",
                   st_refusal_message(ST_REFUSED_TOO_LARGE));
}

/* ---- to the engine ---- */

static st_err make_batch(struct st_request *request, struct st_reader *reader, struct st_why *why)
{
    const struct ruling *ruling = request->state;
    struct st_batch *batch = ruling->submission.batch;
    char text[ST_ACTOR_BYTES_MAX];
    st_str actor = st_actor_of(request, text);
    st_str body = st_str_trim(st_buf_str(&ruling->submission.body));
    st_str mended = body.len == 0 ? (st_str){NULL, 0} : body;
    uint64_t number = 0;
    if (st_str_to_u64(request->param, &number) != ST_OK)
        return ST_ERR_ABSENT;
    if (ruling->is_drop)
        return st_quarantine_drop(batch, reader, number, ruling->reason, actor, why);
    struct st_admit *admit = st_desk_take_admit(&request->server->desk);
    if (admit == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory for the request");
    st_err err = st_quarantine_release(batch, admit, reader, number, mended, actor, why);
    st_desk_give_admit(&request->server->desk, admit);
    return err;
}

static bool send_ruling(struct st_request *request)
{
    const struct st_submission *submission = request->state;
    struct st_server *server = request->server;
    struct st_reader *reader = NULL;
    struct st_why why = {0};
    st_err err = st_readers_take(&server->readers, &reader, &why);
    if (err == ST_OK) {
        err = make_batch(request, reader, &why);
        st_readers_give(&server->readers, reader);
    }
    if (err != ST_OK) {
        refuse(request, err, &why);
        return false;
    }
    if (submission->batch->ruling->outcome != ST_RULING_REFUSED)
        return st_submission_commit(request);
    st_engine_count_refused(server->engine, submission->batch);
    st_submission_decide(request);
    return true;
}

/* ---- the answer ---- */

static st_err add_done(const struct ruling *ruling, struct st_buf *out)
{
    const struct st_batch *batch = ruling->submission.batch;
    const struct st_ruling *done = batch->ruling;
    st_err err = st_json_add_member_str(out, "status",
                                        ruling->is_drop ? ST_STR("dropped") : ST_STR("released"));
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "number", done->number);
    if (err != ST_OK || ruling->is_drop)
        return err;
    bool is_new = batch->appends[0]->outcome == ST_ACCEPTED;
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
    const struct st_submission *submission = request->state;
    struct st_answer answer;
    st_answer_init(&answer);
    st_answer_write_one(&answer, submission->batch->items[0], st_buf_str(&submission->body),
                        &request->reply);
    st_answer_done(&answer);
}

static void write_answer(struct st_request *request)
{
    const struct st_submission *submission = request->state;
    switch ((enum st_ruling_outcome)submission->batch->ruling->outcome) {
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

/* ---- the handlers ---- */

static const struct st_submission_kind kind = {
    .state_bytes = sizeof(struct ruling),
    .body_bytes_max = MENDED_BYTES_MAX,
    .other_type = "Content-Type must be application/json: the mended event",
    .other_coding = "a mended event comes without Content-Encoding",
    .refuse_large = refuse_large,
    .send = send_ruling,
    .answer = write_answer,
};

static void begin_release(struct st_request *request)
{
    st_submission_begin(request, &kind);
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
    struct ruling *ruling = st_submission_open(request, &kind);
    if (ruling == NULL)
        return;
    ruling->is_drop = true;
    ruling->reason = reason;
}

const struct st_handler st_handle_quarantine_release = {
    .begin = begin_release,
    .piece = st_submission_piece,
    .finish = st_submission_finish,
    .free = st_submission_free,
};
const struct st_handler st_handle_quarantine_drop = {
    .begin = begin_drop,
    .finish = st_submission_finish,
    .free = st_submission_free,
};
