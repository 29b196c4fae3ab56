/* The store beside its twin: a plain array that is searched from its beginning. */
#include "sample.h"

#include "store/writer.h"

#define TWIN_MAX 40000

struct twin {
    struct st_event events[TWIN_MAX]; /* the event of seq n stands at n - 1 */
    uint64_t count;
    uint64_t committed;
};

struct fixture {
    struct st_rng rng;
    struct st_arena arena;
    struct folder folder;
    struct st_store *store;
    struct twin twin;
    int64_t now_ns;
};

static struct fixture fixture;

/* What the store ought to answer for one event, and the twin's own append. */
struct expected {
    uint8_t outcome;
    uint64_t first_seq;
};

static struct expected twin_append(struct twin *twin, const struct st_event *event)
{
    const struct st_record *record = &event->record;
    for (uint64_t i = 0; i < twin->count && record->id.at != NULL; i++) {
        const struct st_event *other = &twin->events[i];
        if (other->record.id.at == NULL || !st_str_eq(other->record.id, record->id) ||
            !st_str_eq(other->record.tenant, record->tenant) ||
            !st_str_eq(other->record.contract, record->contract))
            continue;
        bool same = st_str_eq(other->raw, event->raw);
        return (struct expected){same ? ST_DUPLICATE : ST_CONFLICT, i + 1};
    }
    assert_true(twin->count < TWIN_MAX);
    twin->events[twin->count++] = *event;
    return (struct expected){ST_ACCEPTED, twin->count};
}

static void twin_append_batch(struct twin *twin, struct st_append *const *events, size_t count,
                              bool atomic, struct expected *expected)
{
    uint64_t before = twin->count;
    bool conflict = false;
    for (size_t i = 0; i < count; i++) {
        expected[i] = twin_append(twin, &events[i]->event);
        conflict = conflict || expected[i].outcome == ST_CONFLICT;
    }
    if (!atomic || !conflict)
        return;
    twin->count = before;
    for (size_t i = 0; i < count; i++) {
        if (expected[i].first_seq <= before)
            continue;
        expected[i].first_seq = 0;
        if (expected[i].outcome != ST_CONFLICT)
            expected[i].outcome = ST_WITHHELD;
    }
}

/* A new event, or an earlier one again, with the same bytes or with others. */
static struct st_append *next_event(const struct twin *twin, struct st_append *const *batch,
                                    size_t batch_count)
{
    uint64_t kind = st_rng_below(&fixture.rng, 12);
    struct st_append *append = random_event(&fixture.rng, &fixture.arena);
    const struct st_event *earlier = NULL;
    if (kind <= 1 && twin->count > 0)
        earlier = &twin->events[st_rng_below(&fixture.rng, twin->count)];
    else if (kind == 2 && batch_count > 0)
        earlier = &batch[st_rng_below(&fixture.rng, batch_count)]->event;
    if (earlier == NULL)
        return append;
    st_str raw = append->event.raw;
    append->event = *earlier;
    append->event.record.seq = 0;
    append->event.record.received_ns = 0;
    if (st_rng_below(&fixture.rng, 4) == 0)
        append->event.raw = raw;
    return append;
}

static void append_batch(void)
{
    static struct st_append *events[2000];
    static struct expected expected[2000];
    size_t count =
        (size_t)st_rng_below(&fixture.rng, st_rng_below(&fixture.rng, 8) == 0 ? 1200 : 30);
    bool atomic = st_rng_below(&fixture.rng, 3) == 0;
    for (size_t i = 0; i < count; i++) {
        events[i] = next_event(&fixture.twin, events, i);
        if (st_rng_below(&fixture.rng, 2) == 0)
            st_store_prepare(fixture.store, events[i]);
    }
    fixture.now_ns += (int64_t)st_rng_below(&fixture.rng, 1000) - 200;
    uint64_t before = fixture.twin.count;
    twin_append_batch(&fixture.twin, events, count, atomic, expected);
    assert_good(st_store_append(fixture.store, events, count, atomic, fixture.now_ns, &why));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(events[i]->outcome, expected[i].outcome);
        assert_int_equal(events[i]->first_seq, expected[i].first_seq);
        if (events[i]->outcome == ST_ACCEPTED && expected[i].first_seq > before)
            fixture.twin.events[expected[i].first_seq - 1].record = events[i]->event.record;
    }
}

