/*
 * Hostile schemas and instances, memory that runs out, threads that share a schema.
 */
#include "unit.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "schema/checking.h"

#include <pthread.h>

static void assert_limit(const struct checking *c)
{
    bool found = false;
    for (uint32_t i = 0; i < c->report.count; i++)
        found = found || st_str_eq(c->report.violations[i].keyword, ST_STR("limit"));
    assert_false(c->valid);
    assert_true(found);
}

TEST("B3: a circle that only a condition or a dynamic reference closes ends at the depth limit")
{
    static const char *const schemas[] = {
        "{\"if\": true, \"then\": {\"$ref\": \"#\"}}",
        "{\"if\": false, \"else\": {\"$ref\": \"#\"}}",
        "{\"$dynamicAnchor\": \"a\", \"$dynamicRef\": \"#a\"}",
        "{\"dependentSchemas\": {\"a\": {\"$ref\": \"#\"}}}",
        "{\"not\": {\"$dynamicRef\": \"#a\"}, \"$dynamicAnchor\": \"a\"}",
        "{\"anyOf\": [{\"$dynamicRef\": \"#a\"}, true], \"$dynamicAnchor\": \"a\"}",
    };
    for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++) {
        struct checking c;
        load_schema(&c, schemas[i]);
        assert_false(check_instance(&c, "{\"a\": 1}"));
        assert_limit(&c);
        done(&c);
    }
}

TEST("a dynamic reference of v1 with nothing in scope is no limit, and is not turned round by not")
{
    static const char *const schemas[] = {
        "{\"$dynamicRef\": \"x\"}",
        "{\"not\": {\"$dynamicRef\": \"x\"}}",
        "{\"anyOf\": [{\"$dynamicRef\": \"x\"}, true]}",
    };
    for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++) {
        struct checking c;
        load_with(&c, schemas[i], &(struct st_schema_options){.draft = ST_DRAFT_V1});
        assert_false(check_instance(&c, "1"));
        const struct st_violation *last = &c.report.violations[c.report.count - 1];
        assert_text(last->keyword, "$dynamicRef");
        assert_text(last->message, "must be checked where the $dynamicRef leads somewhere");
        done(&c);
    }
}

TEST("B3: references nest deeper than the instance, up to the depth limit")
{
    struct st_buf schema = ST_BUF(1 << 20);
    assert_ok(st_buf_printf(&schema, "{\"$ref\": \"#/$defs/0\", \"$defs\": {"));
    uint32_t last = ST_SCHEMA_DEPTH_MAX - 2;
    for (uint32_t i = 0; i < last; i++)
        assert_ok(st_buf_printf(&schema, "\"%u\": {\"$ref\": \"#/$defs/%u\"},", i, i + 1));
    assert_ok(st_buf_printf(&schema, "\"%u\": {\"type\": \"null\"}}}", last));
    struct checking c;
    load_schema(&c, st_buf_cstr(&schema));
    assert_true(check_instance(&c, "null"));
    assert_false(check_instance(&c, "1"));
    done(&c);
    st_buf_done(&schema);
}

TEST("B3: an exponential schema ends at the step limit, and says so")
{
    struct st_buf schema = ST_BUF(1 << 20);
    assert_ok(st_buf_printf(&schema, "{\"$ref\": \"#/$defs/0\", \"$defs\": {"));
    for (int i = 0; i < 60; i++)
        assert_ok(st_buf_printf(&schema,
                                "\"%d\": {\"oneOf\": [{\"$ref\": \"#/$defs/%d\"}, {\"$ref\": "
                                "\"#/$defs/%d\"}]},",
                                i, i + 1, i + 1));
    assert_ok(st_buf_printf(&schema, "\"60\": {\"type\": \"null\"}}}"));
    struct checking c;
    load_schema(&c, st_buf_cstr(&schema));
    assert_false(check_instance(&c, "1"));
    assert_limit(&c);
    done(&c);
    st_buf_done(&schema);
}

TEST("B3: a limit is named even when the report is full")
{
    struct checking c;
    load_schema(&c, "{\"required\": [\"x\", \"y\", \"z\"], \"if\": true, \"then\": {\"$ref\": "
                    "\"#/$defs/a\"}, \"$defs\": {\"a\": {\"if\": true, \"then\": {\"$ref\": "
                    "\"#/$defs/a\"}}}}");
    assert_ok(st_json_parse(&c.doc, ST_STR("{}"), NULL, NULL));
    st_report_init(&c.report, &c.arena, 2);
    assert_ok(st_schema_check(c.schema, c.checker, &c.doc, 0, &c.valid, &c.report));
    assert_limit(&c);
    assert_int_equal(c.report.count, 2);
    done(&c);
}

