#include "engine/admit.h"

#include "base/mem.h"

struct st_admit {
    const struct st_registry *registry;
    struct st_checker *checker;
    struct st_json doc;
    bool own;      /* steno's own door */
    bool enforces; /* for the event at hand */
    bool chooses;  /* for the event at hand: its version */
};

st_err st_admit_new(struct st_admit **admit, const struct st_registry *registry)
{
    struct st_admit *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return ST_ERR_MEMORY;
    made->registry = registry;
    st_json_init(&made->doc);
    st_err err = st_checker_new(&made->checker);
    if (err != ST_OK) {
        st_admit_free(made);
        return err;
    }
    *admit = made;
    return ST_OK;
}

void st_admit_free(struct st_admit *admit)
{
    if (admit == NULL)
        return;
    st_checker_free(admit->checker);
    st_json_done(&admit->doc);
    st_mem_free(admit);
}

const struct st_registry *st_admit_registry(const struct st_admit *admit)
{
    return admit->registry;
}

void st_admit_open_reserved(struct st_admit *admit)
{
    admit->own = true;
}

/* Keeps those violations that a producer must mend: leaves that stand whatever else is done; where
 * there are none (the fault lies in an anyOf or oneOf), the leaves below the alternatives. */
static void keep_told(struct st_item *item, struct st_report *report)
{
    uint32_t definite = 0;
    for (uint32_t i = 0; i < report->count; i++)
        definite += report->violations[i].leaf && report->violations[i].definite;
    uint32_t kept = 0;
    uint64_t untold = report->dropped;
    for (uint32_t i = 0; i < report->count; i++) {
        const struct st_violation *violation = &report->violations[i];
        if (!violation->leaf || (definite > 0 && !violation->definite))
            continue;
        if (kept == ST_VIOLATIONS_TOLD_MAX)
            untold++;
        else
            report->violations[kept++] = *violation;
    }
    item->violations = report->violations;
    item->violation_count = kept;
    item->violations_untold = untold;
}

/* A limit that was met by the clock in a long search need not be met again: the later answer, which
 * is the explained one, is the one that counts. */
static st_err explain(struct st_admit *admit, struct st_batch *batch, struct st_item *item,
                      bool *valid)
{
    struct st_report report;
    st_report_init(&report, &batch->arena, ST_REPORT_VIOLATIONS_MAX);
    st_err err = st_schema_check(st_contract_schema(item->contract), admit->checker, &admit->doc, 0,
                                 valid, &report);
    if (err == ST_OK && !*valid)
        err = st_registry_explain(admit->registry, item->contract, &admit->doc, 0, &report);
    if (err == ST_OK && !*valid)
        keep_told(item, &report);
    return err;
}

static enum st_mode mode_of(const struct st_admit *admit, const struct st_contract *contract)
{
    return admit->enforces ? ST_MODE_ENFORCE : st_registry_mode(admit->registry, contract);
}

/* Applies the contract's mode to an event that breaks it. */
static st_err judge_invalid(struct st_admit *admit, struct st_batch *batch, struct st_item *item)
{
    bool valid = false;
    st_err err = explain(admit, batch, item, &valid);
    if (err != ST_OK || valid)
        return err;
    switch (mode_of(admit, item->contract)) {
    case ST_MODE_QUARANTINE:
        item->quarantined = true;
        break;
    case ST_MODE_OBSERVE:
        item->append.event.record.marks |= ST_MARK_INVALID;
        break;
    default:
        item->refusal = ST_REFUSED_INVALID;
        break;
    }
    return ST_OK;
}

/* Whether a contract that was named does not know the event, as its record shows, and another one's
 * marks claim it. */
static bool is_claimed(struct st_admit *admit, struct st_item *item)
{
    const struct st_record *record = &item->append.event.record;
    bool knows = record->type.at != NULL && (record->marks & ST_MARK_UNKNOWN_TYPE) == 0;
    return !knows && st_contract_keeps_unknown_types(item->contract) &&
           st_registry_is_claimed(admit->registry, item->contract, &admit->doc, 0,
                                  &item->candidates);
}

