/*
 * limits.h: the bounds of the record, each with its reason.
 */
#ifndef ST_RECORD_LIMITS_H
#define ST_RECORD_LIMITS_H

#include <stddef.h>

/* Resources of one record: the richest event known, a snapshot of an agent, states four. What does
 * not fit is said to be untold. */
#define ST_RECORD_RESOURCES_MAX 8u

/* Bytes of a resource's name and of its principal: they stand in a query line beside the event, up
 * to sixteen times. An entry with a longer one is untold. */
#define ST_RECORD_RESOURCE_TEXT_MAX ((size_t)1024)

/* Digits behind the point of a quantity: with more, 64 bits would hold no digit before it. */
#define ST_QUANTITY_SCALE_MAX 18u

#endif
