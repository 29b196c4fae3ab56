#include "base/hash.h"

/* Inlined, so that a short key costs no call and no shared library is needed when it runs. */
#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t st_hash(st_str text)
{
    return XXH3_64bits(text.at, text.len);
}

uint64_t st_hash_seeded(st_str text, uint64_t seed)
{
    return XXH3_64bits_withSeed(text.at, text.len, seed);
}

uint64_t st_hash_pair(st_str a, st_str b)
{
    /* The first text enters as a seed, so the border between the two is part of the value. */
    return st_hash_seeded(b, st_hash(a));
}
