/*
 * parse: what a parser makes of standard load events and of documents of about 1 MB.
 *
 *   parse.events         events, one text each
 *   parse.events_names   the same with their names numbered, as events are parsed
 *   parse.1mb_<shape>    one document of that shape (parse_texts.h)
 *   plain.…              the same by the portable parser
 *   avx2.…               the same by the fast parser's AVX2 kernel, where it is not the machine's
 *
 * Every figure is a median of RUNS runs, in which all contenders take turns; compare within one
 * run of this program and nothing else.
 */
#include "parse_texts.h"

#include "base/time.h"
#include "figure.h"
#include "json/json.h"
#include "json/twin.h"

#include <stdio.h>
#include <stdlib.h>

#define EVENTS         2000u
#define DOCUMENT_BYTES 1000000u
#define BYTES_A_RUN    ((size_t)1 << 20)
#define RUNS           63
#define ROWS_MAX       64

typedef st_err parse_fn(struct st_json *doc, st_str text, const struct st_json_options *options,
                        struct st_json_fault *fault);

static st_err parse_avx2(struct st_json *doc, st_str text, const struct st_json_options *options,
                         struct st_json_fault *fault)
{
    return st_json_parse_with(ST_JSON_KERNEL_AVX2, doc, text, options, fault);
}

static const struct contender {
    const char *name;
    parse_fn *parse;
} contenders[] = {{"parse", st_json_parse}, {"plain", st_json_parse_plain}, {"avx2", parse_avx2}};
#define CONTENDERS (sizeof contenders / sizeof contenders[0])

/* One figure: a contender on some texts. */
struct row {
    char name[64];
    struct figure figure;
    parse_fn *parse;
    const struct texts *texts;
    struct st_json_options options;
};

static void must(st_err err)
{
    if (err == ST_OK)
        return;
    fprintf(stderr, "parse: %s\n", st_err_text(err));
    exit(1);
}

/* The names of all texts, as a contract would have them. */
static struct st_name_table *names_of(const struct texts *texts)
{
    struct st_name_table *table = NULL;
    struct st_json doc;
    st_json_init(&doc);
    must(st_name_table_new(&table));
    for (size_t i = 0; i < texts->count; i++) {
        must(st_json_parse(&doc, texts->at[i], NULL, NULL));
        for (uint32_t node = 0; node < doc.count; node++)
            if (doc.nodes[node].flags & ST_JSON_NAME)
                must(st_name_table_add(table, st_json_text(&doc, node), NULL));
    }
    st_json_done(&doc);
    return table;
}

static void add_rows(struct row *rows, size_t *count, const struct texts *texts, const char *what,
                     const struct st_name_table *names)
{
    bool has_avx2 = st_json_has_kernel(ST_JSON_KERNEL_AVX512);
    for (size_t i = 0; i < CONTENDERS - !has_avx2; i++) {
        struct row *row = &rows[(*count)++];
        snprintf(row->name, sizeof row->name, "%s.%s", contenders[i].name, what);
        row->figure = (struct figure){.name = row->name, .unit = "MB/s", .bytes = texts->total};
        row->parse = contenders[i].parse;
        row->texts = texts;
        row->options.names = names;
    }
}

static void run_row(struct row *row)
{
    struct st_json doc;
    size_t times = (BYTES_A_RUN + row->texts->total - 1) / row->texts->total;
    st_json_init(&doc);
    /* Once for the doc's memory. */
    must(row->parse(&doc, row->texts->at[0], &row->options, NULL));
    int64_t start_ns = st_monotonic_ns();
    for (size_t n = 0; n < times; n++)
        for (size_t i = 0; i < row->texts->count; i++)
            must(row->parse(&doc, row->texts->at[i], &row->options, NULL));
    int64_t ns = st_monotonic_ns() - start_ns;
    figure_add(&row->figure, (double)(times * row->texts->total) * 1e3 / (double)ns);
    st_json_done(&doc);
}

int main(void)
{
    static struct row rows[ROWS_MAX];
    struct texts events;
    struct texts documents[PARSE_SHAPE_COUNT];
    size_t count = 0;
    texts_of_load(&events, EVENTS, 1);
    struct st_name_table *names = names_of(&events);
    add_rows(rows, &count, &events, "events", NULL);
    add_rows(rows, &count, &events, "events_names", names);
    for (int shape = 0; shape < PARSE_SHAPE_COUNT; shape++) {
        char what[32];
        texts_of_shape(&documents[shape], (enum parse_shape)shape, DOCUMENT_BYTES);
        snprintf(what, sizeof what, "1mb_%s", documents[shape].shape);
        add_rows(rows, &count, &documents[shape], what, NULL);
    }
    for (int run = 0; run < RUNS; run++)
        for (size_t i = 0; i < count; i++)
            run_row(&rows[i]);
    for (size_t i = 0; i < count; i++)
        figure_print(&rows[i].figure);
    for (int shape = 0; shape < PARSE_SHAPE_COUNT; shape++)
        texts_done(&documents[shape]);
    texts_done(&events);
    st_name_table_free(names);
    return 0;
}
