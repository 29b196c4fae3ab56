/*
 * types_graph.c: from sets of schemas to types.
 */
#include "contract/types_graph.h"

#include "json/compare.h"
#include "json/write.h"

/* JSON types as a mask. */
enum {
    IS_NULL = 1,
    IS_BOOLEAN = 2,
    IS_INTEGER = 4,
    IS_FRACTION = 8,
    IS_STRING = 16,
    IS_LIST = 32,
    IS_OBJECT = 64,
    IS_ANY = 127,
};

static uint32_t keyword(const struct st_types *types, uint32_t node, const char *name)
{
    return st_json_member(types->doc, node, st_str_of(name));
}

static bool has(const struct st_types *types, uint32_t node, const char *name)
{
    return keyword(types, node, name) != ST_JSON_NONE;
}

void *st_types_room(struct st_types *types, size_t count, size_t each)
{
    void *block = st_arena_get_zeroed(&types->arena, (count + 1) * each);
    if (block == NULL)
        types->err = types->arena.full ? ST_ERR_LIMIT : ST_ERR_MEMORY;
    return block;
}

st_str st_types_join(struct st_types *types, st_str a, st_str b)
{
    st_buf_reset(&types->key);
    types->err = st_buf_add_str(&types->key, a);
    if (types->err == ST_OK)
        types->err = st_buf_add_char(&types->key, ' ');
    if (types->err == ST_OK)
        types->err = st_buf_add_str(&types->key, b);
    return types->err == ST_OK ? st_types_pascal(types, st_buf_str(&types->key)) : a;
}

/* ---- which JSON types ---- */

