/*
 * check: how fast `steno check` goes through the standard load with two jobs, and what it takes.
 *
 *   check.gb_per_s             held against the contract that is named, by the wall clock
 *   check.recognised.gb_per_s  the same where each event is recognised
 *   check.schema.gb_per_s      the same against the schema as a file
 *   check.core_gb_per_s        the first, by the time that the cores worked: what one core does
 *                              where others share the machine
 *   check.rss_mb               the most that any run of the three held in memory
 *
 * The file (1,700,000 events, 1.05 GB, or as many events as asked for) is written first and lies in
 * the page cache. The three take turns.
 */
#include "figure.h"
#include "load.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EVENTS  1700000u
#define RUNS    5
#define STREAMS 10000u

extern char **environ;

static char path[] = "/tmp/steno-bench-check-XXXXXX";

static void die(const char *what)
{
    perror(what);
    unlink(path);
    exit(1);
}

/* Returns how many bytes the file has. */
static uint64_t write_load(uint64_t events)
{
    char event[ST_LOAD_EVENT_BYTES_MAX];
    struct st_load load;
    uint64_t bytes = 0;
    int fd = mkstemp(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (file == NULL || st_load_init(&load, 1, STREAMS) != ST_OK)
        die(path);
    for (uint64_t i = 0; i < events; i++) {
        size_t len = st_load_next(&load, event);
        event[len++] = '\n';
        bytes += fwrite(event, 1, len, file);
    }
    st_load_done(&load);
    if (fclose(file) != 0)
        die(path);
    return bytes;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

struct way {
    const char *option, *value;
    struct figure wall;
};

struct cost {
    double wall_s, cores_s, rss_mb;
};

/* One run; anything but "all valid" is no result. */
static struct cost run(const struct way *way)
{
    const char *arguments[] = {STENO_PATH, "check", "-j", "2", path, way->option, way->value, NULL};
    posix_spawn_file_actions_t actions;
    struct rusage used;
    pid_t child = 0;
    int status = 0;
    double from = now_s();
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&child, STENO_PATH, &actions, NULL, (char **)(uintptr_t)arguments, environ) !=
        0)
        die(STENO_PATH);
    if (wait4(child, &status, 0, &used) != child)
        die("wait4");
    double took = now_s() - from;
    posix_spawn_file_actions_destroy(&actions);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "check: %s does not find all events valid\n", STENO_PATH);
        unlink(path);
        exit(1);
    }
    return (struct cost){took, seconds(used.ru_utime) + seconds(used.ru_stime),
                         (double)used.ru_maxrss * 1024 / 1e6};
}

int main(int argc, char **argv)
{
    uint64_t events = EVENTS;
    if (argc > 1 && st_str_to_u64(st_str_of(argv[1]), &events) != ST_OK) {
        fprintf(stderr, "usage: bench_check [EVENTS]\n");
        return 2;
    }
    const uint64_t bytes = write_load(events);
    struct way ways[] = {
        {"--contract", "agent-event@v0", {.name = "check.gb_per_s"}},
        {NULL, NULL, {.name = "check.recognised.gb_per_s"}},
        {"--schema", SCHEMA_PATH, {.name = "check.schema.gb_per_s"}},
    };
    const size_t count = sizeof ways / sizeof *ways;
    struct figure core = {.name = "check.core_gb_per_s", .unit = "GB/s", .bytes = bytes};
    struct figure rss = {.name = "check.rss_mb", .unit = "MB", .bytes = bytes};
    for (size_t i = 0; i < RUNS * count; i++) {
        struct way *way = &ways[i % count];
        struct cost cost = run(way);
        figure_add(&way->wall, (double)bytes / cost.wall_s / 1e9);
        if (way == ways)
            figure_add(&core, (double)bytes / cost.cores_s / 1e9);
        if (rss.runs == 0 || cost.rss_mb > rss.values[0])
            rss.values[0] = cost.rss_mb;
        rss.runs = 1;
    }
    unlink(path);
    for (size_t i = 0; i < count; i++) {
        ways[i].wall.unit = "GB/s";
        ways[i].wall.bytes = bytes;
        figure_print(&ways[i].wall);
    }
    figure_print(&core);
    figure_print(&rss);
    return 0;
}
