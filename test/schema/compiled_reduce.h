/*
 * compiled_reduce.h: a value made small: what can be left out, or made plainer, while a question
 * about it is still answered with yes.
 *
 * Allocates in the arena given; the value is changed where it stands.
 */
#ifndef ST_TEST_COMPILED_REDUCE_H
#define ST_TEST_COMPILED_REDUCE_H

#include "random_json.h"

struct reduction {
    struct st_arena *arena;
    bool (*still)(void *context); /* of the value as it is now; true before reducing begins */
    void *context;
    uint32_t asks_left;
};

/* One pass over all of it; whether something has become smaller. */
bool reduce(struct reduction *reduction, struct value *value);

#endif
