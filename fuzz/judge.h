/*
 * judge.h: what the larger targets ask of an input, in judge/, each in a file of its target's name.
 * They return, or end the process where something is not as it should be.
 */
#ifndef ST_FUZZ_JUDGE_H
#define ST_FUZZ_JUDGE_H

#include "base/str.h"

/* Every kernel makes the plain parser's tape of the text, or reports its fault. */
void judge_kernels(st_str text);

/* A text that parses is written to the same value, minified and pretty. */
void judge_written(st_str text);

/* The elements of an array, in two pieces, are good or wrong where the whole text is. */
void judge_values(st_str text, size_t cut);

/* A diff of two schemas ends, and each example does what it says. */
void judge_diff(st_str old, st_str new);

/* The compiled schema says what the plain evaluator says, of this instance; of random ones, where
 * bytes steer schema and instances. */
void judge_compiled(st_str schema, st_str instance);
void judge_random(st_str bytes);

#endif
