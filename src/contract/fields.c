/*
 * fields.c: what a contract's schema says of an event's members, as tables for people.
 *
 * An object within an object stands in the same table, as `run.status`, unless it is a model of its
 * own: then there is a link. What a table cannot say (conditions, alternatives of whole objects) is
 * left to the schema, and the page says so.
 */
#include "contract/page.h"

#include "json/pointer.h"

/* Objects within objects in one table, and $refs behind $refs; deeper is left to the schema. */
#define FIELDS_DEPTH_MAX 6u

static uint32_t keyword(const struct st_page *page, uint32_t node, const char *name)
{
    return st_json_member(page->doc, node, st_str_of(name));
}

/* What a $ref beside this leads to within the document, or NONE. */
static uint32_t target_of(const struct st_page *page, uint32_t node)
{
    uint32_t ref = keyword(page, node, "$ref");
    if (ref == ST_JSON_NONE || st_json_kind(page->doc, ref) != ST_JSON_STRING ||
        !st_str_starts(st_json_text(page->doc, ref), ST_STR("#")))
        return ST_JSON_NONE;
    return st_pointer_find(page->doc, 0, st_str_from(st_json_text(page->doc, ref), 1));
}

st_str st_page_model(const struct st_page *page, uint32_t node)
{
    const struct st_annotation *annotation = page->annotation;
    if (node == 0)
        return ST_STR("Every event");
    for (uint32_t i = 0; i < annotation->model_names.count; i++)
        if (st_pointer_find(page->doc, 0, annotation->model_pointers.at[i]) == node)
            return annotation->model_names.at[i];
    return (st_str){NULL, 0};
}

/* Through $refs, as far as they lead to no model. */
static uint32_t follow(const struct st_page *page, uint32_t node)
{
    for (unsigned i = 0; i < FIELDS_DEPTH_MAX && st_page_model(page, node).at == NULL; i++) {
        uint32_t target = target_of(page, node);
        if (target == ST_JSON_NONE)
            break;
        node = target;
    }
    return node;
}

static bool lists(const struct st_page *page, uint32_t list, st_str text)
{
    for (uint32_t at = list == ST_JSON_NONE ? list : st_json_first(page->doc, list);
         at != ST_JSON_NONE; at = st_json_next(page->doc, list, at))
        if (st_json_kind(page->doc, at) == ST_JSON_STRING &&
            st_str_eq(st_json_text(page->doc, at), text))
            return true;
    return false;
}

/* ---- types and limits ---- */

static void add_type(struct st_page *page, uint32_t node, unsigned depth);

static void add_values(struct st_page *page, uint32_t list)
{
    bool first = true;
    for (uint32_t at = st_json_first(page->doc, list); at != ST_JSON_NONE;
         at = st_json_next(page->doc, list, at)) {
        st_page_add(page, first ? "" : ", ");
        first = false;
        st_page_json(page, at);
    }
}

static void add_alternatives(struct st_page *page, uint32_t list, unsigned depth)
{
    bool first = true;
    for (uint32_t at = st_json_first(page->doc, list); at != ST_JSON_NONE;
         at = st_json_next(page->doc, list, at)) {
        st_page_add(page, first ? "" : " or ");
        first = false;
        add_type(page, at, depth);
    }
}

static void add_type_name(struct st_page *page, uint32_t node, st_str name, unsigned depth)
{
    uint32_t items = keyword(page, node, "items");
    st_page_text(page, name);
    if (!st_str_eq(name, ST_STR("array")) || items == ST_JSON_NONE)
        return;
    st_page_add(page, " of ");
    add_type(page, items, depth);
}

static void add_type_names(struct st_page *page, uint32_t node, uint32_t type, unsigned depth)
{
    if (st_json_kind(page->doc, type) == ST_JSON_STRING) {
        add_type_name(page, node, st_json_text(page->doc, type), depth);
        return;
    }
    bool first = true;
    for (uint32_t at = st_json_first(page->doc, type); at != ST_JSON_NONE;
         at = st_json_next(page->doc, type, at)) {
        st_page_add(page, first ? "" : " or ");
        first = false;
        add_type_name(page, node, st_json_text(page->doc, at), depth);
    }
}

