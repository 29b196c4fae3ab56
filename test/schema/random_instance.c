/*
 * random_instance.c: all schemas that a value meets on one way through the choices are gathered,
 * and the value is drawn after what they ask.
 */
#include "random_instance.h"

#include "json/number.h"

#define MET_MAX     48
#define MEMBERS_MAX 160

struct met {
    const struct value *at[MET_MAX];
    uint32_t count;
};

struct drawing {
    struct random_schema *schema;
    struct st_arena *arena;
    struct dice *dice;
    uint32_t fuel;   /* values left */
    uint32_t levels; /* and levels: a recursive schema may want ever more */
};

static const struct value *keyword(const struct value *schema, const char *name)
{
    return value_get(schema, st_str_of(name));
}

static bool is_list(const struct value *value)
{
    return value != NULL && value->kind == ST_JSON_ARRAY;
}

static bool is_map(const struct value *value)
{
    return value != NULL && value->kind == ST_JSON_OBJECT;
}

static const struct value *pick_of(struct drawing *d, const struct value *box)
{
    return box->members[dice_below(d->dice, box->count)].value;
}

/* ---- which schemas a value meets ---- */

static void meet(struct drawing *d, struct met *met, const struct value *schema, uint32_t fuel);

static void meet_all(struct drawing *d, struct met *met, const struct value *list, uint32_t fuel)
{
    for (uint32_t i = 0; is_list(list) && i < list->count; i++)
        meet(d, met, list->members[i].value, fuel);
}

static void meet_one(struct drawing *d, struct met *met, const struct value *list, uint32_t fuel)
{
    if (is_list(list) && list->count > 0 && dice_chance(d->dice, 95))
        meet(d, met, pick_of(d, list), fuel);
}

static void meet(struct drawing *d, struct met *met, const struct value *schema, uint32_t fuel)
{
    if (!is_map(schema) || fuel == 0 || met->count == MET_MAX)
        return;
    met->at[met->count++] = schema;
    if (schema->leads != NULL)
        meet(d, met, schema->leads, fuel - 1);
    meet_all(d, met, keyword(schema, "allOf"), fuel - 1);
    meet_one(d, met, keyword(schema, "anyOf"), fuel - 1);
    meet_one(d, met, keyword(schema, "oneOf"), fuel - 1);
    bool holds = dice_chance(d->dice, 50);
    if (holds)
        meet(d, met, keyword(schema, "if"), fuel - 1);
    meet(d, met, keyword(schema, holds ? "then" : "else"), fuel - 1);
}

/* ---- what they ask ---- */

/* The greatest (or least) count that a keyword asks; `otherwise` when none does. */
static uint64_t count_of(const struct met *met, const char *word, uint64_t otherwise, bool most)
{
    uint64_t found = otherwise, count;
    for (uint32_t i = 0; i < met->count; i++) {
        const struct value *value = keyword(met->at[i], word);
        if (value == NULL || value->kind != ST_JSON_NUMBER ||
            st_number_to_u64(value->text, &count) != ST_OK)
            continue;
        if (most ? count > found : count < found)
            found = count;
    }
    return found;
}

static const struct value *any_with(struct drawing *d, const struct met *met, const char *word)
{
    const struct value *found = NULL;
    uint32_t seen = 0;
    for (uint32_t i = 0; i < met->count; i++) {
        const struct value *value = keyword(met->at[i], word);
        if (value != NULL && dice_below(d->dice, ++seen) == 0)
            found = value;
    }
    return found;
}

static bool all_list(const struct met *met, const struct value *one)
{
    for (uint32_t i = 0; i < met->count; i++) {
        const struct value *only = keyword(met->at[i], "const");
        const struct value *some = keyword(met->at[i], "enum");
        if ((only != NULL && !value_same(only, one)) || (is_list(some) && !value_lists(some, one)))
            return false;
    }
    return true;
}

/* One of the values that const and enum leave, or NULL when there are none. */
static const struct value *pick_listed(struct drawing *d, const struct met *met)
{
    const struct value *only = any_with(d, met, "const");
    const struct value *some = any_with(d, met, "enum");
    if (only != NULL || !is_list(some) || some->count == 0)
        return only;
    for (uint32_t tries = 0; tries < 8; tries++) {
        const struct value *one = pick_of(d, some);
        if (all_list(met, one))
            return one;
    }
    return pick_of(d, some);
}

