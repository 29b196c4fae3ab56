/*
 * diff_world.c: worlds: facts about one value, and what follows from them at once.
 *
 * Building one follows references and allOf, turns negations of single rules into facts, and makes
 * the choices that the quick answers (diff_clash.c) decide: a discriminator leaves one branch of a
 * oneOf, and one of many if/then.
 */
#include "schema/diff_work.h"

#include <stdlib.h>

uint32_t st_diff_kinds(uint32_t types)
{
    static const struct {
        uint32_t type, kinds;
    } rows[] = {
        {ST_TYPE_NULL, ST_KINDS_NULL},       {ST_TYPE_BOOLEAN, ST_KINDS_BOOLEAN},
        {ST_TYPE_NUMBER, ST_KINDS_NUMBER},   {ST_TYPE_STRING, ST_KINDS_STRING},
        {ST_TYPE_ARRAY, ST_KINDS_ARRAY},     {ST_TYPE_OBJECT, ST_KINDS_OBJECT},
        {ST_TYPE_INTEGER, ST_KINDS_INTEGER}, {ST_TYPE_INTEGER_LITERAL, ST_KINDS_DIGITS},
    };
    uint32_t kinds = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (types & rows[i].type)
            kinds |= rows[i].kinds;
    return kinds;
}

uint32_t st_diff_kind_of(const struct st_json *doc, uint32_t node)
{
    static const uint32_t kinds[] = {
        [ST_JSON_NULL] = ST_KINDS_NULL,       [ST_JSON_FALSE] = ST_KINDS_BOOLEAN,
        [ST_JSON_TRUE] = ST_KINDS_BOOLEAN,    [ST_JSON_STRING] = ST_KINDS_STRING,
        [ST_JSON_ARRAY] = ST_KINDS_ARRAY,     [ST_JSON_OBJECT] = ST_KINDS_OBJECT,
        [ST_JSON_NUMBER] = ST_KINDS_FRACTION,
    };
    if (st_json_kind(doc, node) != ST_JSON_NUMBER)
        return kinds[st_json_kind(doc, node)];
    if (doc->nodes[node].flags & ST_JSON_INTEGER)
        return ST_KINDS_DIGITS;
    return st_decimal_is_integer(st_decimal_of(st_json_text(doc, node))) ? ST_KINDS_WHOLE
                                                                         : ST_KINDS_FRACTION;
}

uint32_t st_diff_rule_kinds(enum st_rule_kind kind)
{
    switch (kind) {
    case ST_RULE_MULTIPLE:
    case ST_RULE_MINIMUM:
    case ST_RULE_EXCLUSIVE_MINIMUM:
    case ST_RULE_MAXIMUM:
    case ST_RULE_EXCLUSIVE_MAXIMUM:
        return ST_KINDS_NUMBER;
    case ST_RULE_MIN_LENGTH:
    case ST_RULE_MAX_LENGTH:
    case ST_RULE_PATTERN:
    case ST_RULE_FORMAT:
        return ST_KINDS_STRING;
    case ST_RULE_MIN_ITEMS:
    case ST_RULE_MAX_ITEMS:
    case ST_RULE_UNIQUE_ITEMS:
    case ST_RULE_ITEMS:
    case ST_RULE_CONTAINS:
    case ST_RULE_UNEVALUATED_ITEMS:
        return ST_KINDS_ARRAY;
    case ST_RULE_MIN_PROPERTIES:
    case ST_RULE_MAX_PROPERTIES:
    case ST_RULE_REQUIRED:
    case ST_RULE_DEPENDENT_REQUIRED:
    case ST_RULE_MEMBERS:
    case ST_RULE_NAMES:
    case ST_RULE_DEPENDENT_SCHEMAS:
    case ST_RULE_UNEVALUATED_MEMBERS:
        return ST_KINDS_OBJECT;
    default:
        return ST_KINDS_ALL;
    }
}

const struct st_plain *st_diff_rule_alone(struct st_diff_work *w, const struct st_plain *plain,
                                          const struct st_rule *rule)
{
    return plain->rule_count == 1 && plain->rules == rule ? plain
                                                          : st_diff_plain_of(w, plain, rule);
}

const struct st_plain *st_diff_plain_of(struct st_diff_work *w, const struct st_plain *plain,
                                        const struct st_rule *rule)
{
    struct st_plain *alone = st_diff_get(w, sizeof *alone);
    if (alone == NULL)
        return NULL;
    *alone = *plain;
    alone->rules = rule;
    alone->rule_count = 1;
    return alone;
}

