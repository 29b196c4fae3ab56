#include "json/values.h"

void st_values_init(struct st_values *values, enum st_values_form form, size_t value_bytes_max)
{
    *values = (struct st_values){
        .form = form,
        .value_bytes_max = value_bytes_max,
        .part = ST_BUF(value_bytes_max),
        .at = {.line = 1, .column = 1},
        .state = form == ST_VALUES_ARRAY ? ST_VALUES_BEFORE : ST_VALUES_NEXT,
    };
}

void st_values_done(struct st_values *values)
{
    st_buf_done(&values->part);
    st_values_init(values, values->form, values->value_bytes_max);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Moves over the first `len` bytes of the piece. */
static void move(struct st_values *values, st_str *piece, size_t len)
{
    uint64_t feeds = 0;
    uint64_t code_points = 0;
    size_t line = len; /* where the last line begins */
    while (line > 0 && piece->at[line - 1] != '\n')
        line--;
    for (size_t i = 0; i < line; i++)
        feeds += piece->at[i] == '\n';
    for (size_t i = line; i < len; i++)
        code_points += ((unsigned char)piece->at[i] & 0xC0) != 0x80;
    values->at.offset += len;
    values->at.line += feeds;
    values->at.column = (feeds > 0 ? 1 : values->at.column) + code_points;
    *piece = st_str_from(*piece, len);
}

static void move_over_blanks(struct st_values *values, st_str *piece)
{
    size_t len = 0;
    while (len < piece->len && is_blank(piece->at[len]))
        len++;
    move(values, piece, len);
}

static st_err refuse(const struct st_values *values, const char *expected,
                     struct st_json_fault *fault)
{
    *fault = (struct st_json_fault){
        .err = ST_ERR_SYNTAX,
        .expected = expected,
        .offset = values->at.offset,
        .line = values->at.line,
        .column = values->at.column,
    };
    return ST_ERR_SYNTAX;
}

/* ---- where a value ends ---- */

/* Whether eight bytes have neither a quote nor a backslash. A borrow from the byte below can only
 * add a false yes above a true one. */
static bool is_plain_8(const char *bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    uint64_t quote = word ^ (ones * '"');
    uint64_t backslash = word ^ (ones * '\\');
    uint64_t yes = ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);
    return (yes & (ones * 0x80)) == 0;
}

/* The place behind the string that `at` is inside of, or the piece's end. */
static size_t skip_string(struct st_values *values, st_str piece, size_t at)
{
    while (at < piece.len && values->quoted) {
        if (!values->escaped && piece.len - at >= 8 && is_plain_8(piece.at + at)) {
            at += 8;
            continue;
        }
        char c = piece.at[at++];
        values->quoted = values->escaped || c != '"';
        values->escaped = !values->escaped && c == '\\';
    }
    return at;
}

/* Whether a value of the series that is no string and no container ends before `c`. */
static bool ends_scalar(char c)
{
    return is_blank(c) || strchr("\"{}[]", c) != NULL;
}

static bool is_scalar(const struct st_values *values)
{
    return strchr("\"{[", values->first) == NULL || values->first == '\0';
}

/* How much of the piece is of the value at hand; *ended when it ends there. */
static size_t scan(struct st_values *values, st_str piece, bool *ended)
{
    bool array = values->form == ST_VALUES_ARRAY;
    bool scalar = !array && is_scalar(values);
    for (size_t at = 0; at < piece.len;) {
        if (values->quoted) {
            at = skip_string(values, piece, at);
            *ended = !array && !values->quoted && values->depth == 0;
            if (*ended)
                return at;
            continue;
        }
        char c = piece.at[at];
        *ended = values->depth == 0 && (array ? c == ',' || c == ']' : scalar && ends_scalar(c));
        if (*ended)
            return at;
        at++;
        values->quoted = c == '"';
        values->depth += c == '{' || c == '[';
        if ((c == '}' || c == ']') && values->depth > 0) {
            values->depth--;
            *ended = !array && values->depth == 0;
            if (*ended)
                return at;
        }
    }
    return piece.len;
}

/* ---- handing out ---- */

static void begin(struct st_values *values, st_str piece)
{
    values->begin = values->at;
    values->count++;
    values->depth = 0;
    values->first = piece.at[0];
    values->state = ST_VALUES_INSIDE;
}

