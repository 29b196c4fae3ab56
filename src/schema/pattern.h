/*
 * pattern.h: ECMA-262 regular expressions in u mode.
 *
 * A pattern is parsed by the grammar of ECMA-262 (Pattern[+U]) and refused when that grammar lacks
 * it; of what is accepted an automaton over bytes is made, which takes a nanosecond or two a byte
 * and nothing else. What is no automaton's work (references, looks but at the start, great counts)
 * is written anew for PCRE2, because the two languages differ in `\s`, `.`, `[]`, `[^]`, `\A`,
 * `a++` and more. The few patterns that PCRE2 has no words for (lookbehind of varying length,
 * references that would see a loop's earlier rounds) are matched by ECMA-262's own rules. Matching
 * is a search (not anchored), as JSON Schema wants it, and bounded in steps and memory. What \p{…}
 * holds is what PCRE2's Unicode data say (10.42: Unicode 14).
 *
 * Floor 3. A compiled pattern is immutable and shared by threads.
 */
#ifndef ST_SCHEMA_PATTERN_H
#define ST_SCHEMA_PATTERN_H

#include "base/str.h"

struct st_pattern;

/* INVALID with why->offset (in bytes of `source`) when it is no ECMA-262 pattern, or one with a
 * Unicode property that cannot be run. */
ST_MUST_USE st_err st_pattern_compile(struct st_pattern **pattern, st_str source,
                                      struct st_why *why);
void st_pattern_free(struct st_pattern *pattern);

/* Whether `source` is an ECMA-262 pattern: what compiling says of its grammar, and no more. */
ST_MUST_USE st_err st_pattern_check(st_str source, struct st_why *why);

/* Appends the PCRE2 pattern that `source` is written as; ABSENT when PCRE2 has no words for it. */
ST_MUST_USE st_err st_pattern_translate(st_str source, struct st_buf *out, struct st_why *why);

/* Scratch of one thread for matching. */
struct st_matcher;
ST_MUST_USE st_err st_matcher_new(struct st_matcher **matcher);
void st_matcher_free(struct st_matcher *matcher);

/* LIMIT when the search passed its bounds; *found is then false. `text` is valid UTF-8. */
ST_MUST_USE st_err st_pattern_search(const struct st_pattern *pattern, struct st_matcher *matcher,
                                     st_str text, bool *found);

/* The steps that the last search took; none for one that took few, as an automaton does. */
uint64_t st_matcher_spent(const struct st_matcher *matcher);

#endif
