#include "json/json.h"

#include "base/mem.h"

void st_json_init(struct st_json *doc)
{
    *doc = (struct st_json){
        .decoded = ST_BUF(ST_JSON_TEXT_BYTES_MAX),
        .scratch = ST_BUF(ST_JSON_SCRATCH_BYTES_MAX),
    };
}

void st_json_done(struct st_json *doc)
{
    st_mem_free(doc->nodes);
    st_mem_free(doc->index);
    st_buf_done(&doc->decoded);
    st_buf_done(&doc->scratch);
    st_json_init(doc);
}

static bool is_utf8_tail(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

void st_json_place(st_str text, uint64_t offset, uint64_t *line, uint64_t *column)
{
    size_t end = offset < text.len ? (size_t)offset : text.len;
    size_t begin = 0;
    uint64_t feeds = 0;
    uint64_t code_points = 0;
    for (size_t feed; st_str_find((st_str){st_str_from(text, begin).at, end - begin}, '\n', &feed);
         begin += feed + 1)
        feeds++;
    for (size_t i = begin; i < end; i++)
        code_points += !is_utf8_tail(text.at[i]);
    *line = 1 + feeds;
    *column = 1 + code_points;
}

uint32_t st_json_member(const struct st_json *doc, uint32_t node, st_str name)
{
    if (st_json_kind(doc, node) != ST_JSON_OBJECT)
        return ST_JSON_NONE;
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE;
         at = st_json_next(doc, node, at))
        if (st_str_eq(st_json_text(doc, at), name))
            return at + 1;
    return ST_JSON_NONE;
}

uint32_t st_json_element(const struct st_json *doc, uint32_t node, uint64_t index)
{
    if (st_json_kind(doc, node) != ST_JSON_ARRAY || index >= doc->nodes[node].len)
        return ST_JSON_NONE;
    uint32_t at = node + 1;
    for (; index > 0; index--)
        at = st_json_after(doc, at);
    return at;
}

/* The offset behind the string whose quote is at `at`. */
static size_t string_end(st_str text, size_t at)
{
    for (at++; text.at[at] != '"'; at++)
        at += text.at[at] == '\\';
    return at + 1;
}

/* The offset behind the container whose bracket is at `at`. The tape does not keep it: few ask, and
 * the text is known to be good. */
static size_t container_end(st_str text, size_t at)
{
    uint32_t depth = 0;
    do {
        char c = text.at[at];
        if (c == '"') {
            at = string_end(text, at);
            continue;
        }
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        at++;
    } while (depth > 0);
    return at;
}

st_str st_json_raw(const struct st_json *doc, uint32_t node)
{
    const struct st_json_node *n = &doc->nodes[node];
    size_t end = (size_t)n->at + n->len;
    if (n->kind >= ST_JSON_ARRAY)
        end = container_end(doc->text, n->at);
    else if (n->kind == ST_JSON_STRING)
        end = n->flags & ST_JSON_ESCAPED ? string_end(doc->text, n->at) : end + 2;
    return (st_str){doc->text.at + n->at, end - n->at};
}

const char *st_json_kind_name(enum st_json_kind kind)
{
    static const char *const names[] = {
        [ST_JSON_NULL] = "null",     [ST_JSON_FALSE] = "boolean", [ST_JSON_TRUE] = "boolean",
        [ST_JSON_NUMBER] = "number", [ST_JSON_STRING] = "string", [ST_JSON_ARRAY] = "array",
        [ST_JSON_OBJECT] = "object",
    };
    return names[kind];
}
