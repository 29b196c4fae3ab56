#include "load.h"

#include "base/mem.h"
#include "base/time.h"

#define COMBOS 1000u

/* The types with their weight of 10,000 and what each must carry (contracts/agent-event-v0.json).
 */
enum part { STEP = 1, MODEL = 2, USAGE = 4, BUDGET = 8, POLICY = 16, ALERT = 32, FAULT = 64 };

struct kind {
    const char *type;
    unsigned weight;
    unsigned parts;
    const char *run_status;
    const char *step_status;
    const char *step_type;
};

static const struct kind kinds[] = {
    {"model.call.completed", 1900, STEP | MODEL | USAGE, "started", "success", "prompt"},
    {"model.call.started", 1950, STEP | MODEL, "started", "started", "prompt"},
    {"tool.call.completed", 1400, STEP, "started", "success", "tool"},
    {"tool.call.started", 1450, STEP, "started", "started", "tool"},
    {"step.completed", 1000, STEP, "started", "success", "planner"},
    {"step.started", 1020, STEP, "started", "started", "planner"},
    {"run.started", 330, 0, "started", "", ""},
    {"run.completed", 310, USAGE, "success", "", ""},
    {"policy.decision", 300, POLICY, "started", "", ""},
    {"tool.call.failed", 150, STEP | FAULT, "started", "failure", "tool"},
    {"model.call.failed", 60, STEP | MODEL | USAGE | FAULT, "started", "failure", "prompt"},
    {"step.failed", 50, STEP | FAULT, "started", "failure", "validator"},
    {"run.failed", 30, USAGE | FAULT, "failure", "", ""},
    {"budget.threshold_hit", 30, BUDGET, "started", "", ""},
    {"alert.emitted", 20, ALERT, "started", "", ""},
};

static const char *const providers[] = {"anthropic", "openai", "google", "mistral"};
static const char *const models[] = {"claude-sonnet-4-5", "gpt-5-mini", "gemini-2.5-pro",
                                     "large-2"};
static const char *const tools[] = {"read_file", "write_file", "shell", "search", "http_get"};
static const char *const errors[] = {"timeout", "rate_limit", "tool_timeout", "invalid_json"};

/* ---- writing, without printf: the generator must outrun what it measures ---- */

static char *put(char *at, const char *text)
{
    size_t len = strlen(text);
    memcpy(at, text, len);
    return at + len;
}

static char *put_number(char *at, uint64_t n)
{
    char digits[20];
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0);
    memcpy(at, digits + first, sizeof digits - first);
    return at + (sizeof digits - first);
}

static char *put_digits(char *at, uint64_t n, unsigned width)
{
    for (unsigned i = width; i > 0; i--, n /= 10)
        at[i - 1] = (char)('0' + n % 10);
    return at + width;
}

static char *put_hex(char *at, struct st_rng *rng, unsigned bytes)
{
    static const char hex[] = "0123456789abcdef";
    for (unsigned done = 0; done < bytes; done += 8) {
        uint64_t bits = st_rng_next(rng);
        for (unsigned i = 0; i < 16; i++, bits >>= 4)
            *at++ = hex[bits & 15];
    }
    return at;
}

static char *put_time(char *at, uint64_t ms)
{
    /* 2026 has 365 days; the load never spans more than its first 28. */
    uint64_t second = ms / 1000;
    at = put(at, "2026-01-");
    at = put_digits(at, 1 + second / 86400 % 28, 2);
    *at++ = 'T';
    at = put_digits(at, second / 3600 % 24, 2);
    *at++ = ':';
    at = put_digits(at, second / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, second % 60, 2);
    *at++ = '.';
    at = put_digits(at, ms % 1000, 3);
    *at++ = 'Z';
    return at;
}

static char *put_usd(char *at, uint64_t micro)
{
    at = put_number(at, micro / 1000000);
    *at++ = '.';
    return put_digits(at, micro % 1000000, 6);
}

static char *put_one_of(char *at, struct st_rng *rng, const char *const *texts, unsigned count)
{
    return put(at, texts[st_rng_below(rng, count)]);
}

#define ONE_OF(at, rng, texts) put_one_of((at), (rng), (texts), sizeof(texts) / sizeof *(texts))

