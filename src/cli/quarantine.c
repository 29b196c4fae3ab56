#include "cli/quarantine.h"

#include "base/mem.h"
#include "cli/events.h"
#include "cli/limits.h"
#include "cli/member.h"
#include "cli/print.h"
#include "cli/verb.h"
#include "engine/quarantine.h"
#include "json/lines.h"
#include "json/write.h"

#include <stdio.h>

/* A file and a recorder both give the line of engine/quarantine.h, and one code shows it. */
struct showing {
    struct st_cli *cli;
    struct st_events events;
    struct st_buf line, text;
    struct st_lines lines; /* of a recorder's answer */
    struct st_json doc;
    enum { TABLE, JSON, RAW } form;
    bool is_list;
};

/* ---- violations ---- */

unsigned st_quarantine_violations(const struct st_json *doc, uint32_t node,
                                  void (*take)(void *context, st_str pointer, st_str message),
                                  void *context)
{
    uint32_t list = st_json_member(doc, node, ST_STR("errors"));
    unsigned count = 0;
    if (list == ST_JSON_NONE || st_json_kind(doc, list) != ST_JSON_ARRAY)
        return 0;
    for (uint32_t at = st_json_first(doc, list); at != ST_JSON_NONE;
         at = st_json_next(doc, list, at), count++)
        if (st_json_kind(doc, at) == ST_JSON_OBJECT)
            take(context, st_member_text(doc, at, "pointer"), st_member_text(doc, at, "message"));
    return count;
}

/* ---- as a table ---- */

/* What stands in the table is as long as it is; only short texts are filled up to the column. */
static st_err add_cell(struct st_buf *row, st_str text, unsigned width)
{
    size_t before = row->len;
    st_err err = text.at == NULL ? st_buf_add_char(row, '-') : st_harmless(row, text);
    while (err == ST_OK && row->len - before < width)
        err = st_buf_add_char(row, ' ');
    return err == ST_OK ? st_buf_add_str(row, ST_STR("  ")) : err;
}

/* Violations on their way into a text. */
struct taking {
    struct st_buf *text;
    st_err err;
};

static void keep_first(void *context, st_str pointer, st_str message)
{
    struct taking *first = context;
    if (first->text->len > 0 || first->err != ST_OK)
        return;
    first->err = st_harmless(first->text, pointer);
    if (first->err == ST_OK)
        first->err = st_buf_add_str(first->text, ST_STR(": "));
    if (first->err == ST_OK)
        first->err = st_harmless(first->text, message);
}

static st_err add_row(struct showing *showing, uint64_t number)
{
    const struct st_json *doc = &showing->doc;
    struct st_buf *row = &showing->text;
    struct st_buf text = ST_BUF(ST_ANSWER_LINE_BYTES_MAX);
    struct taking first = {&text, ST_OK};
    uint64_t count = st_quarantine_violations(doc, 0, keep_first, &first);
    (void)st_member_u64(doc, 0, "errors_total", &count); /* where there are more than are told */
    st_err err = first.err;
    if (err == ST_OK)
        err = st_buf_printf(row, "%6llu  ", (unsigned long long)number);
    if (err == ST_OK)
        err = add_cell(row, st_member_text(doc, 0, "received_at"), 30);
    if (err == ST_OK)
        err = add_cell(row, st_member_text(doc, 0, "contract"), 20);
    if (err == ST_OK)
        err = add_cell(row, st_member_text(doc, 0, "tenant"), 12);
    if (err == ST_OK)
        err = st_buf_printf(row, "%10llu  %.*s\n", (unsigned long long)count,
                            ST_STR_ARG(st_buf_str(&text)));
    st_buf_done(&text);
    return err;
}

static void add_violation(void *context, st_str pointer, st_str message)
{
    struct taking *all = context;
    if (all->err == ST_OK)
        all->err = st_buf_add_str(all->text, ST_STR("            "));
    if (all->err == ST_OK)
        all->err = st_harmless(all->text, pointer);
    if (all->err == ST_OK)
        all->err = st_buf_add_str(all->text, ST_STR(": "));
    if (all->err == ST_OK)
        all->err = st_harmless(all->text, message);
    if (all->err == ST_OK)
        all->err = st_buf_add_char(all->text, '\n');
}

static st_err add_field(struct st_buf *out, const char *name, st_str text)
{
    st_err err = text.at == NULL ? ST_OK : st_buf_printf(out, "%-10s  ", name);
    if (err == ST_OK && text.at != NULL)
        err = st_harmless(out, text);
    return err == ST_OK && text.at != NULL ? st_buf_add_char(out, '\n') : err;
}

