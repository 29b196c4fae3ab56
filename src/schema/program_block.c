/*
 * program_block.c: one block: the rules that say something of its kind of value, with what is
 * decided merged, become steps.
 */
#include "schema/program_make.h"

/* ---- steps ---- */

struct st_step *st_making_step(struct st_build *b, struct st_making *m, enum st_op op)
{
    if (!st_build_reserve(b, (void **)&m->steps, &m->step_room, m->step_count, sizeof m->steps[0]))
        return NULL;
    struct st_step *step = &m->steps[m->step_count++];
    memset(step, 0, sizeof *step);
    step->op = (uint8_t)op;
    return step;
}

void st_making_with(struct st_build *b, struct st_making *m, enum st_op op, const void *with)
{
    struct st_step *step = with == NULL ? NULL : st_making_step(b, m, op);
    if (step != NULL)
        step->with = with;
}

void st_making_call(struct st_build *b, struct st_making *m, uint32_t state)
{
    struct st_step *step = NULL;
    if (state == ST_STATE_FALSE)
        m->fails = true;
    else if (state != ST_STATE_TRUE)
        step = st_making_step(b, m, ST_OP_CALL);
    if (step != NULL)
        step->state = state;
}

struct st_plain_call *st_build_call(struct st_build *b, uint32_t item, const struct st_rule *rule)
{
    struct st_plain_call *call = st_build_get(b, sizeof *call);
    struct st_scope *scope = st_build_get(b, sizeof *scope);
    if (call == NULL || scope == NULL)
        return NULL;
    *scope = b->scopes[b->items[item].scope];
    *call = (struct st_plain_call){.plain = b->items[item].plain, .rule = rule, .scope = scope};
    return call;
}

void st_making_rule(struct st_build *b, struct st_making *m, const struct st_pending_rule *rule)
{
    st_making_with(b, m, ST_OP_RULE, st_build_call(b, rule->item, rule->rule));
}

void st_making_plain(struct st_build *b, struct st_making *m, uint32_t item)
{
    st_making_with(b, m, ST_OP_PLAIN, st_build_call(b, item, NULL));
}

/* ---- rules ---- */

void st_making_item(struct st_build *b, struct st_making *m, uint32_t item)
{
    st_build_push(b, &m->items, item);
}

/* Decides the rule, and keeps it where that is not possible yet. */
static void take_rule(struct st_build *b, struct st_making *m, const struct st_pending_rule *rule)
{
    enum st_verdict verdict =
        st_decide_rule(b, rule->item, rule->rule, m->kind, m->facts, m->fact_count);
    m->fails = verdict == ST_VERDICT_NO;
    if (verdict == ST_VERDICT_UNKNOWN &&
        st_build_reserve(b, (void **)&m->rules, &m->rule_room, m->rule_count, sizeof m->rules[0]))
        m->rules[m->rule_count++] = *rule;
}

static void gather_rules(struct st_build *b, struct st_making *m, uint32_t item)
{
    const struct st_plain *plain = b->items[item].plain;
    m->fails = m->fails || plain->refuses;
    st_build_work(b, 1 + plain->rule_count);
    for (uint32_t i = 0; i < plain->rule_count && !m->fails; i++) {
        const struct st_rule *rule = &plain->rules[i];
        const struct st_pending_rule pending = {.item = item, .rule = rule};
        if (!b->frugal && st_build_expands(rule))
            st_build_expand(b, item, rule, &m->items);
        else
            take_rule(b, m, &pending);
    }
}

/* Takes in the items from `from` on, and those that they expand into. */
static void gather(struct st_build *b, struct st_making *m, uint32_t from)
{
    for (uint32_t i = from; i < m->items.count && !m->fails && !st_build_over(b); i++) {
        uint32_t item = m->items.at[i];
        if (b->items[item].stamp == m->stamp)
            continue;
        b->items[item].stamp = m->stamp;
        gather_rules(b, m, item);
    }
}

/* Goes on from where the block with one fact less stood: what that one had decided and merged holds
 * with any fact more, so only the rest is looked at again, and of that only what speaks of the text
 * that the new fact says: hundreds of conditions do not. */
