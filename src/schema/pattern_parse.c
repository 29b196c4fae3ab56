/* The grammar of ECMA-262, section 22.2.1, Pattern[+UnicodeMode, +NamedCaptureGroups]. */
#include "base/map.h"
#include "base/utf8.h"
#include "schema/limits.h"
#include "schema/pattern_tree.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define END_OF_SOURCE UINT32_MAX

struct parser {
    st_str source;
    size_t at;
    struct st_arena *arena;
    struct st_tree *tree;
    struct st_map names;
    uint32_t depth;
    st_err err;
    struct st_why *why;
};

/* Always NULL, so that a rule can end with it. The first failure stays. */
static struct st_node *fail(struct parser *parser, const char *text, size_t offset)
{
    if (parser->err == ST_OK)
        parser->err = st_fail_at(parser->why, ST_ERR_INVALID, text, offset);
    return NULL;
}

static bool refuse(struct parser *parser, const char *text, size_t offset)
{
    fail(parser, text, offset);
    return false;
}

static struct st_node *new_node(struct parser *parser, enum st_node_kind kind)
{
    struct st_node *node = ST_ARENA_NEW(parser->arena, struct st_node);
    if (node == NULL) {
        if (parser->err == ST_OK)
            parser->err = st_fail(parser->why, ST_ERR_MEMORY, "no memory for the pattern");
        return NULL;
    }
    node->kind = kind;
    node->offset = (uint32_t)parser->at;
    return node;
}

/* ---- reading characters ---- */

/* The byte at `ahead` bytes from here, or END_OF_SOURCE. The grammar's own signs are ASCII. */
static uint32_t peek(const struct parser *parser, size_t ahead)
{
    return ahead < parser->source.len - parser->at
               ? (unsigned char)parser->source.at[parser->at + ahead]
               : END_OF_SOURCE;
}

static bool take(struct parser *parser, char c)
{
    if (peek(parser, 0) != (unsigned char)c)
        return false;
    parser->at++;
    return true;
}

static bool take_text(struct parser *parser, const char *text)
{
    if (!st_str_starts(st_str_from(parser->source, parser->at), st_str_of(text)))
        return false;
    parser->at += strlen(text);
    return true;
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int hex_value(uint32_t c)
{
    if (is_digit(c))
        return (int)(c - '0');
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? (int)(c - 'a') + 10 : -1;
}

static bool take_hex(struct parser *parser, size_t digits, uint32_t *value)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < digits; i++) {
        uint32_t c = peek(parser, i);
        if (c == END_OF_SOURCE || hex_value(c) < 0)
            return false;
        sum = sum << 4 | (uint32_t)hex_value(c);
    }
    parser->at += digits;
    *value = sum;
    return true;
}

/* "{…}" behind \u: any number of digits, at most U+10FFFF. */
static bool take_braced_hex(struct parser *parser, uint32_t *value)
{
    size_t start = parser->at;
    uint32_t sum = 0;
    for (size_t i = 0;; i++) {
        uint32_t c = peek(parser, 0);
        if (c == '}' && i > 0)
            break;
        if (c == END_OF_SOURCE || hex_value(c) < 0)
            return refuse(parser, "\\u{…} needs hexadecimal digits", start);
        sum = sum << 4 | (uint32_t)hex_value(c);
        if (sum > 0x10FFFF)
            return refuse(parser, "\\u{…} is past U+10FFFF", start);
        parser->at++;
    }
    parser->at++;
    *value = sum;
    return true;
}

/* What follows "\u". Two escapes that are a surrogate pair are one character; a lone one stays a
 * surrogate, which no text holds. */
static bool take_unicode_escape(struct parser *parser, uint32_t *value)
{
    size_t start = parser->at;
    if (take(parser, '{'))
        return take_braced_hex(parser, value);
    if (!take_hex(parser, 4, value))
        return refuse(parser, "\\u needs four hexadecimal digits or {…}", start);
    if (*value < 0xD800 || *value > 0xDBFF)
        return true;
    size_t behind = parser->at;
    uint32_t low = 0;
    if (take_text(parser, "\\u") && take_hex(parser, 4, &low) && low >= 0xDC00 && low <= 0xDFFF)
        *value = 0x10000 + ((*value - 0xD800) << 10) + (low - 0xDC00);
    else
        parser->at = behind;
    return true;
}

