#include "schema/pattern_walk.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "schema/limits.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum step_kind {
    STEP_FOUND, /* the end of the pattern, or of a look */
    STEP_CHAR,  /* a: code point */
    STEP_SET,   /* a: which set */
    STEP_START,
    STEP_END,
    STEP_EDGE,  /* negated: no edge */
    STEP_SAVE,  /* a: the register that takes the place */
    STEP_REF,   /* a: group */
    STEP_LOOK,  /* a: the step behind it */
    STEP_SPLIT, /* a: the step to try when what follows fails */
    STEP_JUMP,  /* a: to there */
    /* A loop is INIT, LOOP, ENTER, the body, NEXT. `a` is its register, a+1 the next. */
    STEP_INIT,  /* counts from 0 */
    STEP_LOOP,  /* b … c: counts; d: the step behind the loop */
    STEP_ENTER, /* remembers the place; b … c-1: registers of the captures inside */
    STEP_NEXT,  /* b: least count; d: back to LOOP */
};

struct step {
    uint8_t kind;
    bool negated;
    bool lazy;
    bool back; /* inside a lookbehind: text is eaten from right to left */
    uint32_t a;
    uint32_t b;
    uint32_t c;
    uint32_t d;
};

struct st_plan {
    struct step *steps;
    uint32_t count;
    uint32_t room;
    pcre2_code **sets;
    uint32_t set_count;
    uint32_t set_room;
    uint32_t registers; /* two for each group, group 0 included, then two for each loop */
};

/* ---- planning ---- */

struct planner {
    struct st_plan *plan;
    struct st_buf text; /* of a set */
    st_err err;
    struct st_why *why;
};

static void fail_memory(struct planner *planner)
{
    if (planner->err == ST_OK)
        planner->err = st_fail(planner->why, ST_ERR_MEMORY, "no memory for the pattern");
}

static uint32_t add_step(struct planner *planner, struct step step)
{
    struct st_plan *plan = planner->plan;
    if (plan->count == plan->room) {
        uint32_t room = plan->room == 0 ? 32 : plan->room * 2;
        struct step *steps = st_mem_resize(plan->steps, room * sizeof *steps);
        if (steps == NULL) {
            fail_memory(planner);
            return 0;
        }
        plan->steps = steps;
        plan->room = room;
    }
    plan->steps[plan->count] = step;
    return plan->count++;
}

static bool reserve_set(struct planner *planner)
{
    struct st_plan *plan = planner->plan;
    if (plan->set_count < plan->set_room)
        return true;
    uint32_t room = plan->set_room == 0 ? 8 : plan->set_room * 2;
    pcre2_code **sets = st_mem_resize(plan->sets, room * sizeof(pcre2_code *));
    if (sets == NULL) {
        fail_memory(planner);
        return false;
    }
    plan->sets = sets;
    plan->set_room = room;
    return true;
}

static void plan_set(struct planner *planner, const struct st_node *node, bool back)
{
    int error = 0;
    size_t offset = 0;
    struct st_plan *plan = planner->plan;
    st_buf_reset(&planner->text);
    planner->err = st_tree_write_set(node, &planner->text, planner->why);
    if (planner->err != ST_OK || !reserve_set(planner))
        return;
    pcre2_code *set =
        pcre2_compile((PCRE2_SPTR)planner->text.at, planner->text.len,
                      ST_PATTERN_PCRE2_OPTIONS | PCRE2_ANCHORED, &error, &offset, NULL);
    if (set == NULL) {
        planner->err = st_fail_at(planner->why, ST_ERR_INVALID, "Unicode property not supported",
                                  node->offset);
        return;
    }
    pcre2_jit_compile(set, PCRE2_JIT_COMPLETE);
    plan->sets[plan->set_count] = set;
    add_step(planner, (struct step){.kind = STEP_SET, .back = back, .a = plan->set_count});
    plan->set_count++;
}

static void plan_node(struct planner *planner, const struct st_node *node, bool back);

