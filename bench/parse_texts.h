/*
 * parse_texts.h: what parsers are measured on: standard load events, and documents of about 1 MB.
 *
 * One owner at a time; ends the process when it has no memory.
 */
#ifndef ST_BENCH_PARSE_TEXTS_H
#define ST_BENCH_PARSE_TEXTS_H

#include "base/str.h"

/* Texts in one block, which ends where the last one does. */
struct texts {
    const char *shape;
    st_str *at;
    size_t count;
    size_t total; /* bytes */
    struct st_buf bytes;
};

/* The documents' shapes, each a function of parse_texts.c. */
#define PARSE_SHAPES(X)                                                                            \
    X(events)    /* an array of the standard load */                                               \
    X(pretty)    /* the same with blanks and line feeds */                                         \
    X(numbers)   /* coordinates and counters */                                                    \
    X(deep)      /* containers inside containers */                                                \
    X(escapes)   /* logs and source text in strings */                                             \
    X(non_ascii) /* prose of several scripts */

#define PARSE_SHAPE(name) PARSE_SHAPE_##name,
enum parse_shape { PARSE_SHAPES(PARSE_SHAPE) PARSE_SHAPE_COUNT };
#undef PARSE_SHAPE

void texts_of_load(struct texts *texts, size_t count, uint64_t seed);
void texts_of_shape(struct texts *texts, enum parse_shape shape, size_t bytes);
void texts_done(struct texts *texts);

#endif
