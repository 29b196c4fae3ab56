#include "schema/pattern_bytes.h"

#include "schema/pattern_chars.h"

/* Characters that begin alike: the bytes they have in common, then one out of a set. What is left
 * behind that is decided already. */
struct byte_row {
    unsigned char head[3];
    uint32_t heads;
    struct st_byte_set set;
};

#define ROWS_MAX (ST_QUICK_STEPS_MAX / 4)

struct maker {
    struct st_byte_program *program;
    struct st_arena *arena;
    struct byte_row *rows; /* scratch */
    uint32_t visits; /* nodes gone through: "(?:){1000000}" makes no steps and takes its time */
    st_err err;
};

static void fail(struct maker *maker, st_err err)
{
    if (maker->err == ST_OK)
        maker->err = err;
}

static uint32_t add_step(struct maker *maker, enum st_byte_step_kind kind, uint32_t a)
{
    struct st_byte_program *program = maker->program;
    if (program->step_count == ST_QUICK_STEPS_MAX) {
        fail(maker, ST_ERR_ABSENT);
        return 0;
    }
    program->steps[program->step_count] = (struct st_byte_step){(uint8_t)kind, (uint16_t)a};
    return program->step_count++;
}

static void aim(struct maker *maker, uint32_t step)
{
    maker->program->steps[step].a = (uint16_t)maker->program->step_count;
}

static void add_set(struct maker *maker, const struct st_byte_set *set)
{
    struct st_byte_program *program = maker->program;
    uint32_t at = 0;
    while (at < program->set_count && memcmp(&program->sets[at], set, sizeof *set) != 0)
        at++;
    if (at == ST_QUICK_SETS_MAX) {
        fail(maker, ST_ERR_ABSENT);
        return;
    }
    if (at == program->set_count)
        program->sets[program->set_count++] = *set;
    program->wide |= (set->bits[2] | set->bits[3]) != 0;
    add_step(maker, ST_BYTE_EAT, at);
}

/* The last alternative of several is the one that nothing was split for. The jumps to the end are
 * chained through `a` until it is known. */
static void end_alternative(struct maker *maker, uint32_t split, uint32_t *last_jump)
{
    *last_jump = add_step(maker, ST_BYTE_JUMP, *last_jump);
    aim(maker, split);
}

static void end_alternatives(struct maker *maker, uint32_t last_jump)
{
    while (maker->err == ST_OK && last_jump != 0) {
        struct st_byte_step *jump = &maker->program->steps[last_jump];
        last_jump = jump->a;
        jump->a = (uint16_t)maker->program->step_count;
    }
}

/* ---- characters ---- */

/* What a set of characters is made of: all that one byte decides, and rows that need more. */
struct byte_rows {
    struct st_byte_set first;
    struct byte_row *rows;
    uint32_t count;
    bool tails; /* of some characters the first bytes decide */
    bool full;
};

static struct st_byte_set *find_row(struct byte_rows *rows, const struct byte_row *row)
{
    if (row->heads == 0)
        return &rows->first;
    for (uint32_t i = 0; i < rows->count; i++)
        if (rows->rows[i].heads == row->heads &&
            memcmp(rows->rows[i].head, row->head, row->heads) == 0)
            return &rows->rows[i].set;
    rows->full |= rows->count == ROWS_MAX;
    if (rows->full)
        return &rows->first;
    rows->rows[rows->count] = *row;
    return &rows->rows[rows->count++].set;
}

static void add_row(struct byte_rows *rows, const struct byte_row *row, unsigned low, unsigned high)
{
    struct st_byte_set *set = find_row(rows, row);
    for (unsigned byte = low; byte <= high; byte++)
        st_byte_set_add(set, (unsigned char)byte);
}

/* The characters low … high, all written in as many bytes; behind the heads of `row` stand `left`
 * tails. `mark` is what the byte at hand has above its payload. */
