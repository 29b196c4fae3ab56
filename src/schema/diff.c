/*
 * diff.c: the order of a diff's steps, the rule list, and findings as they are told.
 */
#include "schema/diff_work.h"

#include "json/pointer.h"
#include "json/write.h"

/* ---- the list ---- */

static const struct {
    const char *name;
    enum st_diff_rule mirror;
    enum st_diff_verdict verdict;
    enum st_diff_bump bump;
    const char *text;
} rules[] = {
#define RULE_ROW(name, mirror, verdict, bump, text)                                                \
    {#name, ST_DIFF_##mirror, ST_DIFF_VERDICT_##verdict, ST_DIFF_BUMP_##bump, text},
    ST_DIFF_RULE_LIST(RULE_ROW)
#undef RULE_ROW
};

const char *st_diff_rule_name(enum st_diff_rule rule)
{
    return rules[rule].name;
}

const char *st_diff_rule_text(enum st_diff_rule rule)
{
    return rules[rule].text;
}

enum st_diff_rule st_diff_rule_mirror(enum st_diff_rule rule)
{
    return rules[rule].mirror;
}

enum st_diff_bump st_diff_rule_bump(enum st_diff_rule rule)
{
    return rules[rule].bump;
}

enum st_diff_verdict st_diff_rule_verdict(enum st_diff_rule rule, enum st_diff_direction direction)
{
    if (direction == ST_DIFF_DIRECTION_NONE)
        return ST_DIFF_VERDICT_SOUND;
    return rules[direction == ST_DIFF_DIRECTION_FORWARD ? rules[rule].mirror : rule].verdict;
}

#define NAME_ROW(id, text) text,
const char *st_diff_bump_name(enum st_diff_bump bump)
{
    static const char *const names[] = {ST_DIFF_BUMP_LIST(NAME_ROW)};
    return names[bump];
}

const char *st_diff_direction_name(enum st_diff_direction direction)
{
    static const char *const names[] = {ST_DIFF_DIRECTION_LIST(NAME_ROW)};
    return names[direction];
}
#undef NAME_ROW

bool st_diff_forbids(enum st_diff_policy policy, const struct st_diff_finding *finding)
{
    if (finding->direction == ST_DIFF_DIRECTION_NONE)
        return false;
    switch (st_diff_rule_verdict(finding->rule, finding->direction)) {
    case ST_DIFF_VERDICT_DEFAULT:
        return false;
    case ST_DIFF_VERDICT_LENIENT:
        return policy == ST_DIFF_POLICY_STRICT;
    default:
        return true;
    }
}

/* ---- memory and steps ---- */

bool st_diff_failed(struct st_diff_work *w, st_err err)
{
    if (err == ST_ERR_LIMIT)
        w->tired = true;
    else if (err != ST_OK && w->err == ST_OK)
        w->err = err;
    return err == ST_OK;
}

void *st_diff_get(struct st_diff_work *w, size_t bytes)
{
    void *block = w->err == ST_OK ? st_arena_get_zeroed(&w->arena, bytes) : NULL;
    if (block == NULL)
        st_diff_failed(w, w->arena.full ? ST_ERR_LIMIT : ST_ERR_MEMORY);
    return block;
}

bool st_diff_spend(struct st_diff_work *w, uint64_t steps)
{
    if (steps > w->steps) {
        w->steps = 0;
        w->tired = true;
    }
    if (w->tired || w->err != ST_OK)
        return false;
    w->steps -= steps;
    return true;
}

void *st_diff_grow(struct st_diff_work *w, struct st_grow *list, size_t bytes)
{
    if (list->count == list->room) {
        uint32_t room = list->room == 0 ? 8 : 2 * list->room;
        void *at = st_diff_get(w, room * bytes);
        if (at == NULL)
            return NULL;
        if (list->count > 0)
            memcpy(at, list->at, list->count * bytes);
        list->at = at;
        list->room = room;
    }
    void *slot = (char *)list->at + list->count++ * bytes;
    memset(slot, 0, bytes);
    return slot;
}

const st_str *st_diff_name(struct st_diff_work *w, st_str name)
{
    struct st_map_entry *entry = st_map_find(&w->names->map, name);
    if (entry != NULL)
        return (const st_str *)(uintptr_t)entry->value; /* NOLINT(performance-no-int-to-ptr) */
    st_str *kept = ST_ARENA_NEW(&w->names->arena, st_str);
    if (kept != NULL)
        *kept = st_arena_copy(&w->names->arena, name);
    if (kept == NULL || kept->at == NULL) {
        st_diff_failed(w, w->names->arena.full ? ST_ERR_LIMIT : ST_ERR_MEMORY);
        return NULL;
    }
    return st_diff_failed(w,
                          st_map_put(&w->names->map, *kept, (uint64_t)(uintptr_t)kept, NULL, NULL))
               ? kept
               : NULL;
}

/* ---- the life of a work ---- */

#define MAPS_MAX 10000000u

static st_err init_work(struct st_diff_work *w)
{
    st_arena_init(&w->arena, ST_DIFF_BYTES_MAX);
    st_map_init(&w->worlds, MAPS_MAX);
    st_map_init(&w->same, MAPS_MAX);
    st_map_init(&w->told, MAPS_MAX);
    st_map_init(&w->explained, MAPS_MAX);
    st_json_init(&w->scratch);
    st_json_init(&w->constant);
    w->walked = ST_BUF(ST_DIFF_WALKED_BYTES_MAX);
    w->document = ST_BUF(ST_DIFF_EXAMPLE_BYTES_MAX);
    w->asked = ST_BUF(ST_DIFF_EXAMPLE_BYTES_MAX);
    w->never.refuses = true;
    w->never.resource = w->to->root->resource;
    w->steps = ST_DIFF_STEPS_MAX;
    st_rng_init(&w->rng, 20260207);
    st_err err = st_checker_new(&w->checker);
    if (err == ST_OK)
        err = st_matcher_new(&w->matcher);
    return err == ST_OK ? st_json_parse(&w->constant, ST_STR("[null,false,true]"), NULL, NULL)
                        : err;
}

static void done_work(struct st_diff_work *w)
{
    st_checker_free(w->checker);
    st_matcher_free(w->matcher);
    st_arena_done(&w->arena);
    st_map_done(&w->worlds);
    st_map_done(&w->same);
    st_map_done(&w->told);
    st_map_done(&w->explained);
    st_json_done(&w->scratch);
    st_json_done(&w->constant);
    st_buf_done(&w->walked);
    st_buf_done(&w->document);
    st_buf_done(&w->asked);
}

/* Forgets every world and what was concluded of it. */
static void reset_work(struct st_diff_work *w)
{
    st_map_reset(&w->worlds);
    st_map_reset(&w->same);
    w->claims = NULL;
    w->claim_count = w->claim_room = 0;
    w->claim_log = NULL;
    w->claim_logged = w->claim_log_room = 0;
    w->same_log = NULL;
    w->same_logged = w->same_room = 0;
    w->visited = NULL;
    w->visited_room = 0;
    w->level = w->depth = w->splits = 0;
    w->tired = false;
    st_arena_reset(&w->arena);
}

/* ---- what the schemas reach ---- */

struct survey {
    struct st_diff_work *w;
    const struct st_schema *schema;
    struct st_map seen;
};

static void survey_plain(struct survey *s, const struct st_plain *plain, unsigned depth);

static void survey_resource(struct survey *s, const struct st_resource *resource)
{
    const struct st_diff_resource *known = s->w->resources.at;
    for (uint32_t i = 0; i < s->w->resources.count; i++)
        if (known[i].resource == resource)
            return;
    struct st_diff_resource *slot = st_diff_grow(s->w, &s->w->resources, sizeof *slot);
    if (slot != NULL)
        *slot = (struct st_diff_resource){resource, s->schema};
}

#define POOL_MAX 2000

static void pool_value(struct survey *s, const struct st_json *doc, uint32_t node)
{
    struct st_pooled *slot = NULL;
    if (s->w->pool.count < POOL_MAX)
        slot = st_diff_grow(s->w, &s->w->pool, sizeof *slot);
    if (slot != NULL)
        *slot = (struct st_pooled){doc, node};
}

static void survey_list(struct survey *s, struct st_plain_list list, unsigned depth)
{
    for (uint32_t i = 0; i < list.count; i++)
        survey_plain(s, list.at[i], depth);
}

static void survey_named(struct survey *s, struct st_named_list list, unsigned depth)
{
    for (uint32_t i = 0; i < list.count; i++)
        survey_plain(s, list.at[i].plain, depth);
}

static void survey_values(struct survey *s, const struct st_plain *plain,
                          const struct st_rule *rule)
{
    const struct st_json *doc = st_plain_doc(plain);
    if (rule->kind == ST_RULE_CONST)
        pool_value(s, doc, rule->value);
    else if (rule->kind == ST_RULE_ENUM)
        for (uint32_t at = st_json_first(doc, rule->value); at != ST_JSON_NONE;
             at = st_json_next(doc, rule->value, at))
            pool_value(s, doc, at);
}

static void survey_rule(struct survey *s, const struct st_plain *plain, const struct st_rule *rule,
                        unsigned depth)
{
    switch (rule->kind) {
    case ST_RULE_ENUM:
    case ST_RULE_CONST:
        survey_values(s, plain, rule);
        return;
    case ST_RULE_DYNAMIC_REF:
        s->w->dynamic = true;
        survey_plain(s, rule->reference.to, depth);
        return;
    case ST_RULE_REF:
        survey_plain(s, rule->reference.to, depth);
        return;
    case ST_RULE_ALL_OF:
    case ST_RULE_ANY_OF:
    case ST_RULE_ONE_OF:
        survey_list(s, rule->plains, depth);
        return;
    case ST_RULE_DEPENDENT_SCHEMAS:
        survey_named(s, rule->named, depth);
        return;
    case ST_RULE_MEMBERS:
        survey_named(s, rule->members->named, depth);
        for (uint32_t i = 0; i < rule->members->patterned_count; i++)
            survey_plain(s, rule->members->patterned[i].plain, depth);
        survey_plain(s, rule->members->additional, depth);
        return;
    case ST_RULE_ITEMS:
        survey_list(s, rule->items->prefix, depth);
        survey_plain(s, rule->items->rest, depth);
        return;
    case ST_RULE_CONTAINS:
        survey_plain(s, rule->contains->plain, depth);
        return;
    case ST_RULE_IF:
        survey_plain(s, rule->condition->test, depth);
        survey_plain(s, rule->condition->then, depth);
        survey_plain(s, rule->condition->otherwise, depth);
        return;
    case ST_RULE_NAMES:
    case ST_RULE_NOT:
    case ST_RULE_UNEVALUATED_ITEMS:
    case ST_RULE_UNEVALUATED_MEMBERS:
        survey_plain(s, rule->plain, depth);
        return;
    default:
        return;
    }
}

#define SURVEY_DEPTH_MAX 4000

static void survey_plain(struct survey *s, const struct st_plain *plain, unsigned depth)
{
    bool added = false;
    if (plain == NULL || depth > SURVEY_DEPTH_MAX || s->w->err != ST_OK)
        return;
    const struct st_plain **key = st_diff_get(s->w, sizeof *key);
    if (key == NULL)
        return;
    *key = plain;
    if (!st_diff_failed(s->w, st_map_put(&s->seen, (st_str){(const char *)key, sizeof *key}, 0,
                                         NULL, &added)) ||
        !added)
        return;
    survey_resource(s, plain->resource);
    for (uint32_t i = 0; i < plain->rule_count; i++)
        survey_rule(s, plain, &plain->rules[i], depth + 1);
}

static void survey_schema(struct st_diff_work *w, const struct st_schema *schema)
{
    struct survey survey = {.w = w, .schema = schema};
    st_map_init(&survey.seen, MAPS_MAX);
    survey_plain(&survey, schema->root, 0);
    st_map_done(&survey.seen);
}

/* ---- findings ---- */

static st_err copy_text(struct st_arena *arena, st_str *text)
{
    if (text->len == 0) {
        *text = ST_STR("");
        return ST_OK;
    }
    *text = st_arena_copy(arena, *text);
    if (text->at != NULL)
        return ST_OK;
    return arena->full ? ST_ERR_LIMIT : ST_ERR_MEMORY;
}

static st_err reserve_finding(struct st_diff *diff)
{
    if (diff->count < diff->room)
        return ST_OK;
    uint32_t room = diff->room == 0 ? 16 : 2 * diff->room;
    struct st_diff_finding *findings = ST_ARENA_ARRAY(diff->arena, struct st_diff_finding, room);
    if (findings == NULL)
        return diff->arena->full ? ST_ERR_LIMIT : ST_ERR_MEMORY;
    if (diff->count > 0)
        memcpy(findings, diff->findings, diff->count * sizeof *findings);
    diff->findings = findings;
    diff->room = room;
    return ST_OK;
}

st_err st_diff_add(struct st_diff *diff, const struct st_diff_finding *finding)
{
    if (diff->count >= ST_DIFF_FINDINGS_MAX)
        return ST_ERR_LIMIT;
    struct st_diff_finding kept = *finding;
    st_str *texts[] = {&kept.old_at,    &kept.new_at,  &kept.walked,
                       &kept.instance,  &kept.subject, &kept.old_value,
                       &kept.new_value, &kept.example, &kept.reason};
    st_err err = reserve_finding(diff);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && err == ST_OK; i++)
        err = copy_text(diff->arena, texts[i]);
    if (err == ST_OK)
        diff->findings[diff->count++] = kept;
    return err;
}

