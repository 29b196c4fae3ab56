/*
 * ingest: what an event costs from its bytes to the disk, on the standard load.
 *
 *   parse      JSON to tape
 *   admit      parse, resolve, validate, read the record
 *   durable    admit on this thread and commit on the engine's, 1,024 events a batch, fsynced
 *
 * Each figure is a median over RUNS runs of EVENTS events.
 */
#include "base/mem.h"
#include "base/queue.h"
#include "engine/admit.h"
#include "engine/engine.h"
#include "figure.h"
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EVENTS  200000u
#define STREAMS 10000u
#define RUNS    5

struct texts {
    char *bytes;
    st_str *at;
    size_t total;
};

static void die(const char *what, st_err err)
{
    fprintf(stderr, "ingest: %s: %s\n", what, st_err_text(err));
    exit(1);
}

static struct texts make_texts(uint64_t seed)
{
    struct texts texts = {.bytes = st_mem_get((size_t)EVENTS * 1024),
                          .at = st_mem_get(sizeof(st_str) * EVENTS)};
    struct st_load load;
    char event[ST_LOAD_EVENT_BYTES_MAX];
    if (texts.bytes == NULL || texts.at == NULL || st_load_init(&load, seed, STREAMS) != ST_OK)
        die("load", ST_ERR_MEMORY);
    for (uint32_t i = 0; i < EVENTS; i++) {
        size_t len = st_load_next(&load, event);
        memcpy(texts.bytes + texts.total, event, len);
        texts.at[i] = (st_str){texts.bytes + texts.total, len};
        texts.total += len;
    }
    st_load_done(&load);
    return texts;
}

static void free_texts(struct texts *texts)
{
    st_mem_free(texts->bytes);
    st_mem_free(texts->at);
}

static double per_second(size_t amount, int64_t start_ns)
{
    return (double)amount * 1e9 / (double)(st_monotonic_ns() - start_ns);
}

static double run_parse(const struct texts *texts)
{
    struct st_json doc;
    st_json_init(&doc);
    int64_t start_ns = st_monotonic_ns();
    for (uint32_t i = 0; i < EVENTS; i++) {
        st_err err = st_json_parse(&doc, texts->at[i], NULL, NULL);
        if (err != ST_OK)
            die("parse", err);
    }
    double rate = per_second(texts->total, start_ns) / 1e6;
    st_json_done(&doc);
    return rate;
}

static void fill(struct st_admit *admit, struct st_batch *batch, const struct texts *texts,
                 uint32_t *at)
{
    while (*at < EVENTS && !st_batch_full(batch)) {
        st_err err = st_admit_event(admit, batch, texts->at[*at], *at, 0, NULL);
        if (err != ST_OK)
            die("admit", err);
        if (batch->items[batch->count - 1]->refusal != ST_REFUSED_NOT)
            die("an event of the standard load was refused", ST_ERR_INVALID);
        (*at)++;
    }
}

static double run_admit(const struct st_registry *registry, const struct texts *texts)
{
    struct st_admit *admit = NULL;
    struct st_batch batch;
    if (st_admit_new(&admit, registry) != ST_OK)
        die("admit", ST_ERR_MEMORY);
    st_batch_init(&batch);
    int64_t start_ns = st_monotonic_ns();
    for (uint32_t at = 0; at < EVENTS; st_batch_reset(&batch))
        fill(admit, &batch, texts, &at);
    double rate = per_second(texts->total, start_ns) / 1e6;
    st_batch_done(&batch);
    st_admit_free(admit);
    return rate;
}

/* Two batches in turn: one is filled while the other one is with the commit thread. */
struct turn {
    struct st_batch batch;
    struct st_queue *back;
};

static void give_back(struct st_batch *batch)
{
    struct turn *turn = batch->context;
    if (st_queue_put(turn->back, turn) != ST_OK)
        die("queue", ST_ERR_LIMIT);
}

static double run_durable(struct st_registry *registry, const struct texts *texts, const char *path)
{
    struct st_why why = {0};
    struct st_engine *engine = NULL;
    struct st_admit *admit = NULL;
    struct st_queue back;
    struct turn turns[4];
    struct st_engine_options options = {.path = path, .registry = registry};
    st_err err = st_engine_open(&engine, &options, &why);
    if (err != ST_OK)
        die(why.text, err);
    if (st_admit_new(&admit, registry) != ST_OK || st_queue_init(&back, 4) != ST_OK)
        die("admit", ST_ERR_MEMORY);
    for (size_t i = 0; i < 4; i++) {
        st_batch_init(&turns[i].batch);
        turns[i].batch.done = give_back;
        turns[i].batch.context = &turns[i];
        turns[i].back = &back;
        give_back(&turns[i].batch);
    }
    int64_t start_ns = st_monotonic_ns();
    size_t out = 0;
    for (uint32_t at = 0; at < EVENTS || out > 0;) {
        void *free_turn = NULL;
        bool closed = false;
        (void)st_queue_take(&back, &free_turn, 1, -1, &closed);
        struct turn *turn = free_turn;
        if (turn->batch.count > 0) {
            out--;
            if (turn->batch.err != ST_OK)
                die(turn->batch.why.text, turn->batch.err);
        }
        st_batch_reset(&turn->batch);
        if (at == EVENTS)
            continue;
        fill(admit, &turn->batch, texts, &at);
        if (st_engine_submit(engine, &turn->batch) != ST_OK)
            die("submit", ST_ERR_AGAIN);
        out++;
    }
    double rate = per_second(EVENTS, start_ns);
    if (st_engine_last_seq(engine) != EVENTS)
        die("events are missing", ST_ERR_CORRUPT);
    st_engine_close(engine);
    for (size_t i = 0; i < 4; i++)
        st_batch_done(&turns[i].batch);
    st_queue_done(&back);
    st_admit_free(admit);
    return rate;
}

int main(void)
{
    char folder[] = "/tmp/steno-bench-XXXXXX";
    char path[64];
    char command[80];
    struct st_registry *registry = NULL;
    struct st_schema_fault fault;
    if (mkdtemp(folder) == NULL || st_registry_new(&registry, &fault) != ST_OK)
        die("registry", ST_ERR_SYSTEM);
    struct texts texts = make_texts(1);
    struct figure parse = {.name = "ingest.parse", .unit = "MB/s", .bytes = texts.total};
    struct figure admit = {.name = "ingest.admit", .unit = "MB/s", .bytes = texts.total};
    struct figure durable = {.name = "ingest.durable", .unit = "events/s", .bytes = texts.total};
    for (int run = 0; run < RUNS; run++) {
        snprintf(path, sizeof path, "%s/run-%d.db", folder, run);
        figure_add(&parse, run_parse(&texts));
        figure_add(&admit, run_admit(registry, &texts));
        figure_add(&durable, run_durable(registry, &texts, path));
    }
    figure_print(&parse);
    figure_print(&admit);
    figure_print(&durable);
    free_texts(&texts);
    st_registry_free(registry);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 ? 0 : 1;
}
