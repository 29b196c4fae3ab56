/*
 * stream_sse.c: GET /v1/stream: history, then live, as server-sent events (WHATWG HTML 9.2).
 *
 * An event is "id: SEQ" and "data: LINE"; it has no name, so that EventSource.onmessage gets it.
 * The id is the position: Last-Event-ID, or ?after=, goes on strictly behind it. There is one way
 * to read, by position from the store; a wake only says that looking again is worth it, so history
 * turns into live without a seam. A position that this store does not have (it was cut off before,
 * or it is beyond the newest) is answered by one event "resync", whose id is where the stream goes
 * on.
 *
 * A stream that sleeps holds no reader: it borrows one at every look.
 */
#include "base/mem.h"
#include "engine/engine.h"
#include "engine/structurer.h"
#include "server/feed.h"
#include "server/log.h"

#include <stdio.h>

#define KEEPALIVE_NS ((int64_t)ST_SSE_KEEPALIVE_MS * 1000 * 1000)
#define LOOK_NS      ((int64_t)ST_SSE_LOOK_MS * 1000 * 1000)

struct live {
    struct st_errand errand;
    struct st_request *request;
    struct st_outflow flow;
    struct st_feed feed;
    struct st_structurer structurer;
    bool is_structured;
    struct st_subscriber subscriber;
    bool is_subscribed;
    bool is_sent; /* the opening was given to the errands */
    bool resumed; /* a position was given */
    st_err err;   /* of the opening */
    struct st_why why;
    atomic_bool is_silent; /* the clerk's: a keep-alive is due */
    atomic_bool retries;   /* the worker's: there was no reader to look with */
};

/* ---- making the body ---- */

static st_err write_event(void *context, const struct st_event *event, struct st_buf *out)
{
    struct live *live = context;
    size_t before = out->len;
    st_err err = st_buf_add_str(out, ST_STR("id: "));
    if (err == ST_OK)
        err = st_buf_add_u64(out, event->record.seq);
    if (err == ST_OK)
        err = st_buf_add_str(out, ST_STR("\ndata: "));
    if (err == ST_OK)
        err = live->is_structured ? st_structurer_write(&live->structurer, event, out)
                                  : st_query_write_line(event, out);
    if (err == ST_OK)
        err = st_buf_add_str(out, ST_STR("\n\n"));
    if (err != ST_OK)
        out->len = before;
    return err;
}

/* A damaged block is told, and the stream goes on behind it. */
static enum st_flow tell_damage(struct live *live, struct st_buf *out)
{
    st_log_why("store_damaged", live->err, &live->why);
    st_err err = st_buf_printf(out, "event: damaged\ndata: {\"first_seq\":%llu}\n\n",
                               (unsigned long long)live->why.offset);
    return err == ST_OK ? ST_FLOW_MORE : ST_FLOW_BROKEN;
}

/* A look at the store. */
static enum st_flow look(struct live *live, struct st_buf *out)
{
    struct st_server *server = live->request->server;
    live->err = st_feed_resume(&live->feed, server, &live->why);
    if (live->err == ST_ERR_LIMIT) {
        atomic_store(&live->retries, true);
        st_request_ask(live->request, st_monotonic_ns() + ST_AGAIN_STEP_NS);
        return ST_FLOW_NOTHING;
    }
    if (live->err != ST_OK)
        return ST_FLOW_BROKEN;
    enum st_flow state = st_feed_fill(&live->feed, out, write_event, live, &live->err, &live->why);
    if (state == ST_FLOW_NOTHING)
        st_feed_rest(&live->feed, server);
    return state;
}

static enum st_flow fill(struct st_outflow *flow)
{
    struct live *live = flow->request->state;
    if (st_request_stopping(live->request))
        return ST_FLOW_END;
    enum st_flow state = look(live, &flow->out);
    if (state == ST_FLOW_BROKEN && live->err == ST_ERR_CORRUPT)
        state = tell_damage(live, &flow->out);
    else if (state == ST_FLOW_BROKEN)
        st_log_why("stream_broken", live->err, &live->why);
    bool was_silent = atomic_exchange(&live->is_silent, false);
    if ((state == ST_FLOW_NOTHING || state == ST_FLOW_MORE) && flow->out.len == 0 && was_silent &&
        st_buf_add_str(&flow->out, ST_STR(":\n\n")) != ST_OK)
        state = ST_FLOW_BROKEN;
    return state;
}

/* ---- wakes ---- */

static void wake(struct st_subscriber *subscriber)
{
    st_request_wake(subscriber->context);
}

/* The clerk's: at the end of a yield, to look for the client, or when the stream may have been
 * silent for long. To a client that closed its side something is said at once: if it is gone, that
 * is how the connection learns of it. */
static void care(struct st_request *request)
{
    struct live *live = request->state;
    int64_t now_ns = st_monotonic_ns();
    bool silent =
        now_ns >= atomic_load(&live->flow.wrote_ns) + KEEPALIVE_NS || st_request_has_ended(request);
    bool retries = atomic_exchange(&live->retries, false);
    if (silent)
        atomic_store(&live->is_silent, true);
    st_request_ask(request, now_ns + LOOK_NS);
    if (silent || retries)
        st_request_wake(request);
    else
        st_request_wake_yielding(request);
}

/* ---- opening ---- */

