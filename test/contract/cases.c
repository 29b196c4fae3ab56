/*
 * cases.c: every shipped contract held against its case table, cases/NAME-VERSION.ndjson.
 *
 * A line is one case:
 *
 *   {"name": "a sentence",
 *    "errors": [{"path", "pointer", "keyword", "message"}, …],
 *    "event": {…},
 *    "record": {…},            what is read in the event; may be left out
 *    "document": "file, part", where the event stands as an example; may be left out
 *    "ajv": "a reason"}        why the second judge leaves the case out; may be left out
 *
 * The errors are the whole set of what must be mended whatever else is (definite leaves), in any
 * order; a message may go on behind what is stated. An event that is refused only for a choice
 * (anyOf, oneOf) has no such leaf: its errors are [] and "valid" is false.
 *
 * Of the record each member that is stated must be so, and a stated null means absent:
 *
 *   "type", "id", "tenant", "stream", "parent", "producer", "category": texts
 *   "level", "severity": their names     "time": an instant, as RFC 3339 text
 *   "producer_seq", "duration_ns": whole numbers
 *   "tokens": {"uncached_input", "cache_read", "cache_write", "output", "reasoning"}
 *   "cost": {"amount" in units of the currency, "partial": true where the amount is cut,
 *            "currency", "price_book", "ledger_entry"}
 *   "resources": [{"kind", "name", "principal", "amount", "balance", "used", "quota",
 *                  "window_remaining", "partial": [figures that are cut]}, …]: all of them, each
 * whole "unknown_type": whether the contract keeps the type without naming it
 *
 * An event that has a structured form is valid in it, too, and has the same form from there.
 *
 * Every type that a contract names stands in its table with its level and category. judge.mjs reads
 * the same tables with ajv.
 */
#include "base/file.h"
#include "compiled_judge.h"
#include "contract/amount.h"
#include "contract/registry.h"
#include "unit.h"
#include "json/lines.h"
#include "json/number.h"
#include "json/pointer.h"

#include <stdlib.h>

#define ERRORS_MAX 64
#define TYPES_MAX  512
#define CASES_MIN  80 /* a contract */

static const char *const TABLES[] = {CONTRACT_CASES};

/* One error in one line of text: path, pointer, keyword, message. */
struct errors {
    st_str at[ERRORS_MAX];
    size_t count;
};

struct bench {
    struct st_registry *registry;
    const struct st_contract *contract;
    struct st_checker *checker;
    struct twins twins; /* of the compiled and the plain answer */
    struct st_json line;
    struct st_json event;
    struct st_arena arena;
    struct st_report report;
    bool seen[TYPES_MAX]; /* the contract's types of which a case has stated level and category */
    unsigned forms;       /* structured forms that were looked at */
};

static void setup(struct bench *b)
{
    struct st_schema_fault fault = {0};
    if (st_registry_new(&b->registry, &fault) != ST_OK)
        fail_msg("%s: %s", fault.pointer, fault.message);
    assert_ok(st_checker_new(&b->checker));
    twins_init(&b->twins);
    st_json_init(&b->line);
    st_json_init(&b->event);
    st_arena_init(&b->arena, (size_t)16 << 20);
    st_report_init(&b->report, &b->arena, ST_REPORT_VIOLATIONS_MAX);
}

static void teardown(struct bench *b)
{
    st_arena_done(&b->arena);
    st_json_done(&b->event);
    st_json_done(&b->line);
    twins_done(&b->twins);
    st_checker_free(b->checker);
    st_registry_free(b->registry);
}

/* The contract whose file has the table's name. */
static const struct st_contract *contract_of_table(const struct bench *b, const char *path)
{
    char expected[ST_CONTRACT_REF_BYTES_MAX + 16];
    const char *slash = strrchr(path, '/');
    assert_non_null(slash);
    for (uint32_t i = 0; i < st_registry_count(b->registry); i++) {
        const struct st_contract *contract = st_registry_at(b->registry, i);
        snprintf(expected, sizeof(expected), "%.*s-%.*s.ndjson",
                 ST_STR_ARG(st_contract_name(contract)), ST_STR_ARG(st_contract_version(contract)));
        if (strcmp(slash + 1, expected) == 0)
            return contract;
    }
    return NULL;
}

static uint32_t member(const struct bench *b, uint32_t node, const char *name)
{
    return st_json_member(&b->line, node, st_str_of(name));
}

static st_str text_at(const struct bench *b, uint32_t node, const char *name)
{
    uint32_t value = member(b, node, name);
    assert_true(value != ST_JSON_NONE);
    return st_json_text(&b->line, value);
}

