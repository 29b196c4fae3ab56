#include "schema/checker.h"

/* ---- limits ---- */

static void tell_stop(struct st_checker *c, const struct st_plain *plain, const char *keyword,
                      uint32_t node, const char *message)
{
    if (!c->tale.on || c->tale.collects || c->tale.stop_told)
        return;
    c->tale.stop_told = true;
    c->tale.parent = ST_JSON_NONE;
    c->tale.closed = false;
    st_tell_make_room(c);
    st_tell(c, plain, keyword, node, NULL, "%s", message);
}

void st_eval_stop_at_limit(struct st_checker *c, const struct st_plain *plain, uint32_t node,
                           const char *message)
{
    tell_stop(c, plain, "limit", node, message);
    if (c->stop == ST_STOP_NOT)
        c->stop = ST_STOP_LIMIT;
}

/* A dynamic reference that leads nowhere: there is no answer, and `not` must not make one of it. */
static void stop_nowhere(struct st_checker *c, const struct st_plain *plain, uint32_t node)
{
    tell_stop(c, plain, "$dynamicRef", node,
              "must be checked where the $dynamicRef leads somewhere");
    c->nowhere = plain;
    if (c->stop == ST_STOP_NOT)
        c->stop = ST_STOP_NOWHERE;
}

bool st_eval_spend(struct st_checker *c, const struct st_plain *plain, uint32_t node,
                   uint64_t steps)
{
    if (c->stop != ST_STOP_NOT)
        return false;
    if (steps > c->steps) {
        st_eval_stop_at_limit(c, plain, node, "must be checkable in fewer steps");
        return false;
    }
    c->steps -= steps;
    return true;
}

/* ---- one schema ---- */

static const st_rule_check rule_checks[] = {
#define RULE_ROW(kind, function) [ST_RULE_##kind] = st_eval_##function,
    ST_RULE_LIST(RULE_ROW)
#undef RULE_ROW
};
_Static_assert(sizeof rule_checks / sizeof rule_checks[0] == ST_RULE_COUNT,
               "every kind of rule has its check");

bool st_eval_rule(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                  uint32_t node)
{
    return rule_checks[rule->kind](c, plain, rule, node, NULL);
}

/* Of a run that tells nothing: it ends at the first rule that is broken. */
static bool eval_rules(struct st_checker *c, const struct st_plain *plain, uint32_t node,
                       struct st_seen *seen)
{
    for (uint32_t i = 0; i < plain->rule_count; i++) {
        const struct st_rule *rule = &plain->rules[i];
        if (rule_checks[rule->kind](c, plain, rule, node, seen))
            continue;
        if (seen != NULL)
            seen->failed = true;
        return false;
    }
    return true;
}

/* Every rule in order; a run that tells goes on after a failure, except of the type: what else is
 * wrong with a value of the wrong type helps nobody. */
static bool tell_rules(struct st_checker *c, const struct st_plain *plain, uint32_t node,
                       struct st_seen *seen)
{
    bool satisfied = true;
    for (uint32_t i = 0; i < plain->rule_count; i++) {
        const struct st_rule *rule = &plain->rules[i];
        st_rule_check check = rule_checks[rule->kind];
        if (st_collects(c) ? st_note_rule(c, plain, rule, node, seen, check)
                           : check(c, plain, rule, node, seen))
            continue;
        satisfied = false;
        if (seen != NULL)
            seen->failed = true;
        if (rule->kind == ST_RULE_TYPE || c->stop != ST_STOP_NOT)
            break;
    }
    return satisfied;
}

static bool eval_tracked(struct st_checker *c, const struct st_plain *plain, uint32_t node,
                         struct st_seen *outer)
{
    struct st_seen seen;
    uint32_t marks = c->doc->nodes[node].len;
    if (!st_eval_spend(c, plain, node, marks / 128) || !st_seen_open(c, &seen, marks))
        return false;
    bool satisfied =
        c->tale.on ? tell_rules(c, plain, node, &seen) : eval_rules(c, plain, node, &seen);
    if (outer != NULL)
        st_seen_merge(c, &seen, outer);
    st_seen_close(c, &seen);
    return satisfied;
}

/* Marks are kept when this schema or one that applied it to the same value reads them. */
static bool needs_marks(const struct st_checker *c, const struct st_plain *plain, uint32_t node,
                        const struct st_seen *outer)
{
    enum st_json_kind kind = st_json_kind(c->doc, node);
    return outer != NULL || (plain->tracks_members && kind == ST_JSON_OBJECT) ||
           (plain->tracks_items && kind == ST_JSON_ARRAY);
}

/* The same with a branch around what is told, but for the root, which the output itself is. */
static bool eval_telling(struct st_checker *c, const struct st_plain *plain, uint32_t node,
                         struct st_seen *outer)
{
    struct st_told told = st_tell_mark(c);
    if (c->depth > 1)
        told = st_note_open(c, plain, NULL, node);
    bool satisfied = needs_marks(c, plain, node, outer) ? eval_tracked(c, plain, node, outer)
                                                        : tell_rules(c, plain, node, NULL);
    if (satisfied && st_collects(c))
        st_note_keywords(c, plain, node);
    if (c->depth > 1)
        st_note_close(c, told, satisfied);
    return satisfied;
}

