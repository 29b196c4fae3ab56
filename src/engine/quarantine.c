#include "engine/quarantine.h"

#include "engine/explain.h"
#include "engine/filter.h"
#include "engine/query.h"
#include "json/write.h"

#include <stdio.h>

const char *st_ruling_event(enum st_ruling_kind kind)
{
    static const char *const types[] = {
#define TYPE(id, type) type,
        ST_RULING_LIST(TYPE)
#undef TYPE
    };
    return types[kind];
}

/* ---- making rulings ---- */

static st_err no_room(struct st_why *why)
{
    return st_fail(why, ST_ERR_MEMORY, "no memory for the ruling");
}

/* A copy in the arena; what is absent stays so. */
static bool keep(struct st_batch *batch, st_str text, st_str *kept)
{
    *kept = text.at == NULL ? text : st_arena_copy(&batch->arena, text);
    return text.at == NULL || kept->at != NULL;
}

/* The ruling on an event that is there: all that its steno@1 event will say of it. */
static st_err make(struct st_batch *batch, enum st_ruling_kind kind,
                   const struct st_quarantined *found, st_str actor, st_str reason,
                   struct st_why *why)
{
    ST_BUG_IF(batch->count > 0 || batch->ruling != NULL || actor.len == 0);
    if (actor.len > ST_ACTOR_BYTES_MAX)
        return st_fail(why, ST_ERR_LIMIT, "the name of who asks is too long");
    if (reason.len > ST_DROP_REASON_BYTES_MAX)
        return st_fail(why, ST_ERR_LIMIT, "a reason may have at most 1024 bytes");
    if (found->contract.len == 0 || found->contract.len > ST_CONTRACT_NAME_MAX)
        return st_fail(why, ST_ERR_CORRUPT, "the quarantine has lost an event's contract");
    struct st_ruling *ruling = ST_ARENA_NEW(&batch->arena, struct st_ruling);
    if (ruling == NULL || !keep(batch, actor, &ruling->actor) ||
        !keep(batch, reason, &ruling->reason) || !keep(batch, found->tenant, &ruling->tenant) ||
        !keep(batch, found->contract, &ruling->contract))
        return no_room(why);
    ruling->kind = (uint8_t)kind;
    ruling->number = found->number;
    memcpy(ruling->sha256, found->sha256, sizeof ruling->sha256);
    batch->ruling = ruling;
    return ST_OK;
}

/* The text must be static: one a thread, as errno is. */
static st_err refuse_contract(const struct st_registry *registry, st_str reference,
                              struct st_why *why)
{
    static _Thread_local char text[512];
    struct st_buf reason = ST_BUF(4096);
    st_err err = st_registry_explain_absent(registry, reference, &reason);
    int len =
        snprintf(text, sizeof text, "the event was kept under %.*s: %.*s",
                 (int)(reference.len < 255 ? reference.len : 255), reference.at,
                 (int)(reason.len < 200 ? reason.len : 200), reason.len == 0 ? "" : reason.at);
    st_buf_done(&reason);
    if (err != ST_OK)
        return no_room(why);
    return st_fail(why, ST_ERR_INVALID, len < 0 ? "the event's contract is not known" : text);
}

st_err st_quarantine_release(struct st_batch *batch, struct st_admit *admit,
                             struct st_reader *reader, uint64_t number, st_str mended, st_str actor,
                             struct st_why *why)
{
    struct st_quarantined found;
    const struct st_registry *registry = st_admit_registry(admit);
    st_err err = st_reader_quarantined(reader, number, &found, why);
    if (err != ST_OK)
        return err;
    err = make(batch, ST_RULING_RELEASE, &found, actor, (st_str){NULL, 0}, why);
    if (err != ST_OK)
        return err;
    const struct st_contract *contract = st_registry_find(registry, found.contract);
    if (contract == NULL)
        return refuse_contract(registry, found.contract, why);
    batch->ruling->mended = mended.at != NULL;
    if (st_producer_name_fits(found.producer))
        err = st_batch_name_producer(batch, found.producer);
    if (err == ST_OK)
        err = st_admit_enforced(admit, batch, mended.at != NULL ? mended : found.raw, contract);
    if (err != ST_OK)
        return no_room(why);
    if (batch->append_count == 0)
        batch->ruling->outcome = ST_RULING_REFUSED;
    else /* mending may have stated it */
        batch->ruling->tenant = batch->items[0]->append.event.record.tenant;
    return ST_OK;
}

