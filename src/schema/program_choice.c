/*
 * program_choice.c: conditions and choices: those that are decided are merged, one member that
 * decides many of them becomes a SWITCH, and what is left is tried branch by branch.
 */
#include "schema/program_make.h"

#include "base/mem.h"

/* Members that are tried out as what tells branches apart, and values of each. */
#define CANDIDATES_TRIED 4u
#define VALUES_TRIED     3u

/* How deep a condition is searched for members that decide it. */
#define SEARCH_DEPTH_MAX 8u

/* ---- merging ---- */

static bool merge(struct st_build *b, struct st_making *m, uint32_t item,
                  const struct st_plain *plain)
{
    if (plain == NULL)
        return false;
    uint32_t to = st_build_item(b, item, plain);
    if (b->items[to].stamp == m->stamp)
        return false;
    st_making_item(b, m, to);
    return true;
}

/* Whether the rule is settled; *merged: what it asks for was merged. */
static bool settle_condition(struct st_build *b, struct st_making *m,
                             const struct st_pending_rule *rule, bool *merged)
{
    const struct st_condition *condition = rule->rule->condition;
    enum st_verdict test = st_making_decide(b, m, st_build_item(b, rule->item, condition->test));
    if (test == ST_VERDICT_UNKNOWN)
        return false;
    *merged =
        merge(b, m, rule->item, test == ST_VERDICT_YES ? condition->then : condition->otherwise) ||
        *merged;
    return true;
}

static bool settle_choice(struct st_build *b, struct st_making *m,
                          const struct st_pending_rule *rule, bool *merged)
{
    uint32_t possible = 0;
    uint32_t last = 0;
    for (uint32_t i = 0; i < rule->rule->plains.count && possible < 2; i++) {
        uint32_t item = st_build_item(b, rule->item, rule->rule->plains.at[i]);
        if (st_making_decide(b, m, item) == ST_VERDICT_NO)
            continue;
        possible++;
        last = i;
    }
    if (possible != 1)
        return false;
    *merged = merge(b, m, rule->item, rule->rule->plains.at[last]) || *merged;
    return true;
}

/* Those of members that are known to be there; the rule stays for the others. */
static bool settle_dependents(struct st_build *b, struct st_making *m, struct st_pending_rule *rule,
                              bool *merged)
{
    bool all = true;
    rule->merged = true;
    for (uint32_t i = 0; i < rule->rule->named.count; i++) {
        const struct st_named *named = &rule->rule->named.at[i];
        const struct st_fact *fact = st_fact_of(b, m->facts, m->fact_count, named->name);
        if (fact == NULL)
            all = false;
        else if (fact->kind != ST_FACT_ABSENT)
            *merged = merge(b, m, rule->item, named->plain) || *merged;
    }
    return all;
}

bool st_choice_narrow(struct st_build *b, struct st_making *m)
{
    bool merged = false;
    uint32_t kept = 0;
    if (b->frugal)
        return false;
    for (uint32_t i = 0; i < m->rule_count && !st_build_over(b); i++) {
        struct st_pending_rule rule = m->rules[i];
        bool settled = false;
        if (rule.rule->kind == ST_RULE_IF)
            settled = settle_condition(b, m, &rule, &merged);
        else if (rule.rule->kind == ST_RULE_ANY_OF || rule.rule->kind == ST_RULE_ONE_OF)
            settled = settle_choice(b, m, &rule, &merged);
        else if (rule.rule->kind == ST_RULE_DEPENDENT_SCHEMAS)
            settled = settle_dependents(b, m, &rule, &merged);
        if (!settled)
            m->rules[kept++] = rule;
    }
    m->rule_count = kept;
    return merged && !st_build_over(b);
}

/* ---- what could tell branches apart ---- */

struct candidate {
    st_str name;
    uint32_t votes;
};

/* A search through conditions: for names, or, with `values`, for what one name is compared with. */
struct search {
    struct candidate *candidates;
    uint32_t count;
    uint32_t room;
    const st_str *name;
    struct st_value *values;
    uint32_t value_count;
    uint32_t value_room;
};

