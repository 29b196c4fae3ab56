#include "base/hash.h"
#include "base/mem.h"
#include "store/layout.h"

#include <zstd.h>

/* ---- the header ---- */

static int64_t get_i64(const char *at)
{
    return (int64_t)st_get_u64(at);
}

static bool is_time(st_time time)
{
    return time.ns >= 0 && time.ns < ST_NS_PER_S;
}

static void get_fixed(const char *at, struct st_block_header *header)
{
    header->flags = st_get_u16(at + ST_AT_FLAGS);
    header->count = st_get_u32(at + ST_AT_COUNT);
    header->first_seq = st_get_u64(at + ST_AT_FIRST_SEQ);
    header->received_from_ns = get_i64(at + ST_AT_RECEIVED_FROM);
    header->received_to_ns = get_i64(at + ST_AT_RECEIVED_TO);
    header->instant_from.s = get_i64(at + ST_AT_INSTANT_FROM_S);
    header->instant_to.s = get_i64(at + ST_AT_INSTANT_TO_S);
    header->instant_from.ns = (int32_t)st_get_u32(at + ST_AT_INSTANT_FROM_NS);
    header->instant_to.ns = (int32_t)st_get_u32(at + ST_AT_INSTANT_TO_NS);
    header->stored_bytes = st_get_u32(at + ST_AT_STORED_BYTES);
    header->body_bytes = st_get_u32(at + ST_AT_BODY_BYTES);
    header->levels = (uint8_t)at[ST_AT_LEVELS];
    header->severities = (uint8_t)at[ST_AT_SEVERITIES];
    header->marks = (uint8_t)at[ST_AT_MARKS];
    for (unsigned i = 0; i < ST_BLOCK_TABLES; i++)
        header->table_counts[i] = st_get_u16(at + ST_AT_TABLE_COUNTS + 2 * i);
    header->stream_count = st_get_u32(at + ST_AT_STREAM_COUNT);
}

static const char *check_fixed(const char *at, const struct st_block_header *header)
{
    if (header->count == 0 || header->count > ST_BLOCK_EVENTS_MAX)
        return "a block's number of events is out of range";
    if (header->first_seq == 0 || header->first_seq > ST_SEQ_MAX - header->count)
        return "a block's first seq is out of range";
    if (header->received_from_ns < 0 || header->received_from_ns > header->received_to_ns ||
        !is_time(header->instant_from) || !is_time(header->instant_to) ||
        st_time_cmp(header->instant_from, header->instant_to) > 0)
        return "a block's times are out of range";
    if (header->body_bytes < ST_BODY_FIXED || header->body_bytes > ST_BLOCK_BYTES_MAX)
        return "a block's size is out of range";
    if (header->levels == 0 || header->levels >> ST_LEVEL_COUNT != 0 || header->severities == 0 ||
        header->severities >> ST_SEVERITY_COUNT != 0)
        return "a block's levels are out of range";
    if ((header->flags & ~ST_BLOCK_FLAGS_ALL) != 0 || at[ST_AT_ZERO] != 0 ||
        (header->flags & ST_BLOCK_UNKNOWN(ST_BLOCK_CONTRACTS)) != 0)
        return "a block has flags that this version does not know";
    return NULL;
}

/* Takes one entry off a table. */
static bool take_entry(st_str *at, enum st_block_table table, st_str *text, const uint8_t **digest)
{
    uint64_t len = 0;
    size_t behind = table == ST_BLOCK_CONTRACTS ? ST_DIGEST_BYTES : 0;
    if (st_varint_take(at, &len) != ST_OK || at->len < behind || len > at->len - behind)
        return false;
    *text = (st_str){at->at, (size_t)len};
    if (digest != NULL)
        *digest = (const uint8_t *)at->at + len;
    *at = st_str_from(*at, (size_t)len + behind);
    return true;
}

static bool is_table(st_str table, enum st_block_table kind, uint32_t count)
{
    st_str text;
    if (count > ST_BLOCK_EVENTS_MAX)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!take_entry(&table, kind, &text, NULL) ||
            (kind == ST_BLOCK_CONTRACTS && text.len > ST_CONTRACT_NAME_MAX))
            return false;
    return table.len == 0;
}

