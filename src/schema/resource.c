/*
 * resource.c: finds the schemas in a document, their base URIs and anchors, and leads references
 * to them.
 */
#include "schema/loader.h"

#include "schema/uri.h"
#include "json/compare.h"
#include "json/pointer.h"

/* ---- entries of the maps ---- */

static void *pointer_of(const struct st_map_entry *entry)
{
    return (void *)(uintptr_t)entry->value; /* NOLINT(performance-no-int-to-ptr) */
}

/* Puts `item` under `key` (of the arena); *kept is what stands there now. */
static st_err put_item(struct st_loader *loader, struct st_map *map, st_str key, void *item,
                       void **kept)
{
    struct st_map_entry *entry;
    bool added;
    st_err err = st_map_put(map, key, (uint64_t)(uintptr_t)item, &entry, &added);
    if (err == ST_ERR_LIMIT)
        return st_load_fault(loader, err, NULL, 0, "must not have more resources or anchors");
    if (err != ST_OK)
        return st_load_no_memory(loader);
    *kept = pointer_of(entry);
    return ST_OK;
}

st_err st_load_dynamic_name(struct st_loader *loader, st_str name, uint32_t *number)
{
    struct st_map_entry *entry;
    bool added;
    if (st_map_put(&loader->names, name, loader->names.count + 1, &entry, &added) != ST_OK)
        return st_load_no_memory(loader);
    *number = (uint32_t)entry->value;
    return ST_OK;
}

/* ---- resources ---- */

static bool since_2019(const struct st_dialect *dialect)
{
    return ((1u << dialect->draft) & ST_SINCE_2019) != 0;
}

/* The node of $id (draft-04: id) when it is a string that counts. Before 2019-09 whatever stands
 * beside $ref is ignored. */
static uint32_t find_id(const struct st_json *doc, uint32_t node, const struct st_dialect *dialect)
{
    uint32_t id =
        st_json_member(doc, node, dialect->draft == ST_DRAFT_4 ? ST_STR("id") : ST_STR("$id"));
    if (id == ST_JSON_NONE || st_json_kind(doc, id) != ST_JSON_STRING)
        return ST_JSON_NONE;
    uint32_t ref = st_json_member(doc, node, ST_STR("$ref"));
    if (!since_2019(dialect) && ref != ST_JSON_NONE && st_json_kind(doc, ref) == ST_JSON_STRING)
        return ST_JSON_NONE;
    return id;
}

/* Before 2019-09 an id may be nothing but a fragment: an anchor then. */
static bool is_only_anchor(const struct st_json *doc, uint32_t id)
{
    return id != ST_JSON_NONE && st_str_starts(st_json_text(doc, id), ST_STR("#"));
}

static st_err register_uri(struct st_loader *loader, st_str uri, struct st_resource *resource,
                           uint32_t place)
{
    void *kept = resource;
    st_err err = put_item(loader, &loader->resources, uri, resource, &kept);
    if (err != ST_OK)
        return err;
    const struct st_resource *first = kept;
    if (first == resource || st_json_equal(&first->document->json, first->node,
                                           &resource->document->json, resource->node))
        return ST_OK;
    return st_load_fault(loader, ST_ERR_INVALID, resource->document, place,
                         "must not name a second schema \"%.*s\"", ST_STR_ARG(uri));
}

/* `reference` against `base`, as a text of the arena. */
static st_err resolve_uri(struct st_loader *loader, st_str base, st_str reference, st_str *uri)
{
    st_buf_reset(&loader->uri);
    st_err err = st_uri_resolve(base, reference, &loader->uri);
    if (err == ST_ERR_LIMIT)
        return st_load_fault(loader, err, NULL, 0, "must not have longer URIs");
    if (err == ST_OK)
        *uri = st_arena_copy(&loader->schema->arena, st_buf_str(&loader->uri));
    if (err != ST_OK || (uri->at == NULL && loader->uri.len > 0))
        return st_load_no_memory(loader);
    return ST_OK;
}

