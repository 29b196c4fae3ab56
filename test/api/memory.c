/*
 * Memory that runs out in every place, and none that is taken where there should be none.
 */
#include "unit.h"

#include "base/mem.h"
#include "library.h"

#include <stdlib.h>

static const char SCHEMA[] =
    "{\"$id\": \"http://r.example/s\", \"$ref\": \"other#/$defs/o\", \"oneOf\": [{\"required\": "
    "[\"a\"]}, {\"patternProperties\": {\"^b+$\": {\"maximum\": 3}}}], "
    "\"unevaluatedProperties\": false, \"properties\": {\"u\": {\"uniqueItems\": true}, \"t\": "
    "{\"format\": \"date-time\"}}}";
static const char OTHER[] = "{\"$defs\": {\"o\": {\"properties\": {\"b\": {\"type\": "
                            "\"integer\"}, \"a\": {\"enum\": [1, \"x\"]}}}}}";

static const struct {
    const char *text;
    steno_error verdict;
} cases[] = {
    {"{\"a\": 1, \"u\": [1, 2, {}, [], \"x\", true, 7, 8, 9, 10], \"bb\": 4}", STENO_INVALID},
    {"{\"a\": 1, \"u\": [1, 2, {}, [], \"x\", true, 7, 8, 9, 10], \"b\": 4}", STENO_OK},
    {"{\"b\": \"\\u00e9\", \"a\": 7, \"zz\": 0, \"u\": [1, 1], \"t\": \"\"}", STENO_INVALID},
    {"{\"b\": 1,", STENO_SYNTAX},
};
#define CASES (sizeof cases / sizeof *cases)

static steno_error resolve(void *context, const char *uri, struct steno_document *document)
{
    assert_string_equal(uri, "http://r.example/other");
    return steno_document_add(document, OTHER, sizeof OTHER - 1);
}

static const struct steno_options options = {.assert_formats = true, .resolve = resolve};

TEST("compiling fails cleanly whichever allocation fails")
{
    struct steno_schema *schema = NULL;
    struct steno_fault fault;
    uint64_t failures = 0;
    for (;; failures++) {
        st_mem_fail_at(failures + 1);
        steno_error error = steno_compile(&schema, SCHEMA, sizeof SCHEMA - 1, &options, &fault);
        st_mem_fail_at(0);
        if (error == STENO_OK)
            break;
        assert_code(error, STENO_MEMORY);
        assert_int_equal(fault.error, STENO_MEMORY);
        assert_null(schema);
    }
    assert_true(failures > 50);
    assert_code(verdict(schema, cases[0].text), cases[0].verdict);
    steno_schema_free(schema);
}

/* One text through both one-call functions, whatever fails; the number of failures. */
static uint64_t fail_through(const struct steno_schema *schema, size_t i)
{
    size_t len = strlen(cases[i].text);
    uint64_t failures = 0;
    for (uint64_t nth = 1;; nth++) {
        st_mem_fail_at(nth);
        steno_error error = steno_validate(schema, cases[i].text, len);
        st_mem_fail_at(0);
        if (error == cases[i].verdict)
            break;
        assert_code(error, STENO_MEMORY);
        failures++;
    }
    for (uint64_t nth = 1;; nth++) {
        struct steno_report *report = (void *)-1;
        st_mem_fail_at(nth);
        steno_error error =
            steno_explain(schema, cases[i].text, len, STENO_OUTPUT_DETAILED, &report);
        st_mem_fail_at(0);
        assert_int_equal(report == NULL, error == STENO_MEMORY);
        steno_report_free(report);
        if (error == cases[i].verdict)
            break;
        assert_code(error, STENO_MEMORY);
        failures++;
    }
    return failures;
}

TEST("a verdict fails cleanly whichever allocation fails")
{
    struct steno_schema *schema = compile_with(SCHEMA, &options);
    for (size_t i = 0; i < CASES; i++)
        assert_true(fail_through(schema, i) > 5);
    steno_schema_free(schema);
}

TEST("a validator that met no memory goes on to work")
{
    struct steno_schema *schema = compile_with(SCHEMA, &options);
    struct steno_validator *validator = NULL;
    uint64_t failures = 0;
    for (uint64_t nth = 1; validator == NULL; nth++) {
        st_mem_fail_at(nth);
        steno_error error = steno_validator_new(&validator);
        st_mem_fail_at(0);
        assert_int_equal(error == STENO_OK, validator != NULL);
        failures += error == STENO_MEMORY;
    }
    assert_true(failures >= 2);
    for (size_t i = 0; i < 50 * CASES; i++) {
        const char *text = cases[i % CASES].text;
        const struct steno_report *report;
        st_mem_fail_at(i / CASES + 1);
        steno_error error = steno_validator_explain(validator, schema, text, strlen(text),
                                                    STENO_OUTPUT_DETAILED, &report);
        const char *json = steno_report_json(report);
        st_mem_fail_at(0);
        if (error == STENO_MEMORY) {
            assert_null(report);
            assert_null(json);
        } else {
            assert_int_equal(error, cases[i % CASES].verdict);
        }
        assert_code(steno_validator_explain(validator, schema, text, strlen(text),
                                            STENO_OUTPUT_DETAILED, &report),
                    cases[i % CASES].verdict);
        assert_non_null(steno_report_json(report));
    }
    steno_validator_free(validator);
    steno_schema_free(schema);
}

