/*
 * program_object.c: steps on members: all that the schemas of a block say of an object's members
 * becomes one table of names and one walk.
 */
#include "schema/program_make.h"

#define BITS_MAX   64u
#define GROUPS_MAX 64u

/* A name that some schema of the block speaks of. */
struct row {
    st_str name;
    struct st_list items; /* that its value must satisfy */
    uint64_t bit;
    bool refused; /* by propertyNames */
};

/* properties, patternProperties and additionalProperties of one schema; or, of one with
 * unevaluatedProperties, what its rules cover, with it for the rest. */
struct group {
    uint32_t item;
    const struct st_members *members; /* NULL: `cover` */
    struct st_cover *cover;
    const struct st_plain *rest; /* may be NULL */
};

struct object {
    struct st_making *m;
    struct group *groups;
    uint32_t group_count;
    struct row *rows;
    uint32_t row_count;
    uint32_t row_room;
    uint32_t bit_count;
    uint64_t required;
    struct st_dependent *dependents;
    uint32_t dependent_count;
    uint32_t dependent_room;
};

/* ---- rows ---- */

static struct row *row_of(struct st_build *b, struct object *o, st_str name)
{
    uint32_t next = o->row_count;
    uint32_t at = (uint32_t)st_build_map(b, &b->table, name, next);
    if (st_build_over(b))
        return NULL;
    if (at == next) {
        if (!st_build_reserve(b, (void **)&o->rows, &o->row_room, next, sizeof o->rows[0]))
            return NULL;
        o->rows[o->row_count++] = (struct row){.name = name};
        st_build_work(b, 1);
    }
    return &o->rows[at];
}

/* The bit of a name; 0: there are no more. */
static uint64_t bit_of(struct st_build *b, struct object *o, st_str name)
{
    struct row *row = row_of(b, o, name);
    if (row != NULL && row->bit == 0 && o->bit_count < BITS_MAX)
        row->bit = (uint64_t)1 << o->bit_count++;
    return row == NULL ? 0 : row->bit;
}

static void add_item(struct st_build *b, struct object *o, uint32_t at, uint32_t item)
{
    st_build_push(b, &o->rows[at].items, item);
}

/* ---- groups ---- */

static void add_cover_group(struct st_build *b, struct object *o,
                            const struct st_pending_rule *rule)
{
    struct st_cover *cover = st_build_scratch(b, sizeof *cover);
    if (cover == NULL)
        return;
    bool known = st_cover_of(b, o->m, rule->item, cover);
    if (known && !cover->all) {
        o->groups[o->group_count++] =
            (struct group){.item = rule->item, .cover = cover, .rest = rule->rule->plain};
        return;
    }
    st_cover_done(cover);
    if (!known && !st_build_over(b))
        st_making_plain(b, o->m, rule->item);
}

static void find_groups(struct st_build *b, struct object *o)
{
    o->groups = st_build_scratch(b, (o->m->rule_count + 1) * sizeof o->groups[0]);
    for (uint32_t i = 0; i < o->m->rule_count && o->groups != NULL && !st_build_over(b); i++) {
        const struct st_pending_rule *rule = &o->m->rules[i];
        if (rule->rule->kind == ST_RULE_MEMBERS)
            o->groups[o->group_count++] = (struct group){
                .item = rule->item,
                .members = rule->rule->members,
                .rest = rule->rule->members->additional,
            };
        else if (rule->rule->kind == ST_RULE_UNEVALUATED_MEMBERS)
            add_cover_group(b, o, rule);
    }
}

static uint32_t pattern_count(const struct group *group)
{
    return group->members != NULL ? group->members->patterned_count : group->cover->pattern_count;
}

static const struct st_pattern *pattern_at(const struct group *group, uint32_t i)
{
    return group->members != NULL ? group->members->patterned[i].pattern
                                  : group->cover->patterns[i];
}

/* Whether the group speaks of names that it does not list. */
static bool is_open(const struct group *group)
{
    return group->rest != NULL || pattern_count(group) > 0;
}