st_err st_load_init(struct st_load *load, uint64_t seed, uint32_t stream_count)
{
    *load = (struct st_load){.stream_count = stream_count};
    st_rng_init(&load->rng, seed);
    load->runs = st_mem_get(sizeof *load->runs * stream_count);
    load->combos = st_mem_get(sizeof *load->combos * stream_count);
    if (load->runs == NULL || load->combos == NULL) {
        st_load_done(load);
        return ST_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < stream_count; i++) {
        put_hex(load->runs[i], &load->rng, 8)[0] = '\0';
        load->combos[i] = (uint16_t)st_rng_below(&load->rng, COMBOS);
    }
    return ST_OK;
}

void st_load_done(struct st_load *load)
{
    st_mem_free(load->runs);
    st_mem_free(load->combos);
    load->runs = NULL;
    load->combos = NULL;
}

/* ---- the parts of an event ---- */

static char *put_step(char *at, struct st_rng *rng, const struct kind *kind)
{
    at = put(at, ",\"step\":{\"step_id\":\"step-");
    at = put_number(at, st_rng_below(rng, 40));
    at = put(at, "\",\"step_type\":\"");
    at = put(at, kind->step_type);
    at = put(at, "\",\"name\":\"");
    at = ONE_OF(at, rng, tools);
    at = put(at, "\",\"status\":\"");
    at = put(at, kind->step_status);
    *at++ = '"';
    if (strcmp(kind->step_status, "started") != 0) {
        at = put(at, ",\"latency_ms\":");
        at = put_number(at, 5 + st_rng_below(rng, 20000));
    }
    *at++ = '}';
    return at;
}

static char *put_model(char *at, struct st_rng *rng)
{
    unsigned which = (unsigned)st_rng_below(rng, 4);
    at = put(at, ",\"model_call\":{\"model_call_id\":\"mc-");
    at = put_hex(at, rng, 8);
    at = put(at, "\",\"provider\":\"");
    at = put(at, providers[which]);
    at = put(at, "\",\"model\":\"");
    at = put(at, models[which]);
    at = put(at, "\",\"temperature\":0.");
    at = put_number(at, st_rng_below(rng, 10));
    return put(at, "}");
}

static char *put_usage(char *at, struct st_rng *rng)
{
    uint64_t input = 200 + st_rng_below(rng, 30000);
    uint64_t output = 20 + st_rng_below(rng, 3000);
    at = put(at, ",\"resource_usage\":{\"input_tokens\":");
    at = put_number(at, input);
    at = put(at, ",\"output_tokens\":");
    at = put_number(at, output);
    at = put(at, ",\"cached_tokens\":");
    at = put_number(at, st_rng_below(rng, input));
    at = put(at, ",\"total_tokens\":");
    at = put_number(at, input + output);
    at = put(at, "},\"cost\":{\"ledger_entry_id\":\"le-");
    at = put_hex(at, rng, 8);
    at = put(at, "\",\"cost_usd\":");
    at = put_usd(at, input * 3 + output * 15);
    return put(at, ",\"currency\":\"USD\",\"price_book_version\":\"2026-01\","
                   "\"cost_reason\":\"model_inference\"}");
}

static char *put_rest(char *at, struct st_rng *rng, const struct kind *kind)
{
    if (kind->parts & BUDGET) {
        at = put(at, ",\"budget\":{\"budget_id\":\"monthly-team\",\"scope\":\"project\","
                     "\"period\":\"monthly\",\"limit_usd\":500,\"spent_before_usd\":");
        at = put_usd(at, 390000000 + st_rng_below(rng, 9000000));
        at = put(at, ",\"spent_after_usd\":");
        at = put_usd(at, 400000000 + st_rng_below(rng, 9000000));
        at = put(at, ",\"enforcement\":\"soft\",\"result\":\"within_limit\"}");
    }
    if (kind->parts & POLICY)
        at = put(at, ",\"policy\":{\"policy_id\":\"egress-allow-list\",\"decision\":\"allow\","
                     "\"reason\":\"host is on the list\",\"actor_type\":\"system\","
                     "\"actor_id\":\"policy-engine\"}");
    if (kind->parts & ALERT)
        at = put(
            at, ",\"alert\":{\"alert_id\":\"al-1\",\"type\":\"latency_breach\",\"scope\":\"agent\","
                "\"threshold\":20000,\"current_value\":23117.5,"
                "\"destination\":\"#agent-ops\"}");
    if (kind->parts & FAULT) {
        at = put(at, ",\"error\":{\"error_type\":\"");
        at = ONE_OF(at, rng, errors);
        at = put(at, "\",\"error_code\":\"E");
        at = put_digits(at, st_rng_below(rng, 1000), 3);
        at = put(at, "\",\"retryable\":true}");
    }
    return at;
}

