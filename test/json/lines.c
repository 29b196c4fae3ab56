#include "unit.h"

#include "base/mem.h"
#include "seed.h"
#include "json/lines.h"

/* What the cutter hands out, one line a line: number, '!' when too long, text. */
static void note(struct st_buf *out, const struct st_line *line)
{
    assert_ok(st_buf_printf(out, "%llu%s:%.*s|", (unsigned long long)line->number,
                            line->too_long ? "!" : "", ST_STR_ARG(line->text)));
}

static void feed(struct st_lines *lines, st_str piece, struct st_buf *out)
{
    struct st_line line;
    bool found = false;
    do {
        assert_ok(st_lines_take(lines, &piece, &line, &found));
        if (found)
            note(out, &line);
    } while (found);
    assert_int_equal(piece.len, 0);
}

static void end(struct st_lines *lines, struct st_buf *out)
{
    struct st_line line;
    if (st_lines_end(lines, &line))
        note(out, &line);
    assert_false(st_lines_end(lines, &line));
}

/* Feeds `text` in pieces of `step` bytes. */
static void cut(st_str text, size_t line_bytes_max, size_t step, struct st_buf *out)
{
    struct st_lines lines;
    st_lines_init(&lines, line_bytes_max);
    st_buf_reset(out);
    for (size_t at = 0; at < text.len; at += step)
        feed(&lines, (st_str){text.at + at, text.len - at < step ? text.len - at : step}, out);
    end(&lines, out);
    st_lines_done(&lines);
}

static void expect_lines(const char *text, size_t line_bytes_max, const char *expected)
{
    struct st_buf out = ST_BUF(1 << 16);
    for (size_t step = 1; step <= strlen(text) + 1; step++) {
        cut(st_str_of(text), line_bytes_max, step, &out);
        assert_text(st_buf_str(&out), expected);
    }
    st_buf_done(&out);
}

TEST("lines come out numbered, however the bytes arrive")
{
    expect_lines("", 100, "");
    expect_lines("a", 100, "1:a|");
    expect_lines("a\n", 100, "1:a|");
    expect_lines("a\nb\nc", 100, "1:a|2:b|3:c|");
    expect_lines("{\"a\":1}\n{\"a\":2}\n", 100, "1:{\"a\":1}|2:{\"a\":2}|");
}

TEST("a CR at a line's end is left out, one inside stays")
{
    expect_lines("a\r\nb\r\n", 100, "1:a|2:b|");
    expect_lines("a\r", 100, "1:a|");
    expect_lines("a\rb\r\r\n", 100, "1:a\rb\r|");
}

TEST("blank lines count but are not handed out")
{
    expect_lines("\n\na\n\nb\n\n", 100, "3:a|5:b|");
    expect_lines(" \n\t\r\n\r\na\n \t ", 100, "4:a|");
    expect_lines("\n", 100, "");
    expect_lines(" a \n", 100, "1: a |");
}

TEST("a line that is too long is said once and skipped")
{
    expect_lines("abc\nabcd\nabcde\nabc", 3, "1:abc|2!:|3!:|4:abc|");
    expect_lines("abcdefghij", 3, "1!:|");
    expect_lines("abc\r\nabcd\r\nabc\rd\nabc\r\r\nabc\r", 3, "1:abc|2!:|3!:|4!:|5:abc|");
    expect_lines("abcdefghij\n\nab\n", 3, "1!:|3:ab|");
    expect_lines("a\n\nb\n", 0, "1!:|3!:|");
    expect_lines("    \nab\n", 3, "1!:|2:ab|");
}

TEST("a line within one piece is handed out where it stands")
{
    struct st_lines lines;
    struct st_line line;
    bool found = false;
    st_str text = ST_STR("abc\ndef\nghi");
    st_str piece = text;
    st_lines_init(&lines, 100);
    uint64_t before = st_mem_count();
    assert_ok(st_lines_take(&lines, &piece, &line, &found));
    assert_ptr_equal(line.text.at, text.at);
    assert_ok(st_lines_take(&lines, &piece, &line, &found));
    assert_ptr_equal(line.text.at, text.at + 4);
    assert_int_equal(st_mem_count(), before);
    assert_ok(st_lines_take(&lines, &piece, &line, &found));
    assert_false(found);
    piece = ST_STR("jkl\n");
    assert_ok(st_lines_take(&lines, &piece, &line, &found));
    assert_true(found);
    assert_text(line.text, "ghijkl");
    assert_int_equal(line.number, 3);
    assert_false(st_lines_end(&lines, &line));
    st_lines_done(&lines);
}

