/*
 * The plain parser: one pass, byte by byte, portable C. It stays for good as the judge of any
 * faster one, so what it reports is defined, not incidental:
 *
 * 1. A fault is at the first byte that no continuation could make good. Text that ended early is at
 *    fault at its length. Whole units are blamed from their first byte: a code point that is not
 *    UTF-8, a surrogate escape without its partner, the bracket and the value that pass a limit.
 * 2. With unique_names a repeated name is such a fault at the second name. The fault with the
 *    smallest offset is reported.
 */
#include "json/json.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "json/fast.h"
#include "json/repeats.h"
#include "json/twin.h"

struct parser {
    struct st_json *doc;
    const char *head;
    const char *at;
    const char *end;
    uint32_t
        open; /* the innermost container that is open; its node's `next` is the one around it */
    uint32_t depth;
    uint32_t depth_max;
    bool unique_names;
    bool check_only; /* the tape has the open containers and the value at hand, no more */
    /* What refuse() was told. */
    const char *bad;
    const char *expected;
};

static st_err refuse(struct parser *p, st_err err, const char *bad, const char *expected)
{
    p->bad = bad;
    p->expected = expected;
    return err;
}

/* The byte at hand, or -1 at the end. */
static int peek(const struct parser *p)
{
    return p->at < p->end ? (unsigned char)*p->at : -1;
}

static void skip_blanks(struct parser *p)
{
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\r' || *p->at == '\t'))
        p->at++;
}

/* Twice the room, at first a guess from the text's length: honest events have a node in 10 bytes.
 */
static st_err grow_nodes(struct parser *p)
{
    struct st_json *doc = p->doc;
    if (doc->count == ST_JSON_NODES_MAX)
        return refuse(p, ST_ERR_LIMIT, p->at, "fewer values and names in one text");
    size_t guess = p->check_only ? ST_JSON_DEPTH_MAX : (size_t)(p->end - p->head) / 10;
    size_t room = doc->room == 0 ? guess + 16 : (size_t)doc->room * 2;
    if (room > ST_JSON_NODES_MAX)
        room = ST_JSON_NODES_MAX;
    void *nodes = st_mem_resize(doc->nodes, room * sizeof *doc->nodes);
    if (nodes == NULL)
        return refuse(p, ST_ERR_MEMORY, p->at, "memory for the tape");
    doc->nodes = nodes;
    doc->room = (uint32_t)room;
    return ST_OK;
}

/* Adds the node of a value that begins where the parser stands. */
static st_err add_node(struct parser *p, enum st_json_kind kind, unsigned flags, size_t len)
{
    struct st_json *doc = p->doc;
    st_err err = doc->count == doc->room ? grow_nodes(p) : ST_OK;
    if (err != ST_OK)
        return err;
    doc->nodes[doc->count] = (struct st_json_node){
        .kind = (uint8_t)kind,
        .flags = (uint8_t)flags,
        .at = (uint32_t)(p->at - p->head),
        .len = (uint32_t)len,
        .next = doc->count + 1,
    };
    doc->count++;
    return ST_OK;
}

static st_err take_literal(struct parser *p, enum st_json_kind kind, const char *word)
{
    size_t len = 0;
    while (len < (size_t)(p->end - p->at) && word[len] != '\0' && p->at[len] == word[len])
        len++;
    if (word[len] != '\0')
        return refuse(p, ST_ERR_SYNTAX, p->at + len, word);
    st_err err = add_node(p, kind, 0, len);
    p->at += len;
    return err;
}

/* ---- numbers ---- */

static bool is_digit_at(const struct parser *p, const char *at)
{
    return at < p->end && *at >= '0' && *at <= '9';
}

/* Moves *at over one digit or more. */
static st_err take_digits(struct parser *p, const char **at, const char *expected)
{
    if (!is_digit_at(p, *at))
        return refuse(p, ST_ERR_SYNTAX, *at, expected);
    while (is_digit_at(p, *at))
        (*at)++;
    return ST_OK;
}

