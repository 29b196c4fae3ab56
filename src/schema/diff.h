/*
 * diff.h: what becomes of documents when one schema takes the place of another.
 *
 * Not a comparison of texts. BACKWARD asks whether every value that the old schema accepts is
 * accepted by the new one, FORWARD the same the other way round, and the answer is one of three:
 * proved, keyword by keyword; refuted, by an example that one of the two schemas accepts and the
 * other refuses, as the checker itself has confirmed; or undecided, with the place. Nothing is
 * called compatible that is not proved.
 *
 *     from ─▶ world   what is known of a value that the one schema accepts (diff_world.c)
 *               │
 *               ├─▶ prove    does a rule of the other schema follow from it? (diff_prove….c)
 *               │      no
 *               ├─▶ explain  by which change, and where, in registries' words (diff_explain….c)
 *               │
 *               └─▶ make     a value with all that is known and against the rule (diff_make….c),
 *                            put into a whole document and shown to both schemas (diff_example.c)
 *
 * 1. Findings are in the words of the change from old to new, whichever direction breaks.
 * 2. The same change met at several places ($ref) is one finding, told at the first.
 * 3. Work is bounded in steps and bytes (limits.h); what they do not suffice for is undecided.
 * 4. The same two schemas give the same findings: chance is seeded by a constant.
 *
 * Floor 3. Any thread, each with a struct st_diff of its own. Allocates in the diff's arena, and
 * what it frees again.
 */
#ifndef ST_SCHEMA_DIFF_H
#define ST_SCHEMA_DIFF_H

#include "schema/diff_rules.h"
#include "schema/schema.h"

enum st_diff_rule {
#define ST_DIFF_RULE_ENUM(name, mirror, verdict, bump, text) ST_DIFF_##name,
    ST_DIFF_RULE_LIST(ST_DIFF_RULE_ENUM)
#undef ST_DIFF_RULE_ENUM
        ST_DIFF_RULE_COUNT
};

/* What a rule means backward; see the list. */
enum st_diff_verdict {
    ST_DIFF_VERDICT_SOUND,
    ST_DIFF_VERDICT_DEFAULT,
    ST_DIFF_VERDICT_LENIENT,
    ST_DIFF_VERDICT_NEVER,
};

/* What a change asks of a semantic version. */
#define ST_DIFF_BUMP_LIST(X) X(NONE, "none") X(PATCH, "patch") X(MINOR, "minor") X(MAJOR, "major")

enum st_diff_bump {
#define ST_DIFF_BUMP_ENUM(id, text) ST_DIFF_BUMP_##id,
    ST_DIFF_BUMP_LIST(ST_DIFF_BUMP_ENUM)
#undef ST_DIFF_BUMP_ENUM
};

/* Whose documents break: old ones before the new schema, new ones before the old. */
#define ST_DIFF_DIRECTION_LIST(X) X(NONE, "none") X(BACKWARD, "backward") X(FORWARD, "forward")

enum st_diff_direction {
#define ST_DIFF_DIRECTION_ENUM(id, text) ST_DIFF_DIRECTION_##id,
    ST_DIFF_DIRECTION_LIST(ST_DIFF_DIRECTION_ENUM)
#undef ST_DIFF_DIRECTION_ENUM
};

#define ST_DIFF_POLICY_LIST(X) X(STRICT, "strict") X(LENIENT, "lenient")

enum st_diff_policy {
#define ST_DIFF_POLICY_ENUM(id, text) ST_DIFF_POLICY_##id,
    ST_DIFF_POLICY_LIST(ST_DIFF_POLICY_ENUM)
#undef ST_DIFF_POLICY_ENUM
};

const char *st_diff_rule_name(enum st_diff_rule rule); /* "TYPE_NARROWED" */
const char *st_diff_rule_text(enum st_diff_rule rule);
const char *st_diff_bump_name(enum st_diff_bump bump);
const char *st_diff_direction_name(enum st_diff_direction direction);
enum st_diff_rule st_diff_rule_mirror(enum st_diff_rule rule);
enum st_diff_bump st_diff_rule_bump(enum st_diff_rule rule);
/* Forward: that of the mirror. NONE: SOUND. */
enum st_diff_verdict st_diff_rule_verdict(enum st_diff_rule rule, enum st_diff_direction direction);

struct st_diff_finding {
    enum st_diff_rule rule;
    enum st_diff_direction direction; /* NONE: a change that breaks no document */
    enum st_diff_bump bump;
    bool undecided;   /* neither proved harmless nor shown to break */
    bool reading;     /* no document is refused, but some are read otherwise: there is no example */
    uint32_t places;  /* where the same change was met; at least 1 */
    st_str old_at;    /* JSON Pointer to the keyword or schema in the old schema, with the URI and
                         '#' before it in another document; where there is none: where it would be */
    st_str new_at;    /* the same in the new one */
    st_str walked;    /* the keywords that led there in the schema that refuses, $refs included */
    st_str instance;  /* JSON Pointer to the value that breaks; '*' for any index or name */
    st_str subject;   /* the property, index, value or dependency that it is about; may be empty */
    st_str old_value; /* JSON; empty when there is none or it is long */
    st_str new_value;
    st_str example; /* a whole document, JSON on one line; empty when undecided or NONE */
    st_str reason;  /* why it is undecided */
};

/* A diff's answer in one direction. */
struct st_diff_answer {
    bool asked;
    bool proved;      /* every document passes over */
    bool undecided;   /* some finding is */
    uint32_t breaks;  /* findings with an example */
    uint64_t dropped; /* findings past the limit: not kept */
};

struct st_diff {
    struct st_arena *arena; /* of all texts */
    struct st_diff_finding *findings;
    uint32_t count;
    uint32_t room;
    struct st_diff_answer backward;
    struct st_diff_answer forward;
};

struct st_diff_options {
    uint64_t steps; /* of proofs, each direction; 0: ST_DIFF_STEPS_MAX */
    bool silent;    /* changes that break nothing are left out */
};

/* Compares the schemas in both directions. `diff` is filled anew; `options` may be NULL. MEMORY,
 * or LIMIT when the arena has no room for what is to be told. */
ST_MUST_USE st_err st_schema_diff(struct st_diff *diff, struct st_arena *arena,
                                  const struct st_schema *from, const struct st_schema *to,
                                  const struct st_diff_options *options);

/* Whether the policy has something against the finding. */
bool st_diff_forbids(enum st_diff_policy policy, const struct st_diff_finding *finding);

/* Adds a finding of the caller's own; its texts are copied. LIMIT past ST_DIFF_FINDINGS_MAX. */
ST_MUST_USE st_err st_diff_add(struct st_diff *diff, const struct st_diff_finding *finding);

#endif
