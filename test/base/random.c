#include "base/random.h"
#include "unit.h"

static void assert_is_uuid_4(const char *text)
{
    assert_int_equal(strlen(text), 36);
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash)
            assert_int_equal(text[i], '-');
        else
            assert_non_null(strchr("0123456789abcdef", text[i]));
    }
    assert_int_equal(text[14], '4');
    assert_non_null(strchr("89ab", text[19]));
}

TEST("random bytes fill what was asked and not a byte more")
{
    unsigned char bytes[1026] = {0};
    bytes[1025] = 0xA5;
    st_random_bytes(bytes + 1, 1024);
    assert_int_equal(bytes[0], 0);
    assert_int_equal(bytes[1025], 0xA5);
    size_t zeros = 0;
    for (size_t i = 1; i < 1025; i++)
        zeros += bytes[i] == 0;
    assert_true(zeros < 40);
    st_random_bytes(bytes, 0);
    assert_int_equal(bytes[0], 0);
}

TEST("a UUID has version 4 and its variant, in lower case, and is new each time")
{
    char last[37] = "";
    for (int i = 0; i < 1000; i++) {
        char text[37];
        st_random_uuid(text);
        assert_is_uuid_4(text);
        assert_string_not_equal(text, last);
        memcpy(last, text, sizeof last);
    }
}

TEST("the seeded generator is xoshiro256** with a splitmix64 seed")
{
    static const uint64_t expected[] = {UINT64_C(0x99EC5F36CB75F2B4), UINT64_C(0xBF6E1F784956452A),
                                        UINT64_C(0x1A5F849D4933E6E0), UINT64_C(0x6AA594F1262D2D2C)};
    struct st_rng rng;
    st_rng_init(&rng, 0);
    assert_true(rng.state[0] == UINT64_C(0xE220A8397B1DCDAF));
    for (size_t i = 0; i < 4; i++)
        assert_true(st_rng_next(&rng) == expected[i]);
}

TEST("the same seed gives the same values, another seed others")
{
    struct st_rng a;
    struct st_rng b;
    struct st_rng c;
    st_rng_init(&a, 42);
    st_rng_init(&b, 42);
    st_rng_init(&c, 43);
    size_t same = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t value = st_rng_next(&a);
        assert_true(value == st_rng_next(&b));
        same += value == st_rng_next(&c);
    }
    assert_int_equal(same, 0);
}

TEST("a bounded value is below its bound and reaches every value about equally often")
{
    struct st_rng rng;
    unsigned hits[7] = {0};
    st_rng_init(&rng, 5);
    for (int i = 0; i < 70000; i++) {
        uint64_t value = st_rng_below(&rng, 7);
        assert_true(value < 7);
        hits[value]++;
    }
    for (size_t i = 0; i < 7; i++)
        assert_in_range(hits[i], 9500, 10500);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(st_rng_below(&rng, 1), 0);
        assert_true(st_rng_below(&rng, UINT64_MAX) < UINT64_MAX);
        assert_true(st_rng_below(&rng, (UINT64_C(1) << 63) + 1) <= UINT64_C(1) << 63);
    }
}

TEST("seeded bytes are the values' bytes from the lowest up, and no more than asked")
{
    static const unsigned char expected[] = {0xB4, 0xF2, 0x75, 0xCB, 0x36, 0x5F,
                                             0xEC, 0x99, 0x2A, 0x45, 0x56};
    struct st_rng rng;
    unsigned char bytes[12] = {0};
    bytes[11] = 0xA5;
    st_rng_init(&rng, 0);
    st_rng_bytes(&rng, bytes, 11);
    assert_memory_equal(bytes, expected, sizeof expected);
    assert_int_equal(bytes[11], 0xA5);
}

TEST("a seeded UUID is a UUID, and the same for the same seed")
{
    struct st_rng a;
    struct st_rng b;
    char first[37];
    char second[37];
    st_rng_init(&a, 9);
    st_rng_init(&b, 9);
    st_rng_uuid(&a, first);
    st_rng_uuid(&b, second);
    assert_is_uuid_4(first);
    assert_string_equal(first, second);
    st_rng_uuid(&b, second);
    assert_string_not_equal(first, second);
}
