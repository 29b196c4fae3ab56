/*
 * What a violation says: where in the instance, where in the schema, in which words, in which
 * order.
 */
#include "unit.h"

#include "base/utf8.h"
#include "schema/checking.h"

struct expected {
    const char *instance;
    const char *subject;
    const char *keyword_at;
    const char *message;
};

static void assert_leaves_of(const struct checking *checking, const struct expected *expected,
                             size_t count)
{
    size_t found = 0;
    for (uint32_t i = 0; i < checking->report.count; i++) {
        const struct st_violation *violation = &checking->report.violations[i];
        if (!violation->leaf)
            continue;
        if (found == count)
            fail_msg("one too many: %.*s %.*s", ST_STR_ARG(violation->keyword_at),
                     ST_STR_ARG(violation->message));
        assert_text(violation->instance, expected[found].instance);
        assert_text(violation->subject, expected[found].subject);
        assert_text(violation->keyword_at, expected[found].keyword_at);
        assert_text(violation->message, expected[found].message);
        found++;
    }
    assert_int_equal(found, count);
}
#define assert_leaves(checking, expected)                                                          \
    assert_leaves_of((checking), (expected), sizeof(expected) / sizeof((expected)[0]))

TEST("V2: an event against a contract: required in list order, members in instance order, then "
     "conditionals in file order")
{
    struct checking c;
    load_schema(&c,
                "{\"type\": \"object\", \"additionalProperties\": false,"
                " \"required\": [\"v\", \"id\", \"run\"],"
                " \"allOf\": ["
                "  {\"if\": {\"properties\": {\"t\": {\"enum\": [\"a\", \"b\"]}}}, \"then\": "
                "{\"required\": [\"cost\", \"usage\"]}},"
                "  {\"if\": {\"properties\": {\"t\": {\"const\": \"c\"}}}, \"then\": "
                "{\"required\": [\"error\"]}}],"
                " \"properties\": {\"v\": {\"const\": \"v0\"}, \"t\": {\"type\": \"string\", "
                "\"enum\": [\"a\", \"b\", \"c\"]},"
                "  \"id\": {\"type\": \"string\", \"format\": \"uuid\"},"
                "  \"run\": {\"type\": \"object\", \"required\": [\"run_id\"], \"properties\": "
                "{\"run_id\": {\"type\": \"string\", \"minLength\": 1}, \"ms\": {\"type\": "
                "\"integer\", \"minimum\": 0}, \"parent\": {\"type\": [\"string\", \"null\"]}}},"
                "  \"cost\": true, \"usage\": true, \"error\": true}}");
    static const struct expected wrong[] = {
        {"", "/v", "/required", "is required"},
        {"/run/run_id", "/run/run_id", "/properties/run/properties/run_id/minLength",
         "must have length >= 1"},
        {"/run/ms", "/run/ms", "/properties/run/properties/ms/minimum", "must be >= 0"},
        {"/run/parent", "/run/parent", "/properties/run/properties/parent/type",
         "must be type string|null"},
        {"", "/x~1y", "/additionalProperties", "additional property is not allowed"},
        {"/id", "/id", "/properties/id/type", "must be type string"},
        {"", "/cost", "/allOf/0/then/required", "is required"},
        {"", "/usage", "/allOf/0/then/required", "is required"},
    };
    assert_false(check_instance(&c, "{\"t\": \"b\", \"run\": {\"run_id\": \"\", \"ms\": -1, "
                                    "\"parent\": 0}, \"x/y\": 1, \"id\": 7}"));
    assert_leaves(&c, wrong);

    static const struct expected no_object[] = {{"", "", "/type", "must be type object"}};
    assert_false(check_instance(&c, "[]"));
    assert_leaves(&c, no_object);

    static const struct expected constant[] = {
        {"/v", "/v", "/properties/v/const", "must equal v0"},
        {"/t", "/t", "/properties/t/enum",
         "must be one of allowed enum values: \"a\", \"b\", \"c\""},
    };
    assert_false(check_instance(&c, "{\"v\": \"v1\", \"t\": \"z\", \"run\": {\"run_id\": \"1\"}, "
                                    "\"id\": \"6f1c0f0e-3c2b-4d1e-9a55-0123456789ab\"}"));
    assert_leaves(&c, constant);
    done(&c);
}

