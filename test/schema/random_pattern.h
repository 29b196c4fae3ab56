/*
 * random_pattern.h: random patterns, each with texts that it finds.
 *
 * Half of them are of the kinds that people write (a prefix, a class from end to end, digits
 * between hyphens); the others are put together from atoms and counts. All are ECMA-262 patterns in
 * u mode.
 *
 * Allocates in the arena given.
 */
#ifndef ST_TEST_RANDOM_PATTERN_H
#define ST_TEST_RANDOM_PATTERN_H

#include "random_json.h"

#define PATTERN_SAMPLES 4

struct random_pattern {
    st_str source;
    st_str samples[PATTERN_SAMPLES]; /* the pattern finds each of them, most of the time */
};

struct random_pattern random_pattern(struct st_arena *arena, struct dice *dice);

#endif
