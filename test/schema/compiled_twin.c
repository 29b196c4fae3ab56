/*
 * compiled_twin.c: the compiled schema against the plain evaluator, on random pairs.
 *
 *     compiled_twin [SEED [PAIRS]]      the test; without a seed one is drawn
 *     compiled_twin SEED PAIRS CASE     one schema alone, with all its instances and both verdicts
 *
 * A case is a schema (random_schema.h) and some dozens of instances: drawn to satisfy it, or
 * changed a little from one that did. Everything in it follows from the seed and the case's number.
 * Names are numbered by the schema's table, by none, or by another one, in turn; some instances are
 * explained, too. Fails when
 *
 *   - the two differ (compiled_judge.h says in what): the pair is shown, and made small,
 *   - fewer than 30 % or more than 70 % of the pairs were valid, or too many schemas were refused,
 *   - the plain evaluator met its limits too often for the rest to say much,
 *   - with small limits, hardly any yes came from an outline of documents before,
 *   - a keyword never decided: the schema without it said the same of all instances, always.
 */
#include "compiled_judge.h"
#include "compiled_reduce.h"
#include "random_instance.h"
#include "schema/keyword.h"
#include "schema/twin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PAIRS_USUAL   600000ull
#define INSTANCES_MAX 120
#define INSTANCES_MIN 24 /* all alike so far: the rest would be, too */
#define SPOTS_MAX     1024
#define FAULTS_MAX    5
#define TRIES         2 /* keywords left out of a schema */
#define REDUCE_ASKS   20000u
/* In a hundred. In the build with small limits, where outlines are never waited for. */
#define OUTLINED_MIN (ST_OUTLINE_PAUSE_MAX == 0 ? 15u : 0u)

#define TABLE_LIVES 64 /* schemas that share a table, before it is made anew */

/* A keyword in a schema. */
struct spot {
    struct value *schema;
    uint32_t at;
    enum st_keyword_id id;
};

struct tally {
    uint64_t pairs, valid, limits;
    uint64_t cases, refused;
    uint64_t mixed;    /* cases with valid and invalid instances */
    uint64_t compiled; /* cases with a program */
    uint64_t numbered[NUMBERINGS];
    uint64_t drafts[ST_DRAFT_V1 + 1];
    uint64_t seen[ST_KEYWORD_COUNT];
    uint64_t tried[ST_KEYWORD_COUNT];   /* schemas from which it was left out */
    uint64_t decided[ST_KEYWORD_COUNT]; /* in how many the schema without it says otherwise */
    uint32_t faults;
};

struct twin {
    uint64_t seed;
    uint64_t number; /* of the case */
    bool shows;      /* each pair */
    struct st_arena arena;
    struct dice dice;
    struct twins both;
    struct st_name_table *shared;
    struct random_schema made;
    struct st_schema *schema;
    struct st_buf schema_text;
    struct st_buf texts; /* of the instances, one behind the other */
    struct {
        size_t from, len;
        bool valid;
    } asked[INSTANCES_MAX];
    uint32_t asked_count;
    struct value *liked[INSTANCES_MAX]; /* valid ones, to be changed */
    uint32_t liked_count;
    struct spot spots[SPOTS_MAX];
    uint32_t spot_count;
    bool goes_dynamic; /* there is a dynamic reference among them */
    struct tally tally;
};

/* ---- loading ---- */

static bool load(struct twin *twin, st_str text, struct st_schema **schema)
{
    struct st_schema_fault fault;
    const struct st_schema_options options = {
        .assert_formats = twin->made.assert_formats,
        .names = twin->number % 2 == 0 ? NULL : twin->shared,
    };
    st_err err = st_schema_load(schema, text, &options, &fault);
    ST_BUG_IF(err == ST_ERR_MEMORY);
    if (err != ST_OK && twin->shows)
        printf("refused at \"%s\": %s\n", fault.pointer, fault.message);
    return err == ST_OK;
}

