/*
 * diff_example.c: a whole document that one schema accepts and the other refuses: made at the place
 * where something does not follow, shown to both schemas, and then made as small as it can be.
 */
#include "schema/diff_work.h"

#include "json/write.h"

enum shown { SHOWN_NOTHING, SHOWN_OTHERWISE, SHOWN_AIM };

/* Whether the document breaks the keyword that it was made for, or another one. */
static enum shown find_aim(struct st_diff_work *w)
{
    struct st_arena arena;
    struct st_report report;
    enum shown shown = SHOWN_OTHERWISE;
    bool valid = true;
    st_arena_init(&arena, (size_t)8 << 20);
    st_report_init(&report, &arena, 200);
    st_err err = st_schema_check(w->to, w->checker, &w->scratch, 0, &valid, &report);
    for (uint32_t i = 0; err == ST_OK && i < report.count; i++)
        if (st_str_starts(report.violations[i].keyword_at, w->aim))
            shown = SHOWN_AIM;
    st_arena_done(&arena);
    return st_diff_failed(w, err) ? shown : SHOWN_NOTHING;
}

/* What a document shows: one schema accepts it, and the other refuses it. */
static enum shown confirm(struct st_diff_work *w, st_str text)
{
    bool from = false;
    bool to = true;
    const struct st_json_options options = {.unique_names = true};
    if (st_json_parse(&w->scratch, text, &options, NULL) != ST_OK)
        return SHOWN_NOTHING;
    w->tried++;
    if (!st_diff_failed(w, st_schema_check(w->from, w->checker, &w->scratch, 0, &from, NULL)) ||
        !from ||
        !st_diff_failed(w, st_schema_check(w->to, w->checker, &w->scratch, 0, &to, NULL)) || to ||
        w->checker->stop != ST_STOP_NOT)
        return SHOWN_NOTHING;
    return find_aim(w);
}

/* ---- making it small ---- */

/* The document without the member or element that begins at `part`. */
static st_err write_without(const struct st_json *doc, uint32_t node, uint32_t part,
                            struct st_buf *out)
{
    enum st_json_kind kind = st_json_kind(doc, node);
    if (kind < ST_JSON_ARRAY || part < node || part >= st_json_after(doc, node))
        return st_json_write(doc, node, out);
    bool object = kind == ST_JSON_OBJECT;
    bool first = true;
    st_err err = st_buf_add_char(out, object ? '{' : '[');
    for (uint32_t at = st_json_first(doc, node); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(doc, node, at)) {
        if (at == part)
            continue;
        if (!first)
            err = st_buf_add_char(out, ',');
        first = false;
        if (err == ST_OK && object)
            err = st_json_add_string(out, st_json_text(doc, at));
        if (err == ST_OK && object)
            err = st_buf_add_char(out, ':');
        if (err == ST_OK)
            err = write_without(doc, object ? at + 1 : at, part, out);
    }
    return err == ST_OK ? st_buf_add_char(out, object ? '}' : ']') : err;
}

/* Whether a node begins a member (its name) or an element. */
static bool is_part(const struct st_json *doc, uint32_t node)
{
    return node > 0 && ((doc->nodes[node].flags & ST_JSON_NAME) != 0 ||
                        (doc->nodes[node - 1].flags & ST_JSON_NAME) == 0);
}

#define SHRINKS_MAX 400

/* Leaves out one part; false when every part is needed. */
static bool shrink_once(struct st_diff_work *w, struct st_json *doc, struct st_buf *less,
                        enum shown shown, unsigned *left)
{
    if (st_json_parse(doc, st_buf_str(&w->document), NULL, NULL) != ST_OK)
        return false;
    for (uint32_t node = 1; node<doc->count && * left> 0; node++) {
        if (!is_part(doc, node))
            continue;
        --*left;
        st_buf_reset(less);
        if (write_without(doc, 0, node, less) != ST_OK || confirm(w, st_buf_str(less)) < shown)
            continue;
        st_buf_reset(&w->document);
        return st_diff_failed(w, st_buf_add_str(&w->document, st_buf_str(less)));
    }
    return false;
}

