/*
 * api.h: what the rooms of the public library share: its objects, and errors across its border.
 *
 * The library is a thin coat: names, checks of arguments and lifetimes that suit a C caller.
 * Whatever is right or wrong about a schema or an instance is decided below.
 *
 *     error.c       codes and their names, the version
 *     compile.c     schemas
 *     validator.c   verdicts and explanations
 *     report.c      what an explanation says
 *     registry.c    contracts and their models by name
 *     event.c       events told apart and held against their contracts
 *     construct.c   events made
 *
 * 1. Nothing but what steno.h declares leaves the library: all else is hidden.
 * 2. A public object that wraps nothing (struct steno_schema) is the inner one under its
 *    public name.
 *
 * Top floor, beside cli/. Threads and allocation as steno.h says.
 */
#ifndef ST_API_API_H
#define ST_API_API_H

#include "contract/registry.h"

#include "steno.h"

/* ---- error.c ---- */

/* The public code of an inner one. */
steno_error st_api_error(st_err err);

/* The inner code for what a caller's function returned: SYSTEM for what it cannot mean. */
st_err st_api_err_of(steno_error error);

/* ---- compile.c ---- */

/* Hands a fault out to a caller, who may want none; its public code. */
steno_error st_api_fault(struct steno_fault *fault, const struct st_schema_fault *inner);
steno_error st_api_refuse_call(struct steno_fault *fault, const char *message); /* ARGUMENT */

/* ---- validator.c ---- */

struct steno_validator {
    struct st_checker *checker;
    struct st_json doc;
    struct st_buf words;         /* about contracts that are not to be had */
    struct steno_report *report; /* made at the first need */
};

/* Every explanation begins so: *report is NULL, and the validator has an empty report for that
 * output. `is_wrong_call`: an argument before these is wrong. OK, ARGUMENT or MEMORY. */
steno_error st_api_explain_begin(struct steno_validator *validator, bool is_wrong_call,
                                 enum steno_output output, const struct steno_report **report);

/* And ends so: `err` is a failure to explain a text of `len` bytes. The failure's code, or the
 * verdict, and then *report is the validator's. */
steno_error st_api_explain_end(struct steno_validator *validator, st_err err, size_t len,
                               const struct steno_report **report);

/* What a large text needed goes back. */
void st_api_forget_text(struct steno_validator *validator, size_t len);

/* ---- registry.c ---- */

/* What a text is held against. */
struct st_api_held {
    const struct st_contract *contract;
    const struct st_schema *schema;
    st_str model; /* at == NULL: the whole contract */
    size_t index; /* of the contract in the registry */
};

const struct st_registry *st_api_registry(const struct steno_registry *registry);

/* Finds it by its reference. ABSENT with words appended; MEMORY. */
ST_MUST_USE st_err st_api_find_held(const struct steno_registry *registry, const char *reference,
                                    struct st_api_held *held, struct st_buf *words);

/* Finds the contract that recognises the value. ABSENT with words appended; MEMORY. */
ST_MUST_USE st_err st_api_recognise(const struct steno_registry *registry,
                                    const struct st_json *doc, struct st_api_held *held,
                                    struct st_buf *words);

/* "NAME@VERSION" of what is held. */
const char *st_api_held_name(const struct steno_registry *registry, const struct st_api_held *held);

/* The buffer's text as a caller's own; the buffer is empty afterwards. NULL without memory. */
char *st_api_give_text(struct st_buf *text);

/* ---- report.c ---- */

struct steno_report {
    steno_error verdict;
    enum st_output output; /* that it was asked for */
    struct st_arena arena; /* of all below, but the JSON */
    struct st_report found;
    struct steno_violation *violations;
    size_t count;
    struct st_buf json;      /* empty until it is asked for */
    struct st_buf *json_out; /* &json: a report that is read as const is written into, here alone */
};

/* NULL without memory; ended by steno_report_free. */
struct steno_report *st_api_report_new(void);

/* Empties it for the next text, memory kept. */
void st_api_report_reset(struct steno_report *report, enum st_output output);

/* Makes the public violations of those found, each in its place in doc's text. */
ST_MUST_USE st_err st_api_report_finish(struct steno_report *report, const struct st_json *doc);

/* Instead: the one violation of a text that no schema was asked about. */
ST_MUST_USE st_err st_api_report_refuse(struct steno_report *report,
                                        const struct st_json_fault *fault);

/* Instead: one violation of the whole text. */
ST_MUST_USE st_err st_api_report_say(struct steno_report *report, const char *keyword,
                                     st_str message);

#endif
