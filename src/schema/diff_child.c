/*
 * diff_child.c: what is known of a part of a value: a member or an element.
 *
 * Members are told apart by name where somebody names them, and else by the patterns that their
 * names match: every combination of patterns is taken to be possible.
 */
#include "schema/diff_work.h"

#include "json/write.h"

const struct st_named *st_diff_find_named(struct st_named_list list, st_str name)
{
    const struct st_named *end = list.at + list.count;
    for (const struct st_named *named = list.at; named < end; named++)
        if (st_str_eq(named->name, name))
            return named;
    return NULL;
}

/* A search that meets its limit stops all proofs: its answer is no answer. */
static bool name_matches(struct st_diff_work *w, const struct st_pattern *pattern, st_str name)
{
    bool found = false;
    st_err err = st_pattern_search(pattern, w->matcher, name, &found);
    if (err == ST_ERR_LIMIT)
        w->tired = true;
    else
        st_diff_failed(w, err);
    return found;
}

bool st_diff_matches(struct st_diff_work *w, const struct st_names_class *names,
                     const struct st_patterned *patterned)
{
    if (names->name != NULL)
        return name_matches(w, patterned->pattern, *names->name);
    for (uint32_t i = 0; i < names->source_count; i++)
        if (st_str_eq(names->sources[i], patterned->source))
            return (names->matches & (1u << i)) != 0;
    return false;
}

static bool add_plain(struct st_diff_work *w, struct st_grow *plains, const struct st_plain *plain)
{
    const struct st_plain **slot = st_diff_grow(w, plains, sizeof(void *));
    if (slot != NULL)
        *slot = plain;
    return slot != NULL;
}

static bool apply_members(struct st_diff_work *w, const struct st_members *members,
                          const struct st_names_class *names, struct st_grow *plains)
{
    const struct st_named *named =
        names->name == NULL ? NULL : st_diff_find_named(members->named, *names->name);
    bool covered = named != NULL;
    if (covered && !add_plain(w, plains, named->plain))
        return false;
    for (uint32_t i = 0; i < members->patterned_count; i++) {
        if (!st_diff_matches(w, names, &members->patterned[i]))
            continue;
        covered = true;
        if (!add_plain(w, plains, members->patterned[i].plain))
            return false;
    }
    return covered || members->additional == NULL || add_plain(w, plains, members->additional);
}

bool st_diff_applied(struct st_diff_work *w, const struct st_rule *rule, const struct st_part *part,
                     struct st_grow *plains)
{
    if (!part->is_item)
        return apply_members(w, rule->members, &part->names, plains);
    const struct st_items *items = rule->items;
    if (part->index.index < items->prefix.count)
        return add_plain(w, plains, items->prefix.at[part->index.index]);
    return items->rest == NULL || add_plain(w, plains, items->rest);
}

/* ---- names under propertyNames ---- */

/* Whether a schema for names refuses the part: the checker is asked about one name; of a class it
 * is enough that names are listed, or that a pattern does not match. */
static bool refuses_class(struct st_diff_work *w, const struct st_plain *plain,
                          const struct st_names_class *names, unsigned depth)
{
    if (plain->refuses)
        return true;
    for (uint32_t i = 0; i < plain->rule_count && depth < 4; i++) {
        const struct st_rule *rule = &plain->rules[i];
        if (rule->kind == ST_RULE_ENUM || rule->kind == ST_RULE_CONST)
            return true;
        if (rule->kind == ST_RULE_PATTERN) {
            struct st_patterned patterned = {.source =
                                                 st_json_text(st_plain_doc(plain), rule->value)};
            if (!st_diff_matches(w, names, &patterned))
                return true;
        }
        const struct st_plain *to = rule->kind == ST_RULE_REF ? rule->reference.to : NULL;
        if (to != NULL && refuses_class(w, to, names, depth + 1))
            return true;
    }
    return false;
}

