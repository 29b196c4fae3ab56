/*
 * program.h: the compiled schema: what st_schema_check runs for its yes or no.
 *
 * Made from the plain graph (plain.h) once, when a schema is loaded. Not an evaluator of its own
 * meaning: it explains nothing, collects nothing, and whatever it has no steps for it hands to the
 * plain evaluator, schema by schema (PLAIN) or rule by rule (RULE).
 *
 * The unit is the STATE: a set of plain schemas that must all hold for one value. $ref, allOf and
 * dynamic references are expanded into the set, `true` vanishes, and equal sets are one state, so
 * that an object is walked once, however many layers of schemas speak of its members.
 *
 *     {"allOf": [{"$ref": "#/$defs/event"}], "properties": {"n": {"minimum": 0}}}
 *                                  │
 *          state {root, event} ────┴──▶ entry by kind of value:  null FAIL … number FAIL
 *                                                                object ──▶ steps
 *
 *       MEMBER_COUNT ▸ SWITCH on "type" ──"a"──▶ WALK (names ▸ bit, state) ▸ ONE of states ▸ …
 *                                       └─"b"──▶ WALK …
 *
 * A state has an ENTRY for each kind of value: PASS, FAIL, or its first step; `type` is nothing but
 * that. The steps of an entry all have to hold; the one that has `last` ends them.
 *
 * A SWITCH looks one member up (a discriminator) and goes on at the block that was made for its
 * value: with this fact known, most of if/then/else, oneOf, anyOf and dependentSchemas is decided
 * when the program is made, and the branches that are left are merged into the set.
 *
 * A WALK goes over an object's members once. A name's number leads to its slot: a bit for required
 * and dependentRequired, the kinds of value that need no look, and the state of its value, in which
 * properties, patternProperties, additionalProperties and unevaluatedProperties of all schemas in
 * the set are settled. A free slot has the state of the names that the schema does not speak of.
 *
 *     program_make.c     the order of the making: states, blocks, what refers to what at the end
 *     program_graph.c    plain schemas in their dynamic scopes; circles; sets that become states
 *     program_decide.c   what a schema says of a kind of value, or with facts known: yes, no, or
 *                        that it is unknown
 *     program_block.c    one block: rules gathered, branches merged, steps written
 *     program_choice.c   conditions and choices: discriminators, and what is left of them
 *     program_scalar.c   steps on numbers and strings
 *     program_array.c    steps on elements
 *     program_object.c   steps on members
 *     program_cover.c    what counts as evaluated, where that is known beforehand
 *     program_table.c    slots of names and of texts
 *     program_run.c      the interpreter, and program_value.c its looks at numbers and strings
 *     outline.c          documents that look like one before need no walk
 *
 * 1. Immutable once made, in the schema's arena; shared by threads.
 * 2. A yes is the plain evaluator's yes, but for values where that one would meet a limit; a no is
 *    its no or its limit; where the program does not know (a limit, a dynamic reference that leads
 *    nowhere) it says so, and the plain evaluator decides.
 * 3. Making it is bounded: past ST_PROGRAM_WORK_MAX sets are no longer merged but called one by
 *    one, past ST_PROGRAM_WORK_END there is no program.
 *
 * Floor 3. Running allocates nothing of its own.
 */
#ifndef ST_SCHEMA_PROGRAM_H
#define ST_SCHEMA_PROGRAM_H

#include "schema/checker.h"

