#include "base/arena.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdint.h>

struct st_arena_chunk {
    struct st_arena_chunk *next;
    size_t room;
    size_t used;
    _Alignas(16) char bytes[];
};

void st_arena_init(struct st_arena *arena, size_t max_bytes)
{
    *arena = (struct st_arena){.max_bytes = max_bytes};
}

void st_arena_done(struct st_arena *arena)
{
    struct st_arena_chunk *chunk = arena->first;
    while (chunk != NULL) {
        struct st_arena_chunk *next = chunk->next;
        st_mem_free(chunk);
        chunk = next;
    }
    st_arena_init(arena, arena->max_bytes);
}

void st_arena_reset(struct st_arena *arena)
{
    for (struct st_arena_chunk *chunk = arena->first; chunk != NULL; chunk = chunk->next)
        chunk->used = 0;
    arena->now = arena->first;
    arena->used = 0;
    arena->full = false;
}

static struct st_arena_chunk *add_chunk(struct st_arena *arena, size_t bytes)
{
    size_t room = arena->now == NULL ? ST_ARENA_CHUNK_MIN : arena->now->room * 2;
    if (room > ST_ARENA_CHUNK_MAX)
        room = ST_ARENA_CHUNK_MAX;
    if (room < bytes)
        room = bytes;
    struct st_arena_chunk *chunk = st_mem_get(sizeof *chunk + room);
    if (chunk == NULL)
        return NULL;
    chunk->room = room;
    chunk->used = 0;
    if (arena->now == NULL) {
        chunk->next = arena->first;
        arena->first = chunk;
    } else {
        chunk->next = arena->now->next;
        arena->now->next = chunk;
    }
    return chunk;
}

/* The chunk that has room for `bytes`: the present one, a kept one behind it, or a new one. */
static struct st_arena_chunk *find_room(struct st_arena *arena, size_t bytes)
{
    struct st_arena_chunk *chunk = arena->now;
    while (chunk != NULL && chunk->room - chunk->used < bytes) {
        chunk = chunk->next;
        if (chunk != NULL)
            arena->now = chunk;
    }
    return chunk != NULL ? chunk : add_chunk(arena, bytes);
}

void *st_arena_get(struct st_arena *arena, size_t bytes)
{
    if (bytes > SIZE_MAX / 2 || ((bytes + 15) & ~(size_t)15) > arena->max_bytes - arena->used) {
        arena->full = true;
        return NULL;
    }
    bytes = (bytes + 15) & ~(size_t)15;
    struct st_arena_chunk *chunk = find_room(arena, bytes);
    if (chunk == NULL)
        return NULL;
    void *block = chunk->bytes + chunk->used;
    chunk->used += bytes;
    arena->used += bytes;
    arena->now = chunk;
    return block;
}

void *st_arena_get_zeroed(struct st_arena *arena, size_t bytes)
{
    void *block = st_arena_get(arena, bytes);
    if (block != NULL)
        memset(block, 0, bytes);
    return block;
}

st_str st_arena_copy(struct st_arena *arena, st_str text)
{
    char *copy = st_arena_get(arena, text.len);
    if (copy == NULL)
        return (st_str){NULL, 0};
    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    return (st_str){copy, text.len};
}
