/*
 * The standard's output: which units there are, where they say they are, and how the tree is
 * condensed.
 */
#include "unit.h"

#include "base/file.h"
#include "schema/checking.h"
#include "json/write.h"

/* ---- both formats of one answer ---- */

static void write_output(struct checking *c, const char *instance, enum st_output output,
                         struct st_buf *out)
{
    st_report_reset(&c->report);
    st_arena_reset(&c->arena);
    st_report_ask(&c->report, output);
    assert_ok(st_json_parse(&c->doc, st_str_of(instance), NULL, NULL));
    assert_ok(st_schema_check(c->schema, c->checker, &c->doc, 0, &c->valid, &c->report));
    st_buf_reset(out);
    assert_ok(st_report_write(&c->report, c->valid, output, out));
}

static void assert_output(struct checking *c, const char *instance, enum st_output output,
                          const char *expected)
{
    struct st_buf out = ST_BUF(1 << 20);
    write_output(c, instance, output, &out);
    assert_text(st_buf_str(&out), expected);
    st_buf_done(&out);
}

#define UNIT_OF(valid, at, in)                                                                     \
    "{\"valid\":" valid ",\"keywordLocation\":\"" at                                               \
    "\",\"absoluteKeywordLocation\":\"http://a/b#" at "\",\"instanceLocation\":\"" in "\""
#define FAILED(at, in)      UNIT_OF("false", at, in)
#define ERROR(at, in, text) FAILED(at, in) ",\"error\":\"" text "\""
#define HELD(at, in)        UNIT_OF("true", at, in)
#define NOTE(at, in, value) HELD(at, in) ",\"annotation\":" value
#define INVALID             "{\"valid\":false,\"keywordLocation\":\"\",\"instanceLocation\":\"\",\"errors\":["
#define VALID               "{\"valid\":true,\"keywordLocation\":\"\",\"instanceLocation\":\"\""

TEST("V2: flag says yes or no, basic lists every violation in order")
{
    struct checking c;
    load_schema(&c, "{\"$id\": \"http://a/b\", \"minimum\": 5, \"allOf\": [{\"minimum\": 6}, "
                    "{\"minimum\": 7}], \"maximum\": 0}");
    assert_output(&c, "1", ST_OUTPUT_FLAG, "{\"valid\":false}");
    assert_output(&c, "\"\"", ST_OUTPUT_FLAG, "{\"valid\":true}");
    assert_output(&c, "1", ST_OUTPUT_BASIC,
                  INVALID
                      ERROR("/minimum", "", "must be >= 5") "}," ERROR("/maximum", "", "must be <= 0") "}," ERROR(
                          "/allOf", "",
                          "must satisfy all 2 schemas") "}," ERROR("/allOf/0/minimum", "",
                                                                   "must be >= 6") "}," ERROR("/all"
                                                                                              "Of/"
                                                                                              "1/"
                                                                                              "mini"
                                                                                              "mum",
                                                                                              "",
                                                                                              "must"
                                                                                              " be "
                                                                                              ">= "
                                                                                              "7") "}]}");
    done(&c);
}

