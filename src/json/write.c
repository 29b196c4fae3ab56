#include "json/write.h"

#include "base/utf8.h"

/* ---- strings ---- */

static st_err add_control(struct st_buf *out, unsigned char c)
{
    static const char letters[] = "\b\f\n\r\t";
    static const char escapes[] = "bfnrt";
    static const char hex[] = "0123456789abcdef";
    const char *letter = c == 0 ? NULL : strchr(letters, c);
    if (letter != NULL)
        return st_buf_add(out, (char[2]){'\\', escapes[letter - letters]}, 2);
    return st_buf_add(out, (char[6]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
}

/* Where the next character is that cannot stand as it is. */
static size_t plain_end(st_str text, size_t at)
{
    while (at < text.len && text.at[at] != '"' && text.at[at] != '\\' &&
           (unsigned char)text.at[at] >= 0x20)
        at++;
    return at;
}

/* The inside of a string, for valid UTF-8. */
static st_err add_escaped(struct st_buf *out, st_str text)
{
    size_t at = 0;
    for (;;) {
        size_t end = plain_end(text, at);
        st_err err = end == at ? ST_OK : st_buf_add(out, text.at + at, end - at);
        if (err != ST_OK || end == text.len)
            return err;
        char c = text.at[end];
        err = c == '"' || c == '\\' ? st_buf_add(out, (char[2]){'\\', c}, 2)
                                    : add_control(out, (unsigned char)c);
        if (err != ST_OK)
            return err;
        at = end + 1;
    }
}

static st_err add_quoted(struct st_buf *out, st_str text)
{
    st_err err = st_buf_add_char(out, '"');
    while (err == ST_OK && text.len > 0) {
        size_t good = st_utf8_check(text);
        err = add_escaped(out, (st_str){text.at, good});
        if (good == text.len)
            break;
        if (err == ST_OK)
            err = st_buf_add(out, "\xEF\xBF\xBD", 3);
        text = st_str_from(text, good + 1);
    }
    return err == ST_OK ? st_buf_add_char(out, '"') : err;
}

/* ---- values ---- */

struct writer {
    const struct st_json *doc;
    struct st_buf *out;
    bool pretty;
};

static st_err write_value(const struct writer *w, uint32_t node, uint32_t level);

static st_err write_string(const struct writer *w, uint32_t node)
{
    /* Without escapes it stands in the text as it would be written. */
    return w->doc->nodes[node].flags & ST_JSON_ESCAPED
               ? add_quoted(w->out, st_json_text(w->doc, node))
               : st_buf_add_str(w->out, st_json_raw(w->doc, node));
}

/* A line feed and the blanks of a level; nothing unless pretty. */
static st_err break_line(const struct writer *w, uint32_t level)
{
    st_err err = w->pretty ? st_buf_add_char(w->out, '\n') : ST_OK;
    for (uint32_t i = 0; w->pretty && i < level && err == ST_OK; i++)
        err = st_buf_add(w->out, "  ", 2);
    return err;
}

/* One child, with all that stands before it. `at` is a name in an object. */
static st_err write_child(const struct writer *w, bool object, bool first, uint32_t at,
                          uint32_t level)
{
    st_err err = first ? ST_OK : st_buf_add_char(w->out, ',');
    if (err == ST_OK)
        err = break_line(w, level);
    if (err == ST_OK && object)
        err = write_string(w, at);
    if (err == ST_OK && object)
        err = st_buf_add(w->out, ": ", w->pretty ? 2 : 1);
    return err == ST_OK ? write_value(w, at + object, level) : err;
}

static st_err write_container(const struct writer *w, uint32_t node, uint32_t level)
{
    bool object = st_json_kind(w->doc, node) == ST_JSON_OBJECT;
    uint32_t first = st_json_first(w->doc, node);
    st_err err = st_buf_add_char(w->out, object ? '{' : '[');
    for (uint32_t at = first; at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(w->doc, node, at))
        err = write_child(w, object, at == first, at, level + 1);
    if (err == ST_OK && first != ST_JSON_NONE)
        err = break_line(w, level);
    return err == ST_OK ? st_buf_add_char(w->out, object ? '}' : ']') : err;
}

static st_err write_value(const struct writer *w, uint32_t node, uint32_t level)
{
    enum st_json_kind kind = st_json_kind(w->doc, node);
    if (kind >= ST_JSON_ARRAY)
        return write_container(w, node, level);
    if (kind == ST_JSON_STRING)
        return write_string(w, node);
    return st_buf_add_str(w->out, st_json_text(w->doc, node));
}

/* ---- the verbs: what was appended goes again when they fail ---- */

static st_err keep(struct st_buf *out, size_t len_before, st_err err)
{
    if (err != ST_OK)
        out->len = len_before;
    return err;
}

st_err st_json_write(const struct st_json *doc, uint32_t node, struct st_buf *out)
{
    size_t before = out->len;
    return keep(out, before, write_value(&(struct writer){doc, out, false}, node, 0));
}

st_err st_json_write_start(const struct st_json *doc, uint32_t node, size_t max, struct st_buf *out)
{
    size_t before = out->len;
    size_t out_max = out->max;
    if (max < out_max - before)
        out->max = before + max;
    st_err err = write_value(&(struct writer){doc, out, false}, node, 0);
    out->max = out_max;
    return err == ST_ERR_LIMIT ? err : keep(out, before, err);
}

st_err st_json_write_pretty(const struct st_json *doc, uint32_t node, struct st_buf *out)
{
    size_t before = out->len;
    return keep(out, before, write_value(&(struct writer){doc, out, true}, node, 0));
}

st_err st_json_add_string(struct st_buf *out, st_str text)
{
    size_t before = out->len;
    return keep(out, before, add_quoted(out, text));
}

st_err st_json_add_name(struct st_buf *out, const char *name)
{
    size_t before = out->len;
    st_err err = ST_OK;
    if (out->len > 0 && out->at[out->len - 1] != '{')
        err = st_buf_add_char(out, ',');
    if (err == ST_OK)
        err = add_quoted(out, st_str_of(name));
    if (err == ST_OK)
        err = st_buf_add_char(out, ':');
    return keep(out, before, err);
}

st_err st_json_add_member_str(struct st_buf *out, const char *name, st_str text)
{
    size_t before = out->len;
    st_err err = st_json_add_name(out, name);
    if (err == ST_OK)
        err = add_quoted(out, text);
    return keep(out, before, err);
}

st_err st_json_add_member_u64(struct st_buf *out, const char *name, uint64_t value)
{
    size_t before = out->len;
    st_err err = st_json_add_name(out, name);
    if (err == ST_OK)
        err = st_buf_add_u64(out, value);
    return keep(out, before, err);
}

st_err st_json_add_member_hex(struct st_buf *out, const char *name, const uint8_t *bytes,
                              size_t count)
{
    size_t before = out->len;
    st_err err = st_json_add_name(out, name);
    if (err == ST_OK)
        err = st_buf_add_char(out, '"');
    for (size_t i = 0; i < count && err == ST_OK; i++)
        err = st_buf_printf(out, "%02x", bytes[i]);
    if (err == ST_OK)
        err = st_buf_add_char(out, '"');
    return keep(out, before, err);
}

st_err st_json_add_member_raw(struct st_buf *out, const char *name, st_str json)
{
    size_t before = out->len;
    st_err err = st_json_add_name(out, name);
    if (err == ST_OK)
        err = st_buf_add_str(out, json);
    return keep(out, before, err);
}
