#include "contract/docs.h"

#include "contract/page.h"

#include "json/pointer.h"
#include "json/write.h"

/* ---- conditions ---- */

static void add_condition(struct st_page *page, const struct st_condition *condition)
{
    st_page_pointer(page, &condition->at);
    switch (condition->test) {
    case ST_TEST_EQUALS:
        st_page_add(page, " is ");
        st_page_json(page, condition->value);
        break;
    case ST_TEST_IN: {
        bool first = true;
        for (uint32_t at = st_json_first(page->doc, condition->value); at != ST_JSON_NONE;
             at = st_json_next(page->doc, condition->value, at)) {
            st_page_add(page, first ? " is one of " : ", ");
            first = false;
            st_page_json(page, at);
        }
        break;
    }
    case ST_TEST_EXISTS:
        st_page_add(page, condition->exists ? " is there" : " is not there");
        break;
    case ST_TEST_TYPE:
        st_page_add(page, " is of the JSON type ");
        st_page_text(page, condition->type);
        break;
    case ST_TEST_LIKE:
        st_page_add(page, " is a text like ");
        st_page_codes(page, &condition->names);
        break;
    case ST_TEST_ONLY_MEMBERS:
        st_page_add(page, " has no members but ");
        st_page_codes(page, &condition->names);
        break;
    case ST_TEST_SOLE_MEMBER:
        st_page_add(page, " has a single member, one of ");
        st_page_codes(page, &condition->names);
        break;
    }
}

static void add_conditions(struct st_page *page, const struct st_conditions *conditions)
{
    for (uint32_t i = 0; i < conditions->count; i++) {
        st_page_add(page, i == 0 ? "" : " and ");
        add_condition(page, &conditions->at[i]);
    }
}

/* ---- how an event is known ---- */

static void add_marks(struct st_page *page)
{
    const struct st_annotation *a = page->annotation;
    if (a->mark_count == 0) {
        st_page_add(page, "No mark tells an event of this contract: it must always be named.\n\n");
        return;
    }
    st_page_add(page, "An event for which no contract is named is of this one where one of these "
                      "marks holds. Over all contracts the lowest rank at which any mark holds "
                      "decides.\n\n");
    for (uint32_t i = 0; i < a->mark_count; i++) {
        st_page_add(page, "- rank ");
        st_page_number(page, a->marks[i].rank);
        st_page_add(page, ": ");
        add_conditions(page, &a->marks[i].all);
        st_page_add(page, "\n");
    }
    st_page_add(page, "\n");
}

static void add_pairs(struct st_page *page, const char *about, const char *left, const char *right,
                      const struct st_names *from, const struct st_names *to)
{
    const char *const heads[] = {left, right};
    if (from->count == 0)
        return;
    st_page_add(page, about);
    st_page_table(page, heads, 2);
    for (uint32_t i = 0; i < from->count; i++) {
        st_page_cell(page);
        st_page_code(page, from->at[i]);
        st_page_cell(page);
        st_page_code(page, to->at[i]);
        st_page_row(page);
    }
    st_page_table_end(page);
}

static void add_formats(struct st_page *page)
{
    uint32_t node = st_json_member(page->doc, 0, ST_STR("x-steno"));
    uint32_t list = st_json_member(page->doc, node, ST_STR("assert_formats"));
    if (list == ST_JSON_NONE) {
        st_page_add(page, "Every format that the schema mentions is asserted.\n\n");
        return;
    }
    st_page_add(page, "Of the formats that the schema mentions ");
    bool first = true;
    for (uint32_t at = st_json_first(page->doc, list); at != ST_JSON_NONE;
         at = st_json_next(page->doc, list, at)) {
        st_page_add(page, first ? "" : ", ");
        first = false;
        st_page_code(page, st_json_text(page->doc, at));
    }
    st_page_add(page,
                first ? "none is asserted; they only describe, unless `--strict-time` is said.\n\n"
                      : " is asserted; the others only describe, unless `--strict-time` is "
                        "said.\n\n");
}

