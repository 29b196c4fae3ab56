/*
 * diff.c: a diff of schemas names every rule, shows what breaks, proves what does not, and says
 * undecided where neither is had.
 */
#include "schema/diff.h"
#include "unit.h"

#include "base/file.h"
#include <stdlib.h>

struct pair {
    struct st_schema *old, *new;
    struct st_arena arena;
    struct st_diff diff;
};

static struct st_schema *load(st_str text)
{
    static const struct st_schema_options options = {.assert_formats = true};
    struct st_schema_fault fault = {0};
    struct st_schema *schema = NULL;
    if (st_schema_load(&schema, text, &options, &fault) != ST_OK)
        fail_msg("%.*s: %s: %s", ST_STR_ARG(text), fault.pointer, fault.message);
    return schema;
}

static void open_pair(struct pair *pair, st_str old, st_str new)
{
    pair->old = load(old);
    pair->new = load(new);
    st_arena_init(&pair->arena, (size_t)64 << 20);
    assert_ok(st_schema_diff(&pair->diff, &pair->arena, pair->old, pair->new, NULL));
}

static void close_pair(struct pair *pair)
{
    st_schema_free(pair->old);
    st_schema_free(pair->new);
    st_arena_done(&pair->arena);
}

static bool accepts(const struct st_schema *schema, st_str text)
{
    struct st_checker *checker = NULL;
    struct st_json doc;
    bool valid = false;
    st_json_init(&doc);
    assert_ok(st_checker_new(&checker));
    assert_ok(st_json_parse(&doc, text, NULL, NULL));
    assert_ok(st_schema_check(schema, checker, &doc, 0, &valid, NULL));
    st_checker_free(checker);
    st_json_done(&doc);
    return valid;
}

/* An example does what it says; what is undecided says why; what breaks nothing has neither. */
static void hold_finding(const struct pair *pair, const struct st_diff_finding *finding)
{
    bool backward = finding->direction == ST_DIFF_DIRECTION_BACKWARD;
    if (finding->direction == ST_DIFF_DIRECTION_NONE) {
        assert_false(finding->undecided);
        assert_int_equal(finding->example.len, 0);
    } else if (finding->undecided) {
        assert_int_equal(finding->example.len, 0);
        assert_true(finding->reason.len > 0);
    } else {
        assert_int_equal(accepts(pair->old, finding->example), backward);
        assert_int_equal(accepts(pair->new, finding->example), !backward);
    }
}

static const struct st_diff_finding *find(const struct pair *pair, st_str rule)
{
    for (uint32_t i = 0; i < pair->diff.count; i++)
        if (st_str_eq(rule, st_str_of(st_diff_rule_name(pair->diff.findings[i].rule))))
            return &pair->diff.findings[i];
    fail_msg("%.*s: not found between %.*s and %.*s", ST_STR_ARG(rule),
             ST_STR_ARG(st_schema_doc(pair->old)->text),
             ST_STR_ARG(st_schema_doc(pair->new)->text));
    abort();
}

/* ---- the table ---- */

static struct st_buf table = {.max = 1 << 20};

static bool seen[ST_DIFF_RULE_COUNT];

static void hold_row(st_str rule, st_str old, st_str new)
{
    struct pair pair;
    open_pair(&pair, old, new);
    const struct st_diff_finding *found = find(&pair, rule);
    seen[found->rule] = true;
    for (uint32_t i = 0; i < pair.diff.count; i++)
        hold_finding(&pair, &pair.diff.findings[i]);
    if (found->undecided && found->rule != ST_DIFF_REFERENCE_CHANGED)
        fail_msg("%.*s: undecided: %.*s", ST_STR_ARG(rule), ST_STR_ARG(found->reason));
    close_pair(&pair);
}

