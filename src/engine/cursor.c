#include "engine/filter.h"

#include "base/hash.h"

/*
 * A cursor is "c" and 16 + 6 hex digits: the seq, turned by a constant so that nobody takes it for
 * a number to do sums with, and a check, so that a mistyped one is refused instead of read as
 * another place.
 */
#define TURN UINT64_C(0x9e3779b97f4a7c15)

static unsigned check_of(uint64_t seq)
{
    return (unsigned)(st_hash((st_str){(const char *)&seq, sizeof seq}) & 0xffffffu);
}

static void write_hex(char *at, uint64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--, value >>= 4)
        at[i] = "0123456789abcdef"[value & 15];
}

static bool read_hex(st_str text, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        unsigned digit = 0;
        if (c >= '0' && c <= '9')
            digit = (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (unsigned)(c - 'a') + 10;
        else
            return false;
        *value = *value << 4 | digit;
    }
    return true;
}

size_t st_cursor_write(uint64_t seq, char text[static ST_CURSOR_TEXT_MAX])
{
    text[0] = 'c';
    write_hex(text + 1, seq * TURN, 16);
    write_hex(text + 17, check_of(seq), 6);
    text[23] = '\0';
    return 23;
}

/* TURN is odd, so it has an inverse modulo 2^64; Newton's iteration doubles the right bits. */
static uint64_t turn_back(uint64_t turned)
{
    uint64_t inverse = TURN;
    for (int i = 0; i < 6; i++)
        inverse *= 2 - TURN * inverse;
    return turned * inverse;
}

st_err st_cursor_parse(st_str text, uint64_t *seq)
{
    uint64_t turned = 0;
    uint64_t check = 0;
    if (text.len == 23 && text.at[0] == 'c') {
        if (!read_hex((st_str){text.at + 1, 16}, &turned) ||
            !read_hex((st_str){text.at + 17, 6}, &check) || check != check_of(turn_back(turned)))
            return ST_ERR_SYNTAX;
        *seq = turn_back(turned);
        return ST_OK;
    }
    return st_str_to_u64(text, seq);
}
