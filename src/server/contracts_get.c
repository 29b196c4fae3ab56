/*
 * contracts_get.c: GET /v1/contracts, and GET /v1/contracts/{name[@version]}: the text, byte for
 * byte.
 */
#include "server/request.h"
#include "json/write.h"

static st_err add_types(struct st_buf *out, const struct st_contract *contract)
{
    st_err err = st_json_add_name(out, "types");
    if (err == ST_OK)
        err = st_buf_add_char(out, '[');
    for (uint32_t i = 0; err == ST_OK; i++) {
        st_str type = st_contract_type(contract, i);
        if (type.at == NULL)
            break;
        err = i == 0 ? ST_OK : st_buf_add_char(out, ',');
        if (err == ST_OK)
            err = st_json_add_string(out, type);
    }
    return err == ST_OK ? st_buf_add_char(out, ']') : err;
}

static st_str digest_text(const struct st_contract *contract, char text[static 2 * ST_DIGEST_BYTES])
{
    const uint8_t *digest = st_contract_digest(contract);
    for (size_t i = 0; i < ST_DIGEST_BYTES; i++) {
        text[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    return (st_str){text, (size_t)2 * ST_DIGEST_BYTES};
}

static st_err add_contract(struct st_buf *out, const struct st_registry *registry,
                           const struct st_contract *contract)
{
    char digest[2 * ST_DIGEST_BYTES];
    st_err err = st_buf_add_char(out, '{');
    if (err == ST_OK)
        err = st_json_add_member_str(out, "ref", st_contract_ref(contract));
    if (err == ST_OK)
        err = st_json_add_member_str(out, "name", st_contract_name(contract));
    if (err == ST_OK)
        err = st_json_add_member_str(out, "version", st_contract_version(contract));
    if (err == ST_OK)
        err = st_json_add_member_str(out, "title", st_contract_title(contract));
    if (err == ST_OK)
        err = st_json_add_member_str(out, "mode",
                                     st_str_of(st_mode_name(st_registry_mode(registry, contract))));
    if (err == ST_OK)
        err = st_json_add_member_str(out, "sha256", digest_text(contract, digest));
    if (err == ST_OK)
        err = add_types(out, contract);
    return err == ST_OK ? st_buf_add_char(out, '}') : err;
}

static void refuse_params(struct st_request *request)
{
    if (request->target.param_count > 0)
        st_request_refuse_param(request, request->target.params[0].name, "no such parameter");
}

static enum MHD_Result finish_list(struct st_request *request)
{
    const struct st_registry *registry = st_engine_registry(request->server->engine);
    struct st_buf *out = st_reply_begin(&request->reply, 200);
    st_err err = st_buf_add_str(out, ST_STR("{\"contracts\":["));
    for (uint32_t i = 0; i < st_registry_count(registry) && err == ST_OK; i++) {
        err = i == 0 ? ST_OK : st_buf_add_char(out, ',');
        if (err == ST_OK)
            err = add_contract(out, registry, st_registry_at(registry, i));
    }
    if (err == ST_OK)
        err = st_buf_add_str(out, ST_STR("]}"));
    st_reply_end(&request->reply, err);
    return st_request_answer(request);
}

static enum MHD_Result finish_one(struct st_request *request)
{
    const struct st_contract *contract =
        st_registry_find(st_engine_registry(request->server->engine), request->param);
    if (contract == NULL) {
        st_reply_error(&request->reply, 404, "contract_not_found",
                       "no such contract; GET /v1/contracts lists them");
    } else {
        struct st_buf *out = st_reply_begin(&request->reply, 200);
        if (st_buf_add_str(out, st_contract_text(contract)) != ST_OK)
            request->reply.status = 500;
    }
    return st_request_answer(request);
}

const struct st_handler st_handle_contracts = {.begin = refuse_params, .finish = finish_list};
const struct st_handler st_handle_contract = {.begin = refuse_params, .finish = finish_one};
