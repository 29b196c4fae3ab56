#include "schema/pattern.h"

#include "base/mem.h"
#include "base/time.h"
#include "schema/limits.h"
#include "schema/pattern_quick.h"
#include "schema/pattern_tree.h"
#include "schema/pattern_twin.h"
#include "schema/pattern_walk.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* A stack for PCRE2's JIT code begins at this and grows to ST_PATTERN_HEAP_KIB_MAX. */
#define JIT_STACK_BYTES ((size_t)32 << 10)

/* PCRE2's limits count for one starting place, so a search of a long text from all places is cut
 * into pieces, between which the thread's clock is looked at. A piece is worth at most some 60 ms:
 * its starting places, times all bytes of the text. */
#define WHOLE_BYTES_MAX ((size_t)16 << 10)
#define PIECE_WORK_MAX  ((size_t)64 << 20)
#define SEARCH_NS_MAX   ST_NS_PER_S

/* The first try of a match, which all harmless ones pass. */
#define FIRST_STEPS_MAX 100u

/* What a step of a long search takes, whose cost is counted by the clock. */
#define NS_A_STEP 8

struct st_pattern {
    struct st_quick *quick; /* NULL when there is none; where it is complete, the others are NULL */
    pcre2_code *code;       /* or, where PCRE2 has no words for it, */
    struct st_plan *plan;   /* this */
};

struct st_matcher {
    pcre2_match_data *match;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    struct st_walker *walker; /* made at the first need */
    uint64_t spent;           /* steps of the last search */
};

/* ---- compiling ---- */

st_err st_pattern_check(st_str source, struct st_why *why)
{
    struct st_arena arena;
    struct st_tree tree;
    st_arena_init(&arena, ST_PATTERN_TREE_BYTES_MAX);
    st_err err = st_tree_parse(&tree, source, &arena, why);
    st_arena_done(&arena);
    return err;
}

st_err st_pattern_translate(st_str source, struct st_buf *out, struct st_why *why)
{
    struct st_arena arena;
    struct st_tree tree;
    st_arena_init(&arena, ST_PATTERN_TREE_BYTES_MAX);
    st_err err = st_tree_parse(&tree, source, &arena, why);
    if (err == ST_OK)
        err = st_tree_write(&tree, out, why);
    st_arena_done(&arena);
    return err;
}