static bool is_rising(st_str streams, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (st_get_u64(streams.at + 8 * (i - 1)) >= st_get_u64(streams.at + 8 * i))
            return false;
    return true;
}

/* `tables` is all between the fixed part and the hashes. */
static const char *get_tables(st_str tables, const char *fixed, struct st_block_header *header)
{
    for (unsigned i = 0; i < ST_BLOCK_TABLES; i++) {
        uint32_t len = st_get_u32(fixed + ST_AT_TABLE_BYTES + 4 * i);
        if (len > tables.len)
            return "a block's table passes its header's end";
        header->tables[i] = (st_str){tables.at, len};
        tables = st_str_from(tables, len);
        if (!is_table(header->tables[i], (enum st_block_table)i, header->table_counts[i]))
            return "a block's table is not well formed";
    }
    if (header->stream_count > header->count || tables.len != 8 * (size_t)header->stream_count ||
        !is_rising(tables, header->stream_count))
        return "a block's list of streams is not well formed";
    header->streams = tables;
    return NULL;
}

st_err st_block_header_read(st_str bytes, struct st_block_header *header, struct st_why *why)
{
    struct st_block_header read = {0};
    if (bytes.len < ST_BLOCK_FIXED + ST_BLOCK_HASHES || bytes.len > ST_BLOCK_HEADER_BYTES_MAX)
        return st_fail(why, ST_ERR_CORRUPT, "a block's header has an impossible length");
    const char *hashes = bytes.at + bytes.len - ST_BLOCK_HASHES;
    if (memcmp(bytes.at, ST_BLOCK_MAGIC, sizeof ST_BLOCK_MAGIC - 1) != 0)
        return st_fail(why, ST_ERR_CORRUPT, "a block does not begin as one");
    if (st_get_u64(hashes + 8) != st_hash((st_str){bytes.at, bytes.len - 8}))
        return st_fail(why, ST_ERR_CORRUPT, "a block's header does not match its hash");
    if (st_get_u16(bytes.at + ST_AT_FORMAT) != ST_BLOCK_FORMAT)
        return st_fail(why, ST_ERR_CORRUPT, "a block has a format that this version does not know");
    get_fixed(bytes.at, &read);
    read.body_hash = st_get_u64(hashes);
    const char *wrong = check_fixed(bytes.at, &read);
    st_str tables = {bytes.at + ST_BLOCK_FIXED, bytes.len - ST_BLOCK_FIXED - ST_BLOCK_HASHES};
    if (wrong == NULL)
        wrong = get_tables(tables, bytes.at, &read);
    if (wrong != NULL)
        return st_fail(why, ST_ERR_CORRUPT, wrong);
    *header = read;
    return ST_OK;
}

/* ---- passing by ---- */

bool st_block_has_stream(const struct st_block_header *header, uint64_t stream_hash)
{
    uint32_t from = 0;
    uint32_t to = header->stream_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        uint64_t hash = st_get_u64(header->streams.at + 8 * (size_t)middle);
        if (hash == stream_hash)
            return true;
        if (hash < stream_hash)
            from = middle + 1;
        else
            to = middle;
    }
    return false;
}

bool st_block_any(const struct st_block_header *header, enum st_block_table table,
                  bool (*visit)(void *context, st_str text), void *context)
{
    if (header->flags & ST_BLOCK_UNKNOWN(table))
        return true;
    if ((header->flags & ST_BLOCK_LACKING(table)) && visit(context, (st_str){NULL, 0}))
        return true;
    st_str left = header->tables[table];
    st_str text;
    while (left.len > 0 && take_entry(&left, table, &text, NULL))
        if (visit(context, text))
            return true;
    return false;
}

/* ---- the body ---- */

