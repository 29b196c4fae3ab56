#include "base/utf8.h"
#include "base/random.h"
#include "unit.h"

#include <sys/mman.h>
#include <unistd.h>

/* The twin: reads the bits first and judges the code point afterwards. The length of the sequence
 * at the head of `s`, or 0. */
static size_t plain_length(const unsigned char *s, size_t left)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = 0;
    uint32_t code_point = 0;
    if (s[0] < 0x80)
        return 1;
    if ((s[0] & 0xE0) == 0xC0) {
        len = 2;
        code_point = s[0] & 0x1F;
    } else if ((s[0] & 0xF0) == 0xE0) {
        len = 3;
        code_point = s[0] & 0x0F;
    } else if ((s[0] & 0xF8) == 0xF0) {
        len = 4;
        code_point = s[0] & 0x07;
    }
    if (len == 0 || len > left)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        code_point = code_point << 6 | (s[i] & 0x3F);
    }
    bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    return code_point < least[len] || surrogate || code_point > 0x10FFFF ? 0 : len;
}

static size_t plain_check(st_str text)
{
    size_t at = 0;
    while (at < text.len) {
        size_t len = plain_length((const unsigned char *)text.at + at, text.len - at);
        if (len == 0)
            break;
        at += len;
    }
    return at;
}

static void assert_same_as_plain(const unsigned char *bytes, size_t len)
{
    st_str text = {(const char *)bytes, len};
    if (st_utf8_check(text) != plain_check(text))
        fail_msg("%zu bytes %02x %02x %02x %02x …: %zu is not %zu", len, bytes[0], bytes[1],
                 bytes[2], bytes[3], st_utf8_check(text), plain_check(text));
}

TEST("every code point is written, checked, counted and read back")
{
    size_t count = 0;
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point++) {
        if (code_point >= 0xD800 && code_point <= 0xDFFF)
            continue;
        char bytes[4];
        size_t len = st_utf8_write(code_point, bytes);
        size_t expected = code_point < 0x80      ? 1
                          : code_point < 0x800   ? 2
                          : code_point < 0x10000 ? 3
                                                 : 4;
        st_str text = {bytes, len};
        size_t at = 0;
        if (len != expected || st_utf8_check(text) != len || st_utf8_count(text) != 1 ||
            st_utf8_next(text, &at) != code_point || at != len)
            fail_msg("U+%04X", code_point);
        count++;
    }
    assert_int_equal(count, 0x110000 - 0x800);
}

TEST("every sequence of up to three bytes is judged as the twin judges it")
{
    unsigned char bytes[4] = {0};
    for (unsigned a = 0; a < 256; a++) {
        bytes[0] = (unsigned char)a;
        assert_same_as_plain(bytes, 1);
        for (unsigned b = 0; b < 256; b++) {
            bytes[1] = (unsigned char)b;
            assert_same_as_plain(bytes, 2);
            for (unsigned c = 0; a >= 0x80 && c < 256; c++) {
                bytes[2] = (unsigned char)c;
                assert_same_as_plain(bytes, 3);
            }
        }
    }
}

TEST("every sequence of four bytes at a border is judged as the twin judges it")
{
    static const unsigned char border[] = {0x00, 0x7F, 0x80, 0x81, 0xBE, 0xBF, 0xC0, 0xFF};
    for (unsigned a = 0xE0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++)
            for (size_t c = 0; c < sizeof border; c++)
                for (size_t d = 0; d < sizeof border; d++)
                    assert_same_as_plain(
                        (unsigned char[]){(unsigned char)a, (unsigned char)b, border[c], border[d]},
                        4);
}

