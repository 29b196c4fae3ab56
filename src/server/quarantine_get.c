/*
 * quarantine_get.c: GET /v1/quarantine (NDJSON, or a JSON page), /v1/quarantine/{number}, and its
 * /raw.
 *
 * A page asks for one event more than it shows; when there is one, `next` is the cursor of the last
 * shown: to be passed as `after`.
 */
#include "base/mem.h"
#include "engine/quarantine.h"
#include "server/feed.h"
#include "server/log.h"
#include "json/write.h"

#define TYPE_LINES "application/x-ndjson"
#define TYPE_JSON  "application/json"

#define KEEPALIVE_NS ((int64_t)ST_SSE_KEEPALIVE_MS * 1000 * 1000)

struct listing {
    struct st_request *request;
    struct st_outflow flow;
    struct st_feed feed;
    struct st_quarantine_scan scan;
    bool is_page;
    bool has_more;
    bool failed;        /* before anything was sent: err and why say how */
    uint64_t shown_max; /* UINT64_MAX: all */
    uint64_t shown;
    uint64_t last; /* number of those shown */
    st_err err;
    struct st_why why;
};

/* ---- making the body ---- */

static st_err write_line(struct listing *listing, const struct st_quarantined *kept)
{
    struct st_buf *out = &listing->flow.out;
    st_err err = ST_OK;
    if (listing->is_page && listing->shown > 0)
        err = st_buf_add_char(out, ',');
    if (err == ST_OK)
        err = st_quarantine_write_line(kept, out);
    if (err == ST_OK && !listing->is_page)
        err = st_buf_add_char(out, '\n');
    listing->shown++;
    listing->last = kept->number;
    return err;
}

static st_err end_page(struct listing *listing)
{
    struct st_buf *out = &listing->flow.out;
    char cursor[ST_CURSOR_TEXT_MAX];
    if (!listing->has_more || listing->shown == 0)
        return st_buf_add_str(out, ST_STR("],\"next\":null}\n"));
    size_t len = st_cursor_write(listing->last, cursor);
    return st_buf_printf(out, "],\"next\":\"%.*s\"}\n", (int)len, cursor);
}

/* ABSENT: the listing is whole. AGAIN: the turn is over. */
static st_err add_next(struct listing *listing, int64_t work_ns)
{
    struct st_quarantined kept;
    if (listing->shown == listing->shown_max && (!listing->is_page || listing->shown == 0))
        return ST_ERR_ABSENT;
    st_err err = st_quarantine_scan_next(&listing->scan, work_ns, &kept, &listing->why);
    if (err != ST_OK)
        return err;
    listing->has_more = listing->shown == listing->shown_max;
    return listing->has_more ? ST_ERR_ABSENT : write_line(listing, &kept);
}

static enum st_flow fill(struct st_outflow *flow)
{
    struct listing *listing = flow->request->state;
    int64_t end_ns = st_monotonic_ns() + ST_TURN_NS;
    int64_t left_ns = ST_TURN_NS;
    st_err err = ST_OK;
    while (err == ST_OK && left_ns > 0 && flow->out.len < ST_TURN_BYTES) {
        err = add_next(listing, left_ns);
        left_ns = end_ns - st_monotonic_ns();
    }
    /* A long look without a match: blanks between texts of JSON mean nothing, but that we live. */
    if (err == ST_ERR_AGAIN && flow->out.len == 0 &&
        end_ns - atomic_load(&flow->wrote_ns) >= KEEPALIVE_NS)
        err = st_buf_add_char(&flow->out, '\n');
    if (err == ST_OK || err == ST_ERR_AGAIN)
        return ST_FLOW_MORE;
    if (err == ST_ERR_ABSENT)
        err = listing->is_page ? end_page(listing) : ST_OK;
    if (err == ST_OK)
        return ST_FLOW_END;
    listing->err = err;
    if (listing->shown > 0)
        st_log_why("listing_broken", err, &listing->why);
    return ST_FLOW_BROKEN;
}

/* ---- what was asked for ---- */

/* Words that say nothing of an event that is kept apart are refused. */
static bool check_words(struct st_request *request)
{
    static const char *const words[] = {
#define WORD(id, word) word,
        ST_QUARANTINE_WORD_LIST(WORD)
#undef WORD
            "format",
    };
    const struct st_target *target = &request->target;
    for (uint32_t i = 0; i < target->param_count; i++) {
        bool known = false;
        for (size_t w = 0; w < sizeof words / sizeof *words; w++)
            known |= st_str_eq(target->params[i].name, st_str_of(words[w]));
        if (!known) {
            st_request_refuse_param(request, target->params[i].name, "not with this route");
            return false;
        }
    }
    return true;
}