static uint32_t mask_of_name(st_str name)
{
    static const struct {
        const char *name;
        uint32_t mask;
    } names[] = {
        {"null", IS_NULL},       {"boolean", IS_BOOLEAN},
        {"integer", IS_INTEGER}, {"number", IS_INTEGER | IS_FRACTION},
        {"string", IS_STRING},   {"array", IS_LIST},
        {"object", IS_OBJECT},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (st_str_eq(name, st_str_of(names[i].name)))
            return names[i].mask;
    return IS_ANY;
}

static uint32_t mask_of_schema(const struct st_types *types, uint32_t node)
{
    uint32_t type = keyword(types, node, "type");
    uint32_t mask = 0;
    if (type == ST_JSON_NONE)
        return IS_ANY;
    if (st_json_kind(types->doc, type) == ST_JSON_STRING)
        return mask_of_name(st_json_text(types->doc, type));
    for (uint32_t at = st_json_first(types->doc, type); at != ST_JSON_NONE;
         at = st_json_next(types->doc, type, at))
        mask |= mask_of_name(st_json_text(types->doc, at));
    return mask;
}

static uint32_t mask_of_set(const struct st_types *types, const struct st_schemas *set)
{
    uint32_t mask = IS_ANY;
    for (uint32_t i = 0; i < set->count; i++)
        mask &= mask_of_schema(types, set->at[i].node);
    return mask;
}

/* Where no type is stated the keywords tell. */
static uint32_t guess_mask(const struct st_types *types, const struct st_schemas *set)
{
    static const struct {
        const char *keyword;
        uint32_t mask;
    } hints[] = {
        {"properties", IS_OBJECT},
        {"required", IS_OBJECT},
        {"additionalProperties", IS_OBJECT},
        {"patternProperties", IS_OBJECT},
        {"items", IS_LIST},
        {"prefixItems", IS_LIST},
        {"pattern", IS_STRING},
        {"format", IS_STRING},
        {"minLength", IS_STRING},
        {"maxLength", IS_STRING},
        {"minimum", IS_INTEGER | IS_FRACTION},
        {"maximum", IS_INTEGER | IS_FRACTION},
    };
    for (size_t h = 0; h < sizeof hints / sizeof hints[0]; h++)
        for (uint32_t i = 0; i < set->count; i++)
            if (has(types, set->at[i].node, hints[h].keyword))
                return hints[h].mask;
    return IS_ANY;
}

/* ---- what makes a set a type of its own ---- */

static bool is_open_choice(const struct st_types *types, struct st_schema_in in, uint32_t *list,
                           uint32_t *bit);

static bool has_structure(const struct st_types *types, struct st_schema_in in)
{
    static const char *const keywords[] = {
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "items",
        "unevaluatedProperties",
        "const",
        "prefixItems",
        "enum",
    };
    uint32_t list;
    uint32_t bit;
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        if (has(types, in.node, keywords[i]))
            return true;
    return is_open_choice(types, in, &list, &bit);
}

/* Its schemas that have structure, by their places, and its mask: equal keys are one type. The
 * first such schema is told, and how many there are. */
static st_str key_of(struct st_types *types, const struct st_schemas *set, uint32_t mask,
                     uint32_t *count, uint32_t *node)
{
    struct st_buf *key = &types->key;
    *count = 0;
    st_buf_reset(key);
    types->err = st_buf_add(key, &mask, sizeof mask);
    for (uint32_t i = 0; i < set->count && types->err == ST_OK; i++) {
        struct st_schema_in in = set->at[i];
        if (!has_structure(types, in))
            continue;
        if ((*count)++ == 0)
            *node = in.node;
        size_t at = key->len;
        types->err = st_buf_add(key, &in, sizeof in);
        /* Sorted in: the order in which schemas were met says nothing. */
        for (; types->err == ST_OK && at > sizeof mask; at -= sizeof in) {
            struct st_schema_in before;
            memcpy(&before, key->at + at - sizeof in, sizeof in);
            if (before.node <= in.node)
                break;
            memcpy(key->at + at, &before, sizeof in);
            memcpy(key->at + at - sizeof in, &in, sizeof in);
        }
    }
    return st_buf_str(key);
}

/* The name that the contract gives the schema: of a model, or of one of $defs; len 0: none. */
static st_str name_of_schema(const struct st_types *types, uint32_t node)
{
    const struct st_map_entry *entry =
        st_map_find(&types->names, (st_str){(const char *)&node, sizeof node});
    return entry == NULL ? (st_str){"", 0} : st_json_text(types->doc, (uint32_t)entry->value);
}

struct st_type *st_types_new(struct st_types *types, enum st_type_kind kind)
{
    struct st_type *type = ST_TYPES_ROOM(types, struct st_type, 0);
    if (type != NULL)
        type->kind = kind;
    return type;
}

/* A name for a type that is to have one. */
void st_types_name(struct st_types *types, struct st_type *type, st_str name)
{
    if (types->err == ST_OK)
        type->name = st_types_take_name(types, st_types_pascal(types, name));
}

/* Behind all that it holds. */
void st_types_list(struct st_types *types, struct st_type *type)
{
    *types->last = type;
    types->last = &type->next;
}

/* ---- literals ---- */

static bool set_allows(const struct st_types *types, const struct st_schemas *set, uint32_t value)
{
    for (uint32_t i = 0; i < set->count; i++) {
        uint32_t one = keyword(types, set->at[i].node, "const");
        uint32_t list = keyword(types, set->at[i].node, "enum");
        bool listed = list == ST_JSON_NONE;
        if (one != ST_JSON_NONE && !st_json_equal(types->doc, one, types->doc, value))
            return false;
        for (uint32_t at = listed ? ST_JSON_NONE : st_json_first(types->doc, list);
             at != ST_JSON_NONE && !listed; at = st_json_next(types->doc, list, at))
            listed = st_json_equal(types->doc, at, types->doc, value);
        if (!listed)
            return false;
    }
    return true;
}

static uint32_t mask_of_value(const struct st_json *doc, uint32_t value)
{
    static const uint32_t masks[] = {
        [ST_JSON_NULL] = IS_NULL,     [ST_JSON_FALSE] = IS_BOOLEAN,
        [ST_JSON_TRUE] = IS_BOOLEAN,  [ST_JSON_NUMBER] = IS_INTEGER | IS_FRACTION,
        [ST_JSON_STRING] = IS_STRING, [ST_JSON_ARRAY] = IS_LIST,
        [ST_JSON_OBJECT] = IS_OBJECT,
    };
    return masks[st_json_kind(doc, value)];
}

static void add_literal(struct st_types *types, struct st_type *type, uint32_t value)
{
    st_buf_reset(&types->key);
    types->err = st_json_write(types->doc, value, &types->key);
    struct st_literal literal = {.kind = st_json_kind(types->doc, value)};
    if (types->err == ST_OK)
        literal.json = st_arena_copy(&types->arena, st_buf_str(&types->key));
    if (literal.kind == ST_JSON_STRING)
        literal.text = st_json_text(types->doc, value);
    if (types->err == ST_OK && literal.json.at == NULL)
        types->err = types->arena.full ? ST_ERR_LIMIT : ST_ERR_MEMORY;
    else
        type->values[type->count++] = literal;
}

/* The list of values that some schema of the set states; NONE when none does. A const is a list of
 * one: its own node. */
static uint32_t find_values(const struct st_types *types, const struct st_schemas *set, bool *one)
{
    for (uint32_t i = 0; i < set->count; i++) {
        uint32_t value = keyword(types, set->at[i].node, "const");
        *one = value != ST_JSON_NONE;
        if (!*one)
            value = keyword(types, set->at[i].node, "enum");
        if (value != ST_JSON_NONE)
            return value;
    }
    return ST_JSON_NONE;
}

static void fill_literals(struct st_types *types, struct st_type *type,
                          const struct st_schemas *set, uint32_t mask, uint32_t values, bool one)
{
    type->kind = ST_TYPE_LITERALS;
    type->values = ST_TYPES_ROOM(types, struct st_literal, one ? 1 : types->doc->nodes[values].len);
    uint32_t at = one ? values : st_json_first(types->doc, values);
    while (at != ST_JSON_NONE && types->err == ST_OK) {
        if ((mask_of_value(types->doc, at) & mask) != 0 && set_allows(types, set, at))
            add_literal(types, type, at);
        at = one ? ST_JSON_NONE : st_json_next(types->doc, values, at);
    }
}

/* ---- unions ---- */

/* Whether every alternative says what it is: one that only demands a member is no type. */
static bool tell_types(const struct st_types *types, uint32_t list)
{
    static const char *const keywords[] = {"$ref",  "type",  "const",      "enum",
                                           "anyOf", "oneOf", "properties", "items"};
    for (uint32_t at = st_json_first(types->doc, list); at != ST_JSON_NONE;
         at = st_json_next(types->doc, list, at)) {
        bool tells = false;
        for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
            tells = tells || has(types, at, keywords[i]);
        if (!tells)
            return false;
    }
    return true;
}

static bool is_open_choice(const struct st_types *types, struct st_schema_in in, uint32_t *list,
                           uint32_t *bit)
{
    static const struct {
        const char *keyword;
        uint32_t bit;
    } choices[] = {{"anyOf", ST_SCHEMA_ANY_OF}, {"oneOf", ST_SCHEMA_ONE_OF}};
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        *bit = choices[i].bit;
        *list = keyword(types, in.node, choices[i].keyword);
        if (*list != ST_JSON_NONE && (in.chosen & *bit) == 0 && tell_types(types, *list))
            return true;
    }
    return false;
}

