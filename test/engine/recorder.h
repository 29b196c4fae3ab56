/*
 * recorder.h: an engine on a store of its own, for the engine's tests.
 */
#ifndef ST_TEST_ENGINE_RECORDER_H
#define ST_TEST_ENGINE_RECORDER_H

#include "engine/admit.h"
#include "engine/engine.h"
#include "sample.h"
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

struct recorder {
    char folder[32];
    char path[64];
    struct st_registry *registry;
    struct st_admit *admit;
    struct st_engine *engine;
    struct st_batch batch;
};

static inline void reopen_recorder(struct recorder *recorder, const char *vfs)
{
    struct st_why why = {0};
    struct st_engine_options options = {
        .path = recorder->path, .registry = recorder->registry, .vfs = vfs};
    st_err err = st_engine_open(&recorder->engine, &options, &why);
    if (err != ST_OK)
        fail_msg("%s", why.text);
}

static inline void open_recorder(struct recorder *recorder, const char *vfs)
{
    struct st_schema_fault fault;
    *recorder = (struct recorder){.folder = "/tmp/steno-engine-XXXXXX"};
    assert_non_null(mkdtemp(recorder->folder));
    snprintf(recorder->path, sizeof recorder->path, "%s/steno.db", recorder->folder);
    assert_ok(st_registry_new(&recorder->registry, &fault));
    assert_ok(st_admit_new(&recorder->admit, recorder->registry));
    st_batch_init(&recorder->batch);
    reopen_recorder(recorder, vfs);
}

static inline void close_recorder(struct recorder *recorder)
{
    char command[96];
    st_engine_close(recorder->engine);
    st_batch_done(&recorder->batch);
    st_admit_free(recorder->admit);
    st_registry_free(recorder->registry);
    snprintf(command, sizeof command, "rm -rf %s", recorder->folder);
    assert_int_equal(system(command), 0);
}

/* Admits `count` events with ids from `id` on, spread over `runs` runs, as one batch, and waits. */
static inline void record_events(struct recorder *recorder, unsigned id, unsigned count,
                                 unsigned runs)
{
    char text[512];
    st_batch_reset(&recorder->batch);
    for (unsigned i = 0; i < count; i++)
        assert_ok(st_admit_event(recorder->admit, &recorder->batch,
                                 sample_event(text, id + i, (id + i) % runs), i, 0, NULL));
    assert_ok(st_engine_submit_wait(recorder->engine, &recorder->batch));
}

#endif
