/*
 * twin.h: the entrance of the plain evaluator, for the tests that hold the compiled schema against
 * it, and what they and the benchmarks ask of a checker.
 *
 * Floor 3. As schema.h.
 */
#ifndef ST_SCHEMA_TWIN_H
#define ST_SCHEMA_TWIN_H

#include "schema/schema.h"

/* As st_schema_check, with the verdict of the plain evaluator. */
ST_MUST_USE st_err st_schema_check_plain(const struct st_schema *schema, struct st_checker *checker,
                                         const struct st_json *doc, uint32_t node, bool *valid,
                                         struct st_report *report);

/* Whether the schema has a program at all. */
bool st_schema_is_compiled(const struct st_schema *schema);

/* To how many documents the checker said yes for their outline (outline.h). */
uint64_t st_checker_outlined(const struct st_checker *checker);

/* From now on every document is walked. */
void st_checker_walk_all(struct st_checker *checker);

#endif
