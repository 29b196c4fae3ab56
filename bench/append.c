/*
 * append: durable appends to the store beside SQLite with one row an event.
 *
 * Events of 600 bytes with random ids, 10,000 streams, 15 types. Both write in WAL mode with
 * synchronous=FULL; the rows have three indexes: unique id, (stream, seq), (type, seq). A run of
 * one is followed by a run of the other, so that the ratio holds whatever else the machine does.
 *
 *   append.1000, append.1          the store, all work on this thread
 *   append.prepared.1000           the ids' digests computed before, as the engine's workers do
 *   rows.1000, rows.1              SQLite
 *   ratio.1000, ratio.1            medians divided
 */
#include "base/mem.h"
#include "base/random.h"
#include "base/time.h"
#include "figure.h"
#include "store/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUNS        5
#define EVENT_BYTES 600u
#define MANY        200000u /* events of a run at 1000 a commit */
#define FEW         2000u   /* and at one a commit */
#define ROWS        50000u

struct event {
    char id[37];
    char stream[20];
    char type[20];
    char raw[EVENT_BYTES];
};

static char folder[] = "/var/tmp/steno-bench-XXXXXX";
static char path[64];
static struct event *events;
static struct st_append *appends;

static void die(const char *what, const char *text)
{
    fprintf(stderr, "append: %s: %s\n", what, text);
    exit(1);
}

static void must(const char *what, st_err err, const struct st_why *why)
{
    if (err != ST_OK)
        die(what, why->text != NULL ? why->text : st_err_text(err));
}

static void remove_store(void)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
    char name[80];
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        snprintf(name, sizeof name, "%s%s", path, suffixes[i]);
        unlink(name);
    }
}

/* A JSON text of the right length: words, numbers and the two random ids that such events carry. */
static void make_event(struct st_rng *rng, struct event *event)
{
    char trace[37];
    st_rng_uuid(rng, event->id);
    st_rng_uuid(rng, trace);
    snprintf(event->stream, sizeof event->stream, "run-%05u", (unsigned)st_rng_below(rng, 10000));
    snprintf(event->type, sizeof event->type, "model.call.%02u", (unsigned)st_rng_below(rng, 15));
    int len =
        snprintf(event->raw, EVENT_BYTES,
                 "{\"event_id\":\"%s\",\"event_type\":\"%s\",\"run_id\":\"%s\","
                 "\"trace_id\":\"%s\",\"usage\":{\"input_tokens\":%u,\"output_tokens\":%u},"
                 "\"cost\":{\"cost_usd\":0.%06u},\"attributes\":{\"note\":\"",
                 event->id, event->type, event->stream, trace, (unsigned)st_rng_below(rng, 100000),
                 (unsigned)st_rng_below(rng, 5000), (unsigned)st_rng_below(rng, 1000000));
    static const char *const words[] = {"the ",   "plan ", "tool ", "answer ",
                                        "retry ", "file ", "step ", "of "};
    while (len < (int)EVENT_BYTES - 12)
        len += snprintf(event->raw + len, EVENT_BYTES - (size_t)len, "%s",
                        words[st_rng_below(rng, 8)]);
    memset(event->raw + len, ' ', EVENT_BYTES - (size_t)len);
    memcpy(event->raw + EVENT_BYTES - 3, "\"}}", 3);
}

static void make_events(uint64_t seed, size_t count)
{
    static const uint8_t digest[ST_DIGEST_BYTES] = {1};
    struct st_rng rng;
    st_rng_init(&rng, seed);
    for (size_t i = 0; i < count; i++) {
        make_event(&rng, &events[i]);
        struct st_record record = {.contract = ST_STR("agent-event@v0"),
                                   .contract_digest = digest,
                                   .type = st_str_of(events[i].type),
                                   .id = st_str_of(events[i].id),
                                   .stream = st_str_of(events[i].stream),
                                   .category = ST_STR("model")};
        appends[i] =
            (struct st_append){.event = {.record = record, .raw = {events[i].raw, EVENT_BYTES}}};
    }
}

static double per_second(size_t count, int64_t started)
{
    return (double)count * 1e9 / (double)(st_monotonic_ns() - started);
}

