/*
 * random_json.c: trees of JSON values, and how they are spelled.
 */
#include "random_json.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "json/write.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- dice ---- */

void dice_init(struct dice *dice, uint64_t seed, st_str bytes)
{
    dice->bytes = bytes;
    st_rng_init(&dice->rng, seed ^ st_hash(bytes));
}

uint32_t dice_below(struct dice *dice, uint32_t bound)
{
    if (dice->bytes.len == 0)
        return (uint32_t)st_rng_below(&dice->rng, bound);
    uint8_t byte = (uint8_t)dice->bytes.at[0];
    dice->bytes = st_str_from(dice->bytes, 1);
    return bound <= 256 ? byte % bound : (uint32_t)(byte * 0x9e3779b9u >> 8) % bound;
}

bool dice_chance(struct dice *dice, uint32_t percent)
{
    return dice_below(dice, 100) < percent;
}

/* ---- values ---- */

struct value *value_new(struct st_arena *arena, enum st_json_kind kind)
{
    struct value *value = ST_ARENA_NEW(arena, struct value);
    ST_BUG_IF(value == NULL);
    value->kind = kind;
    return value;
}

struct value *value_bool(struct st_arena *arena, bool is)
{
    return value_new(arena, is ? ST_JSON_TRUE : ST_JSON_FALSE);
}

struct value *value_number(struct st_arena *arena, st_str literal)
{
    struct value *value = value_new(arena, ST_JSON_NUMBER);
    value->text = literal;
    return value;
}

struct value *value_string(struct st_arena *arena, st_str text)
{
    struct value *value = value_new(arena, ST_JSON_STRING);
    value->text = text;
    return value;
}

struct value *value_u64(struct st_arena *arena, uint64_t number)
{
    return value_number(arena, value_print(arena, "%llu", (unsigned long long)number));
}

struct value *value_of(struct st_arena *arena, const struct st_json *doc, uint32_t node)
{
    struct value *value = value_new(arena, st_json_kind(doc, node));
    if (value->kind == ST_JSON_STRING || value->kind == ST_JSON_NUMBER)
        value->text = st_arena_copy(arena, st_json_text(doc, node));
    if (value->kind < ST_JSON_ARRAY)
        return value;
    /* Shadowed members too: they may be what matters. */
    bool named = value->kind == ST_JSON_OBJECT;
    for (uint32_t at = node + 1; at < doc->nodes[node].next;) {
        uint32_t inner = named ? at + 1 : at;
        st_str name = named ? st_arena_copy(arena, st_json_text(doc, at)) : ST_STR("");
        value_add(arena, value, name, value_of(arena, doc, inner));
        at = st_json_after(doc, inner);
    }
    return value;
}

void value_insert(struct st_arena *arena, struct value *value, uint32_t at, st_str name,
                  struct value *inner)
{
    if (value->count == value->room) {
        uint32_t room = value->room == 0 ? 4 : value->room * 2;
        struct member *members = ST_ARENA_ARRAY(arena, struct member, room);
        ST_BUG_IF(members == NULL);
        if (value->count > 0)
            memcpy(members, value->members, sizeof *members * value->count);
        value->members = members;
        value->room = room;
    }
    memmove(value->members + at + 1, value->members + at,
            sizeof *value->members * (value->count - at));
    value->members[at] = (struct member){name, inner};
    value->count++;
}

void value_add(struct st_arena *arena, struct value *value, st_str name, struct value *inner)
{
    value_insert(arena, value, value->count, name, inner);
}

void value_push(struct st_arena *arena, struct value *list, struct value *inner)
{
    value_insert(arena, list, list->count, ST_STR(""), inner);
}

void value_cut(struct value *value, uint32_t at)
{
    value->count--;
    memmove(value->members + at, value->members + at + 1,
            sizeof *value->members * (value->count - at));
}

static struct member *member_of(const struct value *value, st_str name)
{
    for (uint32_t i = value->kind == ST_JSON_OBJECT ? value->count : 0; i > 0; i--)
        if (st_str_eq(value->members[i - 1].name, name))
            return &value->members[i - 1];
    return NULL;
}

void value_set(struct st_arena *arena, struct value *value, st_str name, struct value *inner)
{
    struct member *member = member_of(value, name);
    if (member != NULL)
        member->value = inner;
    else
        value_add(arena, value, name, inner);
}

struct value *value_get(const struct value *value, st_str name)
{
    struct member *member = member_of(value, name);
    return member == NULL ? NULL : member->value;
}

struct value *value_copy(struct st_arena *arena, const struct value *value)
{
    struct value *copy = ST_ARENA_NEW(arena, struct value);
    ST_BUG_IF(copy == NULL);
    *copy = *value;
    copy->room = copy->count + 1;
    copy->members = ST_ARENA_ARRAY(arena, struct member, copy->room);
    ST_BUG_IF(copy->members == NULL);
    if (copy->count > 0)
        memcpy(copy->members, value->members, sizeof *copy->members * copy->count);
    return copy;
}

