#include "engine/admit.h"

#include "base/mem.h"
#include "engine/explain.h"
#include "sample.h"
#include "unit.h"

struct door {
    struct st_registry *registry;
    struct st_admit *admit;
    struct st_batch batch;
};

static void open_door(struct door *door)
{
    struct st_schema_fault fault;
    assert_ok(st_registry_new(&door->registry, &fault));
    assert_ok(st_admit_new(&door->admit, door->registry));
    st_batch_init(&door->batch);
}

static void close_door(struct door *door)
{
    st_batch_done(&door->batch);
    st_admit_free(door->admit);
    st_registry_free(door->registry);
}

static struct st_item *admit(struct door *door, const char *text)
{
    uint32_t before = door->batch.count;
    assert_ok(st_admit_event(door->admit, &door->batch, st_str_of(text), before, 0, NULL));
    assert_int_equal(door->batch.count, before + 1);
    return door->batch.items[before];
}

TEST("W1: an admitted event's bytes are the value as it came, without the blanks around it")
{
    struct door door;
    char text[512];
    char spaced[600];
    open_door(&door);
    st_str event = sample_event(text, 1, 1);
    snprintf(spaced, sizeof spaced, " \n%.*s\t\r\n", ST_STR_ARG(event));
    struct st_item *item = admit(&door, spaced);
    assert_int_equal(item->refusal, ST_REFUSED_NOT);
    assert_text(item->append.event.raw, text);
    assert_text(item->append.event.record.contract, "agent-event@v0");
    assert_text(item->append.event.record.stream, "run-1");
    assert_text(item->append.event.record.id, "00000001-0000-4000-8000-000000000000");
    assert_int_equal(door.batch.append_count, 1);
    close_door(&door);
}

TEST("V1: V2: what is wrong with an event is said of its item, and the others go on")
{
    static const struct {
        const char *text;
        enum st_refusal refusal;
    } cases[] = {
        {"", ST_REFUSED_JSON},
        {"{", ST_REFUSED_JSON},
        {"{\"a\":1,\"a\":2}", ST_REFUSED_JSON},
        {"42", ST_REFUSED_PAYLOAD},
        {"[]", ST_REFUSED_PAYLOAD},
        {"null", ST_REFUSED_PAYLOAD},
        {"{}", ST_REFUSED_CONTRACT},
        {"{\"event_version\":\"v1\"}", ST_REFUSED_CONTRACT},
        {"{\"event_version\":\"v0\"}", ST_REFUSED_INVALID},
    };
    struct door door;
    char text[512];
    open_door(&door);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct st_item *item = admit(&door, cases[i].text);
        assert_int_equal(item->refusal, cases[i].refusal);
    }
    struct st_item *good = admit(&door, sample_event(text, 2, 1).at);
    assert_int_equal(good->refusal, ST_REFUSED_NOT);
    assert_int_equal(door.batch.append_count, 1);
    close_door(&door);
}

TEST("V2: an invalid event is explained by path, pointer, keyword and message")
{
    struct door door;
    struct st_buf out = ST_BUF(65536);
    char text[512];
    open_door(&door);
    sample_event(text, 3, 1);
    memcpy(strstr(text, "\"trace_id\":\"tr\""), "\"trace_id\":12  ", 15);
    struct st_item *item = admit(&door, text);
    assert_int_equal(item->refusal, ST_REFUSED_INVALID);
    uint32_t told = 0;
    assert_ok(st_explain_violations(item, &out, &told));
    assert_int_equal(told, 1);
    assert_text(st_buf_str(&out), "[{\"path\":\"$.trace.trace_id\",\"pointer\":\"/trace/trace_id\","
                                  "\"keyword\":\"type\",\"message\":\"must be type string\"}]");
    st_buf_done(&out);
    close_door(&door);
}

TEST("V4: modes decide what becomes of an invalid event")
{
    struct door door;
    char text[512];
    open_door(&door);
    sample_event(text, 4, 1);
    memcpy(strstr(text, "\"tr\""), "\"\"  ", 4);
    assert_ok(st_registry_set_mode(door.registry, ST_STR("agent-event@v0"), ST_MODE_QUARANTINE));
    struct st_item *apart = admit(&door, text);
    assert_true(apart->quarantined);
    assert_int_equal(apart->refusal, ST_REFUSED_NOT);
    assert_int_equal(apart->violation_count, 1);
    assert_int_equal(door.batch.append_count, 0);
    assert_ok(st_registry_set_mode(door.registry, ST_STR("agent-event@v0"), ST_MODE_OBSERVE));
    struct st_item *observed = admit(&door, text);
    assert_false(observed->quarantined);
    assert_int_equal(observed->append.event.record.marks, ST_MARK_INVALID);
    assert_int_equal(door.batch.append_count, 1);
    close_door(&door);
}