/* One event at length: what is said of it, what is wrong, and the event, indented. */
static st_err add_page(struct showing *showing, uint64_t number)
{
    static const char *const names[] = {"received_at", "contract", "tenant", "producer", "sha256"};
    static const char *const titles[] = {"received", "contract", "tenant", "producer", "sha256"};
    const struct st_json *doc = &showing->doc;
    struct st_buf *out = &showing->text;
    struct taking all = {out, ST_OK};
    uint64_t total = 0;
    unsigned told = 0;
    struct st_buf pretty = ST_BUF((size_t)64 << 20);
    st_err err = st_buf_printf(out, "%-10s  %llu\n", "number", (unsigned long long)number);
    for (size_t i = 0; i < sizeof names / sizeof *names && err == ST_OK; i++)
        err = add_field(out, titles[i], st_member_text(doc, 0, names[i]));
    if (err == ST_OK)
        err = st_buf_add_str(out, ST_STR("violations\n"));
    if (err == ST_OK) {
        told = st_quarantine_violations(doc, 0, add_violation, &all);
        err = all.err;
    }
    if (err == ST_OK && st_member_u64(doc, 0, "errors_total", &total) && total > told)
        err = st_buf_printf(out, "            and %llu more\n", (unsigned long long)(total - told));
    uint32_t event = st_json_member(doc, 0, ST_STR("event"));
    if (err == ST_OK)
        err = event == ST_JSON_NONE ? ST_ERR_INVALID : st_json_write_pretty(doc, event, &pretty);
    if (err == ST_OK)
        err = st_json_harmless(out, st_buf_str(&pretty));
    st_buf_done(&pretty);
    return err == ST_OK ? st_buf_add_char(out, '\n') : err;
}

/* ---- showing ---- */

static st_err show_line(struct showing *showing, st_str line)
{
    struct st_out *out = &showing->cli->out;
    struct st_buf *text = &showing->text;
    uint64_t number = 0;
    st_buf_reset(text);
    if (st_json_parse(&showing->doc, line, NULL, NULL) != ST_OK ||
        st_json_kind(&showing->doc, 0) != ST_JSON_OBJECT ||
        !st_member_u64(&showing->doc, 0, "number", &number))
        return ST_ERR_INVALID;
    st_err err = ST_OK;
    if (showing->form == TABLE)
        err = showing->is_list ? add_row(showing, number) : add_page(showing, number);
    else if (out->terminal)
        err = st_json_harmless(text, line);
    else
        err = st_buf_add_str(text, line);
    if (err == ST_OK && showing->form == JSON)
        err = st_buf_add_char(text, '\n');
    if (err == ST_OK)
        st_out_add(out, st_buf_str(text));
    return err;
}

static void add_head(struct showing *showing)
{
    if (showing->form == TABLE && showing->is_list)
        st_out_printf(&showing->cli->out, "%6s  %-30s  %-20s  %-12s  %10s  %s\n", "NUMBER",
                      "RECEIVED", "CONTRACT", "TENANT", "VIOLATIONS", "FIRST");
}

static int tell_failure(st_err err)
{
    return err == ST_ERR_INVALID
               ? st_fail_with(ST_EXIT_TROUBLE, "quarantine: what is kept there is not an event")
               : st_fail_with(ST_EXIT_TROUBLE, "quarantine: %s", st_err_text(err));
}

static st_err show_kept(struct showing *showing, const struct st_quarantined *kept)
{
    st_buf_reset(&showing->line);
    st_err err = st_quarantine_write_line(kept, &showing->line);
    return err == ST_OK ? show_line(showing, st_buf_str(&showing->line)) : err;
}

static int list_file(struct showing *showing)
{
    struct st_filter *filter = &showing->events.filter;
    struct st_quarantine_scan scan = {
        .reader = showing->events.reader,
        .after = filter->after,
        .wanted = st_quarantine_wants,
        .context = filter,
    };
    uint64_t left = filter->has_limit ? filter->limit : UINT64_MAX;
    add_head(showing);
    for (; left > 0; left--) {
        struct st_quarantined kept;
        struct st_why why = {0};
        st_err err = st_quarantine_scan_next(&scan, 0, &kept, &why);
        if (err == ST_ERR_ABSENT)
            break;
        if (err != ST_OK)
            return st_place_tell(&showing->events.place, err, &why);
        err = show_kept(showing, &kept);
        if (err != ST_OK)
            return tell_failure(err);
    }
    return ST_EXIT_GOOD;
}

static st_err take(void *context, st_str piece)
{
    struct showing *showing = context;
    for (;;) {
        struct st_line line = {0};
        bool found = false;
        st_err err = st_lines_take(&showing->lines, &piece, &line, &found);
        if (err != ST_OK || !found)
            return err;
        err = line.too_long ? ST_ERR_LIMIT : show_line(showing, line.text);
        if (err != ST_OK)
            return err;
    }
}

