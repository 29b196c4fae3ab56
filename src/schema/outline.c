#include "schema/outline.h"
#include "schema/twin.h"

#include "base/mem.h"

/* Registers are filled from one line each. */
#define CACHE_LINE 64u

/* The most that a hit, once, keeps an outline from being replaced by others. */
#define CREDIT 3u

/* Documents by program, size and first name, whose keys are told apart. */
#define KEYS 64u
_Static_assert(ST_OUTLINE_NODES_MAX <= UINT8_MAX, "a byte for each place");

/* States and cases gone into while one outline is learned: a few for each node. */
#define LEARN_STEPS_MAX (4u * ST_OUTLINE_NODES_MAX)

/* A step, and the value that it is for. A SWITCH has `state` as the entry to be found. */
struct ask {
    struct st_step step;
    uint32_t node;
};

struct outline {
    _Alignas(CACHE_LINE) struct st_outline nodes;
    uint32_t ask_count;
    struct ask asks[ST_OUTLINE_ASKS_MAX];
};

/* What an outline is of, and what it is worth. Its key is the first of the asks: that a member's
 * text is this one. The root's SWITCH goes on at its case then. */
struct place {
    uint32_t program;               /* its id; 0: free */
    uint32_t count;                 /* of nodes */
    const struct st_text_slot *key; /* NULL: none */
    uint32_t key_node;
    uint32_t credit;
    bool proven; /* by a second document */
};

struct st_outlines {
    void *block; /* it was allocated as */
    st_outline_fit_fn *fits;
    uint32_t pause; /* grows with outlines learned in vain */
    uint32_t wait;  /* documents to be passed over */
    uint64_t hits;
    uint8_t keys[KEYS]; /* where the key was last, in such documents; 0: nowhere */
    struct place places[ST_OUTLINE_SETS][2];
    struct outline all[ST_OUTLINE_SETS][2];
};

void st_outlines_free(struct st_outlines *outlines)
{
    if (outlines != NULL)
        st_mem_free(outlines->block);
}

uint64_t st_checker_outlined(const struct st_checker *checker)
{
    return checker->outlines == NULL ? 0 : checker->outlines->hits;
}

void st_checker_walk_all(struct st_checker *checker)
{
    checker->walks_all = true;
}

/* ---- finding ---- */

/* A document as it is looked up: what is read of it once. */
struct looked_up {
    uint32_t program;
    uint32_t count;    /* of nodes */
    uint32_t key_node; /* a text; 0: none */
    struct st_words key;
    uint32_t set; /* where its outline is */
};

static inline uint8_t *key_of(struct st_outlines *os, const struct st_program *program,
                              const struct st_json_node *nodes)
{
    return &os->keys[(program->id * 29 + nodes[0].next + nodes[1].name) % KEYS];
}

/* The set follows from the key's text, and from the names at the end; one of two nodes side by side
 * is a name, mostly. */
_Static_assert(ST_OUTLINE_NODES_MIN >= 3, "as many are looked at");
static inline struct looked_up look_up(const struct st_run *r, struct st_outlines *os,
                                       const struct st_program *program)
{
    struct looked_up l = {.program = program->id, .count = r->nodes[0].next};
    const struct st_json_node *last = &r->nodes[l.count - 2];
    uint32_t at = *key_of(os, program, r->nodes);
    if (at > 0 && at < l.count && r->nodes[at].kind == ST_JSON_STRING) {
        l.key_node = at;
        l.key = st_run_words(r, &r->nodes[at]);
    }
    uint64_t mixed = (uint64_t)l.program << 40 ^ (uint64_t)l.count << 32 ^
                     (uint32_t)(last[0].name ^ last[-1].name) << 16 ^ l.key.head ^
                     (l.key.tail << 9 | l.key.tail >> 55);
    l.set = (uint32_t)(mixed * UINT64_C(0x9E3779B97F4A7C15) >> (64 - ST_OUTLINE_SETS_BITS));
    return l;
}

static inline bool has_key(const struct st_run *r, const struct place *place,
                           const struct looked_up *l)
{
    return place->key == NULL ||
           (place->key_node == l->key_node &&
            st_run_in_slot(r, place->key, l->key, st_run_text(r, &r->nodes[l->key_node])));
}

