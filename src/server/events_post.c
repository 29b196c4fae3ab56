/*
 * events_post.c: POST /v1/events, and POST /v1/contracts/{ref}/check, which is the same without the
 * recording: pieces of a body into the intake, and the answer.
 *
 * Three may want to work on the body: the connection's worker (a piece came, or the end), the clerk
 * (something waits while the connection waits for its client), and the commit thread, which only
 * says that a batch came back. `busy` says that one of the first two is at it; it is set and taken
 * away under the request's lock. Whoever finds it set does not wait: the worker lets the connection
 * sleep until the other one leaves, the clerk goes away because the owner looks, when it leaves and
 * under the lock, at what came back meanwhile. So nothing that came back stays unseen:
 *
 *   commit thread, under the lock        owner, when it leaves, under the lock
 *     asleep: wakes the connection         something came back: asks the clerk at once
 *     busy:   nothing, the owner looks     cannot go on: sleeps
 *     else:   asks the clerk               another one sleeps on it: wakes it
 */
#include "server/body.h"
#include "server/intake.h"
#include "server/request.h"
#include "server/visit.h"
#include "json/write.h"

#include "base/mem.h"

#define NS_PER_MS ((int64_t)1000 * 1000)

/* How long decided batches may lie when nothing waits for them: the next piece takes care of them.
 */
#define SETTLE_NS ((int64_t)5 * 1000 * 1000)

struct post {
    struct st_intake intake;
    struct st_body *body;
    bool identity;
    bool is_zstd;    /* and counted as such */
    st_str decoded;  /* what the decoder gave and the intake has not taken yet */
    bool body_ended; /* and its end was good */
    bool busy;       /* under the request's lock, see above */

    /* The worker's: how fast the client is. */
    uint64_t received;      /* bytes of the body as they came */
    int64_t waited_ns;      /* for its pieces, over all */
    int64_t waits_since_ns; /* 0: nothing is waited for */
};

/* ---- slow clients ---- */

/* How long the client may be waited for, over all. */
static int64_t allowance_ms(const struct st_request *request)
{
    const struct post *post = request->state;
    const struct st_patience *patience = &request->server->patience;
    return patience->body_grace_ms + (int64_t)(post->received / patience->body_bytes_a_s) * 1000;
}

/* The rest of the body is waited for. Should it not come as pieces at all (the framing of chunks
 * may be trickled too), the connection is cut a while later. */
static void wait_for_client(struct st_request *request)
{
    struct post *post = request->state;
    post->waits_since_ns = st_monotonic_ns();
    st_visit_expect(request->connection, allowance_ms(request) - post->waited_ns / NS_PER_MS +
                                             (int64_t)ST_IDLE_S * 1000);
}

/* A piece came, or the end. */
static void stop_waiting(struct st_request *request)
{
    struct post *post = request->state;
    if (post->waits_since_ns == 0)
        return;
    post->waited_ns += st_monotonic_ns() - post->waits_since_ns;
    post->waits_since_ns = 0;
    st_visit_expect_nothing(request->connection);
}

/* A body whose client was waited for for too long ends here, without its rest. */
static void check_patience(struct st_request *request)
{
    struct post *post = request->state;
    if (post->waited_ns / NS_PER_MS <= allowance_ms(request))
        return;
    st_intake_fail(&post->intake, 408, "body_too_slow",
                   "the body came too slowly; send what is left, or shorter bodies");
    st_request_cut_short(request);
}

/* ---- what the intake asks of its host ---- */

static void host_changed(void *host)
{
    struct st_request *request = host;
    const struct post *post = request->state;
    if (request->asleep)
        st_request_wake_locked(request);
    else if (!post->busy)
        st_request_ask_locked(request,
                              post->intake.filling != NULL ? 0 : st_monotonic_ns() + SETTLE_NS);
}

static void host_hold(void *host)
{
    st_request_hold(host);
}

static void host_drop(void *host)
{
    st_request_drop(host);
}

/* ---- the beginning ---- */

static bool has_version(st_str reference)
{
    size_t at;
    return st_str_find(reference, '@', &at);
}

