#include "server/body.h"

#include "base/random.h"
#include "unit.h"

#include <zlib.h>
#include <zstd.h>

static void add_gzip(struct st_buf *out, st_str text)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&z, text.len);
    assert_ok(st_buf_reserve(out, room));
    z.next_in = (unsigned char *)(uintptr_t)text.at;
    z.avail_in = (unsigned)text.len;
    z.next_out = (unsigned char *)out->at + out->len;
    z.avail_out = (unsigned)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->len += room - z.avail_out;
    deflateEnd(&z);
}

static void add_zstd(struct st_buf *out, st_str text)
{
    size_t room = ZSTD_compressBound(text.len);
    assert_ok(st_buf_reserve(out, room));
    size_t len = ZSTD_compress(out->at + out->len, room, text.at, text.len, 3);
    assert_false(ZSTD_isError(len));
    out->len += len;
}

static void add_packed(struct st_buf *out, enum st_coding coding, st_str text)
{
    if (coding == ST_CODING_GZIP)
        add_gzip(out, text);
    else
        add_zstd(out, text);
}

/* Decodes `packed` in pieces of `step` bytes. */
static st_err unpack(enum st_coding coding, st_str packed, size_t step, struct st_buf *text)
{
    struct st_body *body = NULL;
    struct st_why why = {0};
    assert_ok(st_body_new(&body, coding));
    st_err err = ST_OK;
    while (packed.len > 0 && err == ST_OK) {
        st_str piece = {packed.at, packed.len < step ? packed.len : step};
        st_str out = {"", 1};
        packed = st_str_from(packed, piece.len);
        while (err == ST_OK && out.len > 0) {
            err = st_body_take(body, &piece, &out, &why);
            if (err == ST_OK)
                assert_ok(st_buf_add_str(text, out));
        }
        assert_true(err != ST_OK || piece.len == 0);
    }
    if (err == ST_OK)
        err = st_body_end(body, &why);
    if (err != ST_OK)
        assert_non_null(why.text);
    st_body_free(body);
    return err;
}

static struct st_buf sample_text(size_t len)
{
    struct st_buf text = ST_BUF(len);
    struct st_rng rng;
    st_rng_init(&rng, 7);
    while (text.len < len)
        assert_ok(st_buf_add_char(&text, "abc\n{}\"0"[st_rng_below(&rng, 8)]));
    return text;
}

static const enum st_coding codings[] = {ST_CODING_GZIP, ST_CODING_ZSTD};

TEST("a body comes out as it went in, however it is cut")
{
    struct st_buf text = sample_text(300000);
    for (unsigned i = 0; i < 2; i++) {
        struct st_buf packed = ST_BUF((size_t)1 << 20);
        add_packed(&packed, codings[i], st_buf_str(&text));
        static const size_t steps[] = {1, 7, 4096, (size_t)1 << 20};
        for (unsigned s = 0; s < 4; s++) {
            struct st_buf out = ST_BUF((size_t)1 << 20);
            assert_ok(unpack(codings[i], st_buf_str(&packed), steps[s], &out));
            assert_true(st_str_eq(st_buf_str(&out), st_buf_str(&text)));
            st_buf_done(&out);
        }
        st_buf_done(&packed);
    }
    st_buf_done(&text);
}

TEST("identity is handed through where it stands")
{
    struct st_body *body = NULL;
    st_str piece = ST_STR("abc");
    st_str out;
    assert_ok(st_body_new(&body, ST_CODING_IDENTITY));
    assert_ok(st_body_take(body, &piece, &out, NULL));
    assert_text(out, "abc");
    assert_int_equal(piece.len, 0);
    assert_ok(st_body_take(body, &piece, &out, NULL));
    assert_int_equal(out.len, 0);
    assert_ok(st_body_end(body, NULL));
    st_body_free(body);
}

TEST("several members or frames in a row are one body")
{
    for (unsigned i = 0; i < 2; i++) {
        struct st_buf packed = ST_BUF(4096);
        struct st_buf out = ST_BUF(4096);
        add_packed(&packed, codings[i], ST_STR("one "));
        add_packed(&packed, codings[i], ST_STR(""));
        add_packed(&packed, codings[i], ST_STR("two"));
        for (size_t step = 1; step < 8; step++) {
            st_buf_reset(&out);
            assert_ok(unpack(codings[i], st_buf_str(&packed), step, &out));
            assert_text(st_buf_str(&out), "one two");
        }
        st_buf_done(&packed);
        st_buf_done(&out);
    }
}

