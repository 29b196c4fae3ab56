#include "cli/judge.h"

#include "cli/contracts.h"
#include "cli/finding.h"
#include "cli/limits.h"
#include "cli/say.h"

#include <stdio.h>

st_err st_judge_init(struct st_judge *judge, const struct st_rules *rules)
{
    *judge = (struct st_judge){.rules = rules};
    st_json_init(&judge->doc);
    st_arena_init(&judge->arena, ST_CHECK_REPORT_BYTES_MAX);
    return st_checker_new(&judge->checker);
}

void st_judge_done(struct st_judge *judge)
{
    st_checker_free(judge->checker);
    st_json_done(&judge->doc);
    st_arena_done(&judge->arena);
}

/* ---- text ---- */

/* Line and column in the file. Violations mostly come in the order of the text, so counting goes on
 * from the one before. */
static void find_place(struct st_judge *judge, const struct st_instance *instance, uint64_t offset)
{
    if (offset < judge->offset || judge->line == 0) {
        judge->offset = 0;
        judge->line = instance->line;
        judge->column = 1;
    }
    uint64_t lines = 0;
    uint64_t columns = 0;
    st_json_place(st_str_from(instance->text, judge->offset), offset - judge->offset, &lines,
                  &columns);
    judge->column = lines == 1 ? judge->column + columns - 1 : columns;
    judge->line += lines - 1;
    judge->offset = offset;
}

static st_err add_text_line(struct st_judge *judge, const struct st_instance *instance,
                            uint64_t offset, st_str pointer, st_str message, struct st_buf *out)
{
    find_place(judge, instance, offset);
    st_err err = st_harmless(out, st_str_of(instance->file));
    if (err == ST_OK)
        err = st_buf_printf(out, ":%llu:%llu: ", (unsigned long long)judge->line,
                            (unsigned long long)judge->column);
    if (err == ST_OK)
        err = st_harmless(out, pointer);
    if (err == ST_OK)
        err = st_buf_add_str(out, ST_STR(": "));
    if (err == ST_OK)
        err = st_harmless(out, message);
    return err == ST_OK ? st_buf_add_char(out, '\n') : err;
}

static st_err add_untold(struct st_judge *judge, const struct st_instance *instance,
                         uint64_t untold, struct st_buf *out)
{
    char text[64];
    if (untold == 0)
        return ST_OK;
    snprintf(text, sizeof text, "and %llu more violations", (unsigned long long)untold);
    return add_text_line(judge, instance, 0, ST_STR(""), st_str_of(text), out);
}

/* What must be mended: leaves that stand whatever else is done; where the fault lies in
 * alternatives only, the leaves below them. */
static st_err add_text(struct st_judge *judge, const struct st_instance *instance,
                       const struct st_report *report, struct st_buf *out)
{
    bool definite = false;
    for (uint32_t i = 0; i < report->count; i++)
        definite |= report->violations[i].leaf && report->violations[i].definite;
    uint32_t told = 0;
    uint64_t untold = report->dropped;
    st_err err = ST_OK;
    judge->line = 0;
    for (uint32_t i = 0; i < report->count && err == ST_OK; i++) {
        const struct st_violation *violation = &report->violations[i];
        if (!violation->leaf || (definite && !violation->definite))
            continue;
        uint64_t at = violation->node < judge->doc.count ? judge->doc.nodes[violation->node].at : 0;
        if (told++ < ST_CHECK_TOLD_MAX)
            err = add_text_line(judge, instance, at, violation->subject, violation->message, out);
        else
            untold++;
    }
    return err == ST_OK ? add_untold(judge, instance, untold, out) : err;
}

/* ---- verdicts ---- */

static st_err add_flag(const struct st_instance *instance, bool valid, struct st_buf *out)
{
    size_t before = out->len;
    st_err err = st_buf_add_str(out, ST_STR("{\"line\":"));
    if (err == ST_OK)
        err = st_buf_add_u64(out, instance->line);
    if (err == ST_OK)
        err = st_buf_add_str(out,
                             valid ? ST_STR(",\"valid\":true}\n") : ST_STR(",\"valid\":false}\n"));
    if (err != ST_OK)
        out->len = before;
    return err;
}

static enum st_output output_of(const struct st_judge *judge)
{
    return judge->rules->form == ST_VERDICT_BASIC ? ST_OUTPUT_BASIC : ST_OUTPUT_DETAILED;
}