static void vote(struct st_build *b, struct search *s, st_str name, uint32_t votes)
{
    uint32_t at = (uint32_t)st_build_map(b, &b->table, name, s->count);
    if (at == s->count) {
        if (!st_build_reserve(b, (void **)&s->candidates, &s->room, s->count,
                              sizeof s->candidates[0]))
            return;
        s->candidates[s->count++] = (struct candidate){.name = name};
    }
    if (s->candidates != NULL)
        s->candidates[at].votes += votes;
}

/* In draft-04 3.0 equals 3 and yet is no integer: numbers of one value are not all alike. */
static bool reads_literals(const struct st_build *b)
{
    for (const struct st_dialect *dialect = b->loader->dialects; dialect != NULL;
         dialect = dialect->next)
        if (dialect->draft == ST_DRAFT_4)
            return true;
    return false;
}

static void add_value(struct st_build *b, struct search *s, const struct st_json *doc,
                      uint32_t node)
{
    enum st_json_kind kind = st_json_kind(doc, node);
    if (kind > ST_JSON_STRING ||
        (kind == ST_JSON_NUMBER && (!st_table_is_integer(doc, node) || reads_literals(b))))
        return;
    uint32_t at = s->value_count;
    if (st_build_map(b, &b->table, st_json_raw(doc, node), at) != at ||
        !st_build_reserve(b, (void **)&s->values, &s->value_room, at, sizeof s->values[0]))
        return;
    s->values[s->value_count++] = (struct st_value){.doc = doc, .node = node};
}

/* The values that a member's schema compares it with; returns whether there are some. */
static bool find_values(struct st_build *b, struct search *s, uint32_t item, uint32_t depth)
{
    bool found = false;
    for (uint32_t i = 0; i < b->items[item].plain->rule_count && depth < SEARCH_DEPTH_MAX; i++) {
        const struct st_plain *plain = b->items[item].plain;
        const struct st_rule *rule = &plain->rules[i];
        const struct st_json *doc = st_plain_doc(plain);
        st_build_work(b, 1);
        if (rule->kind == ST_RULE_CONST) {
            found = true;
            if (s->name != NULL)
                add_value(b, s, doc, rule->value);
        } else if (rule->kind == ST_RULE_ENUM) {
            found = true;
            for (uint32_t at = st_json_first(doc, rule->value);
                 at != ST_JSON_NONE && s->name != NULL; at = st_json_next(doc, rule->value, at))
                add_value(b, s, doc, at);
        } else if (rule->kind == ST_RULE_REF) {
            found = find_values(b, s, st_build_target(b, item, rule), depth + 1) || found;
        } else if (rule->kind == ST_RULE_NOT) {
            found = find_values(b, s, st_build_item(b, item, rule->plain), depth + 1) || found;
        } else if (rule->kind == ST_RULE_ALL_OF || rule->kind == ST_RULE_ANY_OF ||
                   rule->kind == ST_RULE_ONE_OF) {
            for (uint32_t j = 0; j < rule->plains.count; j++)
                found = find_values(b, s, st_build_item(b, item, rule->plains.at[j]), depth + 1) ||
                        found;
        }
    }
    return found;
}

static void search_members(struct st_build *b, struct search *s, uint32_t item,
                           const struct st_members *members)
{
    for (uint32_t i = 0; i < members->named.count && !st_build_over(b); i++) {
        const struct st_named *named = &members->named.at[i];
        if (s->name != NULL && !st_str_eq(*s->name, named->name))
            continue;
        if (find_values(b, s, st_build_item(b, item, named->plain), 0) && s->name == NULL)
            vote(b, s, named->name, 4);
    }
}

static void search_names(struct st_build *b, struct search *s, struct st_name_list names)
{
    for (uint32_t i = 0; i < names.count && i < 16 && s->name == NULL; i++)
        vote(b, s, names.at[i], 1);
}

static void search_item(struct st_build *b, struct search *s, uint32_t item, uint32_t depth);

