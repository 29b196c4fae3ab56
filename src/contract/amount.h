/*
 * amount.h: a JSON number as 64 bits hold it, cut where it is finer or too large.
 *
 * As a count of smaller units for money (dollars to nano-dollars) and times (milliseconds to
 * nanoseconds), as a decimal for resources. st_number_to_scaled
 * refuses what does not fit exactly; this says what is still known of it.
 *
 * Floor 4. Any thread. Allocates nothing.
 */
#ifndef ST_CONTRACT_AMOUNT_H
#define ST_CONTRACT_AMOUNT_H

#include "record/record.h"

enum st_amount {
    ST_AMOUNT_EXACT,
    ST_AMOUNT_FINER,   /* cut towards zero */
    ST_AMOUNT_TOO_BIG, /* held at INT64_MIN or INT64_MAX */
};

/* literal × 10^shift; `literal` must be a JSON number. */
enum st_amount st_amount_of(st_str literal, int shift, int64_t *value);

/* The literal with as many digits behind its point as fit, and no zero at their end. */
enum st_amount st_amount_quantity(st_str literal, struct st_quantity *quantity);

#endif