TEST("the number is of lines begun so far")
{
    struct st_lines lines;
    struct st_line line;
    bool found = false;
    st_lines_init(&lines, 3);
    assert_int_equal(lines.number, 0);
    st_str piece = ST_STR("ab");
    assert_ok(st_lines_take(&lines, &piece, &line, &found));
    assert_int_equal(lines.number, 1);
    piece = ST_STR("\n");
    assert_ok(st_lines_take(&lines, &piece, &line, &found));
    assert_int_equal(lines.number, 1);
    piece = ST_STR("abcdef");
    assert_ok(st_lines_take(&lines, &piece, &line, &found));
    assert_true(found && line.too_long);
    assert_int_equal(lines.number, 2);
    st_lines_done(&lines);
}

TEST("after the end the next piece begins a new line")
{
    struct st_lines lines;
    struct st_buf out = ST_BUF(1 << 10);
    st_lines_init(&lines, 3);
    feed(&lines, ST_STR("ab"), &out);
    end(&lines, &out);
    feed(&lines, ST_STR("cdefg"), &out);
    end(&lines, &out);
    feed(&lines, ST_STR("h"), &out);
    end(&lines, &out);
    assert_text(st_buf_str(&out), "1:ab|2!:|3:h|");
    st_buf_done(&out);
    st_lines_done(&lines);
}

TEST("without memory nothing is lost, and the call can be made again")
{
    struct st_lines lines;
    struct st_line line;
    bool found = true;
    st_lines_init(&lines, 100);
    st_str piece = ST_STR("\n \nabc");
    st_mem_fail_at(1);
    assert_err(st_lines_take(&lines, &piece, &line, &found), MEMORY);
    st_mem_fail_at(0);
    assert_false(found);
    assert_ok(st_lines_take(&lines, &piece, &line, &found));
    assert_false(found);
    assert_true(st_lines_end(&lines, &line));
    assert_text(line.text, "abc");
    assert_int_equal(line.number, 3);
    st_lines_done(&lines);
}

TEST("in the steady state lines in pieces allocate nothing")
{
    struct st_lines lines;
    struct st_buf out = ST_BUF(1 << 16);
    st_lines_init(&lines, 1000);
    feed(&lines, ST_STR("a long line that comes in two"), &out);
    feed(&lines, ST_STR(" pieces\n"), &out);
    assert_ok(st_buf_reserve(&out, 4000));
    uint64_t before = st_mem_count();
    for (int i = 0; i < 50; i++) {
        feed(&lines, ST_STR("the head\nthe tail"), &out);
        feed(&lines, ST_STR(" and its end\n"), &out);
    }
    assert_int_equal(st_mem_count(), before);
    st_buf_done(&out);
    st_lines_done(&lines);
}

TEST("random bytes in random pieces give the lines of the whole")
{
    struct st_rng rng;
    struct st_buf whole = ST_BUF(1 << 16);
    struct st_buf parts = ST_BUF(1 << 16);
    st_rng_init(&rng, random_seed());
    for (int i = 0; i < 5000; i++) {
        char text[60];
        struct st_lines lines;
        size_t len = (size_t)st_rng_below(&rng, sizeof text);
        size_t max = (size_t)st_rng_below(&rng, 6);
        for (size_t at = 0; at < len; at++)
            text[at] = "\n\r ab"[st_rng_below(&rng, 5)];
        cut((st_str){text, len}, max, len + 1, &whole);
        st_buf_reset(&parts);
        st_lines_init(&lines, max);
        for (size_t at = 0, step = 0; at < len; at += step) {
            step = (size_t)st_rng_below(&rng, len - at + 1);
            feed(&lines, (st_str){text + at, step}, &parts);
        }
        end(&lines, &parts);
        st_lines_done(&lines);
        assert_true(st_str_eq(st_buf_str(&whole), st_buf_str(&parts)));
    }
    st_buf_done(&parts);
    st_buf_done(&whole);
}