TEST("V2: each keyword says what to do")
{
    static const struct {
        const char *schema;
        const char *instance;
        const char *subject;
        const char *keyword_at;
        const char *message;
    } cases[] = {
        {"false", "1", "", "", "is not allowed"},
        {"{\"properties\": {\"a\": false}}", "{\"a\": 1}", "/a", "/properties/a", "is not allowed"},
        {"{\"const\": {\"a\": [1]}}", "1", "", "/const", "must equal {\"a\":[1]}"},
        {"{\"maximum\": 1.50}", "2", "", "/maximum", "must be <= 1.50"},
        {"{\"exclusiveMinimum\": 0}", "0", "", "/exclusiveMinimum", "must be > 0"},
        {"{\"exclusiveMaximum\": 0}", "0", "", "/exclusiveMaximum", "must be < 0"},
        {"{\"multipleOf\": 5}", "6", "", "/multipleOf", "must be a multiple of 5"},
        {"{\"maxLength\": 2}", "\"abc\"", "", "/maxLength", "must have length <= 2"},
        {"{\"pattern\": \"^a\"}", "\"b\"", "", "/pattern", "must match pattern ^a"},
        {"{\"format\": \"date-time\"}", "\"b\"", "", "/format", "must be RFC3339 date-time"},
        {"{\"minItems\": 1}", "[]", "", "/minItems", "must have >= 1 items"},
        {"{\"maxProperties\": 0}", "{\"a\": 1}", "", "/maxProperties", "must have <= 0 properties"},
        {"{\"uniqueItems\": true}", "[1, 2, 1, 2]", "", "/uniqueItems",
         "must have unique items, 0 and 2 are equal"},
        {"{\"uniqueItems\": true}", "[0, 1, 2, 3, 4, 5, 6, 7, 8, 5, 1]", "", "/uniqueItems",
         "must have unique items, 5 and 9 are equal"},
        {"{\"dependentRequired\": {\"a\": [\"b\"]}}", "{\"a\": 1}", "/b", "/dependentRequired",
         "is required beside \"a\""},
        {"{\"propertyNames\": {\"maxLength\": 1}}", "{\"ab\": 1}", "/ab",
         "/propertyNames/maxLength", "must have length <= 1"},
        {"{\"prefixItems\": [true], \"items\": false}", "[1, 2]", "/1", "/items",
         "additional item is not allowed"},
        {"{\"contains\": {\"const\": 1}, \"minContains\": 2}", "[]", "", "/minContains",
         "must contain >= 2 matching items"},
        {"{\"contains\": {\"const\": 1}, \"maxContains\": 1}", "[1, 1]", "", "/maxContains",
         "must contain <= 1 matching items"},
        {"{\"not\": {\"type\": \"null\"}}", "null", "", "/not",
         "must not satisfy the schema of not"},
        {"{\"oneOf\": [true, false, true]}", "1", "", "/oneOf",
         "must satisfy exactly one of 3 schemas, satisfies those at 0 and 2"},
        {"{\"unevaluatedProperties\": false}", "{\"a\": 1}", "/a", "/unevaluatedProperties",
         "unevaluated property is not allowed"},
        {"{\"unevaluatedItems\": false}", "[1]", "/0", "/unevaluatedItems",
         "unevaluated item is not allowed"},
        {"{\"items\": {\"type\": \"string\"}}", "[\"\", 1]", "/1", "/items/type",
         "must be type string"},
        {"{\"patternProperties\": {\"^/~\": {\"type\": \"string\"}}}", "{\"/~\": 1}", "/~1~0",
         "/patternProperties/^~1~0/type", "must be type string"},
        {"{\"dependentSchemas\": {\"a\": {\"required\": [\"b\"]}}}", "{\"a\": 1}", "/b",
         "/dependentSchemas/a/required", "is required"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct checking c;
        struct st_violation leaf = {0};
        uint32_t leaves = 0;
        load_schema(&c, cases[i].schema);
        assert_false(check_instance(&c, cases[i].instance));
        for (uint32_t k = 0; k < c.report.count; k++) {
            if (c.report.violations[k].leaf) {
                leaf = c.report.violations[k];
                leaves++;
            }
        }
        assert_int_equal(leaves, 1);
        assert_text(leaf.subject, cases[i].subject);
        assert_text(leaf.keyword_at, cases[i].keyword_at);
        assert_text(leaf.message, cases[i].message);
        done(&c);
    }
}

TEST("V2: a violation below references names the way walked and the keyword's own place")
{
    struct checking c;
    load_schema(&c, "{\"$id\": \"http://a.example/root.json\", \"allOf\": [{\"$ref\": \"item\"}],"
                    " \"$defs\": {\"i\": {\"$id\": \"item\", \"$ref\": \"#/$defs/a%20b\","
                    " \"$defs\": {\"a b\": {\"minimum\": 3}}}}}");
    assert_false(check_instance(&c, "1"));
    assert_int_equal(c.report.count, 4);
    const struct st_violation *v = c.report.violations;
    assert_text(v[0].keyword_at, "/allOf");
    assert_text(v[0].absolute, "http://a.example/root.json#/allOf");
    assert_text(v[1].keyword_at, "/allOf/0/$ref");
    assert_text(v[1].absolute, "http://a.example/root.json#/allOf/0/$ref");
    assert_text(v[2].keyword_at, "/allOf/0/$ref/$ref");
    assert_text(v[2].absolute, "http://a.example/item#/$ref");
    assert_text(v[3].keyword_at, "/allOf/0/$ref/$ref/minimum");
    assert_text(v[3].absolute, "http://a.example/item#/$defs/a%20b/minimum");
    assert_text(v[3].keyword, "minimum");
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(v[i].parent, i == 0 ? ST_JSON_NONE : i - 1);
        assert_int_equal(v[i].leaf, i == 3);
        assert_true(v[i].definite);
    }
    done(&c);
}

