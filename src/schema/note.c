/*
 * note.c: what the standard's output wants beside violations: the annotations of a value that is
 * valid, and the schemas and keywords that are the branches of its tree.
 */
#include "schema/checker.h"

#include "json/write.h"

static bool is_on(const struct st_checker *c)
{
    return c->tale.on && (c->tale.collects || c->tale.branches);
}

/* ---- schemas and keywords ---- */

/* Half of the room is for the violations: those without a branch hang on the next one above. */
static bool has_room_for_branch(const struct st_tale *tale)
{
    return tale->count < tale->max / 2 &&
           tale->text.len + tale->instance.len + tale->walked.len < ST_REPORT_TEXT_BYTES_MAX / 2;
}

struct st_told st_note_open(struct st_checker *c, const struct st_plain *plain, const char *keyword,
                            uint32_t node)
{
    struct st_tale *tale = &c->tale;
    struct st_told told = st_tell_mark(c);
    if (!is_on(c) || (!tale->collects && !has_room_for_branch(tale)))
        return told;
    st_str token = keyword == NULL ? ST_STR("") : st_str_of(keyword);
    if (st_tell_raw(c, plain, keyword == NULL ? NULL : &token, node, NULL)) {
        told.raw = told.count;
        tale->raws[told.raw].branch = !tale->collects;
    } else if (keyword == NULL) {
        tale->dropped = told.dropped; /* a schema is nothing that anybody misses */
    }
    /* Where there was no room for this one there is none for those below it. */
    tale->parent = told.count;
    return told;
}

void st_note_close(struct st_checker *c, struct st_told told, bool satisfied)
{
    struct st_tale *tale = &c->tale;
    if (!is_on(c))
        return;
    tale->parent = told.parent;
    if (c->stop != ST_STOP_NOT)
        return;
    bool bare = tale->collects && satisfied && told.raw != ST_JSON_NONE &&
                tale->count == told.raw + 1 && tale->raws[told.raw].keyword.at == NULL;
    if (bare)
        told.dropped = tale->dropped; /* what was dropped below it is missed */
    if (satisfied != tale->collects || bare)
        st_tell_forget(c, &told);
}

/* Whether the keyword says anything of values of that kind. */
static bool applies_to(enum st_rule_kind rule, enum st_json_kind kind)
{
    if (rule >= ST_RULE_MULTIPLE && rule <= ST_RULE_EXCLUSIVE_MAXIMUM)
        return kind == ST_JSON_NUMBER;
    if (rule >= ST_RULE_MIN_LENGTH && rule <= ST_RULE_PATTERN)
        return kind == ST_JSON_STRING;
    if (rule >= ST_RULE_MIN_ITEMS && rule <= ST_RULE_UNIQUE_ITEMS)
        return kind == ST_JSON_ARRAY;
    if ((rule >= ST_RULE_MIN_PROPERTIES && rule <= ST_RULE_DEPENDENT_REQUIRED) ||
        rule == ST_RULE_NAMES || rule == ST_RULE_DEPENDENT_SCHEMAS)
        return kind == ST_JSON_OBJECT;
    return true;
}

/* Rules of several keywords, or of one that annotates, open their units themselves; a format is
 * noted with the keywords that assert nothing, as it mostly is one of them. */
static bool notes_itself(enum st_rule_kind rule)
{
    switch (rule) {
    case ST_RULE_FORMAT:
    case ST_RULE_MEMBERS:
    case ST_RULE_ITEMS:
    case ST_RULE_CONTAINS:
    case ST_RULE_IF:
    case ST_RULE_UNEVALUATED_ITEMS:
    case ST_RULE_UNEVALUATED_MEMBERS:
        return true;
    default:
        return false;
    }
}

