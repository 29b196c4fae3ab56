#include "cli/record.h"

#include "base/mem.h"
#include "cli/limits.h"
#include "cli/member.h"
#include "cli/remote.h"
#include "json/json.h"

struct remote_recorder {
    struct st_recorder base;
    struct st_remote *remote;
    struct st_buf target; /* "/v1/events?contract=…" */
    uint64_t lines_sent;  /* of the input at hand, in the bodies before: answers count from 1 */
};

/* ---- members of an answer ---- */

/* Counts that an answer leaves out are 0. */
static uint64_t number_at(const struct st_json *doc, uint32_t node, const char *name)
{
    uint64_t value = 0;
    return st_member_u64(doc, node, name, &value) ? value : 0;
}

static uint32_t list_at(const struct st_json *doc, uint32_t node, const char *name)
{
    uint32_t at = st_json_member(doc, node, st_str_of(name));
    return at != ST_JSON_NONE && st_json_kind(doc, at) == ST_JSON_ARRAY ? at : ST_JSON_NONE;
}

/* ---- telling what was refused ---- */

static void tell_json(struct st_recording *recording, const struct st_json *doc, uint32_t item,
                      uint64_t line)
{
    st_str message = st_member_text(doc, item, "message");
    const char *expected =
        message.at == NULL ? NULL : memmem(message.at, message.len, "expected ", 9);
    if (expected != NULL)
        message = st_str_from(message, (size_t)(expected - message.at) + 9);
    st_recording_tell_json(recording, line, message, number_at(doc, item, "column"));
}

static void tell_contract(struct st_recording *recording, const struct st_json *doc, uint32_t item,
                          uint64_t line)
{
    struct st_buf names = ST_BUF(4096);
    uint32_t list = list_at(doc, item, "candidates");
    st_err err = ST_OK;
    for (uint32_t at = list == ST_JSON_NONE ? list : st_json_first(doc, list);
         at != ST_JSON_NONE && err == ST_OK; at = st_json_next(doc, list, at))
        err = st_buf_printf(&names, "%s%.*s", names.len == 0 ? "" : ", ",
                            ST_STR_ARG(st_json_text(doc, at)));
    st_recording_tell_contract(recording, line, st_buf_str(&names));
    st_buf_done(&names);
}

static bool tell_violations(struct st_recording *recording, const struct st_json *doc,
                            uint32_t item, uint64_t line)
{
    uint32_t list = list_at(doc, item, "errors");
    bool first = true;
    for (uint32_t at = list == ST_JSON_NONE ? list : st_json_first(doc, list); at != ST_JSON_NONE;
         at = st_json_next(doc, list, at), first = false)
        st_recording_tell(recording, line, st_member_text(doc, at, "pointer"),
                          st_member_text(doc, at, "message"), first);
    return !first;
}

static void tell_item(struct st_recording *recording, const struct st_json *doc, uint32_t item,
                      uint64_t line)
{
    st_str code = st_member_text(doc, item, "error");
    if (st_str_eq(code, ST_STR("invalid_json")))
        tell_json(recording, doc, item, line);
    else if (st_str_eq(code, ST_STR("contract_ambiguous")))
        tell_contract(recording, doc, item, line);
    else if (st_str_eq(code, ST_STR("event_id_conflict")))
        st_recording_tell_conflict(recording, line, st_member_text(doc, item, "message"),
                                   number_at(doc, item, "seq"));
    else if (!tell_violations(recording, doc, item, line))
        st_recording_tell(recording, line, ST_STR(""), st_member_text(doc, item, "message"), true);
}

/* The line of an element of the array that was sent. */
static uint64_t line_of(const struct st_json *sent, uint64_t index)
{
    uint64_t line = 1;
    uint64_t column = 0;
    uint32_t at = sent == NULL ? ST_JSON_NONE : st_json_element(sent, 0, index);
    if (at != ST_JSON_NONE)
        st_json_place(sent->text, sent->nodes[at].at, &line, &column);
    return line;
}

static void tell_items(struct st_recording *recording, const struct st_json *doc,
                       const struct st_json *sent, uint64_t lines_before)
{
    uint32_t list = list_at(doc, 0, "errors");
    uint64_t count = 0;
    for (uint32_t at = list == ST_JSON_NONE ? list : st_json_first(doc, list); at != ST_JSON_NONE;
         at = st_json_next(doc, list, at), count++) {
        uint64_t line = number_at(doc, at, "line");
        bool is_told = recording->told < ST_RECORD_TOLD_MAX;
        if (line == 0 && is_told)
            line = line_of(sent, number_at(doc, at, "index"));
        tell_item(recording, doc, at, lines_before + line);
    }
    uint64_t total = number_at(doc, 0, "errors_total");
    recording->untold += total > count ? total - count : 0;
}