/* What follows a '\' and stands for one character, in a class or out of one. */
static bool take_character_escape(struct parser *parser, uint32_t *value)
{
    static const char controls[] = "t\tn\nv\vf\fr\r";
    size_t start = parser->at - 1;
    uint32_t c = peek(parser, 0);
    if (c == END_OF_SOURCE)
        return refuse(parser, "'\\' at the end", start);
    parser->at++;
    for (size_t i = 0; i < sizeof controls - 1; i += 2)
        if (c == (unsigned char)controls[i]) {
            *value = (unsigned char)controls[i + 1];
            return true;
        }
    *value = c;
    if (c < 0x80 && c != 0 && strchr("^$\\.*+?()[]{}|/", (int)c) != NULL)
        return true;
    if (c == 'u')
        return take_unicode_escape(parser, value);
    if (c == 'x')
        return take_hex(parser, 2, value) ||
               refuse(parser, "\\x needs two hexadecimal digits", start);
    if (c == 'c') {
        *value = peek(parser, 0) & 0x1F;
        if (!is_letter(peek(parser, 0)))
            return refuse(parser, "\\c needs a letter", start);
        parser->at++;
        return true;
    }
    *value = 0;
    if (c == '0' && !is_digit(peek(parser, 0)))
        return true;
    return refuse(parser, is_digit(c) ? "octal escape" : "no such escape", start);
}

/* ---- classes ---- */

/* "\p{…}", standing behind the 'p'. */
static struct st_node *parse_property(struct parser *parser, bool negated)
{
    size_t start = parser->at - 2;
    struct st_node *node = new_node(parser, ST_NODE_PROPERTY);
    st_str text = {0};
    st_str rest = {0};
    if (node == NULL)
        return NULL;
    node->offset = (uint32_t)start;
    node->negated = negated;
    if (!take(parser, '{') ||
        !st_str_cut(st_str_from(parser->source, parser->at), '}', &text, &rest))
        return fail(parser, "\\p needs {…}", start);
    if (!st_property_find(text, &node->property))
        return fail(parser, "no such Unicode property", start);
    parser->at += text.len + 1;
    return node;
}

/* \d \D \s \S \w \W \p{…} \P{…}, standing behind the '\'; NULL without failure when it is none. */
static struct st_node *parse_class_escape(struct parser *parser)
{
    uint32_t c = peek(parser, 0);
    bool negated = c == 'D' || c == 'S' || c == 'W' || c == 'P';
    enum st_node_kind kind = ST_NODE_DIGIT;
    switch (c | 0x20) {
    case 'd':
        break;
    case 's':
        kind = ST_NODE_SPACE;
        break;
    case 'w':
        kind = ST_NODE_WORD;
        break;
    case 'p':
        parser->at++;
        return parse_property(parser, negated);
    default:
        return NULL;
    }
    struct st_node *node = new_node(parser, kind);
    if (node == NULL)
        return NULL;
    node->offset = (uint32_t)parser->at - 1;
    node->negated = negated;
    parser->at++;
    return node;
}

/* One character or class escape inside brackets. */
static struct st_node *parse_class_atom(struct parser *parser)
{
    uint32_t value = 0;
    size_t start = parser->at;
    if (take(parser, '\\')) {
        struct st_node *escape = parse_class_escape(parser);
        if (escape != NULL || parser->err != ST_OK)
            return escape;
        if (take(parser, 'b'))
            value = '\b';
        else if (take(parser, '-'))
            value = '-';
        else if (!take_character_escape(parser, &value))
            return NULL;
    } else {
        value = st_utf8_next(parser->source, &parser->at);
    }
    struct st_node *node = new_node(parser, ST_NODE_RANGE);
    if (node == NULL)
        return NULL;
    node->offset = (uint32_t)start;
    node->low = node->high = value;
    return node;
}

/* An atom, or two with a '-' between them. */
static struct st_node *parse_class_range(struct parser *parser)
{
    struct st_node *first = parse_class_atom(parser);
    if (first == NULL || peek(parser, 0) != '-' || peek(parser, 1) == ']' ||
        peek(parser, 1) == END_OF_SOURCE)
        return first;
    parser->at++;
    struct st_node *last = parse_class_atom(parser);
    if (last == NULL)
        return NULL;
    if (first->kind != ST_NODE_RANGE || last->kind != ST_NODE_RANGE)
        return fail(parser, "a class escape cannot be the end of a range", first->offset);
    if (first->low > last->low)
        return fail(parser, "range out of order", first->offset);
    first->high = last->low;
    return first;
}

