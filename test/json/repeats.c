/*
 * repeats.c: repeated names in objects too large to hold every name against every other.
 */
#include "json/repeats.h"

#include "base/mem.h"
#include "base/random.h"
#include "seed.h"
#include "tape.h"
#include "twins.h"
#include "json/index.h"

/* How the n-th name of an object is spelled. */
typedef void name_fn(struct st_buf *text, uint32_t n);

static void put_short(struct st_buf *text, uint32_t n)
{
    assert_ok(st_buf_printf(text, "%x", n));
}

/* Alike in their first and their last bytes, and as long as each other. */
static void put_alike(struct st_buf *text, uint32_t n)
{
    assert_ok(st_buf_printf(text, "resources.group.%08u.of the same end", n));
}

/* Every other time the one letter, else its escape: one name all the same. */
static void put_escaped(struct st_buf *text, uint32_t n)
{
    static uint32_t times;
    assert_ok(st_buf_printf(text, "%s%u", times++ % 2 == 0 ? "\\u00e9" : "\303\251", n));
}

/* Behind those that are told apart by their length alone. */
static void put_long(struct st_buf *text, uint32_t n)
{
    for (uint32_t i = 0; i < n % 300; i++)
        assert_ok(st_buf_add_char(text, 'x'));
    if (n >= 300)
        assert_ok(st_buf_printf(text, "%u", n));
}

static name_fn *const spellings[] = {put_short, put_alike, put_escaped, put_long};
#define SPELLINGS (sizeof spellings / sizeof spellings[0])

/* An object of `count` members; that at `later` has the name of that at `first`. */
static void one_repeat(struct st_buf *text, name_fn *put_name, uint32_t count, uint32_t first,
                       uint32_t later)
{
    st_buf_reset(text);
    for (uint32_t i = 0; i < count; i++) {
        assert_ok(st_buf_add_str(text, i == 0 ? ST_STR("{\"") : ST_STR(",\"")));
        put_name(text, i == later ? first : i);
        assert_ok(st_buf_add_str(text, i % 7 == 0 ? ST_STR("\":[{}]") : ST_STR("\":0")));
    }
    assert_ok(st_buf_add_char(text, '}'));
}

static bool is_shadowed(const struct st_json *doc, uint32_t place)
{
    uint32_t name = 1;
    while (place-- > 0)
        name = st_json_after(doc, name + 1);
    return (doc->nodes[name].flags & ST_JSON_SHADOWED) != 0;
}

static void check_one_repeat(struct twins *twins, struct st_buf *text, name_fn *put_name,
                             uint32_t count, uint32_t first, uint32_t later)
{
    struct st_json_options unique = {.unique_names = true};
    one_repeat(text, put_name, count, first, later);
    assert_ok(twins_check(twins, st_buf_str(text), NULL));
    const struct st_json *doc = &twins->fast[0];
    assert_int_equal(doc->nodes[0].len, count - (first != later));
    assert_int_equal((doc->nodes[0].flags & ST_JSON_REPEATS) != 0, first != later);
    assert_int_equal(is_shadowed(doc, first), first != later);
    assert_false(is_shadowed(doc, later));
    st_err err = twins_check(twins, st_buf_str(text), &unique);
    assert_int_equal(err, first == later ? ST_OK : ST_ERR_SYNTAX);
}

static void every_repeat(struct twins *twins, name_fn *put_name, uint32_t count)
{
    struct st_buf text = ST_BUF(1 << 20);
    for (uint32_t later = 0; later < count; later++)
        for (uint32_t first = 0; first <= later; first++)
            check_one_repeat(twins, &text, put_name, count, first, later);
    st_buf_done(&text);
}

TEST("twins: of many names every one repeats every one before it")
{
    struct twins twins;
    twins_init(&twins);
    for (size_t i = 0; i < SPELLINGS; i++)
        every_repeat(&twins, spellings[i], 65);
    every_repeat(&twins, put_short, INDEX_NAMES_MAX);
    every_repeat(&twins, put_alike, INDEX_NAMES_MAX + 1);
    twins_done(&twins);
}

TEST("twins: of 100, 1000 and 70000 names one repeats another, at the ends and anywhere")
{
    static const uint32_t counts[] = {100, 1000, 70000};
    struct twins twins;
    struct st_buf text = ST_BUF(1 << 24);
    struct st_rng rng;
    st_rng_init(&rng, random_seed());
    twins_init(&twins);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        for (size_t k = 0; k < SPELLINGS; k++) {
            uint32_t count = counts[i];
            check_one_repeat(&twins, &text, spellings[k], count, 0, 0);
            check_one_repeat(&twins, &text, spellings[k], count, 0, count - 1);
            check_one_repeat(&twins, &text, spellings[k], count, 0, 1);
            check_one_repeat(&twins, &text, spellings[k], count, count - 2, count - 1);
            for (uint32_t times = 0; times < (count < 10000 ? 30 : 2); times++) {
                uint32_t later = (uint32_t)st_rng_below(&rng, count);
                uint32_t first = (uint32_t)st_rng_below(&rng, later + 1);
                check_one_repeat(&twins, &text, spellings[k], count, first, later);
            }
        }
    st_buf_done(&text);
    twins_done(&twins);
}

/* Names that all want one of `places` places, or one of those beside it: `count` of them, the last
 * `again` spelled as the first. */
static void colliding(struct st_buf *text, uint32_t count, uint32_t again, uint64_t places)
{
    uint32_t made = 0;
    st_buf_reset(text);
    for (uint32_t n = 0; made < count; n++) {
        char name[32];
        int len = snprintf(name, sizeof name, "%u", n);
        if ((st_repeats_hash((st_str){name, (size_t)len}) & (places - 1)) > 1)
            continue;
        n = made + again + 1 == count ? UINT32_MAX : n; /* the last ones begin anew */
        made++;
        assert_ok(st_buf_printf(text, "%s\"%s\":0", made == 1 ? "{" : ",", name));
    }
    assert_ok(st_buf_add_char(text, '}'));
}

TEST("B1: names made to collide are told apart, and those that repeat among them are found")
{
    struct twins twins;
    struct st_buf text = ST_BUF(1 << 20);
    twins_init(&twins);
    for (uint32_t count = 65; count < 1000; count += 67)
        for (uint32_t again = 0; again < 20; again += 19) {
            colliding(&text, count, again, 1024);
            assert_ok(twins_check(&twins, st_buf_str(&text), NULL));
            check_tape(&twins.fast[0]);
            assert_int_equal(twins.fast[0].nodes[0].len, count - again);
        }
    st_buf_done(&text);
    twins_done(&twins);
}

TEST("B2: objects of many names allocate nothing in the steady state, nor do colliding ones")
{
    struct st_buf texts[2] = {ST_BUF(1 << 20), ST_BUF(1 << 20)};
    struct twins twins;
    twins_init(&twins);
    colliding(&texts[0], 500, 1, 1024);
    one_repeat(&texts[1], put_alike, 500, 3, 300);
    for (int i = 0; i < 2; i++)
        assert_ok(twins_check(&twins, st_buf_str(&texts[i]), NULL));
    uint64_t before = st_mem_count();
    for (int i = 0; i < 8; i++)
        assert_ok(twins_check(&twins, st_buf_str(&texts[i % 2]), NULL));
    assert_int_equal(st_mem_count(), before);
    st_buf_done(&texts[0]);
    st_buf_done(&texts[1]);
    twins_done(&twins);
}
