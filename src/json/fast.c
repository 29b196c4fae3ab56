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
#include "base/utf8.h"
#include "json/index.h"
#include "json/name_slots.h"
#include "json/repeats.h"

#include <immintrin.h>

#define TARGET       __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))
#define LIKELY(so)   __builtin_expect((so) != 0, 1)
#define UNLIKELY(so) __builtin_expect((so) != 0, 0)

enum outcome { WALKED, LEFT_TO_PLAIN, NO_MEMORY };

struct walk {
    struct st_json *doc;
    struct st_json_index *index;
    st_json_index_fn *kernel;
    const char *text;
    size_t len;
    const struct st_name_table *names;
    const uint64_t *seed;
    uint32_t depth_max;
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
static enum outcome refill(struct walk *w, uint32_t at, uint32_t used)
{
    struct st_json_index *index = w->index;
    uint32_t left = index->count - at;
    memmove(index->places, index->places + at, left * sizeof index->places[0]);
    memmove(index->chars, index->chars + at, left);
    index->count = left;
    while (index->count < 2 * INDEX_AHEAD && index->at < w->len) {
        size_t window = (ST_JSON_INDEX_TOKENS_MAX - index->count) & ~(size_t)63;
        size_t end = w->len - index->at < window ? w->len : index->at + window;
        w->kernel(index, (st_str){w->text, w->len}, end);
    }
    if (index->carry.bad != 0)
        return LEFT_TO_PLAIN;
    w->limit = index->count - INDEX_AHEAD;
    if (index->at == w->len) {
        if (index->carry.inside)
            return LEFT_TO_PLAIN;
        for (uint32_t i = index->count; i < index->count + INDEX_AHEAD; i++) {
            index->places[i] = (uint32_t)w->len;
            index->chars[i] = 0;
        }
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

/* Any number, byte by byte. */
static bool is_number_at_length(const char *at, const char *end, unsigned *flags)
{
    at += *at == '-';
    const char *whole = skip_digits(at, end);
    if (whole == at || (*at == '0' && whole - at > 1))
        return false;
    *flags = whole == end ? ST_JSON_INTEGER : 0;
    at = whole;
    if (at < end && *at == '.') {
        const char *digits = at + 1;
        at = skip_digits(digits, end);
        if (at == digits)
            return false;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        const char *digits = at;
        at = skip_digits(digits, end);
        if (at == digits)
            return false;
    }
    return at == end;
}

/* The 32 bytes that end with the number are in the text, unless it stands at the text's head. */
TARGET static inline bool is_number(const char *text, const char *at, const char *end,
                                    unsigned *flags)
{
    uint32_t len = (uint32_t)(end - at);
    if (UNLIKELY(len > 32 || end - text < 32))
        return is_number_at_length(at, end, flags);
    __m256i bytes = _mm256_loadu_si256((const void *)(end - 32));
    __m256i values = _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'));
    __m256i digits = _mm256_cmpeq_epi8(_mm256_min_epu8(values, _mm256_set1_epi8(9)), values);
    uint32_t minus = *at == '-';
    uint32_t others = (~(uint32_t)_mm256_movemask_epi8(digits) >> (32 - len)) ^ minus;
    if (LIKELY(others == 0)) {
        *flags = ST_JSON_INTEGER;
        return len > minus && (at[minus] != '0' || len == minus + 1);
    }
    uint32_t point = (uint32_t)__builtin_ctz(others);
    if (UNLIKELY((others & (others - 1)) != 0 || at[point] != '.'))
        return is_number_at_length(at, end, flags);
    *flags = 0;
    return point > minus && point + 1 < len && (at[minus] != '0' || point == minus + 1);
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

struct scalar {
    bool good;
    unsigned kind;
    unsigned flags;
    uint32_t len;
};

/* The number or literal at `at`, a token of char `c`; the next token is at `next`. What `c` says is
 * no scalar at all may stand at the text's end and is not looked at. */
TARGET static inline struct scalar scalar_of(const char *text, char c, uint32_t at, uint32_t next)
{
    const char *begin = text + at;
    const char *end = text + next;
    while (UNLIKELY(is_blank(end[-1])))
        end--;
    struct scalar s = {.len = (uint32_t)(end - begin)};
    if (is_digit(c) || c == '-') {
        s.kind = ST_JSON_NUMBER;
        s.good = is_number(text, begin, end, &s.flags);
        s.flags |= c == '-' ? ST_JSON_MINUS : 0;
    } else if (s.len == 4) {
        uint32_t word = word_of(begin);
        s.kind = word == word_of("null") ? ST_JSON_NULL : ST_JSON_TRUE;
        s.good = word == word_of("null") || word == word_of("true");
    } else {
        s.kind = ST_JSON_FALSE;
        s.good = s.len == 5 && c == 'f' && word_of(begin + 1) == word_of("alse");
    }
    return s;
}

/* ---- escapes ---- */

/* Four hexadecimal digits, or UINT32_MAX. */
static uint32_t hex_of(const char *at, const char *end)
{
    uint32_t value = 0;
    if (end - at < 4)
        return UINT32_MAX;
    for (int i = 0; i < 4; i++) {
        int digit = st_hex_value(at[i]);
        if (digit < 0)
            return UINT32_MAX;
        value = value << 4 | (uint32_t)digit;
    }
    return value;
}

/* Decodes the \u escape whose digits are at *at; 0 when it is none. Returns how many bytes. */
static size_t decode_unicode(const char **at, const char *end, char *out)
{
    uint32_t code_point = hex_of(*at, end);
    *at += 4;
    if (code_point == UINT32_MAX || (code_point >= 0xDC00 && code_point <= 0xDFFF))
        return 0;
    if (code_point >= 0xD800 && code_point <= 0xDBFF) {
        if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
            return 0;
        uint32_t low = hex_of(*at + 2, end);
        if (low < 0xDC00 || low > 0xDFFF)
            return 0;
        *at += 6;
        code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
    }
    return st_utf8_write(code_point, out);
}

/* By the letter behind the backslash what it means; 0: nothing so short. */
static const char short_escapes[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

/* Copies bytes up to a backslash or the end; `out` has room for 32 more than there are. */
TARGET static inline const char *copy_run(const char *at, const char *end, char **out)
{
    while (end - at >= 32) {
        __m256i bytes = _mm256_loadu_si256((const void *)at);
        __m256i backslashes = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
        uint32_t found = (uint32_t)_mm256_movemask_epi8(backslashes);
        _mm256_storeu_si256((void *)*out, bytes);
        uint32_t run = found == 0 ? 32 : (uint32_t)__builtin_ctz(found);
        at += run;
        *out += run;
        if (found != 0)
            return at;
    }
    while (at < end && *at != '\\')
        *(*out)++ = *at++;
    return at;
}

/* Decodes the bytes between a string's quotes to the end of `decoded`. They are UTF-8 without
 * control characters, and never get more. */
TARGET static enum outcome decode(struct st_buf *decoded, const char *at, const char *end)
{
    st_err err = st_buf_reserve(decoded, (size_t)(end - at) + 32);
    if (err != ST_OK)
        return err == ST_ERR_MEMORY ? NO_MEMORY : LEFT_TO_PLAIN;
    char *out = decoded->at + decoded->len;
    while ((at = copy_run(at, end, &out)) < end) {
        at++; /* an escape is never the last byte: the quote behind it would not close */
        char meant = short_escapes[(unsigned char)*at];
        if (meant != 0) {
            *out++ = meant;
            at++;
            continue;
        }
        if (*at++ != 'u')
            return LEFT_TO_PLAIN;
        size_t len = decode_unicode(&at, end, out);
        if (len == 0)
            return LEFT_TO_PLAIN;
        out += len;
    }
    decoded->len = (size_t)(out - decoded->at);
    return WALKED;
}

/* ---- names ---- */

struct named {
    uint16_t number;
    uint16_t print; /* its fingerprint, not 0 */
};

static uint16_t print_of(uint64_t hash)
{
    return (uint16_t)(hash >> 48 | 1);
}

static __attribute__((noinline)) struct named name_at_length(const struct walk *w, st_str name)
{
    uint64_t hash = st_name_hash(w->seed, name, st_name_key_of(name));
    return (struct named){
        .number = w->names == NULL ? 0 : st_name_table_find(w->names, name),
        .print = print_of(hash),
    };
}

TARGET static inline struct named name_of(const struct walk *w, const char *at, uint32_t len)
{
    if (UNLIKELY(len > 16 || w->text + w->len - at < 8))
        return name_at_length(w, (st_str){at, len});
    struct st_name_key key = {
        .head = _bzhi_u64(st_name_load(at), 8 * len),
        .tail = _bzhi_u64(st_name_load(at + (len > 8 ? len - 8 : 0)), 8 * len),
    };
    uint64_t hash = st_name_hash(w->seed, (st_str){at, len}, key);
    struct named named = {.print = print_of(hash)};
    if (w->names == NULL)
        return named;
    const struct st_name_slot *slot = &w->names->slots[hash & (w->names->slot_count - 1)];
    if (LIKELY(slot->head == key.head && slot->tail == key.tail && slot->len == len))
        named.number = slot->number;
    else if (slot->number != 0)
        named.number = st_name_table_find(w->names, (st_str){at, len});
    return named;
}

/* Whether two of up to 16 fingerprints are equal: the row is held against itself, moved by one, by
 * two …; behind them it is made 0, which is no fingerprint. */
TARGET static inline bool repeats_in_16(uint16_t *row, uint32_t count)
{
    _mm256_storeu_si256((void *)(row + count), _mm256_setzero_si256());
    __m256i all = _mm256_loadu_si256((const void *)row);
    __m256i equal = _mm256_setzero_si256();
    for (uint32_t by = 1; by < count; by++)
        equal = _mm256_or_si256(
            equal, _mm256_cmpeq_epi16(all, _mm256_loadu_si256((const void *)(row + by))));
    return _bzhi_u32((uint32_t)_mm256_movemask_epi8(equal), 2 * count) != 0;
}

/* The same of any number up to INDEX_NAMES_MAX. */
TARGET static bool repeats_in_row(uint16_t *row, uint32_t count)
{
    for (uint32_t from = 0; from < count; from += 16) {
        uint32_t most = count - from < 16 ? count - from : 16;
        __m256i some = _mm256_loadu_si256((const void *)(row + from));
        __m256i equal = _mm256_setzero_si256();
        for (uint32_t i = from + 16; i < count; i++)
            equal =
                _mm256_or_si256(equal, _mm256_cmpeq_epi16(some, _mm256_set1_epi16((short)row[i])));
        if (_mm256_movemask_epi8(equal) != 0)
            return true;
        uint16_t sixteen[32] = {0};
        memcpy(sixteen, row + from, most * sizeof row[0]);
        if (repeats_in_16(sixteen, most))
            return true;
    }
    return false;
}

TARGET static inline bool may_repeat(uint16_t *row, uint32_t count)
{
    if (LIKELY(count <= 16))
        return count > 1 && repeats_in_16(row, count);
    return count > INDEX_NAMES_MAX || repeats_in_row(row, count);
}

/* ---- the tape ---- */

/* A node's first eight bytes. */
static inline uint64_t head_of(unsigned kind, unsigned flags, uint16_t name, uint32_t at)
{
    return kind | flags << 8 | (uint64_t)name << 16 | (uint64_t)at << 32;
}

static inline void put(struct st_json_node *node, uint64_t head, uint32_t len, uint32_t next)
{
    uint64_t words[2] = {head, len | (uint64_t)next << 32};
    memcpy(node, words, sizeof words);
}

/* An escaped string whose quotes are tokens `token` and the one behind it. */
TARGET static __attribute__((noinline)) enum outcome put_escaped(struct walk *w, uint32_t token,
                                                                 uint32_t node, unsigned flags)
{
    struct st_buf *decoded = &w->doc->decoded;
    const uint32_t *places = w->index->places + token;
    const char *chars = w->index->chars + token;
    size_t from = decoded->len;
    if (chars[0] != '"' || chars[1] != (char)('"' | 0x80))
        return LEFT_TO_PLAIN;
    enum outcome outcome = decode(decoded, w->text + places[0] + 1, w->text + places[1]);
    if (outcome == WALKED)
        put(&w->doc->nodes[node], head_of(ST_JSON_STRING, flags | ST_JSON_ESCAPED, 0, places[0]),
            (uint32_t)(decoded->len - from), (uint32_t)from);
    return outcome;
}

/* The name at `token`, and behind it a colon: what the walk's quick look did not take for one. */
TARGET static __attribute__((noinline)) enum outcome put_odd_name(struct walk *w, uint32_t token,
                                                                  uint32_t node,
                                                                  struct named *named)
{
    enum outcome outcome = put_escaped(w, token, node, ST_JSON_NAME);
    if (outcome != WALKED)
        return outcome;
    if (w->index->chars[token + 2] != ':')
        return LEFT_TO_PLAIN;
    *named = name_at_length(w, st_json_text(w->doc, node));
    w->doc->nodes[node].name = named->number;
    return WALKED;
}

/* Marks what repeats in the object, whose members are all on the tape. */
static __attribute__((noinline)) enum outcome mark_repeats(struct walk *w, uint32_t object,
                                                           uint32_t count)
{
    uint32_t second = ST_JSON_NONE;
    w->doc->count = count;
    if (st_repeats_find(w->doc, object, &second) != ST_OK)
        return NO_MEMORY;
    return second != ST_JSON_NONE && w->unique_names ? LEFT_TO_PLAIN : WALKED;
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

/* What a name and its colon are as tokens. */
#define CHARS_NAME   (uint32_t)('"' | '"' << 8 | ':' << 16)

/* One pass over the tokens. `open` is the innermost container, `members` counts what it has so far;
 * of the containers around it the nodes keep that: next is the container around, len its count. */
TARGET static enum outcome walk(struct walk *w)
{
    const char *text = w->text;
    const uint32_t *places = w->index->places;
    const char *chars = w->index->chars;
    uint16_t *row = w->index->fingerprints[0]; /* of the container that is open */
    uint32_t open = ST_JSON_NONE;
    uint32_t members = 0;
    uint32_t depth = 0;
    uint32_t node = 0; /* the next one on the tape */
    uint32_t at = 0;   /* the token at hand */
    enum outcome outcome = refill(w, 0, 0);
    if (outcome != WALKED)
        return outcome;
    struct st_json_node *nodes = w->doc->nodes;

#define ROW_STEP (sizeof w->index->fingerprints[0] / sizeof w->index->fingerprints[0][0])
#define REFILL_IF_LOW()                                                                            \
    if (UNLIKELY(at >= w->limit)) {                                                                \
        outcome = refill(w, at, node);                                                             \
        if (outcome != WALKED)                                                                     \
            return outcome;                                                                        \
        at = 0;                                                                                    \
        nodes = w->doc->nodes;                                                                     \
    }

    if (chars[0] == '{')
        goto open_object;
    if (chars[0] == '[')
        goto open_array;
    return LEFT_TO_PLAIN;

open_object:
    if (UNLIKELY(depth == w->depth_max))
        return LEFT_TO_PLAIN;
    depth++;
    row += ROW_STEP;
    if (open != ST_JSON_NONE)
        nodes[open].len = members;
    put(&nodes[node], head_of(ST_JSON_OBJECT, 0, 0, places[at]), 0, open);
    open = node++;
    members = 0;
    if (chars[++at] == '}')
        goto close;

member:
    REFILL_IF_LOW();
    {
        struct named named;
        if (LIKELY((word_of(chars + at) & 0xFFFFFF) == CHARS_NAME)) {
            uint32_t len = places[at + 1] - places[at] - 1;
            named = name_of(w, text + places[at] + 1, len);
            put(&nodes[node], head_of(ST_JSON_STRING, ST_JSON_NAME, named.number, places[at]), len,
                node + 1);
        } else {
            outcome = put_odd_name(w, at, node, &named);
            if (outcome != WALKED)
                return outcome;
        }
        row[members & (INDEX_NAMES_MAX - 1)] = named.print;
        members++;
        node++;
        at += 3;
    }
    if (chars[at] == '"') {
        if (LIKELY(chars[at + 1] == '"')) {
            put(&nodes[node], head_of(ST_JSON_STRING, 0, 0, places[at]),
                places[at + 1] - places[at] - 1, node + 1);
        } else {
            outcome = put_escaped(w, at, node, 0);
            if (outcome != WALKED)
                return outcome;
        }
        node++;
        at += 2;
    } else if (chars[at] == '{') {
        goto open_object;
    } else if (chars[at] == '[') {
        goto open_array;
    } else {
        struct scalar s = scalar_of(text, chars[at], places[at], places[at + 1]);
        if (UNLIKELY(!s.good))
            return LEFT_TO_PLAIN;
        put(&nodes[node], head_of(s.kind, s.flags, 0, places[at]), s.len, node + 1);
        node++;
        at++;
    }

behind_member:
    if (chars[at] == ',') {
        at++;
        goto member;
    }
    if (UNLIKELY(chars[at] != '}'))
        return LEFT_TO_PLAIN;
    nodes[open].len = members;
    if (UNLIKELY(may_repeat(row, members))) {
        outcome = mark_repeats(w, open, node);
        if (outcome != WALKED)
            return outcome;
    }
    goto close;

open_array:
    if (UNLIKELY(depth == w->depth_max))
        return LEFT_TO_PLAIN;
    depth++;
    row += ROW_STEP;
    if (open != ST_JSON_NONE)
        nodes[open].len = members;
    put(&nodes[node], head_of(ST_JSON_ARRAY, 0, 0, places[at]), 0, open);
    open = node++;
    members = 0;
    if (chars[++at] == ']')
        goto close;

element:
    REFILL_IF_LOW();
    members++;
    if (chars[at] == '"') {
        if (LIKELY(chars[at + 1] == '"')) {
            put(&nodes[node], head_of(ST_JSON_STRING, 0, 0, places[at]),
                places[at + 1] - places[at] - 1, node + 1);
        } else {
            outcome = put_escaped(w, at, node, 0);
            if (outcome != WALKED)
                return outcome;
        }
        node++;
        at += 2;
    } else if (chars[at] == '{') {
        goto open_object;
    } else if (chars[at] == '[') {
        goto open_array;
    } else {
        struct scalar s = scalar_of(text, chars[at], places[at], places[at + 1]);
        if (UNLIKELY(!s.good))
            return LEFT_TO_PLAIN;
        put(&nodes[node], head_of(s.kind, s.flags, 0, places[at]), s.len, node + 1);
        node++;
        at++;
    }

behind_element:
    if (chars[at] == ',') {
        at++;
        goto element;
    }
    if (UNLIKELY(chars[at] != ']'))
        return LEFT_TO_PLAIN;
    nodes[open].len = members;

close:
    at++;
    {
        uint32_t outer = nodes[open].next;
        nodes[open].next = node;
        open = outer;
    }
    depth--;
    row -= ROW_STEP;
    if (open == ST_JSON_NONE)
        return end_walk(w, at, node);
    REFILL_IF_LOW();
    members = nodes[open].len;
    if (nodes[open].kind == ST_JSON_OBJECT)
        goto behind_member;
    goto behind_element;
}

/* ---- the entrance ---- */

static st_json_index_fn *kernel_of(enum st_json_kernel kernel)
{
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul");
    bool avx512 = avx2 && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2");
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

static const uint64_t seed_without_table[3] = {
    UINT64_C(0x2D358DCCAA6C78A5), UINT64_C(0x8BB84B93962EACC9), UINT64_C(0x4B33A62ED433D4A3)};

static void start(struct st_json *doc, st_str text, const struct st_json_options *options,
                  struct walk *w)
{
    const struct st_name_table *names = options == NULL ? NULL : options->names;
    uint32_t depth_max = options == NULL ? 0 : options->depth_max;
    bool default_depth = depth_max == 0 || depth_max > ST_JSON_DEPTH_MAX;
    *w = (struct walk){
        .doc = doc,
        .index = doc->index,
        .text = text.at,
        .len = text.len,
        .names = names,
        .seed = names == NULL ? seed_without_table : names->seed,
        .depth_max = default_depth ? ST_JSON_DEPTH_MAX : depth_max,
        .unique_names = options != NULL && options->unique_names,
    };
    doc->count = 0;
    doc->names = names;
    doc->name_count = names == NULL ? 0 : st_name_table_count(names);
    doc->text = text;
    st_buf_reset(&doc->decoded);
    doc->index->carry = (struct st_json_carry){0};
    memset(doc->index->last, 0, sizeof doc->index->last);
    doc->index->at = 0;
    doc->index->count = 0;
}

st_err st_json_parse_fast(struct st_json *doc, st_str text, const struct st_json_options *options,
                          enum st_json_kernel kernel, bool *decided)
{
    *decided = false;
    st_json_index_fn *index_fn = is_for_plain(text, options) ? NULL : kernel_of(kernel);
    if (index_fn == NULL)
        return ST_OK;
    *decided = true;
    if (doc->index == NULL && (doc->index = st_mem_get(sizeof *doc->index)) == NULL)
        return ST_ERR_MEMORY;
    struct walk w;
    start(doc, text, options, &w);
    w.kernel = index_fn;
    enum outcome outcome = walk(&w);
    *decided = outcome != LEFT_TO_PLAIN;
    return outcome == NO_MEMORY ? ST_ERR_MEMORY : ST_OK;
}

#endif
