/*
 * program_run.c: the interpreter: members, elements, choices, and the loop over steps.
 *
 * Its costs are those of the plain evaluator or less: a step for each state that is entered and for
 * each two members, more for long texts. Past the allowance, and past the depth, it stops: the
 * verdict is then unknown.
 */
#include "schema/outline.h"

#include <stdio.h>

/* ---- arrays ---- */

static bool check_items(const struct st_run *r, const struct st_elements *elements, uint32_t node)
{
    uint32_t end = r->nodes[node].next;
    uint32_t index = 0;
    if (!st_run_spend(r, r->nodes[node].len / 2))
        return false;
    for (uint32_t at = node + 1; at < end && index < elements->count; at = st_run_after(r, at))
        if (!st_run_state(r, elements->states[index++], at))
            return false;
    if (elements->rest == ST_STATE_TRUE || index >= r->nodes[node].len)
        return true;
    uint32_t at = node + 1;
    for (uint32_t i = 0; i < index; i++)
        at = st_run_after(r, at);
    const struct st_state *rest = &r->states[elements->rest];
    for (; at < end; at = st_run_after(r, at)) {
        const struct st_json_node *n = &r->nodes[at];
        if (!st_run_passes(&elements->glance, n) && !st_run_entry(r, rest->entry[n->kind], at))
            return false;
    }
    return true;
}

static bool check_contains(const struct st_run *r, const struct st_contains_test *test,
                           uint32_t node)
{
    uint32_t end = r->nodes[node].next;
    uint64_t matches = 0;
    uint64_t enough = test->max == UINT64_MAX ? test->min : UINT64_MAX;
    if (!st_run_spend(r, r->nodes[node].len / 2))
        return false;
    for (uint32_t at = node + 1; at < end && matches < enough; at = st_run_after(r, at)) {
        matches += st_run_state(r, test->state, at);
        if (r->c->stop != ST_STOP_NOT)
            return false;
    }
    return matches >= test->min && matches <= test->max;
}

/* Small arrays of texts and short integers are compared each with each; here, whether two of them
 * are equal, or cannot be told apart quickly. */
#define PAIRED_ITEMS_MAX 16u

static bool is_simple(const struct st_json_node *n)
{
    if (n->kind == ST_JSON_NUMBER)
        return (n->flags & ST_JSON_INTEGER) != 0;
    return n->kind < ST_JSON_ARRAY && n->len < 64;
}

static bool look_equal(const struct st_run *r, const struct st_json_node *a,
                       const struct st_json_node *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind <= ST_JSON_TRUE)
        return true;
    const char *text = r->text;
    if (a->kind == ST_JSON_STRING)
        return a->len == b->len && memcmp(st_run_text(r, a).at, st_run_text(r, b).at, a->len) == 0;
    /* Integers without leading zeros: one text each, but for 0 and -0. */
    if (a->len != b->len)
        return text[a->at] == '-' || text[b->at] == '-';
    return memcmp(text + a->at, text + b->at, a->len) == 0;
}

static __attribute__((noinline)) bool check_unique(const struct st_run *r,
                                                   const struct st_plain_call *call, uint32_t node)
{
    const struct st_json_node *pairs[PAIRED_ITEMS_MAX];
    uint32_t count = r->nodes[node].len;
    if (count < 2)
        return true;
    for (uint32_t i = 0, at = node + 1; count <= PAIRED_ITEMS_MAX; i++, at++) {
        if (i == count)
            return true;
        pairs[i] = &r->nodes[at];
        if (!is_simple(pairs[i]))
            break;
        for (uint32_t j = 0; j < i; j++)
            if (look_equal(r, pairs[i], pairs[j]))
                return st_eval_rule(r->c, call->plain, call->rule, node);
    }
    return st_eval_rule(r->c, call->plain, call->rule, node);
}

/* ---- objects ---- */

/* A name's number where the tape does not have it. */
static __attribute__((noinline)) uint32_t find_number(const struct st_run *r,
                                                      const struct st_json_node *name)
{
    return st_name_table_find(r->names, st_run_text(r, name));
}

