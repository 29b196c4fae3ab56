#include "cli/contracts.h"

#include "cli/limits.h"
#include "cli/member.h"
#include "cli/place.h"
#include "cli/remote.h"
#include "cli/say.h"
#include "engine/addition.h"
#include "json/json.h"

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

/* ---- those of a store ---- */

/* A store that nobody named is looked at only in passing: what is wrong with it is told, and the
 * command goes on with what ships. */
static int tell_store(struct st_cli *cli, struct st_place *place, st_err err,
                      const struct st_why *why)
{
    char reason[ST_REASON_MAX];
    bool is_named = st_options_has(&cli->options, ST_OPT_STORE);
    if (is_named)
        return st_place_tell(place, err, why);
    if (err != ST_ERR_ABSENT)
        st_note("store %s: its contracts are not known: %s", st_place_store(place),
                st_reason(err, why, reason));
    return ST_EXIT_GOOD;
}

static st_err add_stored(struct st_registry *registry, const char *path, struct st_why *why)
{
    struct st_reader *reader = NULL;
    st_err err = path == NULL ? ST_ERR_MEMORY : st_reader_open(&reader, path, NULL, why);
    if (err == ST_OK)
        err = st_addition_load_all(registry, reader, why);
    st_reader_close(reader);
    return err;
}

static int add_those_here(struct st_registry *registry, struct st_cli *cli, struct st_place *place)
{
    struct st_why why = {0};
    st_err err = add_stored(registry, st_place_store(place), &why);
    return err == ST_OK ? ST_EXIT_GOOD : tell_store(cli, place, err, &why);
}

struct st_registry *st_contracts_open_to_write(const char *path, bool strict_time)
{
    struct st_why why = {0};
    struct st_registry *registry = st_contracts_open(strict_time);
    if (registry != NULL)
        (void)!add_stored(registry, path, &why);
    return registry;
}

/* ---- those of a recorder ---- */

static int tell_remote(struct st_place *place, struct st_remote *remote)
{
    return st_fail_with(ST_EXIT_TROUBLE, "%s: %s; is the recorder running (steno serve)?",
                        st_place_url(place), st_remote_problem(remote));
}

static st_err fetch(struct st_remote *remote, struct st_registry *registry, st_str reference)
{
    struct st_schema_fault fault = {0};
    struct st_buf target = ST_BUF(ST_URL_BYTES_MAX);
    if (st_registry_find(registry, reference) != NULL)
        return ST_OK;
    st_err err = st_buf_printf(&target, "/v1/contracts/%.*s", ST_STR_ARG(reference));
    const char *text = err == ST_OK ? st_buf_cstr(&target) : NULL;
    struct st_request request = {.target = text};
    err = text == NULL ? ST_ERR_MEMORY : st_remote_ask(remote, &request);
    st_buf_done(&target);
    if (err == ST_OK)
        err = st_registry_load(registry, st_remote_answer(remote), &fault);
    return err;
}

static st_err fetch_all(struct st_remote *remote, struct st_registry *registry)
{
    struct st_json doc;
    struct st_buf list = ST_BUF(ST_ANSWER_LINE_BYTES_MAX);
    struct st_request request = {.target = "/v1/contracts"};
    st_json_init(&doc);
    st_err err = st_remote_ask(remote, &request);
    if (err == ST_OK)
        err = st_buf_add_str(&list, st_remote_answer(remote));
    if (err == ST_OK)
        err = st_json_parse(&doc, st_buf_str(&list), NULL, NULL);
    uint32_t all = err == ST_OK ? st_json_member(&doc, 0, ST_STR("contracts")) : ST_JSON_NONE;
    if (err == ST_OK && (all == ST_JSON_NONE || st_json_kind(&doc, all) != ST_JSON_ARRAY))
        err = ST_ERR_INVALID;
    for (uint32_t at = err == ST_OK ? st_json_first(&doc, all) : ST_JSON_NONE;
         at != ST_JSON_NONE && err == ST_OK; at = st_json_next(&doc, all, at))
        err = fetch(remote, registry, st_member_text(&doc, at, "ref"));
    st_json_done(&doc);
    st_buf_done(&list);
    return err;
}

static int add_remote(struct st_registry *registry, struct st_place *place)
{
    struct st_remote *remote = NULL;
    if (st_remote_open(&remote, st_place_url(place)) != ST_OK)
        return st_fail_with(ST_EXIT_TROUBLE, "contracts: out of memory");
    st_err err = fetch_all(remote, registry);
    int code = err == ST_OK ? ST_EXIT_GOOD : tell_remote(place, remote);
    st_remote_close(remote);
    return code;
}

static struct st_registry *open_with(struct st_cli *cli, bool strict_time, bool anywhere)
{
    struct st_place place;
    struct st_registry *registry = st_contracts_open(strict_time);
    if (registry == NULL)
        return NULL;
    int code = anywhere ? st_place_find(cli, &place) : st_place_find_store(cli, &place);
    if (code == ST_EXIT_GOOD)
        code = st_place_url(&place) != NULL && anywhere ? add_remote(registry, &place)
                                                        : add_those_here(registry, cli, &place);
    st_place_done(&place);
    if (code == ST_EXIT_GOOD)
        return registry;
    st_registry_free(registry);
    return NULL;
}

struct st_registry *st_contracts_open_here(struct st_cli *cli, bool strict_time)
{
    return open_with(cli, strict_time, false);
}

struct st_registry *st_contracts_open_anywhere(struct st_cli *cli)
{
    return open_with(cli, false, true);
}

/* ---- finding and telling ---- */

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