TEST("V2: detailed is the tree of what failed; a branch with one unit below it gives way to it")
{
    struct checking c;
    load_schema(&c, "{\"$id\": \"http://a/b\", \"minimum\": 5, \"allOf\": [{\"minimum\": 6}, "
                    "{\"minimum\": 7}], \"maximum\": 0}");
    assert_output(&c, "1", ST_OUTPUT_DETAILED,
                  INVALID ERROR("/minimum", "", "must be >= 5") "}," ERROR("/maximum", "", "must be <= 0") "}," ERROR(
                      "/allOf", "",
                      "must satisfy all 2 schemas") ",\"errors\":[" ERROR("/allOf/0/minimum", "",
                                                                          "must be >= 6") "}"
                                                                                          "," ERROR(
                                                                                              "/all"
                                                                                              "Of/"
                                                                                              "1/"
                                                                                              "mini"
                                                                                              "mum",
                                                                                              "",
                                                                                              "must"
                                                                                              " be "
                                                                                              ">= "
                                                                                              "7") "}]}]}");
    done(&c);

    load_schema(&c, "{\"$id\": \"http://a/b\", \"properties\": {\"a\": {\"minLength\": 2, "
                    "\"pattern\": \"x\"}, \"b\": {\"type\": \"null\"}, \"c\": {\"allOf\": "
                    "[{\"items\": {\"type\": \"null\"}}]}}, \"additionalProperties\": false}");
    assert_output(&c, "{\"c\": [1]}", ST_OUTPUT_DETAILED,
                  ERROR("/properties/c/allOf/0/items/type", "/c/0", "must be type null") "}");
    assert_output(&c, "{\"x\": 1, \"a\": \"\", \"y\": 2, \"b\": 1}", ST_OUTPUT_DETAILED,
                  INVALID FAILED("/properties", "") ",\"errors\":[" FAILED("/properties/a", "/a") ",\"errors\":[" ERROR("/properties/a/minLength", "/a", "must have length >= 2") "}," ERROR(
                      "/properties/a/pattern", "/a",
                      "must match pattern x") "}]}," ERROR("/properties/b/type", "/b",
                                                           "must be type null") "}]}," FAILED("/add"
                                                                                              "itio"
                                                                                              "nalP"
                                                                                              "rope"
                                                                                              "rtie"
                                                                                              "s",
                                                                                              "") ",\"errors\":[" ERROR("/additionalProp"
                                                                                                                        "erties",
                                                                                                                        "/x",
                                                                                                                        "additional "
                                                                                                                        "property is "
                                                                                                                        "not allowed") "}," ERROR("/additional"
                                                                                                                                                  "Properties",
                                                                                                                                                  "/y",
                                                                                                                                                  "additional "
                                                                                                                                                  "property "
                                                                                                                                                  "is not "
                                                                                                                                                  "allowed") "}]}]}");
    done(&c);
}

TEST("V2: an error says which member is absent, and which name is not allowed")
{
    struct checking c;
    load_schema(&c, "{\"$id\": \"http://a/b\", \"required\": [\"x/y\"], \"propertyNames\": "
                    "{\"maxLength\": 1}}");
    assert_output(&c, "{}", ST_OUTPUT_DETAILED, ERROR("/required", "", "/x~1y: is required") "}");
    assert_output(&c, "{\"x/y\": 1}", ST_OUTPUT_DETAILED,
                  ERROR("/propertyNames/maxLength", "", "/x~1y: must have length <= 1") "}");
    done(&c);
}

TEST("V2: what was not asked for is not in a report")
{
    struct checking c;
    load_schema(&c, "{\"title\": \"t\", \"properties\": {\"a\": {\"type\": \"null\"}}}");
    assert_true(check_instance(&c, "{}"));
    assert_int_equal(c.report.annotation_count, 0);
    assert_false(check_instance(&c, "{\"a\": 1}"));
    assert_int_equal(c.report.count, 1);
    assert_false(c.report.violations[0].branch);
    done(&c);
}

TEST("V2: annotations as a list and as a tree")
{
    struct checking c;
    load_schema(&c, "{\"$id\": \"http://a/b\", \"type\": \"object\", \"properties\": {\"a\": "
                    "{\"title\": \"A\", \"type\": \"integer\"}}}");
    assert_output(
        &c, "{\"a\": 1}", ST_OUTPUT_BASIC,
        VALID
        ",\"annotations\":[" HELD("/type", "") "}," NOTE("/properties", "", "[\"a\"]") "}," HELD(
            "/properties/a/type", "/a") "}," NOTE("/properties/a/title", "/a", "\"A\"") "}]}");
    assert_output(&c, "{\"a\": 1}", ST_OUTPUT_DETAILED,
                  NOTE("/properties", "", "[\"a\"]") ",\"annotations\":[" NOTE(
                      "/properties/a/title", "/a", "\"A\"") "}]}");
    done(&c);

    load_schema(&c, "{\"$id\": \"http://a/b\", \"type\": \"object\"}");
    assert_output(&c, "{}", ST_OUTPUT_DETAILED, VALID "}");
    done(&c);
    load_schema(&c, "{}");
    assert_output(&c, "{}", ST_OUTPUT_BASIC, VALID ",\"annotations\":[]}");
    done(&c);
}

