/*
 * record.c: what the record says of an event.
 */
#include "contract/registry.h"
#include "unit.h"
#include "json/name_table.h"

#include <stdio.h>

struct bench {
    struct st_registry *registry;
    const struct st_contract *contract;
    struct st_contract *made;          /* of a test's own */
    struct st_name_table *own;         /* its names */
    const struct st_name_table *names; /* the contract's */
    struct st_json doc;
    struct st_arena arena;
    struct st_record record;
};

static void setup(struct bench *b)
{
    struct st_schema_fault fault = {0};
    *b = (struct bench){0};
    if (st_registry_new(&b->registry, &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    b->contract = st_registry_find(b->registry, ST_STR("agent-event"));
    b->names = st_registry_names(b->registry);
    st_json_init(&b->doc);
    st_arena_init(&b->arena, (size_t)1 << 20);
}

/* A contract with nothing but an annotation, its members given. */
static void setup_with(struct bench *b, const char *members)
{
    struct st_schema_fault fault = {0};
    struct st_buf text = ST_BUF(65536);
    setup(b);
    assert_ok(st_buf_printf(&text,
                            "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
                            "\"x-steno\":{\"name\":\"own\",\"version\":\"1\","
                            "\"unknown_types\":\"keep\",%s}}",
                            members));
    assert_ok(st_name_table_new(&b->own));
    const struct st_contract_options options = {.names = b->own};
    if (st_contract_load_with(&b->made, st_buf_str(&text), &options, &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    st_buf_done(&text);
    b->contract = b->made;
    b->names = b->own;
}

static void teardown(struct bench *b)
{
    st_arena_done(&b->arena);
    st_json_done(&b->doc);
    st_contract_free(b->made);
    st_name_table_free(b->own);
    st_registry_free(b->registry);
}

static bool same(st_str a, st_str b)
{
    return (a.at == NULL) == (b.at == NULL) && st_str_eq(a, b);
}

static void assert_same(const struct st_record *a, const struct st_record *b)
{
    assert_true(same(a->type, b->type) && same(a->id, b->id) && same(a->tenant, b->tenant));
    assert_true(same(a->stream, b->stream) && same(a->parent, b->parent));
    assert_true(same(a->producer, b->producer) && same(a->category, b->category));
    assert_true(same(a->currency, b->currency) && same(a->price_book, b->price_book));
    assert_true(same(a->ledger_entry, b->ledger_entry));
    assert_int_equal(a->has, b->has);
    assert_int_equal(a->marks, b->marks);
    assert_int_equal(a->level, b->level);
    assert_int_equal(a->severity, b->severity);
    assert_int_equal(a->resource_count, b->resource_count);
    assert_int_equal(a->producer_seq, b->producer_seq);
    assert_int_equal(a->cost_nano, b->cost_nano);
    assert_int_equal(a->duration_ns, b->duration_ns);
    assert_memory_equal(a->tokens, b->tokens, sizeof(a->tokens));
    assert_memory_equal(&a->time, &b->time, sizeof(a->time));
}

/* The record is the same where names are known by their numbers. */
static void read_numbered(struct bench *b)
{
    struct st_json doc;
    struct st_record record = {0};
    uint32_t ranks[2] = {UINT32_MAX, UINT32_MAX};
    const struct st_json_options options = {.names = b->names};
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, b->doc.text, &options, NULL));
    assert_ok(st_contract_read(b->contract, &doc, 0, &b->arena, &record));
    assert_same(&record, &b->record);
    assert_int_equal(st_contract_recognises(b->contract, &doc, 0, &ranks[0]),
                     st_contract_recognises(b->contract, &b->doc, 0, &ranks[1]));
    assert_int_equal(ranks[0], ranks[1]);
    st_json_done(&doc);
}

/* Reads the record, and the type once more alone. */
static void read_doc(struct bench *b)
{
    st_str type = {NULL, 0};
    bool unknown = false;
    assert_ok(st_contract_read(b->contract, &b->doc, 0, &b->arena, &b->record));
    read_numbered(b);
    assert_ok(st_contract_read_type(b->contract, &b->doc, 0, &b->arena, &type, &unknown));
    assert_true(st_str_eq(type, b->record.type));
    assert_int_equal(type.at == NULL, b->record.type.at == NULL);
    assert_int_equal(unknown, (b->record.marks & ST_MARK_UNKNOWN_TYPE) != 0);
}

static void read_event(struct bench *b, const char *text)
{
    assert_ok(st_json_parse(&b->doc, st_str_of(text), NULL, NULL));
    read_doc(b);
}

/* An agent-event in which only the members given matter. */
static void read_agent_event(struct bench *b, const char *type, const char *members)
{
    struct st_buf text = ST_BUF(65536);
    assert_ok(
        st_buf_printf(&text, "{\"event_type\":\"%s\"%s%s}", type, members[0] ? "," : "", members));
    st_str copy = st_arena_copy(&b->arena, st_buf_str(&text));
    st_buf_done(&text);
    assert_ok(st_json_parse(&b->doc, copy, NULL, NULL));
    read_doc(b);
}

#define assert_absent(field)      assert_null((field).at)
#define assert_has(bench, bits)   assert_int_equal((bench)->record.has &(bits), (bits))
#define assert_lacks(bench, bits) assert_int_equal((bench)->record.has &(bits), 0)
#define assert_tokens(bench, bucket, n)                                                            \
    do {                                                                                           \
        assert_has(bench, ST_HAS_TOKENS(ST_TOKENS_##bucket));                                      \
        assert_int_equal((bench)->record.tokens[ST_TOKENS_##bucket], (n));                         \
    } while (0)

static const char WHOLE[] =
    "{\"event_version\":\"v0\",\"event_id\":\"0b8f6a52-6f0e-4c3e-9f5b-2d7c1c4f8a10\","
    "\"event_type\":\"model.call.completed\",\"occurred_at\":\"2026-02-07T20:21:54.25+01:00\","
    "\"tenant\":{\"tenant_id\":\"acme\",\"workspace_id\":\"lab\",\"project_id\":\"bot\"},"
    "\"run\":{\"run_id\":\"run-1\",\"agent_id\":\"scout\",\"workflow_id\":\"w\","
    "\"status\":\"started\",\"latency_ms\":99},"
    "\"step\":{\"step_id\":\"s\",\"step_type\":\"prompt\",\"status\":\"success\",\"latency_ms\":"
    "812},"
    "\"model_call\":{\"model_call_id\":\"m\",\"provider\":\"p\",\"model\":\"m\"},"
    "\"resource_usage\":{\"input_tokens\":1200,\"cached_tokens\":1000,\"output_tokens\":300,"
    "\"total_tokens\":1500},"
    "\"cost\":{\"ledger_entry_id\":\"l-7\",\"cost_usd\":0.0123,\"currency\":\"USD\","
    "\"price_book_version\":\"2026-01\"},\"trace\":{\"trace_id\":\"t\",\"span_id\":\"s\"}}";

TEST("every datum of an event is read")
{
    struct bench b;
    setup(&b);
    b.record.seq = 42;
    b.record.received_ns = 7;
    b.record.marks = ST_MARK_INVALID;
    read_event(&b, WHOLE);
    const struct st_record *r = &b.record;
    assert_int_equal(r->seq, 42);
    assert_int_equal(r->received_ns, 7);
    assert_int_equal(r->marks, 0);
    assert_text(r->contract, "agent-event@v0");
    assert_ptr_equal(r->contract_digest, st_contract_digest(b.contract));
    assert_text(r->type, "model.call.completed");
    assert_text(r->id, "0b8f6a52-6f0e-4c3e-9f5b-2d7c1c4f8a10");
    assert_text(r->tenant, "acme");
    assert_text(r->stream, "run-1");
    assert_text(r->producer, "scout");
    assert_absent(r->parent);
    assert_text(r->category, "model");
    assert_int_equal(r->level, ST_LEVEL_OPS);
    assert_int_equal(r->severity, ST_SEVERITY_INFO);
    assert_has(&b, ST_HAS_TIME | ST_HAS_COST | ST_HAS_DURATION);
    assert_lacks(&b, ST_HAS_PRODUCER_SEQ | ST_HAS_COST_PARTIAL);
    assert_int_equal(r->time.s, 1770492114);
    assert_int_equal(r->time.ns, 250000000);
    assert_int_equal(r->duration_ns, INT64_C(812000000));
    assert_int_equal(r->cost_nano, 12300000);
    assert_text(r->currency, "USD");
    assert_text(r->price_book, "2026-01");
    assert_text(r->ledger_entry, "l-7");
    assert_tokens(&b, INPUT, 200);
    assert_tokens(&b, CACHE_READ, 1000);
    assert_tokens(&b, OUTPUT, 300);
    assert_lacks(&b, ST_HAS_TOKENS(ST_TOKENS_CACHE_WRITE) | ST_HAS_TOKENS(ST_TOKENS_REASONING));
    teardown(&b);
}

TEST("N1: what an event does not state is absent in its record")
{
    struct bench b;
    setup(&b);
    read_event(&b, "{}");
    assert_absent(b.record.type);
    assert_absent(b.record.id);
    assert_absent(b.record.tenant);
    assert_absent(b.record.stream);
    assert_absent(b.record.producer);
    assert_absent(b.record.category);
    assert_absent(b.record.currency);
    assert_int_equal(b.record.has, 0);
    assert_int_equal(b.record.level, ST_LEVEL_OPS);
    teardown(&b);
}

TEST("N1: a value of another JSON type is absent, whatever the event is")
{
    struct bench b;
    setup(&b);
    static const char *const EVENTS[] = {
        "[]",
        "7",
        "null",
        "\"run.started\"",
        "{\"event_type\":1,\"event_id\":null,\"occurred_at\":5,\"tenant\":[],\"run\":\"r\","
        "\"cost\":{\"cost_usd\":\"1\",\"currency\":\"USD\"},"
        "\"resource_usage\":{\"input_tokens\":\"1\",\"output_tokens\":1.5,\"total_tokens\":-1}}",
    };
    for (size_t i = 0; i < sizeof(EVENTS) / sizeof(EVENTS[0]); i++) {
        read_event(&b, EVENTS[i]);
        assert_absent(b.record.type);
        assert_absent(b.record.tenant);
        assert_absent(b.record.currency);
        assert_int_equal(b.record.has, 0);
    }
    teardown(&b);
}

TEST("an invalid event is read as far as it goes")
{
    struct bench b;
    setup(&b);
    read_agent_event(&b, "run.paused", "\"run\":{\"run_id\":\"r\"},\"occurred_at\":\"yesterday\"");
    assert_text(b.record.type, "run.paused");
    assert_text(b.record.stream, "r");
    assert_lacks(&b, ST_HAS_TIME);
    assert_absent(b.record.category);
    teardown(&b);
}

TEST("a text that is present and empty is not absent")
{
    struct bench b;
    setup(&b);
    read_agent_event(&b, "run.started", "\"run\":{\"run_id\":\"\"}");
    assert_non_null(b.record.stream.at);
    assert_int_equal(b.record.stream.len, 0);
    teardown(&b);
}

TEST("texts with escapes outlive the parsed doc, texts without point into the event")
{
    struct bench b;
    setup(&b);
    static const char EVENT[] =
        "{\"event_type\":\"run\\u002estarted\",\"run\":{\"run_id\":\"a\\nb\","
        "\"agent_id\":\"plain\"},\"tenant\":{\"tenant_id\":\"\\ud83d\\ude00\"}}";
    read_event(&b, EVENT);
    assert_ok(st_json_parse(&b.doc, ST_STR("[\"other\\ntext that takes the place\"]"), NULL, NULL));
    assert_text(b.record.type, "run.started");
    assert_text(b.record.stream, "a\nb");
    assert_text(b.record.tenant, "\xf0\x9f\x98\x80");
    assert_true(b.record.producer.at > EVENT && b.record.producer.at < EVENT + sizeof(EVENT));
    assert_text(b.record.category, "run");
    teardown(&b);
}

TEST("names with escapes and repeated names are read as JSON has them")
{
    struct bench b;
    setup(&b);
    read_event(&b, "{\"event\\u005ftype\":\"run.started\",\"event_type\":\"run.failed\"}");
    assert_text(b.record.type, "run.failed");
    teardown(&b);
}

/* ---- classification ---- */

struct verdict {
    const char *type;
    const char *members;
    enum st_level level;
    enum st_severity severity;
    const char *category;
};

TEST("every type has its level, category and severity")
{
    static const struct verdict VERDICTS[] = {
        {"run.started", "", ST_LEVEL_OPS, ST_SEVERITY_INFO, "run"},
        {"run.completed", "", ST_LEVEL_OPS, ST_SEVERITY_INFO, "run"},
        {"run.completed", "\"run\":{\"status\":\"success\"}", ST_LEVEL_OPS, ST_SEVERITY_INFO,
         "run"},
        {"run.completed", "\"run\":{\"status\":\"failure\"}", ST_LEVEL_OPS, ST_SEVERITY_ERROR,
         "run"},
        {"run.completed", "\"run\":{\"status\":\"cancelled\"}", ST_LEVEL_OPS, ST_SEVERITY_WARN,
         "run"},
        {"run.failed", "", ST_LEVEL_OPS, ST_SEVERITY_ERROR, "run"},
        {"step.started", "", ST_LEVEL_OPS, ST_SEVERITY_INFO, "step"},
        {"step.completed", "", ST_LEVEL_OPS, ST_SEVERITY_INFO, "step"},
        {"step.failed", "", ST_LEVEL_OPS, ST_SEVERITY_ERROR, "step"},
        {"model.call.started", "", ST_LEVEL_OPS, ST_SEVERITY_INFO, "model"},
        {"model.call.completed", "", ST_LEVEL_OPS, ST_SEVERITY_INFO, "model"},
        {"model.call.failed", "", ST_LEVEL_OPS, ST_SEVERITY_ERROR, "model"},
        {"tool.call.started", "", ST_LEVEL_OPS, ST_SEVERITY_INFO, "tool"},
        {"tool.call.completed", "", ST_LEVEL_OPS, ST_SEVERITY_INFO, "tool"},
        {"tool.call.failed", "", ST_LEVEL_OPS, ST_SEVERITY_ERROR, "tool"},
        {"budget.threshold_hit", "", ST_LEVEL_AUDIT, ST_SEVERITY_WARN, "budget"},
        {"budget.threshold_hit", "\"budget\":{\"result\":\"hard_limit_blocked\"}", ST_LEVEL_AUDIT,
         ST_SEVERITY_BLOCKER, "budget"},
        {"policy.decision", "\"policy\":{\"decision\":\"allow\"}", ST_LEVEL_AUDIT, ST_SEVERITY_INFO,
         "policy"},
        {"policy.decision", "\"policy\":{\"decision\":\"block\"}", ST_LEVEL_AUDIT, ST_SEVERITY_WARN,
         "policy"},
        {"policy.decision", "\"policy\":{\"decision\":\"escalate\"}", ST_LEVEL_AUDIT,
         ST_SEVERITY_WARN, "policy"},
        {"alert.emitted", "", ST_LEVEL_AUDIT, ST_SEVERITY_WARN, "alert"},
    };
    struct bench b;
    setup(&b);
    for (size_t i = 0; i < sizeof(VERDICTS) / sizeof(VERDICTS[0]); i++) {
        const struct verdict *v = &VERDICTS[i];
        read_agent_event(&b, v->type, v->members);
        if (b.record.level != v->level || b.record.severity != v->severity)
            fail_msg("%s %s: %s %s", v->type, v->members,
                     st_level_name((enum st_level)b.record.level),
                     st_severity_name((enum st_severity)b.record.severity));
        assert_text(b.record.category, v->category);
    }
    teardown(&b);
}

TEST("level, category and severity are decided apart, each by the first rule that states it")
{
    struct bench b;
    setup_with(&b, "\"record\":{\"type\":\"/t\"},\"classify\":["
                   "{\"types\":[\"anchor\",\"checkpoint\"],\"category\":\"state\"},"
                   "{\"types\":[\"anchor\",\"exec_*\"],\"level\":\"audit\"},"
                   "{\"types\":[\"*tool*\"],\"category\":\"tool\"},"
                   "{\"types\":[\"*_failed\"],\"severity\":\"error\"},"
                   "{\"level\":\"debug\",\"category\":\"other\"}]");
    static const struct verdict VERDICTS[] = {
        {"{\"t\":\"anchor\"}", "", ST_LEVEL_AUDIT, ST_SEVERITY_INFO, "state"},
        {"{\"t\":\"checkpoint\"}", "", ST_LEVEL_DEBUG, ST_SEVERITY_INFO, "state"},
        {"{\"t\":\"exec_tool_failed\"}", "", ST_LEVEL_AUDIT, ST_SEVERITY_ERROR, "tool"},
        {"{\"t\":\"exec_\"}", "", ST_LEVEL_AUDIT, ST_SEVERITY_INFO, "other"},
        {"{\"t\":\"mystool\"}", "", ST_LEVEL_DEBUG, ST_SEVERITY_INFO, "tool"},
        {"{\"t\":\"tool\"}", "", ST_LEVEL_DEBUG, ST_SEVERITY_INFO, "tool"},
        {"{\"t\":\"toof_failed\"}", "", ST_LEVEL_DEBUG, ST_SEVERITY_ERROR, "other"},
        {"{\"t\":\"failed\"}", "", ST_LEVEL_DEBUG, ST_SEVERITY_INFO, "other"},
        {"{\"t\":\"\"}", "", ST_LEVEL_DEBUG, ST_SEVERITY_INFO, "other"},
        {"{}", "", ST_LEVEL_DEBUG, ST_SEVERITY_INFO, "other"},
    };
    for (size_t i = 0; i < sizeof(VERDICTS) / sizeof(VERDICTS[0]); i++) {
        read_event(&b, VERDICTS[i].type);
        if (b.record.level != VERDICTS[i].level || b.record.severity != VERDICTS[i].severity)
            fail_msg("%s", VERDICTS[i].type);
        assert_text(b.record.category, VERDICTS[i].category);
    }
    assert_text(st_contract_type(b.contract, 0), "anchor");
    assert_text(st_contract_type(b.contract, 1), "checkpoint");
    assert_absent(st_contract_type(b.contract, 2));
    assert_true(st_contract_keeps_unknown_types(b.contract));
    teardown(&b);
}

/* ---- tokens ---- */

static void read_usage(struct bench *b, const char *usage)
{
    char members[256];
    snprintf(members, sizeof(members), "\"resource_usage\":{%s}", usage);
    read_agent_event(b, "run.completed", members);
}

TEST("without cached tokens the input is what is stated")
{
    struct bench b;
    setup(&b);
    read_usage(&b, "\"input_tokens\":10,\"output_tokens\":5,\"total_tokens\":99");
    assert_tokens(&b, INPUT, 10);
    assert_tokens(&b, OUTPUT, 5);
    assert_lacks(&b, ST_HAS_TOKENS(ST_TOKENS_CACHE_READ));
    teardown(&b);
}

TEST("a total of input and output says that cached tokens are inside the input")
{
    struct bench b;
    setup(&b);
    read_usage(&b,
               "\"input_tokens\":10,\"cached_tokens\":4,\"output_tokens\":5,\"total_tokens\":15");
    assert_tokens(&b, INPUT, 6);
    assert_tokens(&b, CACHE_READ, 4);
    assert_tokens(&b, OUTPUT, 5);
    teardown(&b);
}

TEST("a total that counts cached tokens once more says that they are outside")
{
    struct bench b;
    setup(&b);
    read_usage(&b,
               "\"input_tokens\":10,\"cached_tokens\":40,\"output_tokens\":5,\"total_tokens\":55");
    assert_tokens(&b, INPUT, 10);
    assert_tokens(&b, CACHE_READ, 40);
    teardown(&b);
}

TEST(
    "N1: beside cached tokens, a total that fits neither reading leaves the uncached input unknown")
{
    struct bench b;
    setup(&b);
    static const char *const USAGES[] = {
        "\"input_tokens\":10,\"cached_tokens\":4,\"output_tokens\":5,\"total_tokens\":16",
        "\"input_tokens\":10,\"cached_tokens\":4,\"output_tokens\":5",
        "\"input_tokens\":10,\"cached_tokens\":4,\"total_tokens\":10",
        /* more cached tokens than input, said to be inside it */
        "\"input_tokens\":3,\"cached_tokens\":4,\"output_tokens\":5,\"total_tokens\":8",
    };
    for (size_t i = 0; i < sizeof(USAGES) / sizeof(USAGES[0]); i++) {
        read_usage(&b, USAGES[i]);
        assert_lacks(&b, ST_HAS_TOKENS(ST_TOKENS_INPUT));
        assert_tokens(&b, CACHE_READ, 4);
    }
    teardown(&b);
}

TEST("cached tokens of 0 are 0 either way")
{
    struct bench b;
    setup(&b);
    read_usage(&b,
               "\"input_tokens\":10,\"cached_tokens\":0,\"output_tokens\":5,\"total_tokens\":77");
    assert_tokens(&b, INPUT, 10);
    assert_tokens(&b, CACHE_READ, 0);
    teardown(&b);
}

TEST("counts are whole numbers of any spelling that 64 bits hold")
{
    struct bench b;
    setup(&b);
    read_usage(&b, "\"input_tokens\":1.0e3,\"output_tokens\":18446744073709551615");
    assert_tokens(&b, INPUT, 1000);
    assert_has(&b, ST_HAS_TOKENS(ST_TOKENS_OUTPUT));
    assert_true(b.record.tokens[ST_TOKENS_OUTPUT] == UINT64_MAX);
    read_usage(&b, "\"input_tokens\":-0,\"output_tokens\":18446744073709551616");
    assert_tokens(&b, INPUT, 0);
    assert_lacks(&b, ST_HAS_TOKENS(ST_TOKENS_OUTPUT));
    read_usage(&b, "\"input_tokens\":18446744073709551615,\"output_tokens\":5,"
                   "\"cached_tokens\":1,\"total_tokens\":4");
    assert_lacks(&b, ST_HAS_TOKENS(ST_TOKENS_INPUT));
    teardown(&b);
}

TEST("a contract can state where cached and reasoning tokens are counted")
{
    struct bench b;
    setup_with(&b, "\"record\":{\"type\":\"/t\"},\"classify\":[],\"measures\":{\"tokens\":["
                   "{\"types\":[\"in\"],\"input\":\"/i\",\"cache_read\":\"/r\","
                   "\"cache_write\":\"/w\",\"output\":\"/o\",\"reasoning\":\"/x\","
                   "\"cached\":\"inside\",\"thought\":\"inside\"},"
                   "{\"types\":[\"out\"],\"input\":\"/i\",\"cache_read\":\"/r\","
                   "\"cache_write\":\"/w\",\"output\":[\"/none\",\"/o\"],\"reasoning\":\"/x\","
                   "\"cached\":\"outside\",\"thought\":\"outside\"}]}");
    read_event(&b, "{\"t\":\"in\",\"i\":100,\"r\":30,\"w\":20,\"o\":10,\"x\":4}");
    assert_tokens(&b, INPUT, 50);
    assert_tokens(&b, CACHE_READ, 30);
    assert_tokens(&b, CACHE_WRITE, 20);
    assert_tokens(&b, OUTPUT, 6);
    assert_tokens(&b, REASONING, 4);
    read_event(&b, "{\"t\":\"out\",\"i\":100,\"r\":30,\"w\":20,\"o\":10,\"x\":4}");
    assert_tokens(&b, INPUT, 100);
    assert_tokens(&b, OUTPUT, 10);
    read_event(&b, "{\"t\":\"none\",\"i\":100}");
    assert_int_equal(b.record.has, 0);
    teardown(&b);
}

/* ---- cost ---- */

struct price {
    const char *literal;
    int64_t nano;
    bool partial;
};

TEST("N1: money is exact to the nano-dollar, and partial where it is finer or too large")
{
    static const struct price PRICES[] = {
        {"0", 0, false},
        {"-0.0", 0, false},
        {"1", 1000000000, false},
        {"0.000000001", 1, false},
        {"1.5e-3", 1500000, false},
        {"12.340000000000000000000", 12340000000, false},
        {"0.0000000001", 0, true},
        {"0.1234567899", 123456789, true},
        {"-0.1234567899", -123456789, true},
        {"1e-400", 0, true},
        {"9223372036.854775807", INT64_MAX, false},
        {"9223372036.854775808", INT64_MAX, true},
        {"9223372036.8547758079", INT64_MAX, true},
        {"-9223372036.854775808", INT64_MIN, false},
        {"-9223372036.8547758089", INT64_MIN, true},
        {"92233720368.54775807", INT64_MAX, true},
        {"1e400", INT64_MAX, true},
        {"-1e400", INT64_MIN, true},
        {"123456789.123456789123456789123456789", 123456789123456789, true},
    };
    struct bench b;
    setup(&b);
    for (size_t i = 0; i < sizeof(PRICES) / sizeof(PRICES[0]); i++) {
        char members[128];
        snprintf(members, sizeof(members), "\"cost\":{\"cost_usd\":%s,\"currency\":\"USD\"}",
                 PRICES[i].literal);
        read_agent_event(&b, "run.completed", members);
        assert_has(&b, ST_HAS_COST);
        if (b.record.cost_nano != PRICES[i].nano ||
            ((b.record.has & ST_HAS_COST_PARTIAL) != 0) != PRICES[i].partial)
            fail_msg("%s: %lld", PRICES[i].literal, (long long)b.record.cost_nano);
        assert_text(b.record.currency, "USD");
        assert_absent(b.record.price_book);
    }
    teardown(&b);
}

TEST("a contract can state its currency and the amount's unit")
{
    struct bench b;
    setup_with(&b, "\"record\":{\"type\":\"/t\"},\"classify\":[],\"measures\":{\"cost\":["
                   "{\"at\":\"/micros\",\"scale\":-6,\"currency\":{\"value\":\"EUR\"}},"
                   "{\"at\":\"/usd\",\"currency\":[\"/currency\",{\"value\":\"USD\"}]}]}");
    read_event(&b, "{\"micros\":1500}");
    assert_int_equal(b.record.cost_nano, 1500000);
    assert_text(b.record.currency, "EUR");
    read_event(&b, "{\"usd\":2}");
    assert_int_equal(b.record.cost_nano, 2000000000);
    assert_text(b.record.currency, "USD");
    read_event(&b, "{\"usd\":2,\"currency\":\"CHF\"}");
    assert_text(b.record.currency, "CHF");
    teardown(&b);
}

/* ---- durations, times, sequences ---- */

TEST("the duration of a run is the run's, that of a step or call the step's")
{
    static const char BOTH[] = "\"run\":{\"latency_ms\":7},\"step\":{\"latency_ms\":3}";
    struct bench b;
    setup(&b);
    read_agent_event(&b, "run.completed", BOTH);
    assert_has(&b, ST_HAS_DURATION);
    assert_int_equal(b.record.duration_ns, 7000000);
    read_agent_event(&b, "tool.call.failed", BOTH);
    assert_int_equal(b.record.duration_ns, 3000000);
    read_agent_event(&b, "run.failed", "\"step\":{\"latency_ms\":3}");
    assert_lacks(&b, ST_HAS_DURATION);
    read_agent_event(&b, "step.completed", "\"run\":{\"latency_ms\":7}");
    assert_lacks(&b, ST_HAS_DURATION);
    read_agent_event(&b, "alert.emitted", BOTH);
    assert_lacks(&b, ST_HAS_DURATION);
    teardown(&b);
}

TEST("a duration that is negative or longer than 292 years states nothing")
{
    struct bench b;
    setup(&b);
    read_agent_event(&b, "run.completed", "\"run\":{\"latency_ms\":-1}");
    assert_lacks(&b, ST_HAS_DURATION);
    read_agent_event(&b, "run.completed", "\"run\":{\"latency_ms\":1e300}");
    assert_lacks(&b, ST_HAS_DURATION);
    read_agent_event(&b, "run.completed", "\"run\":{\"latency_ms\":0.0000019}");
    assert_has(&b, ST_HAS_DURATION);
    assert_int_equal(b.record.duration_ns, 1);
    teardown(&b);
}

TEST("times are read as RFC 3339, with a stated zone, or counted since 1970")
{
    struct bench b;
    setup_with(&b, "\"record\":{\"type\":\"/t\",\"time\":["
                   "{\"types\":[\"z\"],\"at\":\"/at\",\"form\":\"utc\"},"
                   "{\"types\":[\"ms\"],\"at\":\"/at\",\"form\":\"ms\"},"
                   "{\"types\":[\"s\"],\"at\":\"/at\",\"form\":\"s\"},"
                   "{\"types\":[\"r\"],\"at\":\"/at\",\"form\":\"rfc3339\"}]},\"classify\":[]");
    read_event(&b, "{\"t\":\"z\",\"at\":\"2026-02-07T20:21:54.5\"}");
    assert_has(&b, ST_HAS_TIME);
    assert_int_equal(b.record.time.s, 1770495714);
    assert_int_equal(b.record.time.ns, 500000000);
    read_event(&b, "{\"t\":\"z\",\"at\":\"2026-02-07T20:21:54+01:00\"}");
    assert_int_equal(b.record.time.s, 1770492114);
    read_event(&b, "{\"t\":\"ms\",\"at\":1770495714123}");
    assert_int_equal(b.record.time.s, 1770495714);
    assert_int_equal(b.record.time.ns, 123000000);
    read_event(&b, "{\"t\":\"s\",\"at\":-0.25}");
    assert_has(&b, ST_HAS_TIME);
    assert_int_equal(b.record.time.s, -1);
    assert_int_equal(b.record.time.ns, 750000000);
    static const struct {
        const char *event;
        int digits;
    } FINE[] = {
        {"{\"t\":\"z\",\"at\":\"2026-02-07T20:21:54\"}", 0},
        {"{\"t\":\"z\",\"at\":\"2026-02-07T20:21:54.500\"}", 3},
        {"{\"t\":\"r\",\"at\":\"2026-02-07T20:21:54.000000Z\"}", 6},
        {"{\"t\":\"r\",\"at\":\"2026-02-07T20:21:54.123456789012+01:00\"}", 9},
        {"{\"t\":\"ms\",\"at\":1770495714000}", 3},
        {"{\"t\":\"ms\",\"at\":1770495714000.50}", 5},
        {"{\"t\":\"s\",\"at\":1770495714}", 0},
        {"{\"t\":\"s\",\"at\":1770495714.250}", 3},
        {"{\"t\":\"s\",\"at\":17704957141e-1}", 1},
    };
    for (size_t i = 0; i < sizeof(FINE) / sizeof(FINE[0]); i++) {
        read_event(&b, FINE[i].event);
        assert_has(&b, ST_HAS_TIME);
        assert_int_equal(b.record.time_digits, FINE[i].digits);
    }
    static const char *const NONE[] = {
        "{\"t\":\"r\",\"at\":\"2026-02-07T20:21:54\"}",
        "{\"t\":\"z\",\"at\":\"\"}",
        "{\"t\":\"z\",\"at\":\"20:21:54 on a day whose name is far too long for a time\"}",
        "{\"t\":\"ms\",\"at\":1e300}",
        "{\"t\":\"ms\",\"at\":\"1770495714123\"}",
        "{\"t\":\"r\"}",
    };
    for (size_t i = 0; i < sizeof(NONE) / sizeof(NONE[0]); i++) {
        read_event(&b, NONE[i]);
        assert_lacks(&b, ST_HAS_TIME);
    }
    teardown(&b);
}

TEST("the producer's sequence is a whole number of 0 or more")
{
    struct bench b;
    setup_with(&b, "\"record\":{\"type\":\"/t\",\"producer_seq\":[\"/sequence\",\"/n\"]},"
                   "\"classify\":[]");
    read_event(&b, "{\"sequence\":42}");
    assert_has(&b, ST_HAS_PRODUCER_SEQ);
    assert_int_equal(b.record.producer_seq, 42);
    read_event(&b, "{\"n\":7}");
    assert_int_equal(b.record.producer_seq, 7);
    read_event(&b, "{\"sequence\":-1}");
    assert_lacks(&b, ST_HAS_PRODUCER_SEQ);
    read_event(&b, "{\"sequence\":\"42\"}");
    assert_lacks(&b, ST_HAS_PRODUCER_SEQ);
    teardown(&b);
}

/* ---- what later contracts need ---- */

TEST("a text can stand at several places, by type or by condition")
{
    struct bench b;
    setup_with(&b, "\"record\":{\"type\":[\"/t\",{\"when\":[{\"at\":\"/session\",\"exists\":true}],"
                   "\"value\":\"end\"}],"
                   "\"stream\":[{\"types\":[\"state\"],\"at\":\"/agent\"},"
                   "{\"at\":[\"/principal\",\"/intent/principals/0\"]},"
                   "{\"types\":[\"start\",\"end\"],\"value\":\"session\"}]},\"classify\":[]");
    read_event(&b, "{\"t\":\"state\",\"agent\":\"a\",\"principal\":\"p\"}");
    assert_text(b.record.stream, "a");
    read_event(&b, "{\"t\":\"state\",\"principal\":\"p\"}");
    assert_text(b.record.stream, "p");
    read_event(&b, "{\"t\":\"x\",\"intent\":{\"principals\":[\"q\"]}}");
    assert_text(b.record.stream, "q");
    read_event(&b, "{\"t\":\"start\",\"intent\":{\"principals\":[]}}");
    assert_text(b.record.stream, "session");
    read_event(&b, "{\"session\":null}");
    assert_text(b.record.type, "end");
    assert_text(b.record.stream, "session");
    read_event(&b, "{\"t\":\"x\"}");
    assert_absent(b.record.stream);
    teardown(&b);
}

TEST("old names of types are read as the new ones")
{
    struct bench b;
    setup_with(&b, "\"aliases\":{\"types\":{\"command Failed\":\"command.failed\"}},"
                   "\"record\":{\"type\":\"/type\"},\"classify\":["
                   "{\"types\":[\"command.*\"],\"category\":\"command\"}]");
    read_event(&b, "{\"type\":\"command Failed\"}");
    assert_text(b.record.type, "command.failed");
    assert_text(b.record.category, "command");
    teardown(&b);
}

TEST("an externally tagged event is read by its tag")
{
    struct bench b;
    setup_with(&b, "\"tagged\":{\"BootstrapStarted\":\"bootstrap.started\"},"
                   "\"record\":{\"type\":\"/type\",\"stream\":\"/vm\"},\"classify\":[]");
    read_event(&b, "{\"BootstrapStarted\":{\"vm\":\"web-0\"}}");
    assert_text(b.record.type, "bootstrap.started");
    assert_text(b.record.stream, "web-0");
    read_event(&b, "{\"type\":\"bootstrap.started\",\"vm\":\"web-1\"}");
    assert_text(b.record.stream, "web-1");
    read_event(&b, "{\"BootstrapStarted\":\"web-0\"}");
    assert_absent(b.record.type);
    read_event(&b, "{\"BootstrapStarted\":{\"vm\":\"web-0\"},\"more\":1}");
    assert_absent(b.record.type);
    teardown(&b);
}

#define RESOURCE_HEAD                                                                              \
    "\"record\":{\"type\":\"/type\"},\"classify\":[],\"aliases\":{\"resources\":"                  \
    "{\"tick\":\"compute\"}},\"measures\":{\"resources\":["

static void assert_figure(const struct bench *b, unsigned entry, enum st_figure figure,
                          const char *expected)
{
    char text[ST_QUANTITY_TEXT_MAX];
    const struct st_resource_entry *resource = &b->record.resources[entry];
    assert_true(b->record.resource_count > entry);
    assert_int_equal((resource->stated & ST_FIGURE_BIT(figure)) != 0, expected != NULL);
    if (expected == NULL)
        return;
    size_t len = st_quantity_write(resource->figures[figure], text);
    assert_text(((st_str){text, len}), expected);
}

TEST("N1: every rule that finds a number adds a resource, with what the event states")
{
    struct bench b;
    setup_with(
        &b, RESOURCE_HEAD
        "{\"types\":[\"spend\"],\"kind\":\"depletable\",\"name\":\"/resource\",\"principal\":"
        "\"/agent\",\"amount\":[\"/cost\",\"/delta\"],\"balance\":\"/left\"},"
        "{\"kind\":\"renewable\",\"name\":{\"value\":\"calls\"},\"window_remaining\":\"/window\"},"
        "{\"kind\":\"unstated\",\"name\":\"/none\",\"used\":\"/used\",\"quota\":\"/quota\"}]}");
    read_event(&b, "{\"type\":\"spend\",\"resource\":\"ti\\u0063k\",\"agent\":\"a-1\","
                   "\"delta\":-0.050,\"left\":12e2,\"window\":\"7\",\"quota\":0}");
    assert_has(&b, ST_HAS_RESOURCES);
    assert_lacks(&b, ST_HAS_RESOURCES_UNTOLD);
    assert_int_equal(b.record.resource_count, 2);
    assert_int_equal(b.record.resources[0].kind, ST_RESOURCE_DEPLETABLE);
    assert_text(b.record.resources[0].name, "compute");
    assert_text(b.record.resources[0].principal, "a-1");
    assert_figure(&b, 0, ST_FIGURE_AMOUNT, "-0.05");
    assert_figure(&b, 0, ST_FIGURE_BALANCE, "1200");
    assert_figure(&b, 0, ST_FIGURE_USED, NULL);
    assert_int_equal(b.record.resources[0].cut, 0);
    assert_int_equal(b.record.resources[1].kind, ST_RESOURCE_UNSTATED);
    assert_absent(b.record.resources[1].name);
    assert_absent(b.record.resources[1].principal);
    assert_figure(&b, 1, ST_FIGURE_QUOTA, "0");
    assert_figure(&b, 1, ST_FIGURE_USED, NULL);
    read_event(&b, "{\"type\":\"other\",\"cost\":1,\"window\":7}");
    assert_int_equal(b.record.resource_count, 1);
    assert_text(b.record.resources[0].name, "calls");
    assert_figure(&b, 0, ST_FIGURE_WINDOW_REMAINING, "7");
    read_event(&b, "{\"type\":\"spend\",\"resource\":\"tick\",\"cost\":null}");
    assert_lacks(&b, ST_HAS_RESOURCES | ST_HAS_RESOURCES_UNTOLD);
    assert_null(b.record.resources);
    teardown(&b);
}

TEST("a resource's figure is exact in 64 bits, or cut towards zero and marked")
{
    static const struct {
        const char *literal, *text;
        bool cut;
    } CASES[] = {
        {"0", "0", false},
        {"-0.0", "0", false},
        {"0.05", "0.05", false},
        {"1.50", "1.5", false},
        {"1e3", "1000", false},
        {"25e-1", "2.5", false},
        {"0.000000000000000001", "0.000000000000000001", false},
        {"0.0000000000000000019", "0.000000000000000001", true},
        {"-1e-30", "0", true},
        {"9223372036854775807", "9223372036854775807", false},
        {"9223372036854775807.5", "9223372036854775807", true},
        {"9223372036854775808", "9223372036854775807", true},
        {"-9223372036854775808", "-9223372036854775808", false},
        {"-1e30", "-9223372036854775808", true},
        {"9.223372036854775807", "9.223372036854775807", false},
        {"9.999999999999999999", "9.99999999999999999", true},
        {"123456.7890123456789", "123456.7890123456789", false},
        {"123456.78901234567891", "123456.7890123456789", true},
        {"0.10000000000000000000001", "0.1", true},
        {"123456789012345678901234.5", "9223372036854775807", true},
    };
    struct bench b;
    setup_with(&b, RESOURCE_HEAD "{\"kind\":\"unstated\",\"name\":\"/n\",\"amount\":\"/a\"}]}");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char event[128];
        snprintf(event, sizeof event, "{\"a\":%s}", CASES[i].literal);
        read_event(&b, event);
        assert_figure(&b, 0, ST_FIGURE_AMOUNT, CASES[i].text);
        if ((b.record.resources[0].cut != 0) != CASES[i].cut)
            fail_msg("%s", CASES[i].literal);
    }
    teardown(&b);
}

TEST("B1: resources past the record's room, and names past theirs, are said to be untold")
{
    struct bench b;
    struct st_buf text = ST_BUF(65536);
    assert_ok(st_buf_printf(&text, "%s", RESOURCE_HEAD));
    for (unsigned i = 0; i <= ST_RECORD_RESOURCES_MAX; i++)
        assert_ok(st_buf_printf(&text,
                                "%s{\"kind\":\"allocatable\",\"name\":\"/name\",\"used\":\"/u%u\"}",
                                i == 0 ? "" : ",", i));
    assert_ok(st_buf_printf(&text, "]}"));
    setup_with(&b, st_buf_cstr(&text));
    read_event(&b, "{\"u0\":1,\"u1\":1,\"u2\":1,\"u3\":1,\"u4\":1,\"u5\":1,\"u6\":1,\"u8\":9}");
    assert_int_equal(b.record.resource_count, 8);
    assert_lacks(&b, ST_HAS_RESOURCES_UNTOLD);
    assert_figure(&b, 7, ST_FIGURE_USED, "9");
    read_event(
        &b, "{\"u0\":1,\"u1\":1,\"u2\":1,\"u3\":1,\"u4\":1,\"u5\":1,\"u6\":1,\"u7\":8,\"u8\":9}");
    assert_int_equal(b.record.resource_count, 8);
    assert_has(&b, ST_HAS_RESOURCES_UNTOLD);
    assert_figure(&b, 7, ST_FIGURE_USED, "8");
    st_buf_reset(&text);
    assert_ok(st_buf_printf(&text, "{\"u0\":1,\"name\":\"%*s\"}", 1024, "x"));
    read_event(&b, st_buf_cstr(&text));
    assert_int_equal(b.record.resources[0].name.len, 1024);
    assert_lacks(&b, ST_HAS_RESOURCES_UNTOLD);
    st_buf_reset(&text);
    assert_ok(st_buf_printf(&text, "{\"u0\":1,\"name\":\"%*s\"}", 1025, "x"));
    read_event(&b, st_buf_cstr(&text));
    assert_lacks(&b, ST_HAS_RESOURCES);
    assert_has(&b, ST_HAS_RESOURCES_UNTOLD);
    st_buf_done(&text);
    teardown(&b);
}

TEST("a type that an open contract does not name is marked as unknown, by the name in the record")
{
    struct bench b;
    setup_with(&b, "\"aliases\":{\"types\":{\"old\":\"a.b\"}},\"record\":{\"type\":\"/type\"},"
                   "\"classify\":[{\"types\":[\"c.d\",\"a.b\",\"b\"],\"level\":\"ops\"},"
                   "{\"types\":[\"e.*\"],\"level\":\"audit\"}]");
    static const char *const KNOWN[] = {"a.b", "b", "c.d", "old"};
    static const char *const UNKNOWN[] = {"a", "e.f", "e.*", "", "c.d.e", "z"};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        char event[64];
        snprintf(event, sizeof event, "{\"type\":\"%s\"}", KNOWN[i]);
        read_event(&b, event);
        assert_int_equal(b.record.marks, 0);
    }
    for (size_t i = 0; i < sizeof UNKNOWN / sizeof *UNKNOWN; i++) {
        char event[64];
        snprintf(event, sizeof event, "{\"type\":\"%s\"}", UNKNOWN[i]);
        read_event(&b, event);
        assert_int_equal(b.record.marks, ST_MARK_UNKNOWN_TYPE);
    }
    read_event(&b, "{\"kind\":\"a.b\"}");
    assert_int_equal(b.record.marks, 0);
    teardown(&b);
    setup(&b);
    read_agent_event(&b, "run.cancelled", "");
    assert_int_equal(b.record.marks, 0); /* a closed contract refuses it */
    teardown(&b);
}

TEST("the value that is read may stand anywhere on the tape")
{
    struct bench b;
    setup(&b);
    assert_ok(st_json_parse(&b.doc, ST_STR("[1,{\"event_type\":\"run.failed\"},2]"), NULL, NULL));
    assert_ok(st_contract_read(b.contract, &b.doc, 2, &b.arena, &b.record));
    assert_text(b.record.type, "run.failed");
    assert_int_equal(b.record.severity, ST_SEVERITY_ERROR);
    teardown(&b);
}
