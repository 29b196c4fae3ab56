/*
 * limits.h: the bounds of the contract floor, each with its reason.
 */
#ifndef ST_CONTRACT_LIMITS_H
#define ST_CONTRACT_LIMITS_H

/* A contract's file. The largest shipped one stays under 200 KB. */
#define ST_CONTRACT_BYTES_MAX ((size_t)4 << 20)

/* Contracts in one registry, several versions of each included. */
#define ST_CONTRACTS_MAX 256u

/* Rounds in which a constructor fills what the schema still asks for: deeper nesting than this has no
 * contract. */
#define ST_CONSTRUCT_ROUNDS_MAX 32u

#endif
