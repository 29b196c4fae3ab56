#include "cli/pool.h"

#include "base/mem.h"
#include "cli/limits.h"

#include <pthread.h>

struct line {
    const char *kept; /* NULL: it was copied, to `at` in the block's copies */
    uint32_t at, len;
    uint64_t number;
    const char *too_long;
    const struct st_contract *contract;
};
_Static_assert(ST_CHECK_TEXT_BYTES_MAX + ST_CHECK_BLOCK_BYTES < UINT32_MAX,
               "a place in the copies is 32 bits");

enum state {
    FREE,   /* the main thread's, to be filled */
    READY,  /* whose turn it is */
    FULL,   /* its verdicts so far must be written before the worker goes on */
    JUDGED, /* the main thread's, to be written */
};

struct block {
    enum state state; /* under the pool's lock */
    const char *file; /* of all its lines */
    char *read;       /* block_bytes of room that never moves; NULL until it is lent */
    size_t kept;      /* of it */
    struct st_buf copies;
    struct line *lines;
    uint32_t count, room;
    struct st_buf out;
    struct st_pool_tally tally;
    st_err err;
};

struct worker {
    struct st_pool *pool;
    struct st_judge judge;
    pthread_t thread;
};

struct st_pool {
    struct st_pool_options options;
    struct block *ring;
    unsigned ring_count;
    uint64_t filled;  /* blocks submitted; main thread writes, under the lock */
    uint64_t written; /* blocks done with; main thread only */
    uint64_t taken;   /* blocks that somebody judges or has judged; under the lock */
    bool closing;     /* under the lock */
    pthread_mutex_t lock;
    pthread_cond_t work;    /* workers wait: READY, or closing */
    pthread_cond_t verdict; /* the main thread waits: FULL or JUDGED */
    pthread_cond_t space;   /* workers wait: FULL no more */
    struct worker *workers; /* the first one is the main thread */
    unsigned workers_made, threads;
    struct st_pool_tally tally;
    st_err err;
};

/* ---- verdicts; the main thread ---- */

static void write_out(struct st_pool *pool, struct block *block)
{
    const struct st_pool_options *to = &pool->options;
    if (block->out.len == 0)
        return;
    if (to->survey != NULL) {
        st_err err = st_survey_take(to->survey, st_buf_str(&block->out));
        if (pool->err == ST_OK)
            pool->err = err;
    } else {
        if (to->out->terminal)
            st_progress_end(to->progress);
        st_out_add(to->out, st_buf_str(&block->out));
    }
    st_buf_reset(&block->out);
}

static struct block *oldest(struct st_pool *pool)
{
    return &pool->ring[pool->written % pool->ring_count];
}

/* Ready for the next round; what grew for a large line goes back to the heap. */
static void recycle(struct block *block)
{
    if (block->copies.room > ST_CHECK_KEEP_BYTES)
        st_buf_done(&block->copies);
    if (block->out.room > ST_CHECK_KEEP_BYTES)
        st_buf_done(&block->out);
    if (block->room > ST_CHECK_KEEP_LINES) {
        st_mem_free(block->lines);
        block->lines = NULL;
        block->room = 0;
    }
    st_buf_reset(&block->copies);
    st_buf_reset(&block->out);
    block->kept = 0;
    block->count = 0;
    block->tally = (struct st_pool_tally){0};
    block->err = ST_OK;
    block->state = FREE;
}

static void close_oldest(struct st_pool *pool)
{
    struct block *block = oldest(pool);
    write_out(pool, block);
    pool->tally.checked += block->tally.checked;
    pool->tally.valid += block->tally.valid;
    if (pool->err == ST_OK)
        pool->err = block->err;
    recycle(block);
    pool->written++;
}

/* Writes what a worker waits with, while the lock is let go. */
static void relieve(struct st_pool *pool, struct block *block)
{
    pthread_mutex_unlock(&pool->lock);
    write_out(pool, block);
    pthread_mutex_lock(&pool->lock);
    block->state = READY;
    pthread_cond_broadcast(&pool->space);
}

/* ---- judging; any thread ---- */

static void write_oldest(struct st_pool *pool, bool help);

static bool is_main(const struct worker *worker)
{
    return worker == &worker->pool->workers[0];
}

/* The verdicts so far go out before there are more. All blocks before one that is being judged are
 * taken too, so the main thread need only wait for them. */
