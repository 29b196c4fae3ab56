/*
 * compile.c: the rules of one schema, from its keywords.
 *
 * The metaschema has been satisfied, but a metaschema of the user's own may say anything: every
 * value is checked again here before it is used.
 */
#include "schema/loader.h"

#include "json/compare.h"

#include <stdlib.h>

/* ---- pieces that keywords share ---- */

struct st_rule *st_compile_add(struct st_compile *c, enum st_rule_kind kind, const char *keyword,
                               uint32_t value)
{
    ST_BUG_IF(c->count == sizeof c->rules / sizeof c->rules[0]);
    struct st_rule *rule = &c->rules[c->count++];
    *rule = (struct st_rule){.kind = kind, .keyword = keyword, .value = value};
    return rule;
}

st_err st_compile_expect(struct st_compile *c, uint32_t node, enum st_json_kind kind)
{
    if (st_json_kind(c->json, node) == kind)
        return ST_OK;
    return st_load_fault(c->loader, ST_ERR_INVALID, c->document, node, "must be type %s",
                         st_json_kind_name(kind));
}

st_err st_compile_subschema(struct st_compile *c, uint32_t node, const struct st_plain **plain)
{
    *plain = c->document->plains[node];
    if (*plain != NULL)
        return ST_OK;
    return st_load_fault(c->loader, ST_ERR_INVALID, c->document, node,
                         "must be a schema: an object, true or false");
}

/* A count, held at 2^64-1 when it is larger: no value has so many of anything. */
st_err st_compile_count(struct st_compile *c, uint32_t node, uint64_t *count)
{
    if (st_json_kind(c->json, node) == ST_JSON_NUMBER) {
        st_str literal = st_json_text(c->json, node);
        struct st_decimal number = st_decimal_of(literal);
        bool negative = number.negative && number.count > 0;
        if (st_decimal_is_integer(number) && !negative) {
            if (st_number_to_u64(literal, count) != ST_OK)
                *count = UINT64_MAX;
            return ST_OK;
        }
    }
    return st_load_fault(c->loader, ST_ERR_INVALID, c->document, node,
                         "must be a non-negative integer");
}

/* Patterns that are written twice are compiled once. */
st_err st_compile_pattern(struct st_compile *c, uint32_t node, const struct st_pattern **pattern)
{
    struct st_loader *loader = c->loader;
    st_err err = st_compile_expect(c, node, ST_JSON_STRING);
    if (err != ST_OK)
        return err;
    st_str source = st_json_text(c->json, node);
    const struct st_map_entry *known = st_map_find(&loader->patterns, source);
    if (known != NULL) {
        *pattern = (const struct st_pattern *)(uintptr_t)
                       known->value; /* NOLINT(performance-no-int-to-ptr) */
        return ST_OK;
    }

    struct st_compiled_pattern *kept = st_load_get(loader, sizeof *kept);
    if (kept == NULL)
        return st_load_no_memory(loader);
    struct st_why why = {0};
    err = st_pattern_compile(&kept->pattern, source, &why);
    if (err == ST_ERR_MEMORY)
        return st_load_no_memory(loader);
    if (err != ST_OK)
        return st_load_fault(
            loader, err, c->document, node, "must be an ECMA-262 pattern: %s at byte %llu of it",
            why.text != NULL ? why.text : st_err_text(err), (unsigned long long)why.offset);
    kept->next = loader->schema->patterns;
    loader->schema->patterns = kept;
    *pattern = kept->pattern;

    bool added;
    struct st_map_entry *entry;
    err = st_map_put(&loader->patterns, source, (uint64_t)(uintptr_t)kept->pattern, &entry, &added);
    return err == ST_OK ? ST_OK : st_load_no_memory(loader);
}

