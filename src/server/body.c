#include "server/body.h"

#include "base/mem.h"

#include <zlib.h>
#include <zstd.h>

#define OUT_BYTES      ((size_t)64 << 10)
#define FREE_BYTES     ((uint64_t)1 << 20) /* before the ratio counts */
#define WINDOW_LOG_MAX 23

struct st_body {
    enum st_coding coding;
    z_stream gzip;
    ZSTD_DStream *zstd;
    uint64_t bytes_in, bytes_out;
    bool between; /* behind a member or frame: it may end here */
    bool more;    /* the decoder may have more to give without more input */
    char out[];
};

static bool start(struct st_body *body)
{
    if (body->coding == ST_CODING_GZIP)
        return inflateInit2(&body->gzip, 15 + 16) == Z_OK;
    body->zstd = ZSTD_createDStream();
    return body->zstd != NULL && !ZSTD_isError(ZSTD_initDStream(body->zstd)) &&
           !ZSTD_isError(ZSTD_DCtx_setParameter(body->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX));
}

st_err st_body_new(struct st_body **body, enum st_coding coding)
{
    bool identity = coding == ST_CODING_IDENTITY;
    struct st_body *made = st_mem_get(sizeof *made + (identity ? 0 : OUT_BYTES));
    if (made == NULL)
        return ST_ERR_MEMORY;
    *made = (struct st_body){.coding = coding};
    if (!identity && !start(made)) {
        st_body_free(made);
        return ST_ERR_MEMORY;
    }
    *body = made;
    return ST_OK;
}

void st_body_free(struct st_body *body)
{
    if (body == NULL)
        return;
    if (body->coding == ST_CODING_GZIP)
        inflateEnd(&body->gzip);
    if (body->coding == ST_CODING_ZSTD)
        ZSTD_freeDStream(body->zstd);
    st_mem_free(body);
}

static st_err refuse(struct st_why *why, const char *text)
{
    return st_fail(why, ST_ERR_CORRUPT, text);
}

static st_err take_gzip(struct st_body *body, st_str *piece, size_t *made, struct st_why *why)
{
    z_stream *z = &body->gzip;
    if (body->between && piece->len > 0 && inflateReset(z) != Z_OK)
        return refuse(why, "the gzip decoder cannot be reset");
    size_t given = piece->len < UINT32_MAX ? piece->len : UINT32_MAX;
    z->next_in = (unsigned char *)(uintptr_t)piece->at; /* zlib only reads it */
    z->avail_in = (uInt)given;
    z->next_out = (unsigned char *)body->out;
    z->avail_out = (uInt)OUT_BYTES;
    int said = inflate(z, Z_NO_FLUSH);
    *piece = st_str_from(*piece, given - z->avail_in);
    *made = OUT_BYTES - z->avail_out;
    if (said == Z_MEM_ERROR)
        return st_fail(why, ST_ERR_MEMORY, "no memory to decompress the body");
    if (said != Z_OK && said != Z_STREAM_END && said != Z_BUF_ERROR)
        return refuse(why, "the body is not gzip, or damaged");
    body->between = said == Z_STREAM_END;
    body->more = z->avail_out == 0 && !body->between;
    return ST_OK;
}

static st_err take_zstd(struct st_body *body, st_str *piece, size_t *made, struct st_why *why)
{
    ZSTD_inBuffer in = {piece->at, piece->len, 0};
    ZSTD_outBuffer out = {body->out, OUT_BYTES, 0};
    size_t said = ZSTD_decompressStream(body->zstd, &out, &in);
    *piece = st_str_from(*piece, in.pos);
    *made = out.pos;
    if (ZSTD_isError(said))
        return refuse(why, "the body is not zstd, damaged, or of a window over 8 MiB");
    body->between = said == 0;
    body->more = out.pos == OUT_BYTES && !body->between;
    return ST_OK;
}

static st_err take_some(struct st_body *body, st_str *piece, size_t *made, struct st_why *why)
{
    size_t before = piece->len;
    st_err err = body->coding == ST_CODING_GZIP ? take_gzip(body, piece, made, why)
                                                : take_zstd(body, piece, made, why);
    body->bytes_in += before - piece->len;
    body->bytes_out += *made;
    if (err == ST_OK && body->bytes_out > FREE_BYTES + body->bytes_in * ST_BODY_RATIO_MAX)
        return st_fail(why, ST_ERR_LIMIT, "the body swells by more than 1000 when decompressed");
    return err;
}

st_err st_body_take(struct st_body *body, st_str *piece, st_str *out, struct st_why *why)
{
    *out = *piece;
    if (body->coding == ST_CODING_IDENTITY) {
        *piece = st_str_from(*piece, piece->len);
        return ST_OK;
    }
    size_t made = 0;
    while (made == 0 && (piece->len > 0 || body->more)) {
        size_t before = piece->len;
        bool drained = body->more;
        st_err err = take_some(body, piece, &made, why);
        if (err != ST_OK) {
            *out = (st_str){NULL, 0};
            return err;
        }
        if (made == 0 && piece->len == before && !drained && before > 0)
            return refuse(why, "the body cannot be decompressed any further");
    }
    *out = (st_str){body->out, made};
    return ST_OK;
}

st_err st_body_end(struct st_body *body, struct st_why *why)
{
    if (body->coding == ST_CODING_IDENTITY || body->between)
        return ST_OK;
    return refuse(why, "the compressed body ends early");
}