static void search_rule(struct st_build *b, struct search *s, uint32_t item,
                        const struct st_rule *rule, uint32_t depth)
{
    switch (rule->kind) {
    case ST_RULE_MEMBERS:
        search_members(b, s, item, rule->members);
        break;
    case ST_RULE_REQUIRED:
        search_names(b, s, rule->names);
        break;
    case ST_RULE_REF:
    case ST_RULE_DYNAMIC_REF:
        search_item(b, s, st_build_target(b, item, rule), depth + 1);
        break;
    case ST_RULE_ALL_OF:
    case ST_RULE_ANY_OF:
    case ST_RULE_ONE_OF:
        for (uint32_t i = 0; i < rule->plains.count; i++)
            search_item(b, s, st_build_item(b, item, rule->plains.at[i]), depth + 1);
        break;
    case ST_RULE_NOT:
        search_item(b, s, st_build_item(b, item, rule->plain), depth + 1);
        break;
    case ST_RULE_IF:
        search_item(b, s, st_build_item(b, item, rule->condition->test), depth + 1);
        break;
    case ST_RULE_DEPENDENT_SCHEMAS:
        for (uint32_t i = 0; i < rule->named.count && s->name == NULL; i++)
            vote(b, s, rule->named.at[i].name, 1);
        break;
    default:
        break;
    }
}

static void search_item(struct st_build *b, struct search *s, uint32_t item, uint32_t depth)
{
    const struct st_plain *plain = b->items[item].plain;
    st_build_work(b, 1);
    for (uint32_t i = 0; i < plain->rule_count && depth < SEARCH_DEPTH_MAX && !b->frugal; i++)
        search_rule(b, s, item, &plain->rules[i], depth);
}

static bool is_choice(const struct st_rule *rule)
{
    return rule->kind == ST_RULE_IF || rule->kind == ST_RULE_ANY_OF ||
           rule->kind == ST_RULE_ONE_OF || rule->kind == ST_RULE_NOT ||
           rule->kind == ST_RULE_DEPENDENT_SCHEMAS;
}

static void search_choices(struct st_build *b, const struct st_making *m, struct search *s)
{
    st_map_reset(&b->table);
    for (uint32_t i = 0; i < m->rule_count && !st_build_over(b); i++)
        if (is_choice(m->rules[i].rule))
            search_rule(b, s, m->rules[i].item, m->rules[i].rule, 0);
}

/* ---- facts ---- */

/* The number of the fact; equal ones have one number. */
static uint32_t intern_fact(struct st_build *b, const struct st_fact *fact)
{
    char tag[2] = {(char)('0' + fact->kind), '\0'};
    st_str value = {0};
    if (fact->kind == ST_FACT_VALUE)
        value = st_json_raw(fact->value.doc, fact->value.node);
    else if (fact->value_count > 0)
        value = (st_str){(const char *)&fact->values, sizeof fact->values};
    char *key = st_build_scratch(b, fact->name.len + value.len + 2);
    if (key == NULL)
        return 0;
    memcpy(key, tag, 2);
    if (fact->name.len > 0)
        memcpy(key + 2, fact->name.at, fact->name.len);
    if (value.len > 0)
        memcpy(key + 2 + fact->name.len, value.at, value.len);
    uint32_t next = b->fact_count;
    uint32_t at =
        (uint32_t)st_build_map(b, &b->fact_of, (st_str){key, fact->name.len + value.len + 2}, next);
    if (at == next &&
        st_build_reserve(b, (void **)&b->facts, &b->fact_room, next, sizeof b->facts[0]))
        b->facts[b->fact_count++] = *fact;
    return st_build_over(b) ? 0 : at;
}

/* The block's facts with one more. */
struct knowledge {
    uint32_t facts[ST_PROGRAM_FACTS_MAX];
    uint32_t count;
};

static struct knowledge learn(struct st_build *b, const struct st_making *m,
                              const struct st_fact *fact)
{
    struct knowledge knowledge = {.count = m->fact_count};
    memcpy(knowledge.facts, m->facts, m->fact_count * sizeof m->facts[0]);
    knowledge.facts[knowledge.count++] = intern_fact(b, fact);
    return knowledge;
}

/* ---- which member is best ---- */

