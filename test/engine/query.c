#include "engine/query.h"

#include "engine/streams.h"
#include "recorder.h"

struct asked {
    struct st_filter filter;
    struct st_reader *reader;
    struct st_query query;
};

static void ask(struct asked *asked, const struct recorder *recorder, const char *const *words)
{
    struct st_why why = {0};
    struct st_buf problem = ST_BUF(1024);
    st_filter_init(&asked->filter);
    for (; words != NULL && *words != NULL; words += 2)
        assert_ok(st_filter_set(&asked->filter, st_str_of(words[0]), st_str_of(words[1]),
                                st_time_now(), &problem));
    assert_ok(st_reader_open(&asked->reader, recorder->path, NULL, &why));
    assert_ok(st_query_open(&asked->query, asked->reader, &asked->filter, &why));
    st_buf_done(&problem);
}

static void close_asked(struct asked *asked)
{
    st_reader_close(asked->reader);
    st_filter_done(&asked->filter);
}

/* The next seq of the answer, 0 at its end. */
static uint64_t next_seq(struct asked *asked)
{
    const struct st_event *event = NULL;
    struct st_why why = {0};
    assert_ok(st_query_next(&asked->query, 0, &event, &why));
    return event == NULL ? 0 : event->record.seq;
}

static void expect_range(const struct recorder *recorder, const char *const *words, uint64_t from,
                         uint64_t to)
{
    struct asked asked;
    ask(&asked, recorder, words);
    if (asked.filter.descending)
        for (uint64_t seq = to; seq >= from && seq > 0; seq--)
            assert_int_equal(next_seq(&asked), seq);
    else
        for (uint64_t seq = from; seq <= to && from > 0; seq++)
            assert_int_equal(next_seq(&asked), seq);
    assert_int_equal(next_seq(&asked), 0);
    close_asked(&asked);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

TEST("O1: O2: events come in the order in which they were recorded, densely numbered")
{
    struct recorder recorder;
    open_recorder(&recorder, NULL);
    expect_range(&recorder, NULL, 0, 0);
    record_events(&recorder, 1, 1500, 10);
    record_events(&recorder, 1501, 1, 10);
    record_events(&recorder, 1502, 99, 10);
    expect_range(&recorder, NULL, 1, 1600);
    close_recorder(&recorder);
}

TEST("positions, last, limit and order select the same events in every combination")
{
    struct recorder recorder;
    open_recorder(&recorder, NULL);
    record_events(&recorder, 1, 1200, 7);
    expect_range(&recorder, WORDS("after", "1190"), 1191, 1200);
    expect_range(&recorder, WORDS("after", "1200"), 0, 0);
    expect_range(&recorder, WORDS("after", "18446744073709551615"), 0, 0);
    expect_range(&recorder, WORDS("before", "4"), 1, 3);
    expect_range(&recorder, WORDS("before", "1"), 0, 0);
    expect_range(&recorder, WORDS("before", "0"), 0, 0);
    expect_range(&recorder, WORDS("before", "5000"), 1, 1200);
    expect_range(&recorder, WORDS("after", "10", "before", "15"), 11, 14);
    expect_range(&recorder, WORDS("last", "5"), 1196, 1200);
    expect_range(&recorder, WORDS("last", "0"), 0, 0);
    expect_range(&recorder, WORDS("last", "5000"), 1, 1200);
    expect_range(&recorder, WORDS("last", "5", "before", "100"), 95, 99);
    expect_range(&recorder, WORDS("last", "5", "after", "1198"), 1199, 1200);
    expect_range(&recorder, WORDS("last", "5", "limit", "2"), 1196, 1197);
    expect_range(&recorder, WORDS("limit", "3"), 1, 3);
    expect_range(&recorder, WORDS("limit", "0"), 0, 0);
    expect_range(&recorder, WORDS("order", "desc"), 1, 1200);
    expect_range(&recorder, WORDS("order", "desc", "limit", "3"), 1198, 1200);
    expect_range(&recorder, WORDS("order", "desc", "last", "3"), 1198, 1200);
    expect_range(&recorder, WORDS("order", "desc", "after", "600", "before", "610"), 601, 609);
    close_recorder(&recorder);
}

TEST("a stream is found in every block that holds it, and its last events are its own")
{
    struct recorder recorder;
    struct asked asked;
    open_recorder(&recorder, NULL);
    record_events(&recorder, 0, 1000, 10); /* ids 0…999 get seq 1…1000; run n has ids n, n+10, … */
    ask(&asked, &recorder, WORDS("stream", "run-3", "last", "2"));
    assert_int_equal(next_seq(&asked), 984);
    assert_int_equal(next_seq(&asked), 994);
    assert_int_equal(next_seq(&asked), 0);
    close_asked(&asked);
    ask(&asked, &recorder, WORDS("stream", "run-3"));
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(next_seq(&asked), 4 + i * 10);
    assert_int_equal(next_seq(&asked), 0);
    close_asked(&asked);
    ask(&asked, &recorder, WORDS("stream", "run-99"));
    assert_int_equal(next_seq(&asked), 0);
    close_asked(&asked);
    close_recorder(&recorder);
}

TEST("O3: a following query goes on with what was recorded since, a plain one ends")
{
    struct recorder recorder;
    struct asked follow;
    struct asked plain;
    open_recorder(&recorder, NULL);
    record_events(&recorder, 1, 10, 1);
    ask(&follow, &recorder, WORDS("after", "8"));
    follow.filter.follow = true;
    struct st_why why = {0};
    assert_ok(st_query_open(&follow.query, follow.reader, &follow.filter, &why));
    ask(&plain, &recorder, NULL);
    record_events(&recorder, 11, 5, 1);
    for (uint64_t seq = 9; seq <= 15; seq++)
        assert_int_equal(next_seq(&follow), seq);
    assert_int_equal(next_seq(&follow), 0);
    assert_int_equal(st_query_position(&follow.query), 15);
    record_events(&recorder, 16, 600, 1);
    for (uint64_t seq = 16; seq <= 615; seq++)
        assert_int_equal(next_seq(&follow), seq);
    for (uint64_t seq = 1; seq <= 10; seq++)
        assert_int_equal(next_seq(&plain), seq);
    assert_int_equal(next_seq(&plain), 0);
    close_asked(&follow);
    close_asked(&plain);
    close_recorder(&recorder);
}

TEST("W1: a query line carries the event on one line, its bytes otherwise untouched")
{
    struct st_event event = {
        .record = {.seq = 7,
                   .received_ns = INT64_C(1770495714) * ST_NS_PER_S + 5,
                   .contract = ST_STR("agent-event@v0"),
                   .type = ST_STR("run.started"),
                   .stream = ST_STR("r\"1"),
                   .level = ST_LEVEL_OPS,
                   .severity = ST_SEVERITY_INFO,
                   .has = ST_HAS_TIME | ST_HAS_PRODUCER_SEQ,
                   .time = {1770495714, 500000000},
                   .time_digits = 3,
                   .producer_seq = 9,
                   .marks = ST_MARK_INVALID},
        .raw = ST_STR("{\"a\" :\r\n1,\n\"b\":\"\\n\"}"),
    };
    struct st_buf out = ST_BUF(4096);
    assert_ok(st_query_write_line(&event, &out));
    assert_text(st_buf_str(&out),
                "{\"seq\":7,\"received_at\":\"2026-02-07T20:21:54.000000005Z\","
                "\"contract\":\"agent-event@v0\",\"type\":\"run.started\",\"stream\":\"r\\\"1\","
                "\"time\":\"2026-02-07T20:21:54.500Z\",\"producer_seq\":9,\"level\":\"ops\","
                "\"severity\":\"info\",\"valid\":false,\"event\":{\"a\" :  1, \"b\":\"\\n\"}}");
    st_buf_reset(&out);
    assert_ok(st_query_write_raw(&event, &out));
    assert_text(st_buf_str(&out), "{\"a\" :  1, \"b\":\"\\n\"}");
    st_buf_done(&out);
    struct st_buf small = ST_BUF(100);
    assert_err(st_query_write_line(&event, &small), LIMIT);
    assert_int_equal(small.len, 0);
    st_buf_done(&small);
}

TEST("N1: a query line shows of a resource what the event states, digit by digit")
{
    const struct st_resource_entry resources[] = {
        {.kind = ST_RESOURCE_DEPLETABLE,
         .name = ST_STR("credits"),
         .principal = ST_STR("agent-1"),
         .stated = ST_FIGURE_BIT(ST_FIGURE_AMOUNT) | ST_FIGURE_BIT(ST_FIGURE_BALANCE),
         .cut = ST_FIGURE_BIT(ST_FIGURE_BALANCE),
         .figures = {[ST_FIGURE_AMOUNT] = {5, 2}, [ST_FIGURE_BALANCE] = {-12, 0}}},
        {.name = ST_STR("cpu"),
         .stated = ST_FIGURE_BIT(ST_FIGURE_QUOTA),
         .figures = {[ST_FIGURE_QUOTA] = {0, 0}}},
    };
    struct st_event event = {.record = {.seq = 1,
                                        .contract = ST_STR("c@1"),
                                        .has = ST_HAS_RESOURCES | ST_HAS_RESOURCES_UNTOLD,
                                        .resource_count = 2,
                                        .resources = resources,
                                        .marks = ST_MARK_UNKNOWN_TYPE},
                             .raw = ST_STR("{}")};
    struct st_buf out = ST_BUF(4096);
    assert_ok(st_query_write_line(&event, &out));
    assert_text(st_buf_str(&out),
                "{\"seq\":1,\"received_at\":\"1970-01-01T00:00:00.000000000Z\","
                "\"contract\":\"c@1\",\"level\":\"audit\",\"severity\":\"info\",\"resources\":["
                "{\"kind\":\"depletable\",\"name\":\"credits\",\"principal\":\"agent-1\","
                "\"amount\":0.05,\"balance\":-12,\"partial\":[\"balance\"]},"
                "{\"name\":\"cpu\",\"quota\":0}],\"resources_untold\":true,"
                "\"unknown_type\":true,\"event\":{}}");
    st_buf_done(&out);
}

TEST("N1: a query line shows tokens, money and time taken where the event states them")
{
    struct st_event event = {
        .record = {.seq = 1,
                   .contract = ST_STR("c@1"),
                   .has = ST_HAS_TOKENS(ST_TOKENS_INPUT) | ST_HAS_TOKENS(ST_TOKENS_OUTPUT) |
                          ST_HAS_COST | ST_HAS_COST_PARTIAL | ST_HAS_DURATION,
                   .tokens = {[ST_TOKENS_INPUT] = 1200, [ST_TOKENS_OUTPUT] = 0},
                   .cost_nano = 12300000,
                   .currency = ST_STR("USD"),
                   .ledger_entry = ST_STR("l1"),
                   .duration_ns = 250000000},
        .raw = ST_STR("{}")};
    const struct {
        int64_t nano;
        const char *text;
    } amounts[] = {{12300000, "0.0123"},
                   {0, "0"},
                   {-1, "-0.000000001"},
                   {5000000000, "5"},
                   {INT64_MIN, "-9223372036.854775808"}};
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++) {
        struct st_buf out = ST_BUF(4096), expected = ST_BUF(4096);
        event.record.cost_nano = amounts[i].nano;
        assert_ok(st_query_write_line(&event, &out));
        assert_ok(st_buf_printf(&expected,
                                "{\"seq\":1,\"received_at\":\"1970-01-01T00:00:00.000000000Z\","
                                "\"contract\":\"c@1\",\"level\":\"audit\",\"severity\":\"info\","
                                "\"tokens\":{\"uncached_input\":1200,\"output\":0},"
                                "\"cost\":{\"amount\":\"%s\",\"partial\":true,\"currency\":\"USD\","
                                "\"ledger_entry\":\"l1\"},\"duration_ns\":250000000,\"event\":{}}",
                                amounts[i].text));
        assert_text(st_buf_str(&out), st_buf_cstr(&expected));
        st_buf_done(&out);
        st_buf_done(&expected);
    }
}

TEST("streams are folded from the log: events, errors, first and last")
{
    struct recorder recorder;
    struct asked asked;
    struct st_streams streams;
    struct st_why why = {0};
    open_recorder(&recorder, NULL);
    record_events(&recorder, 0, 1000, 10);
    ask(&asked, &recorder, NULL);
    assert_ok(st_streams_fold(&streams, asked.reader, &asked.filter, &why));
    assert_int_equal(st_streams_count(&streams), 10);
    const struct st_stream *fourth = st_streams_at(&streams, 3);
    assert_text(fourth->stream, "run-3");
    assert_text(fourth->tenant, "t");
    assert_text(fourth->last_type, "run.started");
    assert_int_equal(fourth->events, 100);
    assert_int_equal(fourth->errors, 0);
    assert_int_equal(fourth->first_seq, 4);
    assert_int_equal(fourth->last_seq, 994);
    st_streams_done(&streams);
    close_asked(&asked);
    close_recorder(&recorder);
}
