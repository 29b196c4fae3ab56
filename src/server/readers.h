/*
 * readers.h: read connections to the store, lent out and reused, never more than ST_READERS_MAX.
 *
 * Floor 7. Any thread. A reader belongs to whom it was lent.
 */
#ifndef ST_SERVER_READERS_H
#define ST_SERVER_READERS_H

#include "server/limits.h"
#include "store/read.h"

#include <pthread.h>

struct st_readers {
    const char *path;     /* borrowed */
    pthread_mutex_t lock; /* guards all below */
    struct st_reader *idle[ST_READERS_KEPT_MAX];
    unsigned idle_count;
    unsigned lent;
};

void st_readers_init(struct st_readers *readers, const char *path);
void st_readers_done(struct st_readers *readers); /* all are back */

/* LIMIT: as many as there may be are lent. */
ST_MUST_USE st_err st_readers_take(struct st_readers *readers, struct st_reader **reader,
                                   struct st_why *why);
void st_readers_give(struct st_readers *readers, struct st_reader *reader);

#endif
