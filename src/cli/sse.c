#include "cli/sse.h"

void st_sse_init(struct st_sse *sse, size_t data_bytes_max)
{
    *sse = (struct st_sse){
        .line = ST_BUF(data_bytes_max + 64),
        .data = ST_BUF(data_bytes_max),
        .event = ST_BUF(256),
        .id = ST_BUF(256),
    };
}

void st_sse_done(struct st_sse *sse)
{
    st_buf_done(&sse->line);
    st_buf_done(&sse->data);
    st_buf_done(&sse->event);
    st_buf_done(&sse->id);
}

void st_sse_reset(struct st_sse *sse)
{
    st_buf_reset(&sse->line);
    st_buf_reset(&sse->data);
    st_buf_reset(&sse->event);
    sse->after_cr = false;
}

static st_err set(struct st_buf *buf, st_str value)
{
    st_buf_reset(buf);
    return st_buf_add_str(buf, value);
}

/* A blank line: the event is whole. */
static st_err dispatch(struct st_sse *sse, st_sse_take take, void *context)
{
    st_err err = ST_OK;
    if (sse->data.len > 0) {
        struct st_sse_event event = {
            .event = st_buf_str(&sse->event),
            .data = {sse->data.at, sse->data.len - 1}, /* without the last line feed */
            .id = st_buf_str(&sse->id),
        };
        err = take(context, &event);
    }
    st_buf_reset(&sse->data);
    st_buf_reset(&sse->event);
    return err;
}

static st_err take_field(struct st_sse *sse, st_str line)
{
    st_str name = {0};
    st_str value = {0};
    st_str_cut(line, ':', &name, &value);
    if (value.len > 0 && value.at[0] == ' ')
        value = st_str_from(value, 1);
    if (st_str_eq(name, ST_STR("data"))) {
        st_err err = st_buf_add_str(&sse->data, value);
        return err == ST_OK ? st_buf_add_char(&sse->data, '\n') : err;
    }
    if (st_str_eq(name, ST_STR("event")))
        return set(&sse->event, value);
    if (st_str_eq(name, ST_STR("id")) &&
        (value.len == 0 || memchr(value.at, '\0', value.len) == NULL))
        return set(&sse->id, value);
    return ST_OK; /* retry, comments (an empty name), and what is not known */
}

static st_err end_line(struct st_sse *sse, st_sse_take take, void *context)
{
    st_err err =
        sse->line.len == 0 ? dispatch(sse, take, context) : take_field(sse, st_buf_str(&sse->line));
    st_buf_reset(&sse->line);
    return err;
}

st_err st_sse_feed(struct st_sse *sse, st_str piece, st_sse_take take, void *context)
{
    st_err err = ST_OK;
    while (piece.len > 0 && err == ST_OK) {
        if (sse->after_cr && piece.at[0] == '\n')
            piece = st_str_from(piece, 1);
        sse->after_cr = false;
        size_t len = 0;
        while (len < piece.len && piece.at[len] != '\n' && piece.at[len] != '\r')
            len++;
        err = st_buf_add_str(&sse->line, (st_str){piece.at, len});
        if (err != ST_OK || len == piece.len)
            break;
        sse->after_cr = piece.at[len] == '\r';
        piece = st_str_from(piece, len + 1);
        err = end_line(sse, take, context);
    }
    return err;
}
