/*
 * random_schema.c: the document, its definitions and what refers to them; the keywords that assert
 * something of one value are random_keywords.c's, choices random_choice.c's.
 */
#include "random_making.h"

#include <stdio.h>

/* ---- what can be referred to ---- */

static struct resource *add_resource(struct maker *m, st_str name)
{
    struct resource *resource = &m->resources[m->resource_count++];
    resource->name = name;
    resource->id = value_print(m->arena, "https://twin.test/%.*s", ST_STR_ARG(name));
    resource->draft = m->schema->draft;
    return resource;
}

static struct target *add_target(struct maker *m, struct resource *resource)
{
    struct target *target = &m->targets[m->target_count++];
    target->resource = resource;
    target->schema = value_new(m->arena, ST_JSON_OBJECT);
    target->kind =
        dice_chance(m->dice, 40) ? ABOUT_OBJECT : (enum about)dice_below(m->dice, ABOUT_ANY);
    return target;
}

static void add_fragment(struct target *target, st_str fragment)
{
    target->fragments[target->fragment_count++] = fragment;
}

static const char *definitions_word(enum st_draft draft)
{
    return ST_DRAFT_BIT_OF(draft) & ST_SINCE_2019 ? "$defs" : "definitions";
}

/* An embedded resource; where the dialects allow it one of another dialect, at times. */
static void plan_resource(struct maker *m, struct target *target, uint32_t number)
{
    static const enum st_draft others[] = {ST_DRAFT_2020_12, ST_DRAFT_2019_09, ST_DRAFT_7};
    target->resource = add_resource(m, value_print(m->arena, "r%u", number));
    target->own = true;
    add_fragment(target, ST_STR(""));
    if (has(m, ST_D2020 | ST_D2019) && dice_below(m->dice, 6) == 0)
        target->resource->draft = DICE_PICK(m->dice, others);
    bool dynamic = ST_DRAFT_BIT_OF(target->resource->draft) & ST_SINCE_2019;
    target->dynamic = dynamic && dice_chance(m->dice, m->layered ? 90 : 25);
}

static void plan_definition(struct maker *m, uint32_t number)
{
    static const st_str names[] = {ST_STR_INIT("n"),      ST_STR_INIT("tree"), ST_STR_INIT("a~1b"),
                                   ST_STR_INIT("a~0b"),   ST_STR_INIT("list"), ST_STR_INIT("0"),
                                   ST_STR_INIT("%C3%A9"), ST_STR_INIT("x%20y")};
    struct target *target = add_target(m, &m->resources[0]);
    /* Numbers behind the names, so that no two are one. */
    st_str name = DICE_PICK(m->dice, names);
    name = value_print(m->arena, "%.*s%u", ST_STR_ARG(name), number);
    const char *word = definitions_word(m->schema->draft);
    target->defined_as = name;
    if (dice_chance(m->dice, m->layered ? 80 : 30)) {
        plan_resource(m, target, number);
        return;
    }
    add_fragment(target, value_print(m->arena, "/%s/%.*s", word, ST_STR_ARG(name)));
    if (dice_chance(m->dice, 35)) {
        target->anchor = value_print(m->arena, "A%u", number);
        add_fragment(target, target->anchor);
    }
}

/* A recursive resource that the root is to extend (extend). */
static void plan_base(struct maker *m)
{
    struct target *base = add_target(m, &m->resources[0]);
    base->defined_as = ST_STR("base");
    base->resource = add_resource(m, ST_STR("base"));
    base->own = base->dynamic = true;
    base->kind = m->targets[0].kind = ABOUT_OBJECT;
    m->targets[0].dynamic = true;
    add_fragment(base, ST_STR(""));
}

static void plan(struct maker *m)
{
    struct resource *top = add_resource(m, ST_STR("root"));
    struct target *root = add_target(m, top);
    add_fragment(root, ST_STR(""));
    root->dynamic = has(m, ST_SINCE_2019) && dice_chance(m->dice, 8);
    m->layered = has(m, ST_SINCE_2019) && dice_chance(m->dice, 4);
    uint32_t count = dice_chance(m->dice, 70) ? dice_below(m->dice, 4) : 0;
    if (m->layered)
        count = 2 + dice_below(m->dice, 3);
    for (uint32_t i = 0; i < count; i++)
        plan_definition(m, i);
    if (m->layered || (has(m, ST_SINCE_2019) && dice_chance(m->dice, 8)))
        plan_base(m);
}

/* ---- references ---- */

static st_str path_to(struct maker *m, const struct target *target, const struct resource *from)
{
    st_str fragment = target->fragments[dice_below(m->dice, target->fragment_count)];
    if (target->resource == from)
        return value_print(m->arena, "#%.*s", ST_STR_ARG(fragment));
    st_str base = dice_chance(m->dice, 50) ? target->resource->name : target->resource->id;
    if (fragment.len == 0)
        return base;
    return value_print(m->arena, "%.*s#%.*s", ST_STR_ARG(base), ST_STR_ARG(fragment));
}

