/*
 * diff_explain.c: by which change something does not follow, in the words of registries: the walk,
 * and rules on values as they are.
 *
 * Each schema stands beside the one that corresponds to it on the other side; what follows is left
 * alone, and what does not is told at the innermost place that can be named.
 */
#include "schema/diff_work.h"

#include "json/compare.h"
#include "json/pointer.h"

/* ---- the path of keywords ---- */

void st_diff_walk(struct st_diff_work *w, const char *keyword)
{
    st_diff_failed(w, st_pointer_add(&w->walked, st_str_of(keyword)));
}

void st_diff_walk_name(struct st_diff_work *w, st_str token)
{
    st_diff_failed(w, st_pointer_add(&w->walked, token));
}

void st_diff_walk_index(struct st_diff_work *w, uint64_t index)
{
    st_diff_failed(w, st_pointer_add_index(&w->walked, index));
}

/* ---- what corresponds ---- */

#define FIND_DEPTH_MAX 8

static bool find_rule(const struct st_diff_work *w, const struct st_plain *plain,
                      enum st_rule_kind kind, struct st_atom *found, unsigned depth)
{
    if (plain == NULL || depth > FIND_DEPTH_MAX)
        return false;
    for (uint32_t i = 0; i < plain->rule_count; i++) {
        if (plain->rules[i].kind != kind)
            continue;
        *found = (struct st_atom){plain, &plain->rules[i]};
        return true;
    }
    for (uint32_t i = 0; i < plain->rule_count; i++) {
        const struct st_rule *rule = &plain->rules[i];
        bool is_reference = rule->kind == ST_RULE_REF || rule->kind == ST_RULE_DYNAMIC_REF;
        if (is_reference && find_rule(w, st_diff_target(w, plain, rule), kind, found, depth + 1))
            return true;
        if (rule->kind == ST_RULE_ALL_OF)
            for (uint32_t k = 0; k < rule->plains.count; k++)
                if (find_rule(w, rule->plains.at[k], kind, found, depth + 1))
                    return true;
    }
    return false;
}

bool st_diff_find_rule(const struct st_diff_work *w, const struct st_plain *plain,
                       enum st_rule_kind kind, struct st_atom *found)
{
    *found = (struct st_atom){0};
    return find_rule(w, plain, kind, found, 0);
}

struct st_found st_diff_finding_of(const struct st_site *site, const struct st_rule *rule,
                                   const struct st_atom *old, enum st_diff_rule name)
{
    struct st_found found = {
        .rule = name,
        .site = site,
        .old_plain = site->old,
        .plain = site->plain,
        .new_rule = rule,
        .new_word = rule == NULL ? NULL : rule->keyword,
        .old_value = ST_JSON_NONE,
        .new_value = rule == NULL ? ST_JSON_NONE : rule->value,
        .avoid = site->plain,
    };
    if (old != NULL && old->rule != NULL) {
        found.old_plain = old->plain;
        found.old_rule = old->rule;
        found.old_word = old->rule->keyword;
        found.old_value = old->rule->value;
    }
    return found;
}

/* ---- types and listed values ---- */

static void explain_type(struct st_diff_work *w, const struct st_site *site,
                         const struct st_rule *rule)
{
    struct st_atom old;
    uint32_t before = ST_KINDS_ALL;
    uint32_t now = st_diff_kinds(rule->types);
    if (st_diff_find_rule(w, site->old, ST_RULE_TYPE, &old))
        before = st_diff_kinds(old.rule->types);
    enum st_diff_rule name = (now & ~before) == 0 ? ST_DIFF_TYPE_NARROWED : ST_DIFF_TYPE_CHANGED;
    struct st_found found = st_diff_finding_of(site, rule, &old, name);
    st_diff_found(w, &found);
}

static bool lists(const struct st_atom *list, const struct st_json *doc, uint32_t node)
{
    const struct st_json *own = st_plain_doc(list->plain);
    if (list->rule->kind == ST_RULE_CONST)
        return st_json_equal(own, list->rule->value, doc, node);
    for (uint32_t at = st_json_first(own, list->rule->value); at != ST_JSON_NONE;
         at = st_json_next(own, list->rule->value, at))
        if (st_json_equal(own, at, doc, node))
            return true;
    return false;
}

/* Whether all of the one's values are the other's. */
static bool lists_all(const struct st_atom *part, const struct st_atom *whole)
{
    const struct st_json *doc = st_plain_doc(part->plain);
    if (part->rule->kind == ST_RULE_CONST)
        return lists(whole, doc, part->rule->value);
    for (uint32_t at = st_json_first(doc, part->rule->value); at != ST_JSON_NONE;
         at = st_json_next(doc, part->rule->value, at))
        if (!lists(whole, doc, at))
            return false;
    return true;
}

