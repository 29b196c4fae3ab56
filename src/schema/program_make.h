/*
 * program_make.h: what the makers of a program share.
 *
 * An ITEM is a plain schema in a dynamic scope: what was entered on the way to it decides where its
 * dynamic references lead, so for an item they lead to one place; schemas that ask the same few
 * things of a value ("type": "string") are one item. A FACT is what a SWITCH has found
 * out of one member of the value: that it is absent, or has one of some values, or none of them.
 * A BLOCK is what a state, with the facts known, asks of one kind of value; it becomes an entry.
 *
 * Hundreds of conditions on one member make a SWITCH of hundreds of blocks, and each has to do with
 * one of the conditions: a block of a SWITCH goes on from where the block around it stood (START),
 * and an item that asks for another text than a fact says (ASK) is refused at a glance.
 *
 * 1. Errors stay: after the first one (b->err), or once there can be no program (b->impossible),
 *    nothing that is made is used, and every maker may return at once.
 * 2. What is compiled lives in the schema's arena, what is thought in b->scratch.
 *
 * Floor 3. One thread.
 */
#ifndef ST_SCHEMA_PROGRAM_MAKE_H
#define ST_SCHEMA_PROGRAM_MAKE_H

#include "schema/loader.h"
#include "schema/program.h"

/* A list that grows: of item numbers, mostly. */
struct st_list {
    uint32_t *at;
    uint32_t count;
    uint32_t room;
};

/* A buffer that one block leaves to the next. */
struct st_kept {
    void *at;
    uint32_t room;
};

/* A member of which an item takes one text only. */
struct st_ask {
    const struct st_ask *next;
    st_str name;
    st_str text;
};

struct st_item {
    const struct st_plain *plain;
    uint32_t scope;
    uint32_t next;             /* item of the same plain schema in another scope, + 1 */
    const struct st_ask *asks; /* when they have been looked for */
    uint32_t stamp;
    uint32_t fact_stamp; /* of `fact_verdict` */
    uint8_t fact_verdict;
    uint8_t verdicts[ST_KINDS]; /* without facts: 0 not asked yet, or the verdict + 1 */
    uint8_t mark;               /* for the search for circles */
    bool asks_known;
};

/* A scalar of some schema: one of the values that a member is told apart by. */
struct st_value {
    const struct st_json *doc;
    uint32_t node;
};

enum st_fact_kind { ST_FACT_ABSENT, ST_FACT_VALUE, ST_FACT_OTHER };

struct st_fact {
    enum st_fact_kind kind;
    st_str name;
    struct st_value value;         /* of VALUE */
    const struct st_value *values; /* of OTHER: it is none of these */
    uint32_t value_count;
};

struct st_set {
    const uint32_t *items;
    uint32_t count;
};

struct st_pending_rule {
    uint32_t item;
    const struct st_rule *rule;
    bool merged; /* of dependentSchemas: those of members that are known to be there */
};

/* A rule where a SWITCH begins: with `ask`, one that any other text of its member satisfies. */
struct st_start_rule {
    struct st_pending_rule rule;
    const struct st_ask *ask; /* may be NULL */
};

/* How far a block had come when it wrote its SWITCH: where those of its values begin. */
struct st_start {
    struct st_set items;
    const struct st_start_rule *rules; /* not decided yet */
    uint32_t rule_count;
};

struct st_block {
    uint32_t kind;
    struct st_set set;
    const struct st_start *start; /* NULL: with its set and nothing else */
    uint32_t fact_count;
    uint32_t facts[ST_PROGRAM_FACTS_MAX];
    uint32_t entry; /* when made */
};

/* A state while it is made: blocks by kind. */
struct st_made_state {
    struct st_set set;
    uint32_t blocks[ST_KINDS];
};

/* A switch whose entries are blocks until all are made. */
struct st_made_switch {
    struct st_switch *made;
    struct st_texts *texts; /* may be NULL, and the next one too */
    struct st_texts *integers;
};

struct st_build {
    struct st_loader *loader;
    struct st_schema *schema;
    struct st_name_table *names;
    struct st_arena scratch;
    struct st_checker *checker; /* for what the plain evaluator answers beforehand */
    st_err err;
    bool impossible;
    bool frugal; /* sets are no longer merged */
    uint64_t work;

    struct st_item *items;
    uint32_t item_count;
    uint32_t item_room;
    struct st_map item_of; /* what a schema asks, if that is little -> its item + 1 */
    struct st_scope *scopes;
    uint32_t scope_count;
    uint32_t scope_room;

