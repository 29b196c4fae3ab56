#include "contract/field.h"

#include "contract/limits.h"
#include "json/pointer.h"

static uint32_t keyword(const struct st_json *schema, uint32_t node, const char *name)
{
    return st_json_member(schema, node, st_str_of(name));
}

/* Through $refs within the document; NONE behind any other. The bound ends circles. */
static uint32_t follow(const struct st_json *schema, uint32_t node)
{
    for (unsigned hops = 0; node != ST_JSON_NONE && hops < ST_FIELD_DEPTH_MAX; hops++) {
        uint32_t ref = keyword(schema, node, "$ref");
        if (ref == ST_JSON_NONE || st_json_kind(schema, ref) != ST_JSON_STRING)
            return node;
        st_str target = st_json_text(schema, ref);
        if (!st_str_starts(target, ST_STR("#")))
            return ST_JSON_NONE;
        node = st_pointer_find(schema, 0, st_str_from(target, 1));
    }
    return ST_JSON_NONE;
}

/* How much of a schema is still looked at: by nesting, and in all. */
struct patience {
    unsigned depth;
    unsigned steps;
};

static uint32_t find_within(const struct st_json *schema, uint32_t node, st_str name,
                            struct patience *patience);

/* The first of the keyword's subschemas (one, or an array of them) that describes the name. */
static uint32_t find_in_group(const struct st_json *schema, uint32_t group, st_str name,
                              struct patience *patience)
{
    if (group == ST_JSON_NONE)
        return ST_JSON_NONE;
    if (st_json_kind(schema, group) != ST_JSON_ARRAY)
        return find_within(schema, group, name, patience);
    uint32_t found = ST_JSON_NONE;
    for (uint32_t at = st_json_first(schema, group); at != ST_JSON_NONE && found == ST_JSON_NONE;
         at = st_json_next(schema, group, at))
        found = find_within(schema, at, name, patience);
    return found;
}

static uint32_t find_within(const struct st_json *schema, uint32_t node, st_str name,
                            struct patience *patience)
{
    static const char *const GROUPS[] = {"allOf", "anyOf", "oneOf", "then", "else"};
    if (patience->depth == 0 || patience->steps == 0)
        return ST_JSON_NONE;
    patience->steps--;
    uint32_t target = follow(schema, node);
    if (target == ST_JSON_NONE)
        return ST_JSON_NONE;
    uint32_t properties = keyword(schema, target, "properties");
    uint32_t found =
        properties == ST_JSON_NONE ? ST_JSON_NONE : st_json_member(schema, properties, name);
    patience->depth--;
    for (size_t i = 0; i < sizeof(GROUPS) / sizeof(GROUPS[0]) && found == ST_JSON_NONE; i++)
        found = find_in_group(schema, keyword(schema, target, GROUPS[i]), name, patience);
    patience->depth++;
    if (found == ST_JSON_NONE)
        found = keyword(schema, target, "additionalProperties");
    return found;
}

uint32_t st_field_member(const struct st_json *schema, uint32_t node, st_str name)
{
    struct patience patience = {ST_FIELD_DEPTH_MAX, ST_FIELD_STEPS_MAX};
    return node == ST_JSON_NONE ? ST_JSON_NONE : find_within(schema, node, name, &patience);
}

st_err st_field_find(const struct st_json *schema, uint32_t node, st_str pointer, uint32_t *found)
{
    struct st_buf token = ST_BUF(ST_JSON_POINTER_BYTES_MAX);
    bool more = false;
    st_err err = st_pointer_take(&pointer, &token, &more);
    while (err == ST_OK && more) {
        node = st_field_member(schema, node, st_buf_str(&token));
        err = st_pointer_take(&pointer, &token, &more);
    }
    st_buf_done(&token);
    *found = node;
    return err;
}

static bool lists_text(const struct st_json *schema, uint32_t list)
{
    for (uint32_t at = st_json_first(schema, list); at != ST_JSON_NONE;
         at = st_json_next(schema, list, at))
        if (st_json_kind(schema, at) == ST_JSON_STRING)
            return true;
    return false;
}

static bool names_type(const struct st_json *schema, uint32_t type, st_str name)
{
    if (st_json_kind(schema, type) != ST_JSON_ARRAY)
        return st_str_eq(st_json_text(schema, type), name);
    for (uint32_t at = st_json_first(schema, type); at != ST_JSON_NONE;
         at = st_json_next(schema, type, at))
        if (st_str_eq(st_json_text(schema, at), name))
            return true;
    return false;
}

bool st_field_allows_text(const struct st_json *schema, uint32_t node)
{
    uint32_t target = node == ST_JSON_NONE ? ST_JSON_NONE : follow(schema, node);
    if (target == ST_JSON_NONE)
        return true;
    uint32_t type = keyword(schema, target, "type");
    if (type != ST_JSON_NONE)
        return names_type(schema, type, ST_STR("string"));
    uint32_t constant = keyword(schema, target, "const");
    if (constant != ST_JSON_NONE)
        return st_json_kind(schema, constant) == ST_JSON_STRING;
    uint32_t list = keyword(schema, target, "enum");
    return list == ST_JSON_NONE || lists_text(schema, list);
}

bool st_field_wants_object(const struct st_json *schema, uint32_t node)
{
    uint32_t target = node == ST_JSON_NONE ? ST_JSON_NONE : follow(schema, node);
    uint32_t type = target == ST_JSON_NONE ? ST_JSON_NONE : keyword(schema, target, "type");
    return type != ST_JSON_NONE && names_type(schema, type, ST_STR("object"));
}

uint32_t st_field_properties(const struct st_json *schema, uint32_t node)
{
    uint32_t target = node == ST_JSON_NONE ? ST_JSON_NONE : follow(schema, node);
    return target == ST_JSON_NONE ? ST_JSON_NONE : keyword(schema, target, "properties");
}
