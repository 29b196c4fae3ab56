/*
 * place.c: the value that a JSON Pointer leads to in a document of schemas.
 *
 * Definitions come by the hundred thousand, and each reference to one would go over all before it:
 * a big container gets an index when a pointer first goes through it.
 */
#include "schema/loader.h"

#include "json/pointer.h"

#include <stdlib.h>

/* Containers of fewer values are searched from the first one on. */
#define FEW_CHILDREN 64

/* Sorted by name for objects; in order, without names, for arrays. */
struct child {
    st_str name;
    uint32_t node;
};

static int by_name(const void *a, const void *b)
{
    return st_str_cmp(((const struct child *)a)->name, ((const struct child *)b)->name);
}

/* The children of a container, from its index. */
static st_err index_of(struct st_loader *loader, struct st_document *document, uint32_t container,
                       const struct child **children)
{
    const struct st_json *doc = &document->json;
    uint32_t count = doc->nodes[container].len;
    if (document->indexes == NULL)
        document->indexes = st_load_get(loader, doc->count * sizeof(document->indexes[0]));
    if (document->indexes == NULL)
        return st_load_no_memory(loader);
    *children = document->indexes[container];
    if (*children != NULL)
        return ST_OK;

    struct child *made = st_load_get(loader, count * sizeof(made[0]));
    if (made == NULL)
        return st_load_no_memory(loader);
    bool object = st_json_kind(doc, container) == ST_JSON_OBJECT;
    uint32_t filled = 0;
    for (uint32_t at = st_json_first(doc, container); at != ST_JSON_NONE;
         at = st_json_next(doc, container, at))
        made[filled++] = object ? (struct child){.name = st_json_text(doc, at), .node = at + 1}
                                : (struct child){.node = at};
    if (object)
        qsort(made, count, sizeof(made[0]), by_name);
    document->indexes[container] = made;
    *children = made;
    return ST_OK;
}

/* RFC 6901, 4: digits without a leading zero. */
static bool is_index(st_str token, uint64_t *index)
{
    return (token.len == 1 || !st_str_starts(token, ST_STR("0"))) &&
           st_str_to_u64(token, index) == ST_OK;
}

static st_err find_child(struct st_loader *loader, struct st_document *document, uint32_t *node,
                         st_str token)
{
    const struct st_json *doc = &document->json;
    enum st_json_kind kind = st_json_kind(doc, *node);
    uint32_t container = *node;
    uint64_t index = 0;
    *node = ST_JSON_NONE;
    if (kind < ST_JSON_ARRAY || (kind == ST_JSON_ARRAY && !is_index(token, &index)))
        return ST_OK;
    uint32_t count = doc->nodes[container].len;
    if (count < FEW_CHILDREN) {
        *node = kind == ST_JSON_ARRAY ? st_json_element(doc, container, index)
                                      : st_json_member(doc, container, token);
        return ST_OK;
    }
    const struct child *children = NULL;
    st_err err = index_of(loader, document, container, &children);
    if (err != ST_OK || children == NULL)
        return err;
    const struct child wanted = {.name = token};
    const struct child *found = NULL;
    if (kind == ST_JSON_OBJECT)
        found = bsearch(&wanted, children, count, sizeof(children[0]), by_name);
    else if (index < count)
        found = &children[index];
    *node = found == NULL ? ST_JSON_NONE : found->node;
    return ST_OK;
}

st_err st_load_place(struct st_loader *loader, const struct st_resource *resource, st_str pointer,
                     uint32_t *node, struct st_resource **around)
{
    struct st_document *document = resource->document;
    *node = resource->node;
    *around = resource->plain->resource;
    for (;;) {
        bool found;
        st_err err = st_pointer_take(&pointer, &loader->token, &found);
        if (err == ST_ERR_INVALID)
            return ST_ERR_ABSENT;
        if (err != ST_OK)
            return st_load_no_memory(loader);
        if (!found)
            return ST_OK;
        err = find_child(loader, document, node, st_buf_str(&loader->token));
        if (err != ST_OK)
            return err;
        if (*node == ST_JSON_NONE)
            return ST_ERR_ABSENT;
        if (document->plains[*node] != NULL)
            *around = document->plains[*node]->resource;
    }
}
