/*
 * types_graph.h: a contract's schema as a graph of types, the same for every language.
 *
 * A schema says what must hold, piece by piece and in many places at once; a type says what there
 * is. All schemas that hold for one value are gathered into a set (struct st_schemas): through
 * $ref, allOf and, for an event whose type is known, through those branches of if/then/else that
 * its type chooses. The set then is one type:
 *
 *   const, enum                literals
 *   anyOf, oneOf               a union, where every alternative says what it is
 *   type: [a, b]               a union
 *   properties …               an object; a member's own set is what all of the schemas say of it
 *   items                      a list
 *   nothing of these           any value
 *
 * 1. Equal sets are one type, so that $refs that go round in a circle end.
 * 2. Objects, unions and literals of texts have a name, unique however a language writes it; a
 *    schema that the contract names (a model, one of $defs) gives its type that name.
 * 3. Where a schema states no type, the keywords tell: properties of an object, items of a list.
 * 4. What holds only under a condition that is not of the event's type is left out: the type then
 *    takes more than the contract, never less.
 *
 * Not a public header. Floor 4. One owner at a time. Everything lives in the graph's arena.
 */
#ifndef ST_CONTRACT_TYPES_GRAPH_H
#define ST_CONTRACT_TYPES_GRAPH_H

#include "base/arena.h"
#include "base/map.h"
#include "contract/annotation.h"

/* ---- which schemas hold for one value (types_set.c) ---- */

enum { ST_SCHEMA_ANY_OF = 1, ST_SCHEMA_ONE_OF = 2 }; /* chosen from already */

struct st_schema_in {
    uint32_t node;
    uint32_t chosen; /* ST_SCHEMA_… */
};

struct st_schemas {
    struct st_schema_in *at; /* those that say something of the value themselves */
    uint32_t count;
    uint32_t room;
    uint32_t title;       /* the first; 0: none */
    uint32_t description; /* the first; 0: none */
    bool never;           /* some schema is `false` */
    bool unsure;          /* there are branches of which it is not known whether they hold */
    bool type_needed;     /* without its type the event would take another branch */
};

/* What is known of an event. */
struct st_known {
    st_str member;  /* where it says its type */
    st_str type;    /* at == NULL: one that the contract does not name */
    bool is_absent; /* it says none */
};

/* ---- types ---- */

enum st_type_kind {
    ST_TYPE_ANY,
    ST_TYPE_NULL,
    ST_TYPE_BOOLEAN,
    ST_TYPE_INTEGER,
    ST_TYPE_NUMBER,
    ST_TYPE_STRING,
    ST_TYPE_LITERALS,
    ST_TYPE_LIST,
    ST_TYPE_OBJECT,
    ST_TYPE_UNION,
};

struct st_literal {
    st_str json;
    st_str text; /* of a string */
    enum st_json_kind kind;
};

struct st_member {
    st_str name;
    struct st_type *type;
    bool required;
    struct st_schemas says; /* for its comment */
    st_str unit;            /* "ms"; at == NULL: none is stated */
};

struct st_type {
    enum st_type_kind kind;
    st_str name;               /* "RunStatus"; len 0: it has none */
    struct st_schemas says;    /* for its comment */
    struct st_literal *values; /* LITERALS */
    struct st_type **parts;    /* UNION; LIST: one */
    struct st_member *members; /* OBJECT */
    uint32_t count;            /* of values, parts or members */
    struct st_type *rest;      /* OBJECT: what further members hold; NULL: there are none */
    bool is_event;             /* of one type, or of a type that is not named */
    bool is_events;            /* UNION: of all events */
    st_str event_type;         /* is_event: at == NULL for types that are not named */
    struct st_type *next;      /* of all that have a name: what a type holds stands before it, as
                                  far as circles allow */
    void *written;             /* a writer's own */
};

struct st_types {
    const struct st_contract *contract;
    const struct st_annotation *annotation;
    const struct st_json *doc;
    struct st_arena arena;
    struct st_map by_schemas; /* key of a set → struct st_type * */
    struct st_map taken;      /* names, in small letters without underscores */
    struct st_map names; /* of schemas that the contract names: node (4 bytes) → node of name */
    struct st_buf key;
    uint32_t steps; /* schemas that may still be looked at */
    uint32_t depth;
    st_err err;
    st_str type_member; /* where an event says its type; at == NULL: not in a member of its own */
    st_str event_name;  /* "AgentEvent" */
    struct st_type *first, **last; /* that have a name */
    struct st_type *events;        /* the union of all, or what every event is */
    struct st_type *unknown;       /* an event of a type that is not named; NULL: is refused */
};

/* LIMIT: too entangled. After a failure there is nothing to be done away with. */
ST_MUST_USE st_err st_types_open(struct st_types *types, const struct st_contract *contract);
void st_types_close(struct st_types *types);

/* Adds what the schema at `node` demands to the set. Errors go to types->err. */
void st_schemas_add(struct st_types *types, struct st_schemas *set, uint32_t node, uint32_t chosen,
                    const struct st_known *known);

/* ---- from sets to types (types_graph.c) ---- */

/* The type of the values of which all schemas of the set hold; one that is new takes its name from
 * the contract, or is called as the hint. NULL: there is no such value, or types->err. */
struct st_type *st_types_make(struct st_types *types, struct st_schemas *set, st_str hint);

/* The steps of it, for types that are made otherwise. */
struct st_type *st_types_new(struct st_types *types, enum st_type_kind kind);
void st_types_name(struct st_types *types, struct st_type *type, st_str name);
void st_types_fill_object(struct st_types *types, struct st_type *type,
                          const struct st_schemas *set);
void st_types_add_part(struct st_types *types, struct st_type *type, struct st_type *part);
void st_types_list(struct st_types *types, struct st_type *type); /* behind all that it holds */

/* "a b" as a name. */
st_str st_types_join(struct st_types *types, st_str a, st_str b);

void *st_types_room(struct st_types *types, size_t count, size_t each);
#define ST_TYPES_ROOM(types, type, count) ((type *)st_types_room((types), (count), sizeof(type)))

/* ---- names (types_names.c) ---- */

/* "run.started" as "RunStarted"; never empty, and it begins with a letter. */
st_str st_types_pascal(struct st_types *types, st_str text);
/* The name, or the name with a number behind it where it is taken; it is taken then. */
st_str st_types_take_name(struct st_types *types, st_str pascal);
/* "AgentEvent" as "agent_event", or in capitals. Appended. */
st_err st_types_add_snake(struct st_buf *out, st_str pascal, bool capitals);

#endif
