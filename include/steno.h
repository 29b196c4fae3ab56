/*
 * steno.h: the C library of steno. So far: JSON Schema, and events of the contracts that steno
 * knows. A schema is compiled once, then JSON texts are held against it: yes or no, or an
 * explanation of everything that is wrong, with its place. Events are told apart, held against
 * their contracts and made anew.
 *
 *     #include <steno.h>                          cc program.c $(pkg-config --cflags --libs steno)
 *
 *     struct steno_fault fault;
 *     struct steno_schema *schema;
 *     if (steno_compile(&schema, text, strlen(text), NULL, &fault) != STENO_OK)
 *         errx(1, "%s at \"%s\"", fault.message, fault.pointer);
 *     if (steno_validate(schema, json, json_len) == STENO_OK)
 *         puts("valid");
 *     steno_schema_free(schema);
 *
 *     char *event;
 *     if (steno_session_start_new(registry, "shop", "ShopShell", NULL, &event, NULL) == STENO_OK)
 *         puts(event);
 *     steno_text_free(event);
 *
 * It is not a JSON library: texts come in, verdicts go out. It reads no file, opens no connection,
 * writes to no stream and keeps no state between calls but what the caller holds and the drafts'
 * metaschemas, which are compiled once in a process. Only what makes events asks the system: for
 * the time, names and random numbers. Drafts 4, 6, 7, 2019-09 and 2020-12 are spoken. steno(3) has
 * whole programs.
 *
 * 1. Threads. A compiled schema never changes, nor does a registry once it is filled: any number
 *    of threads use them at once, as long as nobody frees them. Every other object has one user at
 *    a time, in whatever thread.
 * 2. Ownership. What a function gives out through a pointer to a non-const pointer is the caller's,
 *    and goes back to the ..._free of its type, which accepts NULL. What comes as a pointer
 *    to const is borrowed from the object that was asked. Texts that are passed in are not
 *    looked at any more once the call has returned.
 * 3. Allocation. Each function says when it allocates. A validator that has seen texts of the size
 *    and kind before validates and explains without allocating at all (but the formats of
 *    internationalised names do, and words about a version that there is not).
 * 4. Failure. A call that fails has had no effect but on its error struct, and leaves NULL where it
 *    would have given an object. Any bytes are good enough as text: NULs, broken UTF-8, hostile
 *    schemas and patterns end in one of the codes, within bounded time and memory. A wrong call
 *    (NULL where none may be, an unknown option) is STENO_ARGUMENT. Only a defect of the library
 *    itself ends the process, by abort(3), with a line on standard error.
 * 5. Text is UTF-8, given as an address and a length in bytes; it needs no NUL behind it. NULL with
 *    length 0 is the empty text.
 *
 * Until version 1.0 the interface may change from 0.x to 0.x+1; the name of the shared library
 * (libsteno.so.0.x) changes with it.
 */
#ifndef STENO_H
#define STENO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whose answer must not be dropped. What is declared here, and nothing else, leaves the library. */
#if defined(__GNUC__)
#define STENO_MUST_USE __attribute__((warn_unused_result))
#pragma GCC visibility push(default)
#else
#define STENO_MUST_USE
#endif

/* ---- version ---- */

/* Of this header. */
#define STENO_VERSION_MAJOR 0
#define STENO_VERSION_MINOR 1
#define STENO_VERSION_PATCH 0
#define STENO_VERSION       "0.1.0"

/* Of the library that is linked: "0.1.0". */
const char *steno_version(void);

/* ---- what a call says ---- */

