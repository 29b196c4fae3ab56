/*
 * limits.h: the bounds of the library, each with its reason. Those that callers meet are in
 * steno.h.
 */
#ifndef ST_API_LIMITS_H
#define ST_API_LIMITS_H

#include <stddef.h>

/* A report's texts, twice (as the engine gives them, and with NULs): the engine begins no
 * further violation past 8 MiB of pointers and messages, or of absolute locations, and has a buffer
 * of 64 MiB for the one that passes them. */
#define ST_API_REPORT_BYTES_MAX ((size_t)1 << 30)

/* A report as JSON: a byte takes six when it is escaped at worst, and all else is short. */
#define ST_API_OUTPUT_BYTES_MAX ((size_t)2 << 30)

/* Why a contract is not to be had: a reference and the names of all contracts. */
#define ST_API_WORDS_BYTES_MAX ((size_t)256 << 10)

/* What is missing or wrong in an event that is to be made: a thousand lines with descriptions,
 * which a contract's author may have made long. */
#define ST_API_WHY_BYTES_MAX ((size_t)4 << 20)

/* A reference to a contract and its model. The longest that names one has 162 bytes. */
#define ST_API_REFERENCE_BYTES_MAX ((size_t)256)

/* What a validator keeps between calls: a text longer than this, or a larger report, gives its
 * memory back before the next one, so that one odd text does not stay for good. */
#define ST_API_KEEP_BYTES ((size_t)16 << 20)

#endif
