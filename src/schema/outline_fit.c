#include "schema/outline.h"

bool st_outline_fit_plain(const struct st_json_node *nodes, const struct st_outline *outline)
{
    uint32_t off = 0;
    for (uint32_t i = 0; i < outline->count; i++) {
        uint32_t head;
        memcpy(&head, &nodes[i], sizeof head);
        off |= ((head + 1) ^ outline->wants[i].head) & outline->masks[i].head;
        off |= (int32_t)nodes[i].len < (int32_t)outline->wants[i].min;
    }
    return off == 0;
}

#if defined(__x86_64__)

#include <immintrin.h>

/* Of so many nodes as two registers hold the first words and the lengths are brought together into
 * one, in the order of the wants. The last nodes are compared together with some before them that
 * have been. */

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i load_2(const void *at)
{
    return _mm256_loadu_si256((const __m256i *)at);
}

/* What of four nodes is not as it should be. */
AVX2 static inline __m256i misfits_4(const struct st_json_node *nodes,
                                     const struct st_outline *outline, uint32_t i)
{
    const __m256i one = _mm256_set1_epi64x(1);
    __m256 pairs = _mm256_shuffle_ps(_mm256_castsi256_ps(load_2(nodes + i)),
                                     _mm256_castsi256_ps(load_2(nodes + i + 2)), 0x88);
    __m256i found = _mm256_permute4x64_epi64(_mm256_castps_si256(pairs), 0xD8);
    __m256i wanted = load_2(outline->wants + i);
    __m256i less = _mm256_cmpgt_epi32(_mm256_srli_epi64(wanted, 32), _mm256_srli_epi64(found, 32));
    __m256i differ = _mm256_xor_si256(_mm256_add_epi32(found, one), wanted);
    return _mm256_or_si256(_mm256_and_si256(differ, load_2(outline->masks + i)), less);
}

AVX2 bool st_outline_fit_avx2(const struct st_json_node *nodes, const struct st_outline *outline)
{
    __m256i off = _mm256_setzero_si256();
    uint32_t i = 0;
    for (; i + 4 < outline->count; i += 4)
        off = _mm256_or_si256(off, misfits_4(nodes, outline, i));
    off = _mm256_or_si256(off, misfits_4(nodes, outline, outline->count - 4));
    return _mm256_testz_si256(off, off) != 0;
}

#define AVX512 __attribute__((target("avx512f")))

/* The same of eight; too short ones are noted in `less`. */
AVX512 static inline __m512i misfits_8(const struct st_json_node *nodes,
                                       const struct st_outline *outline, uint32_t i, __m512i differ,
                                       __mmask16 *less)
{
    const __m512i one = _mm512_set1_epi64(1);
    const __m512i heads_and_lengths =
        _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    __m512i found = _mm512_permutex2var_epi32(_mm512_loadu_si512(nodes + i), heads_and_lengths,
                                              _mm512_loadu_si512(nodes + i + 4));
    __m512i wanted = _mm512_loadu_si512(outline->wants + i);
    *less |= _mm512_mask_cmplt_epi32_mask(0xAAAA, found, wanted);
    found = _mm512_xor_si512(_mm512_add_epi32(found, one), wanted);
    /* differ | (found & mask) */
    return _mm512_ternarylogic_epi32(differ, found, _mm512_loadu_si512(outline->masks + i), 0xF8);
}

AVX512 bool st_outline_fit_avx512(const struct st_json_node *nodes,
                                  const struct st_outline *outline)
{
    __m512i differ = _mm512_setzero_si512();
    __mmask16 less = 0;
    for (uint32_t i = 0; i + 8 < outline->count; i += 8)
        differ = misfits_8(nodes, outline, i, differ, &less);
    differ = misfits_8(nodes, outline, outline->count - 8, differ, &less);
    return (_mm512_test_epi32_mask(differ, differ) | less) == 0;
}

#endif

st_outline_fit_fn *st_outline_fit_best(void)
{
#if defined(__x86_64__) && ST_OUTLINE_NODES_MIN >= 8
    if (__builtin_cpu_supports("avx512f"))
        return st_outline_fit_avx512;
    if (__builtin_cpu_supports("avx2"))
        return st_outline_fit_avx2;
#endif
    return st_outline_fit_plain;
}
