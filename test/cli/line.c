#include "cli/line.h"
#include "engine/query.h"
#include "unit.h"

static struct st_json doc;
static struct st_event event;

static st_err take(const char *line)
{
    st_json_init(&doc);
    return st_line_read(st_str_of(line), &doc, &event);
}

static void done(void)
{
    st_json_done(&doc);
}

/* Reads the line and writes it again. */
static void assert_same_again(const char *line)
{
    struct st_buf again = ST_BUF(1 << 20);
    assert_ok(take(line));
    assert_ok(st_query_write_line(&event, &again));
    assert_text(st_buf_str(&again), line);
    st_buf_done(&again);
    done();
}

TEST("a query line read and written again is the same line")
{
    assert_same_again("{\"seq\":7,\"received_at\":\"2026-02-07T20:21:54.123456789Z\","
                      "\"contract\":\"agent-event@v0\",\"type\":\"run.failed\",\"stream\":\"r\","
                      "\"tenant\":\"t\",\"id\":\"i\",\"time\":\"2026-02-07T20:21:53.5Z\","
                      "\"parent\":\"p\",\"producer\":\"a\",\"producer_seq\":12,\"level\":\"audit\","
                      "\"category\":\"run\",\"severity\":\"error\",\"valid\":false,\"masked\":true,"
                      "\"event\":{\"a\":[1,2.50],\"a\\u0000\":\"\\n\"}}");
}

TEST("what a line lacks the event lacks")
{
    assert_same_again("{\"seq\":1,\"received_at\":\"2026-02-07T20:21:54.000000000Z\","
                      "\"contract\":\"c@1\",\"level\":\"ops\",\"severity\":\"info\",\"event\":{}}");
    assert_ok(take("{\"seq\":1,\"event\":{}}"));
    assert_null(event.record.stream.at);
    assert_int_equal(event.record.has, 0);
    done();
}

TEST("a text that is present and empty is not one that is absent")
{
    assert_ok(take("{\"seq\":1,\"stream\":\"\",\"event\":{}}"));
    assert_non_null(event.record.stream.at);
    assert_int_equal(event.record.stream.len, 0);
    done();
}

TEST("members of the wrong type are as good as absent")
{
    assert_ok(take("{\"seq\":1,\"stream\":5,\"time\":\"noon\",\"level\":\"loud\",\"severity\":null,"
                   "\"producer_seq\":-1,\"valid\":\"false\",\"event\":{}}"));
    assert_null(event.record.stream.at);
    assert_int_equal(event.record.has, 0);
    assert_int_equal(event.record.marks, 0);
    done();
}

TEST("what is no query line is refused")
{
    static const char *const wrong[] = {"",
                                        "{",
                                        "[]",
                                        "1",
                                        "{}",
                                        "{\"seq\":1}",
                                        "{\"event\":{}}",
                                        "{\"seq\":\"1\",\"event\":{}}",
                                        "{\"seq\":-1,\"event\":{}}",
                                        "{\"seq\":1.5,\"event\":{}}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_err(take(wrong[i]), INVALID);
        done();
    }
}