static void refuse_contract(struct st_request *request, st_str reference)
{
    const struct st_registry *registry = st_engine_registry(request->server->engine);
    struct st_buf reason = ST_BUF((size_t)64 << 10);
    struct st_buf *out = st_reply_begin(&request->reply, 422);
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = st_json_add_member_str(out, "error", ST_STR("contract_unknown"));
    if (err == ST_OK)
        err = st_registry_explain_absent(registry, reference, &reason);
    if (err == ST_OK)
        err = st_buf_add_str(&reason, ST_STR("; `known` lists all"));
    if (err == ST_OK)
        err = st_json_add_member_str(out, "message", st_buf_str(&reason));
    st_buf_done(&reason);
    if (err == ST_OK)
        err = st_json_add_name(out, "known");
    for (uint32_t i = 0; i < st_registry_count(registry) && err == ST_OK; i++) {
        err = st_buf_add_char(out, i == 0 ? '[' : ',');
        if (err == ST_OK)
            err = st_json_add_string(out, st_contract_ref(st_registry_at(registry, i)));
    }
    if (err == ST_OK)
        err = st_buf_add_str(out, st_registry_count(registry) == 0 ? ST_STR("[]}") : ST_STR("]}"));
    st_reply_end(&request->reply, err);
}

static bool set_param(struct st_request *request, const struct st_param *param)
{
    struct st_intake *intake = &((struct post *)request->state)->intake;
    for (const struct st_param *before = request->target.params; before < param; before++)
        if (st_str_eq(before->name, param->name) && !st_str_eq(before->value, param->value)) {
            st_request_refuse_param(request, param->name, "is said twice, differently");
            return false;
        }
    if (st_str_eq(param->name, ST_STR("contract"))) {
        intake->contract =
            st_registry_find(st_engine_registry(request->server->engine), param->value);
        intake->any_version = !has_version(param->value);
        if (intake->contract == NULL)
            refuse_contract(request, param->value);
    } else if (st_str_eq(param->name, ST_STR("producer"))) {
        intake->producer = param->value;
        if (!st_producer_name_fits(param->value))
            st_request_refuse_param(request, param->name,
                                    "must be 1 to 256 bytes of UTF-8 without control characters");
    } else if (st_str_eq(param->name, ST_STR("atomic"))) {
        intake->atomic = st_str_eq(param->value, ST_STR("true"));
        if (!intake->atomic && !st_str_eq(param->value, ST_STR("false")))
            st_request_refuse_param(request, param->name, "must be true or false");
    } else {
        st_request_refuse_param(request, param->name,
                                "no such parameter; there are contract, producer, atomic");
    }
    return request->reply.status == 0;
}

static bool check_headers(struct st_request *request, enum st_shape *shape, enum st_coding *coding)
{
    unsigned types = 0;
    unsigned codings = 0;
    *shape = st_media_shape(st_request_header(request, "Content-Type", &types));
    *coding = st_media_coding(st_request_header(request, "Content-Encoding", &codings));
    if (types > 1 || *shape == ST_SHAPE_REFUSED) {
        st_reply_error(&request->reply, 415, "unsupported_media_type",
                       "Content-Type must be application/json or application/x-ndjson");
        return false;
    }
    if (codings > 1 || *coding == ST_CODING_REFUSED) {
        st_reply_error(&request->reply, 415, "unsupported_encoding",
                       "Content-Encoding must be gzip, zstd or identity");
        request->reply.codings = "gzip, zstd, identity";
        return false;
    }
    return true;
}

/* A body that must be whole and says that it is too large need not come at all. */
static bool check_length(struct st_request *request, enum st_shape shape, bool atomic)
{
    uint64_t length = 0;
    st_str header = st_request_header(request, "Content-Length", NULL);
    if ((shape != ST_SHAPE_JSON && !atomic) || st_str_to_u64(header, &length) != ST_OK ||
        length <= ST_BODY_BYTES_MAX)
        return true;
    st_reply_error(&request->reply, 413, "body_too_large",
                   "a body that is not NDJSON, or atomic, may have at most 67108864 bytes");
    return false;
}

/* A body that was not taken, or not to its end; its events are counted elsewhere as far as they
 * were told apart. */
static void count_refused(struct st_request *request)
{
    atomic_fetch_add(&request->server->refused_bodies, 1);
}

/* Of a dry run nothing is asked but the contract, in the path. */
static void set_dry(struct st_request *request)
{
    struct st_intake *intake = &((struct post *)request->state)->intake;
    intake->dry = true;
    intake->answer.dry = true;
    intake->contract =
        st_registry_find(st_engine_registry(request->server->engine), request->param);
    intake->any_version = !has_version(request->param);
    if (request->target.param_count > 0)
        st_request_refuse_param(request, request->target.params[0].name,
                                "no such parameter; the contract stands in the path");
    else if (intake->contract == NULL)
        st_reply_error(&request->reply, 404, "contract_not_found",
                       "no such contract; GET /v1/contracts lists them");
}

