/*
 * structure.c: the structured form of an event, along the annotation's `structured`.
 */
#include "contract/annotation.h"

#include "json/write.h"

static st_err add_text(struct st_buf *out, st_str text)
{
    return st_json_add_string(out, text);
}

static st_err add_time(struct st_buf *out, const struct st_record *record, int digits)
{
    char text[ST_TIME_TEXT_MAX];
    size_t len = st_time_write(record->time, digits < 0 ? record->time_digits : digits, text);
    return add_text(out, (st_str){text, len});
}

/* The text that the record says, at == NULL when it says none or no text. */
static st_str text_said(const struct st_record *record, enum st_said said)
{
    switch (said) {
    case ST_SAID_TYPE:
        return record->type;
    case ST_SAID_ID:
        return record->id;
    case ST_SAID_TENANT:
        return record->tenant;
    case ST_SAID_STREAM:
        return record->stream;
    case ST_SAID_PRODUCER:
        return record->producer;
    case ST_SAID_CATEGORY:
        return record->category;
    case ST_SAID_LEVEL:
        return st_str_of(st_level_name((enum st_level)record->level));
    case ST_SAID_SEVERITY:
        return st_str_of(st_severity_name((enum st_severity)record->severity));
    case ST_SAID_NOTHING:
    case ST_SAID_SEQ:
    case ST_SAID_TIME:
    case ST_SAID_COUNT:
        break;
    }
    return (st_str){NULL, 0};
}

/* What stands behind the member's name; nothing is added when it is absent. */
static st_err add_value(const struct st_structured *member, const struct st_sight *sight,
                        const struct st_record *record, struct st_buf *out)
{
    if (member->value != ST_JSON_NONE)
        return st_json_write(sight->annotation->doc, member->value, out);
    if (member->said == ST_SAID_SEQ)
        return record->seq == 0 ? ST_OK : st_buf_add_u64(out, record->seq);
    if (member->said == ST_SAID_TIME)
        return record->has & ST_HAS_TIME ? add_time(out, record, member->digits) : ST_OK;
    if (member->said != ST_SAID_NOTHING) {
        st_str text = text_said(record, member->said);
        return text.at == NULL ? ST_OK : add_text(out, text);
    }
    uint32_t node = st_paths_find_any(&member->paths, sight);
    return node == ST_JSON_NONE ? ST_OK : st_json_write(sight->doc, node, out);
}

static st_err add_member(const struct st_structured *member, const struct st_sight *sight,
                         const struct st_record *record, struct st_buf *out)
{
    size_t before = out->len;
    st_err err = out->at[out->len - 1] == '{' ? ST_OK : st_buf_add_char(out, ',');
    if (err == ST_OK)
        err = add_text(out, member->name);
    if (err == ST_OK)
        err = st_buf_add_char(out, ':');
    size_t named = out->len;
    if (err == ST_OK)
        err = add_value(member, sight, record, out);
    if (out->len > named || err != ST_OK)
        return err;
    out->len = before;
    return member->required ? ST_ERR_ABSENT : ST_OK;
}

st_err st_contract_structure(const struct st_contract *contract, const struct st_json *doc,
                             uint32_t node, const struct st_record *record, struct st_buf *out)
{
    const struct st_annotation *annotation = st_contract_annotation(contract);
    struct st_sight sight = {.annotation = annotation, .doc = doc, .node = node};
    size_t before = out->len;
    st_str type;
    if (annotation->structured_count == 0)
        return ST_ERR_ABSENT;
    (void)st_sight_untag(&sight, &type);
    st_err err = st_buf_add_char(out, '{');
    for (uint32_t i = 0; i < annotation->structured_count && err == ST_OK; i++)
        err = add_member(&annotation->structured[i], &sight, record, out);
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    if (err != ST_OK)
        out->len = before;
    return err;
}
