/*
 * flock.h: plain files that are locked by flock(2).
 *
 * Floor 4. Private to the store. Any thread. Allocates nothing.
 */
#ifndef ST_STORE_FLOCK_H
#define ST_STORE_FLOCK_H

#include "base/err.h"

#define ST_FLOCK_HELD "another recorder holds the store"

/* Opens a file that is locked, and only a plain one: a link or a pipe laid in its place is refused
 * (INVALID), and not waited for. DENIED: not permitted; ABSENT; `text` says what was being done. */
ST_MUST_USE st_err st_flock_open(const char *path, int flags, const char *text, int *opened,
                                 struct st_why *why);

/* `operation` is LOCK_EX or LOCK_SH. AGAIN, in the words of ST_FLOCK_HELD, when somebody else holds
 * it; never waits. */
ST_MUST_USE st_err st_flock_try(int fd, int operation, struct st_why *why);

#endif
