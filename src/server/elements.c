#include "server/elements.h"

void st_elements_start(struct st_elements *elements, st_str text)
{
    *elements = (struct st_elements){.text = text};
}

static void skip_blanks(struct st_elements *elements)
{
    st_str text = elements->text;
    size_t at = elements->at;
    while (at < text.len && (text.at[at] == ' ' || text.at[at] == '\t' || text.at[at] == '\r' ||
                             text.at[at] == '\n'))
        at++;
    elements->at = at;
}

/* Takes the byte if it comes next, blanks aside. */
static bool take(struct st_elements *elements, char c)
{
    skip_blanks(elements);
    bool is = elements->at < elements->text.len && elements->text.at[elements->at] == c;
    elements->at += is;
    return is;
}

static st_err refuse(const struct st_elements *elements, const char *expected,
                     struct st_json_fault *fault)
{
    *fault =
        (struct st_json_fault){.err = ST_ERR_SYNTAX, .expected = expected, .offset = elements->at};
    st_json_place(elements->text, fault->offset, &fault->line, &fault->column);
    return ST_ERR_SYNTAX;
}

/* Behind the closing bracket nothing but blanks may come. */
static st_err check_end(struct st_elements *elements, struct st_json_fault *fault)
{
    skip_blanks(elements);
    if (elements->at < elements->text.len)
        return refuse(elements, "the end of the text", fault);
    elements->ended = true;
    return ST_OK;
}

/* The offset behind the element at `at`, which may be anything that has as many closing brackets as
 * opening ones; false: the text ends before it. */
static bool find_end(st_str text, size_t at, size_t *end)
{
    size_t depth = 0;
    bool in_string = false;
    for (; at < text.len; at++) {
        char c = text.at[at];
        if (in_string) {
            at += c == '\\';
            in_string = c != '"';
            continue;
        }
        bool closes = c == ']' || c == '}';
        if (depth == 0 && (c == ',' || closes))
            break;
        in_string = c == '"';
        depth += c == '[' || c == '{';
        depth -= closes;
    }
    *end = at;
    return at < text.len;
}

/* An element that is longer than one may be is not parsed: it will be refused whatever it is. */
static bool pass_too_large(struct st_elements *elements)
{
    st_str window = {elements->text.at, elements->at + ST_ELEMENT_BYTES_MAX};
    size_t end = 0;
    if (find_end(window, elements->at, &end) || !find_end(elements->text, elements->at, &end))
        return false;
    elements->at = end;
    return true;
}

static st_err check_value(struct st_elements *elements, struct st_json *doc,
                          struct st_json_fault *fault)
{
    size_t used = 0;
    skip_blanks(elements);
    st_str rest = st_str_from(elements->text, elements->at);
    bool is_cut = rest.len > ST_ELEMENT_BYTES_MAX;
    st_str head = {rest.at, is_cut ? ST_ELEMENT_BYTES_MAX : rest.len};
    st_err err = st_json_parse_head(doc, head, &used, NULL, fault);
    if (err == ST_ERR_SYNTAX && is_cut && pass_too_large(elements))
        return ST_OK;
    if (err != ST_OK) {
        fault->offset += elements->at;
        st_json_place(elements->text, fault->offset, &fault->line, &fault->column);
        return err;
    }
    elements->at += used;
    return ST_OK;
}

st_err st_elements_check(struct st_elements *elements, struct st_json *doc,
                         struct st_json_fault *fault)
{
    if (!elements->opened) {
        if (!take(elements, '['))
            return refuse(elements, "a '['", fault);
        elements->opened = true;
        if (take(elements, ']'))
            return check_end(elements, fault);
        return check_value(elements, doc, fault);
    }
    if (take(elements, ']'))
        return check_end(elements, fault);
    if (!take(elements, ','))
        return refuse(elements, "a ',' or a ']'", fault);
    return check_value(elements, doc, fault);
}

/* The offset behind a string whose quote is at `at`. */
static size_t skip_string(st_str text, size_t at)
{
    for (at++; text.at[at] != '"'; at++)
        at += text.at[at] == '\\';
    return at + 1;
}

/* The offset behind the value at `at`; the text is an array that was checked, so it ends in it. */
static size_t skip_value(st_str text, size_t at)
{
    size_t depth = 0;
    for (;;) {
        char c = text.at[at];
        if (c == '"') {
            at = skip_string(text, at);
            if (depth == 0)
                return at;
            continue;
        }
        if (depth == 0 && (c == ',' || c == ']'))
            return at;
        depth += c == '[' || c == '{';
        depth -= c == ']' || c == '}';
        at++;
        if (depth == 0 && (c == ']' || c == '}'))
            return at;
    }
}

bool st_elements_next(struct st_elements *elements, st_str *element)
{
    if (elements->ended)
        return false;
    elements->ended = !take(elements, elements->opened ? ',' : '[');
    if (!elements->opened) {
        elements->opened = true;
        elements->ended = take(elements, ']');
    }
    if (elements->ended)
        return false;
    skip_blanks(elements);
    size_t from = elements->at;
    elements->at = skip_value(elements->text, from);
    *element = (st_str){elements->text.at + from, elements->at - from};
    return true;
}