static st_err take_number(struct parser *p)
{
    const char *at = p->at + (*p->at == '-');
    bool leading_zero = at < p->end && *at == '0';
    st_err err = ST_OK;
    if (leading_zero)
        at++;
    else
        err = take_digits(p, &at, "a digit after '-'");
    if (err == ST_OK && leading_zero && is_digit_at(p, at))
        err = refuse(p, ST_ERR_SYNTAX, at, "no digit after a leading 0");

    const char *whole = at;
    if (err == ST_OK && at < p->end && *at == '.') {
        at++;
        err = take_digits(p, &at, "a digit after '.'");
    }
    if (err == ST_OK && at < p->end && (*at == 'e' || *at == 'E')) {
        at++;
        bool has_sign = at < p->end && (*at == '+' || *at == '-');
        at += has_sign;
        err = take_digits(
            p, &at, has_sign ? "a digit in the exponent" : "a digit, '+' or '-' in the exponent");
    }
    if (err == ST_OK)
        err = add_node(p, ST_JSON_NUMBER,
                       (at == whole ? ST_JSON_INTEGER : 0) | (*p->at == '-' ? ST_JSON_MINUS : 0),
                       (size_t)(at - p->at));
    p->at = at;
    return err;
}

/* ---- strings ---- */

/* Whether one of eight bytes is a quote, a backslash, a control character or not ASCII. For each
 * test the top bit of every byte says yes; a borrow from the byte below can only add a false yes
 * above a true one, and then the bytes are looked at one by one anyway. */
static bool needs_care_8(const char *bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    uint64_t quote = word ^ (ones * '"');
    uint64_t backslash = word ^ (ones * '\\');
    uint64_t yes = (quote - ones) | (backslash - ones) | (word - ones * 0x20) | word;
    return (yes & (ones * 0x80)) != 0;
}

/* The first quote, backslash or control character from `at` on, or the end. */
static const char *plain_end(const struct parser *p, const char *at, bool *ascii)
{
    for (;;) {
        while (p->end - at >= 8 && !needs_care_8(at))
            at += 8;
        const char *stop = p->end - at >= 8 ? at + 8 : p->end;
        for (; at < stop; at++) {
            unsigned char c = (unsigned char)*at;
            if (c == '"' || c == '\\' || c < 0x20)
                return at;
            *ascii = *ascii && c < 0x80;
        }
        if (at == p->end)
            return at;
    }
}

/* Whether 1 … 3 bytes are the head of some code point. Tails of 0x80 or of 0xBF complete every head
 * that can be completed: no lead byte forbids both. */
static bool is_utf8_head(const char *at, size_t len)
{
    char low[4] = {'\x80', '\x80', '\x80', '\x80'};
    char high[4] = {'\xBF', '\xBF', '\xBF', '\xBF'};
    memcpy(low, at, len);
    memcpy(high, at, len);
    return st_utf8_check((st_str){low, 4}) > 0 || st_utf8_check((st_str){high, 4}) > 0;
}

static st_err check_utf8(struct parser *p, const char *at, const char *end)
{
    size_t len = (size_t)(end - at);
    size_t good = st_utf8_check((st_str){at, len});
    if (good == len)
        return ST_OK;
    bool cut = end == p->end && len - good < 4 && is_utf8_head(at + good, len - good);
    return refuse(p, ST_ERR_SYNTAX, cut ? end : at + good, "UTF-8");
}

/* Four hexadecimal digits at *at. */
static st_err take_hex(struct parser *p, const char **at, uint32_t *value)
{
    *value = 0;
    for (int i = 0; i < 4; i++, (*at)++) {
        char c = *at < p->end ? *(*at) : '\0';
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : 16;
        if (digit == 16)
            return refuse(p, ST_ERR_SYNTAX, *at, "four hexadecimal digits after '\\u'");
        *value = *value << 4 | digit;
    }
    return ST_OK;
}

/* The \u escape whose digits are at *at, with its low half when it is a high surrogate. */
static st_err take_unicode(struct parser *p, const char **at, uint32_t *code_point)
{
    const char *escape = *at - 2;
    st_err err = take_hex(p, at, code_point);
    if (err != ST_OK || *code_point < 0xD800 || *code_point > 0xDFFF)
        return err;
    if (*code_point >= 0xDC00)
        return refuse(p, ST_ERR_SYNTAX, escape, "a high surrogate before the low one");

    static const char low_expected[] = "a low surrogate, '\\udc00' to '\\udfff'";
    const char *low_at = *at;
    uint32_t low = 0;
    for (const char *want = "\\u"; *want != '\0'; want++, (*at)++)
        if (*at == p->end || **at != *want)
            return refuse(p, ST_ERR_SYNTAX, *at == p->end ? *at : low_at, low_expected);
    err = take_hex(p, at, &low);
    if (err != ST_OK)
        return err;
    if (low < 0xDC00 || low > 0xDFFF)
        return refuse(p, ST_ERR_SYNTAX, low_at, low_expected);
    *code_point = 0x10000 + ((*code_point - 0xD800) << 10) + (low - 0xDC00);
    return ST_OK;
}

