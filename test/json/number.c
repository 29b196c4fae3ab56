#include "unit.h"

#include "base/random.h"
#include "base/str.h"
#include "seed.h"
#include "json/number.h"

#include <math.h>
#include <stdlib.h>

static struct st_decimal decimal(const char *literal)
{
    return st_decimal_of(st_str_of(literal));
}

static int cmp(const char *a, const char *b)
{
    return st_decimal_cmp(decimal(a), decimal(b));
}

/* ---- decimals ---- */

TEST("a decimal is its digits without the zeros around them, and an exponent")
{
    static const struct {
        const char *literal;
        const char *digits;
        uint32_t count;
        int64_t exponent;
    } rows[] = {
        {"1.50e3", "1.5", 2, 2},
        {"0", "", 0, 0},
        {"-0.000e9", "", 0, 0},
        {"100", "1", 1, 2},
        {"-100.00", "1", 1, 2},
        {"0.00150", "15", 2, -4},
        {"10.01", "10.01", 4, -2},
        {"1e5", "1", 1, 5},
        {"12.5E-3", "12.5", 3, -4},
        {"0.1e1", "1", 1, 0},
        {"7", "7", 1, 0},
        {"1.0", "1", 1, 0},
        {"1002.0", "1002", 4, 0},
        {"10203", "10203", 5, 0},
        {"0.5", "5", 1, -1},
        {"1e+007", "1", 1, 7},
        {"20.0e-1", "2", 1, 0},
        {"120e-0", "12", 2, 1},
        {"1e999999999999999999999", "1", 1, INT64_C(1000000000000000000)},
        {"-1e-999999999999999999999", "1", 1, -INT64_C(1000000000000000000)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct st_decimal n = decimal(rows[i].literal);
        assert_text(n.digits, rows[i].digits);
        assert_int_equal(n.count, rows[i].count);
        assert_int_equal(n.exponent, rows[i].exponent);
        assert_int_equal(n.negative, n.count > 0 && rows[i].literal[0] == '-');
    }
}

/* Each is greater than the one before it; several in one row are equal. */
static const char *const rising[][6] = {
    {"-1e1000000000000000000000"},
    {"-1e999999999999999999999"},
    {"-1e400", "-10e399"},
    {"-9223372036854775809"},
    {"-9223372036854775808"},
    {"-100.5", "-1005e-1"},
    {"-100", "-1e2", "-100.000"},
    {"-1", "-1.0", "-10e-1"},
    {"-0.1", "-1e-1"},
    {"-1e-400"},
    {"-1e-99999999999999999999"},
    {"-1e-99999999999999999999999"},
    {"0", "-0", "0.0", "0e5", "-0e-999999999999999999999", "0E999999999999999999999"},
    {"1e-99999999999999999999999"},
    {"2e-99999999999999999999999"},
    {"1e-99999999999999999999", "10e-100000000000000000000", "0.1e-99999999999999999998"},
    {"1e-1000000000000000001"},
    {"1e-1000000000000000000", "10e-1000000000000000001", "0.1e-999999999999999999"},
    {"1e-999999999999999999", "0.01e-999999999999999997"},
    {"1e-400"},
    {"0.1", "1e-1", "0.10000000000000000000000000000", "100e-3"},
    {"0.10000000000000000000000000000000000001"},
    {"0.2"},
    {"0.3", "3e-1"},
    {"0.30000000000000004"},
    {"1", "1.0", "10e-1", "0.1e1", "1e0", "1e-0"},
    {"1.0000000000000000000000000000001"},
    {"9"},
    {"10", "1e1", "1E+1", "1e00001"},
    {"99.99"},
    {"100"},
    {"9007199254740991"},
    {"9007199254740992", "9007199254740.992e3"},
    {"9007199254740993"},
    {"9223372036854775807"},
    {"9223372036854775808"},
    {"18446744073709551615"},
    {"18446744073709551616", "1844674407370955161.6e1"},
    {"123456789012345678901234567890"},
    {"123456789012345678901234567891"},
    {"1e400", "10e399", "0.00001e405"},
    {"1e999999999999999999", "10e999999999999999998"},
    {"1e1000000000000000000", "10e999999999999999999", "0.1e1000000000000000001"},
    {"2e1000000000000000000"},
    {"1e1000000000000000001"},
    {"1e9999999999999999999", "0.1e10000000000000000000", "1e+09999999999999999999"},
    {"1e10000000000000000000", "10e9999999999999999999"},
    {"1e999999999999999999999"},
    {"1e1000000000000000000000", "10e999999999999999999999"},
    {"12e1000000000000000000000"},
};

TEST("decimals compare exactly, whatever their spelling, length and exponent")
{
    size_t count = sizeof rising / sizeof rising[0];
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            for (size_t a = 0; a < 6 && rising[i][a] != NULL; a++)
                for (size_t b = 0; b < 6 && rising[j][b] != NULL; b++) {
                    int order = cmp(rising[i][a], rising[j][b]);
                    int expected = i < j ? -1 : i > j;
                    if (order != expected)
                        fail_msg("%s against %s: %d", rising[i][a], rising[j][b], order);
                }
}

TEST("equal decimals share a hash, and these others do not")
{
    size_t count = sizeof rising / sizeof rising[0];
    for (size_t i = 0; i < count; i++) {
        uint64_t hash = st_decimal_hash(decimal(rising[i][0]), 42);
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(st_decimal_hash(decimal(rising[j][0]), 42), hash);
        for (size_t a = 1; a < 6 && rising[i][a] != NULL; a++)
            assert_int_equal(st_decimal_hash(decimal(rising[i][a]), 42), hash);
        assert_int_not_equal(st_decimal_hash(decimal(rising[i][0]), 43), hash);
    }
    assert_int_not_equal(st_decimal_hash(decimal("1"), 1), st_decimal_hash(decimal("-1"), 1));
    assert_int_not_equal(st_decimal_hash(decimal("1"), 1), st_decimal_hash(decimal("10"), 1));
    assert_int_not_equal(st_decimal_hash(decimal("12"), 1), st_decimal_hash(decimal("13"), 1));
}

TEST("decimals compare as doubles do, where doubles are exact")
{
    struct st_rng rng;
    st_rng_init(&rng, random_seed());
    for (int i = 0; i < 20000; i++) {
        char a[32];
        char b[32];
        double x = (double)((int64_t)st_rng_below(&rng, 4000) - 2000) / 16;
        double y = (double)((int64_t)st_rng_below(&rng, 4000) - 2000) / 16;
        snprintf(a, sizeof a, "%.4f", x);
        snprintf(b, sizeof b, "%.6e", y);
        assert_int_equal(cmp(a, b), (x > y) - (x < y));
    }
}

TEST("1.0 and 1e2 are integers, 1.5 and 1e-1 are not")
{
    static const char *const integers[] = {
        "0", "-0.0", "1.0", "1e2", "1.5e1", "10e-1", "-7", "1e999999999999999999999", "0e-5"};
    static const char *const others[] = {"1.5",   "1e-1", "0.1",
                                         "15e-1", "-0.5", "1e-999999999999999999999"};
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++)
        assert_true(st_decimal_is_integer(decimal(integers[i])));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(st_decimal_is_integer(decimal(others[i])));
}

