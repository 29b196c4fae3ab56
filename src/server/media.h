/*
 * media.h: what headers say about a body: whether it is lines or one JSON text, and how it is
 * coded.
 *
 * Where the type leaves it open (text/plain, curl's default, none at all) the body decides: '['
 * begins an array. '{' begins lines when more than one line has content and the first of them alone
 * is a complete JSON value (or longer than an event may be); otherwise one object, over several
 * lines or not. Anything else is one JSON text, which will be refused as such.
 *
 * Floor 7. Allocates nothing but the parser's tape while it judges a first line.
 */
#ifndef ST_SERVER_MEDIA_H
#define ST_SERVER_MEDIA_H

#include "json/json.h"

enum st_shape {
    ST_SHAPE_OPEN,   /* the body decides among all */
    ST_SHAPE_JSON,   /* an object or an array: the body decides */
    ST_SHAPE_OBJECT, /* one JSON text, to be one event */
    ST_SHAPE_ARRAY,
    ST_SHAPE_LINES,
    ST_SHAPE_REFUSED, /* a media type that is not taken */
};

/* One list: media types that are taken, and what they say. */
#define ST_MEDIA_LIST(X)                                                                           \
    X("application/json", JSON)                                                                    \
    X("application/x-ndjson", LINES)                                                               \
    X("application/ndjson", LINES)                                                                 \
    X("application/jsonl", LINES)                                                                  \
    X("text/plain", OPEN)                                                                          \
    X("application/x-www-form-urlencoded", OPEN)

/* `content_type` is the header's value; at == NULL when there is none. */
enum st_shape st_media_shape(st_str content_type);

enum st_coding {
    ST_CODING_IDENTITY,
    ST_CODING_GZIP,
    ST_CODING_ZSTD,
    ST_CODING_REFUSED,
};
enum st_coding st_media_coding(st_str content_encoding);

/* Whether an Accept header names `type` with a q above 0. Ranges ("star/star") do not count. */
bool st_media_accepts(st_str accept, st_str type);

/* ---- judging a body by its beginning ---- */

struct st_guess {
    enum st_shape shape; /* OPEN or JSON until it is known */
    size_t at;           /* bytes looked at */
    size_t line;         /* where the first line with content begins … */
    size_t line_end;     /* … and ends; 0: not seen yet */
    bool begun;
};

/* Looks at more of `text`, which only grows from call to call, or, with `ended`, is whole: then the
 * answer is never open. MEMORY only. */
ST_MUST_USE st_err st_guess_shape(struct st_guess *guess, st_str text, bool ended,
                                  enum st_shape *shape);

#endif