/* Chosen by what a caller can do about them. The numbers are for ever; new ones come at the end. */
typedef enum steno_error {
    STENO_OK = 0,       /* done; of an instance: it is valid */
    STENO_INVALID = 1,  /* JSON, but against its rules: an instance that its schema refuses, or a
                           text that is no schema */
    STENO_SYNTAX = 2,   /* not JSON */
    STENO_LIMIT = 3,    /* over a stated limit */
    STENO_ABSENT = 4,   /* a reference leads to nothing that is at hand; no contract of that name,
                           or none (or several) to which an event could belong */
    STENO_MEMORY = 5,   /* no memory; later it may work */
    STENO_SYSTEM = 6,   /* the operating system refused; only what a resolve function returns */
    STENO_DENIED = 7,   /* not allowed: events that only steno itself makes; and what a resolve
                           function returns */
    STENO_ARGUMENT = 8, /* the call itself is wrong */
    STENO_CONFLICT = 9, /* a contract of that name and version is there with other bytes */
} steno_error;

/* The name as it stands above, "STENO_OK", static; "unknown" for any other number. */
const char *steno_error_name(steno_error error);

/* ---- limits; steno(3) has them all ---- */

#define STENO_TEXT_BYTES_MAX     UINT32_C(4294967231) /* an instance */
#define STENO_SCHEMA_BYTES_MAX   UINT32_C(268435456)  /* one document of a schema */
#define STENO_DEPTH_MAX          128                  /* arrays and objects inside each other */
#define STENO_VIOLATIONS_MAX     1000                 /* kept in one report */
#define STENO_STACK_BYTES_MAX    UINT32_C(1048576)    /* of a stack, for the deepest call */
#define STENO_CONTRACT_BYTES_MAX UINT32_C(4194304)    /* a contract */
#define STENO_CONTRACTS_MAX      256                  /* in one registry */
#define STENO_EVENT_BYTES_MAX    UINT32_C(4194304)    /* an event that is made */

/* ---- schemas ---- */

/* A compiled schema: valid against its metaschema, all references resolved, all patterns compiled.
 * Never changes, belongs to no thread. */
struct steno_schema;

/* The dialect of a schema. */
enum steno_draft {
    STENO_DRAFT_DEFAULT = 0, /* 2020-12 */
    STENO_DRAFT_4 = 4,
    STENO_DRAFT_6 = 6,
    STENO_DRAFT_7 = 7,
    STENO_DRAFT_2019_09 = 2019,
    STENO_DRAFT_2020_12 = 2020,
    STENO_DRAFT_V1 = 2026, /* not published yet: as far as its text is known */
};

/* Where a resolve function puts the document that it was asked for. */
struct steno_document;

/* All zero is the default of every option. */
struct steno_options {
    enum steno_draft draft; /* of documents that have no $schema */
    bool assert_formats;  /* hold instances against `format`; else only where the dialect says so */
    const char *base_uri; /* of the schema given, for references relative to it; a fragment is left
                             out; may be NULL */

    /* Called while compiling for each document that a reference leads to and that neither the
     * schema nor the library holds (the metaschemas of the drafts are held). `uri` is absolute,
     * without a fragment, and chosen by whoever wrote the schema: open nothing that you would not
     * open for them.
     *
     * Give the document's JSON text with steno_document_add and return STENO_OK, or return
     * STENO_ABSENT; any other code ends the compilation with it (STENO_ARGUMENT and numbers that
     * are none: with STENO_SYSTEM). It must return (no longjmp, no exception); it may use this
     * library. NULL: such references are refused. The library itself never fetches anything. */
    steno_error (*resolve)(void *context, const char *uri, struct steno_document *document);
    void *context; /* handed to resolve */
};

/* Why a schema was refused. Each text ends with a NUL and is cut where it does not fit. */
struct steno_fault {
    steno_error error;
    char uri[256];     /* of the document; "" for the one given */
    char pointer[512]; /* JSON Pointer into that document */
    char message[512]; /* "must be type string" */
    uint64_t line;     /* in that document, from 1; 0 when unknown */
    uint64_t column;   /* from 1, in code points */
};

