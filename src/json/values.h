/*
 * values.h: cuts a byte stream that arrives in pieces into the values it consists of: the elements
 * of one array, or values one after the other.
 *
 * Not a JSON parser: it knows quotes, brackets and commas. Whoever gets a value parses it, and what
 * is wrong inside is found there; st_values_place() says where that is in the stream. What is wrong
 * around the values is said here. Taken in order, both together blame the byte that a parser of the
 * whole text would.
 *
 * 1. A value that lies within one piece is handed out where it stands, without a copy. Blanks may
 *    stand around it.
 * 2. A value over `value_bytes_max` is handed out once as too long, without its bytes, and the rest
 *    of it is skipped.
 * 3. A value's text ends where its brackets and quotes are closed, in an array before the next ','
 *    or ']', or with the stream. It may be empty: [1,,2] has three.
 * 4. Values one after the other need blanks between them only where a number or a literal stands
 *    beside another one.
 *
 * Floor 2. One owner at a time. Allocates in its own buffer, up to value_bytes_max.
 */
#ifndef ST_JSON_VALUES_H
#define ST_JSON_VALUES_H

#include "json/json.h"

enum st_values_form {
    ST_VALUES_ARRAY,  /* the elements of one array, nothing but blanks around it */
    ST_VALUES_SERIES, /* any number of values */
};

/* Where something stands in the stream: bytes from 0, the others as in a fault. */
struct st_values_place {
    uint64_t offset;
    uint64_t line;
    uint64_t column;
};

struct st_values {
    enum st_values_form form;
    size_t value_bytes_max;
    struct st_buf part; /* the head of a value whose end has not come yet */
    struct st_values_place at;
    struct st_values_place begin; /* of the value at hand */
    uint64_t count;               /* of values begun so far */
    uint64_t depth;               /* of brackets inside the value */
    enum {
        ST_VALUES_BEFORE, /* the array */
        ST_VALUES_FIRST,  /* behind its '[' */
        ST_VALUES_INSIDE, /* a value */
        ST_VALUES_NEXT,   /* behind a value */
        ST_VALUES_COMMA,  /* behind a ',' */
        ST_VALUES_BEHIND, /* the array */
    } state;
    char first;    /* byte of the value at hand */
    bool quoted;   /* inside a string */
    bool escaped;  /* behind its backslash */
    bool skipping; /* inside a value that is too long */
    bool taken;    /* `part` was handed out and is to be emptied */
};

struct st_value {
    st_str text;                  /* holds until the next call */
    struct st_values_place begin; /* of the text */
    uint64_t number;              /* from 1 */
    bool too_long;
};

void st_values_init(struct st_values *values, enum st_values_form form, size_t value_bytes_max);
void st_values_done(struct st_values *values);

/* Takes from *piece, which moves on; *found with a value, not when the piece is used up. SYNTAX
 * fills *fault, and the stream is at its end; after MEMORY the call may be made again with the same
 * piece. */
ST_MUST_USE st_err st_values_take(struct st_values *values, st_str *piece, struct st_value *value,
                                  bool *found, struct st_json_fault *fault);

/* After the last piece, until *found is false: the value that the stream's end cut off, and whether
 * anything is missing behind it. */
ST_MUST_USE st_err st_values_end(struct st_values *values, struct st_value *value, bool *found,
                                 struct st_json_fault *fault);

/* Makes a fault of the value's text one of the stream. */
void st_values_place(const struct st_value *value, struct st_json_fault *fault);

#endif
