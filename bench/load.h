/*
 * load.h: the standard load: agent-event@v0 events as agents would send them, seeded.
 *
 * All 15 types in believable proportion, 300 to 1,500 bytes, mean 600; every id random (UUIDv4
 * event ids, 16-byte trace ids, 8-byte span ids); 10,000 streams (runs) uniformly interleaved
 * unless told otherwise; 1,000 combinations of tenant, agent and workflow; believable measures.
 *
 * 1. The same seed and stream count give the same bytes on every machine.
 * 2. Every event is valid against agent-event@v0 (a test holds it).
 *
 * One owner at a time. Allocates its tables at init.
 */
#ifndef ST_BENCH_LOAD_H
#define ST_BENCH_LOAD_H

#include "base/random.h"

#define ST_LOAD_EVENT_BYTES_MAX 2048

struct st_load {
    struct st_rng rng;
    uint32_t stream_count;
    char (*runs)[17];  /* run ids: 8 random bytes in hex */
    uint16_t *combos;  /* of each run: which tenant, agent and workflow */
    uint64_t clock_ms; /* the event's time, since 2026-01-01T00:00:00Z, rising */
    uint64_t count;
};

ST_MUST_USE st_err st_load_init(struct st_load *load, uint64_t seed, uint32_t stream_count);
void st_load_done(struct st_load *load);

/* Writes the next event without line feed and returns its length. */
size_t st_load_next(struct st_load *load, char event[static ST_LOAD_EVENT_BYTES_MAX]);

#endif
