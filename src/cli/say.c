#include "cli/say.h"

#include "base/utf8.h"
#include "cli/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- text that does nothing but show ---- */

static st_err add_control(struct st_buf *out, unsigned char c)
{
    static const char letters[] = "abtnvfr"; /* from 7 to 13 */
    if (c >= 7 && c <= 13)
        return st_buf_printf(out, "\\%c", letters[c - 7]);
    return st_buf_printf(out, "\\x%02x", c);
}

/* C1 controls, and what reorders or breaks a line for the eye only. */
static bool is_hostile(uint32_t c)
{
    return (c >= 0x80 && c <= 0x9f) || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

static st_err add_valid(struct st_buf *out, st_str text)
{
    st_err err = ST_OK;
    for (size_t at = 0; at < text.len && err == ST_OK;) {
        size_t from = at;
        uint32_t c = st_utf8_next(text, &at);
        if (c < 0x20 || c == 0x7f)
            err = add_control(out, (unsigned char)c);
        else if (is_hostile(c))
            err = st_buf_printf(out, "\\u{%x}", (unsigned)c);
        else
            err = st_buf_add(out, text.at + from, at - from);
    }
    return err;
}

st_err st_harmless(struct st_buf *out, st_str text)
{
    size_t before = out->len;
    st_err err = ST_OK;
    while (text.len > 0 && err == ST_OK) {
        size_t valid = st_utf8_check(text);
        err = add_valid(out, (st_str){text.at, valid});
        if (err == ST_OK && valid < text.len) {
            err = st_buf_printf(out, "\\x%02x", (unsigned char)text.at[valid]);
            valid++;
        }
        text = st_str_from(text, valid);
    }
    if (err != ST_OK)
        out->len = before;
    return err;
}

/* ---- telling ---- */

/* A line longer than this is cut: a path or a message of somebody else's making. */
#define SAID_MAX 8192

__attribute__((format(printf, 2, 0))) static void say(const char *head, const char *format,
                                                      va_list args)
{
    char text[SAID_MAX];
    int len = vsnprintf(text, sizeof text, format, args);
    if (len < 0)
        return;
    if ((size_t)len >= sizeof text)
        len = sizeof text - 1;
    struct st_buf line = ST_BUF(SAID_MAX * 8);
    st_err err = st_buf_add_str(&line, st_str_of(head));
    if (err == ST_OK)
        err = st_harmless(&line, (st_str){text, (size_t)len});
    if (err == ST_OK)
        err = st_buf_add_char(&line, '\n');
    if (err == ST_OK)
        fwrite(line.at, 1, line.len, stderr);
    st_buf_done(&line);
}

int st_fail_with(enum st_exit code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("steno: ", format, args);
    va_end(args);
    return code;
}

void st_note(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say("", format, args);
    va_end(args);
}

const char *st_reason(st_err err, const struct st_why *why, char text[static ST_REASON_MAX])
{
    const char *said = why != NULL && why->text != NULL ? why->text : st_err_text(err);
    if (why != NULL && why->sys > 0 && why->sys < 200)
        snprintf(text, ST_REASON_MAX, "%s (%s)", said, strerror(why->sys));
    else
        snprintf(text, ST_REASON_MAX, "%s", said);
    return text;
}

bool st_is_terminal(int fd)
{
    const char *term = getenv("TERM");
    return isatty(fd) == 1 && (term == NULL || strcmp(term, "dumb") != 0);
}

bool st_has_colour(int fd)
{
    const char *refused = getenv("NO_COLOR");
    return st_is_terminal(fd) && (refused == NULL || refused[0] == '\0');
}
