/*
 * diff_note.c: changes that break no document and still are changes: what is told to readers, and
 * properties and items that come or go where anything could stand.
 *
 * Not a proof of anything: it walks the two schemas side by side as far as they have the same
 * shape, and tells what no direction has told of the place.
 */
#include "schema/diff_work.h"

#include "json/compare.h"
#include "json/pointer.h"

#include <stdio.h>

struct notes {
    struct st_diff_work *w;
    struct st_map seen;
    struct st_buf walked;
    struct st_buf old_at, new_at;
};

/* The forward work has the schemas the other way round. */
struct pair {
    const struct st_plain *old, *new;
};

static st_err place(struct st_buf *out, const struct st_plain *plain, const char *word,
                    st_str token)
{
    st_buf_reset(out);
    st_err err = st_pointer_of(st_plain_doc(plain), plain->node, out);
    if (err == ST_OK && word != NULL)
        err = st_pointer_add(out, st_str_of(word));
    return err == ST_OK && token.at != NULL ? st_pointer_add(out, token) : err;
}

/* Whether a direction has told of the place already. */
static bool is_told(const struct notes *n, bool old, bool now)
{
    const struct st_diff *diff = n->w->diff;
    for (uint32_t i = 0; i < diff->count; i++) {
        const struct st_diff_finding *finding = &diff->findings[i];
        if (finding->direction != ST_DIFF_DIRECTION_NONE &&
            ((old && st_str_eq(finding->old_at, st_buf_str(&n->old_at))) ||
             (now && st_str_eq(finding->new_at, st_buf_str(&n->new_at)))))
            return true;
    }
    return false;
}

static void note(struct notes *n, struct pair pair, enum st_diff_rule rule, const char *old_word,
                 const char *new_word, st_str token)
{
    struct st_diff_work *w = n->w;
    st_str none = {NULL, 0};
    st_str old_token = old_word == NULL ? none : token;
    st_str new_token = new_word == NULL ? none : token;
    if (!st_diff_failed(w, place(&n->old_at, pair.old, old_word, old_token)) ||
        !st_diff_failed(w, place(&n->new_at, pair.new, new_word, new_token)) ||
        is_told(n, old_word != NULL, new_word != NULL))
        return;
    struct st_diff_finding finding = {
        .rule = rule,
        .bump = st_diff_rule_bump(rule),
        .places = 1,
        .old_at = st_buf_str(&n->old_at),
        .new_at = st_buf_str(&n->new_at),
        .walked = st_buf_str(&n->walked),
        .subject = token,
    };
    st_err err = st_diff_add(w->diff, &finding);
    if (err == ST_ERR_LIMIT)
        w->diff->forward.dropped++;
    else
        st_diff_failed(w, err);
}

/* ---- what is told to readers ---- */

static const struct {
    const char *word;
    enum st_diff_rule rule;
} told[] = {
    {"$id", ST_DIFF_ID_CHANGED},
    {"title", ST_DIFF_TITLE_CHANGED},
    {"description", ST_DIFF_DESCRIPTION_CHANGED},
    {"default", ST_DIFF_DEFAULT_CHANGED},
    {"examples", ST_DIFF_ANNOTATION_CHANGED},
    {"deprecated", ST_DIFF_ANNOTATION_CHANGED},
    {"readOnly", ST_DIFF_ANNOTATION_CHANGED},
    {"writeOnly", ST_DIFF_ANNOTATION_CHANGED},
    {"$comment", ST_DIFF_ANNOTATION_CHANGED},
    {"contentEncoding", ST_DIFF_ANNOTATION_CHANGED},
    {"contentMediaType", ST_DIFF_ANNOTATION_CHANGED},
};

static bool same_member(const struct pair pair, st_str word, bool *old_has, bool *new_has)
{
    const struct st_json *a = st_plain_doc(pair.old);
    const struct st_json *b = st_plain_doc(pair.new);
    uint32_t old = st_json_member(a, pair.old->node, word);
    uint32_t now = st_json_member(b, pair.new->node, word);
    *old_has = old != ST_JSON_NONE;
    *new_has = now != ST_JSON_NONE;
    return *old_has == *new_has && (!*old_has || st_json_equal(a, old, b, now));
}

