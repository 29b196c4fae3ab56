#include "cli/print.h"
#include "cli/say.h"
#include "unit.h"

#include <unistd.h>

static struct st_buf out = {.max = 1 << 20};

static st_str harmless(st_str text)
{
    st_buf_reset(&out);
    assert_ok(st_harmless(&out, text));
    return st_buf_str(&out);
}

static st_str shown(const struct st_record *record)
{
    st_buf_reset(&out);
    assert_ok(st_short_write(record, &out));
    return st_buf_str(&out);
}

TEST("plain text, accents and other scripts are shown as they are")
{
    assert_text(harmless(ST_STR("run.failed – café 東京 🙂")),
                "run.failed – café 東京 🙂");
    assert_text(harmless(ST_STR("")), "");
}

TEST("control characters and escape sequences become text")
{
    assert_text(harmless(ST_STR("a\x1b[31mred\x1b[0m")), "a\\x1b[31mred\\x1b[0m");
    assert_text(harmless(ST_STR("one\ntwo\r\tthree\a\b\v\f")), "one\\ntwo\\r\\tthree\\a\\b\\v\\f");
    assert_text(harmless(ST_STR("\0\x01\x7f")), "\\x00\\x01\\x7f");
    assert_text(harmless(ST_STR("\xc2\x9b"
                                "31m")),
                "\\u{9b}31m");
}

TEST("what turns a line around or hides in it becomes text")
{
    assert_text(harmless(ST_STR("a\u202eb\u2066c\u200fd")), "a\\u{202e}b\\u{2066}c\\u{200f}d");
    assert_text(harmless(ST_STR("a\u2028b\u200bc\ufeffd")), "a\\u{2028}b\\u{200b}c\\u{feff}d");
}

TEST("bytes that are not UTF-8 are shown one by one")
{
    assert_text(harmless(ST_STR("a\xff\xc3")), "a\\xff\\xc3");
    assert_text(harmless(ST_STR("\xed\xa0\x80")), "\\xed\\xa0\\x80");
}

TEST("whatever the byte, nothing below a blank is left")
{
    for (unsigned c = 0; c < 256; c++) {
        char byte = (char)c;
        st_str text = harmless((st_str){&byte, 1});
        assert_true(text.len > 0);
        for (size_t i = 0; i < text.len; i++)
            assert_in_range((unsigned char)text.at[i], 0x20, 0x7e);
    }
}

TEST("a short line has time, seq, severity, type, stream and tenant in columns")
{
    struct st_record record = {
        .seq = 42,
        .type = ST_STR("run.failed"),
        .stream = ST_STR("run-1"),
        .tenant = ST_STR("acme"),
        .severity = ST_SEVERITY_ERROR,
        .has = ST_HAS_TIME,
        .time = {1770495714, 500000000},
    };
    assert_text(shown(&record), "2026-02-07T20:21:54.500Z        42  error     run.failed"
                                "              run-1                     acme");
}

TEST("what an event lacks is shown as lacking, and marks are shown")
{
    struct st_record record = {
        .seq = 1,
        .received_ns = INT64_C(1770495714) * 1000000000,
        .type = ST_STR("x"),
        .marks = ST_MARK_INVALID | ST_MARK_MASKED,
    };
    assert_text(shown(&record), "2026-02-07T20:21:54.000Z         1  info      x"
                                "                       -                         -  invalid  "
                                "masked");
}

TEST("an event cannot break out of its line")
{
    struct st_record record = {
        .seq = 7,
        .type = ST_STR("a\nb"),
        .stream = ST_STR("\x1b]0;title\a"),
        .tenant = ST_STR("t\r"),
    };
    st_str line = shown(&record);
    assert_null(memchr(line.at, '\n', line.len));
    assert_null(memchr(line.at, '\x1b', line.len));
    assert_null(memchr(line.at, '\r', line.len));
    assert_non_null(memmem(line.at, line.len, "\\x1b]0;title\\a", 13));
}

TEST("columns are as wide as their characters, not their bytes")
{
    struct st_record plain = {.seq = 1, .type = ST_STR("cafe"), .stream = ST_STR("s")};
    struct st_record accent = {.seq = 1, .type = ST_STR("café"), .stream = ST_STR("s")};
    size_t len = shown(&plain).len;
    assert_int_equal(shown(&accent).len, len + 1);
}

