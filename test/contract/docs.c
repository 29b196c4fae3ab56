/*
 * docs.c: pages about contracts that nobody foresaw: hostile texts, no models, nothing at all.
 */
#include "contract/docs.h"
#include "unit.h"

static struct st_contract *load(const char *schema, const char *annotation)
{
    struct st_schema_fault fault = {0};
    struct st_contract *contract = NULL;
    struct st_buf text = ST_BUF(65536);
    assert_ok(st_buf_printf(&text,
                            "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",%s"
                            "\"x-steno\":{\"name\":\"own\",\"version\":\"1\","
                            "\"unknown_types\":\"keep\",\"record\":{\"type\":\"/type\"},%s}}",
                            schema, annotation));
    if (st_contract_load(&contract, st_buf_str(&text), &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    st_buf_done(&text);
    return contract;
}

static void page_has(const char *schema, const char *annotation, const char *const *lines)
{
    struct st_contract *contract = load(schema, annotation);
    struct st_buf page = ST_BUF(1 << 20);
    assert_ok(st_docs_write(contract, &page));
    for (; *lines != NULL; lines++)
        if (strstr(st_buf_cstr(&page), *lines) == NULL)
            fail_msg("no \"%s\" in\n%s", *lines, st_buf_cstr(&page));
    st_buf_done(&page);
    st_contract_free(contract);
}

TEST("a contract that says almost nothing has a page")
{
    page_has("", "\"classify\":[]",
             (const char *const[]){"\n# own@1\n", "it must always be named",
                                   "\n## Every event\n\nOther members are allowed.\n", NULL});
}

TEST("texts of a contract mean nothing to Markdown")
{
    page_has(
        "\"title\":\"a <b> *c* [d](e)\",\"properties\":{\"x|y\":{\"description\":\"1 | 2\\n| 3 `4` "
        "_5_ a_b\",\"pattern\":\"a|`b\"}},",
        "\"classify\":[{\"types\":[\"t|u\"],\"level\":\"audit\"}]",
        (const char *const[]){"\n# own@1: a \\<b> \\*c\\* \\[d](e)\n",
                              "| `x\\|y` |  | any | pattern `` a\\|`b `` | 1 \\| 2 \\| 3 "
                              "\\`4\\` \\_5\\_ a_b |\n",
                              "| `t\\|u` | audit |  | info |", NULL});
}

TEST("objects within objects stand in one table, models in their own")
{
    page_has(
        "\"properties\":{\"a\":{\"type\":\"object\",\"required\":[\"b\"],\"properties\":{\"b\":{"
        "\"type\":[\"string\",\"null\"],\"minLength\":1}}},\"l\":{\"type\":\"array\",\"items\":{"
        "\"properties\":{\"n\":{\"type\":\"integer\",\"minimum\":0}}}},\"m\":{\"$ref\":\"#/$defs/"
        "M\"},\"v\":{\"enum\":[1,\"2\"]},\"o\":{\"anyOf\":[{\"type\":\"string\"},{\"$ref\":"
        "\"#/$defs/M\"}]}},\"$defs\":{\"M\":{\"type\":\"object\",\"properties\":{\"q\":true},"
        "\"additionalProperties\":false}},",
        "\"models\":{\"M\":\"/$defs/M\"},\"classify\":[]",
        (const char *const[]){"| `a.b` | yes | string or null | length >= 1 |  |\n",
                              "| `l[].n` |  | integer | >= 0 |  |\n",
                              "| `m` |  | [M](#m) |  |  |\n", "| `v` |  | `1`, `\"2\"` |  |  |\n",
                              "| `o` |  | string or [M](#m) |  |  |\n",
                              "\n### M\n\n| field | required | type | limits | what it says "
                              "|\n|---|---|---|---|---|\n"
                              "| `q` |  | any |  |  |\n\nNo other members are allowed.\n",
                              NULL});
}

TEST("a schema that refers to itself has an end")
{
    page_has(
        "\"properties\":{\"a\":{\"$ref\":\"#\"},\"b\":{\"type\":\"array\",\"items\":{\"$ref\":"
        "\"#/properties/b\"}},\"c\":{\"$ref\":\"#/$defs/c\"}},\"$defs\":{\"c\":{\"properties\":{"
        "\"c\":{\"$ref\":\"#/$defs/c\"}}}},",
        "\"classify\":[]",
        (const char *const[]){"| `a` |  | [Every event](#every-event) |", "| `c.c.c` |", NULL});
}

TEST("a buffer that is too small holds what it did")
{
    struct st_contract *contract = load("\"title\":\"long\",", "\"classify\":[]");
    struct st_buf page = ST_BUF(100);
    assert_ok(st_buf_add_str(&page, ST_STR("before")));
    assert_err(st_docs_write(contract, &page), LIMIT);
    assert_text(st_buf_str(&page), "before");
    st_buf_done(&page);
    st_contract_free(contract);
}
