#include "cli/events_remote.h"

#include "cli/limits.h"
#include "cli/line.h"
#include "cli/sse.h"
#include "engine/limits.h"
#include "json/lines.h"

#include <stdio.h>
#include <time.h>

/* ---- the target of a request ---- */

/* The words whose values are not taken as they were said: those that say which part of the answer
 * is wanted, for each page sets its own, and those that the filter knows better. */
static bool is_set_apart(unsigned word)
{
    return word == ST_FILTER_AFTER || word == ST_FILTER_BEFORE || word == ST_FILTER_LAST ||
           word == ST_FILTER_LIMIT || word == ST_FILTER_ORDER || word == ST_FILTER_SINCE ||
           word == ST_FILTER_UNTIL || word == ST_FILTER_LEVEL;
}

static st_err add_time(struct st_buf *target, const char *name, bool has, st_time t)
{
    char text[ST_TIME_TEXT_MAX];
    size_t len = st_time_write(t, -1, text);
    return has ? st_remote_add(target, name, (st_str){text, len}) : ST_OK;
}

/* Times go as instants: what "-1h" meant when the command began holds for all its pages. */
st_err st_events_target(const struct st_events *events, const char *path, struct st_buf *target)
{
    const struct st_options *options = &events->cli->options;
    const struct st_filter *filter = &events->filter;
    st_buf_reset(target);
    st_err err = st_buf_add_str(target, st_str_of(path));
    for (unsigned i = 0; i < options->count && err == ST_OK; i++) {
        unsigned id = options->values[i].id;
        if (id >= ST_OPT_FILTERS && !is_set_apart(id - ST_OPT_FILTERS))
            err = st_remote_add(target, st_option_at(id)->name, st_str_of(options->values[i].text));
    }
    if (err == ST_OK && events->stream.len > 0)
        err = st_remote_add(target, "stream", st_buf_str(&events->stream));
    if (err == ST_OK && filter->level != ST_LEVEL_OPS) /* a recorder's default too */
        err = st_remote_add(target, "level", st_str_of(st_level_name(filter->level)));
    if (err == ST_OK)
        err = add_time(target, "since", filter->has_since, filter->since);
    return err == ST_OK ? add_time(target, "until", filter->has_until, filter->until) : err;
}

/* ---- a page ---- */

struct page {
    struct st_events *events;
    struct st_lines lines;
    struct st_json doc;
    uint64_t count;    /* of events in this page */
    uint64_t last_seq; /* of the last one */
    uint64_t left;     /* events that may still be shown (limit) */
    bool only_count;   /* looking for a place: nothing is shown */
};

static st_err show(struct page *page, st_str line)
{
    struct st_event event = {0};
    st_err err = st_line_read(line, &page->doc, &event);
    if (err != ST_OK)
        return err;
    page->count++;
    page->last_seq = event.record.seq;
    if (page->only_count || page->left == 0)
        return ST_OK;
    page->left--;
    err = page->events->take(page->events->context, &event, line);
    return err == ST_OK && page->events->enough ? ST_ERR_AGAIN : err; /* ends the request */
}

static st_err take_piece(void *context, st_str piece)
{
    struct page *page = context;
    for (;;) {
        struct st_line line = {0};
        bool found = false;
        st_err err = st_lines_take(&page->lines, &piece, &line, &found);
        if (err != ST_OK || !found)
            return err;
        err = line.too_long ? ST_ERR_LIMIT : show(page, line.text);
        if (err != ST_OK)
            return err;
    }
}

struct window {
    uint64_t after, before; /* before 0: none */
    uint64_t limit, last;   /* last 0: none */
    bool descending;
};

