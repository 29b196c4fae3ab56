/*
 * survey.h: what many verdicts come to: how many events of each contract and type are valid, and
 * what is wrong with the others, most frequent first.
 *
 *   judge (any worker) ─ findings, bytes ─▶ survey (main thread) ─▶ text or JSON
 *
 * Violations are of one kind when contract, type, keyword and pointer are the same, with
 * array indexes in the pointer as '*'.
 *
 * 1. Findings are taken in the order of the instances, so the same input gives the same survey
 *    whatever the number of workers.
 * 2. Memory is bounded: past ST_SURVEY_KINDS_MAX kinds (of types and of violations each) the rest
 * is counted only.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_SURVEY_H
#define ST_CLI_SURVEY_H

#include "base/arena.h"
#include "base/map.h"
#include "cli/finding.h"

#define ST_SURVEY_EXAMPLES 3u

struct st_survey_type {
    st_str contract, type;
    uint64_t valid, invalid;
};

struct st_survey_kind {
    st_str contract, type, pointer, keyword;
    st_str message;  /* of the first one */
    uint64_t count;  /* violations */
    uint64_t events; /* instances that have some */
    uint64_t last;   /* the number of the last such instance */
    struct st_finding_place examples[ST_SURVEY_EXAMPLES];
    uint32_t example_count;
    uint32_t number; /* in the order in which kinds were met */
};

struct st_survey {
    struct st_arena arena;
    struct st_map types; /* to the entries below */
    struct st_map kinds;
    struct st_survey_type *type_rows;
    struct st_survey_kind *kind_rows;
    struct st_buf key;
    const char *separator; /* between file and line */
    uint64_t checked, valid;
    uint64_t types_untold; /* instances of types past the bound */
    uint64_t kinds_untold; /* violations of kinds past the bound, or past an instance's own */
};

ST_MUST_USE st_err st_survey_init(struct st_survey *survey, const char *separator);
void st_survey_done(struct st_survey *survey);

/* Takes whole findings, one behind the other. MEMORY only. */
ST_MUST_USE st_err st_survey_take(struct st_survey *survey, st_str findings);

/* Append the survey: lines for people, or one JSON object on a line. */
ST_MUST_USE st_err st_survey_write_text(const struct st_survey *survey, struct st_buf *out);
ST_MUST_USE st_err st_survey_write_json(const struct st_survey *survey, struct st_buf *out);

#endif