/* A case that is gone on at when the steps have ended, here or inside a step, is not the value's;
 * the other looks say no then. */
static __attribute__((noinline)) bool is_rare_satisfied(const struct st_run *r,
                                                        const struct ask *ask)
{
    bool satisfied;
    if (ask->step.op == ST_OP_SWITCH)
        satisfied = st_run_case(r, ask->step.with, &r->nodes[ask->node]) == ask->step.state;
    else if (ask->step.op == ST_OP_UNNAMED)
        satisfied = st_run_unnamed(r, ask->step.with, ask->node);
    else
        satisfied = st_run_step(r, &ask->step, ask->node);
    return satisfied && r->c->stop == ST_STOP_NOT;
}

/* What most asks are is in line, in few branches. */
static inline bool is_satisfied(const struct st_run *r, const struct ask *ask)
{
    const struct st_json_node *n = &r->nodes[ask->node];
    if (ask->step.op == ST_OP_TEXTS)
        return st_run_find_text(r, ask->step.with, n) != NULL;
    if (ask->step.op == ST_OP_FORMAT)
        return st_run_format(r, ask->step.with, n);
    if (ask->step.op == ST_OP_TEXT)
        return st_run_is_text(r, ask->step.with, n);
    return is_rare_satisfied(r, ask);
}

static inline bool satisfies(const struct st_run *r, const struct outline *o)
{
    const struct ask *end = o->asks + o->ask_count;
    for (const struct ask *ask = o->asks; ask < end; ask++)
        if (!is_satisfied(r, ask))
            return false;
    return true;
}

static inline void hit(struct st_outlines *os, struct place *place)
{
    os->hits++;
    place->credit = CREDIT;
    if (place->proven)
        return;
    place->proven = true;
    os->pause /= 2;
}

bool st_outline_accepts(const struct st_run *r, const struct st_program *program)
{
    struct st_outlines *os = r->c->outlines;
    if (os == NULL)
        return false;
    const struct looked_up l = look_up(r, os, program);
    for (uint32_t way = 0; way < 2; way++) {
        struct place *place = &os->places[l.set][way];
        const struct outline *o = &os->all[l.set][way];
        if (place->program != l.program || place->count != l.count || !has_key(r, place, &l) ||
            !os->fits(r->nodes, &o->nodes) || !satisfies(r, o))
            continue;
        hit(os, place);
        return true;
    }
    /* The walk has all its steps, or its no would depend on the documents before. */
    r->c->steps = st_checker_allowance(l.count);
    r->c->stop = ST_STOP_NOT;
    return false;
}

/* ---- learning ---- */

struct learning {
    const struct st_run *r;
    struct outline *o;
    struct place *place;
    uint32_t steps;
    bool failed; /* the document is not for an outline */
};

static void learn_state(struct learning *l, uint32_t state, uint32_t node);
static void learn_entry(struct learning *l, uint32_t entry, uint32_t node);

#define KIND      UINT32_C(0xFF)
#define FLAG(f)   ((uint32_t)(f) << 8)
#define NUMBERING UINT32_C(0xFFFF0000)

static uint32_t head_of(const struct st_json_node *n)
{
    uint32_t head;
    memcpy(&head, n, sizeof head);
    return head + 1;
}

/* What all nodes have to have: the order of kinds, so that values stand where they stood. */
static void begin(struct learning *l, uint32_t count)
{
    struct st_outline *o = &l->o->nodes;
    o->count = count;
    l->o->ask_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct st_json_node *n = &l->r->nodes[i];
        bool is_truth = n->kind == ST_JSON_FALSE || n->kind == ST_JSON_TRUE;
        l->failed = l->failed || (n->flags & ST_JSON_REPEATS) != 0;
        o->wants[i].head = head_of(n);
        o->wants[i].min = n->kind >= ST_JSON_ARRAY ? n->len : 0;
        o->masks[i].head =
            (KIND ^ is_truth) | FLAG(ST_JSON_NAME | ST_JSON_SHADOWED | ST_JSON_REPEATS);
        o->masks[i].min = 0;
    }
}

static void ask(struct learning *l, const struct st_step *step, uint32_t node)
{
    if (l->o->ask_count == ST_OUTLINE_ASKS_MAX)
        l->failed = true;
    else
        l->o->asks[l->o->ask_count++] = (struct ask){.step = *step, .node = node};
}

