/*
 * Contracts by name, events told apart and held against their contracts and models, new events.
 */
#include "unit.h"

#include "contract/limits.h"
#include "library.h"
#include "json/json.h"

#include <stdlib.h>
#include <unistd.h>

static struct steno_registry *open_registry(void)
{
    struct steno_registry *registry;
    assert_code(steno_registry_new(&registry), STENO_OK);
    return registry;
}

static steno_error judge(const struct steno_registry *registry, const char *reference,
                         const char *text)
{
    struct steno_report *report;
    size_t count = 0;
    steno_error error = steno_event_validate(registry, reference, text, strlen(text));
    for (int output = STENO_OUTPUT_FLAG; output <= STENO_OUTPUT_DETAILED; output++) {
        assert_code(steno_event_explain(registry, reference, text, strlen(text),
                                        (enum steno_output)output, &report),
                    error);
        assert_int_equal(steno_report_verdict(report), error);
        assert_int_equal(steno_report_count(report) == 0, error == STENO_OK);
        assert_true(output == STENO_OUTPUT_FLAG || steno_report_count(report) == count);
        count = steno_report_count(report);
        assert_non_null(steno_report_json(report));
        assert_int_equal(strncmp(steno_report_json(report), "{\"valid\":true", 13) == 0,
                         error == STENO_OK);
        steno_report_free(report);
    }
    return error;
}

/* The verdict, and keyword and message of the first violation that is a cause. */
static void check_said(const struct steno_registry *registry, const char *reference,
                       const char *text, steno_error code, const char *keyword, const char *message)
{
    struct steno_report *report;
    size_t at = 0;
    assert_code(
        steno_event_explain(registry, reference, text, strlen(text), STENO_OUTPUT_FLAG, &report),
        code);
    while (at < steno_report_count(report) && !steno_report_at(report, at)->cause)
        at++;
    const struct steno_violation *cause = steno_report_at(report, at);
    if (cause == NULL)
        fail_msg("nothing is said of %s", text);
    else {
        assert_string_equal(cause->keyword.at, keyword);
        assert_string_equal(cause->message.at, message);
    }
    steno_report_free(report);
}

/* ---- the registry ---- */

TEST("the registry names the contracts that ship, their models and their types")
{
    static const char *const names[] = {"agent-event@v0",     "operations-events@v1",
                                        "resource-events@1",  "runtime-events@1",
                                        "session-events@1.0", "steno@1"};
    static const char *const models[] = {"SessionStartEvent", "SessionEndEvent", "UserInfo",
                                         "EnvironmentInfo"};
    struct steno_registry *registry = open_registry();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(steno_registry_contract(registry, i), names[i]);
    assert_null(steno_registry_contract(registry, sizeof names / sizeof *names));
    assert_null(steno_registry_contract(NULL, 0));
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(steno_registry_model(registry, "session-events", i), models[i]);
    assert_null(steno_registry_model(registry, "session-events", 4));
    assert_null(steno_registry_model(registry, "nope", 0));
    assert_null(steno_registry_model(registry, NULL, 0));
    assert_null(steno_registry_model(NULL, "session-events", 0));
    assert_string_equal(steno_registry_type(registry, "session-events@1.0", 1), "session_end");
    assert_null(steno_registry_type(registry, "session-events@1.0", 2));
    assert_null(steno_registry_type(registry, "session-events@2.0", 0));
    steno_registry_free(registry);
    steno_registry_free(NULL);
}

TEST("every contract and every model is given as a text that compiles, and validates by its name")
{
    struct steno_registry *registry = open_registry();
    unsigned models = 0;
    for (size_t i = 0; steno_registry_contract(registry, i) != NULL; i++) {
        const char *contract = steno_registry_contract(registry, i);
        char *text;
        assert_code(steno_registry_schema(registry, contract, &text), STENO_OK);
        steno_schema_free(compile(text));
        steno_text_free(text);
        assert_code(steno_event_validate(registry, contract, "[]", 2), STENO_INVALID);
        for (size_t m = 0; steno_registry_model(registry, contract, m) != NULL; m++, models++) {
            char reference[256];
            snprintf(reference, sizeof reference, "%s#%s", contract,
                     steno_registry_model(registry, contract, m));
            assert_code(steno_registry_schema(registry, reference, &text), STENO_OK);
            steno_schema_free(compile(text));
            steno_text_free(text);
            steno_error error = steno_event_validate(registry, reference, "{}", 2);
            assert_true(error == STENO_OK || error == STENO_INVALID);
        }
    }
    assert_true(models > 200);
    steno_registry_free(registry);
}