bool st_note_rule(struct st_checker *c, const struct st_plain *plain, const struct st_rule *rule,
                  uint32_t node, struct st_seen *seen, st_rule_check check)
{
    if (notes_itself(rule->kind) || !applies_to(rule->kind, st_json_kind(c->doc, node)))
        return check(c, plain, rule, node, seen);
    struct st_told told = st_note_open(c, plain, rule->keyword, node);
    c->tale.on = rule->kind != ST_RULE_NAMES; /* a name is no value that could be annotated */
    bool satisfied = check(c, plain, rule, node, seen);
    c->tale.on = true;
    st_note_close(c, told, satisfied);
    return satisfied;
}

/* ---- values ---- */

/* Ends a value that was begun at `start` of the tale's text. */
static void end_value(struct st_checker *c, uint32_t raw, size_t start, st_err err)
{
    struct st_tale *tale = &c->tale;
    if (err == ST_ERR_MEMORY)
        c->stop = ST_STOP_MEMORY;
    if (err == ST_OK && tale->text.len <= ST_REPORT_TEXT_BYTES_MAX) {
        tale->raws[raw].message =
            (struct st_span){.at = (uint32_t)start, .len = (uint32_t)(tale->text.len - start)};
    } else {
        tale->text.len = start;
        tale->dropped++;
    }
}

/* Whether a keyword that asserts nothing annotates this value. */
static bool annotates(const struct st_checker *c, const struct st_plain *plain, st_str name,
                      uint32_t node)
{
    const struct st_dialect *dialect = plain->resource->dialect;
    const struct st_keyword *keyword = st_keyword_find(dialect->draft, dialect->vocabularies, name);
    bool is_string = st_json_kind(c->doc, node) == ST_JSON_STRING;
    if (keyword == NULL)
        return is_string || !(st_str_eq(name, ST_STR("contentMediaType")) ||
                              st_str_eq(name, ST_STR("contentEncoding")));
    if (keyword->id == ST_KEYWORD_CONTENT_SCHEMA)
        return is_string && st_json_member(st_plain_doc(plain), plain->node,
                                           ST_STR("contentMediaType")) != ST_JSON_NONE;
    return keyword->id == ST_KEYWORD_FORMAT;
}

static void note_keyword(struct st_checker *c, const struct st_plain *plain, st_str name,
                         uint32_t value, uint32_t node)
{
    struct st_tale *tale = &c->tale;
    const struct st_json *doc = st_plain_doc(plain);
    size_t bytes = st_json_raw(doc, value).len;
    if (!st_eval_spend(c, plain, node, 1))
        return;
    /* Blanks in it may go, but what is this large is not written to find that out. */
    if (bytes > ST_REPORT_TEXT_BYTES_MAX || tale->text.len > ST_REPORT_TEXT_BYTES_MAX - bytes) {
        tale->dropped++;
        return;
    }
    uint32_t raw = tale->count;
    if (!st_eval_spend(c, plain, node, bytes / 64) || !st_tell_raw(c, plain, &name, node, NULL))
        return;
    size_t start = tale->text.len;
    end_value(c, raw, start, st_json_write(doc, value, &tale->text));
}

void st_note_keywords(struct st_checker *c, const struct st_plain *plain, uint32_t node)
{
    const struct st_json *doc = st_plain_doc(plain);
    if (st_json_kind(doc, plain->node) != ST_JSON_OBJECT || plain->ref_alone)
        return;
    for (uint32_t at = st_json_first(doc, plain->node);
         at != ST_JSON_NONE && c->stop == ST_STOP_NOT; at = st_json_next(doc, plain->node, at)) {
        st_str name = st_json_text(doc, at);
        if (annotates(c, plain, name, node))
            note_keyword(c, plain, name, at + 1, node);
    }
}

/* ---- keywords that reach into the value ---- */

