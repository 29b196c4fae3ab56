/*
 * annotation.h: the x-steno annotation as structs, ready to be followed at every event.
 *
 * Not a public header: the floor's own .c files share it. The annotation was held against
 * contracts/x-steno.schema.json before it comes here, so parsing it can only run out of memory.
 *
 * 1. Texts borrow from the schema's document, everything else lives in the contract's arena.
 * 2. A list with count 0 may have at == NULL.
 * 3. A scope without types and conditions applies always; one with types never applies to an event
 *    whose type is absent.
 *
 * Floor 4. Immutable once parsed; shared by threads.
 */
#ifndef ST_CONTRACT_ANNOTATION_H
#define ST_CONTRACT_ANNOTATION_H

#include "base/arena.h"
#include "contract/contract.h"
#include "json/name_table.h"

/* ---- small parts ---- */

struct st_names {
    st_str *at;
    uint32_t count;
};

/* A JSON Pointer, cut and unescaped, and its place among all of the annotation's. */
struct st_path {
    st_str *tokens;
    uint16_t *numbers; /* of the tokens, in the annotation's names */
    uint32_t count;
    uint32_t spot;
};

/* A place in an event that some path leads to or through: a tree, spot 0 its root. An event is
 * walked along it once, and each path then knows its value. Numbers of spots; 0 = none. */
struct st_spot {
    st_str name;
    uint16_t number; /* of the name, in the annotation's names */
    uint32_t first;  /* child */
    uint32_t next;   /* sibling */
};

/* Several, of which the first that finds something counts. */
struct st_paths {
    struct st_path *at;
    uint32_t count;
};

enum st_test {
    ST_TEST_EQUALS,
    ST_TEST_IN,
    ST_TEST_EXISTS,
    ST_TEST_TYPE,
    ST_TEST_LIKE,
    ST_TEST_ONLY_MEMBERS,
    ST_TEST_SOLE_MEMBER,
};

struct st_condition {
    struct st_path at;
    enum st_test test;
    uint32_t value;        /* equals, in: the node on the annotation's tape */
    bool exists;           /* exists */
    st_str type;           /* type */
    struct st_names names; /* like, only_members, sole_member */
};

struct st_conditions {
    struct st_condition *at;
    uint32_t count;
};

/* The events to which a rule applies. */
struct st_scope {
    struct st_names types; /* with '*' for any run of characters */
    struct st_conditions when;
};

struct st_mark {
    uint32_t rank;
    struct st_conditions all;
};

/* ---- the record ---- */

enum st_time_form {
    ST_TIME_RFC3339,
    ST_TIME_UTC, /* RFC 3339, and without an offset UTC */
    ST_TIME_EPOCH,
};

/* Where a text, a number or a time stands. */
struct st_place {
    struct st_scope scope;
    struct st_paths paths;
    st_str value;           /* a stated text instead of a path; at == NULL when there is none */
    enum st_time_form form; /* of a time */
    int shift;              /* of a number of seconds, milliseconds …: to nanoseconds */
};

struct st_places {
    struct st_place *at;
    uint32_t count;
};

struct st_classification {
    struct st_scope scope;
    bool has_level;
    bool has_severity;
    enum st_level level;
    enum st_severity severity;
    st_str category; /* at == NULL when the rule states none */
};

/* ---- measures ---- */

enum st_counted {
    ST_COUNTED_OUTSIDE,
    ST_COUNTED_INSIDE,
    ST_COUNTED_BY_TOTAL,
};

struct st_tokens_rule {
    struct st_scope scope;
    struct st_paths bucket[ST_TOKENS_COUNT]; /* INPUT and OUTPUT as they are stated */
    struct st_paths total;
    enum st_counted cached;  /* cached tokens, seen from the input */
    enum st_counted thought; /* reasoning tokens, seen from the output */
};

struct st_cost_rule {
    struct st_scope scope;
    struct st_paths paths;
    int shift; /* to nano-units */
    struct st_places currency;
    struct st_places price_book;
    struct st_places ledger_entry;
};

/* Adds one entry to the record when it finds a number. */
struct st_resource_rule {
    struct st_scope scope;
    enum st_resource_kind kind;
    struct st_places name;
    struct st_places principal;
    struct st_paths figures[ST_FIGURE_COUNT];
};

/* ---- the structured form ---- */

/* What a member of it may say of the record. */
#define ST_SAID_LIST(X)                                                                            \
    X(NOTHING, "")                                                                                 \
    X(SEQ, "seq")                                                                                  \
    X(TYPE, "type")                                                                                \
    X(ID, "id")                                                                                    \
    X(TIME, "time")                                                                                \
    X(TENANT, "tenant")                                                                            \
    X(STREAM, "stream")                                                                            \
    X(PRODUCER, "producer")                                                                        \
    X(LEVEL, "level")                                                                              \
    X(CATEGORY, "category")                                                                        \
    X(SEVERITY, "severity")

enum st_said {
#define ST_SAID_ENUM(id, text) ST_SAID_##id,
    ST_SAID_LIST(ST_SAID_ENUM)
#undef ST_SAID_ENUM
        ST_SAID_COUNT
};

struct st_structured {
    st_str name;
    struct st_paths paths; /* walked when asked for: they have no spots */
    uint32_t value;        /* the node on the annotation's tape, or NONE */
    enum st_said said;
    int digits;    /* of a time; -1: as many as the event states */
    bool required; /* without it the event has no such form */
};

/* ---- making events ---- */

