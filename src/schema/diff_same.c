/*
 * diff_same.c: whether two schemas say the same, rule by rule, references followed.
 *
 * Pairs under comparison are taken to be the same; a pair that turns out not to be takes all that
 * was concluded since with it.
 */
#include "schema/diff_work.h"

#include "json/compare.h"

/* The map's order is that of insertion, so conclusions are taken back from its end: what may rest
 * on a wrong one is forgotten by giving it the value 0. */
enum { PAIR_FORGOTTEN, PAIR_SAME, PAIR_OTHER };

static bool same_plains(struct st_diff_work *w, struct st_plain_list a, struct st_plain_list b)
{
    if (a.count != b.count)
        return false;
    for (uint32_t i = 0; i < a.count; i++)
        if (!st_diff_same(w, a.at[i], b.at[i]))
            return false;
    return true;
}

static bool same_or_none(struct st_diff_work *w, const struct st_plain *a, const struct st_plain *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || st_diff_same(w, a, b));
}

static bool has_all(struct st_name_list a, struct st_name_list b)
{
    for (uint32_t i = 0; i < b.count; i++) {
        bool found = false;
        for (uint32_t k = 0; k < a.count && !found; k++)
            found = st_str_eq(a.at[k], b.at[i]);
        if (!found)
            return false;
    }
    return true;
}

static bool same_names(struct st_name_list a, struct st_name_list b)
{
    return has_all(a, b) && has_all(b, a);
}

static bool same_named(struct st_diff_work *w, struct st_named_list a, struct st_named_list b)
{
    if (a.count != b.count)
        return false;
    for (uint32_t i = 0; i < a.count; i++) {
        const struct st_named *other = st_diff_find_named(b, a.at[i].name);
        if (other == NULL || !same_names(a.at[i].names, other->names) ||
            !same_or_none(w, a.at[i].plain, other->plain))
            return false;
    }
    return true;
}

static bool same_members(struct st_diff_work *w, const struct st_members *a,
                         const struct st_members *b)
{
    if (a->patterned_count != b->patterned_count || !same_named(w, a->named, b->named) ||
        !same_or_none(w, a->additional, b->additional))
        return false;
    for (uint32_t i = 0; i < a->patterned_count; i++) {
        bool found = false;
        for (uint32_t k = 0; k < b->patterned_count && !found; k++)
            found = st_str_eq(a->patterned[i].source, b->patterned[k].source) &&
                    st_diff_same(w, a->patterned[i].plain, b->patterned[k].plain);
        if (!found)
            return false;
    }
    return true;
}

static bool same_contains(struct st_diff_work *w, const struct st_contains *a,
                          const struct st_contains *b)
{
    return a->min == b->min && a->max == b->max && a->marks == b->marks &&
           st_diff_same(w, a->plain, b->plain);
}

static bool same_condition(struct st_diff_work *w, const struct st_condition *a,
                           const struct st_condition *b)
{
    return st_diff_same(w, a->test, b->test) && same_or_none(w, a->then, b->then) &&
           same_or_none(w, a->otherwise, b->otherwise);
}

static bool same_values(const struct st_plain *a, const struct st_rule *ra,
                        const struct st_plain *b, const struct st_rule *rb)
{
    return st_json_equal(st_plain_doc(a), ra->value, st_plain_doc(b), rb->value);
}

static bool same_references(struct st_diff_work *w, const struct st_plain *a,
                            const struct st_rule *ra, const struct st_plain *b,
                            const struct st_rule *rb)
{
    const struct st_plain *to_a = st_diff_target(w, a, ra);
    const struct st_plain *to_b = st_diff_target(w, b, rb);
    return to_a != NULL && to_b != NULL && st_diff_same(w, to_a, to_b);
}

