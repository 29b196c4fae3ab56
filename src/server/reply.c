#include "server/reply.h"

#include "base/mem.h"
#include "server/log.h"
#include "server/visit.h"
#include "json/write.h"

#include <stdio.h>
#include <sys/socket.h>

#define TYPE_JSON "application/json"

void st_reply_init(struct st_reply *reply)
{
    *reply = (struct st_reply){.type = TYPE_JSON, .body = ST_BUF(ST_ANSWER_BYTES_MAX)};
}

void st_reply_done(struct st_reply *reply)
{
    st_buf_done(&reply->body);
    st_reply_init(reply);
}

struct st_buf *st_reply_begin(struct st_reply *reply, unsigned status)
{
    st_reply_done(reply);
    reply->status = status;
    return &reply->body;
}

void st_reply_end(struct st_reply *reply, st_err err)
{
    if (err == ST_OK)
        err = st_buf_add_char(&reply->body, '\n');
    if (err == ST_OK)
        return;
    st_reply_done(reply);
    reply->status = 500; /* st_reply_send has its body */
}

void st_reply_error_text(struct st_reply *reply, unsigned status, const char *code, st_str message)
{
    struct st_buf *body = st_reply_begin(reply, status);
    st_err err = st_buf_add_char(body, '{');
    if (err == ST_OK)
        err = st_json_add_member_str(body, "error", st_str_of(code));
    if (err == ST_OK)
        err = st_json_add_member_str(body, "message", message);
    if (err == ST_OK)
        err = st_buf_add_char(body, '}');
    st_reply_end(reply, err);
    reply->retry_after_s = status == 503 ? 1 : 0;
}

void st_reply_error(struct st_reply *reply, unsigned status, const char *code, const char *message)
{
    st_reply_error_text(reply, status, code, st_str_of(message));
}

void st_reply_failure(struct st_reply *reply, st_err err, const struct st_why *why)
{
    const char *text = why->text != NULL ? why->text : st_err_text(err);
    if (err == ST_ERR_CORRUPT) {
        st_log_why("store_damaged", err, why);
        st_reply_error(reply, 500, "store_damaged", text);
    } else if (err == ST_ERR_LIMIT) {
        st_reply_error(reply, 503, "too_many_readers", text);
    } else {
        st_log_why("read_failed", err, why);
        st_reply_error(reply, 503, "store_failed", text);
    }
}

/* ---- sending ---- */

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (MHD_add_response_header(response, name, value) != MHD_YES)
        return; /* without memory an answer with fewer headers is better than none */
}

void st_reply_add_headers(struct MHD_Response *response, const char *type, bool last)
{
    add_header(response, "Content-Type", type);
    add_header(response, "X-Content-Type-Options", "nosniff");
    add_header(response, "Cache-Control", "no-store");
    if (last)
        add_header(response, "Connection", "close");
}

static struct MHD_Response *make_response(struct st_reply *reply)
{
    static char no_memory[] =
        "{\"error\":\"out_of_memory\",\"message\":\"no memory for the answer\"}\n";
    if (reply->body.len == 0)
        return MHD_create_response_from_buffer(sizeof no_memory - 1, no_memory,
                                               MHD_RESPMEM_PERSISTENT);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback(
        reply->body.len, reply->body.at, st_mem_free);
    if (response != NULL)
        reply->body = ST_BUF(ST_ANSWER_BYTES_MAX); /* the response has the block now */
    return response;
}

enum MHD_Result st_reply_send(struct st_reply *reply, struct MHD_Connection *connection, bool last)
{
    char seconds[16];
    size_t len = reply->body.len;
    struct MHD_Response *response = make_response(reply);
    if (response == NULL)
        return MHD_NO;
    st_reply_add_headers(response, reply->type, last);
    if (reply->retry_after_s > 0) {
        snprintf(seconds, sizeof seconds, "%u", reply->retry_after_s);
        add_header(response, "Retry-After", seconds);
    }
    if (reply->allow != NULL)
        add_header(response, "Allow", reply->allow);
    if (reply->codings != NULL)
        add_header(response, "Accept-Encoding", reply->codings);
    st_visit_expect_taken(connection, len);
    enum MHD_Result queued = MHD_queue_response(connection, reply->status, response);
    MHD_destroy_response(response);
    st_reply_done(reply);
    return queued;
}

static void send_some(int fd, st_str bytes)
{
    if (send(fd, bytes.at, bytes.len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        return; /* a client that does not read does not get to read this */
}

void st_reply_send_raw(struct st_reply *reply, struct MHD_Connection *connection)
{
    char head[512];
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info == NULL)
        return;
    int len = snprintf(head, sizeof head,
                       "HTTP/1.1 %u %s\r\nContent-Type: " TYPE_JSON "\r\nContent-Length: %zu\r\n"
                       "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n%s"
                       "Connection: close\r\n\r\n",
                       reply->status, MHD_get_reason_phrase_for(reply->status), reply->body.len,
                       reply->retry_after_s > 0 ? "Retry-After: 1\r\n" : "");
    send_some(info->connect_fd, (st_str){head, (size_t)len});
    send_some(info->connect_fd, st_buf_str(&reply->body));
    shutdown(info->connect_fd, SHUT_WR);
    st_reply_done(reply);
}