#define ST_MAKE_LIST(X)                                                                            \
    X(VALUE, "")                                                                                   \
    X(UUID, "uuid")                                                                                \
    X(HEX, "hex")                                                                                  \
    X(NOW, "now")                                                                                  \
    X(NOW_MS, "now_ms")                                                                            \
    X(USER, "user")                                                                                \
    X(HOST, "host")                                                                                \
    X(HOME, "home")                                                                                \
    X(CWD, "cwd")                                                                                  \
    X(PID, "pid")                                                                                  \
    X(PLATFORM, "platform")                                                                        \
    X(SUM, "sum")                                                                                  \
    X(TEXT, "text")

enum st_make {
#define ST_MAKE_ENUM(id, text) ST_MAKE_##id,
    ST_MAKE_LIST(ST_MAKE_ENUM)
#undef ST_MAKE_ENUM
        ST_MAKE_COUNT
};

struct st_construct_rule {
    st_str pointer; /* where */
    struct st_names types;
    bool always; /* also where the schema does not demand it */
    enum st_make make;
    uint32_t value;      /* VALUE: the node on the annotation's tape */
    uint32_t bytes;      /* HEX */
    struct st_names sum; /* SUM: pointers */
    st_str text;         /* TEXT */
};

/* ---- the whole ---- */

struct st_annotation {
    const struct st_json *doc; /* the contract's document */

    /* The table that numbers of paths and spots are of, and how many names it had when the last of
     * them was in it; an event that was parsed with all these is looked at by numbers. NULL: none,
     * or it had no room. */
    const struct st_name_table *names;
    uint32_t name_count;

    struct st_spot *spots;
    uint32_t spot_count;
    st_str name;
    st_str version;
    bool keeps_unknown_types;
    bool reserved;
    struct st_paths version_at; /* without spots; count 0: nowhere */

    struct st_mark *marks;
    uint32_t mark_count;
    uint32_t lowest_rank;      /* of the marks */
    struct st_names tags;      /* {TAG: {…}} … */
    struct st_names tag_types; /* … and the types they stand for */
    struct st_names old_types; /* aliases … */
    struct st_names new_types; /* … and what the record says */
    struct st_names old_resources;
    struct st_names new_resources;

    struct st_places type;
    struct st_places id;
    struct st_places time;
    struct st_places tenant;
    struct st_places stream;
    struct st_places parent;
    struct st_places producer;
    struct st_places producer_seq;

    struct st_classification *classifications;
    uint32_t classification_count;
    struct st_names types;  /* what the classifications name without a wildcard, each once … */
    struct st_names sorted; /* … and the same by their bytes */

    struct st_tokens_rule *tokens;
    uint32_t tokens_count;
    struct st_cost_rule *costs;
    uint32_t cost_count;
    struct st_places durations;
    struct st_resource_rule *resources;
    uint32_t resource_count;

    struct st_structured *structured;
    uint32_t structured_count;
    struct st_names model_names;
    struct st_names model_pointers;
    struct st_contract_note *notes;
    uint32_t note_count;
    struct st_retired *retired;
    uint32_t retired_count;

    struct st_construct_rule *construct;
    uint32_t construct_count;
};

/* Fills `annotation` from the value at `node`, which satisfies the metaschema. The names that it
 * looks at go into `names`, unless NULL. MEMORY, or LIMIT when it points to more than
 * ST_CONTRACT_SPOTS_MAX places. */
ST_MUST_USE st_err st_annotation_parse(struct st_annotation *annotation, struct st_arena *arena,
                                       const struct st_json *doc, uint32_t node,
                                       struct st_name_table *names);

/* As st_contract_load, for a file that ships: its annotation was held against the metaschema by the
 * tests, and is not once more at every start (it takes as long as all the rest). */
ST_MUST_USE st_err st_contract_load_shipped(struct st_contract **contract, st_str text,
                                            const struct st_contract_options *options,
                                            struct st_schema_fault *fault);

const struct st_annotation *st_contract_annotation(const struct st_contract *contract);

/* What the metaschema cannot say (check.c): formats and globs are ones, models lead to schemas that
 * can stand alone, the structured form says nothing twice. `node` is the annotation's, in the
 * document of `schema`. */
ST_MUST_USE st_err st_annotation_check(const struct st_schema *schema, uint32_t node,
                                       struct st_schema_fault *fault);

/* A fault at a node of the contract's document. */
st_err st_contract_fault(struct st_schema_fault *fault, st_err err, const struct st_json *doc,
                         uint32_t node, st_str message);

/* ---- following it (match.c) ---- */

/* An event as the paths see it. */
struct st_sight {
    const struct st_annotation *annotation;
    const struct st_json *doc;
    uint32_t node;         /* where the paths start */
    const uint32_t *found; /* each spot's node or NONE; NULL: each path is walked */
};

/* Fills `found` (room for spot_count) and lets the sight use it. */
void st_sight_fill(struct st_sight *sight, uint32_t *found);

/* The first of the paths that finds a value of `kind`, or NONE. */
uint32_t st_paths_find(const struct st_paths *paths, const struct st_sight *sight,
                       enum st_json_kind kind);

/* The same whatever its kind is. */
uint32_t st_paths_find_any(const struct st_paths *paths, const struct st_sight *sight);

/* Where the event has the form {TAG: {…}}: lets the sight start at the member's value and says the
 * type that the tag stands for. */
bool st_sight_untag(struct st_sight *sight, st_str *type);

bool st_names_has(const struct st_names *names, st_str name, uint32_t *index);

/* Whether the contract names the type without a wildcard. */
bool st_annotation_names(const struct st_annotation *annotation, st_str type);

/* Whether one of the patterns fits the type. */
bool st_types_fit(const struct st_names *patterns, st_str type);

bool st_conditions_hold(const struct st_conditions *conditions, const struct st_sight *sight);
bool st_scope_applies(const struct st_scope *scope, st_str type, const struct st_sight *sight);

#endif
