#include "base/mem.h"
#include "base/random.h"
#include "cli/feed.h"
#include "unit.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define ROOM  ((size_t)64 << 20)
#define LINES 300u

struct bench {
    struct st_schema *schema;
    struct st_rules rules;
    struct st_out out;
    struct st_survey survey;
    struct st_progress progress;
    struct st_pool_tally tally;
    struct st_buf text;     /* the input */
    struct st_buf expected; /* its verdicts, in the form `flag` */
    struct st_buf got;
    int file, verdicts;
};

static void setup(struct bench *b, const char *schema)
{
    struct st_schema_fault fault = {0};
    *b = (struct bench){.text = ST_BUF(ROOM), .expected = ST_BUF(ROOM), .got = ST_BUF(ROOM)};
    assert_ok(st_schema_load(&b->schema, st_str_of(schema), NULL, &fault));
    b->rules = (struct st_rules){.schema = b->schema, .form = ST_VERDICT_FLAG};
    b->file = memfd_create("input", 0);
    b->verdicts = memfd_create("verdicts", 0);
    assert_true(b->file >= 0 && b->verdicts >= 0);
}

static void teardown(struct bench *b)
{
    st_schema_free(b->schema);
    st_buf_done(&b->text);
    st_buf_done(&b->expected);
    st_buf_done(&b->got);
    close(b->file);
    close(b->verdicts);
}

static void write_all(int fd, st_str bytes)
{
    for (size_t at = 0; at < bytes.len;) {
        ssize_t written = write(fd, bytes.at + at, bytes.len - at);
        assert_true(written > 0);
        at += (size_t)written;
    }
}

static void add(struct st_buf *buf, const char *text)
{
    assert_ok(st_buf_add_str(buf, st_str_of(text)));
}

/* Puts the text into the file that is read. */
static void save(struct bench *b)
{
    assert_int_equal(ftruncate(b->file, 0), 0);
    assert_int_equal(lseek(b->file, 0, SEEK_SET), 0);
    write_all(b->file, st_buf_str(&b->text));
}

static const char *path_of(const struct bench *b)
{
    static char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", b->file);
    return path;
}

static void read_verdicts(struct bench *b)
{
    char bytes[65536];
    ssize_t count = 0;
    st_buf_reset(&b->got);
    assert_int_equal(lseek(b->verdicts, 0, SEEK_SET), 0);
    while ((count = read(b->verdicts, bytes, sizeof bytes)) > 0)
        assert_ok(st_buf_add(&b->got, bytes, (size_t)count));
}

/* What happens between a pool's begin and its end. */
static st_err feed_file(struct st_feed *feed, const char *path, const char *name)
{
    struct st_input *input = NULL;
    st_err err = st_input_open(&input, path, NULL);
    if (err == ST_OK)
        err = st_feed_lines(feed, name, input, NULL);
    st_input_close(input);
    return err;
}

/* All verdicts on the file, read as often as `times` says, in `got`; the first error otherwise. */
static st_err check(struct bench *b, unsigned jobs, size_t block_bytes, unsigned times)
{
    static const char *const names[] = {"a", "b", "c"};
    struct st_pool *pool = NULL;
    struct st_pool_options options = {
        .jobs = jobs,
        .block_bytes = block_bytes,
        .out = &b->out,
        .progress = &b->progress,
        .survey = b->rules.form == ST_VERDICT_SURVEY ? &b->survey : NULL,
    };
    assert_int_equal(ftruncate(b->verdicts, 0), 0);
    assert_int_equal(lseek(b->verdicts, 0, SEEK_SET), 0);
    st_out_init(&b->out, b->verdicts);
    st_err err = st_pool_begin(&pool, &b->rules, &options);
    struct st_feed feed = {.pool = pool, .out = &b->out, .progress = &b->progress};
    for (unsigned i = 0; i < times && err == ST_OK; i++)
        err = feed_file(&feed, path_of(b), names[i]);
    if (err == ST_OK)
        err = st_pool_drain(pool);
    if (err == ST_OK)
        b->tally = st_pool_tally(pool);
    st_pool_end(pool);
    st_out_flush(&b->out);
    read_verdicts(b);
    return err;
}

