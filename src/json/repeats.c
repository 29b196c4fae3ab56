#include "json/repeats.h"

#include "json/names.h"

/* Up to here every pair of names is compared: quicker than hashing, and honest objects are small.
 */
#define NAMES_PAIRED_MAX 16

static void shadow(struct st_json *doc, uint32_t object, uint32_t name)
{
    if (doc->nodes[name].flags & ST_JSON_SHADOWED)
        return;
    doc->nodes[name].flags |= ST_JSON_SHADOWED;
    doc->nodes[object].flags |= ST_JSON_REPEATS;
    doc->nodes[object].len--;
}

static uint32_t pair_names(struct st_json *doc, uint32_t object)
{
    uint32_t names[NAMES_PAIRED_MAX];
    st_str texts[NAMES_PAIRED_MAX];
    uint32_t count = doc->nodes[object].len;
    uint32_t second = ST_JSON_NONE;
    uint32_t name = object + 1;
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            name = st_json_after(doc, name + 1);
        names[i] = name;
        texts[i] = st_json_text(doc, name);
        for (uint32_t j = 0; j < i; j++)
            if (st_str_eq(texts[i], texts[j])) {
                shadow(doc, object, names[j]);
                second = name < second ? name : second;
            }
    }
    return second;
}

static uint32_t sort_names(struct st_json *doc, uint32_t object, struct st_name *names)
{
    uint32_t count = doc->nodes[object].len;
    uint32_t name = object + 1;
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            name = st_json_after(doc, name + 1);
        names[i] = st_name_of(doc, name);
    }
    const struct st_name *sorted = st_names_sort(doc, names, names + count, count);
    uint32_t second = ST_JSON_NONE;
    bool again = false; /* names[i - 1] stood before already */
    for (uint32_t i = 1; i < count; i++) {
        bool same = st_name_cmp(doc, sorted[i - 1], doc, sorted[i]) == 0;
        if (same)
            shadow(doc, object, sorted[i - 1].node);
        if (same && !again && sorted[i].node < second)
            second = sorted[i].node;
        again = same;
    }
    return second;
}

st_err st_repeats_find(struct st_json *doc, uint32_t object, uint32_t *second)
{
    uint32_t count = doc->nodes[object].len;
    if (count <= NAMES_PAIRED_MAX) {
        *second = pair_names(doc, object);
        return ST_OK;
    }
    st_buf_reset(&doc->scratch);
    st_err err = st_buf_reserve(&doc->scratch, sizeof(struct st_name) * 2 * count);
    if (err == ST_OK)
        *second = sort_names(doc, object, (void *)doc->scratch.at);
    return err;
}
