/*
 * export.h: the models of a contract as data for other programs.
 *
 *      {"SessionStartEvent": {"$schema": …, "title": …}, "SessionEndEvent": …}
 *
 * Each is the schema that st_contract_model gives, in file order. A contract that names no models
 * is one itself, under its own name.
 *
 * Floor 4. Any thread. Allocates in the buffers that it is given, and what it frees again.
 */
#ifndef ST_CONTRACT_EXPORT_H
#define ST_CONTRACT_EXPORT_H

#include "contract/registry.h"

/* Appends a contract's models as one object, on one line. */
ST_MUST_USE st_err st_export_contract(const struct st_contract *contract, struct st_buf *out);

/* Appends those of all contracts, each under its reference: {"session-events@1.0": {…}, …}. Names
 * of models need not differ from contract to contract, nor do they from version to version. */
ST_MUST_USE st_err st_export_registry(const struct st_registry *registry, struct st_buf *out);

#endif
