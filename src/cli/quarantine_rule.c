/*
 * quarantine_rule.c: steno quarantine release and drop: in a store of one's own, or through the
 * recorder that serves it.
 *
 * Both ways end in the answer of POST …/release, so that one code tells what became of an event.
 */
#include "base/mem.h"
#include "cli/contracts.h"
#include "cli/input.h"
#include "cli/limits.h"
#include "cli/member.h"
#include "cli/place.h"
#include "cli/quarantine.h"
#include "cli/remote.h"
#include "engine/engine.h"
#include "engine/quarantine.h"
#include "server/answer.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

struct rule {
    struct st_cli *cli;
    struct st_place place;
    bool is_drop;
    const char *reason; /* of a drop, or NULL */
    const char *path;   /* of the mended event, or NULL */
    struct st_buf mended;

    struct st_remote *remote; /* a recorder, or the five below */
    struct st_registry *registry;
    struct st_engine *engine;
    struct st_admit *admit;
    struct st_reader *reader;
    struct st_batch batch;
};

/* ---- telling ---- */

static void tell_violation(void *context, st_str pointer, st_str message)
{
    const char *name = context;
    st_note("%s: %.*s: %.*s", name, ST_STR_ARG(pointer), ST_STR_ARG(message));
}

static void tell_violations(const struct st_json *doc, char *name, st_str message)
{
    uint64_t total = 0;
    unsigned told = st_quarantine_violations(doc, 0, tell_violation, name);
    if (told == 0)
        st_note("%s: %.*s", name, ST_STR_ARG(message));
    if (st_member_u64(doc, 0, "errors_total", &total) && total > told)
        st_note("%s: and %llu more violations", name, (unsigned long long)(total - told));
}

/* A refusal in the words of an answer; it is a finding. */
static int tell_refused(const struct rule *rule, uint64_t number, st_str answer)
{
    char name[32];
    struct st_json doc;
    uint64_t seq = 0;
    snprintf(name, sizeof name, "%llu", (unsigned long long)number);
    st_json_init(&doc);
    if (st_json_parse(&doc, answer, NULL, NULL) != ST_OK ||
        st_json_kind(&doc, 0) != ST_JSON_OBJECT) {
        st_json_done(&doc);
        return st_fail_with(ST_EXIT_TROUBLE, "quarantine %s: the answer is not a recorder's", name);
    }
    st_str message = st_member_text(&doc, 0, "message");
    bool is_json = st_str_eq(st_member_text(&doc, 0, "error"), ST_STR("invalid_json"));
    if (is_json && rule->path != NULL)
        st_note("%s: %.*s; it stays in the quarantine",
                strcmp(rule->path, "-") == 0 ? "stdin" : rule->path, ST_STR_ARG(message));
    else if (st_member_u64(&doc, 0, "seq", &seq))
        st_note("%s: %.*s (seq %llu); it stays in the quarantine", name, ST_STR_ARG(message),
                (unsigned long long)seq);
    else
        tell_violations(&doc, name, message);
    st_json_done(&doc);
    return ST_EXIT_FINDINGS;
}

static int tell_done(const struct rule *rule, uint64_t number, bool is_new, uint64_t seq)
{
    if (rule->is_drop)
        st_note("%llu: dropped", (unsigned long long)number);
    else
        st_note("%llu: %s seq %llu", (unsigned long long)number,
                is_new ? "released as" : "released; it was recorded before as",
                (unsigned long long)seq);
    return ST_EXIT_GOOD;
}

static int tell_absent(uint64_t number)
{
    st_note("%llu: no event has this number in the quarantine", (unsigned long long)number);
    return ST_EXIT_FINDINGS;
}

/* ---- in a store of one's own ---- */

static int tell_item(struct rule *rule, uint64_t number)
{
    struct st_answer answer;
    struct st_reply reply;
    st_answer_init(&answer);
    st_reply_init(&reply);
    st_answer_write_one(&answer, rule->batch.items[0], st_buf_str(&rule->mended), &reply);
    int code = tell_refused(rule, number, st_buf_str(&reply.body));
    st_reply_done(&reply);
    st_answer_done(&answer);
    return code;
}

static int tell_outcome(struct rule *rule, uint64_t number)
{
    const struct st_ruling *ruling = rule->batch.ruling;
    switch ((enum st_ruling_outcome)ruling->outcome) {
    case ST_RULING_DONE:
        return tell_done(rule, number,
                         !rule->is_drop && rule->batch.appends[0]->outcome == ST_ACCEPTED,
                         ruling->seq);
    case ST_RULING_REFUSED:
        return tell_item(rule, number);
    case ST_RULING_ABSENT:
        break;
    }
    return tell_absent(number);
}

