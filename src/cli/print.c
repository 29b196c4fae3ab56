#include "cli/print.h"

#include "base/utf8.h"
#include "cli/contracts.h"
#include "cli/limits.h"
#include "cli/say.h"
#include "engine/query.h"
#include "json/write.h"

int st_print_init(struct st_print *print, struct st_out *out, const char *form)
{
    static const char *const forms[] = {"short", "json", "raw", "structured", "pretty"};
    *print = (struct st_print){
        .out = out,
        .form = out->terminal ? ST_PRINT_SHORT : ST_PRINT_JSON,
        .line = ST_BUF(ST_LINE_BYTES_MAX),
        .safe = ST_BUF(ST_LINE_BYTES_MAX),
    };
    st_json_init(&print->doc);
    for (unsigned i = 0; form != NULL && i < sizeof forms / sizeof *forms; i++)
        if (strcmp(form, forms[i]) == 0)
            print->form = (enum st_print_form)i;
    if (print->form == ST_PRINT_STRUCTURED)
        print->registry = st_contracts_open(false);
    st_structurer_init(&print->structurer, print->registry);
    return print->form == ST_PRINT_STRUCTURED && print->registry == NULL ? ST_EXIT_TROUBLE
                                                                         : ST_EXIT_GOOD;
}

void st_print_done(struct st_print *print)
{
    st_buf_done(&print->line);
    st_buf_done(&print->safe);
    st_json_done(&print->doc);
    st_structurer_done(&print->structurer);
    st_registry_free(print->registry);
}

/* ---- short ---- */

/* Columns that most values fit; longer ones push the rest of their line. */
#define SEQ_WIDTH      8
#define SEVERITY_WIDTH 8
#define TYPE_WIDTH     22
#define STREAM_WIDTH   24

static st_err pad(struct st_buf *line, size_t shown, size_t width)
{
    st_err err = ST_OK;
    for (; shown < width && err == ST_OK; shown++)
        err = st_buf_add_char(line, ' ');
    return err;
}

/* A text column: harmless, "-" when the event has none, as wide as `width` or wider. */
static st_err add_column(struct st_buf *line, st_str text, size_t width)
{
    size_t from = line->len;
    st_err err = text.at == NULL ? st_buf_add_char(line, '-') : st_harmless(line, text);
    if (err == ST_OK)
        err = pad(line, st_utf8_count((st_str){line->at + from, line->len - from}), width);
    return err == ST_OK ? st_buf_add_str(line, ST_STR("  ")) : err;
}

static st_err add_head(struct st_buf *line, const struct st_record *record)
{
    char time[ST_TIME_TEXT_MAX];
    size_t len = st_time_write(st_record_instant(record), 3, time);
    st_err err = add_column(line, (st_str){time, len}, 0);
    return err == ST_OK ? st_buf_printf(line, "%*llu  ", SEQ_WIDTH, (unsigned long long)record->seq)
                        : err;
}

static st_err add_tail(struct st_buf *line, const struct st_record *record)
{
    st_err err = add_column(line, record->type, TYPE_WIDTH);
    if (err == ST_OK)
        err = add_column(line, record->stream, STREAM_WIDTH);
    if (err == ST_OK)
        err = add_column(line, record->tenant, 0);
    if (err == ST_OK && (record->marks & ST_MARK_INVALID))
        err = st_buf_add_str(line, ST_STR("invalid  "));
    if (err == ST_OK && (record->marks & ST_MARK_MASKED))
        err = st_buf_add_str(line, ST_STR("masked  "));
    if (err == ST_OK && (record->marks & ST_MARK_UNKNOWN_TYPE))
        err = st_buf_add_str(line, ST_STR("unknown type  "));
    while (err == ST_OK && line->len > 0 && line->at[line->len - 1] == ' ')
        line->len--;
    return err;
}

static st_err add_severity(struct st_buf *line, const struct st_record *record)
{
    return add_column(line, st_str_of(st_severity_name(record->severity)), SEVERITY_WIDTH);
}