TEST("V2: what could be mended another way is not definite")
{
    struct checking c;
    load_schema(&c, "{\"minimum\": 5, \"anyOf\": [{\"type\": \"null\"}, {\"allOf\": [{\"minimum\": "
                    "7}]}]}");
    assert_false(check_instance(&c, "1"));
    assert_int_equal(c.report.count, 5);
    const struct st_violation *v = c.report.violations;
    assert_true(v[0].definite);
    assert_text(v[1].keyword, "anyOf");
    assert_true(v[1].definite);
    for (uint32_t i = 2; i < 5; i++)
        assert_false(v[i].definite);
    assert_int_equal(v[2].parent, 1);
    assert_int_equal(v[3].parent, 1);
    assert_int_equal(v[4].parent, 3);
    done(&c);
}

TEST("V2: branches that fail beside one that holds leave no trace")
{
    struct checking c;
    load_schema(&c, "{\"anyOf\": [{\"type\": \"null\"}, {\"type\": \"integer\"}], \"contains\": "
                    "{\"const\": 1}, \"minimum\": 5}");
    assert_false(check_instance(&c, "1"));
    assert_int_equal(c.report.count, 1);
    assert_text(c.report.violations[0].keyword, "minimum");
    done(&c);
    load_schema(&c, "{\"contains\": {\"const\": 1}, \"minItems\": 9}");
    assert_false(check_instance(&c, "[2, 3, 1]"));
    assert_int_equal(c.report.count, 1);
    done(&c);
}

