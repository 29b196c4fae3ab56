#include "json/compare.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/random.h"
#include "json/names.h"
#include "json/number.h"

#include <stdatomic.h>

/* ---- equality ---- */

/* Up to here a member of another order is looked up; beyond, the names of both are sorted. */
#define MEMBERS_LOOKED_UP_MAX 16

/* Both have the same number of children; the names of objects stand in the same order. */
static bool equal_in_order(const struct st_json *a, uint32_t node_a, const struct st_json *b,
                           uint32_t node_b)
{
    uint32_t value = st_json_kind(a, node_a) == ST_JSON_OBJECT; /* from the name to it */
    uint32_t at_b = st_json_first(b, node_b);
    for (uint32_t at_a = st_json_first(a, node_a); at_a != ST_JSON_NONE;
         at_a = st_json_next(a, node_a, at_a)) {
        if (!st_json_equal(a, at_a + value, b, at_b + value))
            return false;
        at_b = st_json_next(b, node_b, at_b);
    }
    return true;
}

static bool same_name(const struct st_json *a, uint32_t name_a, const struct st_json *b,
                      uint32_t name_b)
{
    return st_str_eq(st_json_text(a, name_a), st_json_text(b, name_b));
}

/* Both have the same number of distinct names, so it is enough that b has all of a. */
static bool equal_by_lookup(const struct st_json *a, uint32_t node_a, const struct st_json *b,
                            uint32_t node_b)
{
    for (uint32_t at = st_json_first(a, node_a); at != ST_JSON_NONE;
         at = st_json_next(a, node_a, at)) {
        uint32_t member = st_json_member(b, node_b, st_json_text(a, at));
        if (member == ST_JSON_NONE || !st_json_equal(a, at + 1, b, member))
            return false;
    }
    return true;
}

static struct st_name *sort_names(const struct st_json *doc, uint32_t node, struct st_name *names,
                                  struct st_name *spare)
{
    uint32_t count = 0;
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE;
         at = st_json_next(doc, node, at))
        names[count++] = st_name_of(doc, at);
    return st_names_sort(doc, names, spare, count);
}

/* False in *done when there was no memory. */
static bool equal_by_order(const struct st_json *a, uint32_t node_a, const struct st_json *b,
                           uint32_t node_b, bool *done)
{
    uint32_t count = a->nodes[node_a].len;
    struct st_name *block = st_mem_get(sizeof(struct st_name) * 4 * count);
    *done = block != NULL;
    if (block == NULL)
        return false;
    const struct st_name *names_a = sort_names(a, node_a, block, block + count);
    const struct st_name *names_b = sort_names(b, node_b, block + 2 * count, block + 3 * count);
    bool equal = true;
    for (uint32_t i = 0; i < count && equal; i++)
        equal = st_name_cmp(a, names_a[i], b, names_b[i]) == 0 &&
                st_json_equal(a, names_a[i].node + 1, b, names_b[i].node + 1);
    st_mem_free(block);
    return equal;
}

static bool equal_objects(const struct st_json *a, uint32_t node_a, const struct st_json *b,
                          uint32_t node_b)
{
    /* Most often the members stand in the same order: then a walk is enough. No value is compared
     * before that is known, or nested objects would be compared over and over. */
    uint32_t at_a = st_json_first(a, node_a);
    uint32_t at_b = st_json_first(b, node_b);
    while (at_a != ST_JSON_NONE && same_name(a, at_a, b, at_b)) {
        at_a = st_json_next(a, node_a, at_a);
        at_b = st_json_next(b, node_b, at_b);
    }
    if (at_a == ST_JSON_NONE)
        return equal_in_order(a, node_a, b, node_b);
    if (a->nodes[node_a].len > MEMBERS_LOOKED_UP_MAX) {
        bool done = false;
        bool equal = equal_by_order(a, node_a, b, node_b, &done);
        if (done)
            return equal;
    }
    return equal_by_lookup(a, node_a, b, node_b);
}

bool st_json_equal(const struct st_json *a, uint32_t node_a, const struct st_json *b,
                   uint32_t node_b)
{
    enum st_json_kind kind = st_json_kind(a, node_a);
    if (kind != st_json_kind(b, node_b))
        return false;
    if (kind == ST_JSON_NUMBER)
        return st_decimal_cmp(st_decimal_of(st_json_text(a, node_a)),
                              st_decimal_of(st_json_text(b, node_b))) == 0;
    if (kind == ST_JSON_STRING)
        return st_str_eq(st_json_text(a, node_a), st_json_text(b, node_b));
    if (kind < ST_JSON_NUMBER)
        return true;
    if (a->nodes[node_a].len != b->nodes[node_b].len)
        return false;
    return kind == ST_JSON_ARRAY ? equal_in_order(a, node_a, b, node_b)
                                 : equal_objects(a, node_a, b, node_b);
}

/* ---- the hash ---- */

/* Made by whoever comes first; another thread that makes one at the same time takes the first's. */
static uint64_t seed(void)
{
    static _Atomic uint64_t made;
    uint64_t now = atomic_load(&made);
    if (now != 0)
        return now;
    uint64_t mine = 0;
    st_random_bytes(&mine, sizeof mine);
    mine |= 1;
    return atomic_compare_exchange_strong(&made, &now, mine) ? mine : now;
}

static uint64_t join(uint64_t a, uint64_t b)
{
    uint64_t both[2] = {a, b};
    return st_hash_seeded((st_str){(const char *)both, sizeof both}, seed());
}

uint64_t st_json_hash_text(st_str text)
{
    return st_hash_seeded(text, seed());
}

uint64_t st_json_hash(const struct st_json *doc, uint32_t node)
{
    enum st_json_kind kind = st_json_kind(doc, node);
    uint64_t sum = join(kind, 0);
    if (kind == ST_JSON_NUMBER)
        return join(sum, st_decimal_hash(st_decimal_of(st_json_text(doc, node)), seed()));
    if (kind == ST_JSON_STRING)
        return join(sum, st_hash_seeded(st_json_text(doc, node), seed()));
    if (kind < ST_JSON_NUMBER)
        return sum;
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE;
         at = st_json_next(doc, node, at)) {
        if (kind == ST_JSON_ARRAY)
            sum = join(sum, st_json_hash(doc, at));
        else /* A sum, so that the order of the members does not matter. */
            sum += join(st_hash_seeded(st_json_text(doc, at), seed()), st_json_hash(doc, at + 1));
    }
    return sum;
}