/* ---- which kind of value ---- */

enum kind_bit {
    IS_NULL = 1,
    IS_BOOLEAN = 2,
    IS_NUMBER = 4,
    IS_STRING = 8,
    IS_ARRAY = 16,
    IS_OBJECT = 32,
    IS_ALL = 63
};

static uint32_t bit_of_name(st_str name)
{
    switch (name.len == 0 ? 0 : name.at[0]) {
    case 'b':
        return IS_BOOLEAN;
    case 'i':
        return IS_NUMBER;
    case 's':
        return IS_STRING;
    case 'a':
        return IS_ARRAY;
    case 'o':
        return IS_OBJECT;
    default:
        return st_str_eq(name, ST_STR("null")) ? IS_NULL : IS_NUMBER;
    }
}

static uint32_t bits_of_type(const struct value *type)
{
    uint32_t bits = 0;
    if (type->kind == ST_JSON_STRING)
        return bit_of_name(type->text);
    for (uint32_t i = 0; i < type->count; i++)
        bits |= bit_of_name(type->members[i].value->text);
    return bits;
}

/* Which kinds the keywords speak of. */
static uint32_t bits_spoken(const struct value *schema)
{
    static const struct {
        const char *word;
        uint32_t bit;
    } spoken[] = {
        {"minimum", IS_NUMBER},
        {"maximum", IS_NUMBER},
        {"exclusiveMinimum", IS_NUMBER},
        {"multipleOf", IS_NUMBER},
        {"minLength", IS_STRING},
        {"maxLength", IS_STRING},
        {"pattern", IS_STRING},
        {"format", IS_STRING},
        {"items", IS_ARRAY},
        {"prefixItems", IS_ARRAY},
        {"contains", IS_ARRAY},
        {"uniqueItems", IS_ARRAY},
        {"minItems", IS_ARRAY},
        {"properties", IS_OBJECT},
        {"required", IS_OBJECT},
        {"patternProperties", IS_OBJECT},
        {"additionalProperties", IS_OBJECT},
        {"dependentSchemas", IS_OBJECT},
        {"propertyNames", IS_OBJECT},
        {"unevaluatedItems", IS_ARRAY},
        {"unevaluatedProperties", IS_OBJECT},
    };
    uint32_t bits = 0;
    for (size_t i = 0; i < sizeof spoken / sizeof *spoken; i++)
        if (keyword(schema, spoken[i].word) != NULL)
            bits |= spoken[i].bit;
    return bits;
}

static uint32_t pick_bit(struct drawing *d, uint32_t bits)
{
    uint32_t picked = IS_NULL;
    for (uint32_t bit = 1, seen = 0; bit <= IS_OBJECT; bit *= 2)
        if ((bits & bit) != 0 && dice_below(d->dice, ++seen) == 0)
            picked = bit;
    return picked;
}

static uint32_t pick_kind(struct drawing *d, const struct met *met)
{
    uint32_t allowed = IS_ALL, spoken = 0;
    for (uint32_t i = 0; i < met->count; i++) {
        const struct value *type = keyword(met->at[i], "type");
        if (type != NULL)
            allowed &= bits_of_type(type);
        spoken |= bits_spoken(met->at[i]);
    }
    if (allowed == 0)
        allowed = IS_ALL;
    if ((allowed & spoken) != 0 && dice_chance(d->dice, 88))
        allowed &= spoken;
    return pick_bit(d, allowed);
}

static bool wants_integer(const struct met *met)
{
    for (uint32_t i = 0; i < met->count; i++) {
        const struct value *type = keyword(met->at[i], "type");
        if (type != NULL && type->kind == ST_JSON_STRING &&
            st_str_eq(type->text, ST_STR("integer")))
            return true;
    }
    return false;
}

/* ---- numbers and strings ---- */

static bool keeps_bounds(const struct met *met, struct st_decimal n)
{
    static const struct {
        const char *word;
        int least, most; /* what comparing with the bound may say */
    } bounds[] = {{"minimum", 0, 1},
                  {"maximum", -1, 0},
                  {"exclusiveMinimum", 1, 1},
                  {"exclusiveMaximum", -1, -1}};
    for (uint32_t i = 0; i < met->count; i++)
        for (size_t j = 0; j < sizeof bounds / sizeof *bounds; j++) {
            const struct value *bound = keyword(met->at[i], bounds[j].word);
            if (bound == NULL || bound->kind != ST_JSON_NUMBER)
                continue;
            int order = st_decimal_cmp(n, st_decimal_of(bound->text));
            if (order < bounds[j].least || order > bounds[j].most)
                return false;
        }
    return true;
}

