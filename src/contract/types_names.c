/*
 * types_names.c: names of types: words that begin with a capital, RunStatus, from which each
 * language makes what is usual in it.
 */
#include "contract/types_graph.h"

#include <stdio.h>

/* A name is cut there: it stands before other names. */
#define NAME_BYTES_MAX 120

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_number(char c)
{
    return c >= '0' && c <= '9';
}

static char small(char c)
{
    return is_capital(c) ? (char)(c - 'A' + 'a') : c;
}

static char capital(char c)
{
    return is_small(c) ? (char)(c - 'a' + 'A') : c;
}

st_str st_types_pascal(struct st_types *types, st_str text)
{
    char name[NAME_BYTES_MAX];
    size_t len = 0;
    bool begins = true;
    for (size_t i = 0; i < text.len && len + 1 < sizeof name; i++) {
        char c = text.at[i];
        if (!is_small(c) && !is_capital(c) && !is_number(c)) {
            begins = true;
            continue;
        }
        if (len == 0 && is_number(c))
            name[len++] = 'T';
        name[len++] = begins ? capital(c) : c;
        begins = false;
    }
    if (len == 0)
        name[len++] = 'T';
    st_str copy = st_arena_copy(&types->arena, (st_str){name, len});
    if (copy.at == NULL)
        types->err = types->arena.full ? ST_ERR_LIMIT : ST_ERR_MEMORY;
    return copy;
}

/* What a name is held against others by: however a language joins its words, two are told apart. */
static bool take(struct st_types *types, st_str name)
{
    char key[NAME_BYTES_MAX + 16];
    bool added = false;
    size_t len = 0;
    for (size_t i = 0; i < name.len && len < sizeof key; i++)
        key[len++] = small(name.at[i]);
    st_str kept = st_arena_copy(&types->arena, (st_str){key, len});
    st_err err = kept.at == NULL ? ST_ERR_MEMORY : st_map_put(&types->taken, kept, 0, NULL, &added);
    if (err != ST_OK)
        types->err = err;
    return added;
}

st_str st_types_take_name(struct st_types *types, st_str pascal)
{
    /* What the languages' own names would be: a type that is called so gets a number. */
    static const char *const reserved[] = {"None", "True",        "False",     "Any",
                                           "List", "Dict",        "Literal",   "Union",
                                           "Type", "NotRequired", "TypedDict", "Annotations"};
    char numbered[NAME_BYTES_MAX + 16];
    st_str name = pascal;
    bool is_reserved = false;
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
        is_reserved = is_reserved || st_str_eq(pascal, st_str_of(reserved[i]));
    for (unsigned i = 2; types->err == ST_OK && (is_reserved || !take(types, name)); i++) {
        is_reserved = false;
        int len = snprintf(numbered, sizeof numbered, "%.*s%u", ST_STR_ARG(pascal), i);
        ST_BUG_IF(len < 0 || (size_t)len >= sizeof numbered);
        name = (st_str){numbered, (size_t)len};
    }
    if (name.at == numbered) {
        name = st_arena_copy(&types->arena, name);
        if (name.at == NULL)
            types->err = types->arena.full ? ST_ERR_LIMIT : ST_ERR_MEMORY;
    }
    return name;
}

/* A word begins at a capital behind a small letter or a number, and at the last of several capitals
 * before a small letter: VmLaunched, URLPath. */
static bool begins_word(st_str name, size_t i)
{
    if (i == 0 || !is_capital(name.at[i]))
        return false;
    return !is_capital(name.at[i - 1]) || (i + 1 < name.len && is_small(name.at[i + 1]));
}

st_err st_types_add_snake(struct st_buf *out, st_str pascal, bool capitals)
{
    st_err err = ST_OK;
    for (size_t i = 0; i < pascal.len && err == ST_OK; i++) {
        char c = pascal.at[i];
        if (begins_word(pascal, i))
            err = st_buf_add_char(out, '_');
        if (err == ST_OK)
            err = st_buf_add_char(out, capitals ? capital(c) : small(c));
    }
    return err;
}
