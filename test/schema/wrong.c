/*
 * Wrong schemas, in every dialect: what is refused, where the fault points, and the reason in the
 * metaschema's words.
 */
#include "unit.h"

#include "schema/schema.h"

/* Dialects as a set. */
#define D2020      (1u << ST_DRAFT_2020_12)
#define D2019      (1u << ST_DRAFT_2019_09)
#define D7         (1u << ST_DRAFT_7)
#define D6         (1u << ST_DRAFT_6)
#define D4         (1u << ST_DRAFT_4)
#define SINCE_2019 (D2020 | D2019)
#define SINCE_7    (SINCE_2019 | D7)
#define SINCE_6    (SINCE_7 | D6)
#define ALL        (SINCE_6 | D4)

#define NO_TYPE                                                                                    \
    "must be one of allowed enum values: \"array\", \"boolean\", \"integer\", \"null\", "          \
    "\"number\", \"object\", \"string\""

struct wrong {
    unsigned drafts;
    const char *schema;
    const char *pointer; /* NULL: these know no such keyword, and accept it */
    uint64_t column;
    const char *message;
};

static void assert_fault(const struct wrong *wrong, enum st_draft draft)
{
    const struct st_schema_options options = {.draft = draft};
    struct st_schema_fault fault;
    struct st_schema *schema;
    st_err err = st_schema_load(&schema, st_str_of(wrong->schema), &options, &fault);
    if ((err == ST_OK) != (wrong->pointer == NULL))
        fail_msg("%s in %s: \"%s\"", wrong->schema, st_draft_name(draft),
                 err == ST_OK ? "accepted" : fault.message);
    st_schema_free(schema);
    if (err == ST_OK)
        return;
    if (strcmp(fault.pointer, wrong->pointer) != 0 || strcmp(fault.message, wrong->message) != 0 ||
        fault.line != 1 || fault.column != wrong->column)
        fail_msg("%s in %s: %lu:%lu: %s: %s", wrong->schema, st_draft_name(draft),
                 (unsigned long)fault.line, (unsigned long)fault.column, fault.pointer,
                 fault.message);
    assert_string_equal(fault.uri, "");
}

static void assert_faults(const struct wrong *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int draft = ST_DRAFT_2020_12; draft <= ST_DRAFT_4; draft++)
            if (cases[i].drafts & (1u << draft))
                assert_fault(&cases[i], (enum st_draft)draft);
}

