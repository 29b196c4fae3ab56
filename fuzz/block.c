/* A block as its header's length, header, plain body. Sizes and hashes are set right, so that what
 * lies behind them is reached; what decodes must encode again to as many events. */
#include "base/hash.h"
#include "store/layout.h"

#include <zstd.h>

static uint32_t decode(st_str head, st_str body, const struct st_event **events)
{
    static struct st_block_decoder *decoder;
    struct st_block_header read;
    uint32_t count = 0;
    ST_BUG_IF(decoder == NULL && st_block_decoder_new(&decoder) != ST_OK);
    return st_block_header_read(head, &read, NULL) == ST_OK &&
                   st_block_decode(decoder, &read, body, events, &count, NULL) == ST_OK
               ? count
               : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct st_block_encoder *encoder;
    static char head[UINT16_MAX], body[1 << 17];
    const struct st_event *events = NULL;
    size_t len = size < 2 ? 0 : st_get_u16((const char *)data);
    ST_BUG_IF(decode((st_str){(const char *)data, size}, (st_str){"", 0}, &events) != 0);
    if (len < ST_BLOCK_FIXED + ST_BLOCK_HASHES || len > size - 2 || size > UINT16_MAX)
        return 0;
    memcpy(head, data + 2, len);
    size_t stored = ZSTD_compress(body, sizeof body, data + 2 + len, size - 2 - len, 1);
    st_put_u32(head + ST_AT_STORED_BYTES, (uint32_t)stored);
    st_put_u32(head + ST_AT_BODY_BYTES, (uint32_t)(size - 2 - len));
    st_put_u64(head + len - 16, st_hash((st_str){body, stored}));
    st_put_u64(head + len - 8, st_hash((st_str){head, len - 8}));
    uint32_t count = decode((st_str){head, len}, (st_str){body, stored}, &events);
    st_str head_again, body_again;
    ST_BUG_IF(encoder == NULL && st_block_encoder_new(&encoder) != ST_OK);
    if (count > 0 && st_block_encode(encoder, events, count, &head_again, &body_again) == ST_OK)
        ST_BUG_IF(decode(head_again, body_again, &events) != count);
    return 0;
}
