/*
 * peer_parse: parsing beside simdjson's DOM and jansson.
 *
 *   parsing.SUBJECT.ours               GB/s of text, this thread; text to tape
 *   parsing.SUBJECT.named              the same with names numbered against agent-event@v0
 *   parsing.SUBJECT.simdjson.WHICH     dom::parser::parse; WHICH it has picked on this machine
 *   parsing.SUBJECT.jansson            json_loadb and json_decref
 *   ratio.parsing.SUBJECT.simdjson, ratio.parsing.SUBJECT.jansson     ours divided by theirs
 *
 * Subjects are EVENTS events of the standard load, one after the other, and documents of 1 MB
 * (parse_texts.h); or, with arguments, the documents of files. All three parsers have what they
 * need allocated before, but jansson, which makes a tree anew for each text. simdjson turns numbers
 * into doubles and integers, our tape keeps their literals; simdjson keeps repeated names, our tape
 * marks them.
 *
 * A round is one run of each, so that a slow moment meets them alike; figures are medians.
 */
#include "base/mem.h"
#include "base/time.h"
#include "contract/registry.h"
#include "documents.h"
#include "figure.h"
#include "parse_texts.h"
#include "simdjson_peer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUNDS         21
#define RUN_NS         (10 * INT64_C(1000000))
#define EVENTS         2000u
#define DOCUMENT_BYTES 1000000u

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

/* Copies texts side by side, with room behind the last one. */
static struct subject make_subject(const char *name, const st_str *texts, size_t count)
{
    struct subject subject = {.name = name, .count = count};
    size_t bytes = SIMDJSON_PEER_PADDING;
    for (size_t i = 0; i < count; i++)
        bytes += texts[i].len + 1;
    subject.bytes = st_mem_get_zeroed(bytes);
    subject.at = st_mem_get(sizeof *subject.at * count);
    if (subject.bytes == NULL || subject.at == NULL)
        die("no memory");
    for (size_t i = 0; i < count; i++) {
        memcpy(subject.bytes + subject.len, texts[i].at, texts[i].len);
        subject.at[i] = (st_str){subject.bytes + subject.len, texts[i].len};
        subject.len += texts[i].len + 1;
    }
    return subject;
}

static void free_subject(struct subject *subject)
{
    st_mem_free(subject->bytes);
    st_mem_free(subject->at);
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
    snprintf(name, sizeof name, "ratio.parsing.%s.%s", subject, peer);
    struct figure figure = {.name = name, .unit = "times"};
    figure_add(&figure, ratio);
    figure_print(&figure);
}

static void compare(struct parsers *parsers, const struct subject *subject)
{
    static void (*const parses[])(struct parsers *, const struct subject *) = {
        by_plain, by_named, by_simdjson, by_jansson};
    char names[4][96];
    struct figure figures[4];
    snprintf(names[0], sizeof names[0], "parsing.%s.ours", subject->name);
    snprintf(names[1], sizeof names[1], "parsing.%s.named", subject->name);
    snprintf(names[2], sizeof names[2], "parsing.%s.simdjson.%s", subject->name,
             simdjson_peer_name());
    snprintf(names[3], sizeof names[3], "parsing.%s.jansson", subject->name);
    for (size_t i = 0; i < 4; i++)
        figures[i] = (struct figure){.name = names[i], .unit = "GB/s", .bytes = subject->len};
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < 4; i++)
            figure_add(&figures[i], run(parsers, subject, parses[i]));
    for (size_t i = 0; i < 4; i++)
        figure_print(&figures[i]);
    print_ratio(subject->name, "simdjson", figure_median(&figures[0]) / figure_median(&figures[2]));
    print_ratio(subject->name, "jansson", figure_median(&figures[0]) / figure_median(&figures[3]));
}

static void compare_texts(struct parsers *parsers, const char *name, struct texts *texts)
{
    struct subject subject = make_subject(name, texts->at, texts->count);
    compare(parsers, &subject);
    free_subject(&subject);
    texts_done(texts);
}

static void compare_all(struct parsers *parsers)
{
    char name[64];
    struct texts texts;
    texts_of_load(&texts, EVENTS, 1);
    compare_texts(parsers, "event", &texts);
    for (enum parse_shape shape = 0; shape < PARSE_SHAPE_COUNT; shape++) {
        texts_of_shape(&texts, shape, DOCUMENT_BYTES);
        snprintf(name, sizeof name, "1MB.%s", texts.shape);
        compare_texts(parsers, name, &texts);
    }
}

static void compare_file(struct parsers *parsers, const char *path)
{
    struct documents documents;
    struct st_why why = {0};
    if (documents_read(&documents, path, &why) != ST_OK)
        die(why.text);
    struct subject subject = make_subject(path, documents.at, documents.count);
    compare(parsers, &subject);
    free_subject(&subject);
    documents_free(&documents);
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
        compare_file(&parsers, argv[i]);
    if (argc == 1)
        compare_all(&parsers);
    st_json_done(&parsers.doc);
    simdjson_peer_free(parsers.simdjson);
    st_registry_free(registry);
    return 0;
}
