#include "contract/export.h"

#include "contract/annotation.h"
#include "contract/model.h"
#include "json/write.h"

/* A contract without models: all of its schema. */
static st_err add_whole(const struct st_contract *contract, struct st_buf *out)
{
    uint32_t culprit;
    st_err err = st_json_add_string(out, st_contract_name(contract));
    if (err == ST_OK)
        err = st_buf_add_char(out, ':');
    if (err == ST_OK)
        err = st_model_write(st_contract_annotation(contract)->doc, 0, out, &culprit);
    /* What refers elsewhere cannot be cut out; as it stands it can be read. */
    return err == ST_ERR_ABSENT ? st_buf_add_str(out, st_contract_text(contract)) : err;
}

st_err st_export_contract(const struct st_contract *contract, struct st_buf *out)
{
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK && st_contract_model_name(contract, 0).at == NULL)
        err = add_whole(contract, out);
    for (uint32_t i = 0; err == ST_OK; i++) {
        st_str name = st_contract_model_name(contract, i);
        if (name.at == NULL)
            break;
        err = i == 0 ? ST_OK : st_buf_add_char(out, ',');
        if (err == ST_OK)
            err = st_json_add_string(out, name);
        if (err == ST_OK)
            err = st_buf_add_char(out, ':');
        if (err == ST_OK)
            err = st_contract_model(contract, name, out);
    }
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

st_err st_export_registry(const struct st_registry *registry, struct st_buf *out)
{
    st_err err = st_buf_add_char(out, '{');
    for (uint32_t i = 0; i < st_registry_count(registry) && err == ST_OK; i++) {
        const struct st_contract *contract = st_registry_at(registry, i);
        err = i == 0 ? ST_OK : st_buf_add_char(out, ',');
        if (err == ST_OK)
            err = st_json_add_string(out, st_contract_ref(contract));
        if (err == ST_OK)
            err = st_buf_add_char(out, ':');
        if (err == ST_OK)
            err = st_export_contract(contract, out);
    }
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}
