/*
 * diff_explain_mix.c: rules that combine schemas: allOf, anyOf, oneOf, not, if, and what depends on
 * a member.
 */
#include "schema/diff_work.h"

#include "json/compare.h"

static void explain_branch(struct st_diff_work *w, const struct st_site *site,
                           const struct st_world *world, const struct st_plain *old,
                           const struct st_plain *plain)
{
    struct st_site inner = *site;
    inner.world = world;
    inner.old = old;
    inner.plain = plain;
    st_diff_explain(w, &inner);
}

/* ---- which branch corresponds ---- */

static bool is_same_as_some(struct st_diff_work *w, const struct st_plain *plain,
                            struct st_plain_list list)
{
    for (uint32_t i = 0; i < list.count; i++)
        if (st_diff_same(w, plain, list.at[i]))
            return true;
    return false;
}

/* Whether two schemas are written alike, whatever they refer to. */
static bool is_written_alike(const struct st_plain *a, const struct st_plain *b)
{
    return st_json_equal(st_plain_doc(a), a->node, st_plain_doc(b), b->node);
}

static bool is_written_in(const struct st_plain *plain, struct st_plain_list list)
{
    for (uint32_t i = 0; i < list.count; i++)
        if (is_written_alike(plain, list.at[i]))
            return true;
    return false;
}

/* The branch that is written alike; else the one at the same place where there are as many; else
 * the only one on either side that the other side does not have. */
static const struct st_plain *counterpart(struct st_diff_work *w, struct st_plain_list olds,
                                          struct st_plain_list news, uint32_t index)
{
    const struct st_plain *left = NULL;
    for (uint32_t i = 0; i < olds.count; i++)
        if (is_written_alike(olds.at[i], news.at[index]))
            return olds.at[i];
    if (olds.count == news.count && !is_same_as_some(w, olds.at[index], news))
        return olds.at[index];
    for (uint32_t i = 0; i < olds.count; i++) {
        if (is_same_as_some(w, olds.at[i], news) || is_written_in(olds.at[i], news))
            continue;
        if (left != NULL)
            return NULL;
        left = olds.at[i];
    }
    for (uint32_t i = 0; i < news.count; i++)
        if (i != index && !is_same_as_some(w, news.at[i], olds) && !is_written_in(news.at[i], olds))
            return NULL;
    return left;
}

/* ---- allOf ---- */

static void explain_all(struct st_diff_work *w, const struct st_site *site,
                        const struct st_rule *rule)
{
    struct st_atom old;
    bool there = st_diff_find_rule(w, site->old, ST_RULE_ALL_OF, &old);
    size_t mark = w->walked.len;
    for (uint32_t i = 0; i < rule->plains.count && w->err == ST_OK; i++) {
        const struct st_plain *branch = rule->plains.at[i];
        if (st_diff_follows(w, site->world, branch))
            continue;
        const struct st_plain *before =
            there ? counterpart(w, old.rule->plains, rule->plains, i) : site->old;
        st_diff_walk(w, rule->keyword);
        st_diff_walk_index(w, i);
        if (before != NULL) {
            explain_branch(w, site, site->world, before, branch);
        } else {
            struct st_found found =
                st_diff_finding_of(site, rule, &old, ST_DIFF_PRODUCT_TYPE_EXTENDED);
            found.new_index = i + 1;
            found.new_value = branch->node;
            found.new_value_of = branch;
            found.old_value = ST_JSON_NONE;
            found.avoid = branch;
            found.is_walked = true;
            st_diff_found(w, &found);
        }
        w->walked.len = mark;
    }
}

/* ---- anyOf, oneOf ---- */

static void tell_sum(struct st_diff_work *w, const struct st_site *site,
                     const struct st_world *world, const struct st_rule *rule,
                     const struct st_atom *old, uint32_t old_index, enum st_diff_rule name)
{
    struct st_site inner = *site;
    inner.world = world;
    struct st_found found = st_diff_finding_of(&inner, rule, old, name);
    found.avoid = st_diff_rule_alone(w, site->plain, rule);
    found.old_index = old_index;
    if (old_index > 0) {
        found.old_value = old->rule->plains.at[old_index - 1]->node;
        found.old_value_of = old->rule->plains.at[old_index - 1];
        found.new_value = ST_JSON_NONE;
    }
    st_diff_found(w, &found);
}

