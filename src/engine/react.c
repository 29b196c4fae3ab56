#include "engine/react.h"

#include "base/mem.h"
#include "engine/admit.h"
#include "view/producers.h"
#include "json/write.h"

/* One of steno's own events as text: its producer's names come from an event, and escaping makes
 * them at most six times as long. */
#define OWN_EVENT_BYTES_MAX (ST_EVENT_BYTES_MAX * 6)

struct st_react {
    struct st_store *store;
    struct st_admit *admit;
    const struct st_contract *contract;
    struct st_producers *producers;
    struct st_batch batch;        /* what is to be told */
    uint64_t untold;              /* noticed past ST_NOTICES_TOLD_MAX, or too long to tell … */
    uint64_t untold_at;           /* … the last of them here */
    struct st_addition *addition; /* that the group is about; NULL: none */
    struct st_buf text;
};

st_err st_react_new(struct st_react **react, const struct st_registry *registry,
                    struct st_store *store)
{
    struct st_react *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return ST_ERR_MEMORY;
    made->store = store;
    made->text = ST_BUF(OWN_EVENT_BYTES_MAX);
    made->contract = st_registry_find(registry, ST_STR("steno@1"));
    ST_BUG_IF(made->contract == NULL); /* it ships */
    st_batch_init(&made->batch);
    st_err err = st_admit_new(&made->admit, registry);
    if (err == ST_OK)
        st_admit_open_reserved(made->admit);
    if (err == ST_OK)
        err = st_producers_new(&made->producers, st_store_connection(store));
    if (err != ST_OK) {
        st_react_free(made);
        return err;
    }
    *react = made;
    return ST_OK;
}

void st_react_free(struct st_react *react)
{
    if (react == NULL)
        return;
    st_producers_free(react->producers);
    st_admit_free(react->admit);
    st_batch_done(&react->batch);
    st_buf_done(&react->text);
    st_mem_free(react);
}

const struct st_contract *st_react_contract(const struct st_react *react)
{
    return react->contract;
}

void st_react_begin(struct st_react *react)
{
    st_batch_reset(&react->batch);
    react->untold = 0;
    react->addition = NULL;
}

/* ---- composing ---- */

static st_err add_producer(struct st_buf *out, const struct st_record *record)
{
    st_err err = st_json_add_name(out, "producer");
    if (err == ST_OK)
        err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = st_json_add_member_str(out, "contract", record->contract);
    if (err == ST_OK && record->tenant.at != NULL)
        err = st_json_add_member_str(out, "tenant", record->tenant);
    if (err == ST_OK && record->producer.at != NULL)
        err = st_json_add_member_str(out, "name", record->producer);
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

static st_err add_numbers(struct st_buf *out, const struct st_notice *notice)
{
    bool closed = notice->kind == ST_NOTICE_GAP_CLOSED;
    st_err err = ST_OK;
    if (!closed)
        err = st_json_add_member_u64(out, "expected", notice->expected);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "found", notice->found);
    if (err == ST_OK && notice->kind == ST_NOTICE_GAP)
        err = st_json_add_member_u64(out, "missing", notice->missing);
    if (err == ST_OK && closed)
        err = st_json_add_member_u64(out, "still_missing", notice->missing);
    if (err == ST_OK && !closed)
        err = st_json_add_member_u64(out, "after_seq", notice->after_seq);
    return err == ST_OK ? st_json_add_member_u64(out, "at_seq", notice->at_seq) : err;
}

static st_err add_head(struct st_buf *out, const char *type, uint64_t number, int64_t now_ns)
{
    char time[ST_TIME_TEXT_MAX];
    st_time_write(st_time_of_ns(now_ns), 9, time);
    /* The seq that shows it (or the number in the quarantine) makes the id one of a kind, and the
     * same again if ever told again. */
    st_err err = st_buf_printf(out, "{\"contract\":\"steno@1\",\"id\":\"%s:%llu\",\"type\":\"%s\"",
                               type, (unsigned long long)number, type);
    return err == ST_OK ? st_json_add_member_str(out, "time", st_str_of(time)) : err;
}

static st_err compose(struct st_buf *out, const struct st_notice *notice,
                      const struct st_record *record, int64_t now_ns)
{
    st_buf_reset(out);
    st_err err = add_head(out, st_notice_name(notice->kind), notice->at_seq, now_ns);
    if (err == ST_OK && record->tenant.at != NULL)
        err = st_json_add_member_str(out, "tenant", record->tenant);
    if (err == ST_OK)
        err = add_producer(out, record);
    if (err == ST_OK)
        err = add_numbers(out, notice);
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

/* ---- noticing ---- */

/* Makes the text an item of the batch. Its slices hold until the next group begins. */
static st_err admit(struct st_react *react, struct st_why *why)
{
    st_err err = st_admit_event(react->admit, &react->batch, st_buf_str(&react->text),
                                react->batch.count, 0, react->contract);
    if (err != ST_OK)
        return st_fail(why, err, "no memory for steno's own events");
    /* It is valid; but a name that is itself half an event long makes it longer than an event. */
    const struct st_item *item = react->batch.items[react->batch.count - 1];
    ST_BUG_IF(item->refusal != ST_REFUSED_NOT && item->refusal != ST_REFUSED_TOO_LARGE);
    return ST_OK;
}

static st_err tell(struct st_react *react, const struct st_notice *notice,
                   const struct st_record *record, int64_t now_ns, struct st_why *why)
{
    uint32_t told = react->batch.append_count;
    st_err err = ST_OK;
    if (told < ST_NOTICES_TOLD_MAX) {
        err = compose(&react->text, notice, record, now_ns);
        err = err == ST_OK ? admit(react, why)
                           : st_fail(why, err, "no memory for steno's own events");
    }
    if (err == ST_OK && react->batch.append_count == told) {
        react->untold++;
        react->untold_at = notice->at_seq;
    }
    return err;
}

static st_err tell_untold(struct st_react *react, int64_t now_ns, struct st_why *why)
{
    struct st_buf *out = &react->text;
    st_buf_reset(out);
    st_err err = add_head(out, "producer.untold", react->untold_at, now_ns);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "untold", react->untold);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "at_seq", react->untold_at);
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    return err == ST_OK ? admit(react, why) : st_fail(why, err, "no memory for steno's own events");
}

