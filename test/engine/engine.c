#include "engine/engine.h"

#include "faulty_vfs.h"
#include "recorder.h"
#include "store/read.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

static void expect_seqs(const struct recorder *recorder, uint64_t last)
{
    struct st_reader *reader = NULL;
    struct st_why why = {0};
    struct st_event event;
    assert_ok(st_reader_open(&reader, recorder->path, NULL, &why));
    for (uint64_t seq = 1; seq <= last; seq++) {
        assert_ok(st_reader_find(reader, seq, &event, &why));
        assert_int_equal(event.record.seq, seq);
    }
    assert_err(st_reader_find(reader, last + 1, &event, &why), ABSENT);
    st_reader_close(reader);
}

static struct st_tally tally_of(const struct recorder *recorder)
{
    struct st_tally tally = {0};
    for (uint32_t i = 0; i < recorder->batch.count; i++)
        (void)st_tally_add(&tally, recorder->batch.items[i]);
    return tally;
}

struct answer {
    struct faulty_vfs *vfs;
    uint64_t syncs; /* of the log, at the moment of the answer */
    _Atomic bool given;
};

static void note_answer(struct st_batch *batch)
{
    struct answer *answer = batch->context;
    answer->syncs = faulty_vfs_syncs(answer->vfs, FAULTY_WAL);
    atomic_store(&answer->given, true);
}

TEST("D1: an fsync of the log stands between taking a batch and answering it")
{
    struct faulty_vfs *vfs = faulty_vfs_new();
    struct recorder recorder;
    char text[512];
    open_recorder(&recorder, faulty_vfs_name(vfs));
    for (unsigned i = 0; i < 50; i++) {
        struct answer answer = {.vfs = vfs};
        st_batch_reset(&recorder.batch);
        assert_ok(
            st_admit_event(recorder.admit, &recorder.batch, sample_event(text, i, 0), 0, 0, NULL));
        recorder.batch.done = note_answer;
        recorder.batch.context = &answer;
        uint64_t before = faulty_vfs_syncs(vfs, FAULTY_WAL);
        assert_ok(st_engine_submit(recorder.engine, &recorder.batch));
        while (!atomic_load(&answer.given))
            usleep(50);
        assert_ok(recorder.batch.err);
        assert_true(answer.syncs > before);
        assert_int_equal(st_engine_last_seq(recorder.engine), i + 1);
    }
    expect_seqs(&recorder, 50);
    close_recorder(&recorder);
    faulty_vfs_free(vfs);
}

TEST("O1: I1: I2: a batch is decided item by item, and its tally adds up")
{
    struct recorder recorder;
    char text[512];
    open_recorder(&recorder, NULL);
    record_events(&recorder, 1, 2, 1);
    st_batch_reset(&recorder.batch);
    const struct {
        unsigned id, run;
    } items[] = {{1, 0}, {2, 5}, {3, 0}, {3, 0}, {3, 1}};
    for (uint32_t i = 0; i < 5; i++)
        assert_ok(st_admit_event(recorder.admit, &recorder.batch,
                                 sample_event(text, items[i].id, items[i].run), i, 0, NULL));
    assert_ok(st_admit_event(recorder.admit, &recorder.batch, ST_STR("{"), 5, 0, NULL));
    assert_ok(st_engine_submit_wait(recorder.engine, &recorder.batch));
    struct st_tally tally = tally_of(&recorder);
    assert_int_equal(tally.accepted, 1);
    assert_int_equal(tally.duplicates, 2);
    assert_int_equal(tally.conflicts, 2);
    assert_int_equal(tally.rejected, 1);
    assert_int_equal(tally.first_seq, 3);
    assert_int_equal(tally.last_seq, 3);
    assert_int_equal(recorder.batch.items[0]->append.first_seq, 1);
    assert_int_equal(recorder.batch.items[1]->append.outcome, ST_CONFLICT);
    assert_int_equal(recorder.batch.items[1]->append.first_seq, 2);
    assert_int_equal(recorder.batch.items[3]->append.first_seq, 3);
    struct st_engine_stats stats;
    st_engine_stats(recorder.engine, &stats);
    assert_int_equal(stats.accepted, 3);
    assert_int_equal(stats.conflicts, 2);
    assert_int_equal(stats.queued_bytes, 0);
    expect_seqs(&recorder, 3);
    close_recorder(&recorder);
}