/* ---- where a finding is ---- */

static bool is_given(const struct st_diff_work *w, const struct st_document *document)
{
    return document == w->from->documents || document == w->to->documents;
}

static st_err add_place(struct st_diff_work *w, const struct st_plain *plain, const char *word,
                        st_str token, uint64_t index, struct st_buf *out)
{
    const struct st_document *document = plain->resource->document;
    st_err err = ST_OK;
    if (!is_given(w, document)) {
        err = st_buf_add_str(out, document->uri);
        if (err == ST_OK)
            err = st_buf_add_char(out, '#');
    }
    if (err == ST_OK)
        err = st_pointer_of(&document->json, plain->node, out);
    if (err == ST_OK && word != NULL)
        err = st_pointer_add(out, st_str_of(word));
    if (err == ST_OK && token.len > 0)
        err = st_pointer_add(out, token);
    if (err == ST_OK && index > 0)
        err = st_pointer_add_index(out, index - 1);
    return err;
}

static st_err add_instance(const struct st_site *site, struct st_buf *out)
{
    if (site->up == NULL)
        return ST_OK;
    st_err err = add_instance(site->up, out);
    if (err != ST_OK)
        return err;
    const struct st_part *part = &site->part;
    if (part->is_item)
        return part->index.rest ? st_buf_add_str(out, ST_STR("/*"))
                                : st_pointer_add_index(out, part->index.index);
    return part->names.name == NULL ? st_buf_add_str(out, ST_STR("/*"))
                                    : st_pointer_add(out, *part->names.name);
}

