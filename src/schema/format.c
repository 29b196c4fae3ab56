#include "schema/format.h"

#include "schema/format_tests.h"
#include "schema/pattern.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static const struct st_format formats[] = {
#define FORMAT_ROW(name, test, message) {name, st_format_check_##test, message},
    ST_FORMAT_LIST(FORMAT_ROW)
#undef FORMAT_ROW
};

const struct st_format *st_format_find(st_str name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (st_str_eq(name, st_str_of(formats[i].name)))
            return &formats[i];
    return NULL;
}

#define ALL_BYTES(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The highest bit of each byte that is a hexadecimal digit, told as in st_are_between(). */
static uint64_t mark_hex(uint64_t bytes)
{
    const uint64_t top = ALL_BYTES(0x80);
    uint64_t ascii = bytes & ~top;
    uint64_t lower = ascii | ALL_BYTES(0x20);
    uint64_t digit = ((ascii | top) - ALL_BYTES('0')) & (ALL_BYTES('9' | 0x80) - ascii);
    uint64_t letter = ((lower | top) - ALL_BYTES('a')) & (ALL_BYTES('f' | 0x80) - lower);
    return (digit | letter) & ~bytes & top;
}

static uint64_t eight_at(const char *text)
{
    uint64_t bytes;
    memcpy(&bytes, text, 8);
    return bytes;
}

/* Four bytes and the four behind the hyphen that follows them. */
static uint64_t four_and_four_at(const char *text)
{
    uint32_t first;
    uint32_t second;
    memcpy(&first, text, 4);
    memcpy(&second, text + 5, 4);
    return (uint64_t)first << 32 | second;
}

bool st_format_check_uuid_plain(st_str text)
{
    const char *at = text.at;
    if (text.len != 36)
        return false;
    uint64_t hex = mark_hex(eight_at(at)) & mark_hex(four_and_four_at(at + 9)) &
                   mark_hex(four_and_four_at(at + 19)) & mark_hex(eight_at(at + 28));
    return hex == ALL_BYTES(0x80) && at[8] == '-' && at[13] == '-' && at[18] == '-' &&
           at[23] == '-';
}

#if defined(__SSE2__)
/* All bits of each byte that is a hexadecimal digit. The comparisons are signed: what is no ASCII
 * lies below all of it. */
static __m128i mark_16_hex(__m128i bytes)
{
    __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    __m128i digit = _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8('0' - 1)),
                                  _mm_cmplt_epi8(bytes, _mm_set1_epi8('9' + 1)));
    __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(lower, _mm_set1_epi8('a' - 1)),
                                   _mm_cmplt_epi8(lower, _mm_set1_epi8('f' + 1)));
    return _mm_or_si128(digit, letter);
}

static __m128i four_at(const char *text)
{
    int bytes;
    memcpy(&bytes, text, sizeof bytes);
    return _mm_cvtsi32_si128(bytes);
}

/* The digits of the groups fill two registers; the hyphen among the last sixteen bytes gives its
 * place, with those before it, to the group of four that ends there. */
static bool are_hex_groups(const char *at)
{
    __m128i first = _mm_unpacklo_epi64(_mm_cvtsi64_si128((int64_t)eight_at(at)),
                                       _mm_unpacklo_epi32(four_at(at + 9), four_at(at + 14)));
    __m128i last = _mm_loadu_si128((const __m128i *)(const void *)(at + 20));
    last =
        _mm_castps_si128(_mm_move_ss(_mm_castsi128_ps(last), _mm_castsi128_ps(four_at(at + 19))));
    return _mm_movemask_epi8(_mm_and_si128(mark_16_hex(first), mark_16_hex(last))) == 0xFFFF;
}
#endif

/* 8-4-4-4-12 hexadecimal digits: RFC 4122's text form, whatever the version says. */
bool st_format_check_uuid(st_str text)
{
#if defined(__SSE2__)
    const char *at = text.at;
    return text.len == 36 && at[8] == '-' && at[13] == '-' && at[18] == '-' && at[23] == '-' &&
           are_hex_groups(at);
#else
    return st_format_check_uuid_plain(text);
#endif
}

/* RFC 6901: every '/' begins a token; '~' stands only before '0' or '1'. */
bool st_format_check_json_pointer(st_str text)
{
    if (text.len > 0 && text.at[0] != '/')
        return false;
    size_t at = 0;
    while (st_str_find(text, '~', &at)) {
        text = st_str_from(text, at + 1);
        if (text.len == 0 || (text.at[0] != '0' && text.at[0] != '1'))
            return false;
    }
    return true;
}

/* The length of "0", or of digits without a leading zero; 0 when there is none. */
static size_t count_integer(st_str text)
{
    size_t len = 0;
    while (len < text.len && st_is_digit(text.at[len]))
        len++;
    return len > 1 && text.at[0] == '0' ? 0 : len;
}

/* draft-bhutton-relative-json-pointer-00: how far up, perhaps a shift of the array index ("+1"),
 * then '#' or a JSON Pointer. */
bool st_format_check_relative_json_pointer(st_str text)
{
    size_t up = count_integer(text);
    if (up == 0)
        return false;
    st_str rest = st_str_from(text, up);
    if (rest.len > 0 && (rest.at[0] == '+' || rest.at[0] == '-')) {
        size_t shift = count_integer(st_str_from(rest, 1));
        if (shift == 0)
            return false;
        rest = st_str_from(rest, 1 + shift);
    }
    return st_str_eq(rest, ST_STR("#")) || st_format_check_json_pointer(rest);
}

bool st_format_check_regex(st_str text)
{
    return st_pattern_check(text, NULL) == ST_OK;
}
