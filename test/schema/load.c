/*
 * Loading: what is refused, where the fault points, and what references reach.
 */
#include "unit.h"

#include "schema/checking.h"
#include "schema/metaschema.h"

/* Documents that references of these tests reach. */
static const struct {
    const char *uri;
    const char *text;
} remotes[] = {
    {"http://r.example/int.json", "{\"type\": \"integer\", \"$defs\": {\"s\": {\"$anchor\": \"t\", "
                                  "\"type\": \"string\"}}}"},
    {"http://r.example/dir/list.json", "{\"items\": {\"$ref\": \"../int.json\"}}"},
    {"http://r.example/other-id.json", "{\"$id\": \"http://else.example/x\", \"const\": 1}"},
    {"http://r.example/broken.json", "{\"type\": }"},
    {"http://r.example/wrong.json", "{\"type\": \"integr\"}"},
    {"http://r.example/old.json", "{\"$schema\": \"http://json-schema.org/draft-04/schema#\", "
                                  "\"minimum\": 1, \"exclusiveMinimum\": true}"},
    {"http://r.example/meta-core",
     "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"$id\": "
     "\"http://r.example/meta-core\", \"$vocabulary\": {"
     "\"https://json-schema.org/draft/2020-12/vocab/core\": true, "
     "\"https://json-schema.org/draft/2020-12/vocab/applicator\": true, "
     "\"http://r.example/vocab\": false}, \"$dynamicAnchor\": \"meta\", \"allOf\": [{\"$ref\": "
     "\"https://json-schema.org/draft/2020-12/meta/core\"}], \"properties\": {\"title\": false}}"},
    {"http://r.example/meta-own",
     "{\"$schema\": \"http://r.example/meta-own\", \"$id\": \"http://r.example/meta-own\", "
     "\"$vocabulary\": {\"https://json-schema.org/draft/2020-12/vocab/core\": true, "
     "\"https://json-schema.org/draft/2020-12/vocab/format-assertion\": true}}"},
    {"http://r.example/meta-strange",
     "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"$vocabulary\": "
     "{\"http://r.example/vocab\": true}}"},
    {"http://r.example/meta-nothing", "{\"$schema\": \"http://r.example/meta-nothing\"}"},
    {"http://r.example/meta-a", "{\"$schema\": \"http://r.example/meta-b\"}"},
    {"http://r.example/meta-b", "{\"$schema\": \"http://r.example/meta-a\"}"},
};

static st_err resolve(void *context, st_str uri, struct st_buf *text)
{
    for (size_t i = 0; i < sizeof remotes / sizeof remotes[0]; i++)
        if (st_str_eq(uri, st_str_of(remotes[i].uri)))
            return st_buf_add_str(text, st_str_of(remotes[i].text));
    return st_str_eq(uri, ST_STR("http://r.example/denied")) ? ST_ERR_DENIED : ST_ERR_ABSENT;
}

static const struct st_schema_options with_remotes = {.resolve = resolve};

static void assert_verdicts(const char *schema, const char *good, const char *bad)
{
    struct checking c;
    load_with(&c, schema, &with_remotes);
    if (!check_instance(&c, good))
        fail_msg("%s\nrefuses %s", schema, good);
    if (check_instance(&c, bad))
        fail_msg("%s\naccepts %s", schema, bad);
    done(&c);
}

