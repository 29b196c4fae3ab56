/*
 * program_cover.c: which members or elements the rules of one schema evaluate, where that can be
 * known before there is a value: what unevaluatedProperties and unevaluatedItems leave.
 *
 * Branches that are taken for certain cover; those that may be taken or not must not cover anything
 * that is not covered without them, or nothing is known.
 */
#include "schema/program_make.h"

#include "base/mem.h"

struct covering {
    const struct st_making *m;
    struct st_cover *cover;
    struct st_list doubtful; /* items of branches that may be taken or not */
    bool all;                /* all branches are looked at, as if all were taken */
    bool contains;           /* elements are evaluated that nobody knows beforehand */
};

static void add_item(struct st_build *b, struct covering *c, uint32_t item);

static void add_pattern(struct st_build *b, struct st_cover *cover,
                        const struct st_pattern *pattern)
{
    if (st_build_reserve(b, (void **)&cover->patterns, &cover->pattern_room, cover->pattern_count,
                         sizeof cover->patterns[0]))
        cover->patterns[cover->pattern_count++] = pattern;
}

static void add_members(struct st_build *b, struct st_cover *cover,
                        const struct st_members *members)
{
    st_build_work(b, members->named.count);
    for (uint32_t i = 0; i < members->named.count; i++)
        st_build_map(b, &cover->names, members->named.at[i].name, 0);
    for (uint32_t i = 0; i < members->patterned_count; i++)
        add_pattern(b, cover, members->patterned[i].pattern);
    cover->all = cover->all || members->additional != NULL;
}

enum taking { TAKEN, PERHAPS, IF_SATISFIED };

/* A schema that is applied to the same value on a condition. */
static void add_branch(struct st_build *b, struct covering *c, uint32_t item,
                       const struct st_plain *branch, enum taking taking)
{
    if (branch == NULL)
        return;
    uint32_t to = st_build_item(b, item, branch);
    enum st_verdict verdict = c->all ? ST_VERDICT_UNKNOWN : st_making_decide(b, c->m, to);
    if (c->all || (verdict != ST_VERDICT_NO && taking == TAKEN) ||
        (verdict == ST_VERDICT_YES && taking == IF_SATISFIED))
        add_item(b, c, to);
    else if (verdict != ST_VERDICT_NO)
        st_build_push(b, &c->doubtful, to);
}

/* anyOf and oneOf: the only branch that is left is taken. */
static void add_choice(struct st_build *b, struct covering *c, uint32_t item,
                       const struct st_rule *rule)
{
    uint32_t possible = 0;
    for (uint32_t i = 0; i < rule->plains.count && !c->all; i++)
        possible +=
            st_making_decide(b, c->m, st_build_item(b, item, rule->plains.at[i])) != ST_VERDICT_NO;
    for (uint32_t i = 0; i < rule->plains.count; i++)
        add_branch(b, c, item, rule->plains.at[i], possible == 1 ? TAKEN : IF_SATISFIED);
}

static void add_condition(struct st_build *b, struct covering *c, uint32_t item,
                          const struct st_condition *condition)
{
    enum st_verdict test = ST_VERDICT_UNKNOWN;
    if (!c->all)
        test = st_making_decide(b, c->m, st_build_item(b, item, condition->test));
    enum taking taking = test == ST_VERDICT_UNKNOWN ? PERHAPS : TAKEN;
    add_branch(b, c, item, condition->test, IF_SATISFIED);
    if (test != ST_VERDICT_NO)
        add_branch(b, c, item, condition->then, taking);
    if (test != ST_VERDICT_YES)
        add_branch(b, c, item, condition->otherwise, taking);
}

static void add_dependents(struct st_build *b, struct covering *c, uint32_t item,
                           const struct st_rule *rule)
{
    for (uint32_t i = 0; i < rule->named.count; i++) {
        const struct st_fact *fact =
            c->all ? NULL : st_fact_of(b, c->m->facts, c->m->fact_count, rule->named.at[i].name);
        if (fact != NULL && fact->kind == ST_FACT_ABSENT)
            continue;
        if (fact != NULL || c->all)
            add_branch(b, c, item, rule->named.at[i].plain, TAKEN);
        else
            st_build_push(b, &c->doubtful, st_build_item(b, item, rule->named.at[i].plain));
    }
}