bool st_eval(struct st_checker *c, const struct st_plain *plain, uint32_t node,
             struct st_seen *outer)
{
    if (!st_eval_spend(c, plain, node, 1))
        return false;
    if (plain->refuses) {
        st_tell(c, plain, NULL, node, NULL, "is not allowed");
        return false;
    }
    if (plain->rule_count == 0 && !st_collects(c))
        return true;
    if (c->depth == ST_SCHEMA_DEPTH_MAX) {
        st_eval_stop_at_limit(c, plain, node, "must be checkable with fewer nested schemas");
        return false;
    }

    c->depth++;
    uint32_t scope_count = c->scope_count;
    if (scope_count == 0 || c->scope[scope_count - 1] != plain->resource)
        c->scope[c->scope_count++] = plain->resource;
    bool satisfied = c->tale.on                           ? eval_telling(c, plain, node, outer)
                     : needs_marks(c, plain, node, outer) ? eval_tracked(c, plain, node, outer)
                                                          : eval_rules(c, plain, node, NULL);
    c->scope_count = scope_count;
    c->depth--;
    return satisfied && c->stop == ST_STOP_NOT;
}

/* ---- without telling ---- */

/* Goes on telling; why the run was stopped meanwhile has its place here. */
static void tell_again(struct st_checker *c, const struct st_plain *plain, uint32_t node)
{
    c->tale.on = true;
    if (c->stop == ST_STOP_LIMIT)
        st_eval_stop_at_limit(c, plain, node, "must be simpler to check");
    else if (c->stop == ST_STOP_NOWHERE)
        stop_nowhere(c, c->nowhere, node);
}

/* What a condition or a negation finds is nobody's violation. */
static bool eval_silently(struct st_checker *c, const struct st_plain *plain, uint32_t node,
                          struct st_seen *seen)
{
    bool on = c->tale.on;
    c->tale.on = false;
    bool satisfied = st_eval(c, plain, node, seen);
    if (on)
        tell_again(c, plain, node);
    return satisfied;
}

bool st_eval_in_vain(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                     uint32_t node, const struct st_seen *seen, st_rule_check check)
{
    if (!c->tale.on || c->tale.collects || seen != NULL)
        return false;
    c->tale.on = false;
    bool satisfied = check(c, plain, rule, node, NULL);
    tell_again(c, plain, node);
    return satisfied || c->stop != ST_STOP_NOT;
}

/* ---- rules that lead to schemas for the same value ---- */

static bool eval_branch(struct st_checker *c, const struct st_rule *rule, uint32_t index,
                        uint32_t node, struct st_seen *seen)
{
    size_t walked = st_walk_into_index(c, rule->keyword, index);
    bool satisfied = st_eval(c, rule->plains.at[index], node, seen);
    st_walk_back(c, walked);
    return satisfied;
}

bool st_eval_all_of(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                    uint32_t node, struct st_seen *seen)
{
    bool satisfied = true;
    struct st_told told = st_tell_open(c, plain, rule->keyword, node, NULL, false,
                                       "must satisfy all %u schemas", rule->plains.count);
    for (uint32_t i = 0; i < rule->plains.count; i++) {
        if (!eval_branch(c, rule, i, node, seen))
            satisfied = false;
        if ((!satisfied && !c->tale.on) || c->stop != ST_STOP_NOT)
            break;
    }
    st_tell_close(c, told, satisfied);
    return satisfied;
}

bool st_eval_any_of(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                    uint32_t node, struct st_seen *seen)
{
    if (st_eval_in_vain(c, plain, rule, node, seen, st_eval_any_of))
        return c->stop == ST_STOP_NOT;
    bool satisfied = false;
    struct st_told told =
        st_tell_open(c, plain, rule->keyword, node, NULL, true,
                     "must satisfy at least one of %u schemas", rule->plains.count);
    for (uint32_t i = 0; i < rule->plains.count; i++) {
        if (eval_branch(c, rule, i, node, seen))
            satisfied = true;
        if ((satisfied && seen == NULL && !st_collects(c)) || c->stop != ST_STOP_NOT)
            break;
    }
    st_tell_close(c, told, satisfied);
    return satisfied;
}

bool st_eval_one_of(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                    uint32_t node, struct st_seen *seen)
{
    if (st_eval_in_vain(c, plain, rule, node, seen, st_eval_one_of))
        return c->stop == ST_STOP_NOT;
    uint32_t matches = 0;
    uint32_t first = 0;
    uint32_t second = 0;
    struct st_told told =
        st_tell_open(c, plain, rule->keyword, node, NULL, true,
                     "must satisfy exactly one of %u schemas, satisfies none", rule->plains.count);
    for (uint32_t i = 0; i < rule->plains.count && matches < 2; i++) {
        if (eval_branch(c, rule, i, node, seen)) {
            if (matches++ == 0)
                first = i;
            else
                second = i;
        }
        if (c->stop != ST_STOP_NOT)
            break;
    }
    st_tell_close(c, told, matches > 0);
    if (matches > 1)
        st_tell(c, plain, rule->keyword, node, NULL,
                "must satisfy exactly one of %u schemas, satisfies those at %u and %u",
                rule->plains.count, first, second);
    return matches == 1;
}

