#include "schema/diff.h"
#include "judge.h"

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

void judge_diff(st_str old, st_str new)
{
    static const struct st_diff_options options = {.steps = 20000};
    struct st_schema_fault fault;
    struct st_schema *schemas[2] = {NULL, NULL};
    struct st_checker *checker = NULL;
    struct st_arena arena = {.max_bytes = (size_t)64 << 20};
    struct st_diff diff;
    struct st_json doc;
    st_json_init(&doc);
    if (st_schema_load(&schemas[0], old, NULL, &fault) == ST_OK &&
        st_schema_load(&schemas[1], new, NULL, &fault) == ST_OK &&
        st_checker_new(&checker) == ST_OK &&
        st_schema_diff(&diff, &arena, schemas[0], schemas[1], &options) == ST_OK)
        hold(&diff, schemas[0], schemas[1], checker, &doc);
    st_schema_free(schemas[0]), st_schema_free(schemas[1]), st_checker_free(checker),
        st_json_done(&doc);
    st_arena_done(&arena);
}
