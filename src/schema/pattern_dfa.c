#include "schema/pattern_dfa.h"

#include "base/mem.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* While it is made, the states that end a search come first: ABSENT, FOUND, UNSURE. */
#define FIRST_STATE (ST_QUICK_UNSURE + 1)

/* States that fit in a register, and bytes between two looks at whether the search has ended. */
#define NARROW_STATES 16
#define NARROW_BYTES  8

/* What it takes to find the state behind a byte, in steps looked at. */
#define EAT_WORK 5

#define SLOTS (2 * ST_QUICK_STATES_MAX)

struct st_dfa {
    uint8_t class_of[256];
    uint32_t stride; /* classes, and one more for the end of the text */
    uint32_t start;
    uint32_t first; /* the first state that does not end a search */
    bool complete;
    bool narrow;
    /* rows[class][state]: the next state, when it is narrow. */
    uint8_t (*rows)[NARROW_STATES];
    /* table[state * stride + class]: the next state, times `stride`. */
    uint16_t *table;
};

_Static_assert(ST_QUICK_TABLE_MAX <= UINT16_MAX, "a place in the table is 16 bits");
_Static_assert(sizeof(struct st_dfa) % NARROW_STATES == 0, "rows are aligned");

/* ---- making ---- */

/* A set of steps: those that eat, and those that wait for what comes. */
struct subset {
    uint64_t *bits;
    uint64_t hash;
    bool found;
    bool waits;       /* some step is an END, an EDGE or a NOT_EDGE */
    bool word_before; /* the byte before is a word's; false where no edge is asked for */
};

/* What is known of a place. */
struct place {
    bool start;
    bool known; /* what is behind it, so that nothing has to wait */
    bool end;
    bool tail; /* before a tail byte, where no edge is */
    bool word_before;
    bool word_behind;
};

struct class
{
    unsigned char member;
    bool tail;
    bool word;
    bool other; /* what a builder for ASCII does not know */
};

struct builder {
    const struct st_byte_program *program;
    struct st_arena *arena;
    uint32_t words; /* of a subset's bits */
    uint8_t class_of[256];
    struct class classes[256];
    uint32_t class_count;
    struct st_byte_set *takes; /* of each set of bytes: the classes in it */
    struct subset *subsets;    /* by state */
    uint16_t *table;           /* states, not multiplied */
    uint16_t *slots;           /* states by their subset's hash; 0: empty */
    uint16_t *stack;
    uint64_t *seen; /* steps that the closure at hand has been at */
    struct subset next;
    struct subset decided;
    struct subset *closures; /* of each step, in the midst of a text; bits == NULL: not asked for */
    uint32_t states;
    uint32_t stride;
    uint64_t work_left;
};

static void spend(struct builder *builder, uint64_t work)
{
    builder->work_left -= work < builder->work_left ? work : builder->work_left;
}

/* Marks each byte that some set holds otherwise than the byte before it. */
static void mark_borders(const struct st_byte_program *program, struct st_byte_set *borders)
{
    static const unsigned char always[] = {'0',     '9' + 1, 'A',     'Z' + 1, '_',
                                           '_' + 1, 'a',     'z' + 1, 0x80,    0xC0};
    *borders = (struct st_byte_set){{1}};
    for (size_t i = 0; i < sizeof always; i++)
        st_byte_set_add(borders, always[i]);
    for (uint32_t set = 0; set < program->set_count; set++) {
        uint64_t carry = 0;
        for (int i = 0; i < 4; i++) {
            uint64_t bits = program->sets[set].bits[i];
            borders->bits[i] |= bits ^ (bits << 1 | carry);
            carry = bits >> 63;
        }
    }
}

struct signature {
    uint64_t sets[ST_QUICK_SETS_MAX / 64];
    uint64_t class;
};

