/* A schema, a line feed, an instance: the bare and the explained verdict agree. */
#include "fuzz.h"
#include "schema/schema.h"

static void check(const struct st_schema *schema, struct st_checker *checker, struct st_json *doc)
{
    struct st_arena arena = {.max_bytes = (size_t)64 << 20};
    struct st_report report = {.arena = &arena, .max = 50};
    bool bare, explained;
    ST_BUG_IF(st_schema_check(schema, checker, doc, 0, &bare, NULL) != ST_OK);
    ST_BUG_IF(st_schema_check(schema, checker, doc, 0, &explained, &report) != ST_OK);
    ST_BUG_IF(bare != explained || bare != (report.count == 0));
    st_arena_done(&arena);
}

FUZZ(input)
{
    struct st_schema_fault fault;
    struct st_schema *schema = NULL;
    struct st_checker *checker = NULL;
    struct st_json doc;
    st_str head, tail;
    st_json_init(&doc), st_str_cut(input, '\n', &head, &tail);
    if (st_json_parse(&doc, tail, NULL, NULL) == ST_OK && st_checker_new(&checker) == ST_OK &&
        st_schema_load(&schema, head, NULL, &fault) == ST_OK)
        check(schema, checker, &doc);
    st_schema_free(schema), st_checker_free(checker), st_json_done(&doc);
}
