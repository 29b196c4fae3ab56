/* Power that goes at every moment, and disks that refuse. */
#include "sample.h"

#include "base/mem.h"
#include "faulty_vfs.h"
#include "store/writer.h"

#include <errno.h>

/* What every run does: transactions of these sizes, then a checkpoint after some. */
static const unsigned sizes[] = {1, 3, 40, 1, 600, 2, 1, 80, 1300, 5, 1, 30, 7, 200, 1};
#define TRANSACTIONS (sizeof sizes / sizeof sizes[0])

struct world {
    struct st_arena arena;
    struct folder folder;
    struct faulty_vfs *vfs;
    struct st_store *store;
    uint64_t acknowledged; /* events 1 … this were answered for */
    uint64_t under_way;    /* and up to here may have been when the power went */
};

static void begin(struct world *world, uint64_t seed)
{
    *world = (struct world){0};
    st_arena_init(&world->arena, (size_t)64 << 20);
    folder_make(&world->folder);
    world->vfs = faulty_vfs_new();
    faulty_vfs_hold(world->vfs, seed);
}

static void end(struct world *world)
{
    faulty_vfs_free(world->vfs);
    folder_remove(&world->folder);
    st_arena_done(&world->arena);
}

static st_err open_small(struct world *world, const char *vfs, struct st_why *why)
{
    const struct st_store_options options = {.create = true, .vfs = vfs, .no_thread = true};
    st_err err = st_store_open(&world->store, world->folder.store, &options, why);
    if (err == ST_OK)
        st_ids_shrink(world->store->ids, 50, 10, 2);
    return err;
}

/* One transaction of `count` events behind the acknowledged ones. */
static st_err run_transaction(struct world *world, unsigned count, struct st_why *why)
{
    static struct st_append *events[2000];
    uint64_t number = 0;
    st_arena_reset(&world->arena);
    for (unsigned i = 0; i < count; i++)
        events[i] = plain_event(&world->arena, world->acknowledged + 1 + i, i % 200);
    st_err err = st_store_begin(world->store, why);
    if (err == ST_OK)
        err = st_store_append(world->store, events, count, false, 5, why);
    if (err == ST_OK)
        err = st_store_keep_contract(world->store, ST_STR("sample@1"), sample_digests[0],
                                     ST_STR("{}"), why);
    if (err == ST_OK && count > 1)
        err =
            st_store_quarantine(world->store, &events[0]->event, ST_STR("wrong"), 5, &number, why);
    if (err != ST_OK)
        return err;
    world->under_way = world->acknowledged + count;
    err = st_store_commit(world->store, why);
    if (err == ST_OK)
        world->acknowledged = world->under_way;
    return err;
}

static st_err run_all(struct world *world)
{
    struct st_why why = {0};
    st_err err = open_small(world, faulty_vfs_name(world->vfs), &why);
    for (size_t i = 0; i < TRANSACTIONS && err == ST_OK; i++) {
        err = run_transaction(world, sizes[i], &why);
        if (err == ST_OK && i % 3 == 2)
            err = st_store_checkpoint(world->store, &why);
    }
    st_store_close(world->store);
    world->store = NULL;
    return err;
}

/* Every event up to `last`, once, in order, byte by byte. */
static void check_log(struct world *world, uint64_t last)
{
    struct st_reader *reader = open_reader(&world->folder);
    struct st_scan scan = {0};
    const struct st_event *events = NULL;
    uint32_t count = 0;
    uint64_t met = 0;
    st_scan_start(&scan, reader, 0, false);
    do {
        assert_good(st_scan_next(&scan, 0, &events, &count, &why));
        for (uint32_t i = 0; i < count; i++) {
            met++;
            assert_int_equal(events[i].record.seq, met);
            st_str raw = events[i].raw;
            struct st_append *expected = plain_event(&world->arena, met, raw.len - 32);
            assert_true(st_str_eq(raw, expected->event.raw));
            assert_true(st_str_eq(events[i].record.id, expected->event.record.id));
        }
        st_arena_reset(&world->arena);
    } while (count > 0);
    assert_int_equal(met, last);
    st_reader_close(reader);
}