/* Looking back, the last term comes first. */
static void plan_sequence(struct planner *planner, const struct st_node *node, bool back)
{
    const struct st_node **order = NULL;
    size_t count = 0;
    if (!back) {
        for (const struct st_node *child = node->child; child != NULL; child = child->next)
            plan_node(planner, child, back);
        return;
    }
    for (const struct st_node *child = node->child; child != NULL; child = child->next)
        count++;
    order = st_mem_get((count + 1) * sizeof(const struct st_node *));
    if (order == NULL) {
        fail_memory(planner);
        return;
    }
    size_t at = count;
    for (const struct st_node *child = node->child; child != NULL; child = child->next)
        order[--at] = child;
    for (at = 0; at < count; at++)
        plan_node(planner, order[at], back);
    st_mem_free(order);
}

/* SPLIT first JUMP end, SPLIT second JUMP end, … last, end. The jumps are chained through `a` until
 * the end is known. */
static void plan_alternatives(struct planner *planner, const struct st_node *node, bool back)
{
    uint32_t last_jump = 0;
    for (const struct st_node *child = node->child; child != NULL; child = child->next) {
        uint32_t split = 0;
        if (child->next != NULL)
            split = add_step(planner, (struct step){.kind = STEP_SPLIT});
        plan_node(planner, child, back);
        if (child->next == NULL || planner->err != ST_OK)
            break;
        last_jump = add_step(planner, (struct step){.kind = STEP_JUMP, .a = last_jump});
        if (planner->err == ST_OK)
            planner->plan->steps[split].a = planner->plan->count;
    }
    while (planner->err == ST_OK && last_jump != 0) {
        struct step *jump = &planner->plan->steps[last_jump];
        last_jump = jump->a;
        jump->a = planner->plan->count;
    }
}

static void plan_repeat(struct planner *planner, const struct st_node *node, bool back)
{
    if (node->high == 0)
        return;
    uint32_t counter = planner->plan->registers;
    planner->plan->registers += 2;
    add_step(planner, (struct step){.kind = STEP_INIT, .a = counter});
    uint32_t loop = add_step(
        planner,
        (struct step){
            .kind = STEP_LOOP, .lazy = node->lazy, .a = counter, .b = node->low, .c = node->high});
    add_step(planner, (struct step){.kind = STEP_ENTER,
                                    .a = counter,
                                    .b = 2 * node->groups_from,
                                    .c = 2 * node->groups_to});
    plan_node(planner, node->child, back);
    add_step(planner, (struct step){.kind = STEP_NEXT, .a = counter, .b = node->low, .d = loop});
    if (planner->err == ST_OK)
        planner->plan->steps[loop].d = planner->plan->count;
}

static void plan_group(struct planner *planner, const struct st_node *node, bool back)
{
    if (node->low > 0)
        add_step(planner, (struct step){.kind = STEP_SAVE, .a = 2 * node->low + back});
    plan_node(planner, node->child, back);
    if (node->low > 0)
        add_step(planner, (struct step){.kind = STEP_SAVE, .a = 2 * node->low + !back});
}

static void plan_look(struct planner *planner, const struct st_node *node)
{
    uint32_t look = add_step(planner, (struct step){.kind = STEP_LOOK, .negated = node->negated});
    plan_node(planner, node->child, node->behind);
    add_step(planner, (struct step){.kind = STEP_FOUND});
    if (planner->err == ST_OK)
        planner->plan->steps[look].a = planner->plan->count;
}

