/*
 * Outlines: what is accepted without a walk, and what never is.
 */
#include "unit.h"

#include "schema/checking.h"
#include "schema/outline.h"

#include <stdio.h>
#include <stdlib.h>

/* Whether the document was accepted by its outline; it must be `valid` or not. */
static bool by_outline(struct checking *c, const char *text, bool valid)
{
    const struct st_json_options options = {.names = st_schema_names(c->schema)};
    uint64_t before = st_checker_outlined(c->checker);
    bool found = !valid;
    bool plain = !valid;
    assert_ok(st_json_parse(&c->doc, st_str_of(text), &options, NULL));
    assert_ok(st_schema_check(c->schema, c->checker, &c->doc, 0, &found, NULL));
    uint64_t after = st_checker_outlined(c->checker);
    assert_ok(st_schema_check_plain(c->schema, c->checker, &c->doc, 0, &plain, NULL));
    if (found != valid || plain != valid)
        fail_msg("%s is %s", text, found ? "accepted" : "refused");
    assert_true(after == before || found);
    return after > before;
}

#define PROPERTIES(text)                                                                           \
    "{\"type\": \"object\", \"required\": [\"kind\", \"n\"], \"properties\": {" text "}}"

static const char schema[] = PROPERTIES(
    "\"kind\": {\"enum\": [\"a\", \"bb\", \"a text of more than sixteen bytes\"]},"
    "\"n\": {\"type\": \"integer\", \"minimum\": 0},"
    "\"x\": {\"type\": \"number\"}, \"up\": {\"minimum\": 0}, \"b\": {\"type\": \"boolean\"}, "
    "\"yes\": {\"const\": true},"
    "\"id\": {\"type\": \"string\", \"minLength\": 1}, \"day\": {\"format\": \"date\"},"
    "\"who\": {\"type\": \"object\", \"properties\": {\"id\": {\"type\": \"string\"}},"
    "\"additionalProperties\": false},"
    "\"list\": {\"type\": \"array\", \"items\": {\"type\": \"integer\"}, \"maxItems\": 3}");

TEST("V1: a document like one before is accepted by its outline")
{
    static const char *const alike[] = {
        "{\"kind\":\"bb\",\"n\":12,\"x\":-1.5,\"b\":false,\"id\":\"z\",\"who\":{\"id\":\"\"},"
        "\"list\":[7,-8]}",
        " {\"kind\" :\"a\", "
        "\"n\":0,\"x\":2,\"b\":true,\"id\":\"\\u0041\",\"who\":{\"id\":\"q\"},\"list\":[0,1]} ",
        "{\"kind\":\"a text of more than sixteen "
        "bytes\",\"n\":999999999999999999999,\"x\":1e9,\"b\":true,"
        "\"id\":\"long\",\"who\":{\"id\":\"\"},\"list\":[1,1]}",
    };
    struct checking c;
    load_schema(&c, schema);
    assert_false(by_outline(
        &c,
        "{\"kind\":\"a\",\"n\":1,\"x\":1.5,\"b\":true,\"id\":\"y\",\"who\":{\"id\":\"x\"},"
        "\"list\":[1,2]}",
        true));
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++)
        assert_true(by_outline(&c, alike[i], true));
    done(&c);
}