struct st_block_decoder {
    ZSTD_DCtx *zstd;
    struct st_buf plain;
    struct st_buf contract_bytes; /* the header's table, which its reader may let go */
    struct st_arena resources;    /* of the records */
    bool no_memory;
    st_str contracts[ST_BLOCK_EVENTS_MAX];
    const uint8_t *digests[ST_BLOCK_EVENTS_MAX];
    st_str texts[ST_BLOCK_TEXTS_MAX];
    struct st_event events[ST_BLOCK_EVENTS_MAX];
};

st_err st_block_decoder_new(struct st_block_decoder **made)
{
    struct st_block_decoder *decoder = st_mem_get(sizeof *decoder);
    if (decoder == NULL)
        return ST_ERR_MEMORY;
    decoder->plain = ST_BUF(ST_BLOCK_BYTES_MAX);
    decoder->contract_bytes = ST_BUF(ST_BLOCK_HEADER_BYTES_MAX);
    st_arena_init(&decoder->resources, ST_BLOCK_EVENTS_MAX * ST_CODING_RESOURCE_BYTES_MAX);
    decoder->zstd = ZSTD_createDCtx();
    if (decoder->zstd == NULL) {
        st_mem_free(decoder);
        return ST_ERR_MEMORY;
    }
    *made = decoder;
    return ST_OK;
}

void st_block_decoder_free(struct st_block_decoder *decoder)
{
    if (decoder == NULL)
        return;
    ZSTD_freeDCtx(decoder->zstd);
    st_buf_done(&decoder->plain);
    st_buf_done(&decoder->contract_bytes);
    st_arena_done(&decoder->resources);
    st_mem_free(decoder);
}

static const char *decompress(struct st_block_decoder *decoder,
                              const struct st_block_header *header, st_str body)
{
    if (body.len != header->stored_bytes || st_hash(body) != header->body_hash)
        return "a block's body does not match its hash";
    if (ZSTD_getFrameContentSize(body.at, body.len) != header->body_bytes)
        return "a block's body does not have its stated size";
    size_t len = ZSTD_decompressDCtx(decoder->zstd, decoder->plain.at, header->body_bytes, body.at,
                                     body.len);
    if (ZSTD_isError(len) || len != header->body_bytes)
        return "a block's body cannot be decompressed";
    decoder->plain.len = len;
    return NULL;
}

/* The four parts of a body, cut out of its plain bytes. */
struct parts {
    st_str dictionary;
    uint32_t text_count;
    st_str records;
    st_str lengths;
    st_str raw;
};

static const char *cut_parts(st_str plain, struct parts *parts)
{
    uint64_t dictionary = st_get_u32(plain.at + ST_BODY_DICT_LEN);
    uint64_t records = st_get_u32(plain.at + ST_BODY_RECORDS);
    uint64_t raw = st_get_u32(plain.at + ST_BODY_RAW);
    parts->text_count = st_get_u32(plain.at + ST_BODY_DICT);
    st_str rest = st_str_from(plain, ST_BODY_FIXED);
    if (parts->text_count > ST_BLOCK_TEXTS_MAX || dictionary + records + raw > rest.len)
        return "the parts of a block's body pass its end";
    parts->dictionary = (st_str){rest.at, (size_t)dictionary};
    parts->records = (st_str){rest.at + dictionary, (size_t)records};
    parts->raw = (st_str){rest.at + rest.len - raw, (size_t)raw};
    rest = st_str_from(rest, (size_t)(dictionary + records));
    parts->lengths = (st_str){rest.at, rest.len - (size_t)raw};
    return NULL;
}

static const char *get_texts(struct st_block_decoder *decoder, const struct parts *parts)
{
    st_str left = parts->dictionary;
    for (uint32_t i = 0; i < parts->text_count; i++)
        if (!take_entry(&left, ST_BLOCK_TYPES, &decoder->texts[i], NULL))
            return "a block's dictionary is not well formed";
    return left.len == 0 ? NULL : "a block's dictionary is not well formed";
}

static void get_contracts(struct st_block_decoder *decoder, uint32_t count)
{
    st_str left = st_buf_str(&decoder->contract_bytes);
    /* The header's reader has checked the table. */
    for (uint32_t i = 0; i < count; i++)
        ST_BUG_IF(
            !take_entry(&left, ST_BLOCK_CONTRACTS, &decoder->contracts[i], &decoder->digests[i]));
}

