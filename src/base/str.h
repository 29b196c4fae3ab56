/*
 * str.h: text as a borrowed slice (st_str) or as an owned, bounded buffer (struct st_buf).
 *
 * A slice is passed by value and owns nothing. A buffer owns one block, declares its greatest size
 * when it is made, and never grows past it. Neither is NUL-terminated unless st_buf_cstr() says so.
 *
 * 1. A slice with len 0 may have at == NULL.
 * 2. A buffer that is all zero except `max` is valid and empty; st_buf_done() leaves it so.
 * 3. A st_buf_… call that fails (MEMORY, or LIMIT when `max` would be passed) changes nothing.
 * 4. Pointers into a buffer hold until the next call that adds to it.
 *
 * Floor 0. A buffer has one owner at a time. Allocates only in st_buf_….
 */
#ifndef ST_BASE_STR_H
#define ST_BASE_STR_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct {
    const char *at;
    size_t len;
} st_str;

/* A slice of a literal; the same inside the initializer of a static table, where a compound literal
 * is no constant; printf's arguments for "%.*s". */
#define ST_STR(literal) ((st_str){"" literal, sizeof(literal) - 1})
#define ST_STR_INIT(literal)                                                                       \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }
#define ST_STR_ARG(slice) (int)(slice).len, (slice).at

static inline st_str st_str_of(const char *text)
{
    return (st_str){text, text == NULL ? 0 : strlen(text)};
}

static inline bool st_str_eq(st_str a, st_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool st_str_starts(st_str text, st_str head)
{
    return text.len >= head.len && (head.len == 0 || memcmp(text.at, head.at, head.len) == 0);
}

static inline bool st_str_ends(st_str text, st_str tail)
{
    return text.len >= tail.len &&
           (tail.len == 0 || memcmp(text.at + text.len - tail.len, tail.at, tail.len) == 0);
}

/* `text` from byte `from` on; `from` may be at most text.len. */
static inline st_str st_str_from(st_str text, size_t from)
{
    return (st_str){text.len == from ? "" : text.at + from, text.len - from};
}

/* 0 … 15, or -1 when `c` is no hexadecimal digit (either case). */
static inline int st_hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int st_str_cmp(st_str a, st_str b);                /* by bytes, then by length */
st_str st_str_trim(st_str text);                   /* without blanks, tabs, CR, LF at both ends */
bool st_str_find(st_str text, char c, size_t *at); /* first place of c */
bool st_str_cut(st_str text, char c, st_str *head,
                st_str *tail); /* around the first c; false: head = text, tail empty */
st_err st_str_to_u64(st_str text,
                     uint64_t *value); /* digits only; LIMIT above 2^64-1, SYNTAX else */
st_err st_str_to_i64(st_str text, int64_t *value); /* with an optional '-' */

struct st_buf {
    char *at;
    size_t len;
    size_t room;
    size_t max; /* greatest len ever; set when made */
};

#define ST_BUF(max_bytes) ((struct st_buf){.max = (max_bytes)})

void st_buf_done(struct st_buf *buf);
void st_buf_reset(struct st_buf *buf); /* empty, block kept */

ST_MUST_USE st_err st_buf_reserve(struct st_buf *buf, size_t more);
ST_MUST_USE st_err st_buf_add(struct st_buf *buf, const void *bytes, size_t len);
ST_MUST_USE st_err st_buf_add_str(struct st_buf *buf, st_str text);
ST_MUST_USE st_err st_buf_add_char(struct st_buf *buf, char c);
ST_MUST_USE st_err st_buf_add_u64(struct st_buf *buf, uint64_t value);
ST_MUST_USE st_err st_buf_add_i64(struct st_buf *buf, int64_t value);
ST_MUST_USE st_err st_buf_printf(struct st_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The bytes so far as a slice, or with a NUL behind them (NULL when there is no memory for it). */
static inline st_str st_buf_str(const struct st_buf *buf)
{
    return (st_str){buf->at, buf->len};
}
const char *st_buf_cstr(struct st_buf *buf);

#endif
