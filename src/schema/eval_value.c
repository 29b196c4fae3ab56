#include "schema/checker.h"

#include "base/utf8.h"
#include "json/compare.h"
#include "json/write.h"

/* ---- what messages show of schema values ---- */

/* Takes what was written from `start` on back to `max` bytes, at the end of a code point. */
static st_err shorten(struct st_buf *text, size_t start, size_t max)
{
    if (text->len - start <= max)
        return ST_OK;
    size_t end = start + max;
    while (end > start && ((unsigned char)text->at[end] & 0xC0) == 0x80)
        end--;
    text->len = end;
    return st_buf_add_str(text, ST_STR("…"));
}

/* As much of a long text as is more than a message shows, so that it is shortened. */
static st_str start_of(st_str text)
{
    size_t end = ST_REPORT_SHOWN_BYTES_MAX + 8;
    if (text.len <= end)
        return text;
    while (end > ST_REPORT_SHOWN_BYTES_MAX && ((unsigned char)text.at[end] & 0xC0) == 0x80)
        end--;
    return (st_str){text.at, end};
}

/* Never written whole when it is long: a constant can have megabytes. */
static st_err show_value(struct st_buf *text, const struct st_json *doc, uint32_t node, bool quoted)
{
    size_t start = text->len;
    st_err err;
    if (st_json_kind(doc, node) == ST_JSON_STRING) {
        st_str shown = start_of(st_json_text(doc, node));
        err = quoted ? st_json_add_string(text, shown) : st_buf_add_str(text, shown);
    } else {
        err = st_json_write_start(doc, node, ST_REPORT_MESSAGE_BYTES_MAX, text);
        if (err == ST_ERR_LIMIT && text->len - start <= ST_REPORT_SHOWN_BYTES_MAX)
            return st_buf_add_str(text, ST_STR("…"));
        if (err == ST_ERR_LIMIT)
            err = ST_OK;
    }
    return err != ST_OK ? err : shorten(text, start, ST_REPORT_SHOWN_BYTES_MAX);
}

/* ---- any type ---- */

static uint32_t types_of(const struct st_json *doc, uint32_t node)
{
    switch (st_json_kind(doc, node)) {
    case ST_JSON_NULL:
        return ST_TYPE_NULL;
    case ST_JSON_FALSE:
    case ST_JSON_TRUE:
        return ST_TYPE_BOOLEAN;
    case ST_JSON_STRING:
        return ST_TYPE_STRING;
    case ST_JSON_ARRAY:
        return ST_TYPE_ARRAY;
    case ST_JSON_OBJECT:
        return ST_TYPE_OBJECT;
    case ST_JSON_NUMBER:
        break;
    }
    if (doc->nodes[node].flags & ST_JSON_INTEGER)
        return ST_TYPE_NUMBER | ST_TYPE_INTEGER | ST_TYPE_INTEGER_LITERAL;
    return st_decimal_is_integer(st_decimal_of(st_json_text(doc, node)))
               ? ST_TYPE_NUMBER | ST_TYPE_INTEGER
               : ST_TYPE_NUMBER;
}

static st_err show_types(struct st_buf *text, const struct st_json *doc, uint32_t value)
{
    if (st_json_kind(doc, value) == ST_JSON_STRING)
        return st_buf_add_str(text, st_json_text(doc, value));
    st_err err = ST_OK;
    bool first = true;
    for (uint32_t at = st_json_first(doc, value); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(doc, value, at), first = false) {
        if (!first)
            err = st_buf_add_char(text, '|');
        if (err == ST_OK)
            err = st_buf_add_str(text, st_json_text(doc, at));
    }
    return err;
}

bool st_eval_type(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                  uint32_t node, struct st_seen *seen)
{
    if ((types_of(c->doc, node) & rule->types) != 0)
        return true;
    if (st_tell_begin(c, plain, rule->keyword, node, NULL)) {
        st_err err = st_buf_add_str(&c->tale.text, ST_STR("must be type "));
        if (err == ST_OK)
            err = show_types(&c->tale.text, st_plain_doc(plain), rule->value);
        st_tell_end(c, err);
    }
    return false;
}

uint64_t st_eval_span(const struct st_json *doc, uint32_t node)
{
    if (doc->nodes[node].kind < ST_JSON_ARRAY)
        return doc->nodes[node].len;
    const struct st_json_node *last = &doc->nodes[st_json_after(doc, node) - 1];
    uint32_t end = last->kind < ST_JSON_ARRAY ? last->at + last->len : last->at;
    return end - doc->nodes[node].at;
}

