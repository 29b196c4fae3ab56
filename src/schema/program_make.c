/*
 * program_make.c: the order in which a program is made: the items; then states and their blocks,
 * which bring new states and blocks, until none is left; then what they are to each other.
 */
#include "schema/program_make.h"

#include "base/mem.h"

#include <stdlib.h>

/* ---- memory and work ---- */

static void *get(struct st_build *b, struct st_arena *arena, size_t bytes)
{
    if (st_build_over(b))
        return NULL;
    void *block = st_arena_get_zeroed(arena, bytes);
    if (block != NULL)
        return block;
    if (arena->full && arena == &b->scratch)
        b->impossible = true;
    else
        b->err = ST_ERR_MEMORY;
    return NULL;
}

void *st_build_scratch(struct st_build *b, size_t bytes)
{
    return get(b, &b->scratch, bytes);
}

void *st_build_get(struct st_build *b, size_t bytes)
{
    return get(b, &b->schema->arena, bytes);
}

bool st_build_reserve(struct st_build *b, void **at, uint32_t *room, uint32_t count, size_t size)
{
    if (st_build_over(b))
        return false;
    if (count < *room)
        return true;
    uint32_t more = *room == 0 ? 16 : *room * 2;
    void *grown = st_mem_resize(*at, more * size);
    if (grown == NULL) {
        b->err = ST_ERR_MEMORY;
        return false;
    }
    *at = grown;
    *room = more;
    return true;
}

bool st_build_push(struct st_build *b, struct st_list *list, uint32_t value)
{
    if (list->at == NULL && b->pool_count > 0)
        *list = b->pool[--b->pool_count];
    if (!st_build_reserve(b, (void **)&list->at, &list->room, list->count, sizeof list->at[0]))
        return false;
    list->at[list->count++] = value;
    return true;
}

void st_build_drop(struct st_build *b, struct st_list *list)
{
    list->count = 0;
    if (list->at != NULL &&
        st_build_reserve(b, (void **)&b->pool, &b->pool_room, b->pool_count, sizeof b->pool[0]))
        b->pool[b->pool_count++] = *list;
    else
        st_mem_free(list->at);
    *list = (struct st_list){0};
}

uint64_t st_build_map(struct st_build *b, struct st_map *map, st_str key, uint64_t value)
{
    struct st_map_entry *entry;
    bool added;
    if (st_build_over(b))
        return value;
    st_err err = st_map_put(map, key, value, &entry, &added);
    if (err == ST_ERR_LIMIT)
        b->impossible = true;
    else if (err != ST_OK)
        b->err = err;
    return err == ST_OK ? entry->value : value;
}

void st_build_work(struct st_build *b, uint64_t work)
{
    b->work += work;
    b->frugal = b->frugal || b->work > ST_PROGRAM_WORK_MAX;
    b->impossible = b->impossible || b->work > ST_PROGRAM_WORK_END;
}

/* ---- states ---- */

