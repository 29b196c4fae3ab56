/*
 * repeats.h: which names of one object repeat.
 *
 * Not for callers of the floor: both parsers mark with it what invariant 3 of json.h says.
 *
 * Floor 2. As json.h. Allocates in the doc's scratch, for large objects only.
 */
#ifndef ST_JSON_REPEATS_H
#define ST_JSON_REPEATS_H

#include "json/json.h"

/* Marks what repeats among the names of `object`, whose len counts the members so far; *second is
 * the first name that stood in it before, or NONE. Only its last member may still be open. */
ST_MUST_USE st_err st_repeats_find(struct st_json *doc, uint32_t object, uint32_t *second);

#endif
