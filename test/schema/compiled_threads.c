/*
 * Threads that share compiled schemas; run under ThreadSanitizer, too.
 */
#include "unit.h"

#include "compiled_judge.h"
#include "random_instance.h"

#include <pthread.h>

#define THREADS   6
#define SCHEMAS   60
#define INSTANCES 12

struct one {
    struct st_schema *schema;
    struct st_buf texts[INSTANCES];
    enum finding found[INSTANCES]; /* by the main thread, before the others begin */
};

struct work {
    struct one all[SCHEMAS];
    struct st_name_table *names;
};

/* cmocka's assertions belong to the main thread: a worker counts what is wrong. */
struct worker {
    const struct work *work;
    pthread_t thread;
    uint32_t from;
    uint32_t wrong;
};

static void make(struct work *work, struct one *one, uint64_t seed)
{
    struct st_arena arena;
    struct random_schema made;
    struct dice dice;
    struct st_schema_fault fault;
    struct st_buf text = ST_BUF((size_t)1 << 24);
    st_arena_init(&arena, (size_t)256 << 20);
    dice_init(&dice, seed, ST_STR(""));
    for (one->schema = NULL; one->schema == NULL; st_arena_reset(&arena)) {
        random_schema_make(&made, &arena, &dice);
        st_buf_reset(&text);
        value_write(made.root, NULL, &text);
        const struct st_schema_options options = {.assert_formats = made.assert_formats,
                                                  .names = work->names};
        if (st_schema_load(&one->schema, st_buf_str(&text), &options, &fault) != ST_OK)
            continue;
        for (int i = 0; i < INSTANCES; i++) {
            one->texts[i] = ST_BUF((size_t)1 << 24);
            value_write(random_instance(&made), &dice, &one->texts[i]);
        }
    }
    st_buf_done(&text);
    st_arena_done(&arena);
}

static uint32_t hold(struct twins *twins, const struct one *one)
{
    uint32_t wrong = 0;
    for (int i = 0; i < INSTANCES; i++)
        wrong += one->found[i] != twins_ask(twins, one->schema, st_buf_str(&one->texts[i]),
                                            (enum numbering)(i % NUMBERINGS), i == 0);
    return wrong;
}

static void *run(void *context)
{
    struct worker *worker = context;
    struct twins twins;
    twins_init(&twins);
    for (uint32_t i = 0; i < SCHEMAS; i++)
        worker->wrong += hold(&twins, &worker->work->all[(worker->from + i) % SCHEMAS]);
    twins_done(&twins);
    return NULL;
}

TEST("L2: threads that share compiled schemas say what one thread has said")
{
    static struct work work;
    struct worker workers[THREADS];
    struct twins twins;
    uint32_t valid = 0;
    twins_init(&twins);
    assert_ok(st_name_table_new(&work.names));
    for (uint32_t i = 0; i < SCHEMAS; i++)
        make(&work, &work.all[i], i);
    for (uint32_t i = 0; i < SCHEMAS; i++)
        for (int j = 0; j < INSTANCES; j++) {
            struct one *one = &work.all[i];
            one->found[j] = twins_ask(&twins, one->schema, st_buf_str(&one->texts[j]),
                                      (enum numbering)(j % NUMBERINGS), true);
            assert_false(is_fault(one->found[j]));
            valid += one->found[j] == FOUND_VALID;
        }
    assert_in_range(valid, SCHEMAS * INSTANCES / 5, SCHEMAS * INSTANCES * 4 / 5);
    for (uint32_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.work = &work, .from = i * SCHEMAS / THREADS};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, run, &workers[i]), 0);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].wrong, 0);
    }
    for (uint32_t i = 0; i < SCHEMAS; i++) {
        for (int j = 0; j < INSTANCES; j++)
            st_buf_done(&work.all[i].texts[j]);
        st_schema_free(work.all[i].schema);
    }
    st_name_table_free(work.names);
    twins_done(&twins);
}
