#include "engine/engine.h"

#include "base/mem.h"
#include "base/queue.h"
#include "engine/react.h"

#include <stdatomic.h>

/*
 * One thread decides. Workers put batches into the queue; the thread takes all that wait (up to a
 * group), makes them one transaction, syncs, tells subscribers, then answers. While it syncs the
 * next group gathers, so the more producers there are the larger the groups: that is group commit,
 * and it needs no timer.
 */
#define GROUP_BATCHES_MAX 64u

struct st_engine {
    struct st_store *store;       /* the commit thread's, once it runs */
    struct st_react *react;       /* the commit thread's */
    struct st_registry *registry; /* the commit thread adds, all read */
    struct st_queue queue;
    pthread_t thread;
    bool running;
    struct st_batch *carried;    /* taken from the queue, but too large for the group at hand */
    bool kept[ST_CONTRACTS_MAX]; /* contracts whose text the store holds; the commit thread's */

    _Atomic uint64_t
        last_seq; /* written by the commit thread; a stale read shows less, never more */
    _Atomic uint64_t queued_bytes; /* added before the put, taken off after the decision */

    pthread_mutex_t lock; /* guards all below */
    struct st_subscriber *subscribers;
    struct st_engine_stats stats;
    struct st_why last_why;
    bool failed; /* the newest commit that had something to write did */
};

/* ---- deciding ---- */

/* The registry's number of a contract; a batch names only contracts of the engine's registry. */
static uint32_t number_of(const struct st_engine *engine, const struct st_contract *contract)
{
    uint32_t count = st_registry_count(engine->registry);
    for (uint32_t i = 0; i < count; i++)
        if (st_registry_at(engine->registry, i) == contract)
            return i;
    st_bug(__FILE__, __LINE__, "a contract of another registry");
}

static st_err keep_contract(struct st_engine *engine, const struct st_contract *contract,
                            bool *newly_kept, struct st_why *why)
{
    uint32_t number = number_of(engine, contract);
    if (engine->kept[number] || newly_kept[number])
        return ST_OK;
    newly_kept[number] = true;
    return st_store_keep_contract(engine->store, st_contract_ref(contract),
                                  st_contract_digest(contract), st_contract_text(contract), why);
}

static st_err quarantine(struct st_engine *engine, struct st_item *item, int64_t now_ns,
                         struct st_why *why)
{
    struct st_buf report = ST_BUF(ST_EVENT_BYTES_MAX);
    st_err err = st_quarantine_write_report(item, &report);
    if (err == ST_OK)
        err = st_store_quarantine(engine->store, &item->append.event, st_buf_str(&report), now_ns,
                                  &item->quarantine_number, why);
    else
        st_fail(why, err, "no memory for the quarantine's report");
    st_buf_done(&report);
    return err;
}

static st_err keep_contracts(struct st_engine *engine, const struct st_batch *batch,
                             bool *newly_kept, struct st_why *why)
{
    st_err err = ST_OK;
    const struct st_contract *before = NULL;
    for (uint32_t i = 0; i < batch->count && err == ST_OK; i++) {
        const struct st_item *item = batch->items[i];
        if (item->refusal != ST_REFUSED_NOT || item->contract == before)
            continue;
        err = keep_contract(engine, item->contract, newly_kept, why);
        before = item->contract;
    }
    return err;
}

static bool is_withheld(const struct st_batch *batch)
{
    for (uint32_t i = 0; batch->atomic && i < batch->append_count; i++)
        if (batch->appends[i]->outcome == ST_CONFLICT)
            return true;
    return false;
}

/* Invalid events go apart, but not those of an atomic batch of which nothing is stored. */
static st_err quarantine_items(struct st_engine *engine, struct st_batch *batch, int64_t now_ns,
                               struct st_why *why)
{
    st_err err = ST_OK;
    bool withheld = is_withheld(batch);
    for (uint32_t i = 0; i < batch->count && err == ST_OK; i++) {
        struct st_item *item = batch->items[i];
        if (!item->quarantined)
            continue;
        item->append.outcome = withheld ? ST_WITHHELD : ST_ACCEPTED;
        if (!withheld)
            err = quarantine(engine, item, now_ns, why);
    }
    return err;
}

static st_err apply_addition(struct st_engine *engine, struct st_addition *addition, int64_t now_ns,
                             struct st_why *why)
{
    st_err err = st_addition_apply(addition, engine->store, engine->registry, why);
    return err == ST_OK && addition->outcome == ST_ADDITION_DONE
               ? st_react_add(engine->react, addition, now_ns, why)
               : err;
}

