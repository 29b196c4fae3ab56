/*
 * registry.c: the contracts that a process knows.
 *
 * A plain array: there are few, and finding one by its name happens when a request names it, not
 * for every event.
 */
#include "contract/registry.h"

#include "contract/annotation.h"
#include "contract/shipped.h"

#include "base/mem.h"
#include "json/name_table.h"
#include "json/pointer.h"

#include <stdatomic.h>

struct entry {
    struct st_contract *contract;
    enum st_mode mode;
    uint32_t lowest_rank; /* of its marks */
};

struct st_registry {
    struct st_name_table *names; /* outlives the contracts, which speak of it */
    bool strict_formats;
    /* Some name has several versions. Written before the count that shows the second one. */
    _Atomic bool has_versions;
    struct entry at[ST_CONTRACTS_MAX];
    /* Written by the thread that adds, after the entry, which never changes any more. A stale read
     * shows fewer contracts. */
    _Atomic uint32_t count;
};

static uint32_t count_of(const struct st_registry *registry)
{
    return atomic_load_explicit(&registry->count, memory_order_acquire);
}

/* ---- versions ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static st_str take_digits(st_str *text)
{
    st_str digits = {text->at, 0};
    while (digits.len < text->len && is_digit(text->at[digits.len]))
        digits.len++;
    *text = st_str_from(*text, digits.len);
    while (digits.len > 1 && digits.at[0] == '0')
        digits = st_str_from(digits, 1);
    return digits;
}

static int cmp_numbers(st_str a, st_str b)
{
    while (a.len > 0 && b.len > 0) {
        if (is_digit(a.at[0]) && is_digit(b.at[0])) {
            st_str left = take_digits(&a);
            st_str right = take_digits(&b);
            if (left.len != right.len)
                return left.len < right.len ? -1 : 1;
            int order = st_str_cmp(left, right);
            if (order != 0)
                return order;
        } else if (a.at[0] != b.at[0]) {
            return (unsigned char)a.at[0] < (unsigned char)b.at[0] ? -1 : 1;
        } else {
            a = st_str_from(a, 1);
            b = st_str_from(b, 1);
        }
    }
    return (a.len > 0) - (b.len > 0);
}

/* By characters, but runs of digits as numbers: v9 < v10, 1.9 < 1.10. Two that are written
 * differently are never the same: 1.01 < 1.1. */
static int cmp_versions(st_str a, st_str b)
{
    int order = cmp_numbers(a, b);
    return order != 0 ? order : st_str_cmp(a, b);
}

/* ---- filling ---- */

#define NONE UINT32_MAX

static uint32_t find_exact(const struct st_registry *registry, st_str reference)
{
    for (uint32_t i = 0, count = count_of(registry); i < count; i++)
        if (st_str_eq(st_contract_ref(registry->at[i].contract), reference))
            return i;
    return NONE;
}

static uint32_t find_newest(const struct st_registry *registry, st_str name)
{
    uint32_t newest = NONE;
    for (uint32_t i = 0, count = count_of(registry); i < count; i++) {
        const struct st_contract *contract = registry->at[i].contract;
        if (!st_str_eq(st_contract_name(contract), name))
            continue;
        if (newest == NONE || cmp_versions(st_contract_version(registry->at[newest].contract),
                                           st_contract_version(contract)) < 0)
            newest = i;
    }
    return newest;
}

/* No name holds an '@', so a reference without one is a name. */
static uint32_t find(const struct st_registry *registry, st_str reference)
{
    size_t at;
    return st_str_find(reference, '@', &at) ? find_exact(registry, reference)
                                            : find_newest(registry, reference);
}

