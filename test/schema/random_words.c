/*
 * random_words.c: pools of words that are apt to show a difference.
 */
#include "random_words.h"

#include "json/number.h"

#include <stdio.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static st_str pick(struct dice *dice, const st_str *list, size_t count)
{
    return list[dice_below(dice, (uint32_t)count)];
}

/* ---- names ---- */

#define X16 "xxxxxxxxxxxxxxxx"

/* Alike in length, in head, in tail; of the lengths where a comparison by words begins anew. */
static const st_str pool[] = {
    ST_STR_INIT("a"),
    ST_STR_INIT("b"),
    ST_STR_INIT("c"),
    ST_STR_INIT("ab"),
    ST_STR_INIT("ba"),
    ST_STR_INIT("A"),
    ST_STR_INIT(""),
    ST_STR_INIT("kind"),
    ST_STR_INIT("type"),
    ST_STR_INIT("name"),
    ST_STR_INIT("id"),
    ST_STR_INIT("0"),
    ST_STR_INIT("1"),
    ST_STR_INIT("x-1"),
    ST_STR_INIT("a/b"),
    ST_STR_INIT("a~b"),
    ST_STR_INIT("x y"),
    ST_STR_INIT("%25"),
    ST_STR_INIT("$ref"),
    ST_STR_INIT("$id"),
    ST_STR_INIT("\xc3\xa9"),
    ST_STR_INIT("e\xcc\x81"),
    ST_STR_INIT("\xf0\x9f\x98\x80"),
    ST_STR_INIT("a\0"),
    ST_STR_INIT("a\0b"),
    ST_STR_INIT("\""),
    ST_STR_INIT("\\"),
    ST_STR_INIT("abcdefg"),
    ST_STR_INIT("abcdefgh"),
    ST_STR_INIT("abcdefgi"),
    ST_STR_INIT("abcdefghi"),
    ST_STR_INIT("bbcdefghi"),
    ST_STR_INIT("abcdefghijklmno"),
    ST_STR_INIT("abcdefghijklmnop"),
    ST_STR_INIT("abcdefghijklmnoq"),
    ST_STR_INIT("abcdefghijklmnopq"),
    ST_STR_INIT("abcdefgh_jklmnopq"),
    ST_STR_INIT(X16 "x" X16),
    ST_STR_INIT(X16 "y" X16),
    ST_STR_INIT(X16 X16 X16 X16 "1"),
    ST_STR_INIT(X16 X16 X16 X16 "2"),
    ST_STR_INIT(X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16),
};

static void add_name(struct words *words, st_str name)
{
    if (words->name_count < COUNT(words->names))
        words->names[words->name_count++] = name;
}

void words_init(struct words *words, struct st_arena *arena, struct dice *dice)
{
    words->arena = arena;
    words->dice = dice;
    words->wide = dice_chance(dice, 35);
    words->name_count = 0;
    for (uint32_t left = 3 + dice_below(dice, 5); left > 0; left--)
        add_name(words,
                 dice_chance(dice, 45) ? pool[dice_below(dice, 4)] : pick(dice, pool, COUNT(pool)));
    if (!dice_chance(dice, 6))
        return;
    for (uint32_t i = 0, count = 20 + dice_below(dice, 280); i < count; i++)
        add_name(words, value_print(arena, dice_chance(dice, 80) ? "n%u" : "name_number_%u", i));
}

st_str words_name(struct words *words)
{
    return words->names[dice_below(words->dice, words->name_count)];
}

/* ---- texts ---- */