/* ---- where references lead ---- */

static const struct st_plain *dynamic_in(const struct st_resource *resource, uint32_t name)
{
    for (const struct st_dynamic *at = resource->dynamics; at != NULL; at = at->next)
        if (at->name == name)
            return at->plain;
    return NULL;
}

/* The document's root is the outermost resource entered; and where only one has the anchor at all,
 * nothing else can. Names are numbered per schema, so only resources of the same one count. */
const struct st_plain *st_diff_target(const struct st_diff_work *w, const struct st_plain *plain,
                                      const struct st_rule *rule)
{
    uint32_t name = rule->reference.dynamic;
    if (rule->kind == ST_RULE_REF || name == 0)
        return rule->reference.to;
    const struct st_diff_resource *resources = w->resources.at;
    const struct st_schema *schema = NULL;
    for (uint32_t i = 0; i < w->resources.count; i++)
        if (resources[i].resource == plain->resource)
            schema = resources[i].schema;
    if (schema == NULL)
        return NULL;
    const struct st_plain *found = dynamic_in(schema->root->resource, name);
    if (found != NULL)
        return found;
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->resources.count; i++)
        if (resources[i].schema == schema && dynamic_in(resources[i].resource, name) != NULL)
            count++;
    return count <= 1 ? rule->reference.to : NULL;
}

/* ---- building ---- */

struct build {
    struct st_diff_work *w;
    struct st_world *world;
    struct st_grow atoms, open, broken, is, is_not, has, lacks;
    bool grown; /* since the round began */
};

static void *take(struct build *b, struct st_grow *list, size_t bytes)
{
    return st_diff_grow(b->w, list, bytes);
}

static void add_name(struct build *b, struct st_grow *list, const st_str *name)
{
    const st_str **names = list->at;
    for (uint32_t i = 0; i < list->count; i++)
        if (names[i] == name)
            return;
    const st_str **slot = take(b, list, sizeof(void *));
    if (slot != NULL) {
        *slot = name;
        b->grown = true;
    }
}

static void add_has(struct build *b, st_str text)
{
    const st_str *name = st_diff_name(b->w, text);
    if (name != NULL)
        add_name(b, &b->has, name);
}

static bool has_name(const struct st_grow *list, st_str text)
{
    const st_str **names = list->at;
    for (uint32_t i = 0; i < list->count; i++)
        if (st_str_eq(*names[i], text))
            return true;
    return false;
}

/* The set of schemas taken in, by address. */
static bool visit(struct build *b, const struct st_plain *plain)
{
    struct st_diff_work *w = b->w;
    if (2 * (b->is.count + 1) > w->visited_room) {
        uint32_t room = w->visited_room < 64 ? 64 : 2 * w->visited_room;
        const struct st_plain **slots = st_diff_get(w, room * sizeof(void *));
        if (slots == NULL)
            return false;
        w->visited = slots;
        w->visited_room = room;
        const struct st_plain **is = b->is.at;
        for (uint32_t i = 0; i < b->is.count; i++) {
            uint32_t at = (uint32_t)((uintptr_t)is[i] >> 4) & (room - 1);
            while (slots[at] != NULL)
                at = (at + 1) & (room - 1);
            slots[at] = is[i];
        }
    }
    uint32_t at = (uint32_t)((uintptr_t)plain >> 4) & (w->visited_room - 1);
    while (w->visited[at] != NULL && w->visited[at] != plain)
        at = (at + 1) & (w->visited_room - 1);
    if (w->visited[at] == plain)
        return false;
    w->visited[at] = plain;
    const struct st_plain **slot = take(b, &b->is, sizeof(void *));
    if (slot == NULL)
        return false;
    *slot = plain;
    return true;
}

static void add_is(struct build *b, const struct st_plain *plain);
static void add_is_not(struct build *b, const struct st_plain *plain);

static void add_atom(struct build *b, struct st_grow *list, const struct st_plain *plain,
                     const struct st_rule *rule)
{
    struct st_atom *atom = take(b, list, sizeof *atom);
    if (atom != NULL)
        *atom = (struct st_atom){plain, rule};
}

