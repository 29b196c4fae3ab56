/*
 * json.h: a JSON text (RFC 8259) as a flat tape of 16-byte nodes.
 *
 * Not a tree of heap objects and not a copy: nodes point into the text, which the caller keeps.
 * A struct st_json is reused from text to text and then allocates nothing in the steady state.
 *
 * The tape holds values in the order of the text, depth first. {"a":[1,"x\n"],"b":null} is
 *
 *      index  kind    at  len  next
 *        0    OBJECT   0    2     7      len: members; next: the index behind the whole value
 *        1    STRING   1    1     2      a name; its value is the next node
 *        2    ARRAY    5    2     5
 *        3    NUMBER   6    1     4      at, len: the literal
 *        4    STRING   8    2     0      ESCAPED: next is where the decoded bytes are in `decoded`
 *        5    STRING  15    1     6
 *        6    NULL    19    4     7
 *
 * 1. at is the offset of the value's first byte in the text (a string's quote, a container's
 *    bracket).
 * 2. A string's len counts decoded bytes; names are strings too.
 * 3. Where a name repeats within an object the last member wins: the names before it carry
 *    SHADOWED, the object carries REPEATS and its len counts each distinct name once.
 * 4. With a table of names (st_json_options) each name's node carries the name's number in it; 0
 *    when the table lacks it, and always for values.
 * 5. The text is UTF-8 without lone surrogates in escapes; a byte order mark is refused.
 * 6. A doc holds one text at a time; after a failed parse it holds nothing.
 *
 * Floor 2. One owner at a time; readers may share a parsed doc. Allocates only in st_json_parse….
 */
#ifndef ST_JSON_JSON_H
#define ST_JSON_JSON_H

#include "base/str.h"
#include "json/limits.h"
#include "json/name_table.h"

enum st_json_kind {
    ST_JSON_NULL,
    ST_JSON_FALSE,
    ST_JSON_TRUE,
    ST_JSON_NUMBER,
    ST_JSON_STRING,
    ST_JSON_ARRAY,
    ST_JSON_OBJECT,
};

enum st_json_flag {
    ST_JSON_ESCAPED = 1,  /* string: the text differs from the decoded bytes */
    ST_JSON_NAME = 2,     /* string: the name of a member */
    ST_JSON_SHADOWED = 4, /* name: a later member of the object has the same name */
    ST_JSON_REPEATS = 8,  /* object: some name is shadowed */
    ST_JSON_INTEGER = 16, /* number: an optional '-' and digits, nothing else */
    ST_JSON_MINUS = 32,   /* number: it begins with '-' */
};

struct st_json_node {
    uint8_t kind;
    uint8_t flags;
    uint16_t name; /* a name's number in the table it was interned in; 0: none */
    uint32_t at;
    uint32_t len;
    uint32_t next;
};
_Static_assert(sizeof(struct st_json_node) == 16,
               "the tape's arithmetic and its benchmarks rest on it");

struct st_json_index;

struct st_json {
    st_str text;
    struct st_json_node *nodes;
    uint32_t count;
    const struct st_name_table *names; /* that `.name` numbers are of; NULL: none */
    uint32_t name_count;               /* of those that it held then */
    /* Private part. */
    uint32_t room;
    struct st_buf decoded;
    struct st_buf scratch;
    struct st_json_index *index; /* of the fast parser; NULL until it is first asked */
};

/* What was wrong with a text, and exactly where. */
struct st_json_fault {
    st_err err;           /* SYNTAX, LIMIT or MEMORY */
    const char *expected; /* static: "a ':' after the member's name" */
    uint64_t offset;      /* of the first byte that is wrong; the text's length when it ended early.
                             Blamed from their first byte: what is not UTF-8, a lone surrogate's
                             escape, a value past a limit */
    uint64_t line;        /* from 1, by line feeds */
    uint64_t column;      /* from 1, in code points of that line */
};

struct st_json_options {
    uint32_t depth_max; /* 0 or more than it: ST_JSON_DEPTH_MAX */
    bool unique_names;  /* repeated names are a SYNTAX fault at the second name */
    bool check_only;    /* nothing is kept: memory does not grow with the text, and the doc holds
                           nothing afterwards; not together with unique_names */
    const struct st_name_table *names; /* to number names by; NULL: none. The doc keeps it */
};

void st_json_init(struct st_json *doc);
void st_json_done(struct st_json *doc);

/* Parses a whole text: one value, with blanks around it. `options` and `fault` may be NULL. */
ST_MUST_USE st_err st_json_parse(struct st_json *doc, st_str text,
                                 const struct st_json_options *options,
                                 struct st_json_fault *fault);

/* Parses the value at the head of `text`, blanks before it allowed; *used is the offset behind it.
 * What follows is not looked at (a number must end, so the byte behind it is). */
ST_MUST_USE st_err st_json_parse_head(struct st_json *doc, st_str text, size_t *used,
                                      const struct st_json_options *options,
                                      struct st_json_fault *fault);

/* Line and column of an offset, as in a fault. */
void st_json_place(st_str text, uint64_t offset, uint64_t *line, uint64_t *column);

/* ---- reading the tape; the root is node 0 ---- */

#define ST_JSON_NONE UINT32_MAX

static inline enum st_json_kind st_json_kind(const struct st_json *doc, uint32_t node)
{
    return (enum st_json_kind)doc->nodes[node].kind;
}

/* The index behind the whole value at `node`. */
static inline uint32_t st_json_after(const struct st_json *doc, uint32_t node)
{
    const struct st_json_node *n = &doc->nodes[node];
    return n->kind >= ST_JSON_ARRAY ? n->next : node + 1;
}

/* The decoded bytes of a string (or name); the literal of a number. */
static inline st_str st_json_text(const struct st_json *doc, uint32_t node)
{
    const struct st_json_node *n = &doc->nodes[node];
    if (n->kind != ST_JSON_STRING)
        return (st_str){doc->text.at + n->at, n->len};
    if (n->flags & ST_JSON_ESCAPED)
        return (st_str){doc->decoded.at + n->next, n->len};
    return (st_str){doc->text.at + n->at + 1, n->len};
}

/* Walking a container: for an array the values, for an object the names, shadowed ones left out
 * (a member's value is the node behind its name).
 *
 *     for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE; at = st_json_next(doc, node,
 * at))
 */
static inline uint32_t st_json_seek(const struct st_json *doc, uint32_t container, uint32_t at)
{
    uint32_t end = doc->nodes[container].next;
    while (at < end && (doc->nodes[at].flags & ST_JSON_SHADOWED))
        at = st_json_after(doc, at + 1);
    return at < end ? at : ST_JSON_NONE;
}

static inline uint32_t st_json_first(const struct st_json *doc, uint32_t container)
{
    return st_json_seek(doc, container, container + 1);
}

static inline uint32_t st_json_next(const struct st_json *doc, uint32_t container, uint32_t at)
{
    uint32_t value = (doc->nodes[at].flags & ST_JSON_NAME) ? at + 1 : at;
    return st_json_seek(doc, container, st_json_after(doc, value));
}

/* The value of a member, or NONE (also when `node` is no object). The last one wins. */
uint32_t st_json_member(const struct st_json *doc, uint32_t node, st_str name);

/* The element at `index`, or NONE. */
uint32_t st_json_element(const struct st_json *doc, uint32_t node, uint64_t index);

/* The bytes of the value as they stand in the text, brackets and quotes included. */
st_str st_json_raw(const struct st_json *doc, uint32_t node);

/* "null", "boolean", "number", "string", "array", "object". */
const char *st_json_kind_name(enum st_json_kind kind);

#endif
