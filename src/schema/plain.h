/*
 * plain.h: a loaded schema as the evaluator walks it: a graph of plain schemas, each a short list
 * of rules in the order in which they are evaluated.
 *
 * Not for users of schema.h: the loader (loader.h) builds it, the evaluator (checker.h) reads it.
 *
 * 1. Everything lives in the schema's arena and never changes once the load has succeeded; `mark`
 *    and `item` belong to the loader.
 * 2. Names, literals and texts point into the documents, which the schema keeps.
 *
 * Floor 3. Any thread may read.
 */
#ifndef ST_SCHEMA_PLAIN_H
#define ST_SCHEMA_PLAIN_H

#include "base/map.h"
#include "schema/format.h"
#include "schema/keyword.h"
#include "schema/pattern.h"
#include "schema/schema.h"
#include "json/number.h"

struct st_plain;
struct st_program;

/* What $schema said: a draft, and which of its vocabularies count. */
struct st_dialect {
    struct st_dialect *next;
    st_str uri; /* of its metaschema */
    enum st_draft draft;
    uint32_t vocabularies;
    bool asserts_formats;
    const struct st_schema *metaschema; /* while loading only, found when first needed */
    struct st_schema *own_metaschema;   /* the same when it dies with the loader, else NULL */
};

struct st_document {
    struct st_document *next;
    st_str uri; /* where it came from; may be empty */
    bool given; /* by the caller, who knows no URI for it */
    bool known; /* a standard metaschema */
    struct st_buf text;
    struct st_json json;
    struct st_plain **plains; /* by node; NULL where no schema was found */
    void **indexes;           /* place.c's, by node; NULL until one is needed */
};

/* An anchor that dynamic references look for. Names are numbered per schema set. */
struct st_dynamic {
    struct st_dynamic *next;
    uint32_t name;
    const struct st_plain *plain;
};

/* A schema with a base URI of its own: a document's root, or what carries $id. */
struct st_resource {
    st_str uri;
    struct st_document *document;
    uint32_t node;
    const struct st_dialect *dialect;
    struct st_plain *plain;
    struct st_dynamic *dynamics;
};

/* What a rule checks; see the functions of that name in eval*.c. */
#define ST_RULE_LIST(X)                                                                            \
    X(TYPE, type)                                                                                  \
    X(ENUM, enum)                                                                                  \
    X(CONST, const)                                                                                \
    X(MULTIPLE, multiple)                                                                          \
    X(MINIMUM, bound)                                                                              \
    X(EXCLUSIVE_MINIMUM, bound)                                                                    \
    X(MAXIMUM, bound)                                                                              \
    X(EXCLUSIVE_MAXIMUM, bound)                                                                    \
    X(MIN_LENGTH, length)                                                                          \
    X(MAX_LENGTH, length)                                                                          \
    X(PATTERN, pattern)                                                                            \
    X(FORMAT, format)                                                                              \
    X(MIN_ITEMS, item_count)                                                                       \
    X(MAX_ITEMS, item_count)                                                                       \
    X(UNIQUE_ITEMS, unique_items)                                                                  \
    X(MIN_PROPERTIES, member_count)                                                                \
    X(MAX_PROPERTIES, member_count)                                                                \
    X(REQUIRED, required)                                                                          \
    X(DEPENDENT_REQUIRED, dependent_required)                                                      \
    X(MEMBERS, members)                                                                            \
    X(NAMES, names)                                                                                \
    X(ITEMS, items)                                                                                \
    X(CONTAINS, contains)                                                                          \
    X(REF, ref)                                                                                    \
    X(DYNAMIC_REF, dynamic_ref)                                                                    \
    X(ALL_OF, all_of)                                                                              \
    X(ANY_OF, any_of)                                                                              \
    X(ONE_OF, one_of)                                                                              \
    X(NOT, not )                                                                                   \
    X(IF, if)                                                                                      \
    X(DEPENDENT_SCHEMAS, dependent_schemas)                                                        \
    X(UNEVALUATED_ITEMS, unevaluated_items)                                                        \
    X(UNEVALUATED_MEMBERS, unevaluated_members)

enum st_rule_kind {
#define ST_RULE_ENUM(kind, function) ST_RULE_##kind,
    ST_RULE_LIST(ST_RULE_ENUM)
#undef ST_RULE_ENUM
        ST_RULE_COUNT
};