static st_err add_value(const struct st_plain *plain, uint32_t node, struct st_buf *out)
{
    if (plain == NULL || node == ST_JSON_NONE)
        return ST_OK;
    size_t start = out->len;
    st_err err = st_json_write_start(st_plain_doc(plain), node, ST_DIFF_VALUE_BYTES_MAX, out);
    if (err != ST_ERR_LIMIT)
        return err;
    out->len = start;
    return ST_OK;
}

/* The nearest schema around that has something on the other side. */
static const struct st_plain *old_plain_of(const struct st_found *found)
{
    if (found->old_plain != NULL)
        return found->old_plain;
    for (const struct st_site *at = found->site; at != NULL; at = at->up)
        if (at->old != NULL)
            return at->old;
    return NULL;
}

/* ---- telling ---- */

struct texts {
    struct st_buf at[6];
};

enum { TEXT_OLD, TEXT_NEW, TEXT_INSTANCE, TEXT_OLD_VALUE, TEXT_NEW_VALUE, TEXT_KEY };

static st_err write_texts(struct st_diff_work *w, const struct st_found *found, struct texts *t)
{
    const struct st_plain *old = old_plain_of(found);
    st_err err = old == NULL ? ST_OK
                             : add_place(w, old, found->old_plain == NULL ? NULL : found->old_word,
                                         found->old_token, found->old_index, &t->at[TEXT_OLD]);
    if (err == ST_OK)
        err = add_place(w, found->plain, found->new_word, found->new_token, found->new_index,
                        &t->at[TEXT_NEW]);
    if (err == ST_OK)
        err = add_instance(found->site, &t->at[TEXT_INSTANCE]);
    if (err == ST_OK)
        err = add_value(found->old_value_of != NULL ? found->old_value_of : found->old_plain,
                        found->old_value, &t->at[TEXT_OLD_VALUE]);
    if (err == ST_OK)
        err = add_value(found->new_value_of != NULL ? found->new_value_of : found->plain,
                        found->new_value, &t->at[TEXT_NEW_VALUE]);
    if (err == ST_OK)
        err = st_buf_printf(&t->at[TEXT_KEY], "%d %.*s %.*s %.*s", (int)found->rule,
                            ST_STR_ARG(st_buf_str(&t->at[TEXT_OLD])),
                            ST_STR_ARG(st_buf_str(&t->at[TEXT_NEW])), ST_STR_ARG(found->subject));
    return err;
}

