/*
 * random_choice.c: schemas that are applied to the same value. A choice between some of them has a
 * discriminator more often than not, and in many forms: what a fast evaluator looks at instead of
 * trying one after the other, and could get wrong.
 */
#include "random_making.h"

/* ---- discriminators ---- */

struct choice {
    st_str name;            /* of the member that tells */
    st_str second;          /* a member that tells in some of the branches */
    struct value *tags[64]; /* a branch takes one, or some in an enum */
    uint32_t count;
    bool required; /* mostly; else a branch stands where the member does not */
};

static struct value *pick_tag(struct maker *m, uint32_t at, uint32_t mixed)
{
    static const char *const words[] = {"a", "b", "tick", "tock", "message.start", "message.end"};
    /* Alike at both ends, or but for them; of the lengths where a comparison by words changes. */
    static const char *const heads[] = {"", "tag_", "abcdefgh", "abcdef", "head.of.sixteen."};
    static const char *const tails[] = {"", "", "abcdefgh", "z", ".tail.of.sixteen"};
    if (mixed == 0 && at < 6 && dice_chance(m->dice, 75))
        return value_string(m->arena, st_str_of(words[at]));
    if (mixed == 0)
        return value_string(m->arena,
                            value_print(m->arena, "%s%02u%s", heads[m->form], at, tails[m->form]));
    if (mixed == 1)
        return value_u64(m->arena, at);
    return words_value(&m->schema->words, 1);
}

static struct choice plan_choice(struct maker *m)
{
    struct choice choice = {.name = words_name(&m->schema->words),
                            .second = words_name(&m->schema->words),
                            .required = dice_chance(m->dice, 80)};
    m->form = dice_below(m->dice, 5);
    uint32_t mixed = dice_chance(m->dice, 65) ? 0 : 1 + dice_below(m->dice, 2);
    choice.count =
        dice_below(m->dice, 10) == 0 ? 10 + dice_below(m->dice, 50) : 2 + dice_below(m->dice, 4);
    for (uint32_t i = 0; i < choice.count; i++)
        choice.tags[i] = pick_tag(m, i, mixed);
    return choice;
}

/* A schema of one member. */
static struct value *of_member(struct maker *m, st_str name, struct value *inner)
{
    struct value *members = value_new(m->arena, ST_JSON_OBJECT);
    struct value *schema = value_new(m->arena, ST_JSON_OBJECT);
    value_add(m->arena, members, name, inner);
    put(m, schema, "properties", members);
    return schema;
}

static void require(struct maker *m, struct value *schema, st_str name)
{
    struct value *names = value_get(schema, ST_STR("required"));
    struct value *one = value_string(m->arena, name);
    if (names == NULL)
        put(m, schema, "required", names = value_new(m->arena, ST_JSON_ARRAY));
    if (!value_lists(names, one))
        value_push(m->arena, names, one);
}

static struct value *tag_schema(struct maker *m, const struct choice *choice, uint32_t at)
{
    struct value *schema = value_new(m->arena, ST_JSON_OBJECT);
    if (has(m, ST_SINCE_6) && dice_chance(m->dice, 65)) {
        put(m, schema, "const", choice->tags[at]);
    } else {
        struct value *list = value_new(m->arena, ST_JSON_ARRAY);
        value_push(m->arena, list, choice->tags[at]);
        while (dice_chance(m->dice, 35)) {
            struct value *other = choice->tags[dice_below(m->dice, choice->count)];
            if (!value_lists(list, other))
                value_push(m->arena, list, other);
        }
        put(m, schema, "enum", list);
    }
    if (dice_below(m->dice, 8) == 0)
        put(m, schema, "type", value_string(m->arena, ST_STR("string")));
    return schema;
}

/* What tells that the branch is meant; now and then not so plainly. */
static struct value *test_of(struct maker *m, const struct choice *choice, uint32_t at)
{
    struct value *inner = tag_schema(m, choice, at);
    if (dice_below(m->dice, 20) == 0)
        inner = of_member(m, choice->second, inner);
    struct value *test = of_member(m, choice->name, inner);
    if (choice->required ? !dice_chance(m->dice, 4) : dice_chance(m->dice, 10))
        require(m, test, choice->name);
    if (dice_below(m->dice, 3) == 0)
        put(m, test, "type", value_string(m->arena, ST_STR("object")));
    if (dice_below(m->dice, 15) == 0) {
        value_set(m->arena, value_get(test, ST_STR("properties")), choice->second,
                  tag_schema(m, choice, dice_below(m->dice, choice->count)));
        if (dice_chance(m->dice, 60))
            require(m, test, choice->second);
    }
    return test;
}

static struct value *wrap(struct maker *m, const char *keyword, struct value *a, struct value *b)
{
    struct value *list = value_new(m->arena, ST_JSON_ARRAY);
    struct value *out = value_new(m->arena, ST_JSON_OBJECT);
    value_push(m->arena, list, a);
    if (b != NULL)
        value_push(m->arena, list, b);
    put(m, out, keyword, list);
    return out;
}

