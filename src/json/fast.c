/*
 * The fast parser: first an index of the text's tokens, 64 bytes at a time (index.h), then a walk
 * over the tokens that writes the tape.
 *
 * The walk hardly looks at the text. The grammar of containers is a grammar of the tokens' chars,
 * read eight at a time; blanks are gone, so pretty texts cost no more. A string's length is the
 * distance of its quotes, and whether it has escapes is in its closing quote's char. What is looked
 * at is each number and literal, to its end, and each name, to number it.
 *
 * Names get a fingerprint of 16 bits. When an object closes all of them are compared with all, 16
 * at a time; equal ones, and objects of more than INDEX_NAMES_MAX members, go to the exact search.
 *
 * Whatever it does not like it leaves: the plain parser then decides.
 */
#include "json/fast.h"

#if !defined(__x86_64__)

st_err st_json_parse_fast(struct st_json *doc, st_str text, const struct st_json_options *options,
                          enum st_json_kernel kernel, bool *decided)
{
    *decided = false;
    return ST_OK;
}

bool st_json_has_kernel(enum st_json_kernel kernel)
{
    return false;
}

#else

#include "base/mem.h"
#include "json/decode.h"
#include "json/index.h"
#include "json/name_slots.h"
#include "json/repeats.h"

#include <immintrin.h>

#define TARGET       __attribute__((target("avx2,bmi,bmi2,popcnt,pclmul")))
#define LIKELY(so)   __builtin_expect((so) != 0, 1)
#define UNLIKELY(so) __builtin_expect((so) != 0, 0)

_Static_assert(INDEX_AHEAD * sizeof(uint32_t) == 32, "one register ends the places");

enum outcome { WALKED, LEFT_TO_PLAIN, NO_MEMORY };

struct walk {
    struct st_json *doc;
    struct st_json_index *index;
    st_json_index_fn *kernel;
    st_str source;
    const char *text; /* the source, or its copy with bytes behind it that may be read */
    size_t len;
    const struct st_name_table *names;
    const char *patterns; /* of the names */
    const uint64_t *marks;
    uint32_t mark_shift;
    struct st_json_level *last_level;
    uint32_t quick_end; /* behind a byte before here are ST_JSON_BYTES_AHEAD more */
    bool unique_names;
    uint32_t limit; /* the token from which on more must be indexed; UINT32_MAX: all are */
};

/* ---- the index and the tape, window by window ---- */

static bool reserve_nodes(struct st_json *doc, size_t used, size_t more)
{
    if (doc->room - used >= more)
        return true;
    size_t room = doc->room + (size_t)doc->room / 2;
    room = room < used + more ? used + more : room;
    /* The plain parser, which may get the doc, counts on no more room than this. */
    room = room < ST_JSON_NODES_MAX ? room : ST_JSON_NODES_MAX;
    if (used + more > ST_JSON_NODES_MAX)
        return false;
    struct st_json_node *nodes = st_mem_resize(doc->nodes, room * sizeof *nodes);
    if (nodes == NULL)
        return false;
    doc->nodes = nodes;
    doc->room = (uint32_t)room;
    return true;
}

/* Indexes on from token `at`, which becomes token 0; `used` nodes are on the tape. A token makes
 * one node at most. */
TARGET static enum outcome refill(struct walk *w, uint32_t at, uint32_t used)
{
    struct st_json_index *index = w->index;
    uint32_t left = index->count - at;
    if (left > 0) {
        memmove(index->places, index->places + at, left * sizeof index->places[0]);
        memmove(index->chars, index->chars + at, left);
    }
    index->count = left;
    while (index->count < 2 * INDEX_AHEAD && index->at < w->len) {
        size_t window = (ST_JSON_INDEX_TOKENS_MAX - index->count) & ~(size_t)63;
        size_t end = w->len - index->at < window ? w->len : index->at + window;
        w->kernel(index, w->source, end);
    }
    if (index->carry.bad != 0)
        return LEFT_TO_PLAIN;
    w->limit = index->count - INDEX_AHEAD;
    if (index->at == w->len) {
        if (index->carry.inside)
            return LEFT_TO_PLAIN;
        _mm256_storeu_si256((void *)(index->places + index->count), _mm256_set1_epi32((int)w->len));
        memset(index->chars + index->count, 0, INDEX_AHEAD);
        w->limit = UINT32_MAX;
    }
    if (used + (size_t)index->count > ST_JSON_NODES_MAX)
        return LEFT_TO_PLAIN;
    return reserve_nodes(w->doc, used, index->count) ? WALKED : NO_MEMORY;
}

