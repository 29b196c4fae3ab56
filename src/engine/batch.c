#include "engine/batch.h"

#include "base/mem.h"
#include "base/utf8.h"

struct refusal {
    int status;
    const char *code;
    const char *message;
};

static const struct refusal refusals[] = {[ST_REFUSED_NOT] = {200, "accepted", "accepted"},
#define ST_REFUSAL_ROW(id, status, code, message) [ST_REFUSED_##id] = {status, code, message},
                                          ST_REFUSAL_LIST(ST_REFUSAL_ROW)
#undef ST_REFUSAL_ROW
};

int st_refusal_status(enum st_refusal refusal)
{
    return refusals[refusal].status;
}

const char *st_refusal_code(enum st_refusal refusal)
{
    return refusals[refusal].code;
}

const char *st_refusal_message(enum st_refusal refusal)
{
    return refusals[refusal].message;
}

void st_batch_init(struct st_batch *batch)
{
    *batch = (struct st_batch){0};
    st_arena_init(&batch->arena, ST_BATCH_ARENA_MAX);
}

void st_batch_done(struct st_batch *batch)
{
    st_arena_done(&batch->arena);
    st_mem_free(batch->items);
    st_mem_free(batch->appends);
    st_batch_init(batch);
}

void st_batch_reset(struct st_batch *batch)
{
    st_arena_reset(&batch->arena);
    batch->count = 0;
    batch->append_count = 0;
    batch->bytes = 0;
    batch->atomic = false;
    batch->producer = (st_str){NULL, 0};
    batch->ruling = NULL;
    batch->addition = NULL;
    batch->err = ST_OK;
    batch->why = (struct st_why){0};
    batch->next = NULL;
}

bool st_producer_name_fits(st_str name)
{
    if (name.len == 0 || name.len > ST_PRODUCER_BYTES_MAX || st_utf8_check(name) != name.len)
        return false;
    for (size_t at = 0; at < name.len;) {
        uint32_t c = st_utf8_next(name, &at);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            return false;
    }
    return true;
}

st_err st_batch_name_producer(struct st_batch *batch, st_str name)
{
    ST_BUG_IF(name.at != NULL && !st_producer_name_fits(name));
    batch->producer = name.at == NULL ? name : st_arena_copy(&batch->arena, name);
    return name.at == NULL || batch->producer.at != NULL ? ST_OK : ST_ERR_LIMIT;
}

/* Makes room for one more pointer in a list that doubles. */
static st_err grow(void ***list, uint32_t count, uint32_t *room)
{
    if (count < *room)
        return ST_OK;
    uint32_t wider = *room == 0 ? 64 : *room * 2;
    void **moved = st_mem_resize(*list, sizeof *moved * wider);
    if (moved == NULL)
        return ST_ERR_MEMORY;
    *list = moved;
    *room = wider;
    return ST_OK;
}

struct st_item *st_batch_add(struct st_batch *batch)
{
    struct st_item *item = ST_ARENA_NEW(&batch->arena, struct st_item);
    if (item == NULL || grow((void ***)&batch->items, batch->count, &batch->room) != ST_OK)
        return NULL;
    batch->items[batch->count++] = item;
    return item;
}

void st_batch_take_back(struct st_batch *batch)
{
    ST_BUG_IF(batch->count == 0);
    batch->count--;
}

st_err st_batch_append(struct st_batch *batch, struct st_item *item)
{
    st_err err = grow((void ***)&batch->appends, batch->append_count, &batch->append_room);
    if (err == ST_OK)
        batch->appends[batch->append_count++] = &item->append;
    return err;
}

bool st_batch_full(const struct st_batch *batch)
{
    return batch->count >= ST_BATCH_EVENTS_MAX || batch->bytes >= ST_BATCH_BYTES_MAX;
}

static void add_accepted(struct st_tally *tally, const struct st_item *item)
{
    uint64_t seq = item->append.event.record.seq;
    tally->accepted++;
    if (item->append.event.record.marks & ST_MARK_INVALID)
        tally->observed++;
    if (item->append.event.record.marks & ST_MARK_UNKNOWN_TYPE)
        tally->unknown_types++;
    if (tally->first_seq == 0)
        tally->first_seq = seq;
    tally->last_seq = seq;
}

enum st_refusal st_tally_add(struct st_tally *tally, const struct st_item *item)
{
    if (item->refusal != ST_REFUSED_NOT) {
        tally->rejected++;
        return (enum st_refusal)item->refusal;
    }
    if (item->quarantined && item->append.outcome != ST_WITHHELD) {
        tally->quarantined++;
        return ST_REFUSED_NOT;
    }
    switch ((enum st_outcome)item->append.outcome) {
    case ST_ACCEPTED:
        add_accepted(tally, item);
        return ST_REFUSED_NOT;
    case ST_DUPLICATE:
        tally->duplicates++;
        return ST_REFUSED_NOT;
    case ST_CONFLICT:
        tally->conflicts++;
        return ST_REFUSED_CONFLICT;
    case ST_WITHHELD:
        break;
    }
    tally->withheld++;
    return ST_REFUSED_WITHHELD;
}
