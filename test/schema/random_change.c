/*
 * random_change.c: small changes of an instance.
 */
#include "random_instance.h"

static struct value *change(struct random_schema *s, const struct value *value);

static struct value *change_number(struct random_schema *s, const struct value *value)
{
    static const double steps[] = {1, -1, 0.1, -0.5, 2, 10};
    uint32_t which = dice_below(s->dice, 6);
    if (which < 3)
        return value_number(s->arena,
                            words_beside(s->arena, value->text, DICE_PICK(s->dice, steps)));
    if (which == 3)
        return value_number(s->arena, words_times(s->arena, value->text, 10));
    return value_number(s->arena, words_number(&s->words));
}

/* The head of a text without its last code point. */
static st_str shorten(st_str text)
{
    while (text.len > 0 && ((uint8_t)text.at[--text.len] & 0xc0) == 0x80)
        ;
    return text;
}

static struct value *change_string(struct random_schema *s, const struct value *value)
{
    static const char *const tails[] = {"a", "b", "0", " ", "\n", "-", "\xf0\x9f\x98\x80", "/"};
    char text[600];
    size_t len = value->text.len < 512 ? value->text.len : 0;
    const char *more = DICE_PICK(s->dice, tails);
    size_t more_len = strlen(more);
    bool before = dice_chance(s->dice, 40);
    uint32_t which = dice_below(s->dice, 5);
    if (which == 0)
        return value_string(s->arena, words_text(&s->words));
    if (which == 1)
        return value_string(s->arena, shorten(value->text));
    memcpy(text + (before ? more_len : 0), value->text.at == NULL ? "" : value->text.at, len);
    memcpy(text + (before ? 0 : len), more, more_len);
    if (which == 2 && len > 0 && (uint8_t)text[0] < 0x80)
        text[0] ^= 0x20; /* the other case; a blank becomes NUL */
    return value_string(s->arena, st_arena_copy(s->arena, (st_str){text, len + more_len}));
}

static struct value *change_array(struct random_schema *s, const struct value *value)
{
    struct value *list = value_copy(s->arena, value);
    uint32_t which = dice_below(s->dice, 4);
    if (which == 0 && list->count > 0)
        value_cut(list, dice_below(s->dice, list->count));
    else if (which == 1 && list->count > 0)
        value_push(s->arena, list, list->members[dice_below(s->dice, list->count)].value);
    else if (which == 2)
        value_shuffle(s->dice, list);
    else
        value_insert(s->arena, list, dice_below(s->dice, list->count + 1), ST_STR(""),
                     words_value(&s->words, 1));
    return list;
}

/* Another member of a name that is there: before it, where it is shadowed, or behind it. */
static void repeat_member(struct random_schema *s, struct value *object)
{
    uint32_t of = dice_below(s->dice, object->count);
    uint32_t at = dice_below(s->dice, object->count + 1);
    struct value *other =
        dice_chance(s->dice, 50) ? words_value(&s->words, 1) : change(s, object->members[of].value);
    value_insert(s->arena, object, at, object->members[of].name, other);
}

static struct value *change_object(struct random_schema *s, const struct value *value)
{
    struct value *object = value_copy(s->arena, value);
    uint32_t which = dice_below(s->dice, 6);
    if (object->count == 0)
        which = 5;
    if (which == 0)
        value_cut(object, dice_below(s->dice, object->count));
    else if (which == 1)
        object->members[dice_below(s->dice, object->count)].name = words_name(&s->words);
    else if (which == 2)
        repeat_member(s, object);
    else if (which == 3)
        value_shuffle(s->dice, object);
    else
        value_set(s->arena, object, words_name(&s->words), words_value(&s->words, 1));
    if (s->words.name_count > 20 && dice_below(s->dice, 10) == 0)
        for (uint32_t i = 0; i < 80; i++)
            value_set(s->arena, object, words_name(&s->words), words_value(&s->words, 0));
    return object;
}

static struct value *change(struct random_schema *s, const struct value *value)
{
    bool box = value->kind >= ST_JSON_ARRAY;
    if (dice_below(s->dice, 10) == 0)
        return words_value(&s->words, 1);
    if (box && value->count > 0 && dice_chance(s->dice, 65)) {
        struct value *copy = value_copy(s->arena, value);
        struct member *member = &copy->members[dice_below(s->dice, copy->count)];
        member->value = change(s, member->value);
        return copy;
    }
    if (value->kind == ST_JSON_ARRAY)
        return change_array(s, value);
    if (box)
        return change_object(s, value);
    if (value->kind == ST_JSON_NUMBER)
        return change_number(s, value);
    return value->kind == ST_JSON_STRING ? change_string(s, value) : words_value(&s->words, 1);
}

struct value *random_change(struct random_schema *schema, const struct value *value)
{
    return change(schema, value);
}