/* A table that schema after schema adds to, as the contracts of a registry do. */
static void renew_table(struct twin *twin)
{
    st_name_table_free(twin->shared);
    ST_BUG_IF(st_name_table_new(&twin->shared) != ST_OK);
    ST_BUG_IF(st_name_table_add(twin->shared, ST_STR("of another schema"), NULL) != ST_OK);
}

/* ---- a difference ---- */

struct difference {
    struct twin *twin;
    struct value *schema;
    struct value *instance;
    enum finding finding;
    enum numbering numbering;
    struct st_buf schema_text, instance_text;
};

static bool still_differs(void *context)
{
    struct difference *d = context;
    struct st_schema *schema;
    st_buf_reset(&d->schema_text);
    st_buf_reset(&d->instance_text);
    value_write(d->schema, NULL, &d->schema_text);
    value_write(d->instance, NULL, &d->instance_text);
    if (!load(d->twin, st_buf_str(&d->schema_text), &schema))
        return false;
    enum finding found = twins_ask(&d->twin->both, schema, st_buf_str(&d->instance_text),
                                   d->numbering, d->finding != FOUND_VERDICT);
    st_schema_free(schema);
    return found == d->finding;
}

static struct value *parse(struct st_arena *arena, st_str text)
{
    struct st_json doc;
    st_json_init(&doc);
    ST_BUG_IF(st_json_parse(&doc, text, NULL, NULL) != ST_OK);
    struct value *value = value_of(arena, &doc, 0);
    st_json_done(&doc);
    return value;
}

static void make_small(struct difference *d)
{
    struct reduction reduction = {
        .arena = &d->twin->arena, .still = still_differs, .context = d, .asks_left = REDUCE_ASKS};
    if (!still_differs(d)) {
        printf("  spelled otherwise it does not differ\n");
        return;
    }
    for (bool smaller = true; smaller;) {
        smaller = reduce(&reduction, d->schema);
        smaller = reduce(&reduction, d->instance) || smaller;
    }
    ST_BUG_IF(!still_differs(d));
    printf("  small schema   %.*s\n", ST_STR_ARG(st_buf_str(&d->schema_text)));
    printf("  small instance %.*s\n", ST_STR_ARG(st_buf_str(&d->instance_text)));
}

static void tell_difference(struct twin *twin, st_str text, enum finding finding,
                            enum numbering numbering)
{
    static const char *const tables[] = {"the schema's table", "no table", "another table"};
    printf("DIFFERS: %s; seed %" PRIu64 ", case %" PRIu64
           ", %s, formats %s; compiled %s, plain %s\n",
           finding_name(finding), twin->seed, twin->number, tables[numbering],
           twin->made.assert_formats ? "asserted" : "not asserted",
           twin->both.compiled ? "valid" : "invalid", twin->both.plain ? "valid" : "invalid");
    printf("  schema   %.*s\n  instance %.*s\n", ST_STR_ARG(st_buf_str(&twin->schema_text)),
           ST_STR_ARG(text));
    fflush(stdout);
    if (finding == FOUND_NOT_JSON)
        return;
    struct difference difference = {.twin = twin,
                                    .schema = parse(&twin->arena, st_buf_str(&twin->schema_text)),
                                    .instance = parse(&twin->arena, text),
                                    .finding = finding,
                                    .numbering = numbering,
                                    .schema_text = ST_BUF((size_t)1 << 24),
                                    .instance_text = ST_BUF((size_t)1 << 24)};
    make_small(&difference);
    st_buf_done(&difference.schema_text);
    st_buf_done(&difference.instance_text);
    fflush(stdout);
}

/* ---- instances ---- */

static struct value *next_instance(struct twin *twin)
{
    if (twin->liked_count == 0 || dice_chance(&twin->dice, 40))
        return random_instance(&twin->made);
    const struct value *from = twin->liked[dice_below(&twin->dice, twin->liked_count)];
    struct value *value = random_change(&twin->made, from);
    while (dice_chance(&twin->dice, 20))
        value = random_change(&twin->made, value);
    return value;
}

