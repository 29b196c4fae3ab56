/*
 * diff_text.c: texts that have what a world says of them: patterns, formats, lengths.
 *
 * Candidates come from the patterns' own trees, from samples of formats, and from what the schemas
 * name; each is tried against all that is known, so a poor candidate costs a try and no more.
 */
#include "schema/diff_work.h"
#include "schema/pattern_tree.h"

#include "base/utf8.h"

#define TEXT_TRIES      24
#define TEXT_BYTES_MAX  8192
#define MATCH_DEPTH_MAX 60

/* ---- texts that a pattern matches ---- */

struct match {
    struct st_diff_work *w;
    struct st_buf *text;
    st_err err;
};

/* The first tries are calm: they take what comes first, and so read well. */
uint64_t st_diff_below(struct st_diff_work *w, uint64_t bound)
{
    return st_rng_below(&w->rng, 100) < w->calm ? 0 : st_rng_below(&w->rng, bound);
}

static uint64_t below(struct st_diff_work *w, uint64_t bound)
{
    return st_diff_below(w, bound);
}

static void add_char(struct match *m, uint32_t c)
{
    char bytes[4];
    bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    size_t len = surrogate ? 0 : st_utf8_write(c, bytes);
    if (m->err == ST_OK && m->text->len < TEXT_BYTES_MAX)
        m->err = st_buf_add(m->text, bytes, len);
}

/* A character of a class escape; of a property, one that is likely to have it. */
static uint32_t char_of(struct st_diff_work *w, const struct st_node *node)
{
    static const uint32_t letters[] = {'a', 'Z', 'k', 0xE9, 0x3B1, 0x4E2D, '7', '_', 0x410};
    switch (node->kind) {
    case ST_NODE_CHAR:
        return node->low;
    case ST_NODE_RANGE:
        return node->low + (uint32_t)below(w, (uint64_t)(node->high - node->low) + 1);
    case ST_NODE_DIGIT:
        return node->negated ? 'x' : '0' + (uint32_t)below(w, 10);
    case ST_NODE_SPACE:
        return node->negated ? 'x' : ' ';
    case ST_NODE_WORD:
        return node->negated ? '-' : 'a' + (uint32_t)below(w, 26);
    default:
        return letters[below(w, sizeof letters / sizeof letters[0])];
    }
}

static bool set_has(const struct st_node *set, uint32_t c)
{
    for (const struct st_node *node = set->child; node != NULL; node = node->next) {
        bool digit = c >= '0' && c <= '9';
        bool word = digit || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if ((node->kind == ST_NODE_CHAR && node->low == c) ||
            (node->kind == ST_NODE_RANGE && node->low <= c && c <= node->high) ||
            (node->kind == ST_NODE_DIGIT && digit != node->negated) ||
            (node->kind == ST_NODE_WORD && word != node->negated) ||
            (node->kind == ST_NODE_SPACE && (c == ' ') != node->negated))
            return true;
    }
    return false;
}

static uint32_t count_children(const struct st_node *node)
{
    uint32_t count = 0;
    for (const struct st_node *child = node->child; child != NULL; child = child->next)
        count++;
    return count;
}

/* Any of so many children, of which there is one at least. */
static const struct st_node *pick_child(struct st_diff_work *w, const struct st_node *node,
                                        uint32_t count)
{
    uint32_t pick = (uint32_t)below(w, count);
    const struct st_node *child = node->child;
    while (pick-- > 0 && child->next != NULL)
        child = child->next;
    return child;
}

static void match_set(struct match *m, const struct st_node *set)
{
    static const char likely[] = "ax0-_ Z.~/:#@%";
    uint32_t count = count_children(set);
    if (set->negated || count == 0) {
        for (unsigned i = 0; i < 8; i++) {
            uint32_t c = (uint32_t)(unsigned char)likely[below(m->w, sizeof likely - 1)];
            if (!set_has(set, c) || i == 7) {
                add_char(m, c);
                return;
            }
        }
    }
    add_char(m, char_of(m->w, pick_child(m->w, set, count)));
}

static void match_node(struct match *m, const struct st_node *node, unsigned depth);

static void match_children(struct match *m, const struct st_node *node, unsigned depth)
{
    for (const struct st_node *child = node->child; child != NULL; child = child->next)
        match_node(m, child, depth);
}

static void match_one_child(struct match *m, const struct st_node *node, unsigned depth)
{
    uint32_t count = count_children(node);
    if (count > 0)
        match_node(m, pick_child(m->w, node, count), depth);
}

