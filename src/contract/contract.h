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
 * 2. Its formats are asserted: those that it lists in assert_formats, or all.
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

/* What is wrong with a contract's file, in the order in which it was found, the first being the
 * one that `fault` tells. {0} at first. What is wrong with its schema, or between its parts, stands
 * alone: what follows from it is not known. */
struct st_contract_faults {
    struct st_schema_fault *at; /* owned */
    uint32_t count;
    uint64_t dropped; /* past ST_CONTRACT_FAULTS_MAX: counted only */
};
void st_contract_faults_done(struct st_contract_faults *faults);

struct st_contract_options {
    bool strict_formats; /* all formats are asserted, whatever the contract lists */

    /* Takes in the names of members that the contract's schema speaks of, while it is loaded; must
     * outlive the contract. NULL: the schema has a table of its own. */
    struct st_name_table *names;

    /* Takes in all that the annotation's schema has against a contract that is refused; emptied
     * first. NULL: `fault` tells the first of it. */
    struct st_contract_faults *faults;
};

/* Loads a contract's file. INVALID with the pointer when the schema or the annotation is wrong. */
ST_MUST_USE st_err st_contract_load(struct st_contract **contract, st_str text,
                                    struct st_schema_fault *fault);
ST_MUST_USE st_err st_contract_load_with(struct st_contract **contract, st_str text,
                                         const struct st_contract_options *options,
                                         struct st_schema_fault *fault);
void st_contract_free(struct st_contract *contract);

st_str st_contract_ref(const struct st_contract *contract);     /* "agent-event@v0" */
st_str st_contract_name(const struct st_contract *contract);    /* "agent-event" */
st_str st_contract_version(const struct st_contract *contract); /* "v0" */
st_str st_contract_title(const struct st_contract *contract); /* the schema's title; "" when none */
st_str st_contract_text(const struct st_contract *contract);  /* the file, byte for byte */
const uint8_t *st_contract_digest(const struct st_contract *contract); /* SHA-256 of the text */
const struct st_schema *st_contract_schema(const struct st_contract *contract);

/* Whether some `recognise` alternative of rank *rank or lower holds for the value; *rank is then
 * the lowest that does. Those above it are not looked at. */
bool st_contract_recognises(const struct st_contract *contract, const struct st_json *doc,
                            uint32_t node, uint32_t *rank);

/* Reads the record: all but seq and received_ns. Slices point into the doc's text, into `arena`
 * where a string had escapes (the doc may be reused afterwards; its text must stay), or into the
 * contract (category, aliases). MEMORY only. */
ST_MUST_USE st_err st_contract_read(const struct st_contract *contract, const struct st_json *doc,
                                    uint32_t node, struct st_arena *arena,
                                    struct st_record *record);

/* The type alone, as in the record, for who needs no more of it; *unknown as ST_MARK_UNKNOWN_TYPE
 * there. MEMORY only. */
ST_MUST_USE st_err st_contract_read_type(const struct st_contract *contract,
                                         const struct st_json *doc, uint32_t node,
                                         struct st_arena *arena, st_str *type, bool *unknown);

/* Whether its schema lets event types pass that it does not name ("unknown_types": "keep"). */
bool st_contract_keeps_unknown_types(const struct st_contract *contract);

/* The event types that the contract names (classify rules without a wildcard), in file order:
 * type `index`, or {NULL, 0} past the last. */
st_str st_contract_type(const struct st_contract *contract, uint32_t index);

/* Whether the type is one of these. */
bool st_contract_names(const struct st_contract *contract, st_str type);

/* Whether only steno itself writes its events. */
bool st_contract_reserved(const struct st_contract *contract);

/* ---- for those who read the contract ---- */

/* The models that it names, in file order: name `index`, or {NULL, 0} past the last. */
st_str st_contract_model_name(const struct st_contract *contract, uint32_t index);

/* Appends a model as a schema of its own, on one line: the root's $schema, the members of the
 * model's schema, and the $defs that it refers to. ABSENT: no such model. */
ST_MUST_USE st_err st_contract_model(const struct st_contract *contract, st_str name,
                                     struct st_buf *out);

/* Compiles a model with the formats that the contract asserts; the caller's. ABSENT: no such model.
 */
ST_MUST_USE st_err st_contract_compile_model(const struct st_contract *contract, st_str name,
                                             struct st_schema **schema,
                                             struct st_schema_fault *fault);

/* A choice that was made where the contract's sources are silent; false past the last. */
struct st_contract_note {
    st_str about; /* a few words */
    st_str text;  /* sentences */
};
bool st_contract_note(const struct st_contract *contract, uint32_t index,
                      struct st_contract_note *note);

/* A word that is no longer to be used; NULL past the last. */
struct st_retired {
    st_str term;
    st_str instead; /* at == NULL when nothing is said */
    st_str reason;
    const st_str *allow; /* globs (glob.h) of files in which it may stand */
    uint32_t allow_count;
    bool within_words; /* else no letter, digit or underscore stands before or after it */
    bool any_case;
};
const struct st_retired *st_contract_retired(const struct st_contract *contract, uint32_t index);

/* Appends the event in the contract's structured form, on one line without line feed. `record` is
 * the event's. ABSENT: the contract has no such form, or the event lacks what the form must say. */
ST_MUST_USE st_err st_contract_structure(const struct st_contract *contract,
                                         const struct st_json *doc, uint32_t node,
                                         const struct st_record *record, struct st_buf *out);

#endif