TEST("a reference that leads nowhere is told, with the versions that there are")
{
    struct steno_registry *registry = open_registry();
    char *text = (char *)-1;
    char longest[600];
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    check_said(registry, "session-events@2.0", "{}", STENO_ABSENT, "contract",
               "session-events@2.0: session-events has no version 2.0; it has 1.0");
    check_said(registry, "nope", "{}", STENO_ABSENT, "contract", "nope: no such contract");
    check_said(registry, "", "{}", STENO_ABSENT, "contract", "no such contract");
    check_said(registry, longest, "{", STENO_ABSENT, "contract",
               "no such contract: its name is too long");
    check_said(registry, "#Nope", "{}", STENO_ABSENT, "contract",
               "Nope: no contract has a model of this name");
    check_said(registry, "session-events#Nope", "{}", STENO_ABSENT, "contract",
               "session-events@1.0 has no model of this name");
    assert_code(steno_registry_schema(registry, "session-events#Nope", &text), STENO_ABSENT);
    assert_null(text);
    steno_registry_free(registry);
}

#define OWN(version, models)                                                                       \
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"properties\":{\"v\":{"        \
    "\"const\":\"" version "\"}},\"$defs\":{\"M\":{\"properties\":{\"v\":{}},\"required\":"        \
    "[\"at\"]}},\"x-steno\":{\"name\":\"own\",\"version\":\"" version                              \
    "\",\"version_at\":\"/v\",\"unknown_types\":\"keep\",\"record\":{\"type\":\"/t\"},"            \
    "\"classify\":[],\"models\":{" models "}}}"

static steno_error add(struct steno_registry *registry, const char *text, struct steno_fault *fault)
{
    return steno_registry_add(registry, text, strlen(text), fault);
}

TEST("contracts of one's own are added, the same again is no matter, other bytes are a conflict")
{
    struct steno_registry *registry = open_registry();
    struct steno_fault fault = {.error = STENO_OK};
    assert_code(add(registry, OWN("1", "\"M\":\"/$defs/M\""), NULL), STENO_OK);
    assert_code(add(registry, OWN("1", "\"M\":\"/$defs/M\""), &fault), STENO_OK);
    assert_code(add(registry, OWN("1", "\"N\":\"/$defs/M\""), &fault), STENO_CONFLICT);
    assert_int_equal(fault.error, STENO_CONFLICT);
    assert_non_null(strstr(fault.message, "other bytes"));
    assert_code(add(registry, OWN("1.10", "\"M\":\"/$defs/M\""), NULL), STENO_OK);
    assert_code(add(registry, OWN("1.9", "\"UserInfo\":\"/$defs/M\""), NULL), STENO_OK);
    assert_string_equal(steno_registry_contract(registry, 6), "own@1");
    assert_string_equal(steno_registry_contract(registry, 8), "own@1.9");
    assert_null(steno_registry_contract(registry, 9));
    assert_code(judge(registry, "own", "{\"v\":\"1.10\"}"), STENO_OK);
    check_said(registry, "own", "{\"v\":\"2\"}", STENO_INVALID, "const",
               "unsupported version \"2\"; own has: 1, 1.9, 1.10");
    check_said(registry, "own#M", "{\"v\":\"2\",\"at\":1}", STENO_INVALID, "version",
               "unsupported version \"2\"; own has: 1, 1.9, 1.10");
    check_said(registry, "#UserInfo", "{}", STENO_ABSENT, "contract",
               "UserInfo: several contracts have a model of this name");
    assert_code(add(registry, "{}", &fault), STENO_INVALID);
    assert_code(add(registry, "{", &fault), STENO_SYNTAX);
    assert_code(steno_registry_add(NULL, "{}", 2, &fault), STENO_ARGUMENT);
    assert_code(steno_registry_add(registry, NULL, 2, &fault), STENO_ARGUMENT);
    assert_string_equal(fault.message, "there is no text");
    steno_registry_free(registry);
}