/* ---- scalars ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && is_digit(*at))
        at++;
    return at;
}

static inline uint32_t word_of_kind(unsigned kind, unsigned flags)
{
    return kind | flags << 8;
}

/* In place of the first word of a scalar's node. */
#define NO_SCALAR    UINT32_MAX

/* Any number, byte by byte: its node's first word. */
static __attribute__((noinline)) uint32_t number_at_length(const char *at, const char *end)
{
    unsigned flags = *at == '-' ? ST_JSON_MINUS : 0;
    at += *at == '-';
    const char *whole = skip_digits(at, end);
    if (whole == at || (*at == '0' && whole - at > 1))
        return NO_SCALAR;
    flags |= whole == end ? ST_JSON_INTEGER : 0;
    at = whole;
    if (at < end && *at == '.') {
        const char *digits = at + 1;
        at = skip_digits(digits, end);
        if (at == digits)
            return NO_SCALAR;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        const char *digits = at;
        at = skip_digits(digits, end);
        if (at == digits)
            return NO_SCALAR;
    }
    return at == end ? word_of_kind(ST_JSON_NUMBER, flags) : NO_SCALAR;
}

/* A register of one byte, read from memory: compilers like to make it from an immediate, which
 * takes longer. */
TARGET static inline __m256i all_of(const char bytes[static 32])
{
    __asm__("" : "+r"(bytes));
    return _mm256_load_si256((const void *)bytes);
}

#define BYTES_8(c)          c, c, c, c, c, c, c, c
#define BYTES_32(c)         BYTES_8(c), BYTES_8(c), BYTES_8(c), BYTES_8(c)
static const _Alignas(32) char zeros[32] = {BYTES_32('0')};
static const _Alignas(32) char nines[32] = {BYTES_32(9)};

/* As number_at_length. The 32 bytes that end with the number are in the text, unless it stands at
 * the text's head. */
