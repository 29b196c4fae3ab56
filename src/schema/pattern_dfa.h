/*
 * pattern_dfa.h: a finite automaton over bytes that answers whether a pattern is found.
 *
 * Not for use outside the pattern_….c files. It says whether, not where.
 *
 * 1. Made by the subset construction, with what `$`, `\b` and `\B` ask decided by the byte behind
 *    them; the end of the text is one more class of bytes.
 * 2. Each byte of text costs one look into a table. At most 16 states are moved by a shuffle of a
 *    register (SSSE3), which takes a cycle, where a look into memory takes five.
 * 3. One whose program is for ASCII says of a text with other characters that it is UNSURE, unless
 *    what is before them decides.
 *
 * Floor 3. Immutable, shared by threads. Running allocates nothing.
 */
#ifndef ST_SCHEMA_PATTERN_DFA_H
#define ST_SCHEMA_PATTERN_DFA_H

#include "schema/pattern_bytes.h"

/* What an automaton says, which are the numbers of the states that end a search too. */
enum st_quick_answer { ST_QUICK_ABSENT, ST_QUICK_FOUND, ST_QUICK_UNSURE };

struct st_dfa;

/* ABSENT when it would be too large, or take too long to make. */
ST_MUST_USE st_err st_dfa_new(struct st_dfa **dfa, const struct st_byte_program *program,
                              struct st_arena *arena);
void st_dfa_free(struct st_dfa *dfa);

bool st_dfa_is_complete(const struct st_dfa *dfa); /* never UNSURE */
bool st_dfa_is_narrow(const struct st_dfa *dfa);   /* in a register, so quicker */

enum st_quick_answer st_dfa_run(const struct st_dfa *dfa, st_str text);

/* The twin of st_dfa_run, by the table, whatever the machine has. */
enum st_quick_answer st_dfa_run_plain(const struct st_dfa *dfa, st_str text);

#endif
