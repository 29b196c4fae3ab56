/*
 * compile_groups.c: rules that several keywords make together.
 */
#include "schema/loader.h"

#include <stdlib.h>

static uint32_t find_value(const struct st_compile *c, enum st_keyword_id keyword)
{
    return c->values[keyword] == 0 ? ST_JSON_NONE : c->values[keyword];
}

/* ---- properties, patternProperties, additionalProperties ---- */

static int by_name(const void *a, const void *b)
{
    return st_str_cmp(((const struct st_named *)a)->name, ((const struct st_named *)b)->name);
}

static st_err compile_properties(struct st_compile *c, uint32_t value, struct st_named_list *list)
{
    st_err err = st_compile_expect(c, value, ST_JSON_OBJECT);
    if (err != ST_OK)
        return err;
    struct st_named *named = st_load_get(c->loader, c->json->nodes[value].len * sizeof(named[0]));
    if (named == NULL)
        return st_load_no_memory(c->loader);
    uint32_t count = 0;
    for (uint32_t at = st_json_first(c->json, value); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(c->json, value, at)) {
        named[count].name = st_json_text(c->json, at);
        err = st_compile_subschema(c, at + 1, &named[count++].plain);
    }
    qsort(named, count, sizeof(named[0]), by_name);
    *list = (struct st_named_list){.at = named, .count = count};
    return err;
}

static st_err compile_patterned(struct st_compile *c, uint32_t value, struct st_members *members)
{
    st_err err = st_compile_expect(c, value, ST_JSON_OBJECT);
    if (err != ST_OK)
        return err;
    members->patterned =
        st_load_get(c->loader, c->json->nodes[value].len * sizeof(members->patterned[0]));
    if (members->patterned == NULL)
        return st_load_no_memory(c->loader);
    for (uint32_t at = st_json_first(c->json, value); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(c->json, value, at)) {
        struct st_patterned *patterned = &members->patterned[members->patterned_count++];
        patterned->source = st_json_text(c->json, at);
        err = st_compile_pattern(c, at, &patterned->pattern);
        if (err == ST_OK)
            err = st_compile_subschema(c, at + 1, &patterned->plain);
    }
    return err;
}

st_err st_compile_members(struct st_compile *c)
{
    uint32_t properties = find_value(c, ST_KEYWORD_PROPERTIES);
    uint32_t patterned = find_value(c, ST_KEYWORD_PATTERN_PROPERTIES);
    uint32_t additional = find_value(c, ST_KEYWORD_ADDITIONAL_PROPERTIES);
    if (properties == ST_JSON_NONE && patterned == ST_JSON_NONE && additional == ST_JSON_NONE)
        return ST_OK;

    struct st_members *members = st_load_get(c->loader, sizeof *members);
    if (members == NULL)
        return st_load_no_memory(c->loader);
    st_err err = ST_OK;
    if (properties != ST_JSON_NONE)
        err = compile_properties(c, properties, &members->named);
    if (err == ST_OK && patterned != ST_JSON_NONE)
        err = compile_patterned(c, patterned, members);
    if (err == ST_OK && additional != ST_JSON_NONE)
        err = st_compile_subschema(c, additional, &members->additional);
    st_compile_add(c, ST_RULE_MEMBERS, "properties", properties)->members = members;
    return err;
}

/* ---- prefixItems and items, before 2020-12 items and additionalItems ---- */

static st_err compile_items(struct st_compile *c, uint32_t prefix, uint32_t rest,
                            struct st_items *items)
{
    st_err err = ST_OK;
    if (prefix != ST_JSON_NONE)
        err = st_compile_list(c, prefix, &items->prefix);
    if (err == ST_OK && rest != ST_JSON_NONE)
        err = st_compile_subschema(c, rest, &items->rest);
    return err;
}

st_err st_compile_items(struct st_compile *c)
{
    uint32_t prefix = find_value(c, ST_KEYWORD_PREFIX_ITEMS);
    uint32_t rest = find_value(c, ST_KEYWORD_ITEMS);
    uint32_t before_2020 = find_value(c, ST_KEYWORD_ITEMS_2019);
    const char *prefix_keyword = "prefixItems";
    const char *rest_keyword = "items";

    if (before_2020 != ST_JSON_NONE && st_json_kind(c->json, before_2020) != ST_JSON_ARRAY) {
        rest = before_2020;
    } else if (before_2020 != ST_JSON_NONE) {
        prefix = before_2020;
        prefix_keyword = "items";
        rest = find_value(c, ST_KEYWORD_ADDITIONAL_ITEMS);
        rest_keyword = "additionalItems";
    }
    if (prefix == ST_JSON_NONE && rest == ST_JSON_NONE)
        return ST_OK;

    struct st_items *items = st_load_get(c->loader, sizeof *items);
    if (items == NULL)
        return st_load_no_memory(c->loader);
    items->prefix_keyword = prefix_keyword;
    items->rest_keyword = rest_keyword;
    st_compile_add(c, ST_RULE_ITEMS, rest_keyword, rest)->items = items;
    return compile_items(c, prefix, rest, items);
}