static void make_room(struct worker *worker, struct block *block)
{
    struct st_pool *pool = worker->pool;
    if (is_main(worker)) {
        while (oldest(pool) != block)
            write_oldest(pool, false);
        write_out(pool, block);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    block->state = FULL;
    pthread_cond_signal(&pool->verdict);
    while (block->state == FULL)
        pthread_cond_wait(&pool->space, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

static st_str text_of(const struct block *block, const struct line *line)
{
    if (line->len == 0)
        return ST_STR("");
    return (st_str){line->kept != NULL ? line->kept : block->copies.at + line->at, line->len};
}

static void judge_block(struct worker *worker, struct block *block)
{
    for (uint32_t i = 0; i < block->count && block->err == ST_OK; i++) {
        const struct line *line = &block->lines[i];
        struct st_instance instance = {
            .file = block->file,
            .text = text_of(block, line),
            .line = line->number,
            .too_long = line->too_long,
            .contract = line->contract,
        };
        bool valid = false;
        block->err = st_judge_instance(&worker->judge, &instance, &block->out, &valid);
        block->tally.checked++;
        block->tally.valid += valid;
        if (block->out.len > ST_CHECK_OUT_BYTES)
            make_room(worker, block);
    }
}

/* Judges the next block, with the lock held before and after. */
static void judge_next(struct worker *worker)
{
    struct st_pool *pool = worker->pool;
    struct block *block = &pool->ring[pool->taken++ % pool->ring_count];
    pthread_mutex_unlock(&pool->lock);
    judge_block(worker, block);
    pthread_mutex_lock(&pool->lock);
    block->state = JUDGED;
    pthread_cond_signal(&pool->verdict);
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct st_pool *pool = worker->pool;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->taken == pool->filled && !pool->closing)
            pthread_cond_wait(&pool->work, &pool->lock);
        if (pool->taken == pool->filled)
            break;
        judge_next(worker);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* ---- the ring; the main thread ---- */

/* Writes the oldest block when it is judged. Until then the main thread, asked for help, judges
 * what nobody has taken; that may write blocks by itself (make_room). */
static void write_oldest(struct st_pool *pool, bool help)
{
    const uint64_t number = pool->written;
    struct block *block = oldest(pool);
    pthread_mutex_lock(&pool->lock);
    while (pool->written == number && block->state != JUDGED) {
        if (block->state == FULL)
            relieve(pool, block);
        else if (help && pool->taken < pool->filled)
            judge_next(&pool->workers[0]);
        else
            pthread_cond_wait(&pool->verdict, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    if (pool->written == number)
        close_oldest(pool);
}

static struct block *filling(struct st_pool *pool)
{
    return &pool->ring[pool->filled % pool->ring_count];
}

/* Hands the block at hand over, and makes sure that the next one is free. */
static void submit(struct st_pool *pool)
{
    struct block *block = filling(pool);
    if (block->count == 0) {
        recycle(block); /* blanks, or the head of a line that was copied elsewhere */
        return;
    }
    pthread_mutex_lock(&pool->lock);
    block->state = READY;
    pool->filled++;
    pthread_cond_signal(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    if (pool->filled - pool->written == pool->ring_count)
        write_oldest(pool, true);
}

static st_err add_line(struct block *block, const struct st_instance *instance, struct line line)
{
    if (block->count == block->room) {
        uint32_t room = block->room == 0 ? ST_CHECK_BLOCK_LINES : 2 * block->room;
        struct line *lines = st_mem_resize(block->lines, room * sizeof *lines);
        if (lines == NULL)
            return ST_ERR_MEMORY;
        block->lines = lines;
        block->room = room;
    }
    block->file = instance->file;
    line.len = (uint32_t)instance->text.len;
    line.number = instance->line;
    line.too_long = instance->too_long;
    line.contract = instance->contract;
    block->lines[block->count++] = line;
    return ST_OK;
}

static st_err add_copy(struct block *block, const struct st_instance *instance)
{
    struct line line = {.at = (uint32_t)block->copies.len};
    st_err err = st_buf_add_str(&block->copies, instance->text);
    return err == ST_OK ? add_line(block, instance, line) : err;
}

st_err st_pool_add(struct st_pool *pool, const struct st_instance *instance)
{
    const struct block *block = filling(pool);
    if (block->count == ST_CHECK_BLOCK_LINES ||
        (block->count > 0 && (block->file != instance->file ||
                              block->copies.len + instance->text.len > pool->options.block_bytes)))
        submit(pool);
    return pool->err == ST_OK ? add_copy(filling(pool), instance) : pool->err;
}

st_err st_pool_lend(struct st_pool *pool, const char *file, char **at, size_t *len)
{
    size_t size = pool->options.block_bytes;
    struct block *block = filling(pool);
    /* A read of little costs as much as one of more. */
    if (size - block->kept <= size / 8 || block->copies.len > size ||
        block->count > ST_CHECK_KEEP_LINES || (block->count > 0 && block->file != file))
        submit(pool);
    block = filling(pool);
    if (block->read == NULL)
        block->read = st_mem_get(size);
    if (block->read == NULL)
        return ST_ERR_MEMORY;
    *at = block->read + block->kept;
    *len = size - block->kept;
    return pool->err;
}

void st_pool_keep(struct st_pool *pool, size_t len)
{
    filling(pool)->kept += len;
}

st_err st_pool_add_line(struct st_pool *pool, const struct st_instance *instance)
{
    struct block *block = filling(pool);
    uintptr_t offset = (uintptr_t)instance->text.at - (uintptr_t)block->read;
    return offset < block->kept
               ? add_line(block, instance, (struct line){.kept = instance->text.at})
               : add_copy(block, instance);
}

st_err st_pool_drain(struct st_pool *pool)
{
    submit(pool);
    while (pool->written < pool->filled)
        write_oldest(pool, true);
    return pool->err;
}

struct st_pool_tally st_pool_tally(const struct st_pool *pool)
{
    return pool->tally;
}

/* ---- life ---- */

static st_err init_ring(struct st_pool *pool)
{
    pool->ring = st_mem_get_zeroed(pool->ring_count * sizeof *pool->ring);
    if (pool->ring == NULL)
        return ST_ERR_MEMORY;
    for (unsigned i = 0; i < pool->ring_count; i++) {
        pool->ring[i].copies = ST_BUF(ST_CHECK_TEXT_BYTES_MAX + ST_CHECK_BLOCK_BYTES);
        pool->ring[i].out = ST_BUF((size_t)1 << 30);
    }
    return ST_OK;
}

static st_err init_workers(struct st_pool *pool, const struct st_rules *rules)
{
    unsigned jobs = pool->options.jobs;
    pool->workers = st_mem_get_zeroed(jobs * sizeof *pool->workers);
    if (pool->workers == NULL)
        return ST_ERR_MEMORY;
    for (unsigned i = 0; i < jobs; i++) {
        pool->workers[i].pool = pool;
        st_err err = st_judge_init(&pool->workers[i].judge, rules);
        pool->workers_made++; /* what was made in part is to be freed, too */
        if (err != ST_OK)
            return err;
    }
    /* Fewer threads than asked for are enough: the main thread judges, too. */
    for (unsigned i = 1; i < jobs; i++, pool->threads++)
        if (pthread_create(&pool->workers[i].thread, NULL, work, &pool->workers[i]) != 0)
            break;
    return ST_OK;
}

st_err st_pool_begin(struct st_pool **pool, const struct st_rules *rules,
                     const struct st_pool_options *options)
{
    struct st_pool *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return ST_ERR_MEMORY;
    made->options = *options;
    made->ring_count = options->jobs == 1 ? 1 : options->jobs + 2;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->work, NULL);
    pthread_cond_init(&made->verdict, NULL);
    pthread_cond_init(&made->space, NULL);
    st_err err = init_ring(made);
    if (err == ST_OK)
        err = init_workers(made, rules);
    if (err != ST_OK) {
        st_pool_end(made);
        return err;
    }
    *pool = made;
    return ST_OK;
}

static void free_ring(struct st_pool *pool)
{
    for (unsigned i = 0; i < pool->ring_count && pool->ring != NULL; i++) {
        st_mem_free(pool->ring[i].read);
        st_mem_free(pool->ring[i].lines);
        st_buf_done(&pool->ring[i].copies);
        st_buf_done(&pool->ring[i].out);
    }
    st_mem_free(pool->ring);
}

void st_pool_end(struct st_pool *pool)
{
    if (pool == NULL)
        return;
    if (pool->ring != NULL && st_pool_drain(pool) != ST_OK)
        pool->err = ST_ERR_MEMORY; /* told by the call that met it first */
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 1; i <= pool->threads; i++)
        pthread_join(pool->workers[i].thread, NULL);
    for (unsigned i = 0; i < pool->workers_made; i++)
        st_judge_done(&pool->workers[i].judge);
    free_ring(pool);
    pthread_cond_destroy(&pool->space);
    pthread_cond_destroy(&pool->verdict);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    st_mem_free(pool->workers);
    st_mem_free(pool);
}
