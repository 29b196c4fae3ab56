/*
 * limits.h: the bounds of the store, each with its reason.
 */
#ifndef ST_STORE_LIMITS_H
#define ST_STORE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* Events and raw bytes in one block. 512 is where zstd's ratio flattens on 600-byte events; the
 * byte bound keeps what a reader must hold small (one event may be 1 MiB by itself). */
#define ST_BLOCK_EVENTS_MAX    512u
#define ST_BLOCK_RAW_BYTES_MAX ((size_t)4 << 20)

/* One event's raw bytes at the store's door. */
#define ST_EVENT_BYTES_MAX ((size_t)1 << 20)

/* The name of a contract, "agent-event@v0": it stands in the header of every block. */
#define ST_CONTRACT_NAME_MAX 255u

/* A table of texts in a header; a longer one is left out, and the header then says that it does not
 * know. A header stays a small part of what a reader passes by. */
#define ST_BLOCK_TABLE_BYTES_MAX ((size_t)16 << 10)

/* Events in one transaction: what an atomic batch of 64 MiB can hold of the shortest ones, and
 * those of steno's own that are about them. */
#define ST_COMMIT_EVENTS_MAX (((size_t)1 << 20) + ((size_t)1 << 17))

/* Seqs stand in six bytes of an id's entry. At a million events a second that is nine years. */
#define ST_SEQ_MAX ((UINT64_C(1) << 48) - 1)

/* What foreign bytes may make a reader allocate for one block: a full one with its records. */
#define ST_BLOCK_BYTES_MAX ((size_t)16 << 20)

/* zstd level of blocks as they are appended: 670 MB/s at ratio 7.7 (architecture.md, Codec). */
#define ST_BLOCK_ZSTD_LEVEL 1

/* Ids held in memory before they become a sorted run. They are read from the last blocks again at
 * open, never more events than the second number, which takes some tens of milliseconds. */
#define ST_IDS_FRESH_MAX     65536u
#define ST_IDS_UNSETTLED_MAX ((uint64_t)262144)
/* Their raw bytes, which a start reads with them. */
#define ST_IDS_UNSETTLED_BYTES_MAX ((uint64_t)256 << 20)
/* Runs of one level before they are merged into one of the next. Sixteen levels hold more ids than
 * there are seqs. */
#define ST_IDS_RUNS_A_LEVEL 8u
#define ST_IDS_LEVELS_MAX   16u
#define ST_IDS_RUNS_MAX     (ST_IDS_LEVELS_MAX * 4 * ST_IDS_RUNS_A_LEVEL)
/* Entries of one stored chunk: with its key and hash it fills two overflow pages and the part that
 * stays in the leaf, to the last hundred bytes. */
#define ST_IDS_CHUNK_ENTRIES 720u
/* Chunks that a commit writes for a merge of one level, at least; it writes twice as many as its
 * own ids would fill when that is more, so that merges end before the next begins and no commit
 * stalls. */
#define ST_IDS_MERGE_CHUNKS 2u

/* The WAL: a background checkpoint from the first size on; the writer waits for it above the
 * second; past the third (a foreign reader pins it) appends are refused until it shrinks. */
#define ST_WAL_CHECKPOINT_BYTES ((int64_t)8 << 20)
#define ST_WAL_WAIT_BYTES       ((int64_t)64 << 20)
#define ST_WAL_REFUSE_BYTES     ((int64_t)1 << 30)

/* How long the writer waits for a checkpoint: above the second size, and, since every try to begin
 * is then refused anyway, above the third. */
#define ST_WAL_WAIT_NS   INT64_C(2000000000)
#define ST_WAL_REFUSE_NS INT64_C(100000000)

/* How long anyone waits for a lock of SQLite's; only recovery after a crash holds one for long. */
#define ST_BUSY_MS 5000

/* How long a reader keeps one snapshot before it opens the next. */
#define ST_SNAPSHOT_NS INT64_C(50000000)

#define ST_PAGE_BYTES 8192

/* What SQLite allocates for one row or value, whatever the file says: the largest is a block's body
 * that does not compress, with its header. */
#define ST_ROW_BYTES_MAX (32 << 20)

/* The writer's page cache: a commit larger than this spills into the WAL before it is whole. */
#define ST_CACHE_KIB 32768

/* The line that a recorder announces in its lock file. */
#define ST_ADDRESS_BYTES_MAX ((size_t)1024)

#endif
