/*
 * dialect.c: which keywords count: by $schema, and by the $vocabulary of the metaschema it names.
 */
#include "schema/loader.h"

#include <pthread.h>

static const struct {
    enum st_draft draft;
    const char *uri;
} standard[] = {
#define STANDARD_ROW(id, name, uri) {ST_DRAFT_##id, uri},
    ST_DRAFT_LIST(STANDARD_ROW)
#undef STANDARD_ROW
        {ST_DRAFT_V1, "https://json-schema.org/v1/2026"}, /* the release names its metaschema */
};

#define STANDARD_COUNT (sizeof standard / sizeof standard[0])

/* unevaluated… stood in the applicator vocabulary before it got one of its own. */
static const struct {
    const char *uri;
    enum st_draft draft;
    uint32_t vocabularies;
    bool asserts_formats;
} known[] = {
    {"https://json-schema.org/draft/2020-12/vocab/core", ST_DRAFT_2020_12, ST_VOCABULARY_CORE,
     false},
    {"https://json-schema.org/draft/2020-12/vocab/applicator", ST_DRAFT_2020_12,
     ST_VOCABULARY_APPLICATOR, false},
    {"https://json-schema.org/draft/2020-12/vocab/unevaluated", ST_DRAFT_2020_12,
     ST_VOCABULARY_UNEVALUATED, false},
    {"https://json-schema.org/draft/2020-12/vocab/validation", ST_DRAFT_2020_12,
     ST_VOCABULARY_VALIDATION, false},
    {"https://json-schema.org/draft/2020-12/vocab/meta-data", ST_DRAFT_2020_12,
     ST_VOCABULARY_META_DATA, false},
    {"https://json-schema.org/draft/2020-12/vocab/format-annotation", ST_DRAFT_2020_12,
     ST_VOCABULARY_FORMAT, false},
    {"https://json-schema.org/draft/2020-12/vocab/format-assertion", ST_DRAFT_2020_12,
     ST_VOCABULARY_FORMAT, true},
    {"https://json-schema.org/draft/2020-12/vocab/content", ST_DRAFT_2020_12, ST_VOCABULARY_CONTENT,
     false},
    {"https://json-schema.org/draft/2019-09/vocab/core", ST_DRAFT_2019_09, ST_VOCABULARY_CORE,
     false},
    {"https://json-schema.org/draft/2019-09/vocab/applicator", ST_DRAFT_2019_09,
     ST_VOCABULARY_APPLICATOR | ST_VOCABULARY_UNEVALUATED, false},
    {"https://json-schema.org/draft/2019-09/vocab/validation", ST_DRAFT_2019_09,
     ST_VOCABULARY_VALIDATION, false},
    {"https://json-schema.org/draft/2019-09/vocab/meta-data", ST_DRAFT_2019_09,
     ST_VOCABULARY_META_DATA, false},
    {"https://json-schema.org/draft/2019-09/vocab/format", ST_DRAFT_2019_09, ST_VOCABULARY_FORMAT,
     false},
    {"https://json-schema.org/draft/2019-09/vocab/content", ST_DRAFT_2019_09, ST_VOCABULARY_CONTENT,
     false},
};

#define KNOWN_COUNT (sizeof known / sizeof known[0])

static struct st_dialect *new_dialect(struct st_loader *loader, st_str uri, enum st_draft draft)
{
    struct st_dialect *dialect = st_load_get(loader, sizeof *dialect);
    st_str copy = st_arena_copy(&loader->schema->arena, uri);
    if (dialect == NULL || copy.at == NULL)
        return NULL;
    *dialect = (struct st_dialect){
        .next = loader->dialects,
        .uri = copy,
        .draft = draft,
        .vocabularies = ST_VOCABULARY_ALL,
    };
    loader->dialects = dialect;
    return dialect;
}

static const struct st_dialect *find_dialect(const struct st_loader *loader, st_str uri)
{
    for (const struct st_dialect *at = loader->dialects; at != NULL; at = at->next)
        if (st_str_eq(at->uri, uri))
            return at;
    return NULL;
}