/* Sends all that was ever sent again: what is there is a duplicate of its own seq. */
static void check_ids(struct world *world, uint64_t last)
{
    uint64_t number = 0;
    assert_good(st_store_begin(world->store, &why));
    for (size_t i = 0; i < TRANSACTIONS; i++) {
        for (unsigned k = 0; k < sizes[i]; k++) {
            number++;
            struct st_append *append = plain_event(&world->arena, number, k % 200);
            assert_good(st_store_append(world->store, &append, 1, false, 6, &why));
            assert_int_equal(append->outcome, number <= last ? ST_DUPLICATE : ST_ACCEPTED);
            assert_int_equal(append->first_seq, number);
        }
    }
    assert_good(st_store_commit(world->store, &why));
}

TEST("D1 D2: after a crash at any operation all that was acknowledged is there, once, in order")
{
    uint64_t seed = random_seed();
    bool crashed = true;
    uint64_t nth = 1;
    for (; crashed; nth++) {
        struct world world;
        begin(&world, seed + nth);
        faulty_vfs_crash_at(world.vfs, nth);
        st_err err = run_all(&world);
        crashed = faulty_vfs_has_crashed(world.vfs);
        if (!crashed)
            assert_int_equal(err, ST_OK);
        faulty_vfs_power_on(world.vfs);
        assert_good(open_small(&world, faulty_vfs_name(world.vfs), &why));
        uint64_t last = st_store_last_seq(world.store);
        if (last != world.acknowledged && last != world.under_way)
            fail_msg("crash at %llu, seed %llu: %llu of %llu events", (unsigned long long)nth,
                     (unsigned long long)(seed + nth), (unsigned long long)last,
                     (unsigned long long)world.acknowledged);
        check_ids(&world, last);
        st_store_close(world.store);
        faulty_vfs_power_on(world.vfs);
        check_log(&world, 2272);
        end(&world);
    }
    print_message("%llu crashes\n", (unsigned long long)(nth - 2));
    assert_true(nth > 100);
}

TEST("D1: an fsync of the log stands before each answer")
{
    struct world world;
    begin(&world, random_seed());
    assert_good(open_small(&world, faulty_vfs_name(world.vfs), &why));
    for (size_t i = 0; i < TRANSACTIONS; i++) {
        uint64_t before = faulty_vfs_syncs(world.vfs, FAULTY_WAL);
        assert_good(run_transaction(&world, sizes[i], &why));
        assert_true(faulty_vfs_syncs(world.vfs, FAULTY_WAL) > before);
    }
    st_store_close(world.store);
    end(&world);
}

/* ---- disks that refuse ---- */

/* Runs everything with one operation refused; whatever fails is tried again, once it is healed. */
static bool run_refused(uint64_t nth, int code)
{
    struct world world;
    begin(&world, nth);
    faulty_vfs_fail(world.vfs, nth, code, false);
    struct st_why reason = {0};
    st_err err = open_small(&world, faulty_vfs_name(world.vfs), &reason);
    if (err != ST_OK) {
        assert_int_equal(err, ST_ERR_SYSTEM);
        faulty_vfs_heal(world.vfs);
        assert_good(open_small(&world, faulty_vfs_name(world.vfs), &why));
    }
    for (size_t i = 0; i < TRANSACTIONS;) {
        err = run_transaction(&world, sizes[i], &reason);
        i += err == ST_OK;
        if (err == ST_OK)
            continue;
        assert_int_equal(err, ST_ERR_SYSTEM);
        assert_int_equal(reason.sys, code == SQLITE_FULL ? ENOSPC : EIO);
        assert_int_equal(st_store_last_seq(world.store), world.acknowledged);
        (void)!st_store_checkpoint(world.store, NULL);
    }
    bool failed = faulty_vfs_has_failed(world.vfs);
    st_store_close(world.store);
    faulty_vfs_power_on(world.vfs);
    check_log(&world, 2272);
    assert_good(open_small(&world, faulty_vfs_name(world.vfs), &why));
    check_ids(&world, 2272);
    st_store_close(world.store);
    end(&world);
    return failed;
}

