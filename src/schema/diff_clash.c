/*
 * diff_clash.c: quick answers from what stands in a world: no other world is made, references and
 * allOf are followed, and only what is plain to see is seen. They decide discriminators.
 */
#include "schema/diff_work.h"

#include "json/compare.h"

#define CLASH_DEPTH_MAX 6

/* ---- listed values ---- */

static bool is_list(const struct st_rule *rule)
{
    return rule->kind == ST_RULE_ENUM || rule->kind == ST_RULE_CONST;
}

static bool lists_value(const struct st_plain *plain, const struct st_rule *rule,
                        const struct st_json *doc, uint32_t node)
{
    const struct st_json *own = st_plain_doc(plain);
    if (rule->kind == ST_RULE_CONST)
        return st_json_equal(own, rule->value, doc, node);
    for (uint32_t at = st_json_first(own, rule->value); at != ST_JSON_NONE;
         at = st_json_next(own, rule->value, at))
        if (st_json_equal(own, at, doc, node))
            return true;
    return false;
}

/* How many of the one's values the other lists: none, some or all. */
enum share { SHARE_NONE, SHARE_SOME, SHARE_ALL };

static enum share share_values(struct st_diff_work *w, const struct st_atom *a,
                               const struct st_atom *b)
{
    const struct st_json *doc = st_plain_doc(a->plain);
    if (a->rule->kind == ST_RULE_CONST)
        return lists_value(b->plain, b->rule, doc, a->rule->value) ? SHARE_ALL : SHARE_NONE;
    uint32_t shared = 0;
    uint32_t count = doc->nodes[a->rule->value].len;
    if (!st_diff_spend(w, count))
        return SHARE_SOME;
    for (uint32_t at = st_json_first(doc, a->rule->value); at != ST_JSON_NONE;
         at = st_json_next(doc, a->rule->value, at))
        shared += lists_value(b->plain, b->rule, doc, at);
    return shared == 0 ? SHARE_NONE : shared == count ? SHARE_ALL : SHARE_SOME;
}

/* ---- two schemas ---- */

static bool requires(const struct st_plain *plain, st_str name)
{
    for (uint32_t i = 0; i < plain->rule_count; i++)
        if (plain->rules[i].kind == ST_RULE_REQUIRED)
            for (uint32_t k = 0; k < plain->rules[i].names.count; k++)
                if (st_str_eq(plain->rules[i].names.at[k], name))
                    return true;
    return false;
}

static bool plains_clash(struct st_diff_work *w, const struct st_plain *a, const struct st_plain *b,
                         unsigned depth);

static uint32_t kinds_of(const struct st_plain *plain)
{
    for (uint32_t i = 0; i < plain->rule_count; i++)
        if (plain->rules[i].kind == ST_RULE_TYPE)
            return st_diff_kinds(plain->rules[i].types);
    return ST_KINDS_ALL;
}

static bool rules_clash(struct st_diff_work *w, const struct st_atom *a, const struct st_atom *b)
{
    if (a->rule->kind == ST_RULE_TYPE && b->rule->kind == ST_RULE_TYPE)
        return (st_diff_kinds(a->rule->types) & st_diff_kinds(b->rule->types)) == 0;
    return is_list(a->rule) && is_list(b->rule) && share_values(w, a, b) == SHARE_NONE;
}

/* The same through what a schema refers to. */
static bool follows_into(struct st_diff_work *w, const struct st_plain *a, const struct st_plain *b,
                         unsigned depth)
{
    for (uint32_t i = 0; i < a->rule_count; i++) {
        const struct st_rule *rule = &a->rules[i];
        const struct st_plain *to = NULL;
        if (rule->kind == ST_RULE_REF || rule->kind == ST_RULE_DYNAMIC_REF)
            to = st_diff_target(w, a, rule);
        if (to != NULL && plains_clash(w, to, b, depth + 1))
            return true;
        if (rule->kind == ST_RULE_ALL_OF)
            for (uint32_t k = 0; k < rule->plains.count; k++)
                if (plains_clash(w, rule->plains.at[k], b, depth + 1))
                    return true;
    }
    return false;
}

static bool plains_clash(struct st_diff_work *w, const struct st_plain *a, const struct st_plain *b,
                         unsigned depth)
{
    if (a->refuses || b->refuses)
        return true;
    if (depth > CLASH_DEPTH_MAX || !st_diff_spend(w, 1))
        return false;
    for (uint32_t i = 0; i < a->rule_count; i++)
        for (uint32_t k = 0; k < b->rule_count; k++)
            if (rules_clash(w, &(struct st_atom){a, &a->rules[i]},
                            &(struct st_atom){b, &b->rules[k]}))
                return true;
    return follows_into(w, a, b, depth) || follows_into(w, b, a, depth);
}

/* ---- a world and a schema ---- */

