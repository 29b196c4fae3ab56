/*
 * diff_reach.c: which parts of a value a schema looks at, as unevaluatedProperties and
 * unevaluatedItems see it: surely, whatever the value is, or perhaps.
 */
#include "schema/diff_work.h"

#define REACH_DEPTH_MAX 24

struct reach {
    struct st_diff_work *w;
    const struct st_world *world;
    const struct st_part *part;
    bool sure; /* asked for what is sure */
};

static bool reaches(const struct reach *r, const struct st_plain *plain, const struct st_rule *skip,
                    unsigned depth);

static bool reached_by_members(const struct reach *r, const struct st_members *members)
{
    const struct st_names_class *names = &r->part->names;
    if (r->part->is_item)
        return false;
    if (members->additional != NULL)
        return true;
    if (names->name != NULL && st_diff_find_named(members->named, *names->name) != NULL)
        return true;
    for (uint32_t i = 0; i < members->patterned_count; i++)
        if (st_diff_matches(r->w, names, &members->patterned[i]))
            return true;
    return false;
}

static bool reached_by_items(const struct reach *r, const struct st_items *items)
{
    return r->part->is_item && (items->rest != NULL || r->part->index.index < items->prefix.count);
}

/* Whether the schema is satisfied: surely, or perhaps. */
static bool holds(const struct reach *r, const struct st_plain *plain)
{
    if (!r->sure)
        return !st_diff_clashes(r->w, r->world, plain);
    return st_diff_implies(r->w, r->world, plain) || st_diff_follows(r->w, r->world, plain);
}

/* One branch that holds and reaches is enough; else all that can hold must. */
static bool reached_by_choice(const struct reach *r, const struct st_rule *rule, unsigned depth)
{
    bool all = true;
    for (uint32_t i = 0; i < rule->plains.count; i++) {
        const struct st_plain *branch = rule->plains.at[i];
        if (st_diff_clashes(r->w, r->world, branch))
            continue;
        bool reached = reaches(r, branch, NULL, depth);
        all = all && reached;
        if (reached && holds(r, branch))
            return true;
    }
    return r->sure && all;
}

static bool reached_by_condition(const struct reach *r, const struct st_condition *condition,
                                 unsigned depth)
{
    bool test = reaches(r, condition->test, NULL, depth);
    bool then = test || (condition->then != NULL && reaches(r, condition->then, NULL, depth));
    bool otherwise = condition->otherwise != NULL && reaches(r, condition->otherwise, NULL, depth);
    bool never = st_diff_clashes(r->w, r->world, condition->test);
    if (!r->sure)
        return (then && !never) || otherwise;
    if (never)
        return otherwise;
    return then && (otherwise || holds(r, condition->test));
}

static bool reached_by_dependents(const struct reach *r, const struct st_rule *rule, unsigned depth)
{
    for (uint32_t i = 0; i < rule->named.count; i++) {
        const struct st_named *named = &rule->named.at[i];
        bool there =
            r->sure ? st_diff_has(r->world, named->name) : !st_diff_lacks(r->world, named->name);
        if (there && reaches(r, named->plain, NULL, depth))
            return true;
    }
    return false;
}

static bool reached_by(const struct reach *r, const struct st_plain *plain,
                       const struct st_rule *rule, unsigned depth)
{
    const struct st_plain *target;
    switch (rule->kind) {
    case ST_RULE_MEMBERS:
        return reached_by_members(r, rule->members);
    case ST_RULE_ITEMS:
        return reached_by_items(r, rule->items);
    case ST_RULE_CONTAINS:
        return !r->sure && r->part->is_item && rule->contains->marks;
    case ST_RULE_UNEVALUATED_MEMBERS:
        return !r->part->is_item;
    case ST_RULE_UNEVALUATED_ITEMS:
        return r->part->is_item;
    case ST_RULE_REF:
    case ST_RULE_DYNAMIC_REF:
        target = st_diff_target(r->w, plain, rule);
        return target == NULL ? !r->sure : reaches(r, target, NULL, depth);
    case ST_RULE_ALL_OF:
        for (uint32_t i = 0; i < rule->plains.count; i++)
            if (reaches(r, rule->plains.at[i], NULL, depth))
                return true;
        return false;
    case ST_RULE_ANY_OF:
    case ST_RULE_ONE_OF:
        return reached_by_choice(r, rule, depth);
    case ST_RULE_IF:
        return reached_by_condition(r, rule->condition, depth);
    case ST_RULE_DEPENDENT_SCHEMAS:
        return reached_by_dependents(r, rule, depth);
    default:
        return false;
    }
}

static bool reaches(const struct reach *r, const struct st_plain *plain, const struct st_rule *skip,
                    unsigned depth)
{
    if (depth > REACH_DEPTH_MAX || !st_diff_spend(r->w, 1))
        return !r->sure;
    for (uint32_t i = 0; i < plain->rule_count; i++)
        if (&plain->rules[i] != skip && reached_by(r, plain, &plain->rules[i], depth + 1))
            return true;
    return false;
}

bool st_diff_reaches(struct st_diff_work *w, const struct st_world *world,
                     const struct st_plain *plain, const struct st_rule *skip,
                     const struct st_part *part)
{
    struct reach reach = {w, world, part, true};
    return reaches(&reach, plain, skip, 0) && w->err == ST_OK && !w->tired;
}

bool st_diff_may_reach(struct st_diff_work *w, const struct st_world *world,
                       const struct st_plain *plain, const struct st_rule *skip,
                       const struct st_part *part)
{
    struct reach reach = {w, world, part, false};
    return reaches(&reach, plain, skip, 0) || w->err != ST_OK || w->tired;
}