static st_err add_decoded(struct parser *p, const char *bytes, size_t len, const char *bad)
{
    if (p->check_only || st_buf_add(&p->doc->decoded, bytes, len) == ST_OK)
        return ST_OK;
    return refuse(p, ST_ERR_MEMORY, bad, "memory for decoded strings");
}

/* Decodes the escape whose backslash is at *at and moves behind it. */
static st_err take_escape(struct parser *p, const char **at)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    char bytes[4];
    size_t len = 1;
    (*at)++;
    char c = *at < p->end ? *(*at) : '\0';
    const char *letter = c == '\0' ? NULL : strchr(letters, c);
    if (letter != NULL) {
        bytes[0] = meant[letter - letters];
        (*at)++;
    } else if (c == 'u') {
        uint32_t code_point = 0;
        (*at)++;
        st_err err = take_unicode(p, at, &code_point);
        if (err != ST_OK)
            return err;
        len = st_utf8_write(code_point, bytes);
    } else {
        return refuse(p, ST_ERR_SYNTAX, *at, "one of \"\\/bfnrtu after '\\'");
    }
    return add_decoded(p, bytes, len, *at);
}

/* Takes the string whose quote the parser stands on. */
static st_err take_string(struct parser *p, unsigned flags)
{
    struct st_buf *decoded = &p->doc->decoded;
    size_t decoded_at = decoded->len;
    const char *at = p->at + 1;
    for (;;) {
        const char *run = at;
        bool ascii = true;
        at = plain_end(p, run, &ascii);
        st_err err = ascii ? ST_OK : check_utf8(p, run, at);
        if (err != ST_OK)
            return err;
        if (at == p->end)
            return refuse(p, ST_ERR_SYNTAX, at, "a '\"' at the string's end");
        if ((unsigned char)*at < 0x20)
            return refuse(p, ST_ERR_SYNTAX, at, "an escape in place of a control character");
        if (*at == '"' && !(flags & ST_JSON_ESCAPED))
            break;
        flags |= ST_JSON_ESCAPED;
        err = add_decoded(p, run, (size_t)(at - run), at);
        if (err != ST_OK)
            return err;
        if (*at == '"')
            break;
        err = take_escape(p, &at);
        if (err != ST_OK)
            return err;
    }
    bool escaped = (flags & ST_JSON_ESCAPED) != 0;
    size_t len = escaped ? decoded->len - decoded_at : (size_t)(at - p->at) - 1;
    st_err err = add_node(p, ST_JSON_STRING, flags, len);
    if (err == ST_OK && escaped)
        p->doc->nodes[p->doc->count - 1].next = (uint32_t)decoded_at;
    p->at = at + 1;
    return err;
}

/* ---- repeated names ---- */

static st_err find_repeats(struct parser *p, uint32_t object, uint32_t *second)
{
    if (st_repeats_find(p->doc, object, second) == ST_OK)
        return ST_OK;
    return refuse(p, ST_ERR_MEMORY, p->at, "memory for an object's names");
}

static st_err refuse_name(struct parser *p, uint32_t name)
{
    return refuse(p, ST_ERR_SYNTAX, p->head + p->doc->nodes[name].at,
                  "a name that the object does not have yet");
}

/* A fault was found, but a name before it may repeat in an object that is still open. */
static st_err prefer_repeats(struct parser *p, st_err err)
{
    const struct st_json *doc = p->doc;
    for (uint32_t at = p->open; at != ST_JSON_NONE; at = doc->nodes[at].next) {
        uint32_t second = ST_JSON_NONE;
        if (doc->nodes[at].kind != ST_JSON_OBJECT)
            continue;
        if (find_repeats(p, at, &second) != ST_OK)
            return ST_ERR_MEMORY;
        if (second != ST_JSON_NONE && p->head + doc->nodes[second].at < p->bad)
            err = refuse_name(p, second);
    }
    return err;
}

/* ---- containers ---- */

static bool in_object(const struct parser *p)
{
    return p->open != ST_JSON_NONE && p->doc->nodes[p->open].kind == ST_JSON_OBJECT;
}

static char closer(const struct parser *p)
{
    return in_object(p) ? '}' : ']';
}

