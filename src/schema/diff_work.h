/*
 * diff_work.h: what the steps of a diff share: worlds, proofs, sites, values.
 *
 *     diff.c               the order of the steps, findings, the rule list
 *     diff_world.c         facts about one value, and what follows from them at once
 *     diff_clash.c         quick answers: two schemas cannot both hold, one follows from another
 *     diff_child.c         what is known of a member or an element
 *     diff_reach.c         which members and elements a schema looks at
 *     diff_same.c          schemas that say the same
 *     diff_prove.c         whether a schema follows; cases
 *     diff_prove_rule.c    whether a rule follows, keyword by keyword
 *     diff_explain.c       which change breaks: rules on values as they are
 *     diff_explain_parts.c rules on members and elements
 *     diff_explain_mix.c   rules that combine schemas
 *     diff_make.c          values with all that is known
 *     diff_text.c          texts for patterns, formats and lengths
 *     diff_example.c       whole documents, confirmed and made small
 *     diff_note.c          changes that break nothing
 *
 * Proofs are sound and not complete: "does not follow" only ever means that no proof was found.
 * Worlds are interned, so that one proof serves every place. A proof about a value may rest on the
 * same claim about a value inside it (schemas that refer to themselves), since values end.
 *
 * 1. A failed allocation or a limit of work stops all proofs: they say no from then on (`err`,
 *    `tired`).
 * 2. Everything lives in the work's arena, but findings, which live in the caller's.
 *
 * Floor 3. One thread.
 */
#ifndef ST_SCHEMA_DIFF_WORK_H
#define ST_SCHEMA_DIFF_WORK_H

#include "base/map.h"
#include "base/random.h"
#include "schema/checker.h"
#include "schema/diff.h"

/* Kinds of values as a set: integers written as such, other integers (1.0), fractions apart. */
enum st_kinds {
    ST_KINDS_NULL = 1,
    ST_KINDS_BOOLEAN = 2,
    ST_KINDS_DIGITS = 4,
    ST_KINDS_WHOLE = 8,
    ST_KINDS_FRACTION = 16,
    ST_KINDS_STRING = 32,
    ST_KINDS_ARRAY = 64,
    ST_KINDS_OBJECT = 128,
    ST_KINDS_NUMBER = 28,
    ST_KINDS_INTEGER = 12,
    ST_KINDS_ALL = 255,
};

/* ---- worlds ---- */

enum st_fact_kind {
    ST_FACT_IS,     /* it satisfies the plain schema */
    ST_FACT_IS_NOT, /* it does not */
    ST_FACT_HAS,    /* it is an object, if at all, with this member */
    ST_FACT_LACKS,
    ST_FACT_KINDS, /* it is of one of these kinds */
};

struct st_fact {
    uint32_t kind;
    uint32_t kinds;
    const struct st_plain *plain;
    const st_str *name; /* interned: one address a name */
};
_Static_assert(sizeof(struct st_fact) == 24, "facts are compared as bytes: nothing between them");

struct st_facts {
    const struct st_fact *at;
    uint32_t count;
};

/* A rule that holds of the value. */
struct st_atom {
    const struct st_plain *plain;
    const struct st_rule *rule;
};

struct st_world {
    struct st_facts facts; /* sorted: they are its name */
    bool ready;
    bool empty; /* no value is so */
    uint32_t kinds;
    struct st_atom *atoms;
    uint32_t atom_count;
    struct st_atom *open; /* those among them that are choices, not made yet */
    uint32_t open_count;
    struct st_atom *broken; /* rules that are not satisfied */
    uint32_t broken_count;
    const struct st_plain **is; /* every schema that it satisfies, references followed */
    uint32_t is_count;
    const struct st_plain **is_not;
    uint32_t is_not_count;
    const st_str **has;
    uint32_t has_count;
    const st_str **lacks;
    uint32_t lacks_count;
};

/* A growing list in the arena, of anything. */
struct st_grow {
    void *at;
    uint32_t count;
    uint32_t room;
};

/* A member: one name, or all names that match these patterns and no others, and that nobody
 * names. */
struct st_names_class {
    const st_str *name;    /* NULL: a class */
    const st_str *sources; /* patterns … */
    const struct st_pattern *const *patterns;
    uint32_t source_count;
    uint32_t matches; /* … and which of them match, as bits */
};

/* An element: one index, or all from there on. */
struct st_index_class {
    uint64_t index;
    bool rest;
};

/* A part of a value: a member or an element. */
struct st_part {
    bool is_item;
    struct st_names_class names;
    struct st_index_class index;
};

/* ---- the work ---- */

