/*
 * listen.h: listening sockets: TCP on loopback, and unix.
 *
 * Floor 7. Any thread. The descriptors are close-on-exec and do not block.
 */
#ifndef ST_SERVER_LISTEN_H
#define ST_SERVER_LISTEN_H

#include "base/str.h"

/* "127.0.0.1:4318", "[::1]:0", "localhost:4318", or without a port ST_PORT_DEFAULT. DENIED for what
 * is not loopback, CONFLICT when the address is taken, INVALID when it is none. `url` (reset)
 * becomes "http://HOST:PORT" with the real port. */
ST_MUST_USE st_err st_listen_tcp(const char *address, int *fd, struct st_buf *url,
                                 struct st_why *why);

/* A socket for its owner alone (0600). What a dead process left there is removed; CONFLICT when
 * somebody answers there. */
ST_MUST_USE st_err st_listen_unix(const char *path, int *fd, struct st_why *why);

#endif
