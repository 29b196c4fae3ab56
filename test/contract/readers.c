/*
 * readers.c: what a contract says beside its schema: models, notes, retired words, the structured
 * form, which formats count, and which versions there are.
 */
#include "contract/annotation.h"
#include "contract/glob.h"
#include "contract/registry.h"
#include "unit.h"
#include "json/compare.h"
#include "json/pointer.h"

#define HEAD                                                                                       \
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","                               \
    "\"$id\":\"https://example.org/own.json\","                                                    \
    "\"x-steno\":{\"name\":\"own\",\"version\":\"1.10\",\"unknown_types\":\"keep\","               \
    "\"classify\":[{\"types\":[\"known\"],\"level\":\"audit\"}],\"record\":{\"type\":\"/type\","   \
    "\"time\":\"/at\"}"

static struct st_contract *load_with(const char *text, const struct st_contract_options *options)
{
    struct st_schema_fault fault = {0};
    struct st_contract *contract = NULL;
    if (st_contract_load_with(&contract, st_str_of(text), options, &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    return contract;
}

static struct st_contract *load(const char *text)
{
    return load_with(text, NULL);
}

/* ---- models ---- */

static const char MODELS[] = HEAD
    ",\"models\":{\"Whole\":\"\",\"Leaf\":\"/$defs/a~1b\",\"Ring\":\"/$defs/ring\","
    "\"Place\":\"/properties/place\"}},"
    "\"type\":\"object\",\"properties\":{\"place\":{\"title\":\"p\",\"allOf\":[{\"$ref\":"
    "\"#/$defs/a~1b\"}]},\"$ref\":{\"$ref\":\"#/$defs/ring\"}},"
    "\"$defs\":{\"unused\":{\"const\":\"\\u00fc\"},\"a/b\":{\"type\":\"string\",\"maxLength\":3},"
    "\"ring\":{\"properties\":{\"next\":{\"$ref\":\"#/$defs/ring/properties/other\"},"
    "\"other\":{\"$ref\":\"#/$defs/ring\"},\"x\":{\"$ref\":\"#/$defs/a~1b\"}}}}}";

static void check_model(const struct st_contract *contract, const char *name, const char *expected)
{
    struct st_buf out = ST_BUF(65536);
    struct st_json made;
    struct st_json wanted;
    st_json_init(&made);
    st_json_init(&wanted);
    assert_ok(st_contract_model(contract, st_str_of(name), &out));
    assert_ok(st_json_parse(&made, st_buf_str(&out), NULL, NULL));
    assert_ok(st_json_parse(&wanted, st_str_of(expected), NULL, NULL));
    if (!st_json_equal(&made, 0, &wanted, 0))
        fail_msg("%s: %s", name, st_buf_cstr(&out));
    struct st_schema *schema;
    struct st_schema_fault fault;
    if (st_schema_load(&schema, st_buf_str(&out), NULL, &fault) != ST_OK)
        fail_msg("%s: %s: %s", name, fault.pointer, fault.message);
    st_schema_free(schema);
    st_json_done(&wanted);
    st_json_done(&made);
    st_buf_done(&out);
}

#define DIALECT "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\""
#define LEAF    "\"a/b\":{\"type\":\"string\",\"maxLength\":3}"
#define RING                                                                                       \
    "\"properties\":{\"next\":{\"$ref\":\"#/$defs/ring/properties/other\"},"                       \
    "\"other\":{\"$ref\":\"#/$defs/ring\"},\"x\":{\"$ref\":\"#/$defs/a~1b\"}}"

TEST("a model is its part of the schema with the definitions that it refers to, and no others")
{
    struct st_contract *contract = load(MODELS);
    check_model(contract, "Leaf", "{" DIALECT ",\"type\":\"string\",\"maxLength\":3}");
    check_model(contract, "Place",
                "{" DIALECT ",\"title\":\"p\",\"allOf\":[{\"$ref\":\"#/$defs/a~1b\"}],"
                "\"$defs\":{" LEAF "}}");
    check_model(contract, "Ring",
                "{" DIALECT "," RING ",\"$defs\":{" LEAF ",\"ring\":{" RING "}}}");
    check_model(contract, "Whole",
                "{" DIALECT ",\"type\":\"object\",\"properties\":{\"place\":{\"title\":\"p\","
                "\"allOf\":[{\"$ref\":\"#/$defs/a~1b\"}]},\"$ref\":{\"$ref\":\"#/$defs/ring\"}},"
                "\"$defs\":{" LEAF ",\"ring\":{" RING "}}}");
    st_contract_free(contract);
}

TEST("models are listed in the order of the file, and an unknown one is absent")
{
    struct st_contract *contract = load(MODELS);
    struct st_buf out = ST_BUF(16);
    assert_text(st_contract_model_name(contract, 0), "Whole");
    assert_text(st_contract_model_name(contract, 3), "Place");
    assert_null(st_contract_model_name(contract, 4).at);
    assert_err(st_contract_model(contract, ST_STR("leaf"), &out), ABSENT);
    assert_err(st_contract_model(contract, ST_STR("Leaf"), &out), LIMIT);
    assert_int_equal(out.len, 0);
    st_buf_done(&out);
    st_contract_free(contract);
}

/* What stands as a schema in the contract is not loaded once more as a model; here it is. */
TEST("every model of the contracts that ship loads alone")
{
    struct st_registry *registry = NULL;
    struct st_schema_fault fault = {0};
    uint32_t models = 0;
    assert_ok(st_registry_new(&registry, &fault));
    for (uint32_t i = 0; i < st_registry_count(registry); i++) {
        const struct st_contract *contract = st_registry_at(registry, i);
        st_str name;
        for (uint32_t k = 0; (name = st_contract_model_name(contract, k)).at != NULL; k++) {
            struct st_schema *schema = NULL;
            if (st_contract_compile_model(contract, name, &schema, &fault) != ST_OK)
                fail_msg("%.*s: %s: %s", ST_STR_ARG(name), fault.pointer, fault.message);
            st_schema_free(schema);
            models++;
        }
    }
    assert_true(models > 100);
    st_registry_free(registry);
}

/* ---- formats ---- */

static bool is_valid(const struct st_contract *contract, const char *event)
{
    struct st_json doc;
    struct st_checker *checker;
    bool valid = false;
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, st_str_of(event), NULL, NULL));
    assert_ok(st_checker_new(&checker));
    assert_ok(st_schema_check(st_contract_schema(contract), checker, &doc, 0, &valid, NULL));
    st_checker_free(checker);
    st_json_done(&doc);
    return valid;
}

