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

#endif
