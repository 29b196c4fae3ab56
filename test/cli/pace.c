#include "cli/pace.h"
#include "cli/limits.h"
#include "unit.h"

#define MS INT64_C(1000000)

static st_speed speed_of(const char *text)
{
    st_speed speed = 7;
    assert_ok(st_speed_parse(st_str_of(text), &speed));
    return speed;
}

TEST("speeds are times, with an x or without, or max")
{
    assert_int_equal(speed_of("1"), ST_SPEED_ORIGINAL);
    assert_int_equal(speed_of("10"), 10000);
    assert_int_equal(speed_of("10x"), 10000);
    assert_int_equal(speed_of("0.5x"), 500);
    assert_int_equal(speed_of("2.05"), 2050);
    assert_int_equal(speed_of("0.001"), 1);
    assert_int_equal(speed_of("1000000"), 1000000000);
    assert_int_equal(speed_of("max"), ST_SPEED_FASTEST);
    static const char *const wrong[] = {"",        "x",
                                        "0",       "0.0",
                                        "0x",      ".5",
                                        "1.",      "1.x",
                                        "0.0005",  "-1",
                                        "+1",      "1e3",
                                        "1000001", "1000000.1",
                                        "10xx",    "10 x",
                                        "max2",    "maxx",
                                        "1.2.3",   "1,5",
                                        "nan",     "99999999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        st_speed speed = 0;
        if (st_speed_parse(st_str_of(wrong[i]), &speed) != ST_ERR_INVALID)
            fail_msg("\"%s\" was taken", wrong[i]);
    }
}

TEST("a speed written is read as the same")
{
    static const char *const texts[] = {"0.001", "0.5", "1", "2.05", "10", "1000000", "max"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[ST_SPEED_TEXT_MAX];
        size_t len = st_speed_write(speed_of(texts[i]), text);
        assert_string_equal(text, texts[i]);
        assert_int_equal(len, strlen(text));
    }
}

/* When an event with a time of its own is due; it was received with all others at once. */
static int64_t due_at(struct st_pace *pace, st_time own, int64_t now_ns)
{
    const struct st_record record = {.has = ST_HAS_TIME, .time = own, .received_ns = 7};
    return st_pace_due(pace, &record, now_ns);
}

/* When an event without a time of its own is due. */
static int64_t due_received(struct st_pace *pace, int64_t received_ns)
{
    const struct st_record record = {.received_ns = received_ns};
    return st_pace_due(pace, &record, 0);
}

TEST("an event is due as long after the one before it as it happened, divided by the speed")
{
    struct st_pace pace;
    st_pace_init(&pace, speed_of("10"));
    assert_int_equal(due_at(&pace, (st_time){100, 0}, 5000 * MS), 5000 * MS);
    assert_int_equal(due_at(&pace, (st_time){101, 0}, 5000 * MS), 5100 * MS);
    assert_int_equal(due_at(&pace, (st_time){101, 500000000}, 5100 * MS), 5150 * MS);
    assert_int_equal(due_at(&pace, (st_time){102, 400000000}, 5150 * MS), 5240 * MS);
    st_pace_init(&pace, speed_of("0.5"));
    assert_int_equal(due_at(&pace, (st_time){100, 999999999}, 0), 0);
    assert_int_equal(due_at(&pace, (st_time){101, 1}, 0), 4);
}

TEST("delays do not add up: a late event does not make the next one late")
{
    struct st_pace pace;
    st_pace_init(&pace, ST_SPEED_ORIGINAL);
    assert_int_equal(due_at(&pace, (st_time){0, 0}, 1000 * MS), 1000 * MS);
    assert_int_equal(due_at(&pace, (st_time){1, 0}, 1900 * MS), 2000 * MS);
    assert_int_equal(due_at(&pace, (st_time){2, 0}, 9000 * MS), 3000 * MS);
    assert_int_equal(due_at(&pace, (st_time){9, 0}, 9000 * MS), 10000 * MS);
}

TEST("rounding does not add up: a third is a third after a million events too")
{
    struct st_pace pace;
    int64_t due = 0;
    st_pace_init(&pace, speed_of("3"));
    for (int32_t i = 0; i <= 999999; i++)
        due = due_at(&pace, (st_time){50, i}, 0);
    assert_int_equal(due, 333333);
}

TEST("times that go back wait for nothing, and what follows is counted from there")
{
    struct st_pace pace;
    st_pace_init(&pace, ST_SPEED_ORIGINAL);
    assert_int_equal(due_at(&pace, (st_time){1000, 0}, 0), 0);
    assert_int_equal(due_at(&pace, (st_time){1002, 0}, 0), 2000 * MS);
    assert_int_equal(due_at(&pace, (st_time){10, 0}, 0), 2000 * MS);
    assert_int_equal(due_at(&pace, (st_time){10, 0}, 0), 2000 * MS);
    assert_int_equal(due_at(&pace, (st_time){11, 0}, 0), 3000 * MS);
    assert_int_equal(due_at(&pace, (st_time){-5, 0}, 0), 3000 * MS);
    assert_int_equal(due_at(&pace, (st_time){-4, 250000000}, 0), 4250 * MS);
}

