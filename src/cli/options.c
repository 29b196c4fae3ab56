#include "cli/options.h"

#include "base/mem.h"

/* Words of the filter that journalctl's users know by a letter; a constant expression. */
#define FILTER_LETTER(id)                                                                          \
    ((id) == ST_FILTER_LAST    ? 'n'                                                               \
     : (id) == ST_FILTER_SINCE ? 'S'                                                               \
     : (id) == ST_FILTER_UNTIL ? 'U'                                                               \
                               : 0)

static const struct st_option table[ST_OPT_COUNT] = {
#define OPTION(id, name, letter, value, help) [ST_OPT_##id] = {name, letter, value, help},
    ST_OPTION_LIST(OPTION)
#undef OPTION
#define FILTER(id, word, value, help)                                                              \
    [ST_OPT_FILTERS + ST_FILTER_##id] = {word, FILTER_LETTER(ST_FILTER_##id), value, help},
        ST_FILTER_LIST(FILTER)
#undef FILTER
};

const struct st_option *st_option_at(unsigned id)
{
    ST_BUG_IF(id >= ST_OPT_COUNT);
    return &table[id];
}

const char *st_option_value_name(const struct st_option *option)
{
    return option->value != NULL && option->value[0] == '|' ? option->value + 1 : option->value;
}

/* ---- the nearest name ---- */

#define NAME_MAX_BYTES 40

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Letters to add, drop, change or swap between two names (optimal string alignment). */
static unsigned distance(st_str a, st_str b)
{
    unsigned rows[3][NAME_MAX_BYTES + 1];
    if (a.len > NAME_MAX_BYTES || b.len > NAME_MAX_BYTES)
        return NAME_MAX_BYTES;
    for (unsigned j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i - 1) % 3];
        row[0] = i;
        for (unsigned j = 1; j <= b.len; j++) {
            bool same = a.at[i - 1] == b.at[j - 1];
            row[j] = least(above[j - 1] + !same, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1])
                row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }
    return rows[a.len % 3][b.len];
}

const char *st_nearest(st_str name, const char *const *names, unsigned count)
{
    const char *best = NULL;
    unsigned best_distance = 1 + (unsigned)(name.len > 4 ? 2 : name.len / 2);
    for (unsigned i = 0; i < count; i++) {
        st_str candidate = st_str_of(names[i]);
        unsigned far = distance(name, candidate);
        if (name.len >= 3 && st_str_starts(candidate, name))
            far = 1;
        if (far < best_distance) {
            best = names[i];
            best_distance = far;
        }
    }
    return best;
}

/* ---- parsing ---- */

struct parse {
    struct st_options *options;
    st_option_set accepted;
    int argc;
    char *const *argv;
    int at;
    struct st_buf *problem;
};

static st_err refuse(st_err err)
{
    return err == ST_OK ? ST_ERR_INVALID : err;
}

static bool accepts(const struct parse *p, unsigned id)
{
    return (p->accepted & ST_OPTION_BIT(id)) != 0;
}

static st_err unknown_long(struct parse *p, st_str name)
{
    const char *names[ST_OPT_COUNT];
    unsigned count = 0;
    for (unsigned id = 0; id < ST_OPT_COUNT; id++)
        if (accepts(p, id))
            names[count++] = st_option_at(id)->name;
    const char *near = st_nearest(name, names, count);
    if (near != NULL)
        return refuse(st_buf_printf(p->problem, "--%.*s: no such option; did you mean --%s?",
                                    ST_STR_ARG(name), near));
    return refuse(
        st_buf_printf(p->problem, "--%.*s: no such option; --help lists them", ST_STR_ARG(name)));
}

static bool is_choice(const char *choices, st_str text)
{
    st_str rest = st_str_of(choices + 1);
    bool more = true;
    while (more) {
        st_str choice = {0};
        more = st_str_cut(rest, '|', &choice, &rest);
        if (st_str_eq(choice, text))
            return true;
    }
    return false;
}