static int by_number(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Whether an item says anything beside what it expands into. */
static bool says_itself(const struct st_plain *plain)
{
    for (uint32_t i = 0; i < plain->rule_count; i++)
        if (!st_build_expands(&plain->rules[i]))
            return true;
    return false;
}

/* Adds to `closed` what the items say together; false: nothing satisfies them. */
static bool close_set(struct st_build *b, struct st_list *open, struct st_list *closed)
{
    uint32_t stamp = ++b->stamp;
    for (uint32_t i = 0; i < open->count && !st_build_over(b); i++) {
        uint32_t item = open->at[i];
        const struct st_plain *plain = b->items[item].plain;
        if (plain->refuses)
            return false;
        if (b->items[item].stamp == stamp || plain->rule_count == 0)
            continue;
        b->items[item].stamp = stamp;
        st_build_work(b, 1);
        if (b->frugal || says_itself(plain))
            st_build_push(b, closed, item);
        for (uint32_t r = 0; r < plain->rule_count && !b->frugal; r++)
            if (st_build_expands(&plain->rules[r]))
                st_build_expand(b, item, &plain->rules[r], open);
    }
    return true;
}

static uint32_t add_state(struct st_build *b, const uint32_t *items, uint32_t count)
{
    st_str key = {(const char *)items, count * sizeof items[0]};
    const struct st_map_entry *known = st_map_find(&b->state_of, key);
    if (known != NULL)
        return (uint32_t)known->value;
    uint32_t *kept = st_build_scratch(b, count * sizeof kept[0]);
    if (kept == NULL || !st_build_reserve(b, (void **)&b->states, &b->state_room, b->state_count,
                                          sizeof b->states[0]))
        return ST_STATE_TRUE;
    if (count > 0)
        memcpy(kept, items, count * sizeof kept[0]);
    key.at = (const char *)kept;
    b->states[b->state_count] = (struct st_made_state){.set = {.items = kept, .count = count}};
    st_build_map(b, &b->state_of, key, b->state_count);
    return b->state_count++;
}

uint32_t st_build_state(struct st_build *b, const uint32_t *items, uint32_t count)
{
    struct st_list open = {0};
    struct st_list closed = {0};
    for (uint32_t i = 0; i < count; i++)
        st_build_push(b, &open, items[i]);
    bool possible = close_set(b, &open, &closed);
    uint32_t state = possible ? ST_STATE_TRUE : ST_STATE_FALSE;
    if (possible && closed.count > 0 && !st_build_over(b)) {
        qsort(closed.at, closed.count, sizeof closed.at[0], by_number);
        state = add_state(b, closed.at, closed.count);
    }
    st_build_drop(b, &open);
    st_build_drop(b, &closed);
    return state;
}

/* ---- blocks ---- */

static uint32_t add_block(struct st_build *b, struct st_set set, uint32_t kind,
                          const uint32_t *facts, uint32_t fact_count)
{
    if (!st_build_reserve(b, (void **)&b->blocks, &b->block_room, b->block_count,
                          sizeof b->blocks[0]))
        return 0;
    struct st_block *block = &b->blocks[b->block_count];
    *block = (struct st_block){.kind = kind, .set = set, .fact_count = fact_count};
    for (uint32_t i = 0; i < fact_count; i++)
        block->facts[i] = facts[i];
    return b->block_count++;
}

uint32_t st_build_block(struct st_build *b, struct st_set set, uint32_t kind, const uint32_t *facts,
                        uint32_t fact_count)
{
    size_t words = 2 + (size_t)fact_count + set.count;
    uint32_t *key = st_build_scratch(b, words * sizeof key[0]);
    if (key == NULL)
        return 0;
    key[0] = kind;
    key[1] = fact_count;
    for (uint32_t i = 0; i < fact_count; i++)
        key[2 + i] = facts[i];
    if (set.count > 0)
        memcpy(key + 2 + fact_count, set.items, set.count * sizeof key[0]);
    uint32_t next = b->block_count;
    uint32_t block = (uint32_t)st_build_map(
        b, &b->block_of, (st_str){(const char *)key, words * sizeof key[0]}, next);
    if (block == next && !st_build_over(b)) {
        set.items = key + 2 + fact_count;
        return add_block(b, set, kind, facts, fact_count);
    }
    return block;
}

static void make_states(struct st_build *b)
{
    uint32_t state = ST_STATE_FIRST;
    uint32_t block = 0;
    while (!st_build_over(b)) {
        if (block < b->block_count) {
            st_build_make(b, block++);
        } else if (state < b->state_count) {
            for (uint32_t kind = 0; kind < ST_KINDS; kind++)
                b->states[state].blocks[kind] = add_block(b, b->states[state].set, kind, NULL, 0);
            state++;
        } else {
            return;
        }
    }
}

/* ---- the end ---- */

static uint32_t entry_of(const struct st_build *b, uint32_t block)
{
    return b->blocks[block].entry;
}

static void link_texts(const struct st_build *b, struct st_texts *texts)
{
    for (uint32_t at = 0; texts != NULL && at <= texts->mask; at++)
        if (texts->slots[at].len != ST_JSON_NONE)
            texts->slots[at].value = entry_of(b, texts->slots[at].value);
}

static void link_switches(struct st_build *b)
{
    for (uint32_t i = 0; i < b->switch_count; i++) {
        struct st_switch *made = b->switches[i].made;
        made->absent = entry_of(b, made->absent);
        made->other = entry_of(b, made->other);
        for (uint32_t kind = 0; kind < ST_KINDS; kind++)
            made->kinds[kind] = entry_of(b, made->kinds[kind]);
        link_texts(b, b->switches[i].texts);
        link_texts(b, b->switches[i].integers);
    }
}

static struct st_state *link_states(struct st_build *b)
{
    struct st_state *states = st_build_get(b, b->state_count * sizeof states[0]);
    if (states == NULL)
        return NULL;
    for (uint32_t kind = 0; kind < ST_KINDS; kind++)
        states[ST_STATE_FALSE].entry[kind] = ST_ENTRY_FAIL;
    for (uint32_t i = ST_STATE_FIRST; i < b->state_count; i++)
        for (uint32_t kind = 0; kind < ST_KINDS; kind++)
            states[i].entry[kind] = entry_of(b, b->states[i].blocks[kind]);
    return states;
}

/* Which numbers satisfy an entry, as far as their class says so. */
static uint32_t numbers_passing(const struct st_build *b, uint32_t entry)
{
    const struct st_step *step = &b->steps[entry];
    if (entry == ST_ENTRY_PASS)
        return ST_CLASSES_NUMBER;
    if (entry == ST_ENTRY_FAIL || !step->last)
        return 0;
    switch ((enum st_op)step->op) {
    case ST_OP_INTEGER:
        return 1u << 11 | 1u << 27;
    case ST_OP_NATURAL:
        return 1u << 11;
    case ST_OP_POSITIVE:
        return 1u << 3 | 1u << 11;
    default:
        return 0;
    }
}

static struct st_glance glance_of(const struct st_build *b, const struct st_state *state)
{
    struct st_glance glance = {0};
    for (uint32_t kind = 0; kind < ST_KINDS; kind++)
        if (kind != ST_JSON_NUMBER && state->entry[kind] == ST_ENTRY_PASS)
            glance.passes |= 1u << kind;
    glance.passes |= numbers_passing(b, state->entry[ST_JSON_NUMBER]);
    const struct st_step *step = &b->steps[state->entry[ST_JSON_STRING]];
    bool containers = (glance.passes & (1u << ST_JSON_ARRAY | 1u << ST_JSON_OBJECT)) != 0;
    if (state->entry[ST_JSON_STRING] >= ST_ENTRY_FIRST && step->op == ST_OP_NOT_EMPTY &&
        step->last && !containers) {
        glance.passes |= 1u << ST_JSON_STRING;
        glance.min = 1; /* which all scalars but the empty text have */
    }
    return glance;
}

/* The look that the only step of an entry is; GLANCE: there is none. */
static enum st_peek peek_of(const struct st_step *step)
{
    if (!step->last)
        return ST_PEEK_GLANCE;
    switch ((enum st_op)step->op) {
    case ST_OP_TEXT:
        return ST_PEEK_TEXT;
    case ST_OP_TEXTS:
        return ST_PEEK_TEXTS;
    case ST_OP_FORMAT:
        return ST_PEEK_FORMAT;
    case ST_OP_WALK:
        return ST_PEEK_WALK;
    default:
        return ST_PEEK_GLANCE;
    }
}

static void link_slot(const struct st_build *b, const struct st_state *state,
                      struct st_member_slot *slot)
{
    static const enum st_json_kind kinds[] = {ST_JSON_STRING, ST_JSON_OBJECT};
    slot->glance = glance_of(b, state);
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t entry = state->entry[kinds[i]];
        if (entry >= ST_ENTRY_FIRST && peek_of(&b->steps[entry]) != ST_PEEK_GLANCE) {
            slot->peek = (uint8_t)peek_of(&b->steps[entry]);
            slot->with = b->steps[entry].with;
        }
    }
}

