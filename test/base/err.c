#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "unit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

TEST("every code has a text of its own")
{
    static const st_err all[] = {ST_OK,
#define LISTED(name, text) ST_ERR_##name,
                                 ST_ERR_LIST(LISTED)
#undef LISTED
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_int_equal(all[i], i);
        assert_string_not_equal(st_err_text(all[i]), "unknown error");
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(st_err_text(all[i]), st_err_text(all[k]));
    }
}

TEST("a failure returns its code and says why")
{
    struct st_why why = {0};
    assert_err(st_fail(&why, ST_ERR_DENIED, "no"), DENIED);
    assert_string_equal(why.text, "no");
    assert_int_equal(why.offset, 0);
    assert_int_equal(why.sys, 0);
    assert_err(st_fail_at(&why, ST_ERR_SYNTAX, "here", 17), SYNTAX);
    assert_string_equal(why.text, "here");
    assert_int_equal(why.offset, 17);
    assert_err(st_fail_sys(&why, "refused", 28), SYSTEM);
    assert_string_equal(why.text, "refused");
    assert_int_equal(why.offset, 0);
    assert_int_equal(why.sys, 28);
}

TEST("a caller may leave the reason out")
{
    assert_err(st_fail(NULL, ST_ERR_DENIED, "no"), DENIED);
    assert_err(st_fail_at(NULL, ST_ERR_SYNTAX, "here", 17), SYNTAX);
    assert_err(st_fail_sys(NULL, "refused", 28), SYSTEM);
}

TEST("a bug ends the process in every build")
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        /* The abort is meant: neither a core file nor a line on the terminal. */
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        ST_BUG_IF(1 + 1 == 2);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

TEST("a condition that does not hold is no bug")
{
    ST_BUG_IF(1 + 1 == 3);
}

TEST("the n-th allocation from now fails once, and each is counted")
{
    uint64_t before = st_mem_count();
    st_mem_fail_at(3);
    void *first = st_mem_get(8);
    void *second = st_mem_get_zeroed(8);
    assert_non_null(first);
    assert_non_null(second);
    assert_memory_equal(second, "\0\0\0\0\0\0\0\0", 8);
    assert_null(st_mem_resize(first, 16));
    void *moved = st_mem_resize(first, 16);
    assert_non_null(moved);
    assert_int_equal(st_mem_count() - before, 4);
    st_mem_free(moved);
    st_mem_free(second);
    st_mem_free(NULL);
}

TEST("a block of no bytes is a block")
{
    void *none = st_mem_get(0);
    assert_non_null(none);
    none = st_mem_resize(none, 0);
    assert_non_null(none);
    st_mem_free(none);
}
