/*
 * contract_add.c: steno contract add: into a store of one's own, or through the recorder that
 * serves it.
 */
#include "cli/contract_verbs.h"
#include "cli/input.h"
#include "cli/limits.h"
#include "cli/member.h"
#include "cli/place.h"
#include "cli/remote.h"
#include "engine/addition.h"
#include "engine/engine.h"
#include "json/json.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

struct adding {
    const struct st_verb_call *call;
    const char *path; /* "-": stdin */
    struct st_place place;
    struct st_buf text;

    struct st_remote *remote; /* a recorder, or the two below */
    struct st_engine *engine;
    struct st_batch batch;
};

static const char *name_of(const struct adding *adding)
{
    return strcmp(adding->path, "-") == 0 ? "stdin" : adding->path;
}

/* ---- telling ---- */

static int tell_added(st_str reference, st_str sha256, uint64_t seq)
{
    st_note("%.*s: added, SHA-256 %.*s, told as seq %llu", ST_STR_ARG(reference),
            ST_STR_ARG(sha256), (unsigned long long)seq);
    return ST_EXIT_GOOD;
}

static int tell_known(st_str reference, st_str sha256)
{
    st_note("%.*s: is there already, SHA-256 %.*s", ST_STR_ARG(reference), ST_STR_ARG(sha256));
    return ST_EXIT_GOOD;
}

static int tell_different(const struct adding *adding, st_str reference)
{
    return st_fail_with(ST_EXIT_FINDINGS,
                        "%s: %.*s is known with other bytes, and a version never changes; give the "
                        "contract another version",
                        name_of(adding), ST_STR_ARG(reference));
}

static int tell_full(const struct adding *adding)
{
    return st_fail_with(ST_EXIT_FINDINGS, "%s: there are as many contracts as there may be: 256",
                        name_of(adding));
}
_Static_assert(ST_CONTRACTS_MAX == 256, "as tell_full says");

/* What is wrong with the file, where it stands; it is a finding. */
static int tell_fault(const struct adding *adding, const struct st_schema_fault *fault)
{
    if (fault->err == ST_ERR_MEMORY)
        return st_fail_with(ST_EXIT_TROUBLE, "contract add: out of memory");
    st_contracts_tell_fault(name_of(adding), fault);
    return ST_EXIT_FINDINGS;
}

static void tell_left_out(const struct adding *adding, uint64_t count)
{
    if (count > 0)
        st_note("%s: and %llu more", name_of(adding), (unsigned long long)count);
}

/* ---- in a store of one's own ---- */

static int tell_faults(const struct adding *adding, const struct st_schema_fault *fault,
                       const struct st_contract_faults *faults)
{
    if (fault->err == ST_ERR_MEMORY || faults->count == 0)
        return tell_fault(adding, fault);
    for (uint32_t i = 0; i < faults->count; i++)
        (void)tell_fault(adding, &faults->at[i]);
    tell_left_out(adding, faults->dropped);
    return ST_EXIT_FINDINGS;
}