/* Standing behind the '['. */
static struct st_node *parse_class(struct parser *parser)
{
    size_t start = parser->at - 1;
    struct st_node *node = new_node(parser, ST_NODE_SET);
    if (node == NULL)
        return NULL;
    node->negated = take(parser, '^');
    for (struct st_node **tail = &node->child; !take(parser, ']');) {
        if (peek(parser, 0) == END_OF_SOURCE)
            return fail(parser, "'[' without ']'", start);
        struct st_node *item = parse_class_range(parser);
        if (item == NULL)
            return NULL;
        *tail = item;
        tail = &item->next;
    }
    return node;
}

/* ---- group names ---- */

static bool is_ascii_name_char(uint32_t c, bool first)
{
    return is_letter(c) || c == '$' || c == '_' || (!first && is_digit(c));
}

/* ID_Start or ID_Continue. Compiled for each such character: names with them are rare. */
static bool is_name_char(uint32_t c, bool first)
{
    char text[4];
    int error = 0;
    size_t offset = 0;
    if (c < 0x80)
        return is_ascii_name_char(c, first);
    if (c >= 0xD800 && c <= 0xDFFF)
        return false;
    const char *pattern = first ? "\\p{ID_Start}" : "[\\p{ID_Continue}\\x{200c}\\x{200d}]";
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &error, &offset, NULL);
    pcre2_match_data *match = pcre2_match_data_create(1, NULL);
    bool found = code != NULL && match != NULL &&
                 pcre2_match(code, (PCRE2_SPTR)text, st_utf8_write(c, text), 0, 0, match, NULL) > 0;
    pcre2_match_data_free(match);
    pcre2_code_free(code);
    return found;
}

/* "name>", standing behind the '<'. Escapes are resolved, so that one name has one spelling. */
static bool take_group_name(struct parser *parser, st_str *name)
{
    size_t start = parser->at;
    size_t spelled = 0;
    size_t len = 0;
    if (!st_str_find(st_str_from(parser->source, start), '>', &spelled))
        return refuse(parser, "group name without '>'", start);
    /* No escape is shorter than what it stands for. */
    char *text = st_arena_get(parser->arena, spelled + 1);
    if (text == NULL) {
        parser->err = st_fail(parser->why, ST_ERR_MEMORY, "no memory for the pattern");
        return false;
    }
    while (!take(parser, '>')) {
        uint32_t c = 0;
        if (take_text(parser, "\\u")) {
            if (!take_unicode_escape(parser, &c))
                return false;
        } else {
            c = st_utf8_next(parser->source, &parser->at);
        }
        if (!is_name_char(c, len == 0))
            return refuse(parser, "no such character in a group name", start);
        len += st_utf8_write(c, text + len);
    }
    *name = (st_str){text, len};
    return len > 0 || refuse(parser, "empty group name", start);
}

/* ---- terms ---- */

static struct st_node *parse_alternatives(struct parser *parser);

static struct st_node *wrap_in_set(struct parser *parser, struct st_node *item)
{
    struct st_node *set = new_node(parser, ST_NODE_SET);
    if (set != NULL)
        set->child = item;
    return set;
}

static struct st_node *parse_char(struct parser *parser, uint32_t value)
{
    struct st_node *node = new_node(parser, ST_NODE_CHAR);
    if (node != NULL)
        node->low = value;
    return node;
}

static struct st_node *new_reference(struct parser *parser, size_t start)
{
    struct st_node *node = new_node(parser, ST_NODE_REF);
    if (node == NULL)
        return NULL;
    node->offset = (uint32_t)start;
    node->child = parser->tree->refs;
    parser->tree->refs = node;
    return node;
}

/* "\12" or "\k<name>"; whether the group exists is known at the end. */
static struct st_node *parse_reference(struct parser *parser)
{
    struct st_node *node = new_reference(parser, parser->at - 1);
    if (node == NULL)
        return NULL;
    if (take(parser, 'k')) {
        if (!take(parser, '<'))
            return fail(parser, "\\k needs <name>", node->offset);
        return take_group_name(parser, &node->name) ? node : NULL;
    }
    while (is_digit(peek(parser, 0))) {
        uint32_t digit = peek(parser, 0) - '0';
        node->low = node->low > 100000 ? ST_PATTERN_MANY : node->low * 10 + digit;
        parser->at++;
    }
    return node;
}

