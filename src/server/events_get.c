/*
 * events_get.c: GET /v1/events (NDJSON, or a JSON page), /v1/events/{seq}, /v1/events/{seq}/raw.
 *
 * A page asks for one event more than it shows; when there is one, `next` is the cursor of the last
 * shown: to be passed as `after`, or, with order=desc, as `before`.
 */
#include "base/mem.h"
#include "engine/engine.h"
#include "engine/structurer.h"
#include "server/feed.h"
#include "server/log.h"
#include "json/write.h"

#define TYPE_LINES "application/x-ndjson"
#define TYPE_JSON  "application/json"

#define KEEPALIVE_NS ((int64_t)ST_SSE_KEEPALIVE_MS * 1000 * 1000)

struct query {
    struct st_errand errand;
    struct st_request *request;
    struct st_outflow flow;
    struct st_feed feed;
    struct st_structurer structurer;
    bool is_page;
    bool is_structured;
    bool is_sent; /* it was opened here, or given to the errands */
    bool failed;  /* before anything was sent: err and why say how */
    st_err err;
    struct st_why why;
    uint64_t page_max; /* events to show on a page */
    uint64_t shown;
    uint64_t last_seq; /* of those shown */
    bool has_more;
};

/* ---- making the body ---- */

static st_err write_line(void *context, const struct st_event *event, struct st_buf *out)
{
    struct query *query = context;
    size_t before = out->len;
    if (query->is_page && query->shown == query->page_max) {
        query->has_more = true;
        return ST_OK;
    }
    st_err err = ST_OK;
    if (query->is_page)
        err = query->shown > 0 ? st_buf_add_char(out, ',') : ST_OK;
    if (err == ST_OK)
        err = query->is_structured ? st_structurer_write(&query->structurer, event, out)
                                   : st_query_write_line(event, out);
    if (err == ST_OK && !query->is_page)
        err = st_buf_add_char(out, '\n');
    if (err != ST_OK) {
        out->len = before;
        return err;
    }
    query->shown++;
    query->last_seq = event->record.seq;
    return ST_OK;
}

static st_err end_page(struct query *query, struct st_buf *out)
{
    char cursor[ST_CURSOR_TEXT_MAX];
    if (query->has_more && query->shown > 0) {
        size_t len = st_cursor_write(query->last_seq, cursor);
        return st_buf_printf(out, "],\"next\":\"%.*s\"}\n", (int)len, cursor);
    }
    return st_buf_add_str(out, ST_STR("],\"next\":null}\n"));
}

static enum st_flow fill(struct st_outflow *flow)
{
    struct query *query = flow->request->state;
    enum st_flow state =
        st_feed_fill(&query->feed, &flow->out, write_line, query, &query->err, &query->why);
    if (state == ST_FLOW_BROKEN && query->shown > 0)
        st_log_why("query_broken", query->err, &query->why);
    if (state == ST_FLOW_NOTHING)
        state = ST_FLOW_END;
    /* A long look without a match: blanks between texts of JSON mean nothing, but that we live. */
    if (state == ST_FLOW_MORE && flow->out.len == 0 &&
        st_monotonic_ns() - atomic_load(&flow->wrote_ns) >= KEEPALIVE_NS &&
        st_buf_add_char(&flow->out, '\n') != ST_OK)
        state = ST_FLOW_BROKEN;
    if (state == ST_FLOW_END && query->is_page) {
        query->err = end_page(query, &flow->out);
        if (query->err != ST_OK)
            state = ST_FLOW_BROKEN;
    }
    return state;
}

/* Opens the query and makes the first turn, whose failure can still be told. */
static void open_query(struct query *query)
{
    query->err =
        st_query_open(&query->feed.query, query->feed.reader, &query->feed.filter, &query->why);
    if (query->err == ST_OK && query->is_page)
        query->err = st_buf_add_str(&query->flow.out, ST_STR("{\"events\":["));
    query->failed = query->err != ST_OK ||
                    (st_outflow_prime(&query->flow) == ST_FLOW_BROKEN && query->shown == 0);
}

static void run_errand(struct st_errand *errand)
{
    struct query *query = (struct query *)errand;
    struct st_request *request = query->request;
    open_query(query);
    st_request_come_back(request);
}

/* ---- what was asked for ---- */

static bool set_format(struct query *query, st_str format)
{
    struct st_request *request = query->request;
    query->is_page =
        st_media_accepts(st_request_header(request, "Accept", NULL), ST_STR(TYPE_JSON));
    if (format.at == NULL)
        return true;
    query->is_page = st_str_eq(format, ST_STR("json"));
    query->is_structured = st_str_eq(format, ST_STR("structured"));
    if (query->is_page || query->is_structured || st_str_eq(format, ST_STR("ndjson")))
        return true;
    st_request_refuse_param(request, ST_STR("format"), "must be json, ndjson or structured");
    return false;
}