/* Position and limit go along as they were said. */
static st_err add_rest(const struct st_cli *cli, struct st_buf *target)
{
    static const unsigned words[] = {ST_FILTER_AFTER, ST_FILTER_LIMIT};
    st_err err = ST_OK;
    for (size_t i = 0; i < sizeof words / sizeof *words && err == ST_OK; i++) {
        unsigned id = ST_OPT_FILTERS + words[i];
        const char *text = st_options_text(&cli->options, id);
        if (text != NULL)
            err = st_remote_add(target, st_option_at(id)->name, st_str_of(text));
    }
    return err;
}

static int list_remote(struct showing *showing)
{
    struct st_buf target = ST_BUF(ST_URL_BYTES_MAX);
    struct st_line last = {0};
    st_err err = st_events_target(&showing->events, "/v1/quarantine", &target);
    if (err == ST_OK)
        err = add_rest(showing->cli, &target);
    const char *text = err == ST_OK ? st_buf_cstr(&target) : NULL;
    struct st_request request = {
        .target = text, .accept = "application/x-ndjson", .take = take, .context = showing};
    add_head(showing);
    if (err == ST_OK)
        err = text == NULL ? ST_ERR_MEMORY : st_remote_ask(showing->events.remote, &request);
    if (err == ST_OK && st_lines_end(&showing->lines, &last))
        err = show_line(showing, last.text);
    st_buf_done(&target);
    return err == ST_OK ? ST_EXIT_GOOD : st_events_tell_remote(&showing->events, err);
}

/* ---- show ---- */

static int tell_absent(uint64_t number)
{
    st_note("%llu: no event has this number in the quarantine", (unsigned long long)number);
    return ST_EXIT_FINDINGS;
}

/* Exactly the bytes, but on a terminal, where nothing in them may act. */
static int put_raw(struct showing *showing, st_str raw)
{
    struct st_out *out = &showing->cli->out;
    st_buf_reset(&showing->text);
    st_err err = ST_OK;
    if (!out->terminal) {
        st_out_add(out, raw);
    } else {
        err = st_json_harmless(&showing->text, raw);
        if (err == ST_OK)
            err = st_buf_add_char(&showing->text, '\n');
        if (err == ST_OK)
            st_out_add(out, st_buf_str(&showing->text));
    }
    return err == ST_OK ? ST_EXIT_GOOD : tell_failure(err);
}

static int show_file(struct showing *showing, uint64_t number)
{
    struct st_quarantined kept;
    struct st_why why = {0};
    st_err err = st_reader_quarantined(showing->events.reader, number, &kept, &why);
    if (err == ST_ERR_ABSENT)
        return tell_absent(number);
    if (err != ST_OK)
        return st_place_tell(&showing->events.place, err, &why);
    if (showing->form == RAW)
        return put_raw(showing, kept.raw);
    err = show_kept(showing, &kept);
    return err == ST_OK ? ST_EXIT_GOOD : tell_failure(err);
}

static int show_remote(struct showing *showing, uint64_t number)
{
    char target[64];
    bool raw = showing->form == RAW;
    struct st_remote *remote = showing->events.remote;
    snprintf(target, sizeof target, "/v1/quarantine/%llu%s", (unsigned long long)number,
             raw ? "/raw" : "");
    struct st_request request = {.target = target};
    st_err err = st_remote_ask(remote, &request);
    if (err == ST_ERR_INVALID && st_remote_status(remote) == 404)
        return tell_absent(number);
    if (err == ST_OK && raw)
        return put_raw(showing, st_remote_answer(remote));
    if (err == ST_OK)
        err = show_line(showing, st_str_trim(st_remote_answer(remote)));
    return err == ST_OK ? ST_EXIT_GOOD : st_events_tell_remote(&showing->events, err);
}

/* ---- list and show ---- */

static int open_showing(struct showing *showing, struct st_cli *cli, bool is_list)
{
    const char *form = st_options_text(&cli->options, ST_OPT_KEPT);
    *showing = (struct showing){
        .cli = cli,
        .line = ST_BUF(ST_ANSWER_LINE_BYTES_MAX),
        .text = ST_BUF(ST_WHOLE_ANSWER_BYTES_MAX),
        .is_list = is_list,
        .form = cli->out.terminal ? TABLE : JSON,
    };
    st_json_init(&showing->doc);
    st_lines_init(&showing->lines, ST_ANSWER_LINE_BYTES_MAX);
    if (form != NULL)
        showing->form = strcmp(form, "table") == 0 ? TABLE : strcmp(form, "raw") == 0 ? RAW : JSON;
    return st_events_open(&showing->events, cli);
}

