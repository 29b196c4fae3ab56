/*
 * types.c: declarations as texts. What compilers say of them is types.mjs.
 */
#include "contract/types.h"
#include "contract/registry.h"
#include "unit.h"

#define HEAD                                                                                       \
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","                               \
    "\"x-steno\":{\"name\":\"own\",\"version\":\"1\",\"unknown_types\":\"keep\","                  \
    "\"record\":{\"type\":\"/type\"},\"classify\":[{\"types\":[\"a.b\"],\"level\":\"ops\"}]}"

static struct st_contract *load(const char *text)
{
    struct st_contract *contract = NULL;
    struct st_schema_fault fault = {0};
    if (st_contract_load(&contract, st_str_of(text), &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    return contract;
}

static struct st_buf write(const char *text, enum st_language language)
{
    struct st_contract *contract = load(text);
    struct st_buf out = ST_BUF(1 << 20);
    assert_ok(st_types_write(contract, language, &out));
    st_contract_free(contract);
    return out;
}

static void assert_has(const struct st_buf *out, const char *text)
{
    if (memmem(out->at, out->len, text, strlen(text)) == NULL)
        fail_msg("lacks: %s\n%.*s", text, (int)out->len, out->at);
}

static void assert_lacks(const struct st_buf *out, const char *text)
{
    if (memmem(out->at, out->len, text, strlen(text)) != NULL)
        fail_msg("has: %s\n%.*s", text, (int)out->len, out->at);
}

TEST("declarations say which contract they are of, and are the same every time")
{
    struct st_registry *registry = NULL;
    struct st_schema_fault fault = {0};
    assert_ok(st_registry_new(&registry, &fault));
    for (uint32_t i = 0; i < st_registry_count(registry); i++) {
        const struct st_contract *contract = st_registry_at(registry, i);
        for (int language = 0; language < ST_LANGUAGE_COUNT; language++) {
            struct st_buf first = ST_BUF((size_t)16 << 20);
            struct st_buf second = ST_BUF((size_t)16 << 20);
            char digest[9];
            char ref[ST_CONTRACT_REF_BYTES_MAX + 16];
            for (size_t k = 0; k < 4; k++)
                snprintf(digest + 2 * k, 3, "%02x", st_contract_digest(contract)[k]);
            assert_ok(st_types_write(contract, (enum st_language)language, &first));
            assert_ok(st_types_write(contract, (enum st_language)language, &second));
            assert_true(st_str_eq(st_buf_str(&first), st_buf_str(&second)));
            assert_has(&first, digest);
            snprintf(ref, sizeof ref, "contract %.*s,", ST_STR_ARG(st_contract_ref(contract)));
            assert_has(&first, ref);
            st_buf_done(&first);
            st_buf_done(&second);
        }
    }
    st_registry_free(registry);
}

TEST("the branch that an event's type takes is the event's own, and no other one")
{
    struct st_buf out = write(
        HEAD ",\"type\":\"object\",\"required\":[\"type\"],\"allOf\":["
             "{\"if\":{\"properties\":{\"type\":{\"const\":\"a.b\"}}},"
             "\"then\":{\"required\":[\"mine\"],\"properties\":{\"mine\":{\"type\":\"string\"}}},"
             "\"else\":{\"properties\":{\"others\":{\"type\":\"string\"}}}},"
             "{\"if\":{\"not\":{\"properties\":{\"type\":{\"enum\":[\"a.b\",\"c\"]}}}},"
             "\"then\":{\"properties\":{\"never\":{\"type\":\"string\"}}}},"
             "{\"if\":{\"required\":[\"mine\"]},"
             "\"then\":{\"properties\":{\"perhaps\":{\"type\":\"string\"}}}}]}",
        ST_LANGUAGE_TS);
    assert_has(&out, "export interface ABEvent {\n"
                     "  mine: string;\n"
                     "  type: \"a.b\";\n"
                     "  [name: string]: unknown;\n"
                     "}");
    assert_has(&out, "export interface UnknownOwnEvent {\n");
    assert_has(&out, "  others?: string;\n");
    assert_lacks(&out, "perhaps");
    st_buf_done(&out);
}

TEST("what closes an object leaves nothing to stand in it; what only some events close does not")
{
    struct st_buf closed =
        write(HEAD ",\"properties\":{\"type\":{\"type\":\"string\"},\"o\":{"
                   "\"allOf\":[{\"properties\":{\"a\":{},\"b\":{}}}],"
                   "\"properties\":{\"a\":true},\"additionalProperties\":false}}}",
              ST_LANGUAGE_TS);
    assert_has(&closed, "  a?: unknown;\n}");
    st_buf_done(&closed);
    struct st_buf open =
        write(HEAD ",\"properties\":{\"type\":{\"type\":\"string\"},\"o\":{"
                   "\"if\":{\"required\":[\"a\"]},\"then\":{\"properties\":{\"b\":{}}},"
                   "\"properties\":{\"a\":true},\"unevaluatedProperties\":false}}}",
              ST_LANGUAGE_TS);
    assert_has(&open, "  a?: unknown;\n  [name: string]: unknown;\n}");
    st_buf_done(&open);
}

TEST("a contract's texts end no comment and no literal")
{
    static const char text[] = HEAD ",\"title\":\"x */ int evil; /*\","
                                    "\"properties\":{\"type\":{\"description\":\"a\\nb\\u202ec\"},"
                                    "\"e\":{\"enum\":[\"*/\",\"\\\"\\n\"]}}}";
    for (int language = 0; language < ST_LANGUAGE_COUNT; language++) {
        struct st_buf out = write(text, (enum st_language)language);
        assert_has(&out, "x * / int evil; / *");
        assert_has(&out, "a b?c");
        assert_has(&out, "\\\"\\n");
        st_buf_done(&out);
    }
}

TEST("B1: a contract that is too entangled for types is told to be so, and nothing is written")
{
    struct st_buf text = ST_BUF(1 << 20);
    struct st_buf out = ST_BUF(1 << 20);
    assert_ok(st_buf_printf(&text, HEAD ",\"properties\":{\"type\":true,\"x\":{\"allOf\":["));
    for (unsigned i = 0; i < 12; i++) {
        assert_ok(st_buf_printf(&text, "%s{\"anyOf\":[", i == 0 ? "" : ","));
        for (unsigned k = 0; k < 10; k++)
            assert_ok(st_buf_printf(&text, "%s{\"properties\":{\"p%u\":{\"const\":%u}}}",
                                    k == 0 ? "" : ",", i, k));
        assert_ok(st_buf_printf(&text, "]}"));
    }
    assert_ok(st_buf_printf(&text, "]}}}"));
    struct st_contract *contract = load(st_buf_cstr(&text));
    assert_ok(st_buf_add_char(&out, '!'));
    assert_err(st_types_write(contract, ST_LANGUAGE_TS, &out), LIMIT);
    assert_int_equal(out.len, 1);
    st_contract_free(contract);
    st_buf_done(&text);
    st_buf_done(&out);
}

TEST("B1: where there is no room for all declarations, none are written")
{
    struct st_contract *contract = load(HEAD ",\"properties\":{\"type\":{\"type\":\"string\"}}}");
    struct st_buf out = ST_BUF(100);
    for (int language = 0; language < ST_LANGUAGE_COUNT; language++) {
        assert_err(st_types_write(contract, (enum st_language)language, &out), LIMIT);
        assert_int_equal(out.len, 0);
    }
    st_contract_free(contract);
    st_buf_done(&out);
}

TEST("languages have names")
{
    enum st_language language = ST_LANGUAGE_C;
    assert_true(st_language_of_name(ST_STR("ts"), &language));
    assert_int_equal(language, ST_LANGUAGE_TS);
    assert_false(st_language_of_name(ST_STR("TS"), &language));
    assert_false(st_language_of_name(ST_STR("rust"), &language));
}