TEST("events of types that their contract does not name are recorded, marked and counted")
{
    struct recorder recorder;
    struct st_engine_stats stats;
    open_recorder(&recorder, NULL);
    assert_ok(st_admit_event(recorder.admit, &recorder.batch,
                             ST_STR("{\"id\":\"e-1\",\"sessionId\":\"s\",\"type\":\"dance_"
                                    "started\",\"timestamp\":1770495714250}"),
                             0, 0, NULL));
    assert_int_equal(recorder.batch.items[0]->refusal, ST_REFUSED_NOT);
    assert_ok(st_engine_submit_wait(recorder.engine, &recorder.batch));
    assert_int_equal(recorder.batch.items[0]->append.event.record.marks, ST_MARK_UNKNOWN_TYPE);
    assert_int_equal(tally_of(&recorder).unknown_types, 1);
    st_engine_stats(recorder.engine, &stats);
    assert_int_equal(stats.unknown_types, 1);
    expect_seqs(&recorder, 1);
    close_recorder(&recorder);
}

TEST("an atomic batch with a conflict stores nothing of it")
{
    struct recorder recorder;
    char text[512];
    open_recorder(&recorder, NULL);
    record_events(&recorder, 1, 1, 1);
    st_batch_reset(&recorder.batch);
    recorder.batch.atomic = true;
    assert_ok(
        st_admit_event(recorder.admit, &recorder.batch, sample_event(text, 2, 0), 0, 0, NULL));
    assert_ok(
        st_admit_event(recorder.admit, &recorder.batch, sample_event(text, 1, 9), 1, 0, NULL));
    assert_ok(st_engine_submit_wait(recorder.engine, &recorder.batch));
    struct st_tally tally = tally_of(&recorder);
    assert_int_equal(tally.accepted, 0);
    assert_int_equal(tally.conflicts, 1);
    assert_int_equal(tally.withheld, 1);
    expect_seqs(&recorder, 1);
    close_recorder(&recorder);
}

TEST("an atomic batch with a conflict puts nothing into quarantine either")
{
    struct recorder recorder;
    struct st_reader *reader = NULL;
    struct st_why why = {0};
    struct st_head head;
    char text[512];
    open_recorder(&recorder, NULL);
    record_events(&recorder, 1, 1, 1);
    assert_ok(st_registry_set_mode(recorder.registry, ST_STR("agent-event"), ST_MODE_QUARANTINE));
    st_batch_reset(&recorder.batch);
    recorder.batch.atomic = true;
    assert_ok(st_admit_event(recorder.admit, &recorder.batch, ST_STR("{\"event_version\":\"v0\"}"),
                             0, 0, NULL));
    assert_ok(
        st_admit_event(recorder.admit, &recorder.batch, sample_event(text, 1, 9), 1, 0, NULL));
    assert_ok(st_engine_submit_wait(recorder.engine, &recorder.batch));
    struct st_tally tally = tally_of(&recorder);
    assert_int_equal(tally.quarantined, 0);
    assert_int_equal(tally.withheld, 1);
    assert_int_equal(tally.conflicts, 1);
    assert_ok(st_reader_open(&reader, recorder.path, NULL, &why));
    assert_ok(st_reader_head(reader, &head, &why));
    assert_int_equal(head.quarantined, 0);
    st_reader_close(reader);
    close_recorder(&recorder);
}

TEST("B1: an event whose violations fill more than a report's room is kept apart all the same")
{
    enum { NAMES = 20, NAME_BYTES = 40000 };
    struct recorder recorder;
    struct st_buf text = ST_BUF(ST_EVENT_BYTES_MAX);
    open_recorder(&recorder, NULL);
    assert_ok(st_registry_set_mode(recorder.registry, ST_STR("agent-event"), ST_MODE_QUARANTINE));
    assert_ok(st_buf_add_str(&text, ST_STR("{\"event_version\":\"v0\"")));
    for (int i = 0; i < NAMES; i++) {
        assert_ok(st_buf_printf(&text, ",\"%d", i));
        for (int at = 0; at < NAME_BYTES; at++)
            assert_ok(st_buf_add_char(&text, 'n'));
        assert_ok(st_buf_add_str(&text, ST_STR("\":1")));
    }
    assert_ok(st_buf_add_char(&text, '}'));
    st_batch_reset(&recorder.batch);
    assert_ok(st_admit_event(recorder.admit, &recorder.batch, st_buf_str(&text), 0, 0, NULL));
    assert_true(recorder.batch.items[0]->quarantined);
    assert_ok(st_engine_submit_wait(recorder.engine, &recorder.batch));
    assert_int_equal(tally_of(&recorder).quarantined, 1);
    assert_true(st_engine_healthy(recorder.engine, NULL));
    st_buf_done(&text);
    close_recorder(&recorder);
}

