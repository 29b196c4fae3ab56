/*
 * Threads that share one schema; run under ThreadSanitizer, too.
 */
#include "unit.h"

#include "library.h"

#include <pthread.h>

#define THREADS 8
#define ROUNDS  200

static const struct {
    const char *text;
    steno_error verdict;
    size_t violations;
} cases[] = {
    {"{\"id\": \"ab-1\", \"when\": \"2026-02-07T20:21:54Z\"}", STENO_OK, 0},
    {"{\"id\": \"?\", \"when\": \"never\", \"x\": {}}", STENO_INVALID, 3},
    {"{\"id\": ", STENO_SYNTAX, 1},
};
#define CASES (sizeof cases / sizeof *cases)

/* cmocka's assertions belong to the main thread: a worker counts what is wrong. */
struct worker {
    const struct steno_schema *schema;
    pthread_t thread;
    uint32_t wrong;
};

static void *work(void *context)
{
    struct worker *worker = context;
    struct steno_validator *validator;
    if (steno_validator_new(&validator) != STENO_OK) {
        worker->wrong++;
        return NULL;
    }
    for (size_t i = 0; i < ROUNDS * CASES; i++) {
        const char *text = cases[i % CASES].text;
        const struct steno_report *report;
        steno_error expected = cases[i % CASES].verdict;
        worker->wrong +=
            steno_validator_validate(validator, worker->schema, text, strlen(text)) != expected;
        worker->wrong += steno_validator_explain(validator, worker->schema, text, strlen(text),
                                                 STENO_OUTPUT_DETAILED, &report) != expected;
        worker->wrong += steno_report_count(report) != cases[i % CASES].violations;
        worker->wrong += steno_report_json(report) == NULL;
    }
    worker->wrong += verdict(worker->schema, cases[0].text) != STENO_OK;
    steno_validator_free(validator);
    return NULL;
}

TEST("L2: any number of threads hold texts against one schema")
{
    static const struct steno_options formats = {.assert_formats = true};
    struct worker workers[THREADS] = {0};
    struct steno_schema *schema = compile_with(
        "{\"properties\": {\"id\": {\"pattern\": \"^[a-z]+-[0-9]+$\"}, \"when\": {\"format\": "
        "\"date-time\"}}, \"unevaluatedProperties\": false}",
        &formats);
    for (size_t i = 0; i < THREADS; i++) {
        workers[i].schema = schema;
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].wrong, 0);
    }
    steno_schema_free(schema);
}

static void *compile_and_validate(void *context)
{
    struct worker *worker = context;
    for (int i = 0; i < 20; i++) {
        struct steno_schema *schema = NULL;
        static const char text[] = "{\"type\": \"number\", \"$comment\": \"one's own\"}";
        worker->wrong += steno_compile(&schema, text, sizeof text - 1, NULL, NULL) != STENO_OK;
        worker->wrong += schema == NULL || verdict(schema, "[]") != STENO_INVALID;
        steno_schema_free(schema);
    }
    return NULL;
}

TEST("threads compile at the same time")
{
    struct worker workers[THREADS] = {0};
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&workers[i].thread, NULL, compile_and_validate, &workers[i]), 0);
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].wrong, 0);
    }
}

static void *free_validator(void *validator)
{
    steno_validator_free(validator);
    return NULL;
}

TEST("a validator may go from thread to thread")
{
    struct steno_schema *schema = compile("{\"pattern\": \"a\"}");
    struct steno_validator *validator;
    pthread_t thread;
    assert_code(steno_validator_new(&validator), STENO_OK);
    assert_code(steno_validator_validate(validator, schema, "\"a\"", 3), STENO_OK);
    assert_int_equal(pthread_create(&thread, NULL, free_validator, validator), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    steno_schema_free(schema);
}

struct clerk {
    const struct steno_registry *registry;
    pthread_t thread;
    uint32_t wrong;
};

/* Models are compiled at the first need, here in several threads at once; events are made, too. */
static void *work_on_events(void *context)
{
    struct clerk *clerk = context;
    struct steno_validator *validator;
    if (steno_validator_new(&validator) != STENO_OK) {
        clerk->wrong++;
        return NULL;
    }
    for (int i = 0; i < 20; i++) {
        const struct steno_report *report;
        const char *contract = "";
        char *event = NULL;
        clerk->wrong +=
            steno_session_start_new(clerk->registry, "c", "s", NULL, &event, NULL) != STENO_OK;
        size_t len = event == NULL ? 0 : strlen(event);
        clerk->wrong +=
            steno_validator_validate_event(validator, clerk->registry, "#SessionStartEvent", event,
                                           len) != STENO_OK;
        clerk->wrong +=
            steno_validator_explain_event(validator, clerk->registry, "#SessionEndEvent", event,
                                          len, STENO_OUTPUT_BASIC, &report) != STENO_INVALID;
        clerk->wrong += steno_event_recognise(clerk->registry, event, len, &contract) != STENO_OK;
        clerk->wrong += contract == NULL || strcmp(contract, "session-events@1.0") != 0;
        steno_text_free(event);
    }
    steno_validator_free(validator);
    return NULL;
}

TEST("L2: any number of threads ask one registry")
{
    struct clerk clerks[THREADS] = {0};
    struct steno_registry *registry;
    assert_code(steno_registry_new(&registry), STENO_OK);
    for (size_t i = 0; i < THREADS; i++) {
        clerks[i].registry = registry;
        assert_int_equal(pthread_create(&clerks[i].thread, NULL, work_on_events, &clerks[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(clerks[i].thread, NULL), 0);
        assert_int_equal(clerks[i].wrong, 0);
    }
    steno_registry_free(registry);
}
