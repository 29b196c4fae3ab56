#include "schema/pattern.h"

st_err st_pattern_translate(st_str source, struct st_buf *out, struct st_why *why)
{
    (void)source;
    (void)out;
    return st_fail(why, ST_ERR_INVALID, "not yet");
}
