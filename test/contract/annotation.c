/*
 * annotation.c: what a contract's file may say, and where the fault is when it says something else.
 */
#include "contract/contract.h"
#include "unit.h"

#include <openssl/evp.h>

#define SCHEMA "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
#define HEAD   "\"name\":\"own\",\"version\":\"1\",\"unknown_types\":\"keep\","
#define WHOLE  HEAD "\"record\":{\"type\":\"/t\"},\"classify\":[]"

struct fault {
    const char *annotation;
    const char *pointer;
    const char *message; /* how it begins */
};

static st_err load(const char *text, struct st_schema_fault *fault)
{
    struct st_contract *contract = NULL;
    *fault = (struct st_schema_fault){0};
    st_err err = st_contract_load(&contract, st_str_of(text), fault);
    if (err == ST_OK)
        st_contract_free(contract);
    else
        assert_null(contract);
    return err;
}

static void check(const struct fault *expected)
{
    char text[2048];
    struct st_schema_fault fault;
    snprintf(text, sizeof(text), "{%s\n\"x-steno\":%s}", SCHEMA, expected->annotation);
    if (expected->pointer == NULL) {
        if (load(text, &fault) != ST_OK)
            fail_msg("%s: %s %s", expected->annotation, fault.pointer, fault.message);
        return;
    }
    if (load(text, &fault) != ST_ERR_INVALID)
        fail_msg("taken: %s", expected->annotation);
    if (strcmp(fault.pointer, expected->pointer) != 0 ||
        !st_str_starts(st_str_of(fault.message), st_str_of(expected->message)))
        fail_msg("%s\n  %s: %s", expected->annotation, fault.pointer, fault.message);
    assert_int_equal(fault.err, ST_ERR_INVALID);
    assert_int_equal(fault.line, 2);
    assert_string_equal(fault.uri, "");
}

#define CHECK_ALL(list)                                                                            \
    for (size_t i = 0; i < sizeof(list) / sizeof((list)[0]); i++)                                  \
        check(&(list)[i]);

