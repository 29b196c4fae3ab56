#include "store/ids.h"

#include "base/mem.h"
#include "store/digest.h"
#include "store/runs.h"
#include "store/sql.h"

#define KEY_BYTES 32
#define PAD_BYTES 64 /* a block of SHA-256 */
#define AT_SEQ    10
#define AT_MAC    16
#define SLOTS_MIN 1024u
#define BUCKETS   65536u

_Static_assert(sizeof((struct st_id_key *)0)->hash == AT_SEQ, "the hash leads");
_Static_assert(AT_MAC + sizeof((struct st_id_key *)0)->mac == ST_ID_ENTRY_BYTES, "the MAC ends");
_Static_assert(ST_SEQ_MAX >> 48 == 0, "a seq has six bytes");

struct st_ids {
    SHA256_CTX hashing; /* has taken in the key of the id hash */
    SHA256_CTX mac_in;  /* HMAC's two states, keyed */
    SHA256_CTX mac_out;
    sqlite3_stmt *set_settled;
    struct st_runs runs;

    /* Fresh ids in the order of their arrival, found by a table of their numbers (from 1, 0 =
     * free). The newest can be taken back: it filled a slot that was free, and nothing moved for
     * it. */
    char *fresh;
    uint32_t fresh_count;
    uint32_t fresh_kept; /* as the last commit left it */
    uint32_t fresh_room;
    uint32_t fresh_max;
    uint32_t *slots;
    uint32_t slot_count;
    char *sorted;
    uint32_t *starts; /* of the buckets while sorting */

    uint64_t settled;
    uint64_t settled_kept;
    bool flushed; /* in this transaction */
};

/* ---- keys ---- */

static void start_keyed(SHA256_CTX *state, const uint8_t *key, uint8_t pad)
{
    uint8_t block[PAD_BYTES];
    for (size_t i = 0; i < PAD_BYTES; i++)
        block[i] = (uint8_t)((i < KEY_BYTES ? key[i] : 0) ^ pad);
    SHA256_Init(state);
    SHA256_Update(state, block, sizeof block);
}

void st_ids_key(const struct st_ids *ids, const struct st_record *record, st_str raw,
                struct st_id_key *key)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256_CTX state = ids->hashing;
    st_digest_add_text(&state, record->tenant);
    st_digest_add_text(&state, record->contract);
    st_digest_add_text(&state, record->id);
    SHA256_Final(digest, &state);
    memcpy(key->hash, digest, sizeof key->hash);
    state = ids->mac_in;
    if (raw.len > 0)
        SHA256_Update(&state, raw.at, raw.len);
    SHA256_Final(digest, &state);
    state = ids->mac_out;
    SHA256_Update(&state, digest, sizeof digest);
    SHA256_Final(digest, &state);
    memcpy(key->mac, digest, sizeof key->mac);
}

/* ---- the table of fresh ids ---- */

static char *fresh_at(const struct st_ids *ids, uint32_t number)
{
    return ids->fresh + (size_t)number * ST_ID_ENTRY_BYTES;
}

static uint32_t first_slot(const struct st_ids *ids, const void *hash)
{
    /* The hash is keyed, so any of its bytes are as good as chance. */
    return st_get_u32(hash) & (ids->slot_count - 1);
}

static uint32_t *free_slot(const struct st_ids *ids, const void *hash)
{
    uint32_t at = first_slot(ids, hash);
    while (ids->slots[at] != 0)
        at = (at + 1) & (ids->slot_count - 1);
    return &ids->slots[at];
}

static void fill_slots(struct st_ids *ids)
{
    memset(ids->slots, 0, (size_t)ids->slot_count * sizeof *ids->slots);
    for (uint32_t i = 0; i < ids->fresh_count; i++)
        *free_slot(ids, fresh_at(ids, i)) = i + 1;
}

/* Room for twice as many; a quarter of the slots at most is ever filled, half at the last moment.
 */
static st_err grow(struct st_ids *ids)
{
    uint32_t room = ids->fresh_room == 0 ? SLOTS_MIN / 4 : ids->fresh_room * 2;
    if (ids->fresh_room >= ST_COMMIT_EVENTS_MAX + ST_IDS_FRESH_MAX)
        return ST_ERR_LIMIT;
    char *fresh = st_mem_resize(ids->fresh, (size_t)room * ST_ID_ENTRY_BYTES);
    if (fresh == NULL)
        return ST_ERR_MEMORY;
    ids->fresh = fresh;
    uint32_t *slots = st_mem_get((size_t)room * 2 * sizeof *slots);
    if (slots == NULL)
        return ST_ERR_MEMORY;
    st_mem_free(ids->slots);
    ids->slots = slots;
    ids->slot_count = room * 2;
    ids->fresh_room = room;
    fill_slots(ids);
    return ST_OK;
}

