/*
 * memory.c: every allocation made to fail once, and none at all where there should be none.
 */
#include "base/mem.h"
#include "contract/construct.h"
#include "contract/docs.h"
#include "contract/export.h"
#include "contract/registry.h"
#include "contract/types.h"
#include "unit.h"

static const char EVENT[] =
    "{\"event_version\":\"v0\",\"event_id\":\"0b8f6a52-6f0e-4c3e-9f5b-2d7c1c4f8a10\","
    "\"event_type\":\"run\\u002efailed\",\"occurred_at\":\"2026-02-07T20:21:54Z\","
    "\"tenant\":{\"tenant_id\":\"a\\nb\"},\"run\":{\"run_id\":\"r\",\"agent_id\":\"\\u00fc\","
    "\"latency_ms\":5},\"resource_usage\":{\"input_tokens\":1,\"cached_tokens\":1,"
    "\"output_tokens\":1,\"total_tokens\":2},\"cost\":{\"cost_usd\":0.1,\"currency\":\"USD\"}}";

TEST("loading the shipped contracts without memory fails cleanly at every allocation")
{
    struct st_registry *registry = NULL;
    struct st_schema_fault fault;
    uint64_t failures = 0;
    for (uint64_t nth = 1;; nth++) {
        st_mem_fail_at(nth);
        st_err err = st_registry_new(&registry, &fault);
        st_mem_fail_at(0);
        if (err == ST_OK)
            break;
        assert_int_equal(err, ST_ERR_MEMORY);
        assert_int_equal(fault.err, ST_ERR_MEMORY);
        assert_null(registry);
        failures++;
    }
    assert_true(failures > 20);
    st_registry_free(registry);
}

TEST("telling all that is wrong with a contract without memory fails cleanly at every allocation")
{
    static const char TEXT[] = "{\"x-steno\":{\"name\":7,\"unknown_types\":\"drop\",\"colour\":1,"
                               "\"record\":{\"type\":\"type\"},\"classify\":[{\"types\":[]}]}}";
    struct st_contract_faults faults = {0};
    const struct st_contract_options options = {.faults = &faults};
    struct st_contract *contract = NULL;
    struct st_schema_fault fault;
    uint64_t failures = 0;
    st_err err;
    for (uint64_t nth = 1;; nth++) {
        st_mem_fail_at(nth);
        err = st_contract_load_with(&contract, st_str_of(TEXT), &options, &fault);
        st_mem_fail_at(0);
        assert_null(contract);
        if (err != ST_ERR_MEMORY)
            break;
        assert_int_equal(fault.err, ST_ERR_MEMORY);
        failures++;
    }
    assert_int_equal(err, ST_ERR_INVALID);
    assert_true(failures > 5);
    assert_true(faults.count >= 5);
    assert_int_equal(faults.dropped, 0);
    assert_string_equal(fault.pointer, faults.at[0].pointer);
    for (uint32_t i = 1; i < faults.count; i++)
        assert_true(faults.at[i - 1].column <= faults.at[i].column);
    st_contract_faults_done(&faults);
    st_contract_faults_done(&faults);
}

TEST("adding a contract without memory fails cleanly at every allocation")
{
    static const char TEXT[] =
        "{\"x-steno\":{\"name\":\"own\",\"version\":\"1\",\"unknown_types\":\"keep\",\"classify\":["
        "],"
        "\"record\":{\"type\":\"/type\"},\"assert_formats\":[\"uuid\"],\"models\":{\"M\":"
        "\"/$defs/m\"},\"structured\":[{\"name\":\"a\",\"at\":\"/"
        "a\"}],\"retired\":[{\"term\":\"t\","
        "\"reason\":\"r\",\"allow\":[\"x\"]}],\"notes\":[{\"about\":\"a\",\"text\":\"b\"}],"
        "\"measures\":{\"resources\":[{\"kind\":\"unstated\",\"name\":\"/n\",\"used\":\"/u\"}]}},"
        "\"$defs\":{\"m\":{\"items\":{\"$ref\":\"#/$defs/n\"}},\"n\":{\"format\":\"uuid\"}}}";
    struct st_contract *contract = NULL;
    struct st_schema_fault fault;
    uint64_t failures = 0;
    for (uint64_t nth = 1;; nth++) {
        st_mem_fail_at(nth);
        st_err err = st_contract_load(&contract, st_str_of(TEXT), &fault);
        st_mem_fail_at(0);
        if (err == ST_OK)
            break;
        assert_int_equal(err, ST_ERR_MEMORY);
        assert_int_equal(fault.err, ST_ERR_MEMORY);
        assert_null(contract);
        failures++;
    }
    assert_true(failures > 20);
    st_contract_free(contract);
}

TEST("reading a record without memory leaves the record as it was")
{
    struct st_registry *registry;
    struct st_schema_fault fault;
    struct st_json doc;
    struct st_arena arena;
    struct st_record record = {.seq = 7};
    uint64_t failures = 0;
    assert_ok(st_registry_new(&registry, &fault));
    const struct st_contract *contract = st_registry_at(registry, 0);
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, st_str_of(EVENT), NULL, NULL));
    st_arena_init(&arena, 65536);
    for (uint64_t nth = 1;; nth++) {
        st_mem_fail_at(nth);
        st_err err = st_contract_read(contract, &doc, 0, &arena, &record);
        st_mem_fail_at(0);
        if (err == ST_OK)
            break;
        assert_int_equal(err, ST_ERR_MEMORY);
        assert_null(record.type.at);
        failures++;
    }
    assert_true(failures > 0);
    assert_text(record.type, "run.failed");
    assert_int_equal(record.seq, 7);
    st_arena_done(&arena);
    st_json_done(&doc);
    st_registry_free(registry);
}

