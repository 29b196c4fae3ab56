/*
 * contract.h: one contract: a JSON Schema document with an `x-steno` annotation.
 *
 * The schema says which events are valid; the annotation says how to recognise one, where the
 * record's data stand in it, and how its types are classified. Adding a contract needs no C. What
 * the annotation may hold is contracts/x-steno.schema.json, and every contract is held against it.
 *
 *   "x-steno": {
 *     "name": "agent-event", "version": "v0",
 *     "recognise": [{"rank": 1, "all": [{"at": "/event_version", "equals": "v0"}]}],
 *     "unknown_types": "refuse" | "keep",
 *     "aliases": {"types": {"command Failed": "command.failed"}},
 *     "record": {"type": "/event_type", "id": "/event_id", "time": "/occurred_at", "tenant": …,
 *                "stream": …, "parent": …, "producer": …, "producer_seq": …},
 *     "classify": [{"types": ["run.failed", "policy.*"], "level": "ops", "category": "run",
 *                   "severity": "error"}, …]          each of the three: the first rule to state it
 *     "measures": {"tokens": {…}, "cost": {…},
 *                  "duration": [{"types": […], "at": …, "unit": "ms"}]},
 *     "construct": {"/event_id": {"make": "uuid"}, "/run/workflow_id": {"value": "manual"}, …}
 *   }
 *
 * 1. A loaded contract is immutable and shared by threads.
 * 2. Its formats are asserted.
 * 3. Reading the record never fails on a valid event; on an invalid one it reads what is there.
 *
 * Floor 4. Loading allocates; reading allocates only in the arena that it is given.
 */
#ifndef ST_CONTRACT_CONTRACT_H
#define ST_CONTRACT_CONTRACT_H

#include "contract/limits.h"
#include "record/record.h"
#include "schema/schema.h"

/* What happens to an event that breaks its contract. */
#define ST_MODE_LIST(X)                                                                            \
    X(ENFORCE, "enforce")       /* refused: 400 */                                                 \
    X(QUARANTINE, "quarantine") /* kept apart with its violations: 202 with a warning */           \
    X(OBSERVE, "observe")       /* recorded, marked, counted */

enum st_mode {
#define ST_MODE_ENUM(id, text) ST_MODE_##id,
    ST_MODE_LIST(ST_MODE_ENUM)
#undef ST_MODE_ENUM
        ST_MODE_COUNT
};
const char *st_mode_name(enum st_mode mode);
bool st_mode_of_name(st_str name, enum st_mode *mode);

struct st_contract;

/* Loads a contract's file. INVALID with the pointer when the schema or the annotation is wrong. */
ST_MUST_USE st_err st_contract_load(struct st_contract **contract, st_str text,
                                    struct st_schema_fault *fault);
void st_contract_free(struct st_contract *contract);

st_str st_contract_ref(const struct st_contract *contract);     /* "agent-event@v0" */
st_str st_contract_name(const struct st_contract *contract);    /* "agent-event" */
st_str st_contract_version(const struct st_contract *contract); /* "v0" */
st_str st_contract_title(const struct st_contract *contract); /* the schema's title; "" when none */
st_str st_contract_text(const struct st_contract *contract);  /* the file, byte for byte */
const uint8_t *st_contract_digest(const struct st_contract *contract); /* SHA-256 of the text */
const struct st_schema *st_contract_schema(const struct st_contract *contract);

/* Whether some `recognise` alternative holds for the value; *rank is the lowest that does. */
bool st_contract_recognises(const struct st_contract *contract, const struct st_json *doc,
                            uint32_t node, uint32_t *rank);

/* Reads the record: all but seq and received_ns. Slices point into the doc's text, into `arena`
 * where a string had escapes (the doc may be reused afterwards; its text must stay), or into the
 * contract (category, aliases). MEMORY only. */
ST_MUST_USE st_err st_contract_read(const struct st_contract *contract, const struct st_json *doc,
                                    uint32_t node, struct st_arena *arena,
                                    struct st_record *record);

/* Whether its schema lets event types pass that it does not name ("unknown_types": "keep"). */
bool st_contract_keeps_unknown_types(const struct st_contract *contract);

/* The event types that the contract names (classify rules without a wildcard), in file order:
 * type `index`, or {NULL, 0} past the last. */
st_str st_contract_type(const struct st_contract *contract, uint32_t index);

#endif
