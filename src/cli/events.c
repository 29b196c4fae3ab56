#include "cli/events.h"

#include "cli/events_remote.h"
#include "cli/limits.h"
#include "engine/query.h"

#include <time.h>

/* ---- what is asked for ---- */

/* "-n all" is how journalctl's users say that nothing is to be left out. */
static bool is_all(unsigned id, const char *text)
{
    return id == ST_OPT_FILTERS + ST_FILTER_LAST && strcmp(text, "all") == 0;
}

static int set_filters(struct st_events *events)
{
    const struct st_options *options = &events->cli->options;
    struct st_buf problem = ST_BUF(64 << 10);
    st_time now = st_time_now();
    st_err err = ST_OK;
    for (unsigned i = 0; i < options->count && err == ST_OK; i++) {
        const struct st_option_value *value = &options->values[i];
        if (value->id == ST_OPT_REVERSE)
            events->filter.descending = true;
        if (value->id >= ST_OPT_FILTERS && !is_all(value->id, value->text))
            err = st_filter_set(&events->filter, st_str_of(st_option_at(value->id)->name),
                                st_str_of(value->text), now, &problem);
    }
    int code = ST_EXIT_GOOD;
    if (err != ST_OK)
        code = st_fail_with(ST_EXIT_USAGE, "%s: --%.*s", events->cli->command->name,
                            ST_STR_ARG(st_buf_str(&problem)));
    st_buf_done(&problem);
    return code;
}

static int open_place(struct st_events *events)
{
    struct st_why why = {0};
    const char *url = st_place_url(&events->place);
    const char *path = st_place_store(&events->place);
    if (url == NULL) {
        st_err err = st_reader_open(&events->reader, path, NULL, &why);
        return err == ST_OK ? ST_EXIT_GOOD : st_place_tell(&events->place, err, &why);
    }
    st_err err = st_remote_open(&events->remote, url);
    return err == ST_OK ? ST_EXIT_GOOD
                        : st_fail_with(ST_EXIT_TROUBLE, "%s: %s", url, st_err_text(err));
}

int st_events_open(struct st_events *events, struct st_cli *cli)
{
    *events = (struct st_events){.cli = cli, .stream = ST_BUF(ST_URL_BYTES_MAX)};
    st_filter_init(&events->filter);
    int code = set_filters(events);
    if (code == ST_EXIT_GOOD)
        code = st_place_find(cli, &events->place);
    if (code == ST_EXIT_GOOD)
        code = open_place(events);
    return code;
}

void st_events_rest(struct st_events *events)
{
    st_reader_close(events->reader);
    st_remote_close(events->remote);
    events->reader = NULL;
    events->remote = NULL;
}

/* A comma within a filter's value is escaped. */
static st_err set_stream(struct st_events *events, st_str stream, struct st_buf *problem)
{
    st_err err = ST_OK;
    st_buf_reset(&events->stream);
    events->filter.streams.count = 0;
    if (stream.at == NULL)
        return ST_OK;
    for (size_t i = 0; i < stream.len && err == ST_OK; i++) {
        if (stream.at[i] == ',')
            err = st_buf_add_char(&events->stream, '\\');
        if (err == ST_OK)
            err = st_buf_add_char(&events->stream, stream.at[i]);
    }
    return err == ST_OK ? st_filter_set(&events->filter, ST_STR("stream"),
                                        st_buf_str(&events->stream), st_time_now(), problem)
                        : err;
}

int st_events_choose(struct st_events *events, st_str stream)
{
    struct st_buf problem = ST_BUF(4096);
    st_err err = set_stream(events, stream, &problem);
    int code = ST_EXIT_GOOD;
    if (err == ST_ERR_INVALID)
        code = st_fail_with(ST_EXIT_USAGE, "%s: %.*s", events->cli->command->name,
                            ST_STR_ARG(st_buf_str(&problem)));
    else if (err != ST_OK)
        code =
            st_fail_with(ST_EXIT_TROUBLE, "%s: %s", events->cli->command->name, st_err_text(err));
    st_buf_done(&problem);
    return code;
}

