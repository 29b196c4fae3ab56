/*
 * diff_explain_parts.c: rules on members and elements. A part that nobody else speaks of belongs to
 * the content model: open (anything may stand there), partially open (a schema restricts it) or
 * closed.
 */
#include "schema/diff_work.h"

#include "json/compare.h"

#include <stdio.h>

enum model { MODEL_OPEN, MODEL_PARTIAL, MODEL_CLOSED };

/* ---- what the other side says of a part ---- */

static bool is_from(const struct st_diff_work *w, const struct st_plain *plain)
{
    const struct st_diff_resource *resources = w->resources.at;
    for (uint32_t i = 0; i < w->resources.count; i++)
        if (resources[i].resource == plain->resource)
            return resources[i].schema == w->from;
    return false;
}

/* The atoms of the schema that documents come from, members or items as the part is. */
static const struct st_rule *next_rule(const struct st_diff_work *w, const struct st_world *world,
                                       bool is_item, uint32_t *at, const struct st_plain **plain)
{
    enum st_rule_kind kind = is_item ? ST_RULE_ITEMS : ST_RULE_MEMBERS;
    while (*at < world->atom_count) {
        const struct st_atom *atom = &world->atoms[(*at)++];
        if (atom->rule->kind != kind || !is_from(w, atom->plain))
            continue;
        *plain = atom->plain;
        return atom->rule;
    }
    return NULL;
}

struct said {
    enum { SAID_NOTHING, SAID_NAMED, SAID_PATTERN, SAID_REST } how;
    const struct st_plain *around; /* the schema that says it */
    const struct st_plain *plain;
    const char *word; /* the keyword, and what it is said under */
    st_str token;
    uint64_t index;
};

static struct said said_of_member(struct st_diff_work *w, const struct st_plain *around,
                                  const struct st_rule *rule, const struct st_part *part)
{
    const struct st_members *members = rule->members;
    const struct st_named *named =
        part->names.name == NULL ? NULL : st_diff_find_named(members->named, *part->names.name);
    if (named != NULL)
        return (struct said){.how = SAID_NAMED,
                             .around = around,
                             .plain = named->plain,
                             .word = "properties",
                             .token = named->name};
    for (uint32_t i = 0; i < members->patterned_count; i++)
        if (st_diff_matches(w, &part->names, &members->patterned[i]))
            return (struct said){.how = SAID_PATTERN,
                                 .around = around,
                                 .plain = members->patterned[i].plain,
                                 .word = "patternProperties",
                                 .token = members->patterned[i].source};
    if (members->additional != NULL)
        return (struct said){.how = SAID_REST,
                             .around = around,
                             .plain = members->additional,
                             .word = "additionalProperties"};
    return (struct said){.around = around};
}

static struct said said_of_item(const struct st_plain *around, const struct st_rule *rule,
                                const struct st_part *part)
{
    const struct st_items *items = rule->items;
    if (part->index.index < items->prefix.count)
        return (struct said){.how = SAID_NAMED,
                             .around = around,
                             .plain = items->prefix.at[part->index.index],
                             .word = items->prefix_keyword,
                             .index = part->index.index};
    if (items->rest != NULL)
        return (struct said){
            .how = SAID_REST, .around = around, .plain = items->rest, .word = items->rest_keyword};
    return (struct said){.around = around};
}

static struct said said_of(struct st_diff_work *w, const struct st_plain *around,
                           const struct st_rule *rule, const struct st_part *part)
{
    return part->is_item ? said_of_item(around, rule, part) : said_of_member(w, around, rule, part);
}

static bool is_written_alike(const struct said *a, const struct said *b)
{
    return a->plain != NULL && b != NULL && b->plain != NULL &&
           st_json_equal(st_plain_doc(a->plain), a->plain->node, st_plain_doc(b->plain),
                         b->plain->node);
}

/* The most particular that the documents' schema says of the part, or what is written as it is now
 * (NULL: nothing is), and its content model there. */
