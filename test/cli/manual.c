#include "base/file.h"
#include "cli/command.h"
#include "unit.h"

/* The manual without roff's escapes: \- is '-'. */
static struct st_buf manual = {.max = 1 << 20};

static void take_manual(void)
{
    if (manual.len > 0)
        return;
    struct st_buf text = ST_BUF(1 << 20);
    assert_ok(st_file_read(MANUAL_PATH, &text, NULL));
    for (size_t i = 0; i < text.len; i++)
        if (!(text.at[i] == '\\' && i + 1 < text.len && text.at[i + 1] == '-'))
            assert_ok(st_buf_add_char(&manual, text.at[i]));
    st_buf_done(&text);
}

static bool has(const char *text)
{
    take_manual();
    return memmem(manual.at, manual.len, text, strlen(text)) != NULL;
}

TEST("the manual has a section for every command")
{
    for (unsigned i = 0; i < st_command_count; i++) {
        char section[64];
        snprintf(section, sizeof section, ".Ss steno %s\n", st_commands[i].name);
        if (!has(section))
            fail_msg("man/steno.1 has no section on steno %s", st_commands[i].name);
    }
}

TEST("the manual has every option of every command, with its letter and value")
{
    for (unsigned id = 0; id < ST_OPT_COUNT; id++) {
        const struct st_option *option = st_option_at(id);
        char item[160];
        int len = snprintf(item, sizeof item, ".It Fl");
        if (option->letter != 0)
            len += snprintf(item + len, sizeof item - (size_t)len, " %c , Fl", option->letter);
        len += snprintf(item + len, sizeof item - (size_t)len, " -%s", option->name);
        if (option->value != NULL)
            snprintf(item + len, sizeof item - (size_t)len, " Ar ");
        else
            snprintf(item + len, sizeof item - (size_t)len, "\n");
        if (!has(item))
            fail_msg("man/steno.1 lacks \"%s\"", item);
    }
}

TEST("the manual names the environment and the exit codes")
{
    static const char *const names[] = {"STENO_STORE", "STENO_URL",       "STENO_LISTEN",
                                        "NO_COLOR",    ".Sh EXIT STATUS", ".Sh EXAMPLES"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(has(names[i]));
    st_buf_done(&manual);
}