st_err st_quarantine_drop(struct st_batch *batch, struct st_reader *reader, uint64_t number,
                          st_str reason, st_str actor, struct st_why *why)
{
    struct st_quarantined found;
    st_err err = st_reader_quarantined(reader, number, &found, why);
    if (reason.len == 0)
        reason.at = NULL;
    return err == ST_OK ? make(batch, ST_RULING_DROP, &found, actor, reason, why) : err;
}

/* ---- carrying them out ---- */

/* What was to be released is not there any more: it is not appended either. */
static void withhold(struct st_batch *batch)
{
    for (uint32_t i = 0; i < batch->append_count; i++)
        batch->appends[i]->outcome = ST_WITHHELD;
}

static st_err append(struct st_store *store, struct st_batch *batch, int64_t now_ns,
                     struct st_why *why)
{
    struct st_ruling *ruling = batch->ruling;
    ST_BUG_IF(batch->append_count != 1);
    st_err err = st_store_append(store, batch->appends, 1, false, now_ns, why);
    if (err != ST_OK)
        return err;
    const struct st_append *append = batch->appends[0];
    if (append->outcome == ST_CONFLICT)
        ruling->outcome = ST_RULING_REFUSED;
    ruling->seq = append->first_seq;
    return ST_OK;
}

st_err st_quarantine_apply(struct st_store *store, struct st_batch *batch, int64_t now_ns,
                           struct st_why *why)
{
    struct st_ruling *ruling = batch->ruling;
    bool has = false;
    st_err err = st_store_quarantine_has(store, ruling->number, &has, why);
    if (err != ST_OK)
        return err;
    ruling->outcome = has ? ST_RULING_DONE : ST_RULING_ABSENT;
    if (!has)
        withhold(batch);
    else if (ruling->kind == ST_RULING_RELEASE)
        err = append(store, batch, now_ns, why);
    if (err == ST_OK && ruling->outcome == ST_RULING_DONE)
        err = st_store_quarantine_remove(store, ruling->number, why);
    return err;
}

/* ---- showing what is kept ---- */

/* `,"errors_total":18446744073709551615` */
#define TOTAL_BYTES 40

st_err st_quarantine_write_report(const struct st_item *item, struct st_buf *report)
{
    uint32_t told = 0;
    uint64_t total = item->violation_count + item->violations_untold;
    report->max = ST_EVENT_BYTES_MAX - TOTAL_BYTES; /* what does not fit is left out */
    st_err err = st_explain_violations(item, report, &told);
    report->max = ST_EVENT_BYTES_MAX;
    return err == ST_OK && told < total ? st_json_add_member_u64(report, "errors_total", total)
                                        : err;
}

static st_err add_head(struct st_buf *out, const struct st_quarantined *kept)
{
    char time[ST_TIME_TEXT_MAX];
    size_t len = st_time_write(st_time_of_ns(kept->received_ns), 9, time);
    st_err err = st_json_add_member_u64(out, "number", kept->number);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "received_at", (st_str){time, len});
    if (err == ST_OK)
        err = st_json_add_member_str(out, "contract", kept->contract);
    if (err == ST_OK && kept->tenant.at != NULL)
        err = st_json_add_member_str(out, "tenant", kept->tenant);
    if (err == ST_OK && kept->producer.at != NULL)
        err = st_json_add_member_str(out, "producer", kept->producer);
    return err == ST_OK ? st_json_add_member_hex(out, "sha256", kept->sha256, ST_DIGEST_BYTES)
                        : err;
}

st_err st_quarantine_write_line(const struct st_quarantined *kept, struct st_buf *out)
{
    size_t before = out->len;
    const struct st_event event = {.raw = kept->raw};
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = add_head(out, kept);
    if (err == ST_OK)
        err = st_json_add_member_raw(out, "errors", kept->report);
    if (err == ST_OK)
        err = st_json_add_name(out, "event");
    if (err == ST_OK)
        err = st_query_write_raw(&event, out);
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    if (err != ST_OK)
        out->len = before;
    return err;
}

bool st_quarantine_wants(void *context, const struct st_quarantined *kept)
{
    const struct st_filter *filter = context;
    struct st_record record = {
        .level = ST_LEVEL_AUDIT, /* every reader's */
        .tenant = kept->tenant,
        .contract = kept->contract,
        .received_ns = kept->received_ns,
    };
    return st_filter_wants(filter, &record);
}