#define FORMATS "},\"properties\":{\"id\":{\"format\":\"uuid\"},\"at\":{\"format\":\"date-time\"}}}"

TEST("V1: the formats that a contract lists are asserted and no others; without a list, all")
{
    static const struct {
        const char *text;
        bool uuid, date_time; /* asserted */
    } CASES[] = {
        {HEAD FORMATS, true, true},
        {HEAD ",\"assert_formats\":[\"u\\u0075id\"]" FORMATS, true, false},
        {HEAD ",\"assert_formats\":[\"uuid\",\"date-time\"]" FORMATS, true, true},
        {HEAD ",\"assert_formats\":[]" FORMATS, false, false},
    };
    const struct st_contract_options strict = {.strict_formats = true};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct st_contract *contract = load(CASES[i].text);
        assert_int_equal(is_valid(contract, "{\"id\":\"x\"}"), !CASES[i].uuid);
        assert_int_equal(is_valid(contract, "{\"at\":\"x\"}"), !CASES[i].date_time);
        st_contract_free(contract);
        contract = load_with(CASES[i].text, &strict);
        assert_false(is_valid(contract, "{\"id\":\"x\"}"));
        assert_false(is_valid(contract, "{\"at\":\"x\"}"));
        st_contract_free(contract);
    }
}

/* ---- notes and retired words ---- */

