#include "schema/loader.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "schema/metaschema.h"
#include "schema/program.h"
#include "schema/uri.h"
#include "json/pointer.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- faults ---- */

/* Cuts a text that filled its array at the end of its last whole code point. */
static void end_whole(char *text)
{
    text[st_utf8_check(st_str_of(text))] = '\0';
}

static void put_text(char *to, size_t room, st_str text)
{
    size_t len = text.len < room ? text.len : room - 1;
    if (len > 0)
        memcpy(to, text.at, len);
    to[len] = '\0';
    end_whole(to);
}

static void put_place(struct st_schema_fault *fault, const struct st_document *document,
                      uint32_t node, st_str below)
{
    if (!document->given)
        put_text(fault->uri, sizeof fault->uri, document->uri);
    if (node >= document->json.count)
        return;
    struct st_buf pointer = ST_BUF(ST_JSON_POINTER_BYTES_MAX);
    if (st_pointer_of(&document->json, node, &pointer) == ST_OK &&
        st_buf_add_str(&pointer, below) == ST_OK)
        put_text(fault->pointer, sizeof fault->pointer, st_buf_str(&pointer));
    st_buf_done(&pointer);
}

static void put_line(struct st_schema_fault *fault, const struct st_document *document,
                     uint32_t node)
{
    if (node < document->json.count)
        st_json_place(document->json.text, document->json.nodes[node].at, &fault->line,
                      &fault->column);
}

st_err st_load_fault(struct st_loader *loader, st_err err, const struct st_document *document,
                     uint32_t node, const char *format, ...)
{
    struct st_schema_fault *fault = loader->fault;
    *fault = (struct st_schema_fault){.err = err};
    va_list args;
    va_start(args, format);
    vsnprintf(fault->message, sizeof fault->message, format, args);
    va_end(args);
    end_whole(fault->message);
    if (document != NULL) {
        put_place(fault, document, node, ST_STR(""));
        put_line(fault, document, node);
    }
    return err;
}

st_err st_load_no_memory(struct st_loader *loader)
{
    if (loader->schema != NULL && loader->schema->arena.full)
        return st_load_fault(loader, ST_ERR_LIMIT, NULL, 0, "must be smaller to be loaded");
    return st_load_fault(loader, ST_ERR_MEMORY, NULL, 0, "%s", st_err_text(ST_ERR_MEMORY));
}

void *st_load_get(struct st_loader *loader, size_t bytes)
{
    return st_arena_get_zeroed(&loader->schema->arena, bytes);
}

/* ---- documents ---- */

static st_err parse_document(struct st_loader *loader, struct st_document *document, st_str text)
{
    static const struct st_json_options strict = {.unique_names = true};
    struct st_json_fault wrong = {0};

    st_err err = st_json_parse(&document->json, text, &strict, &wrong);
    if (err != ST_OK) {
        st_load_fault(loader, err, document, 0, "must be JSON: expected %s",
                      wrong.expected != NULL ? wrong.expected : st_err_text(err));
        loader->fault->line = wrong.line;
        loader->fault->column = wrong.column;
        return err;
    }
    document->plains = st_load_get(loader, document->json.count * sizeof(void *));
    return document->plains == NULL ? st_load_no_memory(loader) : ST_OK;
}

static struct st_document *new_document(struct st_loader *loader, st_str uri)
{
    struct st_document *document = st_load_get(loader, sizeof *document);
    st_str copy = st_arena_copy(&loader->schema->arena, uri);
    if (document == NULL || (copy.at == NULL && uri.len > 0))
        return NULL;
    document->uri = copy;
    document->text = ST_BUF(ST_FILE_BYTES_MAX);
    st_json_init(&document->json);
    *loader->last_document = document;
    loader->last_document = &document->next;
    return document;
}

/* Asks the caller for the document; ABSENT without a fault when he has none either. */
static st_err fetch_document(struct st_loader *loader, struct st_document *document)
{
    if (loader->options->resolve == NULL || st_uri_split(document->uri).scheme.len == 0)
        return ST_ERR_ABSENT;
    st_err err = loader->options->resolve(loader->options->context, document->uri, &document->text);
    if (err != ST_OK && err != ST_ERR_ABSENT)
        st_load_fault(loader, err, document, ST_JSON_NONE, "cannot be read: %s", st_err_text(err));
    return err;
}

st_err st_load_document(struct st_loader *loader, st_str uri, struct st_document **found)
{
    struct st_document *document = new_document(loader, uri);
    if (document == NULL)
        return st_load_no_memory(loader);

    st_str text;
    document->known = st_metaschema_find(document->uri, &text);
    if (!document->known) {
        st_err err = fetch_document(loader, document);
        if (err != ST_OK)
            return err;
        text = st_buf_str(&document->text);
    }
    st_err err = parse_document(loader, document, text);
    if (err == ST_OK)
        err = st_load_root(loader, document);
    *found = document;
    return err;
}

