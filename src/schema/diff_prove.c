/*
 * diff_prove.c: whether a schema follows from what is known of a value.
 *
 * A claim "every value of this world satisfies that schema" is proved rule by rule. While it is
 * being proved, the same claim about a value inside the value may be taken for granted: that value
 * is smaller, and the argument is induction. What was proved on the strength of a claim that then
 * fails is forgotten with it.
 */
#include "schema/diff_work.h"

#include "schema/twin.h"

enum { CLAIM_NONE, CLAIM_OPEN, CLAIM_PROVED, CLAIM_FAILED };

/* ---- the table of claims ---- */

static uint64_t hash_claim(const struct st_world *world, const struct st_plain *plain)
{
    uint64_t hash = (uint64_t)(uintptr_t)world * 0x9E3779B97F4A7C15ull;
    hash ^= (uint64_t)(uintptr_t)plain + (hash << 6) + (hash >> 2);
    return hash * 0xC2B2AE3D27D4EB4Full;
}

static struct st_claim *slot_of(struct st_claim *claims, uint32_t room,
                                const struct st_world *world, const struct st_plain *plain)
{
    uint32_t at = (uint32_t)(hash_claim(world, plain) >> 20) & (room - 1);
    while (claims[at].world != NULL && (claims[at].world != world || claims[at].plain != plain))
        at = (at + 1) & (room - 1);
    return &claims[at];
}

static bool make_room(struct st_diff_work *w)
{
    if (2 * (w->claim_count + 1) <= w->claim_room)
        return true;
    uint32_t room = w->claim_room == 0 ? 1024 : 2 * w->claim_room;
    struct st_claim *claims = st_diff_get(w, room * sizeof *claims);
    if (claims == NULL)
        return false;
    for (uint32_t i = 0; i < w->claim_room; i++)
        if (w->claims[i].world != NULL)
            *slot_of(claims, room, w->claims[i].world, w->claims[i].plain) = w->claims[i];
    w->claims = claims;
    w->claim_room = room;
    return true;
}

static struct st_claim *find_claim(struct st_diff_work *w, const struct st_world *world,
                                   const struct st_plain *plain)
{
    if (!make_room(w))
        return NULL;
    struct st_claim *claim = slot_of(w->claims, w->claim_room, world, plain);
    if (claim->world == NULL) {
        claim->world = world;
        claim->plain = plain;
        w->claim_count++;
    }
    return claim;
}

/* ---- values, asked one by one ---- */

enum st_sure st_diff_ask(struct st_diff_work *w, const struct st_plain *plain,
                         const struct st_json *doc, uint32_t node)
{
    if (w->dynamic)
        return ST_SURE_UNKNOWN;
    const struct st_schema alone = {.root = plain, .draft = w->to->draft};
    bool valid = false;
    if (!st_diff_spend(w, 4) ||
        !st_diff_failed(w, st_schema_check_plain(&alone, w->checker, doc, node, &valid, NULL)))
        return ST_SURE_UNKNOWN;
    if (w->checker->stop != ST_STOP_NOT)
        return ST_SURE_UNKNOWN;
    return valid ? ST_SURE_YES : ST_SURE_NO;
}

static bool is_in_world(struct st_diff_work *w, const struct st_world *world,
                        const struct st_json *doc, uint32_t node)
{
    if ((st_diff_kind_of(doc, node) & world->kinds) == 0)
        return false;
    for (uint32_t i = 0; i < world->facts.count; i++) {
        const struct st_fact *fact = &world->facts.at[i];
        if (fact->kind == ST_FACT_IS && st_diff_ask(w, fact->plain, doc, node) == ST_SURE_NO)
            return false;
        if (fact->kind == ST_FACT_IS_NOT && st_diff_ask(w, fact->plain, doc, node) == ST_SURE_YES)
            return false;
    }
    return true;
}

