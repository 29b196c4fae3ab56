/*
 * compiled_judge.c: the two answers and their reports, side by side.
 */
#include "compiled_judge.h"

#include "schema/twin.h"

#define VIOLATIONS_MAX 200

void twins_init(struct twins *twins)
{
    /* Names that schemas have, too, in an order of their own. */
    static const char *const names[] = {"x", "name", "type", "b", "kind", "", "a", "ab", "c", "n1"};
    *twins = (struct twins){.checker = NULL};
    ST_BUG_IF(st_checker_new(&twins->checker) != ST_OK);
    ST_BUG_IF(st_name_table_new(&twins->other) != ST_OK);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ST_BUG_IF(st_name_table_add(twins->other, st_str_of(names[i]), NULL) != ST_OK);
    st_json_init(&twins->doc);
    for (int i = 0; i < 2; i++) {
        st_arena_init(&twins->arenas[i], (size_t)64 << 20);
        st_report_init(&twins->reports[i], &twins->arenas[i], VIOLATIONS_MAX);
    }
}

void twins_done(struct twins *twins)
{
    for (int i = 0; i < 2; i++)
        st_arena_done(&twins->arenas[i]);
    st_json_done(&twins->doc);
    st_name_table_free(twins->other);
    st_checker_free(twins->checker);
}

static bool met_limit(const struct st_report *report)
{
    for (uint32_t i = 0; i < report->count; i++)
        if (st_str_eq(report->violations[i].keyword, ST_STR("limit")))
            return true;
    return false;
}

static bool same_violation(const struct st_violation *a, const struct st_violation *b)
{
    return st_str_eq(a->instance, b->instance) && st_str_eq(a->subject, b->subject) &&
           st_str_eq(a->keyword, b->keyword) && st_str_eq(a->keyword_at, b->keyword_at) &&
           st_str_eq(a->absolute, b->absolute) && st_str_eq(a->message, b->message) &&
           a->node == b->node && a->parent == b->parent && a->leaf == b->leaf &&
           a->definite == b->definite;
}

static bool same_reports(const struct st_report *a, const struct st_report *b)
{
    if (a->count != b->count || a->dropped != b->dropped)
        return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!same_violation(&a->violations[i], &b->violations[i]))
            return false;
    return true;
}

static bool explain_plainly(struct twins *twins, const struct st_schema *schema)
{
    bool plain;
    st_report_reset(&twins->reports[1]);
    st_arena_reset(&twins->arenas[1]);
    ST_BUG_IF(st_schema_check_plain(schema, twins->checker, &twins->doc, 0, &plain,
                                    &twins->reports[1]) != ST_OK);
    return plain;
}

/* Of two verdicts that differ: whether a limit is the reason. A wrong no is not explained, as
 * there is nothing to be found that would explain it. */
static enum finding weigh(struct twins *twins, const struct st_schema *schema)
{
    (void)explain_plainly(twins, schema);
    return met_limit(&twins->reports[1]) ? FOUND_LIMIT : FOUND_VERDICT;
}

static enum finding explain(struct twins *twins, const struct st_schema *schema)
{
    bool compiled;
    bool plain = explain_plainly(twins, schema);
    st_report_reset(&twins->reports[0]);
    st_arena_reset(&twins->arenas[0]);
    ST_BUG_IF(st_schema_check(schema, twins->checker, &twins->doc, 0, &compiled,
                              &twins->reports[0]) != ST_OK);
    if (met_limit(&twins->reports[1]) && compiled != plain)
        return FOUND_LIMIT;
    if (compiled != twins->compiled || plain != twins->plain ||
        compiled != (twins->reports[0].count == 0))
        return FOUND_EXPLAINED;
    if (!same_reports(&twins->reports[0], &twins->reports[1]))
        return FOUND_REPORT;
    return plain ? FOUND_VALID : FOUND_INVALID;
}

static const struct st_name_table *table_of(const struct twins *twins,
                                            const struct st_schema *schema,
                                            enum numbering numbering)
{
    if (numbering == NUMBERED_BY_NONE)
        return NULL;
    return numbering == NUMBERED_BY_OTHER ? twins->other : st_schema_names(schema);
}

/* Asks the compiled one once more, when it may have learned from its first answer. */
static bool asks_again(struct twins *twins, const struct st_schema *schema)
{
    bool again;
    ST_BUG_IF(st_schema_check(schema, twins->checker, &twins->doc, 0, &again, NULL) != ST_OK);
    return again == twins->compiled;
}

enum finding twins_ask(struct twins *twins, const struct st_schema *schema, st_str text,
                       enum numbering numbering, bool explained)
{
    struct st_json_options options = {.names = table_of(twins, schema, numbering)};
    if (st_json_parse(&twins->doc, text, &options, NULL) != ST_OK)
        return FOUND_NOT_JSON;
    ST_BUG_IF(st_schema_check(schema, twins->checker, &twins->doc, 0, &twins->compiled, NULL) !=
              ST_OK);
    ST_BUG_IF(st_schema_check_plain(schema, twins->checker, &twins->doc, 0, &twins->plain, NULL) !=
              ST_OK);
    if (!asks_again(twins, schema))
        return FOUND_AGAIN;
    if (twins->compiled != twins->plain)
        return weigh(twins, schema);
    if (explained)
        return explain(twins, schema);
    return twins->plain ? FOUND_VALID : FOUND_INVALID;
}

const char *finding_name(enum finding finding)
{
    switch (finding) {
    case FOUND_VALID:
        return "valid";
    case FOUND_INVALID:
        return "invalid";
    case FOUND_LIMIT:
        return "a limit";
    case FOUND_VERDICT:
        return "the verdicts differ";
    case FOUND_EXPLAINED:
        return "the explained answer is not the bare one";
    case FOUND_REPORT:
        return "the reports differ";
    case FOUND_AGAIN:
        return "the second answer is not the first";
    case FOUND_NOT_JSON:
        return "not JSON";
    }
    return "?";
}
