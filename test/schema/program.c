/*
 * Pairs that the compiled schema has ways of its own for: its verdict is the plain evaluator's,
 * whether names carry their numbers or not.
 */
#include "unit.h"

#include "schema/checking.h"

#include <stdio.h>

struct pair {
    const char *schema;
    const char *instances[12];
};

static void compare(struct checking *c, const char *instance, const struct st_name_table *names)
{
    bool compiled = false;
    bool plain = false;
    const struct st_json_options options = {.names = names};
    assert_ok(st_json_parse(&c->doc, st_str_of(instance), &options, NULL));
    assert_ok(st_schema_check(c->schema, c->checker, &c->doc, 0, &compiled, NULL));
    assert_ok(st_schema_check_plain(c->schema, c->checker, &c->doc, 0, &plain, NULL));
    if (compiled != plain)
        fail_msg("%s is %s", instance, plain ? "refused" : "accepted");
}

static void compare_all(const struct pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct checking c;
        load_schema(&c, pairs[i].schema);
        assert_true(st_schema_is_compiled(c.schema));
        for (const char *const *at = pairs[i].instances; *at != NULL; at++) {
            compare(&c, *at, NULL);
            compare(&c, *at, st_schema_names(c.schema));
        }
        done(&c);
    }
}

TEST("V1: a branch is chosen by one member's value, whatever its literal is")
{
    static const struct pair pairs[] = {
        {"{\"oneOf\": [{\"properties\": {\"v\": {\"const\": 1}, \"a\": {\"type\": \"null\"}}, "
         "\"required\": [\"v\"]}, {\"properties\": {\"v\": {\"enum\": [2, -3]}, \"a\": {\"type\": "
         "\"string\"}}, \"required\": [\"v\"]}]}",
         {"{\"v\": 1, \"a\": null}", "{\"v\": 1.0, \"a\": null}", "{\"v\": 10e-1, \"a\": \"\"}",
          "{\"v\": 2, \"a\": \"\"}", "{\"v\": 0.2E1, \"a\": null}", "{\"v\": -3, \"a\": \"\"}",
          "{\"v\": \"1\", \"a\": null}", "{\"v\": 1e99}", "{\"a\": null}", "{\"v\": 3}",
          "{\"v\": 1, \"a\": 0, \"a\": null}", NULL}},
        {"{\"if\": {\"properties\": {\"t\": {\"enum\": [\"on\", true, null]}}}, \"then\": "
         "{\"required\": [\"x\"]}, \"else\": {\"maxProperties\": 1}}",
         {"{}", "{\"t\": \"on\"}", "{\"t\": \"\\u006fn\", \"x\": 1}", "{\"t\": true, \"x\": 1}",
          "{\"t\": false, \"x\": 1}", "{\"t\": null}", "{\"t\": [], \"y\": 1}", "{\"x\": 1}",
          "{\"t\": \"off\"}", "{\"t\": \"off\", \"t\": \"on\"}", NULL}},
        {"{\"enum\": [0, 7, \"7\", 123456789012345678]}",
         {"0", "-0", "7", "7.0", "70e-1", "\"7\"", "8", "123456789012345678",
          "123456789012345678.0", "1234567890123456789", "null", NULL}},
    };
    compare_all(pairs, sizeof pairs / sizeof pairs[0]);
}

