/*
 * diff.c: levels, policies and the annotation: what a diff of contracts adds to one of schemas.
 */
#include "contract/diff.h"
#include "unit.h"

#define HEAD                                                                                       \
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"A thing\","         \
    "\"type\":\"object\",\"properties\":{\"type\":{\"type\":\"string\"}},\"x-steno\":{\"name\":"   \
    "\"own\",\"unknown_types\":\"keep\","
#define RECORD   "\"record\":{\"type\":\"/type\",\"id\":\"/id\"}"
#define CLASSIFY "\"classify\":[{\"types\":[\"a\",\"b\"],\"level\":\"ops\"}]"
#define MARKS    "\"recognise\":[{\"rank\":90,\"all\":[{\"at\":\"/v\",\"equals\":1}]}]"

static const char OLD[] = HEAD "\"version\":\"1\"," RECORD "," CLASSIFY "," MARKS "}}";

struct pair {
    struct st_contract *old, *new;
    struct st_arena arena;
    struct st_diff diff;
};

static struct st_contract *load(const char *text)
{
    struct st_schema_fault fault = {0};
    struct st_contract *contract = NULL;
    if (st_contract_load(&contract, st_str_of(text), &fault) != ST_OK)
        fail_msg("%s: %s: %s", text, fault.pointer, fault.message);
    return contract;
}

static void open_pair(struct pair *pair, const char *old, const char *new)
{
    pair->old = load(old);
    pair->new = load(new);
    st_arena_init(&pair->arena, (size_t)64 << 20);
    assert_ok(st_contract_diff(&pair->diff, &pair->arena, st_contract_schema(pair->old), pair->old,
                               st_contract_schema(pair->new), pair->new, NULL));
}

static void close_pair(struct pair *pair)
{
    st_contract_free(pair->old);
    st_contract_free(pair->new);
    st_arena_done(&pair->arena);
}

/* "RULE direction subject; " for each finding. */
static void finds(const char *new, const char *expected)
{
    struct pair pair;
    struct st_buf told = ST_BUF(1 << 16);
    open_pair(&pair, OLD, new);
    for (uint32_t i = 0; i < pair.diff.count; i++) {
        const struct st_diff_finding *finding = &pair.diff.findings[i];
        assert_int_equal(finding->reading, finding->direction != ST_DIFF_DIRECTION_NONE);
        assert_ok(st_buf_printf(&told, "%s %s %.*s; ", st_diff_rule_name(finding->rule),
                                st_diff_direction_name(finding->direction),
                                ST_STR_ARG(finding->subject)));
    }
    assert_true(pair.diff.backward.proved && pair.diff.forward.proved);
    assert_text(told.len == 0 ? ST_STR("") : st_buf_str(&told), expected);
    st_buf_done(&told);
    close_pair(&pair);
}

TEST("another version alone is no finding")
{
    finds(HEAD "\"version\":\"2\"," RECORD "," CLASSIFY "," MARKS "}}", "");
}

TEST("what readers take from the annotation is told, with who reads otherwise")
{
    finds(HEAD "\"version\":\"2\",\"record\":{\"type\":\"/kind\",\"time\":\"/t\"}," CLASSIFY
               "," MARKS "}}",
          "RECORD_POINTER_CHANGED backward type; RECORD_POINTER_CHANGED forward type; "
          "RECORD_POINTER_REMOVED backward id; RECORD_POINTER_ADDED forward time; ");
    finds(HEAD "\"version\":\"2\"," RECORD "," CLASSIFY
               ",\"recognise\":[{\"rank\":90,\"all\":[{\"at\":\"/v\",\"equals\":2}]}]}}",
          "RECOGNITION_REMOVED backward ; RECOGNITION_ADDED forward ; ");
    finds(HEAD "\"version\":\"2\"," RECORD
               ",\"classify\":[{\"types\":[\"a\",\"c\"],\"level\":\"ops\"}]," MARKS "}}",
          "EVENT_TYPE_REMOVED backward b; EVENT_TYPE_ADDED forward c; "
          "CLASSIFICATION_CHANGED none classify; ");
    finds(HEAD "\"version\":\"2\"," RECORD "," CLASSIFY "," MARKS
               ",\"aliases\":{\"types\":{\"old\":\"a\"}}}}",
          "ALIAS_ADDED forward old; ");
}

TEST("a level asks for its directions, and only they count")
{
    static const struct {
        enum st_diff_level level;
        bool compatible;
    } rows[] = {
        {ST_DIFF_LEVEL_BACKWARD, true},
        {ST_DIFF_LEVEL_FORWARD, false},
        {ST_DIFF_LEVEL_FULL, false},
        {ST_DIFF_LEVEL_NONE, true},
        {ST_DIFF_LEVEL_BACKWARD_TRANSITIVE, true},
        {ST_DIFF_LEVEL_FULL_TRANSITIVE, false},
    };
    struct pair pair;
    open_pair(&pair, HEAD "\"version\":\"1\"," RECORD "," CLASSIFY "},\"required\":[\"type\"]}",
              HEAD "\"version\":\"2\"," RECORD "," CLASSIFY "}}");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct st_diff_sum sum = st_diff_sum_up(&pair.diff, rows[i].level, ST_DIFF_POLICY_STRICT);
        assert_int_equal(sum.compatible, rows[i].compatible);
        assert_int_equal(sum.proved, rows[i].compatible);
        assert_int_equal(sum.bump, ST_DIFF_BUMP_MAJOR);
    }
    close_pair(&pair);
}

TEST("names of levels are read and written")
{
    for (int i = 0; i < ST_DIFF_LEVEL_COUNT; i++) {
        enum st_diff_level level = ST_DIFF_LEVEL_NONE;
        const char *name = st_diff_level_name((enum st_diff_level)i);
        assert_true(st_diff_level_of_name(st_str_of(name), &level));
        assert_int_equal(level, i);
        assert_int_equal(st_diff_level_is_transitive(level), strstr(name, "_TRANSITIVE") != NULL);
    }
    enum st_diff_level level;
    assert_false(st_diff_level_of_name(ST_STR("backward"), &level));
}
