/*
 * checker.h: what one thread holds while it checks values: the state of the walk, the marks of
 * what was evaluated, and, in a run that explains, the violations found so far.
 *
 *     checker.c      its life, and st_schema_check
 *     eval.c         a schema's rules one after the other; those that lead to schemas for the same
 *                    value
 *     eval_value.c   rules on values as they are: types, numbers, strings, counts
 *     eval_object.c  rules on members
 *     eval_array.c   rules on elements
 *     unevaluated.c  the marks, and the two rules that read them
 *     tell.c         violations as they are found
 *     note.c         annotations, and the branches of the output's tree
 *     report.c       all of these as they are handed out
 *
 * 1. A run either answers yes or no and tells nothing, or tells (tale.on): it explains a no, or
 *    collects what a yes annotates (tale.collects). Both visit all that a silent one visits, and
 *    more.
 * 2. `stop` ends a run: from then on every check returns false at once.
 * 3. Buffers and tables grow to what was needed once, and stay.
 *
 * Floor 3. One thread.
 */
#ifndef ST_SCHEMA_CHECKER_H
#define ST_SCHEMA_CHECKER_H

#include "schema/plain.h"

enum st_stop {
    ST_STOP_NOT,
    ST_STOP_LIMIT,
    ST_STOP_NOWHERE, /* a dynamic reference had nothing in scope */
    ST_STOP_MEMORY,
};

/* A text in the tale's buffer. */
struct st_span {
    uint32_t at;
    uint32_t len;
};

/* A violation, branch or annotation on the way to the report. */
struct st_raw {
    struct st_span instance;
    struct st_span subject;
    struct st_span keyword_at;
    struct st_span message; /* or the annotation's value */
    const struct st_plain *plain;
    st_str keyword; /* at NULL: the schema itself */
    uint32_t node;
    uint32_t parent;
    bool definite;
    bool branch;
};

struct st_tale {
    bool on;
    bool collects;          /* annotations; what is told of violations is not kept then */
    bool branches;          /* wanted beside violations */
    bool stop_told;         /* why the run was stopped */
    bool closed;            /* a text had no room: nothing more is told, but why that was */
    struct st_buf instance; /* the pointer to the value being checked */
    struct st_buf walked;   /* the path of keywords that led there */
    struct st_buf text;     /* of all raw violations */
    struct st_raw *raws;
    uint32_t count;
    uint32_t room;
    uint32_t max;
    uint64_t dropped;
    uint32_t parent;    /* of what is told next */
    uint32_t choices;   /* anyOf, oneOf and contains above */
    const st_str *name; /* the member whose name is being checked, or NULL */
};

/* The evaluated members or elements of one value, seen from one schema: two rows of bits on the
 * checker's stack of words. The second row holds what was evaluated by subschemas that failed; it
 * keeps an explanation from calling a member surplus that is only wrong. */
struct st_seen {
    size_t at;
    uint32_t words;
    bool failed; /* some rule of the schema failed */
};

struct st_hashed {
    uint64_t hash;
    uint32_t node;
    uint32_t index;
};

/* The big object in which names were looked up last. */
struct st_look {
    uint32_t object; /* NONE at first */
    uint32_t looks;
    bool indexed; /* by the slots: nodes of names, 0 where free */
    uint32_t *slots;
    uint32_t room;
    uint32_t mask; /* of those in use, whose number is a power of two */
};

struct st_outlines;

struct st_checker {
    const struct st_json *doc;
    enum st_stop stop;
    uint64_t steps; /* left */
    uint32_t depth;
    uint32_t scope_count; /* resources entered, outermost first */
    const struct st_resource *scope[ST_SCHEMA_DEPTH_MAX + 1];
    uint64_t *words; /* stack of marks */
    size_t word_count;
    size_t word_room;
    struct st_hashed *hashed; /* scratch of uniqueItems */
    uint32_t hashed_room;
    const struct st_plain *nowhere; /* with ST_STOP_NOWHERE: whose reference it was */
    struct st_look look;
    struct st_matcher *matcher;
    struct st_outlines *outlines; /* NULL at first */
    bool walks_all;               /* outlines are neither learned nor asked (twin.h) */
    struct st_tale tale;
};

/* ---- eval.c ---- */

/* Whether the value at `node` satisfies the schema. `outer` collects marks for the schema that
 * applied this one to the same value; NULL when none needs them or the value is another. */
bool st_eval(struct st_checker *c, const struct st_plain *plain, uint32_t node,
             struct st_seen *outer);

/* One rule, as it holds where no marks are wanted. */
bool st_eval_rule(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                  uint32_t node);