static bool ask(struct twin *twin, struct value *value)
{
    size_t from = twin->texts.len;
    value_write(value, dice_chance(&twin->dice, 70) ? &twin->dice : NULL, &twin->texts);
    st_str text = st_str_from(st_buf_str(&twin->texts), from);
    enum numbering numbering = (enum numbering)(twin->tally.pairs % NUMBERINGS);
    bool explained = twin->tally.pairs % 16 == 0;
    enum finding finding = twins_ask(&twin->both, twin->schema, text, numbering, explained);
    bool valid = twin->both.plain;
    twin->tally.pairs++;
    twin->tally.numbered[numbering]++;
    twin->tally.limits += finding == FOUND_LIMIT;
    twin->tally.valid += valid;
    twin->asked[twin->asked_count].from = from;
    twin->asked[twin->asked_count].len = text.len;
    twin->asked[twin->asked_count++].valid = valid;
    if (valid)
        twin->liked[twin->liked_count++] = value;
    if (twin->shows)
        printf("%s/%s %.*s\n", twin->both.compiled ? "valid" : "invalid",
               valid ? "valid" : "invalid", ST_STR_ARG(text));
    if (!is_fault(finding))
        return true;
    twin->tally.faults++;
    tell_difference(twin, text, finding, numbering);
    return false;
}

static void ask_all(struct twin *twin)
{
    uint32_t valid = 0;
    twin->asked_count = twin->liked_count = 0;
    st_buf_reset(&twin->texts);
    for (uint32_t i = 0; i < INSTANCES_MAX; i++) {
        if (i >= INSTANCES_MIN && (valid == 0 || valid == i))
            break;
        if (!ask(twin, next_instance(twin)))
            break;
        valid += twin->both.plain;
    }
    twin->tally.mixed += valid > 0 && valid < twin->asked_count;
}

/* ---- which keywords decide ---- */

static void find_spots(struct twin *twin, struct value *schema);

static void find_below(struct twin *twin, struct value *box)
{
    for (uint32_t i = 0; i < box->count; i++)
        find_spots(twin, box->members[i].value);
}

static void find_in(struct twin *twin, const struct st_keyword *keyword, struct value *value)
{
    switch (keyword->shape) {
    case ST_SHAPE_VALUE:
        break;
    case ST_SHAPE_SCHEMA:
        find_spots(twin, value);
        break;
    case ST_SHAPE_SCHEMA_OR_LIST:
        if (value->kind == ST_JSON_OBJECT)
            find_spots(twin, value);
        else
            find_below(twin, value);
        break;
    case ST_SHAPE_LIST:
    case ST_SHAPE_MAP:
    case ST_SHAPE_MAP_OR_NAMES:
        find_below(twin, value);
        break;
    }
}

static void find_spots(struct twin *twin, struct value *schema)
{
    for (uint32_t i = 0; schema->kind == ST_JSON_OBJECT && i < schema->count; i++) {
        const struct st_keyword *keyword =
            st_keyword_find(twin->made.draft, ST_VOCABULARY_ALL, schema->members[i].name);
        if (keyword == NULL || twin->spot_count == SPOTS_MAX)
            continue;
        twin->spots[twin->spot_count++] = (struct spot){schema, i, keyword->id};
        twin->goes_dynamic = twin->goes_dynamic || keyword->id == ST_KEYWORD_DYNAMIC_REF ||
                             keyword->id == ST_KEYWORD_RECURSIVE_REF;
        find_in(twin, keyword, schema->members[i].value);
    }
}

static void count_seen(struct twin *twin)
{
    bool here[ST_KEYWORD_COUNT] = {false};
    for (uint32_t i = 0; i < twin->spot_count; i++)
        here[twin->spots[i].id] = true;
    for (uint32_t id = 0; id < ST_KEYWORD_COUNT; id++)
        twin->tally.seen[id] += here[id];
}

