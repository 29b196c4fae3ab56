/*
 * time.h: instants and durations, to the nanosecond.
 *
 * An instant is UTC, counted from 1970-01-01T00:00:00Z without leap seconds, and covers the years
 * 0000 to 9999 of RFC 3339. Not a calendar: no zones but the offsets that a text carries.
 *
 * 1. ns is always 0 … 999,999,999, for instants before 1970 too.
 * 2. A leap second (23:59:60 UTC) reads as the second that follows it.
 * 3. Fraction digits past the ninth are checked and dropped.
 *
 * Floor 0. Any thread. Allocates nothing.
 */
#ifndef ST_BASE_TIME_H
#define ST_BASE_TIME_H

#include "base/limits.h"
#include "base/str.h"

typedef struct {
    int64_t s;
    int32_t ns;
} st_time;

#define ST_NS_PER_S INT64_C(1000000000)

st_time st_time_now(void);     /* the wall clock */
int64_t st_monotonic_ns(void); /* for durations and time-outs only */
int64_t st_thread_ns(void);    /* what this thread has worked: others that are busy do not count */

int st_time_cmp(st_time a, st_time b); /* <0, 0, >0 */
/* Held at the first and the last instant of the years 0000 to 9999. */
st_time st_time_plus_ns(st_time t, int64_t ns);
st_time st_time_of_ns(int64_t ns_since_1970);
/* Nanoseconds since 1970, held at INT64_MIN/MAX outside 1677 … 2262. */
int64_t st_time_to_ns(st_time t);

/* RFC 3339 date-time: "T" and "Z" in either case, real calendar dates, a leap second only where
 * the UTC time is 23:59:60, offsets up to 23:59. SYNTAX otherwise; LIMIT for a well formed text
 * whose offset or leap second takes it out of the years 0000 to 9999 in UTC. */
st_err st_time_parse(st_str text, st_time *t);
/* As st_time_parse; *digits becomes how fine the text is: its fraction digits, at most 9. */
st_err st_time_parse_fine(st_str text, st_time *t, int *digits);

/* As few fraction digits as hold the value, 0 … 9. */
int st_time_digits(st_time t);

/* "2026-02-07T20:21:54.5Z" with as many fraction digits as asked (0 … 9), or, with -1, as few as
 * hold the value. Digits are cut off, never rounded up. Returns the length; a NUL is written behind
 * it. */
size_t st_time_write(st_time t, int digits, char text[static ST_TIME_TEXT_MAX]);

/* What a person types: RFC 3339, "2026-02-07", "2026-02-07 20:21[:54]" (UTC), "now", "today",
 * "yesterday", "tomorrow" (UTC midnights), "-1h30m", "+5m", "1h ago", "@1770495714[.5]".
 * SYNTAX otherwise, LIMIT outside the years 0000 to 9999. */
st_err st_time_parse_human(st_str text, st_time now, st_time *t);

/* "250ms", "10s", "5m", "1h30m", "2d", "1w": units ns us ms s m h d w, each once, falling,
 * positive. SYNTAX otherwise, LIMIT past 292 years. */
st_err st_duration_parse(st_str text, int64_t *ns);

#endif
