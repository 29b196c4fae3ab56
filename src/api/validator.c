#include "api/api.h"

#include "api/limits.h"
#include "base/mem.h"

_Static_assert(STENO_TEXT_BYTES_MAX == ST_JSON_TEXT_BYTES_MAX, "as steno.h says");
_Static_assert(STENO_DEPTH_MAX == ST_JSON_DEPTH_MAX, "as steno.h says");
_Static_assert(STENO_VIOLATIONS_MAX == ST_REPORT_VIOLATIONS_MAX, "as steno.h says");
_Static_assert(ST_SCHEMA_DEPTH_MAX == 1000 && ST_SCHEMA_STEPS_MIN == 1000000 &&
                   ST_SCHEMA_STEPS_A_NODE == 1000 && ST_SCHEMA_STEPS_NODES == 50000 &&
                   ST_SCHEMA_STEPS_A_LATER_NODE == 100 && ST_REPORT_TEXT_BYTES_MAX == 8388608 &&
                   ST_JSON_NODES_MAX == 268435456 && ST_SCHEMA_NODES_MAX == 1000000 &&
                   ST_SCHEMA_RESOURCES_MAX == 10000,
               "as steno(3) says");

/* ---- life ---- */

steno_error steno_validator_new(struct steno_validator **validator)
{
    if (validator == NULL)
        return STENO_ARGUMENT;
    *validator = NULL;
    struct steno_validator *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return STENO_MEMORY;
    st_json_init(&made->doc);
    made->words = ST_BUF(ST_API_WORDS_BYTES_MAX);
    st_err err = st_checker_new(&made->checker);
    if (err != ST_OK) {
        steno_validator_free(made);
        return st_api_error(err);
    }
    *validator = made;
    return STENO_OK;
}

void steno_validator_free(struct steno_validator *validator)
{
    if (validator == NULL)
        return;
    st_checker_free(validator->checker);
    st_json_done(&validator->doc);
    st_buf_done(&validator->words);
    steno_report_free(validator->report);
    st_mem_free(validator);
}

void st_api_forget_text(struct steno_validator *validator, size_t len)
{
    if (len <= ST_API_KEEP_BYTES)
        return;
    st_json_done(&validator->doc);
    st_json_init(&validator->doc);
}

/* ---- verdicts ---- */

static const struct st_schema *inner(const struct steno_schema *schema)
{
    return (const struct st_schema *)schema;
}

static bool is_wrong_call(const struct steno_validator *validator,
                          const struct steno_schema *schema, const char *text, size_t len)
{
    return validator == NULL || schema == NULL || (text == NULL && len > 0);
}

steno_error steno_validator_validate(struct steno_validator *validator,
                                     const struct steno_schema *schema, const char *text,
                                     size_t len)
{
    if (is_wrong_call(validator, schema, text, len))
        return STENO_ARGUMENT;
    bool valid = false;
    st_str json = {len == 0 ? "" : text, len};
    const struct st_json_options options = {.names = st_schema_names(inner(schema))};
    st_err err = st_json_parse(&validator->doc, json, &options, NULL);
    if (err == ST_OK)
        err = st_schema_check(inner(schema), validator->checker, &validator->doc, 0, &valid, NULL);
    if (err == ST_OK && !valid)
        err = ST_ERR_INVALID;
    st_api_forget_text(validator, len);
    return st_api_error(err);
}

steno_error steno_validate(const struct steno_schema *schema, const char *text, size_t len)
{
    struct steno_validator *validator;
    steno_error error = steno_validator_new(&validator);
    if (error != STENO_OK)
        return error;
    error = steno_validator_validate(validator, schema, text, len);
    steno_validator_free(validator);
    return error;
}

/* ---- explanations ---- */

/* Whether the caller's word for an output is one; *output is then ours. */
static bool find_output(enum steno_output given, enum st_output *output)
{
    switch (given) {
    case STENO_OUTPUT_FLAG:
        *output = ST_OUTPUT_FLAG;
        return true;
    case STENO_OUTPUT_BASIC:
        *output = ST_OUTPUT_BASIC;
        return true;
    case STENO_OUTPUT_DETAILED:
        *output = ST_OUTPUT_DETAILED;
        return true;
    }
    return false;
}

steno_error st_api_explain_begin(struct steno_validator *validator, bool is_wrong_call,
                                 enum steno_output output, const struct steno_report **report)
{
    enum st_output form = ST_OUTPUT_FLAG;
    if (report == NULL)
        return STENO_ARGUMENT;
    *report = NULL;
    if (is_wrong_call || !find_output(output, &form))
        return STENO_ARGUMENT;
    if (validator->report == NULL)
        validator->report = st_api_report_new();
    if (validator->report == NULL)
        return STENO_MEMORY;
    st_api_report_reset(validator->report, form);
    return STENO_OK;
}

steno_error st_api_explain_end(struct steno_validator *validator, st_err err, size_t len,
                               const struct steno_report **report)
{
    st_api_forget_text(validator, len);
    if (err != ST_OK) {
        st_api_report_reset(validator->report, validator->report->output);
        return st_api_error(err);
    }
    *report = validator->report;
    return validator->report->verdict;
}

/* Fills the report; what is returned is a failure to do so, never the verdict. */
static st_err explain(struct steno_validator *validator, const struct st_schema *schema,
                      st_str text)
{
    struct steno_report *report = validator->report;
    struct st_json_fault fault = {0};
    bool valid = false;
    const struct st_json_options options = {.names = st_schema_names(schema)};
    st_err err = st_json_parse(&validator->doc, text, &options, &fault);
    if (err == ST_ERR_MEMORY)
        return err;
    if (err != ST_OK) {
        report->verdict = st_api_error(err);
        return st_api_report_refuse(report, &fault);
    }
    err = st_schema_check(schema, validator->checker, &validator->doc, 0, &valid, &report->found);
    if (err != ST_OK)
        return err;
    report->verdict = valid ? STENO_OK : STENO_INVALID;
    return st_api_report_finish(report, &validator->doc);
}

steno_error steno_validator_explain(struct steno_validator *validator,
                                    const struct steno_schema *schema, const char *text, size_t len,
                                    enum steno_output output, const struct steno_report **report)
{
    steno_error error = st_api_explain_begin(validator, is_wrong_call(validator, schema, text, len),
                                             output, report);
    if (error != STENO_OK)
        return error;
    st_err err = explain(validator, inner(schema), (st_str){len == 0 ? "" : text, len});
    return st_api_explain_end(validator, err, len, report);
}

steno_error steno_explain(const struct steno_schema *schema, const char *text, size_t len,
                          enum steno_output output, struct steno_report **report)
{
    struct steno_validator *validator;
    const struct steno_report *made;
    if (report == NULL)
        return STENO_ARGUMENT;
    *report = NULL;
    steno_error error = steno_validator_new(&validator);
    if (error != STENO_OK)
        return error;
    error = steno_validator_explain(validator, schema, text, len, output, &made);
    if (made != NULL) {
        *report = validator->report;
        validator->report = NULL;
    }
    steno_validator_free(validator);
    return error;
}
