#include "json/number.h"

#include "base/hash.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 u128;

/* 18 digits always fit into 64 bits, with room for the few places that digits shift an exponent. */
#define CHUNK_DIGITS    18
#define CHUNK           UINT64_C(1000000000000000000)
#define EXPONENT_HELD   INT64_C(1000000000000000000)
#define EXPONENT_NORMAL (EXPONENT_HELD / 2) /* |exponent| under it: the literal's was not held */

/* The exponent part as a number, held at ±10^18. */
static int64_t power_held(st_str power)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < power.len && sum < EXPONENT_HELD; i++)
        if (power.at[i] >= '0' && power.at[i] <= '9')
            sum = sum * 10 + (uint64_t)(power.at[i] - '0');
    int64_t held = sum < EXPONENT_HELD ? (int64_t)sum : EXPONENT_HELD;
    return power.len > 0 && power.at[0] == '-' ? -held : held;
}

struct st_decimal st_decimal_of(st_str literal)
{
    struct st_decimal n = {.digits = {"", 0}, .power = {"", 0}};
    size_t end = 0; /* of digits and point */
    while (end < literal.len && literal.at[end] != 'e' && literal.at[end] != 'E')
        end++;
    size_t point = 0;
    while (point < end && literal.at[point] != '.')
        point++;
    size_t first = literal.len > 0 && literal.at[0] == '-' ? 1 : 0;
    while (first < end && (literal.at[first] == '0' || literal.at[first] == '.'))
        first++;
    if (first == end)
        return n;
    size_t last = end - 1;
    while (literal.at[last] == '0' || literal.at[last] == '.')
        last--;

    if (end < literal.len)
        n.power = st_str_from(literal, end + 1);
    n.digits = (st_str){literal.at + first, last - first + 1};
    n.count = (uint32_t)(n.digits.len - (first < point && point < last));
    n.negative = literal.at[0] == '-';
    n.exponent = power_held(n.power);
    if (last < point)
        n.exponent += (int64_t)(point - last - 1);
    else
        n.exponent -= (int64_t)(last - point);
    return n;
}

/* ---- comparing ---- */

/* The digit of an exponent part at 10^place, with the part's sign. */
static int signed_digit(st_str power, size_t place)
{
    bool has_sign = power.len > 0 && (power.at[0] == '+' || power.at[0] == '-');
    if (place >= power.len - has_sign)
        return 0;
    int digit = power.at[power.len - 1 - place] - '0';
    return power.at[0] == '-' ? -digit : digit;
}

/* a - b for exponent parts of any length; a difference past 2^40 only keeps its sign. */
static int64_t power_difference(st_str a, st_str b)
{
    int64_t difference = 0;
    for (size_t place = a.len > b.len ? a.len : b.len; place > 0; place--) {
        difference = difference * 10 + signed_digit(a, place - 1) - signed_digit(b, place - 1);
        /* What follows changes it by less than 20 times what a place counts: it cannot turn back.
         */
        if (difference > INT64_C(1) << 40 || difference < -(INT64_C(1) << 40))
            break;
    }
    return difference;
}

/* a's exponent minus b's; a difference past 2^40 only keeps its sign. */
static int64_t exponent_difference(const struct st_decimal *a, const struct st_decimal *b)
{
    if (llabs(a->exponent) < EXPONENT_NORMAL && llabs(b->exponent) < EXPONENT_NORMAL)
        return a->exponent - b->exponent;
    /* The places that the digits themselves shift are under 2^33 each. */
    int64_t shift_a = a->exponent - power_held(a->power);
    int64_t shift_b = b->exponent - power_held(b->power);
    return power_difference(a->power, b->power) + shift_a - shift_b;
}

/* The next digit of a run at *at, 0 behind its end. */
static int next_digit(st_str digits, size_t *at)
{
    if (*at < digits.len && digits.at[*at] == '.')
        (*at)++;
    return *at < digits.len ? digits.at[(*at)++] - '0' : 0;
}

/* The digits of a decimal that has at most 18. */
static uint64_t small_digits(const struct st_decimal *n)
{
    uint64_t value = 0;
    size_t at = 0;
    for (uint32_t i = 0; i < n->count; i++)
        value = value * 10 + (uint64_t)next_digit(n->digits, &at);
    return value;
}

static int compare_sizes(const struct st_decimal *a, const struct st_decimal *b)
{
    /* By the place of the first digit, then by the digits. */
    int64_t places = exponent_difference(a, b) + (int64_t)a->count - (int64_t)b->count;
    if (places != 0)
        return places < 0 ? -1 : 1;
    uint32_t count = a->count > b->count ? a->count : b->count;
    size_t at_a = 0;
    size_t at_b = 0;
    for (uint32_t i = 0; i < count; i++) {
        int difference = next_digit(a->digits, &at_a) - next_digit(b->digits, &at_b);
        if (difference != 0)
            return difference < 0 ? -1 : 1;
    }
    return 0;
}

