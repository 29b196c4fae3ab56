#include "base/map.h"
#include "base/arena.h"
#include "base/mem.h"
#include "base/random.h"
#include "unit.h"

#include <inttypes.h>

enum { MANY = 100000 };

static st_str key_of(struct st_arena *arena, uint32_t number)
{
    char text[32];
    int len = snprintf(text, sizeof text, "key-%" PRIu32, number);
    st_str key = st_arena_copy(arena, (st_str){text, (size_t)len});
    assert_non_null(key.at);
    return key;
}

TEST("a new map is empty")
{
    struct st_map map;
    st_map_init(&map, 10);
    assert_null(st_map_find(&map, ST_STR("a")));
    assert_int_equal(map.count, 0);
    st_map_reset(&map);
    st_map_done(&map);
    assert_int_equal(map.max, 10);
}

TEST("a key is added once, and found afterwards with its first value")
{
    struct st_map map;
    struct st_map_entry *entry = NULL;
    bool added = false;
    st_map_init(&map, 10);
    assert_ok(st_map_put(&map, ST_STR("a"), 1, &entry, &added));
    assert_true(added);
    assert_int_equal(entry->value, 1);
    assert_ok(st_map_put(&map, ST_STR("a"), 2, &entry, &added));
    assert_false(added);
    assert_int_equal(entry->value, 1);
    entry->value = 3;
    assert_int_equal(st_map_find(&map, ST_STR("a"))->value, 3);
    assert_int_equal(map.count, 1);
    assert_ok(st_map_put(&map, ST_STR("b"), 4, NULL, NULL));
    assert_int_equal(map.count, 2);
    st_map_done(&map);
}

TEST("the empty key and keys with NUL are keys like others")
{
    struct st_map map;
    st_map_init(&map, 10);
    assert_ok(st_map_put(&map, (st_str){NULL, 0}, 1, NULL, NULL));
    assert_ok(st_map_put(&map, ST_STR("\0"), 2, NULL, NULL));
    assert_ok(st_map_put(&map, ST_STR("\0\0"), 3, NULL, NULL));
    assert_int_equal(st_map_find(&map, ST_STR(""))->value, 1);
    assert_int_equal(st_map_find(&map, ST_STR("\0"))->value, 2);
    assert_int_equal(st_map_find(&map, ST_STR("\0\0"))->value, 3);
    assert_null(st_map_find(&map, ST_STR("\0\0\0")));
    st_map_done(&map);
}

TEST("many keys are all found, and are numbered in the order in which they came")
{
    struct st_arena arena;
    struct st_map map;
    st_arena_init(&arena, (size_t)64 << 20);
    st_map_init(&map, MANY);
    for (uint32_t i = 0; i < MANY; i++) {
        bool added = false;
        assert_ok(st_map_put(&map, key_of(&arena, i), i, NULL, &added));
        assert_true(added);
    }
    assert_int_equal(map.count, MANY);
    for (uint32_t i = 0; i < MANY; i++) {
        st_str key = key_of(&arena, i);
        const struct st_map_entry *entry = st_map_find(&map, key);
        assert_ptr_equal(entry, &map.entries[i]);
        assert_int_equal(entry->value, i);
        assert_true(st_str_eq(entry->key, key));
    }
    for (uint32_t i = MANY; i < MANY + 1000; i++)
        assert_null(st_map_find(&map, key_of(&arena, i)));
    st_map_done(&map);
    st_arena_done(&arena);
}

