/*
 * map.h: from text to a 64-bit value; open addressing, insertion order kept.
 *
 * 1. Keys are borrowed: their bytes must outlive the map (an arena is the usual home).
 * 2. Never more than `max` entries; entries are numbered 0 … count-1 in order of insertion.
 * 3. The hash is seeded per process, so that outsiders cannot choose colliding keys.
 *
 * Floor 0. One owner at a time. Allocates its two tables; nothing after a reset until it outgrows
 * them.
 */
#ifndef ST_BASE_MAP_H
#define ST_BASE_MAP_H

#include "base/str.h"

struct st_map_entry {
    st_str key;
    uint64_t hash;
    uint64_t value;
};

struct st_map {
    struct st_map_entry *entries;
    uint32_t *slots; /* entry number + 1, 0 = free */
    uint32_t count;
    uint32_t slot_count; /* a power of two, or 0 */
    uint32_t room;
    uint32_t max;
};

void st_map_init(struct st_map *map, uint32_t max); /* at most ST_MAP_ENTRIES_MAX */
void st_map_done(struct st_map *map);
void st_map_reset(struct st_map *map); /* empty, tables kept */

/* The entry of `key`, or NULL. It holds until the next st_map_put. */
struct st_map_entry *st_map_find(const struct st_map *map, st_str key);

/* The entry of `key`, made with `value` if it was absent (*added says which). LIMIT at max.
 * `entry` and `added` may be NULL. */
ST_MUST_USE st_err st_map_put(struct st_map *map, st_str key, uint64_t value,
                              struct st_map_entry **entry, bool *added);

#endif