enum st_sure st_diff_ask_name(struct st_diff_work *w, const struct st_plain *plain, st_str name)
{
    st_buf_reset(&w->asked);
    if (!st_diff_failed(w, st_json_add_string(&w->asked, name)) ||
        !st_diff_failed(w, st_json_parse(&w->scratch, st_buf_str(&w->asked), NULL, NULL)))
        return ST_SURE_UNKNOWN;
    return st_diff_ask(w, plain, &w->scratch, 0);
}

/* ---- worlds of parts ---- */

struct child {
    struct st_diff_work *w;
    const struct st_world *world;
    const struct st_part *part;
    struct st_grow facts;
    struct st_grow plains;
    bool possible;
};

static void add_fact(struct child *c, enum st_fact_kind kind, const struct st_plain *plain)
{
    struct st_fact *fact = st_diff_grow(c->w, &c->facts, sizeof *fact);
    if (fact != NULL)
        *fact = (struct st_fact){.kind = kind, .plain = plain};
}

static void take_applied(struct child *c, const struct st_rule *rule)
{
    c->plains.count = 0;
    if (!st_diff_applied(c->w, rule, c->part, &c->plains))
        return;
    for (uint32_t i = 0; i < c->plains.count; i++)
        add_fact(c, ST_FACT_IS, ((const struct st_plain **)c->plains.at)[i]);
}

static void take_member_atom(struct child *c, const struct st_atom *atom)
{
    const struct st_rule *rule = atom->rule;
    const struct st_names_class *names = &c->part->names;
    if (rule->kind == ST_RULE_MEMBERS) {
        take_applied(c, rule);
    } else if (rule->kind == ST_RULE_NAMES) {
        bool refused = names->name == NULL
                           ? refuses_class(c->w, rule->plain, names, 0)
                           : st_diff_ask_name(c->w, rule->plain, *names->name) == ST_SURE_NO;
        c->possible = c->possible && !refused;
    } else if (rule->kind == ST_RULE_UNEVALUATED_MEMBERS) {
        if (!st_diff_may_reach(c->w, c->world, atom->plain, rule, c->part))
            add_fact(c, ST_FACT_IS, rule->plain);
    }
}

static void take_item_atom(struct child *c, const struct st_atom *atom)
{
    const struct st_rule *rule = atom->rule;
    if (rule->kind == ST_RULE_ITEMS)
        take_applied(c, rule);
    else if (rule->kind == ST_RULE_MAX_ITEMS)
        c->possible = c->possible && c->part->index.index < rule->count;
    else if (rule->kind == ST_RULE_UNEVALUATED_ITEMS &&
             !st_diff_may_reach(c->w, c->world, atom->plain, rule, c->part))
        add_fact(c, ST_FACT_IS, rule->plain);
}

/* Of a broken `properties` of one name the member's value is what is wrong. */
static void take_broken(struct child *c, const struct st_atom *broken)
{
    if (broken->rule->kind != ST_RULE_MEMBERS || c->part->is_item || c->part->names.name == NULL)
        return;
    const struct st_members *members = broken->rule->members;
    if (members->named.count == 1 && members->patterned_count == 0 && members->additional == NULL &&
        st_str_eq(members->named.at[0].name, *c->part->names.name))
        add_fact(c, ST_FACT_IS_NOT, members->named.at[0].plain);
}

const struct st_world *st_diff_child(struct st_diff_work *w, const struct st_world *world,
                                     const struct st_part *part, bool *possible)
{
    struct child c = {.w = w, .world = world, .part = part, .possible = true};
    *possible = false;
    if (!part->is_item && part->names.name != NULL && st_diff_lacks(world, *part->names.name))
        c.possible = false;
    for (uint32_t i = 0; i < world->atom_count && c.possible; i++) {
        if (part->is_item)
            take_item_atom(&c, &world->atoms[i]);
        else
            take_member_atom(&c, &world->atoms[i]);
    }
    for (uint32_t i = 0; i < world->broken_count; i++)
        take_broken(&c, &world->broken[i]);
    if (w->err != ST_OK || w->tired)
        return NULL;
    const struct st_world *child = st_diff_world(w, c.facts.at, c.facts.count);
    *possible = child != NULL && c.possible && !child->empty;
    return child;
}

