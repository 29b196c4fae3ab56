/* The formats of RFC 3339: date-time, date, time, and its appendix A's duration. */
#include "base/time.h"
#include "schema/format_tests.h"

bool st_format_check_date_time(st_str text)
{
    st_time ignored = {0};
    /* LIMIT is a date-time too, whose offset moves it out of the years 0000 to 9999. */
    return st_time_parse(text, &ignored) != ST_ERR_SYNTAX;
}

/* A full-date is what makes a date-time of it. */
bool st_format_check_date(st_str text)
{
    char whole[] = "0000-00-00T00:00:00Z";
    if (text.len != 10)
        return false;
    memcpy(whole, text.at, 10);
    return st_format_check_date_time((st_str){whole, sizeof whole - 1});
}

/* A full-time is what makes a date-time of it. The fraction is left out, since
 * its digits carry no rule and have no end. */
bool st_format_check_time(st_str text)
{
    char whole[11 + 8 + 2 + 6] = "2000-01-02T";
    size_t len = 11;
    if (text.len < 9)
        return false;
    memcpy(whole + len, text.at, 8);
    len += 8;
    size_t at = 8;
    if (text.at[at] == '.') {
        at++;
        while (at < text.len && st_is_digit(text.at[at]))
            at++;
        if (at == 9)
            return false;
    }
    size_t offset = text.len - at;
    if (offset > 6)
        return false;
    memcpy(whole + len, text.at + at, offset);
    return st_format_check_date_time((st_str){whole, len + offset});
}

/* Eats digits and a unit out of `units` (either case, as RFC 5234 reads literals); returns the
 * unit's place in it, or -1. */
static int take_unit(st_str *rest, const char *units)
{
    size_t digits = 0;
    while (digits < rest->len && st_is_digit(rest->at[digits]))
        digits++;
    if (digits == 0 || digits == rest->len)
        return -1;
    char unit = (char)(rest->at[digits] & ~0x20);
    const char *place = st_is_alpha(rest->at[digits]) ? strchr(units, unit) : NULL;
    if (place == NULL)
        return -1;
    *rest = st_str_from(*rest, digits + 1);
    return (int)(place - units);
}

/* A run of units in which each is followed by the next finer one, or by nothing: the ABNF has
 * P1Y2M and P2M3D, but no P1Y3D. */
static bool take_chain(st_str *rest, const char *units)
{
    int last = take_unit(rest, units);
    if (last < 0)
        return false;
    while (rest->len > 0 && st_is_digit(rest->at[0])) {
        int next = take_unit(rest, units);
        if (next != last + 1)
            return false;
        last = next;
    }
    return true;
}

static bool take_letter(st_str *rest, char upper)
{
    if (rest->len == 0 || (rest->at[0] & ~0x20) != upper)
        return false;
    *rest = st_str_from(*rest, 1);
    return true;
}

bool st_format_check_duration(st_str text)
{
    st_str rest = text;
    if (!take_letter(&rest, 'P'))
        return false;
    st_str weeks = rest;
    if (take_unit(&weeks, "W") == 0)
        return weeks.len == 0;
    bool dated = rest.len > 0 && st_is_digit(rest.at[0]);
    if (dated && !take_chain(&rest, "YMD"))
        return false;
    if (dated && rest.len == 0)
        return true;
    return take_letter(&rest, 'T') && take_chain(&rest, "HMS") && rest.len == 0;
}