st_err st_load_standard_dialect(struct st_loader *loader, enum st_draft draft,
                                const struct st_dialect **dialect)
{
    size_t i = 0;
    while (i < STANDARD_COUNT && standard[i].draft != draft)
        i++;
    ST_BUG_IF(i == STANDARD_COUNT);
    st_str uri = st_str_of(standard[i].uri);
    *dialect = find_dialect(loader, uri);
    if (*dialect == NULL)
        *dialect = new_dialect(loader, uri, draft);
    return *dialect == NULL ? st_load_no_memory(loader) : ST_OK;
}

/* ---- compiled metaschemas ---- */

/* Those of the standard, each made by the load that first needs it, for a small schema is loaded in
 * a fraction of the time that its metaschema takes. They depend on no option of that load, never
 * change and live as long as the process. The lock guards the row; a load that makes one takes no
 * other lock. */
static struct {
    pthread_mutex_t lock;
    struct st_schema *compiled[STANDARD_COUNT];
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

static st_err share_metaschema(struct st_loader *loader, size_t i,
                               const struct st_schema **metaschema)
{
    st_err err = ST_OK;
    pthread_mutex_lock(&shared.lock);
    if (shared.compiled[i] == NULL)
        err = st_load_metaschema(loader, st_str_of(standard[i].uri), &shared.compiled[i]);
    *metaschema = shared.compiled[i];
    pthread_mutex_unlock(&shared.lock);
    return err;
}

st_err st_load_metaschema_of(struct st_loader *loader, const struct st_dialect *dialect,
                             const struct st_schema **metaschema)
{
    struct st_dialect *mine = loader->dialects;
    while (mine != dialect)
        mine = mine->next;
    st_err err = ST_OK;
    if (mine->metaschema == NULL) {
        size_t i = 0;
        while (i < STANDARD_COUNT && !st_str_eq(mine->uri, st_str_of(standard[i].uri)))
            i++;
        if (i < STANDARD_COUNT) {
            err = share_metaschema(loader, i, &mine->metaschema);
        } else {
            err = st_load_metaschema(loader, mine->uri, &mine->own_metaschema);
            mine->metaschema = mine->own_metaschema;
        }
    }
    *metaschema = mine->metaschema;
    return err;
}

/* ---- dialects of the user's own ---- */

/* The draft that the vocabularies of a metaschema belong to, when it is written in itself. */
static enum st_draft draft_of_vocabulary(const struct st_json *doc, uint32_t vocabulary)
{
    for (size_t i = 0; i < KNOWN_COUNT; i++)
        if (st_json_member(doc, vocabulary, st_str_of(known[i].uri)) != ST_JSON_NONE)
            return known[i].draft;
    return ST_DRAFT_UNKNOWN;
}

/* Reads $vocabulary, when the draft has it and the metaschema uses it. */
static st_err read_vocabulary(struct st_loader *loader, const struct st_document *place,
                              uint32_t node, const struct st_json *doc, uint32_t vocabulary,
                              struct st_dialect *dialect)
{
    if (vocabulary == ST_JSON_NONE || st_json_kind(doc, vocabulary) != ST_JSON_OBJECT ||
        ((1u << dialect->draft) & ST_SINCE_2019) == 0)
        return ST_OK;

