/* ECMA-262 patterns: what is refused and where, what is written for PCRE2, what is found. The twin
 * test (pattern_twin.mjs) compares with another engine at length. */
#include "unit.h"

#include "base/file.h"
#include "base/mem.h"
#include "schema/limits.h"
#include "schema/pattern_twin.h"
#include "schema/pattern_walk.h"
#include "json/json.h"

#include <stdlib.h>
#include <unistd.h>

#define SUITE "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance/tests/draft2020-12/"

static struct st_pattern *compile(const char *source)
{
    struct st_pattern *pattern = NULL;
    struct st_why why = {0};
    if (st_pattern_compile(&pattern, st_str_of(source), &why) != ST_OK)
        fail_msg("\"%s\" is refused: %s", source, why.text);
    return pattern;
}

static st_err search(const char *source, st_str text, bool *found)
{
    struct st_pattern *pattern = compile(source);
    struct st_matcher *matcher = NULL;
    assert_ok(st_matcher_new(&matcher));
    st_err err = st_pattern_search(pattern, matcher, text, found);
    st_matcher_free(matcher);
    st_pattern_free(pattern);
    return err;
}

static bool finds(const char *source, const char *text)
{
    bool found = false;
    if (search(source, st_str_of(text), &found) != ST_OK)
        fail_msg("\"%s\" meets a limit", source);
    return found;
}

#define assert_found(source, text)  assert_true(finds(source, text))
#define assert_absent(source, text) assert_false(finds(source, text))

static void assert_refused(const char *source, uint64_t offset, const char *text)
{
    struct st_pattern *pattern = NULL;
    struct st_why why = {0};
    assert_err(st_pattern_compile(&pattern, st_str_of(source), &why), INVALID);
    assert_null(pattern);
    assert_string_equal(why.text, text);
    assert_int_equal(why.offset, offset);
}

static void assert_written(const char *source, const char *expected)
{
    struct st_buf out = ST_BUF(4096);
    struct st_why why = {0};
    assert_ok(st_pattern_translate(st_str_of(source), &out, &why));
    assert_text(st_buf_str(&out), expected);
    st_buf_done(&out);
}

static void assert_walked(const char *source)
{
    struct st_buf out = ST_BUF(4096);
    struct st_why why = {0};
    assert_err(st_pattern_translate(st_str_of(source), &out, &why), ABSENT);
    assert_non_null(why.text);
    assert_int_equal(out.len, 0);
    st_buf_done(&out);
}

TEST("V3: what ECMA-262 lacks is refused, at the byte that is wrong")
{
    assert_refused("a++", 2, "nothing to repeat");
    assert_refused("a{2}{3}", 4, "lone bracket; write it with '\\'");
    assert_refused("a{,5}", 1, "'{' needs a count");
    assert_refused("a{2", 1, "'{' without '}'");
    assert_refused("a{3,2}", 1, "counts out of order");
    assert_refused("a{99999999999999999999,3}", 1, "counts out of order");
    assert_refused("(?i)a", 0, "no such group");
    assert_refused("x(?>a)", 1, "no such group");
    assert_refused("ab(c", 2, "'(' without ')'");
    assert_refused("ab)c", 2, "')' without '('");
    assert_refused("é[a", 2, "'[' without ']'");
    assert_refused("é\\A", 2, "no such escape");
    assert_refused("\\-", 0, "no such escape");
    assert_refused("a\\", 1, "'\\' at the end");
    assert_refused("\\01", 0, "octal escape");
    assert_refused("[\\1]", 1, "octal escape");
    assert_refused("\\c1", 0, "\\c needs a letter");
    assert_refused("\\x4g", 0, "\\x needs two hexadecimal digits");
    assert_refused("\\u12", 2, "\\u needs four hexadecimal digits or {…}");
    assert_refused("\\u{110000}", 3, "\\u{…} is past U+10FFFF");
    assert_refused("\\u{}", 3, "\\u{…} needs hexadecimal digits");
    assert_refused("[z-a]", 1, "range out of order");
    assert_refused("[\\w-z]", 1, "a class escape cannot be the end of a range");
    assert_refused("(?=a)*", 5, "nothing to repeat");
    assert_refused("(a)\\2", 3, "no group of this number");
    assert_refused("\\k<a>", 0, "no group of this name");
    assert_refused("\\k", 0, "\\k needs <name>");
    assert_refused("(?<a>)(?<a>)", 9, "two groups with one name");
    assert_refused("(?<a>)|(?<\\u0061>)", 10, "two groups with one name");
    assert_refused("(?<1>)", 3, "no such character in a group name");
    assert_refused("(?<>)", 3, "empty group name");
    assert_refused("(?<a", 3, "group name without '>'");
    assert_refused("\\pL", 0, "\\p needs {…}");
    assert_refused("a\\p{Nope}", 1, "no such Unicode property");
    assert_refused("\\p{lu}", 0, "no such Unicode property");
    assert_refused("a\xff", 1, "not UTF-8");
}

