#include "base/mem.h"
#include "store/writer.h"

/* Two entries with one hash of 80 bits are one id twice, or a chance that nobody meets; some more
 * are looked at all the same. */
#define HITS_MAX 8

/* What a record takes in a block beside its texts and raw bytes, at most. */
#define RECORD_BYTES_MAX 512

_Static_assert(ST_EVENT_BYTES_MAX * 12 < ST_BLOCK_BYTES_MAX,
               "one event with every text at its longest fits into a block");

/* ---- what comes in ---- */

/* The texts of a record that a block holds. */
static void list_texts(const struct st_record *record, st_str texts[static 10])
{
    const st_str all[10] = {record->type,        record->id,       record->tenant,
                            record->stream,      record->parent,   record->producer,
                            record->category,    record->currency, record->price_book,
                            record->ledger_entry};
    memcpy(texts, all, sizeof all);
}

static size_t weigh(const struct st_event *event)
{
    st_str texts[10];
    size_t bytes = RECORD_BYTES_MAX + event->raw.len;
    list_texts(&event->record, texts);
    for (int i = 0; i < 10; i++)
        bytes += texts[i].len;
    return bytes;
}

st_err st_store_check_event(const struct st_event *event, struct st_why *why)
{
    st_str texts[10];
    if (event->raw.len > ST_EVENT_BYTES_MAX)
        return st_fail(why, ST_ERR_LIMIT, "an event is longer than the store takes");
    if (event->record.contract.len > ST_CONTRACT_NAME_MAX)
        return st_fail(why, ST_ERR_LIMIT, "a contract's name is longer than the store takes");
    list_texts(&event->record, texts);
    for (int i = 0; i < 10; i++)
        if (texts[i].len > ST_EVENT_BYTES_MAX)
            return st_fail(why, ST_ERR_LIMIT, "a text in an event is longer than the store takes");
    return ST_OK;
}

void st_store_prepare(const struct st_store *store, struct st_append *append)
{
    struct st_id_key key;
    if (append->event.record.id.at != NULL) {
        st_ids_key(store->ids, &append->event.record, append->event.raw, &key);
        memcpy(append->id_hash, key.hash, sizeof key.hash);
        memcpy(append->id_mac, key.mac, sizeof key.mac);
    }
    append->prepared = true;
}

/* ---- the transaction ---- */

st_err st_store_begin(struct st_store *store, struct st_why *why)
{
    ST_BUG_IF(store->begun);
    st_err err = st_wal_admit(&store->wal, why);
    if (err == ST_OK)
        err = st_sql_run(store->begin, "a transaction cannot be begun", why);
    store->begun = err == ST_OK;
    return err;
}

static void end_transaction(struct st_store *store)
{
    store->begun = false;
    store->accepted = 0;
    store->filling_count = 0;
    store->filling_bytes = 0;
}

void st_store_rollback(struct st_store *store)
{
    if (!store->begun)
        return;
    /* SQLite has undone it already after some failures; undoing needs no disk and does not fail. */
    if (sqlite3_get_autocommit(store->db) == 0)
        (void)!st_sql_run(store->rollback, "a transaction cannot be undone", NULL);
    ST_BUG_IF(sqlite3_get_autocommit(store->db) == 0);
    st_ids_forget(store->ids);
    store->now = store->kept;
    store->opened.count = 0; /* it may have been read from a block that is gone */
    end_transaction(store);
}

st_err st_store_abandon(struct st_store *store, st_err err)
{
    st_store_rollback(store);
    return err;
}

static st_err write_block(struct st_store *store, struct st_why *why)
{
    st_str header;
    st_str body;
    if (store->filling_count == 0)
        return ST_OK;
    st_err err =
        st_block_encode(store->encoder, store->filling, store->filling_count, &header, &body);
    if (err != ST_OK)
        return st_fail(why, err, "a block cannot be encoded");
    st_sql_bind_i64(store->block_add, 1, (int64_t)store->filling[0].record.seq);
    st_sql_bind_blob(store->block_add, 2, header);
    st_sql_bind_blob(store->block_add, 3, body);
    store->filling_count = 0;
    store->filling_bytes = 0;
    return st_sql_run(store->block_add, "a block cannot be written", why);
}

