#include "cli/options.h"
#include "base/mem.h"
#include "cli/command.h"
#include "unit.h"

#define ALL (ST_ON(STORE) | ST_ON(FOLLOW) | ST_ON(EVENTS) | ST_ON(MODE) | ST_OPTION_FILTERS)

static struct st_options options;
static struct st_buf problem = {.max = 64 << 10};

static st_err parse(st_option_set accepted, const char *const *words)
{
    int argc = 0;
    while (words[argc] != NULL)
        argc++;
    st_options_done(&options);
    st_buf_reset(&problem);
    return st_options_parse(&options, accepted, argc, (char *const *)(uintptr_t)words, &problem);
}

#define PARSE(accepted, ...) parse(accepted, (const char *const[]){__VA_ARGS__, NULL})

TEST("a long option takes its value behind '=' or from the next argument")
{
    assert_ok(PARSE(ALL, "--store", "a.db"));
    assert_string_equal(st_options_text(&options, ST_OPT_STORE), "a.db");
    assert_ok(PARSE(ALL, "--store=b=c.db"));
    assert_string_equal(st_options_text(&options, ST_OPT_STORE), "b=c.db");
    assert_ok(PARSE(ALL, "--store="));
    assert_string_equal(st_options_text(&options, ST_OPT_STORE), "");
}

TEST("letters may be bundled, and the last one may have its value with it")
{
    assert_ok(PARSE(ALL, "-fn5"));
    assert_true(st_options_has(&options, ST_OPT_FOLLOW));
    assert_string_equal(st_options_text(&options, ST_OPT_FILTERS + ST_FILTER_LAST), "5");
    assert_ok(PARSE(ALL, "-S", "-1h", "-ojson"));
    assert_string_equal(st_options_text(&options, ST_OPT_FILTERS + ST_FILTER_SINCE), "-1h");
    assert_string_equal(st_options_text(&options, ST_OPT_EVENTS), "json");
}

TEST("options and arguments mix; -- ends the options; - is an argument")
{
    assert_ok(PARSE(ALL, "a", "--follow", "-", "--", "--store", "-f"));
    assert_int_equal(options.arg_count, 4);
    assert_string_equal(options.args[0], "a");
    assert_string_equal(options.args[1], "-");
    assert_string_equal(options.args[2], "--store");
    assert_string_equal(options.args[3], "-f");
    assert_int_equal(options.count, 1);
}

TEST("of an option said twice the last one counts, and all are kept in order")
{
    assert_ok(PARSE(ALL, "--store", "a", "--mode", "x=observe", "--store", "b", "--mode", "y=z"));
    assert_string_equal(st_options_text(&options, ST_OPT_STORE), "b");
    assert_int_equal(options.count, 4);
    assert_string_equal(options.values[1].text, "x=observe");
    assert_string_equal(options.values[3].text, "y=z");
}

TEST("an unknown option is refused, with the nearest one that the command knows")
{
    assert_err(PARSE(ALL, "--sotre", "a"), INVALID);
    assert_text(st_buf_str(&problem), "--sotre: no such option; did you mean --store?");
    assert_err(PARSE(ALL, "--schema", "a"), INVALID);
    assert_text(st_buf_str(&problem), "--schema: no such option; --help lists them");
    assert_err(PARSE(ALL, "-x"), INVALID);
    assert_text(st_buf_str(&problem), "-x: no such option; --help lists them");
    assert_int_equal(options.count, 0);
}

TEST("a value that is missing, unwanted or no choice is refused")
{
    assert_err(PARSE(ALL, "--store"), INVALID);
    assert_text(st_buf_str(&problem), "--store: a value is missing; say --store FILE");
    assert_err(PARSE(ALL, "--follow=yes"), INVALID);
    assert_text(st_buf_str(&problem), "--follow: takes no value; leave out \"=yes\"");
    assert_err(PARSE(ALL, "-o", "xml"), INVALID);
    assert_text(st_buf_str(&problem),
                "--output xml: no such choice; one of short|json|raw|structured|pretty");
    assert_err(PARSE(ALL, "-o", ""), INVALID);
}

TEST("every filter word is an option")
{
#define SAY(id, word, value, help)                                                                 \
    assert_ok(PARSE(ST_OPTION_FILTERS, "--" word, "7"));                                           \
    assert_string_equal(st_options_text(&options, ST_OPT_FILTERS + ST_FILTER_##id), "7");
    ST_FILTER_LIST(SAY)
#undef SAY
    st_options_done(&options);
}

TEST("no command has two options of one name or one letter")
{
    for (unsigned c = 0; c < st_command_count; c++) {
        st_option_set accepted = st_commands[c].options | ST_ON(HELP);
        for (unsigned a = 0; a < ST_OPT_COUNT; a++) {
            for (unsigned b = a + 1; b < ST_OPT_COUNT; b++) {
                if ((accepted & ST_OPTION_BIT(a)) == 0 || (accepted & ST_OPTION_BIT(b)) == 0)
                    continue;
                assert_string_not_equal(st_option_at(a)->name, st_option_at(b)->name);
                if (st_option_at(a)->letter != 0)
                    assert_int_not_equal(st_option_at(a)->letter, st_option_at(b)->letter);
            }
        }
    }
}

TEST("the nearest name is near: one slip in short names, two in long ones, or a head")
{
    static const char *const names[] = {"query", "record", "new", "contract"};
    assert_string_equal(st_nearest(ST_STR("qeury"), names, 4), "query");
    assert_string_equal(st_nearest(ST_STR("recrd"), names, 4), "record");
    assert_string_equal(st_nearest(ST_STR("contr"), names, 4), "contract");
    assert_string_equal(st_nearest(ST_STR("nwe"), names, 4), "new");
    assert_null(st_nearest(ST_STR("x"), names, 4));
    assert_null(st_nearest(ST_STR("frobnicate"), names, 4));
    assert_null(st_nearest(ST_STR(""), names, 4));
}

TEST("without memory parsing fails and leaves nothing behind")
{
    for (uint64_t nth = 1; nth <= 2; nth++) {
        st_mem_fail_at(nth);
        assert_err(PARSE(ALL, "--follow"), MEMORY);
        st_mem_fail_at(0);
        assert_null(options.values);
        assert_null(options.args);
    }
    st_buf_done(&problem);
}
