/*
 * verb.h: commands with commands of their own, as `contract show` and `quarantine drop`: what is
 * said when one is mistyped or given an option that says nothing to it.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_VERB_H
#define ST_CLI_VERB_H

#include "cli/options.h"

/* The number of the name among `names`, or `count` after telling what may have been meant. */
size_t st_verb_find(const char *command, const char *name, const char *const *names, size_t count);

/* GOOD, or USAGE after telling of the first option that is not among those accepted. */
int st_verb_check(const char *command, const char *verb, st_option_set accepted,
                  const struct st_options *options);

#endif
