#include "api/api.h"

#include "api/limits.h"
#include "base/mem.h"

#include <stdio.h>

/* ---- life ---- */

struct steno_report *st_api_report_new(void)
{
    struct steno_report *report = st_mem_get_zeroed(sizeof *report);
    if (report == NULL)
        return NULL;
    st_arena_init(&report->arena, ST_API_REPORT_BYTES_MAX);
    report->json = ST_BUF(ST_API_OUTPUT_BYTES_MAX);
    report->json_out = &report->json;
    st_api_report_reset(report, ST_OUTPUT_FLAG);
    return report;
}

void steno_report_free(struct steno_report *report)
{
    if (report == NULL)
        return;
    st_arena_done(&report->arena);
    st_buf_done(&report->json);
    st_mem_free(report);
}

void st_api_report_reset(struct steno_report *report, enum st_output output)
{
    if (report->arena.used > ST_API_KEEP_BYTES)
        st_arena_done(&report->arena);
    if (report->json.room > ST_API_KEEP_BYTES)
        st_buf_done(&report->json);
    st_report_init(&report->found, &report->arena, STENO_VIOLATIONS_MAX);
    st_report_ask(&report->found, output);
    report->output = output;
    st_arena_reset(&report->arena);
    st_buf_reset(&report->json);
    report->violations = NULL;
    report->count = 0;
}

/* ---- from the engine's violations to the public ones ---- */

static bool copy_text(struct st_arena *arena, st_str text, steno_text *copy)
{
    char *at = st_arena_get(arena, text.len + 1);
    if (at == NULL)
        return false;
    if (text.len > 0)
        memcpy(at, text.at, text.len);
    at[text.len] = '\0';
    *copy = (steno_text){at, text.len};
    return true;
}

/* The texts of one. */
static bool copy_violation(struct st_arena *arena, const struct st_violation *from,
                           struct steno_violation *to)
{
    return copy_text(arena, from->instance, &to->instance) &&
           copy_text(arena, from->subject, &to->subject) &&
           copy_text(arena, from->keyword, &to->keyword) &&
           copy_text(arena, from->keyword_at, &to->keyword_location) &&
           copy_text(arena, from->absolute, &to->absolute_location) &&
           copy_text(arena, from->message, &to->message);
}

/* Those found without the branches of the detailed output: what hangs below a branch hangs below
 * the violation above it. `above` gets, for each of those found, the number of the public violation
 * that it is or stands below. */
static bool copy_violations(struct steno_report *report, const struct st_json *doc, size_t *above)
{
    for (uint32_t i = 0; i < report->found.count; i++) {
        const struct st_violation *from = &report->found.violations[i];
        size_t parent = from->parent == ST_JSON_NONE ? STENO_NONE : above[from->parent];
        above[i] = from->branch ? parent : report->count;
        if (from->branch)
            continue;
        struct steno_violation *to = &report->violations[report->count];
        if (!copy_violation(&report->arena, from, to))
            return false;
        report->count++;
        to->offset = doc->nodes[from->node].at;
        to->parent = parent;
        to->leaf = true;
        to->cause = from->definite;
        if (parent != STENO_NONE)
            report->violations[parent].leaf = false;
    }
    return true;
}

/* Until here `cause` says what must be mended whatever else is done. */
static void find_causes(struct steno_violation *violations, size_t count)
{
    bool definite = false;
    for (size_t i = 0; i < count; i++)
        definite |= violations[i].leaf && violations[i].cause;
    for (size_t i = 0; i < count; i++)
        violations[i].cause = violations[i].leaf && (violations[i].cause || !definite);
}

/* The violations' numbers by offset. Violations mostly come in the order of the text, and there are
 * at most 1,000: insertion is as good as any other way. */