/* Comparing costs as many steps as the smaller of the two has values, and more for long texts. */
static bool equals(struct st_checker *c, const struct st_plain *plain, uint32_t value,
                   uint32_t node)
{
    const struct st_json *doc = st_plain_doc(plain);
    if (st_json_kind(doc, value) != st_json_kind(c->doc, node))
        return false;
    if (st_json_kind(doc, value) >= ST_JSON_ARRAY) {
        if (doc->nodes[value].len != c->doc->nodes[node].len)
            return false;
        uint32_t theirs = st_json_after(doc, value) - value;
        uint32_t ours = st_json_after(c->doc, node) - node;
        if (!st_eval_spend(c, plain, node, theirs < ours ? theirs : ours))
            return false;
    }
    return st_eval_spend(c, plain, node,
                         (st_eval_span(doc, value) + st_eval_span(c->doc, node)) / 64) &&
           st_json_equal(doc, value, c->doc, node);
}

static st_err show_enum(struct st_buf *text, const struct st_json *doc, uint32_t value)
{
    st_err err = st_buf_add_str(text, ST_STR("must be one of allowed enum values"));
    size_t start = text->len;
    for (uint32_t at = st_json_first(doc, value); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(doc, value, at)) {
        err = st_buf_add_str(text, text->len == start ? ST_STR(": ") : ST_STR(", "));
        if (err == ST_OK && text->len - start > ST_REPORT_SHOWN_BYTES_MAX)
            return st_buf_add_str(text, ST_STR("…"));
        if (err == ST_OK)
            err = show_value(text, doc, at, true);
    }
    return err;
}