static void add_recognition(struct st_page *page)
{
    const struct st_annotation *a = page->annotation;
    st_page_add(page, "## How an event is recognised\n\n");
    if (a->reserved)
        st_page_add(page, "Only steno itself writes events of this contract: from outside they are "
                          "refused.\n\n");
    add_marks(page);
    st_page_add(page, a->keeps_unknown_types
                          ? "An event of a type that is not named here is kept and recorded; no "
                            "view reads it, and its record is marked.\n\n"
                          : "An event of a type that is not named here is refused.\n\n");
    for (uint32_t i = 0; i < a->version_at.count; i++) {
        st_page_add(page, "The version that an event keeps to stands at ");
        st_page_pointer(page, &a->version_at.at[i]);
        st_page_add(page, ".\n\n");
    }
    add_formats(page);
    add_pairs(page,
              "An object with a single member of one of these names is read as the type "
              "beside it, and all that follows stands in the member's value.\n\n",
              "member", "type", &a->tags, &a->tag_types);
    add_pairs(page, "Old types are read as the new ones; the event's bytes stay as they came.\n\n",
              "old type", "type in the record", &a->old_types, &a->new_types);
    add_pairs(page, "Old names of resources are read as the new ones.\n\n", "old name",
              "name in the record", &a->old_resources, &a->new_resources);
}

/* ---- types ---- */

enum property { LEVEL, CATEGORY, SEVERITY };

/* What the rule says of the property; at == NULL: nothing. */
static st_str said(const struct st_classification *rule, enum property property)
{
    if (property == LEVEL)
        return rule->has_level ? st_str_of(st_level_name(rule->level)) : (st_str){NULL, 0};
    if (property == CATEGORY)
        return rule->category;
    return rule->has_severity ? st_str_of(st_severity_name(rule->severity)) : (st_str){NULL, 0};
}

/* "warn where …; else info": the rules in their order, up to the first that always applies.
 * `pattern`: the type is a pattern, to which only rules that say so themselves apply. */
static void add_said(struct st_page *page, st_str type, bool pattern, enum property property)
{
    static const char *const otherwise[] = {"ops", "", "info"};
    bool first = true;
    st_page_cell(page);
    for (uint32_t i = 0; i < page->annotation->classification_count; i++) {
        const struct st_classification *rule = &page->annotation->classifications[i];
        uint32_t index;
        bool applies = rule->scope.types.count == 0 ||
                       (pattern ? st_names_has(&rule->scope.types, type, &index)
                                : st_types_fit(&rule->scope.types, type));
        st_str text = said(rule, property);
        if (!applies || text.at == NULL)
            continue;
        st_page_add(page, first ? "" : rule->scope.when.count == 0 ? "; else " : "; ");
        st_page_text(page, text);
        if (rule->scope.when.count == 0)
            return;
        st_page_add(page, " where ");
        add_conditions(page, &rule->scope.when);
        first = false;
    }
    st_page_add(page, first || otherwise[property][0] == '\0' ? "" : "; else ");
    st_page_add(page, otherwise[property]);
}

static void add_type_row(struct st_page *page, st_str type)
{
    st_page_cell(page);
    st_page_code(page, type);
    add_said(page, type, false, LEVEL);
    add_said(page, type, false, CATEGORY);
    add_said(page, type, false, SEVERITY);
    st_page_branches(page, type);
    st_page_row(page);
}