st_err st_ids_add(struct st_ids *ids, const struct st_id_key *key, uint64_t seq)
{
    ST_BUG_IF(seq > ST_SEQ_MAX);
    st_err err = ids->fresh_count == ids->fresh_room ? grow(ids) : ST_OK;
    if (err != ST_OK)
        return err;
    char *entry = fresh_at(ids, ids->fresh_count);
    memcpy(entry, key->hash, sizeof key->hash);
    for (int i = 0; i < 6; i++)
        entry[AT_SEQ + i] = (char)(seq >> (40 - 8 * i));
    memcpy(entry + AT_MAC, key->mac, sizeof key->mac);
    *free_slot(ids, entry) = ++ids->fresh_count;
    return ST_OK;
}

size_t st_ids_added(const struct st_ids *ids)
{
    return ids->fresh_count - ids->fresh_kept;
}

void st_ids_take_back(struct st_ids *ids, size_t count)
{
    ST_BUG_IF(ids->flushed && ids->fresh_count != ids->fresh_kept + count);
    while (ids->fresh_count > ids->fresh_kept + count) {
        uint32_t at = first_slot(ids, fresh_at(ids, ids->fresh_count - 1));
        while (ids->slots[at] != ids->fresh_count)
            at = (at + 1) & (ids->slot_count - 1);
        ids->slots[at] = 0;
        ids->fresh_count--;
    }
}

/* ---- finding ---- */

struct collector {
    struct st_id_hit *hits;
    size_t max;
    size_t count;
};

/* Keeps the oldest `max` entries, in order. */
static void collect(void *context, const uint8_t *entry)
{
    struct collector *collector = context;
    struct st_id_hit hit = {0};
    for (int i = 0; i < 6; i++)
        hit.seq = hit.seq << 8 | entry[AT_SEQ + i];
    memcpy(hit.mac, entry + AT_MAC, sizeof hit.mac);
    size_t at = collector->count;
    if (at == collector->max) {
        if (at == 0 || collector->hits[at - 1].seq < hit.seq)
            return;
        at--;
    } else {
        collector->count++;
    }
    for (; at > 0 && collector->hits[at - 1].seq > hit.seq; at--)
        collector->hits[at] = collector->hits[at - 1];
    collector->hits[at] = hit;
}

st_err st_ids_find(struct st_ids *ids, const struct st_id_key *key, struct st_id_hit *hits,
                   size_t max, size_t *count, struct st_why *why)
{
    struct collector collector = {hits, max, 0};
    st_err err = st_runs_find(&ids->runs, key->hash, collect, &collector, why);
    if (err != ST_OK)
        return err;
    for (uint32_t at = ids->slot_count == 0 ? 0 : first_slot(ids, key->hash);
         ids->slot_count != 0 && ids->slots[at] != 0; at = (at + 1) & (ids->slot_count - 1)) {
        const char *entry = fresh_at(ids, ids->slots[at] - 1);
        if (memcmp(entry, key->hash, sizeof key->hash) == 0)
            collect(&collector, (const uint8_t *)entry);
    }
    *count = collector.count;
    return ST_OK;
}

/* ---- settling ---- */

static void sort_bucket(char *entries, uint32_t count)
{
    char held[ST_ID_ENTRY_BYTES];
    for (uint32_t i = 1; i < count; i++) {
        uint32_t hole = i;
        memcpy(held, entries + (size_t)i * ST_ID_ENTRY_BYTES, sizeof held);
        for (; hole > 0; hole--) {
            const char *before = entries + (size_t)(hole - 1) * ST_ID_ENTRY_BYTES;
            if (memcmp(before, held, ST_ID_ORDER_BYTES) <= 0)
                break;
            memcpy(entries + (size_t)hole * ST_ID_ENTRY_BYTES, before, sizeof held);
        }
        memcpy(entries + (size_t)hole * ST_ID_ENTRY_BYTES, held, sizeof held);
    }
}

static uint32_t bucket_of(const char *entry)
{
    return (uint32_t)(uint8_t)entry[0] << 8 | (uint8_t)entry[1];
}

/* Hashes are evenly spread, so that buckets by their two leading bytes hold a few entries each. */
static st_err sort_fresh(struct st_ids *ids)
{
    char *sorted = st_mem_resize(ids->sorted, (size_t)ids->fresh_count * ST_ID_ENTRY_BYTES);
    if (sorted == NULL)
        return ST_ERR_MEMORY;
    ids->sorted = sorted;
    uint32_t *starts = ids->starts;
    memset(starts, 0, (BUCKETS + 1) * sizeof *starts);
    for (uint32_t i = 0; i < ids->fresh_count; i++)
        starts[bucket_of(fresh_at(ids, i)) + 1]++;
    for (uint32_t i = 0; i < BUCKETS; i++)
        starts[i + 1] += starts[i];
    for (uint32_t i = 0; i < ids->fresh_count; i++) {
        const char *entry = fresh_at(ids, i);
        memcpy(sorted + (size_t)starts[bucket_of(entry)]++ * ST_ID_ENTRY_BYTES, entry,
               ST_ID_ENTRY_BYTES);
    }
    /* Each start has moved to its bucket's end. */
    for (uint32_t i = 0, from = 0; i < BUCKETS; from = starts[i++])
        sort_bucket(sorted + (size_t)from * ST_ID_ENTRY_BYTES, starts[i] - from);
    return ST_OK;
}