TEST("B3: a text that is no schema is refused, and the fault points at the place")
{
    static const struct {
        const char *schema;
        st_err err;
        const char *uri;
        const char *pointer;
        const char *message; /* its beginning */
        uint64_t line;
        uint64_t column;
    } cases[] = {
        {"{\"type\": ", ST_ERR_SYNTAX, "", "", "must be JSON: expected ", 1, 10},
        {"{\"a\": 1,\n \"a\": 2}", ST_ERR_SYNTAX, "", "", "must be JSON: expected ", 2, 2},
        {"", ST_ERR_SYNTAX, "", "", "must be JSON: expected ", 1, 1},
        {"[]", ST_ERR_INVALID, "", "", "must be a schema: an object, true or false", 1, 1},
        {"7", ST_ERR_INVALID, "", "", "must be a schema: an object, true or false", 1, 1},
        {"{\"properties\":\n  {\"a\": {\"type\": \"integr\"}}}", ST_ERR_INVALID, "",
         "/properties/a/type", "must be one of allowed enum values", 2, 18},
        {"{\"minLength\": -1}", ST_ERR_INVALID, "", "/minLength", "must be >= 0", 1, 15},
        {"{\"required\": [\"a\", \"a\"]}", ST_ERR_INVALID, "", "/required",
         "must have unique items", 1, 14},
        {"{\"items\": [true]}", ST_ERR_INVALID, "", "/items", "must be type object|boolean", 1, 11},
        {"{\"allOf\": []}", ST_ERR_INVALID, "", "/allOf", "must have >= 1 items", 1, 11},
        {"{\"multipleOf\": 0}", ST_ERR_INVALID, "", "/multipleOf", "must be > 0", 1, 16},
        {"{\"pattern\": \"a(\"}", ST_ERR_INVALID, "", "/pattern",
         "must be an ECMA-262 pattern: ", 1, 13},
        {"{\"patternProperties\": {\"\\\\Z\": true}}", ST_ERR_INVALID, "", "/patternProperties/\\Z",
         "must be an ECMA-262 pattern: ", 1, 24},
        {"{\"$ref\": \"#/$defs/x\"}", ST_ERR_ABSENT, "", "/$ref",
         "must lead to a schema, \"#/$defs/x\" leads nowhere", 1, 10},
        {"{\"$ref\": \"#x\"}", ST_ERR_ABSENT, "", "/$ref", "must lead to a schema", 1, 10},
        {"{\"$ref\": \"#/%zz\"}", ST_ERR_ABSENT, "", "/$ref", "must lead to a schema", 1, 10},
        {"{\"$ref\": \"other.json\"}", ST_ERR_ABSENT, "", "/$ref", "must lead to a schema", 1, 10},
        {"{\"$ref\": \"http://r.example/none\"}", ST_ERR_ABSENT, "", "/$ref",
         "must lead to a schema", 1, 10},
        {"{\"$ref\": \"http://r.example/denied\"}", ST_ERR_DENIED, "http://r.example/denied", "",
         "cannot be read: not allowed", 0, 0},
        {"{\"$defs\": {\"unused\": {\"$ref\": \"#/nowhere\"}}}", ST_ERR_ABSENT, "",
         "/$defs/unused/$ref", "must lead to a schema", 1, 31},
        {"{\"$ref\": \"http://r.example/broken.json\"}", ST_ERR_SYNTAX,
         "http://r.example/broken.json", "", "must be JSON: expected ", 1, 10},
        {"{\"$ref\": \"http://r.example/wrong.json\"}", ST_ERR_INVALID,
         "http://r.example/wrong.json", "/type", "must be one of allowed enum values", 1, 10},
        {"{\"$id\": \"http://a/b#c\"}", ST_ERR_INVALID, "", "/$id", "must have no fragment", 1, 9},
        {"{\"$defs\": {\"a\": {\"$anchor\": \"x\"}, \"b\": {\"$anchor\": \"x\"}}}", ST_ERR_INVALID,
         "", "/$defs/b/$anchor", "must not name a second schema \"x\"", 1, 52},
        {"{\"$defs\": {\"a\": {\"$id\": \"x\"}, \"b\": {\"$id\": \"x\", \"minimum\": 1}}}",
         ST_ERR_INVALID, "", "/$defs/b/$id", "must not name a second schema \"x\"", 1, 44},
        {"{\"$ref\": \"#\"}", ST_ERR_INVALID, "", "/$ref", "must not lead back to itself", 1, 10},
        {"{\"anyOf\": [{\"not\": {\"$ref\": \"#/$defs/a\"}}], \"$defs\": {\"a\": {\"oneOf\": "
         "[{\"$ref\": \"#\"}]}}}",
         ST_ERR_INVALID, "", "/$defs/a/oneOf/0/$ref", "must not lead back to itself", 1, 80},
        {"{\"$schema\": \"http://example.com/none\"}", ST_ERR_ABSENT, "", "/$schema",
         "must name a known dialect", 1, 13},
        {"{\"$schema\": 1}", ST_ERR_INVALID, "", "/$schema", "must be type string", 1, 13},
        {"{\"$schema\": \"http://r.example/meta-strange\"}", ST_ERR_INVALID, "", "/$schema",
         "must not need an unknown vocabulary: \"http://r.example/vocab\"", 1, 13},
        {"{\"$schema\": \"http://r.example/meta-nothing\"}", ST_ERR_ABSENT,
         "http://r.example/meta-nothing", "/$schema", "must name a known dialect", 1, 13},
        {"{\"$schema\": \"http://r.example/meta-a\"}", ST_ERR_LIMIT, "", "",
         "must not stack metaschemas", 0, 0},
        {"{\"$schema\": \"http://r.example/meta-core\", \"title\": \"x\"}", ST_ERR_INVALID, "",
         "/title", "is not allowed", 1, 52},
        {"{\"$defs\": {\"a\": {\"$schema\": \"http://json-schema.org/draft-07/schema\"}}}",
         ST_ERR_INVALID, "", "/$defs/a", "$schema of another dialect must stand beside", 1, 17},
        {"{\"$defs\": {\"a\": {\"$id\": \"a\", \"$schema\": "
         "\"http://json-schema.org/draft-07/schema\", \"minimum\": \"1\"}}}",
         ST_ERR_INVALID, "", "/$defs/a/minimum", "must be type number", 1, 94},
        {"{\"x\": [1], \"$ref\": \"#/x/0\"}", ST_ERR_ABSENT, "", "/$ref", "must lead to a schema",
         1, 20},
        {"{\"x\": {\"type\": 1}, \"$ref\": \"#/x\"}", ST_ERR_INVALID, "", "/x/type", "must be", 1,
         16},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct st_schema_fault fault;
        struct st_schema *schema = NULL;
        st_err err = st_schema_load(&schema, st_str_of(cases[i].schema), &with_remotes, &fault);
        if (err != cases[i].err)
            fail_msg("%s: \"%s\" instead of \"%s\": %s", cases[i].schema, st_err_text(err),
                     st_err_text(cases[i].err), fault.message);
        assert_null(schema);
        assert_int_equal(fault.err, err);
        assert_string_equal(fault.uri, cases[i].uri);
        assert_string_equal(fault.pointer, cases[i].pointer);
        if (!st_str_starts(st_str_of(fault.message), st_str_of(cases[i].message)))
            fail_msg("%s: \"%s\"", cases[i].schema, fault.message);
        if (fault.line != cases[i].line || fault.column != cases[i].column)
            fail_msg("%s: at %lu:%lu", cases[i].schema, (unsigned long)fault.line,
                     (unsigned long)fault.column);
    }
}

