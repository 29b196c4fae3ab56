/* The name of a format, a line feed, a text: every verdict is a verdict, twice the same. */
#include "schema/format.h"
#include "base/utf8.h"
#include "fuzz.h"

FUZZ(input)
{
    st_str name, text;
    st_str_cut(input, '\n', &name, &text);
    const struct st_format *format = st_format_find(name);
    if (format == NULL || st_utf8_check(text) < text.len)
        return;
    bool valid = format->test(text);
    ST_BUG_IF(format->test(text) != valid);
}
