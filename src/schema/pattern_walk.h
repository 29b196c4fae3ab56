/*
 * pattern_walk.h: ECMA-262's matching as it is defined, by backtracking over a list of steps.
 *
 * For the few patterns that PCRE2 cannot be told (pattern_tree.h, 2), and as the twin of the many
 * in tests. Sets of characters are still asked of PCRE2, which holds the Unicode data.
 *
 * 1. A plan is immutable and shared by threads; a walker is one thread's scratch.
 * 2. A search is bounded in steps (with an allowance for each byte of text) and in memory.
 *
 * Floor 3. Searching allocates only while the walker's stack grows.
 */
#ifndef ST_SCHEMA_PATTERN_WALK_H
#define ST_SCHEMA_PATTERN_WALK_H

#include "schema/pattern_tree.h"

struct st_plan;
ST_MUST_USE st_err st_plan_new(struct st_plan **plan, const struct st_tree *tree,
                               struct st_why *why);
void st_plan_free(struct st_plan *plan);

struct st_walker;
ST_MUST_USE st_err st_walker_new(struct st_walker **walker);
void st_walker_free(struct st_walker *walker);

/* LIMIT when the search passed its bounds; *found is then false. *spent: the steps it took. */
ST_MUST_USE st_err st_walk_search(const struct st_plan *plan, struct st_walker *walker, st_str text,
                                  bool *found, uint64_t *spent);

#endif
