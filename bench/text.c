/* Benchmark: what a pattern and a format cost, for texts as they stand in events and manifests.
 *
 *   pattern.…, format.…         nanoseconds a search or a test
 *   ….pcre2                     the same by PCRE2 with JIT, its call as bare as it can be
 *   ….ratio                     how many times the former goes into the latter
 *   pattern.….load, ….load.pcre2    nanoseconds to compile it
 *
 * Both take turns and each figure is the median over the runs. A format's PCRE2 has a regular
 * expression that says the same of the text at hand, or nearly so. */
#include "base/time.h"
#include "figure.h"
#include "schema/format.h"
#include "schema/pattern_twin.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

#define RUNS     15u
#define OPS      20000u
#define LOAD_OPS 50u

struct subject {
    const char *name;
    const char *format; /* NULL: a pattern */
    const char *pattern;
    const char *text;
};

#define DAYS                                                                                       \
    "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)" \
    "|02-(?:0[1-9]|1\\d|2[0-8]))|(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|"                      \
    "(?:[02468][048]|[13579][26])00)-02-29)"
#define CLOCK                                                                                      \
    "(?:(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d|23:59:60)(?:\\.\\d+)?"                                \
    "(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)"
#define LABEL "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#define OCTET "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)"
#define PART  "(?:[-A-Za-z0-9._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*"

static const struct subject subjects[] = {
    {"pattern.extension", NULL, "^x-", "x-internal"},
    {"pattern.no_extension", NULL, "^x-", "description"},
    {"pattern.not_blank", NULL, "\\S", "agent.run.started"},
    {"pattern.slug", NULL, "^[a-z][a-z0-9-]*$", "my-package-name"},
    {"pattern.name", NULL, "^[A-Za-z_][-A-Za-z0-9._]*$", "HttpServer.requests_total"},
    {"pattern.digest", NULL, "^[0-9a-f]{64}$",
     "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
    {"pattern.version", NULL,
     "^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)"
     "(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\\+([0-9a-zA-Z-]+"
     "(?:\\.[0-9a-zA-Z-]+)*))?$",
     "1.22.333-alpha.1"},
    {"pattern.timestamp", NULL,
     "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})?$",
     "2026-02-07T20:21:54.123Z"},
    {"pattern.package", NULL,
     "^(?:(?:@(?:[a-z0-9-*~][a-z0-9-*._~]*)?/[a-z0-9-._~])|[a-z0-9-~])[a-z0-9-._~]*$",
     "@scope/some-package"},
    {"pattern.mail", NULL, "^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$", "someone@example.com"},
    {"pattern.url", NULL, "^https?://[^\\s]+$", "https://example.com/some/path?query=1"},
    {"pattern.word_of_list", NULL, "^(get|put|post|delete|options|head|patch|trace)$", "delete"},
    {"pattern.status", NULL, "^[1-5](?:[0-9]{2}|XX)$", "404"},
    {"pattern.line", NULL, "^.{1,128}$", "a line of text, as a title or a label has it"},
    {"pattern.password", NULL, "^(?=.*\\d)(?=.*[a-z])(?!.*\\s).{8,64}$", "correct8horse"},
    {"pattern.inside", NULL, "error", "the quick brown fox jumps over an error of the lazy dog"},
    {"format.uuid", "uuid", "^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$",
     "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"},
    {"format.date-time", "date-time", "^" DAYS "[Tt]" CLOCK "$", "2026-02-07T20:21:54.123Z"},
    {"format.date", "date", "^" DAYS "$", "2026-02-07"},
    {"format.time", "time", "^" CLOCK "$", "20:21:54.5+01:00"},
    {"format.duration", "duration", "^P(?:\\d+[YMWD])*(?:T(?:\\d+[HMS])+)?$", "P3DT12H30M5S"},
    {"format.email", "email",
     "^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@" LABEL "(?:\\." LABEL
     ")*$",
     "joe.bloggs@example.com"},
    {"format.hostname", "hostname", "^" LABEL "(?:\\." LABEL ")*$", "www.example.com"},
    {"format.ipv4", "ipv4", "^(?:" OCTET "\\.){3}" OCTET "$", "192.168.10.254"},
    {"format.ipv6", "ipv6",
     "^(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{0,4}|(?:" OCTET "\\.){3}" OCTET ")$",
     "2001:db8:85a3::8a2e:370:7334"},
    {"format.uri", "uri", "^[A-Za-z][A-Za-z0-9+.-]*:" PART "(?:#" PART ")?$",
     "https://example.com/some/path?query=1#part"},
    {"format.uri-reference", "uri-reference", "^" PART "(?:#" PART ")?$", "#/$defs/event"},
    {"format.json-pointer", "json-pointer", "^(?:/(?:[^~/]|~[01])*)*$", "/properties/a~1b/items"},
    /* No regular expression tells this; PCRE2 compiles it, without JIT. */
    {"format.regex", "regex", NULL, "^[a-z][a-z0-9-]*$"},
};

struct measured {
    const struct subject *subject;
    const struct st_format *format;
    struct st_pattern *pattern;
    struct st_matcher *matcher;
    pcre2_code *code;
    pcre2_match_data *match;
};

static _Noreturn void die(const struct subject *subject, const char *what)
{
    fprintf(stderr, "bench_text: %s: %s\n", subject->name, what);
    exit(1);
}

static pcre2_code *compile(const char *source, size_t len, bool jit)
{
    int error = 0;
    size_t offset = 0;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)source, len,
                      PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_DOLLAR_ENDONLY, &error, &offset, NULL);
    if (code != NULL && jit)
        pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    return code;
}