#define SHOWN_VALUES_MAX 5

/* The first of the values that are not listed any more, and that there are others. */
static st_str missing_values(struct st_diff_work *w, const struct st_atom *old,
                             const struct st_atom *now)
{
    const struct st_json *doc = st_plain_doc(old->plain);
    struct st_buf text = ST_BUF(ST_DIFF_VALUE_BYTES_MAX);
    uint32_t count = 0;
    st_err err = ST_OK;
    if (old->rule->kind != ST_RULE_ENUM)
        return ST_STR("");
    for (uint32_t at = st_json_first(doc, old->rule->value); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(doc, old->rule->value, at)) {
        if (lists(now, doc, at) || ++count > SHOWN_VALUES_MAX)
            continue;
        err = count > 1 ? st_buf_add_str(&text, ST_STR(", ")) : ST_OK;
        if (err == ST_OK)
            err = st_buf_add_str(&text, st_json_kind(doc, at) == ST_JSON_STRING
                                            ? st_json_text(doc, at)
                                            : st_json_raw(doc, at));
    }
    if (err == ST_OK && count > SHOWN_VALUES_MAX)
        err = st_buf_printf(&text, " and %u more", count - SHOWN_VALUES_MAX);
    st_str kept = text.len == 0 ? ST_STR("") : st_arena_copy(&w->arena, st_buf_str(&text));
    st_buf_done(&text);
    return kept.at == NULL || err != ST_OK ? ST_STR("") : kept;
}

static void explain_list(struct st_diff_work *w, const struct st_site *site,
                         const struct st_rule *rule)
{
    struct st_atom old;
    const struct st_atom now = {site->plain, rule};
    bool one = rule->kind == ST_RULE_CONST;
    enum st_diff_rule name = one ? ST_DIFF_CONST_ADDED : ST_DIFF_ENUM_ARRAY_ADDED;
    if (st_diff_find_rule(w, site->old, ST_RULE_ENUM, &old) ||
        st_diff_find_rule(w, site->old, ST_RULE_CONST, &old)) {
        bool both = one && old.rule->kind == ST_RULE_CONST;
        name = both                    ? ST_DIFF_CONST_CHANGED
               : lists_all(&now, &old) ? ST_DIFF_ENUM_ARRAY_NARROWED
                                       : ST_DIFF_ENUM_ARRAY_CHANGED;
    }
    struct st_found found = st_diff_finding_of(site, rule, &old, name);
    if (old.rule != NULL)
        found.subject = missing_values(w, &old, &now);
    st_diff_found(w, &found);
}

/* ---- limits ---- */

/* Which rule names a limit that came or got tighter. */
struct limit {
    enum st_rule_kind kind;
    enum st_diff_rule added, tighter;
};

static const struct limit limits[] = {
    {ST_RULE_MAXIMUM, ST_DIFF_MAXIMUM_ADDED, ST_DIFF_MAXIMUM_DECREASED},
    {ST_RULE_MINIMUM, ST_DIFF_MINIMUM_ADDED, ST_DIFF_MINIMUM_INCREASED},
    {ST_RULE_EXCLUSIVE_MAXIMUM, ST_DIFF_EXCLUSIVE_MAXIMUM_ADDED,
     ST_DIFF_EXCLUSIVE_MAXIMUM_DECREASED},
    {ST_RULE_EXCLUSIVE_MINIMUM, ST_DIFF_EXCLUSIVE_MINIMUM_ADDED,
     ST_DIFF_EXCLUSIVE_MINIMUM_INCREASED},
    {ST_RULE_MAX_LENGTH, ST_DIFF_MAX_LENGTH_ADDED, ST_DIFF_MAX_LENGTH_DECREASED},
    {ST_RULE_MIN_LENGTH, ST_DIFF_MIN_LENGTH_ADDED, ST_DIFF_MIN_LENGTH_INCREASED},
    {ST_RULE_MAX_ITEMS, ST_DIFF_MAX_ITEMS_ADDED, ST_DIFF_MAX_ITEMS_DECREASED},
    {ST_RULE_MIN_ITEMS, ST_DIFF_MIN_ITEMS_ADDED, ST_DIFF_MIN_ITEMS_INCREASED},
    {ST_RULE_MAX_PROPERTIES, ST_DIFF_MAX_PROPERTIES_ADDED, ST_DIFF_MAX_PROPERTIES_DECREASED},
    {ST_RULE_MIN_PROPERTIES, ST_DIFF_MIN_PROPERTIES_ADDED, ST_DIFF_MIN_PROPERTIES_INCREASED},
    {ST_RULE_PATTERN, ST_DIFF_PATTERN_ADDED, ST_DIFF_PATTERN_CHANGED},
    {ST_RULE_FORMAT, ST_DIFF_FORMAT_ADDED, ST_DIFF_FORMAT_CHANGED},
    {ST_RULE_UNIQUE_ITEMS, ST_DIFF_UNIQUE_ITEMS_ADDED, ST_DIFF_UNIQUE_ITEMS_ADDED},
};