TEST("every rule is found between the schemas that show it, with an example where it breaks")
{
    assert_ok(st_file_read(DIFF_RULES, &table, NULL));
    st_str rest = st_buf_str(&table);
    st_str line = {0};
    while (st_str_cut(rest, '\n', &line, &rest)) {
        st_str rule = {0};
        st_str old = {0};
        st_str new = {0};
        if (st_str_starts(line, ST_STR("#")) || !st_str_cut(line, '\t', &rule, &line))
            continue;
        assert_true(st_str_cut(line, '\t', &old, &new));
        hold_row(rule, old, new);
    }
    for (int rule = 0; rule < ST_DIFF_RULE_COUNT; rule++)
        if (!seen[rule] && rule != ST_DIFF_SCHEMA_CHANGED && rule < ST_DIFF_CONTRACT_NAME_CHANGED)
            fail_msg("no pair shows %s", st_diff_rule_name((enum st_diff_rule)rule));
    st_buf_done(&table);
}

TEST("the manual has every rule as the list has it")
{
    static const char *const words[] = {"never", "default", "strict", "both"};
    struct st_buf page = ST_BUF(1 << 20);
    char line[400];
    assert_ok(st_file_read(DIFF_MANUAL, &page, NULL));
    for (int i = 0; i < ST_DIFF_RULE_COUNT; i++) {
        enum st_diff_rule rule = (enum st_diff_rule)i;
        snprintf(line, sizeof line, "\n| `%s` | %s | %s | %s | %s |\n", st_diff_rule_name(rule),
                 words[st_diff_rule_verdict(rule, ST_DIFF_DIRECTION_BACKWARD)],
                 words[st_diff_rule_verdict(rule, ST_DIFF_DIRECTION_FORWARD)],
                 st_diff_bump_name(st_diff_rule_bump(rule)), st_diff_rule_text(rule));
        if (memmem(page.at, page.len, line, strlen(line)) == NULL)
            fail_msg("docs/compatibility.md lacks%s", line);
    }
    st_buf_done(&page);
}

TEST("a rule's mirror has it as mirror, and of two that differ one at least is never to break")
{
    for (int i = 0; i < ST_DIFF_RULE_COUNT; i++) {
        enum st_diff_rule rule = (enum st_diff_rule)i;
        enum st_diff_rule mirror = st_diff_rule_mirror(rule);
        assert_int_equal(st_diff_rule_mirror(mirror), rule);
        assert_int_equal(st_diff_rule_verdict(rule, ST_DIFF_DIRECTION_FORWARD),
                         st_diff_rule_verdict(mirror, ST_DIFF_DIRECTION_BACKWARD));
    }
}

/* ---- what is proved ---- */

static void proves(const char *old, const char *new)
{
    struct pair pair;
    open_pair(&pair, st_str_of(old), st_str_of(new));
    if (!pair.diff.backward.proved)
        fail_msg("%s -> %s is not proved", old, new);
    for (uint32_t i = 0; i < pair.diff.count; i++)
        assert_int_not_equal(pair.diff.findings[i].direction, ST_DIFF_DIRECTION_BACKWARD);
    close_pair(&pair);
}

static void same(const char *a, const char *b)
{
    proves(a, b);
    proves(b, a);
}

TEST("schemas that say the same in other words are proved the same")
{
    same("{\"type\":[\"string\",\"integer\"]}",
         "{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}");
    same("{\"type\":\"integer\",\"exclusiveMinimum\":0}", "{\"type\":\"integer\",\"minimum\":1}");
    same("{\"type\":\"boolean\"}", "{\"enum\":[true,false]}");
    same("{\"properties\":{\"a\":{\"type\":\"string\"}}}",
         "{\"allOf\":[{\"$ref\":\"#/$defs/x\"}],\"$defs\":{\"x\":{\"properties\":{\"a\":{\"$ref\":"
         "\"#/$defs/y\"}}},\"y\":{\"type\":\"string\"}}}");
    same("{\"type\":\"string\"}", "{\"not\":{\"not\":{\"type\":\"string\"}}}");
    same("{\"const\":1}", "{\"enum\":[1.0]}");
    same("{\"if\":{\"required\":[\"a\"]},\"then\":{\"required\":[\"b\"]},\"type\":\"object\"}",
         "{\"dependentRequired\":{\"a\":[\"b\"]},\"type\":\"object\"}");
    same("{\"properties\":{\"a\":true},\"additionalProperties\":false}",
         "{\"properties\":{\"a\":true},\"unevaluatedProperties\":false}");
    same("{\"items\":false}", "{\"type\":[\"null\",\"boolean\",\"object\",\"number\",\"string\","
                              "\"array\"],\"maxItems\":0}");
}