static st_err flush(struct st_ids *ids, uint64_t last_seq, struct st_why *why)
{
    st_err err = ST_OK;
    if (ids->fresh_count > 0) {
        err = sort_fresh(ids);
        if (err != ST_OK)
            return st_fail(why, err, "no memory to sort ids");
        err = st_runs_flush(&ids->runs, ids->sorted, ids->fresh_count, why);
    }
    if (err != ST_OK)
        return err;
    st_sql_bind_i64(ids->set_settled, 1, (int64_t)last_seq);
    err = st_sql_run(ids->set_settled, "ids cannot be written", why);
    ids->settled = last_seq;
    ids->flushed = true;
    return err;
}

st_err st_ids_settle(struct st_ids *ids, uint64_t last_seq, uint64_t raw_bytes, struct st_why *why)
{
    uint64_t added = st_ids_added(ids);
    st_err err = st_runs_step(&ids->runs, added, why);
    if (err == ST_OK &&
        (ids->fresh_count >= ids->fresh_max || last_seq - ids->settled >= ST_IDS_UNSETTLED_MAX ||
         raw_bytes >= ST_IDS_UNSETTLED_BYTES_MAX))
        err = flush(ids, last_seq, why);
    return err;
}

void st_ids_keep(struct st_ids *ids)
{
    if (ids->flushed) {
        ids->fresh_count = 0;
        if (ids->slot_count > 0)
            fill_slots(ids);
    }
    ids->fresh_kept = ids->fresh_count;
    ids->settled_kept = ids->settled;
    ids->flushed = false;
    st_runs_keep(&ids->runs);
}

void st_ids_forget(struct st_ids *ids)
{
    ids->flushed = false;
    ids->settled = ids->settled_kept;
    st_ids_take_back(ids, 0);
    st_runs_forget(&ids->runs);
}

uint64_t st_ids_settled_seq(const struct st_ids *ids)
{
    return ids->settled;
}

/* ---- life ---- */

static st_err load_settled(struct st_ids *ids, sqlite3 *db, struct st_why *why)
{
    int64_t settled = 0;
    st_err err = st_sql_int(db, "SELECT value FROM meta WHERE key = 'ids_settled'", &settled, why);
    if (err == ST_ERR_ABSENT || (err == ST_OK && (settled < 0 || settled > (int64_t)ST_SEQ_MAX)))
        return st_fail(why, ST_ERR_CORRUPT, "the store does not say which ids are settled");
    ids->settled = ids->settled_kept = (uint64_t)settled;
    return err;
}

st_err st_ids_open(struct st_ids **opened, sqlite3 *db, const uint8_t secret[static 64],
                   struct st_why *why)
{
    struct st_ids *ids = st_mem_get_zeroed(sizeof *ids);
    if (ids == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory for ids");
    ids->fresh_max = ST_IDS_FRESH_MAX;
    start_keyed(&ids->hashing, secret, 0);
    start_keyed(&ids->mac_in, secret + KEY_BYTES, 0x36);
    start_keyed(&ids->mac_out, secret + KEY_BYTES, 0x5C);
    ids->starts = st_mem_get((BUCKETS + 1) * sizeof *ids->starts);
    const struct st_sql_statement list[] = {
        {&ids->set_settled, "UPDATE meta SET value = ?1 WHERE key = 'ids_settled'"}};
    st_err err = ids->starts == NULL ? st_fail(why, ST_ERR_MEMORY, "no memory for ids") : ST_OK;
    if (err == ST_OK)
        err = st_sql_prepare(db, list, 1, why);
    if (err == ST_OK)
        err = load_settled(ids, db, why);
    if (err == ST_OK)
        err = st_runs_open(&ids->runs, db, why);
    if (err != ST_OK) {
        st_ids_close(ids);
        return err;
    }
    *opened = ids;
    return ST_OK;
}

void st_ids_close(struct st_ids *ids)
{
    if (ids == NULL)
        return;
    st_runs_close(&ids->runs);
    sqlite3_finalize(ids->set_settled);
    st_mem_free(ids->fresh);
    st_mem_free(ids->slots);
    st_mem_free(ids->sorted);
    st_mem_free(ids->starts);
    st_mem_free(ids);
}

void st_ids_shrink(struct st_ids *ids, uint32_t fresh_max, uint32_t chunk_entries,
                   uint32_t runs_a_level)
{
    ST_BUG_IF(chunk_entries == 0 || chunk_entries > ST_IDS_CHUNK_ENTRIES);
    ST_BUG_IF(runs_a_level < 2 || runs_a_level > ST_IDS_RUNS_A_LEVEL);
    ids->fresh_max = fresh_max;
    ids->runs.chunk_entries = chunk_entries;
    ids->runs.runs_a_level = runs_a_level;
}
