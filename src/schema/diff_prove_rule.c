/*
 * diff_prove_rule.c: whether a rule follows from what is known of a value, keyword by keyword. Each
 * function is one argument; what it does not see it does not claim.
 */
#include "schema/diff_work.h"

/* ---- values as they are ---- */

static bool numbers_are_whole(const struct st_world *world)
{
    return (world->kinds & ST_KINDS_FRACTION) == 0;
}

/* bound + by, where that is exact; false where it is not known to be. */
static bool shifted(struct st_decimal bound, st_str literal, int by, int64_t *value)
{
    return st_decimal_is_integer(bound) && st_number_to_i64(literal, value) == ST_OK &&
           !__builtin_add_overflow(*value, (int64_t)by, value);
}

/* Integers above n are at least n + 1. */
static bool integers_reach(const struct st_atom *known, const struct st_plain *plain,
                           const struct st_rule *goal, bool low)
{
    int64_t bound, wanted;
    bool exclusive = known->rule->kind == ST_RULE_EXCLUSIVE_MINIMUM ||
                     known->rule->kind == ST_RULE_EXCLUSIVE_MAXIMUM;
    bool goal_exclusive =
        goal->kind == ST_RULE_EXCLUSIVE_MINIMUM || goal->kind == ST_RULE_EXCLUSIVE_MAXIMUM;
    int step = low ? 1 : -1;
    if (!shifted(known->rule->number, st_json_text(st_plain_doc(known->plain), known->rule->value),
                 exclusive ? step : 0, &bound) ||
        !shifted(goal->number, st_json_text(st_plain_doc(plain), goal->value),
                 goal_exclusive ? step : 0, &wanted))
        return false;
    return low ? bound >= wanted : bound <= wanted;
}

static bool bound_follows(const struct st_world *world, const struct st_plain *plain,
                          const struct st_rule *goal)
{
    bool low = goal->kind == ST_RULE_MINIMUM || goal->kind == ST_RULE_EXCLUSIVE_MINIMUM;
    enum st_rule_kind inclusive = low ? ST_RULE_MINIMUM : ST_RULE_MAXIMUM;
    enum st_rule_kind exclusive = low ? ST_RULE_EXCLUSIVE_MINIMUM : ST_RULE_EXCLUSIVE_MAXIMUM;
    for (uint32_t i = 0; i < world->atom_count; i++) {
        const struct st_rule *known = world->atoms[i].rule;
        if (known->kind != inclusive && known->kind != exclusive)
            continue;
        int order = st_decimal_cmp(known->number, goal->number);
        if (!low)
            order = -order;
        if (order > 0 || (order == 0 && (known->kind == exclusive || goal->kind == inclusive)))
            return true;
        if (numbers_are_whole(world) && integers_reach(&world->atoms[i], plain, goal, low))
            return true;
    }
    return false;
}

static bool multiple_follows(const struct st_world *world, const struct st_rule *goal)
{
    bool is = false;
    if (numbers_are_whole(world) &&
        st_decimal_is_multiple(st_decimal_of(ST_STR("1")), goal->number, &is) == ST_OK && is)
        return true;
    for (uint32_t i = 0; i < world->atom_count; i++)
        if (world->atoms[i].rule->kind == ST_RULE_MULTIPLE &&
            st_decimal_is_multiple(world->atoms[i].rule->number, goal->number, &is) == ST_OK && is)
            return true;
    return false;
}

static bool pattern_follows(const struct st_world *world, const struct st_plain *plain,
                            const struct st_rule *goal)
{
    st_str source = st_json_text(st_plain_doc(plain), goal->value);
    for (uint32_t i = 0; i < world->atom_count; i++) {
        const struct st_atom *atom = &world->atoms[i];
        if (atom->rule->kind == ST_RULE_PATTERN &&
            st_str_eq(st_json_text(st_plain_doc(atom->plain), atom->rule->value), source))
            return true;
    }
    return false;
}

