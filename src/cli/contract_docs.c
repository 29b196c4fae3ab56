#include "cli/contract_verbs.h"

#include "cli/limits.h"
#include "contract/docs.h"

int st_contract_verb_docs(const struct st_verb_call *call)
{
    const struct st_contract *contract = st_contracts_find(call->registry, call->args[0]);
    if (contract == NULL)
        return ST_EXIT_USAGE;
    struct st_buf page = ST_BUF(ST_DOCS_BYTES_MAX);
    st_err err = st_docs_write(contract, &page);
    int code = err == ST_OK ? st_contract_put(call->cli, st_buf_str(&page))
                            : st_fail_with(ST_EXIT_TROUBLE, "contract docs: %s", st_err_text(err));
    st_buf_done(&page);
    return code;
}
