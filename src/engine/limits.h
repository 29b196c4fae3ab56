/*
 * limits.h: the bounds of the engine, each with its reason.
 */
#ifndef ST_ENGINE_LIMITS_H
#define ST_ENGINE_LIMITS_H

#include "store/limits.h"

/* One batch on its way to the commit thread. A thousand events is where an fsync's cost disappears
 * in the work; the byte bound keeps large events from making large batches. */
#define ST_BATCH_EVENTS_MAX 1024u
#define ST_BATCH_BYTES_MAX  ((size_t)2 << 20)
/* What a batch's arena may hold: its bytes, records and the explanations of what was refused. An
 * atomic body of 64 MiB in the smallest valid events (300 bytes) needs some 220 MiB. */
#define ST_BATCH_ARENA_MAX ((size_t)256 << 20)

/* A producer's name as a sender gives it, for events that state none. It stands in every record, in
 * its view's key and in what is told of it; what events state themselves is bounded by the event.
 */
#define ST_PRODUCER_BYTES_MAX 256u

/* Batches and raw bytes waiting for the commit thread; past either, submit answers AGAIN. */
#define ST_QUEUE_BATCHES_MAX 512u
#define ST_QUEUE_BYTES_MAX   ((size_t)128 << 20)

/* Events in one transaction: bounds how long the first answer of a group waits. */
#define ST_GROUP_EVENTS_MAX 8192u

/* Notices that one transaction tells, each an event of steno's own; more are counted in one. Some
 * 70 MB when every event of an atomic batch is odd. */
#define ST_NOTICES_TOLD_MAX 65536u

/* Violations told of one event; the rest is counted. */
#define ST_VIOLATIONS_TOLD_MAX 100u

/* Who asks for something (a token's or a user's name), and the reason for which an event that was
 * kept apart is dropped: a sentence or two, which stand in steno's own event. */
#define ST_ACTOR_BYTES_MAX       256u
#define ST_DROP_REASON_BYTES_MAX 1024u
/* A tenant that steno's own events repeat; one with a longer name is left out there, as an event
 * must not outgrow its limit when the name is escaped. */
#define ST_TENANT_TOLD_BYTES_MAX (ST_EVENT_BYTES_MAX / 8)

/* A page of a query, and what it may ask for; values of one filter word. */
#define ST_PAGE_EVENTS_DEFAULT 100u
#define ST_PAGE_EVENTS_MAX     10000u
#define ST_FILTER_VALUES_MAX   64u

/* An event's tape is kept for the next event in structured form up to this length of its text:
 * many live streams that once met a large event hold little. */
#define ST_STRUCTURER_KEEP_BYTES ((size_t)16 << 10)

/* Live subscribers of one process. */
#define ST_SUBSCRIBERS_MAX 4096u

/* Streams in one listing: some 300 MB at most, hit only by stores with more. */
#define ST_STREAMS_MAX 1000000u

#endif
