/*
 * limits.h: the bounds of the schema floor, each with its reason.
 */
#ifndef ST_SCHEMA_LIMITS_H
#define ST_SCHEMA_LIMITS_H

/* Subschemas in one schema with all that it refers to: package manifests and OpenAPI stay under
 * 20,000. */
#define ST_SCHEMA_NODES_MAX 1000000u

/* Resources (documents and embedded $id's) in one set. */
#define ST_SCHEMA_RESOURCES_MAX 10000u

/* Subschema applications nested in each other while one instance is checked. References can nest
 * deeper than the instance; past this the instance is invalid with a limit as the reason. */
#define ST_SCHEMA_DEPTH_MAX 2000u

/* Subschema applications for one instance: an exponential oneOf ends here, with a clear answer,
 * after some tens of milliseconds for a small instance; the allowance grows with the instance. */
#define ST_SCHEMA_STEPS_MIN         1000000ull
#define ST_SCHEMA_STEPS_A_NODE      2000ull

/* Violations kept in one report; the rest is counted. */
#define ST_REPORT_VIOLATIONS_MAX 1000u

/* What one PCRE2 match may cost: bounded in steps and in memory, so in time. */
#define ST_PATTERN_MATCH_STEPS_MAX 1000000u
#define ST_PATTERN_HEAP_KIB_MAX    16384u
#define ST_PATTERN_BYTES_MAX       ((size_t)64 << 10)

#endif
