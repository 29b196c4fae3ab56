#include "api/api.h"

#include "api/limits.h"
#include "base/mem.h"

#include <stdatomic.h>

_Static_assert(STENO_CONTRACT_BYTES_MAX == ST_CONTRACT_BYTES_MAX, "as steno.h says");
_Static_assert(STENO_CONTRACTS_MAX == ST_CONTRACTS_MAX, "as steno.h says");

/* NULL until somebody asks; once set, it stays. */
struct kept {
    _Atomic(struct st_schema *) schema;
};

/* A contract's names with NULs behind them, and the models that were asked for so far. */
struct shelf {
    const char *reference;
    const char **models;
    const char **types;
    struct kept *compiled; /* for each model */
    uint32_t model_count;
    uint32_t type_count;
};

struct steno_registry {
    struct st_registry *contracts;
    struct st_arena arena; /* of the shelves */
    struct shelf shelves[ST_CONTRACTS_MAX];
    size_t count;
};

const struct st_registry *st_api_registry(const struct steno_registry *registry)
{
    return registry->contracts;
}

/* ---- life ---- */

static const char *copy_name(struct st_arena *arena, st_str name)
{
    char *copy = st_arena_get(arena, name.len + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, name.at, name.len);
    copy[name.len] = '\0';
    return copy;
}

/* The names that `name_at` gives until it gives none. */
static st_err copy_names(struct st_arena *arena, const struct st_contract *contract,
                         st_str (*name_at)(const struct st_contract *contract, uint32_t index),
                         const char ***names, uint32_t *count)
{
    uint32_t found = 0;
    while (name_at(contract, found).at != NULL)
        found++;
    const char **all = ST_ARENA_ARRAY(arena, const char *, (size_t)found + 1);
    if (all == NULL)
        return ST_ERR_MEMORY;
    for (uint32_t i = 0; i < found; i++) {
        all[i] = copy_name(arena, name_at(contract, i));
        if (all[i] == NULL)
            return ST_ERR_MEMORY;
    }
    *names = all;
    *count = found;
    return ST_OK;
}

static st_err fill_shelf(struct st_arena *arena, const struct st_contract *contract,
                         struct shelf *shelf)
{
    struct shelf made = {.reference = copy_name(arena, st_contract_ref(contract))};
    st_err err = made.reference == NULL ? ST_ERR_MEMORY
                                        : copy_names(arena, contract, st_contract_model_name,
                                                     &made.models, &made.model_count);
    if (err == ST_OK)
        err = copy_names(arena, contract, st_contract_type, &made.types, &made.type_count);
    if (err != ST_OK)
        return err;
    made.compiled = ST_ARENA_ARRAY(arena, struct kept, (size_t)made.model_count + 1);
    if (made.compiled == NULL)
        return ST_ERR_MEMORY;
    for (uint32_t i = 0; i < made.model_count; i++)
        atomic_init(&made.compiled[i].schema, NULL);
    *shelf = made;
    return ST_OK;
}

static st_err fill_shelves(struct steno_registry *registry)
{
    st_err err = ST_OK;
    while (registry->count < st_registry_count(registry->contracts) && err == ST_OK) {
        uint32_t next = (uint32_t)registry->count;
        err = fill_shelf(&registry->arena, st_registry_at(registry->contracts, next),
                         &registry->shelves[next]);
        registry->count += err == ST_OK;
    }
    return err;
}

steno_error steno_registry_new(struct steno_registry **registry)
{
    struct st_schema_fault fault = {.err = ST_OK};
    if (registry == NULL)
        return STENO_ARGUMENT;
    *registry = NULL;
    struct steno_registry *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return STENO_MEMORY;
    st_arena_init(&made->arena, ST_CONTRACT_ARENA_BYTES_MAX);
    st_err err = st_registry_new(&made->contracts, &fault);
    if (err == ST_OK)
        err = fill_shelves(made);
    if (err != ST_OK) {
        steno_registry_free(made);
        return st_api_error(err);
    }
    *registry = made;
    return STENO_OK;
}

void steno_registry_free(struct steno_registry *registry)
{
    if (registry == NULL)
        return;
    for (size_t i = 0; i < registry->count; i++)
        for (uint32_t m = 0; m < registry->shelves[i].model_count; m++)
            st_schema_free(atomic_load(&registry->shelves[i].compiled[m].schema));
    st_registry_free(registry->contracts);
    st_arena_done(&registry->arena);
    st_mem_free(registry);
}

/* The shelf is filled before the contract comes in, so that nothing is left of a failure. One that
 * is there needs none: it is the same, or a conflict. */
