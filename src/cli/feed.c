#include "cli/feed.h"

#include "cli/limits.h"
#include "json/lines.h"

static const char too_long_line[] = "over a limit: a line may have at most 64 MiB";
static const char too_long_text[] = "over a limit: a JSON text may have at most 256 MiB";
_Static_assert(ST_CHECK_LINE_BYTES_MAX >> 20 == 64, "as the text says");
_Static_assert(ST_CHECK_TEXT_BYTES_MAX >> 20 == 256, "as the text says");

static void show_progress(struct st_feed *feed, const struct st_input *input)
{
    struct st_pool_tally tally = st_pool_tally(feed->pool);
    uint64_t done = 0;
    uint64_t total = 0;
    st_input_progress(input, &done, &total);
    feed->progress->invalid = tally.checked - tally.valid;
    st_progress_show(feed->progress, feed->bytes + done, tally.checked);
}

static st_err add_line(struct st_feed *feed, const char *name, const struct st_line *line)
{
    const struct st_instance instance = {
        .file = name,
        .text = line->too_long ? ST_STR("") : line->text,
        .line = line->number,
        .too_long = line->too_long ? too_long_line : NULL,
    };
    return st_pool_add_line(feed->pool, &instance);
}

static st_err add_piece(struct st_feed *feed, const char *name, struct st_lines *lines,
                        st_str piece)
{
    for (;;) {
        struct st_line line = {0};
        bool found = false;
        st_err err = st_lines_take(lines, &piece, &line, &found);
        if (err != ST_OK || !found)
            return err;
        err = add_line(feed, name, &line);
        if (err != ST_OK)
            return err;
    }
}

/* Before a read that would wait. */
static st_err settle(struct st_feed *feed, const struct st_input *input)
{
    if (!st_input_would_wait(input, 0))
        return ST_OK;
    st_err err = st_pool_drain(feed->pool);
    if (feed->out->terminal)
        st_progress_end(feed->progress);
    st_out_flush(feed->out);
    do
        show_progress(feed, input);
    while (err == ST_OK && st_progress_is_on(feed->progress) &&
           st_input_would_wait(input, ST_PROGRESS_EVERY_MS));
    return err;
}

static st_err read_piece(struct st_feed *feed, const char *name, struct st_input *input,
                         st_str *piece, struct st_why *why)
{
    char *at = NULL;
    size_t room = 0;
    size_t used = 0;
    st_err err = settle(feed, input);
    if (err == ST_OK)
        err = st_pool_lend(feed->pool, name, &at, &room);
    if (err == ST_OK)
        err = st_input_read_into(input, at, room, &used, why);
    if (err == ST_OK)
        st_pool_keep(feed->pool, used);
    *piece = (st_str){at, used};
    return err;
}

static void close_input(struct st_feed *feed, const struct st_input *input)
{
    uint64_t done = 0;
    uint64_t total = 0;
    st_input_progress(input, &done, &total);
    feed->bytes += done;
}

st_err st_feed_lines(struct st_feed *feed, const char *name, struct st_input *input,
                     struct st_why *why)
{
    struct st_lines lines;
    struct st_line last = {0};
    st_str piece = {NULL, 1};
    st_err err = ST_OK;
    st_lines_init(&lines, ST_CHECK_LINE_BYTES_MAX);
    while (err == ST_OK && piece.len > 0) {
        err = read_piece(feed, name, input, &piece, why);
        if (err == ST_OK)
            err = add_piece(feed, name, &lines, piece);
        show_progress(feed, input);
    }
    if (err == ST_OK && st_lines_end(&lines, &last))
        err = add_line(feed, name, &last);
    st_lines_done(&lines);
    close_input(feed, input);
    return err;
}

st_err st_feed_text(struct st_feed *feed, const char *name, struct st_input *input,
                    struct st_why *why)
{
    struct st_buf text = ST_BUF(ST_CHECK_TEXT_BYTES_MAX);
    struct st_instance instance = {.file = name, .text = ST_STR(""), .line = 1};
    st_err err = st_input_read_all(input, &text, why);
    if (err == ST_ERR_LIMIT)
        instance.too_long = too_long_text;
    else if (err == ST_OK)
        instance.text = st_buf_str(&text);
    if (err == ST_OK || err == ST_ERR_LIMIT)
        err = st_pool_add(feed->pool, &instance);
    st_buf_done(&text);
    show_progress(feed, input);
    close_input(feed, input);
    return err;
}
