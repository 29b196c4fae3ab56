/*
 * progress.h: how far the work is, on a terminal's last line.
 *
 *   checking [#########.....................] 312 MB of 1.05 GB, 1.6 GB/s, 1 s left, 3 invalid
 *
 * 1. It shows on a terminal only (stderr), after a second of work, and leaves no trace.
 * 2. It is one write over what was there, never longer than the terminal is wide: nothing flickers
 *    and nothing wraps.
 *
 * Top floor. The main thread only. Allocates nothing.
 */
#ifndef ST_CLI_PROGRESS_H
#define ST_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct st_progress {
    const char *verb; /* "checking"; NULL: there is no terminal */
    uint64_t total;   /* bytes; 0: not known */
    uint64_t invalid; /* items so far; told when there are some */
    int64_t begun_ns, drawn_ns;
    bool shown;
};

void st_progress_begin(struct st_progress *progress, const char *verb, uint64_t total_bytes);
void st_progress_show(struct st_progress *progress, uint64_t bytes, uint64_t items);
void st_progress_end(struct st_progress *progress); /* before anything else is written */

static inline bool st_progress_is_on(const struct st_progress *progress)
{
    return progress->verb != NULL;
}

/* The line for a terminal so wide, after so long; at most `size` bytes with the NUL. */
void st_progress_write(const struct st_progress *progress, uint64_t bytes, uint64_t items,
                       int64_t elapsed_ns, unsigned width, char *line, size_t size);

#endif
