#include "engine/query.h"

#include "json/write.h"

/* Within valid JSON a line break stands only between tokens, so each may become a blank. */
static st_err add_on_one_line(struct st_buf *out, st_str raw)
{
    st_err err = st_buf_add_str(out, raw);
    if (err != ST_OK)
        return err;
    char *at = out->at + out->len - raw.len;
    for (size_t i = 0; i < raw.len; i++)
        if (at[i] == '\n' || at[i] == '\r')
            at[i] = ' ';
    return ST_OK;
}

static st_err add_time(struct st_buf *out, const char *name, st_time t, int digits)
{
    char text[ST_TIME_TEXT_MAX];
    size_t len = st_time_write(t, digits, text);
    return st_json_add_member_str(out, name, (st_str){text, len});
}

static st_err add_optional(struct st_buf *out, const char *name, st_str text)
{
    return text.at == NULL ? ST_OK : st_json_add_member_str(out, name, text);
}

static st_err add_marks(struct st_buf *out, uint8_t marks)
{
    st_err err = ST_OK;
    if (marks & ST_MARK_INVALID)
        err = st_json_add_member_raw(out, "valid", ST_STR("false"));
    if (err == ST_OK && (marks & ST_MARK_MASKED))
        err = st_json_add_member_raw(out, "masked", ST_STR("true"));
    if (err == ST_OK && (marks & ST_MARK_UNKNOWN_TYPE))
        err = st_json_add_member_raw(out, "unknown_type", ST_STR("true"));
    return err;
}

/* "partial":["amount",…]: the figures whose value is cut. */
static st_err add_cut(struct st_buf *out, uint8_t cut)
{
    st_err err = st_json_add_name(out, "partial");
    const char *before = "[";
    for (unsigned f = 0; f < ST_FIGURE_COUNT && err == ST_OK; f++) {
        if ((cut & ST_FIGURE_BIT(f)) == 0)
            continue;
        err = st_buf_printf(out, "%s\"%s\"", before, st_figure_name((enum st_figure)f));
        before = ",";
    }
    return err == ST_OK ? st_buf_add_char(out, ']') : err;
}

static st_err add_resource(struct st_buf *out, const struct st_resource_entry *resource)
{
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK && resource->kind != ST_RESOURCE_UNSTATED)
        err = st_json_add_member_str(
            out, "kind", st_str_of(st_resource_kind_name((enum st_resource_kind)resource->kind)));
    if (err == ST_OK)
        err = add_optional(out, "name", resource->name);
    if (err == ST_OK)
        err = add_optional(out, "principal", resource->principal);
    for (unsigned f = 0; f < ST_FIGURE_COUNT && err == ST_OK; f++) {
        char text[ST_QUANTITY_TEXT_MAX];
        if ((resource->stated & ST_FIGURE_BIT(f)) == 0)
            continue;
        size_t len = st_quantity_write(resource->figures[f], text);
        err = st_json_add_member_raw(out, st_figure_name((enum st_figure)f), (st_str){text, len});
    }
    if (err == ST_OK && resource->cut != 0)
        err = add_cut(out, resource->cut);
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

static st_err add_resources(struct st_buf *out, const struct st_record *record)
{
    st_err err = st_json_add_name(out, "resources");
    for (unsigned i = 0; i < record->resource_count && err == ST_OK; i++) {
        err = st_buf_add_char(out, i == 0 ? '[' : ',');
        if (err == ST_OK)
            err = add_resource(out, &record->resources[i]);
    }
    return err == ST_OK ? st_buf_add_char(out, ']') : err;
}