struct st_diff_names {
    struct st_arena arena;
    struct st_map map; /* name -> const st_str * */
};

struct st_claim {
    const struct st_world *world;
    const struct st_plain *plain;
    uint32_t level; /* of values in values, while it is being proved */
    uint8_t state;
};

struct st_claimed {
    const struct st_world *world;
    const struct st_plain *plain;
};

struct st_pair {
    const struct st_plain *a, *b;
};

struct st_site;

struct st_diff_work {
    const struct st_schema *from, *to; /* whose documents, before which schema */
    enum st_diff_direction direction;
    struct st_diff *diff;
    struct st_arena arena;
    st_err err;
    bool tired;
    uint64_t steps; /* left, of the direction */
    uint64_t purse; /* left, of the proof at hand */
    uint32_t level; /* values in values */
    uint32_t depth; /* proofs in proofs */
    uint32_t splits;
    bool blind;   /* to what a value is not, while asking for clashes */
    bool dynamic; /* some reference is dynamic: schemas are not checked apart from their document */

    struct st_map worlds;        /* facts as bytes -> struct st_world * */
    struct st_diff_names *names; /* one for the work and its maker */
    struct st_diff_work
        *maker;              /* of examples: worlds of its own, gone with each; NULL: it is one */
    struct st_claim *claims; /* open addressing */
    uint32_t claim_count, claim_room;
    struct st_claimed *claim_log; /* in the order in which they were proved */
    uint32_t claim_logged, claim_log_room;
    struct st_map same; /* pairs that are the same, or taken to be so … */
    uint32_t *same_log; /* … and the entries of these, as they were made */
    uint32_t same_logged;
    uint32_t same_room;
    struct st_map told;      /* findings: rule and places */
    struct st_map explained; /* sites that were gone into */
    uint32_t found_count;    /* told or met again, in this direction */

    const struct st_plain **visited; /* scratch of building a world, by address */
    uint32_t visited_room;

    struct st_checker *checker;
    struct st_matcher *matcher;
    struct st_rng rng;
    unsigned calm;            /* percent: how readily the first choice is taken */
    unsigned generous;        /* percent: how readily values get what they need not have */
    struct st_json scratch;   /* names and documents to be checked */
    struct st_json constant;  /* [null,false,true] */
    struct st_plain never;    /* false */
    struct st_grow resources; /* of both schemas, for dynamic references */
    st_str aim;               /* the path of keywords that the example is to break */
    uint32_t tried;           /* documents shown to both schemas for the finding at hand */
    struct st_grow pool;      /* values that the schemas name: struct st_pooled */
    struct st_buf walked;     /* keywords, while explaining */
    struct st_buf document;   /* being made */
    struct st_buf asked;      /* a name to be checked */
};

/* A resource that one of the schemas reaches. */
struct st_diff_resource {
    const struct st_resource *resource;
    const struct st_schema *schema;
};

struct st_pooled {
    const struct st_json *doc;
    uint32_t node;
};

/* ---- diff.c ---- */

void *st_diff_get(struct st_diff_work *w, size_t bytes);    /* zeroed; NULL: no more proofs */
bool st_diff_spend(struct st_diff_work *w, uint64_t steps); /* false: no more proofs */
bool st_diff_failed(struct st_diff_work *w, st_err err); /* takes an error; false when it is one */
/* A zeroed element at the end; NULL as above. */
void *st_diff_grow(struct st_diff_work *w, struct st_grow *list, size_t bytes);
const st_str *st_diff_name(struct st_diff_work *w, st_str name);

/* ---- diff_world.c ---- */

/* The world of these facts; NULL: no more proofs. */
const struct st_world *st_diff_world(struct st_diff_work *w, const struct st_fact *facts,
                                     uint32_t count);
/* The world with one fact more. */
const struct st_world *st_diff_with(struct st_diff_work *w, const struct st_world *world,
                                    struct st_fact fact);
const struct st_world *st_diff_with_is(struct st_diff_work *w, const struct st_world *world,
                                       const struct st_plain *plain);
const struct st_world *st_diff_with_not(struct st_diff_work *w, const struct st_world *world,
                                        const struct st_plain *plain);
bool st_diff_has(const struct st_world *world, st_str name);
bool st_diff_lacks(const struct st_world *world, st_str name);
uint32_t st_diff_kinds(uint32_t types);                             /* of a TYPE rule */
uint32_t st_diff_kind_of(const struct st_json *doc, uint32_t node); /* the one bit */
uint32_t st_diff_rule_kinds(enum st_rule_kind kind); /* of values that such a rule looks at */
/* Where a reference leads; NULL: that depends. */
const struct st_plain *st_diff_target(const struct st_diff_work *w, const struct st_plain *plain,
                                      const struct st_rule *rule);