/* ---- multiples ---- */

static bool is_multiple(const char *n, const char *step)
{
    bool is = false;
    assert_ok(st_decimal_is_multiple(decimal(n), decimal(step), &is));
    return is;
}

TEST("a multiple is told exactly, for decimal steps too")
{
    static const char *const multiples[][2] = {
        {"0.3", "0.1"},
        {"19.99", "0.01"},
        {"4.02", "0.01"},
        {"123456789e300", "0.123456789e-5"},
        {"0", "7"},
        {"-0", "0.1"},
        {"-9", "3"},
        {"9.0", "3"},
        {"1e2", "2.5"},
        {"0.0075", "0.0001"},
        {"1e999999999999999999999", "1e999999999999999999998"},
        {"1e999999999999999999999", "3.2e-999999999999999999998"},
        {"1e-999999999999999999999", "1e-999999999999999999999"},
        {"9007199254740993", "9007199254740993"},
        {"18014398509481986", "9007199254740993"},
        {"18446744073709551616", "2"},
        {"123456789012345678901234567890", "123456789012345678901234567890"},
        {"246913578024691357802469135780", "123456789012345678901234567890"},
        {"15241578753238836750495351562536198787501905199875019052100",
         "123456789012345678901234567890"},
        {"1e400", "1.2207031250000000000e-21"},
        {"1e40", "152587890625e-10"},
        {"35", "1e-8"},
    };
    static const char *const others[][2] = {
        {"0.35", "0.1"},
        {"1", "3"},
        {"1e999999999999999999999", "3"},
        {"1e999999999999999999998", "1e999999999999999999999"},
        {"0.00751", "0.0001"},
        {"1e-999999999999999999999", "1e999999999999999999999"},
        {"9007199254740993", "2"},
        {"18014398509481985", "9007199254740993"},
        {"246913578024691357802469135781", "123456789012345678901234567890"},
        {"246913578024691357802469135780", "1234567890123456789012345678901"},
        {"1e400", "1000000000000000000000007"},
        {"7", "1000000000000000000000007"},
        {"1e308", "0.123456789e-5000000000000"},
        {"1e308", "0.123456789e-5"},
        {"10", "1e2"},
        {"1.5", "1"},
    };
    for (size_t i = 0; i < sizeof multiples / sizeof multiples[0]; i++)
        if (!is_multiple(multiples[i][0], multiples[i][1]))
            fail_msg("%s is a multiple of %s", multiples[i][0], multiples[i][1]);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (is_multiple(others[i][0], others[i][1]))
            fail_msg("%s is no multiple of %s", others[i][0], others[i][1]);
}

