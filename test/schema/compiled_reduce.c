/*
 * compiled_reduce.c: each change is made in place, and taken back when the answer is no.
 */
#include "compiled_reduce.h"

static bool ask(struct reduction *r)
{
    if (r->asks_left == 0)
        return false;
    r->asks_left--;
    return r->still(r->context);
}

/* Runs of members, the long ones first. */
static bool cut_members(struct reduction *r, struct value *value)
{
    bool smaller = false;
    for (uint32_t run = value->count; run > 0; run /= 2)
        for (uint32_t at = 0; at + run <= value->count;) {
            struct value before = *value;
            *value = *value_copy(r->arena, value);
            for (uint32_t i = 0; i < run; i++)
                value_cut(value, at);
            if (ask(r)) {
                smaller = true;
            } else {
                *value = before;
                at += run;
            }
        }
    return smaller;
}

/* What a box holds in its place. */
static bool lift(struct reduction *r, struct value *value)
{
    for (uint32_t i = 0; i < value->count; i++) {
        struct value before = *value;
        *value = *value->members[i].value;
        if (ask(r))
            return true;
        *value = before;
    }
    return false;
}

/* A plainer word in the place of a text or a literal. */
static bool plain_word(struct reduction *r, struct value *value)
{
    static const char *const texts[] = {"", "a", "ab"};
    static const char *const literals[] = {"0", "1", "2"};
    bool is_text = value->kind == ST_JSON_STRING;
    st_str before = value->text;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        st_str word = st_str_of(is_text ? texts[i] : literals[i]);
        if (word.len >= before.len)
            continue;
        value->text = word;
        if (ask(r))
            return true;
        value->text = before;
    }
    return false;
}

bool reduce(struct reduction *r, struct value *value)
{
    bool smaller = false;
    if (value->kind == ST_JSON_STRING || value->kind == ST_JSON_NUMBER)
        return plain_word(r, value);
    smaller = cut_members(r, value);
    while (value->kind >= ST_JSON_ARRAY && lift(r, value))
        smaller = true;
    /* A value that stands in several places is one: each gets its own. */
    for (uint32_t i = 0; i < value->count; i++) {
        value->members[i].value = value_copy(r->arena, value->members[i].value);
        smaller = reduce(r, value->members[i].value) || smaller;
    }
    return smaller;
}