/* Compiles the schema that `text` holds. Allocates. `options` and `fault` may be NULL; the fault is
 * written on failure only.
 *
 * SYNTAX: a document is not JSON, or repeats a name in an object. INVALID: it is JSON and no
 * schema. ABSENT: a reference leads nowhere. LIMIT, MEMORY, ARGUMENT, and what resolve returned. */
STENO_MUST_USE steno_error steno_compile(struct steno_schema **schema, const char *text, size_t len,
                                         const struct steno_options *options,
                                         struct steno_fault *fault);

/* Appends to the document, within a resolve function only; `text` is copied. As often as needed, in
 * pieces of any size. LIMIT past STENO_SCHEMA_BYTES_MAX, MEMORY, ARGUMENT: to be returned by the
 * resolve function. */
STENO_MUST_USE steno_error steno_document_add(struct steno_document *document, const char *text,
                                              size_t len);

void steno_schema_free(struct steno_schema *schema);

/* ---- one text ---- */

struct steno_report;

/* Whether the JSON text satisfies the schema:
 *
 *     OK        it does
 *     INVALID   it is JSON, and does not (or is too much to check: see LIMITS in steno(3))
 *     SYNTAX    it is not JSON
 *     LIMIT     it is longer, deeper or has more values than a text may
 *     MEMORY, ARGUMENT   there is no verdict
 *
 * Of a name that repeats within an object the last one counts. Allocates, and frees it all; for
 * many texts take a validator. */
STENO_MUST_USE steno_error steno_validate(const struct steno_schema *schema, const char *text,
                                          size_t len);

/* The output formats of the standard (2020-12 core, 12.4). */
enum steno_output {
    STENO_OUTPUT_FLAG = 0,     /* the verdict alone */
    STENO_OUTPUT_BASIC = 1,    /* a list of what is wrong; of a valid text, of what is annotated */
    STENO_OUTPUT_DETAILED = 2, /* the same as a tree */
};

/* The same verdict, and what is wrong. There is a report for every verdict, *report is NULL only
 * after MEMORY and ARGUMENT. It is the caller's and outlives schema and text. `output` is the form
 * that steno_report_json will give it; who only walks over the violations takes FLAG, which is the
 * least work. Allocates. */
STENO_MUST_USE steno_error steno_explain(const struct steno_schema *schema, const char *text,
                                         size_t len, enum steno_output output,
                                         struct steno_report **report);

/* ---- many texts ---- */

/* The memory that work needs: parsed text, scratch, the last report. It is bound to no schema. Have
 * one for each thread. */
struct steno_validator;

STENO_MUST_USE steno_error steno_validator_new(struct steno_validator **validator);
void steno_validator_free(struct steno_validator *validator);

/* As steno_validate. */
STENO_MUST_USE steno_error steno_validator_validate(struct steno_validator *validator,
                                                    const struct steno_schema *schema,
                                                    const char *text, size_t len);

/* As steno_explain, but the report is the validator's: it holds until the next
 * steno_validator_explain or steno_validator_free. */
STENO_MUST_USE steno_error steno_validator_explain(struct steno_validator *validator,
                                                   const struct steno_schema *schema,
                                                   const char *text, size_t len,
                                                   enum steno_output output,
                                                   const struct steno_report **report);

/* ---- reports; each of these takes NULL for the report of no verdict ---- */

/* A text with a NUL behind it. A member's name may have NULs inside, so pointers may; len is the
 * whole length. at is never NULL in a report. */
typedef struct steno_text {
    const char *at;
    size_t len;
} steno_text;

#define STENO_NONE SIZE_MAX

/* One thing that is wrong. Keywords that apply other schemas to the value ($ref, allOf, anyOf …)
 * are violations, too, with what was found below them as children. To tell a person what to mend,
 * show those with `cause`.
 *
 * A text that is not JSON, or over a limit of texts, has one violation, of the keyword "json" or
 * "limit", at the place of the first wrong byte. An event whose contract or model is not to be had
 * has one of the keyword "contract". */
