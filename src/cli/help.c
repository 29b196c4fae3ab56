#include "cli/command.h"

#include <stdio.h>

/* ---- one option ---- */

#define COLUMN 28
#define WIDTH  96

/* "  -n, --last N" */
static size_t add_option_head(struct st_out *out, const struct st_option *option)
{
    const char *value = st_option_value_name(option);
    char head[160];
    char letter[8] = "    ";
    if (option->letter != 0)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    int len = snprintf(head, sizeof head, "  %s--%s%s%s", letter, option->name,
                       value == NULL ? "" : " ", value == NULL ? "" : value);
    ST_BUG_IF(len < 0 || (size_t)len >= sizeof head);
    st_out_text(out, head);
    return (size_t)len;
}

/* The words of `text` behind column COLUMN, broken at WIDTH. */
static void add_wrapped(struct st_out *out, const char *text, size_t column)
{
    st_str rest = st_str_of(text);
    bool more = rest.len > 0;
    if (column + 2 > COLUMN) {
        st_out_text(out, "\n");
        column = 0;
    }
    while (more) {
        st_str word = {0};
        more = st_str_cut(rest, ' ', &word, &rest);
        if (column > COLUMN && column + 1 + word.len > WIDTH) {
            st_out_text(out, "\n");
            column = 0;
        }
        if (column < COLUMN) {
            st_out_printf(out, "%*s", (int)(COLUMN - column), "");
            column = COLUMN;
        } else {
            st_out_text(out, " ");
            column++;
        }
        st_out_add(out, word);
        column += word.len;
    }
    st_out_text(out, "\n");
}

static void add_options(struct st_out *out, st_option_set accepted, const char *title,
                        unsigned from, unsigned to)
{
    bool first = true;
    for (unsigned id = from; id < to; id++) {
        if ((accepted & ST_OPTION_BIT(id)) == 0)
            continue;
        if (first)
            st_out_printf(out, "\n%s:\n", title);
        first = false;
        const struct st_option *option = st_option_at(id);
        add_wrapped(out, option->help, add_option_head(out, option));
    }
}

/* ---- commands ---- */

void st_help_write(struct st_out *out, const struct st_command *command)
{
    st_out_printf(out, "usage: steno %s%s%s%s\n\n%s.\n", command->name,
                  command->options == 0 ? "" : " [options]", command->args[0] == '\0' ? "" : " ",
                  command->args, command->help);
    if (command->about[0] != '\0')
        st_out_printf(out, "\n%s", command->about);
    add_options(out, command->options | ST_ON(HELP), "options", 0, ST_OPT_FILTERS);
    add_options(out, command->options, "filters", ST_OPT_FILTERS, ST_OPT_COUNT);
}

void st_help_write_all(struct st_out *out)
{
    st_out_text(out, "usage: steno COMMAND [options] [arguments]\n\n"
                     "The flight recorder for AI agents: holds each event against its contract, "
                     "writes it\ndown durably and verbatim, and lets anyone query it.\n\n"
                     "commands:\n");
    for (unsigned i = 0; i < st_command_count; i++)
        st_out_printf(out, "  %-10s %s\n", st_commands[i].name, st_commands[i].help);
    st_out_text(out, "\nsteno help COMMAND shows a command's options; man steno has examples.\n"
                     "exit codes: 0 good, 1 findings, 2 usage, 3 store, server or input trouble\n");
}

int st_command_help(struct st_cli *cli)
{
    if (cli->options.arg_count == 0) {
        st_help_write_all(&cli->out);
        return ST_EXIT_GOOD;
    }
    const struct st_command *command = st_command_find(cli->options.args[0]);
    if (command == NULL)
        return ST_EXIT_USAGE;
    st_help_write(&cli->out, command);
    return ST_EXIT_GOOD;
}
