/*
 * annotation.c: from the annotation's JSON to structs.
 *
 * The shape is known to be right, so absent means "not stated" here and nothing is checked twice.
 * Memory or room that runs out sets a flag, is seen once at the end, and until then leaves empty
 * lists.
 */
#include "contract/annotation.h"

#include "json/number.h"
#include "json/pointer.h"

#include <stdlib.h>

struct parser {
    struct st_arena *arena;
    const struct st_json *doc;
    struct st_name_table *names; /* NULL: none, or it has no room */
    struct st_spot *spots;
    uint32_t spot_count;
    uint32_t spot_room;
    bool apart; /* paths that are not followed at every event: they get no spots */
    bool no_memory;
    bool too_many; /* spots */
};

static void *room(struct parser *p, size_t count, size_t each)
{
    void *block = count == 0 ? NULL : st_arena_get_zeroed(p->arena, count * each);
    if (block == NULL && count > 0)
        p->no_memory = true;
    return block;
}

#define ROOM(p, type, count) ((type *)room((p), (count), sizeof(type)))

static uint32_t member(const struct parser *p, uint32_t node, const char *name)
{
    return node == ST_JSON_NONE ? ST_JSON_NONE : st_json_member(p->doc, node, st_str_of(name));
}

static st_str text_of(const struct parser *p, uint32_t node)
{
    return node == ST_JSON_NONE ? (st_str){NULL, 0} : st_json_text(p->doc, node);
}

static bool is(const struct parser *p, uint32_t node, const char *text)
{
    return node != ST_JSON_NONE && st_str_eq(st_json_text(p->doc, node), st_str_of(text));
}

static bool is_true(const struct parser *p, uint32_t node)
{
    return node != ST_JSON_NONE && st_json_kind(p->doc, node) == ST_JSON_TRUE;
}

static int64_t number_of(const struct parser *p, uint32_t node, int64_t absent)
{
    int64_t value = absent;
    if (node != ST_JSON_NONE && st_number_to_i64(st_json_text(p->doc, node), &value) != ST_OK)
        return absent;
    return value;
}

/* Many members may be one rule or a list of rules: both are a run of nodes. */
struct run {
    uint32_t container; /* NONE: the single node `at` */
    uint32_t at;
};

static uint32_t run_of(const struct parser *p, uint32_t node, struct run *run)
{
    if (node == ST_JSON_NONE)
        return 0;
    if (st_json_kind(p->doc, node) != ST_JSON_ARRAY) {
        *run = (struct run){ST_JSON_NONE, node};
        return 1;
    }
    *run = (struct run){node, st_json_first(p->doc, node)};
    return p->doc->nodes[node].len;
}

static uint32_t run_take(const struct parser *p, struct run *run)
{
    uint32_t at = run->at;
    if (run->container != ST_JSON_NONE)
        run->at = st_json_next(p->doc, run->container, at);
    return at;
}

static struct st_names parse_names(struct parser *p, uint32_t node)
{
    struct run run;
    struct st_names names = {.count = run_of(p, node, &run)};
    names.at = ROOM(p, st_str, names.count);
    if (names.at == NULL)
        return (struct st_names){NULL, 0};
    for (uint32_t i = 0; i < names.count; i++)
        names.at[i] = text_of(p, run_take(p, &run));
    return names;
}

/* ---- pointers ---- */

static st_str unescape(struct parser *p, st_str token)
{
    size_t at;
    if (!st_str_find(token, '~', &at))
        return token;
    char *out = ROOM(p, char, token.len);
    if (out == NULL)
        return token;
    size_t len = 0;
    for (size_t i = 0; i < token.len; i++) {
        bool escaped = token.at[i] == '~' && i + 1 < token.len;
        out[len++] = escaped ? (token.at[++i] == '1' ? '/' : '~') : token.at[i];
    }
    return (st_str){out, len};
}

/* 0 when there is no table; one that is full is of no use to the whole annotation. */
static uint16_t number_name(struct parser *p, st_str name)
{
    uint16_t number = 0;
    st_err err = p->names == NULL ? ST_OK : st_name_table_add(p->names, name, &number);
    p->no_memory |= err == ST_ERR_MEMORY;
    if (err != ST_OK)
        p->names = NULL;
    return number;
}

