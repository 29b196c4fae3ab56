/* Two schemas with a line feed between: a diff of them ends, and each example does what it says. */
#include "fuzz.h"
#include "judge.h"

FUZZ(input)
{
    st_str old, new;
    st_str_cut(input, '\n', &old, &new);
    judge_diff(old, new);
}
