#include "cli/command.h"

#include "cli/contracts.h"
#include "contract/construct.h"

#include <stdio.h>

#define EVENT_BYTES_MAX ((size_t)4 << 20)

static bool names_type(const struct st_contract *contract, st_str type)
{
    for (uint32_t i = 0;; i++) {
        st_str named = st_contract_type(contract, i);
        if (named.at == NULL)
            return false;
        if (st_str_eq(named, type))
            return true;
    }
}

/* ---- which contract ---- */

static void add_types(struct st_cli *cli, const struct st_contract *contract)
{
    st_str ref = st_contract_ref(contract);
    for (uint32_t i = 0;; i++) {
        st_str type = st_contract_type(contract, i);
        if (type.at == NULL)
            return;
        st_out_printf(&cli->out, "%-24.*s %.*s\n", ST_STR_ARG(ref), ST_STR_ARG(type));
    }
}

static int list_types(struct st_cli *cli, const struct st_registry *registry)
{
    const char *reference = st_options_text(&cli->options, ST_OPT_REFERENCE);
    if (reference != NULL) {
        const struct st_contract *contract = st_contracts_find(registry, reference);
        if (contract == NULL)
            return ST_EXIT_USAGE;
        add_types(cli, contract);
        return ST_EXIT_GOOD;
    }
    for (uint32_t i = 0; i < st_registry_count(registry); i++)
        add_types(cli, st_registry_at(registry, i));
    return ST_EXIT_GOOD;
}

static const char *nearest_type(const struct st_registry *registry, st_str type)
{
    static char text[128];
    const char *best = NULL;
    for (uint32_t i = 0; i < st_registry_count(registry) && best == NULL; i++) {
        for (uint32_t t = 0; best == NULL; t++) {
            st_str named = st_contract_type(st_registry_at(registry, i), t);
            if (named.at == NULL)
                break;
            char name[sizeof text];
            snprintf(name, sizeof name, "%.*s", ST_STR_ARG(named));
            const char *names[] = {name};
            if (st_nearest(type, names, 1) != NULL) {
                memcpy(text, name, sizeof text);
                best = text;
            }
        }
    }
    return best;
}

static const struct st_contract *find_by_type(const struct st_registry *registry, st_str type)
{
    struct st_candidates candidates = {0};
    for (uint32_t i = 0; i < st_registry_count(registry); i++) {
        const struct st_contract *contract = st_registry_at(registry, i);
        if (names_type(contract, type) && candidates.count++ < 8)
            candidates.at[candidates.count - 1] = contract;
    }
    if (candidates.count == 1)
        return candidates.at[0];
    if (candidates.count == 0) {
        const char *near = nearest_type(registry, type);
        st_fail_with(ST_EXIT_USAGE, "%.*s: no contract names this type; %s%s%s", ST_STR_ARG(type),
                     near == NULL ? "steno new lists the types" : "did you mean ",
                     near == NULL ? "" : near, near == NULL ? "" : "?");
        return NULL;
    }
    struct st_buf names = ST_BUF(4096);
    if (st_contracts_add_candidates(&names, &candidates) == ST_OK)
        st_fail_with(ST_EXIT_USAGE,
                     "%.*s: several contracts name this type; say --contract and "
                     "one of %.*s",
                     ST_STR_ARG(type), ST_STR_ARG(st_buf_str(&names)));
    st_buf_done(&names);
    return NULL;
}

/* ---- making it ---- */

static void tell_problems(const char *type, st_str problems)
{
    bool more = problems.len > 0;
    while (more) {
        st_str line = {0};
        more = st_str_cut(problems, '\n', &line, &problems);
        if (line.len > 0)
            st_fail_with(ST_EXIT_USAGE, "new %s: %.*s", type, ST_STR_ARG(line));
    }
}

static int construct(struct st_cli *cli, const struct st_contract *contract)
{
    const char *type = cli->options.args[0];
    struct st_construct order = {
        .type = st_str_of(type),
        .fields = cli->options.args + 1,
        .field_count = cli->options.arg_count - 1,
        .now = st_time_now(),
    };
    struct st_buf event = ST_BUF(EVENT_BYTES_MAX);
    struct st_buf problems = ST_BUF(EVENT_BYTES_MAX);
    int code = ST_EXIT_GOOD;
    st_err err = st_contract_construct(contract, &order, &event, &problems);
    if (err == ST_OK) {
        st_out_add(&cli->out, st_buf_str(&event));
        st_out_text(&cli->out, "\n");
    } else if (problems.len > 0) {
        tell_problems(type, st_buf_str(&problems));
        code = ST_EXIT_USAGE;
    } else {
        code = st_fail_with(err == ST_ERR_MEMORY ? ST_EXIT_TROUBLE : ST_EXIT_USAGE, "new %s: %s",
                            type, st_err_text(err));
    }
    st_buf_done(&event);
    st_buf_done(&problems);
    return code;
}

static int run(struct st_cli *cli, const struct st_registry *registry)
{
    if (cli->options.arg_count == 0)
        return list_types(cli, registry);
    const char *reference = st_options_text(&cli->options, ST_OPT_REFERENCE);
    const struct st_contract *contract =
        reference != NULL ? st_contracts_find(registry, reference)
                          : find_by_type(registry, st_str_of(cli->options.args[0]));
    return contract == NULL ? ST_EXIT_USAGE : construct(cli, contract);
}

int st_command_new(struct st_cli *cli)
{
    struct st_registry *registry = st_contracts_open(false);
    if (registry == NULL)
        return ST_EXIT_TROUBLE;
    int code = run(cli, registry);
    st_registry_free(registry);
    return code;
}