TARGET static inline uint32_t number_of(const char *text, const char *at, const char *end)
{
    uint32_t len = (uint32_t)(end - at);
    if (UNLIKELY(len > 32 || end - text < 32))
        return number_at_length(at, end);
    __m256i bytes = _mm256_loadu_si256((const void *)(end - 32));
    __m256i values = _mm256_sub_epi8(bytes, all_of(zeros));
    __m256i digits = _mm256_cmpeq_epi8(_mm256_min_epu8(values, all_of(nines)), values);
    uint32_t minus = *at == '-';
    uint32_t others = (~(uint32_t)_mm256_movemask_epi8(digits) >> (32 - len)) ^ minus;
    uint32_t point = _tzcnt_u32(others);
    uint32_t word = word_of_kind(ST_JSON_NUMBER, 0) + minus * word_of_kind(0, ST_JSON_MINUS);
    if (others == 0) {
        bool good = len > minus && (at[minus] != '0' || len == minus + 1);
        return good ? word + word_of_kind(0, ST_JSON_INTEGER) : NO_SCALAR;
    }
    /* Before the point is a digit, and behind it. */
    bool good = _blsr_u32(others) == 0 && at[point] == '.' && point - minus - 1 < len - minus - 2 &&
                (at[minus] != '0' || point == minus + 1);
    return LIKELY(good) ? word : number_at_length(at, end);
}

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline uint32_t word_of(const char *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static inline uint32_t literal_of(const char *at, const char *end)
{
    if (end - at == 4 && word_of(at) == word_of("null"))
        return ST_JSON_NULL;
    if (end - at == 4 && word_of(at) == word_of("true"))
        return ST_JSON_TRUE;
    bool is_false = end - at == 5 && *at == 'f' && word_of(at + 1) == word_of("alse");
    return is_false ? ST_JSON_FALSE : NO_SCALAR;
}

/* Where the number or literal at `at` ends; the next token is at `next`. */
static inline const char *scalar_end(const char *text, uint32_t next)
{
    const char *end = text + next;
    while (UNLIKELY(is_blank(end[-1])))
        end--;
    return end;
}

/* The first word of its node. What its char says is no scalar at all may stand at the text's end
 * and is not looked at. */
TARGET static inline uint32_t scalar_of(const char *text, char c, const char *at, const char *end)
{
    return is_digit(c) || c == '-' ? number_of(text, at, end) : literal_of(at, end);
}

/* ---- names ---- */

/* Wider than 16 bits each: compilers like to pass the halves of a word in a register that is slow
 * to get out of. */
struct named {
    uint32_t number;
    uint32_t print; /* its fingerprint, not 0 */
};

/* Of a name without a number: its first and last eight bytes and its length. Names of one object
 * that agree in these cost the exact search, no more. */
TARGET static inline uint16_t print_of(struct st_name_key key, uint32_t len)
{
    return (uint16_t)(_mm_crc32_u64(_mm_crc32_u64(len, key.head), key.tail) | 1);
}

/* Any name. One with a number has that for its fingerprint: equal numbers are equal names. */
TARGET static __attribute__((noinline)) struct named name_at_length(const struct walk *w,
                                                                    st_str name)
{
    uint16_t number = w->names == NULL ? 0 : st_name_table_find(w->names, name);
    if (number != 0)
        return (struct named){number, number};
    return (struct named){0, print_of(st_name_key_of(name), (uint32_t)name.len)};
}

/* The key of a name with ST_JSON_BYTES_AHEAD bytes of text from its first one on. */
TARGET static inline struct st_name_key key_at(const char *at, uint32_t len)
{
    uint32_t skip = len > 8 ? len - 8 : 0;
    uint32_t keep = 8 * (len - skip);
    return (struct st_name_key){
        .head = _bzhi_u64(st_name_load(at), keep),
        .tail = _bzhi_u64(st_name_load(at + skip), keep),
    };
}

/* Of a name that the table may have; the next guess is this one. */
TARGET static __attribute__((noinline)) struct named name_looked_up(const struct walk *w,
                                                                    struct st_json_index *index,
                                                                    const char *at, uint32_t len,
                                                                    uint32_t place)
{
    struct named named = name_at_length(w, (st_str){at, len});
    index->guesses[place] = named.number * (uint32_t)sizeof(struct st_name_pattern);
    return named;
}

/* Of a name that is not the one which `place` guesses. */
TARGET static __attribute__((noinline)) struct named name_unguessed(const struct walk *w,
                                                                    struct st_json_index *index,
                                                                    const char *at, uint32_t len,
                                                                    uint32_t place)
{
    struct st_name_key key = key_at(at, len);
    if (UNLIKELY(st_name_is_marked(w->marks, w->mark_shift, st_name_mark(key.head, len))))
        return name_looked_up(w, index, at, len, place);
    return (struct named){0, print_of(key, len)};
}

/* Of a name with ST_JSON_BYTES_AHEAD bytes of text from its first one on: first the one that was
 * met last with this length and these eight bytes. It is held against the text with its closing
 * quote, so the length need not be. */
TARGET static inline struct named name_by_guess(const struct walk *w, struct st_json_index *index,
                                                const char *at, uint32_t len)
{
    uint64_t head = _bzhi_u64(st_name_load(at), 8 * len);
    uint32_t place = (uint32_t)_mm_crc32_u64(len, head) % INDEX_GUESSES;
    const struct st_name_pattern *pattern = (const void *)(w->patterns + index->guesses[place]);
    __m256i equal = _mm256_cmpeq_epi8(_mm256_loadu_si256((const void *)at),
                                      _mm256_loadu_si256((const void *)pattern->bytes));
    if (LIKELY((pattern->need & ~(uint32_t)_mm256_movemask_epi8(equal)) == 0))
        return (struct named){pattern->number, pattern->number};
    return name_unguessed(w, index, at, len, place);
}

/* The name behind the quote at `place`. */
TARGET static inline struct named name_of(const struct walk *w, struct st_json_index *index,
                                          uint32_t place, uint32_t end, bool numbered)
{
    const char *at = w->text + place + 1;
    uint32_t len = end - place - 1;
    if (UNLIKELY(place >= w->quick_end))
        return name_at_length(w, (st_str){at, len});
    if (numbered)
        return name_by_guess(w, index, at, len);
    return (struct named){0, print_of(key_at(at, len), len)};
}

/* ---- repeated names ---- */

/* A lane of equal fingerprints is no repeat where both are the 0 behind the object's last one. */
TARGET static inline bool is_equal_lane(__m256i equal, uint32_t count)
{
    return _bzhi_u32((uint32_t)_mm256_movemask_epi8(equal), 2 * count) != 0;
}

/* Whether two of up to 8 fingerprints are equal: the row against itself, turned by one to four. */
TARGET static inline bool repeats_in_8(uint16_t *row, uint32_t count)
{
    _mm_storeu_si128((void *)(row + count), _mm_setzero_si128());
    __m128i all = _mm_loadu_si128((const void *)row);
    __m128i equal = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi16(all, _mm_alignr_epi8(all, all, 2)),
                                              _mm_cmpeq_epi16(all, _mm_alignr_epi8(all, all, 4))),
                                 _mm_or_si128(_mm_cmpeq_epi16(all, _mm_alignr_epi8(all, all, 6)),
                                              _mm_cmpeq_epi16(all, _mm_alignr_epi8(all, all, 8))));
    return is_equal_lane(_mm256_zextsi128_si256(equal), count);
}

