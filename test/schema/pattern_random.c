/* The twins of patterns in volume: automata, with this machine's instructions and without, against
 * PCRE2 and the walk, for texts that are made of the pattern and then spoilt. (pattern_twin.mjs has
 * another engine's answers.)
 *
 *   pattern_random [texts a pattern] [random patterns] [seed] [file.json …]
 *
 * Of the files all strings under "pattern" and all names under "patternProperties" are taken. */
#include "base/file.h"
#include "base/random.h"
#include "base/time.h"
#include "base/utf8.h"
#include "schema/pattern_chars.h"
#include "schema/pattern_twin.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>

#define TEXT_BYTES_MAX 600
#define TERM_BYTES_MAX 200
#define ROUNDS_MAX     70
#define FAILURES_SHOWN 20

struct run {
    struct st_rng rng;
    struct st_matcher *matcher;
    uint64_t texts;   /* for each pattern */
    uint64_t ways[4]; /* patterns by what answers for them */
    uint64_t found;
    uint64_t absent;
    uint64_t limits;
    uint64_t failures;
};

static uint64_t below(struct run *run, uint64_t bound)
{
    return st_rng_below(&run->rng, bound);
}

/* ---- texts ---- */

static void add_char(struct st_buf *text, uint32_t c)
{
    char bytes[4];
    if (c >= 0xD800 && c <= 0xDFFF)
        c = 0xFFFD;
    if (text->len < TEXT_BYTES_MAX)
        (void)!st_buf_add(text, bytes, st_utf8_write(c, bytes));
}

/* One of the characters that are hard: line ends, the edges of lengths in UTF-8, of ASCII, of \s.
 */
static uint32_t hard_char(struct run *run)
{
    static const uint32_t hard[] = {
        0,      '\n',   '\r',   0x2028, 0x2029, 0x7F,   0x80,    0x85,    0xA0,     0xFEFF,  0x7FF,
        0x800,  0xFFF,  0x1000, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF,  0x10000, 0x10FFFF, 0x1F600, 0xE9,
        0x1680, 0x180E, 0x2000, 0x200A, 0x200B, 0x3000, 0x3FFFF, 0x40000, '_',      ' '};
    return hard[below(run, sizeof hard / sizeof hard[0])];
}

static void add_out_of(struct run *run, struct st_buf *text, const struct st_node *node)
{
    struct st_arena arena;
    struct st_chars chars = {0};
    st_arena_init(&arena, (size_t)1 << 20);
    if (st_chars_of(&chars, node, &arena) == ST_OK && chars.count > 0) {
        struct st_char_range range = chars.at[below(run, chars.count)];
        uint64_t span = (uint64_t)range.high - range.low + 1;
        uint64_t at = below(run, 4) == 0 ? span - 1 : below(run, 4) == 0 ? 0 : below(run, span);
        add_char(text, range.low + (uint32_t)at);
    }
    st_arena_done(&arena);
}

static void add_term(struct run *run, struct st_buf *text, const struct st_node *node);

static void add_list(struct run *run, struct st_buf *text, const struct st_node *first)
{
    for (const struct st_node *node = first; node != NULL; node = node->next)
        add_term(run, text, node);
}

static void add_rounds(struct run *run, struct st_buf *text, const struct st_node *node)
{
    uint64_t most = node->high < ROUNDS_MAX ? node->high : ROUNDS_MAX;
    uint64_t least = node->low < most ? node->low : most;
    uint64_t rounds = least;
    if (below(run, 8) == 0)
        rounds = most;
    else if (most > least)
        rounds += below(run, below(run, 2) == 0 ? most - least + 1 : 2);
    for (uint64_t i = 0; i < rounds && text->len < TERM_BYTES_MAX; i++)
        add_term(run, text, node->child);
}

/* A text that the term is found in, but for what looks around. */
static void add_term(struct run *run, struct st_buf *text, const struct st_node *node)
{
    uint64_t count = 0;
    const struct st_node *child = node->child;
    switch (node->kind) {
    case ST_NODE_CHAR:
    case ST_NODE_ANY:
    case ST_NODE_SET:
        add_out_of(run, text, node);
        break;
    case ST_NODE_GROUP:
    case ST_NODE_SEQ:
        add_list(run, text, child);
        break;
    case ST_NODE_REPEAT:
        add_rounds(run, text, node);
        break;
    case ST_NODE_ALT:
        for (; child != NULL; child = child->next)
            count++;
        child = node->child;
        for (uint64_t skip = below(run, count); skip > 0; skip--)
            child = child->next;
        add_term(run, text, child);
        break;
    default:
        break;
    }
}