/* Hides a text from the compiler, which otherwise might look through the test once for all. */
static inline st_str hide(st_str text)
{
    __asm__ volatile("" : "+r"(text.at), "+r"(text.len));
    return text;
}

static bool ours(const struct measured *m, st_str text)
{
    bool found = false;
    if (m->format != NULL)
        return m->format->test(text);
    return st_pattern_search(m->pattern, m->matcher, text, &found) == ST_OK && found;
}

static bool theirs(const struct measured *m, st_str text)
{
    if (m->code != NULL)
        return pcre2_match(m->code, (PCRE2_SPTR)text.at, text.len, 0, PCRE2_NO_UTF_CHECK, m->match,
                           NULL) >= 0;
    pcre2_code *code = compile(text.at, text.len, false);
    pcre2_code_free(code);
    return code != NULL;
}

static double measure(const struct measured *m, bool (*test)(const struct measured *, st_str))
{
    st_str text = st_str_of(m->subject->text);
    uint32_t found = 0;
    int64_t start_ns = st_thread_ns();
    for (uint32_t i = 0; i < OPS; i++)
        found += test(m, hide(text));
    double ns = (double)(st_thread_ns() - start_ns) / OPS;
    if (found != 0 && found != OPS)
        die(m->subject, "two answers to one question");
    return ns;
}

static double measure_load(const struct measured *m, bool pcre2)
{
    int64_t start_ns = st_thread_ns();
    for (uint32_t i = 0; i < LOAD_OPS; i++) {
        struct st_pattern *pattern = NULL;
        pcre2_code *code = NULL;
        if (pcre2)
            code = compile(m->subject->pattern, strlen(m->subject->pattern), true);
        else if (st_pattern_compile(&pattern, st_str_of(m->subject->pattern), NULL) != ST_OK)
            die(m->subject, "no pattern");
        st_pattern_free(pattern);
        pcre2_code_free(code);
    }
    return (double)(st_thread_ns() - start_ns) / LOAD_OPS;
}

static void print(const struct subject *subject, const char *of, const char *unit, uint64_t bytes,
                  struct figure *figure)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s", subject->name, of);
    figure->name = name;
    figure->unit = unit;
    figure->bytes = bytes;
    figure_print(figure);
}

static void run(const struct measured *m)
{
    struct figure figures[5] = {{.runs = 0}};
    uint64_t bytes = strlen(m->subject->text);
    if (ours(m, st_str_of(m->subject->text)) != theirs(m, st_str_of(m->subject->text)))
        die(m->subject, "PCRE2 says something else");
    for (uint32_t i = 0; i < RUNS; i++) {
        double one = measure(m, ours);
        double other = measure(m, theirs);
        figure_add(&figures[0], one);
        figure_add(&figures[1], other);
        figure_add(&figures[2], other / one);
        if (m->format != NULL)
            continue;
        figure_add(&figures[3], measure_load(m, false));
        figure_add(&figures[4], measure_load(m, true));
    }
    print(m->subject, "", "ns", bytes, &figures[0]);
    print(m->subject, ".pcre2", "ns", bytes, &figures[1]);
    print(m->subject, ".ratio", "x", bytes, &figures[2]);
    if (m->format != NULL)
        return;
    print(m->subject, ".load", "ns", 0, &figures[3]);
    print(m->subject, ".load.pcre2", "ns", 0, &figures[4]);
}

static void run_subject(const struct subject *subject)
{
    struct measured m = {.subject = subject};
    if (subject->format != NULL)
        m.format = st_format_find(st_str_of(subject->format));
    else if (st_pattern_compile(&m.pattern, st_str_of(subject->pattern), NULL) != ST_OK)
        die(subject, "no pattern");
    if (subject->pattern != NULL) {
        m.code = compile(subject->pattern, strlen(subject->pattern), true);
        if (m.code == NULL)
            die(subject, "no pattern of PCRE2");
    }
    m.match = pcre2_match_data_create(1, NULL);
    if (m.match == NULL || st_matcher_new(&m.matcher) != ST_OK)
        die(subject, "no memory");
    run(&m);
    st_matcher_free(m.matcher);
    st_pattern_free(m.pattern);
    pcre2_match_data_free(m.match);
    pcre2_code_free(m.code);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
        if (argc < 2 || strstr(subjects[i].name, argv[1]) != NULL)
            run_subject(&subjects[i]);
    return 0;
}
