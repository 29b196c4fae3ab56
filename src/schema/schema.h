/*
 * schema.h: JSON Schema: load a schema, check values against it, explain.
 *
 * Two evaluators: the plain one walks the schema as it is written; it explains, collects, and is
 * the judge of the other. The other runs the program that a loaded schema is compiled to
 * (program.h) and gives the yes or no. Neither goes to the network: a reference outside the
 * documents at hand is resolved by the caller's function or refused.
 *
 * 1. A loaded schema is immutable and shared by any number of threads; a struct st_checker is what
 *    one thread needs beside it, and is reused.
 * 2. A schema that is loaded is valid against its metaschema, all its references resolve, and all
 *    its patterns are ECMA-262 patterns (u mode).
 * 3. The yes/no answer (report == NULL) and the explained one agree always. What was not asked for
 *    (st_report_ask) costs neither of them anything.
 * 4. Hostile schemas and instances meet limits (limits.h): the answer is then invalid, with a
 *    violation whose keyword is "limit".
 *
 * Floor 3. Loading allocates; checking allocates nothing in the steady state.
 */
#ifndef ST_SCHEMA_SCHEMA_H
#define ST_SCHEMA_SCHEMA_H

#include "base/arena.h"
#include "schema/limits.h"
#include "json/json.h"

/* One list: the dialects, their --draft names and the URIs of their metaschemas. */
#define ST_DRAFT_LIST(X)                                                                           \
    X(2020_12, "2020-12", "https://json-schema.org/draft/2020-12/schema")                          \
    X(2019_09, "2019-09", "https://json-schema.org/draft/2019-09/schema")                          \
    X(7, "7", "http://json-schema.org/draft-07/schema")                                            \
    X(6, "6", "http://json-schema.org/draft-06/schema")                                            \
    X(4, "4", "http://json-schema.org/draft-04/schema")                                            \
    X(V1, "v1", "https://json-schema.org/v1")

enum st_draft {
    ST_DRAFT_UNKNOWN,
#define ST_DRAFT_ENUM(id, name, uri) ST_DRAFT_##id,
    ST_DRAFT_LIST(ST_DRAFT_ENUM)
#undef ST_DRAFT_ENUM
};

enum st_draft st_draft_of_name(st_str name); /* "2020-12" …; UNKNOWN otherwise */
const char *st_draft_name(enum st_draft draft);

/* Why a schema was refused: where in it, and what the metaschema or the loader says. */
struct st_schema_fault {
    st_err err;        /* SYNTAX: not JSON; INVALID: no schema; ABSENT: a reference leads nowhere;
                          LIMIT; MEMORY */
    char uri[256];     /* of the document it is in; "" for the one given */
    char pointer[512]; /* into that document; cut at its end when longer */
    char message[512];
    uint64_t line; /* in that document, from 1; 0 when unknown */
    uint64_t column;
};

struct st_schema_options {
    enum st_draft draft;   /* where $schema is absent; UNKNOWN: 2020-12 */
    bool assert_formats;   /* else `format` is an annotation, but where the dialect asserts it */
    const st_str *formats; /* with assert_formats: these only; NULL: all. Read while loading only */
    uint32_t format_count;
    st_str base_uri; /* of the document given; may be empty */

    /* Takes in the names of members that the schema speaks of; must outlive the schema. NULL: the
     * schema has a table of its own. */
    struct st_name_table *names;

    /* Appends the JSON text of the document at `uri` (absolute, no fragment) to `text`, or returns
     * ABSENT. NULL: only the document itself and the known metaschemas resolve. */
    st_err (*resolve)(void *context, st_str uri, struct st_buf *text);
    /* Shown the document given when it is parsed and nothing of it is compiled, and may set which
     * formats are asserted in these options then; fails with MEMORY only. NULL: nobody asks. */
    st_err (*choose_formats)(void *context, const struct st_json *doc);
    void *context; /* of both */
};

struct st_schema;

/* Loads the schema that `text` holds. `options` may be NULL; `fault` must not be. */
ST_MUST_USE st_err st_schema_load(struct st_schema **schema, st_str text,
                                  const struct st_schema_options *options,
                                  struct st_schema_fault *fault);
void st_schema_free(struct st_schema *schema);

/* The schema's own document, for those who read its annotations. */
const struct st_json *st_schema_doc(const struct st_schema *schema);
/* The table to parse with (st_json_options) what is to be checked: then names are compared by their
 * numbers. What was parsed without it, or before the schema was loaded, is checked more slowly. */
