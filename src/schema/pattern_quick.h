/*
 * pattern_quick.h: what answers for a pattern without PCRE2.
 *
 * Not for use outside the pattern_….c files. One to a few conditions that all must hold: looks
 * ahead at the start of an anchored pattern, and the rest. Each is a shape (pattern_shape.h), an
 * automaton (pattern_dfa.h), or the one behind the other.
 *
 * Floor 3. Immutable, shared by threads. Searching allocates nothing.
 */
#ifndef ST_SCHEMA_PATTERN_QUICK_H
#define ST_SCHEMA_PATTERN_QUICK_H

#include "schema/pattern_dfa.h"

struct st_quick;

/* ABSENT when the tree holds what cannot be answered so: references, other looks, great counts. */
ST_MUST_USE st_err st_quick_new(struct st_quick **quick, const struct st_tree *tree);
void st_quick_free(struct st_quick *quick);

bool st_quick_is_complete(const struct st_quick *quick); /* never UNSURE */

enum st_quick_answer st_quick_search(const struct st_quick *quick, st_str text);

/* The twin of st_quick_search, without what only some machines have. */
enum st_quick_answer st_quick_search_plain(const struct st_quick *quick, st_str text);

#endif
