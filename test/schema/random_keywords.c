/*
 * random_keywords.c: one schema: the keywords that assert something of a value and those that look
 * into it.
 */
#include "random_making.h"

static struct value *pick_type(struct maker *m, enum about kind)
{
    static const char *const own[] = {"number", "string", "array", "object"};
    static const char *const types[] = {"null",   "boolean", "integer", "number",
                                        "string", "array",   "object"};
    const char *type = kind == ABOUT_ANY || dice_chance(m->dice, 5) ? DICE_PICK(m->dice, types)
                       : kind == ABOUT_NUMBER && dice_chance(m->dice, 50) ? "integer"
                                                                          : own[kind];
    return value_string(m->arena, st_str_of(type));
}

static void add_type(struct maker *m, struct value *out, enum about kind)
{
    struct value *type = pick_type(m, kind);
    if (dice_chance(m->dice, 25)) {
        struct value *list = value_new(m->arena, ST_JSON_ARRAY);
        value_push(m->arena, list, type);
        for (uint32_t left = dice_below(m->dice, 3); left > 0; left--) {
            struct value *other = pick_type(m, ABOUT_ANY);
            if (!value_lists(list, other))
                value_push(m->arena, list, other);
        }
        type = list;
    }
    put(m, out, "type", type);
}

/* ---- const and enum ---- */

static struct value *value_like(struct maker *m, enum about kind)
{
    struct words *words = &m->schema->words;
    if (kind == ABOUT_NUMBER)
        return value_number(m->arena, words_number(words));
    if (kind == ABOUT_STRING)
        return value_string(m->arena, words_text(words));
    if (kind == ABOUT_ANY)
        return words_value(words, 1);
    struct value *box = words_value(words, 2);
    while (box->kind != (kind == ABOUT_ARRAY ? ST_JSON_ARRAY : ST_JSON_OBJECT))
        box = words_value(words, 2);
    return box;
}

static void add_listed(struct maker *m, struct value *out, enum about kind)
{
    if (has(m, ST_SINCE_6) && dice_chance(m->dice, 40)) {
        put(m, out, "const", value_like(m, kind));
        return;
    }
    struct value *list = value_new(m->arena, ST_JSON_ARRAY);
    uint32_t count =
        1 + (dice_below(m->dice, 12) == 0 ? 5 + dice_below(m->dice, 40) : dice_below(m->dice, 5));
    for (uint32_t i = 0; i < count; i++) {
        struct value *one =
            i > 8 ? value_string(m->arena, value_print(m->arena, "w%u", dice_below(m->dice, 90)))
                  : value_like(m, dice_chance(m->dice, 75) ? kind : ABOUT_ANY);
        if (!value_lists(list, one))
            value_push(m->arena, list, one);
    }
    put(m, out, "enum", list);
}

/* ---- numbers and strings ---- */

static void add_number(struct maker *m, struct value *out)
{
    static const char *const words[] = {"minimum", "maximum", "exclusiveMinimum",
                                        "exclusiveMaximum"};
    static const char *const steps[] = {"1",  "2",   "3",    "7",   "0.5",  "0.1",  "0.01",
                                        "10", "1.5", "0.25", "100", "1e-3", "2.50", "1E1"};
    for (uint32_t left = dice_below(m->dice, 3); left > 0; left--) {
        const char *word = DICE_PICK(m->dice, words);
        if (has(m, ST_D4) && word[0] == 'e') {
            put(m, out, word[9] == 'M' && word[10] == 'i' ? "minimum" : "maximum",
                value_number(m->arena, words_number(&m->schema->words)));
            put(m, out, word, value_bool(m->arena, dice_chance(m->dice, 75)));
        } else {
            put(m, out, word, value_number(m->arena, words_number(&m->schema->words)));
        }
    }
    if (!dice_chance(m->dice, 35))
        return;
    static const char *const wide[] = {"9007199254740993", "1e300", "1e-20", "123456789012345678",
                                       "18446744073709551616"};
    const char *step = m->schema->words.wide && dice_chance(m->dice, 25)
                           ? DICE_PICK(m->dice, wide)
                           : DICE_PICK(m->dice, steps);
    put(m, out, "multipleOf", value_number(m->arena, st_str_of(step)));
}

static void add_count(struct maker *m, struct value *out, const char *word, uint32_t most)
{
    uint32_t count = dice_below(m->dice, most + 1);
    if (dice_below(m->dice, 15) == 0)
        count = 15 + dice_below(m->dice, 60);
    put(m, out, word, value_u64(m->arena, count));
}

static void add_counts(struct maker *m, struct value *out, const char *low, const char *high)
{
    uint32_t which = dice_below(m->dice, 5);
    if (which != 0)
        add_count(m, out, high, 5);
    if (which < 3)
        add_count(m, out, low, 3);
}

static const struct random_pattern *new_pattern(struct maker *m)
{
    struct random_schema *schema = m->schema;
    if (schema->pattern_count == RANDOM_PATTERNS_MAX ||
        (schema->pattern_count > 0 && dice_chance(m->dice, 20)))
        return &schema->patterns[dice_below(m->dice, schema->pattern_count)];
    schema->patterns[schema->pattern_count] = random_pattern(m->arena, m->dice);
    return &schema->patterns[schema->pattern_count++];
}

