#include "json/name_table.h"

#include "base/mem.h"
#include "base/random.h"
#include "json/limits.h"
#include "json/name_slots.h"

#define SLOTS_FIRST    64u
#define PATTERNS_FIRST 32u
/* Four times as many as names, and room for the growth that a crowd in one place asks for. */
#define SLOTS_MAX (16u * (ST_NAME_TABLE_NAMES_MAX + 1))

/* Slots and marks, all free: false without memory. */
static bool new_slots(struct st_name_table *table, uint32_t slot_count)
{
    table->slots = st_mem_get_zeroed(sizeof *table->slots * slot_count);
    table->marks = st_mem_get_zeroed(sizeof *table->marks * (slot_count / NAME_MARK_SLOTS));
    table->slot_count = slot_count;
    table->mark_shift = 64 - (uint32_t)__builtin_ctz(slot_count / NAME_MARK_SLOTS);
    return table->slots != NULL && table->marks != NULL;
}

static void free_slots(struct st_name_table *table)
{
    st_mem_free(table->slots);
    st_mem_free(table->marks);
}

static void set_mark(const struct st_name_table *table, struct st_name_key key, size_t len)
{
    uint64_t mark = st_name_mark(key.head, len);
    table->marks[mark >> table->mark_shift] |= st_name_mark_bits(mark);
}

static struct st_name_pattern pattern_of(st_str name, uint32_t number)
{
    struct st_name_pattern pattern = {
        .need = 1,
        .number = (uint16_t)number,
    };
    if (name.len >= sizeof pattern.bytes)
        return pattern;
    memcpy(pattern.bytes, name.at, name.len);
    pattern.bytes[name.len] = '"';
    pattern.need = UINT32_MAX >> (31 - name.len);
    return pattern;
}

st_err st_name_table_new(struct st_name_table **table)
{
    struct st_name_table *made = st_mem_get(sizeof *made);
    struct st_name_pattern *patterns = st_mem_get(sizeof *patterns * PATTERNS_FIRST);
    struct st_name_table first = {
        .patterns = patterns,
        .pattern_room = PATTERNS_FIRST,
        .bytes = ST_BUF(ST_NAME_TABLE_BYTES_MAX),
    };
    bool has_slots = new_slots(&first, SLOTS_FIRST);
    if (made == NULL || !has_slots || patterns == NULL) {
        st_mem_free(made);
        free_slots(&first);
        st_mem_free(patterns);
        return ST_ERR_MEMORY;
    }
    patterns[0] = pattern_of((st_str){NULL, SIZE_MAX}, 0);
    *made = first;
    st_random_bytes(made->seed, sizeof made->seed);
    made->seed[0] |= 1; /* parsers know the table by it; 0 is none's */
    *table = made;
    return ST_OK;
}

void st_name_table_free(struct st_name_table *table)
{
    if (table == NULL)
        return;
    free_slots(table);
    st_mem_free(table->patterns);
    st_buf_done(&table->bytes);
    st_mem_free(table);
}

/* Copies every name into the empty slots of `to`, with its mark; false when one of them finds no
 * place. */
static bool move_names(const struct st_name_table *from, const struct st_name_table *to)
{
    for (uint32_t i = 0; i < from->slot_count; i++) {
        const struct st_name_slot *old = &from->slots[i];
        if (old->number == 0)
            continue;
        st_str name = {from->bytes.at + old->at, old->len};
        struct st_name_key key = st_name_key_of(name);
        struct st_name_slot *slot = st_name_slot_of(to, name, key);
        if (slot == NULL)
            return false;
        *slot = *old;
        set_mark(to, key, name.len);
    }
    return true;
}

/* Twice the slots, or more where that leaves a name too far from its place. */
static st_err grow(struct st_name_table *table)
{
    struct st_name_table wider = *table;
    for (;;) {
        if (wider.slot_count >= SLOTS_MAX)
            return ST_ERR_LIMIT;
        if (!new_slots(&wider, 2 * wider.slot_count)) {
            free_slots(&wider);
            return ST_ERR_MEMORY;
        }
        if (move_names(table, &wider))
            break;
        free_slots(&wider);
    }
    free_slots(table);
    *table = wider;
    return ST_OK;
}

/* Room for one more pattern. */
static st_err grow_patterns(struct st_name_table *table)
{
    if (table->count + 1 < table->pattern_room)
        return ST_OK;
    size_t room = (size_t)table->pattern_room * 2;
    struct st_name_pattern *patterns = st_mem_resize(table->patterns, sizeof *patterns * room);
    if (patterns == NULL)
        return ST_ERR_MEMORY;
    table->patterns = patterns;
    table->pattern_room = (uint32_t)room;
    return ST_OK;
}

st_err st_name_table_add(struct st_name_table *table, st_str name, uint16_t *number)
{
    struct st_name_key key = st_name_key_of(name);
    struct st_name_slot *slot = st_name_slot_of(table, name, key);
    if (slot == NULL || slot->number == 0) {
        if (table->count == ST_NAME_TABLE_NAMES_MAX)
            return ST_ERR_LIMIT;
        st_err err = st_buf_reserve(&table->bytes, name.len);
        if (err == ST_OK)
            err = grow_patterns(table);
        if (err == ST_OK && 4 * (table->count + 1) > table->slot_count)
            err = grow(table);
        while (err == ST_OK && (slot = st_name_slot_of(table, name, key)) == NULL)
            err = grow(table);
        if (err == ST_OK)
            err = st_buf_add_str(&table->bytes, name);
        if (err != ST_OK)
            return err;
        *slot = (struct st_name_slot){
            .head = key.head,
            .tail = key.tail,
            .at = (uint32_t)(table->bytes.len - name.len),
            .len = (uint32_t)name.len,
            .number = (uint16_t)++table->count,
        };
        table->patterns[table->count] = pattern_of(name, table->count);
        set_mark(table, key, name.len);
    }
    if (number != NULL)
        *number = slot->number;
    return ST_OK;
}

uint16_t st_name_table_find(const struct st_name_table *table, st_str name)
{
    const struct st_name_slot *slot = st_name_slot_of(table, name, st_name_key_of(name));
    return slot == NULL ? 0 : slot->number;
}

uint32_t st_name_table_count(const struct st_name_table *table)
{
    return table->count;
}