/* The same of up to 16: against itself, moved by one to fifteen. */
TARGET static inline bool repeats_in_16(uint16_t *row, uint32_t count)
{
    _mm256_storeu_si256((void *)(row + count), _mm256_setzero_si256());
    __m256i all = _mm256_loadu_si256((const void *)row);
    __m256i equal = _mm256_setzero_si256();
    for (uint32_t by = 1; by < 16; by++)
        equal = _mm256_or_si256(
            equal, _mm256_cmpeq_epi16(all, _mm256_loadu_si256((const void *)(row + by))));
    return is_equal_lane(equal, count);
}

/* The same of up to INDEX_NAMES_MAX: each sixteen against those behind it, and in itself. */
TARGET static __attribute__((noinline)) bool repeats_in_row(uint16_t *row, uint32_t count)
{
    for (uint32_t from = 0; from < count; from += 16) {
        __m256i some = _mm256_loadu_si256((const void *)(row + from));
        __m256i equal = _mm256_setzero_si256();
        for (uint32_t i = from + 16; i < count; i++)
            equal =
                _mm256_or_si256(equal, _mm256_cmpeq_epi16(some, _mm256_set1_epi16((short)row[i])));
        if (_mm256_movemask_epi8(equal) != 0)
            return true;
        uint32_t most = count - from < 16 ? count - from : 16;
        uint16_t sixteen[32] = {0};
        memcpy(sixteen, row + from, most * sizeof row[0]);
        if (repeats_in_16(sixteen, most))
            return true;
    }
    return false;
}

TARGET static inline bool may_repeat(uint16_t *row, uint32_t count)
{
    if (count <= 8)
        return repeats_in_8(row, count);
    if (count <= 16)
        return repeats_in_16(row, count);
    return count > INDEX_NAMES_MAX || repeats_in_row(row, count);
}