static void open_post(struct st_request *request, bool dry)
{
    enum st_shape shape = ST_SHAPE_OPEN;
    enum st_coding coding = ST_CODING_IDENTITY;
    if (!check_headers(request, &shape, &coding))
        return;
    bool is_zstd = coding == ST_CODING_ZSTD;
    if (is_zstd && st_desk_begin_zstd(&request->server->desk) != ST_OK) {
        st_reply_error(&request->reply, 503, "too_many_bodies",
                       "too many bodies under zstd at once; try later, or with gzip");
        return;
    }
    struct post *post = st_mem_get_zeroed(sizeof *post);
    if (post == NULL || st_body_new(&post->body, coding) != ST_OK) {
        st_mem_free(post);
        if (is_zstd)
            st_desk_end_zstd(&request->server->desk);
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the request");
        return;
    }
    request->state = post;
    post->is_zstd = is_zstd;
    post->identity = coding == ST_CODING_IDENTITY;
    struct st_intake *intake = &post->intake;
    st_intake_init(intake, request->server->engine, &request->server->desk, shape);
    intake->lock = &request->lock;
    intake->changed = host_changed;
    intake->hold = host_hold;
    intake->drop = host_drop;
    intake->host = request;
    wait_for_client(request);
    if (dry)
        set_dry(request);
    for (uint32_t i = 0; i < request->target.param_count && !dry; i++)
        if (!set_param(request, &request->target.params[i]))
            return;
    if (request->reply.status == 0)
        (void)check_length(request, shape, intake->atomic);
}

static void begin(struct st_request *request)
{
    open_post(request, false);
    if (request->reply.status != 0)
        count_refused(request);
}

/* Nothing was to be recorded: nothing counts as refused. */
static void begin_check(struct st_request *request)
{
    open_post(request, true);
}

/* ---- coming and leaving ---- */

/* Becomes the owner; or the connection sleeps until the present one leaves. */
static bool enter(struct st_request *request)
{
    struct post *post = request->state;
    pthread_mutex_lock(&request->lock);
    bool entered = !post->busy;
    if (entered)
        post->busy = true;
    else if (!st_request_sleep_locked(request))
        entered = false; /* the server ends: nothing is taken and the connection is closed soon */
    pthread_mutex_unlock(&request->lock);
    return entered;
}

/* `waits`: the worker cannot go on now, and sleeps. */
static void leave(struct st_request *request, enum st_intake_state state, bool waits)
{
    struct post *post = request->state;
    struct st_intake *intake = &post->intake;
    pthread_mutex_lock(&request->lock);
    post->busy = false;
    if (request->asleep) /* the clerk leaves, and the worker came meanwhile */
        st_request_wake_locked(request);
    else if (waits && !st_request_sleep_locked(request))
        state = ST_INTAKE_DONE;
    if (state == ST_INTAKE_TURN || (intake->decided != NULL && (waits || intake->filling != NULL)))
        st_request_ask_locked(request, 0);
    else if (state == ST_INTAKE_FULL)
        st_request_ask_locked(request, st_monotonic_ns() + ST_AGAIN_STEP_NS);
    else if (intake->decided != NULL)
        st_request_ask_locked(request, st_monotonic_ns() + SETTLE_NS);
    pthread_mutex_unlock(&request->lock);
}

/* ---- working ---- */

static void fail_decoding(struct st_intake *intake, st_err err, const struct st_why *why)
{
    if (err == ST_ERR_LIMIT)
        st_intake_fail(intake, 413, "body_too_large", why->text);
    else if (err == ST_ERR_MEMORY)
        st_intake_fail(intake, 503, "store_busy", why->text);
    else
        st_intake_fail(intake, 400, "invalid_encoding", why->text);
}

/* Decodes and takes in what there is; what the intake cannot take yet stays in post->decoded. */
static enum st_intake_state take_in(struct post *post, st_str *piece)
{
    struct st_intake *intake = &post->intake;
    enum st_intake_state state = st_intake_take(intake, &post->decoded);
    while (state == ST_INTAKE_DONE && intake->trouble.code == NULL) {
        struct st_why why = {0};
        st_err err = st_body_take(post->body, piece, &post->decoded, &why);
        if (err != ST_OK)
            fail_decoding(intake, err, &why);
        else if (post->decoded.len == 0)
            return ST_INTAKE_DONE;
        else
            state = st_intake_take(intake, &post->decoded);
    }
    if (intake->trouble.code != NULL) {
        *piece = st_str_from(*piece, piece->len);
        post->decoded = (st_str){NULL, 0};
    }
    return state;
}