/* How many branches are decided. */
static uint32_t count_decided(struct st_build *b, const struct st_making *m,
                              const struct knowledge *known)
{
    uint32_t decided = 0;
    for (uint32_t i = 0; i < m->rule_count && !st_build_over(b); i++) {
        const struct st_pending_rule *rule = &m->rules[i];
        if (!is_choice(rule->rule))
            continue;
        if (st_decide_rule(b, rule->item, rule->rule, m->kind, known->facts, known->count) !=
            ST_VERDICT_UNKNOWN) {
            decided += 2;
        } else if (rule->rule->kind == ST_RULE_IF) {
            uint32_t test = st_build_item(b, rule->item, rule->rule->condition->test);
            decided +=
                st_decide(b, test, m->kind, known->facts, known->count) != ST_VERDICT_UNKNOWN;
        } else if (rule->rule->kind == ST_RULE_ANY_OF || rule->rule->kind == ST_RULE_ONE_OF) {
            for (uint32_t j = 0; j < rule->rule->plains.count; j++)
                decided += st_decide(b, st_build_item(b, rule->item, rule->rule->plains.at[j]),
                                     m->kind, known->facts, known->count) != ST_VERDICT_UNKNOWN;
        } else if (rule->rule->kind == ST_RULE_DEPENDENT_SCHEMAS) {
            for (uint32_t j = 0; j < rule->rule->named.count; j++)
                decided +=
                    st_fact_of(b, known->facts, known->count, rule->rule->named.at[j].name) != NULL;
        }
    }
    return decided;
}

static uint32_t count_with(struct st_build *b, const struct st_making *m,
                           const struct st_fact *fact)
{
    struct knowledge knowledge = learn(b, m, fact);
    b->fact_stamp++;
    return st_build_over(b) ? 0 : count_decided(b, m, &knowledge);
}

/* A member and the values that it is compared with. */
struct discriminator {
    st_str name;
    const struct st_value *values;
    uint32_t count;
};

static bool read_discriminator(struct st_build *b, const struct st_making *m, st_str name,
                               struct discriminator *out)
{
    struct search s = {.name = &name};
    search_choices(b, m, &s);
    struct st_value *values = st_build_scratch(b, (s.value_count + 1) * sizeof values[0]);
    if (values != NULL && s.value_count > 0)
        memcpy(values, s.values, s.value_count * sizeof values[0]);
    *out = (struct discriminator){.name = name, .values = values, .count = s.value_count};
    st_mem_free(s.values);
    return values != NULL && out->count <= ST_PROGRAM_VALUES_MAX;
}

/* How much knowing the member decides, in the mean of the cases that are tried. */
static uint32_t rate(struct st_build *b, const struct st_making *m, const struct discriminator *d,
                     uint32_t before)
{
    struct st_fact fact = {.kind = ST_FACT_ABSENT, .name = d->name};
    uint64_t sum = count_with(b, m, &fact);
    uint32_t cases = 2;
    fact = (struct st_fact){
        .kind = ST_FACT_OTHER, .name = d->name, .values = d->values, .value_count = d->count};
    sum += count_with(b, m, &fact);
    for (uint32_t i = 0; i < d->count && i < VALUES_TRIED; i++, cases++) {
        fact = (struct st_fact){.kind = ST_FACT_VALUE, .name = d->name, .value = d->values[i]};
        sum += count_with(b, m, &fact);
    }
    uint64_t mean = sum * 16 / cases;
    return mean > (uint64_t)before * 16 ? (uint32_t)(mean - (uint64_t)before * 16) : 0;
}

/* The next candidate by votes, each once; NULL: none is left. */
static struct candidate *next_candidate(struct search *s)
{
    struct candidate *best = NULL;
    for (uint32_t i = 0; i < s->count; i++)
        if (s->candidates[i].votes > 0 && (best == NULL || s->candidates[i].votes > best->votes))
            best = &s->candidates[i];
    return best;
}

static bool find_discriminator(struct st_build *b, const struct st_making *m,
                               struct discriminator *best)
{
    struct search s = {0};
    uint32_t best_rate = 0;
    const struct knowledge now = {.count = 0};
    struct knowledge before = now;
    memcpy(before.facts, m->facts, m->fact_count * sizeof m->facts[0]);
    before.count = m->fact_count;
    b->fact_stamp++;
    uint32_t decided = count_decided(b, m, &before);
    search_choices(b, m, &s);
    for (uint32_t i = 0; i < CANDIDATES_TRIED && !b->frugal && !st_build_over(b); i++) {
        struct candidate *candidate = next_candidate(&s);
        if (candidate == NULL)
            break;
        struct discriminator d;
        candidate->votes = 0;
        if (st_fact_of(b, m->facts, m->fact_count, candidate->name) != NULL ||
            !read_discriminator(b, m, candidate->name, &d))
            continue;
        uint32_t rated = rate(b, m, &d, decided);
        if (rated > best_rate) {
            best_rate = rated;
            *best = d;
        }
    }
    st_mem_free(s.candidates);
    b->fact_stamp++;
    return best_rate > 0 && !st_build_over(b) && !b->frugal;
}

