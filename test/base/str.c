#include "base/str.h"
#include "base/mem.h"
#include "unit.h"

static const st_str nothing = {NULL, 0};

TEST("slices are equal by their bytes, and an empty one may point nowhere")
{
    assert_true(st_str_eq(ST_STR("abc"), st_str_of("abc")));
    assert_false(st_str_eq(ST_STR("abc"), ST_STR("abd")));
    assert_false(st_str_eq(ST_STR("abc"), ST_STR("ab")));
    assert_true(st_str_eq(nothing, ST_STR("")));
    assert_true(st_str_eq(st_str_of(NULL), nothing));
    assert_true(st_str_eq(ST_STR("a\0b"), ST_STR("a\0b")));
    assert_false(st_str_eq(ST_STR("a\0b"), ST_STR("a\0c")));
}

TEST("slices are ordered by bytes, then by length")
{
    assert_int_equal(st_str_cmp(ST_STR("abc"), ST_STR("abc")), 0);
    assert_true(st_str_cmp(ST_STR("ab"), ST_STR("abc")) < 0);
    assert_true(st_str_cmp(ST_STR("abc"), ST_STR("ab")) > 0);
    assert_true(st_str_cmp(ST_STR("abd"), ST_STR("abcz")) > 0);
    assert_true(st_str_cmp(ST_STR("\x7F"), ST_STR("\x80")) < 0);
    assert_int_equal(st_str_cmp(nothing, ST_STR("")), 0);
    assert_true(st_str_cmp(nothing, ST_STR("a")) < 0);
}

TEST("a slice starts and ends with what it starts and ends with")
{
    assert_true(st_str_starts(ST_STR("abc"), ST_STR("ab")));
    assert_true(st_str_starts(ST_STR("abc"), nothing));
    assert_true(st_str_starts(nothing, nothing));
    assert_false(st_str_starts(ST_STR("ab"), ST_STR("abc")));
    assert_false(st_str_starts(ST_STR("abc"), ST_STR("bc")));
    assert_true(st_str_ends(ST_STR("abc"), ST_STR("bc")));
    assert_true(st_str_ends(ST_STR("abc"), nothing));
    assert_false(st_str_ends(ST_STR("bc"), ST_STR("abc")));
    assert_false(st_str_ends(ST_STR("abc"), ST_STR("ab")));
}

TEST("a tail may be empty")
{
    assert_text(st_str_from(ST_STR("abc"), 1), "bc");
    assert_text(st_str_from(ST_STR("abc"), 3), "");
    assert_text(st_str_from(nothing, 0), "");
}

TEST("trimming takes blanks, tabs and line ends from both ends only")
{
    assert_text(st_str_trim(ST_STR(" \t\r\na b\n ")), "a b");
    assert_text(st_str_trim(ST_STR("a")), "a");
    assert_text(st_str_trim(ST_STR(" \t\r\n")), "");
    assert_text(st_str_trim(nothing), "");
    assert_text(st_str_trim(ST_STR("\va\f")), "\va\f");
}

TEST("a cut is made around the first place of the character")
{
    st_str head;
    st_str tail;
    size_t at = 99;
    assert_true(st_str_cut(ST_STR("a=b=c"), '=', &head, &tail));
    assert_text(head, "a");
    assert_text(tail, "b=c");
    assert_true(st_str_cut(ST_STR("a="), '=', &head, &tail));
    assert_text(head, "a");
    assert_text(tail, "");
    assert_true(st_str_cut(ST_STR("="), '=', &head, &tail));
    assert_text(head, "");
    assert_text(tail, "");
    assert_false(st_str_cut(ST_STR("abc"), '=', &head, &tail));
    assert_text(head, "abc");
    assert_text(tail, "");
    assert_false(st_str_find(nothing, '=', &at));
    assert_int_equal(at, 99);
    assert_true(st_str_find(ST_STR("ab=="), '=', &at));
    assert_int_equal(at, 2);
}

