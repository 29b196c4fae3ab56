#include "cli/progress.h"

#include "base/time.h"
#include "cli/limits.h"
#include "cli/say.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MS         INT64_C(1000000)
#define BAR_CELLS  30u
#define LINE_BYTES 256u
#define SIZE_BYTES 16u

/* ---- the line ---- */

static const char *write_size(double bytes, char text[static SIZE_BYTES])
{
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    unsigned unit = 0;
    double value = bytes / 1e3;
    for (; value >= 999.5 && unit < 3; unit++)
        value /= 1e3;
    snprintf(text, SIZE_BYTES, value < 9.995 ? "%.2f %s" : "%.0f %s", value, units[unit]);
    return text;
}

static void write_left(const struct st_progress *progress, uint64_t bytes, double rate, char *text,
                       size_t size)
{
    uint64_t left = bytes < progress->total ? progress->total - bytes : 0;
    double seconds = (double)left / rate;
    if (seconds < 99.5)
        snprintf(text, size, ", %.0f s left", seconds);
    else
        snprintf(text, size, ", %.0f min left", seconds / 60);
}

static void write_bar(const struct st_progress *progress, uint64_t bytes, unsigned cells,
                      char *text)
{
    double part = (double)bytes / (double)progress->total;
    for (unsigned i = 0; i < cells; i++)
        text[i] = (double)i < part * cells ? '#' : '.';
    text[cells] = '\0';
}

void st_progress_write(const struct st_progress *progress, uint64_t bytes, uint64_t items,
                       int64_t elapsed_ns, unsigned width, char *line, size_t size)
{
    char done[SIZE_BYTES];
    char per_second[SIZE_BYTES];
    char of[SIZE_BYTES + 4] = "";
    char left[32] = "";
    char invalid[32] = "";
    char bar[BAR_CELLS + 1] = "";
    char text[LINE_BYTES];
    bool is_total = progress->total > 0;
    double rate = elapsed_ns > 0 ? (double)bytes * 1e9 / (double)elapsed_ns : 0;
    if (is_total) {
        char total[SIZE_BYTES];
        snprintf(of, sizeof of, " of %s", write_size((double)progress->total, total));
    } else {
        snprintf(left, sizeof left, ", %llu lines", (unsigned long long)items);
    }
    if (is_total && rate > 0)
        write_left(progress, bytes, rate, left, sizeof left);
    if (progress->invalid > 0)
        snprintf(invalid, sizeof invalid, ", %llu invalid", (unsigned long long)progress->invalid);
    int len = snprintf(text, sizeof text, "%s%s, %s/s%s%s", write_size((double)bytes, done), of,
                       write_size(rate, per_second), left, invalid);
    size_t used = strlen(progress->verb) + (size_t)len + 4; /* blanks and brackets */
    if (is_total && used + BAR_CELLS / 3 < width)
        write_bar(progress, bytes,
                  width - used > BAR_CELLS ? BAR_CELLS : width - (unsigned)used - 1, bar);
    len = bar[0] != '\0' ? snprintf(line, size, "%s [%s] %s", progress->verb, bar, text)
                         : snprintf(line, size, "%s: %s", progress->verb, text);
    if (len >= (int)width && width > 0 && width <= size)
        line[width - 1] = '\0'; /* the last column would wrap on some terminals */
}

/* ---- the terminal ---- */

static unsigned width_of_terminal(void)
{
    struct winsize about = {0};
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &about) == 0 && about.ws_col > 0 ? about.ws_col : 80;
}

void st_progress_begin(struct st_progress *progress, const char *verb, uint64_t total_bytes)
{
    int64_t now = st_monotonic_ns();
    *progress = (struct st_progress){.verb = verb, .total = total_bytes, .begun_ns = now};
    if (!st_is_terminal(STDERR_FILENO))
        progress->verb = NULL;
}

void st_progress_show(struct st_progress *progress, uint64_t bytes, uint64_t items)
{
    char line[LINE_BYTES];
    if (!st_progress_is_on(progress))
        return;
    int64_t now = st_monotonic_ns();
    if (now - progress->begun_ns < ST_PROGRESS_AFTER_MS * MS ||
        now - progress->drawn_ns < ST_PROGRESS_EVERY_MS * MS)
        return;
    progress->drawn_ns = now;
    progress->shown = true;
    st_progress_write(progress, bytes, items, now - progress->begun_ns, width_of_terminal(), line,
                      sizeof line);
    /* The rest of the line is cleared behind the new text, so that no moment shows it empty. */
    fprintf(stderr, "\r%s\033[K", line);
}

void st_progress_end(struct st_progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
