/*
 * schema SCHEMA.json DOCUMENTS.ndjson: what parsing and validating costs, for any schema and data.
 *
 *   {"documents":1000,"bytes":600000,"valid":998,"parse":…,"validate":…,"both":…,"runs":25,
 *    "unit":"ns/document"}
 *
 *   parse      text to tape, one tape reused; names interned against the schema
 *   validate   yes or no for documents that were parsed before, each with a tape of its own
 *   both       a document is parsed and validated before the next one, one tape reused
 *
 * Each is the median over the runs, in nanoseconds a document that this one thread has worked: what
 * else the machine does counts as little as it can. The three take turns, so that a slow moment
 * meets them alike. A run goes through all documents, in file order, as often as RUN_NS of work
 * takes. Every pass counts the valid ones, and the counts must agree.
 *
 * What a checker learned from documents before (outline.h) it uses here as anywhere: the same ones
 * come round, so that most of up to 128 nodes are known. With --walk it learns nothing, as if no
 * two documents of the data were alike.
 *
 * Documents are parsed for `validate` in windows that fit into the processor's cache and validated
 * from there: nobody parses a document to look at it long after. Where all fit into one window they
 * are parsed once; else a window's documents are checked `times` over before it moves on.
 *
 * At least RUNS_MIN runs, unless TIME_MAX_NS is over; up to RUNS_MAX, or N with --runs, in
 * TIME_ENOUGH_NS.
 */
#include "documents.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/time.h"
#include "contract/registry.h"
#include "figure.h"
#include "schema/twin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define SCHEMA_BYTES_MAX ((size_t)256 << 20)
#define WINDOW_DOCUMENTS 512u
#define WINDOW_BYTES     ((size_t)64 << 10) /* of text; the tapes take about twice as much */
#define RUN_NS           (5 * INT64_C(1000000))
#define RUNS_MIN         9u
#define RUNS_MAX         51u
#define TIME_ENOUGH_NS   (3 * ST_NS_PER_S)   /* then RUNS_MIN runs will do */
#define TIME_MAX_NS      (300 * ST_NS_PER_S) /* then any will do */

struct request {
    const char *schema;   /* a path, or NULL */
    const char *contract; /* a reference, or NULL */
    const char *documents;
    struct st_schema_options options;
    uint64_t runs_max;
    bool walk;
};

struct bench {
    const char *path; /* of the documents */
    struct documents documents;
    const struct st_schema *schema;
    struct st_checker *checker;
    struct st_json_options parsing;
    struct st_json doc; /* of `parse` and `both` */
    struct st_json window[WINDOW_DOCUMENTS];
    size_t window_from; /* the documents that the window holds */
    size_t window_to;
    size_t valid; /* as the first pass counted */
};

static struct bench bench;