static void add_type(struct st_page *page, uint32_t node, unsigned depth)
{
    static const char *const choices[] = {"anyOf", "oneOf"};
    node = follow(page, node);
    st_str model = st_page_model(page, node);
    if (model.at != NULL) {
        st_page_link(page, model);
        return;
    }
    if (st_json_kind(page->doc, node) == ST_JSON_FALSE) {
        st_page_add(page, "not allowed");
        return;
    }
    uint32_t found = keyword(page, node, "const");
    if (found != ST_JSON_NONE) {
        st_page_json(page, found);
        return;
    }
    found = keyword(page, node, "enum");
    if (found != ST_JSON_NONE) {
        add_values(page, found);
        return;
    }
    found = keyword(page, node, "type");
    if (found != ST_JSON_NONE && depth > 0) {
        add_type_names(page, node, found, depth - 1);
        return;
    }
    for (size_t i = 0; i < sizeof choices / sizeof *choices && depth > 0; i++) {
        found = keyword(page, node, choices[i]);
        if (found != ST_JSON_NONE) {
            add_alternatives(page, found, depth - 1);
            return;
        }
    }
    st_page_add(page, "any");
}

/* One list: the keyword, and what stands before its value. */
#define LIMIT_LIST(X)                                                                              \
    X("minLength", "length >= ")                                                                   \
    X("maxLength", "length <= ")                                                                   \
    X("pattern", "pattern ")                                                                       \
    X("format", "format ")                                                                         \
    X("minimum", ">= ")                                                                            \
    X("exclusiveMinimum", "> ")                                                                    \
    X("maximum", "<= ")                                                                            \
    X("exclusiveMaximum", "< ")                                                                    \
    X("multipleOf", "multiple of ")                                                                \
    X("minItems", "elements >= ")                                                                  \
    X("maxItems", "elements <= ")                                                                  \
    X("uniqueItems", "no element twice")                                                           \
    X("minProperties", "members >= ")                                                              \
    X("maxProperties", "members <= ")

static void add_limits(struct st_page *page, uint32_t node)
{
    static const struct {
        const char *name, *before;
    } limits[] = {
#define LIMIT_ROW(name, before) {name, before},
        LIMIT_LIST(LIMIT_ROW)
#undef LIMIT_ROW
    };
    bool first = true;
    node = follow(page, node);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        uint32_t value = keyword(page, node, limits[i].name);
        if (value == ST_JSON_NONE || st_json_kind(page->doc, value) == ST_JSON_FALSE)
            continue;
        st_page_add(page, first ? "" : ", ");
        first = false;
        st_page_add(page, limits[i].before);
        if (st_json_kind(page->doc, value) == ST_JSON_STRING)
            st_page_code(page, st_json_text(page->doc, value));
        else if (st_json_kind(page->doc, value) == ST_JSON_NUMBER)
            st_page_text(page, st_json_text(page->doc, value));
    }
}

/* ---- fields ---- */

/* The object whose members go into the same table; NONE: none, or a model of its own. */
static uint32_t inner_object(const struct st_page *page, uint32_t node, bool *in_array)
{
    node = follow(page, node);
    uint32_t items = keyword(page, node, "items");
    *in_array = items != ST_JSON_NONE;
    if (*in_array && st_page_model(page, node).at == NULL)
        node = follow(page, items);
    bool own =
        st_page_model(page, node).at == NULL && keyword(page, node, "properties") != ST_JSON_NONE;
    return own ? node : ST_JSON_NONE;
}

static void add_description(struct st_page *page, uint32_t node)
{
    static const char *const names[] = {"description", "title"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint32_t own = keyword(page, node, names[i]);
        if (own == ST_JSON_NONE && st_page_model(page, follow(page, node)).at == NULL)
            own = keyword(page, follow(page, node), names[i]);
        if (own != ST_JSON_NONE) {
            st_page_text(page, st_json_text(page->doc, own));
            return;
        }
    }
}

