/* A body's way through batches, with a disk that fails and a host that looks late. */
#include "server/intake.h"
#include "engine/recorder.h"

#include "store/faulty_vfs.h"

#include <pthread.h>
#include <sqlite3.h>
#include <time.h>

struct bench {
    struct recorder recorder;
    struct st_desk desk;
    struct st_intake intake;
    pthread_mutex_t lock;
};

static void ignore(void *host)
{
    (void)host;
}

static void begin_body(struct bench *bench, struct st_intake *intake)
{
    st_intake_init(intake, bench->recorder.engine, &bench->desk, ST_SHAPE_LINES);
    intake->lock = &bench->lock;
    intake->changed = ignore;
    intake->hold = ignore;
    intake->drop = ignore;
    st_intake_turn(intake);
}

static void open_bench(struct bench *bench, const char *vfs)
{
    open_recorder(&bench->recorder, vfs);
    st_desk_init(&bench->desk, bench->recorder.registry);
    pthread_mutex_init(&bench->lock, NULL);
    begin_body(bench, &bench->intake);
}

static void close_bench(struct bench *bench)
{
    st_intake_done(&bench->intake);
    st_desk_done(&bench->desk);
    pthread_mutex_destroy(&bench->lock);
    close_recorder(&bench->recorder);
}

static void wait_decided(struct bench *bench)
{
    struct timespec time = {.tv_nsec = 1000000};
    for (;;) {
        pthread_mutex_lock(&bench->lock);
        bool all = bench->intake.under_way_count == 0;
        pthread_mutex_unlock(&bench->lock);
        if (all)
            return;
        nanosleep(&time, NULL);
    }
}

/* Takes as far as it goes, whatever turns that needs. */
static enum st_intake_state take(struct st_intake *intake, st_str *piece)
{
    enum st_intake_state state = ST_INTAKE_TURN;
    while (state == ST_INTAKE_TURN) {
        st_intake_turn(intake);
        state = st_intake_take(intake, piece);
    }
    return state;
}

static void add_lines(struct st_buf *body, unsigned count)
{
    char text[512];
    for (unsigned i = 0; i < count; i++) {
        assert_ok(st_buf_add_str(body, sample_event(text, i, 1)));
        assert_ok(st_buf_add_char(body, '\n'));
    }
}

TEST("D4: behind a failed batch nothing is stored, although nobody looked at it yet")
{
    struct faulty_vfs *vfs = faulty_vfs_new();
    struct bench bench;
    struct st_buf body = ST_BUF((size_t)64 << 20);
    struct st_reply reply;
    open_bench(&bench, faulty_vfs_name(vfs));
    add_lines(&body, 20000);
    st_str piece = st_buf_str(&body);
    faulty_vfs_fail(vfs, 1, SQLITE_FULL, true);
    assert_int_equal(take(&bench.intake, &piece), ST_INTAKE_FULL);
    wait_decided(&bench);
    faulty_vfs_heal(vfs);
    assert_int_equal(take(&bench.intake, &piece), ST_INTAKE_FULL);
    assert_int_equal(st_intake_rest(&bench.intake), ST_INTAKE_FULL);
    wait_decided(&bench);
    assert_int_equal(st_engine_last_seq(bench.recorder.engine), 0);
    st_intake_settle(&bench.intake);
    assert_string_equal(bench.intake.trouble.code, "store_failed");
    assert_int_equal(st_intake_end(&bench.intake), ST_INTAKE_DONE);
    st_reply_init(&reply);
    st_intake_write(&bench.intake, &reply);
    assert_non_null(strstr(st_buf_cstr(&reply.body), "\"last_line\":null,\"accepted\":0,"));
    st_reply_done(&reply);
    st_buf_done(&body);
    close_bench(&bench);
    faulty_vfs_free(vfs);
}

TEST("B1: bodies without a whole line keep no batch, however many they are")
{
    struct bench bench;
    struct st_intake *idle = calloc(ST_BATCHES_MAX, sizeof *idle);
    char text[512];
    assert_non_null(idle);
    open_bench(&bench, NULL);
    for (unsigned i = 0; i < ST_BATCHES_MAX; i++) {
        st_str byte = ST_STR("{");
        begin_body(&bench, &idle[i]);
        assert_int_equal(st_intake_take(&idle[i], &byte), ST_INTAKE_DONE);
        assert_int_equal(st_intake_rest(&idle[i]), ST_INTAKE_DONE);
    }
    assert_int_equal(bench.desk.lent_batches, 0);
    st_str event = sample_event(text, 1, 1);
    assert_int_equal(take(&bench.intake, &event), ST_INTAKE_DONE);
    while (st_intake_end(&bench.intake) != ST_INTAKE_DONE) {
        wait_decided(&bench);
        st_intake_settle(&bench.intake);
    }
    assert_int_equal(st_engine_last_seq(bench.recorder.engine), 1);
    for (unsigned i = 0; i < ST_BATCHES_MAX; i++)
        st_intake_done(&idle[i]);
    free(idle);
    close_bench(&bench);
}

TEST("blank lines without end take turns like all else")
{
    struct bench bench;
    size_t len = (size_t)60 << 20;
    char *blanks = malloc(len);
    assert_non_null(blanks);
    memset(blanks, '\n', len);
    st_str piece = {blanks, len};
    open_bench(&bench, NULL);
    bench.intake.turn_ends_ns = st_monotonic_ns() + 1000000;
    enum st_intake_state state = st_intake_take(&bench.intake, &piece);
    assert_int_equal(state, ST_INTAKE_TURN);
    assert_true(piece.len > 0);
    assert_int_equal(take(&bench.intake, &piece), ST_INTAKE_DONE);
    assert_int_equal(bench.intake.lines.number, len);
    close_bench(&bench);
    free(blanks);
}
