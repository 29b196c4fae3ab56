/* A block (sealed.h), also as it came: what decodes must encode again to as many events. */
#include "fuzz.h"
#include "sealed.h"

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

FUZZ(input)
{
    static struct st_block_encoder *encoder;
    static struct sealed block;
    st_str head, body;
    const struct st_event *events = NULL;
    ST_BUG_IF(encoder == NULL && st_block_encoder_new(&encoder) != ST_OK);
    ST_BUG_IF(decode(input, (st_str){"", 0}, &events) != 0);
    uint32_t count = seal(input, &block) ? decode(block.head, block.body, &events) : 0;
    if (count > 0 && st_block_encode(encoder, events, count, &head, &body) == ST_OK)
        ST_BUG_IF(decode(head, body, &events) != count);
}