/* Puts a character in, takes some out, or changes one; the text stays UTF-8. */
static void spoil(struct run *run, struct st_buf *text)
{
    struct st_buf old = ST_BUF(2 * TEXT_BYTES_MAX);
    (void)!st_buf_add_str(&old, st_buf_str(text));
    st_buf_reset(text);
    size_t place = below(run, old.len + 1);
    uint64_t change = below(run, 4);
    bool done = false;
    for (size_t at = 0; at < old.len || !done;) {
        if (at >= place && !done) {
            done = true;
            if (change < 2)
                add_char(text, change == 0 ? hard_char(run) : (uint32_t)below(run, 0x80));
            if (change == 3) {
                st_buf_done(&old);
                return;
            }
            if (change > 0 && at < old.len)
                st_utf8_next(st_buf_str(&old), &at);
            continue;
        }
        add_char(text, st_utf8_next(st_buf_str(&old), &at));
    }
    st_buf_done(&old);
}

/* ---- comparing ---- */

static void complain(struct run *run, st_str source, st_str text, const char *what)
{
    if (++run->failures > FAILURES_SHOWN)
        return;
    printf("DIFFERS %s: pattern %.*s text", what, ST_STR_ARG(source));
    for (size_t i = 0; i < text.len; i++)
        printf(" %02x", (unsigned char)text.at[i]);
    printf("\n");
}

/* False when PCRE2 met a limit, as it does for some patterns again and again, each time late. */
static bool compare(struct run *run, st_str source, st_str text, const struct st_pattern *pattern,
                    const struct st_pattern *engine)
{
    bool found[3] = {false, false, false};
    /* A copy of the very length, so that a sanitizer sees what is read behind it. */
    char *copy = malloc(text.len + 1);
    if (copy == NULL)
        abort();
    memcpy(copy, text.len > 0 ? text.at : "", text.len);
    char *exact = realloc(copy, text.len > 0 ? text.len : 1);
    st_str own = {exact, text.len};
    st_err err = st_pattern_search(pattern, run->matcher, own, &found[0]);
    st_err plain_err = st_pattern_search_plain(pattern, run->matcher, own, &found[1]);
    st_err engine_err = st_pattern_search(engine, run->matcher, own, &found[2]);
    free(exact);
    if (err != plain_err || found[0] != found[1])
        complain(run, source, text, "this machine from the plain way");
    else if (engine_err == ST_ERR_LIMIT)
        run->limits++;
    else if (err != engine_err || found[0] != found[2])
        complain(run, source, text, "automata from the engine");
    run->found += found[0];
    run->absent += !found[0];
    return engine_err != ST_ERR_LIMIT;
}

static void compare_texts(struct run *run, st_str source, const struct st_node *root,
                          const struct st_pattern *pattern, const struct st_pattern *engine)
{
    struct st_buf text = ST_BUF(2 * TEXT_BYTES_MAX);
    bool more = true;
    for (uint64_t i = 0; i < run->texts && more; i++) {
        st_buf_reset(&text);
        if (below(run, 4) == 0)
            for (uint64_t n = below(run, 5); n > 0; n--)
                add_char(&text, below(run, 2) == 0 ? hard_char(run) : (uint32_t)below(run, 0x80));
        add_term(run, &text, root);
        for (uint64_t n = below(run, 4); n > 0; n--)
            spoil(run, &text);
        more = compare(run, source, st_buf_str(&text), pattern, engine);
    }
    compare(run, source, (st_str){NULL, 0}, pattern, engine);
    st_buf_done(&text);
}