TEST("D4: when the disk is full a batch fails whole, reading goes on, and so does writing later")
{
    struct faulty_vfs *vfs = faulty_vfs_new();
    struct recorder recorder;
    struct st_why why = {0};
    char text[512];
    open_recorder(&recorder, faulty_vfs_name(vfs));
    record_events(&recorder, 1, 10, 2);
    faulty_vfs_fail(vfs, 1, SQLITE_FULL, true);
    st_batch_reset(&recorder.batch);
    assert_ok(
        st_admit_event(recorder.admit, &recorder.batch, sample_event(text, 99, 0), 0, 0, NULL));
    assert_err(st_engine_submit_wait(recorder.engine, &recorder.batch), SYSTEM);
    assert_non_null(strstr(recorder.batch.why.text, "full"));
    assert_false(st_engine_healthy(recorder.engine, &why));
    st_batch_reset(&recorder.batch);
    assert_ok(st_engine_submit_wait(recorder.engine, &recorder.batch));
    assert_false(st_engine_healthy(recorder.engine, &why)); /* an empty commit proves nothing */
    expect_seqs(&recorder, 10);
    assert_int_equal(st_engine_last_seq(recorder.engine), 10);
    faulty_vfs_heal(vfs);
    record_events(&recorder, 99, 1, 2);
    assert_true(st_engine_healthy(recorder.engine, NULL));
    expect_seqs(&recorder, 11);
    close_recorder(&recorder);
    faulty_vfs_free(vfs);
}

TEST("D2: D3: whenever the power goes, what was answered is there, once and in order")
{
    unsigned crashes = 0;
    for (uint64_t nth = 1; nth < 60; nth += 2) {
        struct faulty_vfs *vfs = faulty_vfs_new();
        struct recorder recorder;
        unsigned answered = 0;
        char text[512];
        faulty_vfs_hold(vfs, nth);
        open_recorder(&recorder, faulty_vfs_name(vfs));
        faulty_vfs_crash_at(vfs, nth);
        for (unsigned i = 0; i < 20 && !faulty_vfs_has_crashed(vfs); i++) {
            st_batch_reset(&recorder.batch);
            assert_ok(st_admit_event(recorder.admit, &recorder.batch, sample_event(text, i, 0), 0,
                                     0, NULL));
            answered += st_engine_submit_wait(recorder.engine, &recorder.batch) == ST_OK;
        }
        crashes += faulty_vfs_has_crashed(vfs);
        st_engine_close(recorder.engine);
        faulty_vfs_power_on(vfs);
        reopen_recorder(&recorder, NULL);
        uint64_t kept = st_engine_last_seq(recorder.engine);
        assert_in_range(kept, answered, answered + 1);
        expect_seqs(&recorder, kept);
        record_events(&recorder, 0, 20, 1); /* the producer sends all of it again */
        expect_seqs(&recorder, 20);
        close_recorder(&recorder);
        faulty_vfs_free(vfs);
    }
    assert_true(crashes > 10);
}

/* ---- many producers ---- */

#define PRODUCERS    4
#define BATCHES_EACH 60
#define EVENTS_EACH  7

struct producer {
    pthread_t thread;
    struct recorder *recorder;
    unsigned number;
    unsigned failures;
    uint64_t seqs[BATCHES_EACH * EVENTS_EACH];
};

static void *produce(void *context)
{
    struct producer *producer = context;
    struct st_admit *admit = NULL;
    struct st_batch batch;
    char text[512];
    producer->failures += st_admit_new(&admit, producer->recorder->registry) != ST_OK;
    st_batch_init(&batch);
    for (unsigned b = 0; b < BATCHES_EACH; b++) {
        st_batch_reset(&batch);
        for (unsigned i = 0; i < EVENTS_EACH; i++) {
            unsigned id = producer->number << 16 | (b * EVENTS_EACH + i);
            producer->failures +=
                st_admit_event(admit, &batch, sample_event(text, id, producer->number), i, 0,
                               NULL) != ST_OK;
        }
        producer->failures += st_engine_submit_wait(producer->recorder->engine, &batch) != ST_OK;
        for (unsigned i = 0; i < EVENTS_EACH; i++)
            producer->seqs[b * EVENTS_EACH + i] = batch.items[i]->append.event.record.seq;
    }
    st_batch_done(&batch);
    st_admit_free(admit);
    return NULL;
}

struct listener {
    struct st_subscriber subscriber;
    struct st_engine *engine;
    _Atomic uint64_t wakes;
    _Atomic uint64_t seen;
};

static void note_wake(struct st_subscriber *subscriber)
{
    struct listener *listener = subscriber->context;
    atomic_fetch_add(&listener->wakes, 1);
    atomic_store(&listener->seen, st_engine_last_seq(listener->engine));
}

