#include "engine/streams.h"

#include "engine/query.h"
#include "json/write.h"

#define STREAMS_ARENA_MAX ((size_t)1 << 30)

/* tenant and stream as one key that no other pair imitates: the tenant's length stands first. */
static st_err write_key(const struct st_record *record, struct st_buf *key)
{
    uint32_t tenant_len = record->tenant.at == NULL ? UINT32_MAX : (uint32_t)record->tenant.len;
    st_buf_reset(key);
    st_err err = st_buf_add(key, &tenant_len, sizeof tenant_len);
    if (err == ST_OK)
        err = st_buf_add_str(key, record->tenant);
    if (err == ST_OK)
        err = st_buf_add_str(key, record->stream);
    return err;
}

static st_str copy_optional(struct st_arena *arena, st_str text)
{
    return text.at == NULL ? text : st_arena_copy(arena, text);
}

static st_err add_stream(struct st_streams *streams, const struct st_record *record, st_str key,
                         struct st_stream **made)
{
    struct st_arena *arena = &streams->arena;
    struct st_stream *stream = ST_ARENA_NEW(arena, struct st_stream);
    st_str kept_key = st_arena_copy(arena, key);
    if (stream == NULL || kept_key.at == NULL)
        return ST_ERR_LIMIT;
    *stream = (struct st_stream){
        .tenant = copy_optional(arena, record->tenant),
        .stream = st_arena_copy(arena, record->stream),
        .contract = st_arena_copy(arena, record->contract),
        .first_seq = record->seq,
        .first = st_record_instant(record),
        .last = st_record_instant(record),
    };
    if (stream->stream.at == NULL || stream->contract.at == NULL)
        return ST_ERR_LIMIT;
    struct st_map_entry *entry = NULL;
    bool added = false;
    st_err err =
        st_map_put(&streams->by_key, kept_key, (uint64_t)(uintptr_t)stream, &entry, &added);
    *made = stream;
    return err;
}

/* Types recur, so one copy of each is kept. */
static st_err intern_type(struct st_streams *streams, st_str type, st_str *kept)
{
    struct st_map_entry *entry = st_map_find(&streams->types, type);
    if (entry == NULL) {
        st_str copy = st_arena_copy(&streams->arena, type);
        bool added = false;
        st_err err =
            copy.at == NULL ? ST_ERR_LIMIT : st_map_put(&streams->types, copy, 0, &entry, &added);
        if (err != ST_OK)
            return err;
    }
    *kept = entry->key;
    return ST_OK;
}

static st_err fold_event(struct st_streams *streams, const struct st_record *record,
                         struct st_buf *key)
{
    if (record->stream.at == NULL) {
        streams->without++;
        return ST_OK;
    }
    st_err err = write_key(record, key);
    if (err != ST_OK)
        return err;
    struct st_map_entry *entry = st_map_find(&streams->by_key, st_buf_str(key));
    struct st_stream *stream = entry == NULL ? NULL : (struct st_stream *)(uintptr_t)entry->value;
    if (stream == NULL)
        err = add_stream(streams, record, st_buf_str(key), &stream);
    if (err == ST_OK && record->type.at != NULL)
        err = intern_type(streams, record->type, &stream->last_type);
    if (err != ST_OK)
        return err;
    st_time instant = st_record_instant(record);
    stream->events++;
    stream->last_seq = record->seq;
    stream->errors += record->severity >= ST_SEVERITY_ERROR;
    if (st_time_cmp(instant, stream->first) < 0)
        stream->first = instant;
    if (st_time_cmp(instant, stream->last) > 0)
        stream->last = instant;
    return ST_OK;
}

static st_err fold_all(struct st_streams *streams, struct st_query *query, struct st_buf *key,
                       struct st_why *why)
{
    for (;;) {
        const struct st_event *event = NULL;
        st_err err = st_query_next(query, 0, &event, why);
        if (err != ST_OK || event == NULL)
            return err;
        err = fold_event(streams, &event->record, key);
        if (err == ST_ERR_LIMIT)
            return st_fail(why, err, "more streams than one listing holds; narrow it by a filter");
        if (err != ST_OK)
            return st_fail(why, err, "no memory for the listing");
    }
}

st_err st_streams_fold(struct st_streams *streams, struct st_reader *reader,
                       const struct st_filter *filter, struct st_why *why)
{
    *streams = (struct st_streams){0};
    st_arena_init(&streams->arena, STREAMS_ARENA_MAX);
    st_map_init(&streams->by_key, ST_STREAMS_MAX);
    st_map_init(&streams->types, ST_STREAMS_MAX);
    struct st_query query;
    struct st_buf key = ST_BUF(2 * ST_EVENT_BYTES_MAX);
    st_err err = st_query_open(&query, reader, filter, why);
    if (err == ST_OK)
        err = fold_all(streams, &query, &key, why);
    st_buf_done(&key);
    if (err != ST_OK)
        st_streams_done(streams);
    return err;
}

void st_streams_done(struct st_streams *streams)
{
    st_map_done(&streams->by_key);
    st_map_done(&streams->types);
    st_arena_done(&streams->arena);
}

uint32_t st_streams_count(const struct st_streams *streams)
{
    return streams->by_key.count;
}

const struct st_stream *st_streams_at(const struct st_streams *streams, uint32_t index)
{
    return (const struct st_stream *)(uintptr_t)streams->by_key.entries[index].value;
}

static st_err add_time(struct st_buf *out, const char *name, st_time t)
{
    char text[ST_TIME_TEXT_MAX];
    size_t len = st_time_write(t, -1, text);
    return st_json_add_member_str(out, name, (st_str){text, len});
}

st_err st_stream_write(const struct st_stream *stream, struct st_buf *out)
{
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = st_json_add_member_str(out, "stream", stream->stream);
    if (err == ST_OK && stream->tenant.at != NULL)
        err = st_json_add_member_str(out, "tenant", stream->tenant);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "contract", stream->contract);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "events", stream->events);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "errors", stream->errors);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "first_seq", stream->first_seq);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "last_seq", stream->last_seq);
    if (err == ST_OK)
        err = add_time(out, "first", stream->first);
    if (err == ST_OK)
        err = add_time(out, "last", stream->last);
    if (err == ST_OK && stream->last_type.at != NULL)
        err = st_json_add_member_str(out, "last_type", stream->last_type);
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}