st_err st_store_commit(struct st_store *store, struct st_why *why)
{
    ST_BUG_IF(!store->begun);
    st_err err = write_block(store, why);
    if (err == ST_OK)
        err = st_ids_settle(store->ids, store->now.last_seq, store->now.unsettled_bytes, why);
    if (err == ST_OK && st_ids_settled_seq(store->ids) == store->now.last_seq)
        store->now.unsettled_bytes = 0;
    if (err == ST_OK)
        err = st_sql_run(store->commit, "the transaction cannot be committed", why);
    if (err != ST_OK)
        return st_store_abandon(store, err);
    st_ids_keep(store->ids);
    store->kept = store->now;
    end_transaction(store);
    return ST_OK;
}

/* ---- has an id been met? ---- */

/* A batch while it is decided: its first `decided` events have an outcome. */
struct batch {
    struct st_append *const *events;
    uint64_t base_seq; /* the accepted ones get the seqs behind this one */
    size_t accepted;
    size_t conflicts;
};

/* Opens the block that holds `seq`, unless it is open. */
static st_err open_block(struct st_store *store, uint64_t seq, struct st_why *why)
{
    struct st_store_opened *opened = &store->opened;
    if (opened->count > 0 && seq >= opened->first_seq && seq - opened->first_seq < opened->count)
        return ST_OK;
    bool row = false;
    opened->count = 0;
    st_sql_bind_i64(store->block_find, 1, (int64_t)seq);
    st_err err = st_sql_step(store->block_find, &row, "the store cannot be read", why);
    if (err != ST_OK || !row)
        return err == ST_OK ? ST_ERR_ABSENT : err;
    struct st_block_header header;
    uint32_t count = 0;
    err = st_block_header_read(st_sql_blob(store->block_find, 1), &header, why);
    if (err == ST_OK && seq - header.first_seq >= header.count)
        err = ST_ERR_ABSENT;
    if (err == ST_OK)
        err = st_block_decode(store->decoder, &header, st_sql_blob(store->block_find, 2),
                              &opened->events, &count, why);
    st_sql_reset(store->block_find);
    if (err == ST_OK) {
        opened->first_seq = header.first_seq;
        opened->count = count;
    }
    return err;
}

/* The event with that seq: of this batch, of the block that is filling, or of the log. */
static st_err find_event(struct st_store *store, const struct batch *batch, uint64_t seq,
                         const struct st_event **event, struct st_why *why)
{
    if (seq > batch->base_seq) {
        uint32_t place = 0;
        ST_BUG_IF(seq - batch->base_seq > batch->accepted);
        memcpy(&place, store->batch.at + (seq - batch->base_seq - 1) * sizeof place, sizeof place);
        *event = &batch->events[place]->event;
        return ST_OK;
    }
    if (store->filling_count > 0 && seq >= store->filling[0].record.seq) {
        *event = &store->filling[seq - store->filling[0].record.seq];
        return ST_OK;
    }
    st_err err = open_block(store, seq, why);
    if (err == ST_OK)
        *event = &store->opened.events[seq - store->opened.first_seq];
    return err;
}

static bool is_same_id(const struct st_record *a, const struct st_record *b)
{
    return b->id.at != NULL && st_str_eq(a->id, b->id) && st_str_eq(a->tenant, b->tenant) &&
           st_str_eq(a->contract, b->contract);
}

/* Whether a hit is this event's id, and then its outcome. */
static st_err confirm(struct st_store *store, const struct batch *batch, struct st_append *append,
                      const struct st_id_hit *hit, bool *met, struct st_why *why)
{
    const struct st_event *event = NULL;
    struct st_why reason = {0};
    bool same = memcmp(hit->mac, append->id_mac, sizeof hit->mac) == 0;
    *met = true;
    if (hit->seq > batch->base_seq + batch->accepted)
        return st_fail_at(why, ST_ERR_CORRUPT, "an id stands for an event behind the log's end",
                          hit->seq);
    st_err err = find_event(store, batch, hit->seq, &event, &reason);
    if (err == ST_OK) {
        *met = is_same_id(&append->event.record, &event->record);
        same = same && st_str_eq(append->event.raw, event->raw);
    } else if (err != ST_ERR_ABSENT && err != ST_ERR_CORRUPT) {
        if (why != NULL)
            *why = reason;
        return err;
    }
    /* A block that is gone or damaged cannot be asked: its keyed digests speak for it. */
    append->outcome = same ? ST_DUPLICATE : ST_CONFLICT;
    append->first_seq = hit->seq;
    return ST_OK;
}

static st_err find_id(struct st_store *store, const struct batch *batch, struct st_append *append,
                      const struct st_id_key *key, bool *met, struct st_why *why)
{
    struct st_id_hit hits[HITS_MAX];
    size_t count = 0;
    *met = false;
    st_err err = st_ids_find(store->ids, key, hits, HITS_MAX, &count, why);
    for (size_t i = 0; i < count && err == ST_OK && !*met; i++)
        err = confirm(store, batch, append, &hits[i], met, why);
    return err;
}