    struct st_made_state *states;
    uint32_t state_count;
    uint32_t state_room;
    struct st_map state_of; /* the set's bytes -> state */

    struct st_block *blocks;
    uint32_t block_count;
    uint32_t block_room;
    struct st_map block_of; /* kind, facts and set -> block; of those with facts only */

    struct st_fact *facts;
    uint32_t fact_count;
    uint32_t fact_room;
    struct st_map fact_of;

    struct st_step *steps;
    uint32_t step_count;
    uint32_t step_room;
    struct st_map entry_of; /* the steps of a block -> entry */

    struct st_made_switch *switches;
    uint32_t switch_count;
    uint32_t switch_room;
    struct st_walk **walks; /* whose slots' glances are to be filled in */
    uint32_t walk_count;
    uint32_t walk_room;

    struct st_list *pool; /* lists that are not in use */
    uint32_t pool_count;
    uint32_t pool_room;
    struct st_kept rules; /* of the block that is being made */
    struct st_kept made_steps;
    struct st_kept rows;
    struct st_kept dependents;
    struct st_elements **elements; /* likewise */
    uint32_t elements_count;
    uint32_t elements_room;
    struct st_map table; /* scratch of program_object.c: name -> row */
    uint32_t stamp;
    uint32_t fact_stamp;
    uint32_t depth; /* of the decision being made */
};

static inline bool st_build_over(const struct st_build *b)
{
    return b->err != ST_OK || b->impossible;
}

/* ---- program_make.c ---- */

void *st_build_scratch(struct st_build *b, size_t bytes); /* zeroed; NULL: it is over */
void *st_build_get(struct st_build *b, size_t bytes);     /* the same, of the schema's arena */
/* Room for one more of `size` bytes; false: it is over. */
bool st_build_reserve(struct st_build *b, void **at, uint32_t *room, uint32_t count, size_t size);
/* A list that is empty, {0}, gets its room from the pool, and gives it back when it is dropped. */
bool st_build_push(struct st_build *b, struct st_list *list, uint32_t value);
void st_build_drop(struct st_build *b, struct st_list *list);
/* The value that stands under the key now: `value` when it was absent. */
uint64_t st_build_map(struct st_build *b, struct st_map *map, st_str key, uint64_t value);
/* Counts work; past ST_PROGRAM_WORK_MAX it turns frugal, past ST_PROGRAM_WORK_END impossible. */
void st_build_work(struct st_build *b, uint64_t work);

/* The state of all these items together, made or found. */
uint32_t st_build_state(struct st_build *b, const uint32_t *items, uint32_t count);
/* The block of the set for the kind with these facts; its entry is known at the end. */
uint32_t st_build_block(struct st_build *b, struct st_set set, uint32_t kind, const uint32_t *facts,
                        uint32_t fact_count);

/* ---- program_graph.c ---- */

/* The item of `plain` as it is reached from `from` (NONE: from nowhere). */
uint32_t st_build_item(struct st_build *b, uint32_t from, const struct st_plain *plain);
/* Where a (dynamic) reference leads; NONE when nowhere. */
uint32_t st_build_target(struct st_build *b, uint32_t from, const struct st_rule *rule);
/* Finds all items; impossible when one leads back to itself for the same value, or nowhere. */
void st_build_items(struct st_build *b);
/* The items that the rule applies to the same value whatever the value is; false: it is no such
 * rule. */
bool st_build_expands(const struct st_rule *rule);
/* Calls `each` for them. */
void st_build_expand(struct st_build *b, uint32_t item, const struct st_rule *rule,
                     struct st_list *list);

/* ---- program_decide.c ---- */

enum st_verdict st_decide(struct st_build *b, uint32_t item, uint32_t kind, const uint32_t *facts,
                          uint32_t fact_count);
enum st_verdict st_decide_rule(struct st_build *b, uint32_t item, const struct st_rule *rule,
                               uint32_t kind, const uint32_t *facts, uint32_t fact_count);
/* The text that the item asks of the member; NULL: not one alone. */
const struct st_ask *st_decide_ask(struct st_build *b, uint32_t item, st_str name);
/* Whether the fact is of a text other than that one. */
bool st_fact_differs(const struct st_fact *fact, const struct st_ask *ask);
/* What an item says of the member that a fact is of; not for ABSENT. */
enum st_verdict st_decide_fact(struct st_build *b, uint32_t item, const struct st_fact *fact);
/* Whether the pattern finds something in the name. */
enum st_verdict st_decide_name(struct st_build *b, const struct st_pattern *pattern, st_str name);
const struct st_fact *st_fact_of(const struct st_build *b, const uint32_t *facts,
                                 uint32_t fact_count, st_str name);
