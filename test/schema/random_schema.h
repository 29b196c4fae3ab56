/*
 * random_schema.h: random schemas over all keywords of all dialects.
 *
 * A schema has some definitions: plain ones, ones with an anchor, embedded resources with a base
 * URI of their own, a dialect of their own at times, and dynamic anchors. References lead to any of
 * them; those to the same value lead only to later ones, or they would loop (a few do, and are
 * refused). Choices have discriminators more often than not: a member that is one of some words.
 *
 * Allocates in the arena given.
 */
#ifndef ST_TEST_RANDOM_SCHEMA_H
#define ST_TEST_RANDOM_SCHEMA_H

#include "random_pattern.h"
#include "random_words.h"
#include "schema/schema.h"

#define RANDOM_PATTERNS_MAX 12

struct random_schema {
    struct st_arena *arena;
    struct dice *dice;
    struct words words;
    enum st_draft draft;
    bool assert_formats;
    struct value *root; /* its $schema names the draft */
    struct random_pattern patterns[RANDOM_PATTERNS_MAX];
    uint32_t pattern_count;
};

void random_schema_make(struct random_schema *schema, struct st_arena *arena, struct dice *dice);

/* The pattern of that source; NULL: none of this schema. */
const struct random_pattern *random_schema_pattern(const struct random_schema *schema,
                                                   st_str source);

#endif