/* The shortest list wins; null, false and true are a list of their own. */
static void find_list(struct st_diff_work *w, const struct st_world *world,
                      struct st_values *values)
{
    uint32_t fewest = UINT32_MAX;
    for (uint32_t i = 0; i < world->atom_count; i++) {
        const struct st_atom *atom = &world->atoms[i];
        const struct st_json *doc = st_plain_doc(atom->plain);
        bool one = atom->rule->kind == ST_RULE_CONST;
        if (!one && atom->rule->kind != ST_RULE_ENUM)
            continue;
        uint32_t count = one ? 1 : doc->nodes[atom->rule->value].len;
        if (count >= fewest)
            continue;
        fewest = count;
        *values = (struct st_values){.doc = doc,
                                     .container = one ? ST_JSON_NONE : atom->rule->value,
                                     .node = one ? atom->rule->value : ST_JSON_NONE,
                                     .listed = true};
    }
    if (fewest == UINT32_MAX && (world->kinds & ~(uint32_t)(ST_KINDS_NULL | ST_KINDS_BOOLEAN)) == 0)
        *values = (struct st_values){
            .doc = &w->constant, .container = 0, .node = ST_JSON_NONE, .listed = true};
}

bool st_diff_next_value(struct st_diff_work *w, const struct st_world *world,
                        struct st_values *values)
{
    bool first = values->doc == NULL;
    if (first)
        find_list(w, world, values);
    if (!values->listed)
        return false;
    if (values->container == ST_JSON_NONE)
        return first && is_in_world(w, world, values->doc, values->node);
    do {
        values->node = values->node == ST_JSON_NONE
                           ? st_json_first(values->doc, values->container)
                           : st_json_next(values->doc, values->container, values->node);
    } while (values->node != ST_JSON_NONE && !is_in_world(w, world, values->doc, values->node));
    return values->node != ST_JSON_NONE;
}

/* Listed values need no argument. */
static enum st_sure all_listed(struct st_diff_work *w, const struct st_world *world,
                               const struct st_plain *plain)
{
    struct st_values values = {0};
    while (st_diff_next_value(w, world, &values))
        if (st_diff_ask(w, plain, values.doc, values.node) != ST_SURE_YES)
            return ST_SURE_NO;
    return values.listed && w->err == ST_OK && !w->tired ? ST_SURE_YES : ST_SURE_UNKNOWN;
}

/* ---- emptiness ---- */

static bool lists_nothing(struct st_diff_work *w, const struct st_world *world)
{
    struct st_values values = {0};
    bool some = st_diff_next_value(w, world, &values);
    return values.listed && !some;
}

static bool part_is_empty(struct st_diff_work *w, const struct st_world *world,
                          const struct st_part *part)
{
    bool possible = true;
    const struct st_world *child = st_diff_child(w, world, part, &possible);
    if (child == NULL || !possible)
        return child != NULL;
    w->level++;
    bool empty = st_diff_is_empty(w, child);
    w->level--;
    return empty;
}

static bool search_empty(struct st_diff_work *w, const struct st_world *world)
{
    if (lists_nothing(w, world))
        return true;
    for (uint32_t i = 0; i < world->has_count && world->kinds == ST_KINDS_OBJECT; i++)
        if (part_is_empty(w, world, &(struct st_part){.names = {.name = world->has[i]}}))
            return true;
    uint64_t least = world->kinds == ST_KINDS_ARRAY ? st_diff_least(world, ST_RULE_MIN_ITEMS) : 0;
    struct st_part item = {.is_item = true};
    for (item.index.index = 0; item.index.index < least && item.index.index < 8; item.index.index++)
        if (part_is_empty(w, world, &item))
            return true;
    for (uint32_t i = 0; i < world->is_not_count; i++)
        if (st_diff_follows(w, world, world->is_not[i]))
            return true;
    return false;
}

/* Emptiness is a claim as well: that every value of the world satisfies `false`. */
bool st_diff_is_empty(struct st_diff_work *w, const struct st_world *world)
{
    return world->empty || st_diff_follows(w, world, &w->never);
}

bool st_diff_excludes(struct st_diff_work *w, const struct st_world *world,
                      const struct st_plain *plain)
{
    if (st_diff_clashes(w, world, plain))
        return true;
    const struct st_world *both = st_diff_with_is(w, world, plain);
    return both != NULL && st_diff_is_empty(w, both);
}

/* ---- cases ---- */

#define SPLITS_MAX 2
#define OPEN_MAX   16

static bool case_holds(struct st_diff_work *w, const struct st_world *world,
                       const struct st_plain *plain, const struct st_rule *rule)
{
    return world != NULL && (world->empty || st_diff_rule_follows(w, world, plain, rule));
}

