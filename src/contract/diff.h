/*
 * diff.h: what becomes of events when one version of a contract takes the place of another.
 *
 * schema/diff.h says which events are valid under the one and not under the other. Here are added
 * what readers take from the annotation (recognition, pointers, aliases, measures), whether a level
 * of compatibility is met under a policy, and the semantic version that all of it asks for.
 *
 * 1. A side may be a plain JSON Schema: then only validity is compared.
 * 2. The member `version` of the annotation may always change.
 *
 * Floor 4. Any thread. Allocates in the diff's arena, and what it frees again.
 */
#ifndef ST_CONTRACT_DIFF_H
#define ST_CONTRACT_DIFF_H

#include "contract/contract.h"
#include "schema/diff.h"

/* Name, whether old documents must hold before the new schema, and new ones before the old. The
 * transitive levels ask the same of every old version. */
#define ST_DIFF_LEVEL_LIST(X)                                                                      \
    X(BACKWARD, "BACKWARD", true, false, false)                                                    \
    X(FORWARD, "FORWARD", false, true, false)                                                      \
    X(FULL, "FULL", true, true, false)                                                             \
    X(BACKWARD_TRANSITIVE, "BACKWARD_TRANSITIVE", true, false, true)                               \
    X(FORWARD_TRANSITIVE, "FORWARD_TRANSITIVE", false, true, true)                                 \
    X(FULL_TRANSITIVE, "FULL_TRANSITIVE", true, true, true)                                        \
    X(NONE, "NONE", false, false, false)

enum st_diff_level {
#define ST_DIFF_LEVEL_ENUM(id, name, backward, forward, transitive) ST_DIFF_LEVEL_##id,
    ST_DIFF_LEVEL_LIST(ST_DIFF_LEVEL_ENUM)
#undef ST_DIFF_LEVEL_ENUM
        ST_DIFF_LEVEL_COUNT
};

const char *st_diff_level_name(enum st_diff_level level);
bool st_diff_level_of_name(st_str name, enum st_diff_level *level);
bool st_diff_level_asks(enum st_diff_level level, enum st_diff_direction direction);
bool st_diff_level_is_transitive(enum st_diff_level level);

/* Compares the schemas, and where both sides are contracts (NULL: a plain schema) the annotations,
 * too. As st_schema_diff. */
ST_MUST_USE st_err st_contract_diff(struct st_diff *diff, struct st_arena *arena,
                                    const struct st_schema *old_schema,
                                    const struct st_contract *old_contract,
                                    const struct st_schema *new_schema,
                                    const struct st_contract *new_contract,
                                    const struct st_diff_options *options);

/* Whether the finding counts: its direction is asked for, and the policy is against it. */
bool st_diff_counts(const struct st_diff_finding *finding, enum st_diff_level level,
                    enum st_diff_policy policy);

/* What the level and the policy make of a diff. */
struct st_diff_sum {
    uint64_t findings;      /* that count */
    uint64_t undecided;     /* of these */
    uint64_t allowed;       /* break documents, and the policy allows it */
    uint64_t others;        /* all the rest */
    bool proved;            /* no document breaks in any direction that is asked for */
    bool compatible;        /* nothing counts */
    enum st_diff_bump bump; /* of all findings, whatever the level */
};
struct st_diff_sum st_diff_sum_up(const struct st_diff *diff, enum st_diff_level level,
                                  enum st_diff_policy policy);

#endif
