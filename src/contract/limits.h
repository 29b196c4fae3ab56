/*
 * limits.h: the bounds of the contract floor, each with its reason.
 */
#ifndef ST_CONTRACT_LIMITS_H
#define ST_CONTRACT_LIMITS_H

#include <stddef.h>

/* A contract's file. The largest shipped one stays under 300 KB. */
#define ST_CONTRACT_BYTES_MAX ((size_t)4 << 20)

/* Contracts in one registry, several versions of each included. */
#define ST_CONTRACTS_MAX 256u

/* Places in an event that an annotation's pointers lead to or through. Every event is walked along
 * all of them, and they are found by their names one after another: the largest shipped contract
 * has 300. */
#define ST_CONTRACT_SPOTS_MAX 4096u

/* Faults of one refused contract that are told; the rest is counted. Each is some 1.3 KB, and who
 * has mended a hundred asks again. */
#define ST_CONTRACT_FAULTS_MAX 100u

/* Models of one contract. Each is loaded once as a schema of its own when a contract is added: a
 * contract has one or two for each of its types. */
#define ST_CONTRACT_MODELS_MAX 512u

/* Rounds in which a constructor fills what the schema still asks for: deeper nesting than this has
 * no contract. */
#define ST_CONSTRUCT_ROUNDS_MAX 32u

/* Subschemas inside subschemas in which a constructor looks for what a schema says of a field:
 * $refs can go round in circles. */
#define ST_FIELD_DEPTH_MAX 16u

/* Subschemas in all that it looks at for one field: without it, ten references in each of sixteen
 * levels would never end. */
#define ST_FIELD_STEPS_MAX 10000u

/* Subschemas that describe one value: the envelope, the model of its type and a few more. */
#define ST_FIELD_DESCRIBED_MAX 32u

/* Subschemas that are looked at for the order of one event's members; past them they stand as they
 * were set. The largest shipped contract has 200 branches to pass over. */
#define ST_ORDER_STEPS_MAX 100000u

/* What a constructor makes an event in: generous for the greatest event of 1 MiB. */
#define ST_CONSTRUCT_ARENA_BYTES_MAX ((size_t)64 << 20)

/* What a contract's annotation is read into. A pointer's token takes 16 bytes for two in the file,
 * so this holds the worst file of the greatest size. */
#define ST_CONTRACT_ARENA_BYTES_MAX ((size_t)64 << 20)

/* Type declarations of one contract: subschemas looked at in all, values inside values, and the
 * bytes of the arena that they are made in. The largest shipped contract needs 100,000, 8 and 2 MB;
 * a contract made to be entangled (a choice of ten in each of ten members of a choice …) is told to
 * be so. */
#define ST_TYPES_STEPS_MAX       10000000u
#define ST_TYPES_DEPTH_MAX       128u
#define ST_TYPES_ARENA_BYTES_MAX ((size_t)64 << 20)

/* "name@version": contracts/x-steno.schema.json bounds both. */
#define ST_CONTRACT_REF_BYTES_MAX ((size_t)128)

#endif