/* Whether the rule follows in all cases of a choice. */
static bool holds_in_cases(struct st_diff_work *w, const struct st_world *world,
                           const struct st_atom *open, const struct st_plain *plain,
                           const struct st_rule *rule)
{
    const struct st_rule *choice = open->rule;
    if (choice->kind == ST_RULE_IF) {
        const struct st_plain *test = choice->condition->test;
        return case_holds(w, st_diff_with_is(w, world, test), plain, rule) &&
               case_holds(w, st_diff_with_not(w, world, test), plain, rule);
    }
    if (choice->kind != ST_RULE_ANY_OF && choice->kind != ST_RULE_ONE_OF)
        return false;
    for (uint32_t i = 0; i < choice->plains.count; i++) {
        const struct st_plain *branch = choice->plains.at[i];
        if (!st_diff_clashes(w, world, branch) &&
            !case_holds(w, st_diff_with_is(w, world, branch), plain, rule))
            return false;
    }
    return true;
}

/* What depends on a member is a choice whether it is there. */
static bool holds_with_member(struct st_diff_work *w, const struct st_world *world,
                              const struct st_atom *open, const struct st_plain *plain,
                              const struct st_rule *rule)
{
    for (uint32_t i = 0; i < open->rule->named.count; i++) {
        const st_str *name = st_diff_name(w, open->rule->named.at[i].name);
        if (name == NULL || st_diff_has(world, *name) || st_diff_lacks(world, *name))
            continue;
        struct st_fact has = {.kind = ST_FACT_HAS, .name = name};
        struct st_fact lacks = {.kind = ST_FACT_LACKS, .name = name};
        if (case_holds(w, st_diff_with(w, world, has), plain, rule) &&
            case_holds(w, st_diff_with(w, world, lacks), plain, rule))
            return true;
    }
    return false;
}

/* A value is of one kind. */
static bool holds_for_kinds(struct st_diff_work *w, const struct st_world *world,
                            const struct st_plain *plain, const struct st_rule *rule)
{
    static const uint32_t groups[] = {ST_KINDS_NULL,     ST_KINDS_BOOLEAN, ST_KINDS_INTEGER,
                                      ST_KINDS_FRACTION, ST_KINDS_STRING,  ST_KINDS_ARRAY,
                                      ST_KINDS_OBJECT};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        uint32_t kinds = world->kinds & groups[i];
        if (kinds == world->kinds)
            return false;
        struct st_fact fact = {.kind = ST_FACT_KINDS, .kinds = kinds};
        if (kinds != 0 && !case_holds(w, st_diff_with(w, world, fact), plain, rule))
            return false;
    }
    return true;
}

static bool needs_kinds(const struct st_rule *rule)
{
    return rule->kind == ST_RULE_ANY_OF || rule->kind == ST_RULE_ONE_OF ||
           rule->kind == ST_RULE_NOT || rule->kind == ST_RULE_IF || rule->kind == ST_RULE_ENUM;
}

/* What only leads to other schemas for the same value has its cases there. */
static bool is_split_below(const struct st_rule *rule)
{
    return rule->kind == ST_RULE_ALL_OF || rule->kind == ST_RULE_REF ||
           rule->kind == ST_RULE_DYNAMIC_REF || rule->kind == ST_RULE_IF;
}

static bool split(struct st_diff_work *w, const struct st_world *world,
                  const struct st_plain *plain, const struct st_rule *rule)
{
    if (w->splits >= SPLITS_MAX || is_split_below(rule))
        return false;
    w->splits++;
    bool holds = needs_kinds(rule) && holds_for_kinds(w, world, plain, rule);
    uint32_t tried = 0;
    for (uint32_t i = 0; i < world->open_count && !holds && tried < OPEN_MAX; i++, tried++) {
        const struct st_atom *open = &world->open[i];
        if (open->rule->kind == ST_RULE_DEPENDENT_SCHEMAS ||
            open->rule->kind == ST_RULE_DEPENDENT_REQUIRED)
            holds = holds_with_member(w, world, open, plain, rule);
        else
            holds = holds_in_cases(w, world, open, plain, rule);
    }
    w->splits--;
    return holds;
}

/* Listed values are asked about the one rule, but for those that read what others have looked at.
 */
