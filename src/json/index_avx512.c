#include "json/index.h"
#include "json/utf8_lanes.h"

#ifdef ST_JSON_FAST

#include <immintrin.h>

#define TARGET                                                                                     \
    __attribute__((target("avx2,bmi,bmi2,popcnt,pclmul,avx512f,avx512bw,avx512vl,"                 \
                          "avx512vbmi,avx512vbmi2")))

TARGET static inline uint64_t parity_of(uint64_t bits)
{
    __m128i all = _mm_set1_epi8((char)0xFF);
    __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits), all, 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

/* 16 bytes in each of the four lanes. */
#define TABLE(...) _mm512_broadcast_i32x4(_mm_setr_epi8(__VA_ARGS__))

TARGET static inline struct st_json_block look(__m512i bytes)
{
    const __m512i blanks = TABLE(INDEX_BLANKS);
    const __m512i marks = TABLE(INDEX_MARKS);
    __m512i raised = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
    return (struct st_json_block){
        .quotes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')),
        .backslashes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\')),
        .marks = _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(marks, bytes), raised),
        .blanks = _mm512_cmpeq_epi8_mask(_mm512_shuffle_epi8(blanks, bytes), bytes),
        .controls = _mm512_cmplt_epu8_mask(bytes, _mm512_set1_epi8(0x20)),
    };
}

/* Whether the bytes, behind those before them, are not UTF-8. What the last three bytes begin is
 * proven with the next block. */
TARGET static __attribute__((noinline)) uint64_t utf8_faults(__m512i bytes, __m512i before)
{
    const __m512i half = _mm512_set1_epi8(0x0F);
    __m512i shifted = _mm512_alignr_epi32(bytes, before, 12);
    __m512i first = _mm512_alignr_epi8(bytes, shifted, 15);
    __m512i two_before = _mm512_alignr_epi8(bytes, shifted, 14);
    __m512i three_before = _mm512_alignr_epi8(bytes, shifted, 13);
    __m512i first_high = _mm512_and_si512(_mm512_srli_epi16(first, 4), half);
    __m512i second_high = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), half);
    __m512i faults = _mm512_ternarylogic_epi32(
        _mm512_shuffle_epi8(TABLE(UTF8_BY_FIRST_HIGH), first_high),
        _mm512_shuffle_epi8(TABLE(UTF8_BY_FIRST_LOW), _mm512_and_si512(first, half)),
        _mm512_shuffle_epi8(TABLE(UTF8_BY_SECOND_HIGH), second_high), 0x80);
    /* The top bit is left where E0 … stands two before or F0 … three before. */
    __m512i third = _mm512_subs_epu8(two_before, _mm512_set1_epi8(0xE0 - 0x80));
    __m512i fourth = _mm512_subs_epu8(three_before, _mm512_set1_epi8(0xF0 - 0x80));
    __m512i must = _mm512_and_si512(_mm512_or_si512(third, fourth), _mm512_set1_epi8((char)0x80));
    return _mm512_cmpneq_epi8_mask(faults, must);
}

/* `base` has the block's place in each lane. */
TARGET static inline void add_places(uint32_t *places, __m512i offsets, unsigned count,
                                     __m512i base)
{
    __m128i quarter = _mm512_castsi512_si128(offsets);
    _mm512_storeu_si512(places, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(quarter)));
    quarter = _mm512_extracti32x4_epi32(offsets, 1);
    _mm512_storeu_si512(places + 16, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(quarter)));
    if (count <= 32)
        return;
    quarter = _mm512_extracti32x4_epi32(offsets, 2);
    _mm512_storeu_si512(places + 32, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(quarter)));
    quarter = _mm512_extracti32x4_epi32(offsets, 3);
    _mm512_storeu_si512(places + 48, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(quarter)));
}

static const _Alignas(64) char offsets[64] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
    44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};

/* The loop's own: what would go through memory, since chars may alias anything. */
struct run {
    struct st_json_carry carry;
    __m512i before;
    __m512i base; /* the block's place in each lane */
    uint32_t count;
    char *copy; /* of the block, or NULL */
};

TARGET static inline void add_block(struct run *run, struct st_json_index *index, __m512i bytes)
{
    if (run->copy != NULL) {
        _mm512_storeu_si512(run->copy, bytes);
        run->copy += 64;
    }
    struct st_json_tokens tokens = st_json_tokens_of(&run->carry, look(bytes), parity_of);
    uint64_t high = (uint64_t)_mm512_movepi8_mask(bytes);
    if ((high | run->carry.unproven) != 0) {
        run->carry.bad |= utf8_faults(bytes, run->before);
        run->carry.unproven = high >> 61;
    }
    run->before = bytes;
    if (tokens.escaped != 0)
        bytes = _mm512_or_si512(bytes, _mm512_maskz_set1_epi8(tokens.escaped, (char)0x80));
    unsigned count = (unsigned)__builtin_popcountll(tokens.at);
    _mm512_storeu_si512(index->chars + run->count, _mm512_maskz_compress_epi8(tokens.at, bytes));
    add_places(index->places + run->count,
               _mm512_maskz_compress_epi8(tokens.at, _mm512_load_si512(offsets)), count, run->base);
    run->base = _mm512_add_epi32(run->base, _mm512_set1_epi32(64));
    run->count += count;
}

TARGET void st_json_index_avx512(struct st_json_index *index, st_str text, size_t end)
{
    struct run run = {
        .carry = index->carry,
        .before = index->at == 0 ? _mm512_setzero_si512() : _mm512_loadu_si512(index->last),
        .base = _mm512_set1_epi32((int)index->at),
        .count = index->count,
        .copy = index->copy == NULL ? NULL : index->copy + index->at,
    };
    const char *at = text.at + index->at;
    for (; text.at + end - at >= 64; at += 64)
        add_block(&run, index, _mm512_loadu_si512(at));
    if (at < text.at + end) {
        __mmask64 there = ~UINT64_C(0) >> (64 - (text.at + end - at));
        add_block(&run, index, _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), there, at));
    }
    _mm512_storeu_si512(index->last, run.before);
    index->carry = run.carry;
    index->count = run.count;
    index->at = end;
}

#endif