/* ---- telling parts apart ---- */

#define SOURCES_MAX 6

struct gather {
    struct st_diff_work *w;
    struct st_grow names; /* const st_str * */
    struct st_map seen;
    st_str *sources;
    const struct st_pattern **patterns;
    uint32_t source_count;
    uint64_t prefix;
    bool too_many;
};

static void gather_name(struct gather *g, st_str text)
{
    const st_str *name = st_diff_name(g->w, text);
    bool added = false;
    if (name == NULL || !st_diff_failed(g->w, st_map_put(&g->seen, *name, 0, NULL, &added)) ||
        !added)
        return;
    const st_str **slot = st_diff_grow(g->w, &g->names, sizeof(void *));
    if (slot != NULL)
        *slot = name;
}

static void gather_source(struct gather *g, st_str source, const struct st_pattern *pattern)
{
    for (uint32_t i = 0; i < g->source_count; i++)
        if (st_str_eq(g->sources[i], source))
            return;
    if (g->source_count == SOURCES_MAX) {
        g->too_many = true;
        return;
    }
    g->patterns[g->source_count] = pattern;
    g->sources[g->source_count++] = source;
}

static void gather_members(struct gather *g, const struct st_members *members)
{
    for (uint32_t i = 0; i < members->named.count; i++)
        gather_name(g, members->named.at[i].name);
    for (uint32_t i = 0; i < members->patterned_count; i++)
        gather_source(g, members->patterned[i].source, members->patterned[i].pattern);
}

/* Names and patterns for names that propertyNames demands. */
static void gather_names_schema(struct gather *g, const struct st_plain *plain, unsigned depth)
{
    const struct st_json *doc = st_plain_doc(plain);
    for (uint32_t i = 0; i < plain->rule_count && depth < 4; i++) {
        const struct st_rule *rule = &plain->rules[i];
        if (rule->kind == ST_RULE_PATTERN)
            gather_source(g, st_json_text(doc, rule->value), rule->pattern);
        if (rule->kind == ST_RULE_CONST && st_json_kind(doc, rule->value) == ST_JSON_STRING)
            gather_name(g, st_json_text(doc, rule->value));
        if (rule->kind == ST_RULE_REF)
            gather_names_schema(g, rule->reference.to, depth + 1);
        if (rule->kind != ST_RULE_ENUM)
            continue;
        for (uint32_t at = st_json_first(doc, rule->value); at != ST_JSON_NONE;
             at = st_json_next(doc, rule->value, at))
            if (st_json_kind(doc, at) == ST_JSON_STRING)
                gather_name(g, st_json_text(doc, at));
    }
}

static void gather_rule(struct gather *g, const struct st_plain *plain, const struct st_rule *rule,
                        unsigned depth);

#define GATHER_DEPTH_MAX 12

static void gather_plain(struct gather *g, const struct st_plain *plain, unsigned depth)
{
    if (plain == NULL || depth > GATHER_DEPTH_MAX || !st_diff_spend(g->w, 1))
        return;
    for (uint32_t i = 0; i < plain->rule_count; i++)
        gather_rule(g, plain, &plain->rules[i], depth);
}

/* All that an unevaluated… keyword may hear of. */
static void gather_rule(struct gather *g, const struct st_plain *plain, const struct st_rule *rule,
                        unsigned depth)
{
    switch (rule->kind) {
    case ST_RULE_MEMBERS:
        gather_members(g, rule->members);
        return;
    case ST_RULE_ITEMS:
        if (rule->items->prefix.count > g->prefix)
            g->prefix = rule->items->prefix.count;
        return;
    case ST_RULE_REF:
    case ST_RULE_DYNAMIC_REF:
        gather_plain(g, st_diff_target(g->w, plain, rule), depth + 1);
        return;
    case ST_RULE_ALL_OF:
    case ST_RULE_ANY_OF:
    case ST_RULE_ONE_OF:
        for (uint32_t i = 0; i < rule->plains.count; i++)
            gather_plain(g, rule->plains.at[i], depth + 1);
        return;
    case ST_RULE_IF:
        gather_plain(g, rule->condition->test, depth + 1);
        gather_plain(g, rule->condition->then, depth + 1);
        gather_plain(g, rule->condition->otherwise, depth + 1);
        return;
    case ST_RULE_DEPENDENT_SCHEMAS:
        for (uint32_t i = 0; i < rule->named.count; i++)
            gather_plain(g, rule->named.at[i].plain, depth + 1);
        return;
    default:
        return;
    }
}

