/*
 * twins.c: every kernel of the fast parser makes the plain parser's tape, and reports its faults.
 */
#include "twins.h"

#include "base/mem.h"
#include "base/random.h"
#include "random_text.h"
#include "seed.h"
#include "tape.h"
#include "json/fast.h"
#include "json/index.h"
#include "json/limits.h"

#include <ftw.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 64

/* Texts whose every cut and every place has something to say. */
static const char *const samples[] = {
    "{\"a\":[1,-2.5e+3,0],\"\\u00e9\\n\":\"x\\ud83d\\ude00y\",\"b\" : {\"\":null,\"a\":true},\n"
    "\"\303\251\342\202\254\360\237\230\200\":[[],{},[false,[\"long enough to be read by more\"]]],"
    "\"n\":1,\"n\":2,\"c\":1,\"m\":{\"x\":1,\"x\":2},\"n\":3}",
    "[\"\\\\\",\"\\\\\\\"\",\"\\\"\\\\\",\"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\","
    "\"\\\\\\\\\\\\\\\"\"]",
    "[1234567890,123456789012345678901234567890123456789,-1,0.5,-0.25e-10,1E5,[-0],0,"
    "10000000000000000000000]",
    "\r\n\t [ \"\" , {} ,\n\t[ ] , true , false , null , { \"\" : \"\" , \"k\" : [ ] } ]\r\n",
    "{\"\360\237\230\200\360\237\230\200\360\237\230\200\":"
    "\"\342\202\254\342\202\254\342\202\254\342\202\254"
    "\342\202\254\342\202\254\342\202\254\342\202\254\303\251\303\251\303\251\303\251\303\251\303"
    "\251\"}",
};
#define SAMPLES (sizeof samples / sizeof samples[0])

static struct st_name_table *some_names(void)
{
    static const char *const names[] = {"a", "b",          "\303\251\n", "",  "n",
                                        "k", "event_type", "x",          "0:"};
    struct st_name_table *table = NULL;
    assert_ok(st_name_table_new(&table));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_ok(st_name_table_add(table, st_str_of(names[i]), NULL));
    return table;
}

TEST("the machine's own kernel is the best that it has")
{
    printf("avx512 %d, avx2 %d\n", st_json_has_kernel(ST_JSON_KERNEL_AVX512),
           st_json_has_kernel(ST_JSON_KERNEL_AVX2));
    assert_true(st_json_has_kernel(ST_JSON_KERNEL_AVX2) ||
                !st_json_has_kernel(ST_JSON_KERNEL_AVX512));
}

TEST("good arrays and objects are never left to the plain parser")
{
    static const enum st_json_kernel kernels[] = {ST_JSON_KERNEL_AVX512, ST_JSON_KERNEL_AVX2};
    struct st_json doc;
    struct st_buf text = ST_BUF(1 << 24);
    uint64_t seed = random_seed();
    st_json_init(&doc);
    for (uint64_t i = 0; i < 300; i++) {
        if (i < SAMPLES) {
            st_buf_reset(&text);
            assert_ok(st_buf_add_str(&text, st_str_of(samples[i])));
        } else {
            random_text(&text, seed + i, i, i % 4 == 0);
        }
        st_str trimmed = st_str_trim(st_buf_str(&text));
        bool container = trimmed.at[0] == '{' || trimmed.at[0] == '[';
        for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++) {
            bool decided = false;
            assert_ok(st_json_parse_fast(&doc, trimmed, NULL, kernels[k], &decided));
            assert_int_equal(decided, container && st_json_has_kernel(kernels[k]));
        }
    }
    st_buf_done(&text);
    st_json_done(&doc);
}