/* The child of a spot by its name, made when it is new; 0, the root, when there is no room. */
static uint32_t find_spot(struct parser *p, uint32_t parent, st_str name)
{
    uint32_t spot = p->spots[parent].first;
    while (spot != 0 && !st_str_eq(p->spots[spot].name, name))
        spot = p->spots[spot].next;
    if (spot != 0)
        return spot;
    if (p->spot_count == ST_CONTRACT_SPOTS_MAX) {
        p->too_many = true;
        return 0;
    }
    if (p->spot_count == p->spot_room) {
        struct st_spot *more = ROOM(p, struct st_spot, 2 * (size_t)p->spot_room);
        if (more == NULL)
            return 0;
        memcpy(more, p->spots, p->spot_count * sizeof(*more));
        p->spots = more;
        p->spot_room *= 2;
    }
    spot = p->spot_count++;
    p->spots[spot] = (struct st_spot){
        .name = name,
        .number = number_name(p, name),
        .next = p->spots[parent].first,
    };
    p->spots[parent].first = spot;
    return spot;
}

static struct st_path parse_path(struct parser *p, uint32_t node)
{
    st_str rest = text_of(p, node);
    struct st_path path = {.count = 0};
    for (size_t i = 0; i < rest.len; i++)
        path.count += rest.at[i] == '/';
    path.tokens = ROOM(p, st_str, path.count);
    path.numbers = ROOM(p, uint16_t, path.count);
    if (path.tokens == NULL || path.numbers == NULL)
        return (struct st_path){.count = 0};
    rest = st_str_from(rest, 1);
    for (uint32_t i = 0; i < path.count; i++) {
        st_str token;
        st_str_cut(rest, '/', &token, &rest);
        path.tokens[i] = unescape(p, token);
        path.numbers[i] = number_name(p, path.tokens[i]);
        if (!p->apart)
            path.spot = find_spot(p, path.spot, path.tokens[i]);
    }
    return path;
}

static struct st_paths parse_paths(struct parser *p, uint32_t node)
{
    struct run run;
    struct st_paths paths = {.count = run_of(p, node, &run)};
    paths.at = ROOM(p, struct st_path, paths.count);
    if (paths.at == NULL)
        return (struct st_paths){NULL, 0};
    for (uint32_t i = 0; i < paths.count; i++)
        paths.at[i] = parse_path(p, run_take(p, &run));
    return paths;
}

static struct st_paths parse_paths_apart(struct parser *p, uint32_t node)
{
    p->apart = true;
    struct st_paths paths = parse_paths(p, node);
    p->apart = false;
    return paths;
}

/* ---- conditions and scopes ---- */

static struct st_condition parse_condition(struct parser *p, uint32_t node)
{
    static const struct {
        const char *name;
        enum st_test test;
    } TESTS[] = {
        {"equals", ST_TEST_EQUALS},
        {"in", ST_TEST_IN},
        {"exists", ST_TEST_EXISTS},
        {"type", ST_TEST_TYPE},
        {"like", ST_TEST_LIKE},
        {"only_members", ST_TEST_ONLY_MEMBERS},
        {"sole_member", ST_TEST_SOLE_MEMBER},
    };
    struct st_condition condition = {.at = parse_path(p, member(p, node, "at"))};
    for (size_t i = 0; i < sizeof(TESTS) / sizeof(TESTS[0]); i++) {
        uint32_t value = member(p, node, TESTS[i].name);
        if (value == ST_JSON_NONE)
            continue;
        condition.test = TESTS[i].test;
        condition.value = value;
        condition.exists = st_json_kind(p->doc, value) == ST_JSON_TRUE;
        if (condition.test == ST_TEST_TYPE)
            condition.type = text_of(p, value);
        if (condition.test >= ST_TEST_LIKE)
            condition.names = parse_names(p, value);
    }
    return condition;
}

static struct st_conditions parse_conditions(struct parser *p, uint32_t node)
{
    struct run run;
    struct st_conditions conditions = {.count = run_of(p, node, &run)};
    conditions.at = ROOM(p, struct st_condition, conditions.count);
    if (conditions.at == NULL)
        return (struct st_conditions){NULL, 0};
    for (uint32_t i = 0; i < conditions.count; i++)
        conditions.at[i] = parse_condition(p, run_take(p, &run));
    return conditions;
}

static struct st_scope parse_scope(struct parser *p, uint32_t node)
{
    return (struct st_scope){
        .types = parse_names(p, member(p, node, "types")),
        .when = parse_conditions(p, member(p, node, "when")),
    };
}