static void fix(struct learning *l, uint32_t node, uint32_t bits)
{
    l->o->nodes.masks[node].head |= bits;
}

/* The number as it is written; false: the step has to look at each. */
static bool learn_number(struct learning *l, const struct st_step *step, uint32_t node)
{
    uint32_t flags = l->r->nodes[node].flags;
    bool is_integer = (flags & ST_JSON_INTEGER) != 0;
    bool is_minus = (flags & ST_JSON_MINUS) != 0;
    switch ((enum st_op)step->op) {
    case ST_OP_INTEGER:
        fix(l, node, is_integer ? FLAG(ST_JSON_INTEGER) : 0);
        return is_integer;
    case ST_OP_NATURAL:
        fix(l, node, is_integer && !is_minus ? FLAG(ST_JSON_INTEGER | ST_JSON_MINUS) : 0);
        return is_integer && !is_minus;
    case ST_OP_POSITIVE:
        fix(l, node, is_minus ? 0 : FLAG(ST_JSON_MINUS));
        return !is_minus;
    default:
        return false;
    }
}

static void learn_items(struct learning *l, const struct st_elements *elements, uint32_t node)
{
    uint32_t end = l->r->nodes[node].next;
    uint32_t index = 0;
    for (uint32_t at = node + 1; at < end && !l->failed; at = st_run_after(l->r, at), index++)
        learn_state(l, index < elements->count ? elements->states[index] : elements->rest, at);
}

/* What the walk saw as to `required` is what it will see: the names are the same. */
static void learn_walk(struct learning *l, const struct st_walk *walk, uint32_t node)
{
    uint32_t end = l->r->nodes[node].next;
    uint64_t seen = 0;
    for (uint32_t at = node + 1; at < end && !l->failed; at = st_run_after(l->r, at + 1)) {
        const struct st_member_slot *slot = st_run_slot(walk, l->r->nodes[at].name);
        fix(l, at, NUMBERING);
        if (slot->peek == ST_PEEK_UNNAMED)
            ask(l, &(struct st_step){.op = ST_OP_UNNAMED, .with = walk->unnamed}, at);
        seen |= slot->bit;
        learn_state(l, slot->state, at + 1);
    }
    for (uint32_t i = 0; i < walk->dependent_count && !l->failed; i++)
        if ((seen & walk->dependents[i].when) == walk->dependents[i].when)
            learn_state(l, walk->dependents[i].state, node);
}

/* The value of the member that the switch is on, or 0. */
static uint32_t find_member(const struct st_run *r, const struct st_switch *with, uint32_t node)
{
    uint32_t end = r->nodes[node].next;
    for (uint32_t at = node + 1; at < end; at = st_run_after(r, at + 1))
        if (r->nodes[at].name == with->number)
            return at + 1;
    return 0;
}

static void learn_names(struct learning *l, uint32_t node)
{
    uint32_t end = l->r->nodes[node].next;
    for (uint32_t at = node + 1; at < end; at = st_run_after(l->r, at + 1))
        fix(l, at, NUMBERING);
}

static void learn_switch(struct learning *l, const struct st_switch *with, uint32_t node)
{
    const struct st_run *r = l->r;
    uint32_t member = find_member(r, with, node);
    uint32_t entry = with->absent;
    learn_names(l, node);
    if (member != 0) {
        const struct st_json_node *value = &r->nodes[member];
        const struct st_text_slot *slot = NULL;
        entry = st_run_case(r, with, value);
        if (member == l->place->key_node && l->place->key == NULL && with->texts != NULL)
            slot = st_run_find_text(r, with->texts, value);
        l->failed = l->failed || r->c->stop != ST_STOP_NOT; /* the walk had more steps left */
        if (slot != NULL)
            l->place->key = slot;
        else
            ask(l, &(struct st_step){.op = ST_OP_SWITCH, .state = entry, .with = with}, member);
    }
    learn_entry(l, entry, node);
}

