/*
 * check_store.h: what a store has recorded, for `check --report`.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_CHECK_STORE_H
#define ST_CLI_CHECK_STORE_H

#include "cli/command.h"
#include "cli/pool.h"

/* Hands the recorded events of --store to the pool, then those in quarantine: with a contract in
 * the rules, those that were recorded under any version of its name; with a schema that is no
 * contract's, all; else each under the contract that it was recorded under. Returns the exit code
 * after telling what is wrong; *partly: a damaged part of the store was told and left out. */
int st_check_store(struct st_cli *cli, struct st_pool *pool, const struct st_rules *rules,
                   struct st_progress *progress, bool *partly);

#endif