/* ---- which annotations there are ---- */

/* "keyword_at instance value" a line, of the keywords that annotate something. */
static void list_annotations(const struct checking *c, struct st_buf *out)
{
    st_buf_reset(out);
    for (uint32_t i = 0; i < c->report.annotation_count; i++) {
        const struct st_note *note = &c->report.annotations[i];
        assert_true(note->parent == ST_JSON_NONE || note->parent < i);
        if (note->value.len > 0)
            assert_ok(st_buf_printf(out, "%.*s @%.*s %.*s\n", ST_STR_ARG(note->keyword_at),
                                    ST_STR_ARG(note->instance), ST_STR_ARG(note->value)));
    }
}

struct annotated {
    enum st_draft draft; /* 0: 2020-12 */
    const char *schema;
    const char *instance;
    const char *annotations;
};

static void assert_annotated(const struct annotated *cases, size_t count)
{
    struct st_buf out = ST_BUF(1 << 20);
    for (size_t i = 0; i < count; i++) {
        struct checking c;
        struct st_buf list = ST_BUF(1 << 20);
        const struct st_schema_options options = {.draft = cases[i].draft};
        load_with(&c, cases[i].schema, &options);
        write_output(&c, cases[i].instance, ST_OUTPUT_BASIC, &out);
        if (!c.valid)
            fail_msg("%s is not valid under %s", cases[i].instance, cases[i].schema);
        list_annotations(&c, &list);
        assert_ok(st_buf_add_char(&list, '\0'));
        if (strcmp(list.at, cases[i].annotations) != 0)
            fail_msg("%s under %s:\n%sexpected\n%s", cases[i].instance, cases[i].schema, list.at,
                     cases[i].annotations);
        st_buf_done(&list);
        done(&c);
    }
    st_buf_done(&out);
}
#define ANNOTATED(cases) assert_annotated((cases), sizeof(cases) / sizeof((cases)[0]))

TEST("V2: keywords that assert nothing annotate their value, unknown ones too")
{
    static const struct annotated cases[] = {
        {0,
         "{\"title\": \"t\", \"description\": \"d\", \"default\": {\"a\": [1.0]}, \"deprecated\": "
         "true, \"readOnly\": false, \"writeOnly\": true, \"examples\": [1,  2], \"x-own\": null, "
         "\"a/b~\": 1}",
         "1",
         "/title @ \"t\"\n/description @ \"d\"\n/default @ {\"a\":[1.0]}\n/deprecated @ true\n"
         "/readOnly @ false\n/writeOnly @ true\n/examples @ [1,2]\n/x-own @ null\n/a~1b~0 @ 1\n"},
        {0,
         "{\"$comment\": \"c\", \"$defs\": {\"a\": {\"title\": \"t\"}}, \"$anchor\": \"a\", "
         "\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"$id\": \"http://a/b\", "
         "\"minContains\": 2, \"then\": {\"title\": \"t\"}}",
         "1", ""},
        {0, "{\"format\": \"date\"}", "\"no\"", "/format @ \"date\"\n"},
        {0,
         "{\"contentMediaType\": \"application/json\", \"contentEncoding\": \"base64\", "
         "\"contentSchema\": {\"type\": \"null\"}}",
         "\"x\"",
         "/contentMediaType @ \"application/json\"\n/contentEncoding @ \"base64\"\n"
         "/contentSchema @ {\"type\":\"null\"}\n"},
        {0, "{\"contentMediaType\": \"a/b\", \"contentEncoding\": \"base64\"}", "1", ""},
        {0, "{\"contentSchema\": true}", "\"x\"", ""},
        {ST_DRAFT_7,
         "{\"$ref\": \"#/definitions/a\", \"title\": \"none\", \"definitions\": {\"a\": "
         "{\"title\": \"t\"}}}",
         "1", "/$ref/title @ \"t\"\n"},
        {ST_DRAFT_2019_09,
         "{\"$ref\": \"#/$defs/a\", \"title\": \"s\", \"$defs\": {\"a\": "
         "{\"title\": \"t\"}}}",
         "1", "/$ref/title @ \"t\"\n/title @ \"s\"\n"},
    };
    ANNOTATED(cases);
}

