/*
 * peer_parse: parsing beside simdjson's DOM and jansson.
 *
 *   parse.SUBJECT                    GB/s of text, this thread; text to tape
 *   parse.SUBJECT.named              the same with names numbered against agent-event@v0
 *   parse.SUBJECT.simdjson.WHICH     dom::parser::parse; WHICH it has picked on this machine
 *   parse.SUBJECT.jansson            json_loadb and json_decref
 *   ratio.parse.SUBJECT.simdjson, ratio.parse.SUBJECT.jansson     ours divided by theirs
 *
 * Subjects are EVENTS events of the standard load, one after the other, and documents of 1 MB: an
 * array of such events, coordinates of a map, and texts with escapes and many alphabets; or, with
 * arguments, the documents of files. All three
 * parsers have what they need allocated before, but jansson, which makes a tree anew for each text.
 * simdjson turns numbers into doubles and integers, our tape keeps their literals; simdjson keeps
 * repeated names, our tape marks them.
 *
 * A round is one run of each, so that a slow moment meets them alike; figures are medians.
 */
#include "base/mem.h"
#include "base/time.h"
#include "contract/registry.h"
#include "documents.h"
#include "figure.h"
#include "load.h"
#include "simdjson_peer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUNDS         21
#define RUN_NS         (10 * INT64_C(1000000))
#define EVENTS         2000u
#define DOCUMENT_BYTES ((size_t)1 << 20)

struct subject {
    const char *name;
    char *bytes;
    size_t len;
    st_str *at;
    size_t count;
};

struct parsers {
    struct st_json doc;
    struct st_json_options plain;
    struct st_json_options named;
    void *simdjson;
};

static void die(const char *what)
{
    fprintf(stderr, "peer_parse: %s\n", what);
    exit(1);
}

/* ---- subjects ---- */

static struct subject *new_subject(const char *name)
{
    struct subject *subject = st_mem_get_zeroed(sizeof *subject);
    if (subject == NULL)
        die("no memory");
    subject->name = name;
    subject->bytes =
        st_mem_get_zeroed(DOCUMENT_BYTES + 2 * ST_LOAD_EVENT_BYTES_MAX + SIMDJSON_PEER_PADDING);
    subject->at = st_mem_get(sizeof *subject->at * EVENTS);
    if (subject->bytes == NULL || subject->at == NULL)
        die("no memory");
    return subject;
}

static void free_subject(struct subject *subject)
{
    st_mem_free(subject->bytes);
    st_mem_free(subject->at);
    st_mem_free(subject);
}

static void end_document(struct subject *subject)
{
    subject->at[0] = (st_str){subject->bytes, subject->len};
    subject->count = 1;
}

static struct subject *make_events(void)
{
    struct subject *subject = new_subject("event");
    struct st_load load;
    if (st_load_init(&load, 1, 10000) != ST_OK)
        die("no memory");
    while (subject->count < EVENTS && subject->len < DOCUMENT_BYTES) {
        char *at = subject->bytes + subject->len;
        size_t len = st_load_next(&load, at);
        subject->at[subject->count++] = (st_str){at, len};
        subject->len += len;
        subject->bytes[subject->len++] = '\n';
    }
    st_load_done(&load);
    return subject;
}

/* Elements by `write` until the document is full. */
static struct subject *make_document(const char *name, size_t (*write)(void *context, char *at),
                                     void *context)
{
    struct subject *subject = new_subject(name);
    subject->bytes[subject->len++] = '[';
    while (subject->len < DOCUMENT_BYTES) {
        subject->len += write(context, subject->bytes + subject->len);
        subject->bytes[subject->len++] = ',';
    }
    subject->bytes[subject->len - 1] = ']';
    end_document(subject);
    return subject;
}

/* The documents of a file, with room behind the last one. */
static struct subject *read_subject(const char *path)
{
    struct documents documents;
    struct st_why why = {0};
    struct subject *subject = st_mem_get_zeroed(sizeof *subject);
    if (documents_read(&documents, path, &why) != ST_OK)
        die(why.text);
    size_t room = documents.bytes + documents.count;
    char *bytes = st_mem_get_zeroed(room + SIMDJSON_PEER_PADDING);
    if (subject == NULL || bytes == NULL)
        die("no memory");
    *subject = (struct subject){.name = path, .bytes = bytes, .at = documents.at};
    for (; subject->count < documents.count; subject->count++) {
        st_str text = documents.at[subject->count];
        memcpy(bytes + subject->len, text.at, text.len);
        subject->at[subject->count] = (st_str){bytes + subject->len, text.len};
        subject->len += text.len + 1;
    }
    documents.at = NULL; /* the subject's now */
    documents_free(&documents);
    return subject;
}

static size_t write_event(void *context, char *at)
{
    return st_load_next(context, at);
}

static size_t write_place(void *context, char *at)
{
    struct st_rng *rng = context;
    return (size_t)sprintf(at, "[%s%u.%06u,%u.%015u]", st_rng_below(rng, 2) == 0 ? "-" : "",
                           (unsigned)st_rng_below(rng, 180), (unsigned)st_rng_below(rng, 1000000),
                           (unsigned)st_rng_below(rng, 90),
                           (unsigned)st_rng_below(rng, 1000000000));
}

