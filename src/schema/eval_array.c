#include "schema/checker.h"

#include "base/mem.h"
#include "json/compare.h"

#include <stdio.h>

/* ---- prefixItems and items ---- */

static bool eval_element(struct st_checker *c, const struct st_plain *to, uint32_t value,
                         uint32_t index, size_t walked)
{
    size_t place = st_at_element(c, index);
    bool satisfied = st_eval(c, to, value, NULL);
    st_at_back(c, place);
    st_walk_back(c, walked);
    return satisfied;
}

static bool eval_rest(struct st_checker *c, const struct st_plain *plain,
                      const struct st_items *items, uint32_t array, uint32_t value, uint32_t index)
{
    if (items->rest->refuses) {
        if (!st_eval_spend(c, plain, array, 1))
            return false;
        char digits[16];
        snprintf(digits, sizeof digits, "%u", index);
        st_str child = st_str_of(digits);
        st_tell(c, plain, items->rest_keyword, array, &child, "additional item is not allowed");
        return false;
    }
    return eval_element(c, items->rest, value, index, st_walk_into(c, items->rest_keyword));
}

static void open_items(struct st_checker *c, struct st_group *group, const struct st_plain *plain,
                       const struct st_items *items, uint32_t node)
{
    const char *const keywords[] = {
        items->prefix.count > 0 ? items->prefix_keyword : NULL,
        items->rest != NULL ? items->rest_keyword : NULL,
        NULL,
    };
    const enum st_reach reaches[] = {ST_REACH_LARGEST, ST_REACH_ANY, ST_REACH_UNSAID};
    st_group_open(c, group, plain, node, keywords, reaches);
}

bool st_eval_items(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                   uint32_t node, struct st_seen *seen)
{
    if (st_json_kind(c->doc, node) != ST_JSON_ARRAY)
        return true;
    const struct st_items *items = rule->items;
    bool satisfied = true;
    uint32_t index = 0;
    struct st_group group;
    group.count = 0;
    if (c->tale.on)
        open_items(c, &group, plain, items, node);
    for (uint32_t at = st_json_first(c->doc, node); at != ST_JSON_NONE;
         at = st_json_next(c->doc, node, at), index++) {
        if (index >= items->prefix.count && items->rest == NULL)
            break;
        st_group_reach(c, &group, index < items->prefix.count ? 0 : 1, index);
        if (index < items->prefix.count)
            satisfied = eval_element(c, items->prefix.at[index], at, index,
                                     st_walk_into_index(c, items->prefix_keyword, index)) &&
                        satisfied;
        else
            satisfied = eval_rest(c, plain, items, node, at, index) && satisfied;
        st_seen_mark(c, seen, index);
        if ((!satisfied && !c->tale.on) || c->stop != ST_STOP_NOT)
            break;
    }
    st_group_close(c, &group, node, satisfied);
    return satisfied && c->stop == ST_STOP_NOT;
}

/* ---- contains ---- */

/* How many elements match, up to `enough`, where the count may stop. */
static uint64_t count_matches(struct st_checker *c, const struct st_contains *contains,
                              uint32_t node, uint64_t enough, const struct st_seen *seen,
                              const struct st_group *group)
{
    uint64_t matches = 0;
    uint32_t index = 0;
    for (uint32_t at = st_json_first(c->doc, node);
         at != ST_JSON_NONE && matches < enough && c->stop == ST_STOP_NOT;
         at = st_json_next(c->doc, node, at), index++) {
        size_t walked = st_walk_into(c, "contains");
        if (eval_element(c, contains->plain, at, index, walked)) {
            matches++;
            if (contains->marks)
                st_seen_mark(c, seen, index);
            st_group_reach(c, group, 0, index);
        }
    }
    return matches;
}

/* Where a no is explained the violation itself is the branch. Before 2020-12 nobody is told which
 * elements matched. */
static void open_contains(struct st_checker *c, struct st_group *group,
                          const struct st_plain *plain, const struct st_contains *contains,
                          uint32_t node)
{
    group->count = 0;
    if (!st_collects(c))
        return;
    const char *const keywords[] = {
        "contains",
        strcmp(contains->min_keyword, "minContains") == 0 ? contains->min_keyword : NULL,
        contains->max != UINT64_MAX ? "maxContains" : NULL,
    };
    const enum st_reach reaches[] = {contains->marks ? ST_REACH_INDEXES : ST_REACH_UNSAID,
                                     ST_REACH_UNSAID, ST_REACH_UNSAID};
    st_group_open(c, group, plain, node, keywords, reaches);
}