static int tell_outcome(const struct adding *adding, const struct st_addition *addition)
{
    char hex[2 * ST_DIGEST_BYTES + 1];
    st_str reference = st_str_of(addition->reference);
    for (size_t i = 0; i < ST_DIGEST_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", addition->sha256[i]);
    switch ((enum st_addition_outcome)addition->outcome) {
    case ST_ADDITION_DONE:
        return tell_added(reference, st_str_of(hex), addition->seq);
    case ST_ADDITION_SAME:
        return tell_known(reference, st_str_of(hex));
    case ST_ADDITION_DIFFERENT:
        return tell_different(adding, reference);
    case ST_ADDITION_FULL:
        break;
    }
    return tell_full(adding);
}

static int add_here(struct adding *adding)
{
    char id[32];
    struct st_schema_fault fault = {0};
    struct st_contract_faults faults = {0};
    struct st_addition addition;
    const struct passwd *user = getpwuid(getuid());
    snprintf(id, sizeof id, "uid %u", (unsigned)getuid());
    st_str actor = st_str_of(user == NULL || user->pw_name[0] == '\0' ? id : user->pw_name);
    st_err err = st_addition_make(&addition, &adding->batch, adding->call->registry,
                                  st_buf_str(&adding->text), actor, &faults, &fault);
    int code = err == ST_OK ? ST_EXIT_GOOD : tell_faults(adding, &fault, &faults);
    st_contract_faults_done(&faults);
    if (err != ST_OK)
        return code;
    err = st_engine_submit_wait(adding->engine, &adding->batch);
    code = err == ST_OK ? tell_outcome(adding, &addition)
                        : st_place_tell(&adding->place, err, &adding->batch.why);
    st_addition_done(&addition);
    return code;
}

/* *held: a recorder has the store. */
static int open_here(struct adding *adding, bool *held)
{
    struct st_why why = {0};
    struct st_engine_options options = {
        .path = st_place_store(&adding->place),
        .registry = adding->call->registry,
    };
    st_err err = st_engine_open(&adding->engine, &options, &why);
    *held = err == ST_ERR_DENIED && why.sys != EACCES && why.sys != EPERM;
    return err == ST_OK ? ST_EXIT_GOOD
           : *held      ? ST_EXIT_TROUBLE
                        : st_place_tell(&adding->place, err, &why);
}

/* ---- through a recorder ---- */

static st_err more(void *context, st_str *piece)
{
    st_str *left = context;
    *piece = *left;
    *left = (st_str){NULL, 0};
    return ST_OK;
}

static int tell_remote(struct adding *adding, st_err err)
{
    const char *todo = err == ST_ERR_SYSTEM  ? "; is the recorder running (steno serve)?"
                       : err == ST_ERR_AGAIN ? "; try again in a moment"
                                             : "";
    return st_fail_with(ST_EXIT_TROUBLE, "%s: %s%s", st_place_url(&adding->place),
                        st_remote_problem(adding->remote), todo);
}

static void copy(char *field, size_t room, st_str text)
{
    snprintf(field, room, "%.*s", ST_STR_ARG(text));
}

/* A fault of the answer as one of ours. */
static bool read_fault(const struct st_json *doc, uint32_t at, struct st_schema_fault *fault)
{
    if (st_json_kind(doc, at) != ST_JSON_OBJECT)
        return false;
    *fault = (struct st_schema_fault){.err = ST_ERR_INVALID};
    copy(fault->pointer, sizeof fault->pointer, st_member_text(doc, at, "pointer"));
    copy(fault->message, sizeof fault->message, st_member_text(doc, at, "message"));
    (void)st_member_u64(doc, at, "line", &fault->line);
    (void)st_member_u64(doc, at, "column", &fault->column);
    return true;
}

/* Those of the answer; false: it has none. */
static bool tell_answered(struct adding *adding, const struct st_json *doc)
{
    struct st_schema_fault fault;
    uint64_t left_out = 0;
    bool some = false;
    uint32_t list = st_json_member(doc, 0, ST_STR("errors"));
    if (list == ST_JSON_NONE || st_json_kind(doc, list) != ST_JSON_ARRAY)
        return false;
    for (uint32_t at = st_json_first(doc, list); at != ST_JSON_NONE;
         at = st_json_next(doc, list, at)) {
        if (!read_fault(doc, at, &fault))
            continue;
        (void)tell_fault(adding, &fault);
        some = true;
    }
    if (some && st_member_u64(doc, 0, "errors_left_out", &left_out))
        tell_left_out(adding, left_out);
    return some;
}

static int tell_refused(struct adding *adding)
{
    struct st_json doc;
    int code = -1;
    st_json_init(&doc);
    if (st_json_parse(&doc, st_remote_answer(adding->remote), NULL, NULL) == ST_OK &&
        st_json_kind(&doc, 0) == ST_JSON_OBJECT) {
        if (tell_answered(adding, &doc))
            code = ST_EXIT_FINDINGS;
        else
            code = st_fail_with(ST_EXIT_FINDINGS, "%s: %.*s", name_of(adding),
                                ST_STR_ARG(st_member_text(&doc, 0, "message")));
    }
    st_json_done(&doc);
    return code >= 0 ? code : tell_remote(adding, ST_ERR_INVALID);
}

static int tell_answer(struct adding *adding)
{
    struct st_json doc;
    uint64_t seq = 0;
    int code = -1;
    st_json_init(&doc);
    if (st_json_parse(&doc, st_remote_answer(adding->remote), NULL, NULL) == ST_OK &&
        st_json_kind(&doc, 0) == ST_JSON_OBJECT) {
        st_str reference = st_member_text(&doc, 0, "ref");
        st_str sha256 = st_member_text(&doc, 0, "sha256");
        if (st_str_eq(st_member_text(&doc, 0, "status"), ST_STR("known")))
            code = tell_known(reference, sha256);
        else if (st_member_u64(&doc, 0, "seq", &seq))
            code = tell_added(reference, sha256, seq);
    }
    st_json_done(&doc);
    return code >= 0 ? code : tell_remote(adding, ST_ERR_INVALID);
}

static int add_there(struct adding *adding)
{
    st_str left = st_buf_str(&adding->text);
    struct st_request request = {
        .target = "/v1/contracts",
        .content_type = "application/json",
        .more = more,
        .context = &left,
    };
    st_err err = st_remote_ask(adding->remote, &request);
    long status = st_remote_status(adding->remote);
    if (err == ST_OK)
        return tell_answer(adding);
    return err == ST_ERR_INVALID && (status == 400 || status == 409 || status == 413)
               ? tell_refused(adding)
               : tell_remote(adding, err);
}

/* ---- the verb ---- */

static int read_file(struct adding *adding)
{
    char reason[ST_REASON_MAX];
    struct st_input *input = NULL;
    struct st_why why = {0};
    st_err err = st_input_open(&input, adding->path, &why);
    if (err == ST_OK)
        err = st_input_read_all(input, &adding->text, &why);
    st_input_close(input);
    if (err == ST_ERR_LIMIT)
        return st_fail_with(ST_EXIT_FINDINGS, "%s: a contract may have at most 4 MiB",
                            name_of(adding));
    return err == ST_OK ? ST_EXIT_GOOD
                        : st_fail_with(ST_EXIT_TROUBLE, "%s: %s", name_of(adding),
                                       st_reason(err, &why, reason));
}
_Static_assert(ST_CONTRACT_BYTES_MAX >> 20 == 4, "as read_file says");

static int add(struct adding *adding)
{
    bool held = false;
    int code = st_place_find(adding->call->cli, &adding->place);
    if (code != ST_EXIT_GOOD)
        return code;
    if (st_place_url(&adding->place) == NULL) {
        code = open_here(adding, &held);
        if (code == ST_EXIT_GOOD)
            return add_here(adding);
        if (!held)
            return code;
        code = st_place_turn_to_holder(&adding->place);
    }
    if (code == ST_EXIT_GOOD &&
        st_remote_open(&adding->remote, st_place_url(&adding->place)) != ST_OK)
        code = st_fail_with(ST_EXIT_TROUBLE, "contract add: out of memory");
    return code == ST_EXIT_GOOD ? add_there(adding) : code;
}

int st_contract_verb_add(const struct st_verb_call *call)
{
    struct adding adding = {
        .call = call,
        .path = call->args[0],
        .text = ST_BUF(ST_CONTRACT_BYTES_MAX),
    };
    st_batch_init(&adding.batch);
    int code = read_file(&adding);
    if (code == ST_EXIT_GOOD)
        code = add(&adding);
    st_remote_close(adding.remote);
    st_engine_close(adding.engine);
    st_batch_done(&adding.batch);
    st_buf_done(&adding.text);
    st_place_done(&adding.place);
    return code;
}
