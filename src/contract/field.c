#include "contract/field.h"

#include "contract/limits.h"
#include "json/compare.h"
#include "json/number.h"
#include "json/pointer.h"

static uint32_t keyword(const struct st_json *schema, uint32_t node, const char *name)
{
    return st_json_member(schema, node, st_str_of(name));
}

uint32_t st_field_target(const struct st_json *schema, uint32_t ref)
{
    st_str target = st_json_text(schema, ref);
    return st_str_starts(target, ST_STR("#")) ? st_pointer_find(schema, 0, st_str_from(target, 1))
                                              : ST_JSON_NONE;
}

/* Through $refs within the document; NONE behind any other. The bound ends circles. */
static uint32_t follow(const struct st_json *schema, uint32_t node)
{
    for (unsigned hops = 0; node != ST_JSON_NONE && hops < ST_FIELD_DEPTH_MAX; hops++) {
        uint32_t ref = keyword(schema, node, "$ref");
        if (ref == ST_JSON_NONE || st_json_kind(schema, ref) != ST_JSON_STRING)
            return node;
        node = st_field_target(schema, ref);
    }
    return ST_JSON_NONE;
}

/* A search for what describes a value: how much of the schema is still looked at, by nesting and in
 * all, and the event as far as it is known. */
struct search {
    const struct st_json *schema;
    const struct st_json *event; /* NULL: nothing is known of it */
    unsigned depth;
    unsigned steps;
};

/* The names on the way from a value to the one that is looked for. */
struct way {
    const st_str *names;
    uint32_t count;
};

static uint32_t find_below(struct search *s, uint32_t node, uint32_t value, struct way way);

/* The first of the keyword's subschemas (one, or an array of them) that describes the value. */
static uint32_t find_in_group(struct search *s, uint32_t group, uint32_t value, struct way way)
{
    if (group == ST_JSON_NONE)
        return ST_JSON_NONE;
    if (st_json_kind(s->schema, group) != ST_JSON_ARRAY)
        return find_below(s, group, value, way);
    uint32_t found = ST_JSON_NONE;
    for (uint32_t at = st_json_first(s->schema, group); at != ST_JSON_NONE && found == ST_JSON_NONE;
         at = st_json_next(s->schema, group, at))
        found = find_below(s, at, value, way);
    return found;
}

static bool is_listed(const struct search *s, uint32_t list, uint32_t value)
{
    for (uint32_t at = st_json_first(s->schema, list); at != ST_JSON_NONE;
         at = st_json_next(s->schema, list, at))
        if (st_json_equal(s->event, value, s->schema, at))
            return true;
    return false;
}

/* Whether the schema names other values than this one: by const or enum. */
static bool names_others(const struct search *s, uint32_t node, uint32_t value)
{
    uint32_t constant = keyword(s->schema, node, "const");
    uint32_t list = keyword(s->schema, node, "enum");
    return (constant != ST_JSON_NONE && !st_json_equal(s->event, value, s->schema, constant)) ||
           (list != ST_JSON_NONE && !is_listed(s, list, value));
}

static bool refuted(struct search *s, uint32_t condition, uint32_t value);

static bool refutes_member(struct search *s, uint32_t properties, uint32_t value)
{
    for (uint32_t at = properties == ST_JSON_NONE ? properties
                                                  : st_json_first(s->schema, properties);
         at != ST_JSON_NONE; at = st_json_next(s->schema, properties, at)) {
        uint32_t member = st_json_member(s->event, value, st_json_text(s->schema, at));
        if (member != ST_JSON_NONE &&
            (st_json_kind(s->schema, at + 1) == ST_JSON_FALSE || names_others(s, at + 1, member)))
            return true;
    }
    return false;
}

/* Of the schemas in the list, how many are refuted. */
static uint32_t count_refuted(struct search *s, uint32_t list, uint32_t value)
{
    uint32_t count = 0;
    for (uint32_t at = list == ST_JSON_NONE ? list : st_json_first(s->schema, list);
         at != ST_JSON_NONE; at = st_json_next(s->schema, list, at))
        count += refuted(s, at, value);
    return count;
}

/* Whether an `if` is surely not about the event: it asks of a member for another value than it has,
 * or that it be absent. This tells the branches of event types apart. What is not there yet refutes
 * nothing: it may still come. */