/* A turn of the owner's: what came back, what there is, and what should not lie longer. */
static enum st_intake_state work(struct post *post, st_str *piece)
{
    struct st_intake *intake = &post->intake;
    st_intake_turn(intake);
    st_intake_settle(intake);
    enum st_intake_state state = take_in(post, piece);
    if (state == ST_INTAKE_DONE && intake->trouble.code == NULL)
        state = st_intake_rest(intake);
    return state;
}

static void write_answer(struct st_request *request)
{
    struct post *post = request->state;
    if (post->intake.trouble.code != NULL && !post->intake.dry)
        count_refused(request);
    st_intake_write(&post->intake, &request->reply);
}

static enum MHD_Result answer(struct st_request *request)
{
    write_answer(request);
    return st_request_answer(request);
}

/* In trouble, what still comes is read for a while, so that the client gets to read why. */
static enum MHD_Result drain(struct st_request *request, size_t *len)
{
    struct post *post = request->state;
    if (st_request_drain(request, *len)) {
        *len = 0;
        leave(request, ST_INTAKE_DONE, false);
        return MHD_YES;
    }
    if (st_intake_end(&post->intake) != ST_INTAKE_DONE) {
        leave(request, ST_INTAKE_FULL, true);
        return MHD_YES;
    }
    write_answer(request);
    st_reply_send_raw(&request->reply, request->connection);
    return MHD_NO;
}

static enum MHD_Result take_piece(struct st_request *request, const char *bytes, size_t *len)
{
    struct post *post = request->state;
    size_t given = *len;
    if (!enter(request))
        return MHD_YES;
    st_str piece = {bytes, given};
    stop_waiting(request);
    if (post->intake.trouble.code == NULL)
        check_patience(request);
    bool in_trouble = post->intake.trouble.code != NULL;
    enum st_intake_state state = ST_INTAKE_DONE;
    if (in_trouble)
        st_intake_settle(&post->intake);
    else
        state = work(post, &piece);
    if (in_trouble)
        return drain(request, len);
    *len = piece.len;
    if (post->identity) { /* the piece itself, which libmicrohttpd keeps */
        *len += post->decoded.len;
        post->decoded = (st_str){NULL, 0};
    }
    post->received += given - *len;
    if (*len == 0)
        wait_for_client(request);
    leave(request, state, *len > 0);
    return MHD_YES;
}

static enum MHD_Result finish(struct st_request *request)
{
    struct post *post = request->state;
    struct st_intake *intake = &post->intake;
    st_str none = {NULL, 0};
    if (!enter(request))
        return MHD_YES;
    stop_waiting(request);
    st_intake_turn(intake);
    st_intake_settle(intake);
    enum st_intake_state state = ST_INTAKE_DONE;
    if (!post->body_ended && intake->trouble.code == NULL)
        state = take_in(post, &none);
    if (state == ST_INTAKE_DONE && !post->body_ended) {
        struct st_why why = {0};
        st_err err = st_body_end(post->body, &why);
        if (err != ST_OK)
            fail_decoding(intake, err, &why);
        post->body_ended = true;
    }
    if (state == ST_INTAKE_DONE)
        state = st_intake_end(intake);
    if (state == ST_INTAKE_DONE)
        return answer(request);
    leave(request, state, true);
    return MHD_YES;
}

static void care(struct st_request *request)
{
    struct post *post = request->state;
    st_str none = {NULL, 0};
    pthread_mutex_lock(&request->lock);
    bool owns = !request->gone && !post->busy && !request->asleep;
    if (owns)
        post->busy = true;
    else if (request->asleep)
        st_request_wake_locked(request);
    pthread_mutex_unlock(&request->lock);
    if (owns)
        leave(request, work(post, &none), false);
}

static void gone(struct st_request *request)
{
    struct post *post = request->state;
    if (post == NULL)
        return;
    pthread_mutex_lock(&request->lock);
    post->intake.abandoned = true;
    pthread_mutex_unlock(&request->lock);
}

static void free_post(struct st_request *request)
{
    struct post *post = request->state;
    if (post == NULL)
        return;
    st_intake_done(&post->intake);
    st_body_free(post->body);
    if (post->is_zstd)
        st_desk_end_zstd(&request->server->desk);
    st_mem_free(post);
}

const struct st_handler st_handle_contract_check = {
    .begin = begin_check,
    .piece = take_piece,
    .finish = finish,
    .care = care,
    .gone = gone,
    .free = free_post,
};

const struct st_handler st_handle_events_post = {
    .begin = begin,
    .piece = take_piece,
    .finish = finish,
    .care = care,
    .gone = gone,
    .free = free_post,
};