static inline bool st_diff_accepts_all(const struct st_plain *plain)
{
    return plain->rule_count == 0 && !plain->refuses;
}
/* A schema of one rule of another's. NULL as above. */
const struct st_plain *st_diff_rule_alone(struct st_diff_work *w, const struct st_plain *plain,
                                          const struct st_rule *rule);

const struct st_plain *st_diff_plain_of(struct st_diff_work *w, const struct st_plain *plain,
                                        const struct st_rule *rule);

/* ---- diff_clash.c: quick answers from what stands in the world ---- */

bool st_diff_clashes(struct st_diff_work *w, const struct st_world *world,
                     const struct st_plain *plain);
/* The same from what the value is alone, not from what it is said not to be. */
bool st_diff_refutes(struct st_diff_work *w, const struct st_world *world,
                     const struct st_plain *plain);
bool st_diff_implies(struct st_diff_work *w, const struct st_world *world,
                     const struct st_plain *plain);
/* The greatest of the lower bounds and the least of the upper ones. */
uint64_t st_diff_least(const struct st_world *world, enum st_rule_kind kind);
uint64_t st_diff_most(const struct st_world *world, enum st_rule_kind kind);
/* Whether numbers, lengths and counts contradict each other. */
bool st_diff_bounds_clash(const struct st_world *world);

/* ---- diff_same.c ---- */

bool st_diff_same(struct st_diff_work *w, const struct st_plain *a, const struct st_plain *b);

/* ---- diff_child.c ---- */

/* What is known of a part; *possible false: there is none such. NULL: no more proofs. */
const struct st_world *st_diff_child(struct st_diff_work *w, const struct st_world *world,
                                     const struct st_part *part, bool *possible);
/* Whether the name is in the class, by a pattern. */
bool st_diff_matches(struct st_diff_work *w, const struct st_names_class *names,
                     const struct st_patterned *patterned);
/* What a members or items rule says of a part: up to the grown list's plains. */
bool st_diff_applied(struct st_diff_work *w, const struct st_rule *rule, const struct st_part *part,
                     struct st_grow *plains);
const struct st_named *st_diff_find_named(struct st_named_list list, st_str name);

/* All parts that the world, and a rule (NULL: none), tell apart: names and classes of names, or
 * indexes and the rest. False: no more proofs, or too many. */
struct st_parts {
    struct st_part *at;
    uint32_t count;
};
bool st_diff_members(struct st_diff_work *w, const struct st_world *world,
                     const struct st_atom *goal, struct st_parts *parts);
bool st_diff_items(struct st_diff_work *w, const struct st_world *world, const struct st_atom *goal,
                   struct st_parts *parts);

/* ---- diff_reach.c ---- */

/* Whether the schema, its `skip` rule left out, surely looks at the part of every such value; or
 * perhaps of some. */
bool st_diff_reaches(struct st_diff_work *w, const struct st_world *world,
                     const struct st_plain *plain, const struct st_rule *skip,
                     const struct st_part *part);
bool st_diff_may_reach(struct st_diff_work *w, const struct st_world *world,
                       const struct st_plain *plain, const struct st_rule *skip,
                       const struct st_part *part);

/* ---- diff_prove.c ---- */

enum st_sure { ST_SURE_NO, ST_SURE_YES, ST_SURE_UNKNOWN };

bool st_diff_follows(struct st_diff_work *w, const struct st_world *world,
                     const struct st_plain *plain);
/* One rule, cases tried. */
bool st_diff_rule_follows(struct st_diff_work *w, const struct st_world *world,
                          const struct st_plain *plain, const struct st_rule *rule);
/* No value is in the world and satisfies the schema. */
bool st_diff_excludes(struct st_diff_work *w, const struct st_world *world,
                      const struct st_plain *plain);
bool st_diff_is_empty(struct st_diff_work *w, const struct st_world *world);
/* The checker's word on one value. */
enum st_sure st_diff_ask(struct st_diff_work *w, const struct st_plain *plain,
                         const struct st_json *doc, uint32_t node);
enum st_sure st_diff_ask_name(struct st_diff_work *w, const struct st_plain *plain, st_str name);
/* The values of a world that lists them, one after the other (*at: 0 at first); false at the end,
 * *listed false when it does not list them. Those that are surely not in it are left out. */
