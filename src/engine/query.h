/*
 * query.h: the events that a filter wants, in order, from a reader.
 *
 * 1. With filter->follow, a query that reached the end may be asked again later and goes on with
 * what was recorded since: history, then live. Without, it ends at the newest seq of its opening.
 * 2. st_query_position is where to resume (strictly after it going up, before it going down)
 * without gap or repeat.
 *
 * Floor 6. One owner at a time.
 */
#ifndef ST_ENGINE_QUERY_H
#define ST_ENGINE_QUERY_H

#include "engine/filter.h"

struct st_query {
    const struct st_filter *filter;
    struct st_reader *reader;
    struct st_scan scan;
    const struct st_event *events; /* the block at hand */
    uint32_t count, at;
    uint64_t position;  /* the seq looked at last */
    uint64_t end;       /* going up: strictly before this seq */
    uint64_t remaining; /* events still to hand out */
};

/* Both must outlive the query. With filter->last the store is scanned backwards here first, unless
 * the order is falling; then last is a limit. */
ST_MUST_USE st_err st_query_open(struct st_query *query, struct st_reader *reader,
                                 const struct st_filter *filter, struct st_why *why);

/* The next event, or *event == NULL at the end (of now). AGAIN after `work_ns` (0: no bound)
 * without one: call again. It holds until the next call. */
ST_MUST_USE st_err st_query_next(struct st_query *query, int64_t work_ns,
                                 const struct st_event **event, struct st_why *why);

/* Whether limit or last is used up: nothing will come any more. */
bool st_query_spent(const struct st_query *query);
uint64_t st_query_position(const struct st_query *query);

/* Appends the query line of product.md, without line feed:
 * {"seq":…,"received_at":…,"contract":…,"type":…,"stream":…,…,
 *  "resources":[{"kind","name","principal","amount","balance","used","quota","window_remaining",
 *                "partial":[the figures whose value is cut]},…],"resources_untold":true,
 *  "valid":false,"masked":true,"unknown_type":true,"event":RAW}
 * with what is there only (a kind that the event does not state is not), then
 * RAW alone; RAW's line breaks between tokens become blanks in both. */
ST_MUST_USE st_err st_query_write_line(const struct st_event *event, struct st_buf *out);
ST_MUST_USE st_err st_query_write_raw(const struct st_event *event, struct st_buf *out);

#endif