/* Formats of which every text is one of another's. */
static bool format_is_part_of(const char *part, const char *whole)
{
    static const char *const rows[][2] = {
        {"uri", "uri-reference"},
        {"iri", "iri-reference"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i][0], part) == 0 && strcmp(rows[i][1], whole) == 0)
            return true;
    return false;
}

static bool format_follows(const struct st_world *world, const struct st_rule *goal)
{
    for (uint32_t i = 0; i < world->atom_count; i++) {
        const struct st_rule *known = world->atoms[i].rule;
        if (known->kind == ST_RULE_FORMAT &&
            (known->format == goal->format ||
             format_is_part_of(known->format->name, goal->format->name)))
            return true;
    }
    return false;
}

static bool unique_follows(const struct st_world *world)
{
    for (uint32_t i = 0; i < world->atom_count; i++)
        if (world->atoms[i].rule->kind == ST_RULE_UNIQUE_ITEMS)
            return true;
    return st_diff_most(world, ST_RULE_MAX_ITEMS) <= 1;
}

/* ---- counts ---- */

/* Elements behind a prefix that is followed by `false`. */
static uint64_t most_items(const struct st_world *world)
{
    uint64_t most = st_diff_most(world, ST_RULE_MAX_ITEMS);
    for (uint32_t i = 0; i < world->atom_count; i++) {
        const struct st_rule *rule = world->atoms[i].rule;
        if (rule->kind == ST_RULE_ITEMS && rule->items->rest != NULL &&
            rule->items->rest->refuses && rule->items->prefix.count < most)
            most = rule->items->prefix.count;
    }
    return most;
}

static uint64_t least_items(const struct st_world *world)
{
    uint64_t least = st_diff_least(world, ST_RULE_MIN_ITEMS);
    for (uint32_t i = 0; i < world->atom_count; i++) {
        const struct st_rule *rule = world->atoms[i].rule;
        if (rule->kind == ST_RULE_CONTAINS && rule->contains->min > least)
            least = rule->contains->min;
    }
    return least;
}

/* The members that are possible, where all others are not. */
static bool most_members(struct st_diff_work *w, const struct st_world *world, uint64_t *most)
{
    struct st_parts parts;
    *most = 0;
    if (!st_diff_members(w, world, NULL, &parts))
        return false;
    for (uint32_t i = 0; i < parts.count; i++) {
        bool possible = true;
        if (st_diff_child(w, world, &parts.at[i], &possible) == NULL)
            return false;
        if (possible && parts.at[i].names.name == NULL)
            return false;
        *most += possible;
    }
    return true;
}

static bool max_members_follows(struct st_diff_work *w, const struct st_world *world, uint64_t goal)
{
    uint64_t most;
    return st_diff_most(world, ST_RULE_MAX_PROPERTIES) <= goal ||
           (most_members(w, world, &most) && most <= goal);
}

/* ---- parts ---- */

static bool part_follows(struct st_diff_work *w, const struct st_world *world,
                         const struct st_rule *goal, const struct st_part *part)
{
    bool possible = true;
    const struct st_world *child = st_diff_child(w, world, part, &possible);
    if (child == NULL || !possible)
        return child != NULL;
    struct st_grow plains = {0};
    if (!st_diff_applied(w, goal, part, &plains))
        return false;
    bool follows = true;
    w->level++;
    for (uint32_t i = 0; i < plains.count && follows; i++)
        follows = st_diff_follows(w, child, ((const struct st_plain **)plains.at)[i]);
    w->level--;
    return follows;
}

static bool parts_follow(struct st_diff_work *w, const struct st_world *world,
                         const struct st_plain *plain, const struct st_rule *goal)
{
    struct st_parts parts;
    const struct st_atom atom = {plain, goal};
    bool is_items = goal->kind == ST_RULE_ITEMS;
    if (is_items ? !st_diff_items(w, world, &atom, &parts)
                 : !st_diff_members(w, world, &atom, &parts))
        return false;
    uint64_t most = is_items ? most_items(world) : UINT64_MAX;
    for (uint32_t i = 0; i < parts.count; i++)
        if (!(is_items && parts.at[i].index.index >= most) &&
            !part_follows(w, world, goal, &parts.at[i]))
            return false;
    return true;
}

