/*
 * wal.h: keeping SQLite's write-ahead log short without making commits slow.
 *
 * A thread with a connection of its own copies the log into the file (PASSIVE checkpoints: they
 * neither wait for anybody nor make anybody wait). Only when the whole log has been copied, and no
 * reader needs it any more, does the next commit start it from its beginning; under a steady writer
 * that moment never comes by itself, so the writer pauses for it when the log has grown long.
 *
 * 1. A checkpoint is never run after a complete one before something was committed (SQLite before
 *    3.51.3 may then mistake new frames for copied ones when a commit resets the log meanwhile).
 * 2. Past ST_WAL_REFUSE_BYTES nothing is begun: some reader keeps the log from being reset.
 *
 * Floor 4. Private to the store. The struct is shared by the writer and the thread; all that is
 * below `lock` is read and written holding it.
 */
#ifndef ST_STORE_WAL_H
#define ST_STORE_WAL_H

#include "base/err.h"
#include "store/limits.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>

struct st_wal {
    sqlite3 *db; /* used by the thread, or by the writer when there is none */
    pthread_t thread;
    bool has_thread;
    /* limits.h has them; smaller ones are for tests, set before the first commit. */
    int64_t checkpoint_bytes;
    int64_t wait_bytes;
    int64_t refuse_bytes;

    pthread_mutex_t lock;
    pthread_cond_t asked;     /* for the thread: something of `wanted`, `stop` has changed */
    pthread_cond_t answered;  /* for the writer: a checkpoint has ended */
    uint64_t commits;         /* since the store was opened */
    uint64_t checkpoints;     /* ended so far */
    bool running;             /* a checkpoint is under way */
    bool complete;            /* the last one has copied all that it met */
    bool overlaps;            /* one ran at some time since the transaction was admitted */
    bool grown;               /* a commit that none overlapped has come after the last one */
    int64_t bytes;            /* of the log that a next commit adds to; 0: it will be reset */
    int64_t checkpoint_above; /* the size from which the next one is run in the background */
    int64_t wait_above;       /* the size from which the writer waits */
    bool wanted;              /* the writer waits for one */
    bool stop;
};

ST_MUST_USE st_err st_wal_start(struct st_wal *wal, const char *path, const char *vfs,
                                bool with_thread, struct st_why *why);
void st_wal_stop(struct st_wal *wal);

/* Before a transaction: waits for a checkpoint when the log is long; AGAIN when it stays too long.
 */
ST_MUST_USE st_err st_wal_admit(struct st_wal *wal, struct st_why *why);

/* After a commit: the log's length in frames. */
void st_wal_committed(struct st_wal *wal, int frames);

/* One checkpoint by the writer itself; for a store without the thread. */
ST_MUST_USE st_err st_wal_checkpoint(struct st_wal *wal, struct st_why *why);

#endif
