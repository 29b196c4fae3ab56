/* The formats of RFC 3339: date-time, date, time, and its appendix A's duration. */
#include "base/time.h"
#include "schema/format_tests.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static int two_digits(const char *at)
{
    return (at[0] - '0') * 10 + (at[1] - '0');
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Ten bytes: a day that the calendar has. */
static bool is_full_date(const char *at)
{
    static const char days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (!st_are_between(at, "0000-00-", "9999-19-") || !st_is_digit(at[8]) || !st_is_digit(at[9]))
        return false;
    int month = two_digits(at + 5);
    int day = two_digits(at + 8);
    if (month < 1 || month > 12 || day < 1)
        return false;
    if (month == 2 && day == 29)
        return is_leap(two_digits(at) * 100 + two_digits(at + 2));
    return day <= days[month];
}

/* "+01:00": six bytes. */
static bool is_numeric_offset(const char *at)
{
    return (at[0] == '+' || at[0] == '-') && st_is_digit(at[1]) && st_is_digit(at[2]) &&
           at[3] == ':' && at[4] >= '0' && at[4] <= '5' && st_is_digit(at[5]) &&
           two_digits(at + 1) <= 23;
}

/* "20:21:54.5Z", whatever the date. False for a leap second too, which other rules are for. */
static bool is_full_time(st_str text)
{
    const char *at = text.at;
    if (text.len < 9 || !st_are_between(at, "00:00:00", "29:59:59") || two_digits(at) > 23)
        return false;
    size_t i = 8;
    if (at[i] == '.') {
        do
            i++;
        while (i < text.len && st_is_digit(at[i]));
        if (i == 9)
            return false;
    }
    if (text.len - i == 1)
        return at[i] == 'Z' || at[i] == 'z';
    return text.len - i == 6 && is_numeric_offset(at + i);
}

#if defined(__SSE2__)
/* "2026-01-01T20:21:54.5Z" as most are written: UTC, and a day that each month has. False says
 * nothing. */
static bool is_usual_date_time(st_str text)
{
    const __m128i zero = _mm_setzero_si128();
    const char *at = text.at;
    __m128i head = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i tail = _mm_loadu_si128((const __m128i *)(const void *)(at + 4));
    __m128i off = _mm_subs_epu8(head, _mm_loadu_si128((const void *)"9999-19-29T29:59"));
    off = _mm_or_si128(off, _mm_subs_epu8(_mm_loadu_si128((const void *)"0000-00-00T00:00"), head));
    off = _mm_or_si128(off, _mm_subs_epu8(tail, _mm_loadu_si128((const void *)"-19-29T29:59:59Z")));
    off = _mm_or_si128(off, _mm_subs_epu8(_mm_loadu_si128((const void *)"-00-00T00:00:00."), tail));
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(off, zero)) != 0xFFFF)
        return false;
    unsigned month = (unsigned)two_digits(at + 5);
    unsigned day = (unsigned)two_digits(at + 8);
    if (month - 1 >= 12 || day - 1 >= 28 || two_digits(at + 11) > 23)
        return false;
    size_t i = 19;
    if (at[i] == '.')
        do
            i++;
        while (i < text.len && st_is_digit(at[i]));
    return i + 1 == text.len && at[i] == 'Z' && i != 20;
}
#else
static bool is_usual_date_time(st_str text)
{
    return false;
}
#endif

/* What has no leap second is told here; it is a date-time even where its offset moves it out of the
 * years 0000 to 9999. */
bool st_format_check_date_time(st_str text)
{
    if (text.len >= 20 && is_usual_date_time(text))
        return true;
    if (text.len < 20 || (text.at[10] != 'T' && text.at[10] != 't') || !is_full_date(text.at))
        return false;
    if (is_full_time(st_str_from(text, 11)))
        return true;
    st_time ignored = {0};
    return st_time_parse(text, &ignored) != ST_ERR_SYNTAX;
}

bool st_format_check_date(st_str text)
{
    return text.len == 10 && is_full_date(text.at);
}

/* A leap second is held to the rules of a date-time. The fraction is left out, since its digits
 * carry no rule and have no end. */
static bool is_leap_second(st_str text)
{
    char whole[11 + 8 + 6] = "2000-01-02T";
    if (text.len < 9)
        return false;
    memcpy(whole + 11, text.at, 8);
    size_t at = 8;
    if (text.at[at] == '.') {
        at++;
        while (at < text.len && st_is_digit(text.at[at]))
            at++;
        if (at == 9)
            return false;
    }
    /* A second fraction must not become the first one of what is put together. */
    size_t offset = text.len - at;
    if (offset > 6 || (offset > 0 && text.at[at] == '.'))
        return false;
    memcpy(whole + 19, text.at + at, offset);
    return st_format_check_date_time((st_str){whole, 19 + offset});
}

bool st_format_check_time(st_str text)
{
    return is_full_time(text) || is_leap_second(text);
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