static st_err add_report(const struct st_judge *judge, bool valid, const struct st_report *report,
                         struct st_buf *out)
{
    st_err err = st_report_write(report, valid, output_of(judge), out);
    return err == ST_OK ? st_buf_add_char(out, '\n') : err;
}

/* ---- findings ---- */

/* `report` NULL: valid. `contract` NULL: none, or not known; then the type is not known either. */
static st_err add_finding(struct st_judge *judge, const struct st_instance *instance,
                          const struct st_contract *contract, const struct st_report *report,
                          struct st_buf *out)
{
    const struct st_finding_place place = {instance->file, instance->line};
    st_str reference = {NULL, 0};
    st_str type = {NULL, 0};
    size_t start = 0;
    bool unknown = false;
    bool definite = false;
    st_err err = ST_OK;
    if (contract != NULL) {
        reference = st_contract_ref(contract);
        err = st_contract_read_type(contract, &judge->doc, 0, &judge->arena, &type, &unknown);
    }
    if (err == ST_OK)
        err = st_finding_begin(out, &place, report == NULL, reference, type, &start);
    for (uint32_t i = 0; report != NULL && i < report->count; i++)
        definite |= report->violations[i].leaf && report->violations[i].definite;
    for (uint32_t i = 0; report != NULL && i < report->count && err == ST_OK; i++) {
        const struct st_violation *violation = &report->violations[i];
        if (violation->leaf && (!definite || violation->definite))
            err = st_finding_add(out, start, &judge->doc, violation->subject, violation->keyword,
                                 violation->message);
    }
    if (err == ST_OK && report != NULL)
        st_finding_drop(out, start, report->dropped);
    return err;
}

static st_err add_finding_refusal(const struct st_instance *instance, const char *keyword,
                                  st_str message, struct st_buf *out)
{
    const struct st_finding_place place = {instance->file, instance->line};
    const st_str none = {NULL, 0};
    size_t start = 0;
    st_err err = st_finding_begin(out, &place, false, none, none, &start);
    return err == ST_OK ? st_finding_add(out, start, NULL, ST_STR(""), st_str_of(keyword), message)
                        : err;
}

/* A verdict that no schema gave: one violation at the root. */
static st_err add_refusal(struct st_judge *judge, const struct st_instance *instance,
                          uint64_t offset, const char *keyword, st_str message, struct st_buf *out)
{
    if (judge->rules->form == ST_VERDICT_TEXT) {
        judge->line = 0;
        return add_text_line(judge, instance, offset, ST_STR(""), message, out);
    }
    if (judge->rules->form == ST_VERDICT_FLAG)
        return add_flag(instance, false, out);
    if (judge->rules->form == ST_VERDICT_SURVEY)
        return add_finding_refusal(instance, keyword, message, out);
    struct st_violation violation = {
        .instance = ST_STR(""),
        .subject = ST_STR(""),
        .keyword = st_str_of(keyword),
        .keyword_at = ST_STR(""),
        .absolute = ST_STR(""), /* no schema says it */
        .message = message,
        .parent = ST_JSON_NONE,
        .leaf = true,
        .definite = true,
    };
    struct st_report report;
    st_report_init(&report, &judge->arena, 1);
    report.violations = &violation;
    report.count = 1;
    return add_report(judge, false, &report, out);
}

static st_err refuse_json(struct st_judge *judge, const struct st_instance *instance,
                          const struct st_json_fault *fault, struct st_buf *out)
{
    char message[256];
    snprintf(message, sizeof message, "%s: expected %s",
             fault->err == ST_ERR_LIMIT ? "over a limit" : "not JSON", fault->expected);
    return add_refusal(judge, instance, fault->offset, "json", st_str_of(message), out);
}

static st_err refuse_contract(struct st_judge *judge, const struct st_instance *instance,
                              const struct st_candidates *candidates, struct st_buf *out)
{
    struct st_buf message = ST_BUF(4096);
    st_err err = ST_OK;
    if (candidates->count == 0) {
        err = st_buf_add_str(&message, ST_STR("fits no contract; name one with --contract"));
    } else {
        /* The one that was named is the first of them. */
        err = st_buf_add_str(&message, judge->rules->contract == NULL
                                           ? ST_STR("fits several contracts: ")
                                           : ST_STR("its marks are another contract's than the one "
                                                    "that is named: "));
        if (err == ST_OK)
            err = st_contracts_add_candidates(&message, candidates);
        if (err == ST_OK && judge->rules->contract == NULL)
            err = st_buf_add_str(&message, ST_STR("; name one with --contract"));
    }
    if (err == ST_OK)
        err = add_refusal(judge, instance, 0, "contract", st_buf_str(&message), out);
    st_buf_done(&message);
    return err;
}