st_err st_compile_list(struct st_compile *c, uint32_t node, struct st_plain_list *list)
{
    st_err err = st_compile_expect(c, node, ST_JSON_ARRAY);
    if (err != ST_OK)
        return err;
    const struct st_plain **plains =
        st_load_get(c->loader, c->json->nodes[node].len * sizeof(void *));
    if (plains == NULL)
        return st_load_no_memory(c->loader);
    *list = (struct st_plain_list){.at = plains};
    for (uint32_t at = st_json_first(c->json, node); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(c->json, node, at))
        err = st_compile_subschema(c, at, &plains[list->count++]);
    return err;
}

st_err st_compile_names(struct st_compile *c, uint32_t node, struct st_name_list *list)
{
    st_err err = st_compile_expect(c, node, ST_JSON_ARRAY);
    if (err != ST_OK)
        return err;
    st_str *names = st_load_get(c->loader, c->json->nodes[node].len * sizeof(names[0]));
    if (names == NULL)
        return st_load_no_memory(c->loader);
    *list = (struct st_name_list){.at = names};
    for (uint32_t at = st_json_first(c->json, node); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(c->json, node, at)) {
        err = st_compile_expect(c, at, ST_JSON_STRING);
        names[list->count++] = st_json_text(c->json, at);
    }
    return err;
}

/* ---- single keywords ---- */