/* One list: the operations, and what each takes. */
#define ST_OP_LIST(X)                                                                              \
    X(RULE)     /* with: st_plain_call; the plain evaluator's check of one rule */                 \
    X(PLAIN)    /* with: st_plain_call; one whole schema */                                        \
    X(CALL)     /* state: holds for the same value, too */                                         \
    X(ANY)      /* with: st_branches */                                                            \
    X(ONE)      /* with: st_branches; small: of those that are left out as known, the yes */       \
    X(NOT)      /* state */                                                                        \
    X(IF)       /* with: st_branches of test, then, else */                                        \
    X(INTEGER)  /* with: st_number_test, here and in the next three; the number is one */          \
    X(NATURAL)  /* an integer from 0 on */                                                         \
    X(POSITIVE) /* a number from 0 on */                                                           \
    X(NUMBER)                                                                                      \
    X(INTEGERS)  /* with: st_integers; the number is one of these */                               \
    X(NOT_EMPTY) /* a text of one character at least */                                            \
    X(LENGTH)    /* with: st_length_test */                                                        \
    X(FORMAT)    /* with: st_format */                                                             \
    X(PATTERN)   /* with: st_pattern */                                                            \
    X(TEXT)      /* with: st_text_slot; this text and no other */                                  \
    X(TEXTS)     /* with: st_texts; one of these */                                                \
    X(COUNT)     /* count; small: at least or at most; members, too */                             \
    X(ITEMS)     /* with: st_elements */                                                           \
    X(CONTAINS)  /* with: st_contains_test */                                                      \
    X(UNIQUE)    /* with: st_plain_call, for what is not settled quickly */                        \
    X(SWITCH)    /* with: st_switch; the last step of its block */                                 \
    X(NAMES)     /* state: of each name */                                                         \
    X(WALK)      /* with: st_walk */                                                               \
    X(UNNAMED)   /* with: st_unnamed; of a name and its value. In outlines alone */

enum st_op {
#define ST_OP_ENUM(name) ST_OP_##name,
    ST_OP_LIST(ST_OP_ENUM)
#undef ST_OP_ENUM
        ST_OP_END
};

enum { ST_AT_LEAST, ST_AT_MOST };

struct st_step {
    uint8_t op;
    bool last;
    uint16_t small;
    uint32_t state;
    union {
        const void *with;
        uint64_t count;
    };
};
_Static_assert(sizeof(struct st_step) == 16, "four to a cache line");

enum { ST_ENTRY_PASS, ST_ENTRY_FAIL, ST_ENTRY_FIRST };
enum { ST_STATE_TRUE, ST_STATE_FALSE, ST_STATE_FIRST };
#define ST_KINDS 7

/* PASS, FAIL, or the number of the first step, by the kind of value. */
struct st_state {
    uint32_t entry[ST_KINDS + 1];
};

/* The resources that decide dynamic references, outermost first. */
struct st_scope {
    const struct st_resource **resources;
    uint32_t count;
};

struct st_plain_call {
    const struct st_plain *plain;
    const struct st_rule *rule; /* of RULE and UNIQUE */
    const struct st_scope *scope;
};

struct st_branches {
    uint32_t count;
    uint32_t states[];
};

/* digits × 10^-scale, for bounds of few digits; compared without rounding. */
struct st_bound {
    int64_t digits;
    uint8_t scale;
    bool exclusive;
};

struct st_number_test {
    int64_t min; /* of integers, both included */
    int64_t max;
    struct st_bound step; /* a multiple of it; no digits: of nothing */
    bool decimals;        /* low and high are all there is to ask of a number with a fraction */
    bool has_low;
    bool has_high;
    struct st_bound low;
    struct st_bound high;
    uint32_t count; /* for all other literals */
    const struct st_plain_call *const *rules;
};

/* By their literals, which for integers of at most 18 digits are one each, but for -0. */
struct st_integers {
    struct st_plain_call call; /* for other literals */
    const struct st_texts *literals;
};

struct st_length_test {
    uint64_t min;
    uint64_t max;
};

/* What a text is told from others by, with its length: its first and its last eight bytes; under
 * eight: those it has, padded with zeros, and no last ones. Up to sixteen bytes that is all of it.
 */
struct st_words {
    uint64_t head;
    uint64_t tail;
};

struct st_text_slot {
    struct st_words words;
    uint32_t len; /* NONE: the slot is free */
    uint32_t value;
    const char *at;
};

/* Open addressing; at least half of the slots are free. */
struct st_texts {
    uint64_t factor;
    uint32_t mask;
    struct st_text_slot slots[];
};

/* What of a value needs no look: its class (st_class_of) is among those that pass, and it has so
 * many bytes at least. More is asked by the state. */
struct st_glance {
    uint32_t passes;
    uint32_t min;
};

struct st_elements {
    uint32_t count; /* of states for the first ones */
    uint32_t rest;
    struct st_glance glance; /* at the rest */
    uint32_t states[];
};

struct st_contains_test {
    uint64_t min;
    uint64_t max;
    uint32_t state;
};

