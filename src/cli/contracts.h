/*
 * contracts.h: the contracts a command knows, and what people are told when one is not known.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_CONTRACTS_H
#define ST_CLI_CONTRACTS_H

#include "contract/registry.h"

/* With strict times every format is asserted, whatever a contract lists. NULL after telling why. */
struct st_registry *st_contracts_open(bool strict_time);

/* The contract of that name; NULL after telling which ones there are. */
const struct st_contract *st_contracts_find(const struct st_registry *registry,
                                            const char *reference);

/* Appends "a, b": up to eight candidates. */
ST_MUST_USE st_err st_contracts_add_candidates(struct st_buf *out,
                                               const struct st_candidates *candidates);

/* Tells a schema's fault in one line: "FILE:LINE:COLUMN: POINTER: message", the URI where it is in
 * another document. */
void st_contracts_tell_fault(const char *file, const struct st_schema_fault *fault);

#endif
