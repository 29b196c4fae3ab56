#include "engine/filter.h"

#include "base/random.h"
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

TEST("V4: what was recorded although it is invalid is told from what is valid")
{
    struct st_record record = event("run.started", "t", "r");
    assert_true(wants("valid", "true", record));
    assert_false(wants("valid", "false", record));
    record.marks = ST_MARK_INVALID | ST_MARK_MASKED;
    assert_false(wants("valid", "true", record));
    assert_true(wants("valid", "false", record));
    assert_true(wants(NULL, NULL, record));
}

TEST("what a word cannot mean is refused in words")
{
    refuse("level", "loud", "level: must be audit, ops or debug");
    refuse("severity", "warn,bad", "severity: must be info, progress, warn, error or blocker");
    refuse("since", "soon",
           "since: must be a time: 2026-02-07T20:21:54Z, 2026-02-07, -1h, today or now");
    refuse("valid", "no", "valid: must be true or false");
    refuse("limit", "-1", "limit: must be a number of events, 0 or more");
    refuse("order", "up", "order: must be asc or desc");
    refuse("type", "a,,b", "type: a value is empty");
    refuse("type", "", "type: a value is empty");
    refuse("after", "x", "after: must be a seq or a cursor as an answer gave it");
    struct st_filter filter;
    struct st_buf problem = ST_BUF(1024);
    st_filter_init(&filter);
    assert_err(st_filter_set(&filter, ST_STR("colour"), ST_STR("red"), now, &problem), ABSENT);
    static const char *const twice[] = {"limit", "5",     "level", "debug", "order",
                                        "asc",   "since", "-1h",   "valid", "true"};
    for (size_t i = 0; i < sizeof twice / sizeof *twice; i += 2) {
        set(&filter, twice[i], twice[i + 1]);
        assert_err(
            st_filter_set(&filter, st_str_of(twice[i]), st_str_of(twice[i + 1]), now, &problem),
            INVALID);
    }
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

/* ---- a header never hides what a filter wants ---- */

static const char *const types[] = {"run.started", "run.failed", "step.started", NULL};
static const char *const texts[] = {"a", "b", "c", NULL};

static st_str pick(struct st_rng *rng, const char *const *from)
{
    return st_str_of(from[st_rng_below(rng, 4)]);
}

static void make_block(struct st_rng *rng, struct st_event *events, uint32_t count)
{
    static const uint8_t digest[ST_DIGEST_BYTES] = {1};
    for (uint32_t i = 0; i < count; i++) {
        bool timed = st_rng_below(rng, 2) == 0;
        events[i] = (struct st_event){.raw = ST_STR("{}")};
        events[i].record = (struct st_record){
            .seq = 100 + i,
            .received_ns = (now.s + (int64_t)i) * ST_NS_PER_S,
            .contract = st_rng_below(rng, 2) == 0 ? ST_STR("x@1") : ST_STR("y@2"),
            .contract_digest = digest,
            .type = pick(rng, types),
            .tenant = pick(rng, texts),
            .stream = pick(rng, texts),
            .category = pick(rng, texts),
            .level = (uint8_t)st_rng_below(rng, ST_LEVEL_COUNT),
            .severity = (uint8_t)st_rng_below(rng, ST_SEVERITY_COUNT),
            .marks = st_rng_below(rng, 4) == 0 ? ST_MARK_INVALID : 0,
            .has = timed ? ST_HAS_TIME : 0,
            .time = {timed ? now.s - (int64_t)st_rng_below(rng, 20) : 0, 0},
        };
    }
}

static void make_filter(struct st_rng *rng, struct st_filter *filter)
{
    static const char *const words[][6] = {
        {"type", "run.*", "step.started", "run.failed", "other", "run.started,step.*"},
        {"level", "audit", "ops", "debug", "debug", "ops"},
        {"category", "a", "b", "c", "d", "a,d"},
        {"severity", "info", "warn", "error,blocker", "progress", "info,warn"},
        {"stream", "a", "b", "c", "d", "c,d"},
        {"valid", "true", "false", "false", "true", "false"},
        {"tenant", "a", "b", "c", "d", "b,d"},
        {"contract", "x", "y", "x@1", "y@1", "x@2,y@2"},
        {"since", "-5s", "+2s", "-15s", "now", "+9s"},
        {"until", "-5s", "+2s", "-15s", "now", "+9s"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (st_rng_below(rng, 4) == 0)
            set(filter, words[i][0], words[i][1 + st_rng_below(rng, 5)]);
}

TEST("a block's header never hides an event that a filter wants")
{
    struct st_rng rng;
    struct st_block_encoder *encoder = NULL;
    uint64_t seed = (uint64_t)st_time_now().ns;
    unsigned wanted = 0;
    unsigned hidden = 0;
    print_message("seed %llu\n", (unsigned long long)seed);
    st_rng_init(&rng, seed);
    assert_ok(st_block_encoder_new(&encoder));
    for (int round = 0; round < 3000; round++) {
        struct st_event events[8];
        struct st_block_header header;
        struct st_filter filter;
        st_str head;
        st_str body;
        uint32_t count = 1 + (uint32_t)st_rng_below(&rng, 8);
        bool any = false;
        make_block(&rng, events, count);
        assert_ok(st_block_encode(encoder, events, count, &head, &body));
        assert_ok(st_block_header_read(head, &header, NULL));
        st_filter_init(&filter);
        make_filter(&rng, &filter);
        for (uint32_t i = 0; i < count; i++)
            any |= st_filter_wants(&filter, &events[i].record);
        if (any)
            assert_true(st_filter_wants_block(&filter, &header));
        wanted += any;
        hidden += !st_filter_wants_block(&filter, &header);
        st_filter_done(&filter);
    }
    st_block_encoder_free(encoder);
    assert_true(wanted > 100 && hidden > 100);
}
