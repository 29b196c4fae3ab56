/*
 * random_pattern.c: a pattern and its samples are written at once, atom by atom.
 */
#include "random_pattern.h"

#include "base/utf8.h"

/* ---- patterns as people write them ---- */

static const struct {
    const char *source;
    const char *samples[PATTERN_SAMPLES];
} usual[] = {
    {"^a", {"a", "ab", "abc", "a\xf0\x9f\x98\x80"}},
    {"b$", {"b", "ab", "abab", "\nb"}},
    {"^[a-c]+$", {"a", "abc", "cc", "b"}},
    {"^.$", {"a", "\xf0\x9f\x98\x80", "\xc3\xa9", "0"}},
    {"^.{2,3}$", {"ab", "abc", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80", "x-1"}},
    {"^.*$", {"", "a", "abc", "a b"}},
    {".*", {"", "a", "\n", "a b"}},
    {".+", {"a", "ab", "\na", "x"}},
    {"^.+$", {"a", "ab", "\xe4\xb8\xad", "x"}},
    {"\\S", {"a", " b", "\xc3\xa9", "-"}},
    {"^\\S+$", {"a", "a/b", "\xc3\xa9", "ab"}},
    {"^\\S(.*\\S)?$", {"a", "a b", "ab", "x  y"}},
    {"^\\s*$", {"", " ", "\t\n", "\xc2\xa0"}},
    {"^$", {"", "", "", ""}},
    {"", {"", "x", "\n", "a"}},
    {"a|b", {"a", "xb", "ab", "b"}},
    {"^(a|b|ab)$", {"a", "b", "ab", "a"}},
    {"^(?:kind|type|id)$", {"kind", "type", "id", "id"}},
    {"^x-", {"x-1", "x-", "x-a", "x-x"}},
    {"^[^/]+$", {"a", "a~b", "\xf0\x9f\x98\x80", "x y"}},
    {"^[A-Za-z_][A-Za-z0-9_]*$", {"a", "ab", "A0", "_"}},
    {"^[a-zA-Z0-9_-]{1,8}$", {"a", "x-1", "A_b", "abcdefgh"}},
    {"^[a-z0-9]+(-[a-z0-9]+)*$", {"a", "x-1", "a-b-c", "0"}},
    {"^[0-9]+$", {"0", "12", "007", "4"}},
    {"^\\d+$", {"0", "12", "007", "4"}},
    {"^\\d{4}-\\d{2}-\\d{2}$", {"2024-02-29", "0000-00-00", "1999-12-31", "2026-11-21"}},
    {"^\\d+\\.\\d+\\.\\d+$", {"1.2.3", "0.0.0", "10.20.30", "1.0.12"}},
    {"^[0-9a-f]{8}$", {"deadbeef", "00000000", "0123abcd", "ffffffff"}},
    {"^[A-Z]{2}$", {"AB", "DE", "ZZ", "AA"}},
    {"^[A-Z_]+$", {"A", "A_B", "_", "ABC"}},
    {"^#[0-9a-fA-F]{6}$", {"#000000", "#ABCdef", "#123456", "#ffffff"}},
    {"^\\w+$", {"a", "A_0", "ab", "_"}},
    {"\\.", {"a.b", ".", "..", "x."}},
    {"\\.json$", {"a.json", ".json", "x.y.json", "\n.json"}},
    {"^https?://", {"http://a", "https://", "https://x.y/", "http://"}},
    {"^[^\\x00-\\x1f]*$", {"", "a", "\xc3\xa9", "a b"}},
    {"^\\p{L}+$", {"\xc3\xa9", "\xe4\xb8\xad", "abc", "\xc3\xa9z"}},
    {"\\u00e9", {"\xc3\xa9", "a\xc3\xa9", "\xc3\xa9\xc3\xa9", "\xc3\xa9 "}},
    {"[\\u{1F600}-\\u{1F64F}]",
     {"\xf0\x9f\x98\x80", "a\xf0\x9f\x98\x81", "\xf0\x9f\x99\x8f", "\xf0\x9f\x98\x80 "}},
    {"(?=.*b)^a", {"ab", "aab", "axb", "abc"}},
    {"^(?!a)", {"", "b", "\xc3\xa9", "xa"}},
    {"^(a|b)\\1", {"aa", "bb", "aab", "bba"}},
    {"^(?:ab)*$", {"", "ab", "abab", "ababab"}},
    {"(^a)|(b$)", {"a", "b", "ab", "abc"}},
    {"\\bab\\b", {"ab", "x ab", "ab!", "-ab-"}},
    {"^a?b{0,2}c*$", {"", "abbcc", "b", "a"}},
    {"[^a]", {"b", "\xf0\x9f\x98\x80", "ba", "\n"}},
    {"^[\\w.+-]+@[\\w-]+\\.[\\w.]+$", {"a@b.c", "x.y+z@a-b.c.d", "a_b@c.d", "0@1.2"}},
};

/* ---- patterns put together ---- */

struct drawing {
    struct dice *dice;
    char source[512];
    size_t source_len;
    char samples[PATTERN_SAMPLES][256];
    size_t sample_len[PATTERN_SAMPLES];
    uint32_t depth;
};

/* Classes and letters, with what each of them takes. */
static const struct {
    const char *source;
    const char *taken; /* one code point after the other */
} atoms[] = {
    {"a", "a"},
    {"b", "b"},
    {"ab", ""}, /* drawn as it stands */
    {"-", "-"},
    {"_", "_"},
    {":", ":"},
    {"@", "@"},
    {"0", "0"},
    {" ", " "},
    {"\\.", "."},
    {"\\/", "/"},
    {"\\n", "\n"},
    {"\\t", "\t"},
    {"\\x41", "A"},
    {"\\u0062", "b"},
    {"\xc3\xa9", "\xc3\xa9"},
    {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
    {"\\u{1f600}", "\xf0\x9f\x98\x80"},
    {"\\ud83d\\ude00", "\xf0\x9f\x98\x80"},
    {".", "ab0- \xc3\xa9\xf0\x9f\x98\x80"},
    {"\\d", "0129"},
    {"\\D", "ab-\xc3\xa9"},
    {"\\w", "abZ0_"},
    {"\\W", "- .\xc3\xa9"},
    {"\\s", " \t\n\xc2\xa0\xe2\x80\xa8"},
    {"\\S", "ab0-\xf0\x9f\x98\x80"},
    {"[ab]", "ab"},
    {"[a-z]", "abz"},
    {"[A-Z]", "ABZ"},
    {"[0-9]", "0129"},
    {"[a-zA-Z0-9]", "aZ0b"},
    {"[a-f0-9]", "af09"},
    {"[\\w.-]", "a.-_0"},
    {"[^a]", "b0\n\xf0\x9f\x98\x80"},
    {"[^ab/]", "c-\xc3\xa9"},
    {"[^\\s]", "a-\xc3\xa9"},
    {"[^\\n]", "a \xe2\x80\xa8"},
    {"[^]", "a\n"},
    {"[-_]", "-_"},
    {"[\\]\\[^]", "][^"},
    {"[\xc3\xa0-\xc3\xbf]", "\xc3\xa0\xc3\xbf\xc3\xa9"},
    {"[a\\u{1F600}-\\u{1F64F}]", "a\xf0\x9f\x98\x80\xf0\x9f\x99\x8f"},
    {"[\\d\\s]", "0 9"},
    {"[\\S\\s]", "a \n"},
    {"\\p{Lu}", "AZ"},
    {"\\P{L}", "0- "},
    {"[\\p{L}\\d]", "a0\xc3\xa9"},
};

static const struct {
    const char *source;
    uint32_t min;
    uint32_t max; /* as far as samples go */
} counts[] = {
    {"*", 0, 3},     {"+", 1, 3},    {"?", 0, 1},   {"{2}", 2, 2},    {"{0,2}", 0, 2},
    {"{1,3}", 1, 3}, {"{2,}", 2, 4}, {"{0}", 0, 0}, {"{1}", 1, 1},    {"{3,5}", 3, 5},
    {"*?", 0, 2},    {"+?", 1, 2},   {"??", 0, 1},  {"{1,2}?", 1, 2}, {"{0,}", 0, 3},
};

static void add_source(struct drawing *d, const char *text)
{
    size_t len = strlen(text);
    ST_BUG_IF(d->source_len + len > sizeof d->source);
    memcpy(d->source + d->source_len, text, len);
    d->source_len += len;
}

/* What has no room is left out: the sample is then one that the pattern may not find. */
static void add_sample(struct drawing *d, uint32_t i, st_str text)
{
    if (d->sample_len[i] + text.len > sizeof d->samples[i])
        return;
    memcpy(d->samples[i] + d->sample_len[i], text.at, text.len);
    d->sample_len[i] += text.len;
}

static st_str pick_point(struct dice *dice, st_str points)
{
    uint32_t nth = dice_below(dice, (uint32_t)st_utf8_count(points));
    size_t from = 0, at = 0;
    for (uint32_t i = 0; i <= nth; i++) {
        from = at;
        (void)st_utf8_next(points, &at);
    }
    return (st_str){points.at + from, at - from};
}

static void draw_atom(struct drawing *d, const uint32_t times[PATTERN_SAMPLES])
{
    size_t at = dice_below(d->dice, sizeof atoms / sizeof *atoms);
    st_str taken = st_str_of(atoms[at].taken);
    bool several = taken.len == 0;
    if (several && times != NULL)
        add_source(d, "(?:");
    add_source(d, atoms[at].source);
    if (several && times != NULL)
        add_source(d, ")");
    for (uint32_t i = 0; i < PATTERN_SAMPLES; i++)
        for (uint32_t n = times == NULL ? 1 : times[i]; n > 0; n--)
            add_sample(d, i, several ? st_str_of(atoms[at].source) : pick_point(d->dice, taken));
}

static void draw_sequence(struct drawing *d, uint32_t most);

/* Each sample goes one of the ways; the others' text is taken back. */
static void draw_choice(struct drawing *d)
{
    static const char *const openings[] = {"(", "(?:", "(?<n>"};
    size_t from[PATTERN_SAMPLES], to[PATTERN_SAMPLES];
    uint32_t ways = 2 + dice_below(d->dice, 3);
    uint32_t named = d->depth == 0 && dice_below(d->dice, 8) == 0 ? 2 : 0;
    add_source(d, openings[named > 0 ? named : dice_below(d->dice, 2)]);
    for (uint32_t i = 0; i < PATTERN_SAMPLES; i++)
        from[i] = to[i] = d->sample_len[i];
    d->depth++;
    for (uint32_t way = 0; way < ways; way++) {
        add_source(d, way > 0 ? "|" : "");
        draw_sequence(d, 2);
        for (uint32_t i = 0; i < PATTERN_SAMPLES; i++) {
            if (way == 0 || dice_below(d->dice, ways) == 0) {
                memmove(d->samples[i] + from[i], d->samples[i] + to[i], d->sample_len[i] - to[i]);
                to[i] = from[i] + d->sample_len[i] - to[i];
            }
            d->sample_len[i] = to[i];
        }
    }
    d->depth--;
    add_source(d, ")");
    if (named == 0 && dice_below(d->dice, 6) == 0)
        add_source(d, "?"); /* the samples go through it once */
}

static void draw_counted(struct drawing *d)
{
    size_t at = dice_below(d->dice, sizeof counts / sizeof *counts);
    uint32_t times[PATTERN_SAMPLES];
    for (uint32_t i = 0; i < PATTERN_SAMPLES; i++)
        times[i] = counts[at].min + dice_below(d->dice, counts[at].max - counts[at].min + 1);
    draw_atom(d, times);
    add_source(d, counts[at].source);
}

static void draw_sequence(struct drawing *d, uint32_t most)
{
    for (uint32_t left = 1 + dice_below(d->dice, most); left > 0; left--) {
        uint32_t which = dice_below(d->dice, 100);
        if (which < 40)
            draw_counted(d);
        else if (which < 55 && d->depth < 2 && d->source_len < 150)
            draw_choice(d);
        else
            draw_atom(d, NULL);
    }
}

/* Round a pattern that does not hold to an end anything may stand. */
static void add_around(struct drawing *d)
{
    for (uint32_t i = 0; i < PATTERN_SAMPLES; i++)
        if (dice_chance(d->dice, 30))
            add_sample(d, i, dice_chance(d->dice, 50) ? ST_STR("a") : ST_STR("-\xc3\xa9"));
}

static void draw(struct drawing *d)
{
    bool head = dice_chance(d->dice, 65);
    bool tail = dice_chance(d->dice, 65);
    if (head)
        add_source(d, "^");
    else
        add_around(d);
    draw_sequence(d, 4);
    if (tail)
        add_source(d, "$");
    else
        add_around(d);
    if (dice_below(d->dice, 15) == 0)
        add_source(d, dice_chance(d->dice, 50) ? "|^xy$" : "|z");
}

struct random_pattern random_pattern(struct st_arena *arena, struct dice *dice)
{
    struct random_pattern pattern;
    if (dice_chance(dice, 50)) {
        size_t at = dice_below(dice, sizeof usual / sizeof *usual);
        pattern.source = st_str_of(usual[at].source);
        for (uint32_t i = 0; i < PATTERN_SAMPLES; i++)
            pattern.samples[i] = st_str_of(usual[at].samples[i]);
        return pattern;
    }
    struct drawing drawing = {.dice = dice};
    draw(&drawing);
    pattern.source = st_arena_copy(arena, (st_str){drawing.source, drawing.source_len});
    for (uint32_t i = 0; i < PATTERN_SAMPLES; i++)
        pattern.samples[i] =
            st_arena_copy(arena, (st_str){drawing.samples[i], drawing.sample_len[i]});
    return pattern;
}
