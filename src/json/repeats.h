/*
 * repeats.h: which names of one object repeat.
 *
 * Not for callers of the floor: both parsers mark with it what invariant 3 of json.h says.
 *
 * Up to 16 names all are held against all, more go into a table by their hashes. Anyone can make
 * names that collide there: once it takes too many steps, the names are sorted (names.h).
 *
 * Floor 2. As json.h. Allocates in the doc's scratch, for large objects only.
 */
#ifndef ST_JSON_REPEATS_H
#define ST_JSON_REPEATS_H

#include "json/json.h"

/* Marks what repeats among the names of `object`, whose len counts the members so far; *second is
 * the first name that stood in it before, or NONE. Only its last member may still be open. */
ST_MUST_USE st_err st_repeats_find(struct st_json *doc, uint32_t object, uint32_t *second);

/* Where a name belongs in that table: the hash modulo its size. Tests make names collide with it.
 */
uint64_t st_repeats_hash(st_str name);

#endif