static st_err new_resource(struct st_loader *loader, struct st_document *document, uint32_t node,
                           const struct st_dialect *dialect, st_str uri, uint32_t id,
                           struct st_resource **made)
{
    struct st_resource *resource = st_load_get(loader, sizeof *resource);
    if (resource == NULL)
        return st_load_no_memory(loader);
    *resource =
        (struct st_resource){.uri = uri, .document = document, .node = node, .dialect = dialect};
    *made = resource;
    return register_uri(loader, uri, resource, id == ST_JSON_NONE ? node : id);
}

static st_err open_root(struct st_loader *loader, struct st_document *document,
                        const struct st_dialect *dialect, uint32_t id,
                        struct st_resource **resource)
{
    st_str uri = document->uri;
    st_err err = ST_OK;
    if (id != ST_JSON_NONE && !is_only_anchor(&document->json, id))
        err = resolve_uri(loader, document->uri, st_json_text(&document->json, id), &uri);
    if (err == ST_OK)
        err = new_resource(loader, document, 0, dialect, uri, id, resource);
    if (err == ST_OK && !st_str_eq(uri, document->uri))
        err = register_uri(loader, document->uri, *resource, 0);
    if (err == ST_OK)
        err = st_load_unit(loader, document, 0, dialect);
    return err;
}

/* An embedded resource, if the schema at `node` is one. */
static st_err open_embedded(struct st_loader *loader, struct st_document *document, uint32_t node,
                            const struct st_dialect *dialect, uint32_t id,
                            struct st_resource **resource)
{
    const struct st_resource *outer = *resource;
    bool other = dialect != outer->dialect;
    if (id == ST_JSON_NONE || is_only_anchor(&document->json, id)) {
        if (!other)
            return ST_OK;
        return st_load_fault(loader, ST_ERR_INVALID, document, node,
                             "$schema of another dialect must stand beside an $id");
    }
    st_str uri = {0};
    st_err err = resolve_uri(loader, outer->uri, st_json_text(&document->json, id), &uri);
    if (err != ST_OK || (st_str_eq(uri, outer->uri) && !other))
        return err;
    err = new_resource(loader, document, node, dialect, uri, id, resource);
    if (err == ST_OK && other)
        err = st_load_unit(loader, document, node, dialect);
    return err;
}

/* The resource of the schema at `node`: *resource, that of the schema around it (NULL at the
 * root), or one of its own. */
static st_err identify(struct st_loader *loader, struct st_document *document, uint32_t node,
                       struct st_resource **resource)
{
    const struct st_json *doc = &document->json;
    const struct st_dialect *dialect = *resource == NULL ? loader->dialect : (*resource)->dialect;
    uint32_t id = ST_JSON_NONE;

    if (st_json_kind(doc, node) == ST_JSON_OBJECT) {
        st_err err = st_load_dialect(loader, document, node, dialect, &dialect);
        if (err != ST_OK)
            return err;
        id = find_id(doc, node, dialect);
    }
    /* The standard asks for a URI reference; one with letters beyond ASCII harms nobody. */
    if (id != ST_JSON_NONE && !st_format_find(ST_STR("iri-reference"))->test(st_json_text(doc, id)))
        return st_load_fault(loader, ST_ERR_INVALID, document, id, "must be a URI reference");
    if (id != ST_JSON_NONE && since_2019(dialect)) {
        struct st_uri parts = st_uri_split(st_json_text(doc, id));
        if (parts.fragment.len > 0)
            return st_load_fault(loader, ST_ERR_INVALID, document, id,
                                 "must have no fragment: use $anchor");
    }
    return *resource == NULL ? open_root(loader, document, dialect, id, resource)
                             : open_embedded(loader, document, node, dialect, id, resource);
}

/* ---- anchors ---- */

/* A resource stands for its URI, which is long. */
static st_err anchor_key(struct st_loader *loader, const struct st_resource *resource, st_str name,
                         st_str *key)
{
    st_buf_reset(&loader->uri);
    st_err err = st_buf_add(&loader->uri, (const char *)&resource, sizeof(uintptr_t));
    if (err == ST_OK)
        err = st_buf_add_str(&loader->uri, name);
    *key = st_buf_str(&loader->uri);
    if (err == ST_ERR_LIMIT)
        return st_load_fault(loader, err, NULL, 0, "must not have longer URIs");
    return err == ST_OK ? ST_OK : st_load_no_memory(loader);
}

