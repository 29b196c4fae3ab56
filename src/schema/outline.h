/*
 * outline.h: what a checker remembers of documents that satisfied a schema.
 *
 * Events of one kind look alike: the same names in the same order, values of the same kinds. That
 * is a document's OUTLINE. When the walk has said yes to a document of which no outline is known,
 * the checker keeps its outline, together with what the walk asked of the values beyond it: the
 * ASKS, which are steps of the program. A document with that outline needs no walk: its tape is
 * compared with the outline, many nodes at once, and the asks are put to its values.
 *
 *     {"type":"started","n":1,"who":{"id":"x"}}
 *
 *     tape      OBJECT  "type"  STRING   "n"    NUMBER   "who"   OBJECT   "id"    STRING
 *     outline   OBJECT  name 4  STRING  name 7  INTEGER  name 2  OBJECT  name 9   STRING
 *               len≥3                                            len≥1            len≥1
 *     asks      node 2: the text "started", for which the root's SWITCH went on here
 *
 * What must be equal of a node: its kind, but for `true` and `false` where both will do; the number
 * of a name that a walk asked for; INTEGER and MINUS where a step rests on them. No more is known
 * than that, and lengths at least. That containers hold as much as the outline's follows: each
 * holds at least as much, and there are as many nodes in all.
 *
 * 1. A yes from here is the walk's yes, but for documents that need more steps than the walk may
 *    take: here only the asks cost any. Anything else says nothing: then the walk decides, as if
 *    nothing had been asked.
 * 2. Only whole documents of ST_OUTLINE_NODES_MAX nodes, with numbered names, none of them twice.
 * 3. Bounded: ST_OUTLINE_SETS × 2 outlines a checker, of all programs. Where documents do not look
 *    alike ever fewer are learned, so that they cost little.
 *
 *     outline.c       remembering, learning, asking
 *     outline_fit.c   the comparison, by the machine's widest registers
 *
 * Floor 3. One thread, as its checker. Allocates once, when the first outline is learned.
 */
#ifndef ST_SCHEMA_OUTLINE_H
#define ST_SCHEMA_OUTLINE_H

#include "schema/program_run.h"

struct st_outlines;

void st_outlines_free(struct st_outlines *outlines);

/* Whether outlines are for this document. */
static inline bool st_outline_is_for(const struct st_program *program, const struct st_json *doc)
{
    uint32_t nodes = doc->nodes[0].next;
    return program->id != 0 && doc->nodes[0].kind >= ST_JSON_ARRAY &&
           nodes >= ST_OUTLINE_NODES_MIN && nodes <= ST_OUTLINE_NODES_MAX;
}

/* Whether the run's document has an outline known for the program, and satisfies the asks. */
bool st_outline_accepts(const struct st_run *r, const struct st_program *program);

/* Learns from the run's document, to which the program's steps have said yes. */
void st_outline_learn(const struct st_run *r, const struct st_program *program);

/* ---- outline_fit.c ---- */

/* A node's first word and its length, side by side. */
struct st_outline_node {
    uint32_t head;
    uint32_t min;
};

/* Of each node what is to be equal, and how. A node fits when ((its first word + 1) ^ head) & mask
 * is 0, and its len is at least min. The one that is added makes `false` and `true` differ in one
 * bit, so that a mask can spare it. */
struct st_outline {
    struct st_outline_node wants[ST_OUTLINE_NODES_MAX];
    struct st_outline_node masks[ST_OUTLINE_NODES_MAX]; /* of the heads; their min is 0 */
    uint32_t count;                                     /* of nodes: ST_OUTLINE_NODES_MIN or more */
};

/* Whether as many nodes fit. */
typedef bool st_outline_fit_fn(const struct st_json_node *nodes, const struct st_outline *outline);
st_outline_fit_fn st_outline_fit_plain;
#if defined(__x86_64__)
st_outline_fit_fn st_outline_fit_avx2;
st_outline_fit_fn st_outline_fit_avx512;
#endif

/* The machine's best. */
st_outline_fit_fn *st_outline_fit_best(void);

#endif