TEST("V1: a document that is unlike those before in any way is walked")
{
    static const struct {
        const char *text;
        bool valid;
    } unlike[] = {
        {"{\"kind\":\"c\",\"n\":1,\"x\":1.5,\"id\":\"y\",\"who\":{\"id\":\"x\"},\"list\":[1,2]}",
         false},
        {"{\"kind\":\"a\",\"n\":-1,\"x\":1.5,\"id\":\"y\",\"who\":{\"id\":\"x\"},\"list\":[1,2]}",
         false},
        {"{\"kind\":\"a\",\"n\":1.5,\"x\":1.5,\"id\":\"y\",\"who\":{\"id\":\"x\"},\"list\":[1,2]}",
         false},
        {"{\"kind\":\"a\",\"n\":1.0,\"x\":1.5,\"id\":\"y\",\"who\":{\"id\":\"x\"},\"list\":[1,2]}",
         true},
        {"{\"kind\":\"a\",\"n\":1,\"x\":\"\",\"id\":\"y\",\"who\":{\"id\":\"x\"},\"list\":[1,2]}",
         false},
        {"{\"kind\":\"a\",\"n\":1,\"x\":null,\"id\":\"y\",\"who\":{\"id\":\"x\"},\"list\":[1,2]}",
         false},
        {"{\"kind\":\"a\",\"n\":1,\"x\":1.5,\"id\":\"\",\"who\":{\"id\":\"x\"},\"list\":[1,2]}",
         false},
        {"{\"kind\":\"a\",\"n\":1,\"x\":1.5,\"id\":\"y\",\"who\":{\"ie\":\"x\"},\"list\":[1,2]}",
         false},
        {"{\"kind\":\"a\",\"n\":1,\"x\":1.5,\"id\":\"y\",\"who\":{\"id\":\"x\"},\"list\":[1,2.5]}",
         false},
        {"{\"kind\":\"a\",\"n\":1,\"x\":1.5,\"id\":\"y\",\"who\":{},\"list\":[1,2,3,4]}", false},
        {"{\"kind\":\"a\",\"n\":1,\"x\":1.5,\"id\":\"y\",\"who\":{},\"list\":[1,2,3]}", true},
        {"{\"kind\":\"a\",\"m\":1,\"x\":1.5,\"id\":\"y\",\"who\":{\"id\":\"x\"},\"list\":[1,2]}",
         false},
        {"{\"kind\":\"a\",\"n\":1,\"x\":1.5,\"id\":\"y\",\"who\":{\"id\":\"x\"},\"list\":[[1],2]}",
         false},
        {"{\"kind\":\"a\",\"n\":1,\"x\":1.5,\"id\":\"y\",\"who\":[\"id\",\"x\"],\"list\":[1,2]}",
         false},
        {"{\"n\":1,\"kind\":\"a\",\"x\":1.5,\"id\":\"y\",\"who\":{\"id\":\"x\"},\"list\":[1,2]}",
         true},
        {"{\"kind\":\"a\",\"n\":1,\"n\":-1,\"id\":\"y\",\"who\":{\"id\":\"x\"},\"list\":[1,2]}",
         false},
        {"{\"kind\":\"a\",\"n\":-1,\"n\":1,\"id\":\"y\",\"who\":{\"id\":\"x\"},\"list\":[1,2]}",
         true},
    };
    for (size_t i = 0; i < sizeof unlike / sizeof *unlike; i++) {
        struct checking c;
        load_schema(&c, schema);
        for (int twice = 0; twice < 2; twice++)
            assert_int_equal(twice > 0,
                             by_outline(&c,
                                        "{\"kind\":\"a\",\"n\":1,\"x\":1.5,\"id\":\"y\",\"who\":"
                                        "{\"id\":\"x\"},\"list\":[1,2]}",
                                        true));
        assert_false(by_outline(&c, unlike[i].text, unlike[i].valid));
        done(&c);
    }
}

TEST("V1: true and false are alike where both will do, and only there")
{
    struct checking c;
    load_schema(&c, schema);
    assert_false(by_outline(&c, "{\"kind\":\"a\",\"n\":1,\"b\":true,\"yes\":true}", true));
    assert_true(by_outline(&c, "{\"kind\":\"a\",\"n\":1,\"b\":false,\"yes\":true}", true));
    assert_false(by_outline(&c, "{\"kind\":\"a\",\"n\":1,\"b\":true,\"yes\":false}", false));
    assert_false(by_outline(&c, "{\"kind\":\"a\",\"n\":1,\"b\":null,\"yes\":true}", false));
    done(&c);
}

