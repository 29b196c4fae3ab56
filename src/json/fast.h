/*
 * fast.h: the parser for machines with AVX2: the plain parser's tape, sooner.
 *
 * Not a second opinion: it makes exactly the tape that the plain parser makes of a good text, or
 * leaves the text to it. Nothing is reported from here, so what a fault is and where stands in one
 * place.
 *
 * Floor 2. As json.h. Allocates the tape, the decoded strings, and once per doc its index.
 */
#ifndef ST_JSON_FAST_H
#define ST_JSON_FAST_H

#include "json/json.h"
#include "json/twin.h"

/* The whole text, as st_json_parse. ST_OK: parsed, *decided is true. MEMORY: *decided is true.
 * Where *decided is false nothing is said of the text and the doc holds rubbish. */
ST_MUST_USE st_err st_json_parse_fast(struct st_json *doc, st_str text,
                                      const struct st_json_options *options,
                                      enum st_json_kernel kernel, bool *decided);

#endif