TEST("a full map refuses new keys, keeps the old ones and changes nothing")
{
    for (uint32_t max = 0; max < 70; max++) {
        struct st_arena arena;
        struct st_map map;
        st_arena_init(&arena, 1 << 20);
        st_map_init(&map, max);
        for (uint32_t i = 0; i < max; i++)
            assert_ok(st_map_put(&map, key_of(&arena, i), i, NULL, NULL));
        struct st_map before = map;
        bool added = true;
        assert_err(st_map_put(&map, ST_STR("one more"), 0, NULL, NULL), LIMIT);
        assert_memory_equal(&before, &map, sizeof map);
        assert_null(st_map_find(&map, ST_STR("one more")));
        for (uint32_t i = 0; i < max; i++) {
            assert_ok(st_map_put(&map, key_of(&arena, i), 0, NULL, &added));
            assert_false(added);
        }
        st_map_done(&map);
        st_arena_done(&arena);
    }
}

TEST("a map that was reset is filled again without an allocation")
{
    struct st_arena arena;
    struct st_map map;
    st_arena_init(&arena, 1 << 20);
    st_map_init(&map, 1000);
    st_str keys[1000];
    for (uint32_t i = 0; i < 1000; i++)
        keys[i] = key_of(&arena, i);
    uint64_t count = 0;
    for (int round = 0; round < 3; round++) {
        count = st_mem_count();
        for (uint32_t i = 0; i < 1000; i++) {
            assert_null(st_map_find(&map, keys[i]));
            assert_ok(st_map_put(&map, keys[i], i, NULL, NULL));
        }
        if (round > 0)
            assert_int_equal(st_mem_count(), count);
        st_map_reset(&map);
        assert_int_equal(map.count, 0);
    }
    st_map_done(&map);
    st_arena_done(&arena);
}

/* Puts until the allocation that was chosen to fail has failed, puts again, and looks at all. */
static size_t fill_with_failure(uint64_t nth, const st_str *keys, uint32_t count)
{
    struct st_map map;
    size_t failures = 0;
    st_map_init(&map, count);
    st_mem_fail_at(nth);
    for (uint32_t i = 0; i < count; i++) {
        st_err err = st_map_put(&map, keys[i], i, NULL, NULL);
        if (err == ST_OK)
            continue;
        failures++;
        assert_int_equal(err, ST_ERR_MEMORY);
        assert_int_equal(map.count, i);
        assert_null(st_map_find(&map, keys[i]));
        for (uint32_t k = 0; k < i; k++)
            assert_int_equal(st_map_find(&map, keys[k])->value, k);
        assert_ok(st_map_put(&map, keys[i], i, NULL, NULL));
    }
    st_mem_fail_at(0);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(st_map_find(&map, keys[i])->value, i);
    st_map_done(&map);
    return failures;
}

TEST("every allocation of a map may fail once, and the put that failed had no effect")
{
    struct st_arena arena;
    st_arena_init(&arena, 1 << 20);
    st_str keys[1000];
    for (uint32_t i = 0; i < 1000; i++)
        keys[i] = key_of(&arena, i);
    uint64_t nth = 1;
    while (fill_with_failure(nth, keys, 1000) == 1)
        nth++;
    assert_true(nth > 8);
    st_arena_done(&arena);
}

TEST("random puts give the answers of a plain list")
{
    enum { KEYS = 200, PUTS = 5000 };
    struct st_arena arena;
    struct st_map map;
    struct st_rng rng;
    uint32_t seen[KEYS] = {0}; /* the place in the list + 1 */
    uint32_t seen_count = 0;
    st_arena_init(&arena, 1 << 20);
    st_map_init(&map, KEYS);
    st_rng_init(&rng, 3);
    for (int i = 0; i < PUTS; i++) {
        uint32_t number = (uint32_t)st_rng_below(&rng, KEYS);
        struct st_map_entry *entry = NULL;
        bool added = false;
        assert_ok(st_map_put(&map, key_of(&arena, number), number, &entry, &added));
        assert_int_equal(added, seen[number] == 0);
        if (added)
            seen[number] = ++seen_count;
        assert_ptr_equal(entry, &map.entries[seen[number] - 1]);
        assert_int_equal(entry->value, number);
        assert_int_equal(map.count, seen_count);
    }
    st_map_done(&map);
    st_arena_done(&arena);
}
