/*
 * body.h: a body as it was before it was gzipped or zstd-compressed, piece by piece.
 *
 * 1. Several gzip members or zstd frames in a row are one body; anything else behind one is
 * CORRUPT.
 * 2. What swells by more than ST_BODY_RATIO_MAX, past the first MiB, is LIMIT.
 * 3. Identity is handed through without a copy.
 *
 * Floor 7. One owner at a time. Allocates when it is made; a compressed one holds a piece of
 * 64 KiB and at most 8 MiB of window (RFC 9659).
 */
#ifndef ST_SERVER_BODY_H
#define ST_SERVER_BODY_H

#include "base/str.h"
#include "server/limits.h"
#include "server/media.h"

struct st_body;

/* `coding` is not REFUSED. */
ST_MUST_USE st_err st_body_new(struct st_body **body, enum st_coding coding);
void st_body_free(struct st_body *body);

/* Decodes some of *piece, which moves on. out->len == 0: the piece is used up, and nothing more
 * comes without another. *out holds until the next call. After a failure the body is over. */
ST_MUST_USE st_err st_body_take(struct st_body *body, st_str *piece, st_str *out,
                                struct st_why *why);

/* After the last piece: CORRUPT when the compressed data end early. */
ST_MUST_USE st_err st_body_end(struct st_body *body, struct st_why *why);

#endif
