#include "cli/contract_verbs.h"

#include "cli/limits.h"
#include "contract/types.h"

static int tell_failure(const struct st_contract *contract, st_err err)
{
    if (err == ST_ERR_LIMIT)
        return st_fail_with(ST_EXIT_TROUBLE,
                            "contract types: %.*s is too entangled to be declared as types",
                            ST_STR_ARG(st_contract_ref(contract)));
    return st_fail_with(ST_EXIT_TROUBLE, "contract types: %s", st_err_text(err));
}

int st_contract_verb_types(const struct st_verb_call *call)
{
    enum st_language language = ST_LANGUAGE_C;
    const char *said = st_options_text(&call->cli->options, ST_OPT_LANG);
    if (said == NULL || !st_language_of_name(st_str_of(said), &language))
        return st_fail_with(ST_EXIT_USAGE,
                            "contract types: in which language is missing; say --lang c, ts or py");
    const struct st_contract *contract = st_contracts_find(call->registry, call->args[0]);
    if (contract == NULL)
        return ST_EXIT_USAGE;
    struct st_buf source = ST_BUF(ST_DOCS_BYTES_MAX);
    st_err err = st_types_write(contract, language, &source);
    int code = err == ST_OK ? st_contract_put(call->cli, st_buf_str(&source))
                            : tell_failure(contract, err);
    st_buf_done(&source);
    return code;
}