/* What nobody has looked at: each part is looked at for sure, or as the rule wants it. */
static bool unevaluated_follows(struct st_diff_work *w, const struct st_world *world,
                                const struct st_plain *plain, const struct st_rule *goal)
{
    struct st_parts parts;
    const struct st_atom atom = {plain, goal};
    bool is_items = goal->kind == ST_RULE_UNEVALUATED_ITEMS;
    if (is_items ? !st_diff_items(w, world, &atom, &parts)
                 : !st_diff_members(w, world, &atom, &parts))
        return false;
    for (uint32_t i = 0; i < parts.count; i++) {
        bool possible = true;
        const struct st_world *child = st_diff_child(w, world, &parts.at[i], &possible);
        if (child == NULL)
            return false;
        if (!possible || (is_items && parts.at[i].index.index >= most_items(world)) ||
            st_diff_reaches(w, world, plain, goal, &parts.at[i]))
            continue;
        w->level++;
        bool follows = st_diff_follows(w, child, goal->plain);
        w->level--;
        if (!follows)
            return false;
    }
    return true;
}

/* Names, as worlds of strings. */
static bool names_follow(struct st_diff_work *w, const struct st_world *world,
                         const struct st_plain *plain, const struct st_rule *goal)
{
    struct st_grow facts = {0};
    struct st_fact *fact = st_diff_grow(w, &facts, sizeof *fact);
    if (fact == NULL)
        return false;
    *fact = (struct st_fact){.kind = ST_FACT_KINDS, .kinds = ST_KINDS_STRING};
    for (uint32_t i = 0; i < world->atom_count; i++) {
        if (world->atoms[i].rule->kind != ST_RULE_NAMES)
            continue;
        fact = st_diff_grow(w, &facts, sizeof *fact);
        if (fact == NULL)
            return false;
        *fact = (struct st_fact){.kind = ST_FACT_IS, .plain = world->atoms[i].rule->plain};
    }
    const struct st_world *name = st_diff_world(w, facts.at, facts.count);
    if (name == NULL)
        return false;
    w->level++;
    bool follows = st_diff_follows(w, name, goal->plain);
    w->level--;
    if (follows)
        return true;

    /* Or all names that are possible are known, and the checker is asked about each. */
    struct st_parts parts;
    const struct st_atom atom = {plain, goal};
    if (!st_diff_members(w, world, &atom, &parts))
        return false;
    for (uint32_t i = 0; i < parts.count; i++) {
        bool possible = true;
        if (st_diff_child(w, world, &parts.at[i], &possible) == NULL)
            return false;
        const st_str *known = parts.at[i].names.name;
        if (possible && (known == NULL || st_diff_ask_name(w, goal->plain, *known) != ST_SURE_YES))
            return false;
    }
    return true;
}

/* ---- contains ---- */

static bool all_items_follow(struct st_diff_work *w, const struct st_world *world,
                             const struct st_plain *plain)
{
    struct st_parts parts;
    if (!st_diff_items(w, world, NULL, &parts))
        return false;
    bool follows = true;
    for (uint32_t i = 0; i < parts.count && follows; i++) {
        bool possible = true;
        const struct st_world *child = st_diff_child(w, world, &parts.at[i], &possible);
        if (child == NULL)
            return false;
        w->level++;
        follows = !possible || st_diff_follows(w, child, plain);
        w->level--;
    }
    return follows;
}

static const struct st_world *item_world(struct st_diff_work *w, const struct st_plain *plain)
{
    return st_diff_world(w, &(struct st_fact){.kind = ST_FACT_IS, .plain = plain}, 1);
}