int st_decimal_cmp(struct st_decimal a, struct st_decimal b)
{
    int sign_a = a.count == 0 ? 0 : a.negative ? -1 : 1;
    int sign_b = b.count == 0 ? 0 : b.negative ? -1 : 1;
    if (sign_a != sign_b)
        return sign_a < sign_b ? -1 : 1;
    return sign_a == 0 ? 0 : sign_a * compare_sizes(&a, &b);
}

bool st_decimal_is_integer(struct st_decimal n)
{
    return n.count == 0 || n.exponent >= 0;
}

/* The exponent modulo a number that outsiders do not know: exponents of any length fall apart, and
 * equal ones stay together however the literal shares them out between digits and power. */
static uint64_t exponent_class(const struct st_decimal *n, uint64_t modulus)
{
    int64_t shift = n->exponent - power_held(n->power);
    u128 sum = 0;
    for (size_t i = 0; i < n->power.len; i++)
        if (n->power.at[i] >= '0' && n->power.at[i] <= '9')
            sum = (sum * 10 + (uint64_t)(n->power.at[i] - '0')) % modulus;
    if (n->power.len > 0 && n->power.at[0] == '-')
        sum = modulus - sum;
    sum += shift < 0 ? modulus - (uint64_t)-shift : (uint64_t)shift;
    return (uint64_t)(sum % modulus);
}

uint64_t st_decimal_hash(struct st_decimal n, uint64_t seed)
{
    char chunk[64];
    size_t len = 0;
    size_t at = 0;
    uint64_t head[2] = {exponent_class(&n, seed | UINT64_C(1) << 63), n.negative};
    uint64_t hash = st_hash_seeded((st_str){(const char *)head, sizeof head}, seed);
    for (uint32_t i = 0; i < n.count; i++) {
        chunk[len++] = (char)next_digit(n.digits, &at);
        if (len == sizeof chunk || i + 1 == n.count) {
            hash = st_hash_seeded((st_str){chunk, len}, hash);
            len = 0;
        }
    }
    return hash;
}

/* ---- dividing ---- */

/* A natural number, its lowest chunk first. */
struct big {
    uint64_t chunks[ST_DECIMAL_STEP_DIGITS_MAX / CHUNK_DIGITS + 3];
    uint32_t count;
};

/* big × 10 + digit. */
static void big_add_digit(struct big *big, int digit)
{
    uint64_t carry = (uint64_t)digit;
    for (uint32_t i = 0; i < big->count; i++) {
        u128 value = (u128)big->chunks[i] * 10 + carry;
        big->chunks[i] = (uint64_t)(value % CHUNK);
        carry = (uint64_t)(value / CHUNK);
    }
    if (carry > 0)
        big->chunks[big->count++] = carry;
}

static bool big_is_less(const struct big *a, const struct big *b)
{
    if (a->count != b->count)
        return a->count < b->count;
    for (uint32_t i = a->count; i > 0; i--)
        if (a->chunks[i - 1] != b->chunks[i - 1])
            return a->chunks[i - 1] < b->chunks[i - 1];
    return false;
}

/* a - b, where a is not less. */
static void big_subtract(struct big *a, const struct big *b)
{
    uint64_t borrow = 0;
    for (uint32_t i = 0; i < a->count; i++) {
        uint64_t take = (i < b->count ? b->chunks[i] : 0) + borrow;
        borrow = a->chunks[i] < take;
        a->chunks[i] += (borrow ? CHUNK : 0) - take;
    }
    while (a->count > 0 && a->chunks[a->count - 1] == 0)
        a->count--;
}

/* Division by hand: digit after digit, with at most nine subtractions each. */
static bool big_divides(st_str step_digits, uint32_t step_count, st_str digits, uint32_t count,
                        uint32_t zeros)
{
    struct big step = {.count = 0};
    struct big rest = {.count = 0};
    size_t at = 0;
    for (uint32_t i = 0; i < step_count; i++)
        big_add_digit(&step, next_digit(step_digits, &at));
    at = 0;
    for (uint32_t i = 0; i < count + zeros; i++) {
        big_add_digit(&rest, next_digit(digits, &at));
        while (!big_is_less(&rest, &step))
            big_subtract(&rest, &step);
    }
    return rest.count == 0;
}

static bool small_divides(uint64_t step, st_str digits, uint32_t count, uint32_t zeros)
{
    uint64_t rest = 0;
    size_t at = 0;
    for (uint32_t i = 0; i < count + zeros; i++)
        rest = (rest * 10 + (uint64_t)next_digit(digits, &at)) % step;
    return rest == 0;
}