TEST("V2: keywords that reach into the value annotate what they reached")
{
    static const struct annotated cases[] = {
        {0,
         "{\"properties\": {\"a\": true, \"z\": true}, \"patternProperties\": {\"^b\": true, "
         "\"^c\": {}}, \"additionalProperties\": {\"title\": \"rest\"}}",
         "{\"x\": 1, \"a\": 1, \"b\\\"\": 1, \"c\": 1}",
         "/properties @ [\"a\"]\n/patternProperties @ [\"b\\\"\",\"c\"]\n"
         "/additionalProperties @ [\"x\"]\n/additionalProperties/title @/x \"rest\"\n"},
        {0, "{\"properties\": {\"a\": true}}", "{}", "/properties @ []\n"},
        {0, "{\"properties\": {\"a\": true}, \"items\": true, \"contains\": true}", "1", ""},
        {0, "{\"prefixItems\": [true, true]}", "[1]", "/prefixItems @ true\n"},
        {0, "{\"prefixItems\": [true, true]}", "[1, 2, 3]", "/prefixItems @ 1\n"},
        {0, "{\"prefixItems\": [true], \"items\": true}", "[1, 2, 3]",
         "/prefixItems @ 0\n/items @ true\n"},
        {0, "{\"prefixItems\": [true], \"items\": false}", "[]", ""},
        {ST_DRAFT_2019_09, "{\"items\": [true], \"additionalItems\": true}", "[1, 2, 3]",
         "/items @ 0\n/additionalItems @ true\n"},
        {ST_DRAFT_2019_09, "{\"items\": true, \"additionalItems\": false}", "[1]",
         "/items @ true\n"},
        {0, "{\"contains\": {\"type\": \"null\", \"title\": \"n\"}}", "[1, null, 2, null]",
         "/contains @ [1,3]\n/contains/title @/1 \"n\"\n/contains/title @/3 \"n\"\n"},
        {0, "{\"contains\": true, \"minContains\": 0}", "[]", "/contains @ []\n"},
        {0, "{\"contains\": true}", "[1, 2]", "/contains @ true\n"},
        {ST_DRAFT_2019_09, "{\"contains\": {\"title\": \"t\"}}", "[1]",
         "/contains/title @/0 \"t\"\n"},
        {0, "{\"properties\": {\"a\": true}, \"unevaluatedProperties\": {\"title\": \"u\"}}",
         "{\"b\": 1, \"a\": 1}",
         "/properties @ [\"a\"]\n/unevaluatedProperties @ [\"b\"]\n"
         "/unevaluatedProperties/title @/b \"u\"\n"},
        {0, "{\"prefixItems\": [true], \"unevaluatedItems\": {\"title\": \"u\"}}", "[1, 2]",
         "/prefixItems @ 0\n/unevaluatedItems @ true\n/unevaluatedItems/title @/1 \"u\"\n"},
        {0, "{\"prefixItems\": [true], \"unevaluatedItems\": false}", "[1]",
         "/prefixItems @ true\n"},
    };
    ANNOTATED(cases);
}