static void gather_atom(struct gather *g, const struct st_atom *atom)
{
    if (atom->rule->kind == ST_RULE_NAMES)
        gather_names_schema(g, atom->rule->plain, 0);
    else if (atom->rule->kind == ST_RULE_UNEVALUATED_MEMBERS ||
             atom->rule->kind == ST_RULE_UNEVALUATED_ITEMS)
        gather_plain(g, atom->plain, 0);
    else if (atom->rule->kind == ST_RULE_MEMBERS || atom->rule->kind == ST_RULE_ITEMS)
        gather_rule(g, atom->plain, atom->rule, 0);
}

static void gather_all(struct gather *g, const struct st_world *world, const struct st_atom *goal)
{
    for (uint32_t i = 0; i < world->atom_count; i++)
        gather_atom(g, &world->atoms[i]);
    if (goal != NULL)
        gather_atom(g, goal);
}

bool st_diff_members(struct st_diff_work *w, const struct st_world *world,
                     const struct st_atom *goal, struct st_parts *parts)
{
    struct gather g = {.w = w,
                       .sources = st_diff_get(w, SOURCES_MAX * sizeof(st_str)),
                       .patterns = st_diff_get(w, SOURCES_MAX * sizeof(void *))};
    if (g.sources == NULL || g.patterns == NULL)
        return false;
    st_map_init(&g.seen, ST_DIFF_NAMES_MAX);
    gather_all(&g, world, goal);
    for (uint32_t i = 0; i < world->has_count; i++)
        gather_name(&g, *world->has[i]);
    st_map_done(&g.seen);

    uint32_t classes = 1u << g.source_count;
    *parts = (struct st_parts){.at = st_diff_get(w, (g.names.count + classes) * sizeof *parts->at)};
    if (parts->at == NULL || g.too_many || w->err != ST_OK || w->tired)
        return false;
    const st_str **names = g.names.at;
    for (uint32_t i = 0; i < g.names.count; i++)
        parts->at[parts->count++].names.name = names[i];
    for (uint32_t i = 0; i < classes; i++)
        parts->at[parts->count++].names = (struct st_names_class){.sources = g.sources,
                                                                  .patterns = g.patterns,
                                                                  .source_count = g.source_count,
                                                                  .matches = i};
    return true;
}

bool st_diff_items(struct st_diff_work *w, const struct st_world *world, const struct st_atom *goal,
                   struct st_parts *parts)
{
    struct gather g = {.w = w,
                       .sources = st_diff_get(w, SOURCES_MAX * sizeof(st_str)),
                       .patterns = st_diff_get(w, SOURCES_MAX * sizeof(void *))};
    if (g.sources == NULL || g.patterns == NULL)
        return false;
    st_map_init(&g.seen, ST_DIFF_NAMES_MAX);
    gather_all(&g, world, goal);
    st_map_done(&g.seen);
    if (g.prefix > ST_DIFF_PREFIX_MAX || w->err != ST_OK || w->tired)
        return false;
    *parts = (struct st_parts){.at = st_diff_get(w, (size_t)(g.prefix + 1) * sizeof *parts->at)};
    if (parts->at == NULL)
        return false;
    for (uint64_t i = 0; i <= g.prefix; i++)
        parts->at[parts->count++] =
            (struct st_part){.is_item = true, .index = {.index = i, .rest = i == g.prefix}};
    return true;
}