TEST("V1: a sign and a fraction are alike where the schema does not ask for them, and only there")
{
    struct checking c;
    load_schema(&c, schema);
    assert_false(by_outline(&c, "{\"kind\":\"a\",\"n\":1,\"x\":2,\"up\":3}", true));
    assert_true(by_outline(&c, "{\"kind\":\"a\",\"n\":1,\"x\":-2.5,\"up\":3.5}", true));
    assert_false(by_outline(&c, "{\"kind\":\"a\",\"n\":1,\"x\":2,\"up\":-3}", false));
    assert_false(by_outline(&c, "{\"kind\":\"a\",\"n\":1,\"x\":2,\"up\":-0}", true));
    assert_false(by_outline(&c, "{\"kind\":\"a\",\"n\":-1,\"x\":2,\"up\":3}", false));
    assert_false(by_outline(&c, "{\"kind\":\"a\",\"n\":1.5,\"x\":2,\"up\":3}", false));
    done(&c);
}

TEST("V1: what a value chooses is chosen anew for each document")
{
    static const char choice[] =
        "{\"properties\": {\"in\": {\"if\": {\"properties\": {\"t\": {\"const\": \"a\"}}, "
        "\"required\": "
        "[\"t\"]}, \"then\": {\"properties\": {\"v\": {\"type\": \"string\"}}}, \"else\": "
        "{\"properties\": {\"v\": {\"enum\": [\"1\", \"2\"]}}}}}}";
    struct checking c;
    load_schema(&c, choice);
    const struct {
        const char *text;
        bool valid;
    } asked[] = {
        {"{\"in\":{\"t\":\"a\",\"v\":\"x\",\"p\":0,\"q\":0}}", true},
        {"{\"in\":{\"t\":\"b\",\"v\":\"x\",\"p\":0,\"q\":0}}", false},
        {"{\"in\":{\"t\":\"b\",\"v\":\"1\",\"p\":0,\"q\":0}}", true},
        {"{\"in\":{\"t\":\"b\",\"v\":\"2\",\"p\":0,\"q\":0}}", true},
        {"{\"in\":{\"t\":\"a\",\"v\":\"y\",\"p\":0,\"q\":0}}", true},
        {"{\"in\":{\"t\":\"c\",\"v\":\"y\",\"p\":0,\"q\":0}}", false},
    };
    for (size_t round = 0; round < 4; round++)
        for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
            (void)by_outline(&c, asked[i].text, asked[i].valid);
    assert_true(st_checker_outlined(c.checker) > 8);
    done(&c);
}

TEST("V1: what the root's member chooses is chosen anew for each document, wherever it stands")
{
    static const char choice[] =
        "{\"oneOf\": [{\"properties\": {\"t\": {\"const\": \"a\"}, \"v\": {\"type\": \"string\"}}, "
        "\"required\": [\"t\"]}, {\"properties\": {\"t\": {\"const\": \"a choice that is longer "
        "than "
        "thirty-two bytes\"}, \"v\": {\"type\": \"integer\"}}, \"required\": [\"t\"]}]}";
    static const struct {
        const char *text;
        bool valid;
    } asked[] = {
        {"{\"t\":\"a\",\"v\":\"x\",\"p\":0,\"q\":0}", true},
        {"{\"t\":\"a choice that is longer than thirty-two bytes\",\"v\":1,\"p\":0,\"q\":0}", true},
        {"{\"t\":\"a choice that is longer than thirty-two bytes\",\"v\":\"x\",\"p\":0,\"q\":0}",
         false},
        {"{\"t\":\"a choice that is longer than thirtyXtwo bytes\",\"v\":1,\"p\":0,\"q\":0}",
         false},
        {"{\"t\":\"a\",\"v\":1,\"p\":0,\"q\":0}", false},
        {"{\"t\":\"\\u0061\",\"v\":\"y\",\"p\":0,\"q\":0}", true},
        {"{\"v\":\"x\",\"t\":\"a\",\"p\":0,\"q\":0}", true},
        {"{\"v\":\"a\",\"t\":\"b\",\"p\":0,\"q\":0}", false},
        {"{\"p\":{\"t\":\"a\"},\"t\":\"a\",\"v\":\"x\"}", true},
        {"{\"p\":{\"t\":\"a\"},\"t\":\"b\",\"v\":\"x\"}", false},
        {"{\"u\":\"a\",\"v\":\"x\",\"p\":0,\"q\":0}", false},
        {"{\"t\":null,\"v\":\"x\",\"p\":0,\"q\":0}", false},
    };
    struct checking c;
    load_schema(&c, choice);
    for (size_t round = 0; round < 8; round++)
        for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
            (void)by_outline(&c, asked[i].text, asked[i].valid);
    assert_true(st_checker_outlined(c.checker) >= 32);
    done(&c);
}

