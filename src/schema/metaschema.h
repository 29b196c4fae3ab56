/*
 * metaschema.h: the metaschemas of the drafts and their vocabularies, as they were published.
 *
 * Floor 3. Any thread. Allocates nothing.
 */
#ifndef ST_SCHEMA_METASCHEMA_H
#define ST_SCHEMA_METASCHEMA_H

#include "base/str.h"

/* The text of the metaschema at `uri` (no fragment); false when it is not a standard's. */
bool st_metaschema_find(st_str uri, st_str *text);

/* The i-th of them all, for those who check them; false past the last. */
bool st_metaschema_at(size_t i, st_str *uri, st_str *text);

#endif
