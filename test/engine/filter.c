#include "engine/filter.h"

#include "unit.h"

static const st_time now = {1770495714, 0}; /* 2026-02-07T20:21:54Z */

static void set(struct st_filter *filter, const char *word, const char *value)
{
    struct st_buf problem = ST_BUF(1024);
    assert_ok(st_filter_set(filter, st_str_of(word), st_str_of(value), now, &problem));
    st_buf_done(&problem);
}

static void refuse(const char *word, const char *value, const char *told)
{
    struct st_filter filter;
    struct st_buf problem = ST_BUF(1024);
    st_filter_init(&filter);
    assert_err(st_filter_set(&filter, st_str_of(word), st_str_of(value), now, &problem), INVALID);
    assert_text(st_buf_str(&problem), told);
    st_buf_done(&problem);
    st_filter_done(&filter);
}

static struct st_record event(const char *type, const char *tenant, const char *stream)
{
    return (struct st_record){
        .contract = ST_STR("agent-event@v0"),
        .type = st_str_of(type),
        .tenant = st_str_of(tenant),
        .stream = st_str_of(stream),
        .category = ST_STR("run"),
        .level = ST_LEVEL_OPS,
        .severity = ST_SEVERITY_INFO,
        .received_ns = now.s * ST_NS_PER_S,
    };
}

static bool wants(const char *word, const char *value, struct st_record record)
{
    struct st_filter filter;
    st_filter_init(&filter);
    if (word != NULL)
        set(&filter, word, value);
    bool wanted = st_filter_wants(&filter, &record);
    st_filter_done(&filter);
    return wanted;
}

TEST("an empty filter wants audit and ops, and leaves debug to who asks for it")
{
    struct st_record record = event("run.started", "t", "r");
    assert_true(wants(NULL, NULL, record));
    record.level = ST_LEVEL_AUDIT;
    assert_true(wants(NULL, NULL, record));
    record.level = ST_LEVEL_DEBUG;
    assert_false(wants(NULL, NULL, record));
    assert_true(wants("level", "debug", record));
    record.level = ST_LEVEL_OPS;
    assert_false(wants("level", "audit", record));
}

TEST("types are exact, a prefix with a star, or one of several")
{
    struct st_record record = event("run.started", "t", "r");
    assert_true(wants("type", "run.started", record));
    assert_true(wants("type", "run.*", record));
    assert_true(wants("type", "step.*,run.started", record));
    assert_false(wants("type", "run", record));
    assert_false(wants("type", "run.start", record));
    assert_false(wants("type", "ru.*", record));
    assert_false(wants("type", "RUN.*", record));
    record.type = (st_str){NULL, 0};
    assert_false(wants("type", "run.*", record));
    assert_true(wants(NULL, NULL, record));
}

TEST("a contract without a version takes every version, with one the one")
{
    struct st_record record = event("run.started", "t", "r");
    assert_true(wants("contract", "agent-event", record));
    assert_true(wants("contract", "agent-event@v0", record));
    assert_false(wants("contract", "agent-event@v1", record));
    assert_false(wants("contract", "agent", record));
}

TEST("words must all hold, values of one word are alternatives, a comma can be escaped")
{
    struct st_filter filter;
    struct st_record record = event("run.started", "t", "a,b");
    st_filter_init(&filter);
    set(&filter, "stream", "x,a\\,b");
    set(&filter, "tenant", "other");
    assert_false(st_filter_wants(&filter, &record));
    set(&filter, "tenant", "t");
    assert_true(st_filter_wants(&filter, &record));
    set(&filter, "severity", "warn,error");
    assert_false(st_filter_wants(&filter, &record));
    record.severity = ST_SEVERITY_ERROR;
    assert_true(st_filter_wants(&filter, &record));
    st_filter_done(&filter);
}

TEST("since is inclusive, until exclusive, on the producer's time where it is stated")
{
    struct st_record record = event("run.started", "t", "r");
    assert_true(wants("since", "2026-02-07T20:21:54Z", record));
    assert_false(wants("until", "2026-02-07T20:21:54Z", record));
    assert_true(wants("since", "-1h", record));
    record.has |= ST_HAS_TIME;
    record.time = (st_time){now.s - 7200, 0};
    assert_false(wants("since", "-1h", record));
    assert_true(wants("until", "-1h", record));
    assert_true(wants("since", "today", record));
}

TEST("what a word cannot mean is refused in words")
{
    refuse("level", "loud", "level: must be audit, ops or debug");
    refuse("severity", "warn,bad", "severity: must be info, progress, warn, error or blocker");
    refuse("since", "soon",
           "since: must be a time: 2026-02-07T20:21:54Z, 2026-02-07, -1h, today or now");
    refuse("limit", "-1", "limit: must be a number of events, 0 or more");
    refuse("order", "up", "order: must be asc or desc");
    refuse("type", "a,,b", "type: a value is empty");
    refuse("type", "", "type: a value is empty");
    refuse("after", "x", "after: must be a seq or a cursor as an answer gave it");
    struct st_filter filter;
    struct st_buf problem = ST_BUF(1024);
    st_filter_init(&filter);
    assert_err(st_filter_set(&filter, ST_STR("colour"), ST_STR("red"), now, &problem), ABSENT);
    set(&filter, "limit", "5");
    assert_err(st_filter_set(&filter, ST_STR("limit"), ST_STR("6"), now, &problem), INVALID);
    st_buf_done(&problem);
    st_filter_done(&filter);
}

TEST("B1: more than 64 values of one word are refused")
{
    struct st_filter filter;
    struct st_buf problem = ST_BUF(1024);
    st_filter_init(&filter);
    for (int i = 0; i < 64; i++)
        set(&filter, "stream", "s");
    assert_err(st_filter_set(&filter, ST_STR("stream"), ST_STR("s"), now, &problem), INVALID);
    st_buf_done(&problem);
    st_filter_done(&filter);
}

TEST("a cursor reads back as its seq, a mistyped one is refused")
{
    static const uint64_t seqs[] = {0, 1, 2, 1000000, UINT64_MAX};
    for (size_t i = 0; i < sizeof seqs / sizeof *seqs; i++) {
        char text[ST_CURSOR_TEXT_MAX];
        uint64_t seq = 42;
        size_t len = st_cursor_write(seqs[i], text);
        assert_int_equal(len, strlen(text));
        assert_ok(st_cursor_parse((st_str){text, len}, &seq));
        assert_true(seq == seqs[i]);
        for (size_t at = 1; at < len; at++) {
            char kept = text[at];
            text[at] = kept == '0' ? '1' : '0';
            assert_err(st_cursor_parse((st_str){text, len}, &seq), SYNTAX);
            text[at] = kept;
        }
        assert_true(st_cursor_parse((st_str){text, len - 1}, &seq) != ST_OK);
    }
    uint64_t seq = 0;
    assert_ok(st_cursor_parse(ST_STR("17"), &seq));
    assert_int_equal(seq, 17);
    assert_err(st_cursor_parse(ST_STR(""), &seq), SYNTAX);
    assert_err(st_cursor_parse(ST_STR("18446744073709551616"), &seq), LIMIT);
}
