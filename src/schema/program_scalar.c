/*
 * program_scalar.c: steps on numbers and strings.
 */
#include "schema/program_make.h"

#include "base/mem.h"

#include <stdio.h>

/* ---- bounds of numbers ---- */

/* Literals of up to 18 digits are compared as 64-bit integers: their range. */
#define INTEGER_MAX INT64_C(999999999999999999)

static int compare_integer(int64_t value, struct st_decimal bound)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    return st_decimal_cmp(st_decimal_of(st_str_of(text)), bound);
}

/* The bound as digits and scale; false: it has too many. */
static bool shorten_bound(struct st_decimal bound, bool exclusive, struct st_bound *out)
{
    int64_t zeros = bound.exponent > 0 ? bound.exponent : 0;
    if (bound.count > 18 || bound.exponent < -18 || zeros > 18 ||
        bound.count + (uint64_t)zeros > 18)
        return false;
    int64_t digits = 0;
    for (size_t i = 0; i < bound.digits.len; i++)
        if (bound.digits.at[i] != '.')
            digits = digits * 10 + (bound.digits.at[i] - '0');
    for (int64_t i = 0; i < zeros; i++)
        digits *= 10;
    *out = (struct st_bound){
        .digits = bound.negative ? -digits : digits,
        .scale = bound.exponent < 0 ? (uint8_t)-bound.exponent : 0,
        .exclusive = exclusive,
    };
    return true;
}

