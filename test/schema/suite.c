/*
 * The official JSON Schema test suite, as Debian packages it (libtest-json-schema-acceptance-perl).
 *
 * Every case is asked twice, for the bare verdict and for an explained one, and before the plain
 * evaluator, too. Required cases all pass; optional ones that do not are listed below with the
 * reason.
 */
#include "unit.h"

#include "base/file.h"
#include "compiled_judge.h"
#include "schema/schema.h"
#include "json/compare.h"

#include <dirent.h>
#include <stdlib.h>

#define SUITE "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance"

/* Cases that we decide otherwise: file, start of the group's or the test's description, reason. */
static const struct {
    const char *file;
    const char *description;
    const char *reason;
} known_misses[] = {
    {"content.json", "an invalid JSON document", "content is an annotation, as since 2019-09"},
    {"content.json", "an invalid base64 string", "content is an annotation, as since 2019-09"},
    {"content.json", "a validly-encoded invalid JSON document",
     "content is an annotation, as since 2019-09"},
};

/* The package has no cases of v1, but those of the drafts on the way to it. They are read as v1's;
 * where one differs its file stands here, with what has changed since. */
static const struct {
    const char *file;
    const char *reason;
} changed_since_next[] = {
    {"contains.json", "contains is of arrays alone"},
    {"maxContains.json", "contains is of arrays alone"},
    {"unevaluatedProperties.json", "contains is of arrays alone"},
    {"dynamicRef.json", "a dynamic reference is a name without number sign, not a URI"},
    {"id.json", "$id has no fragment, not even an empty one"},
    {"propertyDependencies.json", "the keyword is a proposal beside the text"},
    {"refRemote.json", "its documents name the dialect that was never published"},
    {"unknownKeyword.json", "unknown keywords are refused"},
    {"vocabulary.json", "vocabularies are a proposal beside the text"},
};

struct tally {
    enum st_draft draft;
    bool assert_formats;
    uint32_t passed;
    uint32_t missed; /* known_misses */
    uint32_t failed;
    struct st_checker *checker;
    struct twins twins; /* of the compiled and the plain answer */
};

static bool suite_is_here(void)
{
    DIR *dir = opendir(SUITE "/tests");
    if (dir == NULL) {
        print_message("skipped: install libtest-json-schema-acceptance-perl to run the suite\n");
        return false;
    }
    closedir(dir);
    return true;
}

/* The suite's remote documents, which it expects at http://localhost:1234/. */
static st_err resolve(void *context, st_str uri, struct st_buf *text)
{
    st_str host = ST_STR("http://localhost:1234/");
    char path[1024];
    if (!st_str_starts(uri, host))
        return ST_ERR_ABSENT;
    snprintf(path, sizeof path, SUITE "/remotes/%.*s", ST_STR_ARG(st_str_from(uri, host.len)));
    return st_file_read(path, text, NULL);
}

static bool is_known_miss(const char *file, st_str group, st_str test)
{
    for (size_t i = 0; i < sizeof known_misses / sizeof known_misses[0]; i++)
        if (strcmp(file, known_misses[i].file) == 0 &&
            (st_str_starts(group, st_str_of(known_misses[i].description)) ||
             st_str_starts(test, st_str_of(known_misses[i].description))))
            return true;
    return false;
}

static bool is_changed(const struct tally *tally, const char *file)
{
    for (size_t i = 0; i < sizeof changed_since_next / sizeof changed_since_next[0]; i++)
        if (tally->draft == ST_DRAFT_V1 && strcmp(file, changed_since_next[i].file) == 0)
            return true;
    return false;
}

static void count_case(struct tally *tally, const char *file, st_str group, st_str test, bool right,
                       const char *what)
{
    if (right) {
        tally->passed++;
    } else if (is_known_miss(file, group, test) || is_changed(tally, file)) {
        tally->missed++;
    } else {
        tally->failed++;
        print_message("%s %s: %.*s: %.*s: %s\n", st_draft_name(tally->draft), file,
                      ST_STR_ARG(group), ST_STR_ARG(test), what);
    }
}