/* Bytes are of one class when all sets hold them alike. */
static void find_classes(struct builder *builder)
{
    const struct st_byte_program *program = builder->program;
    struct signature signatures[256]; /* by class */
    struct st_byte_set borders;
    uint32_t at = 0;
    mark_borders(program, &borders);
    for (unsigned byte = 0; byte < 256; byte++) {
        struct class class = {.member = (unsigned char)byte,
                              .tail = byte >= 0x80 && byte < 0xC0,
                              .word = program->edges && st_byte_is_word((unsigned char)byte),
                              .other = program->ascii_only && byte >= 0x80};
        struct signature signature = {{0}, 0};
        builder->class_of[byte] = (uint8_t)at;
        if (!st_byte_set_has(&borders, class.member))
            continue;
        for (uint32_t set = 0; set < program->set_count && !class.other; set++)
            signature.sets[set / 64] |= (uint64_t)st_byte_set_has(&program->sets[set], class.member)
                                        << (set & 63);
        class.tail = class.tail && !class.other;
        signature.class =
            (uint64_t) class.tail | (uint64_t) class.word << 1 | (uint64_t) class.other << 2;
        for (at = 0; at < builder->class_count; at++)
            if (memcmp(&signatures[at], &signature, sizeof signature) == 0)
                break;
        if (at == builder->class_count) {
            signatures[at] = signature;
            builder->classes[builder->class_count++] = class;
        }
        builder->class_of[byte] = (uint8_t)at;
    }
}

/* Whether the way goes on behind a step that eats nothing; one that is not decided yet waits. */
static bool goes_on(const struct st_byte_step *step, const struct place *place,
                    struct subset *subset)
{
    switch ((enum st_byte_step_kind)step->kind) {
    case ST_BYTE_TAILS:
    case ST_BYTE_SPLIT:
        return true;
    case ST_BYTE_START:
        return place->start;
    case ST_BYTE_END:
        subset->waits |= !place->known;
        return place->known && place->end;
    case ST_BYTE_EDGE:
    case ST_BYTE_NOT_EDGE:
        subset->waits |= !place->known;
        return place->known && !place->tail &&
               (place->word_before != place->word_behind) == (step->kind == ST_BYTE_EDGE);
    default:
        return false;
    }
}

/* Adds what is reached from `step` without eating. */
static void add_closure(struct builder *builder, struct subset *subset, uint32_t from,
                        const struct place *place)
{
    uint32_t depth = 0;
    builder->stack[depth++] = (uint16_t)from;
    while (depth > 0) {
        uint32_t at = builder->stack[--depth];
        uint64_t bit = UINT64_C(1) << (at & 63);
        const struct st_byte_step *step = &builder->program->steps[at];
        if ((builder->seen[at / 64] & bit) != 0)
            continue;
        builder->seen[at / 64] |= bit;
        spend(builder, 1);
        if (step->kind == ST_BYTE_FOUND)
            subset->found = true;
        else if (step->kind != ST_BYTE_SPLIT && step->kind != ST_BYTE_JUMP &&
                 step->kind != ST_BYTE_START)
            subset->bits[at / 64] |= bit;
        if (step->kind == ST_BYTE_SPLIT || step->kind == ST_BYTE_JUMP)
            builder->stack[depth++] = step->a;
        if (goes_on(step, place, subset))
            builder->stack[depth++] = (uint16_t)(at + 1);
    }
}

static void begin_subset(struct builder *builder, struct subset *subset)
{
    memset(subset->bits, 0, builder->words * sizeof *subset->bits);
    memset(builder->seen, 0, builder->words * sizeof *builder->seen);
    subset->found = subset->waits = subset->word_before = false;
}

/* The first step in the set from `*at` on; false: none. */
static bool next_step(const struct builder *builder, const struct subset *subset, uint32_t *at)
{
    for (uint32_t word = *at / 64; word < builder->words; word++) {
        uint64_t bits = subset->bits[word];
        if (word == *at / 64)
            bits &= UINT64_MAX << (*at & 63);
        if (bits != 0) {
            *at = word * 64 + (uint32_t)__builtin_ctzll(bits);
            return true;
        }
    }
    return false;
}

/* The set with what waits in it decided: itself when nothing waits. */
static const struct subset *decide(struct builder *builder, const struct subset *subset,
                                   const struct place *place)
{
    struct subset *decided = &builder->decided;
    if (!subset->waits)
        return subset;
    begin_subset(builder, decided);
    for (uint32_t at = 0; next_step(builder, subset, &at); at++)
        add_closure(builder, decided, at, place);
    return decided;
}

