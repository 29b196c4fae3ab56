/*
 * contract.c: loads a contract: its schema by the schema's own rules, its annotation by
 * contracts/x-steno.schema.json.
 */
#include "contract/annotation.h"
#include "contract/shipped.h"

#include "base/mem.h"
#include "json/pointer.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct st_contract {
    struct st_buf text; /* the file */
    struct st_buf ref;
    struct st_schema *schema;
    struct st_arena arena;
    struct st_schema_options asserted; /* which formats; their names live in the arena */
    struct st_annotation annotation;
    st_str title;
    uint8_t digest[ST_DIGEST_BYTES];
};

/* ---- faults ---- */

static void fill(char *field, size_t room, st_str text)
{
    size_t len = text.len < room ? text.len : room - 1;
    if (len > 0)
        memcpy(field, text.at, len);
    field[len] = '\0';
}

static st_err fault_at(struct st_schema_fault *fault, st_err err, st_str pointer, st_str message)
{
    *fault = (struct st_schema_fault){.err = err};
    fill(fault->pointer, sizeof(fault->pointer), pointer);
    fill(fault->message, sizeof(fault->message), message);
    return err;
}

static st_err fault_of(struct st_schema_fault *fault, st_err err)
{
    return fault_at(fault, err, ST_STR(""), st_str_of(st_err_text(err)));
}

st_err st_contract_fault(struct st_schema_fault *fault, st_err err, const struct st_json *doc,
                         uint32_t node, st_str message)
{
    struct st_buf pointer = ST_BUF(ST_CONTRACT_BYTES_MAX);
    if (st_pointer_of(doc, node, &pointer) != ST_OK)
        st_buf_reset(&pointer);
    err = fault_at(fault, err, st_buf_str(&pointer), message);
    st_json_place(doc->text, doc->nodes[node].at, &fault->line, &fault->column);
    st_buf_done(&pointer);
    return err;
}

/* Pointers in the report start at the annotation. */
static st_err fault_of_violation(struct st_schema_fault *fault, const struct st_json *doc,
                                 const struct st_violation *violation)
{
    char pointer[sizeof(fault->pointer)];
    int len = snprintf(pointer, sizeof(pointer), "/x-steno%.*s", ST_STR_ARG(violation->subject));
    ST_BUG_IF(len < 0);
    st_err err = fault_at(fault, ST_ERR_INVALID, st_str_of(pointer), violation->message);
    st_json_place(doc->text, doc->nodes[violation->node].at, &fault->line, &fault->column);
    return err;
}

/* ---- all of them ---- */

void st_contract_faults_done(struct st_contract_faults *faults)
{
    st_mem_free(faults->at);
    *faults = (struct st_contract_faults){0};
}

/* Several keywords may say the same of one place, by several ways to them. */
static bool is_told(const struct st_contract_faults *faults, const struct st_schema_fault *fault)
{
    for (uint32_t i = 0; i < faults->count; i++)
        if (strcmp(faults->at[i].pointer, fault->pointer) == 0 &&
            strcmp(faults->at[i].message, fault->message) == 0)
            return true;
    return false;
}

static st_err keep(struct st_contract_faults *faults, const struct st_schema_fault *fault)
{
    if (is_told(faults, fault))
        return ST_OK;
    if (faults->at == NULL)
        faults->at = st_mem_get_zeroed(ST_CONTRACT_FAULTS_MAX * sizeof faults->at[0]);
    if (faults->at == NULL)
        return ST_ERR_MEMORY;
    faults->at[faults->count++] = *fault;
    return ST_OK;
}

/* What must be mended whatever else is, as far down as that is so: of a choice the choice itself,
 * as its children need not be. */
static void mark_definite(const struct st_report *report, bool *told)
{
    for (uint32_t i = 0; i < report->count; i++) {
        const struct st_violation *v = &report->violations[i];
        told[i] = v->definite;
        if (v->definite && v->parent != ST_JSON_NONE)
            told[v->parent] = false; /* a parent stands before its children */
    }
}

/* As they stand in the file. */
static int cmp_faults(const void *a, const void *b)
{
    const struct st_schema_fault *left = a;
    const struct st_schema_fault *right = b;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    if (left->column != right->column)
        return left->column < right->column ? -1 : 1;
    return strcmp(left->pointer, right->pointer);
}

