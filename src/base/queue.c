#include "base/queue.h"

#include "base/mem.h"

#include <errno.h>
#include <stdint.h>
#include <time.h>

/* The waits are measured by the monotonic clock: setting the wall clock must not stretch them. */
static int init_cond(pthread_cond_t *cond)
{
    pthread_condattr_t attr;
    int sys = pthread_condattr_init(&attr);
    if (sys != 0)
        return sys;
    sys = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    if (sys == 0)
        sys = pthread_cond_init(cond, &attr);
    pthread_condattr_destroy(&attr);
    return sys;
}

st_err st_queue_init(struct st_queue *queue, size_t room)
{
    ST_BUG_IF(room == 0);
    if (room > SIZE_MAX / sizeof(void *))
        return ST_ERR_LIMIT;
    void **ring = st_mem_get(sizeof *ring * room);
    if (ring == NULL)
        return ST_ERR_MEMORY;
    *queue = (struct st_queue){.ring = ring, .room = room};
    if (pthread_mutex_init(&queue->lock, NULL) != 0) {
        st_mem_free(ring);
        return ST_ERR_SYSTEM;
    }
    if (init_cond(&queue->some) != 0) {
        pthread_mutex_destroy(&queue->lock);
        st_mem_free(ring);
        return ST_ERR_SYSTEM;
    }
    return ST_OK;
}

void st_queue_done(struct st_queue *queue)
{
    pthread_cond_destroy(&queue->some);
    pthread_mutex_destroy(&queue->lock);
    st_mem_free(queue->ring);
    queue->ring = NULL;
}

st_err st_queue_put(struct st_queue *queue, void *item)
{
    pthread_mutex_lock(&queue->lock);
    st_err err = queue->closed ? ST_ERR_DENIED : queue->count == queue->room ? ST_ERR_AGAIN : ST_OK;
    if (err == ST_OK) {
        size_t to_end = queue->room - queue->head;
        size_t at = queue->count < to_end ? queue->head + queue->count : queue->count - to_end;
        queue->ring[at] = item;
        queue->count++;
        pthread_cond_signal(&queue->some);
    }
    pthread_mutex_unlock(&queue->lock);
    return err;
}

static struct timespec deadline_after(int wait_ms)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += wait_ms / 1000;
    end.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000;
    }
    return end;
}

/* Waits, with the lock held, until there is an item, the queue is closed or the time is over. */
static void wait_for_some(struct st_queue *queue, int wait_ms)
{
    if (queue->count > 0 || queue->closed || wait_ms == 0)
        return;
    if (wait_ms < 0) {
        while (queue->count == 0 && !queue->closed)
            pthread_cond_wait(&queue->some, &queue->lock);
        return;
    }
    struct timespec end = deadline_after(wait_ms);
    int sys = 0;
    while (queue->count == 0 && !queue->closed && sys != ETIMEDOUT)
        sys = pthread_cond_timedwait(&queue->some, &queue->lock, &end);
}

size_t st_queue_take(struct st_queue *queue, void **items, size_t max, int wait_ms, bool *closed)
{
    ST_BUG_IF(max == 0);
    pthread_mutex_lock(&queue->lock);
    wait_for_some(queue, wait_ms);
    size_t taken = queue->count < max ? queue->count : max;
    for (size_t i = 0; i < taken; i++) {
        items[i] = queue->ring[queue->head];
        queue->head = queue->head + 1 == queue->room ? 0 : queue->head + 1;
    }
    queue->count -= taken;
    *closed = queue->closed && taken == 0;
    pthread_mutex_unlock(&queue->lock);
    return taken;
}

void st_queue_close(struct st_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    queue->closed = true;
    pthread_cond_broadcast(&queue->some);
    pthread_mutex_unlock(&queue->lock);
}

size_t st_queue_count(struct st_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    size_t count = queue->count;
    pthread_mutex_unlock(&queue->lock);
    return count;
}
