/*
 * registry.c: finding contracts by name, recognising events, modes.
 */
#include "contract/registry.h"
#include "unit.h"
#include "json/name_table.h"

struct bench {
    struct st_registry *registry;
    struct st_json doc;
    struct st_candidates candidates;
};

static void setup(struct bench *b)
{
    struct st_schema_fault fault = {0};
    if (st_registry_new(&b->registry, &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    st_json_init(&b->doc);
}

static void teardown(struct bench *b)
{
    st_json_done(&b->doc);
    st_registry_free(b->registry);
}

/* A small contract: its name, version and marks. */
static struct st_contract *make_with(struct st_name_table *names, const char *name,
                                     const char *version, const char *recognise)
{
    const struct st_contract_options options = {.names = names};
    struct st_schema_fault fault = {0};
    struct st_contract *contract = NULL;
    struct st_buf text = ST_BUF(65536);
    assert_ok(st_buf_printf(&text,
                            "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
                            "\"x-steno\":{\"name\":\"%s\",\"version\":\"%s\","
                            "\"unknown_types\":\"keep\",\"record\":{\"type\":\"/type\"},"
                            "\"classify\":[],\"recognise\":[%s]}}",
                            name, version, recognise));
    if (st_contract_load_with(&contract, st_buf_str(&text), &options, &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    st_buf_done(&text);
    return contract;
}

static struct st_contract *make(const char *name, const char *version, const char *recognise)
{
    return make_with(NULL, name, version, recognise);
}

static void add(struct bench *b, const char *name, const char *version, const char *recognise)
{
    assert_ok(st_registry_add(b->registry, make(name, version, recognise)));
}

/* The reference of the contract that the event is of; "" when it is ambiguous. */
static st_str resolve(struct bench *b, const char *event)
{
    const struct st_json_options options = {.names = st_registry_names(b->registry)};
    assert_ok(st_json_parse(&b->doc, st_str_of(event), &options, NULL));
    const struct st_contract *numbered =
        st_registry_resolve(b->registry, &b->doc, 0, &b->candidates);
    assert_ok(st_json_parse(&b->doc, st_str_of(event), NULL, NULL));
    const struct st_contract *contract =
        st_registry_resolve(b->registry, &b->doc, 0, &b->candidates);
    assert_ptr_equal(contract, numbered);
    return contract == NULL ? ST_STR("") : st_contract_ref(contract);
}

TEST("the shipped contracts are there")
{
    struct bench b;
    setup(&b);
    assert_true(st_registry_count(b.registry) >= 1);
    assert_non_null(st_registry_find(b.registry, ST_STR("agent-event@v0")));
    assert_ptr_equal(st_registry_find(b.registry, ST_STR("agent-event")),
                     st_registry_find(b.registry, ST_STR("agent-event@v0")));
    for (uint32_t i = 0; i < st_registry_count(b.registry); i++)
        assert_non_null(st_registry_at(b.registry, i));
    teardown(&b);
}

TEST("every shipped contract passes as one that is added")
{
    struct bench b;
    setup(&b);
    for (uint32_t i = 0; i < st_registry_count(b.registry); i++) {
        struct st_schema_fault fault;
        struct st_contract *again;
        st_str text = st_contract_text(st_registry_at(b.registry, i));
        if (st_contract_load(&again, text, &fault) != ST_OK)
            fail_msg("%s: %s", fault.pointer, fault.message);
        assert_ok(st_registry_add(b.registry, again));
    }
    teardown(&b);
}

TEST("an unknown reference finds nothing")
{
    struct bench b;
    setup(&b);
    static const char *const UNKNOWN[] = {
        "",   "@", "agent", "agent-event@", "agent-event@v1", "agent-event@v0 ", "Agent-event",
        "@v0"};
    for (size_t i = 0; i < sizeof(UNKNOWN) / sizeof(UNKNOWN[0]); i++)
        assert_null(st_registry_find(b.registry, st_str_of(UNKNOWN[i])));
    teardown(&b);
}

TEST("a name alone means the newest version")
{
    struct bench b;
    setup(&b);
    static const char *const RISING[] = {"0.9",  "1",      "1.0", "1.2", "1.09",
                                         "1.10", "1.10-a", "2",   "10",  "v1"};
    const size_t count = sizeof(RISING) / sizeof(RISING[0]);
    for (size_t i = 0; i < count; i++) {
        /* every second one first, then the rest: the order of adding says nothing */
        size_t at = i < (count + 1) / 2 ? 2 * i : 2 * (i - (count + 1) / 2) + 1;
        add(&b, "own", RISING[at], "");
    }
    assert_text(st_contract_version(st_registry_find(b.registry, ST_STR("own"))), "v1");
    add(&b, "own", "v10", "");
    add(&b, "own", "v9", "");
    assert_text(st_contract_version(st_registry_find(b.registry, ST_STR("own"))), "v10");
    assert_text(st_contract_version(st_registry_find(b.registry, ST_STR("own@1.10"))), "1.10");
    teardown(&b);
}

TEST("versions that differ in how a number is written are two, in an order of their own")
{
    struct bench b;
    setup(&b);
    static const char *const RISING[] = {"1", "1.01", "1.1", "2"};
    add(&b, "own", "2", "");
    add(&b, "own", "1.1", "");
    add(&b, "own", "1.01", "");
    add(&b, "own", "1", "");
    const struct st_contract *at = NULL;
    for (size_t i = 0; i < sizeof RISING / sizeof RISING[0]; i++) {
        at = st_registry_next(b.registry, ST_STR("own"), at);
        assert_non_null(at);
        assert_text(st_contract_version(at), RISING[i]);
    }
    assert_null(st_registry_next(b.registry, ST_STR("own"), at));
    assert_null(st_registry_next(b.registry, ST_STR("other"), NULL));
    teardown(&b);
}

TEST("the same contract twice is one, another under its name and version is a conflict")
{
    struct bench b;
    setup(&b);
    add(&b, "own", "1", "");
    uint32_t count = st_registry_count(b.registry);
    add(&b, "own", "1", "");
    assert_int_equal(st_registry_count(b.registry), count);
    struct st_contract *other =
        make("own", "1", "{\"rank\":1,\"all\":[{\"at\":\"\",\"exists\":true}]}");
    assert_err(st_registry_add(b.registry, other), CONFLICT);
    st_contract_free(other);
    teardown(&b);
}

TEST("B1: a registry holds a stated number of contracts")
{
    struct bench b;
    setup(&b);
    char version[16];
    while (st_registry_count(b.registry) < ST_CONTRACTS_MAX) {
        snprintf(version, sizeof(version), "%u", st_registry_count(b.registry));
        add(&b, "own", version, "");
    }
    struct st_contract *more = make("more", "1", "");
    assert_err(st_registry_add(b.registry, more), LIMIT);
    st_contract_free(more);
    teardown(&b);
}

TEST("V3: event_version \"v0\" is an agent-event's mark")
{
    struct bench b;
    setup(&b);
    assert_text(resolve(&b, "{\"event_version\":\"v0\"}"), "agent-event@v0");
    assert_text(resolve(&b, "{\"event_version\":\"v\\u0030\",\"event_type\":\"nonsense\"}"),
                "agent-event@v0");
    static const char *const OTHERS[] = {
        "{\"event_version\":\"V0\"}",        "{\"event_version\":0}", "{}", "[]", "\"v0\"",
        "{\"a\":{\"event_version\":\"v0\"}}"};
    for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++) {
        assert_text(resolve(&b, OTHERS[i]), "");
        assert_int_equal(b.candidates.count, 0);
    }
    teardown(&b);
}

TEST("V3: the lowest rank decides, whoever was added first")
{
    struct bench b;
    setup(&b);
    add(&b, "open", "1", "{\"rank\":9,\"all\":[{\"at\":\"/type\",\"exists\":true}]}");
    add(&b, "strict", "1", "{\"rank\":3,\"all\":[{\"at\":\"/type\",\"equals\":\"a\"}]}");
    add(&b, "late", "1", "{\"rank\":20,\"all\":[{\"at\":\"\",\"type\":\"object\"}]}");
    assert_text(resolve(&b, "{\"type\":\"a\"}"), "strict@1");
    assert_text(resolve(&b, "{\"type\":\"b\"}"), "open@1");
    assert_text(resolve(&b, "{}"), "late@1");
    assert_text(resolve(&b, "{\"type\":\"a\",\"event_version\":\"v0\"}"), "agent-event@v0");
    teardown(&b);
}

TEST("V3: two at one rank are ambiguous, and both are named")
{
    struct bench b;
    setup(&b);
    add(&b, "one", "1", "{\"rank\":5,\"all\":[{\"at\":\"/a\",\"exists\":true}]}");
    add(&b, "two", "1",
        "{\"rank\":5,\"all\":[{\"at\":\"/b\",\"exists\":true}]},"
        "{\"rank\":4,\"all\":[{\"at\":\"/c\",\"exists\":true}]}");
    assert_text(resolve(&b, "{\"a\":1,\"b\":1}"), "");
    assert_int_equal(b.candidates.count, 2);
    assert_text(st_contract_name(b.candidates.at[0]), "one");
    assert_text(st_contract_name(b.candidates.at[1]), "two");
    assert_text(resolve(&b, "{\"a\":1,\"b\":1,\"c\":1}"), "two@1");
    assert_int_equal(b.candidates.count, 1);
    teardown(&b);
}

TEST("more than eight candidates are counted")
{
    struct bench b;
    setup(&b);
    char name[16];
    for (int i = 0; i < 11; i++) {
        snprintf(name, sizeof(name), "own%d", i);
        add(&b, name, "1", "{\"rank\":5,\"all\":[{\"at\":\"/a\",\"exists\":true}]}");
    }
    assert_text(resolve(&b, "{\"a\":1}"), "");
    assert_int_equal(b.candidates.count, 11);
    assert_text(st_contract_name(b.candidates.at[7]), "own7");
    teardown(&b);
}

/* A contract whose events say their version, at some rank. */
static void add_version(struct bench *b, const char *version, unsigned rank)
{
    struct st_buf text = ST_BUF(4096);
    struct st_contract *contract = NULL;
    struct st_schema_fault fault = {0};
    assert_ok(st_buf_printf(
        &text,
        "{\"x-steno\":{\"name\":\"own\",\"version\":\"%s\",\"version_at\":\"/v\","
        "\"unknown_types\":\"keep\",\"recognise\":[{\"rank\":%u,\"all\":[{\"at\":\"/own\","
        "\"exists\":true}]}],\"record\":{\"type\":\"/own\"},"
        "\"classify\":[{\"types\":[\"t\"],\"level\":\"ops\"}]},"
        "\"properties\":{\"v\":{\"const\":\"%s\"}}}",
        version, rank, version));
    assert_ok(st_contract_load(&contract, st_buf_str(&text), &fault));
    assert_ok(st_registry_add(b->registry, contract));
    st_buf_done(&text);
}

TEST("V3: of several versions an event is of the one that it names, else of the newest")
{
    struct bench b;
    const struct st_contract *reserved;
    setup(&b);
    add_version(&b, "1.9", 300);
    add_version(&b, "1.10", 300);
    add_version(&b, "0.1", 200); /* lower than the others: a version that is named goes before it */
    assert_text(resolve(&b, "{\"own\":\"t\",\"v\":\"1.9\"}"), "own@1.9");
    assert_text(resolve(&b, "{\"own\":\"t\",\"v\":\"1.10\"}"), "own@1.10");
    assert_text(resolve(&b, "{\"own\":\"t\",\"v\":\"0.1\"}"), "own@0.1");
    assert_text(resolve(&b, "{\"own\":\"t\",\"v\":1.9}"), "own@1.9");
    assert_text(resolve(&b, "{\"own\":\"t\"}"), "own@0.1");
    assert_text(resolve(&b, "{\"own\":\"t\",\"v\":\"9\"}"), "own@0.1");
    assert_int_equal(b.candidates.count, 1);
    assert_text(st_contract_ref(
                    st_registry_find_by_type(b.registry, ST_STR("t"), &b.candidates, &reserved)),
                "own@1.10");
    teardown(&b);
}

TEST("V3: versions at one rank are not ambiguous; another contract beside them is, with the newest")
{
    struct bench b;
    setup(&b);
    add_version(&b, "1", 300);
    add_version(&b, "2", 300);
    assert_text(resolve(&b, "{\"own\":\"t\"}"), "own@2");
    add(&b, "other", "1", "{\"rank\":300,\"all\":[{\"at\":\"/own\",\"exists\":true}]}");
    assert_text(resolve(&b, "{\"own\":\"t\",\"v\":\"1\"}"), "");
    assert_int_equal(b.candidates.count, 2);
    assert_text(st_contract_ref(b.candidates.at[0]), "own@2");
    assert_text(st_contract_ref(b.candidates.at[1]), "other@1");
    const struct st_contract *old = st_registry_find(b.registry, ST_STR("own@1"));
    assert_ok(st_json_parse(&b.doc, ST_STR("{\"own\":\"t\",\"v\":\"2\"}"), NULL, NULL));
    assert_text(st_contract_ref(st_registry_choose_version(b.registry, old, &b.doc, 0)), "own@2");
    teardown(&b);
}

struct mark {
    const char *condition;
    const char *event;
    bool holds;
};

TEST("V3: every kind of condition holds where it should and nowhere else")
{
    static const struct mark MARKS[] = {
        {"{\"at\":\"/a\",\"equals\":1}", "{\"a\":1.0}", true},
        {"{\"at\":\"/a\",\"equals\":1}", "{\"a\":\"1\"}", false},
        {"{\"at\":\"/a\",\"equals\":{\"x\":[1,null]}}", "{\"a\":{\"x\":[1e0,null]}}", true},
        {"{\"at\":\"/a\",\"equals\":null}", "{\"a\":null}", true},
        {"{\"at\":\"/a\",\"equals\":null}", "{}", false},
        {"{\"at\":\"/a/b~1c/1\",\"equals\":true}", "{\"a\":{\"b/c\":[0,true]}}", true},
        {"{\"at\":\"/a/01\",\"equals\":true}", "{\"a\":[0,true]}", false},
        {"{\"at\":\"/a/-\",\"exists\":true}", "{\"a\":[0]}", false},
        {"{\"at\":\"/a\",\"in\":[\"x\",2]}", "{\"a\":2}", true},
        {"{\"at\":\"/a\",\"in\":[\"x\",2]}", "{\"a\":\"x\"}", true},
        {"{\"at\":\"/a\",\"in\":[\"x\",2]}", "{\"a\":3}", false},
        {"{\"at\":\"/a\",\"in\":[\"x\",2]}", "{\"a\":[\"x\",2]}", false},
        {"{\"at\":\"/a\",\"exists\":true}", "{\"a\":null}", true},
        {"{\"at\":\"/a\",\"exists\":true}", "{\"b\":1}", false},
        {"{\"at\":\"/a\",\"exists\":false}", "{\"b\":1}", true},
        {"{\"at\":\"/a\",\"exists\":false}", "{\"a\":0}", false},
        {"{\"at\":\"/a/b\",\"exists\":false}", "{\"a\":0}", true},
        {"{\"at\":\"/a\",\"type\":\"number\"}", "{\"a\":1.5}", true},
        {"{\"at\":\"/a\",\"type\":\"number\"}", "{\"a\":\"1.5\"}", false},
        {"{\"at\":\"/a\",\"type\":\"boolean\"}", "{\"a\":false}", true},
        {"{\"at\":\"/a\",\"type\":\"string\"}", "{\"a\":\"\"}", true},
        {"{\"at\":\"\",\"type\":\"array\"}", "[]", true},
        {"{\"at\":\"/a\",\"like\":[\"x.*\",\"y\"]}", "{\"a\":\"x.\"}", true},
        {"{\"at\":\"/a\",\"like\":[\"x.*\",\"y\"]}", "{\"a\":\"x.b.c\"}", true},
        {"{\"at\":\"/a\",\"like\":[\"x.*\",\"y\"]}", "{\"a\":\"y\"}", true},
        {"{\"at\":\"/a\",\"like\":[\"x.*\",\"y\"]}", "{\"a\":\"xb\"}", false},
        {"{\"at\":\"/a\",\"like\":[\"x.*\",\"y\"]}", "{\"a\":\"y.\"}", false},
        {"{\"at\":\"/a\",\"like\":[\"*\"]}", "{\"a\":1}", false},
        {"{\"at\":\"/a\",\"like\":[\"*\"]}", "{\"a\":\"\"}", true},
        {"{\"at\":\"\",\"only_members\":[\"a\",\"b\"]}", "{\"a\":1}", true},
        {"{\"at\":\"\",\"only_members\":[\"a\",\"b\"]}", "{\"b\":1,\"\\u0061\":1}", true},
        {"{\"at\":\"\",\"only_members\":[\"a\",\"b\"]}", "{\"a\":1,\"c\":1}", false},
        {"{\"at\":\"\",\"only_members\":[\"a\",\"b\"]}", "[]", false},
        {"{\"at\":\"\",\"only_members\":[\"a\",\"b\"]}", "{}", true},
        {"{\"at\":\"\",\"sole_member\":[\"A\",\"B\"]}", "{\"B\":{}}", true},
        {"{\"at\":\"\",\"sole_member\":[\"A\",\"B\"]}", "{\"A\":{},\"B\":{}}", false},
        {"{\"at\":\"\",\"sole_member\":[\"A\",\"B\"]}", "{\"C\":{}}", false},
        {"{\"at\":\"\",\"sole_member\":[\"A\",\"B\"]}", "[\"A\"]", false},
        {"{\"at\":\"/a\",\"exists\":true},{\"at\":\"/b\",\"exists\":true}", "{\"a\":1,\"b\":1}",
         true},
        {"{\"at\":\"/a\",\"exists\":true},{\"at\":\"/b\",\"exists\":true}", "{\"a\":1}", false},
    };
    const size_t count = sizeof(MARKS) / sizeof(MARKS[0]);
    struct bench b;
    setup(&b);
    /* With numbered names, and without. */
    for (size_t round = 0; round < 2 * count; round++) {
        char recognise[256];
        uint32_t rank = UINT32_MAX;
        size_t i = round / 2;
        struct st_name_table *names = NULL;
        snprintf(recognise, sizeof(recognise), "{\"rank\":7,\"all\":[%s]}", MARKS[i].condition);
        if (round % 2 == 1)
            assert_ok(st_name_table_new(&names));
        const struct st_json_options options = {.names = names};
        struct st_contract *contract = make_with(names, "own", "1", recognise);
        assert_ok(st_json_parse(&b.doc, st_str_of(MARKS[i].event), &options, NULL));
        if (st_contract_recognises(contract, &b.doc, 0, &rank) != MARKS[i].holds)
            fail_msg("%s on %s", MARKS[i].condition, MARKS[i].event);
        assert_int_equal(rank, MARKS[i].holds ? 7 : UINT32_MAX);
        rank = 7;
        assert_true(st_contract_recognises(contract, &b.doc, 0, &rank) == MARKS[i].holds);
        rank = 6;
        assert_false(st_contract_recognises(contract, &b.doc, 0, &rank));
        st_contract_free(contract);
        st_name_table_free(names);
    }
    teardown(&b);
}

TEST("V3: an event that was parsed before a contract's names had numbers is recognised alike")
{
    struct st_name_table *names = NULL;
    struct bench b;
    uint32_t rank = UINT32_MAX;
    setup(&b);
    assert_ok(st_name_table_new(&names));
    const struct st_json_options options = {.names = names};
    assert_ok(st_json_parse(&b.doc, ST_STR("{\"mark\":1}"), &options, NULL));
    struct st_contract *contract =
        make_with(names, "own", "1", "{\"rank\":7,\"all\":[{\"at\":\"/mark\",\"exists\":true}]}");
    assert_true(st_contract_recognises(contract, &b.doc, 0, &rank));
    st_contract_free(contract);
    teardown(&b);
    st_name_table_free(names);
}

TEST("V3: the shipped contracts are told apart by their marks")
{
    static const struct {
        const char *event;
        const char *contract; /* "": none */
    } MARKS[] = {
        {"{\"event_version\":\"v0\",\"schema\":\"brewva.event.v1\"}", "agent-event@v0"},
        {"{\"event_version\":\"1.0\",\"schema\":\"brewva.event.v1\"}", "session-events@1.0"},
        {"{\"event_type\":\"session_end\",\"sequence\":1}", "session-events@1.0"},
        {"{\"session_id\":\"s\",\"timestamp\":\"t\"}", "session-events@1.0"},
        {"{\"session_id\":\"s\",\"timestamp\":\"t\",\"x\":1}", ""},
        {"{\"schema\":\"brewva.event.v1\"}", "runtime-events@1"},
        {"{\"schema\":\"brewva.event.v1\",\"event_type\":\"action\",\"tick\":1}",
         "runtime-events@1"},
        {"{\"schema\":\"brewva.event.v2\"}", ""},
        {"{\"sessionId\":\"s\",\"type\":\"x\",\"timestamp\":1.5}", "runtime-events@1"},
        {"{\"sessionId\":\"s\",\"type\":\"message\",\"timestamp\":1}", "runtime-events@1"},
        {"{\"sessionId\":\"s\",\"type\":\"message\",\"timestamp\":\"1\"}", "operations-events@v1"},
        {"{\"sessionId\":\"s\",\"type\":\"x\",\"timestamp\":\"1\"}", ""},
        {"{\"sessionId\":\"s\",\"type\":\"x\"}", ""},
        {"{\"type\":\"x\",\"timestamp\":1}", ""},
        {"{\"sessionId\":\"s\",\"timestamp\":1}", ""},
        {"{\"session_id\":\"s\",\"type\":\"x\",\"timestamp\":1}", ""},
        {"{\"event_type\":\"action\",\"sequence\":1}", "resource-events@1"},
        {"{\"BootstrapStarted\":{}}", "operations-events@v1"},
    };
    struct bench b;
    setup(&b);
    for (size_t i = 0; i < sizeof(MARKS) / sizeof(MARKS[0]); i++) {
        st_str found = resolve(&b, MARKS[i].event);
        if (!st_str_eq(found, st_str_of(MARKS[i].contract)))
            fail_msg("%s is of \"%.*s\"", MARKS[i].event, ST_STR_ARG(found));
    }
    teardown(&b);
}

TEST("V4: a contract enforces until it is told otherwise")
{
    struct bench b;
    setup(&b);
    const struct st_contract *contract = st_registry_find(b.registry, ST_STR("agent-event"));
    assert_int_equal(st_registry_mode(b.registry, contract), ST_MODE_ENFORCE);
    assert_ok(st_registry_set_mode(b.registry, ST_STR("agent-event"), ST_MODE_QUARANTINE));
    assert_int_equal(st_registry_mode(b.registry, contract), ST_MODE_QUARANTINE);
    assert_ok(st_registry_set_mode(b.registry, ST_STR("agent-event@v0"), ST_MODE_OBSERVE));
    assert_int_equal(st_registry_mode(b.registry, contract), ST_MODE_OBSERVE);
    assert_err(st_registry_set_mode(b.registry, ST_STR("nobody"), ST_MODE_OBSERVE), ABSENT);
    teardown(&b);
}

TEST("modes have names and names have modes")
{
    for (int i = 0; i < ST_MODE_COUNT; i++) {
        enum st_mode mode = ST_MODE_COUNT;
        assert_true(st_mode_of_name(st_str_of(st_mode_name((enum st_mode)i)), &mode));
        assert_int_equal(mode, i);
    }
    enum st_mode mode;
    assert_false(st_mode_of_name(ST_STR("lenient"), &mode));
}

TEST("a type's contract is the only one that names it and may be made, or the candidates are told")
{
    struct st_schema_fault fault = {0};
    struct st_registry *registry;
    struct st_candidates candidates;
    const struct st_contract *reserved;
    assert_ok(st_registry_new(&registry, &fault));
    const struct st_contract *found =
        st_registry_find_by_type(registry, ST_STR("alert.emitted"), &candidates, &reserved);
    assert_non_null(found);
    assert_non_null(reserved);
    assert_text(st_contract_ref(found), "agent-event@v0");
    assert_text(st_contract_ref(reserved), "steno@1");
    assert_null(
        st_registry_find_by_type(registry, ST_STR("session_start"), &candidates, &reserved));
    assert_int_equal(candidates.count, 2);
    assert_null(reserved);
    assert_null(st_registry_find_by_type(registry, ST_STR("nope"), &candidates, &reserved));
    assert_int_equal(candidates.count, 0);
    st_registry_free(registry);
}

TEST("the registry's table numbers what its contracts speak of, and an event parsed with it is "
     "judged alike")
{
    struct st_registry *registry = NULL;
    struct st_schema_fault fault = {0};
    struct st_checker *checker;
    struct st_json with;
    struct st_json without;
    static const char EVENT[] = "{\"session_id\":\"s\",\"timestamp\":7,\"metadata\":{\"own\":1}}";
    assert_ok(st_registry_new(&registry, &fault));
    assert_ok(st_checker_new(&checker));
    const struct st_name_table *names = st_registry_names(registry);
    const struct st_json_options options = {.names = names};
    assert_int_not_equal(st_name_table_find(names, ST_STR("session_id")), 0);
    assert_int_not_equal(st_name_table_find(names, ST_STR("event_version")), 0);
    assert_int_equal(st_name_table_find(names, ST_STR("nobody speaks of this")), 0);
    st_json_init(&with);
    st_json_init(&without);
    assert_ok(st_json_parse(&with, st_str_of(EVENT), &options, NULL));
    assert_ok(st_json_parse(&without, st_str_of(EVENT), NULL, NULL));
    assert_int_not_equal(with.nodes[1].name, 0);
    for (uint32_t i = 0; i < st_registry_count(registry); i++) {
        const struct st_schema *schema = st_contract_schema(st_registry_at(registry, i));
        bool a = false;
        bool b = false;
        assert_ok(st_schema_check(schema, checker, &with, 0, &a, NULL));
        assert_ok(st_schema_check(schema, checker, &without, 0, &b, NULL));
        assert_int_equal(a, b);
    }
    st_json_done(&with);
    st_json_done(&without);
    st_checker_free(checker);
    st_registry_free(registry);
}
