#include "cli/command.h"

#include "cli/position.h"
#include "cli/print.h"

static st_err take(void *context, const struct st_event *event, st_str line)
{
    return st_print_event(context, event, line);
}

static int show(struct st_events *events, struct st_print *print)
{
    struct st_position position;
    bool given = false;
    int code = st_position_begin(&position, events, &given);
    if (code != ST_EXIT_GOOD)
        return code;
    events->take = take;
    events->context = print;
    code = st_events_run(events);
    return code == ST_EXIT_GOOD ? st_position_end(&position, events) : code;
}

int st_command_query(struct st_cli *cli)
{
    struct st_events events;
    struct st_print print;
    int code = st_print_init(&print, &cli->out, st_options_text(&cli->options, ST_OPT_EVENTS));
    if (code == ST_EXIT_GOOD) {
        code = st_events_open(&events, cli);
        if (code == ST_EXIT_GOOD)
            code = show(&events, &print);
        st_events_close(&events);
    }
    st_print_done(&print);
    return code;
}