TEST("multiples agree with the remainders of machine numbers, with few digits and with many")
{
    struct st_rng rng;
    st_rng_init(&rng, random_seed());
    for (int i = 0; i < 20000; i++) {
        char n[48];
        char step[48];
        char wide_n[96];
        char wide_step[96];
        uint64_t b = st_rng_below(&rng, 1000) + 1;
        uint64_t a = st_rng_below(&rng, 2) == 0 ? st_rng_below(&rng, 1u << 30)
                                                : b * st_rng_below(&rng, 1u << 20);
        snprintf(n, sizeof n, "%llue-3", (unsigned long long)a);
        snprintf(step, sizeof step, "%llu.%03llu", (unsigned long long)b / 1000,
                 (unsigned long long)b % 1000);
        assert_int_equal(is_multiple(n, step), a % b == 0);
        /* Both times 10^24 + 7: the same answer, by hand. */
        snprintf(wide_n, sizeof wide_n, "%llu%024llu", (unsigned long long)a,
                 (unsigned long long)a * 7);
        snprintf(wide_step, sizeof wide_step, "%llu%024llu", (unsigned long long)b,
                 (unsigned long long)b * 7);
        assert_int_equal(is_multiple(wide_n, wide_step), a % b == 0);
    }
}

static void long_number(struct st_buf *text, uint32_t digits, char last)
{
    st_buf_reset(text);
    for (uint32_t i = 1; i < digits; i++)
        assert_ok(st_buf_add_char(text, (char)('1' + i % 9)));
    assert_ok(st_buf_add_char(text, last));
}

TEST("dividing by hand has a stated limit, dividing by up to 18 digits has none")
{
    struct st_buf n = ST_BUF(1 << 20);
    struct st_buf step = ST_BUF(1 << 20);
    bool is = false;
    long_number(&n, 100000, '5');
    assert_ok(st_decimal_is_multiple(st_decimal_of(st_buf_str(&n)), decimal("5"), &is));
    assert_true(is);
    assert_ok(st_decimal_is_multiple(st_decimal_of(st_buf_str(&n)), decimal("0.000000000000000025"),
                                     &is));
    assert_true(is);
    long_number(&step, ST_DECIMAL_STEP_DIGITS_MAX, '7');
    assert_err(st_decimal_is_multiple(st_decimal_of(st_buf_str(&n)),
                                      st_decimal_of(st_buf_str(&step)), &is),
               LIMIT);
    long_number(&n, ST_DECIMAL_DIGITS_MAX, '3');
    assert_ok(st_decimal_is_multiple(st_decimal_of(st_buf_str(&n)),
                                     st_decimal_of(st_buf_str(&step)), &is));
    assert_false(is);
    assert_ok(st_decimal_is_multiple(st_decimal_of(st_buf_str(&step)),
                                     st_decimal_of(st_buf_str(&step)), &is));
    assert_true(is);
    long_number(&step, ST_DECIMAL_STEP_DIGITS_MAX + 1, '7');
    assert_err(st_decimal_is_multiple(st_decimal_of(st_buf_str(&n)),
                                      st_decimal_of(st_buf_str(&step)), &is),
               LIMIT);
    st_buf_done(&step);
    st_buf_done(&n);
}

