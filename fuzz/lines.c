/* A byte that says where to cut, and a text: lines in two pieces are the lines of the whole. */
#include "json/lines.h"
#include "fuzz.h"

static void take(struct st_lines *lines, st_str piece, bool last, struct st_buf *out)
{
    struct st_line line;
    for (bool found = true; found;) {
        ST_BUG_IF(st_lines_take(lines, &piece, &line, &found) != ST_OK);
        found = found || (last && st_lines_end(lines, &line));
        ST_BUG_IF(found && st_buf_printf(out, "%d%d%.*s\n", (int)line.number, line.too_long,
                                         ST_STR_ARG(line.text)) != ST_OK);
    }
}

FUZZ(input)
{
    struct st_lines lines;
    struct st_buf outs[2] = {ST_BUF(1 << 20), ST_BUF(1 << 20)};
    for (size_t i = 0; i < 2 && input.len > 0 && input.len < 4096; i++) {
        size_t at = i * (unsigned char)input.at[0] % input.len;
        st_lines_init(&lines, 8);
        take(&lines, (st_str){input.at + 1, at}, false, &outs[i]);
        take(&lines, st_str_from(input, 1 + at), true, &outs[i]);
        st_lines_done(&lines);
    }
    ST_BUG_IF(!st_str_eq(st_buf_str(&outs[0]), st_buf_str(&outs[1])));
    st_buf_done(&outs[0]), st_buf_done(&outs[1]);
}