static st_err add_anchor(struct st_loader *loader, struct st_plain *plain, uint32_t place,
                         st_str name, uint32_t dynamic)
{
    struct st_resource *resource = plain->resource;
    st_str key = {0};
    st_err err = anchor_key(loader, resource, name, &key);
    if (err != ST_OK)
        return err;
    key = st_arena_copy(&loader->schema->arena, key);
    struct st_anchor *anchor = st_load_get(loader, sizeof *anchor);
    if (key.at == NULL || anchor == NULL)
        return st_load_no_memory(loader);
    *anchor = (struct st_anchor){.plain = plain, .dynamic = dynamic};

    void *kept = anchor;
    err = put_item(loader, &loader->anchors, key, anchor, &kept);
    if (err != ST_OK)
        return err;
    struct st_anchor *first = kept;
    if (first->plain == plain) {
        first->dynamic = dynamic != 0 ? dynamic : first->dynamic;
    } else {
        return st_load_fault(loader, ST_ERR_INVALID, resource->document, place,
                             "must not name a second schema \"%.*s\"", ST_STR_ARG(name));
    }
    return ST_OK;
}

static st_err add_dynamic(struct st_loader *loader, struct st_plain *plain, st_str name,
                          uint32_t *number)
{
    struct st_dynamic *dynamic = st_load_get(loader, sizeof *dynamic);
    if (dynamic == NULL)
        return st_load_no_memory(loader);
    st_err err = st_load_dynamic_name(loader, name, number);
    if (err != ST_OK)
        return err;
    *dynamic =
        (struct st_dynamic){.next = plain->resource->dynamics, .name = *number, .plain = plain};
    plain->resource->dynamics = dynamic;
    return ST_OK;
}

/* The node of a member that is a string, or NONE. */
static uint32_t find_string(const struct st_json *doc, uint32_t node, st_str name)
{
    uint32_t value = st_json_member(doc, node, name);
    return value != ST_JSON_NONE && st_json_kind(doc, value) == ST_JSON_STRING ? value
                                                                               : ST_JSON_NONE;
}

static st_err find_anchors_2019(struct st_loader *loader, struct st_plain *plain)
{
    const struct st_json *doc = st_plain_doc(plain);
    enum st_draft draft = plain->resource->dialect->draft;
    uint32_t number = 0;
    st_err err = ST_OK;

    uint32_t at = find_string(doc, plain->node, ST_STR("$anchor"));
    if (at != ST_JSON_NONE)
        err = add_anchor(loader, plain, at, st_json_text(doc, at), 0);
    if (err == ST_OK && ((1u << draft) & ST_SINCE_2020) != 0) {
        at = find_string(doc, plain->node, ST_STR("$dynamicAnchor"));
        if (at == ST_JSON_NONE)
            return ST_OK;
        err = add_dynamic(loader, plain, st_json_text(doc, at), &number);
        /* In v1 only $dynamicRef knows the name. */
        if (err != ST_OK || draft == ST_DRAFT_V1)
            return err;
        return add_anchor(loader, plain, at, st_json_text(doc, at), number);
    }
    /* 2019-09 has one dynamic anchor without a name, at the root of a resource. */
    at = st_json_member(doc, plain->node, ST_STR("$recursiveAnchor"));
    if (err == ST_OK && at != ST_JSON_NONE && st_json_kind(doc, at) == ST_JSON_TRUE &&
        plain->node == plain->resource->node)
        err = add_dynamic(loader, plain, ST_STR(""), &number);
    return err;
}

static st_err find_anchors(struct st_loader *loader, struct st_plain *plain)
{
    const struct st_json *doc = st_plain_doc(plain);
    if (since_2019(plain->resource->dialect))
        return find_anchors_2019(loader, plain);
    uint32_t id = find_id(doc, plain->node, plain->resource->dialect);
    if (id == ST_JSON_NONE)
        return ST_OK;
    struct st_uri parts = st_uri_split(st_json_text(doc, id));
    if (parts.fragment.len == 0)
        return ST_OK;
    return add_anchor(loader, plain, id, parts.fragment, 0);
}

