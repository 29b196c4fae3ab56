#include "base/str.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>

int st_str_cmp(st_str a, st_str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.at, b.at, shorter);
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

st_str st_str_trim(st_str text)
{
    while (text.len > 0 && is_blank(text.at[0])) {
        text.at++;
        text.len--;
    }
    while (text.len > 0 && is_blank(text.at[text.len - 1]))
        text.len--;
    return text;
}

bool st_str_find(st_str text, char c, size_t *at)
{
    const char *found = text.len == 0 ? NULL : memchr(text.at, c, text.len);
    if (found == NULL)
        return false;
    *at = (size_t)(found - text.at);
    return true;
}

bool st_str_cut(st_str text, char c, st_str *head, st_str *tail)
{
    size_t at = 0;
    if (!st_str_find(text, c, &at)) {
        *head = text;
        *tail = (st_str){"", 0};
        return false;
    }
    *head = (st_str){text.at, at};
    *tail = st_str_from(text, at + 1);
    return true;
}

st_err st_str_to_u64(st_str text, uint64_t *value)
{
    uint64_t sum = 0;
    if (text.len == 0)
        return ST_ERR_SYNTAX;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c < '0' || c > '9')
            return ST_ERR_SYNTAX;
        if (__builtin_mul_overflow(sum, (uint64_t)10, &sum) ||
            __builtin_add_overflow(sum, (uint64_t)(c - '0'), &sum))
            return ST_ERR_LIMIT;
    }
    *value = sum;
    return ST_OK;
}

st_err st_str_to_i64(st_str text, int64_t *value)
{
    bool negative = text.len > 0 && text.at[0] == '-';
    uint64_t size = 0;
    st_err err = st_str_to_u64(negative ? st_str_from(text, 1) : text, &size);
    if (err != ST_OK)
        return err;
    if (size > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return ST_ERR_LIMIT;
    *value = negative ? (int64_t)(0 - size) : (int64_t)size;
    return ST_OK;
}

void st_buf_done(struct st_buf *buf)
{
    st_mem_free(buf->at);
    *buf = ST_BUF(buf->max);
}

void st_buf_reset(struct st_buf *buf)
{
    buf->len = 0;
}

/* A block of `need` bytes at least: at most max, and one more for a NUL that is not counted. */
static st_err grow(struct st_buf *buf, size_t need)
{
    if (need <= buf->room)
        return ST_OK;
    size_t room = buf->room < 64 ? 64 : buf->room;
    while (room < need)
        room = room <= buf->max / 2 ? room * 2 : need < buf->max ? buf->max : need;
    char *at = st_mem_resize(buf->at, room);
    if (at == NULL)
        return ST_ERR_MEMORY;
    buf->at = at;
    buf->room = room;
    return ST_OK;
}

st_err st_buf_reserve(struct st_buf *buf, size_t more)
{
    if (more > buf->max - buf->len)
        return ST_ERR_LIMIT;
    return grow(buf, buf->len + more);
}

st_err st_buf_add(struct st_buf *buf, const void *bytes, size_t len)
{
    st_err err = st_buf_reserve(buf, len);
    if (err != ST_OK)
        return err;
    if (len > 0)
        memcpy(buf->at + buf->len, bytes, len);
    buf->len += len;
    return ST_OK;
}

st_err st_buf_add_str(struct st_buf *buf, st_str text)
{
    return st_buf_add(buf, text.at, text.len);
}

st_err st_buf_add_char(struct st_buf *buf, char c)
{
    return st_buf_add(buf, &c, 1);
}

st_err st_buf_add_u64(struct st_buf *buf, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    return st_buf_add(buf, digits + at, sizeof digits - at);
}

st_err st_buf_add_i64(struct st_buf *buf, int64_t value)
{
    if (value >= 0)
        return st_buf_add_u64(buf, (uint64_t)value);
    char text[21];
    int len = snprintf(text, sizeof text, "%lld", (long long)value);
    return st_buf_add(buf, text, (size_t)len);
}

st_err st_buf_printf(struct st_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        return ST_ERR_INVALID;
    if ((size_t)len > buf->max - buf->len)
        return ST_ERR_LIMIT;
    /* One byte more than the text, for the NUL that vsnprintf writes. */
    st_err err = grow(buf, buf->len + (size_t)len + 1);
    if (err != ST_OK)
        return err;
    va_start(args, format);
    vsnprintf(buf->at + buf->len, (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
    return ST_OK;
}

const char *st_buf_cstr(struct st_buf *buf)
{
    if (grow(buf, buf->len + 1) != ST_OK)
        return NULL;
    buf->at[buf->len] = '\0';
    return buf->at;
}
