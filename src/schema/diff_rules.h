/*
 * diff_rules.h: the one list of differences between two schemas, by the names that schema
 * registries use, and what each policy says of them.
 *
 * Not for use beside diff.h, which includes it.
 *
 * A row is a change from an old schema to a new one. Its mirror is the same change made the other
 * way round: what a rule means forward is what its mirror means backward, and stands nowhere else.
 */
#ifndef ST_SCHEMA_DIFF_RULES_H
#define ST_SCHEMA_DIFF_RULES_H

/* Name, mirror, backward verdict, least bump, text. The verdicts:
 *     SOUND     allowed, because no document breaks; one that does makes it a finding all the same
 *     DEFAULT   allowed although documents break: the reader fills in the default
 *     LENIENT   a finding under the strict policy, allowed under the lenient one
 *     NEVER     a finding under both
 * The bump is the least that the change asks for; what breaks backward always asks for a major
 * version. */
#define ST_DIFF_RULE_LIST(X)                                                                       \
    X(TYPE_NARROWED, TYPE_EXTENDED, NEVER, MAJOR, "fewer types are accepted")                      \
    X(TYPE_EXTENDED, TYPE_NARROWED, SOUND, MAJOR, "more types are accepted")                       \
    X(TYPE_CHANGED, TYPE_CHANGED, NEVER, MAJOR, "other types are accepted")                        \
    X(SCHEMA_FORBIDDEN, SCHEMA_ALLOWED, NEVER, MAJOR, "no value is accepted any more")             \
    X(SCHEMA_ALLOWED, SCHEMA_FORBIDDEN, SOUND, MINOR, "values are accepted where none was")        \
    X(SCHEMA_ADDED, SCHEMA_REMOVED, NEVER, MAJOR, "a schema holds where there was none")           \
    X(SCHEMA_REMOVED, SCHEMA_ADDED, SOUND, MINOR, "no schema holds where there was one")           \
    X(ENUM_ARRAY_NARROWED, ENUM_ARRAY_EXTENDED, NEVER, MAJOR, "fewer values are listed")           \
    X(ENUM_ARRAY_EXTENDED, ENUM_ARRAY_NARROWED, SOUND, MINOR, "more values are listed")            \
    X(ENUM_ARRAY_CHANGED, ENUM_ARRAY_CHANGED, NEVER, MAJOR, "other values are listed")             \
    X(ENUM_ARRAY_ADDED, ENUM_ARRAY_REMOVED, NEVER, MAJOR, "only listed values are accepted")       \
    X(ENUM_ARRAY_REMOVED, ENUM_ARRAY_ADDED, SOUND, MINOR, "values need not be listed any more")    \
    X(CONST_ADDED, CONST_REMOVED, NEVER, MAJOR, "only one value is accepted")                      \
    X(CONST_REMOVED, CONST_ADDED, SOUND, MINOR, "more than one value is accepted")                 \
    X(CONST_CHANGED, CONST_CHANGED, NEVER, MAJOR, "another value is the only one accepted")        \
    ST_DIFF_LIMITS(X, MAXIMUM, DECREASED, INCREASED, "the greatest number")                        \
    ST_DIFF_LIMITS(X, MINIMUM, INCREASED, DECREASED, "the least number")                           \
    ST_DIFF_LIMITS(X, EXCLUSIVE_MAXIMUM, DECREASED, INCREASED, "the number to stay below")         \
    ST_DIFF_LIMITS(X, EXCLUSIVE_MINIMUM, INCREASED, DECREASED, "the number to stay above")         \
    X(MULTIPLE_OF_ADDED, MULTIPLE_OF_REMOVED, NEVER, MAJOR, "numbers must be multiples")           \
    X(MULTIPLE_OF_REMOVED, MULTIPLE_OF_ADDED, SOUND, MINOR, "numbers need not be multiples")       \
    X(MULTIPLE_OF_EXPANDED, MULTIPLE_OF_REDUCED, NEVER, MAJOR, "the step is a multiple of before") \
    X(MULTIPLE_OF_REDUCED, MULTIPLE_OF_EXPANDED, SOUND, MINOR, "the step is a part of before")     \
    X(MULTIPLE_OF_CHANGED, MULTIPLE_OF_CHANGED, NEVER, MAJOR, "the step is another")               \
    ST_DIFF_LIMITS(X, MAX_LENGTH, DECREASED, INCREASED, "the greatest length")                     \
    ST_DIFF_LIMITS(X, MIN_LENGTH, INCREASED, DECREASED, "the least length")                        \
    X(PATTERN_ADDED, PATTERN_REMOVED, NEVER, MAJOR, "texts must match a pattern")                  \
    X(PATTERN_REMOVED, PATTERN_ADDED, SOUND, MINOR, "texts need not match a pattern")              \
    X(PATTERN_CHANGED, PATTERN_CHANGED, NEVER, MAJOR, "texts must match another pattern")          \
    X(FORMAT_ADDED, FORMAT_REMOVED, NEVER, MAJOR, "texts must have a format")                      \
    X(FORMAT_REMOVED, FORMAT_ADDED, SOUND, MINOR, "texts need not have a format")                  \
    X(FORMAT_CHANGED, FORMAT_CHANGED, NEVER, MAJOR, "texts must have another format")              \
    X(REQUIRED_ATTRIBUTE_ADDED, REQUIRED_ATTRIBUTE_REMOVED, NEVER, MAJOR,                          \
      "an optional property is required now")                                                      \
    X(REQUIRED_ATTRIBUTE_REMOVED, REQUIRED_ATTRIBUTE_ADDED, SOUND, MAJOR,                          \
      "a required property is optional now")                                                       \
    X(REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED, REQUIRED_ATTRIBUTE_WITH_DEFAULT_REMOVED, DEFAULT,     \
      MAJOR, "an optional property that has a default is required now")                            \
    X(REQUIRED_ATTRIBUTE_WITH_DEFAULT_REMOVED, REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED, SOUND,       \
      MAJOR, "a required property that has a default is optional now")                             \
    ST_DIFF_LIMITS(X, MAX_PROPERTIES, DECREASED, INCREASED, "the greatest number of properties")   \
    ST_DIFF_LIMITS(X, MIN_PROPERTIES, INCREASED, DECREASED, "the least number of properties")      \
    X(ADDITIONAL_PROPERTIES_REMOVED, ADDITIONAL_PROPERTIES_ADDED, LENIENT, MAJOR,                  \
      "other properties are not accepted any more")                                                \
    X(ADDITIONAL_PROPERTIES_ADDED, ADDITIONAL_PROPERTIES_REMOVED, SOUND, MINOR,                    \
      "other properties are accepted now")                                                         \
    X(ADDITIONAL_PROPERTIES_NARROWED, ADDITIONAL_PROPERTIES_EXTENDED, LENIENT, MAJOR,              \
      "fewer values are accepted for other properties")                                            \
    X(ADDITIONAL_PROPERTIES_EXTENDED, ADDITIONAL_PROPERTIES_NARROWED, SOUND, MINOR,                \
      "more values are accepted for other properties")                                             \
    X(UNEVALUATED_PROPERTIES_REMOVED, UNEVALUATED_PROPERTIES_ADDED, LENIENT, MAJOR,                \
      "unevaluated properties are not accepted any more")                                          \
    X(UNEVALUATED_PROPERTIES_ADDED, UNEVALUATED_PROPERTIES_REMOVED, SOUND, MINOR,                  \
      "unevaluated properties are accepted now")                                                   \
    X(UNEVALUATED_PROPERTIES_NARROWED, UNEVALUATED_PROPERTIES_EXTENDED, LENIENT, MAJOR,            \
      "fewer values are accepted for unevaluated properties")                                      \
    X(UNEVALUATED_PROPERTIES_EXTENDED, UNEVALUATED_PROPERTIES_NARROWED, SOUND, MINOR,              \
      "more values are accepted for unevaluated properties")                                       \
    X(PATTERN_PROPERTY_ADDED, PATTERN_PROPERTY_REMOVED, NEVER, MAJOR,                              \
      "properties whose names match a pattern have a schema now")                                  \
    X(PATTERN_PROPERTY_REMOVED, PATTERN_PROPERTY_ADDED, SOUND, MINOR,                              \
      "properties whose names match a pattern have no schema of their own any more")               \
    X(PATTERN_PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL,                                          \
      PATTERN_PROPERTY_ADDED_TO_CLOSED_CONTENT_MODEL, LENIENT, MAJOR,                              \
      "properties whose names match a pattern are not accepted any more")                          \
    X(PATTERN_PROPERTY_ADDED_TO_CLOSED_CONTENT_MODEL,                                              \
      PATTERN_PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL, SOUND, MINOR,                            \
      "properties whose names match a pattern are accepted now")                                   \
    X(PROPERTY_NAMES_ADDED, PROPERTY_NAMES_REMOVED, NEVER, MAJOR, "names have a schema now")       \
    X(PROPERTY_NAMES_REMOVED, PROPERTY_NAMES_ADDED, SOUND, MINOR, "names have no schema any more") \
    X(PROPERTY_NAMES_CHANGED, PROPERTY_NAMES_CHANGED, NEVER, MAJOR, "names have another schema")   \
    X(DEPENDENCY_ARRAY_ADDED, DEPENDENCY_ARRAY_REMOVED, NEVER, MAJOR,                              \
      "a property demands others now")                                                             \
    X(DEPENDENCY_ARRAY_REMOVED, DEPENDENCY_ARRAY_ADDED, SOUND, MINOR,                              \
      "a property demands no others any more")                                                     \
    X(DEPENDENCY_ARRAY_EXTENDED, DEPENDENCY_ARRAY_NARROWED, NEVER, MAJOR,                          \
      "a property demands more others")                                                            \
    X(DEPENDENCY_ARRAY_NARROWED, DEPENDENCY_ARRAY_EXTENDED, SOUND, MINOR,                          \
      "a property demands fewer others")                                                           \
    X(DEPENDENCY_ARRAY_CHANGED, DEPENDENCY_ARRAY_CHANGED, NEVER, MAJOR,                            \
      "a property demands other properties")                                                       \
    X(DEPENDENCY_SCHEMA_ADDED, DEPENDENCY_SCHEMA_REMOVED, NEVER, MAJOR,                            \
      "a schema depends on a property now")                                                        \
    X(DEPENDENCY_SCHEMA_REMOVED, DEPENDENCY_SCHEMA_ADDED, SOUND, MINOR,                            \
      "no schema depends on a property any more")                                                  \
    ST_DIFF_PROPERTIES(X)                                                                          \
    ST_DIFF_LIMITS(X, MAX_ITEMS, DECREASED, INCREASED, "the greatest number of items")             \
    ST_DIFF_LIMITS(X, MIN_ITEMS, INCREASED, DECREASED, "the least number of items")                \
    X(UNIQUE_ITEMS_ADDED, UNIQUE_ITEMS_REMOVED, NEVER, MAJOR, "items must differ")                 \
    X(UNIQUE_ITEMS_REMOVED, UNIQUE_ITEMS_ADDED, SOUND, MINOR, "items may be equal")                \
    ST_DIFF_ITEMS(X)                                                                               \
    X(CONTAINS_ADDED, CONTAINS_REMOVED, NEVER, MAJOR, "some items must satisfy a schema")          \
    X(CONTAINS_REMOVED, CONTAINS_ADDED, SOUND, MINOR, "no item must satisfy a schema any more")    \
    X(CONTAINS_CHANGED, CONTAINS_CHANGED, NEVER, MAJOR, "some items must satisfy another schema")  \
    ST_DIFF_LIMITS(X, MAX_CONTAINS, DECREASED, INCREASED, "how many items may satisfy contains")   \
    ST_DIFF_LIMITS(X, MIN_CONTAINS, INCREASED, DECREASED, "how many items must satisfy contains")  \
    X(PRODUCT_TYPE_EXTENDED, PRODUCT_TYPE_NARROWED, NEVER, MAJOR, "allOf has more schemas")        \
    X(PRODUCT_TYPE_NARROWED, PRODUCT_TYPE_EXTENDED, SOUND, MINOR, "allOf has fewer schemas")       \
    X(SUM_TYPE_NARROWED, SUM_TYPE_EXTENDED, NEVER, MAJOR, "anyOf or oneOf has fewer schemas")      \
    X(SUM_TYPE_EXTENDED, SUM_TYPE_NARROWED, SOUND, MINOR, "anyOf or oneOf has more schemas")       \
    X(COMBINED_TYPE_CHANGED, COMBINED_TYPE_CHANGED, NEVER, MAJOR,                                  \
      "schemas are combined in another way")                                                       \
    X(COMBINED_TYPE_SUBSCHEMAS_CHANGED, COMBINED_TYPE_SUBSCHEMAS_CHANGED, NEVER, MAJOR,            \
      "the combined schemas are others")                                                           \
    X(NOT_TYPE_EXTENDED, NOT_TYPE_NARROWED, NEVER, MAJOR, "not excludes more")                     \
    X(NOT_TYPE_NARROWED, NOT_TYPE_EXTENDED, SOUND, MINOR, "not excludes less")                     \
    X(CONDITION_ADDED, CONDITION_REMOVED, NEVER, MAJOR, "if, then and else demand something now")  \
    X(CONDITION_REMOVED, CONDITION_ADDED, SOUND, MINOR, "if, then and else demand less")           \
    X(CONDITION_CHANGED, CONDITION_CHANGED, NEVER, MAJOR, "if, then and else demand other things") \
    X(REFERENCE_CHANGED, REFERENCE_CHANGED, NEVER, MAJOR,                                          \
      "where a dynamic reference leads cannot be said")                                            \
    X(SCHEMA_CHANGED, SCHEMA_CHANGED, NEVER, MAJOR, "a keyword demands something else")            \
    ST_DIFF_READINGS(X)                                                                            \
    X(ID_CHANGED, ID_CHANGED, SOUND, PATCH, "the schema has another URI")                          \
    X(TITLE_CHANGED, TITLE_CHANGED, SOUND, PATCH, "the title is another")                          \
    X(DESCRIPTION_CHANGED, DESCRIPTION_CHANGED, SOUND, PATCH, "the description is another")        \
    X(DEFAULT_CHANGED, DEFAULT_CHANGED, SOUND, PATCH, "the default is another")                    \
    X(ANNOTATION_CHANGED, ANNOTATION_CHANGED, SOUND, PATCH, "what is told to readers is another")