TEST("B3: the allowance grows with the instance")
{
    struct checking c;
    struct st_buf instance = ST_BUF((size_t)16 << 20);
    assert_ok(st_buf_printf(&instance, "["));
    for (int i = 0; i < 200000; i++)
        assert_ok(
            st_buf_printf(&instance, "%s{\"a\": %d, \"b\": [%d, \"x\"]}", i == 0 ? "" : ",", i, i));
    assert_ok(st_buf_printf(&instance, "]"));
    load_schema(&c, "{\"uniqueItems\": true, \"items\": {\"required\": [\"a\", \"b\"], "
                    "\"unevaluatedProperties\": false, \"anyOf\": [{\"properties\": {\"a\": "
                    "true, \"b\": {\"contains\": {\"type\": \"integer\"}}}}]}}");
    assert_true(check_instance(&c, st_buf_cstr(&instance)));
    done(&c);
    st_buf_done(&instance);
}

/* Appends `count` pieces, with a comma between them; '%' is the piece's number, '^' the next. */
static void add_pieces(struct st_buf *text, uint32_t count, const char *piece)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            assert_ok(st_buf_add_char(text, ','));
        for (const char *at = piece; *at != '\0'; at++) {
            if (*at == '%' || *at == '^')
                assert_ok(st_buf_add_u64(text, *at == '%' ? i : i + 1));
            else
                assert_ok(st_buf_add_char(text, *at));
        }
    }
}

/* A schema or an instance of many pieces: each is what stands before them, how many of what, and
 * what stands behind. */
struct many {
    const char *before;
    uint32_t count;
    const char *piece;
    const char *behind;
};

static void add_many(struct st_buf *text, struct many many)
{
    assert_ok(st_buf_printf(text, "%s", many.before));
    add_pieces(text, many.count, many.piece);
    assert_ok(st_buf_printf(text, "%s", many.behind));
}

static bool check_many_with(struct checking *c, struct many schema, struct many instance,
                            bool (*check)(struct checking *, const char *))
{
    struct st_buf texts[2] = {ST_BUF((size_t)64 << 20), ST_BUF((size_t)64 << 20)};
    add_many(&texts[0], schema);
    add_many(&texts[1], instance);
    load_schema(c, st_buf_cstr(&texts[0]));
    bool valid = check(c, st_buf_cstr(&texts[1]));
    st_buf_done(&texts[0]);
    st_buf_done(&texts[1]);
    return valid;
}

/* Whether the second satisfies the first. */
static bool check_many(struct checking *c, struct many schema, struct many instance)
{
    return check_many_with(c, schema, instance, check_instance);
}

static bool check_many_plainly(struct checking *c, struct many schema, struct many instance)
{
    return check_many_with(c, schema, instance, check_plainly);
}

TEST("B3: an enum of very many values is looked up, not tried value by value")
{
    struct checking c;
    struct many schema = {"{\"items\": {\"enum\": [", 100000, "%", "]}}"};
    assert_true(check_many(&c, schema, (struct many){"[", 20000, "99999.0", "]"}));
    done(&c);
    assert_false(check_many(&c, schema, (struct many){"[", 20000, "-1%", "]"}));
    assert_text(c.report.violations[0].keyword, "enum");
    done(&c);
}

TEST("B3: references to definitions by the hundred thousand are followed by an index")
{
    struct checking c;
    struct many schema = {"{\"$ref\": \"#/$defs/n0\", \"$defs\": {", 100000,
                          "\"n%\": {\"items\": {\"$ref\": \"#/$defs/n^\"}}",
                          ", \"n100000\": {\"type\": \"null\"}}}"};
    assert_true(check_many(&c, schema, (struct many){"[", 2, "[[%]]", "]"}));
    done(&c);
    schema = (struct many){"{\"x\": [", 50000, "{\"maxLength\": %}",
                           "], \"$ref\": \"#/x/49999\", \"allOf\": [{\"$ref\": \"#/x/0\"}]}"};
    assert_true(check_many(&c, schema, (struct many){"\"", 0, "", "\""}));
    done(&c);
    assert_false(check_many(&c, schema, (struct many){"\"a", 0, "", "\""}));
    done(&c);
}

/* A number of so many digits. */
static void add_digits(struct st_buf *text, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        assert_ok(st_buf_add_char(text, '7'));
}

