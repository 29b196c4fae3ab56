/*
 * log.h: what the operator must know: one line on stderr, key=value.
 *
 * Floor 7. Any thread: a line is one write.
 */
#ifndef ST_SERVER_LOG_H
#define ST_SERVER_LOG_H

#include "base/err.h"

/* event=NAME and the rest, which the caller writes as key=value. */
void st_log(const char *event, const char *rest);

/* event=NAME why="…" offset=N errno=N, the last two where they say something; at most one
 * such line a second. */
void st_log_why(const char *event, st_err err, const struct st_why *why);

#endif