static const st_str texts[] = {
    ST_STR_INIT(""),
    ST_STR_INIT("a"),
    ST_STR_INIT("b"),
    ST_STR_INIT("ab"),
    ST_STR_INIT("ba"),
    ST_STR_INIT("abc"),
    ST_STR_INIT("aaa"),
    ST_STR_INIT("A"),
    ST_STR_INIT("\xc3\xa9"),
    ST_STR_INIT("e\xcc\x81"),
    ST_STR_INIT("\xf0\x9f\x98\x80"),
    ST_STR_INIT("a\xf0\x9f\x98\x80"),
    ST_STR_INIT("\xf0\x9f\x98\x80\xf0\x9f\x98\x80"),
    ST_STR_INIT("\xe4\xb8\xad\xe6\x96\x87"),
    ST_STR_INIT("12"),
    ST_STR_INIT("0"),
    ST_STR_INIT("1"),
    ST_STR_INIT("1.0"),
    ST_STR_INIT(" "),
    ST_STR_INIT("a b"),
    ST_STR_INIT("\0"),
    ST_STR_INIT("a\0"),
    ST_STR_INIT("\n"),
    ST_STR_INIT("\""),
    ST_STR_INIT("\\"),
    ST_STR_INIT("null"),
    ST_STR_INIT("true"),
    ST_STR_INIT("[]"),
    ST_STR_INIT("x-1"),
    ST_STR_INIT("abcdefgh"),
    ST_STR_INIT("abcdefgi"),
    ST_STR_INIT("abcdefghijklmnop"),
    ST_STR_INIT("abcdefghijklmnoq"),
    ST_STR_INIT("abcdefghijklmnopq"),
    ST_STR_INIT(X16 X16),
    ST_STR_INIT(X16 X16 "y"),
    ST_STR_INIT(X16 X16 "z"),
    ST_STR_INIT(X16 X16 X16 "\xc3\xa9" X16),
};

st_str words_text(struct words *words)
{
    struct dice *dice = words->dice;
    if (dice_below(dice, 8) == 0)
        return words_name(words);
    return dice_chance(dice, 40) ? texts[dice_below(dice, 6)] : pick(dice, texts, COUNT(texts));
}

/* ---- numbers ---- */

static const st_str small_numbers[] = {
    ST_STR_INIT("0"),    ST_STR_INIT("1"),    ST_STR_INIT("2"),    ST_STR_INIT("3"),
    ST_STR_INIT("4"),    ST_STR_INIT("-1"),   ST_STR_INIT("-2"),   ST_STR_INIT("10"),
    ST_STR_INIT("100"),  ST_STR_INIT("0.5"),  ST_STR_INIT("1.5"),  ST_STR_INIT("2.5"),
    ST_STR_INIT("-0.5"), ST_STR_INIT("0.1"),  ST_STR_INIT("0.3"),  ST_STR_INIT("0.7"),
    ST_STR_INIT("1.1"),  ST_STR_INIT("-0"),   ST_STR_INIT("1.0"),  ST_STR_INIT("10e-1"),
    ST_STR_INIT("1E2"),  ST_STR_INIT("-0.0"), ST_STR_INIT("0e5"),  ST_STR_INIT("19.99"),
    ST_STR_INIT("2.00"), ST_STR_INIT("65"),   ST_STR_INIT("1000"), ST_STR_INIT("12345678"),
};

static const st_str wide_numbers[] = {
    ST_STR_INIT("9007199254740991"),
    ST_STR_INIT("9007199254740992"),
    ST_STR_INIT("9007199254740993"),
    ST_STR_INIT("9007199254740992.0"),
    ST_STR_INIT("9007199254740992.5"),
    ST_STR_INIT("-9007199254740993"),
    ST_STR_INIT("2147483647"),
    ST_STR_INIT("2147483648"),
    ST_STR_INIT("4294967296"),
    ST_STR_INIT("9223372036854775807"),
    ST_STR_INIT("9223372036854775808"),
    ST_STR_INIT("-9223372036854775808"),
    ST_STR_INIT("-9223372036854775809"),
    ST_STR_INIT("18446744073709551615"),
    ST_STR_INIT("18446744073709551616"),
    ST_STR_INIT("999999999999999999"),
    ST_STR_INIT("1000000000000000000"),
    ST_STR_INIT("1e18"),
    ST_STR_INIT("1e19"),
    ST_STR_INIT("10000000000000000000"),
    ST_STR_INIT("123456789012345678901234567890"),
    ST_STR_INIT("123456789012345678901234567891"),
    ST_STR_INIT("1e300"),
    ST_STR_INIT("1e400"),
    ST_STR_INIT("-1e400"),
    ST_STR_INIT("1e-400"),
    ST_STR_INIT("2e-400"),
    ST_STR_INIT("5e-324"),
    ST_STR_INIT("0.30000000000000004"),
    ST_STR_INIT("0.1000000000000000055511151231257827"),
    ST_STR_INIT("0.1000000000000000055511151231257828"),
    ST_STR_INIT("1.000000000000000000001"),
    ST_STR_INIT("1e9999999999999999999"),
    ST_STR_INIT("0.0000001"),
    ST_STR_INIT("1e-7"),
    ST_STR_INIT("123456789.123456789"),
};