static bool keeps_steps(const struct met *met, struct st_decimal n)
{
    for (uint32_t i = 0; i < met->count; i++) {
        const struct value *step = keyword(met->at[i], "multipleOf");
        bool is;
        if (step != NULL && st_decimal_is_multiple(n, st_decimal_of(step->text), &is) == ST_OK &&
            !is)
            return false;
    }
    return true;
}

/* A number at, or beside, what some schema says. */
static st_str near_number(struct drawing *d, const struct met *met)
{
    static const char *const words[] = {"minimum",          "maximum",    "exclusiveMinimum",
                                        "exclusiveMaximum", "multipleOf", "multipleOf"};
    static const double steps[] = {1, -1, 0.5, 10, -10};
    const struct value *said = any_with(d, met, DICE_PICK(d->dice, words));
    if (said == NULL || said->kind != ST_JSON_NUMBER)
        return words_number(&d->schema->words);
    if (dice_chance(d->dice, 30))
        return said->text;
    if (dice_chance(d->dice, 50))
        return words_times(d->arena, said->text, dice_below(d->dice, 60));
    return words_beside(d->arena, said->text, DICE_PICK(d->dice, steps));
}

static struct value *draw_number(struct drawing *d, const struct met *met)
{
    bool whole = wants_integer(met);
    st_str literal = words_number(&d->schema->words);
    for (uint32_t tries = 0; tries < 10; tries++) {
        struct st_decimal n = st_decimal_of(literal);
        if (keeps_bounds(met, n) && keeps_steps(met, n) && (!whole || st_decimal_is_integer(n)))
            break;
        literal = near_number(d, met);
    }
    return value_number(d->arena, literal);
}

static st_str fill_text(struct drawing *d, uint64_t low, uint64_t high)
{
    static const char *const letters[] = {
        "a", "b", "0", "-", "\xc3\xa9", "\xf0\x9f\x98\x80", "\xe4\xb8\xad", "x"};
    char text[512];
    size_t len = 0;
    uint64_t count = low + dice_below(d->dice, 3);
    if (count > high)
        count = dice_chance(d->dice, 80) ? high : high + 1;
    if (low > 0 && dice_chance(d->dice, 15))
        count = low - 1;
    /* Of one letter, so of one length in bytes, or of several. */
    const char *one = dice_chance(d->dice, 60) ? DICE_PICK(d->dice, letters) : NULL;
    for (uint64_t i = 0; i < count && len + 4 < sizeof text; i++) {
        const char *letter = one != NULL ? one : DICE_PICK(d->dice, letters);
        memcpy(text + len, letter, strlen(letter));
        len += strlen(letter);
    }
    return st_arena_copy(d->arena, (st_str){text, len});
}

static struct value *draw_string(struct drawing *d, const struct met *met)
{
    const struct value *pattern = any_with(d, met, "pattern");
    const struct value *format = any_with(d, met, "format");
    uint64_t low = count_of(met, "minLength", 0, true);
    uint64_t high = count_of(met, "maxLength", 200, false);
    const struct random_pattern *known =
        pattern == NULL ? NULL : random_schema_pattern(d->schema, pattern->text);
    st_str text;
    if (known != NULL && dice_chance(d->dice, 85))
        text = known->samples[dice_below(d->dice, PATTERN_SAMPLES)];
    else if (format != NULL && format->kind == ST_JSON_STRING && dice_chance(d->dice, 85))
        text = words_of_format(d->dice, format->text);
    else if ((low > 0 || high < 200) && dice_chance(d->dice, 70))
        text = fill_text(d, low, high);
    else
        text = words_text(&d->schema->words);
    return value_string(d->arena, text);
}

/* ---- arrays and objects ---- */

static struct value *draw_below(struct drawing *d, const struct met *roots, uint32_t depth);

static void add_root(struct met *roots, const struct value *schema)
{
    if (is_map(schema) && roots->count < MET_MAX)
        roots->at[roots->count++] = schema;
}

