/*
 * Every type of every contract that ships is made from the facts that it asks for, and from them
 * alone. The facts come out of the contracts' case tables: what is asked for at a place, a valid
 * event of the type states there.
 */
#include "base/file.h"
#include "contract/construct.h"
#include "contract/registry.h"
#include "unit.h"
#include "json/pointer.h"

#define CASES_MAX  2048
#define FACTS_MAX  64
#define ROUNDS_MAX 8

static const char *const TABLES[] = {CONTRACT_CASES};

/* A valid event of the tables. */
struct sample {
    const struct st_contract *contract;
    st_str type;
    struct st_json doc;
};

struct bench {
    struct st_registry *registry;
    struct st_checker *checker;
    struct st_arena arena;
    struct sample samples[CASES_MAX];
    unsigned count;
    struct st_json doc; /* the event that was made */
    struct st_buf event;
    struct st_buf why;
    char facts[FACTS_MAX][8192]; /* "/a/b:=json" */
    const char *fields[FACTS_MAX];
    size_t field_count;
};

static struct bench b;

/* ---- samples ---- */

static st_str type_of(const struct st_contract *contract, const struct st_json *doc)
{
    struct st_record record;
    assert_ok(st_contract_read(contract, doc, 0, &b.arena, &record));
    return record.type.at == NULL ? ST_STR("") : st_arena_copy(&b.arena, record.type);
}

static void take_sample(const struct st_contract *contract, st_str text)
{
    bool valid;
    assert_true(b.count < CASES_MAX);
    struct sample *sample = &b.samples[b.count];
    st_json_init(&sample->doc);
    assert_ok(st_json_parse(&sample->doc, st_arena_copy(&b.arena, text), NULL, NULL));
    assert_ok(
        st_schema_check(st_contract_schema(contract), b.checker, &sample->doc, 0, &valid, NULL));
    if (!valid) {
        st_json_done(&sample->doc);
        return;
    }
    sample->contract = contract;
    sample->type = type_of(contract, &sample->doc);
    b.count++;
}

static const struct st_contract *contract_of_table(const char *path)
{
    char reference[128];
    const char *name = strrchr(path, '/') + 1;
    snprintf(reference, sizeof reference, "%s", name);
    *strstr(reference, ".ndjson") = '\0';
    *strrchr(reference, '-') = '@';
    const struct st_contract *contract = st_registry_find(b.registry, st_str_of(reference));
    assert_non_null(contract);
    return contract;
}

static void take_table(const char *path)
{
    struct st_buf table = ST_BUF((size_t)8 << 20);
    struct st_json line;
    const struct st_contract *contract = contract_of_table(path);
    st_json_init(&line);
    assert_ok(st_file_read(path, &table, NULL));
    for (st_str rest = st_buf_str(&table); rest.len > 0;) {
        st_str text;
        st_str_cut(rest, '\n', &text, &rest);
        assert_ok(st_json_parse(&line, text, NULL, NULL));
        take_sample(contract, st_json_raw(&line, st_json_member(&line, 0, ST_STR("event"))));
    }
    st_json_done(&line);
    st_buf_done(&table);
}