/* Whether a contract that was named does not know the event and another one's marks claim it. */
static st_err find_claim(struct st_judge *judge, struct st_candidates *candidates, bool *claimed)
{
    const struct st_contract *named = judge->rules->contract;
    st_str type = {NULL, 0};
    bool unknown = false;
    *claimed = false;
    if (named == NULL || !st_contract_keeps_unknown_types(named))
        return ST_OK;
    st_err err = st_contract_read_type(named, &judge->doc, 0, &judge->arena, &type, &unknown);
    if (err == ST_OK && (type.at == NULL || unknown))
        *claimed =
            st_registry_is_claimed(judge->rules->registry, named, &judge->doc, 0, candidates);
    return err;
}

/* `contract` is NULL when the schema is no contract's. */
static st_err hold_against(struct st_judge *judge, const struct st_instance *instance,
                           const struct st_contract *contract, struct st_buf *out, bool *valid)
{
    const struct st_schema *schema =
        contract == NULL ? judge->rules->schema : st_contract_schema(contract);
    struct st_report report;
    bool is_flag = judge->rules->form == ST_VERDICT_FLAG;
    bool is_text = judge->rules->form == ST_VERDICT_TEXT;
    bool is_survey = judge->rules->form == ST_VERDICT_SURVEY;
    st_report_init(&report, &judge->arena, ST_REPORT_VIOLATIONS_MAX);
    if (!is_flag && !is_text && !is_survey)
        st_report_ask(&report, output_of(judge));
    st_err err =
        st_schema_check(schema, judge->checker, &judge->doc, 0, valid, is_flag ? NULL : &report);
    if (err == ST_OK && contract != NULL && !is_flag && !*valid)
        err = st_registry_explain(judge->rules->registry, contract, &judge->doc, 0, &report);
    if (err != ST_OK)
        return err;
    if (is_flag)
        return add_flag(instance, *valid, out);
    if (is_survey)
        return add_finding(judge, instance, contract, *valid ? NULL : &report, out);
    return is_text ? add_text(judge, instance, &report, out)
                   : add_report(judge, *valid, &report, out);
}

static st_err judge_text(struct st_judge *judge, const struct st_instance *instance,
                         struct st_buf *out, bool *valid)
{
    struct st_json_options options = {
        .unique_names = judge->rules->unique_names,
        .names = judge->rules->names,
    };
    struct st_json_fault fault = {0};
    st_err err = st_json_parse(&judge->doc, instance->text, &options, &fault);
    if (err == ST_ERR_MEMORY)
        return err;
    if (err != ST_OK)
        return refuse_json(judge, instance, &fault, out);
    bool recorded = judge->rules->schema == NULL && instance->contract != NULL;
    const struct st_contract *contract = recorded ? instance->contract : judge->rules->contract;
    struct st_candidates candidates = {0};
    bool claimed = false;
    if (judge->rules->schema == NULL && !recorded) {
        contract = st_registry_resolve(judge->rules->registry, &judge->doc, 0, &candidates);
        claimed = contract == NULL;
    } else if (!recorded) {
        err = find_claim(judge, &candidates, &claimed);
        if (judge->rules->any_version && contract != NULL)
            contract = st_registry_choose_version(judge->rules->registry, contract, &judge->doc, 0);
    }
    if (err != ST_OK)
        return err;
    return claimed ? refuse_contract(judge, instance, &candidates, out)
                   : hold_against(judge, instance, contract, out, valid);
}

st_err st_judge_instance(struct st_judge *judge, const struct st_instance *instance,
                         struct st_buf *out, bool *valid)
{
    *valid = false;
    st_err err = instance->too_long != NULL
                     ? add_refusal(judge, instance, 0, "limit", st_str_of(instance->too_long), out)
                     : judge_text(judge, instance, out, valid);
    st_arena_reset(&judge->arena);
    if (instance->text.len > ST_CHECK_KEEP_BYTES) {
        st_json_done(&judge->doc);
        st_json_init(&judge->doc);
    }
    return err;
}
