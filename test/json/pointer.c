#include "unit.h"

#include "base/mem.h"
#include "json/pointer.h"

static void expect_found(const struct st_json *doc, const char *pointer, const char *raw)
{
    uint32_t node = st_pointer_find(doc, 0, st_str_of(pointer));
    if (raw == NULL)
        assert_int_equal(node, ST_JSON_NONE);
    else if (node == ST_JSON_NONE)
        fail_msg("\"%s\" names nothing", pointer);
    else
        assert_text(st_json_raw(doc, node), raw);
}

TEST("the examples of RFC 6901, section 5, name what it says")
{
    static const char text[] =
        "{\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3, \"g|h\": 4, "
        "\"i\\\\j\": 5, \"k\\\"l\": 6, \" \": 7, \"m~n\": 8}";
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, st_str_of(text), NULL, NULL));
    expect_found(&doc, "", text);
    expect_found(&doc, "/foo", "[\"bar\", \"baz\"]");
    expect_found(&doc, "/foo/0", "\"bar\"");
    expect_found(&doc, "/", "0");
    expect_found(&doc, "/a~1b", "1");
    expect_found(&doc, "/c%d", "2");
    expect_found(&doc, "/e^f", "3");
    expect_found(&doc, "/g|h", "4");
    expect_found(&doc, "/i\\j", "5");
    expect_found(&doc, "/k\"l", "6");
    expect_found(&doc, "/ ", "7");
    expect_found(&doc, "/m~0n", "8");
    st_json_done(&doc);
}

TEST("a pointer to what is not there names nothing")
{
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(st_json_parse(
        &doc, ST_STR("{\"a\":[1,2,3,4,5,6,7,8,9,10,{\"b\":1}],\"~1\":2,\"0\":3,\"s\":\"x\"}"), NULL,
        NULL));
    expect_found(&doc, "/a/10/b", "1");
    expect_found(&doc, "/0", "3");
    expect_found(&doc, "/~01", "2");
    static const char *const nothing[] = {
        "/b",
        "/a/11",
        "/a/-",
        "/a/01",
        "/a/00",
        "/a/",
        "/a/+1",
        "/a/1.0",
        "/a/1e0",
        "/a/ 1",
        "/a/-1",
        "/a/1 ",
        "/a/0x1",
        "/a/99999999999999999999999",
        "/a/4294967296",
        "/a/18446744073709551616",
        "/a/10/",
        "/a/10/b/",
        "/a/10/b/c",
        "/s/0",
        "/s/x",
        "//",
        "/~1",
        "a",
        "0",
        "#/a",
        "/~",
        "/a~",
        "/~2",
        "/a/0~",
        "/~01~",
    };
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        expect_found(&doc, nothing[i], NULL);
    st_json_done(&doc);
}

TEST("a pointer goes on from any node, and gives the last of repeated names")
{
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(st_json_parse(
        &doc, ST_STR("{\"a\":{\"x\":1},\"b\":[0,{\"m~n\":1,\"m~n\":2}],\"a\":{\"x\":3}}"), NULL,
        NULL));
    expect_found(&doc, "/a/x", "3");
    expect_found(&doc, "/b/1/m~0n", "2");
    uint32_t b = st_pointer_find(&doc, 0, ST_STR("/b"));
    assert_text(st_json_raw(&doc, st_pointer_find(&doc, b, ST_STR("/0"))), "0");
    assert_int_equal(st_pointer_find(&doc, b, ST_STR("")), b);
    assert_int_equal(st_pointer_find(&doc, b, ST_STR("/b")), ST_JSON_NONE);
    st_json_done(&doc);
}

TEST("a text is a pointer when it is empty, or begins with '/' and escapes '~'")
{
    static const char *const pointers[] = {"",    "/",   "//",   "/a",       "/a/b",
                                           "/~0", "/~1", "/~01", "/~0~1/~0", "/%7E"};
    static const char *const others[] = {"a",   "a/",   "#/a",  "~0",   "/~", "/~2",
                                         "/a~", "/~/0", "/~ 0", "/a/~", " /"};
    for (size_t i = 0; i < sizeof pointers / sizeof pointers[0]; i++)
        assert_true(st_pointer_is(st_str_of(pointers[i])));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(st_pointer_is(st_str_of(others[i])));
}