static void note_told(struct notes *n, struct pair pair)
{
    bool old_has, new_has;
    st_str none = {NULL, 0};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (!same_member(pair, st_str_of(told[i].word), &old_has, &new_has))
            note(n, pair, told[i].rule, old_has ? told[i].word : NULL,
                 new_has ? told[i].word : NULL, none);
    struct st_atom format;
    bool asserted = st_diff_find_rule(n->w, pair.old, ST_RULE_FORMAT, &format) ||
                    st_diff_find_rule(n->w, pair.new, ST_RULE_FORMAT, &format);
    if (!asserted && !same_member(pair, ST_STR("format"), &old_has, &new_has))
        note(n, pair, ST_DIFF_ANNOTATION_CHANGED, old_has ? "format" : NULL,
             new_has ? "format" : NULL, none);
}

/* ---- properties and items that come and go ---- */

static enum st_diff_rule name_new(const struct st_named *named, const struct st_plain *additional,
                                  bool is_new)
{
    bool open = additional == NULL || st_diff_accepts_all(additional);
    bool closed = additional != NULL && additional->refuses;
    enum st_diff_rule rule = ST_DIFF_PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL;
    if (open)
        rule = st_diff_accepts_all(named->plain)
                   ? ST_DIFF_PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL
                   : ST_DIFF_OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL;
    else if (closed)
        rule = named->plain->refuses ? ST_DIFF_PROPERTY_WITH_FALSE_ADDED_TO_CLOSED_CONTENT_MODEL
                                     : ST_DIFF_OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL;
    return is_new ? rule : st_diff_rule_mirror(rule);
}

static void note_plain(struct notes *n, struct pair pair, const char *word, st_str token);

static void note_members(struct notes *n, struct pair pair, const struct st_members *old,
                         const struct st_members *now)
{
    for (uint32_t i = 0; i < now->named.count; i++) {
        const struct st_named *named = &now->named.at[i];
        const struct st_named *before = st_diff_find_named(old->named, named->name);
        if (before != NULL)
            note_plain(n, (struct pair){before->plain, named->plain}, "properties", named->name);
        else
            note(n, pair, name_new(named, old->additional, true), NULL, "properties", named->name);
    }
    for (uint32_t i = 0; i < old->named.count; i++)
        if (st_diff_find_named(now->named, old->named.at[i].name) == NULL)
            note(n, pair, name_new(&old->named.at[i], now->additional, false), "properties", NULL,
                 old->named.at[i].name);
    for (uint32_t i = 0; i < now->patterned_count; i++)
        for (uint32_t k = 0; k < old->patterned_count; k++)
            if (st_str_eq(now->patterned[i].source, old->patterned[k].source))
                note_plain(n, (struct pair){old->patterned[k].plain, now->patterned[i].plain},
                           "patternProperties", now->patterned[i].source);
    if (old->additional != NULL && now->additional != NULL)
        note_plain(n, (struct pair){old->additional, now->additional}, "additionalProperties",
                   (st_str){NULL, 0});
}

static enum st_diff_rule name_item(const struct st_plain *plain, const struct st_plain *rest,
                                   bool is_new)
{
    bool open = rest == NULL || st_diff_accepts_all(rest);
    bool closed = rest != NULL && rest->refuses;
    enum st_diff_rule rule = ST_DIFF_ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL;
    if (open)
        rule = st_diff_accepts_all(plain)
                   ? ST_DIFF_ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL
                   : ST_DIFF_ITEM_ADDED_TO_OPEN_CONTENT_MODEL;
    else if (closed)
        rule = plain->refuses ? ST_DIFF_ITEM_WITH_FALSE_ADDED_TO_CLOSED_CONTENT_MODEL
                              : ST_DIFF_ITEM_ADDED_TO_CLOSED_CONTENT_MODEL;
    return is_new ? rule : st_diff_rule_mirror(rule);
}

static void note_item(struct notes *n, struct pair pair, const struct st_items *old,
                      const struct st_items *now, uint32_t index)
{
    char digits[16];
    snprintf(digits, sizeof digits, "%u", index);
    st_str token = st_arena_copy(&n->w->arena, st_str_of(digits));
    bool before = index < old->prefix.count;
    bool after = index < now->prefix.count;
    if (before && after)
        note_plain(n, (struct pair){old->prefix.at[index], now->prefix.at[index]},
                   now->prefix_keyword, token);
    else if (after)
        note(n, pair, name_item(now->prefix.at[index], old->rest, true), NULL, now->prefix_keyword,
             token);
    else
        note(n, pair, name_item(old->prefix.at[index], now->rest, false), old->prefix_keyword, NULL,
             token);
}

