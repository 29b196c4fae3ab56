#include "cli/sse.h"
#include "unit.h"

/* What was taken: "[event|data|id]" one after another. */
static struct st_buf seen = {.max = 1 << 20};

static st_err take(void *context, const struct st_sse_event *event)
{
    assert_ptr_equal(context, &seen);
    return st_buf_printf(&seen, "[%.*s|%.*s|%.*s]", ST_STR_ARG(event->event),
                         ST_STR_ARG(event->data), ST_STR_ARG(event->id));
}

static void feed(st_str text, size_t piece, const char *expected)
{
    struct st_sse sse;
    st_sse_init(&sse, 1000);
    st_buf_reset(&seen);
    for (size_t at = 0; at < text.len; at += piece) {
        size_t len = text.len - at < piece ? text.len - at : piece;
        assert_ok(st_sse_feed(&sse, (st_str){text.at + at, len}, take, &seen));
    }
    assert_text(st_buf_str(&seen), expected);
    st_sse_done(&sse);
}

#define assert_seen(text, expected)                                                                \
    for (size_t piece = 1; piece <= sizeof text; piece++)                                          \
    feed(ST_STR(text), piece, expected)

TEST("an event has its data, its name and the id said last, however the pieces are cut")
{
    assert_seen("id: c1\ndata: {\"seq\":1}\n\nevent: resync\ndata:x\n\ndata: y\n\n",
                "[|{\"seq\":1}|c1][resync|x|c1][|y|c1]");
}

TEST("lines may end with LF, CRLF or CR")
{
    assert_seen("id:1\r\ndata:a\r\n\r\nid:2\rdata:b\r\rdata:c\n\n", "[|a|1][|b|2][|c|2]");
}

TEST("several data lines are joined by line feeds")
{
    assert_seen("data: a\ndata:  b\ndata\n\n", "[|a\n b\n|]");
}

TEST("comments, unknown fields and events without data are passed by, their id is not")
{
    assert_seen(": keep-alive\n\nretry: 10\nfoo: bar\nid: 9\nevent: nothing\n\ndata: a\n\n",
                "[|a|9]");
}

TEST("an event whose blank line did not come is not handed out")
{
    assert_seen("data: a\n\ndata: b\n", "[|a|]");
}

TEST("an id with a NUL is ignored; an empty one clears it")
{
    assert_seen("id: 1\ndata: a\n\nid: x\0y\ndata: b\n\nid\ndata: c\n\n", "[|a|1][|b|1][|c|]");
}

TEST("after a new connection a half event is gone and the id stays")
{
    struct st_sse sse;
    st_sse_init(&sse, 1000);
    st_buf_reset(&seen);
    assert_ok(st_sse_feed(&sse, ST_STR("id: 5\ndata: whole\n\nevent: e\ndata: ha"), take, &seen));
    st_sse_reset(&sse);
    assert_ok(st_sse_feed(&sse, ST_STR("data: next\n\n"), take, &seen));
    assert_text(st_buf_str(&seen), "[|whole|5][|next|5]");
    st_sse_done(&sse);
}

TEST("data over the limit is refused")
{
    struct st_sse sse;
    st_sse_init(&sse, 10);
    assert_err(st_sse_feed(&sse, ST_STR("data: more than ten\n\n"), take, &seen), LIMIT);
    st_sse_done(&sse);
    st_buf_done(&seen);
}
