/*
 * target.h: a request's target: the segments of its path and the parameters of its query.
 *
 * 1. Percent-escapes are decoded after the cuts at '/', '&' and '=', so that an escaped one of
 * these is text; in the query '+' is a blank.
 * 2. A '%' without two hex digits, and an escaped NUL, are refused.
 *
 * Floor 7. One owner at a time. Allocates one block.
 */
#ifndef ST_SERVER_TARGET_H
#define ST_SERVER_TARGET_H

#include "base/str.h"
#include "server/limits.h"

struct st_param {
    st_str name, value;
};

struct st_target {
    st_str segments[ST_SEGMENTS_MAX]; /* of "/": none */
    uint32_t segment_count; /* ST_SEGMENTS_MAX + 1: more than that; no route has so many */
    struct st_param params[ST_PARAMS_MAX];
    uint32_t param_count;
    struct st_buf text; /* what the slices point into */
};

/* `raw` as it stands in the request's first line. INVALID: why->text says what is wrong. */
ST_MUST_USE st_err st_target_parse(struct st_target *target, st_str raw, struct st_why *why);
void st_target_done(struct st_target *target);

#endif