/* The steps for a value of so many nodes. */
static inline uint64_t st_checker_allowance(uint64_t nodes)
{
    uint64_t first = nodes < ST_SCHEMA_STEPS_NODES ? nodes : ST_SCHEMA_STEPS_NODES;
    return ST_SCHEMA_STEPS_MIN + ST_SCHEMA_STEPS_A_NODE * first +
           ST_SCHEMA_STEPS_A_LATER_NODE * (nodes - first);
}

/* Pays for work beyond one schema applied to one value; false when the run has to stop. */
bool st_eval_spend(struct st_checker *c, const struct st_plain *plain, uint32_t node,
                   uint64_t steps);
void st_eval_stop_at_limit(struct st_checker *c, const struct st_plain *plain, uint32_t node,
                           const char *message);

/* The bytes from a value's first to its last, but for closing brackets. In eval_value.c. */
uint64_t st_eval_span(const struct st_json *doc, uint32_t node);

/* Whether the object has a member of that name; false, too, when the run has to stop. What a look
 * costs for a short name in a small object the caller has paid. In eval_object.c. */
bool st_eval_has_member(struct st_checker *c, const struct st_plain *plain, uint32_t object,
                        st_str name);

/* One function a kind of rule, spread over eval*.c and unevaluated.c. */
#define ST_RULE_DECLARE(function)                                                                  \
    bool st_eval_##function(struct st_checker *c, const struct st_plain *plain,                    \
                            const struct st_rule *rule, uint32_t node, struct st_seen *seen);
ST_RULE_DECLARE(type)
ST_RULE_DECLARE(enum)
ST_RULE_DECLARE(const)
ST_RULE_DECLARE(multiple)
ST_RULE_DECLARE(bound)
ST_RULE_DECLARE(length)
ST_RULE_DECLARE(pattern)
ST_RULE_DECLARE(format)
ST_RULE_DECLARE(item_count)
ST_RULE_DECLARE(unique_items)
ST_RULE_DECLARE(member_count)
ST_RULE_DECLARE(required)
ST_RULE_DECLARE(dependent_required)
ST_RULE_DECLARE(members)
ST_RULE_DECLARE(names)
ST_RULE_DECLARE(items)
ST_RULE_DECLARE(contains)
ST_RULE_DECLARE(ref)
ST_RULE_DECLARE(dynamic_ref)
ST_RULE_DECLARE(all_of)
ST_RULE_DECLARE(any_of)
ST_RULE_DECLARE(one_of)
ST_RULE_DECLARE(not )
ST_RULE_DECLARE(if)
ST_RULE_DECLARE(dependent_schemas)
ST_RULE_DECLARE(unevaluated_items)
ST_RULE_DECLARE(unevaluated_members)
#undef ST_RULE_DECLARE

typedef bool (*st_rule_check)(struct st_checker *, const struct st_plain *, const struct st_rule *,
                              uint32_t, struct st_seen *);

/* For the rules that are choices: whether telling would be in vain, as the rule is satisfied or the
 * run has to stop. What the branches not taken have against a value would be written only to be
 * taken back. Never where marks are wanted, for they come from branches that fail, too. */
bool st_eval_in_vain(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                     uint32_t node, const struct st_seen *seen, st_rule_check check);

/* ---- unevaluated.c; `seen` may be NULL where it says so ---- */

bool st_seen_open(struct st_checker *c, struct st_seen *seen, uint32_t count);
void st_seen_close(struct st_checker *c, const struct st_seen *seen);
void st_seen_mark(struct st_checker *c, const struct st_seen *seen, uint32_t index); /* or NULL */
bool st_seen_has(const struct st_checker *c, const struct st_seen *seen, uint32_t index);
/* Hands the marks to the schema above: as evaluated, or, after a failure, as merely looked at. */
void st_seen_merge(struct st_checker *c, const struct st_seen *from, const struct st_seen *into);

/* ---- tell.c: nothing happens, and nothing is written, unless tale.on ---- */

/* Where the walk is. Each returns what st_walk_back and st_at_back take. */
size_t st_walk_into(struct st_checker *c, const char *keyword);
size_t st_walk_into_name(struct st_checker *c, const char *keyword, st_str name);
size_t st_walk_into_index(struct st_checker *c, const char *keyword, uint32_t index);
void st_walk_back(struct st_checker *c, size_t mark);
size_t st_at_member(struct st_checker *c, st_str name);
size_t st_at_element(struct st_checker *c, uint32_t index);
void st_at_back(struct st_checker *c, size_t mark);

/* A violation of `keyword`: of `child` of the value when that is what must be mended (may be NULL).
 * NULL as keyword: the schema is `false`. */