static st_err add_window(struct st_buf *target, const struct window *window)
{
    const struct {
        const char *name;
        uint64_t value;
    } words[] = {{"after", window->after},
                 {"before", window->before},
                 {"last", window->last},
                 {"limit", window->limit}};
    char text[24];
    st_err err = ST_OK;
    for (size_t i = 0; i < sizeof words / sizeof *words && err == ST_OK; i++) {
        snprintf(text, sizeof text, "%llu", (unsigned long long)words[i].value);
        if (words[i].value > 0)
            err = st_remote_add(target, words[i].name, st_str_of(text));
    }
    if (err == ST_OK && window->descending)
        err = st_remote_add(target, "order", ST_STR("desc"));
    return err;
}

static st_err ask_page(struct page *page, const struct window *window)
{
    struct st_events *events = page->events;
    struct st_buf target = ST_BUF(ST_URL_BYTES_MAX);
    struct st_line last = {0};
    page->count = 0;
    st_lines_init(&page->lines, ST_ANSWER_LINE_BYTES_MAX);
    st_err err = st_events_target(events, "/v1/events", &target);
    if (err == ST_OK)
        err = add_window(&target, window);
    const char *text = err == ST_OK ? st_buf_cstr(&target) : NULL;
    struct st_request request = {
        .target = text,
        .accept = "application/x-ndjson",
        .take = take_piece,
        .context = page,
    };
    if (err == ST_OK)
        err = text == NULL ? ST_ERR_MEMORY : st_remote_ask(events->remote, &request);
    if (err == ST_OK && st_lines_end(&page->lines, &last))
        err = show(page, last.text);
    st_lines_done(&page->lines);
    st_buf_done(&target);
    return err;
}

/* ---- all pages ---- */

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void pass(struct window *window, uint64_t seq)
{
    if (window->descending)
        window->before = seq;
    else
        window->after = seq;
}

/* Page after page until `wanted` events came or there are no more. */
static st_err ask_pages(struct page *page, struct window window, uint64_t wanted, uint64_t *count)
{
    *count = 0;
    while (*count < wanted) {
        window.limit = least(wanted - *count, ST_PAGE_EVENTS_MAX);
        st_err err = ask_page(page, &window);
        if (err != ST_OK)
            return err;
        *count += page->count;
        if (page->count < window.limit)
            break;
        pass(&window, page->last_seq);
    }
    return ST_OK;
}

/* The last N of more than a page: N back to find the first of them, then forth from there. */
static st_err find_last(struct page *page, struct window *window, uint64_t last)
{
    struct window back = *window;
    uint64_t count = 0;
    back.descending = true;
    page->only_count = true;
    st_err err = ask_pages(page, back, last, &count);
    page->only_count = false;
    if (err == ST_OK && count == last)
        window->after = page->last_seq - 1;
    return err;
}

static st_err run_pages(struct page *page)
{
    const struct st_filter *filter = &page->events->filter;
    uint64_t wanted = filter->has_limit ? filter->limit : UINT64_MAX;
    uint64_t count = 0;
    struct window window = {
        .after = filter->after,
        .before = filter->has_before ? filter->before : 0,
        .descending = filter->descending,
    };
    st_err err = ST_OK;
    if (filter->has_before && filter->before == 0)
        return ST_OK; /* nothing stands before 0, and 0 is how a window says "no bound" */
    if (filter->has_last && (filter->descending || filter->last == 0))
        wanted = least(wanted, filter->last);
    else if (filter->has_last)
        err = find_last(page, &window, filter->last);
    page->last_seq = window.after;
    if (err == ST_OK)
        err = ask_pages(page, window, wanted, &count);
    page->events->position = page->last_seq;
    return err;
}

/* ---- live ---- */

struct live {
    struct page *page;
    struct st_sse sse;
    bool gone;  /* the recorder said that the position is gone */
    bool heard; /* something came over this connection */
};

static st_err take_live(void *context, const struct st_sse_event *event)
{
    struct live *live = context;
    struct st_events *events = live->page->events;
    if (st_str_eq(event->event, ST_STR("resync"))) {
        live->gone = true;
        return ST_OK;
    }
    st_err err = show(live->page, event->data);
    if (err == ST_OK)
        events->position = live->page->last_seq;
    return err == ST_OK && live->page->left == 0 ? ST_ERR_AGAIN : err; /* ends the request */
}