TEST("numbers are digits only, up to the greatest and not past it")
{
    uint64_t u = 7;
    assert_ok(st_str_to_u64(ST_STR("0"), &u));
    assert_int_equal(u, 0);
    assert_ok(st_str_to_u64(ST_STR("18446744073709551615"), &u));
    assert_true(u == UINT64_MAX);
    assert_ok(st_str_to_u64(ST_STR("007"), &u));
    assert_int_equal(u, 7);
    assert_err(st_str_to_u64(ST_STR("18446744073709551616"), &u), LIMIT);
    assert_err(st_str_to_u64(ST_STR("99999999999999999999"), &u), LIMIT);
    static const char *const wrong[] = {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "1e3"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_err(st_str_to_u64(st_str_of(wrong[i]), &u), SYNTAX);
    assert_err(st_str_to_u64(nothing, &u), SYNTAX);
    assert_int_equal(u, 7);
}

TEST("signed numbers reach both ends of their range")
{
    int64_t i = 7;
    assert_ok(st_str_to_i64(ST_STR("9223372036854775807"), &i));
    assert_true(i == INT64_MAX);
    assert_ok(st_str_to_i64(ST_STR("-9223372036854775808"), &i));
    assert_true(i == INT64_MIN);
    assert_ok(st_str_to_i64(ST_STR("-0"), &i));
    assert_int_equal(i, 0);
    assert_err(st_str_to_i64(ST_STR("9223372036854775808"), &i), LIMIT);
    assert_err(st_str_to_i64(ST_STR("-9223372036854775809"), &i), LIMIT);
    assert_err(st_str_to_i64(ST_STR("-"), &i), SYNTAX);
    assert_err(st_str_to_i64(ST_STR("--1"), &i), SYNTAX);
    assert_err(st_str_to_i64(nothing, &i), SYNTAX);
    assert_int_equal(i, 0);
}

TEST("a buffer holds what was added, in order")
{
    struct st_buf buf = ST_BUF(4096);
    assert_ok(st_buf_add(&buf, "ab", 2));
    assert_ok(st_buf_add_str(&buf, ST_STR("cd")));
    assert_ok(st_buf_add_str(&buf, nothing));
    assert_ok(st_buf_add_char(&buf, '/'));
    assert_ok(st_buf_add_u64(&buf, 0));
    assert_ok(st_buf_add_char(&buf, '/'));
    assert_ok(st_buf_add_u64(&buf, UINT64_MAX));
    assert_ok(st_buf_add_char(&buf, '/'));
    assert_ok(st_buf_add_i64(&buf, INT64_MIN));
    assert_ok(st_buf_add_char(&buf, '/'));
    assert_ok(st_buf_add_i64(&buf, INT64_MAX));
    assert_ok(st_buf_printf(&buf, "/%s-%d", "x", 5));
    const char *expected =
        "abcd/0/18446744073709551615/-9223372036854775808/9223372036854775807/x-5";
    assert_text(st_buf_str(&buf), expected);
    assert_string_equal(st_buf_cstr(&buf), expected);
    st_buf_done(&buf);
    assert_null(buf.at);
    assert_int_equal(buf.len, 0);
    assert_int_equal(buf.room, 0);
    assert_int_equal(buf.max, 4096);
}

TEST("a buffer may be filled to its greatest size, and a call that would pass it changes nothing")
{
    for (size_t max = 0; max < 300; max++) {
        struct st_buf buf = ST_BUF(max);
        for (size_t i = 0; i < max; i++)
            assert_ok(st_buf_add_char(&buf, 'x'));
        struct st_buf before = buf;
        assert_err(st_buf_add_char(&buf, 'y'), LIMIT);
        assert_err(st_buf_add_u64(&buf, 1), LIMIT);
        assert_err(st_buf_add_i64(&buf, -1), LIMIT);
        assert_err(st_buf_printf(&buf, "%d", 1), LIMIT);
        assert_err(st_buf_reserve(&buf, 1), LIMIT);
        assert_err(st_buf_reserve(&buf, SIZE_MAX), LIMIT);
        assert_memory_equal(&before, &buf, sizeof buf);
        assert_ok(st_buf_add(&buf, NULL, 0));
        assert_int_equal(strlen(st_buf_cstr(&buf)), max);
        assert_int_equal(buf.len, max);
        st_buf_done(&buf);
    }
}

TEST("printf may fill a buffer to the last byte")
{
    for (size_t max = 1; max < 200; max++) {
        struct st_buf buf = ST_BUF(max);
        assert_err(st_buf_printf(&buf, "%*d", (int)max + 1, 7), LIMIT);
        assert_int_equal(buf.len, 0);
        assert_ok(st_buf_printf(&buf, "%*d", (int)max, 7));
        assert_int_equal(buf.len, max);
        assert_int_equal(buf.at[max - 1], '7');
        st_buf_done(&buf);
    }
}

TEST("a call that finds no memory changes nothing")
{
    struct st_buf buf = ST_BUF(1 << 20);
    assert_ok(st_buf_add_str(&buf, ST_STR("kept")));
    while (buf.len < buf.room)
        assert_ok(st_buf_add_char(&buf, '.'));
    struct st_buf before = buf;
    st_mem_fail_at(1);
    assert_err(st_buf_add_char(&buf, 'x'), MEMORY);
    st_mem_fail_at(1);
    assert_err(st_buf_printf(&buf, "%d", 12), MEMORY);
    st_mem_fail_at(1);
    assert_null(st_buf_cstr(&buf));
    assert_memory_equal(&before, &buf, sizeof buf);
    assert_true(st_str_starts(st_buf_str(&buf), ST_STR("kept")));
    assert_ok(st_buf_add_char(&buf, 'x'));
    st_buf_done(&buf);
}

TEST("a buffer that was reset is filled again without an allocation")
{
    struct st_buf buf = ST_BUF(1 << 20);
    uint64_t count = 0;
    for (int round = 0; round < 3; round++) {
        count = st_mem_count();
        st_buf_reset(&buf);
        for (int i = 0; i < 10000; i++)
            assert_ok(st_buf_add_u64(&buf, (uint64_t)i));
        if (round > 0)
            assert_int_equal(st_mem_count(), count);
    }
    st_buf_done(&buf);
}
