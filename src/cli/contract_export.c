#include "cli/contract_verbs.h"

#include "cli/limits.h"
#include "contract/export.h"
#include "contract/yaml.h"
#include "json/write.h"

static st_err write_form(const struct st_json *doc, bool yaml, struct st_buf *out)
{
    if (yaml)
        return st_yaml_write(doc, 0, out);
    st_err err = st_json_write_pretty(doc, 0, out);
    return err == ST_OK ? st_buf_add_char(out, '\n') : err;
}

/* `contract` NULL: all. */
static st_err export_models(const struct st_verb_call *call, const struct st_contract *contract,
                            struct st_buf *out)
{
    const char *format = st_options_text(&call->cli->options, ST_OPT_FORMAT);
    struct st_buf line = ST_BUF(ST_EXPORT_BYTES_MAX);
    struct st_json doc;
    st_json_init(&doc);
    st_err err = contract == NULL ? st_export_registry(call->registry, &line)
                                  : st_export_contract(contract, &line);
    if (err == ST_OK)
        err = st_json_parse(&doc, st_buf_str(&line), NULL, NULL);
    if (err == ST_OK)
        err = write_form(&doc, format != NULL && strcmp(format, "yaml") == 0, out);
    st_json_done(&doc);
    st_buf_done(&line);
    return err;
}

int st_contract_verb_export(const struct st_verb_call *call)
{
    const struct st_contract *contract = NULL;
    if (call->arg_count > 0) {
        contract = st_contracts_find(call->registry, call->args[0]);
        if (contract == NULL)
            return ST_EXIT_USAGE;
    }
    struct st_buf text = ST_BUF(ST_EXPORT_BYTES_MAX);
    st_err err = export_models(call, contract, &text);
    int code = err == ST_OK
                   ? st_contract_put(call->cli, st_buf_str(&text))
                   : st_fail_with(ST_EXIT_TROUBLE, "contract export: %s", st_err_text(err));
    st_buf_done(&text);
    return code;
}
