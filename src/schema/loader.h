/*
 * loader.h: what the steps of a load share: find documents, name resources, build rules.
 *
 *     load.c       the order of the steps, faults, documents
 *     blame.c      which violation of the metaschema a schema is refused for
 *     dialect.c    $schema and $vocabulary
 *     resource.c   $id, anchors, references to their targets
 *     place.c      JSON Pointers into documents
 *     compile.c    rules from keywords; compile_groups.c those of several keywords
 *     loop.c       references that lead back to themselves
 *
 * 1. Every step that fails has written the fault.
 * 2. Maps point into the schema's arena and die with the loader.
 *
 * Floor 3. One thread. Allocates in the schema's arena and in its own maps and buffers.
 */
#ifndef ST_SCHEMA_LOADER_H
#define ST_SCHEMA_LOADER_H

#include "schema/plain.h"

/* A schema that is to be held against its metaschema. */
struct st_unit {
    struct st_unit *next;
    struct st_document *document;
    uint32_t node;
    const struct st_dialect *dialect;
};

struct st_loader {
    struct st_schema *schema;
    const struct st_schema_options *options;
    struct st_schema_fault *fault;
    st_str self;     /* the metaschema that is being loaded; empty for the user's schema */
    uint32_t nested; /* metaschemas above this one, loaded for each other */
    bool trusted;    /* a standard one: not held against itself */

    struct st_map resources; /* URI -> struct st_resource * */
    struct st_map anchors;   /* resource, name -> struct st_anchor * */
    struct st_map names;     /* of dynamic anchors -> their number, from 1 */
    struct st_map patterns;  /* source -> struct st_pattern * */
    struct st_dialect *dialects;
    const struct st_dialect *dialect; /* of documents that name none */

    struct st_document **last_document;
    struct st_plain *first_plain; /* all, in the order in which they were found */
    struct st_plain **last_plain;
    uint32_t plain_count;
    struct st_unit *units; /* still to be checked */
    struct st_unit **last_unit;

    struct st_buf uri; /* scratch */
    struct st_buf fragment;
    struct st_buf token;
};

struct st_anchor {
    struct st_plain *plain;
    uint32_t dynamic; /* the number of its name when it is a dynamic one, else 0 */
};

/* ---- load.c ---- */

/* Writes the fault, at a node where there is a document, and returns `err`. */
st_err st_load_fault(struct st_loader *loader, st_err err, const struct st_document *document,
                     uint32_t node, const char *format, ...) __attribute__((format(printf, 5, 6)));
/* A fault of memory, or of the limit of all that a schema holds; neither has a place. */
st_err st_load_no_memory(struct st_loader *loader);

void *st_load_get(struct st_loader *loader, size_t bytes); /* zeroed; NULL: no memory */

/* A whole load on behalf of another: the metaschema at `uri`. */
ST_MUST_USE st_err st_load_metaschema(struct st_loader *loader, st_str uri,
                                      struct st_schema **schema);

/* Takes the document at `uri` in: a known metaschema, or what options->resolve gives. ABSENT
 * without a fault when there is none. */
ST_MUST_USE st_err st_load_document(struct st_loader *loader, st_str uri,
                                    struct st_document **document);

/* ---- blame.c ---- */

/* The violation that a schema is refused for, and its message, in `message` (which stays empty when
 * there is no memory for it); NULL when all are of schemas in it that have other dialects: those
 * are no leaves of the report from then on. */
const struct st_violation *st_load_blame(const struct st_unit *unit, struct st_report *report,
                                         struct st_buf *message);

/* ---- dialect.c ---- */

/* The dialect that the schema at `node` names; `fallback` when it names none. */
ST_MUST_USE st_err st_load_dialect(struct st_loader *loader, struct st_document *document,
                                   uint32_t node, const struct st_dialect *fallback,
                                   const struct st_dialect **dialect);
ST_MUST_USE st_err st_load_standard_dialect(struct st_loader *loader, enum st_draft draft,
                                            const struct st_dialect **dialect);

/* The schema that schemas of the dialect are held against: a standard one is compiled once in the
 * process and shared by all loads, the user's own belongs to the loader. */
ST_MUST_USE st_err st_load_metaschema_of(struct st_loader *loader, const struct st_dialect *dialect,
                                         const struct st_schema **metaschema);

/* ---- resource.c ---- */

/* Queues a schema to be held against its dialect's metaschema. */
ST_MUST_USE st_err st_load_unit(struct st_loader *loader, struct st_document *document,
                                uint32_t node, const struct st_dialect *dialect);

/* Registers the document's root as a resource and finds all schemas in it. */
ST_MUST_USE st_err st_load_root(struct st_loader *loader, struct st_document *document);

/* The schema that `reference`, standing at `node` in `from`, leads to. */
ST_MUST_USE st_err st_load_reference(struct st_loader *loader, const struct st_plain *from,
                                     uint32_t node, st_str reference, struct st_anchor *target);

/* The number of a dynamic anchor's name. */
ST_MUST_USE st_err st_load_dynamic_name(struct st_loader *loader, st_str name, uint32_t *number);

/* ---- place.c ---- */

/* The value at `pointer` within the resource, and the innermost resource on the way to it. ABSENT
 * without a fault when there is none. */
ST_MUST_USE st_err st_load_place(struct st_loader *loader, const struct st_resource *resource,
                                 st_str pointer, uint32_t *node, struct st_resource **around);

/* ---- compile.c ---- */

struct st_compile {
    struct st_loader *loader;
    struct st_plain *plain;
    struct st_document *document;
    const struct st_json *json;
    uint32_t values[ST_KEYWORD_COUNT]; /* of the keywords that it has; 0, the root: it has not */
    uint32_t count;
    struct st_rule rules[ST_KEYWORD_COUNT + 1];
};

ST_MUST_USE st_err st_compile_plain(struct st_loader *loader, struct st_plain *plain);

/* For compile_groups.c. */
struct st_rule *st_compile_add(struct st_compile *c, enum st_rule_kind kind, const char *keyword,
                               uint32_t value);
ST_MUST_USE st_err st_compile_expect(struct st_compile *c, uint32_t node, enum st_json_kind kind);
ST_MUST_USE st_err st_compile_subschema(struct st_compile *c, uint32_t node,
                                        const struct st_plain **plain);
ST_MUST_USE st_err st_compile_count(struct st_compile *c, uint32_t node, uint64_t *count);
ST_MUST_USE st_err st_compile_pattern(struct st_compile *c, uint32_t node,
                                      const struct st_pattern **pattern);
ST_MUST_USE st_err st_compile_list(struct st_compile *c, uint32_t node, struct st_plain_list *list);
ST_MUST_USE st_err st_compile_names(struct st_compile *c, uint32_t node, struct st_name_list *list);

/* ---- compile_groups.c ---- */

ST_MUST_USE st_err st_compile_members(struct st_compile *c);
ST_MUST_USE st_err st_compile_items(struct st_compile *c);
ST_MUST_USE st_err st_compile_contains(struct st_compile *c);
ST_MUST_USE st_err st_compile_condition(struct st_compile *c, uint32_t value);
ST_MUST_USE st_err st_compile_dependencies(struct st_compile *c, const struct st_keyword *keyword,
                                           uint32_t value);

/* ---- loop.c ---- */

/* INVALID when some schema applies itself to the same value again, whatever the value is. */
ST_MUST_USE st_err st_load_find_loops(struct st_loader *loader);

#endif
