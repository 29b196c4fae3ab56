/*
 * limits.h: the bounds of the JSON floor, each with its reason.
 */
#ifndef ST_JSON_LIMITS_H
#define ST_JSON_LIMITS_H

/* Containers inside containers. Honest events stay under 20; recursion elsewhere (compare, schema)
 * is bounded by the same number, so a thread's stack is never in question. */
#define ST_JSON_DEPTH_MAX 128

/* Offsets on the tape are 32 bits wide. */
#define ST_JSON_TEXT_BYTES_MAX ((size_t)UINT32_MAX - 64)

/* Values in one text: a node is 16 bytes, so the tape of one text stays under 4 GiB. */
#define ST_JSON_NODES_MAX ((uint32_t)1 << 28)

/* Decoded strings that had escapes: never longer than the text. A pointer as text. */
#define ST_JSON_POINTER_BYTES_MAX ((size_t)64 << 10)

#endif