TEST("V1: references reach definitions, anchors, embedded resources and other documents")
{
    assert_verdicts(
        "{\"$ref\": \"#/$defs/a~1b/items\", \"$defs\": {\"a/b\": {\"items\": {\"type\": "
        "\"null\"}}}}",
        "null", "1");
    assert_verdicts("{\"$ref\": \"#n\", \"$defs\": {\"a\": {\"$anchor\": \"n\", \"type\": "
                    "\"null\"}}}",
                    "null", "1");
    assert_verdicts(
        "{\"$id\": \"http://a/b/c\", \"$ref\": \"../d#n\", \"$defs\": {\"a\": {\"$id\": "
        "\"/d\", \"$defs\": {\"x\": {\"$anchor\": \"n\", \"type\": \"null\"}}}}}",
        "null", "1");
    assert_verdicts("{\"$ref\": \"http://r.example/dir/list.json\"}", "[1]", "[\"\"]");
    assert_verdicts("{\"$ref\": \"http://r.example/int.json#t\"}", "\"\"", "1");
    assert_verdicts("{\"$ref\": \"http://r.example/other-id.json\"}", "1", "2");
    assert_verdicts("{\"$ref\": \"http://r.example/old.json\"}", "2", "1");
    assert_verdicts("{\"$ref\": \"#/x/y\", \"x\": {\"y\": {\"$ref\": \"#/x/z\"}, \"z\": {\"type\": "
                    "\"null\"}}}",
                    "null", "1");
    assert_verdicts("{\"items\": {\"$ref\": \"#\"}, \"type\": \"array\"}", "[[], [[]]]",
                    "[[], [1]]");
    assert_verdicts("{\"$ref\": \"https://json-schema.org/draft/2020-12/schema\"}",
                    "{\"type\": \"string\"}", "{\"items\": {\"type\": 1}}");
    assert_verdicts("{\"$schema\": \"http://json-schema.org/draft-04/schema#\", \"$ref\": "
                    "\"http://json-schema.org/draft-04/schema#\"}",
                    "{\"minimum\": 1, \"exclusiveMinimum\": true}", "{\"exclusiveMinimum\": true}");
}

TEST("V1: a document's base URI is that of the options, and $id is resolved against it")
{
    struct st_schema_options options = with_remotes;
    options.base_uri = ST_STR("http://r.example/dir/given.json");
    struct checking c;
    load_with(&c, "{\"$ref\": \"list.json\"}", &options);
    assert_true(check_instance(&c, "[1]"));
    assert_false(check_instance(&c, "[\"\"]"));
    done(&c);
    load_with(&c, "{\"$id\": \"../x\", \"$ref\": \"int.json\"}", &options);
    assert_false(check_instance(&c, "\"\""));
    assert_text(c.report.violations[0].absolute, "http://r.example/x#/$ref");
    assert_text(c.report.violations[1].absolute, "http://r.example/int.json#/type");
    done(&c);
}