/* ---- finding schemas ---- */

static st_err find_schemas(struct st_loader *loader, struct st_document *document, uint32_t node,
                           struct st_resource *resource);

static st_err find_in_container(struct st_loader *loader, struct st_document *document,
                                uint32_t container, struct st_resource *resource)
{
    const struct st_json *doc = &document->json;
    for (uint32_t at = st_json_first(doc, container); at != ST_JSON_NONE;
         at = st_json_next(doc, container, at)) {
        bool name = (doc->nodes[at].flags & ST_JSON_NAME) != 0;
        st_err err = find_schemas(loader, document, name ? at + 1 : at, resource);
        if (err != ST_OK)
            return err;
    }
    return ST_OK;
}

static st_err find_in_keyword(struct st_loader *loader, struct st_document *document,
                              enum st_shape shape, uint32_t value, struct st_resource *resource)
{
    enum st_json_kind kind = st_json_kind(&document->json, value);
    bool list =
        kind == ST_JSON_ARRAY && (shape == ST_SHAPE_LIST || shape == ST_SHAPE_SCHEMA_OR_LIST);
    bool map = kind == ST_JSON_OBJECT && (shape == ST_SHAPE_MAP || shape == ST_SHAPE_MAP_OR_NAMES);
    if (list || map)
        return find_in_container(loader, document, value, resource);
    if (shape == ST_SHAPE_SCHEMA || shape == ST_SHAPE_SCHEMA_OR_LIST)
        return find_schemas(loader, document, value, resource);
    return ST_OK;
}

static st_err new_plain(struct st_loader *loader, uint32_t node, struct st_resource *resource,
                        struct st_plain **made)
{
    if (loader->plain_count >= ST_SCHEMA_NODES_MAX)
        return st_load_fault(loader, ST_ERR_LIMIT, resource->document, node,
                             "must not have more than %u subschemas", ST_SCHEMA_NODES_MAX);
    struct st_plain *plain = st_load_get(loader, sizeof *plain);
    if (plain == NULL)
        return st_load_no_memory(loader);
    plain->resource = resource;
    plain->node = node;
    resource->document->plains[node] = plain;
    if (resource->node == node)
        resource->plain = plain;
    *loader->last_plain = plain;
    loader->last_plain = &plain->next;
    loader->plain_count++;
    *made = plain;
    return ST_OK;
}

/* Whether a schema may say who it is: $schema, $id, the anchors, and draft-04's id are all that do.
 */
static bool may_identify(const struct st_json *doc, uint32_t node)
{
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE;
         at = st_json_next(doc, node, at)) {
        st_str name = st_json_text(doc, at);
        if (name.len > 0 && (name.at[0] == '$' || name.at[0] == 'i'))
            return true;
    }
    return false;
}

/* Makes plain schemas, without rules yet, of the value at `node` and of all subschemas in it. What
 * is no schema by its kind is passed over: who needs it as one says so. Recursion is bounded by
 * the parser's depth limit. */
static st_err find_schemas(struct st_loader *loader, struct st_document *document, uint32_t node,
                           struct st_resource *resource)
{
    const struct st_json *doc = &document->json;
    enum st_json_kind kind = st_json_kind(doc, node);
    if (kind != ST_JSON_OBJECT && kind != ST_JSON_TRUE && kind != ST_JSON_FALSE)
        return ST_OK;
    if (document->plains[node] != NULL)
        return ST_OK;

    struct st_plain *plain = NULL;
    bool named = resource == NULL || (kind == ST_JSON_OBJECT && may_identify(doc, node));
    st_err err = ST_OK;
    if (named)
        err = identify(loader, document, node, &resource);
    if (err != ST_OK)
        return err;
    ST_BUG_IF(resource == NULL);
    err = new_plain(loader, node, resource, &plain);
    if (err != ST_OK || plain == NULL || kind != ST_JSON_OBJECT)
        return err;
    if (named)
        err = find_anchors(loader, plain);
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(doc, node, at)) {
        const struct st_keyword *keyword = st_keyword_find(
            resource->dialect->draft, resource->dialect->vocabularies, st_json_text(doc, at));
        if (keyword != NULL && keyword->shape != ST_SHAPE_VALUE)
            err = find_in_keyword(loader, document, keyword->shape, at + 1, resource);
    }
    return err;
}

