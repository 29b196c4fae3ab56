/*
 * match.c: paths, conditions and scopes of an annotation, held against an event.
 */
#include "contract/annotation.h"

#include "json/compare.h"

/* ---- paths ---- */

static uint32_t find_element(const struct st_json *doc, uint32_t node, st_str token)
{
    uint64_t index;
    if ((token.len > 1 && token.at[0] == '0') || st_str_to_u64(token, &index) != ST_OK)
        return ST_JSON_NONE;
    return st_json_element(doc, node, index);
}

/* Whether the event's names have the numbers that the annotation knows them by: it was parsed with
 * the same table, when that held all of them. */
static bool is_numbered(const struct st_annotation *annotation, const struct st_json *doc)
{
    return annotation->names != NULL && doc->names == annotation->names &&
           doc->name_count >= annotation->name_count;
}

static uint32_t find_numbered(const struct st_json *doc, uint32_t node, uint16_t number)
{
    if (st_json_kind(doc, node) != ST_JSON_OBJECT)
        return ST_JSON_NONE;
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE;
         at = st_json_next(doc, node, at))
        if (doc->nodes[at].name == number)
            return at + 1;
    return ST_JSON_NONE;
}

static uint32_t find(const struct st_path *path, const struct st_sight *sight)
{
    if (sight->found != NULL)
        return sight->found[path->spot];
    const struct st_json *doc = sight->doc;
    bool numbered = is_numbered(sight->annotation, doc);
    uint32_t node = sight->node;
    for (uint32_t i = 0; i < path->count && node != ST_JSON_NONE; i++) {
        if (st_json_kind(doc, node) == ST_JSON_ARRAY)
            node = find_element(doc, node, path->tokens[i]);
        else if (numbered)
            node = find_numbered(doc, node, path->numbers[i]);
        else
            node = st_json_member(doc, node, path->tokens[i]);
    }
    return node;
}

uint32_t st_paths_find(const struct st_paths *paths, const struct st_sight *sight,
                       enum st_json_kind kind)
{
    for (uint32_t i = 0; i < paths->count; i++) {
        uint32_t found = find(&paths->at[i], sight);
        if (found != ST_JSON_NONE && st_json_kind(sight->doc, found) == kind)
            return found;
    }
    return ST_JSON_NONE;
}

uint32_t st_paths_find_any(const struct st_paths *paths, const struct st_sight *sight)
{
    for (uint32_t i = 0; i < paths->count; i++) {
        uint32_t found = find(&paths->at[i], sight);
        if (found != ST_JSON_NONE)
            return found;
    }
    return ST_JSON_NONE;
}

bool st_sight_untag(struct st_sight *sight, st_str *type)
{
    const struct st_annotation *annotation = sight->annotation;
    const struct st_json *doc = sight->doc;
    uint32_t index;
    if (annotation->tags.count == 0 || st_json_kind(doc, sight->node) != ST_JSON_OBJECT ||
        doc->nodes[sight->node].len != 1)
        return false;
    uint32_t name = st_json_first(doc, sight->node);
    if (!st_names_has(&annotation->tags, st_json_text(doc, name), &index) ||
        st_json_kind(doc, name + 1) != ST_JSON_OBJECT)
        return false;
    *type = annotation->tag_types.at[index];
    sight->node = name + 1;
    return true;
}

/* The child of a spot that a name leads to; 0: none. */
static uint32_t find_child(const struct st_sight *sight, uint32_t spot, uint32_t name)
{
    const struct st_spot *spots = sight->annotation->spots;
    uint32_t child = spots[spot].first;
    if (is_numbered(sight->annotation, sight->doc)) {
        uint16_t number = sight->doc->nodes[name].name;
        while (number != 0 && child != 0 && spots[child].number != number)
            child = spots[child].next;
        return number == 0 ? 0 : child;
    }
    st_str text = st_json_text(sight->doc, name);
    while (child != 0 && !st_str_eq(spots[child].name, text))
        child = spots[child].next;
    return child;
}

/* Recursion is bounded by the event's depth. */
static void fill(const struct st_sight *sight, uint32_t spot, uint32_t node, uint32_t *found)
{
    const struct st_spot *spots = sight->annotation->spots;
    const struct st_json *doc = sight->doc;
    enum st_json_kind kind = st_json_kind(doc, node);
    found[spot] = node;
    if (spots[spot].first == 0 || kind < ST_JSON_ARRAY)
        return;
    if (kind == ST_JSON_ARRAY) {
        for (uint32_t child = spots[spot].first; child != 0; child = spots[child].next) {
            uint32_t element = find_element(doc, node, spots[child].name);
            if (element != ST_JSON_NONE)
                fill(sight, child, element, found);
        }
        return;
    }
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE;
         at = st_json_next(doc, node, at)) {
        uint32_t child = find_child(sight, spot, at);
        if (child != 0)
            fill(sight, child, at + 1, found);
    }
}

