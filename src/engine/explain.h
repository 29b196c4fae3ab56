/*
 * explain.h: what was wrong with an event, in words and as JSON: the same for HTTP answers and the
 * quarantine.
 *
 * Floor 6. Allocates only in the buffer that it is given, and a scratch of its own.
 */
#ifndef ST_ENGINE_EXPLAIN_H
#define ST_ENGINE_EXPLAIN_H

#include "engine/batch.h"

/* Appends `[{"path":"$.a.b","pointer":"/a/b","keyword":"required","message":"is required"},…]`:
 * what must be mended, as many as fit into `out`; *told says how many those are. `path` is the
 * "$.a.b" form that upstream's validator uses. LIMIT: not even the brackets fit. */
ST_MUST_USE st_err st_explain_violations(const struct st_item *item, struct st_buf *out,
                                         uint32_t *told);

/* Writes "line 1, column 7 (byte 6): expected a ':' after the member's name" and returns its
 * length. `line` is that of the request's body; 0: the fault's own. */
#define ST_FAULT_TEXT_MAX 256
size_t st_explain_fault(const struct st_json_fault *fault, uint64_t line,
                        char text[static ST_FAULT_TEXT_MAX]);

#endif
