/* From the tree of an ECMA-262 pattern to PCRE2's text. */
#include "base/mem.h"
#include "base/utf8.h"
#include "schema/pattern_chars.h"

#include <stdio.h>

/* What is known of a group while the text is written from left to right. */
enum { GROUP_CLOSED = 1, GROUP_REPEATED = 2, GROUP_BEHIND = 4 };

struct writer {
    const struct st_tree *tree;
    struct st_buf *out;
    unsigned char *groups; /* by number; NULL when nothing refers to a group */
    uint32_t behind;       /* lookbehinds around this place */
    uint32_t repeats;      /* repeats around this place that a reference could tell apart */
    st_err err;
    struct st_why *why;
};

static void put_str(struct writer *writer, st_str text)
{
    if (writer->err == ST_OK)
        writer->err = st_buf_add_str(writer->out, text);
    if (writer->err == ST_ERR_LIMIT || writer->err == ST_ERR_MEMORY)
        st_fail(writer->why, writer->err, "the pattern needs too much memory");
}

static void put(struct writer *writer, const char *text)
{
    put_str(writer, st_str_of(text));
}

/* The first failure stays. */
static void fail(struct writer *writer, st_err err, const char *text, uint32_t offset)
{
    if (writer->err == ST_OK)
        writer->err = st_fail_at(writer->why, err, text, offset);
}

static void put_number(struct writer *writer, const char *before, uint32_t value,
                       const char *behind)
{
    char text[32];
    snprintf(text, sizeof text, "%s%u%s", before, value, behind);
    put(writer, text);
}

/* ---- characters ---- */

