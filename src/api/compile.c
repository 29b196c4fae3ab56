#include "api/api.h"

#include "base/limits.h"

#include <stdio.h>

_Static_assert(STENO_SCHEMA_BYTES_MAX == ST_FILE_BYTES_MAX, "as steno.h says");

struct steno_document {
    struct st_buf *text;
};

/* The caller's options beside the inner ones made of them. */
struct compilation {
    const struct steno_options *options;
    struct st_buf uri; /* with a NUL, for the caller's function */
};

/* ---- faults ---- */

steno_error st_api_refuse_call(struct steno_fault *fault, const char *message)
{
    if (fault == NULL)
        return STENO_ARGUMENT;
    *fault = (struct steno_fault){.error = STENO_ARGUMENT};
    snprintf(fault->message, sizeof fault->message, "%s", message);
    return STENO_ARGUMENT;
}

steno_error st_api_fault(struct steno_fault *fault, const struct st_schema_fault *inner)
{
    if (fault == NULL)
        return st_api_error(inner->err);
    _Static_assert(sizeof fault->uri == sizeof inner->uri &&
                       sizeof fault->pointer == sizeof inner->pointer &&
                       sizeof fault->message == sizeof inner->message,
                   "texts are copied whole");
    fault->error = st_api_error(inner->err);
    memcpy(fault->uri, inner->uri, sizeof fault->uri);
    memcpy(fault->pointer, inner->pointer, sizeof fault->pointer);
    memcpy(fault->message, inner->message, sizeof fault->message);
    fault->line = inner->line;
    fault->column = inner->column;
    return fault->error;
}

/* ---- references ---- */

/* Asks the caller's function. A URI with a NUL inside is none that it could be asked for: it would
 * see another one. */
static st_err resolve(void *context, st_str uri, struct st_buf *text)
{
    struct compilation *compilation = context;
    const struct steno_options *options = compilation->options;
    size_t nul;
    if (st_str_find(uri, '\0', &nul))
        return ST_ERR_ABSENT;
    st_buf_reset(&compilation->uri);
    st_err err = st_buf_add_str(&compilation->uri, uri);
    const char *name = err == ST_OK ? st_buf_cstr(&compilation->uri) : NULL;
    if (name == NULL)
        return err == ST_OK ? ST_ERR_MEMORY : err;
    struct steno_document document = {.text = text};
    return st_api_err_of(options->resolve(options->context, name, &document));
}

steno_error steno_document_add(struct steno_document *document, const char *text, size_t len)
{
    if (document == NULL || (text == NULL && len > 0))
        return STENO_ARGUMENT;
    return st_api_error(st_buf_add(document->text, text, len));
}

/* ---- compiling ---- */

/* Whether the caller's word for a draft is one; *draft is then ours. */
static bool find_draft(enum steno_draft given, enum st_draft *draft)
{
    switch (given) {
    case STENO_DRAFT_DEFAULT:
        *draft = ST_DRAFT_UNKNOWN;
        return true;
#define DRAFT_CASE(id, name, uri)                                                                  \
    case STENO_DRAFT_##id:                                                                         \
        *draft = ST_DRAFT_##id;                                                                    \
        return true;
        ST_DRAFT_LIST(DRAFT_CASE)
#undef DRAFT_CASE
    }
    return false;
}

static steno_error load(struct steno_schema **schema, st_str text,
                        const struct steno_options *options, enum st_draft draft,
                        struct steno_fault *fault)
{
    struct st_schema *made = NULL;
    struct st_schema_fault inner = {0};
    struct compilation compilation = {.options = options, .uri = ST_BUF(ST_SCHEMA_URI_BYTES_MAX)};
    st_str unused;
    struct st_schema_options given = {
        .draft = draft,
        .assert_formats = options->assert_formats,
        .resolve = options->resolve != NULL ? resolve : NULL,
        .context = &compilation,
    };
    st_str_cut(st_str_of(options->base_uri), '#', &given.base_uri, &unused);
    st_err err = st_schema_load(&made, text, &given, &inner);
    st_buf_done(&compilation.uri);
    if (err != ST_OK)
        return st_api_fault(fault, &inner);
    *schema = (struct steno_schema *)made;
    return STENO_OK;
}

steno_error steno_compile(struct steno_schema **schema, const char *text, size_t len,
                          const struct steno_options *options, struct steno_fault *fault)
{
    static const struct steno_options none = {.resolve = NULL};
    enum st_draft draft = ST_DRAFT_UNKNOWN;
    if (options == NULL)
        options = &none;
    if (schema == NULL)
        return st_api_refuse_call(fault, "there is no place to put the schema");
    *schema = NULL;
    if (text == NULL && len > 0)
        return st_api_refuse_call(fault, "there is no text");
    if (!find_draft(options->draft, &draft))
        return st_api_refuse_call(fault, "there is no such draft");
    return load(schema, (st_str){len == 0 ? "" : text, len}, options, draft, fault);
}

void steno_schema_free(struct steno_schema *schema)
{
    st_schema_free((struct st_schema *)schema);
}
