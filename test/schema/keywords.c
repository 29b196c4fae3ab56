/*
 * What each keyword says, case by case, beside the official suite: the edges that matter to us.
 */
#include "unit.h"

#include "schema/checking.h"

struct keyword_case {
    const char *schema;
    const char *good; /* instances, separated by '\n'; NULL: none */
    const char *bad;
};

static void check_each(struct checking *checking, const char *schema, const char *instances,
                       bool expected)
{
    while (instances != NULL && *instances != '\0') {
        char instance[256];
        size_t len = strcspn(instances, "\n");
        assert_true(len < sizeof instance);
        memcpy(instance, instances, len);
        instance[len] = '\0';
        if (check_instance(checking, instance) != expected)
            fail_msg("%s\n%s is %s", schema, instance, expected ? "refused" : "accepted");
        instances += instances[len] == '\n' ? len + 1 : len;
    }
}

static void check_cases(const struct keyword_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct checking checking;
        load_schema(&checking, cases[i].schema);
        check_each(&checking, cases[i].schema, cases[i].good, true);
        check_each(&checking, cases[i].schema, cases[i].bad, false);
        done(&checking);
    }
}
#define CHECK(cases) check_cases((cases), sizeof(cases) / sizeof(cases)[0])

#define DRAFT_4    "\"$schema\": \"http://json-schema.org/draft-04/schema#\""
#define DRAFT_7    "\"$schema\": \"http://json-schema.org/draft-07/schema#\""
#define DRAFT_2019 "\"$schema\": \"https://json-schema.org/draft/2019-09/schema\""

TEST("V1: boolean and empty schemas accept all or nothing")
{
    static const struct keyword_case cases[] = {
        {"true", "1\nnull\n{}", NULL},
        {"{}", "1\nnull\n{}", NULL},
        {"false", NULL, "1\nnull\n{}"},
        {"{\"properties\": {\"a\": false}}", "{}\n{\"b\": 1}\n[1]", "{\"a\": 1}"},
    };
    CHECK(cases);
}

TEST("V1: type is that of the value; an integer is one by its mathematical value")
{
    static const struct keyword_case cases[] = {
        {"{\"type\": \"integer\"}", "1\n-0\n1.0\n1e3\n100000000000000000000000000000\n1.50e2",
         "1.5\n\"1\"\nnull\n1e-1\ntrue"},
        {"{\"type\": \"number\"}", "1\n1.5\n1e400", "\"1\"\nnull"},
        {"{\"type\": \"null\"}", "null", "0\nfalse\n\"\""},
        {"{\"type\": \"boolean\"}", "true\nfalse", "0\nnull\n\"true\""},
        {"{\"type\": \"string\"}", "\"\"\n\"a\"", "0\nnull"},
        {"{\"type\": \"array\"}", "[]", "{}"},
        {"{\"type\": \"object\"}", "{}", "[]"},
        {"{\"type\": [\"string\", \"null\"]}", "null\n\"\"", "0\n[]"},
        {"{" DRAFT_4 ", \"type\": \"integer\"}", "1", "1.0\n1e3"},
    };
    CHECK(cases);
}

TEST("V1: enum and const compare by value")
{
    static const struct keyword_case cases[] = {
        {"{\"enum\": [1, \"a\", null, [1, {\"b\": 2}]]}",
         "1\n1.0\n10e-1\n\"a\"\n\"\\u0061\"\nnull\n[1.0, {\"b\": 2}]",
         "2\n\"b\"\nfalse\n[1, {\"b\": 3}]\n[1]\n[1, {\"b\": 2, \"c\": 1}]"},
        {"{\"const\": {\"a\": 1, \"b\": [true]}}", "{\"b\": [true], \"a\": 1.0}",
         "{\"a\": 1}\n{\"a\": 1, \"b\": [1]}\n{\"a\": true, \"b\": [true]}"},
        {"{\"const\": 0}", "0\n-0\n0.0\n0e10", "false\nnull\n\"\"\n1e-400"},
        {"{\"enum\": []}", NULL, "1\nnull"},
    };
    CHECK(cases);
}