/* Both in one: what the test says goes into the body. */
static struct value *join(struct maker *m, struct value *test, struct value *body)
{
    struct value *members = value_get(body, ST_STR("properties"));
    const struct value *asked = value_get(test, ST_STR("properties"));
    const struct value *names = value_get(test, ST_STR("required"));
    if (body->kind != ST_JSON_OBJECT)
        return wrap(m, "allOf", test, body);
    if (members == NULL)
        put(m, body, "properties", members = value_new(m->arena, ST_JSON_OBJECT));
    for (uint32_t i = 0; i < asked->count; i++)
        value_set(m->arena, members, asked->members[i].name, asked->members[i].value);
    for (uint32_t i = 0; names != NULL && i < names->count; i++)
        require(m, body, names->members[i].value->text);
    return body;
}

/* The branch as a definition of the root, where it can be told from here. */
static struct value *refer(struct maker *m, struct value *branch, struct place place)
{
    if (place.resource != &m->resources[0] || m->branch_count == BRANCHES_MAX)
        return branch;
    struct value *out = value_new(m->arena, ST_JSON_OBJECT);
    const char *word = has(m, ST_SINCE_2019) ? "$defs" : "definitions";
    put(m, out, "$ref",
        value_string(m->arena, value_print(m->arena, "#/%s/b%u", word, m->branch_count)));
    out->leads = branch;
    m->branches[m->branch_count++] = branch;
    return out;
}

static struct value *body_of(struct maker *m, struct place place)
{
    place = place_beside(m, place);
    if (place.kind != ABOUT_OBJECT && dice_chance(m->dice, 90))
        place.kind = ABOUT_OBJECT;
    return make_schema(m, place);
}

static struct value *branch_of(struct maker *m, const struct choice *choice, uint32_t at,
                               struct place place)
{
    struct value *body = body_of(m, place);
    uint32_t which = dice_below(m->dice, 100);
    if (which < 4)
        return body;
    struct value *test = test_of(m, choice, at);
    if (which < 12)
        return wrap(m, "allOf", test, body);
    struct value *branch = which < 20 ? test : join(m, test, body);
    return which < 35 ? refer(m, branch, place) : branch;
}

/* ---- the choices ---- */

static void add_branches(struct maker *m, struct value *out, struct place place,
                         const char *keyword)
{
    struct choice choice = plan_choice(m);
    struct value *list = value_new(m->arena, ST_JSON_ARRAY);
    for (uint32_t i = 0; i < choice.count; i++)
        value_push(m->arena, list, branch_of(m, &choice, i, place));
    put(m, out, keyword, list);
}

static struct value *condition_of(struct maker *m, const struct choice *choice, uint32_t at)
{
    struct value *test = test_of(m, choice, at);
    uint32_t which = dice_below(m->dice, 100);
    if (which < 85)
        return test;
    if (which < 90)
        return wrap(m, "anyOf", test, test_of(m, choice, dice_below(m->dice, choice->count)));
    if (which < 95)
        return wrap(m, "allOf", test, NULL);
    struct value *not = value_new(m->arena, ST_JSON_OBJECT);
    put(m, not, "not", test);
    return not ;
}

/* allOf of if and then, or one if in the else of the one before. */
static void add_conditions(struct maker *m, struct value *out, struct place place)
{
    struct choice choice = plan_choice(m);
    bool chain = dice_chance(m->dice, 30);
    struct value *list = value_new(m->arena, ST_JSON_ARRAY);
    struct value *at = out;
    for (uint32_t i = 0; i < choice.count; i++) {
        struct value *one = chain && i == 0 ? out : value_new(m->arena, ST_JSON_OBJECT);
        put(m, one, "if", condition_of(m, &choice, i));
        if (dice_chance(m->dice, 93))
            put(m, one, "then", body_of(m, place));
        if (!chain && dice_below(m->dice, 15) == 0)
            put(m, one, "else", body_of(m, place));
        if (!chain)
            value_push(m->arena, list, one);
        else if (i > 0)
            put(m, at, "else", one);
        at = one;
        if (chain && i == 12)
            break;
    }
    if (!chain)
        put(m, out, "allOf", list);
}

/* Branches of which each takes values of a type, has a member, or is a single value. */
static void add_kinds(struct maker *m, struct value *out, struct place place, const char *keyword)
{
    static const char *const types[] = {"string", "number", "object", "array", "boolean", "null"};
    struct value *list = value_new(m->arena, ST_JSON_ARRAY);
    uint32_t which = dice_below(m->dice, 3);
    for (uint32_t i = 0, count = 2 + dice_below(m->dice, 4); i < count; i++) {
        struct place beside = place_beside(m, place);
        if (which == 0)
            beside.kind = (enum about)dice_below(m->dice, ABOUT_ANY);
        struct value *branch =
            which == 2 ? value_new(m->arena, ST_JSON_OBJECT) : make_schema(m, beside);
        if (branch->kind == ST_JSON_OBJECT && which == 0)
            put(m, branch, "type", value_string(m->arena, st_str_of(types[i])));
        else if (branch->kind == ST_JSON_OBJECT && which == 1)
            require(m, branch, words_name(&m->schema->words));
        else if (which == 2)
            put(m, branch, "enum",
                value_get(wrap(m, "x", words_value(&m->schema->words, 1), NULL), ST_STR("x")));
        value_push(m->arena, list, branch);
    }
    put(m, out, keyword, list);
}