st_str words_number(struct words *words)
{
    struct dice *dice = words->dice;
    if (words->wide && dice_chance(dice, 40))
        return pick(dice, wide_numbers, COUNT(wide_numbers));
    return dice_chance(dice, 50) ? small_numbers[dice_below(dice, 6)]
                                 : pick(dice, small_numbers, COUNT(small_numbers));
}

/* The digits of a literal without exponent; false when there are too many to count with. */
static bool read_digits(st_str literal, uint64_t *digits, uint32_t *places, bool *negative)
{
    *digits = 0;
    *places = 0;
    *negative = literal.at[0] == '-';
    bool behind = false;
    if (literal.len > 15)
        return false;
    for (size_t i = *negative; i < literal.len; i++) {
        char c = literal.at[i];
        if (c == 'e' || c == 'E')
            return false;
        if (c != '.') {
            *digits = *digits * 10 + (uint64_t)(c - '0');
            *places += behind;
        }
        behind = behind || c == '.';
    }
    return true;
}

st_str words_times(struct st_arena *arena, st_str literal, uint64_t times)
{
    uint64_t digits, unit = 1;
    uint32_t places;
    bool negative;
    if (!read_digits(literal, &digits, &places, &negative) || times > 1000)
        return literal;
    digits *= times;
    for (uint32_t i = 0; i < places; i++)
        unit *= 10;
    if (places == 0)
        return value_print(arena, "%s%llu", negative ? "-" : "", (unsigned long long)digits);
    return value_print(arena, "%s%llu.%0*llu", negative ? "-" : "",
                       (unsigned long long)(digits / unit), (int)places,
                       (unsigned long long)(digits % unit));
}

st_str words_beside(struct st_arena *arena, st_str literal, double step)
{
    double value;
    char text[64];
    if (st_number_to_double(literal, &value) != ST_OK || value > 1e15 || value < -1e15)
        return literal;
    snprintf(text, sizeof text, "%.12g", value + step);
    return st_arena_copy(arena, st_str_of(text));
}

/* ---- values ---- */

struct value *words_value(struct words *words, uint32_t depth)
{
    struct st_arena *arena = words->arena;
    uint32_t which = dice_below(words->dice, depth > 0 ? 12 : 9);
    if (which < 4)
        return value_number(arena, words_number(words));
    if (which < 7)
        return value_string(arena, words_text(words));
    if (which < 9)
        return value_new(arena, (enum st_json_kind)dice_below(words->dice, ST_JSON_TRUE + 1));
    struct value *box = value_new(arena, which < 10 ? ST_JSON_ARRAY : ST_JSON_OBJECT);
    for (uint32_t left = dice_below(words->dice, 4); left > 0; left--)
        if (which < 10)
            value_push(arena, box, words_value(words, depth - 1));
        else
            value_set(arena, box, words_name(words), words_value(words, depth - 1));
    return box;
}

/* ---- formats ---- */

#define SAMPLES 8

