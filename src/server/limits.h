/*
 * limits.h: the bounds of the server, each with its reason.
 */
#ifndef ST_SERVER_LIMITS_H
#define ST_SERVER_LIMITS_H

#include <stddef.h>

#define ST_PORT_DEFAULT 4318 /* OTLP/HTTP's, so that exporters find steno unconfigured */

/* Connections at once; what libmicrohttpd holds of each (headers and the piece of body at hand). */
#define ST_CONNECTIONS_MAX        2048u
#define ST_CONNECTION_BYTES       ((size_t)128 << 10)
/* A client that says nothing for this long is let go. */
#define ST_IDLE_S                 60u

/* A body that must be whole before anything of it is stored (an object, an array, atomic). */
#define ST_BODY_BYTES_MAX         ((size_t)64 << 20)
/* A compressed body may not swell by more than this over all (zip bombs), beyond the first MiB. */
#define ST_BODY_RATIO_MAX         1000u

/* What is still read of a body after trouble, so that the client gets to read the answer. */
#define ST_DRAIN_BYTES_MAX        ((size_t)64 << 20)
#define ST_DRAIN_MS_MAX           5000

/* Batches of one streamed body between worker and commit thread: two keep both busy. */
#define ST_BODY_BATCHES_MAX       4u

/* Bad items named in one answer; the rest is counted. */
#define ST_ITEMS_TOLD_MAX         1000u

/* Silence on a live stream before a keep-alive comment. */
#define ST_SSE_KEEPALIVE_MS       15000
/* One turn of a reader: how much it writes and how long it looks before others get their turn. */
#define ST_TURN_BYTES             ((size_t)64 << 10)
#define ST_TURN_NS                ((int64_t)10 * 1000 * 1000)

/* Readers (queries and live streams) at once: each holds a read connection and a decoder. */
#define ST_READERS_MAX            1024u

#endif