static bool item_follows(struct st_diff_work *w, const struct st_plain *from,
                         const struct st_plain *to)
{
    const struct st_world *world = item_world(w, from);
    w->level++;
    bool follows = world != NULL && st_diff_follows(w, world, to);
    w->level--;
    return follows;
}

static bool contains_follows(struct st_diff_work *w, const struct st_world *world,
                             const struct st_contains *goal)
{
    bool enough = goal->min == 0;
    bool few = goal->max == UINT64_MAX || most_items(world) <= goal->max;
    for (uint32_t i = 0; i < world->atom_count; i++) {
        const struct st_rule *rule = world->atoms[i].rule;
        if (rule->kind != ST_RULE_CONTAINS)
            continue;
        const struct st_contains *known = rule->contains;
        enough = enough || (known->min >= goal->min && item_follows(w, known->plain, goal->plain));
        few = few || (known->max <= goal->max && item_follows(w, goal->plain, known->plain));
    }
    if (!enough && least_items(world) >= goal->min)
        enough = all_items_follow(w, world, goal->plain);
    return enough && few;
}

/* ---- rules that combine schemas ---- */

static bool any_follows(struct st_diff_work *w, const struct st_world *world,
                        const struct st_rule *goal)
{
    for (uint32_t i = 0; i < goal->plains.count; i++)
        if (st_diff_follows(w, world, goal->plains.at[i]))
            return true;
    return false;
}

static bool all_follow(struct st_diff_work *w, const struct st_world *world,
                       const struct st_rule *goal)
{
    for (uint32_t i = 0; i < goal->plains.count; i++)
        if (!st_diff_follows(w, world, goal->plains.at[i]))
            return false;
    return true;
}

static bool excludes_others(struct st_diff_work *w, const struct st_world *world,
                            const struct st_rule *goal, uint32_t taken)
{
    const struct st_world *with = st_diff_with_is(w, world, goal->plains.at[taken]);
    for (uint32_t i = 0; i < goal->plains.count; i++)
        if (i != taken && (with == NULL || !st_diff_excludes(w, with, goal->plains.at[i])))
            return false;
    return true;
}

static bool one_follows(struct st_diff_work *w, const struct st_world *world,
                        const struct st_rule *goal)
{
    for (uint32_t i = 0; i < goal->plains.count; i++)
        if (st_diff_follows(w, world, goal->plains.at[i]) && excludes_others(w, world, goal, i))
            return true;
    return false;
}

static bool case_follows(struct st_diff_work *w, const struct st_world *world,
                         const struct st_plain *plain)
{
    return plain == NULL || (world != NULL && st_diff_follows(w, world, plain));
}

static bool condition_follows(struct st_diff_work *w, const struct st_world *world,
                              const struct st_condition *goal)
{
    return case_follows(w, st_diff_with_is(w, world, goal->test), goal->then) &&
           case_follows(w, st_diff_with_not(w, world, goal->test), goal->otherwise);
}

static const struct st_world *with_member(struct st_diff_work *w, const struct st_world *world,
                                          st_str text)
{
    const st_str *name = st_diff_name(w, text);
    struct st_fact facts[2] = {{.kind = ST_FACT_HAS, .name = name},
                               {.kind = ST_FACT_KINDS, .kinds = ST_KINDS_OBJECT}};
    const struct st_world *with = name == NULL ? NULL : st_diff_with(w, world, facts[0]);
    return with == NULL ? NULL : st_diff_with(w, with, facts[1]);
}

static bool dependents_follow(struct st_diff_work *w, const struct st_world *world,
                              const struct st_rule *goal)
{
    for (uint32_t i = 0; i < goal->named.count; i++) {
        const struct st_named *named = &goal->named.at[i];
        const struct st_world *with = with_member(w, world, named->name);
        if (with == NULL)
            return false;
        if (named->plain != NULL && !st_diff_follows(w, with, named->plain))
            return false;
        for (uint32_t k = 0; k < named->names.count; k++)
            if (!st_diff_has(with, named->names.at[k]) && !st_diff_is_empty(w, with))
                return false;
    }
    return true;
}

