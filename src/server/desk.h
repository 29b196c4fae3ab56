/*
 * desk.h: what workers need to take events in, lent out and reused: checkers and batches, and the
 * account of the memory that whole bodies take.
 *
 * Floor 7. Any thread. What was lent belongs to whom it was lent.
 */
#ifndef ST_SERVER_DESK_H
#define ST_SERVER_DESK_H

#include "engine/admit.h"
#include "server/limits.h"

#include <pthread.h>

#define ST_DESK_ADMITS_KEPT_MAX 64u

struct st_desk {
    const struct st_registry *registry;
    pthread_mutex_t lock; /* guards all below */
    struct st_admit *admits[ST_DESK_ADMITS_KEPT_MAX];
    unsigned admit_count;
    struct st_batch *batches; /* idle ones */
    unsigned idle_batches;
    unsigned lent_batches;
    size_t body_bytes;
    unsigned zstd_bodies;
};

void st_desk_init(struct st_desk *desk, const struct st_registry *registry);
void st_desk_done(struct st_desk *desk); /* all is back */

/* NULL: no memory. */
struct st_admit *st_desk_take_admit(struct st_desk *desk);
void st_desk_give_admit(struct st_desk *desk, struct st_admit *admit);

/* An empty batch; NULL: as many as there may be are out, or no memory; later there may be. */
struct st_batch *st_desk_take_batch(struct st_desk *desk);
void st_desk_give_batch(struct st_desk *desk, struct st_batch *batch);

/* Says that a body is going to hold `bytes` more; LIMIT when all together hold too much. */
ST_MUST_USE st_err st_desk_reserve(struct st_desk *desk, size_t bytes);
void st_desk_release(struct st_desk *desk, size_t bytes);

/* A body under zstd begins, and ends; LIMIT when there are as many as there may be. */
ST_MUST_USE st_err st_desk_begin_zstd(struct st_desk *desk);
void st_desk_end_zstd(struct st_desk *desk);

#endif
