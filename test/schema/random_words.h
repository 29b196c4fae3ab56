/*
 * random_words.h: the names, texts, numbers and formats that random schemas and instances share, so
 * that they meet.
 *
 * Allocates in the arena given.
 */
#ifndef ST_TEST_RANDOM_WORDS_H
#define ST_TEST_RANDOM_WORDS_H

#include "random_json.h"

/* The words of one schema: few, so that they collide. */
struct words {
    struct st_arena *arena;
    struct dice *dice;
    bool wide; /* numbers past what a double or 64 bits hold */
    st_str names[320];
    uint32_t name_count;
};

/* Draws the names: mostly a handful, sometimes some hundred. */
void words_init(struct words *words, struct st_arena *arena, struct dice *dice);

st_str words_name(struct words *words);
st_str words_text(struct words *words);
st_str words_number(struct words *words); /* a literal */
struct value *words_value(struct words *words, uint32_t depth);

const char *words_format(struct dice *dice);
st_str words_of_format(struct dice *dice, st_str format); /* three of four are as it says */

/* literal × times as a literal, exact; the literal itself where that is not easy. */
st_str words_times(struct st_arena *arena, st_str literal, uint64_t times);
/* literal + step, near enough; the literal itself where that is not easy. */
st_str words_beside(struct st_arena *arena, st_str literal, double step);

#endif