static bool same_rules(struct st_diff_work *w, const struct st_plain *a, const struct st_rule *ra,
                       const struct st_plain *b, const struct st_rule *rb)
{
    switch (ra->kind) {
    case ST_RULE_TYPE:
        return st_diff_kinds(ra->types) == st_diff_kinds(rb->types);
    case ST_RULE_ENUM:
    case ST_RULE_CONST:
    case ST_RULE_PATTERN:
        return same_values(a, ra, b, rb);
    case ST_RULE_MULTIPLE:
    case ST_RULE_MINIMUM:
    case ST_RULE_EXCLUSIVE_MINIMUM:
    case ST_RULE_MAXIMUM:
    case ST_RULE_EXCLUSIVE_MAXIMUM:
        return st_decimal_cmp(ra->number, rb->number) == 0;
    case ST_RULE_MIN_LENGTH:
    case ST_RULE_MAX_LENGTH:
    case ST_RULE_MIN_ITEMS:
    case ST_RULE_MAX_ITEMS:
    case ST_RULE_MIN_PROPERTIES:
    case ST_RULE_MAX_PROPERTIES:
        return ra->count == rb->count;
    case ST_RULE_FORMAT:
        return ra->format == rb->format;
    case ST_RULE_UNIQUE_ITEMS:
        return true;
    case ST_RULE_REQUIRED:
        return same_names(ra->names, rb->names);
    case ST_RULE_DEPENDENT_REQUIRED:
    case ST_RULE_DEPENDENT_SCHEMAS:
        return same_named(w, ra->named, rb->named);
    case ST_RULE_MEMBERS:
        return same_members(w, ra->members, rb->members);
    case ST_RULE_ITEMS:
        return same_plains(w, ra->items->prefix, rb->items->prefix) &&
               same_or_none(w, ra->items->rest, rb->items->rest);
    case ST_RULE_CONTAINS:
        return same_contains(w, ra->contains, rb->contains);
    case ST_RULE_REF:
    case ST_RULE_DYNAMIC_REF:
        return same_references(w, a, ra, b, rb);
    case ST_RULE_ALL_OF:
    case ST_RULE_ANY_OF:
    case ST_RULE_ONE_OF:
        return same_plains(w, ra->plains, rb->plains);
    case ST_RULE_NAMES:
    case ST_RULE_NOT:
    case ST_RULE_UNEVALUATED_ITEMS:
    case ST_RULE_UNEVALUATED_MEMBERS:
        return st_diff_same(w, ra->plain, rb->plain);
    case ST_RULE_IF:
        return same_condition(w, ra->condition, rb->condition);
    case ST_RULE_COUNT:
        break;
    }
    return false;
}

static bool compare(struct st_diff_work *w, const struct st_plain *a, const struct st_plain *b)
{
    if (a->refuses != b->refuses || a->rule_count != b->rule_count)
        return false;
    for (uint32_t i = 0; i < a->rule_count; i++) {
        const struct st_rule *rule = &a->rules[i];
        bool found = false;
        for (uint32_t k = 0; k < b->rule_count && !found; k++)
            found = b->rules[k].kind == rule->kind && same_rules(w, a, rule, b, &b->rules[k]);
        if (!found)
            return false;
    }
    return true;
}

static bool log_same(struct st_diff_work *w, uint32_t entry)
{
    if (w->same_logged == w->same_room) {
        uint32_t room = w->same_room == 0 ? 256 : 2 * w->same_room;
        uint32_t *log = st_diff_get(w, room * sizeof *log);
        if (log == NULL)
            return false;
        if (w->same_logged > 0)
            memcpy(log, w->same_log, w->same_logged * sizeof *log);
        w->same_log = log;
        w->same_room = room;
    }
    w->same_log[w->same_logged++] = entry;
    return true;
}

#define SAME_DEPTH_MAX 200

bool st_diff_same(struct st_diff_work *w, const struct st_plain *a, const struct st_plain *b)
{
    if (a == b)
        return true;
    if (a->refuses != b->refuses || a->rule_count != b->rule_count || !st_diff_spend(w, 1))
        return false;
    struct st_pair pair = {a, b};
    struct st_map_entry *entry = st_map_find(&w->same, (st_str){(const char *)&pair, sizeof pair});
    if (entry != NULL && entry->value != PAIR_FORGOTTEN)
        return entry->value == PAIR_SAME;
    if (w->depth >= SAME_DEPTH_MAX)
        return false;
    if (entry == NULL) {
        struct st_pair *kept = st_diff_get(w, sizeof *kept);
        if (kept == NULL)
            return false;
        *kept = pair;
        if (!st_diff_failed(w, st_map_put(&w->same, (st_str){(const char *)kept, sizeof *kept},
                                          PAIR_SAME, &entry, NULL)))
            return false;
    }
    uint32_t at = (uint32_t)(entry - w->same.entries);
    uint32_t logged = w->same_logged;
    if (!log_same(w, at))
        return false;
    w->same.entries[at].value = PAIR_SAME;
    w->depth++;
    bool same = compare(w, a, b);
    w->depth--;
    if (same)
        return true;
    for (uint32_t i = logged; i < w->same_logged; i++)
        if (w->same.entries[w->same_log[i]].value == PAIR_SAME)
            w->same.entries[w->same_log[i]].value = PAIR_FORGOTTEN;
    w->same_logged = logged;
    w->same.entries[at].value = w->err == ST_OK && !w->tired ? PAIR_OTHER : PAIR_FORGOTTEN;
    return false;
}