static void parse_marks(struct parser *p, uint32_t node, struct st_annotation *a)
{
    struct run run;
    uint32_t count = run_of(p, node, &run);
    a->marks = ROOM(p, struct st_mark, count);
    a->mark_count = a->marks == NULL ? 0 : count;
    a->lowest_rank = UINT32_MAX;
    for (uint32_t i = 0; i < a->mark_count; i++) {
        uint32_t mark = run_take(p, &run);
        uint32_t rank = (uint32_t)number_of(p, member(p, mark, "rank"), 0);
        a->marks[i].rank = rank;
        a->marks[i].all = parse_conditions(p, member(p, mark, "all"));
        a->lowest_rank = rank < a->lowest_rank ? rank : a->lowest_rank;
    }
}

/* {"from": "to"} as two lists. */
static void parse_pairs(struct parser *p, uint32_t node, struct st_names *from, struct st_names *to)
{
    if (node == ST_JSON_NONE)
        return;
    uint32_t count = p->doc->nodes[node].len;
    from->at = ROOM(p, st_str, count);
    to->at = ROOM(p, st_str, count);
    if (from->at == NULL || to->at == NULL)
        return;
    for (uint32_t at = st_json_first(p->doc, node); at != ST_JSON_NONE;
         at = st_json_next(p->doc, node, at)) {
        from->at[from->count++] = text_of(p, at);
        to->at[to->count++] = text_of(p, at + 1);
    }
}

/* ---- the record ---- */

static int shift_of_unit(st_str unit)
{
    static const struct {
        const char *name;
        int shift;
    } UNITS[] = {{"s", 9}, {"ms", 6}, {"us", 3}, {"ns", 0}};
    for (size_t i = 0; i < sizeof(UNITS) / sizeof(UNITS[0]); i++)
        if (st_str_eq(unit, st_str_of(UNITS[i].name)))
            return UNITS[i].shift;
    return 0;
}

static struct st_place parse_place(struct parser *p, uint32_t node)
{
    struct st_place place = {.form = ST_TIME_RFC3339};
    if (st_json_kind(p->doc, node) != ST_JSON_OBJECT) {
        place.paths = parse_paths(p, node);
        return place;
    }
    place.scope = parse_scope(p, node);
    place.paths = parse_paths(p, member(p, node, "at"));
    place.value = text_of(p, member(p, node, "value"));
    place.shift = shift_of_unit(text_of(p, member(p, node, "unit")));
    uint32_t form = member(p, node, "form");
    if (is(p, form, "utc")) {
        place.form = ST_TIME_UTC;
    } else if (form != ST_JSON_NONE && !is(p, form, "rfc3339")) {
        place.form = ST_TIME_EPOCH;
        place.shift = shift_of_unit(text_of(p, form));
    }
    return place;
}

static struct st_places parse_places(struct parser *p, uint32_t node)
{
    struct run run;
    struct st_places places = {.count = run_of(p, node, &run)};
    places.at = ROOM(p, struct st_place, places.count);
    if (places.at == NULL)
        return (struct st_places){NULL, 0};
    for (uint32_t i = 0; i < places.count; i++)
        places.at[i] = parse_place(p, run_take(p, &run));
    return places;
}

static void parse_record(struct parser *p, uint32_t node, struct st_annotation *a)
{
    a->type = parse_places(p, member(p, node, "type"));
    a->id = parse_places(p, member(p, node, "id"));
    a->time = parse_places(p, member(p, node, "time"));
    a->tenant = parse_places(p, member(p, node, "tenant"));
    a->stream = parse_places(p, member(p, node, "stream"));
    a->parent = parse_places(p, member(p, node, "parent"));
    a->producer = parse_places(p, member(p, node, "producer"));
    a->producer_seq = parse_places(p, member(p, node, "producer_seq"));
}

/* ---- classification ---- */

/* A name and where it was first met: of equal ones the first counts. */
struct met {
    st_str name;
    uint32_t at;
};

static int cmp_met(const void *a, const void *b)
{
    const struct met *x = a;
    const struct met *y = b;
    int order = st_str_cmp(x->name, y->name);
    return order != 0 ? order : x->at < y->at ? -1 : 1;
}

static uint32_t meet_types(const struct st_annotation *a, struct met *met)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < a->classification_count; i++) {
        const struct st_names *types = &a->classifications[i].scope.types;
        for (uint32_t k = 0; k < types->count; k++) {
            size_t star;
            if (!st_str_find(types->at[k], '*', &star)) {
                met[count] = (struct met){types->at[k], count};
                count++;
            }
        }
    }
    return count;
}

