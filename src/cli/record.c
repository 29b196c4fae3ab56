#include "cli/record.h"

#include "cli/limits.h"
#include "json/json.h"

#include <stdio.h>

/* ---- telling ---- */

void st_recording_tell(struct st_recording *recording, uint64_t line, st_str pointer,
                       st_str message, bool first)
{
    if (recording->told >= ST_RECORD_TOLD_MAX && first) {
        recording->untold++;
        return;
    }
    if (recording->untold > 0)
        return;
    recording->told += first;
    st_progress_end(&recording->progress);
    st_note("%s:%llu: %.*s: %.*s", recording->name, (unsigned long long)line, ST_STR_ARG(pointer),
            ST_STR_ARG(message));
}

void st_recording_tell_json(struct st_recording *recording, uint64_t line, st_str expected,
                            uint64_t column)
{
    char text[512];
    snprintf(text, sizeof text, "not JSON: expected %.*s (column %llu)", ST_STR_ARG(expected),
             (unsigned long long)column);
    st_recording_tell(recording, line, ST_STR(""), st_str_of(text), true);
}

void st_recording_tell_contract(struct st_recording *recording, uint64_t line, st_str candidates)
{
    char text[1024];
    snprintf(text, sizeof text, "fits %s%.*s; name one with --contract",
             candidates.len == 0 ? "no contract" : "several contracts: ", ST_STR_ARG(candidates));
    st_recording_tell(recording, line, ST_STR(""), st_str_of(text), true);
}

void st_recording_tell_conflict(struct st_recording *recording, uint64_t line, st_str message,
                                uint64_t seq)
{
    char text[512];
    snprintf(text, sizeof text, "%.*s (seq %llu)", ST_STR_ARG(message), (unsigned long long)seq);
    st_recording_tell(recording, line, ST_STR(""), st_str_of(text), true);
}

static void summarise(const struct st_recording *recording)
{
    const struct st_tally *tally = &recording->tally;
    struct st_buf line = ST_BUF(4096);
    const struct {
        uint64_t count;
        const char *one, *many;
    } parts[] = {
        {tally->duplicates, "duplicate", "duplicates"},
        {tally->conflicts, "conflict", "conflicts"},
        {tally->rejected, "rejected", "rejected"},
        {tally->quarantined, "quarantined", "quarantined"},
        {tally->observed, "of them invalid but observed", "of them invalid but observed"},
        {tally->unknown_types, "of them of an unknown type", "of them of unknown types"},
    };
    st_err err = st_buf_printf(&line, "%llu accepted", (unsigned long long)tally->accepted);
    if (err == ST_OK && tally->accepted > 0)
        err = st_buf_printf(&line, " (seq %llu", (unsigned long long)tally->first_seq);
    if (err == ST_OK && tally->first_seq < tally->last_seq)
        err = st_buf_printf(&line, " to %llu", (unsigned long long)tally->last_seq);
    if (err == ST_OK && tally->accepted > 0)
        err = st_buf_add_char(&line, ')');
    for (size_t i = 0; i < sizeof parts / sizeof *parts && err == ST_OK; i++)
        if (parts[i].count > 0)
            err = st_buf_printf(&line, ", %llu %s", (unsigned long long)parts[i].count,
                                parts[i].count == 1 ? parts[i].one : parts[i].many);
    if (recording->untold > 0)
        st_note("and %llu more events refused", (unsigned long long)recording->untold);
    if (err == ST_OK)
        st_note("%.*s", ST_STR_ARG(st_buf_str(&line)));
    st_buf_done(&line);
}

/* ---- reading ---- */

st_err st_recording_read(struct st_recording *recording, st_str *piece, struct st_why *why)
{
    uint64_t done = 0;
    if (recording->head.len > 0) {
        *piece = st_buf_str(&recording->head);
        recording->head.len = 0; /* the bytes stay until the next piece is read */
        return ST_OK;
    }
    st_err err = st_input_read(recording->input, piece, why);
    st_input_progress(recording->input, &done, &recording->progress.total);
    st_progress_show(&recording->progress, done, recording->tally.accepted);
    return err;
}

