/* The twins of formats: each test against another way to say the same, which is a regular
 * expression run by PCRE2, the C library, or base/time.h. Texts are good ones, all of their
 * one-character changes, all their heads, and random changes of them.
 *
 *   format_random [random changes a text] [seed] */
#include "base/random.h"
#include "base/time.h"
#include "base/utf8.h"
#include "schema/format.h"
#include "schema/format_tests.h"
#include "schema/pattern_twin.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_BYTES_MAX ((size_t)1024)
#define FAILURES_SHOWN 20

/* Whether the twin has a word to say about the text, and which. */
enum verdict { BAD, GOOD, SILENT };

struct twin {
    const char *format;
    const char *pattern; /* or */
    enum verdict (*says)(st_str text);
    const char *silent_on; /* a text that holds one of these bytes is another's to test */
    const char *const *texts;
    struct st_pattern *compiled;
};

struct run {
    struct st_rng rng;
    struct st_matcher *matcher;
    uint64_t good;
    uint64_t bad;
    uint64_t failures;
};

/* ---- other ways to say it ---- */

static enum verdict time_says(const char *head, st_str text, const char *tail)
{
    struct st_buf whole = ST_BUF(2 * TEXT_BYTES_MAX);
    st_time ignored;
    bool added = st_buf_add_str(&whole, st_str_of(head)) == ST_OK &&
                 st_buf_add_str(&whole, text) == ST_OK &&
                 st_buf_add_str(&whole, st_str_of(tail)) == ST_OK;
    if (!added)
        abort();
    bool good = st_time_parse(st_buf_str(&whole), &ignored) != ST_ERR_SYNTAX;
    st_buf_done(&whole);
    return good ? GOOD : BAD;
}

static enum verdict uuid_says(st_str text)
{
    return st_format_check_uuid_plain(text) ? GOOD : BAD;
}

static enum verdict date_time_says(st_str text)
{
    return time_says("", text, "");
}

static enum verdict date_says(st_str text)
{
    return time_says("", text, "T00:00:00Z");
}

static enum verdict full_time_says(st_str text)
{
    return time_says("2000-01-02T", text, "");
}

static enum verdict address_says(int family, st_str text)
{
    unsigned char address[16];
    char copy[TEXT_BYTES_MAX + 1];
    if (memchr(text.at, '\0', text.len) != NULL)
        return BAD;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    return inet_pton(family, copy, address) == 1 ? GOOD : BAD;
}

static enum verdict ipv4_says(st_str text)
{
    return address_says(AF_INET, text);
}

static enum verdict ipv6_says(st_str text)
{
    return address_says(AF_INET6, text);
}

#define LDH  "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#define HOST LDH "(?:\\." LDH ")*"
/* A-labels have rules of their own. */
#define HOSTNAME "^(?=[^]{1,253}$)(?!(?:[^]*\\.)?[Xx][Nn]--)" HOST "$"
#define ATOM     "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
#define EMAIL    "^(?=[^@]{1,64}@[^]{1,253}$)" ATOM "(?:\\." ATOM ")*@" HOST "$"

#define UNIT   "-A-Za-z0-9._~!$&'()*+,;="
#define HEX    "%[0-9A-Fa-f]{2}"
#define SCHEME "[A-Za-z][A-Za-z0-9+.-]*:"
#define BEHIND                                                                                     \
    "(?://(?:(?:[" UNIT ":]|" HEX ")*@)?(?:[" UNIT "]|" HEX ")*(?::[0-9]*)?"                       \
    "(?:/(?:[" UNIT ":@/]|" HEX ")*)?|(?!//)(?:[" UNIT ":@/]|" HEX ")*)"                           \
    "(?:\\?(?:[" UNIT ":@/?]|" HEX ")*)?(?:#(?:[" UNIT ":@/?]|" HEX ")*)?$"

#define D "[0-9]+"