/* ---- appending ---- */

/* An event that nothing speaks against gets the next seq, for now. */
static st_err accept(struct st_store *store, struct batch *batch, size_t place,
                     const struct st_id_key *key, struct st_why *why)
{
    struct st_append *append = batch->events[place];
    uint64_t seq = batch->base_seq + batch->accepted + 1;
    uint32_t number = (uint32_t)place;
    if (store->accepted + batch->accepted >= ST_COMMIT_EVENTS_MAX || seq > ST_SEQ_MAX)
        return st_fail(why, ST_ERR_LIMIT, "a transaction holds more events than the store takes");
    st_err err = st_buf_add(&store->batch, &number, sizeof number);
    if (err == ST_OK && key != NULL)
        err = st_ids_add(store->ids, key, seq);
    if (err != ST_OK)
        return st_fail(why, err, "no memory to append events");
    append->outcome = ST_ACCEPTED;
    append->first_seq = seq;
    batch->accepted++;
    return ST_OK;
}

static st_err decide(struct st_store *store, struct batch *batch, size_t place, struct st_why *why)
{
    struct st_append *append = batch->events[place];
    st_err err = st_store_check_event(&append->event, why);
    if (err != ST_OK)
        return err;
    if (append->event.record.id.at == NULL)
        return accept(store, batch, place, NULL, why);
    if (!append->prepared)
        st_store_prepare(store, append);
    bool met = false;
    struct st_id_key key;
    memcpy(key.hash, append->id_hash, sizeof key.hash);
    memcpy(key.mac, append->id_mac, sizeof key.mac);
    err = find_id(store, batch, append, &key, &met, why);
    if (err == ST_OK && !met)
        err = accept(store, batch, place, &key, why);
    else if (err == ST_OK && append->outcome == ST_CONFLICT)
        batch->conflicts++;
    return err;
}

/* All or nothing: what was accepted is taken back, and so is what repeats it. */
static void withhold(struct st_store *store, const struct batch *batch, size_t count,
                     size_t ids_before)
{
    for (size_t i = 0; i < count; i++) {
        struct st_append *append = batch->events[i];
        if (append->first_seq <= batch->base_seq)
            continue;
        if (append->outcome != ST_CONFLICT)
            append->outcome = ST_WITHHELD;
        append->first_seq = 0;
    }
    st_ids_take_back(store->ids, ids_before);
}

static st_err push(struct st_store *store, struct st_append *append, int64_t now_ns,
                   struct st_why *why)
{
    size_t bytes = weigh(&append->event);
    if (store->filling_count == ST_BLOCK_EVENTS_MAX ||
        (store->filling_count > 0 && store->filling_bytes + bytes > ST_BLOCK_RAW_BYTES_MAX)) {
        st_err err = write_block(store, why);
        if (err != ST_OK)
            return err;
    }
    store->now.last_seq++;
    ST_BUG_IF(store->now.last_seq != append->first_seq);
    /* It begins at 0, so a clock before 1970 counts as that. */
    if (now_ns > store->now.last_received_ns)
        store->now.last_received_ns = now_ns;
    append->event.record.seq = store->now.last_seq;
    append->event.record.received_ns = store->now.last_received_ns;
    store->now.unsettled_bytes += append->event.raw.len;
    store->filling[store->filling_count++] = append->event;
    store->filling_bytes += bytes;
    return ST_OK;
}

st_err st_store_append(struct st_store *store, struct st_append *const *events, size_t count,
                       bool atomic, int64_t now_ns, struct st_why *why)
{
    ST_BUG_IF(!store->begun);
    struct batch batch = {.events = events, .base_seq = store->now.last_seq};
    size_t ids_before = st_ids_added(store->ids);
    st_err err = ST_OK;
    st_buf_reset(&store->batch);
    for (size_t i = 0; i < count && err == ST_OK; i++)
        err = decide(store, &batch, i, why);
    if (err != ST_OK)
        return st_store_abandon(store, err);
    if (atomic && batch.conflicts > 0) {
        withhold(store, &batch, count, ids_before);
        return ST_OK;
    }
    for (size_t i = 0; i < count && err == ST_OK; i++)
        if (events[i]->outcome == ST_ACCEPTED)
            err = push(store, events[i], now_ns, why);
    if (err != ST_OK)
        return st_store_abandon(store, err);
    store->accepted += batch.accepted;
    return ST_OK;
}
