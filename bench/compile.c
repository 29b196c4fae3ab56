/*
 * compile: how long it takes until a contract can be used: the whole load as of a contract that a
 * user adds (text to tape, the schema held against its metaschema and compiled, the annotation held
 * against its own schema and read, every model checked).
 *
 *   compile.CONTRACT       a contract that ships, as a stranger's
 *   compile.registry       all that ship, as a process loads them at its start
 *
 * The time is what this thread has worked, as others may share the machine. The first load of a
 * process makes the metaschemas that all later ones share; it is not counted.
 */
#include "contract/registry.h"
#include "figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RUNS     25
#define NAME_MAX 160

static void die(const char *what, const struct st_schema_fault *fault)
{
    fprintf(stderr, "compile: %s: %s: %s\n", what, fault->pointer, fault->message);
    exit(1);
}

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static double load(st_str text)
{
    struct st_contract *contract = NULL;
    struct st_schema_fault fault = {0};
    double from = now_ms();
    if (st_contract_load(&contract, text, &fault) != ST_OK)
        die("a shipped contract", &fault);
    double took = now_ms() - from;
    st_contract_free(contract);
    return took;
}

static double load_all(uint64_t *bytes)
{
    struct st_registry *registry = NULL;
    struct st_schema_fault fault = {0};
    double from = now_ms();
    if (st_registry_new(&registry, &fault) != ST_OK)
        die("the registry", &fault);
    double took = now_ms() - from;
    *bytes = 0;
    for (uint32_t i = 0; i < st_registry_count(registry); i++)
        *bytes += st_contract_text(st_registry_at(registry, i)).len;
    st_registry_free(registry);
    return took;
}

static void measure(const struct st_contract *contract)
{
    char name[NAME_MAX];
    st_str text = st_contract_text(contract);
    struct figure figure = {.name = name, .unit = "ms", .bytes = text.len};
    snprintf(name, sizeof name, "compile.%.*s", ST_STR_ARG(st_contract_ref(contract)));
    for (int run = 0; run < RUNS; run++)
        figure_add(&figure, load(text));
    figure_print(&figure);
}

int main(void)
{
    struct st_registry *registry = NULL;
    struct st_schema_fault fault = {0};
    struct figure all = {.name = "compile.registry", .unit = "ms"};
    if (st_registry_new(&registry, &fault) != ST_OK)
        die("the registry", &fault);
    (void)load(st_contract_text(st_registry_at(registry, 0)));
    for (uint32_t i = 0; i < st_registry_count(registry); i++)
        measure(st_registry_at(registry, i));
    for (int run = 0; run < RUNS; run++)
        figure_add(&all, load_all(&all.bytes));
    figure_print(&all);
    st_registry_free(registry);
    return 0;
}