void st_types_add_part(struct st_types *types, struct st_type *type, struct st_type *part)
{
    if (part == NULL || types->err != ST_OK)
        return;
    for (uint32_t i = 0; i < type->count; i++)
        if (type->parts[i] == part)
            return;
    type->parts[type->count++] = part;
}

static struct st_schemas copy_set(struct st_types *types, const struct st_schemas *set)
{
    struct st_schemas copy = *set;
    copy.room = set->count + 4;
    copy.at = ST_TYPES_ROOM(types, struct st_schema_in, copy.room);
    if (copy.at != NULL && set->count > 0)
        memcpy(copy.at, set->at, set->count * sizeof(*copy.at));
    return copy;
}

static st_str hint_of_part(struct st_types *types, uint32_t node, st_str hint, uint32_t number)
{
    uint32_t title = keyword(types, node, "title");
    char digits[] = "Option 00";
    digits[7] = (char)('0' + number / 10 % 10);
    digits[8] = (char)('0' + number % 10);
    return st_types_join(
        types, hint, title != ST_JSON_NONE ? st_json_text(types->doc, title) : st_str_of(digits));
}

static void fill_choice(struct st_types *types, struct st_type *type, const struct st_schemas *set,
                        uint32_t index, uint32_t list, uint32_t bit, st_str name)
{
    uint32_t number = 0;
    type->kind = ST_TYPE_UNION;
    type->parts = ST_TYPES_ROOM(types, struct st_type *, types->doc->nodes[list].len);
    for (uint32_t at = st_json_first(types->doc, list); at != ST_JSON_NONE && types->err == ST_OK;
         at = st_json_next(types->doc, list, at)) {
        struct st_schemas part = copy_set(types, set);
        if (types->err != ST_OK)
            return;
        part.at[index].chosen |= bit;
        part.title = 0;
        part.description = 0;
        st_schemas_add(types, &part, at, 0, NULL);
        st_str hint = hint_of_part(types, at, name, ++number);
        if (types->err == ST_OK)
            st_types_add_part(types, type, st_types_make(types, &part, hint));
    }
}