static void match_node(struct match *m, const struct st_node *node, unsigned depth)
{
    if (depth > MATCH_DEPTH_MAX || m->text->len >= TEXT_BYTES_MAX)
        return;
    switch (node->kind) {
    case ST_NODE_CHAR:
        add_char(m, node->low);
        return;
    case ST_NODE_ANY:
        add_char(m, 'a' + (uint32_t)below(m->w, 26));
        return;
    case ST_NODE_SET:
        match_set(m, node);
        return;
    case ST_NODE_DIGIT:
    case ST_NODE_SPACE:
    case ST_NODE_WORD:
    case ST_NODE_PROPERTY:
        add_char(m, char_of(m->w, node));
        return;
    case ST_NODE_REPEAT: {
        uint64_t more = node->high == ST_PATTERN_MANY ? 4 : (uint64_t)node->high - node->low;
        uint64_t count = node->low + below(m->w, (more > 3 ? 3 : more) + 1);
        for (uint64_t i = 0; i < count && m->text->len < TEXT_BYTES_MAX; i++)
            match_children(m, node, depth + 1);
        return;
    }
    case ST_NODE_ALT:
        match_one_child(m, node, depth + 1);
        return;
    case ST_NODE_GROUP:
    case ST_NODE_SEQ:
        match_children(m, node, depth + 1);
        return;
    default:
        return;
    }
}

bool st_diff_write_match(struct st_diff_work *w, st_str source, struct st_buf *text)
{
    struct st_arena arena;
    struct st_tree tree;
    struct match m = {w, text, ST_OK};
    st_arena_init(&arena, ST_PATTERN_TREE_BYTES_MAX);
    bool parsed = st_tree_parse(&tree, source, &arena, NULL) == ST_OK;
    if (parsed)
        match_node(&m, tree.root, 0);
    st_arena_done(&arena);
    return parsed && st_diff_failed(w, m.err);
}

/* ---- candidates ---- */

static const char *sample_of(const char *format)
{
    static const char *const rows[][2] = {
        {"date-time", "2026-01-02T03:04:05Z"},
        {"uuid", "0b8f6a52-6f0e-4c3e-9f5b-2d7c1c4f8a10"},
        {"date", "2026-01-02"},
        {"time", "03:04:05Z"},
        {"duration", "P1D"},
        {"email", "a@example.com"},
        {"idn-email", "a@example.com"},
        {"hostname", "example.com"},
        {"idn-hostname", "example.com"},
        {"ipv4", "192.0.2.1"},
        {"ipv6", "2001:db8::1"},
        {"uri", "https://example.com/a"},
        {"uri-reference", "/a"},
        {"iri", "https://example.com/a"},
        {"iri-reference", "/a"},
        {"uri-template", "/a/{b}"},
        {"json-pointer", "/a"},
        {"relative-json-pointer", "1/a"},
        {"regex", "^a$"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i][0], format) == 0)
            return rows[i][1];
    return "";
}

static st_str pooled_text(struct st_diff_work *w)
{
    const struct st_pooled *pool = w->pool.at;
    for (unsigned i = 0; i < 6 && w->pool.count > 0; i++) {
        const struct st_pooled *one = &pool[below(w, w->pool.count)];
        if (st_json_kind(one->doc, one->node) == ST_JSON_STRING)
            return st_json_text(one->doc, one->node);
    }
    return ST_STR("a");
}

/* Texts that differ in what people's patterns look at. */
static st_str some_text(struct st_diff_work *w)
{
    static const char *const texts[] = {"a",   "",    "abc", "A",  "0",     "12",    "a b", "-",
                                        "a-b", "a_b", "é",   "a.", "Abc-1", "x y z", " ",   "中"};
    return st_str_of(texts[below(w, sizeof texts / sizeof texts[0])]);
}

/* A rule of that kind that holds, or that is broken. */
static const struct st_atom *pick_atom(struct st_diff_work *w, const struct st_atom *atoms,
                                       uint32_t count, enum st_rule_kind kind)
{
    const struct st_atom *picked = NULL;
    uint64_t seen = 0;
    for (uint32_t i = 0; i < count; i++)
        if (atoms[i].rule->kind == kind && below(w, ++seen) == 0)
            picked = &atoms[i];
    return picked;
}

static void propose(struct st_diff_work *w, const struct st_world *world, struct st_buf *text)
{
    const struct st_atom *pattern = pick_atom(w, world->atoms, world->atom_count, ST_RULE_PATTERN);
    const struct st_atom *format = pick_atom(w, world->atoms, world->atom_count, ST_RULE_FORMAT);
    st_str words = some_text(w);
    if (pattern != NULL && (format == NULL || below(w, 2) == 0)) {
        st_diff_write_match(w, st_json_text(st_plain_doc(pattern->plain), pattern->rule->value),
                            text);
        return;
    }
    if (format != NULL)
        words = st_str_of(sample_of(format->rule->format->name));
    else if (below(w, 3) == 1)
        words = pooled_text(w);
    st_diff_failed(w, st_buf_add_str(text, words));
}

