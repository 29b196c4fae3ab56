/*
 * fuzz.h: the entrance of a fuzz target, which gets its input as a text.
 *
 *     FUZZ(text)
 *     {
 *         ST_BUG_IF(…);
 *     }
 *
 * A fuzzer calls it, and replay.c does with inputs that were kept.
 */
#ifndef ST_FUZZ_FUZZ_H
#define ST_FUZZ_FUZZ_H

#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ(text)                                                                                 \
    static void fuzz(st_str text);                                                                 \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)                                   \
    {                                                                                              \
        fuzz((st_str){(const char *)data, size});                                                  \
        return 0;                                                                                  \
    }                                                                                              \
    static void fuzz(st_str text)

#endif