static void plan_node(struct planner *planner, const struct st_node *node, bool back)
{
    if (planner->err != ST_OK)
        return;
    switch (node->kind) {
    case ST_NODE_CHAR:
        add_step(planner, (struct step){.kind = STEP_CHAR, .back = back, .a = node->low});
        break;
    case ST_NODE_ANY:
    case ST_NODE_SET:
        plan_set(planner, node, back);
        break;
    case ST_NODE_START:
        add_step(planner, (struct step){.kind = STEP_START});
        break;
    case ST_NODE_END:
        add_step(planner, (struct step){.kind = STEP_END});
        break;
    case ST_NODE_EDGE:
    case ST_NODE_NOT_EDGE:
        add_step(planner,
                 (struct step){.kind = STEP_EDGE, .negated = node->kind == ST_NODE_NOT_EDGE});
        break;
    case ST_NODE_LOOK:
        plan_look(planner, node);
        break;
    case ST_NODE_REF:
        add_step(planner, (struct step){.kind = STEP_REF, .back = back, .a = node->low});
        break;
    case ST_NODE_GROUP:
        plan_group(planner, node, back);
        break;
    case ST_NODE_REPEAT:
        plan_repeat(planner, node, back);
        break;
    case ST_NODE_SEQ:
        plan_sequence(planner, node, back);
        break;
    case ST_NODE_ALT:
        plan_alternatives(planner, node, back);
        break;
    default:
        break;
    }
}