/* Both lists from the sorted names: of equal ones only the first in the file is taken. */
static void list_types(const struct met *met, uint32_t count, struct st_annotation *a)
{
    st_str *by_file = a->types.at;
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0 && st_str_eq(met[i].name, met[i - 1].name))
            continue;
        a->sorted.at[a->sorted.count++] = met[i].name;
        by_file[met[i].at] = met[i].name; /* the others' places stay empty */
    }
    for (uint32_t i = 0; i < count; i++)
        if (by_file[i].at != NULL)
            by_file[a->types.count++] = by_file[i];
}

/* All types that are named without a wildcard, each once: in file order, and by their bytes. Sorted
 * and not searched for one by one, because a file has room for a million of them. */
static void name_types(struct parser *p, struct st_annotation *a, uint32_t count_max)
{
    struct st_arena scratch;
    st_arena_init(&scratch, ST_CONTRACT_ARENA_BYTES_MAX);
    struct met *met = ST_ARENA_ARRAY(&scratch, struct met, count_max);
    a->types.at = ROOM(p, st_str, count_max);
    a->sorted.at = ROOM(p, st_str, count_max);
    if (met == NULL) {
        p->no_memory = true;
    } else if (!p->no_memory) {
        uint32_t count = meet_types(a, met);
        qsort(met, count, sizeof(*met), cmp_met);
        list_types(met, count, a);
    }
    st_arena_done(&scratch);
}

static void parse_classify(struct parser *p, uint32_t node, struct st_annotation *a)
{
    struct run run;
    uint32_t count = run_of(p, node, &run);
    a->classifications = ROOM(p, struct st_classification, count);
    a->classification_count = a->classifications == NULL ? 0 : count;
    uint32_t types = 0;
    for (uint32_t i = 0; i < a->classification_count; i++) {
        struct st_classification *c = &a->classifications[i];
        uint32_t rule = run_take(p, &run);
        c->scope = parse_scope(p, rule);
        c->category = text_of(p, member(p, rule, "category"));
        c->has_level = st_level_of_name(text_of(p, member(p, rule, "level")), &c->level);
        c->has_severity =
            st_severity_of_name(text_of(p, member(p, rule, "severity")), &c->severity);
        types += c->scope.types.count;
    }
    if (types > 0)
        name_types(p, a, types);
}

/* ---- measures ---- */

static enum st_counted parse_counted(const struct parser *p, uint32_t node)
{
    if (is(p, node, "inside"))
        return ST_COUNTED_INSIDE;
    return is(p, node, "by_total") ? ST_COUNTED_BY_TOTAL : ST_COUNTED_OUTSIDE;
}

static void parse_tokens(struct parser *p, uint32_t node, struct st_annotation *a)
{
    static const char *const BUCKETS[ST_TOKENS_COUNT] = {
        [ST_TOKENS_INPUT] = "input",
        [ST_TOKENS_CACHE_READ] = "cache_read",
        [ST_TOKENS_CACHE_WRITE] = "cache_write",
        [ST_TOKENS_OUTPUT] = "output",
        [ST_TOKENS_REASONING] = "reasoning",
    };
    struct run run;
    uint32_t count = run_of(p, node, &run);
    a->tokens = ROOM(p, struct st_tokens_rule, count);
    a->tokens_count = a->tokens == NULL ? 0 : count;
    for (uint32_t i = 0; i < a->tokens_count; i++) {
        struct st_tokens_rule *rule = &a->tokens[i];
        uint32_t at = run_take(p, &run);
        rule->scope = parse_scope(p, at);
        for (int bucket = 0; bucket < ST_TOKENS_COUNT; bucket++)
            rule->bucket[bucket] = parse_paths(p, member(p, at, BUCKETS[bucket]));
        rule->total = parse_paths(p, member(p, at, "total"));
        rule->cached = parse_counted(p, member(p, at, "cached"));
        rule->thought = parse_counted(p, member(p, at, "thought"));
    }
}

