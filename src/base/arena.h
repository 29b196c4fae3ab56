/*
 * arena.h: memory that is freed whole.
 *
 * For what lives as long as a request, a document or a batch. Not for anything that must be freed
 * by itself. Resetting keeps the chunks, so that the next round allocates nothing.
 *
 * 1. Blocks are aligned to 16 bytes and hold until st_arena_reset or st_arena_done.
 * 2. The sum of all blocks never passes `max_bytes`; past it, and without memory, NULL.
 *
 * Floor 0. One owner at a time.
 */
#ifndef ST_BASE_ARENA_H
#define ST_BASE_ARENA_H

#include "base/str.h"

struct st_arena_chunk;

struct st_arena {
    struct st_arena_chunk *first; /* chunks in the order they were made */
    struct st_arena_chunk *now;   /* the one that blocks are cut from */
    size_t used;                  /* bytes handed out since the last reset, rounding included */
    size_t max_bytes;
    bool full; /* since the last reset a block was refused for max_bytes, not for want of memory */
};

void st_arena_init(struct st_arena *arena, size_t max_bytes);
void st_arena_done(struct st_arena *arena);
void st_arena_reset(struct st_arena *arena);

void *st_arena_get(struct st_arena *arena, size_t bytes); /* not zeroed; NULL: no memory or limit */
void *st_arena_get_zeroed(struct st_arena *arena, size_t bytes);

/* A copy that lives as long as the arena; at == NULL when there was no memory. */
st_str st_arena_copy(struct st_arena *arena, st_str text);

#define ST_ARENA_NEW(arena, type)          ((type *)st_arena_get_zeroed((arena), sizeof(type)))
#define ST_ARENA_ARRAY(arena, type, count) ((type *)st_arena_get((arena), sizeof(type) * (count)))

#endif
