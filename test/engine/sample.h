/*
 * sample.h: valid agent events for the engine's tests.
 */
#ifndef ST_TEST_ENGINE_SAMPLE_H
#define ST_TEST_ENGINE_SAMPLE_H

#include "base/str.h"

#include <stdio.h>

/* A run.started with a number in its event id and run id. The text is the caller's array. */
static inline st_str sample_event(char text[static 512], unsigned id, unsigned run)
{
    int len =
        snprintf(text, 512,
                 "{\"event_version\":\"v0\",\"event_id\":\"%08x-0000-4000-8000-000000000000\","
                 "\"event_type\":\"run.started\",\"occurred_at\":\"2026-02-07T20:21:54Z\","
                 "\"tenant\":{\"tenant_id\":\"t\",\"workspace_id\":\"w\",\"project_id\":\"p\"},"
                 "\"run\":{\"run_id\":\"run-%u\",\"agent_id\":\"a\",\"workflow_id\":\"f\","
                 "\"status\":\"started\"},\"trace\":{\"trace_id\":\"tr\",\"span_id\":\"sp\"}}",
                 id, run);
    return (st_str){text, (size_t)len};
}

#endif