TEST("V2: annotations are dropped where a schema fails, and kept in every one that does not")
{
    static const struct annotated cases[] = {
        {0,
         "{\"anyOf\": [{\"title\": \"a\", \"type\": \"null\"}, {\"title\": \"b\"}, {\"title\": "
         "\"c\", \"properties\": {\"a\": {\"title\": \"in\", \"type\": \"null\"}}}, {\"title\": "
         "\"d\"}]}",
         "{\"a\": 1}", "/anyOf/1/title @ \"b\"\n/anyOf/3/title @ \"d\"\n"},
        {0, "{\"oneOf\": [{\"title\": \"a\", \"type\": \"null\"}, {\"title\": \"b\"}]}", "1",
         "/oneOf/1/title @ \"b\"\n"},
        {0, "{\"not\": {\"title\": \"a\", \"type\": \"null\"}}", "1", ""},
        {0, "{\"not\": {\"not\": {\"title\": \"a\"}}}", "1", ""},
        {0,
         "{\"if\": {\"title\": \"i\", \"type\": \"null\"}, \"then\": {\"title\": \"t\"}, \"else\": "
         "{\"title\": \"e\"}}",
         "1", "/else/title @ \"e\"\n"},
        {0, "{\"if\": {\"title\": \"i\"}, \"then\": {\"title\": \"t\"}}", "1",
         "/if/title @ \"i\"\n/then/title @ \"t\"\n"},
        {0, "{\"if\": {\"title\": \"i\"}}", "1", "/if/title @ \"i\"\n"},
        {0, "{\"propertyNames\": {\"title\": \"n\"}}", "{\"a\": 1}", ""},
        {0, "{\"dependentSchemas\": {\"a\": {\"title\": \"t\"}, \"b\": {\"title\": \"u\"}}}",
         "{\"a\": 1}", "/dependentSchemas/a/title @ \"t\"\n"},
        {0,
         "{\"$ref\": \"#/$defs/list\", \"$defs\": {\"list\": {\"description\": \"l\", "
         "\"properties\": {\"next\": {\"$ref\": \"#/$defs/list\"}}}}}",
         "{\"next\": {}}",
         "/$ref/properties @ [\"next\"]\n/$ref/properties/next/$ref/properties @/next []\n"
         "/$ref/properties/next/$ref/description @/next \"l\"\n/$ref/description @ \"l\"\n"},
        {0,
         "{\"$dynamicRef\": \"#d\", \"$defs\": {\"d\": {\"$dynamicAnchor\": \"d\", \"title\": "
         "\"t\"}}}",
         "1", "/$dynamicRef/title @ \"t\"\n"},
        {ST_DRAFT_2019_09,
         "{\"title\": \"t\", \"$recursiveAnchor\": true, \"properties\": {\"a\": "
         "{\"$recursiveRef\": \"#\"}}}",
         "{\"a\": 1}",
         "/properties @ [\"a\"]\n/properties/a/$recursiveRef/title @/a \"t\"\n/title @ \"t\"\n"},
    };
    ANNOTATED(cases);
}

TEST("V2: annotations past the limits are counted, and the verdict stands")
{
    struct checking c;
    struct st_buf out = ST_BUF(1 << 26);
    struct st_buf array = ST_BUF(1 << 20);
    assert_ok(st_buf_add_char(&array, '['));
    for (int i = 0; i < 12000; i++)
        assert_ok(st_buf_add_str(&array, ST_STR("1,")));
    assert_ok(st_buf_add_str(&array, ST_STR("1]")));

    load_schema(&c, "{\"items\": {\"title\": \"t\"}}");
    write_output(&c, st_buf_cstr(&array), ST_OUTPUT_BASIC, &out);
    assert_true(c.valid);
    assert_true(c.report.annotation_count <= ST_REPORT_ANNOTATIONS_MAX);
    uint64_t titles = c.report.annotations_dropped;
    for (uint32_t i = 0; i < c.report.annotation_count; i++)
        titles += st_str_eq(c.report.annotations[i].keyword, ST_STR("title"));
    assert_int_equal(titles, 12001);
    assert_non_null(strstr(st_buf_cstr(&out), "\"annotationsDropped\":"));
    done(&c);

    /* One text of 1 MiB an element: eight of them is what is kept. */
    struct st_buf schema = ST_BUF(1 << 22);
    assert_ok(st_buf_add_str(&schema, ST_STR("{\"items\": {\"title\": \"")));
    for (int i = 0; i < 1 << 15; i++)
        assert_ok(st_buf_add_str(&schema, ST_STR("12345678901234567890123456789012")));
    assert_ok(st_buf_add_str(&schema, ST_STR("\"}}")));
    load_schema(&c, st_buf_cstr(&schema));
    write_output(&c, st_buf_cstr(&array), ST_OUTPUT_DETAILED, &out);
    assert_true(c.valid);
    assert_true(out.len < 2 * ST_REPORT_TEXT_BYTES_MAX);
    assert_true(c.report.annotations_dropped > 11000);
    done(&c);

    /* The second branch is not needed for the verdict, and cannot be seen to its end. */
    load_schema(&c, "{\"$id\": \"http://a/b\", \"title\": \"t\", \"anyOf\": [true, {\"$ref\": "
                    "\"#/$defs/a\"}], \"$defs\": {\"a\": {\"if\": true, \"then\": {\"$ref\": "
                    "\"#/$defs/a\"}}}}");
    write_output(&c, "1", ST_OUTPUT_BASIC, &out);
    assert_true(c.valid);
    assert_int_equal(c.report.annotation_count, 0);
    assert_true(c.report.annotations_dropped > 0);
    done(&c);
    st_buf_done(&schema);
    st_buf_done(&array);
    st_buf_done(&out);
}