static st_err tell_violations(const struct st_report *report, const struct st_json *doc,
                              struct st_contract_faults *faults, struct st_schema_fault *fault)
{
    struct st_schema_fault one;
    st_err err = ST_OK;
    bool *told = ST_ARENA_ARRAY(report->arena, bool, (size_t)report->count + 1);
    if (told == NULL)
        return fault_of(fault, ST_ERR_MEMORY);
    fault_at(fault, ST_ERR_INVALID, ST_STR("/x-steno"), ST_STR("is not valid"));
    mark_definite(report, told);
    for (uint32_t i = 0; i < report->count && err == ST_OK; i++) {
        if (!told[i])
            continue;
        if (faults != NULL && faults->count == ST_CONTRACT_FAULTS_MAX) {
            faults->dropped++; /* not looked for in a file of megabytes any more */
            continue;
        }
        (void)fault_of_violation(&one, doc, &report->violations[i]);
        if (faults == NULL) {
            *fault = one;
            return ST_ERR_INVALID;
        }
        err = keep(faults, &one);
    }
    if (err != ST_OK)
        return fault_of(fault, err);
    if (faults == NULL || faults->count == 0)
        return ST_ERR_INVALID;
    qsort(faults->at, faults->count, sizeof faults->at[0], cmp_faults);
    *fault = faults->at[0];
    faults->dropped += report->dropped;
    return ST_ERR_INVALID;
}

/* ---- loading ---- */

_Static_assert(ST_CONTRACT_SPOTS_MAX == 4096, "as load_annotation says");

static st_err report_annotation(const struct st_schema *meta, struct st_checker *checker,
                                const struct st_json *doc, uint32_t node,
                                struct st_contract_faults *faults, struct st_schema_fault *fault)
{
    struct st_arena arena;
    struct st_report report;
    bool valid = false;
    st_arena_init(&arena, ST_CONTRACT_ARENA_BYTES_MAX);
    st_report_init(&report, &arena, ST_REPORT_VIOLATIONS_MAX);
    st_err err = st_schema_check(meta, checker, doc, node, &valid, &report);
    if (err != ST_OK) {
        err = fault_of(fault, err);
    } else if (!valid) {
        err = tell_violations(&report, doc, faults, fault);
    }
    st_arena_done(&arena);
    return err;
}

/* The annotation's schema, made by the load that first needs it: a small contract is loaded in a
 * fraction of the time that it takes. It never changes and lives as long as the process. The lock
 * guards it; what makes it takes the lock of the metaschemas only. */
