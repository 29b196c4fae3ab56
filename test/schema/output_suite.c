/*
 * The output tests of the official JSON Schema test suite, as Debian packages it
 * (libtest-json-schema-acceptance-perl): for each format that an answer is written in, a schema
 * that the writing must satisfy. And the standard's own schema of all output, held against what is
 * written for every case of the validation tests.
 */
#include "unit.h"

#include "base/file.h"
#include "schema/schema.h"
#include "schema/twin.h"
#include "json/json.h"

#include <dirent.h>
#include <stdlib.h>

#define SUITE "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance"

static const struct {
    const char *name;
    enum st_output output;
} formats[] = {
    {"flag", ST_OUTPUT_FLAG},
    {"basic", ST_OUTPUT_BASIC},
    {"detailed", ST_OUTPUT_DETAILED},
};

/* What of the suite is not run. */
static const struct {
    const char *folder;
    const char *reason;
} omitted[] = {
    {"draft-next", "an unpublished draft without a metaschema to name, and its formats, list and "
                   "hierarchical, are not those of a published one"},
};

struct tally {
    const char *folder; /* of the draft: "draft2020-12" */
    enum st_draft draft;
    struct st_buf *output_schema;
    struct st_checker *checker;
    uint32_t passed;
    uint32_t failed;
};

static bool suite_is_here(void)
{
    DIR *dir = opendir(SUITE "/output-tests");
    if (dir == NULL) {
        print_message("skipped: install libtest-json-schema-acceptance-perl to run the suite\n");
        return false;
    }
    closedir(dir);
    return true;
}

/* The documents that both suites refer to. */
static st_err resolve(void *context, st_str uri, struct st_buf *text)
{
    const struct tally *tally = context;
    st_str host = ST_STR("http://localhost:1234/");
    char path[1024];
    if (st_str_starts(uri, ST_STR("https://json-schema.org/")) &&
        st_str_ends(uri, ST_STR("/output/schema")))
        return st_buf_add_str(text, st_buf_str(tally->output_schema));
    if (!st_str_starts(uri, host))
        return ST_ERR_ABSENT;
    snprintf(path, sizeof path, SUITE "/remotes/%.*s", ST_STR_ARG(st_str_from(uri, host.len)));
    return st_file_read(path, text, NULL);
}

static struct st_schema *load(struct tally *tally, st_str text, bool assert_formats)
{
    const struct st_schema_options options = {.draft = tally->draft,
                                              .assert_formats = assert_formats,
                                              .resolve = resolve,
                                              .context = tally};
    struct st_schema_fault fault;
    struct st_schema *schema;
    if (st_schema_load(&schema, text, &options, &fault) != ST_OK)
        fail_msg("%.*s\nis refused at \"%s\": %s", ST_STR_ARG(text), fault.pointer, fault.message);
    return schema;
}

/* The plain evaluator's output is the same to the letter. */
static void assert_same_plainly(struct tally *tally, const struct st_schema *schema,
                                const struct st_json *doc, uint32_t data, enum st_output output,
                                st_str written)
{
    struct st_arena arena;
    struct st_report report;
    struct st_buf plain = ST_BUF((size_t)1 << 28);
    bool valid;
    st_arena_init(&arena, (size_t)1 << 26);
    st_report_init(&report, &arena, ST_REPORT_VIOLATIONS_MAX);
    st_report_ask(&report, output);
    assert_ok(st_schema_check_plain(schema, tally->checker, doc, data, &valid, &report));
    assert_ok(st_report_write(&report, valid, output, &plain));
    assert_true(st_str_eq(st_buf_str(&plain), written));
    st_buf_done(&plain);
    st_arena_done(&arena);
}

static void write_output(struct tally *tally, const struct st_schema *schema,
                         const struct st_json *doc, uint32_t data, enum st_output output,
                         struct st_buf *out)
{
    struct st_arena arena;
    struct st_report report;
    bool valid;
    bool bare;
    st_arena_init(&arena, (size_t)1 << 26);
    st_report_init(&report, &arena, ST_REPORT_VIOLATIONS_MAX);
    st_report_ask(&report, output);
    assert_ok(st_schema_check(schema, tally->checker, doc, data, &bare, NULL));
    assert_ok(st_schema_check(schema, tally->checker, doc, data, &valid, &report));
    assert_int_equal(bare, valid);
    st_buf_reset(out);
    assert_ok(st_report_write(&report, valid, output, out));
    st_arena_done(&arena);
    assert_same_plainly(tally, schema, doc, data, output, st_buf_str(out));
}

