#include "schema/checker.h"

#include "base/mem.h"
#include "json/compare.h"

/* ---- members by name ---- */

/* Objects of fewer members are searched from the first one on, and so are others for the first few
 * names that are asked for: then the names get an index. */
#define FEW_MEMBERS 32
#define FEW_LOOKS   8

/* Names are compared and hashed at some gigabytes a second. */
#define NAME_BYTES_A_STEP 256

static bool reserve_slots(struct st_checker *c, uint32_t count)
{
    struct st_look *look = &c->look;
    if (count > look->room) {
        uint32_t *slots = st_mem_resize(look->slots, count * sizeof(slots[0]));
        if (slots == NULL) {
            c->stop = ST_STOP_MEMORY;
            return false;
        }
        look->slots = slots;
        look->room = count;
    }
    memset(look->slots, 0, count * sizeof(look->slots[0]));
    look->mask = count - 1;
    return true;
}

/* The slot that holds the name, or the free one where it would go: half of them are free. */
static uint32_t *find_slot(const struct st_checker *c, st_str name)
{
    uint32_t at = (uint32_t)st_json_hash_text(name) & c->look.mask;
    while (c->look.slots[at] != 0 && !st_str_eq(st_json_text(c->doc, c->look.slots[at]), name))
        at = (at + 1) & c->look.mask;
    return &c->look.slots[at];
}

static bool index_names(struct st_checker *c, const struct st_plain *plain, uint32_t object)
{
    uint32_t members = c->doc->nodes[object].len;
    uint32_t count = 2 * FEW_MEMBERS;
    while (count < 2 * members)
        count *= 2;
    if (!st_eval_spend(c, plain, object, members) || !reserve_slots(c, count))
        return false;
    uint64_t bytes = 0;
    for (uint32_t at = st_json_first(c->doc, object); at != ST_JSON_NONE;
         at = st_json_next(c->doc, object, at)) {
        st_str name = st_json_text(c->doc, at);
        *find_slot(c, name) = at;
        bytes += name.len;
    }
    c->look.indexed = true;
    return st_eval_spend(c, plain, object, bytes / NAME_BYTES_A_STEP);
}

/* A search from the first member on: each can have a name that differs at its end only. */
static bool search_member(struct st_checker *c, const struct st_plain *plain, uint32_t object,
                          st_str name)
{
    uint64_t members = c->doc->nodes[object].len;
    uint64_t bytes = members * name.len;
    uint64_t span = st_eval_span(c->doc, object);
    if (bytes > span)
        bytes = span;
    return st_eval_spend(c, plain, object, members / 32 + bytes / NAME_BYTES_A_STEP) &&
           st_json_member(c->doc, object, name) != ST_JSON_NONE;
}

static bool has_long_or_of_many(struct st_checker *c, const struct st_plain *plain, uint32_t object,
                                st_str name)
{
    uint32_t members = c->doc->nodes[object].len;
    if (members < FEW_MEMBERS)
        return search_member(c, plain, object, name);
    if (c->look.object != object) {
        c->look.object = object;
        c->look.looks = 0;
        c->look.indexed = false;
    }
    if (!c->look.indexed && c->look.looks < FEW_LOOKS) {
        c->look.looks++;
        return search_member(c, plain, object, name);
    }
    if (!c->look.indexed && !index_names(c, plain, object))
        return false;
    return st_eval_spend(c, plain, object, name.len / NAME_BYTES_A_STEP) &&
           *find_slot(c, name) != 0;
}

static inline bool has_member(struct st_checker *c, const struct st_plain *plain, uint32_t object,
                              st_str name)
{
    return c->doc->nodes[object].len < FEW_MEMBERS && name.len < NAME_BYTES_A_STEP
               ? st_json_member(c->doc, object, name) != ST_JSON_NONE
               : has_long_or_of_many(c, plain, object, name);
}

bool st_eval_has_member(struct st_checker *c, const struct st_plain *plain, uint32_t object,
                        st_str name)
{
    return has_member(c, plain, object, name);
}

/* ---- required ---- */