TEST("V1: of many conditions on a member's text, those that ask for another one do not count")
{
    static const struct pair pairs[] = {
        {"{\"allOf\": [{\"if\": {\"properties\": {\"t\": {\"const\": \"a\"}}}, \"then\": "
         "{\"required\": [\"x\"]}}, {\"if\": {\"properties\": {\"t\": {\"const\": \"b\"}}, "
         "\"required\": [\"t\"]}, \"then\": {\"required\": [\"y\"]}, \"else\": {\"properties\": "
         "{\"z\": {\"type\": \"null\"}}}}, {\"if\": {\"properties\": {\"t\": {\"const\": \"a\"}, "
         "\"u\": {\"const\": \"c\"}}, \"required\": [\"u\"]}, \"then\": {\"maxProperties\": 3}}]}",
         {"{}", "{\"x\": 1}", "{\"t\": \"a\"}", "{\"t\": \"a\", \"x\": 1, \"z\": 1}",
          "{\"t\": \"b\", \"z\": 1}", "{\"t\": \"b\", \"y\": 1, \"z\": 1}",
          "{\"t\": \"a\", \"x\": 1, \"u\": \"c\", \"v\": 1}",
          "{\"t\": \"a\", \"x\": 1, \"u\": \"d\", \"v\": 1}",
          "{\"x\": 1, \"u\": \"c\", \"v\": 1, \"w\": 1}", "{\"t\": null, \"z\": 1}",
          "{\"t\": \"\\u0061\"}", NULL}},
        {"{\"dependentSchemas\": {\"t\": {\"required\": [\"x\"]}, \"u\": {\"properties\": "
         "{\"t\": {\"const\": \"b\"}}}}, \"anyOf\": [{\"properties\": {\"t\": {\"const\": "
         "\"a\"}}}, "
         "{\"properties\": {\"u\": {\"const\": \"b\"}}, \"required\": [\"u\"]}]}",
         {"{}", "{\"t\": \"a\"}", "{\"t\": \"a\", \"x\": 1}", "{\"u\": \"b\"}",
          "{\"u\": \"b\", \"t\": \"a\", \"x\": 1}", "{\"u\": \"b\", \"t\": \"b\", \"x\": 1}",
          "{\"u\": \"c\", \"t\": \"b\", \"x\": 1}", "{\"u\": \"c\"}", NULL}},
    };
    compare_all(pairs, sizeof pairs / sizeof pairs[0]);
}

TEST("V1: schemas that ask the same are made once, and none is taken for another")
{
    static const struct pair pairs[] = {
        {"{\"properties\": {\"a\": {\"type\": \"string\"}, \"b\": {\"type\": \"string\", "
         "\"title\": "
         "\"B\"}, \"c\": {\"type\": [\"string\", \"null\"]}, \"d\": {\"type\": \"string\", "
         "\"minLength\": 2}, \"e\": {\"type\": \"string\", \"maxLength\": 2}, \"f\": "
         "{\"minLength\": "
         "2}}}",
         {"{\"a\": \"\", \"b\": \"\", \"c\": \"\"}", "{\"a\": null}", "{\"b\": null}",
          "{\"c\": null}", "{\"d\": \"x\"}", "{\"e\": \"x\"}", "{\"d\": \"xyz\"}",
          "{\"e\": \"xyz\"}", "{\"f\": 1}", "{\"f\": \"x\"}", NULL}},
        {"{\"properties\": {\"a\": {\"minimum\": 12345678}, \"b\": {\"minimum\": 1234567890123}, "
         "\"c\": {\"minimum\": 1234567890124}, \"d\": {\"exclusiveMinimum\": 12345678}, \"e\": "
         "{\"maximum\": 12345678}}}",
         {"{\"a\": 12345678}", "{\"a\": 12345677}", "{\"b\": 1234567890123}",
          "{\"b\": 1234567890122}", "{\"c\": 1234567890123}", "{\"d\": 12345678}",
          "{\"e\": 12345679}", NULL}},
        {"{\"prefixItems\": [{\"uniqueItems\": true}, {\"minItems\": 1}, {\"maxItems\": 1}, "
         "{\"minProperties\": 1}, {\"pattern\": \"a\"}, {\"pattern\": \"b\"}]}",
         {"[[1, 1]]", "[[1, 2], []]", "[[], [1], [1, 2]]", "[[], [1], [1], {}]",
          "[0, 0, 0, 0, \"b\"]", "[0, 0, 0, 0, \"a\", \"a\"]", "[0, 0, 0, 0, \"a\", \"b\"]", NULL}},
    };
    compare_all(pairs, sizeof pairs / sizeof pairs[0]);
}