static bool is_chosen(struct st_checker *c, const struct st_plain *plain,
                      const struct st_rule *rule, uint32_t node)
{
    const struct st_json *doc = st_plain_doc(plain);
    if (rule->choices.count == 0) {
        for (uint32_t at = st_json_first(doc, rule->value); at != ST_JSON_NONE;
             at = st_json_next(doc, rule->value, at))
            if (equals(c, plain, at, node))
                return true;
        return false;
    }
    uint32_t size = st_json_after(c->doc, node) - node;
    if (!st_eval_spend(c, plain, node, size / 4 + st_eval_span(c->doc, node) / 64))
        return false;
    uint64_t hash = st_json_hash(c->doc, node);
    uint32_t low = 0;
    uint32_t high = rule->choices.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (rule->choices.at[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < rule->choices.count && rule->choices.at[low].hash == hash; low++)
        if (equals(c, plain, rule->choices.at[low].node, node))
            return true;
    return false;
}

bool st_eval_enum(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                  uint32_t node, struct st_seen *seen)
{
    const struct st_json *doc = st_plain_doc(plain);
    if (is_chosen(c, plain, rule, node))
        return true;
    if (c->stop != ST_STOP_NOT)
        return false;
    if (st_tell_begin(c, plain, rule->keyword, node, NULL))
        st_tell_end(c, show_enum(&c->tale.text, doc, rule->value));
    return false;
}

bool st_eval_const(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                   uint32_t node, struct st_seen *seen)
{
    if (equals(c, plain, rule->value, node))
        return true;
    if (st_tell_begin(c, plain, rule->keyword, node, NULL)) {
        st_err err = st_buf_add_str(&c->tale.text, ST_STR("must equal "));
        if (err == ST_OK)
            err = show_value(&c->tale.text, st_plain_doc(plain), rule->value, false);
        st_tell_end(c, err);
    }
    return false;
}

/* ---- numbers ---- */

bool st_eval_bound(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                   uint32_t node, struct st_seen *seen)
{
    static const char *const signs[] = {
        [ST_RULE_MINIMUM] = ">=",
        [ST_RULE_EXCLUSIVE_MINIMUM] = ">",
        [ST_RULE_MAXIMUM] = "<=",
        [ST_RULE_EXCLUSIVE_MAXIMUM] = "<",
    };
    if (st_json_kind(c->doc, node) != ST_JSON_NUMBER)
        return true;
    st_str literal = st_json_text(c->doc, node);
    if (!st_eval_spend(c, plain, node, (literal.len + rule->number.count) / 64))
        return false;
    int order = st_decimal_cmp(st_decimal_of(literal), rule->number);
    if (rule->kind == ST_RULE_MINIMUM             ? order >= 0
        : rule->kind == ST_RULE_EXCLUSIVE_MINIMUM ? order > 0
        : rule->kind == ST_RULE_MAXIMUM           ? order <= 0
                                                  : order < 0)
        return true;
    st_tell(c, plain, rule->keyword, node, NULL, "must be %s %.*s", signs[rule->kind],
            ST_STR_ARG(st_json_text(st_plain_doc(plain), rule->value)));
    return false;
}

/* Steps of at most 18 digits go over the digits once, longer ones once for each of their own. */
static uint64_t division_cost(struct st_decimal number, struct st_decimal step)
{
    if (step.count <= 18)
        return number.count / 16;
    uint64_t digits = number.count;
    if (number.exponent > 0)
        digits += (uint64_t)number.exponent;
    if (digits > ST_DECIMAL_DIGITS_MAX)
        digits = ST_DECIMAL_DIGITS_MAX;
    return digits * step.count / 64;
}

bool st_eval_multiple(struct st_checker *c, const struct st_plain *plain,
                      const struct st_rule *rule, uint32_t node, struct st_seen *seen)
{
    if (st_json_kind(c->doc, node) != ST_JSON_NUMBER)
        return true;
    bool is = false;
    struct st_decimal number = st_decimal_of(st_json_text(c->doc, node));
    if (!st_eval_spend(c, plain, node, division_cost(number, rule->number)))
        return false;
    if (st_decimal_is_multiple(number, rule->number, &is) != ST_OK) {
        st_eval_stop_at_limit(c, plain, node, "must have a smaller exponent");
        return false;
    }
    if (!is)
        st_tell(c, plain, rule->keyword, node, NULL, "must be a multiple of %.*s",
                ST_STR_ARG(st_json_text(st_plain_doc(plain), rule->value)));
    return is;
}

/* ---- strings ---- */

bool st_eval_length(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                    uint32_t node, struct st_seen *seen)
{
    if (st_json_kind(c->doc, node) != ST_JSON_STRING)
        return true;
    st_str text = st_json_text(c->doc, node);
    if (!st_eval_spend(c, plain, node, text.len / 1024))
        return false;
    uint64_t length = st_utf8_count(text);
    bool at_least = rule->kind == ST_RULE_MIN_LENGTH;
    if (at_least ? length >= rule->count : length <= rule->count)
        return true;
    st_tell(c, plain, rule->keyword, node, NULL, "must have length %s %llu",
            at_least ? ">=" : "<=", (unsigned long long)rule->count);
    return false;
}

bool st_eval_pattern(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                     uint32_t node, struct st_seen *seen)
{
    if (st_json_kind(c->doc, node) != ST_JSON_STRING)
        return true;
    bool found = false;
    st_str text = st_json_text(c->doc, node);
    if (!st_eval_spend(c, plain, node, 1 + text.len / 32))
        return false;
    st_err err = st_pattern_search(rule->pattern, c->matcher, text, &found);
    if (err == ST_OK && !st_eval_spend(c, plain, node, st_matcher_spent(c->matcher) / 4))
        return false;
    if (err == ST_ERR_MEMORY)
        c->stop = ST_STOP_MEMORY;
    else if (err != ST_OK)
        st_eval_stop_at_limit(c, plain, node, "must be matched by the pattern in fewer steps");
    if (err != ST_OK)
        return false;
    if (!found && st_tell_begin(c, plain, rule->keyword, node, NULL)) {
        err = st_buf_add_str(&c->tale.text, ST_STR("must match pattern "));
        if (err == ST_OK)
            err = show_value(&c->tale.text, st_plain_doc(plain), rule->value, false);
        st_tell_end(c, err);
    }
    return found;
}

bool st_eval_format(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                    uint32_t node, struct st_seen *seen)
{
    if (st_json_kind(c->doc, node) != ST_JSON_STRING)
        return true;
    st_str text = st_json_text(c->doc, node);
    if (!st_eval_spend(c, plain, node, text.len / 64))
        return false;
    if (rule->format->test(text))
        return true;
    st_tell(c, plain, rule->keyword, node, NULL, "%s", rule->format->message);
    return false;
}

/* ---- counts ---- */

static bool check_count(struct st_checker *c, const struct st_plain *plain,
                        const struct st_rule *rule, uint32_t node, bool at_least, const char *what)
{
    uint64_t count = c->doc->nodes[node].len;
    if (at_least ? count >= rule->count : count <= rule->count)
        return true;
    st_tell(c, plain, rule->keyword, node, NULL, "must have %s %llu %s",
            at_least ? ">=" : "<=", (unsigned long long)rule->count, what);
    return false;
}

bool st_eval_item_count(struct st_checker *c, const struct st_plain *plain,
                        const struct st_rule *rule, uint32_t node, struct st_seen *seen)
{
    return st_json_kind(c->doc, node) != ST_JSON_ARRAY ||
           check_count(c, plain, rule, node, rule->kind == ST_RULE_MIN_ITEMS, "items");
}

bool st_eval_member_count(struct st_checker *c, const struct st_plain *plain,
                          const struct st_rule *rule, uint32_t node, struct st_seen *seen)
{
    return st_json_kind(c->doc, node) != ST_JSON_OBJECT ||
           check_count(c, plain, rule, node, rule->kind == ST_RULE_MIN_PROPERTIES, "properties");
}