/* ---- lines or one text ---- */

enum shape { OPEN, LINES, TEXT };

static bool is_named_lines(const char *path)
{
    static const char *const names[] = {".ndjson",   ".jsonl",      ".ndjson.gz",
                                        ".jsonl.gz", ".ndjson.zst", ".jsonl.zst"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (st_str_ends(st_str_of(path), st_str_of(names[i])))
            return true;
    return false;
}

/* Whether the text ends before its first value does. */
static bool is_cut(st_str text)
{
    struct st_json doc;
    struct st_json_fault fault = {0};
    st_json_init(&doc);
    st_err err = st_json_parse(&doc, text, NULL, &fault);
    st_json_done(&doc);
    return err == ST_ERR_SYNTAX && fault.offset >= text.len;
}

/* '[' begins an array. A first line that is not whole, with something else than an object on the
 * next one, is the head of an object over several lines. All else is lines, and known to be as soon
 * as the first one is there: a slow producer's first event does not wait for its second. */
static enum shape guess(st_str head, bool ended)
{
    st_str first = {0};
    st_str rest = {0};
    while (head.len > 0 && memchr(" \t\r\n", head.at[0], 4) != NULL)
        head = st_str_from(head, 1);
    if (head.len == 0)
        return ended ? LINES : OPEN;
    if (head.at[0] != '{')
        return head.at[0] == '[' ? TEXT : LINES;
    if (!st_str_cut(head, '\n', &first, &rest))
        return ended ? LINES : OPEN;
    if (!is_cut(st_str_trim(first)))
        return LINES;
    rest = st_str_trim(rest);
    if (rest.len == 0)
        return ended ? LINES : OPEN;
    return rest.at[0] == '{' ? LINES : TEXT;
}

static st_err find_shape(struct st_recording *recording, const char *path, enum shape *shape,
                         struct st_why *why)
{
    st_str piece = {NULL, 1};
    st_err err = ST_OK;
    *shape = is_named_lines(path) ? LINES : OPEN;
    while (err == ST_OK && *shape == OPEN) {
        err = st_input_read(recording->input, &piece, why);
        if (err == ST_OK)
            err = st_buf_add_str(&recording->head, piece);
        if (err == ST_OK)
            *shape = guess(st_buf_str(&recording->head), piece.len == 0);
        /* A first line longer than any event is a line that is too long. */
        if (*shape == OPEN && recording->head.len > 2 * ST_EVENT_BYTES_MAX)
            *shape = LINES;
    }
    return err;
}

static st_err read_text(struct st_recording *recording, struct st_buf *text, struct st_why *why)
{
    st_str piece = {NULL, 1};
    st_err err = ST_OK;
    while (err == ST_OK && piece.len > 0) {
        err = st_recording_read(recording, &piece, why);
        if (err == ST_OK)
            err = st_buf_add_str(text, piece);
    }
    if (err == ST_ERR_LIMIT)
        st_fail(why, err, "a JSON text may have at most 64 MiB; send larger ones as NDJSON");
    return err;
}

/* ---- one input ---- */

static int tell_input(struct st_recording *recording, st_err err, const struct st_why *why)
{
    char reason[ST_REASON_MAX];
    st_progress_end(&recording->progress);
    return st_fail_with(ST_EXIT_TROUBLE, "%s: %s", recording->name, st_reason(err, why, reason));
}

static int record_text(struct st_recording *recording, struct st_recorder *recorder)
{
    struct st_buf text = ST_BUF(ST_RECORD_TEXT_BYTES_MAX);
    struct st_why why = {0};
    st_err err = read_text(recording, &text, &why);
    int code = err == ST_OK ? recorder->way->text(recorder, recording, st_buf_str(&text))
                            : tell_input(recording, err, &why);
    st_buf_done(&text);
    return code;
}

static int record_input(struct st_recording *recording, struct st_recorder *recorder,
                        const char *path)
{
    struct st_why why = {0};
    enum shape shape = OPEN;
    int code = ST_EXIT_GOOD;
    recording->name = strcmp(path, "-") == 0 ? "stdin" : path;
    recording->durable_line = 0;
    recording->troubled = false;
    recording->head = ST_BUF(ST_RECORD_TEXT_BYTES_MAX);
    st_progress_begin(&recording->progress, "recording", 0);
    st_err err = st_input_open(&recording->input, path, &why);
    if (err == ST_OK)
        err = find_shape(recording, path, &shape, &why);
    if (err != ST_OK)
        code = tell_input(recording, err, &why);
    else if (shape == TEXT)
        code = record_text(recording, recorder);
    else
        code = recorder->way->lines(recorder, recording);
    st_progress_end(&recording->progress);
    st_input_close(recording->input);
    recording->input = NULL;
    st_buf_done(&recording->head);
    return code;
}

/* ---- the command ---- */

static int record_inputs(struct st_recording *recording, struct st_recorder *recorder)
{
    const struct st_options *options = &recording->cli->options;
    int code = ST_EXIT_GOOD;
    if (options->arg_count == 0)
        code = record_input(recording, recorder, "-");
    for (unsigned i = 0; i < options->arg_count; i++) {
        int one = record_input(recording, recorder, options->args[i]);
        code = one == ST_EXIT_GOOD ? code : one;
    }
    summarise(recording);
    if (code != ST_EXIT_GOOD)
        return code;
    const struct st_tally *tally = &recording->tally;
    return tally->rejected + tally->conflicts + tally->withheld > 0 ? ST_EXIT_FINDINGS
                                                                    : ST_EXIT_GOOD;
}

static int open_recorder(struct st_recording *recording, struct st_recorder **recorder)
{
    bool held = false;
    int code = st_place_find(recording->cli, &recording->place);
    if (code == ST_EXIT_GOOD && st_place_url(&recording->place) == NULL) {
        code = st_recorder_open_store(recorder, recording, &held);
        if (!held)
            return code;
        code = st_place_turn_to_holder(&recording->place);
    }
    if (code == ST_EXIT_GOOD && recording->strict_time)
        return st_fail_with(ST_EXIT_USAGE,
                            "record: --strict-time is for the recorder at %s to say; start it with "
                            "steno serve --strict-time, or leave it out",
                            st_place_url(&recording->place));
    return code == ST_EXIT_GOOD ? st_recorder_open_remote(recorder, recording) : code;
}

static bool set_producer(struct st_recording *recording, const char *name)
{
    if (name == NULL)
        return true;
    recording->producer = st_str_of(name);
    if (st_producer_name_fits(recording->producer))
        return true;
    st_fail_with(ST_EXIT_USAGE,
                 "record: --producer %s: must be 1 to %u bytes of UTF-8 without control characters",
                 name, ST_PRODUCER_BYTES_MAX);
    return false;
}

int st_command_record(struct st_cli *cli)
{
    struct st_recorder *recorder = NULL;
    struct st_recording recording = {
        .cli = cli,
        .reference = st_options_text(&cli->options, ST_OPT_REFERENCE),
        .strict_time = st_options_has(&cli->options, ST_OPT_STRICT_TIME),
    };
    if (!set_producer(&recording, st_options_text(&cli->options, ST_OPT_PRODUCER)))
        return ST_EXIT_USAGE;
    int code = open_recorder(&recording, &recorder);
    ST_BUG_IF(code == ST_EXIT_GOOD && recorder == NULL);
    if (code == ST_EXIT_GOOD)
        code = record_inputs(&recording, recorder);
    if (recorder != NULL)
        recorder->way->close(recorder);
    st_place_done(&recording.place);
    return code;
}
