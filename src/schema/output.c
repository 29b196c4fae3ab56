/*
 * output.c: reports in the standard's output formats (2020-12 core, section 12.4).
 */
#include "schema/schema.h"

#include "json/write.h"

static st_err add_unit_members(const struct st_violation *violation, struct st_buf *out)
{
    st_err err = st_json_add_member_raw(out, "valid", ST_STR("false"));
    if (err == ST_OK)
        err = st_json_add_member_str(out, "keywordLocation", violation->keyword_at);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "absoluteKeywordLocation", violation->absolute);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "instanceLocation", violation->instance);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "error", violation->message);
    return err;
}

/* A schema without an absolute URI has no absolute location. */
static st_err add_basic(const struct st_report *report, struct st_buf *out)
{
    st_err err = ST_OK;
    for (uint32_t i = 0; i < report->count && err == ST_OK; i++) {
        if (i > 0)
            err = st_buf_add_char(out, ',');
        if (err == ST_OK)
            err = st_buf_add_char(out, '{');
        if (err == ST_OK)
            err = add_unit_members(&report->violations[i], out);
        if (err == ST_OK)
            err = st_buf_add_char(out, '}');
    }
    return err;
}

/* Violations stand in the order of a walk, parents first: a unit is opened as it is met, and closed
 * when the next one is not below it. */
static st_err close_units(const struct st_report *report, uint32_t open, uint32_t parent,
                          struct st_buf *out)
{
    st_err err = ST_OK;
    while (open != parent && err == ST_OK) {
        const struct st_violation *violation = &report->violations[open];
        err = st_buf_add_str(out, violation->leaf ? ST_STR("}") : ST_STR("]}"));
        open = violation->parent;
    }
    return err;
}

static st_err add_detailed(const struct st_report *report, struct st_buf *out)
{
    uint32_t open = ST_JSON_NONE;
    st_err err = ST_OK;
    for (uint32_t i = 0; i < report->count && err == ST_OK; i++) {
        const struct st_violation *violation = &report->violations[i];
        err = close_units(report, open, violation->parent, out);
        bool first = i == 0 || violation->parent == i - 1;
        if (err == ST_OK && !first)
            err = st_buf_add_char(out, ',');
        if (err == ST_OK)
            err = st_buf_add_char(out, '{');
        if (err == ST_OK)
            err = add_unit_members(violation, out);
        if (err == ST_OK && !violation->leaf)
            err = st_json_add_member_raw(out, "errors", ST_STR("["));
        open = i;
    }
    return err != ST_OK ? err : close_units(report, open, ST_JSON_NONE, out);
}

static st_err add_invalid(const struct st_report *report, enum st_output output, struct st_buf *out)
{
    st_err err = st_buf_add_str(out, ST_STR("{\"valid\":false"));
    if (err == ST_OK && output != ST_OUTPUT_FLAG) {
        err = st_buf_add_str(
            out, ST_STR(",\"keywordLocation\":\"\",\"instanceLocation\":\"\",\"errors\":["));
        if (err == ST_OK)
            err = output == ST_OUTPUT_BASIC ? add_basic(report, out) : add_detailed(report, out);
        if (err == ST_OK)
            err = st_buf_add_char(out, ']');
    }
    return err != ST_OK ? err : st_buf_add_char(out, '}');
}

st_err st_report_write(const struct st_report *report, bool valid, enum st_output output,
                       struct st_buf *out)
{
    if (valid)
        return st_buf_add_str(out, ST_STR("{\"valid\":true}"));
    size_t start = out->len;
    st_err err = add_invalid(report, output, out);
    if (err != ST_OK)
        out->len = start;
    return err;
}
