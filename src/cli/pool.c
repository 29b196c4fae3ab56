#include "cli/pool.h"

#include "base/mem.h"
#include "cli/limits.h"

#include <pthread.h>

struct line {
    const char *file; /* NULL: the block's */
    size_t at, len;
    uint64_t number;
    const char *too_long;
    const struct st_contract *contract;
};

enum state {
    FREE,   /* the main thread's, to be filled */
    READY,  /* a worker's */
    FULL,   /* its verdicts so far must be written before the worker goes on */
    JUDGED, /* the main thread's, to be written */
};

struct block {
    enum state state; /* under the pool's lock */
    struct line *lines;
    uint32_t count;
    struct st_buf text;
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
    struct st_out *out;
    struct st_survey *survey; /* instead of out; NULL: none */
    struct st_progress *progress;
    struct block *ring;
    unsigned ring_count;
    uint64_t filled;  /* blocks handed to workers; main thread writes, under the lock */
    uint64_t written; /* blocks done with; main thread only */
    uint64_t taken;   /* blocks that a worker took; under the lock */
    bool closing;     /* under the lock */
    pthread_mutex_t lock;
    pthread_cond_t work;    /* READY, or closing */
    pthread_cond_t verdict; /* FULL or JUDGED; and FULL no more */
    struct worker *workers;
    unsigned jobs, threads; /* threads: how many were started; 0 with one job */
    struct st_pool_tally tally;
    st_err err;
};

/* ---- judging a block ---- */

static void write_out(struct st_pool *pool, struct block *block)
{
    if (block->out.len == 0)
        return;
    if (pool->survey != NULL) {
        st_err err = st_survey_take(pool->survey, st_buf_str(&block->out));
        if (pool->err == ST_OK)
            pool->err = err;
        st_buf_reset(&block->out);
        return;
    }
    st_progress_end(pool->progress);
    st_out_add(pool->out, st_buf_str(&block->out));
    st_buf_reset(&block->out);
}