/* The example is made by a work of its own, whose worlds are then forgotten. */
static bool find_example(struct st_diff_work *w, const struct st_found *found)
{
    struct st_diff_work *maker = w->maker;
    struct st_found wanted = *found;
    reset_work(maker);
    maker->aim = w->walked.len == 0 ? ST_STR("") : st_buf_str(&w->walked);
    if (found->avoid == found->site->plain && found->new_rule != NULL)
        wanted.avoid = st_diff_rule_alone(maker, found->site->plain, found->new_rule);
    bool made = found->site->world != NULL && st_diff_find_example(maker, &wanted);
    st_diff_failed(w, maker->err);
    return made;
}

static st_err write_reason(struct st_diff_work *w, const struct st_found *found, struct st_buf *out)
{
    if (found->rule == ST_DIFF_REFERENCE_CHANGED)
        return st_buf_add_str(out, ST_STR("where the dynamic reference leads depends on where it "
                                          "is reached from"));
    st_err err =
        st_buf_add_str(out, w->tired ? ST_STR("the proof needs more steps than are allowed")
                                     : ST_STR("no proof was found that this breaks nothing"));
    if (err == ST_OK)
        err = st_buf_printf(out,
                            ", and none of %u documents that were made for it is accepted by "
                            "the one schema and refused by the other",
                            w->maker->tried);
    return err;
}