/* Whether the written output satisfies a schema. */
static bool satisfies(struct tally *tally, const struct st_schema *wanted, st_str written)
{
    struct st_json doc;
    bool valid;
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, written, NULL, NULL));
    assert_ok(st_schema_check(wanted, tally->checker, &doc, 0, &valid, NULL));
    st_json_done(&doc);
    return valid;
}

static uint32_t member(const struct st_json *doc, uint32_t node, const char *name)
{
    uint32_t value = st_json_member(doc, node, st_str_of(name));
    assert_true(value != ST_JSON_NONE);
    return value;
}

/* ---- folders and files of cases ---- */

typedef void (*group_runner)(struct tally *tally, const struct st_json *doc, uint32_t group);

static void run_file(struct tally *tally, const char *path, group_runner run)
{
    struct st_buf text = ST_BUF((size_t)16 << 20);
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(st_file_read(path, &text, NULL));
    assert_ok(st_json_parse(&doc, st_buf_str(&text), NULL, NULL));
    for (uint32_t at = st_json_first(&doc, 0); at != ST_JSON_NONE; at = st_json_next(&doc, 0, at))
        run(tally, &doc, at);
    st_json_done(&doc);
    st_buf_done(&text);
}

static void run_folder(struct tally *tally, const char *folder, group_runner run)
{
    struct dirent **names;
    int count = scandir(folder, &names, NULL, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (st_str_ends(st_str_of(names[i]->d_name), ST_STR(".json")))
            run_file(tally, path, run);
        free(names[i]);
    }
    free(names);
}

static void run_part(struct tally *tally, const char *part, const char *below, group_runner run)
{
    char path[512];
    struct st_buf output_schema = ST_BUF(1 << 20);
    tally->output_schema = &output_schema;
    snprintf(path, sizeof path, SUITE "/output-tests/%s/output-schema.json", tally->folder);
    assert_ok(st_file_read(path, &output_schema, NULL));
    assert_ok(st_checker_new(&tally->checker));
    snprintf(path, sizeof path, SUITE "/%s/%s%s", part, tally->folder, below);
    run_folder(tally, path, run);
    st_checker_free(tally->checker);
    st_buf_done(&output_schema);
    print_message("%s: %u of %u passed\n", path, tally->passed, tally->passed + tally->failed);
    assert_int_equal(tally->failed, 0);
}

/* ---- the suite's output tests ---- */

static void run_format(struct tally *tally, const struct st_schema *schema,
                       const struct st_json *doc, uint32_t test, size_t format)
{
    uint32_t wanted =
        st_json_member(doc, member(doc, test, "output"), st_str_of(formats[format].name));
    if (wanted == ST_JSON_NONE)
        return;
    struct st_buf out = ST_BUF(1 << 20);
    struct st_schema *judge = load(tally, st_json_raw(doc, wanted), true);
    write_output(tally, schema, doc, member(doc, test, "data"), formats[format].output, &out);
    if (satisfies(tally, judge, st_buf_str(&out))) {
        tally->passed++;
    } else {
        tally->failed++;
        print_message("%s: %.*s, %s: %.*s\n", tally->folder,
                      ST_STR_ARG(st_json_text(doc, member(doc, test, "description"))),
                      formats[format].name, ST_STR_ARG(st_buf_str(&out)));
    }
    st_schema_free(judge);
    st_buf_done(&out);
}

/* A format that nobody knows here is a test that nobody runs. */
static void assert_formats_known(const struct st_json *doc, uint32_t output)
{
    for (uint32_t at = st_json_first(doc, output); at != ST_JSON_NONE;
         at = st_json_next(doc, output, at)) {
        size_t i = 0;
        while (i < sizeof formats / sizeof formats[0] &&
               !st_str_eq(st_json_text(doc, at), st_str_of(formats[i].name)))
            i++;
        if (i == sizeof formats / sizeof formats[0])
            fail_msg("unknown format %.*s", ST_STR_ARG(st_json_text(doc, at)));
    }
}

