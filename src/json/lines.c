#include "json/lines.h"

void st_lines_init(struct st_lines *lines, size_t line_bytes_max)
{
    *lines = (struct st_lines){
        /* One more for a CR that is left out as soon as its line feed comes. */
        .part = ST_BUF(line_bytes_max < SIZE_MAX ? line_bytes_max + 1 : SIZE_MAX),
        .line_bytes_max = line_bytes_max,
    };
}

void st_lines_done(struct st_lines *lines)
{
    st_buf_done(&lines->part);
    st_lines_init(lines, lines->line_bytes_max);
}

static void empty_taken(struct st_lines *lines)
{
    if (lines->taken)
        st_buf_reset(&lines->part);
    lines->taken = false;
}

static st_str without_cr(st_str text)
{
    text.len -= text.len > 0 && text.at[text.len - 1] == '\r';
    return text;
}

static bool is_blank(st_str text)
{
    return st_str_trim(text).len == 0;
}

/* Whether the line of which `part` and `more` are the head is too long. A CR at the end may belong
 * to the line feed that follows. */
static bool is_too_long(const struct st_lines *lines, st_str more)
{
    st_str last = more.len > 0 ? more : st_buf_str(&lines->part);
    size_t max = lines->line_bytes_max;
    size_t len = lines->part.len + more.len;
    return len > max && len - (last.at[last.len - 1] == '\r') > max;
}

/* Takes what the piece has of one line; *line is filled when the line ended or is too long. */
static st_err take_some(struct st_lines *lines, st_str *piece, struct st_line *line, bool *found)
{
    bool begun = lines->skipping || lines->part.len > 0;
    st_str head;
    st_str tail;
    bool ended = st_str_cut(*piece, '\n', &head, &tail);
    bool too_long = !lines->skipping && is_too_long(lines, head);

    /* What stays in the piece's own memory is not copied. */
    if (!lines->skipping && !too_long && (begun || !ended)) {
        st_err err = st_buf_add_str(&lines->part, head);
        if (err != ST_OK)
            return err;
    }
    *piece = tail;
    lines->number += !begun;
    if (lines->skipping || too_long) {
        st_buf_reset(&lines->part);
        lines->skipping = !ended;
        *found = too_long;
        *line = (struct st_line){{"", 0}, lines->number, true};
        return ST_OK;
    }
    if (!ended)
        return ST_OK;
    lines->taken = begun;
    st_str text = without_cr(begun ? st_buf_str(&lines->part) : head);
    *found = !is_blank(text);
    *line = (struct st_line){text, lines->number, false};
    return ST_OK;
}

st_err st_lines_take(struct st_lines *lines, st_str *piece, struct st_line *line, bool *found)
{
    *found = false;
    while (piece->len > 0 && !*found) {
        empty_taken(lines);
        st_err err = take_some(lines, piece, line, found);
        if (err != ST_OK)
            return err;
    }
    return ST_OK;
}

bool st_lines_end(struct st_lines *lines, struct st_line *line)
{
    empty_taken(lines);
    lines->taken = true;
    if (lines->skipping) {
        lines->skipping = false;
        return false;
    }
    st_str text = without_cr(st_buf_str(&lines->part));
    *line = (struct st_line){text, lines->number, false};
    return !is_blank(text);
}
