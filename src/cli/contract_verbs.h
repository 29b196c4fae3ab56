/*
 * contract_verbs.h: the one list of what `steno contract` does: one file and one function a verb
 * but for list and show, which are short.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_CONTRACT_VERBS_H
#define ST_CLI_CONTRACT_VERBS_H

#include "cli/command.h"
#include "cli/contracts.h"

/* Verb, its arguments, how many at least and at most, its options. */
#define ST_CONTRACT_VERB_LIST(X)                                                                   \
    X(list, "", 0, 0, ST_ON_WHERE | ST_ON(TOLD))                                                   \
    X(show, "NAME[@V] [MODEL]", 1, 2, ST_ON_WHERE)                                                 \
    X(add, "FILE", 1, 1, ST_ON_WHERE)                                                              \
    X(export, "[NAME[@V]]", 0, 1, ST_ON_WHERE | ST_ON(FORMAT) | ST_ON(OUT))                        \
    X(lint, "[NAME[@V]] [PATH...]", 0, ST_ANY_ARGS, ST_ON_WHERE | ST_ON(ALLOW))                    \
    X(docs, "NAME[@V]", 1, 1, ST_ON_WHERE | ST_ON(OUT))                                            \
    X(types, "NAME[@V]", 1, 1, ST_ON_WHERE | ST_ON(LANG) | ST_ON(OUT))                             \
    X(diff, "[OLD...] NEW", 1, ST_ANY_ARGS,                                                        \
      ST_ON_WHERE | ST_ON(LEVEL) | ST_ON(POLICY) | ST_ON(TOLD) | ST_ON(OUT) | ST_ON(DRAFT) |       \
          ST_ON(FORMAT_ASSERTION))

/* `args` are those behind the verb. Each returns the exit code after telling what is wrong. */
struct st_verb_call {
    struct st_cli *cli;
    struct st_registry *registry;
    const char *const *args;
    unsigned arg_count;
};

#define ST_CONTRACT_VERB_DECLARE(name, args, args_min, args_max, options)                          \
    int st_contract_verb_##name(const struct st_verb_call *call);
ST_CONTRACT_VERB_LIST(ST_CONTRACT_VERB_DECLARE)
#undef ST_CONTRACT_VERB_DECLARE

/* What -o says, if it is among the verb's own ("table|json"), else `otherwise`; NULL after telling
 * that it is not. */
const char *st_contract_form(const struct st_verb_call *call, const char *verb, const char *forms,
                             const char *otherwise);

/* Puts a verb's result where --out says, all or nothing, else on stdout. */
int st_contract_put(struct st_cli *cli, st_str text);

#endif
