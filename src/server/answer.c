#include "server/answer.h"

#include "engine/explain.h"
#include "json/write.h"

void st_answer_init(struct st_answer *answer)
{
    *answer = (struct st_answer){
        .told = ST_BUF(ST_TOLD_BYTES_MAX),
    };
}

void st_answer_done(struct st_answer *answer)
{
    st_buf_done(&answer->told);
}

/* ---- one item's explanation ---- */

static st_err add_member(struct st_buf *out, const char *name, const char *text)
{
    return st_json_add_member_str(out, name, st_str_of(text));
}

static st_err add_comma(struct st_buf *out)
{
    char last = out->len > 0 ? out->at[out->len - 1] : '[';
    return last == '[' ? ST_OK : st_buf_add_char(out, ',');
}

/* "errors":[…], as many as fit, and "errors_total" when that is not all of them. */
static st_err add_violations(const struct st_item *item, struct st_buf *out)
{
    if (item->violation_count == 0)
        return ST_OK;
    uint32_t told = 0;
    st_err err = st_json_add_name(out, "errors");
    if (err == ST_OK)
        err = st_explain_violations(item, out, &told);
    uint64_t total = item->violation_count + item->violations_untold;
    if (err == ST_OK && total > told)
        err = st_json_add_member_u64(out, "errors_total", total);
    return err;
}

static st_err add_candidates(const struct st_candidates *candidates, struct st_buf *out)
{
    uint32_t room = sizeof candidates->at / sizeof candidates->at[0];
    uint32_t count = candidates->count < room ? candidates->count : room;
    st_err err = st_json_add_name(out, "candidates");
    if (err == ST_OK)
        err = st_buf_add_char(out, '[');
    for (uint32_t i = 0; i < count && err == ST_OK; i++) {
        err = add_comma(out);
        if (err == ST_OK)
            err = st_json_add_string(out, st_contract_ref(candidates->at[i]));
    }
    return err == ST_OK ? st_buf_add_char(out, ']') : err;
}

/* "message", and for broken JSON where: `line` counts within the body, the rest within the text. */
static st_err add_place(const struct st_json_fault *fault, uint64_t line, struct st_buf *out)
{
    char text[ST_FAULT_TEXT_MAX];
    size_t count = st_explain_fault(fault, line, text);
    st_err err = st_json_add_member_str(out, "message", (st_str){text, count});
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "offset", fault->offset);
    return err == ST_OK ? st_json_add_member_u64(out, "column", fault->column) : err;
}

/* What an item was refused for, from "error" on; the object stays open. */
static st_err add_refusal(const struct st_item *item, enum st_refusal refusal, struct st_buf *out)
{
    st_err err = add_member(out, "error", st_refusal_code(refusal));
    if (err == ST_OK && refusal == ST_REFUSED_JSON)
        return add_place(&item->fault, item->line == 0 ? item->fault.line : item->line, out);
    if (err == ST_OK)
        err = add_member(out, "message", st_refusal_message(refusal));
    /* An atomic batch in conflict with itself has no recorded event to name. */
    if (err == ST_OK && refusal == ST_REFUSED_CONFLICT && item->append.first_seq > 0)
        err = st_json_add_member_u64(out, "seq", item->append.first_seq);
    if (err == ST_OK && refusal == ST_REFUSED_CONTRACT)
        err = add_candidates(&item->candidates, out);
    if (err == ST_OK && refusal == ST_REFUSED_INVALID)
        err = add_violations(item, out);
    return err;
}

/* ---- a batch ---- */

static st_err tell(struct st_answer *answer, const struct st_item *item, enum st_refusal refusal)
{
    struct st_buf *out = &answer->told;
    size_t before = out->len;
    st_err err = before == 0 ? ST_OK : st_buf_add_char(out, ',');
    if (err == ST_OK)
        err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "index", item->index);
    if (err == ST_OK && item->line > 0)
        err = st_json_add_member_u64(out, "line", item->line);
    if (err == ST_OK)
        err = add_refusal(item, refusal, out);
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    if (err == ST_OK) {
        answer->told_count++;
        return ST_OK;
    }
    out->len = before;
    return err == ST_ERR_LIMIT ? ST_OK : err;
}

/* Of a batch that was not submitted, what was not refused was withheld. */
static enum st_refusal tally_withheld(struct st_tally *tally, const struct st_item *item)
{
    if (item->refusal != ST_REFUSED_NOT)
        return st_tally_add(tally, item);
    tally->withheld++;
    return ST_REFUSED_WITHHELD;
}

/* What the rules say of an item, whatever its contract's mode would make of it. */
static enum st_refusal judged(const struct st_item *item)
{
    bool broken = item->quarantined || (item->append.event.record.marks & ST_MARK_INVALID) != 0;
    if (item->refusal == ST_REFUSED_NOT && broken)
        return ST_REFUSED_INVALID;
    return (enum st_refusal)item->refusal;
}

