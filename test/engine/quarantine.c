#include "engine/quarantine.h"

#include "engine/filter.h"
#include "faulty_vfs.h"
#include "recorder.h"

#include <sqlite3.h>
#include <stdatomic.h>

/* A contract of notes whose `n` is whole; the later one of the same name takes any number. */
#define NOTES(type)                                                                                \
    "{\"$id\":\"https://steno.local/schemas/note.schema.json\",\"type\":\"object\","               \
    "\"required\":[\"kind\",\"n\"],\"properties\":{\"kind\":{\"const\":\"note\"},"                 \
    "\"n\":{\"type\":\"" type "\"}},"                                                              \
    "\"x-steno\":{\"name\":\"note\",\"version\":\"1\",\"unknown_types\":\"refuse\","               \
    "\"recognise\":[{\"rank\":99,\"all\":[{\"at\":\"/kind\",\"equals\":\"note\"}]}],"              \
    "\"record\":{\"type\":\"/kind\",\"id\":\"/id\",\"tenant\":\"/tenant\"},"                       \
    "\"classify\":[{\"types\":[\"note\"],\"level\":\"ops\"}]}}"

static const char strict[] = NOTES("integer");
static const char lenient[] = NOTES("number");

#define BAD  "{\"kind\":\"note\",\"n\":1.5,\"id\":\"a\",\"tenant\":\"acme\"}"
#define GOOD "{\"kind\":\"note\", \"n\":1,\"id\":\"a\",\"tenant\":\"acme\"}"

static const st_str as_it_is = {NULL, 0};

