/*
 * model.h: a part of a contract's schema as a schema of its own: the members that stand there, and
 * behind them those of the root's $defs that it refers to, directly or through others.
 *
 * 1. A model can stand alone when its references lead into the root's $defs and nowhere else: then
 *    what they mean is the same in both places.
 * 2. Several models of one contract may be looked at with one struct st_models: what an earlier one
 *    was found to refer to is not looked at again, so that all of them together cost one walk.
 *
 * Not a public header. Floor 4. One owner at a time. Allocates in the struct; st_model_write in
 * `out` only, in the end.
 */
#ifndef ST_CONTRACT_MODEL_H
#define ST_CONTRACT_MODEL_H

#include "base/arena.h"
#include "base/map.h"
#include "json/json.h"

struct st_models {
    const struct st_json *doc;
    struct st_map by_name; /* of $defs, to the node of the name */
    uint32_t *reached;     /* their numbers in the map, in the order in which they were met */
    bool *is_reached;      /* by number */
    uint32_t count;        /* of reached */
    uint32_t followed;     /* so many of them were looked into */
    bool has_anchor;       /* some $anchor was met so far: names that a copy would say twice */
    uint32_t culprit;      /* where the reference stands for which a model cannot stand alone */
    struct st_buf token;
    struct st_arena arena;
};

/* MEMORY only. `doc` is a contract's document. */
ST_MUST_USE st_err st_models_init(struct st_models *models, const struct st_json *doc);
void st_models_done(struct st_models *models);

/* Finds all that the schema at `node` refers to. ABSENT: it leads out of the root's $defs, and no
 * other model may be looked at any more. */
ST_MUST_USE st_err st_models_reach(struct st_models *models, uint32_t node);

/* Appends the model whose schema stands at `node` as a schema of its own. ABSENT: a reference in it
 * leads out of the root's $defs; *culprit is where it stands. */
ST_MUST_USE st_err st_model_write(const struct st_json *doc, uint32_t node, struct st_buf *out,
                                  uint32_t *culprit);

#endif