void st_events_close(struct st_events *events)
{
    st_events_rest(events);
    st_buf_done(&events->stream);
    st_place_done(&events->place);
    st_filter_done(&events->filter);
}

int st_events_tell_remote(struct st_events *events, st_err err)
{
    const char *url = st_place_url(&events->place);
    if (err == ST_ERR_MEMORY || err == ST_ERR_LIMIT)
        return st_fail_with(ST_EXIT_TROUBLE, "%s: %s", url, st_err_text(err));
    const char *todo = err == ST_ERR_SYSTEM  ? "; is the recorder running (steno serve)?"
                       : err == ST_ERR_AGAIN ? "; try again in a moment"
                                             : "";
    return st_fail_with(ST_EXIT_TROUBLE, "%s: %s%s", url, st_remote_problem(events->remote), todo);
}

/* ---- from a file ---- */

static bool stopped(const struct st_events *events)
{
    return events->stop != NULL && *events->stop != 0;
}

static void idle(struct st_events *events)
{
    if (events->idle != NULL)
        events->idle(events->context);
}

/* Waits until there is a seq behind `seen`, asking the file every 100 ms. */
static st_err wait_for_more(struct st_events *events, uint64_t seen, struct st_why *why)
{
    const struct timespec pause = {.tv_nsec = ST_FOLLOW_MS * 1000000L};
    uint64_t newest = seen;
    st_err err = ST_OK;
    while (err == ST_OK && newest == seen && !stopped(events)) {
        nanosleep(&pause, NULL);
        err = st_reader_last_seq(events->reader, &newest, why);
    }
    return err;
}

/* The next event; a damaged block is told of and passed by, the events behind it are not lost. */
static st_err next_event(struct st_events *events, struct st_query *query,
                         const struct st_event **event, struct st_why *why)
{
    st_err err = st_query_next(query, 0, event, why);
    while (err == ST_ERR_CORRUPT && why->offset != events->damaged_seq) {
        events->damaged_seq = why->offset;
        st_fail_with(ST_EXIT_TROUBLE, "store %s: the block from seq %llu on: %s; it is left out",
                     st_place_store(&events->place), (unsigned long long)why->offset, why->text);
        err = st_query_next(query, 0, event, why);
    }
    return err;
}

static st_err show_all(struct st_events *events, struct st_query *query, struct st_why *why)
{
    while (!stopped(events) && !events->enough) {
        const struct st_event *event = NULL;
        st_err err = next_event(events, query, &event, why);
        if (err == ST_OK && event != NULL)
            err = events->take(events->context, event, (st_str){NULL, 0});
        if (err != ST_OK || event == NULL)
            return err;
    }
    return ST_OK;
}

static st_err run_query(struct st_events *events, struct st_query *query, struct st_why *why)
{
    uint64_t newest = 0;
    st_err err = ST_OK;
    while (err == ST_OK && !stopped(events) && !events->enough) {
        if (events->filter.follow)
            err = st_reader_last_seq(events->reader, &newest, why);
        if (err == ST_OK)
            err = show_all(events, query, why);
        events->position = st_query_position(query);
        if (err != ST_OK || !events->filter.follow || st_query_spent(query))
            break;
        idle(events);
        err = wait_for_more(events, newest, why);
    }
    return err;
}

static int run_file(struct st_events *events)
{
    struct st_why why = {0};
    struct st_query query;
    st_err err = st_query_open(&query, events->reader, &events->filter, &why);
    if (err == ST_OK)
        err = run_query(events, &query, &why);
    if (err != ST_OK)
        return st_place_tell(&events->place, err, &why);
    return events->damaged_seq == 0 ? ST_EXIT_GOOD : ST_EXIT_TROUBLE;
}

int st_events_run(struct st_events *events)
{
    events->enough = false;
    events->damaged_seq = 0;
    if (events->reader == NULL && events->remote == NULL) {
        int code = open_place(events);
        if (code != ST_EXIT_GOOD)
            return code;
    }
    return events->remote == NULL ? run_file(events) : st_events_run_remote(events);
}
