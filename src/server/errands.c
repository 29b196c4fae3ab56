#include "server/errands.h"

#include "base/mem.h"
#include "base/queue.h"
#include "server/limits.h"

struct st_errands {
    struct st_queue queue;
    pthread_t threads[ST_ERRAND_THREADS];
    unsigned thread_count;
};

static void *run(void *context)
{
    struct st_errands *errands = context;
    for (;;) {
        struct st_errand *errand = NULL;
        bool closed = false;
        if (st_queue_take(&errands->queue, (void **)&errand, 1, -1, &closed) == 1)
            errand->run(errand);
        else if (closed)
            return NULL;
    }
}

st_err st_errands_start(struct st_errands **errands, struct st_why *why)
{
    struct st_errands *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL || st_queue_init(&made->queue, ST_ERRANDS_MAX) != ST_OK) {
        st_mem_free(made);
        return st_fail(why, ST_ERR_MEMORY, "no memory for the readers' threads");
    }
    while (made->thread_count < ST_ERRAND_THREADS) {
        int failed = pthread_create(&made->threads[made->thread_count], NULL, run, made);
        if (failed != 0) {
            st_errands_stop(made);
            return st_fail_sys(why, "a reader's thread cannot be started", failed);
        }
        made->thread_count++;
    }
    *errands = made;
    return ST_OK;
}

void st_errands_stop(struct st_errands *errands)
{
    if (errands == NULL)
        return;
    st_queue_close(&errands->queue);
    for (unsigned i = 0; i < errands->thread_count; i++)
        pthread_join(errands->threads[i], NULL);
    st_queue_done(&errands->queue);
    st_mem_free(errands);
}

st_err st_errands_send(struct st_errands *errands, struct st_errand *errand)
{
    return st_queue_put(&errands->queue, errand);
}