/* As integer_from, for a bound of many digits: by halving. */
static int64_t search_integer(struct st_decimal bound, bool exclusive)
{
    int64_t low = -INTEGER_MAX;
    int64_t high = INTEGER_MAX + 1;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        int order = compare_integer(middle, bound);
        if (order > 0 || (order == 0 && !exclusive))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The smallest integer that is not below the bound; past the range where none in it is. */
static int64_t integer_from(struct st_decimal number, bool exclusive)
{
    struct st_bound bound;
    if (!shorten_bound(number, exclusive, &bound))
        return search_integer(number, exclusive);
    int64_t unit = 1;
    for (uint8_t i = 0; i < bound.scale; i++)
        unit *= 10;
    int64_t whole = bound.digits / unit;
    bool cut = bound.digits % unit != 0;
    return whole + (cut ? bound.digits > 0 : exclusive);
}

/* The greatest integer that is not above the bound. */
static int64_t integer_to(struct st_decimal bound, bool exclusive)
{
    return integer_from(bound, !exclusive) - 1;
}

/* ---- numbers ---- */

/* The strictest bounds of all rules, and what else there is. */
struct number {
    const struct st_rule *low;
    const struct st_rule *high;
    const struct st_rule *step;
    uint32_t steps;
    uint32_t rules;
    bool integer;
};

static bool is_stricter(const struct st_rule *rule, const struct st_rule *than, int sign)
{
    if (than == NULL)
        return true;
    int order = st_decimal_cmp(rule->number, than->number) * sign;
    bool exclusive =
        rule->kind == ST_RULE_EXCLUSIVE_MINIMUM || rule->kind == ST_RULE_EXCLUSIVE_MAXIMUM;
    return order > 0 || (order == 0 && exclusive);
}

static void read_rule(struct number *number, const struct st_rule *rule)
{
    switch (rule->kind) {
    case ST_RULE_MINIMUM:
    case ST_RULE_EXCLUSIVE_MINIMUM:
        if (is_stricter(rule, number->low, 1))
            number->low = rule;
        break;
    case ST_RULE_MAXIMUM:
    case ST_RULE_EXCLUSIVE_MAXIMUM:
        if (is_stricter(rule, number->high, -1))
            number->high = rule;
        break;
    case ST_RULE_MULTIPLE:
        number->step = rule;
        number->steps++;
        break;
    case ST_RULE_TYPE:
        number->integer = true;
        break;
    default:
        return;
    }
    number->rules++;
}

static bool is_of_numbers(const struct st_rule *rule)
{
    return rule->kind == ST_RULE_TYPE ||
           (rule->kind >= ST_RULE_MULTIPLE && rule->kind <= ST_RULE_EXCLUSIVE_MAXIMUM);
}

/* The rules themselves, for literals that the quick tests are not made for. */
static void keep_rules(struct st_build *b, const struct st_making *m, struct st_number_test *test,
                       uint32_t count)
{
    const struct st_plain_call **rules = st_build_get(b, count * sizeof(rules[0]));
    for (uint32_t i = 0; i < m->rule_count && rules != NULL; i++)
        if (is_of_numbers(m->rules[i].rule))
            rules[test->count++] = st_build_call(b, m->rules[i].item, m->rules[i].rule);
    test->rules = rules;
}

static enum st_op fill_test(const struct number *number, struct st_number_test *test)
{
    test->min = INT64_MIN;
    test->max = INT64_MAX;
    test->decimals = !number->integer;
    if (number->low != NULL) {
        bool exclusive = number->low->kind == ST_RULE_EXCLUSIVE_MINIMUM;
        test->has_low = true;
        test->min = integer_from(number->low->number, exclusive);
        test->decimals =
            shorten_bound(number->low->number, exclusive, &test->low) && test->decimals;
    }
    if (number->high != NULL) {
        bool exclusive = number->high->kind == ST_RULE_EXCLUSIVE_MAXIMUM;
        test->has_high = true;
        test->max = integer_to(number->high->number, exclusive);
        test->decimals =
            shorten_bound(number->high->number, exclusive, &test->high) && test->decimals;
    }
    bool from_zero = number->low != NULL && test->min == 0 && !test->has_high && number->steps == 0;
    if (from_zero && number->integer)
        return ST_OP_NATURAL;
    if (from_zero && number->low->number.count == 0 && number->low->kind == ST_RULE_MINIMUM)
        return ST_OP_POSITIVE;
    return number->rules == 1 && number->integer ? ST_OP_INTEGER : ST_OP_NUMBER;
}

/* Several steps, or one of many digits, are the plain rule's. */
static void add_multiples(struct st_build *b, struct st_making *m, const struct number *number,
                          struct st_number_test *test)
{
    if (number->steps == 1 && shorten_bound(number->step->number, false, &test->step))
        return;
    test->step = (struct st_bound){0};
    for (uint32_t i = 0; i < m->rule_count && number->steps > 0; i++)
        if (m->rules[i].rule->kind == ST_RULE_MULTIPLE)
            st_making_rule(b, m, &m->rules[i]);
}

/* const and enum: by their literals where all their numbers are integers. */
static void add_numbers(struct st_build *b, struct st_making *m, const struct st_pending_rule *rule)
{
    const struct st_json *doc = st_plain_doc(b->items[rule->item].plain);
    bool single = rule->rule->kind == ST_RULE_CONST;
    uint32_t room = single ? 1 : doc->nodes[rule->rule->value].len;
    struct st_text_row *rows = st_build_scratch(b, (room + 1) * sizeof rows[0]);
    uint32_t count = 0;
    uint32_t at = single ? rule->rule->value : st_json_first(doc, rule->rule->value);
    bool all = rows != NULL;
    while (at != ST_JSON_NONE && all) {
        if (st_json_kind(doc, at) == ST_JSON_NUMBER) {
            all = st_table_is_integer(doc, at);
            rows[count++] = (struct st_text_row){.text = st_json_text(doc, at)};
        }
        at = single ? ST_JSON_NONE : st_json_next(doc, rule->rule->value, at);
    }
    struct st_integers *integers = all ? st_build_get(b, sizeof *integers) : NULL;
    if (integers == NULL) {
        st_making_rule(b, m, rule);
        return;
    }
    integers->call =
        (struct st_plain_call){.plain = b->items[rule->item].plain, .rule = rule->rule};
    integers->literals = st_table_texts(b, rows, count);
    st_making_with(b, m, ST_OP_INTEGERS, integers);
}

void st_scalar_number(struct st_build *b, struct st_making *m)
{
    struct number number = {0};
    for (uint32_t i = 0; i < m->rule_count; i++) {
        read_rule(&number, m->rules[i].rule);
        if (m->rules[i].rule->kind == ST_RULE_ENUM || m->rules[i].rule->kind == ST_RULE_CONST)
            add_numbers(b, m, &m->rules[i]);
    }
    if (number.rules == 0)
        return;
    struct st_number_test *test = st_build_get(b, sizeof *test);
    if (test == NULL)
        return;
    enum st_op op = fill_test(&number, test);
    add_multiples(b, m, &number, test);
    keep_rules(b, m, test, number.rules);
    st_making_with(b, m, op, test);
}

/* ---- strings ---- */

static void add_length(struct st_build *b, struct st_making *m)
{
    struct st_length_test length = {.max = UINT64_MAX};
    for (uint32_t i = 0; i < m->rule_count; i++) {
        const struct st_rule *rule = m->rules[i].rule;
        if (rule->kind == ST_RULE_MIN_LENGTH && rule->count > length.min)
            length.min = rule->count;
        if (rule->kind == ST_RULE_MAX_LENGTH && rule->count < length.max)
            length.max = rule->count;
    }
    if (length.min > length.max) {
        m->fails = true;
    } else if (length.min == 1 && length.max == UINT64_MAX) {
        st_making_step(b, m, ST_OP_NOT_EMPTY);
    } else if (length.min > 0 || length.max != UINT64_MAX) {
        struct st_length_test *test = st_build_get(b, sizeof *test);
        if (test != NULL)
            *test = length;
        st_making_with(b, m, ST_OP_LENGTH, test);
    }
}

static const struct st_pending_rule *find_choice(const struct st_making *m)
{
    for (uint32_t i = 0; i < m->rule_count; i++)
        if (m->rules[i].rule->kind == ST_RULE_CONST || m->rules[i].rule->kind == ST_RULE_ENUM)
            return &m->rules[i];
    return NULL;
}

/* What all schemas of the block say of one text of an enum. */
static enum st_verdict decide_text(struct st_build *b, const struct st_making *m,
                                   struct st_value value)
{
    enum st_verdict verdict = ST_VERDICT_YES;
    for (uint32_t i = 0; i < m->set.count && verdict == ST_VERDICT_YES; i++)
        verdict = st_decide_value(b, m->set.items[i], value);
    return verdict;
}

/* The texts of a const or enum that all schemas of the block accept; false: for one that is not
 * known. */
static bool list_texts(struct st_build *b, const struct st_making *m,
                       const struct st_pending_rule *choice, struct st_text_row *rows,
                       uint32_t *count)
{
    const struct st_json *doc = st_plain_doc(b->items[choice->item].plain);
    bool single = choice->rule->kind == ST_RULE_CONST;
    uint32_t at = single ? choice->rule->value : st_json_first(doc, choice->rule->value);
    while (at != ST_JSON_NONE) {
        enum st_verdict verdict = ST_VERDICT_NO;
        if (st_json_kind(doc, at) == ST_JSON_STRING)
            verdict = decide_text(b, m, (struct st_value){.doc = doc, .node = at});
        if (verdict == ST_VERDICT_UNKNOWN || st_build_over(b))
            return false;
        if (verdict == ST_VERDICT_YES)
            rows[(*count)++] = (struct st_text_row){.text = st_json_text(doc, at)};
        at = single ? ST_JSON_NONE : st_json_next(doc, choice->rule->value, at);
    }
    return true;
}

/* Of a string that is one of few, everything is known: then nothing else is asked. */
static bool write_texts(struct st_build *b, struct st_making *m)
{
    const struct st_pending_rule *choice = find_choice(m);
    if (choice == NULL)
        return false;
    const struct st_json *doc = st_plain_doc(b->items[choice->item].plain);
    uint32_t room = choice->rule->kind == ST_RULE_CONST ? 1 : doc->nodes[choice->rule->value].len;
    struct st_text_row *rows = st_build_scratch(b, room * sizeof rows[0]);
    uint32_t count = 0;
    if (rows == NULL || !list_texts(b, m, choice, rows, &count))
        return false;
    if (count == 0) {
        m->fails = true;
    } else if (count == 1) {
        struct st_text_slot *slot = st_build_get(b, sizeof *slot);
        if (slot != NULL)
            st_table_text(slot, &rows[0]);
        st_making_with(b, m, ST_OP_TEXT, slot);
    } else {
        st_making_with(b, m, ST_OP_TEXTS, st_table_texts(b, rows, count));
    }
    return true;
}

bool st_scalar_string(struct st_build *b, struct st_making *m)
{
    if (write_texts(b, m))
        return true;
    add_length(b, m);
    for (uint32_t i = 0; i < m->rule_count; i++) {
        const struct st_rule *rule = m->rules[i].rule;
        if (rule->kind == ST_RULE_FORMAT)
            st_making_with(b, m, ST_OP_FORMAT, rule->format);
        else if (rule->kind == ST_RULE_PATTERN)
            st_making_with(b, m, ST_OP_PATTERN, rule->pattern);
        else if (rule->kind == ST_RULE_ENUM || rule->kind == ST_RULE_CONST)
            st_making_rule(b, m, &m->rules[i]);
    }
    return false;
}