static st_err open_container(struct parser *p)
{
    if (p->depth == p->depth_max)
        return refuse(p, ST_ERR_LIMIT, p->at, "fewer containers inside each other");
    uint32_t node = p->doc->count;
    st_err err = add_node(p, *p->at == '{' ? ST_JSON_OBJECT : ST_JSON_ARRAY, 0, 0);
    if (err != ST_OK)
        return err;
    p->doc->nodes[node].next = p->open;
    p->open = node;
    p->depth++;
    p->at++;
    return ST_OK;
}

static st_err close_container(struct parser *p)
{
    struct st_json *doc = p->doc;
    if (in_object(p) && doc->nodes[p->open].len > 1) {
        uint32_t second = ST_JSON_NONE;
        st_err err = find_repeats(p, p->open, &second);
        if (err != ST_OK)
            return err;
        if (second != ST_JSON_NONE && p->unique_names)
            return refuse_name(p, second);
    }
    uint32_t outer = doc->nodes[p->open].next;
    doc->nodes[p->open].next = doc->count;
    p->open = outer;
    p->depth--;
    p->at++;
    return ST_OK;
}

/* Numbers the name that was taken last. */
static void number_name(struct st_json *doc)
{
    uint32_t name = doc->count - 1;
    if (doc->names != NULL)
        doc->nodes[name].name = st_name_table_find(doc->names, st_json_text(doc, name));
}

/* A member's name and the colon behind it. */
static st_err take_name(struct parser *p, const char *expected)
{
    skip_blanks(p);
    if (peek(p) != '"')
        return refuse(p, ST_ERR_SYNTAX, p->at, expected);
    st_err err = take_string(p, ST_JSON_NAME);
    if (err != ST_OK)
        return err;
    p->doc->nodes[p->open].len++;
    number_name(p->doc);
    skip_blanks(p);
    if (peek(p) != ':')
        return refuse(p, ST_ERR_SYNTAX, p->at, "a ':' after the member's name");
    p->at++;
    return ST_OK;
}

/* Takes what is complete off the tape: all behind the innermost container that is open. */
static void forget(struct parser *p)
{
    struct st_json *doc = p->doc;
    doc->count = p->open == ST_JSON_NONE ? 0 : p->open + 1;
    if (p->open != ST_JSON_NONE)
        doc->nodes[p->open].len = 0;
}

/* ---- the loop ---- */

static st_err take_scalar(struct parser *p, const char *expected)
{
    int c = peek(p);
    if (c == '"')
        return take_string(p, 0);
    if (c == '-' || (c >= '0' && c <= '9'))
        return take_number(p);
    if (c == 't')
        return take_literal(p, ST_JSON_TRUE, "true");
    if (c == 'f')
        return take_literal(p, ST_JSON_FALSE, "false");
    if (c == 'n')
        return take_literal(p, ST_JSON_NULL, "null");
    if (p->at == p->head && st_str_starts(p->doc->text, ST_STR("\xEF\xBB\xBF")))
        expected = "a value, not a byte order mark";
    return refuse(p, ST_ERR_SYNTAX, p->at, expected);
}

/* Takes one value with all that is inside it. Each turn begins where a value must begin. */
static st_err take_value(struct parser *p)
{
    const char *expected = "a value";
    for (;;) {
        skip_blanks(p);
        if (p->open != ST_JSON_NONE && !in_object(p))
            p->doc->nodes[p->open].len++;
        bool opens = peek(p) == '{' || peek(p) == '[';
        st_err err = opens ? open_container(p) : take_scalar(p, expected);
        if (err != ST_OK)
            return err;
        if (opens) {
            skip_blanks(p);
            bool empty = peek(p) == closer(p);
            if (!empty && in_object(p))
                err = take_name(p, "a '\"' that begins a name, or '}'");
            if (err != ST_OK)
                return err;
            expected = in_object(p) ? "a value" : "a value or ']'";
            if (!empty)
                continue;
        }
        /* Behind a value: the containers that end here, then a comma. */
        if (p->check_only)
            forget(p);
        while (p->open != ST_JSON_NONE) {
            skip_blanks(p);
            if (peek(p) != closer(p))
                break;
            err = close_container(p);
            if (err != ST_OK)
                return err;
        }
        if (p->open == ST_JSON_NONE)
            return ST_OK;
        if (peek(p) != ',')
            return refuse(p, ST_ERR_SYNTAX, p->at, in_object(p) ? "',' or '}'" : "',' or ']'");
        p->at++;
        if (p->check_only)
            forget(p);
        err = in_object(p) ? take_name(p, "a '\"' that begins a name") : ST_OK;
        if (err != ST_OK)
            return err;
        expected = "a value";
    }
}

