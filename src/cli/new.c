#include "cli/command.h"

#include "base/mem.h"
#include "cli/contracts.h"
#include "contract/construct.h"

#include <stdio.h>
#include <unistd.h>

#define EVENT_BYTES_MAX ((size_t)4 << 20)

/* ---- options that are fields ---- */

/* Session events are made from a shell's start and end scripts, which read better with options. */
#define SESSION_EVENTS "session-events"

/* One list: option, the assignment that it stands for, the type that alone has the field or NULL
 * where both have it. */
#define FIELD_OPTION_LIST(X)                                                                       \
    X(COMPONENT, "component_name=", "session_start")                                               \
    X(SHELL, "shell_type=", "session_start")                                                       \
    X(SESSION, "session_id=", NULL)                                                                \
    X(METADATA, "metadata:=", NULL)

static const struct field_option {
    unsigned id;
    const char *assignment;
    const char *type;
} field_options[] = {
#define FIELD_OPTION(id, assignment, type) {ST_OPT_##id, assignment, type},
    FIELD_OPTION_LIST(FIELD_OPTION)
#undef FIELD_OPTION
};
#define FIELD_OPTIONS (sizeof field_options / sizeof *field_options)

/* The first of them that was said, or NULL. */
static const struct field_option *find_field_option(const struct st_cli *cli)
{
    for (size_t i = 0; i < FIELD_OPTIONS; i++)
        if (st_options_has(&cli->options, field_options[i].id))
            return &field_options[i];
    return NULL;
}

/* ---- types ---- */

static void tell_reserved(const struct st_contract *contract)
{
    st_str ref = st_contract_ref(contract);
    st_fail_with(ST_EXIT_USAGE,
                 "%.*s: its events are steno's own; none that is made here could be "
                 "recorded",
                 ST_STR_ARG(ref));
}

/* The contract of that name, of which events may be made; NULL after telling why there is none. */
static const struct st_contract *find_free(const struct st_registry *registry,
                                           const char *reference)
{
    const struct st_contract *contract = st_contracts_find(registry, reference);
    if (contract == NULL || !st_contract_reserved(contract))
        return contract;
    tell_reserved(contract);
    return NULL;
}

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

/* Those that can be made: the reserved ones cannot. */
static int list_types(struct st_cli *cli, const struct st_registry *registry)
{
    const struct st_contract *contract = NULL;
    const char *reference = st_options_text(&cli->options, ST_OPT_REFERENCE);
    if (reference != NULL)
        contract = find_free(registry, reference);
    if (reference != NULL && contract == NULL)
        return ST_EXIT_USAGE;
    for (uint32_t i = 0; i < st_registry_count(registry); i++) {
        const struct st_contract *at = st_registry_at(registry, i);
        if (contract == NULL ? !st_contract_reserved(at) : contract == at)
            add_types(cli, at);
    }
    return ST_EXIT_GOOD;
}

/* ---- which contract ---- */

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

static void tell_unknown(const struct st_registry *registry, st_str type)
{
    const char *near = nearest_type(registry, type);
    st_fail_with(ST_EXIT_USAGE, "%.*s: no contract names this type; %s%s%s", ST_STR_ARG(type),
                 near == NULL ? "steno new lists the types" : "did you mean ",
                 near == NULL ? "" : near, near == NULL ? "" : "?");
}

static void tell_candidates(const struct st_candidates *candidates, st_str type)
{
    struct st_buf names = ST_BUF(4096);
    if (st_contracts_add_candidates(&names, candidates) == ST_OK)
        st_fail_with(ST_EXIT_USAGE,
                     "%.*s: several contracts name this type; say --contract and one of %.*s",
                     ST_STR_ARG(type), ST_STR_ARG(st_buf_str(&names)));
    st_buf_done(&names);
}

static const struct st_contract *find_by_type(const struct st_registry *registry, st_str type)
{
    struct st_candidates candidates;
    const struct st_contract *reserved;
    const struct st_contract *found =
        st_registry_find_by_type(registry, type, &candidates, &reserved);
    if (found != NULL)
        return found;
    if (candidates.count > 1)
        tell_candidates(&candidates, type);
    else if (reserved != NULL)
        tell_reserved(reserved);
    else
        tell_unknown(registry, type);
    return NULL;
}

/* Whether each option that is a field belongs to the event; tells which one does not. */
static bool fit(const struct st_cli *cli, const struct st_contract *contract)
{
    const char *type = cli->options.args[0];
    bool session = st_str_eq(st_contract_name(contract), ST_STR(SESSION_EVENTS)) &&
                   st_contract_names(contract, st_str_of(type));
    for (size_t i = 0; i < FIELD_OPTIONS; i++) {
        const struct field_option *option = &field_options[i];
        if (!st_options_has(&cli->options, option->id) ||
            (session && (option->type == NULL || strcmp(option->type, type) == 0)))
            continue;
        st_fail_with(ST_EXIT_USAGE, "new %s: --%s is for %s of " SESSION_EVENTS " alone", type,
                     st_option_at(option->id)->name,
                     option->type == NULL ? "session_start and session_end" : option->type);
        return false;
    }
    return true;
}