static void check_up(struct st_reader *reader, uint64_t from)
{
    struct st_scan scan = {0};
    const struct st_event *events = NULL;
    uint32_t count = 0;
    uint64_t met = from == 0 ? 0 : from - 1;
    st_scan_start(&scan, reader, from, false);
    do {
        assert_good(st_scan_next(&scan, 0, &events, &count, &why));
        for (uint32_t i = 0; i < count; i++) {
            assert_int_equal(events[i].record.seq, met + 1);
            assert_same_event(&fixture.twin.events[met], &events[i]);
            met++;
        }
    } while (count > 0);
    assert_int_equal(met, fixture.twin.committed);
}

static void check_down(struct st_reader *reader, uint64_t before)
{
    struct st_scan scan = {0};
    const struct st_event *events = NULL;
    uint32_t count = 0;
    uint64_t left = before > fixture.twin.committed ? fixture.twin.committed : before - 1;
    st_scan_start(&scan, reader, before, true);
    do {
        assert_good(st_scan_next(&scan, 0, &events, &count, &why));
        for (uint32_t i = count; i > 0; i--, left--)
            assert_same_event(&fixture.twin.events[left - 1], &events[i - 1]);
    } while (count > 0);
    assert_int_equal(left, 0);
}

static void check_log(void)
{
    struct st_reader *reader = open_reader(&fixture.folder);
    struct st_head head;
    struct st_event event;
    assert_good(st_reader_head(reader, &head, &why));
    assert_int_equal(head.last_seq, fixture.twin.committed);
    assert_int_equal(head.first_seq, fixture.twin.committed == 0 ? 0 : 1);
    check_up(reader, 0);
    check_down(reader, UINT64_MAX);
    if (fixture.twin.committed > 0) {
        uint64_t seq = 1 + st_rng_below(&fixture.rng, fixture.twin.committed);
        check_up(reader, seq);
        check_down(reader, seq);
        assert_good(st_reader_find(reader, seq, &event, &why));
        assert_same_event(&fixture.twin.events[seq - 1], &event);
    }
    assert_err(st_reader_find(reader, fixture.twin.committed + 1, &event, NULL), ABSENT);
    assert_err(st_reader_find(reader, 0, &event, NULL), ABSENT);
    assert_err(st_reader_find(reader, UINT64_MAX, &event, NULL), ABSENT);
    st_reader_close(reader);
}

static void open_twin(void)
{
    fixture.store = open_store(&fixture.folder, NULL);
    /* Small runs, so that ids pass through many merges. */
    st_ids_shrink(fixture.store->ids, 100, 20, 2);
    assert_int_equal(st_store_last_seq(fixture.store), fixture.twin.committed);
}

static void run_transaction(void)
{
    assert_good(st_store_begin(fixture.store, &why));
    uint64_t appends = st_rng_below(&fixture.rng, 4);
    for (uint64_t i = 0; i < appends; i++)
        append_batch();
    if (st_rng_below(&fixture.rng, 4) == 0) {
        st_store_rollback(fixture.store);
        fixture.twin.count = fixture.twin.committed;
    } else {
        assert_good(st_store_commit(fixture.store, &why));
        fixture.twin.committed = fixture.twin.count;
    }
    assert_int_equal(st_store_last_seq(fixture.store), fixture.twin.committed);
}

TEST("V2 O1 I1: the store answers as its twin does, through commits, rollbacks and reopening")
{
    st_rng_init(&fixture.rng, random_seed());
    st_arena_init(&fixture.arena, (size_t)1 << 30);
    folder_make(&fixture.folder);
    open_twin();
    fixture.now_ns = 1000000;
    while (fixture.twin.committed < 8000) {
        run_transaction();
        uint64_t next = st_rng_below(&fixture.rng, 20);
        if (next == 0)
            check_log();
        if (next == 1)
            assert_good(st_store_checkpoint(fixture.store, &why));
        if (next == 2) {
            st_store_close(fixture.store);
            open_twin();
        }
    }
    st_store_close(fixture.store);
    check_log();
    st_arena_done(&fixture.arena);
    folder_remove(&fixture.folder);
}