/* ---- contains, minContains, maxContains ---- */

st_err st_compile_contains(struct st_compile *c)
{
    uint32_t value = find_value(c, ST_KEYWORD_CONTAINS);
    if (value == ST_JSON_NONE)
        return ST_OK;
    struct st_contains *contains = st_load_get(c->loader, sizeof *contains);
    if (contains == NULL)
        return st_load_no_memory(c->loader);
    *contains = (struct st_contains){
        .min = 1,
        .max = UINT64_MAX,
        .min_keyword = "contains",
        .marks = ((1u << c->plain->resource->dialect->draft) & ST_SINCE_2020) != 0,
    };
    st_compile_add(c, ST_RULE_CONTAINS, "contains", value)->contains = contains;

    st_err err = st_compile_subschema(c, value, &contains->plain);
    uint32_t min = find_value(c, ST_KEYWORD_MIN_CONTAINS);
    uint32_t max = find_value(c, ST_KEYWORD_MAX_CONTAINS);
    if (err == ST_OK && min != ST_JSON_NONE) {
        contains->min_keyword = "minContains";
        err = st_compile_count(c, min, &contains->min);
    }
    if (err == ST_OK && max != ST_JSON_NONE)
        err = st_compile_count(c, max, &contains->max);
    return err;
}

/* ---- if, then, else ---- */

st_err st_compile_condition(struct st_compile *c, uint32_t value)
{
    struct st_condition *condition = st_load_get(c->loader, sizeof *condition);
    if (condition == NULL)
        return st_load_no_memory(c->loader);
    st_compile_add(c, ST_RULE_IF, "if", value)->condition = condition;

    st_err err = st_compile_subschema(c, value, &condition->test);
    uint32_t then = find_value(c, ST_KEYWORD_THEN);
    uint32_t otherwise = find_value(c, ST_KEYWORD_ELSE);
    if (err == ST_OK && then != ST_JSON_NONE)
        err = st_compile_subschema(c, then, &condition->then);
    if (err == ST_OK && otherwise != ST_JSON_NONE)
        err = st_compile_subschema(c, otherwise, &condition->otherwise);
    return err;
}

/* ---- dependentRequired, dependentSchemas, and dependencies, which was both ---- */

static st_err compile_dependency(struct st_compile *c, const struct st_keyword *keyword,
                                 uint32_t value, struct st_named *named)
{
    bool names =
        keyword->id == ST_KEYWORD_DEPENDENT_REQUIRED ||
        (keyword->id == ST_KEYWORD_DEPENDENCIES && st_json_kind(c->json, value) == ST_JSON_ARRAY);
    return names ? st_compile_names(c, value, &named->names)
                 : st_compile_subschema(c, value, &named->plain);
}

st_err st_compile_dependencies(struct st_compile *c, const struct st_keyword *keyword,
                               uint32_t value)
{
    st_err err = st_compile_expect(c, value, ST_JSON_OBJECT);
    if (err != ST_OK)
        return err;
    uint32_t count = c->json->nodes[value].len;
    struct st_named *required = st_load_get(c->loader, count * sizeof(required[0]));
    struct st_named *schemas = st_load_get(c->loader, count * sizeof(schemas[0]));
    if (required == NULL || schemas == NULL)
        return st_load_no_memory(c->loader);

    struct st_named_list required_list = {.at = required};
    struct st_named_list schema_list = {.at = schemas};
    for (uint32_t at = st_json_first(c->json, value); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(c->json, value, at)) {
        struct st_named named = {.name = st_json_text(c->json, at)};
        err = compile_dependency(c, keyword, at + 1, &named);
        if (named.plain != NULL)
            schemas[schema_list.count++] = named;
        else
            required[required_list.count++] = named;
    }
    if (required_list.count > 0)
        st_compile_add(c, ST_RULE_DEPENDENT_REQUIRED, keyword->name.at, value)->named =
            required_list;
    if (schema_list.count > 0)
        st_compile_add(c, ST_RULE_DEPENDENT_SCHEMAS, keyword->name.at, value)->named = schema_list;
    return err;
}
