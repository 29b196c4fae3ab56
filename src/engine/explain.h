/*
 * explain.h: what was wrong with an event, in words and as JSON: the same for HTTP answers, the
 * quarantine and the command line.
 *
 * Floor 6. Allocates only in the buffer that it is given.
 */
#ifndef ST_ENGINE_EXPLAIN_H
#define ST_ENGINE_EXPLAIN_H

#include "engine/batch.h"

/* Appends `[{"path":"$.a.b","pointer":"/a/b","keyword":"required","message":"is required"},…]`:
 * what must be mended. `path` is the form of contracts/agent-event-v0.md 2.4. */
ST_MUST_USE st_err st_explain_violations(const struct st_item *item, struct st_buf *out);

/* Appends "line 1, column 7 (byte 6): expected a ':' after the member's name". */
ST_MUST_USE st_err st_explain_fault(const struct st_json_fault *fault, struct st_buf *out);

#endif