st_err st_registry_add(struct st_registry *registry, struct st_contract *contract)
{
    uint32_t same = find_exact(registry, st_contract_ref(contract));
    if (same != NONE) {
        struct st_contract *there = registry->at[same].contract;
        if (!st_str_eq(st_contract_text(there), st_contract_text(contract)))
            return ST_ERR_CONFLICT;
        if (there != contract)
            st_contract_free(contract);
        return ST_OK;
    }
    uint32_t count = count_of(registry);
    if (count == ST_CONTRACTS_MAX)
        return ST_ERR_LIMIT;
    if (find_newest(registry, st_contract_name(contract)) != NONE)
        atomic_store_explicit(&registry->has_versions, true, memory_order_release);
    registry->at[count] =
        (struct entry){contract, ST_MODE_ENFORCE, st_contract_annotation(contract)->lowest_rank};
    atomic_store_explicit(&registry->count, count + 1, memory_order_release);
    return ST_OK;
}

st_err st_registry_load(struct st_registry *registry, st_str text, struct st_schema_fault *fault)
{
    const struct st_contract_options options = {
        .strict_formats = registry->strict_formats,
        .names = registry->names,
    };
    struct st_contract *contract;
    st_err err = st_contract_load_with(&contract, text, &options, fault);
    if (err != ST_OK)
        return err;
    if (find_exact(registry, st_contract_ref(contract)) != NONE) {
        st_contract_free(contract);
        return ST_OK;
    }
    err = st_registry_add(registry, contract);
    if (err != ST_OK) {
        st_contract_free(contract);
        *fault = (struct st_schema_fault){.err = err, .message = "there are too many contracts"};
    }
    return err;
}

static st_err add_shipped(struct st_registry *registry, const struct st_contract_options *options,
                          struct st_schema_fault *fault)
{
    struct st_contract_options with = {0};
    st_str text;
    if (options != NULL)
        with = *options;
    with.names = registry->names;
    for (uint32_t i = 0; st_shipped_contract(i, &text); i++) {
        struct st_contract *contract;
        st_err err = st_contract_load_shipped(&contract, text, &with, fault);
        if (err != ST_OK)
            return err;
        err = st_registry_add(registry, contract);
        ST_BUG_IF(err != ST_OK); /* two shipped files of one name and version */
    }
    return ST_OK;
}

st_err st_registry_new(struct st_registry **registry, struct st_schema_fault *fault)
{
    return st_registry_new_with(registry, NULL, fault);
}

st_err st_registry_new_with(struct st_registry **registry,
                            const struct st_contract_options *options,
                            struct st_schema_fault *fault)
{
    struct st_registry *made = st_mem_get_zeroed(sizeof(*made));
    if (made == NULL || st_name_table_new(&made->names) != ST_OK) {
        st_mem_free(made);
        *fault = (struct st_schema_fault){.err = ST_ERR_MEMORY, .message = "out of memory"};
        return ST_ERR_MEMORY;
    }
    made->strict_formats = options != NULL && options->strict_formats;
    st_err err = add_shipped(made, options, fault);
    if (err != ST_OK) {
        st_registry_free(made);
        return err;
    }
    *registry = made;
    return ST_OK;
}

void st_registry_free(struct st_registry *registry)
{
    if (registry == NULL)
        return;
    for (uint32_t i = 0, count = count_of(registry); i < count; i++)
        st_contract_free(registry->at[i].contract);
    st_name_table_free(registry->names);
    st_mem_free(registry);
}

const struct st_name_table *st_registry_names(const struct st_registry *registry)
{
    return registry->names;
}

/* ---- asking ---- */

uint32_t st_registry_count(const struct st_registry *registry)
{
    return count_of(registry);
}

const struct st_contract *st_registry_at(const struct st_registry *registry, uint32_t index)
{
    ST_BUG_IF(index >= count_of(registry));
    return registry->at[index].contract;
}

const struct st_contract *st_registry_find(const struct st_registry *registry, st_str reference)
{
    uint32_t at = find(registry, reference);
    return at == NONE ? NULL : registry->at[at].contract;
}

const struct st_contract *st_registry_next(const struct st_registry *registry, st_str name,
                                           const struct st_contract *before)
{
    const struct st_contract *next = NULL;
    for (uint32_t i = 0, count = count_of(registry); i < count; i++) {
        const struct st_contract *contract = registry->at[i].contract;
        st_str version = st_contract_version(contract);
        if (st_str_eq(st_contract_name(contract), name) &&
            (before == NULL || cmp_versions(st_contract_version(before), version) < 0) &&
            (next == NULL || cmp_versions(version, st_contract_version(next)) < 0))
            next = contract;
    }
    return next;
}

