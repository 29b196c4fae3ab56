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
#include "json/limits.h"

/* A decimal: digits × 10^exponent, the digits in the literal without leading and trailing zeros.
 * Zero has no digits and is never negative. 1.50e3 is digits "1.5" (count 2), exponent 2. */
struct st_decimal {
    st_str digits;  /* a run of the literal, which may contain one '.' */
    st_str power;   /* the literal's exponent part behind the 'e', "" without one */
    uint32_t count; /* of digits, the point not counted */
    bool negative;
    int64_t exponent; /* of the last digit. The literal's own exponent is held at ±10^18; `power`
                         has it whole, so comparing is exact past that too */
};

/* `literal` must be a JSON number. */
struct st_decimal st_decimal_of(st_str literal);

int st_decimal_cmp(struct st_decimal a, struct st_decimal b); /* exact, any size */
uint64_t st_decimal_hash(struct st_decimal n, uint64_t seed); /* equal decimals share it */
bool st_decimal_is_integer(struct st_decimal n);              /* 1.0 and 1e2 are */

/* Whether n is an integer multiple of step (> 0). Exact, whatever the exponents. LIMIT only where
 * step has more than 18 digits, and then past ST_DECIMAL_STEP_DIGITS_MAX of step or
 * ST_DECIMAL_DIGITS_MAX of n. */
st_err st_decimal_is_multiple(struct st_decimal n, struct st_decimal step, bool *is);

/* The value when it is an integer that fits: LIMIT when it does not fit, INVALID when it is no
 * integer. 1.0, 1e3 and -0 are integers. */
st_err st_number_to_i64(st_str literal, int64_t *value);
st_err st_number_to_u64(st_str literal, uint64_t *value);

/* The nearest double (round half to even), as strtod in the C locale; 0 or -0 below the smallest.
 * LIMIT past the range of finite doubles, with *value ±infinity. */
st_err st_number_to_double(st_str literal, double *value);

/* literal × 10^shift as an integer, for money and durations: dollars to nano-dollars is shift 9.
 * INVALID when digits would be lost, LIMIT when it does not fit. */
st_err st_number_to_scaled(st_str literal, int shift, int64_t *value);

#endif
