#include "cli/command.h"

#include "cli/events.h"
#include "cli/limits.h"
#include "cli/member.h"
#include "engine/streams.h"
#include "json/lines.h"

#include <stdio.h>

/* ---- a table's row ---- */

static st_err add_cell(struct st_buf *row, st_str text, int width)
{
    struct st_buf safe = ST_BUF(8 * ST_EVENT_BYTES_MAX);
    st_err err = text.at == NULL ? st_buf_add_char(&safe, '-') : st_harmless(&safe, text);
    if (err == ST_OK)
        err = st_buf_printf(row, "%-*.*s  ", width, ST_STR_ARG(st_buf_str(&safe)));
    st_buf_done(&safe);
    return err;
}

static st_err add_row(struct st_buf *row, const struct st_stream *stream)
{
    char first[ST_TIME_TEXT_MAX];
    char last[ST_TIME_TEXT_MAX];
    st_time_write(stream->first, 3, first);
    st_time_write(stream->last, 3, last);
    st_err err = add_cell(row, stream->stream, 36);
    if (err == ST_OK)
        err = add_cell(row, stream->tenant, 12);
    if (err == ST_OK)
        err = st_buf_printf(row, "%8llu  %6llu  %s  %s  ", (unsigned long long)stream->events,
                            (unsigned long long)stream->errors, first, last);
    if (err == ST_OK)
        err = add_cell(row, stream->last_type, 0);
    while (err == ST_OK && row->len > 0 && row->at[row->len - 1] == ' ')
        row->len--;
    return err == ST_OK ? st_buf_add_char(row, '\n') : err;
}

struct listing {
    struct st_cli *cli;
    struct st_buf line;
    struct st_lines lines; /* of a recorder's answer */
    struct st_json doc;
    bool table;
};

static void add_head(struct listing *listing)
{
    if (listing->table)
        st_out_printf(&listing->cli->out, "%-36s  %-12s  %8s  %6s  %-24s  %-24s  %s\n", "STREAM",
                      "TENANT", "EVENTS", "ERRORS", "FIRST", "LAST", "LAST TYPE");
}

static st_err show(struct listing *listing, const struct st_stream *stream)
{
    st_buf_reset(&listing->line);
    st_err err =
        listing->table ? add_row(&listing->line, stream) : st_stream_write(stream, &listing->line);
    if (err == ST_OK && !listing->table)
        err = st_buf_add_char(&listing->line, '\n');
    if (err == ST_OK)
        st_out_add(&listing->cli->out, st_buf_str(&listing->line));
    return err;
}

/* ---- from a file ---- */

static int list_file(struct listing *listing, struct st_events *events)
{
    struct st_streams streams = {0};
    struct st_why why = {0};
    st_err err = st_streams_fold(&streams, events->reader, &events->filter, &why);
    if (err != ST_OK)
        return st_place_tell(&events->place, err, &why);
    add_head(listing);
    for (uint32_t i = 0; i < st_streams_count(&streams) && err == ST_OK; i++)
        err = show(listing, st_streams_at(&streams, i));
    st_streams_done(&streams);
    return err == ST_OK ? ST_EXIT_GOOD
                        : st_fail_with(ST_EXIT_TROUBLE, "streams: %s", st_err_text(err));
}

/* ---- from a recorder ---- */

static st_err show_line(struct listing *listing, st_str line)
{
    const struct st_json *doc = &listing->doc;
    if (st_json_parse(&listing->doc, line, NULL, NULL) != ST_OK)
        return ST_ERR_INVALID;
    struct st_stream stream = {
        .tenant = st_member_text(doc, 0, "tenant"),
        .stream = st_member_text(doc, 0, "stream"),
        .contract = st_member_text(doc, 0, "contract"),
        .last_type = st_member_text(doc, 0, "last_type"),
    };
    if (!st_member_u64(doc, 0, "events", &stream.events) ||
        !st_member_u64(doc, 0, "errors", &stream.errors) ||
        !st_member_u64(doc, 0, "first_seq", &stream.first_seq) ||
        !st_member_u64(doc, 0, "last_seq", &stream.last_seq) ||
        st_time_parse(st_member_text(doc, 0, "first"), &stream.first) != ST_OK ||
        st_time_parse(st_member_text(doc, 0, "last"), &stream.last) != ST_OK)
        return ST_ERR_INVALID;
    return show(listing, &stream);
}

static st_err take(void *context, st_str piece)
{
    struct listing *listing = context;
    for (;;) {
        struct st_line line = {0};
        bool found = false;
        st_err err = st_lines_take(&listing->lines, &piece, &line, &found);
        if (err != ST_OK || !found)
            return err;
        err = line.too_long ? ST_ERR_LIMIT : show_line(listing, line.text);
        if (err != ST_OK)
            return err;
    }
}

/* The words that page a query select events here, too, and go along as they were said. */
static st_err add_rest(const struct st_events *events, struct st_buf *target)
{
    static const unsigned words[] = {ST_FILTER_AFTER, ST_FILTER_BEFORE, ST_FILTER_LAST,
                                     ST_FILTER_LIMIT, ST_FILTER_ORDER};
    st_err err = ST_OK;
    for (size_t i = 0; i < sizeof words / sizeof *words && err == ST_OK; i++) {
        unsigned id = ST_OPT_FILTERS + words[i];
        const char *text = st_options_text(&events->cli->options, id);
        if (text != NULL && strcmp(text, "all") != 0)
            err = st_remote_add(target, st_option_at(id)->name, st_str_of(text));
    }
    return err;
}

static int list_remote(struct listing *listing, struct st_events *events)
{
    struct st_buf target = ST_BUF(ST_URL_BYTES_MAX);
    struct st_line last = {0};
    st_err err = st_events_target(events, "/v1/streams", &target);
    if (err == ST_OK)
        err = add_rest(events, &target);
    const char *text = err == ST_OK ? st_buf_cstr(&target) : NULL;
    struct st_request request = {
        .target = text, .accept = "application/x-ndjson", .take = take, .context = listing};
    add_head(listing);
    if (err == ST_OK)
        err = text == NULL ? ST_ERR_MEMORY : st_remote_ask(events->remote, &request);
    if (err == ST_OK && st_lines_end(&listing->lines, &last))
        err = show_line(listing, last.text);
    st_buf_done(&target);
    return err == ST_OK ? ST_EXIT_GOOD : st_events_tell_remote(events, err);
}

int st_command_streams(struct st_cli *cli)
{
    const char *form = st_options_text(&cli->options, ST_OPT_TABLE);
    struct st_events events;
    struct listing listing = {
        .cli = cli,
        .line = ST_BUF((size_t)16 << 20),
        .table = form == NULL ? cli->out.terminal : strcmp(form, "table") == 0,
    };
    st_json_init(&listing.doc);
    st_lines_init(&listing.lines, ST_ANSWER_LINE_BYTES_MAX);
    int code = st_events_open(&events, cli);
    if (code == ST_EXIT_GOOD)
        code =
            events.remote == NULL ? list_file(&listing, &events) : list_remote(&listing, &events);
    st_events_close(&events);
    st_lines_done(&listing.lines);
    st_json_done(&listing.doc);
    st_buf_done(&listing.line);
    return code;
}