/* ---- the switch ---- */

/* What one text alone of the member can make more of than true. */
static const struct st_ask *ask_of(struct st_build *b, const struct st_pending_rule *rule,
                                   st_str name)
{
    if (rule->rule->kind != ST_RULE_IF || rule->rule->condition->otherwise != NULL)
        return NULL;
    return st_decide_ask(b, st_build_item(b, rule->item, rule->rule->condition->test), name);
}

/* What the blocks of a SWITCH on the member begin with. */
static const struct st_start *start_of(struct st_build *b, const struct st_making *m, st_str name)
{
    struct st_start *start = st_build_scratch(b, sizeof *start);
    uint32_t *items = st_build_scratch(b, m->items.count * sizeof items[0]);
    struct st_start_rule *rules = st_build_scratch(b, m->rule_count * sizeof rules[0]);
    if (start == NULL || items == NULL || rules == NULL)
        return NULL;
    if (m->items.count > 0)
        memcpy(items, m->items.at, m->items.count * sizeof items[0]);
    for (uint32_t i = 0; i < m->rule_count; i++)
        rules[i] = (struct st_start_rule){m->rules[i], ask_of(b, &m->rules[i], name)};
    *start = (struct st_start){
        .items = {.items = items, .count = m->items.count},
        .rules = rules,
        .rule_count = m->rule_count,
    };
    return start;
}

static uint32_t block_with(struct st_build *b, const struct st_making *m,
                           const struct st_start *start, const struct st_fact *fact)
{
    struct knowledge knowledge = learn(b, m, fact);
    if (st_build_over(b))
        return 0;
    uint32_t block = st_build_block(b, m->set, m->kind, knowledge.facts, knowledge.count);
    if (!st_build_over(b))
        b->blocks[block].start = start;
    return block;
}

/* What the tables of a switch are made of: texts from the first row on, integers from the last. */
struct cases {
    struct st_text_row *rows;
    uint32_t texts;
    uint32_t integers;
};

static void fill_switch(struct st_build *b, const struct st_making *m,
                        const struct discriminator *d, struct st_switch *made, struct cases *cases)
{
    const struct st_start *start = start_of(b, m, d->name);
    struct st_fact fact = {.kind = ST_FACT_ABSENT, .name = d->name};
    made->absent = block_with(b, m, start, &fact);
    fact = (struct st_fact){
        .kind = ST_FACT_OTHER, .name = d->name, .values = d->values, .value_count = d->count};
    made->other = block_with(b, m, start, &fact);
    for (uint32_t kind = 0; kind < ST_KINDS; kind++)
        made->kinds[kind] = made->other;
    for (uint32_t i = 0; i < d->count && !st_build_over(b); i++) {
        const struct st_value value = d->values[i];
        fact = (struct st_fact){.kind = ST_FACT_VALUE, .name = d->name, .value = value};
        uint32_t block = block_with(b, m, start, &fact);
        enum st_json_kind kind = st_json_kind(value.doc, value.node);
        const struct st_text_row row = {.text = st_json_text(value.doc, value.node),
                                        .value = block};
        if (kind == ST_JSON_STRING)
            cases->rows[cases->texts++] = row;
        else if (kind == ST_JSON_NUMBER)
            cases->rows[d->count - ++cases->integers] = row;
        else
            made->kinds[kind] = block;
    }
}