static st_err make(struct rule *rule, uint64_t number, struct st_why *why)
{
    char id[32];
    const struct passwd *user = getpwuid(getuid());
    snprintf(id, sizeof id, "uid %u", (unsigned)getuid());
    st_str actor = st_str_of(user == NULL || user->pw_name[0] == '\0' ? id : user->pw_name);
    st_str none = {NULL, 0};
    st_batch_reset(&rule->batch);
    if (rule->is_drop)
        return st_quarantine_drop(&rule->batch, rule->reader, number,
                                  rule->reason == NULL ? none : st_str_of(rule->reason), actor,
                                  why);
    return st_quarantine_release(&rule->batch, rule->admit, rule->reader, number,
                                 rule->path == NULL ? none : st_buf_str(&rule->mended), actor, why);
}

static int rule_here(struct rule *rule, uint64_t number)
{
    char reason[ST_REASON_MAX];
    struct st_why why = {0};
    st_err err = make(rule, number, &why);
    if (err == ST_ERR_ABSENT)
        return tell_absent(number);
    if (err == ST_ERR_INVALID) {
        st_note("%llu: %s", (unsigned long long)number, st_reason(err, &why, reason));
        return ST_EXIT_FINDINGS;
    }
    if (err == ST_OK && rule->batch.ruling->outcome != ST_RULING_REFUSED) {
        err = st_engine_submit_wait(rule->engine, &rule->batch);
        why = rule->batch.why;
    }
    return err == ST_OK ? tell_outcome(rule, number) : st_place_tell(&rule->place, err, &why);
}

/* The reader first: a store that is absent is not made. *held: a recorder has it. */
static int open_here(struct rule *rule, bool *held)
{
    struct st_why why = {0};
    const char *path = st_place_store(&rule->place);
    st_err err = st_reader_open(&rule->reader, path, NULL, &why);
    if (err != ST_OK)
        return st_place_tell(&rule->place, err, &why);
    rule->registry = st_contracts_open_to_write(path, false);
    if (rule->registry == NULL)
        return ST_EXIT_TROUBLE;
    struct st_engine_options options = {.path = path, .registry = rule->registry};
    err = st_engine_open(&rule->engine, &options, &why);
    *held = err == ST_ERR_DENIED && why.sys != EACCES && why.sys != EPERM;
    if (*held)
        return ST_EXIT_TROUBLE;
    if (err != ST_OK)
        return st_place_tell(&rule->place, err, &why);
    return st_admit_new(&rule->admit, rule->registry) == ST_OK
               ? ST_EXIT_GOOD
               : st_fail_with(ST_EXIT_TROUBLE, "quarantine: out of memory");
}

/* ---- through a recorder ---- */

static int tell_remote(struct rule *rule, st_err err)
{
    const char *todo = err == ST_ERR_SYSTEM  ? "; is the recorder running (steno serve)?"
                       : err == ST_ERR_AGAIN ? "; try again in a moment"
                                             : "";
    return st_fail_with(ST_EXIT_TROUBLE, "%s: %s%s", st_place_url(&rule->place),
                        st_remote_problem(rule->remote), todo);
}

static int tell_answer(struct rule *rule, uint64_t number)
{
    struct st_json doc;
    uint64_t seq = 0;
    st_json_init(&doc);
    bool good = st_json_parse(&doc, st_remote_answer(rule->remote), NULL, NULL) == ST_OK &&
                st_json_kind(&doc, 0) == ST_JSON_OBJECT &&
                (rule->is_drop ? st_str_eq(st_member_text(&doc, 0, "status"), ST_STR("dropped"))
                               : st_member_u64(&doc, 0, "seq", &seq));
    uint32_t persisted = good ? st_json_member(&doc, 0, ST_STR("persisted")) : ST_JSON_NONE;
    bool is_new =
        persisted != ST_JSON_NONE && st_str_eq(st_json_raw(&doc, persisted), ST_STR("true"));
    st_json_done(&doc);
    return good ? tell_done(rule, number, is_new, seq) : tell_remote(rule, ST_ERR_INVALID);
}

/* The mended event, once; `context` is what is left of it. */
static st_err more_of_mended(void *context, st_str *piece)
{
    st_str *left = context;
    *piece = *left;
    *left = (st_str){NULL, 0};
    return ST_OK;
}