/* ---- objects and lists ---- */

static bool lists_name(const struct st_types *types, uint32_t list, st_str name)
{
    for (uint32_t at = list == ST_JSON_NONE ? list : st_json_first(types->doc, list);
         at != ST_JSON_NONE; at = st_json_next(types->doc, list, at))
        if (st_str_eq(st_json_text(types->doc, at), name))
            return true;
    return false;
}

static bool is_false(const struct st_types *types, uint32_t node)
{
    return node != ST_JSON_NONE && st_json_kind(types->doc, node) == ST_JSON_FALSE;
}

/* What one schema says of a member: adds to its set. False: it may not be there. */
static bool add_member_schema(struct st_types *types, struct st_schemas *says, uint32_t node,
                              st_str name)
{
    uint32_t properties = keyword(types, node, "properties");
    uint32_t rest = keyword(types, node, "additionalProperties");
    uint32_t own =
        properties == ST_JSON_NONE ? ST_JSON_NONE : st_json_member(types->doc, properties, name);
    if (own == ST_JSON_NONE && !has(types, node, "patternProperties"))
        own = rest;
    if (own != ST_JSON_NONE)
        st_schemas_add(types, says, own, 0, NULL);
    return !says->never;
}

static st_str find_unit(const struct st_types *types, const struct st_schemas *says)
{
    for (uint32_t i = 0; i < says->count; i++) {
        char key[1 + sizeof(uint32_t)] = {'u'};
        memcpy(key + 1, &says->at[i].node, sizeof(uint32_t));
        const struct st_map_entry *unit = st_map_find(&types->names, (st_str){key, sizeof key});
        if (unit != NULL)
            return st_str_of((const char *)(uintptr_t)unit->value);
    }
    return (st_str){NULL, 0};
}