st_err st_react_fold(struct st_react *react, const struct st_batch *batch, int64_t now_ns,
                     struct st_why *why)
{
    st_err err = ST_OK;
    for (uint32_t i = 0; i < batch->append_count && err == ST_OK; i++) {
        const struct st_append *append = batch->appends[i];
        struct st_notice notice;
        if (append->outcome != ST_ACCEPTED)
            continue;
        err = st_producers_fold(react->producers, &append->event.record, &notice, why);
        if (err == ST_OK && notice.kind != ST_NOTICE_NONE)
            err = tell(react, &notice, &append->event.record, now_ns, why);
    }
    return err;
}

/* ---- rulings ---- */

static st_err add_ruling(struct st_buf *out, const struct st_ruling *ruling)
{
    st_err err = ST_OK;
    bool is_release = ruling->kind == ST_RULING_RELEASE;
    if (ruling->tenant.at != NULL && ruling->tenant.len <= ST_TENANT_TOLD_BYTES_MAX)
        err = st_json_add_member_str(out, "tenant", ruling->tenant);
    if (err == ST_OK)
        err = st_json_add_member_u64(out, "number", ruling->number);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "of", ruling->contract);
    if (err == ST_OK && is_release)
        err = st_json_add_member_raw(out, "mended",
                                     ruling->mended ? ST_STR("true") : ST_STR("false"));
    if (err == ST_OK && is_release)
        err = st_json_add_member_u64(out, "seq", ruling->seq);
    if (err == ST_OK)
        err = st_json_add_member_hex(out, "sha256", ruling->sha256, sizeof ruling->sha256);
    if (err == ST_OK && ruling->reason.at != NULL)
        err = st_json_add_member_str(out, "reason", ruling->reason);
    return err == ST_OK ? st_json_add_member_str(out, "actor", ruling->actor) : err;
}

st_err st_react_rule(struct st_react *react, const struct st_ruling *ruling, int64_t now_ns,
                     struct st_why *why)
{
    struct st_buf *out = &react->text;
    st_buf_reset(out);
    /* A number leaves the quarantine once: it makes the id one of a kind. */
    st_err err =
        add_head(out, st_ruling_event((enum st_ruling_kind)ruling->kind), ruling->number, now_ns);
    if (err == ST_OK)
        err = add_ruling(out, ruling);
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    if (err != ST_OK)
        return st_fail(why, err, "no memory for steno's own events");
    err = admit(react, why);
    /* Its parts are bounded so that it fits; without it nothing of the ruling may stand. */
    ST_BUG_IF(err == ST_OK &&
              react->batch.items[react->batch.count - 1]->refusal != ST_REFUSED_NOT);
    return err;
}

/* ---- contracts ---- */

st_err st_react_add(struct st_react *react, struct st_addition *addition, int64_t now_ns,
                    struct st_why *why)
{
    struct st_buf *out = &react->text;
    st_buf_reset(out);
    /* Its own seq: the group has nothing else. */
    st_err err = add_head(out, "contract.added", st_store_last_seq(react->store) + 1, now_ns);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "added", st_str_of(addition->reference));
    if (err == ST_OK)
        err = st_json_add_member_hex(out, "sha256", addition->sha256, sizeof addition->sha256);
    if (err == ST_OK)
        err = st_json_add_member_str(out, "actor", st_str_of(addition->actor));
    if (err == ST_OK)
        err = st_buf_add_char(out, '}');
    if (err != ST_OK)
        return st_fail(why, err, "no memory for steno's own events");
    err = admit(react, why);
    ST_BUG_IF(err == ST_OK && react->batch.append_count != 1);
    react->addition = addition;
    return err;
}

st_err st_react_write(struct st_react *react, int64_t now_ns, uint32_t *count, struct st_why *why)
{
    st_err err = react->untold > 0 ? tell_untold(react, now_ns, why) : ST_OK;
    if (err == ST_OK && react->batch.append_count > 0)
        err = st_store_append(react->store, react->batch.appends, react->batch.append_count, false,
                              now_ns, why);
    if (err == ST_OK)
        err = st_producers_flush(react->producers, why);
    *count = react->batch.append_count;
    if (err == ST_OK && react->addition != NULL)
        react->addition->seq = react->batch.appends[0]->first_seq;
    return err;
}

void st_react_keep(struct st_react *react)
{
    st_producers_keep(react->producers);
}

void st_react_forget(struct st_react *react)
{
    st_producers_forget(react->producers);
}