TEST("V2: a report of long pointers stays small, and each no has a reason in every format")
{
    struct st_buf instance = ST_BUF(1 << 25);
    struct st_buf out = ST_BUF(1 << 26);
    for (size_t bytes = (size_t)1 << 19; bytes <= (size_t)1 << 24; bytes <<= 1) {
        struct checking c;
        load_schema(&c, "{\"additionalProperties\": {\"items\": {\"type\": \"null\"}}}");
        st_buf_reset(&instance);
        assert_ok(st_buf_add_str(&instance, ST_STR("{\"")));
        for (size_t i = 0; i < bytes; i++)
            assert_ok(st_buf_add_char(&instance, 'k'));
        assert_ok(st_buf_add_str(&instance, ST_STR("\":[")));
        for (int i = 0; i < 3000; i++)
            assert_ok(st_buf_add_str(&instance, ST_STR("1,")));
        assert_ok(st_buf_add_str(&instance, ST_STR("1]}")));
        for (int output = ST_OUTPUT_BASIC; output <= ST_OUTPUT_DETAILED; output++) {
            write_output(&c, st_buf_cstr(&instance), (enum st_output)output, &out);
            assert_false(c.valid);
            assert_true(out.len < ST_REPORT_TEXT_BYTES_MAX + 4 * bytes);
            assert_non_null(strstr(st_buf_cstr(&out), "\"error\":\"must be type null\""));
            uint64_t told = c.report.dropped;
            for (uint32_t i = 0; i < c.report.count; i++)
                told += !c.report.violations[i].branch;
            assert_int_equal(told, 3001);
        }
        done(&c);
    }
    st_buf_done(&out);
    st_buf_done(&instance);
}

/* ---- absolute locations ---- */

static st_err resolve_remote(void *context, st_str uri, struct st_buf *text)
{
    if (!st_str_eq(uri, ST_STR("http://r.example/dir/remote.json")))
        return ST_ERR_ABSENT;
    return st_buf_add_str(text,
                          ST_STR("{\"$defs\": {\"n\": {\"type\": \"null\", \"title\": \"r\"}, "
                                 "\"id\": {\"$id\": \"other.json\", \"items\": {\"type\": "
                                 "\"null\"}}}}"));
}

