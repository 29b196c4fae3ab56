/*
 * Compiling through steno.h: options, references, and what the fault says of a refused schema.
 */
#include "unit.h"

#include "library.h"

struct refusal {
    const char *schema;
    steno_error error;
    const char *pointer;
    uint64_t line;
    uint64_t column;
    const char *message;
};

static void assert_refused(const struct refusal *expected)
{
    struct steno_schema *schema = (void *)-1;
    struct steno_fault fault;
    size_t len = strlen(expected->schema);
    assert_code(steno_compile(&schema, expected->schema, len, NULL, &fault), expected->error);
    assert_null(schema);
    assert_int_equal(fault.error, expected->error);
    assert_string_equal(fault.uri, "");
    assert_string_equal(fault.pointer, expected->pointer);
    if (strstr(fault.message, expected->message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", fault.message, expected->message);
    assert_int_equal(fault.line, expected->line);
    assert_int_equal(fault.column, expected->column);
    assert_code(steno_compile(&schema, expected->schema, len, NULL, NULL), expected->error);
    assert_null(schema);
}

TEST("V2: a refused schema is told with code, place and reason")
{
    static const struct refusal refusals[] = {
        {"", STENO_SYNTAX, "", 1, 1, "must be JSON: expected a value"},
        {"{\"type\": }", STENO_SYNTAX, "", 1, 10, "must be JSON: expected a value"},
        {"{\"a\": 1,\n \"a\": 2}", STENO_SYNTAX, "", 2, 2,
         "must be JSON: expected a name that the object does not have yet"},
        {"7", STENO_INVALID, "", 1, 1, "must be a schema"},
        {"{\n  \"properties\": {\"\u00e9\": {\"type\": \"integr\"}}\n}", STENO_INVALID,
         "/properties/\u00e9/type", 2, 32, ""},
        {"{\"pattern\": \"a++\"}", STENO_INVALID, "/pattern", 1, 13, ""},
        {"{\"$ref\": \"#/$defs/a\"}", STENO_ABSENT, "/$ref", 1, 10, ""},
        {"{\"$ref\": \"http://r.example/a\"}", STENO_ABSENT, "/$ref", 1, 10, ""},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        assert_refused(&refusals[i]);
}

TEST("the error struct is left alone when all is well")
{
    struct steno_schema *schema;
    struct steno_fault fault;
    struct steno_fault before;
    memset(&fault, 0x5A, sizeof fault);
    memcpy(&before, &fault, sizeof fault);
    assert_code(steno_compile(&schema, "true", 4, NULL, &fault), STENO_OK);
    assert_memory_equal(&fault, &before, sizeof fault);
    steno_schema_free(schema);
}

TEST("a wrong call is told as such, with a reason")
{
    struct steno_schema *schema = (void *)-1;
    struct steno_fault fault;
    struct steno_options options = {.draft = (enum steno_draft)5};
    assert_code(steno_compile(NULL, "true", 4, NULL, &fault), STENO_ARGUMENT);
    assert_int_equal(fault.error, STENO_ARGUMENT);
    assert_string_equal(fault.message, "there is no place to put the schema");
    assert_code(steno_compile(&schema, NULL, 4, NULL, &fault), STENO_ARGUMENT);
    assert_null(schema);
    assert_string_equal(fault.message, "there is no text");
    assert_code(steno_compile(&schema, "true", 4, &options, &fault), STENO_ARGUMENT);
    assert_string_equal(fault.message, "there is no such draft");
    assert_string_equal(fault.uri, "");
    assert_string_equal(fault.pointer, "");
    assert_int_equal(fault.line, 0);
    assert_code(steno_compile(NULL, NULL, 4, NULL, NULL), STENO_ARGUMENT);
    assert_code(steno_compile(&schema, NULL, 0, NULL, &fault), STENO_SYNTAX);
    steno_schema_free(NULL);
}

TEST("B3: a text that is longer than a document may be is refused unread")
{
    struct steno_schema *schema;
    struct steno_fault fault;
    assert_code(steno_compile(&schema, "true", SIZE_MAX, NULL, &fault), STENO_LIMIT);
    assert_code(steno_compile(&schema, "true", (size_t)STENO_SCHEMA_BYTES_MAX + 1, NULL, &fault),
                STENO_LIMIT);
    assert_int_equal(fault.error, STENO_LIMIT);
    assert_true(fault.message[0] != '\0');
}

TEST("the schema's text is not needed after compiling, and needs no NUL")
{
    char text[] = {'{', '"', 't', 'y', 'p', 'e', '"', ':', '"', 'n', 'u', 'l', 'l', '"', '}'};
    struct steno_schema *schema;
    assert_code(steno_compile(&schema, text, sizeof text, NULL, NULL), STENO_OK);
    memset(text, 'x', sizeof text);
    assert_code(verdict(schema, "null"), STENO_OK);
    assert_code(verdict(schema, "1"), STENO_INVALID);
    steno_schema_free(schema);
}

/* ---- options ---- */

TEST("the draft of the options counts where $schema is absent, and only there")
{
    /* Until draft 4 exclusiveMinimum is a boolean; 2020-12 knows no items array. */
    static const struct {
        enum steno_draft draft;
        const char *schema;
        bool good;
    } cases[] = {
        {STENO_DRAFT_4, "{\"minimum\": 1, \"exclusiveMinimum\": true}", true},
        {STENO_DRAFT_6, "{\"minimum\": 1, \"exclusiveMinimum\": true}", false},
        {STENO_DRAFT_7, "{\"if\": 1}", false},
        {STENO_DRAFT_6, "{\"if\": 1}", true},
        {STENO_DRAFT_2019_09, "{\"items\": [true]}", true},
        {STENO_DRAFT_2020_12, "{\"items\": [true]}", false},
        {STENO_DRAFT_DEFAULT, "{\"items\": [true]}", false},
        {STENO_DRAFT_2020_12,
         "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"items\": [true]}", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct steno_options options = {.draft = cases[i].draft};
        struct steno_schema *schema;
        size_t len = strlen(cases[i].schema);
        assert_code(steno_compile(&schema, cases[i].schema, len, &options, NULL),
                    cases[i].good ? STENO_OK : STENO_INVALID);
        steno_schema_free(schema);
    }
}

TEST("formats are asserted when asked for")
{
    static const struct steno_options asserted = {.assert_formats = true};
    struct steno_schema *noted = compile("{\"format\": \"ipv4\"}");
    struct steno_schema *held = compile_with("{\"format\": \"ipv4\"}", &asserted);
    assert_code(verdict(noted, "\"300.1.1.1\""), STENO_OK);
    assert_code(verdict(held, "\"300.1.1.1\""), STENO_INVALID);
    assert_code(verdict(held, "\"30.1.1.1\""), STENO_OK);
    steno_schema_free(noted);
    steno_schema_free(held);
}

/* ---- references ---- */

/* What the caller's function was asked for, and what it answers. */
struct library {
    uint32_t asked;
    char uri[256];
    const char *text;
    size_t piece; /* the text is given in pieces of so many bytes */
    steno_error answer;
};

static steno_error resolve(void *context, const char *uri, struct steno_document *document)
{
    struct library *library = context;
    library->asked++;
    snprintf(library->uri, sizeof library->uri, "%s", uri);
    size_t len = library->text == NULL ? 0 : strlen(library->text);
    for (size_t at = 0; at < len; at += library->piece) {
        size_t piece = len - at < library->piece ? len - at : library->piece;
        steno_error error = steno_document_add(document, library->text + at, piece);
        if (error != STENO_OK)
            return error;
    }
    return library->answer;
}

static steno_error compile_beside(struct library *library, const char *base, const char *text,
                                  struct steno_schema **schema, struct steno_fault *fault)
{
    struct steno_options options = {.base_uri = base, .resolve = resolve, .context = library};
    return steno_compile(schema, text, strlen(text), &options, fault);
}

TEST("a reference is resolved by the caller's function, against the base, asked for once")
{
    struct library library = {.text = "{\"$defs\": {\"a\": {\"type\": \"string\"}}}", .piece = 3};
    struct steno_schema *schema;
    struct steno_fault fault;
    assert_code(compile_beside(&library, "http://r.example/dir/main.json#/part",
                               "{\"items\": {\"$ref\": \"../other.json#/$defs/a\"},"
                               " \"contains\": {\"$ref\": \"/other.json#/$defs/a\"}}",
                               &schema, &fault),
                STENO_OK);
    assert_int_equal(library.asked, 1);
    assert_string_equal(library.uri, "http://r.example/other.json");
    assert_code(verdict(schema, "[\"a\"]"), STENO_OK);
    assert_code(verdict(schema, "[1]"), STENO_INVALID);
    struct steno_report *report = explain(schema, "[1]");
    assert_string_equal(steno_report_at(report, 1)->absolute_location.at,
                        "http://r.example/other.json#/$defs/a/type");
    steno_report_free(report);
    steno_schema_free(schema);
}

TEST("the base without its fragment is the schema's own name")
{
    struct library library = {.answer = STENO_ABSENT};
    struct steno_schema *schema;
    assert_code(compile_beside(&library, "http://r.example/main.json#x",
                               "{\"items\": {\"$ref\": \"main.json\"}, \"type\": \"array\"}",
                               &schema, NULL),
                STENO_OK);
    assert_int_equal(library.asked, 0);
    assert_code(verdict(schema, "[[[]]]"), STENO_OK);
    assert_code(verdict(schema, "[[1]]"), STENO_INVALID);
    steno_schema_free(schema);
}

TEST("what is wrong in a document beside the schema is told with its URI")
{
    static const char schema_text[] = "{\"$ref\": \"http://r.example/a\"}";
    static const struct {
        const char *text;
        steno_error answer;
        steno_error error;
        const char *uri;
        const char *message;
    } cases[] = {
        {"{\"type\": \"integr\"}", STENO_OK, STENO_INVALID, "http://r.example/a", NULL},
        {"{\"type\": ", STENO_OK, STENO_SYNTAX, "http://r.example/a",
         "must be JSON: expected a value"},
        {NULL, STENO_OK, STENO_SYNTAX, "http://r.example/a", "must be JSON: expected a value"},
        {NULL, STENO_ABSENT, STENO_ABSENT, "", NULL},
        {NULL, STENO_DENIED, STENO_DENIED, "http://r.example/a", "cannot be read: not allowed"},
        {NULL, STENO_SYSTEM, STENO_SYSTEM, "http://r.example/a",
         "cannot be read: the operating system refused"},
        {"true", STENO_MEMORY, STENO_MEMORY, "http://r.example/a", NULL},
        {"true", STENO_ARGUMENT, STENO_SYSTEM, "http://r.example/a", NULL},
        {"true", (steno_error)-7, STENO_SYSTEM, "http://r.example/a", NULL},
        {"true", (steno_error)1000, STENO_SYSTEM, "http://r.example/a", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct library library = {.text = cases[i].text, .piece = 100, .answer = cases[i].answer};
        struct steno_schema *schema = (void *)-1;
        struct steno_fault fault;
        assert_code(compile_beside(&library, NULL, schema_text, &schema, &fault), cases[i].error);
        assert_null(schema);
        assert_int_equal(fault.error, cases[i].error);
        assert_string_equal(fault.uri, cases[i].uri);
        if (cases[i].message != NULL)
            assert_string_equal(fault.message, cases[i].message);
        assert_true(fault.message[0] != '\0');
        assert_int_equal(library.asked, 1);
    }
}

TEST("B3: a URI with a NUL inside is never handed out cut short")
{
    struct library library = {.text = "true", .piece = 4};
    struct steno_schema *schema;
    assert_code(
        compile_beside(&library, NULL, "{\"$ref\": \"http://r.example/a\\u0000b\"}", &schema, NULL),
        STENO_ABSENT);
    assert_int_equal(library.asked, 0);
}

static steno_error resolve_wrongly(void *context, const char *uri, struct steno_document *document)
{
    assert_code(steno_document_add(NULL, "", 0), STENO_ARGUMENT);
    assert_code(steno_document_add(document, NULL, 1), STENO_ARGUMENT);
    assert_code(steno_document_add(document, NULL, 0), STENO_OK);
    assert_code(steno_document_add(document, "true", SIZE_MAX), STENO_LIMIT);
    assert_code(steno_document_add(document, "true", (size_t)STENO_SCHEMA_BYTES_MAX + 1),
                STENO_LIMIT);
    /* A resolve function may use the library itself. */
    struct steno_schema *other = compile("{\"const\": 1}");
    assert_code(verdict(other, "1"), STENO_OK);
    steno_schema_free(other);
    return steno_document_add(document, "{\"const\": 2}", 12);
}

TEST("adding to a document fails without effect, and the library may be used within")
{
    static const struct steno_options options = {.resolve = resolve_wrongly};
    struct steno_schema *schema = compile_with("{\"$ref\": \"x:a\"}", &options);
    assert_code(verdict(schema, "2"), STENO_OK);
    assert_code(verdict(schema, "1"), STENO_INVALID);
    steno_schema_free(schema);
}

TEST("metaschemas of the drafts are at hand without asking")
{
    struct library library = {.answer = STENO_DENIED};
    struct steno_schema *schema;
    assert_code(compile_beside(&library, NULL,
                               "{\"$ref\": \"https://json-schema.org/draft/2020-12/schema\"}",
                               &schema, NULL),
                STENO_OK);
    assert_int_equal(library.asked, 0);
    assert_code(verdict(schema, "{\"type\": \"string\"}"), STENO_OK);
    assert_code(verdict(schema, "{\"type\": \"strin\"}"), STENO_INVALID);
    steno_schema_free(schema);
}

/* ---- names ---- */

TEST("every code has the name that it has in the header, and the version is the header's")
{
    static const char *const names[] = {
        "STENO_OK",     "STENO_INVALID", "STENO_SYNTAX", "STENO_LIMIT",    "STENO_ABSENT",
        "STENO_MEMORY", "STENO_SYSTEM",  "STENO_DENIED", "STENO_ARGUMENT", "STENO_CONFLICT"};
    int count = (int)(sizeof names / sizeof *names);
    char version[32];
    for (int i = 0; i < count; i++)
        assert_string_equal(steno_error_name((steno_error)i), names[i]);
    assert_string_equal(steno_error_name((steno_error)count), "unknown");
    assert_string_equal(steno_error_name((steno_error)-1), "unknown");
    snprintf(version, sizeof version, "%d.%d.%d", STENO_VERSION_MAJOR, STENO_VERSION_MINOR,
             STENO_VERSION_PATCH);
    assert_string_equal(version, STENO_VERSION);
    assert_string_equal(steno_version(), STENO_VERSION);
}
