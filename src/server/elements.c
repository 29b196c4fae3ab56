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

static st_err check_value(struct st_elements *elements, struct st_json *doc,
                          struct st_json_fault *fault)
{
    static const struct st_json_options options = {.check_only = true};
    size_t used = 0;
    skip_blanks(elements);
    st_str rest = st_str_from(elements->text, elements->at);
    st_err err = st_json_parse_head(doc, rest, &used, &options, fault);
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
