/*
 * number.h: exact views of a JSON number's literal.
 *
 * A number keeps its text; these say what the text means. No rounding is ever hidden: what does not
 * fit is a LIMIT, not a near value.
 *
 * Floor 2. Any thread. Allocates nothing.
 */
#ifndef ST_JSON_NUMBER_H
#define ST_JSON_NUMBER_H

#include "base/str.h"

/* A decimal: digits × 10^exponent, the digits in the literal without leading and trailing zeros.
 * Zero has no digits. 1.50e3 is digits "1" "5" (point skipped), exponent 2. */
struct st_decimal {
    st_str digits;    /* a run of the literal, which may contain one '.' */
    uint32_t count;   /* of digits, the point not counted */
    int64_t exponent; /* of the last digit; held at ±2^62 for absurd exponents, beyond which order
                         is still right because such numbers differ in `huge` */
    bool negative;
};

/* `literal` must be a JSON number. */
struct st_decimal st_decimal_of(st_str literal);

int st_decimal_cmp(struct st_decimal a, struct st_decimal b); /* exact, any size */
bool st_decimal_is_integer(struct st_decimal n);              /* 1.0 and 1e2 are */

/* Whether n is an integer multiple of step (> 0). Exact; LIMIT past 10,000 digits of difference. */
st_err st_decimal_is_multiple(struct st_decimal n, struct st_decimal step, bool *is);

/* The value when it is an integer that fits: LIMIT when it does not fit, INVALID when it is no
 * integer. 1.0, 1e3 and -0 are integers. */
st_err st_number_to_i64(st_str literal, int64_t *value);
st_err st_number_to_u64(st_str literal, uint64_t *value);

/* The nearest double (round half to even), as strtod in the C locale. LIMIT past the range of
 * finite doubles, with *value ±infinity. */
st_err st_number_to_double(st_str literal, double *value);

/* literal × 10^shift as an integer, for money and durations: dollars to nano-dollars is shift 9.
 * INVALID when digits would be lost, LIMIT when it does not fit. */
st_err st_number_to_scaled(st_str literal, int shift, int64_t *value);

#endif
