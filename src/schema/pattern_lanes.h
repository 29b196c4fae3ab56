/*
 * pattern_lanes.h: the head of a text whose every place has a set of its own, sixteen at a time.
 *
 * Not for use outside the pattern_….c files. A place's set is a few ranges of bytes, and the n-th
 * ranges of sixteen places are compared at once (SSE2); elsewhere there are no lanes.
 *
 * Floor 3. Immutable, shared by threads. Running allocates nothing.
 */
#ifndef ST_SCHEMA_PATTERN_LANES_H
#define ST_SCHEMA_PATTERN_LANES_H

#include "schema/pattern_bytes.h"

struct st_lanes;

/* One for `count` places and their sets, which hold ASCII. ABSENT when that does not pay: too few
 * or too many of them, sets of too many ranges, no such machine. */
ST_MUST_USE st_err st_lanes_new(struct st_lanes **lanes, const struct st_byte_set *const *sets,
                                uint32_t count);
void st_lanes_free(struct st_lanes *lanes);

/* Whether the first bytes of `text`, which has that many, are in their sets. */
bool st_lanes_run(const struct st_lanes *lanes, st_str text);

#endif
