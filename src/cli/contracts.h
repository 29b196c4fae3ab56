/*
 * contracts.h: the contracts a command knows, and what people are told when one is not known.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_CONTRACTS_H
#define ST_CLI_CONTRACTS_H

#include "cli/command.h"
#include "contract/registry.h"

/* With strict times every format is asserted, whatever a contract lists. NULL after telling why. */
struct st_registry *st_contracts_open(bool strict_time);

/* Those that ship, and those that were added to the store that the command line or the environment
 * names, or to the default one. A store that is not there has none; one that --store names must be
 * there. NULL after telling why. */
struct st_registry *st_contracts_open_here(struct st_cli *cli, bool strict_time);

/* Those that ship, and those of a store that is about to be written: what is wrong with it will be
 * told then. */
struct st_registry *st_contracts_open_to_write(const char *path, bool strict_time);

/* The same as st_contracts_open_here, or those of the recorder that is named instead of a store. */
struct st_registry *st_contracts_open_anywhere(struct st_cli *cli);

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