/* Adds what is reached from `step` in the midst of a text, which is always the same. */
static st_err add_known_closure(struct builder *builder, struct subset *subset, uint32_t step)
{
    static const struct place inside = {0};
    struct subset *closure = &builder->closures[step];
    if (closure->bits == NULL) {
        closure->bits = ST_ARENA_ARRAY(builder->arena, uint64_t, builder->words);
        if (closure->bits == NULL)
            return ST_ERR_MEMORY;
        begin_subset(builder, closure);
        add_closure(builder, closure, step, &inside);
    }
    for (uint32_t i = 0; i < builder->words; i++)
        subset->bits[i] |= closure->bits[i];
    subset->found |= closure->found;
    subset->waits |= closure->waits;
    return ST_OK;
}

/* What is reached when a byte of the class is eaten, into builder->next. A search begins anew at
 * each byte. */
static st_err eat(struct builder *builder, const struct subset *subset, const struct class *class)
{
    const struct st_byte_program *program = builder->program;
    struct subset *next = &builder->next;
    begin_subset(builder, next);
    spend(builder, EAT_WORK);
    next->word_before = class->word;
    st_err err = add_known_closure(builder, next, 0);
    for (uint32_t at = 0; err == ST_OK && next_step(builder, subset, &at); at++) {
        const struct st_byte_step *step = &program->steps[at];
        spend(builder, 1);
        if (step->kind == ST_BYTE_EAT && st_byte_set_has(&program->sets[step->a], class->member))
            err = add_known_closure(builder, next, at + 1);
        else if (step->kind == ST_BYTE_TAILS && class->tail)
            err = add_known_closure(builder, next, at);
    }
    return err;
}

static bool same_subset(const struct builder *builder, const struct subset *a,
                        const struct subset *b)
{
    return a->hash == b->hash && a->word_before == b->word_before &&
           memcmp(a->bits, b->bits, builder->words * sizeof *a->bits) == 0;
}

static st_err add_state(struct builder *builder, struct subset subset, uint32_t *state)
{
    if (builder->states == ST_QUICK_STATES_MAX ||
        (builder->states + 1) * builder->stride > ST_QUICK_TABLE_MAX)
        return ST_ERR_ABSENT;
    uint64_t *bits = ST_ARENA_ARRAY(builder->arena, uint64_t, builder->words);
    if (bits == NULL)
        return ST_ERR_MEMORY;
    memcpy(bits, subset.bits, builder->words * sizeof *bits);
    subset.bits = bits;
    *state = builder->states++;
    builder->subsets[*state] = subset;
    return ST_OK;
}

/* The state of builder->next, which may be new. */
static st_err find_state(struct builder *builder, uint32_t *state)
{
    struct subset *next = &builder->next;
    uint64_t any = 0;
    next->hash = next->word_before;
    for (uint32_t i = 0; i < builder->words; i++) {
        any |= next->bits[i];
        next->hash = (next->hash ^ next->bits[i]) * UINT64_C(0x9E3779B97F4A7C15);
        next->hash ^= next->hash >> 29;
    }
    *state = next->found ? ST_QUICK_FOUND : ST_QUICK_ABSENT;
    if (next->found || any == 0)
        return ST_OK;
    uint32_t slot = (uint32_t)next->hash % SLOTS;
    for (; builder->slots[slot] != 0; slot = (slot + 1) % SLOTS) {
        *state = builder->slots[slot];
        if (same_subset(builder, next, &builder->subsets[*state]))
            return ST_OK;
    }
    st_err err = add_state(builder, *next, state);
    if (err == ST_OK)
        builder->slots[slot] = (uint16_t)*state;
    return err;
}

/* The classes that some step of the set eats: of any other nothing is left but a new beginning. */
static struct st_byte_set find_eaten(const struct builder *builder, const struct subset *subset)
{
    const struct st_byte_program *program = builder->program;
    struct st_byte_set eaten = {{0}};
    for (uint32_t at = 0; next_step(builder, subset, &at); at++) {
        const struct st_byte_step *step = &program->steps[at];
        for (uint32_t i = 0; step->kind == ST_BYTE_EAT && i < 4; i++)
            eaten.bits[i] |= builder->takes[step->a].bits[i];
        for (uint32_t i = 0; step->kind == ST_BYTE_TAILS && i < builder->class_count; i++)
            if (builder->classes[i].tail)
                st_byte_set_add(&eaten, (unsigned char)i);
    }
    return eaten;
}