/* A limit that is added, removed, made tighter or looser. */
#define ST_DIFF_LIMITS(X, limit, tighter, looser, text)                                            \
    X(limit##_ADDED, limit##_REMOVED, NEVER, MAJOR, text " is limited now")                        \
    X(limit##_REMOVED, limit##_ADDED, SOUND, MINOR, text " is not limited any more")               \
    X(limit##_##tighter, limit##_##looser, NEVER, MAJOR, text " has a tighter limit")              \
    X(limit##_##looser, limit##_##tighter, SOUND, MINOR, text " has a looser limit")

/* Properties that come and go, by what the rest of the object says of them: it is open (other
 * properties may hold anything), partially open (a schema restricts them) or closed. */
#define ST_DIFF_PROPERTIES(X)                                                                      \
    X(REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL,                                               \
      REQUIRED_PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL, NEVER, MAJOR,                             \
      "an open object has a new property, which is required")                                      \
    X(REQUIRED_PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL,                                           \
      REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL, SOUND, MAJOR,                                 \
      "an open object has lost a property, which was required")                                    \
    X(REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL,                                  \
      REQUIRED_PROPERTY_WITH_DEFAULT_REMOVED_FROM_OPEN_CONTENT_MODEL, LENIENT, MAJOR,              \
      "an open object has a new property, which is required and has a default")                    \
    X(REQUIRED_PROPERTY_WITH_DEFAULT_REMOVED_FROM_OPEN_CONTENT_MODEL,                              \
      REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL, SOUND, MAJOR,                    \
      "an open object has lost a property, which was required and had a default")                  \
    X(OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL, PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL,     \
      LENIENT, MINOR, "an open object has a new property, where anything could stand before")      \
    X(PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL, OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL,     \
      SOUND, MAJOR, "an open object has lost a property, where anything may stand now")            \
    X(PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL,                                      \
      PROPERTY_WITH_EMPTY_SCHEMA_REMOVED_FROM_OPEN_CONTENT_MODEL, SOUND, MINOR,                    \
      "an open object has a new property, which may hold anything")                                \
    X(PROPERTY_WITH_EMPTY_SCHEMA_REMOVED_FROM_OPEN_CONTENT_MODEL,                                  \
      PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL, SOUND, MAJOR,                        \
      "an open object has lost a property, which could hold anything")                             \
    X(REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL,                                             \
      REQUIRED_PROPERTY_REMOVED_FROM_UNOPEN_CONTENT_MODEL, NEVER, MAJOR,                           \
      "an object that is not open has a new property, which is required")                          \
    X(REQUIRED_PROPERTY_REMOVED_FROM_UNOPEN_CONTENT_MODEL,                                         \
      REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL, SOUND, MAJOR,                               \
      "an object that is not open has lost a property, which was required")                        \
    X(REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL,                                \
      REQUIRED_PROPERTY_WITH_DEFAULT_REMOVED_FROM_UNOPEN_CONTENT_MODEL, DEFAULT, MAJOR,            \
      "an object that is not open has a new property, which is required and has a default")        \
    X(REQUIRED_PROPERTY_WITH_DEFAULT_REMOVED_FROM_UNOPEN_CONTENT_MODEL,                            \
      REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL, SOUND, MAJOR,                  \
      "an object that is not open has lost a property, which was required and had a default")      \
    X(OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL, PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL, \
      SOUND, MINOR, "a closed object has a new property, which is optional")                       \
    X(PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL, OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL, \
      LENIENT, MAJOR, "a closed object has lost a property")                                       \
    X(PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL,                                       \
      PROPERTY_WITH_FALSE_ADDED_TO_CLOSED_CONTENT_MODEL, SOUND, PATCH,                             \
      "a closed object has lost a property that was false")                                        \
    X(PROPERTY_WITH_FALSE_ADDED_TO_CLOSED_CONTENT_MODEL,                                           \
      PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL, SOUND, PATCH,                         \
      "a closed object has a new property that is false")                                          \
    X(PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL,                                   \
      PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL, SOUND, MINOR,                   \
      "a property is new, and takes all that could stand there before")                            \
    X(PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL,                                 \
      PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL, SOUND, MAJOR,                     \
      "a property is gone, and all it took may stand there still")                                 \
    X(PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL,                                  \
      PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL, LENIENT, MAJOR,                \
      "a property is new, and takes not all that could stand there before")                        \
    X(PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL,                                \
      PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL, LENIENT, MAJOR,                  \
      "a property is gone, and not all it took may stand there still")

/* The same for items that have a schema by their place. */
#define ST_DIFF_ITEMS(X)                                                                           \
    X(ADDITIONAL_ITEMS_REMOVED, ADDITIONAL_ITEMS_ADDED, LENIENT, MAJOR,                            \
      "further items are not accepted any more")                                                   \
    X(ADDITIONAL_ITEMS_ADDED, ADDITIONAL_ITEMS_REMOVED, SOUND, MINOR,                              \
      "further items are accepted now")                                                            \
    X(ADDITIONAL_ITEMS_NARROWED, ADDITIONAL_ITEMS_EXTENDED, LENIENT, MAJOR,                        \
      "fewer values are accepted for further items")                                               \
    X(ADDITIONAL_ITEMS_EXTENDED, ADDITIONAL_ITEMS_NARROWED, SOUND, MINOR,                          \
      "more values are accepted for further items")                                                \
    X(UNEVALUATED_ITEMS_REMOVED, UNEVALUATED_ITEMS_ADDED, LENIENT, MAJOR,                          \
      "unevaluated items are not accepted any more")                                               \
    X(UNEVALUATED_ITEMS_ADDED, UNEVALUATED_ITEMS_REMOVED, SOUND, MINOR,                            \
      "unevaluated items are accepted now")                                                        \
    X(UNEVALUATED_ITEMS_NARROWED, UNEVALUATED_ITEMS_EXTENDED, LENIENT, MAJOR,                      \
      "fewer values are accepted for unevaluated items")                                           \
    X(UNEVALUATED_ITEMS_EXTENDED, UNEVALUATED_ITEMS_NARROWED, SOUND, MINOR,                        \
      "more values are accepted for unevaluated items")                                            \
    X(ITEM_ADDED_TO_OPEN_CONTENT_MODEL, ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL, LENIENT, MINOR,      \
      "an open array has a new item, where anything could stand before")                           \
    X(ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL, ITEM_ADDED_TO_OPEN_CONTENT_MODEL, SOUND, MAJOR,        \
      "an open array has lost an item, where anything may stand now")                              \
    X(ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL,                                          \
      ITEM_WITH_EMPTY_SCHEMA_REMOVED_FROM_OPEN_CONTENT_MODEL, SOUND, MINOR,                        \
      "an open array has a new item, which may be anything")                                       \
    X(ITEM_WITH_EMPTY_SCHEMA_REMOVED_FROM_OPEN_CONTENT_MODEL,                                      \
      ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL, SOUND, MAJOR,                            \
      "an open array has lost an item, which could be anything")                                   \
    X(ITEM_ADDED_TO_CLOSED_CONTENT_MODEL, ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL, SOUND, MINOR,    \
      "a closed array has a new item")                                                             \
    X(ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL, ITEM_ADDED_TO_CLOSED_CONTENT_MODEL, LENIENT, MAJOR,  \
      "a closed array has lost an item")                                                           \
    X(ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL,                                           \
      ITEM_WITH_FALSE_ADDED_TO_CLOSED_CONTENT_MODEL, SOUND, PATCH,                                 \
      "a closed array has lost an item that was false")                                            \
    X(ITEM_WITH_FALSE_ADDED_TO_CLOSED_CONTENT_MODEL,                                               \
      ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL, SOUND, PATCH,                             \
      "a closed array has a new item that is false")                                               \
    X(ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL,                                       \
      ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL, SOUND, MINOR,                       \
      "an item is new, and takes all that could stand there before")                               \
    X(ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL,                                     \
      ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL, SOUND, MAJOR,                         \
      "an item is gone, and all it took may stand there still")                                    \
    X(ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL,                                      \
      ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL, LENIENT, MAJOR,                    \
      "an item is new, and takes not all that could stand there before")                           \
    X(ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL,                                    \
      ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL, LENIENT, MAJOR,                      \
      "an item is gone, and not all it took may stand there still")

/* What readers of a contract take from its annotation: no document is refused for it, and still
 * documents are read otherwise (contract/diff.h finds these). */
#define ST_DIFF_READINGS(X)                                                                        \
    X(CONTRACT_NAME_CHANGED, CONTRACT_NAME_CHANGED, NEVER, MAJOR, "the contract has another name") \
    X(RECOGNITION_REMOVED, RECOGNITION_ADDED, NEVER, MAJOR,                                        \
      "documents are not recognised any more by a mark")                                           \
    X(RECOGNITION_ADDED, RECOGNITION_REMOVED, SOUND, MINOR,                                        \
      "documents are recognised by one mark more")                                                 \
    X(UNKNOWN_TYPES_REFUSED, UNKNOWN_TYPES_KEPT, NEVER, MAJOR,                                     \
      "event types that the contract does not name are refused now")                               \
    X(UNKNOWN_TYPES_KEPT, UNKNOWN_TYPES_REFUSED, SOUND, MINOR,                                     \
      "event types that the contract does not name are kept now")                                  \
    X(EVENT_TYPE_REMOVED, EVENT_TYPE_ADDED, NEVER, MAJOR, "an event type is not named any more")   \
    X(EVENT_TYPE_ADDED, EVENT_TYPE_REMOVED, SOUND, MINOR, "an event type is named now")            \
    X(ALIAS_REMOVED, ALIAS_ADDED, NEVER, MAJOR, "an old name is not known any more")               \
    X(ALIAS_ADDED, ALIAS_REMOVED, SOUND, MINOR, "an old name is known now")                        \
    X(ALIAS_CHANGED, ALIAS_CHANGED, NEVER, MAJOR, "an old name stands for another one")            \
    X(RECORD_POINTER_REMOVED, RECORD_POINTER_ADDED, NEVER, MAJOR,                                  \
      "the record does not take a datum any more")                                                 \
    X(RECORD_POINTER_ADDED, RECORD_POINTER_REMOVED, SOUND, MINOR,                                  \
      "the record takes one datum more")                                                           \
    X(RECORD_POINTER_CHANGED, RECORD_POINTER_CHANGED, NEVER, MAJOR,                                \
      "the record takes a datum from another place")                                               \
    X(MEASURE_REMOVED, MEASURE_ADDED, NEVER, MAJOR, "a measure is not taken any more")             \
    X(MEASURE_ADDED, MEASURE_REMOVED, SOUND, MINOR, "a measure is taken now")                      \
    X(MEASURE_CHANGED, MEASURE_CHANGED, NEVER, MAJOR, "a measure is taken otherwise")              \
    X(MODEL_REMOVED, MODEL_ADDED, NEVER, MAJOR, "a model is gone")                                 \
    X(MODEL_ADDED, MODEL_REMOVED, SOUND, MINOR, "a model is new")                                  \
    X(CLASSIFICATION_CHANGED, CLASSIFICATION_CHANGED, SOUND, MINOR,                                \
      "levels, categories or severities are others")                                               \
    X(STRUCTURED_FORM_CHANGED, STRUCTURED_FORM_CHANGED, SOUND, MINOR,                              \
      "readers are given another form")                                                            \
    X(X_STENO_CHANGED, X_STENO_CHANGED, SOUND, PATCH,                                              \
      "another part of the contract's annotation is another")

#endif