TEST("B1: a registry holds 256 contracts")
{
    struct steno_registry *registry = open_registry();
    char text[1024];
    unsigned added = 6;
    steno_error error = STENO_OK;
    for (; error == STENO_OK && added < 300; added += error == STENO_OK) {
        snprintf(text, sizeof text,
                 "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"x-steno\":{"
                 "\"name\":\"n%u\",\"version\":\"1\",\"unknown_types\":\"keep\",\"record\":{"
                 "\"type\":\"/t\"},\"classify\":[]}}",
                 added);
        error = add(registry, text, NULL);
    }
    assert_code(error, STENO_LIMIT);
    assert_int_equal(added, STENO_CONTRACTS_MAX);
    assert_null(steno_registry_contract(registry, STENO_CONTRACTS_MAX));
    char *last;
    assert_code(steno_registry_schema(registry, "n255", &last), STENO_OK);
    assert_code(add(registry, last, NULL), STENO_OK); /* the same again needs no room */
    steno_text_free(last);
    steno_registry_free(registry);
}

/* ---- events ---- */

#define START(version, more)                                                                       \
    "{\"event_version\":\"" version "\",\"event_id\":\"550e8400-e29b-41d4-a716-446655440000\","    \
    "\"component_name\":\"mahavishnu\",\"shell_type\":\"MahavishnuShell\",\"timestamp\":"          \
    "\"2026-02-06T12:34:56.789Z\",\"pid\":12345,\"user\":{\"username\":\"john\",\"home\":"         \
    "\"/home/john\"},\"hostname\":\"server01\",\"environment\":{\"python_version\":\"3.13.0\","    \
    "\"platform\":\"Linux-6.5.0-x86_64\",\"cwd\":\"/home/john\"}" more "}"
#define END                                                                                        \
    "{\"session_id\":\"sess_abc123\",\"timestamp\":\"2026-02-06T13:45:67.890Z\",\"metadata\":{"    \
    "\"exit_reason\":\"user_exit\"}}"

TEST("V3: an event is told apart, or nothing is guessed")
{
    struct steno_registry *registry = open_registry();
    const char *contract;
    static const char *const cases[][2] = {
        {START("1.0", ""), "session-events@1.0"},
        {END, "session-events@1.0"},
        {"{\"event_version\":\"v0\"}", "agent-event@v0"},
        {"{\"contract\":\"steno@1\"}", "steno@1"},
        {"{\"event_type\":\"x\",\"tick\":1}", "resource-events@1"},
        {"{\"schema\":\"brewva.event.v1\"}", "runtime-events@1"},
        {"{\"type\":\"message\"}", "operations-events@v1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_code(steno_event_recognise(registry, cases[i][0], strlen(cases[i][0]), &contract),
                    STENO_OK);
        assert_string_equal(contract, cases[i][1]);
        assert_code(judge(registry, NULL, cases[i][0]), judge(registry, contract, cases[i][0]));
    }
    assert_code(steno_event_recognise(registry, "{}", 2, &contract), STENO_ABSENT);
    assert_null(contract);
    assert_code(steno_event_recognise(registry, "{", 1, &contract), STENO_SYNTAX);
    assert_code(steno_event_recognise(registry, NULL, 0, &contract), STENO_SYNTAX);
    assert_code(steno_event_recognise(registry, NULL, 1, &contract), STENO_ARGUMENT);
    assert_code(steno_event_recognise(NULL, "{}", 2, &contract), STENO_ARGUMENT);
    assert_code(steno_event_recognise(registry, "{}", 2, NULL), STENO_ARGUMENT);
    check_said(registry, NULL, "{}", STENO_ABSENT, "contract", "no contract recognises the event");
    steno_registry_free(registry);
}