static void parse_costs(struct parser *p, uint32_t node, struct st_annotation *a)
{
    struct run run;
    uint32_t count = run_of(p, node, &run);
    a->costs = ROOM(p, struct st_cost_rule, count);
    a->cost_count = a->costs == NULL ? 0 : count;
    for (uint32_t i = 0; i < a->cost_count; i++) {
        struct st_cost_rule *rule = &a->costs[i];
        uint32_t at = run_take(p, &run);
        rule->scope = parse_scope(p, at);
        rule->paths = parse_paths(p, member(p, at, "at"));
        rule->shift = 9 + (int)number_of(p, member(p, at, "scale"), 0);
        rule->currency = parse_places(p, member(p, at, "currency"));
        rule->price_book = parse_places(p, member(p, at, "price_book"));
        rule->ledger_entry = parse_places(p, member(p, at, "ledger_entry"));
    }
}

static void parse_resources(struct parser *p, uint32_t node, struct st_annotation *a)
{
    struct run run;
    uint32_t count = run_of(p, node, &run);
    a->resources = ROOM(p, struct st_resource_rule, count);
    a->resource_count = a->resources == NULL ? 0 : count;
    for (uint32_t i = 0; i < a->resource_count; i++) {
        struct st_resource_rule *rule = &a->resources[i];
        uint32_t at = run_take(p, &run);
        rule->scope = parse_scope(p, at);
        ST_BUG_IF(!st_resource_kind_of_name(text_of(p, member(p, at, "kind")), &rule->kind));
        rule->name = parse_places(p, member(p, at, "name"));
        rule->principal = parse_places(p, member(p, at, "principal"));
        for (unsigned f = 0; f < ST_FIGURE_COUNT; f++)
            rule->figures[f] = parse_paths(p, member(p, at, st_figure_name((enum st_figure)f)));
    }
}

/* ---- for readers ---- */

static enum st_said parse_said(const struct parser *p, uint32_t node)
{
    static const char *const NAMES[ST_SAID_COUNT] = {
#define SAID_NAME(id, text) text,
        ST_SAID_LIST(SAID_NAME)
#undef SAID_NAME
    };
    for (int i = ST_SAID_NOTHING + 1; i < ST_SAID_COUNT; i++)
        if (is(p, node, NAMES[i]))
            return (enum st_said)i;
    return ST_SAID_NOTHING;
}

static void parse_structured(struct parser *p, uint32_t node, struct st_annotation *a)
{
    struct run run;
    uint32_t count = run_of(p, node, &run);
    a->structured = ROOM(p, struct st_structured, count);
    a->structured_count = a->structured == NULL ? 0 : count;
    for (uint32_t i = 0; i < a->structured_count; i++) {
        uint32_t at = run_take(p, &run);
        a->structured[i] = (struct st_structured){
            .name = text_of(p, member(p, at, "name")),
            .paths = parse_paths_apart(p, member(p, at, "at")),
            .value = member(p, at, "value"),
            .said = parse_said(p, member(p, at, "record")),
            .digits = (int)number_of(p, member(p, at, "digits"), -1),
            .required = is_true(p, member(p, at, "required")),
        };
    }
}

static void parse_notes(struct parser *p, uint32_t node, struct st_annotation *a)
{
    struct run run;
    uint32_t count = run_of(p, node, &run);
    a->notes = ROOM(p, struct st_contract_note, count);
    a->note_count = a->notes == NULL ? 0 : count;
    for (uint32_t i = 0; i < a->note_count; i++) {
        uint32_t at = run_take(p, &run);
        a->notes[i].about = text_of(p, member(p, at, "about"));
        a->notes[i].text = text_of(p, member(p, at, "text"));
    }
}

static void parse_retired(struct parser *p, uint32_t node, struct st_annotation *a)
{
    struct run run;
    uint32_t count = run_of(p, node, &run);
    a->retired = ROOM(p, struct st_retired, count);
    a->retired_count = a->retired == NULL ? 0 : count;
    for (uint32_t i = 0; i < a->retired_count; i++) {
        uint32_t at = run_take(p, &run);
        struct st_names allow = parse_names(p, member(p, at, "allow"));
        uint32_t any_case = member(p, at, "any_case");
        a->retired[i] = (struct st_retired){
            .term = text_of(p, member(p, at, "term")),
            .instead = text_of(p, member(p, at, "instead")),
            .reason = text_of(p, member(p, at, "reason")),
            .allow = allow.at,
            .allow_count = allow.count,
            .within_words = is(p, member(p, at, "match"), "text"),
            .any_case = is_true(p, any_case),
        };
    }
}

/* ---- making events ---- */

