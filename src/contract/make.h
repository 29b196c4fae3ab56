/*
 * make.h: what a `construct` rule says: a stated value, or something fresh.
 *
 * Floor 4. Any thread. Allocates in the buffer that it is given.
 */
#ifndef ST_CONTRACT_MAKE_H
#define ST_CONTRACT_MAKE_H

#include "contract/annotation.h"
#include "contract/construct.h"
#include "contract/sketch.h"

/* Appends the value as JSON. *made is false when it cannot be made yet: a part of a sum is absent.
 */
ST_MUST_USE st_err st_make(const struct st_construct_rule *rule,
                           const struct st_annotation *annotation, struct st_sketch *sketch,
                           const struct st_construct *order, struct st_buf *json, bool *made);

#endif