TEST("twins: at every alignment, behind every number of blanks, cut at every length")
{
    struct st_name_table *table = some_names();
    struct st_json_options options = {.names = table};
    struct twins twins;
    twins_init(&twins);
    char *room = st_mem_get(2048);
    assert_non_null(room);
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t shift = 0; shift < BLOCK; shift++) {
            size_t len = strlen(samples[i]);
            memcpy(room + shift, samples[i], len);
            assert_ok(twins_check(&twins, (st_str){room + shift, len}, &options));
            for (size_t cut = 0; cut < len; cut += shift % 8 == 0 ? 1 : 7)
                (void)twins_check(&twins, (st_str){room + shift, cut}, NULL);
            memset(room, ' ', shift);
            assert_ok(twins_check(&twins, (st_str){room, len + shift}, NULL));
        }
    st_mem_free(room);
    twins_done(&twins);
    st_name_table_free(table);
}

/* A string, a name, two numbers and blanks of `len` bytes each, one after the other. */
static void put_lengths(struct st_buf *text, size_t len)
{
    static const struct {
        const char *head;
        char fill;
        const char *tail;
    } forms[] = {{"[\"", 'x', "\","},
                 {"{\"", 'x', "\":1},"},
                 {"1", '7', ","},
                 {"-1", '7', ".5,"},
                 {"", ' ', "1]"}};
    st_buf_reset(text);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        assert_ok(st_buf_add_str(text, st_str_of(forms[i].head)));
        for (size_t n = 0; n < len; n++)
            assert_ok(st_buf_add_char(text, forms[i].fill));
        assert_ok(st_buf_add_str(text, st_str_of(forms[i].tail)));
    }
}

TEST("twins: strings, names, numbers and blanks of every length")
{
    struct twins twins;
    struct st_buf text = ST_BUF(1 << 16);
    twins_init(&twins);
    for (size_t len = 0; len < 200; len++) {
        put_lengths(&text, len);
        assert_ok(twins_check(&twins, st_buf_str(&text), NULL));
        for (size_t cut = 0; cut < text.len; cut += 3)
            (void)twins_check(&twins, (st_str){text.at, cut}, NULL);
    }
    st_buf_done(&text);
    twins_done(&twins);
}

/* `len` bytes of a number with the point at `point`; none there: 0. */
static void put_decimal(char *text, size_t len, size_t point, bool minus)
{
    for (size_t i = 0; i < len; i++)
        text[i] = (char)('1' + i % 9);
    if (point > 0 && point < len)
        text[point] = '.';
    if (minus)
        text[0] = '-';
}

/* The number as it is, and with every byte of it replaced by each that means something in one. */
static void check_decimal(struct twins *twins, struct st_buf *text, size_t at, size_t len)
{
    static const char letters[] = "0-+.eE x,\"/:";
    (void)twins_check(twins, st_buf_str(text), NULL);
    for (size_t place = at; place < at + len; place++) {
        char kept = text->at[place];
        for (size_t i = 0; i < sizeof letters; i++) {
            text->at[place] = letters[i]; /* the NUL as well */
            (void)twins_check(twins, st_buf_str(text), NULL);
        }
        text->at[place] = kept;
    }
}

TEST("twins: numbers of every length, each fault at each place, at the text's head and end")
{
    static const struct {
        const char *head, *tail;
    } around[] = {{"[", "]"}, {"[", ""}, {"{\"x\":[\"some text that goes before\",", " ,1]}"}};
    struct twins twins;
    struct st_buf text = ST_BUF(1 << 10);
    twins_init(&twins);
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++)
        for (size_t len = 1; len < 40; len++)
            for (size_t point = 0; point < len; point += len < 12 || point < 2 ? 1 : len / 2 - 1)
                for (unsigned minus = 0; minus < 2; minus++) {
                    char number[40];
                    put_decimal(number, len, point, minus == 1);
                    st_buf_reset(&text);
                    assert_ok(st_buf_add_str(&text, st_str_of(around[i].head)));
                    size_t at = text.len;
                    assert_ok(st_buf_add(&text, number, len));
                    assert_ok(st_buf_add_str(&text, st_str_of(around[i].tail)));
                    check_decimal(&twins, &text, at, len);
                }
    st_buf_done(&text);
    twins_done(&twins);
}