void st_group_open(struct st_checker *c, struct st_group *group, const struct st_plain *plain,
                   uint32_t node, const char *const keywords[ST_GROUP_KEYWORDS_MAX],
                   const enum st_reach reaches[ST_GROUP_KEYWORDS_MAX])
{
    if (!is_on(c))
        return;
    /* The marks are cleared when it opens, and counted when it closes. */
    uint32_t size = c->doc->nodes[node].len;
    if (c->tale.collects && !st_eval_spend(c, plain, node, size / 16))
        return;
    group->told = st_tell_mark(c);
    for (unsigned i = 0; i < ST_GROUP_KEYWORDS_MAX; i++) {
        group->keywords[i].raw = ST_JSON_NONE;
        group->keywords[i].reach = reaches[i];
        if (keywords[i] != NULL)
            group->keywords[i].raw = st_note_open(c, plain, keywords[i], node).raw;
        c->tale.parent = group->told.parent;
        if (c->tale.collects && !st_seen_open(c, &group->keywords[i].seen, size))
            return;
    }
    group->count = ST_GROUP_KEYWORDS_MAX;
}

void st_group_enter(struct st_checker *c, const struct st_group *group, unsigned which,
                    uint32_t index)
{
    uint32_t raw = group->keywords[which].raw;
    c->tale.parent = raw != ST_JSON_NONE ? raw : group->told.parent;
    if (c->tale.collects)
        st_seen_mark(c, &group->keywords[which].seen, index);
}

/* Appends the names or indexes that are marked. */
static st_err add_marked(struct st_checker *c, const struct st_seen *seen, uint32_t node)
{
    struct st_buf *text = &c->tale.text;
    bool names = st_json_kind(c->doc, node) == ST_JSON_OBJECT;
    uint32_t index = 0;
    st_err err = st_buf_add_char(text, '[');
    for (uint32_t at = st_json_first(c->doc, node);
         at != ST_JSON_NONE && err == ST_OK && text->len <= ST_REPORT_TEXT_BYTES_MAX;
         at = st_json_next(c->doc, node, at), index++) {
        if (!st_seen_has(c, seen, index))
            continue;
        if (text->at[text->len - 1] != '[')
            err = st_buf_add_char(text, ',');
        if (err == ST_OK)
            err = names ? st_json_add_string(text, st_json_text(c->doc, at))
                        : st_buf_add_u64(text, index);
    }
    return err != ST_OK ? err : st_buf_add_char(text, ']');
}

static void note_reach(struct st_checker *c, const struct st_group *group, unsigned which,
                       uint32_t node)
{
    const struct st_seen *seen = &group->keywords[which].seen;
    enum st_reach reach = group->keywords[which].reach;
    uint32_t size = c->doc->nodes[node].len;
    uint32_t reached = 0;
    uint32_t largest = 0;
    for (uint32_t i = 0; i < size; i++) {
        if (!st_seen_has(c, seen, i))
            continue;
        reached++;
        largest = i;
    }
    if (reach == ST_REACH_UNSAID ||
        (reached == 0 && (reach == ST_REACH_LARGEST || reach == ST_REACH_ANY)))
        return;
    size_t start = c->tale.text.len;
    st_err err;
    if (reach == ST_REACH_ANY || (reach != ST_REACH_NAMES && reached > 0 && reached == size))
        err = st_buf_add_str(&c->tale.text, ST_STR("true"));
    else if (reach == ST_REACH_LARGEST)
        err = st_buf_add_u64(&c->tale.text, largest);
    else
        err = add_marked(c, seen, node);
    end_value(c, group->keywords[which].raw, start, err);
}

void st_group_end(struct st_checker *c, struct st_group *group, uint32_t node, bool satisfied)
{
    c->tale.parent = group->told.parent;
    if (c->stop == ST_STOP_NOT && satisfied != c->tale.collects)
        st_tell_forget(c, &group->told);
    else if (c->stop == ST_STOP_NOT && c->tale.collects)
        for (unsigned i = 0; i < group->count; i++)
            if (group->keywords[i].raw != ST_JSON_NONE)
                note_reach(c, group, i, node);
    if (c->tale.collects)
        st_seen_close(c, &group->keywords[0].seen);
}
