/*
 * program_array.c: steps on elements.
 */
#include "schema/program_make.h"

static void add_counts(struct st_build *b, struct st_making *m, enum st_rule_kind min_kind,
                       enum st_rule_kind max_kind)
{
    uint64_t min = 0;
    uint64_t max = UINT64_MAX;
    for (uint32_t i = 0; i < m->rule_count; i++) {
        const struct st_rule *rule = m->rules[i].rule;
        if (rule->kind == min_kind && rule->count > min)
            min = rule->count;
        if (rule->kind == max_kind && rule->count < max)
            max = rule->count;
    }
    for (unsigned at = ST_AT_LEAST; at <= ST_AT_MOST; at++) {
        struct st_step *step = NULL;
        if (at == ST_AT_LEAST ? min > 0 : max != UINT64_MAX)
            step = st_making_step(b, m, ST_OP_COUNT);
        if (step == NULL)
            continue;
        step->small = (uint16_t)at;
        step->count = at == ST_AT_LEAST ? min : max;
    }
}

void st_making_counts(struct st_build *b, struct st_making *m)
{
    if (m->kind == ST_JSON_ARRAY)
        add_counts(b, m, ST_RULE_MIN_ITEMS, ST_RULE_MAX_ITEMS);
    else
        add_counts(b, m, ST_RULE_MIN_PROPERTIES, ST_RULE_MAX_PROPERTIES);
}

/* ---- prefixItems, items, unevaluatedItems ---- */

/* From which element on unevaluatedItems applies; NONE: to none. false: it is not known. */
static bool uncovered_from(struct st_build *b, const struct st_making *m, uint32_t item,
                           uint32_t *from)
{
    struct st_cover cover;
    bool known = st_cover_of(b, m, item, &cover);
    *from = cover.all || cover.elements >= ST_JSON_NONE ? ST_JSON_NONE : (uint32_t)cover.elements;
    st_cover_done(&cover);
    return known;
}

/* One rule's schemas by index: a list, then the same for all. */
struct row {
    uint32_t item;
    const struct st_plain *const *prefix;
    uint32_t prefix_count; /* without `prefix`: nothing is said of so many */
    const struct st_plain *rest;
};

static bool read_row(struct st_build *b, struct st_making *m, const struct st_pending_rule *rule,
                     struct row *row)
{
    *row = (struct row){.item = rule->item};
    if (rule->rule->kind == ST_RULE_ITEMS) {
        row->prefix = (const struct st_plain *const *)rule->rule->items->prefix.at;
        row->prefix_count = rule->rule->items->prefix.count;
        row->rest = rule->rule->items->rest;
        return true;
    }
    if (rule->rule->kind != ST_RULE_UNEVALUATED_ITEMS)
        return false;
    uint32_t from;
    if (!uncovered_from(b, m, rule->item, &from)) {
        st_making_plain(b, m, rule->item);
        return false;
    }
    row->prefix_count = from;
    row->rest = rule->rule->plain;
    return from != ST_JSON_NONE;
}

/* The state of the elements at `index`, or of all behind the prefixes with NONE. */
static uint32_t state_at(struct st_build *b, const struct row *rows, uint32_t count, uint32_t index)
{
    struct st_list list = {0};
    for (uint32_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        const struct st_plain *plain = row->rest;
        if (index < row->prefix_count && index != ST_JSON_NONE)
            plain = row->prefix == NULL ? NULL : row->prefix[index];
        if (plain != NULL)
            st_build_push(b, &list, st_build_item(b, row->item, plain));
    }
    st_build_work(b, 1 + count);
    uint32_t state = st_build_state(b, list.at, list.count);
    st_build_drop(b, &list);
    return state;
}

static void add_elements(struct st_build *b, struct st_making *m, const struct row *rows,
                         uint32_t count)
{
    uint32_t prefix = 0;
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].prefix_count > prefix)
            prefix = rows[i].prefix_count;
    struct st_elements *elements =
        st_build_get(b, sizeof *elements + prefix * sizeof elements->states[0]);
    bool asks = false;
    if (elements == NULL)
        return;
    elements->count = prefix;
    for (uint32_t i = 0; i < prefix && !st_build_over(b); i++) {
        elements->states[i] = state_at(b, rows, count, i);
        asks = asks || elements->states[i] != ST_STATE_TRUE;
    }
    elements->rest = state_at(b, rows, count, ST_JSON_NONE);
    if ((!asks && elements->rest == ST_STATE_TRUE) ||
        !st_build_reserve(b, (void **)&b->elements, &b->elements_room, b->elements_count,
                          sizeof b->elements[0]))
        return;
    b->elements[b->elements_count++] = elements;
    st_making_with(b, m, ST_OP_ITEMS, elements);
}

static void add_items(struct st_build *b, struct st_making *m)
{
    struct row *rows = st_build_scratch(b, (m->rule_count + 1) * sizeof rows[0]);
    uint32_t count = 0;
    for (uint32_t i = 0; i < m->rule_count && rows != NULL; i++)
        count += read_row(b, m, &m->rules[i], &rows[count]);
    if (count > 0)
        add_elements(b, m, rows, count);
}

/* ---- all of it ---- */

static void add_contains(struct st_build *b, struct st_making *m,
                         const struct st_pending_rule *rule)
{
    const struct st_contains *contains = rule->rule->contains;
    struct st_contains_test *test = st_build_get(b, sizeof *test);
    if (test == NULL)
        return;
    uint32_t item = st_build_item(b, rule->item, contains->plain);
    *test = (struct st_contains_test){
        .min = contains->min,
        .max = contains->max,
        .state = st_build_state(b, &item, 1),
    };
    st_making_with(b, m, ST_OP_CONTAINS, test);
}

void st_array_steps(struct st_build *b, struct st_making *m)
{
    st_making_counts(b, m);
    add_items(b, m);
    bool unique = false;
    for (uint32_t i = 0; i < m->rule_count; i++) {
        const struct st_rule *rule = m->rules[i].rule;
        if (rule->kind == ST_RULE_CONTAINS)
            add_contains(b, m, &m->rules[i]);
        else if (rule->kind == ST_RULE_ENUM || rule->kind == ST_RULE_CONST)
            st_making_rule(b, m, &m->rules[i]);
        else if (rule->kind == ST_RULE_UNIQUE_ITEMS && !unique)
            st_making_with(b, m, ST_OP_UNIQUE, st_build_call(b, m->rules[i].item, rule));
        unique = unique || rule->kind == ST_RULE_UNIQUE_ITEMS;
    }
}
