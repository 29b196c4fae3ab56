/*
 * program_value.c: the interpreter's looks at numbers and strings.
 */
#include "schema/program_run.h"

#include "base/utf8.h"

__extension__ typedef __int128 i128;

/* ---- numbers ---- */

/* The digits of a literal of at most 18 of them, without a point. */
static inline int64_t small_integer(const char *at, uint32_t len)
{
    bool negative = at[0] == '-';
    int64_t value = 0;
    for (uint32_t i = negative; i < len; i++)
        value = value * 10 + (at[i] - '0');
    return negative ? -value : value;
}

static int64_t power_of_ten(unsigned power)
{
    int64_t value = 1;
    for (unsigned i = 0; i < power; i++)
        value *= 10;
    return value;
}

/* How digits × 10^-scale stands to the bound. */
static int compare_bound(int64_t digits, unsigned scale, const struct st_bound *bound)
{
    i128 ours = (i128)digits * power_of_ten(bound->scale);
    i128 theirs = (i128)bound->digits * power_of_ten(scale);
    return (ours > theirs) - (ours < theirs);
}

/* A literal of at most 18 digits with a point, no exponent; false: another one. */
static bool small_decimal(const char *at, uint32_t len, int64_t *digits, unsigned *scale)
{
    int64_t value = 0;
    uint32_t point = len;
    if (len > 18)
        return false;
    for (uint32_t i = at[0] == '-'; i < len; i++) {
        if (at[i] == '.')
            point = i + 1;
        else if (at[i] >= '0' && at[i] <= '9')
            value = value * 10 + (at[i] - '0');
        else
            return false;
    }
    *digits = at[0] == '-' ? -value : value;
    *scale = len - point;
    return true;
}

/* Whether digits × 10^-scale is a multiple of the step. */
static bool is_multiple(int64_t digits, unsigned scale, const struct st_bound *step)
{
    i128 ours = digits;
    i128 theirs = step->digits;
    if (scale < step->scale)
        ours *= power_of_ten(step->scale - scale);
    else
        theirs *= power_of_ten(scale - step->scale);
    if (ours == (int64_t)ours && theirs == (int64_t)theirs)
        return (int64_t)ours % (int64_t)theirs == 0;
    return ours % theirs == 0;
}

bool st_run_rules(const struct st_run *r, const struct st_number_test *test, uint32_t node)
{
    for (uint32_t i = 0; i < test->count; i++)
        if (!st_eval_rule(r->c, test->rules[i]->plain, test->rules[i]->rule, node))
            return false;
    return true;
}

static bool check_decimal(const struct st_run *r, const struct st_number_test *test, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    int64_t digits;
    unsigned scale;
    if (!test->decimals || !small_decimal(r->text + n->at, n->len, &digits, &scale))
        return st_run_rules(r, test, node);
    if (test->has_low) {
        int order = compare_bound(digits, scale, &test->low);
        if (order < 0 || (order == 0 && test->low.exclusive))
            return false;
    }
    if (test->has_high) {
        int order = compare_bound(digits, scale, &test->high);
        if (order > 0 || (order == 0 && test->high.exclusive))
            return false;
    }
    return test->step.digits == 0 || is_multiple(digits, scale, &test->step);
}

bool st_run_number(const struct st_run *r, const struct st_number_test *test, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    if ((n->flags & ST_JSON_INTEGER) == 0 || n->len > 18)
        return check_decimal(r, test, node);
    int64_t value = small_integer(r->text + n->at, n->len);
    if (value < test->min || value > test->max)
        return false;
    return test->step.digits == 0 || is_multiple(value, 0, &test->step);
}

/* ---- texts ---- */

bool st_run_equal_long(const struct st_run *r, const struct st_text_slot *slot, const char *at)
{
    return st_run_spend(r, slot->len / 64) && memcmp(slot->at, at, slot->len) == 0;
}

const uint64_t st_run_masks[9] = {
    0,
    UINT64_C(0xFF),
    UINT64_C(0xFFFF),
    UINT64_C(0xFFFFFF),
    UINT64_C(0xFFFFFFFF),
    UINT64_C(0xFFFFFFFFFF),
    UINT64_C(0xFFFFFFFFFFFF),
    UINT64_C(0xFFFFFFFFFFFFFF),
    UINT64_MAX,
};

struct st_words st_run_words_slowly(const struct st_run *r, const struct st_json_node *n)
{
    return st_text_words(st_run_text(r, n).at, n->len);
}

const struct st_text_slot *st_run_find_integer(const struct st_run *r,
                                               const struct st_texts *literals, const char *at,
                                               uint32_t len)
{
    struct st_words words = st_text_words(at, len);
    for (uint32_t i = st_texts_at(literals, words, len);; i = (i + 1) & literals->mask) {
        const struct st_text_slot *slot = &literals->slots[i];
        if (st_run_in_slot(r, slot, words, (st_str){at, len}))
            return slot;
        if (slot->len == ST_JSON_NONE)
            return NULL;
    }
}

/* Whether the literal is the only one of its value among integers. */
bool st_run_is_integer(const char *at, const struct st_json_node *n)
{
    return (n->flags & ST_JSON_INTEGER) != 0 && n->len <= 18 &&
           !(n->len == 2 && at[0] == '-' && at[1] == '0');
}

bool st_run_integers(const struct st_run *r, const struct st_integers *integers, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    const char *at = r->text + n->at;
    if (st_run_is_integer(at, n))
        return st_run_find_integer(r, integers->literals, at, n->len) != NULL;
    return st_eval_rule(r->c, integers->call.plain, integers->call.rule, node);
}

/* A code point has one to four bytes. */
bool st_run_length(const struct st_run *r, const struct st_length_test *test, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    if (n->len < test->min)
        return false;
    if (n->len <= test->max && (test->min <= 1 || n->len / 4 >= test->min))
        return true;
    if (!st_run_spend(r, n->len / 1024))
        return false;
    uint64_t length = st_utf8_count(st_run_text(r, n));
    return length >= test->min && length <= test->max;
}

/* Whether the pattern finds something; false, too, when the run has to stop. */
bool st_run_search(const struct st_run *r, const struct st_pattern *pattern,
                   const struct st_json_node *n)
{
    bool found = false;
    if (!st_run_spend(r, 1 + n->len / 32))
        return false;
    st_err err = st_pattern_search(pattern, r->c->matcher, st_run_text(r, n), &found);
    if (err != ST_OK) {
        r->c->stop = err == ST_ERR_MEMORY ? ST_STOP_MEMORY : ST_STOP_LIMIT;
        return false;
    }
    return st_run_spend(r, st_matcher_spent(r->c->matcher) / 4) && found;
}
