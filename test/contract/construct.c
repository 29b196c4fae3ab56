/*
 * construct.c: new events.
 */
#include "contract/construct.h"
#include "base/file.h"
#include "contract/registry.h"
#include "unit.h"
#include "json/compare.h"
#include "json/pointer.h"

#include <pwd.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

struct bench {
    struct st_registry *registry;
    const struct st_contract *contract;
    struct st_contract *made;
    struct st_checker *checker;
    struct st_json doc;
    struct st_buf event;
    struct st_buf why;
};

static void setup(struct bench *b)
{
    struct st_schema_fault fault = {0};
    *b = (struct bench){.event = ST_BUF((size_t)1 << 20), .why = ST_BUF((size_t)1 << 20)};
    if (st_registry_new(&b->registry, &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    b->contract = st_registry_find(b->registry, ST_STR("agent-event"));
    assert_ok(st_checker_new(&b->checker));
    st_json_init(&b->doc);
}

static void setup_with(struct bench *b, const char *schema)
{
    struct st_schema_fault fault = {0};
    setup(b);
    if (st_contract_load(&b->made, st_str_of(schema), &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    b->contract = b->made;
}

static void teardown(struct bench *b)
{
    st_buf_done(&b->why);
    st_buf_done(&b->event);
    st_json_done(&b->doc);
    st_checker_free(b->checker);
    st_contract_free(b->made);
    st_registry_free(b->registry);
}

static st_err construct(struct bench *b, const char *type, const char *const *fields)
{
    struct st_construct order = {.type = st_str_of(type), .fields = fields};
    while (fields != NULL && fields[order.field_count] != NULL)
        order.field_count++;
    order.now = (st_time){1770495714, 250000000};
    st_buf_reset(&b->event);
    st_err err = st_contract_construct(b->contract, &order, &b->event, &b->why);
    if (err != ST_OK)
        return err;
    bool valid;
    assert_ok(st_json_parse(&b->doc, st_buf_str(&b->event), NULL, NULL));
    assert_ok(
        st_schema_check(st_contract_schema(b->contract), b->checker, &b->doc, 0, &valid, NULL));
    assert_true(valid);
    assert_int_equal(b->why.len, 0);
    return ST_OK;
}

#define FIELDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define assert_made(bench, type, fields)                                                           \
    do {                                                                                           \
        if (construct(bench, type, fields) != ST_OK)                                               \
            fail_msg("%s: %.*s", type, ST_STR_ARG(st_buf_str(&(bench)->why)));                     \
    } while (0)
#define assert_refused(bench, type, fields, words)                                                 \
    assert_refused_as(bench, INVALID, type, fields, words)
#define assert_refused_as(bench, code, type, fields, words)                                        \
    do {                                                                                           \
        assert_err(construct(bench, type, fields), code);                                          \
        assert_text(st_buf_str(&(bench)->why), words);                                             \
        assert_int_equal((bench)->event.len, 0);                                                   \
    } while (0)

static st_str raw_at(struct bench *b, const char *pointer)
{
    uint32_t node = st_pointer_find(&b->doc, 0, st_str_of(pointer));
    return node == ST_JSON_NONE ? ST_STR("") : st_json_raw(&b->doc, node);
}

TEST("a run.started with nothing given is whole")
{
    struct bench b;
    setup(&b);
    assert_made(&b, "run.started", NULL);
    assert_text(raw_at(&b, "/event_version"), "\"v0\"");
    assert_text(raw_at(&b, "/event_type"), "\"run.started\"");
    assert_text(raw_at(&b, "/occurred_at"), "\"2026-02-07T20:21:54.250000Z\"");
    assert_text(
        raw_at(&b, "/tenant"),
        "{\"tenant_id\":\"default\",\"workspace_id\":\"default\",\"project_id\":\"default\"}");
    assert_text(raw_at(&b, "/run/workflow_id"), "\"manual\"");
    assert_text(raw_at(&b, "/run/status"), "\"started\"");
    assert_int_equal(raw_at(&b, "/run/run_id").len, 38);
    assert_int_equal(raw_at(&b, "/trace/trace_id").len, 34);
    assert_int_equal(raw_at(&b, "/trace/span_id").len, 18);
    assert_int_equal(b.doc.nodes[0].len, 7);
    teardown(&b);
}

/* What the 15 types demand that nobody but the caller can know. */
#define MODEL "model_call.provider=p", "model_call.model=m"
#define USAGE                                                                                      \
    "resource_usage.input_tokens=10", "resource_usage.output_tokens=5", "cost.cost_usd=0.5"
#define FAULT  "error.error_type=timeout", "error.retryable=true"
#define POLICY "policy.policy_id=p", "policy.decision=allow"
#define BUDGET                                                                                     \
    "budget.budget_id=b", "budget.scope=tenant", "budget.period=daily", "budget.limit_usd=5",      \
        "budget.enforcement=soft", "budget.result=within_limit"
#define ALERT                                                                                      \
    "alert.type=spend_spike", "alert.scope=tenant", "alert.threshold=1", "alert.current_value=2"

TEST("N1: each of the 15 types can be made from the facts that it demands, and only from them")
{
    static const struct {
        const char *type;
        const char *const fields[8];
    } cases[] = {
        {"run.started", {NULL}},
        {"run.completed", {USAGE}},
        {"run.failed", {USAGE, FAULT}},
        {"step.started", {NULL}},
        {"step.completed", {NULL}},
        {"step.failed", {FAULT}},
        {"model.call.started", {MODEL}},
        {"model.call.completed", {MODEL, USAGE}},
        {"model.call.failed", {MODEL, USAGE, FAULT}},
        {"tool.call.started", {NULL}},
        {"tool.call.completed", {NULL}},
        {"tool.call.failed", {FAULT}},
        {"budget.threshold_hit", {BUDGET}},
        {"policy.decision", {POLICY}},
        {"alert.emitted", {ALERT}},
    };
    struct bench b;
    setup(&b);
    size_t count = sizeof(cases) / sizeof(cases[0]);
    for (size_t i = 0; i < count; i++) {
        assert_text(st_contract_type(b.contract, (uint32_t)i), cases[i].type);
        assert_made(&b, cases[i].type, cases[i].fields);
        assert_null(memchr(b.event.at, '\n', b.event.len));
        if (cases[i].fields[0] != NULL)
            assert_err(construct(&b, cases[i].type, cases[i].fields + 1), INVALID);
    }
    assert_null(st_contract_type(b.contract, (uint32_t)count).at);
    teardown(&b);
}

TEST("N1: tokens and money that nobody stated are asked for, never set to 0")
{
    struct bench b;
    setup(&b);
    assert_refused(&b, "run.completed", NULL,
                   "$.resource_usage.input_tokens is required: Tokens sent to the model. Whether "
                   "cached tokens are among them is told by total_tokens.\n"
                   "$.resource_usage.output_tokens is required: Tokens that the model produced.\n"
                   "$.cost.cost_usd is required: The amount in US dollars.\n");
    teardown(&b);
}

TEST("status follows the type")
{
    struct bench b;
    setup(&b);
    static const char *const EXPECTED[][3] = {
        {"run.completed", "/run/status", "\"success\""},
        {"run.failed", "/run/status", "\"failure\""},
        {"step.started", "/step/status", "\"started\""},
        {"tool.call.completed", "/step/status", "\"success\""},
        {"model.call.failed", "/step/status", "\"failure\""},
        {"model.call.failed", "/run/status", "\"started\""},
        {"tool.call.failed", "/step/step_type", "\"tool\""},
        {"model.call.started", "/step/step_type", "\"prompt\""},
    };
    static const char *const EXPECTED_FIELDS[][8] = {
        {USAGE}, {USAGE, FAULT}, {NULL}, {NULL}, {MODEL, USAGE, FAULT}, {MODEL, USAGE, FAULT},
        {FAULT}, {MODEL}};
    for (size_t i = 0; i < sizeof(EXPECTED) / sizeof(EXPECTED[0]); i++) {
        assert_made(&b, EXPECTED[i][0], EXPECTED_FIELDS[i]);
        assert_text(raw_at(&b, EXPECTED[i][1]), EXPECTED[i][2]);
    }
    teardown(&b);
}

TEST("two events have two ids")
{
    struct bench b;
    char first[64];
    setup(&b);
    assert_made(&b, "run.started", NULL);
    snprintf(first, sizeof(first), "%.*s", ST_STR_ARG(raw_at(&b, "/event_id")));
    assert_made(&b, "run.started", NULL);
    assert_false(st_str_eq(raw_at(&b, "/event_id"), st_str_of(first)));
    teardown(&b);
}

TEST("what is given stays as it is given, and its type is the schema's")
{
    struct bench b;
    setup(&b);
    assert_made(&b, "model.call.completed",
                FIELDS(MODEL, "tenant.tenant_id=42", "run.run_id=r 1", "run.latency_ms=1.0",
                       "cost.cost_usd=0.0123", "resource_usage.input_tokens=10",
                       "resource_usage.output_tokens=5", "/attributes/a.b~1c=true",
                       "attributes.n:=null", "attributes.flag:=true", "run.status=success",
                       "step.name=quote \" = and \xc3\xbc"));
    assert_text(raw_at(&b, "/tenant/tenant_id"), "\"42\"");
    assert_text(raw_at(&b, "/run/run_id"), "\"r 1\"");
    assert_text(raw_at(&b, "/run/latency_ms"), "1.0");
    assert_text(raw_at(&b, "/cost/cost_usd"), "0.0123");
    assert_text(raw_at(&b, "/resource_usage/total_tokens"), "15");
    assert_text(raw_at(&b, "/attributes/a.b~1c"), "\"true\"");
    assert_text(raw_at(&b, "/attributes/n"), "null");
    assert_text(raw_at(&b, "/attributes/flag"), "true");
    assert_text(raw_at(&b, "/run/status"), "\"success\"");
    assert_text(raw_at(&b, "/step/name"), "\"quote \\\" = and \xc3\xbc\"");
    teardown(&b);
}

TEST("a whole object can be given, and what it lacks is filled")
{
    struct bench b;
    setup(&b);
    assert_made(&b, "policy.decision",
                FIELDS("policy:={\"policy_id\":\"p\",\"decision\":\"block\",\"reason\":\"no\"}",
                       "trace.span_id=s"));
    assert_text(raw_at(&b, "/policy/decision"), "\"block\"");
    assert_text(raw_at(&b, "/policy/reason"), "\"no\"");
    assert_text(raw_at(&b, "/policy/actor_type"), "\"user\"");
    assert_text(raw_at(&b, "/trace/span_id"), "\"s\"");
    teardown(&b);
}

TEST("the members stand in the order of the schema")
{
    struct bench b;
    setup(&b);
    assert_made(&b, "run.started",
                FIELDS("trace.trace_id=t", "event_id="
                                           "0b8f6a52-6f0e-4c3e-9f5b-2d7c1c4f8a10"));
    assert_true(st_str_starts(st_buf_str(&b.event),
                              ST_STR("{\"event_version\":\"v0\",\"event_id\":\"0b8f6a52-6f0e-4c3e-"
                                     "9f5b-2d7c1c4f8a10\",\"event_type\":\"run.started\","
                                     "\"occurred_at\":")));
    teardown(&b);
}

TEST("what the schema does not know is refused in its words")
{
    struct bench b;
    setup(&b);
    assert_refused(&b, "run.started", FIELDS("colour=red"),
                   "$.colour additional property is not allowed\n");
    assert_refused(&b, "run.started", FIELDS("run.user=red"),
                   "$.run.user additional property is not allowed\n");
    assert_refused(&b, "run.started", FIELDS("run.latency_ms=soon"),
                   "$.run.latency_ms must be type integer\n");
    assert_refused(&b, "run.started", FIELDS("run.latency_ms=-1"),
                   "$.run.latency_ms must be >= 0\n");
    assert_refused(&b, "run.started", FIELDS("tenant=acme"), "$.tenant must be type object\n");
    assert_refused(&b, "run.started", FIELDS("event_id=1", "run.run_id="),
                   "$.event_id must be a valid UUID\n$.run.run_id must have length >= 1\n");
    teardown(&b);
}

TEST("an unknown type is refused")
{
    struct bench b;
    setup(&b);
    assert_err(construct(&b, "run.cancelled", NULL), INVALID);
    assert_true(st_str_starts(st_buf_str(&b.why),
                              ST_STR("$.event_type must be one of allowed enum values")));
    teardown(&b);
}

TEST("a field that cannot be set is named")
{
    struct bench b;
    setup(&b);
    assert_refused_as(&b, SYNTAX, "run.started", FIELDS("tenant"),
                      "tenant is not of the form field=value\n");
    assert_refused_as(&b, SYNTAX, "run.started", FIELDS("=x"),
                      "=x is not of the form field=value\n");
    assert_refused_as(&b, SYNTAX, "run.started", FIELDS("run:={"), "run is not JSON\n");
    assert_refused_as(&b, SYNTAX, "run.started", FIELDS("/run/~2=x"), "/run/~2 names no field\n");
    assert_refused_as(&b, SYNTAX, "run.started", FIELDS("run.run_id=a", "run.run_id=b"),
                      "run.run_id is given twice, or lies within a value that is no object\n");
    assert_refused_as(&b, SYNTAX, "run.started", FIELDS("event_type=run.failed"),
                      "event_type is given twice, or lies within a value that is no object\n");
    assert_refused_as(&b, SYNTAX, "run.started", FIELDS("event_type.x=1"),
                      "event_type.x is given twice, or lies within a value that is no object\n");
    assert_refused_as(&b, SYNTAX, "run.started", FIELDS("run.prompt_version=\xff"),
                      "run.prompt_version is not UTF-8\n");
    teardown(&b);
}

TEST("N1: who and where are the environment's words, then the system's, and cut by code points")
{
    struct bench b;
    char home[512 * 2 + 2] = "/";
    char cut[512 * 2 + 4] = "\"/";
    static const char *const FACTS[] = {"component_name=c", "shell_type=s", NULL};
    const struct passwd *account = getpwuid(geteuid());
    setup(&b);
    b.contract = st_registry_find(b.registry, ST_STR("session-events@1.0"));
    for (int i = 0; i < 512; i++)
        strcat(home, "\xc3\xbc");
    for (int i = 0; i < 499; i++)
        strcat(cut, "\xc3\xbc");
    strcat(cut, "\"");
    assert_int_equal(setenv("HOME", home, 1), 0);
    assert_int_equal(setenv("USER", "", 1), 0);
    assert_int_equal(setenv("USERNAME", "n\xff", 1), 0);
    assert_made(&b, "session_start", FACTS);
    assert_text(raw_at(&b, "/user/home"), cut);
    assert_text(raw_at(&b, "/user/username"), "\"n\xef\xbf\xbd\"");
    assert_int_equal(setenv("USER", home, 1), 0);
    assert_made(&b, "session_start", FACTS);
    cut[2 + 2 * 99] = '"';
    cut[3 + 2 * 99] = '\0';
    assert_text(raw_at(&b, "/user/username"), cut);
    assert_int_equal(unsetenv("USER") + unsetenv("USERNAME") + unsetenv("HOME"), 0);
    assert_made(&b, "session_start", FACTS);
    uint32_t name = st_pointer_find(&b.doc, 0, ST_STR("/user/username"));
    uint32_t folder = st_pointer_find(&b.doc, 0, ST_STR("/user/home"));
    assert_text(st_json_text(&b.doc, name), account == NULL ? "unknown" : account->pw_name);
    assert_text(st_json_text(&b.doc, folder), account == NULL ? "/" : account->pw_dir);
    teardown(&b);
}

/* The names of the event's members, one behind the other. */
static st_str names_of(struct bench *b, struct st_buf *names)
{
    st_buf_reset(names);
    for (uint32_t at = st_json_first(&b->doc, 0); at != ST_JSON_NONE;
         at = st_json_next(&b->doc, 0, at))
        assert_ok(st_buf_printf(names, "%.*s ", ST_STR_ARG(st_json_text(&b->doc, at))));
    return st_buf_str(names);
}

TEST("a session event has its model's members in the model's order, and states no metadata as {}")
{
    struct bench b;
    struct st_buf names = ST_BUF(4096);
    setup(&b);
    b.contract = st_registry_find(b.registry, ST_STR("session-events@1.0"));
    assert_made(&b, "session_start", FIELDS("own=1", "shell_type=s", "component_name=c"));
    assert_text(names_of(&b, &names),
                "event_version event_id event_type component_name shell_type timestamp pid user "
                "hostname environment metadata own ");
    assert_text(raw_at(&b, "/metadata"), "{}");
    assert_text(raw_at(&b, "/timestamp"), "\"2026-02-07T20:21:54.250000Z\"");
    assert_made(&b, "session_end", FIELDS("metadata.b:=1", "session_id=s", "metadata.a:=2"));
    assert_text(names_of(&b, &names), "event_type session_id timestamp metadata ");
    assert_text(raw_at(&b, "/metadata"), "{\"b\":1,\"a\":2}");
    st_buf_done(&names);
    teardown(&b);
}

TEST("a new event of resource-events has what it is recognised by, or is asked for it")
{
    struct bench b;
    setup(&b);
    b.contract = st_registry_find(b.registry, ST_STR("resource-events@1"));
    assert_err(construct(&b, "workflow_started", NULL), INVALID);
    static const char ASKED[] = "$.sequence or $.tick or $.event_number is required, by which "
                                "resource-events@1 is recognised: The producer's own count";
    assert_non_null(memmem(b.why.at, b.why.len, ASKED, strlen(ASKED)));
    teardown(&b);
}

#define HEAD                                                                                       \
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","                               \
    "\"x-steno\":{\"name\":\"own\",\"version\":\"1\",\"unknown_types\":\"refuse\","                \
    "\"classify\":[],\"record\":{\"type\":\"/type\"}"

TEST("what nobody can fill is asked for by name")
{
    struct bench b;
    setup_with(&b,
               HEAD ",\"construct\":{\"/a/sum\":{\"make\":\"sum\",\"of\":[\"/a/x\",\"/a/y\"]}}},"
                    "\"required\":[\"type\",\"a\",\"b\"],\"properties\":{\"a\":{\"$ref\":"
                    "\"#/$defs/a\"},\"b\":{\"type\":\"string\"}},\"$defs\":{\"a\":{\"type\":"
                    "\"object\",\"required\":[\"x\",\"sum\"],\"properties\":{\"x\":{\"type\":"
                    "\"integer\"}}}}}");
    assert_refused(&b, "t", NULL, "$.b is required\n$.a.x is required\n$.a.sum is required\n");
    assert_refused(&b, "t", FIELDS("a.x=1", "b="), "$.a.sum is required\n");
    assert_made(&b, "t", FIELDS("a.x=1", "a.y:=2", "b="));
    assert_text(raw_at(&b, "/a/sum"), "3");
    teardown(&b);
}

TEST("a rule that holds always fills what nobody demands and nobody gave")
{
    struct bench b;
    setup_with(&b, HEAD ",\"construct\":{\"/a/b\":[{\"types\":[\"t\"],\"value\":1,\"always\":true},"
                        "{\"value\":2}],\"/c\":{\"value\":3,\"always\":false}}}}");
    assert_made(&b, "t", NULL);
    assert_text(st_buf_str(&b.event), "{\"type\":\"t\",\"a\":{\"b\":1}}");
    assert_made(&b, "t", FIELDS("a.b:=null"));
    assert_text(st_buf_str(&b.event), "{\"type\":\"t\",\"a\":{\"b\":null}}");
    assert_made(&b, "t", FIELDS("a=text"));
    assert_text(st_buf_str(&b.event), "{\"type\":\"t\",\"a\":\"text\"}");
    assert_made(&b, "u", NULL);
    assert_text(st_buf_str(&b.event), "{\"type\":\"u\"}");
    teardown(&b);
}

TEST("an envelope's members stand before those of the type, unless the type's model names them all")
{
    struct bench b;
    setup_with(&b,
               HEAD "},\"properties\":{\"type\":{},\"at\":{},\"body\":{}},\"allOf\":["
                    "{\"if\":{\"properties\":{\"type\":{\"const\":\"part\"}}},\"then\":"
                    "{\"properties\":{\"x\":{},\"body\":{\"properties\":{\"z\":{},\"y\":{}}}}}},"
                    "{\"if\":{\"properties\":{\"type\":{\"const\":\"whole\"}}},\"then\":"
                    "{\"$ref\":\"#/$defs/whole\",\"properties\":{\"x\":true}}}],\"$defs\":{"
                    "\"whole\":{\"properties\":{\"x\":{},\"body\":{},\"at\":{},\"type\":{}}}}}");
    assert_made(&b, "part", FIELDS("own=1", "x=2", "body.y=3", "body.z=4", "at=5"));
    assert_text(st_buf_str(&b.event), "{\"type\":\"part\",\"at\":\"5\",\"body\":{\"z\":\"4\","
                                      "\"y\":\"3\"},\"x\":\"2\",\"own\":\"1\"}");
    assert_made(&b, "whole", FIELDS("own=1", "at=5", "body.y=3", "body.z=4", "x=2"));
    assert_text(st_buf_str(&b.event), "{\"x\":\"2\",\"body\":{\"y\":\"3\",\"z\":\"4\"},"
                                      "\"at\":\"5\",\"type\":\"whole\",\"own\":\"1\"}");
    teardown(&b);
}

TEST("what is asked for is asked on one line, whatever the contract's author wrote")
{
    struct bench b;
    setup_with(&b, HEAD "},\"required\":[\"a\",\"b\"],\"properties\":{\"a\":{\"description\":"
                        "\"One\\nor\\u0000two.\"},\"b\":{\"$ref\":\"#/$defs/b\"}},\"$defs\":{\"b\":"
                        "{\"description\":\"The b.\"}}}");
    assert_refused(&b, "t", NULL, "$.a is required: One or two.\n$.b is required: The b.\n");
    teardown(&b);
}

TEST("the process is the one that the caller names, or this one")
{
    struct bench b;
    setup_with(&b, HEAD ",\"construct\":{\"/pid\":{\"make\":\"pid\"}}},\"required\":[\"pid\"]}");
    const struct st_construct order = {.type = ST_STR("t"), .pid = 4194304};
    assert_ok(st_contract_construct(b.contract, &order, &b.event, &b.why));
    assert_text(st_buf_str(&b.event), "{\"type\":\"t\",\"pid\":4194304}");
    teardown(&b);
}

TEST("everything that a rule can make")
{
    struct bench b;
    setup_with(&b,
               HEAD ",\"construct\":{\"/uuid\":{\"make\":\"uuid\"},\"/hex\":{\"make\":\"hex\","
                    "\"bytes\":1},\"/now\":{\"make\":\"now\"},\"/now_ms\":{\"make\":\"now_ms\"},"
                    "\"/user\":{\"make\":\"user\"},\"/host\":{\"make\":\"host\"},"
                    "\"/home\":{\"make\":\"home\"},\"/cwd\":{\"make\":\"cwd\"},"
                    "\"/pid\":{\"make\":\"pid\"},\"/value\":{\"value\":{\"a\":[1,2]}},"
                    "\"/text\":{\"make\":\"text\",\"text\":\"\\\"{now_ms}_{uuid}.\"}}},"
                    "\"required\":[\"uuid\",\"hex\",\"now\",\"now_ms\",\"user\",\"host\","
                    "\"home\",\"cwd\",\"pid\",\"value\",\"text\"]}");
    assert_made(&b, "t", NULL);
    assert_int_equal(raw_at(&b, "/uuid").len, 38);
    assert_int_equal(raw_at(&b, "/hex").len, 4);
    assert_text(raw_at(&b, "/now_ms"), "1770495714250");
    assert_true(st_str_starts(raw_at(&b, "/home"), ST_STR("\"/")));
    assert_true(st_str_starts(raw_at(&b, "/cwd"), ST_STR("\"/")));
    assert_text(raw_at(&b, "/value"), "{\"a\":[1,2]}");
    assert_true(st_str_starts(raw_at(&b, "/text"), ST_STR("\"\\\"1770495714250_")));
    assert_true(st_str_ends(raw_at(&b, "/text"), ST_STR(".\"")));
    assert_int_equal(raw_at(&b, "/text").len, 1 + 2 + 13 + 1 + 36 + 1 + 1);
    int64_t pid;
    assert_ok(st_str_to_i64(raw_at(&b, "/pid"), &pid));
    assert_int_equal(pid, getpid());
    teardown(&b);
}

/* Two types whose payloads have a member of one name: a number, a text, an object. */
#define BRANCH(type, payload)                                                                      \
    "{\"if\":{\"properties\":{\"type\":{\"const\":\"" type                                         \
    "\"}},\"required\":[\"type\"]},\"then\":{\"properties\":{\"payload\":" payload "}}}"

TEST("a field is what the event's own type says that it is")
{
    struct bench b;
    setup_with(
        &b, HEAD
        "},\"required\":[\"type\"],\"properties\":{\"payload\":{\"type\":\"object\"}},"
        "\"allOf\":[" BRANCH("text", "{\"properties\":{\"v\":{\"type\":\"string\"}}}") "," BRANCH(
            "number",
            "{\"properties\":{\"v\":{\"type\":\"number\"}}}") "," BRANCH("object",
                                                                         "{\"required\":[\"v\"],"
                                                                         "\"properties\":{\"v\":{"
                                                                         "\"type\":\"object\","
                                                                         "\"required\":[\"w\"],"
                                                                         "\"properties\":{\"w\":{"
                                                                         "\"type\":\"boolean\"}}}}"
                                                                         "}") "]}");
    assert_made(&b, "text", FIELDS("payload.v=5"));
    assert_text(raw_at(&b, "/payload/v"), "\"5\"");
    assert_made(&b, "number", FIELDS("payload.v=5"));
    assert_text(raw_at(&b, "/payload/v"), "5");
    assert_refused(&b, "object", FIELDS("payload.x=5"), "$.payload.v.w is required\n");
    assert_made(&b, "object", FIELDS("payload.v.w=true"));
    assert_text(raw_at(&b, "/payload/v"), "{\"w\":true}");
    assert_made(&b, "other", FIELDS("payload.v=5"));
    teardown(&b);
}

TEST("N1: a type of runtime-events with nothing given asks for facts and nothing else")
{
    struct bench b;
    st_str type;
    setup(&b);
    b.contract = st_registry_find(b.registry, ST_STR("runtime-events@1"));
    for (uint32_t i = 0; (type = st_contract_type(b.contract, i)).at != NULL; i++) {
        char name[128];
        snprintf(name, sizeof(name), "%.*s", ST_STR_ARG(type));
        if (construct(&b, name, NULL) == ST_OK)
            continue;
        st_str words = st_buf_str(&b.why);
        while (words.len > 0) {
            st_str line;
            st_str_cut(words, '\n', &line, &words);
            st_str place;
            st_str_cut(line, ' ', &place, &line);
            if (!st_str_starts(place, ST_STR("$.payload.")) ||
                !st_str_starts(line, ST_STR("is required")))
                fail_msg("%s: %.*s", name, ST_STR_ARG(line));
        }
    }
    teardown(&b);
}

/* Makes the event of a case anew from the members of its payload. */
static void remake(struct bench *b, const struct st_json *line)
{
    static char texts[64][8192];
    const char *fields[65];
    char type[128];
    uint32_t count = 0;
    uint32_t event = st_json_member(line, 0, ST_STR("event"));
    uint32_t payload = st_json_member(line, event, ST_STR("payload"));
    snprintf(type, sizeof(type), "%.*s",
             ST_STR_ARG(st_json_text(line, st_json_member(line, event, ST_STR("type")))));
    for (uint32_t at = payload == ST_JSON_NONE ? payload : st_json_first(line, payload);
         at != ST_JSON_NONE; at = st_json_next(line, payload, at)) {
        bool text = st_json_kind(line, at + 1) == ST_JSON_STRING;
        st_str value = text ? st_json_text(line, at + 1) : st_json_raw(line, at + 1);
        bool json = st_json_kind(line, at + 1) == ST_JSON_NULL;
        assert_true(count < 64);
        int len = snprintf(texts[count], sizeof(texts[0]), "payload.%.*s%s=%.*s",
                           ST_STR_ARG(st_json_text(line, at)), json ? ":" : "", ST_STR_ARG(value));
        assert_true(len > 0 && (size_t)len < sizeof(texts[0]));
        fields[count] = texts[count];
        count++;
    }
    fields[count] = NULL;
    assert_made(b, type, fields);
    uint32_t made = st_json_member(&b->doc, 0, ST_STR("payload"));
    assert_true(payload == ST_JSON_NONE ? made == ST_JSON_NONE
                                        : st_json_equal(&b->doc, made, line, payload));
}

TEST(
    "N1: every type of runtime-events can be made from its facts, as text or JSON as it wants them")
{
    struct bench b;
    struct st_buf table = ST_BUF((size_t)4 << 20);
    struct st_json line;
    unsigned made = 0;
    setup(&b);
    b.contract = st_registry_find(b.registry, ST_STR("runtime-events@1"));
    assert_ok(st_file_read(RUNTIME_EVENTS_CASES, &table, NULL));
    st_json_init(&line);
    for (st_str rest = st_buf_str(&table); rest.len > 0;) {
        st_str text;
        st_str_cut(rest, '\n', &text, &rest);
        assert_ok(st_json_parse(&line, text, NULL, NULL));
        st_str name = st_json_text(&line, st_json_member(&line, 0, ST_STR("name")));
        if (!st_str_ends(name, ST_STR(" with all that it can say")))
            continue;
        remake(&b, &line);
        made++;
    }
    assert_int_equal(made, 124);
    st_json_done(&line);
    st_buf_done(&table);
    teardown(&b);
}

TEST("the platform is the system's kind, release and machine")
{
    struct bench b;
    struct utsname system;
    char expected[512];
    setup_with(&b, HEAD ",\"construct\":{\"/p\":{\"make\":\"platform\"}}},\"required\":[\"p\"]}");
    assert_made(&b, "t", NULL);
    assert_int_equal(uname(&system), 0);
    snprintf(expected, sizeof expected, "\"%s-%s-%s\"", system.sysname, system.release,
             system.machine);
    assert_text(raw_at(&b, "/p"), expected);
    teardown(&b);
}

TEST("a text that is made is cut to the code points that the schema allows, a stated one is not")
{
    struct bench b;
    setup_with(&b, HEAD
               ",\"construct\":{\"/uuid\":{\"make\":\"uuid\"},\"/hex\":{\"make\":\"hex\","
               "\"bytes\":8},\"/pid\":{\"make\":\"pid\"},\"/cwd\":{\"make\":\"cwd\"}}},"
               "\"required\":[\"uuid\",\"hex\",\"pid\",\"cwd\"],\"properties\":{\"uuid\":"
               "{\"maxLength\":8},\"hex\":{\"maxLength\":9,\"allOf\":[{\"$ref\":\"#/$defs/s\"}]},"
               "\"pid\":{\"maxLength\":1},\"cwd\":{\"$ref\":\"#/$defs/ring\"}},"
               "\"$defs\":{\"s\":{\"maxLength\":3},\"ring\":{\"maxLength\":1,\"allOf\":"
               "[{\"properties\":{\"x\":{\"$ref\":\"#/$defs/ring\"}}}]}}}");
    assert_made(&b, "t", NULL);
    assert_int_equal(raw_at(&b, "/uuid").len, 2 + 8);
    assert_int_equal(raw_at(&b, "/hex").len, 2 + 3);
    assert_text(raw_at(&b, "/cwd"), "\"/\"");
    teardown(&b);
    setup_with(&b, HEAD ",\"construct\":{\"/v\":{\"value\":\"long\"}}},\"required\":[\"v\"],"
                        "\"properties\":{\"v\":{\"maxLength\":3}}}");
    assert_refused(&b, "t", NULL, "$.v must have length <= 3\n");
    teardown(&b);
}

TEST("B1: a schema that asks for ever more ends in words")
{
    struct bench b;
    setup_with(&b, HEAD "},\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"type\":\"object\","
                        "\"required\":[\"n\"],\"properties\":{\"n\":{\"$ref\":\"#/$defs/n\"}}}}}");
    assert_err(construct(&b, "t", NULL), INVALID);
    assert_true(st_str_ends(st_buf_str(&b.why), ST_STR(".n.n.n is required\n")));
    teardown(&b);
}

TEST("B3: a schema that refers to itself ten times at each of twelve levels is given up on in time")
{
    struct bench b;
    struct st_buf schema = ST_BUF(65536);
    assert_ok(st_buf_printf(&schema, "%s},\"$ref\":\"#/$defs/n0\",\"$defs\":{", HEAD));
    for (int level = 0; level < 12; level++) {
        assert_ok(st_buf_printf(&schema, "\"n%d\":{\"if\":false,\"then\":{\"allOf\":[", level));
        for (int i = 0; i < 10; i++)
            assert_ok(st_buf_printf(&schema, "%s{\"$ref\":\"#/$defs/n%d\"}", i > 0 ? "," : "",
                                    level + 1));
        assert_ok(st_buf_printf(&schema, "]}},"));
    }
    assert_ok(st_buf_printf(&schema, "\"n12\":{}}}"));
    setup_with(&b, st_buf_cstr(&schema));
    assert_made(&b, "t", FIELDS("a=1"));
    assert_text(raw_at(&b, "/a"), "\"1\"");
    st_buf_done(&schema);
    teardown(&b);
}