TEST("V1: schemas that share a checker and a table keep their outlines apart")
{
    static const char text[] = "{\"a\":1,\"b\":2,\"c\":3,\"d\":\"x\"}";
    const char *const schemas[] = {
        "{\"properties\": {\"a\": {\"type\": \"integer\"}}}",
        "{\"properties\": {\"a\": {\"type\": \"string\"}}}",
    };
    struct st_schema *loaded[2];
    struct st_name_table *names;
    struct st_checker *checker;
    struct st_schema_fault fault;
    struct st_json doc;
    assert_ok(st_name_table_new(&names));
    assert_ok(st_checker_new(&checker));
    st_json_init(&doc);
    const struct st_schema_options loading = {.names = names};
    const struct st_json_options parsing = {.names = names};
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 2; i++)
            assert_ok(st_schema_load(&loaded[i], st_str_of(schemas[i]), &loading, &fault));
        for (int i = 0; i < 6; i++) {
            bool valid;
            assert_ok(st_json_parse(&doc, st_str_of(text), &parsing, NULL));
            assert_ok(st_schema_check(loaded[i % 2], checker, &doc, 0, &valid, NULL));
            assert_int_equal(valid, i % 2 == 0);
        }
        for (int i = 0; i < 2; i++)
            st_schema_free(loaded[i]);
    }
    assert_int_equal(st_checker_outlined(checker), 3 * 2);
    st_json_done(&doc);
    st_checker_free(checker);
    st_name_table_free(names);
}

TEST("V1: documents of which no two are alike are all walked")
{
    struct checking c;
    load_schema(&c, "{\"type\": \"object\", \"additionalProperties\": {\"maxLength\": 3}}");
    char text[512];
    for (uint32_t i = 0; i < 20000; i++) {
        char *at = text;
        at += sprintf(at, "{\"n\":[");
        for (uint32_t bit = 0; bit < 16; bit++)
            at += sprintf(at, "%s%s", bit > 0 ? "," : "", (i >> bit & 1) != 0 ? "1" : "\"\"");
        sprintf(at, "],\"last\":\"%s\"}", i % 3 == 0 ? "long" : "abc");
        assert_false(by_outline(&c, text, i % 3 != 0));
    }
    done(&c);
}

TEST("V1: what rests on more than the outline is asked of each document, by every kind of step")
{
    static const struct {
        const char *schema, *first, *valid, *invalid; /* documents alike */
    } asked[] = {
        /* More names than a SWITCH each is made for. */
        {"{\"dependentSchemas\": {\"a\": false, \"b\": false, \"c\": false, \"d\": false, \"e\": "
         "false, "
         "\"f\": {\"properties\": {\"v\": {\"enum\": [\"x\", \"y\"]}}}}}",
         "{\"f\":0,\"v\":\"x\",\"p\":0,\"q\":0}", "{\"f\":0,\"v\":\"y\",\"p\":0,\"q\":0}",
         "{\"f\":0,\"v\":\"z\",\"p\":0,\"q\":0}"},
        {"{\"properties\": {\"l\": {\"uniqueItems\": true}}}", "{\"l\":[0,1,2,3,4,5]}",
         "{\"l\":[5,4,3,2,1,0]}", "{\"l\":[0,1,2,3,4,0]}"},
        {"{\"properties\": {\"l\": {\"contains\": {\"const\": 1}}}}", "{\"l\":[0,1,2,3,4,5]}",
         "{\"l\":[5,4,3,2,1,0]}", "{\"l\":[0,2,2,3,4,5]}"},
        {"{\"properties\": {\"v\": {\"anyOf\": [{\"const\": \"a\"}, {\"minLength\": 3}]}}}",
         "{\"v\":\"a\",\"p\":0,\"q\":0,\"r\":0}", "{\"v\":\"bcd\",\"p\":0,\"q\":0,\"r\":0}",
         "{\"v\":\"b\",\"p\":0,\"q\":0,\"r\":0}"},
        {"{\"properties\": {\"v\": {\"not\": {\"pattern\": \"^no\"}}}}",
         "{\"v\":\"a\",\"p\":0,\"q\":0,\"r\":0}", "{\"v\":\"yes\",\"p\":0,\"q\":0,\"r\":0}",
         "{\"v\":\"now\",\"p\":0,\"q\":0,\"r\":0}"},
        {"{\"properties\": {\"o\": {\"const\": {\"a\": 1, \"b\": [2]}}}}",
         "{\"o\":{\"a\":1,\"b\":[2]},\"p\":0}", "{\"o\":{\"a\":1.0,\"b\":[2e0]},\"p\":1}",
         "{\"o\":{\"a\":1,\"b\":[3]},\"p\":0}"},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        struct checking c;
        load_schema(&c, asked[i].schema);
        assert_false(by_outline(&c, asked[i].first, true));
        if (!by_outline(&c, asked[i].valid, true))
            fail_msg("%s", asked[i].valid);
        assert_false(by_outline(&c, asked[i].invalid, false));
        done(&c);
    }
}

