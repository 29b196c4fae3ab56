#include "view/producers.h"

#include "unit.h"

#include <sqlite3.h>
#include <stdio.h>

struct bench {
    sqlite3 *db;
    struct st_producers *producers;
    uint64_t seq;
};

static void setup(struct bench *b)
{
    *b = (struct bench){0};
    assert_int_equal(sqlite3_open(":memory:", &b->db), SQLITE_OK);
    assert_ok(st_producers_new(&b->producers, b->db));
}

static void teardown(struct bench *b)
{
    st_producers_free(b->producers);
    assert_int_equal(sqlite3_close(b->db), SQLITE_OK);
}

static void run_sql(struct bench *b, const char *sql)
{
    assert_int_equal(sqlite3_exec(b->db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static struct st_notice fold_as(struct bench *b, const char *name, uint64_t number)
{
    struct st_record record = {.contract = ST_STR("counted@1"),
                               .tenant = ST_STR("acme"),
                               .producer = st_str_of(name),
                               .has = ST_HAS_PRODUCER_SEQ,
                               .producer_seq = number,
                               .seq = ++b->seq};
    struct st_notice notice;
    struct st_why why = {0};
    assert_ok(st_producers_fold(b->producers, &record, &notice, &why));
    return notice;
}

static struct st_notice fold(struct bench *b, uint64_t number)
{
    return fold_as(b, "scout", number);
}

/* A line a number: what it shows, as "gap 3<5 missing 2 after 2 at 3". */
static void trace(struct bench *b, const uint64_t *numbers, size_t count, struct st_buf *out)
{
    static const char *const kinds[] = {"-", "gap", "closed", "repeat"};
    for (size_t i = 0; i < count; i++) {
        struct st_notice n = fold(b, numbers[i]);
        if (n.kind == ST_NOTICE_NONE)
            assert_ok(st_buf_printf(out, "- "));
        else
            assert_ok(st_buf_printf(out, "%s(%llu,%llu,%llu) ", kinds[n.kind],
                                    (unsigned long long)n.expected, (unsigned long long)n.found,
                                    (unsigned long long)n.missing));
    }
}

#define EXPECT_TRACE(expected, ...)                                                                \
    do {                                                                                           \
        struct bench b;                                                                            \
        struct st_buf out = ST_BUF(65536);                                                         \
        const uint64_t numbers[] = {__VA_ARGS__};                                                  \
        setup(&b);                                                                                 \
        trace(&b, numbers, sizeof numbers / sizeof numbers[0], &out);                              \
        assert_string_equal(st_buf_cstr(&out), expected);                                          \
        st_buf_done(&out);                                                                         \
        teardown(&b);                                                                              \
    } while (0)

TEST("O4: numbers that follow each other show nothing, wherever they begin")
{
    EXPECT_TRACE("- - - - ", 1, 2, 3, 4);
    EXPECT_TRACE("- - - ", 0, 1, 2);
    EXPECT_TRACE("- - - ", 4711, 4712, 4713);
}

TEST("O4: a number left out is a gap, told once")
{
    EXPECT_TRACE("- - gap(3,5,2) - ", 1, 2, 5, 6);
    EXPECT_TRACE("- gap(2,3,1) gap(4,1000000,999996) ", 1, 3, 1000000);
}

TEST("O4: what comes late closes its gap, piece by piece, and moves nothing else")
{
    EXPECT_TRACE("- gap(2,6,4) closed(7,4,3) closed(7,2,2) closed(7,5,1) closed(7,3,0) - ", 1, 6, 4,
                 2, 5, 3, 7);
}

TEST("O4: a number that came already is a repeat, and so is one from before the beginning")
{
    EXPECT_TRACE("- - repeat(3,2,0) - ", 1, 2, 2, 3);
    EXPECT_TRACE("- repeat(11,9,0) ", 10, 9);
    EXPECT_TRACE("- gap(2,3,1) closed(4,2,0) repeat(4,2,0) - ", 1, 3, 2, 2, 3);
}

TEST("O4: a producer that begins anew is told once, and forgets what was missing before")
{
    EXPECT_TRACE("- gap(2,4,2) - repeat(6,1,0) - - - ", 1, 4, 5, 1, 2, 3, 4);
}

TEST("O4: the same number for ever is told each time")
{
    EXPECT_TRACE("- repeat(6,5,0) repeat(6,5,0) ", 5, 5, 5);
}

TEST("O4: the greatest number is followed, and those above it are not")
{
    EXPECT_TRACE("- - - - repeat(9223372036854775807,1,0) ", ST_PRODUCER_SEQ_MAX - 1,
                 ST_PRODUCER_SEQ_MAX, (uint64_t)ST_PRODUCER_SEQ_MAX + 1, UINT64_MAX, 1);
}

TEST(
    "O2: of more holes than are remembered the oldest are forgotten, never the count of the newest")
{
    struct bench b;
    setup(&b);
    (void)fold(&b, 0);
    for (uint64_t i = 1; i <= ST_PRODUCER_HOLES_MAX + 1; i++)
        assert_int_equal(fold(&b, 2 * i).kind, ST_NOTICE_GAP); /* 1, 3, 5 … are missing */
    assert_int_equal(fold(&b, 3).kind, ST_NOTICE_GAP_CLOSED);
    assert_int_equal(fold(&b, 1).kind, ST_NOTICE_REPEAT); /* forgotten: it looks like going back */
    teardown(&b);
}

TEST("O4: a hole that splits when all places are taken forgets the oldest")
{
    struct bench b;
    setup(&b);
    (void)fold(&b, 0);
    for (uint64_t i = 1; i <= ST_PRODUCER_HOLES_MAX; i++)
        (void)fold(&b, 10 * i);
    assert_int_equal(fold(&b, 10 * ST_PRODUCER_HOLES_MAX - 5).kind, ST_NOTICE_GAP_CLOSED);
    assert_int_equal(fold(&b, 10 * ST_PRODUCER_HOLES_MAX - 6).kind, ST_NOTICE_GAP_CLOSED);
    assert_int_equal(fold(&b, 10 * ST_PRODUCER_HOLES_MAX - 4).kind, ST_NOTICE_GAP_CLOSED);
    assert_int_equal(fold(&b, 15).kind, ST_NOTICE_GAP_CLOSED);
    assert_int_equal(fold(&b, 5).kind, ST_NOTICE_REPEAT);
    teardown(&b);
}

TEST("O4: producers, contracts and tenants have their own numbering, and no name is one name")
{
    struct bench b;
    struct st_notice notice;
    struct st_why why = {0};
    setup(&b);
    const struct st_record base = {.contract = ST_STR("counted@1"),
                                   .tenant = ST_STR("ab"),
                                   .producer = ST_STR("c"),
                                   .has = ST_HAS_PRODUCER_SEQ,
                                   .producer_seq = 1,
                                   .seq = 1};
    struct st_record others[5] = {base, base, base, base, base};
    others[1].tenant = ST_STR("a");
    others[1].producer = ST_STR("bc");
    others[2].producer = (st_str){0};
    others[3].tenant = (st_str){0};
    others[4].contract = ST_STR("counted@2");
    for (int round = 1; round <= 3; round++)
        for (int i = 0; i < 5; i++) {
            others[i].producer_seq = (uint64_t)round;
            assert_ok(st_producers_fold(b.producers, &others[i], &notice, &why));
            assert_int_equal(notice.kind, ST_NOTICE_NONE);
        }
    teardown(&b);
}

TEST("O4: an event without a number changes nothing")
{
    struct bench b;
    struct st_notice notice;
    struct st_why why = {0};
    setup(&b);
    const struct st_record record = {.contract = ST_STR("counted@1"), .seq = 1};
    assert_ok(st_producers_fold(b.producers, &record, &notice, &why));
    assert_int_equal(notice.kind, ST_NOTICE_NONE);
    assert_ok(st_producers_flush(b.producers, &why));
    assert_int_not_equal(sqlite3_exec(b.db, "SELECT 1 FROM view_producer", NULL, NULL, NULL),
                         SQLITE_OK);
    teardown(&b);
}

TEST("O4: D2: rows hold the whole state: another process goes on where this one stopped")
{
    static const uint64_t numbers[] = {1, 4, 9, 6, 10, 2, 30, 29, 11, 11, 12};
    struct st_buf live = ST_BUF(65536), again = ST_BUF(65536);
    struct st_why why = {0};
    struct bench b;
    setup(&b);
    trace(&b, numbers, 11, &live);
    teardown(&b);
    setup(&b);
    for (size_t i = 0; i < 11; i++) {
        trace(&b, &numbers[i], 1, &again);
        assert_ok(st_producers_flush(b.producers, &why));
        st_producers_free(b.producers);
        assert_ok(st_producers_new(&b.producers, b.db));
    }
    assert_string_equal(st_buf_cstr(&again), st_buf_cstr(&live));
    st_buf_done(&live);
    st_buf_done(&again);
    teardown(&b);
}

TEST("O4: D2: what a transaction that was undone had folded is forgotten, its table too")
{
    struct bench b;
    struct st_why why = {0};
    setup(&b);
    for (int round = 0; round < 2; round++) {
        run_sql(&b, "BEGIN");
        assert_int_equal(fold(&b, 7).kind, ST_NOTICE_NONE);
        assert_int_equal(fold(&b, 9).kind, ST_NOTICE_GAP);
        assert_ok(st_producers_flush(b.producers, &why));
        run_sql(&b, "ROLLBACK");
        st_producers_forget(b.producers);
    }
    run_sql(&b, "BEGIN");
    (void)fold(&b, 7);
    assert_ok(st_producers_flush(b.producers, &why));
    run_sql(&b, "COMMIT");
    st_producers_keep(b.producers);
    run_sql(&b, "BEGIN");
    (void)fold(&b, 8);
    run_sql(&b, "ROLLBACK");
    st_producers_forget(b.producers);
    struct st_notice notice = fold(&b, 9);
    assert_int_equal(notice.kind, ST_NOTICE_GAP);
    assert_int_equal(notice.expected, 8);
    teardown(&b);
}

TEST("O4: more producers than are held lose nothing")
{
    struct bench b;
    char name[16];
    setup(&b);
    run_sql(&b, "BEGIN");
    for (uint64_t number = 1; number <= 2; number++)
        for (unsigned i = 0; i < ST_PRODUCERS_HELD_MAX + 100; i++) {
            snprintf(name, sizeof name, "p%u", i);
            assert_int_equal(fold_as(&b, name, number).kind, ST_NOTICE_NONE);
        }
    run_sql(&b, "COMMIT");
    teardown(&b);
}

TEST("O4: a row that is damaged is said to be")
{
    struct bench b;
    struct st_why why = {0};
    struct st_notice notice;
    /* The last ones are well formed, but no view writes them, and steno@1 could not tell them. */
    static const char *const damages[] = {
        "holes = 'x'",
        "holes = '3'",
        "holes = '5-3'",
        "holes = '1-2-3'",
        "holes = '1-99999999999999999999'",
        "holes = '1-2  3-4'",
        "next = 9, holes = '3-4 6-7'",
        "next = 9, holes = '5-7 3-5'",
        "next = 9, holes = '1-9'",
        "next = 0",
        "next = -1",
        "last_seq = 0",
        "last_seq = -1",
    };
    setup(&b);
    (void)fold(&b, 1);
    assert_ok(st_producers_flush(b.producers, &why));
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        char sql[128];
        run_sql(&b, "UPDATE view_producer SET next = 2, last_seq = 1, holes = ''");
        snprintf(sql, sizeof sql, "UPDATE view_producer SET %s", damages[i]);
        run_sql(&b, sql);
        st_producers_keep(b.producers);
        st_producers_forget(b.producers);
        const struct st_record record = {.contract = ST_STR("counted@1"),
                                         .tenant = ST_STR("acme"),
                                         .producer = ST_STR("scout"),
                                         .has = ST_HAS_PRODUCER_SEQ,
                                         .producer_seq = 2,
                                         .seq = 2};
        assert_err(st_producers_fold(b.producers, &record, &notice, &why), CORRUPT);
    }
    teardown(&b);
}
