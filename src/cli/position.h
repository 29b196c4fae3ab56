/*
 * position.h: where a reading command begins and what it leaves for the next one: --after-cursor,
 * --cursor-file, --show-cursor.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_POSITION_H
#define ST_CLI_POSITION_H

#include "cli/events.h"

struct st_position {
    const char *file; /* --cursor-file, or NULL */
    bool show;
    uint64_t written; /* the position that the file has */
    int64_t written_ns;
};

/* Sets the filter's `after`; *given says whether there is a position to start from. Returns the
 * exit code after telling what is wrong. */
int st_position_begin(struct st_position *position, struct st_events *events, bool *given);

/* Writes the file when the position changed: at the end, and while following now and then. */
int st_position_keep(struct st_position *position, const struct st_events *events, bool now);

/* At the end: shows and keeps it. */
int st_position_end(struct st_position *position, struct st_events *events);

#endif
