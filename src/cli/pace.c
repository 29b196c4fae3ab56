#include "cli/pace.h"

#include "cli/limits.h"

#include <stdio.h>

__extension__ typedef unsigned __int128 u128;

/* ---- speeds ---- */

#define SPEED_DIGITS 3

/* "5" behind the point is 500 thousandths. */
static st_err parse_fraction(st_str digits, uint64_t *thousandths)
{
    if (digits.len == 0 || digits.len > SPEED_DIGITS || st_str_to_u64(digits, thousandths) != ST_OK)
        return ST_ERR_INVALID;
    for (size_t i = digits.len; i < SPEED_DIGITS; i++)
        *thousandths *= 10;
    return ST_OK;
}

st_err st_speed_parse(st_str text, st_speed *speed)
{
    st_str whole = {0};
    st_str fraction = {0};
    uint64_t times = 0;
    uint64_t thousandths = 0;
    *speed = ST_SPEED_FASTEST;
    if (st_str_eq(text, ST_STR("max")))
        return ST_OK;
    if (st_str_ends(text, ST_STR("x")))
        text.len--;
    bool has_point = st_str_cut(text, '.', &whole, &fraction);
    if (st_str_to_u64(whole, &times) != ST_OK || times > ST_SPEED_MAX ||
        (has_point && parse_fraction(fraction, &thousandths) != ST_OK))
        return ST_ERR_INVALID;
    uint64_t all = times * 1000 + thousandths;
    if (all == 0 || all > ST_SPEED_MAX * UINT64_C(1000))
        return ST_ERR_INVALID;
    *speed = all;
    return ST_OK;
}

size_t st_speed_write(st_speed speed, char text[static ST_SPEED_TEXT_MAX])
{
    if (speed == ST_SPEED_FASTEST)
        return (size_t)snprintf(text, ST_SPEED_TEXT_MAX, "max");
    ST_BUG_IF(speed > ST_SPEED_MAX * UINT64_C(1000));
    int len = snprintf(text, ST_SPEED_TEXT_MAX, "%u.%03u", (unsigned)(speed / 1000),
                       (unsigned)(speed % 1000));
    while (text[len - 1] == '0')
        len--;
    if (text[len - 1] == '.')
        len--;
    text[len] = '\0';
    return (size_t)len;
}

st_speed st_speed_for(st_speed speed, int64_t wait_ns, int64_t most_ns)
{
    u128 at_original_ns = (u128)(wait_ns < 0 ? 0 : wait_ns) * speed;
    st_speed better = ST_SPEED_ORIGINAL;
    while (better <= speed || at_original_ns / better > (u128)most_ns)
        better *= 10;
    return better > ST_SPEED_MAX * UINT64_C(1000) ? ST_SPEED_FASTEST : better;
}

/* ---- dues ---- */

void st_pace_init(struct st_pace *pace, st_speed speed)
{
    *pace = (struct st_pace){.speed = speed};
}

/* From a to b, 0 when it goes back. */
static int64_t between(st_time a, st_time b)
{
    if (st_time_cmp(b, a) <= 0)
        return 0;
    int64_t s = b.s - a.s;
    return s >= INT64_MAX / ST_NS_PER_S ? INT64_MAX : s * ST_NS_PER_S + (b.ns - a.ns);
}

static int64_t plus(int64_t a, int64_t b)
{
    return b > INT64_MAX - a ? INT64_MAX : a + b;
}

/* What has passed when this event comes, behind those before it. */
static int64_t passed_at(const struct st_pace *pace, const struct st_record *record)
{
    if (!pace->has_own || (record->has & ST_HAS_TIME) == 0)
        return plus(pace->passed_ns,
                    between(st_time_of_ns(pace->received_ns), st_time_of_ns(record->received_ns)));
    int64_t passed_ns = plus(pace->own_at_ns, between(pace->own, record->time));
    return passed_ns > pace->passed_ns ? passed_ns : pace->passed_ns;
}

static void note(struct st_pace *pace, const struct st_record *record)
{
    pace->received_ns = record->received_ns;
    if ((record->has & ST_HAS_TIME) == 0)
        return;
    pace->has_own = true;
    pace->own = record->time;
    pace->own_at_ns = pace->passed_ns;
}

int64_t st_pace_due(struct st_pace *pace, const struct st_record *record, int64_t now_ns)
{
    if (pace->speed == ST_SPEED_FASTEST)
        return now_ns;
    if (pace->begun)
        pace->passed_ns = passed_at(pace, record);
    else
        pace->begun_ns = now_ns;
    pace->begun = true;
    note(pace, record);
    u128 played_ns = (u128)pace->passed_ns * ST_SPEED_ORIGINAL / pace->speed;
    u128 room_ns = (u128)(INT64_MAX - pace->begun_ns);
    return played_ns < room_ns ? pace->begun_ns + (int64_t)played_ns : INT64_MAX;
}

/* ---- for people ---- */

size_t st_wait_write(int64_t wait_ns, char text[static ST_WAIT_TEXT_MAX])
{
    static const struct {
        int64_t s;
        const char *name;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    int64_t s = wait_ns / ST_NS_PER_S;
    unsigned i = 0;
    while (i < 3 && s < units[i].s)
        i++;
    int len =
        snprintf(text, ST_WAIT_TEXT_MAX, "%lld %s", (long long)(s / units[i].s), units[i].name);
    s %= units[i].s;
    if (i < 3 && s / units[i + 1].s > 0)
        len += snprintf(text + len, ST_WAIT_TEXT_MAX - (size_t)len, " %lld %s",
                        (long long)(s / units[i + 1].s), units[i + 1].name);
    return (size_t)len;
}