/* ---- errors ---- */

static void add_error(struct bench *b, struct errors *errors, st_str path, st_str pointer,
                      st_str keyword, st_str message)
{
    struct st_buf text = ST_BUF(4096);
    assert_true(errors->count < ERRORS_MAX);
    assert_ok(st_buf_printf(&text, "%.*s  %.*s  %.*s  %.*s", ST_STR_ARG(path), ST_STR_ARG(pointer),
                            ST_STR_ARG(keyword), ST_STR_ARG(message)));
    errors->at[errors->count++] = st_arena_copy(&b->arena, st_buf_str(&text));
    st_buf_done(&text);
}

static int by_text(const void *a, const void *b)
{
    return st_str_cmp(*(const st_str *)a, *(const st_str *)b);
}

static void read_expected(struct bench *b, struct errors *errors)
{
    uint32_t list = member(b, 0, "errors");
    assert_int_equal(st_json_kind(&b->line, list), ST_JSON_ARRAY);
    errors->count = 0;
    for (uint32_t at = st_json_first(&b->line, list); at != ST_JSON_NONE;
         at = st_json_next(&b->line, list, at))
        add_error(b, errors, text_at(b, at, "path"), text_at(b, at, "pointer"),
                  text_at(b, at, "keyword"), text_at(b, at, "message"));
    qsort(errors->at, errors->count, sizeof(errors->at[0]), by_text);
}

static void read_found(struct bench *b, struct errors *errors)
{
    errors->count = 0;
    for (uint32_t i = 0; i < b->report.count; i++) {
        const struct st_violation *v = &b->report.violations[i];
        if (!v->leaf || !v->definite)
            continue;
        struct st_buf path = ST_BUF(4096);
        assert_ok(st_pointer_to_path(v->subject, &b->event, &path));
        add_error(b, errors, st_buf_str(&path), v->subject, v->keyword, v->message);
        st_buf_done(&path);
    }
    qsort(errors->at, errors->count, sizeof(errors->at[0]), by_text);
}

static bool agree(const struct errors *expected, const struct errors *found)
{
    if (expected->count != found->count)
        return false;
    for (size_t i = 0; i < found->count; i++)
        if (!st_str_starts(found->at[i], expected->at[i]))
            return false;
    return true;
}

static void show(const char *what, const struct errors *errors)
{
    for (size_t i = 0; i < errors->count; i++)
        print_error("  %s %.*s\n", what, ST_STR_ARG(errors->at[i]));
}

/* The verdict that the case states: without errors valid, unless it says otherwise. */
static bool expects_valid(const struct bench *b, const struct errors *expected)
{
    uint32_t valid = member(b, 0, "valid");
    if (valid == ST_JSON_NONE)
        return expected->count == 0;
    assert_int_equal(st_json_kind(&b->line, valid), ST_JSON_FALSE);
    return false;
}

/* Whether the contract says of the event what the case says, with and without a report. */
static bool check_errors(struct bench *b)
{
    struct errors expected;
    struct errors found;
    bool valid;
    bool valid_briefly;
    const struct st_schema *schema = st_contract_schema(b->contract);
    assert_ok(st_schema_check(schema, b->checker, &b->event, 0, &valid, &b->report));
    assert_ok(st_schema_check(schema, b->checker, &b->event, 0, &valid_briefly, NULL));
    assert_twins(&b->twins, schema, b->event.text, valid);
    assert_ok(st_registry_explain(b->registry, b->contract, &b->event, 0, &b->report));
    read_expected(b, &expected);
    read_found(b, &found);
    if (agree(&expected, &found) && valid == expects_valid(b, &expected) && valid_briefly == valid)
        return true;
    print_error("%.*s: %s\n", ST_STR_ARG(text_at(b, 0, "name")), valid ? "valid" : "not valid");
    show("expected", &expected);
    show("found   ", &found);
    return false;
}

/* ---- the record ---- */

/* A stated value against what was read. */
struct claim {
    const struct bench *bench;
    uint32_t node; /* the expected value in the case's line */
};

static bool is_null(const struct claim *claim)
{
    return st_json_kind(&claim->bench->line, claim->node) == ST_JSON_NULL;
}

static st_str stated(const struct claim *claim)
{
    return st_json_text(&claim->bench->line, claim->node);
}

static bool is_text(const struct claim *claim, st_str found)
{
    if (is_null(claim) || found.at == NULL)
        return is_null(claim) && found.at == NULL;
    return st_json_kind(&claim->bench->line, claim->node) == ST_JSON_STRING &&
           st_str_eq(stated(claim), found);
}

