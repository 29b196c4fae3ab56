/*
 * library.h: texts through the public library, for the tests of src/api. Everything here goes
 * through steno.h alone.
 */
#ifndef ST_TEST_LIBRARY_H
#define ST_TEST_LIBRARY_H

#include "steno.h"

#define assert_code(call, code)                                                                    \
    do {                                                                                           \
        steno_error unit_code = (call);                                                            \
        if (unit_code != (code))                                                                   \
            fail_msg("%s: %s is not %s", #call, steno_error_name(unit_code), #code);               \
    } while (0)

__attribute__((unused)) static struct steno_schema *compile_with(
    const char *text, const struct steno_options *options)
{
    struct steno_schema *schema;
    struct steno_fault fault;
    if (steno_compile(&schema, text, strlen(text), options, &fault) != STENO_OK)
        fail_msg("%s\nis refused at \"%s\": %s", text, fault.pointer, fault.message);
    return schema;
}

__attribute__((unused)) static struct steno_schema *compile(const char *text)
{
    return compile_with(text, NULL);
}

__attribute__((unused)) static steno_error verdict(const struct steno_schema *schema,
                                                   const char *text)
{
    return steno_validate(schema, text, strlen(text));
}

/* The report of a text that has a verdict; to be freed. */
__attribute__((unused)) static struct steno_report *explain_as(const struct steno_schema *schema,
                                                               const char *text,
                                                               enum steno_output output)
{
    struct steno_report *report;
    steno_error error = steno_explain(schema, text, strlen(text), output, &report);
    assert_non_null(report);
    assert_int_equal(error, steno_report_verdict(report));
    return report;
}

__attribute__((unused)) static struct steno_report *explain(const struct steno_schema *schema,
                                                            const char *text)
{
    return explain_as(schema, text, STENO_OUTPUT_FLAG);
}

#endif
