#include "schema/uri.h"

#include "base/utf8.h"

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static st_str slice(st_str text, size_t from, size_t to)
{
    return (st_str){text.at + from, to - from};
}

/* The length of a scheme at the head of `text`, 0 when there is none. */
static size_t scheme_length(st_str text)
{
    if (text.len == 0 || !is_alpha(text.at[0]))
        return 0;
    for (size_t i = 1; i < text.len; i++) {
        char c = text.at[i];
        if (c == ':')
            return i;
        if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.')
            return 0;
    }
    return 0;
}

struct st_uri st_uri_split(st_str text)
{
    struct st_uri uri = {0};
    size_t at;

    if (st_str_find(text, '#', &at)) {
        uri.has_fragment = true;
        uri.fragment = st_str_from(text, at + 1);
        text = slice(text, 0, at);
    }
    if (st_str_find(text, '?', &at)) {
        uri.has_query = true;
        uri.query = st_str_from(text, at + 1);
        text = slice(text, 0, at);
    }
    size_t scheme = scheme_length(text);
    if (scheme != 0) {
        uri.scheme = slice(text, 0, scheme);
        text = st_str_from(text, scheme + 1);
    }
    if (st_str_starts(text, ST_STR("//"))) {
        text = st_str_from(text, 2);
        if (!st_str_find(text, '/', &at))
            at = text.len;
        uri.has_authority = true;
        uri.authority = slice(text, 0, at);
        text = st_str_from(text, at);
    }
    uri.path = text;
    return uri;
}

/* Takes the last segment and its '/' off out->at[start …]. */
static void drop_segment(struct st_buf *out, size_t start)
{
    while (out->len > start && out->at[out->len - 1] != '/')
        out->len--;
    if (out->len > start)
        out->len--;
}

/* Appends `path` without its dot segments (RFC 3986, 5.2.4). */
static st_err add_without_dots(struct st_buf *out, st_str path)
{
    size_t start = out->len;
    while (path.len > 0) {
        if (st_str_starts(path, ST_STR("../"))) {
            path = st_str_from(path, 3);
        } else if (st_str_starts(path, ST_STR("./"))) {
            path = st_str_from(path, 2);
        } else if (st_str_starts(path, ST_STR("/./"))) {
            path = st_str_from(path, 2);
        } else if (st_str_eq(path, ST_STR("/."))) {
            path = ST_STR("/");
        } else if (st_str_starts(path, ST_STR("/../"))) {
            path = st_str_from(path, 3);
            drop_segment(out, start);
        } else if (st_str_eq(path, ST_STR("/.."))) {
            path = ST_STR("/");
            drop_segment(out, start);
        } else if (st_str_eq(path, ST_STR(".")) || st_str_eq(path, ST_STR(".."))) {
            break;
        } else {
            size_t end = path.at[0] == '/' ? 1 : 0;
            while (end < path.len && path.at[end] != '/')
                end++;
            st_err err = st_buf_add_str(out, slice(path, 0, end));
            if (err != ST_OK)
                return err;
            path = st_str_from(path, end);
        }
    }
    return ST_OK;
}

/* The path of a relative reference put behind the base's last '/' (RFC 3986, 5.2.3). */
static st_err merge_paths(const struct st_uri *base, st_str path, struct st_buf *merged)
{
    st_str head = base->path;
    if (base->has_authority && head.len == 0)
        head = ST_STR("/");
    while (head.len > 0 && head.at[head.len - 1] != '/')
        head.len--;
    st_err err = st_buf_add_str(merged, head);
    return err != ST_OK ? err : st_buf_add_str(merged, path);
}

static st_err write_head(const struct st_uri *uri, struct st_buf *out)
{
    st_err err = ST_OK;
    if (uri->scheme.len > 0) {
        err = st_buf_add_str(out, uri->scheme);
        if (err == ST_OK)
            err = st_buf_add_char(out, ':');
    }
    if (err == ST_OK && uri->has_authority) {
        err = st_buf_add(out, "//", 2);
        if (err == ST_OK)
            err = st_buf_add_str(out, uri->authority);
    }
    return err;
}

static st_err write_query(const struct st_uri *uri, struct st_buf *out)
{
    if (!uri->has_query)
        return ST_OK;
    st_err err = st_buf_add_char(out, '?');
    return err != ST_OK ? err : st_buf_add_str(out, uri->query);
}

static st_err write_resolved(const struct st_uri *base, struct st_uri ref, struct st_buf *out)
{
    if (ref.scheme.len > 0 || ref.has_authority) {
        if (ref.scheme.len == 0)
            ref.scheme = base->scheme;
        st_err err = write_head(&ref, out);
        /* The path of a URN has no segments to resolve; RFC 3986 leaves it as it is too, as it
         * does not begin with a dot. */
        return err != ST_OK ? err : add_without_dots(out, ref.path);
    }

    st_err err = write_head(base, out);
    if (err != ST_OK)
        return err;
    if (ref.path.len == 0)
        return st_buf_add_str(out, base->path);
    if (ref.path.at[0] == '/')
        return add_without_dots(out, ref.path);

    struct st_buf merged = ST_BUF(out->max);
    err = merge_paths(base, ref.path, &merged);
    if (err == ST_OK)
        err = add_without_dots(out, st_buf_str(&merged));
    st_buf_done(&merged);
    return err;
}

st_err st_uri_resolve(st_str base_text, st_str reference, struct st_buf *out)
{
    struct st_uri base = st_uri_split(base_text);
    struct st_uri ref = st_uri_split(reference);
    size_t start = out->len;

    st_err err = write_resolved(&base, ref, out);
    bool same_path = ref.scheme.len == 0 && !ref.has_authority && ref.path.len == 0;
    if (err == ST_OK)
        err = write_query(same_path && !ref.has_query ? &base : &ref, out);
    if (err != ST_OK)
        out->len = start;
    return err;
}

st_err st_uri_decode(st_str text, struct st_buf *out)
{
    size_t start = out->len;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        st_err err = ST_OK;
        if (c == '%') {
            int high = i + 2 < text.len ? st_hex_value(text.at[i + 1]) : -1;
            int low = i + 2 < text.len ? st_hex_value(text.at[i + 2]) : -1;
            if (high < 0 || low < 0)
                err = ST_ERR_SYNTAX;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (err == ST_OK)
            err = st_buf_add_char(out, c);
        if (err != ST_OK) {
            out->len = start;
            return err;
        }
    }
    st_str added = {out->len == start ? "" : out->at + start, out->len - start};
    if (st_utf8_check(added) != added.len) {
        out->len = start;
        return ST_ERR_SYNTAX;
    }
    return ST_OK;
}

static bool stands_in_fragment(char c)
{
    return is_alpha(c) || is_digit(c) || (c != '\0' && strchr("-._~!$&'()*+,;=:@/?", c) != NULL);
}

st_err st_uri_add_fragment(struct st_buf *out, st_str text)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t start = out->len;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        char escaped[3] = {'%', hex[c >> 4], hex[c & 15]};
        st_err err = stands_in_fragment((char)c) ? st_buf_add_char(out, (char)c)
                                                 : st_buf_add(out, escaped, sizeof escaped);
        if (err != ST_OK) {
            out->len = start;
            return err;
        }
    }
    return ST_OK;
}