TEST("V1: bounds are exact at any size")
{
    static const struct keyword_case cases[] = {
        {"{\"minimum\": 0}", "0\n-0\n0.0\n1e-400\n\"-1\"", "-1\n-1e-400"},
        {"{\"maximum\": 9007199254740993}", "9007199254740993\n9007199254740992",
         "9007199254740994\n9007199254740993.0000001"},
        {"{\"exclusiveMinimum\": 1.5}", "1.50001\n2", "1.5\n1.50\n1"},
        {"{\"exclusiveMaximum\": 1e2}", "99.999", "100\n1e2\n101"},
        {"{" DRAFT_4 ", \"minimum\": 1, \"exclusiveMinimum\": true}", "2", "1\n0"},
        {"{" DRAFT_4 ", \"minimum\": 1, \"exclusiveMinimum\": false}", "1\n2", "0"},
        {"{" DRAFT_4 ", \"maximum\": 1, \"exclusiveMaximum\": true}", "0", "1\n2"},
        {"{\"multipleOf\": 0.01}", "4.35\n0\n-1.1\n\"x\"", "4.355"},
        {"{\"multipleOf\": 1e-8}", "12391239123", NULL},
    };
    CHECK(cases);
}

TEST("V1: the length of a string is counted in code points")
{
    static const struct keyword_case cases[] = {
        {"{\"minLength\": 2}", "\"ab\"\n\"\\u00e4\\u00e4\"\n\"\\ud83d\\ude00x\"\n1",
         "\"a\"\n\"\\u00e4\"\n\"\\ud83d\\ude00\""},
        {"{\"maxLength\": 1.0}", "\"\"\n\"a\"\n\"\\ud83d\\ude00\"\n{}", "\"ab\""},
        {"{\"maxLength\": 100000000000000000000000}", "\"a\"", NULL},
        {"{\"minLength\": 100000000000000000000000}", NULL, "\"a\""},
    };
    CHECK(cases);
}

TEST("V1: pattern searches, format is asserted when asked for")
{
    static const struct keyword_case cases[] = {
        {"{\"pattern\": \"b+c\"}", "\"abbcd\"\n1", "\"ac\""},
        {"{\"format\": \"date-time\"}", "\"2024-02-29T12:00:00Z\"\n1", "\"2023-02-29T12:00:00Z\""},
        {"{\"format\": \"unheard-of\"}", "\"x\"", NULL},
    };
    CHECK(cases);
    struct checking checking;
    load_with(&checking, "{\"format\": \"date-time\"}", NULL);
    assert_true(check_instance(&checking, "\"x\""));
    done(&checking);
}

