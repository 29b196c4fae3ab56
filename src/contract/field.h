/*
 * field.h: what a schema says about one member of the values that it describes.
 *
 * Not validation: it looks a name up in `properties`, through $ref within the document and through
 * allOf, anyOf, oneOf, then, else, and takes the first place that describes it. Where the event is
 * known as far as it goes, a `then` is passed over whose `if` asks for another type than it has.
 *
 * Floor 4. Any thread. Allocates nothing but a scratch token.
 */
#ifndef ST_CONTRACT_FIELD_H
#define ST_CONTRACT_FIELD_H

#include "json/json.h"

/* The subschema of a member of what the subschema at `node` describes, or NONE. */
uint32_t st_field_member(const struct st_json *schema, uint32_t node, st_str name);

/* The subschema of the value at a pointer into the event, or NONE. `event` is what is known of it
 * so far; NULL: nothing. */
ST_MUST_USE st_err st_field_find(const struct st_json *schema, const struct st_json *event,
                                 st_str pointer, uint32_t *found);

/* Whether the subschema (may be NONE) lets a text pass, and whether it wants an object. */
bool st_field_allows_text(const struct st_json *schema, uint32_t node);
bool st_field_wants_object(const struct st_json *schema, uint32_t node);

/* The code points that the subschema (may be NONE) allows a text: the least maxLength that it
 * states itself, in allOf or behind $ref; UINT64_MAX when it states none. */
uint64_t st_field_text_max(const struct st_json *schema, uint32_t node);

/* The `properties` that describe the subschema's own members, or NONE. */
uint32_t st_field_properties(const struct st_json *schema, uint32_t node);

#endif