void st_sight_fill(struct st_sight *sight, uint32_t *found)
{
    for (uint32_t i = 0; i < sight->annotation->spot_count; i++)
        found[i] = ST_JSON_NONE;
    fill(sight, 0, sight->node, found);
    sight->found = found;
}

/* ---- names and types ---- */

bool st_names_has(const struct st_names *names, st_str name, uint32_t *index)
{
    for (uint32_t i = 0; i < names->count; i++) {
        if (st_str_eq(names->at[i], name)) {
            *index = i;
            return true;
        }
    }
    return false;
}

bool st_annotation_names(const struct st_annotation *annotation, st_str type)
{
    uint32_t from = 0;
    uint32_t to = annotation->sorted.count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order = st_str_cmp(annotation->sorted.at[middle], type);
        if (order == 0)
            return true;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}

/* '*' stands for any run of characters. On a mismatch the last '*' takes one character more, which
 * is enough: an earlier one need never be tried again. */
static bool fits(st_str pattern, st_str text)
{
    size_t p = 0;
    size_t t = 0;
    size_t star = SIZE_MAX;
    size_t mark = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.at[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.len && pattern.at[p] == text.at[t]) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.at[p] == '*')
        p++;
    return p == pattern.len;
}

bool st_types_fit(const struct st_names *patterns, st_str type)
{
    for (uint32_t i = 0; i < patterns->count; i++)
        if (fits(patterns->at[i], type))
            return true;
    return false;
}

/* ---- conditions ---- */

static bool is_one_of(const struct st_json *doc, uint32_t node, const struct st_json *list_doc,
                      uint32_t list)
{
    for (uint32_t at = st_json_first(list_doc, list); at != ST_JSON_NONE;
         at = st_json_next(list_doc, list, at))
        if (st_json_equal(doc, node, list_doc, at))
            return true;
    return false;
}

static bool has_only(const struct st_json *doc, uint32_t node, const struct st_names *names)
{
    if (st_json_kind(doc, node) != ST_JSON_OBJECT)
        return false;
    uint32_t index;
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE;
         at = st_json_next(doc, node, at))
        if (!st_names_has(names, st_json_text(doc, at), &index))
            return false;
    return true;
}

static bool holds(const struct st_condition *condition, const struct st_sight *sight)
{
    const struct st_json *doc = sight->doc;
    uint32_t found = find(&condition->at, sight);
    if (found == ST_JSON_NONE)
        return condition->test == ST_TEST_EXISTS && !condition->exists;
    switch (condition->test) {
    case ST_TEST_EQUALS:
        return st_json_equal(doc, found, sight->annotation->doc, condition->value);
    case ST_TEST_IN:
        return is_one_of(doc, found, sight->annotation->doc, condition->value);
    case ST_TEST_EXISTS:
        return condition->exists;
    case ST_TEST_TYPE:
        return st_str_eq(condition->type, st_str_of(st_json_kind_name(st_json_kind(doc, found))));
    case ST_TEST_LIKE:
        return st_json_kind(doc, found) == ST_JSON_STRING &&
               st_types_fit(&condition->names, st_json_text(doc, found));
    case ST_TEST_ONLY_MEMBERS:
        return has_only(doc, found, &condition->names);
    case ST_TEST_SOLE_MEMBER:
        return doc->nodes[found].len == 1 && has_only(doc, found, &condition->names);
    }
    return false;
}

bool st_conditions_hold(const struct st_conditions *conditions, const struct st_sight *sight)
{
    for (uint32_t i = 0; i < conditions->count; i++)
        if (!holds(&conditions->at[i], sight))
            return false;
    return true;
}

bool st_scope_applies(const struct st_scope *scope, st_str type, const struct st_sight *sight)
{
    if (scope->types.count > 0 && (type.at == NULL || !st_types_fit(&scope->types, type)))
        return false;
    return st_conditions_hold(&scope->when, sight);
}

bool st_contract_recognises(const struct st_contract *contract, const struct st_json *doc,
                            uint32_t node, uint32_t *rank)
{
    const struct st_annotation *annotation = st_contract_annotation(contract);
    const struct st_sight sight = {.annotation = annotation, .doc = doc, .node = node};
    bool found = false;
    for (uint32_t i = 0; i < annotation->mark_count; i++) {
        const struct st_mark *mark = &annotation->marks[i];
        bool is_wanted = found ? mark->rank < *rank : mark->rank <= *rank;
        if (is_wanted && st_conditions_hold(&mark->all, &sight)) {
            *rank = mark->rank;
            found = true;
        }
    }
    return found;
}
