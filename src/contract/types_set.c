/*
 * types_set.c: which schemas hold for one value.
 */
#include "contract/field.h"
#include "contract/types_graph.h"

#include "json/compare.h"

/* ---- what an `if` says of an event whose type is known ---- */

enum answer { NO, YES, MAYBE };

static enum answer both(enum answer a, enum answer b)
{
    return a == NO || b == NO ? NO : a == YES && b == YES ? YES : MAYBE;
}

static enum answer either(enum answer a, enum answer b)
{
    return a == YES || b == YES ? YES : a == NO && b == NO ? NO : MAYBE;
}

static enum answer opposite(enum answer a)
{
    return a == MAYBE ? MAYBE : a == YES ? NO : YES;
}

/* Whether the value at `node`, of a const or an enum, is the event's type. */
static enum answer is_type(const struct st_types *types, uint32_t node,
                           const struct st_known *known)
{
    if (st_json_kind(types->doc, node) != ST_JSON_STRING)
        return NO;
    st_str text = st_json_text(types->doc, node);
    if (known->type.at == NULL)
        return st_contract_names(types->contract, text) ? NO : MAYBE;
    return st_str_eq(text, known->type) ? YES : NO;
}

static enum answer is_listed(const struct st_types *types, uint32_t list,
                             const struct st_known *known)
{
    enum answer answer = NO;
    for (uint32_t at = st_json_first(types->doc, list); at != ST_JSON_NONE;
         at = st_json_next(types->doc, list, at))
        answer = either(answer, is_type(types, at, known));
    return answer;
}

/* Whether the event's type satisfies the schema at `node`. */
static enum answer type_satisfies(const struct st_types *types, uint32_t node,
                                  const struct st_known *known)
{
    const struct st_json *doc = types->doc;
    enum answer answer = YES;
    if (known->is_absent)
        return YES;
    if (st_json_kind(doc, node) != ST_JSON_OBJECT)
        return st_json_kind(doc, node) == ST_JSON_FALSE ? NO : YES;
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE;
         at = st_json_next(doc, node, at)) {
        st_str name = st_json_text(doc, at);
        if (st_str_eq(name, ST_STR("const")))
            answer = both(answer, is_type(types, at + 1, known));
        else if (st_str_eq(name, ST_STR("enum")))
            answer = both(answer, is_listed(types, at + 1, known));
        else
            answer = both(answer, MAYBE);
    }
    return answer;
}

static enum answer decide(struct st_types *types, uint32_t node, const struct st_known *known);

static enum answer decide_members(struct st_types *types, uint32_t properties,
                                  const struct st_known *known)
{
    enum answer answer = YES;
    for (uint32_t at = st_json_first(types->doc, properties); at != ST_JSON_NONE;
         at = st_json_next(types->doc, properties, at)) {
        bool about_type = st_str_eq(st_json_text(types->doc, at), known->member);
        bool free = st_json_kind(types->doc, at + 1) == ST_JSON_TRUE;
        answer = both(answer, about_type ? type_satisfies(types, at + 1, known)
                              : free     ? YES
                                         : MAYBE);
    }
    return answer;
}

static enum answer decide_required(const struct st_types *types, uint32_t list,
                                   const struct st_known *known)
{
    enum answer answer = YES;
    for (uint32_t at = st_json_first(types->doc, list); at != ST_JSON_NONE;
         at = st_json_next(types->doc, list, at)) {
        bool about_type = st_str_eq(st_json_text(types->doc, at), known->member);
        answer = both(answer, !about_type ? MAYBE : known->is_absent ? NO : YES);
    }
    return answer;
}

static enum answer decide_list(struct st_types *types, uint32_t list, bool all,
                               const struct st_known *known)
{
    enum answer answer = all ? YES : NO;
    for (uint32_t at = st_json_first(types->doc, list); at != ST_JSON_NONE;
         at = st_json_next(types->doc, list, at))
        answer =
            all ? both(answer, decide(types, at, known)) : either(answer, decide(types, at, known));
    return answer;
}