__attribute__((format(printf, 1, 2))) static _Noreturn void die(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("schema: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

/* ---- one document ---- */

static void blame(size_t index, const struct st_json_fault *fault)
{
    uint64_t line = 0;
    uint64_t column = 0;
    documents_place(&bench.documents, index, fault->offset, &line, &column);
    die("%s:%llu:%llu: not JSON: expected %s", bench.path, (unsigned long long)line,
        (unsigned long long)column, fault->expected);
}

static inline void parse(struct st_json *doc, size_t index)
{
    struct st_json_fault fault;
    if (st_json_parse(doc, bench.documents.at[index], &bench.parsing, &fault) != ST_OK)
        blame(index, &fault);
}

static inline bool check(const struct st_json *doc)
{
    bool valid = false;
    st_err err = st_schema_check(bench.schema, bench.checker, doc, 0, &valid, NULL);
    if (err != ST_OK)
        die("a document could not be checked: %s", st_err_text(err));
    return valid;
}

/* ---- passes over all documents: the time that `times` of them took ---- */

static int64_t pass_parse(size_t times)
{
    int64_t started_ns = st_thread_ns();
    while (times-- > 0)
        for (size_t i = 0; i < bench.documents.count; i++)
            parse(&bench.doc, i);
    return st_thread_ns() - started_ns;
}

static size_t window_end(size_t from)
{
    size_t bytes = 0;
    size_t to = from;
    while (to < bench.documents.count && to - from < WINDOW_DOCUMENTS &&
           (to == from || bytes + bench.documents.at[to].len <= WINDOW_BYTES))
        bytes += bench.documents.at[to++].len;
    return to;
}

/* Parses the documents from `from` on, as many as a window takes, unless they are there already. */
static void fill_window(size_t from)
{
    size_t to = window_end(from);
    if (bench.window_from == from && bench.window_to == to)
        return;
    for (size_t i = from; i < to; i++)
        parse(&bench.window[i - from], i);
    bench.window_from = from;
    bench.window_to = to;
}

static void agree(size_t valid, size_t times)
{
    if (valid != bench.valid * times)
        die("%zu documents are valid at first, and %zu in %zu passes", bench.valid, valid, times);
}

/* Checks what the window holds; the clock is asked once, as it may take longer than a check. */
static int64_t check_window(size_t times, size_t *valid)
{
    size_t count = bench.window_to - bench.window_from;
    int64_t started_ns = st_thread_ns();
    while (times-- > 0)
        for (size_t i = 0; i < count; i++)
            *valid += check(&bench.window[i]);
    return st_thread_ns() - started_ns;
}

static int64_t pass_validate(size_t times)
{
    int64_t spent_ns = 0;
    size_t valid = 0;
    for (size_t from = 0; from < bench.documents.count; from = bench.window_to) {
        fill_window(from);
        spent_ns += check_window(times, &valid);
    }
    agree(valid, times);
    return spent_ns;
}

static int64_t pass_both(size_t times)
{
    size_t valid = 0;
    int64_t started_ns = st_thread_ns();
    for (size_t at = 0; at < times; at++) {
        for (size_t i = 0; i < bench.documents.count; i++) {
            parse(&bench.doc, i);
            valid += check(&bench.doc);
        }
    }
    int64_t spent_ns = st_thread_ns() - started_ns;
    agree(valid, times);
    return spent_ns;
}

/* The first pass of all: nothing is timed, tapes grow to their size, the valid ones are counted. */
static void count_valid(void)
{
    for (size_t i = 0; i < bench.documents.count; i++) {
        parse(&bench.doc, i);
        bench.valid += check(&bench.doc);
    }
}

/* ---- runs ---- */

struct task {
    int64_t (*pass)(size_t times);
    size_t times; /* passes in a run: RUN_NS of work */
    struct figure figure;
};

static void run(struct task *task)
{
    int64_t spent_ns = task->pass(task->times);
    while (spent_ns < RUN_NS) {
        task->times *= 2;
        spent_ns = task->pass(task->times);
    }
    figure_add(&task->figure,
               (double)spent_ns / ((double)bench.documents.count * (double)task->times));
}

static bool goes_on(size_t runs, size_t runs_max, int64_t spent_ns)
{
    if (runs < RUNS_MIN)
        return runs == 0 || spent_ns < TIME_MAX_NS;
    return runs < runs_max && spent_ns < TIME_ENOUGH_NS;
}

static void measure(size_t runs_max)
{
    struct task tasks[] = {{pass_parse, 1, {0}}, {pass_validate, 1, {0}}, {pass_both, 1, {0}}};
    int64_t started_ns = st_monotonic_ns();
    size_t runs = 0;
    for (; goes_on(runs, runs_max, st_monotonic_ns() - started_ns); runs++)
        for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
            run(&tasks[i]);
    printf("{\"documents\":%zu,\"bytes\":%llu,\"valid\":%zu,\"parse\":%.1f,\"validate\":%.1f,"
           "\"both\":%.1f,\"runs\":%zu,\"unit\":\"ns/document\"}\n",
           bench.documents.count, (unsigned long long)bench.documents.bytes, bench.valid,
           figure_median(&tasks[0].figure), figure_median(&tasks[1].figure),
           figure_median(&tasks[2].figure), runs);
}

/* ---- what is to be measured ---- */

static _Noreturn void usage(void)
{
    fputs("usage: schema [--runs N] [--walk] [--format-assertion] [--draft NAME] SCHEMA.json "
          "DOCUMENTS.ndjson\n"
          "       schema [--runs N] [--walk] --contract NAME[@VERSION] DOCUMENTS.ndjson\n",
          stderr);
    exit(2);
}

static void read_option(struct request *request, const char *name, const char *value)
{
    st_str text = st_str_of(value);
    bool good = value != NULL;
    if (strcmp(name, "--contract") == 0)
        request->contract = value;
    else if (strcmp(name, "--draft") == 0)
        good = (request->options.draft = st_draft_of_name(text)) != ST_DRAFT_UNKNOWN;
    else if (strcmp(name, "--runs") == 0)
        good = st_str_to_u64(text, &request->runs_max) == ST_OK && request->runs_max <= RUNS_MAX;
    else
        good = false;
    if (!good)
        usage();
}

static struct request read_arguments(int argc, char **argv)
{
    struct request request = {.runs_max = RUNS_MAX};
    const char *paths[2] = {NULL, NULL};
    size_t count = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--format-assertion") == 0) {
            request.options.assert_formats = true;
        } else if (strcmp(argv[i], "--walk") == 0) {
            request.walk = true;
        } else if (strncmp(argv[i], "--", 2) == 0) {
            read_option(&request, argv[i], argv[i + 1]);
            i++;
        } else if (count < 2) {
            paths[count++] = argv[i];
        } else {
            usage();
        }
    }
    if (count != (request.contract == NULL ? 2 : 1))
        usage();
    request.schema = request.contract == NULL ? paths[0] : NULL;
    request.documents = paths[count - 1];
    return request;
}

