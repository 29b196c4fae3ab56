/*
 * contracts_post.c: POST /v1/contracts: a contract's file is checked, kept in the store, told in
 * the log, and known from the answer on.
 *
 *   the body is kept whole ─▶ loaded and checked by this worker ─▶ the commit thread
 *   the connection sleeps meanwhile; the batch's `done` wakes it, and its worker answers
 */
#include "base/mem.h"
#include "engine/addition.h"
#include "engine/engine.h"
#include "server/actor.h"
#include "server/log.h"
#include "server/media.h"
#include "server/visit.h"
#include "json/write.h"

struct adding {
    struct st_buf body;
    size_t reserved; /* of the desk's account */
    struct st_addition addition;
    struct st_batch *batch; /* of the desk */
    bool is_made;
    bool is_sent;
    bool is_decided; /* under the request's lock */
};

/* ---- the beginning, and the body ---- */

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
                       "Content-Type must be application/json: the contract's file");
    else if (!coding_good) {
        st_reply_error(&request->reply, 415, "unsupported_encoding",
                       "a contract comes without Content-Encoding");
        request->reply.codings = "identity";
    }
    return type_good && coding_good;
}

static void begin(struct st_request *request)
{
    if (request->target.param_count > 0) {
        st_request_refuse_param(request, request->target.params[0].name, "no such parameter");
        return;
    }
    if (!check_headers(request))
        return;
    struct adding *adding = st_mem_get_zeroed(sizeof *adding);
    if (adding == NULL) {
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the request");
        return;
    }
    adding->body = ST_BUF(ST_CONTRACT_BYTES_MAX);
    request->state = adding;
    st_visit_expect(request->connection, request->server->patience.body_grace_ms);
}

static enum MHD_Result take_piece(struct st_request *request, const char *bytes, size_t *len)
{
    struct adding *adding = request->state;
    size_t given = *len;
    *len = 0; /* after trouble, what still comes is drained */
    if (st_desk_reserve(&request->server->desk, given) != ST_OK) {
        st_reply_error(&request->reply, 503, "too_many_bodies",
                       "too many bodies at once; try later");
        return MHD_YES;
    }
    adding->reserved += given;
    st_err err = st_buf_add_str(&adding->body, (st_str){bytes, given});
    if (err == ST_ERR_LIMIT)
        st_reply_error(&request->reply, 413, "body_too_large",
                       "a contract may have at most 4194304 bytes");
    else if (err != ST_OK)
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the body");
    return MHD_YES;
}
_Static_assert(ST_CONTRACT_BYTES_MAX == 4194304, "as take_piece says");

/* ---- refusals ---- */

static st_err add_fault(struct st_buf *out, const struct st_schema_fault *fault)
{
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = st_json_add_member_str(out, "pointer", st_str_of(fault->pointer));
    if (err == ST_OK && fault->line > 0)
        err = st_json_add_member_u64(out, "line", fault->line);
    if (err == ST_OK && fault->line > 0)
        err = st_json_add_member_u64(out, "column", fault->column);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "message", st_str_of(fault->message));
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

/* The one, or all that there are. */
static st_err add_faults(struct st_buf *out, const struct st_schema_fault *fault,
                         const struct st_contract_faults *faults)
{
    const struct st_schema_fault *at = faults->count > 0 ? faults->at : fault;
    uint32_t count = faults->count > 0 ? faults->count : 1;
    st_err err = st_json_add_name(out, "errors");
    for (uint32_t i = 0; i < count && err == ST_OK; i++) {
        err = st_buf_add_char(out, i == 0 ? '[' : ',');
        if (err == ST_OK)
            err = add_fault(out, &at[i]);
    }
    if (err == ST_OK)
        err = st_buf_add_char(out, ']');
    if (err == ST_OK && faults->dropped > 0)
        err = st_json_add_member_u64(out, "errors_left_out", faults->dropped);
    return err;
}

static void refuse_contract(struct st_request *request, const struct st_schema_fault *fault,
                            const struct st_contract_faults *faults)
{
    if (fault->err == ST_ERR_MEMORY) {
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the contract");
        return;
    }
    struct st_buf *out = st_reply_begin(&request->reply, 400);
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = st_json_add_member_str(out, "error", ST_STR("contract_invalid"));
    if (err == ST_OK)
        err = st_json_add_member_str(out, "message", ST_STR("the file is no contract"));
    if (err == ST_OK)
        err = add_faults(out, fault, faults);
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    st_reply_end(&request->reply, err);
}

/* ---- to the engine ---- */