static struct parser parser_of(struct st_json *doc, st_str text,
                               const struct st_json_options *options)
{
    struct parser p = {
        .doc = doc,
        .head = text.len == 0 ? "" : text.at,
        .open = ST_JSON_NONE,
        .depth_max = options == NULL ? 0 : options->depth_max,
        .unique_names = options != NULL && options->unique_names,
        .check_only = options != NULL && options->check_only,
    };
    ST_BUG_IF(p.unique_names && p.check_only);
    if (p.depth_max == 0 || p.depth_max > ST_JSON_DEPTH_MAX)
        p.depth_max = ST_JSON_DEPTH_MAX;
    p.at = p.head;
    p.end = p.head + (text.len < ST_JSON_TEXT_BYTES_MAX ? text.len : ST_JSON_TEXT_BYTES_MAX);
    doc->count = 0;
    doc->names = options == NULL || p.check_only ? NULL : options->names;
    doc->name_count = doc->names == NULL ? 0 : st_name_table_count(doc->names);
    st_buf_reset(&doc->decoded);
    doc->text = (st_str){p.head, (size_t)(p.end - p.head)};
    return p;
}

/* The way out of both entrances: a doc that failed holds nothing. */
static st_err finish(struct parser *p, st_err err, st_str text, struct st_json_fault *fault)
{
    if (err == ST_ERR_SYNTAX || err == ST_ERR_LIMIT)
        err = p->unique_names ? prefer_repeats(p, err) : err;
    if (err == ST_OK && !p->check_only)
        return ST_OK;
    p->doc->count = 0;
    p->doc->text = (st_str){"", 0};
    st_buf_reset(&p->doc->decoded);
    if (err == ST_OK || fault == NULL)
        return err;
    *fault = (struct st_json_fault){
        .err = err,
        .expected = p->expected,
        .offset = (uint64_t)(p->bad - p->head),
    };
    st_json_place(text, fault->offset, &fault->line, &fault->column);
    return err;
}

static st_err refuse_length(struct parser *p)
{
    return refuse(p, ST_ERR_LIMIT, p->end, "a text under 4 GiB");
}

st_err st_json_parse_plain(struct st_json *doc, st_str text, const struct st_json_options *options,
                           struct st_json_fault *fault)
{
    struct parser p = parser_of(doc, text, options);
    if (text.len > ST_JSON_TEXT_BYTES_MAX)
        return finish(&p, refuse_length(&p), text, fault);
    st_err err = take_value(&p);
    if (err == ST_OK) {
        skip_blanks(&p);
        if (p.at < p.end)
            err = refuse(&p, ST_ERR_SYNTAX, p.at, "the end of the text");
    }
    return finish(&p, err, text, fault);
}

st_err st_json_parse_with(enum st_json_kernel kernel, struct st_json *doc, st_str text,
                          const struct st_json_options *options, struct st_json_fault *fault)
{
    bool decided = false;
    st_err err = st_json_parse_fast(doc, text, options, kernel, &decided);
    if (!decided)
        return st_json_parse_plain(doc, text, options, fault);
    if (err == ST_OK)
        return ST_OK;
    struct parser p = parser_of(doc, text, options);
    return finish(&p, refuse(&p, err, p.head, "memory for the text's tape"), text, fault);
}

st_err st_json_parse(struct st_json *doc, st_str text, const struct st_json_options *options,
                     struct st_json_fault *fault)
{
    return st_json_parse_with(ST_JSON_KERNEL_AUTO, doc, text, options, fault);
}

st_err st_json_parse_head(struct st_json *doc, st_str text, size_t *used,
                          const struct st_json_options *options, struct st_json_fault *fault)
{
    struct parser p = parser_of(doc, text, options);
    st_err err = take_value(&p);
    /* Past the tape's offsets nothing was looked at: whoever came that far is at the limit. */
    const char *reached = err == ST_OK ? p.at : p.bad;
    if (text.len > ST_JSON_TEXT_BYTES_MAX && reached == p.end && err != ST_ERR_MEMORY)
        err = refuse_length(&p);
    err = finish(&p, err, text, fault);
    if (err != ST_OK)
        return err;
    *used = (size_t)(p.at - p.head);
    if (!p.check_only)
        doc->text.len = *used;
    return ST_OK;
}