st_err st_registry_add_versions(const struct st_registry *registry, st_str name, struct st_buf *out)
{
    const struct st_contract *first = st_registry_next(registry, name, NULL);
    st_err err = ST_OK;
    for (const struct st_contract *at = first; at != NULL && err == ST_OK;
         at = st_registry_next(registry, name, at))
        err = st_buf_printf(out, "%s%.*s", at == first ? "" : ", ",
                            ST_STR_ARG(st_contract_version(at)));
    return err;
}

st_err st_registry_explain_absent(const struct st_registry *registry, st_str reference,
                                  struct st_buf *out)
{
    st_str name;
    st_str version;
    if (!st_str_cut(reference, '@', &name, &version) || find_newest(registry, name) == NONE)
        return st_buf_add_str(out, ST_STR("no such contract"));
    bool shown = version.len <= ST_CONTRACT_REF_BYTES_MAX;
    st_err err = st_buf_printf(out, "%.*s has no version %.*s; it has ", ST_STR_ARG(name),
                               shown ? (int)version.len : 0, version.at);
    return err == ST_OK ? st_registry_add_versions(registry, name, out) : err;
}

/* `unsupported version "2.0"; NAME has: 1.0`; a value that is too long to show is left out. */
static st_err tell_versions(const struct st_registry *registry, st_str name, st_str value,
                            struct st_buf *out)
{
    bool shown = value.len <= ST_REPORT_SHOWN_BYTES_MAX;
    st_buf_reset(out);
    st_err err = st_buf_printf(out, "unsupported version%s%.*s; %.*s has: ", shown ? " " : "",
                               shown ? (int)value.len : 0, value.at, ST_STR_ARG(name));
    return err == ST_OK ? st_registry_add_versions(registry, name, out) : err;
}

static bool is_choice(const struct st_violation *violation)
{
    return st_str_eq(violation->keyword, ST_STR("const")) ||
           st_str_eq(violation->keyword, ST_STR("enum"));
}

st_err st_registry_explain(const struct st_registry *registry, const struct st_contract *contract,
                           const struct st_json *doc, uint32_t node, struct st_report *report)
{
    const struct st_annotation *annotation = st_contract_annotation(contract);
    struct st_sight sight = {.annotation = annotation, .doc = doc, .node = node};
    st_str type;
    (void)st_sight_untag(&sight, &type);
    uint32_t version = st_paths_find_any(&annotation->version_at, &sight);
    if (version == ST_JSON_NONE)
        return ST_OK;
    struct st_buf words = ST_BUF((size_t)64 << 10);
    st_err err = ST_OK;
    for (uint32_t i = 0; i < report->count && err == ST_OK; i++) {
        struct st_violation *violation = &report->violations[i];
        if (violation->node != version || !is_choice(violation))
            continue;
        err = tell_versions(registry, annotation->name, st_json_raw(doc, version), &words);
        st_str message = st_arena_copy(report->arena, st_buf_str(&words));
        if (message.at == NULL)
            err = ST_ERR_MEMORY;
        else
            violation->message = message;
    }
    st_buf_done(&words);
    return err;
}

/* The version's place, when the model names it as a member; NULL when not. */
static const struct st_path *find_version_of(const struct st_annotation *annotation, st_str model)
{
    uint32_t index;
    if (!st_names_has(&annotation->model_names, model, &index) || annotation->version_at.count == 0)
        return NULL;
    const struct st_path *path = &annotation->version_at.at[0];
    uint32_t schema = st_pointer_find(annotation->doc, 0, annotation->model_pointers.at[index]);
    uint32_t named = schema == ST_JSON_NONE
                         ? ST_JSON_NONE
                         : st_json_member(annotation->doc, schema, ST_STR("properties"));
    return path->count == 1 && named != ST_JSON_NONE &&
                   st_json_member(annotation->doc, named, path->tokens[0]) != ST_JSON_NONE
               ? path
               : NULL;
}