static bool refuted(struct search *s, uint32_t condition, uint32_t value)
{
    if (value == ST_JSON_NONE || s->depth == 0 || s->steps == 0)
        return false;
    s->steps--;
    s->depth--;
    uint32_t any = keyword(s->schema, condition, "anyOf");
    bool found = refutes_member(s, keyword(s->schema, condition, "properties"), value) ||
                 count_refuted(s, keyword(s->schema, condition, "allOf"), value) > 0 ||
                 (any != ST_JSON_NONE && count_refuted(s, any, value) == s->schema->nodes[any].len);
    s->depth++;
    return found;
}

/* Through the keywords that apply further schemas to the same value. */
static uint32_t find_beside(struct search *s, uint32_t target, uint32_t value, struct way way)
{
    static const char *const GROUPS[] = {"allOf", "anyOf", "oneOf"};
    uint32_t condition = keyword(s->schema, target, "if");
    uint32_t found = ST_JSON_NONE;
    for (size_t i = 0; i < sizeof(GROUPS) / sizeof(GROUPS[0]) && found == ST_JSON_NONE; i++)
        found = find_in_group(s, keyword(s->schema, target, GROUPS[i]), value, way);
    if (found == ST_JSON_NONE && (condition == ST_JSON_NONE || !refuted(s, condition, value)))
        found = find_in_group(s, keyword(s->schema, target, "then"), value, way);
    if (found == ST_JSON_NONE)
        found = find_in_group(s, keyword(s->schema, target, "else"), value, way);
    return found;
}

/* Behind the next name, whose subschema is `child`. */
static uint32_t find_in_member(struct search *s, uint32_t child, uint32_t value, struct way way)
{
    if (child == ST_JSON_NONE)
        return ST_JSON_NONE;
    uint32_t member = value == ST_JSON_NONE ? value : st_json_member(s->event, value, *way.names);
    return find_below(s, child, member, (struct way){way.names + 1, way.count - 1});
}

/* What describes the value that the way leads to from `value` (NONE: not known), which the schema
 * at `node` describes. */
static uint32_t find_below(struct search *s, uint32_t node, uint32_t value, struct way way)
{
    if (way.count == 0)
        return node;
    if (s->depth == 0 || s->steps == 0)
        return ST_JSON_NONE;
    s->steps--;
    uint32_t target = follow(s->schema, node);
    if (target == ST_JSON_NONE)
        return ST_JSON_NONE;
    s->depth--;
    uint32_t properties = keyword(s->schema, target, "properties");
    uint32_t child = properties == ST_JSON_NONE ? ST_JSON_NONE
                                                : st_json_member(s->schema, properties, *way.names);
    uint32_t found = find_in_member(s, child, value, way);
    if (found == ST_JSON_NONE)
        found = find_beside(s, target, value, way);
    if (found == ST_JSON_NONE)
        found = find_in_member(s, keyword(s->schema, target, "additionalProperties"), value, way);
    s->depth++;
    return found;
}

/* The pointer's tokens, unescaped in `text`; *count past the room when they are too many. */
static st_err cut(st_str pointer, struct st_buf *text, st_str names[static ST_FIELD_DEPTH_MAX],
                  uint32_t *count)
{
    size_t starts[ST_FIELD_DEPTH_MAX];
    struct st_buf token = ST_BUF(ST_JSON_POINTER_BYTES_MAX);
    bool more = false;
    *count = 0;
    st_err err = st_pointer_take(&pointer, &token, &more);
    while (err == ST_OK && more && *count <= ST_FIELD_DEPTH_MAX) {
        if (*count < ST_FIELD_DEPTH_MAX) {
            starts[*count] = text->len;
            err = st_buf_add_str(text, st_buf_str(&token));
        }
        (*count)++;
        if (err == ST_OK)
            err = st_pointer_take(&pointer, &token, &more);
    }
    st_buf_done(&token);
    for (uint32_t i = 0; err == ST_OK && i < *count && i < ST_FIELD_DEPTH_MAX; i++) {
        size_t end = i + 1 < *count && i + 1 < ST_FIELD_DEPTH_MAX ? starts[i + 1] : text->len;
        names[i] = (st_str){text->at + starts[i], end - starts[i]};
    }
    return err;
}