/* Standing behind the '\'. */
static struct st_node *parse_escape(struct parser *parser)
{
    uint32_t c = peek(parser, 0);
    uint32_t value = 0;
    if (take(parser, 'b'))
        return new_node(parser, ST_NODE_EDGE);
    if (take(parser, 'B'))
        return new_node(parser, ST_NODE_NOT_EDGE);
    if (c == 'k' || (c >= '1' && c <= '9'))
        return parse_reference(parser);
    struct st_node *class_escape = parse_class_escape(parser);
    if (class_escape != NULL)
        return wrap_in_set(parser, class_escape);
    if (parser->err != ST_OK || !take_character_escape(parser, &value))
        return NULL;
    return parse_char(parser, value);
}

static bool name_group(struct parser *parser, uint32_t number)
{
    size_t start = parser->at;
    st_str name = {0};
    struct st_map_entry *entry = NULL;
    bool added = false;
    if (!take_group_name(parser, &name))
        return false;
    st_err err = st_map_put(&parser->names, name, number, &entry, &added);
    if (err != ST_OK) {
        parser->err = st_fail(parser->why, err, "no memory for the pattern");
        return false;
    }
    return added || refuse(parser, "two groups with one name", start);
}

/* Sets what kind of group follows the '('. */
static bool take_group_head(struct parser *parser, struct st_node *node)
{
    size_t start = parser->at - 1;
    if (take_text(parser, "?:"))
        return true;
    if (take_text(parser, "?=") || take_text(parser, "?!")) {
        node->kind = ST_NODE_LOOK;
    } else if (take_text(parser, "?<=") || take_text(parser, "?<!")) {
        node->kind = ST_NODE_LOOK;
        node->behind = true;
    }
    if (node->kind == ST_NODE_LOOK) {
        node->negated = parser->source.at[parser->at - 1] == '!';
        return true;
    }
    if (parser->tree->groups == ST_PATTERN_COUNT_MAX)
        return refuse(parser, "more than 65535 groups", start);
    node->low = ++parser->tree->groups;
    if (take_text(parser, "?<"))
        return name_group(parser, node->low);
    return peek(parser, 0) != '?' || refuse(parser, "no such group", start);
}

/* Standing behind the '('. */
static struct st_node *parse_group(struct parser *parser)
{
    size_t start = parser->at - 1;
    struct st_node *node = new_node(parser, ST_NODE_GROUP);
    if (node == NULL || !take_group_head(parser, node))
        return NULL;
    if (parser->depth == ST_PATTERN_DEPTH_MAX) {
        parser->err = st_fail_at(parser->why, ST_ERR_LIMIT, "groups nested too deep", start);
        return NULL;
    }
    parser->depth++;
    node->child = parse_alternatives(parser);
    parser->depth--;
    if (node->child == NULL)
        return NULL;
    return take(parser, ')') ? node : fail(parser, "'(' without ')'", start);
}

/* The number here, leading zeros dropped, as text: counts may have any number of digits. */
static st_str take_number(struct parser *parser)
{
    size_t start = parser->at;
    while (is_digit(peek(parser, 0)))
        parser->at++;
    st_str digits = {parser->source.at + start, parser->at - start};
    while (digits.len > 1 && digits.at[0] == '0')
        digits = st_str_from(digits, 1);
    return digits;
}

static uint32_t count_of(st_str digits)
{
    uint64_t value = 0;
    return st_str_to_u64(digits, &value) != ST_OK || value > ST_PATTERN_MANY ? ST_PATTERN_MANY
                                                                             : (uint32_t)value;
}

/* "{2}", "{2,}", "{2,5}", standing behind the '{'. */
static bool take_counts(struct parser *parser, struct st_node *repeat)
{
    size_t start = parser->at - 1;
    st_str low = take_number(parser);
    st_str high = low;
    if (low.len == 0)
        return refuse(parser, "'{' needs a count", start);
    repeat->low = count_of(low);
    repeat->high = repeat->low;
    if (take(parser, ',')) {
        high = take_number(parser);
        repeat->high = high.len == 0 ? ST_PATTERN_MANY : count_of(high);
    }
    if (!take(parser, '}'))
        return refuse(parser, "'{' without '}'", start);
    bool ordered =
        high.len == 0 || low.len < high.len || (low.len == high.len && st_str_cmp(low, high) <= 0);
    return ordered || refuse(parser, "counts out of order", start);
}