/* One more behind those that there are, with room for it. */
static st_err add_violation(struct st_report *report, const struct st_violation *violation)
{
    if (report->count >= report->max) {
        report->dropped++;
        return ST_OK;
    }
    struct st_violation *all =
        ST_ARENA_ARRAY(report->arena, struct st_violation, (size_t)report->count + 1);
    if (all == NULL)
        return ST_ERR_MEMORY;
    if (report->count > 0)
        memcpy(all, report->violations, report->count * sizeof(all[0]));
    all[report->count] = *violation;
    report->violations = all;
    report->room = report->count + 1;
    report->count++;
    return ST_OK;
}

static st_err tell_version(const struct st_registry *registry, st_str name,
                           const struct st_json *doc, uint32_t node, struct st_report *report)
{
    struct st_buf words = ST_BUF((size_t)64 << 10);
    struct st_buf pointer = ST_BUF(ST_JSON_POINTER_BYTES_MAX);
    st_err err = tell_versions(registry, name, st_json_raw(doc, node), &words);
    if (err == ST_OK)
        err = st_pointer_of(doc, node, &pointer);
    struct st_violation violation = {
        .keyword = ST_STR("version"),
        .keyword_at = ST_STR(""),
        .absolute = ST_STR(""), /* no schema says it */
        .node = node,
        .parent = ST_JSON_NONE,
        .leaf = true,
        .definite = true,
    };
    if (err == ST_OK) {
        violation.message = st_arena_copy(report->arena, st_buf_str(&words));
        violation.instance = st_arena_copy(report->arena, st_buf_str(&pointer));
        violation.subject = violation.instance;
        err = violation.message.at == NULL || violation.instance.at == NULL
                  ? ST_ERR_MEMORY
                  : add_violation(report, &violation);
    }
    st_buf_done(&pointer);
    st_buf_done(&words);
    return err;
}

st_err st_registry_check_version(const struct st_registry *registry,
                                 const struct st_contract *contract, st_str model,
                                 const struct st_json *doc, bool *valid, struct st_report *report)
{
    const struct st_annotation *annotation = st_contract_annotation(contract);
    const struct st_path *path = find_version_of(annotation, model);
    uint32_t node = path == NULL ? ST_JSON_NONE : st_json_member(doc, 0, path->tokens[0]);
    if (node == ST_JSON_NONE || st_json_kind(doc, node) != ST_JSON_STRING ||
        st_str_eq(st_json_text(doc, node), annotation->version))
        return ST_OK;
    *valid = false;
    return report == NULL ? ST_OK : tell_version(registry, annotation->name, doc, node, report);
}

st_err st_registry_set_mode(struct st_registry *registry, st_str reference, enum st_mode mode)
{
    uint32_t at = find(registry, reference);
    if (at == NONE)
        return ST_ERR_ABSENT;
    registry->at[at].mode = mode;
    return ST_OK;
}

enum st_mode st_registry_mode(const struct st_registry *registry,
                              const struct st_contract *contract)
{
    for (uint32_t i = 0, count = count_of(registry); i < count; i++)
        if (registry->at[i].contract == contract)
            return registry->at[i].mode;
    return ST_MODE_ENFORCE;
}

/* ---- recognising ---- */

/* What the value says of its version, as the contract has it; at == NULL: nothing. */
static st_str find_stated_version(const struct st_contract *contract, const struct st_json *doc,
                                  uint32_t node)
{
    const struct st_annotation *annotation = st_contract_annotation(contract);
    struct st_sight sight = {.annotation = annotation, .doc = doc, .node = node};
    st_str type;
    if (annotation->version_at.count == 0)
        return (st_str){NULL, 0};
    (void)st_sight_untag(&sight, &type);
    uint32_t found = st_paths_find_any(&annotation->version_at, &sight);
    bool is_text = found != ST_JSON_NONE && (st_json_kind(doc, found) == ST_JSON_STRING ||
                                             st_json_kind(doc, found) == ST_JSON_NUMBER);
    return is_text ? st_json_text(doc, found) : (st_str){NULL, 0};
}

