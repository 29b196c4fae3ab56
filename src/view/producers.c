#include "view/producers.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "store/sql.h"

/* The keys and states of all held producers, at most: names are bounded by the event they stand in,
 * so a hostile producer could make each of them long. Past it the view lets go of them all. */
#define HELD_BYTES_MAX ((size_t)64 << 20)

struct hole {
    uint64_t from;
    uint64_t to; /* the last one that is missing */
};

struct producer {
    st_str tenant;
    st_str contract;
    st_str name;
    bool begun; /* a number was seen */
    bool changed;
    struct producer *next_changed;
    uint64_t next;
    uint64_t last_seq;
    uint64_t gaps;
    uint64_t closed;
    uint64_t repeats;
    struct hole holes[ST_PRODUCER_HOLES_MAX]; /* newest first */
    uint32_t hole_count;
};

struct st_producers {
    struct sqlite3 *db;
    sqlite3_stmt *find;
    sqlite3_stmt *put;
    bool made; /* the table is there; on disk once `kept` */
    bool kept;
    struct st_arena arena;    /* keys and states */
    struct st_map held;       /* key → struct producer * */
    struct producer *changed; /* those whose rows are to be written */
    struct st_buf key;
    struct st_buf holes;
};

static const char table[] =
    "CREATE TABLE IF NOT EXISTS view_producer(tenant TEXT NOT NULL, contract TEXT NOT NULL,"
    "  producer TEXT NOT NULL, next INTEGER NOT NULL, last_seq INTEGER NOT NULL,"
    "  gaps INTEGER NOT NULL, closed INTEGER NOT NULL, repeats INTEGER NOT NULL,"
    "  holes TEXT NOT NULL, PRIMARY KEY(tenant, contract, producer)) WITHOUT ROWID;";

static const char unreadable[] = "the view of producers cannot be read";
static const char unwritable[] = "the view of producers cannot be written";

static const char *const names[] = {
#define ST_NOTICE_NAME(id, text) [ST_NOTICE_##id] = (text),
    ST_NOTICE_LIST(ST_NOTICE_NAME)
#undef ST_NOTICE_NAME
};

const char *st_notice_name(enum st_notice_kind kind)
{
    return names[kind];
}

/* ---- life ---- */

st_err st_producers_new(struct st_producers **producers, struct sqlite3 *db)
{
    struct st_producers *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return ST_ERR_MEMORY;
    made->db = db;
    made->key = ST_BUF((size_t)4 * ST_EVENT_BYTES_MAX);
    made->holes = ST_BUF((size_t)64 * ST_PRODUCER_HOLES_MAX);
    st_arena_init(&made->arena, HELD_BYTES_MAX);
    st_map_init(&made->held, ST_PRODUCERS_HELD_MAX);
    *producers = made;
    return ST_OK;
}

static void finalize(struct st_producers *producers)
{
    sqlite3_finalize(producers->find);
    sqlite3_finalize(producers->put);
    producers->find = NULL;
    producers->put = NULL;
}

void st_producers_free(struct st_producers *producers)
{
    if (producers == NULL)
        return;
    finalize(producers);
    st_map_done(&producers->held);
    st_arena_done(&producers->arena);
    st_buf_done(&producers->key);
    st_buf_done(&producers->holes);
    st_mem_free(producers);
}