/* Marks what repeats in the object, whose members are all on the tape. */
static __attribute__((noinline)) enum outcome mark_repeats(struct walk *w, uint32_t object)
{
    uint32_t second = ST_JSON_NONE;
    if (st_repeats_find(w->doc, object, &second) != ST_OK)
        return NO_MEMORY;
    return second != ST_JSON_NONE && w->unique_names ? LEFT_TO_PLAIN : WALKED;
}

/* ---- the tape ---- */

/* Four plain stores: volatile, since compilers like to gather the words in a register first, which
 * takes longer than the stores. */
static inline void put(struct st_json_node *node, uint32_t word, uint32_t at, uint32_t len,
                       uint32_t next)
{
    typedef uint32_t __attribute__((may_alias)) lane;
    volatile lane *lanes = (void *)node;
    lanes[0] = word;
    lanes[1] = at;
    lanes[2] = len;
    lanes[3] = next;
}

/* A name and the string that is its value, as nodes number `next - 1` and `next`. Their quotes are
 * the tokens 0, 1 and 3, 4 of `places`. */
TARGET static inline void put_pair(struct st_json_node *node, uint32_t number,
                                   const uint32_t *places, uint32_t next)
{
    enum { NEXTS = 0x88 }; /* the lanes of `next` */
    /* Kinds and flags; the quote that is no part of a length; the value's next is one more than the
     * name's. */
    const __m256i pair = _mm256_setr_epi32(ST_NAME_WORD(0), 0, -1, 0, ST_JSON_STRING, 0, -1, 1);
    const __m256i tokens = _mm256_setr_epi32(0, 0, 1, 0, 0, 3, 4, 0);
    const __m256i taken = _mm256_setr_epi32(0, -1, -1, -1, 0, -1, -1, -1);
    /* Brings `at` under the closing quote's place: their distance and the quote make the length. */
    const __m128i down = _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, 4, 5, 6, 7, -1, -1, -1, -1);
    __m256i nodes = _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const void *)places), tokens);
    nodes = _mm256_blend_epi32(nodes, _mm256_set1_epi32((int)next), NEXTS);
    nodes = _mm256_and_si256(nodes, taken);
    __m256i begins = _mm256_shuffle_epi8(nodes, _mm256_broadcastsi128_si256(down));
    __m128i numbered = _mm_cvtsi32_si128((int)(number << 16));
    nodes = _mm256_sub_epi32(nodes, begins);
    nodes = _mm256_add_epi32(nodes, _mm256_add_epi32(pair, _mm256_zextsi128_si256(numbered)));
    _mm256_storeu_si256((void *)node, nodes);
}

/* An escaped string whose quotes are tokens `token` and the one behind it. */
static __attribute__((noinline)) enum outcome put_escaped(struct walk *w, uint32_t token,
                                                          uint32_t node, unsigned flags)
{
    struct st_buf *decoded = &w->doc->decoded;
    const uint32_t *places = w->index->places + token;
    const char *chars = w->index->chars + token;
    size_t from = decoded->len;
    if (chars[0] != '"' || chars[1] != (char)('"' | 0x80))
        return LEFT_TO_PLAIN;
    st_err err = st_json_decode(decoded, w->text + places[0] + 1, w->text + places[1],
                                w->text + w->quick_end);
    if (err != ST_OK)
        return err == ST_ERR_MEMORY ? NO_MEMORY : LEFT_TO_PLAIN;
    put(&w->doc->nodes[node], word_of_kind(ST_JSON_STRING, flags | ST_JSON_ESCAPED), places[0],
        (uint32_t)(decoded->len - from), (uint32_t)from);
    return WALKED;
}

/* The name at `token`, and behind it a colon: what the walk's quick look did not take for one. */
static __attribute__((noinline)) enum outcome put_odd_name(struct walk *w, uint32_t token,
                                                           uint32_t node, struct named *named)
{
    enum outcome outcome = put_escaped(w, token, node, ST_JSON_NAME);
    if (outcome != WALKED)
        return outcome;
    if (w->index->chars[token + 2] != ':')
        return LEFT_TO_PLAIN;
    *named = name_at_length(w, st_json_text(w->doc, node));
    w->doc->nodes[node].name = (uint16_t)named->number;
    return WALKED;
}