TEST("a broken annotation is refused with the pointer to what is broken")
{
    static const struct fault FAULTS[] = {
        {"[]", "/x-steno", "must be type object"},
        {"{\"version\":\"1\",\"unknown_types\":\"keep\",\"record\":{\"type\":\"/"
         "t\"},\"classify\":[]}",
         "/x-steno/name", "is required"},
        {"{" WHOLE ",\"colour\":1}", "/x-steno/colour", "additional property"},
        {"{\"name\":\"Own\",\"version\":\"1\",\"unknown_types\":\"keep\",\"record\":{\"type\":\"/"
         "t\"},"
         "\"classify\":[]}",
         "/x-steno/name", "must match pattern"},
        {"{\"name\":\"own\",\"version\":\"a@b\",\"unknown_types\":\"keep\","
         "\"record\":{\"type\":\"/t\"},\"classify\":[]}",
         "/x-steno/version", "must match pattern"},
        {"{\"name\":\"own\",\"version\":1,\"unknown_types\":\"keep\",\"record\":{\"type\":\"/t\"},"
         "\"classify\":[]}",
         "/x-steno/version", "must be type string"},
        {"{\"name\":\"own\",\"version\":\"1\",\"unknown_types\":\"drop\",\"record\":{\"type\":\"/"
         "t\"},"
         "\"classify\":[]}",
         "/x-steno/unknown_types", "must be one of"},
        {"{" HEAD "\"record\":{},\"classify\":[]}", "/x-steno/record/type", "is required"},
        {"{" HEAD "\"record\":{\"type\":\"t\"},\"classify\":[]}", "/x-steno/record/type",
         "must be a valid JSON Pointer"},
        {"{" HEAD "\"record\":{\"type\":\"/t\",\"id\":\"/~2\"},\"classify\":[]}",
         "/x-steno/record/id", "must be a valid JSON Pointer"},
        {"{" HEAD "\"record\":{\"type\":[\"/t\",7]},\"classify\":[]}", "/x-steno/record/type/1",
         "must be type string"},
        {"{" HEAD "\"record\":{\"type\":[]},\"classify\":[]}", "/x-steno/record/type", "must have"},
        {"{" HEAD "\"record\":{\"type\":\"/t\",\"time\":{\"at\":\"/at\",\"form\":\"iso\"}},"
         "\"classify\":[]}",
         "/x-steno/record/time/form", "must be one of"},
        {"{" HEAD "\"record\":{\"type\":\"/t\"},\"classify\":[{\"level\":\"loud\"}]}",
         "/x-steno/classify/0/level", "must be one of"},
        {"{" HEAD "\"record\":{\"type\":\"/t\"},\"classify\":[{\"level\":\"ops\"},{\"types\":\"x\","
         "\"level\":\"ops\"}]}",
         "/x-steno/classify/1/types", "must be type array"},
        {"{" HEAD
         "\"record\":{\"type\":\"/t\"},\"classify\":[{\"level\":\"ops\",\"serverity\":1}]}",
         "/x-steno/classify/0/serverity", "additional property"},
        {"{" WHOLE ",\"recognise\":[{\"all\":[{\"at\":\"/a\",\"exists\":true}]}]}",
         "/x-steno/recognise/0/rank", "is required"},
        {"{" WHOLE ",\"recognise\":[{\"rank\":-1,\"all\":[{\"at\":\"/a\",\"exists\":true}]}]}",
         "/x-steno/recognise/0/rank", "must be >= 0"},
        {"{" WHOLE ",\"recognise\":[{\"rank\":1,\"all\":[]}]}", "/x-steno/recognise/0/all",
         "must have"},
        {"{" WHOLE ",\"recognise\":[{\"rank\":1,\"all\":[{\"at\":\"/a\"}]}]}",
         "/x-steno/recognise/0/all/0", "must have"},
        {"{" WHOLE ",\"recognise\":[{\"rank\":1,\"all\":[{\"at\":\"/a\",\"exists\":true,"
         "\"equals\":1}]}]}",
         "/x-steno/recognise/0/all/0", "must have"},
        {"{" WHOLE ",\"recognise\":[{\"rank\":1,\"all\":[{\"at\":\"/a\",\"type\":\"integer\"}]}]}",
         "/x-steno/recognise/0/all/0/type", "must be one of"},
        {"{" WHOLE ",\"measures\":{\"tokens\":{\"input\":\"/i\",\"cache_read\":\"/c\"}}}",
         "/x-steno/measures/tokens/cached", "is required"},
        {"{" WHOLE ",\"measures\":{\"tokens\":{\"input\":\"/i\",\"cache_read\":\"/c\","
         "\"output\":\"/o\",\"cached\":\"by_total\"}}}",
         "/x-steno/measures/tokens/total", "is required"},
        {"{" WHOLE ",\"measures\":{\"cost\":[{\"at\":\"/c\"}]}}",
         "/x-steno/measures/cost/0/currency", "is required"},
        {"{" WHOLE ",\"measures\":{\"cost\":{\"at\":\"/c\",\"currency\":\"/u\",\"scale\":1.5}}}",
         "/x-steno/measures/cost/scale", "must be type integer"},
        {"{" WHOLE ",\"measures\":{\"duration\":{\"at\":\"/d\"}}}",
         "/x-steno/measures/duration/unit", "is required"},
        {"{" WHOLE ",\"measures\":{\"duration\":{\"at\":\"/d\",\"unit\":\"m\"}}}",
         "/x-steno/measures/duration/unit", "must be one of"},
        {"{" WHOLE ",\"construct\":{\"/a\":{\"make\":\"hex\"}}}", "/x-steno/construct/~1a/bytes",
         "is required"},
        {"{" WHOLE ",\"construct\":{\"/a\":{\"make\":\"magic\"}}}", "/x-steno/construct/~1a/make",
         "must be one of"},
        {"{" WHOLE ",\"construct\":{\"/a\":{\"make\":\"uuid\",\"bytes\":4}}}",
         "/x-steno/construct/~1a/bytes", ""},
        {"{" WHOLE ",\"construct\":{\"/a\":{\"make\":\"sum\",\"of\":[\"x\"]}}}",
         "/x-steno/construct/~1a/of/0", "must be a valid JSON Pointer"},
        {"{" WHOLE ",\"construct\":{\"/a\":{\"make\":\"text\"}}}", "/x-steno/construct/~1a/text",
         "is required"},
        {"{" WHOLE ",\"construct\":{\"/a\":{\"make\":\"now\",\"text\":\"t\"}}}",
         "/x-steno/construct/~1a/text", ""},
        {"{" WHOLE ",\"construct\":{\"/a\":{\"make\":\"text\",\"text\":\"{user}\"}}}",
         "/x-steno/construct/~1a/text", "must match pattern"},
        {"{" WHOLE ",\"aliases\":{\"types\":{\"a\":1}}}", "/x-steno/aliases/types/a",
         "must be type string"},
        {"{" WHOLE ",\"tagged\":{}}", "/x-steno/tagged", "must have"},
    };
    CHECK_ALL(FAULTS);
}