TEST("notes and retired words are handed to those who ask")
{
    struct st_contract *contract =
        load(HEAD ",\"reserved\":true,\"notes\":[{\"about\":\"time\",\"text\":\"It is UTC.\"}],"
                  "\"retired\":[{\"term\":\"tick\",\"reason\":\"renamed\"},{\"term\":\"job\","
                  "\"match\":\"text\",\"any_case\":true,\"instead\":\"run\",\"reason\":\"r\","
                  "\"allow\":[\"docs/**\",\"x.c\"]}]}}");
    struct st_contract_note note;
    assert_true(st_contract_reserved(contract));
    assert_true(st_contract_note(contract, 0, &note));
    assert_text(note.about, "time");
    assert_text(note.text, "It is UTC.");
    assert_false(st_contract_note(contract, 1, &note));
    const struct st_retired *retired = st_contract_retired(contract, 0);
    assert_text(retired->term, "tick");
    assert_text(retired->reason, "renamed");
    assert_null(retired->instead.at);
    assert_false(retired->within_words || retired->any_case || retired->allow_count > 0);
    retired = st_contract_retired(contract, 1);
    assert_true(retired->within_words && retired->any_case);
    assert_text(retired->instead, "run");
    assert_int_equal(retired->allow_count, 2);
    assert_text(retired->allow[1], "x.c");
    assert_null(st_contract_retired(contract, 2));
    st_contract_free(contract);
    contract = load(HEAD "}}");
    assert_false(st_contract_reserved(contract));
    assert_false(st_contract_note(contract, 0, &note));
    assert_null(st_contract_retired(contract, 0));
    assert_null(st_contract_model_name(contract, 0).at);
    st_contract_free(contract);
}

TEST("a glob's star stays within a folder, two stars cross folders")
{
    static const struct {
        const char *glob, *path;
        bool fits;
    } CASES[] = {
        {"a.c", "a.c", true},
        {"a.c", "x/a.c", false},
        {"*.c", "a.c", true},
        {"*.c", "x/a.c", false},
        {"x/*", "x/", true},
        {"x*y/z", "x1y/z", true},
        {"x*y/z", "x/y/z", false},
        {"docs/**", "docs/a/b.md", true},
        {"docs/**", "docs", false},
        {"docs/**", "docs/", false},
        {"**", "a/b/c", true},
        {"**/a.c", "a.c", true},
        {"**/a.c", "x/y/a.c", true},
        {"**/a.c", "x/ya.c", false},
        {"x/**/y", "x/y", true},
        {"x/**/y", "x/a/b/y", true},
        {"x/**/y", "x/ay", false},
        {"**/a/*.c", "a/a/b/a/x.c", true},
        {"**/a/*.c", "a/b/x.c", false},
        {"**/*a*b", "x/ab/aab", true},
        {"a*a*a", "aa", false},
        {"a*a*a", "abaca", true},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_null(st_glob_fault(st_str_of(CASES[i].glob)));
        if (st_glob_fits(st_str_of(CASES[i].glob), st_str_of(CASES[i].path)) != CASES[i].fits)
            fail_msg("%s %s", CASES[i].glob, CASES[i].path);
    }
    static const char *const FAULTS[] = {"",       "/a",  "a/",  "a//b", "./a",
                                         "a/../b", "a**", "**a", "***"};
    for (size_t i = 0; i < sizeof FAULTS / sizeof *FAULTS; i++)
        if (st_glob_fault(st_str_of(FAULTS[i])) == NULL)
            fail_msg("%s", FAULTS[i]);
}

TEST("B3: a glob of many stars that fits nothing ends in time")
{
    struct st_buf glob = ST_BUF(65536);
    struct st_buf path = ST_BUF(65536);
    for (int i = 0; i < 1000; i++) {
        assert_ok(st_buf_printf(&glob, "**/*a*/"));
        assert_ok(st_buf_printf(&path, "aaaaaa/"));
    }
    assert_ok(st_buf_printf(&glob, "b"));
    assert_ok(st_buf_printf(&path, "a"));
    assert_false(st_glob_fits(st_buf_str(&glob), st_buf_str(&path)));
    st_buf_done(&path);
    st_buf_done(&glob);
}