static void add_named(struct st_build *b, struct object *o)
{
    for (uint32_t g = 0; g < o->group_count; g++) {
        const struct group *group = &o->groups[g];
        uint32_t count =
            group->members != NULL ? group->members->named.count : group->cover->names.count;
        for (uint32_t i = 0; i < count && !st_build_over(b); i++) {
            st_str name = group->members != NULL ? group->members->named.at[i].name
                                                 : group->cover->names.entries[i].key;
            const struct row *row = row_of(b, o, name);
            if (row != NULL && group->members != NULL)
                add_item(b, o, (uint32_t)(row - o->rows),
                         st_build_item(b, group->item, group->members->named.at[i].plain));
        }
    }
}

static bool lists(const struct group *group, st_str name)
{
    if (group->cover != NULL)
        return st_map_find(&group->cover->names, name) != NULL;
    const struct st_named *named = group->members->named.at;
    uint32_t low = 0;
    uint32_t high = group->members->named.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = st_str_cmp(named[middle].name, name);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* What an open group says of one name of the table: by its patterns, or for the rest. false: a
 * pattern cannot be decided. */
static bool add_unlisted(struct st_build *b, struct object *o, const struct group *group,
                         uint32_t at)
{
    bool known = lists(group, o->rows[at].name);
    st_build_work(b, 1);
    for (uint32_t i = 0; i < pattern_count(group); i++) {
        enum st_verdict found = st_decide_name(b, pattern_at(group, i), o->rows[at].name);
        if (found == ST_VERDICT_UNKNOWN)
            return false;
        if (found == ST_VERDICT_NO)
            continue;
        known = true;
        if (group->members != NULL)
            add_item(b, o, at, st_build_item(b, group->item, group->members->patterned[i].plain));
    }
    if (!known && group->rest != NULL)
        add_item(b, o, at, st_build_item(b, group->item, group->rest));
    return true;
}

static bool add_open(struct st_build *b, struct object *o)
{
    for (uint32_t g = 0; g < o->group_count; g++)
        for (uint32_t at = 0; at < o->row_count && is_open(&o->groups[g]); at++)
            if (st_build_over(b) || !add_unlisted(b, o, &o->groups[g], at))
                return false;
    return true;
}

/* ---- required, dependentRequired, dependentSchemas ---- */

static void add_required(struct st_build *b, struct object *o, const struct st_pending_rule *rule)
{
    const struct st_name_list *names = &rule->rule->names;
    bool all = true;
    for (uint32_t i = 0; i < names->count && all; i++) {
        const struct st_fact *fact = st_fact_of(b, o->m->facts, o->m->fact_count, names->at[i]);
        uint64_t bit = fact == NULL ? bit_of(b, o, names->at[i]) : 0;
        all = fact != NULL || bit != 0; /* one that is a fact is there */
        o->required |= bit;
    }
    if (!all)
        st_making_rule(b, o->m, rule);
}

static bool reserve_dependent(struct st_build *b, struct object *o)
{
    return st_build_reserve(b, (void **)&o->dependents, &o->dependent_room, o->dependent_count,
                            sizeof o->dependents[0]);
}

static void add_dependent_required(struct st_build *b, struct object *o,
                                   const struct st_pending_rule *rule)
{
    uint32_t before = o->dependent_count;
    bool all = true;
    for (uint32_t i = 0; i < rule->rule->named.count && all && reserve_dependent(b, o); i++) {
        const struct st_named *named = &rule->rule->named.at[i];
        struct st_dependent dependent = {.when = bit_of(b, o, named->name)};
        all = dependent.when != 0;
        for (uint32_t j = 0; j < named->names.count && all; j++) {
            uint64_t bit = bit_of(b, o, named->names.at[j]);
            dependent.then |= bit;
            all = bit != 0;
        }
        o->dependents[o->dependent_count++] = dependent;
    }
    if (!all) {
        o->dependent_count = before;
        st_making_rule(b, o->m, rule);
    }
}

/* Those that the facts have not decided. */
static void add_dependent_schemas(struct st_build *b, struct object *o,
                                  const struct st_pending_rule *rule)
{
    for (uint32_t i = 0; i < rule->rule->named.count && reserve_dependent(b, o); i++) {
        const struct st_named *named = &rule->rule->named.at[i];
        uint32_t item = st_build_item(b, rule->item, named->plain);
        const struct st_fact *fact = st_fact_of(b, o->m->facts, o->m->fact_count, named->name);
        if ((fact != NULL && (fact->kind == ST_FACT_ABSENT || rule->merged)) ||
            st_making_decide(b, o->m, item) == ST_VERDICT_YES)
            continue;
        struct st_dependent dependent = {
            .when = bit_of(b, o, named->name),
            .state = st_build_state(b, &item, 1),
        };
        if (dependent.when == 0) {
            st_making_plain(b, o->m, rule->item);
            return;
        }
        o->dependents[o->dependent_count++] = dependent;
    }
}

static void add_bits(struct st_build *b, struct object *o)
{
    for (uint32_t i = 0; i < o->m->rule_count && !st_build_over(b); i++) {
        const struct st_pending_rule *rule = &o->m->rules[i];
        if (rule->rule->kind == ST_RULE_REQUIRED)
            add_required(b, o, rule);
        else if (rule->rule->kind == ST_RULE_DEPENDENT_REQUIRED)
            add_dependent_required(b, o, rule);
        else if (rule->rule->kind == ST_RULE_DEPENDENT_SCHEMAS)
            add_dependent_schemas(b, o, rule);
    }
}

/* ---- names that are not in the table ---- */

static uint32_t rest_state(struct st_build *b, const struct object *o)
{
    struct st_list list = {0};
    for (uint32_t g = 0; g < o->group_count; g++)
        if (o->groups[g].rest != NULL && pattern_count(&o->groups[g]) == 0)
            st_build_push(b, &list, st_build_item(b, o->groups[g].item, o->groups[g].rest));
    uint32_t state = st_build_state(b, list.at, list.count);
    st_build_drop(b, &list);
    return state;
}

/* One pattern of all groups that have it. */
static void fill_pattern(struct st_build *b, const struct object *o,
                         const struct st_pattern *pattern, struct st_name_pattern *out)
{
    struct st_list list = {0};
    out->pattern = pattern;
    uint32_t number = 0;
    for (uint32_t g = 0; g < o->group_count; g++) {
        const struct group *group = &o->groups[g];
        for (uint32_t i = 0; i < pattern_count(group); i++) {
            if (pattern_at(group, i) != pattern)
                continue;
            out->groups |= group->rest != NULL ? (uint64_t)1 << number : 0;
            if (group->members != NULL)
                st_build_push(b, &list,
                              st_build_item(b, group->item, group->members->patterned[i].plain));
        }
        number += pattern_count(group) > 0 && group->rest != NULL;
    }
    out->state = st_build_state(b, list.at, list.count);
    st_build_drop(b, &list);
}

static bool has_pattern(const struct st_unnamed *unnamed, const struct st_name_pattern *patterns,
                        const struct st_pattern *pattern)
{
    for (uint32_t i = 0; i < unnamed->pattern_count; i++)
        if (patterns[i].pattern == pattern)
            return true;
    return false;
}

static struct st_unnamed *make_unnamed(struct st_build *b, const struct object *o,
                                       uint32_t patterns, uint32_t groups)
{
    struct st_unnamed *unnamed = st_build_get(b, sizeof *unnamed);
    struct st_name_pattern *at = st_build_get(b, (patterns + 1) * sizeof at[0]);
    uint32_t *rests = st_build_get(b, (groups + 1) * sizeof rests[0]);
    if (unnamed == NULL || at == NULL || rests == NULL)
        return NULL;
    unnamed->patterns = at;
    unnamed->rests = rests;
    for (uint32_t g = 0; g < o->group_count; g++) {
        const struct group *group = &o->groups[g];
        for (uint32_t i = 0; i < pattern_count(group) && !st_build_over(b); i++) {
            st_build_work(b, unnamed->pattern_count / 4 + o->group_count / 4);
            if (!has_pattern(unnamed, at, pattern_at(group, i)))
                fill_pattern(b, o, pattern_at(group, i), &at[unnamed->pattern_count++]);
        }
        if (pattern_count(group) > 0 && group->rest != NULL) {
            uint32_t item = st_build_item(b, group->item, group->rest);
            rests[unnamed->group_count++] = st_build_state(b, &item, 1);
        }
    }
    return unnamed;
}

/* ---- names ---- */

static enum st_verdict decide_name(struct st_build *b, uint32_t item, st_str name)
{
    /* A text of one value, which is the name. */
    struct st_json_node node = {
        .kind = ST_JSON_STRING, .flags = ST_JSON_ESCAPED, .len = (uint32_t)name.len};
    char *copy = st_build_scratch(b, name.len + 1);
    if (copy == NULL)
        return ST_VERDICT_UNKNOWN;
    if (name.len > 0)
        memcpy(copy, name.at, name.len);
    const struct st_json doc = {.text = {copy, name.len},
                                .nodes = &node,
                                .count = 1,
                                .decoded = {.at = copy, .len = name.len}};
    return st_decide_value(b, item, (struct st_value){.doc = &doc, .node = 0});
}

/* What propertyNames says of the names in the table is known; of the others *state says it.
 * false: of some it is not known. */
static bool settle_names(struct st_build *b, struct object *o, uint32_t *state)
{
    struct st_list list = {0};
    bool known = true;
    for (uint32_t i = 0; i < o->m->rule_count && known; i++) {
        const struct st_pending_rule *rule = &o->m->rules[i];
        if (rule->rule->kind != ST_RULE_NAMES)
            continue;
        uint32_t item = st_build_item(b, rule->item, rule->rule->plain);
        st_build_push(b, &list, item);
        for (uint32_t at = 0; at < o->row_count && known; at++) {
            enum st_verdict verdict = decide_name(b, item, o->rows[at].name);
            known = verdict != ST_VERDICT_UNKNOWN;
            o->rows[at].refused = o->rows[at].refused || verdict == ST_VERDICT_NO;
        }
    }
    *state = known ? st_build_state(b, list.at, list.count) : ST_STATE_TRUE;
    st_build_drop(b, &list);
    return known;
}

/* A walk over the names alone. */
static void add_names(struct st_build *b, struct st_making *m)
{
    for (uint32_t i = 0; i < m->rule_count; i++) {
        const struct st_pending_rule *rule = &m->rules[i];
        if (rule->rule->kind != ST_RULE_NAMES)
            continue;
        uint32_t item = st_build_item(b, rule->item, rule->rule->plain);
        uint32_t state = st_build_state(b, &item, 1);
        struct st_step *step = st_making_step(b, m, ST_OP_NAMES);
        if (step != NULL)
            step->state = state;
    }
}

/* ---- the walk ---- */

/* What the facts leave to be asked of a member that they are of. */
static uint32_t state_of_fact(struct st_build *b, const struct row *row, const struct st_fact *fact)
{
    struct st_list left = {0};
    bool possible = fact->kind != ST_FACT_ABSENT;
    for (uint32_t i = 0; i < row->items.count && possible; i++) {
        enum st_verdict verdict = st_decide_fact(b, row->items.at[i], fact);
        possible = verdict != ST_VERDICT_NO;
        if (verdict == ST_VERDICT_UNKNOWN)
            st_build_push(b, &left, row->items.at[i]);
    }
    uint32_t state = possible ? st_build_state(b, left.at, left.count) : ST_STATE_FALSE;
    st_build_drop(b, &left);
    return state;
}

/* The rows of the table. With `rest` TRUE those that ask for nothing need none. */
static struct st_member_row *make_rows(struct st_build *b, struct object *o, uint32_t rest,
                                       bool closed, uint32_t *count)
{
    struct st_member_row *made = st_build_scratch(b, (o->row_count + 1) * sizeof made[0]);
    for (uint32_t i = 0; i < o->row_count && made != NULL && !st_build_over(b); i++) {
        struct row *row = &o->rows[i];
        const struct st_fact *fact = st_fact_of(b, o->m->facts, o->m->fact_count, row->name);
        struct st_member_row *to = &made[*count];
        to->state = row->refused   ? ST_STATE_FALSE
                    : fact != NULL ? state_of_fact(b, row, fact)
                                   : st_build_state(b, row->items.at, row->items.count);
        to->bit = row->bit;
        if (fact != NULL && fact->kind != ST_FACT_ABSENT && to->state == ST_STATE_FALSE)
            o->m->fails = true;
        if (to->state == ST_STATE_FALSE && (o->required & row->bit) != 0)
            o->m->fails = true;
        if (to->state == rest && row->bit == 0 && !closed)
            continue;
        st_err err = st_name_table_add(b->names, row->name, &to->number);
        if (err == ST_ERR_LIMIT)
            b->impossible = true;
        else if (err != ST_OK)
            b->err = err;
        (*count)++;
    }
    return made;
}

static void write_walk(struct st_build *b, struct object *o)
{
    uint32_t patterns = 0;
    uint32_t groups = 0;
    for (uint32_t g = 0; g < o->group_count; g++) {
        patterns += pattern_count(&o->groups[g]);
        groups += pattern_count(&o->groups[g]) > 0 && o->groups[g].rest != NULL;
    }
    uint32_t rest = rest_state(b, o);
    uint32_t names;
    uint32_t count = 0;
    if (!settle_names(b, o, &names))
        add_names(b, o->m);
    bool asks_names = patterns > 0 || names != ST_STATE_TRUE;
    const struct st_member_row *rows = make_rows(b, o, rest, asks_names, &count);
    if (rows == NULL || st_build_over(b) || o->m->fails)
        return;
    if (count == 0 && rest == ST_STATE_TRUE && !asks_names)
        return;
    struct st_walk *walk = st_table_walk(b, rows, count, rest);
    struct st_dependent *dependents =
        st_build_get(b, (o->dependent_count + 1) * sizeof dependents[0]);
    struct st_unnamed *unnamed = asks_names ? make_unnamed(b, o, patterns, groups) : NULL;
    if (walk == NULL || dependents == NULL || st_build_over(b) ||
        !st_build_reserve(b, (void **)&b->walks, &b->walk_room, b->walk_count, sizeof b->walks[0]))
        return;
    if (o->dependent_count > 0)
        memcpy(dependents, o->dependents, o->dependent_count * sizeof dependents[0]);
    walk->required = o->required;
    if (unnamed != NULL)
        unnamed->names = names;
    walk->unnamed = unnamed;
    walk->dependents = dependents;
    walk->dependent_count = o->dependent_count;
    b->walks[b->walk_count++] = walk;
    st_making_with(b, o->m, ST_OP_WALK, walk);
}

/* ---- all of it ---- */

static void add_others(struct st_build *b, struct st_making *m)
{
    for (uint32_t i = 0; i < m->rule_count; i++) {
        const struct st_pending_rule *rule = &m->rules[i];
        if (rule->rule->kind == ST_RULE_ENUM || rule->rule->kind == ST_RULE_CONST)
            st_making_rule(b, m, rule);
    }
}

/* More groups with patterns than there are bits for: each schema by itself. */
static bool has_too_many_groups(const struct object *o)
{
    uint32_t groups = 0;
    for (uint32_t g = 0; g < o->group_count; g++)
        groups += pattern_count(&o->groups[g]) > 0 && o->groups[g].rest != NULL;
    return groups > GROUPS_MAX;
}

static void write_plains(struct st_build *b, struct st_making *m)
{
    for (uint32_t i = 0; i < m->set.count; i++)
        st_making_plain(b, m, m->set.items[i]);
}

void st_object_steps(struct st_build *b, struct st_making *m)
{
    struct object o = {
        .m = m,
        .rows = b->rows.at,
        .row_room = b->rows.room,
        .dependents = b->dependents.at,
        .dependent_room = b->dependents.room,
    };
    st_map_reset(&b->table);
    st_making_counts(b, m);
    add_others(b, m);
    find_groups(b, &o);
    add_bits(b, &o);
    add_named(b, &o);
    if (!st_build_over(b) && (has_too_many_groups(&o) || !add_open(b, &o)))
        write_plains(b, m);
    else if (!st_build_over(b))
        write_walk(b, &o);
    for (uint32_t g = 0; g < o.group_count; g++)
        if (o.groups[g].cover != NULL)
            st_cover_done(o.groups[g].cover);
    for (uint32_t i = 0; i < o.row_count; i++)
        st_build_drop(b, &o.rows[i].items);
    b->rows = (struct st_kept){o.rows, o.row_room};
    b->dependents = (struct st_kept){o.dependents, o.dependent_room};
}
