/*
 * shipped.h: the files of contracts/, embedded in the binary.
 *
 * Not a public header: registry.c and contract.c ask it.
 *
 * Floor 4. Any thread. Allocates nothing.
 */
#ifndef ST_CONTRACT_SHIPPED_H
#define ST_CONTRACT_SHIPPED_H

#include "base/str.h"

/* The text of a file by its name; a file that does not ship is a bug. */
st_str st_shipped_find(st_str name);

/* The i-th contract (the annotation's schema is none); false past the last. */
bool st_shipped_contract(uint32_t i, st_str *text);

#endif
