/* The other half of peers.mjs: what steno says. Reads lines of JSON
 *
 *     {"schemas": [S, …], "instances": [I, …], "formats": true}
 *
 * and answers each with one line: a word and a tab for every schema, in the word a character for
 * every instance: '1' valid, '0' invalid, 'L' a limit, 'X' the bare verdict, the explained one
 * and the one with annotations are not one; only the first schema is asked for more than the bare
 * one. For a schema that is refused the word is "refused" and
 * the reason as a JSON string. A line that is no JSON is answered with "unreadable".
 *
 * An instance is checked where it stands in the line, so that its literals and escapes are those
 * that the other judges read. */
#include "base/mem.h"
#include "schema/schema.h"

#include <stdio.h>
#include <stdlib.h>

struct judge {
    struct st_checker *checker;
    struct st_json line;
    struct st_arena arena;
    struct st_report report;
    struct st_report detailed;
    bool assert_formats;
};

static bool check(struct judge *judge, const struct st_schema *schema, uint32_t node,
                  struct st_report *report)
{
    bool valid = false;
    if (st_schema_check(schema, judge->checker, &judge->line, node, &valid, report) != ST_OK)
        abort();
    return valid;
}

static char verdict(struct judge *judge, const struct st_schema *schema, uint32_t node,
                    bool thorough)
{
    if (!thorough)
        return check(judge, schema, node, NULL) ? '1' : '0';
    st_report_reset(&judge->report);
    st_report_reset(&judge->detailed);
    st_arena_reset(&judge->arena);
    bool bare = check(judge, schema, node, NULL);
    bool explained = check(judge, schema, node, &judge->report);
    bool detailed = check(judge, schema, node, &judge->detailed);
    if (bare != explained || bare != detailed || bare != (judge->report.count == 0))
        return 'X';
    for (uint32_t i = 0; i < judge->report.count; i++)
        if (st_str_eq(judge->report.violations[i].keyword, ST_STR("limit")))
            return 'L';
    return bare ? '1' : '0';
}

static void tell_refusal(const struct st_schema_fault *fault)
{
    printf("refused \"%s: ", fault->pointer);
    for (const char *c = fault->message; *c != '\0'; c++)
        putchar(*c == '"' || *c == '\\' || (unsigned char)*c < ' ' ? '\'' : *c);
    putchar('"');
}

static void judge_schema(struct judge *judge, uint32_t schema_node, uint32_t instances,
                         bool thorough)
{
    struct st_schema *schema = NULL;
    struct st_schema_fault fault;
    const struct st_schema_options options = {.assert_formats = judge->assert_formats};
    st_str text = st_json_raw(&judge->line, schema_node);
    if (st_schema_load(&schema, text, &options, &fault) != ST_OK) {
        tell_refusal(&fault);
        return;
    }
    for (uint32_t at = st_json_first(&judge->line, instances); at != ST_JSON_NONE;
         at = st_json_next(&judge->line, instances, at))
        putchar(verdict(judge, schema, at, thorough));
    st_schema_free(schema);
}

static bool judge_line(struct judge *judge, st_str text)
{
    if (st_json_parse(&judge->line, text, NULL, NULL) != ST_OK) {
        puts("unreadable\t");
        return true;
    }
    uint32_t schemas = st_json_member(&judge->line, 0, ST_STR("schemas"));
    uint32_t instances = st_json_member(&judge->line, 0, ST_STR("instances"));
    uint32_t formats = st_json_member(&judge->line, 0, ST_STR("formats"));
    if (schemas == ST_JSON_NONE || instances == ST_JSON_NONE)
        return false;
    judge->assert_formats =
        formats != ST_JSON_NONE && st_json_kind(&judge->line, formats) == ST_JSON_TRUE;
    uint32_t first = st_json_first(&judge->line, schemas);
    for (uint32_t at = first; at != ST_JSON_NONE; at = st_json_next(&judge->line, schemas, at)) {
        judge_schema(judge, at, instances, at == first);
        putchar('\t');
    }
    putchar('\n');
    return true;
}

int main(void)
{
    struct judge judge = {0};
    char *line = NULL;
    size_t room = 0;
    bool good = st_checker_new(&judge.checker) == ST_OK;
    st_json_init(&judge.line);
    st_arena_init(&judge.arena, (size_t)64 << 20);
    st_report_init(&judge.report, &judge.arena, ST_REPORT_VIOLATIONS_MAX);
    st_report_init(&judge.detailed, &judge.arena, ST_REPORT_VIOLATIONS_MAX);
    st_report_ask(&judge.detailed, ST_OUTPUT_DETAILED);
    for (ssize_t len; good && (len = getline(&line, &room, stdin)) > 0;)
        good = judge_line(&judge, (st_str){line, (size_t)len});
    free(line);
    st_json_done(&judge.line);
    st_arena_done(&judge.arena);
    st_checker_free(judge.checker);
    return good ? 0 : 1;
}
