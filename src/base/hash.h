/*
 * hash.h: fast, unkeyed hashing for maps and block headers (XXH3, 64 bits).
 *
 * Not a digest: nothing that an adversary could gain from by finding a collision is decided by it.
 * Values are written to disk (block headers), so the function never changes.
 *
 * Floor 0. Any thread. Allocates nothing.
 */
#ifndef ST_BASE_HASH_H
#define ST_BASE_HASH_H

#include "base/str.h"

uint64_t st_hash(st_str text);
uint64_t st_hash_seeded(st_str text, uint64_t seed);

/* One hash over two texts, as if joined by a byte that neither can imitate: (ab, c) != (a, bc). */
uint64_t st_hash_pair(st_str a, st_str b);

#endif
