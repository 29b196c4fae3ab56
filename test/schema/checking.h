/*
 * checking.h: a schema and an instance as texts, for the tests of src/schema.
 */
#ifndef ST_TEST_CHECKING_H
#define ST_TEST_CHECKING_H

#include "schema/schema.h"
#include "schema/twin.h"

/* What one test works with: made by load_schema, ended by done. */
struct checking {
    struct st_schema *schema;
    struct st_checker *checker;
    struct st_json doc;
    struct st_arena arena;
    struct st_report report;
    bool valid;
};

__attribute__((unused)) static void load_with(struct checking *checking, const char *schema,
                                              const struct st_schema_options *options)
{
    struct st_schema_fault fault;
    st_err err = st_schema_load(&checking->schema, st_str_of(schema), options, &fault);
    if (err != ST_OK)
        fail_msg("%s\nis refused at \"%s\": %s", schema, fault.pointer, fault.message);
    assert_ok(st_checker_new(&checking->checker));
    st_json_init(&checking->doc);
    st_arena_init(&checking->arena, (size_t)64 << 20);
    st_report_init(&checking->report, &checking->arena, ST_REPORT_VIOLATIONS_MAX);
}

__attribute__((unused)) static void load_schema(struct checking *checking, const char *schema)
{
    static const struct st_schema_options formats = {.assert_formats = true};
    load_with(checking, schema, &formats);
}

/* Both answers, which must agree. */
__attribute__((unused)) static bool check_instance(struct checking *checking, const char *instance)
{
    bool bare;
    st_report_reset(&checking->report);
    st_arena_reset(&checking->arena);
    assert_ok(st_json_parse(&checking->doc, st_str_of(instance), NULL, NULL));
    assert_ok(st_schema_check(checking->schema, checking->checker, &checking->doc, 0, &bare, NULL));
    assert_ok(st_schema_check(checking->schema, checking->checker, &checking->doc, 0,
                              &checking->valid, &checking->report));
    assert_int_equal(bare, checking->valid);
    assert_int_equal(bare, checking->report.count == 0);
    return bare;
}

/* The same of the plain evaluator, whose costs the tests of limits are about: the program may be
 * done with an instance in fewer steps. */
__attribute__((unused)) static bool check_plainly(struct checking *checking, const char *instance)
{
    bool bare;
    st_report_reset(&checking->report);
    st_arena_reset(&checking->arena);
    assert_ok(st_json_parse(&checking->doc, st_str_of(instance), NULL, NULL));
    assert_ok(
        st_schema_check_plain(checking->schema, checking->checker, &checking->doc, 0, &bare, NULL));
    assert_ok(st_schema_check_plain(checking->schema, checking->checker, &checking->doc, 0,
                                    &checking->valid, &checking->report));
    assert_int_equal(bare, checking->valid);
    assert_int_equal(bare, checking->report.count == 0);
    return bare;
}

__attribute__((unused)) static void done(struct checking *checking)
{
    st_schema_free(checking->schema);
    st_checker_free(checking->checker);
    st_json_done(&checking->doc);
    st_arena_done(&checking->arena);
}

#endif
