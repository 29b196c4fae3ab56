/*
 * coding.h: a record as bytes, for blocks.
 *
 * All integers are little-endian base-128 varints (7 bits a byte, high bit = more follows), signed
 * ones zigzag first. Texts that recur (type, tenant, stream, parent, producer, category, currency,
 * price book, a resource's name and principal) are numbers into the block's dictionary, 0 = absent;
 * texts that do not (id, ledger entry) stand in place as length + 1 and bytes, 0 = absent.
 *
 *      has · marks · level · severity · contract · type · tenant · stream · parent · producer ·
 *      category · id · received_ns (delta from the record before) · [time s · time ns] ·
 *      [time digits] · [producer_seq] · [cost nano] · [currency · price book · ledger entry] ·
 *      [duration] · [tokens…] · [resources, 1 … 8 · resource…]
 *
 *      a resource: kind · stated + 32 × cut (a bit a figure) · name · principal ·
 *      [coefficient · scale] of each figure that is stated, in the order of ST_FIGURE_LIST
 *
 * The three money texts stand there when one of them is present, with or without a cost; the time's
 * digits when they are more than its value needs. The bits of `has` that say so (0x20 and 0x40)
 * exist in the bytes only.
 *
 * 1. What is decoded equals what was encoded, field by field.
 * 2. Decoding foreign bytes ends in CORRUPT at worst: every length and number is checked.
 *
 * Floor 1. Any thread. Allocates only in the buffer and the arena that it is given.
 */
#ifndef ST_RECORD_CODING_H
#define ST_RECORD_CODING_H

#include "base/arena.h"
#include "record/record.h"

/* The fields whose texts are numbers into the dictionary. */
enum st_coding_field {
    ST_CODING_TYPE,
    ST_CODING_TENANT,
    ST_CODING_STREAM,
    ST_CODING_PARENT,
    ST_CODING_PRODUCER,
    ST_CODING_CATEGORY,
    ST_CODING_CURRENCY,
    ST_CODING_PRICE_BOOK,
    ST_CODING_RESOURCE, /* this and the next once in each resource, the others once in a record */
    ST_CODING_PRINCIPAL,
    ST_CODING_FIELD_COUNT
};

/* Texts of one record in the dictionary, at most. */
#define ST_CODING_TEXTS_MAX (ST_CODING_RESOURCE + 2 * ST_RECORD_RESOURCES_MAX)

/* A dictionary seen from the encoder: the number (from 1) of a text, made when it is new. It is
 * told the field, because neighbours in a block mostly agree field by field. */
struct st_coding_dictionary {
    st_err (*number)(void *context, enum st_coding_field field, st_str text, uint32_t *number);
    void *context;
};

/* Appends varints; reads them from *at, which moves; CORRUPT past the end or over 64 bits. */
ST_MUST_USE st_err st_varint_add(struct st_buf *out, uint64_t value);
ST_MUST_USE st_err st_varint_take(st_str *at, uint64_t *value);
ST_MUST_USE st_err st_zigzag_add(struct st_buf *out, int64_t value);
ST_MUST_USE st_err st_zigzag_take(st_str *at, int64_t *value);

/* A contract is a name and a digest, which is the block's business: the encoder passes a number for
 * the pair, 0 when there is none. A record against the invariants of record.h is a bug. */
ST_MUST_USE st_err st_record_encode(const struct st_record *record, uint32_t contract_number,
                                    int64_t received_ns_before,
                                    struct st_coding_dictionary dictionary, struct st_buf *out);

/* Reads one record from *at. `texts` is the dictionary (texts[0] is number 1). seq, contract and
 * contract_digest are left to the caller, who gets the contract's number. Resources go into the
 * arena, ST_CODING_RESOURCE_BYTES_MAX a record at most; MEMORY when it is used up. */
#define ST_CODING_RESOURCE_BYTES_MAX                                                               \
    (ST_RECORD_RESOURCES_MAX * sizeof(struct st_resource_entry) + 16)
ST_MUST_USE st_err st_record_decode(st_str *at, const st_str *texts, uint32_t text_count,
                                    int64_t received_ns_before, struct st_arena *arena,
                                    struct st_record *record, uint32_t *contract_number);

#endif
