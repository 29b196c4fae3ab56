#include "cli/survey.h"
#include "base/mem.h"
#include "unit.h"

struct bench {
    struct st_survey survey;
    struct st_buf findings;
    struct st_buf out;
    struct st_json doc;
    struct st_json event;
};

static void setup(struct bench *b)
{
    *b = (struct bench){.findings = ST_BUF(64 << 20), .out = ST_BUF(64 << 20)};
    assert_ok(st_survey_init(&b->survey, ":"));
    st_json_init(&b->doc);
    st_json_init(&b->event);
}

static void teardown(struct bench *b)
{
    st_survey_done(&b->survey);
    st_buf_done(&b->findings);
    st_buf_done(&b->out);
    st_json_done(&b->doc);
    st_json_done(&b->event);
}

static const st_str NONE = {NULL, 0};

/* An event at a.ndjson:LINE of contract c@1 that breaks the rule at the pointers. */
static void broken(struct bench *b, uint64_t line, st_str type, const char *const *pointers,
                   size_t count)
{
    const struct st_finding_place place = {"a.ndjson", line};
    size_t start = 0;
    assert_ok(st_finding_begin(&b->findings, &place, count == 0, ST_STR("c@1"), type, &start));
    for (size_t i = 0; i < count; i++)
        assert_ok(st_finding_add(&b->findings, start, &b->event, st_str_of(pointers[i]),
                                 ST_STR("minimum"), ST_STR("must be >= 0")));
}

static uint64_t number(struct bench *b, uint32_t node, const char *name)
{
    uint64_t value = 0;
    uint32_t at = st_json_member(&b->doc, node, st_str_of(name));
    assert_int_not_equal(at, ST_JSON_NONE);
    assert_ok(st_str_to_u64(st_json_text(&b->doc, at), &value));
    return value;
}

/* The survey of all findings, as JSON. */
static void sum_up(struct bench *b)
{
    assert_ok(st_survey_take(&b->survey, st_buf_str(&b->findings)));
    assert_ok(st_survey_write_json(&b->survey, &b->out));
    assert_ok(st_json_parse(&b->doc, st_buf_str(&b->out), NULL, NULL));
}

static uint32_t kind(struct bench *b, uint64_t index)
{
    return st_json_element(&b->doc, st_json_member(&b->doc, 0, ST_STR("violations")), index);
}

TEST("violations at different indexes of an array are of one kind")
{
    struct bench b;
    setup(&b);
    assert_ok(st_json_parse(
        &b.event, ST_STR("{\"a\":[{\"b\":-1},{\"b\":-2}],\"o\":{\"0\":-1,\"1\":-1}}"), NULL, NULL));
    broken(&b, 1, ST_STR("t"), (const char *const[]){"/a/0/b", "/o/0", "/a/1/b", "/o/1"}, 4);
    broken(&b, 2, ST_STR("t"), (const char *const[]){"/a/1/b"}, 1);
    broken(&b, 3, ST_STR("t"), NULL, 0);
    broken(&b, 4, ST_STR("u"), (const char *const[]){"/a/1/b"}, 1);
    sum_up(&b);
    assert_int_equal(number(&b, 0, "checked"), 4);
    assert_int_equal(number(&b, 0, "valid"), 1);
    assert_int_equal(number(&b, 0, "invalid"), 3);
    assert_text(st_json_raw(&b.doc, st_json_member(&b.doc, 0, ST_STR("types"))),
                "[{\"contract\":\"c@1\",\"type\":\"t\",\"valid\":1,\"invalid\":2},"
                "{\"contract\":\"c@1\",\"type\":\"u\",\"valid\":0,\"invalid\":1}]");
    assert_text(
        st_json_raw(&b.doc, kind(&b, 0)),
        "{\"contract\":\"c@1\",\"type\":\"t\",\"pointer\":\"/a/*/b\",\"keyword\":\"minimum\","
        "\"message\":\"must be >= 0\",\"count\":3,\"events\":2,"
        "\"examples\":[\"a.ndjson:1\",\"a.ndjson:2\"]}");
    assert_text(st_json_text(&b.doc, st_json_member(&b.doc, kind(&b, 1), ST_STR("pointer"))),
                "/o/0");
    assert_text(st_json_text(&b.doc, st_json_member(&b.doc, kind(&b, 2), ST_STR("pointer"))),
                "/o/1");
    assert_int_equal(kind(&b, 4), ST_JSON_NONE);
    teardown(&b);
}

TEST("the first three places stand for a kind, the rest is counted")
{
    struct bench b;
    setup(&b);
    for (uint64_t line = 5; line < 15; line++)
        broken(&b, line, ST_STR("t"), (const char *const[]){"/x"}, 1);
    sum_up(&b);
    assert_text(st_json_raw(&b.doc, st_json_member(&b.doc, kind(&b, 0), ST_STR("examples"))),
                "[\"a.ndjson:5\",\"a.ndjson:6\",\"a.ndjson:7\"]");
    assert_int_equal(number(&b, kind(&b, 0), "events"), 10);
    st_buf_reset(&b.out);
    assert_ok(st_survey_write_text(&b.survey, &b.out));
    assert_non_null(strstr(st_buf_cstr(&b.out), "a.ndjson:5, a.ndjson:6, a.ndjson:7 and 7 more\n"));
    teardown(&b);
}