/* By the value of one member. Entries, as those of a state. */
struct st_switch {
    st_str name;
    uint16_t number;
    uint32_t absent;
    uint32_t other;                  /* a value that is none of those below */
    uint32_t kinds[ST_KINDS + 1];    /* null, false and true: one value each; the rest as `other` */
    const struct st_texts *texts;    /* `value` is the entry; NULL: none */
    const struct st_texts *integers; /* likewise, by their literals */
};

/* How a member's value is looked at first, where it is of the kind that is expected. */
enum st_peek {
    ST_PEEK_GLANCE,
    ST_PEEK_TEXT,   /* with: as the step of that name, the only one for strings */
    ST_PEEK_TEXTS,  /* likewise */
    ST_PEEK_FORMAT, /* likewise */
    ST_PEEK_WALK,   /* likewise, for objects */
    ST_PEEK_UNNAMED /* a name that is not in the table, and there are patterns */
};

struct st_member_slot {
    uint16_t name; /* 0: free, for names that are not in the table */
    uint8_t peek;
    uint8_t unused;
    uint32_t state;
    struct st_glance glance;
    uint64_t bit;
    const void *with;
};
_Static_assert(sizeof(struct st_member_slot) == 32, "two to a cache line");

/* For names that are not in the table, where patternProperties or propertyNames speak of them. */
struct st_name_pattern {
    const struct st_pattern *pattern;
    uint32_t state;
    uint64_t groups; /* whose `rest` does not hold for what it matches */
};

struct st_unnamed {
    uint32_t pattern_count;
    uint32_t group_count;
    const struct st_name_pattern *patterns;
    const uint32_t *rests; /* states, by group */
    uint32_t names;        /* the state of the names themselves */
};

/* With all bits of `when` seen, those of `then` must be seen, and the state hold for the object. */
struct st_dependent {
    uint64_t when;
    uint64_t then;
    uint32_t state;
};

struct st_walk {
    uint32_t factor;
    uint32_t mask;
    uint32_t slot_count;
    uint32_t dependent_count;
    uint64_t required;
    const struct st_unnamed *unnamed; /* may be NULL */
    const struct st_dependent *dependents;
    struct st_member_slot slots[];
};

struct st_program {
    uint32_t id; /* of this one alone; 0: there were too many */
    const struct st_state *states;
    const struct st_step *steps;
    uint32_t root; /* state */
    uint32_t state_count;
    uint32_t step_count;
};

struct st_loader;

/* Makes the program of a schema whose plain graph is whole; without an error, but with
 * schema->program NULL, when it cannot be compiled. */
ST_MUST_USE st_err st_program_make(struct st_loader *loader);

enum st_verdict { ST_VERDICT_NO, ST_VERDICT_YES, ST_VERDICT_UNKNOWN };

/* The checker's state of the run is set up (checker.c); after UNKNOWN its stop says why. */
enum st_verdict st_program_run(struct st_checker *c, const struct st_schema *schema, uint32_t node);

/* The kind of a value; numbers are of four classes, by INTEGER and MINUS. */
#define ST_CLASSES_NUMBER (1u << 3 | 1u << 11 | 1u << 19 | 1u << 27)
static inline uint32_t st_class_of(const struct st_json_node *n)
{
    return n->kind + ((uint32_t)(n->flags & (ST_JSON_INTEGER | ST_JSON_MINUS)) >> 1);
}

static inline struct st_words st_text_words(const char *at, size_t len)
{
    struct st_words words = {0, 0};
    if (len >= 8) {
        memcpy(&words.head, at, 8);
        memcpy(&words.tail, at + len - 8, 8);
    } else if (len > 0) {
        memcpy(&words.head, at, len);
    }
    return words;
}

static inline uint32_t st_texts_at(const struct st_texts *texts, struct st_words words,
                                   uint64_t len)
{
    uint64_t mixed = (words.head ^ (words.tail << 7 | words.tail >> 57) ^ len) * texts->factor;
    return (uint32_t)(mixed >> 40) & texts->mask;
}

static inline uint32_t st_walk_at(const struct st_walk *walk, uint32_t number)
{
    return number * walk->factor >> 16 & walk->mask;
}

#endif