static size_t write_text(void *context, char *at)
{
    static const char *const words[] = {
        "the plan ",
        "Größe und Maß ",
        "\\\"quoted\\\" ",
        "line\\n",
        "решение ",
        "決定を記録 ",
        "\\u00e9t\\u00e9 ",
        "C:\\\\logs\\\\",
        "answer ",
        "a sentence that goes on for a while ",
        "🙂 ",
    };
    struct st_rng *rng = context;
    size_t len = (size_t)sprintf(at, "{\"id\":%u,\"lang\":\"%s\",\"text\":\"",
                                 (unsigned)st_rng_below(rng, 1000000),
                                 st_rng_below(rng, 2) == 0 ? "de" : "ja");
    for (uint64_t left = 3 + st_rng_below(rng, 30); left > 0; left--)
        len +=
            (size_t)sprintf(at + len, "%s", words[st_rng_below(rng, sizeof words / sizeof *words)]);
    return len + (size_t)sprintf(at + len, "\"}");
}

/* ---- parsers: all texts of the subject once ---- */

static void by_us(struct parsers *parsers, const struct subject *subject,
                  const struct st_json_options *options)
{
    for (size_t i = 0; i < subject->count; i++)
        if (st_json_parse(&parsers->doc, subject->at[i], options, NULL) != ST_OK)
            die("we do not parse a text");
}

static void by_plain(struct parsers *parsers, const struct subject *subject)
{
    by_us(parsers, subject, &parsers->plain);
}

static void by_named(struct parsers *parsers, const struct subject *subject)
{
    by_us(parsers, subject, &parsers->named);
}

static void by_simdjson(struct parsers *parsers, const struct subject *subject)
{
    for (size_t i = 0; i < subject->count; i++)
        if (!simdjson_peer_parse(parsers->simdjson, subject->at[i].at, subject->at[i].len))
            die("simdjson does not parse a text");
}

static void by_jansson(struct parsers *parsers, const struct subject *subject)
{
    (void)parsers;
    for (size_t i = 0; i < subject->count; i++) {
        json_t *value = json_loadb(subject->at[i].at, subject->at[i].len, 0, NULL);
        if (value == NULL)
            die("jansson does not parse a text");
        json_decref(value);
    }
}

/* ---- runs ---- */

static double run(struct parsers *parsers, const struct subject *subject,
                  void (*parse)(struct parsers *, const struct subject *))
{
    parse(parsers, subject); /* what the last parser left in the caches is paid for here */
    int64_t started_ns = st_thread_ns();
    int64_t spent_ns = 0;
    size_t times = 0;
    for (; spent_ns < RUN_NS; times++) {
        parse(parsers, subject);
        spent_ns = st_thread_ns() - started_ns;
    }
    return (double)subject->len * (double)times / (double)spent_ns;
}

static void print_ratio(const char *subject, const char *peer, double ratio)
{
    char name[96];
    snprintf(name, sizeof name, "ratio.parse.%s.%s", subject, peer);
    struct figure figure = {.name = name, .unit = "times"};
    figure_add(&figure, ratio);
    figure_print(&figure);
}

static void compare(struct parsers *parsers, struct subject *subject)
{
    static void (*const parses[])(struct parsers *, const struct subject *) = {
        by_plain, by_named, by_simdjson, by_jansson};
    char names[4][96];
    struct figure figures[4];
    snprintf(names[0], sizeof names[0], "parse.%s", subject->name);
    snprintf(names[1], sizeof names[1], "parse.%s.named", subject->name);
    snprintf(names[2], sizeof names[2], "parse.%s.simdjson.%s", subject->name,
             simdjson_peer_name());
    snprintf(names[3], sizeof names[3], "parse.%s.jansson", subject->name);
    for (size_t i = 0; i < 4; i++)
        figures[i] = (struct figure){.name = names[i], .unit = "GB/s", .bytes = subject->len};
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < 4; i++)
            figure_add(&figures[i], run(parsers, subject, parses[i]));
    for (size_t i = 0; i < 4; i++)
        figure_print(&figures[i]);
    print_ratio(subject->name, "simdjson", figure_median(&figures[0]) / figure_median(&figures[2]));
    print_ratio(subject->name, "jansson", figure_median(&figures[0]) / figure_median(&figures[3]));
    free_subject(subject);
}

static void compare_all(struct parsers *parsers)
{
    struct st_load load;
    struct st_rng rng;
    if (st_load_init(&load, 1, 10000) != ST_OK)
        die("no memory");
    st_rng_init(&rng, 1);
    compare(parsers, make_events());
    compare(parsers, make_document("1MB.events", write_event, &load));
    compare(parsers, make_document("1MB.places", write_place, &rng));
    compare(parsers, make_document("1MB.texts", write_text, &rng));
    st_load_done(&load);
}

int main(int argc, char **argv)
{
    struct st_registry *registry = NULL;
    struct st_schema_fault fault;
    struct parsers parsers = {.simdjson = simdjson_peer_new()};
    if (st_registry_new(&registry, &fault) != ST_OK)
        die("the contracts could not be loaded");
    const struct st_contract *contract = st_registry_find(registry, ST_STR("agent-event"));
    parsers.named.names = st_schema_names(st_contract_schema(contract));
    st_json_init(&parsers.doc);
    fprintf(stderr, "peer_parse: simdjson %s picks %s; jansson %s\n", simdjson_peer_version(),
            simdjson_peer_name(), JANSSON_VERSION);
    for (int i = 1; i < argc; i++)
        compare(&parsers, read_subject(argv[i]));
    if (argc == 1)
        compare_all(&parsers);
    st_json_done(&parsers.doc);
    simdjson_peer_free(parsers.simdjson);
    st_registry_free(registry);
    return 0;
}