TEST("V1: numbers with fractions are held against bounds and steps exactly")
{
    static const struct pair pairs[] = {
        {"{\"multipleOf\": 0.01, \"minimum\": -0.5, \"exclusiveMaximum\": 1.25}",
         {"0.29", "0.295", "-0.5", "-0.51", "1.25", "1.2499999", "1.24", "1", "-1", "0.070e1",
          "1.240000000000000000000", NULL}},
        {"{\"type\": \"integer\", \"multipleOf\": 1.5, \"exclusiveMinimum\": 0}",
         {"3", "3.0", "1.5", "0", "-3", "4", "999999999999999999", "999999999999999999000000", "-0",
          "4.5", "6e0", NULL}},
        {"{\"minimum\": 0}", {"0", "-0", "-0.0", "-1", "0.1", "-1e-99", "1e99", NULL}},
    };
    compare_all(pairs, sizeof pairs / sizeof pairs[0]);
}

TEST("V1: names are settled in the table where the schema knows them, and else by what is said of "
     "all")
{
    static const struct pair pairs[] = {
        {"{\"propertyNames\": {\"maxLength\": 3}, \"properties\": {\"long\": true, \"abc\": "
         "{\"type\": \"null\"}}, \"patternProperties\": {\"^x\": {\"type\": \"string\"}}, "
         "\"additionalProperties\": {\"type\": \"number\"}}",
         {"{\"long\": 1}", "{\"abc\": null}", "{\"abc\": 1}", "{\"xy\": \"\"}", "{\"xy\": 1}",
          "{\"xyzz\": \"\"}", "{\"q\": 1}", "{\"q\": \"\"}", "{\"other\": 1}", "{}", NULL}},
        {"{\"dependentSchemas\": {\"a\": {\"properties\": {\"b\": true}}}, \"properties\": "
         "{\"a\": true}, \"unevaluatedProperties\": false}",
         {"{\"a\": 1}", "{\"a\": 1, \"b\": 1}", "{\"b\": 1}", "{\"c\": 1}", "{}",
          "{\"c\": 1, \"a\": 1}", NULL}},
    };
    compare_all(pairs, sizeof pairs / sizeof pairs[0]);
}

TEST("V1: a text that was parsed before its schema was loaded is checked by its names' bytes")
{
    static const char instance[] = "{\"late\": 1}";
    struct st_name_table *names;
    struct st_schema *schema;
    struct st_schema_fault fault;
    struct st_checker *checker;
    struct st_json doc;
    bool valid = true;
    st_json_init(&doc);
    assert_ok(st_name_table_new(&names));
    const struct st_json_options options = {.names = names};
    assert_ok(st_json_parse(&doc, st_str_of(instance), &options, NULL));
    const struct st_schema_options loading = {.names = names};
    assert_ok(st_schema_load(&schema, ST_STR("{\"properties\": {\"late\": {\"type\": \"null\"}}}"),
                             &loading, &fault));
    assert_ok(st_checker_new(&checker));
    assert_ok(st_schema_check(schema, checker, &doc, 0, &valid, NULL));
    assert_false(valid);
    st_checker_free(checker);
    st_schema_free(schema);
    st_name_table_free(names);
    st_json_done(&doc);
}

TEST("V1: a branch that is too deep to be decided at first is not lost when it is decided later")
{
    for (int depth = 20; depth < 70; depth++) {
        char schema[8192];
        char *at =
            schema + sprintf(schema, "{\"anyOf\": [{\"dependentSchemas\": {\"x\": {\"$ref\": "
                                     "\"#/$defs/0\"}}}], \"$defs\": {");
        for (int i = 0; i < depth; i++)
            at += sprintf(at, "\"%d\": {\"oneOf\": [{\"$ref\": \"#/$defs/%d\"}]}, ", i, i + 1);
        sprintf(at, "\"%d\": {\"anyOf\": [{}, {}]}}}", depth);
        const struct pair pair = {schema, {"{\"x\": 1}", "{\"y\": 1}", "{}", NULL}};
        compare_all(&pair, 1);
    }
}
