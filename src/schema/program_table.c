/*
 * program_table.c: tables that are probed while checking: of texts, and of numbered names.
 */
#include "schema/program_make.h"

/* How many factors are tried for a table in which each is at its place. */
#define FACTORS_TRIED 64u

/* ---- texts ---- */

void st_table_text(struct st_text_slot *slot, const struct st_text_row *row)
{
    *slot = (struct st_text_slot){
        .len = (uint32_t)row->text.len,
        .value = row->value,
        .at = row->text.at,
        .words = st_text_words(row->text.at, row->text.len),
    };
}

/* Puts all rows in; how many of them are not at their place. */
static uint32_t fill_texts(struct st_texts *texts, const struct st_text_row *rows, uint32_t count)
{
    uint32_t astray = 0;
    for (uint32_t i = 0; i <= texts->mask; i++)
        texts->slots[i] = (struct st_text_slot){.len = ST_JSON_NONE};
    for (uint32_t i = 0; i < count; i++) {
        struct st_text_slot slot;
        st_table_text(&slot, &rows[i]);
        uint32_t at = st_texts_at(texts, slot.words, slot.len);
        bool known = false;
        while (texts->slots[at].len != ST_JSON_NONE && !known) {
            known = st_str_eq((st_str){texts->slots[at].at, texts->slots[at].len}, rows[i].text);
            at = known ? at : (at + 1) & texts->mask;
            astray += !known;
        }
        if (!known)
            texts->slots[at] = slot;
    }
    return astray;
}

struct st_texts *st_table_texts(struct st_build *b, const struct st_text_row *rows, uint32_t count)
{
    uint32_t bits = 2;
    while ((uint32_t)1 << bits < 2 * count)
        bits++;
    uint32_t slots = (uint32_t)1 << bits;
    struct st_texts *texts =
        st_build_get(b, sizeof *texts + (size_t)slots * sizeof texts->slots[0]);
    if (texts == NULL)
        return NULL;
    texts->mask = slots - 1;
    uint64_t factor = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t best = factor;
    uint32_t fewest = UINT32_MAX;
    for (uint32_t i = 0; i < FACTORS_TRIED && fewest > 0 && (i == 0 || count < 256); i++) {
        texts->factor = factor;
        uint32_t astray = fill_texts(texts, rows, count);
        if (astray < fewest) {
            fewest = astray;
            best = factor;
        }
        factor = (factor ^ factor >> 29) * UINT64_C(0xBF58476D1CE4E5B9) | 1;
        st_build_work(b, count);
    }
    texts->factor = best;
    fill_texts(texts, rows, count);
    return texts;
}

/* ---- names ---- */

/* Puts the rows into slots of which `slots` are places and the others behind them take what has
 * none; returns how many are astray, or NONE when that is too far for one. */
static uint32_t fill_slots(struct st_walk *walk, uint32_t bits, const struct st_member_row *rows,
                           uint32_t count, uint32_t rest)
{
    uint32_t astray = 0;
    for (uint32_t i = 0; i < walk->slot_count; i++)
        walk->slots[i] = (struct st_member_slot){.state = rest};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = st_walk_at(walk, rows[i].number);
        while (walk->slots[at].name != 0) {
            at++;
            astray++;
        }
        if (at >= ((uint32_t)1 << bits) + ST_WALK_SPARE - 1)
            return ST_JSON_NONE;
        walk->slots[at] = (struct st_member_slot){
            .name = rows[i].number, .state = rows[i].state, .bit = rows[i].bit};
    }
    return astray;
}

struct st_walk *st_table_walk(struct st_build *b, const struct st_member_row *rows, uint32_t count,
                              uint32_t rest)
{
    for (uint32_t bits = 1;; bits++) {
        if ((uint32_t)1 << bits < count + count / 2)
            continue;
        size_t slots = ((size_t)1 << bits) + ST_WALK_SPARE;
        struct st_walk *walk = st_build_scratch(b, sizeof *walk + slots * sizeof walk->slots[0]);
        if (walk == NULL)
            return NULL;
        walk->slot_count = (uint32_t)slots;
        walk->mask = ((uint32_t)1 << bits) - 1;
        uint32_t factor = UINT32_C(0x9E3779B9);
        uint32_t best = 0;
        uint32_t fewest = ST_JSON_NONE;
        for (uint32_t i = 0; i < FACTORS_TRIED && fewest > 0 && (i < 4 || count < 256); i++) {
            walk->factor = factor;
            uint32_t astray = fill_slots(walk, bits, rows, count, rest);
            if (astray < fewest) {
                fewest = astray;
                best = factor;
            }
            factor = (factor ^ factor >> 15) * UINT32_C(0x85EBCA6B) | 1;
            st_build_work(b, count / 4 + 1);
        }
        if (fewest == ST_JSON_NONE || (fewest > 0 && slots < 4 * (size_t)count && count < 128))
            continue;
        walk->factor = best;
        fill_slots(walk, bits, rows, count, rest);
        struct st_walk *kept = st_build_get(b, sizeof *kept + slots * sizeof kept->slots[0]);
        if (kept != NULL)
            memcpy(kept, walk, sizeof *kept + slots * sizeof kept->slots[0]);
        return kept;
    }
}