TEST("what is broken in a choice is refused where the choice stands")
{
    static const struct fault FAULTS[] = {
        {"{" HEAD "\"record\":{\"type\":{\"at\":\"/t\",\"value\":\"x\"}},\"classify\":[]}",
         "/x-steno/record/type", "must satisfy exactly one"},
        {"{" HEAD "\"record\":{\"type\":\"/t\"},\"classify\":[{\"types\":[\"x\"]}]}",
         "/x-steno/classify/0", "must satisfy at least one"},
        {"{" WHOLE ",\"construct\":{\"/a\":{\"make\":\"uuid\",\"value\":1}}}",
         "/x-steno/construct/~1a", "must satisfy exactly one"},
    };
    CHECK_ALL(FAULTS);
}

TEST("what the metaschema cannot say is refused where it stands")
{
    static const struct fault FAULTS[] = {
        {"{" WHOLE ",\"assert_formats\":[\"uuid\",\"uuid4\"]}", "/x-steno/assert_formats/1",
         "is no format"},
        {"{" WHOLE ",\"models\":{\"M\":\"/$defs/None\"}}", "/x-steno/models/M",
         "leads to no schema"},
        {"{" WHOLE ",\"models\":{\"M\":\"/$schema\"}}", "/x-steno/models/M", "leads to no schema"},
        {"{" WHOLE ",\"models\":{\"M\":\"/$defs/M\"}},\"$defs\":{\"M\":{\"$defs\":{\"x\":{}}}}",
         "/$defs/M/$defs", "cannot go along"},
        {"{" WHOLE
         ",\"models\":{\"M\":\"/$defs/M\"}},\"$defs\":{\"M\":{\"$ref\":\"#/properties/x\"}},"
         "\"properties\":{\"x\":{}}",
         "/$defs/M/$ref", "cannot go along"},
        {"{" WHOLE ",\"models\":{\"M\":\"/$defs/M\"}},\"$defs\":{\"M\":{\"items\":{\"$ref\":"
         "\"#/$defs/N\"}},\"N\":{\"not\":{\"$ref\":\"#\"}}}",
         "/$defs/N/not/$ref", "cannot go along"},
        {"{" WHOLE ",\"models\":{\"M\":\"/properties\"}},\"properties\":{\"type\":{}}",
         "/x-steno/models/M", "must be"},
        {"{" WHOLE ",\"models\":{\"M\":\"/$defs/M\"}},\"$defs\":{\"M\":{\"$anchor\":\"a\","
         "\"items\":{\"$ref\":\"#/$defs/M\"}}}",
         "/x-steno/models/M", "must not name a second schema"},
        {"{" WHOLE ",\"retired\":[{\"term\":\"a\",\"reason\":\"b\",\"allow\":[\"x\",\"/y\"]}]}",
         "/x-steno/retired/0/allow/1", "has an empty part"},
        {"{" WHOLE ",\"retired\":[{\"term\":\"a\",\"reason\":\"b\",\"allow\":[\"x/**.c\"]}]}",
         "/x-steno/retired/0/allow/0", "has ** within a part"},
        {"{" WHOLE ",\"structured\":[{\"name\":\"a\",\"at\":\"/a\"},{\"name\":\"a\",\"value\":1}]}",
         "/x-steno/structured/1/name", "stands in the structured form twice"},
    };
    CHECK_ALL(FAULTS);
}

