#include "cli/out.h"

#include "cli/say.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void st_out_init(struct st_out *out, int fd)
{
    out->fd = fd;
    out->terminal = st_is_terminal(fd);
    out->colour = st_has_colour(fd);
    out->len = 0;
}

/* SIGPIPE is ignored while the program runs (sockets), so a broken pipe shows here. */
_Noreturn static void end_for(int error)
{
    if (error == EPIPE) {
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);
        signal(SIGPIPE, SIG_DFL);
        sigprocmask(SIG_UNBLOCK, &pipe, NULL);
        raise(SIGPIPE);
        _exit(ST_EXIT_GOOD);
    }
    st_fail_with(ST_EXIT_TROUBLE, "standard output: %s; the output is not complete",
                 strerror(error));
    _exit(ST_EXIT_TROUBLE);
}

static void write_all(int fd, const char *at, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, at, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            end_for(errno);
        at += written;
        len -= (size_t)written;
    }
}

void st_out_flush(struct st_out *out)
{
    size_t len = out->len;
    out->len = 0;
    write_all(out->fd, out->bytes, len);
}

void st_out_add(struct st_out *out, st_str text)
{
    if (text.len == 0)
        return;
    if (text.len > sizeof out->bytes - out->len)
        st_out_flush(out);
    if (text.len > sizeof out->bytes) {
        write_all(out->fd, text.at, text.len);
        return;
    }
    memcpy(out->bytes + out->len, text.at, text.len);
    out->len += text.len;
}

void st_out_text(struct st_out *out, const char *text)
{
    st_out_add(out, st_str_of(text));
}

void st_out_printf(struct st_out *out, const char *format, ...)
{
    char text[4096];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ST_BUG_IF(len < 0 || (size_t)len >= sizeof text);
    st_out_add(out, (st_str){text, (size_t)len});
}

void st_out_colour(struct st_out *out, const char *sgr)
{
    if (out->colour)
        st_out_printf(out, "\033[%sm", sgr);
}