static uint32_t branch_of(struct st_diff_work *w, struct st_plain_list olds,
                          struct st_plain_list news, uint32_t old_index)
{
    for (uint32_t i = 0; i < news.count; i++)
        if (!is_same_as_some(w, news.at[i], olds) &&
            counterpart(w, olds, news, i) == olds.at[old_index])
            return i;
    return UINT32_MAX;
}

/* One case of the documents' own choice. */
static void explain_case(struct st_diff_work *w, const struct st_site *site,
                         const struct st_rule *rule, const struct st_atom *old, uint32_t index)
{
    const struct st_world *world = st_diff_with_is(w, site->world, old->rule->plains.at[index]);
    if (world == NULL || world->empty || st_diff_rule_follows(w, world, site->plain, rule))
        return;
    uint32_t to = branch_of(w, old->rule->plains, rule->plains, index);
    if (to == UINT32_MAX || st_diff_follows(w, world, rule->plains.at[to])) {
        bool extended = rule->plains.count > old->rule->plains.count;
        enum st_diff_rule name = extended ? ST_DIFF_SUM_TYPE_EXTENDED
                                 : rule->plains.count < old->rule->plains.count
                                     ? ST_DIFF_SUM_TYPE_NARROWED
                                     : ST_DIFF_COMBINED_TYPE_SUBSCHEMAS_CHANGED;
        tell_sum(w, site, world, rule, old, index + 1, name);
        return;
    }
    size_t mark = w->walked.len;
    st_diff_walk(w, rule->keyword);
    st_diff_walk_index(w, to);
    explain_branch(w, site, world, old->rule->plains.at[index], rule->plains.at[to]);
    w->walked.len = mark;
}

static void explain_sum(struct st_diff_work *w, const struct st_site *site,
                        const struct st_rule *rule)
{
    struct st_atom old;
    if (!st_diff_find_rule(w, site->old, rule->kind, &old)) {
        tell_sum(w, site, site->world, rule, &old, 0, ST_DIFF_COMBINED_TYPE_CHANGED);
        return;
    }
    uint32_t before = w->found_count;
    for (uint32_t i = 0; i < old.rule->plains.count && w->err == ST_OK; i++)
        explain_case(w, site, rule, &old, i);
    if (w->found_count == before)
        tell_sum(w, site, site->world, rule, &old, 0, ST_DIFF_COMBINED_TYPE_SUBSCHEMAS_CHANGED);
}

/* ---- not, if ---- */

static void explain_not(struct st_diff_work *w, const struct st_site *site,
                        const struct st_rule *rule)
{
    struct st_atom old;
    st_diff_find_rule(w, site->old, ST_RULE_NOT, &old);
    struct st_found found = st_diff_finding_of(site, rule, &old, ST_DIFF_NOT_TYPE_EXTENDED);
    found.avoid = st_diff_rule_alone(w, site->plain, rule);
    st_diff_found(w, &found);
}

/* The documents' condition with the same test, wherever it stands. */
static bool find_condition(struct st_diff_work *w, const struct st_site *site,
                           const struct st_condition *condition, struct st_atom *found)
{
    for (uint32_t i = 0; i < site->world->atom_count; i++) {
        const struct st_atom *atom = &site->world->atoms[i];
        if (atom->rule->kind != ST_RULE_IF || atom->rule->condition == condition ||
            !st_diff_same(w, atom->rule->condition->test, condition->test))
            continue;
        *found = *atom;
        return true;
    }
    return false;
}

static void explain_outcome(struct st_diff_work *w, const struct st_site *site,
                            const struct st_rule *rule, const struct st_atom *old, bool then)
{
    const struct st_condition *now = rule->condition;
    const struct st_plain *goal = then ? now->then : now->otherwise;
    const struct st_world *world = then ? st_diff_with_is(w, site->world, now->test)
                                        : st_diff_with_not(w, site->world, now->test);
    if (goal == NULL || world == NULL || st_diff_follows(w, world, goal))
        return;
    const struct st_plain *before = NULL;
    if (old->rule != NULL)
        before = then ? old->rule->condition->then : old->rule->condition->otherwise;
    size_t mark = w->walked.len;
    const char *word = then ? "then" : "else";
    st_diff_walk(w, word);
    if (before != NULL) {
        explain_branch(w, site, world, before, goal);
    } else {
        struct st_site inner = *site;
        inner.world = world;
        struct st_atom any;
        bool there = old->rule != NULL || st_diff_find_rule(w, site->old, ST_RULE_IF, &any);
        struct st_found found = st_diff_finding_of(
            &inner, rule, old, there ? ST_DIFF_CONDITION_CHANGED : ST_DIFF_CONDITION_ADDED);
        found.new_word = word;
        found.new_value = goal->node;
        found.new_value_of = goal;
        found.avoid = goal;
        found.is_walked = true;
        st_diff_found(w, &found);
    }
    w->walked.len = mark;
}