static bool explain_limit(struct st_diff_work *w, const struct st_site *site,
                          const struct st_rule *rule)
{
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (limits[i].kind != rule->kind)
            continue;
        struct st_atom old;
        bool there = st_diff_find_rule(w, site->old, rule->kind, &old);
        struct st_found found =
            st_diff_finding_of(site, rule, &old, there ? limits[i].tighter : limits[i].added);
        st_diff_found(w, &found);
        return true;
    }
    return false;
}

static void explain_multiple(struct st_diff_work *w, const struct st_site *site,
                             const struct st_rule *rule)
{
    struct st_atom old;
    bool expanded = false;
    enum st_diff_rule name = ST_DIFF_MULTIPLE_OF_ADDED;
    if (st_diff_find_rule(w, site->old, ST_RULE_MULTIPLE, &old))
        name =
            st_decimal_is_multiple(rule->number, old.rule->number, &expanded) == ST_OK && expanded
                ? ST_DIFF_MULTIPLE_OF_EXPANDED
                : ST_DIFF_MULTIPLE_OF_CHANGED;
    struct st_found found = st_diff_finding_of(site, rule, &old, name);
    st_diff_found(w, &found);
}

/* ---- contains ---- */

static void explain_contains(struct st_diff_work *w, const struct st_site *site,
                             const struct st_rule *rule)
{
    struct st_atom old;
    enum st_diff_rule name = ST_DIFF_CONTAINS_ADDED;
    const char *word = rule->keyword;
    const char *old_word = word;
    if (st_diff_find_rule(w, site->old, ST_RULE_CONTAINS, &old)) {
        const struct st_contains *before = old.rule->contains;
        const struct st_contains *now = rule->contains;
        bool same = st_diff_same(w, before->plain, now->plain);
        name = ST_DIFF_CONTAINS_CHANGED;
        if (same && now->min > before->min) {
            name = before->min <= 1 ? ST_DIFF_MIN_CONTAINS_ADDED : ST_DIFF_MIN_CONTAINS_INCREASED;
            word = "minContains";
        } else if (same && now->max < before->max) {
            name = before->max == UINT64_MAX ? ST_DIFF_MAX_CONTAINS_ADDED
                                             : ST_DIFF_MAX_CONTAINS_DECREASED;
            word = "maxContains";
        }
        old_word = word;
    }
    struct st_found found = st_diff_finding_of(site, rule, &old, name);
    found.old_word = old.rule == NULL ? NULL : old_word;
    found.new_word = word;
    if (word != rule->keyword)
        found.old_value = found.new_value = ST_JSON_NONE;
    st_diff_found(w, &found);
}

/* ---- names ---- */

static void explain_names(struct st_diff_work *w, const struct st_site *site,
                          const struct st_rule *rule)
{
    struct st_atom old;
    bool there = st_diff_find_rule(w, site->old, ST_RULE_NAMES, &old);
    struct st_found found = st_diff_finding_of(
        site, rule, &old, there ? ST_DIFF_PROPERTY_NAMES_CHANGED : ST_DIFF_PROPERTY_NAMES_ADDED);
    st_diff_found(w, &found);
}

/* ---- the walk ---- */

static void explain_target(struct st_diff_work *w, const struct st_site *site,
                           const struct st_rule *rule)
{
    const struct st_plain *target = st_diff_target(w, site->plain, rule);
    if (target == NULL) {
        struct st_found found = st_diff_finding_of(site, rule, NULL, ST_DIFF_REFERENCE_CHANGED);
        st_diff_found(w, &found);
        return;
    }
    struct st_site inner = *site;
    inner.plain = target;
    size_t mark = w->walked.len;
    st_diff_walk(w, rule->keyword);
    st_diff_explain(w, &inner);
    w->walked.len = mark;
}