TEST("dues never fall and never overflow, whatever the times are")
{
    const int64_t least = INT64_C(-62167219200); /* the year 0000 */
    const int64_t most = INT64_C(253402300799);  /* the year 9999 */
    struct st_pace pace;
    int64_t due = 77;
    st_pace_init(&pace, speed_of("0.001"));
    for (int i = 0; i < 100000; i++) {
        int64_t next = due_at(&pace, (st_time){i % 2 == 0 ? least : most, 999999999}, 77);
        assert_true(next >= due);
        due = next;
    }
    assert_int_equal(due, INT64_MAX);
}

TEST("events without a time of their own are due as they were received")
{
    struct st_pace pace;
    st_pace_init(&pace, speed_of("2"));
    assert_int_equal(due_received(&pace, 5000 * MS), 0);
    assert_int_equal(due_received(&pace, 7000 * MS), 1000 * MS);
    assert_int_equal(due_received(&pace, 6000 * MS), 1000 * MS);
    assert_int_equal(due_received(&pace, 8000 * MS), 2000 * MS);
}

TEST("times of one clock only are compared: what was recorded later is not waited for until then")
{
    const int64_t today_ns = 1800000000 * ST_NS_PER_S;
    struct st_pace pace;
    st_pace_init(&pace, ST_SPEED_ORIGINAL);
    const struct st_record own = {.has = ST_HAS_TIME, .time = {1000, 0}, .received_ns = today_ns};
    const struct st_record none = {.received_ns = today_ns + 2};
    const struct st_record later = {
        .has = ST_HAS_TIME, .time = {1300, 0}, .received_ns = today_ns + 5};
    assert_int_equal(st_pace_due(&pace, &none, 0), 0);
    assert_int_equal(st_pace_due(&pace, &own, 0), 0);
    assert_int_equal(st_pace_due(&pace, &none, 0), 2);
    assert_int_equal(st_pace_due(&pace, &later, 0), 300 * ST_NS_PER_S);
    assert_int_equal(st_pace_due(&pace, &none, 0), 300 * ST_NS_PER_S);
    assert_int_equal(st_pace_due(&pace, &later, 0), 300 * ST_NS_PER_S);
}

TEST("at the fastest everything is due at once")
{
    struct st_pace pace;
    st_pace_init(&pace, ST_SPEED_FASTEST);
    assert_int_equal(due_at(&pace, (st_time){0, 0}, 5), 5);
    assert_int_equal(due_at(&pace, (st_time){86400, 0}, 6), 6);
}

static void check_wait(int64_t s, const char *expected)
{
    char text[ST_WAIT_TEXT_MAX];
    assert_int_equal(st_wait_write(s * ST_NS_PER_S + 999999999, text), strlen(expected));
    assert_string_equal(text, expected);
}

TEST("waits are said in two units at most")
{
    check_wait(0, "0 s");
    check_wait(59, "59 s");
    check_wait(60, "1 min");
    check_wait(200, "3 min 20 s");
    check_wait(2 * 3600 + 3 * 60 + 59, "2 h 3 min");
    check_wait(3600 + 59, "1 h");
    check_wait(3 * 86400 + 4 * 3600, "3 d 4 h");
    check_wait(INT64_MAX / ST_NS_PER_S - 1, "106751 d 23 h");
}

TEST("the speed that is proposed makes the wait short, and is above the present one")
{
    const int64_t most = 10 * ST_NS_PER_S;
    assert_int_equal(st_speed_for(speed_of("1"), 11 * ST_NS_PER_S, most), speed_of("10"));
    assert_int_equal(st_speed_for(speed_of("1"), 100 * ST_NS_PER_S, most), speed_of("10"));
    assert_int_equal(st_speed_for(speed_of("1"), 101 * ST_NS_PER_S, most), speed_of("100"));
    assert_int_equal(st_speed_for(speed_of("0.5"), 15 * ST_NS_PER_S, most), speed_of("1"));
    assert_int_equal(st_speed_for(speed_of("50"), 20 * ST_NS_PER_S, most), speed_of("100"));
    assert_int_equal(st_speed_for(speed_of("1000000"), 20 * ST_NS_PER_S, most), ST_SPEED_FASTEST);
    assert_int_equal(st_speed_for(speed_of("1"), INT64_MAX, most), ST_SPEED_FASTEST);
}