/* The same by a number, whatever its literal is. */
static __attribute__((noinline)) uint32_t find_number_case(const struct st_run *r,
                                                           const struct st_switch *with,
                                                           const struct st_json_node *n)
{
    const char *at = r->text + n->at;
    uint32_t len = n->len;
    char text[32];
    int64_t value;
    if (!st_run_is_integer(at, n)) {
        if (!st_run_spend(r, n->len / 64) ||
            st_number_to_i64((st_str){at, n->len}, &value) != ST_OK)
            return with->other;
        len = (uint32_t)snprintf(text, sizeof text, "%lld", (long long)value);
        at = text;
    }
    const struct st_text_slot *slot = st_run_find_integer(r, with->integers, at, len);
    return slot == NULL ? with->other : slot->value;
}

uint32_t st_run_case(const struct st_run *r, const struct st_switch *with,
                     const struct st_json_node *value)
{
    uint32_t kind = value->kind;
    if (kind == ST_JSON_NUMBER && with->integers != NULL)
        return find_number_case(r, with, value);
    if (kind != ST_JSON_STRING)
        return with->kinds[kind];
    if (with->texts == NULL)
        return with->other;
    const struct st_text_slot *slot = st_run_find_text(r, with->texts, value);
    return slot == NULL ? with->other : slot->value;
}

/* The entry of the block to go on at. */
static inline uint32_t find_case(const struct st_run *r, const struct st_switch *with,
                                 uint32_t node)
{
    const struct st_json_node *end = r->nodes + r->nodes[node].next;
    const struct st_json_node *name = &r->nodes[node] + 1;
    while (name < end) {
        const struct st_json_node *value = name + 1;
        uint32_t number = __builtin_expect(r->names == NULL, 1) ? name->name : find_number(r, name);
        if (number == with->number && (name->flags & ST_JSON_SHADOWED) == 0)
            return st_run_case(r, with, value);
        name = value->kind >= ST_JSON_ARRAY ? r->nodes + value->next : value + 1;
    }
    return with->absent;
}

bool st_run_unnamed(const struct st_run *r, const struct st_unnamed *unnamed, uint32_t name)
{
    const struct st_json_node *n = &r->nodes[name];
    uint64_t matched = 0;
    if (!st_run_entry(r, r->states[unnamed->names].entry[ST_JSON_STRING], name))
        return false;
    for (uint32_t i = 0; i < unnamed->pattern_count; i++) {
        const struct st_name_pattern *pattern = &unnamed->patterns[i];
        bool found = st_run_search(r, pattern->pattern, n);
        if (r->c->stop != ST_STOP_NOT)
            return false;
        if (!found)
            continue;
        matched |= pattern->groups;
        if (!st_run_state(r, pattern->state, name + 1))
            return false;
    }
    for (uint32_t g = 0; g < unnamed->group_count; g++)
        if ((matched >> g & 1) == 0 && !st_run_state(r, unnamed->rests[g], name + 1))
            return false;
    return true;
}

static bool check_dependents(const struct st_run *r, const struct st_walk *walk, uint64_t seen,
                             uint32_t node)
{
    for (uint32_t i = 0; i < walk->dependent_count; i++) {
        const struct st_dependent *dependent = &walk->dependents[i];
        if ((seen & dependent->when) != dependent->when)
            continue;
        if ((seen & dependent->then) != dependent->then || !st_run_state(r, dependent->state, node))
            return false;
    }
    return true;
}

static bool end_walk(const struct st_run *r, const struct st_walk *walk, uint64_t seen,
                     uint32_t node)
{
    return (seen & walk->required) == walk->required &&
           (walk->dependent_count == 0 || check_dependents(r, walk, seen, node));
}

static bool check_value(const struct st_run *r, const struct st_member_slot *slot, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    return st_run_passes(&slot->glance, n) ||
           st_run_entry(r, r->states[slot->state].entry[n->kind], node);
}