TEST("twins: names of every length among thousands that a table has, and beside them")
{
    struct st_name_table *table = NULL;
    struct twins twins;
    struct st_buf text = ST_BUF(1 << 20);
    char name[96];
    assert_ok(st_name_table_new(&table));
    struct st_json_options options = {.names = table};
    twins_init(&twins);
    for (unsigned count = 0; count < 4000; count = 2 * count + 80) {
        st_buf_reset(&text);
        for (unsigned i = 0; i < count + 80; i++) {
            size_t len = (size_t)snprintf(name, sizeof name, "%.*s%u", (int)(i % 70),
                                          "the same beginning and many bytes of it, so that none "
                                          "of the first tells anything",
                                          i);
            assert_ok(st_buf_printf(&text, "%s\"%s\":%s", i == 0 ? "{" : ",", name,
                                    i % 3 == 0 ? "\"x\"" : "0"));
            if (i % 2 == 0)
                assert_ok(st_name_table_add(table, (st_str){name, len}, NULL));
        }
        assert_ok(st_buf_add_char(&text, '}'));
        for (int times = 0; times < 2; times++) {
            assert_ok(twins_check(&twins, st_buf_str(&text), &options));
            assert_int_equal(twins.fast[0].nodes[0].len, count + 80);
        }
    }
    st_buf_done(&text);
    twins_done(&twins);
    st_name_table_free(table);
}

TEST("twins: every byte of every sample changed to every other")
{
    struct twins twins;
    twins_init(&twins);
    for (size_t i = 0; i < SAMPLES; i++) {
        char text[512];
        size_t len = strlen(samples[i]);
        memcpy(text, samples[i], len);
        for (size_t at = 0; at < len; at++) {
            for (unsigned flip = 1; flip < 256; flip++) {
                text[at] = (char)((unsigned char)samples[i][at] ^ flip);
                (void)twins_check(&twins, (st_str){text, len}, NULL);
            }
            text[at] = samples[i][at];
        }
    }
    twins_done(&twins);
}

TEST("twins: every two bytes, in a string and outside, and every code point in a string")
{
    struct twins twins;
    twins_init(&twins);
    char text[80];
    memset(text, ' ', sizeof text);
    for (unsigned two = 0; two < 65536; two++)
        for (size_t at = 0; at < 2; at++) {
            size_t from = at == 0 ? 0 : 61; /* within a block, and over its end */
            memcpy(text, "[", 1);
            text[from + 1] = '"';
            text[from + 2] = (char)(two >> 8);
            text[from + 3] = (char)two;
            text[from + 4] = '"';
            text[from + 5] = ']';
            (void)twins_check(&twins, (st_str){text, from + 6}, NULL);
            text[from + 1] = ' ';
            text[from + 4] = ' ';
            (void)twins_check(&twins, (st_str){text, from + 6}, NULL);
            memset(text, ' ', sizeof text);
        }
    for (uint32_t c = 0; c < 0x110000; c += c < 0x3000 || (c > 0xD700 && c < 0xE100) ? 1 : 61) {
        size_t from = c % 64;
        memset(text, ' ', sizeof text);
        text[from] = '[';
        text[from + 1] = '"';
        size_t len = c >= 0xD800 && c < 0xE000 ? 3 : st_utf8_write(c, text + from + 2);
        if (len == 3 && c >= 0xD800 && c < 0xE000) {
            text[from + 2] = (char)0xED;
            text[from + 3] = (char)(0x80 | (c >> 6 & 0x3F));
            text[from + 4] = (char)(0x80 | (c & 0x3F));
        }
        memcpy(text + from + 2 + len, "\"]", 2);
        (void)twins_check(&twins, (st_str){text, from + len + 4}, NULL);
    }
    twins_done(&twins);
}

