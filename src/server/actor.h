/*
 * actor.h: who asks for what is told in the log.
 *
 * Floor 7. Any thread. Allocates nothing.
 */
#ifndef ST_SERVER_ACTOR_H
#define ST_SERVER_ACTOR_H

#include "server/request.h"

/* The user's name over the unix socket; "local" over loopback, where anybody of this machine may
 * ask. Never empty; `text` may hold it. */
st_str st_actor_of(const struct st_request *request, char text[static ST_ACTOR_BYTES_MAX]);

#endif