void st_tell(struct st_checker *c, const struct st_plain *plain, const char *keyword, uint32_t node,
             const st_str *child, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* The same in two steps, for messages that are written to tale.text piece by piece. */
bool st_tell_begin(struct st_checker *c, const struct st_plain *plain, const char *keyword,
                   uint32_t node, const st_str *child);
/* Whatever the run tells: a raw without message; its keyword NULL for the schema. */
bool st_tell_raw(struct st_checker *c, const struct st_plain *plain, const st_str *keyword,
                 uint32_t node, const st_str *child);
void st_tell_end(struct st_checker *c, st_err err);

/* A violation that those told until the close have as parent; taken back, and they with it, when
 * the keyword turns out to be satisfied. */
struct st_told {
    uint32_t raw; /* the violation or annotation; NONE when none was made */
    uint32_t count;
    uint32_t parent;
    uint32_t choices;
    size_t text;
    uint64_t dropped;
};
struct st_told st_tell_open(struct st_checker *c, const struct st_plain *plain, const char *keyword,
                            uint32_t node, const st_str *child, bool is_choice, const char *format,
                            ...) __attribute__((format(printf, 7, 8)));
void st_tell_close(struct st_checker *c, struct st_told told, bool satisfied);

/* Takes back the last one when there is no room for another: for what must be told. */
void st_tell_make_room(struct st_checker *c);

/* What is told by now, and taking back what was told since. */
struct st_told st_tell_mark(const struct st_checker *c);
void st_tell_forget(struct st_checker *c, const struct st_told *told);

/* ---- note.c: nothing happens unless the run collects, or explains with branches ---- */

static inline bool st_collects(const struct st_checker *c)
{
    return c->tale.on && c->tale.collects;
}

/* A keyword, or with NULL a schema, that those told until the close have as parent. It is kept when
 * what it stands for is kept: satisfied in a run that collects, failed in one that explains. */
struct st_told st_note_open(struct st_checker *c, const struct st_plain *plain, const char *keyword,
                            uint32_t node);
void st_note_close(struct st_checker *c, struct st_told told, bool satisfied);

/* In a run that collects: a rule's check with a unit for its keyword around it. */
bool st_note_rule(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                  uint32_t node, struct st_seen *seen, st_rule_check check);

/* The keywords of a satisfied schema that assert nothing: their values. */
void st_note_keywords(struct st_checker *c, const struct st_plain *plain, uint32_t node);

/* What a keyword that applies schemas to members or elements annotates. */
enum st_reach {
    ST_REACH_UNSAID,  /* nothing */
    ST_REACH_NAMES,   /* the members that it applied to */
    ST_REACH_LARGEST, /* the last index that it applied to, or true when to all */
    ST_REACH_ANY,     /* true, when it applied to any element */
    ST_REACH_INDEXES, /* the elements that matched, or true when all did */
};

/* Up to three keywords that walk one value together (properties, patternProperties and
 * additionalProperties), each with the marks of what it reached. */
#define ST_GROUP_KEYWORDS_MAX 3
struct st_group {
    uint32_t count; /* 0: nothing is noted */
    struct st_told told;
    struct {
        uint32_t raw;
        enum st_reach reach;
        struct st_seen seen;
    } keywords[ST_GROUP_KEYWORDS_MAX];
};
/* A keyword that is NULL is absent. Called where tale.on; else count = 0 is all that is needed. */
void st_group_open(struct st_checker *c, struct st_group *group, const struct st_plain *plain,
                   uint32_t node, const char *const keywords[ST_GROUP_KEYWORDS_MAX],
                   const enum st_reach reaches[ST_GROUP_KEYWORDS_MAX]);
/* The keyword at `which` goes into the member or element at `index`: it is the parent of what is
 * told next. */
void st_group_enter(struct st_checker *c, const struct st_group *group, unsigned which,
                    uint32_t index);
static inline void st_group_reach(struct st_checker *c, const struct st_group *group,
                                  unsigned which, uint32_t index)
{
    if (group->count > 0)
        st_group_enter(c, group, which, index);
}

void st_group_end(struct st_checker *c, struct st_group *group, uint32_t node, bool satisfied);
static inline void st_group_close(struct st_checker *c, struct st_group *group, uint32_t node,
                                  bool satisfied)
{
    if (group->count > 0)
        st_group_end(c, group, node, satisfied);
}

/* ---- report.c ---- */

/* Adds what the tale holds to the report: violations, or annotations when it collected. */
ST_MUST_USE st_err st_report_add(struct st_report *report, struct st_checker *c);

#endif