static void link_glances(struct st_build *b, const struct st_state *states)
{
    for (uint32_t i = 0; i < b->walk_count; i++) {
        struct st_walk *walk = b->walks[i];
        for (uint32_t at = 0; at < walk->slot_count; at++) {
            struct st_member_slot *slot = &walk->slots[at];
            if (slot->name == 0 && walk->unnamed != NULL)
                slot->peek = ST_PEEK_UNNAMED;
            else
                link_slot(b, &states[slot->state], slot);
        }
    }
    for (uint32_t i = 0; i < b->elements_count; i++)
        b->elements[i]->glance = glance_of(b, &states[b->elements[i]->rest]);
}

static uint32_t next_id(void)
{
    static _Atomic uint64_t last;
    uint64_t id = ++last;
    return id > UINT32_MAX ? 0 : (uint32_t)id;
}

static void link_all(struct st_build *b, uint32_t root)
{
    struct st_program *program = st_build_get(b, sizeof *program);
    struct st_step *steps = st_build_get(b, (b->step_count + 1) * sizeof steps[0]);
    struct st_state *states = link_states(b);
    if (program == NULL || steps == NULL || states == NULL)
        return;
    link_switches(b);
    link_glances(b, states);
    if (b->step_count > 0)
        memcpy(steps, b->steps, b->step_count * sizeof steps[0]);
    *program = (struct st_program){
        .id = next_id(),
        .states = states,
        .steps = steps,
        .root = root,
        .state_count = b->state_count,
        .step_count = b->step_count,
    };
    b->schema->program = program;
    b->schema->name_count = st_name_table_count(b->names);
}

