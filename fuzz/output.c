/* A schema, a line feed, an instance: the detailed output is JSON. */
#include "fuzz.h"
#include "schema/schema.h"

static void check(const struct st_schema *schema, struct st_checker *checker, struct st_json *doc)
{
    struct st_arena arena = {.max_bytes = (size_t)64 << 20};
    struct st_report report = {.arena = &arena, .max = 50, .branches = true, .annotations_max = 50};
    struct st_buf out = ST_BUF((size_t)1 << 28);
    bool valid;
    ST_BUG_IF(st_schema_check(schema, checker, doc, 0, &valid, &report) != ST_OK);
    ST_BUG_IF(st_report_write(&report, valid, ST_OUTPUT_DETAILED, &out) != ST_OK);
    ST_BUG_IF(st_json_parse(doc, st_buf_str(&out), NULL, NULL) != ST_OK);
    st_buf_done(&out), st_arena_done(&arena);
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