static void try_pattern(struct run *run, st_str source)
{
    struct st_arena arena;
    struct st_tree tree;
    struct st_pattern *pattern = NULL;
    struct st_pattern *engine = NULL;
    struct st_why why = {0};
    struct st_why engine_why = {0};
    st_arena_init(&arena, ST_PATTERN_TREE_BYTES_MAX);
    st_err err = st_pattern_compile(&pattern, source, &why);
    st_err engine_err = st_pattern_compile_plain(&engine, source, &engine_why);
    if (err != engine_err || why.offset != engine_why.offset || why.text != engine_why.text)
        complain(run, source, ST_STR(""), "what is refused");
    if (err == ST_OK && engine_err == ST_OK &&
        st_tree_parse(&tree, source, &arena, NULL) == ST_OK) {
        run->ways[st_pattern_way(pattern)]++;
        compare_texts(run, source, tree.root, pattern, engine);
    }
    st_pattern_free(pattern);
    st_pattern_free(engine);
    st_arena_done(&arena);
}

/* ---- patterns ---- */

static void put(struct st_buf *out, const char *text)
{
    (void)!st_buf_add_str(out, st_str_of(text));
}

#define PICK(run, list) ((list)[below((run), sizeof(list) / sizeof((list)[0]))])

static void put_atom(struct run *run, struct st_buf *out)
{
    static const char *const atoms[] = {"a",
                                        "b",
                                        "ab",
                                        "-",
                                        "[a-z]",
                                        "[0-9a-f]",
                                        "[A-Za-z0-9_.-]",
                                        "\\d",
                                        "\\w",
                                        "\\s",
                                        "\\S",
                                        "\\W",
                                        "\\D",
                                        ".",
                                        "[^]",
                                        "[]",
                                        "[^a]",
                                        "[^\\s@]",
                                        "[^\\n]",
                                        "\\.",
                                        "é",
                                        "[é-ü]",
                                        "\\u{1F600}",
                                        "[\\u0080-\\uFFFF]",
                                        "[^\\u2028]",
                                        "[\\u{10000}-\\u{10FFFF}]",
                                        "\\p{L}",
                                        "[\\w\\u00C0-\\u02FF]",
                                        "[\\u0800-\\uD7FF]",
                                        "\\$",
                                        "[^\\x00-\\x7f]",
                                        "x"};
    put(out, PICK(run, atoms));
}

static void put_pattern(struct run *run, struct st_buf *out, int depth)
{
    static const char *const counts[] = {"*",      "+",       "?",      "{2}", "{4}",
                                         "{1,3}",  "{0,2}",   "{2,}",   "{8}", "{16}",
                                         "{3,20}", "{17,40}", "{1,64}", "*?"};
    static const char *const asserts[] = {"^", "$", "\\b", "\\B"};
    for (uint64_t terms = below(run, 5); terms > 0; terms--) {
        uint64_t kind = below(run, 12);
        if (kind == 0) {
            put(out, PICK(run, asserts));
            continue;
        }
        if (kind < 3 && depth > 0) {
            put(out, "(?:");
            put_pattern(run, out, depth - 1);
            if (below(run, 2) == 0) {
                put(out, "|");
                put_pattern(run, out, depth - 1);
            }
            put(out, ")");
        } else {
            put_atom(run, out);
        }
        if (below(run, 2) == 0)
            put(out, PICK(run, counts));
    }
}

static void try_random(struct run *run)
{
    struct st_buf out = ST_BUF(ST_PATTERN_BYTES_MAX);
    uint64_t shape = below(run, 8);
    if (shape > 2)
        put(&out, "^");
    if (shape > 5) {
        put(&out, below(run, 2) == 0 ? "(?=" : "(?!");
        put_pattern(run, &out, 1);
        put(&out, ")");
    }
    put_pattern(run, &out, 2);
    if (shape > 3 && below(run, 4) > 0)
        put(&out, "$");
    try_pattern(run, st_buf_str(&out));
    st_buf_done(&out);
}