/* ---- random lines ---- */

static void add_padding(struct bench *b, struct st_rng *rng)
{
    static const unsigned lengths[] = {1, 20, 300, 5000};
    uint64_t len = st_rng_below(rng, lengths[st_rng_below(rng, 4)]);
    for (uint64_t i = 0; i < len; i++)
        assert_ok(st_buf_add_char(&b->text, (char)('a' + st_rng_below(rng, 26))));
}

/* A line of some kind, without its end; what its verdict is goes to `expected`. */
static void add_line(struct bench *b, struct st_rng *rng, unsigned number)
{
    static const char *const blanks[] = {"", " ", "\t  \t"};
    uint64_t kind = st_rng_below(rng, 5);
    if (kind == 0) {
        add(&b->text, blanks[st_rng_below(rng, 3)]);
        return;
    }
    add(&b->text, kind == 1 ? "{\"n\":true,\"s\":\"" : "{\"n\":1,\"s\":\"");
    add_padding(b, rng);
    add(&b->text, kind == 2 ? "\"" : "\"}");
    assert_ok(st_buf_printf(&b->expected, "{\"line\":%u,\"valid\":%s}\n", number,
                            kind > 2 ? "true" : "false"));
}

static void make_lines(struct bench *b, struct st_rng *rng)
{
    st_buf_reset(&b->text);
    st_buf_reset(&b->expected);
    for (unsigned i = 1; i <= LINES; i++) {
        add_line(b, rng, i);
        if (i < LINES || st_rng_below(rng, 2) == 0)
            add(&b->text, st_rng_below(rng, 4) == 0 ? "\r\n" : "\n");
    }
    save(b);
}

#define INTEGER "{\"properties\":{\"n\":{\"type\":\"integer\"}}}"

static size_t random_size(struct st_rng *rng)
{
    return (size_t)1 << st_rng_below(rng, 14) | st_rng_below(rng, 64);
}

TEST("verdicts come in the order of the lines, however they are cut and whoever judges them")
{
    struct bench b;
    uint64_t seed = 0;
    st_random_bytes(&seed, sizeof seed);
    struct st_rng rng;
    st_rng_init(&rng, seed);
    setup(&b, INTEGER);
    for (unsigned round = 0; round < 60; round++) {
        make_lines(&b, &rng);
        unsigned jobs = 1 + round % 8;
        size_t block_bytes = random_size(&rng);
        assert_ok(check(&b, jobs, block_bytes, 1));
        if (!st_str_eq(st_buf_str(&b.got), st_buf_str(&b.expected)))
            fail_msg("seed %llu, round %u: %u jobs, blocks of %zu", (unsigned long long)seed, round,
                     jobs, block_bytes);
    }
    teardown(&b);
}

TEST("every form of verdict is the same for any number of jobs and any size of blocks")
{
    struct bench b;
    uint64_t seed = 0;
    st_random_bytes(&seed, sizeof seed);
    struct st_rng rng;
    st_rng_init(&rng, seed);
    struct st_buf one = ST_BUF(ROOM);
    setup(&b, INTEGER);
    make_lines(&b, &rng);
    for (int form = ST_VERDICT_TEXT; form < ST_VERDICT_SURVEY; form++) {
        b.rules.form = (enum st_verdict)form;
        assert_ok(check(&b, 1, ST_CHECK_BLOCK_BYTES, 3));
        st_buf_reset(&one);
        assert_ok(st_buf_add_str(&one, st_buf_str(&b.got)));
        for (unsigned jobs = 1; jobs <= 8; jobs++) {
            assert_ok(check(&b, jobs, random_size(&rng), 3));
            if (!st_str_eq(st_buf_str(&b.got), st_buf_str(&one)))
                fail_msg("seed %llu, form %d, %u jobs", (unsigned long long)seed, form, jobs);
        }
    }
    st_buf_done(&one);
    teardown(&b);
}

