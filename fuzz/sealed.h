/*
 * sealed.h: a block with any header and any plain body, whose sizes and hashes are set right, so
 * that what lies behind them is reached.
 */
#ifndef ST_FUZZ_SEALED_H
#define ST_FUZZ_SEALED_H

#include "base/hash.h"
#include "store/layout.h"

#include <zstd.h>

struct sealed {
    char head_bytes[UINT16_MAX], body_bytes[1 << 17];
    st_str head, body;
};

/* `input` is the header's length, the header, the body; false when it is not. */
static inline bool seal(st_str input, struct sealed *block)
{
    size_t len = input.len < 2 ? 0 : st_get_u16(input.at);
    if (len < ST_BLOCK_FIXED + ST_BLOCK_HASHES || len > input.len - 2 || input.len > UINT16_MAX)
        return false;
    char *head = block->head_bytes;
    st_str plain = st_str_from(input, 2 + len);
    memcpy(head, input.at + 2, len);
    block->head = (st_str){head, len};
    block->body =
        (st_str){block->body_bytes, ZSTD_compress(block->body_bytes, sizeof block->body_bytes,
                                                  plain.at, plain.len, 1)};
    st_put_u32(head + ST_AT_STORED_BYTES, (uint32_t)block->body.len);
    st_put_u32(head + ST_AT_BODY_BYTES, (uint32_t)plain.len);
    st_put_u64(head + len - 16, st_hash(block->body));
    st_put_u64(head + len - 8, st_hash((st_str){head, len - 8}));
    return true;
}

#endif