/* The state behind a byte of the class. A place before a byte is not the end, so without edges
 * nothing is decided by what the byte is. */
static st_err find_next(struct builder *builder, const struct subset *subset,
                        const struct class *class, bool start, uint32_t *next)
{
    struct place place = {.start = start,
                          .known = true,
                          .tail = class->tail,
                          .word_before = subset->word_before,
                          .word_behind = class->word};
    *next = class->other ? ST_QUICK_UNSURE : ST_QUICK_FOUND;
    if (class->other)
        return ST_OK;
    if (builder->program->edges)
        subset = decide(builder, subset, &place);
    if (subset->found)
        return ST_OK;
    st_err err = eat(builder, subset, class);
    return err == ST_OK ? find_state(builder, next) : err;
}

/* Fills the row of one state. */
static st_err fill_row(struct builder *builder, uint32_t state)
{
    /* By value: new states may come. */
    const struct subset subset = builder->subsets[state];
    const struct st_byte_set eaten = find_eaten(builder, &subset);
    uint16_t *row = &builder->table[state * builder->stride];
    bool start = state == FIRST_STATE;
    uint32_t idle = ST_QUICK_STATES_MAX;
    st_err err = ST_OK;
    for (uint32_t i = 0; i < builder->class_count && err == ST_OK; i++) {
        const struct class *class = &builder->classes[i];
        bool same =
            !builder->program->edges && !class->other && !st_byte_set_has(&eaten, (unsigned char)i);
        uint32_t next = idle;
        if (!same || idle == ST_QUICK_STATES_MAX)
            err = find_next(builder, &subset, class, start, &next);
        if (same)
            idle = next;
        row[i] = (uint16_t)next;
    }
    struct place end = {
        .start = start, .known = true, .end = true, .word_before = subset.word_before};
    row[builder->class_count] = decide(builder, &subset, &end)->found;
    return err == ST_OK && builder->work_left == 0 ? ST_ERR_ABSENT : err;
}

/* The first state has the start of the text before it, which no other has; so nothing comes back to
 * it, unless the pattern does not ask. */
static st_err add_first_state(struct builder *builder, uint32_t *state)
{
    struct place start = {.start = true};
    begin_subset(builder, &builder->next);
    add_closure(builder, &builder->next, 0, &start);
    if (builder->program->starts && !builder->next.found)
        return add_state(builder, builder->next, state);
    return find_state(builder, state);
}

static st_err fill_table(struct builder *builder, uint32_t *start)
{
    for (uint32_t state = 0; state < FIRST_STATE; state++)
        for (uint32_t i = 0; i < builder->stride; i++)
            builder->table[state * builder->stride + i] = (uint16_t)state;
    builder->states = FIRST_STATE;
    st_err err = add_first_state(builder, start);
    for (uint32_t state = FIRST_STATE; state < builder->states && err == ST_OK; state++)
        err = fill_row(builder, state);
    return err;
}

static st_err builder_init(struct builder *builder, const struct st_byte_program *program,
                           struct st_arena *arena)
{
    uint32_t words = (program->step_count + 63) / 64;
    *builder = (struct builder){
        .program = program, .arena = arena, .words = words, .work_left = ST_QUICK_WORK_MAX};
    uint64_t *bits = ST_ARENA_ARRAY(arena, uint64_t, (size_t)3 * words);
    builder->takes = st_arena_get_zeroed(arena, program->set_count * sizeof *builder->takes);
    builder->subsets = ST_ARENA_ARRAY(arena, struct subset, ST_QUICK_STATES_MAX);
    builder->table = ST_ARENA_ARRAY(arena, uint16_t, ST_QUICK_TABLE_MAX);
    builder->slots = st_arena_get_zeroed(arena, SLOTS * sizeof *builder->slots);
    builder->closures = st_arena_get_zeroed(arena, program->step_count * sizeof *builder->closures);
    builder->stack = ST_ARENA_ARRAY(arena, uint16_t, (size_t)2 * program->step_count + 1);
    if (bits == NULL || builder->takes == NULL || builder->subsets == NULL ||
        builder->table == NULL || builder->slots == NULL || builder->closures == NULL ||
        builder->stack == NULL)
        return ST_ERR_MEMORY;
    builder->seen = bits;
    builder->next.bits = bits + words;
    builder->decided.bits = bits + (size_t)2 * words;
    find_classes(builder);
    builder->stride = builder->class_count + 1;
    for (uint32_t i = 0; i < builder->class_count; i++)
        for (uint32_t set = 0; set < program->set_count; set++)
            if (st_byte_set_has(&program->sets[set], builder->classes[i].member))
                st_byte_set_add(&builder->takes[set], (unsigned char)i);
    return ST_OK;
}

