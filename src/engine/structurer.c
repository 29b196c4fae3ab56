#include "engine/structurer.h"

#include "engine/limits.h"
#include "engine/query.h"

void st_structurer_init(struct st_structurer *structurer, const struct st_registry *registry)
{
    *structurer = (struct st_structurer){.registry = registry};
    st_json_init(&structurer->doc);
}

void st_structurer_done(struct st_structurer *structurer)
{
    st_json_done(&structurer->doc);
}

st_err st_structurer_form(struct st_structurer *structurer, const struct st_event *event,
                          struct st_buf *out)
{
    const struct st_record *record = &event->record;
    const struct st_contract *contract = st_registry_find(structurer->registry, record->contract);
    if (contract == NULL || (record->marks & ST_MARK_INVALID) != 0)
        return ST_ERR_ABSENT;
    st_err err = st_json_parse(&structurer->doc, event->raw, NULL, NULL);
    if (err == ST_OK)
        err = st_contract_structure(contract, &structurer->doc, 0, record, out);
    if (event->raw.len > ST_STRUCTURER_KEEP_BYTES)
        st_json_done(&structurer->doc);
    return err;
}

st_err st_structurer_write(struct st_structurer *structurer, const struct st_event *event,
                           struct st_buf *out)
{
    st_err err = st_structurer_form(structurer, event, out);
    return err == ST_ERR_ABSENT ? st_query_write_line(event, out) : err;
}
