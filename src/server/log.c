#include "server/log.h"

#include "base/time.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES_MAX 1024

void st_log(const char *event, const char *rest)
{
    char line[LINE_BYTES_MAX];
    int len = snprintf(line, sizeof line, "event=%s %s\n", event, rest);
    if (len <= 0)
        return;
    size_t count = (size_t)len < sizeof line ? (size_t)len : sizeof line - 1;
    if (write(STDERR_FILENO, line, count) < 0)
        return; /* nobody is left to be told */
}

/* Trouble comes in floods (a full disk fails every request): a line a second says as much. */
static bool is_too_soon(void)
{
    static _Atomic int64_t last_ns;
    int64_t now_ns = st_monotonic_ns();
    int64_t before_ns = atomic_load(&last_ns);
    return (before_ns != 0 && now_ns - before_ns < ST_NS_PER_S) ||
           !atomic_compare_exchange_strong(&last_ns, &before_ns, now_ns);
}

void st_log_why(const char *event, st_err err, const struct st_why *why)
{
    if (is_too_soon())
        return;
    const char *text = why->text != NULL ? why->text : st_err_text(err);
    char rest[LINE_BYTES_MAX / 2];
    int len = snprintf(rest, sizeof rest, "why=\"%s\" offset=%llu", text,
                       (unsigned long long)why->offset);
    if (why->sys != 0 && len > 0 && (size_t)len < sizeof rest)
        snprintf(rest + len, sizeof rest - (size_t)len, " code=%d", why->sys);
    st_log(event, rest);
}