static st_err add_tokens(struct st_buf *out, const struct st_record *record)
{
    st_err err = st_json_add_name(out, "tokens");
    if (err == ST_OK)
        err = st_buf_add_char(out, '{');
    for (unsigned t = 0; t < ST_TOKENS_COUNT && err == ST_OK; t++)
        if (record->has & ST_HAS_TOKENS(t))
            err = st_json_add_member_u64(out, st_tokens_name((enum st_tokens)t), record->tokens[t]);
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

/* Money is decimal text, so that no reader makes a binary fraction of it. */
static st_err add_amount(struct st_buf *out, int64_t nano)
{
    char text[ST_QUANTITY_TEXT_MAX];
    struct st_quantity amount = {.coefficient = nano, .scale = 9};
    for (; amount.scale > 0 && amount.coefficient % 10 == 0; amount.scale--)
        amount.coefficient /= 10;
    size_t len = st_quantity_write(amount, text);
    return st_json_add_member_str(out, "amount", (st_str){text, len});
}

static st_err add_cost(struct st_buf *out, const struct st_record *record)
{
    st_err err = st_json_add_name(out, "cost");
    if (err == ST_OK)
        err = st_buf_add_char(out, '{');
    if (err == ST_OK && (record->has & ST_HAS_COST))
        err = add_amount(out, record->cost_nano);
    if (err == ST_OK && (record->has & ST_HAS_COST_PARTIAL))
        err = st_json_add_member_raw(out, "partial", ST_STR("true"));
    if (err == ST_OK)
        err = add_optional(out, "currency", record->currency);
    if (err == ST_OK)
        err = add_optional(out, "price_book", record->price_book);
    if (err == ST_OK)
        err = add_optional(out, "ledger_entry", record->ledger_entry);
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

static bool has_tokens(const struct st_record *record)
{
    uint32_t all = 0;
    for (unsigned t = 0; t < ST_TOKENS_COUNT; t++)
        all |= ST_HAS_TOKENS(t);
    return (record->has & all) != 0;
}

static bool has_cost(const struct st_record *record)
{
    return (record->has & ST_HAS_COST) || record->currency.at != NULL ||
           record->price_book.at != NULL || record->ledger_entry.at != NULL;
}

/* What the event states in numbers. */
static st_err add_measures(struct st_buf *out, const struct st_record *record)
{
    st_err err = has_tokens(record) ? add_tokens(out, record) : ST_OK;
    if (err == ST_OK && has_cost(record))
        err = add_cost(out, record);
    if (err == ST_OK && (record->has & ST_HAS_DURATION)) {
        err = st_json_add_name(out, "duration_ns");
        if (err == ST_OK)
            err = st_buf_add_i64(out, record->duration_ns);
    }
    if (err == ST_OK && (record->has & ST_HAS_RESOURCES))
        err = add_resources(out, record);
    if (err == ST_OK && (record->has & ST_HAS_RESOURCES_UNTOLD))
        err = st_json_add_member_raw(out, "resources_untold", ST_STR("true"));
    return err;
}

static st_err add_record(struct st_buf *out, const struct st_record *record)
{
    st_err err = st_json_add_member_u64(out, "seq", record->seq);
    if (err == ST_OK)
        err = add_time(out, "received_at", st_time_of_ns(record->received_ns), 9);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "contract", record->contract);
    if (err == ST_OK)
        err = add_optional(out, "type", record->type);
    if (err == ST_OK)
        err = add_optional(out, "stream", record->stream);
    if (err == ST_OK)
        err = add_optional(out, "tenant", record->tenant);
    if (err == ST_OK)
        err = add_optional(out, "id", record->id);
    if (err == ST_OK && (record->has & ST_HAS_TIME))
        err = add_time(out, "time", record->time, record->time_digits);
    if (err == ST_OK)
        err = add_optional(out, "parent", record->parent);
    if (err == ST_OK)
        err = add_optional(out, "producer", record->producer);
    if (err == ST_OK && (record->has & ST_HAS_PRODUCER_SEQ))
        err = st_json_add_member_u64(out, "producer_seq", record->producer_seq);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "level", st_str_of(st_level_name(record->level)));
    if (err == ST_OK)
        err = add_optional(out, "category", record->category);
    if (err == ST_OK)
        err =
            st_json_add_member_str(out, "severity", st_str_of(st_severity_name(record->severity)));
    if (err == ST_OK)
        err = add_measures(out, record);
    return err == ST_OK ? add_marks(out, record->marks) : err;
}

st_err st_query_write_line(const struct st_event *event, struct st_buf *out)
{
    size_t before = out->len;
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = add_record(out, &event->record);
    if (err == ST_OK)
        err = st_json_add_name(out, "event");
    if (err == ST_OK)
        err = add_on_one_line(out, event->raw);
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    if (err != ST_OK)
        out->len = before;
    return err;
}

st_err st_query_write_raw(const struct st_event *event, struct st_buf *out)
{
    return add_on_one_line(out, event->raw);
}