static enum st_refusal tally_judged(struct st_tally *tally, const struct st_item *item)
{
    enum st_refusal refusal = judged(item);
    tally->accepted += refusal == ST_REFUSED_NOT;
    tally->rejected += refusal != ST_REFUSED_NOT;
    return refusal;
}

static enum st_refusal tally_item(struct st_answer *answer, const struct st_item *item,
                                  bool withheld)
{
    if (answer->dry)
        return tally_judged(&answer->tally, item);
    return withheld ? tally_withheld(&answer->tally, item) : st_tally_add(&answer->tally, item);
}

static st_err add_item(struct st_answer *answer, const struct st_item *item, bool withheld)
{
    enum st_refusal refusal = tally_item(answer, item, withheld);
    if (refusal == ST_REFUSED_NOT || refusal == ST_REFUSED_WITHHELD)
        return ST_OK;
    if (answer->bad_count++ == 0)
        answer->first_bad = refusal;
    return answer->told_count < ST_ITEMS_TOLD_MAX ? tell(answer, item, refusal) : ST_OK;
}

st_err st_answer_add(struct st_answer *answer, const struct st_batch *batch, bool withheld)
{
    st_err err = ST_OK;
    for (uint32_t i = 0; i < batch->count && err == ST_OK; i++)
        err = add_item(answer, batch->items[i], withheld);
    if (batch->count > 0) {
        answer->any = true;
        answer->last_index = batch->items[batch->count - 1]->index;
        answer->last_line = batch->items[batch->count - 1]->line;
    }
    return err;
}

bool st_answer_is_withheld(const struct st_answer *answer)
{
    return answer->bad_count > 0;
}

static st_err add_seq(struct st_buf *out, const char *name, uint64_t seq)
{
    return seq == 0 ? st_json_add_member_raw(out, name, ST_STR("null"))
                    : st_json_add_member_u64(out, name, seq);
}

static st_err add_positive(struct st_buf *out, const char *name, uint64_t count)
{
    return count == 0 ? ST_OK : st_json_add_member_u64(out, name, count);
}

static st_err add_verdicts(const struct st_tally *tally, struct st_buf *out)
{
    st_err err = st_json_add_member_u64(out, "checked", tally->accepted + tally->rejected);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "valid", tally->accepted);
    return err == ST_OK ? st_json_add_member_u64(out, "invalid", tally->rejected) : err;
}

static st_err add_counts(const struct st_answer *answer, struct st_buf *out)
{
    const struct st_tally *tally = &answer->tally;
    if (answer->dry)
        return add_verdicts(tally, out);
    st_err err = st_json_add_member_u64(out, "accepted", tally->accepted);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "duplicates", tally->duplicates);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "conflicts", tally->conflicts);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "rejected", tally->rejected);
    if (err == ST_OK)
        err = add_positive(out, "quarantined", tally->quarantined);
    if (err == ST_OK)
        err = add_positive(out, "observed", tally->observed);
    if (err == ST_OK)
        err = add_positive(out, "unknown_types", tally->unknown_types);
    if (err == ST_OK)
        err = add_positive(out, "withheld", tally->withheld);
    if (err == ST_OK)
        err = add_seq(out, "first_seq", tally->first_seq);
    return err == ST_OK ? add_seq(out, "last_seq", tally->last_seq) : err;
}

static st_err add_told(const struct st_answer *answer, struct st_buf *out)
{
    st_err err = ST_OK;
    if (answer->bad_count > answer->told_count)
        err = st_json_add_member_u64(out, "errors_total", answer->bad_count);
    if (err == ST_OK)
        err = st_json_add_name(out, "errors");
    if (err == ST_OK)
        err = st_buf_add_char(out, '[');
    if (err == ST_OK)
        err = st_buf_add_str(out, st_buf_str(&answer->told));
    return err == ST_OK ? st_buf_add_char(out, ']') : err;
}

static st_err add_trouble(const struct st_answer *answer, const struct st_trouble *trouble,
                          bool lines, struct st_buf *out)
{
    const char *name = lines ? "last_line" : "last_index";
    st_err err = add_member(out, "error", trouble->code);
    if (err == ST_OK)
        err = add_member(out, "message", trouble->message);
    if (err == ST_OK && answer->any)
        err = st_json_add_member_u64(out, name, lines ? answer->last_line : answer->last_index);
    else if (err == ST_OK)
        err = st_json_add_member_raw(out, name, ST_STR("null"));
    return err;
}

