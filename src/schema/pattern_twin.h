/*
 * pattern_twin.h: the entrances to patterns that tests compare with pattern.h's.
 *
 * Not for programs.
 *
 * Floor 3.
 */
#ifndef ST_SCHEMA_PATTERN_TWIN_H
#define ST_SCHEMA_PATTERN_TWIN_H

#include "schema/pattern.h"

/* As st_pattern_compile, but PCRE2 or the walk answers for every text. */
ST_MUST_USE st_err st_pattern_compile_plain(struct st_pattern **pattern, st_str source,
                                            struct st_why *why);

/* As st_pattern_search, without what only some machines have. */
ST_MUST_USE st_err st_pattern_search_plain(const struct st_pattern *pattern,
                                           struct st_matcher *matcher, st_str text, bool *found);

/* What answers. */
enum st_pattern_way {
    ST_WAY_QUICK,       /* automata and shapes alone */
    ST_WAY_QUICK_ASCII, /* the same, and one of the next for texts with other than ASCII */
    ST_WAY_PCRE2,
    ST_WAY_WALK,
};
enum st_pattern_way st_pattern_way(const struct st_pattern *pattern);

#endif