TEST("tokens added come out again as they were, escapes and all")
{
    static const char *const tokens[] = {"a",  "",      "~", "/",        "~0",
                                         "~1", "a/b~c", "0", "\303\251", "~~//"};
    size_t count = sizeof tokens / sizeof tokens[0];
    struct st_buf pointer = ST_BUF(ST_JSON_POINTER_BYTES_MAX);
    struct st_buf token = ST_BUF(ST_JSON_POINTER_BYTES_MAX);
    bool found = false;
    for (size_t i = 0; i < count; i++)
        assert_ok(st_pointer_add(&pointer, st_str_of(tokens[i])));
    assert_ok(st_pointer_add_index(&pointer, UINT64_MAX));
    assert_text(st_buf_str(&pointer),
                "/a//~0/~1/~00/~01/a~1b~0c/0/\303\251/~0~0~1~1/18446744073709551615");
    assert_true(st_pointer_is(st_buf_str(&pointer)));
    st_str rest = st_buf_str(&pointer);
    for (size_t i = 0; i < count; i++) {
        assert_ok(st_pointer_take(&rest, &token, &found));
        assert_true(found);
        assert_text(st_buf_str(&token), tokens[i]);
    }
    assert_ok(st_pointer_take(&rest, &token, &found));
    assert_text(st_buf_str(&token), "18446744073709551615");
    assert_ok(st_pointer_take(&rest, &token, &found));
    assert_false(found);
    assert_int_equal(token.len, 0);
    rest = ST_STR("a/b");
    assert_err(st_pointer_take(&rest, &token, &found), INVALID);
    assert_text(rest, "a/b");
    st_buf_done(&token);
    st_buf_done(&pointer);
}

TEST("every node's pointer finds it again, unless a later name shadows it")
{
    struct st_json doc;
    struct st_buf pointer = ST_BUF(ST_JSON_POINTER_BYTES_MAX);
    st_json_init(&doc);
    assert_ok(st_json_parse(
        &doc,
        ST_STR("{\"a/b\":[[],{},[1,[2,{\"~\":3}]]],\"\":{\"\":{\"\":0}},\"x\":[{},{\"y\":[]}]}"),
        NULL, NULL));
    for (uint32_t node = 0; node < doc.count; node++) {
        bool name = (doc.nodes[node].flags & ST_JSON_NAME) != 0;
        st_buf_reset(&pointer);
        assert_ok(st_pointer_of(&doc, node, &pointer));
        assert_int_equal(st_pointer_find(&doc, 0, st_buf_str(&pointer)), name ? node + 1 : node);
    }
    assert_text(st_buf_str(&pointer), "/x/1/y");
    assert_ok(st_json_parse(&doc, ST_STR("{\"a\":[1],\"a\":2}"), NULL, NULL));
    st_buf_reset(&pointer);
    assert_ok(st_pointer_of(&doc, 3, &pointer));
    assert_text(st_buf_str(&pointer), "/a/0");
    st_buf_done(&pointer);
    st_json_done(&doc);
}

static void expect_path(const struct st_json *doc, const char *pointer, const char *path)
{
    struct st_buf out = ST_BUF(ST_JSON_POINTER_BYTES_MAX);
    assert_ok(st_pointer_to_path(st_str_of(pointer), doc, &out));
    assert_text(st_buf_str(&out), path);
    st_buf_done(&out);
}

TEST("a pointer is written as a path, with brackets where the doc has an array")
{
    struct st_json doc;
    struct st_buf out = ST_BUF(ST_JSON_POINTER_BYTES_MAX);
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, ST_STR("{\"a\":[{\"b\":[[7]]}],\"0\":{\"1\":2},\"c/d\":1}"), NULL,
                            NULL));
    expect_path(&doc, "", "$");
    expect_path(&doc, "/a/0/b/0/0", "$.a[0].b[0][0]");
    expect_path(&doc, "/a/7", "$.a[7]");
    expect_path(&doc, "/a/7/8", "$.a[7].8");
    expect_path(&doc, "/a/-", "$.a.-");
    expect_path(&doc, "/a/01", "$.a.01");
    expect_path(&doc, "/0/1", "$.0.1");
    expect_path(&doc, "/c~1d/~0e", "$.c/d.~e");
    expect_path(&doc, "/tenant/workspace_id", "$.tenant.workspace_id");
    expect_path(NULL, "/a/0/b", "$.a.0.b");
    expect_path(NULL, "/", "$.");
    assert_err(st_pointer_to_path(ST_STR("a"), &doc, &out), INVALID);
    assert_int_equal(out.len, 0);
    st_buf_done(&out);
    st_json_done(&doc);
}

TEST("a call that finds no room or memory leaves its buffer as it was")
{
    struct st_json doc;
    struct st_buf small = ST_BUF(5);
    struct st_buf token = ST_BUF(2);
    bool found = true;
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, ST_STR("{\"long name\":[1]}"), NULL, NULL));
    assert_ok(st_buf_add_str(&small, ST_STR("x")));
    assert_err(st_pointer_add(&small, ST_STR("a~~~")), LIMIT);
    assert_err(st_pointer_add_index(&small, 12345), LIMIT);
    assert_err(st_pointer_of(&doc, 3, &small), LIMIT);
    assert_err(st_pointer_to_path(ST_STR("/long name/0"), &doc, &small), LIMIT);
    assert_text(st_buf_str(&small), "x");
    st_str rest = ST_STR("/abc");
    assert_err(st_pointer_take(&rest, &token, &found), LIMIT);
    assert_text(rest, "/abc");
    assert_false(found);
    st_buf_done(&small);
    st_mem_fail_at(1);
    assert_err(st_pointer_add(&small, ST_STR("a")), MEMORY);
    st_mem_fail_at(0);
    assert_int_equal(small.len, 0);
    st_buf_done(&token);
    st_buf_done(&small);
    st_json_done(&doc);
}