/* The last ones of each are wrong. */
static const struct {
    const char *name;
    const char *samples[SAMPLES];
} formats[] = {
    {"date-time",
     {"2026-02-06T13:45:07Z", "2024-02-29t23:59:59.999999999z", "2016-12-31T23:59:60Z",
      "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-00:00", "1998-12-31T15:59:60.1-08:00",
      "2023-02-29T00:00:00Z", "2026-02-06 13:45:07Z"}},
    {"date",
     {"2024-02-29", "0000-01-01", "1999-12-31", "2026-11-21", "2000-02-29", "2026-04-30",
      "1900-02-29", "2026-1-1"}},
    {"time",
     {"00:00:00Z", "23:59:60Z", "12:34:56.789+01:00", "08:30:06z", "23:59:59-23:59",
      "15:59:60-08:00", "24:00:00Z", "12:00:60Z"}},
    {"duration", {"P1Y", "PT1S", "P1DT12H", "P4W", "PT36H", "P1Y2M3DT4H5M6S", "P", "P1D2H"}},
    {"uuid",
     {"00000000-0000-0000-0000-000000000000", "f81d4fae-7dec-4ad0-a765-00a0c91e6bf6",
      "F81D4FAE-7DEC-1AD0-A765-00A0C91E6BF6", "2eb8aa08-aa98-11ea-b4aa-73b441d16380",
      "ffffffff-ffff-ffff-ffff-ffffffffffff", "98d80576-482e-427f-8434-7f86890ab222",
      "2eb8aa08-aa98-11ea-b4aa73b441d16380", "2eb8aa08-aa98-11ea-b4ga-73b441d16380"}},
    {"email",
     {"a@b", "a.b@c.de", "\"a b\"@c.de", "a@[127.0.0.1]", "a+b@c-d.e", "A@B.C", ".a@b", "a@b@c"}},
    {"idn-email",
     {"a@b", "\xec\x8b\xa4@\xec\x98\x88.kr", "\xc3\xa9@x.y", "a.b@c", "a@[IPv6:::1]", "x@y.z", "@b",
      "a b@c"}},
    {"hostname", {"a", "a.b", "a-b.c", "0.1", "xn--4gbwdl.xn--wgbh1c", "x.y.z", "-a", "a..b"}},
    {"idn-hostname",
     {"a", "\xc3\xa9.fr", "a.b", "xn--4gbwdl", "\xe4\xb8\xad.x", "z", "a.\xe3\x80\xae", "-a"}},
    {"ipv4",
     {"127.0.0.1", "0.0.0.0", "255.255.255.255", "1.2.3.4", "192.168.0.1", "10.0.0.0", "256.0.0.1",
      "1.2.3"}},
    {"ipv6",
     {"::", "::1", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4", "fe80::a", "1::8", "1:2:3:4:5:6:7",
      "12345::"}},
    {"uri",
     {"http://a/b?c#d", "urn:a:b", "a:", "https://x.y:80/%41", "mailto:a@b", "file:///a", "a",
      "http://a b"}},
    {"uri-reference", {"", "/a", "#a", "a/b?c", "//a", "http://a", "\\", "a b"}},
    {"iri",
     {"http://\xc3\xa9/", "urn:a:b", "a:", "http://a/\xe4\xb8\xad", "x:y", "http://a", "\xc3\xa9",
      "a b:"}},
    {"iri-reference", {"", "\xc3\xa9", "/\xc3\xa9", "#a", "a/b", "//\xc3\xa9", "\\", "a b"}},
    {"uri-template", {"", "{a}", "/a/{+b}{?c*}", "{a:3}", "x{y}z", "{;a,b}", "{", "{a"}},
    {"json-pointer", {"", "/", "/a~1b", "/a~0", "/0/\xc3\xa9", "/a//b", "a", "/~2"}},
    {"relative-json-pointer", {"0", "1/a", "0#", "2/0", "10", "0/", "/a", "01"}},
    {"regex", {"", "a", "^a$", "[a-z]+", "(a|b)", "\\d", "[", "a++"}},
};

const char *words_format(struct dice *dice)
{
    return formats[dice_below(dice, COUNT(formats))].name;
}

st_str words_of_format(struct dice *dice, st_str format)
{
    for (size_t i = 0; i < COUNT(formats); i++)
        if (st_str_eq(format, st_str_of(formats[i].name)))
            return st_str_of(formats[i].samples[dice_below(dice, SAMPLES)]);
    return texts[dice_below(dice, COUNT(texts))];
}