st_err st_plan_new(struct st_plan **plan, const struct st_tree *tree, struct st_why *why)
{
    struct planner planner = {.text = ST_BUF(ST_PATTERN_WRITTEN_BYTES_MAX), .why = why};
    planner.plan = st_mem_get_zeroed(sizeof *planner.plan);
    if (planner.plan == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory for the pattern");
    planner.plan->registers = 2 * (tree->groups + 1);
    plan_node(&planner, tree->root, false);
    add_step(&planner, (struct step){.kind = STEP_FOUND});
    st_buf_done(&planner.text);
    if (planner.err != ST_OK) {
        st_plan_free(planner.plan);
        return planner.err;
    }
    *plan = planner.plan;
    return ST_OK;
}

void st_plan_free(struct st_plan *plan)
{
    if (plan == NULL)
        return;
    for (uint32_t i = 0; i < plan->set_count; i++)
        pcre2_code_free(plan->sets[i]);
    st_mem_free(plan->sets);
    st_mem_free(plan->steps);
    st_mem_free(plan);
}

/* ---- walking ---- */

#define NO_REGISTER UINT32_MAX
#define UNSET       SIZE_MAX
#define MARKS_MAX   ((size_t)ST_PATTERN_HEAP_KIB_MAX * 1024 / sizeof(struct mark))

/* What to do when a way ends: go on at a step, or put a register back first. */
struct mark {
    uint32_t step;
    uint32_t reg; /* NO_REGISTER: go on at `step`, at place `value` */
    size_t value;
};

struct st_walker {
    struct mark *marks;
    size_t mark_count;
    size_t mark_room;
    size_t *registers;
    uint32_t register_room;
    pcre2_match_data *match;
    /* The search at hand. */
    const struct st_plan *plan;
    st_str text;
    uint64_t steps_left;
    st_err err;
};

st_err st_walker_new(struct st_walker **walker)
{
    struct st_walker *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return ST_ERR_MEMORY;
    made->match = pcre2_match_data_create(1, NULL);
    if (made->match == NULL) {
        st_mem_free(made);
        return ST_ERR_MEMORY;
    }
    *walker = made;
    return ST_OK;
}

void st_walker_free(struct st_walker *walker)
{
    if (walker == NULL)
        return;
    pcre2_match_data_free(walker->match);
    st_mem_free(walker->marks);
    st_mem_free(walker->registers);
    st_mem_free(walker);
}

static bool stop(struct st_walker *walker, st_err err)
{
    walker->err = err;
    return false;
}

static bool push(struct st_walker *walker, struct mark mark)
{
    if (walker->mark_count == walker->mark_room) {
        size_t room = walker->mark_room == 0 ? 256 : walker->mark_room * 2;
        if (room > MARKS_MAX)
            return stop(walker, ST_ERR_LIMIT);
        struct mark *marks = st_mem_resize(walker->marks, room * sizeof *marks);
        if (marks == NULL)
            return stop(walker, ST_ERR_MEMORY);
        walker->marks = marks;
        walker->mark_room = room;
    }
    walker->marks[walker->mark_count++] = mark;
    return true;
}

static bool set_register(struct st_walker *walker, uint32_t reg, size_t value)
{
    size_t *place = &walker->registers[reg];
    if (*place == value)
        return true;
    if (!push(walker, (struct mark){.reg = reg, .value = *place}))
        return false;
    *place = value;
    return true;
}

/* Pops down to `floor`, or to a way not yet gone, which is then *step at *at. */
static bool backtrack(struct st_walker *walker, size_t floor, uint32_t *step, size_t *at)
{
    while (walker->mark_count > floor) {
        struct mark mark = walker->marks[--walker->mark_count];
        if (mark.reg == NO_REGISTER) {
            *step = mark.step;
            *at = mark.value;
            return true;
        }
        walker->registers[mark.reg] = mark.value;
    }
    return false;
}

/* A look that was found is not gone into again, but what it captured can be taken back. */
static void forget_ways(struct st_walker *walker, size_t floor)
{
    size_t kept = floor;
    for (size_t i = floor; i < walker->mark_count; i++)
        if (walker->marks[i].reg != NO_REGISTER)
            walker->marks[kept++] = walker->marks[i];
    walker->mark_count = kept;
}

static size_t place_before(st_str text, size_t at)
{
    do
        at--;
    while (((unsigned char)text.at[at] & 0xC0) == 0x80);
    return at;
}

/* Eats one character in the step's direction if it is the one. */
static bool eat_one(struct st_walker *walker, const struct step *step, size_t *at)
{
    st_str text = walker->text;
    if (step->back ? *at == 0 : *at == text.len)
        return false;
    size_t from = step->back ? place_before(text, *at) : *at;
    size_t behind = from;
    uint32_t c = st_utf8_next(text, &behind);
    *at = step->back ? from : behind;
    if (step->kind == STEP_CHAR)
        return c == step->a;
    return pcre2_match(walker->plan->sets[step->a], (PCRE2_SPTR)text.at + from, behind - from, 0,
                       PCRE2_NO_UTF_CHECK, walker->match, NULL) > 0;
}

static bool is_word(st_str text, size_t at)
{
    char c = at < text.len ? text.at[at] : ' ';
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_edge(st_str text, size_t at)
{
    return (at > 0 && is_word(text, at - 1)) != is_word(text, at);
}

/* A group that has not taken part is found everywhere. */
static bool eat_reference(struct st_walker *walker, const struct step *step, size_t *at)
{
    size_t from = walker->registers[2 * step->a];
    size_t to = walker->registers[2 * step->a + 1];
    if (from == UNSET || to == UNSET)
        return true;
    size_t len = to - from;
    size_t left = step->back ? *at : walker->text.len - *at;
    if (len > left)
        return false;
    const char *here = walker->text.at + (step->back ? *at - len : *at);
    if (len > 0 && memcmp(here, walker->text.at + from, len) != 0)
        return false;
    *at = step->back ? *at - len : *at + len;
    return true;
}

/* At the head of a loop: one more round, or out; the other way is kept for later. */
static bool choose_round(struct st_walker *walker, uint32_t *step, size_t at)
{
    const struct step *loop = &walker->plan->steps[*step];
    size_t count = walker->registers[loop->a];
    uint32_t round = *step + 1;
    *step = round;
    if (count < loop->b)
        return true;
    *step = loop->d;
    if (loop->c != ST_PATTERN_MANY && count >= loop->c)
        return true;
    *step = loop->lazy ? loop->d : round;
    return push(walker, (struct mark){
                            .step = loop->lazy ? round : loop->d, .reg = NO_REGISTER, .value = at});
}

static bool enter_round(struct st_walker *walker, const struct step *step, size_t at)
{
    for (uint32_t reg = step->b; reg < step->c; reg++)
        if (!set_register(walker, reg, UNSET))
            return false;
    return set_register(walker, step->a + 1, at);
}

/* A round past the least count must have eaten something. */
static bool end_round(struct st_walker *walker, const struct step *step, size_t at)
{
    size_t count = walker->registers[step->a];
    if (count >= step->b && walker->registers[step->a + 1] == at)
        return false;
    return set_register(walker, step->a, count + 1);
}

static bool run(struct st_walker *walker, uint32_t step, size_t at);

static bool look(struct st_walker *walker, uint32_t *step, size_t at)
{
    const struct step *look = &walker->plan->steps[*step];
    size_t floor = walker->mark_count;
    bool found = run(walker, *step + 1, at);
    uint32_t ignored_step = 0;
    size_t ignored_at = 0;
    *step = look->a;
    if (walker->err != ST_OK)
        return false;
    if (!found)
        return look->negated;
    forget_ways(walker, floor);
    if (look->negated)
        backtrack(walker, floor, &ignored_step, &ignored_at);
    return !look->negated;
}

/* Does one step and sets the next one; false: this way ends here. */
static bool advance(struct st_walker *walker, uint32_t *at_step, size_t *at)
{
    const struct step *step = &walker->plan->steps[*at_step];
    switch ((enum step_kind)step->kind) {
    case STEP_LOOP:
        return choose_round(walker, at_step, *at);
    case STEP_LOOK:
        return look(walker, at_step, *at);
    case STEP_JUMP:
        *at_step = step->a;
        return true;
    case STEP_NEXT:
        *at_step = step->d;
        return end_round(walker, step, *at);
    default:
        ++*at_step;
        break;
    }
    switch ((enum step_kind)step->kind) {
    case STEP_CHAR:
    case STEP_SET:
        return eat_one(walker, step, at);
    case STEP_START:
        return *at == 0;
    case STEP_END:
        return *at == walker->text.len;
    case STEP_EDGE:
        return is_edge(walker->text, *at) != step->negated;
    case STEP_SAVE:
        return set_register(walker, step->a, *at);
    case STEP_REF:
        return eat_reference(walker, step, at);
    case STEP_SPLIT:
        return push(walker, (struct mark){.step = step->a, .reg = NO_REGISTER, .value = *at});
    case STEP_INIT:
        return set_register(walker, step->a, 0);
    case STEP_ENTER:
        return enter_round(walker, step, *at);
    default:
        return false;
    }
}

/* Whether the steps from `step` on are found at `at`. When they are, the marks stay. */
static bool run(struct st_walker *walker, uint32_t step, size_t at)
{
    size_t floor = walker->mark_count;
    while (walker->plan->steps[step].kind != STEP_FOUND) {
        if (walker->steps_left-- == 0)
            return stop(walker, ST_ERR_LIMIT);
        if (advance(walker, &step, &at))
            continue;
        if (walker->err != ST_OK || !backtrack(walker, floor, &step, &at))
            return false;
    }
    return true;
}

static bool start_walk(struct st_walker *walker, const struct st_plan *plan, st_str text)
{
    if (walker->register_room < plan->registers) {
        size_t *registers = st_mem_resize(walker->registers, plan->registers * sizeof *registers);
        if (registers == NULL)
            return false;
        walker->registers = registers;
        walker->register_room = plan->registers;
    }
    for (uint32_t i = 0; i < plan->registers; i++)
        walker->registers[i] = UNSET;
    walker->mark_count = 0;
    walker->plan = plan;
    walker->text = text;
    walker->steps_left = ST_PATTERN_MATCH_STEPS_MAX + (uint64_t)text.len * ST_WALK_STEPS_A_BYTE;
    walker->err = ST_OK;
    return true;
}

static st_err search(struct st_walker *walker, st_str text, bool *found)
{
    for (size_t at = 0;; st_utf8_next(text, &at)) {
        if (run(walker, 0, at)) {
            *found = true;
            return ST_OK;
        }
        if (walker->err != ST_OK || at == text.len)
            return walker->err;
    }
}

st_err st_walk_search(const struct st_plan *plan, struct st_walker *walker, st_str text,
                      bool *found, uint64_t *spent)
{
    *found = false;
    if (!start_walk(walker, plan, text))
        return ST_ERR_MEMORY;
    uint64_t steps = walker->steps_left;
    st_err err = search(walker, text, found);
    *spent = walker->steps_left < steps ? steps - walker->steps_left : steps;
    return err;
}