static bool required_follows(const struct st_world *world, const struct st_rule *goal)
{
    for (uint32_t i = 0; i < goal->names.count; i++)
        if (!st_diff_has(world, goal->names.at[i]))
            return false;
    return true;
}

static bool target_follows(struct st_diff_work *w, const struct st_world *world,
                           const struct st_plain *plain, const struct st_rule *goal)
{
    const struct st_plain *target = st_diff_target(w, plain, goal);
    return target != NULL && st_diff_follows(w, world, target);
}

bool st_diff_prove_rule(struct st_diff_work *w, const struct st_world *world,
                        const struct st_plain *plain, const struct st_rule *rule)
{
    if ((world->kinds & st_diff_rule_kinds(rule->kind)) == 0)
        return true;
    switch (rule->kind) {
    case ST_RULE_TYPE:
        return (world->kinds & ~st_diff_kinds(rule->types)) == 0;
    case ST_RULE_ENUM:
    case ST_RULE_CONST:
        return false; /* only of listed values, and those are asked (diff_prove.c) */
    case ST_RULE_MULTIPLE:
        return multiple_follows(world, rule);
    case ST_RULE_MINIMUM:
    case ST_RULE_EXCLUSIVE_MINIMUM:
    case ST_RULE_MAXIMUM:
    case ST_RULE_EXCLUSIVE_MAXIMUM:
        return bound_follows(world, plain, rule);
    case ST_RULE_MIN_LENGTH:
        return st_diff_least(world, ST_RULE_MIN_LENGTH) >= rule->count;
    case ST_RULE_MAX_LENGTH:
        return st_diff_most(world, ST_RULE_MAX_LENGTH) <= rule->count;
    case ST_RULE_PATTERN:
        return pattern_follows(world, plain, rule);
    case ST_RULE_FORMAT:
        return format_follows(world, rule);
    case ST_RULE_MIN_ITEMS:
        return least_items(world) >= rule->count;
    case ST_RULE_MAX_ITEMS:
        return most_items(world) <= rule->count;
    case ST_RULE_UNIQUE_ITEMS:
        return unique_follows(world) || most_items(world) <= 1;
    case ST_RULE_MIN_PROPERTIES:
        return st_diff_least(world, ST_RULE_MIN_PROPERTIES) >= rule->count ||
               world->has_count >= rule->count;
    case ST_RULE_MAX_PROPERTIES:
        return max_members_follows(w, world, rule->count);
    case ST_RULE_REQUIRED:
        return required_follows(world, rule);
    case ST_RULE_DEPENDENT_REQUIRED:
    case ST_RULE_DEPENDENT_SCHEMAS:
        return dependents_follow(w, world, rule);
    case ST_RULE_MEMBERS:
    case ST_RULE_ITEMS:
        return parts_follow(w, world, plain, rule);
    case ST_RULE_NAMES:
        return names_follow(w, world, plain, rule);
    case ST_RULE_CONTAINS:
        return contains_follows(w, world, rule->contains);
    case ST_RULE_REF:
    case ST_RULE_DYNAMIC_REF:
        return target_follows(w, world, plain, rule);
    case ST_RULE_ALL_OF:
        return all_follow(w, world, rule);
    case ST_RULE_ANY_OF:
        return any_follows(w, world, rule);
    case ST_RULE_ONE_OF:
        return one_follows(w, world, rule);
    case ST_RULE_NOT:
        return st_diff_excludes(w, world, rule->plain);
    case ST_RULE_IF:
        return condition_follows(w, world, rule->condition);
    case ST_RULE_UNEVALUATED_ITEMS:
    case ST_RULE_UNEVALUATED_MEMBERS:
        return unevaluated_follows(w, world, plain, rule);
    case ST_RULE_COUNT:
        break;
    }
    return false;
}