static void know(struct recorder *recorder, const char *text, enum st_mode mode)
{
    struct st_contract *contract = NULL;
    struct st_schema_fault fault = {0};
    if (st_contract_load(&contract, st_str_of(text), &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    assert_ok(st_registry_add(recorder->registry, contract));
    assert_ok(st_registry_set_mode(recorder->registry, ST_STR("note"), mode));
}

static void open_notes(struct recorder *recorder, const char *vfs)
{
    open_recorder(recorder, vfs);
    know(recorder, strict, ST_MODE_QUARANTINE);
}

/* The same store, in a process that knows this contract instead. */
static void change_contract(struct recorder *recorder, const char *text, enum st_mode mode)
{
    struct st_schema_fault fault;
    st_engine_close(recorder->engine);
    st_admit_free(recorder->admit);
    st_registry_free(recorder->registry);
    assert_ok(st_registry_new(&recorder->registry, &fault));
    if (text != NULL)
        know(recorder, text, mode);
    assert_ok(st_admit_new(&recorder->admit, recorder->registry));
    reopen_recorder(recorder, NULL);
}

static const struct st_item *submit(struct recorder *recorder, const char *text)
{
    st_batch_reset(&recorder->batch);
    assert_ok(st_admit_event(recorder->admit, &recorder->batch, st_str_of(text), 0, 0, NULL));
    assert_ok(st_engine_submit_wait(recorder->engine, &recorder->batch));
    return recorder->batch.items[0];
}

static uint64_t keep_apart(struct recorder *recorder, const char *text)
{
    const struct st_item *item = submit(recorder, text);
    assert_true(item->quarantined);
    assert_true(item->quarantine_number > 0);
    return item->quarantine_number;
}

static st_err make_release(struct recorder *recorder, struct st_batch *batch, uint64_t number,
                           st_str mended)
{
    struct st_reader *reader = NULL;
    struct st_why why = {0};
    assert_ok(st_reader_open(&reader, recorder->path, NULL, &why));
    st_err err =
        st_quarantine_release(batch, recorder->admit, reader, number, mended, ST_STR("kim"), &why);
    st_reader_close(reader);
    assert_true(err == ST_OK || why.text != NULL);
    return err;
}

/* Asks for a release and returns what came of it. */
static enum st_ruling_outcome release(struct recorder *recorder, uint64_t number, st_str mended)
{
    st_batch_reset(&recorder->batch);
    assert_ok(make_release(recorder, &recorder->batch, number, mended));
    if (recorder->batch.ruling->outcome != ST_RULING_REFUSED)
        assert_ok(st_engine_submit_wait(recorder->engine, &recorder->batch));
    return (enum st_ruling_outcome)recorder->batch.ruling->outcome;
}

static st_err make_drop(struct recorder *recorder, struct st_batch *batch, uint64_t number,
                        st_str reason)
{
    struct st_reader *reader = NULL;
    struct st_why why = {0};
    assert_ok(st_reader_open(&reader, recorder->path, NULL, &why));
    st_err err = st_quarantine_drop(batch, reader, number, reason, ST_STR("kim"), &why);
    st_reader_close(reader);
    return err;
}

static bool is_kept(const struct recorder *recorder, uint64_t number)
{
    struct st_reader *reader = NULL;
    struct st_quarantined kept;
    struct st_why why = {0};
    assert_ok(st_reader_open(&reader, recorder->path, NULL, &why));
    st_err err = st_reader_quarantined(reader, number, &kept, &why);
    assert_true(err == ST_OK || err == ST_ERR_ABSENT);
    st_reader_close(reader);
    return err == ST_OK;
}

/* The event at `seq` has exactly these bytes; of steno's own, all behind its time. */
static void expect_event(const struct recorder *recorder, uint64_t seq, const char *type,
                         const char *bytes)
{
    struct st_reader *reader = NULL;
    struct st_event event;
    struct st_why why = {0};
    assert_ok(st_reader_open(&reader, recorder->path, NULL, &why));
    assert_ok(st_reader_find(reader, seq, &event, &why));
    assert_true(st_str_eq(event.record.type, st_str_of(type)));
    assert_true(st_str_eq(event.record.tenant, ST_STR("acme")));
    if (!st_str_ends(event.raw, st_str_of(bytes)))
        fail_msg("%s does not end %.*s", bytes, ST_STR_ARG(event.raw));
    if (type[0] == 'n')
        assert_int_equal(event.raw.len, strlen(bytes));
    st_reader_close(reader);
}

#define BAD_SHA256 "47a198aba9702ce4e02c7897f70063ace978253b211a5c041e177af869fa920d"

TEST("V5: an event that a later contract allows is released as it was kept, and that is told")
{
    struct recorder recorder;
    struct st_engine_stats stats;
    open_notes(&recorder, NULL);
    uint64_t number = keep_apart(&recorder, " " BAD "\n");
    assert_int_equal(st_engine_last_seq(recorder.engine), 0);
    change_contract(&recorder, lenient, ST_MODE_ENFORCE);
    assert_int_equal(release(&recorder, number, as_it_is), ST_RULING_DONE);
    assert_int_equal(recorder.batch.ruling->seq, 1);
    assert_int_equal(st_engine_last_seq(recorder.engine), 2);
    expect_event(&recorder, 1, "note", BAD);
    expect_event(&recorder, 2, "quarantine.released",
                 "\"tenant\":\"acme\",\"number\":1,\"of\":\"note@1\",\"mended\":false,\"seq\":1,"
                 "\"sha256\":\"" BAD_SHA256 "\",\"actor\":\"kim\"}");
    assert_false(is_kept(&recorder, number));
    st_engine_stats(recorder.engine, &stats);
    assert_int_equal(stats.released, 1);
    assert_int_equal(stats.accepted, 1);
    assert_int_equal(stats.own, 1);
    close_recorder(&recorder);
}

TEST("V5: a mended event is released with the bytes that it was mended to")
{
    struct recorder recorder;
    open_notes(&recorder, NULL);
    uint64_t number = keep_apart(&recorder, BAD);
    assert_int_equal(release(&recorder, number, ST_STR("\n" GOOD " ")), ST_RULING_DONE);
    expect_event(&recorder, 1, "note", GOOD);
    expect_event(&recorder, 2, "quarantine.released",
                 "\"number\":1,\"of\":\"note@1\",\"mended\":true,\"seq\":1,\"sha256\":\"" BAD_SHA256
                 "\",\"actor\":\"kim\"}");
    assert_false(is_kept(&recorder, number));
    close_recorder(&recorder);
}

TEST("V5: what is invalid still stays where it is, whatever the contract's mode")
{
    static const char *const texts[] = {BAD, "{\"kind\":\"note\",\"n\":\"1\"}",
                                        "{\"kind\":\"note\"", "[]",
                                        "{\"kind\":\"note\",\"n\":1,\"n\":1}"};
    static const uint8_t refusals[] = {ST_REFUSED_INVALID, ST_REFUSED_INVALID, ST_REFUSED_JSON,
                                       ST_REFUSED_PAYLOAD, ST_REFUSED_JSON};
    static const enum st_mode modes[] = {ST_MODE_QUARANTINE, ST_MODE_OBSERVE, ST_MODE_ENFORCE};
    struct recorder recorder;
    open_notes(&recorder, NULL);
    uint64_t number = keep_apart(&recorder, BAD);
    for (unsigned m = 0; m < 3; m++) {
        assert_ok(st_registry_set_mode(recorder.registry, ST_STR("note"), modes[m]));
        assert_int_equal(release(&recorder, number, as_it_is), ST_RULING_REFUSED);
        assert_int_equal(recorder.batch.items[0]->refusal, ST_REFUSED_INVALID);
        assert_int_equal(recorder.batch.items[0]->violation_count, 1);
        for (unsigned i = 0; i < 5; i++) {
            assert_int_equal(release(&recorder, number, st_str_of(texts[i])), ST_RULING_REFUSED);
            assert_int_equal(recorder.batch.items[0]->refusal, refusals[i]);
        }
    }
    assert_true(is_kept(&recorder, number));
    assert_int_equal(st_engine_last_seq(recorder.engine), 0);
    /* The door itself knows nothing of it. */
    assert_ok(st_registry_set_mode(recorder.registry, ST_STR("note"), ST_MODE_OBSERVE));
    assert_int_equal(submit(&recorder, BAD)->refusal, ST_REFUSED_NOT);
    close_recorder(&recorder);
}

TEST("V5: I1: a release that is recorded already takes no seq and leaves the quarantine")
{
    struct recorder recorder;
    open_notes(&recorder, NULL);
    uint64_t number = keep_apart(&recorder, BAD);
    assert_int_equal(submit(&recorder, GOOD)->append.first_seq, 1);
    assert_int_equal(release(&recorder, number, ST_STR(GOOD)), ST_RULING_DONE);
    assert_int_equal(recorder.batch.appends[0]->outcome, ST_DUPLICATE);
    assert_int_equal(recorder.batch.ruling->seq, 1);
    assert_int_equal(st_engine_last_seq(recorder.engine), 2);
    expect_event(&recorder, 2, "quarantine.released",
                 "\"mended\":true,\"seq\":1,\"sha256\":\"" BAD_SHA256 "\",\"actor\":\"kim\"}");
    assert_false(is_kept(&recorder, number));
    close_recorder(&recorder);
}

TEST("V5: I2: a release whose id has other bytes is refused and stays")
{
    struct recorder recorder;
    struct st_engine_stats stats;
    open_notes(&recorder, NULL);
    uint64_t number = keep_apart(&recorder, BAD);
    submit(&recorder, "{\"kind\":\"note\",\"n\":7,\"id\":\"a\",\"tenant\":\"acme\"}");
    assert_int_equal(release(&recorder, number, ST_STR(GOOD)), ST_RULING_REFUSED);
    assert_int_equal(recorder.batch.appends[0]->outcome, ST_CONFLICT);
    assert_int_equal(recorder.batch.appends[0]->first_seq, 1);
    assert_int_equal(st_engine_last_seq(recorder.engine), 1);
    assert_true(is_kept(&recorder, number));
    st_engine_stats(recorder.engine, &stats);
    assert_int_equal(stats.released, 0);
    assert_int_equal(stats.conflicts, 1);
    close_recorder(&recorder);
}

TEST("V5: a dropped event is gone, and what was dropped by whom and why is told")
{
    struct recorder recorder;
    struct st_engine_stats stats;
    open_notes(&recorder, NULL);
    uint64_t first = keep_apart(&recorder, BAD);
    uint64_t second = keep_apart(&recorder, "{\"kind\":\"note\",\"tenant\":\"acme\"}");
    st_batch_reset(&recorder.batch);
    assert_ok(make_drop(&recorder, &recorder.batch, first, ST_STR("a \"test\"")));
    assert_ok(st_engine_submit_wait(recorder.engine, &recorder.batch));
    assert_int_equal(recorder.batch.ruling->outcome, ST_RULING_DONE);
    expect_event(&recorder, 1, "quarantine.dropped",
                 "\"number\":1,\"of\":\"note@1\",\"sha256\":\"" BAD_SHA256
                 "\",\"reason\":\"a \\\"test\\\"\",\"actor\":\"kim\"}");
    assert_false(is_kept(&recorder, first));
    st_batch_reset(&recorder.batch);
    assert_ok(make_drop(&recorder, &recorder.batch, second, as_it_is));
    assert_ok(st_engine_submit_wait(recorder.engine, &recorder.batch));
    expect_event(&recorder, 2, "quarantine.dropped", "\",\"actor\":\"kim\"}");
    st_engine_stats(recorder.engine, &stats);
    assert_int_equal(stats.dropped, 2);
    assert_int_equal(stats.accepted, 0);
    assert_true(keep_apart(&recorder, BAD) > second);
    close_recorder(&recorder);
}

static void count_done(struct st_batch *batch)
{
    atomic_fetch_add((_Atomic unsigned *)batch->context, 1);
}

TEST("V5: of rulings on one number that are asked for at once the first is carried out alone")
{
    enum { MANY = 12 };
    struct recorder recorder;
    struct st_batch batches[MANY];
    _Atomic unsigned done = 0;
    unsigned outcomes[ST_RULING_ABSENT + 1] = {0};
    open_notes(&recorder, NULL);
    /* Without an id: nothing but the quarantine knows that it is one event. */
    uint64_t number = keep_apart(&recorder, "{\"kind\":\"note\"}");
    for (unsigned i = 0; i < MANY; i++) {
        st_batch_init(&batches[i]);
        assert_ok(i % 3 == 2 ? make_drop(&recorder, &batches[i], number, as_it_is)
                             : make_release(&recorder, &batches[i], number,
                                            ST_STR("{\"kind\":\"note\",\"n\":1}")));
        batches[i].done = count_done;
        batches[i].context = &done;
    }
    for (unsigned i = 0; i < MANY; i++)
        assert_ok(st_engine_submit(recorder.engine, &batches[i]));
    while (atomic_load(&done) < MANY)
        usleep(100);
    for (unsigned i = 0; i < MANY; i++) {
        assert_ok(batches[i].err);
        outcomes[batches[i].ruling->outcome]++;
    }
    assert_int_equal(outcomes[ST_RULING_DONE], 1);
    assert_int_equal(outcomes[ST_RULING_ABSENT], MANY - 1);
    assert_int_equal(batches[0].ruling->outcome, ST_RULING_DONE);
    assert_int_equal(st_engine_last_seq(recorder.engine), 2);
    struct st_engine_stats stats;
    st_engine_stats(recorder.engine, &stats);
    assert_int_equal(stats.accepted, 1);
    assert_int_equal(stats.withheld, 0);
    for (unsigned i = 0; i < MANY; i++)
        st_batch_done(&batches[i]);
    close_recorder(&recorder);
}

TEST("V5: what cannot be ruled on says why: no such number, a contract that is not known, limits")
{
    struct recorder recorder;
    struct st_reader *reader = NULL;
    struct st_why why = {0};
    char many[ST_DROP_REASON_BYTES_MAX + 1];
    memset(many, 'r', sizeof many);
    open_notes(&recorder, NULL);
    uint64_t number = keep_apart(&recorder, BAD);
    st_batch_reset(&recorder.batch);
    static const uint64_t strange[] = {0, 2, INT64_MAX, UINT64_MAX};
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++) {
        assert_err(make_release(&recorder, &recorder.batch, strange[i], as_it_is), ABSENT);
        assert_err(make_drop(&recorder, &recorder.batch, strange[i], as_it_is), ABSENT);
    }
    assert_err(make_drop(&recorder, &recorder.batch, number, (st_str){many, sizeof many}), LIMIT);
    change_contract(&recorder, NULL, ST_MODE_ENFORCE);
    assert_ok(st_reader_open(&reader, recorder.path, NULL, &why));
    st_batch_reset(&recorder.batch);
    assert_err(st_quarantine_release(&recorder.batch, recorder.admit, reader, number, as_it_is,
                                     ST_STR("kim"), &why),
               INVALID);
    assert_string_equal(why.text, "the event was kept under note@1: no such contract");
    st_reader_close(reader);
    st_batch_reset(&recorder.batch);
    assert_ok(make_drop(&recorder, &recorder.batch, number, (st_str){many, sizeof many - 1}));
    assert_ok(st_engine_submit_wait(recorder.engine, &recorder.batch));
    assert_false(is_kept(&recorder, number));
    close_recorder(&recorder);
}

/* How many events of that type the log has. */
static unsigned count_type(const struct recorder *recorder, const char *type)
{
    struct st_reader *reader = NULL;
    struct st_event event;
    struct st_why why = {0};
    unsigned count = 0;
    assert_ok(st_reader_open(&reader, recorder->path, NULL, &why));
    for (uint64_t seq = 1; st_reader_find(reader, seq, &event, &why) == ST_OK; seq++)
        count += st_str_eq(event.record.type, st_str_of(type));
    st_reader_close(reader);
    return count;
}

/* Either the event is kept and nothing is told of it, or it is kept no longer, told, and in the log
 * if it was released. */
static void expect_all_or_nothing(const struct recorder *recorder, uint64_t number, bool answered)
{
    unsigned released = count_type(recorder, "quarantine.released");
    unsigned dropped = count_type(recorder, "quarantine.dropped");
    assert_int_equal(count_type(recorder, "note"), released);
    assert_int_equal(is_kept(recorder, number), released + dropped == 0);
    assert_true(released + dropped <= 1);
    assert_true(released + dropped == 1 || !answered);
}

/* Loses power at the nth write from a ruling on; adds to how often it did, and found it undone. */
static void crash_in_ruling(uint64_t nth, bool drops, unsigned *crashes, unsigned *undone)
{
    struct faulty_vfs *vfs = faulty_vfs_new();
    struct recorder recorder;
    faulty_vfs_hold(vfs, nth);
    open_notes(&recorder, faulty_vfs_name(vfs));
    uint64_t number = keep_apart(&recorder, BAD);
    st_batch_reset(&recorder.batch);
    assert_ok(drops ? make_drop(&recorder, &recorder.batch, number, as_it_is)
                    : make_release(&recorder, &recorder.batch, number, ST_STR(GOOD)));
    faulty_vfs_crash_at(vfs, nth);
    bool answered = st_engine_submit_wait(recorder.engine, &recorder.batch) == ST_OK;
    *crashes += faulty_vfs_has_crashed(vfs);
    st_engine_close(recorder.engine);
    faulty_vfs_power_on(vfs);
    reopen_recorder(&recorder, NULL);
    expect_all_or_nothing(&recorder, number, answered);
    *undone += is_kept(&recorder, number);
    close_recorder(&recorder);
    faulty_vfs_free(vfs);
}

TEST("V5: D2: whenever the power goes, a ruling was carried out as a whole or not at all")
{
    for (unsigned drops = 0; drops < 2; drops++) {
        unsigned crashes = 0;
        unsigned undone = 0;
        for (uint64_t nth = 1; nth < 30; nth++)
            crash_in_ruling(nth, drops == 1, &crashes, &undone);
        assert_true(crashes > 5);
        assert_true(undone > 2);
    }
}

TEST("V5: D4: when the disk is full nothing of a ruling stands")
{
    struct faulty_vfs *vfs = faulty_vfs_new();
    struct recorder recorder;
    open_notes(&recorder, faulty_vfs_name(vfs));
    uint64_t number = keep_apart(&recorder, BAD);
    st_batch_reset(&recorder.batch);
    assert_ok(make_release(&recorder, &recorder.batch, number, ST_STR(GOOD)));
    faulty_vfs_fail(vfs, 1, SQLITE_FULL, true);
    assert_err(st_engine_submit_wait(recorder.engine, &recorder.batch), SYSTEM);
    faulty_vfs_heal(vfs);
    expect_all_or_nothing(&recorder, number, false);
    assert_true(is_kept(&recorder, number));
    assert_int_equal(release(&recorder, number, ST_STR(GOOD)), ST_RULING_DONE);
    expect_all_or_nothing(&recorder, number, true);
    close_recorder(&recorder);
    faulty_vfs_free(vfs);
}

TEST("V5: B1: of very many violations some are kept, and how many there are")
{
    struct recorder recorder;
    struct st_reader *reader = NULL;
    struct st_quarantined kept;
    struct st_why why = {0};
    struct st_json doc;
    struct st_buf text = ST_BUF(ST_EVENT_BYTES_MAX);
    struct st_buf line = ST_BUF(4 * ST_EVENT_BYTES_MAX);
    open_recorder(&recorder, NULL);
    assert_ok(st_registry_set_mode(recorder.registry, ST_STR("agent-event"), ST_MODE_QUARANTINE));
    assert_ok(st_buf_add_str(&text, ST_STR("{\"event_version\":\"v0\"")));
    for (int i = 0; i < 300; i++)
        assert_ok(st_buf_printf(&text, ",\"x%d\":1", i));
    assert_ok(st_buf_add_char(&text, '}'));
    uint64_t number = keep_apart(&recorder, st_buf_cstr(&text));
    assert_ok(st_reader_open(&reader, recorder.path, NULL, &why));
    assert_ok(st_reader_quarantined(reader, number, &kept, &why));
    assert_ok(st_quarantine_write_line(&kept, &line));
    st_json_init(&doc);
    assert_ok(st_json_parse(&doc, st_buf_str(&line), NULL, NULL));
    uint32_t total = st_json_member(&doc, 0, ST_STR("errors_total"));
    uint32_t errors = st_json_member(&doc, 0, ST_STR("errors"));
    assert_true(total != ST_JSON_NONE && errors != ST_JSON_NONE);
    uint32_t told = 0;
    for (uint32_t at = st_json_first(&doc, errors); at != ST_JSON_NONE;
         at = st_json_next(&doc, errors, at))
        told++;
    assert_int_equal(told, ST_VIOLATIONS_TOLD_MAX);
    uint64_t count = 0;
    assert_ok(st_str_to_u64(st_json_raw(&doc, total), &count));
    assert_true(count >= 300);
    st_json_done(&doc);
    st_reader_close(reader);
    st_buf_done(&text);
    st_buf_done(&line);
    close_recorder(&recorder);
}

TEST("V5: what is kept is shown as one line of JSON, and picked by the filter's words")
{
    uint8_t digest[ST_DIGEST_BYTES];
    struct st_buf line = ST_BUF(4096);
    struct st_buf problem = ST_BUF(256);
    struct st_filter filter;
    memset(digest, 0xA5, sizeof digest);
    struct st_quarantined kept = {.number = 7,
                                  .received_ns = 1500000000,
                                  .tenant = ST_STR("a\"b"),
                                  .contract = ST_STR("note@1"),
                                  .raw = ST_STR("{\r\n\"n\":1}"),
                                  .report = ST_STR("[]")};
    memcpy(kept.sha256, digest, sizeof digest);
    assert_ok(st_quarantine_write_line(&kept, &line));
    assert_string_equal(
        st_buf_cstr(&line),
        "{\"number\":7,\"received_at\":\"1970-01-01T00:00:01.500000000Z\",\"contract\":\"note@1\","
        "\"tenant\":\"a\\\"b\",\"sha256\":"
        "\"a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5\",\"errors\":[],"
        "\"event\":{  \"n\":1}}");
    static const struct {
        const char *word, *value;
        bool wanted;
    } words[] = {{"contract", "note", true},
                 {"contract", "note@1", true},
                 {"contract", "not", false},
                 {"tenant", "a\"b", true},
                 {"tenant", "b", false},
                 {"since", "1970-01-01T00:00:02Z", false},
                 {"until", "1970-01-01T00:00:02Z", true}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        st_filter_init(&filter);
        assert_ok(st_filter_set(&filter, st_str_of(words[i].word), st_str_of(words[i].value),
                                st_time_now(), &problem));
        assert_int_equal(st_quarantine_wants(&filter, &kept), words[i].wanted);
        st_filter_done(&filter);
    }
    st_buf_done(&line);
    st_buf_done(&problem);
}