/* A member that the object must have cannot be as both say. */
static bool member_clashes(struct st_diff_work *w, const struct st_world *world,
                           const struct st_named *named, unsigned depth)
{
    for (uint32_t i = 0; i < world->atom_count; i++) {
        const struct st_rule *rule = world->atoms[i].rule;
        if (rule->kind != ST_RULE_MEMBERS)
            continue;
        const struct st_named *other = st_diff_find_named(rule->members->named, named->name);
        if (other != NULL && plains_clash(w, other->plain, named->plain, depth + 1))
            return true;
    }
    return false;
}

static bool is_negated(struct st_diff_work *w, const struct st_world *world,
                       const struct st_plain *plain)
{
    for (uint32_t i = 0; i < world->is_not_count; i++)
        if (st_diff_same(w, world->is_not[i], plain))
            return true;
    return false;
}

static bool rule_clashes(struct st_diff_work *w, const struct st_world *world,
                         const struct st_plain *plain, const struct st_rule *rule, unsigned depth);

static bool clashes(struct st_diff_work *w, const struct st_world *world,
                    const struct st_plain *plain, unsigned depth)
{
    if (plain->refuses)
        return true;
    if (depth > CLASH_DEPTH_MAX || !st_diff_spend(w, 1))
        return false;
    if (!w->blind && is_negated(w, world, plain))
        return true;
    for (uint32_t i = 0; i < plain->rule_count; i++)
        if (rule_clashes(w, world, plain, &plain->rules[i], depth))
            return true;
    return false;
}

static bool members_clash(struct st_diff_work *w, const struct st_world *world,
                          const struct st_plain *plain, const struct st_rule *rule, unsigned depth)
{
    if (((world->kinds & kinds_of(plain)) & ~(uint32_t)ST_KINDS_OBJECT) != 0)
        return false;
    for (uint32_t i = 0; i < rule->members->named.count; i++) {
        const struct st_named *named = &rule->members->named.at[i];
        if ((st_diff_has(world, named->name) || requires(plain, named->name)) &&
            member_clashes(w, world, named, depth))
            return true;
    }
    return false;
}

static bool rule_clashes(struct st_diff_work *w, const struct st_world *world,
                         const struct st_plain *plain, const struct st_rule *rule, unsigned depth)
{
    const struct st_plain *target;
    switch (rule->kind) {
    case ST_RULE_TYPE:
        return (world->kinds & st_diff_kinds(rule->types)) == 0;
    case ST_RULE_ENUM:
    case ST_RULE_CONST:
        for (uint32_t i = 0; i < world->atom_count; i++)
            if (rules_clash(w, &world->atoms[i], &(struct st_atom){plain, rule}))
                return true;
        return false;
    case ST_RULE_REQUIRED:
        if ((world->kinds & ~(uint32_t)ST_KINDS_OBJECT) != 0)
            return false;
        for (uint32_t i = 0; i < rule->names.count; i++)
            if (st_diff_lacks(world, rule->names.at[i]))
                return true;
        return false;
    case ST_RULE_MEMBERS:
        return members_clash(w, world, plain, rule, depth);
    case ST_RULE_REF:
    case ST_RULE_DYNAMIC_REF:
        target = st_diff_target(w, plain, rule);
        return target != NULL && clashes(w, world, target, depth + 1);
    case ST_RULE_ALL_OF:
        for (uint32_t i = 0; i < rule->plains.count; i++)
            if (clashes(w, world, rule->plains.at[i], depth + 1))
                return true;
        return false;
    case ST_RULE_NOT:
        for (uint32_t i = 0; i < world->is_count; i++)
            if (st_diff_same(w, world->is[i], rule->plain))
                return true;
        return false;
    default:
        return false;
    }
}

bool st_diff_clashes(struct st_diff_work *w, const struct st_world *world,
                     const struct st_plain *plain)
{
    return world->empty || clashes(w, world, plain, 0);
}

bool st_diff_refutes(struct st_diff_work *w, const struct st_world *world,
                     const struct st_plain *plain)
{
    w->blind = true;
    bool refutes = clashes(w, world, plain, 0);
    w->blind = false;
    return refutes;
}

/* ---- what follows at once ---- */

/* Whether a schema for a member says all that another one says. */
static bool plain_implies(struct st_diff_work *w, const struct st_plain *a,
                          const struct st_plain *b, unsigned depth)
{
    if (a->refuses || st_diff_accepts_all(b) || st_diff_same(w, a, b))
        return true;
    if (b->refuses || depth > CLASH_DEPTH_MAX || !st_diff_spend(w, 1))
        return false;
    for (uint32_t k = 0; k < b->rule_count; k++) {
        const struct st_atom goal = {b, &b->rules[k]};
        bool found = false;
        for (uint32_t i = 0; i < a->rule_count && !found; i++) {
            const struct st_atom known = {a, &a->rules[i]};
            if (is_list(goal.rule) && is_list(known.rule))
                found = share_values(w, &known, &goal) == SHARE_ALL;
            else if (goal.rule->kind == ST_RULE_TYPE && known.rule->kind == ST_RULE_TYPE)
                found = (st_diff_kinds(known.rule->types) & ~st_diff_kinds(goal.rule->types)) == 0;
        }
        if (!found)
            return false;
    }
    return true;
}

