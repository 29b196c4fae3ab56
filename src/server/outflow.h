/*
 * outflow.h: an answer that is made while it is sent: queries, listings, live streams.
 *
 * 1. No more than a turn's bytes and one line more are in memory.
 * 2. A turn is bounded in time; between turns other connections have theirs.
 * 3. A client that takes too long for what it was given (visit.h) is cut off, so that none holds a
 *    reader for long.
 * 4. When it breaks off, the connection is cut before the chunked body's end, so that no client
 *    takes half an answer for the whole.
 *
 * Floor 7. A flow belongs to its connection's worker; it is part of the handler's state and must
 * live until the request is freed.
 */
#ifndef ST_SERVER_OUTFLOW_H
#define ST_SERVER_OUTFLOW_H

#include "server/request.h"

enum st_flow {
    ST_FLOW_MORE,    /* there is more, at once */
    ST_FLOW_NOTHING, /* nothing now: sleep until woken */
    ST_FLOW_END,
    ST_FLOW_BROKEN,
};

struct st_outflow {
    struct st_request *request;
    /* Adds at most about ST_TURN_BYTES to `out`, within ST_TURN_NS. */
    enum st_flow (*fill)(struct st_outflow *flow);
    struct st_buf out;
    size_t sent; /* of out */
    enum st_flow last;
    _Atomic int64_t wrote_ns; /* when something was sent last; the clerk reads it */
};

void st_outflow_init(struct st_outflow *flow, struct st_request *request,
                     enum st_flow (*fill)(struct st_outflow *flow));
void st_outflow_done(struct st_outflow *flow);

/* Fills once, so that a failure at the first byte can still be answered as such. */
enum st_flow st_outflow_prime(struct st_outflow *flow);

/* Answers 200 with the flow as its body. `type` is static. */
enum MHD_Result st_outflow_answer(struct st_outflow *flow, const char *type, bool live);

#endif