TEST("V1: required, properties and additionalProperties hold members")
{
    static const struct keyword_case cases[] = {
        {"{\"required\": [\"a\", \"b\"]}", "{\"a\": 1, \"b\": null}\n[]\n1", "{}\n{\"a\": 1}"},
        {"{\"properties\": {\"a\": {\"type\": \"string\"}}, \"additionalProperties\": false}",
         "{}\n{\"a\": \"\"}\n[1]", "{\"a\": 1}\n{\"b\": 1}\n{\"a\": \"\", \"b\": 1}"},
        {"{\"additionalProperties\": {\"type\": [\"string\", \"null\"]}}",
         "{}\n{\"x\": null, \"y\": \"\"}", "{\"x\": 1}"},
        {"{\"properties\": {\"a\": true}, \"patternProperties\": {\"^x\": {\"type\": \"null\"}},"
         " \"additionalProperties\": false}",
         "{\"a\": 1, \"xy\": null}", "{\"xy\": 1}\n{\"yx\": null}"},
        {"{\"properties\": {\"ab\": {\"const\": 1}}, \"patternProperties\": {\"a\": {\"type\": "
         "\"integer\"}, \"b\": {\"minimum\": 1}}}",
         "{\"ab\": 1}\n{\"a\": 0}", "{\"ab\": 2}\n{\"b\": 0}\n{\"a\": \"\"}"},
        {"{\"properties\": {\"a\": {\"type\": \"string\"}}}", "{\"a\": 1, \"a\": \"\"}",
         "{\"a\": \"\", \"a\": 1}"},
        {"{\"minProperties\": 1, \"maxProperties\": 2}", "{\"a\": 1}\n{\"a\": 1, \"a\": 2}\n1",
         "{}\n{\"a\": 1, \"b\": 2, \"c\": 3}"},
        {"{\"propertyNames\": {\"maxLength\": 1}}", "{}\n{\"a\": \"long\"}\n[\"ab\"]",
         "{\"ab\": 1}"},
        {"{\"propertyNames\": {\"enum\": [\"a\"]}}", "{\"a\": 1}\n{\"\\u0061\": 1}", "{\"b\": 1}"},
        {"{\"dependentRequired\": {\"a\": [\"b\", \"c\"]}}", "{}\n{\"a\": 1, \"b\": 1, \"c\": 1}",
         "{\"a\": 1}\n{\"a\": 1, \"b\": 1}"},
        {"{\"dependentSchemas\": {\"a\": {\"required\": [\"b\"]}}}", "{\"b\": 1}\n1", "{\"a\": 1}"},
        {"{" DRAFT_7 ", \"dependencies\": {\"a\": [\"b\"], \"c\": false}}", "{\"a\": 1, \"b\": 1}",
         "{\"a\": 1}\n{\"c\": 1}"},
    };
    CHECK(cases);
}

TEST("V1: items, contains and uniqueItems hold elements")
{
    static const struct keyword_case cases[] = {
        {"{\"items\": {\"type\": \"integer\"}}", "[]\n[1, 2]\n{\"0\": \"\"}", "[\"\"]\n[1, \"\"]"},
        {"{\"prefixItems\": [{\"const\": 1}], \"items\": false}", "[]\n[1]", "[2]\n[1, 1]"},
        {"{" DRAFT_7 ", \"items\": [{\"const\": 1}], \"additionalItems\": false}", "[]\n[1]",
         "[2]\n[1, 1]"},
        {"{" DRAFT_7 ", \"items\": true, \"additionalItems\": false}", "[1, 2]", NULL},
        {"{\"contains\": {\"const\": 1}}", "[2, 1]\n{}", "[]\n[2]"},
        {"{\"contains\": {\"const\": 1}, \"minContains\": 2, \"maxContains\": 3}",
         "[1, 1]\n[1, 2, 1, 1]", "[1]\n[1, 1, 1, 1]"},
        {"{\"contains\": {\"const\": 1}, \"minContains\": 0}", "[]\n[2]", NULL},
        {"{\"uniqueItems\": true}",
         "[]\n[1]\n[1, \"1\", true, [1], {\"a\": 1}]\n[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n[0, false]",
         "[1, 1.0]\n[{\"a\": 1, \"b\": 2}, {\"b\": 2, \"a\": 1}]\n[[1], [1.0]]\n"
         "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 3]"},
        {"{\"uniqueItems\": false}", "[1, 1]", NULL},
        {"{\"minItems\": 1, \"maxItems\": 2}", "[1]\n[1, 2]\n\"\"", "[]\n[1, 2, 3]"},
    };
    CHECK(cases);
}