static void sort_by_offset(const struct steno_violation *violations, size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at > 0 && violations[order[at - 1]].offset > violations[i].offset; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

/* Line and column of every offset, in one walk over the text. */
static void find_places(struct steno_violation *violations, const size_t *order, size_t count,
                        st_str text)
{
    uint64_t line = 1;
    uint64_t column = 1;
    uint64_t offset = 0;
    for (size_t i = 0; i < count; i++) {
        struct steno_violation *violation = &violations[order[i]];
        uint64_t lines = 0;
        uint64_t columns = 0;
        st_json_place(st_str_from(text, offset), violation->offset - offset, &lines, &columns);
        column = lines == 1 ? column + columns - 1 : columns;
        line += lines - 1;
        offset = violation->offset;
        violation->line = line;
        violation->column = column;
    }
}

st_err st_api_report_finish(struct steno_report *report, const struct st_json *doc)
{
    uint32_t found = report->found.count;
    size_t *above = ST_ARENA_ARRAY(&report->arena, size_t, found);
    size_t *order = ST_ARENA_ARRAY(&report->arena, size_t, found);
    report->violations = ST_ARENA_ARRAY(&report->arena, struct steno_violation, found);
    if (above == NULL || order == NULL || report->violations == NULL ||
        !copy_violations(report, doc, above))
        return ST_ERR_MEMORY;
    find_causes(report->violations, report->count);
    sort_by_offset(report->violations, order, report->count);
    find_places(report->violations, order, report->count, doc->text);
    return ST_OK;
}

/* A report of nothing else; its place is set by the caller. */
static st_err say_alone(struct steno_report *report, st_str keyword, st_str message)
{
    struct st_violation *refusal = ST_ARENA_NEW(&report->arena, struct st_violation);
    report->violations = ST_ARENA_NEW(&report->arena, struct steno_violation);
    if (refusal == NULL || report->violations == NULL)
        return ST_ERR_MEMORY;
    *refusal = (struct st_violation){
        .instance = ST_STR(""),
        .subject = ST_STR(""),
        .keyword = keyword,
        .keyword_at = ST_STR(""),
        .absolute = ST_STR(""), /* no schema says it */
        .message = st_arena_copy(&report->arena, message),
        .parent = ST_JSON_NONE,
        .leaf = true,
        .definite = true,
    };
    if (refusal->message.at == NULL || !copy_violation(&report->arena, refusal, report->violations))
        return ST_ERR_MEMORY;
    report->violations->parent = STENO_NONE;
    report->violations->leaf = true;
    report->violations->cause = true;
    report->violations->line = 1;
    report->violations->column = 1;
    report->found.violations = refusal;
    report->found.count = 1;
    report->count = 1;
    return ST_OK;
}

st_err st_api_report_refuse(struct steno_report *report, const struct st_json_fault *fault)
{
    char message[256];
    bool limit = fault->err == ST_ERR_LIMIT;
    snprintf(message, sizeof message, "%s: expected %s", limit ? "over a limit" : "not JSON",
             fault->expected);
    st_err err = say_alone(report, limit ? ST_STR("limit") : ST_STR("json"), st_str_of(message));
    if (err != ST_OK)
        return err;
    report->violations->offset = fault->offset;
    report->violations->line = fault->line;
    report->violations->column = fault->column;
    return ST_OK;
}

st_err st_api_report_say(struct steno_report *report, const char *keyword, st_str message)
{
    return say_alone(report, st_str_of(keyword), message);
}

/* ---- reading ---- */

steno_error steno_report_verdict(const struct steno_report *report)
{
    return report == NULL ? STENO_ARGUMENT : report->verdict;
}

size_t steno_report_count(const struct steno_report *report)
{
    return report == NULL ? 0 : report->count;
}

uint64_t steno_report_dropped(const struct steno_report *report)
{
    return report == NULL ? 0 : report->found.dropped;
}

const struct steno_violation *steno_report_at(const struct steno_report *report, size_t index)
{
    return index < steno_report_count(report) ? &report->violations[index] : NULL;
}

const char *steno_report_json(const struct steno_report *report)
{
    if (report == NULL)
        return NULL;
    st_err err = ST_OK;
    bool valid = report->verdict == STENO_OK;
    if (report->json_out->len == 0)
        err = st_report_write(&report->found, valid, report->output, report->json_out);
    return err == ST_OK ? st_buf_cstr(report->json_out) : NULL;
}
