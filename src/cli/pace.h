/*
 * pace.h: when the events of a stream are due as it is played again.
 *
 * Not a clock and no wait: it is told what time it is, and answers with times.
 *
 *   due(first) = now
 *   due(n)     = due(n - 1) + max(0, time(n) - time(n - 1)) / speed
 *
 * Times of one clock only are taken from each other: the producer's own where both events state
 * one, else those of receipt. So an event without a time of its own, amid a stream of last year
 * that was recorded today, is not waited for until today; nor is what its neighbours state lost:
 *
 *   event   own time   received    due, at the original speed
 *     1     10:00:00   today 9:00  now
 *     2        —       today 9:00  now
 *     3     10:05:00   today 9:00  5 min later, counted from event 1
 *
 * 1. Dues are counted from the first one and divided once, never from when an event was shown:
 *    delays and rounding do not add up.
 * 2. They never fall. An event whose time goes back is due with the one before it, and the next
 *    one is counted from there.
 * 3. What lies between is held at 292 years.
 *
 * Top floor. A plain value. Allocates nothing.
 */
#ifndef ST_CLI_PACE_H
#define ST_CLI_PACE_H

#include "base/str.h"
#include "record/record.h"

/* Thousandths of the original speed. 0: as fast as can be, nothing waits. */
typedef uint64_t st_speed;
#define ST_SPEED_ORIGINAL 1000u
#define ST_SPEED_FASTEST  0u

/* "10", "10x", "0.5x" (three digits at most behind the point), up to ST_SPEED_MAX, or "max".
 * INVALID otherwise. */
ST_MUST_USE st_err st_speed_parse(st_str text, st_speed *speed);

/* "0.5", "100", "max"; returns the length; a NUL is written behind it. */
#define ST_SPEED_TEXT_MAX 16
size_t st_speed_write(st_speed speed, char text[static ST_SPEED_TEXT_MAX]);

/* The least power of ten, above `speed`, at which a wait of `wait_ns` is no longer than `most_ns`
 * (positive); the fastest when there is none. */
st_speed st_speed_for(st_speed speed, int64_t wait_ns, int64_t most_ns);

struct st_pace {
    st_speed speed;
    bool begun;
    bool has_own;        /* some event stated its own time */
    int64_t begun_ns;    /* when the first event was due */
    int64_t passed_ns;   /* from the first event to the newest, as they have it */
    int64_t received_ns; /* of the newest */
    st_time own;         /* of the newest that states one … */
    int64_t own_at_ns;   /* … and what had passed then */
};

void st_pace_init(struct st_pace *pace, st_speed speed);

/* When the next event is due, on the clock of `now_ns`: a time that is over means at once. */
int64_t st_pace_due(struct st_pace *pace, const struct st_record *record, int64_t now_ns);

/* A wait as people say it: "2 h 3 min", "12 s". Returns the length; a NUL is written behind it. */
#define ST_WAIT_TEXT_MAX 32
size_t st_wait_write(int64_t wait_ns, char text[static ST_WAIT_TEXT_MAX]);

#endif