TEST("V3: a property that ECMA-262 has and PCRE2 lacks is a pattern, but cannot be run")
{
    static const char *const sources[] = {"\\p{Script=Kawi}", "(?<=a*)[^\\p{CWKCF}]",
                                          "\\P{scx=Nagm}", "\\p{scx=Common}", "\\p{Bidi_M}"};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        struct st_pattern *pattern = NULL;
        struct st_why why = {0};
        assert_ok(st_pattern_check(st_str_of(sources[i]), &why));
        assert_err(st_pattern_compile(&pattern, st_str_of(sources[i]), &why), INVALID);
        assert_string_equal(why.text, "Unicode property not supported");
    }
}

TEST("V3: each construct that the two languages read differently is written anew")
{
    assert_written("^a$", "^a\\z");
    assert_written("a.c", "a[^\\n\\r\\x{2028}\\x{2029}]c");
    assert_written("[]", "[^\\x{0}-\\x{10ffff}]");
    assert_written("[^]", ".");
    assert_written("[^\\ud800]", ".");
    assert_written("\\ud83d\\ude00", "\\x{1f600}");
    assert_written("\\udead", "[^\\x{0}-\\x{10ffff}]");
    assert_written("[\\ud000-\\ue001]", "[\\x{d000}-\\x{d7ff}\\x{e000}-\\x{e001}]");
    assert_written("\\d\\w", "[0-9][0-9A-Z_a-z]");
    assert_written("[\\D]", "[\\x{0}-\\/\\:-\\x{d7ff}\\x{e000}-\\x{10ffff}]");
    assert_written("\\s",
                   "[\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}-\\x{2029}"
                   "\\x{202f}\\x{205f}\\x{3000}\\x{feff}]");
    assert_written("[[:alpha:]", "[\\[\\:alpha\\:]");
    assert_written("(a)(?<b>c)", "(?:a)(?:c)");
    assert_written("(a)(?<b>c)\\k<b>\\1", "(a)(c)\\g{2}\\g{1}");
    assert_written("(a)\\1+?", "(a)(?:\\g{1})+?");
    assert_written("a{2}b{0,}c{1,}?d{3,}e{0,1}f{1,2}", "a{2}b*c+?d{3,}e?f{1,2}");
    assert_written("\\p{Letter}\\P{LC}\\p{Assigned}", "[\\p{L}][\\P{L&}][\\P{Cn}]");
    assert_written("\\p{Script=Greek}\\p{scx=Grek}", "[\\p{sc:Greek}][\\p{scx:Grek}]");
    assert_written("(?<=a|bc)(?<!d)", "(?<=a|bc)(?<!d)");
    assert_written("", "");
}

TEST("V3: what PCRE2 has no words for is walked")
{
    assert_walked("(?<=a*)b");
    assert_walked("(?<=(?:a|bc))d");
    assert_walked("(?:(a)|b)*\\1");
    assert_walked("\\1(a)");
    assert_walked("(a\\1)");
    assert_walked("(?<=(a)\\1)b");
    assert_walked("a{65536}");
}

TEST("V3: white space, line ends and the ends of the text are ECMA-262's")
{
    assert_found("^\\s{3}$", "\xef\xbb\xbf\xc2\xa0\xe2\x80\xa8");
    assert_absent("\\s", "\xe1\xa0\x8e\xc2\x85");
    assert_absent("a$", "a\n");
    assert_absent("^a", "\na");
    assert_absent("^.$", "\xe2\x80\xa8");
    assert_found("^.$", "\xc2\x85");
    assert_found("^.$", "😀");
    assert_absent("^..$", "😀");
    assert_absent("[]", "a");
    assert_found("^[^]$", "\n");
    assert_found("[]*", "");
}

