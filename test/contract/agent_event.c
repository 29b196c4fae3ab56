/*
 * agent_event.c: agent-event@v0's file and its page; its cases are cases/agent-event-v0.ndjson.
 */
#include "base/file.h"
#include "contract/registry.h"
#include "unit.h"
#include "json/pointer.h"

struct bench {
    struct st_registry *registry;
    const struct st_contract *contract;
    struct st_checker *checker;
    struct st_json event;
};

static void setup(struct bench *b)
{
    struct st_schema_fault fault = {0};
    if (st_registry_new(&b->registry, &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    b->contract = st_registry_find(b->registry, ST_STR("agent-event@v0"));
    assert_non_null(b->contract);
    assert_ok(st_checker_new(&b->checker));
    st_json_init(&b->event);
}

static void teardown(struct bench *b)
{
    st_json_done(&b->event);
    st_checker_free(b->checker);
    st_registry_free(b->registry);
}

TEST("the contract names its 15 types in the order of its enum")
{
    struct bench b;
    setup(&b);
    const struct st_json *doc = st_schema_doc(st_contract_schema(b.contract));
    uint32_t list = st_pointer_find(doc, 0, ST_STR("/properties/event_type/enum"));
    uint32_t i = 0;
    for (uint32_t at = st_json_first(doc, list); at != ST_JSON_NONE;
         at = st_json_next(doc, list, at), i++)
        assert_true(st_str_eq(st_contract_type(b.contract, i), st_json_text(doc, at)));
    assert_int_equal(i, 15);
    assert_null(st_contract_type(b.contract, 15).at);
    teardown(&b);
}

TEST("every field of the contract has a title and a description")
{
    struct bench b;
    setup(&b);
    const struct st_json *doc = st_schema_doc(st_contract_schema(b.contract));
    unsigned fields = 0;
    for (uint32_t node = 0; node < doc->count; node++) {
        bool properties = (doc->nodes[node].flags & ST_JSON_NAME) &&
                          st_str_eq(st_json_text(doc, node), ST_STR("properties"));
        if (!properties)
            continue;
        for (uint32_t at = st_json_first(doc, node + 1); at != ST_JSON_NONE;
             at = st_json_next(doc, node + 1, at)) {
            bool condition = st_json_member(doc, at + 1, ST_STR("description")) == ST_JSON_NONE;
            bool in_if = condition && st_str_eq(st_json_text(doc, at), ST_STR("event_type"));
            assert_true(in_if || st_json_member(doc, at + 1, ST_STR("title")) != ST_JSON_NONE);
            fields += !in_if;
        }
    }
    assert_int_equal(fields, 17 + 3 + 9 + 5 + 6 + 5 + 5 + 8 + 5 + 7 + 3 + 4);
    teardown(&b);
}

TEST("the file says who it is")
{
    struct bench b;
    setup(&b);
    assert_text(st_contract_ref(b.contract), "agent-event@v0");
    assert_text(st_contract_name(b.contract), "agent-event");
    assert_text(st_contract_version(b.contract), "v0");
    assert_text(st_contract_title(b.contract), "AgentOps Event v0");
    assert_false(st_contract_keeps_unknown_types(b.contract));
    assert_true(st_str_starts(st_contract_text(b.contract), ST_STR("{\n")));
    teardown(&b);
}

TEST("the manual's example is valid")
{
    struct bench b;
    struct st_buf page = ST_BUF((size_t)1 << 20);
    bool valid;
    setup(&b);
    assert_ok(st_file_read(AGENT_EVENT_MANUAL, &page, NULL));
    const char *start = strstr(st_buf_cstr(&page), "```json\n");
    assert_non_null(start);
    start += strlen("```json\n");
    const char *end = strstr(start, "```");
    assert_non_null(end);
    st_str example = {start, (size_t)(end - start)};
    assert_ok(st_json_parse(&b.event, example, NULL, NULL));
    assert_ok(
        st_schema_check(st_contract_schema(b.contract), b.checker, &b.event, 0, &valid, NULL));
    assert_true(valid);
    st_buf_done(&page);
    teardown(&b);
}
