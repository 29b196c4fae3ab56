/*
 * types.h: a contract's events as type declarations of a programming language.
 *
 * Not a serializer and not a validator: what a type cannot say (patterns, limits, one member that
 * demands another) stands as a comment beside the field, and the contract stays the judge.
 *
 * 1. What the contract takes can be written as a value of the declared types; the forms of older
 *    producers that the annotation reads as another type (`tagged`) are not declared.
 * 2. The same contract gives the same bytes, whoever asks.
 * 3. What a contract's texts say never ends a comment or a literal.
 *
 * How it is made: types_set.c gathers which schemas hold for one value, types_graph.c makes of them
 * a graph of types, and one file a language writes the graph.
 *
 * Floor 4. Any thread. Allocates what it needs, freed before it returns, and in `out`.
 */
#ifndef ST_CONTRACT_TYPES_H
#define ST_CONTRACT_TYPES_H

#include "contract/contract.h"

/* One list: id, what --lang says, the language, the file's ending. */
#define ST_LANGUAGE_LIST(X)                                                                        \
    X(C, "c", "C", "h")                                                                            \
    X(TS, "ts", "TypeScript", "ts")                                                                \
    X(PY, "py", "Python", "py")

enum st_language {
#define ST_LANGUAGE_ENUM(id, name, title, ending) ST_LANGUAGE_##id,
    ST_LANGUAGE_LIST(ST_LANGUAGE_ENUM)
#undef ST_LANGUAGE_ENUM
        ST_LANGUAGE_COUNT
};

bool st_language_of_name(st_str name, enum st_language *language);

/* Appends the declarations. LIMIT: the contract is too entangled (limits.h) or `out` too small. */
ST_MUST_USE st_err st_types_write(const struct st_contract *contract, enum st_language language,
                                  struct st_buf *out);

#endif
