#include "server/outflow.h"

#include "server/visit.h"

/* One line may be an event of 1 MiB with its record, whose texts repeat parts of it. */
#define OUT_BYTES_MAX ((size_t)32 << 20)

void st_outflow_init(struct st_outflow *flow, struct st_request *request,
                     enum st_flow (*fill)(struct st_outflow *flow))
{
    *flow = (struct st_outflow){
        .request = request,
        .fill = fill,
        .out = ST_BUF(OUT_BYTES_MAX),
        .last = ST_FLOW_MORE,
        .wrote_ns = st_monotonic_ns(),
    };
}

void st_outflow_done(struct st_outflow *flow)
{
    st_buf_done(&flow->out);
}

enum st_flow st_outflow_prime(struct st_outflow *flow)
{
    flow->last = flow->fill(flow);
    return flow->last;
}

static ssize_t give(struct st_outflow *flow, char *bytes, size_t max)
{
    size_t left = flow->out.len - flow->sent;
    size_t len = left < max ? left : max;
    memcpy(bytes, flow->out.at + flow->sent, len);
    flow->sent += len;
    atomic_store(&flow->wrote_ns, st_monotonic_ns());
    st_visit_expect_taken(flow->request->connection, len);
    return (ssize_t)len;
}

/*
 * Called by libmicrohttpd when it can send. 0 is returned only with the connection asleep; else it
 * would be called again at once. Marks of wakes are taken away before the store is looked at
 * (st_request_listen), so what was recorded after that look leaves a mark that keeps the connection
 * awake. A flow that is woken all the time for nothing yields, so that it takes turns too.
 */
static ssize_t read_flow(void *context, uint64_t position, char *bytes, size_t max)
{
    struct st_outflow *flow = context;
    struct st_request *request = flow->request;
    int64_t since_ns = 0;
    st_visit_expect_nothing(request->connection);
    while (!st_request_aborting(request)) {
        if (flow->sent < flow->out.len)
            return give(flow, bytes, max);
        if (flow->last == ST_FLOW_END) {
            st_visit_expect_taken(request->connection, ST_TURN_BYTES); /* what is buffered yet */
            return MHD_CONTENT_READER_END_OF_STREAM;
        }
        if (flow->last == ST_FLOW_BROKEN)
            return MHD_CONTENT_READER_END_WITH_ERROR;
        if (since_ns == 0)
            since_ns = st_monotonic_ns();
        else if (st_monotonic_ns() - since_ns >= ST_TURN_NS && st_request_yield(request))
            return 0;
        st_buf_reset(&flow->out);
        flow->sent = 0;
        st_request_listen(request);
        flow->last = flow->fill(flow);
        if (flow->last == ST_FLOW_NOTHING && flow->out.len == 0 && st_request_sleep(request))
            return 0;
    }
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

enum MHD_Result st_outflow_answer(struct st_outflow *flow, const char *type, bool live)
{
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, ST_TURN_BYTES, read_flow, flow, NULL);
    if (response == NULL)
        return MHD_NO;
    bool is_head = flow->request->is_head;
    st_reply_add_headers(response, type, is_head || st_request_stopping(flow->request));
    /* libmicrohttpd 0.9.75 would send the end of a chunked body that HEAD does not have. */
    if (is_head)
        (void)MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
    if (live && MHD_add_response_header(response, "X-Accel-Buffering", "no") != MHD_YES)
        flow->last = ST_FLOW_BROKEN;
    enum MHD_Result queued = MHD_queue_response(flow->request->connection, 200, response);
    MHD_destroy_response(response);
    return queued;
}
