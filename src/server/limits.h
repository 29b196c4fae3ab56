/*
 * limits.h: the bounds of the server, each with its reason.
 */
#ifndef ST_SERVER_LIMITS_H
#define ST_SERVER_LIMITS_H

#include <stddef.h>

#define ST_PORT_DEFAULT 4318 /* OTLP/HTTP's, so that exporters find steno unconfigured */

/* Connections at once; what libmicrohttpd holds of each (headers and the piece of body at hand). */
#define ST_CONNECTIONS_MAX  2048u
#define ST_CONNECTION_BYTES ((size_t)128 << 10)
/* Past it a client is told so (503) and closed; libmicrohttpd's own limit, at which clients would
 * wait in the backlog, is split over the workers and lies above it. */
#define ST_CONNECTIONS_HARD_MAX (2 * ST_CONNECTIONS_MAX)
/* A client that says nothing for this long is let go; the headers of a further request must have
 * come this long after the answer before, those of the first this long after the connection. */
#define ST_IDLE_S 60u
#define ST_HEAD_S 30u

/* How slow a client may be, so that nobody holds a connection, a body or a reader for ever by
 * saying or taking a byte now and then. For a body its client is waited for, over all, so long and
 * a second for so many bytes that came; a producer of few events ends its body now and then. */
#define ST_BODY_GRACE_MS  300000u
#define ST_BODY_BYTES_A_S 64u
/* Of an answer a client takes ST_TURN_BYTES within this. */
#define ST_TAKE_MS 60000u

/* A body that must be whole before anything of it is stored (an object, an array, atomic). */
#define ST_BODY_BYTES_MAX ((size_t)64 << 20)
/* A compressed body may not swell by more than this over all (zip bombs), beyond the first MiB. */
#define ST_BODY_RATIO_MAX 1000u

/* Whole bodies in memory at once, over all connections; past it 503 too_many_bodies. */
#define ST_BODIES_BYTES_MAX ((size_t)1 << 30)

/* Bodies under zstd at once, whose windows take up to 8 MiB each (1 GiB over all); past it 503. A
 * gzip window is 32 KiB. */
#define ST_ZSTD_BODIES_MAX 128u

/* What is still read of a body after trouble, so that the client gets to read the answer. */
#define ST_DRAIN_BYTES_MAX ((size_t)64 << 20)
#define ST_DRAIN_MS_MAX    5000

/* Batches of one streamed body between worker and commit thread: two keep both busy. */
#define ST_BODY_BATCHES_MAX 4u

/* Batches in memory at once, over all connections. One that waits to be told or to be filled holds
 * some 10 MB at worst, an ordinary one less than 3. */
#define ST_BATCHES_MAX      256u
#define ST_BATCHES_KEPT_MAX 32u /* idle ones, kept for reuse */
/* A batch is full when its arena holds this much, whatever it is made of: events that break their
 * contract in many places take far more room than their bytes. */
#define ST_BATCH_ARENA_FULL ((size_t)8 << 20)

/* The commit queue is full (or all batches are out): how often a body tries again, and how long. */
#define ST_AGAIN_STEP_NS ((int64_t)20 * 1000 * 1000)
#define ST_AGAIN_NS_MAX  ((int64_t)5 * 1000 * 1000 * 1000)

/* Bad items named in one answer; the rest is counted. */
#define ST_ITEMS_TOLD_MAX 1000u
/* What the explanations of one answer may take; violations past it are counted only. */
#define ST_TOLD_BYTES_MAX ((size_t)4 << 20)
/* One answer that is made whole before it is sent. */
#define ST_ANSWER_BYTES_MAX ((size_t)16 << 20)

/* Silence on a live stream before a keep-alive comment. */
#define ST_SSE_KEEPALIVE_MS 15000
/* How often a sleeping stream's client is looked for: one that is gone must not hold a connection
 * for long. */
#define ST_SSE_LOOK_MS 2000
/* One turn of a reader: how much it writes and how long it looks before others get their turn. */
#define ST_TURN_BYTES ((size_t)64 << 10)
#define ST_TURN_NS    ((int64_t)10 * 1000 * 1000)

/* A body is cut into lines so much at a time; then the turn is looked at. */
#define ST_LOOK_BYTES ((size_t)256 << 10)

/* Readers (queries and live streams) at once: each holds a read connection and a decoder. */
#define ST_READERS_MAX      1024u
#define ST_READERS_KEPT_MAX 32u /* idle ones, kept for reuse */

/* Reading that takes longer than a turn before its first byte (folds, scans backwards) is done by
 * threads of its own, so that workers stay free. What waits for them past the second: 503. */
#define ST_ERRAND_THREADS 2u
#define ST_ERRANDS_MAX    64u

/* A request's target: segments of its path, parameters of its query. */
#define ST_SEGMENTS_MAX 6u
#define ST_PARAMS_MAX   64u

#endif