/* Free attributes carry what has no field; their length spreads events over the stated sizes. */
static char *put_attributes(char *at, struct st_rng *rng)
{
    unsigned count = (unsigned)st_rng_below(rng, 80);
    if (count == 0 || count > 9)
        return at;
    at = put(at, ",\"attributes\":{\"host\":\"worker-");
    at = put_number(at, st_rng_below(rng, 64));
    at = put(at, "\",\"attempt\":");
    at = put_number(at, 1 + st_rng_below(rng, 3));
    for (unsigned i = 0; i < count; i++) {
        at = put(at, ",\"note_");
        at = put_number(at, i);
        at = put(at, "\":\"");
        at = ONE_OF(at, rng, tools);
        at = put(at, " src/module/file_");
        at = put_number(at, st_rng_below(rng, 500));
        at = put(at, ".c\"");
    }
    return put(at, ",\"sampled\":true}");
}

static const struct kind *pick(struct st_rng *rng)
{
    uint64_t at = st_rng_below(rng, 10000);
    const struct kind *kind = kinds;
    while (at >= kind->weight) {
        at -= kind->weight;
        kind++;
    }
    return kind;
}

size_t st_load_next(struct st_load *load, char event[static ST_LOAD_EVENT_BYTES_MAX])
{
    struct st_rng *rng = &load->rng;
    const struct kind *kind = pick(rng);
    uint32_t stream = (uint32_t)st_rng_below(rng, load->stream_count);
    unsigned combo = load->combos[stream];
    char *at = event;
    char uuid[37];
    load->clock_ms += st_rng_below(rng, 3);
    load->count++;
    st_rng_uuid(rng, uuid);
    at = put(at, "{\"event_version\":\"v0\",\"event_id\":\"");
    at = put(at, uuid);
    at = put(at, "\",\"event_type\":\"");
    at = put(at, kind->type);
    at = put(at, "\",\"occurred_at\":\"");
    at = put_time(at, load->clock_ms);
    at = put(at, "\",\"tenant\":{\"tenant_id\":\"t");
    at = put_number(at, combo % 20);
    at = put(at, "\",\"workspace_id\":\"w");
    at = put_number(at, combo % 40);
    at = put(at, "\",\"project_id\":\"p");
    at = put_number(at, combo % 100);
    at = put(at, "\"},\"run\":{\"run_id\":\"");
    at = put(at, load->runs[stream]);
    at = put(at, "\",\"agent_id\":\"a");
    at = put_number(at, combo % 200);
    at = put(at, "\",\"workflow_id\":\"f");
    at = put_number(at, combo);
    at = put(at, "\",\"status\":\"");
    at = put(at, kind->run_status);
    *at++ = '"';
    if (strcmp(kind->run_status, "started") != 0) {
        at = put(at, ",\"latency_ms\":");
        at = put_number(at, 500 + st_rng_below(rng, 600000));
    }
    at = put(at, "},\"trace\":{\"trace_id\":\"");
    at = put_hex(at, rng, 16);
    at = put(at, "\",\"span_id\":\"");
    at = put_hex(at, rng, 8);
    at = put(at, "\"}");
    if (kind->parts & STEP)
        at = put_step(at, rng, kind);
    if (kind->parts & MODEL)
        at = put_model(at, rng);
    if (kind->parts & USAGE)
        at = put_usage(at, rng);
    at = put_rest(at, rng, kind);
    at = put_attributes(at, rng);
    *at++ = '}';
    return (size_t)(at - event);
}
