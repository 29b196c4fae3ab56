/*
 * limits.h: the bounds of the JSON floor, each with its reason.
 */
#ifndef ST_JSON_LIMITS_H
#define ST_JSON_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* Containers inside containers. Honest events stay under 20; recursion elsewhere (compare, write,
 * schema) is bounded by the same number, so a thread's stack is never in question. No option raises
 * it. */
#define ST_JSON_DEPTH_MAX 128

/* Offsets on the tape are 32 bits wide. */
#define ST_JSON_TEXT_BYTES_MAX ((size_t)UINT32_MAX - 64)

/* Values in one text: a node is 16 bytes, so the tape of one text stays under 4 GiB. */
#define ST_JSON_NODES_MAX ((uint32_t)1 << 28)

/* What the parser finds an object's repeated names in: every second node is a name, each needs at
 * most four slots of 8 bytes, or two entries of 16 to be sorted. */
#define ST_JSON_SCRATCH_BYTES_MAX ((size_t)ST_JSON_NODES_MAX * 16)

/* Names that a table numbers: a node has 16 bits for the number, and 0 is none of them. */
#define ST_NAME_TABLE_NAMES_MAX 65535u

/* Their bytes together. Names that schemas speak of are tens of bytes long; this is for those that
 * are not. */
#define ST_NAME_TABLE_BYTES_MAX ((size_t)16 << 20)

/* Bytes of text that the fast parser looks ahead: every one may be a token. With the tokens and the
 * tape that come of it a window stays in a core's first cache. */
#define ST_JSON_INDEX_TOKENS_MAX ((size_t)8 << 10)

/* A pointer as text. */
#define ST_JSON_POINTER_BYTES_MAX ((size_t)64 << 10)

/* st_decimal_is_multiple divides by hand where a step has more than 18 digits. Such steps hardly
 * exist; with these bounds the worst division takes milliseconds. */
#define ST_DECIMAL_STEP_DIGITS_MAX 1000u
#define ST_DECIMAL_DIGITS_MAX      10000u

#endif