/* What the member says that tells an event's type: this and nothing else. */
static struct st_type *type_text(struct st_types *types, st_str text)
{
    struct st_type *type = st_types_new(types, ST_TYPE_LITERALS);
    if (type == NULL)
        return NULL;
    type->values = ST_TYPES_ROOM(types, struct st_literal, 1);
    st_buf_reset(&types->key);
    if (types->err == ST_OK)
        types->err = st_json_add_string(&types->key, text);
    if (types->err != ST_OK)
        return NULL;
    st_str json = st_arena_copy(&types->arena, st_buf_str(&types->key));
    if (json.at == NULL)
        types->err = types->arena.full ? ST_ERR_LIMIT : ST_ERR_MEMORY;
    type->values[type->count++] = (struct st_literal){json, text, ST_JSON_STRING};
    return type;
}

/* Adds the member as all schemas of the set describe it, unless one forbids it. */
static void add_member(struct st_types *types, struct st_type *type, const struct st_schemas *set,
                       st_str name)
{
    struct st_member member = {.name = name};
    bool allowed = true;
    for (uint32_t i = 0; i < set->count && types->err == ST_OK; i++) {
        uint32_t node = set->at[i].node;
        member.required =
            member.required || lists_name(types, keyword(types, node, "required"), name);
        allowed = allowed && add_member_schema(types, &member.says, node, name);
    }
    if (!allowed || types->err != ST_OK)
        return;
    if (type->is_event && st_str_eq(name, types->type_member)) {
        member.required = member.required || set->type_needed;
        if (type->event_type.at != NULL)
            member.type = type_text(types, type->event_type);
    }
    member.unit = find_unit(types, &member.says);
    if (member.type == NULL)
        member.type = st_types_make(types, &member.says, st_types_join(types, type->name, name));
    if (member.type != NULL && types->err == ST_OK)
        type->members[type->count++] = member;
}

/* All names that the set knows, in the order in which its schemas do; borrowed from the doc. */
static uint32_t gather_names(struct st_types *types, const struct st_schemas *set,
                             struct st_map *names)
{
    static const char *const keywords[] = {"properties", "required"};
    for (size_t k = 0; k < sizeof keywords / sizeof keywords[0]; k++)
        for (uint32_t i = 0; i < set->count; i++) {
            uint32_t list = keyword(types, set->at[i].node, keywords[k]);
            for (uint32_t at = list == ST_JSON_NONE ? list : st_json_first(types->doc, list);
                 at != ST_JSON_NONE && types->err == ST_OK; at = st_json_next(types->doc, list, at))
                types->err = st_map_put(names, st_json_text(types->doc, at), 0, NULL, NULL);
        }
    return names->count;
}

/* What further members hold: nothing (NULL) where some schema closes the object. */
static struct st_type *make_rest(struct st_types *types, const struct st_schemas *set, st_str hint)
{
    struct st_schemas says = {.at = NULL};
    for (uint32_t i = 0; i < set->count && types->err == ST_OK; i++) {
        uint32_t node = set->at[i].node;
        uint32_t rest = keyword(types, node, "additionalProperties");
        bool patterns = has(types, node, "patternProperties");
        if (!patterns &&
            (is_false(types, rest) || (!set->unsure && is_false(types, keyword(types, node,
                                                                               "unevaluatedProper"
                                                                               "ties")))))
            return NULL;
        if (!patterns && rest != ST_JSON_NONE)
            st_schemas_add(types, &says, rest, 0, NULL);
    }
    return types->err == ST_OK
               ? st_types_make(types, &says, st_types_join(types, hint, ST_STR("value")))
               : NULL;
}

void st_types_fill_object(struct st_types *types, struct st_type *type,
                          const struct st_schemas *set)
{
    struct st_map names;
    type->kind = ST_TYPE_OBJECT;
    st_map_init(&names, ST_CONTRACT_BYTES_MAX);
    uint32_t count = gather_names(types, set, &names);
    type->members = ST_TYPES_ROOM(types, struct st_member, count);
    for (uint32_t i = 0; i < count && types->err == ST_OK; i++)
        add_member(types, type, set, names.entries[i].key);
    st_map_done(&names);
    if (types->err == ST_OK)
        type->rest = make_rest(types, set, type->name);
}

