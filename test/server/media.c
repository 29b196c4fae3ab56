#include "server/media.h"

#include "server/elements.h"
#include "unit.h"

TEST("content types say lines, JSON, or leave it open")
{
    assert_int_equal(st_media_shape((st_str){NULL, 0}), ST_SHAPE_OPEN);
    assert_int_equal(st_media_shape(ST_STR("application/json")), ST_SHAPE_JSON);
    assert_int_equal(st_media_shape(ST_STR(" Application/JSON ; charset=utf-8")), ST_SHAPE_JSON);
    assert_int_equal(st_media_shape(ST_STR("application/x-ndjson")), ST_SHAPE_LINES);
    assert_int_equal(st_media_shape(ST_STR("application/jsonl")), ST_SHAPE_LINES);
    assert_int_equal(st_media_shape(ST_STR("text/plain")), ST_SHAPE_OPEN);
    assert_int_equal(st_media_shape(ST_STR("application/xml")), ST_SHAPE_REFUSED);
    assert_int_equal(st_media_shape(ST_STR("application/jsonx")), ST_SHAPE_REFUSED);
}

TEST("content codings")
{
    assert_int_equal(st_media_coding((st_str){NULL, 0}), ST_CODING_IDENTITY);
    assert_int_equal(st_media_coding(ST_STR("GZIP")), ST_CODING_GZIP);
    assert_int_equal(st_media_coding(ST_STR("zstd")), ST_CODING_ZSTD);
    assert_int_equal(st_media_coding(ST_STR("br")), ST_CODING_REFUSED);
    assert_int_equal(st_media_coding(ST_STR("gzip, zstd")), ST_CODING_REFUSED);
}

TEST("Accept names a type, and not with q=0")
{
    st_str json = ST_STR("application/json");
    assert_true(st_media_accepts(ST_STR("application/json"), json));
    assert_true(st_media_accepts(ST_STR("text/html, Application/Json;q=0.1"), json));
    assert_false(st_media_accepts(ST_STR("*/*"), json));
    assert_false(st_media_accepts(ST_STR("application/json;q=0.0"), json));
    assert_false(st_media_accepts((st_str){NULL, 0}, json));
}

/* ---- guessing ---- */

/* The shape when the text comes in pieces of `step` bytes. */
static enum st_shape guess(enum st_shape shape, const char *text, size_t step)
{
    struct st_guess guess = {.shape = shape};
    enum st_shape found = shape;
    size_t len = strlen(text);
    for (size_t at = step; at < len; at += step)
        assert_ok(st_guess_shape(&guess, (st_str){text, at}, false, &found));
    assert_ok(st_guess_shape(&guess, (st_str){text, len}, true, &found));
    return found;
}

TEST("the beginning of a body shows what it is, however it is cut")
{
    static const struct {
        const char *text;
        enum st_shape open, json;
    } cases[] = {
        {"", ST_SHAPE_OBJECT, ST_SHAPE_OBJECT},
        {" \n ", ST_SHAPE_OBJECT, ST_SHAPE_OBJECT},
        {" [1]", ST_SHAPE_ARRAY, ST_SHAPE_ARRAY},
        {"\n\t[", ST_SHAPE_ARRAY, ST_SHAPE_ARRAY},
        {"{\"a\":1}", ST_SHAPE_OBJECT, ST_SHAPE_OBJECT},
        {"{\"a\":1}\n \n", ST_SHAPE_OBJECT, ST_SHAPE_OBJECT},
        {"{\n\"a\":1}\n", ST_SHAPE_OBJECT, ST_SHAPE_OBJECT},
        {"\n {\"a\":1} \n\n{\"b\":2}", ST_SHAPE_LINES, ST_SHAPE_OBJECT},
        {"{\"a\":1}\nrubbish", ST_SHAPE_LINES, ST_SHAPE_OBJECT},
        {"{\"a\":1}\r\n{\"b\":2}\r\n", ST_SHAPE_LINES, ST_SHAPE_OBJECT},
        {"{\"a\":1}{\"b\":2}\n{", ST_SHAPE_OBJECT, ST_SHAPE_OBJECT},
        {"42\n43", ST_SHAPE_OBJECT, ST_SHAPE_OBJECT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t step = 1; step <= strlen(cases[i].text) + 1; step++)
            if (guess(ST_SHAPE_OPEN, cases[i].text, step) != cases[i].open ||
                guess(ST_SHAPE_JSON, cases[i].text, step) != cases[i].json)
                fail_msg("%s in steps of %zu", cases[i].text, step);
}

/* ---- the elements of an array ---- */

/* Checks the whole text; the elements are joined by '|'. */
static st_err walk(const char *text, struct st_buf *joined, struct st_json_fault *fault)
{
    struct st_elements elements;
    struct st_json doc;
    st_str element;
    st_json_init(&doc);
    st_elements_start(&elements, st_str_of(text));
    st_err err = ST_OK;
    while (!elements.ended && err == ST_OK)
        err = st_elements_check(&elements, &doc, fault);
    st_json_done(&doc);
    st_elements_start(&elements, st_str_of(text));
    while (err == ST_OK && st_elements_next(&elements, &element)) {
        assert_ok(st_buf_add_str(joined, st_str_trim(element)));
        assert_ok(st_buf_add_char(joined, '|'));
    }
    return err;
}

TEST("the elements of an array are handed out as they stand")
{
    static const char *const cases[][2] = {
        {"[]", ""},
        {" [ ] \n", ""},
        {"[1]", "1|"},
        {"[ 1 , \"a,]\\\"\" , null,true ]", "1|\"a,]\\\"\"|null|true|"},
        {"[{\"a\":[1,2,{}],\"]\":\"}\"},[],[[]],\"\\\\\"]",
         "{\"a\":[1,2,{}],\"]\":\"}\"}|[]|[[]]|\"\\\\\"|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct st_buf joined = ST_BUF(1024);
        struct st_json_fault fault;
        assert_ok(walk(cases[i][0], &joined, &fault));
        assert_text(st_buf_str(&joined), cases[i][1]);
        st_buf_done(&joined);
    }
}

TEST("V2: a broken array is blamed at its byte, counted from its beginning")
{
    static const struct {
        const char *text;
        uint64_t offset, line, column;
    } cases[] = {
        {"", 0, 1, 1},           {"[", 1, 1, 2},      {"[1", 2, 1, 3},
        {"[1,", 3, 1, 4},        {"[1,]", 3, 1, 4},   {"[1 2]", 3, 1, 4},
        {"[]x", 2, 1, 3},        {"[1]\n,", 4, 2, 1}, {"[1,\n{\"a\" 1}]", 9, 2, 6},
        {"[\n\n tru]", 7, 3, 5}, {"[,1]", 1, 1, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct st_buf joined = ST_BUF(1024);
        struct st_json_fault fault = {0};
        assert_err(walk(cases[i].text, &joined, &fault), SYNTAX);
        assert_non_null(fault.expected);
        if (fault.offset != cases[i].offset || fault.line != cases[i].line ||
            fault.column != cases[i].column)
            fail_msg("%s: byte %d, line %d, column %d", cases[i].text, (int)fault.offset,
                     (int)fault.line, (int)fault.column);
        st_buf_done(&joined);
    }
}
