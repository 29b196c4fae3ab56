/*
 * docs.h: a contract as a page for people, in Markdown.
 *
 * What it is, how an event of it is recognised, its types with level, category and severity, its
 * fields with types and limits, what the record takes from it, the choices that were made, and the
 * words that are retired. Nothing stands in the page that does not stand in the contract.
 *
 * Floor 4. Any thread. Allocates in the buffer that it is given, and what it frees again.
 */
#ifndef ST_CONTRACT_DOCS_H
#define ST_CONTRACT_DOCS_H

#include "contract/contract.h"

/* Appends the page. MEMORY or LIMIT (of `out`). */
ST_MUST_USE st_err st_docs_write(const struct st_contract *contract, struct st_buf *out);

#endif
