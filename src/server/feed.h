/*
 * feed.h: a reader's request: a lent reader, a filter from the query's words, and the query.
 *
 * Floor 7. Belongs to its connection's worker, or to the errand that opens it.
 */
#ifndef ST_SERVER_FEED_H
#define ST_SERVER_FEED_H

#include "engine/query.h"
#include "server/media.h"
#include "server/outflow.h"

struct st_feed {
    struct st_reader *reader;
    struct st_filter filter;
    struct st_query query;
};

void st_feed_init(struct st_feed *feed);
void st_feed_done(struct st_feed *feed, struct st_server *server);

/* Sets the filter from the request's parameters. `own` names one that is the handler's (NULL:
 * none), whose value goes to *own_value; `refused` lists words, blanks between them, that the route
 * does not take. False: a reply was made. */
ST_MUST_USE bool st_feed_set(struct st_feed *feed, struct st_request *request, const char *own,
                             st_str *own_value, const char *refused);

/* Borrows a reader; false: a reply was made. */
bool st_feed_lend(struct st_feed *feed, struct st_request *request);

/* Between blocks a query that waits for what comes needs no reader: gives it back, so that whoever
 * only waits holds none. Then resume before the next fill; LIMIT: all are lent, try later. */
void st_feed_rest(struct st_feed *feed, struct st_server *server);
ST_MUST_USE st_err st_feed_resume(struct st_feed *feed, struct st_server *server,
                                  struct st_why *why);

/* Writes an event to `out`; what it says ends the turn's filling. */
typedef st_err (*st_feed_write)(void *context, const struct st_event *event, struct st_buf *out);

/* Fills a turn. A failure is told in *err and *why. */
enum st_flow st_feed_fill(struct st_feed *feed, struct st_buf *out, st_feed_write write,
                          void *context, st_err *err, struct st_why *why);

#endif