/* Patterns that stand for what people write. */
static const char *const known[] = {
    "^x-",
    "\\S",
    "^[0-9a-f]{64}$",
    "^[a-z][a-z0-9-]*$",
    "^[A-Za-z_][-A-Za-z0-9._]*$",
    "^.*$",
    ".*",
    "^",
    "$",
    "",
    "^$",
    "^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$",
    "^(?!x-)[a-z]+$",
    "^(?=.*\\d)(?=.*[a-z])(?!.*\\s).{4,64}$",
    "^https?://",
    "\\.json$",
    "^\\/",
    "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})?$",
    "^[1-5](?:[0-9]{2}|XX)$",
    "^(get|put|post|delete|patch)$",
    "^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)("
    "?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)"
    ")?$",
    "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
    "^[^#]*#?$",
    "^[^/]+/[^/]+$",
    "^#/(?:[^/~]|~[01])*",
    "\\bfoo\\b",
    "^\\S+(?: \\S+)*$",
    "^[\\w.+-]+$",
    "^.{1,256}$",
    "^[^\\x00-\\x1f]{0,80}$",
    "^\\p{Lu}\\p{Ll}*$",
    "^[\\p{L}\\d _-]+$",
    "^(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}$",
    "^urn:[a-z0-9][a-z0-9-]{0,31}:.+",
    "^\\+?[1-9]\\d{1,14}$",
    "^[A-Z]{2}\\d{2}[A-Z0-9]{11,30}$",
    "^#(?:[0-9a-fA-F]{3}){1,2}$",
    "^\\${2}[a-z]*\\}?$",
    "^[^a-z]?[^]{3,9}$",
    "a{3,5}b",
    "(?:ab|ba){2,}c?$",
    "^é+$",
    "[é-ü]{3}",
    "^[^é]{2,5}$",
};

static void try_strings(struct run *run, const struct st_json *doc, uint32_t node)
{
    enum st_json_kind kind = st_json_kind(doc, node);
    if (kind != ST_JSON_OBJECT && kind != ST_JSON_ARRAY)
        return;
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE;
         at = st_json_next(doc, node, at))
        try_strings(run, doc, kind == ST_JSON_OBJECT ? at + 1 : at);
    if (kind != ST_JSON_OBJECT)
        return;
    uint32_t pattern = st_json_member(doc, node, ST_STR("pattern"));
    if (pattern != ST_JSON_NONE && st_json_kind(doc, pattern) == ST_JSON_STRING)
        try_pattern(run, st_json_text(doc, pattern));
    uint32_t names = st_json_member(doc, node, ST_STR("patternProperties"));
    if (names == ST_JSON_NONE || st_json_kind(doc, names) != ST_JSON_OBJECT)
        return;
    for (uint32_t at = st_json_first(doc, names); at != ST_JSON_NONE;
         at = st_json_next(doc, names, at))
        try_pattern(run, st_json_text(doc, at));
}

static bool try_file(struct run *run, const char *path)
{
    struct st_buf text = ST_BUF((size_t)64 << 20);
    struct st_json doc;
    st_json_init(&doc);
    bool good = st_file_read(path, &text, NULL) == ST_OK &&
                st_json_parse(&doc, st_buf_str(&text), NULL, NULL) == ST_OK;
    if (good)
        try_strings(run, &doc, 0);
    st_json_done(&doc);
    st_buf_done(&text);
    return good;
}

int main(int argc, char **argv)
{
    struct run run = {.texts = argc > 1 ? strtoull(argv[1], NULL, 10) : 200};
    uint64_t random = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
    if (seed == 0)
        seed = (uint64_t)st_time_to_ns(st_time_now());
    printf("seed %llu\n", (unsigned long long)seed);
    st_rng_init(&run.rng, seed);
    if (st_matcher_new(&run.matcher) != ST_OK)
        return 1;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        try_pattern(&run, st_str_of(known[i]));
    for (int i = 4; i < argc; i++)
        if (!try_file(&run, argv[i])) {
            printf("cannot read %s\n", argv[i]);
            return 1;
        }
    for (uint64_t i = 0; i < random; i++)
        try_random(&run);
    st_matcher_free(run.matcher);
    printf("patterns: %llu quick, %llu quick for ASCII, %llu PCRE2, %llu walked; %llu found, %llu "
           "absent, %llu limits, %llu differences\n",
           (unsigned long long)run.ways[0], (unsigned long long)run.ways[1],
           (unsigned long long)run.ways[2], (unsigned long long)run.ways[3],
           (unsigned long long)run.found, (unsigned long long)run.absent,
           (unsigned long long)run.limits, (unsigned long long)run.failures);
    return run.failures == 0 ? 0 : 1;
}
