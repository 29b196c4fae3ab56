#include "base/arena.h"
#include "base/mem.h"
#include "base/random.h"
#include "unit.h"

TEST("blocks are aligned, apart from each other, and hold what was written")
{
    enum { BLOCKS = 500 };
    struct st_arena arena;
    st_arena_init(&arena, (size_t)64 << 20);
    struct st_rng rng;
    st_rng_init(&rng, 1);
    unsigned char *blocks[BLOCKS];
    size_t sizes[BLOCKS];
    for (size_t i = 0; i < BLOCKS; i++) {
        sizes[i] = st_rng_below(&rng, i % 50 == 0 ? 100000 : 300);
        blocks[i] = st_arena_get(&arena, sizes[i]);
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)(i & 0xFF), sizes[i]);
    }
    for (size_t i = 0; i < BLOCKS; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(blocks[i][k], i & 0xFF);
    st_arena_done(&arena);
}

/* The same uneven work each time, with blocks past the greatest chunk too. */
static void work(struct st_arena *arena)
{
    struct st_rng rng;
    st_rng_init(&rng, 2);
    for (size_t i = 0; i < 300; i++)
        assert_non_null(st_arena_get(arena, st_rng_below(&rng, i % 60 == 7 ? 3000000 : 4000)));
}

TEST("a round after a reset allocates nothing")
{
    struct st_arena arena;
    st_arena_init(&arena, (size_t)64 << 20);
    work(&arena);
    for (int round = 0; round < 5; round++) {
        st_arena_reset(&arena);
        assert_int_equal(arena.used, 0);
        uint64_t before = st_mem_count();
        work(&arena);
        assert_int_equal(st_mem_count(), before);
    }
    st_arena_done(&arena);
}

TEST("the sum of blocks never passes the limit, and a refused block changes nothing")
{
    struct st_arena arena;
    st_arena_init(&arena, 1024);
    assert_null(st_arena_get(&arena, 1025));
    assert_null(st_arena_get(&arena, SIZE_MAX));
    assert_null(st_arena_get(&arena, SIZE_MAX / 2));
    assert_int_equal(arena.used, 0);
    for (int i = 0; i < 64; i++)
        assert_non_null(st_arena_get(&arena, 16));
    assert_int_equal(arena.used, 1024);
    assert_null(st_arena_get(&arena, 1));
    assert_int_equal(arena.used, 1024);
    st_arena_reset(&arena);
    assert_non_null(st_arena_get(&arena, 1024));
    assert_null(st_arena_get(&arena, 1));
    st_arena_done(&arena);
    assert_int_equal(arena.max_bytes, 1024);
    assert_non_null(st_arena_get(&arena, 1024));
    st_arena_done(&arena);
}

TEST("zeroed blocks are zero in a used arena too")
{
    struct st_arena arena;
    st_arena_init(&arena, 4096);
    memset(st_arena_get(&arena, 256), 0xFF, 256);
    st_arena_reset(&arena);
    const unsigned char *block = st_arena_get_zeroed(&arena, 256);
    for (size_t i = 0; i < 256; i++)
        assert_int_equal(block[i], 0);
    assert_non_null(ST_ARENA_NEW(&arena, uint64_t));
    assert_non_null(ST_ARENA_ARRAY(&arena, uint64_t, 10));
    st_arena_done(&arena);
}

TEST("a copy is another text with the same bytes, or says that there was no memory")
{
    struct st_arena arena;
    st_arena_init(&arena, 64);
    char text[] = "text";
    st_str copy = st_arena_copy(&arena, (st_str){text, 4});
    text[0] = 'n';
    assert_text(copy, "text");
    st_str none = st_arena_copy(&arena, (st_str){NULL, 0});
    assert_non_null(none.at);
    assert_int_equal(none.len, 0);
    assert_null(st_arena_copy(&arena, (st_str){"0123456789012345678901234567890123456789"
                                               "0123456789",
                                               50})
                    .at);
    st_arena_done(&arena);
}

TEST("every allocation of an arena may fail once, and the work is then done all the same")
{
    for (uint64_t nth = 1;; nth++) {
        struct st_arena arena;
        st_arena_init(&arena, 1 << 20);
        st_mem_fail_at(nth);
        size_t failures = 0;
        for (size_t i = 0; i < 1000; i++) {
            size_t used = arena.used;
            if (st_arena_get(&arena, 256) != NULL)
                continue;
            failures++;
            assert_int_equal(arena.used, used);
            assert_non_null(st_arena_get(&arena, 256));
        }
        st_mem_fail_at(0);
        assert_int_equal(arena.used, 256000);
        st_arena_done(&arena);
        if (failures == 0) {
            assert_true(nth > 4);
            return;
        }
        assert_int_equal(failures, 1);
    }
}
