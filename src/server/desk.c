#include "server/desk.h"

#include "base/mem.h"

void st_desk_init(struct st_desk *desk, const struct st_registry *registry)
{
    *desk = (struct st_desk){.registry = registry};
    pthread_mutex_init(&desk->lock, NULL);
}

static void free_batch(struct st_batch *batch)
{
    st_batch_done(batch);
    st_mem_free(batch);
}

void st_desk_done(struct st_desk *desk)
{
    ST_BUG_IF(desk->lent_batches != 0 || desk->body_bytes != 0);
    while (desk->admit_count > 0)
        st_admit_free(desk->admits[--desk->admit_count]);
    while (desk->batches != NULL) {
        struct st_batch *batch = desk->batches;
        desk->batches = batch->next;
        free_batch(batch);
    }
    pthread_mutex_destroy(&desk->lock);
}

struct st_admit *st_desk_take_admit(struct st_desk *desk)
{
    struct st_admit *admit = NULL;
    pthread_mutex_lock(&desk->lock);
    if (desk->admit_count > 0)
        admit = desk->admits[--desk->admit_count];
    pthread_mutex_unlock(&desk->lock);
    if (admit == NULL && st_admit_new(&admit, desk->registry) != ST_OK)
        return NULL;
    return admit;
}

void st_desk_give_admit(struct st_desk *desk, struct st_admit *admit)
{
    if (admit == NULL)
        return;
    pthread_mutex_lock(&desk->lock);
    bool kept = desk->admit_count < ST_DESK_ADMITS_KEPT_MAX;
    if (kept)
        desk->admits[desk->admit_count++] = admit;
    pthread_mutex_unlock(&desk->lock);
    if (!kept)
        st_admit_free(admit);
}

struct st_batch *st_desk_take_batch(struct st_desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    struct st_batch *batch = desk->batches;
    bool full = desk->lent_batches == ST_BATCHES_MAX;
    if (!full)
        desk->lent_batches++;
    if (!full && batch != NULL) {
        desk->batches = batch->next;
        desk->idle_batches--;
        batch->next = NULL;
    }
    pthread_mutex_unlock(&desk->lock);
    if (full)
        return NULL;
    if (batch != NULL)
        return batch;
    batch = st_mem_get(sizeof *batch);
    if (batch != NULL) {
        st_batch_init(batch);
        return batch;
    }
    pthread_mutex_lock(&desk->lock);
    desk->lent_batches--;
    pthread_mutex_unlock(&desk->lock);
    return NULL;
}

/* An arena that grew past the usual (an atomic batch) is not kept. */
static bool worth_keeping(const struct st_batch *batch)
{
    return batch->arena.used <= 2 * ST_BATCH_ARENA_FULL;
}

void st_desk_give_batch(struct st_desk *desk, struct st_batch *batch)
{
    if (batch == NULL)
        return;
    bool kept = worth_keeping(batch);
    if (kept)
        st_batch_reset(batch);
    pthread_mutex_lock(&desk->lock);
    desk->lent_batches--;
    kept = kept && desk->idle_batches < ST_BATCHES_KEPT_MAX;
    if (kept) {
        batch->next = desk->batches;
        desk->batches = batch;
        desk->idle_batches++;
    }
    pthread_mutex_unlock(&desk->lock);
    if (!kept)
        free_batch(batch);
}

st_err st_desk_reserve(struct st_desk *desk, size_t bytes)
{
    st_err err = ST_ERR_LIMIT;
    pthread_mutex_lock(&desk->lock);
    if (bytes <= ST_BODIES_BYTES_MAX - desk->body_bytes) {
        desk->body_bytes += bytes;
        err = ST_OK;
    }
    pthread_mutex_unlock(&desk->lock);
    return err;
}

void st_desk_release(struct st_desk *desk, size_t bytes)
{
    pthread_mutex_lock(&desk->lock);
    desk->body_bytes -= bytes;
    pthread_mutex_unlock(&desk->lock);
}

st_err st_desk_begin_zstd(struct st_desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    bool full = desk->zstd_bodies == ST_ZSTD_BODIES_MAX;
    desk->zstd_bodies += !full;
    pthread_mutex_unlock(&desk->lock);
    return full ? ST_ERR_LIMIT : ST_OK;
}

void st_desk_end_zstd(struct st_desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    desk->zstd_bodies--;
    pthread_mutex_unlock(&desk->lock);
}
