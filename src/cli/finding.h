/*
 * finding.h: one instance's verdict as bytes, on its way from the worker that judged it to the
 * survey (survey.h). It never leaves the process.
 *
 * 1. Texts are cut at ST_FINDING_TEXT_BYTES_MAX, with "…" for what is left out.
 * 2. In a violation's pointer every array index is '*'.
 *
 * Top floor. Any thread. Allocates in the buffer that it is given, and what it frees again.
 */
#ifndef ST_CLI_FINDING_H
#define ST_CLI_FINDING_H

#include "cli/limits.h"
#include "json/json.h"

/* Where the instance stands. */
struct st_finding_place {
    const char *file; /* outlives whoever reads the finding */
    uint64_t line;    /* or seq */
};

/* Begins a finding; at == NULL in contract and type: not known. *start is for its violations. */
ST_MUST_USE st_err st_finding_begin(struct st_buf *out, const struct st_finding_place *place,
                                    bool valid, st_str contract, st_str type, size_t *start);

/* Adds a violation. `doc` shows which tokens of the pointer are indexes; NULL: none is. */
ST_MUST_USE st_err st_finding_add(struct st_buf *out, size_t start, const struct st_json *doc,
                                  st_str pointer, st_str keyword, st_str message);

/* Says that so many violations more were found and are not told apart. */
void st_finding_drop(struct st_buf *out, size_t start, uint64_t dropped);

/* ---- reading ---- */

struct st_finding_head {
    struct st_finding_place place;
    uint64_t dropped; /* violations beyond those that follow */
    uint32_t count;   /* violations that follow */
    bool valid;
};

struct st_finding {
    struct st_finding_head head;
    st_str contract, type;
};

struct st_finding_violation {
    st_str pointer, keyword, message;
};

/* The finding at the head of *bytes, which moves behind its texts; false at the end. As many
 * violations as it says follow. */
bool st_finding_take(st_str *bytes, struct st_finding *finding);
void st_finding_take_violation(st_str *bytes, struct st_finding_violation *violation);

#endif