static double run_store(size_t count, size_t a_commit, bool prepared)
{
    static struct st_append *batch[1000];
    struct st_store *store = NULL;
    struct st_why why = {0};
    const struct st_store_options options = {.create = true};
    must("open", st_store_open(&store, path, &options, &why), &why);
    for (size_t i = 0; prepared && i < count; i++)
        st_store_prepare(store, &appends[i]);
    int64_t started = st_monotonic_ns();
    for (size_t at = 0; at < count; at += a_commit) {
        for (size_t i = 0; i < a_commit; i++)
            batch[i] = &appends[at + i];
        must("begin", st_store_begin(store, &why), &why);
        must("append", st_store_append(store, batch, a_commit, false, 1, &why), &why);
        must("commit", st_store_commit(store, &why), &why);
    }
    double result = per_second(count, started);
    if (st_store_last_seq(store) != count)
        die("append", "events are missing");
    st_store_close(store);
    remove_store();
    return result;
}

static void sql(sqlite3 *db, const char *text)
{
    if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
        die(text, sqlite3_errmsg(db));
}

static double run_rows(size_t count, size_t a_commit)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;
    if (sqlite3_open(path, &db) != SQLITE_OK)
        die("rows", "the database cannot be opened");
    sql(db,
        "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "PRAGMA cache_size=-32768;"
        "CREATE TABLE event(seq INTEGER PRIMARY KEY, id TEXT, stream TEXT, type TEXT, raw BLOB);"
        "CREATE UNIQUE INDEX by_id ON event(id); CREATE INDEX by_stream ON event(stream, seq);"
        "CREATE INDEX by_type ON event(type, seq)");
    if (sqlite3_prepare_v2(db, "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5)", -1, &insert,
                           NULL) != SQLITE_OK)
        die("rows", sqlite3_errmsg(db));
    int64_t started = st_monotonic_ns();
    for (size_t at = 0; at < count; at += a_commit) {
        sql(db, "BEGIN IMMEDIATE");
        for (size_t i = at; i < at + a_commit; i++) {
            sqlite3_bind_int64(insert, 1, (sqlite3_int64)i + 1);
            sqlite3_bind_text(insert, 2, events[i].id, 36, SQLITE_STATIC);
            sqlite3_bind_text(insert, 3, events[i].stream, -1, SQLITE_STATIC);
            sqlite3_bind_text(insert, 4, events[i].type, -1, SQLITE_STATIC);
            sqlite3_bind_blob(insert, 5, events[i].raw, EVENT_BYTES, SQLITE_STATIC);
            if (sqlite3_step(insert) != SQLITE_DONE)
                die("rows", sqlite3_errmsg(db));
            sqlite3_reset(insert);
        }
        sql(db, "COMMIT");
    }
    double result = per_second(count, started);
    sqlite3_finalize(insert);
    sqlite3_close(db);
    remove_store();
    return result;
}

static void compare(struct figure *store, struct figure *rows, struct figure *ratio)
{
    figure_print(store);
    figure_print(rows);
    figure_add(ratio, figure_median(store) / figure_median(rows));
    ratio->runs = 1;
    figure_print(ratio);
}

int main(void)
{
    struct figure store_many = {"append.1000", "events/s", MANY * EVENT_BYTES, {0}, 0};
    struct figure prepared = {"append.prepared.1000", "events/s", MANY * EVENT_BYTES, {0}, 0};
    struct figure rows_many = {"rows.1000", "events/s", ROWS * EVENT_BYTES, {0}, 0};
    struct figure store_few = {"append.1", "events/s", FEW * EVENT_BYTES, {0}, 0};
    struct figure rows_few = {"rows.1", "events/s", FEW * EVENT_BYTES, {0}, 0};
    struct figure ratio_many = {"ratio.1000", "times", 0, {0}, 0};
    struct figure ratio_few = {"ratio.1", "times", 0, {0}, 0};
    events = st_mem_get(MANY * sizeof *events);
    appends = st_mem_get(MANY * sizeof *appends);
    if (events == NULL || appends == NULL || mkdtemp(folder) == NULL)
        die("start", "no memory or no folder");
    snprintf(path, sizeof path, "%s/store.db", folder);
    for (uint64_t run = 0; run < RUNS; run++) {
        make_events(run, MANY);
        figure_add(&store_many, run_store(MANY, 1000, false));
        figure_add(&rows_many, run_rows(ROWS, 1000));
        make_events(run, MANY);
        figure_add(&prepared, run_store(MANY, 1000, true));
        make_events(run, FEW);
        figure_add(&store_few, run_store(FEW, 1, false));
        figure_add(&rows_few, run_rows(FEW, 1));
    }
    compare(&store_many, &rows_many, &ratio_many);
    figure_print(&prepared);
    compare(&store_few, &rows_few, &ratio_few);
    rmdir(folder);
    st_mem_free(events);
    st_mem_free(appends);
    return 0;
}