#define TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct twin twins[] = {
    {.format = "uuid",
     .pattern = "^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$",
     .texts = TEXTS("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "00000000-0000-0000-0000-000000000000",
                    "ABCDEF01-2345-6789-abcd-efABCDEF9999")},
    {.format = "uuid", /* the same, eight bytes at a time */
     .says = uuid_says,
     .texts = TEXTS("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "ABCDEF01-2345-6789-abcd-efABCDEF9999",
                    "/:@G`g\x7f\x01-2345-6789-abcd-efABCDEF9999", "")},
    {.format = "date-time",
     .says = date_time_says,
     .texts = TEXTS("2026-02-07T20:21:54Z", "2024-02-29T23:59:60Z", "2000-02-29t00:00:00.5z",
                    "1900-02-28T12:34:56.123456789+05:30", "2026-12-31T23:59:59.999-23:59",
                    "0000-01-01T00:59:60+01:00", "9999-12-31T23:59:59Z", "2026-04-30T19:09:09Z")},
    {.format = "date",
     .says = date_says,
     .texts = TEXTS("2026-02-07", "2024-02-29", "2000-02-29", "1900-02-28", "2026-12-31",
                    "2026-11-30", "0000-10-01")},
    {.format = "time",
     .says = full_time_says,
     .texts = TEXTS("20:21:54Z", "23:59:60Z", "00:00:00.5z", "12:34:56.123456789+05:30",
                    "23:59:59.999-23:59", "00:59:60+01:00", "19:29:09-00:00")},
    {.format = "duration",
     .pattern = "^[Pp](?:" D "[Ww]|(?:" D "[Yy](?:" D "[Mm](?:" D "[Dd])?)?|" D "[Mm](?:" D
                "[Dd])?|" D "[Dd])(?:[Tt](?:" D "[Hh](?:" D "[Mm](?:" D "[Ss])?)?|" D "[Mm](?:" D
                "[Ss])?|" D "[Ss]))?|[Tt](?:" D "[Hh](?:" D "[Mm](?:" D "[Ss])?)?|" D "[Mm](?:" D
                "[Ss])?|" D "[Ss]))$",
     .texts = TEXTS("P4DT12H30M5S", "P1Y2M3DT4H5M6S", "P3W", "PT36H", "p1d", "P1M", "PT5M")},
    {.format = "email",
     .pattern = EMAIL,
     .silent_on = "\"[",
     .texts = TEXTS("joe.bloggs@example.com", "te~st+x@a-b.example.co.uk", "a@b", "1.2.3@4.5",
                    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@x.y",
                    "x@abc-1234567890-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVW.z")},
    {.format = "hostname",
     .pattern = HOSTNAME,
     .texts = TEXTS("www.example.com", "a", "a-b.c-d.1", "1.2.3.4", "xn-.a--b.x",
                    "abc-1234567890-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVW.z",
                    "a2345678.b2345678.c2345678.d2345678.e2345678.f2345678.g2345678.h2345678."
                    "a2345678.b2345678.c2345678.d2345678.e2345678.f2345678.g2345678.h2345678."
                    "a2345678.b2345678.c2345678.d2345678.e2345678.f2345678.g2345678.h2345678."
                    "a2345678.b2345678.c2345678.d2345678.1")},
    {.format = "ipv4",
     .says = ipv4_says,
     .texts = TEXTS("192.168.0.1", "0.0.0.0", "255.255.255.255", "10.20.30.249", "1.2.3.199")},
    {.format = "ipv6",
     .says = ipv6_says,
     .texts =
         TEXTS("::", "::1", "2001:db8:85a3::8a2e:370:7334", "1:2:3:4:5:6:7:8",
               "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "::ffff:192.0.2.128", "1:2:3:4:5:6:1.2.3.4",
               "a::b:1.2.3.4", "abcd:ef01:2345:6789:ABCD:EF01:2345:6789")},
    {.format = "uri",
     .pattern = "^" SCHEME BEHIND,
     .silent_on = "[",
     .texts = TEXTS("https://user:pw@example.com:8080/a/b%20c?x=1&y=%5B#frag/?", "urn:a:b:c",
                    "mailto:a@b.c", "http://", "a:", "x-y+z.1:/p//q", "file:///etc/passwd",
                    "https://example.com/some/path")},
    {.format = "uri-reference",
     .pattern = "^(?:" SCHEME "|(?![^/?#]*:))" BEHIND,
     .silent_on = "[",
     .texts = TEXTS("//example.com:1/a?b#c", "/a/b:c", "../x;y=z", "?q", "#f", "a/b:c", "%41@!",
                    "https://example.com/")},
    {.format = "json-pointer",
     .pattern = "^(?:/(?:[^~/]|~[01])*)*$",
     .texts = TEXTS("/foo/bar~0/baz~1/%a", "", "/", "/~0~1~01", "//a/")},
};

/* ---- comparing ---- */

static enum verdict twin_says(struct run *run, const struct twin *twin, st_str text)
{
    bool found = false;
    for (const char *c = twin->silent_on; c != NULL && *c != '\0'; c++)
        if (memchr(text.at, *c, text.len) != NULL)
            return SILENT;
    if (twin->says != NULL)
        return twin->says(text);
    if (st_pattern_search(twin->compiled, run->matcher, text, &found) != ST_OK)
        abort();
    return found ? GOOD : BAD;
}

/* A-labels are the subject of their own tests. */
static bool has_a_label(const struct twin *twin, st_str text)
{
    bool names = strcmp(twin->format, "hostname") == 0;
    for (size_t i = 0; names && i + 4 <= text.len; i++)
        if ((text.at[i] | 0x20) == 'x' && (text.at[i + 1] | 0x20) == 'n' && text.at[i + 2] == '-' &&
            text.at[i + 3] == '-')
            return true;
    return false;
}

