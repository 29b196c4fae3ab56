/*
 * order.h: writes an event with its members in the order in which its schema describes them.
 *
 * Not validation, and never a change of what the event says: only the order of members differs. An
 * event is described by several schemas at once, the envelope and the model of its type; the one
 * that names all that another names, as far as the event has it, sets the order. So a contract
 * whose models are whole gives its events in the models' order, and one with an envelope the
 * envelope's members first.
 *
 * 1. Members that no schema names come last, in the order in which they stand in the event.
 *
 * Floor 4. Any thread. Allocates in the buffer that it is given.
 */
#ifndef ST_CONTRACT_ORDER_H
#define ST_CONTRACT_ORDER_H

#include "json/json.h"

/* Appends the event, the root of its tape, in which no name repeats within an object. */
ST_MUST_USE st_err st_order_write(const struct st_json *schema, const struct st_json *event,
                                  struct st_buf *out);

#endif