/* ---- the structured form ---- */

static void check_structure(const struct st_contract *contract, const char *event, uint64_t seq,
                            const char *expected)
{
    struct st_json doc;
    struct st_arena arena;
    struct st_record record = {0};
    struct st_buf out = ST_BUF(65536);
    st_json_init(&doc);
    st_arena_init(&arena, 65536);
    assert_ok(st_json_parse(&doc, st_str_of(event), NULL, NULL));
    assert_ok(st_contract_read(contract, &doc, 0, &arena, &record));
    record.seq = seq;
    assert_ok(st_contract_structure(contract, &doc, 0, &record, &out));
    assert_text(st_buf_str(&out), expected);
    struct st_buf small = ST_BUF(10);
    assert_err(st_contract_structure(contract, &doc, 0, &record, &small), LIMIT);
    assert_int_equal(small.len, 0);
    st_buf_done(&small);
    st_buf_done(&out);
    st_arena_done(&arena);
    st_json_done(&doc);
}

TEST("the structured form says its members in order and leaves out what is absent")
{
    struct st_contract *contract = load(
        HEAD ",\"tagged\":{\"Tag\":\"known\"},\"structured\":[{\"name\":\"schema\",\"value\":"
             "{\"v\":[1,null]}},{\"name\":\"n\",\"record\":\"seq\"},{\"name\":\"type\",\"record\":"
             "\"type\"},{\"name\":\"at\",\"record\":\"time\"},{\"name\":\"level\",\"record\":"
             "\"level\"},{\"name\":\"who\",\"record\":\"tenant\"},{\"name\":\"turn\",\"at\":"
             "[\"/turn\",\"/p/0/t\"]},{\"name\":\"p\",\"at\":\"/p\"}]}}");
    check_structure(contract,
                    "{\"type\":\"known\",\"at\":\"2026-02-07T20:21:54.250Z\",\"turn\":null}", 7,
                    "{\"schema\":{\"v\":[1,null]},\"n\":7,\"type\":\"known\","
                    "\"at\":\"2026-02-07T20:21:54.250Z\",\"level\":\"audit\",\"turn\":null}");
    check_structure(contract, "{\"Tag\":{\"p\": [ {\"t\": 1.50} ]}}", 0,
                    "{\"schema\":{\"v\":[1,null]},\"type\":\"known\",\"level\":\"audit\","
                    "\"turn\":1.50,\"p\":[{\"t\":1.50}]}");
    st_contract_free(contract);
}

TEST("runtime-events gives its events in the form that its readers know, in UTC and milliseconds")
{
    struct st_registry *registry;
    struct st_schema_fault fault = {0};
    assert_ok(st_registry_new(&registry, &fault));
    const struct st_contract *contract = st_registry_find(registry, ST_STR("runtime-events@1"));
    check_structure(contract,
                    "{\"id\":\"e\",\"sessionId\":\"s\",\"type\":\"turn_end\","
                    "\"timestamp\":1772276400000,\"turn\":2,\"payload\":{\"toolResults\":1.0}}",
                    1,
                    "{\"schema\":\"brewva.event.v1\",\"id\":\"e\",\"sessionId\":\"s\","
                    "\"type\":\"turn_end\",\"category\":\"turn\",\"timestamp\":1772276400000,"
                    "\"isoTime\":\"2026-02-28T11:00:00.000Z\",\"turn\":2,"
                    "\"payload\":{\"toolResults\":1.0}}");
    check_structure(
        contract,
        "{\"schema\":\"brewva.event.v1\",\"id\":\"e\",\"sessionId\":\"s\",\"type\":\"x\","
        "\"category\":\"tool\",\"timestamp\":1772276400000.5,"
        "\"isoTime\":\"2026-02-28T19:00:00+08:00\",\"more\":1}",
        1,
        "{\"schema\":\"brewva.event.v1\",\"id\":\"e\",\"sessionId\":\"s\",\"type\":\"x\","
        "\"category\":\"other\",\"timestamp\":1772276400000.5,"
        "\"isoTime\":\"2026-02-28T11:00:00.000Z\"}");
    check_structure(contract, "{\"id\":\"e\",\"sessionId\":\"s\",\"type\":\"x\",\"timestamp\":1e3}",
                    1,
                    "{\"schema\":\"brewva.event.v1\",\"id\":\"e\",\"sessionId\":\"s\","
                    "\"type\":\"x\",\"category\":\"other\",\"timestamp\":1e3,"
                    "\"isoTime\":\"1970-01-01T00:00:01.000Z\"}");
    st_registry_free(registry);
}

