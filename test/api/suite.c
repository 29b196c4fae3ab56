/*
 * The official JSON Schema test suite through steno.h, as texts: what the engine passes
 * (test/schema/ suite.c), its coat passes.
 */
#include "unit.h"

#include "base/file.h"
#include "library.h"
#include "json/json.h"

#include <dirent.h>
#include <stdlib.h>

#define SUITE  "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance"
#define REMOTE "http://localhost:1234/"

struct tally {
    enum steno_draft draft;
    struct steno_validator *validator;
    uint32_t passed;
    uint32_t failed;
};

static steno_error resolve(void *context, const char *uri, struct steno_document *document)
{
    char path[1024];
    char piece[4096];
    steno_error error = STENO_OK;
    if (strncmp(uri, REMOTE, strlen(REMOTE)) != 0)
        return STENO_ABSENT;
    snprintf(path, sizeof path, SUITE "/remotes/%s", uri + strlen(REMOTE));
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return STENO_ABSENT;
    for (size_t len; error == STENO_OK && (len = fread(piece, 1, sizeof piece, file)) > 0;)
        error = steno_document_add(document, piece, len);
    fclose(file);
    return error;
}

static bool is_right(struct tally *tally, const struct steno_schema *schema, st_str data,
                     bool valid)
{
    const struct steno_report *report;
    steno_error expected = valid ? STENO_OK : STENO_INVALID;
    return steno_validator_validate(tally->validator, schema, data.at, data.len) == expected &&
           steno_validator_explain(tally->validator, schema, data.at, data.len,
                                   STENO_OUTPUT_DETAILED, &report) == expected &&
           (steno_report_count(report) == 0) == valid;
}

static void run_group(struct tally *tally, const char *file, const struct st_json *doc,
                      uint32_t group)
{
    struct steno_options options = {.draft = tally->draft, .resolve = resolve};
    struct steno_schema *schema;
    struct steno_fault fault = {.error = STENO_OK};
    uint32_t tests = st_json_member(doc, group, ST_STR("tests"));
    st_str text = st_json_raw(doc, st_json_member(doc, group, ST_STR("schema")));
    steno_error error = steno_compile(&schema, text.at, text.len, &options, &fault);
    for (uint32_t at = st_json_first(doc, tests); at != ST_JSON_NONE;
         at = st_json_next(doc, tests, at)) {
        st_str data = st_json_raw(doc, st_json_member(doc, at, ST_STR("data")));
        uint32_t valid = st_json_member(doc, at, ST_STR("valid"));
        if (error == STENO_OK &&
            is_right(tally, schema, data, st_json_kind(doc, valid) == ST_JSON_TRUE)) {
            tally->passed++;
            continue;
        }
        tally->failed++;
        print_message("%s: %.*s: %s\n", file, ST_STR_ARG(data), fault.message);
    }
    steno_schema_free(schema);
}

static void run_file(struct tally *tally, const char *path)
{
    struct st_buf text = ST_BUF((size_t)16 << 20);
    struct st_json doc;
    st_json_init(&doc);
    assert_ok(st_file_read(path, &text, NULL));
    assert_ok(st_json_parse(&doc, st_buf_str(&text), NULL, NULL));
    for (uint32_t at = st_json_first(&doc, 0); at != ST_JSON_NONE; at = st_json_next(&doc, 0, at))
        run_group(tally, path, &doc, at);
    st_json_done(&doc);
    st_buf_done(&text);
}

/* `expected` cases pass in the package that Debian 12 has, and newer ones only add to them. */
static void run_draft(enum steno_draft draft, const char *name, uint32_t expected)
{
    struct tally tally = {.draft = draft};
    char folder[512];
    snprintf(folder, sizeof folder, SUITE "/tests/%s", name);
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        print_message("skipped: install libtest-json-schema-acceptance-perl to run the suite\n");
        skip();
    }
    assert_code(steno_validator_new(&tally.validator), STENO_OK);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (st_str_ends(st_str_of(path), ST_STR(".json")))
            run_file(&tally, path);
    }
    closedir(dir);
    steno_validator_free(tally.validator);
    assert_int_equal(tally.failed, 0);
    assert_true(tally.passed >= expected);
}

TEST("V1: every required case of draft 2020-12 passes through the library")
{
    run_draft(STENO_DRAFT_2020_12, "draft2020-12", 1176);
}

TEST("V1: every required case of draft 2019-09 passes through the library")
{
    run_draft(STENO_DRAFT_2019_09, "draft2019-09", 1176);
}

TEST("V1: every required case of draft-07 passes through the library")
{
    run_draft(STENO_DRAFT_7, "draft7", 861);
}

TEST("V1: every required case of draft-06 passes through the library")
{
    run_draft(STENO_DRAFT_6, "draft6", 777);
}

TEST("V1: every required case of draft-04 passes through the library")
{
    run_draft(STENO_DRAFT_4, "draft4", 578);
}
