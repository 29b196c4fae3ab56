/*
 * events_remote.h: the recorder's side of events.h: pages of a query, then a live stream.
 *
 * Not for commands: st_events_run picks it.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_EVENTS_REMOTE_H
#define ST_CLI_EVENTS_REMOTE_H

#include "cli/events.h"

int st_events_run_remote(struct st_events *events);

#endif