static bool is_count(const struct claim *claim, bool has, uint64_t found)
{
    uint64_t expected;
    if (is_null(claim) || !has)
        return is_null(claim) && !has;
    return st_json_kind(&claim->bench->line, claim->node) == ST_JSON_NUMBER &&
           st_number_to_u64(stated(claim), &expected) == ST_OK && expected == found;
}

static bool is_time(const struct claim *claim, const struct st_record *record)
{
    st_time expected;
    bool has = (record->has & ST_HAS_TIME) != 0;
    if (is_null(claim) || !has)
        return is_null(claim) && !has;
    return st_json_kind(&claim->bench->line, claim->node) == ST_JSON_STRING &&
           st_time_parse(stated(claim), &expected) == ST_OK &&
           st_time_cmp(expected, record->time) == 0;
}

static bool is_bucket(const struct claim *claim, st_str name, const struct st_record *record)
{
    for (int i = 0; i < ST_TOKENS_COUNT; i++)
        if (st_str_eq(name, st_str_of(st_tokens_name((enum st_tokens)i))))
            return is_count(claim, (record->has & ST_HAS_TOKENS(i)) != 0, record->tokens[i]);
    return false;
}

static bool is_cost_part(const struct claim *claim, st_str name, const struct st_record *record)
{
    bool has = (record->has & ST_HAS_COST) != 0;
    bool partial = (record->has & ST_HAS_COST_PARTIAL) != 0;
    enum st_json_kind kind = st_json_kind(&claim->bench->line, claim->node);
    int64_t nano;
    if (st_str_eq(name, ST_STR("partial")))
        return kind == (partial ? ST_JSON_TRUE : ST_JSON_FALSE);
    if (st_str_eq(name, ST_STR("currency")))
        return is_text(claim, record->currency);
    if (st_str_eq(name, ST_STR("price_book")))
        return is_text(claim, record->price_book);
    if (st_str_eq(name, ST_STR("ledger_entry")))
        return is_text(claim, record->ledger_entry);
    if (!st_str_eq(name, ST_STR("amount")))
        return false;
    if (is_null(claim) || !has)
        return is_null(claim) && !has;
    return kind == ST_JSON_NUMBER && st_amount_of(stated(claim), 9, &nano) == ST_AMOUNT_EXACT &&
           nano == record->cost_nano;
}

typedef bool part_fn(const struct claim *claim, st_str name, const struct st_record *record);

/* Every member of the object stands so in the record; null: none of it is there. */
static bool is_object(const struct claim *claim, bool has, part_fn *part,
                      const struct st_record *record)
{
    const struct st_json *line = &claim->bench->line;
    if (is_null(claim))
        return !has;
    if (st_json_kind(line, claim->node) != ST_JSON_OBJECT || line->nodes[claim->node].len == 0)
        return false;
    for (uint32_t at = st_json_first(line, claim->node); at != ST_JSON_NONE;
         at = st_json_next(line, claim->node, at)) {
        const struct claim inner = {claim->bench, at + 1};
        if (!part(&inner, st_json_text(line, at), record))
            return false;
    }
    return true;
}

/* The figure as it is stated, and whether it is stated that it is cut. */
static bool is_figure(const struct claim *claim, enum st_figure figure,
                      const struct st_resource_entry *entry)
{
    const struct st_json *line = &claim->bench->line;
    bool has = (entry->stated & ST_FIGURE_BIT(figure)) != 0;
    bool cut = false;
    struct st_quantity quantity;
    uint32_t node = st_json_member(line, claim->node, st_str_of(st_figure_name(figure)));
    uint32_t partial = st_json_member(line, claim->node, ST_STR("partial"));
    for (uint32_t at = partial == ST_JSON_NONE ? partial : st_json_first(line, partial);
         at != ST_JSON_NONE; at = st_json_next(line, partial, at))
        cut = cut || st_str_eq(st_json_text(line, at), st_str_of(st_figure_name(figure)));
    if (node == ST_JSON_NONE || !has)
        return node == ST_JSON_NONE && !has && !cut;
    return st_json_kind(line, node) == ST_JSON_NUMBER &&
           st_amount_quantity(st_json_text(line, node), &quantity) == ST_AMOUNT_EXACT &&
           quantity.coefficient == entry->figures[figure].coefficient &&
           quantity.scale == entry->figures[figure].scale &&
           cut == ((entry->cut & ST_FIGURE_BIT(figure)) != 0);
}

static bool is_text_at(const struct claim *claim, const char *name, st_str found)
{
    const struct claim inner = {claim->bench, member(claim->bench, claim->node, name)};
    return inner.node == ST_JSON_NONE ? found.at == NULL : is_text(&inner, found);
}