static void explain_rule(struct st_diff_work *w, const struct st_site *site,
                         const struct st_rule *rule)
{
    switch (rule->kind) {
    case ST_RULE_TYPE:
        explain_type(w, site, rule);
        return;
    case ST_RULE_ENUM:
    case ST_RULE_CONST:
        explain_list(w, site, rule);
        return;
    case ST_RULE_MULTIPLE:
        explain_multiple(w, site, rule);
        return;
    case ST_RULE_REQUIRED:
        st_diff_explain_required(w, site, rule);
        return;
    case ST_RULE_MEMBERS:
        st_diff_explain_members(w, site, rule);
        return;
    case ST_RULE_ITEMS:
        st_diff_explain_items(w, site, rule);
        return;
    case ST_RULE_UNEVALUATED_ITEMS:
    case ST_RULE_UNEVALUATED_MEMBERS:
        st_diff_explain_unevaluated(w, site, rule);
        return;
    case ST_RULE_CONTAINS:
        explain_contains(w, site, rule);
        return;
    case ST_RULE_NAMES:
        explain_names(w, site, rule);
        return;
    case ST_RULE_REF:
    case ST_RULE_DYNAMIC_REF:
        explain_target(w, site, rule);
        return;
    default:
        if (!explain_limit(w, site, rule) && !st_diff_explain_mix(w, site, rule)) {
            struct st_found found = st_diff_finding_of(site, rule, NULL, ST_DIFF_SCHEMA_CHANGED);
            st_diff_found(w, &found);
        }
    }
}

static void explain_refusal(struct st_diff_work *w, const struct st_site *site)
{
    struct st_found found = st_diff_finding_of(site, NULL, NULL, ST_DIFF_SCHEMA_FORBIDDEN);
    st_diff_found(w, &found);
}

/* Each rule has a purse of its own: what one of them cannot be decided for says nothing of the
 * others. */
static bool follows_within(struct st_diff_work *w, const struct st_site *site,
                           const struct st_rule *rule)
{
    uint64_t purse = w->steps < ST_DIFF_CLAIM_STEPS_MAX ? w->steps : ST_DIFF_CLAIM_STEPS_MAX;
    uint64_t rest = w->steps - purse;
    w->steps = purse;
    uint32_t depth = w->depth;
    w->depth = 0;
    bool follows = rule == NULL ? st_diff_is_empty(w, site->world)
                                : st_diff_rule_follows(w, site->world, site->plain, rule);
    w->depth = depth;
    w->steps += rest;
    w->tired = w->steps == 0;
    return follows;
}

/* Schemas that refer to themselves lead back to the same site, and $defs that many places refer to
 * are gone into once: what there is to tell has been told. */
static bool was_explained(struct st_diff_work *w, const struct st_site *site)
{
    const void **key = st_diff_get(w, 3 * sizeof *key);
    if (key == NULL)
        return true;
    key[0] = site->plain;
    key[1] = site->old;
    key[2] = site->world;
    bool added = false;
    unsigned depth = 0;
    for (const struct st_site *at = site->up; at != NULL; at = at->up)
        depth++;
    if (!st_diff_failed(w, st_map_put(&w->explained, (st_str){(const char *)key, 3 * sizeof *key},
                                      0, NULL, &added)))
        return true;
    w->found_count += !added;
    return !added || depth >= ST_DIFF_DEPTH_MAX;
}

/* The schema that one which is nothing but a reference stands for. */
static const struct st_plain *referred(const struct st_diff_work *w, const struct st_plain *plain)
{
    for (unsigned i = 0; plain != NULL && plain->rule_count == 1 && i < FIND_DEPTH_MAX; i++) {
        const struct st_rule *rule = &plain->rules[0];
        bool is_reference = rule->kind == ST_RULE_REF || rule->kind == ST_RULE_DYNAMIC_REF;
        const struct st_plain *target = is_reference ? st_diff_target(w, plain, rule) : NULL;
        if (target == NULL)
            break;
        plain = target;
    }
    return plain;
}

bool st_diff_explain(struct st_diff_work *w, const struct st_site *whole)
{
    struct st_site own = *whole;
    const struct st_site *site = &own;
    const struct st_plain *plain = site->plain;
    own.old = referred(w, own.old);
    if (w->err != ST_OK || site->world == NULL || was_explained(w, site))
        return false;
    bool follows = true;
    if (plain->refuses && !follows_within(w, site, NULL)) {
        explain_refusal(w, site);
        follows = false;
    }
    for (uint32_t i = 0; i < plain->rule_count && w->err == ST_OK; i++) {
        if (follows_within(w, site, &plain->rules[i]))
            continue;
        explain_rule(w, site, &plain->rules[i]);
        follows = false;
    }
    return follows;
}