static enum st_make parse_make(const struct parser *p, uint32_t node)
{
    static const char *const NAMES[ST_MAKE_COUNT] = {
#define MAKE_NAME(id, text) text,
        ST_MAKE_LIST(MAKE_NAME)
#undef MAKE_NAME
    };
    for (int i = ST_MAKE_VALUE + 1; i < ST_MAKE_COUNT; i++)
        if (is(p, node, NAMES[i]))
            return (enum st_make)i;
    return ST_MAKE_VALUE;
}

static void parse_construct(struct parser *p, uint32_t node, struct st_annotation *a)
{
    if (node == ST_JSON_NONE)
        return;
    uint32_t count = 0;
    struct run run;
    for (uint32_t at = st_json_first(p->doc, node); at != ST_JSON_NONE;
         at = st_json_next(p->doc, node, at))
        count += run_of(p, at + 1, &run);
    a->construct = ROOM(p, struct st_construct_rule, count);
    if (a->construct == NULL)
        return;
    for (uint32_t at = st_json_first(p->doc, node); at != ST_JSON_NONE;
         at = st_json_next(p->doc, node, at)) {
        for (uint32_t left = run_of(p, at + 1, &run); left > 0; left--) {
            uint32_t rule = run_take(p, &run);
            uint32_t always = member(p, rule, "always");
            a->construct[a->construct_count++] = (struct st_construct_rule){
                .pointer = text_of(p, at),
                .types = parse_names(p, member(p, rule, "types")),
                .always = always != ST_JSON_NONE && st_json_kind(p->doc, always) == ST_JSON_TRUE,
                .make = parse_make(p, member(p, rule, "make")),
                .value = member(p, rule, "value"),
                .bytes = (uint32_t)number_of(p, member(p, rule, "bytes"), 0),
                .sum = parse_names(p, member(p, rule, "of")),
                .text = text_of(p, member(p, rule, "text")),
            };
        }
    }
}

st_err st_annotation_parse(struct st_annotation *annotation, struct st_arena *arena,
                           const struct st_json *doc, uint32_t node, struct st_name_table *names)
{
    struct parser p = {
        .arena = arena, .doc = doc, .names = names, .spot_count = 1, .spot_room = 32};
    struct st_annotation a = {.doc = doc};
    p.spots = ROOM(&p, struct st_spot, p.spot_room);
    if (p.spots == NULL)
        return ST_ERR_MEMORY;
    uint32_t measures = member(&p, node, "measures");
    uint32_t aliases = member(&p, node, "aliases");
    uint32_t reserved = member(&p, node, "reserved");
    a.name = text_of(&p, member(&p, node, "name"));
    a.version = text_of(&p, member(&p, node, "version"));
    a.keeps_unknown_types = is(&p, member(&p, node, "unknown_types"), "keep");
    a.reserved = is_true(&p, reserved);
    a.version_at = parse_paths_apart(&p, member(&p, node, "version_at"));
    parse_marks(&p, member(&p, node, "recognise"), &a);
    parse_pairs(&p, member(&p, node, "tagged"), &a.tags, &a.tag_types);
    parse_pairs(&p, member(&p, aliases, "types"), &a.old_types, &a.new_types);
    parse_pairs(&p, member(&p, aliases, "resources"), &a.old_resources, &a.new_resources);
    parse_record(&p, member(&p, node, "record"), &a);
    parse_classify(&p, member(&p, node, "classify"), &a);
    parse_tokens(&p, member(&p, measures, "tokens"), &a);
    parse_costs(&p, member(&p, measures, "cost"), &a);
    a.durations = parse_places(&p, member(&p, measures, "duration"));
    parse_resources(&p, member(&p, measures, "resources"), &a);
    parse_structured(&p, member(&p, node, "structured"), &a);
    parse_pairs(&p, member(&p, node, "models"), &a.model_names, &a.model_pointers);
    parse_notes(&p, member(&p, node, "notes"), &a);
    parse_retired(&p, member(&p, node, "retired"), &a);
    parse_construct(&p, member(&p, node, "construct"), &a);
    a.spots = p.spots;
    a.spot_count = p.spot_count;
    a.names = p.names;
    a.name_count = p.names == NULL ? 0 : st_name_table_count(p.names);
    if (p.no_memory)
        return ST_ERR_MEMORY;
    if (p.too_many)
        return ST_ERR_LIMIT;
    *annotation = a;
    return ST_OK;
}