/* ---- all of it ---- */

static void build_init(struct st_build *b)
{
    st_arena_init(&b->scratch, ST_PROGRAM_SCRATCH_BYTES_MAX);
    st_map_init(&b->item_of, ST_SCHEMA_NODES_MAX);
    st_map_init(&b->state_of, ST_SCHEMA_NODES_MAX);
    st_map_init(&b->block_of, ST_SCHEMA_NODES_MAX);
    st_map_init(&b->entry_of, ST_SCHEMA_NODES_MAX);
    st_map_init(&b->fact_of, ST_SCHEMA_NODES_MAX);
    st_map_init(&b->table, ST_SCHEMA_NODES_MAX);
    b->err = st_checker_new(&b->checker);
}

static void build_done(struct st_build *b)
{
    st_checker_free(b->checker);
    st_map_done(&b->item_of);
    st_map_done(&b->state_of);
    st_map_done(&b->block_of);
    st_map_done(&b->entry_of);
    st_map_done(&b->fact_of);
    st_map_done(&b->table);
    st_mem_free(b->items);
    st_mem_free(b->scopes);
    st_mem_free(b->states);
    st_mem_free(b->blocks);
    st_mem_free(b->facts);
    st_mem_free(b->steps);
    st_mem_free(b->switches);
    st_mem_free(b->walks);
    st_mem_free(b->elements);
    for (uint32_t i = 0; i < b->pool_count; i++)
        st_mem_free(b->pool[i].at);
    st_mem_free(b->pool);
    st_mem_free(b->rules.at);
    st_mem_free(b->made_steps.at);
    st_mem_free(b->rows.at);
    st_mem_free(b->dependents.at);
    st_arena_done(&b->scratch);
}

/* The two states that are known, then the root's, from which all others come. */
static void build(struct st_build *b)
{
    st_build_items(b);
    for (uint32_t i = 0; i < ST_STATE_FIRST; i++)
        if (st_build_reserve(b, (void **)&b->states, &b->state_room, i, sizeof b->states[0]))
            b->states[b->state_count++] = (struct st_made_state){0};
    if (!st_build_reserve(b, (void **)&b->steps, &b->step_room, ST_ENTRY_FIRST, sizeof b->steps[0]))
        return;
    memset(b->steps, 0, ST_ENTRY_FIRST * sizeof b->steps[0]);
    b->step_count = ST_ENTRY_FIRST;
    uint32_t first = 0;
    uint32_t root = st_build_state(b, &first, 1);
    make_states(b);
    if (!st_build_over(b))
        link_all(b, root);
}

static st_err take_names(struct st_loader *loader)
{
    struct st_schema *schema = loader->schema;
    st_err err = ST_OK;
    if (loader->options->names == NULL) {
        err = st_name_table_new(&schema->own_names);
        schema->names = schema->own_names;
    } else {
        schema->names = loader->options->names;
    }
    return err;
}

st_err st_program_make(struct st_loader *loader)
{
    st_err err = take_names(loader);
    if (err != ST_OK)
        return st_load_no_memory(loader);
    struct st_build b = {
        .loader = loader,
        .schema = loader->schema,
        .names =
            loader->options->names != NULL ? loader->options->names : loader->schema->own_names,
    };
    build_init(&b);
    if (b.err == ST_OK)
        build(&b);
    err = b.err;
    build_done(&b);
    return err == ST_OK ? ST_OK : st_load_no_memory(loader);
}
