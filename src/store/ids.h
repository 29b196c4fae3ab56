/*
 * ids.h: which event has an id, for as long as it is kept.
 *
 * Sorted runs of 24-byte entries with a Bloom filter each, in the simplest form that stays right at
 * any size: newest ids in memory, full ones written as a run, runs of a level merged into one of
 * the next by a bounded step in each commit (runs.h).
 *
 *      10 bytes  keyed hash of (tenant, contract, id)
 *       6 bytes  seq, big-endian, so that entries sort by (hash, seq)
 *       8 bytes  HMAC-SHA-256 over the raw bytes as stored, cut to 8
 *
 * The keys are secrets of the store, so that producers can aim at nothing.
 *
 * 1. Nothing is written per event: fresh ids are in the log anyway and are read from it again at
 * open.
 * 2. A hit is a candidate: the caller confirms it against the block. A miss is certain.
 * 3. Changes belong to the caller's SQLite transaction; st_ids_forget undoes the memory's part.
 *
 * Floor 4. Private to the store's writer.
 */
#ifndef ST_STORE_IDS_H
#define ST_STORE_IDS_H

#include "record/record.h"
#include "store/limits.h"

#include <sqlite3.h>

struct st_ids;

struct st_id_key {
    uint8_t hash[10];
    uint8_t mac[8];
};

struct st_id_hit {
    uint64_t seq;
    uint8_t mac[8];
};

/* `secret` is 64 random bytes of the store's meta table. */
ST_MUST_USE st_err st_ids_open(struct st_ids **ids, sqlite3 *db, const uint8_t secret[static 64],
                               struct st_why *why);
void st_ids_close(struct st_ids *ids);

/* Any thread, at any time: it reads the secret only. */
void st_ids_key(const struct st_ids *ids, const struct st_record *record, st_str raw,
                struct st_id_key *key);

/* The entries with that hash, oldest first, at most `max`; *count 0 is certain absence. */
ST_MUST_USE st_err st_ids_find(struct st_ids *ids, const struct st_id_key *key,
                               struct st_id_hit *hits, size_t max, size_t *count,
                               struct st_why *why);

ST_MUST_USE st_err st_ids_add(struct st_ids *ids, const struct st_id_key *key, uint64_t seq);

/* Takes back the newest additions of this transaction: all but the first `count` of it. */
size_t st_ids_added(const struct st_ids *ids);
void st_ids_take_back(struct st_ids *ids, size_t count);

/* Within the transaction, before its commit: writes a run when fresh ids are full or the log has
 * grown far past the last run, and merges a step. `last_seq` is the log's, `raw_bytes` those of the
 * events since st_ids_settled_seq. */
ST_MUST_USE st_err st_ids_settle(struct st_ids *ids, uint64_t last_seq, uint64_t raw_bytes,
                                 struct st_why *why);
void st_ids_keep(struct st_ids *ids);   /* the transaction committed */
void st_ids_forget(struct st_ids *ids); /* the transaction was undone */

/* The seq up to which runs hold all ids: the log from there on makes the fresh ones at open. */
uint64_t st_ids_settled_seq(const struct st_ids *ids);

/* For tests: smaller sizes, so that many levels are reached with few ids. Before the first id. */
void st_ids_shrink(struct st_ids *ids, uint32_t fresh_max, uint32_t chunk_entries,
                   uint32_t runs_a_level);

#endif
