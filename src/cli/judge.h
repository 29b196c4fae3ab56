/*
 * judge.h: one instance held against its rules, and the verdict as a line or several.
 *
 *   text      file:line:column: pointer: message   for each violation; nothing for a valid one
 *   flag      {"line":N,"valid":true}
 *   basic, detailed   the standard's output, one line: what is violated, or what is annotated
 *   survey    a finding (finding.h), for who sums them up
 *
 * 1. Whatever the bytes are, there is one verdict: not JSON, over a limit, or of no known contract
 *    is invalid, with the reason as a violation.
 *
 * Top floor. A struct st_judge has one owner; rules are shared. Allocates nothing in the steady
 * state but for what it explains.
 */
#ifndef ST_CLI_JUDGE_H
#define ST_CLI_JUDGE_H

#include "contract/registry.h"

enum st_verdict {
    ST_VERDICT_TEXT,
    ST_VERDICT_FLAG,
    ST_VERDICT_BASIC,
    ST_VERDICT_DETAILED,
    ST_VERDICT_SURVEY
};

struct st_rules {
    const struct st_schema *schema;     /* NULL: recognised by the registry */
    const struct st_contract *contract; /* the schema is this one's; NULL: no contract was named */
    const struct st_registry *registry;
    bool any_version; /* the contract was named without one: instances name theirs */
    const struct st_name_table *names; /* to parse with; NULL: none */
    bool unique_names;
    enum st_verdict form;
};

struct st_judge {
    const struct st_rules *rules;
    struct st_checker *checker;
    struct st_json doc;
    struct st_arena arena;
    uint64_t offset, line, column; /* the place told last: the next one is counted from there */
};

struct st_instance {
    const char *file;
    st_str text;
    uint64_t line;        /* its first line in the file */
    const char *too_long; /* over a limit, and which; else NULL. Then there is no text */
    const struct st_contract *contract; /* it was recorded under this one; NULL: as the rules say */
};

ST_MUST_USE st_err st_judge_init(struct st_judge *judge, const struct st_rules *rules);
void st_judge_done(struct st_judge *judge);

/* Appends the verdict to `out`. MEMORY and LIMIT (of `out`) are the only errors. */
ST_MUST_USE st_err st_judge_instance(struct st_judge *judge, const struct st_instance *instance,
                                     struct st_buf *out, bool *valid);

#endif