TEST("twins: random texts, whole, cut, damaged, with names numbered and kept unique")
{
    struct st_name_table *table = some_names();
    struct st_json_options options[] = {{.names = table}, {.unique_names = true}, {.depth_max = 3}};
    struct twins twins;
    struct st_buf text = ST_BUF(1 << 24);
    uint64_t seed = random_seed();
    struct st_rng rng;
    st_rng_init(&rng, seed);
    twins_init(&twins);
    for (uint64_t i = 0; i < 1500; i++) {
        random_text(&text, seed + i, i, i % 4 == 0);
        assert_ok(twins_check(&twins, st_buf_str(&text), &options[0]));
        check_tape(&twins.fast[0]);
        (void)twins_check(&twins, st_buf_str(&text), &options[1 + i % 2]);
        (void)twins_check(&twins, (st_str){text.at, st_rng_below(&rng, text.len)}, &options[i % 3]);
        for (uint64_t n = 1 + st_rng_below(&rng, 3); n > 0; n--)
            text.at[st_rng_below(&rng, text.len)] =
                "\"\\{}[]:,0\n\303e\200\xE2 x"[st_rng_below(&rng, 16)];
        (void)twins_check(&twins, st_buf_str(&text), &options[i % 3]);
    }
    st_buf_done(&text);
    twins_done(&twins);
    st_name_table_free(table);
}

TEST("twins: random bytes of the grammar's own letters")
{
    static const char letters[] = "\"\"\"\"\\{}[]::,,01-.e tfn\"trueullfasb\n\t\303\251\200";
    struct twins twins;
    char text[300];
    struct st_rng rng;
    st_rng_init(&rng, random_seed());
    twins_init(&twins);
    for (int i = 0; i < 60000; i++) {
        size_t len = 1 + st_rng_below(&rng, sizeof text - 1);
        text[0] = "{["[st_rng_below(&rng, 2)];
        for (size_t at = 1; at < len; at++)
            text[at] = letters[st_rng_below(&rng, sizeof letters - 1)];
        (void)twins_check(&twins, (st_str){text, len}, NULL);
    }
    twins_done(&twins);
}

/* ---- other people's texts ---- */

#define SUITE "/usr/share/perl5/auto/share/dist/Test-JSON-Schema-Acceptance/tests"

static struct twins *suite_twins; /* ftw has no context */
static uint64_t suite_files;

static int check_file(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    struct st_buf text = ST_BUF(1 << 24);
    size_t len = strlen(path);
    if (type != FTW_F || len < 5 || strcmp(path + len - 5, ".json") != 0)
        return 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_ok(st_buf_reserve(&text, (size_t)status->st_size));
    text.len = fread(text.at, 1, (size_t)status->st_size, file);
    fclose(file);
    assert_ok(twins_check(suite_twins, st_buf_str(&text), NULL));
    check_tape(&suite_twins->fast[0]);
    st_buf_done(&text);
    suite_files++;
    return 0;
}

TEST("twins: every text of the JSON Schema suite")
{
    struct twins twins;
    if (access(SUITE, R_OK) != 0)
        skip();
    twins_init(&twins);
    suite_twins = &twins;
    suite_files = 0;
    assert_int_equal(nftw(SUITE, check_file, 16, FTW_PHYS), 0);
    assert_true(suite_files > 100);
    twins_done(&twins);
}

/* ---- longer than a window ---- */

static void repeat(struct st_buf *text, const char *head, const char *piece, size_t bytes,
                   const char *tail)
{
    st_buf_reset(text);
    assert_ok(st_buf_add_str(text, st_str_of(head)));
    while (text->len < bytes)
        assert_ok(st_buf_add_str(text, st_str_of(piece)));
    assert_ok(st_buf_add_str(text, st_str_of(tail)));
}