struct st_values {
    const struct st_json *doc;
    uint32_t container; /* an array's node, or NONE */
    uint32_t node;      /* the value at hand, NONE at first */
    bool listed;
};
bool st_diff_next_value(struct st_diff_work *w, const struct st_world *world,
                        struct st_values *values);

/* ---- diff_prove_rule.c ---- */

/* Without cases. */
bool st_diff_prove_rule(struct st_diff_work *w, const struct st_world *world,
                        const struct st_plain *plain, const struct st_rule *rule);

/* ---- sites: where explaining is ---- */

struct st_site {
    const struct st_site *up; /* of the value around this one; NULL at the root */
    struct st_part part;      /* how this value stands in that one */
    bool is_name;             /* the value is a name of that object */
    const struct st_world *world;
    const struct st_plain *old; /* what corresponds to `plain`; NULL: nothing does */
    const struct st_plain *plain;
};

/* What is found: `old_rule` may be NULL; `avoid` is what the example must break, in the site's
 * world with the facts. */
struct st_found {
    enum st_diff_rule rule; /* in words of from → to */
    const struct st_site *site;
    const struct st_plain *old_plain;
    const struct st_rule *old_rule;
    const struct st_plain *plain;
    const struct st_rule *new_rule;
    const char *old_word, *new_word; /* the keywords behind the schemas' places; NULL: none … */
    st_str old_token, new_token;     /* … and a name behind those */
    uint64_t old_index, new_index;   /* … or an index, from 1; 0: none */
    st_str subject;
    uint32_t old_value, new_value;                      /* nodes, NONE: not told … */
    const struct st_plain *old_value_of, *new_value_of; /* … of these schemas' documents; NULL: of
                                                           the plains above */
    const struct st_plain *avoid;
    const struct st_fact *facts;
    uint32_t fact_count;
    bool is_walked; /* the path of keywords leads to the place already */
};

void st_diff_found(struct st_diff_work *w, const struct st_found *found); /* diff.c */

/* ---- diff_explain….c: what of the schema does not follow in the site's world ---- */

/* False: something does not. */
bool st_diff_explain(struct st_diff_work *w, const struct st_site *site);
/* A rule of that kind in the schema, in what it refers to, or in its allOf. */
bool st_diff_find_rule(const struct st_diff_work *w, const struct st_plain *plain,
                       enum st_rule_kind kind, struct st_atom *found);
void st_diff_explain_members(struct st_diff_work *w, const struct st_site *site,
                             const struct st_rule *rule);
void st_diff_explain_required(struct st_diff_work *w, const struct st_site *site,
                              const struct st_rule *rule);
void st_diff_explain_items(struct st_diff_work *w, const struct st_site *site,
                           const struct st_rule *rule);
void st_diff_explain_unevaluated(struct st_diff_work *w, const struct st_site *site,
                                 const struct st_rule *rule);
bool st_diff_explain_mix(struct st_diff_work *w, const struct st_site *site,
                         const struct st_rule *rule);
/* The site's finding with what most of them have; the rest is filled in by the caller. */
struct st_found st_diff_finding_of(const struct st_site *site, const struct st_rule *rule,
                                   const struct st_atom *old, enum st_diff_rule name);
void st_diff_walk(struct st_diff_work *w, const char *keyword);
void st_diff_walk_name(struct st_diff_work *w, st_str token);
void st_diff_walk_index(struct st_diff_work *w, uint64_t index);

/* ---- diff_make.c, diff_text.c ---- */

/* Appends a value that has, with luck, all that the world says. `down` is the chain of sites to
 * the one that matters, outermost first; NULL: this is it. */
struct st_wish {
    const struct st_site *const *down;
    uint32_t count;
    const struct st_fact *facts; /* of the last site */
    uint32_t fact_count;
};
/* A number below the bound, at random; 0 more readily in the first tries. */
uint64_t st_diff_below(struct st_diff_work *w, uint64_t bound);
bool st_diff_make(struct st_diff_work *w, const struct st_world *world, const struct st_wish *wish,
                  struct st_buf *out);
bool st_diff_make_text(struct st_diff_work *w, const struct st_world *world, struct st_buf *text);
bool st_diff_make_name(struct st_diff_work *w, const struct st_part *part, uint32_t nth,
                       struct st_buf *text);
/* A text that the pattern matches, with luck. */
bool st_diff_write_match(struct st_diff_work *w, st_str source, struct st_buf *text);

/* ---- diff_example.c ---- */

/* Fills the work's document with one that `from` accepts and `to` refuses, made at the site. */
bool st_diff_find_example(struct st_diff_work *maker, const struct st_found *found);

/* ---- diff_note.c ---- */

void st_diff_notes(struct st_diff_work *w);

#endif
