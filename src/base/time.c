#include "base/time.h"

#include <time.h>

#define DAY_S     INT64_C(86400)
#define DAY_M     INT64_C(1440)
#define FIRST_S   INT64_C(-62167219200) /* 0000-01-01T00:00:00Z */
#define LAST_S    INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define ERA_DAYS  INT64_C(146097)       /* in 400 years of the Gregorian calendar */
#define EPOCH_DAY INT64_C(719468)       /* 1970-01-01, counted from 0000-03-01 */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t floor_mod(int64_t a, int64_t b)
{
    int64_t rest = a % b; /* not a - floor_div(a, b) * b, which overflows near INT64_MIN */
    return rest < 0 ? rest + b : rest;
}

/* Keeps a sum inside the years 0000 to 9999, which every instant is promised to be in. */
static st_time hold_in_range(st_time t)
{
    if (t.s < FIRST_S)
        return (st_time){FIRST_S, 0};
    if (t.s > LAST_S)
        return (st_time){LAST_S, (int32_t)(ST_NS_PER_S - 1)};
    return t;
}

/* Clocks, comparison, arithmetic. */

st_time st_time_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (st_time){now.tv_sec, (int32_t)now.tv_nsec};
}

int64_t st_monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * ST_NS_PER_S + now.tv_nsec;
}

int64_t st_thread_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * ST_NS_PER_S + now.tv_nsec;
}

int st_time_cmp(st_time a, st_time b)
{
    if (a.s != b.s)
        return a.s < b.s ? -1 : 1;
    return (a.ns > b.ns) - (a.ns < b.ns);
}

st_time st_time_plus_ns(st_time t, int64_t ns)
{
    /* Held before the addition too, so that it cannot overflow. */
    t = hold_in_range(t);
    int64_t sum_ns = t.ns + floor_mod(ns, ST_NS_PER_S);
    int64_t carry = sum_ns / ST_NS_PER_S;
    return hold_in_range((st_time){t.s + floor_div(ns, ST_NS_PER_S) + carry,
                                   (int32_t)(sum_ns - carry * ST_NS_PER_S)});
}

st_time st_time_of_ns(int64_t ns)
{
    return (st_time){floor_div(ns, ST_NS_PER_S), (int32_t)floor_mod(ns, ST_NS_PER_S)};
}

int64_t st_time_to_ns(st_time t)
{
    /* Before 1970 the count goes from the second above, whose product still fits where the answer
     * does: INT64_MIN itself lies between two whole seconds. */
    int64_t s = t.s < 0 ? t.s + 1 : t.s;
    int64_t rest = t.s < 0 ? t.ns - ST_NS_PER_S : t.ns;
    int64_t ns = 0;
    if (__builtin_mul_overflow(s, ST_NS_PER_S, &ns) || __builtin_add_overflow(ns, rest, &ns))
        return t.s < 0 ? INT64_MIN : INT64_MAX;
    return ns;
}

/* The calendar. Years are counted from March, so that the leap day is the last of its year; the
 * formulas are those of Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms". */

static int64_t days_of_date(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * ERA_DAYS + day_of_era - EPOCH_DAY;
}

static void date_of_days(int64_t days, int *year, int *month, int *day)
{
    days += EPOCH_DAY;
    int64_t era = floor_div(days, ERA_DAYS);
    int day_of_era = (int)(days - era * ERA_DAYS);
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int march_month = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * march_month + 2) / 5 + 1;
    *month = march_month < 10 ? march_month + 3 : march_month - 9;
    *year = year_of_era + (int)era * 400 + (*month <= 2);
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Reading: each take_… eats its part from the head of `rest`, or says false. */

static bool take_char(st_str *rest, char c)
{
    if (rest->len == 0 || rest->at[0] != c)
        return false;
    *rest = st_str_from(*rest, 1);
    return true;
}

static bool take_digits(st_str *rest, size_t count, int *value)
{
    if (rest->len < count)
        return false;
    int sum = 0;
    for (size_t i = 0; i < count; i++) {
        char c = rest->at[i];
        if (c < '0' || c > '9')
            return false;
        sum = sum * 10 + (c - '0');
    }
    *rest = st_str_from(*rest, count);
    *value = sum;
    return true;
}

