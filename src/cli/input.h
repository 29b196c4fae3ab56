/*
 * input.h: the bytes of a file or of stdin, unpacked, in pieces.
 *
 * Gzip and zstd are known by their first bytes (neither can begin a JSON text), and a name that
 * ends in .gz or .zst must hold what it says. Several members or frames in a row are one input.
 *
 * 1. A compressed input that is cut or damaged is CORRUPT, never a shorter good one; pieces before
 *    the damage were handed out.
 * 2. A piece holds until the next call.
 *
 * Top floor. One owner. Allocates two pieces at open.
 */
#ifndef ST_CLI_INPUT_H
#define ST_CLI_INPUT_H

#include "base/str.h"

struct st_input;

/* "-" is stdin. ABSENT, DENIED or SYSTEM as in base/file.h; a folder is INVALID. */
ST_MUST_USE st_err st_input_open(struct st_input **input, const char *path, struct st_why *why);
void st_input_close(struct st_input *input);

/* The next piece; piece->len == 0 at the end. */
ST_MUST_USE st_err st_input_read(struct st_input *input, st_str *piece, struct st_why *why);

/* The same into the caller's memory, `len` bytes of room; *used == 0 at the end. */
ST_MUST_USE st_err st_input_read_into(struct st_input *input, char *at, size_t len, size_t *used,
                                      struct st_why *why);

/* Whether the next read would wait longer than that: time to hand on what there is. */
bool st_input_would_wait(const struct st_input *input, int ms);

/* Bytes read so far and in all, as they are stored; *total 0 when not known (a pipe). */
void st_input_progress(const struct st_input *input, uint64_t *done, uint64_t *total);

/* How many bytes are stored at that path, none where nothing is; false when nobody knows (a pipe).
 */
bool st_input_bytes(const char *path, uint64_t *bytes);

/* What people call it: the path, or "stdin". */
const char *st_input_name(const struct st_input *input);

/* Whether a file's name says that it is one JSON text: .json, .json.gz, .json.zst. */
bool st_input_is_text(const char *path);

/* Appends all that is left; LIMIT when it does not fit into buf->max (the rest is not read). */
ST_MUST_USE st_err st_input_read_all(struct st_input *input, struct st_buf *buf,
                                     struct st_why *why);

#endif
