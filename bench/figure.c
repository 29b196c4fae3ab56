#include "figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void figure_add(struct figure *figure, double value)
{
    if (figure->runs < FIGURE_RUNS_MAX)
        figure->values[figure->runs++] = value;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

double figure_median(const struct figure *figure)
{
    double sorted[FIGURE_RUNS_MAX];
    size_t runs = figure->runs;
    if (runs == 0)
        return 0;
    memcpy(sorted, figure->values, sizeof *sorted * runs);
    qsort(sorted, runs, sizeof *sorted, by_value);
    return runs % 2 == 1 ? sorted[runs / 2] : (sorted[runs / 2 - 1] + sorted[runs / 2]) / 2;
}

void figure_print(const struct figure *figure)
{
    printf("{\"name\":\"%s\",\"value\":%.6g,\"unit\":\"%s\",\"bytes\":%llu,\"runs\":%zu}\n",
           figure->name, figure_median(figure), figure->unit, (unsigned long long)figure->bytes,
           figure->runs);
    fflush(stdout);
}