/* Every absent member is a violation of its own. `because` is the member that demands the names. */
static bool check_names(struct st_checker *c, const struct st_plain *plain,
                        const struct st_rule *rule, uint32_t node, struct st_name_list names,
                        const st_str *because)
{
    if (!st_eval_spend(c, plain, node, names.count / 2))
        return false;
    bool satisfied = true;
    for (uint32_t i = 0; i < names.count; i++) {
        if (has_member(c, plain, node, names.at[i]))
            continue;
        if (!c->tale.on || !st_eval_spend(c, plain, node, 1))
            return false;
        satisfied = false;
        if (because == NULL)
            st_tell(c, plain, rule->keyword, node, &names.at[i], "is required");
        else
            st_tell(c, plain, rule->keyword, node, &names.at[i], "is required beside \"%.*s\"",
                    ST_STR_ARG(*because));
    }
    return satisfied;
}

bool st_eval_required(struct st_checker *c, const struct st_plain *plain,
                      const struct st_rule *rule, uint32_t node, struct st_seen *seen)
{
    return st_json_kind(c->doc, node) != ST_JSON_OBJECT ||
           check_names(c, plain, rule, node, rule->names, NULL);
}

bool st_eval_dependent_required(struct st_checker *c, const struct st_plain *plain,
                                const struct st_rule *rule, uint32_t node, struct st_seen *seen)
{
    if (st_json_kind(c->doc, node) != ST_JSON_OBJECT)
        return true;
    if (!st_eval_spend(c, plain, node, rule->named.count / 2))
        return false;
    bool satisfied = true;
    for (uint32_t i = 0; i < rule->named.count; i++) {
        const struct st_named *named = &rule->named.at[i];
        if (!has_member(c, plain, node, named->name))
            continue;
        satisfied = check_names(c, plain, rule, node, named->names, &named->name) && satisfied;
        if (!satisfied && !c->tale.on)
            return false;
    }
    return satisfied && c->stop == ST_STOP_NOT;
}

/* ---- properties, patternProperties, additionalProperties ---- */

/* The member that a walk over an object has come to. */
struct member {
    uint32_t object;
    uint32_t index;
    uint32_t value;
    st_str name;
};

/* The keywords of a group of members. */
enum { NAMED, PATTERNED, ADDITIONAL };

/* Applies a schema to the member's value; the path of keywords is that of the caller. */
static bool eval_member(struct st_checker *c, const struct st_plain *to,
                        const struct member *member, size_t walked)
{
    size_t place = st_at_member(c, member->name);
    bool satisfied = st_eval(c, to, member->value, NULL);
    st_at_back(c, place);
    st_walk_back(c, walked);
    return satisfied;
}

static bool eval_patterned(struct st_checker *c, const struct st_plain *plain,
                           const struct st_members *members, const struct member *member,
                           const struct st_group *group, bool *known)
{
    bool satisfied = true;
    for (uint32_t i = 0; i < members->patterned_count; i++) {
        const struct st_patterned *patterned = &members->patterned[i];
        bool found = false;
        if (!st_eval_spend(c, plain, member->object, 1 + member->name.len / 32))
            return false;
        st_err err = st_pattern_search(patterned->pattern, c->matcher, member->name, &found);
        if (err == ST_OK &&
            !st_eval_spend(c, plain, member->object, st_matcher_spent(c->matcher) / 4))
            return false;
        if (err == ST_ERR_MEMORY)
            c->stop = ST_STOP_MEMORY;
        else if (err != ST_OK)
            st_eval_stop_at_limit(c, plain, member->object,
                                  "must have names that patterns match in fewer steps");
        if (!found)
            continue;
        *known = true;
        st_group_reach(c, group, PATTERNED, member->index);
        size_t walked = st_walk_into_name(c, "patternProperties", patterned->source);
        satisfied = eval_member(c, patterned->plain, member, walked) && satisfied;
    }
    return satisfied && c->stop == ST_STOP_NOT;
}

static bool eval_additional(struct st_checker *c, const struct st_plain *plain,
                            const struct st_plain *additional, const struct member *member)
{
    if (additional->refuses) {
        if (!st_eval_spend(c, plain, member->object, 1))
            return false;
        st_tell(c, plain, "additionalProperties", member->object, &member->name,
                "additional property is not allowed");
        return false;
    }
    return eval_member(c, additional, member, st_walk_into(c, "additionalProperties"));
}