static void learn_step(struct learning *l, const struct st_step *step, uint32_t node)
{
    switch ((enum st_op)step->op) {
    case ST_OP_CALL:
        learn_state(l, step->state, node);
        break;
    case ST_OP_ITEMS:
        learn_items(l, step->with, node);
        break;
    case ST_OP_WALK:
        learn_walk(l, step->with, node);
        break;
    case ST_OP_SWITCH:
        learn_switch(l, step->with, node);
        break;
    case ST_OP_COUNT:
        break;
    case ST_OP_NOT_EMPTY:
        if (l->o->nodes.wants[node].min == 0)
            l->o->nodes.wants[node].min = 1;
        break;
    default:
        if (!learn_number(l, step, node))
            ask(l, step, node);
    }
}

static void learn_entry(struct learning *l, uint32_t entry, uint32_t node)
{
    l->failed = l->failed || entry == ST_ENTRY_FAIL || ++l->steps > LEARN_STEPS_MAX;
    if (l->failed || entry == ST_ENTRY_PASS)
        return;
    const struct st_step *step = &l->r->steps[entry];
    learn_step(l, step, node);
    while (!step->last && !l->failed)
        learn_step(l, ++step, node);
}

static void learn_state(struct learning *l, uint32_t state, uint32_t node)
{
    const uint32_t *entry = l->r->states[state].entry;
    if (entry[ST_JSON_FALSE] != ST_ENTRY_PASS || entry[ST_JSON_TRUE] != ST_ENTRY_PASS)
        fix(l, node, KIND);
    learn_entry(l, entry[l->r->nodes[node].kind], node);
}

/* ---- remembering ---- */

static struct st_outlines *outlines_new(void)
{
    char *block = st_mem_get(sizeof(struct st_outlines) + CACHE_LINE);
    if (block == NULL)
        return NULL;
    struct st_outlines *os = (void *)(block + CACHE_LINE - (uintptr_t)block % CACHE_LINE);
    os->block = block;
    os->fits = st_outline_fit_best();
    os->pause = 0;
    os->wait = 0;
    os->hits = 0;
    memset(os->keys, 0, sizeof os->keys);
    memset(os->places, 0, sizeof os->places);
    return os;
}

/* The way of the set that is to be had; NULL: both are in use, and one of them less so now. */
static struct place *take_place(struct place set[2])
{
    struct place *place = set[1].credit < set[0].credit ? &set[1] : &set[0];
    if (set[0].program != 0 && set[1].program == 0)
        place = &set[1];
    if (place->credit == 0)
        return place;
    place->credit--;
    return NULL;
}

static void pause_longer(struct st_outlines *os)
{
    uint32_t longer = os->pause * 2 + 1;
    os->pause = longer > ST_OUTLINE_PAUSE_MAX ? ST_OUTLINE_PAUSE_MAX : longer;
    os->wait = os->pause;
}

static bool is_to_wait(struct st_outlines *os)
{
    bool waits = os->wait > 0;
    os->wait -= waits;
    return waits;
}

/* The key's place is the member that the root's first SWITCH is on. */
static void note_key(const struct st_run *r, struct st_outlines *os,
                     const struct st_program *program)
{
    uint32_t entry = r->states[program->root].entry[r->nodes[0].kind];
    const struct st_step *step = &r->steps[entry];
    bool any = entry >= ST_ENTRY_FIRST && step->op == ST_OP_SWITCH;
    *key_of(os, program, r->nodes) = any ? (uint8_t)find_member(r, step->with, 0) : 0;
}

void st_outline_learn(const struct st_run *r, const struct st_program *program)
{
    struct st_checker *c = r->c;
    if (c->outlines == NULL)
        c->outlines = outlines_new();
    struct st_outlines *os = c->outlines;
    if (os == NULL || is_to_wait(os))
        return;
    note_key(r, os, program);
    const struct looked_up at = look_up(r, os, program);
    struct place *place = take_place(os->places[at.set]);
    if (place == NULL)
        return;
    if (place->program != 0 && !place->proven)
        pause_longer(os);
    struct learning l = {.r = r, .o = &os->all[at.set][place - os->places[at.set]], .place = place};
    *place = (struct place){.program = at.program, .count = at.count, .key_node = at.key_node};
    begin(&l, at.count);
    learn_state(&l, program->root, 0);
    if (l.failed) {
        place->program = 0;
        pause_longer(os);
        c->stop = ST_STOP_NOT; /* the walk's yes stands */
    }
}
