/*
 * sse.h: server-sent events (WHATWG HTML 9.2) out of a byte stream that arrives in pieces.
 *
 * 1. Lines end with LF, CRLF or CR, also where a piece ends between the two.
 * 2. An event without data is not handed out; its id still becomes the last one.
 * 3. An id with a NUL in it is ignored.
 *
 * Top floor. One owner. Allocates up to `data.max`; past it the stream is LIMIT.
 */
#ifndef ST_CLI_SSE_H
#define ST_CLI_SSE_H

#include "base/str.h"

struct st_sse {
    struct st_buf line, data, event, id;
    bool after_cr;
};

struct st_sse_event {
    st_str event; /* "" when none was named */
    st_str data;
    st_str id; /* the last one said */
};

typedef st_err (*st_sse_take)(void *context, const struct st_sse_event *event);

void st_sse_init(struct st_sse *sse, size_t data_bytes_max);
void st_sse_done(struct st_sse *sse);
void st_sse_reset(struct st_sse *sse); /* a new connection: a half event is dropped, the id stays */

ST_MUST_USE st_err st_sse_feed(struct st_sse *sse, st_str piece, st_sse_take take, void *context);

#endif
