/*
 * unit.h: unit tests that register themselves, on cmocka.
 *
 * TEST("O1: seq is dense and rises by one") { … } is a whole test: the name is a sentence, and a
 * promise of docs/PROMISES.md that it holds is cited at its head ("O1: …"). The file ends with
 * nothing: main() is here. Run with a word as argument to pick the tests whose name contains it.
 */
#ifndef ST_TEST_UNIT_H
#define ST_TEST_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define UNIT_TESTS_MAX 512

static struct CMUnitTest unit_tests[UNIT_TESTS_MAX];
static size_t unit_test_count;

static void unit_add(const char *name, void (*run)(void **))
{
    if (unit_test_count == UNIT_TESTS_MAX)
        fail_msg("more than %d tests in one file", UNIT_TESTS_MAX);
    unit_tests[unit_test_count++] = (struct CMUnitTest){.name = name, .test_func = run};
}

#define UNIT_JOIN_(a, b) a##b
#define UNIT_JOIN(a, b)  UNIT_JOIN_(a, b)
#define TEST_AS(name, id)                                                                          \
    static void UNIT_JOIN(unit_run_, id)(void **unit_state);                                       \
    __attribute__((constructor)) static void UNIT_JOIN(unit_register_, id)(void)                   \
    {                                                                                              \
        unit_add(name, UNIT_JOIN(unit_run_, id));                                                  \
    }                                                                                              \
    static void UNIT_JOIN(unit_run_, id)(__attribute__((unused)) void **unit_state)
#define TEST(name) TEST_AS(name, __LINE__)

/* Two slices, shown as text when they differ. */
#define assert_text(slice, expected)                                                               \
    do {                                                                                           \
        st_str unit_slice = (slice);                                                               \
        st_str unit_expected = st_str_of(expected);                                                \
        if (!st_str_eq(unit_slice, unit_expected))                                                 \
            fail_msg("\"%.*s\" is not \"%.*s\"", ST_STR_ARG(unit_slice),                           \
                     ST_STR_ARG(unit_expected));                                                   \
    } while (0)
#define assert_ok(call)                                                                            \
    do {                                                                                           \
        st_err unit_err = (call);                                                                  \
        if (unit_err != ST_OK)                                                                     \
            fail_msg("%s: %s", #call, st_err_text(unit_err));                                      \
    } while (0)
#define assert_err(call, code)                                                                     \
    do {                                                                                           \
        st_err unit_err = (call);                                                                  \
        if (unit_err != ST_ERR_##code)                                                             \
            fail_msg("%s: \"%s\" is not %s", #call, st_err_text(unit_err), #code);                 \
    } while (0)

int main(int argc, char **argv)
{
    size_t kept = 0;
    for (size_t i = 0; i < unit_test_count; i++)
        if (argc < 2 || strstr(unit_tests[i].name, argv[1]) != NULL)
            unit_tests[kept++] = unit_tests[i];
    return _cmocka_run_group_tests(argv[0], unit_tests, kept, NULL, NULL);
}

#endif