/* The verdict; what the bare and the explained answer disagree on fails at once. */
static bool verdict(struct tally *tally, const struct st_schema *schema,
                    const struct st_json *cases, uint32_t data)
{
    struct st_arena arena;
    struct st_report report;
    bool bare;
    bool explained;
    st_arena_init(&arena, (size_t)1 << 24);
    st_report_init(&report, &arena, 1000);
    assert_ok(st_schema_check(schema, tally->checker, cases, data, &bare, NULL));
    assert_ok(st_schema_check(schema, tally->checker, cases, data, &explained, &report));
    assert_int_equal(bare, explained);
    assert_int_equal(bare, report.count == 0);
    for (uint32_t i = 0; i < report.count; i++)
        assert_true(report.violations[i].parent == ST_JSON_NONE || report.violations[i].parent < i);
    st_arena_done(&arena);
    assert_twins(&tally->twins, schema, st_json_raw(cases, data), bare);
    return bare;
}

static st_str text_of(const struct st_json *doc, uint32_t node, const char *name)
{
    uint32_t value = st_json_member(doc, node, st_str_of(name));
    assert_true(value != ST_JSON_NONE);
    return st_json_text(doc, value);
}

/* The schema's text, with v1's name in the place of the one that it was to have. */
static st_str name_v1(st_str source, struct st_buf *text)
{
    st_str next = ST_STR("https://json-schema.org/draft/next/schema");
    for (size_t at = 0; at < source.len;) {
        bool here = st_str_starts(st_str_from(source, at), next);
        if (here)
            assert_ok(st_buf_add_str(text, ST_STR("https://json-schema.org/v1")));
        else
            assert_ok(st_buf_add_char(text, source.at[at]));
        at += here ? next.len : 1;
    }
    return st_buf_str(text);
}

static void run_group(struct tally *tally, const char *file, const struct st_json *doc,
                      uint32_t group)
{
    /* Patterns are held against the grammar by format "regex" there. */
    bool regex = strcmp(file, "ecmascript-regex.json") == 0;
    struct st_schema_options options = {.draft = tally->draft,
                                        .assert_formats = tally->assert_formats || regex,
                                        .resolve = resolve};
    struct st_schema_fault fault;
    struct st_schema *schema;
    uint32_t tests = st_json_member(doc, group, ST_STR("tests"));
    st_str description = text_of(doc, group, "description");
    st_str source = st_json_raw(doc, st_json_member(doc, group, ST_STR("schema")));

    struct st_buf text = ST_BUF((size_t)1 << 20);
    st_err err = st_schema_load(&schema, name_v1(source, &text), &options, &fault);
    st_buf_done(&text);
    for (uint32_t at = st_json_first(doc, tests); at != ST_JSON_NONE;
         at = st_json_next(doc, tests, at)) {
        uint32_t data = st_json_member(doc, at, ST_STR("data"));
        uint32_t valid = st_json_member(doc, at, ST_STR("valid"));
        bool right = err == ST_OK && verdict(tally, schema, doc, data) ==
                                         (st_json_kind(doc, valid) == ST_JSON_TRUE);
        count_case(tally, file, description, text_of(doc, at, "description"), right,
                   err == ST_OK ? "wrong verdict" : fault.message);
    }
    if (err == ST_OK)
        st_schema_free(schema);
}

static void run_file(struct tally *tally, const char *path, const char *file)
{
    struct st_buf text = ST_BUF((size_t)16 << 20);
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(st_file_read(path, &text, NULL));
    assert_ok(st_json_parse(&doc, st_buf_str(&text), NULL, NULL));
    for (uint32_t at = st_json_first(&doc, 0); at != ST_JSON_NONE; at = st_json_next(&doc, 0, at))
        run_group(tally, file, &doc, at);
    st_json_done(&doc);
    st_buf_done(&text);
}