TEST("V2: absolute locations lead to the keyword itself: through resources, anchors, dynamic and "
     "remote references, escapes")
{
    static const struct {
        const char *schema;
        const char *instance;
        const char *keyword_at;
        const char *absolute;
    } cases[] = {
        {"{\"type\": \"null\"}", "1", "/type", "json-schema:///#/type"},
        {"{\"$id\": \"dir/x.json\", \"type\": \"null\"}", "1", "/type",
         "json-schema:///dir/x.json#/type"},
        {"{\"$id\": \"urn:example:a\", \"type\": \"null\"}", "1", "/type", "urn:example:a#/type"},
        {"{\"$id\": \"http://a/b#\", \"type\": \"null\"}", "1", "/type", "http://a/b#/type"},
        {"{\"$id\": \"http://a/b\", \"properties\": {\"a/b~c d%\\u00e9\\\"\": {\"type\": "
         "\"null\"}}}",
         "{\"a/b~c d%\\u00e9\\\"\": 1}", "/properties/a~1b~0c d%\\u00e9\\\"/type",
         "http://a/b#/properties/a~1b~0c%20d%25%C3%A9%22/type"},
        {"{\"$id\": \"http://a/b\", \"properties\": {\"a\": {\"$id\": \"c/d\", \"items\": "
         "{\"$id\": "
         "\"e\", \"type\": \"null\"}}}}",
         "{\"a\": [1]}", "/properties/a/items/type", "http://a/c/e#/type"},
        {"{\"$id\": \"http://a/b\", \"$ref\": \"#anchor\", \"$defs\": {\"x\": {\"$anchor\": "
         "\"anchor\", \"type\": \"null\"}}}",
         "1", "/$ref/type", "http://a/b#/$defs/x/type"},
        {"{\"$id\": \"http://a/b\", \"$ref\": \"c#anchor\", \"$defs\": {\"x\": {\"$id\": \"c\", "
         "\"$defs\": {\"y\": {\"$anchor\": \"anchor\", \"type\": \"null\"}}}}}",
         "1", "/$ref/type", "http://a/c#/$defs/y/type"},
        {"{\"$id\": \"http://a/b\", \"$ref\": \"#/$defs/x/$defs/y\", \"$defs\": {\"x\": {\"$id\": "
         "\"c\", \"$defs\": {\"y\": {\"type\": \"null\"}}}}}",
         "1", "/$ref/type", "http://a/c#/$defs/y/type"},
        {"{\"$id\": \"http://a/b\", \"$ref\": \"#/$defs/a%20b~1c\", \"$defs\": {\"a b/c\": "
         "{\"type\": \"null\"}}}",
         "1", "/$ref/type", "http://a/b#/$defs/a%20b~1c/type"},
        {"{\"$id\": \"http://r.example/dir/x.json\", \"$ref\": \"remote.json#/$defs/n\"}", "1",
         "/$ref/type", "http://r.example/dir/remote.json#/$defs/n/type"},
        {"{\"$id\": \"http://r.example/dir/x.json\", \"$ref\": \"remote.json#/$defs/id/items\"}",
         "1", "/$ref/type", "http://r.example/dir/other.json#/items/type"},
        {"{\"$id\": \"http://a/strict\", \"$ref\": \"tree\", \"$dynamicAnchor\": \"node\", "
         "\"unevaluatedProperties\": false, \"$defs\": {\"tree\": {\"$id\": \"tree\", "
         "\"$dynamicAnchor\": \"node\", \"properties\": {\"sub\": {\"$dynamicRef\": "
         "\"#node\"}}}}}",
         "{\"sub\": {\"x\": 1}}", "/$ref/properties/sub/$dynamicRef/unevaluatedProperties",
         "http://a/strict#/unevaluatedProperties"},
        {"{\"$id\": \"http://a/b\", \"$dynamicRef\": \"#d\", \"$defs\": {\"x\": "
         "{\"$dynamicAnchor\": \"d\", \"allOf\": [{\"type\": \"null\"}]}}}",
         "1", "/$dynamicRef/allOf/0/type", "http://a/b#/$defs/x/allOf/0/type"},
    };
    static const struct st_schema_options options = {.resolve = resolve_remote};
    struct st_buf out = ST_BUF(1 << 20);
    struct st_buf expected = ST_BUF(1 << 12);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct checking c;
        load_with(&c, cases[i].schema, &options);
        write_output(&c, cases[i].instance, ST_OUTPUT_DETAILED, &out);
        assert_false(c.valid);
        struct st_json unit;
        st_json_init(&unit);
        assert_ok(st_json_parse(&unit, st_buf_str(&out), NULL, NULL));
        uint32_t at = st_json_member(&unit, 0, ST_STR("absoluteKeywordLocation"));
        if (at == ST_JSON_NONE)
            fail_msg("case %zu: %.*s", i, ST_STR_ARG(st_buf_str(&out)));
        assert_text(st_json_text(&unit, at), cases[i].absolute);
        st_buf_reset(&expected);
        assert_ok(st_buf_printf(&expected, "\"%s\"", cases[i].keyword_at));
        struct st_json path;
        st_json_init(&path);
        assert_ok(st_json_parse(&path, st_buf_str(&expected), NULL, NULL));
        assert_true(
            st_str_eq(st_json_text(&path, 0),
                      st_json_text(&unit, st_json_member(&unit, 0, ST_STR("keywordLocation")))));
        st_json_done(&path);
        st_json_done(&unit);
        done(&c);
    }
    st_buf_done(&expected);
    st_buf_done(&out);
}
