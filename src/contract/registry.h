/*
 * registry.h: the contracts that a process knows, by name and version, and which one an event is
 * held against.
 *
 * 1. References are "name" (its newest version) or "name@version".
 * 2. Contracts are only ever added, never changed or taken out, so a registry need not be
 * exchanged: one thread may add while any number read, and a reader sees all of a contract or
 * nothing of it. Modes and the table of names are set at start, before others read.
 * 3. Recognition is by rank: the lowest rank at which any contract recognises the event decides;
 * two contracts at that rank, or none at all, is ambiguous, never a guess.
 * 4. Versions of one contract stand side by side: an event is of the version that it names
 *    (version_at), where that is known, else of the newest that recognises it.
 *
 * Floor 4. Adding allocates; finding and resolving do not.
 */
#ifndef ST_CONTRACT_REGISTRY_H
#define ST_CONTRACT_REGISTRY_H

#include "contract/contract.h"

struct st_registry;

/* A registry with the contracts that ship in the binary. */
ST_MUST_USE st_err st_registry_new(struct st_registry **registry, struct st_schema_fault *fault);
ST_MUST_USE st_err st_registry_new_with(struct st_registry **registry,
                                        const struct st_contract_options *options,
                                        struct st_schema_fault *fault);
void st_registry_free(struct st_registry *registry);

/* The table to parse events with (st_json_options): the names of members of all contracts that were
 * loaded by the registry. Events of others are judged alike, by names that are looked up. */
const struct st_name_table *st_registry_names(const struct st_registry *registry);

/* Loads a contract as the registry's own were, its names in the registry's table: at start only,
 * before others read. Nothing happens when that name and version are there, with whatever bytes. */
ST_MUST_USE st_err st_registry_load(struct st_registry *registry, st_str text,
                                    struct st_schema_fault *fault);

/* Takes the contract over; CONFLICT when that name and version are there with other bytes, LIMIT
 * when it is full: then it stays the caller's. One thread at a time. */
ST_MUST_USE st_err st_registry_add(struct st_registry *registry, struct st_contract *contract);

uint32_t st_registry_count(const struct st_registry *registry);
const struct st_contract *st_registry_at(const struct st_registry *registry, uint32_t index);

/* NULL when unknown. */
const struct st_contract *st_registry_find(const struct st_registry *registry, st_str reference);

/* The version of that name that follows `before` (NULL: the oldest); NULL when there is none. */
const struct st_contract *st_registry_next(const struct st_registry *registry, st_str name,
                                           const struct st_contract *before);

/* Appends the versions of that name, "1.0, 1.1", rising; nothing when the name is unknown. */
ST_MUST_USE st_err st_registry_add_versions(const struct st_registry *registry, st_str name,
                                            struct st_buf *out);

/* Appends why a reference names nothing: "own has no version 2.0; it has 1.0, 1.1", or "no such
 * contract". */
ST_MUST_USE st_err st_registry_explain_absent(const struct st_registry *registry, st_str reference,
                                              struct st_buf *out);

/* Where a violation says that the version an event names (version_at) is not the contract's: its
 * message becomes one that names the versions there are. `report` is of the contract's schema and
 * `doc`, whose value at `node` was checked. MEMORY only. */
ST_MUST_USE st_err st_registry_explain(const struct st_registry *registry,
                                       const struct st_contract *contract,
                                       const struct st_json *doc, uint32_t node,
                                       struct st_report *report);

/* What a model's own schema cannot say: the event was held against the model, which names the place
 * of the version (version_at), and another one than the contract's stands there. Then *valid
 * becomes false and the report (may be NULL) gets a violation of the keyword "version" that names
 * the versions there are. MEMORY only. */
ST_MUST_USE st_err st_registry_check_version(const struct st_registry *registry,
                                             const struct st_contract *contract, st_str model,
                                             const struct st_json *doc, bool *valid,
                                             struct st_report *report);

/* Default ENFORCE. ABSENT when the reference is unknown. */
ST_MUST_USE st_err st_registry_set_mode(struct st_registry *registry, st_str reference,
                                        enum st_mode mode);
enum st_mode st_registry_mode(const struct st_registry *registry,
                              const struct st_contract *contract);

/* The contract that recognises the value, or NULL with the candidates: the several, or none. */
struct st_candidates {
    const struct st_contract *at[8];
    uint32_t count; /* of all, also when more than 8 */
};
const struct st_contract *st_registry_resolve(const struct st_registry *registry,
                                              const struct st_json *doc, uint32_t node,
                                              struct st_candidates *candidates);

/* The version of the contract that the value names, as the contract says where it does; the
 * contract itself where it names none, or one that is not known. */
const struct st_contract *st_registry_choose_version(const struct st_registry *registry,
                                                     const struct st_contract *contract,
                                                     const struct st_json *doc, uint32_t node);

/* The only contract that names the type and whose events anyone may make; NULL with the candidates:
 * the several, or none. *reserved is one that names it and is reserved, or NULL. */
const struct st_contract *st_registry_find_by_type(const struct st_registry *registry, st_str type,
                                                   struct st_candidates *candidates,
                                                   const struct st_contract **reserved);

/* Whether marks give the value to other contracts than the one that was named for it: then the
 * candidates are the one named and those. A contract that keeps unknown types takes nothing that
 * another's marks claim. */
bool st_registry_is_claimed(const struct st_registry *registry, const struct st_contract *named,
                            const struct st_json *doc, uint32_t node,
                            struct st_candidates *candidates);

#endif
