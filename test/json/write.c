#include "unit.h"

#include "base/mem.h"
#include "random_text.h"
#include "seed.h"
#include "json/compare.h"
#include "json/write.h"

static void expect_written(const char *text, const char *minified, const char *pretty)
{
    struct st_json doc;
    struct st_buf out = ST_BUF(1 << 16);
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, st_str_of(text), NULL, NULL));
    assert_ok(st_json_write(&doc, 0, &out));
    assert_text(st_buf_str(&out), minified);
    st_buf_reset(&out);
    assert_ok(st_json_write_pretty(&doc, 0, &out));
    assert_text(st_buf_str(&out), pretty);
    st_buf_done(&out);
    st_json_done(&doc);
}

TEST("a doc is written without blanks, and with those of jq")
{
    expect_written(" null ", "null", "null");
    expect_written("[ ]", "[]", "[]");
    expect_written("{ }", "{}", "{}");
    expect_written("[1, [], {}, [2]]", "[1,[],{},[2]]",
                   "[\n  1,\n  [],\n  {},\n  [\n    2\n  ]\n]");
    expect_written(
        "{\"a\" : 1, \"b\" : {\"c\" : [true, null]}}", "{\"a\":1,\"b\":{\"c\":[true,null]}}",
        "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [\n      true,\n      null\n    ]\n  }\n}");
}

TEST("numbers keep their literals, strings their code points, shadowed members go")
{
    expect_written("[1.50e3,-0,1E+400]", "[1.50e3,-0,1E+400]", "[\n  1.50e3,\n  -0,\n  1E+400\n]");
    expect_written("\"\\u00e9\\/\\ud83d\\ude00\"", "\"\303\251/\360\237\230\200\"",
                   "\"\303\251/\360\237\230\200\"");
    expect_written("\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\"\\\\\\u007f\"",
                   "\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\"\\\\\177\"",
                   "\"\\u0000\\u001f\\b\\f\\n\\r\\t\\\"\\\\\177\"");
    expect_written("{\"a\":1,\"b\":2,\"a\":3}", "{\"b\":2,\"a\":3}",
                   "{\n  \"b\": 2,\n  \"a\": 3\n}");
    expect_written("{\"a\":1,\"a\":2}", "{\"a\":2}", "{\n  \"a\": 2\n}");
}

TEST("any node is written, behind what the buffer holds")
{
    struct st_json doc;
    struct st_buf out = ST_BUF(1 << 16);
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, ST_STR("{\"a\":[1,{\"b\":2}]}"), NULL, NULL));
    assert_ok(st_buf_add_str(&out, ST_STR("x=")));
    assert_ok(st_json_write(&doc, st_json_member(&doc, 0, ST_STR("a")), &out));
    assert_text(st_buf_str(&out), "x=[1,{\"b\":2}]");
    st_buf_done(&out);
    st_json_done(&doc);
}

TEST("random docs written again are equal, minified and pretty, and writing is stable")
{
    struct st_json doc;
    struct st_json again;
    struct st_buf text = ST_BUF(1 << 24);
    struct st_buf out = ST_BUF(1 << 24);
    struct st_buf twice = ST_BUF(1 << 24);
    uint64_t seed = random_seed();
    st_json_init(&doc);
    st_json_init(&again);
    for (uint64_t i = 0; i < 200; i++) {
        st_err (*write)(const struct st_json *, uint32_t, struct st_buf *) =
            i % 2 == 0 ? st_json_write : st_json_write_pretty;
        random_text(&text, seed + i, i, false);
        st_buf_reset(&out);
        st_buf_reset(&twice);
        assert_ok(st_json_parse(&doc, st_buf_str(&text), NULL, NULL));
        assert_ok(write(&doc, 0, &out));
        struct st_json_options unique = {.unique_names = true};
        assert_ok(st_json_parse(&again, st_buf_str(&out), &unique, NULL));
        assert_true(st_json_equal(&doc, 0, &again, 0));
        assert_ok(write(&again, 0, &twice));
        assert_true(st_str_eq(st_buf_str(&out), st_buf_str(&twice)));
    }
    st_buf_done(&twice);
    st_buf_done(&out);
    st_buf_done(&text);
    st_json_done(&again);
    st_json_done(&doc);
}

