#include "schema/pattern_shape.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "schema/pattern_bytes.h"
#include "schema/pattern_chars.h"
#include "schema/pattern_lanes.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

struct run {
    struct st_byte_set set;
    /* Of an ASCII byte: low[byte & 15] has the bit byte >> 4 when it is in the set. */
    uint8_t low[16];
    uint32_t min;
    uint32_t max;  /* ST_PATTERN_MANY: any number */
    bool wide;     /* holds all that is not ASCII */
    bool counting; /* and then the number of characters is not that of bytes */
};

struct st_shape {
    struct st_lanes *lanes; /* the runs of fixed length once more, or NULL */
    uint32_t fixed_bytes;   /* the length of those */
    uint32_t fixed_count;
    uint32_t count;
    bool closed;  /* the text ends behind the last run */
    bool partial; /* of what is not ASCII, some set holds what it does not tell */
    bool shuffle;
    struct run runs[];
};

/* Runs longer than this, on average, are no matter for lanes. */
#define LANES_RUN_BYTES_MAX 6u

/* ---- making ---- */

struct maker {
    struct run *runs;
    uint32_t count;
    bool closed;
    bool partial;
    struct st_arena *arena;
    st_err err;
};

static void set_chars(struct maker *maker, struct run *run, const struct st_chars *chars)
{
    maker->partial |= chars->ascii_only;
    for (uint32_t i = 0; i < chars->count; i++) {
        struct st_char_range range = chars->at[i];
        for (uint32_t c = range.low; c <= range.high && c < 0x80; c++) {
            st_byte_set_add(&run->set, (unsigned char)c);
            run->low[c & 15] |= (uint8_t)(1U << (c >> 4));
        }
        if (range.high < 0x80)
            continue;
        run->wide = range.low <= 0x80 && range.high == ST_CHAR_LAST;
        maker->partial |= !run->wide;
    }
    if (run->wide)
        run->set.bits[2] = run->set.bits[3] = UINT64_MAX;
}

static void add_run(struct maker *maker, const struct st_node *node, uint32_t min, uint32_t max)
{
    struct st_chars chars = {0};
    struct run run = {.min = min, .max = max};
    const struct run *last = maker->count > 0 ? &maker->runs[maker->count - 1] : NULL;
    maker->err = st_chars_of(&chars, node, maker->arena);
    if (maker->err != ST_OK)
        return;
    bool behind_open = last != NULL && (last->min != last->max || last->wide);
    set_chars(maker, &run, &chars);
    if (behind_open || maker->closed || maker->count == ST_QUICK_RUNS_MAX) {
        maker->err = ST_ERR_ABSENT;
        return;
    }
    run.counting = run.wide && (min > 1 || max != ST_PATTERN_MANY);
    maker->runs[maker->count++] = run;
}

static void add_nodes(struct maker *maker, const struct st_node *first)
{
    for (const struct st_node *node = first; node != NULL && maker->err == ST_OK;
         node = node->next) {
        const struct st_node *one = node->kind == ST_NODE_REPEAT ? node->child : node;
        bool eats =
            one->kind == ST_NODE_CHAR || one->kind == ST_NODE_SET || one->kind == ST_NODE_ANY;
        if (eats && node != one)
            add_run(maker, one, node->low, node->high);
        else if (eats)
            add_run(maker, one, 1, 1);
        else if (node->kind == ST_NODE_GROUP || node->kind == ST_NODE_SEQ)
            add_nodes(maker, node->child);
        else if (node->kind == ST_NODE_END)
            maker->closed = true;
        else
            maker->err = ST_ERR_ABSENT;
    }
}

static bool has_shuffle(void)
{
#if defined(__x86_64__)
    return __builtin_cpu_supports("ssse3");
#else
    return false;
#endif
}

static bool is_fixed(const struct run *run)
{
    return run->min == run->max && !run->wide;
}