/* Any object: names may repeat, and may have no numbers. */
static bool check_members_slowly(const struct st_run *r, const struct st_walk *walk, uint32_t node)
{
    uint32_t end = r->nodes[node].next;
    uint64_t seen = 0;
    for (uint32_t at = node + 1; at < end; at = st_run_after(r, at + 1)) {
        const struct st_json_node *name = &r->nodes[at];
        if ((name->flags & ST_JSON_SHADOWED) != 0)
            continue;
        if (r->names != NULL && !st_run_spend(r, name->len / 256))
            return false;
        uint32_t number = r->names == NULL ? name->name : find_number(r, name);
        const struct st_member_slot *slot = st_run_slot(walk, number);
        seen |= slot->bit;
        if (!check_value(r, slot, at + 1) ||
            (slot->peek == ST_PEEK_UNNAMED && !st_run_unnamed(r, walk->unnamed, at)))
            return false;
    }
    return end_walk(r, walk, seen, node);
}

/* An object that is walked while one in it is. */
struct frame {
    const struct st_walk *walk;
    uint64_t seen;
    const struct st_json_node *object;
    const struct st_json_node *end;
};

/* Objects in the object are walked in the same loop, up to so many in each other. */
#define FRAMES_MAX 8u

static inline bool is_simple_object(const struct st_json_node *n)
{
    return n->kind == ST_JSON_OBJECT && (n->flags & ST_JSON_REPEATS) == 0;
}

/* What is asked of a value at more than a glance. */
static bool check_more(const struct st_run *r, const struct st_member_slot *slot,
                       const struct st_unnamed *unnamed, const struct st_json_node *value)
{
    uint32_t node = (uint32_t)(value - r->nodes);
    if (slot->peek == ST_PEEK_UNNAMED)
        return check_value(r, slot, node) && st_run_unnamed(r, unnamed, node - 1);
    return st_run_entry(r, r->states[slot->state].entry[value->kind], node);
}

/* One of the giants: each member goes once through this loop, and most leave it soon. */
static bool check_members(const struct st_run *r, const struct st_walk *walk, uint32_t node)
{
    const struct st_json_node *nodes = r->nodes;
    const struct st_json_node *object = &nodes[node];
    const struct st_json_node *end = nodes + object->next;
    if (!st_run_spend(r, (object->next - node) / 4))
        return false;
    if (r->names != NULL || (object->flags & ST_JSON_REPEATS) != 0)
        return check_members_slowly(r, walk, node);
    struct frame frames[FRAMES_MAX];
    uint32_t depth = 0;
    const struct st_json_node *at = object + 1;
    uint64_t seen = 0;
    for (;;) {
        while (at < end) {
            const struct st_member_slot *slot = st_run_slot(walk, at->name);
            const struct st_json_node *value = at + 1;
            seen |= slot->bit;
            at += 2;
            if (st_run_passes(&slot->glance, value)) {
                at = value->kind >= ST_JSON_ARRAY ? nodes + value->next : at;
                continue;
            }
            if (slot->peek == ST_PEEK_WALK && is_simple_object(value) && depth < FRAMES_MAX) {
                frames[depth++] =
                    (struct frame){.walk = walk, .seen = seen, .object = object, .end = end};
                walk = slot->with;
                seen = 0;
                object = value;
                end = nodes + value->next;
                continue;
            }
            if (slot->peek == ST_PEEK_TEXTS && value->kind == ST_JSON_STRING) {
                if (st_run_find_text(r, slot->with, value) == NULL)
                    return false;
                continue;
            }
            if (slot->peek == ST_PEEK_TEXT && value->kind == ST_JSON_STRING) {
                if (!st_run_is_text(r, slot->with, value))
                    return false;
                continue;
            }
            if (slot->peek == ST_PEEK_FORMAT && value->kind == ST_JSON_STRING) {
                if (!st_run_format(r, slot->with, value))
                    return false;
                continue;
            }
            at = value->kind >= ST_JSON_ARRAY ? nodes + value->next : at;
            if (!check_more(r, slot, walk->unnamed, value))
                return false;
        }
        if (!end_walk(r, walk, seen, (uint32_t)(object - nodes)))
            return false;
        if (depth == 0)
            return true;
        const struct frame *frame = &frames[--depth];
        walk = frame->walk;
        seen = frame->seen;
        object = frame->object;
        end = frame->end;
    }
}