static struct said said_before(struct st_diff_work *w, const struct st_site *site,
                               const struct st_part *part, const struct said *now,
                               enum model *model)
{
    struct said best = {0};
    bool alike = false;
    const struct st_plain *around;
    const struct st_rule *rule;
    *model = MODEL_OPEN;
    for (uint32_t at = 0;
         (rule = next_rule(w, site->world, part->is_item, &at, &around)) != NULL;) {
        struct said said = said_of(w, around, rule, part);
        if (said.how != SAID_NOTHING && !alike &&
            (best.how == SAID_NOTHING || said.how < best.how || is_written_alike(&said, now))) {
            best = said;
            alike = is_written_alike(&said, now);
        }
        if (said.how != SAID_REST || st_diff_accepts_all(said.plain))
            continue;
        *model = said.plain->refuses ? MODEL_CLOSED : MODEL_PARTIAL;
    }
    if (best.how == SAID_PATTERN)
        *model = MODEL_PARTIAL;
    return best;
}

/* ---- what is told ---- */

static void walk_said(struct st_diff_work *w, const struct said *said, bool is_item)
{
    if (said->word == NULL)
        return;
    st_diff_walk(w, said->word);
    if (said->how == SAID_PATTERN || (said->how == SAID_NAMED && !is_item))
        st_diff_walk_name(w, said->token);
    if (said->how == SAID_NAMED && is_item)
        st_diff_walk_index(w, said->index);
}

static st_str subject_of(struct st_diff_work *w, const struct st_part *part, const struct said *now,
                         const struct said *before)
{
    if (!part->is_item)
        return part->names.name != NULL      ? *part->names.name
               : now->how == SAID_PATTERN    ? now->token
               : before->how == SAID_PATTERN ? before->token
                                             : ST_STR("");
    if (part->index.rest)
        return ST_STR("");
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)part->index.index);
    return st_arena_copy(&w->arena, (st_str){digits, (size_t)len});
}

/* Where the part's schema stands, or where it would. */
static const char *place_word(const struct said *said, const struct said *other, bool is_item)
{
    if (said->word != NULL)
        return said->word;
    return is_item ? "items" : other->how == SAID_PATTERN ? "patternProperties" : "properties";
}

static void tell_part(struct st_diff_work *w, const struct st_site *site,
                      const struct st_site *inner, const struct said *before,
                      const struct said *now, enum st_diff_rule name)
{
    struct st_found found = {
        .rule = name,
        .site = inner,
        .old_plain = before->around != NULL ? before->around : site->old,
        .plain = site->plain,
        .old_word = before->word,
        .old_token = before->how == SAID_REST ? ST_STR("") : before->token,
        .old_index = before->how == SAID_NAMED && inner->part.is_item ? before->index + 1 : 0,
        .new_word = place_word(now, before, inner->part.is_item),
        .new_token = now->how == SAID_REST ? ST_STR("") : now->token,
        .new_index = now->how == SAID_NAMED && inner->part.is_item ? now->index + 1 : 0,
        .subject = subject_of(w, &inner->part, now, before),
        .old_value = before->plain == NULL ? ST_JSON_NONE : before->plain->node,
        .new_value = now->plain == NULL ? ST_JSON_NONE : now->plain->node,
        .old_value_of = before->plain,
        .new_value_of = now->plain,
        .avoid = inner->plain,
        .is_walked = true,
    };
    size_t mark = w->walked.len;
    walk_said(w, now, inner->part.is_item);
    st_diff_found(w, &found);
    w->walked.len = mark;
}

/* ---- members ---- */

static bool has_default(const struct st_plain *plain, unsigned depth)
{
    if (plain == NULL || depth > 4)
        return false;
    if (st_json_member(st_plain_doc(plain), plain->node, ST_STR("default")) != ST_JSON_NONE)
        return true;
    for (uint32_t i = 0; i < plain->rule_count; i++)
        if (plain->rules[i].kind == ST_RULE_REF &&
            has_default(plain->rules[i].reference.to, depth + 1))
            return true;
    return false;
}