TEST(
    "V1: an event is held against a contract, or a model by its name, formats and version included")
{
    struct steno_registry *registry = open_registry();
    static const char *const references[] = {
        "session-events", "session-events@1.0", "session-events#SessionStartEvent",
        "session-events@1.0#SessionStartEvent", "#SessionStartEvent"};
    for (size_t i = 0; i < 5; i++) {
        assert_code(judge(registry, references[i], START("1.0", "")), STENO_OK);
        assert_code(judge(registry, references[i], START("2.0", "")), STENO_INVALID);
        assert_code(judge(registry, references[i], START("1", "")), STENO_INVALID);
        assert_code(judge(registry, references[i], START("1.0", ",\"metadata\":null")),
                    STENO_INVALID);
        assert_code(judge(registry, references[i], START("1.0", ",\"event_id\":\"x\"")),
                    STENO_INVALID);
        check_said(registry, references[i], START("1.0.0", ""), STENO_INVALID,
                   i < 2 ? "const" : "version",
                   "unsupported version \"1.0.0\"; session-events has: 1.0");
    }
    assert_code(judge(registry, "#SessionEndEvent", END), STENO_OK);
    assert_code(judge(registry, "#SessionEndEvent", START("1.0", "")), STENO_INVALID);
    assert_code(judge(registry, "#SessionEndEvent",
                      "{\"event_version\":\"9\",\"session_id\":\"\",\"timestamp\":\"x\"}"),
                STENO_OK); /* an end has no version, and a model's formats are the contract's */
    assert_code(judge(registry, "#UserInfo", "{\"username\":\"a\",\"home\":\"/\"}"), STENO_OK);
    steno_registry_free(registry);
}