static void note_items(struct notes *n, struct pair pair, const struct st_items *old,
                       const struct st_items *now)
{
    uint32_t count = old->prefix.count > now->prefix.count ? old->prefix.count : now->prefix.count;
    for (uint32_t i = 0; i < count && i < ST_DIFF_PREFIX_MAX; i++)
        note_item(n, pair, old, now, i);
    if (old->rest != NULL && now->rest != NULL)
        note_plain(n, (struct pair){old->rest, now->rest}, now->rest_keyword, (st_str){NULL, 0});
}

/* ---- the walk ---- */

static void note_list(struct notes *n, struct st_plain_list old, struct st_plain_list now,
                      const char *word)
{
    for (uint32_t i = 0; i < now.count && i < old.count && old.count == now.count; i++) {
        char digits[16];
        snprintf(digits, sizeof digits, "%u", i);
        note_plain(n, (struct pair){old.at[i], now.at[i]}, word, st_str_of(digits));
    }
}

static void note_rule(struct notes *n, struct pair pair, const struct st_atom *old,
                      const struct st_rule *now)
{
    static const struct st_members no_members = {0};
    static const struct st_items no_items = {0};
    st_str none = {NULL, 0};
    const struct st_rule *before = old->rule;
    switch (now->kind) {
    case ST_RULE_MEMBERS:
        note_members(n, pair, before == NULL ? &no_members : before->members, now->members);
        return;
    case ST_RULE_ITEMS:
        note_items(n, pair, before == NULL ? &no_items : before->items, now->items);
        return;
    case ST_RULE_REF:
        if (before != NULL)
            note_plain(n, (struct pair){before->reference.to, now->reference.to}, now->keyword,
                       none);
        return;
    case ST_RULE_ALL_OF:
    case ST_RULE_ANY_OF:
    case ST_RULE_ONE_OF:
        if (before != NULL)
            note_list(n, before->plains, now->plains, now->keyword);
        return;
    case ST_RULE_IF:
        if (before != NULL && before->condition->then != NULL && now->condition->then != NULL)
            note_plain(n, (struct pair){before->condition->then, now->condition->then}, "then",
                       none);
        return;
    default:
        return;
    }
}

/* Only what stands in the schema itself: what it refers to is walked once by its reference. */
static const struct st_rule *own_rule(const struct st_plain *plain, enum st_rule_kind kind)
{
    for (uint32_t i = 0; i < plain->rule_count; i++)
        if (plain->rules[i].kind == kind)
            return &plain->rules[i];
    return NULL;
}

#define NOTE_DEPTH_MAX 4096

static void note_plain(struct notes *n, struct pair pair, const char *word, st_str token)
{
    struct st_diff_work *w = n->w;
    struct pair *key = st_diff_get(w, sizeof *key);
    bool added = false;
    if (key == NULL || n->walked.len > NOTE_DEPTH_MAX)
        return;
    *key = pair;
    if (!st_diff_failed(
            w, st_map_put(&n->seen, (st_str){(const char *)key, sizeof *key}, 0, NULL, &added)) ||
        !added)
        return;
    size_t mark = n->walked.len;
    if (word != NULL)
        st_diff_failed(w, st_pointer_add(&n->walked, st_str_of(word)));
    if (token.at != NULL)
        st_diff_failed(w, st_pointer_add(&n->walked, token));
    note_told(n, pair);
    for (uint32_t i = 0; i < pair.new->rule_count && w->err == ST_OK; i++) {
        const struct st_rule *now = &pair.new->rules[i];
        const struct st_atom old = {pair.old, own_rule(pair.old, now->kind)};
        note_rule(n, pair, &old, now);
    }
    n->walked.len = mark;
}

void st_diff_notes(struct st_diff_work *w)
{
    struct notes n = {.w = w,
                      .walked = ST_BUF(ST_DIFF_WALKED_BYTES_MAX),
                      .old_at = ST_BUF(ST_DIFF_WALKED_BYTES_MAX),
                      .new_at = ST_BUF(ST_DIFF_WALKED_BYTES_MAX)};
    st_map_init(&n.seen, 1000000);
    w->tired = false;
    note_plain(&n, (struct pair){w->to->root, w->from->root}, NULL, (st_str){NULL, 0});
    st_map_done(&n.seen);
    st_buf_done(&n.walked);
    st_buf_done(&n.old_at);
    st_buf_done(&n.new_at);
}