/* "2026-02-07", as days since 1970. */
static bool take_date(st_str *rest, int64_t *days)
{
    int year = 0;
    int month = 0;
    int day = 0;
    if (!take_digits(rest, 4, &year) || !take_char(rest, '-') || !take_digits(rest, 2, &month) ||
        !take_char(rest, '-') || !take_digits(rest, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    *days = days_of_date(year, month, day);
    return true;
}

/* "20:21", as minutes. */
static bool take_minutes(st_str *rest, int *minutes)
{
    int hour = 0;
    int minute = 0;
    if (!take_digits(rest, 2, &hour) || !take_char(rest, ':') || !take_digits(rest, 2, &minute) ||
        hour > 23 || minute > 59)
        return false;
    *minutes = hour * 60 + minute;
    return true;
}

/* The digits behind the point, one at least; those past the ninth are too fine to keep. */
static bool take_fraction(st_str *rest, int32_t *ns, int *digits)
{
    int32_t sum = 0;
    size_t count = 0;
    while (count < rest->len && rest->at[count] >= '0' && rest->at[count] <= '9') {
        if (count < 9)
            sum = sum * 10 + (rest->at[count] - '0');
        count++;
    }
    if (count == 0)
        return false;
    for (size_t i = count; i < 9; i++)
        sum *= 10;
    *rest = st_str_from(*rest, count);
    *ns = sum;
    *digits = count < 9 ? (int)count : 9;
    return true;
}

/* "Z" or "+01:00", as minutes east. */
static bool take_offset(st_str *rest, int *minutes)
{
    if (take_char(rest, 'Z') || take_char(rest, 'z')) {
        *minutes = 0;
        return true;
    }
    bool west = take_char(rest, '-');
    if ((!west && !take_char(rest, '+')) || !take_minutes(rest, minutes))
        return false;
    if (west)
        *minutes = -*minutes;
    return true;
}

/* "20:21:54.5" and an offset; a second of 60 is left for the caller to judge. */
static bool take_clock(st_str *rest, int64_t *minutes, int *second, int32_t *ns, int *digits)
{
    int local = 0;
    int offset = 0;
    *ns = 0;
    *digits = 0;
    if (!take_minutes(rest, &local) || !take_char(rest, ':') || !take_digits(rest, 2, second) ||
        *second > 60)
        return false;
    if (take_char(rest, '.') && !take_fraction(rest, ns, digits))
        return false;
    if (!take_offset(rest, &offset))
        return false;
    *minutes = local - offset;
    return true;
}

static st_err set_in_range(st_time value, st_time *t)
{
    if (value.s < FIRST_S || value.s > LAST_S)
        return ST_ERR_LIMIT;
    *t = value;
    return ST_OK;
}

st_err st_time_parse_fine(st_str text, st_time *t, int *digits)
{
    int64_t days = 0;
    int64_t minutes = 0;
    int second = 0;
    int fine = 0;
    int32_t ns = 0;
    if (!take_date(&text, &days) || (!take_char(&text, 'T') && !take_char(&text, 't')) ||
        !take_clock(&text, &minutes, &second, &ns, &fine) || text.len != 0)
        return ST_ERR_SYNTAX;
    if (second == 60 && floor_mod(minutes, DAY_M) != DAY_M - 1)
        return ST_ERR_SYNTAX;
    st_err err = set_in_range((st_time){days * DAY_S + minutes * 60 + second, ns}, t);
    if (err == ST_OK)
        *digits = fine;
    return err;
}

st_err st_time_parse(st_str text, st_time *t)
{
    int digits = 0;
    return st_time_parse_fine(text, t, &digits);
}

/* Writing. */

static char *put_digits(char *at, int value, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + count;
}

int st_time_digits(st_time t)
{
    int32_t ns = t.ns;
    int digits = ns == 0 ? 0 : 9;
    while (digits > 0 && ns % 10 == 0) {
        ns /= 10;
        digits--;
    }
    return digits;
}

size_t st_time_write(st_time t, int digits, char text[static ST_TIME_TEXT_MAX])
{
    ST_BUG_IF(t.ns < 0 || t.ns >= ST_NS_PER_S || digits < -1 || digits > 9);
    t = hold_in_range(t);
    int year = 0;
    int month = 0;
    int day = 0;
    date_of_days(floor_div(t.s, DAY_S), &year, &month, &day);
    int second = (int)floor_mod(t.s, DAY_S);
    char *at = put_digits(text, year, 4);
    *at++ = '-';
    at = put_digits(at, month, 2);
    *at++ = '-';
    at = put_digits(at, day, 2);
    *at++ = 'T';
    at = put_digits(at, second / 3600, 2);
    *at++ = ':';
    at = put_digits(at, second / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, second % 60, 2);
    if (digits < 0)
        digits = st_time_digits(t);
    if (digits > 0) {
        *at++ = '.';
        /* All nine are written; those not asked for are overwritten: cut off, never rounded up. */
        put_digits(at, t.ns, 9);
        at += digits;
    }
    *at++ = 'Z';
    *at = '\0';
    return (size_t)(at - text);
}

/* What people type. */

static const struct {
    const char *name;
    int64_t ns;
} units[] = {
    {"w", 604800 * ST_NS_PER_S},
    {"d", 86400 * ST_NS_PER_S},
    {"h", 3600 * ST_NS_PER_S},
    {"m", 60 * ST_NS_PER_S},
    {"s", ST_NS_PER_S},
    {"ms", 1000000},
    {"us", 1000},
    {"ns", 1},
};
#define UNIT_COUNT (sizeof units / sizeof units[0])

/* The length of the head of `text` whose bytes are digits, or are not. */
static size_t run_length(st_str text, bool digits)
{
    size_t len = 0;
    while (len < text.len && (text.at[len] >= '0' && text.at[len] <= '9') == digits)
        len++;
    return len;
}

static st_str take_run(st_str *rest, bool digits)
{
    st_str run = {rest->at, run_length(*rest, digits)};
    *rest = st_str_from(*rest, run.len);
    return run;
}

/* Adds count * unit to *sum; false, with *sum as it was, when that is past 292 years. */
static bool add_units(int64_t *sum, st_str count, int64_t unit_ns)
{
    int64_t part = 0;
    if (st_str_to_i64(count, &part) != ST_OK)
        return false;
    return !__builtin_mul_overflow(part, unit_ns, &part) &&
           !__builtin_add_overflow(*sum, part, sum);
}

st_err st_duration_parse(st_str text, int64_t *ns)
{
    int64_t sum = 0;
    bool fits = true;
    size_t next = 0; /* units before this one are used up: each once, falling */
    while (text.len > 0) {
        st_str count = take_run(&text, true);
        st_str unit = take_run(&text, false);
        while (next < UNIT_COUNT && !st_str_eq(unit, st_str_of(units[next].name)))
            next++;
        if (count.len == 0 || next == UNIT_COUNT)
            return ST_ERR_SYNTAX;
        /* A sum that is too great is told only after the rest has been found well formed. */
        fits = fits && add_units(&sum, count, units[next].ns);
        next++;
    }
    if (!fits)
        return ST_ERR_LIMIT;
    if (sum == 0)
        return ST_ERR_SYNTAX;
    *ns = sum;
    return ST_OK;
}

/* "now" and the midnights around it. */
static bool find_word(st_str text, st_time now, st_time *t)
{
    static const struct {
        const char *name;
        int days;
    } midnights[] = {{"yesterday", -1}, {"today", 0}, {"tomorrow", 1}};
    if (st_str_eq(text, ST_STR("now"))) {
        *t = now;
        return true;
    }
    int64_t today = floor_div(now.s, DAY_S);
    for (size_t i = 0; i < sizeof midnights / sizeof midnights[0]; i++) {
        if (st_str_eq(text, st_str_of(midnights[i].name))) {
            *t = hold_in_range((st_time){(today + midnights[i].days) * DAY_S, 0});
            return true;
        }
    }
    return false;
}

/* "@1770495714.5"; "@-1.5" is one and a half seconds before 1970. */
static st_err parse_epoch(st_str text, st_time *t)
{
    bool before = take_char(&text, '-');
    st_str whole = take_run(&text, true);
    int32_t ns = 0;
    int digits = 0;
    if (whole.len == 0 || (take_char(&text, '.') && !take_fraction(&text, &ns, &digits)) ||
        text.len != 0)
        return ST_ERR_SYNTAX;
    int64_t s = 0;
    if (st_str_to_i64(whole, &s) != ST_OK)
        return ST_ERR_LIMIT;
    if (!before)
        return set_in_range((st_time){s, ns}, t);
    if (ns == 0)
        return set_in_range((st_time){-s, 0}, t);
    return set_in_range((st_time){-s - 1, (int32_t)ST_NS_PER_S - ns}, t);
}

/* "2026-02-07", "2026-02-07 20:21", "2026-02-07 20:21:54": all UTC. */
static st_err parse_plain_date(st_str text, st_time *t)
{
    int64_t days = 0;
    int minutes = 0;
    int second = 0;
    if (!take_date(&text, &days))
        return ST_ERR_SYNTAX;
    if (text.len > 0 && (!take_char(&text, ' ') || !take_minutes(&text, &minutes)))
        return ST_ERR_SYNTAX;
    if (text.len > 0 && (!take_char(&text, ':') || !take_digits(&text, 2, &second) || second > 59))
        return ST_ERR_SYNTAX;
    if (text.len > 0)
        return ST_ERR_SYNTAX;
    *t = (st_time){days * DAY_S + minutes * 60 + second, 0};
    return ST_OK;
}

/* "-1h30m", "+5m", "1h ago". */
static st_err parse_relative(st_str text, st_time now, st_time *t)
{
    const st_str ago = ST_STR(" ago");
    bool back = st_str_ends(text, ago);
    if (back)
        text = st_str_trim((st_str){text.at, text.len - ago.len});
    else if (take_char(&text, '-'))
        back = true;
    else if (!take_char(&text, '+'))
        return ST_ERR_SYNTAX;
    int64_t ns = 0;
    st_err err = st_duration_parse(text, &ns);
    if (err == ST_OK)
        *t = st_time_plus_ns(now, back ? -ns : ns);
    return err;
}

st_err st_time_parse_human(st_str text, st_time now, st_time *t)
{
    text = st_str_trim(text);
    if (find_word(text, now, t))
        return ST_OK;
    if (take_char(&text, '@'))
        return parse_epoch(text, t);
    /* The forms exclude each other, so the first answer that is not SYNTAX is the answer. */
    st_err err = st_time_parse(text, t);
    if (err == ST_ERR_SYNTAX)
        err = parse_plain_date(text, t);
    if (err == ST_ERR_SYNTAX)
        err = parse_relative(text, now, t);
    return err;
}