static void add_tally(struct st_tally *tally, const struct st_json *doc)
{
    uint64_t first = number_at(doc, 0, "first_seq");
    uint64_t last = number_at(doc, 0, "last_seq");
    tally->accepted += number_at(doc, 0, "accepted");
    tally->duplicates += number_at(doc, 0, "duplicates");
    tally->conflicts += number_at(doc, 0, "conflicts");
    tally->rejected += number_at(doc, 0, "rejected");
    tally->quarantined += number_at(doc, 0, "quarantined");
    tally->observed += number_at(doc, 0, "observed");
    tally->unknown_types += number_at(doc, 0, "unknown_types");
    tally->withheld += number_at(doc, 0, "withheld");
    if (tally->first_seq == 0)
        tally->first_seq = first;
    tally->last_seq = last > 0 ? last : tally->last_seq;
}

/* ---- one body ---- */

struct body {
    struct st_recording *recording;
    st_str parts[3]; /* of a text */
    unsigned at;
    st_str first;       /* the piece that was waited for before the body was begun */
    uint64_t lines;     /* of the input: their ends, so far */
    bool is_line_begun; /* and has no end yet */
    bool is_last;       /* the input has ended */
    int64_t begun_ns;
    st_err err; /* of the input; the body ends there, and what was sent counts */
    struct st_why why;
};

/* Whether the body is to end here, at a line's end, although the input goes on. */
static bool must_end(const struct body *body)
{
    const struct st_input *input = body->recording->input;
    if (body->is_line_begun || !st_input_would_wait(input, 0))
        return false;
    return st_monotonic_ns() - body->begun_ns > ST_RECORD_BODY_NS ||
           st_input_would_wait(input, ST_RECORD_REST_MS);
}

static void count_lines(struct body *body, st_str piece)
{
    for (size_t i = 0; i < piece.len; i++)
        body->lines += piece.at[i] == '\n';
    if (piece.len > 0)
        body->is_line_begun = piece.at[piece.len - 1] != '\n';
}

static st_err more_of_input(void *context, st_str *piece)
{
    struct body *body = context;
    *piece = body->first;
    body->first = (st_str){NULL, 0};
    if (piece->len == 0 && !body->is_last && body->err == ST_OK && !must_end(body)) {
        body->err = st_recording_read(body->recording, piece, &body->why);
        body->is_last = piece->len == 0;
    }
    if (body->err != ST_OK)
        *piece = (st_str){NULL, 0};
    count_lines(body, *piece);
    return ST_OK;
}

static st_err more_of_text(void *context, st_str *piece)
{
    struct body *body = context;
    *piece = (st_str){NULL, 0};
    while (body->at < 3 && piece->len == 0)
        *piece = body->parts[body->at++];
    return ST_OK;
}

/* A recorder that had trouble on the way says how far it came; otherwise that is not known. */
static int tell_trouble(struct remote_recorder *recorder, struct st_recording *recording,
                        const struct st_json *doc, st_err err)
{
    const char *url = st_place_url(&recording->place);
    st_progress_end(&recording->progress);
    if (err == ST_ERR_MEMORY)
        return st_fail_with(ST_EXIT_TROUBLE, "%s: %s", url, st_err_text(err));
    const char *problem = st_remote_problem(recorder->remote);
    uint64_t last = doc->count > 0 ? number_at(doc, 0, "last_line") : 0;
    last += recorder->lines_sent;
    if (last > 0)
        return st_fail_with(ST_EXIT_TROUBLE,
                            "%s: recorded up to line %llu: %s: %s; it may be "
                            "recorded again as it is",
                            recording->name, (unsigned long long)last, url, problem);
    if (err == ST_ERR_INVALID)
        return st_fail_with(ST_EXIT_TROUBLE, "%s: %s: %s", recording->name, url, problem);
    return st_fail_with(ST_EXIT_TROUBLE, "%s: %s: %s; try again: it may be recorded again as it is",
                        recording->name, url, problem);
}

