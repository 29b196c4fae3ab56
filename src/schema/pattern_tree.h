/*
 * pattern_tree.h: an ECMA-262 pattern as a tree, and what is made of it.
 *
 * Not for use outside the pattern_….c files: others compile and search (pattern.h).
 *
 *     source ─parse▸ tree ─▸ shapes and automata (pattern_quick.h)             nearly every pattern
 *                         ├write▸ PCRE2's text ─▸ compiled, with JIT           most of the others
 *                         └plan─▸ ECMA-262's own backtracking (pattern_walk.h)  the few others
 *
 * 1. A tree lives in the arena it was parsed into and borrows the source.
 * 2. What is written for PCRE2 finds exactly what ECMA-262 finds; where that cannot be promised
 *    (lookbehind of no fixed length, back references that would see a capture of an earlier round
 *    of a loop), writing says ABSENT and the walk is used.
 *
 * Floor 3. One owner at a time.
 */
#ifndef ST_SCHEMA_PATTERN_TREE_H
#define ST_SCHEMA_PATTERN_TREE_H

#include "base/arena.h"
#include "base/str.h"
#include "schema/limits.h"

#define ST_PATTERN_MANY UINT32_MAX /* the upper bound of '*', and of any number too great */

enum st_node_kind {
    /* Terms that eat one character. */
    ST_NODE_CHAR,
    ST_NODE_ANY,
    ST_NODE_SET,
    /* Terms that eat nothing. */
    ST_NODE_EMPTY,
    ST_NODE_START,
    ST_NODE_END,
    ST_NODE_EDGE,
    ST_NODE_NOT_EDGE,
    ST_NODE_LOOK,
    /* The rest. */
    ST_NODE_REF,
    ST_NODE_GROUP,
    ST_NODE_REPEAT,
    ST_NODE_SEQ,
    ST_NODE_ALT,
    /* What a SET is made of. */
    ST_NODE_RANGE,
    ST_NODE_DIGIT,
    ST_NODE_SPACE,
    ST_NODE_WORD,
    ST_NODE_PROPERTY,
};

/* A property as PCRE2 has it; name.at == NULL: ECMA-262 has it and PCRE2 lacks it. */
struct st_property {
    const char *prefix; /* "", "sc:", "scx:" */
    st_str name;
    bool negated; /* the property is what PCRE2's is not */
};

struct st_node {
    enum st_node_kind kind;
    bool negated;  /* SET [^…], LOOK (?!…), \D \S \W \P{…} */
    bool behind;   /* LOOK */
    bool lazy;     /* REPEAT */
    uint32_t low;  /* CHAR; RANGE; REPEAT's least count; the number of a REF or GROUP (0: none) */
    uint32_t high; /* RANGE; REPEAT's greatest count, or MANY */
    uint32_t groups_from; /* REPEAT: the groups inside are from … to-1 */
    uint32_t groups_to;
    uint32_t offset; /* in the source */
    st_str name;     /* REF by name */
    struct st_property property;
    struct st_node *child; /* the first of them */
    struct st_node *next;  /* among its parent's children */
};

struct st_tree {
    struct st_node *root;
    uint32_t groups;      /* capturing groups, numbered from 1 */
    struct st_node *refs; /* all REFs, through their `child` */
};

/* Reads `source`, valid UTF-8 or not. INVALID with an offset when it is no pattern. */
ST_MUST_USE st_err st_tree_parse(struct st_tree *tree, st_str source, struct st_arena *arena,
                                 struct st_why *why);

/* Reads what stands in \p{…}; false when ECMA-262 has no such property. */
bool st_property_find(st_str text, struct st_property *property);

/* The characters that a term eats: the least number, and whether it is always `*width`. */
uint32_t st_node_width_min(const struct st_node *node);
bool st_node_width_fixed(const struct st_node *node, uint32_t *width);

/* Appends PCRE2's text for the whole tree; ABSENT when PCRE2 has no words for it; INVALID for a
 * property that it lacks. */
ST_MUST_USE st_err st_tree_write(const struct st_tree *tree, struct st_buf *out,
                                 struct st_why *why);

/* The same for one ANY or SET. */
ST_MUST_USE st_err st_tree_write_set(const struct st_node *node, struct st_buf *out,
                                     struct st_why *why);

/* The options that go with what is written: '.' is every character; a reference to a group that
 * has not taken part matches the empty text. Starting places are not guessed at: from the guess the
 * JIT of PCRE2 10.42 concludes that "(?:b|)a*." is nowhere in "b". */
#define ST_PATTERN_PCRE2_OPTIONS                                                                   \
    (PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOTALL | PCRE2_MATCH_UNSET_BACKREF |                   \
     PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_START_OPTIMIZE)

#endif