static st_err add(struct steno_registry *registry, struct st_contract *contract)
{
    struct shelf shelf;
    if (st_registry_find(registry->contracts, st_contract_ref(contract)) != NULL)
        return st_registry_add(registry->contracts, contract);
    if (st_registry_count(registry->contracts) == ST_CONTRACTS_MAX)
        return ST_ERR_LIMIT;
    st_err err = fill_shelf(&registry->arena, contract, &shelf);
    if (err == ST_OK)
        err = st_registry_add(registry->contracts, contract);
    if (err == ST_OK)
        registry->shelves[registry->count++] = shelf;
    return err;
}

steno_error steno_registry_add(struct steno_registry *registry, const char *text, size_t len,
                               struct steno_fault *fault)
{
    struct st_schema_fault inner = {.err = ST_OK};
    struct st_contract *contract = NULL;
    if (registry == NULL)
        return st_api_refuse_call(fault, "there is no registry");
    if (text == NULL && len > 0)
        return st_api_refuse_call(fault, "there is no text");
    st_err err = st_contract_load(&contract, (st_str){len == 0 ? "" : text, len}, &inner);
    if (err != ST_OK)
        return st_api_fault(fault, &inner);
    err = add(registry, contract);
    if (err == ST_OK)
        return STENO_OK;
    st_contract_free(contract);
    inner = (struct st_schema_fault){.err = err};
    static const char conflict[] = "a contract of this name and version is there with other bytes";
    const char *message = err == ST_ERR_CONFLICT ? conflict : st_err_text(err);
    memcpy(inner.message, message, strlen(message));
    return st_api_fault(fault, &inner);
}

/* ---- references ---- */

static bool find_contract(const struct steno_registry *registry, st_str reference, size_t *index)
{
    const struct st_contract *contract = st_registry_find(registry->contracts, reference);
    for (size_t i = 0; contract != NULL && i < registry->count; i++) {
        *index = i;
        if (st_registry_at(registry->contracts, (uint32_t)i) == contract)
            return true;
    }
    return false;
}

static bool find_model(const struct shelf *shelf, st_str name, uint32_t *index)
{
    for (*index = 0; *index < shelf->model_count; (*index)++)
        if (st_str_eq(st_str_of(shelf->models[*index]), name))
            return true;
    return false;
}

/* A reference in its parts: "contract#model". */
struct parts {
    st_str contract; /* len 0: not said */
    st_str model;    /* at == NULL: not said */
};

static struct parts cut(const char *reference)
{
    struct parts parts;
    if (!st_str_cut(st_str_of(reference), '#', &parts.contract, &parts.model))
        parts.model = (st_str){NULL, 0};
    return parts;
}

static st_err say_absent(const struct steno_registry *registry, const struct parts *parts,
                         struct st_buf *words)
{
    if (parts->contract.len + parts->model.len > ST_API_REFERENCE_BYTES_MAX)
        return st_buf_add_str(words, ST_STR("no such contract: its name is too long"));
    st_err err = ST_OK;
    if (parts->contract.len > 0)
        err = st_buf_printf(words, "%.*s: ", ST_STR_ARG(parts->contract));
    return err == ST_OK ? st_registry_explain_absent(registry->contracts, parts->contract, words)
                        : err;
}

/* The one contract that has a model of the name. */
static st_err find_by_model(const struct steno_registry *registry, st_str name, size_t *index,
                            struct st_buf *words)
{
    uint32_t found = 0;
    for (size_t i = 0; i < registry->count; i++) {
        uint32_t model;
        if (!find_model(&registry->shelves[i], name, &model))
            continue;
        found++;
        *index = i;
    }
    if (found == 1)
        return ST_OK;
    bool shown = name.len <= ST_API_REFERENCE_BYTES_MAX;
    st_err err = st_buf_printf(words, "%s: %s", shown ? name.at : "this name",
                               found == 0 ? "no contract has a model of this name"
                                          : "several contracts have a model of this name");
    return err == ST_OK ? ST_ERR_ABSENT : err;
}

/* Two threads may compile a model at once; one of the two stays. */
static st_err compile_model(const struct shelf *shelf, uint32_t index, struct st_api_held *held)
{
    struct st_schema_fault fault;
    struct st_schema *made = NULL;
    struct st_schema *there = atomic_load(&shelf->compiled[index].schema);
    if (there == NULL) {
        st_err err = st_contract_compile_model(held->contract, held->model, &made, &fault);
        if (err != ST_OK)
            return err;
        if (atomic_compare_exchange_strong(&shelf->compiled[index].schema, &there, made))
            there = made;
        else
            st_schema_free(made);
    }
    held->schema = there;
    return ST_OK;
}