/* ---- what can be told before the end ---- */

/* Whether some byte leads from `state` to a state that has the mark. */
static bool leads_to(const struct builder *builder, uint32_t state, const bool *marked)
{
    const uint16_t *row = &builder->table[state * builder->stride];
    for (uint32_t i = 0; i < builder->stride; i++)
        if (marked[row[i]])
            return true;
    return false;
}

/* Marks all states from which some text leads to one that is marked. States were numbered on the
 * way from the start, so from the last to the first is quick. */
static void mark_ways_to(const struct builder *builder, bool *marked)
{
    for (bool more = true; more;) {
        more = false;
        for (uint32_t state = builder->states; state-- > FIRST_STATE;) {
            if (marked[state] || !leads_to(builder, state, marked))
                continue;
            marked[state] = more = true;
        }
    }
}

/* What cannot be found any more is ABSENT at once, and what cannot fail any more is FOUND. */
static void close_early(struct builder *builder, uint32_t *start)
{
    bool can_find[ST_QUICK_STATES_MAX] = {[ST_QUICK_FOUND] = true, [ST_QUICK_UNSURE] = true};
    bool can_fail[ST_QUICK_STATES_MAX] = {[ST_QUICK_ABSENT] = true, [ST_QUICK_UNSURE] = true};
    mark_ways_to(builder, can_find);
    mark_ways_to(builder, can_fail);
    for (uint32_t i = 0; i <= builder->states * builder->stride; i++) {
        bool last = i == builder->states * builder->stride;
        uint32_t state = last ? *start : builder->table[i];
        uint32_t closed = !can_find[state]   ? ST_QUICK_ABSENT
                          : !can_fail[state] ? ST_QUICK_FOUND
                                             : state;
        if (last)
            *start = closed;
        else
            builder->table[i] = (uint16_t)closed;
    }
}

/* ---- the finished automaton ---- */

static bool has_shuffle(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("ssse3");
#else
    return false;
#endif
}

/* Numbers the states that are still reached, in the order of their old numbers; others get none. */
static uint32_t number_states(const struct builder *builder, uint32_t start, uint32_t first,
                              uint16_t *numbers)
{
    bool reached[ST_QUICK_STATES_MAX] = {[ST_QUICK_ABSENT] = true};
    uint32_t count = first;
    reached[start] = true;
    for (bool more = true; more;) {
        more = false;
        for (uint32_t state = FIRST_STATE; state < builder->states; state++)
            for (uint32_t i = 0; reached[state] && i < builder->stride; i++) {
                uint32_t next = builder->table[state * builder->stride + i];
                more |= !reached[next] && next < state;
                reached[next] = true;
            }
    }
    for (uint32_t state = 0; state < builder->states; state++)
        if (state < FIRST_STATE)
            numbers[state] = (uint16_t)state;
        else if (reached[state])
            numbers[state] = (uint16_t)count++;
    return count;
}

static void copy_row(struct st_dfa *dfa, const struct builder *builder, uint32_t from,
                     const uint16_t *numbers)
{
    uint32_t to = numbers[from];
    for (uint32_t i = 0; i < builder->stride; i++) {
        uint32_t next = numbers[builder->table[from * builder->stride + i]];
        dfa->table[to * builder->stride + i] = (uint16_t)(next * builder->stride);
        if (dfa->narrow)
            dfa->rows[i][to] = (uint8_t)next;
    }
}