static bool is_required(const struct st_diff_work *w, const struct st_plain *plain, st_str name)
{
    struct st_atom required;
    if (!st_diff_find_rule(w, plain, ST_RULE_REQUIRED, &required))
        return false;
    for (uint32_t i = 0; i < required.rule->names.count; i++)
        if (st_str_eq(required.rule->names.at[i], name))
            return true;
    return false;
}

static enum st_diff_rule name_addition(const struct st_diff_work *w, const struct st_site *site,
                                       const struct said *now, enum model model)
{
    if (model == MODEL_PARTIAL)
        return ST_DIFF_PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL;
    if (!is_required(w, site->plain, now->token))
        return ST_DIFF_OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL;
    return has_default(now->plain, 0)
               ? ST_DIFF_REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL
               : ST_DIFF_REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL;
}

static enum st_diff_rule name_rest(const struct said *before, const struct said *now)
{
    bool closed = now->plain->refuses;
    if (before->how == SAID_NAMED)
        return closed ? ST_DIFF_PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL
                      : ST_DIFF_PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL;
    if (before->how == SAID_PATTERN && closed)
        return ST_DIFF_PATTERN_PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL;
    return closed ? ST_DIFF_ADDITIONAL_PROPERTIES_REMOVED : ST_DIFF_ADDITIONAL_PROPERTIES_NARROWED;
}

/* Goes into a part that both sides give a schema of its own. */
static void explain_inner(struct st_diff_work *w, struct st_site *inner, const struct said *before,
                          const struct said *now)
{
    size_t mark = w->walked.len;
    walk_said(w, now, inner->part.is_item);
    inner->old = before->plain;
    st_diff_explain(w, inner);
    w->walked.len = mark;
}

/* Whether both sides restrict what is left by a schema: then the change is in there. */
static bool both_restrict(const struct said *before, const struct said *now)
{
    return before->how == SAID_REST && now->how == SAID_REST && !now->plain->refuses &&
           !before->plain->refuses && !st_diff_accepts_all(before->plain);
}

static void explain_member(struct st_diff_work *w, const struct st_site *site,
                           struct st_site *inner, const struct said *now)
{
    enum model model;
    struct said before = said_before(w, site, &inner->part, now, &model);
    bool both_named = now->how == SAID_NAMED && before.how == SAID_NAMED;
    bool both_patterned = now->how == SAID_PATTERN && before.how == SAID_PATTERN &&
                          st_str_eq(now->token, before.token);
    enum st_diff_rule name = ST_DIFF_PATTERN_PROPERTY_ADDED;
    if (both_named || both_patterned || both_restrict(&before, now)) {
        explain_inner(w, inner, &before, now);
        return;
    }
    if (now->how == SAID_NAMED)
        name = name_addition(w, site, now, model);
    else if (now->how == SAID_REST)
        name = name_rest(&before, now);
    tell_part(w, site, inner, &before, now, name);
}

/* ---- items ---- */

static enum st_diff_rule name_item(const struct said *before, const struct said *now,
                                   enum model model, bool has_prefix)
{
    bool closed = now->plain != NULL && now->plain->refuses;
    if (now->how == SAID_NAMED)
        return model == MODEL_PARTIAL
                   ? ST_DIFF_ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
                   : ST_DIFF_ITEM_ADDED_TO_OPEN_CONTENT_MODEL;
    if (before->how == SAID_NAMED)
        return closed ? ST_DIFF_ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL
                      : ST_DIFF_ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL;
    if (!closed && !has_prefix && before->how == SAID_NOTHING)
        return ST_DIFF_SCHEMA_ADDED;
    return closed ? ST_DIFF_ADDITIONAL_ITEMS_REMOVED : ST_DIFF_ADDITIONAL_ITEMS_NARROWED;
}

