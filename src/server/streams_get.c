/*
 * streams_get.c: GET /v1/streams: which streams there are, as NDJSON lines or {"streams":[…]}.
 *
 * The fold reads all that the filter wants before the first line is known, so it is an errand.
 */
#include "base/mem.h"
#include "engine/streams.h"
#include "server/feed.h"

#define TYPE_LINES "application/x-ndjson"
#define TYPE_JSON  "application/json"

struct listing {
    struct st_errand errand;
    struct st_request *request;
    struct st_outflow flow;
    struct st_feed feed;
    struct st_streams streams;
    bool is_sent;
    bool is_folded;
    bool is_page;
    uint32_t shown;
    st_err err;
    struct st_why why;
};

static st_err write_stream(struct listing *listing, struct st_buf *out)
{
    st_err err = ST_OK;
    if (listing->is_page && listing->shown > 0)
        err = st_buf_add_char(out, ',');
    if (err == ST_OK)
        err = st_stream_write(st_streams_at(&listing->streams, listing->shown), out);
    if (err == ST_OK && !listing->is_page)
        err = st_buf_add_char(out, '\n');
    listing->shown++;
    return err;
}

static enum st_flow fill(struct st_outflow *flow)
{
    struct listing *listing = flow->request->state;
    struct st_buf *out = &flow->out;
    st_err err = ST_OK;
    if (listing->is_page && listing->shown == 0)
        err = st_buf_add_str(out, ST_STR("{\"streams\":["));
    while (err == ST_OK && out->len < ST_TURN_BYTES &&
           listing->shown < st_streams_count(&listing->streams))
        err = write_stream(listing, out);
    bool ended = listing->shown == st_streams_count(&listing->streams);
    if (err == ST_OK && ended && listing->is_page)
        err = st_buf_add_str(out, ST_STR("]}\n"));
    if (err != ST_OK)
        return ST_FLOW_BROKEN;
    return ended ? ST_FLOW_END : ST_FLOW_MORE;
}

static void run_errand(struct st_errand *errand)
{
    struct listing *listing = (struct listing *)errand;
    struct st_request *request = listing->request;
    listing->err = st_streams_fold(&listing->streams, listing->feed.reader, &listing->feed.filter,
                                   &listing->why);
    listing->is_folded = listing->err == ST_OK;
    st_readers_give(&request->server->readers, listing->feed.reader);
    listing->feed.reader = NULL;
    st_request_come_back(request);
}

static void begin(struct st_request *request)
{
    struct listing *listing = st_mem_get_zeroed(sizeof *listing);
    st_str format = {NULL, 0};
    if (listing == NULL) {
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the listing");
        return;
    }
    request->state = listing;
    listing->request = request;
    listing->errand.run = run_errand;
    st_outflow_init(&listing->flow, request, fill);
    st_feed_init(&listing->feed);
    if (!st_feed_set(&listing->feed, request, "format", &format, "last limit order"))
        return;
    listing->is_page =
        format.at == NULL
            ? st_media_accepts(st_request_header(request, "Accept", NULL), ST_STR(TYPE_JSON))
            : st_str_eq(format, ST_STR("json"));
    if (format.at != NULL && !listing->is_page && !st_str_eq(format, ST_STR("ndjson")))
        st_request_refuse_param(request, ST_STR("format"), "must be json or ndjson");
    else
        st_feed_lend(&listing->feed, request);
}

/* False: the fold was refused with a reply. */
static bool send_errand(struct listing *listing)
{
    if (listing->is_sent || listing->request->is_head)
        return true;
    listing->is_sent = true;
    return st_request_send(listing->request, &listing->errand);
}

static enum MHD_Result finish(struct st_request *request)
{
    enum MHD_Result result = MHD_NO;
    struct listing *listing = request->state;
    if (!send_errand(listing))
        return st_request_answer(request);
    if (st_request_is_away(request, &result))
        return result;
    if (listing->err != ST_OK)
        st_reply_failure(&request->reply, listing->err, &listing->why);
    if (request->reply.status != 0)
        return st_request_answer(request);
    return st_outflow_answer(&listing->flow, listing->is_page ? TYPE_JSON : TYPE_LINES, false);
}

static void free_listing(struct st_request *request)
{
    struct listing *listing = request->state;
    if (listing == NULL)
        return;
    if (listing->is_folded)
        st_streams_done(&listing->streams);
    st_feed_done(&listing->feed, request->server);
    st_outflow_done(&listing->flow);
    st_mem_free(listing);
}

const struct st_handler st_handle_streams = {
    .begin = begin,
    .finish = finish,
    .free = free_listing,
};
