/* A byte that says where to cut, and a text: lines in two pieces are the lines of the whole. */
#include "json/lines.h"

static void take(struct st_lines *lines, st_str piece, bool last, struct st_buf *out)
{
    struct st_line line;
    bool found = false;
    for (;;) {
        ST_BUG_IF(st_lines_take(lines, &piece, &line, &found) != ST_OK);
        if (!found && (!last || !st_lines_end(lines, &line)))
            return;
        ST_BUG_IF(st_buf_printf(out, "%d%d%.*s\n", (int)line.number, line.too_long,
                                ST_STR_ARG(line.text)) != ST_OK);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct st_buf outs[2] = {ST_BUF(1 << 20), ST_BUF(1 << 20)};
    for (size_t i = 0; i < 2 && size > 0 && size < 4096; i++) {
        st_str text = {(const char *)data + 1, size - 1};
        size_t at = i * data[0] % size;
        struct st_lines lines;
        st_lines_init(&lines, 8);
        take(&lines, (st_str){text.at, at}, false, &outs[i]);
        take(&lines, st_str_from(text, at), true, &outs[i]);
        st_lines_done(&lines);
    }
    ST_BUG_IF(!st_str_eq(st_buf_str(&outs[0]), st_buf_str(&outs[1])));
    st_buf_done(&outs[0]);
    st_buf_done(&outs[1]);
    return 0;
}
