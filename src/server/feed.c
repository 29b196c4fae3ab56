#include "server/feed.h"

void st_feed_init(struct st_feed *feed)
{
    *feed = (struct st_feed){0};
    st_filter_init(&feed->filter);
}

void st_feed_done(struct st_feed *feed, struct st_server *server)
{
    st_readers_give(&server->readers, feed->reader);
    st_filter_done(&feed->filter);
    feed->reader = NULL;
}

static bool is_listed(const char *words, st_str word)
{
    st_str rest = st_str_of(words);
    bool more = rest.len > 0;
    while (more) {
        st_str one;
        more = st_str_cut(rest, ' ', &one, &rest);
        if (st_str_eq(one, word))
            return true;
    }
    return false;
}

static void refuse_word(struct st_request *request, st_str name, st_err err,
                        const struct st_buf *problem)
{
    if (err == ST_ERR_ABSENT)
        st_request_refuse_param(request, name, "no such parameter");
    else if (err == ST_ERR_INVALID)
        st_reply_error_text(&request->reply, 400, "invalid_query", st_buf_str(problem));
    else
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the filter");
}

bool st_feed_set(struct st_feed *feed, struct st_request *request, const char *own,
                 st_str *own_value, const char *refused)
{
    st_time now = st_time_now();
    struct st_buf problem = ST_BUF((size_t)64 << 10);
    const struct st_target *target = &request->target;
    for (uint32_t i = 0; i < target->param_count && request->reply.status == 0; i++) {
        const struct st_param *param = &target->params[i];
        if (own != NULL && st_str_eq(param->name, st_str_of(own))) {
            if (own_value->at != NULL && !st_str_eq(*own_value, param->value))
                st_request_refuse_param(request, param->name, "is said twice, differently");
            *own_value = param->value;
        } else if (is_listed(refused, param->name)) {
            st_request_refuse_param(request, param->name, "not with this route");
        } else {
            st_err err = st_filter_set(&feed->filter, param->name, param->value, now, &problem);
            if (err != ST_OK)
                refuse_word(request, param->name, err, &problem);
        }
    }
    st_buf_done(&problem);
    return request->reply.status == 0;
}

bool st_feed_lend(struct st_feed *feed, struct st_request *request)
{
    struct st_why why = {0};
    st_err err = st_readers_take(&request->server->readers, &feed->reader, &why);
    if (err == ST_OK)
        return true;
    feed->reader = NULL;
    st_reply_failure(&request->reply, err, &why);
    return false;
}

/* Where a scan stands is in the scan; its reader has nothing but the block at hand. */
static void set_reader(struct st_feed *feed, struct st_reader *reader)
{
    feed->reader = reader;
    feed->query.reader = reader;
    feed->query.scan.reader = reader;
}

void st_feed_rest(struct st_feed *feed, struct st_server *server)
{
    if (feed->query.at < feed->query.count)
        return;
    st_readers_give(&server->readers, feed->reader);
    set_reader(feed, NULL);
}

st_err st_feed_resume(struct st_feed *feed, struct st_server *server, struct st_why *why)
{
    struct st_reader *reader = NULL;
    if (feed->reader != NULL)
        return ST_OK;
    st_err err = st_readers_take(&server->readers, &reader, why);
    if (err == ST_OK)
        set_reader(feed, reader);
    return err;
}

enum st_flow st_feed_fill(struct st_feed *feed, struct st_buf *out, st_feed_write write,
                          void *context, st_err *err, struct st_why *why)
{
    int64_t end_ns = st_monotonic_ns() + ST_TURN_NS;
    int64_t left_ns = ST_TURN_NS;
    while (out->len < ST_TURN_BYTES && left_ns > 0) {
        const struct st_event *event = NULL;
        *err = st_query_next(&feed->query, left_ns, &event, why);
        if (*err == ST_ERR_AGAIN)
            break;
        if (*err != ST_OK)
            return ST_FLOW_BROKEN;
        if (event == NULL)
            return st_query_spent(&feed->query) ? ST_FLOW_END : ST_FLOW_NOTHING;
        *err = write(context, event, out);
        if (*err != ST_OK) {
            *why = (struct st_why){.text = "no memory for a line", .offset = event->record.seq};
            return ST_FLOW_BROKEN;
        }
        left_ns = end_ns - st_monotonic_ns();
    }
    *err = ST_OK;
    return ST_FLOW_MORE;
}