/* Takes what it can. Where some nodes are left, only those are kept that have a fixed length. */
static st_err take_nodes(struct maker *maker, const struct st_node **rest)
{
    const struct st_node *node = *rest;
    uint32_t kept = 0;
    for (; node != NULL && maker->err == ST_OK; node = node->next) {
        struct st_node one = *node;
        one.next = NULL;
        add_nodes(maker, &one);
        const struct run *last = maker->count > 0 ? &maker->runs[maker->count - 1] : NULL;
        bool fixed = last != NULL && is_fixed(last) && !maker->closed && !maker->partial;
        if (maker->err != ST_OK || !fixed)
            continue;
        kept = maker->count;
        *rest = node->next;
    }
    if (maker->err == ST_OK)
        *rest = NULL;
    else if (maker->err == ST_ERR_ABSENT && kept > 0)
        maker->count = kept;
    else
        return maker->err;
    maker->closed &= *rest == NULL;
    maker->partial &= *rest == NULL;
    return ST_OK;
}

/* The runs of fixed length, which all stand before any other. */
static st_err make_lanes(struct st_shape *shape)
{
    const struct st_byte_set *places[ST_QUICK_LANES_MAX];
    uint64_t bytes = 0;
    uint32_t count = 0;
    for (; count < shape->count && is_fixed(&shape->runs[count]); count++) {
        const struct run *run = &shape->runs[count];
        for (uint32_t i = 0; i < run->min && bytes + i < ST_QUICK_LANES_MAX; i++)
            places[bytes + i] = &run->set;
        bytes += run->min;
    }
    /* Long runs are quicker each by itself. */
    if (bytes > ST_QUICK_LANES_MAX || bytes > count * LANES_RUN_BYTES_MAX)
        return ST_OK;
    st_err err = st_lanes_new(&shape->lanes, places, (uint32_t)bytes);
    if (err != ST_OK)
        return err == ST_ERR_ABSENT ? ST_OK : err;
    shape->fixed_bytes = (uint32_t)bytes;
    shape->fixed_count = count;
    return ST_OK;
}

st_err st_shape_new(struct st_shape **shape, const struct st_node **rest, struct st_arena *arena)
{
    struct maker maker = {.arena = arena,
                          .runs = ST_ARENA_ARRAY(arena, struct run, ST_QUICK_RUNS_MAX)};
    if (maker.runs == NULL)
        return ST_ERR_MEMORY;
    st_err err = take_nodes(&maker, rest);
    if (err != ST_OK)
        return err;
    struct st_shape *made = st_mem_get(sizeof *made + maker.count * sizeof *made->runs);
    if (made == NULL)
        return ST_ERR_MEMORY;
    *made = (struct st_shape){.count = maker.count,
                              .closed = maker.closed,
                              .partial = maker.partial,
                              .shuffle = has_shuffle()};
    memcpy(made->runs, maker.runs, maker.count * sizeof *made->runs);
    err = make_lanes(made);
    if (err != ST_OK) {
        st_shape_free(made);
        return err;
    }
    *shape = made;
    return ST_OK;
}

void st_shape_free(struct st_shape *shape)
{
    if (shape == NULL)
        return;
    st_lanes_free(shape->lanes);
    st_mem_free(shape);
}

size_t st_shape_bytes(const struct st_shape *shape)
{
    size_t bytes = 0;
    for (uint32_t i = 0; i < shape->count; i++)
        bytes += shape->runs[i].min;
    return bytes;
}

/* ---- running ---- */

static bool all_in_plain(const struct run *run, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!st_byte_set_has(&run->set, (unsigned char)bytes[i]))
            return false;
    return true;
}

#if defined(__x86_64__)
/* Sixteen bytes: the bit of the upper half must be in what the lower half looks up. */
__attribute__((target("ssse3"))) static inline bool all_16_in(const struct run *run, __m128i bytes)
{
    const __m128i half = _mm_set1_epi8(15);
    const __m128i bits = _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, (char)128, 0, 0, 0, 0, 0, 0, 0, 0);
    __m128i upper = _mm_and_si128(_mm_srli_epi16(bytes, 4), half);
    __m128i low = _mm_loadu_si128((const __m128i *)(const void *)run->low);
    __m128i hit = _mm_and_si128(_mm_shuffle_epi8(low, _mm_and_si128(bytes, half)),
                                _mm_shuffle_epi8(bits, upper));
    __m128i missed = _mm_cmpeq_epi8(hit, _mm_setzero_si128());
    uint32_t mask = (uint32_t)_mm_movemask_epi8(missed);
    if (run->wide)
        mask &= ~(uint32_t)_mm_movemask_epi8(bytes);
    return mask == 0;
}

