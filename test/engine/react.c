#include "engine/react.h"

#include "faulty_vfs.h"
#include "recorder.h"
#include "store/read.h"

#include <sqlite3.h>

/* A contract whose events carry a number of their producer. */
static const char counted[] =
    "{\"$id\":\"https://steno.local/schemas/counted.schema.json\",\"type\":\"object\","
    "\"required\":[\"kind\",\"n\"],\"properties\":{\"kind\":{\"const\":\"tick\"},"
    "\"n\":{\"type\":\"integer\",\"minimum\":0}},"
    "\"x-steno\":{\"name\":\"counted\",\"version\":\"1\",\"unknown_types\":\"refuse\","
    "\"recognise\":[{\"rank\":99,\"all\":[{\"at\":\"/kind\",\"equals\":\"tick\"}]}],"
    "\"record\":{\"type\":\"/kind\",\"id\":\"/id\",\"tenant\":\"/tenant\",\"producer\":\"/who\","
    "\"producer_seq\":\"/n\"},"
    "\"classify\":[{\"types\":[\"tick\"],\"level\":\"debug\"}]}}";

static void open_counting(struct recorder *recorder, const char *vfs)
{
    struct st_contract *contract = NULL;
    struct st_schema_fault fault = {0};
    open_recorder(recorder, vfs);
    if (st_contract_load(&contract, st_str_of(counted), &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    assert_ok(st_registry_add(recorder->registry, contract));
}

static void admit(struct recorder *recorder, const char *text)
{
    assert_ok(st_admit_event(recorder->admit, &recorder->batch, st_str_of(text), 0, 0, NULL));
}

static void record_numbers(struct recorder *recorder, const unsigned *numbers, size_t count)
{
    char text[96];
    st_batch_reset(&recorder->batch);
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text,
                 "{\"kind\":\"tick\",\"n\":%u,\"who\":\"sco\\\"ut\",\"tenant\":\"acme\"}",
                 numbers[i]);
        admit(recorder, text);
    }
    assert_ok(st_engine_submit_wait(recorder->engine, &recorder->batch));
}

/* The event at `seq` is one of steno's own and says so; returns it in `event`. */
static void expect_own(struct recorder *recorder, uint64_t seq, const char *type, const char *part)
{
    struct st_reader *reader = NULL;
    struct st_why why = {0};
    struct st_event event;
    struct st_buf raw = ST_BUF(4096);
    assert_ok(st_reader_open(&reader, recorder->path, NULL, &why));
    assert_ok(st_reader_find(reader, seq, &event, &why));
    assert_ok(st_buf_add_str(&raw, event.raw));
    assert_true(st_str_eq(event.record.contract, ST_STR("steno@1")));
    assert_true(st_str_eq(event.record.type, st_str_of(type)));
    assert_true(st_str_eq(event.record.tenant, ST_STR("acme")));
    assert_true(st_str_eq(event.record.stream, ST_STR("sco\"ut")));
    if (strstr(st_buf_cstr(&raw), part) == NULL)
        fail_msg("%s is not in %s", part, st_buf_cstr(&raw));
    st_buf_done(&raw);
    st_reader_close(reader);
}

TEST(
    "O4: a hole in a producer's numbering stands in the log, right behind the commit that shows it")
{
    struct recorder recorder;
    struct st_engine_stats stats;
    open_counting(&recorder, NULL);
    record_numbers(&recorder, (unsigned[]){1, 2, 5, 6}, 4);
    assert_int_equal(st_engine_last_seq(recorder.engine), 5);
    expect_own(
        &recorder, 5, "producer.gap",
        "\"producer\":{\"contract\":\"counted@1\",\"tenant\":\"acme\",\"name\":\"sco\\\"ut\"},"
        "\"expected\":3,\"found\":5,\"missing\":2,\"after_seq\":2,\"at_seq\":3}");
    record_numbers(&recorder, (unsigned[]){3, 1}, 2);
    assert_int_equal(st_engine_last_seq(recorder.engine), 9);
    expect_own(&recorder, 8, "producer.gap_closed",
               "\"found\":3,\"still_missing\":1,\"at_seq\":6}");
    expect_own(&recorder, 9, "producer.repeat",
               "\"expected\":7,\"found\":1,\"after_seq\":6,\"at_seq\":7}");
    st_engine_stats(recorder.engine, &stats);
    assert_int_equal(stats.accepted, 6);
    assert_int_equal(stats.own, 3);
    close_recorder(&recorder);
}

TEST("O4: the numbering goes on across a restart")
{
    struct recorder recorder;
    open_counting(&recorder, NULL);
    record_numbers(&recorder, (unsigned[]){1, 2}, 2);
    st_engine_close(recorder.engine);
    reopen_recorder(&recorder, NULL);
    record_numbers(&recorder, (unsigned[]){3, 5}, 2);
    assert_int_equal(st_engine_last_seq(recorder.engine), 5);
    expect_own(&recorder, 5, "producer.gap", "\"expected\":4,\"found\":5,\"missing\":1");
    close_recorder(&recorder);
}