st_err st_field_find(const struct st_json *schema, const struct st_json *event, st_str pointer,
                     uint32_t *found)
{
    struct search s = {schema, event, ST_FIELD_DEPTH_MAX, ST_FIELD_STEPS_MAX};
    struct st_buf text = ST_BUF(ST_JSON_POINTER_BYTES_MAX);
    st_str names[ST_FIELD_DEPTH_MAX];
    uint32_t count;
    st_err err = cut(pointer, &text, names, &count);
    *found = ST_JSON_NONE;
    if (err == ST_OK && count <= ST_FIELD_DEPTH_MAX)
        *found = find_below(&s, 0, event == NULL ? ST_JSON_NONE : 0, (struct way){names, count});
    st_buf_done(&text);
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

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t find_text_max(struct search *s, uint32_t node)
{
    uint64_t max = UINT64_MAX;
    if (node == ST_JSON_NONE || s->depth == 0 || s->steps == 0)
        return max;
    s->steps--;
    s->depth--;
    uint32_t own = keyword(s->schema, node, "maxLength");
    uint32_t ref = keyword(s->schema, node, "$ref");
    uint32_t all = keyword(s->schema, node, "allOf");
    if (own != ST_JSON_NONE && st_number_to_u64(st_json_text(s->schema, own), &max) != ST_OK)
        max = UINT64_MAX;
    if (ref != ST_JSON_NONE && st_json_kind(s->schema, ref) == ST_JSON_STRING)
        max = least(max, find_text_max(s, st_field_target(s->schema, ref)));
    for (uint32_t at = all == ST_JSON_NONE ? all : st_json_first(s->schema, all);
         at != ST_JSON_NONE; at = st_json_next(s->schema, all, at))
        max = least(max, find_text_max(s, at));
    s->depth++;
    return max;
}

uint64_t st_field_text_max(const struct st_json *schema, uint32_t node)
{
    struct search s = {schema, NULL, ST_FIELD_DEPTH_MAX, ST_FIELD_STEPS_MAX};
    return find_text_max(&s, node);
}

st_str st_field_description(const struct st_json *schema, uint32_t node)
{
    static const st_str none = {NULL, 0};
    if (node == ST_JSON_NONE)
        return none;
    uint32_t own = keyword(schema, node, "description");
    uint32_t target = own == ST_JSON_NONE ? follow(schema, node) : node;
    if (target != node && target != ST_JSON_NONE)
        own = keyword(schema, target, "description");
    return own == ST_JSON_NONE || st_json_kind(schema, own) != ST_JSON_STRING
               ? none
               : st_json_text(schema, own);
}

/* ---- all that describes a value ---- */

static void describe(struct search *s, uint32_t node, uint32_t value, struct st_described *all);

static void describe_group(struct search *s, uint32_t group, uint32_t value,
                           struct st_described *all)
{
    if (group == ST_JSON_NONE)
        return;
    if (st_json_kind(s->schema, group) != ST_JSON_ARRAY) {
        describe(s, group, value, all);
        return;
    }
    for (uint32_t at = st_json_first(s->schema, group); at != ST_JSON_NONE;
         at = st_json_next(s->schema, group, at))
        describe(s, at, value, all);
}

static void describe(struct search *s, uint32_t node, uint32_t value, struct st_described *all)
{
    static const char *const GROUPS[] = {"allOf", "anyOf", "oneOf"};
    if (s->depth == 0 || s->steps == 0 || all->count == ST_FIELD_DESCRIBED_MAX)
        return;
    s->steps--;
    s->depth--;
    uint32_t ref = keyword(s->schema, node, "$ref");
    uint32_t condition = keyword(s->schema, node, "if");
    if (keyword(s->schema, node, "properties") != ST_JSON_NONE ||
        keyword(s->schema, node, "additionalProperties") != ST_JSON_NONE)
        all->at[all->count++] = node;
    if (ref != ST_JSON_NONE && st_json_kind(s->schema, ref) == ST_JSON_STRING)
        describe_group(s, st_field_target(s->schema, ref), value, all);
    for (size_t i = 0; i < sizeof(GROUPS) / sizeof(GROUPS[0]); i++)
        describe_group(s, keyword(s->schema, node, GROUPS[i]), value, all);
    if (condition == ST_JSON_NONE || !refuted(s, condition, value))
        describe_group(s, keyword(s->schema, node, "then"), value, all);
    s->depth++;
}

void st_field_describe(const struct st_json *schema, uint32_t node, const struct st_json *event,
                       uint32_t value, struct st_described *all)
{
    struct search s = {schema, event, ST_FIELD_DEPTH_MAX, all->steps};
    describe(&s, node, value, all);
    all->steps = s.steps;
}

uint32_t st_field_properties(const struct st_json *schema, uint32_t node)
{
    return keyword(schema, node, "properties");
}

uint32_t st_field_of_member(const struct st_json *schema, uint32_t node, st_str name)
{
    uint32_t properties = keyword(schema, node, "properties");
    uint32_t child =
        properties == ST_JSON_NONE ? ST_JSON_NONE : st_json_member(schema, properties, name);
    return child == ST_JSON_NONE ? keyword(schema, node, "additionalProperties") : child;
}
