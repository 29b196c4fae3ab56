/*
 * pattern_shape.h: patterns that are a row of character sets from the start of the text, such as
 * `^[0-9a-f]{64}$`, `^x-`, `^[a-z][a-z0-9-]*$`, `^\d{4}-\d{2}$`.
 *
 * Not for use outside the pattern_….c files. Every set but the last stands for a fixed number of
 * bytes, so each byte is asked of one set and no state is carried from byte to byte; a run of one
 * set is looked at sixteen bytes at a time (SSSE3).
 *
 * 1. Sets are ASCII; the last may hold all that is not ASCII besides. Where a set holds only some
 * of that, or nobody knows, a text with other than ASCII that is not found is UNSURE.
 *
 * Floor 3. Immutable, shared by threads. Running allocates nothing.
 */
#ifndef ST_SCHEMA_PATTERN_SHAPE_H
#define ST_SCHEMA_PATTERN_SHAPE_H

#include "schema/pattern_dfa.h"

struct st_shape;

/* Of *rest and its next siblings, found at the start of the text. *rest becomes what is behind the
 * shape, which then has a fixed length, or NULL when the shape is all of them. ABSENT when there is
 * no such row at the start. */
ST_MUST_USE st_err st_shape_new(struct st_shape **shape, const struct st_node **rest,
                                struct st_arena *arena);
void st_shape_free(struct st_shape *shape);

/* The length of a shape that something is behind. */
size_t st_shape_bytes(const struct st_shape *shape);

bool st_shape_is_complete(
    const struct st_shape *shape); /* never UNSURE; so with something behind */

enum st_quick_answer st_shape_run(const struct st_shape *shape, st_str text);

/* The twin of st_shape_run, byte by byte, whatever the machine has. */
enum st_quick_answer st_shape_run_plain(const struct st_shape *shape, st_str text);

#endif