st_err st_load_root(struct st_loader *loader, struct st_document *document)
{
    st_err err = find_schemas(loader, document, 0, NULL);
    if (err == ST_OK && document->plains[0] == NULL)
        err = st_load_fault(loader, ST_ERR_INVALID, document, 0,
                            "must be a schema: an object, true or false");
    return err;
}

/* ---- references ---- */

static st_err leads_nowhere(struct st_loader *loader, const struct st_plain *from, uint32_t place,
                            st_str reference)
{
    return st_load_fault(loader, ST_ERR_ABSENT, from->resource->document, place,
                         "must lead to a schema, \"%.*s\" leads nowhere", ST_STR_ARG(reference));
}

static st_err find_resource(struct st_loader *loader, const struct st_plain *from, uint32_t place,
                            st_str reference, struct st_resource **resource)
{
    st_str uri = {0};
    st_err err = resolve_uri(loader, from->resource->uri, reference, &uri);
    if (err != ST_OK)
        return err;
    const struct st_map_entry *entry = st_map_find(&loader->resources, uri);
    if (entry != NULL) {
        *resource = pointer_of(entry);
        return ST_OK;
    }
    struct st_document *document;
    err = st_load_document(loader, uri, &document);
    if (err == ST_ERR_ABSENT && loader->fault->err == ST_OK)
        return leads_nowhere(loader, from, place, reference);
    if (err == ST_OK)
        *resource = document->plains[0]->resource;
    return err;
}

/* Where a pointer leads: to a schema that was found, or to a value that becomes one now. */
static st_err follow_pointer(struct st_loader *loader, const struct st_resource *resource,
                             st_str pointer, struct st_plain **plain)
{
    struct st_document *document = resource->document;
    struct st_resource *around;
    uint32_t node;
    st_err err = st_load_place(loader, resource, pointer, &node, &around);
    if (err != ST_OK)
        return err;
    if (document->plains[node] == NULL) {
        err = find_schemas(loader, document, node, around);
        if (err == ST_OK && document->plains[node] != NULL)
            err = st_load_unit(loader, document, node, document->plains[node]->resource->dialect);
        if (err != ST_OK)
            return err;
    }
    *plain = document->plains[node];
    return *plain == NULL ? ST_ERR_ABSENT : ST_OK;
}

st_err st_load_reference(struct st_loader *loader, const struct st_plain *from, uint32_t place,
                         st_str reference, struct st_anchor *target)
{
    struct st_resource *resource = NULL;
    st_err err = find_resource(loader, from, place, reference, &resource);
    if (err != ST_OK)
        return err;

    ST_BUG_IF(resource == NULL);
    struct st_uri parts = st_uri_split(reference);
    st_buf_reset(&loader->fragment);
    err = st_uri_decode(parts.fragment, &loader->fragment);
    if (err == ST_ERR_MEMORY)
        return st_load_no_memory(loader);
    if (err != ST_OK)
        return leads_nowhere(loader, from, place, reference);

    st_str fragment = st_buf_str(&loader->fragment);
    *target = (struct st_anchor){.plain = resource->plain};
    if (fragment.len == 0)
        return ST_OK;
    if (fragment.at[0] == '/') {
        err = follow_pointer(loader, resource, fragment, &target->plain);
        if (err == ST_ERR_ABSENT && loader->fault->err == ST_OK)
            return leads_nowhere(loader, from, place, reference);
        return err;
    }
    st_str key = {0};
    err = anchor_key(loader, resource, fragment, &key);
    if (err != ST_OK)
        return err;
    const struct st_map_entry *entry = st_map_find(&loader->anchors, key);
    if (entry == NULL)
        return leads_nowhere(loader, from, place, reference);
    *target = *(const struct st_anchor *)pointer_of(entry);
    return ST_OK;
}