TEST("what is not known differs from what is empty")
{
    struct bench b;
    size_t start = 0;
    const struct st_finding_place place = {"f", 1};
    setup(&b);
    assert_ok(st_finding_begin(&b.findings, &place, true, NONE, NONE, &start));
    assert_ok(st_finding_begin(&b.findings, &place, true, ST_STR("c@1"), ST_STR(""), &start));
    assert_ok(st_finding_begin(&b.findings, &place, true, ST_STR("c@1"), NONE, &start));
    sum_up(&b);
    assert_text(st_json_raw(&b.doc, st_json_member(&b.doc, 0, ST_STR("types"))),
                "[{\"contract\":null,\"type\":null,\"valid\":1,\"invalid\":0},"
                "{\"contract\":\"c@1\",\"type\":\"\",\"valid\":1,\"invalid\":0},"
                "{\"contract\":\"c@1\",\"type\":null,\"valid\":1,\"invalid\":0}]");
    teardown(&b);
}

TEST("B1: kinds and types past the bound are counted")
{
    struct bench b;
    char text[32];
    setup(&b);
    for (uint64_t i = 0; i < ST_SURVEY_KINDS_MAX + 5; i++) {
        snprintf(text, sizeof text, "/n%llu", (unsigned long long)i);
        st_buf_reset(&b.findings);
        broken(&b, i + 1, st_str_of(text), (const char *const[]){text}, 1);
        assert_ok(st_survey_take(&b.survey, st_buf_str(&b.findings)));
    }
    st_buf_reset(&b.findings);
    sum_up(&b);
    assert_int_equal(number(&b, 0, "invalid"), ST_SURVEY_KINDS_MAX + 5);
    assert_int_equal(number(&b, 0, "types_untold"), 5);
    assert_int_equal(number(&b, 0, "violations_untold"), 5);
    st_buf_reset(&b.out);
    assert_ok(st_survey_write_text(&b.survey, &b.out));
    assert_non_null(strstr(st_buf_cstr(&b.out), "and 9900 further kinds, which -o json shows\n"
                                                "and 5 violations that were not told apart\n"));
    teardown(&b);
}

TEST("B1: long texts of an event are cut between characters, and the cut shows")
{
    struct bench b;
    size_t start = 0;
    struct st_finding finding;
    struct st_buf type = ST_BUF(4096);
    const struct st_finding_place place = {"f", 1};
    setup(&b);
    assert_ok(st_buf_add_str(&type, ST_STR("a")));
    for (int i = 0; i < 600; i++)
        assert_ok(st_buf_add_str(&type, ST_STR("\xC3\xA4")));
    assert_ok(
        st_finding_begin(&b.findings, &place, true, ST_STR("c@1"), st_buf_str(&type), &start));
    st_str bytes = st_buf_str(&b.findings);
    assert_true(st_finding_take(&bytes, &finding));
    assert_int_equal(finding.type.len, 511 + 3);
    assert_true(st_str_ends(finding.type, ST_STR("\xC3\xA4\xE2\x80\xA6")));
    assert_false(st_finding_take(&bytes, &finding));
    st_buf_done(&type);
    teardown(&b);
}

TEST("nothing of an event acts on a terminal")
{
    struct bench b;
    setup(&b);
    broken(&b, 1, ST_STR("t\x1b[31m"), (const char *const[]){"/a\x1b]0;x\x07\n"}, 1);
    assert_ok(st_survey_take(&b.survey, st_buf_str(&b.findings)));
    assert_ok(st_survey_write_text(&b.survey, &b.out));
    assert_null(memchr(b.out.at, 0x1b, b.out.len));
    assert_null(memchr(b.out.at, 0x07, b.out.len));
    assert_non_null(strstr(st_buf_cstr(&b.out), "t\\x1b[31m"));
    teardown(&b);
}

TEST("a survey without memory says so at every allocation")
{
    struct bench b;
    setup(&b);
    broken(&b, 1, ST_STR("t"), (const char *const[]){"/x", "/y"}, 2);
    uint64_t failures = 0;
    for (uint64_t nth = 1;; nth++) {
        struct st_survey survey;
        st_mem_fail_at(nth);
        st_err err = st_survey_init(&survey, ":");
        if (err == ST_OK)
            err = st_survey_take(&survey, st_buf_str(&b.findings));
        if (err == ST_OK)
            err = st_survey_write_text(&survey, &b.out);
        if (err == ST_OK)
            err = st_survey_write_json(&survey, &b.out);
        st_mem_fail_at(0);
        st_survey_done(&survey);
        if (err == ST_OK)
            break;
        assert_int_equal(err, ST_ERR_MEMORY);
        failures++;
    }
    assert_true(failures > 5);
    teardown(&b);
}
