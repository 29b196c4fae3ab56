/*
 * random_making.h: what the files that make a random schema share.
 *
 * Not for those who want one: random_schema.h.
 */
#ifndef ST_TEST_RANDOM_MAKING_H
#define ST_TEST_RANDOM_MAKING_H

#include "random_schema.h"
#include "schema/keyword.h"

#define TARGETS_MAX   8
#define FRAGMENTS_MAX 2
#define BRANCHES_MAX  64

#define ST_DRAFT_BIT_OF(draft) (1u << (draft))

/* What the keywords of a schema speak of. */
enum about { ABOUT_NUMBER, ABOUT_STRING, ABOUT_ARRAY, ABOUT_OBJECT, ABOUT_ANY };

struct resource {
    st_str name; /* relative to all others */
    st_str id;
    enum st_draft draft;
};

struct target {
    struct resource *resource;
    st_str fragments[FRAGMENTS_MAX]; /* each leads to it from within its resource */
    uint32_t fragment_count;
    st_str defined_as; /* as it stands in a URI's fragment */
    st_str anchor;
    bool dynamic; /* it has the anchor that dynamic references look for */
    bool own;     /* the resource is its own */
    enum about kind;
    struct value *schema;
};

/* Where a schema stands. */
struct place {
    uint32_t depth;
    int32_t after; /* references lead to targets behind this one; < 0: to any, a step down */
    enum about kind;
    struct resource *resource;
};

struct maker {
    struct random_schema *schema;
    struct st_arena *arena;
    struct dice *dice;
    enum st_draft draft; /* of the resource that is being made */
    bool stops;          /* unevaluated… in this schema */
    bool layered;        /* several resources with dynamic anchors, which refer to each other */
    uint32_t form;       /* of the choice's tags */
    uint32_t refs;       /* left: a recursive schema of many takes exponential time */
    uint32_t fuel;       /* schemas left */
    struct resource resources[TARGETS_MAX];
    uint32_t resource_count;
    struct target targets[TARGETS_MAX];
    uint32_t target_count;
    struct value *branches[BRANCHES_MAX]; /* of choices, to be defined as b0, b1, … */
    uint32_t branch_count;
};

static inline bool has(const struct maker *m, uint32_t drafts)
{
    return (ST_DRAFT_BIT_OF(m->draft) & drafts) != 0;
}

static inline void put(const struct maker *m, struct value *out, const char *keyword,
                       struct value *value)
{
    value_set(m->arena, out, st_str_of(keyword), value);
}

static inline struct place place_inside(struct maker *m, struct place place)
{
    place.depth = place.depth > 0 ? place.depth - 1 : 0;
    place.after = -1;
    place.kind = (enum about)dice_below(m->dice, ABOUT_ANY + 1);
    return place;
}

static inline struct place place_beside(struct maker *m, struct place place)
{
    place.depth = place.depth > 0 ? place.depth - 1 : 0;
    if (dice_chance(m->dice, 20))
        place.kind = (enum about)dice_below(m->dice, ABOUT_ANY + 1);
    return place;
}

const char *draft_uri(enum st_draft draft);

/* random_keywords.c */
struct value *make_schema(struct maker *m, struct place place);
void fill_schema(struct maker *m, struct value *out, struct place place);

/* random_choice.c: allOf, anyOf, oneOf, not, if, and the discriminators in them. */
void add_applied(struct maker *m, struct value *out, struct place place);

/* Schemas applied to the same value that do little more than evaluate some of it. */
void add_cousins(struct maker *m, struct value *out, struct place place);

/* random_schema.c */
void add_reference(struct maker *m, struct value *out, struct place place);

#endif
