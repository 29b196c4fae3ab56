/*
 * seed.h: where random cases begin.
 */
#ifndef ST_TEST_JSON_SEED_H
#define ST_TEST_JSON_SEED_H

#include "unit.h"

#include "base/random.h"

/* Seeds differ from run to run; a failure prints the one to put here. */
static uint64_t random_seed(void)
{
    uint64_t seed = 0;
    st_random_bytes(&seed, sizeof seed);
    printf("seed %llu\n", (unsigned long long)seed);
    return seed;
}

#endif
