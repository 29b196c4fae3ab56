#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "store/layout.h"

#include <zstd.h>

/* What a text of the dictionary is used for: the header's tables are made from it. */
enum role { ROLE_TYPE = 1, ROLE_TENANT = 2, ROLE_CATEGORY = 4 };

static const uint8_t role_of_field[ST_CODING_FIELD_COUNT] = {
    [ST_CODING_TYPE] = ROLE_TYPE,
    [ST_CODING_TENANT] = ROLE_TENANT,
    [ST_CODING_CATEGORY] = ROLE_CATEGORY,
};

struct contract {
    st_str name;
    const uint8_t *digest;
};

/* Neighbours mostly agree in tenant, producer and the like: comparing with the text before is
 * cheaper than hashing it. */
struct neighbour {
    st_str text;
    uint32_t number;
};

struct st_block_encoder {
    ZSTD_CCtx *zstd;
    struct st_map texts; /* text → number */
    uint8_t roles[ST_BLOCK_TEXTS_MAX + 1];
    struct neighbour neighbours[ST_CODING_FIELD_COUNT];
    struct contract contracts[ST_BLOCK_EVENTS_MAX];
    uint32_t contract_count;
    uint64_t streams[ST_BLOCK_EVENTS_MAX];
    uint32_t stream_count;
    struct st_buf records;
    struct st_buf plain;
    struct st_buf stored;
    struct st_buf header;
};

/* ---- life ---- */

st_err st_block_encoder_new(struct st_block_encoder **made)
{
    struct st_block_encoder *encoder = st_mem_get_zeroed(sizeof *encoder);
    if (encoder == NULL)
        return ST_ERR_MEMORY;
    st_map_init(&encoder->texts, ST_BLOCK_TEXTS_MAX);
    encoder->records = ST_BUF(ST_BLOCK_BYTES_MAX);
    encoder->plain = ST_BUF(ST_BLOCK_BYTES_MAX);
    encoder->stored = ST_BUF(ZSTD_COMPRESSBOUND(ST_BLOCK_BYTES_MAX));
    encoder->header = ST_BUF(ST_BLOCK_HEADER_BYTES_MAX);
    encoder->zstd = ZSTD_createCCtx();
    if (encoder->zstd == NULL ||
        ZSTD_isError(
            ZSTD_CCtx_setParameter(encoder->zstd, ZSTD_c_compressionLevel, ST_BLOCK_ZSTD_LEVEL))) {
        st_block_encoder_free(encoder);
        return ST_ERR_MEMORY;
    }
    *made = encoder;
    return ST_OK;
}

void st_block_encoder_free(struct st_block_encoder *encoder)
{
    if (encoder == NULL)
        return;
    ZSTD_freeCCtx(encoder->zstd);
    st_map_done(&encoder->texts);
    st_buf_done(&encoder->records);
    st_buf_done(&encoder->plain);
    st_buf_done(&encoder->stored);
    st_buf_done(&encoder->header);
    st_mem_free(encoder);
}

static void reset(struct st_block_encoder *encoder)
{
    st_map_reset(&encoder->texts);
    memset(encoder->neighbours, 0, sizeof encoder->neighbours);
    encoder->contract_count = 0;
    encoder->stream_count = 0;
    st_buf_reset(&encoder->records);
    st_buf_reset(&encoder->plain);
    st_buf_reset(&encoder->header);
}

/* ---- the dictionary and the other lists ---- */

static st_err number_text(void *context, enum st_coding_field field, st_str text, uint32_t *number)
{
    struct st_block_encoder *encoder = context;
    struct neighbour *neighbour = &encoder->neighbours[field];
    if (neighbour->number != 0 && st_str_eq(neighbour->text, text)) {
        *number = neighbour->number;
        return ST_OK;
    }
    struct st_map_entry *entry = NULL;
    bool added = false;
    st_err err = st_map_put(&encoder->texts, text, encoder->texts.count + 1, &entry, &added);
    if (err != ST_OK)
        return err;
    *number = (uint32_t)entry->value;
    if (added)
        encoder->roles[*number] = 0;
    encoder->roles[*number] |= role_of_field[field];
    *neighbour = (struct neighbour){text, *number};
    return ST_OK;
}

