/* Two schemas with a line feed between: a diff of them ends, and each example does what it says. */
#include "schema/diff.h"
#include "fuzz.h"

static bool accepts(const struct st_schema *schema, struct st_checker *checker, struct st_json *doc)
{
    bool valid = false;
    ST_BUG_IF(st_schema_check(schema, checker, doc, 0, &valid, NULL) != ST_OK);
    return valid;
}

static void hold(const struct st_diff *diff, const struct st_schema *old,
                 const struct st_schema *new, struct st_checker *checker, struct st_json *doc)
{
    for (uint32_t i = 0; i < diff->count; i++) {
        bool backward = diff->findings[i].direction == ST_DIFF_DIRECTION_BACKWARD;
        if (diff->findings[i].example.len == 0)
            continue;
        ST_BUG_IF(st_json_parse(doc, diff->findings[i].example, NULL, NULL) != ST_OK);
        ST_BUG_IF(accepts(old, checker, doc) != backward);
        ST_BUG_IF(accepts(new, checker, doc) == backward);
    }
}

FUZZ(input)
{
    static const struct st_diff_options options = {.steps = 20000};
    struct st_schema_fault fault;
    struct st_schema *old = NULL, *new = NULL;
    struct st_checker *checker = NULL;
    struct st_arena arena = {.max_bytes = (size_t)64 << 20};
    struct st_diff diff;
    struct st_json doc;
    st_str head, tail;
    st_json_init(&doc), st_str_cut(input, '\n', &head, &tail);
    if (st_schema_load(&old, head, NULL, &fault) == ST_OK &&
        st_schema_load(&new, tail, NULL, &fault) == ST_OK && st_checker_new(&checker) == ST_OK &&
        st_schema_diff(&diff, &arena, old, new, &options) == ST_OK)
        hold(&diff, old, new, checker, &doc);
    st_schema_free(old), st_schema_free(new), st_checker_free(checker), st_json_done(&doc);
    st_arena_done(&arena);
}
