/*
 * contract_diff.h: what `steno contract diff` has found, and the forms in which it tells it.
 *
 * Top floor. The main thread. Writing allocates in the buffer that it is given.
 */
#ifndef ST_CLI_CONTRACT_DIFF_H
#define ST_CLI_CONTRACT_DIFF_H

#include "contract/diff.h"

/* One side: a contract, or a plain schema. */
struct st_diff_side {
    const char *said;                   /* on the command line */
    const char *file;                   /* the path; NULL: a contract that is known by name */
    struct st_contract *own;            /* read from the file, or NULL */
    struct st_schema *own_schema;       /* likewise, of a plain schema */
    const struct st_contract *contract; /* NULL: a plain schema */
    const struct st_schema *schema;
};

/* One old version before the new one. */
struct st_diff_pair {
    const struct st_diff_side *old;
    struct st_arena arena;
    struct st_diff diff;
    struct st_diff_sum sum;
};

struct st_diff_result {
    enum st_diff_level level;
    enum st_diff_policy policy;
    const struct st_diff_side *new;
    struct st_diff_pair *pairs;
    unsigned count;
};

/* For people (colour: with escape sequences), for programs, for JUnit's readers, and for GitHub. */
ST_MUST_USE st_err st_diff_write_text(const struct st_diff_result *result, bool colour,
                                      struct st_buf *out);
ST_MUST_USE st_err st_diff_write_json(const struct st_diff_result *result, struct st_buf *out);
ST_MUST_USE st_err st_diff_write_junit(const struct st_diff_result *result, struct st_buf *out);
ST_MUST_USE st_err st_diff_write_github(const struct st_diff_result *result, struct st_buf *out);

#endif
