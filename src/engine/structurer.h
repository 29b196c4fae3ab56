/*
 * structurer.h: recorded events in the form that readers of their contract know (`-o structured`).
 *
 * Not all events have one. An event stays a query line when its contract states no such form or is
 * not known here, when it was recorded although it is invalid (the line says so, the form cannot),
 * and when it lacks what the form must say.
 *
 * 1. One event is one line, whichever of the two it is.
 * 2. The form is that of the contract that the event's record names, whatever else the event fits.
 *
 * Floor 6. One owner at a time. Allocates in its doc only.
 */
#ifndef ST_ENGINE_STRUCTURER_H
#define ST_ENGINE_STRUCTURER_H

#include "contract/registry.h"
#include "store/block.h"

struct st_structurer {
    const struct st_registry *registry; /* borrowed */
    struct st_json doc;
};

void st_structurer_init(struct st_structurer *structurer, const struct st_registry *registry);
void st_structurer_done(struct st_structurer *structurer);

/* Appends the event in the structured form, without line feed. ABSENT: it has none. */
ST_MUST_USE st_err st_structurer_form(struct st_structurer *structurer,
                                      const struct st_event *event, struct st_buf *out);

/* The same, or the query line of an event that has none. */
ST_MUST_USE st_err st_structurer_write(struct st_structurer *structurer,
                                       const struct st_event *event, struct st_buf *out);

#endif