TEST("B3: honest work on many values stays below the step limit")
{
    static const struct {
        struct many schema;
        struct many instance;
    } cases[] = {
        {{"{\"items\": {\"oneOf\": [", 300, "{\"const\": %}", "]}}"}, {"[", 30000, "299", "]"}},
        {{"{\"required\": [", 50000, "\"k%\"", "]}"}, {"{", 50000, "\"k%\": 1", "}"}},
        {{"{\"dependentRequired\": {", 50000, "\"k%\": [\"k0\"]", "}}"},
         {"{", 50000, "\"k%\": 1", "}"}},
        {{"{\"dependentSchemas\": {", 20000, "\"k%\": {\"required\": [\"k^\"]}", "}}"},
         {"{", 20001, "\"k%\": 1", "}"}},
        {{"{\"anyOf\": [", 20000, "{\"required\": [\"x%\"]}", ", true]}"},
         {"{", 20000, "\"k%\": 1", "}"}},
        {{"{\"patternProperties\": {", 1000, "\"^x%_\": true", "}}"},
         {"{", 3000, "\"x%_name\": 1", "}"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct checking c;
        if (!check_many(&c, cases[i].schema, cases[i].instance))
            fail_msg("the pair at %zu is refused", i);
        done(&c);
    }
}

TEST("members of big objects are found by name, whichever of several objects was asked before")
{
    struct checking c;
    struct st_buf schema = ST_BUF(1 << 20);
    struct st_buf instance = ST_BUF(1 << 20);
    /* names that are there, one that is not, and a repeated one */
    add_many(&schema, (struct many){"{\"$ref\": \"#/$defs/o\", \"$defs\": {\"o\": {\"required\": [",
                                    100, "\"k%\"",
                                    "], \"properties\": {\"k50\": {\"$ref\": \"#/$defs/o\"}},"
                                    " \"dependentRequired\": {\"k99\": [\"k0\", \"absent\"]}}}}"});
    add_many(&instance, (struct many){"{\"k50\": 0,", 50, "\"k%\": 1", ", \"k50\": "});
    add_many(&instance, (struct many){"{", 50, "\"k%\": 1", ","});
    for (int i = 50; i < 100; i++)
        assert_ok(st_buf_printf(&instance, "\"k%d\": 1,", i));
    assert_ok(st_buf_printf(&instance, "\"absent\": 1}"));
    for (int i = 51; i < 100; i++)
        assert_ok(st_buf_printf(&instance, ", \"k%d\": 1", i));
    assert_ok(st_buf_printf(&instance, "}"));
    load_schema(&c, st_buf_cstr(&schema));
    assert_false(check_instance(&c, st_buf_cstr(&instance)));
    assert_int_equal(c.report.count, 2);
    assert_text(c.report.violations[0].keyword, "$ref");
    assert_text(c.report.violations[1].subject, "/absent");
    assert_text(c.report.violations[1].keyword, "dependentRequired");
    done(&c);
    st_buf_done(&schema);
    st_buf_done(&instance);
}

/* Minutes, where what is written is free. */
TEST("B3: explaining under a name of a megabyte is paid for by the byte")
{
    struct checking c;
    struct st_buf schema = ST_BUF(1 << 20);
    struct st_buf instance = ST_BUF((size_t)4 << 20);
    assert_ok(st_buf_printf(&schema, "{\"unevaluatedProperties\": false, \"$ref\": \"#/$defs/0\", "
                                     "\"$defs\": {"));
    for (int i = 0; i < 60; i++)
        assert_ok(st_buf_printf(&schema,
                                "\"%d\": {\"anyOf\": [{\"$ref\": \"#/$defs/%d\"}, {\"$ref\": "
                                "\"#/$defs/%d\"}]},",
                                i, i + 1, i + 1));
    assert_ok(st_buf_printf(&schema, "\"60\": {\"additionalProperties\": {\"type\": \"null\"}}}}"));
    assert_ok(st_buf_printf(&instance, "{\""));
    add_digits(&instance, 1000000);
    assert_ok(st_buf_printf(&instance, "\": 1}"));
    load_schema(&c, st_buf_cstr(&schema));
    assert_false(check_instance(&c, st_buf_cstr(&instance)));
    assert_limit(&c);
    done(&c);
    st_buf_done(&schema);
    st_buf_done(&instance);
}

TEST("B3: what costs more than its steps shows meets the step limit")
{
    static const struct {
        struct many schema;
        struct many instance;
    } cases[] = {
        /* branches that each walk a wide object */
        {{"{\"not\": {\"allOf\": [", 6000, "{\"properties\": {\"k%\": true}}", "]}}"},
         {"{", 2000, "\"k%\": 1", "}"}},
        /* the same, with marks */
        {{"{\"unevaluatedProperties\": false, \"anyOf\": [", 6000,
          "{\"properties\": {\"k%\": true}}", "]}"},
         {"{", 2000, "\"k%\": 1", "}"}},
        /* many patterns for many names; the looks keep automata away */
        {{"{\"patternProperties\": {", 1000, "\"(k|k|%)*y(?!x)$\": true", "}}"},
         {"{", 200, "\"kkkkkkkk%\": 1", "}"}},
        /* a pattern that is searched in vain, again and again */
        {{"{\"not\": {\"items\": {\"not\": {\"pattern\": \"(a|a)*b(?!x)\"}}", 0, "", "}}"},
         {"[", 2000, "\"aaaaaaaaaaaaaaaa%\"", "]"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct checking c;
        if (check_many_plainly(&c, cases[i].schema, cases[i].instance))
            fail_msg("the pair at %zu is accepted", i);
        assert_limit(&c);
        done(&c);
    }
}

/* A schema that applies `part`, with `name` for its ^, three thousand times. */
static void add_long(struct st_buf *text, const char *part, const struct st_buf *name)
{
    for (; *part != '\0'; part++) {
        if (*part == '^')
            assert_ok(st_buf_add_str(text, st_buf_str(name)));
        else
            assert_ok(st_buf_add_char(text, *part));
    }
}

/* Minutes, where long texts cost no more than short ones. */
TEST("B3: names and texts of megabytes cost steps by their bytes")
{
    static const struct {
        const char *part;
        const char *instance;
    } cases[] = {
        {"{\"required\": [\"^\"]}", "{\"^\": 1}"},
        {"{\"required\": [\"^\"]}", "{\"^\": 1, \"a0\": 1, \"a1\": 1, \"a2\": 1, \"a3\": 1, "
                                    "\"a4\": 1, \"a5\": 1, \"a6\": 1, \"a7\": 1, \"a8\": 1, "
                                    "\"a9\": 1, \"b0\": 1, \"b1\": 1, \"b2\": 1, \"b3\": 1, "
                                    "\"b4\": 1, \"b5\": 1, \"b6\": 1, \"b7\": 1, \"b8\": 1, "
                                    "\"b9\": 1, \"c0\": 1, \"c1\": 1, \"c2\": 1, \"c3\": 1, "
                                    "\"c4\": 1, \"c5\": 1, \"c6\": 1, \"c7\": 1, \"c8\": 1}"},
        {"{\"properties\": {\"^\": true}}", "{\"^\": 1}"},
        {"{\"uniqueItems\": true}", "[\"^\", \"^1\"]"},
    };
    struct st_buf name = ST_BUF((size_t)4 << 20);
    add_digits(&name, 2000000);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct checking c;
        struct st_buf schema = ST_BUF((size_t)8 << 20);
        struct st_buf instance = ST_BUF((size_t)8 << 20);
        add_long(&schema, "{\"$defs\": {\"r\": ", &name);
        add_long(&schema, cases[i].part, &name);
        add_many(&schema,
                 (struct many){"}, \"allOf\": [", 3000, "{\"$ref\": \"#/$defs/r\"}", "]}"});
        add_long(&instance, cases[i].instance, &name);
        load_schema(&c, st_buf_cstr(&schema));
        if (check_plainly(&c, st_buf_cstr(&instance)))
            fail_msg("the pair at %zu is accepted", i);
        assert_limit(&c);
        done(&c);
        st_buf_done(&schema);
        st_buf_done(&instance);
    }
    st_buf_done(&name);
}

TEST("B3: what is collected past the limits costs steps, too, and the verdict stands")
{
    static const struct {
        struct many schema;
        struct many instance;
    } cases[] = {
        /* marks of a long array that are cleared and counted */
        {{"{\"allOf\": [", 12000, "{\"prefixItems\": [true]}", "]}"}, {"[", 100000, "1", "]"}},
        /* keywords that assert nothing, again and again */
        {{"{\"$defs\": {\"r\": {", 20000, "\"x%\": 1", "}}, \"items\": {\"$ref\": \"#/$defs/r\"}}"},
         {"[", 1000, "1", "]"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct checking c;
        struct st_buf schema = ST_BUF((size_t)8 << 20);
        struct st_buf instance = ST_BUF((size_t)8 << 20);
        add_many(&schema, cases[i].schema);
        add_many(&instance, cases[i].instance);
        load_schema(&c, st_buf_cstr(&schema));
        st_report_ask(&c.report, ST_OUTPUT_BASIC);
        assert_true(check_instance(&c, st_buf_cstr(&instance)));
        assert_int_equal(c.report.annotation_count, 0);
        assert_true(c.report.annotations_dropped > ST_REPORT_ANNOTATIONS_MAX);
        done(&c);
        st_buf_done(&schema);
        st_buf_done(&instance);
    }
}

TEST("B3: a pointer that has no room in an explanation is a limit, not the end of memory")
{
    struct checking c;
    struct st_buf instance = ST_BUF((size_t)128 << 20);
    load_schema(&c,
                "{\"additionalProperties\": {\"anyOf\": [{\"type\": \"null\"}, {\"$ref\": \"#\"}]},"
                " \"type\": \"object\"}");
    assert_ok(st_buf_add_str(&instance, ST_STR("{\"")));
    assert_ok(st_buf_reserve(&instance, ST_SCHEMA_SCRATCH_BYTES_MAX + 16));
    memset(instance.at + instance.len, '/', ST_SCHEMA_SCRATCH_BYTES_MAX);
    instance.len += ST_SCHEMA_SCRATCH_BYTES_MAX;
    assert_ok(st_buf_add_str(&instance, ST_STR("\": 1}")));
    st_report_ask(&c.report, ST_OUTPUT_DETAILED);
    assert_false(check_instance(&c, st_buf_cstr(&instance)));
    assert_limit(&c);
    for (uint32_t i = 0; i < c.report.count; i++)
        assert_true(c.report.violations[i].parent == ST_JSON_NONE ||
                    c.report.violations[i].parent < i);
    done(&c);
    st_buf_done(&instance);
}

TEST("B3: of values of megabytes a message shows the start")
{
    static const struct {
        const char *schema;
        const char *shown;
    } cases[] = {
        {"{\"const\": \"^\"}", "must equal 0123"},
        {"{\"const\": [1, \"^\"]}", "must equal [1,…"},
        {"{\"enum\": [{\"a\": {}}, \"^\"]}",
         "must be one of allowed enum values: {\"a\":{}}, \"0123"},
        {"{\"const\": {\"^\": 1}}", "must equal {…"},
    };
    struct st_buf text = ST_BUF((size_t)4 << 20);
    add_digits(&text, 2000000);
    memcpy(text.at, "0123", 4);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct checking c;
        struct st_buf schema = ST_BUF((size_t)8 << 20);
        add_long(&schema, cases[i].schema, &text);
        load_schema(&c, st_buf_cstr(&schema));
        assert_false(check_instance(&c, "null"));
        st_str message = c.report.violations[0].message;
        assert_true(st_str_starts(message, st_str_of(cases[i].shown)));
        assert_true(st_str_ends(message, ST_STR("…")));
        assert_true(message.len < 2 * ST_REPORT_SHOWN_BYTES_MAX);
        done(&c);
        st_buf_done(&schema);
    }
    st_buf_done(&text);
}

TEST("B1: an arena that is full keeps the first violations and annotations, and the verdict stands")
{
    struct checking c;
    struct st_arena small;
    struct st_buf instance = ST_BUF(1 << 16);
    bool valid = true;
    load_schema(&c, "{\"items\": {\"type\": \"string\", \"title\": \"t\"}}");
    add_many(&instance, (struct many){"[", 100, "%", "]"});
    assert_ok(st_json_parse(&c.doc, st_buf_str(&instance), NULL, NULL));
    uint32_t kept = 0;
    for (size_t room = 0; room < 65536 && kept < 100; room += 512) {
        st_arena_init(&small, room);
        st_report_init(&c.report, &small, ST_REPORT_VIOLATIONS_MAX);
        st_err err = st_schema_check(c.schema, c.checker, &c.doc, 0, &valid, &c.report);
        assert_true(err == ST_OK || (err == ST_ERR_LIMIT && kept == 0));
        assert_true(c.report.count >= kept &&
                    c.report.count + c.report.dropped == (err == ST_OK ? 100 : 0));
        kept = c.report.count;
        st_arena_done(&small);
    }
    assert_int_equal(kept, 100);
    assert_false(valid);

    assert_ok(st_json_parse(&c.doc, ST_STR("[\"a\", \"b\"]"), NULL, NULL));
    st_arena_init(&small, 64);
    st_report_init(&c.report, &small, ST_REPORT_VIOLATIONS_MAX);
    st_report_ask(&c.report, ST_OUTPUT_BASIC);
    assert_ok(st_schema_check(c.schema, c.checker, &c.doc, 0, &valid, &c.report));
    assert_true(valid && c.report.annotation_count == 0 && c.report.annotations_dropped > 0);
    st_arena_done(&small);
    done(&c);
    st_buf_done(&instance);
}

TEST("B3: long numbers cost steps by their digits")
{
    static const struct {
        const char *keyword;
        uint32_t digits;
        struct many instance;
    } cases[] = {
        {"multipleOf", 999, {"[", 2000, "1e9999", "]"}},
        {"minimum", 1000000, {"[", 1000, "7e999999", "]"}},
        {"const", 1000000, {"[", 1000, "7e999999", "]"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct checking c;
        struct st_buf schema = ST_BUF((size_t)4 << 20);
        struct st_buf instance = ST_BUF((size_t)4 << 20);
        assert_ok(
            st_buf_printf(&schema, "{\"items\": {\"not\": {\"not\": {\"%s\": ", cases[i].keyword));
        add_digits(&schema, cases[i].digits);
        assert_ok(st_buf_printf(&schema, "}}}}"));
        add_many(&instance, cases[i].instance);
        load_schema(&c, st_buf_cstr(&schema));
        assert_false(check_instance(&c, st_buf_cstr(&instance)));
        assert_limit(&c);
        done(&c);
        st_buf_done(&schema);
        st_buf_done(&instance);
    }
}

TEST("B3: marks of evaluated items on many levels meet a limit, not the end of memory")
{
    struct checking c;
    struct many schema = {"{\"$ref\": \"#/$defs/n0\", \"$defs\": {", 900,
                          "\"n%\": {\"$ref\": \"#/$defs/n^\", \"unevaluatedItems\": true}",
                          ", \"n900\": true}}"};
    assert_false(check_many_plainly(&c, schema, (struct many){"[", 1000000, "1", "]"}));
    assert_limit(&c);
    done(&c);
}

TEST("B3: violations whose pointers have no room are counted, and a parent is never dropped alone")
{
    struct checking c;
    struct st_buf instance = ST_BUF((size_t)8 << 20);
    load_schema(&c, "{\"additionalProperties\": {\"additionalProperties\": {\"allOf\": "
                    "[{\"type\": \"null\"}]}}}");
    assert_ok(st_buf_printf(&instance, "{\""));
    add_digits(&instance, 1000000);
    assert_ok(st_buf_printf(&instance, "\": {"));
    add_pieces(&instance, 3000, "\"%\": 1");
    assert_ok(st_buf_printf(&instance, "}}"));
    assert_false(check_instance(&c, st_buf_cstr(&instance)));
    assert_true(c.report.count > 1 && c.report.count < 100);
    assert_true(c.report.dropped > 2000);
    for (uint32_t i = 0; i < c.report.count; i++) {
        uint32_t parent = c.report.violations[i].parent;
        bool top = st_str_eq(c.report.violations[i].keyword, ST_STR("allOf"));
        assert_true(top ? parent == ST_JSON_NONE : parent + 1 == i);
    }
    st_buf_done(&instance);
    done(&c);
}

TEST("B3: anchors by the ten thousand under a long URI share it")
{
    struct st_buf schema = ST_BUF((size_t)8 << 20);
    struct st_schema_fault fault;
    struct st_schema *loaded;
    assert_ok(st_buf_printf(&schema, "{\"$ref\": \"#a9\", \"$id\": \"http://a/"));
    add_digits(&schema, 15000);
    assert_ok(st_buf_printf(&schema, "\", \"$defs\": {"));
    add_pieces(&schema, 50000, "\"d%\": {\"$anchor\": \"a%\"}");
    assert_ok(st_buf_printf(&schema, "}}"));
    assert_ok(st_schema_load(&loaded, st_buf_str(&schema), NULL, &fault));
    st_schema_free(loaded);
    st_buf_done(&schema);
}

TEST("B3: metaschemas hold a schema as deep as the parser lets it be")
{
    struct st_buf schema = ST_BUF(1 << 20);
    for (int i = 0; i < ST_JSON_DEPTH_MAX - 1; i++)
        assert_ok(st_buf_printf(&schema, "{\"not\":"));
    assert_ok(st_buf_printf(&schema, "{\"type\": \"null\"}"));
    for (int i = 0; i < ST_JSON_DEPTH_MAX - 1; i++)
        assert_ok(st_buf_printf(&schema, "}"));
    struct checking c;
    load_schema(&c, st_buf_cstr(&schema));
    assert_false(check_instance(&c, "null"));
    done(&c);
    st_buf_done(&schema);
}

/* A schema that uses every kind of rule, and an instance that breaks most of them. */
static const char everything[] =
    "{\"$id\": \"http://a/b\", \"type\": \"object\", \"required\": [\"a\", \"zz\"],"
    " \"properties\": {\"a\": {\"type\": [\"integer\", \"null\"], \"minimum\": 3, \"multipleOf\": "
    "2},"
    "  \"s\": {\"minLength\": 2, \"maxLength\": 9, \"pattern\": \"^x+$\", \"format\": \"uuid\"},"
    "  \"e\": {\"enum\": [1, {\"x\": [1, 2]}, \"\\u00e4\"]}, \"c\": {\"const\": {\"k\": 1}},"
    "  \"l\": {\"prefixItems\": [{\"type\": \"null\"}], \"items\": {\"$ref\": \"#/$defs/i\"},"
    "   \"contains\": {\"const\": 7}, \"uniqueItems\": true, \"minItems\": 12}},"
    " \"patternProperties\": {\"^p\": {\"$dynamicRef\": \"#d\"}},"
    " \"propertyNames\": {\"maxLength\": 3},"
    " \"dependentRequired\": {\"a\": [\"q\"]},"
    " \"dependentSchemas\": {\"a\": {\"maxProperties\": 2}},"
    " \"allOf\": [{\"if\": {\"required\": [\"a\"]}, \"then\": {\"not\": {\"required\": [\"s\"]}}}],"
    " \"anyOf\": [{\"required\": [\"n1\"]}, {\"required\": [\"n2\"]}],"
    " \"oneOf\": [{\"type\": \"object\"}, true],"
    " \"unevaluatedProperties\": false,"
    " \"$defs\": {\"i\": {\"exclusiveMaximum\": 4}, \"d\": {\"$dynamicAnchor\": \"d\", "
    "\"type\": \"null\"}}}";
static const char much_wrong[] =
    "{\"a\": 1, \"s\": \"y\", \"e\": \"\\u00e5\", \"c\": {\"k\": 2}, \"l\": [1, 5, 5, 6, 1, 2, 3, "
    "4, 9, 8, 0], \"p1\": 1, \"long\": 1}";

static st_err load_everything(struct st_schema **schema)
{
    static const struct st_schema_options formats = {.assert_formats = true};
    struct st_schema_fault fault;
    st_err err = st_schema_load(schema, st_str_of(everything), &formats, &fault);
    assert_int_equal(fault.err, err);
    return err;
}

TEST("loading fails cleanly whichever allocation fails")
{
    for (uint64_t nth = 1;; nth++) {
        struct st_schema *schema = NULL;
        uint64_t before = st_mem_count();
        st_mem_fail_at(nth);
        st_err err = load_everything(&schema);
        st_mem_fail_at(0);
        if (err == ST_OK) {
            st_schema_free(schema);
            assert_true(st_mem_count() - before < nth);
            assert_true(nth > 20);
            return;
        }
        assert_err(err, MEMORY);
        assert_null(schema);
    }
}

/* No other test here asks for draft-06: the first load that comes through has made its metaschema,
 * which those after it share. */
TEST("a metaschema that could not be made for want of memory is made by a later load")
{
    st_str text = ST_STR("{\"$schema\": \"http://json-schema.org/draft-06/schema#\"}");
    struct st_schema_fault fault;
    struct st_schema *schema;
    uint64_t nth = 1;
    uint64_t count = 0;
    for (st_err err = ST_ERR_MEMORY; err != ST_OK; nth++) {
        uint64_t before = st_mem_count();
        st_mem_fail_at(nth);
        err = st_schema_load(&schema, text, NULL, &fault);
        st_mem_fail_at(0);
        assert_true(err == ST_OK || err == ST_ERR_MEMORY);
        count = st_mem_count() - before;
        st_schema_free(schema);
    }
    uint64_t before = st_mem_count();
    assert_ok(st_schema_load(&schema, text, NULL, &fault));
    st_schema_free(schema);
    assert_true(nth > 10);
    assert_true(st_mem_count() - before <= count);
}

TEST("checking fails cleanly whichever allocation fails, and works again after that")
{
    struct st_schema *schema;
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(load_everything(&schema));
    assert_ok(st_json_parse(&doc, st_str_of(much_wrong), NULL, NULL));
    bool whole = false;
    for (uint64_t nth = 1; !whole; nth++) {
        struct st_checker *checker = NULL;
        struct st_arena arena;
        struct st_report report;
        bool valid = true;
        st_arena_init(&arena, (size_t)1 << 20);
        st_report_init(&report, &arena, 100);
        st_mem_fail_at(nth);
        st_err err = st_checker_new(&checker);
        if (err == ST_OK)
            err = st_schema_check(schema, checker, &doc, 0, &valid, &report);
        st_mem_fail_at(0);
        if (err != ST_OK) {
            assert_err(err, MEMORY);
            assert_true(valid);
            assert_int_equal(report.count, 0);
        }
        whole = err == ST_OK;
        if (checker != NULL) {
            st_report_reset(&report);
            assert_ok(st_schema_check(schema, checker, &doc, 0, &valid, &report));
            assert_false(valid);
            assert_int_equal(report.dropped, 0);
            assert_true(report.count > 20);
        }
        st_checker_free(checker);
        st_arena_done(&arena);
    }
    st_json_done(&doc);
    st_schema_free(schema);
}

/* An answer with all that the detailed output wants, and that output; *units of it. */
static st_err answer(const struct st_schema *schema, struct st_checker *checker,
                     const struct st_json *doc, struct st_arena *arena, uint32_t *units)
{
    struct st_report report;
    struct st_buf out = ST_BUF(1 << 20);
    bool valid = true;
    st_report_init(&report, arena, 100);
    st_report_ask(&report, ST_OUTPUT_DETAILED);
    st_err err = st_schema_check(schema, checker, doc, 0, &valid, &report);
    if (err == ST_OK)
        err = st_report_write(&report, valid, ST_OUTPUT_DETAILED, &out);
    *units = report.count + report.annotation_count;
    assert_true(err == ST_OK || out.len == 0);
    st_buf_done(&out);
    return err;
}

static void answer_without_memory(const struct st_schema *schema, const char *instance,
                                  uint32_t units_min)
{
    struct st_json doc;
    uint32_t units = 0;
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, st_str_of(instance), NULL, NULL));
    uint64_t nth = 1;
    for (st_err err = ST_ERR_MEMORY; err != ST_OK; nth++) {
        struct st_checker *checker;
        struct st_arena arena;
        st_arena_init(&arena, (size_t)1 << 20);
        assert_ok(st_checker_new(&checker));
        st_mem_fail_at(nth);
        err = answer(schema, checker, &doc, &arena, &units);
        st_mem_fail_at(0);
        if (err != ST_OK) {
            assert_err(err, MEMORY);
            assert_ok(answer(schema, checker, &doc, &arena, &units));
        }
        assert_true(units >= units_min);
        st_checker_free(checker);
        st_arena_done(&arena);
    }
    assert_true(nth > 5);
    st_json_done(&doc);
}

TEST("annotations and output fail cleanly whichever allocation fails, and work again after that")
{
    struct st_schema *schema;
    struct st_schema_fault fault;
    assert_ok(st_schema_load(
        &schema,
        ST_STR("{\"title\": \"t\", \"properties\": {\"a\": {\"contains\": {\"type\": "
               "\"null\", \"x\": 1}}}, \"patternProperties\": {\"b\": {\"prefixItems\": "
               "[true], \"unevaluatedItems\": {\"x\": [2]}}}, \"unevaluatedProperties\": "
               "{\"type\": \"null\"}, \"if\": true, \"then\": {\"anyOf\": [{\"x\": {}}, true]}}"),
        NULL, &fault));
    answer_without_memory(schema, "{\"a\": [1, null], \"b\": [1, 2, 3], \"z\": null}", 20);
    answer_without_memory(schema, "{\"a\": [1, 2], \"b\": [1, 2, 3], \"y\": 1, \"z\": 2}", 6);
    st_schema_free(schema);
}

TEST("B2: checking without a report allocates nothing once it has run")
{
    struct st_schema *schema;
    struct st_checker *checker;
    struct st_json doc;
    bool valid;
    st_json_init(&doc);
    assert_ok(load_everything(&schema));
    assert_ok(st_checker_new(&checker));
    assert_ok(st_json_parse(&doc, st_str_of(much_wrong), NULL, NULL));
    assert_ok(st_schema_check(schema, checker, &doc, 0, &valid, NULL));
    uint64_t before = st_mem_count();
    for (int i = 0; i < 100; i++)
        assert_ok(st_schema_check(schema, checker, &doc, 0, &valid, NULL));
    assert_int_equal(st_mem_count(), before);
    st_json_done(&doc);
    st_checker_free(checker);
    st_schema_free(schema);
}

/* cmocka's assertions belong to the main thread: a worker counts what is wrong. */
struct worker {
    const struct st_schema *schema;
    pthread_t thread;
    uint32_t wrong;
};

static void *work(void *context)
{
    struct worker *worker = context;
    struct st_checker *checker;
    struct st_json doc;
    if (st_checker_new(&checker) != ST_OK) {
        worker->wrong++;
        return NULL;
    }
    st_json_init(&doc);
    for (int i = 0; i < 300; i++) {
        struct st_arena arena;
        struct st_report report;
        bool valid = true;
        st_arena_init(&arena, (size_t)1 << 20);
        st_report_init(&report, &arena, 100);
        if (st_json_parse(&doc, st_str_of(much_wrong), NULL, NULL) != ST_OK ||
            st_schema_check(worker->schema, checker, &doc, 0, &valid, &report) != ST_OK || valid ||
            report.count < 20)
            worker->wrong++;
        st_arena_done(&arena);
    }
    st_json_done(&doc);
    st_checker_free(checker);
    return NULL;
}

TEST("threads share one schema")
{
    struct worker workers[4] = {0};
    struct st_schema *schema;
    assert_ok(load_everything(&schema));
    for (size_t i = 0; i < 4; i++) {
        workers[i].schema = schema;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].wrong, 0);
    }
    st_schema_free(schema);
}

static void *load_all_drafts(void *context)
{
    uint32_t *wrong = context;
    for (int i = 0; i < 20; i++) {
        for (int draft = ST_DRAFT_2020_12; draft <= ST_DRAFT_4; draft++) {
            struct st_schema_options options = {.draft = (enum st_draft)draft};
            struct st_schema_fault fault;
            struct st_schema *schema;
            if (st_schema_load(&schema, ST_STR("{\"minLength\": 1}"), &options, &fault) != ST_OK)
                ++*wrong;
            st_schema_free(schema);
            if (st_schema_load(&schema, ST_STR("{\"minLength\": -1}"), &options, &fault) !=
                    ST_ERR_INVALID ||
                strcmp(fault.pointer, "/minLength") != 0)
                ++*wrong;
        }
    }
    return NULL;
}

TEST("threads that load at once share the metaschemas")
{
    pthread_t threads[4];
    uint32_t wrong[4] = {0};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, load_all_drafts, &wrong[i]), 0);
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(wrong[i], 0);
    }
}

TEST("a fault's texts are cut to their arrays at the end of a code point")
{
    struct st_buf schema = ST_BUF(1 << 16);
    struct st_schema_fault fault;
    struct st_schema *loaded;
    assert_ok(st_buf_printf(&schema, "{\"properties\": {\"a"));
    for (int i = 0; i < 2000; i++)
        assert_ok(st_buf_printf(&schema, "\xE2\x82\xAC"));
    assert_ok(st_buf_printf(&schema, "\": {\"type\": 1}}}"));
    assert_err(st_schema_load(&loaded, st_buf_str(&schema), NULL, &fault), INVALID);
    st_str pointer = st_str_of(fault.pointer);
    assert_true(pointer.len > 500 && pointer.len < sizeof fault.pointer);
    assert_int_equal(st_utf8_check(pointer), pointer.len);
    st_buf_done(&schema);
}