/* Rules for types that the contract does not name. */
static void add_patterns(struct st_page *page)
{
    static const char *const heads[] = {"types", "level", "category", "severity"};
    const struct st_annotation *a = page->annotation;
    bool any = false;
    for (uint32_t i = 0; i < a->classification_count && a->keeps_unknown_types; i++) {
        const struct st_names *types = &a->classifications[i].scope.types;
        for (uint32_t k = 0; k < types->count; k++) {
            size_t star = 0;
            if (!st_str_find(types->at[k], '*', &star))
                continue;
            if (!any) {
                st_page_add(page,
                            "A type that is not named is classified by the first pattern that "
                            "fits it.\n\n");
                st_page_table(page, heads, sizeof heads / sizeof *heads);
            }
            any = true;
            st_page_cell(page);
            st_page_code(page, types->at[k]);
            add_said(page, types->at[k], true, LEVEL);
            add_said(page, types->at[k], true, CATEGORY);
            add_said(page, types->at[k], true, SEVERITY);
            st_page_row(page);
        }
    }
    if (any)
        st_page_table_end(page);
}

static void add_types(struct st_page *page)
{
    static const char *const heads[] = {
        "type", "level", "category", "severity", "where its fields are", "must have"};
    st_page_add(page, "## Types\n\n");
    st_page_table(page, heads, sizeof heads / sizeof *heads);
    for (uint32_t i = 0; st_contract_type(page->contract, i).at != NULL; i++)
        add_type_row(page, st_contract_type(page->contract, i));
    st_page_table_end(page);
    add_patterns(page);
}

/* ---- fields ---- */

static void add_member_text(struct st_page *page, uint32_t node, const char *name)
{
    uint32_t text = st_json_member(page->doc, node, st_str_of(name));
    if (text == ST_JSON_NONE)
        return;
    st_page_text(page, st_json_text(page->doc, text));
    st_page_add(page, "\n\n");
}

static void add_models(struct st_page *page)
{
    const struct st_annotation *a = page->annotation;
    st_page_add(page, "## Every event\n\n");
    st_page_fields(page, 0);
    if (a->model_names.count == 0)
        return;
    st_page_add(page, "## Models\n\nEach is a schema of its own: `steno contract show ");
    st_page_text(page, st_contract_ref(page->contract));
    st_page_add(page, " MODEL` prints it.\n\n");
    for (uint32_t i = 0; i < a->model_names.count; i++) {
        uint32_t node = st_pointer_find(page->doc, 0, a->model_pointers.at[i]);
        if (node == ST_JSON_NONE || node == 0)
            continue;
        st_page_add(page, "### ");
        st_page_text(page, a->model_names.at[i]);
        st_page_add(page, "\n\n");
        add_member_text(page, node, "description");
        st_page_fields(page, node);
    }
}

/* ---- the record ---- */

static void add_paths(struct st_page *page, const struct st_paths *paths)
{
    for (uint32_t i = 0; i < paths->count; i++) {
        st_page_add(page, i == 0 ? "" : ", else ");
        st_page_pointer(page, &paths->at[i]);
    }
}

static void add_scope(struct st_page *page, const struct st_scope *scope)
{
    if (scope->types.count > 0) {
        st_page_add(page, " for ");
        st_page_codes(page, &scope->types);
    }
    if (scope->when.count > 0) {
        st_page_add(page, " where ");
        add_conditions(page, &scope->when);
    }
}

/* How the time or the duration is written, where that is not RFC 3339. */
static void add_form(struct st_page *page, const struct st_place *place)
{
    static const char *const units[] = {[0] = "ns", [3] = "us", [6] = "ms", [9] = "s"};
    if (place->form == ST_TIME_UTC)
        st_page_add(page, " (without an offset: UTC)");
    bool known = place->shift > 0 && place->shift <= 9 && units[place->shift] != NULL;
    if (place->form != ST_TIME_UTC && known) {
        st_page_add(page, " in ");
        st_page_add(page, units[place->shift]);
    }
}

static void add_places(struct st_page *page, const struct st_places *places)
{
    for (uint32_t i = 0; i < places->count; i++) {
        const struct st_place *place = &places->at[i];
        st_page_add(page, i == 0 ? "" : "; ");
        if (place->value.at != NULL)
            st_page_code(page, place->value);
        else
            add_paths(page, &place->paths);
        add_form(page, place);
        add_scope(page, &place->scope);
    }
}

