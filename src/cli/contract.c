#include "cli/contract_verbs.h"
#include "cli/verb.h"

#include "base/file.h"
#include "json/json.h"
#include "json/write.h"

#include <stdio.h>

static st_err write_line(const struct st_contract *contract, struct st_buf *line)
{
    st_err err = st_buf_add_char(line, '{');
    if (err == ST_OK)
        err = st_json_add_member_str(line, "name", st_contract_name(contract));
    if (err == ST_OK)
        err = st_json_add_member_str(line, "version", st_contract_version(contract));
    if (err == ST_OK)
        err = st_json_add_member_str(line, "title", st_contract_title(contract));
    const uint8_t *digest = st_contract_digest(contract);
    char hex[2 * ST_DIGEST_BYTES + 1];
    for (size_t i = 0; i < ST_DIGEST_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    if (err == ST_OK)
        err = st_json_add_member_str(line, "sha256", st_str_of(hex));
    return err == ST_OK ? st_buf_add_str(line, ST_STR("}\n")) : err;
}

int st_contract_verb_list(const struct st_verb_call *call)
{
    struct st_cli *cli = call->cli;
    const struct st_registry *registry = call->registry;
    const char *form =
        st_contract_form(call, "list", "table|json", cli->out.terminal ? "table" : "json");
    if (form == NULL)
        return ST_EXIT_USAGE;
    bool table = strcmp(form, "table") == 0;
    struct st_buf line = ST_BUF(1 << 20);
    st_err err = ST_OK;
    for (uint32_t i = 0; i < st_registry_count(registry) && err == ST_OK; i++) {
        const struct st_contract *contract = st_registry_at(registry, i);
        st_buf_reset(&line);
        st_str ref = st_contract_ref(contract);
        err = table ? st_buf_printf(&line, "%-24.*s %.*s\n", ST_STR_ARG(ref),
                                    ST_STR_ARG(st_contract_title(contract)))
                    : write_line(contract, &line);
        if (err == ST_OK)
            st_out_add(&cli->out, st_buf_str(&line));
    }
    st_buf_done(&line);
    return err == ST_OK ? ST_EXIT_GOOD
                        : st_fail_with(ST_EXIT_TROUBLE, "contract: %s", st_err_text(err));
}

/* ---- show ---- */

static int tell_models(const struct st_contract *contract, const char *model)
{
    struct st_buf names = ST_BUF(64 << 10);
    st_err err = ST_OK;
    for (uint32_t i = 0; err == ST_OK; i++) {
        st_str name = st_contract_model_name(contract, i);
        if (name.at == NULL)
            break;
        err = st_buf_printf(&names, "%s%.*s", i == 0 ? "" : ", ", ST_STR_ARG(name));
    }
    int code = st_fail_with(ST_EXIT_USAGE, "%s: no such model of %.*s; there are %.*s", model,
                            ST_STR_ARG(st_contract_ref(contract)),
                            ST_STR_ARG(names.len == 0 ? ST_STR("none") : st_buf_str(&names)));
    st_buf_done(&names);
    return code;
}

static st_err write_model(const struct st_contract *contract, const char *model, struct st_buf *out)
{
    struct st_json doc;
    struct st_buf line = ST_BUF(2 * ST_CONTRACT_BYTES_MAX);
    st_json_init(&doc);
    st_err err = st_contract_model(contract, st_str_of(model), &line);
    if (err == ST_OK)
        err = st_json_parse(&doc, st_buf_str(&line), NULL, NULL);
    if (err == ST_OK)
        err = st_json_write_pretty(&doc, 0, out);
    if (err == ST_OK)
        err = st_buf_add_char(out, '\n');
    st_json_done(&doc);
    st_buf_done(&line);
    return err;
}

static int show_model(struct st_cli *cli, const struct st_contract *contract, const char *model)
{
    struct st_buf text = ST_BUF(8 * ST_CONTRACT_BYTES_MAX);
    int code = ST_EXIT_GOOD;
    st_err err = write_model(contract, model, &text);
    if (err == ST_OK)
        st_out_add(&cli->out, st_buf_str(&text));
    else if (err == ST_ERR_ABSENT)
        code = tell_models(contract, model);
    else
        code = st_fail_with(ST_EXIT_TROUBLE, "contract show: %s", st_err_text(err));
    st_buf_done(&text);
    return code;
}

int st_contract_verb_show(const struct st_verb_call *call)
{
    const struct st_contract *contract = st_contracts_find(call->registry, call->args[0]);
    if (contract == NULL)
        return ST_EXIT_USAGE;
    if (call->arg_count == 2)
        return show_model(call->cli, contract, call->args[1]);
    st_out_add(&call->cli->out, st_contract_text(contract));
    return ST_EXIT_GOOD;
}

/* ---- what a verb makes ---- */

const char *st_contract_form(const struct st_verb_call *call, const char *verb, const char *forms,
                             const char *otherwise)
{
    const char *said = st_options_text(&call->cli->options, ST_OPT_TOLD);
    st_str rest = st_str_of(forms);
    bool more = said != NULL;
    while (more) {
        st_str form = {0};
        more = st_str_cut(rest, '|', &form, &rest);
        if (st_str_eq(form, st_str_of(said)))
            return said;
    }
    if (said == NULL)
        return otherwise;
    st_fail_with(ST_EXIT_USAGE, "contract %s: --output %s: no such choice; one of %s", verb, said,
                 forms);
    return NULL;
}

int st_contract_put(struct st_cli *cli, st_str text)
{
    char reason[ST_REASON_MAX];
    struct st_why why = {0};
    const char *path = st_options_text(&cli->options, ST_OPT_OUT);
    if (path == NULL) {
        st_out_add(&cli->out, text);
        return ST_EXIT_GOOD;
    }
    st_err err = st_file_write(path, text, 0644, &why);
    return err == ST_OK
               ? ST_EXIT_GOOD
               : st_fail_with(ST_EXIT_TROUBLE, "--out %s: %s", path, st_reason(err, &why, reason));
}

/* ---- the command ---- */

struct verb {
    const char *name;
    const char *args;
    unsigned args_min, args_max;
    st_option_set options;
    int (*run)(const struct st_verb_call *call);
};

static const struct verb verbs[] = {
#define VERB(name, args, args_min, args_max, options)                                              \
    {#name, args, args_min, args_max, options, st_contract_verb_##name},
    ST_CONTRACT_VERB_LIST(VERB)
#undef VERB
};
#define VERB_COUNT (sizeof verbs / sizeof *verbs)

static const struct verb *find_verb(const char *name)
{
    const char *names[VERB_COUNT];
    for (size_t i = 0; i < VERB_COUNT; i++)
        names[i] = verbs[i].name;
    size_t at = st_verb_find("contract", name, names, VERB_COUNT);
    return at == VERB_COUNT ? NULL : &verbs[at];
}

/* Arguments and options that say nothing here are refused, as everywhere. */
static int refuse_call(const struct verb *verb, const struct st_options *options)
{
    int code = st_verb_check("contract", verb->name, verb->options, options);
    if (code != ST_EXIT_GOOD)
        return code;
    if (options->arg_count - 1 < verb->args_min)
        return st_fail_with(
            ST_EXIT_USAGE,
            verb->run == st_contract_verb_add
                ? "contract %s: which file is missing; say steno contract %s %s"
                : "contract %s: which one is missing; say steno contract %s %s, with a "
                  "name that steno contract list has",
            verb->name, verb->name, verb->args);
    if (options->arg_count - 1 > verb->args_max)
        return st_fail_with(ST_EXIT_USAGE, "contract %s: takes %s%s; leave out %s", verb->name,
                            verb->args[0] == '\0' ? "no argument" : "", verb->args,
                            options->args[1 + verb->args_max]);
    return ST_EXIT_GOOD;
}

int st_command_contract(struct st_cli *cli)
{
    const struct st_options *options = &cli->options;
    if (options->arg_count == 0)
        return st_fail_with(ST_EXIT_USAGE, "contract: what to do is missing; say steno contract "
                                           "list, or steno help contract");
    const struct verb *verb = find_verb(options->args[0]);
    int code = verb == NULL ? ST_EXIT_USAGE : refuse_call(verb, options);
    if (code != ST_EXIT_GOOD)
        return code;
    bool adds = verb->run == st_contract_verb_add; /* it asks the store, or its recorder, itself */
    struct st_registry *registry =
        adds ? st_contracts_open(false) : st_contracts_open_anywhere(cli);
    if (registry == NULL)
        return ST_EXIT_TROUBLE;
    code =
        verb->run(&(struct st_verb_call){cli, registry, options->args + 1, options->arg_count - 1});
    st_registry_free(registry);
    return code;
}
