#include "base/queue.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/time.h"
#include "unit.h"

#include <unistd.h>

enum { PUTTERS = 4, TAKERS = 3, ITEMS = 20000, ROOM = 64 };

static void *item_of(uintptr_t number)
{
    return (void *)number;
}

TEST("items leave in the order in which they came, round the ring many times")
{
    struct st_queue queue;
    assert_ok(st_queue_init(&queue, 3));
    uintptr_t put = 0;
    uintptr_t taken = 0;
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < round % 3 + 1; i++)
            assert_ok(st_queue_put(&queue, item_of(++put)));
        assert_int_equal(st_queue_count(&queue), put - taken);
        void *items[4];
        bool closed = true;
        size_t count = st_queue_take(&queue, items, 4, -1, &closed);
        assert_false(closed);
        for (size_t i = 0; i < count; i++)
            assert_ptr_equal(items[i], item_of(++taken));
        assert_int_equal(put, taken);
    }
    st_queue_done(&queue);
}

TEST("a full queue answers at once, and has room again when something was taken")
{
    struct st_queue queue;
    void *items[2];
    bool closed = false;
    assert_ok(st_queue_init(&queue, 2));
    assert_ok(st_queue_put(&queue, item_of(1)));
    assert_ok(st_queue_put(&queue, item_of(2)));
    assert_err(st_queue_put(&queue, item_of(3)), AGAIN);
    assert_int_equal(st_queue_count(&queue), 2);
    assert_int_equal(st_queue_take(&queue, items, 1, -1, &closed), 1);
    assert_ptr_equal(items[0], item_of(1));
    assert_ok(st_queue_put(&queue, item_of(4)));
    assert_int_equal(st_queue_take(&queue, items, 2, -1, &closed), 2);
    assert_ptr_equal(items[0], item_of(2));
    assert_ptr_equal(items[1], item_of(4));
    st_queue_done(&queue);
}

TEST("a closed queue takes nothing more, hands out what is left, and then says so")
{
    struct st_queue queue;
    void *items[8];
    bool closed = true;
    assert_ok(st_queue_init(&queue, 8));
    for (uintptr_t i = 1; i <= 3; i++)
        assert_ok(st_queue_put(&queue, item_of(i)));
    st_queue_close(&queue);
    st_queue_close(&queue);
    assert_err(st_queue_put(&queue, item_of(4)), DENIED);
    assert_int_equal(st_queue_take(&queue, items, 2, -1, &closed), 2);
    assert_false(closed);
    assert_int_equal(st_queue_take(&queue, items, 2, 0, &closed), 1);
    assert_false(closed);
    assert_ptr_equal(items[0], item_of(3));
    assert_int_equal(st_queue_take(&queue, items, 2, -1, &closed), 0);
    assert_true(closed);
    assert_int_equal(st_queue_take(&queue, items, 2, 1000, &closed), 0);
    assert_true(closed);
    st_queue_done(&queue);
}

TEST("a wait ends when its time is over, and not before")
{
    struct st_queue queue;
    void *item = NULL;
    bool closed = true;
    assert_ok(st_queue_init(&queue, 1));
    int64_t begin = st_monotonic_ns();
    assert_int_equal(st_queue_take(&queue, &item, 1, 30, &closed), 0);
    assert_true(st_monotonic_ns() - begin >= INT64_C(30000000));
    assert_false(closed);
    begin = st_monotonic_ns();
    assert_int_equal(st_queue_take(&queue, &item, 1, 0, &closed), 0);
    assert_true(st_monotonic_ns() - begin < ST_NS_PER_S);
    assert_false(closed);
    st_queue_done(&queue);
}

static void *put_late(void *argument)
{
    usleep(20000);
    return st_queue_put(argument, item_of(5)) == ST_OK ? argument : NULL;
}

static void *close_late(void *argument)
{
    usleep(20000);
    st_queue_close(argument);
    return argument;
}

static void take_while(struct st_queue *queue, void *(*run)(void *), int wait_ms, size_t expected,
                       bool closes)
{
    pthread_t thread;
    void *item = NULL;
    void *good = NULL;
    bool closed = false;
    assert_int_equal(pthread_create(&thread, NULL, run, queue), 0);
    assert_int_equal(st_queue_take(queue, &item, 1, wait_ms, &closed), expected);
    assert_int_equal(closed, closes);
    pthread_join(thread, &good);
    assert_non_null(good);
}