static bool check_names(const struct st_run *r, uint32_t state, uint32_t node)
{
    uint32_t end = r->nodes[node].next;
    if (!st_run_spend(r, r->nodes[node].len))
        return false;
    for (uint32_t at = node + 1; at < end; at = st_run_after(r, at + 1))
        if ((r->nodes[at].flags & ST_JSON_SHADOWED) == 0 &&
            !st_run_entry(r, r->states[state].entry[ST_JSON_STRING], at))
            return false;
    return true;
}

/* ---- choices ---- */

static bool check_any(const struct st_run *r, const struct st_branches *branches, uint32_t node)
{
    for (uint32_t i = 0; i < branches->count; i++) {
        if (st_run_state(r, branches->states[i], node))
            return true;
        if (r->c->stop != ST_STOP_NOT)
            return false;
    }
    return false;
}

static bool check_one(const struct st_run *r, const struct st_branches *branches,
                      uint32_t satisfied, uint32_t node)
{
    for (uint32_t i = 0; i < branches->count && satisfied < 2; i++) {
        satisfied += st_run_state(r, branches->states[i], node);
        if (r->c->stop != ST_STOP_NOT)
            return false;
    }
    return satisfied == 1;
}

static bool check_condition(const struct st_run *r, const struct st_branches *branches,
                            uint32_t node)
{
    bool test = st_run_state(r, branches->states[0], node);
    return r->c->stop == ST_STOP_NOT && st_run_state(r, branches->states[test ? 1 : 2], node);
}

static bool check_not(const struct st_run *r, uint32_t state, uint32_t node)
{
    return !st_run_state(r, state, node) && r->c->stop == ST_STOP_NOT;
}

static bool check_plain(const struct st_run *r, const struct st_plain_call *call, uint32_t node)
{
    struct st_checker *c = r->c;
    c->scope_count = call->scope->count;
    for (uint32_t i = 0; i < call->scope->count; i++)
        c->scope[i] = call->scope->resources[i];
    return st_eval(c, call->plain, node, NULL);
}

/* ---- the loop ---- */

static bool check_integer(const struct st_run *r, const struct st_step *step, uint32_t node)
{
    return (r->nodes[node].flags & ST_JSON_INTEGER) != 0 || st_run_rules(r, step->with, node);
}

static bool check_natural(const struct st_run *r, const struct st_step *step, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    return ((n->flags & ST_JSON_INTEGER) != 0 && r->text[n->at] != '-') ||
           st_run_number(r, step->with, node);
}

static bool check_positive(const struct st_run *r, const struct st_step *step, uint32_t node)
{
    return r->text[r->nodes[node].at] != '-' || st_run_number(r, step->with, node);
}

static bool check_count(const struct st_run *r, const struct st_step *step, uint32_t node)
{
    uint32_t count = r->nodes[node].len;
    return step->small == ST_AT_LEAST ? count >= step->count : count <= step->count;
}

