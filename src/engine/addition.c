#include "engine/addition.h"

#include <stdio.h>

static st_err refuse(struct st_contract *contract, struct st_schema_fault *fault,
                     const char *pointer, const char *message)
{
    st_contract_free(contract);
    *fault = (struct st_schema_fault){.err = ST_ERR_INVALID};
    snprintf(fault->pointer, sizeof fault->pointer, "%s", pointer);
    snprintf(fault->message, sizeof fault->message, "%s", message);
    return ST_ERR_INVALID;
}

/* Whether the contract of that name is steno's own. */
static bool is_own_name(const struct st_registry *registry, st_str name)
{
    const struct st_contract *there = st_registry_find(registry, name);
    return there != NULL && st_contract_reserved(there);
}

st_err st_addition_make(struct st_addition *addition, struct st_batch *batch,
                        const struct st_registry *registry, st_str text, st_str actor,
                        struct st_contract_faults *faults, struct st_schema_fault *fault)
{
    const struct st_contract_options options = {.faults = faults};
    struct st_contract *contract;
    st_err err = st_contract_load_with(&contract, text, &options, fault);
    if (err != ST_OK)
        return err;
    if (st_contract_reserved(contract))
        return refuse(contract, fault, "/x-steno/reserved",
                      "must not be true: only steno itself has contracts of its own");
    if (is_own_name(registry, st_contract_name(contract)))
        return refuse(contract, fault, "/x-steno/name",
                      "must be another name: this one is of a contract of steno's own");
    *addition = (struct st_addition){.contract = contract};
    st_str reference = st_contract_ref(contract);
    ST_BUG_IF(batch->count > 0 || batch->ruling != NULL || actor.len == 0);
    snprintf(addition->reference, sizeof addition->reference, "%.*s", ST_STR_ARG(reference));
    snprintf(addition->actor, sizeof addition->actor, "%.*s", ST_STR_ARG(actor));
    memcpy(addition->sha256, st_contract_digest(contract), sizeof addition->sha256);
    batch->addition = addition;
    return ST_OK;
}

void st_addition_done(struct st_addition *addition)
{
    st_contract_free(addition->contract);
    addition->contract = NULL;
}

/* ---- deciding ---- */

st_err st_addition_apply(struct st_addition *addition, struct st_store *store,
                         const struct st_registry *registry, struct st_why *why)
{
    const struct st_contract *contract = addition->contract;
    const struct st_contract *there = st_registry_find(registry, st_contract_ref(contract));
    bool same = there != NULL && st_str_eq(st_contract_text(there), st_contract_text(contract));
    if (there != NULL)
        addition->outcome = same ? ST_ADDITION_SAME : ST_ADDITION_DIFFERENT;
    else if (st_registry_count(registry) == ST_CONTRACTS_MAX)
        addition->outcome = ST_ADDITION_FULL;
    else
        addition->outcome = ST_ADDITION_DONE;
    if (addition->outcome != ST_ADDITION_DONE)
        return ST_OK;
    return st_store_add_contract(store, st_contract_ref(contract), st_contract_digest(contract),
                                 st_contract_text(contract), why);
}

void st_addition_publish(struct st_addition *addition, struct st_registry *registry)
{
    if (addition->outcome != ST_ADDITION_DONE)
        return;
    st_err err = st_registry_add(registry, addition->contract);
    ST_BUG_IF(err != ST_OK); /* it was decided on this thread, which is the only one to add */
    addition->contract = NULL;
}

/* ---- those that a store has ---- */

static st_err load(void *context, st_str name, st_str text, struct st_why *why)
{
    struct st_registry *registry = context;
    struct st_schema_fault fault = {0};
    if (st_registry_find(registry, name) != NULL)
        return ST_OK; /* what ships by that name counts, and what was read before is the same */
    st_err err = st_registry_load(registry, text, &fault);
    if (err == ST_ERR_MEMORY || err == ST_OK)
        return err == ST_OK ? err : st_fail(why, err, "no memory for a contract of the store");
    return st_fail(why, ST_ERR_INVALID, "a contract that was added to it is none for this steno");
}

st_err st_addition_load_all(struct st_registry *registry, struct st_reader *reader,
                            struct st_why *why)
{
    return st_reader_added_contracts(reader, load, registry, why);
}
