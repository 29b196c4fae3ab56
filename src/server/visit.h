/*
 * visit.h: one connection from its acceptance to its end: how long it may take to say what it
 * wants and to take what it is answered, and that there are not too many.
 *
 * libmicrohttpd lets go of a connection that says and takes nothing for ST_IDLE_S; one that says or
 * takes a byte now and then would stay for ever. So the clerk looks whether what is expected of the
 * client (the headers of a request, its body, to take an answer's bytes) has happened in time, and
 * shuts the connection down if not. One thing at a time is expected.
 *
 * Floor 7. The connection's worker and the clerk.
 */
#ifndef ST_SERVER_VISIT_H
#define ST_SERVER_VISIT_H

#include <microhttpd.h>
#include <stddef.h>
#include <stdint.h>

/* libmicrohttpd's callback; the closure is a struct st_door. */
void st_visit_notify(void *door, struct MHD_Connection *connection, void **visit,
                     enum MHD_ConnectionNotificationCode code);

/* The worker's: something is expected within so many ms; nothing is any more. */
void st_visit_expect(struct MHD_Connection *connection, int64_t within_ms);
void st_visit_expect_nothing(struct MHD_Connection *connection);

/* The worker's: the client is to take so many bytes (ST_TAKE_MS). */
void st_visit_expect_taken(struct MHD_Connection *connection, size_t bytes);

/* The worker's: the headers of a request came; and it was answered, so the next may come. */
void st_visit_begin_request(struct MHD_Connection *connection);
void st_visit_end_request(struct MHD_Connection *connection);

#endif