static enum answer decide_keyword(struct st_types *types, uint32_t name,
                                  const struct st_known *known)
{
    st_str keyword = st_json_text(types->doc, name);
    uint32_t value = name + 1;
    if (st_str_eq(keyword, ST_STR("properties")))
        return decide_members(types, value, known);
    if (st_str_eq(keyword, ST_STR("required")))
        return decide_required(types, value, known);
    if (st_str_eq(keyword, ST_STR("allOf")))
        return decide_list(types, value, true, known);
    if (st_str_eq(keyword, ST_STR("anyOf")))
        return decide_list(types, value, false, known);
    if (st_str_eq(keyword, ST_STR("not")))
        return opposite(decide(types, value, known));
    if (st_str_eq(keyword, ST_STR("$ref"))) {
        uint32_t target = st_field_target(types->doc, value);
        return target == ST_JSON_NONE ? MAYBE : decide(types, target, known);
    }
    if (st_str_eq(keyword, ST_STR("title")) || st_str_eq(keyword, ST_STR("description")) ||
        st_str_eq(keyword, ST_STR("$comment")))
        return YES;
    return MAYBE;
}

static enum answer decide(struct st_types *types, uint32_t node, const struct st_known *known)
{
    enum answer answer = YES;
    if (types->steps == 0 || types->depth == ST_TYPES_DEPTH_MAX) {
        types->err = ST_ERR_LIMIT;
        return MAYBE;
    }
    types->steps--;
    if (st_json_kind(types->doc, node) != ST_JSON_OBJECT)
        return st_json_kind(types->doc, node) == ST_JSON_FALSE ? NO : YES;
    for (uint32_t at = st_json_first(types->doc, node); at != ST_JSON_NONE;
         at = st_json_next(types->doc, node, at)) {
        types->depth++;
        answer = both(answer, decide_keyword(types, at, known));
        types->depth--;
    }
    return answer;
}

/* ---- gathering ---- */

static bool tells(st_str keyword)
{
    static const st_str silent[] = {
        ST_STR_INIT("title"), ST_STR_INIT("description"), ST_STR_INIT("examples"),
        ST_STR_INIT("if"),    ST_STR_INIT("then"),        ST_STR_INIT("else"),
        ST_STR_INIT("allOf"), ST_STR_INIT("x-steno"),     ST_STR_INIT("deprecated"),
    };
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++)
        if (st_str_eq(keyword, silent[i]))
            return false;
    return !st_str_starts(keyword, ST_STR("$"));
}

static bool says_something(const struct st_json *doc, uint32_t node)
{
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE;
         at = st_json_next(doc, node, at))
        if (tells(st_json_text(doc, at)))
            return true;
    return false;
}

static bool is_in(const struct st_schemas *set, uint32_t node)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->at[i].node == node)
            return true;
    return false;
}

static void put(struct st_types *types, struct st_schemas *set, uint32_t node, uint32_t chosen)
{
    if (set->count == set->room) {
        uint32_t room = set->room == 0 ? 4 : 2 * set->room;
        struct st_schema_in *more = ST_ARENA_ARRAY(&types->arena, struct st_schema_in, room);
        if (more == NULL) {
            types->err = types->arena.full ? ST_ERR_LIMIT : ST_ERR_MEMORY;
            return;
        }
        if (set->count > 0)
            memcpy(more, set->at, set->count * sizeof(*more));
        set->at = more;
        set->room = room;
    }
    set->at[set->count++] = (struct st_schema_in){node, chosen};
}

static void note_text(const struct st_json *doc, uint32_t node, const char *keyword, uint32_t *kept)
{
    uint32_t text = st_json_member(doc, node, st_str_of(keyword));
    if (*kept == 0 && text != ST_JSON_NONE && st_json_kind(doc, text) == ST_JSON_STRING)
        *kept = text;
}