static st_err finish(struct st_dfa **dfa, const struct builder *builder, uint32_t start)
{
    uint16_t numbers[ST_QUICK_STATES_MAX] = {0};
    uint32_t first = builder->program->ascii_only ? FIRST_STATE : FIRST_STATE - 1;
    uint32_t states = number_states(builder, start, first, numbers);
    bool narrow = states <= NARROW_STATES && has_shuffle();
    size_t rows = narrow ? (size_t)builder->stride * NARROW_STATES : 0;
    struct st_dfa *made =
        st_mem_get_zeroed(sizeof *made + rows + sizeof *made->table * states * builder->stride);
    if (made == NULL)
        return ST_ERR_MEMORY;
    memcpy(made->class_of, builder->class_of, sizeof made->class_of);
    made->stride = builder->stride;
    made->start = numbers[start];
    made->first = first;
    made->complete = !builder->program->ascii_only;
    made->narrow = narrow;
    made->rows = (uint8_t(*)[NARROW_STATES])(made + 1);
    made->table = (uint16_t *)(void *)((char *)(made + 1) + rows);
    for (uint32_t state = 0; state < builder->states; state++)
        if (state < first || (state >= FIRST_STATE && numbers[state] != 0))
            copy_row(made, builder, state, numbers);
    *dfa = made;
    return ST_OK;
}

st_err st_dfa_new(struct st_dfa **dfa, const struct st_byte_program *program,
                  struct st_arena *arena)
{
    struct builder builder;
    uint32_t start = 0;
    st_err err = builder_init(&builder, program, arena);
    if (err == ST_OK)
        err = fill_table(&builder, &start);
    if (err != ST_OK)
        return err;
    close_early(&builder, &start);
    return finish(dfa, &builder, start);
}

void st_dfa_free(struct st_dfa *dfa)
{
    st_mem_free(dfa);
}

bool st_dfa_is_narrow(const struct st_dfa *dfa)
{
    return dfa->narrow;
}

bool st_dfa_is_complete(const struct st_dfa *dfa)
{
    return dfa->complete;
}

/* ---- running ---- */

enum st_quick_answer st_dfa_run_plain(const struct st_dfa *dfa, st_str text)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    const uint16_t *table = dfa->table;
    uint32_t first = dfa->first * dfa->stride;
    uint32_t at = dfa->start * dfa->stride;
    for (size_t i = 0; i < text.len && at >= first; i++)
        at = table[at + dfa->class_of[bytes[i]]];
    at = table[at + dfa->stride - 1];
    return at == 0 ? ST_QUICK_ABSENT : at == dfa->stride ? ST_QUICK_FOUND : ST_QUICK_UNSURE;
}

#if defined(__x86_64__)
/* The same, with the row of each byte's class as the table that the state is looked up in. */
__attribute__((target("ssse3"))) static enum st_quick_answer run_narrow(const struct st_dfa *dfa,
                                                                        st_str text)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    const __m128i *rows = (const __m128i *)(const void *)dfa->rows;
    __m128i state = _mm_set1_epi8((char)dfa->start);
    size_t i = 0;
    for (; text.len - i >= NARROW_BYTES; i += NARROW_BYTES) {
        for (size_t k = 0; k < NARROW_BYTES; k++)
            state = _mm_shuffle_epi8(_mm_load_si128(rows + dfa->class_of[bytes[i + k]]), state);
        uint32_t now = (uint32_t)_mm_cvtsi128_si32(state) & 0xFF;
        if (now < dfa->first)
            return (enum st_quick_answer)now;
    }
    for (; i < text.len; i++)
        state = _mm_shuffle_epi8(_mm_load_si128(rows + dfa->class_of[bytes[i]]), state);
    state = _mm_shuffle_epi8(_mm_load_si128(rows + dfa->stride - 1), state);
    return (enum st_quick_answer)((uint32_t)_mm_cvtsi128_si32(state) & 0xFF);
}
#endif

enum st_quick_answer st_dfa_run(const struct st_dfa *dfa, st_str text)
{
#if defined(__x86_64__)
    if (dfa->narrow)
        return run_narrow(dfa, text);
#endif
    return st_dfa_run_plain(dfa, text);
}