static void wait_for_room(struct st_pool *pool, struct block *block)
{
    if (pool->threads == 0) {
        write_out(pool, block);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    block->state = FULL;
    pthread_cond_broadcast(&pool->verdict);
    while (block->state == FULL)
        pthread_cond_wait(&pool->verdict, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

static void judge_block(struct st_pool *pool, struct st_judge *judge, struct block *block)
{
    for (uint32_t i = 0; i < block->count && block->err == ST_OK; i++) {
        const struct line *line = &block->lines[i];
        struct st_instance instance = {
            .file = line->file,
            .text = line->len == 0 ? ST_STR("") : (st_str){block->text.at + line->at, line->len},
            .line = line->number,
            .too_long = line->too_long,
            .contract = line->contract,
        };
        bool valid = false;
        block->err = st_judge_instance(judge, &instance, &block->out, &valid);
        block->tally.checked++;
        block->tally.valid += valid;
        if (block->out.len > ST_CHECK_OUT_BYTES)
            wait_for_room(pool, block);
    }
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
        struct block *block = &pool->ring[pool->taken++ % pool->ring_count];
        pthread_mutex_unlock(&pool->lock);
        judge_block(pool, &worker->judge, block);
        pthread_mutex_lock(&pool->lock);
        block->state = JUDGED;
        pthread_cond_broadcast(&pool->verdict);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* ---- the main thread's side ---- */

static void recycle(struct block *block)
{
    if (block->text.room > ST_CHECK_KEEP_BYTES)
        st_buf_done(&block->text);
    st_buf_reset(&block->text);
    st_buf_reset(&block->out);
    block->count = 0;
    block->tally = (struct st_pool_tally){0};
    block->err = ST_OK;
    block->state = FREE;
}

static void wait_until_judged(struct st_pool *pool, struct block *block)
{
    pthread_mutex_lock(&pool->lock);
    while (block->state != JUDGED) {
        if (block->state == FULL) {
            write_out(pool, block);
            block->state = READY;
            pthread_cond_broadcast(&pool->verdict);
        } else {
            pthread_cond_wait(&pool->verdict, &pool->lock);
        }
    }
    pthread_mutex_unlock(&pool->lock);
}

static void write_oldest(struct st_pool *pool)
{
    struct block *block = &pool->ring[pool->written % pool->ring_count];
    wait_until_judged(pool, block);
    write_out(pool, block);
    pool->tally.checked += block->tally.checked;
    pool->tally.valid += block->tally.valid;
    if (pool->err == ST_OK)
        pool->err = block->err;
    recycle(block);
    pool->written++;
}

static struct block *filling(struct st_pool *pool)
{
    return &pool->ring[pool->filled % pool->ring_count];
}

/* Hands the block at hand over, and makes sure that the next one is free. */
static void submit(struct st_pool *pool)
{
    struct block *block = filling(pool);
    if (block->count == 0)
        return;
    if (pool->threads == 0) {
        judge_block(pool, &pool->workers[0].judge, block);
        block->state = JUDGED;
    }
    pthread_mutex_lock(&pool->lock);
    if (pool->threads > 0)
        block->state = READY;
    pool->filled++;
    pthread_cond_signal(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    if (pool->filled - pool->written == pool->ring_count)
        write_oldest(pool);
}

void st_pool_survey(struct st_pool *pool, struct st_survey *survey)
{
    pool->survey = survey;
}

st_err st_pool_add(struct st_pool *pool, const struct st_instance *instance)
{
    st_str text = instance->text;
    struct block *block = filling(pool);
    if (block->count == ST_CHECK_BLOCK_LINES ||
        (block->count > 0 && block->text.len + text.len > ST_CHECK_BLOCK_BYTES)) {
        submit(pool);
        block = filling(pool);
    }
    st_err err = pool->err == ST_OK ? st_buf_add_str(&block->text, text) : pool->err;
    if (err != ST_OK)
        return err;
    block->lines[block->count++] = (struct line){
        .file = instance->file,
        .at = block->text.len - text.len,
        .len = text.len,
        .number = instance->line,
        .too_long = instance->too_long,
        .contract = instance->contract,
    };
    return ST_OK;
}

st_err st_pool_drain(struct st_pool *pool)
{
    submit(pool);
    while (pool->written < pool->filled)
        write_oldest(pool);
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
        struct block *block = &pool->ring[i];
        block->text = ST_BUF(ST_CHECK_TEXT_BYTES_MAX + ST_CHECK_BLOCK_BYTES);
        block->out = ST_BUF((size_t)1 << 30);
        block->lines = st_mem_get(ST_CHECK_BLOCK_LINES * sizeof *block->lines);
        if (block->lines == NULL)
            return ST_ERR_MEMORY;
    }
    return ST_OK;
}

static st_err init_workers(struct st_pool *pool, const struct st_rules *rules)
{
    pool->workers = st_mem_get_zeroed(pool->jobs * sizeof *pool->workers);
    if (pool->workers == NULL)
        return ST_ERR_MEMORY;
    for (unsigned i = 0; i < pool->jobs; i++) {
        struct worker *worker = &pool->workers[i];
        worker->pool = pool;
        st_err err = st_judge_init(&worker->judge, rules);
        if (err != ST_OK)
            return err;
    }
    /* Fewer threads than asked for are enough, and with none the main thread judges. */
    for (unsigned i = 0; i < pool->jobs && pool->jobs > 1; i++) {
        if (pthread_create(&pool->workers[i].thread, NULL, work, &pool->workers[i]) != 0)
            break;
        pool->threads++;
    }
    return ST_OK;
}

st_err st_pool_begin(struct st_pool **pool, const struct st_rules *rules, unsigned jobs,
                     struct st_out *out, struct st_progress *progress)
{
    struct st_pool *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return ST_ERR_MEMORY;
    made->out = out;
    made->progress = progress;
    made->jobs = jobs;
    made->ring_count = jobs == 1 ? 1 : 2 * jobs + 2;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->work, NULL);
    pthread_cond_init(&made->verdict, NULL);
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
    for (unsigned i = 0; i < pool->threads; i++)
        pthread_join(pool->workers[i].thread, NULL);
    for (unsigned i = 0; i < pool->jobs && pool->workers != NULL; i++)
        if (pool->workers[i].pool != NULL)
            st_judge_done(&pool->workers[i].judge);
    for (unsigned i = 0; i < pool->ring_count && pool->ring != NULL; i++) {
        st_mem_free(pool->ring[i].lines);
        st_buf_done(&pool->ring[i].text);
        st_buf_done(&pool->ring[i].out);
    }
    pthread_cond_destroy(&pool->verdict);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    st_mem_free(pool->workers);
    st_mem_free(pool->ring);
    st_mem_free(pool);
}
