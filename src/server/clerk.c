#include "server/clerk.h"

#include "base/mem.h"
#include "base/time.h"

#include <pthread.h>
#include <time.h>

struct st_clerk {
    pthread_mutex_t lock; /* guards all below, and the private part of what waits */
    pthread_cond_t changed;
    struct st_later *first;
    int64_t wakes_ns; /* when the thread looks next; INT64_MAX: not before it is told */
    bool stops;
    pthread_t thread;
};

static void link_in(struct st_clerk *clerk, struct st_later *later)
{
    later->prev = NULL;
    later->next = clerk->first;
    if (clerk->first != NULL)
        clerk->first->prev = later;
    clerk->first = later;
    later->waits = true;
}

static void link_out(struct st_clerk *clerk, struct st_later *later)
{
    if (later->prev != NULL)
        later->prev->next = later->next;
    else
        clerk->first = later->next;
    if (later->next != NULL)
        later->next->prev = later->prev;
    later->waits = false;
}

/* Moves what is due into a list of its own, in the order in which it was asked for, and learns when
 * the next is. */
static struct st_later *take_due(struct st_clerk *clerk)
{
    int64_t now_ns = st_monotonic_ns();
    struct st_later *due = NULL;
    struct st_later *next = NULL;
    clerk->wakes_ns = INT64_MAX;
    for (struct st_later *later = clerk->first; later != NULL; later = next) {
        next = later->next;
        if (clerk->stops || later->due_ns <= now_ns) {
            link_out(clerk, later);
            later->next_due = due;
            due = later;
        } else if (later->due_ns < clerk->wakes_ns) {
            clerk->wakes_ns = later->due_ns;
        }
    }
    return due;
}

static void wait_until(struct st_clerk *clerk, int64_t instant_ns)
{
    if (instant_ns == INT64_MAX) {
        pthread_cond_wait(&clerk->changed, &clerk->lock);
        return;
    }
    struct timespec instant = {
        .tv_sec = instant_ns / ST_NS_PER_S,
        .tv_nsec = instant_ns % ST_NS_PER_S,
    };
    pthread_cond_timedwait(&clerk->changed, &clerk->lock, &instant);
}

static void *run(void *context)
{
    struct st_clerk *clerk = context;
    pthread_mutex_lock(&clerk->lock);
    for (;;) {
        struct st_later *due = take_due(clerk);
        if (due == NULL && clerk->stops)
            break;
        if (due == NULL) {
            wait_until(clerk, clerk->wakes_ns);
            continue;
        }
        clerk->wakes_ns = INT64_MIN; /* awake: whoever asks need not tell */
        pthread_mutex_unlock(&clerk->lock);
        while (due != NULL) {
            /* From its call on, the struct is the caller's and may be asked for again, or gone. */
            struct st_later *later = due;
            due = later->next_due;
            later->call(later);
        }
        pthread_mutex_lock(&clerk->lock);
    }
    pthread_mutex_unlock(&clerk->lock);
    return NULL;
}

st_err st_clerk_start(struct st_clerk **clerk, struct st_why *why)
{
    struct st_clerk *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory for the clerk");
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&made->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&made->lock, NULL);
    int failed = pthread_create(&made->thread, NULL, run, made);
    if (failed != 0) {
        pthread_cond_destroy(&made->changed);
        pthread_mutex_destroy(&made->lock);
        st_mem_free(made);
        return st_fail_sys(why, "the clerk's thread cannot be started", failed);
    }
    *clerk = made;
    return ST_OK;
}

void st_clerk_stop(struct st_clerk *clerk)
{
    if (clerk == NULL)
        return;
    pthread_mutex_lock(&clerk->lock);
    clerk->stops = true;
    pthread_cond_signal(&clerk->changed);
    pthread_mutex_unlock(&clerk->lock);
    pthread_join(clerk->thread, NULL);
    pthread_cond_destroy(&clerk->changed);
    pthread_mutex_destroy(&clerk->lock);
    st_mem_free(clerk);
}

bool st_clerk_ask(struct st_clerk *clerk, struct st_later *later, int64_t due_ns)
{
    pthread_mutex_lock(&clerk->lock);
    bool is_new = !later->waits;
    if (is_new || due_ns < later->due_ns)
        later->due_ns = due_ns;
    if (is_new)
        link_in(clerk, later);
    if (due_ns < clerk->wakes_ns)
        pthread_cond_signal(&clerk->changed);
    pthread_mutex_unlock(&clerk->lock);
    return is_new;
}

bool st_clerk_forget(struct st_clerk *clerk, struct st_later *later)
{
    pthread_mutex_lock(&clerk->lock);
    bool waited = later->waits;
    if (waited)
        link_out(clerk, later);
    pthread_mutex_unlock(&clerk->lock);
    return waited;
}