static void run_folder(struct tally *tally, const char *folder)
{
    struct dirent **names;
    int count = scandir(folder, &names, NULL, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (st_str_ends(st_str_of(names[i]->d_name), ST_STR(".json")))
            run_file(tally, path, names[i]->d_name);
        free(names[i]);
    }
    free(names);
}

/* `name` is the draft's folder, `part` what lies below it; `expected` cases pass in the package
 * that Debian 12 has, and newer ones only add to them. */
static void run_part(enum st_draft draft, const char *name, const char *part, bool formats,
                     uint32_t expected)
{
    if (!suite_is_here())
        skip();
    struct tally tally = {.draft = draft, .assert_formats = formats};
    char folder[512];
    snprintf(folder, sizeof folder, SUITE "/tests/%s%s", name, part);
    assert_ok(st_checker_new(&tally.checker));
    twins_init(&tally.twins);
    run_folder(&tally, folder);
    twins_done(&tally.twins);
    st_checker_free(tally.checker);
    print_message("%s%s: %u passed, %u known misses, %u failed\n", name, part, tally.passed,
                  tally.missed, tally.failed);
    assert_int_equal(tally.failed, 0);
    assert_true(tally.passed >= expected);
}

TEST("V1: every required case of draft 2020-12 passes")
{
    run_part(ST_DRAFT_2020_12, "draft2020-12", "", false, 1176);
}

TEST("V1: every required case of draft 2019-09 passes")
{
    run_part(ST_DRAFT_2019_09, "draft2019-09", "", false, 1176);
}

TEST("V1: every required case of draft-07 passes")
{
    run_part(ST_DRAFT_7, "draft7", "", false, 861);
}

TEST("V1: every required case of draft-06 passes")
{
    run_part(ST_DRAFT_6, "draft6", "", false, 777);
}

TEST("V1: every required case of draft-04 passes")
{
    run_part(ST_DRAFT_4, "draft4", "", false, 578);
}

TEST("V1: optional cases of draft 2020-12 pass, but for those named here")
{
    run_part(ST_DRAFT_2020_12, "draft2020-12", "/optional", false, 145);
}

TEST("V1: optional cases of draft 2019-09 pass, but for those named here")
{
    run_part(ST_DRAFT_2019_09, "draft2019-09", "/optional", false, 142);
}

TEST("V1: optional cases of draft-07 pass, but for those named here")
{
    run_part(ST_DRAFT_7, "draft7", "/optional", false, 104);
}

TEST("V1: optional cases of draft-06 pass, but for those named here")
{
    run_part(ST_DRAFT_6, "draft6", "/optional", false, 96);
}

TEST("V1: optional cases of draft-04 pass, but for those named here")
{
    run_part(ST_DRAFT_4, "draft4", "/optional", false, 97);
}

TEST("V1: format cases of draft 2020-12 pass, but for those named here")
{
    run_part(ST_DRAFT_2020_12, "draft2020-12", "/optional/format", true, 467);
}

TEST("V1: format cases of draft 2019-09 pass, but for those named here")
{
    run_part(ST_DRAFT_2019_09, "draft2019-09", "/optional/format", true, 460);
}

TEST("V1: format cases of draft-07 pass, but for those named here")
{
    run_part(ST_DRAFT_7, "draft7", "/optional/format", true, 414);
}

TEST("V1: format cases of draft-06 pass, but for those named here")
{
    run_part(ST_DRAFT_6, "draft6", "/optional/format", true, 207);
}

TEST("V1: format cases of draft-04 pass, but for those named here")
{
    run_part(ST_DRAFT_4, "draft4", "/optional/format", true, 146);
}

TEST("V1: the cases of the drafts before v1 pass, but for those that its text has changed")
{
    run_part(ST_DRAFT_V1, "draft-next", "", false, 1126);
}

TEST("V1: the formats of the drafts before v1 are v1's, and assert without being told")
{
    run_part(ST_DRAFT_V1, "draft-next", "/optional/format", false, 460);
}