static void check_no_structure(const struct st_contract *contract, const char *event)
{
    struct st_json doc;
    struct st_arena arena;
    struct st_record record = {0};
    struct st_buf out = ST_BUF(1024);
    st_json_init(&doc);
    st_arena_init(&arena, 65536);
    assert_ok(st_json_parse(&doc, st_str_of(event), NULL, NULL));
    assert_ok(st_contract_read(contract, &doc, 0, &arena, &record));
    assert_err(st_contract_structure(contract, &doc, 0, &record, &out), ABSENT);
    assert_int_equal(out.len, 0);
    st_buf_done(&out);
    st_arena_done(&arena);
    st_json_done(&doc);
}

TEST("an event that lacks what the form must say has no such form")
{
    struct st_registry *registry;
    struct st_schema_fault fault = {0};
    assert_ok(st_registry_new(&registry, &fault));
    check_no_structure(st_registry_find(registry, ST_STR("runtime-events@1")),
                       "{\"id\":\"e\",\"sessionId\":\"s\",\"type\":\"x\","
                       "\"timestamp\":8640000000000001}");
    st_registry_free(registry);
    struct st_contract *contract =
        load(HEAD ",\"structured\":[{\"name\":\"a\",\"at\":\"/a\",\"required\":true},"
                  "{\"name\":\"at\",\"record\":\"time\",\"digits\":0}]}}");
    check_no_structure(contract, "{\"type\":\"known\",\"at\":\"2026-02-07T20:21:54.25Z\"}");
    check_structure(contract, "{\"a\":null,\"at\":\"2026-02-07T20:21:54.25Z\"}", 0,
                    "{\"a\":null,\"at\":\"2026-02-07T20:21:54Z\"}");
    st_contract_free(contract);
}

TEST("a contract without a structured form says so")
{
    struct st_contract *contract = load(HEAD "}}");
    struct st_json doc;
    struct st_record record = {0};
    struct st_buf out = ST_BUF(64);
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, ST_STR("{}"), NULL, NULL));
    assert_err(st_contract_structure(contract, &doc, 0, &record, &out), ABSENT);
    assert_int_equal(out.len, 0);
    st_buf_done(&out);
    st_json_done(&doc);
    st_contract_free(contract);
}

/* ---- versions ---- */

struct told {
    struct st_registry *registry;
    struct st_contract *contract; /* own@1.10 */
    struct st_arena arena;
    struct st_report report;
};

static void setup_told(struct told *told)
{
    static const char *const OTHERS[] = {"1.9", "1.2"};
    struct st_schema_fault fault;
    assert_ok(st_registry_new(&told->registry, &fault));
    for (size_t i = 0; i < 2; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "{\"x-steno\":{\"name\":\"own\",\"version\":\"%s\",\"unknown_types\":\"keep\","
                 "\"classify\":[],\"record\":{\"type\":\"/type\"}}}",
                 OTHERS[i]);
        assert_ok(st_registry_add(told->registry, load(text)));
    }
    told->contract = load(HEAD ",\"tagged\":{\"T\":\"t\"},\"version_at\":\"/v\"},"
                               "\"properties\":{\"v\":{\"const\":\"1.10\"},\"w\":{\"enum\":[1]},"
                               "\"T\":{\"properties\":{\"v\":{\"enum\":[\"1.10\"]}}}},"
                               "\"required\":[\"v\"]}");
    assert_ok(st_registry_add(told->registry, told->contract));
    st_arena_init(&told->arena, 1 << 20);
    st_report_init(&told->report, &told->arena, 10);
}