TEST("D3: an operation that the disk refuses undoes its transaction, and the next try succeeds")
{
    uint64_t nth = 1;
    while (run_refused(nth, SQLITE_IOERR))
        nth++;
    print_message("%llu operations refused\n", (unsigned long long)(nth - 1));
    assert_true(nth > 100);
    nth = 1;
    while (run_refused(nth, SQLITE_FULL))
        nth++;
}

TEST("D3: a full disk is said, readers read on, and appending goes on when there is space again")
{
    struct world world;
    begin(&world, random_seed());
    assert_good(open_small(&world, faulty_vfs_name(world.vfs), &why));
    assert_good(run_transaction(&world, 700, &why));
    assert_good(st_store_checkpoint(world.store, &why));
    faulty_vfs_fail(world.vfs, 1, SQLITE_FULL, true);
    for (int i = 0; i < 20; i++) {
        struct st_why reason = {0};
        assert_err(run_transaction(&world, 10, &reason), SYSTEM);
        assert_int_equal(reason.sys, ENOSPC);
        assert_non_null(strstr(reason.text, "the disk is full"));
        assert_int_equal(st_store_last_seq(world.store), 700);
    }
    struct st_reader *reader = NULL;
    struct st_event event;
    assert_good(st_reader_open(&reader, world.folder.store, faulty_vfs_name(world.vfs), &why));
    assert_good(st_reader_find(reader, 700, &event, &why));
    faulty_vfs_heal(world.vfs);
    assert_good(run_transaction(&world, 10, &why));
    assert_good(st_reader_find(reader, 710, &event, &why));
    st_reader_close(reader);
    st_store_close(world.store);
    faulty_vfs_power_on(world.vfs);
    end(&world);
}

/* ---- memory that is not there ---- */

TEST("B1: without memory a transaction is undone, and the next try succeeds")
{
    struct world world;
    bool failed = true;
    for (uint64_t nth = 1; failed; nth++) {
        struct st_why reason = {0};
        begin(&world, 1);
        st_mem_fail_at(nth);
        st_err err = open_small(&world, faulty_vfs_name(world.vfs), &reason);
        st_mem_fail_at(0);
        failed = err != ST_OK;
        if (failed) {
            assert_int_equal(err, ST_ERR_MEMORY);
            assert_non_null(reason.text);
            assert_good(open_small(&world, faulty_vfs_name(world.vfs), &why));
        }
        st_store_close(world.store);
        faulty_vfs_power_on(world.vfs);
        end(&world);
    }
    failed = true;
    for (uint64_t nth = 1; failed; nth++) {
        begin(&world, 1);
        assert_good(open_small(&world, faulty_vfs_name(world.vfs), &why));
        failed = false;
        for (size_t i = 0; i < TRANSACTIONS;) {
            struct st_why reason = {0};
            /* The test's own events take memory too: they are made before it runs out. */
            st_arena_reset(&world.arena);
            assert_non_null(st_arena_get(&world.arena, (size_t)1 << 20));
            if (!failed && i == 4)
                st_mem_fail_at(nth);
            uint64_t count = st_mem_count();
            st_err err = run_transaction(&world, sizes[i], &reason);
            st_mem_fail_at(0);
            if (err != ST_OK) {
                assert_int_equal(err, ST_ERR_MEMORY);
                assert_int_equal(st_store_last_seq(world.store), world.acknowledged);
                assert_true(st_mem_count() > count);
                failed = true;
                continue;
            }
            i++;
        }
        st_store_close(world.store);
        faulty_vfs_power_on(world.vfs);
        check_log(&world, 2272);
        end(&world);
    }
}
