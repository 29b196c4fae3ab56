/*
 * random_text.h: random JSON texts; the same value in as many spellings as asked for.
 *
 * What a value is comes from its seed alone; how it is spelled (blanks, escapes, the point and the
 * exponent of numbers, the order of members, members that a later one shadows) from `style`.
 */
#ifndef ST_TEST_JSON_RANDOM_TEXT_H
#define ST_TEST_JSON_RANDOM_TEXT_H

#include "unit.h"

#include "base/random.h"
#include "base/str.h"
#include "base/utf8.h"

#define RANDOM_MEMBERS_MAX 40

struct random_text {
    struct st_buf *out;
    struct st_rng style;
    bool plain; /* one spelling: no blanks, no escapes but those that must be, members in order */
};

static void put(struct random_text *t, const char *bytes, size_t len)
{
    assert_ok(st_buf_add(t->out, bytes, len));
}

static uint64_t pick(struct random_text *t, uint64_t bound)
{
    return t->plain ? 0 : st_rng_below(&t->style, bound);
}

static void put_blanks(struct random_text *t)
{
    for (uint64_t n = pick(t, 8); n > 5; n--)
        put(t, &" \n\t\r"[pick(t, 4)], 1);
}

/* A code point of a kind that somebody's parser once got wrong. */
static uint32_t random_code_point(struct st_rng *rng)
{
    static const uint32_t edges[] = {0,      8,      0xA,    0x1F,    '"',     '\\',    '/',
                                     0x7F,   0x80,   0x7FF,  0x800,   0xD7FF,  0xE000,  0x2028,
                                     0xFEFF, 0xFFFD, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF};
    if (st_rng_below(rng, 4) != 0)
        return 'a' + (uint32_t)st_rng_below(rng, 26);
    return edges[st_rng_below(rng, sizeof edges / sizeof edges[0])];
}

static void put_unit(struct random_text *t, uint32_t unit)
{
    char text[7];
    snprintf(text, sizeof text, pick(t, 2) == 0 ? "\\u%04x" : "\\u%04X", unit & 0xFFFF);
    put(t, text, 6);
}

static void put_code_point(struct random_text *t, uint32_t c)
{
    char bytes[4];
    bool must = c < 0x20 || c == '"' || c == '\\';
    if (!must && pick(t, 4) == 0) {
        put(t, bytes, st_utf8_write(c, bytes));
    } else if (c == '/' || c == '"' || c == '\\') {
        put(t, (char[2]){'\\', (char)c}, 2);
    } else if (c < 0x10000) {
        put_unit(t, c);
    } else {
        put_unit(t, 0xD800 + ((c - 0x10000) >> 10));
        put_unit(t, 0xDC00 + ((c - 0x10000) & 0x3FF));
    }
}

static void put_string(struct random_text *t, struct st_rng *rng, const char *head)
{
    uint64_t len = st_rng_below(rng, st_rng_below(rng, 8) == 0 ? 60 : 6);
    put(t, "\"", 1);
    put(t, head, strlen(head));
    for (; len > 0; len--)
        put_code_point(t, random_code_point(rng));
    put(t, "\"", 1);
}

static void put_number(struct random_text *t, struct st_rng *rng)
{
    int64_t size = (int64_t)st_rng_below(rng, st_rng_below(rng, 2) == 0 ? 20 : 1000000000);
    int zeros = (int)st_rng_below(rng, 4);
    int exponent = (int)st_rng_below(rng, 60) - 30;
    const char *sign = st_rng_below(rng, 3) == 0 ? "-" : "";
    char text[96];
    int len = 0;
    /* All are size × 10^exponent. */
    uint64_t form = pick(t, 4);
    if (form == 0)
        len = snprintf(text, sizeof text, "%s%llde%d", sign, (long long)size, exponent);
    else if (form == 1)
        len = snprintf(text, sizeof text, "%s%lld.%.*sE%+03d", sign, (long long)size, zeros + 1,
                       "0000", exponent);
    else if (form == 2)
        len = snprintf(text, sizeof text, "%s%lld%.*se%d", sign, (long long)size,
                       size == 0 ? 0 : zeros, "0000", size == 0 ? 7 : exponent - zeros);
    else
        len = snprintf(text, sizeof text, "%s0.%.*s%llde%+d", sign, zeros, "0000", (long long)size,
                       exponent + zeros + snprintf(NULL, 0, "%lld", (long long)size));
    put(t, text, (size_t)len);
}

static void put_value(struct random_text *t, uint64_t seed, unsigned depth);

static void put_member(struct random_text *t, uint64_t seed, unsigned number, unsigned depth)
{
    struct st_rng rng;
    char head[16];
    st_rng_init(&rng, seed);
    snprintf(head, sizeof head, "%u:", number);
    put_blanks(t);
    put_string(t, &rng, head);
    put_blanks(t);
    put(t, ":", 1);
    put_value(t, st_rng_next(&rng), depth);
}

static void put_object(struct random_text *t, struct st_rng *rng, unsigned depth)
{
    unsigned count = (unsigned)st_rng_below(rng, depth > 2 ? 4 : RANDOM_MEMBERS_MAX);
    unsigned order[RANDOM_MEMBERS_MAX];
    uint64_t first = st_rng_next(rng);
    put(t, "{", 1);
    for (unsigned i = 0; i < count; i++) {
        unsigned other = t->plain ? i : (unsigned)pick(t, i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            put(t, ",", 1);
        uint64_t seed = first + order[i];
        if (pick(t, 10) == 9) {
            /* The same name before, with another value. */
            put_member(t, seed, order[i], 9);
            put(t, ",", 1);
        }
        put_member(t, seed, order[i], depth + 1);
    }
    put_blanks(t);
    put(t, "}", 1);
}

static void put_array(struct random_text *t, struct st_rng *rng, unsigned depth)
{
    uint64_t count = st_rng_below(rng, 6);
    put(t, "[", 1);
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            put(t, ",", 1);
        put_value(t, st_rng_next(rng), depth + 1);
    }
    put_blanks(t);
    put(t, "]", 1);
}

static void put_value(struct random_text *t, uint64_t seed, unsigned depth)
{
    static const char *const words[] = {"null", "true", "false"};
    struct st_rng rng;
    st_rng_init(&rng, seed);
    uint64_t kind = st_rng_below(&rng, depth > 4 ? 5 : 9);
    put_blanks(t);
    if (kind < 3)
        put(t, words[kind], strlen(words[kind]));
    else if (kind == 3)
        put_number(t, &rng);
    else if (kind == 4)
        put_string(t, &rng, "");
    else if (kind < 7)
        put_array(t, &rng, depth);
    else
        put_object(t, &rng, depth);
    put_blanks(t);
}

/* Replaces what is in `out`. */
static void random_text(struct st_buf *out, uint64_t seed, uint64_t style, bool plain)
{
    struct random_text t = {.out = out, .plain = plain};
    st_buf_reset(out);
    st_rng_init(&t.style, style);
    put_value(&t, seed, 0);
}

#endif
