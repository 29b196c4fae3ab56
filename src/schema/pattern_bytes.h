/*
 * pattern_bytes.h: a pattern as a program over the bytes of UTF-8, of which an automaton is made.
 *
 * Not for use outside the pattern_….c files. No captures, no references, no looks: only what a
 * finite automaton can do.
 *
 * 1. Text is valid UTF-8, so bytes that valid text cannot have may do anything. That keeps sets
 *    short: "all three-byte characters" is a lead byte out of E0 … EF and its tails.
 * 2. When the first bytes of a character decide, TAILS eats what is left of it. A way may go on
 *    from TAILS too early, but only to where nothing begins with a tail: another EAT wants a lead
 *    byte, the end is not there, and edges are never found before a tail.
 *
 * Floor 3. One owner at a time; all is in the arena.
 */
#ifndef ST_SCHEMA_PATTERN_BYTES_H
#define ST_SCHEMA_PATTERN_BYTES_H

#include "schema/pattern_tree.h"

enum st_byte_step_kind {
    ST_BYTE_EAT,   /* one byte out of set `a` */
    ST_BYTE_TAILS, /* any number of tail bytes */
    ST_BYTE_SPLIT, /* on, or to step `a` */
    ST_BYTE_JUMP,  /* to step `a` */
    ST_BYTE_START,
    ST_BYTE_END,
    ST_BYTE_EDGE,
    ST_BYTE_NOT_EDGE,
    ST_BYTE_FOUND,
};

struct st_byte_step {
    uint8_t kind; /* enum st_byte_step_kind */
    uint16_t a;
};

struct st_byte_set {
    uint64_t bits[4];
};

struct st_byte_program {
    struct st_byte_step *steps;
    struct st_byte_set *sets; /* none twice */
    uint32_t step_count;
    uint32_t set_count;
    bool edges;      /* some EDGE or NOT_EDGE */
    bool starts;     /* some START */
    bool looks_back; /* some EDGE, NOT_EDGE, or START beside that of an anchored one */
    bool wide;       /* some set has bytes that are no ASCII */
    bool ascii_only; /* says nothing of a text with other than ASCII */
};

static inline void st_byte_set_add(struct st_byte_set *set, unsigned char byte)
{
    set->bits[byte >> 6] |= UINT64_C(1) << (byte & 63);
}

static inline bool st_byte_set_has(const struct st_byte_set *set, unsigned char byte)
{
    return (set->bits[byte >> 6] >> (byte & 63) & 1) != 0;
}

static inline bool st_byte_is_word(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || byte == '_' ||
           (byte >= 'a' && byte <= 'z');
}

/* Of `first` and its next siblings; with `anchored`, found at the start of the text only. ABSENT
 * when they hold what no automaton does, or too much of it, or, unless `ascii_only`, a set of which
 * only the ASCII is known. */
ST_MUST_USE st_err st_byte_program_make(struct st_byte_program *program,
                                        const struct st_node *first, bool anchored, bool ascii_only,
                                        struct st_arena *arena);

#endif