/* Behind the root: nothing but blanks to the text's end. */
static enum outcome end_walk(struct walk *w, uint32_t token, uint32_t count)
{
    struct st_json_index *index = w->index;
    while (token == index->count && index->at < w->len) {
        enum outcome outcome = refill(w, token, count);
        token = 0;
        if (outcome != WALKED)
            return outcome;
    }
    w->doc->count = count;
    return token == index->count ? WALKED : LEFT_TO_PLAIN;
}

/* A member that is a string, and the comma behind it, as tokens' chars: "":"", */
#define CHARS_STRING_MEMBER UINT64_C(0x2C22223A2222)
_Static_assert('"' == 0x22 && ':' == 0x3A && ',' == 0x2C, "the tokens' chars are ASCII");

/* One pass over the tokens. `level` is of the innermost container that is open, `members` counts
 * what it has so far and `seen` has its names' bits; those around it keep theirs in their levels.
 */
TARGET static inline __attribute__((always_inline)) enum outcome walk_tokens(
    struct walk *w, struct st_json_index *index, bool numbered)
{
    struct st_json_level *level = index->levels;
    uint64_t seen = 0;
    uint32_t members = 0;
    uint32_t next = 0; /* the number of the next node, */
    uint32_t at = 0;   /* and of the token at hand */
    enum outcome outcome = refill(w, 0, 0);
    if (outcome != WALKED)
        return outcome;
    struct st_json_node *node = w->doc->nodes; /* the next one */

#define REFILL_IF_LOW()                                                                            \
    if (UNLIKELY(at >= w->limit)) {                                                                \
        outcome = refill(w, at, next);                                                             \
        if (outcome != WALKED)                                                                     \
            return outcome;                                                                        \
        at = 0;                                                                                    \
        node = w->doc->nodes + next;                                                               \
    }
#define PUT(word, at, len) put(node++, word, at, len, ++next)
#define PUT_STRING(token)                                                                          \
    PUT(ST_JSON_STRING, index->places[token], index->places[(token) + 1] - index->places[token] - 1)
#define PUT_ESCAPED()                                                                              \
    outcome = put_escaped(w, at, next++, 0);                                                       \
    if (outcome != WALKED)                                                                         \
        return outcome;                                                                            \
    node++;                                                                                        \
    at += 2
#define PUT_SCALAR()                                                                               \
    const char *begin = w->text + index->places[at];                                               \
    const char *end = scalar_end(w->text, index->places[at + 1]);                                  \
    uint32_t word = scalar_of(w->text, index->chars[at], begin, end);                              \
    if (UNLIKELY(word == NO_SCALAR))                                                               \
        return LEFT_TO_PLAIN;                                                                      \
    PUT(word, index->places[at], (uint32_t)(end - begin));                                         \
    at++
#define OPEN(kind)                                                                                 \
    if (UNLIKELY(level == w->last_level))                                                          \
        return LEFT_TO_PLAIN;                                                                      \
    level->seen = seen;                                                                            \
    level->members = members;                                                                      \
    level++;                                                                                       \
    level->node = next;                                                                            \
    level->is_object = (kind) == ST_JSON_OBJECT;                                                   \
    seen = 0;                                                                                      \
    members = 0;                                                                                   \
    PUT(kind, index->places[at], 0);                                                               \
    at++
#define COUNT_NAME(named)                                                                          \
    level->prints[members++ % INDEX_NAMES_MAX] = (named).print;                                    \
    seen |= UINT64_C(1) << (named).print % 64
    if (index->chars[0] == '{')
        goto open_object;
    if (index->chars[0] == '[')
        goto open_array;
    return LEFT_TO_PLAIN;

open_object:
    OPEN(ST_JSON_OBJECT);
    if (index->chars[at] == '}')
        goto close;

member:
    REFILL_IF_LOW();
    {
        /* Held against a member that is a string with a comma behind it. */
        uint64_t shape = st_name_load(index->chars + at) ^ CHARS_STRING_MEMBER;
        struct named named;
        if (shape << 24 == 0) {
            named = name_of(w, index, index->places[at], index->places[at + 1], numbered);
            COUNT_NAME(named);
            put_pair(node, named.number, index->places + at, next + 1);
            node += 2;
            next += 2;
            at += 6;
            if ((uint8_t)(shape >> 40) == 0)
                goto member;
            at--;
            goto behind_member;
        }
        if (LIKELY((shape & 0xFFFFFF) == 0)) {
            named = name_of(w, index, index->places[at], index->places[at + 1], numbered);
            PUT(ST_NAME_WORD(named.number), index->places[at],
                index->places[at + 1] - index->places[at] - 1);
        } else {
            outcome = put_odd_name(w, at, next++, &named);
            if (outcome != WALKED)
                return outcome;
            node++;
        }
        COUNT_NAME(named);
        at += 3;
        if (index->chars[at] == '{')
            goto open_object;
        if (index->chars[at] == '[')
            goto open_array;
        if (index->chars[at] != '"') {
            PUT_SCALAR();
        } else if (LIKELY(index->chars[at + 1] == '"')) {
            PUT_STRING(at);
            at += 2;
        } else {
            PUT_ESCAPED();
        }
    }

behind_member:
    if (index->chars[at] == ',') {
        at++;
        goto member;
    }
    if (UNLIKELY(index->chars[at] != '}'))
        return LEFT_TO_PLAIN;
    if (UNLIKELY((uint32_t)__builtin_popcountll(seen) != members) &&
        may_repeat(level->prints, members)) {
        w->doc->nodes[level->node].len = members;
        outcome = mark_repeats(w, level->node);
        if (outcome != WALKED)
            return outcome;
        members = w->doc->nodes[level->node].len;
    }
    goto close;

open_array:
    OPEN(ST_JSON_ARRAY);
    if (index->chars[at] == ']')
        goto close;

element:
    REFILL_IF_LOW();
    members++;
    if (index->chars[at] == '{')
        goto open_object;
    if (index->chars[at] == '[')
        goto open_array;
    if (index->chars[at] != '"') {
        PUT_SCALAR();
    } else if (LIKELY(index->chars[at + 1] == '"')) {
        PUT_STRING(at);
        at += 2;
    } else {
        PUT_ESCAPED();
    }

behind_element:
    if (index->chars[at] == ',') {
        at++;
        goto element;
    }
    if (UNLIKELY(index->chars[at] != ']'))
        return LEFT_TO_PLAIN;

close:
    at++;
    {
        struct st_json_node *closed = w->doc->nodes + level->node;
        closed->len = members;
        closed->next = next;
    }
    level--;
    if (level == index->levels)
        return end_walk(w, at, next);
    REFILL_IF_LOW();
    seen = level->seen;
    members = level->members;
    if (level->is_object)
        goto behind_member;
    goto behind_element;
}

