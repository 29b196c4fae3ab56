#include "base/map.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/random.h"

#include <pthread.h>

/* Written once, under seed_once, before its first reader goes on; never changed after that. */
static uint64_t seed;
static pthread_once_t seed_once = PTHREAD_ONCE_INIT;

static void make_seed(void)
{
    st_random_bytes(&seed, sizeof seed);
}

static uint64_t hash_key(st_str key)
{
    pthread_once(&seed_once, make_seed);
    return st_hash_seeded(key, seed);
}

void st_map_init(struct st_map *map, uint32_t max)
{
    *map = (struct st_map){.max = max < ST_MAP_ENTRIES_MAX ? max : ST_MAP_ENTRIES_MAX};
}

void st_map_done(struct st_map *map)
{
    st_mem_free(map->entries);
    st_mem_free(map->slots);
    st_map_init(map, map->max);
}

void st_map_reset(struct st_map *map)
{
    if (map->count > 0)
        memset(map->slots, 0, sizeof *map->slots * map->slot_count);
    map->count = 0;
}

/* The slot that holds `key`, or the free one where it would go. Half of the slots at least are
 * free, so the walk ends. */
static uint32_t *find_slot(const struct st_map *map, st_str key, uint64_t hash)
{
    uint32_t mask = map->slot_count - 1;
    uint32_t at = (uint32_t)hash & mask;
    while (map->slots[at] != 0) {
        const struct st_map_entry *entry = &map->entries[map->slots[at] - 1];
        if (entry->hash == hash && st_str_eq(entry->key, key))
            break;
        at = (at + 1) & mask;
    }
    return &map->slots[at];
}

struct st_map_entry *st_map_find(const struct st_map *map, st_str key)
{
    if (map->count == 0)
        return NULL;
    uint32_t *slot = find_slot(map, key, hash_key(key));
    return *slot == 0 ? NULL : &map->entries[*slot - 1];
}

/* Gives the entries of `map` their places in `slots`; no two have the same key. */
static void fill_slots(const struct st_map *map, uint32_t *slots, uint32_t slot_count)
{
    uint32_t mask = slot_count - 1;
    for (uint32_t i = 0; i < map->count; i++) {
        uint32_t at = (uint32_t)map->entries[i].hash & mask;
        while (slots[at] != 0)
            at = (at + 1) & mask;
        slots[at] = i + 1;
    }
}

/* Doubles both tables. The slots stay a power of two, twice the entries or more. */
static st_err grow(struct st_map *map)
{
    uint32_t slot_count = map->slot_count == 0 ? 16 : map->slot_count * 2;
    uint32_t room = slot_count / 2 < map->max ? slot_count / 2 : map->max;
    uint32_t *slots = st_mem_get_zeroed(sizeof *slots * slot_count);
    if (slots == NULL)
        return ST_ERR_MEMORY;
    struct st_map_entry *entries = st_mem_resize(map->entries, sizeof *entries * room);
    if (entries == NULL) {
        st_mem_free(slots);
        return ST_ERR_MEMORY;
    }
    st_mem_free(map->slots);
    map->entries = entries;
    map->slots = slots;
    map->slot_count = slot_count;
    map->room = room;
    fill_slots(map, slots, slot_count);
    return ST_OK;
}

/* A new last entry, in the free slot where its key belongs. */
static st_err append(struct st_map *map, struct st_map_entry entry)
{
    if (map->count == map->max)
        return ST_ERR_LIMIT;
    if (map->count == map->room) {
        st_err err = grow(map);
        if (err != ST_OK)
            return err;
    }
    map->entries[map->count] = entry;
    *find_slot(map, entry.key, entry.hash) = ++map->count;
    return ST_OK;
}

st_err st_map_put(struct st_map *map, st_str key, uint64_t value, struct st_map_entry **entry,
                  bool *added)
{
    uint64_t hash = hash_key(key);
    uint32_t slot = map->count == 0 ? 0 : *find_slot(map, key, hash);
    bool absent = slot == 0;
    if (absent) {
        st_err err = append(map, (struct st_map_entry){key, hash, value});
        if (err != ST_OK)
            return err;
        slot = map->count;
    }
    if (entry != NULL)
        *entry = &map->entries[slot - 1];
    if (added != NULL)
        *added = absent;
    return ST_OK;
}