void st_answer_write_batch(const struct st_answer *answer, const struct st_trouble *trouble,
                           bool atomic, bool lines, struct st_reply *reply)
{
    bool withheld = atomic && st_answer_is_withheld(answer);
    unsigned status = withheld ? (unsigned)st_refusal_status(answer->first_bad) : 200;
    struct st_buf *out = st_reply_begin(reply, trouble != NULL ? trouble->status : status);
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK && trouble != NULL)
        err = add_trouble(answer, trouble, lines, out);
    else if (err == ST_OK && withheld)
        err = add_member(out, "error", st_refusal_code(ST_REFUSED_WITHHELD));
    if (err == ST_OK && trouble == NULL && withheld)
        err = add_member(out, "message", st_refusal_message(ST_REFUSED_WITHHELD));
    if (err == ST_OK)
        err = add_counts(answer, out);
    if (err == ST_OK)
        err = add_told(answer, out);
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    st_reply_end(reply, err);
    reply->retry_after_s = reply->status == 503 ? 1 : 0;
}

/* ---- one event ---- */

/* The fault's place in the whole body: the event's text begins behind the body's blanks. */
static struct st_json_fault fault_in_body(const struct st_json_fault *fault, st_str body)
{
    struct st_json_fault moved = *fault;
    st_str text = st_str_trim(body);
    if (text.len > 0)
        moved.offset += (uint64_t)(text.at - body.at);
    st_json_place(body, moved.offset, &moved.line, &moved.column);
    return moved;
}

static st_err add_accepted(struct st_answer *answer, const struct st_item *item, struct st_buf *out)
{
    bool is_new = item->append.outcome == ST_ACCEPTED;
    st_err err = add_member(out, "status", "accepted");
    if (err == ST_OK)
        err = st_json_add_member_raw(out, "persisted", is_new ? ST_STR("true") : ST_STR("false"));
    if (err == ST_OK)
        err = st_json_add_member_u64(
            out, "seq", is_new ? item->append.event.record.seq : item->append.first_seq);
    if (err == ST_OK && (item->append.event.record.marks & ST_MARK_INVALID)) {
        err =
            add_member(out, "warning", "the event breaks its contract; it was recorded and marked");
        if (err == ST_OK)
            err = add_violations(item, out);
    }
    return err;
}

static st_err add_quarantined(const struct st_item *item, struct st_buf *out)
{
    st_err err = add_member(out, "status", "quarantined");
    if (err == ST_OK)
        err = st_json_add_member_raw(out, "persisted", ST_STR("false"));
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "quarantine", item->quarantine_number);
    if (err == ST_OK)
        err = add_member(out, "warning", "the event breaks its contract; it is kept apart");
    return err == ST_OK ? add_violations(item, out) : err;
}

void st_answer_write_fault(const struct st_json_fault *fault, struct st_reply *reply)
{
    struct st_buf *out = st_reply_begin(reply, 400);
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = add_member(out, "error", st_refusal_code(ST_REFUSED_JSON));
    if (err == ST_OK)
        err = add_place(fault, fault->line, out);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "line", fault->line);
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    st_reply_end(reply, err);
}

/* A dry run's: the verdict is the answer, so it is 200 either way. */
static void write_verdict(const struct st_item *item, st_str body, struct st_reply *reply)
{
    enum st_refusal refusal = judged(item);
    struct st_item placed = *item;
    st_str type = item->append.event.record.type;
    struct st_buf *out = st_reply_begin(reply, 200);
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = st_json_add_member_raw(out, "valid",
                                     refusal == ST_REFUSED_NOT ? ST_STR("true") : ST_STR("false"));
    if (err == ST_OK && item->contract != NULL)
        err = st_json_add_member_str(out, "contract", st_contract_ref(item->contract));
    if (err == ST_OK && type.at != NULL)
        err = st_json_add_member_str(out, "type", type);
    if (refusal == ST_REFUSED_JSON)
        placed.fault = fault_in_body(&item->fault, body);
    if (err == ST_OK && refusal != ST_REFUSED_NOT)
        err = add_refusal(&placed, refusal, out);
    if (err == ST_OK && refusal == ST_REFUSED_JSON)
        err = st_json_add_member_u64(out, "line", placed.fault.line);
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    st_reply_end(reply, err);
}

void st_answer_write_one(struct st_answer *answer, const struct st_item *item, st_str body,
                         struct st_reply *reply)
{
    if (answer->dry) {
        write_verdict(item, body, reply);
        return;
    }
    struct st_tally tally = {0};
    enum st_refusal refusal = st_tally_add(&tally, item);
    if (refusal == ST_REFUSED_JSON) {
        struct st_json_fault fault = fault_in_body(&item->fault, body);
        st_answer_write_fault(&fault, reply);
        return;
    }
    bool good = refusal == ST_REFUSED_NOT;
    struct st_buf *out = st_reply_begin(reply, good ? 202 : (unsigned)st_refusal_status(refusal));
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK && !good)
        err = add_refusal(item, refusal, out);
    else if (err == ST_OK && item->quarantined)
        err = add_quarantined(item, out);
    else if (err == ST_OK)
        err = add_accepted(answer, item, out);
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    st_reply_end(reply, err);
}