bool st_eval_contains(struct st_checker *c, const struct st_plain *plain,
                      const struct st_rule *rule, uint32_t node, struct st_seen *seen)
{
    const struct st_contains *contains = rule->contains;
    if (st_json_kind(c->doc, node) != ST_JSON_ARRAY)
        return true;
    if (st_eval_in_vain(c, plain, rule, node, seen, st_eval_contains))
        return c->stop == ST_STOP_NOT;
    uint64_t enough = UINT64_MAX;
    if ((seen == NULL || !contains->marks) && contains->max == UINT64_MAX && !st_collects(c))
        enough = contains->min;

    struct st_group group;
    open_contains(c, &group, plain, contains, node);
    struct st_told told =
        st_tell_open(c, plain, contains->min_keyword, node, NULL, true,
                     "must contain >= %llu matching items", (unsigned long long)contains->min);
    uint64_t matches = count_matches(c, contains, node, enough, seen, &group);
    st_tell_close(c, told, matches >= contains->min);
    st_group_close(c, &group, node, matches >= contains->min && matches <= contains->max);
    if (c->stop != ST_STOP_NOT)
        return false;
    if (matches > contains->max)
        st_tell(c, plain, "maxContains", node, NULL, "must contain <= %llu matching items",
                (unsigned long long)contains->max);
    return matches >= contains->min && matches <= contains->max;
}

/* ---- uniqueItems ---- */

/* Elements of smaller arrays are compared each with each. */
#define FEW_ITEMS 8

static bool same(struct st_checker *c, const struct st_plain *plain, uint32_t node,
                 const struct st_hashed *a, const struct st_hashed *b)
{
    uint32_t size = st_json_after(c->doc, a->node) - a->node;
    uint64_t bytes = st_eval_span(c->doc, a->node) + st_eval_span(c->doc, b->node);
    return a->hash == b->hash && st_eval_spend(c, plain, node, size + bytes / 64) &&
           st_json_equal(c->doc, a->node, c->doc, b->node);
}

static bool before(const struct st_hashed *a, const struct st_hashed *b)
{
    return a->hash != b->hash ? a->hash < b->hash : a->index < b->index;
}

/* Heapsort: in place, no worst case, and no allocation as in qsort. */
static void sift_down(struct st_hashed *items, uint32_t at, uint32_t count)
{
    for (;;) {
        uint32_t child = at * 2 + 1;
        if (child >= count)
            return;
        if (child + 1 < count && before(&items[child], &items[child + 1]))
            child++;
        if (!before(&items[at], &items[child]))
            return;
        struct st_hashed swapped = items[at];
        items[at] = items[child];
        items[child] = swapped;
        at = child;
    }
}

static void sort_hashed(struct st_hashed *items, uint32_t count)
{
    for (uint32_t at = count / 2; at > 0; at--)
        sift_down(items, at - 1, count);
    for (uint32_t end = count; end > 1; end--) {
        struct st_hashed swapped = items[0];
        items[0] = items[end - 1];
        items[end - 1] = swapped;
        sift_down(items, 0, end - 1);
    }
}

/* Fills c->hashed with the elements in order. */
static bool hash_elements(struct st_checker *c, uint32_t node)
{
    uint32_t count = c->doc->nodes[node].len;
    if (count > c->hashed_room) {
        struct st_hashed *hashed = st_mem_resize(c->hashed, count * sizeof(hashed[0]));
        if (hashed == NULL) {
            c->stop = ST_STOP_MEMORY;
            return false;
        }
        c->hashed = hashed;
        c->hashed_room = count;
    }
    uint32_t index = 0;
    for (uint32_t at = st_json_first(c->doc, node); at != ST_JSON_NONE;
         at = st_json_next(c->doc, node, at), index++)
        c->hashed[index] =
            (struct st_hashed){.hash = st_json_hash(c->doc, at), .node = at, .index = index};
    return true;
}

/* The first element that equals an earlier one, and that one; false when all are different. With
 * `any` some such pair is enough. */
static bool find_pair(struct st_checker *c, const struct st_plain *plain, uint32_t node, bool any,
                      uint32_t *earlier, uint32_t *later)
{
    uint32_t count = c->doc->nodes[node].len;
    bool found = false;
    if (count > FEW_ITEMS)
        sort_hashed(c->hashed, count);
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = i + 1; j < count && c->stop == ST_STOP_NOT; j++) {
            if (count > FEW_ITEMS && c->hashed[j].hash != c->hashed[i].hash)
                break;
            if (!same(c, plain, node, &c->hashed[i], &c->hashed[j]))
                continue;
            if (!found || c->hashed[j].index < *later) {
                *earlier = c->hashed[i].index;
                *later = c->hashed[j].index;
            }
            found = true;
            if (any)
                return true;
            break;
        }
    }
    return found;
}

bool st_eval_unique_items(struct st_checker *c, const struct st_plain *plain,
                          const struct st_rule *rule, uint32_t node, struct st_seen *seen)
{
    uint32_t earlier = 0;
    uint32_t later = 0;
    if (st_json_kind(c->doc, node) != ST_JSON_ARRAY || c->doc->nodes[node].len < 2)
        return true;
    uint32_t size = st_json_after(c->doc, node) - node;
    if (!st_eval_spend(c, plain, node, size / 16 + st_eval_span(c->doc, node) / 64) ||
        !hash_elements(c, node))
        return false;
    if (!find_pair(c, plain, node, !c->tale.on, &earlier, &later))
        return c->stop == ST_STOP_NOT;
    st_tell(c, plain, rule->keyword, node, NULL, "must have unique items, %u and %u are equal",
            earlier, later);
    return false;
}
