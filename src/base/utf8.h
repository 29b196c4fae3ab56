/*
 * utf8.h: UTF-8 as RFC 3629 has it (no surrogates, no overlong forms, nothing past U+10FFFF).
 *
 * Floor 0. Any thread. Allocates nothing.
 */
#ifndef ST_BASE_UTF8_H
#define ST_BASE_UTF8_H

#include "base/str.h"

/* The length of the valid head of `text`: text.len when all of it is valid. */
size_t st_utf8_check(st_str text);

/* The number of code points; `text` must be valid. */
size_t st_utf8_count(st_str text);

/* The code point at `*at`, which moves behind it; `text` must be valid and *at < text.len. */
uint32_t st_utf8_next(st_str text, size_t *at);

/* Writes one code point (not a surrogate) and returns its length, 1 … 4. */
size_t st_utf8_write(uint32_t code_point, char bytes[static 4]);

#endif
