#include "cli/command.h"

#include "base/file.h"
#include "cli/check_store.h"
#include "cli/contracts.h"
#include "cli/feed.h"
#include "cli/limits.h"
#include "cli/pool.h"
#include "cli/resolve.h"

#include <unistd.h>

/* What a run of `check` holds. */
struct check {
    struct st_cli *cli;
    struct st_registry *registry;
    struct st_buf schema_text; /* outlives the schema made of it */
    struct st_resolve resolve;
    struct st_schema *schema; /* --schema */
    struct st_rules rules;
    struct st_pool *pool;
    struct st_feed feed;
    struct st_survey survey; /* --report */
    struct st_progress progress;
    bool trouble; /* an input could not be read to its end */
};

static bool has(const struct check *check, unsigned id)
{
    return st_options_has(&check->cli->options, id);
}

static const char *text_of(const struct check *check, unsigned id)
{
    return st_options_text(&check->cli->options, id);
}

/* ---- rules ---- */

static int refuse_report(const struct check *check)
{
    const char *form = text_of(check, ST_OPT_VERDICTS);
    bool is_json = form != NULL && strcmp(form, "json") == 0;
    bool is_text = form == NULL || strcmp(form, "text") == 0;
    bool report = has(check, ST_OPT_REPORT);
    if (report && !is_json && !is_text)
        return st_fail_with(ST_EXIT_USAGE, "check: a report is text or json, not %s", form);
    if (is_json && !report)
        return st_fail_with(ST_EXIT_USAGE,
                            "check: -o json is the form of a report; add --report, or "
                            "say -o basic");
    if (has(check, ST_OPT_STORE) && !report)
        return st_fail_with(ST_EXIT_USAGE,
                            "check: of a store there is a report only; add --report");
    if (has(check, ST_OPT_STORE) && (check->cli->options.arg_count > 0 || has(check, ST_OPT_INPUT)))
        return st_fail_with(ST_EXIT_USAGE,
                            "check: --store is what is read; leave out the files, and "
                            "--input");
    return ST_EXIT_GOOD;
}

static int refuse_combination(const struct check *check)
{
    static const unsigned need_schema[] = {ST_OPT_DRAFT, ST_OPT_RESOLVE};
    if (has(check, ST_OPT_SCHEMA) && has(check, ST_OPT_STRICT_TIME))
        return st_fail_with(ST_EXIT_USAGE, "check: --strict-time is about contracts; with --schema "
                                           "say --format-assertion");
    if (has(check, ST_OPT_SCHEMA) && has(check, ST_OPT_REFERENCE))
        return st_fail_with(ST_EXIT_USAGE,
                            "check: --schema and --contract exclude each other; leave one out");
    for (size_t i = 0; i < sizeof need_schema / sizeof *need_schema; i++)
        if (has(check, need_schema[i]) && !has(check, ST_OPT_SCHEMA))
            return st_fail_with(ST_EXIT_USAGE, "check: --%s says nothing without --schema FILE",
                                st_option_at(need_schema[i])->name);
    return refuse_report(check);
}

static int add_places(struct check *check)
{
    const struct st_options *options = &check->cli->options;
    for (unsigned i = 0; i < options->count; i++) {
        if (options->values[i].id != ST_OPT_RESOLVE)
            continue;
        const char *place = options->values[i].text;
        if (st_resolve_add(&check->resolve, st_str_of(place)) != ST_OK)
            return st_fail_with(ST_EXIT_USAGE, "--resolve %s: must be PREFIX=DIR, at most %u times",
                                place, ST_RESOLVE_MAX);
    }
    return ST_EXIT_GOOD;
}

static int read_schema(struct check *check, const char *path)
{
    char reason[ST_REASON_MAX];
    struct st_why why = {0};
    struct st_input *input = NULL;
    check->schema_text = ST_BUF(ST_FILE_BYTES_MAX);
    st_err err = st_input_open(&input, path, &why);
    if (err == ST_OK)
        err = st_input_read_all(input, &check->schema_text, &why);
    st_input_close(input);
    return err == ST_OK
               ? ST_EXIT_GOOD
               : st_fail_with(ST_EXIT_USAGE, "schema %s: %s", path, st_reason(err, &why, reason));
}