static bool member_implied(struct st_diff_work *w, const struct st_world *world,
                           const struct st_named *named, unsigned depth)
{
    if (st_diff_lacks(world, named->name))
        return true;
    for (uint32_t i = 0; i < world->atom_count; i++) {
        const struct st_rule *rule = world->atoms[i].rule;
        if (rule->kind != ST_RULE_MEMBERS)
            continue;
        const struct st_named *other = st_diff_find_named(rule->members->named, named->name);
        if (other != NULL && plain_implies(w, other->plain, named->plain, depth + 1))
            return true;
    }
    return false;
}

static bool rule_implied(struct st_diff_work *w, const struct st_world *world,
                         const struct st_plain *plain, const struct st_rule *rule)
{
    if ((world->kinds & st_diff_rule_kinds(rule->kind)) == 0)
        return true;
    switch (rule->kind) {
    case ST_RULE_TYPE:
        return (world->kinds & ~st_diff_kinds(rule->types)) == 0;
    case ST_RULE_ENUM:
    case ST_RULE_CONST:
        for (uint32_t i = 0; i < world->atom_count; i++)
            if (is_list(world->atoms[i].rule) &&
                share_values(w, &world->atoms[i], &(struct st_atom){plain, rule}) == SHARE_ALL)
                return true;
        return false;
    case ST_RULE_REQUIRED:
        for (uint32_t i = 0; i < rule->names.count; i++)
            if (!st_diff_has(world, rule->names.at[i]))
                return false;
        return true;
    case ST_RULE_MEMBERS:
        if (rule->members->patterned_count > 0 || rule->members->additional != NULL)
            return false;
        for (uint32_t i = 0; i < rule->members->named.count; i++)
            if (!member_implied(w, world, &rule->members->named.at[i], 0))
                return false;
        return true;
    default:
        return false;
    }
}

bool st_diff_implies(struct st_diff_work *w, const struct st_world *world,
                     const struct st_plain *plain)
{
    if (world->empty || st_diff_accepts_all(plain))
        return true;
    if (plain->refuses || !st_diff_spend(w, 1))
        return false;
    for (uint32_t i = 0; i < world->is_count; i++)
        if (st_diff_same(w, world->is[i], plain))
            return true;
    for (uint32_t i = 0; i < plain->rule_count; i++)
        if (!rule_implied(w, world, plain, &plain->rules[i]))
            return false;
    return true;
}

/* ---- bounds ---- */

uint64_t st_diff_least(const struct st_world *world, enum st_rule_kind kind)
{
    uint64_t least = 0;
    for (uint32_t i = 0; i < world->atom_count; i++)
        if (world->atoms[i].rule->kind == kind && world->atoms[i].rule->count > least)
            least = world->atoms[i].rule->count;
    return least;
}

uint64_t st_diff_most(const struct st_world *world, enum st_rule_kind kind)
{
    uint64_t most = UINT64_MAX;
    for (uint32_t i = 0; i < world->atom_count; i++)
        if (world->atoms[i].rule->kind == kind && world->atoms[i].rule->count < most)
            most = world->atoms[i].rule->count;
    return most;
}

static bool bounds_exclude(const struct st_rule *low, const struct st_rule *high)
{
    bool is_low = low->kind == ST_RULE_MINIMUM || low->kind == ST_RULE_EXCLUSIVE_MINIMUM;
    bool is_high = high->kind == ST_RULE_MAXIMUM || high->kind == ST_RULE_EXCLUSIVE_MAXIMUM;
    if (!is_low || !is_high)
        return false;
    int order = st_decimal_cmp(low->number, high->number);
    return order > 0 || (order == 0 && (low->kind == ST_RULE_EXCLUSIVE_MINIMUM ||
                                        high->kind == ST_RULE_EXCLUSIVE_MAXIMUM));
}

static bool numbers_clash(const struct st_world *world)
{
    for (uint32_t i = 0; i < world->atom_count; i++)
        for (uint32_t k = 0; k < world->atom_count; k++)
            if (bounds_exclude(world->atoms[i].rule, world->atoms[k].rule))
                return true;
    return false;
}

/* Only where all values are of the one kind that the bounds speak of. */
bool st_diff_bounds_clash(const struct st_world *world)
{
    if (world->kinds != 0 && (world->kinds & ~(uint32_t)ST_KINDS_NUMBER) == 0)
        return numbers_clash(world);
    if (world->kinds == ST_KINDS_STRING)
        return st_diff_least(world, ST_RULE_MIN_LENGTH) > st_diff_most(world, ST_RULE_MAX_LENGTH);
    if (world->kinds == ST_KINDS_ARRAY)
        return st_diff_least(world, ST_RULE_MIN_ITEMS) > st_diff_most(world, ST_RULE_MAX_ITEMS);
    if (world->kinds == ST_KINDS_OBJECT)
        return st_diff_least(world, ST_RULE_MIN_PROPERTIES) >
               st_diff_most(world, ST_RULE_MAX_PROPERTIES);
    return false;
}
