/*
 * Verdicts through steno.h: each code where it belongs, and hostile texts.
 */
#include "unit.h"

#include "base/str.h"
#include "library.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

/* The four ways to ask agree. */
static void assert_verdict(const struct steno_schema *schema, const char *text, size_t len,
                           steno_error expected)
{
    struct steno_validator *validator;
    struct steno_report *report;
    const struct steno_report *borrowed;
    assert_code(steno_validator_new(&validator), STENO_OK);
    assert_code(steno_validate(schema, text, len), expected);
    assert_code(steno_validator_validate(validator, schema, text, len), expected);
    assert_code(
        steno_validator_explain(validator, schema, text, len, STENO_OUTPUT_BASIC, &borrowed),
        expected);
    assert_code(steno_explain(schema, text, len, STENO_OUTPUT_BASIC, &report), expected);
    assert_code(steno_report_verdict(borrowed), expected);
    assert_code(steno_report_verdict(report), expected);
    assert_int_equal(steno_report_count(report) == 0, expected == STENO_OK);
    assert_int_equal(steno_report_count(report), steno_report_count(borrowed));
    steno_report_free(report);
    steno_validator_free(validator);
}

TEST("V1: valid, invalid and not JSON are three answers")
{
    static const struct {
        const char *text;
        steno_error verdict;
    } cases[] = {
        {"{\"n\": 1}", STENO_OK},
        {" {\"n\": 1}\r\n", STENO_OK},
        {"{\"n\": \"1\"}", STENO_INVALID},
        {"{}", STENO_INVALID},
        {"1", STENO_INVALID},
        {"", STENO_SYNTAX},
        {" ", STENO_SYNTAX},
        {"{\"n\": 1", STENO_SYNTAX},
        {"{\"n\": 1}}", STENO_SYNTAX},
        {"{\"n\": 1} 2", STENO_SYNTAX},
        {"{'n': 1}", STENO_SYNTAX},
        {"\xEF\xBB\xBF{\"n\": 1}", STENO_SYNTAX},
        {"{\"n\": \"\xFF\"}", STENO_SYNTAX},
        {"{\"n\": \"\\ud800\"}", STENO_SYNTAX},
        {"{\"n\": \"x\", \"n\": 1}", STENO_OK}, /* the last one counts */
        {"{\"n\": 1, \"n\": \"x\"}", STENO_INVALID},
    };
    struct steno_schema *schema =
        compile("{\"required\": [\"n\"], \"type\": \"object\", \"properties\": "
                "{\"n\": {\"type\": \"number\"}}}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_verdict(schema, cases[i].text, strlen(cases[i].text), cases[i].verdict);
    steno_schema_free(schema);
}

TEST("a text is its bytes: NULL is empty, NULs are bytes, and none is read past the end")
{
    struct steno_schema *schema = compile("true");
    long page = sysconf(_SC_PAGESIZE);
    char *pages =
        mmap(NULL, 2 * (size_t)page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(pages != MAP_FAILED);
    assert_int_equal(mprotect(pages + page, (size_t)page, PROT_NONE), 0);
    static const char text[] = "{\"a\": [1, \"x\", true]}";
    size_t len = sizeof text - 1;
    memcpy(pages + page - len, text, len);
    assert_verdict(schema, pages + page - len, len, STENO_OK);
    for (size_t cut = 1; cut < len; cut++) {
        memmove(pages + page - (len - cut), text, len - cut);
        assert_verdict(schema, pages + page - (len - cut), len - cut, STENO_SYNTAX);
    }
    assert_verdict(schema, pages + page, 0, STENO_SYNTAX);
    assert_verdict(schema, NULL, 0, STENO_SYNTAX);
    assert_verdict(schema, "1\0", 2, STENO_SYNTAX);
    assert_verdict(schema, "\0", 1, STENO_SYNTAX);
    assert_verdict(schema, "\"a\0b\"", 5, STENO_SYNTAX);
    munmap(pages, 2 * (size_t)page);
    steno_schema_free(schema);
}

TEST("a wrong call has no verdict")
{
    struct steno_schema *schema = compile("true");
    struct steno_validator *validator;
    struct steno_report *report = (void *)-1;
    const struct steno_report *borrowed = (void *)-1;
    assert_code(steno_validator_new(NULL), STENO_ARGUMENT);
    assert_code(steno_validator_new(&validator), STENO_OK);
    assert_code(steno_validate(NULL, "1", 1), STENO_ARGUMENT);
    assert_code(steno_validate(schema, NULL, 1), STENO_ARGUMENT);
    assert_code(steno_explain(schema, "1", 1, STENO_OUTPUT_DETAILED, NULL), STENO_ARGUMENT);
    assert_code(steno_explain(schema, "1", 1, (enum steno_output)3, &report), STENO_ARGUMENT);
    assert_null(report);
    report = (void *)-1;
    assert_code(steno_explain(NULL, "1", 1, STENO_OUTPUT_DETAILED, &report), STENO_ARGUMENT);
    assert_null(report);
    report = (void *)-1;
    assert_code(steno_explain(schema, NULL, 1, STENO_OUTPUT_DETAILED, &report), STENO_ARGUMENT);
    assert_null(report);
    assert_code(steno_validator_validate(NULL, schema, "1", 1), STENO_ARGUMENT);
    assert_code(steno_validator_validate(validator, NULL, "1", 1), STENO_ARGUMENT);
    assert_code(steno_validator_validate(validator, schema, NULL, 1), STENO_ARGUMENT);
    assert_code(steno_validator_explain(NULL, schema, "1", 1, STENO_OUTPUT_DETAILED, &borrowed),
                STENO_ARGUMENT);
    assert_null(borrowed);
    borrowed = (void *)-1;
    assert_code(steno_validator_explain(validator, NULL, "1", 1, STENO_OUTPUT_DETAILED, &borrowed),
                STENO_ARGUMENT);
    assert_null(borrowed);
    assert_code(
        steno_validator_explain(validator, schema, NULL, 1, STENO_OUTPUT_DETAILED, &borrowed),
        STENO_ARGUMENT);
    assert_code(steno_validator_explain(validator, schema, "1", 1, STENO_OUTPUT_DETAILED, NULL),
                STENO_ARGUMENT);
    assert_code(steno_validator_validate(validator, schema, "1", 1), STENO_OK);
    steno_validator_free(validator);
    steno_validator_free(NULL);
    steno_schema_free(schema);
}

TEST("a validator is bound to no schema, and forgets what was before")
{
    struct steno_schema *number = compile("{\"type\": \"number\"}");
    struct steno_schema *text = compile("{\"pattern\": \"^a\"}");
    struct steno_validator *validator;
    assert_code(steno_validator_new(&validator), STENO_OK);
    for (int round = 0; round < 3; round++) {
        assert_code(steno_validator_validate(validator, number, "1", 1), STENO_OK);
        assert_code(steno_validator_validate(validator, number, "[", 1), STENO_SYNTAX);
        assert_code(steno_validator_validate(validator, text, "\"b\"", 3), STENO_INVALID);
        assert_code(steno_validator_validate(validator, number, "\"b\"", 3), STENO_INVALID);
        assert_code(steno_validator_validate(validator, text, "\"a\"", 3), STENO_OK);
    }
    steno_schema_free(number);
    assert_code(steno_validator_validate(validator, text, "\"a\"", 3), STENO_OK);
    steno_validator_free(validator);
    steno_schema_free(text);
}

/* ---- bounds ---- */

TEST("B3: a text that is longer than a text may be is refused unread")
{
    struct steno_schema *schema = compile("true");
    assert_code(steno_validate(schema, "1", SIZE_MAX), STENO_LIMIT);
    assert_code(steno_validate(schema, "1", (size_t)STENO_TEXT_BYTES_MAX + 1), STENO_LIMIT);
    steno_schema_free(schema);
}

static void nest(char *text, size_t depth)
{
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
}

TEST("B1: a text is as deep as the limit says, and no deeper")
{
    struct steno_schema *schema = compile("true");
    char text[4096];
    nest(text, STENO_DEPTH_MAX);
    assert_verdict(schema, text, (size_t)2 * STENO_DEPTH_MAX, STENO_OK);
    nest(text, STENO_DEPTH_MAX + 1);
    assert_verdict(schema, text, (size_t)2 * (STENO_DEPTH_MAX + 1), STENO_LIMIT);
    nest(text, sizeof text / 2);
    assert_verdict(schema, text, sizeof text, STENO_LIMIT);
    steno_schema_free(schema);
}

TEST("B3: what cannot be checked within bounds is invalid, and the report says why")
{
    static const char *const hostile[] = {
        "{\"if\": true, \"then\": {\"$ref\": \"#\"}}",
        "{\"not\": {\"$dynamicRef\": \"#a\"}, \"$dynamicAnchor\": \"a\"}",
        "{\"pattern\": \"^(a|aa|a*)*(?!c)$\"}",
    };
    static char text[30003];
    memset(text, 'a', sizeof text - 1);
    text[0] = text[sizeof text - 2] = '"';
    text[sizeof text - 3] = 'b';
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        struct steno_schema *schema = compile(hostile[i]);
        struct steno_report *report = explain(schema, text);
        bool said = false;
        assert_code(steno_report_verdict(report), STENO_INVALID);
        for (size_t k = 0; k < steno_report_count(report); k++)
            said |= strcmp(steno_report_at(report, k)->keyword.at, "limit") == 0;
        assert_true(said);
        steno_report_free(report);
        assert_code(verdict(schema, text), STENO_INVALID);
        steno_schema_free(schema);
    }
}

/* ---- the stack ---- */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNDER_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNDER_SANITIZER 1
#endif

/* Sanitizers make frames several times larger. What a thread needs besides (its own frames,
 * thread-local storage) comes on top. */
#ifdef UNDER_SANITIZER
#define STACK_BYTES ((size_t)16 * STENO_STACK_BYTES_MAX)
#else
#define STACK_BYTES ((size_t)STENO_STACK_BYTES_MAX + 32768)
#endif

struct deep {
    const char *schema;
    const char *text;
    steno_error error;
};

static void *go_deep(void *context)
{
    struct deep *deep = context;
    struct steno_schema *schema;
    struct steno_report *report = NULL;
    deep->error = steno_compile(&schema, deep->schema, strlen(deep->schema), NULL, NULL);
    if (deep->error == STENO_OK)
        deep->error =
            steno_explain(schema, deep->text, strlen(deep->text), STENO_OUTPUT_DETAILED, &report);
    steno_report_free(report);
    steno_schema_free(schema);
    return NULL;
}

static steno_error in_a_thread(const char *schema, const char *text)
{
    struct deep deep = {.schema = schema, .text = text};
    pthread_attr_t attributes;
    pthread_t thread;
    assert_int_equal(pthread_attr_init(&attributes), 0);
    assert_int_equal(pthread_attr_setstacksize(&attributes, STACK_BYTES), 0);
    assert_int_equal(pthread_create(&thread, &attributes, go_deep, &deep), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
    return deep.error;
}

TEST("B1: the deepest calls fit in the stack that the header names")
{
    static const char marking[] = "{\"$dynamicAnchor\": \"a\", \"oneOf\": [{\"$dynamicRef\": "
                                  "\"#a\"}], \"unevaluatedProperties\": false}";
    static const char *const circles[] = {
        "{\"if\": true, \"then\": {\"$ref\": \"#\"}}",
        "{\"$dynamicAnchor\": \"a\", \"anyOf\": [{\"$dynamicRef\": \"#a\"}, true]}",
        "{\"$dynamicAnchor\": \"a\", \"not\": {\"$dynamicRef\": \"#a\"}}",
        "{\"dependentSchemas\": {\"a\": {\"$ref\": \"#\"}}}",
        marking,
    };
    for (size_t i = 0; i < sizeof circles / sizeof *circles; i++)
        assert_code(in_a_thread(circles[i], "{\"a\": 1}"), STENO_INVALID);
}

TEST("B1: a deep schema compiles in the stack that the header names")
{
    struct st_buf schema = ST_BUF((size_t)64 << 20);
    for (int i = 0; i < STENO_DEPTH_MAX - 1; i++)
        assert_int_equal(st_buf_printf(&schema, "{\"not\":"), ST_OK);
    assert_int_equal(st_buf_printf(&schema, "{\"type\": \"null\"}"), ST_OK);
    for (int i = 0; i < STENO_DEPTH_MAX - 1; i++)
        assert_int_equal(st_buf_add_char(&schema, '}'), ST_OK);
    assert_code(in_a_thread(st_buf_cstr(&schema), "1"), STENO_OK);

    /* References in a row are one schema once it is compiled, however many they are. */
    static const char *const ends[] = {"true", "false"};
    for (size_t end = 0; end < sizeof ends / sizeof *ends; end++) {
        st_buf_reset(&schema);
        assert_int_equal(st_buf_printf(&schema, "{\"$ref\": \"#/$defs/0\", \"$defs\": {"), ST_OK);
        for (int i = 0; i < 20000; i++)
            assert_int_equal(
                st_buf_printf(&schema, "\"%d\": {\"$ref\": \"#/$defs/%d\"},", i, i + 1), ST_OK);
        assert_int_equal(st_buf_printf(&schema, "\"20000\": %s}}", ends[end]), ST_OK);
        assert_code(in_a_thread(st_buf_cstr(&schema), "1"), end == 0 ? STENO_OK : STENO_INVALID);
    }
    st_buf_done(&schema);
}
