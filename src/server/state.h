/*
 * state.h: what all requests of one server share.
 *
 * Not for callers of the floor. Locks are taken in this order: the server's or the engine's, then a
 * request's (request.h), then one of the small ones (clerk, desk, readers, libmicrohttpd's own),
 * which hold nothing else.
 *
 * Floor 7.
 */
#ifndef ST_SERVER_STATE_H
#define ST_SERVER_STATE_H

#include "server/clerk.h"
#include "server/desk.h"
#include "server/errands.h"
#include "server/readers.h"
#include "server/server.h"

#include <microhttpd.h>
#include <stdatomic.h>

struct st_request;

/* One listening socket and the workers behind it. */
struct st_door {
    struct st_server *server;
    struct MHD_Daemon *daemon;
    int fd; /* -1: none */
    bool is_unix;
};

struct st_server {
    struct st_engine *engine;
    struct st_patience patience;
    struct st_clerk *clerk;
    struct st_errands *errands;
    struct st_readers readers;
    struct st_desk desk;
    struct st_door tcp, local;
    struct st_reader *health; /* /readyz's own, so that live streams cannot starve it */
    pthread_mutex_t health_lock;
    struct st_listeners listeners; /* the doors have their descriptors */

    atomic_uint visits;              /* connections; a stale read lets one more in, or one less */
    _Atomic uint64_t refused_bodies; /* a count for /metrics; a stale read shows less */

    /* Set once by st_server_stop, in this order. A stale read of `stopping` lets a request begin or
     * go on a little longer. `aborting` is read under a request's lock before it is suspended, and
     * st_server_stop takes every request's lock after setting it, so none stays suspended. */
    atomic_bool stopping;
    atomic_bool aborting;

    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t fewer;
    struct st_request *requests; /* those that are not freed yet */
    unsigned connected;          /* of them, those whose headers came and that libmicrohttpd still
                                    holds */
};

#endif