static inline bool check_step(const struct st_run *r, const struct st_step *step, uint32_t node)
{
    const struct st_plain_call *call = step->with;
    switch ((enum st_op)step->op) {
    case ST_OP_RULE:
        return st_eval_rule(r->c, call->plain, call->rule, node);
    case ST_OP_PLAIN:
        return check_plain(r, call, node);
    case ST_OP_CALL:
        return st_run_state(r, step->state, node);
    case ST_OP_ANY:
        return check_any(r, step->with, node);
    case ST_OP_ONE:
        return check_one(r, step->with, step->small, node);
    case ST_OP_NOT:
        return check_not(r, step->state, node);
    case ST_OP_IF:
        return check_condition(r, step->with, node);
    case ST_OP_INTEGER:
        return check_integer(r, step, node);
    case ST_OP_NATURAL:
        return check_natural(r, step, node);
    case ST_OP_POSITIVE:
        return check_positive(r, step, node);
    case ST_OP_NUMBER:
        return st_run_number(r, step->with, node);
    case ST_OP_INTEGERS:
        return st_run_integers(r, step->with, node);
    case ST_OP_NOT_EMPTY:
        return r->nodes[node].len > 0;
    case ST_OP_LENGTH:
        return st_run_length(r, step->with, node);
    case ST_OP_FORMAT:
        return st_run_format(r, step->with, &r->nodes[node]);
    case ST_OP_PATTERN:
        return st_run_search(r, step->with, &r->nodes[node]);
    case ST_OP_TEXT:
        return st_run_is_text(r, step->with, &r->nodes[node]);
    case ST_OP_TEXTS:
        return st_run_find_text(r, step->with, &r->nodes[node]) != NULL;
    case ST_OP_COUNT:
        return check_count(r, step, node);
    case ST_OP_ITEMS:
        return check_items(r, step->with, node);
    case ST_OP_CONTAINS:
        return check_contains(r, step->with, node);
    case ST_OP_UNIQUE:
        return check_unique(r, call, node);
    case ST_OP_SWITCH:
        return st_run_entry(r, find_case(r, step->with, node), node);
    case ST_OP_NAMES:
        return check_names(r, step->state, node);
    case ST_OP_WALK:
        return check_members(r, step->with, node);
    case ST_OP_UNNAMED: /* of outlines, which ask for it themselves */
    case ST_OP_END:
        break;
    }
    return false;
}

bool st_run_step(const struct st_run *r, const struct st_step *step, uint32_t node)
{
    return check_step(r, step, node);
}

bool st_run_steps(const struct st_run *r, uint32_t entry, uint32_t node)
{
    struct st_checker *c = r->c;
    if (c->depth == ST_SCHEMA_DEPTH_MAX || !st_run_spend(r, 1))
        return st_run_stop(r);
    const struct st_step *step = &r->steps[entry];
    while (step->op == ST_OP_SWITCH) {
        entry = find_case(r, step->with, node);
        if (entry < ST_ENTRY_FIRST || !st_run_spend(r, 1))
            return entry == ST_ENTRY_PASS;
        step = &r->steps[entry];
    }
    c->depth++;
    bool satisfied = check_step(r, step, node);
    while (satisfied && !step->last)
        satisfied = check_step(r, ++step, node);
    c->depth--;
    return satisfied;
}

/* A root that is nothing but a walk, behind switches or not, is entered at once. */
static bool check_root(const struct st_run *r, uint32_t entry, uint32_t node)
{
    while (entry >= ST_ENTRY_FIRST && r->steps[entry].op == ST_OP_SWITCH)
        entry = find_case(r, r->steps[entry].with, node);
    if (entry < ST_ENTRY_FIRST || r->steps[entry].op != ST_OP_WALK || !r->steps[entry].last)
        return st_run_entry(r, entry, node);
    return check_members(r, r->steps[entry].with, node);
}

enum st_verdict st_program_run(struct st_checker *c, const struct st_schema *schema, uint32_t node)
{
    const struct st_program *program = schema->program;
    const struct st_json *doc = c->doc;
    bool numbered = doc->names == schema->names && doc->name_count >= schema->name_count;
    const struct st_run r = {
        .c = c,
        .doc = doc,
        .nodes = doc->nodes,
        .text = doc->text.at,
        .states = program->states,
        .steps = program->steps,
        .names = numbered ? NULL : schema->names,
        .words_room = doc->text.len < 17 ? 0 : (uint32_t)doc->text.len - 16,
    };
    bool outlined = numbered && node == 0 && !c->walks_all && st_outline_is_for(program, doc);
    if (outlined && st_outline_accepts(&r, program))
        return ST_VERDICT_YES;
    uint32_t entry = program->states[program->root].entry[doc->nodes[node].kind];
    bool satisfied = check_root(&r, entry, node);
    if (c->stop != ST_STOP_NOT)
        return ST_VERDICT_UNKNOWN;
    if (outlined && satisfied)
        st_outline_learn(&r, program);
    return satisfied ? ST_VERDICT_YES : ST_VERDICT_NO;
}