TEST("B1: more models than a contract may have are refused")
{
    struct st_schema_fault fault;
    struct st_buf text = ST_BUF(1 << 20);
    assert_ok(st_buf_printf(&text, "{\"x-steno\":{%s,\"models\":{", WHOLE));
    for (unsigned i = 0; i <= ST_CONTRACT_MODELS_MAX; i++)
        assert_ok(st_buf_printf(&text, "%s\"M%u\":\"/$defs/M\"", i == 0 ? "" : ",", i));
    assert_ok(st_buf_printf(&text, "}},\"$defs\":{\"M\":{}}}"));
    assert_err(load(st_buf_cstr(&text), &fault), INVALID);
    assert_string_equal(fault.pointer, "/x-steno/models");
    st_buf_done(&text);
}

TEST("B1: more places in an event than a contract may point to are refused")
{
    struct st_schema_fault fault;
    struct st_buf text = ST_BUF(1 << 20);
    assert_ok(st_buf_printf(&text, "{\"x-steno\":{" HEAD "\"record\":{\"type\":[\"/t\""));
    for (unsigned i = 0; i < ST_CONTRACT_SPOTS_MAX; i++)
        assert_ok(st_buf_printf(&text, ",\"/t%u\"", i));
    assert_ok(st_buf_printf(&text, "]},\"classify\":[]}}"));
    assert_err(load(st_buf_cstr(&text), &fault), LIMIT);
    assert_string_equal(fault.pointer, "/x-steno");
    st_buf_done(&text);
}

TEST("types are listed once each, in the order in which the rules name them")
{
    static const char *const TYPES[] = {"m", "z", "a", "b"};
    struct st_schema_fault fault;
    struct st_contract *contract = NULL;
    st_str text = ST_STR("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
                         "\"x-steno\":{" HEAD "\"record\":{\"type\":\"/t\"},\"classify\":["
                         "{\"types\":[\"m\",\"z\",\"m\",\"x.*\"],\"level\":\"ops\"},"
                         "{\"types\":[\"a\",\"z\",\"b\",\"m\"],\"level\":\"audit\"}]}}");
    assert_ok(st_contract_load(&contract, text, &fault));
    for (uint32_t i = 0; i < 4; i++) {
        assert_text(st_contract_type(contract, i), TYPES[i]);
        assert_true(st_contract_names(contract, st_str_of(TYPES[i])));
    }
    assert_null(st_contract_type(contract, 4).at);
    assert_false(st_contract_names(contract, ST_STR("x.*")));
    st_contract_free(contract);
}

TEST("a name that is no pointer is refused where it stands")
{
    static const struct fault FAULTS[] = {
        {"{" WHOLE ",\"construct\":{\"a\":{\"value\":1}}}", "/x-steno/construct/a",
         "must be a valid JSON Pointer"},
        {"{" WHOLE ",\"construct\":{\"\":{\"value\":1}}}", "/x-steno/construct/",
         "must have length >= 2"},
    };
    CHECK_ALL(FAULTS);
}