TEST("V3: \\d, \\w and \\b know ASCII only, properties know Unicode")
{
    assert_absent("\\d", "٣");
    assert_found("\\p{Nd}", "٣");
    assert_absent("\\w", "é");
    assert_absent("\\b", "é");
    assert_found("^\\p{Lu}\\p{Ll}+$", "Élan");
    assert_found("^[\\P{L}]$", "1");
    assert_absent("\\p{Cs}", "😀");
    assert_found("\\p{Script=Hebrew}", "א");
}

TEST("V3: faults of PCRE2 10.42 do not show")
{
    assert_absent("[^\\D\\p{Zs}]", "Ā");
    assert_absent("^[^\\W\\p{Lu}]$", "ā");
    assert_found("(?:x|^a){0}a", "ba");
    assert_found("(?:b|)a*.", "b");
    assert_found("a{2,}b|(a|)\\^*a{1,2}", "aba^b}acc");
    assert_found("(x)|\\1+$", "a");
    assert_found("(x)|\\1{2,3}?$", "a");
}

TEST("V3: surrogates in a pattern: a pair is one character, a lone one is never found")
{
    assert_found("^\\ud83d\\ude00$", "😀");
    assert_found("^[\\ud83d\\ude00-\\ud83d\\ude02]$", "😁");
    assert_absent("\\ud83d", "😀");
    assert_absent("\\u{d83d}\\u{de00}", "😀");
    assert_absent("[\\ud800-\\udfff]", "😀");
    assert_found("^[^\\ud83d]$", "😀");
}

TEST("V3: references see what ECMA-262 lets them see")
{
    assert_found("^(?:(a)|b)*\\1$", "ab");
    assert_absent("^(?:(a)|b)*\\1$", "aba");
    assert_absent("^(a*)*\\1$", "a");
    assert_found("^(a*)*\\1$", "aaa");
    assert_found("^\\1(a)$", "a");
    assert_found("^(a\\1)$", "a");
    assert_found("(?!(a))\\1b", "b");
    assert_found("^(?<q>['\"]).*\\k<q>$", "'x'");
    assert_absent("^(?<q>['\"]).*\\k<q>$", "'x\"");
    assert_found("^(?:(?=(a)))?a\\1$", "a");
}

TEST("V3: lookbehind of any length, read from right to left")
{
    assert_found("(?<=^\\$\\d+\\.)\\d\\d$", "$12.34");
    assert_absent("(?<=^\\$\\d+\\.)\\d\\d$", "x$12.34");
    assert_found("(?<=\\1(a))b", "aab");
    assert_absent("^(?<=(a)\\1)b", "ab");
    assert_found("(?<=^(?:ab|c)*)d", "abcabd");
    assert_absent("(?<!a+)b", "ab");
    assert_found("(?<=é|😀b)c", "😀bc");
}

TEST("V3: a pattern that would take exponential time meets a limit, on either way")
{
    bool found = true;
    char text[64];
    memset(text, 'a', sizeof text);
    text[63] = 'b';
    assert_err(search("^(?:a|a|aa)*(?!b)$", (st_str){text, 64}, &found), LIMIT);
    assert_false(found);
    found = true;
    assert_err(search("^(?:a|a|aa)*(?<=a*)$", (st_str){text, 64}, &found), LIMIT);
    assert_false(found);
}

TEST("V3: an automaton takes no exponential time, whatever the pattern")
{
    bool found = true;
    char text[64];
    memset(text, 'a', sizeof text);
    text[63] = 'b';
    assert_ok(search("^(?:a|a|aa)*$", (st_str){text, 64}, &found));
    assert_false(found);
    assert_ok(search("(?:(?:a*)*)*$", (st_str){text, 64}, &found));
    assert_true(found);
    assert_ok(search("^(?:(?:a|b)*)*c", (st_str){text, 64}, &found));
    assert_false(found);
}

TEST("V3: a search of a long text is bounded in time though each place in it is cheap")
{
    size_t len = (size_t)8 << 20;
    char *text = malloc(len);
    bool found = true;
    assert_non_null(text);
    memset(text, ' ', len);
    text[len - 1] = 'x';
    st_err err = search("\\s+$", (st_str){text, len}, &found);
    assert_int_equal(err, ST_OK);
    assert_false(found);
    err = search("\\s+(?!x)$", (st_str){text, len}, &found);
    assert_true(err == ST_ERR_LIMIT || err == ST_OK);
    assert_false(found);
    assert_ok(search("x$", (st_str){text, len}, &found));
    assert_true(found);
    assert_ok(search("^ [^]*x$", (st_str){text, len}, &found));
    assert_true(found);
    assert_ok(search("(?<= )x", (st_str){text, len}, &found));
    assert_true(found);
    free(text);
}

