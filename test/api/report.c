/*
 * Explanations through steno.h: what a violation says, who owns what, and the output formats.
 */
#include "unit.h"

#include "library.h"
#include "json/json.h"

#include <stdlib.h>

static const char SCHEMA[] = "{\"$id\": \"https://example.com/order\", \"type\": \"object\",\n"
                             " \"required\": [\"id\"], \"additionalProperties\": false,\n"
                             " \"properties\": {\"id\": true, \"items\": {\"items\": {\"$ref\": "
                             "\"#/$defs/item\"}}},\n"
                             " \"$defs\": {\"item\": {\"properties\": {\"n\": {\"minimum\": 1}}}}}";
static const char TEXT[] = "{\n  \"\u00e9\": 1, \"items\": [{\"n\": 2},\n    {\"n\": 0}]}";

static void assert_same(steno_text text, const char *expected)
{
    assert_non_null(text.at);
    assert_int_equal(text.at[text.len], '\0');
    assert_string_equal(text.at, expected);
    assert_int_equal(text.len, strlen(expected));
}

/* The i-th violation, which must be there. */
static const struct steno_violation *told(const struct steno_report *report, size_t i)
{
    const struct steno_violation *violation = steno_report_at(report, i);
    if (violation == NULL)
        abort(); /* for the compiler, too */
    return violation;
}

static const struct steno_violation *find(const struct steno_report *report, const char *keyword)
{
    for (size_t i = 0; i < steno_report_count(report); i++)
        if (strcmp(told(report, i)->keyword.at, keyword) == 0)
            return told(report, i);
    fail_msg("no violation of %s", keyword);
    abort();
}

TEST("V2: a violation names value, subject, keyword, both ways to the keyword, place and reason")
{
    struct steno_schema *schema = compile(SCHEMA);
    struct steno_report *report = explain(schema, TEXT);
    steno_schema_free(schema); /* a report outlives its schema */
    assert_int_equal(steno_report_count(report), 4);
    assert_int_equal(steno_report_dropped(report), 0);

    const struct steno_violation *required = find(report, "required");
    assert_same(required->instance, "");
    assert_same(required->subject, "/id");
    assert_same(required->keyword_location, "/required");
    assert_same(required->absolute_location, "https://example.com/order#/required");
    assert_same(required->message, "is required");
    assert_int_equal(required->offset, 0);
    assert_int_equal(required->line, 1);
    assert_int_equal(required->column, 1);
    assert_true(required->parent == STENO_NONE && required->leaf && required->cause);

    const struct steno_violation *ref = find(report, "$ref");
    assert_false(ref->leaf || ref->cause);
    assert_true(ref->parent == STENO_NONE);

    const struct steno_violation *minimum = find(report, "minimum");
    assert_same(minimum->instance, "/items/1/n");
    assert_same(minimum->subject, "/items/1/n");
    assert_same(minimum->keyword_location, "/properties/items/items/$ref/properties/n/minimum");
    assert_same(minimum->absolute_location,
                "https://example.com/order#/$defs/item/properties/n/minimum");
    assert_same(minimum->message, "must be >= 1");
    assert_int_equal(minimum->offset, strstr(TEXT, "0}") - TEXT);
    assert_int_equal(minimum->line, 3);
    assert_int_equal(minimum->column, 11);
    assert_true(minimum->leaf && minimum->cause);
    assert_ptr_equal(steno_report_at(report, minimum->parent), ref);

    assert_same(find(report, "additionalProperties")->subject, "/\u00e9");
    steno_report_free(report);
}