static void add_rule(struct build *b, const struct st_plain *plain, const struct st_rule *rule)
{
    switch (rule->kind) {
    case ST_RULE_REF:
    case ST_RULE_DYNAMIC_REF: {
        const struct st_plain *target = st_diff_target(b->w, plain, rule);
        if (target != NULL)
            add_is(b, target);
        return;
    }
    case ST_RULE_ALL_OF:
        for (uint32_t i = 0; i < rule->plains.count; i++)
            add_is(b, rule->plains.at[i]);
        return;
    case ST_RULE_NOT:
        add_is_not(b, rule->plain);
        return;
    case ST_RULE_TYPE:
        b->world->kinds &= st_diff_kinds(rule->types);
        add_atom(b, &b->atoms, plain, rule);
        return;
    case ST_RULE_REQUIRED:
        for (uint32_t i = 0; i < rule->names.count; i++)
            add_has(b, rule->names.at[i]);
        add_atom(b, &b->atoms, plain, rule);
        return;
    case ST_RULE_ANY_OF:
    case ST_RULE_ONE_OF:
    case ST_RULE_IF:
    case ST_RULE_DEPENDENT_SCHEMAS:
    case ST_RULE_DEPENDENT_REQUIRED:
        add_atom(b, &b->open, plain, rule);
        add_atom(b, &b->atoms, plain, rule);
        return;
    default:
        add_atom(b, &b->atoms, plain, rule);
    }
}

static void add_is(struct build *b, const struct st_plain *plain)
{
    if (!st_diff_spend(b->w, 1) || !visit(b, plain))
        return;
    b->grown = true;
    if (plain->refuses)
        b->world->empty = true;
    for (uint32_t i = 0; i < plain->rule_count; i++)
        add_rule(b, plain, &plain->rules[i]);
}

/* What is not true of the value any more of a schema that it does not satisfy: the rules that it
 * satisfies are left out. One rule left is the one that is broken; NULL: several may be. */
static const struct st_rule *only_rule(struct build *b, const struct st_plain *plain,
                                       uint32_t *count)
{
    const struct st_rule *left = NULL;
    *count = 0;
    for (uint32_t i = 0; i < plain->rule_count; i++) {
        const struct st_rule *rule = &plain->rules[i];
        bool holds = (b->world->kinds & st_diff_rule_kinds(rule->kind)) == 0;
        if (rule->kind == ST_RULE_TYPE)
            holds = (b->world->kinds & ~st_diff_kinds(rule->types)) == 0;
        if (rule->kind == ST_RULE_REQUIRED) {
            holds = true;
            for (uint32_t k = 0; k < rule->names.count; k++)
                holds = holds && has_name(&b->has, rule->names.at[k]);
        }
        if (holds)
            continue;
        left = rule;
        ++*count;
    }
    return left;
}

/* The facts that a broken rule is; false when it is more than one. */
static bool break_rule(struct build *b, const struct st_plain *plain, const struct st_rule *rule)
{
    uint32_t before = b->world->kinds;
    const struct st_plain *target;
    b->world->kinds &= st_diff_rule_kinds(rule->kind);
    b->grown = b->grown || b->world->kinds != before;
    switch (rule->kind) {
    case ST_RULE_TYPE:
        b->world->kinds &= ~st_diff_kinds(rule->types);
        return true;
    case ST_RULE_REF:
    case ST_RULE_DYNAMIC_REF:
        target = st_diff_target(b->w, plain, rule);
        if (target != NULL)
            add_is_not(b, target);
        return target != NULL;
    case ST_RULE_NOT:
        add_is(b, rule->plain);
        return true;
    case ST_RULE_ANY_OF:
        for (uint32_t i = 0; i < rule->plains.count; i++)
            add_is_not(b, rule->plains.at[i]);
        return true;
    case ST_RULE_ALL_OF:
        if (rule->plains.count == 1)
            add_is_not(b, rule->plains.at[0]);
        return rule->plains.count == 1;
    case ST_RULE_REQUIRED:
        if (rule->names.count == 1) {
            const st_str *name = st_diff_name(b->w, rule->names.at[0]);
            if (name != NULL)
                add_name(b, &b->lacks, name);
        }
        return rule->names.count == 1;
    case ST_RULE_MEMBERS: /* the member's own world says the rest (diff_child.c) */
        if (rule->members->named.count == 1 && rule->members->patterned_count == 0 &&
            rule->members->additional == NULL)
            add_has(b, rule->members->named.at[0].name);
        return false;
    default:
        return false;
    }
}

static void add_is_not(struct build *b, const struct st_plain *plain)
{
    const struct st_plain **known = b->is_not.at;
    for (uint32_t i = 0; i < b->is_not.count; i++)
        if (known[i] == plain)
            return;
    const struct st_plain **slot = take(b, &b->is_not, sizeof(void *));
    if (slot == NULL)
        return;
    *slot = plain;
    b->grown = true;
}