static st_err apply_batch(struct st_engine *engine, struct st_batch *batch, int64_t now_ns,
                          bool *newly_kept, struct st_why *why)
{
    st_err err = keep_contracts(engine, batch, newly_kept, why);
    if (err == ST_OK && batch->ruling != NULL)
        err = st_quarantine_apply(engine->store, batch, now_ns, why);
    else if (err == ST_OK && batch->append_count > 0)
        err = st_store_append(engine->store, batch->appends, batch->append_count, batch->atomic,
                              now_ns, why);
    if (err == ST_OK)
        err = quarantine_items(engine, batch, now_ns, why);
    if (err == ST_OK)
        err = st_react_fold(engine->react, batch, now_ns, why);
    if (err == ST_OK && batch->addition != NULL)
        err = apply_addition(engine, batch->addition, now_ns, why);
    if (err == ST_OK && batch->ruling != NULL && batch->ruling->outcome == ST_RULING_DONE)
        err = st_react_rule(engine->react, batch->ruling, now_ns, why);
    return err;
}

/* What steno itself has to say of the group, behind its events. */
static st_err apply_own(struct st_engine *engine, int64_t now_ns, bool *newly_kept, uint32_t *own,
                        struct st_why *why)
{
    st_err err = st_react_write(engine->react, now_ns, own, why);
    if (err == ST_OK && *own > 0)
        err = keep_contract(engine, st_react_contract(engine->react), newly_kept, why);
    return err;
}

/* Applies a group as one transaction: all of it is on disk afterwards, or nothing. */
static st_err apply_group(struct st_engine *engine, struct st_batch **batches, size_t count,
                          uint32_t *own, struct st_why *why)
{
    bool newly_kept[ST_CONTRACTS_MAX] = {false};
    int64_t now_ns = st_time_to_ns(st_time_now());
    st_err err = st_store_begin(engine->store, why);
    if (err != ST_OK)
        return err;
    st_react_begin(engine->react);
    for (size_t i = 0; i < count && err == ST_OK; i++)
        err = apply_batch(engine, batches[i], now_ns, newly_kept, why);
    if (err == ST_OK)
        err = apply_own(engine, now_ns, newly_kept, own, why);
    if (err == ST_OK)
        err = st_store_commit(engine->store, why);
    else
        st_store_rollback(engine->store);
    if (err != ST_OK) {
        st_react_forget(engine->react);
        return err;
    }
    st_react_keep(engine->react);
    for (size_t i = 0; i < ST_CONTRACTS_MAX; i++)
        engine->kept[i] |= newly_kept[i];
    if (batches[0]->addition != NULL)
        st_addition_publish(batches[0]->addition, engine->registry);
    return ST_OK;
}

/* ---- telling ---- */

/* Adds a decided batch to the figures; says whether anything of it was written. */
static bool count_outcomes(struct st_engine_stats *stats, const struct st_batch *batch)
{
    struct st_tally tally = {0};
    const struct st_ruling *ruling = batch->ruling;
    if (batch->addition != NULL)
        return batch->addition->outcome == ST_ADDITION_DONE;
    bool is_done = ruling != NULL && ruling->outcome == ST_RULING_DONE;
    if (ruling != NULL && ruling->outcome == ST_RULING_ABSENT)
        return false;
    stats->released += is_done && ruling->kind == ST_RULING_RELEASE;
    stats->dropped += is_done && ruling->kind == ST_RULING_DROP;
    for (uint32_t i = 0; i < batch->count; i++)
        (void)st_tally_add(&tally, batch->items[i]);
    stats->accepted += tally.accepted;
    stats->duplicates += tally.duplicates;
    stats->conflicts += tally.conflicts;
    stats->rejected += tally.rejected;
    stats->withheld += tally.withheld;
    stats->quarantined += tally.quarantined;
    stats->observed += tally.observed;
    stats->unknown_types += tally.unknown_types;
    return is_done || tally.accepted > 0 || tally.quarantined > 0;
}

/* A failure that one batch may have caused, as opposed to one of disk or memory. */
static bool may_be_one_batch(st_err err)
{
    return err == ST_ERR_CORRUPT || err == ST_ERR_LIMIT || err == ST_ERR_INVALID;
}

/* Everything that others learn of a group, before its producers get their answers. */
static void publish(struct st_engine *engine, struct st_batch **batches, size_t count, uint32_t own,
                    st_err err, const struct st_why *why)
{
    if (err == ST_OK)
        atomic_store(&engine->last_seq, st_store_last_seq(engine->store));
    pthread_mutex_lock(&engine->lock);
    if (err == ST_OK) {
        engine->stats.commits++;
        engine->stats.own += own;
        for (size_t i = 0; i < count; i++)
            if (count_outcomes(&engine->stats, batches[i]))
                engine->failed = false; /* only a write shows that there is room again */
        for (struct st_subscriber *s = engine->subscribers; s != NULL; s = s->next)
            s->wake(s);
    } else {
        engine->stats.commit_failures++;
        /* One producer's odd batch does not make the recorder unready for the others. */
        if (!may_be_one_batch(err)) {
            engine->failed = true;
            engine->last_why = *why;
        }
    }
    pthread_mutex_unlock(&engine->lock);
}