static void write_switch(struct st_build *b, struct st_making *m, const struct discriminator *d)
{
    struct st_switch *made = st_build_get(b, sizeof *made);
    struct cases cases = {.rows = st_build_scratch(b, (d->count + 1) * sizeof(struct st_text_row))};
    struct st_made_switch pending = {.made = made};
    if (made == NULL || cases.rows == NULL)
        return;
    made->name = d->name;
    st_err err = st_name_table_add(b->names, d->name, &made->number);
    if (err == ST_ERR_LIMIT)
        b->impossible = true;
    else if (err != ST_OK)
        b->err = err;
    fill_switch(b, m, d, made, &cases);
    if (cases.texts > 0)
        pending.texts = st_table_texts(b, cases.rows, cases.texts);
    if (cases.integers > 0)
        pending.integers =
            st_table_texts(b, cases.rows + d->count - cases.integers, cases.integers);
    made->texts = pending.texts;
    made->integers = pending.integers;
    if (st_build_over(b) || !st_build_reserve(b, (void **)&b->switches, &b->switch_room,
                                              b->switch_count, sizeof b->switches[0]))
        return;
    b->switches[b->switch_count++] = pending;
    st_making_with(b, m, ST_OP_SWITCH, made);
}

bool st_choice_switch(struct st_build *b, struct st_making *m)
{
    bool any = false;
    struct discriminator d = {0};
    for (uint32_t i = 0; i < m->rule_count; i++)
        any = any || is_choice(m->rules[i].rule);
    if (!any || b->frugal || m->fact_count == ST_PROGRAM_FACTS_MAX || !find_discriminator(b, m, &d))
        return false;
    write_switch(b, m, &d);
    return true;
}

/* ---- what is left ---- */

static uint32_t state_of(struct st_build *b, uint32_t item, const struct st_plain *plain)
{
    if (plain == NULL)
        return ST_STATE_TRUE;
    uint32_t to = st_build_item(b, item, plain);
    return st_build_state(b, &to, 1);
}

static void add_condition(struct st_build *b, struct st_making *m,
                          const struct st_pending_rule *rule)
{
    const struct st_condition *condition = rule->rule->condition;
    struct st_branches *branches =
        st_build_get(b, sizeof *branches + 3 * sizeof branches->states[0]);
    if (branches == NULL)
        return;
    branches->count = 3;
    branches->states[0] = state_of(b, rule->item, condition->test);
    branches->states[1] = state_of(b, rule->item, condition->then);
    branches->states[2] = state_of(b, rule->item, condition->otherwise);
    st_making_with(b, m, ST_OP_IF, branches);
}

/* The branches that are not decided; of oneOf those that are satisfied count as well. */
static void add_choice(struct st_build *b, struct st_making *m, const struct st_pending_rule *rule)
{
    struct st_branches *branches =
        st_build_get(b, sizeof *branches + rule->rule->plains.count * sizeof branches->states[0]);
    uint16_t satisfied = 0;
    if (branches == NULL)
        return;
    for (uint32_t i = 0; i < rule->rule->plains.count && !st_build_over(b); i++) {
        uint32_t item = st_build_item(b, rule->item, rule->rule->plains.at[i]);
        enum st_verdict verdict = st_making_decide(b, m, item);
        if (verdict == ST_VERDICT_UNKNOWN)
            branches->states[branches->count++] = st_build_state(b, &item, 1);
        else if (verdict == ST_VERDICT_YES)
            satisfied++;
    }
    bool one = rule->rule->kind == ST_RULE_ONE_OF;
    if (!one && satisfied > 0) /* it was too deep to be seen when the rule was taken */
        return;
    struct st_step *step = st_making_step(b, m, one ? ST_OP_ONE : ST_OP_ANY);
    if (step == NULL)
        return;
    step->small = satisfied;
    step->with = branches;
}

void st_choice_steps(struct st_build *b, struct st_making *m)
{
    for (uint32_t i = 0; i < m->rule_count && !st_build_over(b); i++) {
        const struct st_pending_rule *rule = &m->rules[i];
        struct st_step *step;
        uint32_t state;
        switch (rule->rule->kind) {
        case ST_RULE_ANY_OF:
        case ST_RULE_ONE_OF:
            add_choice(b, m, rule);
            break;
        case ST_RULE_IF:
            add_condition(b, m, rule);
            break;
        case ST_RULE_NOT:
            state = state_of(b, rule->item, rule->rule->plain);
            step = st_making_step(b, m, ST_OP_NOT);
            if (step != NULL)
                step->state = state;
            break;
        default:
            break;
        }
    }
}