TEST("V1: the dialect is that of $schema, else of the options, else 2020-12")
{
    struct checking c;
    struct st_schema_options options = {.draft = ST_DRAFT_4};
    load_with(&c, "{\"minimum\": 1, \"exclusiveMinimum\": true}", &options);
    assert_int_equal(st_schema_draft(c.schema), ST_DRAFT_4);
    assert_false(check_instance(&c, "1"));
    done(&c);
    load_with(&c, "{\"$schema\": \"http://json-schema.org/draft-06/schema\"}", &options);
    assert_int_equal(st_schema_draft(c.schema), ST_DRAFT_6);
    done(&c);
    load_with(&c, "{\"title\": \"x\"}", NULL);
    assert_int_equal(st_schema_draft(c.schema), ST_DRAFT_2020_12);
    const struct st_json *doc = st_schema_doc(c.schema);
    assert_text(st_json_text(doc, st_json_member(doc, 0, ST_STR("title"))), "x");
    done(&c);
}

TEST("V1: every draft has a name, and every name a draft")
{
    for (int draft = ST_DRAFT_2020_12; draft <= ST_DRAFT_4; draft++)
        assert_int_equal(st_draft_of_name(st_str_of(st_draft_name((enum st_draft)draft))), draft);
    assert_int_equal(st_draft_of_name(ST_STR("3")), ST_DRAFT_UNKNOWN);
    assert_string_equal(st_draft_name(ST_DRAFT_UNKNOWN), "unknown");
}

TEST("V1: vocabularies of the user's own metaschema decide which keywords assert")
{
    assert_verdicts("{\"$schema\": \"http://r.example/meta-core\", \"minimum\": \"no number\", "
                    "\"items\": {\"type\": \"null\", \"not\": {\"items\": false}}}",
                    "[[1]]", "[[]]");
    assert_verdicts("{\"$schema\": \"http://r.example/meta-own\", \"format\": \"ipv4\", "
                    "\"minimum\": 1}",
                    "0", "\"x\"");
}

TEST("V1: an embedded resource has its own dialect")
{
    assert_verdicts("{\"$ref\": \"#/$defs/a\", \"$defs\": {\"a\": {\"id\": \"http://a/b\", "
                    "\"$schema\": \"http://json-schema.org/draft-04/schema#\", \"minimum\": 1, "
                    "\"exclusiveMinimum\": true}}}",
                    "2", "1");
}

TEST("V1: equal schemas may have one $id; what stands in enum, const or unknown keywords has none")
{
    assert_verdicts("{\"$defs\": {\"a\": {\"$id\": \"x\", \"minimum\": 1}, \"b\": {\"$id\": \"x\", "
                    "\"minimum\": 1}}, \"$ref\": \"x\"}",
                    "1", "0");
    assert_verdicts("{\"enum\": [{\"$id\": \"x\", \"type\": 5}, 1], \"const\": 1, \"y\": {\"$id\": "
                    "\"x\", \"minimum\": 3}, \"$defs\": {\"a\": {\"$id\": \"x\", \"minimum\": 0}}, "
                    "\"$ref\": \"x\"}",
                    "1", "3");
}

TEST("V1: each metaschema that is carried along is valid against its own metaschema")
{
    st_str uri;
    st_str text;
    size_t count = 0;
    for (; st_metaschema_at(count, &uri, &text); count++) {
        char plain[256];
        struct st_schema_fault fault;
        struct st_schema *schema;
        st_err err = st_schema_load(&schema, text, NULL, &fault);
        if (err != ST_OK)
            fail_msg("%.*s: %s: %s", ST_STR_ARG(uri), fault.pointer, fault.message);
        const struct st_json *doc = st_schema_doc(schema);
        uint32_t id = st_json_member(doc, 0, ST_STR("$id"));
        if (id == ST_JSON_NONE)
            id = st_json_member(doc, 0, ST_STR("id"));
        snprintf(plain, sizeof plain, "%.*s", ST_STR_ARG(st_json_text(doc, id)));
        plain[strcspn(plain, "#")] = '\0';
        /* A name of v1 stands for its releases. */
        if (!st_str_eq(uri, ST_STR("https://json-schema.org/v1")))
            assert_text(uri, plain);
        st_schema_free(schema);
    }
    assert_int_equal(count, 21);
}