/* A header never says that a block lacks what it has; a reader has passed others by for it. */
static bool is_stated(const struct st_block_header *header, const struct st_record *record)
{
    st_time instant = st_record_instant(record);
    return (header->levels >> record->level & 1) && (header->severities >> record->severity & 1) &&
           (record->marks & ~header->marks) == 0 && record->received_ns <= header->received_to_ns &&
           st_time_cmp(instant, header->instant_from) >= 0 &&
           st_time_cmp(instant, header->instant_to) <= 0;
}

static const char *get_records(struct st_block_decoder *decoder,
                               const struct st_block_header *header, const struct parts *parts)
{
    st_str left = parts->records;
    int64_t received_before = header->received_from_ns;
    for (uint32_t i = 0; i < header->count; i++) {
        struct st_record *record = &decoder->events[i].record;
        uint32_t contract = 0;
        st_err err = st_record_decode(&left, decoder->texts, parts->text_count, received_before,
                                      &decoder->resources, record, &contract);
        decoder->no_memory = err == ST_ERR_MEMORY;
        if (err != ST_OK || contract > header->table_counts[ST_BLOCK_CONTRACTS])
            return "a block's record is not well formed";
        if (record->received_ns < received_before || !is_stated(header, record))
            return "a block's record is not what its header states";
        received_before = record->received_ns;
        record->seq = header->first_seq + i;
        if (contract != 0) {
            record->contract = decoder->contracts[contract - 1];
            record->contract_digest = decoder->digests[contract - 1];
        }
    }
    return left.len == 0 ? NULL : "a block has more records than events";
}

static const char *get_raw(struct st_block_decoder *decoder, uint32_t count,
                           const struct parts *parts)
{
    st_str lengths = parts->lengths;
    st_str left = parts->raw;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t len = 0;
        if (st_varint_take(&lengths, &len) != ST_OK || len > left.len)
            return "the events of a block pass its end";
        decoder->events[i].raw = (st_str){left.at, (size_t)len};
        left = st_str_from(left, (size_t)len);
    }
    return left.len == 0 && lengths.len == 0 ? NULL : "a block has bytes that belong to no event";
}

static const char *get_events(struct st_block_decoder *decoder,
                              const struct st_block_header *header)
{
    struct parts parts = {0};
    const char *wrong = cut_parts(st_buf_str(&decoder->plain), &parts);
    if (wrong == NULL)
        wrong = get_texts(decoder, &parts);
    if (wrong != NULL)
        return wrong;
    get_contracts(decoder, header->table_counts[ST_BLOCK_CONTRACTS]);
    wrong = get_records(decoder, header, &parts);
    return wrong != NULL ? wrong : get_raw(decoder, header->count, &parts);
}

st_err st_block_decode(struct st_block_decoder *decoder, const struct st_block_header *header,
                       st_str body, const struct st_event **events, uint32_t *count,
                       struct st_why *why)
{
    st_buf_reset(&decoder->plain);
    st_buf_reset(&decoder->contract_bytes);
    st_arena_reset(&decoder->resources);
    decoder->no_memory = false;
    st_err err = st_buf_reserve(&decoder->plain, header->body_bytes);
    if (err == ST_OK)
        err = st_buf_add_str(&decoder->contract_bytes, header->tables[ST_BLOCK_CONTRACTS]);
    if (err != ST_OK)
        return st_fail(why, err, "no memory to open a block");
    const char *wrong = decompress(decoder, header, body);
    if (wrong == NULL)
        wrong = get_events(decoder, header);
    if (decoder->no_memory)
        return st_fail(why, ST_ERR_MEMORY, "no memory for the resources of a block");
    if (wrong != NULL)
        return st_fail_at(why, ST_ERR_CORRUPT, wrong, header->first_seq);
    *events = decoder->events;
    *count = header->count;
    return ST_OK;
}
