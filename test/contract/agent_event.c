/*
 * agent_event.c: agent-event@v0 held against its case table, agent-event-v0.cases.ndjson.
 *
 * A line is {"name", "errors": [{"path", "pointer", "keyword", "message"}], "event"}. The errors
 * are the whole set of what must be mended whatever else is (definite leaves), in any order; a
 * message may go on behind what is stated. judge.mjs reads the same table with ajv.
 */
#include "base/file.h"
#include "contract/registry.h"
#include "unit.h"
#include "json/lines.h"
#include "json/pointer.h"

#include <stdlib.h>

#define ERRORS_MAX 64

/* One error in one line of text: path, pointer, keyword, message. */
struct errors {
    st_str at[ERRORS_MAX];
    size_t count;
};

struct bench {
    struct st_registry *registry;
    const struct st_contract *contract;
    struct st_checker *checker;
    struct st_json line;
    struct st_json event;
    struct st_arena arena;
    struct st_report report;
};

static void setup(struct bench *b)
{
    struct st_schema_fault fault = {0};
    if (st_registry_new(&b->registry, &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    b->contract = st_registry_find(b->registry, ST_STR("agent-event@v0"));
    assert_non_null(b->contract);
    assert_ok(st_checker_new(&b->checker));
    st_json_init(&b->line);
    st_json_init(&b->event);
    st_arena_init(&b->arena, (size_t)16 << 20);
    st_report_init(&b->report, &b->arena, ST_REPORT_VIOLATIONS_MAX);
}

static void teardown(struct bench *b)
{
    st_arena_done(&b->arena);
    st_json_done(&b->event);
    st_json_done(&b->line);
    st_checker_free(b->checker);
    st_registry_free(b->registry);
}

static void add_error(struct bench *b, struct errors *errors, st_str path, st_str pointer,
                      st_str keyword, st_str message)
{
    struct st_buf text = ST_BUF(4096);
    assert_true(errors->count < ERRORS_MAX);
    assert_ok(st_buf_printf(&text, "%.*s  %.*s  %.*s  %.*s", ST_STR_ARG(path), ST_STR_ARG(pointer),
                            ST_STR_ARG(keyword), ST_STR_ARG(message)));
    errors->at[errors->count++] = st_arena_copy(&b->arena, st_buf_str(&text));
    st_buf_done(&text);
}

static int by_text(const void *a, const void *b)
{
    return st_str_cmp(*(const st_str *)a, *(const st_str *)b);
}

static st_str text_at(struct bench *b, uint32_t node, const char *name)
{
    uint32_t value = st_json_member(&b->line, node, st_str_of(name));
    assert_true(value != ST_JSON_NONE);
    return st_json_text(&b->line, value);
}

static void read_expected(struct bench *b, struct errors *errors)
{
    uint32_t list = st_json_member(&b->line, 0, ST_STR("errors"));
    errors->count = 0;
    for (uint32_t at = st_json_first(&b->line, list); at != ST_JSON_NONE;
         at = st_json_next(&b->line, list, at))
        add_error(b, errors, text_at(b, at, "path"), text_at(b, at, "pointer"),
                  text_at(b, at, "keyword"), text_at(b, at, "message"));
    qsort(errors->at, errors->count, sizeof(errors->at[0]), by_text);
}

static void read_found(struct bench *b, struct errors *errors)
{
    errors->count = 0;
    for (uint32_t i = 0; i < b->report.count; i++) {
        const struct st_violation *v = &b->report.violations[i];
        if (!v->leaf || !v->definite)
            continue;
        struct st_buf path = ST_BUF(4096);
        assert_ok(st_pointer_to_path(v->subject, &b->event, &path));
        add_error(b, errors, st_buf_str(&path), v->subject, v->keyword, v->message);
        st_buf_done(&path);
    }
    qsort(errors->at, errors->count, sizeof(errors->at[0]), by_text);
}

static bool agree(const struct errors *expected, const struct errors *found)
{
    if (expected->count != found->count)
        return false;
    for (size_t i = 0; i < found->count; i++)
        if (!st_str_starts(found->at[i], expected->at[i]))
            return false;
    return true;
}

static void show(const char *what, const struct errors *errors)
{
    for (size_t i = 0; i < errors->count; i++)
        print_error("  %s %.*s\n", what, ST_STR_ARG(errors->at[i]));
}

/* Whether one line of the table holds, with and without a report. */
static bool check_case(struct bench *b, st_str line)
{
    struct errors expected;
    struct errors found;
    bool valid;
    bool valid_briefly;
    st_report_reset(&b->report);
    st_arena_reset(&b->arena);
    assert_ok(st_json_parse(&b->line, line, NULL, NULL));
    uint32_t event = st_json_member(&b->line, 0, ST_STR("event"));
    assert_ok(st_json_parse(&b->event, st_json_raw(&b->line, event), NULL, NULL));
    const struct st_schema *schema = st_contract_schema(b->contract);
    assert_ok(st_schema_check(schema, b->checker, &b->event, 0, &valid, &b->report));
    assert_ok(st_schema_check(schema, b->checker, &b->event, 0, &valid_briefly, NULL));
    read_expected(b, &expected);
    read_found(b, &found);
    bool good =
        agree(&expected, &found) && valid == (expected.count == 0) && valid_briefly == valid;
    if (!good) {
        print_error("%.*s\n", ST_STR_ARG(text_at(b, 0, "name")));
        show("expected", &expected);
        show("found   ", &found);
    }
    return good;
}

TEST("V1, V2: agent-event@v0 says of every case in the table exactly what is wrong with it")
{
    struct bench b;
    struct st_buf table = ST_BUF((size_t)4 << 20);
    struct st_lines lines;
    struct st_line line;
    unsigned cases = 0;
    unsigned bad = 0;
    setup(&b);
    assert_ok(st_file_read(AGENT_EVENT_CASES, &table, NULL));
    st_lines_init(&lines, (size_t)1 << 20);
    st_str rest = st_buf_str(&table);
    bool found;
    for (;;) {
        assert_ok(st_lines_take(&lines, &rest, &line, &found));
        if (!found)
            break;
        cases++;
        bad += !check_case(&b, line.text);
    }
    assert_true(cases >= 200);
    st_lines_done(&lines);
    st_buf_done(&table);
    teardown(&b);
    if (bad > 0)
        fail_msg("%u of %u cases", bad, cases);
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