/* The last sixteen bytes overlap those before; a shorter text is looked at as two overlapping
 * halves in one register. */
__attribute__((target("ssse3"))) static bool all_in(const struct run *run, const char *bytes,
                                                    size_t len)
{
    size_t i = 0;
    if (len < 8)
        return all_in_plain(run, bytes, len);
    if (len < 16) {
        uint64_t head = 0;
        uint64_t tail = 0;
        memcpy(&head, bytes, 8);
        memcpy(&tail, bytes + len - 8, 8);
        return all_16_in(run, _mm_set_epi64x((int64_t)tail, (int64_t)head));
    }
    for (; len - i > 16; i += 16)
        if (!all_16_in(run, _mm_loadu_si128((const __m128i *)(const void *)(bytes + i))))
            return false;
    return all_16_in(run, _mm_loadu_si128((const __m128i *)(const void *)(bytes + len - 16)));
}
#endif

static inline bool is_made_of(const struct st_shape *shape, const struct run *run,
                              const char *bytes, size_t len, bool plain)
{
    if (len == 1)
        return st_byte_set_has(&run->set, (unsigned char)bytes[0]);
#if defined(__x86_64__)
    if (shape->shuffle && !plain)
        return all_in(run, bytes, len);
#endif
    return all_in_plain(run, bytes, len);
}

/* The bytes of the first `count` characters; false when there are fewer. */
static bool take_chars(st_str text, size_t count, size_t *bytes)
{
    *bytes = 0;
    while (count > 0 && *bytes < text.len) {
        st_utf8_next(text, bytes);
        count--;
    }
    return count == 0;
}

/* The last run of an open shape wants its least number, and of a closed one all that is left. */
static bool run_last(const struct st_shape *shape, const struct run *run, st_str text, bool plain)
{
    size_t len = text.len;
    if (!shape->closed && (run->counting ? !take_chars(text, run->min, &len) : len < run->min))
        return false;
    if (!shape->closed && !run->counting)
        len = run->min;
    if (shape->closed) {
        size_t count = run->counting ? st_utf8_count(text) : len;
        if (count < run->min || (run->max != ST_PATTERN_MANY && count > run->max))
            return false;
    }
    return is_made_of(shape, run, text.at, len, plain);
}

static inline bool run_shape(const struct st_shape *shape, st_str text, bool plain)
{
    const struct run *run = shape->runs;
    const struct run *end = run + shape->count;
    size_t at = 0;
    if (shape->lanes != NULL && !plain) {
        if (text.len < shape->fixed_bytes || !st_lanes_run(shape->lanes, text))
            return false;
        at = shape->fixed_bytes;
        run += shape->fixed_count;
    }
    for (; end - run > 1; run++) {
        if (text.len - at < run->min ||
            !is_made_of(shape, run, st_str_from(text, at).at, run->min, plain))
            return false;
        at += run->min;
    }
    if (run == end)
        return !shape->closed || text.len == at;
    return run_last(shape, run, st_str_from(text, at), plain);
}

static bool is_ascii(st_str text)
{
    unsigned char all = 0;
    for (size_t i = 0; i < text.len; i++)
        all |= (unsigned char)text.at[i];
    return all < 0x80;
}

static inline enum st_quick_answer answer(const struct st_shape *shape, st_str text, bool plain)
{
    if (run_shape(shape, text, plain))
        return ST_QUICK_FOUND;
    return shape->partial && !is_ascii(text) ? ST_QUICK_UNSURE : ST_QUICK_ABSENT;
}

bool st_shape_is_complete(const struct st_shape *shape)
{
    return !shape->partial;
}

enum st_quick_answer st_shape_run(const struct st_shape *shape, st_str text)
{
    return answer(shape, text, false);
}

enum st_quick_answer st_shape_run_plain(const struct st_shape *shape, st_str text)
{
    return answer(shape, text, true);
}
