/*
 * store.h: the writer's side of one store file: an SQLite database of compressed blocks.
 *
 * Not a cache and not a queue: what st_store_commit has answered ST_OK for is on disk (fsynced),
 * and nothing else is there after a crash. One process writes at a time; any number read (read.h).
 *
 *   meta(key, value)                       store id, created, secrets, ids settled
 *   contract(digest, name, text)           every contract that an event was held against
 *   added_contract(number, name, digest)   those that were added to this store, once there are any
 *   block(first_seq, header, body)         the log (block.h)
 *   id_run, id_chunk, id_filter            ids.h
 *   quarantine(number, received_ns, tenant, contract, digest, raw, report)
 *
 * 1. seq is dense from 1; received_ns never falls.
 * 2. Within one tenant and contract an id belongs to one event for as long as that event is kept:
 * the same bytes again are a DUPLICATE, other bytes a CONFLICT; neither takes a seq.
 * 3. begin … append* … commit is one SQLite transaction. After a failure of any call in it the
 *    transaction is over and the store is as it was before begin (a rollback then does nothing),
 * and the next begin may succeed: a full disk is SYSTEM with ENOSPC.
 * 4. Format versions other than this one's are refused with a text that says so.
 *
 * Floor 4. A struct st_store belongs to one thread (the commit thread); it runs one thread of its
 * own that checkpoints the WAL. Appending allocates nothing in the steady state.
 */
#ifndef ST_STORE_STORE_H
#define ST_STORE_STORE_H

#include "store/block.h"

#define ST_STORE_FORMAT 2

struct st_store;

struct st_store_options {
    bool create;     /* make the file (and its folder) when it is absent; else ABSENT */
    const char *vfs; /* an SQLite VFS by name, for tests; NULL: the default */
    bool no_thread;  /* tests: no checkpoint thread; st_store_checkpoint is called by hand */
};

/* Opens for writing and takes the lock beside it; DENIED when another recorder holds the lock. */
ST_MUST_USE st_err st_store_open(struct st_store **store, const char *path,
                                 const struct st_store_options *options, struct st_why *why);
void st_store_close(struct st_store *store);

uint64_t st_store_last_seq(const struct st_store *store);
const char *st_store_path(const struct st_store *store); /* absolute, without symbolic links */

/* The write connection, for what commits with the events: between begin and commit only, and never
 * to end the transaction. Statements made on it end before the store is closed. */
struct sqlite3;
struct sqlite3 *st_store_connection(struct st_store *store);

/* ---- the lock: who records into a store, and where to reach it ---- */

/* Writes `address` (one line, "http://127.0.0.1:4318" or "unix:/path") into the lock that this
 * store holds, for commands that find the store in use. */
ST_MUST_USE st_err st_store_announce(struct st_store *store, st_str address, struct st_why *why);

/* Whether a recorder holds the lock of `path` now; its announcement, if any, is appended. */
ST_MUST_USE st_err st_store_holder(const char *path, bool *held, struct st_buf *address,
                                   struct st_why *why);

/* ---- appending ---- */

enum st_outcome {
    ST_ACCEPTED = 1,
    ST_DUPLICATE, /* same id, same bytes: first_seq is the one that it has */
    ST_CONFLICT,  /* same id, other bytes: first_seq is the one that has the id */
    ST_WITHHELD,  /* atomic batch: this event was good, another one was not */
};

/* One event on its way in, zero but for raw and record, whose slices must hold until commit. */
struct st_append {
    struct st_event event; /* seq and received_ns are filled in here when accepted */
    uint8_t outcome;       /* enum st_outcome, filled in */
    uint64_t first_seq;    /* accepted: its seq; duplicate, conflict: the other's; 0: the other
                            * one was withheld with this batch */

    /* Private part: the keyed digests of id and bytes. */
    bool prepared;
    uint8_t id_hash[10];
    uint8_t id_mac[8];
};

/* Computes an event's digests ahead, which is most of what an append costs: any thread, while the
 * store is open. Optional: st_store_append does it for events that come without. */
void st_store_prepare(const struct st_store *store, struct st_append *append);

ST_MUST_USE st_err st_store_begin(struct st_store *store, struct st_why *why);

/* Orders, deduplicates and numbers `count` events. With `atomic`, a conflict among them withholds
 * all that would have been accepted. Outcomes are final only once st_store_commit has answered
 * ST_OK. LIMIT for an event, a text of its record or a transaction that is over limits.h. */
ST_MUST_USE st_err st_store_append(struct st_store *store, struct st_append *const *events,
                                   size_t count, bool atomic, int64_t now_ns, struct st_why *why);

/* Keeps an invalid event apart, with the report of its violations (bytes, not looked into). The
 * same bytes of the same tenant and contract are kept once; *number is its number in the
 * quarantine. */
ST_MUST_USE st_err st_store_quarantine(struct st_store *store, const struct st_event *event,
                                       st_str report, int64_t now_ns, uint64_t *number,
                                       struct st_why *why);

/* Whether that number is in the quarantine. What stands under a number never changes: numbers are
 * not given again. */
ST_MUST_USE st_err st_store_quarantine_has(struct st_store *store, uint64_t number, bool *has,
                                           struct st_why *why);

/* Takes a number that is there out of the quarantine. */
ST_MUST_USE st_err st_store_quarantine_remove(struct st_store *store, uint64_t number,
                                              struct st_why *why);

/* Keeps a contract's text by its digest; nothing happens when it is kept already. */
ST_MUST_USE st_err st_store_keep_contract(struct st_store *store, st_str name,
                                          const uint8_t digest[static ST_DIGEST_BYTES], st_str text,
                                          struct st_why *why);

/* Keeps a contract that somebody added: its text by its digest, and that it is one of the store's
 * own. Its name (name@version) was not added before. */
ST_MUST_USE st_err st_store_add_contract(struct st_store *store, st_str name,
                                         const uint8_t digest[static ST_DIGEST_BYTES], st_str text,
                                         struct st_why *why);

/* Writes the blocks of all that was appended since begin, and syncs. */
ST_MUST_USE st_err st_store_commit(struct st_store *store, struct st_why *why);
void st_store_rollback(struct st_store *store);

/* One PASSIVE checkpoint; only for options.no_thread. */
ST_MUST_USE st_err st_store_checkpoint(struct st_store *store, struct st_why *why);

#endif
