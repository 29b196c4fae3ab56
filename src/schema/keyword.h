/*
 * keyword.h: the one list of JSON Schema's keywords: which drafts and which vocabulary have each,
 * and where subschemas stand in its value.
 *
 * Floor 3. Any thread. Allocates nothing.
 */
#ifndef ST_SCHEMA_KEYWORD_H
#define ST_SCHEMA_KEYWORD_H

#include "schema/schema.h"

/* Drafts as a set. */
#define ST_DRAFT_BIT(id) (1u << ST_DRAFT_##id)
#define ST_D2020         ST_DRAFT_BIT(2020_12)
#define ST_D2019         ST_DRAFT_BIT(2019_09)
#define ST_D7            ST_DRAFT_BIT(7)
#define ST_D6            ST_DRAFT_BIT(6)
#define ST_D4            ST_DRAFT_BIT(4)
#define ST_V1            ST_DRAFT_BIT(V1)
#define ST_SINCE_2020    (ST_V1 | ST_D2020)
#define ST_SINCE_2019    (ST_SINCE_2020 | ST_D2019)
#define ST_SINCE_7       (ST_SINCE_2019 | ST_D7)
#define ST_SINCE_6       (ST_SINCE_7 | ST_D6)
#define ST_SINCE_4       (ST_SINCE_6 | ST_D4)
#define ST_BEFORE_V1     (ST_SINCE_4 & ~ST_V1)
#define ST_UNTIL_2019    (ST_D2019 | ST_D7 | ST_D6 | ST_D4)

/* Vocabularies as a set; drafts before 2019-09 have them all. */
enum st_vocabulary {
    ST_VOCABULARY_CORE = 1,
    ST_VOCABULARY_APPLICATOR = 2,
    ST_VOCABULARY_UNEVALUATED = 4,
    ST_VOCABULARY_VALIDATION = 8,
    ST_VOCABULARY_META_DATA = 16,
    ST_VOCABULARY_FORMAT = 32,
    ST_VOCABULARY_CONTENT = 64,
    ST_VOCABULARY_ALL = 127,
};

/* Where subschemas stand in a keyword's value. */
enum st_shape {
    ST_SHAPE_VALUE,          /* nowhere */
    ST_SHAPE_SCHEMA,         /* it is one */
    ST_SHAPE_LIST,           /* its elements */
    ST_SHAPE_MAP,            /* the values of its members */
    ST_SHAPE_SCHEMA_OR_LIST, /* items before 2020-12 */
    ST_SHAPE_MAP_OR_NAMES,   /* dependencies: members that are arrays hold names */
};

/* The order is that of evaluation within a schema, except that keywords in one rank (see
 * compile.c) keep the order of the file. `definitions` and `dependencies` live on after draft-07:
 * the later metaschemas describe them still. */