/* A kind that the event does not state may be left out. */
static bool is_entry(const struct claim *claim, const struct st_resource_entry *entry)
{
    const char *kind = st_resource_kind_name((enum st_resource_kind)entry->kind);
    bool good = st_json_kind(&claim->bench->line, claim->node) == ST_JSON_OBJECT;
    if (entry->kind != ST_RESOURCE_UNSTATED ||
        member(claim->bench, claim->node, "kind") != ST_JSON_NONE)
        good = good && is_text_at(claim, "kind", st_str_of(kind));
    good = good && is_text_at(claim, "name", entry->name) &&
           is_text_at(claim, "principal", entry->principal);
    for (int i = 0; i < ST_FIGURE_COUNT; i++)
        good = good && is_figure(claim, (enum st_figure)i, entry);
    return good;
}

static bool are_resources(const struct claim *claim, const struct st_record *record)
{
    const struct st_json *line = &claim->bench->line;
    if (is_null(claim))
        return record->resource_count == 0;
    if (st_json_kind(line, claim->node) != ST_JSON_ARRAY ||
        line->nodes[claim->node].len != record->resource_count)
        return false;
    unsigned i = 0;
    for (uint32_t at = st_json_first(line, claim->node); at != ST_JSON_NONE;
         at = st_json_next(line, claim->node, at), i++) {
        const struct claim inner = {claim->bench, at};
        if (!is_entry(&inner, &record->resources[i]))
            return false;
    }
    return true;
}

#define HAS_TOKENS (ST_HAS_TOKENS(ST_TOKENS_COUNT) - ST_HAS_TOKENS(0))

