#include "api/api.h"

#include "api/limits.h"

/* An event to be held against what the reference names, or what recognises it. */
struct question {
    const struct steno_registry *registry;
    const char *reference;
    st_str text;
};

static bool is_wrong_call(const struct steno_validator *validator,
                          const struct steno_registry *registry, const char *text, size_t len)
{
    return validator == NULL || registry == NULL || (text == NULL && len > 0);
}

/* Parses the text and finds what it is held against. *known is false when that is the end of it:
 * SYNTAX, LIMIT, or ABSENT with the validator's words. */
static st_err find(struct steno_validator *validator, const struct question *question,
                   struct st_api_held *held, struct st_json_fault *fault)
{
    st_buf_reset(&validator->words);
    if (question->reference != NULL) {
        st_err err =
            st_api_find_held(question->registry, question->reference, held, &validator->words);
        if (err != ST_OK)
            return err;
    }
    const struct st_json_options options = {
        .names = st_registry_names(st_api_registry(question->registry)),
    };
    st_err err = st_json_parse(&validator->doc, question->text, &options, fault);
    return err == ST_OK && question->reference == NULL
               ? st_api_recognise(question->registry, &validator->doc, held, &validator->words)
               : err;
}

/* With a report all that is wrong, versions included. */
static st_err check(struct steno_validator *validator, const struct question *question,
                    const struct st_api_held *held, bool *valid, struct st_report *report)
{
    const struct st_registry *registry = st_api_registry(question->registry);
    st_err err =
        st_schema_check(held->schema, validator->checker, &validator->doc, 0, valid, report);
    if (err == ST_OK && held->model.at != NULL)
        return st_registry_check_version(registry, held->contract, held->model, &validator->doc,
                                         valid, report);
    return err == ST_OK && report != NULL
               ? st_registry_explain(registry, held->contract, &validator->doc, 0, report)
               : err;
}

/* ---- verdicts ---- */

steno_error steno_validator_validate_event(struct steno_validator *validator,
                                           const struct steno_registry *registry,
                                           const char *reference, const char *text, size_t len)
{
    if (is_wrong_call(validator, registry, text, len))
        return STENO_ARGUMENT;
    const struct question question = {registry, reference, {len == 0 ? "" : text, len}};
    struct st_api_held held;
    bool valid = false;
    st_err err = find(validator, &question, &held, NULL);
    if (err == ST_OK)
        err = check(validator, &question, &held, &valid, NULL);
    if (err == ST_OK && !valid)
        err = ST_ERR_INVALID;
    st_api_forget_text(validator, len);
    return st_api_error(err);
}

steno_error steno_event_validate(const struct steno_registry *registry, const char *reference,
                                 const char *text, size_t len)
{
    struct steno_validator *validator;
    steno_error error = steno_validator_new(&validator);
    if (error != STENO_OK)
        return error;
    error = steno_validator_validate_event(validator, registry, reference, text, len);
    steno_validator_free(validator);
    return error;
}

/* ---- explanations ---- */

/* Fills the report; what is returned is a failure to do so, never the verdict. */
static st_err explain(struct steno_validator *validator, const struct question *question)
{
    struct steno_report *report = validator->report;
    struct st_json_fault fault = {0};
    struct st_api_held held;
    bool valid = false;
    st_err err = find(validator, question, &held, &fault);
    if (err == ST_ERR_MEMORY)
        return err;
    if (err != ST_OK) {
        report->verdict = st_api_error(err);
        return err == ST_ERR_ABSENT
                   ? st_api_report_say(report, "contract", st_buf_str(&validator->words))
                   : st_api_report_refuse(report, &fault);
    }
    err = check(validator, question, &held, &valid, &report->found);
    if (err != ST_OK)
        return err;
    report->verdict = valid ? STENO_OK : STENO_INVALID;
    return st_api_report_finish(report, &validator->doc);
}

steno_error steno_validator_explain_event(struct steno_validator *validator,
                                          const struct steno_registry *registry,
                                          const char *reference, const char *text, size_t len,
                                          enum steno_output output,
                                          const struct steno_report **report)
{
    steno_error error = st_api_explain_begin(
        validator, is_wrong_call(validator, registry, text, len), output, report);
    if (error != STENO_OK)
        return error;
    const struct question question = {registry, reference, {len == 0 ? "" : text, len}};
    st_err err = explain(validator, &question);
    return st_api_explain_end(validator, err, len, report);
}

steno_error steno_event_explain(const struct steno_registry *registry, const char *reference,
                                const char *text, size_t len, enum steno_output output,
                                struct steno_report **report)
{
    struct steno_validator *validator;
    const struct steno_report *made;
    if (report == NULL)
        return STENO_ARGUMENT;
    *report = NULL;
    steno_error error = steno_validator_new(&validator);
    if (error != STENO_OK)
        return error;
    error = steno_validator_explain_event(validator, registry, reference, text, len, output, &made);
    if (made != NULL) {
        *report = validator->report;
        validator->report = NULL;
    }
    steno_validator_free(validator);
    return error;
}

/* ---- which contract ---- */

steno_error steno_event_recognise(const struct steno_registry *registry, const char *text,
                                  size_t len, const char **contract)
{
    if (contract == NULL)
        return STENO_ARGUMENT;
    *contract = NULL;
    if (registry == NULL || (text == NULL && len > 0))
        return STENO_ARGUMENT;
    struct st_json doc;
    struct st_api_held held;
    struct st_buf words = ST_BUF(ST_API_WORDS_BYTES_MAX);
    st_json_init(&doc);
    st_err err = st_json_parse(&doc, (st_str){len == 0 ? "" : text, len}, NULL, NULL);
    if (err == ST_OK)
        err = st_api_recognise(registry, &doc, &held, &words);
    if (err == ST_OK)
        *contract = st_api_held_name(registry, &held);
    st_buf_done(&words);
    st_json_done(&doc);
    return st_api_error(err);
}