static void add_record_row(struct st_page *page, const char *what, const struct st_places *places)
{
    if (places->count == 0)
        return;
    st_page_cell(page);
    st_page_add(page, what);
    st_page_cell(page);
    add_places(page, places);
    st_page_row(page);
}

static void add_measure_row(struct st_page *page, const char *what, const struct st_paths *paths,
                            const struct st_scope *scope)
{
    if (paths->count == 0)
        return;
    st_page_cell(page);
    st_page_add(page, what);
    st_page_cell(page);
    add_paths(page, paths);
    add_scope(page, scope);
    st_page_row(page);
}

/* As they are stated: what of them overlaps is told apart by the contract's conventions. */
static void add_token_rows(struct st_page *page)
{
    static const char *const names[ST_TOKENS_COUNT] = {
        [ST_TOKENS_INPUT] = "input tokens",
        [ST_TOKENS_CACHE_READ] = "tokens read from a cache",
        [ST_TOKENS_CACHE_WRITE] = "tokens written to a cache",
        [ST_TOKENS_OUTPUT] = "output tokens",
        [ST_TOKENS_REASONING] = "reasoning tokens",
    };
    const struct st_annotation *a = page->annotation;
    for (uint32_t i = 0; i < a->tokens_count; i++) {
        const struct st_tokens_rule *rule = &a->tokens[i];
        for (unsigned k = 0; k < ST_TOKENS_COUNT; k++)
            add_measure_row(page, names[k], &rule->bucket[k], &rule->scope);
        add_measure_row(page, "total, which tells whether cached tokens are in the input",
                        &rule->total, &rule->scope);
    }
}

static void add_cost_rows(struct st_page *page)
{
    const struct st_annotation *a = page->annotation;
    for (uint32_t i = 0; i < a->cost_count; i++) {
        add_measure_row(page, "cost", &a->costs[i].paths, &a->costs[i].scope);
        add_record_row(page, "currency", &a->costs[i].currency);
        add_record_row(page, "price book", &a->costs[i].price_book);
        add_record_row(page, "ledger entry", &a->costs[i].ledger_entry);
    }
    add_record_row(page, "duration", &a->durations);
}

static void add_resource_rows(struct st_page *page)
{
    const struct st_annotation *a = page->annotation;
    for (uint32_t i = 0; i < a->resource_count; i++) {
        const struct st_resource_rule *rule = &a->resources[i];
        bool first = true;
        st_page_cell(page);
        st_page_add(page, "resource ");
        add_places(page, &rule->name);
        st_page_add(page, " (");
        st_page_add(page, st_resource_kind_name(rule->kind));
        st_page_add(page, ")");
        st_page_cell(page);
        for (unsigned k = 0; k < ST_FIGURE_COUNT; k++) {
            if (rule->figures[k].count == 0)
                continue;
            st_page_add(page, first ? "" : "; ");
            first = false;
            st_page_add(page, st_figure_name(k));
            st_page_add(page, ": ");
            add_paths(page, &rule->figures[k]);
        }
        add_scope(page, &rule->scope);
        st_page_row(page);
    }
}

static void add_record(struct st_page *page)
{
    static const char *const heads[] = {"in the record", "from"};
    const struct st_annotation *a = page->annotation;
    st_page_add(page, "## What the record takes from it\n\nWhat is not there, or of another JSON "
                      "type, is absent in the record. Of several places the first that holds "
                      "something counts.\n\n");
    st_page_table(page, heads, 2);
    add_record_row(page, "type", &a->type);
    add_record_row(page, "id", &a->id);
    add_record_row(page, "time", &a->time);
    add_record_row(page, "tenant", &a->tenant);
    add_record_row(page, "stream", &a->stream);
    add_record_row(page, "parent stream", &a->parent);
    add_record_row(page, "producer", &a->producer);
    add_record_row(page, "producer's number", &a->producer_seq);
    add_token_rows(page);
    add_cost_rows(page);
    add_resource_rows(page);
    st_page_table_end(page);
}

