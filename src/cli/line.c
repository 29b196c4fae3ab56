#include "cli/line.h"

#include "json/number.h"

/* The member's text, or {NULL, 0} when it is absent or no string. */
static st_str text_at(const struct st_json *doc, const char *name)
{
    uint32_t at = st_json_member(doc, 0, st_str_of(name));
    if (at == ST_JSON_NONE || st_json_kind(doc, at) != ST_JSON_STRING)
        return (st_str){NULL, 0};
    st_str text = st_json_text(doc, at);
    return text.at == NULL ? ST_STR("") : text;
}

static bool number_at(const struct st_json *doc, const char *name, uint64_t *value)
{
    uint32_t at = st_json_member(doc, 0, st_str_of(name));
    return at != ST_JSON_NONE && st_json_kind(doc, at) == ST_JSON_NUMBER &&
           st_number_to_u64(st_json_text(doc, at), value) == ST_OK;
}

static bool is_at(const struct st_json *doc, const char *name, enum st_json_kind kind)
{
    uint32_t at = st_json_member(doc, 0, st_str_of(name));
    return at != ST_JSON_NONE && st_json_kind(doc, at) == kind;
}

static void read_times(const struct st_json *doc, struct st_record *record)
{
    st_time t = {0};
    st_str text = text_at(doc, "received_at");
    if (text.at != NULL && st_time_parse(text, &t) == ST_OK)
        record->received_ns = st_time_to_ns(t);
    text = text_at(doc, "time");
    if (text.at != NULL && st_time_parse(text, &t) == ST_OK) {
        record->time = t;
        record->has |= ST_HAS_TIME;
    }
}

static void read_names(const struct st_json *doc, struct st_record *record)
{
    enum st_level level = ST_LEVEL_OPS;
    enum st_severity severity = ST_SEVERITY_INFO;
    if (st_level_of_name(text_at(doc, "level"), &level))
        record->level = (uint8_t)level;
    if (st_severity_of_name(text_at(doc, "severity"), &severity))
        record->severity = (uint8_t)severity;
    if (is_at(doc, "valid", ST_JSON_FALSE))
        record->marks |= ST_MARK_INVALID;
    if (is_at(doc, "masked", ST_JSON_TRUE))
        record->marks |= ST_MARK_MASKED;
}

st_err st_line_read(st_str line, struct st_json *doc, struct st_event *event)
{
    st_err err = st_json_parse(doc, line, NULL, NULL);
    if (err != ST_OK)
        return err == ST_ERR_MEMORY ? err : ST_ERR_INVALID;
    uint32_t raw = st_json_member(doc, 0, ST_STR("event"));
    struct st_record record = {
        .contract = text_at(doc, "contract"),
        .type = text_at(doc, "type"),
        .id = text_at(doc, "id"),
        .tenant = text_at(doc, "tenant"),
        .stream = text_at(doc, "stream"),
        .parent = text_at(doc, "parent"),
        .producer = text_at(doc, "producer"),
        .category = text_at(doc, "category"),
    };
    if (raw == ST_JSON_NONE || !number_at(doc, "seq", &record.seq))
        return ST_ERR_INVALID;
    if (number_at(doc, "producer_seq", &record.producer_seq))
        record.has |= ST_HAS_PRODUCER_SEQ;
    read_times(doc, &record);
    read_names(doc, &record);
    *event = (struct st_event){record, st_json_raw(doc, raw)};
    return ST_OK;
}
