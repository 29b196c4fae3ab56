/*
 * sketch.h: an event that is being made: a JSON object whose members can still be set.
 *
 * Not the tape, which cannot grow: a small tree of members with a piece of JSON text at each leaf.
 * Arrays are leaves.
 *
 * 1. A member that is set is never set again.
 * 2. Everything lives in the arena but one scratch buffer.
 *
 * Floor 4. One owner at a time.
 */
#ifndef ST_CONTRACT_SKETCH_H
#define ST_CONTRACT_SKETCH_H

#include "base/arena.h"
#include "json/json.h"

struct st_stroke {
    st_str name; /* of the member; the root has none */
    st_str json; /* a leaf's text; at == NULL: an object */
    struct st_stroke *first;
    struct st_stroke *next;
};

struct st_sketch {
    struct st_arena *arena;
    struct st_buf scratch;
    struct st_stroke root;
};

void st_sketch_init(struct st_sketch *sketch, struct st_arena *arena);
void st_sketch_done(struct st_sketch *sketch);

/* The value at the pointer; *found is NULL when there is none. */
ST_MUST_USE st_err st_sketch_find(struct st_sketch *sketch, st_str pointer,
                                  const struct st_stroke **found);

/* Sets the value at the pointer to that of a tape, with the objects on the way to it. CONFLICT when
 * a value is there already, or one that is no object stands in the way; INVALID when it is no
 * pointer to a member. What was made on the way may stay when memory runs out. */
ST_MUST_USE st_err st_sketch_set(struct st_sketch *sketch, st_str pointer,
                                 const struct st_json *doc, uint32_t node);

/* Appends the event as JSON, the members of each object as they were set. */
ST_MUST_USE st_err st_sketch_write(const struct st_sketch *sketch, struct st_buf *out);

#endif