/* Types as a set. Before draft-06 an integer is a literal without fraction and exponent. */
enum st_type {
    ST_TYPE_NULL = 1,
    ST_TYPE_BOOLEAN = 2,
    ST_TYPE_NUMBER = 4,
    ST_TYPE_STRING = 8,
    ST_TYPE_ARRAY = 16,
    ST_TYPE_OBJECT = 32,
    ST_TYPE_INTEGER = 64,
    ST_TYPE_INTEGER_LITERAL = 128,
};

struct st_name_list {
    const st_str *at;
    uint32_t count;
};

struct st_plain_list {
    const struct st_plain **at;
    uint32_t count;
};

/* A name with what depends on it: sorted by name for properties, in file order otherwise. */
struct st_named {
    st_str name;
    const struct st_plain *plain; /* properties, dependentSchemas */
    struct st_name_list names;    /* dependentRequired */
};

struct st_named_list {
    const struct st_named *at;
    uint32_t count;
};

struct st_patterned {
    st_str source;
    const struct st_pattern *pattern;
    const struct st_plain *plain;
};

/* properties, patternProperties and additionalProperties, walked together. */
struct st_members {
    struct st_named_list named;
    struct st_patterned *patterned;
    uint32_t patterned_count;
    const struct st_plain *additional; /* may be NULL */
};

/* prefixItems and items, by these or by their older names. */
struct st_items {
    struct st_plain_list prefix;
    const char *prefix_keyword;
    const struct st_plain *rest; /* may be NULL */
    const char *rest_keyword;
};

/* The values of an enum, sorted by their hashes. */
struct st_choice {
    uint64_t hash;
    uint32_t node;
};

struct st_choices {
    const struct st_choice *at;
    uint32_t count; /* 0: few enough to be tried one after the other */
};

struct st_contains {
    const struct st_plain *plain;
    uint64_t min;
    uint64_t max;
    const char *min_keyword; /* "contains" or "minContains" */
    bool marks;              /* what matches counts as evaluated (2020-12) */
};

struct st_condition {
    const struct st_plain *test;
    const struct st_plain *then; /* may be NULL, and the next one too */
    const struct st_plain *otherwise;
};

struct st_reference {
    const struct st_plain *to; /* NULL in v1's dynamic ones: the scope alone decides */
    uint32_t dynamic;          /* the number of the anchor's name; 0: `to` and nothing else */
};

struct st_rule {
    enum st_rule_kind kind;
    const char *keyword;
    uint32_t value; /* the node of the keyword's value */
    union {
        uint32_t types;
        uint64_t count;
        struct st_decimal number;
        const struct st_pattern *pattern;
        const struct st_format *format;
        const struct st_plain *plain;
        struct st_name_list names;
        struct st_named_list named;
        struct st_plain_list plains;
        struct st_reference reference;
        struct st_choices choices;
        const struct st_members *members;
        const struct st_items *items;
        const struct st_contains *contains;
        const struct st_condition *condition;
    };
};

struct st_plain {
    struct st_plain *next; /* in the order in which they were found */
    struct st_resource *resource;
    uint32_t node;
    bool refuses;        /* `false` */
    bool ref_alone;      /* nothing counts beside its $ref, annotations neither */
    bool tracks_members; /* it has unevaluatedProperties */
    bool tracks_items;   /* it has unevaluatedItems */
    uint8_t mark;        /* for the search for loops */
    uint32_t item;       /* for the program's maker: its first item, + 1 */
    uint32_t rule_count; /* none: everything is accepted */
    const struct st_rule *rules;
};

struct st_compiled_pattern {
    struct st_compiled_pattern *next;
    struct st_pattern *pattern;
};

struct st_schema {
    struct st_arena arena;
    struct st_document *documents; /* the one given is the first */
    struct st_compiled_pattern *patterns;
    const struct st_plain *root;
    enum st_draft draft;
    const struct st_program *program; /* program.h; NULL: the plain graph is all there is */
    const struct st_name_table *names;
    struct st_name_table *own_names; /* the same when the schema made it, else NULL */
    uint32_t name_count;             /* in it when the program was made */
};

static inline const struct st_json *st_plain_doc(const struct st_plain *plain)
{
    return &plain->resource->document->json;
}

/* The schema of a name in a list that is sorted by name, as that of properties is; NULL: none. */
static inline const struct st_plain *st_named_find(struct st_named_list sorted, st_str name)
{
    uint32_t low = 0;
    uint32_t high = sorted.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = st_str_cmp(sorted.at[middle].name, name);
        if (order == 0)
            return sorted.at[middle].plain;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

#endif
