/* The other half of output_twin.mjs. Reads three lines a case: the dialect's name, a schema, an
 * instance; answers with the basic output, or with "refused". */
#include "schema/schema.h"

#include <stdio.h>
#include <stdlib.h>

static bool take_line(char **line, size_t *room)
{
    ssize_t length = getline(line, room, stdin);
    if (length > 0 && (*line)[length - 1] == '\n')
        (*line)[length - 1] = '\0';
    return length >= 0;
}

static st_err write_basic(const struct st_schema *schema, struct st_checker *checker,
                          const char *instance, struct st_buf *out)
{
    struct st_arena arena;
    struct st_report report;
    struct st_json doc;
    bool valid = false;
    st_json_init(&doc);
    st_arena_init(&arena, (size_t)64 << 20);
    st_report_init(&report, &arena, ST_REPORT_VIOLATIONS_MAX);
    st_report_ask(&report, ST_OUTPUT_BASIC);
    st_err err = st_json_parse(&doc, st_str_of(instance), NULL, NULL);
    if (err == ST_OK)
        err = st_schema_check(schema, checker, &doc, 0, &valid, &report);
    if (err == ST_OK)
        err = st_report_write(&report, valid, ST_OUTPUT_BASIC, out);
    st_json_done(&doc);
    st_arena_done(&arena);
    return err;
}

int main(void)
{
    char *draft = NULL;
    char *schema_text = NULL;
    char *instance = NULL;
    size_t rooms[3] = {0};
    struct st_checker *checker;
    struct st_buf out = ST_BUF((size_t)64 << 20);
    if (st_checker_new(&checker) != ST_OK)
        return 1;
    while (take_line(&draft, &rooms[0]) && take_line(&schema_text, &rooms[1]) &&
           take_line(&instance, &rooms[2])) {
        const struct st_schema_options options = {.draft = st_draft_of_name(st_str_of(draft))};
        struct st_schema_fault fault;
        struct st_schema *schema = NULL;
        st_buf_reset(&out);
        st_err err = st_schema_load(&schema, st_str_of(schema_text), &options, &fault);
        if (err == ST_OK)
            err = write_basic(schema, checker, instance, &out);
        printf("%s\n", err == ST_OK ? st_buf_cstr(&out) : "refused");
        st_schema_free(schema);
    }
    st_checker_free(checker);
    st_buf_done(&out);
    free(draft);
    free(schema_text);
    free(instance);
    return 0;
}