/* `prefix` stands before the names; it is as it was afterwards. */
static void add_rows(struct st_page *page, uint32_t node, struct st_buf *prefix, unsigned depth)
{
    uint32_t properties = keyword(page, node, "properties");
    uint32_t required = keyword(page, node, "required");
    if (properties == ST_JSON_NONE)
        return;
    for (uint32_t at = st_json_first(page->doc, properties); at != ST_JSON_NONE;
         at = st_json_next(page->doc, properties, at)) {
        size_t before = prefix->len;
        bool in_array = false;
        uint32_t inner = inner_object(page, at + 1, &in_array);
        if (page->err == ST_OK)
            page->err = st_buf_add_str(prefix, st_json_text(page->doc, at));
        st_page_cell(page);
        st_page_code(page, st_buf_str(prefix));
        st_page_cell(page);
        st_page_add(page, lists(page, required, st_json_text(page->doc, at)) ? "yes" : "");
        st_page_cell(page);
        add_type(page, at + 1, FIELDS_DEPTH_MAX);
        st_page_cell(page);
        add_limits(page, at + 1);
        st_page_cell(page);
        add_description(page, at + 1);
        st_page_row(page);
        if (page->err == ST_OK)
            page->err = st_buf_add_str(prefix, in_array ? ST_STR("[].") : ST_STR("."));
        if (inner != ST_JSON_NONE && depth > 0 && page->err == ST_OK)
            add_rows(page, inner, prefix, depth - 1);
        prefix->len = before;
    }
}

/* What the schemas in allOf without a condition are: others of the page. */
static void add_bases(struct st_page *page, uint32_t node)
{
    uint32_t all = keyword(page, node, "allOf");
    for (uint32_t at = all == ST_JSON_NONE ? all : st_json_first(page->doc, all);
         at != ST_JSON_NONE; at = st_json_next(page->doc, all, at)) {
        uint32_t target = target_of(page, at);
        st_str model = target == ST_JSON_NONE ? (st_str){NULL, 0} : st_page_model(page, target);
        if (model.at == NULL)
            continue;
        st_page_add(page, "It is also ");
        st_page_link(page, model);
        st_page_add(page, ".\n\n");
    }
}

