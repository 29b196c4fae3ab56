/*
 * lint.h: where retired words still stand: in a contract's own text, and in texts about it.
 *
 * Not a speller: words are found as they are written in `retired` (contract.h), by the bytes, or
 * without regard to the case of ASCII letters where the contract says so. A word that is to stand
 * alone has no letter, digit or underscore of any script before or after it.
 *
 * Floor 4. Any thread. Allocates nothing.
 */
#ifndef ST_CONTRACT_LINT_H
#define ST_CONTRACT_LINT_H

#include "contract/contract.h"

struct st_lint_finding {
    const struct st_retired *word;
    uint64_t line;   /* from 1 */
    uint64_t column; /* from 1, in code points */
};

/* Who is told; an error of it ends the search. */
typedef st_err (*st_lint_take)(void *context, const struct st_lint_finding *finding);

/* The first place of the word in the text from `from` on. */
bool st_retired_find(const struct st_retired *word, st_str text, size_t from, size_t *at);

/* Whether the word may stand in the file: one of its globs means the path. */
bool st_retired_allows(const struct st_retired *word, st_str path);

/* Finds the contract's words in a text, line by line, but for those that the path allows. */
ST_MUST_USE st_err st_lint_text(const struct st_contract *contract, st_str path, st_str text,
                                st_lint_take take, void *context);

/* The same in the names and strings of the contract's own file, but for those in which it says
 * which words are retired. */
ST_MUST_USE st_err st_lint_contract(const struct st_contract *contract, st_str path,
                                    st_lint_take take, void *context);

#endif