static st_err give_document(struct st_loader *loader, st_str text)
{
    struct st_document *document = new_document(loader, loader->options->base_uri);
    if (document == NULL)
        return st_load_no_memory(loader);
    document->given = true;
    st_err err = st_buf_add_str(&document->text, text);
    if (err != ST_OK)
        return st_load_fault(loader, err, NULL, 0, "%s", st_err_text(err));
    err = parse_document(loader, document, st_buf_str(&document->text));
    if (err != ST_OK)
        return err;
    if (loader->options->choose_formats != NULL &&
        loader->options->choose_formats(loader->options->context, &document->json) != ST_OK)
        return st_load_no_memory(loader);
    err = st_load_root(loader, document);
    if (err == ST_OK)
        loader->dialect = document->plains[0]->resource->dialect;
    return err;
}

/* ---- holding schemas against their metaschemas ---- */

st_err st_load_unit(struct st_loader *loader, struct st_document *document, uint32_t node,
                    const struct st_dialect *dialect)
{
    if (loader->trusted || document->known || st_str_eq(dialect->uri, loader->self))
        return ST_OK;
    struct st_unit *unit = st_load_get(loader, sizeof *unit);
    if (unit == NULL)
        return st_load_no_memory(loader);
    *unit = (struct st_unit){.document = document, .node = node, .dialect = dialect};
    *loader->last_unit = unit;
    loader->last_unit = &unit->next;
    return ST_OK;
}

static st_err fault_of_report(struct st_loader *loader, const struct st_unit *unit,
                              struct st_report *report)
{
    struct st_buf message = ST_BUF(4 * sizeof loader->fault->message);
    st_err err = ST_OK;
    const struct st_violation *violation = st_load_blame(unit, report, &message);
    if (violation != NULL) {
        bool limit = st_str_eq(violation->keyword, ST_STR("limit"));
        st_str text = message.len > 0 ? st_buf_str(&message) : violation->message;
        err = st_load_fault(loader, limit ? ST_ERR_LIMIT : ST_ERR_INVALID, unit->document,
                            violation->node, "%.*s", ST_STR_ARG(text));
        put_place(loader->fault, unit->document, unit->node, violation->subject);
    }
    st_buf_done(&message);
    return err;
}

/* *dropped: nothing is wrong with the schema among the violations kept, but some were not. */
static st_err check_unit_keeping(struct st_loader *loader, const struct st_unit *unit,
                                 const struct st_schema *metaschema, struct st_checker *checker,
                                 uint32_t violations_max, bool *dropped)
{
    struct st_arena arena;
    struct st_report report;
    bool valid = true;

    st_arena_init(&arena, ST_SCHEMA_BYTES_MAX);
    st_report_init(&report, &arena, violations_max);
    st_err err =
        st_schema_check(metaschema, checker, &unit->document->json, unit->node, &valid, &report);
    if (err != ST_OK)
        err = st_load_no_memory(loader);
    else if (!valid)
        err = fault_of_report(loader, unit, &report);
    *dropped = err == ST_OK && report.dropped > 0;
    st_arena_done(&arena);
    return err;
}

/* Schemas of other dialects that are embedded can have as many violations of this one's metaschema
 * as a report keeps, without anything being wrong: then all are looked at. */
static st_err check_unit_with(struct st_loader *loader, const struct st_unit *unit,
                              const struct st_schema *metaschema, struct st_checker *checker)
{
    bool dropped;
    st_err err =
        check_unit_keeping(loader, unit, metaschema, checker, ST_REPORT_VIOLATIONS_MAX, &dropped);
    if (err == ST_OK && dropped)
        err = check_unit_keeping(loader, unit, metaschema, checker, ST_SCHEMA_NODES_MAX, &dropped);
    if (err == ST_OK && dropped)
        err = st_load_fault(loader, ST_ERR_LIMIT, unit->document, unit->node,
                            "must have less in embedded schemas of other dialects");
    return err;
}

static st_err check_unit(struct st_loader *loader, const struct st_unit *unit)
{
    const struct st_schema *metaschema;
    st_err err = st_load_metaschema_of(loader, unit->dialect, &metaschema);
    if (err != ST_OK)
        return err;
    struct st_checker *checker;
    if (st_checker_new(&checker) != ST_OK)
        return st_load_no_memory(loader);
    err = check_unit_with(loader, unit, metaschema, checker);
    st_checker_free(checker);
    return err;
}

/* ---- the order of the steps ---- */

/* Checks and compiles what has been found, which may find more, until nothing is left. */
static st_err finish_found(struct st_loader *loader)
{
    struct st_plain **next = &loader->first_plain;
    struct st_unit **unit = &loader->units;
    for (;;) {
        st_err err;
        if (*unit != NULL) {
            err = check_unit(loader, *unit);
            unit = &(*unit)->next;
        } else if (*next != NULL) {
            err = st_compile_plain(loader, *next);
            next = &(*next)->next;
        } else {
            return st_load_find_loops(loader);
        }
        if (err != ST_OK)
            return err;
    }
}

