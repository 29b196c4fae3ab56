/*
 * random_instance.h: instances for a random schema, drawn so that they tend to satisfy it, and
 * small changes, after which they may not.
 *
 * Allocates in the schema's arena.
 */
#ifndef ST_TEST_RANDOM_INSTANCE_H
#define ST_TEST_RANDOM_INSTANCE_H

#include "random_schema.h"

struct value *random_instance(struct random_schema *schema);

/* The value with something in it changed; what is not is shared with it. */
struct value *random_change(struct random_schema *schema, const struct value *value);

#endif
