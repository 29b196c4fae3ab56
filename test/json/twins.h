/*
 * twins.h: one text before every parser, node by node and fault by fault.
 */
#ifndef ST_TEST_JSON_TWINS_H
#define ST_TEST_JSON_TWINS_H

#include "unit.h"

#include "json/json.h"
#include "json/twin.h"

#define TWINS 3

/* The docs of the plain parser and of each kernel, reused from text to text. */
struct twins {
    struct st_json plain;
    struct st_json fast[TWINS];
};

static void twins_init(struct twins *twins)
{
    st_json_init(&twins->plain);
    for (int i = 0; i < TWINS; i++)
        st_json_init(&twins->fast[i]);
}

static void twins_done(struct twins *twins)
{
    st_json_done(&twins->plain);
    for (int i = 0; i < TWINS; i++)
        st_json_done(&twins->fast[i]);
}

static void assert_same_tape(const struct st_json *doc, const struct st_json *plain)
{
    assert_int_equal(doc->count, plain->count);
    assert_ptr_equal(doc->text.at, plain->text.at);
    assert_int_equal(doc->text.len, plain->text.len);
    assert_ptr_equal(doc->names, plain->names);
    for (uint32_t i = 0; i < plain->count; i++)
        if (memcmp(&doc->nodes[i], &plain->nodes[i], sizeof plain->nodes[i]) != 0)
            fail_msg("node %u differs", i);
    assert_true(st_str_eq(st_buf_str(&doc->decoded), st_buf_str(&plain->decoded)));
}

/* The fault is written to as a whole on failure and not at all on success. */
static st_err twins_check(struct twins *twins, st_str text, const struct st_json_options *options)
{
    static const enum st_json_kernel kernels[TWINS] = {ST_JSON_KERNEL_AUTO, ST_JSON_KERNEL_AVX512,
                                                       ST_JSON_KERNEL_AVX2};
    struct st_json_fault wanted = {.expected = "untouched"};
    st_err err = st_json_parse_plain(&twins->plain, text, options, &wanted);
    for (int i = 0; i < TWINS; i++) {
        struct st_json *doc = &twins->fast[i];
        struct st_json_fault fault = {.expected = "untouched"};
        st_err again = st_json_parse_with(kernels[i], doc, text, options, &fault);
        bool same = again == err && fault.offset == wanted.offset && fault.err == wanted.err &&
                    fault.line == wanted.line && fault.column == wanted.column &&
                    strcmp(fault.expected, wanted.expected) == 0;
        if (!same)
            fail_msg("kernel %d, %zu bytes: %s at %d (%s), not %s at %d (%s)", i, text.len,
                     st_err_text(again), (int)fault.offset, fault.expected, st_err_text(err),
                     (int)wanted.offset, wanted.expected);
        assert_same_tape(doc, &twins->plain);
    }
    return err;
}

#endif