static void add_string(struct maker *m, struct value *out)
{
    if (dice_chance(m->dice, 45))
        add_counts(m, out, "minLength", "maxLength");
    if (dice_below(m->dice, 12) == 0)
        put(m, out, "minLength", value_u64(m->arena, 3 + dice_below(m->dice, 10)));
    if (dice_chance(m->dice, 40))
        put(m, out, "pattern", value_string(m->arena, new_pattern(m)->source));
    if (dice_chance(m->dice, 20))
        put(m, out, "format", value_string(m->arena, st_str_of(words_format(m->dice))));
}

/* ---- arrays ---- */

static struct value *schemas(struct maker *m, struct place place, uint32_t most)
{
    struct value *list = value_new(m->arena, ST_JSON_ARRAY);
    for (uint32_t left = 1 + dice_below(m->dice, most); left > 0; left--)
        value_push(m->arena, list, make_schema(m, place_inside(m, place)));
    return list;
}

static struct value *below(struct maker *m, struct place place)
{
    return make_schema(m, place_inside(m, place));
}

/* A schema that is often `false`: what closes a list or an object. */
static struct value *closing(struct maker *m, struct place place, uint32_t percent)
{
    if (!dice_chance(m->dice, percent))
        return below(m, place);
    return value_bool(m->arena, dice_below(m->dice, 8) == 0);
}

static void add_contains(struct maker *m, struct value *out, struct place place)
{
    put(m, out, "contains", below(m, place));
    if (!has(m, ST_SINCE_2019))
        return;
    if (dice_chance(m->dice, 45))
        put(m, out, "minContains", value_u64(m->arena, dice_below(m->dice, 3)));
    if (dice_chance(m->dice, 50))
        put(m, out, "maxContains", value_u64(m->arena, dice_below(m->dice, 4)));
}

static void add_array(struct maker *m, struct value *out, struct place place)
{
    bool older = !has(m, ST_SINCE_2020);
    if (dice_chance(m->dice, 35))
        put(m, out, older ? "items" : "prefixItems", schemas(m, place, 3));
    bool prefixed = out->count > 0 && older && value_get(out, ST_STR("items")) != NULL;
    if (dice_chance(m->dice, 40))
        put(m, out, prefixed ? "additionalItems" : "items",
            prefixed ? closing(m, place, 45) : below(m, place));
    else if (older && dice_below(m->dice, 10) == 0)
        put(m, out, "additionalItems", closing(m, place, 45));
    if (has(m, ST_SINCE_6) && dice_chance(m->dice, 30))
        add_contains(m, out, place);
    if (dice_chance(m->dice, 25))
        put(m, out, "uniqueItems", value_bool(m->arena, dice_chance(m->dice, 85)));
    if (dice_chance(m->dice, 28))
        add_counts(m, out, "minItems", "maxItems");
}

/* ---- objects ---- */

static st_str known_name(struct maker *m, const struct value *out)
{
    const struct value *members = value_get(out, ST_STR("properties"));
    if (members == NULL || members->count == 0 || dice_chance(m->dice, 25))
        return words_name(&m->schema->words);
    return members->members[dice_below(m->dice, members->count)].name;
}

static struct value *known_names(struct maker *m, const struct value *out, uint32_t least,
                                 uint32_t most)
{
    struct value *list = value_new(m->arena, ST_JSON_ARRAY);
    for (uint32_t left = least + dice_below(m->dice, most - least + 1); left > 0; left--) {
        struct value *name = value_string(m->arena, known_name(m, out));
        if (!value_lists(list, name))
            value_push(m->arena, list, name);
    }
    return list;
}

static void add_properties(struct maker *m, struct value *out, struct place place)
{
    struct value *members = value_new(m->arena, ST_JSON_OBJECT);
    bool many = m->schema->words.name_count > 20 && dice_chance(m->dice, 60);
    uint32_t count = many ? 10 + dice_below(m->dice, 200) : 1 + dice_below(m->dice, 4);
    for (uint32_t i = 0; i < count; i++)
        value_set(m->arena, members, words_name(&m->schema->words),
                  i < 8 || dice_below(m->dice, 20) == 0 ? below(m, place)
                                                        : value_new(m->arena, ST_JSON_OBJECT));
    put(m, out, "properties", members);
}

static void add_patterned(struct maker *m, struct value *out, struct place place)
{
    struct value *members = value_new(m->arena, ST_JSON_OBJECT);
    for (uint32_t left = 1 + dice_below(m->dice, 3); left > 0; left--)
        value_set(m->arena, members, new_pattern(m)->source, below(m, place));
    put(m, out, "patternProperties", members);
}

