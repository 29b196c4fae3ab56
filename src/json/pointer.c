#include "json/pointer.h"

bool st_pointer_is(st_str pointer)
{
    if (pointer.len == 0)
        return true;
    if (pointer.at[0] != '/')
        return false;
    for (size_t i = 0; i < pointer.len; i++) {
        bool ends = i + 1 == pointer.len;
        if (pointer.at[i] == '~' &&
            (ends || (pointer.at[i + 1] != '0' && pointer.at[i + 1] != '1')))
            return false;
    }
    return true;
}

/* Takes the first token, escapes as they are, off a rest that begins with '/'. */
static st_str cut_token(st_str *rest)
{
    st_str token = st_str_from(*rest, 1);
    size_t end = token.len;
    if (st_str_find(token, '/', &end))
        token.len = end;
    *rest = st_str_from(*rest, token.len + 1);
    return token;
}

/* The character at *at, which moves behind it. */
static char next_unescaped(st_str token, size_t *at)
{
    char c = token.at[(*at)++];
    return c != '~' ? c : token.at[(*at)++] == '0' ? '~' : '/';
}

static bool token_names(st_str token, st_str name)
{
    size_t at = 0;
    for (size_t i = 0; i < name.len; i++)
        if (at == token.len || next_unescaped(token, &at) != name.at[i])
            return false;
    return at == token.len;
}

static bool is_index(st_str token)
{
    uint64_t index = 0;
    return (token.len == 1 || !st_str_starts(token, ST_STR("0"))) &&
           st_str_to_u64(token, &index) != ST_ERR_SYNTAX;
}

static uint32_t find_child(const struct st_json *doc, uint32_t node, st_str token)
{
    uint64_t index = 0;
    size_t tilde = 0;
    if (st_json_kind(doc, node) == ST_JSON_ARRAY)
        return is_index(token) && st_str_to_u64(token, &index) == ST_OK
                   ? st_json_element(doc, node, index)
                   : ST_JSON_NONE;
    if (st_json_kind(doc, node) != ST_JSON_OBJECT || !st_str_find(token, '~', &tilde))
        return st_json_member(doc, node, token);
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE;
         at = st_json_next(doc, node, at))
        if (token_names(token, st_json_text(doc, at)))
            return at + 1;
    return ST_JSON_NONE;
}

uint32_t st_pointer_find(const struct st_json *doc, uint32_t node, st_str pointer)
{
    if (!st_pointer_is(pointer))
        return ST_JSON_NONE;
    while (pointer.len > 0 && node != ST_JSON_NONE)
        node = find_child(doc, node, cut_token(&pointer));
    return node;
}

/* What was appended to `buf` goes again when the call fails. */
static st_err keep(struct st_buf *buf, size_t len_before, st_err err)
{
    if (err != ST_OK)
        buf->len = len_before;
    return err;
}

st_err st_pointer_add(struct st_buf *pointer, st_str token)
{
    size_t before = pointer->len;
    st_err err = st_buf_add_char(pointer, '/');
    for (size_t i = 0; i < token.len && err == ST_OK; i++) {
        char c = token.at[i];
        err = c == '~'   ? st_buf_add(pointer, "~0", 2)
              : c == '/' ? st_buf_add(pointer, "~1", 2)
                         : st_buf_add_char(pointer, c);
    }
    return keep(pointer, before, err);
}

st_err st_pointer_add_index(struct st_buf *pointer, uint64_t index)
{
    size_t before = pointer->len;
    st_err err = st_buf_add_char(pointer, '/');
    if (err == ST_OK)
        err = st_buf_add_u64(pointer, index);
    return keep(pointer, before, err);
}

static st_err add_unescaped(struct st_buf *out, st_str token)
{
    st_err err = ST_OK;
    for (size_t at = 0; at < token.len && err == ST_OK;)
        err = st_buf_add_char(out, next_unescaped(token, &at));
    return err;
}

st_err st_pointer_take(st_str *rest, struct st_buf *token, bool *found)
{
    *found = false;
    st_buf_reset(token);
    if (!st_pointer_is(*rest))
        return ST_ERR_INVALID;
    if (rest->len == 0)
        return ST_OK;
    st_str behind = *rest;
    st_err err = keep(token, 0, add_unescaped(token, cut_token(&behind)));
    if (err != ST_OK)
        return err;
    *rest = behind;
    *found = true;
    return ST_OK;
}

/* Appends the step from container `at` to its child that holds `node`, and moves *at there. */
static st_err add_step(const struct st_json *doc, uint32_t *at, uint32_t node,
                       struct st_buf *pointer)
{
    bool object = st_json_kind(doc, *at) == ST_JSON_OBJECT;
    uint64_t index = 0;
    uint32_t child = *at + 1;
    for (;; index++) {
        uint32_t after = st_json_after(doc, child + object);
        if (node < after)
            break;
        child = after;
    }
    *at = child + object;
    return object ? st_pointer_add(pointer, st_json_text(doc, child))
                  : st_pointer_add_index(pointer, index);
}

st_err st_pointer_of(const struct st_json *doc, uint32_t node, struct st_buf *pointer)
{
    ST_BUG_IF(node >= doc->count);
    size_t before = pointer->len;
    if (doc->nodes[node].flags & ST_JSON_NAME)
        node++;
    st_err err = ST_OK;
    for (uint32_t at = 0; at != node && err == ST_OK;)
        err = add_step(doc, &at, node, pointer);
    return keep(pointer, before, err);
}

static st_err add_path_step(struct st_buf *path, st_str token, bool in_array)
{
    bool index = in_array && is_index(token);
    st_err err = st_buf_add_char(path, index ? '[' : '.');
    if (err == ST_OK)
        err = add_unescaped(path, token);
    return err == ST_OK && index ? st_buf_add_char(path, ']') : err;
}

st_err st_pointer_to_path(st_str pointer, const struct st_json *doc, struct st_buf *path)
{
    if (!st_pointer_is(pointer))
        return ST_ERR_INVALID;
    size_t before = path->len;
    uint32_t node = doc == NULL ? ST_JSON_NONE : 0;
    st_err err = st_buf_add_char(path, '$');
    while (pointer.len > 0 && err == ST_OK) {
        st_str token = cut_token(&pointer);
        bool known = node != ST_JSON_NONE;
        err = add_path_step(path, token, known && st_json_kind(doc, node) == ST_JSON_ARRAY);
        node = known ? find_child(doc, node, token) : ST_JSON_NONE;
    }
    return keep(path, before, err);
}