TEST("a string of any bytes is written as JSON, invalid UTF-8 as U+FFFD")
{
    static const struct {
        st_str text;
        const char *written;
    } rows[] = {
        {ST_STR_INIT(""), "\"\""},
        {ST_STR_INIT("plain"), "\"plain\""},
        {ST_STR_INIT("a\"b\\c/d"), "\"a\\\"b\\\\c/d\""},
        {ST_STR_INIT("\0\001\033"), "\"\\u0000\\u0001\\u001b\""},
        {ST_STR_INIT("\b\f\n\r\t"), "\"\\b\\f\\n\\r\\t\""},
        {ST_STR_INIT("\303\251"), "\"\303\251\""},
        {ST_STR_INIT("\377"), "\"\357\277\275\""},
        {ST_STR_INIT("a\303"), "\"a\357\277\275\""},
        {ST_STR_INIT("a\377\nb\303\251\200"), "\"a\357\277\275\\nb\303\251\357\277\275\""},
        {ST_STR_INIT("\355\240\200"), "\"\357\277\275\357\277\275\357\277\275\""},
    };
    struct st_buf out = ST_BUF(1 << 16);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        st_buf_reset(&out);
        assert_ok(st_json_add_string(&out, rows[i].text));
        assert_text(st_buf_str(&out), rows[i].written);
    }
    st_buf_done(&out);
}

TEST("random bytes as a string parse again, and to the same bytes when they were UTF-8")
{
    struct st_json doc;
    struct st_buf out = ST_BUF(1 << 16);
    struct st_rng rng;
    st_json_init(&doc);
    st_rng_init(&rng, random_seed());
    for (int i = 0; i < 5000; i++) {
        char bytes[40];
        st_str text = {bytes, (size_t)st_rng_below(&rng, sizeof bytes)};
        st_rng_bytes(&rng, bytes, sizeof bytes);
        for (size_t at = 0; at < text.len && i % 2 == 0; at++)
            bytes[at] &= 0x7F;
        st_buf_reset(&out);
        assert_ok(st_json_add_string(&out, text));
        assert_ok(st_json_parse(&doc, st_buf_str(&out), NULL, NULL));
        if (st_utf8_check(text) == text.len)
            assert_true(st_str_eq(st_json_text(&doc, 0), text));
    }
    st_buf_done(&out);
    st_json_done(&doc);
}

TEST("members are added with their commas")
{
    struct st_buf out = ST_BUF(1 << 16);
    assert_ok(st_buf_add_char(&out, '{'));
    assert_ok(st_json_add_member_str(&out, "a", ST_STR("x\n")));
    assert_ok(st_json_add_member_u64(&out, "b", UINT64_MAX));
    assert_ok(st_json_add_member_raw(&out, "c\"", ST_STR("[1]")));
    assert_ok(st_json_add_name(&out, "d"));
    assert_ok(st_buf_add_char(&out, '{'));
    assert_ok(st_json_add_member_raw(&out, "e", ST_STR("null")));
    assert_ok(st_buf_add_str(&out, ST_STR("}}")));
    assert_text(st_buf_str(&out),
                "{\"a\":\"x\\n\",\"b\":18446744073709551615,\"c\\\"\":[1],\"d\":{\"e\":null}}");
    st_buf_done(&out);
}

TEST("what finds no room or memory leaves the buffer as it was")
{
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(
        st_json_parse(&doc, ST_STR("{\"a\":[1,\"x\\n\",{\"b\":true}],\"c\":null}"), NULL, NULL));
    for (size_t max = 3; max < 70; max++) {
        struct st_buf out = ST_BUF(max);
        assert_ok(st_buf_add_str(&out, ST_STR("\"{\"")));
        st_err errs[] = {
            st_json_write(&doc, 0, &out),
            st_json_write_pretty(&doc, 0, &out),
            st_json_add_name(&out, "abcdef\n"),
            st_json_add_string(&out, ST_STR("abc\377def")),
            st_json_add_member_u64(&out, "a", 1),
            st_json_add_member_raw(&out, "a", ST_STR("[1]")),
            st_json_add_member_str(&out, "a", ST_STR("b")),
        };
        size_t good = 0;
        for (size_t i = 0; i < sizeof errs / sizeof errs[0]; i++)
            good += errs[i] == ST_OK;
        if (good == 0)
            assert_text(st_buf_str(&out), "\"{\"");
        st_buf_done(&out);
    }
    struct st_buf out = ST_BUF(1000);
    st_mem_fail_at(1);
    assert_err(st_json_write(&doc, 0, &out), MEMORY);
    assert_int_equal(out.len, 0);
    st_mem_fail_at(0);
    assert_ok(st_json_write(&doc, 0, &out));
    st_buf_done(&out);
    st_json_done(&doc);
}