static void loader_init(struct st_loader *loader)
{
    st_map_init(&loader->resources, 2 * ST_SCHEMA_RESOURCES_MAX);
    st_map_init(&loader->anchors, ST_SCHEMA_NODES_MAX);
    st_map_init(&loader->names, ST_SCHEMA_NODES_MAX);
    st_map_init(&loader->patterns, ST_SCHEMA_NODES_MAX);
    loader->uri = ST_BUF(ST_SCHEMA_URI_BYTES_MAX);
    loader->fragment = ST_BUF(ST_SCHEMA_URI_BYTES_MAX);
    loader->token = ST_BUF(ST_SCHEMA_URI_BYTES_MAX);
    loader->last_document = &loader->schema->documents;
    loader->last_plain = &loader->first_plain;
    loader->last_unit = &loader->units;
}

static void loader_done(struct st_loader *loader)
{
    for (struct st_dialect *dialect = loader->dialects; dialect != NULL; dialect = dialect->next) {
        st_schema_free(dialect->own_metaschema);
        dialect->metaschema = NULL;
        dialect->own_metaschema = NULL;
    }
    st_map_done(&loader->resources);
    st_map_done(&loader->anchors);
    st_map_done(&loader->names);
    st_map_done(&loader->patterns);
    st_buf_done(&loader->uri);
    st_buf_done(&loader->fragment);
    st_buf_done(&loader->token);
}

static struct st_schema *new_schema(void)
{
    struct st_schema *schema = st_mem_get_zeroed(sizeof *schema);
    if (schema != NULL)
        st_arena_init(&schema->arena, ST_SCHEMA_BYTES_MAX);
    return schema;
}

/* Loads the given text, or, without one, the document at loader->self. */
static st_err load_with(struct st_loader *loader, const st_str *text)
{
    enum st_draft draft = loader->options->draft;
    if (draft == ST_DRAFT_UNKNOWN)
        draft = ST_DRAFT_2020_12;
    st_err err = st_load_standard_dialect(loader, draft, &loader->dialect);
    if (err != ST_OK)
        return err;

    struct st_document *document;
    if (text != NULL) {
        err = give_document(loader, *text);
    } else {
        err = st_load_document(loader, loader->self, &document);
        if (err == ST_ERR_ABSENT && loader->fault->err == ST_OK)
            return err; /* the caller knows who asked for it */
    }
    if (err == ST_OK)
        err = finish_found(loader);
    if (err == ST_OK) {
        loader->schema->root = loader->schema->documents->plains[0];
        loader->schema->draft = loader->schema->root->resource->dialect->draft;
        err = st_program_make(loader);
    }
    return err;
}

static st_err load(struct st_loader *loader, const st_str *text, struct st_schema **schema)
{
    loader->schema = new_schema();
    if (loader->schema == NULL)
        return st_load_no_memory(loader);
    loader_init(loader);
    st_err err = load_with(loader, text);
    loader_done(loader);
    if (err != ST_OK)
        st_schema_free(loader->schema);
    else
        *schema = loader->schema;
    return err;
}

st_err st_load_metaschema(struct st_loader *loader, st_str uri, struct st_schema **schema)
{
    st_str unused;
    bool trusted = st_metaschema_find(uri, &unused);
    if (!trusted && loader->nested >= ST_SCHEMA_METASCHEMAS_MAX)
        return st_load_fault(loader, ST_ERR_LIMIT, NULL, 0,
                             "must not stack metaschemas: more than %u", ST_SCHEMA_METASCHEMAS_MAX);
    /* Whether formats are asserted in instances is another matter than in schemas. */
    struct st_schema_options options = *loader->options;
    options.assert_formats = false;
    options.names = NULL;
    struct st_loader nested = {
        .options = &options,
        .fault = loader->fault,
        .self = uri,
        .nested = loader->nested + 1,
        .trusted = trusted,
    };
    return load(&nested, NULL, schema);
}

st_err st_schema_load(struct st_schema **schema, st_str text,
                      const struct st_schema_options *options, struct st_schema_fault *fault)
{
    static const struct st_schema_options none = {0};
    struct st_loader loader = {.options = options != NULL ? options : &none, .fault = fault};
    *fault = (struct st_schema_fault){0};
    *schema = NULL;
    return load(&loader, &text, schema);
}

void st_schema_free(struct st_schema *schema)
{
    if (schema == NULL)
        return;
    for (struct st_document *document = schema->documents; document != NULL;
         document = document->next) {
        st_json_done(&document->json);
        st_buf_done(&document->text);
    }
    for (struct st_compiled_pattern *at = schema->patterns; at != NULL; at = at->next)
        st_pattern_free(at->pattern);
    st_name_table_free(schema->own_names);
    st_arena_done(&schema->arena);
    st_mem_free(schema);
}

const struct st_json *st_schema_doc(const struct st_schema *schema)
{
    return &schema->documents->json;
}

const struct st_name_table *st_schema_names(const struct st_schema *schema)
{
    return schema->names;
}

enum st_draft st_schema_draft(const struct st_schema *schema)
{
    return schema->draft;
}

bool st_schema_holds(const struct st_schema *schema, uint32_t node)
{
    const struct st_document *document = schema->documents;
    return node < document->json.count && document->plains[node] != NULL;
}