static void setup(void)
{
    struct st_schema_fault fault = {0};
    b = (struct bench){.event = ST_BUF((size_t)1 << 20), .why = ST_BUF((size_t)1 << 20)};
    if (st_registry_new(&b.registry, &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    assert_ok(st_checker_new(&b.checker));
    st_json_init(&b.doc);
    st_arena_init(&b.arena, (size_t)64 << 20);
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++)
        take_table(TABLES[i]);
    assert_int_equal(sizeof TABLES / sizeof *TABLES, st_registry_count(b.registry));
}

static void teardown(void)
{
    for (unsigned i = 0; i < b.count; i++)
        st_json_done(&b.samples[i].doc);
    st_arena_done(&b.arena);
    st_buf_done(&b.why);
    st_buf_done(&b.event);
    st_json_done(&b.doc);
    st_checker_free(b.checker);
    st_registry_free(b.registry);
}

/* ---- facts ---- */

static void pointer_of_path(st_str path, struct st_buf *pointer)
{
    st_buf_reset(pointer);
    path = st_str_from(path, 2);
    for (bool more = true; more;) {
        st_str token;
        more = st_str_cut(path, '.', &token, &path);
        assert_ok(st_pointer_add(pointer, token));
    }
}

/* What the sample states at a place that the line asks for: "$.a.b is required: …", or "$.a or $.b
 * is required, …". Fails on a line that asks for nothing. */
static uint32_t find_fact(const struct sample *sample, st_str line, const char *type,
                          struct st_buf *pointer)
{
    uint32_t found = ST_JSON_NONE;
    for (;;) {
        st_str word;
        st_str_cut(line, ' ', &word, &line);
        if (!st_str_starts(word, ST_STR("$.")))
            fail_msg("%s: %.*s %.*s", type, ST_STR_ARG(word), ST_STR_ARG(line));
        if (found == ST_JSON_NONE) {
            pointer_of_path(word, pointer);
            found = st_pointer_find(&sample->doc, 0, st_buf_str(pointer));
        }
        if (!st_str_starts(line, ST_STR("or $.")))
            break;
        line = st_str_from(line, 3);
    }
    if (!st_str_starts(line, ST_STR("is required")))
        fail_msg("%s: %.*s", type, ST_STR_ARG(line));
    return found;
}

/* Whether the sample states all that is asked for; what it states becomes fields. */
static bool add_facts(const struct sample *sample, const char *type)
{
    struct st_buf pointer = ST_BUF(4096);
    bool all = true;
    for (st_str rest = st_buf_str(&b.why); rest.len > 0 && all;) {
        st_str line;
        st_str_cut(rest, '\n', &line, &rest);
        uint32_t node = find_fact(sample, line, type, &pointer);
        all = node != ST_JSON_NONE;
        if (!all)
            break;
        assert_true(b.field_count < FACTS_MAX);
        char *fact = b.facts[b.field_count];
        int len = snprintf(fact, sizeof b.facts[0], "%.*s:=%.*s", ST_STR_ARG(st_buf_str(&pointer)),
                           ST_STR_ARG(st_json_raw(&sample->doc, node)));
        assert_true(len > 0 && (size_t)len < sizeof b.facts[0]);
        b.fields[b.field_count++] = fact;
    }
    st_buf_done(&pointer);
    return all;
}

static st_err make(const struct st_contract *contract, const char *type)
{
    const struct st_construct order = {
        .type = st_str_of(type),
        .fields = b.fields,
        .field_count = b.field_count,
        .now = {1770495714, 0},
    };
    st_buf_reset(&b.event);
    st_err err = st_contract_construct(contract, &order, &b.event, &b.why);
    assert_int_equal(err == ST_OK, b.why.len == 0);
    return err;
}

/* Whether the type can be made from what the sample states at the places that are asked for. */
static bool make_from(const struct sample *sample, const char *type)
{
    b.field_count = 0;
    for (int round = 0; round < ROUNDS_MAX; round++) {
        st_err err = make(sample->contract, type);
        if (err == ST_OK)
            return true;
        assert_err(err, INVALID);
        if (!add_facts(sample, type))
            return false;
    }
    return false;
}

/* ---- what was made ---- */

static void check_made(const struct st_contract *contract, const char *type)
{
    bool valid;
    struct st_candidates candidates;
    assert_ok(st_json_parse(&b.doc, st_buf_str(&b.event), NULL, NULL));
    assert_ok(st_schema_check(st_contract_schema(contract), b.checker, &b.doc, 0, &valid, NULL));
    if (!valid)
        fail_msg("%.*s is not valid", ST_STR_ARG(st_buf_str(&b.event)));
    if (st_registry_resolve(b.registry, &b.doc, 0, &candidates) != contract)
        fail_msg("%.*s is not recognised", ST_STR_ARG(st_buf_str(&b.event)));
    assert_text(type_of(contract, &b.doc), type);
}

/* Each fact is one that is needed. */
static void check_needed(const struct st_contract *contract, const char *type)
{
    const char *fields[FACTS_MAX];
    size_t count = b.field_count;
    memcpy(fields, b.fields, sizeof fields);
    b.field_count = count - 1;
    for (size_t without = 0; without < count; without++) {
        memcpy(b.fields, fields, sizeof fields);
        memmove(&b.fields[without], &b.fields[without + 1],
                (count - without - 1) * sizeof *b.fields);
        if (make(contract, type) == ST_OK)
            fail_msg("%s is made without %s", type, fields[without]);
        assert_int_equal(b.event.len, 0);
    }
}

static void make_type(const struct st_contract *contract, st_str named)
{
    char type[128];
    bool made = false;
    snprintf(type, sizeof type, "%.*s", ST_STR_ARG(named));
    for (unsigned i = 0; i < b.count && !made; i++)
        made = b.samples[i].contract == contract && st_str_eq(b.samples[i].type, named) &&
               make_from(&b.samples[i], type);
    if (!made)
        fail_msg("%s of %.*s cannot be made: %.*s", type, ST_STR_ARG(st_contract_ref(contract)),
                 ST_STR_ARG(st_buf_str(&b.why)));
    check_made(contract, type);
    if (b.field_count > 0)
        check_needed(contract, type);
}

TEST(
    "N1: every type of every contract is made from the facts that it asks for, and not without one")
{
    unsigned types = 0;
    setup();
    for (uint32_t i = 0; i < st_registry_count(b.registry); i++) {
        const struct st_contract *contract = st_registry_at(b.registry, i);
        st_str type;
        for (uint32_t t = 0; (type = st_contract_type(contract, t)).at != NULL; t++, types++)
            make_type(contract, type);
    }
    assert_true(types > 200);
    teardown();
}