static int send(struct remote_recorder *recorder, struct body *body,
                const struct st_request *request, const struct st_json *sent)
{
    struct st_recording *recording = body->recording;
    char reason[ST_REASON_MAX];
    struct st_json doc;
    int code = ST_EXIT_GOOD;
    st_json_init(&doc);
    st_err err = st_remote_ask(recorder->remote, request);
    st_err parsed = st_json_parse(&doc, st_remote_answer(recorder->remote), NULL, NULL);
    st_progress_end(&recording->progress);
    if (parsed == ST_OK && st_json_kind(&doc, 0) == ST_JSON_OBJECT) {
        add_tally(&recording->tally, &doc);
        tell_items(recording, &doc, sent, recorder->lines_sent);
    } else if (err == ST_OK) {
        err = ST_ERR_INVALID;
    }
    if (err != ST_OK)
        code = tell_trouble(recorder, recording, &doc, err);
    else if (body->err != ST_OK)
        code = st_fail_with(ST_EXIT_TROUBLE, "%s: %s; what came before it was sent",
                            recording->name, st_reason(body->err, &body->why, reason));
    st_json_done(&doc);
    return code;
}

static int record_body(struct remote_recorder *recorder, struct body *body)
{
    struct st_request request = {
        .target = st_buf_cstr(&recorder->target),
        .content_type = "application/x-ndjson",
        .more = more_of_input,
        .context = body,
    };
    body->begun_ns = st_monotonic_ns();
    int code = send(recorder, body, &request, NULL);
    recorder->lines_sent += body->lines;
    return code;
}

/* One body mostly; an input that rests now and then makes more of them, so that no recorder waits
 * for it. The first piece of each is there before it is begun. */
static int record_lines(struct st_recorder *base, struct st_recording *recording)
{
    struct remote_recorder *recorder = (struct remote_recorder *)base;
    int code = ST_EXIT_GOOD;
    bool is_first = true;
    bool is_last = false;
    recorder->lines_sent = 0;
    while (code == ST_EXIT_GOOD && !is_last) {
        struct body body = {.recording = recording};
        body.err = st_recording_read(recording, &body.first, &body.why);
        body.is_last = body.first.len == 0;
        if (is_first || !body.is_last || body.err != ST_OK)
            code = record_body(recorder, &body);
        is_first = false;
        is_last = body.is_last || body.err != ST_OK;
    }
    return code;
}

/* An array goes as it is, an object as the only element of one; what is neither is not sent. */
static int record_text(struct st_recorder *base, struct st_recording *recording, st_str text)
{
    struct remote_recorder *recorder = (struct remote_recorder *)base;
    struct body body = {.recording = recording, .parts = {ST_STR(""), text, ST_STR("")}};
    struct st_request request = {
        .target = st_buf_cstr(&recorder->target),
        .content_type = "application/json",
        .more = more_of_text,
        .context = &body,
    };
    struct st_json doc;
    struct st_json_fault fault = {0};
    int code = ST_EXIT_GOOD;
    recorder->lines_sent = 0;
    st_json_init(&doc);
    st_err err = st_json_parse(&doc, text, NULL, &fault);
    bool is_array = err == ST_OK && st_json_kind(&doc, 0) == ST_JSON_ARRAY;
    if (err == ST_OK && !is_array) {
        body.parts[0] = ST_STR("[");
        body.parts[2] = ST_STR("]");
    }
    if (err == ST_OK) {
        code = send(recorder, &body, &request, is_array ? &doc : NULL);
    } else {
        recording->tally.rejected++;
        st_recording_tell_json(recording, fault.line, st_str_of(fault.expected), fault.column);
    }
    st_json_done(&doc);
    return code;
}

/* ---- life ---- */

static void close_remote(struct st_recorder *base)
{
    struct remote_recorder *recorder = (struct remote_recorder *)base;
    st_remote_close(recorder->remote);
    st_buf_done(&recorder->target);
    st_mem_free(recorder);
}

int st_recorder_open_remote(struct st_recorder **recorder, struct st_recording *recording)
{
    static const struct st_way way = {record_lines, record_text, close_remote};
    struct remote_recorder *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return st_fail_with(ST_EXIT_TROUBLE, "record: out of memory");
    made->base.way = &way;
    made->target = ST_BUF(ST_URL_BYTES_MAX);
    st_err err = st_remote_open(&made->remote, st_place_url(&recording->place));
    if (err == ST_OK)
        err = st_buf_add_str(&made->target, ST_STR("/v1/events"));
    if (err == ST_OK && recording->reference != NULL)
        err = st_remote_add(&made->target, "contract", st_str_of(recording->reference));
    if (err == ST_OK && recording->producer.at != NULL)
        err = st_remote_add(&made->target, "producer", recording->producer);
    if (err == ST_OK && st_buf_cstr(&made->target) != NULL) {
        *recorder = &made->base;
        return ST_EXIT_GOOD;
    }
    close_remote(&made->base);
    return st_fail_with(ST_EXIT_TROUBLE, "record: out of memory");
}
