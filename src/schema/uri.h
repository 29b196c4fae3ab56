/*
 * uri.h: URI references taken apart and resolved (RFC 3986, sections 5.2 and 5.3).
 *
 * Not a check of their grammar (format.h has that): any text has parts.
 *
 * Floor 3. Any thread. Allocates only in the buffers that it is given.
 */
#ifndef ST_SCHEMA_URI_H
#define ST_SCHEMA_URI_H

#include "base/str.h"

/* The parts without their delimiters; absent and empty differ for three of them. */
struct st_uri {
    st_str scheme; /* empty: a relative reference */
    st_str authority;
    st_str path;
    st_str query;
    st_str fragment;
    bool has_authority;
    bool has_query;
    bool has_fragment;
};

struct st_uri st_uri_split(st_str text);

/* Appends `reference` resolved against `base`, its fragment left out. A base that is itself
 * relative gives a relative result. */
ST_MUST_USE st_err st_uri_resolve(st_str base, st_str reference, struct st_buf *out);

/* Appends `text` with %xx decoded; SYNTAX when a '%' is not followed by two hex digits or the
 * result is not UTF-8. */
ST_MUST_USE st_err st_uri_decode(st_str text, struct st_buf *out);

/* Appends `text` with everything escaped that may not stand in a fragment. */
ST_MUST_USE st_err st_uri_add_fragment(struct st_buf *out, st_str text);

#endif