TEST("B3: wrong schemas of every kind are refused in every dialect, with pointer, place and reason")
{
    static const struct wrong cases[] = {
        {ALL, "{\"type\":\"integr\"}", "/type", 9, NO_TYPE},
        {ALL, "{\"type\":5}", "/type", 9, NO_TYPE},
        {ALL, "{\"type\":[\"string\",\"foo\"]}", "/type/1", 19, NO_TYPE},
        {ALL, "{\"type\":[]}", "/type", 9, "must have >= 1 items"},
        {ALL, "{\"type\":[\"string\",\"string\"]}", "/type", 9,
         "must have unique items, 0 and 1 are equal"},
        {ALL, "{\"enum\":1}", "/enum", 9, "must be type array"},
        {ALL, "{\"multipleOf\":0}", "/multipleOf", 15, "must be > 0"},
        {ALL, "{\"multipleOf\":-1}", "/multipleOf", 15, "must be > 0"},
        {ALL, "{\"multipleOf\":\"2\"}", "/multipleOf", 15, "must be type number"},
        {ALL, "{\"minimum\":\"1\"}", "/minimum", 12, "must be type number"},
        {ALL, "{\"maxLength\":-1}", "/maxLength", 14, "must be >= 0"},
        {ALL, "{\"maxLength\":1.5}", "/maxLength", 14, "must be type integer"},
        {ALL, "{\"pattern\":5}", "/pattern", 12, "must be type string"},
        {ALL, "{\"pattern\":\"a(\"}", "/pattern", 12,
         "must be an ECMA-262 pattern: '(' without ')' at byte 1 of it"},
        {ALL, "{\"pattern\":\"[b-a]\"}", "/pattern", 12,
         "must be an ECMA-262 pattern: range out of order at byte 1 of it"},
        {ALL, "{\"patternProperties\":{\"(\":{}}}", "/patternProperties/(", 23,
         "must be an ECMA-262 pattern: '(' without ')' at byte 0 of it"},
        {SINCE_6, "{\"patternProperties\":{\"a\":1}}", "/patternProperties/a", 27,
         "must be type object|boolean"},
        {D4, "{\"patternProperties\":{\"a\":1}}", "/patternProperties/a", 27,
         "must be type object"},
        {ALL, "{\"required\":\"a\"}", "/required", 13, "must be type array"},
        {ALL, "{\"required\":[1]}", "/required/0", 14, "must be type string"},
        {ALL, "{\"required\":[\"a\",\"a\"]}", "/required", 13,
         "must have unique items, 0 and 1 are equal"},
        {SINCE_6, "{\"properties\":{\"a\":1}}", "/properties/a", 20, "must be type object|boolean"},
        {D4, "{\"properties\":{\"a\":1}}", "/properties/a", 20, "must be type object"},
        {ALL, "{\"properties\":[]}", "/properties", 15, "must be type object"},
        {SINCE_6, "{\"properties\":{\"a\":{\"properties\":{\"b\":\"x\"}}}}",
         "/properties/a/properties/b", 39, "must be type object|boolean"},
        {D4, "{\"properties\":{\"a\":{\"properties\":{\"b\":\"x\"}}}}",
         "/properties/a/properties/b", 39, "must be type object"},
        {D2020, "{\"items\":5}", "/items", 10, "must be type object|boolean"},
        {D2019 | D7 | D6, "{\"items\":5}", "/items", 10,
         "must be type object|boolean, or must be type array"},
        {D4, "{\"items\":5}", "/items", 10, "must be type object, or must be type array"},
        {D2020, "{\"items\":[{\"type\":\"x\"}]}", "/items", 10, "must be type object|boolean"},
        {D2019 | D7 | D6 | D4, "{\"items\":[{\"type\":\"x\"}]}", "/items/0/type", 19, NO_TYPE},
        {D2020, "{\"prefixItems\":[]}", "/prefixItems", 16, "must have >= 1 items"},
        {D2019 | D7 | D6 | D4, "{\"prefixItems\":[]}", NULL, 0, NULL},
        {D2020, "{\"prefixItems\":{}}", "/prefixItems", 16, "must be type array"},
        {D2019 | D7 | D6 | D4, "{\"prefixItems\":{}}", NULL, 0, NULL},
        {SINCE_6, "{\"additionalProperties\":\"no\"}", "/additionalProperties", 25,
         "must be type object|boolean"},
        {D4, "{\"additionalProperties\":\"no\"}", "/additionalProperties", 25,
         "must be type boolean, or must be type object"},
        {ALL, "{\"allOf\":[]}", "/allOf", 10, "must have >= 1 items"},
        {ALL, "{\"allOf\":{}}", "/allOf", 10, "must be type array"},
        {ALL, "{\"anyOf\":[{\"minimum\":\"a\"}]}", "/anyOf/0/minimum", 22, "must be type number"},
        {SINCE_6, "{\"oneOf\":[1]}", "/oneOf/0", 11, "must be type object|boolean"},
        {D4, "{\"oneOf\":[1]}", "/oneOf/0", 11, "must be type object"},
        {SINCE_6, "{\"not\":1}", "/not", 8, "must be type object|boolean"},
        {D4, "{\"not\":1}", "/not", 8, "must be type object"},
        {SINCE_7, "{\"if\":1}", "/if", 7, "must be type object|boolean"},
        {D6 | D4, "{\"if\":1}", NULL, 0, NULL},
        {SINCE_6, "{\"contains\":1}", "/contains", 13, "must be type object|boolean"},
        {D4, "{\"contains\":1}", NULL, 0, NULL},
        {SINCE_2019, "{\"minContains\":-1}", "/minContains", 16, "must be >= 0"},
        {D7 | D6 | D4, "{\"minContains\":-1}", NULL, 0, NULL},
        {ALL, "{\"uniqueItems\":1}", "/uniqueItems", 16, "must be type boolean"},
        {SINCE_6, "{\"dependencies\":{\"a\":1}}", "/dependencies/a", 22,
         "must be type object|boolean, or must be type array"},
        {D4, "{\"dependencies\":{\"a\":1}}", "/dependencies/a", 22,
         "must be type object, or must be type array"},
        {ALL, "{\"dependencies\":{\"a\":[1]}}", "/dependencies/a/0", 23, "must be type string"},
        {SINCE_2019, "{\"dependentRequired\":{\"a\":\"b\"}}", "/dependentRequired/a", 27,
         "must be type array"},
        {D7 | D6 | D4, "{\"dependentRequired\":{\"a\":\"b\"}}", NULL, 0, NULL},
        {SINCE_2019, "{\"dependentRequired\":{\"a\":[\"b\",\"b\"]}}", "/dependentRequired/a", 27,
         "must have unique items, 0 and 1 are equal"},
        {D7 | D6 | D4, "{\"dependentRequired\":{\"a\":[\"b\",\"b\"]}}", NULL, 0, NULL},
        {SINCE_2019, "{\"dependentSchemas\":{\"a\":1}}", "/dependentSchemas/a", 26,
         "must be type object|boolean"},
        {D7 | D6 | D4, "{\"dependentSchemas\":{\"a\":1}}", NULL, 0, NULL},
        {SINCE_2019, "{\"dependentSchemas\":1}", "/dependentSchemas", 21, "must be type object"},
        {D7 | D6 | D4, "{\"dependentSchemas\":1}", NULL, 0, NULL},
        {ALL, "{\"$ref\":1}", "/$ref", 9, "must be type string"},
        {ALL, "{\"$ref\":\"#/nope\"}", "/$ref", 9,
         "must lead to a schema, \"#/nope\" leads nowhere"},
        {ALL, "{\"$ref\":\"#nope\"}", "/$ref", 9, "must lead to a schema, \"#nope\" leads nowhere"},
        {ALL, "{\"$ref\":\"other.json\"}", "/$ref", 9,
         "must lead to a schema, \"other.json\" leads nowhere"},
        {ALL, "{\"$ref\":\"#/$defs/%zz\"}", "/$ref", 9,
         "must lead to a schema, \"#/$defs/%zz\" leads nowhere"},
        {D2020, "{\"$dynamicRef\":\"#x\"}", "/$dynamicRef", 16,
         "must lead to a schema, \"#x\" leads nowhere"},
        {D2019 | D7 | D6 | D4, "{\"$dynamicRef\":\"#x\"}", NULL, 0, NULL},
        {D2020 | D7 | D6 | D4, "{\"$recursiveRef\":\"a\"}", NULL, 0, NULL},
        {D2019, "{\"$recursiveRef\":\"a\"}", "/$recursiveRef", 18,
         "must lead to a schema, \"a\" leads nowhere"},
        {ALL, "{\"$ref\":\"#/a b\"}", "/$ref", 9, "must lead to a schema, \"#/a b\" leads nowhere"},
        {SINCE_6, "{\"$ref\":\"#/properties\",\"properties\":{\"a\":5}}", "/properties/a", 42,
         "must be type object|boolean"},
        {D4, "{\"$ref\":\"#/properties\",\"properties\":{\"a\":5}}", "/properties/a", 42,
         "must be type object"},
        {SINCE_6, "{\"$id\":1}", "/$id", 8, "must be type string"},
        {D4, "{\"$id\":1}", NULL, 0, NULL},
        {SINCE_2019, "{\"$id\":\"http://a/b#x\"}", "/$id", 8, "must have no fragment: use $anchor"},
        {D7 | D6 | D4, "{\"$id\":\"http://a/b#x\"}", NULL, 0, NULL},
        {SINCE_2019, "{\"$id\":\"#x\"}", "/$id", 8, "must have no fragment: use $anchor"},
        {D7 | D6 | D4, "{\"$id\":\"#x\"}", NULL, 0, NULL},
        {SINCE_6, "{\"$id\":\"a b\"}", "/$id", 8, "must be a URI reference"},
        {D4, "{\"$id\":\"a b\"}", NULL, 0, NULL},
        {SINCE_6, "{\"$id\":\"http://[/\"}", "/$id", 8, "must be a URI reference"},
        {D4, "{\"$id\":\"http://[/\"}", NULL, 0, NULL},
        {D2020, "{\"$anchor\":\"1a\"}", "/$anchor", 12,
         "must match pattern ^[A-Za-z_][-A-Za-z0-9._]*$"},
        {D2019, "{\"$anchor\":\"1a\"}", "/$anchor", 12,
         "must match pattern ^[A-Za-z][-A-Za-z0-9.:_]*$"},
        {D7 | D6 | D4, "{\"$anchor\":\"1a\"}", NULL, 0, NULL},
        {D2020, "{\"$anchor\":\"a b\"}", "/$anchor", 12,
         "must match pattern ^[A-Za-z_][-A-Za-z0-9._]*$"},
        {D2019, "{\"$anchor\":\"a b\"}", "/$anchor", 12,
         "must match pattern ^[A-Za-z][-A-Za-z0-9.:_]*$"},
        {D7 | D6 | D4, "{\"$anchor\":\"a b\"}", NULL, 0, NULL},
        {SINCE_2019, "{\"$anchor\":1}", "/$anchor", 12, "must be type string"},
        {D7 | D6 | D4, "{\"$anchor\":1}", NULL, 0, NULL},
        {D2020, "{\"$dynamicAnchor\":\"#\"}", "/$dynamicAnchor", 19,
         "must match pattern ^[A-Za-z_][-A-Za-z0-9._]*$"},
        {D2019 | D7 | D6 | D4, "{\"$dynamicAnchor\":\"#\"}", NULL, 0, NULL},
        {D2020 | D7 | D6 | D4, "{\"$recursiveAnchor\":\"x\"}", NULL, 0, NULL},
        {D2019, "{\"$recursiveAnchor\":\"x\"}", "/$recursiveAnchor", 21, "must be type boolean"},
        {SINCE_2019, "{\"$defs\":{\"a\":{\"$anchor\":\"x\"},\"b\":{\"$anchor\":\"x\"}}}",
         "/$defs/b/$anchor", 46, "must not name a second schema \"x\""},
        {D7 | D6 | D4, "{\"$defs\":{\"a\":{\"$anchor\":\"x\"},\"b\":{\"$anchor\":\"x\"}}}", NULL, 0,
         NULL},
        {D2020, "{\"$defs\":{\"a\":{\"$anchor\":\"x\"},\"b\":{\"$dynamicAnchor\":\"x\"}}}",
         "/$defs/b/$dynamicAnchor", 53, "must not name a second schema \"x\""},
        {D2019 | D7 | D6 | D4,
         "{\"$defs\":{\"a\":{\"$anchor\":\"x\"},\"b\":{\"$dynamicAnchor\":\"x\"}}}", NULL, 0, NULL},
        {SINCE_2019, "{\"$defs\":1}", "/$defs", 10, "must be type object"},
        {D7 | D6 | D4, "{\"$defs\":1}", NULL, 0, NULL},
        {SINCE_2019, "{\"$defs\":{\"a\":1}}", "/$defs/a", 15, "must be type object|boolean"},
        {D7 | D6 | D4, "{\"$defs\":{\"a\":1}}", NULL, 0, NULL},
        {SINCE_6, "{\"definitions\":{\"a\":1}}", "/definitions/a", 21,
         "must be type object|boolean"},
        {D4, "{\"definitions\":{\"a\":1}}", "/definitions/a", 21, "must be type object"},
        {ALL, "{\"$schema\":1}", "/$schema", 12, "must be type string"},
        {ALL, "{\"$schema\":\"http://nope/\"}", "/$schema", 12,
         "must name a known dialect, \"http://nope/\" is not at hand"},
        {SINCE_2019, "{\"$vocabulary\":1}", "/$vocabulary", 16, "must be type object"},
        {D7 | D6 | D4, "{\"$vocabulary\":1}", NULL, 0, NULL},
        {SINCE_7, "{\"$comment\":1}", "/$comment", 13, "must be type string"},
        {D6 | D4, "{\"$comment\":1}", NULL, 0, NULL},
        {ALL, "{\"title\":1}", "/title", 10, "must be type string"},
        {SINCE_7, "{\"readOnly\":\"x\"}", "/readOnly", 13, "must be type boolean"},
        {D6 | D4, "{\"readOnly\":\"x\"}", NULL, 0, NULL},
        {SINCE_6, "{\"examples\":1}", "/examples", 13, "must be type array"},
        {D4, "{\"examples\":1}", NULL, 0, NULL},
        {ALL, "{\"format\":1}", "/format", 11, "must be type string"},
        {SINCE_7, "{\"contentMediaType\":1}", "/contentMediaType", 21, "must be type string"},
        {D6 | D4, "{\"contentMediaType\":1}", NULL, 0, NULL},
        {SINCE_2019, "{\"contentSchema\":1}", "/contentSchema", 18, "must be type object|boolean"},
        {D7 | D6 | D4, "{\"contentSchema\":1}", NULL, 0, NULL},
        {SINCE_6, "{\"exclusiveMinimum\":true}", "/exclusiveMinimum", 21, "must be type number"},
        {SINCE_6, "{\"exclusiveMinimum\":1}", NULL, 0, NULL},
        {SINCE_6, "{\"minimum\":1,\"exclusiveMinimum\":\"x\"}", "/exclusiveMinimum", 33,
         "must be type number"},
        {D4, "{\"minimum\":1,\"exclusiveMinimum\":\"x\"}", "/exclusiveMinimum", 33,
         "must be type boolean"},
        {SINCE_2019, "{\"unevaluatedProperties\":1}", "/unevaluatedProperties", 26,
         "must be type object|boolean"},
        {D7 | D6 | D4, "{\"unevaluatedProperties\":1}", NULL, 0, NULL},
        {SINCE_2019, "{\"unevaluatedItems\":[]}", "/unevaluatedItems", 21,
         "must be type object|boolean"},
        {D7 | D6 | D4, "{\"unevaluatedItems\":[]}", NULL, 0, NULL},
        {SINCE_6, "{\"propertyNames\":1}", "/propertyNames", 18, "must be type object|boolean"},
        {D4, "{\"propertyNames\":1}", NULL, 0, NULL},
        {ALL, "5", "", 1, "must be a schema: an object, true or false"},
        {ALL, "{\"a\":1,\"a\":2}", "", 8,
         "must be JSON: expected a name that the object does not have yet"},
        {ALL, "{\"type\":\"string\",}", "", 18, "must be JSON: expected a '\"' that begins a name"},
        {SINCE_6, "{\"id\":1}", NULL, 0, NULL},
        {D4, "{\"id\":1}", "/id", 7, "must be type string"},
        {SINCE_6, "{\"minLength\":1e400}", NULL, 0, NULL},
        {D4, "{\"minLength\":1e400}", "/minLength", 14, "must be type integer"},
        {D2020, "{\"additionalItems\":1}", NULL, 0, NULL},
        {D2019 | D7 | D6, "{\"additionalItems\":1}", "/additionalItems", 20,
         "must be type object|boolean"},
        {D4, "{\"additionalItems\":1}", "/additionalItems", 20,
         "must be type boolean, or must be type object"},
        {ALL, "{\"const\":1,\"allOf\":[{\"anyOf\":[{\"type\":\"sting\"}]}]}",
         "/allOf/0/anyOf/0/type", 39, NO_TYPE},
    };
    assert_faults(cases, sizeof cases / sizeof cases[0]);
}

