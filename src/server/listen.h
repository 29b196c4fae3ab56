/*
 * listen.h: the sockets that a recorder is reached by: TCP on loopback, and unix.
 *
 * They are opened before the store is, so that a recorder that nobody could reach makes none. Who
 * connects meanwhile waits until the server takes the sockets over.
 *
 * Floor 7. One owner at a time. The descriptors are close-on-exec and do not block.
 */
#ifndef ST_SERVER_LISTEN_H
#define ST_SERVER_LISTEN_H

#include "base/str.h"

struct st_listeners {
    int tcp_fd, unix_fd;   /* -1: none */
    char address[256];     /* with the real port: "http://127.0.0.1:4318" or "unix:/path" */
    char socket_path[128]; /* "": none */
};

#define ST_LISTENERS_NONE                                                                          \
    (struct st_listeners)                                                                          \
    {                                                                                              \
        .tcp_fd = -1, .unix_fd = -1                                                                \
    }

/* `tcp` is "127.0.0.1:4318", "[::1]:0", "localhost:4318", or without a port ST_PORT_DEFAULT; NULL:
 * no TCP. DENIED for what is not loopback, CONFLICT when the address is taken, INVALID when it is
 * none. `socket_path` is a unix socket for its owner alone (0600); NULL: none. What a dead process
 * left there is removed; CONFLICT when somebody answers there. */
ST_MUST_USE st_err st_listeners_open(struct st_listeners *listeners, const char *tcp,
                                     const char *socket_path, struct st_why *why);

/* Also of some that are closed, or were taken over, already; removes the unix socket's file. */
void st_listeners_close(struct st_listeners *listeners);

#endif