static void explain_item(struct st_diff_work *w, const struct st_site *site, struct st_site *inner,
                         const struct said *now, bool has_prefix)
{
    enum model model;
    struct said before = said_before(w, site, &inner->part, now, &model);
    bool both_named = now->how == SAID_NAMED && before.how == SAID_NAMED;
    if (both_named || both_restrict(&before, now))
        explain_inner(w, inner, &before, now);
    else
        tell_part(w, site, inner, &before, now, name_item(&before, now, model, has_prefix));
}

/* ---- both ---- */

static void explain_part(struct st_diff_work *w, const struct st_site *site,
                         const struct st_rule *rule, const struct st_part *part)
{
    bool possible = true;
    struct st_grow goals = {0};
    const struct st_world *child = st_diff_child(w, site->world, part, &possible);
    if (child == NULL || !possible || !st_diff_applied(w, rule, part, &goals))
        return;
    struct said now = said_of(w, site->plain, rule, part);
    for (uint32_t i = 0; i < goals.count; i++) {
        const struct st_plain *goal = ((const struct st_plain **)goals.at)[i];
        struct st_site inner = {.up = site, .part = *part, .world = child, .plain = goal};
        if (goal->refuses ? st_diff_is_empty(w, child) : st_diff_follows(w, child, goal))
            continue;
        if (goal != now.plain && !part->is_item) /* a pattern beside the name */
            for (uint32_t k = 0; k < rule->members->patterned_count; k++)
                if (rule->members->patterned[k].plain == goal)
                    now = (struct said){.how = SAID_PATTERN,
                                        .around = site->plain,
                                        .plain = goal,
                                        .word = "patternProperties",
                                        .token = rule->members->patterned[k].source};
        if (part->is_item)
            explain_item(w, site, &inner, &now, rule->items->prefix.count > 0);
        else
            explain_member(w, site, &inner, &now);
    }
}

static void tell_whole(struct st_diff_work *w, const struct st_site *site,
                       const struct st_rule *rule)
{
    struct st_found found = st_diff_finding_of(site, rule, NULL, ST_DIFF_SCHEMA_CHANGED);
    st_diff_found(w, &found);
}

void st_diff_explain_members(struct st_diff_work *w, const struct st_site *site,
                             const struct st_rule *rule)
{
    struct st_parts parts;
    if (!st_diff_members(w, site->world, &(struct st_atom){site->plain, rule}, &parts)) {
        tell_whole(w, site, rule);
        return;
    }
    for (uint32_t i = 0; i < parts.count && w->err == ST_OK; i++)
        explain_part(w, site, rule, &parts.at[i]);
}

void st_diff_explain_items(struct st_diff_work *w, const struct st_site *site,
                           const struct st_rule *rule)
{
    struct st_parts parts;
    if (!st_diff_items(w, site->world, &(struct st_atom){site->plain, rule}, &parts)) {
        tell_whole(w, site, rule);
        return;
    }
    for (uint32_t i = 0; i < parts.count && w->err == ST_OK; i++)
        explain_part(w, site, rule, &parts.at[i]);
}

/* ---- required ---- */

static enum st_diff_rule name_required(struct st_diff_work *w, const struct st_site *site,
                                       const st_str *name)
{
    const struct st_part part = {.names = {.name = name}};
    struct st_atom members;
    enum model model;
    struct said before = said_before(w, site, &part, NULL, &model);
    const struct st_named *now = NULL;
    if (st_diff_find_rule(w, site->plain, ST_RULE_MEMBERS, &members))
        now = st_diff_find_named(members.rule->members->named, *name);
    bool filled = now != NULL && has_default(now->plain, 0);
    if (before.how == SAID_NAMED || now == NULL)
        return filled ? ST_DIFF_REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED
                      : ST_DIFF_REQUIRED_ATTRIBUTE_ADDED;
    if (model == MODEL_OPEN)
        return filled ? ST_DIFF_REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL
                      : ST_DIFF_REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL;
    return filled ? ST_DIFF_REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL
                  : ST_DIFF_REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL;
}