struct steno_violation {
    steno_text instance; /* JSON Pointer to the value that is wrong */
    steno_text subject;  /* JSON Pointer to what is to be mended: as instance, but for required,
                            additionalProperties and the like the missing or surplus member */
    steno_text keyword;  /* "minLength"; "false" where the schema is false; "limit" */
    steno_text keyword_location;  /* how it was reached: "/properties/a/$ref/minLength" */
    steno_text absolute_location; /* where it stands: "https://example.com/s#/$defs/a/minLength";
                                     empty when no schema says it, or it has tens of megabytes */
    steno_text message;           /* "must have length >= 1" */
    uint64_t offset;              /* of the value's first byte in the text, from 0 */
    uint64_t line;                /* the same place, from 1, by line feeds */
    uint64_t column;              /* from 1, in code points of that line */
    size_t parent;                /* the violation of the keyword above; STENO_NONE at the top */
    bool leaf;                    /* no violation has it as parent */
    bool cause; /* a leaf that must be mended whatever else is done; or, where there is none but
                   only alternatives (anyOf, oneOf, contains), any leaf */
};

/* The verdict, again: OK, INVALID, SYNTAX or LIMIT, of events also ABSENT. ARGUMENT for NULL. */
steno_error steno_report_verdict(const struct steno_report *report);

/* The number of violations: 0 when valid, at most STENO_VIOLATIONS_MAX, among which the branches of
 * the detailed output's tree count, too. What was found past that is counted, not kept. */
size_t steno_report_count(const struct steno_report *report);
uint64_t steno_report_dropped(const struct steno_report *report);

/* Violation number `index` from 0, parents before their children; NULL when there is none. It holds
 * as long as the report. */
const struct steno_violation *steno_report_at(const struct steno_report *report, size_t index);

/* The report in the form that it was asked for, as one line of JSON, with a NUL behind it and none
 * inside. Allocates when it is first asked for, and holds as long as the report. NULL without
 * memory. */
const char *steno_report_json(const struct steno_report *report);

void steno_report_free(struct steno_report *report);

/* ---- contracts ---- */

/* Contracts by name: JSON Schema documents with an annotation that says how to recognise an event,
 * how it is classified and how a new one is made. `steno contract list` names those that ship.
 *
 * A reference is "NAME@VERSION", or "NAME" for the newest version; "NAME#MODEL" or
 * "NAME@VERSION#MODEL" for one of the contract's models; "#MODEL" when only one contract has a
 * model of that name. NULL, where an event is asked about: the contract that recognises it. */
struct steno_registry;

/* A registry of the contracts that ship with the library. Allocates, and takes a few milliseconds.
 */
STENO_MUST_USE steno_error steno_registry_new(struct steno_registry **registry);
void steno_registry_free(struct steno_registry *registry);

/* Adds a contract of one's own; while nobody else uses the registry. `fault` may be NULL. As
 * steno_compile, and INVALID when the annotation is wrong, CONFLICT when that name and version are
 * there with other bytes, LIMIT past STENO_CONTRACTS_MAX. The same bytes again are OK. */
STENO_MUST_USE steno_error steno_registry_add(struct steno_registry *registry, const char *text,
                                              size_t len, struct steno_fault *fault);

/* "NAME@VERSION" of contract number `index` from 0, in the order in which they were added; NULL
 * past the last. Of the contract of that reference: its models' names and its event types, in the
 * order of its file; NULL past the last, and when there is no such contract. All hold as long as
 * the registry. */
const char *steno_registry_contract(const struct steno_registry *registry, size_t index);
const char *steno_registry_model(const struct steno_registry *registry, const char *reference,
                                 size_t index);
const char *steno_registry_type(const struct steno_registry *registry, const char *reference,
                                size_t index);

/* The contract's text byte for byte, or the model as a schema of its own on one line; with a NUL
 * behind it. The caller's, for steno_text_free. Allocates. ABSENT, MEMORY, ARGUMENT. */
