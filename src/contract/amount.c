/*
 * amount.c: literal × 10^shift, cut; a literal as a decimal, cut.
 */
#include "contract/amount.h"

#include "json/number.h"

/* 2^63 has 19 digits: with more than that in front of the point nothing fits. */
#define DIGITS_MAX 19

/* The first `keep` digits of the decimal (zeros behind the last one), with its sign; false when
 * they do not fit. Counting below zero reaches INT64_MIN too. */
static bool take_digits(struct st_decimal n, int64_t keep, int64_t *value)
{
    int64_t sum = 0;
    size_t at = 0;
    for (int64_t i = 0; i < keep; i++) {
        int digit = 0;
        while (at < n.digits.len && (n.digits.at[at] < '0' || n.digits.at[at] > '9'))
            at++;
        if (at < n.digits.len)
            digit = n.digits.at[at++] - '0';
        if (__builtin_mul_overflow(sum, 10, &sum) || __builtin_sub_overflow(sum, digit, &sum))
            return false;
    }
    if (!n.negative && sum == INT64_MIN)
        return false;
    *value = n.negative ? sum : -sum;
    return true;
}

enum st_amount st_amount_of(st_str literal, int shift, int64_t *value)
{
    if (st_number_to_scaled(literal, shift, value) == ST_OK)
        return ST_AMOUNT_EXACT;
    struct st_decimal n = st_decimal_of(literal);
    int64_t keep = (int64_t)n.count + n.exponent + shift;
    if (keep <= DIGITS_MAX && take_digits(n, keep, value))
        return ST_AMOUNT_FINER;
    *value = n.negative ? INT64_MIN : INT64_MAX;
    return ST_AMOUNT_TOO_BIG;
}

/* Digits behind the point that fit: as many as there are, but with those before it at most as many
 * as 64 bits may hold. */
static int find_scale(struct st_decimal n)
{
    int64_t whole = (int64_t)n.count + n.exponent;
    int64_t scale = n.exponent < 0 ? -n.exponent : 0;
    if (scale > (int64_t)ST_QUANTITY_SCALE_MAX)
        scale = ST_QUANTITY_SCALE_MAX;
    if (whole > 0 && scale > DIGITS_MAX - whole)
        scale = whole < DIGITS_MAX ? DIGITS_MAX - whole : 0;
    return (int)scale;
}

enum st_amount st_amount_quantity(st_str literal, struct st_quantity *quantity)
{
    int64_t value = 0;
    int scale = find_scale(st_decimal_of(literal));
    enum st_amount amount = st_amount_of(literal, scale, &value);
    if (amount == ST_AMOUNT_TOO_BIG && scale > 0)
        amount = st_amount_of(literal, --scale, &value); /* nineteen digits, but past 2^63 */
    while (scale > 0 && value % 10 == 0) {
        value /= 10;
        scale--;
    }
    *quantity = (struct st_quantity){value, (uint8_t)scale};
    return amount;
}