static st_err add_value(struct parse *p, unsigned id, const char *text)
{
    const struct st_option *option = st_option_at(id);
    if (option->value != NULL && option->value[0] == '|' &&
        !is_choice(option->value, st_str_of(text)))
        return refuse(st_buf_printf(p->problem, "--%s %s: no such choice; one of %s", option->name,
                                    text, option->value + 1));
    p->options->values[p->options->count++] = (struct st_option_value){id, text};
    return ST_OK;
}

/* The value of an option that stands in the next argument. */
static st_err take_next(struct parse *p, unsigned id)
{
    const struct st_option *option = st_option_at(id);
    if (p->at >= p->argc)
        return refuse(st_buf_printf(p->problem, "--%s: a value is missing; say --%s %s",
                                    option->name, option->name, st_option_value_name(option)));
    return add_value(p, id, p->argv[p->at++]);
}

static st_err parse_long(struct parse *p, const char *text)
{
    st_str name = {0};
    st_str value = {0};
    bool has_value = st_str_cut(st_str_of(text), '=', &name, &value);
    for (unsigned id = 0; id < ST_OPT_COUNT; id++) {
        const struct st_option *option = st_option_at(id);
        if (!accepts(p, id) || !st_str_eq(st_str_of(option->name), name))
            continue;
        if (option->value == NULL && has_value)
            return refuse(st_buf_printf(p->problem, "--%s: takes no value; leave out \"=%s\"",
                                        option->name, value.at));
        if (option->value == NULL)
            return add_value(p, id, NULL);
        return has_value ? add_value(p, id, value.at) : take_next(p, id);
    }
    return unknown_long(p, name);
}

static unsigned find_letter(const struct parse *p, char letter)
{
    unsigned id = 0;
    while (id < ST_OPT_COUNT && !(accepts(p, id) && st_option_at(id)->letter == letter))
        id++;
    return id;
}

static st_err parse_short(struct parse *p, const char *letters)
{
    for (; *letters != '\0'; letters++) {
        unsigned id = find_letter(p, *letters);
        if (id == ST_OPT_COUNT)
            return refuse(
                st_buf_printf(p->problem, "-%c: no such option; --help lists them", *letters));
        if (st_option_at(id)->value != NULL)
            return letters[1] != '\0' ? add_value(p, id, letters + 1) : take_next(p, id);
        st_err err = add_value(p, id, NULL);
        if (err != ST_OK)
            return err;
    }
    return ST_OK;
}

static st_err parse_all(struct parse *p)
{
    bool only_args = false;
    while (p->at < p->argc) {
        const char *text = p->argv[p->at++];
        st_err err = ST_OK;
        if (only_args || text[0] != '-' || text[1] == '\0')
            p->options->args[p->options->arg_count++] = text;
        else if (strcmp(text, "--") == 0)
            only_args = true;
        else if (text[1] == '-')
            err = parse_long(p, text + 2);
        else
            err = parse_short(p, text + 1);
        if (err != ST_OK)
            return err;
    }
    return ST_OK;
}

st_err st_options_parse(struct st_options *options, st_option_set accepted, int argc,
                        char *const *argv, struct st_buf *problem)
{
    /* A bundle of letters has more options than arguments: its bytes bound their number. */
    size_t room = 1;
    for (int i = 0; i < argc; i++)
        room += 1 + strlen(argv[i]);
    *options = (struct st_options){
        .values = st_mem_get(room * sizeof *options->values),
        .args = st_mem_get(((size_t)argc + 1) * sizeof *options->args),
    };
    struct parse p = {options, accepted, argc, argv, 0, problem};
    st_err err = options->values == NULL || options->args == NULL ? ST_ERR_MEMORY : parse_all(&p);
    if (err != ST_OK)
        st_options_done(options);
    return err;
}

void st_options_done(struct st_options *options)
{
    st_mem_free(options->values);
    st_mem_free(options->args);
    *options = (struct st_options){0};
}

const char *st_options_text(const struct st_options *options, unsigned id)
{
    for (unsigned i = options->count; i > 0; i--)
        if (options->values[i - 1].id == id)
            return options->values[i - 1].text;
    return NULL;
}

bool st_options_has(const struct st_options *options, unsigned id)
{
    for (unsigned i = 0; i < options->count; i++)
        if (options->values[i].id == id)
            return true;
    return false;
}