TEST("the smallest annotations are taken")
{
    static const struct fault NONE[] = {
        {"{" WHOLE "}", NULL, NULL},
        {"{" WHOLE ",\"recognise\":[],\"measures\":{},\"construct\":{},\"aliases\":{}}", NULL,
         NULL},
        {"{" HEAD "\"record\":{\"type\":\"\"},\"classify\":[{\"severity\":\"blocker\"}]}", NULL,
         NULL},
        {"{" WHOLE ",\"recognise\":[{\"rank\":1.0,\"all\":[{\"at\":\"\",\"equals\":null}]}]}", NULL,
         NULL},
    };
    CHECK_ALL(NONE);
}

TEST("a contract must be JSON, a schema, of the right dialect, and annotated")
{
    struct st_schema_fault fault;
    assert_err(load("", &fault), SYNTAX);
    assert_err(load("{", &fault), SYNTAX);
    assert_true(fault.line > 0);
    assert_err(load("{" SCHEMA "\"x-steno\":{" WHOLE "},\"type\":\"objekt\"}", &fault), INVALID);
    assert_string_equal(fault.pointer, "/type");
    assert_err(load("{" SCHEMA "\"x-steno\":{" WHOLE "},\"$ref\":\"#/$defs/none\"}", &fault),
               ABSENT);
    assert_err(load("{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"x-steno\":{" WHOLE
                    "}}",
                    &fault),
               INVALID);
    assert_string_equal(fault.pointer, "/$schema");
    assert_err(load("{" SCHEMA "\"type\":\"object\"}", &fault), INVALID);
    assert_string_equal(fault.pointer, "/x-steno");
    assert_string_equal(fault.message, "is required");
    assert_err(load("true", &fault), INVALID);
    assert_string_equal(fault.pointer, "/x-steno");
    assert_ok(load("{\"x-steno\":{" WHOLE "}}", &fault));
}

TEST("B1: a contract over its limit is refused")
{
    struct st_schema_fault fault;
    struct st_contract *contract;
    struct st_buf text = ST_BUF(ST_CONTRACT_BYTES_MAX + 1);
    assert_ok(st_buf_reserve(&text, ST_CONTRACT_BYTES_MAX + 1));
    memset(text.at, ' ', ST_CONTRACT_BYTES_MAX + 1);
    text.len = ST_CONTRACT_BYTES_MAX + 1;
    memcpy(text.at, "{}", 2);
    assert_err(st_contract_load(&contract, st_buf_str(&text), &fault), LIMIT);
    st_buf_done(&text);
}

TEST("a long pointer is cut in the fault, not in the work")
{
    struct st_schema_fault fault;
    struct st_buf text = ST_BUF(65536);
    assert_ok(st_buf_printf(&text, "{%s\"x-steno\":{%s,\"construct\":{\"/", SCHEMA, WHOLE));
    for (int i = 0; i < 3000; i++)
        assert_ok(st_buf_add_char(&text, 'x'));
    assert_ok(st_buf_printf(&text, "\":{\"make\":\"magic\"}}}}"));
    assert_err(load(st_buf_cstr(&text), &fault), INVALID);
    assert_int_equal(strlen(fault.pointer), sizeof(fault.pointer) - 1);
    st_buf_done(&text);
}

TEST("the digest is the SHA-256 of the file, byte for byte")
{
    struct st_schema_fault fault;
    struct st_contract *contract;
    static const char TEXT[] = "{" SCHEMA "\"x-steno\":{" WHOLE "}}  \n";
    uint8_t digest[ST_DIGEST_BYTES];
    assert_ok(st_contract_load(&contract, st_str_of(TEXT), &fault));
    assert_text(st_contract_text(contract), TEXT);
    assert_int_equal(EVP_Digest(TEXT, sizeof(TEXT) - 1, digest, NULL, EVP_sha256(), NULL), 1);
    assert_memory_equal(st_contract_digest(contract), digest, sizeof(digest));
    assert_text(st_contract_title(contract), "");
    st_contract_free(contract);
}
