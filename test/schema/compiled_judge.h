/*
 * compiled_judge.h: one instance before the compiled schema and before the plain evaluator.
 *
 * The compiled one's answer must be the plain one's, whichever table the instance's names were
 * numbered by, and whether it has met the like before; the explained answer must be the bare one,
 * and its report the plain evaluator's to the letter. Only where the plain evaluator met a limit
 * the two may differ.
 *
 * One thread. Aborts without memory.
 */
#ifndef ST_TEST_COMPILED_JUDGE_H
#define ST_TEST_COMPILED_JUDGE_H

#include "schema/schema.h"
#include "json/name_table.h"

/* How an instance's names are numbered. */
enum numbering {
    NUMBERED_BY_SCHEMA,
    NUMBERED_BY_NONE,
    NUMBERED_BY_OTHER, /* a table in which the numbers mean other names */
    NUMBERINGS,
};

enum finding {
    FOUND_VALID,
    FOUND_INVALID,
    FOUND_LIMIT,     /* the plain evaluator met one, and the two do not agree */
    FOUND_VERDICT,   /* they differ */
    FOUND_EXPLAINED, /* the explained answer is not the bare one */
    FOUND_REPORT,    /* the reports differ */
    FOUND_AGAIN,     /* the compiled one's second answer is not its first */
    FOUND_NOT_JSON,
};

struct twins {
    struct st_checker *checker;
    struct st_name_table *other;
    struct st_json doc;
    struct st_arena arenas[2];
    struct st_report reports[2]; /* of the two, when both were asked */
    bool compiled;               /* the last answers */
    bool plain;
};

void twins_init(struct twins *twins);
void twins_done(struct twins *twins);

/* `explained`: the reports are asked for, too. */
enum finding twins_ask(struct twins *twins, const struct st_schema *schema, st_str text,
                       enum numbering numbering, bool explained);

/* Whether the finding is a fault of the program. */
static inline bool is_fault(enum finding finding)
{
    return finding > FOUND_LIMIT;
}

const char *finding_name(enum finding finding);

/* In tests by cmocka: the instance is judged in all three ways, explained, and each time as
 * expected. */
#define assert_twins(twins, schema, text, expected)                                                \
    do {                                                                                           \
        st_str twins_text = (text);                                                                \
        for (int twins_by = 0; twins_by < NUMBERINGS; twins_by++) {                                \
            enum finding twins_found =                                                             \
                twins_ask((twins), (schema), twins_text, (enum numbering)twins_by, true);          \
            if (is_fault(twins_found) || (twins)->compiled != (expected))                          \
                fail_msg("%.*s: %s", ST_STR_ARG(twins_text), finding_name(twins_found));           \
        }                                                                                          \
    } while (0)

#endif
