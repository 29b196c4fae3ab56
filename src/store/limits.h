/*
 * limits.h: the bounds of the store, each with its reason.
 */
#ifndef ST_STORE_LIMITS_H
#define ST_STORE_LIMITS_H

/* Events and raw bytes in one block. 512 is where zstd's ratio flattens on 600-byte events; the
 * byte bound keeps what a reader must hold small (one event may be 1 MiB by itself). */
#define ST_BLOCK_EVENTS_MAX    512u
#define ST_BLOCK_RAW_BYTES_MAX ((size_t)4 << 20)

/* One event's raw bytes at the store's door. */
#define ST_EVENT_BYTES_MAX ((size_t)1 << 20)

/* What foreign bytes may make a reader allocate for one block: a full one with its records. */
#define ST_BLOCK_BYTES_MAX ((size_t)16 << 20)

/* zstd level of blocks as they are appended: 670 MB/s at ratio 7.7 (architecture.md, Codec). */
#define ST_BLOCK_ZSTD_LEVEL 1

/* Ids held in memory before they become a sorted run; rebuilt from the last blocks at open, which
 * takes some tens of milliseconds at most. */
#define ST_IDS_FRESH_MAX 65536u
/* Runs of one level before they are merged into one of the next; entries of one stored chunk. */
#define ST_IDS_RUNS_A_LEVEL  8u
#define ST_IDS_CHUNK_ENTRIES 512u
/* Chunks that one commit may write for a merge: some 3 ms of work, so that no commit stalls. */
#define ST_IDS_MERGE_CHUNKS 64u

/* The WAL: a background checkpoint from the first size on; the writer waits for it above the second;
 * past the third (a foreign reader pins it) appends are refused until it shrinks. */
#define ST_WAL_CHECKPOINT_BYTES ((int64_t)8 << 20)
#define ST_WAL_WAIT_BYTES       ((int64_t)64 << 20)
#define ST_WAL_REFUSE_BYTES     ((int64_t)1 << 30)

/* How long a reader keeps one snapshot before it opens the next. */
#define ST_SNAPSHOT_NS INT64_C(50000000)

#define ST_PAGE_BYTES 8192

#endif