static int rule_there(struct rule *rule, uint64_t number)
{
    struct st_buf target = ST_BUF(ST_URL_BYTES_MAX);
    st_str left = rule->path == NULL ? (st_str){NULL, 0} : st_buf_str(&rule->mended);
    st_err err = st_buf_printf(&target, "/v1/quarantine/%llu%s", (unsigned long long)number,
                               rule->is_drop ? "" : "/release");
    if (err == ST_OK && rule->reason != NULL)
        err = st_remote_add(&target, "reason", st_str_of(rule->reason));
    const char *text = err == ST_OK ? st_buf_cstr(&target) : NULL;
    struct st_request request = {
        .target = text,
        .method = rule->is_drop ? "DELETE" : NULL,
        .content_type = "application/json",
        .more = rule->is_drop ? NULL : more_of_mended,
        .context = &left,
    };
    err = text == NULL ? ST_ERR_MEMORY : st_remote_ask(rule->remote, &request);
    st_buf_done(&target);
    if (err == ST_OK)
        return tell_answer(rule, number);
    long status = st_remote_status(rule->remote);
    bool is_finding =
        status == 400 || status == 404 || status == 409 || status == 413 || status == 422;
    return err == ST_ERR_INVALID && is_finding
               ? tell_refused(rule, number, st_remote_answer(rule->remote))
               : tell_remote(rule, err);
}

/* ---- the verbs ---- */

static int open_rule(struct rule *rule)
{
    bool held = false;
    int code = st_place_find(rule->cli, &rule->place);
    if (code != ST_EXIT_GOOD)
        return code;
    if (st_place_url(&rule->place) == NULL) {
        code = open_here(rule, &held);
        if (!held)
            return code;
        code = st_place_turn_to_holder(&rule->place);
    }
    if (code == ST_EXIT_GOOD && st_remote_open(&rule->remote, st_place_url(&rule->place)) != ST_OK)
        code = st_fail_with(ST_EXIT_TROUBLE, "quarantine: out of memory");
    return code;
}

static int read_mended(struct rule *rule)
{
    char reason[ST_REASON_MAX];
    struct st_input *input = NULL;
    struct st_why why = {0};
    if (rule->path == NULL)
        return ST_EXIT_GOOD;
    st_err err = st_input_open(&input, rule->path, &why);
    if (err == ST_OK)
        err = st_input_read_all(input, &rule->mended, &why);
    st_input_close(input);
    if (err == ST_ERR_LIMIT)
        return st_fail_with(ST_EXIT_USAGE, "--event %s: an event may have at most 1 MiB",
                            rule->path);
    if (err != ST_OK)
        return st_fail_with(ST_EXIT_TROUBLE, "--event %s: %s", rule->path,
                            st_reason(err, &why, reason));
    return st_str_trim(st_buf_str(&rule->mended)).len > 0
               ? ST_EXIT_GOOD
               : st_fail_with(ST_EXIT_USAGE,
                              "--event %s: it is empty; without --event an event is "
                              "released as it was kept",
                              rule->path);
}

static int run(struct rule *rule, const struct st_numbers *numbers)
{
    rule->mended = ST_BUF(ST_MENDED_BYTES_MAX);
    st_batch_init(&rule->batch);
    int code = read_mended(rule);
    if (code == ST_EXIT_GOOD)
        code = open_rule(rule);
    for (unsigned i = 0; i < numbers->count && code <= ST_EXIT_FINDINGS; i++) {
        int one = rule->remote == NULL ? rule_here(rule, numbers->at[i])
                                       : rule_there(rule, numbers->at[i]);
        code = one > code ? one : code;
    }
    st_remote_close(rule->remote);
    st_engine_close(rule->engine);
    st_admit_free(rule->admit);
    st_reader_close(rule->reader);
    st_batch_done(&rule->batch);
    st_registry_free(rule->registry);
    st_buf_done(&rule->mended);
    st_place_done(&rule->place);
    return code;
}

int st_quarantine_verb_release(struct st_cli *cli, const struct st_numbers *numbers)
{
    struct rule rule = {.cli = cli, .path = st_options_text(&cli->options, ST_OPT_MENDED)};
    if (rule.path != NULL && numbers->count > 1)
        return st_fail_with(ST_EXIT_USAGE, "quarantine release: --event mends one; say one number");
    return run(&rule, numbers);
}

int st_quarantine_verb_drop(struct st_cli *cli, const struct st_numbers *numbers)
{
    struct rule rule = {
        .cli = cli, .is_drop = true, .reason = st_options_text(&cli->options, ST_OPT_REASON)};
    if (rule.reason != NULL && strlen(rule.reason) > ST_DROP_REASON_BYTES_MAX)
        return st_fail_with(ST_EXIT_USAGE, "quarantine drop: --reason may have at most 1024 bytes");
    return run(&rule, numbers);
}
