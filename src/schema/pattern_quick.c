#include "schema/pattern_quick.h"

#include "base/mem.h"
#include "schema/pattern_shape.h"

struct part {
    struct st_shape *shape; /* NULL: none */
    struct st_dfa *dfa;     /* of what is behind the shape; NULL: nothing */
    struct st_dfa *wide;    /* for a text that the others are UNSURE of; NULL: there is none */
    bool negated;
};

struct st_quick {
    struct part parts[ST_QUICK_PARTS_MAX];
    uint32_t count;
    bool complete;
};

/* ---- making ---- */

static st_err make_one(struct st_dfa **dfa, const struct part *part, const struct st_node *first,
                       bool anchored, struct st_byte_program *program, struct st_arena *arena)
{
    st_err err = st_byte_program_make(program, first, anchored, program->ascii_only, arena);
    /* What asks for the start of the text or for the byte before cannot stand behind a shape. */
    if (err == ST_OK && part->shape != NULL && program->looks_back)
        return ST_ERR_ABSENT;
    return err == ST_OK ? st_dfa_new(dfa, program, arena) : err;
}

/* One for all text. Where that is not narrow, or too large, one for ASCII, which most texts are. */
static st_err make_dfa(struct part *part, const struct st_node *first, bool anchored,
                       struct st_arena *arena)
{
    struct st_byte_program program = {.ascii_only = false};
    struct st_byte_program ascii = {.ascii_only = true};
    st_err err = make_one(&part->dfa, part, first, anchored, &program, arena);
    bool enough = err == ST_OK && (st_dfa_is_narrow(part->dfa) || !program.wide);
    if (enough || (err != ST_OK && err != ST_ERR_ABSENT))
        return err;
    part->wide = part->dfa;
    part->dfa = NULL;
    err = make_one(&part->dfa, part, first, anchored, &ascii, arena);
    bool better = err == ST_OK && (part->wide == NULL || st_dfa_is_narrow(part->dfa));
    if (better || part->wide == NULL || (err != ST_OK && err != ST_ERR_ABSENT))
        return err;
    st_dfa_free(part->dfa);
    part->dfa = part->wide;
    part->wide = NULL;
    return ST_OK;
}

/* What the shape is UNSURE of is for an automaton, or else for the engine. */
static st_err complete_shape(struct part *part, const struct st_node *first, struct st_arena *arena)
{
    struct st_byte_program program = {.ascii_only = false};
    if (st_shape_is_complete(part->shape))
        return ST_OK;
    st_err err = st_byte_program_make(&program, first, true, false, arena);
    if (err == ST_OK)
        err = st_dfa_new(&part->wide, &program, arena);
    return err == ST_ERR_ABSENT ? ST_OK : err;
}

/* What `first` and its siblings say of a text, at its start or anywhere. */
static st_err make_part(struct part *part, const struct st_node *first, bool anchored,
                        struct st_arena *arena)
{
    const struct st_node *rest = first;
    if (!anchored)
        return make_dfa(part, first, false, arena);
    st_err err = st_shape_new(&part->shape, &rest, arena);
    if (err == ST_OK && rest == NULL)
        return complete_shape(part, first, arena);
    if (err == ST_OK || err == ST_ERR_ABSENT)
        err = make_dfa(part, rest, true, arena);
    if (err != ST_ERR_ABSENT || part->shape == NULL)
        return err;
    st_shape_free(part->shape);
    part->shape = NULL;
    return make_dfa(part, first, true, arena);
}

static bool is_complete(const struct part *part)
{
    return part->wide != NULL || ((part->shape == NULL || st_shape_is_complete(part->shape)) &&
                                  (part->dfa == NULL || st_dfa_is_complete(part->dfa)));
}