static struct st_value hand_out(const struct st_values *values, st_str text, bool too_long)
{
    return (struct st_value){text, values->begin, values->count, too_long};
}

/* Takes what the piece has of the value at hand. */
static st_err take_some(struct st_values *values, st_str *piece, struct st_value *value,
                        bool *found)
{
    struct st_values before = *values;
    bool ended = false;
    st_str some = {piece->at, scan(values, *piece, &ended)};
    bool begun = values->part.len > 0;
    /* A bracket that closes nothing begins no value: it is handed out alone, to be refused. */
    if (ended && some.len == 0 && values->form == ST_VALUES_SERIES && !begun && !values->skipping)
        some.len = 1;
    bool too_long = !values->skipping && some.len > values->value_bytes_max - values->part.len;
    if (!values->skipping && !too_long && (begun || !ended)) {
        st_err err = st_buf_add_str(&values->part, some);
        if (err != ST_OK) {
            *values = before;
            return err;
        }
    }
    move(values, piece, some.len);
    *found = too_long || (ended && !values->skipping);
    if (too_long) {
        st_buf_reset(&values->part);
        *value = hand_out(values, (st_str){"", 0}, true);
    } else if (*found) {
        values->taken = begun;
        *value = hand_out(values, begun ? st_buf_str(&values->part) : some, false);
    }
    values->skipping = !ended && (values->skipping || too_long);
    if (ended)
        values->state = ST_VALUES_NEXT;
    return ST_OK;
}

static void empty_taken(struct st_values *values)
{
    if (values->taken)
        st_buf_reset(&values->part);
    values->taken = false;
}

/* Takes the byte at hand, which stands around an array's elements or begins one. */
static st_err take_around(struct st_values *values, st_str *piece, struct st_json_fault *fault)
{
    char c = piece->at[0];
    switch (values->state) {
    case ST_VALUES_BEFORE:
        if (c != '[')
            return refuse(values, "a '['", fault);
        values->state = ST_VALUES_FIRST;
        break;
    case ST_VALUES_BEHIND:
        return refuse(values, "the end of the text", fault);
    case ST_VALUES_NEXT: /* a value ends before nothing else */
        values->state = c == ',' ? ST_VALUES_COMMA : ST_VALUES_BEHIND;
        break;
    default:
        if (c != ']' || values->state == ST_VALUES_COMMA) {
            begin(values, *piece);
            return ST_OK;
        }
        values->state = ST_VALUES_BEHIND;
    }
    move(values, piece, 1);
    return ST_OK;
}

st_err st_values_take(struct st_values *values, st_str *piece, struct st_value *value, bool *found,
                      struct st_json_fault *fault)
{
    *found = false;
    empty_taken(values);
    while (piece->len > 0 && !*found) {
        st_err err = ST_OK;
        if (values->state != ST_VALUES_INSIDE)
            move_over_blanks(values, piece);
        if (values->state == ST_VALUES_INSIDE)
            err = take_some(values, piece, value, found);
        else if (piece->len > 0 && values->form == ST_VALUES_ARRAY)
            err = take_around(values, piece, fault);
        else if (piece->len > 0)
            begin(values, *piece);
        if (err != ST_OK)
            return err;
    }
    return ST_OK;
}

st_err st_values_end(struct st_values *values, struct st_value *value, bool *found,
                     struct st_json_fault *fault)
{
    *found = values->state == ST_VALUES_INSIDE && !values->skipping;
    empty_taken(values);
    if (values->state == ST_VALUES_INSIDE) {
        values->taken = true;
        values->state = ST_VALUES_NEXT;
        values->skipping = false;
        if (*found) {
            *value = hand_out(values, st_buf_str(&values->part), false);
            return ST_OK;
        }
    }
    if (values->form == ST_VALUES_SERIES || values->state == ST_VALUES_BEHIND)
        return ST_OK;
    return refuse(values,
                  values->state == ST_VALUES_BEFORE  ? "a '['"
                  : values->state == ST_VALUES_FIRST ? "a value or ']'"
                  : values->state == ST_VALUES_COMMA ? "a value"
                                                     : "',' or ']'",
                  fault);
}

void st_values_place(const struct st_value *value, struct st_json_fault *fault)
{
    fault->offset += value->begin.offset;
    if (fault->line == 1)
        fault->column += value->begin.column - 1;
    fault->line += value->begin.line - 1;
}