static int load_schema(struct check *check, const char *path)
{
    int code = add_places(check);
    if (code == ST_EXIT_GOOD)
        code = read_schema(check, path);
    if (code != ST_EXIT_GOOD)
        return code;
    struct st_schema_fault fault = {0};
    if (st_resolve_add_neighbours(&check->resolve, path) != ST_OK)
        return st_fail_with(ST_EXIT_TROUBLE, "check: out of memory");
    const char *draft = text_of(check, ST_OPT_DRAFT);
    struct st_schema_options options = {
        .draft = draft == NULL ? ST_DRAFT_UNKNOWN : st_draft_of_name(st_str_of(draft)),
        .assert_formats = has(check, ST_OPT_FORMAT_ASSERTION),
        .base_uri = st_buf_str(&check->resolve.base),
        .resolve = st_resolve_uri,
        .context = &check->resolve,
    };
    st_err err = st_schema_load(&check->schema, st_buf_str(&check->schema_text), &options, &fault);
    if (err == ST_OK)
        return ST_EXIT_GOOD;
    if (err == ST_ERR_MEMORY)
        return st_fail_with(ST_EXIT_TROUBLE, "schema %s: out of memory", path);
    st_contracts_tell_fault(path, &fault);
    return ST_EXIT_USAGE;
}

static int load_contracts(struct check *check)
{
    const char *reference = text_of(check, ST_OPT_REFERENCE);
    check->registry = st_contracts_open_here(check->cli, has(check, ST_OPT_STRICT_TIME));
    if (check->registry == NULL)
        return ST_EXIT_TROUBLE;
    check->rules.registry = check->registry;
    check->rules.names = st_registry_names(check->registry);
    if (reference == NULL)
        return ST_EXIT_GOOD;
    const struct st_contract *contract = st_contracts_find(check->registry, reference);
    if (contract == NULL)
        return ST_EXIT_USAGE;
    check->rules.schema = st_contract_schema(contract);
    check->rules.contract = contract;
    check->rules.any_version = strchr(reference, '@') == NULL;
    return ST_EXIT_GOOD;
}

static int make_rules(struct check *check)
{
    static const char *const forms[] = {"text", "flag", "basic", "detailed"};
    const char *form = text_of(check, ST_OPT_VERDICTS);
    for (unsigned i = 0; form != NULL && i < sizeof forms / sizeof *forms; i++)
        if (strcmp(form, forms[i]) == 0)
            check->rules.form = (enum st_verdict)i;
    if (has(check, ST_OPT_REPORT))
        check->rules.form = ST_VERDICT_SURVEY;
    check->rules.unique_names = has(check, ST_OPT_UNIQUE_NAMES);
    int code = refuse_combination(check);
    if (code != ST_EXIT_GOOD)
        return code;
    const char *schema = text_of(check, ST_OPT_SCHEMA);
    if (schema == NULL)
        return load_contracts(check);
    code = load_schema(check, schema);
    if (code != ST_EXIT_GOOD)
        return code;
    check->rules.schema = check->schema;
    check->rules.names = st_schema_names(check->schema);
    return code;
}

static bool tells_all(const struct check *check)
{
    return check->rules.form == ST_VERDICT_BASIC || check->rules.form == ST_VERDICT_DETAILED;
}

static int make_pool(struct check *check)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t jobs = 0;
    if (!st_cli_number(check->cli, ST_OPT_JOBS, cores < 1 ? 1 : (uint64_t)cores, ST_CHECK_JOBS_MAX,
                       &jobs))
        return ST_EXIT_USAGE;
    struct st_pool_options options = {
        .jobs = (unsigned)jobs,
        .block_bytes = tells_all(check) ? ST_CHECK_TOLD_BLOCK_BYTES : ST_CHECK_BLOCK_BYTES,
        .out = &check->cli->out,
        .progress = &check->progress,
    };
    st_err err = ST_OK;
    if (has(check, ST_OPT_REPORT)) {
        err = st_survey_init(&check->survey, has(check, ST_OPT_STORE) ? " " : ":");
        options.survey = &check->survey;
    }
    if (err == ST_OK)
        err = st_pool_begin(&check->pool, &check->rules, &options);
    check->feed = (struct st_feed){
        .pool = check->pool,
        .out = &check->cli->out,
        .progress = &check->progress,
    };
    return err == ST_OK
               ? ST_EXIT_GOOD
               : st_fail_with(ST_EXIT_TROUBLE, "check: %s; try fewer --jobs", st_err_text(err));
}

