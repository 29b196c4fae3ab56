/*
 * construct.h: makes a new, valid event of a type.
 *
 * It sets what the caller gave, then lets the schema say what is missing, fills that from the
 * annotation's `construct` rules (fresh ids, the clock, the user, stated values), and goes on until
 * the schema is content or something is missing that nobody gave.
 *
 * 1. What it returns is valid against the contract, and bears a mark by which the contract
 * recognises it, if it has marks at all.
 * 2. A value the caller gave is never changed, and no number is made up.
 * 3. "field=value" is read by the type that the schema states at the field: text where it allows
 *    text, else JSON; "field:=json" is always JSON. Fields are "a.b.c" or JSON Pointers.
 *
 * Floor 4. Any thread. Allocates.
 */
#ifndef ST_CONTRACT_CONSTRUCT_H
#define ST_CONTRACT_CONSTRUCT_H

#include "contract/contract.h"

struct st_construct {
    st_str type;
    const char *const *fields; /* "a.b=value" */
    size_t field_count;
    st_time now;
    int64_t pid; /* of the process that the event is about; 0: this one */
};

/* Appends the event as one line of JSON without line feed, its members in the order of its model.
 * `why_text` (reset by this call) says in words what is wrong, one line each, after INVALID (which
 * field is missing, with its description, or breaks the schema) and SYNTAX (which of the fields
 * given cannot be read or set). Of a reserved contract, too: whether one may is the caller's to
 * ask.
 */
ST_MUST_USE st_err st_contract_construct(const struct st_contract *contract,
                                         const struct st_construct *order, struct st_buf *event,
                                         struct st_buf *why_text);

#endif
