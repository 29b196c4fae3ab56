/*
 * contracts_post.c: POST /v1/contracts: a contract's file is checked, kept in the store, told in
 * the log, and known from the answer on.
 *
 *   the body is kept whole ─▶ loaded and checked by this worker ─▶ the commit thread
 *   which is a submission (submission.h): its connection sleeps meanwhile
 */
#include "engine/addition.h"
#include "engine/engine.h"
#include "server/actor.h"
#include "server/submission.h"
#include "json/write.h"

struct adding {
    struct st_submission submission;
    struct st_addition addition;
    bool is_made;
};

/* ---- refusals ---- */

static void refuse_large(struct st_request *request)
{
    st_reply_error(&request->reply, 413, "body_too_large",
                   "a contract may have at most 4194304 bytes");
}
_Static_assert(ST_CONTRACT_BYTES_MAX == 4194304, "as refuse_large says");

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

static bool send_addition(struct st_request *request)
{
    struct adding *adding = request->state;
    struct st_submission *submission = &adding->submission;
    struct st_schema_fault fault = {0};
    struct st_contract_faults faults = {0};
    char text[ST_ACTOR_BYTES_MAX];
    st_err err = st_addition_make(
        &adding->addition, submission->batch, st_engine_registry(request->server->engine),
        st_buf_str(&submission->body), st_actor_of(request, text), &faults, &fault);
    if (err != ST_OK)
        refuse_contract(request, &fault, &faults);
    st_contract_faults_done(&faults);
    if (err != ST_OK)
        return false;
    adding->is_made = true;
    return st_submission_commit(request);
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

static void end_adding(struct st_request *request)
{
    struct adding *adding = request->state;
    if (adding->is_made)
        st_addition_done(&adding->addition);
}

/* ---- the handler ---- */

static const struct st_submission_kind kind = {
    .state_bytes = sizeof(struct adding),
    .body_bytes_max = ST_CONTRACT_BYTES_MAX,
    .other_type = "Content-Type must be application/json: the contract's file",
    .other_coding = "a contract comes without Content-Encoding",
    .refuse_large = refuse_large,
    .send = send_addition,
    .answer = write_answer,
    .done = end_adding,
};

static void begin(struct st_request *request)
{
    st_submission_begin(request, &kind);
}

const struct st_handler st_handle_contract_add = {
    .begin = begin,
    .piece = st_submission_piece,
    .finish = st_submission_finish,
    .free = st_submission_free,
};