static const struct target *dynamic_of(const struct maker *m, const struct resource *resource)
{
    for (uint32_t i = 0; i < m->target_count; i++)
        if (m->targets[i].resource == resource && m->targets[i].dynamic)
            return &m->targets[i];
    return NULL;
}

/* A dynamic reference may lead to any resource on the way, so it mostly stands a step down. */
static bool add_dynamic(struct maker *m, struct value *out, struct place place)
{
    const struct target *target = dynamic_of(m, place.resource);
    if (target == NULL || !has(m, ST_SINCE_2019) ||
        (place.after >= 0 && dice_below(m->dice, 30) > 0))
        return false;
    if (has(m, ST_V1))
        put(m, out, "$dynamicRef", value_string(m->arena, ST_STR("node")));
    else if (has(m, ST_D2020))
        put(m, out, "$dynamicRef", value_string(m->arena, ST_STR("#node")));
    else
        put(m, out, "$recursiveRef", value_string(m->arena, ST_STR("#")));
    out->leads = target->schema;
    return true;
}

void add_reference(struct maker *m, struct value *out, struct place place)
{
    int32_t first = place.after < 0 || dice_below(m->dice, 200) == 0 ? 0 : place.after + 1;
    if (m->refs == 0 || (uint32_t)first >= m->target_count)
        return;
    m->refs--;
    if (has(m, ST_SINCE_2019) && dice_chance(m->dice, 40) && add_dynamic(m, out, place))
        return;
    uint32_t left = m->target_count - (uint32_t)first;
    const struct target *target = NULL;
    for (uint32_t tries = 0; tries < 4; tries++) {
        target = &m->targets[(uint32_t)first + dice_below(m->dice, left)];
        if (place.after < 0 || target->kind == place.kind)
            break;
    }
    put(m, out, "$ref", value_string(m->arena, path_to(m, target, place.resource)));
    out->leads = target->schema;
}

/* ---- the document ---- */

static void add_name(struct maker *m, struct value *out, const struct target *target)
{
    const char *id = has(m, ST_D4) ? "id" : "$id";
    if (target->own)
        put(m, out, id,
            value_string(m->arena,
                         dice_chance(m->dice, 50) ? target->resource->name : target->resource->id));
    if (target->anchor.len > 0 && has(m, ST_SINCE_2019))
        put(m, out, "$anchor", value_string(m->arena, target->anchor));
    else if (target->anchor.len > 0)
        put(m, out, id,
            value_string(m->arena, value_print(m->arena, "#%.*s", ST_STR_ARG(target->anchor))));
    if (target->dynamic && has(m, ST_SINCE_2020))
        put(m, out, "$dynamicAnchor", value_string(m->arena, ST_STR("node")));
    else if (target->dynamic)
        put(m, out, "$recursiveAnchor", value_bool(m->arena, true));
}

/* Up to draft-07 nothing counts beside $ref, no name of the schema either. */
static void part_reference(struct maker *m, struct value *out)
{
    if (has(m, ST_SINCE_2019) || value_get(out, ST_STR("$ref")) == NULL)
        return;
    struct value *inner = value_copy(m->arena, out);
    *out = (struct value){.kind = ST_JSON_OBJECT};
    struct value *all = value_new(m->arena, ST_JSON_ARRAY);
    value_push(m->arena, all, inner);
    put(m, out, "allOf", all);
}

static void fill_target(struct maker *m, struct target *target, uint32_t depth)
{
    struct place place = {.depth = depth,
                          .after = (int32_t)(target - m->targets),
                          .kind = target->kind,
                          .resource = target->resource};
    enum st_draft outer = m->draft;
    m->draft = target->resource->draft;
    fill_schema(m, target->schema, place);
    part_reference(m, target->schema);
    add_name(m, target->schema, target);
    if (m->draft != outer)
        put(m, target->schema, "$schema", value_string(m->arena, st_str_of(draft_uri(m->draft))));
    if (!has(m, ST_V1) || dice_chance(m->dice, 30))
        value_shuffle(m->dice, target->schema);
    m->draft = outer;
}

/* Without what leaves few values, or none that two such schemas share. */
static void loosen(struct value *schema)
{
    static const char *const words[] = {"type", "const", "enum", "not", "oneOf"};
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        for (uint32_t i = schema->count; i > 0; i--)
            if (st_str_eq(schema->members[i - 1].name, st_str_of(words[w])))
                value_cut(schema, i - 1);
}