TEST("V3: what is nested too deep or too long is a limit, not a crash")
{
    size_t count = 30000;
    char *source = malloc(3 * count + 1);
    struct st_why why = {0};
    assert_non_null(source);
    memset(source, '(', count);
    memset(source + count, ')', count);
    assert_err(st_pattern_check((st_str){source, 2 * count}, &why), LIMIT);
    assert_ok(st_pattern_check((st_str){source + count - 250, 500}, &why));
    memset(source, 'a', 3 * count);
    assert_err(st_pattern_check((st_str){source, 3 * count}, &why), LIMIT);
    free(source);
    struct st_pattern *pattern = compile("((((a{1000}){1000}){1000}){1000})");
    st_pattern_free(pattern);
}

TEST("V3: what people write is answered without PCRE2")
{
    static const struct {
        const char *source;
        enum st_pattern_way way;
    } cases[] = {
        {"^x-", ST_WAY_QUICK},
        {"\\S", ST_WAY_QUICK},
        {".*", ST_WAY_QUICK},
        {"^[0-9a-f]{64}$", ST_WAY_QUICK},
        {"^[a-z][a-z0-9-]*$", ST_WAY_QUICK},
        {"^(?:[A-Z][a-z]+)(?: [A-Z][a-z]+)*$", ST_WAY_QUICK},
        {"^(get|put|post|delete|options|head|patch|trace)$", ST_WAY_QUICK},
        {"^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})?$",
         ST_WAY_QUICK},
        {"^(?!_)[a-z_]+\\b", ST_WAY_QUICK},
        {"^[^#]*#?$", ST_WAY_QUICK},
        /* the engine is kept for texts with other than ASCII */
        {"^\\p{Lu}\\p{L}*$", ST_WAY_QUICK_ASCII},
        {"^.{1,256}$", ST_WAY_QUICK_ASCII},
        /* and these are no automaton's work */
        {"(['\"]).*\\1", ST_WAY_PCRE2},
        {"a(?!b)", ST_WAY_PCRE2},
        {"(?<=a*)b", ST_WAY_WALK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct st_pattern *pattern = compile(cases[i].source);
        if (st_pattern_way(pattern) != cases[i].way)
            fail_msg("%s goes the way %d", cases[i].source, (int)st_pattern_way(pattern));
        st_pattern_free(pattern);
    }
}

TEST("V3: what is too large for an automaton is left to the engine, and answered alike")
{
    static const char *const sources[] = {"^(?:a?b?c?d?e?f?g?){200}$", "[ab]*a[ab]{12}c$",
                                          "(?:\\w\\s?){500}x", "^(?:.{3}){400}$",
                                          "^(?:[\\p{L}\\p{N}]\\S){3}$"};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        struct st_pattern *pattern = compile(sources[i]);
        assert_int_not_equal(st_pattern_way(pattern), ST_WAY_QUICK);
        st_pattern_free(pattern);
    }
    assert_found("[ab]*a[ab]{12}c$", "babbbbbbbbbbbbbbc_abbbbbbbbbbbbc");
    assert_absent("[ab]*a[ab]{12}c$", "babbbbbbbbbbbbbbc_bbbbbbbbbbbbbc");
    assert_found("^(?:[\\p{L}\\p{N}]\\S){3}$", "é😀1-aa");
    assert_absent("^(?:[\\p{L}\\p{N}]\\S){3}$", "é😀1-a\u3000");
}

TEST("V3: a matcher serves many patterns, and in the steady state allocates nothing")
{
    struct st_pattern *one = compile("^[a-z]+(?:-[a-z]+)*$");
    struct st_pattern *two = compile("(?:(a)|b)*\\1$");
    struct st_pattern *three = compile("^[a-z]{2}-(?!x)[^-]+-ef$");
    struct st_matcher *matcher = NULL;
    bool found = false;
    assert_ok(st_matcher_new(&matcher));
    assert_ok(st_pattern_search(two, matcher, ST_STR("abab"), &found));
    uint64_t before = st_mem_count();
    for (int i = 0; i < 100; i++) {
        assert_ok(st_pattern_search(one, matcher, ST_STR("ab-cd-ef"), &found));
        assert_true(found);
        assert_ok(st_pattern_search(two, matcher, ST_STR("abab"), &found));
        assert_true(found);
        assert_ok(st_pattern_search(three, matcher, ST_STR("ab-cd-ef"), &found));
        assert_true(found);
    }
    assert_int_equal(st_mem_count(), before);
    st_matcher_free(matcher);
    st_pattern_free(one);
    st_pattern_free(two);
    st_pattern_free(three);
}