static bool is_taken(const struct build *b, const struct st_plain *plain)
{
    const struct st_plain *const *is = b->is.at;
    for (uint32_t i = 0; i < b->is.count; i++)
        if (is[i] == plain)
            return true;
    return false;
}

/* Each schema that is not satisfied, seen with what is known by now. */
static void settle_negations(struct build *b)
{
    b->broken.count = 0;
    for (uint32_t i = 0; i < b->is_not.count; i++) {
        const struct st_plain *plain = ((const struct st_plain **)b->is_not.at)[i];
        uint32_t count;
        if (plain->refuses)
            continue;
        if (is_taken(b, plain)) {
            b->world->empty = true;
            return;
        }
        const struct st_rule *rule = only_rule(b, plain, &count);
        if (count == 0)
            b->world->empty = true;
        else if (count == 1 && !break_rule(b, plain, rule))
            add_atom(b, &b->broken, plain, rule);
    }
}

/* The world as it is built, for the quick answers. */
static void show(struct build *b)
{
    struct st_world *world = b->world;
    world->atoms = b->atoms.at;
    world->atom_count = b->atoms.count;
    world->is = b->is.at;
    world->is_count = b->is.count;
    world->is_not = b->is_not.at;
    world->is_not_count = b->is_not.count;
    world->has = b->has.at;
    world->has_count = b->has.count;
    world->lacks = b->lacks.at;
    world->lacks_count = b->lacks.count;
}

/* anyOf and oneOf: branches that clash fall away; the last one is true. */
static bool settle_choice(struct build *b, const struct st_rule *rule)
{
    const struct st_plain *last = NULL;
    const struct st_plain *taken = NULL;
    uint32_t left = 0;
    for (uint32_t i = 0; i < rule->plains.count; i++) {
        const struct st_plain *branch = rule->plains.at[i];
        if (is_taken(b, branch))
            taken = branch;
        else if (st_diff_clashes(b->w, b->world, branch))
            continue;
        left++;
        last = branch;
    }
    if (left == 0)
        b->world->empty = true;
    if (left == 1)
        add_is(b, last);
    if (rule->kind == ST_RULE_ONE_OF && taken != NULL)
        for (uint32_t i = 0; i < rule->plains.count; i++)
            if (rule->plains.at[i] != taken)
                add_is_not(b, rule->plains.at[i]);
    return left <= 1 || taken != NULL;
}

static bool settle_condition(struct build *b, const struct st_condition *condition)
{
    if (is_taken(b, condition->test) || st_diff_implies(b->w, b->world, condition->test)) {
        if (condition->then != NULL)
            add_is(b, condition->then);
        return true;
    }
    if (!st_diff_clashes(b->w, b->world, condition->test))
        return false;
    if (condition->otherwise != NULL)
        add_is(b, condition->otherwise);
    return true;
}

/* What depends on a member holds of objects only; of members that an object must have, as well. */
static bool settle_dependencies(struct build *b, const struct st_rule *rule)
{
    bool all = true;
    if (rule->kind == ST_RULE_DEPENDENT_SCHEMAS && b->world->kinds != ST_KINDS_OBJECT)
        return false;
    for (uint32_t i = 0; i < rule->named.count; i++) {
        const struct st_named *named = &rule->named.at[i];
        if (!has_name(&b->has, named->name)) {
            all = all && has_name(&b->lacks, named->name);
            continue;
        }
        if (rule->kind == ST_RULE_DEPENDENT_SCHEMAS)
            add_is(b, named->plain);
        else
            for (uint32_t k = 0; k < named->names.count; k++)
                add_has(b, named->names.at[k]);
    }
    return all;
}

static void settle_open(struct build *b)
{
    for (uint32_t i = 0; i < b->open.count && !b->world->empty; i++) {
        struct st_atom open = ((struct st_atom *)b->open.at)[i];
        bool done = false;
        show(b);
        if (open.rule->kind == ST_RULE_ANY_OF || open.rule->kind == ST_RULE_ONE_OF)
            done = settle_choice(b, open.rule);
        else if (open.rule->kind == ST_RULE_IF)
            done = settle_condition(b, open.rule->condition);
        else
            done = settle_dependencies(b, open.rule);
        if (done) {
            struct st_atom *atoms = b->open.at;
            atoms[i--] = atoms[--b->open.count];
        }
    }
}