static void run_output_group(struct tally *tally, const struct st_json *doc, uint32_t group)
{
    uint32_t tests = member(doc, group, "tests");
    struct st_schema *schema = load(tally, st_json_raw(doc, member(doc, group, "schema")), false);
    for (uint32_t at = st_json_first(doc, tests); at != ST_JSON_NONE;
         at = st_json_next(doc, tests, at)) {
        assert_formats_known(doc, member(doc, at, "output"));
        for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
            run_format(tally, schema, doc, at, i);
    }
    st_schema_free(schema);
}

static bool is_omitted(const char *folder)
{
    for (size_t i = 0; i < sizeof omitted / sizeof omitted[0]; i++)
        if (strcmp(folder, omitted[i].folder) == 0) {
            print_message("%s: omitted: %s\n", folder, omitted[i].reason);
            return true;
        }
    return false;
}

TEST("V2: every output test of draft 2020-12 passes")
{
    if (!suite_is_here())
        skip();
    struct tally tally = {.folder = "draft2020-12", .draft = ST_DRAFT_2020_12};
    run_part(&tally, "output-tests", "/content", run_output_group);
    assert_true(tally.passed >= 5);
}

TEST("V2: every output test of draft 2019-09 passes")
{
    if (!suite_is_here())
        skip();
    struct tally tally = {.folder = "draft2019-09", .draft = ST_DRAFT_2019_09};
    run_part(&tally, "output-tests", "/content", run_output_group);
    assert_true(tally.passed >= 5);
}

TEST("V2: the suite has no output tests beside those that are run and those omitted with a reason")
{
    if (!suite_is_here())
        skip();
    struct dirent **names;
    int count = scandir(SUITE "/output-tests", &names, NULL, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        const char *name = names[i]->d_name;
        if (name[0] != '.' && strcmp(name, "draft2020-12") != 0 &&
            strcmp(name, "draft2019-09") != 0 && strchr(name, '.') == NULL)
            assert_true(is_omitted(name));
        free(names[i]);
    }
    free(names);
}

/* ---- the standard's schema of output ---- */

/* Both answers' units: what is below an unknown $schema is refused while loading, as in suite.c. */
static void run_validation_group(struct tally *tally, const struct st_json *doc, uint32_t group)
{
    const struct st_schema_options options = {
        .draft = tally->draft, .resolve = resolve, .context = tally};
    struct st_buf out = ST_BUF(1 << 24);
    struct st_schema_fault fault;
    struct st_schema *schema;
    struct st_schema *judge = load(tally, st_buf_str(tally->output_schema), true);
    uint32_t tests = member(doc, group, "tests");
    st_str source = st_json_raw(doc, member(doc, group, "schema"));
    st_err err = st_schema_load(&schema, source, &options, &fault);
    if (err != ST_OK)
        fail_msg("%.*s: %s", ST_STR_ARG(source), fault.message);
    for (uint32_t at = st_json_first(doc, tests); at != ST_JSON_NONE;
         at = st_json_next(doc, tests, at)) {
        for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
            write_output(tally, schema, doc, member(doc, at, "data"), formats[i].output, &out);
            if (satisfies(tally, judge, st_buf_str(&out))) {
                tally->passed++;
                continue;
            }
            tally->failed++;
            print_message("%.*s\n  %s: %.*s\n", ST_STR_ARG(source), formats[i].name,
                          ST_STR_ARG(st_buf_str(&out)));
        }
    }
    st_schema_free(schema);
    st_schema_free(judge);
    st_buf_done(&out);
}

TEST("V2: what is written satisfies the standard's schema of output: every case of draft 2020-12")
{
    if (!suite_is_here())
        skip();
    struct tally tally = {.folder = "draft2020-12", .draft = ST_DRAFT_2020_12};
    run_part(&tally, "tests", "", run_validation_group);
    assert_true(tally.passed >= 3 * 1176);
}

TEST("V2: what is written satisfies the standard's schema of output: every case of draft 2019-09")
{
    if (!suite_is_here())
        skip();
    struct tally tally = {.folder = "draft2019-09", .draft = ST_DRAFT_2019_09};
    run_part(&tally, "tests", "", run_validation_group);
    assert_true(tally.passed >= 3 * 1176);
}