static void compare(struct run *run, const struct twin *twin, st_str text)
{
    if (st_utf8_check(text) < text.len || has_a_label(twin, text))
        return;
    /* A copy of the very length, so that a sanitizer sees what is read behind it. */
    char *copy = malloc(text.len > 0 ? text.len : 1);
    if (copy == NULL)
        abort();
    memcpy(copy, text.at, text.len);
    st_str own = {copy, text.len};
    enum verdict expected = twin_says(run, twin, own);
    bool good = st_format_find(st_str_of(twin->format))->test(own);
    free(copy);
    if (expected == SILENT)
        return;
    run->good += good;
    run->bad += !good;
    if (good != (expected == GOOD) && ++run->failures <= FAILURES_SHOWN)
        printf("DIFFERS %s \"%.*s\": the twin says %s\n", twin->format, ST_STR_ARG(text),
               expected == GOOD ? "good" : "bad");
}

/* ---- texts ---- */

/* `text` with `cut` bytes at `at` replaced. */
static void compare_changed(struct run *run, const struct twin *twin, st_str text, size_t at,
                            size_t cut, st_str in)
{
    char changed[TEXT_BYTES_MAX];
    if (text.len + in.len > sizeof changed || at + cut > text.len)
        return;
    memcpy(changed, text.at, at);
    memcpy(changed + at, in.at, in.len);
    memcpy(changed + at + in.len, text.at + at + cut, text.len - at - cut);
    compare(run, twin, (st_str){changed, text.len - cut + in.len});
}

static void compare_near(struct run *run, const struct twin *twin, st_str text)
{
    static const char *const wide[] = {"\xc2\x80",     "\xc3\xa9",         "\xe2\x80\xa8",
                                       "\xef\xbc\x91", "\xf0\x9f\x98\x80", "\xd9\xa3"};
    compare(run, twin, text);
    for (size_t at = 0; at <= text.len; at++) {
        compare(run, twin, (st_str){text.at, at});
        compare(run, twin, st_str_from(text, at));
        compare_changed(run, twin, text, at, 1, ST_STR(""));
        for (unsigned byte = 0; byte < 0x80; byte++) {
            char c = (char)byte;
            compare_changed(run, twin, text, at, 1, (st_str){&c, 1});
            compare_changed(run, twin, text, at, 0, (st_str){&c, 1});
        }
        for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
            compare_changed(run, twin, text, at, 0, st_str_of(wide[i]));
            compare_changed(run, twin, text, at, strlen(wide[i]), st_str_of(wide[i]));
        }
    }
}

/* Some characters become others that the formats know. */
static void compare_random(struct run *run, const struct twin *twin, st_str text)
{
    static const char known[] = "0123456789abcdefABCDEFgTZtz:.-+/@%~?#[]_ 0123456789-:.xnN";
    char changed[TEXT_BYTES_MAX];
    size_t len = text.len;
    memcpy(changed, text.at, len);
    for (uint64_t n = 1 + st_rng_below(&run->rng, 4); n > 0 && len > 0; n--) {
        size_t at = st_rng_below(&run->rng, len);
        char c = known[st_rng_below(&run->rng, sizeof known - 1)];
        bool moves = st_rng_below(&run->rng, 4) == 0;
        if (!moves) {
            changed[at] = c;
        } else if (st_rng_below(&run->rng, 2) == 0) {
            memmove(changed + at, changed + at + 1, len - at - 1);
            len--;
        } else if (len < sizeof changed) {
            memmove(changed + at + 1, changed + at, len - at);
            changed[at] = c;
            len++;
        }
    }
    compare(run, twin, (st_str){changed, len});
}

static void run_twin(struct run *run, struct twin *twin, uint64_t changes)
{
    if (twin->pattern != NULL &&
        st_pattern_compile_plain(&twin->compiled, st_str_of(twin->pattern), NULL) != ST_OK)
        abort();
    uint64_t good = run->good;
    uint64_t bad = run->bad;
    for (const char *const *text = twin->texts; *text != NULL; text++) {
        compare_near(run, twin, st_str_of(*text));
        for (uint64_t i = 0; i < changes; i++)
            compare_random(run, twin, st_str_of(*text));
    }
    printf("%s: %llu good, %llu bad\n", twin->format, (unsigned long long)(run->good - good),
           (unsigned long long)(run->bad - bad));
    /* A twin that only ever says the one is none. */
    if (run->good == good || run->bad == bad)
        run->failures++;
    st_pattern_free(twin->compiled);
}

int main(int argc, char **argv)
{
    struct run run = {0};
    uint64_t changes = argc > 1 ? strtoull(argv[1], NULL, 10) : 2000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    if (seed == 0)
        seed = (uint64_t)st_time_to_ns(st_time_now());
    printf("seed %llu\n", (unsigned long long)seed);
    st_rng_init(&run.rng, seed);
    if (st_matcher_new(&run.matcher) != ST_OK)
        return 1;
    for (size_t i = 0; i < sizeof twins / sizeof twins[0]; i++)
        run_twin(&run, &twins[i], changes);
    st_matcher_free(run.matcher);
    printf("%llu differences\n", (unsigned long long)run.failures);
    return run.failures == 0 ? 0 : 1;
}