static bool is_plain(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* A character that stands for itself, in brackets and out of them. */
static void put_char(struct writer *writer, uint32_t c)
{
    char text[16];
    size_t len = 0;
    if (is_plain(c))
        text[len++] = (char)c;
    else if (c > 0x20 && c < 0x7F)
        len = (size_t)snprintf(text, sizeof text, "\\%c", (char)c);
    else
        len = (size_t)snprintf(text, sizeof text, "\\x{%x}", c);
    put_str(writer, (st_str){text, len});
}

static void put_range(struct writer *writer, uint32_t low, uint32_t high)
{
    if (low > high)
        return;
    put_char(writer, low);
    if (low == high)
        return;
    put(writer, "-");
    put_char(writer, high);
}

/* Surrogates are left out: no UTF-8 text holds them, and PCRE2 refuses them. */
static void put_text_range(struct writer *writer, uint32_t low, uint32_t high)
{
    put_range(writer, low, high < 0xD7FF ? high : 0xD7FF);
    put_range(writer, low > 0xE000 ? low : 0xE000, high);
}

/* The ranges, or all between them. PCRE2's own \D and \W would be shorter, but beside a property in
 * a negated set its version 10.42 forgets what they hold past U+00FF. */
static void put_class(struct writer *writer, enum st_node_kind kind, bool negated)
{
    size_t count = 0;
    const struct st_char_range *ranges = st_chars_of_class(kind, &count);
    uint32_t behind = 0;
    for (size_t i = 0; i < count; i++) {
        if (negated)
            put_text_range(writer, behind, ranges[i].low - 1);
        else
            put_range(writer, ranges[i].low, ranges[i].high);
        behind = ranges[i].high + 1;
    }
    if (negated)
        put_text_range(writer, behind, ST_CHAR_LAST);
}

static void put_property(struct writer *writer, const struct st_node *node)
{
    const struct st_property *property = &node->property;
    if (property->name.at == NULL)
        fail(writer, ST_ERR_INVALID, "Unicode property not supported", node->offset);
    put(writer, node->negated != property->negated ? "\\P{" : "\\p{");
    put(writer, property->prefix);
    put_str(writer, property->name);
    put(writer, "}");
}

static void put_set_item(struct writer *writer, const struct st_node *item)
{
    switch (item->kind) {
    case ST_NODE_RANGE:
        put_text_range(writer, item->low, item->high);
        break;
    case ST_NODE_DIGIT:
    case ST_NODE_WORD:
    case ST_NODE_SPACE:
        put_class(writer, item->kind, item->negated);
        break;
    default:
        put_property(writer, item);
        break;
    }
}

/* Brackets with nothing in them mean "nothing", and "anything" when negated; PCRE2 would take the
 * ']' for a member. */
static void put_set(struct writer *writer, const struct st_node *node)
{
    put(writer, node->negated ? "[^" : "[");
    size_t start = writer->out->len;
    for (const struct st_node *item = node->child; item != NULL; item = item->next)
        put_set_item(writer, item);
    if (writer->err != ST_OK)
        return;
    if (writer->out->len > start) {
        put(writer, "]");
        return;
    }
    writer->out->len = start - (node->negated ? 2 : 1);
    put(writer, node->negated ? "." : "[^\\x{0}-\\x{10ffff}]");
}

/* ---- widths ---- */

static uint32_t add_widths(uint32_t a, uint32_t b)
{
    uint32_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? ST_PATTERN_MANY : sum;
}

static uint32_t multiply_widths(uint32_t a, uint32_t b)
{
    uint32_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? ST_PATTERN_MANY : product;
}

static uint32_t least_of_alternatives(const struct st_node *node)
{
    uint32_t least = ST_PATTERN_MANY;
    for (const struct st_node *child = node->child; child != NULL; child = child->next) {
        uint32_t width = st_node_width_min(child);
        least = width < least ? width : least;
    }
    return least;
}

uint32_t st_node_width_min(const struct st_node *node)
{
    uint32_t sum = 0;
    switch (node->kind) {
    case ST_NODE_CHAR:
    case ST_NODE_ANY:
    case ST_NODE_SET:
        return 1;
    case ST_NODE_GROUP:
        return st_node_width_min(node->child);
    case ST_NODE_REPEAT:
        return multiply_widths(node->low, st_node_width_min(node->child));
    case ST_NODE_SEQ:
        for (const struct st_node *child = node->child; child != NULL; child = child->next)
            sum = add_widths(sum, st_node_width_min(child));
        return sum;
    case ST_NODE_ALT:
        return least_of_alternatives(node);
    default:
        return 0;
    }
}

static bool fixed_list(const struct st_node *node, uint32_t *width)
{
    uint32_t each = 0;
    *width = 0;
    for (const struct st_node *child = node->child; child != NULL; child = child->next) {
        if (!st_node_width_fixed(child, &each))
            return false;
        if (node->kind == ST_NODE_ALT && child != node->child && each != *width)
            return false;
        *width = node->kind == ST_NODE_ALT ? each : add_widths(*width, each);
    }
    return true;
}

bool st_node_width_fixed(const struct st_node *node, uint32_t *width)
{
    switch (node->kind) {
    case ST_NODE_SEQ:
    case ST_NODE_ALT:
        return fixed_list(node, width);
    case ST_NODE_GROUP:
        return st_node_width_fixed(node->child, width);
    case ST_NODE_REPEAT:
        if (node->low != node->high || !st_node_width_fixed(node->child, width))
            return false;
        *width = multiply_widths(*width, node->low);
        return true;
    case ST_NODE_REF:
        return false;
    default:
        *width = st_node_width_min(node);
        return true;
    }
}

/* ---- terms ---- */

static void put_node(struct writer *writer, const struct st_node *node);

static void put_list(struct writer *writer, const struct st_node *node, const char *between)
{
    for (const struct st_node *child = node->child; child != NULL; child = child->next) {
        if (child != node->child)
            put(writer, between);
        put_node(writer, child);
    }
}

/* PCRE2 goes back by a number of characters, one number for each alternative. */
static void check_behind(struct writer *writer, const struct st_node *node)
{
    uint32_t width = 0;
    const struct st_node *child = node->child;
    bool fixed = true;
    if (child->kind != ST_NODE_ALT)
        fixed = st_node_width_fixed(child, &width) && width <= ST_PATTERN_COUNT_MAX;
    else
        for (child = child->child; child != NULL && fixed; child = child->next)
            fixed = st_node_width_fixed(child, &width) && width <= ST_PATTERN_COUNT_MAX;
    if (!fixed)
        fail(writer, ST_ERR_ABSENT, "PCRE2 has no lookbehind of varying length", node->offset);
}

static void put_look(struct writer *writer, const struct st_node *node)
{
    static const char *const heads[2][2] = {{"(?=", "(?!"}, {"(?<=", "(?<!"}};
    if (node->behind)
        check_behind(writer, node);
    writer->behind += node->behind;
    put(writer, heads[node->behind][node->negated]);
    put_node(writer, node->child);
    put(writer, ")");
    writer->behind -= node->behind;
}

/* Nobody asks for a capture that no reference names, so then all groups are plain. */
static void put_group(struct writer *writer, const struct st_node *node)
{
    bool captures = node->low > 0 && writer->groups != NULL;
    put(writer, captures ? "(" : "(?:");
    put_node(writer, node->child);
    put(writer, ")");
    if (captures)
        writer->groups[node->low] =
            (unsigned char)(GROUP_CLOSED | (writer->repeats > 0 ? GROUP_REPEATED : 0) |
                            (writer->behind > 0 ? GROUP_BEHIND : 0));
}

/* ECMA-262 empties the captures of a loop's body before each round, refuses a round that eats
 * nothing, and goes through a lookbehind from right to left. PCRE2 does none of it, and the three
 * show in references to groups that stand in such places, and in those that come before the group's
 * end. */
static void put_reference(struct writer *writer, const struct st_node *node)
{
    if (writer->groups == NULL || writer->groups[node->low] != GROUP_CLOSED || writer->behind > 0)
        fail(writer, ST_ERR_ABSENT, "PCRE2 keeps other captures", node->offset);
    put_number(writer, "\\g{", node->low, "}");
}

static void put_counts(struct writer *writer, uint32_t low, uint32_t high)
{
    put_number(writer, "{", low, high == low ? "}" : ",");
    if (high == ST_PATTERN_MANY)
        put(writer, "}");
    else if (high != low)
        put_number(writer, "", high, "}");
}

/* "(?:a|^b){0}c" must be anchored, thinks PCRE2 10.42; so what is not there is not written. */
static void put_never(struct writer *writer, const struct st_node *node)
{
    if (writer->groups != NULL && node->groups_from < node->groups_to)
        fail(writer, ST_ERR_ABSENT, "PCRE2 misreads what is repeated no times", node->offset);
    put(writer, "(?:)");
}

static void put_repeat(struct writer *writer, const struct st_node *node)
{
    if (node->high == 0) {
        put_never(writer, node);
        return;
    }
    bool optional = node->low == 0 && node->high == 1;
    bool visible = node->high > 1 || (optional && st_node_width_min(node->child) == 0);
    bool too_great = node->low > ST_PATTERN_COUNT_MAX ||
                     (node->high > ST_PATTERN_COUNT_MAX && node->high != ST_PATTERN_MANY);
    if (too_great)
        fail(writer, ST_ERR_ABSENT, "PCRE2 counts to 65535", node->offset);
    /* PCRE2 10.42's JIT fails on a bare "\\g{1}+" whose group has not taken part. */
    bool wrapped = node->child->kind == ST_NODE_REF;
    writer->repeats += visible;
    put(writer, wrapped ? "(?:" : "");
    put_node(writer, node->child);
    put(writer, wrapped ? ")" : "");
    writer->repeats -= visible;
    if (optional)
        put(writer, "?");
    else if (node->high == ST_PATTERN_MANY && node->low <= 1)
        put(writer, node->low == 0 ? "*" : "+");
    else
        put_counts(writer, node->low, node->high);
    if (node->lazy)
        put(writer, "?");
}

/* A character that no text can hold is written as the set that has no member. */
static void put_literal(struct writer *writer, const struct st_node *node)
{
    if (node->low >= 0xD800 && node->low <= 0xDFFF)
        put(writer, "[^\\x{0}-\\x{10ffff}]");
    else
        put_char(writer, node->low);
}

static void put_node(struct writer *writer, const struct st_node *node)
{
    if (writer->err != ST_OK)
        return;
    switch (node->kind) {
    case ST_NODE_CHAR:
        put_literal(writer, node);
        break;
    case ST_NODE_ANY:
        put(writer, "[^\\n\\r\\x{2028}\\x{2029}]");
        break;
    case ST_NODE_SET:
        put_set(writer, node);
        break;
    case ST_NODE_START:
        put(writer, "^");
        break;
    case ST_NODE_END:
        put(writer, "\\z");
        break;
    case ST_NODE_EDGE:
        put(writer, "\\b");
        break;
    case ST_NODE_NOT_EDGE:
        put(writer, "\\B");
        break;
    case ST_NODE_LOOK:
        put_look(writer, node);
        break;
    case ST_NODE_REF:
        put_reference(writer, node);
        break;
    case ST_NODE_GROUP:
        put_group(writer, node);
        break;
    case ST_NODE_REPEAT:
        put_repeat(writer, node);
        break;
    case ST_NODE_SEQ:
        put_list(writer, node, "");
        break;
    case ST_NODE_ALT:
        put_list(writer, node, "|");
        break;
    default:
        break;
    }
}

st_err st_tree_write(const struct st_tree *tree, struct st_buf *out, struct st_why *why)
{
    struct writer writer = {.tree = tree, .out = out, .why = why};
    size_t start = out->len;
    if (tree->refs != NULL) {
        writer.groups = st_mem_get_zeroed(tree->groups + 1);
        if (writer.groups == NULL)
            return st_fail(why, ST_ERR_MEMORY, "no memory for the pattern");
    }
    put_node(&writer, tree->root);
    st_mem_free(writer.groups);
    if (writer.err != ST_OK)
        out->len = start;
    return writer.err;
}

st_err st_tree_write_set(const struct st_node *node, struct st_buf *out, struct st_why *why)
{
    struct writer writer = {.out = out, .why = why};
    size_t start = out->len;
    put_node(&writer, node);
    if (writer.err != ST_OK)
        out->len = start;
    return writer.err;
}