TEST("whoever waits is woken by an item and by the end")
{
    struct st_queue queue;
    assert_ok(st_queue_init(&queue, 1));
    take_while(&queue, put_late, -1, 1, false);
    take_while(&queue, put_late, 60000, 1, false);
    take_while(&queue, close_late, -1, 0, true);
    st_queue_done(&queue);
}

/* One putting or taking thread; each field is written by its thread only and read after it ended,
 * but for the queue, which guards itself. */
struct worker {
    struct st_queue *queue;
    pthread_t thread;
    uintptr_t id;
    size_t taken;
    size_t out_of_order;
    size_t refused;
    uint64_t sum;
};

static void *put_all(void *argument)
{
    struct worker *worker = argument;
    for (uintptr_t i = 1; i <= ITEMS; i++) {
        st_err err = st_queue_put(worker->queue, item_of(worker->id * ITEMS * 2 + i));
        while (err == ST_ERR_AGAIN) {
            usleep(10);
            err = st_queue_put(worker->queue, item_of(worker->id * ITEMS * 2 + i));
        }
        worker->refused += err != ST_OK;
    }
    return NULL;
}

static void *take_all(void *argument)
{
    struct worker *worker = argument;
    uintptr_t last[PUTTERS] = {0};
    bool closed = false;
    while (!closed) {
        void *items[7];
        size_t count = st_queue_take(worker->queue, items, 7, 5, &closed);
        for (size_t i = 0; i < count; i++) {
            uintptr_t number = (uintptr_t)items[i];
            uintptr_t from = number / (ITEMS * 2);
            worker->out_of_order += number <= last[from];
            last[from] = number;
            worker->sum += number;
        }
        worker->taken += count;
    }
    return NULL;
}

static void start(struct worker *workers, size_t count, struct st_queue *queue,
                  void *(*run)(void *))
{
    for (size_t i = 0; i < count; i++) {
        workers[i] = (struct worker){.queue = queue, .id = i};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, run, &workers[i]), 0);
    }
}

TEST("between many threads every item arrives once, and each putter's items in their order")
{
    struct st_queue queue;
    struct worker putters[PUTTERS];
    struct worker takers[TAKERS];
    assert_ok(st_queue_init(&queue, ROOM));
    start(takers, TAKERS, &queue, take_all);
    start(putters, PUTTERS, &queue, put_all);
    uint64_t expected = 0;
    for (size_t i = 0; i < PUTTERS; i++) {
        pthread_join(putters[i].thread, NULL);
        assert_int_equal(putters[i].refused, 0);
        expected += (uint64_t)i * ITEMS * 2 * ITEMS + (uint64_t)ITEMS * (ITEMS + 1) / 2;
    }
    assert_true(st_queue_count(&queue) <= ROOM);
    st_queue_close(&queue);
    size_t taken = 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < TAKERS; i++) {
        pthread_join(takers[i].thread, NULL);
        assert_int_equal(takers[i].out_of_order, 0);
        taken += takers[i].taken;
        sum += takers[i].sum;
    }
    assert_int_equal(taken, (size_t)PUTTERS * ITEMS);
    assert_int_equal(sum, expected);
    st_queue_done(&queue);
}

TEST("a queue without memory, or larger than memory, is refused")
{
    struct st_queue queue;
    st_mem_fail_at(1);
    assert_err(st_queue_init(&queue, 8), MEMORY);
    assert_err(st_queue_init(&queue, SIZE_MAX), LIMIT);
}

TEST("a queue allocates at its making only")
{
    struct st_queue queue;
    void *items[8];
    bool closed = false;
    assert_ok(st_queue_init(&queue, 8));
    uint64_t before = st_mem_count();
    for (int round = 0; round < 100; round++) {
        assert_ok(st_queue_put(&queue, item_of(1)));
        assert_int_equal(st_queue_take(&queue, items, 8, -1, &closed), 1);
    }
    assert_int_equal(st_mem_count(), before);
    st_queue_done(&queue);
}