    dialect->vocabularies = ST_VOCABULARY_CORE;
    for (uint32_t at = st_json_first(doc, vocabulary); at != ST_JSON_NONE;
         at = st_json_next(doc, vocabulary, at)) {
        st_str uri = st_json_text(doc, at);
        bool required = st_json_kind(doc, at + 1) == ST_JSON_TRUE;
        size_t i = 0;
        while (i < KNOWN_COUNT && !st_str_eq(uri, st_str_of(known[i].uri)))
            i++;
        if (i < KNOWN_COUNT) {
            dialect->vocabularies |= known[i].vocabularies;
            dialect->asserts_formats |= known[i].asserts_formats;
            /* In 2019-09 a metaschema that demands the format vocabulary demands assertions. */
            if (known[i].draft == ST_DRAFT_2019_09 && required &&
                known[i].vocabularies == ST_VOCABULARY_FORMAT)
                dialect->asserts_formats = true;
        } else if (required) {
            return st_load_fault(loader, ST_ERR_INVALID, place, node,
                                 "must not need an unknown vocabulary: \"%.*s\"", ST_STR_ARG(uri));
        }
    }
    return ST_OK;
}

static st_err unknown_dialect(struct st_loader *loader, const struct st_document *document,
                              uint32_t node, st_str uri)
{
    return st_load_fault(loader, ST_ERR_ABSENT, document, node,
                         "must name a known dialect, \"%.*s\" is not at hand", ST_STR_ARG(uri));
}

/* A metaschema that names itself as its own metaschema: its vocabularies say which draft it is. */
static st_err add_own_dialect(struct st_loader *loader, const struct st_document *document,
                              uint32_t node, st_str uri, const struct st_dialect **found)
{
    const struct st_json *doc = &document->json;
    uint32_t vocabulary = st_json_member(doc, 0, ST_STR("$vocabulary"));
    enum st_draft draft = ST_DRAFT_UNKNOWN;
    if (vocabulary != ST_JSON_NONE)
        draft = draft_of_vocabulary(doc, vocabulary);
    if (draft == ST_DRAFT_UNKNOWN)
        return unknown_dialect(loader, document, node, uri);
    struct st_dialect *dialect = new_dialect(loader, uri, draft);
    if (dialect == NULL)
        return st_load_no_memory(loader);
    *found = dialect;
    return read_vocabulary(loader, document, node, doc, vocabulary, dialect);
}

static st_err add_custom_dialect(struct st_loader *loader, const struct st_document *document,
                                 uint32_t node, st_str uri, const struct st_dialect **found)
{
    struct st_schema *metaschema = NULL;
    st_err err = st_load_metaschema(loader, uri, &metaschema);
    if (err == ST_ERR_ABSENT && loader->fault->err == ST_OK)
        return unknown_dialect(loader, document, node, uri);
    if (err != ST_OK)
        return err;

    struct st_dialect *dialect = new_dialect(loader, uri, metaschema->draft);
    if (dialect == NULL) {
        st_schema_free(metaschema);
        return st_load_no_memory(loader);
    }
    dialect->metaschema = metaschema;
    dialect->own_metaschema = metaschema;
    *found = dialect;
    const struct st_json *doc = st_schema_doc(metaschema);
    return read_vocabulary(loader, document, node, doc,
                           st_json_member(doc, 0, ST_STR("$vocabulary")), dialect);
}

st_err st_load_dialect(struct st_loader *loader, struct st_document *document, uint32_t node,
                       const struct st_dialect *fallback, const struct st_dialect **dialect)
{
    const struct st_json *doc = &document->json;
    uint32_t value = st_json_member(doc, node, ST_STR("$schema"));
    if (value == ST_JSON_NONE) {
        *dialect = fallback;
        return ST_OK;
    }
    if (st_json_kind(doc, value) != ST_JSON_STRING)
        return st_load_fault(loader, ST_ERR_INVALID, document, value, "must be type string");

    st_str uri = st_json_text(doc, value);
    if (st_str_ends(uri, ST_STR("#")))
        uri.len--;
    *dialect = find_dialect(loader, uri);
    if (*dialect != NULL)
        return ST_OK;
    for (size_t i = 0; i < STANDARD_COUNT; i++)
        if (st_str_eq(uri, st_str_of(standard[i].uri)))
            return st_load_standard_dialect(loader, standard[i].draft, dialect);
    if (st_str_eq(uri, loader->self))
        return add_own_dialect(loader, document, value, uri, dialect);
    return add_custom_dialect(loader, document, value, uri, dialect);
}
