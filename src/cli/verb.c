#include "cli/verb.h"

#include "cli/say.h"

size_t st_verb_find(const char *command, const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    const char *near = st_nearest(st_str_of(name), names, (unsigned)count);
    if (near != NULL)
        st_fail_with(ST_EXIT_USAGE, "%s %s: no such command; did you mean %s", command, name, near);
    else
        st_fail_with(ST_EXIT_USAGE, "%s %s: no such command; steno help %s has them", command, name,
                     command);
    return count;
}

int st_verb_check(const char *command, const char *verb, st_option_set accepted,
                  const struct st_options *options)
{
    for (unsigned i = 0; i < options->count; i++)
        if ((accepted & ST_OPTION_BIT(options->values[i].id)) == 0)
            return st_fail_with(ST_EXIT_USAGE, "%s %s: --%s says nothing here; leave it out",
                                command, verb, st_option_at(options->values[i].id)->name);
    return ST_EXIT_GOOD;
}
