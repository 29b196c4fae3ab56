#include "cli/progress.h"
#include "base/str.h"
#include "base/time.h"
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

static const char *line(const struct st_progress *progress, uint64_t bytes, int64_t elapsed_ns,
                        unsigned width)
{
    static char text[256];
    st_progress_write(progress, bytes, 12345, elapsed_ns, width, text, sizeof text);
    return text;
}

TEST("it says how much is done of how much, how fast, how long it takes yet, and what is invalid")
{
    struct st_progress p = {.verb = "checking", .total = 1053117091};
    assert_string_equal(line(&p, 526558545, 2 * SECOND, 100),
                        "checking [###############...............] 527 MB of 1.05 GB, 263 MB/s, "
                        "2 s left");
    p.invalid = 3;
    assert_string_equal(line(&p, 1053117091, SECOND, 100),
                        "checking [##############################] 1.05 GB of 1.05 GB, "
                        "1.05 GB/s, 0 s left, 3 invalid");
    p.total = (uint64_t)1 << 40;
    assert_string_equal(line(&p, 1000, 2 * SECOND, 40), "checking: 1.00 kB of 1.10 TB, 0.50 kB/s");
}

TEST("of a pipe nobody knows the end")
{
    struct st_progress p = {.verb = "checking"};
    assert_string_equal(line(&p, 9999999, 10 * SECOND, 80),
                        "checking: 10 MB, 1.00 MB/s, 12345 lines");
    assert_string_equal(line(&p, 0, 0, 80), "checking: 0.00 kB, 0.00 kB/s, 12345 lines");
}

TEST("the line is never as wide as the terminal, and has a bar where there is room")
{
    struct st_progress p = {.verb = "checking", .total = UINT64_MAX, .invalid = UINT64_MAX};
    for (unsigned width = 1; width <= 200; width++) {
        const char *text = line(&p, UINT64_MAX / 3, SECOND, width);
        assert_true(strlen(text) < width);
        if (width > 140)
            assert_non_null(strstr(text, "[##########....................]"));
        if (width < 70)
            assert_null(strchr(text, '['));
    }
}

/* ---- on a terminal ---- */

struct terminal {
    int main, before;
};

static void open_terminal(struct terminal *t, unsigned short width)
{
    struct winsize size = {.ws_row = 24, .ws_col = width};
    t->main = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(t->main >= 0);
    assert_int_equal(grantpt(t->main), 0);
    assert_int_equal(unlockpt(t->main), 0);
    int side = open(ptsname(t->main), O_RDWR | O_NOCTTY);
    assert_true(side >= 0);
    assert_int_equal(ioctl(side, TIOCSWINSZ, &size), 0);
    assert_int_equal(fcntl(t->main, F_SETFL, O_NONBLOCK), 0);
    t->before = dup(STDERR_FILENO);
    dup2(side, STDERR_FILENO);
    close(side);
    setenv("TERM", "xterm", 1);
}

static void close_terminal(struct terminal *t)
{
    dup2(t->before, STDERR_FILENO);
    close(t->before);
    close(t->main);
}

/* What was shown since the last call. */
static st_str shown(const struct terminal *t)
{
    static char text[4096];
    ssize_t count = read(t->main, text, sizeof text);
    return (st_str){text, count < 0 ? 0 : (size_t)count};
}

TEST("it shows after a second, ten times a second, in one line, and leaves no trace")
{
    struct terminal t;
    struct st_progress p;
    open_terminal(&t, 60);
    st_progress_begin(&p, "checking", 1000000);
    assert_true(st_progress_is_on(&p));
    st_progress_show(&p, 1000, 1);
    st_progress_end(&p);
    assert_int_equal(shown(&t).len, 0);
    p.begun_ns -= 2 * SECOND;
    st_progress_show(&p, 500000, 1);
    st_str first = shown(&t);
    assert_true(st_str_starts(first, ST_STR("\rchecking")));
    assert_true(st_str_ends(first, ST_STR("left\033[K")));
    assert_true(first.len < 60 + 4);
    size_t at = 0;
    assert_false(st_str_find(first, '\n', &at));
    st_progress_show(&p, 600000, 2);
    assert_int_equal(shown(&t).len, 0);
    p.drawn_ns -= SECOND;
    st_progress_show(&p, 600000, 2);
    assert_true(shown(&t).len > 0);
    st_progress_end(&p);
    assert_text(shown(&t), "\r\033[K");
    st_progress_end(&p);
    assert_int_equal(shown(&t).len, 0);
    close_terminal(&t);
}

TEST("where there is no terminal, or a dumb one, nothing is shown")
{
    int ends[2];
    struct terminal t;
    struct st_progress p;
    assert_int_equal(pipe(ends), 0);
    int before = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    st_progress_begin(&p, "checking", 10);
    dup2(before, STDERR_FILENO);
    assert_false(st_progress_is_on(&p));
    close(before);
    close(ends[0]);
    close(ends[1]);
    open_terminal(&t, 80);
    setenv("TERM", "dumb", 1);
    st_progress_begin(&p, "checking", 10);
    assert_false(st_progress_is_on(&p));
    p.begun_ns -= 2 * SECOND;
    st_progress_show(&p, 5, 1);
    assert_int_equal(shown(&t).len, 0);
    close_terminal(&t);
}
