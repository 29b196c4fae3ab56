#include "cli/command.h"

#include "cli/position.h"
#include "cli/print.h"
#include "cli/stop.h"

#define LINES_DEFAULT 10

struct tail {
    struct st_events events;
    struct st_position position;
    struct st_print print;
    int code; /* of keeping the position while following */
};

static st_err take(void *context, const struct st_event *event, st_str line)
{
    struct tail *tail = context;
    return st_print_event(&tail->print, event, line);
}

/* All that there is was shown: let it be seen, and keep the place now and then. */
static void rest(void *context)
{
    struct tail *tail = context;
    st_out_flush(&tail->events.cli->out);
    tail->code = st_position_keep(&tail->position, &tail->events, false);
    if (tail->code != ST_EXIT_GOOD)
        st_stop = 1;
}

static int show(struct tail *tail)
{
    struct st_events *events = &tail->events;
    struct st_cli *cli = events->cli;
    bool given = false;
    int code = st_position_begin(&tail->position, events, &given);
    if (code != ST_EXIT_GOOD)
        return code;
    if (st_options_has(&cli->options, ST_OPT_FOLLOW)) {
        if (events->filter.descending)
            return st_fail_with(ST_EXIT_USAGE, "tail: --follow goes up; leave out --order desc");
        st_stop_catch();
        events->filter.follow = true;
        events->stop = &st_stop;
    }
    if (!given && !st_options_has(&cli->options, ST_OPT_FILTERS + ST_FILTER_LAST) &&
        !st_options_has(&cli->options, ST_OPT_FILTERS + ST_FILTER_AFTER)) {
        events->filter.has_last = true;
        events->filter.last = LINES_DEFAULT;
    }
    events->take = take;
    events->idle = rest;
    events->context = tail;
    code = st_events_run(events);
    if (code == ST_EXIT_GOOD)
        code = tail->code;
    return code == ST_EXIT_GOOD ? st_position_end(&tail->position, events) : code;
}

int st_command_tail(struct st_cli *cli)
{
    struct tail tail = {.code = ST_EXIT_GOOD};
    int code = st_print_init(&tail.print, &cli->out, st_options_text(&cli->options, ST_OPT_EVENTS));
    if (code == ST_EXIT_GOOD) {
        code = st_events_open(&tail.events, cli);
        if (code == ST_EXIT_GOOD)
            code = show(&tail);
        st_events_close(&tail.events);
    }
    st_print_done(&tail.print);
    return code;
}