static struct st_item *admit_as(struct door *door, const char *reference, const char *text)
{
    uint32_t before = door->batch.count;
    const struct st_contract *contract = st_registry_find(door->registry, st_str_of(reference));
    assert_non_null(contract);
    assert_ok(st_admit_event(door->admit, &door->batch, st_str_of(text), before, 0, contract));
    return door->batch.items[before];
}

TEST("O4: an event that states no producer has the one that its sender names; its own wins")
{
    struct door door;
    char text[512];
    open_door(&door);
    static const char line[] = "{\"timestamp\":\"2026-01-12T06:00:00\",\"event_type\":"
                               "\"artifact_read\",\"principal_id\":\"p\",\"artifact_id\":\"a\","
                               "\"sequence\":1}";
    assert_null(admit_as(&door, "resource-events@1", line)->append.event.record.producer.at);
    char name[] = "run 1 – café";
    assert_ok(st_batch_name_producer(&door.batch, st_str_of(name)));
    memset(name, 'x', sizeof name - 1); /* a copy is kept */
    struct st_item *item = admit_as(&door, "resource-events@1", line);
    assert_int_equal(item->refusal, ST_REFUSED_NOT);
    assert_text(item->append.event.record.producer, "run 1 – café");
    assert_text(item->append.event.raw, line);
    item = admit(&door, sample_event(text, 1, 1).at);
    assert_text(item->append.event.record.producer, "a");
    st_batch_reset(&door.batch);
    assert_null(admit_as(&door, "resource-events@1", line)->append.event.record.producer.at);
    close_door(&door);
}

TEST("B1: a producer's name is bounded, and text")
{
    char longest[ST_PRODUCER_BYTES_MAX + 1];
    memset(longest, 'n', sizeof longest);
    assert_true(st_producer_name_fits((st_str){longest, ST_PRODUCER_BYTES_MAX}));
    assert_false(st_producer_name_fits((st_str){longest, ST_PRODUCER_BYTES_MAX + 1}));
    assert_true(st_producer_name_fits(ST_STR("a b/c,d🙂")));
    assert_false(st_producer_name_fits(ST_STR("")));
    assert_false(st_producer_name_fits(ST_STR("a\nb")));
    assert_false(st_producer_name_fits(ST_STR("a\x7f")));
    assert_false(st_producer_name_fits(ST_STR("a\xc2\x85")));
    assert_false(st_producer_name_fits(ST_STR("a\0b")));
    assert_false(st_producer_name_fits(ST_STR("\xff")));
}

static const char OWN_EVENT[] =
    "{\"contract\":\"steno@1\",\"id\":\"producer.gap:7\",\"type\":"
    "\"producer.untold\",\"time\":\"2026-02-07T20:21:54Z\",\"untold\":3,"
    "\"at_seq\":7}";

TEST("a reserved contract's events come in by steno's own door only")
{
    struct door door;
    open_door(&door);
    struct st_item *item = admit(&door, OWN_EVENT);
    assert_int_equal(item->refusal, ST_REFUSED_RESERVED);
    assert_int_equal(admit_as(&door, "steno", OWN_EVENT)->refusal, ST_REFUSED_RESERVED);
    assert_int_equal(admit_as(&door, "steno@1", "{}")->refusal, ST_REFUSED_RESERVED);
    assert_int_equal(st_refusal_status(ST_REFUSED_RESERVED), 403);
    assert_int_equal(door.batch.append_count, 0);
    st_admit_open_reserved(door.admit);
    item = admit(&door, OWN_EVENT);
    assert_int_equal(item->refusal, ST_REFUSED_NOT);
    assert_int_equal(door.batch.append_count, 1);
    close_door(&door);
}

static void add_open_contract(struct door *door)
{
    struct st_contract *contract;
    struct st_schema_fault fault;
    assert_ok(st_contract_load(
        &contract,
        ST_STR("{\"x-steno\":{\"name\":\"open\",\"version\":\"1\",\"unknown_types\":\"keep\","
               "\"version_at\":\"/v\",\"recognise\":[{\"rank\":900000,\"all\":[{\"at\":\"/open\","
               "\"exists\":true}]}],\"record\":{\"type\":\"/event_type\"},\"classify\":[{\"types\":"
               "[\"run.started\"],\"level\":\"ops\"}]},\"properties\":{\"v\":{\"const\":1}}}"),
        &fault));
    assert_ok(st_registry_add(door->registry, contract));
}

