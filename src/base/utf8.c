#include "base/utf8.h"

static bool is_ascii_8(const unsigned char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return (word & UINT64_C(0x8080808080808080)) == 0;
}

static bool is_in(unsigned char byte, unsigned low, unsigned high)
{
    return byte >= low && byte <= high;
}

static bool is_tail(unsigned char byte)
{
    return is_in(byte, 0x80, 0xBF);
}

/* The length of the one sequence at `s`, or 0. The second byte's bounds are the table of RFC 3629,
 * section 4: they keep out overlong forms (E0, F0), surrogates (ED) and what is past U+10FFFF
 * (F4). */
static size_t check_one(const unsigned char *s, size_t left)
{
    unsigned char lead = s[0];
    if (lead < 0x80)
        return 1;
    if (is_in(lead, 0xC2, 0xDF))
        return left >= 2 && is_tail(s[1]) ? 2 : 0;
    if (is_in(lead, 0xE0, 0xEF)) {
        unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
        unsigned high = lead == 0xED ? 0x9F : 0xBF;
        return left >= 3 && is_in(s[1], low, high) && is_tail(s[2]) ? 3 : 0;
    }
    if (is_in(lead, 0xF0, 0xF4)) {
        unsigned low = lead == 0xF0 ? 0x90 : 0x80;
        unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
        return left >= 4 && is_in(s[1], low, high) && is_tail(s[2]) && is_tail(s[3]) ? 4 : 0;
    }
    return 0;
}

size_t st_utf8_check(st_str text)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    size_t at = 0;
    while (at < text.len) {
        /* Most text is ASCII: eight bytes are looked at together. */
        if (text.len - at >= 8 && is_ascii_8(bytes + at)) {
            at += 8;
            continue;
        }
        size_t len = check_one(bytes + at, text.len - at);
        if (len == 0)
            break;
        at += len;
    }
    return at;
}

/* One for each tail in eight bytes: a byte that has its highest bit and not the next. */
static uint64_t mark_tails(const unsigned char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word >> 7 & ~word >> 6 & UINT64_C(0x0101010101010101);
}

/* The sum of eight bytes. */
static size_t add_bytes(uint64_t word)
{
    word = (word & UINT64_C(0x00FF00FF00FF00FF)) + (word >> 8 & UINT64_C(0x00FF00FF00FF00FF));
    return (size_t)(word * UINT64_C(0x0001000100010001) >> 48);
}

size_t st_utf8_count(st_str text)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    size_t at = 0;
    size_t tails = 0;
    while (text.len - at >= 8) {
        /* A byte of the sum counts to 255. */
        uint64_t sum = 0;
        for (int i = 0; i < 255 && text.len - at >= 8; i++, at += 8)
            sum += mark_tails(bytes + at);
        tails += add_bytes(sum);
    }
    for (; at < text.len; at++)
        tails += is_tail(bytes[at]);
    return text.len - tails;
}

uint32_t st_utf8_next(st_str text, size_t *at)
{
    const unsigned char *s = (const unsigned char *)text.at + *at;
    size_t len = s[0] < 0x80 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    ST_BUG_IF(*at >= text.len || len > text.len - *at);
    uint32_t code_point = len == 1 ? s[0] : s[0] & (0x7FU >> len);
    for (size_t i = 1; i < len; i++)
        code_point = code_point << 6 | (s[i] & 0x3FU);
    *at += len;
    return code_point;
}

/* The i-th group of six bits from below, as a tail byte. */
static char tail_of(uint32_t code_point, unsigned i)
{
    return (char)(0x80 | (code_point >> (6 * i) & 0x3F));
}

size_t st_utf8_write(uint32_t code_point, char bytes[static 4])
{
    ST_BUG_IF(code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF));
    if (code_point < 0x80) {
        bytes[0] = (char)code_point;
        return 1;
    }
    if (code_point < 0x800) {
        bytes[0] = (char)(0xC0 | code_point >> 6);
        bytes[1] = tail_of(code_point, 0);
        return 2;
    }
    if (code_point < 0x10000) {
        bytes[0] = (char)(0xE0 | code_point >> 12);
        bytes[1] = tail_of(code_point, 1);
        bytes[2] = tail_of(code_point, 0);
        return 3;
    }
    bytes[0] = (char)(0xF0 | code_point >> 18);
    bytes[1] = tail_of(code_point, 2);
    bytes[2] = tail_of(code_point, 1);
    bytes[3] = tail_of(code_point, 0);
    return 4;
}