static void teardown_told(struct told *told)
{
    st_arena_done(&told->arena);
    st_registry_free(told->registry);
}

/* The message of the violation at the pointer. */
static const char *message_of(struct told *told, const char *event, const char *pointer)
{
    static char message[512];
    struct st_json doc;
    struct st_checker *checker;
    bool valid = true;
    st_json_init(&doc);
    st_report_reset(&told->report);
    st_arena_reset(&told->arena);
    assert_ok(st_json_parse(&doc, st_str_of(event), NULL, NULL));
    assert_ok(st_checker_new(&checker));
    assert_ok(st_schema_check(st_contract_schema(told->contract), checker, &doc, 0, &valid,
                              &told->report));
    assert_false(valid);
    assert_ok(st_registry_explain(told->registry, told->contract, &doc, 0, &told->report));
    message[0] = '\0';
    for (uint32_t i = 0; i < told->report.count; i++) {
        const struct st_violation *violation = &told->report.violations[i];
        if (violation->leaf && st_str_eq(violation->subject, st_str_of(pointer)))
            snprintf(message, sizeof message, "%.*s", ST_STR_ARG(violation->message));
    }
    st_checker_free(checker);
    st_json_done(&doc);
    return message;
}

TEST("V2: a version that there is not is told with those that there are")
{
    struct told told;
    setup_told(&told);
    assert_string_equal(message_of(&told, "{\"v\":\"2.0\"}", "/v"),
                        "unsupported version \"2.0\"; own has: 1.2, 1.9, 1.10");
    assert_string_equal(message_of(&told, "{\"v\":2,\"w\":2}", "/v"),
                        "unsupported version 2; own has: 1.2, 1.9, 1.10");
    assert_string_equal(message_of(&told, "{\"v\":2,\"w\":2}", "/w"),
                        "must be one of allowed enum values: 1");
    assert_string_equal(message_of(&told, "{\"w\":1}", "/v"), "is required");
    assert_string_equal(message_of(&told, "{\"T\":{\"v\":\"3\"}}", "/T/v"),
                        "unsupported version \"3\"; own has: 1.2, 1.9, 1.10");
    char event[1024];
    snprintf(event, sizeof event, "{\"v\":\"%300s\"}", "x");
    assert_string_equal(message_of(&told, event, "/v"),
                        "unsupported version; own has: 1.2, 1.9, 1.10");
    teardown_told(&told);
}

TEST("a reference to a version there is not is told which there are")
{
    struct told told;
    struct st_buf out = ST_BUF(1024);
    setup_told(&told);
    assert_ok(st_registry_explain_absent(told.registry, ST_STR("own@2.0"), &out));
    assert_text(st_buf_str(&out), "own has no version 2.0; it has 1.2, 1.9, 1.10");
    st_buf_reset(&out);
    assert_ok(st_registry_explain_absent(told.registry, ST_STR("none@1"), &out));
    assert_text(st_buf_str(&out), "no such contract");
    st_buf_reset(&out);
    assert_ok(st_registry_explain_absent(told.registry, ST_STR("none"), &out));
    assert_text(st_buf_str(&out), "no such contract");
    st_buf_done(&out);
    teardown_told(&told);
}

TEST("versions are listed rising, those of an unknown name not at all")
{
    struct told told;
    struct st_buf out = ST_BUF(64);
    setup_told(&told);
    assert_ok(st_registry_add_versions(told.registry, ST_STR("own"), &out));
    assert_text(st_buf_str(&out), "1.2, 1.9, 1.10");
    st_buf_reset(&out);
    assert_ok(st_registry_add_versions(told.registry, ST_STR("ow"), &out));
    assert_int_equal(out.len, 0);
    st_buf_done(&out);
    teardown_told(&told);
}
