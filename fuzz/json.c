/* A JSON text: every kernel makes the plain parser's tape or reports its fault; if it parses, it is
 * written to the same value, minified and pretty. */
#include "fuzz.h"
#include "judge.h"

FUZZ(text)
{
    struct st_buf inside = ST_BUF(SIZE_MAX / 2);
    ST_BUG_IF(st_buf_add_char(&inside, '[') != ST_OK || st_buf_add_str(&inside, text) != ST_OK ||
              st_buf_add_char(&inside, ']') != ST_OK);
    judge_kernels(text);
    judge_kernels(st_buf_str(&inside)); /* the fast parser leaves scalars to the plain one */
    judge_written(text);
    st_buf_done(&inside);
}