static void take_facts(struct build *b)
{
    for (uint32_t i = 0; i < b->world->facts.count; i++) {
        const struct st_fact *fact = &b->world->facts.at[i];
        switch (fact->kind) {
        case ST_FACT_IS:
            add_is(b, fact->plain);
            break;
        case ST_FACT_IS_NOT:
            add_is_not(b, fact->plain);
            break;
        case ST_FACT_HAS:
            add_name(b, &b->has, fact->name);
            break;
        case ST_FACT_LACKS:
            add_name(b, &b->lacks, fact->name);
            break;
        default:
            b->world->kinds &= fact->kinds;
        }
    }
}

/* HAS and LACKS speak of objects only, and a value that lacks a required member is none. */
static void settle_names(struct build *b)
{
    if ((b->world->kinds & ST_KINDS_OBJECT) == 0)
        return;
    const st_str **lacks = b->lacks.at;
    for (uint32_t i = 0; i < b->lacks.count; i++)
        if (has_name(&b->has, *lacks[i]))
            b->world->kinds &= ~(uint32_t)ST_KINDS_OBJECT;
}

#define ROUNDS_MAX 8

static void build_world(struct st_diff_work *w, struct st_world *world)
{
    struct build b = {.w = w, .world = world};
    world->kinds = ST_KINDS_ALL;
    if (w->visited_room > 0)
        memset(w->visited, 0, w->visited_room * sizeof(void *));
    take_facts(&b);
    for (unsigned round = 0; round < ROUNDS_MAX && !world->empty && w->err == ST_OK; round++) {
        b.grown = false;
        uint32_t kinds = world->kinds;
        settle_negations(&b);
        settle_open(&b);
        settle_names(&b);
        world->empty = world->empty || world->kinds == 0;
        if (!b.grown && kinds == world->kinds)
            break;
    }
    show(&b);
    world->open = b.open.at;
    world->open_count = b.open.count;
    world->broken = b.broken.at;
    world->broken_count = b.broken.count;
    world->empty = world->empty || st_diff_bounds_clash(world);
    world->ready = true;
}

/* ---- interning ---- */

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct st_fact));
}

const struct st_world *st_diff_world(struct st_diff_work *w, const struct st_fact *facts,
                                     uint32_t count)
{
    if (!st_diff_spend(w, 1 + count / 4))
        return NULL;
    struct st_fact *sorted = st_diff_get(w, (count + 1) * sizeof *sorted);
    if (sorted == NULL)
        return NULL;
    if (count > 0)
        memcpy(sorted, facts, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_bytes);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (kept == 0 || memcmp(&sorted[kept - 1], &sorted[i], sizeof *sorted) != 0)
            sorted[kept++] = sorted[i];

    st_str key = {(const char *)sorted, kept * sizeof *sorted};
    struct st_map_entry *entry = st_map_find(&w->worlds, key);
    if (entry != NULL)
        return (const struct st_world *)(uintptr_t)
            entry->value; /* NOLINT(performance-no-int-to-ptr) */
    struct st_world *world = st_diff_get(w, sizeof *world);
    if (world == NULL ||
        !st_diff_failed(w, st_map_put(&w->worlds, key, (uint64_t)(uintptr_t)world, NULL, NULL)))
        return NULL;
    world->facts = (struct st_facts){sorted, kept};
    build_world(w, world);
    return w->err == ST_OK && !w->tired ? world : NULL;
}

const struct st_world *st_diff_with(struct st_diff_work *w, const struct st_world *world,
                                    struct st_fact fact)
{
    struct st_fact *facts = st_diff_get(w, (world->facts.count + 1) * sizeof *facts);
    if (facts == NULL)
        return NULL;
    memcpy(facts, world->facts.at, world->facts.count * sizeof *facts);
    facts[world->facts.count] = fact;
    return st_diff_world(w, facts, world->facts.count + 1);
}

const struct st_world *st_diff_with_is(struct st_diff_work *w, const struct st_world *world,
                                       const struct st_plain *plain)
{
    return st_diff_with(w, world, (struct st_fact){.kind = ST_FACT_IS, .plain = plain});
}

const struct st_world *st_diff_with_not(struct st_diff_work *w, const struct st_world *world,
                                        const struct st_plain *plain)
{
    return st_diff_with(w, world, (struct st_fact){.kind = ST_FACT_IS_NOT, .plain = plain});
}

bool st_diff_has(const struct st_world *world, st_str name)
{
    for (uint32_t i = 0; i < world->has_count; i++)
        if (st_str_eq(*world->has[i], name))
            return true;
    return false;
}

bool st_diff_lacks(const struct st_world *world, st_str name)
{
    for (uint32_t i = 0; i < world->lacks_count; i++)
        if (st_str_eq(*world->lacks[i], name))
            return true;
    return false;
}