TEST("what a discriminator chooses is followed through conditionals and oneOf")
{
    proves("{\"oneOf\":[{\"properties\":{\"k\":{\"const\":\"a\"},\"x\":{\"type\":\"integer\"}},"
           "\"required\":[\"k\",\"x\"],\"type\":\"object\"},{\"properties\":{\"k\":{\"const\":"
           "\"b\"}},\"required\":[\"k\"],\"type\":\"object\"}]}",
           "{\"type\":\"object\",\"required\":[\"k\"],\"properties\":{\"k\":{\"enum\":[\"a\","
           "\"b\"]}},\"if\":{\"properties\":{\"k\":{\"const\":\"a\"}}},\"then\":{\"required\":["
           "\"x\"],\"properties\":{\"x\":{\"type\":\"number\"}}}}");
}

TEST("schemas that refer to themselves are compared to the end")
{
    proves("{\"$ref\":\"#/$defs/t\",\"$defs\":{\"t\":{\"type\":\"object\",\"properties\":{\"v\":{"
           "\"type\":\"integer\"},\"c\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/"
           "t\"}}}}}}",
           "{\"$ref\":\"#/$defs/u\",\"$defs\":{\"u\":{\"properties\":{\"v\":{\"type\":\"number\"},"
           "\"c\":{\"items\":{\"$ref\":\"#/$defs/w\"}}}},\"w\":{\"properties\":{\"v\":{\"type\":"
           "\"number\"},\"c\":{\"items\":{\"$ref\":\"#/$defs/u\"}}}}}}");
}

/* ---- what breaks, and what is said of it ---- */

TEST("a branch more in a oneOf breaks what two branches now accept")
{
    struct pair pair;
    open_pair(&pair, ST_STR("{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}"),
              ST_STR("{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\"},{\"type\":"
                     "\"number\"}]}"));
    const struct st_diff_finding *found = find(&pair, ST_STR("SUM_TYPE_EXTENDED"));
    assert_int_equal(found->direction, ST_DIFF_DIRECTION_BACKWARD);
    assert_true(st_diff_forbids(ST_DIFF_POLICY_LENIENT, found));
    hold_finding(&pair, found);
    close_pair(&pair);
}

TEST("required to optional breaks forward only and asks for a major version")
{
    struct pair pair;
    open_pair(&pair, ST_STR("{\"type\":\"object\",\"required\":[\"a\"]}"),
              ST_STR("{\"type\":\"object\"}"));
    assert_true(pair.diff.backward.proved);
    assert_int_equal(pair.diff.count, 1);
    assert_int_equal(pair.diff.findings[0].rule, ST_DIFF_REQUIRED_ATTRIBUTE_REMOVED);
    assert_int_equal(pair.diff.findings[0].direction, ST_DIFF_DIRECTION_FORWARD);
    assert_int_equal(pair.diff.findings[0].bump, ST_DIFF_BUMP_MAJOR);
    close_pair(&pair);
}