TEST("V2: places are right in whatever order violations come")
{
    /* By the schema's order the last member comes first; columns are counted in code points. */
    struct steno_schema *schema =
        compile("{\"properties\": {\"c\": {\"type\": \"null\"}}, \"patternProperties\": "
                "{\"^[ab]$\": {\"type\": \"null\"}}, \"allOf\": [{\"properties\": {\"a\": "
                "{\"maximum\": 0}}}, {\"minProperties\": 9}]}");
    static const char text[] =
        "{\"a\": 1, \"\u20ac\": 0,\n\n \"b\":2, \"\u20ac\u20ac\": 7,\r\n\"c\": 3}";
    struct steno_report *report = explain(schema, text);
    uint32_t seen = 0;
    assert_true(steno_report_count(report) >= 5);
    for (size_t i = 0; i < steno_report_count(report); i++) {
        const struct steno_violation *violation = told(report, i);
        uint64_t line = 1;
        uint64_t column = 1;
        for (uint64_t at = 0; at < violation->offset; at++) {
            column += ((unsigned char)text[at] & 0xC0) != 0x80;
            if (text[at] == '\n') {
                line++;
                column = 1;
            }
        }
        assert_int_equal(violation->line, line);
        assert_int_equal(violation->column, column);
        if (violation->instance.len == 2)
            seen |= 1U << (violation->instance.at[1] - 'a');
    }
    assert_int_equal(seen, 7);
    assert_int_equal(find(report, "minProperties")->offset, 0);
    steno_report_free(report);
    steno_schema_free(schema);
}

TEST("V2: causes are what must be mended; among alternatives alone, every way out")
{
    struct steno_schema *schema =
        compile("{\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"null\"}], \"properties\": "
                "{\"n\": {\"minimum\": 1}}}");
    struct steno_report *definite = explain(schema, "{\"n\": 0}");
    struct steno_report *choice = explain(schema, "7");
    for (size_t i = 0; i < steno_report_count(definite); i++) {
        const struct steno_violation *violation = told(definite, i);
        assert_int_equal(violation->cause, strcmp(violation->keyword.at, "minimum") == 0);
    }
    assert_int_equal(steno_report_count(choice), 3);
    for (size_t i = 0; i < steno_report_count(choice); i++) {
        const struct steno_violation *violation = told(choice, i);
        assert_int_equal(violation->cause, strcmp(violation->keyword.at, "type") == 0);
        assert_int_equal(violation->cause, violation->leaf);
    }
    steno_report_free(definite);
    steno_report_free(choice);
    steno_schema_free(schema);
}

TEST("V2: a text that is not JSON has one violation, at the wrong byte")
{
    struct steno_schema *schema = compile("true");
    struct steno_report *report = explain(schema, "{\"a\": 1,\n \"\u00e9\" 2}");
    assert_code(steno_report_verdict(report), STENO_SYNTAX);
    assert_int_equal(steno_report_count(report), 1);
    const struct steno_violation *violation = told(report, 0);
    assert_same(violation->keyword, "json");
    assert_same(violation->instance, "");
    assert_same(violation->subject, "");
    assert_same(violation->keyword_location, "");
    assert_same(violation->absolute_location, "");
    assert_same(violation->message, "not JSON: expected a ':' after the member's name");
    assert_int_equal(violation->offset, 15);
    assert_int_equal(violation->line, 2);
    assert_int_equal(violation->column, 6);
    assert_true(violation->leaf && violation->cause && violation->parent == STENO_NONE);
    steno_report_free(report);

    static char deep[STENO_DEPTH_MAX + 2];
    memset(deep, '[', sizeof deep - 1);
    report = explain(schema, deep);
    assert_code(steno_report_verdict(report), STENO_LIMIT);
    assert_same(told(report, 0)->keyword, "limit");
    assert_int_equal(told(report, 0)->offset, STENO_DEPTH_MAX);
    steno_report_free(report);
    steno_schema_free(schema);
}

