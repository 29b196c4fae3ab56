/*
 * lines.h: cuts a byte stream that arrives in pieces into lines (NDJSON).
 *
 * Not a JSON parser: it looks for line feeds only. A CR at a line's end is left out; a last line
 * without a line feed counts; lines of blanks and tabs alone are counted but not handed out.
 *
 * 1. A line that lies within one piece is handed out where it stands, without a copy.
 * 2. A line over `line_bytes_max` is handed out once as too long, without its bytes, and the rest
 *    of it is skipped.
 *
 * Floor 2. One owner at a time. Allocates in its own buffer, up to line_bytes_max and one byte
 * (for the CR).
 */
#ifndef ST_JSON_LINES_H
#define ST_JSON_LINES_H

#include "base/str.h"

struct st_lines {
    struct st_buf part; /* the head of a line whose end has not come yet */
    size_t line_bytes_max;
    uint64_t number; /* of lines begun so far */
    bool skipping;   /* inside a line that is too long */
    bool taken;      /* `part` was handed out and is to be emptied */
};

struct st_line {
    st_str text;     /* holds until the next call */
    uint64_t number; /* from 1 */
    bool too_long;
};

void st_lines_init(struct st_lines *lines, size_t line_bytes_max);
void st_lines_done(struct st_lines *lines);

/* Takes from *piece, which moves on; *found with a line, not when the piece is used up. MEMORY is
 * the only error, after which the call may be made again with the same piece. */
ST_MUST_USE st_err st_lines_take(struct st_lines *lines, st_str *piece, struct st_line *line,
                                 bool *found);

/* The last line, after the last piece. The next piece begins a new line. */
bool st_lines_end(struct st_lines *lines, struct st_line *line);

#endif
