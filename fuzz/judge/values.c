#include "json/values.h"
#include "judge.h"
#include "json/limits.h"

/* Up to the first fault. */
static st_err take(struct st_values *values, st_str piece, bool last, struct st_json_fault *fault)
{
    const struct st_json_options options = {.depth_max = ST_JSON_DEPTH_MAX - 1};
    struct st_value value;
    struct st_json doc;
    st_err err = ST_OK;
    st_json_init(&doc);
    for (bool found = true; found && err == ST_OK;) {
        err = st_values_take(values, &piece, &value, &found, fault);
        if (err == ST_OK && !found && last)
            err = st_values_end(values, &value, &found, fault);
        if (err != ST_OK || !found)
            continue;
        err = st_json_parse(&doc, value.text, &options, fault);
        if (err != ST_OK)
            st_values_place(&value, fault);
    }
    st_json_done(&doc);
    return err;
}

void judge_values(st_str text, size_t cut)
{
    struct st_json_fault fault, wanted;
    struct st_values values;
    struct st_json doc;
    st_json_init(&doc);
    st_values_init(&values, ST_VALUES_ARRAY, SIZE_MAX / 2);
    st_err err = take(&values, (st_str){text.at, cut}, false, &fault);
    if (err == ST_OK)
        err = take(&values, st_str_from(text, cut), true, &fault);
    ST_BUG_IF(st_json_parse(&doc, text, NULL, &wanted) != err);
    ST_BUG_IF(err != ST_OK && (fault.offset != wanted.offset || fault.line != wanted.line ||
                               fault.column != wanted.column));
    st_values_done(&values);
    st_json_done(&doc);
}
