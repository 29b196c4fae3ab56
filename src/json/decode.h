/*
 * decode.h: the escapes of a string, for the fast parser.
 *
 * Not for callers of the floor. It says that an escape is wrong and not which: the plain parser
 * does.
 *
 * Floor 2. As json.h. Allocates in the buffer that it is given. Needs AVX2.
 */
#ifndef ST_JSON_DECODE_H
#define ST_JSON_DECODE_H

#include "base/str.h"

/* Bytes that may be read behind one that stands before `quick_end`. */
#define ST_JSON_BYTES_AHEAD 32

/* Decodes the bytes between a string's quotes to the end of `decoded`. They are UTF-8 without
 * control characters. SYNTAX for a wrong escape; MEMORY or LIMIT of the buffer. */
ST_MUST_USE st_err st_json_decode(struct st_buf *decoded, const char *at, const char *end,
                                  const char *quick_end);

#endif