static const struct st_contract *choose(const struct st_cli *cli,
                                        const struct st_registry *registry)
{
    const char *reference = st_options_text(&cli->options, ST_OPT_REFERENCE);
    if (reference == NULL && find_field_option(cli) != NULL)
        reference = SESSION_EVENTS;
    const struct st_contract *contract =
        reference != NULL ? find_free(registry, reference)
                          : find_by_type(registry, st_str_of(cli->options.args[0]));
    return contract != NULL && fit(cli, contract) ? contract : NULL;
}

/* ---- making it ---- */

static void tell_problems(const char *type, st_str problems, int code)
{
    bool more = problems.len > 0;
    while (more) {
        st_str line = {0};
        more = st_str_cut(problems, '\n', &line, &problems);
        if (line.len > 0)
            st_fail_with(code, "new %s: %.*s", type, ST_STR_ARG(line));
    }
}

/* The parent's: an event about a process is about the shell or program that asks for it, and not
 * about steno, which is over in a moment. None is to be seen out of a container. */
static int64_t find_pid(void)
{
    pid_t parent = getppid();
    return parent > 0 ? parent : getpid();
}

static int make(struct st_cli *cli, const struct st_contract *contract, const char *const *fields,
                size_t field_count)
{
    const char *type = cli->options.args[0];
    struct st_construct order = {
        .type = st_str_of(type),
        .fields = fields,
        .field_count = field_count,
        .now = st_time_now(),
        .pid = find_pid(),
    };
    struct st_buf event = ST_BUF(EVENT_BYTES_MAX);
    struct st_buf problems = ST_BUF(EVENT_BYTES_MAX);
    int code = ST_EXIT_GOOD;
    st_err err = st_contract_construct(contract, &order, &event, &problems);
    if (err == ST_OK) {
        st_out_add(&cli->out, st_buf_str(&event));
        st_out_text(&cli->out, "\n");
    } else if (problems.len > 0 && (err == ST_ERR_INVALID || err == ST_ERR_SYNTAX)) {
        code = err == ST_ERR_SYNTAX ? ST_EXIT_USAGE : ST_EXIT_FINDINGS;
        tell_problems(type, st_buf_str(&problems), code);
    } else {
        code = st_fail_with(err == ST_ERR_MEMORY ? ST_EXIT_TROUBLE : ST_EXIT_USAGE, "new %s: %s",
                            type, st_err_text(err));
    }
    st_buf_done(&event);
    st_buf_done(&problems);
    return code;
}

/* The fields that stand as arguments, then those that stand as options. */
static int construct(struct st_cli *cli, const struct st_contract *contract)
{
    struct st_buf texts[FIELD_OPTIONS];
    const char **fields = st_mem_get((cli->options.arg_count + FIELD_OPTIONS) * sizeof *fields);
    size_t count = 0;
    size_t text_count = 0;
    bool whole = fields != NULL;
    for (unsigned i = 1; i < cli->options.arg_count && whole; i++)
        fields[count++] = cli->options.args[i];
    for (size_t i = 0; i < FIELD_OPTIONS && whole; i++) {
        const char *value = st_options_text(&cli->options, field_options[i].id);
        if (value == NULL)
            continue;
        struct st_buf *text = &texts[text_count++];
        *text = ST_BUF(EVENT_BYTES_MAX);
        whole = st_buf_printf(text, "%s%s", field_options[i].assignment, value) == ST_OK &&
                (fields[count++] = st_buf_cstr(text)) != NULL;
    }
    int code = whole ? make(cli, contract, fields, count)
                     : st_fail_with(ST_EXIT_TROUBLE, "new: %s", st_err_text(ST_ERR_MEMORY));
    for (size_t i = 0; i < text_count; i++)
        st_buf_done(&texts[i]);
    st_mem_free(fields);
    return code;
}

static int run(struct st_cli *cli, const struct st_registry *registry)
{
    if (cli->options.arg_count > 0) {
        const struct st_contract *contract = choose(cli, registry);
        return contract == NULL ? ST_EXIT_USAGE : construct(cli, contract);
    }
    const struct field_option *option = find_field_option(cli);
    if (option == NULL)
        return list_types(cli, registry);
    return st_fail_with(ST_EXIT_USAGE, "new: --%s says nothing without a type",
                        st_option_at(option->id)->name);
}

int st_command_new(struct st_cli *cli)
{
    struct st_registry *registry = st_contracts_open_here(cli, false);
    if (registry == NULL)
        return ST_EXIT_TROUBLE;
    int code = run(cli, registry);
    st_registry_free(registry);
    return code;
}