TEST("V3: a named contract that keeps unknown types takes nothing that another one's marks claim")
{
    struct door door;
    open_door(&door);
    add_open_contract(&door);
    struct st_item *item =
        admit_as(&door, "open", "{\"event_version\":\"v0\",\"event_type\":\"run.failed\"}");
    assert_int_equal(item->refusal, ST_REFUSED_CONTRACT);
    assert_int_equal(item->candidates.count, 2);
    assert_text(st_contract_ref(item->candidates.at[0]), "open@1");
    assert_text(st_contract_ref(item->candidates.at[1]), "agent-event@v0");
    item = admit_as(&door, "open", "{\"event_version\":\"v0\",\"open\":1}"); /* no type at all */
    assert_int_equal(item->refusal, ST_REFUSED_CONTRACT);
    /* A type that it names is its own, whatever the marks say. */
    item = admit_as(&door, "open", "{\"event_version\":\"v0\",\"event_type\":\"run.started\"}");
    assert_int_equal(item->refusal, ST_REFUSED_NOT);
    assert_int_equal(item->append.event.record.marks, 0);
    /* What nobody else claims is kept, and marked. */
    item = admit_as(&door, "open", "{\"event_type\":\"run.danced\"}");
    assert_int_equal(item->refusal, ST_REFUSED_NOT);
    assert_int_equal(item->append.event.record.marks, ST_MARK_UNKNOWN_TYPE);
    /* Recognised by marks, nothing of this is asked. */
    item = admit(&door, "{\"open\":1,\"event_type\":\"run.danced\"}");
    assert_int_equal(item->refusal, ST_REFUSED_NOT);
    assert_int_equal(item->append.event.record.marks, ST_MARK_UNKNOWN_TYPE);
    struct st_tally tally = {0};
    for (uint32_t i = 0; i < door.batch.count; i++) {
        door.batch.items[i]->append.outcome = ST_ACCEPTED; /* as the commit thread would */
        (void)st_tally_add(&tally, door.batch.items[i]);
    }
    assert_int_equal(tally.accepted, 3);
    assert_int_equal(tally.unknown_types, 2);
    assert_int_equal(tally.rejected, 2);
    close_door(&door);
}

TEST("V2: an event that names a version there is not is told which there are")
{
    struct door door;
    open_door(&door);
    add_open_contract(&door);
    struct st_item *item = admit_as(&door, "open", "{\"event_type\":\"run.started\",\"v\":2}");
    assert_int_equal(item->refusal, ST_REFUSED_INVALID);
    assert_int_equal(item->violation_count, 1);
    assert_text(item->violations[0].message, "unsupported version 2; open has: 1");
    close_door(&door);
}

TEST("B1: an event over 1 MiB is refused unseen, one of exactly 1 MiB is looked at")
{
    struct door door;
    open_door(&door);
    char *text = st_mem_get(ST_EVENT_BYTES_MAX + 2);
    memset(text, ' ', ST_EVENT_BYTES_MAX + 1);
    text[0] = '[';
    text[ST_EVENT_BYTES_MAX - 1] = ']';
    text[ST_EVENT_BYTES_MAX] = '\0';
    assert_int_equal(admit(&door, text)->refusal, ST_REFUSED_PAYLOAD);
    text[ST_EVENT_BYTES_MAX - 1] = ' ';
    text[ST_EVENT_BYTES_MAX] = ']';
    text[ST_EVENT_BYTES_MAX + 1] = '\0';
    assert_int_equal(admit(&door, text)->refusal, ST_REFUSED_TOO_LARGE);
    st_mem_free(text);
    close_door(&door);
}

TEST("B2: admitting the same number of events again allocates nothing")
{
    struct door door;
    char text[512];
    open_door(&door);
    uint64_t allocations = 0;
    for (int round = 0; round < 4; round++) {
        allocations = st_mem_count();
        st_batch_reset(&door.batch);
        for (unsigned i = 0; i < 300; i++) {
            sample_event(text, i, i);
            admit(&door, text);
        }
    }
    assert_int_equal(st_mem_count() - allocations, 0);
    close_door(&door);
}

TEST("B1: without memory nothing is added, and the next event is admitted as if nothing had been")
{
    struct door door;
    char text[512];
    sample_event(text, 5, 1);
    open_door(&door);
    bool done = false;
    for (uint64_t nth = 1; !done; nth++) {
        struct st_batch batch;
        st_batch_init(&batch);
        st_mem_fail_at(nth);
        st_err err = st_admit_event(door.admit, &batch, st_str_of(text), 0, 0, NULL);
        done = err == ST_OK;
        st_mem_fail_at(0);
        assert_int_equal(batch.count, done ? 1 : 0);
        assert_int_equal(batch.append_count, done ? 1 : 0);
        assert_ok(st_admit_event(door.admit, &batch, st_str_of(text), 1, 0, NULL));
        assert_int_equal(batch.items[batch.count - 1]->refusal, ST_REFUSED_NOT);
        st_batch_done(&batch);
        assert_true(nth < 100);
    }
    close_door(&door);
}
