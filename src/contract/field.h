/*
 * field.h: what a schema says about one member of the values that it describes.
 *
 * Not validation: it looks a name up in `properties`, through $ref within the document and through
 * allOf, anyOf, oneOf, then, else, and takes the first place that describes it. Where the event is
 * known as far as it goes, a `then` is passed over whose `if` asks for another type than it has.
 * For the order of an event's members (order.h) it gives all places that describe a value.
 *
 * Floor 4. Any thread. Allocates nothing but a scratch token.
 */
#ifndef ST_CONTRACT_FIELD_H
#define ST_CONTRACT_FIELD_H

#include "contract/limits.h"
#include "json/json.h"

/* What the value of a $ref at node `ref` leads to within the document, or NONE. */
uint32_t st_field_target(const struct st_json *schema, uint32_t ref);

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

/* The subschema's description (node may be NONE), its own or that behind $ref; at == NULL: none. */
st_str st_field_description(const struct st_json *schema, uint32_t node);

/* All subschemas that say something of a value's members. */
struct st_described {
    uint32_t at[ST_FIELD_DESCRIBED_MAX]; /* past that many, none is found */
    uint32_t count;
    uint32_t steps; /* subschemas that may still be looked at */
};

/* Adds the subschemas that describe the event's value where the one at `node` does: itself, through
 * $ref, allOf, anyOf, oneOf and then. */
void st_field_describe(const struct st_json *schema, uint32_t node, const struct st_json *event,
                       uint32_t value, struct st_described *all);

/* The subschema's own `properties`, or NONE; and what it says itself of the member, or NONE. */
uint32_t st_field_properties(const struct st_json *schema, uint32_t node);
uint32_t st_field_of_member(const struct st_json *schema, uint32_t node, st_str name);

#endif