static void add_rows(struct byte_rows *rows, struct byte_row row, uint32_t low, uint32_t high,
                     uint32_t left, unsigned mark)
{
    uint32_t unit = 1U << (6 * left);
    uint32_t first = low / unit;
    uint32_t last = high / unit;
    if (low % unit != 0 || (first == last && high % unit != unit - 1)) {
        uint32_t end = (first + 1) * unit - 1;
        struct byte_row inner = row;
        inner.head[inner.heads++] = (unsigned char)(mark | first);
        add_rows(rows, inner, low % unit, (high < end ? high : end) % unit, left - 1, 0x80);
        first++;
    }
    if (first > last)
        return;
    bool rest = high % unit != unit - 1;
    if (first + rest <= last) {
        add_row(rows, &row, mark | first, mark | (last - rest));
        rows->tails |= left > 0;
    }
    if (!rest)
        return;
    row.head[row.heads++] = (unsigned char)(mark | last);
    add_rows(rows, row, 0, high % unit, left - 1, 0x80);
}

/* The first and the last character of each length are taken to be what the bytes allow. */
static void add_range(struct byte_rows *rows, struct st_char_range range, bool ascii_only)
{
    static const struct {
        uint32_t first, last, open_first, open_last;
        unsigned mark;
    } lengths[] = {{0, 0x7F, 0, 0x7F, 0},
                   {0x80, 0x7FF, 0x80, 0x7FF, 0xC0},
                   {0x800, 0xFFFF, 0, 0xFFFF, 0xE0},
                   {0x10000, ST_CHAR_LAST, 0, 0x13FFFF, 0xF0}};
    for (uint32_t i = 0; i < (ascii_only ? 1 : 4); i++) {
        uint32_t low = range.low > lengths[i].first ? range.low : lengths[i].open_first;
        uint32_t high = range.high < lengths[i].last ? range.high : lengths[i].open_last;
        if (range.low <= lengths[i].last && range.high >= lengths[i].first)
            add_rows(rows, (struct byte_row){0}, low, high, i, lengths[i].mark);
    }
}

static void put_row(struct maker *maker, const struct byte_row *row)
{
    for (uint32_t i = 0; i < row->heads; i++) {
        struct st_byte_set one = {{0}};
        st_byte_set_add(&one, row->head[i]);
        add_set(maker, &one);
    }
    add_set(maker, &row->set);
}

/* All ways lead to one TAILS, so that it does not show which of them was gone: an automaton has
 * fewer states for it. */
static void put_rows(struct maker *maker, const struct byte_rows *rows)
{
    uint32_t last_jump = 0;
    for (uint32_t i = 0; i < rows->count && maker->err == ST_OK; i++) {
        uint32_t split = add_step(maker, ST_BYTE_SPLIT, 0);
        put_row(maker, &rows->rows[i]);
        end_alternative(maker, split, &last_jump);
    }
    /* A set that is empty stands for what is never found. */
    add_set(maker, &rows->first);
    end_alternatives(maker, last_jump);
    if (rows->tails)
        add_step(maker, ST_BYTE_TAILS, 0);
}

static void put_chars(struct maker *maker, const struct st_node *node)
{
    struct st_chars chars = {0};
    struct byte_rows rows = {.rows = maker->rows};
    st_err err = st_chars_of(&chars, node, maker->arena);
    if (err == ST_OK && chars.ascii_only && !maker->program->ascii_only)
        err = ST_ERR_ABSENT;
    for (uint32_t i = 0; err == ST_OK && i < chars.count; i++)
        add_range(&rows, chars.at[i], maker->program->ascii_only);
    if (err == ST_OK && rows.full)
        err = ST_ERR_ABSENT;
    if (err != ST_OK)
        fail(maker, err);
    else
        put_rows(maker, &rows);
}

/* ---- terms ---- */

static void put_node(struct maker *maker, const struct st_node *node);

static void put_list(struct maker *maker, const struct st_node *first)
{
    for (const struct st_node *node = first; node != NULL && maker->err == ST_OK; node = node->next)
        put_node(maker, node);
}

static void put_alternatives(struct maker *maker, const struct st_node *first)
{
    uint32_t last_jump = 0;
    for (const struct st_node *node = first; node != NULL && maker->err == ST_OK;
         node = node->next) {
        uint32_t split = node->next != NULL ? add_step(maker, ST_BYTE_SPLIT, 0) : 0;
        put_node(maker, node);
        if (node->next != NULL)
            end_alternative(maker, split, &last_jump);
    }
    end_alternatives(maker, last_jump);
}