static struct {
    pthread_mutex_t lock;
    struct st_schema *compiled;
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

static st_err share_annotation_schema(const struct st_schema **meta, struct st_schema_fault *fault)
{
    const struct st_schema_options options = {.assert_formats = true};
    st_err err = ST_OK;
    pthread_mutex_lock(&shared.lock);
    if (shared.compiled == NULL)
        err = st_schema_load(&shared.compiled, st_shipped_find(ST_STR("x-steno.schema.json")),
                             &options, fault);
    *meta = shared.compiled;
    pthread_mutex_unlock(&shared.lock);
    return err;
}

static st_err check_annotation(const struct st_json *doc, uint32_t node,
                               struct st_contract_faults *faults, struct st_schema_fault *fault)
{
    const struct st_schema *meta;
    struct st_checker *checker;
    st_err err = share_annotation_schema(&meta, fault);
    if (err != ST_OK)
        return err;
    err = st_checker_new(&checker);
    if (err != ST_OK)
        return fault_of(fault, err);
    bool valid = false;
    err = st_schema_check(meta, checker, doc, node, &valid, NULL);
    if (err != ST_OK)
        err = fault_of(fault, err);
    else if (!valid)
        err = report_annotation(meta, checker, doc, node, faults, fault);
    st_checker_free(checker);
    return err;
}

static st_err load_annotation(struct st_contract *contract, bool checked,
                              const struct st_contract_options *options,
                              struct st_schema_fault *fault)
{
    const struct st_json *doc = st_schema_doc(contract->schema);
    if (st_schema_draft(contract->schema) != ST_DRAFT_2020_12)
        return fault_at(fault, ST_ERR_INVALID, ST_STR("/$schema"),
                        ST_STR("a contract is written in JSON Schema 2020-12"));
    uint32_t node = st_json_member(doc, 0, ST_STR("x-steno"));
    if (node == ST_JSON_NONE)
        return fault_at(fault, ST_ERR_INVALID, ST_STR("/x-steno"), ST_STR("is required"));
    st_err err = ST_OK;
    if (!checked)
        err = check_annotation(doc, node, options == NULL ? NULL : options->faults, fault);
    if (err != ST_OK)
        return err;
    uint32_t title = st_json_member(doc, 0, ST_STR("title"));
    contract->title = title == ST_JSON_NONE ? ST_STR("") : st_json_text(doc, title);
    err = st_annotation_parse(&contract->annotation, &contract->arena, doc, node,
                              options == NULL ? NULL : options->names);
    if (err == ST_ERR_LIMIT)
        return st_contract_fault(fault, err, doc, node,
                                 ST_STR("points to more than 4096 places in an event"));
    if (err != ST_OK)
        return fault_of(fault, err);
    return checked ? ST_OK : st_annotation_check(contract->schema, node, fault);
}

static st_err describe(struct st_contract *contract)
{
    const struct st_annotation *annotation = &contract->annotation;
    st_err err = st_buf_printf(&contract->ref, "%.*s@%.*s", ST_STR_ARG(annotation->name),
                               ST_STR_ARG(annotation->version));
    if (err == ST_OK && EVP_Digest(contract->text.at, contract->text.len, contract->digest, NULL,
                                   EVP_sha256(), NULL) != 1)
        err = ST_ERR_MEMORY;
    return err;
}

/* The list at `node` as one for the schema's loader; what is no text in it, the metaschema finds.
 */
static st_err list_formats(struct st_contract *contract, const struct st_json *doc, uint32_t node,
                           struct st_schema_options *options)
{
    st_str *names = ST_ARENA_ARRAY(&contract->arena, st_str, (size_t)doc->nodes[node].len + 1);
    if (names == NULL)
        return ST_ERR_MEMORY;
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE;
         at = st_json_next(doc, node, at)) {
        if (st_json_kind(doc, at) != ST_JSON_STRING)
            continue;
        st_str name = st_arena_copy(&contract->arena, st_json_text(doc, at));
        if (name.at == NULL)
            return ST_ERR_MEMORY;
        names[options->format_count++] = name;
    }
    options->formats = names;
    return ST_OK;
}

/* A contract whose schema is being loaded, with these options. */
struct loading {
    struct st_contract *contract;
    struct st_schema_options options;
};

/* Which formats are asserted stands in the file itself. */
static st_err choose_formats(void *context, const struct st_json *doc)
{
    struct loading *loading = context;
    struct st_schema_options *asserted = &loading->contract->asserted;
    uint32_t node = st_json_member(doc, 0, ST_STR("x-steno"));
    if (node != ST_JSON_NONE)
        node = st_json_member(doc, node, ST_STR("assert_formats"));
    if (node == ST_JSON_NONE || st_json_kind(doc, node) != ST_JSON_ARRAY)
        return ST_OK;
    st_err err = list_formats(loading->contract, doc, node, asserted);
    loading->options.formats = asserted->formats;
    loading->options.format_count = asserted->format_count;
    return err;
}

static st_err load_schema(struct st_contract *contract, const struct st_contract_options *options,
                          struct st_schema_fault *fault)
{
    contract->asserted.assert_formats = true;
    struct loading loading = {.contract = contract, .options = contract->asserted};
    loading.options.context = &loading;
    if (options == NULL || !options->strict_formats)
        loading.options.choose_formats = choose_formats;
    if (options != NULL) /* models that are compiled later have names of their own */
        loading.options.names = options->names;
    return st_schema_load(&contract->schema, st_buf_str(&contract->text), &loading.options, fault);
}

static st_err load(struct st_contract *contract, st_str text, bool checked,
                   const struct st_contract_options *options, struct st_schema_fault *fault)
{
    st_err err = st_buf_add_str(&contract->text, text);
    if (err != ST_OK)
        return fault_of(fault, err);
    err = load_schema(contract, options, fault);
    if (err != ST_OK)
        return err;
    err = load_annotation(contract, checked, options, fault);
    if (err != ST_OK)
        return err;
    err = describe(contract);
    return err == ST_OK ? ST_OK : fault_of(fault, err);
}