#define ST_KEYWORD_LIST(X)                                                                         \
    X(SCHEMA, "$schema", ST_SINCE_4, CORE, VALUE)                                                  \
    X(ID, "$id", ST_SINCE_6, CORE, VALUE)                                                          \
    X(ID_4, "id", ST_D4, CORE, VALUE)                                                              \
    X(ANCHOR, "$anchor", ST_SINCE_2019, CORE, VALUE)                                               \
    X(DYNAMIC_ANCHOR, "$dynamicAnchor", ST_SINCE_2020, CORE, VALUE)                                \
    X(RECURSIVE_ANCHOR, "$recursiveAnchor", ST_D2019, CORE, VALUE)                                 \
    X(VOCABULARY, "$vocabulary", (ST_D2020 | ST_D2019), CORE, VALUE)                               \
    X(COMMENT, "$comment", ST_SINCE_7, CORE, VALUE)                                                \
    X(DEFS, "$defs", ST_SINCE_2019, CORE, MAP)                                                     \
    X(DEFINITIONS, "definitions", ST_BEFORE_V1, CORE, MAP)                                         \
    X(TYPE, "type", ST_SINCE_4, VALIDATION, VALUE)                                                 \
    X(ENUM, "enum", ST_SINCE_4, VALIDATION, VALUE)                                                 \
    X(CONST, "const", ST_SINCE_6, VALIDATION, VALUE)                                               \
    X(MULTIPLE_OF, "multipleOf", ST_SINCE_4, VALIDATION, VALUE)                                    \
    X(MINIMUM, "minimum", ST_SINCE_4, VALIDATION, VALUE)                                           \
    X(EXCLUSIVE_MINIMUM, "exclusiveMinimum", ST_SINCE_4, VALIDATION, VALUE)                        \
    X(MAXIMUM, "maximum", ST_SINCE_4, VALIDATION, VALUE)                                           \
    X(EXCLUSIVE_MAXIMUM, "exclusiveMaximum", ST_SINCE_4, VALIDATION, VALUE)                        \
    X(MIN_LENGTH, "minLength", ST_SINCE_4, VALIDATION, VALUE)                                      \
    X(MAX_LENGTH, "maxLength", ST_SINCE_4, VALIDATION, VALUE)                                      \
    X(PATTERN, "pattern", ST_SINCE_4, VALIDATION, VALUE)                                           \
    X(FORMAT, "format", ST_SINCE_4, FORMAT, VALUE)                                                 \
    X(MIN_ITEMS, "minItems", ST_SINCE_4, VALIDATION, VALUE)                                        \
    X(MAX_ITEMS, "maxItems", ST_SINCE_4, VALIDATION, VALUE)                                        \
    X(UNIQUE_ITEMS, "uniqueItems", ST_SINCE_4, VALIDATION, VALUE)                                  \
    X(MIN_PROPERTIES, "minProperties", ST_SINCE_4, VALIDATION, VALUE)                              \
    X(MAX_PROPERTIES, "maxProperties", ST_SINCE_4, VALIDATION, VALUE)                              \
    X(REQUIRED, "required", ST_SINCE_4, VALIDATION, VALUE)                                         \
    X(DEPENDENT_REQUIRED, "dependentRequired", ST_SINCE_2019, VALIDATION, VALUE)                   \
    X(PROPERTIES, "properties", ST_SINCE_4, APPLICATOR, MAP)                                       \
    X(PATTERN_PROPERTIES, "patternProperties", ST_SINCE_4, APPLICATOR, MAP)                        \
    X(ADDITIONAL_PROPERTIES, "additionalProperties", ST_SINCE_4, APPLICATOR, SCHEMA)               \
    X(PROPERTY_NAMES, "propertyNames", ST_SINCE_6, APPLICATOR, SCHEMA)                             \
    X(PREFIX_ITEMS, "prefixItems", ST_SINCE_2020, APPLICATOR, LIST)                                \
    X(ITEMS, "items", ST_SINCE_2020, APPLICATOR, SCHEMA)                                           \
    X(ITEMS_2019, "items", ST_UNTIL_2019, APPLICATOR, SCHEMA_OR_LIST)                              \
    X(ADDITIONAL_ITEMS, "additionalItems", ST_UNTIL_2019, APPLICATOR, SCHEMA)                      \
    X(CONTAINS, "contains", ST_SINCE_6, APPLICATOR, SCHEMA)                                        \
    X(MIN_CONTAINS, "minContains", ST_SINCE_2019, VALIDATION, VALUE)                               \
    X(MAX_CONTAINS, "maxContains", ST_SINCE_2019, VALIDATION, VALUE)                               \
    X(REF, "$ref", ST_SINCE_4, CORE, VALUE)                                                        \
    X(DYNAMIC_REF, "$dynamicRef", ST_SINCE_2020, CORE, VALUE)                                      \
    X(RECURSIVE_REF, "$recursiveRef", ST_D2019, CORE, VALUE)                                       \
    X(ALL_OF, "allOf", ST_SINCE_4, APPLICATOR, LIST)                                               \
    X(ANY_OF, "anyOf", ST_SINCE_4, APPLICATOR, LIST)                                               \
    X(ONE_OF, "oneOf", ST_SINCE_4, APPLICATOR, LIST)                                               \
    X(NOT, "not", ST_SINCE_4, APPLICATOR, SCHEMA)                                                  \
    X(IF, "if", ST_SINCE_7, APPLICATOR, SCHEMA)                                                    \
    X(THEN, "then", ST_SINCE_7, APPLICATOR, SCHEMA)                                                \
    X(ELSE, "else", ST_SINCE_7, APPLICATOR, SCHEMA)                                                \
    X(DEPENDENT_SCHEMAS, "dependentSchemas", ST_SINCE_2019, APPLICATOR, MAP)                       \
    X(DEPENDENCIES, "dependencies", ST_BEFORE_V1, APPLICATOR, MAP_OR_NAMES)                        \
    X(UNEVALUATED_ITEMS, "unevaluatedItems", ST_SINCE_2019, UNEVALUATED, SCHEMA)                   \
    X(UNEVALUATED_PROPERTIES, "unevaluatedProperties", ST_SINCE_2019, UNEVALUATED, SCHEMA)         \
    X(CONTENT_SCHEMA, "contentSchema", ST_SINCE_2019, CONTENT, SCHEMA)

enum st_keyword_id {
#define ST_KEYWORD_ENUM(id, name, drafts, vocabulary, shape) ST_KEYWORD_##id,
    ST_KEYWORD_LIST(ST_KEYWORD_ENUM)
#undef ST_KEYWORD_ENUM
        ST_KEYWORD_COUNT
};

struct st_keyword {
    st_str name;
    enum st_keyword_id id;
    uint32_t drafts;
    uint32_t vocabulary;
    enum st_shape shape;
};

/* The keyword of that name in a draft with these vocabularies, or NULL: it asserts nothing. */
const struct st_keyword *st_keyword_find(enum st_draft draft, uint32_t vocabularies, st_str name);

#endif