TEST("O4: a duplicate is not recorded, and so no repeat of a number")
{
    struct recorder recorder;
    open_counting(&recorder, NULL);
    st_batch_reset(&recorder.batch);
    for (int i = 0; i < 2; i++)
        admit(&recorder, "{\"kind\":\"tick\",\"n\":1,\"id\":\"a\"}");
    assert_ok(st_engine_submit_wait(recorder.engine, &recorder.batch));
    assert_int_equal(st_engine_last_seq(recorder.engine), 1);
    close_recorder(&recorder);
}

TEST("O4: D2: when the commit fails nothing was noticed, and the next one notices it")
{
    struct faulty_vfs *vfs = faulty_vfs_new();
    struct recorder recorder;
    char text[96];
    open_counting(&recorder, faulty_vfs_name(vfs));
    record_numbers(&recorder, (unsigned[]){1}, 1);
    for (int attempt = 0; attempt < 3; attempt++) {
        faulty_vfs_fail(vfs, 1 + (uint64_t)attempt, SQLITE_FULL, true);
        st_batch_reset(&recorder.batch);
        snprintf(text, sizeof text,
                 "{\"kind\":\"tick\",\"n\":9,\"who\":\"sco\\\"ut\",\"tenant\":\"acme\"}");
        admit(&recorder, text);
        assert_int_not_equal(st_engine_submit_wait(recorder.engine, &recorder.batch), ST_OK);
    }
    faulty_vfs_heal(vfs);
    record_numbers(&recorder, (unsigned[]){9}, 1);
    assert_int_equal(st_engine_last_seq(recorder.engine), 3);
    expect_own(&recorder, 3, "producer.gap", "\"expected\":2,\"found\":9,\"missing\":7");
    close_recorder(&recorder);
    faulty_vfs_free(vfs);
}

TEST("O4: B1: of more notices than one commit tells, the rest is counted in one")
{
    enum { COUNT = ST_NOTICES_TOLD_MAX + 10 };
    struct recorder recorder;
    char text[64];
    open_counting(&recorder, NULL);
    st_batch_reset(&recorder.batch);
    for (unsigned i = 0; i <= COUNT; i++) {
        snprintf(text, sizeof text, "{\"kind\":\"tick\",\"n\":%u}", 2 * i);
        admit(&recorder, text);
    }
    assert_ok(st_engine_submit_wait(recorder.engine, &recorder.batch));
    uint64_t last = (uint64_t)COUNT + 1 + ST_NOTICES_TOLD_MAX + 1;
    assert_int_equal(st_engine_last_seq(recorder.engine), last);
    struct st_reader *reader = NULL;
    struct st_why why = {0};
    struct st_event event;
    assert_ok(st_reader_open(&reader, recorder.path, NULL, &why));
    assert_ok(st_reader_find(reader, last, &event, &why));
    assert_true(st_str_eq(event.record.type, ST_STR("producer.untold")));
    assert_true(st_str_ends(event.raw, ST_STR("\"untold\":10,\"at_seq\":65547}")));
    st_reader_close(reader);
    close_recorder(&recorder);
}

TEST("O4: B1: a notice that names make longer than an event is counted as untold, and not lost")
{
    enum { NAME_BYTES = 600000 };
    struct recorder recorder;
    struct st_buf text = ST_BUF(ST_EVENT_BYTES_MAX);
    char *name = malloc(NAME_BYTES + 1);
    assert_non_null(name);
    memset(name, 'n', NAME_BYTES);
    name[NAME_BYTES] = '\0';
    open_counting(&recorder, NULL);
    st_batch_reset(&recorder.batch);
    for (unsigned i = 0; i < 2; i++) {
        st_buf_reset(&text);
        assert_ok(
            st_buf_printf(&text, "{\"kind\":\"tick\",\"n\":%u,\"tenant\":\"%s\"}", 5 * i, name));
        admit(&recorder, st_buf_cstr(&text));
    }
    assert_ok(st_engine_submit_wait(recorder.engine, &recorder.batch));
    assert_int_equal(st_engine_last_seq(recorder.engine), 3);
    struct st_reader *reader = NULL;
    struct st_why why = {0};
    struct st_event event;
    assert_ok(st_reader_open(&reader, recorder.path, NULL, &why));
    assert_ok(st_reader_find(reader, 3, &event, &why));
    assert_true(st_str_eq(event.record.type, ST_STR("producer.untold")));
    assert_true(st_str_ends(event.raw, ST_STR("\"untold\":1,\"at_seq\":2}")));
    st_reader_close(reader);
    close_recorder(&recorder);
    st_buf_done(&text);
    free(name);
}
