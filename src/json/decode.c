#include "json/decode.h"

#include "base/utf8.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define TARGET     __attribute__((target("avx2,bmi,bmi2")))
#define LIKELY(so) __builtin_expect((so) != 0, 1)

/* What a hexadecimal digit is worth, and one more, so that 0 is no digit. */
static const uint8_t hex_values[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* Four hexadecimal digits, or UINT32_MAX. */
static inline uint32_t hex_of(const char *at, const char *end)
{
    if (end - at < 4)
        return UINT32_MAX;
    uint32_t a = hex_values[(unsigned char)at[0]];
    uint32_t b = hex_values[(unsigned char)at[1]];
    uint32_t c = hex_values[(unsigned char)at[2]];
    uint32_t d = hex_values[(unsigned char)at[3]];
    if (a == 0 || b == 0 || c == 0 || d == 0)
        return UINT32_MAX;
    return (a - 1) << 12 | (b - 1) << 8 | (c - 1) << 4 | (d - 1);
}

/* The \u escape whose digits are at *at, as UTF-8 at *out; false when it is none. */
static inline bool decode_unicode(const char **at, const char *end, char **out)
{
    uint32_t code_point = hex_of(*at, end);
    *at += 4;
    if (code_point == UINT32_MAX || (code_point >= 0xDC00 && code_point <= 0xDFFF))
        return false;
    if (code_point >= 0xD800 && code_point <= 0xDBFF) {
        if (end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u')
            return false;
        uint32_t low = hex_of(*at + 2, end);
        if (low < 0xDC00 || low > 0xDFFF)
            return false;
        *at += 6;
        code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
    }
    *out += st_utf8_write(code_point, *out);
    return true;
}

/* By the letter behind the backslash what it means; 0: nothing so short. */
static const char short_escapes[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

/* Decodes the escape at *at, which is in the text before its string's closing quote. */
static inline bool decode_escape(const char **at, const char *end, char **out)
{
    char letter = (*at)[1];
    char meant = short_escapes[(unsigned char)letter];
    *at += 2;
    if (LIKELY(meant != 0)) {
        *(*out)++ = meant;
        return true;
    }
    return letter == 'u' && decode_unicode(at, end, out);
}

TARGET static inline uint64_t copy_32(const char *at, char *out)
{
    __m256i bytes = _mm256_loadu_si256((const void *)at);
    _mm256_storeu_si256((void *)out, bytes);
    __m256i backslashes = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
    return (uint32_t)_mm256_movemask_epi8(backslashes);
}

/* Decodes the 32 bytes at *at, or up to `end`, and what an escape in them has behind them. All are
 * copied, and again behind each escape, to where what follows it belongs: so no place has to wait
 * for the one before. */
TARGET static inline bool decode_32(const char **at, const char *end, char **out)
{
    const char *begin = *at;
    const char *stop = end - begin < 32 ? end : begin + 32;
    uint64_t left = _bzhi_u64(copy_32(begin, *out), (unsigned)(stop - begin));
    while (left != 0) {
        const char *escape = begin + _tzcnt_u64(left);
        *out += escape - *at;
        *at = escape;
        if (!decode_escape(at, end, out))
            return false;
        (void)copy_32(*at, *out);
        left = left >> (*at - begin) << (*at - begin);
    }
    if (*at < stop) {
        *out += stop - *at;
        *at = stop;
    }
    return true;
}

TARGET st_err st_json_decode(struct st_buf *decoded, const char *at, const char *end,
                             const char *quick_end)
{
    enum { LONGEST = 12 }; /* an escape: two units of UTF-16 */
    /* Decoded bytes never get more; a whole register is written, though. */
    st_err err = st_buf_reserve(decoded, (size_t)(end - at) + 32);
    if (err != ST_OK)
        return err;
    char *out = decoded->at + decoded->len;
    while (at < end && quick_end - at > 32 + LONGEST)
        if (!decode_32(&at, end, &out))
            return ST_ERR_SYNTAX;
    while (at < end)
        if (*at != '\\')
            *out++ = *at++;
        else if (!decode_escape(&at, end, &out))
            return ST_ERR_SYNTAX;
    decoded->len = (size_t)(out - decoded->at);
    return ST_OK;
}

#endif