TEST("V3: compiling survives every allocation that fails")
{
    static const char *const sources[] = {"^(?<a>x|[\\d-])+\\k<a>(?<=b*)$", "^[a-z]{2,3}é$",
                                          "^(?!x)[^\\s@]+@\\p{L}$", "^\\d{4}-\\d{2}(?:-\\d{2})?$",
                                          "^.{1,256}$"};
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        for (uint64_t nth = 1;; nth++) {
            struct st_pattern *pattern = NULL;
            st_mem_fail_at(nth);
            st_err err = st_pattern_compile(&pattern, st_str_of(sources[i]), NULL);
            st_pattern_free(pattern);
            if (err == ST_OK)
                break;
            assert_int_equal(err, ST_ERR_MEMORY);
            assert_null(pattern);
            assert_true(nth < 1000);
        }
        st_mem_fail_at(0);
    }
}

TEST("V3: cut at every length, a pattern is refused or compiled, never anything else")
{
    static const char source[] = "^(?<year>\\d{4})-(?:[^\\]\\p{Lu}-]|\\u{1F600}|\\ud83d\\ude00)*?"
                                 "(?<=\\cA|\\x41)(?!\\k<year>)\\1{2,3}$";
    for (size_t len = 0; len <= sizeof source - 1; len++) {
        char *copy = malloc(len + 1);
        struct st_pattern *pattern = NULL;
        assert_non_null(copy);
        memcpy(copy, source, len);
        st_err err = st_pattern_compile(&pattern, (st_str){copy, len}, NULL);
        assert_true(err == ST_OK || err == ST_ERR_INVALID);
        st_pattern_free(pattern);
        free(copy);
    }
}

/* ---- the official suite ---- */

static size_t search_all(const struct st_json *doc, uint32_t tests,
                         const struct st_pattern *pattern)
{
    size_t count = 0;
    struct st_matcher *matcher = NULL;
    assert_ok(st_matcher_new(&matcher));
    for (uint32_t test = st_json_first(doc, tests); test != ST_JSON_NONE;
         test = st_json_next(doc, tests, test)) {
        bool found = false;
        uint32_t data = st_json_member(doc, test, ST_STR("data"));
        uint32_t valid = st_json_member(doc, test, ST_STR("valid"));
        if (st_json_kind(doc, data) != ST_JSON_STRING)
            continue;
        assert_ok(st_pattern_search(pattern, matcher, st_json_text(doc, data), &found));
        if (found != (st_json_kind(doc, valid) == ST_JSON_TRUE))
            fail_msg("%.*s", ST_STR_ARG(st_json_raw(doc, test)));
        count++;
    }
    st_matcher_free(matcher);
    return count;
}

static size_t run_group(const struct st_json *doc, uint32_t group)
{
    uint32_t schema = st_json_member(doc, group, ST_STR("schema"));
    uint32_t source = st_json_member(doc, schema, ST_STR("pattern"));
    struct st_pattern *pattern = NULL;
    if (source == ST_JSON_NONE)
        return 0;
    assert_ok(st_pattern_compile(&pattern, st_json_text(doc, source), NULL));
    size_t count = search_all(doc, st_json_member(doc, group, ST_STR("tests")), pattern);
    st_pattern_free(pattern);
    return count;
}

static size_t run_file(const char *path)
{
    size_t count = 0;
    struct st_buf text = ST_BUF((size_t)1 << 20);
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(st_file_read(path, &text, NULL));
    assert_ok(st_json_parse(&doc, st_buf_str(&text), NULL, NULL));
    for (uint32_t group = st_json_first(&doc, 0); group != ST_JSON_NONE;
         group = st_json_next(&doc, 0, group))
        count += run_group(&doc, group);
    st_json_done(&doc);
    st_buf_done(&text);
    return count;
}

TEST("V3: the official suite's patterns are all as it says")
{
    if (access(SUITE, R_OK) != 0)
        skip();
    size_t count = run_file(SUITE "pattern.json") + run_file(SUITE "optional/unicode.json") +
                   run_file(SUITE "optional/ecmascript-regex.json") +
                   run_file(SUITE "optional/non-bmp-regex.json");
    assert_true(count > 50);
}