/* Everything from validation on, for an object whose contract is known. */
static st_err hold_against(struct st_admit *admit, struct st_batch *batch, struct st_item *item,
                           bool is_named)
{
    struct st_record *record = &item->append.event.record;
    bool valid = false;
    st_err err = st_schema_check(st_contract_schema(item->contract), admit->checker, &admit->doc, 0,
                                 &valid, NULL);
    if (err == ST_OK)
        err = st_contract_read(item->contract, &admit->doc, 0, &batch->arena, record);
    if (record->producer.at == NULL)
        record->producer = batch->producer;
    if (err == ST_OK && is_named && is_claimed(admit, item)) {
        item->refusal = ST_REFUSED_CONTRACT;
        item->contract = NULL;
        return ST_OK;
    }
    if (err == ST_OK && !valid)
        err = judge_invalid(admit, batch, item);
    return err;
}

/* Decides the item as far as one event alone can be decided. */
static st_err decide(struct st_admit *admit, struct st_batch *batch, struct st_item *item,
                     const struct st_contract *given)
{
    const struct st_json_options options = {.unique_names = true,
                                            .names = st_registry_names(admit->registry)};
    st_err err = st_json_parse(&admit->doc, item->append.event.raw, &options, &item->fault);
    if (err == ST_ERR_MEMORY)
        return err;
    if (err != ST_OK) {
        item->refusal = ST_REFUSED_JSON;
        return ST_OK;
    }
    if (st_json_kind(&admit->doc, 0) != ST_JSON_OBJECT) {
        item->refusal = ST_REFUSED_PAYLOAD;
        return ST_OK;
    }
    if (given != NULL && admit->chooses)
        given = st_registry_choose_version(admit->registry, given, &admit->doc, 0);
    item->contract = given;
    if (given == NULL)
        item->contract = st_registry_resolve(admit->registry, &admit->doc, 0, &item->candidates);
    if (item->contract == NULL) {
        item->refusal = ST_REFUSED_CONTRACT;
        return ST_OK;
    }
    if (st_contract_reserved(item->contract) && !admit->own) {
        item->refusal = ST_REFUSED_RESERVED;
        return ST_OK;
    }
    return hold_against(admit, batch, item, given != NULL);
}

st_err st_admit_event(struct st_admit *admit, struct st_batch *batch, st_str text, uint64_t index,
                      uint64_t line, const struct st_contract *contract)
{
    st_str value = st_str_trim(text);
    if (value.len > ST_EVENT_BYTES_MAX)
        return st_admit_too_large(batch, index, line);
    struct st_item *item = st_batch_add(batch);
    if (item == NULL)
        return ST_ERR_LIMIT;
    item->index = index;
    item->line = line;
    st_str raw = st_arena_copy(&batch->arena, value);
    item->append.event.raw = raw;
    st_err err = raw.at == NULL ? ST_ERR_LIMIT : decide(admit, batch, item, contract);
    if (err == ST_OK && item->refusal == ST_REFUSED_NOT && !item->quarantined)
        err = st_batch_append(batch, item);
    if (err != ST_OK) {
        st_batch_take_back(batch);
        return err;
    }
    batch->bytes += raw.len;
    return ST_OK;
}

st_err st_admit_any_version(struct st_admit *admit, struct st_batch *batch, st_str text,
                            uint64_t index, uint64_t line, const struct st_contract *contract)
{
    admit->chooses = true;
    st_err err = st_admit_event(admit, batch, text, index, line, contract);
    admit->chooses = false;
    return err;
}

st_err st_admit_enforced(struct st_admit *admit, struct st_batch *batch, st_str text,
                         const struct st_contract *contract)
{
    admit->enforces = true;
    st_err err = st_admit_event(admit, batch, text, 0, 0, contract);
    admit->enforces = false;
    return err;
}

st_err st_admit_too_large(struct st_batch *batch, uint64_t index, uint64_t line)
{
    struct st_item *item = st_batch_add(batch);
    if (item == NULL)
        return ST_ERR_LIMIT;
    item->index = index;
    item->line = line;
    item->refusal = ST_REFUSED_TOO_LARGE;
    return ST_OK;
}