static void shrink(struct st_diff_work *w, enum shown shown)
{
    struct st_json doc;
    struct st_buf less = ST_BUF(ST_DIFF_EXAMPLE_BYTES_MAX);
    unsigned left = SHRINKS_MAX;
    st_json_init(&doc);
    while (w->err == ST_OK && shrink_once(w, &doc, &less, shown, &left))
        continue;
    st_json_done(&doc);
    st_buf_done(&less);
}

/* ---- finding it ---- */

#define CHAIN_MAX (ST_DIFF_DEPTH_MAX + 2)

static uint32_t chain_of(const struct st_site *site, const struct st_site *chain[CHAIN_MAX])
{
    uint32_t count = 0;
    for (const struct st_site *at = site; at != NULL && count < CHAIN_MAX; at = at->up)
        count++;
    uint32_t index = count;
    for (const struct st_site *at = site; at != NULL && index > 0; at = at->up)
        chain[--index] = at;
    return count;
}

/* What the last value is, beside what its site says: against the schema that is to be broken. */
static bool take_facts(struct st_diff_work *w, const struct st_found *found, struct st_wish *wish)
{
    struct st_fact *facts = st_diff_get(w, (found->fact_count + 1) * sizeof *facts);
    if (facts == NULL)
        return false;
    if (found->fact_count > 0)
        memcpy(facts, found->facts, found->fact_count * sizeof *facts);
    uint32_t count = found->fact_count;
    if (found->avoid != NULL)
        facts[count++] = (struct st_fact){.kind = ST_FACT_IS_NOT, .plain = found->avoid};
    wish->facts = facts;
    wish->fact_count = count;
    return true;
}

/* Steps for one example, apart from those of the proofs. */
static uint64_t begin(struct st_diff_work *w)
{
    uint64_t rest = w->steps;
    w->steps = ST_DIFF_EXAMPLE_STEPS_MAX;
    w->tired = false;
    w->tried = 0;
    return rest;
}

static void end(struct st_diff_work *w, uint64_t rest)
{
    w->steps = rest;
    w->tired = rest == 0;
}

/* Tries that go on for the keyword aimed at, once a document breaks another one. */
#define MORE_TRIES 60

static bool try_wish(struct st_diff_work *w, const struct st_world *world,
                     const struct st_wish *wish)
{
    enum shown best = SHOWN_NOTHING;
    struct st_buf kept = ST_BUF(ST_DIFF_EXAMPLE_BYTES_MAX);
    unsigned last = ST_DIFF_TRIES_MAX;
    for (unsigned i = 0; i < last && best < SHOWN_AIM && w->err == ST_OK && !w->tired; i++) {
        st_buf_reset(&w->document);
        w->calm = i < 10 ? 100 - 10 * i : 0;
        w->generous = i < 20 ? 0 : 5 + i % 60;
        if (!st_diff_make(w, world, wish, &w->document))
            continue;
        enum shown shown = confirm(w, st_buf_str(&w->document));
        if (shown <= best)
            continue;
        best = shown;
        last = i + MORE_TRIES < ST_DIFF_TRIES_MAX ? i + MORE_TRIES : ST_DIFF_TRIES_MAX;
        st_buf_reset(&kept);
        st_diff_failed(w, st_buf_add_str(&kept, st_buf_str(&w->document)));
    }
    st_buf_reset(&w->document);
    if (best > SHOWN_NOTHING && st_diff_failed(w, st_buf_add_str(&w->document, st_buf_str(&kept))))
        shrink(w, best);
    st_buf_done(&kept);
    return best > SHOWN_NOTHING && w->err == ST_OK;
}

bool st_diff_find_example(struct st_diff_work *w, const struct st_found *found)
{
    const struct st_site *chain[CHAIN_MAX];
    struct st_wish wish = {.down = chain, .count = chain_of(found->site, chain)};
    uint64_t rest = begin(w);
    bool made =
        wish.count > 0 && take_facts(w, found, &wish) && try_wish(w, chain[0]->world, &wish);
    end(w, rest);
    return made;
}