TEST("V2: a member that is only wrong is not called unevaluated")
{
    struct checking c;
    load_schema(&c, "{\"$ref\": \"#/$defs/a\", \"unevaluatedProperties\": false, \"$defs\": "
                    "{\"a\": {\"properties\": {\"a\": {\"type\": \"null\"}}}}}");
    static const struct expected expected[] = {
        {"/a", "/a", "/$ref/properties/a/type", "must be type null"},
        {"", "/b", "/unevaluatedProperties", "unevaluated property is not allowed"},
    };
    assert_false(check_instance(&c, "{\"a\": 1, \"b\": 2}"));
    assert_leaves(&c, expected);
    done(&c);
}

TEST("V2: a report keeps up to its max and counts the rest; several checks add to one report")
{
    struct checking c;
    load_schema(&c, "{\"items\": {\"type\": \"null\"}}");
    assert_ok(st_json_parse(&c.doc, ST_STR("[1, 2, 3, 4, 5]"), NULL, NULL));
    st_report_init(&c.report, &c.arena, 3);
    assert_ok(st_schema_check(c.schema, c.checker, &c.doc, 0, &c.valid, &c.report));
    assert_int_equal(c.report.count, 3);
    assert_int_equal(c.report.dropped, 2);
    assert_text(c.report.violations[2].instance, "/2");
    assert_ok(st_schema_check(c.schema, c.checker, &c.doc, 0, &c.valid, &c.report));
    assert_false(c.valid);
    assert_int_equal(c.report.count, 3);
    assert_int_equal(c.report.dropped, 7);

    st_report_init(&c.report, &c.arena, 8);
    assert_ok(st_schema_check(c.schema, c.checker, &c.doc, 0, &c.valid, &c.report));
    assert_ok(st_schema_check(c.schema, c.checker, &c.doc, 0, &c.valid, &c.report));
    assert_int_equal(c.report.count, 8);
    assert_int_equal(c.report.dropped, 2);
    assert_text(c.report.violations[5].instance, "/0");
    done(&c);
}

TEST("V2: pointers of a value inside a text begin at that value")
{
    struct checking c;
    load_schema(&c, "{\"properties\": {\"a\": {\"type\": \"null\"}}}");
    assert_ok(st_json_parse(&c.doc, ST_STR("[0, {\"a\": 1}]"), NULL, NULL));
    uint32_t node = st_json_element(&c.doc, 0, 1);
    assert_ok(st_schema_check(c.schema, c.checker, &c.doc, node, &c.valid, &c.report));
    assert_false(c.valid);
    assert_text(c.report.violations[0].instance, "/a");
    assert_int_equal(c.report.violations[0].node, node + 2);
    done(&c);
}

TEST("V2: long lists of values are cut in messages, at the end of a code point")
{
    struct checking c;
    struct st_buf schema = ST_BUF(1 << 20);
    assert_ok(st_buf_printf(&schema, "{\"enum\": [1"));
    for (int i = 0; i < 1000; i++)
        assert_ok(st_buf_printf(&schema, ", \"value %d\"", i));
    assert_ok(st_buf_printf(&schema, "], \"const\": \""));
    for (int i = 0; i < 1000; i++)
        assert_ok(st_buf_printf(&schema, "\xE2\x82\xAC"));
    assert_ok(st_buf_printf(&schema, "\"}"));
    load_schema(&c, st_buf_cstr(&schema));
    assert_false(check_instance(&c, "null"));
    assert_int_equal(c.report.count, 2);
    for (uint32_t i = 0; i < 2; i++) {
        assert_true(c.report.violations[i].message.len < 600);
        assert_true(st_str_ends(c.report.violations[i].message, ST_STR("\xE2\x80\xA6")));
        assert_int_equal(st_utf8_check(c.report.violations[i].message),
                         c.report.violations[i].message.len);
    }
    done(&c);
    st_buf_done(&schema);
}