static void add_list(struct maker *m, struct value *out, struct place place, const char *keyword)
{
    struct value *list = value_new(m->arena, ST_JSON_ARRAY);
    for (uint32_t left = 1 + dice_below(m->dice, 3); left > 0; left--)
        value_push(m->arena, list, make_schema(m, place_beside(m, place)));
    put(m, out, keyword, list);
}

static void add_plain_condition(struct maker *m, struct value *out, struct place place)
{
    static const char *const words[] = {"if", "then", "else"};
    static const uint32_t shares[] = {95, 75, 60};
    for (uint32_t i = 0; i < 3; i++)
        if (dice_chance(m->dice, shares[i])) {
            struct place beside = place_beside(m, place);
            beside.depth = i == 0 && beside.depth > 1 ? 1 : beside.depth;
            put(m, out, words[i], make_schema(m, beside));
        }
}

void add_applied(struct maker *m, struct value *out, struct place place)
{
    uint32_t which = dice_below(m->dice, 100);
    const char *choice = dice_chance(m->dice, 50) ? "oneOf" : "anyOf";
    bool conditions = has(m, ST_SINCE_7);
    if (which < 20)
        add_list(m, out, place, "allOf");
    else if (which < 40)
        add_list(m, out, place, choice);
    else if (which < 55 && (place.kind == ABOUT_OBJECT || dice_below(m->dice, 10) == 0))
        add_branches(m, out, place, choice);
    else if (which < 65 && place.kind == ABOUT_OBJECT && conditions)
        add_conditions(m, out, place);
    else if (which < 75)
        add_kinds(m, out, place, choice);
    else if (which < 84)
        put(m, out, "not", make_schema(m, place_beside(m, place)));
    else if (conditions)
        add_plain_condition(m, out, place);
    if (dice_chance(m->dice, 15))
        add_applied(m, out, place);
}

/* ---- for unevaluated… ---- */

static struct value *evaluating(struct maker *m, bool of_items)
{
    struct value *out = value_new(m->arena, ST_JSON_OBJECT);
    struct value *list = value_new(m->arena, of_items ? ST_JSON_ARRAY : ST_JSON_OBJECT);
    struct place leaf = {.after = -1, .kind = ABOUT_NUMBER, .resource = &m->resources[0]};
    const char *items = has(m, ST_SINCE_2020) ? "prefixItems" : "items";
    for (uint32_t left = 1 + dice_below(m->dice, 3); left > 0; left--) {
        struct value *inner = dice_chance(m->dice, 65)
                                  ? value_bool(m->arena, dice_below(m->dice, 10) > 0)
                                  : make_schema(m, leaf);
        if (of_items)
            value_push(m->arena, list, inner);
        else
            value_set(m->arena, list, words_name(&m->schema->words), inner);
    }
    put(m, out, of_items ? items : "properties", list);
    if (of_items && dice_below(m->dice, 8) == 0)
        put(m, out, "contains", make_schema(m, leaf));
    if (!of_items && dice_chance(m->dice, 40))
        require(m, out, words_name(&m->schema->words));
    if (dice_below(m->dice, 10) == 0)
        put(m, out, of_items ? "unevaluatedItems" : "unevaluatedProperties",
            value_bool(m->arena, dice_chance(m->dice, 60)));
    return out;
}

/* The same from another side: a condition that may or may not hold. */
static void add_cousin(struct maker *m, struct value *out, bool of_items)
{
    static const char *const lists[] = {"allOf", "anyOf", "oneOf"};
    static const char *const parts[] = {"if", "then", "else"};
    uint32_t which = dice_below(m->dice, 8);
    if (which < 4) {
        const char *keyword = DICE_PICK(m->dice, lists);
        struct value *list = value_new(m->arena, ST_JSON_ARRAY);
        for (uint32_t left = 1 + dice_below(m->dice, 3); left > 0; left--)
            value_push(m->arena, list, evaluating(m, of_items));
        put(m, out, keyword, list);
    } else if (which < 6) {
        for (uint32_t i = 0; i < 3; i++)
            if (dice_chance(m->dice, 80))
                put(m, out, parts[i], evaluating(m, of_items));
    } else if (which == 6 && !of_items) {
        struct value *map = value_new(m->arena, ST_JSON_OBJECT);
        value_add(m->arena, map, words_name(&m->schema->words), evaluating(m, of_items));
        put(m, out, "dependentSchemas", map);
    } else {
        struct value *twice = value_new(m->arena, ST_JSON_OBJECT);
        put(m, twice, "not", evaluating(m, of_items));
        put(m, out, "not", dice_chance(m->dice, 50) ? twice : evaluating(m, of_items));
    }
}

void add_cousins(struct maker *m, struct value *out, struct place place)
{
    bool of_items = place.kind == ABOUT_ARRAY;
    add_cousin(m, out, of_items);
    if (dice_chance(m->dice, 40))
        add_cousin(m, out, of_items);
}