/* The verdict of an item on a value of a schema's document. */
enum st_verdict st_decide_value(struct st_build *b, uint32_t item, struct st_value value);
/* The schemas that a rule of kind MEMBERS has for a member of that name, as items. */
enum st_verdict st_members_for(struct st_build *b, uint32_t item, const struct st_members *members,
                               st_str name, struct st_list *list);

/* ---- program_block.c ---- */

/* One block while it is made. */
struct st_making {
    uint32_t kind;
    const uint32_t *facts;
    uint32_t fact_count;
    struct st_set set; /* that the block is of */
    bool fails;
    uint32_t stamp;                /* of items that are in */
    struct st_list items;          /* those, and what was merged */
    struct st_pending_rule *rules; /* not decided */
    uint32_t rule_count;
    uint32_t rule_room;
    struct st_step *steps;
    uint32_t step_count;
    uint32_t step_room;
};

void st_build_make(struct st_build *b, uint32_t block);
/* A step more; NULL: it is over. */
struct st_step *st_making_step(struct st_build *b, struct st_making *m, enum st_op op);
void st_making_with(struct st_build *b, struct st_making *m, enum st_op op, const void *with);
void st_making_call(struct st_build *b, struct st_making *m, uint32_t state);
/* A step for what has no other: the plain evaluator's rule, or its schema. */
void st_making_rule(struct st_build *b, struct st_making *m, const struct st_pending_rule *rule);
void st_making_plain(struct st_build *b, struct st_making *m, uint32_t item);
struct st_plain_call *st_build_call(struct st_build *b, uint32_t item, const struct st_rule *rule);
static inline enum st_verdict st_making_decide(struct st_build *b, const struct st_making *m,
                                               uint32_t item)
{
    return st_decide(b, item, m->kind, m->facts, m->fact_count);
}
void st_making_item(struct st_build *b, struct st_making *m, uint32_t item); /* one more to hold */

/* ---- program_choice.c ---- */

/* Merges what is decided by now; whether that brought new items. */
bool st_choice_narrow(struct st_build *b, struct st_making *m);
/* Writes a SWITCH when one member decides enough; the block is then whole. */
void st_making_counts(struct st_build *b, struct st_making *m); /* of items, of members */
bool st_choice_switch(struct st_build *b, struct st_making *m);
void st_choice_steps(struct st_build *b, struct st_making *m);

/* ---- program_scalar.c, program_array.c, program_object.c ---- */

void st_scalar_number(struct st_build *b, struct st_making *m);
/* true: the block is whole. */
bool st_scalar_string(struct st_build *b, struct st_making *m);
void st_array_steps(struct st_build *b, struct st_making *m);
void st_object_steps(struct st_build *b, struct st_making *m);

/* ---- program_cover.c ---- */

/* What an item's rules say is evaluated: members by name and by pattern, or elements up to one. */
struct st_cover {
    bool all;
    struct st_map names; /* keys only */
    const struct st_pattern **patterns;
    uint32_t pattern_count;
    uint32_t pattern_room;
    uint64_t elements;
};

/* false: it is not known beforehand. */
bool st_cover_of(struct st_build *b, const struct st_making *m, uint32_t item,
                 struct st_cover *cover);
void st_cover_done(struct st_cover *cover);

/* ---- program_table.c ---- */

struct st_text_row {
    st_str text;
    uint32_t value;
};

void st_table_text(struct st_text_slot *slot, const struct st_text_row *row);
struct st_texts *st_table_texts(struct st_build *b, const struct st_text_row *rows, uint32_t count);

/* Whether the number's literal is the only one of its value among integers. */
static inline bool st_table_is_integer(const struct st_json *doc, uint32_t node)
{
    const struct st_json_node *n = &doc->nodes[node];
    return n->kind == ST_JSON_NUMBER && (n->flags & ST_JSON_INTEGER) != 0 && n->len <= 18 &&
           !st_str_eq(st_json_text(doc, node), ST_STR("-0"));
}

/* Slots behind those that names have as their place, for the ones that find it taken; the last of
 * them stays free. */
#define ST_WALK_SPARE 8

struct st_member_row {
    uint16_t number;
    uint32_t state;
    uint64_t bit;
};

/* A walk with its slots: the free ones with the state `rest`. */
struct st_walk *st_table_walk(struct st_build *b, const struct st_member_row *rows, uint32_t count,
                              uint32_t rest);

#endif