const struct st_name_table *st_schema_names(const struct st_schema *schema);
enum st_draft st_schema_draft(const struct st_schema *schema);
/* Whether a schema stands at that node of it, so that it was checked and compiled with the rest. */
bool st_schema_holds(const struct st_schema *schema, uint32_t node);

/* ---- what was found ---- */

/* One keyword that an instance did not satisfy. All text lives in the report's arena.
 *
 * Keywords that apply schemas to the same value ($ref, $dynamicRef, allOf, anyOf, oneOf, then,
 * else, dependentSchemas), contains and propertyNames are violations too, with what was found below
 * them as children; who wants only what is to be mended reads the leaves. A value of the wrong type
 * has that one violation of the schema that names the type. A member is called unevaluated only
 * when no failed schema has looked at it. */
struct st_violation {
    st_str instance; /* JSON Pointer to the value, from the node given to st_schema_check; for a
                        name under propertyNames the object's */
    st_str subject;  /* JSON Pointer to what must be mended: as instance, but the absent or surplus
                        member for required, additionalProperties and the like */
    st_str keyword;  /* "minLength"; "false" for a schema that is `false`; "limit" */
    st_str keyword_at; /* the path of keywords walked, $refs included: "/allOf/0/then/required" */
    st_str absolute;   /* URI and pointer of the keyword, without the $refs; empty when it is too
                          long to be written */
    st_str message;    /* "must have length >= 1" */
    uint32_t node;     /* the instance's node on its tape */
    uint32_t parent;   /* index of the violation of the applicator above (allOf, $ref, oneOf …);
                          ST_JSON_NONE at the top */
    bool leaf;         /* no violation has this one as parent */
    bool definite;     /* must be mended whatever else is: no anyOf, oneOf, contains above it */
    bool branch;       /* no violation, but a schema or keyword above some: a node of the detailed
                          output's tree, without message. Only where it was asked for */
};

/* One keyword that a valid instance satisfied, or a schema that it satisfied. What it annotates
 * stands as long as all schemas above it are satisfied, not those under `not` or propertyNames.
 * All text lives in the report's arena. */
struct st_note {
    st_str instance;
    st_str keyword; /* empty: a schema, the branch that its keywords stand on */
    st_str keyword_at;
    st_str absolute; /* these four as in a violation */
    st_str value;    /* JSON; empty: the keyword annotates nothing */
    uint32_t node;
    uint32_t parent; /* index of the keyword or schema above; ST_JSON_NONE at the top */
};

struct st_report {
    struct st_arena *arena;
    struct st_violation *violations; /* a parent stands before its children */
    uint32_t count;
    uint32_t room;
    uint32_t max;
    uint64_t dropped; /* found past max: counted only */

    bool branches;               /* asked for: violations with branches */
    struct st_note *annotations; /* of a valid instance; a parent before its children */
    uint32_t annotation_count;
    uint32_t annotations_max;     /* 0: not asked for */
    uint64_t annotations_dropped; /* past the limits. Where collecting met a limit of checking none
                                     is kept, as their schemas were not seen to their end */
};

/* The standard's output formats (2020-12 core, 12.4). */
enum st_output { ST_OUTPUT_FLAG, ST_OUTPUT_BASIC, ST_OUTPUT_DETAILED };

void st_report_init(struct st_report *report, struct st_arena *arena, uint32_t max);
/* Asks for all that the output shows: annotations, and branches for the detailed one. */
void st_report_ask(struct st_report *report, enum st_output output);
/* Before the arena is reset; what was asked for stays so. */
void st_report_reset(struct st_report *report);

/* ---- checking ---- */

struct st_checker; /* one thread's scratch: dynamic scope, evaluated sets, pattern stacks */
ST_MUST_USE st_err st_checker_new(struct st_checker **checker);
void st_checker_free(struct st_checker *checker);

/* Whether the value at `node` satisfies the schema. With a report, every violation is named (up to
 * its max); without, the first one ends the work. MEMORY, or LIMIT when the report's arena has no
 * room for a single one; nothing else is an error. */
ST_MUST_USE st_err st_schema_check(const struct st_schema *schema, struct st_checker *checker,
                                   const struct st_json *doc, uint32_t node, bool *valid,
                                   struct st_report *report);

/* The report in an output format, one line of JSON without line feed. Units that were dropped are
 * counted in a member `errorsDropped` or `annotationsDropped`. A schema without an absolute URI has
 * the base json-schema:/// there. LIMIT of `out`, or MEMORY of the report's arena. */
ST_MUST_USE st_err st_report_write(const struct st_report *report, bool valid,
                                   enum st_output output, struct st_buf *out);

#endif
