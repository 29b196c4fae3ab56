/*
 * server.h: the recorder over HTTP: routes, streamed bodies, live streams.
 *
 * A thin floor: it turns bytes into batches and queries into lines; what is stored, decided or
 * selected is the engine's. Worker threads (libmicrohttpd's epoll pool) never wait for a disk: a
 * connection whose batch is with the commit thread is suspended and resumed by it.
 *
 * 1. 2xx on a write means that the events are on disk.
 * 2. Nothing but loopback and unix sockets is listened on until there are tokens: DENIED otherwise.
 * 3. A request whose Host is no loopback name, or whose Origin is another site's, is refused (403),
 * so that a web page cannot reach the recorder through the user's browser.
 * 4. Every error is {"error":code,"message":…,"errors":[…]?}, application/json.
 *
 * Floor 7.
 */
#ifndef ST_SERVER_SERVER_H
#define ST_SERVER_SERVER_H

#include "engine/engine.h"
#include "server/listen.h"

struct st_server;

/* How long slow clients are waited for; 0: as limits.h has it. */
struct st_patience {
    uint32_t body_grace_ms;
    uint32_t body_bytes_a_s;
    uint32_t take_ms;
};

struct st_server_options {
    struct st_engine *engine;
    struct st_listeners *listeners; /* open ones; the server takes them over, also when it fails */
    unsigned workers;               /* 0: as many as the machine has cores, at least 2 */
    struct st_patience patience;
};

ST_MUST_USE st_err st_server_start(struct st_server **server,
                                   const struct st_server_options *options, struct st_why *why);

/* Where it listens, with the real port: "http://127.0.0.1:4318" or "unix:/path". */
const char *st_server_address(const struct st_server *server);

/* Takes no new connections, ends live streams, finishes what is under way (at most `wait_ms`). */
void st_server_stop(struct st_server *server, int wait_ms);

#endif
