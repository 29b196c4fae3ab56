/*
 * program_run.h: what the pieces of the interpreter share: the state of a run, and the looks at a
 * value that are taken in more than one of them, in line where each member passes through.
 *
 *     program_run.c     members, elements, choices, and the loop over steps
 *     program_value.c   numbers and strings
 *     outline.c         documents that look like one before
 *
 * A function that checks answers no, too, when the run has to stop; the checker's `stop` tells.
 *
 * Floor 3. One thread.
 */
#ifndef ST_SCHEMA_PROGRAM_RUN_H
#define ST_SCHEMA_PROGRAM_RUN_H

#include "schema/program.h"

/* What a run reads, in one place. */
struct st_run {
    struct st_checker *c;
    const struct st_json *doc;
    const struct st_json_node *nodes;
    const char *text; /* the document's */
    const struct st_state *states;
    const struct st_step *steps;
    const struct st_name_table *names; /* NULL: the nodes carry the numbers of names */
    uint32_t words_room; /* a string that begins so many bytes behind the eighth has words */
};

/* One step, or a state's or a case's steps, for the value at `node`. */
bool st_run_step(const struct st_run *r, const struct st_step *step, uint32_t node);
bool st_run_steps(const struct st_run *r, uint32_t entry, uint32_t node);

/* The entry that the switch goes on at for its member's value. */
uint32_t st_run_case(const struct st_run *r, const struct st_switch *with,
                     const struct st_json_node *value);

/* A name that is not in the table, where there are patterns, and its value. */
bool st_run_unnamed(const struct st_run *r, const struct st_unnamed *unnamed, uint32_t name);

/* ---- work ---- */

static inline bool st_run_stop(const struct st_run *r)
{
    if (r->c->stop == ST_STOP_NOT)
        r->c->stop = ST_STOP_LIMIT;
    return false;
}

static inline bool st_run_spend(const struct st_run *r, uint64_t steps)
{
    if (__builtin_expect(steps > r->c->steps, 0))
        return st_run_stop(r);
    r->c->steps -= steps;
    return true;
}

static inline bool st_run_entry(const struct st_run *r, uint32_t entry, uint32_t node)
{
    return entry < ST_ENTRY_FIRST ? entry == ST_ENTRY_PASS : st_run_steps(r, entry, node);
}

static inline bool st_run_state(const struct st_run *r, uint32_t state, uint32_t node)
{
    return st_run_entry(r, r->states[state].entry[r->nodes[node].kind], node);
}

/* ---- the tape ---- */

static inline bool st_run_passes(const struct st_glance *glance, const struct st_json_node *n)
{
    return (glance->passes >> st_class_of(n) & 1) != 0 && n->len >= glance->min;
}

static inline uint32_t st_run_after(const struct st_run *r, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    return n->kind >= ST_JSON_ARRAY ? n->next : node + 1;
}

/* The slot of a name by its number. */
static inline const struct st_member_slot *st_run_slot(const struct st_walk *walk, uint32_t number)
{
    const struct st_member_slot *slot = &walk->slots[st_walk_at(walk, number)];
    while (__builtin_expect(slot->name != number, 0) && slot->name != 0)
        slot++;
    return slot;
}

/* ---- texts ---- */

static inline st_str st_run_text(const struct st_run *r, const struct st_json_node *n)
{
    const char *at =
        (n->flags & ST_JSON_ESCAPED) != 0 ? r->doc->decoded.at + n->next : r->text + n->at + 1;
    return (st_str){at, n->len};
}

/* All of a text of more than 32 bytes. */
bool st_run_equal_long(const struct st_run *r, const struct st_text_slot *slot, const char *at);

/* What stands between the first and the last eight bytes, of more than sixteen. */
static inline bool st_run_equal_middle(const struct st_run *r, const struct st_text_slot *slot,
                                       const char *at)
{
    uint64_t ours[2];
    uint64_t theirs[2];
    if (slot->len > 32)
        return st_run_equal_long(r, slot, at);
    memcpy(&ours[0], at + 8, 8);
    memcpy(&ours[1], at + slot->len - 16, 8);
    memcpy(&theirs[0], slot->at + 8, 8);
    memcpy(&theirs[1], slot->at + slot->len - 16, 8);
    return ((ours[0] ^ theirs[0]) | (ours[1] ^ theirs[1])) == 0;
}

/* Of eight bytes the first ones. */
extern const uint64_t st_run_masks[9];

/* The words of a text where it stands too near an end of all texts to be read past its own. */
struct st_words st_run_words_slowly(const struct st_run *r, const struct st_json_node *n);

/* st_text_words without a branch on the length: most strings have eight bytes of text before their
 * end and behind their start. */
static inline struct st_words st_run_words(const struct st_run *r, const struct st_json_node *n)
{
    uint32_t len = n->len;
    if (__builtin_expect((n->flags & ST_JSON_ESCAPED) != 0 || n->at - 8 >= r->words_room, 0))
        return st_run_words_slowly(r, n);
    const char *at = r->text + n->at + 1;
    uint64_t first;
    uint64_t last;
    memcpy(&first, at, 8);
    memcpy(&last, at + len - 8, 8);
    return (struct st_words){first & st_run_masks[len < 8 ? len : 8], len < 8 ? 0 : last};
}

static inline bool st_run_in_slot(const struct st_run *r, const struct st_text_slot *slot,
                                  struct st_words words, st_str text)
{
    uint64_t differ =
        (words.head ^ slot->words.head) | (words.tail ^ slot->words.tail) | (text.len ^ slot->len);
    return differ == 0 && (text.len <= 16 || st_run_equal_middle(r, slot, text.at));
}

static inline bool st_run_is_text(const struct st_run *r, const struct st_text_slot *slot,
                                  const struct st_json_node *n)
{
    return st_run_in_slot(r, slot, st_run_words(r, n), st_run_text(r, n));
}

/* The slot of the text, or NULL. */
static inline const struct st_text_slot *st_run_find_text(const struct st_run *r,
                                                          const struct st_texts *texts,
                                                          const struct st_json_node *n)
{
    struct st_words words = st_run_words(r, n);
    st_str text = st_run_text(r, n);
    for (uint32_t i = st_texts_at(texts, words, n->len);; i = (i + 1) & texts->mask) {
        const struct st_text_slot *slot = &texts->slots[i];
        if (st_run_in_slot(r, slot, words, text))
            return slot;
        if (slot->len == ST_JSON_NONE)
            return NULL;
    }
}

static inline bool st_run_format(const struct st_run *r, const struct st_format *format,
                                 const struct st_json_node *n)
{
    return (n->len < 64 || st_run_spend(r, n->len / 64)) && format->test(st_run_text(r, n));
}

/* ---- program_value.c ---- */

/* Whether the literal is the only one of its value among integers. */
bool st_run_is_integer(const char *at, const struct st_json_node *n);

/* The slot of such a literal; NULL: none. */
const struct st_text_slot *st_run_find_integer(const struct st_run *r,
                                               const struct st_texts *literals, const char *at,
                                               uint32_t len);

/* The steps of these names. */
bool st_run_number(const struct st_run *r, const struct st_number_test *test, uint32_t node);
bool st_run_rules(const struct st_run *r, const struct st_number_test *test, uint32_t node);
bool st_run_integers(const struct st_run *r, const struct st_integers *integers, uint32_t node);
bool st_run_length(const struct st_run *r, const struct st_length_test *test, uint32_t node);

/* Whether the pattern finds something in the string or name. */
bool st_run_search(const struct st_run *r, const struct st_pattern *pattern,
                   const struct st_json_node *n);

#endif