st_err st_decimal_is_multiple(struct st_decimal n, struct st_decimal step, bool *is)
{
    ST_BUG_IF(step.count == 0 || step.negative);
    *is = n.count == 0;
    int64_t zeros = n.count == 0 ? -1 : exponent_difference(&n, &step);
    /* n's last digit is not 0, so n cannot be a multiple of a number with more zeros. */
    if (zeros < 0)
        return ST_OK;
    if (step.count <= CHUNK_DIGITS) {
        uint64_t divisor = small_digits(&step);
        ST_BUG_IF(divisor == 0);
        /* 64 zeros hold every 2 and 5 of the divisor; more of them change nothing. */
        *is = small_divides(divisor, n.digits, n.count, zeros < 64 ? (uint32_t)zeros : 64);
        return ST_OK;
    }
    if (step.count > ST_DECIMAL_STEP_DIGITS_MAX || n.count > ST_DECIMAL_DIGITS_MAX)
        return ST_ERR_LIMIT;
    /* A divisor of d digits is under 2^(4d), so it has fewer than 4d factors 2. */
    uint32_t enough = 4 * step.count;
    *is = big_divides(step.digits, step.count, n.digits, n.count,
                      zeros < enough ? (uint32_t)zeros : enough);
    return ST_OK;
}

/* ---- machine numbers ---- */

/* |n| × 10^shift. */
static st_err to_size(struct st_decimal n, int shift, uint64_t *size)
{
    *size = 0;
    if (n.count == 0)
        return ST_OK;
    int64_t zeros = n.exponent + shift;
    if (zeros < 0)
        return ST_ERR_INVALID;
    /* Twenty digits are the most that can fit. */
    if (n.count > 20 || zeros > 20)
        return ST_ERR_LIMIT;
    size_t at = 0;
    for (uint32_t i = 0; i < n.count + (uint32_t)zeros; i++)
        if (__builtin_mul_overflow(*size, (uint64_t)10, size) ||
            __builtin_add_overflow(*size, (uint64_t)next_digit(n.digits, &at), size))
            return ST_ERR_LIMIT;
    return ST_OK;
}

st_err st_number_to_scaled(st_str literal, int shift, int64_t *value)
{
    struct st_decimal n = st_decimal_of(literal);
    uint64_t size = 0;
    st_err err = to_size(n, shift, &size);
    if (err != ST_OK)
        return err;
    if (size > (uint64_t)INT64_MAX + n.negative)
        return ST_ERR_LIMIT;
    *value = n.negative ? (int64_t)(0 - size) : (int64_t)size;
    return ST_OK;
}

st_err st_number_to_i64(st_str literal, int64_t *value)
{
    return st_number_to_scaled(literal, 0, value);
}

st_err st_number_to_u64(st_str literal, uint64_t *value)
{
    struct st_decimal n = st_decimal_of(literal);
    uint64_t size = 0;
    st_err err = to_size(n, 0, &size);
    if (err != ST_OK)
        return err;
    if (n.negative)
        return ST_ERR_LIMIT;
    *value = size;
    return ST_OK;
}

/* A double's halfway point has at most 767 digits: with these, and one more that says whether
 * anything follows, a decimal of any length rounds as it would whole. */
#define DOUBLE_DIGITS_MAX 780

/* Through strtod, in a text without a decimal point, which no locale can read differently. */
static double round_to_double(struct st_decimal n)
{
    char text[DOUBLE_DIGITS_MAX + 32];
    size_t len = 0;
    size_t at = 0;
    while (len < n.count && len < DOUBLE_DIGITS_MAX)
        text[len++] = (char)('0' + next_digit(n.digits, &at));
    int64_t exponent = n.exponent + ((int64_t)n.count - (int64_t)len);
    if (len < n.count) {
        text[len++] = '1';
        exponent--;
    }
    /* Far enough past both ends of the range, whatever the digits before it. */
    exponent = exponent > 9999 ? 9999 : exponent < -9999 ? -9999 : exponent;
    snprintf(text + len, sizeof text - len, "e%d", (int)exponent);
    return strtod(text, NULL);
}

st_err st_number_to_double(st_str literal, double *value)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    struct st_decimal n = st_decimal_of(literal);
    double size = 0;
    /* Up to 15 digits and up to 10^22 are exact doubles: one operation on them rounds once. */
    if (FLT_EVAL_METHOD == 0 && n.count <= 15 && n.exponent >= -22 && n.exponent <= 22) {
        double digits = (double)small_digits(&n);
        size = n.exponent < 0 ? digits / powers[-n.exponent] : digits * powers[n.exponent];
    } else {
        size = round_to_double(n);
    }
    *value = literal.at[0] == '-' ? -size : size;
    return isinf(size) ? ST_ERR_LIMIT : ST_OK;
}
