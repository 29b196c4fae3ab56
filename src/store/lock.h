/*
 * lock.h: one recorder a store: flock(2) on "<path>.lock" and on the store's file.
 *
 * The first says who holds the store to everybody who has its name; the second holds also where the
 * file has another name (a hard link) or its lock file was removed.
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

#include "store/inode.h"
#include "store/store.h"

struct st_lock {
    int fd;                /* of the lock file, -1: not held */
    struct st_inode *file; /* the store's, NULL: not held */
};

#define ST_LOCK_NONE                                                                               \
    (struct st_lock)                                                                               \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

/* `path` is the store's, with no symbolic link in it. DENIED when another one holds it. */
ST_MUST_USE st_err st_lock_take(struct st_lock *lock, const char *path, struct st_why *why);

/* Then the file itself, which is there: before SQLite opens it. */
ST_MUST_USE st_err st_lock_take_file(struct st_lock *lock, const char *path, struct st_why *why);
ST_MUST_USE st_err st_lock_announce(struct st_lock *lock, st_str address, struct st_why *why);

/* Gives both, after SQLite has closed the file. */
void st_lock_give(struct st_lock *lock);

#endif
