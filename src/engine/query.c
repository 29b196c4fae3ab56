#include "engine/query.h"

static bool block_wanted(void *context, const struct st_block_header *header)
{
    return st_filter_wants_block(context, header);
}

static void start_scan(struct st_query *query, uint64_t seq, bool down)
{
    st_scan_start(&query->scan, query->reader, seq, down);
    query->scan.wanted = block_wanted;
    query->scan.context = (void *)(uintptr_t)query->filter; /* only read */
    query->events = NULL;
    query->count = 0;
    query->at = 0;
}

/* Walks back over the last `last` wanted events below query->end and starts at the first of them.
 */
static st_err seek_last(struct st_query *query, struct st_why *why)
{
    const struct st_filter *filter = query->filter;
    uint64_t start = query->end;
    uint64_t missing = filter->last;
    start_scan(query, query->end, true);
    while (missing > 0) {
        const struct st_event *events = NULL;
        uint32_t count = 0;
        st_err err = st_scan_next(&query->scan, 0, &events, &count, why);
        if (err != ST_OK)
            return err;
        if (count == 0)
            break;
        for (uint32_t i = count; i > 0 && missing > 0; i--) {
            const struct st_record *record = &events[i - 1].record;
            if (record->seq <= filter->after) {
                missing = 0;
            } else if (st_filter_wants(filter, record)) {
                start = record->seq;
                missing--;
            }
        }
    }
    query->position = start - 1;
    start_scan(query, start, false);
    return ST_OK;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

st_err st_query_open(struct st_query *query, struct st_reader *reader,
                     const struct st_filter *filter, struct st_why *why)
{
    uint64_t newest = 0;
    st_err err = st_reader_last_seq(reader, &newest, why);
    if (err != ST_OK)
        return err;
    *query = (struct st_query){.filter = filter, .reader = reader};
    query->end = filter->has_before ? least(filter->before, newest + 1) : newest + 1;
    query->remaining = filter->has_limit ? filter->limit : UINT64_MAX;
    if (filter->descending) {
        if (filter->has_last)
            query->remaining = least(query->remaining, filter->last);
        query->position = query->end;
        start_scan(query, query->end, true);
        return ST_OK;
    }
    if (filter->has_last) {
        err = seek_last(query, why);
        if (err != ST_OK)
            return err;
    } else {
        query->position = filter->after;
        start_scan(query, filter->after == UINT64_MAX ? UINT64_MAX : filter->after + 1, false);
    }
    if (filter->follow)
        query->end = filter->has_before ? filter->before : UINT64_MAX;
    return ST_OK;
}

bool st_query_spent(const struct st_query *query)
{
    return query->remaining == 0;
}

uint64_t st_query_position(const struct st_query *query)
{
    return query->position;
}

/* The next event of the block at hand that is wanted; NULL when the block is used up or, with
 * *over, when the query's far end was met. */
static const struct st_event *take(struct st_query *query, bool *over)
{
    bool down = query->scan.down;
    while (query->at < query->count) {
        uint32_t index = down ? query->count - 1 - query->at : query->at;
        const struct st_event *event = &query->events[index];
        uint64_t seq = event->record.seq;
        *over = down ? seq <= query->filter->after : seq >= query->end;
        if (*over)
            return NULL;
        query->at++;
        query->position = seq;
        if (st_filter_wants(query->filter, &event->record))
            return event;
    }
    return NULL;
}

st_err st_query_next(struct st_query *query, int64_t work_ns, const struct st_event **event,
                     struct st_why *why)
{
    *event = NULL;
    bool over = false;
    int64_t start_ns = work_ns > 0 ? st_monotonic_ns() : 0;
    while (query->remaining > 0) {
        const struct st_event *found = take(query, &over);
        if (found != NULL) {
            query->remaining--;
            *event = found;
            return ST_OK;
        }
        if (over)
            return ST_OK;
        if (work_ns > 0 && st_monotonic_ns() - start_ns > work_ns)
            return ST_ERR_AGAIN;
        query->count = 0;
        query->at = 0;
        st_err err = st_scan_next(&query->scan, work_ns, &query->events, &query->count, why);
        if (err != ST_OK || query->count == 0)
            return err;
    }
    return ST_OK;
}