/* One finding a name. */
void st_diff_explain_required(struct st_diff_work *w, const struct st_site *site,
                              const struct st_rule *rule)
{
    struct st_atom old;
    st_diff_find_rule(w, site->old, ST_RULE_REQUIRED, &old);
    for (uint32_t i = 0; i < rule->names.count && w->err == ST_OK; i++) {
        struct st_rule *one = st_diff_get(w, sizeof *one);
        const st_str *name = st_diff_name(w, rule->names.at[i]);
        if (one == NULL || name == NULL)
            return;
        *one = *rule;
        one->names = (struct st_name_list){name, 1};
        if (st_diff_rule_follows(w, site->world, site->plain, one))
            continue;
        struct st_fact *facts = st_diff_get(w, 2 * sizeof *facts);
        if (facts == NULL)
            return;
        facts[0] = (struct st_fact){.kind = ST_FACT_LACKS, .name = name};
        facts[1] = (struct st_fact){.kind = ST_FACT_KINDS, .kinds = ST_KINDS_OBJECT};
        struct st_found found = st_diff_finding_of(site, rule, &old, name_required(w, site, name));
        found.subject = *name;
        found.avoid = NULL;
        found.facts = facts;
        found.fact_count = 2;
        st_diff_found(w, &found);
    }
}

/* ---- unevaluated parts ---- */

static enum st_diff_rule name_unevaluated(const struct st_rule *rule, bool there,
                                          const struct said *before)
{
    bool items = rule->kind == ST_RULE_UNEVALUATED_ITEMS;
    bool closed = rule->plain->refuses;
    if (there && closed && before->how == SAID_NAMED)
        return items ? ST_DIFF_ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL
                     : ST_DIFF_PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL;
    if (closed)
        return items ? ST_DIFF_UNEVALUATED_ITEMS_REMOVED : ST_DIFF_UNEVALUATED_PROPERTIES_REMOVED;
    return items ? ST_DIFF_UNEVALUATED_ITEMS_NARROWED : ST_DIFF_UNEVALUATED_PROPERTIES_NARROWED;
}

void st_diff_explain_unevaluated(struct st_diff_work *w, const struct st_site *site,
                                 const struct st_rule *rule)
{
    struct st_parts parts;
    struct st_atom old;
    const struct st_atom atom = {site->plain, rule};
    bool items = rule->kind == ST_RULE_UNEVALUATED_ITEMS;
    bool there = st_diff_find_rule(w, site->old, rule->kind, &old);
    if (items ? !st_diff_items(w, site->world, &atom, &parts)
              : !st_diff_members(w, site->world, &atom, &parts)) {
        tell_whole(w, site, rule);
        return;
    }
    for (uint32_t i = 0; i < parts.count && w->err == ST_OK; i++) {
        const struct st_part *part = &parts.at[i];
        bool possible = true;
        const struct st_world *child = st_diff_child(w, site->world, part, &possible);
        if (child == NULL || !possible ||
            st_diff_reaches(w, site->world, site->plain, rule, part) ||
            st_diff_follows(w, child, rule->plain))
            continue;
        enum model model;
        struct said before = said_before(w, site, part, NULL, &model);
        struct said now = {
            .how = SAID_REST, .around = site->plain, .plain = rule->plain, .word = rule->keyword};
        struct st_site inner = {.up = site, .part = *part, .world = child, .plain = rule->plain};
        struct said rest = {.how = SAID_REST, .plain = there ? old.rule->plain : rule->plain};
        if (there && before.how == SAID_NOTHING && both_restrict(&rest, &now))
            explain_inner(w, &inner, &rest, &now);
        else
            tell_part(w, site, &inner, &before, &now, name_unevaluated(rule, there, &before));
    }
}
