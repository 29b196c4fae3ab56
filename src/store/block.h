/*
 * block.h: up to 512 events as one compressed, checked pair of blobs.
 *
 * The header says enough to pass a block by without opening its body; the body holds the records
 * and the raw bytes. It knows no JSON: raw bytes are bytes.
 *
 *   header, little-endian, fixed part first (the .c file draws every offset)
 *     magic · format · event count · first seq · received from/to · instant from/to · sizes ·
 *     level mask · severity mask · marks mask · flags ·
 *     tables: types, contracts (name, digest), tenants, categories as texts;
 *             streams as sorted 64-bit hashes of (tenant, stream) ·
 *     XXH3 of the body as stored · XXH3 of the header up to here
 *   body, one zstd frame
 *     dictionary texts · records (record/coding.h) · raw lengths · raw bytes
 *
 * 1. Decoding what was encoded gives the same records and bytes.
 * 2. Any other bytes end in CORRUPT, before anything is believed that they say; no size in them
 * makes a reader allocate more than limits.h states.
 * 3. A header never says that a block lacks what it has; it may say that it has what it lacks
 *    (stream hashes), never the other way round.
 *
 * Floor 4. Encoder and decoder have one owner at a time and are reused.
 */
#ifndef ST_STORE_BLOCK_H
#define ST_STORE_BLOCK_H

#include "record/record.h"
#include "store/limits.h"

struct st_event {
    struct st_record record;
    st_str raw;
};

/* ---- writing ---- */

struct st_block_encoder;
ST_MUST_USE st_err st_block_encoder_new(struct st_block_encoder **encoder);
void st_block_encoder_free(struct st_block_encoder *encoder);

/* Encodes `count` (1 … ST_BLOCK_EVENTS_MAX) events whose seqs are dense and rising and whose
 * received_ns is not negative and never falls. The two slices hold until the next call. */
ST_MUST_USE st_err st_block_encode(struct st_block_encoder *encoder, const struct st_event *events,
                                   uint32_t count, st_str *header, st_str *body);

/* ---- passing by ---- */

/* A header, checked; its tables point into the bytes it was read from. */
struct st_block_header {
    uint64_t first_seq;
    uint32_t count;
    int64_t received_from_ns, received_to_ns;
    st_time instant_from, instant_to;  /* st_record_instant */
    uint8_t levels, severities, marks; /* bit masks by enum value; OR of all marks */
    uint64_t body_hash;
    uint32_t stored_bytes; /* of the body, compressed */
    uint32_t body_bytes;   /* decompressed */
    /* Private part: the tables, by enum st_block_table. */
    uint16_t flags;
    st_str tables[4], streams;
    uint32_t table_counts[4], stream_count;
};

ST_MUST_USE st_err st_block_header_read(st_str bytes, struct st_block_header *header,
                                        struct st_why *why);

/* Whether the block may hold an event with that datum (true also when it is not known). */
bool st_block_has_stream(const struct st_block_header *header, uint64_t stream_hash);
uint64_t st_block_stream_hash(st_str tenant, st_str stream);

/* Calls `visit` with each text of a table until it says true; returns whether one did. When some
 * event has no such datum, `visit` also meets at == NULL. A table that is not known is true. */
enum st_block_table { ST_BLOCK_TYPES, ST_BLOCK_CONTRACTS, ST_BLOCK_TENANTS, ST_BLOCK_CATEGORIES };
bool st_block_any(const struct st_block_header *header, enum st_block_table table,
                  bool (*visit)(void *context, st_str text), void *context);

/* ---- reading ---- */

struct st_block_decoder;
ST_MUST_USE st_err st_block_decoder_new(struct st_block_decoder **decoder);
void st_block_decoder_free(struct st_block_decoder *decoder);

/* Opens a body: all its events, in seq order. They hold until the next call. Tenant-less events
 * have record.tenant.at == NULL. */
ST_MUST_USE st_err st_block_decode(struct st_block_decoder *decoder,
                                   const struct st_block_header *header, st_str body,
                                   const struct st_event **events, uint32_t *count,
                                   struct st_why *why);

#endif
