#include "cli/command.h"

#include "base/mem.h"

#include <signal.h>
#include <unistd.h>

const struct st_command st_commands[] = {
#define COMMAND(name, args, args_max, options, help, about)                                        \
    {#name, args, args_max, options, help, about, st_command_##name},
    ST_COMMAND_LIST(COMMAND)
#undef COMMAND
};
const unsigned st_command_count = sizeof st_commands / sizeof *st_commands;

const struct st_command *st_command_find(const char *name)
{
    const char *names[sizeof st_commands / sizeof *st_commands];
    for (unsigned i = 0; i < st_command_count; i++) {
        if (strcmp(st_commands[i].name, name) == 0)
            return &st_commands[i];
        names[i] = st_commands[i].name;
    }
    const char *near = st_nearest(st_str_of(name), names, st_command_count);
    if (near != NULL)
        st_fail_with(ST_EXIT_USAGE, "%s: no such command; did you mean %s?", name, near);
    else
        st_fail_with(ST_EXIT_USAGE, "%s: no such command; steno help lists them", name);
    return NULL;
}

bool st_cli_number(const struct st_cli *cli, unsigned id, uint64_t otherwise, uint64_t max,
                   uint64_t *value)
{
    const char *text = st_options_text(&cli->options, id);
    *value = otherwise;
    if (text == NULL)
        return true;
    if (st_str_to_u64(st_str_of(text), value) == ST_OK && *value >= 1 && *value <= max)
        return true;
    st_fail_with(ST_EXIT_USAGE, "--%s %s: must be a number from 1 to %llu", st_option_at(id)->name,
                 text, (unsigned long long)max);
    return false;
}

static int run_command(struct st_cli *cli, int argc, char **argv)
{
    struct st_buf problem = ST_BUF(64 << 10);
    st_err err =
        st_options_parse(&cli->options, cli->command->options | ST_ON(HELP), argc, argv, &problem);
    if (err != ST_OK) {
        const char *text = err == ST_ERR_INVALID ? st_buf_cstr(&problem) : st_err_text(err);
        int code = st_fail_with(ST_EXIT_USAGE, "%s: %s", cli->command->name,
                                text == NULL ? st_err_text(err) : text);
        st_buf_done(&problem);
        return code;
    }
    int code = ST_EXIT_GOOD;
    if (st_options_has(&cli->options, ST_OPT_HELP))
        st_help_write(&cli->out, cli->command);
    else if (cli->options.arg_count > cli->command->args_max)
        code = st_fail_with(ST_EXIT_USAGE, "%s: %s: one argument too many; steno help %s",
                            cli->command->name, cli->options.args[cli->command->args_max],
                            cli->command->name);
    else
        code = cli->command->run(cli);
    st_out_flush(&cli->out);
    st_options_done(&cli->options);
    return code;
}

/* What stands where a command's name should: other programs' ways to ask for help and version. */
static const char *name_of(const char *first)
{
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0)
        return "help";
    if (strcmp(first, "--version") == 0 || strcmp(first, "-V") == 0)
        return "version";
    return first;
}

int st_cli_run(int argc, char **argv)
{
    static struct st_cli cli;
    signal(SIGPIPE, SIG_IGN);
    st_out_init(&cli.out, STDOUT_FILENO);
    if (argc < 2) {
        struct st_out err;
        st_out_init(&err, STDERR_FILENO);
        st_help_write_all(&err);
        st_out_flush(&err);
        return ST_EXIT_USAGE;
    }
    cli.command = st_command_find(name_of(argv[1]));
    return cli.command == NULL ? ST_EXIT_USAGE : run_command(&cli, argc - 2, argv + 2);
}
