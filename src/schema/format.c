#include "schema/format.h"

#include "schema/format_tests.h"
#include "schema/pattern.h"

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

/* 8-4-4-4-12 hexadecimal digits: RFC 4122's text form, whatever the version says. */
bool st_format_check_uuid(st_str text)
{
    if (text.len != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text.at[i] != '-' : !st_is_hex(text.at[i]))
            return false;
    }
    return true;
}

/* RFC 6901: every '/' begins a token; '~' stands only before '0' or '1'. */
bool st_format_check_json_pointer(st_str text)
{
    if (text.len > 0 && text.at[0] != '/')
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '~')
            continue;
        if (i + 1 == text.len || (text.at[i + 1] != '0' && text.at[i + 1] != '1'))
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