/* ---- inputs ---- */

static void check_input(struct check *check, const char *path)
{
    char reason[ST_REASON_MAX];
    struct st_why why = {0};
    struct st_input *input = NULL;
    const char *form = text_of(check, ST_OPT_INPUT);
    const char *name = strcmp(path, "-") == 0 ? "stdin" : path;
    bool whole = form != NULL && strcmp(form, "json") == 0;
    if (form == NULL || strcmp(form, "auto") == 0)
        whole = st_input_is_text(path);
    st_err err = st_input_open(&input, path, &why);
    if (err == ST_OK)
        err = whole ? st_feed_text(&check->feed, name, input, &why)
                    : st_feed_lines(&check->feed, name, input, &why);
    st_input_close(input);
    if (err == ST_OK)
        return;
    check->trouble = true;
    st_progress_end(&check->progress);
    st_fail_with(ST_EXIT_TROUBLE, "%s: %s", name, st_reason(err, &why, reason));
}

/* ---- the command ---- */

static st_err write_survey(struct check *check)
{
    const char *form = text_of(check, ST_OPT_VERDICTS);
    struct st_buf text = ST_BUF(ST_SURVEY_BYTES_MAX);
    st_err err = form != NULL && strcmp(form, "json") == 0
                     ? st_survey_write_json(&check->survey, &text)
                     : st_survey_write_text(&check->survey, &text);
    if (err == ST_OK)
        st_out_add(&check->cli->out, st_buf_str(&text));
    st_buf_done(&text);
    return err;
}

static int finish(struct check *check)
{
    st_err err = st_pool_drain(check->pool);
    if (err == ST_OK && check->rules.form == ST_VERDICT_SURVEY)
        err = write_survey(check);
    st_progress_end(&check->progress);
    st_out_flush(&check->cli->out);
    if (err != ST_OK)
        return st_fail_with(ST_EXIT_TROUBLE, "check: %s", st_err_text(err));
    struct st_pool_tally tally = st_pool_tally(check->pool);
    if (check->rules.form == ST_VERDICT_TEXT)
        st_note("%llu checked, %llu valid, %llu invalid", (unsigned long long)tally.checked,
                (unsigned long long)tally.valid, (unsigned long long)(tally.checked - tally.valid));
    if (check->trouble)
        return ST_EXIT_TROUBLE;
    return tally.valid == tally.checked ? ST_EXIT_GOOD : ST_EXIT_FINDINGS;
}

/* 0 as soon as one of the inputs does not say: a share of a part would mislead. */
static uint64_t total_bytes(const struct st_options *options)
{
    uint64_t total = 0;
    bool known = options->arg_count > 0 || st_input_bytes("-", &total);
    for (unsigned i = 0; i < options->arg_count && known; i++) {
        uint64_t bytes = 0;
        known = st_input_bytes(options->args[i], &bytes);
        total += bytes;
    }
    return known ? total : 0;
}

static int check_inputs(struct check *check)
{
    const struct st_options *options = &check->cli->options;
    bool is_store = has(check, ST_OPT_STORE);
    st_progress_begin(&check->progress, "checking", is_store ? 0 : total_bytes(options));
    if (is_store) {
        int code = st_check_store(check->cli, check->pool, &check->rules, &check->progress,
                                  &check->trouble);
        return code == ST_EXIT_GOOD ? finish(check) : code;
    }
    if (options->arg_count == 0)
        check_input(check, "-");
    for (unsigned i = 0; i < options->arg_count; i++)
        check_input(check, options->args[i]);
    return finish(check);
}

int st_command_check(struct st_cli *cli)
{
    struct check check = {.cli = cli};
    int code = make_rules(&check);
    if (code == ST_EXIT_GOOD)
        code = make_pool(&check);
    if (code == ST_EXIT_GOOD)
        code = check_inputs(&check);
    st_pool_end(check.pool);
    st_survey_done(&check.survey);
    st_schema_free(check.schema);
    st_resolve_done(&check.resolve);
    st_buf_done(&check.schema_text);
    st_registry_free(check.registry);
    return code;
}
