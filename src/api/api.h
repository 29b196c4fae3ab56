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
 *
 * 1. Nothing but what steno.h declares leaves the library: all else is hidden.
 * 2. A public object that wraps nothing (struct steno_schema) is the inner one under its public
 * name.
 *
 * Top floor, beside cli/. Threads and allocation as steno.h says.
 */
#ifndef ST_API_API_H
#define ST_API_API_H

#include "schema/schema.h"

#include "steno.h"

/* ---- error.c ---- */

/* The public code of an inner one. */
steno_error st_api_error(st_err err);

/* The inner code for what a caller's function returned: SYSTEM for what it cannot mean. */
st_err st_api_err_of(steno_error error);

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

#endif