st_err st_short_write(const struct st_record *record, struct st_buf *line)
{
    size_t before = line->len;
    st_err err = add_head(line, record);
    if (err == ST_OK)
        err = add_severity(line, record);
    if (err == ST_OK)
        err = add_tail(line, record);
    if (err != ST_OK)
        line->len = before;
    return err;
}

/* The parts one by one, so that colour stands between them and no width counts it. */
static st_err print_short(struct st_print *print, const struct st_record *record)
{
    static const char *const colours[ST_SEVERITY_COUNT] = {
        [ST_SEVERITY_INFO] = "2",   [ST_SEVERITY_PROGRESS] = "36",  [ST_SEVERITY_WARN] = "33",
        [ST_SEVERITY_ERROR] = "31", [ST_SEVERITY_BLOCKER] = "1;31",
    };
    st_err err = add_head(&print->line, record);
    if (err != ST_OK)
        return err;
    st_out_colour(print->out, "2");
    st_out_add(print->out, st_buf_str(&print->line));
    st_out_colour(print->out, "0");
    st_buf_reset(&print->line);
    err = add_severity(&print->line, record);
    if (err != ST_OK)
        return err;
    st_out_colour(print->out, colours[record->severity]);
    st_out_add(print->out, st_buf_str(&print->line));
    st_out_colour(print->out, "0");
    st_buf_reset(&print->line);
    return add_tail(&print->line, record);
}

/* ---- JSON on a terminal ---- */

/* Characters that JSON leaves bare and a terminal or an eye would act on. */
static bool is_bare_and_hostile(uint32_t c)
{
    return (c >= 0x7f && c <= 0x9f) || c == 0x61c || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

st_err st_json_harmless(struct st_buf *out, st_str json)
{
    size_t before = out->len;
    st_err err = ST_OK;
    for (size_t at = 0; at < json.len && err == ST_OK;) {
        size_t from = at;
        uint32_t c = st_utf8_next(json, &at);
        err = is_bare_and_hostile(c) ? st_buf_printf(out, "\\u%04x", (unsigned)c)
                                     : st_buf_add(out, json.at + from, at - from);
    }
    if (err != ST_OK)
        out->len = before;
    return err;
}

/* ---- all forms ---- */

static st_err write_line(const struct st_event *event, st_str line, struct st_buf *out)
{
    return line.at == NULL ? st_query_write_line(event, out) : st_buf_add_str(out, line);
}

static st_err write_structured(struct st_print *print, const struct st_event *event, st_str line)
{
    st_err err = st_structurer_form(&print->structurer, event, &print->line);
    return err == ST_ERR_ABSENT ? write_line(event, line, &print->line) : err;
}

static st_err write_pretty(struct st_print *print, const struct st_event *event, st_str line)
{
    st_buf_reset(&print->safe);
    st_err err = write_line(event, line, &print->safe);
    if (err == ST_OK)
        err = st_json_parse(&print->doc, st_buf_str(&print->safe), NULL, NULL);
    return err == ST_OK ? st_json_write_pretty(&print->doc, 0, &print->line) : err;
}

static st_err write_form(struct st_print *print, const struct st_event *event, st_str line)
{
    switch (print->form) {
    case ST_PRINT_SHORT:
        return print_short(print, &event->record);
    case ST_PRINT_JSON:
        return write_line(event, line, &print->line);
    case ST_PRINT_RAW:
        return st_query_write_raw(event, &print->line);
    case ST_PRINT_STRUCTURED:
        return write_structured(print, event, line);
    case ST_PRINT_PRETTY:
        return write_pretty(print, event, line);
    }
    return ST_ERR_INVALID;
}

st_err st_print_event(struct st_print *print, const struct st_event *event, st_str line)
{
    st_buf_reset(&print->line);
    st_err err = write_form(print, event, line);
    if (err == ST_OK && print->out->terminal && print->form != ST_PRINT_SHORT) {
        st_buf_reset(&print->safe);
        err = st_json_harmless(&print->safe, st_buf_str(&print->line));
        st_out_add(print->out, st_buf_str(&print->safe));
    } else if (err == ST_OK) {
        st_out_add(print->out, st_buf_str(&print->line));
    }
    if (err == ST_OK)
        st_out_text(print->out, "\n");
    return err;
}