const struct st_contract *st_registry_choose_version(const struct st_registry *registry,
                                                     const struct st_contract *contract,
                                                     const struct st_json *doc, uint32_t node)
{
    if (!atomic_load_explicit(&registry->has_versions, memory_order_acquire))
        return contract;
    st_str version = find_stated_version(contract, doc, node);
    if (version.at == NULL || st_str_eq(version, st_contract_version(contract)))
        return contract;
    for (uint32_t i = 0, count = count_of(registry); i < count; i++) {
        const struct st_contract *other = registry->at[i].contract;
        if (st_str_eq(st_contract_version(other), version) &&
            st_str_eq(st_contract_name(other), st_contract_name(contract)))
            return other;
    }
    return contract;
}

/* Of several versions of a name the newest is the candidate. */
static void add_candidate(struct st_candidates *candidates, const struct st_contract *contract)
{
    const uint32_t room = sizeof(candidates->at) / sizeof(candidates->at[0]);
    uint32_t told = candidates->count < room ? candidates->count : room;
    for (uint32_t i = 0; i < told; i++) {
        if (!st_str_eq(st_contract_name(candidates->at[i]), st_contract_name(contract)))
            continue;
        if (cmp_versions(st_contract_version(candidates->at[i]), st_contract_version(contract)) < 0)
            candidates->at[i] = contract;
        return;
    }
    if (candidates->count < room)
        candidates->at[candidates->count] = contract;
    candidates->count++;
}

const struct st_contract *st_registry_resolve(const struct st_registry *registry,
                                              const struct st_json *doc, uint32_t node,
                                              struct st_candidates *candidates)
{
    uint32_t lowest = UINT32_MAX;
    candidates->count = 0;
    for (uint32_t i = 0, count = count_of(registry); i < count; i++) {
        const struct st_contract *contract = registry->at[i].contract;
        uint32_t rank = lowest;
        /* Most events fit the first contract, at a rank that the others do not reach. */
        if (registry->at[i].lowest_rank > lowest)
            continue;
        if (!st_contract_recognises(contract, doc, node, &rank))
            continue;
        if (rank < lowest)
            candidates->count = 0;
        lowest = rank;
        add_candidate(candidates, contract);
    }
    if (candidates->count == 1)
        candidates->at[0] = st_registry_choose_version(registry, candidates->at[0], doc, node);
    return candidates->count == 1 ? candidates->at[0] : NULL;
}

const struct st_contract *st_registry_find_by_type(const struct st_registry *registry, st_str type,
                                                   struct st_candidates *candidates,
                                                   const struct st_contract **reserved)
{
    candidates->count = 0;
    *reserved = NULL;
    for (uint32_t i = 0, count = count_of(registry); i < count; i++) {
        const struct st_contract *contract = registry->at[i].contract;
        if (!st_contract_names(contract, type))
            continue;
        if (st_contract_reserved(contract)) {
            *reserved = contract;
            continue;
        }
        add_candidate(candidates, contract);
    }
    return candidates->count == 1 ? candidates->at[0] : NULL;
}

bool st_registry_is_claimed(const struct st_registry *registry, const struct st_contract *named,
                            const struct st_json *doc, uint32_t node,
                            struct st_candidates *candidates)
{
    const uint32_t room = sizeof(candidates->at) / sizeof(candidates->at[0]);
    (void)st_registry_resolve(registry, doc, node, candidates);
    uint32_t told = candidates->count < room ? candidates->count : room;
    for (uint32_t i = 0; i < told; i++)
        if (st_str_eq(st_contract_name(candidates->at[i]), st_contract_name(named)))
            return false;
    if (candidates->count == 0)
        return false;
    if (told == room)
        told--;
    memmove(&candidates->at[1], &candidates->at[0], told * (sizeof(candidates->at) / room));
    candidates->at[0] = named;
    candidates->count++;
    return true;
}
