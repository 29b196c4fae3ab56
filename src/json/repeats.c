#include "json/repeats.h"

#include "json/name_slots.h"
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

/* ---- larger objects: a table of the names so far, open addressing, at most half of it taken ----
 */

struct slot {
    uint32_t tag;  /* of the name's hash */
    uint32_t node; /* the last name of this text; 0: free, for a name stands behind its object */
};

/* Slots looked at for each name, of all together. Chance needs one and a half; who makes names
 * collide has them sorted instead. */
#define STEPS_EACH_MAX 8

uint64_t st_repeats_hash(st_str name)
{
    /* Any odd numbers: the hash is no secret, see STEPS_EACH_MAX. */
    static const uint64_t seed[3] = {UINT64_C(0x9E3779B97F4A7C15), UINT64_C(0xC2B2AE3D27D4EB4F),
                                     UINT64_C(0x165667B19E3779F9)};
    return st_name_hash(seed, name, st_name_key_of(name));
}

/* The slot that has the name's text, or a free one; NULL when *steps_left are not enough. */
static struct slot *slot_of(const struct st_json *doc, struct slot *slots, uint32_t mask,
                            st_str name, uint64_t hash, uint64_t *steps_left)
{
    for (uint32_t place = (uint32_t)hash & mask; *steps_left > 0; place = (place + 1) & mask) {
        struct slot *slot = &slots[place];
        (*steps_left)--;
        if (slot->node == 0 ||
            (slot->tag == (uint32_t)(hash >> 32) && st_str_eq(st_json_text(doc, slot->node), name)))
            return slot;
    }
    return NULL;
}

/* False when the names collide too often: what is marked by then is right, but not all. */
static bool table_names(struct st_json *doc, uint32_t object, uint32_t count, struct slot *slots,
                        uint32_t slot_count, uint32_t *second)
{
    uint64_t steps_left = (uint64_t)count * STEPS_EACH_MAX;
    uint32_t name = object + 1;
    memset(slots, 0, sizeof *slots * slot_count);
    *second = ST_JSON_NONE;
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            name = st_json_after(doc, name + 1);
        st_str text = st_json_text(doc, name);
        uint64_t hash = st_repeats_hash(text);
        struct slot *slot = slot_of(doc, slots, slot_count - 1, text, hash, &steps_left);
        if (slot == NULL)
            return false;
        if (slot->node != 0)
            shadow(doc, object, slot->node);
        if (slot->node != 0 && *second == ST_JSON_NONE)
            *second = name;
        *slot = (struct slot){(uint32_t)(hash >> 32), name};
    }
    return true;
}

static uint32_t sort_names(struct st_json *doc, uint32_t object, uint32_t count,
                           struct st_name *names)
{
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
    uint32_t slot_count = 2 * NAMES_PAIRED_MAX;
    while (slot_count < 2 * count)
        slot_count *= 2;
    st_buf_reset(&doc->scratch);
    st_err err = st_buf_reserve(&doc->scratch, sizeof(struct slot) * slot_count);
    if (err != ST_OK ||
        table_names(doc, object, count, (void *)doc->scratch.at, slot_count, second))
        return err;
    err = st_buf_reserve(&doc->scratch, sizeof(struct st_name) * 2 * count);
    if (err == ST_OK)
        *second = sort_names(doc, object, count, (void *)doc->scratch.at);
    return err;
}
