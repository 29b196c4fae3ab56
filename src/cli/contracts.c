#include "cli/contracts.h"

#include "cli/say.h"

struct st_registry *st_contracts_open(bool strict_time)
{
    const struct st_contract_options options = {.strict_formats = strict_time};
    struct st_registry *registry = NULL;
    struct st_schema_fault fault = {0};
    if (st_registry_new_with(&registry, &options, &fault) == ST_OK)
        return registry;
    st_contracts_tell_fault("the shipped contracts", &fault);
    return NULL;
}

const struct st_contract *st_contracts_find(const struct st_registry *registry,
                                            const char *reference)
{
    const struct st_contract *found = st_registry_find(registry, st_str_of(reference));
    if (found != NULL)
        return found;
    struct st_buf names = ST_BUF(64 << 10);
    st_err err = st_registry_explain_absent(registry, st_str_of(reference), &names);
    if (err == ST_OK)
        err = st_buf_add_str(&names, ST_STR("; there are "));
    for (uint32_t i = 0; i < st_registry_count(registry) && err == ST_OK; i++)
        err = st_buf_printf(&names, "%s%.*s", i == 0 ? "" : ", ",
                            ST_STR_ARG(st_contract_ref(st_registry_at(registry, i))));
    st_fail_with(ST_EXIT_USAGE, "%s: %.*s", reference, ST_STR_ARG(st_buf_str(&names)));
    st_buf_done(&names);
    return NULL;
}

st_err st_contracts_add_candidates(struct st_buf *out, const struct st_candidates *candidates)
{
    uint32_t told = candidates->count < 8 ? candidates->count : 8;
    st_err err = ST_OK;
    for (uint32_t i = 0; i < told && err == ST_OK; i++)
        err = st_buf_printf(out, "%s%.*s", i == 0 ? "" : ", ",
                            ST_STR_ARG(st_contract_ref(candidates->at[i])));
    return err;
}

void st_contracts_tell_fault(const char *file, const struct st_schema_fault *fault)
{
    const char *where = fault->uri[0] != '\0' ? fault->uri : file;
    if (fault->line == 0)
        st_fail_with(ST_EXIT_USAGE, "%s: %s: %s", where, fault->pointer, fault->message);
    else
        st_fail_with(ST_EXIT_USAGE, "%s:%llu:%llu: %s: %s", where, (unsigned long long)fault->line,
                     (unsigned long long)fault->column, fault->pointer, fault->message);
}