TEST("a survey takes the findings in the order of the lines")
{
    struct bench b;
    struct st_buf text = ST_BUF(ROOM);
    setup(&b, INTEGER);
    b.rules.form = ST_VERDICT_SURVEY;
    for (unsigned i = 1; i <= 5000; i++)
        add(&b.text, i % 1000 == 0 ? "{\"n\":\"x\"}\n" : "{\"n\":1}\n");
    save(&b);
    for (unsigned jobs = 1; jobs <= 4; jobs++) {
        assert_ok(st_survey_init(&b.survey, ":"));
        assert_ok(check(&b, jobs, 100, 1));
        st_buf_reset(&text);
        assert_ok(st_survey_write_text(&b.survey, &text));
        assert_ok(st_buf_add_char(&text, '\0'));
        assert_non_null(strstr(text.at, "5000 checked, 4995 valid, 5 invalid\n"));
        assert_non_null(strstr(text.at, "a:1000, a:2000, a:3000 and 2 more\n"));
        st_survey_done(&b.survey);
    }
    st_buf_done(&text);
    teardown(&b);
}

/* ---- edges ---- */

TEST("a file without lines has no verdicts")
{
    static const char *const texts[] = {"", "\n", "\r\n \n\t\n", " ", "\r"};
    struct bench b;
    setup(&b, INTEGER);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (unsigned jobs = 1; jobs <= 2; jobs++)
            for (size_t block_bytes = 1; block_bytes <= 4; block_bytes++) {
                st_buf_reset(&b.text);
                add(&b.text, texts[i]);
                save(&b);
                assert_ok(check(&b, jobs, block_bytes, 2));
                assert_int_equal(b.got.len, 0);
                assert_int_equal(b.tally.checked, 0);
            }
    teardown(&b);
}

TEST("a line is one line wherever a block ends in it")
{
    struct bench b;
    setup(&b, INTEGER);
    add(&b.text, "{\"n\":1}\r\n\n{\"n\":\"x\"}\n{\"n\":1");
    save(&b);
    for (size_t block_bytes = 1; block_bytes <= b.text.len + 1; block_bytes++)
        for (unsigned jobs = 1; jobs <= 3; jobs++) {
            assert_ok(check(&b, jobs, block_bytes, 1));
            assert_text(st_buf_str(&b.got), "{\"line\":1,\"valid\":true}\n"
                                            "{\"line\":3,\"valid\":false}\n"
                                            "{\"line\":4,\"valid\":false}\n");
        }
    teardown(&b);
}

TEST("a block of the shortest lines holds all of them")
{
    struct bench b;
    setup(&b, "{\"type\":\"integer\"}");
    for (unsigned i = 0; i < ST_CHECK_BLOCK_BYTES; i++)
        add(&b.text, i % 4 == 3 ? "\"\"\n" : "1\n");
    save(&b);
    b.rules.form = ST_VERDICT_TEXT;
    assert_ok(check(&b, 2, ST_CHECK_BLOCK_BYTES, 2));
    assert_int_equal(b.tally.checked, 2 * ST_CHECK_BLOCK_BYTES);
    assert_int_equal(b.tally.valid, 2 * ST_CHECK_BLOCK_BYTES / 4 * 3);
    teardown(&b);
}