static struct st_diff_answer *answer_of(struct st_diff_work *w)
{
    return w->direction == ST_DIFF_DIRECTION_BACKWARD ? &w->diff->backward : &w->diff->forward;
}

static st_err tell(struct st_diff_work *w, const struct st_found *found, const struct texts *t,
                   bool has_example)
{
    bool forward = w->direction == ST_DIFF_DIRECTION_FORWARD;
    struct st_buf reason = ST_BUF(4096);
    struct st_diff_finding finding = {
        .rule = forward ? st_diff_rule_mirror(found->rule) : found->rule,
        .direction = w->direction,
        .undecided = !has_example,
        .places = 1,
        .old_at = st_buf_str(&t->at[forward ? TEXT_NEW : TEXT_OLD]),
        .new_at = st_buf_str(&t->at[forward ? TEXT_OLD : TEXT_NEW]),
        .walked = st_buf_str(&w->walked),
        .instance = st_buf_str(&t->at[TEXT_INSTANCE]),
        .subject = found->subject,
        .old_value = st_buf_str(&t->at[forward ? TEXT_NEW_VALUE : TEXT_OLD_VALUE]),
        .new_value = st_buf_str(&t->at[forward ? TEXT_OLD_VALUE : TEXT_NEW_VALUE]),
    };
    finding.bump = forward ? st_diff_rule_bump(finding.rule) : ST_DIFF_BUMP_MAJOR;
    st_err err = ST_OK;
    if (has_example)
        finding.example = st_buf_str(&w->maker->document);
    else
        err = write_reason(w, found, &reason);
    finding.reason = st_buf_str(&reason);
    if (err == ST_OK)
        err = st_diff_add(w->diff, &finding);
    st_buf_done(&reason);
    return err;
}

static void count_told(struct st_diff_work *w, st_err err, bool has_example)
{
    struct st_diff_answer *answer = answer_of(w);
    if (err == ST_ERR_LIMIT && w->diff->count >= ST_DIFF_FINDINGS_MAX)
        answer->dropped++;
    else if (err != ST_OK)
        w->err = w->err == ST_OK ? err : w->err;
    else if (has_example)
        answer->breaks++;
}

/* A change that was told already: it is met at one place more, where an example may be found that
 * the first place did not have. */
#define RETRIES_MAX 4

static st_err tell_again(struct st_diff_work *w, const struct st_found *found, uint64_t index)
{
    struct st_diff_finding *finding = &w->diff->findings[index];
    finding->places++;
    if (!finding->undecided || finding->places > RETRIES_MAX || !find_example(w, found))
        return ST_OK;
    finding->undecided = false;
    finding->reason = ST_STR("");
    finding->example = st_buf_str(&w->maker->document);
    answer_of(w)->breaks++;
    return copy_text(w->diff->arena, &finding->example);
}

static void tell_first(struct st_diff_work *w, const struct st_found *found, const struct texts *t)
{
    size_t mark = w->walked.len;
    if (!found->is_walked && found->new_word != NULL)
        st_diff_walk(w, found->new_word);
    bool has_example = w->diff->count < ST_DIFF_FINDINGS_MAX && find_example(w, found);
    st_err err = w->err == ST_OK ? tell(w, found, t, has_example) : w->err;
    count_told(w, err, has_example);
    w->walked.len = mark;
}