TEST("a report without memory for its output has none, and has it later")
{
    struct steno_schema *schema = compile("false");
    struct steno_report *report = explain(schema, "1");
    st_mem_fail_at(1);
    assert_null(steno_report_json(report));
    st_mem_fail_at(0);
    assert_non_null(steno_report_json(report));
    steno_report_free(report);
    steno_schema_free(schema);
}

/* ---- contracts and events ---- */

static const char START[] =
    "{\"event_version\":\"2.0\",\"event_id\":\"550e8400-e29b-41d4-a716-446655440000\","
    "\"component_name\":\"a b\",\"shell_type\":\"s\",\"timestamp\":\"2026-02-06T12:34:56Z\"}";
static const char OWN[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"x-steno\":{\"name\":\"own\","
    "\"version\":\"1\",\"unknown_types\":\"keep\",\"record\":{\"type\":\"/t\"},\"classify\":[]}}";

/* What the library itself takes: allocations of libcrypto and of the C library do not fail here. */
TEST("a registry fails cleanly whichever allocation fails, and goes on to work")
{
    struct steno_registry *registry = NULL;
    uint64_t failures = 0;
    /* Every one would take minutes: the first thousand, then at growing distances. */
    for (uint64_t nth = 1; registry == NULL; nth += 1 + nth / 1000 * 97) {
        st_mem_fail_at(nth);
        steno_error error = steno_registry_new(&registry);
        st_mem_fail_at(0);
        assert_int_equal(error == STENO_OK, registry != NULL);
        if (error != STENO_OK)
            assert_code(error, STENO_MEMORY);
        failures += error == STENO_MEMORY;
    }
    assert_true(failures > 100);
    steno_error error = STENO_MEMORY;
    for (uint64_t nth = 1; error != STENO_OK; nth++) {
        struct steno_fault fault;
        st_mem_fail_at(nth);
        error = steno_registry_add(registry, OWN, sizeof OWN - 1, &fault);
        st_mem_fail_at(0);
        if (error != STENO_OK) {
            assert_code(error, STENO_MEMORY);
            assert_null(steno_registry_contract(registry, 6));
        }
    }
    assert_string_equal(steno_registry_contract(registry, 6), "own@1");
    assert_null(steno_registry_contract(registry, 7));
    steno_registry_free(registry);
}

/* The number of failures of one event through the one-call functions. */
static uint64_t fail_event(const struct steno_registry *registry, const char *reference,
                           steno_error expected)
{
    uint64_t failures = 0;
    for (uint64_t nth = 1;; nth++) {
        struct steno_report *report = (void *)-1;
        st_mem_fail_at(nth);
        steno_error error = steno_event_explain(registry, reference, START, sizeof START - 1,
                                                STENO_OUTPUT_DETAILED, &report);
        st_mem_fail_at(0);
        assert_int_equal(report == NULL, error == STENO_MEMORY);
        steno_report_free(report);
        if (error == expected)
            return failures;
        assert_code(error, STENO_MEMORY);
        failures++;
    }
}

TEST("an event is judged, told apart and made cleanly whichever allocation fails")
{
    struct steno_registry *registry;
    const char *contract;
    char *text;
    char *why;
    assert_code(steno_registry_new(&registry), STENO_OK);
    assert_true(fail_event(registry, "session-events#SessionStartEvent", STENO_INVALID) > 20);
    assert_true(fail_event(registry, "session-events", STENO_INVALID) > 5);
    assert_true(fail_event(registry, "session-events@9", STENO_ABSENT) > 3);
    assert_true(fail_event(registry, "#X", STENO_ABSENT) > 3);
    assert_true(fail_event(registry, NULL, STENO_ABSENT) > 3);
    uint64_t nth = 1;
    for (steno_error error = STENO_MEMORY; error != STENO_ABSENT; nth++) {
        st_mem_fail_at(nth);
        error = steno_event_recognise(registry, START, sizeof START - 1, &contract);
        st_mem_fail_at(0);
        assert_true(error == STENO_ABSENT || error == STENO_MEMORY);
    }
    assert_true(nth > 3);
    nth = 1;
    for (steno_error error = STENO_MEMORY; error != STENO_OK; nth++) {
        st_mem_fail_at(nth);
        error = steno_registry_schema(registry, "#UserInfo", &text);
        st_mem_fail_at(0);
        assert_int_equal(text == NULL, error == STENO_MEMORY);
        steno_text_free(text);
    }
    assert_true(nth > 3);
    nth = 1;
    for (steno_error error = STENO_MEMORY; error != STENO_OK; nth++) {
        st_mem_fail_at(nth);
        error = steno_session_start_new(registry, "c", "s", "{\"a\":1}", &text, &why);
        st_mem_fail_at(0);
        assert_null(why);
        assert_int_equal(text == NULL, error == STENO_MEMORY);
        steno_text_free(text);
    }
    assert_true(nth > 30);
    steno_registry_free(registry);
}

/* ---- the steady state ---- */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif

#if defined(__GLIBC__) && !defined(UNDER_SANITIZER) && !defined(__SANITIZE_ADDRESS__) &&           \
    !defined(__SANITIZE_THREAD__)
/* The C library's allocator under its other names, and ours before it: what PCRE2 and the C library
 * take counts, too. Sanitizers have an allocator of their own. */
extern void *__libc_malloc(size_t bytes);
extern void *__libc_calloc(size_t count, size_t bytes);
extern void *__libc_realloc(void *block, size_t bytes);

static _Thread_local uint64_t taken;

void *malloc(size_t bytes)
{
    taken++;
    return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
    taken++;
    return __libc_calloc(count, bytes);
}

void *realloc(void *block, size_t bytes)
{
    taken++;
    return __libc_realloc(block, bytes);
}

static uint64_t heap_count(void)
{
    return taken;
}
#else
static uint64_t heap_count(void)
{
    return 0;
}
#endif

static void hold_all(struct steno_validator *validator, const struct steno_schema *schema)
{
    static const enum steno_output outputs[] = {STENO_OUTPUT_FLAG, STENO_OUTPUT_BASIC,
                                                STENO_OUTPUT_DETAILED};
    for (size_t i = 0; i < 3 * CASES; i++) {
        const char *text = cases[i / 3].text;
        size_t len = strlen(text);
        const struct steno_report *report;
        assert_code(steno_validator_validate(validator, schema, text, len), cases[i / 3].verdict);
        assert_code(steno_validator_explain(validator, schema, text, len, outputs[i % 3], &report),
                    cases[i / 3].verdict);
    }
}

TEST("B2: a validator allocates nothing in the steady state, explanations included")
{
    struct steno_schema *schema = compile_with(SCHEMA, &options);
    struct steno_validator *validator;
    assert_code(steno_validator_new(&validator), STENO_OK);
    hold_all(validator, schema);
    hold_all(validator, schema);
    uint64_t before = heap_count();
    uint64_t before_ours = st_mem_count();
    for (int round = 0; round < 100; round++)
        hold_all(validator, schema);
    assert_int_equal(heap_count(), before);
    assert_int_equal(st_mem_count(), before_ours);
    steno_validator_free(validator);
    steno_schema_free(schema);
}

static void hold_events(struct steno_validator *validator, const struct steno_registry *registry)
{
    static const char *const references[] = {NULL, "session-events", "session-events@1.0",
                                             "#SessionStartEvent", "nope"};
    static const steno_error verdicts[] = {STENO_ABSENT, STENO_INVALID, STENO_INVALID,
                                           STENO_INVALID, STENO_ABSENT};
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
        const struct steno_report *report;
        assert_code(steno_validator_validate_event(validator, registry, references[i], START,
                                                   sizeof START - 1),
                    verdicts[i]);
        if (verdicts[i] != STENO_INVALID)
            assert_code(steno_validator_explain_event(validator, registry, references[i], START,
                                                      sizeof START - 1, STENO_OUTPUT_FLAG, &report),
                        verdicts[i]);
    }
}