TEST("B1: verdicts past what a block may hold wait until they are written, and stay in order")
{
    struct bench b;
    struct st_buf schema = ST_BUF(ROOM);
    struct st_buf one = ST_BUF(ROOM);
    add(&schema, "{\"required\":[\"m\"");
    for (unsigned i = 0; i < 100; i++)
        assert_ok(st_buf_printf(&schema, ",\"a member that is not there %u\"", i));
    add(&schema, "]}");
    assert_ok(st_buf_add_char(&schema, '\0'));
    setup(&b, schema.at);
    b.rules.form = ST_VERDICT_TEXT;
    for (unsigned i = 0; i < 6000; i++)
        add(&b.text, "{}\n");
    save(&b);
    for (unsigned jobs = 1; jobs <= 4; jobs++) {
        assert_ok(check(&b, jobs, 3000, 1));
        assert_true(b.got.len >
                    4 * ST_CHECK_OUT_BYTES); /* so that two blocks at least had to wait */
        if (jobs == 1)
            assert_ok(st_buf_add_str(&one, st_buf_str(&b.got)));
        assert_true(st_str_eq(st_buf_str(&b.got), st_buf_str(&one)));
    }
    st_buf_done(&schema);
    st_buf_done(&one);
    teardown(&b);
}

TEST("texts that are handed in whole stand in order with the lines around them")
{
    struct bench b;
    struct st_pool *pool = NULL;
    setup(&b, INTEGER);
    add(&b.text, "{\"n\":1}\n{\"n\":2}\n");
    save(&b);
    struct st_pool_options options = {
        .jobs = 3, .block_bytes = 20, .out = &b.out, .progress = &b.progress};
    st_out_init(&b.out, b.verdicts);
    assert_ok(st_pool_begin(&pool, &b.rules, &options));
    struct st_feed feed = {.pool = pool, .out = &b.out, .progress = &b.progress};
    for (unsigned i = 0; i < 50; i++) {
        const struct st_instance whole = {"w", ST_STR("{\"n\":\"x\"}"), 100 + i, NULL, NULL};
        assert_ok(feed_file(&feed, path_of(&b), "a"));
        assert_ok(st_pool_add(pool, &whole));
        add(&b.expected, "{\"line\":1,\"valid\":true}\n{\"line\":2,\"valid\":true}\n");
        assert_ok(st_buf_printf(&b.expected, "{\"line\":%u,\"valid\":false}\n", 100 + i));
    }
    assert_ok(st_pool_drain(pool));
    assert_int_equal(st_pool_tally(pool).checked, 150);
    assert_int_equal(st_pool_tally(pool).valid, 100);
    st_pool_end(pool);
    st_out_flush(&b.out);
    read_verdicts(&b);
    assert_true(st_str_eq(st_buf_str(&b.got), st_buf_str(&b.expected)));
    teardown(&b);
}

TEST("without memory at any point there is an error, and nothing is left behind")
{
    struct bench b;
    setup(&b, INTEGER);
    add(&b.text, "{\"n\":1}\n{\"n\":[\"x\",{}]}\n");
    save(&b);
    uint64_t nth = 1;
    for (;; nth++) {
        st_mem_fail_at(nth);
        st_err err = check(&b, 1, 10, 1);
        st_mem_fail_at(0);
        if (err == ST_OK)
            break;
        assert_int_equal(err, ST_ERR_MEMORY);
    }
    assert_true(nth > 10);
    assert_int_equal(b.tally.checked, 2);
    teardown(&b);
}

TEST("B2: judging line after line allocates nothing")
{
    struct bench b;
    setup(&b, INTEGER);
    b.rules.form = ST_VERDICT_TEXT;
    uint64_t counts[2] = {0};
    for (unsigned i = 0; i < 2; i++) {
        while (b.text.len < (i == 0 ? 1u << 20 : 4u << 20))
            add(&b.text, "{\"n\":1,\"s\":\"some text that makes the line as long as others\"}\n");
        save(&b);
        uint64_t before = st_mem_count();
        assert_ok(check(&b, 1, ST_CHECK_BLOCK_BYTES, 1));
        counts[i] = st_mem_count() - before;
        assert_int_equal(b.got.len, 0);
    }
    assert_int_equal(counts[0], counts[1]);
    teardown(&b);
}
