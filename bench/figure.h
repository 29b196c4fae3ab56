/*
 * figure.h: how a benchmark says what it measured: one JSON line a figure.
 *
 * A figure is the median over its runs; the line says how many there were. Times are wall-clock
 * times of a machine that others share, so compare ratios within one run and nothing else.
 */
#ifndef ST_BENCH_FIGURE_H
#define ST_BENCH_FIGURE_H

#include <stddef.h>
#include <stdint.h>

#define FIGURE_RUNS_MAX 64

struct figure {
    const char *name;
    const char *unit;
    uint64_t bytes; /* handled in one run; 0: does not apply */
    double values[FIGURE_RUNS_MAX];
    size_t runs;
};

void figure_add(struct figure *figure, double value);
double figure_median(const struct figure *figure);

/* {"name":"…","value":…,"unit":"…","bytes":…,"runs":…} on standard output. */
void figure_print(const struct figure *figure);

#endif