/* ---- the entrance ---- */

static st_json_index_fn *kernel_of(enum st_json_kernel kernel)
{
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt") &&
                __builtin_cpu_supports("pclmul");
    bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
                  __builtin_cpu_supports("avx512vbmi2");
    bool any = kernel == ST_JSON_KERNEL_AUTO;
    if (avx512 && (any || kernel == ST_JSON_KERNEL_AVX512))
        return st_json_index_avx512;
    if (avx2 && (any || kernel == ST_JSON_KERNEL_AVX2))
        return st_json_index_avx2;
    return NULL;
}

bool st_json_has_kernel(enum st_json_kernel kernel)
{
    return kernel_of(kernel) != NULL;
}

/* Texts whose value cannot be a container, and options that the walk does not know. */
static bool is_for_plain(st_str text, const struct st_json_options *options)
{
    bool opens = text.len > 1 && (text.at[0] == '{' || text.at[0] == '[' || is_blank(text.at[0]));
    return !opens || text.len > ST_JSON_TEXT_BYTES_MAX || (options != NULL && options->check_only);
}

static void start_index(struct st_json_index *index, const struct st_name_table *names, st_str text)
{
    index->carry = (struct st_json_carry){0};
    index->at = 0;
    index->count = 0;
    char *copied = index->copied + (-(uintptr_t)index->copied & 63); /* whole lines of the cache */
    index->copy = text.len <= INDEX_COPY_MAX ? copied : NULL;
    /* Guesses are of one table, which only ever grows. */
    if (names != NULL && index->guesses_of != names->seed[0]) {
        memset(index->guesses, 0, sizeof index->guesses);
        index->guesses_of = names->seed[0];
    }
}