/* What names, remarks or describes asserts nothing by itself. */
static bool decides(enum st_keyword_id id)
{
    switch (id) {
    case ST_KEYWORD_SCHEMA:
    case ST_KEYWORD_ID:
    case ST_KEYWORD_ID_4:
    case ST_KEYWORD_ANCHOR:
    case ST_KEYWORD_VOCABULARY:
    case ST_KEYWORD_COMMENT:
    case ST_KEYWORD_DEFS:
    case ST_KEYWORD_DEFINITIONS:
    case ST_KEYWORD_CONTENT_SCHEMA:
        return false;
    default:
        return true;
    }
}

/* Whether leaving the keyword out there could change a verdict. */
static bool can_decide(const struct twin *twin, enum st_keyword_id id)
{
    bool anchor = id == ST_KEYWORD_DYNAMIC_ANCHOR || id == ST_KEYWORD_RECURSIVE_ANCHOR;
    return decides(id) && (!anchor || twin->goes_dynamic);
}

/* Of the schema's keywords one of those that were tried least so far. */
static const struct spot *pick_spot(struct twin *twin)
{
    uint32_t first = dice_below(&twin->dice, twin->spot_count);
    const struct spot *best = NULL;
    for (uint32_t i = 0; i < twin->spot_count; i++) {
        const struct spot *spot = &twin->spots[(first + i) % twin->spot_count];
        if (can_decide(twin, spot->id) &&
            (best == NULL || twin->tally.tried[spot->id] < twin->tally.tried[best->id]))
            best = spot;
    }
    return best;
}

/* The schema without one of its keywords, on the same instances. */
static void try_without(struct twin *twin)
{
    const struct spot *spot = pick_spot(twin);
    if (spot == NULL)
        return;
    struct st_schema *schema;
    const struct member member = spot->schema->members[spot->at];
    twin->tally.tried[spot->id]++;
    value_cut(spot->schema, spot->at);
    st_buf_reset(&twin->schema_text);
    value_write(twin->made.root, NULL, &twin->schema_text);
    value_insert(&twin->arena, spot->schema, spot->at, member.name, member.value);
    if (!load(twin, st_buf_str(&twin->schema_text), &schema))
        return;
    bool decided = false;
    for (uint32_t i = 0; i < twin->asked_count; i++) {
        st_str text = {twin->texts.at + twin->asked[i].from, twin->asked[i].len};
        enum finding finding = twins_ask(&twin->both, schema, text, NUMBERED_BY_SCHEMA, false);
        decided = decided || twin->both.plain != twin->asked[i].valid;
        twin->tally.limits += finding == FOUND_LIMIT;
        if (!is_fault(finding))
            continue;
        twin->tally.faults++;
        tell_difference(twin, text, finding, NUMBERED_BY_SCHEMA);
        break;
    }
    twin->tally.decided[spot->id] += decided;
    st_schema_free(schema);
}

/* ---- cases ---- */

static void run_case(struct twin *twin)
{
    if (twin->number % TABLE_LIVES == 0 || twin->shared == NULL)
        renew_table(twin);
    st_arena_reset(&twin->arena);
    dice_init(&twin->dice, twin->seed * 0x9e3779b97f4a7c15u + twin->number, ST_STR(""));
    random_schema_make(&twin->made, &twin->arena, &twin->dice);
    st_buf_reset(&twin->schema_text);
    value_write(twin->made.root, dice_chance(&twin->dice, 20) ? &twin->dice : NULL,
                &twin->schema_text);
    twin->tally.cases++;
    if (twin->shows)
        printf("%.*s\n", ST_STR_ARG(st_buf_str(&twin->schema_text)));
    if (!load(twin, st_buf_str(&twin->schema_text), &twin->schema)) {
        twin->tally.refused++;
        return;
    }
    twin->tally.drafts[twin->made.draft]++;
    twin->tally.compiled += st_schema_is_compiled(twin->schema);
    ask_all(twin);
    st_schema_free(twin->schema);
    for (uint32_t i = 0; i < TRIES; i++) {
        twin->spot_count = 0;
        twin->goes_dynamic = false;
        find_spots(twin, twin->made.root);
        if (i == 0)
            count_seen(twin);
        if (twin->spot_count > 0)
            try_without(twin);
    }
}