static void add_dependents(struct maker *m, struct value *out, struct place place)
{
    bool older = has(m, ST_UNTIL_2019) && dice_chance(m->dice, has(m, ST_D2019) ? 15 : 100);
    bool by_names = dice_chance(m->dice, 60);
    struct value *members = value_new(m->arena, ST_JSON_OBJECT);
    uint32_t least = has(m, ST_D4) ? 1 : 0;
    for (uint32_t left = 1 + dice_below(m->dice, 2); left > 0; left--)
        value_set(m->arena, members, known_name(m, out),
                  by_names ? known_names(m, out, least, 2)
                           : make_schema(m, place_beside(m, place)));
    put(m, out,
        older      ? "dependencies"
        : by_names ? "dependentRequired"
                   : "dependentSchemas",
        members);
}

static void add_object(struct maker *m, struct value *out, struct place place)
{
    bool many = m->schema->words.name_count > 20;
    if (dice_chance(m->dice, 65))
        add_properties(m, out, place);
    if (dice_chance(m->dice, 15))
        add_patterned(m, out, place);
    if (dice_chance(m->dice, 28))
        put(m, out, "additionalProperties", closing(m, place, 55));
    if (has(m, ST_SINCE_6) && dice_chance(m->dice, 10)) {
        struct place of_names = {.after = -1, .kind = ABOUT_STRING, .resource = place.resource};
        put(m, out, "propertyNames", make_schema(m, of_names));
    }
    if (dice_chance(m->dice, 40))
        put(m, out, "required", known_names(m, out, 1, many && dice_chance(m->dice, 40) ? 100 : 3));
    if (dice_chance(m->dice, 15))
        add_counts(m, out, "minProperties", "maxProperties");
    if (dice_chance(m->dice, 20))
        add_dependents(m, out, place);
}

/* ---- the rest ---- */

static void add_unevaluated(struct maker *m, struct value *out, struct place place)
{
    bool of_items = place.kind == ABOUT_ARRAY;
    put(m, out, of_items ? "unevaluatedItems" : "unevaluatedProperties", closing(m, place, 60));
    if (dice_chance(m->dice, 45))
        add_cousins(m, out, place);
}

/* What asserts nothing, though it may look as if it did. */
static void add_remark(struct maker *m, struct value *out)
{
    static const char *const names[] = {"title",    "description",      "default",
                                        "x-note",   "contentMediaType", "contentEncoding",
                                        "$comment", "readOnly",         "contentSchema",
                                        "examples", "minimun",          "nullable"};
    const char *name = DICE_PICK(m->dice, names);
    bool unknown = strcmp(name, "minimun") == 0 || strcmp(name, "nullable") == 0;
    if (unknown && has(m, ST_V1))
        return;
    struct value *value = words_value(&m->schema->words, 1);
    if (name[0] == 't' || name[0] == 'd' || name[0] == '$' || name[0] == 'c')
        value = value_string(m->arena, ST_STR("{\"type\":\"null\"}"));
    if (strcmp(name, "readOnly") == 0)
        value = value_bool(m->arena, true);
    if (strcmp(name, "examples") == 0)
        value = value_new(m->arena, ST_JSON_ARRAY);
    if (strcmp(name, "contentSchema") == 0 || strcmp(name, "x-note") == 0)
        put(m, value = value_new(m->arena, ST_JSON_OBJECT), "type",
            value_string(m->arena, ST_STR("null")));
    put(m, out, name, value);
}

static void add_facets(struct maker *m, struct value *out, struct place place)
{
    switch (place.kind) {
    case ABOUT_NUMBER:
        add_number(m, out);
        break;
    case ABOUT_STRING:
        add_string(m, out);
        break;
    case ABOUT_ARRAY:
        add_array(m, out, place);
        break;
    case ABOUT_OBJECT:
        add_object(m, out, place);
        break;
    case ABOUT_ANY:
        break;
    }
}

void fill_schema(struct maker *m, struct value *out, struct place place)
{
    bool box = place.kind == ABOUT_ARRAY || place.kind == ABOUT_OBJECT;
    if (dice_chance(m->dice, 55))
        add_type(m, out, place.kind);
    if (dice_chance(m->dice, 80))
        add_facets(m, out, place);
    if (dice_chance(m->dice, box ? 3 : 15))
        add_listed(m, out, place.kind);
    if (place.depth > 0 && dice_chance(m->dice, 45))
        add_applied(m, out, place);
    if (dice_chance(m->dice, place.depth > 0 ? 30 : 12))
        add_reference(m, out, place);
    if (m->stops && box && has(m, ST_SINCE_2019) && dice_chance(m->dice, 45))
        add_unevaluated(m, out, place);
    if (dice_below(m->dice, 25) == 0)
        add_remark(m, out);
}

struct value *make_schema(struct maker *m, struct place place)
{
    if (m->fuel == 0)
        return value_new(m->arena, ST_JSON_OBJECT);
    m->fuel--;
    if (has(m, ST_SINCE_6) && dice_below(m->dice, 18) == 0)
        return value_bool(m->arena, dice_chance(m->dice, 65));
    struct value *out = value_new(m->arena, ST_JSON_OBJECT);
    if (place.depth == 0 && place.kind > ABOUT_STRING && dice_chance(m->dice, 70))
        place.kind = (enum about)dice_below(m->dice, ABOUT_STRING + 1);
    fill_schema(m, out, place);
    if (dice_below(m->dice, 4) == 0)
        value_shuffle(m->dice, out);
    return out;
}