TEST("V1: names that patterns are searched for are searched in each document")
{
    struct checking c;
    load_schema(
        &c, "{\"properties\": {\"a\": {}}, \"patternProperties\": {\"^[b-y]\": {\"maximum\": 5}}, "
            "\"additionalProperties\": {\"type\": \"string\"}}");
    assert_false(by_outline(&c, "{\"a\":\"\",\"b\":0,\"c\":1,\"d\":2}", true));
    assert_true(by_outline(&c, "{\"a\":\"\",\"x\":0,\"yy\":1,\"k\":5}", true));
    assert_false(by_outline(&c, "{\"a\":\"\",\"b\":0,\"c\":1,\"d\":6}", false));
    assert_false(by_outline(&c, "{\"a\":\"\",\"b\":0,\"z\":1,\"d\":2}", false));
    assert_false(by_outline(&c, "{\"a\":\"\",\"b\":0,\"z\":\"\",\"d\":2}", true));
    done(&c);
}

/* ---- documents near the allowance of steps ---- */

/* A document with so many bytes between its head and its tail; to be freed. */
static char *stretched(const char *head, char byte, size_t count, const char *tail)
{
    size_t at = strlen(head);
    size_t end = strlen(tail) + 1;
    char *text = malloc(at + count + end);
    assert_non_null(text);
    memcpy(text, head, at);
    memset(text + at, byte, count);
    memcpy(text + at + count, tail, end);
    return text;
}

static const char by_number[] =
    "{\"if\": {\"properties\": {\"t\": {\"const\": 1}}, \"required\": [\"t\"]}, "
    "\"then\": {\"required\": [\"x\"]}, \"else\": {\"required\": [\"y\"]}}";

TEST("V1: an outline that cannot be learned to its end in the steps that are left is not kept")
{
    char *costly = stretched("{\"t\":1.", '0', (size_t)40 << 20, ",\"x\":1,\"p\":0,\"q\":0}");
    struct checking c;
    load_schema(&c, by_number);
    assert_false(by_outline(&c, costly, true));
    assert_false(by_outline(&c, "{\"t\":2,\"x\":1,\"p\":0,\"q\":0}", false));
    done(&c);
    free(costly);
}

TEST("V1: a document whose case is not found in the steps that there are has no outline's yes")
{
    char *costly = stretched("{\"t\":1.", '0', (size_t)70 << 20, ",\"y\":1,\"p\":0,\"q\":0}");
    struct checking c;
    load_schema(&c, by_number);
    assert_false(by_outline(&c, "{\"t\":2,\"y\":1,\"p\":0,\"q\":0}", true));
    assert_true(by_outline(&c, "{\"t\":3,\"y\":1,\"p\":0,\"q\":0}", true));
    assert_false(by_outline(&c, costly, false));
    done(&c);
    free(costly);
}

