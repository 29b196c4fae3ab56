/*
 * visit.h: one connection from its acceptance to its end: how long it may take to say what it
 * wants, and that there are not too many.
 *
 * libmicrohttpd lets go of a connection that says nothing for ST_IDLE_S; one that says a byte now
 * and then would stay for ever. So the clerk looks whether the headers of a request have come in
 * time, and shuts the connection down if not.
 *
 * Floor 7. The connection's worker and the clerk.
 */
#ifndef ST_SERVER_VISIT_H
#define ST_SERVER_VISIT_H

#include <microhttpd.h>

/* libmicrohttpd's callback; the closure is a struct st_door. */
void st_visit_notify(void *door, struct MHD_Connection *connection, void **visit,
                     enum MHD_ConnectionNotificationCode code);

/* The worker's: the headers of a request came; and it was answered, so the next may come. */
void st_visit_begin_request(struct MHD_Connection *connection);
void st_visit_end_request(struct MHD_Connection *connection);

#endif