STENO_MUST_USE steno_error steno_registry_schema(const struct steno_registry *registry,
                                                 const char *reference, char **text);

void steno_text_free(char *text);

/* ---- events ---- */

/* Which contract recognises the event: *contract is its "NAME@VERSION", and holds as long as the
 * registry. ABSENT when none does, or several; then it is never guessed. SYNTAX, LIMIT, MEMORY,
 * ARGUMENT. Allocates, and frees it all. */
STENO_MUST_USE steno_error steno_event_recognise(const struct steno_registry *registry,
                                                 const char *text, size_t len,
                                                 const char **contract);

/* Whether the JSON text is a valid event of the contract or model: as steno_validate, and ABSENT
 * when there is no such contract or model, or none (or several) that recognises it. The formats
 * that the contract lists are asserted. A version that the event names must be the contract's own,
 * to the letter. No text whatever ends in anything but a code. */
STENO_MUST_USE steno_error steno_event_validate(const struct steno_registry *registry,
                                                const char *reference, const char *text,
                                                size_t len);

/* The same verdict, and what is wrong, as steno_explain; there is a report for ABSENT, too. */
STENO_MUST_USE steno_error steno_event_explain(const struct steno_registry *registry,
                                               const char *reference, const char *text, size_t len,
                                               enum steno_output output,
                                               struct steno_report **report);

/* Both with a validator's memory, for many events. A model is compiled at the first need, and kept
 * by the registry. */
STENO_MUST_USE steno_error steno_validator_validate_event(struct steno_validator *validator,
                                                          const struct steno_registry *registry,
                                                          const char *reference, const char *text,
                                                          size_t len);
STENO_MUST_USE steno_error steno_validator_explain_event(struct steno_validator *validator,
                                                         const struct steno_registry *registry,
                                                         const char *reference, const char *text,
                                                         size_t len, enum steno_output output,
                                                         const struct steno_report **report);

/* Makes a valid event of the type, as one line of JSON with a NUL behind it: what the fields give,
 * and fresh ids, the time, the user, the host and stated values where the contract asks for more.
 * A field is "a.b.c=VALUE", text where the contract allows text and else JSON, or
 * "a.b.c:=JSON"; JSON Pointers name fields, too. What is given is never changed, and what only
 * the caller can know, numbers above all, is never made up.
 *
 * `contract` is a reference without a model; NULL: the only one that names the type and may be
 * made. Both *event and *why are the caller's, for steno_text_free. `why` may be NULL; after any
 * failure but MEMORY and ARGUMENT it is words, a line for each thing that is missing or wrong, and
 * NULL otherwise.
 *
 *     INVALID   a field is missing or breaks the contract
 *     SYNTAX    a field cannot be read, is given twice or cannot be set
 *     ABSENT    no such contract, or none (or several) that names the type
 *     DENIED    only steno itself makes events of the contract
 *     LIMIT     the event is longer than STENO_EVENT_BYTES_MAX
 *     MEMORY, ARGUMENT
 *
 * Reads the environment (USER, USERNAME, HOME) and asks the system; nobody may change the
 * environment meanwhile. Allocates. */
STENO_MUST_USE steno_error steno_event_new(const struct steno_registry *registry,
                                           const char *contract, const char *type,
                                           const char *const *fields, size_t field_count,
                                           char **event, char **why);

/* The start of a session of the calling process, a shell of the component, and the end of the
 * session of that id: events of session-events. `metadata` is a JSON object; NULL: {}. As
 * steno_event_new. */
STENO_MUST_USE steno_error steno_session_start_new(const struct steno_registry *registry,
                                                   const char *component, const char *shell,
                                                   const char *metadata, char **event, char **why);
STENO_MUST_USE steno_error steno_session_end_new(const struct steno_registry *registry,
                                                 const char *session, const char *metadata,
                                                 char **event, char **why);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
