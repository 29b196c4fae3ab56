/*
 * resolve.h: schema files, and references from one to another below stated folders.
 *
 * Never the network: a URI is a name, and --resolve PREFIX=DIR says below which folder the files of
 * that name are. The folder of the schema itself is one such place, so that relative references
 * between neighbours hold.
 *
 * 1. No reference leaves its folder by "..", as plain text or percent-encoded.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_RESOLVE_H
#define ST_CLI_RESOLVE_H

#include "cli/limits.h"
#include "schema/schema.h"

struct st_resolve_place {
    st_str prefix; /* of URIs */
    st_str folder;
};

struct st_resolve {
    struct st_resolve_place places[ST_RESOLVE_MAX];
    unsigned count;
    struct st_buf base; /* the URI of the schema file, and its folder's */
    struct st_buf folder;
};

/* Adds "PREFIX=DIR"; INVALID when it is none or there are too many. The text must stay. */
ST_MUST_USE st_err st_resolve_add(struct st_resolve *resolve, st_str place);

/* Makes the schema file's own folder a place; resolve->base is its URI then. */
ST_MUST_USE st_err st_resolve_add_neighbours(struct st_resolve *resolve, const char *schema_path);
void st_resolve_done(struct st_resolve *resolve);

/* As st_schema_options.resolve, with the struct st_resolve as context. */
st_err st_resolve_uri(void *resolve, st_str uri, struct st_buf *text);

#endif