static void add_expanded(struct st_build *b, struct covering *c, uint32_t item,
                         const struct st_rule *rule)
{
    struct st_list list = {0};
    st_build_expand(b, item, rule, &list);
    for (uint32_t i = 0; i < list.count; i++)
        add_item(b, c, list.at[i]);
    st_build_drop(b, &list);
}

static void add_rule(struct st_build *b, struct covering *c, uint32_t item,
                     const struct st_rule *rule, bool first)
{
    bool object = c->m->kind == ST_JSON_OBJECT;
    switch (rule->kind) {
    case ST_RULE_MEMBERS:
        if (object)
            add_members(b, c->cover, rule->members);
        break;
    case ST_RULE_ITEMS:
        if (!object && rule->items->prefix.count > c->cover->elements)
            c->cover->elements = rule->items->prefix.count;
        c->cover->all = c->cover->all || (!object && rule->items->rest != NULL);
        break;
    case ST_RULE_CONTAINS:
        c->contains = c->contains || (!object && rule->contains->marks);
        break;
    case ST_RULE_UNEVALUATED_MEMBERS:
        c->cover->all = c->cover->all || (object && !first);
        break;
    case ST_RULE_UNEVALUATED_ITEMS:
        c->cover->all = c->cover->all || (!object && !first);
        break;
    case ST_RULE_REF:
    case ST_RULE_DYNAMIC_REF:
    case ST_RULE_ALL_OF:
        add_expanded(b, c, item, rule);
        break;
    case ST_RULE_ANY_OF:
    case ST_RULE_ONE_OF:
        add_choice(b, c, item, rule);
        break;
    case ST_RULE_IF:
        add_condition(b, c, item, rule->condition);
        break;
    case ST_RULE_DEPENDENT_SCHEMAS:
        if (object)
            add_dependents(b, c, item, rule);
        break;
    default:
        break;
    }
}

/* Bounded as decisions are: an item's rules lead deeper only so far. */
static void add_rules(struct st_build *b, struct covering *c, uint32_t item, bool first)
{
    const struct st_plain *plain = b->items[item].plain;
    if (b->depth == ST_PROGRAM_DECIDE_DEPTH_MAX || b->frugal)
        c->contains = true;
    if (c->contains || st_build_over(b))
        return;
    b->depth++;
    st_build_work(b, 1 + plain->rule_count);
    for (uint32_t i = 0; i < plain->rule_count; i++)
        add_rule(b, c, item, &plain->rules[i], first);
    b->depth--;
}

static void add_item(struct st_build *b, struct covering *c, uint32_t item)
{
    add_rules(b, c, item, false);
}

static void cover_init(struct st_cover *cover)
{
    *cover = (struct st_cover){0};
    st_map_init(&cover->names, ST_SCHEMA_NODES_MAX);
}

void st_cover_done(struct st_cover *cover)
{
    st_map_done(&cover->names);
    st_mem_free(cover->patterns);
}

/* Whether all that `more` covers is in `cover`. */
static bool includes(const struct st_cover *cover, const struct st_cover *more)
{
    if (cover->all)
        return true;
    if (more->all || more->elements > cover->elements)
        return false;
    for (uint32_t i = 0; i < more->names.count; i++)
        if (st_map_find(&cover->names, more->names.entries[i].key) == NULL)
            return false;
    for (uint32_t i = 0; i < more->pattern_count; i++) {
        bool found = false;
        for (uint32_t j = 0; j < cover->pattern_count && !found; j++)
            found = cover->patterns[j] == more->patterns[i];
        if (!found)
            return false;
    }
    return true;
}

bool st_cover_of(struct st_build *b, const struct st_making *m, uint32_t item,
                 struct st_cover *cover)
{
    cover_init(cover);
    struct covering certain = {.m = m, .cover = cover};
    add_rules(b, &certain, item, true);
    bool known = cover->all || !certain.contains;
    if (known && !cover->all && certain.doubtful.count > 0) {
        struct st_cover more;
        cover_init(&more);
        struct covering doubtful = {.m = m, .cover = &more, .all = true};
        for (uint32_t i = 0; i < certain.doubtful.count; i++)
            add_item(b, &doubtful, certain.doubtful.at[i]);
        known = !doubtful.contains && includes(cover, &more);
        st_cover_done(&more);
    }
    st_build_drop(b, &certain.doubtful);
    return known && !st_build_over(b);
}
