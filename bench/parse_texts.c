#include "parse_texts.h"

#include "base/mem.h"
#include "load.h"

#include <stdio.h>
#include <stdlib.h>

#define STREAMS    10000u
#define TEXTS_MAX  ((size_t)1 << 32)
#define PIECE_SEED 7

static void must(st_err err)
{
    if (err == ST_OK)
        return;
    fprintf(stderr, "parse: %s\n", st_err_text(err));
    exit(1);
}

static void put(struct st_buf *out, const char *text)
{
    must(st_buf_add_str(out, st_str_of(text)));
}

/* The slices, once no byte moves any more. */
static void cut(struct texts *texts, const size_t *lens, size_t count)
{
    texts->at = st_mem_get(sizeof(st_str) * count);
    must(texts->at == NULL ? ST_ERR_MEMORY : ST_OK);
    size_t from = 0;
    for (size_t i = 0; i < count; from += lens[i++])
        texts->at[i] = (st_str){texts->bytes.at + from, lens[i]};
    texts->count = count;
    texts->total = from;
}

void texts_of_load(struct texts *texts, size_t count, uint64_t seed)
{
    struct st_load load;
    char event[ST_LOAD_EVENT_BYTES_MAX];
    size_t *lens = st_mem_get(sizeof *lens * count);
    *texts = (struct texts){.shape = "events", .bytes = ST_BUF(TEXTS_MAX)};
    must(lens == NULL ? ST_ERR_MEMORY : st_load_init(&load, seed, STREAMS));
    for (size_t i = 0; i < count; i++) {
        lens[i] = st_load_next(&load, event);
        must(st_buf_add(&texts->bytes, event, lens[i]));
    }
    cut(texts, lens, count);
    st_load_done(&load);
    st_mem_free(lens);
}

/* ---- the shapes: each adds one element of the document's array ---- */

static void add_events(struct st_buf *out, struct st_load *load)
{
    char event[ST_LOAD_EVENT_BYTES_MAX];
    must(st_buf_add(out, event, st_load_next(load, event)));
}

/* Blanks as a writer of pretty texts sets them. */
static void add_pretty(struct st_buf *out, struct st_load *load)
{
    char event[ST_LOAD_EVENT_BYTES_MAX];
    size_t len = st_load_next(load, event);
    int depth = 1;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        char c = event[i];
        quoted = quoted != (c == '"');
        depth -= !quoted && c == '}';
        if (!quoted && c == '}')
            must(st_buf_printf(out, "\n%*s", 2 * depth, ""));
        must(st_buf_add_char(out, c));
        depth += !quoted && c == '{';
        if (!quoted && (c == '{' || c == ','))
            must(st_buf_printf(out, "\n%*s", 2 * depth, ""));
        if (!quoted && c == ':')
            put(out, " ");
    }
}

static void add_numbers(struct st_buf *out, struct st_load *load)
{
    struct st_rng *rng = &load->rng;
    must(st_buf_printf(out, "{\"id\":%u,\"position\":[%d.%06u,%d.%05u],\"counts\":[",
                       (unsigned)st_rng_below(rng, 1000000), (int)st_rng_below(rng, 360) - 180,
                       (unsigned)st_rng_below(rng, 1000000), (int)st_rng_below(rng, 180) - 90,
                       (unsigned)st_rng_below(rng, 100000)));
    for (int i = 0; i < 12; i++)
        must(st_buf_printf(out, i == 0 ? "%u" : ",%u",
                           (unsigned)st_rng_below(rng, i % 3 == 0 ? 100000000 : 1000)));
    must(st_buf_printf(out, "],\"score\":%u.%ue-%u}", (unsigned)st_rng_below(rng, 10),
                       (unsigned)st_rng_below(rng, 1000), (unsigned)st_rng_below(rng, 20)));
}

static void add_deep(struct st_buf *out, struct st_load *load)
{
    uint64_t depth = 8 + st_rng_below(&load->rng, 24);
    for (uint64_t i = 0; i < depth; i++)
        must(st_buf_printf(out, i % 2 == 0 ? "{\"level\":%u,\"child\":" : "[%u,",
                           (unsigned)st_rng_below(&load->rng, 100)));
    put(out, "null");
    for (uint64_t i = depth; i > 0; i--)
        put(out, i % 2 == 1 ? "}" : "]");
}

static void add_escapes(struct st_buf *out, struct st_load *load)
{
    static const char *const lines[] = {
        "at \\\"main\\\" (src\\/app.ts:10)\\n", "C:\\\\Users\\\\agent\\\\file.txt\\t",
        "a line without any escape at all, longer than one block of sixty-four bytes\\n",
        "\\u00e9t\\u00e9 \\ud83d\\ude00\\r\\n", "{\\\"ok\\\":true,\\\"items\\\":[1,2,3]}"};
    put(out, "{\"log\":\"");
    for (uint64_t n = 2 + st_rng_below(&load->rng, 8); n > 0; n--)
        put(out, lines[st_rng_below(&load->rng, sizeof lines / sizeof lines[0])]);
    put(out, "\",\"level\":\"info\"}");
}

static void add_non_ascii(struct st_buf *out, struct st_load *load)
{
    static const char *const words[] = {
        "Stra\303\237e ",
        "na\303\257ve ",
        "\320\277\321\200\320\270\320\262\320\265\321\202 ",
        "\346\227\245\346\234\254\350\252\236\343\201\256",
        "\360\237\232\200 ",
        "plain words ",
        "\316\272\316\261\316\273\316\267\316\274\316\255\317\201\316\261 "};
    put(out, "{\"text\":\"");
    for (uint64_t n = 5 + st_rng_below(&load->rng, 40); n > 0; n--)
        put(out, words[st_rng_below(&load->rng, sizeof words / sizeof words[0])]);
    put(out, "\",\"\303\261\":true}");
}

void texts_of_shape(struct texts *texts, enum parse_shape shape, size_t bytes)
{
#define ADD(name)  add_##name,
#define NAME(name) #name,
    static void (*const adds[])(struct st_buf *, struct st_load *) = {PARSE_SHAPES(ADD)};
    static const char *const names[] = {PARSE_SHAPES(NAME)};
#undef ADD
#undef NAME
    struct st_load load;
    *texts = (struct texts){.shape = names[shape], .bytes = ST_BUF(TEXTS_MAX)};
    must(st_load_init(&load, PIECE_SEED, STREAMS));
    put(&texts->bytes, "[");
    while (texts->bytes.len < bytes) {
        put(&texts->bytes, texts->bytes.len > 1 ? "," : "");
        adds[shape](&texts->bytes, &load);
    }
    put(&texts->bytes, "]");
    cut(texts, &(size_t){texts->bytes.len}, 1);
    st_load_done(&load);
}

void texts_done(struct texts *texts)
{
    st_mem_free(texts->at);
    st_buf_done(&texts->bytes);
}