static void answer(struct st_engine *engine, struct st_batch *batch, st_err err,
                   const struct st_why *why)
{
    batch->err = err;
    batch->why = *why;
    atomic_fetch_sub(&engine->queued_bytes, batch->bytes);
    batch->done(batch); /* the batch is the caller's again, and may be gone */
}

static void decide(struct st_engine *engine, struct st_batch **batches, size_t count)
{
    struct st_why why = {0};
    uint32_t own = 0;
    st_err err = apply_group(engine, batches, count, &own, &why);
    if (count > 1 && may_be_one_batch(err)) {
        for (size_t i = 0; i < count; i++)
            decide(engine, &batches[i], 1);
        return;
    }
    publish(engine, batches, count, own, err, &why);
    for (size_t i = 0; i < count; i++)
        answer(engine, batches[i], err, &why);
}

/* ---- the commit thread ---- */

/* Fills `group` with what waits, up to ST_GROUP_EVENTS_MAX events (one batch in any case). A
 * contract that is added is a group of its own: what comes behind it is decided with it in the
 * registry. */
static size_t gather(struct st_engine *engine, struct st_batch **group, bool *closed)
{
    size_t count = 0;
    uint32_t events = 0;
    while (count < GROUP_BATCHES_MAX) {
        struct st_batch *batch = engine->carried;
        engine->carried = NULL;
        if (batch == NULL &&
            st_queue_take(&engine->queue, (void **)&batch, 1, count == 0 ? -1 : 0, closed) == 0)
            break;
        bool alone = batch->addition != NULL;
        if (count > 0 && (alone || events + batch->count > ST_GROUP_EVENTS_MAX)) {
            engine->carried = batch;
            break;
        }
        events += batch->count;
        group[count++] = batch;
        if (alone)
            break;
    }
    return count;
}

static void *run(void *context)
{
    struct st_engine *engine = context;
    struct st_batch *group[GROUP_BATCHES_MAX];
    for (;;) {
        bool closed = false;
        size_t count = gather(engine, group, &closed);
        if (count > 0)
            decide(engine, group, count);
        else if (closed)
            return NULL;
    }
}

/* ---- life ---- */

/* The contracts that were added to the store before. */
static st_err load_added(struct st_engine *engine, const char *vfs, struct st_why *why)
{
    struct st_reader *reader = NULL;
    st_err err = st_reader_open(&reader, st_store_path(engine->store), vfs, why);
    if (err != ST_OK)
        return err;
    err = st_addition_load_all(engine->registry, reader, why);
    st_reader_close(reader);
    return err;
}

static st_err start(struct st_engine *engine, const struct st_engine_options *options,
                    struct st_why *why)
{
    struct st_store_options store_options = {.create = true, .vfs = options->vfs};
    st_err err = st_queue_init(&engine->queue, ST_QUEUE_BATCHES_MAX);
    if (err != ST_OK)
        return st_fail(why, err, "no memory for the commit queue");
    err = st_store_open(&engine->store, options->path, &store_options, why);
    if (err != ST_OK)
        return err;
    err = load_added(engine, options->vfs, why);
    if (err != ST_OK)
        return err;
    atomic_store(&engine->last_seq, st_store_last_seq(engine->store));
    err = st_react_new(&engine->react, engine->registry, engine->store);
    if (err != ST_OK)
        return st_fail(why, err, "no memory for the engine");
    int failed = pthread_create(&engine->thread, NULL, run, engine);
    if (failed != 0)
        return st_fail_sys(why, "the commit thread cannot be started", failed);
    engine->running = true;
    return ST_OK;
}

st_err st_engine_open(struct st_engine **engine, const struct st_engine_options *options,
                      struct st_why *why)
{
    struct st_engine *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory for the engine");
    made->registry = options->registry;
    pthread_mutex_init(&made->lock, NULL);
    st_err err = start(made, options, why);
    if (err != ST_OK) {
        st_engine_close(made);
        return err;
    }
    *engine = made;
    return ST_OK;
}

void st_engine_close(struct st_engine *engine)
{
    if (engine == NULL)
        return;
    if (engine->running) {
        st_queue_close(&engine->queue);
        pthread_join(engine->thread, NULL);
    }
    ST_BUG_IF(engine->subscribers != NULL);
    st_react_free(engine->react);
    st_store_close(engine->store);
    st_queue_done(&engine->queue);
    pthread_mutex_destroy(&engine->lock);
    st_mem_free(engine);
}