static st_err take_stream(void *context, st_str piece)
{
    struct live *live = context;
    struct st_events *events = live->page->events;
    live->heard = true;
    st_err err = st_sse_feed(&live->sse, piece, take_live, live);
    if (err == ST_OK && events->idle != NULL)
        events->idle(events->context);
    return err;
}

static st_err ask_stream(struct live *live, const char *position)
{
    struct st_events *events = live->page->events;
    struct st_buf target = ST_BUF(ST_URL_BYTES_MAX);
    st_err err = st_events_target(events, "/v1/stream", &target);
    if (err == ST_OK && live->sse.id.len == 0)
        err = st_remote_add(&target, "after", st_str_of(position));
    const char *id = live->sse.id.len == 0 ? NULL : st_buf_cstr(&live->sse.id);
    const char *text = err == ST_OK ? st_buf_cstr(&target) : NULL;
    struct st_request request = {
        .target = text,
        .accept = "text/event-stream",
        .position = id,
        .take = take_stream,
        .context = live,
    };
    st_sse_reset(&live->sse);
    live->heard = false;
    if (err == ST_OK)
        err = text == NULL ? ST_ERR_MEMORY : st_remote_ask(events->remote, &request);
    st_buf_done(&target);
    return err;
}

static bool stopped(const struct st_events *events)
{
    return events->stop != NULL && *events->stop != 0;
}

/* A broken connection is taken up again where it ended; a refusal is final. */
static bool may_go_on(st_err err)
{
    return err == ST_OK || err == ST_ERR_SYSTEM || err == ST_ERR_AGAIN;
}

static st_err follow(struct page *page)
{
    struct st_events *events = page->events;
    const struct timespec pause = {.tv_nsec = ST_RECONNECT_MS * 1000000L};
    char position[ST_CURSOR_TEXT_MAX];
    struct live live = {.page = page};
    bool told = false;
    st_err err = ST_OK;
    st_cursor_write(events->position, position);
    st_sse_init(&live.sse, ST_ANSWER_LINE_BYTES_MAX);
    while (page->left > 0 && !stopped(events)) {
        err = ask_stream(&live, position);
        if (live.heard)
            told = false;
        if (!may_go_on(err) || live.gone || stopped(events) || page->left == 0)
            break;
        if (!told)
            st_note("-- connection lost; trying again");
        told = true;
        nanosleep(&pause, NULL);
    }
    if (live.gone)
        st_note("-- events after this position are no longer kept; run tail again to go on with "
                "the newest");
    st_sse_done(&live.sse);
    return stopped(events) || page->left == 0 ? ST_OK : err;
}

/* With "last 0" nothing is shown of what there is: following begins behind the newest event. */
static st_err find_newest(struct page *page)
{
    struct window window = {.limit = 1, .last = 1};
    page->only_count = true;
    page->last_seq = 0;
    st_err err = ask_page(page, &window);
    page->only_count = false;
    if (err == ST_OK)
        page->events->position = page->last_seq;
    return err;
}

int st_events_run_remote(struct st_events *events)
{
    const struct st_filter *filter = &events->filter;
    struct page page = {
        .events = events,
        .last_seq = filter->after,
        .left = filter->has_limit ? filter->limit : UINT64_MAX,
    };
    st_json_init(&page.doc);
    if (events->stop != NULL)
        st_remote_stop_at(events->remote, events->stop);
    st_err err = filter->follow && filter->has_last && filter->last == 0 ? find_newest(&page)
                                                                         : run_pages(&page);
    if (err == ST_OK && filter->follow && page.left > 0) {
        if (events->idle != NULL)
            events->idle(events->context);
        err = follow(&page);
    }
    st_json_done(&page.doc);
    return err == ST_OK || stopped(events) || events->enough ? ST_EXIT_GOOD
                                                             : st_events_tell_remote(events, err);
}
