#include "schema/keyword.h"

#include <pthread.h>

static const struct st_keyword keywords[] = {
#define KEYWORD_ROW(id, name, drafts, vocabulary, shape)                                           \
    {{name, sizeof(name) - 1},                                                                     \
     ST_KEYWORD_##id,                                                                              \
     (drafts),                                                                                     \
     ST_VOCABULARY_##vocabulary,                                                                   \
     ST_SHAPE_##shape},
    ST_KEYWORD_LIST(KEYWORD_ROW)
#undef KEYWORD_ROW
};

/* Which keywords have names of each length, and how the names begin: the loader asks of every
 * member of every schema, and most are found, or found not to be there, by one word. */
#define NAME_BYTES_MAX 32
static uint64_t by_length[NAME_BYTES_MAX + 1];
static uint64_t heads[ST_KEYWORD_COUNT];
static pthread_once_t tables_once = PTHREAD_ONCE_INIT;
_Static_assert(ST_KEYWORD_COUNT <= 64, "a bit for each keyword");

static uint64_t head_of(st_str name)
{
    uint64_t head = 0;
    memcpy(&head, name.at, name.len < sizeof head ? name.len : sizeof head);
    return head;
}

static void fill_tables(void)
{
    for (size_t i = 0; i < ST_KEYWORD_COUNT; i++) {
        ST_BUG_IF(keywords[i].name.len > NAME_BYTES_MAX);
        by_length[keywords[i].name.len] |= UINT64_C(1) << i;
        heads[i] = head_of(keywords[i].name);
    }
}

const struct st_keyword *st_keyword_find(enum st_draft draft, uint32_t vocabularies, st_str name)
{
    if (name.len == 0 || name.len > NAME_BYTES_MAX)
        return NULL;
    pthread_once(&tables_once, fill_tables);
    uint64_t head = head_of(name);
    for (uint64_t left = by_length[name.len]; left != 0; left &= left - 1) {
        size_t i = (size_t)__builtin_ctzll(left);
        const struct st_keyword *keyword = &keywords[i];
        if (heads[i] == head && st_str_eq(keyword->name, name) &&
            (keyword->drafts & (1u << draft)) != 0 && (keyword->vocabulary & vocabularies) != 0)
            return keyword;
    }
    return NULL;
}

static const struct {
    enum st_draft draft;
    const char *name;
} drafts[] = {
#define DRAFT_ROW(id, name, uri) {ST_DRAFT_##id, name},
    ST_DRAFT_LIST(DRAFT_ROW)
#undef DRAFT_ROW
};

enum st_draft st_draft_of_name(st_str name)
{
    for (size_t i = 0; i < sizeof drafts / sizeof drafts[0]; i++)
        if (st_str_eq(name, st_str_of(drafts[i].name)))
            return drafts[i].draft;
    return ST_DRAFT_UNKNOWN;
}

const char *st_draft_name(enum st_draft draft)
{
    for (size_t i = 0; i < sizeof drafts / sizeof drafts[0]; i++)
        if (drafts[i].draft == draft)
            return drafts[i].name;
    return "unknown";
}