static st_err load_new(struct st_contract **contract, st_str text, bool checked,
                       const struct st_contract_options *options, struct st_schema_fault *fault)
{
    struct st_contract *made = st_mem_get_zeroed(sizeof(*made));
    if (options != NULL && options->faults != NULL)
        st_contract_faults_done(options->faults);
    if (made == NULL)
        return fault_of(fault, ST_ERR_MEMORY);
    made->text = ST_BUF(ST_CONTRACT_BYTES_MAX);
    made->ref = ST_BUF(ST_CONTRACT_REF_BYTES_MAX);
    st_arena_init(&made->arena, ST_CONTRACT_ARENA_BYTES_MAX);
    st_err err = load(made, text, checked, options, fault);
    if (err != ST_OK) {
        st_contract_free(made);
        return err;
    }
    *contract = made;
    return ST_OK;
}

st_err st_contract_load(struct st_contract **contract, st_str text, struct st_schema_fault *fault)
{
    return load_new(contract, text, false, NULL, fault);
}

st_err st_contract_load_with(struct st_contract **contract, st_str text,
                             const struct st_contract_options *options,
                             struct st_schema_fault *fault)
{
    return load_new(contract, text, false, options, fault);
}

st_err st_contract_load_shipped(struct st_contract **contract, st_str text,
                                const struct st_contract_options *options,
                                struct st_schema_fault *fault)
{
    return load_new(contract, text, true, options, fault);
}

void st_contract_free(struct st_contract *contract)
{
    if (contract == NULL)
        return;
    if (contract->schema != NULL)
        st_schema_free(contract->schema);
    st_arena_done(&contract->arena);
    st_buf_done(&contract->ref);
    st_buf_done(&contract->text);
    st_mem_free(contract);
}

/* ---- what it is ---- */

st_str st_contract_ref(const struct st_contract *contract)
{
    return st_buf_str(&contract->ref);
}

st_str st_contract_name(const struct st_contract *contract)
{
    return contract->annotation.name;
}

st_str st_contract_version(const struct st_contract *contract)
{
    return contract->annotation.version;
}

st_str st_contract_title(const struct st_contract *contract)
{
    return contract->title;
}

st_str st_contract_text(const struct st_contract *contract)
{
    return st_buf_str(&contract->text);
}

const uint8_t *st_contract_digest(const struct st_contract *contract)
{
    return contract->digest;
}

const struct st_schema *st_contract_schema(const struct st_contract *contract)
{
    return contract->schema;
}

const struct st_annotation *st_contract_annotation(const struct st_contract *contract)
{
    return &contract->annotation;
}

bool st_contract_keeps_unknown_types(const struct st_contract *contract)
{
    return contract->annotation.keeps_unknown_types;
}

st_str st_contract_type(const struct st_contract *contract, uint32_t index)
{
    const struct st_names *types = &contract->annotation.types;
    return index < types->count ? types->at[index] : (st_str){NULL, 0};
}

bool st_contract_names(const struct st_contract *contract, st_str type)
{
    return st_annotation_names(&contract->annotation, type);
}

bool st_contract_reserved(const struct st_contract *contract)
{
    return contract->annotation.reserved;
}

st_err st_contract_compile_model(const struct st_contract *contract, st_str name,
                                 struct st_schema **schema, struct st_schema_fault *fault)
{
    struct st_buf text = ST_BUF(2 * ST_CONTRACT_BYTES_MAX);
    st_err err = st_contract_model(contract, name, &text);
    err = err == ST_OK ? st_schema_load(schema, st_buf_str(&text), &contract->asserted, fault)
                       : fault_of(fault, err);
    st_buf_done(&text);
    return err;
}

bool st_contract_note(const struct st_contract *contract, uint32_t index,
                      struct st_contract_note *note)
{
    if (index >= contract->annotation.note_count)
        return false;
    *note = contract->annotation.notes[index];
    return true;
}

const struct st_retired *st_contract_retired(const struct st_contract *contract, uint32_t index)
{
    const struct st_annotation *annotation = &contract->annotation;
    return index < annotation->retired_count ? &annotation->retired[index] : NULL;
}

/* ---- modes ---- */

const char *st_mode_name(enum st_mode mode)
{
    static const char *const NAMES[ST_MODE_COUNT] = {
#define MODE_NAME(id, text) text,
        ST_MODE_LIST(MODE_NAME)
#undef MODE_NAME
    };
    return NAMES[mode];
}

bool st_mode_of_name(st_str name, enum st_mode *mode)
{
    for (int i = 0; i < ST_MODE_COUNT; i++) {
        if (st_str_eq(name, st_str_of(st_mode_name((enum st_mode)i)))) {
            *mode = (enum st_mode)i;
            return true;
        }
    }
    return false;
}
