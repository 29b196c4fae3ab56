#include "base/mem.h"

#include <stdbool.h>
#include <stdlib.h>

static _Thread_local uint64_t count;
static _Thread_local uint64_t fail_at;

static bool refuse(void)
{
    count++;
    if (fail_at == 0)
        return false;
    fail_at--;
    return fail_at == 0;
}

void *st_mem_get(size_t bytes)
{
    return refuse() ? NULL : malloc(bytes != 0 ? bytes : 1);
}

void *st_mem_get_zeroed(size_t bytes)
{
    return refuse() ? NULL : calloc(1, bytes != 0 ? bytes : 1);
}

void *st_mem_resize(void *block, size_t bytes)
{
    return refuse() ? NULL : realloc(block, bytes != 0 ? bytes : 1);
}

void st_mem_free(void *block)
{
    free(block);
}

uint64_t st_mem_count(void)
{
    return count;
}

void st_mem_fail_at(uint64_t nth)
{
    fail_at = nth;
}
