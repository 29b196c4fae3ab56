/*
 * twin.h: the plain parser by its own name.
 *
 * Not for callers of the floor: st_json_parse takes the quickest parser that the machine can run,
 * tests and benchmarks hold that one against this.
 *
 * Floor 2. As json.h.
 */
#ifndef ST_JSON_TWIN_H
#define ST_JSON_TWIN_H

#include "json/json.h"

/* As st_json_parse: same tape, same faults; always by the portable path. */
ST_MUST_USE st_err st_json_parse_plain(struct st_json *doc, st_str text,
                                       const struct st_json_options *options,
                                       struct st_json_fault *fault);

/* The other twins: st_json_parse with one kernel of the fast parser, the plain one where the
 * machine lacks it. */
enum st_json_kernel {
    ST_JSON_KERNEL_AUTO, /* the best that the machine has: st_json_parse itself */
    ST_JSON_KERNEL_AVX512,
    ST_JSON_KERNEL_AVX2,
};
ST_MUST_USE st_err st_json_parse_with(enum st_json_kernel kernel, struct st_json *doc, st_str text,
                                      const struct st_json_options *options,
                                      struct st_json_fault *fault);

/* Whether the machine has that kernel; a test that holds two of them together asks. */
bool st_json_has_kernel(enum st_json_kernel kernel);

#endif