TEST("an arena at its limit is no memory either")
{
    struct st_registry *registry;
    struct st_schema_fault fault;
    struct st_json doc;
    struct st_arena arena;
    struct st_record record = {0};
    assert_ok(st_registry_new(&registry, &fault));
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, st_str_of(EVENT), NULL, NULL));
    st_arena_init(&arena, 1);
    assert_err(st_contract_read(st_registry_at(registry, 0), &doc, 0, &arena, &record), MEMORY);
    st_arena_done(&arena);
    st_json_done(&doc);
    st_registry_free(registry);
}

TEST("B2: resolving and reading allocate nothing in the steady state")
{
    struct st_registry *registry;
    struct st_schema_fault fault;
    struct st_json doc;
    struct st_arena arena;
    struct st_candidates candidates;
    struct st_record record = {0};
    uint64_t before = 0;
    assert_ok(st_registry_new(&registry, &fault));
    st_json_init(&doc);
    st_arena_init(&arena, 65536);
    for (int round = 0; round < 10; round++) {
        if (round == 2)
            before = st_mem_count();
        st_arena_reset(&arena);
        assert_ok(st_json_parse(&doc, st_str_of(EVENT), NULL, NULL));
        const struct st_contract *contract = st_registry_resolve(registry, &doc, 0, &candidates);
        assert_non_null(contract);
        assert_ok(st_contract_read(contract, &doc, 0, &arena, &record));
    }
    assert_int_equal(st_mem_count(), before);
    st_arena_done(&arena);
    st_json_done(&doc);
    st_registry_free(registry);
}

static void construct_without_memory(const struct st_contract *contract, const char *const *fields,
                                     size_t field_count, st_err expected)
{
    struct st_construct order = {
        .type = ST_STR("step.started"), .fields = fields, .field_count = field_count};
    struct st_buf event = ST_BUF(65536);
    struct st_buf why = ST_BUF(65536);
    uint64_t failures = 0;
    for (uint64_t nth = 1;; nth++) {
        st_mem_fail_at(nth);
        st_err err = st_contract_construct(contract, &order, &event, &why);
        st_mem_fail_at(0);
        if (err == expected)
            break;
        assert_int_equal(err, ST_ERR_MEMORY);
        assert_int_equal(event.len, 0);
        failures++;
    }
    assert_true(failures > 10);
    assert_true((event.len > 0) == (expected == ST_OK));
    assert_true((why.len > 0) == (expected == ST_ERR_INVALID));
    st_buf_done(&why);
    st_buf_done(&event);
}

TEST("making an event without memory makes none")
{
    static const char *const GOOD[] = {"run.run_id=r", "attributes:={\"a\":1}"};
    static const char *const BAD[] = {"run.latency_ms=x", "colour=red"};
    struct st_registry *registry;
    struct st_schema_fault fault;
    assert_ok(st_registry_new(&registry, &fault));
    construct_without_memory(st_registry_at(registry, 0), GOOD, 2, ST_OK);
    construct_without_memory(st_registry_at(registry, 0), BAD, 2, ST_ERR_INVALID);
    st_registry_free(registry);
}

typedef st_err (*write_about)(const struct st_contract *contract, struct st_buf *out);

/* Whatever allocation fails, the buffer then holds what it did. */
static void fails_cleanly(const struct st_contract *contract, write_about write, bool undone)
{
    uint64_t failures = 0;
    for (uint64_t nth = 1;; nth++) {
        struct st_buf out = ST_BUF((size_t)16 << 20);
        st_mem_fail_at(nth);
        st_err err = write(contract, &out);
        st_mem_fail_at(0);
        size_t len = out.len;
        st_buf_done(&out);
        if (err == ST_OK) {
            assert_true(len > 1000);
            break;
        }
        assert_int_equal(err, ST_ERR_MEMORY);
        assert_true(!undone || len == 0);
        failures++;
    }
    assert_true(failures > 3);
}

TEST("pages and exports without memory fail cleanly at every allocation")
{
    struct st_registry *registry;
    struct st_schema_fault fault;
    assert_ok(st_registry_new(&registry, &fault));
    const struct st_contract *contract = st_registry_find(registry, ST_STR("session-events"));
    assert_non_null(contract);
    fails_cleanly(contract, st_docs_write, true);
    fails_cleanly(contract, st_export_contract, false);
    st_registry_free(registry);
}

TEST("declaring types without memory fails cleanly at every allocation")
{
    struct st_registry *registry;
    struct st_schema_fault fault;
    assert_ok(st_registry_new(&registry, &fault));
    const struct st_contract *contract = st_registry_find(registry, ST_STR("session-events"));
    for (int language = 0; language < ST_LANGUAGE_COUNT; language++) {
        struct st_buf out = ST_BUF(1 << 20);
        uint64_t failures = 0;
        for (uint64_t nth = 1;; nth++) {
            st_mem_fail_at(nth);
            st_err err = st_types_write(contract, (enum st_language)language, &out);
            st_mem_fail_at(0);
            if (err == ST_OK)
                break;
            assert_int_equal(err, ST_ERR_MEMORY);
            assert_int_equal(out.len, 0);
            failures++;
        }
        assert_true(failures > 10);
        st_buf_done(&out);
    }
    st_registry_free(registry);
}
