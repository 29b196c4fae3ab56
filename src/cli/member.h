/*
 * member.h: members of an answer that a recorder sent.
 *
 * Top floor. Allocates nothing.
 */
#ifndef ST_CLI_MEMBER_H
#define ST_CLI_MEMBER_H

#include "json/json.h"

/* The member's text, or {NULL, 0} when it is absent or no string. */
st_str st_member_text(const struct st_json *doc, uint32_t node, const char *name);

/* False, with *value untouched, when it is absent or no whole number that fits. */
bool st_member_u64(const struct st_json *doc, uint32_t node, const char *name, uint64_t *value);

#endif
