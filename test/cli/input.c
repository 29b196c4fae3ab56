#include "cli/input.h"
#include "base/mem.h"
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define ROOM  ((size_t)8 << 20)
#define LINES "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n"

static char folder[] = "/tmp/steno-input-XXXXXX";
static char path[64];
static struct st_buf got = {.max = ROOM};

static const char *at(const char *name)
{
    static bool made;
    if (!made)
        assert_non_null(mkdtemp(folder));
    made = true;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void put(const char *name, st_str bytes)
{
    FILE *file = fopen(at(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
    fclose(file);
}

/* What reading the file comes to; the bytes before a failure are in `got`. */
static st_err take(const char *name)
{
    struct st_input *input = NULL;
    struct st_why why = {0};
    st_buf_reset(&got);
    st_err err = st_input_open(&input, at(name), &why);
    if (err == ST_OK)
        err = st_input_read_all(input, &got, &why);
    if (err != ST_OK)
        assert_non_null(why.text);
    st_input_close(input);
    return err;
}

static st_str gzip(st_str text)
{
    static char packed[1 << 20];
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)text.at;
    z.avail_in = (uInt)text.len;
    z.next_out = (Bytef *)packed;
    z.avail_out = sizeof packed;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t len = sizeof packed - z.avail_out;
    deflateEnd(&z);
    return (st_str){packed, len};
}

static st_str zst(st_str text)
{
    static char packed[1 << 20];
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    size_t len = ZSTD_compress2(context, packed, sizeof packed, text.at, text.len);
    assert_false(ZSTD_isError(len));
    ZSTD_freeCCtx(context);
    return (st_str){packed, len};
}

static st_str large(void)
{
    static char text[1000000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 61 == 60 ? '\n' : (char)('a' + i * i % 26);
    return (st_str){text, sizeof text};
}

TEST("a plain file comes as it is, whatever its size")
{
    put("a.ndjson", ST_STR("{}\n{}\n"));
    assert_ok(take("a.ndjson"));
    assert_text(st_buf_str(&got), "{}\n{}\n");
    put("empty", ST_STR(""));
    assert_ok(take("empty"));
    assert_int_equal(got.len, 0);
    put("large", large());
    assert_ok(take("large"));
    assert_true(st_str_eq(st_buf_str(&got), large()));
}

TEST("gzip and zstd are known by their bytes, whatever the name")
{
    put("named-otherwise", gzip(ST_STR("hello")));
    assert_ok(take("named-otherwise"));
    assert_text(st_buf_str(&got), "hello");
    put("a.ndjson", zst(ST_STR("hello")));
    assert_ok(take("a.ndjson"));
    assert_text(st_buf_str(&got), "hello");
    put("large.gz", gzip(large()));
    assert_ok(take("large.gz"));
    assert_true(st_str_eq(st_buf_str(&got), large()));
    put("large.zst", zst(large()));
    assert_ok(take("large.zst"));
    assert_true(st_str_eq(st_buf_str(&got), large()));
}

/* The same bytes into somebody else's memory, `step` bytes at a time. */
static st_err take_into(const char *name, size_t step)
{
    static char room[1 << 16];
    struct st_input *input = NULL;
    size_t used = 1;
    st_buf_reset(&got);
    st_err err = st_input_open(&input, at(name), NULL);
    while (err == ST_OK && used > 0) {
        err = st_input_read_into(input, room, step, &used, NULL);
        assert_true(used <= step);
        if (err == ST_OK)
            err = st_buf_add(&got, room, used);
    }
    st_input_close(input);
    return err;
}

TEST("bytes can be had in memory of one's own, whatever its size, packed or not")
{
    static const size_t steps[] = {1, 3, 61, 4096, 65536};
    put("large", large());
    put("large.gz", gzip(large()));
    put("large.zst", zst(large()));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        assert_ok(take_into("large", steps[i]));
        assert_true(st_str_eq(st_buf_str(&got), large()));
        assert_ok(take_into("large.gz", steps[i]));
        assert_true(st_str_eq(st_buf_str(&got), large()));
        assert_ok(take_into("large.zst", steps[i]));
        assert_true(st_str_eq(st_buf_str(&got), large()));
    }
    put("cut.gz", (st_str){gzip(large()).at, 1000});
    assert_err(take_into("cut.gz", 4096), CORRUPT);
    assert_true(got.len > 0);
    put("empty", ST_STR(""));
    assert_ok(take_into("empty", 1));
    assert_int_equal(got.len, 0);
}

TEST("how many bytes there are is known of files, not of pipes")
{
    int ends[2];
    char pipe_path[32];
    uint64_t bytes = 1;
    put("a", ST_STR("12345"));
    assert_true(st_input_bytes(at("a"), &bytes));
    assert_int_equal(bytes, 5);
    assert_true(st_input_bytes(at("absent"), &bytes));
    assert_int_equal(bytes, 0);
    assert_int_equal(pipe(ends), 0);
    snprintf(pipe_path, sizeof pipe_path, "/proc/self/fd/%d", ends[0]);
    assert_false(st_input_bytes(pipe_path, &bytes));
    close(ends[0]);
    close(ends[1]);
}

TEST("a name that says gzip or zstd must hold it")
{
    put("a.gz", ST_STR("{}\n"));
    assert_err(take("a.gz"), CORRUPT);
    put("a.zst", ST_STR("{}\n"));
    assert_err(take("a.zst"), CORRUPT);
    put("a.gz", ST_STR(""));
    assert_err(take("a.gz"), CORRUPT);
    put("a.zst", gzip(ST_STR("{}\n")));
    assert_err(take("a.zst"), CORRUPT);
}

TEST("several members or frames in a row are one input")
{
    struct st_buf two = ST_BUF(ROOM);
    assert_ok(st_buf_add_str(&two, gzip(ST_STR("one "))));
    assert_ok(st_buf_add_str(&two, gzip(ST_STR(""))));
    assert_ok(st_buf_add_str(&two, gzip(ST_STR("two"))));
    put("two.gz", st_buf_str(&two));
    assert_ok(take("two.gz"));
    assert_text(st_buf_str(&got), "one two");
    st_buf_reset(&two);
    assert_ok(st_buf_add_str(&two, zst(ST_STR("one "))));
    assert_ok(st_buf_add_str(&two, zst(ST_STR("two"))));
    put("two.zst", st_buf_str(&two));
    assert_ok(take("two.zst"));
    assert_text(st_buf_str(&got), "one two");
    st_buf_done(&two);
}

TEST("zeros behind gzip are padding; other bytes are damage")
{
    struct st_buf bytes = ST_BUF(ROOM);
    assert_ok(st_buf_add_str(&bytes, gzip(ST_STR("tape"))));
    assert_ok(st_buf_add_str(&bytes, ST_STR("\0\0\0\0")));
    put("tape.gz", st_buf_str(&bytes));
    assert_ok(take("tape.gz"));
    assert_text(st_buf_str(&got), "tape");
    assert_ok(st_buf_add_str(&bytes, ST_STR("x")));
    put("tape.gz", st_buf_str(&bytes));
    assert_err(take("tape.gz"), CORRUPT);
    st_buf_done(&bytes);
}

TEST("a compressed input that is cut anywhere is damaged, never a shorter good one")
{
    for (int i = 0; i < 2; i++) {
        st_str packed = i == 0 ? gzip(ST_STR(LINES)) : zst(ST_STR(LINES));
        for (size_t len = 0; len < packed.len; len++) {
            put(i == 0 ? "cut.gz" : "cut.zst", (st_str){packed.at, len});
            assert_err(take(i == 0 ? "cut.gz" : "cut.zst"), CORRUPT);
        }
    }
}

TEST("a flipped byte is damage or harmless, never other bytes")
{
    for (int i = 0; i < 2; i++) {
        st_str packed = i == 0 ? gzip(ST_STR(LINES)) : zst(ST_STR(LINES));
        char *bytes = (char *)(uintptr_t)packed.at;
        for (size_t flipped = 0; flipped < packed.len; flipped++) {
            bytes[flipped] ^= 0x55;
            put(i == 0 ? "flip.gz" : "flip.zst", packed);
            if (take(i == 0 ? "flip.gz" : "flip.zst") == ST_OK)
                assert_text(st_buf_str(&got), LINES);
            bytes[flipped] ^= 0x55;
        }
    }
}

TEST("what is absent, a folder or not to be had is told apart")
{
    struct st_input *input = NULL;
    struct st_why why = {0};
    assert_err(st_input_open(&input, at("absent"), &why), ABSENT);
    assert_string_equal(why.text, "no such file");
    assert_err(st_input_open(&input, "/tmp", &why), INVALID);
    assert_null(input);
}

TEST("a text over the limit is said to be so")
{
    struct st_input *input = NULL;
    struct st_buf small = ST_BUF(10);
    put("a", ST_STR("more than ten bytes"));
    assert_ok(st_input_open(&input, at("a"), NULL));
    assert_err(st_input_read_all(input, &small, NULL), LIMIT);
    st_input_close(input);
    st_buf_done(&small);
}

TEST("names say what is one JSON text")
{
    assert_true(st_input_is_text("a.json"));
    assert_true(st_input_is_text("a.json.gz"));
    assert_true(st_input_is_text("x/a.json.zst"));
    assert_false(st_input_is_text("a.ndjson"));
    assert_false(st_input_is_text("a.jsonl.gz"));
    assert_false(st_input_is_text("-"));
    assert_false(st_input_is_text("a.json.bak"));
}

TEST("a pipe says when reading it would wait")
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int before = dup(STDIN_FILENO);
    dup2(ends[0], STDIN_FILENO);
    struct st_input *input = NULL;
    st_str piece = {0};
    assert_ok(st_input_open(&input, "-", NULL));
    assert_string_equal(st_input_name(input), "stdin");
    assert_true(st_input_would_wait(input, 0));
    assert_int_equal(write(ends[1], "{}\n{}\n", 6), 6);
    assert_false(st_input_would_wait(input, 0));
    assert_ok(st_input_read(input, &piece, NULL));
    assert_text(piece, "{}\n{}\n");
    assert_true(st_input_would_wait(input, 0));
    close(ends[1]);
    assert_false(st_input_would_wait(input, 0));
    assert_ok(st_input_read(input, &piece, NULL));
    assert_int_equal(piece.len, 0);
    st_input_close(input);
    dup2(before, STDIN_FILENO);
    close(before);
    close(ends[0]);
}

TEST("without memory opening fails and leaves nothing behind")
{
    struct st_input *input = NULL;
    put("a", ST_STR("{}"));
    for (uint64_t nth = 1; nth <= 4; nth++) {
        st_mem_fail_at(nth);
        assert_err(st_input_open(&input, at("a"), NULL), MEMORY);
        st_mem_fail_at(0);
        assert_null(input);
    }
    st_buf_done(&got);
}