static bool set_format(struct listing *listing, st_str format)
{
    struct st_request *request = listing->request;
    listing->is_page =
        format.at == NULL
            ? st_media_accepts(st_request_header(request, "Accept", NULL), ST_STR(TYPE_JSON))
            : st_str_eq(format, ST_STR("json"));
    if (format.at == NULL || listing->is_page || st_str_eq(format, ST_STR("ndjson")))
        return true;
    st_request_refuse_param(request, ST_STR("format"), "must be json or ndjson");
    return false;
}

static bool set_limit(struct listing *listing)
{
    const struct st_filter *filter = &listing->feed.filter;
    listing->shown_max = listing->is_page ? ST_PAGE_EVENTS_DEFAULT : UINT64_MAX;
    if (filter->has_limit)
        listing->shown_max = filter->limit;
    if (!listing->is_page || listing->shown_max <= ST_PAGE_EVENTS_MAX)
        return true;
    st_request_refuse_param(listing->request, ST_STR("limit"),
                            "a page has at most 10000 events; format=ndjson has no such limit");
    return false;
}

static void begin_listing(struct st_request *request)
{
    struct listing *listing = st_mem_get_zeroed(sizeof *listing);
    st_str format = {NULL, 0};
    if (listing == NULL) {
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the listing");
        return;
    }
    request->state = listing;
    listing->request = request;
    st_outflow_init(&listing->flow, request, fill);
    st_feed_init(&listing->feed);
    if (!check_words(request) || !st_feed_set(&listing->feed, request, "format", &format, "") ||
        !set_format(listing, format) || !set_limit(listing) ||
        !st_feed_lend(&listing->feed, request))
        return;
    listing->scan = (struct st_quarantine_scan){
        .reader = listing->feed.reader,
        .after = listing->feed.filter.after,
        .wanted = st_quarantine_wants,
        .context = &listing->feed.filter,
    };
}

static enum MHD_Result finish_listing(struct st_request *request)
{
    struct listing *listing = request->state;
    if (!request->is_head) {
        if (listing->is_page)
            listing->err = st_buf_add_str(&listing->flow.out, ST_STR("{\"quarantine\":["));
        listing->failed =
            listing->err != ST_OK ||
            (st_outflow_prime(&listing->flow) == ST_FLOW_BROKEN && listing->shown == 0);
    }
    if (listing->failed) {
        st_reply_failure(&request->reply, listing->err, &listing->why);
        return st_request_answer(request);
    }
    return st_outflow_answer(&listing->flow, listing->is_page ? TYPE_JSON : TYPE_LINES, false);
}

static void free_listing(struct st_request *request)
{
    struct listing *listing = request->state;
    if (listing == NULL)
        return;
    st_feed_done(&listing->feed, request->server);
    st_outflow_done(&listing->flow);
    st_mem_free(listing);
}

const struct st_handler st_handle_quarantine = {
    .begin = begin_listing,
    .finish = finish_listing,
    .free = free_listing,
};

/* ---- one event ---- */

static enum MHD_Result finish_one(struct st_request *request, bool raw)
{
    struct st_feed feed;
    struct st_quarantined kept;
    struct st_why why = {0};
    uint64_t number = 0;
    st_feed_init(&feed);
    if (request->target.param_count > 0) {
        st_request_refuse_param(request, request->target.params[0].name, "no such parameter");
    } else if (st_feed_lend(&feed, request)) {
        st_err err = st_str_to_u64(request->param, &number);
        err =
            err == ST_OK ? st_reader_quarantined(feed.reader, number, &kept, &why) : ST_ERR_ABSENT;
        if (err == ST_ERR_ABSENT) {
            st_reply_error(&request->reply, 404, "quarantine_not_found",
                           "no event has this number in the quarantine");
        } else if (err != ST_OK) {
            st_reply_failure(&request->reply, err, &why);
        } else {
            struct st_buf *out = st_reply_begin(&request->reply, 200);
            err = raw ? st_buf_add_str(out, kept.raw) : st_quarantine_write_line(&kept, out);
            if (!raw)
                st_reply_end(&request->reply, err);
            else if (err != ST_OK)
                request->reply.status = 500;
        }
    }
    st_feed_done(&feed, request->server);
    return st_request_answer(request);
}

static enum MHD_Result finish_kept(struct st_request *request)
{
    return finish_one(request, false);
}

static enum MHD_Result finish_kept_raw(struct st_request *request)
{
    return finish_one(request, true);
}

const struct st_handler st_handle_quarantined = {.finish = finish_kept};
const struct st_handler st_handle_quarantined_raw = {.finish = finish_kept_raw};
