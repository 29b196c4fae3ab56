/*
 * writer.h: the inside of a struct st_store: what store.c, create.c, append.c and quarantine.c
 * share.
 *
 * Floor 4. Private to the store. Belongs to the commit thread, but for `ids`, whose keys any thread
 * may compute with, and `wal`, which has its own lock.
 */
#ifndef ST_STORE_WRITER_H
#define ST_STORE_WRITER_H

#include "store/ids.h"
#include "store/lock.h"
#include "store/sql.h"
#include "store/store.h"
#include "store/wal.h"

/* What a transaction may have changed and a rollback restores. */
struct st_store_place {
    uint64_t last_seq;
    int64_t last_received_ns;
    uint64_t unsettled_bytes; /* raw, of the events since st_ids_settled_seq */
};

/* The block that was opened last to confirm a hit; retries come in the order of the log. */
struct st_store_opened {
    const struct st_event *events;
    uint64_t first_seq;
    uint32_t count; /* 0: none */
};

struct st_store {
    char *path;
    struct st_lock lock;
    sqlite3 *db;
    struct st_wal wal;
    bool wal_started;
    struct st_ids *ids;
    struct st_block_encoder *encoder;
    struct st_block_decoder *decoder;
    sqlite3_stmt *begin, *commit, *rollback;
    sqlite3_stmt *block_add, *block_find;
    sqlite3_stmt *contract_add;
    sqlite3_stmt *quarantine_add, *quarantine_find, *quarantine_has, *quarantine_remove;

    struct st_store_place now;
    struct st_store_place kept;
    bool begun;
    size_t accepted; /* in this transaction */

    struct st_event *filling; /* the block that events gather in: ST_BLOCK_EVENTS_MAX */
    uint32_t filling_count;
    size_t filling_bytes;

    struct st_buf
        batch; /* while a batch is decided: uint32_t places in it, of its accepted events */
    struct st_store_opened opened;
};

/* Opens or makes the file at store->path and its connection: identified, set up, with all tables.
 */
ST_MUST_USE st_err st_store_open_file(struct st_store *store,
                                      const struct st_store_options *options, struct st_why *why);

/* Ends the transaction and passes `err` on, so that a failing exit is one line. */
st_err st_store_abandon(struct st_store *store, st_err err);

/* LIMIT when an event or a text of its record is too long. */
ST_MUST_USE st_err st_store_check_event(const struct st_event *event, struct st_why *why);

#endif