TEST("V1: allOf, anyOf, oneOf, not and if join schemas")
{
    static const struct keyword_case cases[] = {
        {"{\"allOf\": [{\"minimum\": 1}, {\"maximum\": 2}]}", "1\n2", "0\n3"},
        {"{\"anyOf\": [{\"type\": \"null\"}, {\"minimum\": 2}]}", "null\n2\n\"\"", "1"},
        {"{\"oneOf\": [{\"minimum\": 1}, {\"maximum\": 2}]}", "0\n3", "1\n2\n\"\""},
        {"{\"not\": {\"type\": \"null\"}}", "1", "null"},
        {"{\"if\": {\"minimum\": 5}, \"then\": {\"multipleOf\": 2}, \"else\": {\"maximum\": 1}}",
         "6\n1\n0", "5\n2"},
        {"{\"then\": false, \"else\": false}", "1", NULL},
        {"{\"if\": {\"properties\": {\"t\": {\"const\": \"a\"}}}, \"then\": {\"required\": "
         "[\"x\"]}}",
         "{\"t\": \"b\"}\n{\"t\": \"a\", \"x\": 1}\n1", "{}\n{\"t\": \"a\"}"},
    };
    CHECK(cases);
}

TEST("V1: unevaluated members and items are those that nothing has looked at")
{
    static const struct keyword_case cases[] = {
        {"{\"allOf\": [{\"properties\": {\"a\": true}}], \"unevaluatedProperties\": false}",
         "{\"a\": 1}\n{}\n[]", "{\"b\": 1}\n{\"a\": 1, \"b\": 1}"},
        {"{\"anyOf\": [{\"properties\": {\"a\": {\"const\": 1}}}, {\"properties\": {\"b\": "
         "true}}], \"unevaluatedProperties\": false}",
         "{\"a\": 1, \"b\": 2}\n{\"b\": 1}", "{\"a\": 2}\n{\"a\": 2, \"b\": 1}"},
        {"{\"if\": {\"required\": [\"a\"], \"properties\": {\"a\": true}}, \"then\": "
         "{\"properties\": {\"b\": true}}, \"unevaluatedProperties\": false}",
         "{\"a\": 1, \"b\": 1}\n{}", "{\"b\": 1}"},
        {"{\"$ref\": \"#/$defs/a\", \"$defs\": {\"a\": {\"properties\": {\"a\": true}}}, "
         "\"unevaluatedProperties\": {\"type\": \"null\"}}",
         "{\"a\": 1, \"b\": null}", "{\"b\": 1}"},
        {"{\"not\": {\"not\": {\"properties\": {\"a\": true}}}, \"unevaluatedProperties\": "
         "false}",
         "{}", "{\"a\": 1}"},
        {"{\"prefixItems\": [true], \"contains\": {\"type\": \"null\"}, \"unevaluatedItems\": "
         "false}",
         "[null]\n[1, null]", "[1, null, 2]"},
        {"{" DRAFT_2019 ", \"items\": [true], \"contains\": {\"type\": \"null\"}, "
         "\"unevaluatedItems\": false}",
         "[null]", "[1, null]"},
        {"{\"properties\": {\"x\": {\"unevaluatedProperties\": false}}, \"patternProperties\": "
         "{\"x\": {\"properties\": {\"a\": true}}}}",
         "{\"x\": {}}", "{\"x\": {\"a\": 1}}"},
    };
    CHECK(cases);
}

TEST("V1: keywords of another draft assert nothing")
{
    static const struct keyword_case cases[] = {
        {"{" DRAFT_7 ", \"dependentRequired\": {\"a\": [\"b\"]}, \"minContains\": 5, "
         "\"unevaluatedProperties\": false, \"prefixItems\": [false]}",
         "{\"a\": 1}\n[1]", NULL},
        {"{" DRAFT_4 ", \"const\": 1, \"if\": {}, \"contains\": 7}", "2\n[1]", NULL},
        {"{\"additionalItems\": false, \"x-steno\": {\"type\": \"null\"}}", "[1]", NULL},
        {"{" DRAFT_7 ", \"$ref\": \"#/definitions/a\", \"maximum\": 1, \"definitions\": {\"a\": "
         "{\"minimum\": 0}}}",
         "5", "-1"},
        {"{\"$ref\": \"#/$defs/a\", \"maximum\": 1, \"$defs\": {\"a\": {\"minimum\": 0}}}", "1",
         "-1\n5"},
    };
    CHECK(cases);
}