static st_err add_part(struct st_quick *quick, const struct st_node *first, bool anchored,
                       bool negated)
{
    struct st_arena arena;
    if (quick->count == ST_QUICK_PARTS_MAX)
        return ST_ERR_ABSENT;
    struct part *part = &quick->parts[quick->count];
    st_arena_init(&arena, ST_QUICK_SCRATCH_BYTES_MAX);
    st_err err = make_part(part, first, anchored, &arena);
    part->negated = negated;
    if (err == ST_ERR_MEMORY && arena.full)
        err = ST_ERR_ABSENT;
    st_arena_done(&arena);
    if (err != ST_OK)
        return err;
    quick->count++;
    quick->complete &= is_complete(part);
    return ST_OK;
}

/* ^(?!x)(?=y)z is found where ^x is not, ^y is, and ^z is. */
static st_err make_parts(struct st_quick *quick, const struct st_node *root)
{
    const struct st_node *first = root;
    bool anchored =
        root->kind == ST_NODE_SEQ && root->child != NULL && root->child->kind == ST_NODE_START;
    st_err err = ST_OK;
    if (!anchored)
        return add_part(quick, first, false, false);
    first = root->child->next;
    for (; err == ST_OK && first != NULL && first->kind == ST_NODE_LOOK && !first->behind;
         first = first->next)
        err = add_part(quick, first->child, true, first->negated);
    return err == ST_OK ? add_part(quick, first, true, false) : err;
}

st_err st_quick_new(struct st_quick **quick, const struct st_tree *tree)
{
    if (tree->refs != NULL)
        return ST_ERR_ABSENT;
    struct st_quick *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return ST_ERR_MEMORY;
    made->complete = true;
    st_err err = make_parts(made, tree->root);
    if (err != ST_OK) {
        st_quick_free(made);
        return err;
    }
    *quick = made;
    return ST_OK;
}

void st_quick_free(struct st_quick *quick)
{
    if (quick == NULL)
        return;
    for (uint32_t i = 0; i < ST_QUICK_PARTS_MAX; i++) {
        st_shape_free(quick->parts[i].shape);
        st_dfa_free(quick->parts[i].dfa);
        st_dfa_free(quick->parts[i].wide);
    }
    st_mem_free(quick);
}

bool st_quick_is_complete(const struct st_quick *quick)
{
    return quick->complete;
}

/* ---- searching ---- */

static inline enum st_quick_answer ask(const struct part *part, st_str text, bool plain)
{
    enum st_quick_answer answer = ST_QUICK_FOUND;
    if (part->shape != NULL) {
        answer = plain ? st_shape_run_plain(part->shape, text) : st_shape_run(part->shape, text);
        if (answer == ST_QUICK_FOUND && part->dfa != NULL)
            text = st_str_from(text, st_shape_bytes(part->shape));
    }
    if (answer == ST_QUICK_FOUND && part->dfa != NULL)
        answer = plain ? st_dfa_run_plain(part->dfa, text) : st_dfa_run(part->dfa, text);
    if (answer == ST_QUICK_UNSURE && part->wide != NULL)
        answer = plain ? st_dfa_run_plain(part->wide, text) : st_dfa_run(part->wide, text);
    if (!part->negated || answer == ST_QUICK_UNSURE)
        return answer;
    return answer == ST_QUICK_FOUND ? ST_QUICK_ABSENT : ST_QUICK_FOUND;
}

static inline enum st_quick_answer search(const struct st_quick *quick, st_str text, bool plain)
{
    enum st_quick_answer all = ST_QUICK_FOUND;
    for (uint32_t i = 0; i < quick->count; i++) {
        enum st_quick_answer one = ask(&quick->parts[i], text, plain);
        if (one == ST_QUICK_ABSENT)
            return one;
        if (one == ST_QUICK_UNSURE)
            all = one;
    }
    return all;
}

enum st_quick_answer st_quick_search(const struct st_quick *quick, st_str text)
{
    return search(quick, text, false);
}

enum st_quick_answer st_quick_search_plain(const struct st_quick *quick, st_str text)
{
    return search(quick, text, true);
}
