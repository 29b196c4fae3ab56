/*
 * types_text.h: source text, piece by piece, for the writers of declarations.
 *
 * 1. The first error stays; what is added behind it is not (as in page.h).
 * 2. Comments hold what the contract says in words: title, description, and what no type can say
 *    (formats, limits, units). Whatever a contract's text has in it, it ends no comment, and it is
 *    shown in the order of its bytes.
 *
 * Not a public header. Floor 4. One owner at a time.
 */
#ifndef ST_CONTRACT_TYPES_TEXT_H
#define ST_CONTRACT_TYPES_TEXT_H

#include "contract/types.h"
#include "contract/types_graph.h"

struct st_source {
    struct st_types *types;
    struct st_buf *out;
    struct st_buf text; /* of a comment that is being gathered */
    st_err err;
};

void st_source_init(struct st_source *source, struct st_types *types, struct st_buf *out);
void st_source_done(struct st_source *source);

void st_source_add(struct st_source *source, const char *text);
void st_source_add_str(struct st_source *source, st_str text);
void st_source_printf(struct st_source *source, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void st_source_snake(struct st_source *source, st_str pascal, bool capitals);

/* ---- comments: begun, gathered in pieces, and put ---- */

void st_comment_begin(struct st_source *source);
void st_comment_add(struct st_source *source, const char *text);
void st_comment_add_str(struct st_source *source, st_str text);
void st_comment_sentence(struct st_source *source, const char *text); /* behind what is there */
/* Title and description, and what types cannot say of the value. */
void st_comment_says(struct st_source *source, const struct st_schemas *says);
void st_comment_facts(struct st_source *source, const struct st_schemas *says, st_str unit);

/* How a language writes comments. */
struct st_comment_style {
    const char *open;
    const char *lead; /* before each line of several */
    const char *close;
};
/* What was gathered as a comment of its own lines, indented; nothing when nothing was. */
void st_comment_put(struct st_source *source, const struct st_comment_style *style,
                    unsigned indent);

/* "agent-event@v0, SHA-256 …": what the declarations were made from, and by which command. */
void st_comment_origin(struct st_source *source, enum st_language language);

/* ---- the writers, one a language ---- */

void st_types_write_c(struct st_source *source);
void st_types_write_ts(struct st_source *source);
void st_types_write_py(struct st_source *source);

#endif
