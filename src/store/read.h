/*
 * read.h: the reader's side of a store file: events by seq, and blocks in either direction.
 *
 * A reader never waits for the writer and never makes it wait: it reads the newest committed state,
 * holds a snapshot during a call only, for 50 ms at most, and never checkpoints. Any process may
 * read at any time.
 *
 * 1. A scan going up meets each committed seq once, in order, also when the log grows meanwhile.
 * 2. A damaged block is CORRUPT with its first seq in why->offset; the scan may go on behind it. So
 *    is a place where blocks are missing, with the first missing seq; before the store's first
 *    block nothing is missing.
 *
 * Floor 4. A reader has one owner at a time; open one a thread. Allocates nothing in the steady
 * state.
 */
#ifndef ST_STORE_READ_H
#define ST_STORE_READ_H

#include "store/block.h"

struct st_reader;

ST_MUST_USE st_err st_reader_open(struct st_reader **reader, const char *path, const char *vfs,
                                  struct st_why *why);
void st_reader_close(struct st_reader *reader);

/* What the store holds at this moment. */
struct st_head {
    uint64_t first_seq; /* 0: empty */
    uint64_t last_seq;
    uint64_t blocks;
    uint64_t quarantined;
    uint64_t file_bytes; /* main file and WAL */
};
ST_MUST_USE st_err st_reader_head(struct st_reader *reader, struct st_head *head,
                                  struct st_why *why);
/* Only the first and last seq: cheap, also in a store of any size. */
ST_MUST_USE st_err st_reader_range(struct st_reader *reader, uint64_t *first_seq,
                                   uint64_t *last_seq, struct st_why *why);
/* Only the last seq: cheap. */
ST_MUST_USE st_err st_reader_last_seq(struct st_reader *reader, uint64_t *seq, struct st_why *why);

/* One event, or ABSENT: before the store's first block, or past its end. CORRUPT where its block is
 * damaged or missing among others. It holds until the next call on this reader. */
ST_MUST_USE st_err st_reader_find(struct st_reader *reader, uint64_t seq, struct st_event *event,
                                  struct st_why *why);

/* ---- scanning ---- */

/* Whether a block is worth opening. */
typedef bool (*st_block_wanted)(void *context, const struct st_block_header *header);

struct st_scan {
    struct st_reader *reader;
    uint64_t next_seq; /* up: the lowest seq not met yet; down: one above the highest not met */
    bool down;
    st_block_wanted wanted; /* NULL: all */
    void *context;
    uint64_t damaged_seq; /* private: a block of this first seq was reported; 0: none */
    uint64_t border;      /* private: where the block met last ends, as the scan goes; 0: unknown */
};

/* Starts at `seq`: going up with the first event at or after it; going down with the last one
 * before it (UINT64_MAX: the end). One scan of a reader is under way at a time. */
void st_scan_start(struct st_scan *scan, struct st_reader *reader, uint64_t seq, bool down);

/* The next block with wanted events, cut to those not met yet (going down they still stand in
 * rising order). *count == 0: nothing more now. After `work_ns` (0: no bound) without a wanted
 * block it returns AGAIN with the place kept, so that a server can look after others. */
ST_MUST_USE st_err st_scan_next(struct st_scan *scan, int64_t work_ns,
                                const struct st_event **events, uint32_t *count,
                                struct st_why *why);

/* ---- contracts as they were kept ---- */
ST_MUST_USE st_err st_reader_contract(struct st_reader *reader,
                                      const uint8_t digest[static ST_DIGEST_BYTES],
                                      struct st_buf *text, struct st_why *why);

/* Hands out the text of each contract that was added to the store, in the order in which they were.
 * An error of `take` ends it. */
typedef st_err (*st_contract_take)(void *context, st_str name, st_str text, struct st_why *why);
ST_MUST_USE st_err st_reader_added_contracts(struct st_reader *reader, st_contract_take take,
                                             void *context, struct st_why *why);

/* ---- the quarantine ---- */

/* An event that is kept apart. Its slices hold until the reader is asked for another one. */
struct st_quarantined {
    uint64_t number;
    int64_t received_ns;
    st_str tenant, contract, raw, report;
    st_str producer; /* as it was recorded: the event's own, or who its sender said */
    uint8_t sha256[ST_DIGEST_BYTES]; /* of raw */
};

/* That of one number, or ABSENT. */
ST_MUST_USE st_err st_reader_quarantined(struct st_reader *reader, uint64_t number,
                                         struct st_quarantined *kept, struct st_why *why);

/* Whether one is wanted, as its number, received_ns, tenant and contract say. */
typedef bool (*st_quarantined_wanted)(void *context, const struct st_quarantined *kept);

/* All with number > after, lowest first, from the caller's hands. */
struct st_quarantine_scan {
    struct st_reader *reader;
    uint64_t after;               /* moves on with the scan */
    st_quarantined_wanted wanted; /* NULL: all */
    void *context;
};

/* The next wanted one; ABSENT: nothing more now. After `work_ns` (0: no bound) without one it
 * returns AGAIN with the place kept, as st_scan_next does. */
ST_MUST_USE st_err st_quarantine_scan_next(struct st_quarantine_scan *scan, int64_t work_ns,
                                           struct st_quarantined *kept, struct st_why *why);

#endif