void st_diff_found(struct st_diff_work *w, const struct st_found *found)
{
    struct texts t;
    for (size_t i = 0; i < sizeof t.at / sizeof t.at[0]; i++)
        t.at[i] = ST_BUF((size_t)1 << 20);
    w->found_count++;
    if (st_diff_failed(w, write_texts(w, found, &t))) {
        st_str key = st_buf_str(&t.at[TEXT_KEY]);
        struct st_map_entry *known = st_map_find(&w->told, key);
        key = st_arena_copy(&w->arena, key);
        if (known != NULL)
            st_diff_failed(w, tell_again(w, found, known->value));
        else if (key.at == NULL)
            st_diff_failed(w, w->arena.full ? ST_ERR_LIMIT : ST_ERR_MEMORY);
        else if (w->diff->count >= ST_DIFF_FINDINGS_MAX ||
                 st_diff_failed(w, st_map_put(&w->told, key, w->diff->count, NULL, NULL)))
            tell_first(w, found, &t);
    }
    for (size_t i = 0; i < sizeof t.at / sizeof t.at[0]; i++)
        st_buf_done(&t.at[i]);
}

/* ---- one direction ---- */

/* Something does not follow, and no place could be named: then it is told of the whole. */
static void tell_root(struct st_diff_work *w, const struct st_site *site)
{
    struct st_found found = st_diff_finding_of(site, NULL, NULL, ST_DIFF_SCHEMA_CHANGED);
    found.old_value = found.new_value = ST_JSON_NONE;
    st_diff_found(w, &found);
}

static void run_direction(struct st_diff_work *w)
{
    struct st_diff_answer *answer = answer_of(w);
    uint32_t before = w->diff->count;
    struct st_fact fact = {.kind = ST_FACT_IS, .plain = w->from->root};
    struct st_site root = {.old = w->from->root, .plain = w->to->root};
    survey_schema(w, w->from);
    survey_schema(w, w->to);
    w->maker->resources = w->resources;
    w->maker->pool = w->pool;
    w->maker->dynamic = w->dynamic;
    answer->asked = true;
    root.world = st_diff_world(w, &fact, 1);
    answer->proved = root.world != NULL && st_diff_explain(w, &root) && w->err == ST_OK;
    if (!answer->proved && w->diff->count == before && w->err == ST_OK)
        tell_root(w, &root);
}

static st_err diff_direction(struct st_diff *diff, enum st_diff_direction direction,
                             const struct st_schema *from, const struct st_schema *to,
                             const struct st_diff_options *options)
{
    struct st_diff_names names = {0};
    struct st_diff_work maker = {
        .from = from, .to = to, .direction = direction, .diff = diff, .names = &names};
    struct st_diff_work work = maker;
    work.maker = &maker;
    st_arena_init(&names.arena, ST_DIFF_BYTES_MAX);
    st_map_init(&names.map, MAPS_MAX);
    st_err err = init_work(&work);
    if (err == ST_OK)
        err = init_work(&maker);
    if (options != NULL && options->steps > 0)
        work.steps = options->steps;
    if (err == ST_OK) {
        run_direction(&work);
        err = work.err;
    }
    if (err == ST_OK && direction == ST_DIFF_DIRECTION_FORWARD &&
        (options == NULL || !options->silent)) {
        st_diff_notes(&work);
        err = work.err;
    }
    done_work(&work);
    done_work(&maker);
    st_arena_done(&names.arena);
    st_map_done(&names.map);
    return err;
}

st_err st_schema_diff(struct st_diff *diff, struct st_arena *arena, const struct st_schema *from,
                      const struct st_schema *to, const struct st_diff_options *options)
{
    *diff = (struct st_diff){.arena = arena};
    st_err err = diff_direction(diff, ST_DIFF_DIRECTION_BACKWARD, from, to, options);
    if (err == ST_OK)
        err = diff_direction(diff, ST_DIFF_DIRECTION_FORWARD, to, from, options);
    for (uint32_t i = 0; i < diff->count && err == ST_OK; i++) {
        const struct st_diff_finding *finding = &diff->findings[i];
        struct st_diff_answer *answer =
            finding->direction == ST_DIFF_DIRECTION_FORWARD ? &diff->forward : &diff->backward;
        answer->undecided = answer->undecided || finding->undecided;
    }
    return err;
}