TEST("B3: whatever the text is, the answer is a code and a report")
{
    struct steno_registry *registry = open_registry();
    static const char *const references[] = {NULL, "session-events", "#SessionStartEvent"};
    static const struct {
        const char *text;
        steno_error named;
        steno_error recognised;
    } cases[] = {
        {"", STENO_SYNTAX, STENO_SYNTAX},
        {"{\"event_version\": \"2.0\", ...}", STENO_SYNTAX, STENO_SYNTAX},
        {"[]", STENO_INVALID, STENO_ABSENT},
        {"null", STENO_INVALID, STENO_ABSENT},
        {"\"session_start\"", STENO_INVALID, STENO_ABSENT},
        {"1e999999999", STENO_INVALID, STENO_ABSENT},
        {"{\"event_version\":{}}", STENO_INVALID, STENO_ABSENT},
        {"{\"event_version\":\"\\ud800\"}", STENO_SYNTAX, STENO_SYNTAX},
        {"NaN", STENO_SYNTAX, STENO_SYNTAX},
        {"\xff", STENO_SYNTAX, STENO_SYNTAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t r = 0; r < 3; r++)
            assert_code(judge(registry, references[r], cases[i].text),
                        r == 0 ? cases[i].recognised : cases[i].named);
    char deep[4 * STENO_DEPTH_MAX];
    memset(deep, '[', sizeof deep);
    assert_code(steno_event_validate(registry, NULL, deep, sizeof deep), STENO_LIMIT);
    steno_registry_free(registry);
}

TEST("a wrong call about events is one, and leaves nothing")
{
    struct steno_registry *registry = open_registry();
    struct steno_validator *validator;
    const struct steno_report *borrowed = (void *)-1;
    struct steno_report *report = (void *)-1;
    char *text = (char *)-1;
    assert_code(steno_validator_new(&validator), STENO_OK);
    assert_code(steno_registry_new(NULL), STENO_ARGUMENT);
    assert_code(steno_registry_schema(NULL, "x", &text), STENO_ARGUMENT);
    assert_null(text);
    assert_code(steno_registry_schema(registry, NULL, &text), STENO_ARGUMENT);
    assert_code(steno_registry_schema(registry, "x", NULL), STENO_ARGUMENT);
    assert_code(steno_event_validate(NULL, NULL, "{}", 2), STENO_ARGUMENT);
    assert_code(steno_event_validate(registry, NULL, NULL, 2), STENO_ARGUMENT);
    assert_code(steno_event_explain(registry, NULL, NULL, 2, STENO_OUTPUT_FLAG, &report),
                STENO_ARGUMENT);
    assert_null(report);
    assert_code(steno_event_explain(registry, NULL, "{}", 2, (enum steno_output)7, &report),
                STENO_ARGUMENT);
    assert_code(steno_event_explain(registry, NULL, "{}", 2, STENO_OUTPUT_FLAG, NULL),
                STENO_ARGUMENT);
    assert_code(steno_validator_validate_event(NULL, registry, NULL, "{}", 2), STENO_ARGUMENT);
    assert_code(
        steno_validator_explain_event(validator, NULL, NULL, "{}", 2, STENO_OUTPUT_FLAG, &borrowed),
        STENO_ARGUMENT);
    assert_null(borrowed);
    steno_validator_free(validator);
    steno_registry_free(registry);
    steno_text_free(NULL);
}

/* ---- new events ---- */

static steno_error make(const struct steno_registry *registry, const char *contract,
                        const char *type, const char *const *fields, char **event, char **why)
{
    size_t count = 0;
    while (fields != NULL && fields[count] != NULL)
        count++;
    return steno_event_new(registry, contract, type, fields, count, event, why);
}

#define FIELDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define assert_refused(registry, contract, type, fields, code, words)                              \
    do {                                                                                           \
        char *event_made = (char *)-1;                                                             \
        char *why_not = (char *)-1;                                                                \
        assert_code(make(registry, contract, type, fields, &event_made, &why_not), code);          \
        assert_null(event_made);                                                                   \
        assert_non_null(why_not);                                                                  \
        assert_string_equal(why_not, words);                                                       \
        steno_text_free(why_not);                                                                  \
        assert_code(make(registry, contract, type, fields, &event_made, NULL), code);              \
    } while (0)

TEST("the start and the end of a session are made of the calling process")
{
    struct steno_registry *registry = open_registry();
    char expected[64];
    char *event;
    char *why;
    snprintf(expected, sizeof expected, "\"pid\":%ld,", (long)getpid());
    assert_code(steno_session_start_new(registry, "mahavishnu", "Mahavishnu \"Shell\"",
                                        "{\"a\": [1]}", &event, &why),
                STENO_OK);
    assert_null(why);
    assert_code(judge(registry, NULL, event), STENO_OK);
    assert_code(judge(registry, "#SessionStartEvent", event), STENO_OK);
    assert_non_null(strstr(event, expected));
    assert_non_null(strstr(event, "\"shell_type\":\"Mahavishnu \\\"Shell\\\"\""));
    assert_non_null(strstr(event, "\"metadata\":{\"a\":[1]}}"));
    steno_text_free(event);
    assert_code(steno_session_end_new(registry, "", NULL, &event, NULL), STENO_OK);
    assert_code(judge(registry, "#SessionEndEvent", event), STENO_OK);
    assert_non_null(strstr(event, "{\"event_type\":\"session_end\",\"session_id\":\"\","));
    assert_non_null(strstr(event, ",\"metadata\":{}}"));
    steno_text_free(event);
    assert_code(steno_session_start_new(registry, "a b", "s", NULL, &event, &why), STENO_INVALID);
    assert_string_equal(why, "$.component_name must match pattern ^[a-zA-Z0-9_-]+$\n");
    assert_null(event);
    steno_text_free(why);
    assert_code(steno_session_start_new(registry, "a", "s", "[]", &event, &why), STENO_INVALID);
    assert_string_equal(why, "$.metadata must be type object\n");
    steno_text_free(why);
    assert_code(steno_session_end_new(registry, "a", "{", &event, &why), STENO_SYNTAX);
    assert_string_equal(why, "metadata is not JSON\n");
    steno_text_free(why);
    assert_code(steno_session_start_new(registry, NULL, "s", NULL, &event, &why), STENO_ARGUMENT);
    assert_null(why);
    assert_code(steno_session_start_new(registry, "c", NULL, NULL, &event, &why), STENO_ARGUMENT);
    assert_code(steno_session_start_new(NULL, "c", "s", NULL, &event, &why), STENO_ARGUMENT);
    assert_code(steno_session_start_new(registry, "c", "s", NULL, NULL, &why), STENO_ARGUMENT);
    assert_code(steno_session_end_new(registry, NULL, NULL, &event, &why), STENO_ARGUMENT);
    assert_code(steno_session_end_new(NULL, "s", NULL, &event, &why), STENO_ARGUMENT);
    assert_code(steno_session_end_new(registry, "s", NULL, NULL, &why), STENO_ARGUMENT);
    steno_registry_free(registry);
}

TEST("N1: an event of any contract is made of its fields, and what is missing is told")
{
    struct steno_registry *registry = open_registry();
    char *event;
    char *why;
    assert_code(make(registry, NULL, "run.started", FIELDS("run.run_id=r"), &event, &why),
                STENO_OK);
    assert_null(why);
    assert_non_null(strstr(event, "\"run_id\":\"r\""));
    assert_code(judge(registry, "agent-event", event), STENO_OK);
    steno_text_free(event);
    assert_code(
        make(registry, "session-events@1.0", "session_end", FIELDS("session_id=s"), &event, NULL),
        STENO_OK);
    steno_text_free(event);
    assert_refused(registry, NULL, "step.failed", NULL, STENO_INVALID,
                   "$.error.error_type is required: A short, stable name, such as timeout, "
                   "rate_limit or tool_timeout.\n"
                   "$.error.retryable is required: Whether trying again can help.\n");
    assert_refused(registry, NULL, "run.started", FIELDS("run"), STENO_SYNTAX,
                   "run is not of the form field=value\n");
    assert_refused(registry, NULL, "session_start", NULL, STENO_ABSENT,
                   "several contracts name this type\n");
    assert_refused(registry, NULL, "nope", NULL, STENO_ABSENT, "no contract names this type\n");
    assert_refused(registry, "nope", "x", NULL, STENO_ABSENT, "nope: no such contract\n");
    assert_refused(registry, "#UserInfo", "x", NULL, STENO_ABSENT,
                   "events are made of a contract, not of a model\n");
    assert_refused(registry, "steno", "admin.act", NULL, STENO_DENIED,
                   "only steno itself makes events of this contract\n");
    assert_refused(registry, NULL, "producer.gap", NULL, STENO_DENIED,
                   "only steno itself makes events of this type\n");
    assert_code(steno_event_new(registry, NULL, "x", NULL, 1, &event, &why), STENO_ARGUMENT);
    assert_code(steno_event_new(registry, NULL, "x", FIELDS(NULL), 1, &event, &why),
                STENO_ARGUMENT);
    assert_code(steno_event_new(registry, NULL, NULL, NULL, 0, &event, &why), STENO_ARGUMENT);
    assert_code(steno_event_new(NULL, NULL, "x", NULL, 0, &event, &why), STENO_ARGUMENT);
    assert_code(steno_event_new(registry, NULL, "x", NULL, 0, NULL, &why), STENO_ARGUMENT);
    steno_registry_free(registry);
}

TEST("B1: an event that is made is bounded")
{
    static char field[STENO_EVENT_BYTES_MAX + 64];
    struct steno_registry *registry = open_registry();
    char *event;
    char *why;
    memset(field, 'x', sizeof field - 1);
    memcpy(field, "session_id=", strlen("session_id="));
    assert_code(make(registry, NULL, "session_end", FIELDS(field), &event, &why), STENO_LIMIT);
    assert_null(event);
    assert_non_null(why);
    steno_text_free(why);
    field[STENO_EVENT_BYTES_MAX / 2] = '\0';
    assert_code(make(registry, NULL, "session_end", FIELDS(field), &event, &why), STENO_OK);
    assert_true(strlen(event) > STENO_EVENT_BYTES_MAX / 2);
    steno_text_free(event);
    steno_registry_free(registry);
}
