/*
 * metrics.c: GET /metrics: the engine's and the server's figures in Prometheus' text format.
 */
#include "server/request.h"

#define TYPE_METRICS "text/plain; version=0.0.4; charset=utf-8"

static st_err add_metric(struct st_buf *out, const char *kind, const char *name, const char *about,
                         uint64_t value)
{
    return st_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, about, name, kind,
                         name, (unsigned long long)value);
}

static st_err add_all(struct st_server *server, struct st_buf *out)
{
    struct st_engine_stats stats;
    st_engine_stats(server->engine, &stats);
    st_err err = ST_OK;
#define ADD_STAT(member, kind, name, about)                                                        \
    if (err == ST_OK)                                                                              \
        err = add_metric(out, #kind, name, about, stats.member);
    ST_STATS_LIST(ADD_STAT)
#undef ADD_STAT
    if (err == ST_OK)
        err = add_metric(out, "counter", "steno_bodies_refused_total",
                         "bodies not taken, or not taken to their end: too large, not JSON, of a "
                         "wrong type or encoding, or in the recorder's trouble",
                         atomic_load(&server->refused_bodies));
    if (err == ST_OK)
        err = add_metric(out, "gauge", "steno_last_seq", "the newest synced seq",
                         st_engine_last_seq(server->engine));
    return err;
}

static enum MHD_Result finish(struct st_request *request)
{
    struct st_buf *out = st_reply_begin(&request->reply, 200);
    if (add_all(request->server, out) == ST_OK)
        request->reply.type = TYPE_METRICS;
    else
        st_reply_error(&request->reply, 503, "store_busy", "no memory for the figures");
    return st_request_answer(request);
}

const struct st_handler st_handle_metrics = {.finish = finish};