static struct st_schema *load_schema(const struct request *request)
{
    struct st_schema *schema = NULL;
    struct st_schema_fault fault;
    struct st_why why = {0};
    struct st_buf text = ST_BUF(SCHEMA_BYTES_MAX);
    if (st_file_read(request->schema, &text, &why) != ST_OK)
        die("%s: %s%s%s", request->schema, why.text, why.sys != 0 ? ": " : "",
            why.sys != 0 ? strerror(why.sys) : "");
    st_err err = st_schema_load(&schema, st_buf_str(&text), &request->options, &fault);
    if (err != ST_OK)
        die("%s:%llu:%llu: %s%s: %s", request->schema, (unsigned long long)fault.line,
            (unsigned long long)fault.column, fault.uri, fault.pointer, fault.message);
    st_buf_done(&text);
    return schema;
}

static const struct st_schema *find_contract(const struct st_registry *registry, const char *name)
{
    const struct st_contract *contract = st_registry_find(registry, st_str_of(name));
    if (contract == NULL)
        die("%s: no such contract", name);
    return st_contract_schema(contract);
}

static void read_documents(const char *path)
{
    bench.path = path;
    struct st_why why = {0};
    if (documents_read(&bench.documents, path, &why) != ST_OK)
        die("%s: %s%s%s", path, why.text, why.sys != 0 ? ": " : "",
            why.sys != 0 ? strerror(why.sys) : "");
    if (bench.documents.count == 0)
        die("%s: there is no document in it", path);
}

int main(int argc, char **argv)
{
    struct request request = read_arguments(argc, argv);
    struct st_registry *registry = NULL;
    struct st_schema *schema = NULL;
    struct st_schema_fault fault;
    if (request.contract != NULL && st_registry_new(&registry, &fault) != ST_OK)
        die("the contracts could not be loaded: %s", fault.message);
    if (request.contract == NULL)
        schema = load_schema(&request);
    bench.schema = schema != NULL ? schema : find_contract(registry, request.contract);
    bench.parsing.names = st_schema_names(bench.schema);
    if (st_checker_new(&bench.checker) != ST_OK)
        die("no memory");
    if (request.walk)
        st_checker_walk_all(bench.checker);
    read_documents(request.documents);
    st_json_init(&bench.doc);
    for (size_t i = 0; i < WINDOW_DOCUMENTS; i++)
        st_json_init(&bench.window[i]);
    count_valid();
    measure((size_t)request.runs_max);
    for (size_t i = 0; i < WINDOW_DOCUMENTS; i++)
        st_json_done(&bench.window[i]);
    st_json_done(&bench.doc);
    st_checker_free(bench.checker);
    documents_free(&bench.documents);
    st_schema_free(schema);
    st_registry_free(registry);
    return 0;
}
