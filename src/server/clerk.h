/*
 * clerk.h: one thread that makes calls later: retries, turns, keep-alives.
 *
 * 1. A call is made once for each time it was asked for, at its instant or soon after; asked for
 *    again while it waits, the earlier instant counts.
 * 2. st_clerk_stop makes the calls that still wait, at once.
 *
 * Floor 7. Any thread may ask. Asking allocates nothing: the caller lends the struct st_later.
 */
#ifndef ST_SERVER_CLERK_H
#define ST_SERVER_CLERK_H

#include "base/err.h"

#include <stdbool.h>

struct st_clerk;

struct st_later {
    void (*call)(struct st_later *later); /* quick; may ask again */
    void *context;
    int64_t due_ns; /* the clerk's, as all below */
    bool waits;
    struct st_later *next, *prev;
    struct st_later *next_due; /* of those being called: one may be asked for again meanwhile */
};

ST_MUST_USE st_err st_clerk_start(struct st_clerk **clerk, struct st_why *why);
void st_clerk_stop(struct st_clerk *clerk);

/* due_ns by st_monotonic_ns; 0: at once. Returns whether it did not wait already. */
bool st_clerk_ask(struct st_clerk *clerk, struct st_later *later, int64_t due_ns);

/* Takes a call back; returns whether it still waited (else it was made, or is being made). */
bool st_clerk_forget(struct st_clerk *clerk, struct st_later *later);

#endif
