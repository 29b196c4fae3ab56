/*
 * events.h: the events that a reading command asked for, from a store file or from a recorder: one
 * way to ask for both.
 *
 * 1. Events come in the order asked for, each once; following goes on behind the last one without
 *    gap or repeat, over broken connections too.
 * 2. `position` is the seq behind which a later run goes on.
 * 3. Between runs nothing is held after st_events_rest: no reader, no connection.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_EVENTS_H
#define ST_CLI_EVENTS_H

#include "cli/place.h"
#include "cli/remote.h"
#include "store/read.h"

struct st_events {
    struct st_cli *cli;
    struct st_place place;
    struct st_filter filter;
    struct st_buf stream;     /* the one chosen, as a filter's value; empty: what the options say */
    struct st_reader *reader; /* one of the two */
    struct st_remote *remote;
    uint64_t position;
    uint64_t damaged_seq;        /* first seq of the last damaged block that was met; 0: none */
    volatile sig_atomic_t *stop; /* a run ends when it is set; NULL: never */
    bool enough;                 /* set by `take`: this run ends here */

    /* Set by the command: an event to show, with its query line where a recorder sent it (at ==
     * NULL: a file's event), for not all of a line is in the record that is read from it; nothing
     * more for the moment (following only). */
    st_err (*take)(void *context, const struct st_event *event, st_str line);
    void (*idle)(void *context);
    void *context;
};

/* Reads filters and place from the options, opens what is to be read. Returns the exit code after
 * telling what is wrong; st_events_close in any case. */
int st_events_open(struct st_events *events, struct st_cli *cli);
void st_events_close(struct st_events *events);

/* Only this stream, whatever characters are in its name; at == NULL: any again. Returns the exit
 * code. */
int st_events_choose(struct st_events *events, st_str stream);

/* Hands every event to `take`; with filter.follow until *stop. May be called again, with another
 * filter. */
int st_events_run(struct st_events *events);

/* Gives back what was read with: whoever waits holds nothing. The next run opens it anew. */
void st_events_rest(struct st_events *events);

/* "/v1/events?…" with all filter words but those that page: after, before, last, limit, order. */
ST_MUST_USE st_err st_events_target(const struct st_events *events, const char *path,
                                    struct st_buf *target);
/* Tells what a recorder answered or that it was not reached. */
int st_events_tell_remote(struct st_events *events, st_err err);

#endif