static void explain_condition(struct st_diff_work *w, const struct st_site *site,
                              const struct st_rule *rule)
{
    struct st_atom old = {0};
    find_condition(w, site, rule->condition, &old);
    explain_outcome(w, site, rule, &old, true);
    explain_outcome(w, site, rule, &old, false);
}

/* ---- dependencies ---- */

static bool names_within(struct st_name_list part, struct st_name_list whole)
{
    for (uint32_t i = 0; i < part.count; i++) {
        bool found = false;
        for (uint32_t k = 0; k < whole.count && !found; k++)
            found = st_str_eq(part.at[i], whole.at[k]);
        if (!found)
            return false;
    }
    return true;
}

static enum st_diff_rule name_dependency(const struct st_named *old, const struct st_named *now)
{
    if (now->plain != NULL)
        return ST_DIFF_DEPENDENCY_SCHEMA_ADDED;
    if (old == NULL)
        return ST_DIFF_DEPENDENCY_ARRAY_ADDED;
    return names_within(old->names, now->names) ? ST_DIFF_DEPENDENCY_ARRAY_EXTENDED
                                                : ST_DIFF_DEPENDENCY_ARRAY_CHANGED;
}

static void explain_dependency(struct st_diff_work *w, const struct st_site *site,
                               const struct st_rule *rule, const struct st_named *now)
{
    struct st_atom old;
    const struct st_named *before = NULL;
    if (st_diff_find_rule(w, site->old, rule->kind, &old))
        before = st_diff_find_named(old.rule->named, now->name);
    struct st_rule *one = st_diff_get(w, sizeof *one);
    const st_str *name = st_diff_name(w, now->name);
    if (one == NULL || name == NULL)
        return;
    *one = *rule;
    one->named = (struct st_named_list){now, 1};
    if (st_diff_rule_follows(w, site->world, site->plain, one))
        return;
    struct st_site inner = *site;
    inner.world = st_diff_with(w, site->world, (struct st_fact){.kind = ST_FACT_HAS, .name = name});
    size_t mark = w->walked.len;
    st_diff_walk(w, rule->keyword);
    st_diff_walk_name(w, now->name);
    if (before != NULL && now->plain != NULL && inner.world != NULL) {
        explain_branch(w, site, inner.world, before->plain, now->plain);
    } else if (inner.world != NULL) {
        struct st_found found = st_diff_finding_of(&inner, rule, before == NULL ? NULL : &old,
                                                   name_dependency(before, now));
        found.subject = now->name;
        found.new_token = now->name;
        found.old_token = before == NULL ? ST_STR("") : now->name;
        found.old_value = found.new_value = ST_JSON_NONE;
        found.avoid = st_diff_plain_of(w, site->plain, one);
        found.is_walked = true;
        st_diff_found(w, &found);
    }
    w->walked.len = mark;
}

bool st_diff_explain_mix(struct st_diff_work *w, const struct st_site *site,
                         const struct st_rule *rule)
{
    switch (rule->kind) {
    case ST_RULE_ALL_OF:
        explain_all(w, site, rule);
        return true;
    case ST_RULE_ANY_OF:
    case ST_RULE_ONE_OF:
        explain_sum(w, site, rule);
        return true;
    case ST_RULE_NOT:
        explain_not(w, site, rule);
        return true;
    case ST_RULE_IF:
        explain_condition(w, site, rule);
        return true;
    case ST_RULE_DEPENDENT_REQUIRED:
    case ST_RULE_DEPENDENT_SCHEMAS:
        for (uint32_t i = 0; i < rule->named.count && w->err == ST_OK; i++)
            explain_dependency(w, site, rule, &rule->named.at[i]);
        return true;
    default:
        return false;
    }
}
