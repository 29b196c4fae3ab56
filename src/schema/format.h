/*
 * format.h: the standard's `format` names as tests on text.
 *
 * 1. A name that is not in the list is unknown and asserts nothing.
 * 2. Tests are exact: date-time is RFC 3339 with real calendar dates and leap seconds, uuid is
 *    RFC 4122's text form of any version, email RFC 5321, hostname RFC 1123 with A-labels checked,
 *    uri RFC 3986, and so on.
 *
 * Floor 3. Any thread.
 */
#ifndef ST_SCHEMA_FORMAT_H
#define ST_SCHEMA_FORMAT_H

#include "base/str.h"

typedef bool (*st_format_test)(st_str text);

struct st_format {
    const char *name; /* "date-time" */
    st_format_test test;
    const char *message; /* "must be RFC3339 date-time" */
};

/* NULL when the name is unknown. */
const struct st_format *st_format_find(st_str name);

#endif
