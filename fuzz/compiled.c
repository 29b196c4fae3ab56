/* Bytes that steer a random schema and its instances (behind a byte 1), or a schema, a line feed,
 * an instance: the compiled schema says what the plain evaluator says. */
#include "fuzz.h"
#include "judge.h"

FUZZ(input)
{
    st_str schema, instance;
    if (input.len > 0 && input.at[0] == 1) {
        judge_random(st_str_from(input, 1));
        return;
    }
    st_str_cut(input, '\n', &schema, &instance);
    judge_compiled(schema, instance);
}