/* ---- what is asked of all cases together ---- */

static const char *const keyword_names[] = {
#define KEYWORD_NAME(id, name, drafts, vocabulary, shape) name,
    ST_KEYWORD_LIST(KEYWORD_NAME)
#undef KEYWORD_NAME
};

static uint32_t report_keywords(const struct tally *tally)
{
    uint32_t bad = 0;
    printf("keywords (schemas with it/left out/decided then):");
    for (uint32_t id = 0; id < ST_KEYWORD_COUNT; id++) {
        bool idle = decides((enum st_keyword_id)id) && tally->decided[id] == 0;
        printf(" %s %" PRIu64 "/%" PRIu64 "/%" PRIu64 "%s", keyword_names[id], tally->seen[id],
               tally->tried[id], tally->decided[id], idle ? " NEVER DECIDED" : "");
        bad += idle;
    }
    printf("\n");
    return bad;
}

static uint32_t report_share(const char *what, uint64_t part, uint64_t whole, uint64_t least,
                             uint64_t most)
{
    uint64_t percent = whole == 0 ? 0 : 100 * part / whole;
    bool bad = percent < least || percent > most;
    printf("%s: %" PRIu64 " of %" PRIu64 " (%" PRIu64 " %%)%s\n", what, part, whole, percent,
           bad ? " TOO FEW OR TOO MANY" : "");
    return bad;
}

static uint32_t report(const struct tally *tally, uint64_t outlined)
{
    uint32_t bad = tally->faults;
    bad += report_share("pairs that are valid", tally->valid, tally->pairs, 30, 70);
    bad += report_share("schemas refused", tally->refused, tally->cases, 0, 10);
    bad += report_share("schemas with a program", tally->compiled, tally->cases, 90, 100);
    bad += report_share("schemas with valid and invalid instances", tally->mixed, tally->cases, 50,
                        100);
    bad += report_share("yes by an outline", outlined, tally->pairs, OUTLINED_MIN, 100);
    bad += report_share("pairs where the plain evaluator met a limit and the other did not",
                        tally->limits, tally->pairs, 0, 0);
    for (int i = 0; i < NUMBERINGS; i++)
        bad += tally->numbered[i] < tally->pairs / (NUMBERINGS + 1);
    printf("schemas by dialect:");
    for (int draft = 1; draft <= ST_DRAFT_V1; draft++) {
        printf(" %s %" PRIu64, st_draft_name((enum st_draft)draft), tally->drafts[draft]);
        bad += tally->drafts[draft] == 0;
    }
    printf("\n");
    bad += report_keywords(tally);
    printf("%" PRIu64 " pairs, %u differences\n", tally->pairs, tally->faults);
    return bad;
}

int main(int argc, char **argv)
{
    static struct twin twin;
    uint64_t pairs = argc > 2 ? strtoull(argv[2], NULL, 10) : PAIRS_USUAL;
    if (argc > 1)
        twin.seed = strtoull(argv[1], NULL, 10);
    else
        st_random_bytes(&twin.seed, sizeof twin.seed / 2);
    st_arena_init(&twin.arena, (size_t)512 << 20);
    twin.schema_text = ST_BUF((size_t)64 << 20);
    twin.texts = ST_BUF((size_t)256 << 20);
    twins_init(&twin.both);
    printf("seed %" PRIu64 "\n", twin.seed);
    fflush(stdout);
    if (argc > 3) {
        twin.number = strtoull(argv[3], NULL, 10);
        twin.shows = true;
        run_case(&twin);
    } else {
        for (; twin.tally.pairs < pairs && twin.tally.faults < FAULTS_MAX; twin.number++)
            run_case(&twin);
    }
    uint32_t bad = twin.shows ? twin.tally.faults
                              : report(&twin.tally, st_checker_outlined(twin.both.checker));
    twins_done(&twin.both);
    st_name_table_free(twin.shared);
    st_arena_done(&twin.arena);
    st_buf_done(&twin.schema_text);
    st_buf_done(&twin.texts);
    return bad > 0 ? 1 : 0;
}