static st_err number_contract(struct st_block_encoder *encoder, const struct st_record *record,
                              uint32_t *number)
{
    *number = 0;
    if (record->contract.at == NULL)
        return ST_OK;
    ST_BUG_IF(record->contract_digest == NULL);
    if (record->contract.len > ST_CONTRACT_NAME_MAX)
        return ST_ERR_LIMIT;
    for (uint32_t i = 0; i < encoder->contract_count; i++) {
        const struct contract *contract = &encoder->contracts[i];
        if (st_str_eq(contract->name, record->contract) &&
            memcmp(contract->digest, record->contract_digest, ST_DIGEST_BYTES) == 0) {
            *number = i + 1;
            return ST_OK;
        }
    }
    encoder->contracts[encoder->contract_count++] =
        (struct contract){record->contract, record->contract_digest};
    *number = encoder->contract_count;
    return ST_OK;
}

uint64_t st_block_stream_hash(st_str tenant, st_str stream)
{
    return st_hash_pair(tenant, stream);
}

static void add_stream(struct st_block_encoder *encoder, const struct st_record *record)
{
    if (record->stream.at == NULL)
        return;
    uint64_t hash = st_block_stream_hash(record->tenant, record->stream);
    if (encoder->stream_count == 0 || encoder->streams[encoder->stream_count - 1] != hash)
        encoder->streams[encoder->stream_count++] = hash;
}

