/*
 * random_json.h: what random schemas and instances are made of: dice, JSON values as trees, and the
 * many spellings of one value.
 *
 * Not for use outside the twins and their fuzz targets: without memory they abort.
 *
 * 1. The same dice make the same values. Dice that are given bytes read these first, so that a
 *    fuzzer steers what is drawn.
 * 2. Trees live in an arena and share what they like; who changes a value copies it first.
 *
 * Allocates in the arena and the buffer given.
 */
#ifndef ST_TEST_RANDOM_JSON_H
#define ST_TEST_RANDOM_JSON_H

#include "base/arena.h"
#include "base/random.h"
#include "json/json.h"

/* ---- dice ---- */

struct dice {
    st_str bytes; /* read before the generator is asked; may be empty */
    struct st_rng rng;
};

void dice_init(struct dice *dice, uint64_t seed, st_str bytes);
uint32_t dice_below(struct dice *dice, uint32_t bound); /* 0 … bound-1 */
bool dice_chance(struct dice *dice, uint32_t percent);

/* One element of an array that is one. */
#define DICE_PICK(dice, list) ((list)[dice_below((dice), sizeof(list) / sizeof *(list))])

/* ---- values ---- */

struct value;

struct member {
    st_str name; /* nothing in an array */
    struct value *value;
};

struct value {
    enum st_json_kind kind;
    st_str text;            /* a string's bytes, a number's literal */
    struct member *members; /* elements too */
    uint32_t count;
    uint32_t room;
    const struct value *leads; /* a schema's: the schema that its reference leads to, or NULL */
};

struct value *value_new(struct st_arena *arena, enum st_json_kind kind);
struct value *value_bool(struct st_arena *arena, bool is);
struct value *value_number(struct st_arena *arena, st_str literal); /* the bytes are not copied */
struct value *value_string(struct st_arena *arena, st_str text);    /* neither here */
struct value *value_u64(struct st_arena *arena, uint64_t number);

/* The tree of a parsed value. */
struct value *value_of(struct st_arena *arena, const struct st_json *doc, uint32_t node);

/* Members of other objects may be of that name: the last one counts. */
void value_insert(struct st_arena *arena, struct value *value, uint32_t at, st_str name,
                  struct value *inner);
void value_add(struct st_arena *arena, struct value *value, st_str name, struct value *inner);
void value_push(struct st_arena *arena, struct value *list, struct value *inner);
void value_cut(struct value *value, uint32_t at);
void value_set(struct st_arena *arena, struct value *value, st_str name, struct value *inner);
struct value *value_get(const struct value *value, st_str name); /* NULL: absent, or no object */
struct value *value_copy(struct st_arena *arena, const struct value *value); /* of the top alone */
bool value_same(const struct value *a, const struct value *b); /* spelled and ordered alike */
bool value_lists(const struct value *list, const struct value *one);
void value_shuffle(struct dice *dice, struct value *value);

/* The value as JSON; with dice in one of its spellings (1.0, 10e-1, "\u0061", blanks), else in the
 * one that it has. */
void value_write(const struct value *value, struct dice *dice, struct st_buf *out);

/* The arena's copy of what printf would write. */
st_str value_print(struct st_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