static inline struct walk start(struct st_json *doc, st_str text,
                                const struct st_json_options *options, st_json_index_fn *kernel)
{
    struct st_json_index *index = doc->index;
    const struct st_name_table *names = options == NULL ? NULL : options->names;
    uint32_t depth_max = options == NULL ? 0 : options->depth_max;
    bool default_depth = depth_max == 0 || depth_max > ST_JSON_DEPTH_MAX;
    doc->count = 0;
    doc->names = names;
    doc->name_count = names == NULL ? 0 : names->count;
    doc->text = text;
    st_buf_reset(&doc->decoded);
    start_index(index, names, text);
    uint32_t readable = (uint32_t)text.len + (index->copy != NULL ? ST_JSON_BYTES_AHEAD : 0);
    return (struct walk){
        .doc = doc,
        .index = index,
        .kernel = kernel,
        .source = text,
        .text = index->copy != NULL ? index->copy : text.at,
        .len = text.len,
        .names = names,
        .quick_end = readable > ST_JSON_BYTES_AHEAD ? readable - ST_JSON_BYTES_AHEAD : 0,
        .patterns = names == NULL ? NULL : (const char *)names->patterns,
        .marks = names == NULL ? NULL : names->marks,
        .mark_shift = names == NULL ? 0 : names->mark_shift,
        .last_level = index->levels + (default_depth ? ST_JSON_DEPTH_MAX : depth_max),
        .unique_names = options != NULL && options->unique_names,
    };
}

/* Not zeroed: many docs are made for one small text, which would pay for pages that it never uses.
 */
static bool new_index(struct st_json *doc)
{
    struct st_json_index *index = st_mem_get(sizeof *index);
    if (index == NULL)
        return false;
    index->kernel = kernel_of(ST_JSON_KERNEL_AUTO);
    index->guesses_of = 0;
    doc->index = index;
    return true;
}

/* Aligned, so that how its loop lies in the cache does not hang on what stands before it. */
TARGET static __attribute__((aligned(64))) enum outcome walk(struct st_json *doc, st_str text,
                                                             const struct st_json_options *options,
                                                             st_json_index_fn *kernel)
{
    struct walk w = start(doc, text, options, kernel);
    return w.names == NULL ? walk_tokens(&w, doc->index, false) : walk_tokens(&w, doc->index, true);
}

st_err st_json_parse_fast(struct st_json *doc, st_str text, const struct st_json_options *options,
                          enum st_json_kernel kernel, bool *decided)
{
    *decided = false;
    if (is_for_plain(text, options))
        return ST_OK;
    bool known = doc->index != NULL && kernel == ST_JSON_KERNEL_AUTO;
    st_json_index_fn *index_fn = known ? doc->index->kernel : kernel_of(kernel);
    if (index_fn == NULL)
        return ST_OK;
    *decided = true;
    if (doc->index == NULL && !new_index(doc))
        return ST_ERR_MEMORY;
    enum outcome outcome = walk(doc, text, options, index_fn);
    *decided = outcome != LEFT_TO_PLAIN;
    return outcome == NO_MEMORY ? ST_ERR_MEMORY : ST_OK;
}

#endif