/* ---- choices and words ---- */

static void add_notes(struct st_page *page)
{
    struct st_contract_note note;
    for (uint32_t i = 0; st_contract_note(page->contract, i, &note); i++) {
        st_page_add(page, i == 0 ? "## What to know\n\n### " : "### ");
        st_page_text(page, note.about);
        st_page_add(page, "\n\n");
        st_page_text(page, note.text);
        st_page_add(page, "\n\n");
    }
}

static void add_retired(struct st_page *page)
{
    static const char *const heads[] = {"word", "instead", "reason"};
    if (st_contract_retired(page->contract, 0) == NULL)
        return;
    st_page_add(page, "## Words that are not used any more\n\n`steno contract lint ");
    st_page_text(page, st_contract_name(page->contract));
    st_page_add(page, " PATH` finds them.\n\n");
    st_page_table(page, heads, sizeof heads / sizeof *heads);
    for (uint32_t i = 0; st_contract_retired(page->contract, i) != NULL; i++) {
        const struct st_retired *word = st_contract_retired(page->contract, i);
        st_page_cell(page);
        st_page_code(page, word->term);
        st_page_cell(page);
        st_page_text(page, word->instead);
        st_page_cell(page);
        st_page_text(page, word->reason);
        st_page_row(page);
    }
    st_page_table_end(page);
}

/* The schema's examples. */
static void add_examples(struct st_page *page)
{
    uint32_t list = st_json_member(page->doc, 0, ST_STR("examples"));
    for (uint32_t at = list == ST_JSON_NONE ? list : st_json_first(page->doc, list);
         at != ST_JSON_NONE; at = st_json_next(page->doc, list, at)) {
        st_page_add(page, "```json\n");
        if (page->err == ST_OK)
            page->err = st_json_write_pretty(page->doc, at, page->out);
        st_page_add(page, "\n```\n\n");
    }
}

static void add_head(struct st_page *page)
{
    st_page_add(page, "<!-- Made by `steno contract docs ");
    st_page_text(page, st_contract_ref(page->contract));
    st_page_add(page, "`: change the contract, not this page. -->\n\n# ");
    st_page_text(page, st_contract_ref(page->contract));
    st_page_add(page, st_contract_title(page->contract).len == 0 ? "" : ": ");
    st_page_text(page, st_contract_title(page->contract));
    st_page_add(page, "\n\n");
    add_member_text(page, 0, "description");
    st_page_add(page,
                "The contract is a JSON Schema that any validator can read; `steno contract show ");
    st_page_text(page, st_contract_ref(page->contract));
    st_page_add(page,
                "` prints it, and what steno reads beside it stands in its member `x-steno`.");
    if (!st_contract_reserved(page->contract)) {
        st_page_add(page, " `steno check --contract ");
        st_page_text(page, st_contract_ref(page->contract));
        st_page_add(page, "` holds events against it, `steno new TYPE field=value …` makes one.");
    }
    st_page_add(page, "\n\n");
    add_examples(page);
}

st_err st_docs_write(const struct st_contract *contract, struct st_buf *out)
{
    struct st_page page;
    size_t before = out->len;
    st_page_init(&page, contract, out);
    add_head(&page);
    add_recognition(&page);
    add_types(&page);
    add_models(&page);
    add_record(&page);
    add_notes(&page);
    add_retired(&page);
    st_page_done(&page);
    /* Each piece ends with an empty line; the page with the end of its last line. */
    if (page.err == ST_OK && out->len > before + 1)
        out->len--;
    else if (page.err != ST_OK)
        out->len = before;
    return page.err;
}
