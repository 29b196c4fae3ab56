/*
 * compare.h: equality of JSON values by JSON Schema's data model.
 *
 * Numbers by mathematical value (1, 1.0 and 10e-1 are one), strings by code points, arrays in
 * order, objects as sets of members, repeated names by their last member.
 *
 * Floor 2. Any thread. Recursion is bounded by the parser's depth limit. Allocates only to compare
 * objects of many members that stand in different orders, and is slower without the memory.
 */
#ifndef ST_JSON_COMPARE_H
#define ST_JSON_COMPARE_H

#include "json/json.h"

bool st_json_equal(const struct st_json *a, uint32_t node_a, const struct st_json *b,
                   uint32_t node_b);

/* A hash that equal values share, for this process only: it is seeded, so that outsiders cannot
 * choose values that collide. */
uint64_t st_json_hash(const struct st_json *doc, uint32_t node);

/* A hash of a text, seeded likewise: for tables of names. */
uint64_t st_json_hash_text(st_str text);

#endif