bool st_eval_not(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                 uint32_t node, struct st_seen *seen)
{
    if (!eval_silently(c, rule->plain, node, NULL))
        return c->stop == ST_STOP_NOT;
    st_tell(c, plain, rule->keyword, node, NULL, "must not satisfy the schema of not");
    return false;
}

/* In a run that collects: a unit for the keyword, and in it what its schema annotates. */
static bool eval_noted(struct st_checker *c, const struct st_plain *plain, const char *keyword,
                       const struct st_plain *to, uint32_t node, struct st_seen *seen)
{
    struct st_told told = st_note_open(c, plain, keyword, node);
    size_t walked = st_walk_into(c, keyword);
    bool satisfied = st_eval(c, to, node, seen);
    st_walk_back(c, walked);
    st_note_close(c, told, satisfied);
    return satisfied;
}

bool st_eval_if(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                uint32_t node, struct st_seen *seen)
{
    const struct st_condition *condition = rule->condition;
    bool test = st_collects(c) ? eval_noted(c, plain, rule->keyword, condition->test, node, seen)
                               : eval_silently(c, condition->test, node, seen);
    if (c->stop != ST_STOP_NOT)
        return false;
    const struct st_plain *to = test ? condition->then : condition->otherwise;
    if (to == NULL)
        return true;

    const char *keyword = test ? "then" : "else";
    if (st_collects(c))
        return eval_noted(c, plain, keyword, to, node, seen);
    struct st_told told = st_tell_open(c, plain, keyword, node, NULL, false,
                                       test ? "must satisfy then, as it satisfies if"
                                            : "must satisfy else, as it does not satisfy if");
    size_t walked = st_walk_into(c, keyword);
    bool satisfied = st_eval(c, to, node, seen);
    st_walk_back(c, walked);
    st_tell_close(c, told, satisfied);
    return satisfied;
}

bool st_eval_dependent_schemas(struct st_checker *c, const struct st_plain *plain,
                               const struct st_rule *rule, uint32_t node, struct st_seen *seen)
{
    if (st_json_kind(c->doc, node) != ST_JSON_OBJECT)
        return true;
    if (!st_eval_spend(c, plain, node, rule->named.count / 2))
        return false;
    bool satisfied = true;
    for (uint32_t i = 0; i < rule->named.count; i++) {
        const struct st_named *named = &rule->named.at[i];
        if (!st_eval_has_member(c, plain, node, named->name))
            continue;
        struct st_told told =
            st_tell_open(c, plain, rule->keyword, node, NULL, false,
                         "must satisfy what depends on \"%.*s\"", ST_STR_ARG(named->name));
        size_t walked = st_walk_into_name(c, rule->keyword, named->name);
        bool branch = st_eval(c, named->plain, node, seen);
        st_walk_back(c, walked);
        st_tell_close(c, told, branch);
        satisfied = satisfied && branch;
        if ((!satisfied && !c->tale.on) || c->stop != ST_STOP_NOT)
            break;
    }
    return satisfied && c->stop == ST_STOP_NOT;
}

/* ---- references ---- */

static bool eval_target(struct st_checker *c, const struct st_plain *plain,
                        const struct st_rule *rule, const struct st_plain *to, uint32_t node,
                        struct st_seen *seen)
{
    st_str reference = st_json_text(st_plain_doc(plain), rule->value);
    struct st_told told = st_tell_open(c, plain, rule->keyword, node, NULL, false,
                                       "must satisfy \"%.*s\"", ST_STR_ARG(reference));
    size_t walked = st_walk_into(c, rule->keyword);
    bool satisfied = st_eval(c, to, node, seen);
    st_walk_back(c, walked);
    st_tell_close(c, told, satisfied);
    return satisfied;
}

bool st_eval_ref(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                 uint32_t node, struct st_seen *seen)
{
    return eval_target(c, plain, rule, rule->reference.to, node, seen);
}

/* The outermost resource entered that has the dynamic anchor decides where the reference leads. */
bool st_eval_dynamic_ref(struct st_checker *c, const struct st_plain *plain,
                         const struct st_rule *rule, uint32_t node, struct st_seen *seen)
{
    const struct st_plain *to = NULL;
    uint32_t looks = 0;
    for (uint32_t i = 0; i < c->scope_count && to == NULL; i++, looks++)
        for (const struct st_dynamic *at = c->scope[i]->dynamics; at != NULL;
             at = at->next, looks++)
            if (at->name == rule->reference.dynamic)
                to = at->plain;
    if (!st_eval_spend(c, plain, node, looks / 8))
        return false;
    if (to == NULL)
        to = rule->reference.to;
    if (to == NULL) {
        stop_nowhere(c, plain, node);
        return false;
    }
    return eval_target(c, plain, rule, to, node, seen);
}
