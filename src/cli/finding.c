/*
 * finding.c: one verdict as bytes:
 *
 *      struct head | contract | type | violations × (pointer | keyword | message)
 *
 * each text with its length before it; ABSENT_LEN: not known.
 */
#include "cli/finding.h"

#include "base/utf8.h"
#include "json/pointer.h"

#define ABSENT_LEN UINT32_MAX

/* A text of the event's may be a megabyte; what is said about it need not be. The cut end shows. */
static st_err add_text(struct st_buf *out, st_str text)
{
    static const char mark[] = "…";
    bool cut = text.len > ST_FINDING_TEXT_BYTES_MAX;
    if (cut)
        text.len = st_utf8_check((st_str){text.at, ST_FINDING_TEXT_BYTES_MAX});
    uint32_t len = text.at == NULL ? ABSENT_LEN : (uint32_t)(text.len + (cut ? strlen(mark) : 0));
    st_err err = st_buf_add(out, &len, sizeof len);
    if (err == ST_OK && text.at != NULL)
        err = st_buf_add_str(out, text);
    return err == ST_OK && cut ? st_buf_add_str(out, st_str_of(mark)) : err;
}

st_err st_finding_begin(struct st_buf *out, const struct st_finding_place *place, bool valid,
                        st_str contract, st_str type, size_t *start)
{
    const struct st_finding_head head = {.place = *place, .valid = valid};
    *start = out->len;
    st_err err = st_buf_add(out, &head, sizeof head);
    if (err == ST_OK)
        err = add_text(out, contract);
    return err == ST_OK ? add_text(out, type) : err;
}

/* Walks the pointer and writes '*' for each index. */
static st_err add_pattern(struct st_buf *out, const struct st_json *doc, st_str pointer)
{
    struct st_buf token = ST_BUF(ST_JSON_POINTER_BYTES_MAX);
    uint32_t node = doc == NULL || doc->count == 0 ? ST_JSON_NONE : 0;
    bool more = false;
    st_err err = st_pointer_take(&pointer, &token, &more);
    while (err == ST_OK && more) {
        bool is_array = node != ST_JSON_NONE && st_json_kind(doc, node) == ST_JSON_ARRAY;
        uint64_t index = 0;
        if (is_array && st_str_to_u64(st_buf_str(&token), &index) == ST_OK) {
            err = st_buf_add_str(out, ST_STR("/*"));
            node = st_json_element(doc, node, index);
        } else {
            err = st_pointer_add(out, st_buf_str(&token));
            node = node == ST_JSON_NONE ? node : st_json_member(doc, node, st_buf_str(&token));
        }
        if (err == ST_OK)
            err = st_pointer_take(&pointer, &token, &more);
    }
    st_buf_done(&token);
    return err;
}

st_err st_finding_add(struct st_buf *out, size_t start, const struct st_json *doc, st_str pointer,
                      st_str keyword, st_str message)
{
    struct st_buf pattern = ST_BUF(ST_JSON_POINTER_BYTES_MAX);
    struct st_finding_head head;
    st_err err = add_pattern(&pattern, doc, pointer);
    if (err == ST_OK)
        err = add_text(out, pattern.len == 0 ? ST_STR("") : st_buf_str(&pattern));
    if (err == ST_OK)
        err = add_text(out, keyword);
    if (err == ST_OK)
        err = add_text(out, message);
    st_buf_done(&pattern);
    if (err != ST_OK)
        return err;
    memcpy(&head, out->at + start, sizeof head);
    head.count++;
    memcpy(out->at + start, &head, sizeof head);
    return ST_OK;
}

void st_finding_drop(struct st_buf *out, size_t start, uint64_t dropped)
{
    struct st_finding_head head;
    memcpy(&head, out->at + start, sizeof head);
    head.dropped = dropped;
    memcpy(out->at + start, &head, sizeof head);
}

/* ---- reading ---- */

static st_str take_text(st_str *bytes)
{
    uint32_t len;
    ST_BUG_IF(bytes->len < sizeof len);
    memcpy(&len, bytes->at, sizeof len);
    *bytes = st_str_from(*bytes, sizeof len);
    if (len == ABSENT_LEN)
        return (st_str){NULL, 0};
    ST_BUG_IF(bytes->len < len);
    st_str text = {len == 0 ? "" : bytes->at, len};
    *bytes = st_str_from(*bytes, len);
    return text;
}

bool st_finding_take(st_str *bytes, struct st_finding *finding)
{
    if (bytes->len == 0)
        return false;
    ST_BUG_IF(bytes->len < sizeof finding->head);
    memcpy(&finding->head, bytes->at, sizeof finding->head);
    *bytes = st_str_from(*bytes, sizeof finding->head);
    finding->contract = take_text(bytes);
    finding->type = take_text(bytes);
    return true;
}

void st_finding_take_violation(st_str *bytes, struct st_finding_violation *violation)
{
    violation->pointer = take_text(bytes);
    violation->keyword = take_text(bytes);
    violation->message = take_text(bytes);
}
