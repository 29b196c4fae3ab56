/*
 * queue.h: a bounded first-in-first-out of pointers between threads.
 *
 * 1. Never more than `room` items: a full queue answers AGAIN at once and the caller says "busy".
 * 2. After st_queue_close, put answers DENIED; take hands out what is left, then says closed.
 * 3. Items leave in the order in which they were put.
 *
 * Floor 0. Any number of putting and taking threads. Allocates its ring at init.
 */
#ifndef ST_BASE_QUEUE_H
#define ST_BASE_QUEUE_H

#include "base/err.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct st_queue {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t some;
    void **ring;
    size_t room;
    size_t head;
    size_t count;
    bool closed;
};

ST_MUST_USE st_err st_queue_init(struct st_queue *queue, size_t room);
void st_queue_done(struct st_queue *queue); /* no thread may be in it any more */

ST_MUST_USE st_err st_queue_put(struct st_queue *queue, void *item);

/* Takes up to `max` items, waiting for the first at most wait_ms (-1: for ever). Returns how many;
 * 0 means that the time passed, or, with *closed, that nothing will come any more. */
size_t st_queue_take(struct st_queue *queue, void **items, size_t max, int wait_ms, bool *closed);

void st_queue_close(struct st_queue *queue);
size_t st_queue_count(struct st_queue *queue);

#endif
