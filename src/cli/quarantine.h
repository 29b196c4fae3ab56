/*
 * quarantine.h: the one list of what `steno quarantine` does, and what its verbs share.
 *
 * list and show are in quarantine.c, release and drop in quarantine_rule.c.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_QUARANTINE_H
#define ST_CLI_QUARANTINE_H

#include "cli/command.h"
#include "json/json.h"

/* Verb, whether it takes numbers, its options besides where. */
#define ST_QUARANTINE_VERB_LIST(X)                                                                 \
    X(list, false, ST_ON_KEPT_FILTERS | ST_ON(KEPT))                                               \
    X(show, true, ST_ON(KEPT))                                                                     \
    X(release, true, ST_ON(MENDED))                                                                \
    X(drop, true, ST_ON(REASON))

/* Each returns the exit code after telling what is wrong. `numbers` are in the order said. */
struct st_numbers {
    uint64_t *at;
    unsigned count;
};
#define ST_QUARANTINE_VERB_DECLARE(name, takes_numbers, options)                                   \
    int st_quarantine_verb_##name(struct st_cli *cli, const struct st_numbers *numbers);
ST_QUARANTINE_VERB_LIST(ST_QUARANTINE_VERB_DECLARE)
#undef ST_QUARANTINE_VERB_DECLARE

/* The violations in the member `errors` of a node: `take` gets pointer and message of each; returns
 * how many there are. */
unsigned st_quarantine_violations(const struct st_json *doc, uint32_t node,
                                  void (*take)(void *context, st_str pointer, st_str message),
                                  void *context);

#endif
