#include "unit.h"

#include "base/mem.h"
#include "random_text.h"
#include "seed.h"
#include "json/compare.h"

/* Rows of texts: equal within a row, different between rows. */
static const char *const rows[][4] = {
    {"null", " null "},
    {"true"},
    {"false"},
    {"0", "-0", "0.0", "0e7"},
    {"1", "1.0", "10e-1", "0.01E2"},
    {"-1", "-1.0"},
    {"9007199254740992"},
    {"9007199254740993", "9007199254740993.0"},
    {"1e999999999999999999999", "10e999999999999999999998"},
    {"1e999999999999999999998"},
    {"\"\""},
    {"\"1\"", "\"\\u0031\""},
    {"\"\303\251\"", "\"\\u00e9\"", "\"\\u00E9\""},
    {"\"e\314\201\""}, /* the same letter, composed: other code points */
    {"\"\360\237\230\200\"", "\"\\ud83d\\ude00\""},
    {"\"/\"", "\"\\/\""},
    {"[]", "[ ]"},
    {"[1,2]", "[1.0,20e-1]"},
    {"[2,1]"},
    {"[1,2,3]"},
    {"[[]]"},
    {"[[],[]]"},
    {"{}", "{ }"},
    {"[{}]"},
    {"{\"a\":1}", "{\"\\u0061\":1.0}", "{\"a\":2,\"a\":1}"},
    {"{\"a\":2}"},
    {"{\"b\":1}"},
    {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", "{\"b\":0,\"a\":1,\"b\":2}"},
    {"{\"a\":2,\"b\":1}"},
    {"{\"a\":1,\"c\":2}"},
    {"{\"a\":{\"x\":[1,{\"y\":2,\"z\":3}],\"w\":null}}",
     "{\"a\":{\"w\":null,\"x\":[1,{\"z\":3,\"y\":2}]}}"},
    {"{\"a\":null}"},
    {"{\"\":1}"},
    {"[null]"},
    {"[\"1\"]"},
    {"[0]"},
    {"[false]"},
    {"[\"a\",\"b\"]"},
    {"[\"ab\"]"},
    {"[[\"a\"],\"b\"]"},
};

TEST("values are equal by JSON Schema's data model, and equal ones share a hash")
{
    struct st_json a;
    struct st_json b;
    size_t count = sizeof rows / sizeof rows[0];
    st_json_init(&a);
    st_json_init(&b);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            for (size_t k = 0; k < 16; k++) {
                const char *text_a = rows[i][k / 4];
                const char *text_b = rows[j][k % 4];
                if (text_a == NULL || text_b == NULL)
                    continue;
                assert_ok(st_json_parse(&a, st_str_of(text_a), NULL, NULL));
                assert_ok(st_json_parse(&b, st_str_of(text_b), NULL, NULL));
                if (st_json_equal(&a, 0, &b, 0) != (i == j))
                    fail_msg("%s and %s", text_a, text_b);
                assert_int_equal(st_json_hash(&a, 0) == st_json_hash(&b, 0), i == j);
            }
    st_json_done(&b);
    st_json_done(&a);
}

TEST("values within one doc compare with each other")
{
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, ST_STR("[{\"a\":[1]},{\"a\":[1.0]},{\"a\":[2]}]"), NULL, NULL));
    uint32_t first = st_json_element(&doc, 0, 0);
    uint32_t second = st_json_element(&doc, 0, 1);
    uint32_t third = st_json_element(&doc, 0, 2);
    assert_true(st_json_equal(&doc, first, &doc, second));
    assert_false(st_json_equal(&doc, first, &doc, third));
    assert_int_equal(st_json_hash(&doc, first), st_json_hash(&doc, second));
    st_json_done(&doc);
}

/* {"0":0,…} with `count` members, from `first` on and around; the last value as given. */
static void put_members(struct st_buf *text, uint32_t count, uint32_t first, int last)
{
    st_buf_reset(text);
    assert_ok(st_buf_add_char(text, '{'));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = (first + i) % count;
        assert_ok(st_buf_printf(text, "%s\"%u\":%d", i == 0 ? "" : ",", number,
                                number == count - 1 ? last : 0));
    }
    assert_ok(st_buf_add_char(text, '}'));
}

TEST("large objects in different orders are compared without looking up each member")
{
    struct st_json a;
    struct st_json b;
    struct st_buf text_a = ST_BUF(1 << 24);
    struct st_buf text_b = ST_BUF(1 << 24);
    st_json_init(&a);
    st_json_init(&b);
    put_members(&text_a, 200000, 0, 1);
    assert_ok(st_json_parse(&a, st_buf_str(&text_a), NULL, NULL));
    put_members(&text_b, 200000, 77777, 1);
    assert_ok(st_json_parse(&b, st_buf_str(&text_b), NULL, NULL));
    assert_true(st_json_equal(&a, 0, &b, 0));
    assert_int_equal(st_json_hash(&a, 0), st_json_hash(&b, 0));
    put_members(&text_b, 200000, 77777, 2);
    assert_ok(st_json_parse(&b, st_buf_str(&text_b), NULL, NULL));
    assert_false(st_json_equal(&a, 0, &b, 0));
    assert_int_not_equal(st_json_hash(&a, 0), st_json_hash(&b, 0));
    st_buf_done(&text_b);
    st_buf_done(&text_a);
    st_json_done(&b);
    st_json_done(&a);
}

