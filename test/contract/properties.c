/*
 * properties.c: the other half of properties.mjs: what steno says. Reads lines of JSON
 *
 *     {"contract": "agent-event@v0", "errors": [["/pointer", "keyword", "/place"], …], "event": E}
 *
 * and holds each event against the contract of that name: it must be valid just where no error is
 * stated, and else break exactly these rules: at these pointers of the event, by these keywords, at
 * these places in the contract's file. Says how many lines it has read; ends with 1 when one of
 * them is not so, and shows the first few whole.
 */
#include "compiled_judge.h"
#include "contract/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERRORS_MAX 256
#define SHOWN_MAX  5

struct judge {
    struct st_registry *registry;
    struct st_checker *checker;
    struct twins twins; /* the compiled and the plain answer */
    struct st_json line;
    struct st_arena arena;
    struct st_report report;
    unsigned long lines;
    unsigned long bad;
};

/* One rule that is broken; what is said of it in a line is text of that line. */
struct error {
    st_str pointer;
    st_str keyword;
    st_str place;
};

struct errors {
    struct error at[ERRORS_MAX];
    size_t count;
};

static int by_text(const void *a, const void *b)
{
    const struct error *left = a;
    const struct error *right = b;
    int order = st_str_cmp(left->pointer, right->pointer);
    if (order == 0)
        order = st_str_cmp(left->keyword, right->keyword);
    return order != 0 ? order : st_str_cmp(left->place, right->place);
}

static bool add(struct errors *errors, struct error error)
{
    if (errors->count == ERRORS_MAX)
        return false;
    errors->at[errors->count++] = error;
    return true;
}

static bool read_expected(const struct st_json *line, struct errors *errors)
{
    uint32_t list = st_json_member(line, 0, ST_STR("errors"));
    bool good = list != ST_JSON_NONE && st_json_kind(line, list) == ST_JSON_ARRAY;
    errors->count = 0;
    for (uint32_t at = good ? st_json_first(line, list) : ST_JSON_NONE; good && at != ST_JSON_NONE;
         at = st_json_next(line, list, at)) {
        uint32_t pointer = st_json_first(line, at);
        uint32_t keyword = st_json_next(line, at, pointer);
        uint32_t place = st_json_next(line, at, keyword);
        good = add(errors, (struct error){st_json_text(line, pointer), st_json_text(line, keyword),
                                          st_json_text(line, place)});
    }
    qsort(errors->at, errors->count, sizeof(errors->at[0]), by_text);
    return good;
}

/* The pointer in a contract's file, behind its URI. */
static st_str place_of(st_str absolute)
{
    const char *hash = memchr(absolute.at, '#', absolute.len);
    if (hash == NULL)
        return (st_str){absolute.at, 0};
    return (st_str){hash + 1, absolute.len - (size_t)(hash + 1 - absolute.at)};
}

/* The leaves; false when one of them is not definite, or more than are kept. */
static bool read_found(const struct st_report *report, struct errors *errors)
{
    bool good = report->dropped == 0;
    errors->count = 0;
    for (uint32_t i = 0; good && i < report->count; i++) {
        const struct st_violation *v = &report->violations[i];
        if (v->leaf)
            good = v->definite &&
                   add(errors, (struct error){v->subject, v->keyword, place_of(v->absolute)});
    }
    qsort(errors->at, errors->count, sizeof(errors->at[0]), by_text);
    return good;
}

static bool agree(const struct errors *a, const struct errors *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (by_text(&a->at[i], &b->at[i]) != 0)
            return false;
    return true;
}

static void show(const char *what, const struct errors *errors)
{
    for (size_t i = 0; i < errors->count; i++)
        printf("  %s %.*s  %.*s  %.*s\n", what, ST_STR_ARG(errors->at[i].pointer),
               ST_STR_ARG(errors->at[i].keyword), ST_STR_ARG(errors->at[i].place));
}

/* Whether the verdicts with and without a report are those expected, and the rules too; the plain
 * evaluator's are the same. */
static bool check_event(struct judge *judge, const struct st_contract *contract, uint32_t event,
                        const struct errors *expected, struct errors *found)
{
    const struct st_schema *schema = st_contract_schema(contract);
    bool explained;
    bool bare;
    st_report_reset(&judge->report);
    st_arena_reset(&judge->arena);
    if (st_schema_check(schema, judge->checker, &judge->line, event, &explained, &judge->report) !=
            ST_OK ||
        st_schema_check(schema, judge->checker, &judge->line, event, &bare, NULL) != ST_OK)
        abort();
    bool valid = expected->count == 0;
    bool whole = read_found(&judge->report, found);
    st_str text = st_json_raw(&judge->line, event);
    for (int by = 0; by < NUMBERINGS; by++)
        if (is_fault(twins_ask(&judge->twins, schema, text, (enum numbering)by, by == 0)) ||
            judge->twins.compiled != valid)
            return false;
    return whole && explained == valid && bare == valid && agree(expected, found);
}

static void check_line(struct judge *judge, st_str text)
{
    struct errors expected;
    struct errors found = {.count = 0};
    const struct st_contract *contract = NULL;
    uint32_t event = ST_JSON_NONE;
    judge->lines++;
    if (st_json_parse(&judge->line, text, NULL, NULL) == ST_OK) {
        uint32_t name = st_json_member(&judge->line, 0, ST_STR("contract"));
        event = st_json_member(&judge->line, 0, ST_STR("event"));
        if (name != ST_JSON_NONE)
            contract = st_registry_find(judge->registry, st_json_text(&judge->line, name));
    }
    if (contract != NULL && event != ST_JSON_NONE && read_expected(&judge->line, &expected) &&
        check_event(judge, contract, event, &expected, &found))
        return;
    if (judge->bad++ >= SHOWN_MAX)
        return;
    printf("not ok: %.*s", ST_STR_ARG(text));
    show("steno says", &found);
}

int main(void)
{
    struct judge judge = {0};
    struct st_schema_fault fault;
    char *line = NULL;
    size_t room = 0;
    if (st_registry_new(&judge.registry, &fault) != ST_OK ||
        st_checker_new(&judge.checker) != ST_OK)
        return 2;
    twins_init(&judge.twins);
    st_json_init(&judge.line);
    st_arena_init(&judge.arena, (size_t)64 << 20);
    st_report_init(&judge.report, &judge.arena, ST_REPORT_VIOLATIONS_MAX);
    for (ssize_t len; (len = getline(&line, &room, stdin)) > 0;)
        check_line(&judge, (st_str){line, (size_t)len});
    printf("%lu lines, %lu not as expected\n", judge.lines, judge.bad);
    free(line);
    st_arena_done(&judge.arena);
    st_json_done(&judge.line);
    twins_done(&judge.twins);
    st_checker_free(judge.checker);
    st_registry_free(judge.registry);
    return judge.bad > 0 ? 1 : 0;
}