static bool set_page(struct query *query)
{
    struct st_filter *filter = &query->feed.filter;
    if (!query->is_page)
        return true;
    if ((filter->has_limit && filter->limit > ST_PAGE_EVENTS_MAX) ||
        (filter->has_last && filter->last > ST_PAGE_EVENTS_MAX)) {
        st_request_refuse_param(query->request,
                                filter->has_limit ? ST_STR("limit") : ST_STR("last"),
                                "a page has at most 10000 events; format=ndjson has no such limit");
        return false;
    }
    if (filter->has_limit && filter->has_last) {
        st_request_refuse_param(query->request, ST_STR("limit"),
                                "not together with last on a page: the cursor could not say where "
                                "the last ones begin; format=ndjson takes both");
        return false;
    }
    query->page_max = filter->has_last ? filter->last : ST_PAGE_EVENTS_DEFAULT;
    if (filter->has_limit)
        query->page_max = filter->limit;
    filter->has_limit = true;
    filter->limit = query->page_max == 0 ? 0 : query->page_max + 1;
    return true;
}

static void begin(struct st_request *request)
{
    struct query *query = st_mem_get_zeroed(sizeof *query);
    st_str format = {NULL, 0};
    if (query == NULL) {
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the query");
        return;
    }
    request->state = query;
    query->request = request;
    query->errand.run = run_errand;
    st_outflow_init(&query->flow, request, fill);
    st_feed_init(&query->feed);
    st_structurer_init(&query->structurer, st_engine_registry(request->server->engine));
    if (st_feed_set(&query->feed, request, "format", &format, "") && set_format(query, format) &&
        set_page(query))
        st_feed_lend(&query->feed, request);
}

/* A scan backwards before the first byte may be long; it is not the worker's. False: it was
 * refused with a reply. */
static bool open_somewhere(struct query *query)
{
    const struct st_filter *filter = &query->feed.filter;
    if (query->is_sent || query->request->is_head)
        return true;
    query->is_sent = true;
    if (filter->has_last && !filter->descending)
        return st_request_send(query->request, &query->errand);
    open_query(query);
    return true;
}

static enum MHD_Result finish(struct st_request *request)
{
    enum MHD_Result result = MHD_NO;
    struct query *query = request->state;
    if (!open_somewhere(query))
        return st_request_answer(request);
    if (st_request_is_away(request, &result))
        return result;
    if (query->failed)
        st_reply_failure(&request->reply, query->err, &query->why);
    if (request->reply.status != 0)
        return st_request_answer(request);
    return st_outflow_answer(&query->flow, query->is_page ? TYPE_JSON : TYPE_LINES, false);
}

static void free_query(struct st_request *request)
{
    struct query *query = request->state;
    if (query == NULL)
        return;
    st_feed_done(&query->feed, request->server);
    st_structurer_done(&query->structurer);
    st_outflow_done(&query->flow);
    st_mem_free(query);
}

const struct st_handler st_handle_events_query = {
    .begin = begin,
    .finish = finish,
    .free = free_query,
};

/* ---- one event ---- */

/* Refuses parameters, and finds the event; false: a reply was made. */
static bool find_event(struct st_request *request, struct st_feed *feed, struct st_event *event)
{
    struct st_why why = {0};
    uint64_t seq = 0;
    if (request->target.param_count > 0) {
        st_request_refuse_param(request, request->target.params[0].name, "no such parameter");
        return false;
    }
    if (!st_feed_lend(feed, request))
        return false;
    st_err err = st_str_to_u64(request->param, &seq);
    err = err == ST_OK ? st_reader_find(feed->reader, seq, event, &why) : ST_ERR_ABSENT;
    if (err == ST_ERR_ABSENT)
        st_reply_error(&request->reply, 404, "event_not_found", "no event has this seq");
    else if (err != ST_OK)
        st_reply_failure(&request->reply, err, &why);
    return err == ST_OK;
}

static enum MHD_Result finish_event(struct st_request *request, bool raw)
{
    struct st_feed feed;
    struct st_event event;
    st_feed_init(&feed);
    if (find_event(request, &feed, &event)) {
        struct st_buf *out = st_reply_begin(&request->reply, 200);
        if (raw) {
            if (st_buf_add_str(out, event.raw) != ST_OK)
                request->reply.status = 500;
        } else {
            st_reply_end(&request->reply, st_query_write_line(&event, out));
        }
    }
    st_feed_done(&feed, request->server);
    return st_request_answer(request);
}

static enum MHD_Result finish_line(struct st_request *request)
{
    return finish_event(request, false);
}

static enum MHD_Result finish_raw(struct st_request *request)
{
    return finish_event(request, true);
}

const struct st_handler st_handle_event_line = {.finish = finish_line};
const struct st_handler st_handle_event_raw = {.finish = finish_raw};
