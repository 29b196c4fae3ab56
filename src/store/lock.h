/*
 * lock.h: one recorder a store: flock(2) on "<path>.lock".
 *
 * Whether a store is held is decided by the lock alone, which ends with its process however that
 * ends. The file's text (pid, address) says where to reach the holder and is believed only while
 * the lock is held; it is left behind when the process is killed, and means nothing then.
 *
 *      pid 4711
 *      http://127.0.0.1:4318
 *
 * Floor 4. Private to the store, but for st_store_holder. Allocates in the buffer it is given.
 */
#ifndef ST_STORE_LOCK_H
#define ST_STORE_LOCK_H

#include "store/store.h"

struct st_lock {
    int fd; /* -1: not held */
};

/* `path` is the store's, with no symbolic link in it. DENIED when another one holds it. */
ST_MUST_USE st_err st_lock_take(struct st_lock *lock, const char *path, struct st_why *why);
ST_MUST_USE st_err st_lock_announce(struct st_lock *lock, st_str address, struct st_why *why);
void st_lock_give(struct st_lock *lock);

#endif
