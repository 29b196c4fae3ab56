#include "engine/explain.h"

#include "json/pointer.h"
#include "json/write.h"

#include <stdio.h>

/* A name may be as long as its event, and an escaped one twice that. */
#define PATH_BYTES_MAX (2 * ST_EVENT_BYTES_MAX + 64)

static st_err add_violation(const struct st_violation *violation, struct st_buf *path,
                            struct st_buf *out)
{
    st_buf_reset(path);
    st_err err = st_pointer_to_path(violation->subject, NULL, path);
    if (err == ST_OK)
        err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = st_json_add_member_str(out, "path", st_buf_str(path));
    if (err == ST_OK)
        err = st_json_add_member_str(out, "pointer", violation->subject);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "keyword", violation->keyword);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "message", violation->message);
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

/* The closing bracket must fit too. */
static bool has_room(const struct st_buf *out)
{
    return out->len < out->max;
}

st_err st_explain_violations(const struct st_item *item, struct st_buf *out, uint32_t *told)
{
    struct st_buf path = ST_BUF(PATH_BYTES_MAX);
    size_t start = out->len;
    st_err err = st_buf_add_char(out, '[');
    *told = 0;
    while (err == ST_OK && *told < item->violation_count) {
        size_t before = out->len;
        if (*told > 0)
            err = st_buf_add_char(out, ',');
        if (err == ST_OK)
            err = add_violation(&item->violations[*told], &path, out);
        if (err == ST_OK && !has_room(out))
            err = ST_ERR_LIMIT;
        if (err == ST_OK)
            ++*told;
        else
            out->len = before;
    }
    st_buf_done(&path);
    if (err == ST_OK || err == ST_ERR_LIMIT)
        err = st_buf_add_char(out, ']');
    if (err != ST_OK)
        out->len = start;
    return err;
}

size_t st_explain_fault(const struct st_json_fault *fault, uint64_t line,
                        char text[static ST_FAULT_TEXT_MAX])
{
    int len = snprintf(text, ST_FAULT_TEXT_MAX, "line %llu, column %llu (byte %llu): expected %s",
                       (unsigned long long)(line != 0 ? line : fault->line),
                       (unsigned long long)fault->column, (unsigned long long)fault->offset,
                       fault->expected);
    return (size_t)len < ST_FAULT_TEXT_MAX ? (size_t)len : ST_FAULT_TEXT_MAX - 1;
}