/* The term, or the REPEAT of it when a quantifier follows. */
static struct st_node *parse_quantifier(struct parser *parser, struct st_node *term,
                                        uint32_t groups_before)
{
    uint32_t c = peek(parser, 0);
    if (c != '*' && c != '+' && c != '?' && c != '{')
        return term;
    struct st_node *repeat = new_node(parser, ST_NODE_REPEAT);
    if (repeat == NULL)
        return NULL;
    parser->at++;
    repeat->low = c == '+';
    repeat->high = c == '?' ? 1 : ST_PATTERN_MANY;
    if (c == '{' && !take_counts(parser, repeat))
        return NULL;
    repeat->lazy = take(parser, '?');
    repeat->child = term;
    repeat->groups_from = groups_before + 1;
    repeat->groups_to = parser->tree->groups + 1;
    return repeat;
}

static struct st_node *parse_atom(struct parser *parser)
{
    size_t start = parser->at;
    uint32_t c = peek(parser, 0);
    if (c == '*' || c == '+' || c == '?')
        return fail(parser, "nothing to repeat", start);
    if (c == '{' || c == '}' || c == ']')
        return fail(parser, "lone bracket; write it with '\\'", start);
    if (c == ')')
        return fail(parser, "')' without '('", start);
    if (take(parser, '^'))
        return new_node(parser, ST_NODE_START);
    if (take(parser, '$'))
        return new_node(parser, ST_NODE_END);
    if (take(parser, '.'))
        return new_node(parser, ST_NODE_ANY);
    if (take(parser, '('))
        return parse_group(parser);
    if (take(parser, '['))
        return parse_class(parser);
    if (take(parser, '\\'))
        return parse_escape(parser);
    return parse_char(parser, st_utf8_next(parser->source, &parser->at));
}

static struct st_node *parse_term(struct parser *parser)
{
    uint32_t groups_before = parser->tree->groups;
    struct st_node *atom = parse_atom(parser);
    if (atom == NULL)
        return NULL;
    bool assertion = atom->kind >= ST_NODE_START && atom->kind <= ST_NODE_LOOK;
    return assertion ? atom : parse_quantifier(parser, atom, groups_before);
}

/* Terms up to '|', ')' or the end. */
static struct st_node *parse_sequence(struct parser *parser)
{
    struct st_node *sequence = new_node(parser, ST_NODE_SEQ);
    struct st_node **tail = sequence == NULL ? NULL : &sequence->child;
    bool outermost = parser->depth == 0;
    while (tail != NULL) {
        uint32_t c = peek(parser, 0);
        if (c == END_OF_SOURCE || c == '|' || (c == ')' && !outermost))
            return sequence;
        *tail = parse_term(parser);
        tail = *tail == NULL ? NULL : &(*tail)->next;
    }
    return NULL;
}

static struct st_node *parse_alternatives(struct parser *parser)
{
    struct st_node *first = parse_sequence(parser);
    if (first == NULL || peek(parser, 0) != '|')
        return first;
    struct st_node *node = new_node(parser, ST_NODE_ALT);
    if (node == NULL)
        return NULL;
    node->child = first;
    for (struct st_node *last = first; take(parser, '|'); last = last->next) {
        last->next = parse_sequence(parser);
        if (last->next == NULL)
            return NULL;
    }
    return node;
}

/* Every reference must name a group, before it or behind. */
static bool resolve_references(struct parser *parser)
{
    for (struct st_node *ref = parser->tree->refs; ref != NULL; ref = ref->child) {
        if (ref->name.at != NULL) {
            struct st_map_entry *entry = st_map_find(&parser->names, ref->name);
            if (entry == NULL)
                return refuse(parser, "no group of this name", ref->offset);
            ref->low = (uint32_t)entry->value;
        }
        if (ref->low > parser->tree->groups)
            return refuse(parser, "no group of this number", ref->offset);
    }
    return true;
}

st_err st_tree_parse(struct st_tree *tree, st_str source, struct st_arena *arena,
                     struct st_why *why)
{
    struct parser parser = {.source = source, .arena = arena, .tree = tree, .why = why};
    if (source.len > ST_PATTERN_BYTES_MAX)
        return st_fail_at(why, ST_ERR_LIMIT, "pattern too long", ST_PATTERN_BYTES_MAX);
    size_t valid = st_utf8_check(source);
    if (valid < source.len)
        return st_fail_at(why, ST_ERR_INVALID, "not UTF-8", valid);
    *tree = (struct st_tree){0};
    st_map_init(&parser.names, ST_PATTERN_COUNT_MAX);
    tree->root = parse_alternatives(&parser);
    if (parser.err == ST_OK)
        resolve_references(&parser);
    st_map_done(&parser.names);
    return parser.err;
}
