/*
 * out.h: what a command says on stdout.
 *
 * Buffered, and written when the buffer is full or on st_out_flush: nobody sees half a line of a
 * command that waits. It cannot fail from the caller's side: a reader that went away (head) ends
 * the process by SIGPIPE as it does any filter, any other failure (a full disk) with exit 3 and a
 * line that says so. Nothing is told as done behind it.
 *
 * Top floor. The main thread only. Allocates nothing.
 */
#ifndef ST_CLI_OUT_H
#define ST_CLI_OUT_H

#include "base/str.h"

struct st_out {
    int fd;
    bool terminal;
    bool colour;
    size_t len;
    char bytes[64 << 10];
};

void st_out_init(struct st_out *out, int fd);
void st_out_add(struct st_out *out, st_str text);
void st_out_text(struct st_out *out, const char *text);
void st_out_printf(struct st_out *out, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* at most 4 KiB */
void st_out_flush(struct st_out *out);

/* A colour's escape sequence ("31" red, "1" bold, "0" plain); nothing where none is wanted. */
void st_out_colour(struct st_out *out, const char *sgr);

#endif
