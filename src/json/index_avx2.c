#include "json/index.h"
#include "json/utf8_lanes.h"

#ifdef ST_JSON_FAST

#include <immintrin.h>

#define TARGET __attribute__((target("avx2,bmi,bmi2,popcnt,pclmul")))

/* 64 bytes. */
struct pair {
    __m256i low;
    __m256i high;
};

TARGET static inline uint64_t parity_of(uint64_t bits)
{
    __m128i all = _mm_set1_epi8((char)0xFF);
    __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits), all, 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

/* 16 bytes in both lanes. */
#define TABLE(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))

TARGET static inline uint64_t bits_of(__m256i low, __m256i high)
{
    uint64_t upper = (uint32_t)_mm256_movemask_epi8(high);
    return upper << 32 | (uint32_t)_mm256_movemask_epi8(low);
}

TARGET static inline uint64_t equal(struct pair bytes, char c)
{
    __m256i all = _mm256_set1_epi8(c);
    return bits_of(_mm256_cmpeq_epi8(bytes.low, all), _mm256_cmpeq_epi8(bytes.high, all));
}

TARGET static inline __m256i marks_in(__m256i bytes)
{
    __m256i raised = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
    return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(TABLE(INDEX_MARKS), bytes), raised);
}

TARGET static inline __m256i blanks_in(__m256i bytes)
{
    return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(TABLE(INDEX_BLANKS), bytes), bytes);
}

TARGET static inline __m256i controls_in(__m256i bytes)
{
    const __m256i most = _mm256_set1_epi8(0x1F);
    return _mm256_cmpeq_epi8(_mm256_max_epu8(bytes, most), most);
}

TARGET static inline struct st_json_block look(struct pair bytes)
{
    return (struct st_json_block){
        .quotes = equal(bytes, '"'),
        .backslashes = equal(bytes, '\\'),
        .marks = bits_of(marks_in(bytes.low), marks_in(bytes.high)),
        .blanks = bits_of(blanks_in(bytes.low), blanks_in(bytes.high)),
        .controls = bits_of(controls_in(bytes.low), controls_in(bytes.high)),
    };
}

/* Not zero where the bytes, behind those before them, are not UTF-8. What the last three bytes
 * begin is proven with the next ones. */
TARGET static __m256i utf8_faults(__m256i bytes, __m256i before)
{
    const __m256i half = _mm256_set1_epi8(0x0F);
    __m256i shifted = _mm256_permute2x128_si256(before, bytes, 0x21);
    __m256i first = _mm256_alignr_epi8(bytes, shifted, 15);
    __m256i two_before = _mm256_alignr_epi8(bytes, shifted, 14);
    __m256i three_before = _mm256_alignr_epi8(bytes, shifted, 13);
    __m256i first_high = _mm256_and_si256(_mm256_srli_epi16(first, 4), half);
    __m256i second_high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half);
    __m256i faults = _mm256_shuffle_epi8(TABLE(UTF8_BY_FIRST_HIGH), first_high);
    faults = _mm256_and_si256(
        faults, _mm256_shuffle_epi8(TABLE(UTF8_BY_FIRST_LOW), _mm256_and_si256(first, half)));
    faults = _mm256_and_si256(faults, _mm256_shuffle_epi8(TABLE(UTF8_BY_SECOND_HIGH), second_high));
    /* The top bit is left where E0 … stands two before or F0 … three before. */
    __m256i third = _mm256_subs_epu8(two_before, _mm256_set1_epi8(0xE0 - 0x80));
    __m256i fourth = _mm256_subs_epu8(three_before, _mm256_set1_epi8(0xF0 - 0x80));
    __m256i must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(faults, must);
}

/* Writes eight tokens, or as many as there are and rubbish behind them. */
TARGET static inline uint64_t add_eight(uint32_t *places, char *chars, const char *bytes,
                                        uint64_t tokens, uint32_t base)
{
    for (unsigned i = 0; i < 8; i++) {
        /* Once there is none left any offset will do, but one in the block. */
        unsigned offset = (unsigned)_tzcnt_u64(tokens) & 63;
        places[i] = base + offset;
        chars[i] = bytes[offset];
        tokens = _blsr_u64(tokens);
    }
    return tokens;
}

TARGET static inline void mark(char *chars, struct st_json_tokens tokens)
{
    for (uint64_t left = tokens.escaped; left != 0; left = _blsr_u64(left)) {
        uint64_t before = tokens.at & (_blsi_u64(left) - 1);
        chars[__builtin_popcountll(before)] |= (char)0x80;
    }
}

/* The loop's own: what would go through memory, since chars may alias anything. */
struct run {
    struct st_json_carry carry;
    __m256i before;
    uint32_t count;
    char *copy;
};

TARGET static inline void prove_utf8(struct run *run, struct pair bytes)
{
    uint64_t high = bits_of(bytes.low, bytes.high);
    if ((high | run->carry.unproven) != 0) {
        __m256i faults = _mm256_or_si256(utf8_faults(bytes.low, run->before),
                                         utf8_faults(bytes.high, bytes.low));
        run->carry.bad |= (uint64_t)!_mm256_testz_si256(faults, faults);
        run->carry.unproven = high >> 61;
    }
    run->before = bytes.high;
}

TARGET static inline void add_block(struct run *run, struct st_json_index *index, const char *at,
                                    size_t base)
{
    struct pair bytes = {_mm256_loadu_si256((const void *)at),
                         _mm256_loadu_si256((const void *)(at + 32))};
    if (run->copy != NULL) {
        _mm256_storeu_si256((void *)(run->copy + base), bytes.low);
        _mm256_storeu_si256((void *)(run->copy + base + 32), bytes.high);
    }
    struct st_json_tokens tokens = st_json_tokens_of(&run->carry, look(bytes), parity_of);
    prove_utf8(run, bytes);
    uint32_t *places = index->places + run->count;
    char *chars = index->chars + run->count;
    unsigned count = (unsigned)__builtin_popcountll(tokens.at);
    uint64_t left = tokens.at;
    for (unsigned i = 0; i < count; i += 8)
        left = add_eight(places + i, chars + i, at, left, (uint32_t)base);
    mark(chars, tokens);
    run->count += count;
}

TARGET void st_json_index_avx2(struct st_json_index *index, st_str text, size_t end)
{
    struct run run = {
        .carry = index->carry,
        .before =
            index->at == 0 ? _mm256_setzero_si256() : _mm256_loadu_si256((const void *)index->last),
        .count = index->count,
        .copy = index->copy,
    };
    size_t at = index->at;
    for (; end - at >= 64; at += 64)
        add_block(&run, index, text.at + at, at);
    if (at < end) {
        char rest[64];
        memset(rest, ' ', sizeof rest);
        memcpy(rest, text.at + at, end - at);
        add_block(&run, index, rest, at);
    }
    _mm256_storeu_si256((void *)index->last, run.before);
    index->carry = run.carry;
    index->count = run.count;
    index->at = end;
}

#endif
