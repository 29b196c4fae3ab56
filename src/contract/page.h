/*
 * page.h: Markdown, piece by piece, for docs.c.
 *
 * 1. The first error stays; what is added behind it is not. So a page is written without a look at
 *    every piece, and page->err says at the end how it went.
 * 2. Text of a contract means nothing to Markdown: what could is escaped.
 *
 * Not a public header. Floor 4. One owner at a time.
 */
#ifndef ST_CONTRACT_PAGE_H
#define ST_CONTRACT_PAGE_H

#include "contract/annotation.h"

struct st_page {
    const struct st_contract *contract;
    const struct st_annotation *annotation;
    const struct st_json *doc; /* the contract's */
    struct st_buf *out;
    struct st_buf scratch; /* of st_page_json */
    bool in_table;         /* a bar ends a cell */
    st_err err;
};

void st_page_init(struct st_page *page, const struct st_contract *contract, struct st_buf *out);
void st_page_done(struct st_page *page);

void st_page_add(struct st_page *page, const char *markdown);
void st_page_number(struct st_page *page, uint64_t number);
void st_page_text(struct st_page *page, st_str text);   /* prose, on one line */
void st_page_code(struct st_page *page, st_str text);   /* a code span */
void st_page_json(struct st_page *page, uint32_t node); /* the value in a code span */
void st_page_codes(struct st_page *page, const struct st_names *names); /* `a`, `b` */
void st_page_pointer(struct st_page *page, const struct st_path *path);
void st_page_link(struct st_page *page, st_str heading); /* to a heading of this page */

/* A table's head; then cells, each with st_page_cell before it, and st_page_row behind each row. */
void st_page_table(struct st_page *page, const char *const *heads, size_t count);
void st_page_cell(struct st_page *page);
void st_page_row(struct st_page *page);
void st_page_table_end(struct st_page *page);

/* Fields of the schema at `node`: a table, and what else holds (fields.c). */
void st_page_fields(struct st_page *page, uint32_t node);
/* What the schema says of an event type beside the fields of every event, as two cells: where the
 * fields stand, and what must be there. */
void st_page_branches(struct st_page *page, st_str type);
/* The heading under which the schema at `node` stands by itself: a model, or the whole; {NULL, 0}
 * when it has none. */
st_str st_page_model(const struct st_page *page, uint32_t node);

#endif
