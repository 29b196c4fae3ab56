#include "engine/explain.h"

#include "json/pointer.h"
#include "json/write.h"

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

st_err st_explain_violations(const struct st_item *item, struct st_buf *out)
{
    struct st_buf path = ST_BUF(2 * ST_JSON_POINTER_BYTES_MAX);
    st_err err = st_buf_add_char(out, '[');
    for (uint32_t i = 0; i < item->violation_count && err == ST_OK; i++) {
        if (i > 0)
            err = st_buf_add_char(out, ',');
        if (err == ST_OK)
            err = add_violation(&item->violations[i], &path, out);
    }
    st_buf_done(&path);
    return err == ST_OK ? st_buf_add_char(out, ']') : err;
}

st_err st_explain_fault(const struct st_json_fault *fault, struct st_buf *out)
{
    return st_buf_printf(out, "line %llu, column %llu (byte %llu): expected %s",
                         (unsigned long long)fault->line, (unsigned long long)fault->column,
                         (unsigned long long)fault->offset, fault->expected);
}