TEST("policies differ where the table says so")
{
    static const struct {
        const char *old, *new, *rule;
        bool strict, lenient;
    } rows[] = {
        {"{\"properties\":{\"b\":true}}",
         "{\"properties\":{\"b\":true,\"a\":{\"type\":"
         "\"string\"}}}",
         "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", true, false},
        {"{\"properties\":{\"a\":true},\"additionalProperties\":false}",
         "{\"additionalProperties\":false}", "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", true,
         false},
        {"{\"properties\":{\"a\":{\"default\":1}}}",
         "{\"properties\":{\"a\":{\"default\":1}},\"required\":[\"a\"]}",
         "REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED", false, false},
        {"{\"type\":[\"string\",\"null\"]}", "{\"type\":\"string\"}", "TYPE_NARROWED", true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pair pair;
        open_pair(&pair, st_str_of(rows[i].old), st_str_of(rows[i].new));
        const struct st_diff_finding *found = find(&pair, st_str_of(rows[i].rule));
        hold_finding(&pair, found);
        assert_int_equal(found->direction, ST_DIFF_DIRECTION_BACKWARD);
        assert_int_equal(st_diff_forbids(ST_DIFF_POLICY_STRICT, found), rows[i].strict);
        assert_int_equal(st_diff_forbids(ST_DIFF_POLICY_LENIENT, found), rows[i].lenient);
        close_pair(&pair);
    }
}

TEST("a pattern that another one may or may not cover is undecided, never compatible")
{
    struct pair pair;
    open_pair(&pair, ST_STR("{\"type\":\"string\",\"pattern\":\"^[a-z]+$\"}"),
              ST_STR("{\"type\":\"string\",\"pattern\":\"^[a-z][a-z]*$\"}"));
    assert_int_equal(pair.diff.count, 2);
    for (uint32_t i = 0; i < pair.diff.count; i++) {
        assert_int_equal(pair.diff.findings[i].rule, ST_DIFF_PATTERN_CHANGED);
        assert_text(pair.diff.findings[i].new_at, "/pattern");
        assert_true(pair.diff.findings[i].undecided);
        assert_true(st_diff_forbids(ST_DIFF_POLICY_LENIENT, &pair.diff.findings[i]));
    }
    assert_false(pair.diff.backward.proved || pair.diff.forward.proved);
    close_pair(&pair);
}

TEST("a change behind a $ref is told once, with its places and the way there")
{
    struct pair pair;
    open_pair(&pair,
              ST_STR("{\"properties\":{\"a\":{\"$ref\":\"#/$defs/x\"},\"b\":{\"$ref\":\"#/$defs/"
                     "x\"},\"c\":{\"items\":{\"$ref\":\"#/$defs/x\"}}},\"$defs\":{\"x\":{\"type\":"
                     "\"string\"}}}"),
              ST_STR("{\"properties\":{\"a\":{\"$ref\":\"#/$defs/x\"},\"b\":{\"$ref\":\"#/$defs/"
                     "x\"},\"c\":{\"items\":{\"$ref\":\"#/$defs/x\"}}},\"$defs\":{\"x\":{\"type\":"
                     "\"string\",\"maxLength\":3}}}"));
    assert_int_equal(pair.diff.backward.breaks, 1);
    assert_text(pair.diff.findings[0].new_at, "/$defs/x/maxLength");
    assert_text(pair.diff.findings[0].walked, "/properties/a/$ref/maxLength");
    hold_finding(&pair, &pair.diff.findings[0]);
    close_pair(&pair);
}

/* ---- bounds ---- */

static void add_choices(struct st_buf *text, unsigned depth, const char *leaf)
{
    assert_ok(st_buf_add_str(text, ST_STR("{\"oneOf\":[")));
    for (unsigned i = 0; i < 3; i++) {
        if (i > 0)
            assert_ok(st_buf_add_char(text, ','));
        if (depth > 0)
            add_choices(text, depth - 1, leaf);
        else
            assert_ok(
                st_buf_printf(text, "{\"multipleOf\":%u,\"pattern\":\"%s%u\"}", i + 2, leaf, i));
    }
    assert_ok(st_buf_add_str(text, ST_STR("]}")));
}

TEST("B3: choices in choices end with an answer, and it is not that nothing breaks")
{
    struct st_buf old = ST_BUF(1 << 20);
    struct st_buf new = ST_BUF(1 << 20);
    struct pair pair;
    add_choices(&old, 5, "a");
    add_choices(&new, 5, "b");
    open_pair(&pair, st_buf_str(&old), st_buf_str(&new));
    assert_false(pair.diff.backward.proved);
    assert_true(pair.diff.count > 0);
    for (uint32_t i = 0; i < pair.diff.count; i++)
        hold_finding(&pair, &pair.diff.findings[i]);
    close_pair(&pair);
    st_buf_done(&old);
    st_buf_done(&new);
}