/* ---- machine numbers ---- */

TEST("an integer is read when it fits, in any spelling, and never rounded")
{
    static const struct {
        const char *literal;
        st_err err;
        int64_t value;
    } rows[] = {
        {"0", ST_OK, 0},
        {"-0", ST_OK, 0},
        {"0.000e5", ST_OK, 0},
        {"0e999999999999999999999", ST_OK, 0},
        {"1.0", ST_OK, 1},
        {"1e3", ST_OK, 1000},
        {"-1.5e1", ST_OK, -15},
        {"9007199254740991", ST_OK, 9007199254740991},
        {"9007199254740992", ST_OK, 9007199254740992},
        {"9007199254740993", ST_OK, 9007199254740993},
        {"-9007199254740993", ST_OK, -9007199254740993},
        {"9223372036854775807", ST_OK, INT64_MAX},
        {"9223372036854775807.000", ST_OK, INT64_MAX},
        {"922337203685477580.7e1", ST_OK, INT64_MAX},
        {"9223372036854775808", ST_ERR_LIMIT, 0},
        {"-9223372036854775808", ST_OK, INT64_MIN},
        {"-9223372036854775809", ST_ERR_LIMIT, 0},
        {"18446744073709551615", ST_ERR_LIMIT, 0},
        {"1e18", ST_OK, INT64_C(1000000000000000000)},
        {"1e19", ST_ERR_LIMIT, 0},
        {"1e20", ST_ERR_LIMIT, 0},
        {"1e21", ST_ERR_LIMIT, 0},
        {"123456789012345678901", ST_ERR_LIMIT, 0},
        {"1e999999999999999999999", ST_ERR_LIMIT, 0},
        {"0.5", ST_ERR_INVALID, 0},
        {"1e-1", ST_ERR_INVALID, 0},
        {"1e-400", ST_ERR_INVALID, 0},
        {"1e-999999999999999999999", ST_ERR_INVALID, 0},
        {"9223372036854775807.5", ST_ERR_INVALID, 0},
        {"100000000000000000000.5", ST_ERR_INVALID, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = 77;
        st_err err = st_number_to_i64(st_str_of(rows[i].literal), &value);
        if (err != rows[i].err || value != (err == ST_OK ? rows[i].value : 77))
            fail_msg("%s: %s, %lld", rows[i].literal, st_err_text(err), (long long)value);
    }
}

TEST("an unsigned integer is read up to 2^64 - 1")
{
    uint64_t value = 0;
    assert_ok(st_number_to_u64(ST_STR("18446744073709551615"), &value));
    assert_true(value == UINT64_MAX);
    assert_ok(st_number_to_u64(ST_STR("1844674407370955161.5e1"), &value));
    assert_true(value == UINT64_MAX);
    assert_ok(st_number_to_u64(ST_STR("-0.0"), &value));
    assert_int_equal(value, 0);
    assert_ok(st_number_to_u64(ST_STR("1e19"), &value));
    assert_true(value == UINT64_C(10000000000000000000));
    assert_err(st_number_to_u64(ST_STR("18446744073709551616"), &value), LIMIT);
    assert_err(st_number_to_u64(ST_STR("1e20"), &value), LIMIT);
    assert_err(st_number_to_u64(ST_STR("-1"), &value), LIMIT);
    assert_err(st_number_to_u64(ST_STR("-0.5"), &value), INVALID);
    assert_err(st_number_to_u64(ST_STR("0.1"), &value), INVALID);
}

TEST("scaling moves the point and says when digits would be lost")
{
    static const struct {
        const char *literal;
        int shift;
        st_err err;
        int64_t value;
    } rows[] = {
        {"0.012345", 9, ST_OK, 12345000},
        {"1.5e-9", 9, ST_ERR_INVALID, 0},
        {"1e-9", 9, ST_OK, 1},
        {"1e-10", 9, ST_ERR_INVALID, 0},
        {"-19.99", 2, ST_OK, -1999},
        {"9223372036.854775807", 9, ST_OK, INT64_MAX},
        {"9223372036.854775808", 9, ST_ERR_LIMIT, 0},
        {"-9223372036.854775808", 9, ST_OK, INT64_MIN},
        {"1000", -3, ST_OK, 1},
        {"1500", -3, ST_ERR_INVALID, 0},
        {"0", -1000, ST_OK, 0},
        {"0e99999999999999999999", 1000, ST_OK, 0},
        {"1e-400", 400, ST_OK, 1},
        {"1e999999999999999999999", INT32_MIN, ST_ERR_LIMIT, 0},
        {"1e-999999999999999999999", INT32_MAX, ST_ERR_INVALID, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = 77;
        st_err err = st_number_to_scaled(st_str_of(rows[i].literal), rows[i].shift, &value);
        if (err != rows[i].err || value != (err == ST_OK ? rows[i].value : 77))
            fail_msg("%s, %d: %s, %lld", rows[i].literal, rows[i].shift, st_err_text(err),
                     (long long)value);
    }
}

static void expect_double(const char *literal)
{
    double value = 77;
    double expected = strtod(literal, NULL);
    st_err err = st_number_to_double(st_str_of(literal), &value);
    if (memcmp(&value, &expected, sizeof value) != 0 ||
        err != (isinf(expected) ? ST_ERR_LIMIT : ST_OK))
        fail_msg("%s: %s, %a, expected %a", literal, st_err_text(err), value, expected);
}

TEST("a double is the nearest one, as strtod has it")
{
    static const char *const literals[] = {
        "0",
        "-0",
        "-0.0e5",
        "0.1",
        "0.2",
        "0.3",
        "1e22",
        "1e23",
        "123456789012345e22",
        "9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "9007199254740993.0000000000000000001",
        "9007199254740994",
        "-9007199254740993",
        "9007199254740995",
        "1e308",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "-1.7976931348623159e308",
        "1e309",
        "1e400",
        "-1e400",
        "1e-400",
        "-1e-400",
        "4.9e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "1e999999999999999999999",
        "-1e999999999999999999999",
        "1e-999999999999999999999",
        "0e999999999999999999999",
        "0.000000000000000000000000000000000000001e39",
        "5e-324",
        "3e-324",
        "2e-324",
        "1.5e-5",
        "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017"
        "977587"
        "207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845"
        "817711"
        "531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699"
        "508093"
        "042880177904174497792",
    };
    for (size_t i = 0; i < sizeof literals / sizeof literals[0]; i++)
        expect_double(literals[i]);
}

TEST("random literals read as strtod reads them")
{
    struct st_rng rng;
    uint64_t seed = random_seed();
    st_rng_init(&rng, seed);
    for (int i = 0; i < 50000; i++) {
        char text[80];
        uint64_t bits = st_rng_next(&rng);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        snprintf(text, sizeof text, "%.*e", (int)st_rng_below(&rng, 30), value);
        expect_double(text);
        snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)st_rng_below(&rng, 1000),
                 (unsigned long long)st_rng_next(&rng), (int)st_rng_below(&rng, 700) - 350);
        expect_double(text);
    }
}

