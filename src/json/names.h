/*
 * names.h: the names of one object, sorted, so that equal ones stand side by side.
 *
 * Not for callers of the floor: the parser finds repeated names with it, compare.c pairs members.
 * Names are ordered by hash and only then by their bytes. The hash merely saves comparisons: names
 * that somebody made to collide cost byte comparisons, never more than n log n of them.
 *
 * Floor 2. Any thread. Allocates nothing.
 */
#ifndef ST_JSON_NAMES_H
#define ST_JSON_NAMES_H

#include "json/json.h"

struct st_name {
    uint64_t hash;
    uint32_t node; /* the name's node */
};

struct st_name st_name_of(const struct st_json *doc, uint32_t node);

/* <0, 0, >0; 0 only for equal names. */
int st_name_cmp(const struct st_json *doc_a, struct st_name a, const struct st_json *doc_b,
                struct st_name b);

/* Sorts `count` names; equal ones stay in the order they were in. `spare` has as much room. The
 * result is in one of the two: the one returned. */
struct st_name *st_names_sort(const struct st_json *doc, struct st_name *names,
                              struct st_name *spare, uint32_t count);

#endif
