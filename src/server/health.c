/*
 * health.c: GET /healthz, GET /readyz (asks the store), and the index at GET /.
 */
#include "server/request.h"
#include "json/write.h"

static void answer_status(struct st_request *request, const char *status)
{
    struct st_buf *out = st_reply_begin(&request->reply, 200);
    st_reply_end(&request->reply, st_buf_printf(out, "{\"status\":\"%s\"}", status));
}

static enum MHD_Result finish_healthz(struct st_request *request)
{
    answer_status(request, "ok");
    return st_request_answer(request);
}

static st_err read_store(struct st_server *server, struct st_why *why)
{
    uint64_t seq = 0;
    pthread_mutex_lock(&server->health_lock);
    st_err err = st_reader_last_seq(server->health, &seq, why);
    pthread_mutex_unlock(&server->health_lock);
    return err;
}

static enum MHD_Result finish_readyz(struct st_request *request)
{
    struct st_server *server = request->server;
    struct st_why why = {0};
    const char *code = NULL;
    if (atomic_load(&server->stopping))
        code = "stopping";
    else if (!st_engine_healthy(server->engine, &why))
        code = "store_failed";
    else if (read_store(server, &why) != ST_OK)
        code = "store_unreadable";
    if (code == NULL)
        answer_status(request, "ready");
    else
        st_reply_error(&request->reply, 503, code,
                       why.text != NULL ? why.text : "the recorder is stopping");
    return st_request_answer(request);
}

static st_err add_route(struct st_buf *out, const struct st_route *route)
{
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = st_json_add_member_str(out, "method", st_str_of(route->method_name));
    if (err == ST_OK)
        err = st_json_add_member_str(out, "path", st_str_of(route->pattern));
    if (err == ST_OK)
        err = st_json_add_member_str(out, "about", st_str_of(route->about));
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

static enum MHD_Result finish_index(struct st_request *request)
{
    struct st_buf *out = st_reply_begin(&request->reply, 200);
    st_err err = st_buf_add_str(
        out, ST_STR("{\"name\":\"steno\",\"version\":\"" STENO_VERSION "\",\"routes\":["));
    for (uint32_t i = 0; st_route_at(i) != NULL && err == ST_OK; i++) {
        err = i == 0 ? ST_OK : st_buf_add_char(out, ',');
        if (err == ST_OK)
            err = add_route(out, st_route_at(i));
    }
    if (err == ST_OK)
        err = st_buf_add_str(out, ST_STR("]}"));
    st_reply_end(&request->reply, err);
    return st_request_answer(request);
}

const struct st_handler st_handle_healthz = {.finish = finish_healthz};
const struct st_handler st_handle_readyz = {.finish = finish_readyz};
const struct st_handler st_handle_index = {.finish = finish_index};