st_err st_api_find_held(const struct steno_registry *registry, const char *reference,
                        struct st_api_held *held, struct st_buf *words)
{
    struct parts parts = cut(reference);
    uint32_t model;
    size_t index = 0;
    st_err err = ST_OK;
    if (parts.contract.len == 0 && parts.model.at != NULL)
        err = find_by_model(registry, parts.model, &index, words);
    else if (!find_contract(registry, parts.contract, &index))
        err = say_absent(registry, &parts, words) == ST_OK ? ST_ERR_ABSENT : ST_ERR_MEMORY;
    if (err != ST_OK)
        return err;
    const struct shelf *shelf = &registry->shelves[index];
    *held = (struct st_api_held){
        .contract = st_registry_at(registry->contracts, (uint32_t)index),
        .model = parts.model,
        .index = index,
    };
    held->schema = st_contract_schema(held->contract);
    if (parts.model.at == NULL)
        return ST_OK;
    if (find_model(shelf, parts.model, &model))
        return compile_model(shelf, model, held);
    err = st_buf_printf(words, "%s has no model of this name", shelf->reference);
    return err == ST_OK ? ST_ERR_ABSENT : err;
}

st_err st_api_recognise(const struct steno_registry *registry, const struct st_json *doc,
                        struct st_api_held *held, struct st_buf *words)
{
    struct st_candidates candidates;
    const struct st_contract *contract =
        st_registry_resolve(registry->contracts, doc, 0, &candidates);
    if (contract != NULL) {
        *held = (struct st_api_held){contract, st_contract_schema(contract), {NULL, 0}, 0};
        while (st_registry_at(registry->contracts, (uint32_t)held->index) != contract)
            held->index++;
        return ST_OK;
    }
    uint32_t room = sizeof(candidates.at) / sizeof(candidates.at[0]);
    st_err err = candidates.count == 0
                     ? st_buf_add_str(words, ST_STR("no contract recognises the event"))
                     : st_buf_add_str(words, ST_STR("several contracts recognise the event: "));
    for (uint32_t i = 0; i < candidates.count && i < room && err == ST_OK; i++)
        err = st_buf_printf(words, "%s%.*s", i == 0 ? "" : ", ",
                            ST_STR_ARG(st_contract_ref(candidates.at[i])));
    return err == ST_OK ? ST_ERR_ABSENT : err;
}

const char *st_api_held_name(const struct steno_registry *registry, const struct st_api_held *held)
{
    return registry->shelves[held->index].reference;
}

/* ---- names ---- */

const char *steno_registry_contract(const struct steno_registry *registry, size_t index)
{
    return registry != NULL && index < registry->count ? registry->shelves[index].reference : NULL;
}

static const struct shelf *find_shelf(const struct steno_registry *registry, const char *reference)
{
    size_t index;
    if (registry == NULL || reference == NULL ||
        !find_contract(registry, st_str_of(reference), &index))
        return NULL;
    return &registry->shelves[index];
}

const char *steno_registry_model(const struct steno_registry *registry, const char *reference,
                                 size_t index)
{
    const struct shelf *shelf = find_shelf(registry, reference);
    return shelf != NULL && index < shelf->model_count ? shelf->models[index] : NULL;
}

const char *steno_registry_type(const struct steno_registry *registry, const char *reference,
                                size_t index)
{
    const struct shelf *shelf = find_shelf(registry, reference);
    return shelf != NULL && index < shelf->type_count ? shelf->types[index] : NULL;
}

/* ---- texts ---- */

char *st_api_give_text(struct st_buf *text)
{
    if (st_buf_cstr(text) == NULL)
        return NULL;
    char *given = text->at;
    text->at = NULL;
    st_buf_done(text);
    return given;
}

void steno_text_free(char *text)
{
    st_mem_free(text);
}

steno_error steno_registry_schema(const struct steno_registry *registry, const char *reference,
                                  char **text)
{
    if (text == NULL)
        return STENO_ARGUMENT;
    *text = NULL;
    if (registry == NULL || reference == NULL)
        return STENO_ARGUMENT;
    struct st_api_held held;
    struct st_buf words = ST_BUF(ST_API_WORDS_BYTES_MAX);
    struct st_buf out = ST_BUF(2 * ST_CONTRACT_BYTES_MAX + 1);
    st_err err = st_api_find_held(registry, reference, &held, &words);
    st_buf_done(&words);
    if (err == ST_OK)
        err = held.model.at == NULL ? st_buf_add_str(&out, st_contract_text(held.contract))
                                    : st_contract_model(held.contract, held.model, &out);
    if (err == ST_OK && (*text = st_api_give_text(&out)) == NULL)
        err = ST_ERR_MEMORY;
    st_buf_done(&out);
    return st_api_error(err);
}