/* Keywords about a whole object that no table shows. */
static bool has_conditions(const struct st_page *page, uint32_t node)
{
    static const char *const names[] = {"if",
                                        "anyOf",
                                        "oneOf",
                                        "not",
                                        "dependentRequired",
                                        "dependentSchemas",
                                        "allOf",
                                        "patternProperties"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (keyword(page, node, names[i]) != ST_JSON_NONE)
            return true;
    return false;
}

static void add_others(struct st_page *page, uint32_t node)
{
    uint32_t others = keyword(page, node, "additionalProperties");
    if (others != ST_JSON_NONE && st_json_kind(page->doc, others) == ST_JSON_FALSE) {
        st_page_add(page, "No other members are allowed.");
    } else if (others != ST_JSON_NONE && st_json_kind(page->doc, others) == ST_JSON_OBJECT) {
        st_page_add(page, "Every other member is ");
        add_type(page, others, FIELDS_DEPTH_MAX);
        st_page_add(page, ".");
    } else {
        st_page_add(page, "Other members are allowed.");
    }
    if (node != 0 && has_conditions(page, node))
        st_page_add(page, " The schema has conditions beyond this table.");
    st_page_add(page, "\n\n");
}

void st_page_fields(struct st_page *page, uint32_t node)
{
    static const char *const heads[] = {"field", "required", "type", "limits", "what it says"};
    struct st_buf prefix = ST_BUF(ST_CONTRACT_BYTES_MAX);
    uint32_t properties = keyword(page, node, "properties");
    bool is_object = properties != ST_JSON_NONE || node == 0;
    add_bases(page, node);
    if (properties != ST_JSON_NONE && page->doc->nodes[properties].len > 0) {
        st_page_table(page, heads, sizeof heads / sizeof *heads);
        add_rows(page, node, &prefix, FIELDS_DEPTH_MAX);
        st_page_table_end(page);
    }
    if (is_object) {
        add_others(page, node);
    } else {
        st_page_add(page, "Type: ");
        add_type(page, node, FIELDS_DEPTH_MAX);
        st_page_add(page, ". ");
        add_limits(page, node);
        st_page_add(page, "\n\n");
    }
    st_buf_done(&prefix);
}

/* ---- the branch of a type ---- */

/* Whether the condition names the type: somewhere in it is its text as const or among an enum's. */
static bool names_type(const struct st_page *page, uint32_t condition, st_str type)
{
    uint32_t end = st_json_after(page->doc, condition);
    for (uint32_t at = condition + 1; at < end; at++) {
        if ((page->doc->nodes[at].flags & ST_JSON_NAME) == 0)
            continue;
        st_str name = st_json_text(page->doc, at);
        if (st_str_eq(name, ST_STR("const")) && st_json_kind(page->doc, at + 1) == ST_JSON_STRING &&
            st_str_eq(st_json_text(page->doc, at + 1), type))
            return true;
        if (st_str_eq(name, ST_STR("enum")) && st_json_kind(page->doc, at + 1) == ST_JSON_ARRAY &&
            lists(page, at + 1, type))
            return true;
    }
    return false;
}

/* The next branch of the root's allOf for the type, behind `at` (NONE: the first). */
static uint32_t next_branch(const struct st_page *page, uint32_t at, st_str type, uint32_t *then)
{
    uint32_t all = keyword(page, 0, "allOf");
    if (all == ST_JSON_NONE)
        return all;
    at = at == ST_JSON_NONE ? st_json_first(page->doc, all) : st_json_next(page->doc, all, at);
    for (; at != ST_JSON_NONE; at = st_json_next(page->doc, all, at)) {
        uint32_t condition = keyword(page, at, "if");
        *then = keyword(page, at, "then");
        if (condition != ST_JSON_NONE && *then != ST_JSON_NONE && names_type(page, condition, type))
            return at;
    }
    return ST_JSON_NONE;
}

/* The models in which the fields stand: of the event itself, and of its members. */
static void add_places(struct st_page *page, uint32_t then, bool *first)
{
    uint32_t properties = keyword(page, then, "properties");
    uint32_t target = target_of(page, then);
    if (target != ST_JSON_NONE && st_page_model(page, target).at != NULL) {
        st_page_add(page, *first ? "" : ", ");
        *first = false;
        st_page_link(page, st_page_model(page, target));
    }
    for (uint32_t at = properties == ST_JSON_NONE ? properties
                                                  : st_json_first(page->doc, properties);
         at != ST_JSON_NONE; at = st_json_next(page->doc, properties, at)) {
        target = target_of(page, at + 1);
        if (target == ST_JSON_NONE || st_page_model(page, target).at == NULL)
            continue;
        st_page_add(page, *first ? "" : ", ");
        *first = false;
        st_page_code(page, st_json_text(page->doc, at));
        st_page_add(page, ": ");
        st_page_link(page, st_page_model(page, target));
    }
}

static void add_required(struct st_page *page, uint32_t then, bool *first)
{
    uint32_t target = target_of(page, then);
    uint32_t lists_of[] = {keyword(page, then, "required"),
                           target == ST_JSON_NONE ? target : keyword(page, target, "required")};
    for (size_t i = 0; i < 2; i++)
        for (uint32_t at = lists_of[i] == ST_JSON_NONE ? ST_JSON_NONE
                                                       : st_json_first(page->doc, lists_of[i]);
             at != ST_JSON_NONE; at = st_json_next(page->doc, lists_of[i], at)) {
            st_page_add(page, *first ? "" : ", ");
            *first = false;
            st_page_code(page, st_json_text(page->doc, at));
        }
}

void st_page_branches(struct st_page *page, st_str type)
{
    uint32_t then = ST_JSON_NONE;
    bool first = true;
    st_page_cell(page);
    for (uint32_t at = next_branch(page, ST_JSON_NONE, type, &then); at != ST_JSON_NONE;
         at = next_branch(page, at, type, &then))
        add_places(page, then, &first);
    first = true;
    st_page_cell(page);
    for (uint32_t at = next_branch(page, ST_JSON_NONE, type, &then); at != ST_JSON_NONE;
         at = next_branch(page, at, type, &then))
        add_required(page, then, &first);
}
