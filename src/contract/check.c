/*
 * check.c: what an annotation must satisfy beyond its metaschema.
 */
#include "contract/annotation.h"
#include "contract/glob.h"
#include "contract/model.h"

#include "base/map.h"
#include "schema/format.h"
#include "json/pointer.h"

_Static_assert(ST_CONTRACT_MODELS_MAX == 512, "as check_models says");

struct checking {
    const struct st_schema *schema;
    const struct st_json *doc;
    struct st_schema_fault *fault;
};

static st_err fault_at(const struct checking *c, uint32_t node, const char *message)
{
    return st_contract_fault(c->fault, ST_ERR_INVALID, c->doc, node, st_str_of(message));
}

static st_err fault_of(const struct checking *c, st_err err)
{
    return st_contract_fault(c->fault, err, c->doc, 0, st_str_of(st_err_text(err)));
}

static uint32_t first_of(const struct checking *c, uint32_t list)
{
    return list == ST_JSON_NONE ? list : st_json_first(c->doc, list);
}

static st_err check_formats(const struct checking *c, uint32_t list)
{
    for (uint32_t at = first_of(c, list); at != ST_JSON_NONE; at = st_json_next(c->doc, list, at))
        if (st_format_find(st_json_text(c->doc, at)) == NULL)
            return fault_at(c, at, "is no format that JSON Schema 2020-12 defines");
    return ST_OK;
}

/* The model's text must load like any other schema. */
static st_err check_alone(const struct checking *c, uint32_t name, uint32_t node)
{
    uint32_t culprit;
    struct st_schema *schema = NULL;
    struct st_schema_fault fault;
    struct st_buf text = ST_BUF(2 * ST_CONTRACT_BYTES_MAX);
    st_err err = st_model_write(c->doc, node, &text, &culprit);
    if (err == ST_OK) {
        err = st_schema_load(&schema, st_buf_str(&text), NULL, &fault);
        st_schema_free(schema);
        if (err != ST_OK && err != ST_ERR_MEMORY)
            err = fault_at(c, name, fault.message);
        else if (err != ST_OK)
            err = fault_of(c, err);
    } else {
        err = fault_of(c, err);
    }
    st_buf_done(&text);
    return err;
}

/* What stands where the contract has a schema was held against the metaschema with it, and means
 * the same alone: it is not loaded once more, but where a copy of it could fall together with it.
 */
static bool is_good_alone(const struct checking *c, const struct st_models *models, uint32_t node)
{
    return st_schema_holds(c->schema, node) && !models->has_anchor;
}

static st_err check_model(const struct checking *c, uint32_t name, struct st_models *models)
{
    uint32_t node = st_pointer_find(c->doc, 0, st_json_text(c->doc, name + 1));
    if (node == ST_JSON_NONE || st_json_kind(c->doc, node) != ST_JSON_OBJECT)
        return fault_at(c, name + 1, "leads to no schema");
    st_err err = st_models_reach(models, node);
    if (err == ST_ERR_ABSENT)
        return fault_at(c, models->culprit,
                        "cannot go along with a model: it may refer to the root's $defs only");
    if (err != ST_OK)
        return fault_of(c, err);
    return is_good_alone(c, models, node) ? ST_OK : check_alone(c, name + 1, node);
}

static st_err check_models(const struct checking *c, uint32_t list)
{
    struct st_models models;
    if (list == ST_JSON_NONE)
        return ST_OK;
    if (c->doc->nodes[list].len > ST_CONTRACT_MODELS_MAX)
        return fault_at(c, list, "has more than 512 models");
    st_err err = st_models_init(&models, c->doc);
    if (err != ST_OK)
        return fault_of(c, err);
    for (uint32_t at = first_of(c, list); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(c->doc, list, at))
        err = check_model(c, at, &models);
    st_models_done(&models);
    return err;
}

static st_err check_globs(const struct checking *c, uint32_t list)
{
    for (uint32_t at = first_of(c, list); at != ST_JSON_NONE; at = st_json_next(c->doc, list, at)) {
        const char *wrong = st_glob_fault(st_json_text(c->doc, at));
        if (wrong != NULL)
            return fault_at(c, at, wrong);
    }
    return ST_OK;
}

static st_err check_retired(const struct checking *c, uint32_t list)
{
    st_err err = ST_OK;
    for (uint32_t at = first_of(c, list); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(c->doc, list, at))
        err = check_globs(c, st_json_member(c->doc, at, ST_STR("allow")));
    return err;
}

static st_err check_structured(const struct checking *c, uint32_t list)
{
    struct st_map names;
    st_err err = ST_OK;
    st_map_init(&names, ST_CONTRACT_BYTES_MAX);
    for (uint32_t at = first_of(c, list); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(c->doc, list, at)) {
        bool added = false;
        uint32_t name = st_json_member(c->doc, at, ST_STR("name"));
        err = st_map_put(&names, st_json_text(c->doc, name), 0, NULL, &added);
        if (err != ST_OK)
            err = fault_of(c, err);
        else if (!added)
            err = fault_at(c, name, "stands in the structured form twice");
    }
    st_map_done(&names);
    return err;
}

st_err st_annotation_check(const struct st_schema *schema, uint32_t node,
                           struct st_schema_fault *fault)
{
    const struct checking c = {schema, st_schema_doc(schema), fault};
    st_err err = check_formats(&c, st_json_member(c.doc, node, ST_STR("assert_formats")));
    if (err == ST_OK)
        err = check_models(&c, st_json_member(c.doc, node, ST_STR("models")));
    if (err == ST_OK)
        err = check_retired(&c, st_json_member(c.doc, node, ST_STR("retired")));
    if (err == ST_OK)
        err = check_structured(&c, st_json_member(c.doc, node, ST_STR("structured")));
    return err;
}