TEST("B3: a member's name with a NUL inside is told whole")
{
    struct steno_schema *schema = compile("{\"additionalProperties\": false}");
    struct steno_report *report = explain_as(schema, "{\"a\\u0000b\": 1}", STENO_OUTPUT_BASIC);
    steno_text subject = told(report, 0)->subject;
    assert_int_equal(subject.len, 4);
    assert_memory_equal(subject.at, "/a\0b", 5);
    const char *json = steno_report_json(report);
    assert_non_null(json);
    assert_null(memchr(json, '\n', strlen(json)));
    assert_int_equal(json[strlen(json) - 1], '}');
    steno_report_free(report);
    steno_schema_free(schema);
}

TEST("B1: a report keeps so many violations and counts the rest")
{
    static char text[2 * 1500 + 2];
    struct steno_schema *schema = compile("{\"items\": {\"type\": \"null\"}}");
    for (size_t i = 0; i < 1500; i++)
        memcpy(text + 2 * i, i == 0 ? "[1" : ",1", 2);
    text[sizeof text - 2] = ']';
    struct steno_report *report = explain(schema, text);
    assert_int_equal(steno_report_count(report), STENO_VIOLATIONS_MAX);
    assert_int_equal(steno_report_dropped(report), 1500 - STENO_VIOLATIONS_MAX);
    assert_null(steno_report_at(report, STENO_VIOLATIONS_MAX));
    assert_same(told(report, STENO_VIOLATIONS_MAX - 1)->instance, "/999");
    assert_int_equal(told(report, STENO_VIOLATIONS_MAX - 1)->offset, 1999);
    steno_report_free(report);

    /* The tree's branches take room, and the violations that are kept stay whole. */
    report = explain_as(schema, text, STENO_OUTPUT_DETAILED);
    size_t count = steno_report_count(report);
    assert_true(count > 0 && count < STENO_VIOLATIONS_MAX);
    assert_true(steno_report_dropped(report) > 0);
    assert_true(told(report, count - 1)->cause);
    assert_null(steno_report_at(report, count));
    steno_report_free(report);
    steno_schema_free(schema);
}

TEST("the report of no verdict is empty, and so is that of a valid text")
{
    struct steno_schema *schema = compile("true");
    struct steno_report *report = explain(schema, "1");
    assert_int_equal(steno_report_count(report), 0);
    assert_int_equal(steno_report_dropped(report), 0);
    assert_null(steno_report_at(report, 0));
    assert_null(steno_report_at(report, STENO_NONE));
    steno_report_free(report);
    steno_schema_free(schema);

    assert_code(steno_report_verdict(NULL), STENO_ARGUMENT);
    assert_int_equal(steno_report_count(NULL), 0);
    assert_int_equal(steno_report_dropped(NULL), 0);
    assert_null(steno_report_at(NULL, 0));
    assert_null(steno_report_json(NULL));
    steno_report_free(NULL);
}

/* Whether the output is one JSON object, of this verdict. */
static void assert_output(const char *json, bool valid)
{
    struct st_json doc;
    st_json_init(&doc);
    assert_non_null(json);
    assert_ok(st_json_parse(&doc, st_str_of(json), NULL, NULL));
    uint32_t member = st_json_member(&doc, 0, ST_STR("valid"));
    assert_true(member != ST_JSON_NONE);
    assert_int_equal(st_json_kind(&doc, member), valid ? ST_JSON_TRUE : ST_JSON_FALSE);
    assert_null(strchr(json, '\n'));
    st_json_done(&doc);
}

static void assert_same_walk(const struct steno_report *a, const struct steno_report *b)
{
    assert_int_equal(steno_report_count(a), steno_report_count(b));
    for (size_t i = 0; i < steno_report_count(a); i++) {
        const struct steno_violation *one = told(a, i);
        const struct steno_violation *other = told(b, i);
        assert_same(one->instance, other->instance.at);
        assert_same(one->keyword_location, other->keyword_location.at);
        assert_same(one->message, other->message.at);
        assert_int_equal(one->offset, other->offset);
        assert_int_equal(one->parent, other->parent);
        assert_int_equal(one->leaf, other->leaf);
        assert_int_equal(one->cause, other->cause);
    }
}