static st_err write_resync(struct live *live, uint64_t first_seq, uint64_t last_seq,
                           uint64_t position)
{
    char oldest[24] = "null";
    char newest[24] = "null";
    if (first_seq > 0) {
        snprintf(oldest, sizeof oldest, "%llu", (unsigned long long)first_seq);
        snprintf(newest, sizeof newest, "%llu", (unsigned long long)last_seq);
    }
    return st_buf_printf(&live->flow.out,
                         "id: %llu\nevent: resync\ndata: {\"oldest\":%s,\"newest\":%s}\n\n",
                         (unsigned long long)position, oldest, newest);
}

/* Whether the position is one of this store's; else the stream goes on at the nearest that is. */
static st_err check_position(struct live *live)
{
    uint64_t first_seq = 0;
    uint64_t last_seq = 0;
    struct st_filter *filter = &live->feed.filter;
    st_err err = st_reader_range(live->feed.reader, &first_seq, &last_seq, &live->why);
    if (err != ST_OK || !live->resumed)
        return err;
    if (filter->after > last_seq)
        filter->after = last_seq;
    else if (first_seq > 0 && filter->after < first_seq - 1)
        filter->after = first_seq - 1;
    else
        return ST_OK;
    return write_resync(live, first_seq, last_seq, filter->after);
}

static void open_stream(struct live *live)
{
    live->err = st_buf_add_str(&live->flow.out, ST_STR("retry: 2000\n\n"));
    if (live->err == ST_OK)
        live->err = check_position(live);
    if (live->err == ST_OK)
        live->err =
            st_query_open(&live->feed.query, live->feed.reader, &live->feed.filter, &live->why);
}

static void run_errand(struct st_errand *errand)
{
    struct live *live = (struct live *)errand;
    struct st_request *request = live->request;
    open_stream(live);
    st_request_come_back(request);
}

static bool set_format(struct live *live, st_str format)
{
    live->is_structured = st_str_eq(format, ST_STR("structured"));
    if (format.at == NULL || live->is_structured)
        return true;
    st_request_refuse_param(live->request, ST_STR("format"), "must be structured, or left out");
    return false;
}

/* Last-Event-ID is what the browser saw last, so it wins over the address it once opened. */
static bool set_position(struct live *live)
{
    struct st_filter *filter = &live->feed.filter;
    st_str id = st_request_header(live->request, "Last-Event-ID", NULL);
    if (id.len > 0) {
        if (st_cursor_parse(id, &filter->after) != ST_OK) {
            st_request_refuse_param(live->request, ST_STR("Last-Event-ID"),
                                    "must be the id of an event of this stream");
            return false;
        }
        filter->has_after = true;
        filter->has_last = false;
    }
    live->resumed = filter->has_after;
    filter->follow = true;
    return true;
}

static void begin(struct st_request *request)
{
    struct live *live = st_mem_get_zeroed(sizeof *live);
    st_str format = {NULL, 0};
    if (live == NULL) {
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the stream");
        return;
    }
    request->state = live;
    live->request = request;
    live->errand.run = run_errand;
    live->subscriber = (struct st_subscriber){.wake = wake, .context = request};
    st_outflow_init(&live->flow, request, fill);
    st_feed_init(&live->feed);
    st_structurer_init(&live->structurer, st_engine_registry(request->server->engine));
    if (st_feed_set(&live->feed, request, "format", &format, "order before until") &&
        set_format(live, format) && set_position(live))
        st_feed_lend(&live->feed, request);
}

/* False: it was refused with a reply. */
static bool open_somewhere(struct live *live)
{
    struct st_request *request = live->request;
    if (live->is_sent || request->is_head)
        return true;
    live->is_sent = true;
    if (!live->feed.filter.has_last) {
        open_stream(live);
        return true;
    }
    return st_request_send(request, &live->errand);
}

static enum MHD_Result finish(struct st_request *request)
{
    enum MHD_Result result = MHD_NO;
    struct live *live = request->state;
    if (!open_somewhere(live))
        return st_request_answer(request);
    if (st_request_is_away(request, &result))
        return result;
    if (live->err != ST_OK)
        st_reply_failure(&request->reply, live->err, &live->why);
    if (request->reply.status == 0 && !request->is_head && !live->is_subscribed) {
        live->is_subscribed =
            st_engine_subscribe(request->server->engine, &live->subscriber) == ST_OK;
        if (!live->is_subscribed)
            st_reply_error(&request->reply, 503, "too_many_readers", "too many live streams");
    }
    if (request->reply.status != 0)
        return st_request_answer(request);
    if (!request->is_head)
        st_request_ask(request, st_monotonic_ns() + LOOK_NS);
    return st_outflow_answer(&live->flow, "text/event-stream", true);
}

/* Without the request's lock: the engine wakes subscribers under its own. */
static void gone(struct st_request *request)
{
    struct live *live = request->state;
    if (live != NULL && live->is_subscribed)
        st_engine_unsubscribe(request->server->engine, &live->subscriber);
}

static void free_live(struct st_request *request)
{
    struct live *live = request->state;
    if (live == NULL)
        return;
    st_feed_done(&live->feed, request->server);
    st_structurer_done(&live->structurer);
    st_outflow_done(&live->flow);
    st_mem_free(live);
}

const struct st_handler st_handle_stream = {
    .begin = begin,
    .finish = finish,
    .care = care,
    .gone = gone,
    .free = free_live,
};
