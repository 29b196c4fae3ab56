/* A schema, a line feed, an instance, through steno.h: all ways to ask agree, reports are whole. */
#include "fuzz.h"
#include "steno.h"
static void check_report(const struct steno_report *report)
{
    for (size_t i = 0; i < steno_report_count(report); i++) {
        const struct steno_violation *one = steno_report_at(report, i);
        ST_BUG_IF(one->subject.at[one->subject.len] != '\0' || one->message.len == 0);
        ST_BUG_IF(one->line == 0 || one->column == 0 || one->column + one->line > one->offset + 2);
        ST_BUG_IF((one->parent != STENO_NONE && one->parent >= i) || one->cause > one->leaf);
    }
    ST_BUG_IF(steno_report_json(report) == NULL);
}

FUZZ(input)
{
    struct steno_schema *schema;
    struct steno_report *report;
    st_str head, tail;
    st_str_cut(input, '\n', &head, &tail);
    if (steno_compile(&schema, head.at, head.len, NULL, NULL) != STENO_OK)
        return;
    for (int output = STENO_OUTPUT_FLAG; output <= STENO_OUTPUT_DETAILED; output++) {
        steno_error said = steno_explain(schema, tail.at, tail.len, output, &report);
        ST_BUG_IF(said != steno_validate(schema, tail.at, tail.len) || said > STENO_LIMIT);
        check_report(report), steno_report_free(report);
    }
    steno_schema_free(schema);
}