const char *st_engine_path(const struct st_engine *engine)
{
    return st_store_path(engine->store);
}

const struct st_registry *st_engine_registry(const struct st_engine *engine)
{
    return engine->registry;
}

st_err st_engine_announce(struct st_engine *engine, st_str address, struct st_why *why)
{
    return st_store_announce(engine->store, address, why);
}

/* ---- submitting ---- */

st_err st_engine_submit(struct st_engine *engine, struct st_batch *batch)
{
    ST_BUG_IF(batch->done == NULL);
    size_t bytes = batch->bytes;
    /* Digests are most of what an append costs: they are made here, on the worker's thread. */
    for (uint32_t i = 0; i < batch->append_count; i++)
        st_store_prepare(engine->store, batch->appends[i]);
    uint64_t before = atomic_fetch_add(&engine->queued_bytes, bytes);
    st_err err = ST_ERR_AGAIN;
    /* A batch that is larger than the bound by itself still passes when nothing else waits. */
    if (before == 0 || before + bytes <= ST_QUEUE_BYTES_MAX)
        err = st_queue_put(&engine->queue, batch);
    if (err != ST_OK)
        atomic_fetch_sub(&engine->queued_bytes, bytes);
    return err;
}

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t decided;
    bool is;
};

static void wake_waiting(struct st_batch *batch)
{
    struct waiting *waiting = batch->context;
    pthread_mutex_lock(&waiting->lock);
    waiting->is = true;
    pthread_cond_signal(&waiting->decided);
    pthread_mutex_unlock(&waiting->lock);
}

st_err st_engine_submit_wait(struct st_engine *engine, struct st_batch *batch)
{
    struct waiting waiting = {.is = false};
    pthread_mutex_init(&waiting.lock, NULL);
    pthread_cond_init(&waiting.decided, NULL);
    batch->done = wake_waiting;
    batch->context = &waiting;
    st_err err = st_engine_submit(engine, batch);
    if (err == ST_OK) {
        pthread_mutex_lock(&waiting.lock);
        while (!waiting.is)
            pthread_cond_wait(&waiting.decided, &waiting.lock);
        pthread_mutex_unlock(&waiting.lock);
        err = batch->err;
    }
    batch->context = NULL;
    pthread_cond_destroy(&waiting.decided);
    pthread_mutex_destroy(&waiting.lock);
    return err;
}

uint64_t st_engine_last_seq(const struct st_engine *engine)
{
    return atomic_load(&engine->last_seq);
}

/* ---- subscribers ---- */

st_err st_engine_subscribe(struct st_engine *engine, struct st_subscriber *subscriber)
{
    st_err err = ST_ERR_LIMIT;
    pthread_mutex_lock(&engine->lock);
    if (engine->stats.subscribers < ST_SUBSCRIBERS_MAX) {
        subscriber->prev = NULL;
        subscriber->next = engine->subscribers;
        if (engine->subscribers != NULL)
            engine->subscribers->prev = subscriber;
        engine->subscribers = subscriber;
        engine->stats.subscribers++;
        err = ST_OK;
    }
    pthread_mutex_unlock(&engine->lock);
    return err;
}

void st_engine_unsubscribe(struct st_engine *engine, struct st_subscriber *subscriber)
{
    pthread_mutex_lock(&engine->lock);
    if (subscriber->prev != NULL)
        subscriber->prev->next = subscriber->next;
    else
        engine->subscribers = subscriber->next;
    if (subscriber->next != NULL)
        subscriber->next->prev = subscriber->prev;
    engine->stats.subscribers--;
    pthread_mutex_unlock(&engine->lock);
}

/* ---- figures ---- */

void st_engine_stats(struct st_engine *engine, struct st_engine_stats *stats)
{
    pthread_mutex_lock(&engine->lock);
    *stats = engine->stats;
    pthread_mutex_unlock(&engine->lock);
    stats->queued_batches = st_queue_count(&engine->queue);
    stats->queued_bytes = atomic_load(&engine->queued_bytes);
}

void st_engine_count_refused(struct st_engine *engine, const struct st_batch *batch)
{
    uint64_t rejected = 0;
    for (uint32_t i = 0; i < batch->count; i++)
        rejected += batch->items[i]->refusal != ST_REFUSED_NOT;
    pthread_mutex_lock(&engine->lock);
    engine->stats.rejected += rejected;
    engine->stats.withheld += batch->count - rejected;
    pthread_mutex_unlock(&engine->lock);
}

bool st_engine_healthy(struct st_engine *engine, struct st_why *why)
{
    pthread_mutex_lock(&engine->lock);
    bool healthy = !engine->failed;
    if (!healthy && why != NULL)
        *why = engine->last_why;
    pthread_mutex_unlock(&engine->lock);
    return healthy;
}
