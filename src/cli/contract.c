#include "cli/command.h"

#include "cli/contracts.h"
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

static int list(struct st_cli *cli, const struct st_registry *registry)
{
    const char *form = st_options_text(&cli->options, ST_OPT_TABLE);
    bool table = form == NULL ? cli->out.terminal : strcmp(form, "table") == 0;
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

static int show(struct st_cli *cli, const struct st_registry *registry)
{
    if (cli->options.arg_count < 2)
        return st_fail_with(ST_EXIT_USAGE, "contract show: which one is missing; say its name, as "
                                           "steno contract list has it");
    const struct st_contract *contract = st_contracts_find(registry, cli->options.args[1]);
    if (contract == NULL)
        return ST_EXIT_USAGE;
    st_out_add(&cli->out, st_contract_text(contract));
    return ST_EXIT_GOOD;
}

int st_command_contract(struct st_cli *cli)
{
    const char *verb = cli->options.arg_count == 0 ? "" : cli->options.args[0];
    bool is_list = strcmp(verb, "list") == 0;
    if (!is_list && strcmp(verb, "show") != 0)
        return st_fail_with(ST_EXIT_USAGE, "contract %s: no such command; say list or show NAME",
                            verb);
    if (is_list && cli->options.arg_count > 1)
        return st_fail_with(ST_EXIT_USAGE, "contract list: takes no argument; leave out %s",
                            cli->options.args[1]);
    struct st_registry *registry = st_contracts_open();
    if (registry == NULL)
        return ST_EXIT_TROUBLE;
    int code = is_list ? list(cli, registry) : show(cli, registry);
    st_registry_free(registry);
    return code;
}