/* Makes the table where it is absent and the statements on it. */
static st_err make(struct st_producers *producers, struct st_why *why)
{
    const struct st_sql_statement list[] = {
        {&producers->find, "SELECT next, last_seq, gaps, closed, repeats, holes FROM view_producer"
                           " WHERE tenant = ?1 AND contract = ?2 AND producer = ?3"},
        {&producers->put, "INSERT OR REPLACE INTO view_producer"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"},
    };
    if (producers->made)
        return ST_OK;
    st_err err = st_sql_exec(producers->db, table, unwritable, why);
    if (err == ST_OK)
        err = st_sql_prepare(producers->db, list, sizeof list / sizeof list[0], why);
    if (err != ST_OK)
        finalize(producers);
    producers->made = err == ST_OK;
    return err;
}

static void let_go(struct st_producers *producers)
{
    producers->changed = NULL;
    st_map_reset(&producers->held);
    st_arena_reset(&producers->arena);
}

/* ---- one producer ---- */

static st_str present(st_str text)
{
    return text.at == NULL ? ST_STR("") : text;
}

/* Each text behind its length, so that no two producers share a key. */
static st_err write_key(struct st_buf *key, const struct st_record *record)
{
    const st_str texts[] = {record->tenant, record->contract, record->producer};
    st_err err = ST_OK;
    st_buf_reset(key);
    for (size_t i = 0; i < 3 && err == ST_OK; i++) {
        uint64_t len = texts[i].len;
        err = st_buf_add(key, &len, sizeof len);
        if (err == ST_OK)
            err = st_buf_add_str(key, texts[i]);
    }
    return err;
}

static void bind_key(sqlite3_stmt *statement, const struct producer *producer)
{
    st_sql_bind_text(statement, 1, producer->tenant);
    st_sql_bind_text(statement, 2, producer->contract);
    st_sql_bind_text(statement, 3, producer->name);
}

/* "7-7 3-4": what this view wrote, each below the one before it and all below `next`; anything else
 * is damage. */
static st_err read_holes(struct producer *producer, st_str text)
{
    uint64_t above = producer->next;
    while (text.len > 0) {
        st_str one, from, to;
        st_str_cut(text, ' ', &one, &text);
        struct hole *hole = &producer->holes[producer->hole_count];
        if (producer->hole_count == ST_PRODUCER_HOLES_MAX || !st_str_cut(one, '-', &from, &to) ||
            st_str_to_u64(from, &hole->from) != ST_OK || st_str_to_u64(to, &hole->to) != ST_OK ||
            hole->from > hole->to || hole->to >= above)
            return ST_ERR_CORRUPT;
        above = hole->from;
        producer->hole_count++;
    }
    return ST_OK;
}

/* Whether the numbers are ones that this view writes: what is told of them must fit steno@1. */
static bool is_in_range(const struct producer *producer)
{
    return producer->next > 0 && producer->next <= ST_PRODUCER_SEQ_MAX + UINT64_C(1) &&
           producer->last_seq > 0 && producer->last_seq <= ST_SEQ_MAX;
}

static st_err read_row(struct st_producers *producers, struct producer *producer,
                       struct st_why *why)
{
    bool row = false;
    sqlite3_stmt *find = producers->find;
    bind_key(find, producer);
    st_err err = st_sql_step(find, &row, unreadable, why);
    if (err != ST_OK || !row)
        return err;
    producer->begun = true;
    producer->next = (uint64_t)sqlite3_column_int64(find, 0);
    producer->last_seq = (uint64_t)sqlite3_column_int64(find, 1);
    producer->gaps = (uint64_t)sqlite3_column_int64(find, 2);
    producer->closed = (uint64_t)sqlite3_column_int64(find, 3);
    producer->repeats = (uint64_t)sqlite3_column_int64(find, 4);
    err = is_in_range(producer) ? read_holes(producer, st_sql_blob(find, 5)) : ST_ERR_CORRUPT;
    st_sql_reset(find);
    return err == ST_OK ? ST_OK : st_fail(why, err, "the view of producers is damaged");
}

/* A state for the record's producer, as its row has it. */
static st_err take_in(struct st_producers *producers, const struct st_record *record,
                      struct producer **taken, struct st_why *why)
{
    struct st_arena *arena = &producers->arena;
    struct producer *producer = ST_ARENA_NEW(arena, struct producer);
    st_str key = st_arena_copy(arena, st_buf_str(&producers->key));
    if (producer == NULL || key.at == NULL)
        return ST_ERR_LIMIT;
    producer->tenant = st_arena_copy(arena, present(record->tenant));
    producer->contract = st_arena_copy(arena, present(record->contract));
    producer->name = st_arena_copy(arena, present(record->producer));
    if (producer->tenant.at == NULL || producer->contract.at == NULL || producer->name.at == NULL)
        return ST_ERR_LIMIT;
    st_err err = read_row(producers, producer, why);
    if (err == ST_OK)
        err = st_map_put(&producers->held, key, (uint64_t)(uintptr_t)producer, NULL, NULL);
    if (err == ST_OK)
        *taken = producer;
    return err;
}

static st_err find(struct st_producers *producers, const struct st_record *record,
                   struct producer **found, struct st_why *why)
{
    st_err err = write_key(&producers->key, record);
    if (err != ST_OK)
        return st_fail(why, err, "no memory for the view of producers");
    struct st_map_entry *entry = st_map_find(&producers->held, st_buf_str(&producers->key));
    if (entry != NULL) {
        *found = (struct producer *)(uintptr_t)entry->value;
        return ST_OK;
    }
    err = take_in(producers, record, found, why);
    if (err != ST_ERR_LIMIT)
        return err;
    /* No more can be held: what changed goes to its rows, and the view begins to hold anew. */
    err = st_producers_flush(producers, why);
    if (err != ST_OK)
        return err;
    let_go(producers);
    err = take_in(producers, record, found, why);
    return err == ST_ERR_LIMIT ? st_fail(why, err, "no memory for the view of producers") : err;
}

/* ---- the rules ---- */

static void drop_hole(struct producer *producer, uint32_t at)
{
    producer->hole_count--;
    memmove(&producer->holes[at], &producer->holes[at + 1],
            sizeof(struct hole) * (producer->hole_count - at));
}

/* In front of hole `at`; the oldest is forgotten when there is no room. */
static void add_hole(struct producer *producer, uint32_t at, struct hole hole)
{
    if (producer->hole_count < ST_PRODUCER_HOLES_MAX)
        producer->hole_count++;
    memmove(&producer->holes[at + 1], &producer->holes[at],
            sizeof(struct hole) * (producer->hole_count - at - 1));
    producer->holes[at] = hole;
}

/* Takes a number out of what is missing; false when it is not missing. */
static bool close_hole(struct producer *producer, uint64_t number)
{
    for (uint32_t i = 0; i < producer->hole_count; i++) {
        struct hole *hole = &producer->holes[i];
        if (number < hole->from || number > hole->to)
            continue;
        if (hole->from == hole->to) {
            drop_hole(producer, i);
        } else if (number == hole->from) {
            hole->from++;
        } else if (number == hole->to) {
            hole->to--;
        } else {
            struct hole after = {number + 1, hole->to};
            hole->to = number - 1;
            add_hole(producer, i, after);
        }
        return true;
    }
    return false;
}

static uint64_t count_missing(const struct producer *producer)
{
    uint64_t missing = 0;
    for (uint32_t i = 0; i < producer->hole_count; i++)
        missing += producer->holes[i].to - producer->holes[i].from + 1;
    return missing;
}

static void meet(struct producer *producer, uint64_t number, struct st_notice *notice)
{
    notice->expected = producer->next;
    if (number > producer->next) {
        notice->kind = ST_NOTICE_GAP;
        notice->missing = number - producer->next;
        add_hole(producer, 0, (struct hole){producer->next, number - 1});
        producer->gaps++;
    } else if (number < producer->next) {
        if (close_hole(producer, number)) {
            notice->kind = ST_NOTICE_GAP_CLOSED;
            notice->missing = count_missing(producer);
            producer->closed++;
            return;
        }
        notice->kind = ST_NOTICE_REPEAT;
        producer->hole_count = 0;
        producer->repeats++;
    }
    producer->next = number + 1;
}

st_err st_producers_fold(struct st_producers *producers, const struct st_record *record,
                         struct st_notice *notice, struct st_why *why)
{
    *notice = (struct st_notice){.kind = ST_NOTICE_NONE};
    if (!(record->has & ST_HAS_PRODUCER_SEQ) || record->producer_seq > ST_PRODUCER_SEQ_MAX)
        return ST_OK;
    struct producer *producer = NULL;
    st_err err = make(producers, why);
    if (err == ST_OK)
        err = find(producers, record, &producer, why);
    if (err != ST_OK)
        return err;
    ST_BUG_IF(producer == NULL);
    notice->found = record->producer_seq;
    notice->after_seq = producer->last_seq;
    notice->at_seq = record->seq;
    if (producer->begun)
        meet(producer, record->producer_seq, notice);
    else
        producer->next = record->producer_seq + 1;
    producer->begun = true;
    producer->last_seq = record->seq;
    if (!producer->changed) {
        producer->changed = true;
        producer->next_changed = producers->changed;
        producers->changed = producer;
    }
    return ST_OK;
}

/* ---- rows ---- */

static st_err write_holes(struct st_buf *text, const struct producer *producer)
{
    st_err err = ST_OK;
    st_buf_reset(text);
    for (uint32_t i = 0; i < producer->hole_count && err == ST_OK; i++)
        err = st_buf_printf(text, "%s%llu-%llu", i == 0 ? "" : " ",
                            (unsigned long long)producer->holes[i].from,
                            (unsigned long long)producer->holes[i].to);
    return err;
}

static st_err write_row(struct st_producers *producers, const struct producer *producer,
                        struct st_why *why)
{
    sqlite3_stmt *put = producers->put;
    st_err err = write_holes(&producers->holes, producer);
    if (err != ST_OK)
        return st_fail(why, err, "no memory for the view of producers");
    bind_key(put, producer);
    st_sql_bind_i64(put, 4, (int64_t)producer->next);
    st_sql_bind_i64(put, 5, (int64_t)producer->last_seq);
    st_sql_bind_i64(put, 6, (int64_t)producer->gaps);
    st_sql_bind_i64(put, 7, (int64_t)producer->closed);
    st_sql_bind_i64(put, 8, (int64_t)producer->repeats);
    st_sql_bind_text(put, 9, present(st_buf_str(&producers->holes)));
    return st_sql_run(put, unwritable, why);
}

st_err st_producers_flush(struct st_producers *producers, struct st_why *why)
{
    st_err err = ST_OK;
    while (producers->changed != NULL && err == ST_OK) {
        struct producer *producer = producers->changed;
        err = write_row(producers, producer, why);
        producers->changed = producer->next_changed;
        producer->changed = false;
    }
    return err;
}

void st_producers_keep(struct st_producers *producers)
{
    producers->kept = producers->made;
}

void st_producers_forget(struct st_producers *producers)
{
    let_go(producers);
    if (producers->kept)
        return;
    /* The table went with the transaction that made it. */
    finalize(producers);
    producers->made = false;
}