bool value_same(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind || a->count != b->count || !st_str_eq(a->text, b->text))
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!st_str_eq(a->members[i].name, b->members[i].name) ||
            !value_same(a->members[i].value, b->members[i].value))
            return false;
    return true;
}

bool value_lists(const struct value *list, const struct value *one)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (value_same(list->members[i].value, one))
            return true;
    return false;
}

void value_shuffle(struct dice *dice, struct value *value)
{
    for (uint32_t i = value->count; i > 1; i--) {
        uint32_t at = dice_below(dice, i);
        struct member moved = value->members[at];
        value->members[at] = value->members[i - 1];
        value->members[i - 1] = moved;
    }
}

st_str value_print(struct st_arena *arena, const char *format, ...)
{
    char text[128];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    ST_BUG_IF(len < 0 || (size_t)len >= sizeof text);
    return st_arena_copy(arena, (st_str){text, (size_t)len});
}

/* ---- spellings ---- */

static void add(struct st_buf *out, st_str text)
{
    ST_BUG_IF(st_buf_add_str(out, text) != ST_OK);
}

static void add_gap(struct dice *dice, struct st_buf *out)
{
    static const char *const gaps[] = {" ", "\t", "  ", "\n", "\r\n", "                       "};
    if (dice != NULL && dice_below(dice, 40) == 0)
        add(out, st_str_of(DICE_PICK(dice, gaps)));
}

/* The same number with another literal, where one is easy to find. */
static void write_number(st_str literal, struct dice *dice, struct st_buf *out)
{
    static const char *const tails[] = {".0", "e0", "0e-1", "E+0", ".000", "00E-02"};
    size_t at;
    bool has_exponent = st_str_find(literal, 'e', &at) || st_str_find(literal, 'E', &at);
    bool has_point = st_str_find(literal, '.', &at);
    add(out, literal);
    if (dice == NULL || has_exponent || dice_below(dice, 12) > 0)
        return;
    if (has_point)
        add(out, st_str_of(dice_chance(dice, 50) ? "0" : "e0"));
    else if (st_str_eq(literal, ST_STR("0")) || st_str_eq(literal, ST_STR("-0")))
        add(out, st_str_of(dice_chance(dice, 50) ? ".0" : "e5"));
    else
        add(out, st_str_of(DICE_PICK(dice, tails)));
}

static void write_unit(uint32_t unit, struct dice *dice, struct st_buf *out)
{
    ST_BUG_IF(st_buf_printf(out, dice_chance(dice, 50) ? "\\u%04x" : "\\u%04X", unit) != ST_OK);
}

static void write_escaped(uint32_t point, struct dice *dice, struct st_buf *out)
{
    if (point == '/' && dice_chance(dice, 50)) {
        add(out, ST_STR("\\/"));
    } else if (point >= 0x10000) {
        write_unit(0xd800 + ((point - 0x10000) >> 10), dice, out);
        write_unit(0xdc00 + (point & 0x3ff), dice, out);
    } else {
        write_unit(point, dice, out);
    }
}

static void write_string(st_str text, struct dice *dice, struct st_buf *out)
{
    if (dice == NULL || dice_below(dice, 12) > 0) {
        ST_BUG_IF(st_json_add_string(out, text) != ST_OK);
        return;
    }
    uint32_t share = 10 + 90 * dice_below(dice, 2);
    add(out, ST_STR("\""));
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        uint32_t point = st_utf8_next(text, &at);
        if (point < ' ' || point == '"' || point == '\\' || dice_chance(dice, share))
            write_escaped(point, dice, out);
        else
            add(out, (st_str){text.at + from, at - from});
    }
    add(out, ST_STR("\""));
}

static void write_box(const struct value *value, struct dice *dice, struct st_buf *out)
{
    bool named = value->kind == ST_JSON_OBJECT;
    add(out, named ? ST_STR("{") : ST_STR("["));
    for (uint32_t i = 0; i < value->count; i++) {
        if (i > 0)
            add(out, ST_STR(","));
        add_gap(dice, out);
        if (named) {
            write_string(value->members[i].name, dice, out);
            add_gap(dice, out);
            add(out, ST_STR(":"));
        }
        add_gap(dice, out);
        value_write(value->members[i].value, dice, out);
    }
    add_gap(dice, out);
    add(out, named ? ST_STR("}") : ST_STR("]"));
}

void value_write(const struct value *value, struct dice *dice, struct st_buf *out)
{
    switch (value->kind) {
    case ST_JSON_NULL:
        add(out, ST_STR("null"));
        break;
    case ST_JSON_FALSE:
        add(out, ST_STR("false"));
        break;
    case ST_JSON_TRUE:
        add(out, ST_STR("true"));
        break;
    case ST_JSON_NUMBER:
        write_number(value->text, dice, out);
        break;
    case ST_JSON_STRING:
        write_string(value->text, dice, out);
        break;
    case ST_JSON_ARRAY:
    case ST_JSON_OBJECT:
        write_box(value, dice, out);
        break;
    }
}