/* The schemas of the element at `at`, by all that speak of it. */
static void gather_items(const struct met *met, uint32_t at, struct met *roots)
{
    for (uint32_t i = 0; i < met->count; i++) {
        const struct value *prefix = keyword(met->at[i], "prefixItems");
        const struct value *rest = keyword(met->at[i], "items");
        if (is_list(rest)) {
            prefix = rest;
            rest = keyword(met->at[i], "additionalItems");
        }
        if (is_list(prefix) && at < prefix->count)
            add_root(roots, prefix->members[at].value);
        else
            add_root(roots, rest != NULL ? rest : keyword(met->at[i], "unevaluatedItems"));
    }
}

static struct value *draw_array(struct drawing *d, const struct met *met, uint32_t depth)
{
    struct value *list = value_new(d->arena, ST_JSON_ARRAY);
    uint64_t low = count_of(met, "minItems", 0, true);
    uint64_t high = count_of(met, "maxItems", depth > 0 ? 5 : low, false);
    uint64_t count = low + dice_below(d->dice, 4);
    bool unique = any_with(d, met, "uniqueItems") != NULL;
    if (count > high && dice_chance(d->dice, 93))
        count = high;
    if (dice_below(d->dice, 300) == 0)
        count = 40 + dice_below(d->dice, 60);
    for (uint32_t i = 0; i < count && i < MEMBERS_MAX; i++) {
        struct met roots = {.count = 0};
        gather_items(met, i, &roots);
        const struct value *contained = any_with(d, met, "contains");
        if (contained != NULL && dice_chance(d->dice, 60))
            add_root(&roots, contained);
        struct value *one = draw_below(d, &roots, depth);
        for (uint32_t tries = 0; unique && tries < 5 && value_lists(list, one); tries++)
            one = draw_below(d, &roots, 0);
        value_push(d->arena, list, one);
    }
    return list;
}

static void add_member(struct drawing *d, struct value *object, st_str name)
{
    if (object->count < MEMBERS_MAX && value_get(object, name) == NULL)
        value_add(d->arena, object, name, object); /* a stand-in until it is drawn */
}

static void add_required(struct drawing *d, struct value *object, const struct value *names,
                         uint32_t percent)
{
    for (uint32_t i = 0; is_list(names) && i < names->count; i++)
        if (dice_chance(d->dice, percent))
            add_member(d, object, names->members[i].value->text);
}

static void add_known(struct drawing *d, struct value *object, const struct value *schema,
                      uint32_t depth)
{
    const struct value *known = keyword(schema, "properties");
    const struct value *patterned = keyword(schema, "patternProperties");
    add_required(d, object, keyword(schema, "required"), 97);
    uint32_t percent = depth > 0 ? 45 : 8;
    for (uint32_t i = 0; is_map(known) && i < known->count; i++)
        if (dice_chance(d->dice, percent))
            add_member(d, object, known->members[i].name);
    for (uint32_t i = 0; is_map(patterned) && i < patterned->count; i++) {
        const struct random_pattern *one =
            random_schema_pattern(d->schema, patterned->members[i].name);
        if (one != NULL && dice_chance(d->dice, percent))
            add_member(d, object, one->samples[dice_below(d->dice, PATTERN_SAMPLES)]);
    }
}

static void add_dependents(struct drawing *d, struct value *object, const struct value *schema)
{
    static const char *const words[] = {"dependentRequired", "dependencies"};
    for (uint32_t w = 0; w < 2; w++) {
        const struct value *needs = keyword(schema, words[w]);
        for (uint32_t i = 0; is_map(needs) && i < needs->count; i++)
            if (value_get(object, needs->members[i].name) != NULL)
                add_required(d, object, needs->members[i].value, 75);
    }
}

static bool is_closed(const struct met *met)
{
    for (uint32_t i = 0; i < met->count; i++) {
        const struct value *rest = keyword(met->at[i], "additionalProperties");
        if (rest == NULL)
            rest = keyword(met->at[i], "unevaluatedProperties");
        if (rest != NULL && rest->kind == ST_JSON_FALSE)
            return true;
    }
    return false;
}

