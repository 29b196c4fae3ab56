/*
 * limits.h: the bounds of the lowest floor, each with its reason.
 */
#ifndef ST_BASE_LIMITS_H
#define ST_BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* An arena grows by doubling from the first to the second; a larger single request gets a chunk of
 * its own. 64 KiB holds one parsed 600-byte event with its record many times over. */
#define ST_ARENA_CHUNK_MIN ((size_t)4 << 10)
#define ST_ARENA_CHUNK_MAX ((size_t)1 << 20)

/* The longest RFC 3339 text that steno writes: 9999-12-31T23:59:59.123456789Z and a NUL. */
#define ST_TIME_TEXT_MAX 36

/* The slots of a map are a power of two, twice its entries or more, and counted in 32 bits. */
#define ST_MAP_ENTRIES_MAX (UINT32_C(1) << 30)

/* A file read whole (a contract, a schema, a token): far above any honest one. */
#define ST_FILE_BYTES_MAX ((size_t)256 << 20)

#endif