TEST("a body that is cut at any byte is damaged, never a shorter good one")
{
    for (unsigned i = 0; i < 2; i++) {
        struct st_buf packed = ST_BUF(4096);
        struct st_buf out = ST_BUF(4096);
        add_packed(&packed, codings[i], ST_STR("{\"event\":\"text that is packed\"}\n"));
        for (size_t len = 0; len < packed.len; len++) {
            st_buf_reset(&out);
            assert_err(unpack(codings[i], (st_str){packed.at, len}, 3, &out), CORRUPT);
        }
        st_buf_done(&packed);
        st_buf_done(&out);
    }
}

TEST("garbage behind a body is refused")
{
    for (unsigned i = 0; i < 2; i++) {
        struct st_buf packed = ST_BUF(4096);
        struct st_buf out = ST_BUF(4096);
        add_packed(&packed, codings[i], ST_STR("text"));
        assert_ok(st_buf_add_str(&packed, ST_STR("garbage")));
        for (size_t step = 1; step < packed.len; step++) {
            st_buf_reset(&out);
            assert_err(unpack(codings[i], st_buf_str(&packed), step, &out), CORRUPT);
        }
        st_buf_done(&packed);
        st_buf_done(&out);
    }
}

TEST("every byte flipped: damaged, or the same text; never a crash")
{
    struct st_buf text = sample_text(500);
    for (unsigned i = 0; i < 2; i++) {
        struct st_buf packed = ST_BUF(4096);
        add_packed(&packed, codings[i], st_buf_str(&text));
        for (size_t at = 0; at < packed.len; at++) {
            struct st_buf out = ST_BUF((size_t)1 << 20);
            packed.at[at] ^= 0x20;
            st_err err = unpack(codings[i], st_buf_str(&packed), 64, &out);
            /* gzip checks its text; this zstd frame has no checksum. */
            if (err == ST_OK && codings[i] == ST_CODING_GZIP)
                assert_true(st_str_eq(st_buf_str(&out), st_buf_str(&text)));
            packed.at[at] ^= 0x20;
            st_buf_done(&out);
        }
        st_buf_done(&packed);
    }
    st_buf_done(&text);
}

TEST("B1: a bomb is stopped at the ratio, not at its size")
{
    struct st_buf zeros = ST_BUF((size_t)200 << 20);
    assert_ok(st_buf_reserve(&zeros, zeros.max));
    memset(zeros.at, ' ', zeros.max);
    zeros.len = zeros.max;
    for (unsigned i = 0; i < 2; i++) {
        struct st_buf packed = ST_BUF((size_t)300 << 20);
        struct st_buf out = ST_BUF((size_t)256 << 20);
        add_packed(&packed, codings[i], st_buf_str(&zeros));
        assert_err(unpack(codings[i], st_buf_str(&packed), 4096, &out), LIMIT);
        assert_true(out.len < zeros.len);
        st_buf_done(&packed);
        st_buf_done(&out);
    }
    st_buf_done(&zeros);
}

TEST("B1: a zstd frame may not ask for more than 8 MiB of window")
{
    struct st_buf text = sample_text((size_t)10 << 20);
    struct st_buf packed = ST_BUF((size_t)16 << 20);
    struct st_buf out = ST_BUF((size_t)16 << 20);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, 25);
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    assert_ok(st_buf_reserve(&packed, packed.max));
    ZSTD_inBuffer in = {text.at, text.len, 0};
    ZSTD_outBuffer made = {packed.at, packed.max, 0};
    while (ZSTD_compressStream2(context, &made, &in, ZSTD_e_end) != 0)
        ;
    packed.len = made.pos;
    assert_err(unpack(ST_CODING_ZSTD, st_buf_str(&packed), 4096, &out), CORRUPT);
    ZSTD_freeCCtx(context);
    st_buf_done(&text);
    st_buf_done(&packed);
    st_buf_done(&out);
}