static bool is_member(const struct claim *claim, st_str name, const struct st_record *r)
{
    const struct {
        const char *name;
        st_str text;
    } texts[] = {
        {"type", r->type},
        {"id", r->id},
        {"tenant", r->tenant},
        {"stream", r->stream},
        {"parent", r->parent},
        {"producer", r->producer},
        {"category", r->category},
        {"level", st_str_of(st_level_name((enum st_level)r->level))},
        {"severity", st_str_of(st_severity_name((enum st_severity)r->severity))},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (st_str_eq(name, st_str_of(texts[i].name)))
            return is_text(claim, texts[i].text);
    if (st_str_eq(name, ST_STR("time")))
        return is_time(claim, r);
    if (st_str_eq(name, ST_STR("producer_seq")))
        return is_count(claim, (r->has & ST_HAS_PRODUCER_SEQ) != 0, r->producer_seq);
    if (st_str_eq(name, ST_STR("duration_ns")))
        return is_count(claim, (r->has & ST_HAS_DURATION) != 0, (uint64_t)r->duration_ns);
    if (st_str_eq(name, ST_STR("tokens")))
        return is_object(claim, (r->has & HAS_TOKENS) != 0, is_bucket, r);
    if (st_str_eq(name, ST_STR("cost")))
        return is_object(claim, (r->has & ST_HAS_COST) != 0, is_cost_part, r);
    if (st_str_eq(name, ST_STR("resources")))
        return are_resources(claim, r);
    if (st_str_eq(name, ST_STR("unknown_type")))
        return st_json_kind(&claim->bench->line, claim->node) ==
               (r->marks & ST_MARK_UNKNOWN_TYPE ? ST_JSON_TRUE : ST_JSON_FALSE);
    return false;
}

static void note_type(struct bench *b, st_str type)
{
    st_str named;
    for (uint32_t i = 0; (named = st_contract_type(b->contract, i)).at != NULL; i++) {
        assert_true(i < TYPES_MAX);
        if (st_str_eq(named, type))
            b->seen[i] = true;
    }
}

/* Whether what the case states of the record is what is read in the event. */
static bool check_record(struct bench *b)
{
    struct st_record record = {0};
    uint32_t expected = member(b, 0, "record");
    bool good = true;
    assert_ok(st_contract_read(b->contract, &b->event, 0, &b->arena, &record));
    if (expected == ST_JSON_NONE)
        return true;
    if (member(b, expected, "level") != ST_JSON_NONE &&
        member(b, expected, "category") != ST_JSON_NONE)
        note_type(b, record.type);
    for (uint32_t at = st_json_first(&b->line, expected); at != ST_JSON_NONE;
         at = st_json_next(&b->line, expected, at)) {
        const struct claim claim = {b, at + 1};
        if (is_member(&claim, st_json_text(&b->line, at), &record))
            continue;
        good = false;
        print_error("%.*s: the record's %.*s is not %.*s\n", ST_STR_ARG(text_at(b, 0, "name")),
                    ST_STR_ARG(st_json_text(&b->line, at)),
                    ST_STR_ARG(st_json_raw(&b->line, at + 1)));
    }
    return good;
}

/* ---- the structured form ---- */

/* Appends the form of the event that `doc` holds; false: it has none. */
static bool structure(struct bench *b, const struct st_json *doc, struct st_buf *out)
{
    struct st_record record = {0};
    assert_ok(st_contract_read(b->contract, doc, 0, &b->arena, &record));
    st_err err = st_contract_structure(b->contract, doc, 0, &record, out);
    assert_true(err == ST_OK || err == ST_ERR_ABSENT);
    return err == ST_OK;
}

/* Whether the event, if it is valid and has a structured form, is valid in that form and has the
 * same form again. */
static bool check_structured(struct bench *b)
{
    struct st_buf form = ST_BUF((size_t)2 << 20);
    struct st_buf again = ST_BUF((size_t)2 << 20);
    struct st_json doc;
    const struct st_schema *schema = st_contract_schema(b->contract);
    bool valid;
    st_json_init(&doc);
    assert_ok(st_schema_check(schema, b->checker, &b->event, 0, &valid, NULL));
    bool good = true;
    if (valid && structure(b, &b->event, &form)) {
        assert_ok(st_json_parse(&doc, st_buf_str(&form), NULL, NULL));
        assert_ok(st_schema_check(schema, b->checker, &doc, 0, &good, NULL));
        good =
            good && structure(b, &doc, &again) && st_str_eq(st_buf_str(&form), st_buf_str(&again));
        b->forms++;
    }
    if (!good)
        print_error("%.*s: its structured form is %.*s\n", ST_STR_ARG(text_at(b, 0, "name")),
                    ST_STR_ARG(st_buf_str(&form)));
    st_json_done(&doc);
    st_buf_done(&again);
    st_buf_done(&form);
    return good;
}

/* ---- tables ---- */

static bool check_case(struct bench *b, st_str line)
{
    st_report_reset(&b->report);
    st_arena_reset(&b->arena);
    assert_ok(st_json_parse(&b->line, line, NULL, NULL));
    uint32_t event = member(b, 0, "event");
    assert_true(event != ST_JSON_NONE);
    assert_ok(st_json_parse(&b->event, st_json_raw(&b->line, event), NULL, NULL));
    bool errors = check_errors(b);
    bool record = check_record(b);
    bool structured = check_structured(b);
    return errors && record && structured;
}

static void check_types(const struct bench *b, const char *path)
{
    st_str named;
    for (uint32_t i = 0; (named = st_contract_type(b->contract, i)).at != NULL; i++)
        if (!b->seen[i])
            fail_msg("%s: no case states level and category of %.*s", path, ST_STR_ARG(named));
}

static void check_table(struct bench *b, const char *path)
{
    struct st_buf table = ST_BUF((size_t)4 << 20);
    struct st_lines lines;
    struct st_line line;
    unsigned cases = 0;
    unsigned bad = 0;
    b->contract = contract_of_table(b, path);
    if (b->contract == NULL)
        fail_msg("%s: no contract of that name ships", path);
    memset(b->seen, 0, sizeof(b->seen));
    assert_ok(st_file_read(path, &table, NULL));
    st_lines_init(&lines, (size_t)1 << 20);
    st_str rest = st_buf_str(&table);
    bool found;
    for (;;) {
        assert_ok(st_lines_take(&lines, &rest, &line, &found));
        if (!found)
            break;
        cases++;
        bad += !check_case(b, line.text);
    }
    st_lines_done(&lines);
    st_buf_done(&table);
    if (bad > 0)
        fail_msg("%s: %u of %u cases", path, bad, cases);
    if (cases < CASES_MIN)
        fail_msg("%s: only %u cases", path, cases);
    check_types(b, path);
}

TEST("V1, V2: a contract says of every case in its table exactly what is wrong with it")
{
    struct bench b;
    setup(&b);
    for (size_t i = 0; i < sizeof(TABLES) / sizeof(TABLES[0]); i++)
        check_table(&b, TABLES[i]);
    assert_true(b.forms >= CASES_MIN); /* those of runtime-events@1 */
    teardown(&b);
}

TEST("every contract that ships has a table")
{
    struct bench b;
    setup(&b);
    assert_int_equal(st_registry_count(b.registry), sizeof(TABLES) / sizeof(TABLES[0]));
    for (size_t i = 0; i < sizeof(TABLES) / sizeof(TABLES[0]); i++)
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(TABLES[i], TABLES[j]);
    teardown(&b);
}
