/* A byte that says where to cut, and an array: its elements, in two pieces, are good or wrong where
 * the whole text is. */
#include "fuzz.h"
#include "judge.h"

FUZZ(input)
{
    if (input.len < 2 || input.at[1] != '[')
        return;
    judge_values(st_str_from(input, 1), (unsigned char)input.at[0] % (input.len - 1));
}
