#include "engine/addition.h"

#include "recorder.h"
#include "store/read.h"

#include <pthread.h>
#include <stdatomic.h>

/* A contract of notes, by name, version and what `n` is. */
#define NOTES(name, version, type)                                                                 \
    "{\"type\":\"object\",\"required\":[\"kind\",\"n\"],\"properties\":{\"kind\":{\"const\":"      \
    "\"" name "\"},\"n\":{\"type\":\"" type "\"}},"                                                \
    "\"x-steno\":{\"name\":\"" name "\",\"version\":\"" version "\",\"unknown_types\":\"refuse\"," \
    "\"recognise\":[{\"rank\":99,\"all\":[{\"at\":\"/kind\",\"equals\":\"" name "\"}]}],"          \
    "\"record\":{\"type\":\"/kind\",\"id\":\"/id\"},"                                              \
    "\"classify\":[{\"types\":[\"" name "\"],\"level\":\"ops\"}]}}"

static const char NOTE[] = NOTES("note", "1", "integer");
static const char OTHER[] = NOTES("note", "1", "number");
#define EVENT "{\"kind\":\"note\",\"n\":1,\"id\":\"a\"}"

static struct st_addition add(struct recorder *recorder, const char *text)
{
    struct st_addition addition;
    struct st_schema_fault fault = {0};
    st_batch_reset(&recorder->batch);
    if (st_addition_make(&addition, &recorder->batch, recorder->registry, st_str_of(text),
                         ST_STR("kim"), NULL, &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    assert_ok(st_engine_submit_wait(recorder->engine, &recorder->batch));
    st_addition_done(&addition);
    return addition;
}

static const struct st_item *submit(struct recorder *recorder, const char *text)
{
    st_batch_reset(&recorder->batch);
    assert_ok(st_admit_event(recorder->admit, &recorder->batch, st_str_of(text), 0, 0, NULL));
    assert_ok(st_engine_submit_wait(recorder->engine, &recorder->batch));
    return recorder->batch.items[0];
}

/* The same store in a process that has not read it yet. */
static void begin_anew(struct recorder *recorder)
{
    struct st_schema_fault fault;
    st_engine_close(recorder->engine);
    st_admit_free(recorder->admit);
    st_registry_free(recorder->registry);
    assert_ok(st_registry_new(&recorder->registry, &fault));
    assert_ok(st_admit_new(&recorder->admit, recorder->registry));
    reopen_recorder(recorder, NULL);
}

static uint64_t last_seq(const struct recorder *recorder)
{
    return st_engine_last_seq(recorder->engine);
}

TEST("V6: a contract that is added is told in the log, and recognises what comes in from then on")
{
    struct recorder recorder;
    struct st_reader *reader = NULL;
    struct st_event event;
    struct st_why why = {0};
    open_recorder(&recorder, NULL);
    assert_int_equal(submit(&recorder, EVENT)->refusal, ST_REFUSED_CONTRACT);
    struct st_addition addition = add(&recorder, NOTE);
    assert_int_equal(addition.outcome, ST_ADDITION_DONE);
    assert_int_equal(addition.seq, 1);
    assert_string_equal(addition.reference, "note@1");
    const struct st_item *item = submit(&recorder, EVENT);
    assert_int_equal(item->refusal, ST_REFUSED_NOT);
    assert_text(item->append.event.record.contract, "note@1");
    assert_int_equal(item->append.event.record.seq, 2);
    assert_int_equal(submit(&recorder, "{\"kind\":\"note\",\"n\":1.5}")->refusal,
                     ST_REFUSED_INVALID);

    assert_ok(st_reader_open(&reader, recorder.path, NULL, &why));
    assert_ok(st_reader_find(reader, 1, &event, &why));
    assert_text(event.record.type, "contract.added");
    assert_non_null(memmem(event.raw.at, event.raw.len, "\"added\":\"note@1\"", 16));
    assert_non_null(memmem(event.raw.at, event.raw.len, "\"actor\":\"kim\"", 13));
    st_reader_close(reader);
    close_recorder(&recorder);
}

TEST("V6: an added contract is known again after a restart")
{
    struct recorder recorder;
    open_recorder(&recorder, NULL);
    (void)add(&recorder, NOTE);
    (void)add(&recorder, NOTES("memo", "2", "string"));
    begin_anew(&recorder);
    assert_non_null(st_registry_find(recorder.registry, ST_STR("note@1")));
    assert_non_null(st_registry_find(recorder.registry, ST_STR("memo")));
    const struct st_item *item = submit(&recorder, EVENT);
    assert_int_equal(item->refusal, ST_REFUSED_NOT);
    assert_int_equal(item->append.event.record.seq, 3);
    begin_anew(&recorder); /* what it was held against is kept by its digest once */
    assert_int_equal(submit(&recorder, EVENT)->append.outcome, ST_DUPLICATE);
    close_recorder(&recorder);
}

TEST("V6: the same contract again is a success without effect, other bytes of its version are "
     "refused")
{
    struct recorder recorder;
    open_recorder(&recorder, NULL);
    (void)add(&recorder, NOTE);
    struct st_addition same = add(&recorder, NOTE);
    assert_int_equal(same.outcome, ST_ADDITION_SAME);
    assert_int_equal(same.seq, 0);
    struct st_addition other = add(&recorder, OTHER);
    assert_int_equal(other.outcome, ST_ADDITION_DIFFERENT);
    assert_int_equal(last_seq(&recorder), 1);
    begin_anew(&recorder);
    assert_int_equal(add(&recorder, NOTE).outcome, ST_ADDITION_SAME);
    assert_int_equal(add(&recorder, OTHER).outcome, ST_ADDITION_DIFFERENT);
    assert_int_equal(submit(&recorder, "{\"kind\":\"note\",\"n\":1.5}")->refusal,
                     ST_REFUSED_INVALID);
    assert_int_equal(last_seq(&recorder), 1);
    close_recorder(&recorder);
}

TEST("a contract that ships cannot be replaced, and nobody adds to steno's own")
{
    struct recorder recorder;
    struct st_addition addition;
    struct st_schema_fault fault = {0};
    open_recorder(&recorder, NULL);
    assert_int_equal(add(&recorder, NOTES("agent-event", "v0", "number")).outcome,
                     ST_ADDITION_DIFFERENT);
    st_batch_reset(&recorder.batch);
    assert_err(st_addition_make(&addition, &recorder.batch, recorder.registry,
                                ST_STR(NOTES("steno", "2", "number")), ST_STR("kim"), NULL, &fault),
               INVALID);
    assert_string_equal(fault.pointer, "/x-steno/name");
    static const char RESERVED[] =
        "{\"x-steno\":{\"name\":\"own\",\"version\":\"1\",\"reserved\":true,\"unknown_types\":"
        "\"keep\",\"record\":{\"type\":\"/t\"},\"classify\":[]}}";
    assert_err(st_addition_make(&addition, &recorder.batch, recorder.registry, st_str_of(RESERVED),
                                ST_STR("kim"), NULL, &fault),
               INVALID);
    assert_string_equal(fault.pointer, "/x-steno/reserved");
    assert_err(st_addition_make(&addition, &recorder.batch, recorder.registry,
                                ST_STR("{\"x-steno\":{\"name\":7}}"), ST_STR("kim"), NULL, &fault),
               INVALID);
    assert_null(recorder.batch.addition);
    assert_int_equal(last_seq(&recorder), 0);
    close_recorder(&recorder);
}

/* ---- beside others ---- */

struct clerk {
    struct recorder *recorder;
    _Atomic bool *stop;
    pthread_t thread;
    uint64_t recognised;
};

static void *admit_on(void *context)
{
    struct clerk *clerk = context;
    struct st_admit *admit = NULL;
    struct st_batch batch;
    assert_ok(st_admit_new(&admit, clerk->recorder->registry));
    st_batch_init(&batch);
    while (!atomic_load(clerk->stop) || clerk->recognised == 0) {
        struct st_buf refs = ST_BUF(1 << 20);
        st_batch_reset(&batch);
        assert_ok(st_admit_event(admit, &batch, ST_STR("{\"kind\":\"note\",\"n\":1}"), 0, 0, NULL));
        const struct st_item *item = batch.items[0];
        if (item->refusal == ST_REFUSED_NOT) {
            assert_text(item->append.event.record.contract, "note@1");
            clerk->recognised++;
        }
        assert_ok(st_registry_add_versions(clerk->recorder->registry, ST_STR("memo"), &refs));
        st_buf_done(&refs);
    }
    st_batch_done(&batch);
    st_admit_free(admit);
    return NULL;
}

TEST("V6: contracts are added while others recognise events, who see all of one or nothing of it")
{
    enum { CLERKS = 3, VERSIONS = 20 };
    struct recorder recorder;
    struct clerk clerks[CLERKS];
    _Atomic bool stop = false;
    open_recorder(&recorder, NULL);
    for (int i = 0; i < CLERKS; i++) {
        clerks[i] = (struct clerk){.recorder = &recorder, .stop = &stop};
        assert_int_equal(pthread_create(&clerks[i].thread, NULL, admit_on, &clerks[i]), 0);
    }
    for (int i = 0; i < VERSIONS; i++) {
        struct st_buf text = ST_BUF(1 << 16);
        static const char memo[] = NOTES("memo", "%d", "string");
        assert_ok(st_buf_printf(&text, memo, i));
        assert_int_equal(add(&recorder, st_buf_cstr(&text)).outcome, ST_ADDITION_DONE);
        if (i == VERSIONS / 2)
            assert_int_equal(add(&recorder, NOTE).outcome, ST_ADDITION_DONE);
        st_buf_done(&text);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < CLERKS; i++) {
        assert_int_equal(pthread_join(clerks[i].thread, NULL), 0);
        assert_true(clerks[i].recognised > 0);
    }
    close_recorder(&recorder);
}