static bool listed_follow(struct st_diff_work *w, const struct st_world *world,
                          const struct st_plain *plain, const struct st_rule *rule)
{
    struct st_values values = {0};
    find_list(w, world, &values);
    if (!values.listed || rule->kind >= ST_RULE_UNEVALUATED_ITEMS)
        return false;
    const struct st_plain *alone = st_diff_rule_alone(w, plain, rule);
    return alone != NULL && all_listed(w, world, alone) == ST_SURE_YES;
}

bool st_diff_rule_follows(struct st_diff_work *w, const struct st_world *world,
                          const struct st_plain *plain, const struct st_rule *rule)
{
    if (w->depth >= ST_DIFF_DEPTH_MAX || !st_diff_spend(w, 1))
        return false;
    w->depth++;
    bool follows = st_diff_prove_rule(w, world, plain, rule) ||
                   listed_follow(w, world, plain, rule) || st_diff_is_empty(w, world) ||
                   split(w, world, plain, rule);
    w->depth--;
    return follows;
}

/* ---- schemas ---- */

static bool is_known(struct st_diff_work *w, const struct st_world *world,
                     const struct st_plain *plain)
{
    if (world->empty || st_diff_accepts_all(plain))
        return true;
    for (uint32_t i = 0; i < world->is_count; i++)
        if (st_diff_same(w, world->is[i], plain))
            return true;
    return false;
}

static bool prove(struct st_diff_work *w, const struct st_world *world,
                  const struct st_plain *plain)
{
    enum st_sure listed = all_listed(w, world, plain);
    if (listed == ST_SURE_YES)
        return true;
    if (plain->refuses)
        return search_empty(w, world);
    if (listed == ST_SURE_NO)
        return false;
    for (uint32_t i = 0; i < plain->rule_count; i++)
        if (!st_diff_rule_follows(w, world, plain, &plain->rules[i]))
            return false;
    return true;
}

static void forget_since(struct st_diff_work *w, uint32_t logged)
{
    for (uint32_t i = logged; i < w->claim_logged; i++) {
        struct st_claim *claim =
            slot_of(w->claims, w->claim_room, w->claim_log[i].world, w->claim_log[i].plain);
        if (claim->state == CLAIM_PROVED)
            claim->state = CLAIM_NONE;
    }
    w->claim_logged = logged;
}

static bool log_claim(struct st_diff_work *w, const struct st_world *world,
                      const struct st_plain *plain)
{
    if (w->claim_logged == w->claim_log_room) {
        uint32_t room = w->claim_log_room == 0 ? 1024 : 2 * w->claim_log_room;
        struct st_claimed *log = st_diff_get(w, room * sizeof *log);
        if (log == NULL)
            return false;
        if (w->claim_logged > 0)
            memcpy(log, w->claim_log, w->claim_logged * sizeof *log);
        w->claim_log = log;
        w->claim_log_room = room;
    }
    w->claim_log[w->claim_logged++] = (struct st_claimed){world, plain};
    return true;
}

/* A claim that ran out of steps or of depth may be proved elsewhere, where more is left. */
static bool settle(struct st_diff_work *w, const struct st_world *world,
                   const struct st_plain *plain, bool proved, uint32_t logged)
{
    struct st_claim *claim = slot_of(w->claims, w->claim_room, world, plain);
    if (!proved)
        forget_since(w, logged);
    claim->state = proved && log_claim(w, world, plain) ? CLAIM_PROVED : CLAIM_FAILED;
    return claim->state == CLAIM_PROVED;
}

bool st_diff_follows(struct st_diff_work *w, const struct st_world *world,
                     const struct st_plain *plain)
{
    if (is_known(w, world, plain))
        return true;
    if (w->depth >= ST_DIFF_DEPTH_MAX || !st_diff_spend(w, 2))
        return false;
    struct st_claim *claim = find_claim(w, world, plain);
    if (claim == NULL)
        return false;
    if (claim->state == CLAIM_OPEN)
        return w->level > claim->level;
    if (claim->state != CLAIM_NONE)
        return claim->state == CLAIM_PROVED;
    claim->state = CLAIM_OPEN;
    claim->level = w->level;
    uint32_t logged = w->claim_logged;
    w->depth++;
    bool proved = prove(w, world, plain);
    w->depth--;
    return settle(w, world, plain, proved && w->err == ST_OK && !w->tired, logged);
}