static uint32_t type_of_name(const struct st_compile *c, st_str name)
{
    static const struct {
        const char *name;
        uint32_t types;
    } types[] = {
        {"null", ST_TYPE_NULL},     {"boolean", ST_TYPE_BOOLEAN}, {"number", ST_TYPE_NUMBER},
        {"string", ST_TYPE_STRING}, {"array", ST_TYPE_ARRAY},     {"object", ST_TYPE_OBJECT},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (st_str_eq(name, st_str_of(types[i].name)))
            return types[i].types;
    if (!st_str_eq(name, ST_STR("integer")))
        return 0;
    return c->plain->resource->dialect->draft == ST_DRAFT_4 ? ST_TYPE_INTEGER_LITERAL
                                                            : ST_TYPE_INTEGER;
}

static st_err add_type(struct st_compile *c, uint32_t node, uint32_t *types)
{
    uint32_t type = st_json_kind(c->json, node) == ST_JSON_STRING
                        ? type_of_name(c, st_json_text(c->json, node))
                        : 0;
    *types |= type;
    if (type != 0)
        return ST_OK;
    return st_load_fault(c->loader, ST_ERR_INVALID, c->document, node,
                         "must be the name of a type");
}

/* Enums of fewer values are tried one after the other. */
#define FEW_CHOICES 8

static int by_hash(const void *a, const void *b)
{
    uint64_t left = ((const struct st_choice *)a)->hash;
    uint64_t right = ((const struct st_choice *)b)->hash;
    return (left > right) - (left < right);
}

static st_err compile_enum(struct st_compile *c, uint32_t value)
{
    struct st_rule *rule = st_compile_add(c, ST_RULE_ENUM, "enum", value);
    st_err err = st_compile_expect(c, value, ST_JSON_ARRAY);
    uint32_t count = c->json->nodes[value].len;
    if (err != ST_OK || count < FEW_CHOICES)
        return err;
    struct st_choice *choices = st_load_get(c->loader, count * sizeof(choices[0]));
    if (choices == NULL)
        return st_load_no_memory(c->loader);
    for (uint32_t at = st_json_first(c->json, value); at != ST_JSON_NONE;
         at = st_json_next(c->json, value, at))
        choices[rule->choices.count++] =
            (struct st_choice){.hash = st_json_hash(c->json, at), .node = at};
    qsort(choices, count, sizeof(choices[0]), by_hash);
    rule->choices.at = choices;
    return ST_OK;
}

static st_err compile_type(struct st_compile *c, uint32_t value)
{
    struct st_rule *rule = st_compile_add(c, ST_RULE_TYPE, "type", value);
    if (st_json_kind(c->json, value) != ST_JSON_ARRAY)
        return add_type(c, value, &rule->types);
    st_err err = ST_OK;
    for (uint32_t at = st_json_first(c->json, value); at != ST_JSON_NONE && err == ST_OK;
         at = st_json_next(c->json, value, at))
        err = add_type(c, at, &rule->types);
    return err;
}

static st_err compile_number(struct st_compile *c, enum st_rule_kind kind,
                             const struct st_keyword *keyword, uint32_t value)
{
    st_err err = st_compile_expect(c, value, ST_JSON_NUMBER);
    if (err != ST_OK)
        return err;
    struct st_decimal number = st_decimal_of(st_json_text(c->json, value));
    if (kind == ST_RULE_MULTIPLE && (number.negative || number.count == 0))
        return st_load_fault(c->loader, ST_ERR_INVALID, c->document, value, "must be > 0");
    st_compile_add(c, kind, keyword->name.at, value)->number = number;
    return ST_OK;
}

/* In draft-04 exclusiveMinimum and exclusiveMaximum are flags beside the bounds. */
static st_err compile_bound(struct st_compile *c, enum st_rule_kind kind,
                            enum st_rule_kind exclusive, const char *flag,
                            const struct st_keyword *keyword, uint32_t value)
{
    if (c->plain->resource->dialect->draft == ST_DRAFT_4) {
        uint32_t at = st_json_member(c->json, c->plain->node, st_str_of(flag));
        if (at != ST_JSON_NONE && st_json_kind(c->json, at) == ST_JSON_TRUE)
            kind = exclusive;
    }
    return compile_number(c, kind, keyword, value);
}

static st_err compile_exclusive(struct st_compile *c, enum st_rule_kind kind,
                                const struct st_keyword *keyword, uint32_t value)
{
    return c->plain->resource->dialect->draft == ST_DRAFT_4
               ? ST_OK
               : compile_number(c, kind, keyword, value);
}

static st_err compile_count(struct st_compile *c, enum st_rule_kind kind,
                            const struct st_keyword *keyword, uint32_t value)
{
    return st_compile_count(c, value, &st_compile_add(c, kind, keyword->name.at, value)->count);
}

static bool asserts_format(const struct st_compile *c, st_str name)
{
    const struct st_schema_options *options = c->loader->options;
    if (c->plain->resource->dialect->asserts_formats)
        return true;
    if (!options->assert_formats || options->formats == NULL)
        return options->assert_formats;
    for (uint32_t i = 0; i < options->format_count; i++)
        if (st_str_eq(options->formats[i], name))
            return true;
    return false;
}

static st_err compile_format(struct st_compile *c, uint32_t value)
{
    st_err err = st_compile_expect(c, value, ST_JSON_STRING);
    bool v1 = c->plain->resource->dialect->draft == ST_DRAFT_V1;
    if (err != ST_OK || (!v1 && !asserts_format(c, st_json_text(c->json, value))))
        return err;
    const struct st_format *format = st_format_find(st_json_text(c->json, value));
    if (format == NULL && v1)
        return st_load_fault(c->loader, ST_ERR_INVALID, c->document, value,
                             "must be a known format: v1 takes no other");
    if (format != NULL)
        st_compile_add(c, ST_RULE_FORMAT, "format", value)->format = format;
    return ST_OK;
}

static st_err compile_unique(struct st_compile *c, uint32_t value)
{
    if (st_json_kind(c->json, value) == ST_JSON_TRUE)
        st_compile_add(c, ST_RULE_UNIQUE_ITEMS, "uniqueItems", value);
    else if (st_json_kind(c->json, value) != ST_JSON_FALSE)
        return st_load_fault(c->loader, ST_ERR_INVALID, c->document, value, "must be type boolean");
    return ST_OK;
}

/* `required` was a flag in draft-03, and its empty list is no fault in any draft we read. */
static st_err compile_required(struct st_compile *c, uint32_t value)
{
    struct st_name_list names = {0};
    st_err err = st_compile_names(c, value, &names);
    if (err == ST_OK)
        st_compile_add(c, ST_RULE_REQUIRED, "required", value)->names = names;
    return err;
}

static st_err compile_plain(struct st_compile *c, enum st_rule_kind kind,
                            const struct st_keyword *keyword, uint32_t value)
{
    const struct st_plain *plain;
    st_err err = st_compile_subschema(c, value, &plain);
    if (err == ST_OK)
        st_compile_add(c, kind, keyword->name.at, value)->plain = plain;
    return err;
}

static st_err compile_list(struct st_compile *c, enum st_rule_kind kind,
                           const struct st_keyword *keyword, uint32_t value)
{
    struct st_plain_list list = {0};
    st_err err = st_compile_list(c, value, &list);
    if (err == ST_OK)
        st_compile_add(c, kind, keyword->name.at, value)->plains = list;
    return err;
}

/* In v1 a dynamic reference is a name, and nothing but the dynamic scope knows where it leads. */
static st_err compile_name(struct st_compile *c, const struct st_keyword *keyword, uint32_t value)
{
    uint32_t dynamic;
    st_err err = st_compile_expect(c, value, ST_JSON_STRING);
    if (err == ST_OK)
        err = st_load_dynamic_name(c->loader, st_json_text(c->json, value), &dynamic);
    if (err == ST_OK)
        st_compile_add(c, ST_RULE_DYNAMIC_REF, keyword->name.at, value)->reference.dynamic =
            dynamic;
    return err;
}

static st_err compile_reference(struct st_compile *c, const struct st_keyword *keyword,
                                uint32_t value)
{
    if (keyword->id == ST_KEYWORD_DYNAMIC_REF && c->plain->resource->dialect->draft == ST_DRAFT_V1)
        return compile_name(c, keyword, value);
    struct st_anchor target = {0};
    st_err err = st_compile_expect(c, value, ST_JSON_STRING);
    if (err == ST_OK)
        err = st_load_reference(c->loader, c->plain, value, st_json_text(c->json, value), &target);
    if (err != ST_OK)
        return err;

    uint32_t dynamic = 0;
    if (keyword->id == ST_KEYWORD_DYNAMIC_REF)
        dynamic = target.dynamic;
    if (keyword->id == ST_KEYWORD_RECURSIVE_REF) {
        uint32_t nameless;
        err = st_load_dynamic_name(c->loader, ST_STR(""), &nameless);
        if (err != ST_OK)
            return err;
        for (const struct st_dynamic *at = target.plain->resource->dynamics; at != NULL;
             at = at->next)
            if (at->name == nameless && at->plain == target.plain)
                dynamic = nameless;
    }
    enum st_rule_kind kind = dynamic != 0 ? ST_RULE_DYNAMIC_REF : ST_RULE_REF;
    st_compile_add(c, kind, keyword->name.at, value)->reference =
        (struct st_reference){.to = target.plain, .dynamic = dynamic};
    return ST_OK;
}

/* ---- all keywords of a schema ---- */

static st_err compile_value_keyword(struct st_compile *c, const struct st_keyword *keyword,
                                    uint32_t value)
{
    switch (keyword->id) {
    case ST_KEYWORD_TYPE:
        return compile_type(c, value);
    case ST_KEYWORD_ENUM:
        return compile_enum(c, value);
    case ST_KEYWORD_CONST:
        st_compile_add(c, ST_RULE_CONST, "const", value);
        return ST_OK;
    case ST_KEYWORD_MULTIPLE_OF:
        return compile_number(c, ST_RULE_MULTIPLE, keyword, value);
    case ST_KEYWORD_MINIMUM:
        return compile_bound(c, ST_RULE_MINIMUM, ST_RULE_EXCLUSIVE_MINIMUM, "exclusiveMinimum",
                             keyword, value);
    case ST_KEYWORD_MAXIMUM:
        return compile_bound(c, ST_RULE_MAXIMUM, ST_RULE_EXCLUSIVE_MAXIMUM, "exclusiveMaximum",
                             keyword, value);
    case ST_KEYWORD_EXCLUSIVE_MINIMUM:
        return compile_exclusive(c, ST_RULE_EXCLUSIVE_MINIMUM, keyword, value);
    case ST_KEYWORD_EXCLUSIVE_MAXIMUM:
        return compile_exclusive(c, ST_RULE_EXCLUSIVE_MAXIMUM, keyword, value);
    case ST_KEYWORD_MIN_LENGTH:
        return compile_count(c, ST_RULE_MIN_LENGTH, keyword, value);
    case ST_KEYWORD_MAX_LENGTH:
        return compile_count(c, ST_RULE_MAX_LENGTH, keyword, value);
    case ST_KEYWORD_PATTERN:
        return st_compile_pattern(c, value,
                                  &st_compile_add(c, ST_RULE_PATTERN, "pattern", value)->pattern);
    case ST_KEYWORD_FORMAT:
        return compile_format(c, value);
    case ST_KEYWORD_MIN_ITEMS:
        return compile_count(c, ST_RULE_MIN_ITEMS, keyword, value);
    case ST_KEYWORD_MAX_ITEMS:
        return compile_count(c, ST_RULE_MAX_ITEMS, keyword, value);
    case ST_KEYWORD_UNIQUE_ITEMS:
        return compile_unique(c, value);
    case ST_KEYWORD_MIN_PROPERTIES:
        return compile_count(c, ST_RULE_MIN_PROPERTIES, keyword, value);
    case ST_KEYWORD_MAX_PROPERTIES:
        return compile_count(c, ST_RULE_MAX_PROPERTIES, keyword, value);
    case ST_KEYWORD_REQUIRED:
        return compile_required(c, value);
    default: /* says where something is, or is read together with another keyword */
        return ST_OK;
    }
}

static st_err compile_applicator(struct st_compile *c, const struct st_keyword *keyword,
                                 uint32_t value)
{
    switch (keyword->id) {
    case ST_KEYWORD_DEPENDENT_REQUIRED:
    case ST_KEYWORD_DEPENDENT_SCHEMAS:
    case ST_KEYWORD_DEPENDENCIES:
        return st_compile_dependencies(c, keyword, value);
    case ST_KEYWORD_PROPERTY_NAMES:
        return compile_plain(c, ST_RULE_NAMES, keyword, value);
    case ST_KEYWORD_REF:
    case ST_KEYWORD_DYNAMIC_REF:
    case ST_KEYWORD_RECURSIVE_REF:
        return compile_reference(c, keyword, value);
    case ST_KEYWORD_ALL_OF:
        return compile_list(c, ST_RULE_ALL_OF, keyword, value);
    case ST_KEYWORD_ANY_OF:
        return compile_list(c, ST_RULE_ANY_OF, keyword, value);
    case ST_KEYWORD_ONE_OF:
        return compile_list(c, ST_RULE_ONE_OF, keyword, value);
    case ST_KEYWORD_NOT:
        return compile_plain(c, ST_RULE_NOT, keyword, value);
    case ST_KEYWORD_IF:
        return st_compile_condition(c, value);
    case ST_KEYWORD_UNEVALUATED_ITEMS:
        c->plain->tracks_items = true;
        return compile_plain(c, ST_RULE_UNEVALUATED_ITEMS, keyword, value);
    case ST_KEYWORD_UNEVALUATED_PROPERTIES:
        c->plain->tracks_members = true;
        return compile_plain(c, ST_RULE_UNEVALUATED_MEMBERS, keyword, value);
    default:
        return compile_value_keyword(c, keyword, value);
    }
}

/* Rules are evaluated rank by rank, and in the order of the file within a rank: what is cheap and
 * telling comes first, what looks at the marks of all others last. */
static int rank_of(enum st_rule_kind kind)
{
    if (kind == ST_RULE_TYPE)
        return 0;
    if (kind <= ST_RULE_CONST)
        return 1;
    if (kind <= ST_RULE_FORMAT)
        return 2;
    if (kind <= ST_RULE_MAX_PROPERTIES)
        return 3;
    if (kind <= ST_RULE_DEPENDENT_REQUIRED)
        return 4;
    if (kind <= ST_RULE_CONTAINS)
        return 5;
    return kind < ST_RULE_UNEVALUATED_ITEMS ? 6 : 7;
}

static void sort_rules(struct st_compile *c)
{
    for (uint32_t i = 1; i < c->count; i++) {
        struct st_rule rule = c->rules[i];
        uint32_t at = i;
        for (; at > 0 && rank_of(c->rules[at - 1].kind) > rank_of(rule.kind); at--)
            c->rules[at] = c->rules[at - 1];
        c->rules[at] = rule;
    }
}

/* Before 2019-09 nothing counts beside $ref. */
static bool is_ref_alone(const struct st_compile *c)
{
    uint32_t ref = c->values[ST_KEYWORD_REF];
    return ref != 0 && st_json_kind(c->json, ref) == ST_JSON_STRING &&
           ((1u << c->plain->resource->dialect->draft) & ST_SINCE_2019) == 0;
}

/* The keywords in the order of the file. */
static uint32_t find_keywords(struct st_compile *c, const struct st_keyword **keywords)
{
    const struct st_dialect *dialect = c->plain->resource->dialect;
    uint32_t node = c->plain->node;
    uint32_t count = 0;
    for (uint32_t at = st_json_first(c->json, node); at != ST_JSON_NONE;
         at = st_json_next(c->json, node, at)) {
        const struct st_keyword *keyword =
            st_keyword_find(dialect->draft, dialect->vocabularies, st_json_text(c->json, at));
        if (keyword == NULL)
            continue;
        c->values[keyword->id] = at + 1;
        keywords[count++] = keyword; /* names are unique */
    }
    return count;
}

static st_err compile_object(struct st_compile *c)
{
    const struct st_keyword *keywords[ST_KEYWORD_COUNT];
    uint32_t count = find_keywords(c, keywords);
    bool ref_alone = is_ref_alone(c);
    c->plain->ref_alone = ref_alone;
    st_err err = ST_OK;

    for (uint32_t i = 0; i < count && err == ST_OK; i++)
        if (!ref_alone || keywords[i]->id == ST_KEYWORD_REF)
            err = compile_applicator(c, keywords[i], c->values[keywords[i]->id]);
    if (err == ST_OK && !ref_alone)
        err = st_compile_members(c);
    if (err == ST_OK && !ref_alone)
        err = st_compile_items(c);
    if (err == ST_OK && !ref_alone)
        err = st_compile_contains(c);
    return err;
}

st_err st_compile_plain(struct st_loader *loader, struct st_plain *plain)
{
    struct st_compile c; /* its rules are many and have no value until they are added */
    c.loader = loader;
    c.plain = plain;
    c.document = plain->resource->document;
    c.json = st_plain_doc(plain);
    c.count = 0;
    memset(c.values, 0, sizeof c.values);
    enum st_json_kind kind = st_json_kind(c.json, plain->node);
    plain->refuses = kind == ST_JSON_FALSE;
    if (kind != ST_JSON_OBJECT)
        return ST_OK;

    st_err err = compile_object(&c);
    if (err != ST_OK || c.count == 0)
        return err;
    sort_rules(&c);
    struct st_rule *rules = st_load_get(loader, c.count * sizeof(rules[0]));
    if (rules == NULL)
        return st_load_no_memory(loader);
    memcpy(rules, c.rules, c.count * sizeof(rules[0]));
    plain->rules = rules;
    plain->rule_count = c.count;
    return ST_OK;
}