TEST("without memory the answer is the same; in the same order none is asked for")
{
    struct st_json a;
    struct st_json b;
    struct st_buf text_a = ST_BUF(1 << 16);
    struct st_buf text_b = ST_BUF(1 << 16);
    st_json_init(&a);
    st_json_init(&b);
    for (uint32_t count = 1; count < 50; count++)
        for (int last = 0; last < 2; last++) {
            put_members(&text_a, count, 0, 0);
            put_members(&text_b, count, count / 2, last);
            assert_ok(st_json_parse(&a, st_buf_str(&text_a), NULL, NULL));
            assert_ok(st_json_parse(&b, st_buf_str(&text_b), NULL, NULL));
            assert_int_equal(st_json_equal(&a, 0, &b, 0), last == 0);
            st_mem_fail_at(1);
            assert_int_equal(st_json_equal(&a, 0, &b, 0), last == 0);
            st_mem_fail_at(0);
            uint64_t before = st_mem_count();
            assert_true(st_json_equal(&a, 0, &a, 0));
            assert_true(st_json_hash(&a, 0) != st_json_hash(&b, 0) || last == 0);
            assert_int_equal(st_mem_count(), before);
        }
    st_buf_done(&text_b);
    st_buf_done(&text_a);
    st_json_done(&b);
    st_json_done(&a);
}

TEST("nested objects in different orders stay cheap down to the depth limit")
{
    struct st_json a;
    struct st_json b;
    struct st_buf text_a = ST_BUF(1 << 16);
    struct st_buf text_b = ST_BUF(1 << 16);
    st_json_init(&a);
    st_json_init(&b);
    for (int i = 0; i < ST_JSON_DEPTH_MAX; i++) {
        assert_ok(st_buf_add_str(&text_a, ST_STR("{\"a\":1,\"c\":3,\"b\":")));
        assert_ok(st_buf_add_str(&text_b, ST_STR("{\"c\":3,\"b\":")));
    }
    assert_ok(st_buf_add_char(&text_a, '1'));
    assert_ok(st_buf_add_char(&text_b, '1'));
    for (int i = 0; i < ST_JSON_DEPTH_MAX; i++) {
        assert_ok(st_buf_add_str(&text_a, ST_STR("}")));
        assert_ok(st_buf_add_str(&text_b, ST_STR(",\"a\":1}")));
    }
    assert_ok(st_json_parse(&a, st_buf_str(&text_a), NULL, NULL));
    assert_ok(st_json_parse(&b, st_buf_str(&text_b), NULL, NULL));
    assert_true(st_json_equal(&a, 0, &b, 0));
    assert_int_equal(st_json_hash(&a, 0), st_json_hash(&b, 0));
    st_buf_done(&text_b);
    st_buf_done(&text_a);
    st_json_done(&b);
    st_json_done(&a);
}

TEST("a random value equals itself in every spelling, and no other random value")
{
    struct st_json a;
    struct st_json b;
    struct st_buf text_a = ST_BUF(1 << 24);
    struct st_buf text_b = ST_BUF(1 << 24);
    uint64_t seed = random_seed();
    st_json_init(&a);
    st_json_init(&b);
    for (uint64_t i = 0; i < 200; i++) {
        random_text(&text_a, seed + i, seed ^ i, i % 2 == 0);
        random_text(&text_b, seed + i, seed * 3 + i, false);
        assert_ok(st_json_parse(&a, st_buf_str(&text_a), NULL, NULL));
        assert_ok(st_json_parse(&b, st_buf_str(&text_b), NULL, NULL));
        if (!st_json_equal(&a, 0, &b, 0))
            fail_msg("%.*s\nand\n%.*s", ST_STR_ARG(st_buf_str(&text_a)),
                     ST_STR_ARG(st_buf_str(&text_b)));
        assert_int_equal(st_json_hash(&a, 0), st_json_hash(&b, 0));
        random_text(&text_b, seed + i + 1, seed, false);
        assert_ok(st_json_parse(&b, st_buf_str(&text_b), NULL, NULL));
        if (st_json_hash(&a, 0) != st_json_hash(&b, 0))
            assert_false(st_json_equal(&a, 0, &b, 0));
    }
    st_buf_done(&text_b);
    st_buf_done(&text_a);
    st_json_done(&b);
    st_json_done(&a);
}
