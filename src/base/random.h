/*
 * random.h: random bytes of the system, and a seeded generator for tests and load.
 *
 * Floor 0. Any thread; a struct st_rng has one owner. Allocates nothing.
 */
#ifndef ST_BASE_RANDOM_H
#define ST_BASE_RANDOM_H

#include "base/str.h"

/* Fills `bytes` from the kernel's generator (getrandom). Ends the process when it has none. */
void st_random_bytes(void *bytes, size_t len);

/* A version 4 UUID (RFC 9562), lower case, with a NUL. */
void st_random_uuid(char text[static 37]);

/* xoshiro256**: fast, seeded, the same on every machine. Never for secrets. */
struct st_rng {
    uint64_t state[4];
};
void st_rng_init(struct st_rng *rng, uint64_t seed);
uint64_t st_rng_next(struct st_rng *rng);
uint64_t st_rng_below(struct st_rng *rng, uint64_t bound); /* 0 … bound-1; bound > 0 */
void st_rng_bytes(struct st_rng *rng, void *bytes, size_t len);
void st_rng_uuid(struct st_rng *rng, char text[static 37]); /* as st_random_uuid, but seeded */

#endif
