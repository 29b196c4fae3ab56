#include "schema/pattern_chars.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

/* \s of ECMA-262: WhiteSpace and LineTerminator, which are all of Zs and a few more. */
static const struct st_char_range spaces[] = {
    {0x9, 0xD},       {0x20, 0x20},     {0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200A},
    {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
static const struct st_char_range digits[] = {{'0', '9'}};
static const struct st_char_range words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
static const struct st_char_range line_ends[] = {{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct st_char_range *st_chars_of_class(enum st_node_kind kind, size_t *count)
{
    switch (kind) {
    case ST_NODE_DIGIT:
        *count = COUNT(digits);
        return digits;
    case ST_NODE_SPACE:
        *count = COUNT(spaces);
        return spaces;
    default:
        *count = COUNT(words);
        return words;
    }
}

/* ---- ranges ---- */

static void add(struct st_chars *chars, uint32_t low, uint32_t high)
{
    if (low <= high)
        chars->at[chars->count++] = (struct st_char_range){low, high};
}

/* The ranges, or what lies between them: one more at most. */
static void add_ranges(struct st_chars *chars, const struct st_char_range *ranges, size_t count,
                       bool negated)
{
    uint32_t behind = 0;
    for (size_t i = 0; i < count; i++) {
        if (!negated)
            add(chars, ranges[i].low, ranges[i].high);
        else if (ranges[i].low > behind)
            add(chars, behind, ranges[i].low - 1);
        behind = ranges[i].high + 1;
    }
    if (negated)
        add(chars, behind, ST_CHAR_LAST);
}

static int by_low(const void *a, const void *b)
{
    const struct st_char_range *x = a;
    const struct st_char_range *y = b;
    return (x->low > y->low) - (x->low < y->low);
}

/* Whether nothing but surrogates lies between the two. */
static bool touch(struct st_char_range a, struct st_char_range b)
{
    return b.low <= a.high + 1 || (a.high >= 0xD7FF && b.low <= 0xE000);
}

static void merge(struct st_chars *chars)
{
    uint32_t kept = 0;
    if (chars->count > 1)
        qsort(chars->at, chars->count, sizeof *chars->at, by_low);
    for (uint32_t i = 1; i < chars->count; i++) {
        struct st_char_range *last = &chars->at[kept];
        struct st_char_range next = chars->at[i];
        if (!touch(*last, next))
            chars->at[++kept] = next;
        else if (next.high > last->high)
            last->high = next.high;
    }
    chars->count = chars->count > 0 ? kept + 1 : 0;
}

/* ---- sets ---- */

static bool has_property(const struct st_node *set)
{
    for (const struct st_node *item = set->child; item != NULL; item = item->next)
        if (item->kind == ST_NODE_PROPERTY)
            return true;
    return false;
}

/* NULL with ABSENT when the set holds a property that PCRE2 lacks. */
static st_err compile_set(pcre2_code **code, const struct st_node *set)
{
    struct st_buf text = ST_BUF(ST_PATTERN_WRITTEN_BYTES_MAX);
    int error = 0;
    size_t offset = 0;
    st_err err = st_tree_write_set(set, &text, NULL);
    if (err == ST_OK)
        *code = pcre2_compile((PCRE2_SPTR)text.at, text.len,
                              ST_PATTERN_PCRE2_OPTIONS | PCRE2_ANCHORED, &error, &offset, NULL);
    st_buf_done(&text);
    if (*code != NULL)
        return ST_OK;
    return err == ST_ERR_MEMORY || error == PCRE2_ERROR_HEAP_FAILED ? ST_ERR_MEMORY : ST_ERR_ABSENT;
}

/* The ASCII characters of a set, as PCRE2 has it. */
static st_err ask_ascii(struct st_chars *chars, const struct st_node *set)
{
    pcre2_code *code = NULL;
    st_err err = compile_set(&code, set);
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    if (err == ST_OK && match == NULL)
        err = ST_ERR_MEMORY;
    for (unsigned c = 0; err == ST_OK && c < 0x80; c++) {
        unsigned char byte = (unsigned char)c;
        if (pcre2_match(code, &byte, 1, 0, PCRE2_NO_UTF_CHECK, match, NULL) > 0)
            add(chars, c, c);
    }
    chars->ascii_only = true;
    pcre2_match_data_free(match);
    pcre2_code_free(code);
    return err;
}

static void add_item(struct st_chars *chars, const struct st_node *item)
{
    size_t count = 0;
    if (item->kind == ST_NODE_RANGE) {
        add(chars, item->low, item->high);
        return;
    }
    const struct st_char_range *ranges = st_chars_of_class(item->kind, &count);
    add_ranges(chars, ranges, count, item->negated);
}

static st_err gather_set(struct st_chars *chars, const struct st_node *set, struct st_arena *arena)
{
    if (has_property(set))
        return ask_ascii(chars, set);
    for (const struct st_node *item = set->child; item != NULL; item = item->next)
        add_item(chars, item);
    merge(chars);
    if (!set->negated)
        return ST_OK;
    struct st_chars others = {.at = ST_ARENA_ARRAY(arena, struct st_char_range, chars->count + 1)};
    if (others.at == NULL)
        return ST_ERR_MEMORY;
    add_ranges(&others, chars->at, chars->count, true);
    *chars = others;
    return ST_OK;
}

static size_t count_items(const struct st_node *set)
{
    size_t count = 0;
    for (const struct st_node *item = set->child; item != NULL; item = item->next)
        count++;
    return count;
}

st_err st_chars_of(struct st_chars *chars, const struct st_node *node, struct st_arena *arena)
{
    size_t items = node->kind == ST_NODE_SET ? count_items(node) : 1;
    if (items > ST_QUICK_SET_ITEMS_MAX)
        return ST_ERR_ABSENT;
    /* An item is at most a class and one range more; a property's ASCII is at most 128. */
    size_t room = items * (COUNT(spaces) + 1) + 128;
    *chars = (struct st_chars){.at = ST_ARENA_ARRAY(arena, struct st_char_range, room)};
    if (chars->at == NULL)
        return ST_ERR_MEMORY;
    st_err err = ST_OK;
    if (node->kind == ST_NODE_CHAR)
        add(chars, node->low, node->low);
    else if (node->kind == ST_NODE_ANY)
        add_ranges(chars, line_ends, COUNT(line_ends), true);
    else
        err = gather_set(chars, node, arena);
    merge(chars);
    return err;
}
