/*
 * mem.h: the one door to the heap.
 *
 * Every allocation of steno's own passes here, so that a test can count them (hot paths allocate
 * nothing in the steady state) and make each one fail once (every error path runs). Libraries
 * allocate for themselves.
 *
 * 1. st_mem_get and st_mem_resize return NULL on failure and leave the old block as it was.
 * 2. st_mem_free accepts NULL.
 *
 * Floor 0. Any thread; the test hooks are per thread.
 */
#ifndef ST_BASE_MEM_H
#define ST_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

void *st_mem_get(size_t bytes); /* not zeroed */
void *st_mem_get_zeroed(size_t bytes);
void *st_mem_resize(void *block, size_t bytes); /* block may be NULL */
void st_mem_free(void *block);

/* Test hooks: the number of allocations by this thread so far, and "the n-th from now fails"
 * (1 = the very next; 0 = none). A failed one disarms the hook. */
uint64_t st_mem_count(void);
void st_mem_fail_at(uint64_t nth);

#endif
