/*
 * layout.h: where everything stands in a block's header and body.
 *
 * The one drawing of the bytes; block_write.c puts them there and block_read.c believes none of
 * them before it has checked them. All integers are little-endian.
 *
 *   header
 *     offset  bytes
 *          0      8  magic "STENOBLK"
 *          8      2  format of the block
 *         10      2  flags (below)
 *         12      4  events, 1 … ST_BLOCK_EVENTS_MAX
 *         16      8  first seq
 *         24      8  received_ns, first            (signed)
 *         32      8  received_ns, last             (signed)
 *         40      8  earliest instant, seconds     (signed)
 *         48      8  latest instant, seconds       (signed)
 *         56      4  earliest instant, nanoseconds
 *         60      4  latest instant, nanoseconds
 *         64      4  body as stored, bytes
 *         68      4  body decompressed, bytes
 *         72      1  levels, bit mask by enum st_level
 *         73      1  severities, bit mask by enum st_severity
 *         74      1  marks, OR of all
 *         75      1  zero
 *         76      2  types          (entries of the table)
 *         78      2  contracts
 *         80      2  tenants
 *         82      2  categories
 *         84      4  streams
 *         88      4  types, bytes of the table
 *         92      4  contracts, bytes
 *         96      4  tenants, bytes
 *        100      4  categories, bytes
 *        104      …  tables: types · contracts · tenants · categories · streams
 *                      a text: varint length, bytes; a contract: a text, 32 bytes of digest;
 *                      a stream: 8 bytes, XXH3 of (tenant, stream); rising
 *      end-16     8  XXH3 of the body as stored
 *       end-8     8  XXH3 of the header up to here
 *
 *   body, decompressed
 *          0      4  texts in the dictionary
 *          4      4  dictionary, bytes
 *          8      4  records, bytes
 *         12      4  raw bytes of all events
 *         16      …  dictionary: varint length, bytes each
 *          …      …  records, one an event (record/coding.h)
 *          …      …  raw lengths, one varint an event
 *          …      …  raw bytes, up to the end
 *
 * Floor 4. Private to the store.
 */
#ifndef ST_STORE_LAYOUT_H
#define ST_STORE_LAYOUT_H

#include "record/coding.h"
#include "store/block.h"
#include "store/bytes.h"

#define ST_BLOCK_MAGIC  "STENOBLK"
#define ST_BLOCK_FORMAT 1

enum {
    ST_AT_MAGIC = 0,
    ST_AT_FORMAT = 8,
    ST_AT_FLAGS = 10,
    ST_AT_COUNT = 12,
    ST_AT_FIRST_SEQ = 16,
    ST_AT_RECEIVED_FROM = 24,
    ST_AT_RECEIVED_TO = 32,
    ST_AT_INSTANT_FROM_S = 40,
    ST_AT_INSTANT_TO_S = 48,
    ST_AT_INSTANT_FROM_NS = 56,
    ST_AT_INSTANT_TO_NS = 60,
    ST_AT_STORED_BYTES = 64,
    ST_AT_BODY_BYTES = 68,
    ST_AT_LEVELS = 72,
    ST_AT_SEVERITIES = 73,
    ST_AT_MARKS = 74,
    ST_AT_ZERO = 75,
    ST_AT_TABLE_COUNTS = 76,
    ST_AT_STREAM_COUNT = 84,
    ST_AT_TABLE_BYTES = 88,
    ST_BLOCK_FIXED = 104,
};

#define ST_BLOCK_TABLES  4 /* by enum st_block_table */
#define ST_BLOCK_HASHES  16
#define ST_BODY_FIXED    16
#define ST_BODY_DICT     0
#define ST_BODY_DICT_LEN 4
#define ST_BODY_RECORDS  8
#define ST_BODY_RAW      12

_Static_assert(sizeof ST_BLOCK_MAGIC - 1 == ST_AT_FORMAT - ST_AT_MAGIC, "the magic's length");
_Static_assert(ST_AT_STREAM_COUNT == ST_AT_TABLE_COUNTS + 2 * ST_BLOCK_TABLES, "four counts");
_Static_assert(ST_BLOCK_FIXED == ST_AT_TABLE_BYTES + 4 * ST_BLOCK_TABLES, "four lengths");

/* Flags: a table was too long and is left out (never contracts), or some event has no such datum.
 */
#define ST_BLOCK_UNKNOWN(table) (0x0001u << (table))
#define ST_BLOCK_LACKING(table) (0x0010u << (table))
#define ST_BLOCK_FLAGS_ALL      0x00FFu

/* Every event of a full block with texts of its own. */
#define ST_BLOCK_TEXTS_MAX (ST_BLOCK_EVENTS_MAX * ST_CODING_TEXTS_MAX)

#define ST_BLOCK_HEADER_BYTES_MAX                                                                  \
    (ST_BLOCK_FIXED + 3 * ST_BLOCK_TABLE_BYTES_MAX +                                               \
     ST_BLOCK_EVENTS_MAX * (2 + ST_CONTRACT_NAME_MAX + ST_DIGEST_BYTES + 8) + ST_BLOCK_HASHES)

#endif