/* Sorts the hashes (heap sort: in place, and no order of them is a bad one) and drops repeats. */
static void sort_streams(struct st_block_encoder *encoder)
{
    uint64_t *hashes = encoder->streams;
    uint32_t count = encoder->stream_count;
    uint32_t root = count / 2;
    for (uint32_t end = count; end > 1;) {
        if (root > 0) {
            root--;
        } else {
            end--;
            uint64_t top = hashes[0];
            hashes[0] = hashes[end];
            hashes[end] = top;
        }
        uint32_t hole = root;
        uint64_t sinking = hashes[hole];
        for (uint32_t child = 2 * hole + 1; child < end; child = 2 * hole + 1) {
            if (child + 1 < end && hashes[child + 1] > hashes[child])
                child++;
            if (hashes[child] <= sinking)
                break;
            hashes[hole] = hashes[child];
            hole = child;
        }
        hashes[hole] = sinking;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (kept == 0 || hashes[kept - 1] != hashes[i])
            hashes[kept++] = hashes[i];
    encoder->stream_count = kept;
}

/* ---- the body ---- */

static st_err encode_records(struct st_block_encoder *encoder, const struct st_event *events,
                             uint32_t count)
{
    const struct st_coding_dictionary dictionary = {number_text, encoder};
    int64_t received_before = events[0].record.received_ns;
    for (uint32_t i = 0; i < count; i++) {
        const struct st_record *record = &events[i].record;
        ST_BUG_IF(record->seq != events[0].record.seq + i);
        ST_BUG_IF(record->received_ns < received_before);
        uint32_t contract = 0;
        st_err err = number_contract(encoder, record, &contract);
        if (err == ST_OK)
            err =
                st_record_encode(record, contract, received_before, dictionary, &encoder->records);
        if (err != ST_OK)
            return err;
        add_stream(encoder, record);
        received_before = record->received_ns;
    }
    sort_streams(encoder);
    return ST_OK;
}

static st_err add_raw(struct st_buf *plain, const struct st_event *events, uint32_t count)
{
    st_err err = ST_OK;
    for (uint32_t i = 0; i < count && err == ST_OK; i++)
        err = st_varint_add(plain, events[i].raw.len);
    for (uint32_t i = 0; i < count && err == ST_OK; i++)
        err = st_buf_add_str(plain, events[i].raw);
    return err;
}

static st_err add_text(struct st_buf *out, st_str text)
{
    st_err err = st_varint_add(out, text.len);
    return err == ST_OK ? st_buf_add_str(out, text) : err;
}

/* The body before it is compressed: see layout.h. */
static st_err make_plain(struct st_block_encoder *encoder, const struct st_event *events,
                         uint32_t count)
{
    struct st_buf *plain = &encoder->plain;
    char fixed[ST_BODY_FIXED] = {0};
    st_err err = st_buf_add(plain, fixed, sizeof fixed);
    for (uint32_t i = 0; i < encoder->texts.count && err == ST_OK; i++)
        err = add_text(plain, encoder->texts.entries[i].key);
    if (err != ST_OK)
        return err;
    size_t dictionary_bytes = plain->len - ST_BODY_FIXED;
    uint64_t raw_bytes = 0;
    for (uint32_t i = 0; i < count; i++)
        raw_bytes += events[i].raw.len;
    err = st_buf_add_str(plain, st_buf_str(&encoder->records));
    if (err == ST_OK)
        err = add_raw(plain, events, count);
    if (err != ST_OK)
        return err;
    /* Everything is inside a buffer of at most ST_BLOCK_BYTES_MAX, so 32 bits hold each length. */
    st_put_u32(plain->at + ST_BODY_DICT, encoder->texts.count);
    st_put_u32(plain->at + ST_BODY_DICT_LEN, (uint32_t)dictionary_bytes);
    st_put_u32(plain->at + ST_BODY_RECORDS, (uint32_t)encoder->records.len);
    st_put_u32(plain->at + ST_BODY_RAW, (uint32_t)raw_bytes);
    return ST_OK;
}

static st_err compress(struct st_block_encoder *encoder)
{
    st_buf_reset(&encoder->stored);
    st_err err = st_buf_reserve(&encoder->stored, ZSTD_compressBound(encoder->plain.len));
    if (err != ST_OK)
        return err;
    size_t len = ZSTD_compress2(encoder->zstd, encoder->stored.at, encoder->stored.room,
                                encoder->plain.at, encoder->plain.len);
    /* With room for the worst case, only memory can be missing. */
    if (ZSTD_isError(len))
        return ST_ERR_MEMORY;
    encoder->stored.len = len;
    return ST_OK;
}

/* ---- the header ---- */

static st_str table_text(const struct st_event *event, enum st_block_table table)
{
    switch (table) {
    case ST_BLOCK_TYPES:
        return event->record.type;
    case ST_BLOCK_CONTRACTS:
        return event->record.contract;
    case ST_BLOCK_TENANTS:
        return event->record.tenant;
    case ST_BLOCK_CATEGORIES:
        return event->record.category;
    }
    ST_BUG_IF(true);
}

/* Masks, ranges and flags over all events. */
static void put_summary(char *at, const struct st_event *events, uint32_t count)
{
    unsigned flags = 0;
    unsigned levels = 0;
    unsigned severities = 0;
    unsigned marks = 0;
    st_time from = st_record_instant(&events[0].record);
    st_time to = from;
    for (uint32_t i = 0; i < count; i++) {
        const struct st_record *record = &events[i].record;
        st_time instant = st_record_instant(record);
        if (st_time_cmp(instant, from) < 0)
            from = instant;
        if (st_time_cmp(instant, to) > 0)
            to = instant;
        levels |= 1u << record->level;
        severities |= 1u << record->severity;
        marks |= record->marks;
        for (unsigned table = 0; table < ST_BLOCK_TABLES; table++)
            if (table_text(&events[i], (enum st_block_table)table).at == NULL)
                flags |= ST_BLOCK_LACKING(table);
    }
    st_put_u16(at + ST_AT_FLAGS, (uint16_t)flags);
    at[ST_AT_LEVELS] = (char)levels;
    at[ST_AT_SEVERITIES] = (char)severities;
    at[ST_AT_MARKS] = (char)marks;
    st_put_u64(at + ST_AT_INSTANT_FROM_S, (uint64_t)from.s);
    st_put_u64(at + ST_AT_INSTANT_TO_S, (uint64_t)to.s);
    st_put_u32(at + ST_AT_INSTANT_FROM_NS, (uint32_t)from.ns);
    st_put_u32(at + ST_AT_INSTANT_TO_NS, (uint32_t)to.ns);
}

static st_err add_texts_of_role(struct st_block_encoder *encoder, enum role role, uint32_t *count)
{
    size_t from = encoder->header.len;
    st_err err = ST_OK;
    for (uint32_t i = 0; i < encoder->texts.count && err == ST_OK; i++) {
        st_str text = encoder->texts.entries[i].key;
        if ((encoder->roles[i + 1] & role) == 0)
            continue;
        size_t used = encoder->header.len - from;
        if (text.len + 10 > ST_BLOCK_TABLE_BYTES_MAX - used)
            return ST_ERR_LIMIT;
        err = add_text(&encoder->header, text);
        ++*count;
    }
    return err;
}

static st_err add_contracts(struct st_block_encoder *encoder, uint32_t *count)
{
    st_err err = ST_OK;
    for (uint32_t i = 0; i < encoder->contract_count && err == ST_OK; i++) {
        err = add_text(&encoder->header, encoder->contracts[i].name);
        if (err == ST_OK)
            err = st_buf_add(&encoder->header, encoder->contracts[i].digest, ST_DIGEST_BYTES);
    }
    *count = encoder->contract_count;
    return err;
}

/* Writes one table and its entry in the fixed part; one that is too long is marked as unknown. */
static st_err add_table(struct st_block_encoder *encoder, enum st_block_table table)
{
    static const enum role roles[ST_BLOCK_TABLES] = {
        [ST_BLOCK_TYPES] = ROLE_TYPE,
        [ST_BLOCK_TENANTS] = ROLE_TENANT,
        [ST_BLOCK_CATEGORIES] = ROLE_CATEGORY,
    };
    struct st_buf *header = &encoder->header;
    size_t from = header->len;
    uint32_t count = 0;
    st_err err = table == ST_BLOCK_CONTRACTS ? add_contracts(encoder, &count)
                                             : add_texts_of_role(encoder, roles[table], &count);
    if (err == ST_ERR_LIMIT) {
        header->len = from;
        count = 0;
        unsigned flags = st_get_u16(header->at + ST_AT_FLAGS);
        st_put_u16(header->at + ST_AT_FLAGS, (uint16_t)(flags | ST_BLOCK_UNKNOWN(table)));
        err = ST_OK;
    }
    st_put_u16(header->at + ST_AT_TABLE_COUNTS + 2 * table, (uint16_t)count);
    st_put_u32(header->at + ST_AT_TABLE_BYTES + 4 * table, (uint32_t)(header->len - from));
    return err;
}

static st_err add_streams(struct st_block_encoder *encoder)
{
    st_err err = ST_OK;
    for (uint32_t i = 0; i < encoder->stream_count && err == ST_OK; i++) {
        char bytes[8];
        st_put_u64(bytes, encoder->streams[i]);
        err = st_buf_add(&encoder->header, bytes, sizeof bytes);
    }
    st_put_u32(encoder->header.at + ST_AT_STREAM_COUNT, encoder->stream_count);
    return err;
}

static st_err add_hash(struct st_buf *header, st_str of)
{
    char bytes[8];
    st_put_u64(bytes, st_hash(of));
    return st_buf_add(header, bytes, sizeof bytes);
}

static st_err make_header(struct st_block_encoder *encoder, const struct st_event *events,
                          uint32_t count)
{
    struct st_buf *header = &encoder->header;
    char fixed[ST_BLOCK_FIXED] = {0};
    memcpy(fixed + ST_AT_MAGIC, ST_BLOCK_MAGIC, sizeof ST_BLOCK_MAGIC - 1);
    st_put_u16(fixed + ST_AT_FORMAT, ST_BLOCK_FORMAT);
    st_put_u32(fixed + ST_AT_COUNT, count);
    st_put_u64(fixed + ST_AT_FIRST_SEQ, events[0].record.seq);
    st_put_u64(fixed + ST_AT_RECEIVED_FROM, (uint64_t)events[0].record.received_ns);
    st_put_u64(fixed + ST_AT_RECEIVED_TO, (uint64_t)events[count - 1].record.received_ns);
    st_put_u32(fixed + ST_AT_STORED_BYTES, (uint32_t)encoder->stored.len);
    st_put_u32(fixed + ST_AT_BODY_BYTES, (uint32_t)encoder->plain.len);
    put_summary(fixed, events, count);
    st_err err = st_buf_add(header, fixed, sizeof fixed);
    for (unsigned table = 0; table < ST_BLOCK_TABLES && err == ST_OK; table++)
        err = add_table(encoder, (enum st_block_table)table);
    if (err == ST_OK)
        err = add_streams(encoder);
    if (err == ST_OK)
        err = add_hash(header, st_buf_str(&encoder->stored));
    if (err == ST_OK)
        err = add_hash(header, st_buf_str(header));
    return err;
}

st_err st_block_encode(struct st_block_encoder *encoder, const struct st_event *events,
                       uint32_t count, st_str *header, st_str *body)
{
    ST_BUG_IF(count == 0 || count > ST_BLOCK_EVENTS_MAX);
    ST_BUG_IF(events[0].record.seq == 0 || events[0].record.received_ns < 0);
    reset(encoder);
    st_err err = encode_records(encoder, events, count);
    if (err == ST_OK)
        err = make_plain(encoder, events, count);
    if (err == ST_OK)
        err = compress(encoder);
    if (err == ST_OK)
        err = make_header(encoder, events, count);
    if (err != ST_OK)
        return err;
    *header = st_buf_str(&encoder->header);
    *body = st_buf_str(&encoder->stored);
    return ST_OK;
}