TEST("the head before the first wrong byte is valid")
{
    static const struct {
        st_str text;
        size_t valid;
    } cases[] = {
        {{NULL, 0}, 0},
        {ST_STR_INIT("a\0b"), 3},
        {ST_STR_INIT("\x80"), 0},                          /* a tail without a lead */
        {ST_STR_INIT("abc\xC3"), 3},                       /* cut off */
        {ST_STR_INIT("abc\xE2\x82"), 3},                   /* cut off */
        {ST_STR_INIT("abc\xF0\x9F\x98"), 3},               /* cut off */
        {ST_STR_INIT("\xC0\x80"), 0},                      /* overlong NUL */
        {ST_STR_INIT("\xC1\xBF"), 0},                      /* overlong U+007F */
        {ST_STR_INIT("\xE0\x9F\xBF"), 0},                  /* overlong U+07FF */
        {ST_STR_INIT("\xF0\x8F\xBF\xBF"), 0},              /* overlong U+FFFF */
        {ST_STR_INIT("\xED\x9F\xBF"), 3},                  /* U+D7FF */
        {ST_STR_INIT("\xED\xA0\x80"), 0},                  /* U+D800 */
        {ST_STR_INIT("\xED\xBF\xBF"), 0},                  /* U+DFFF */
        {ST_STR_INIT("\xED\xA1\x8C\xED\xBE\xB4"), 0},      /* a pair of surrogates (CESU-8) */
        {ST_STR_INIT("\xEE\x80\x80"), 3},                  /* U+E000 */
        {ST_STR_INIT("\xEF\xBB\xBF"), 3},                  /* the byte order mark */
        {ST_STR_INIT("\xEF\xBF\xBE\xEF\xBF\xBF"), 6},      /* noncharacters are code points */
        {ST_STR_INIT("\xF4\x8F\xBF\xBF"), 4},              /* U+10FFFF */
        {ST_STR_INIT("\xF4\x90\x80\x80"), 0},              /* U+110000 */
        {ST_STR_INIT("\xF5\x80\x80\x80"), 0},              /* past any code point */
        {ST_STR_INIT("\xF8\x88\x80\x80\x80"), 0},          /* the five bytes of RFC 2279 */
        {ST_STR_INIT("\xFC\x84\x80\x80\x80\x80"), 0},      /* the six */
        {ST_STR_INIT("\xFE"), 0},                          /* never a lead */
        {ST_STR_INIT("\xFF"), 0},                          /* never a lead */
        {ST_STR_INIT("01234567\303\24489abcdef\xFF"), 18}, /* past the fast steps */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (st_utf8_check(cases[i].text) != cases[i].valid)
            fail_msg("case %zu: %zu is not %zu", i, st_utf8_check(cases[i].text), cases[i].valid);
}

/* Fills `bytes` with whole code points of all lengths and returns how many. */
static size_t make_text(struct st_rng *rng, struct st_buf *buf, size_t count)
{
    static const uint32_t below[] = {0x80, 0x80, 0x800, 0xD800, 0x110000};
    for (size_t i = 0; i < count; i++) {
        uint32_t code_point = (uint32_t)st_rng_below(rng, below[st_rng_below(rng, 5)]);
        if (code_point >= 0xD800 && code_point <= 0xDFFF)
            code_point = 0xFFFD;
        char bytes[4];
        assert_ok(st_buf_add(buf, bytes, st_utf8_write(code_point, bytes)));
    }
    return count;
}

TEST("a text that is cut anywhere, or has any byte flipped, is judged as the twin judges it")
{
    struct st_rng rng;
    struct st_buf buf = ST_BUF(4096);
    st_rng_init(&rng, 4);
    for (int round = 0; round < 50; round++) {
        st_buf_reset(&buf);
        size_t count = make_text(&rng, &buf, 60);
        assert_int_equal(st_utf8_check(st_buf_str(&buf)), buf.len);
        assert_int_equal(st_utf8_count(st_buf_str(&buf)), count);
        for (size_t i = 0; i < buf.len; i++) {
            assert_same_as_plain((unsigned char *)buf.at, i);
            for (int bit = 0; bit < 8; bit++) {
                buf.at[i] ^= (char)(1 << bit);
                assert_same_as_plain((unsigned char *)buf.at, buf.len);
                buf.at[i] ^= (char)(1 << bit);
            }
        }
    }
    st_buf_done(&buf);
}

TEST("nothing behind the text is read")
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
    const char text[] = "0123456789\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80";
    for (size_t len = 0; len < sizeof text; len++) {
        char *at = pages + page - len;
        memcpy(at, text, len);
        assert_int_equal(st_utf8_check((st_str){at, len}), plain_check((st_str){text, len}));
    }
    munmap(pages, 2 * page);
}

TEST("reading goes from code point to code point")
{
    st_str text = ST_STR("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
    size_t at = 0;
    assert_int_equal(st_utf8_next(text, &at), 'a');
    assert_int_equal(st_utf8_next(text, &at), 0xE4);
    assert_int_equal(at, 3);
    assert_int_equal(st_utf8_next(text, &at), 0x20AC);
    assert_int_equal(st_utf8_next(text, &at), 0x1F600);
    assert_int_equal(at, text.len);
    assert_int_equal(st_utf8_count(text), 4);
    assert_int_equal(st_utf8_count((st_str){NULL, 0}), 0);
}

/* As it is defined: what does not begin with the bits 10. */
static size_t count_one_by_one(st_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return count;
}

TEST("code points are counted alike at every length and place, as far as sums of bytes go")
{
    static char bytes[3 * 8 * 255 + 64];
    struct st_rng rng;
    st_rng_init(&rng, 20260207);
    for (int round = 0; round < 3; round++) {
        /* Any bytes; nothing but tails; no tails. */
        st_rng_bytes(&rng, bytes, sizeof bytes);
        for (size_t i = 0; i < sizeof bytes && round > 0; i++)
            bytes[i] = (char)(round == 1 ? 0x80 | (bytes[i] & 0x3F) : bytes[i] & 0x7F);
        for (size_t len = 0; len <= sizeof bytes; len += len < 100 ? 1 : 97) {
            st_str text = {bytes + sizeof bytes - len, len};
            assert_int_equal(st_utf8_count(text), count_one_by_one(text));
        }
    }
    assert_int_equal(st_utf8_count((st_str){bytes, sizeof bytes}),
                     count_one_by_one((st_str){bytes, sizeof bytes}));
    assert_int_equal(st_utf8_count((st_str){NULL, 0}), 0);
}