/* Elements at fixed places and those behind them are of one union here. */
static void fill_list(struct st_types *types, struct st_type *type, const struct st_schemas *set,
                      st_str hint)
{
    struct st_schemas says = {.at = NULL};
    bool fixed = false;
    type->kind = ST_TYPE_LIST;
    type->parts = ST_TYPES_ROOM(types, struct st_type *, 1);
    for (uint32_t i = 0; i < set->count; i++) {
        uint32_t items = keyword(types, set->at[i].node, "items");
        fixed = fixed || has(types, set->at[i].node, "prefixItems");
        if (items != ST_JSON_NONE)
            st_schemas_add(types, &says, items, 0, NULL);
    }
    struct st_schemas none = {.at = NULL};
    struct st_type *part = NULL;
    if (types->err == ST_OK)
        part = st_types_make(types, fixed || says.never ? &none : &says,
                             st_types_join(types, hint, ST_STR("item")));
    if (types->err == ST_OK)
        type->parts[type->count++] = part;
}

/* ---- one value ---- */

static enum st_type_kind kind_of_scalar(uint32_t mask)
{
    switch (mask) {
    case IS_NULL:
        return ST_TYPE_NULL;
    case IS_BOOLEAN:
        return ST_TYPE_BOOLEAN;
    case IS_STRING:
        return ST_TYPE_STRING;
    case IS_INTEGER:
        return ST_TYPE_INTEGER;
    default:
        return (mask & ~(uint32_t)(IS_INTEGER | IS_FRACTION)) == 0 ? ST_TYPE_NUMBER : ST_TYPE_ANY;
    }
}

/* Whether an object of the set has members that are known by name. */
static bool names_members(const struct st_types *types, const struct st_schemas *set)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (has(types, set->at[i].node, "properties") || has(types, set->at[i].node, "required"))
            return true;
    return false;
}

/* One that names members has a name and is listed; any other is a map. */
static void fill_new_object(struct st_types *types, struct st_type *type,
                            const struct st_schemas *set, st_str name)
{
    if (!names_members(types, set)) {
        type->kind = ST_TYPE_OBJECT;
        type->rest = make_rest(types, set, name);
        return;
    }
    st_types_name(types, type, name);
    st_types_fill_object(types, type, set);
    st_types_list(types, type);
}

/* The part of a set that is of one JSON type. */
static void fill_part(struct st_types *types, struct st_type *type, const struct st_schemas *set,
                      uint32_t mask, st_str name)
{
    if (mask == IS_OBJECT)
        fill_new_object(types, type, set, name);
    else if (mask == IS_LIST)
        fill_list(types, type, set, name);
    else
        type->kind = kind_of_scalar(mask);
}

/* Of several JSON types. */
static void fill_parts(struct st_types *types, struct st_type *type, const struct st_schemas *set,
                       uint32_t mask, st_str name)
{
    static const uint32_t all[] = {IS_OBJECT,  IS_LIST, IS_STRING, IS_INTEGER | IS_FRACTION,
                                   IS_BOOLEAN, IS_NULL};
    type->kind = ST_TYPE_UNION;
    type->parts = ST_TYPES_ROOM(types, struct st_type *, sizeof all / sizeof all[0]);
    for (size_t i = 0; i < sizeof all / sizeof all[0] && types->err == ST_OK; i++) {
        if ((mask & all[i]) == 0)
            continue;
        struct st_type *part = st_types_new(types, ST_TYPE_ANY);
        if (part != NULL)
            fill_part(types, part, set, mask & all[i], name);
        st_types_add_part(types, type, part);
    }
}

/* Whether a type that is none of its own so far is to have a name: a choice of more than null and
 * something else, and texts to choose from. */