TEST("B2: a validator judges events without allocating in the steady state")
{
    struct steno_registry *registry;
    struct steno_validator *validator;
    assert_code(steno_registry_new(&registry), STENO_OK);
    assert_code(steno_validator_new(&validator), STENO_OK);
    hold_events(validator, registry);
    hold_events(validator, registry);
    uint64_t before = heap_count();
    uint64_t before_ours = st_mem_count();
    for (int round = 0; round < 100; round++)
        hold_events(validator, registry);
    assert_int_equal(heap_count(), before);
    assert_int_equal(st_mem_count(), before_ours);
    steno_validator_free(validator);
    steno_registry_free(registry);
}

TEST("B1: what one large text needed is not kept")
{
    static char large[(size_t)17 << 20];
    struct steno_schema *schema = compile("{\"items\": {\"type\": \"null\"}}");
    struct steno_validator *validator;
    const struct steno_report *report;
    for (size_t i = 0; i + 2 < sizeof large; i += 2)
        memcpy(large + i, i == 0 ? "[1" : ",1", 2);
    large[sizeof large - 2] = ']';
    assert_code(steno_validator_new(&validator), STENO_OK);
    assert_code(steno_validator_validate(validator, schema, large, sizeof large - 1),
                STENO_INVALID);
    uint64_t before = st_mem_count();
    assert_code(steno_validator_validate(validator, schema, "[]", 2), STENO_OK);
    assert_true(st_mem_count() > before); /* it begins anew */
    assert_code(steno_validator_explain(validator, schema, large, sizeof large - 1,
                                        STENO_OUTPUT_FLAG, &report),
                STENO_INVALID);
    assert_int_equal(steno_report_count(report), STENO_VIOLATIONS_MAX);
    steno_validator_free(validator);
    steno_schema_free(schema);
}