TEST("digits far behind a halfway point still decide how it is rounded")
{
    struct st_buf text = ST_BUF(1 << 16);
    for (size_t zeros = 0; zeros < 3000; zeros += 97) {
        st_buf_reset(&text);
        assert_ok(st_buf_add_str(&text, ST_STR("9007199254740993.")));
        for (size_t i = 0; i < zeros; i++)
            assert_ok(st_buf_add_char(&text, '0'));
        double value = 0;
        assert_ok(st_buf_add_char(&text, '0'));
        assert_ok(st_number_to_double(st_buf_str(&text), &value));
        assert_true(value == 9007199254740992.0);
        text.at[text.len - 1] = '1';
        assert_ok(st_number_to_double(st_buf_str(&text), &value));
        assert_true(value == 9007199254740994.0);
    }
    st_buf_done(&text);
}

TEST("a literal of a million digits is read")
{
    struct st_buf text = ST_BUF(1 << 21);
    double value = 0;
    int64_t integer = 0;
    long_number(&text, 1000000, '5');
    assert_err(st_number_to_double(st_buf_str(&text), &value), LIMIT);
    assert_err(st_number_to_i64(st_buf_str(&text), &integer), LIMIT);
    assert_int_equal(st_decimal_of(st_buf_str(&text)).count, 1000000);
    assert_ok(st_buf_add_str(&text, ST_STR("e-999999")));
    assert_ok(st_number_to_double(st_buf_str(&text), &value));
    assert_true(value > 2.3456789 && value < 2.345679);
    assert_err(st_number_to_i64(st_buf_str(&text), &integer), INVALID);
    st_buf_done(&text);
}
