/*
 * Cases of our own, written from the specifications' text: test/schema/cases/…, in the shape of the
 * official suite.
 *
 * A group may say more than that shape has: "draft", of schemas without $schema; "formats": true,
 * where formats are asserted; "remotes", other documents by their URIs; and in the place of tests
 * "refused", the JSON Pointer of the place that makes the schema no schema.
 */
#include "unit.h"

#include "base/file.h"
#include "compiled_judge.h"
#include "schema/schema.h"
#include "json/compare.h"

struct run {
    struct st_json doc;
    struct st_checker *checker;
    struct twins twins; /* of the compiled and the plain answer */
    const char *file;
    uint32_t group;
    uint32_t cases;
    uint32_t failed;
};

static uint32_t member_of(const struct run *run, uint32_t node, const char *name)
{
    return st_json_member(&run->doc, node, st_str_of(name));
}

static st_str text_of(const struct run *run, uint32_t node, const char *name)
{
    uint32_t value = member_of(run, node, name);
    return value == ST_JSON_NONE ? ST_STR("") : st_json_text(&run->doc, value);
}

static void count_case(struct run *run, st_str description, bool right, const char *what)
{
    run->cases++;
    if (right)
        return;
    run->failed++;
    print_message("%s: %.*s: %.*s: %s\n", run->file,
                  ST_STR_ARG(text_of(run, run->group, "description")), ST_STR_ARG(description),
                  what);
}

/* The documents that the group gives beside its schema. */
static st_err resolve(void *context, st_str uri, struct st_buf *text)
{
    const struct run *run = context;
    uint32_t remotes = member_of(run, run->group, "remotes");
    if (remotes == ST_JSON_NONE)
        return ST_ERR_ABSENT;
    uint32_t document = st_json_member(&run->doc, remotes, uri);
    return document == ST_JSON_NONE ? ST_ERR_ABSENT
                                    : st_buf_add_str(text, st_json_raw(&run->doc, document));
}

/* Both answers, which must agree, the plain evaluator's too. */
static bool verdict(struct run *run, const struct st_schema *schema, uint32_t data)
{
    struct st_arena arena;
    struct st_report report;
    bool bare;
    bool explained;
    st_arena_init(&arena, (size_t)1 << 24);
    st_report_init(&report, &arena, ST_REPORT_VIOLATIONS_MAX);
    assert_ok(st_schema_check(schema, run->checker, &run->doc, data, &bare, NULL));
    assert_ok(st_schema_check(schema, run->checker, &run->doc, data, &explained, &report));
    assert_int_equal(bare, explained);
    assert_int_equal(bare, report.count == 0);
    st_arena_done(&arena);
    assert_twins(&run->twins, schema, st_json_raw(&run->doc, data), bare);
    return bare;
}

static void check_tests(struct run *run, const struct st_schema *schema, uint32_t tests)
{
    assert_true(tests != ST_JSON_NONE && run->doc.nodes[tests].len > 0);
    for (uint32_t at = st_json_first(&run->doc, tests); at != ST_JSON_NONE;
         at = st_json_next(&run->doc, tests, at)) {
        uint32_t valid = member_of(run, at, "valid");
        bool expected = st_json_kind(&run->doc, valid) == ST_JSON_TRUE;
        bool right = verdict(run, schema, member_of(run, at, "data")) == expected;
        count_case(run, text_of(run, at, "description"), right,
                   expected ? "is refused" : "is accepted");
    }
}

static void check_group(struct run *run)
{
    uint32_t refused = member_of(run, run->group, "refused");
    st_str draft = text_of(run, run->group, "draft");
    struct st_schema_options options = {
        .draft = st_draft_of_name(draft),
        .assert_formats = member_of(run, run->group, "formats") != ST_JSON_NONE,
        .resolve = resolve,
        .context = run,
    };
    assert_true(draft.len == 0 || options.draft != ST_DRAFT_UNKNOWN);
    struct st_schema_fault fault;
    struct st_schema *schema;
    st_str source = st_json_raw(&run->doc, member_of(run, run->group, "schema"));
    st_err err = st_schema_load(&schema, source, &options, &fault);
    if (refused != ST_JSON_NONE) {
        bool right =
            err != ST_OK && st_str_eq(st_str_of(fault.pointer), st_json_text(&run->doc, refused));
        count_case(run, ST_STR("the schema"), right,
                   err == ST_OK ? "is taken" : "is refused at another place");
        if (err != ST_OK && !right)
            print_message("    at \"%s\": %s\n", fault.pointer, fault.message);
    } else if (err != ST_OK) {
        count_case(run, ST_STR("the schema"), false, fault.message);
    } else {
        check_tests(run, schema, member_of(run, run->group, "tests"));
    }
    st_schema_free(schema);
}

static void check_file(const char *file, uint32_t expected)
{
    struct run run = {.file = file};
    struct st_buf text = ST_BUF((size_t)16 << 20);
    char path[1024];
    snprintf(path, sizeof path, SCHEMA_CASES "/%s.json", file);
    st_json_init(&run.doc);
    assert_ok(st_checker_new(&run.checker));
    twins_init(&run.twins);
    assert_ok(st_file_read(path, &text, NULL));
    assert_ok(st_json_parse(&run.doc, st_buf_str(&text), NULL, NULL));
    for (uint32_t at = st_json_first(&run.doc, 0); at != ST_JSON_NONE;
         at = st_json_next(&run.doc, 0, at)) {
        run.group = at;
        check_group(&run);
    }
    print_message("%s: %u cases, %u failed\n", file, run.cases, run.failed);
    assert_int_equal(run.failed, 0);
    assert_true(run.cases >= expected);
    twins_done(&run.twins);
    st_checker_free(run.checker);
    st_json_done(&run.doc);
    st_buf_done(&text);
}

TEST("V1: identifiers, references, dynamic scopes and vocabularies, from the text of core")
{
    check_file("core", 150);
}

TEST("V1: what the drafts before 2020-12 say otherwise")
{
    check_file("drafts", 151);
}

TEST("V1: what is no schema is refused at its place")
{
    check_file("refused", 76);
}

TEST("V1: values are compared and counted as the data model says, exactly")
{
    check_file("validation", 327);
}

TEST("V1: applicators, and what is left for unevaluatedItems and unevaluatedProperties")
{
    check_file("applicators", 147);
}

TEST("V2: every format, by the RFC that defines it")
{
    check_file("formats", 437);
}

TEST("V3: patterns mean what ECMA-262 says in u mode")
{
    check_file("patterns", 157);
}

TEST("V1: v1, as far as its text is known")
{
    check_file("v1", 38);
}
