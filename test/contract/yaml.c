/*
 * yaml.c: what is written as YAML is the same value to a reader that is not ours: libyaml's parser
 * with the scalars of YAML 1.1 and 1.2, whichever takes more for something else than text.
 */
#include "contract/yaml.h"
#include "contract/export.h"
#include "unit.h"
#include "json/compare.h"
#include "json/number.h"
#include "json/write.h"

#include <ctype.h>
#include <yaml.h>

#define TEXT_BYTES ((size_t)64 << 20)

struct bench {
    struct st_json value;
    struct st_json again;
    struct st_buf yaml;
    struct st_buf json;
};

static void setup(struct bench *b)
{
    *b = (struct bench){.yaml = ST_BUF(TEXT_BYTES), .json = ST_BUF(TEXT_BYTES)};
    st_json_init(&b->value);
    st_json_init(&b->again);
}

static void teardown(struct bench *b)
{
    st_json_done(&b->value);
    st_json_done(&b->again);
    st_buf_done(&b->yaml);
    st_buf_done(&b->json);
}

/* ---- a small reader: YAML to JSON text ---- */

static bool matches(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

/* Whether some reader takes a plain scalar for a number or a date. */
static bool looks_like_number(const char *text)
{
    char *end = NULL;
    strtod(text, &end); /* hexadecimal, inf and nan included */
    if (end != text && *end == '\0')
        return true;
    return isdigit((unsigned char)text[0]) && strpbrk(text, "-:_") != NULL;
}

static void add_plain(struct st_buf *json, const char *text)
{
    static const char *const nulls[] = {"", "~", "null"};
    static const char *const others[] = {"yes", "no", "on", "off", "y", "n", "=", "<<"};
    if (matches(text, nulls, 3))
        assert_ok(st_buf_add_str(json, ST_STR("null")));
    else if (strcasecmp(text, "true") == 0 || strcasecmp(text, "false") == 0)
        assert_ok(
            st_buf_add_str(json, strcasecmp(text, "true") == 0 ? ST_STR("true") : ST_STR("false")));
    else if (looks_like_number(text))
        assert_ok(st_buf_add_str(json, st_str_of(text)));
    else if (matches(text, others, 8) || strcmp(text, ".inf") == 0)
        fail_msg("plain %s is a truth to some readers", text);
    else
        assert_ok(st_json_add_string(json, st_str_of(text)));
}

static void add_node(struct st_buf *json, yaml_document_t *document, int number)
{
    yaml_node_t *node = yaml_document_get_node(document, number);
    assert_non_null(node);
    if (node->type == YAML_SCALAR_NODE && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
        add_plain(json, (const char *)node->data.scalar.value);
    } else if (node->type == YAML_SCALAR_NODE) {
        st_str text = {(const char *)node->data.scalar.value, node->data.scalar.length};
        assert_ok(st_json_add_string(json, text));
    } else if (node->type == YAML_SEQUENCE_NODE) {
        assert_ok(st_buf_add_char(json, '['));
        for (int *at = node->data.sequence.items.start; at < node->data.sequence.items.top; at++) {
            if (at != node->data.sequence.items.start)
                assert_ok(st_buf_add_char(json, ','));
            add_node(json, document, *at);
        }
        assert_ok(st_buf_add_char(json, ']'));
    } else {
        assert_int_equal(node->type, YAML_MAPPING_NODE);
        assert_ok(st_buf_add_char(json, '{'));
        for (yaml_node_pair_t *at = node->data.mapping.pairs.start;
             at < node->data.mapping.pairs.top; at++) {
            if (at != node->data.mapping.pairs.start)
                assert_ok(st_buf_add_char(json, ','));
            add_node(json, document, at->key);
            assert_ok(st_buf_add_char(json, ':'));
            add_node(json, document, at->value);
        }
        assert_ok(st_buf_add_char(json, '}'));
    }
}

static void read_yaml(struct bench *b)
{
    yaml_parser_t parser;
    yaml_document_t document;
    assert_true(yaml_parser_initialize(&parser));
    yaml_parser_set_input_string(&parser, (const unsigned char *)b->yaml.at, b->yaml.len);
    if (!yaml_parser_load(&parser, &document))
        fail_msg("line %zu: %s", parser.problem_mark.line + 1, parser.problem);
    st_buf_reset(&b->json);
    add_node(&b->json, &document, 1);
    yaml_document_delete(&document);
    yaml_parser_delete(&parser);
    assert_ok(st_json_parse(&b->again, st_buf_str(&b->json), NULL, NULL));
}

static void write_and_read(struct bench *b, st_str json)
{
    st_buf_reset(&b->yaml);
    assert_ok(st_json_parse(&b->value, json, NULL, NULL));
    assert_ok(st_yaml_write(&b->value, 0, &b->yaml));
    read_yaml(b);
}

static void holds(struct bench *b, const char *json)
{
    write_and_read(b, st_str_of(json));
    if (!st_json_equal(&b->value, 0, &b->again, 0))
        fail_msg("%s became\n%.*s", json, ST_STR_ARG(st_buf_str(&b->yaml)));
}

/* ---- */

TEST("strings that a reader could take for something else are quoted")
{
    struct bench b;
    setup(&b);
    static const char *const TEXTS[] = {
        "1.0",      "1",   "-1",    "+1",      "1e3",  ".5",   "0x1F",  "0o17",       "1_000",
        "12:30:45", "",    "~",     "null",    "NULL", "true", "False", "yes",        "No",
        "ON",       "off", "y",     "N",       "=",    "<<",   ".inf",  "2026-02-07", ".NaN",
        "-.inf",    "-",   "- a",   "a: b",    "a #b", "#a",   "[a]",   "{a}",        "*a",
        "&a",       "!a",  "%a",    "@a",      "`a",   "|",    ">",     "'",          "\\\"",
        " a",       "a ",  "a\\nb", "a\\n",    "\\n",  "\\t",  "a\\tb", "?",          "? a",
        ":",        "---", "...",   "a\\r\\nb"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        char json[128];
        snprintf(json, sizeof json, "{\"a\":\"%s\",\"%s\":[\"%s\"]}", TEXTS[i], TEXTS[i], TEXTS[i]);
        holds(&b, json);
    }
    teardown(&b);
}

TEST("a version stands in single quotes")
{
    struct bench b;
    setup(&b);
    write_and_read(&b, ST_STR("{\"event_version\":\"1.0\",\"x\":1.0,\"of\":[{\"a\":true},[]]}"));
    assert_text(st_buf_str(&b.yaml), "event_version: '1.0'\nx: 1.0\nof:\n- a: true\n- []\n");
    teardown(&b);
}

TEST("numbers keep their value")
{
    struct bench b;
    setup(&b);
    static const char *const NUMBERS[] = {
        "0", "-0", "1e3", "1E-7", "-2.5e+10", "1.0", "-1.5", "4194304", "12345678901234567890"};
    for (size_t i = 0; i < sizeof NUMBERS / sizeof *NUMBERS; i++) {
        char json[64];
        snprintf(json, sizeof json, "[%s,{\"n\":%s}]", NUMBERS[i], NUMBERS[i]);
        holds(&b, json);
    }
    write_and_read(&b, ST_STR("1e3"));
    assert_text(st_buf_str(&b.yaml), "1.0e+3\n");
    teardown(&b);
}

TEST("any character goes through")
{
    struct bench b;
    setup(&b);
    holds(
        &b,
        "[\"\\u0000\",\"\\u0001\\u001f\\u007f\",\"\\u0085\\u2028\\u2029\",\"\\ufeff\",\"\\ufffe\","
        "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\",\"\\u00a0\"]");
    holds(&b, "{\"\":{\"\":[]},\"a\":{},\"b\":[[],{}],\"c\":null}");
    teardown(&b);
}

TEST("the shipped contracts' models are the same in YAML")
{
    struct bench b;
    struct st_schema_fault fault = {0};
    struct st_registry *registry;
    struct st_buf models = ST_BUF(TEXT_BYTES);
    setup(&b);
    assert_ok(st_registry_new(&registry, &fault));
    assert_ok(st_export_registry(registry, &models));
    write_and_read(&b, st_buf_str(&models));
    assert_int_equal(b.value.nodes[0].len, st_registry_count(registry));
    assert_true(st_json_equal(&b.value, 0, &b.again, 0));
    st_buf_done(&models);
    st_registry_free(registry);
    teardown(&b);
}

TEST("a buffer that is too small holds what it did")
{
    struct bench b;
    struct st_buf small = ST_BUF(4096);
    struct st_buf json = ST_BUF(TEXT_BYTES);
    setup(&b);
    assert_ok(st_buf_add_char(&json, '['));
    for (int i = 0; i < 100000; i++)
        assert_ok(st_buf_add_str(&json, ST_STR("\"abc\",")));
    assert_ok(st_buf_add_str(&json, ST_STR("0]")));
    assert_ok(st_json_parse(&b.value, st_buf_str(&json), NULL, NULL));
    assert_ok(st_buf_add_str(&small, ST_STR("before")));
    assert_err(st_yaml_write(&b.value, 0, &small), LIMIT);
    assert_text(st_buf_str(&small), "before");
    st_buf_done(&small);
    st_buf_done(&json);
    teardown(&b);
}
