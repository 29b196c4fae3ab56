/*
 * write.h: JSON text out.
 *
 * A doc written again has the same values: numbers keep their literals, strings their code points;
 * shadowed members are left out. The st_json_add_… verbs write single tokens for answers that are
 * built by hand.
 *
 * Floor 2. Allocates only in the buffer that it is given.
 */
#ifndef ST_JSON_WRITE_H
#define ST_JSON_WRITE_H

#include "json/json.h"

/* Without any blanks; indented by two blanks a level, as jq does it (no final line feed). */
ST_MUST_USE st_err st_json_write(const struct st_json *doc, uint32_t node, struct st_buf *out);
ST_MUST_USE st_err st_json_write_pretty(const struct st_json *doc, uint32_t node,
                                        struct st_buf *out);

/* As st_json_write, at most `max` bytes of it. LIMIT when there is more: what stands before the
 * first token that has no room is then kept. */
ST_MUST_USE st_err st_json_write_start(const struct st_json *doc, uint32_t node, size_t max,
                                       struct st_buf *out);

/* A quoted string. Escapes '"', '\\' and control characters only; `text` must be valid UTF-8, and
 * invalid bytes become U+FFFD so that the output is JSON in any case. */
ST_MUST_USE st_err st_json_add_string(struct st_buf *out, st_str text);

/* `"name":` with a comma before it unless the buffer's last byte is '{'. */
ST_MUST_USE st_err st_json_add_name(struct st_buf *out, const char *name);
ST_MUST_USE st_err st_json_add_member_str(struct st_buf *out, const char *name, st_str text);
ST_MUST_USE st_err st_json_add_member_u64(struct st_buf *out, const char *name, uint64_t value);
/* Bytes as hexadecimal text. */
ST_MUST_USE st_err st_json_add_member_hex(struct st_buf *out, const char *name,
                                          const uint8_t *bytes, size_t count);
ST_MUST_USE st_err st_json_add_member_raw(struct st_buf *out, const char *name, st_str json);

#endif