static bool wants_name(const struct st_type *type)
{
    uint32_t count = 0;
    if (type->kind == ST_TYPE_UNION) {
        for (uint32_t i = 0; i < type->count; i++)
            count += type->parts[i]->kind != ST_TYPE_NULL;
    } else if (type->kind == ST_TYPE_LITERALS) {
        for (uint32_t i = 0; i < type->count; i++)
            if (type->values[i].kind != ST_JSON_STRING)
                return false;
        count = type->count;
    }
    return count > 1;
}

/* Fills a type whose place in the map is taken already, so that what leads back to it ends there.
 */
static void fill(struct st_types *types, struct st_type *type, const struct st_schemas *set,
                 uint32_t mask, st_str name)
{
    uint32_t list;
    uint32_t bit;
    bool one = false;
    uint32_t index = 0;
    uint32_t values = find_values(types, set, &one);
    while (index < set->count && !is_open_choice(types, set->at[index], &list, &bit))
        index++;
    if (values != ST_JSON_NONE)
        fill_literals(types, type, set, mask, values, one);
    else if (index < set->count)
        fill_choice(types, type, set, index, list, bit, name);
    else if (mask == IS_OBJECT || mask == IS_LIST || mask == IS_ANY ||
             kind_of_scalar(mask) != ST_TYPE_ANY)
        fill_part(types, type, set, mask, name);
    else
        fill_parts(types, type, set, mask, name);
    if (types->err == ST_OK && wants_name(type)) {
        st_types_name(types, type, name);
        st_types_list(types, type);
    }
}

/* The type as others see it: a choice of one is that one, and of none there is none. */
static struct st_type *reduce(struct st_type *type)
{
    if (type->kind == ST_TYPE_UNION && type->count == 1)
        return type->parts[0];
    bool nothing =
        type->count == 0 && (type->kind == ST_TYPE_UNION || type->kind == ST_TYPE_LITERALS);
    if (nothing)
        type->kind = ST_TYPE_ANY; /* for those who came here in a circle */
    return nothing ? NULL : type;
}

/* A new type under the key. */
static struct st_type *make_new(struct st_types *types, const struct st_schemas *set, st_str key,
                                uint32_t mask, st_str name)
{
    struct st_type *type = st_types_new(types, ST_TYPE_ANY);
    struct st_map_entry *entry;
    key = st_arena_copy(&types->arena, key);
    if (type == NULL || key.at == NULL) {
        types->err = types->arena.full ? ST_ERR_LIMIT : ST_ERR_MEMORY;
        return NULL;
    }
    type->says = *set;
    types->err = st_map_put(&types->by_schemas, key, (uintptr_t)type, NULL, NULL);
    if (types->err != ST_OK)
        return NULL;
    types->depth++;
    fill(types, type, set, mask, name);
    types->depth--;
    type = reduce(type);
    entry = st_map_find(&types->by_schemas, key);
    if (type != NULL)
        entry->value = (uintptr_t)type;
    return type;
}

/* NULL: no value is allowed (or types->err). */
struct st_type *st_types_make(struct st_types *types, struct st_schemas *set, st_str hint)
{
    uint32_t mask = mask_of_set(types, set);
    uint32_t count = 0;
    uint32_t node = 0;
    bool one;
    if (types->err != ST_OK || set->never || mask == 0)
        return NULL;
    if (types->depth == ST_TYPES_DEPTH_MAX) {
        types->err = ST_ERR_LIMIT;
        return NULL;
    }
    if (mask == IS_ANY && find_values(types, set, &one) == ST_JSON_NONE)
        mask = guess_mask(types, set);
    st_str key = key_of(types, set, mask, &count, &node);
    if (types->err != ST_OK)
        return NULL;
    const struct st_map_entry *entry = st_map_find(&types->by_schemas, key);
    if (entry != NULL)
        return (struct st_type *)(uintptr_t)entry->value;
    st_str name = count == 1 ? name_of_schema(types, node) : (st_str){"", 0};
    return make_new(types, set, key, mask, name.len > 0 ? name : hint);
}
