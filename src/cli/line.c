#include "cli/line.h"

#include "cli/member.h"

static bool is_at(const struct st_json *doc, const char *name, enum st_json_kind kind)
{
    uint32_t at = st_json_member(doc, 0, st_str_of(name));
    return at != ST_JSON_NONE && st_json_kind(doc, at) == kind;
}

static void read_times(const struct st_json *doc, struct st_record *record)
{
    st_time t = {0};
    st_str text = st_member_text(doc, 0, "received_at");
    if (text.at != NULL && st_time_parse(text, &t) == ST_OK)
        record->received_ns = st_time_to_ns(t);
    int digits = 0;
    text = st_member_text(doc, 0, "time");
    if (text.at != NULL && st_time_parse_fine(text, &t, &digits) == ST_OK) {
        record->time = t;
        record->time_digits = (uint8_t)digits;
        record->has |= ST_HAS_TIME;
    }
}

static void read_names(const struct st_json *doc, struct st_record *record)
{
    enum st_level level = ST_LEVEL_OPS;
    enum st_severity severity = ST_SEVERITY_INFO;
    if (st_level_of_name(st_member_text(doc, 0, "level"), &level))
        record->level = (uint8_t)level;
    if (st_severity_of_name(st_member_text(doc, 0, "severity"), &severity))
        record->severity = (uint8_t)severity;
    if (is_at(doc, "valid", ST_JSON_FALSE))
        record->marks |= ST_MARK_INVALID;
    if (is_at(doc, "masked", ST_JSON_TRUE))
        record->marks |= ST_MARK_MASKED;
    if (is_at(doc, "unknown_type", ST_JSON_TRUE))
        record->marks |= ST_MARK_UNKNOWN_TYPE;
}

st_err st_line_read(st_str line, struct st_json *doc, struct st_event *event)
{
    st_err err = st_json_parse(doc, line, NULL, NULL);
    if (err != ST_OK)
        return err == ST_ERR_MEMORY ? err : ST_ERR_INVALID;
    uint32_t raw = st_json_member(doc, 0, ST_STR("event"));
    struct st_record record = {
        .contract = st_member_text(doc, 0, "contract"),
        .type = st_member_text(doc, 0, "type"),
        .id = st_member_text(doc, 0, "id"),
        .tenant = st_member_text(doc, 0, "tenant"),
        .stream = st_member_text(doc, 0, "stream"),
        .parent = st_member_text(doc, 0, "parent"),
        .producer = st_member_text(doc, 0, "producer"),
        .category = st_member_text(doc, 0, "category"),
    };
    if (raw == ST_JSON_NONE || !st_member_u64(doc, 0, "seq", &record.seq))
        return ST_ERR_INVALID;
    if (st_member_u64(doc, 0, "producer_seq", &record.producer_seq))
        record.has |= ST_HAS_PRODUCER_SEQ;
    read_times(doc, &record);
    read_names(doc, &record);
    *event = (struct st_event){record, st_json_raw(doc, raw)};
    return ST_OK;
}