/* What dynamic anchors are for: a recursive resource with one, extended by the root's. */
static void extend(struct maker *m)
{
    struct target *root = &m->targets[0], *base = NULL;
    for (uint32_t i = 1; i < m->target_count; i++)
        if (m->targets[i].dynamic && m->targets[i].resource->draft == m->draft)
            base = &m->targets[i];
    if (!root->dynamic || base == NULL || dice_chance(m->dice, 10))
        return;
    if (dice_chance(m->dice, 70)) {
        loosen(root->schema);
        loosen(base->schema);
    }
    struct value *up = value_new(m->arena, ST_JSON_OBJECT);
    struct value *down = value_new(m->arena, ST_JSON_OBJECT);
    struct place below = {.after = -1, .resource = base->resource};
    put(m, up, "$ref", value_string(m->arena, base->resource->name));
    up->leads = base->schema;
    struct value *all = value_get(root->schema, ST_STR("allOf"));
    if (all == NULL)
        put(m, root->schema, "allOf", all = value_new(m->arena, ST_JSON_ARRAY));
    value_push(m->arena, all, up);
    if (!add_dynamic(m, down, below))
        return;
    struct value *members = value_get(base->schema, ST_STR("properties"));
    if (members == NULL)
        put(m, base->schema, "properties", members = value_new(m->arena, ST_JSON_OBJECT));
    value_set(m->arena, members, words_name(&m->schema->words), down);
    /* What the root alone asks of each level. */
    if (dice_chance(m->dice, 50))
        put(m, root->schema, "maxProperties", value_u64(m->arena, 1 + dice_below(m->dice, 3)));
    if (value_get(root->schema, ST_STR("required")) == NULL && dice_chance(m->dice, 60)) {
        struct value *names = value_new(m->arena, ST_JSON_ARRAY);
        value_push(m->arena, names, value_string(m->arena, words_name(&m->schema->words)));
        put(m, root->schema, "required", names);
    }
}

/* A definition's name as it is, not as pointers and URIs write it. */
static st_str name_of(struct maker *m, st_str written)
{
    char text[64];
    size_t len = 0;
    for (size_t i = 0; i < written.len; i++) {
        char c = written.at[i];
        if (c == '~') {
            c = written.at[++i] == '1' ? '/' : '~';
        } else if (c == '%') {
            c = (char)(st_hex_value(written.at[i + 1]) * 16 + st_hex_value(written.at[i + 2]));
            i += 2;
        }
        text[len++] = c;
    }
    return st_arena_copy(m->arena, (st_str){text, len});
}

static void add_definitions(struct maker *m, struct value *root)
{
    struct value *definitions = value_new(m->arena, ST_JSON_OBJECT);
    for (uint32_t i = 1; i < m->target_count; i++)
        value_add(m->arena, definitions, name_of(m, m->targets[i].defined_as),
                  m->targets[i].schema);
    for (uint32_t i = 0; i < m->branch_count; i++)
        value_add(m->arena, definitions, value_print(m->arena, "b%u", i), m->branches[i]);
    if (definitions->count > 0)
        put(m, root, definitions_word(m->draft), definitions);
}

const char *draft_uri(enum st_draft draft)
{
    switch (draft) {
    case ST_DRAFT_UNKNOWN:
        break;
#define URI(id, name, uri)                                                                         \
    case ST_DRAFT_##id:                                                                            \
        return uri;
        ST_DRAFT_LIST(URI)
#undef URI
    }
    return "";
}

static enum st_draft pick_draft(struct dice *dice)
{
    static const enum st_draft drafts[] = {ST_DRAFT_2020_12, ST_DRAFT_2020_12, ST_DRAFT_2020_12,
                                           ST_DRAFT_2020_12, ST_DRAFT_2019_09, ST_DRAFT_2019_09,
                                           ST_DRAFT_7,       ST_DRAFT_7,       ST_DRAFT_6,
                                           ST_DRAFT_4,       ST_DRAFT_V1,      ST_DRAFT_V1};
    return DICE_PICK(dice, drafts);
}

void random_schema_make(struct random_schema *schema, struct st_arena *arena, struct dice *dice)
{
    struct maker maker = {.schema = schema, .arena = arena, .dice = dice};
    *schema = (struct random_schema){.arena = arena, .dice = dice};
    words_init(&schema->words, arena, dice);
    schema->draft = maker.draft = pick_draft(dice);
    schema->assert_formats = dice_chance(dice, 60);
    maker.stops = dice_chance(dice, 40);
    maker.refs = 7;
    maker.fuel = schema->words.name_count > 20 ? 600 : 20 + dice_below(dice, 100);
    plan(&maker);
    for (uint32_t i = 0; i < maker.target_count; i++)
        fill_target(&maker, &maker.targets[i], 1 + dice_below(dice, i == 0 ? 3 : 2));
    extend(&maker);
    schema->root = maker.targets[0].schema;
    bool named = maker.resource_count > 1 || dice_chance(dice, 20);
    if (named)
        put(&maker, schema->root, has(&maker, ST_D4) ? "id" : "$id",
            value_string(arena, maker.resources[0].id));
    add_definitions(&maker, schema->root);
    value_insert(arena, schema->root, 0, ST_STR("$schema"),
                 value_string(arena, st_str_of(draft_uri(schema->draft))));
}

const struct random_pattern *random_schema_pattern(const struct random_schema *schema,
                                                   st_str source)
{
    for (uint32_t i = 0; i < schema->pattern_count; i++)
        if (st_str_eq(schema->patterns[i].source, source))
            return &schema->patterns[i];
    return NULL;
}
