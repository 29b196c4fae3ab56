/*
 * name_slots.h: the inside of a name table, for the parsers that look names up in their loops.
 *
 * Not for callers of the floor. A name is held against a slot by its key: its first and its last
 * eight bytes (they overlap under sixteen; under eight both are the name padded with zeros) and
 * its length. Up to sixteen bytes the key is the whole name.
 *
 *      slots: open addressing, a power of two, at most a quarter of them taken
 *      ┌────────┬────────┬──────┬──────┬────────┐
 *      │ head 8 │ tail 8 │ at 4 │ len 4│ number │   number 0: free; at: where the name is in
 * `bytes` └────────┴────────┴──────┴──────┴────────┘
 *
 * Most names that documents have and the table lacks are known by their marks: a name has two bits
 * in one of the words of `marks`, by its beginning and its length. One word for eight slots holds
 * at most two names' bits, so of 200 names that the table lacks hardly one must be looked up.
 *
 * Floor 2. As name_table.h.
 */
#ifndef ST_JSON_NAME_SLOTS_H
#define ST_JSON_NAME_SLOTS_H

#include "json/json.h"
#include "json/name_table.h"

/* A name that would stand further from its place makes the table grow instead. */
#define NAME_PROBES_MAX 16

#define NAME_MARK_SLOTS 8u

struct st_name_slot {
    uint64_t head;
    uint64_t tail;
    uint32_t at;
    uint32_t len;
    uint16_t number;
};

/* A name as it stands in a text, with the quote behind it: `need` has a bit for each byte of that.
 * A name too long for it is never met: its first byte would have to be a NUL. */
struct st_name_pattern {
    char bytes[32];
    uint32_t need;
    uint16_t number;
    char rest[26];
};
_Static_assert(sizeof(struct st_name_pattern) == 64, "a pattern takes a line of the cache");

/* The first four bytes of a name's node. */
#define ST_NAME_WORD(number)                                                                       \
    (ST_JSON_STRING | (uint32_t)ST_JSON_NAME << 8 | (uint32_t)(number) << 16)

struct st_name_table {
    struct st_name_slot *slots;
    uint64_t *marks;                  /* one for each NAME_MARK_SLOTS slots */
    struct st_name_pattern *patterns; /* by number; that of 0 is never met either */
    uint32_t pattern_room;
    struct st_buf bytes;
    uint64_t seed[3];
    uint32_t slot_count; /* a power of two */
    uint32_t mark_shift;
    uint32_t count;
};

struct st_name_key {
    uint64_t head;
    uint64_t tail;
};

static inline uint64_t st_name_load(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static inline struct st_name_key st_name_key_of(st_str name)
{
    if (name.len >= 8)
        return (struct st_name_key){st_name_load(name.at), st_name_load(name.at + name.len - 8)};
    unsigned char bytes[8] = {0};
    if (name.len >= 4) {
        memcpy(bytes, name.at, 4);
        memcpy(bytes + name.len - 4, name.at + name.len - 4, 4);
    } else if (name.len > 0) {
        bytes[0] = (unsigned char)name.at[0];
        bytes[name.len / 2] = (unsigned char)name.at[name.len / 2];
        bytes[name.len - 1] = (unsigned char)name.at[name.len - 1];
    }
    uint64_t word = st_name_load((const char *)bytes);
    return (struct st_name_key){word, word};
}

/* What is known of a name with one multiplication: of its key's head and its length. Names that are
 * made to share it cost their parser the exact search, no more. */
static inline uint64_t st_name_mark(uint64_t head, uint64_t len)
{
    return (head ^ len << 56 ^ len) * UINT64_C(0x9E3779B97F4A7C15);
}

/* The two bits of a mark. Which word they are in is in the upper bits, of which there are `64 -
 * mark_shift`. */
static inline uint64_t st_name_mark_bits(uint64_t mark)
{
    return UINT64_C(1) << (mark >> 32) % 64 | UINT64_C(1) << (mark >> 38) % 64;
}

static inline bool st_name_is_marked(const uint64_t *marks, uint32_t mark_shift, uint64_t mark)
{
    return (st_name_mark_bits(mark) & ~marks[mark >> mark_shift]) == 0;
}

/* Both halves of the 128-bit product: every bit of either factor reaches every bit of it. */
static inline uint64_t st_name_mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 product_t;
    product_t product = (product_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* The hash covers the whole name: where it is longer than its key, what lies between is mixed in,
 * or a contract whose names differ in the middle alone would have them all in one place. */
static inline uint64_t st_name_hash(const uint64_t seed[3], st_str name, struct st_name_key key)
{
    uint64_t hash = st_name_mix(key.head ^ seed[0],
                                key.tail ^ (seed[1] + name.len * UINT64_C(0x9E3779B97F4A7C15)));
    for (size_t at = 8; at + 8 < name.len; at += 8)
        hash = st_name_mix(hash ^ st_name_load(name.at + at), seed[2]);
    return hash;
}

static inline bool st_name_is(const struct st_name_table *table, const struct st_name_slot *slot,
                              st_str name, struct st_name_key key)
{
    return slot->head == key.head && slot->tail == key.tail && slot->len == name.len &&
           (name.len <= 16 || memcmp(table->bytes.at + slot->at, name.at, name.len) == 0);
}

/* The slot of the name, or a free one, or NULL after NAME_PROBES_MAX slots of others. */
static inline struct st_name_slot *st_name_slot_of(const struct st_name_table *table, st_str name,
                                                   struct st_name_key key)
{
    uint64_t place = st_name_hash(table->seed, name, key);
    for (uint32_t probe = 0; probe < NAME_PROBES_MAX; probe++) {
        struct st_name_slot *slot = &table->slots[(place + probe) & (table->slot_count - 1)];
        if (slot->number == 0 || st_name_is(table, slot, name, key))
            return slot;
    }
    return NULL;
}

#endif