TEST("JSON for a terminal stays the same JSON")
{
    struct st_json before;
    struct st_json after;
    st_json_init(&before);
    st_json_init(&after);
    st_buf_reset(&out);
    st_str json = ST_STR("{\"a\":\"\xc2\x9b"
                         "31m\u202e\x7f é\"}");
    assert_ok(st_json_harmless(&out, json));
    assert_text(st_buf_str(&out), "{\"a\":\"\\u009b31m\\u202e\\u007f é\"}");
    assert_ok(st_json_parse(&before, json, NULL, NULL));
    assert_ok(st_json_parse(&after, st_buf_str(&out), NULL, NULL));
    assert_true(st_str_eq(st_json_text(&before, 2), st_json_text(&after, 2)));
    st_json_done(&before);
    st_json_done(&after);
}

TEST("the forms print an event; without a form a pipe gets json")
{
    static struct st_out pipe_out;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    st_out_init(&pipe_out, ends[1]);
    struct st_event event = {
        .record = {.seq = 3, .contract = ST_STR("c@1"), .type = ST_STR("t")},
        .raw = ST_STR("{\"a\":\n1}"),
    };
    const char *const forms[] = {"raw", NULL, "pretty"};
    for (int i = 0; i < 3; i++) {
        struct st_print print;
        assert_int_equal(st_print_init(&print, &pipe_out, forms[i]), ST_EXIT_GOOD);
        assert_ok(st_print_event(&print, &event, (st_str){NULL, 0}));
        st_print_done(&print);
    }
    st_out_flush(&pipe_out);
    char text[2048];
    ssize_t len = read(ends[0], text, sizeof text);
    assert_true(len > 0);
    st_str got = {text, (size_t)len};
    assert_true(st_str_starts(got, ST_STR("{\"a\": 1}\n{\"seq\":3,\"received_at\":")));
    static const char border[] = "\"event\":{\"a\": 1}}\n{\n  \"seq\": 3,\n";
    assert_non_null(memmem(text, (size_t)len, border, sizeof border - 1));
    close(ends[0]);
    close(ends[1]);
}

/* The event in the structured form, or what is shown instead, without its line feed. */
static st_str structured(const struct st_event *event)
{
    static struct st_out pipe_out;
    static char text[2048];
    struct st_print print;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    st_out_init(&pipe_out, ends[1]);
    assert_int_equal(st_print_init(&print, &pipe_out, "structured"), ST_EXIT_GOOD);
    assert_ok(st_print_event(&print, event, (st_str){NULL, 0}));
    st_print_done(&print);
    st_out_flush(&pipe_out);
    ssize_t len = read(ends[0], text, sizeof text);
    assert_true(len > 1 && text[len - 1] == '\n');
    close(ends[0]);
    close(ends[1]);
    return (st_str){text, (size_t)len - 1};
}

TEST("structured gives runtime events in the form that their readers know, all else as json")
{
    struct st_event event = {
        .record = {.seq = 3,
                   .contract = ST_STR("runtime-events@1"),
                   .type = ST_STR("input"),
                   .category = ST_STR("other"),
                   .has = ST_HAS_TIME,
                   .time = {1772276400, 456789000},
                   .time_digits = 6},
        .raw = ST_STR("{\"id\":\"e\",\"sessionId\":\"s\",\n\"type\":\"input\","
                      "\"timestamp\": 1772276400456.789}"),
    };
    assert_text(
        structured(&event),
        "{\"schema\":\"brewva.event.v1\",\"id\":\"e\",\"sessionId\":\"s\",\"type\":\"input\","
        "\"category\":\"other\",\"timestamp\":1772276400456.789,"
        "\"isoTime\":\"2026-02-28T11:00:00.456Z\"}");
    event.record.marks = ST_MARK_INVALID;
    assert_true(st_str_starts(structured(&event), ST_STR("{\"seq\":3,")));
    event.record.marks = 0;
    event.record.has = 0;
    assert_true(st_str_starts(structured(&event), ST_STR("{\"seq\":3,")));
    event.record.contract = ST_STR("agent-event@v0");
    assert_true(st_str_starts(structured(&event), ST_STR("{\"seq\":3,")));
    event.record.contract = ST_STR("nobody@9");
    assert_true(st_str_starts(structured(&event), ST_STR("{\"seq\":3,")));
    st_buf_done(&out);
}
