#include "cli/position.h"

#include "base/file.h"
#include "cli/limits.h"

static int set_after(struct st_events *events, const char *what, st_str cursor)
{
    uint64_t seq = 0;
    if (st_cursor_parse(cursor, &seq) != ST_OK)
        return st_fail_with(ST_EXIT_USAGE, "%s: %.*s is no cursor; say one that --show-cursor gave",
                            what, ST_STR_ARG(cursor));
    if (st_options_has(&events->cli->options, ST_OPT_FILTERS + ST_FILTER_AFTER))
        return st_fail_with(ST_EXIT_USAGE, "%s: excludes --after; leave one out", what);
    events->filter.after = seq;
    return ST_EXIT_GOOD;
}

static int read_file(struct st_position *position, struct st_events *events, bool *given)
{
    struct st_buf text = ST_BUF(4096);
    struct st_why why = {0};
    char reason[ST_REASON_MAX];
    int code = ST_EXIT_GOOD;
    st_err err = st_file_read(position->file, &text, &why);
    if (err == ST_OK) {
        *given = true;
        code = set_after(events, position->file, st_str_trim(st_buf_str(&text)));
        position->written = events->filter.after;
    } else if (err != ST_ERR_ABSENT) {
        code = st_fail_with(ST_EXIT_TROUBLE, "cursor file %s: %s", position->file,
                            st_reason(err, &why, reason));
    }
    st_buf_done(&text);
    return code;
}

int st_position_begin(struct st_position *position, struct st_events *events, bool *given)
{
    const struct st_options *options = &events->cli->options;
    const char *cursor = st_options_text(options, ST_OPT_AFTER_CURSOR);
    *position = (struct st_position){
        .file = st_options_text(options, ST_OPT_CURSOR_FILE),
        .show = st_options_has(options, ST_OPT_SHOW_CURSOR),
        .written = UINT64_MAX,
    };
    *given = cursor != NULL;
    if (events->filter.descending && (position->file != NULL || position->show))
        return st_fail_with(ST_EXIT_USAGE,
                            "%s: a cursor follows the rising order; leave out "
                            "--reverse and --order",
                            events->cli->command->name);
    if (cursor != NULL)
        return set_after(events, "--after-cursor", st_str_of(cursor));
    return position->file != NULL ? read_file(position, events, given) : ST_EXIT_GOOD;
}

int st_position_keep(struct st_position *position, const struct st_events *events, bool now)
{
    char line[ST_CURSOR_TEXT_MAX + 1];
    char reason[ST_REASON_MAX];
    struct st_why why = {0};
    int64_t now_ns = st_monotonic_ns();
    if (position->file == NULL || position->written == events->position ||
        (!now && now_ns - position->written_ns < ST_CURSOR_MS * INT64_C(1000000)))
        return ST_EXIT_GOOD;
    size_t len = st_cursor_write(events->position, line);
    line[len++] = '\n';
    st_err err = st_file_write(position->file, (st_str){line, len}, 0644, &why);
    if (err != ST_OK)
        return st_fail_with(ST_EXIT_TROUBLE, "cursor file %s: %s", position->file,
                            st_reason(err, &why, reason));
    position->written = events->position;
    position->written_ns = now_ns;
    return ST_EXIT_GOOD;
}

int st_position_end(struct st_position *position, struct st_events *events)
{
    char cursor[ST_CURSOR_TEXT_MAX];
    if (position->show) {
        st_cursor_write(events->position, cursor);
        st_out_printf(&events->cli->out, "-- cursor: %s\n", cursor);
    }
    st_out_flush(&events->cli->out);
    return st_position_keep(position, events, true);
}