TEST("B3: where alternatives have failed the fault is that of the one that was meant")
{
    static const struct wrong cases[] = {
        {D7, "{\"items\": {\"items\": [{}, {\"type\": [\"null\", 1]}]}}", "/items/items/1/type/1",
         44, NO_TYPE},
        {D7, "{\"items\": [{\"maxItems\": -1, \"minItems\": -2}]}", "/items/0/maxItems", 25,
         "must be >= 0"},
        {D7, "{\"minItems\": -2, \"type\": [1]}", "/minItems", 14, "must be >= 0"},
        {D4, "{\"exclusiveMinimum\": true}", "/minimum", 1,
         "is required beside \"exclusiveMinimum\""},
        {D4, "{\"additionalItems\": {\"items\": [1]}}", "/additionalItems/items/0", 32,
         "must be type object"},
    };
    assert_faults(cases, sizeof cases / sizeof cases[0]);
}

TEST("B3: what is wrong behind a thousand embedded schemas of another dialect is not lost")
{
    for (int wrong = 0; wrong < 2; wrong++) {
        struct st_buf text = ST_BUF((size_t)1 << 20);
        struct st_schema_fault fault;
        struct st_schema *schema;
        assert_ok(st_buf_printf(&text, "{\"$defs\": {"));
        for (int i = 0; i < 1500; i++)
            assert_ok(st_buf_printf(&text,
                                    "\"d%d\": {\"$schema\": "
                                    "\"http://json-schema.org/draft-04/schema#\", \"id\": "
                                    "\"http://a/%d\", \"$id\": \"http://a/%d\", \"minimum\": 1, "
                                    "\"exclusiveMinimum\": true},",
                                    i, i, i));
        assert_ok(
            st_buf_printf(&text, "\"last\": {\"type\": %s}}}", wrong ? "\"sting\"" : "\"null\""));
        st_err err = st_schema_load(&schema, st_buf_str(&text), NULL, &fault);
        assert_int_equal(err, wrong ? ST_ERR_INVALID : ST_OK);
        assert_string_equal(fault.pointer, wrong ? "/$defs/last/type" : "");
        st_schema_free(schema);
        st_buf_done(&text);
    }
}