TEST("O1: O2: events of many producers form one dense order that keeps each producer's own")
{
    struct recorder recorder;
    struct producer *producers = calloc(PRODUCERS, sizeof *producers);
    struct listener listener = {.subscriber = {.wake = note_wake}};
    bool taken[PRODUCERS * BATCHES_EACH * EVENTS_EACH + 1] = {false};
    open_recorder(&recorder, NULL);
    listener.subscriber.context = &listener;
    listener.engine = recorder.engine;
    assert_ok(st_engine_subscribe(recorder.engine, &listener.subscriber));
    for (unsigned p = 0; p < PRODUCERS; p++) {
        producers[p].recorder = &recorder;
        producers[p].number = p;
        assert_int_equal(pthread_create(&producers[p].thread, NULL, produce, &producers[p]), 0);
    }
    for (unsigned p = 0; p < PRODUCERS; p++)
        pthread_join(producers[p].thread, NULL);
    for (unsigned p = 0; p < PRODUCERS; p++) {
        uint64_t before = 0;
        assert_int_equal(producers[p].failures, 0);
        for (unsigned i = 0; i < BATCHES_EACH * EVENTS_EACH; i++) {
            uint64_t seq = producers[p].seqs[i];
            assert_true(seq > before);
            assert_true(seq < sizeof taken / sizeof *taken);
            assert_false(taken[seq]);
            taken[seq] = true;
            before = seq;
        }
    }
    st_engine_unsubscribe(recorder.engine, &listener.subscriber);
    assert_int_equal(atomic_load(&listener.seen), PRODUCERS * BATCHES_EACH * EVENTS_EACH);
    assert_true(atomic_load(&listener.wakes) > 0);
    expect_seqs(&recorder, PRODUCERS * BATCHES_EACH * EVENTS_EACH);
    free(producers);
    close_recorder(&recorder);
}

/* ---- a full queue, and closing ---- */

static void count_done(struct st_batch *batch)
{
    atomic_fetch_add((_Atomic unsigned *)batch->context, 1);
}

/* Holds the commit thread up until it is let go, so that the queue fills for certain. */
struct gate {
    _Atomic bool reached;
    _Atomic bool open;
};

static void wait_at_gate(struct st_batch *batch)
{
    struct gate *gate = batch->context;
    atomic_store(&gate->reached, true);
    while (!atomic_load(&gate->open))
        usleep(100);
}

TEST("B1: a full queue answers AGAIN, and closing decides every batch that was taken")
{
    enum { MANY = 3000 };
    struct recorder recorder;
    struct st_batch *batches = calloc(MANY, sizeof *batches);
    struct gate gate = {false, false};
    _Atomic unsigned done = 0;
    unsigned taken = 0;
    unsigned refused = 0;
    char text[512];
    open_recorder(&recorder, NULL);
    recorder.batch.done = wait_at_gate;
    recorder.batch.context = &gate;
    assert_ok(st_engine_submit(recorder.engine, &recorder.batch));
    while (!atomic_load(&gate.reached))
        usleep(100);
    for (unsigned i = 0; i < MANY; i++) {
        st_batch_init(&batches[i]);
        assert_ok(
            st_admit_event(recorder.admit, &batches[i], sample_event(text, i, 0), 0, 0, NULL));
        batches[i].done = count_done;
        batches[i].context = &done;
    }
    for (unsigned i = 0; i < MANY; i++) {
        st_err err = st_engine_submit(recorder.engine, &batches[i]);
        assert_true(err == ST_OK || err == ST_ERR_AGAIN);
        taken += err == ST_OK;
        refused += err == ST_ERR_AGAIN;
    }
    atomic_store(&gate.open, true);
    st_engine_close(recorder.engine);
    assert_int_equal(atomic_load(&done), taken);
    assert_int_equal(taken, ST_QUEUE_BATCHES_MAX);
    assert_int_equal(taken + refused, MANY);
    reopen_recorder(&recorder, NULL);
    assert_int_equal(st_engine_last_seq(recorder.engine), taken);
    for (unsigned i = 0; i < MANY; i++)
        st_batch_done(&batches[i]);
    free(batches);
    close_recorder(&recorder);
}

TEST("S1: a second recorder on the same store is refused")
{
    struct recorder recorder;
    struct st_engine *second = NULL;
    struct st_why why = {0};
    open_recorder(&recorder, NULL);
    struct st_engine_options options = {.path = recorder.path, .registry = recorder.registry};
    assert_err(st_engine_open(&second, &options, &why), DENIED);
    close_recorder(&recorder);
}