TEST("twins: texts of many windows, dense, sparse, deep, escaped, ending anywhere")
{
    static const struct {
        const char *head, *piece, *tail;
    } shapes[] = {
        {"[", "1,", "1]"},
        {"[", "[],", "{}]"},
        {"[\"", "xxxxxxxxxxxxxxxxxxxxxxxxxxx", "\",1]"},
        {"[\"", "\\\\", "\",1]"},
        {"[\"", "\\n\303\251\\u0041", "\",{\"a\":\"b\"}]"},
        {"[", "                                ", "1]"},
        {"[", "{\"event_type\":\"x\",\"a\":{\"b\":[1,2,3]},\"n\":12.5},", "{}]"},
        {"[", "{\"\\u0061\":\"\\n\",\"b\":\"\\ud83d\\ude00\"},", "[[[[[[[[[[]]]]]]]]]]]"},
        {"{\"a\":[", "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]],", "[]]}"},
        {"{", "\"k\":1,", "\"k\":2}"},
    };
    struct st_name_table *table = some_names();
    struct st_json_options options = {.names = table};
    struct twins twins;
    struct st_buf text = ST_BUF(1 << 20);
    twins_init(&twins);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        for (size_t bytes = ST_JSON_INDEX_TOKENS_MAX - 80; bytes < 3 * ST_JSON_INDEX_TOKENS_MAX;
             bytes += bytes < ST_JSON_INDEX_TOKENS_MAX + 80 ? 1 : 997) {
            repeat(&text, shapes[i].head, shapes[i].piece, bytes, shapes[i].tail);
            assert_ok(twins_check(&twins, st_buf_str(&text), &options));
            if (bytes % 5 == 0) {
                (void)twins_check(&twins, (st_str){text.at, text.len - 1 - bytes % 3}, NULL);
                text.at[text.len * (bytes % 7) / 7] ^= 1;
                (void)twins_check(&twins, st_buf_str(&text), NULL);
            }
        }
    st_buf_done(&text);
    twins_done(&twins);
    st_name_table_free(table);
}

TEST("no byte behind the text is read by any kernel, wherever it ends")
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 6 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(pages, MAP_FAILED);
    assert_int_equal(mprotect(pages, page, PROT_NONE), 0);
    assert_int_equal(mprotect(pages + 5 * page, page, PROT_NONE), 0);
    struct st_name_table *table = some_names();
    struct st_json_options options = {.names = table};
    struct st_buf text = ST_BUF(1 << 20);
    struct twins twins;
    twins_init(&twins);
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t len = 0; len <= strlen(samples[i]); len++) {
            char *at_end = memcpy(pages + 5 * page - len, samples[i], len);
            (void)twins_check(&twins, (st_str){at_end, len}, &options);
            char *at_head = memcpy(pages + page, samples[i], len);
            (void)twins_check(&twins, (st_str){at_head, len}, &options);
        }
    repeat(&text, "[", "{\"event_type\":\"x\",\"a\":{\"b\":[1,2,3]},\"n\":12.5},", 3 * page,
           "{\"a\":1}]");
    for (size_t from = 0; from < 200; from++) {
        size_t len = text.len - from;
        char *at_end = memcpy(pages + 5 * page - len, text.at, len);
        (void)twins_check(&twins, (st_str){at_end, len}, &options);
    }
    munmap(pages, 6 * page);
    st_buf_done(&text);
    twins_done(&twins);
    st_name_table_free(table);
}

TEST("every kernel reads blocks of their own size")
{
    struct twins twins;
    twins_init(&twins);
    for (size_t i = 0; i < SAMPLES; i++)
        for (size_t len = 1; len <= strlen(samples[i]); len++) {
            char *block = st_mem_get(len);
            assert_non_null(block);
            memcpy(block, samples[i], len);
            (void)twins_check(&twins, (st_str){block, len}, NULL);
            st_mem_free(block);
        }
    twins_done(&twins);
}

/* ---- repeated names ---- */

TEST("twins: names that repeat at any two places among up to 140, and inside each other")
{
    struct twins twins;
    struct st_buf text = ST_BUF(1 << 16);
    struct st_rng rng;
    struct st_json_options unique = {.unique_names = true};
    st_rng_init(&rng, random_seed());
    twins_init(&twins);
    for (uint32_t count = 2; count < 140; count++)
        for (uint32_t times = 0; times < 40; times++) {
            uint32_t one = (uint32_t)st_rng_below(&rng, count);
            uint32_t other = (uint32_t)st_rng_below(&rng, count);
            st_buf_reset(&text);
            assert_ok(st_buf_add_char(&text, '{'));
            for (uint32_t i = 0; i < count; i++) {
                uint32_t number = i == other ? one : i;
                assert_ok(
                    st_buf_printf(&text, times % 2 == 0 ? "\"name %u\":" : "\"%u\":", number));
                assert_ok(st_buf_printf(&text, i % 5 == 0 ? "{\"name %u\":1}" : "%u", number));
                assert_ok(st_buf_add_char(&text, i + 1 == count ? '}' : ','));
            }
            assert_ok(twins_check(&twins, st_buf_str(&text), NULL));
            assert_int_equal(twins.fast[0].nodes[0].len, count - (one != other));
            st_err err = twins_check(&twins, st_buf_str(&text), &unique);
            assert_int_equal(err, one == other ? ST_OK : ST_ERR_SYNTAX);
        }
    st_buf_done(&text);
    twins_done(&twins);
}

