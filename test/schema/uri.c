#include "unit.h"

#include "schema/uri.h"

static void assert_resolves(const char *base, const char *reference, const char *expected)
{
    struct st_buf out = ST_BUF(1024);
    assert_ok(st_uri_resolve(st_str_of(base), st_str_of(reference), &out));
    assert_text(st_buf_str(&out), expected);
    st_buf_done(&out);
}

TEST("references resolve as in the examples of RFC 3986, 5.4, fragments left out")
{
    static const struct {
        const char *reference;
        const char *expected;
    } examples[] = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q"},
        {"g#s", "http://a/b/c/g"},
        {"g?y#s", "http://a/b/c/g?y"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g"},
        {"http:g", "http:g"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        assert_resolves("http://a/b/c/d;p?q", examples[i].reference, examples[i].expected);
}

TEST("a base without scheme, without path, or without hierarchy resolves too")
{
    assert_resolves("", "a/b.json", "a/b.json");
    assert_resolves("", "#x", "");
    assert_resolves("dir/a.json", "b.json", "dir/b.json");
    assert_resolves("http://a", "b", "http://a/b");
    assert_resolves("urn:uuid:1", "#x", "urn:uuid:1");
    assert_resolves("urn:uuid:1", "urn:uuid:2", "urn:uuid:2");
    assert_resolves("tag:a.b,2024:x", "?q", "tag:a.b,2024:x?q");
}

TEST("a buffer that is too small is left as it was")
{
    struct st_buf out = ST_BUF(8);
    assert_ok(st_buf_add_str(&out, ST_STR("ab")));
    assert_err(st_uri_resolve(ST_STR("http://a/b/c"), ST_STR("ddddddd"), &out), LIMIT);
    assert_text(st_buf_str(&out), "ab");
    st_buf_done(&out);
}

TEST("fragments are decoded to UTF-8 or refused")
{
    struct st_buf out = ST_BUF(64);
    assert_ok(st_uri_decode(ST_STR("/a%20b%25/%C3%A4"), &out));
    assert_text(st_buf_str(&out), "/a b%/\xC3\xA4");
    st_buf_reset(&out);
    assert_err(st_uri_decode(ST_STR("%"), &out), SYNTAX);
    assert_err(st_uri_decode(ST_STR("%4"), &out), SYNTAX);
    assert_err(st_uri_decode(ST_STR("%4g"), &out), SYNTAX);
    assert_err(st_uri_decode(ST_STR("a%ff"), &out), SYNTAX);
    assert_int_equal(out.len, 0);
    st_buf_done(&out);
}

TEST("what may not stand in a fragment is escaped")
{
    struct st_buf out = ST_BUF(64);
    assert_ok(st_uri_add_fragment(&out, ST_STR("/a b/^\xC3\xA4~1%")));
    assert_text(st_buf_str(&out), "/a%20b/%5E%C3%A4~1%25");
    st_buf_done(&out);
}
