/*
 * amount.h: a JSON number as a count of smaller units, cut where it is finer or too large.
 *
 * For money (dollars to nano-dollars) and times (milliseconds to nanoseconds). st_number_to_scaled
 * refuses what does not fit exactly; this says what is still known of it.
 *
 * Floor 4. Any thread. Allocates nothing.
 */
#ifndef ST_CONTRACT_AMOUNT_H
#define ST_CONTRACT_AMOUNT_H

#include "base/str.h"

enum st_amount {
    ST_AMOUNT_EXACT,
    ST_AMOUNT_FINER,   /* cut towards zero */
    ST_AMOUNT_TOO_BIG, /* held at INT64_MIN or INT64_MAX */
};

/* literal × 10^shift; `literal` must be a JSON number. */
enum st_amount st_amount_of(st_str literal, int shift, int64_t *value);

#endif