/* ---- lengths ---- */

/* What is said of the length; a broken limit is the opposite limit. */
static void length_bounds(const struct st_world *world, uint64_t *least, uint64_t *most)
{
    *least = st_diff_least(world, ST_RULE_MIN_LENGTH);
    *most = st_diff_most(world, ST_RULE_MAX_LENGTH);
    for (uint32_t i = 0; i < world->broken_count; i++) {
        const struct st_rule *rule = world->broken[i].rule;
        if (rule->kind == ST_RULE_MAX_LENGTH && rule->count < UINT64_MAX && rule->count >= *least)
            *least = rule->count + 1;
        if (rule->kind == ST_RULE_MIN_LENGTH && rule->count > 0 && rule->count <= *most)
            *most = rule->count - 1;
    }
}

static void fit_length(struct st_diff_work *w, const struct st_world *world, struct st_buf *text)
{
    uint64_t least, most;
    length_bounds(world, &least, &most);
    if (least > TEXT_BYTES_MAX * 8)
        return;
    for (uint64_t have = st_utf8_count(st_buf_str(text)); have < least && w->err == ST_OK; have++)
        st_diff_failed(w, st_buf_add_char(text, "abcdefgh"[have % 8]));
    if (st_utf8_count(st_buf_str(text)) <= most)
        return;
    size_t at = 0;
    for (uint64_t count = 0; count < most; count++)
        st_utf8_next(st_buf_str(text), &at);
    text->len = at;
}

/* ---- trying ---- */

static bool satisfies(struct st_diff_work *w, const struct st_rule *rule, st_str text)
{
    bool found = false;
    switch (rule->kind) {
    case ST_RULE_PATTERN:
        return st_pattern_search(rule->pattern, w->matcher, text, &found) == ST_OK && found;
    case ST_RULE_FORMAT:
        return rule->format->test(text);
    case ST_RULE_MIN_LENGTH:
        return st_utf8_count(text) >= rule->count;
    case ST_RULE_MAX_LENGTH:
        return st_utf8_count(text) <= rule->count;
    default:
        return true;
    }
}

static bool fits(struct st_diff_work *w, const struct st_world *world, st_str text)
{
    for (uint32_t i = 0; i < world->atom_count; i++)
        if (!satisfies(w, world->atoms[i].rule, text))
            return false;
    for (uint32_t i = 0; i < world->broken_count; i++) {
        enum st_rule_kind kind = world->broken[i].rule->kind;
        if (st_diff_rule_kinds(kind) == ST_KINDS_STRING &&
            satisfies(w, world->broken[i].rule, text))
            return false;
    }
    return true;
}

bool st_diff_make_text(struct st_diff_work *w, const struct st_world *world, struct st_buf *text)
{
    size_t start = text->len;
    if (start > 0)
        return false;
    for (unsigned i = 0; i < TEXT_TRIES && w->err == ST_OK; i++) {
        st_buf_reset(text);
        propose(w, world, text);
        fit_length(w, world, text);
        if (fits(w, world, st_buf_str(text)))
            return true;
    }
    return w->err == ST_OK;
}

/* ---- names ---- */

static bool name_fits(struct st_diff_work *w, const struct st_part *part, st_str name)
{
    for (uint32_t i = 0; i < part->names.source_count; i++) {
        bool found = false;
        if (st_pattern_search(part->names.patterns[i], w->matcher, name, &found) != ST_OK)
            return false;
        if (found != ((part->names.matches & (1u << i)) != 0))
            return false;
    }
    return true;
}

/* A name of the class that nobody is likely to name; another one for each number. */
bool st_diff_make_name(struct st_diff_work *w, const struct st_part *part, uint32_t nth,
                       struct st_buf *text)
{
    static const char *const fresh[] = {"other", "extra", "zz", "x-9", "Other", "_other", "0", "q"};
    if (part->names.name != NULL)
        return st_diff_failed(w, st_buf_add_str(text, *part->names.name));
    for (unsigned i = 0; i < TEXT_TRIES && w->err == ST_OK; i++) {
        st_buf_reset(text);
        uint32_t source = 0;
        while (source < part->names.source_count && !(part->names.matches & (1u << source)))
            source++;
        if (source < part->names.source_count)
            st_diff_write_match(w, part->names.sources[source], text);
        else
            st_diff_failed(w, st_buf_add_str(text, st_str_of(fresh[(nth + i) % 8])));
        if (nth >= 8 || i >= 8)
            st_diff_failed(w, st_buf_add_u64(text, nth + i));
        if (name_fits(w, part, st_buf_str(text)))
            return true;
    }
    return false;
}