/* The plain evaluator searches the text twice, the program once: it alone has steps enough. */
TEST("V1: a walk has all its steps, whatever was asked for an outline before it")
{
    static const char costs[] =
        "{\"$defs\": {\"a\": {\"pattern\": \"^a.*b$\"}}, \"properties\": {"
        "\"long\": {\"allOf\": [{\"$ref\": \"#/$defs/a\"}, {\"$ref\": \"#/$defs/a\"}]}, "
        "\"in\": {\"if\": {\"properties\": {\"t\": {\"const\": \"a\"}}, \"required\": [\"t\"]}, "
        "\"then\": {\"required\": [\"v\"]}}}}";
    char *costly = stretched("{\"long\":\"a", 'x', (size_t)20 << 20,
                             "b\",\"n\":1,\"in\":{\"t\":\"b\",\"v\":1}}");
    struct checking c;
    bool valid = false;
    load_schema(&c, costs);
    assert_false(by_outline(&c, "{\"long\":\"ab\",\"n\":1,\"in\":{\"t\":\"a\",\"v\":1}}", true));
    assert_true(by_outline(&c, "{\"long\":\"aab\",\"n\":2,\"in\":{\"t\":\"a\",\"v\":1}}", true));
    const struct st_json_options options = {.names = st_schema_names(c.schema)};
    assert_ok(st_json_parse(&c.doc, st_str_of(costly), &options, NULL));
    assert_ok(st_schema_check(c.schema, c.checker, &c.doc, 0, &valid, NULL));
    assert_true(valid);
    done(&c);
    free(costly);
}

/* ---- the comparison ---- */

#define COUNT_MAX ((uint32_t)ST_OUTLINE_NODES_MAX)

static st_outline_fit_fn *const kernels[] = {
    st_outline_fit_plain,
#if defined(__x86_64__)
    st_outline_fit_avx2,
    st_outline_fit_avx512,
#endif
};

static bool has_kernel(size_t which)
{
#if defined(__x86_64__)
    return which == 0 ||
           (which == 1 ? __builtin_cpu_supports("avx2") : __builtin_cpu_supports("avx512f"));
#else
    return which == 0;
#endif
}

/* By each kernel, on a block that ends where the nodes end. */
static bool fits(const struct st_json_node *nodes, const struct st_outline *outline)
{
    size_t bytes = outline->count * sizeof nodes[0];
    struct st_json_node *exact = malloc(bytes);
    assert_non_null(exact);
    memcpy(exact, nodes, bytes);
    bool answer = st_outline_fit_plain(exact, outline);
    for (size_t i = 1; i < sizeof kernels / sizeof *kernels; i++)
        if (has_kernel(i) && kernels[i](exact, outline) != answer)
            fail_msg("kernel %zu says otherwise of %u nodes", i, outline->count);
    free(exact);
    return answer;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

TEST("V1: each kernel finds what does not fit in any node, by one bit or by one byte of length")
{
    static struct st_outline outline;
    struct st_json_node nodes[COUNT_MAX];
    uint32_t random = 1;
    for (uint32_t count = ST_OUTLINE_NODES_MIN; count <= COUNT_MAX; count++) {
        outline.count = count;
        for (uint32_t i = 0; i < count; i++) {
            nodes[i] = (struct st_json_node){.kind = (uint8_t)(next_random(&random) % 7),
                                             .flags = (uint8_t)next_random(&random),
                                             .name = (uint16_t)next_random(&random),
                                             .at = next_random(&random),
                                             .len = 1 + next_random(&random) % 1000,
                                             .next = next_random(&random)};
            memcpy(&outline.wants[i].head, &nodes[i], sizeof outline.wants[i].head);
            outline.wants[i].head++;
            outline.wants[i].min = nodes[i].len;
            outline.masks[i].head = next_random(&random) << 8 | 0xFF;
            outline.masks[i].min = 0;
        }
        assert_true(fits(nodes, &outline));
        for (uint32_t i = 0; i < count; i++) {
            uint32_t bit = (uint32_t)1 << next_random(&random) % 24;
            outline.wants[i].head ^= bit;
            assert_int_equal(fits(nodes, &outline), (outline.masks[i].head & bit) == 0);
            outline.wants[i].head ^= bit;
            nodes[i].len--;
            assert_false(fits(nodes, &outline));
            nodes[i].len += 2;
            assert_true(fits(nodes, &outline));
            nodes[i].len--;
        }
    }
}
