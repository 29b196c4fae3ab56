/*
 * pattern_chars.h: the characters that one term of a pattern eats, as ranges of code points.
 *
 * Not for use outside the pattern_….c files. PCRE2 has the Unicode data, so of a set with a
 * property in it only the ASCII characters are told.
 *
 * 1. Ranges rise and leave a gap between them. Surrogates may be in or out, since no text has them.
 *
 * Floor 3. Any thread.
 */
#ifndef ST_SCHEMA_PATTERN_CHARS_H
#define ST_SCHEMA_PATTERN_CHARS_H

#include "schema/pattern_tree.h"

#define ST_CHAR_LAST 0x10FFFFu

struct st_char_range {
    uint32_t low;
    uint32_t high;
};

struct st_chars {
    struct st_char_range *at; /* in the arena */
    uint32_t count;
    bool ascii_only; /* what is past ASCII is not known, and not told */
};

/* \d, \s and \w (never negated here); `kind` is DIGIT, SPACE or WORD. */
const struct st_char_range *st_chars_of_class(enum st_node_kind kind, size_t *count);

/* Of a CHAR, an ANY or a SET. ABSENT when there are too many ranges, or a property cannot be
 * asked for. */
ST_MUST_USE st_err st_chars_of(struct st_chars *chars, const struct st_node *node,
                               struct st_arena *arena);

#endif