TEST("the output formats are the standard's, one line each; the violations are the same in all")
{
    static const char *const texts[] = {"{\"a\": [1]}", "{\"a\": [\"\"]}", "{", "{\"a\": 1}"};
    static const enum steno_output outputs[] = {STENO_OUTPUT_FLAG, STENO_OUTPUT_BASIC,
                                                STENO_OUTPUT_DETAILED};
    struct steno_schema *schema =
        compile("{\"properties\": {\"a\": {\"$ref\": \"#/$defs/n\", \"title\": \"A\"}}, \"$defs\": "
                "{\"n\": {\"type\": \"array\", \"items\": {\"type\": \"number\"}}}}");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct steno_report *walk = explain(schema, texts[i]);
        for (size_t k = 0; k < sizeof outputs / sizeof *outputs; k++) {
            struct steno_report *report = explain_as(schema, texts[i], outputs[k]);
            assert_output(steno_report_json(report), i == 0);
            assert_ptr_equal(steno_report_json(report), steno_report_json(report));
            assert_same_walk(report, walk);
            steno_report_free(report);
        }
        steno_report_free(walk);
    }
    steno_schema_free(schema);
}

TEST("flag is the verdict, basic a list, detailed a tree")
{
    struct steno_schema *schema =
        compile("{\"$ref\": \"#/$defs/n\", \"$defs\": {\"n\": {\"type\": \"number\"}}}");
    struct steno_report *good = explain_as(schema, "1", STENO_OUTPUT_FLAG);
    struct steno_report *flag = explain_as(schema, "\"\"", STENO_OUTPUT_FLAG);
    struct steno_report *basic = explain_as(schema, "\"\"", STENO_OUTPUT_BASIC);
    struct steno_report *detailed = explain_as(schema, "\"\"", STENO_OUTPUT_DETAILED);
    struct steno_report *broken = explain_as(schema, "{", STENO_OUTPUT_BASIC);
    steno_schema_free(schema); /* no report needs it any more */
    assert_string_equal(steno_report_json(good), "{\"valid\":true}");
    assert_string_equal(steno_report_json(flag), "{\"valid\":false}");
    static const char type[] = "\"keywordLocation\":\"/$ref/type\"";
    static const char list[] = "\"errors\":[";
    assert_non_null(strstr(steno_report_json(basic), type));
    assert_null(strstr(strstr(steno_report_json(basic), list) + 1, list));
    assert_non_null(strstr(steno_report_json(detailed), type));
    assert_non_null(strstr(steno_report_json(broken), "not JSON: expected "));
    steno_report_free(good);
    steno_report_free(flag);
    steno_report_free(basic);
    steno_report_free(detailed);
    steno_report_free(broken);
}

TEST("a borrowed report holds while its validator only validates, an owned one for good")
{
    struct steno_schema *schema = compile("{\"minimum\": 5}");
    struct steno_validator *validator;
    const struct steno_report *borrowed;
    assert_code(steno_validator_new(&validator), STENO_OK);
    assert_code(
        steno_validator_explain(validator, schema, "3", 1, STENO_OUTPUT_DETAILED, &borrowed),
        STENO_INVALID);
    assert_code(steno_validator_validate(validator, schema, "{", 1), STENO_SYNTAX);
    assert_code(steno_validator_validate(validator, schema, "[1, 2, 3]", 9), STENO_OK);
    assert_int_equal(steno_report_count(borrowed), 1);
    assert_same(told(borrowed, 0)->message, "must be >= 5");
    assert_non_null(strstr(steno_report_json(borrowed), "must be >= 5"));
    assert_code(
        steno_validator_explain(validator, schema, "6", 1, STENO_OUTPUT_DETAILED, &borrowed),
        STENO_OK);
    assert_int_equal(steno_report_count(borrowed), 0);
    assert_output(steno_report_json(borrowed), true);
    steno_validator_free(validator);
    steno_schema_free(schema);
}