/* All that the three keywords say of one member; *known: one of them has said something. */
static bool eval_one_member(struct st_checker *c, const struct st_plain *plain,
                            const struct st_members *members, const struct member *member,
                            const struct st_group *group, bool *known)
{
    bool satisfied = true;
    *known = false;
    if (member->name.len >= NAME_BYTES_A_STEP &&
        !st_eval_spend(c, plain, member->object, member->name.len / NAME_BYTES_A_STEP))
        return false;
    const struct st_plain *named = st_named_find(members->named, member->name);
    *known = named != NULL;
    if (named != NULL) {
        st_group_reach(c, group, NAMED, member->index);
        satisfied = eval_member(c, named, member, st_walk_into_name(c, "properties", member->name));
    }
    if (members->patterned_count > 0)
        satisfied = eval_patterned(c, plain, members, member, group, known) && satisfied;
    if (!*known && members->additional != NULL) {
        *known = true;
        st_group_reach(c, group, ADDITIONAL, member->index);
        satisfied = eval_additional(c, plain, members->additional, member) && satisfied;
    }
    return satisfied;
}

static void open_members(struct st_checker *c, struct st_group *group, const struct st_plain *plain,
                         const struct st_members *members, uint32_t node)
{
    const char *const keywords[] = {
        [NAMED] = members->named.count > 0 ? "properties" : NULL,
        [PATTERNED] = members->patterned_count > 0 ? "patternProperties" : NULL,
        [ADDITIONAL] = members->additional != NULL ? "additionalProperties" : NULL,
    };
    const enum st_reach reaches[] = {ST_REACH_NAMES, ST_REACH_NAMES, ST_REACH_NAMES};
    st_group_open(c, group, plain, node, keywords, reaches);
}

bool st_eval_members(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                     uint32_t node, struct st_seen *seen)
{
    if (st_json_kind(c->doc, node) != ST_JSON_OBJECT)
        return true;
    if (!st_eval_spend(c, plain, node, c->doc->nodes[node].len / 2))
        return false;
    bool satisfied = true;
    uint32_t index = 0;
    struct st_group group;
    group.count = 0;
    if (c->tale.on)
        open_members(c, &group, plain, rule->members, node);
    for (uint32_t at = st_json_first(c->doc, node); at != ST_JSON_NONE;
         at = st_json_next(c->doc, node, at), index++) {
        struct member member = {
            .object = node, .index = index, .value = at + 1, .name = st_json_text(c->doc, at)};
        bool known;
        satisfied = eval_one_member(c, plain, rule->members, &member, &group, &known) && satisfied;
        if (known)
            st_seen_mark(c, seen, index);
        if ((!satisfied && !c->tale.on) || c->stop != ST_STOP_NOT)
            break;
    }
    st_group_close(c, &group, node, satisfied);
    return satisfied && c->stop == ST_STOP_NOT;
}

/* ---- propertyNames ---- */

/* A name is no value of the instance: its violations stand at the object, with the member as what
 * must be mended. */
bool st_eval_names(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                   uint32_t node, struct st_seen *seen)
{
    if (st_json_kind(c->doc, node) != ST_JSON_OBJECT)
        return true;
    bool satisfied = true;
    const st_str *outer = c->tale.name;
    for (uint32_t at = st_json_first(c->doc, node); at != ST_JSON_NONE;
         at = st_json_next(c->doc, node, at)) {
        st_str name = st_json_text(c->doc, at);
        struct st_told told =
            st_tell_open(c, plain, rule->keyword, node, &name, false, "must have an allowed name");
        size_t walked = st_walk_into(c, rule->keyword);
        c->tale.name = &name;
        bool allowed = st_eval(c, rule->plain, at, NULL);
        c->tale.name = outer;
        st_walk_back(c, walked);
        st_tell_close(c, told, allowed);
        satisfied = satisfied && allowed;
        if ((!satisfied && !c->tale.on) || c->stop != ST_STOP_NOT)
            return false;
    }
    return satisfied;
}