/* ABSENT when PCRE2 refuses what was written: it is too large for it. */
static st_err compile_text(pcre2_code **code, st_str text, struct st_why *why)
{
    int error = 0;
    size_t offset = 0;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (context == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory for the pattern");
    pcre2_set_parens_nest_limit(context, 2 * ST_PATTERN_DEPTH_MAX);
    *code =
        pcre2_compile((PCRE2_SPTR)(text.len > 0 ? text.at : ""), text.len,
                      ST_PATTERN_PCRE2_OPTIONS | PCRE2_USE_OFFSET_LIMIT, &error, &offset, context);
    pcre2_compile_context_free(context);
    if (*code == NULL && error == PCRE2_ERROR_HEAP_FAILED)
        return st_fail(why, ST_ERR_MEMORY, "no memory for the pattern");
    if (*code == NULL && error == PCRE2_ERROR_UNKNOWN_UNICODE_PROPERTY)
        return st_fail(why, ST_ERR_INVALID, "Unicode property not supported");
    if (*code == NULL)
        return ST_ERR_ABSENT;
    /* Where there is no JIT, PCRE2 interprets. */
    pcre2_jit_compile(*code, PCRE2_JIT_COMPLETE);
    return ST_OK;
}

static st_err compile_engine(struct st_pattern *pattern, const struct st_tree *tree,
                             struct st_why *why)
{
    struct st_buf text = ST_BUF(ST_PATTERN_WRITTEN_BYTES_MAX);
    st_err err = st_tree_write(tree, &text, why);
    if (err == ST_OK)
        err = compile_text(&pattern->code, st_buf_str(&text), why);
    st_buf_done(&text);
    if (err == ST_ERR_ABSENT)
        err = st_plan_new(&pattern->plan, tree, why);
    return err;
}

/* What cannot be run is a set with a property, and of that no automaton is complete; so what is
 * refused does not depend on which way is taken. */
static st_err compile_tree(struct st_pattern *pattern, const struct st_tree *tree, bool plain,
                           struct st_why *why)
{
    st_err err = plain ? ST_ERR_ABSENT : st_quick_new(&pattern->quick, tree);
    if (err == ST_ERR_MEMORY)
        return st_fail(why, err, "no memory for the pattern");
    if (err == ST_OK && st_quick_is_complete(pattern->quick))
        return ST_OK;
    return compile_engine(pattern, tree, why);
}

static st_err compile_source(struct st_pattern **pattern, st_str source, bool plain,
                             struct st_why *why)
{
    struct st_arena arena;
    struct st_tree tree;
    struct st_pattern *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return st_fail(why, ST_ERR_MEMORY, "no memory for the pattern");
    st_arena_init(&arena, ST_PATTERN_TREE_BYTES_MAX);
    st_err err = st_tree_parse(&tree, source, &arena, why);
    if (err == ST_OK)
        err = compile_tree(made, &tree, plain, why);
    st_arena_done(&arena);
    if (err != ST_OK) {
        st_pattern_free(made);
        return err;
    }
    *pattern = made;
    return ST_OK;
}

st_err st_pattern_compile(struct st_pattern **pattern, st_str source, struct st_why *why)
{
    return compile_source(pattern, source, false, why);
}

st_err st_pattern_compile_plain(struct st_pattern **pattern, st_str source, struct st_why *why)
{
    return compile_source(pattern, source, true, why);
}

enum st_pattern_way st_pattern_way(const struct st_pattern *pattern)
{
    if (pattern->quick != NULL)
        return st_quick_is_complete(pattern->quick) ? ST_WAY_QUICK : ST_WAY_QUICK_ASCII;
    return pattern->code != NULL ? ST_WAY_PCRE2 : ST_WAY_WALK;
}

void st_pattern_free(struct st_pattern *pattern)
{
    if (pattern == NULL)
        return;
    st_quick_free(pattern->quick);
    pcre2_code_free(pattern->code);
    st_plan_free(pattern->plan);
    st_mem_free(pattern);
}

/* ---- searching ---- */

st_err st_matcher_new(struct st_matcher **matcher)
{
    struct st_matcher *made = st_mem_get_zeroed(sizeof *made);
    if (made == NULL)
        return ST_ERR_MEMORY;
    /* Whether, not where: one pair of offsets is enough. */
    made->match = pcre2_match_data_create(1, NULL);
    made->context = pcre2_match_context_create(NULL);
    made->stack =
        pcre2_jit_stack_create(JIT_STACK_BYTES, (size_t)ST_PATTERN_HEAP_KIB_MAX << 10, NULL);
    if (made->match == NULL || made->context == NULL) {
        st_matcher_free(made);
        return ST_ERR_MEMORY;
    }
    pcre2_set_depth_limit(made->context, ST_PATTERN_MATCH_STEPS_MAX);
    pcre2_set_heap_limit(made->context, ST_PATTERN_HEAP_KIB_MAX);
    pcre2_jit_stack_assign(made->context, NULL, made->stack);
    *matcher = made;
    return ST_OK;
}

void st_matcher_free(struct st_matcher *matcher)
{
    if (matcher == NULL)
        return;
    pcre2_match_data_free(matcher->match);
    pcre2_match_context_free(matcher->context);
    pcre2_jit_stack_free(matcher->stack);
    st_walker_free(matcher->walker);
    st_mem_free(matcher);
}

/* PCRE2 does not say what a match took. It is tried with few steps first, and with ten times as
 * many each time these were too few: then the order of what it took is known, for a ninth more. */
static int match_counting(const pcre2_code *code, struct st_matcher *matcher, st_str text,
                          size_t from)
{
    for (uint32_t limit = FIRST_STEPS_MAX;; limit *= 10) {
        if (limit > ST_PATTERN_MATCH_STEPS_MAX)
            limit = ST_PATTERN_MATCH_STEPS_MAX;
        pcre2_set_match_limit(matcher->context, limit);
        int result = pcre2_match(code, (PCRE2_SPTR)(text.len > 0 ? text.at : ""), text.len, from,
                                 PCRE2_NO_UTF_CHECK, matcher->match, matcher->context);
        if (result != PCRE2_ERROR_MATCHLIMIT)
            return result;
        matcher->spent += limit * (1 + text.len / 64);
        if (limit == ST_PATTERN_MATCH_STEPS_MAX)
            return result;
    }
}

/* Tries the starting places from … to. */
static st_err search_piece(const pcre2_code *code, struct st_matcher *matcher, st_str text,
                           size_t from, size_t to, bool *found)
{
    pcre2_set_offset_limit(matcher->context, to);
    int result = match_counting(code, matcher, text, from);
    *found = result >= 0;
    if (result >= 0 || result == PCRE2_ERROR_NOMATCH)
        return ST_OK;
    return result == PCRE2_ERROR_NOMEMORY ? ST_ERR_MEMORY : ST_ERR_LIMIT;
}

static bool is_anchored(const pcre2_code *code)
{
    uint32_t options = 0;
    pcre2_pattern_info(code, PCRE2_INFO_ALLOPTIONS, &options);
    return (options & PCRE2_ANCHORED) != 0;
}

static st_err search_long(const pcre2_code *code, struct st_matcher *matcher, st_str text,
                          bool *found)
{
    size_t piece = PIECE_WORK_MAX / text.len + 1;
    int64_t start_ns = st_thread_ns();
    for (size_t from = 0; from <= text.len;) {
        size_t to = text.len - from > piece ? from + piece : text.len;
        while (to < text.len && ((unsigned char)text.at[to] & 0xC0) == 0x80)
            to++;
        st_err err = search_piece(code, matcher, text, from, to, found);
        int64_t taken_ns = st_thread_ns() - start_ns;
        matcher->spent = (uint64_t)taken_ns / NS_A_STEP;
        if (err != ST_OK || *found || to == text.len)
            return err;
        if (taken_ns > SEARCH_NS_MAX)
            return ST_ERR_LIMIT;
        from = to;
    }
    return ST_OK;
}

static st_err search_walking(const struct st_plan *plan, struct st_matcher *matcher, st_str text,
                             bool *found)
{
    if (matcher->walker == NULL) {
        st_err err = st_walker_new(&matcher->walker);
        if (err != ST_OK)
            return err;
    }
    return st_walk_search(plan, matcher->walker, text, found, &matcher->spent);
}

uint64_t st_matcher_spent(const struct st_matcher *matcher)
{
    return matcher->spent;
}

static st_err search_engine(const struct st_pattern *pattern, struct st_matcher *matcher,
                            st_str text, bool *found)
{
    *found = false;
    if (pattern->plan != NULL)
        return search_walking(pattern->plan, matcher, text, found);
    if (text.len <= WHOLE_BYTES_MAX || is_anchored(pattern->code))
        return search_piece(pattern->code, matcher, text, 0, text.len, found);
    return search_long(pattern->code, matcher, text, found);
}

st_err st_pattern_search(const struct st_pattern *pattern, struct st_matcher *matcher, st_str text,
                         bool *found)
{
    matcher->spent = 0;
    if (pattern->quick == NULL)
        return search_engine(pattern, matcher, text, found);
    enum st_quick_answer answer = st_quick_search(pattern->quick, text);
    if (answer == ST_QUICK_UNSURE)
        return search_engine(pattern, matcher, text, found);
    *found = answer == ST_QUICK_FOUND;
    return ST_OK;
}

st_err st_pattern_search_plain(const struct st_pattern *pattern, struct st_matcher *matcher,
                               st_str text, bool *found)
{
    matcher->spent = 0;
    if (pattern->quick == NULL)
        return search_engine(pattern, matcher, text, found);
    enum st_quick_answer answer = st_quick_search_plain(pattern->quick, text);
    if (answer == ST_QUICK_UNSURE)
        return search_engine(pattern, matcher, text, found);
    *found = answer == ST_QUICK_FOUND;
    return ST_OK;
}