TEST("twins: names whose first and last eight bytes are the same repeat only if they are equal")
{
    struct twins twins;
    struct st_buf text = ST_BUF(1 << 16);
    twins_init(&twins);
    assert_ok(st_buf_add_char(&text, '{'));
    for (int i = 0; i < 60; i++)
        assert_ok(st_buf_printf(&text, "\"the same %02d the same\":1,", i));
    assert_ok(st_buf_printf(&text, "\"the same 07 the same\":1}"));
    assert_ok(twins_check(&twins, st_buf_str(&text), NULL));
    assert_int_equal(twins.fast[0].nodes[0].len, 60);
    st_buf_done(&text);
    twins_done(&twins);
}

/* ---- memory ---- */

TEST("twins: the first text of a doc, whatever its memory held before, with a table and without")
{
    struct st_name_table *table = some_names();
    struct st_json_options options = {.names = table};
    for (size_t i = 0; i < 2 * SAMPLES; i++) {
        struct st_json_index *rubbish[TWINS];
        struct twins twins;
        for (size_t k = 0; k < TWINS; k++) {
            rubbish[k] = st_mem_get(sizeof *rubbish[k]);
            assert_non_null(rubbish[k]);
            memset(rubbish[k], 0xA5, sizeof *rubbish[k]);
        }
        for (size_t k = 0; k < TWINS; k++)
            st_mem_free(rubbish[k]);
        twins_init(&twins);
        assert_ok(twins_check(&twins, st_str_of(samples[i / 2]), i % 2 == 0 ? &options : NULL));
        twins_done(&twins);
    }
    st_name_table_free(table);
}

TEST("twins: a doc is reused with other tables, a table that has gained names, and one made anew")
{
    struct st_name_table *tables[2] = {some_names(), NULL};
    struct twins twins;
    twins_init(&twins);
    for (unsigned i = 0; i < 200; i++) {
        char name[16];
        if (i % 8 == 0) {
            st_name_table_free(tables[1]);
            assert_ok(st_name_table_new(&tables[1]));
        }
        snprintf(name, sizeof name, "%c", "abcnmx"[i % 6]);
        for (size_t k = 0; k < 3; k++) {
            struct st_json_options options = {.names = k < 2 ? tables[k] : NULL};
            assert_ok(twins_check(&twins, st_str_of(samples[i % SAMPLES]), &options));
        }
        assert_ok(st_name_table_add(tables[1], st_str_of(name), NULL));
    }
    twins_done(&twins);
    st_name_table_free(tables[0]);
    st_name_table_free(tables[1]);
}

TEST("B2: parsing text after text of one size allocates nothing, with every kernel")
{
    struct st_name_table *table = some_names();
    struct st_json_options options = {.names = table};
    struct twins twins;
    struct st_buf text = ST_BUF(1 << 20);
    twins_init(&twins);
    repeat(&text, "[", "{\"event_type\":\"\\n\",\"a\":{\"b\":[1,2,3]},\"n\":12.5},", 100000, "{}]");
    assert_ok(twins_check(&twins, st_buf_str(&text), &options));
    uint64_t before = st_mem_count();
    for (size_t i = 0; i < 4 * SAMPLES; i++) {
        assert_ok(twins_check(&twins, st_str_of(samples[i % SAMPLES]), &options));
        assert_ok(twins_check(&twins, st_buf_str(&text), NULL));
    }
    assert_int_equal(st_mem_count(), before);
    st_buf_done(&text);
    twins_done(&twins);
    st_name_table_free(table);
}