/* On the commit thread. */
static void wake(struct st_batch *batch)
{
    struct st_request *request = batch->context;
    struct adding *adding = request->state;
    pthread_mutex_lock(&request->lock);
    adding->is_decided = true;
    if (request->asleep)
        st_request_wake_locked(request);
    pthread_mutex_unlock(&request->lock);
    st_request_drop(request);
}

/* False: it was refused with a reply. */
static bool submit(struct st_request *request)
{
    struct adding *adding = request->state;
    adding->batch->done = wake;
    adding->batch->context = request;
    st_request_hold(request);
    st_err err = st_engine_submit(request->server->engine, adding->batch);
    if (err == ST_OK)
        return true;
    st_request_drop(request); /* never the last: the connection's is there */
    st_reply_error(&request->reply, 503, "store_busy",
                   "too much is waiting to be written; try later");
    return false;
}

static bool send_addition(struct st_request *request)
{
    struct adding *adding = request->state;
    struct st_server *server = request->server;
    struct st_schema_fault fault = {0};
    struct st_contract_faults faults = {0};
    char text[ST_ACTOR_BYTES_MAX];
    adding->is_sent = true;
    adding->batch = st_desk_take_batch(&server->desk);
    if (adding->batch == NULL) {
        st_reply_error(&request->reply, 503, "store_busy", "too many bodies at once; try later");
        return false;
    }
    st_err err =
        st_addition_make(&adding->addition, adding->batch, st_engine_registry(server->engine),
                         st_buf_str(&adding->body), st_actor_of(request, text), &faults, &fault);
    if (err != ST_OK)
        refuse_contract(request, &fault, &faults);
    st_contract_faults_done(&faults);
    if (err != ST_OK)
        return false;
    adding->is_made = true;
    return submit(request);
}

/* ---- the answer ---- */

static void write_taken(struct st_request *request, bool is_new)
{
    const struct st_addition *addition = &((struct adding *)request->state)->addition;
    struct st_buf *out = st_reply_begin(&request->reply, is_new ? 201 : 200);
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = st_json_add_member_str(out, "status", is_new ? ST_STR("added") : ST_STR("known"));
    if (err == ST_OK)
        err = st_json_add_member_str(out, "ref", st_str_of(addition->reference));
    if (err == ST_OK)
        err = st_json_add_member_hex(out, "sha256", addition->sha256, sizeof addition->sha256);
    if (err == ST_OK && is_new)
        err = st_json_add_member_u64(out, "seq", addition->seq);
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    st_reply_end(&request->reply, err);
}

static void write_answer(struct st_request *request)
{
    const struct adding *adding = request->state;
    const struct st_batch *batch = adding->batch;
    if (batch->err != ST_OK) {
        const char *text = batch->why.text;
        st_log_why("commit_failed", batch->err, &batch->why);
        st_reply_error(&request->reply, 503,
                       batch->err == ST_ERR_AGAIN ? "store_busy" : "store_failed",
                       text != NULL ? text : "nothing could be written to the store");
        return;
    }
    switch ((enum st_addition_outcome)adding->addition.outcome) {
    case ST_ADDITION_DONE:
    case ST_ADDITION_SAME:
        write_taken(request, adding->addition.outcome == ST_ADDITION_DONE);
        break;
    case ST_ADDITION_DIFFERENT:
        st_reply_error(
            &request->reply, 409, "contract_conflict",
            "this version of the contract is known with other bytes, and a version never "
            "changes; give the contract another version");
        break;
    case ST_ADDITION_FULL:
        st_reply_error(&request->reply, 409, "contracts_full",
                       "there are as many contracts as there may be: 256");
        break;
    }
}
_Static_assert(ST_CONTRACTS_MAX == 256, "as write_answer says");

static enum MHD_Result finish(struct st_request *request)
{
    struct adding *adding = request->state;
    enum MHD_Result result = MHD_YES;
    if (!adding->is_sent) {
        st_visit_expect_nothing(request->connection);
        if (!send_addition(request))
            return st_request_answer(request);
    }
    pthread_mutex_lock(&request->lock);
    bool waits = !adding->is_decided;
    if (waits)
        result = st_request_sleep_locked(request) ? MHD_YES : MHD_NO;
    pthread_mutex_unlock(&request->lock);
    if (waits)
        return result;
    write_answer(request);
    return st_request_answer(request);
}

static void free_adding(struct st_request *request)
{
    struct adding *adding = request->state;
    if (adding == NULL)
        return;
    if (adding->is_made)
        st_addition_done(&adding->addition);
    st_desk_give_batch(&request->server->desk, adding->batch);
    st_desk_release(&request->server->desk, adding->reserved);
    st_buf_done(&adding->body);
    st_mem_free(adding);
}

const struct st_handler st_handle_contract_add = {
    .begin = begin,
    .piece = take_piece,
    .finish = finish,
    .free = free_adding,
};