static void resume(struct st_build *b, struct st_making *m, const struct st_start *start)
{
    const struct st_fact fact = b->facts[m->facts[m->fact_count - 1]];
    for (uint32_t i = 0; i < start->items.count; i++)
        b->items[start->items.items[i]].stamp = m->stamp;
    st_build_work(b, 1 + start->rule_count / 8);
    for (uint32_t i = 0; i < start->rule_count && !m->fails && !st_build_over(b); i++) {
        struct st_pending_rule rule = start->rules[i].rule;
        if (start->rules[i].ask != NULL && st_fact_differs(&fact, start->rules[i].ask))
            continue;
        rule.merged = false; /* the member that the new fact is of may be one it depends on */
        take_rule(b, m, &rule);
    }
}

/* ---- the block ---- */

static void write_frugally(struct st_build *b, struct st_making *m)
{
    struct st_list list = {0};
    for (uint32_t i = 0; i < m->rule_count; i++)
        if (st_build_expands(m->rules[i].rule))
            st_build_expand(b, m->rules[i].item, m->rules[i].rule, &list);
    for (uint32_t i = 0; i < list.count && !m->fails; i++)
        st_making_call(b, m, st_build_state(b, &list.at[i], 1));
    st_build_drop(b, &list);
}

static void write_steps(struct st_build *b, struct st_making *m)
{
    if (m->kind == ST_JSON_NUMBER)
        st_scalar_number(b, m);
    else if (m->kind == ST_JSON_STRING && st_scalar_string(b, m))
        return;
    else if (m->kind == ST_JSON_ARRAY)
        st_array_steps(b, m);
    else if (m->kind == ST_JSON_OBJECT && st_choice_switch(b, m))
        return;
    else if (m->kind == ST_JSON_OBJECT)
        st_object_steps(b, m);
    write_frugally(b, m);
    st_choice_steps(b, m);
}

/* The steps to the others; equal ones are there once. */
static uint32_t place(struct st_build *b, struct st_making *m)
{
    if (m->fails)
        return ST_ENTRY_FAIL;
    if (m->step_count == 0)
        return ST_ENTRY_PASS;
    m->steps[m->step_count - 1].last = true;
    size_t bytes = m->step_count * sizeof m->steps[0];
    char *key = st_build_scratch(b, bytes);
    if (key == NULL)
        return ST_ENTRY_PASS;
    memcpy(key, m->steps, bytes);
    uint32_t next = b->step_count;
    uint32_t entry = (uint32_t)st_build_map(b, &b->entry_of, (st_str){key, bytes}, next);
    if (entry != next)
        return entry;
    for (uint32_t i = 0; i < m->step_count; i++) {
        if (!st_build_reserve(b, (void **)&b->steps, &b->step_room, b->step_count,
                              sizeof b->steps[0]))
            return ST_ENTRY_PASS;
        b->steps[b->step_count++] = m->steps[i];
    }
    return entry;
}

void st_build_make(struct st_build *b, uint32_t block)
{
    uint32_t facts[ST_PROGRAM_FACTS_MAX];
    struct st_set set = b->blocks[block].set;
    const struct st_start *start = b->blocks[block].start;
    struct st_making m = {
        .kind = b->blocks[block].kind,
        .facts = facts,
        .fact_count = b->blocks[block].fact_count,
        .set = set,
        .rules = b->rules.at,
        .rule_room = b->rules.room,
        .steps = b->made_steps.at,
        .step_room = b->made_steps.room,
    };
    memcpy(facts, b->blocks[block].facts, sizeof facts);
    b->fact_stamp++;
    if (b->frugal && set.count > 1) {
        for (uint32_t i = 0; i < set.count && !m.fails; i++)
            st_making_call(b, &m, st_build_state(b, &set.items[i], 1));
    } else {
        uint32_t from = 0;
        m.stamp = ++b->stamp;
        if (start != NULL && !b->frugal)
            resume(b, &m, start);
        else
            for (uint32_t i = 0; i < set.count; i++)
                st_making_item(b, &m, set.items[i]);
        do {
            gather(b, &m, from);
            from = m.items.count;
        } while (!m.fails && st_choice_narrow(b, &m));
        if (!m.fails)
            write_steps(b, &m);
    }
    if (!st_build_over(b))
        b->blocks[block].entry = place(b, &m);
    st_build_drop(b, &m.items);
    b->rules = (struct st_kept){m.rules, m.rule_room};
    b->made_steps = (struct st_kept){m.steps, m.step_room};
}
