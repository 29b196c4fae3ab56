#include "schema/checker.h"

#include "base/mem.h"

#include <stdio.h>

/* ---- marks ---- */

static bool reserve_words(struct st_checker *c, size_t more)
{
    size_t needed = c->word_count + more;
    if (needed <= c->word_room)
        return true;
    size_t room = c->word_room * 2 < needed ? needed : c->word_room * 2;
    uint64_t *words;
    if (needed > ST_SCHEMA_SCRATCH_BYTES_MAX / sizeof(words[0])) {
        if (c->stop == ST_STOP_NOT)
            c->stop = ST_STOP_LIMIT;
        return false;
    }
    words = st_mem_resize(c->words, room * sizeof(words[0]));
    if (words == NULL) {
        c->stop = ST_STOP_MEMORY;
        return false;
    }
    c->words = words;
    c->word_room = room;
    return true;
}

bool st_seen_open(struct st_checker *c, struct st_seen *seen, uint32_t count)
{
    uint32_t words = count / 64 + 1;
    if (!reserve_words(c, (size_t)words * 2))
        return false;
    *seen = (struct st_seen){.at = c->word_count, .words = words};
    memset(c->words + seen->at, 0, (size_t)words * 2 * sizeof(c->words[0]));
    c->word_count += (size_t)words * 2;
    return true;
}

void st_seen_close(struct st_checker *c, const struct st_seen *seen)
{
    c->word_count = seen->at;
}

void st_seen_mark(struct st_checker *c, const struct st_seen *seen, uint32_t index)
{
    if (seen != NULL)
        c->words[seen->at + index / 64] |= (uint64_t)1 << (index % 64);
}

bool st_seen_has(const struct st_checker *c, const struct st_seen *seen, uint32_t index)
{
    return (c->words[seen->at + index / 64] >> (index % 64) & 1) != 0;
}

void st_seen_merge(struct st_checker *c, const struct st_seen *from, const struct st_seen *into)
{
    const uint64_t *evaluated = c->words + from->at;
    const uint64_t *looked_at = evaluated + from->words;
    uint64_t *to_evaluated = c->words + into->at;
    uint64_t *to_looked_at = to_evaluated + into->words;
    for (uint32_t i = 0; i < from->words; i++) {
        to_looked_at[i] |= looked_at[i];
        if (from->failed)
            to_looked_at[i] |= evaluated[i];
        else
            to_evaluated[i] |= evaluated[i];
    }
}

/* Whether a member or element is left for the unevaluated… rules. */
static bool is_left(const struct st_checker *c, const struct st_seen *seen, uint32_t index)
{
    uint64_t marks = c->words[seen->at + index / 64];
    if (seen->failed)
        marks |= c->words[seen->at + seen->words + index / 64];
    return (marks >> (index % 64) & 1) == 0;
}

/* ---- the rules ---- */

static void open_rest(struct st_checker *c, struct st_group *group, const struct st_plain *plain,
                      const struct st_rule *rule, uint32_t node, enum st_reach reach)
{
    const char *const keywords[ST_GROUP_KEYWORDS_MAX] = {rule->keyword};
    const enum st_reach reaches[ST_GROUP_KEYWORDS_MAX] = {reach};
    st_group_open(c, group, plain, node, keywords, reaches);
}

bool st_eval_unevaluated_members(struct st_checker *c, const struct st_plain *plain,
                                 const struct st_rule *rule, uint32_t node, struct st_seen *seen)
{
    if (st_json_kind(c->doc, node) != ST_JSON_OBJECT || seen == NULL)
        return true;
    bool satisfied = true;
    uint32_t index = 0;
    struct st_group group;
    group.count = 0;
    if (c->tale.on)
        open_rest(c, &group, plain, rule, node, ST_REACH_NAMES);
    for (uint32_t at = st_json_first(c->doc, node); at != ST_JSON_NONE;
         at = st_json_next(c->doc, node, at), index++) {
        if (!is_left(c, seen, index))
            continue;
        if (!st_eval_spend(c, plain, node, 1))
            break;
        st_group_reach(c, &group, 0, index);
        st_str name = st_json_text(c->doc, at);
        if (rule->plain->refuses) {
            st_tell(c, plain, rule->keyword, node, &name, "unevaluated property is not allowed");
            satisfied = false;
        } else {
            size_t walked = st_walk_into(c, rule->keyword);
            size_t place = st_at_member(c, name);
            satisfied = st_eval(c, rule->plain, at + 1, NULL) && satisfied;
            st_at_back(c, place);
            st_walk_back(c, walked);
        }
        st_seen_mark(c, seen, index);
        if ((!satisfied && !c->tale.on) || c->stop != ST_STOP_NOT)
            break;
    }
    st_group_close(c, &group, node, satisfied);
    return satisfied && c->stop == ST_STOP_NOT;
}

bool st_eval_unevaluated_items(struct st_checker *c, const struct st_plain *plain,
                               const struct st_rule *rule, uint32_t node, struct st_seen *seen)
{
    if (st_json_kind(c->doc, node) != ST_JSON_ARRAY || seen == NULL)
        return true;
    bool satisfied = true;
    uint32_t index = 0;
    struct st_group group;
    group.count = 0;
    if (c->tale.on)
        open_rest(c, &group, plain, rule, node, ST_REACH_ANY);
    for (uint32_t at = st_json_first(c->doc, node); at != ST_JSON_NONE;
         at = st_json_next(c->doc, node, at), index++) {
        if (!is_left(c, seen, index))
            continue;
        if (!st_eval_spend(c, plain, node, 1))
            break;
        st_group_reach(c, &group, 0, index);
        if (rule->plain->refuses) {
            char digits[16];
            snprintf(digits, sizeof digits, "%u", index);
            st_str child = st_str_of(digits);
            st_tell(c, plain, rule->keyword, node, &child, "unevaluated item is not allowed");
            satisfied = false;
        } else {
            size_t walked = st_walk_into(c, rule->keyword);
            size_t place = st_at_element(c, index);
            satisfied = st_eval(c, rule->plain, at, NULL) && satisfied;
            st_at_back(c, place);
            st_walk_back(c, walked);
        }
        st_seen_mark(c, seen, index);
        if ((!satisfied && !c->tale.on) || c->stop != ST_STOP_NOT)
            break;
    }
    st_group_close(c, &group, node, satisfied);
    return satisfied && c->stop == ST_STOP_NOT;
}