static void close_showing(struct showing *showing)
{
    st_events_close(&showing->events);
    st_lines_done(&showing->lines);
    st_json_done(&showing->doc);
    st_buf_done(&showing->line);
    st_buf_done(&showing->text);
}

int st_quarantine_verb_list(struct st_cli *cli, const struct st_numbers *numbers)
{
    struct showing showing;
    int code = open_showing(&showing, cli, true);
    if (code == ST_EXIT_GOOD && showing.form == RAW)
        code = st_fail_with(ST_EXIT_USAGE, "quarantine list: -o raw is for steno quarantine show");
    if (code == ST_EXIT_GOOD)
        code = showing.events.remote == NULL ? list_file(&showing) : list_remote(&showing);
    close_showing(&showing);
    return code;
}

int st_quarantine_verb_show(struct st_cli *cli, const struct st_numbers *numbers)
{
    struct showing showing;
    int code = open_showing(&showing, cli, false);
    if (code == ST_EXIT_GOOD && showing.form == RAW && numbers->count > 1)
        code = st_fail_with(ST_EXIT_USAGE, "quarantine show: -o raw shows one; say one number");
    for (unsigned i = 0; i < numbers->count && code <= ST_EXIT_FINDINGS; i++) {
        int one = showing.events.remote == NULL ? show_file(&showing, numbers->at[i])
                                                : show_remote(&showing, numbers->at[i]);
        code = one > code ? one : code;
    }
    close_showing(&showing);
    return code;
}

/* ---- the command ---- */

struct verb {
    const char *name;
    bool takes_numbers;
    st_option_set options;
    int (*run)(struct st_cli *cli, const struct st_numbers *numbers);
};

static const struct verb verbs[] = {
#define VERB(name, takes_numbers, options)                                                         \
    {#name, takes_numbers, options, st_quarantine_verb_##name},
    ST_QUARANTINE_VERB_LIST(VERB)
#undef VERB
};
#define VERB_COUNT (sizeof verbs / sizeof *verbs)

static const struct verb *find_verb(const char *name)
{
    const char *names[VERB_COUNT];
    for (size_t i = 0; i < VERB_COUNT; i++)
        names[i] = verbs[i].name;
    size_t at = st_verb_find("quarantine", name, names, VERB_COUNT);
    return at == VERB_COUNT ? NULL : &verbs[at];
}

static int refuse_call(const struct verb *verb, const struct st_options *options)
{
    int code = st_verb_check("quarantine", verb->name, verb->options | ST_ON_WHERE, options);
    if (code != ST_EXIT_GOOD)
        return code;
    if (verb->takes_numbers && options->arg_count < 2)
        return st_fail_with(ST_EXIT_USAGE,
                            "quarantine %s: which one is missing; say its number, as steno "
                            "quarantine list has it",
                            verb->name);
    if (!verb->takes_numbers && options->arg_count > 1)
        return st_fail_with(ST_EXIT_USAGE, "quarantine %s: takes no argument; leave out %s",
                            verb->name, options->args[1]);
    return ST_EXIT_GOOD;
}

static int read_numbers(const struct verb *verb, const struct st_options *options,
                        struct st_numbers *numbers)
{
    numbers->at = st_mem_get(options->arg_count * sizeof *numbers->at);
    if (numbers->at == NULL)
        return st_fail_with(ST_EXIT_TROUBLE, "quarantine: out of memory");
    for (unsigned i = 1; i < options->arg_count; i++) {
        uint64_t *number = &numbers->at[numbers->count++];
        if (st_str_to_u64(st_str_of(options->args[i]), number) != ST_OK || *number == 0)
            return st_fail_with(ST_EXIT_USAGE,
                                "quarantine %s %s: not a number; say one that steno quarantine "
                                "list has",
                                verb->name, options->args[i]);
    }
    return ST_EXIT_GOOD;
}

int st_command_quarantine(struct st_cli *cli)
{
    const struct st_options *options = &cli->options;
    struct st_numbers numbers = {0};
    if (options->arg_count == 0)
        return st_fail_with(ST_EXIT_USAGE, "quarantine: what to do is missing; say steno "
                                           "quarantine list, or steno help quarantine");
    const struct verb *verb = find_verb(options->args[0]);
    int code = verb == NULL ? ST_EXIT_USAGE : refuse_call(verb, options);
    if (code == ST_EXIT_GOOD)
        code = read_numbers(verb, options, &numbers);
    if (code == ST_EXIT_GOOD)
        code = verb->run(cli, &numbers);
    st_mem_free(numbers.at);
    return code;
}