/* The schemas of a member. Whether a pattern finds its name is known of the pattern's samples. */
static void gather_member(const struct drawing *d, const struct met *met, st_str name,
                          struct met *roots)
{
    for (uint32_t i = 0; i < met->count; i++) {
        const struct value *patterned = keyword(met->at[i], "patternProperties");
        const struct value *known = keyword(met->at[i], "properties");
        uint32_t before = roots->count;
        known = known == NULL ? NULL : value_get(known, name);
        add_root(roots, known);
        for (uint32_t j = 0; is_map(patterned) && j < patterned->count; j++) {
            const struct random_pattern *one =
                random_schema_pattern(d->schema, patterned->members[j].name);
            for (uint32_t k = 0; one != NULL && k < PATTERN_SAMPLES; k++)
                if (st_str_eq(one->samples[k], name)) {
                    add_root(roots, patterned->members[j].value);
                    break;
                }
        }
        if (roots->count == before && known == NULL) {
            add_root(roots, keyword(met->at[i], "additionalProperties"));
            add_root(roots, keyword(met->at[i], "unevaluatedProperties"));
        }
    }
}

static void add_dependent_schemas(struct drawing *d, struct met *met, const struct value *object)
{
    static const char *const words[] = {"dependentSchemas", "dependencies"};
    for (uint32_t i = 0, count = met->count; i < count; i++)
        for (uint32_t w = 0; w < 2; w++) {
            const struct value *needs = keyword(met->at[i], words[w]);
            for (uint32_t j = 0; is_map(needs) && j < needs->count; j++)
                if (value_get(object, needs->members[j].name) != NULL)
                    meet(d, met, needs->members[j].value, 3);
        }
}

static struct value *draw_object(struct drawing *d, struct met *met, uint32_t depth)
{
    struct value *object = value_new(d->arena, ST_JSON_OBJECT);
    for (uint32_t i = 0; i < met->count; i++)
        add_known(d, object, met->at[i], depth);
    if (dice_chance(d->dice, is_closed(met) ? 8 : 30))
        add_member(d, object, words_name(&d->schema->words));
    uint64_t least = count_of(met, "minProperties", 0, true);
    for (uint32_t tries = 0; object->count < least && tries < 30; tries++)
        add_member(d, object, words_name(&d->schema->words));
    for (uint32_t i = 0; i < met->count; i++)
        add_dependents(d, object, met->at[i]);
    add_dependent_schemas(d, met, object);
    uint64_t most = count_of(met, "maxProperties", MEMBERS_MAX, false);
    while (object->count > most && dice_chance(d->dice, 90))
        value_cut(object, dice_below(d->dice, object->count));
    if (dice_chance(d->dice, 60))
        value_shuffle(d->dice, object);
    for (uint32_t i = 0; i < object->count; i++) {
        struct met roots = {.count = 0};
        gather_member(d, met, object->members[i].name, &roots);
        object->members[i].value = draw_below(d, &roots, depth);
    }
    return object;
}

/* ---- a value ---- */

static struct value *draw(struct drawing *d, const struct met *roots, uint32_t depth)
{
    struct met met = {.count = 0};
    if (d->fuel == 0 || d->levels == 0)
        return value_new(d->arena, ST_JSON_NULL);
    d->fuel--;
    for (uint32_t i = 0; i < roots->count; i++)
        meet(d, &met, roots->at[i], 6);
    const struct value *listed = pick_listed(d, &met);
    if (listed != NULL && dice_chance(d->dice, 95))
        return value_copy(d->arena, listed);
    switch (pick_kind(d, &met)) {
    case IS_BOOLEAN:
        return value_bool(d->arena, dice_chance(d->dice, 50));
    case IS_NUMBER:
        return draw_number(d, &met);
    case IS_STRING:
        return draw_string(d, &met);
    case IS_ARRAY:
        return draw_array(d, &met, depth);
    case IS_OBJECT:
        return draw_object(d, &met, depth);
    default:
        return value_new(d->arena, ST_JSON_NULL);
    }
}

static struct value *draw_below(struct drawing *d, const struct met *roots, uint32_t depth)
{
    d->levels--;
    struct value *value = draw(d, roots, depth > 0 ? depth - 1 : 0);
    d->levels++;
    return value;
}

struct value *random_instance(struct random_schema *schema)
{
    struct drawing drawing = {
        .schema = schema, .arena = schema->arena, .dice = schema->dice, .fuel = 300, .levels = 12};
    struct met roots = {.count = 0};
    if (dice_below(schema->dice, 12) == 0)
        return words_value(&schema->words, 2);
    add_root(&roots, schema->root);
    uint32_t depth = 2 + dice_below(schema->dice, 2);
    if (dice_below(schema->dice, 40) == 0)
        drawing.levels = depth = 20 + dice_below(schema->dice, 100);
    return draw(&drawing, &roots, depth);
}
