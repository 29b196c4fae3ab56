/*
 * pointer.h: JSON Pointer (RFC 6901), evaluated and written.
 *
 * Floor 2. Any thread. Allocates only in the buffers that it is given.
 */
#ifndef ST_JSON_POINTER_H
#define ST_JSON_POINTER_H

#include "json/json.h"

/* Whether the text is "" or begins with '/' and has '~' only as "~0" and "~1". */
bool st_pointer_is(st_str pointer);

/* The node that a pointer names, from `node` on; NONE when there is none (or no pointer). "-" names
 * nothing; array indices have no leading zeros. Names with shadowed members give the last one. */
uint32_t st_pointer_find(const struct st_json *doc, uint32_t node, st_str pointer);

/* Appends "/" and the escaped token; appends "/" and an index. */
ST_MUST_USE st_err st_pointer_add(struct st_buf *pointer, st_str token);
ST_MUST_USE st_err st_pointer_add_index(struct st_buf *pointer, uint64_t index);

/* The first token of *rest, unescaped into `token` (reset first), and *rest behind it; not *found
 * at the end. INVALID when *rest is no pointer. */
ST_MUST_USE st_err st_pointer_take(st_str *rest, struct st_buf *token, bool *found);

/* Appends the pointer of `node` within the doc by walking from the root. A name has its value's. */
ST_MUST_USE st_err st_pointer_of(const struct st_json *doc, uint32_t node, struct st_buf *pointer);

/* Appends the "$.a.b[0]" form of a pointer, names not escaped (contracts/agent-event-v0.md 2.4).
 * Digits-only tokens stand as ".0" where `doc` (may be NULL) does not show an array there.
 * INVALID when it is no pointer. */
ST_MUST_USE st_err st_pointer_to_path(st_str pointer, const struct st_json *doc,
                                      struct st_buf *path);

#endif