static void add_branches(struct st_types *types, struct st_schemas *set, uint32_t node,
                         const struct st_known *known)
{
    uint32_t condition = st_json_member(types->doc, node, ST_STR("if"));
    if (condition == ST_JSON_NONE)
        return;
    enum answer answer = known == NULL ? MAYBE : decide(types, condition, known);
    const struct st_known absent = {
        .member = known == NULL ? ST_STR("") : known->member,
        .is_absent = true,
    };
    set->unsure = set->unsure || answer == MAYBE;
    if (answer == YES && decide(types, condition, &absent) == NO)
        set->type_needed = true;
    uint32_t branch = answer == MAYBE ? ST_JSON_NONE
                      : answer == YES ? st_json_member(types->doc, node, ST_STR("then"))
                                      : st_json_member(types->doc, node, ST_STR("else"));
    if (branch != ST_JSON_NONE)
        st_schemas_add(types, set, branch, 0, known);
}

/* Of an event's alternatives the only one that its type lets stand. */
static uint32_t choose(struct st_types *types, uint32_t list, const struct st_known *known)
{
    uint32_t chosen = ST_JSON_NONE;
    uint32_t count = 0;
    for (uint32_t at = st_json_first(types->doc, list); at != ST_JSON_NONE;
         at = st_json_next(types->doc, list, at)) {
        if (decide(types, at, known) == NO)
            continue;
        chosen = at;
        count++;
    }
    return count == 1 ? chosen : ST_JSON_NONE;
}

static void add_choices(struct st_types *types, struct st_schemas *set, uint32_t node,
                        const struct st_known *known)
{
    static const char *const keywords[] = {"anyOf", "oneOf"};
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0] && known != NULL; i++) {
        uint32_t list = st_json_member(types->doc, node, st_str_of(keywords[i]));
        uint32_t chosen = list == ST_JSON_NONE ? list : choose(types, list, known);
        set->unsure = set->unsure || (list != ST_JSON_NONE && chosen == ST_JSON_NONE);
        if (chosen != ST_JSON_NONE)
            st_schemas_add(types, set, chosen, 0, known);
    }
}

static void add_refs(struct st_types *types, struct st_schemas *set, uint32_t node,
                     const struct st_known *known)
{
    static const char *const keywords[] = {"$ref", "$dynamicRef"};
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        uint32_t ref = st_json_member(types->doc, node, st_str_of(keywords[i]));
        uint32_t target = ref == ST_JSON_NONE ? ref : st_field_target(types->doc, ref);
        if (target != ST_JSON_NONE)
            st_schemas_add(types, set, target, 0, known);
    }
}

void st_schemas_add(struct st_types *types, struct st_schemas *set, uint32_t node, uint32_t chosen,
                    const struct st_known *known)
{
    const struct st_json *doc = types->doc;
    if (types->err != ST_OK)
        return;
    if (types->steps == 0 || types->depth == ST_TYPES_DEPTH_MAX) {
        types->err = ST_ERR_LIMIT;
        return;
    }
    types->steps--;
    if (st_json_kind(doc, node) != ST_JSON_OBJECT) {
        set->never = set->never || st_json_kind(doc, node) == ST_JSON_FALSE;
        return;
    }
    if (is_in(set, node))
        return;
    types->depth++;
    note_text(doc, node, "title", &set->title);
    note_text(doc, node, "description", &set->description);
    if (says_something(doc, node))
        put(types, set, node, chosen);
    add_refs(types, set, node, known);
    uint32_t all = st_json_member(doc, node, ST_STR("allOf"));
    for (uint32_t at = all == ST_JSON_NONE ? all : st_json_first(doc, all); at != ST_JSON_NONE;
         at = st_json_next(doc, all, at))
        st_schemas_add(types, set, at, 0, known);
    add_branches(types, set, node, known);
    add_choices(types, set, node, known);
    types->depth--;
}