/* The steps from … to-1 once more. */
static void copy_steps(struct maker *maker, uint32_t from, uint32_t to)
{
    uint32_t shift = maker->program->step_count - from;
    for (uint32_t i = from; i < to && maker->err == ST_OK; i++) {
        struct st_byte_step step = maker->program->steps[i];
        bool goes = step.kind == ST_BYTE_SPLIT || step.kind == ST_BYTE_JUMP;
        add_step(maker, step.kind, goes ? step.a + shift : step.a);
    }
}

/* Rounds that eat nothing, which ECMA-262 refuses past the least count, change nothing of what is
 * found where there are no captures: going round without eating is as not going round. */
static void put_repeat(struct maker *maker, const struct st_node *node)
{
    bool endless = node->high == ST_PATTERN_MANY;
    uint32_t rounds = endless ? node->low + 1 : node->high;
    uint32_t from = 0;
    uint32_t to = 0;
    uint32_t last_split = 0;
    if (node->low > ST_QUICK_VISITS_MAX)
        fail(maker, ST_ERR_ABSENT);
    for (uint32_t i = 0; i < rounds && maker->err == ST_OK; i++) {
        if (i >= node->low)
            last_split = add_step(maker, ST_BYTE_SPLIT, last_split);
        if (maker->visits++ == ST_QUICK_VISITS_MAX)
            fail(maker, ST_ERR_ABSENT);
        if (i > 0) {
            copy_steps(maker, from, to);
            continue;
        }
        from = maker->program->step_count;
        put_node(maker, node->child);
        to = maker->program->step_count;
    }
    if (endless)
        add_step(maker, ST_BYTE_JUMP, last_split);
    end_alternatives(maker, last_split);
}

static void put_node(struct maker *maker, const struct st_node *node)
{
    if (maker->visits++ == ST_QUICK_VISITS_MAX)
        fail(maker, ST_ERR_ABSENT);
    if (maker->err != ST_OK)
        return;
    switch (node->kind) {
    case ST_NODE_CHAR:
    case ST_NODE_ANY:
    case ST_NODE_SET:
        put_chars(maker, node);
        break;
    case ST_NODE_EMPTY:
        break;
    case ST_NODE_START:
        maker->program->starts = maker->program->looks_back = true;
        add_step(maker, ST_BYTE_START, 0);
        break;
    case ST_NODE_END:
        add_step(maker, ST_BYTE_END, 0);
        break;
    case ST_NODE_EDGE:
    case ST_NODE_NOT_EDGE:
        maker->program->edges = maker->program->looks_back = true;
        add_step(maker, node->kind == ST_NODE_EDGE ? ST_BYTE_EDGE : ST_BYTE_NOT_EDGE, 0);
        break;
    case ST_NODE_GROUP:
    case ST_NODE_SEQ:
        put_list(maker, node->child);
        break;
    case ST_NODE_REPEAT:
        put_repeat(maker, node);
        break;
    case ST_NODE_ALT:
        put_alternatives(maker, node->child);
        break;
    default:
        fail(maker, ST_ERR_ABSENT);
        break;
    }
}

st_err st_byte_program_make(struct st_byte_program *program, const struct st_node *first,
                            bool anchored, bool ascii_only, struct st_arena *arena)
{
    struct maker maker = {.program = program,
                          .arena = arena,
                          .rows = ST_ARENA_ARRAY(arena, struct byte_row, ROWS_MAX)};
    *program = (struct st_byte_program){
        .ascii_only = ascii_only,
        .steps = ST_ARENA_ARRAY(arena, struct st_byte_step, ST_QUICK_STEPS_MAX),
        .sets = ST_ARENA_ARRAY(arena, struct st_byte_set, ST_QUICK_SETS_MAX)};
    if (maker.rows == NULL || program->steps == NULL || program->sets == NULL)
        return ST_ERR_MEMORY;
    /* A jump over nothing, so that step 0 can mean "none" where places are chained. */
    add_step(&maker, ST_BYTE_JUMP, 1);
    if (anchored)
        put_node(&maker, &(struct st_node){.kind = ST_NODE_START});
    program->looks_back = false;
    put_list(&maker, first);
    add_step(&maker, ST_BYTE_FOUND, 0);
    return maker.err;
}
