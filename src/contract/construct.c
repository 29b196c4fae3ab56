/*
 * construct.c: makes a new event: what was given, then whatever the schema still asks for and the
 * annotation knows how to make.
 */
#include "contract/construct.h"

#include "contract/annotation.h"
#include "contract/field.h"
#include "contract/make.h"
#include "contract/order.h"
#include "contract/sketch.h"

#include "json/pointer.h"
#include "json/write.h"

#include "base/utf8.h"

struct construction {
    const struct st_contract *contract;
    const struct st_annotation *annotation;
    const struct st_json *schema;
    const struct st_construct *order;
    struct st_arena arena;
    struct st_sketch sketch;
    struct st_json doc;  /* the event so far; in between, single values */
    struct st_buf event; /* its text */
    struct st_buf scratch;
    struct st_buf *why; /* lines of words */
};

/* ---- words ---- */

static st_err say(struct construction *c, st_str where, const char *what)
{
    return st_buf_printf(c->why, "%.*s%s%s\n", ST_STR_ARG(where), where.len > 0 ? " " : "", what);
}

/* A line is one line, whatever a contract's author wrote. */
static st_err add_on_one_line(struct st_buf *why, st_str text)
{
    st_err err = ST_OK;
    for (size_t i = 0; i < text.len && err == ST_OK; i++)
        err = st_buf_add_char(why, (unsigned char)text.at[i] < ' ' ? ' ' : text.at[i]);
    return err;
}

/* Ends a line that asks for the value at the pointer, with what the schema says that it is. */
static st_err describe(struct construction *c, st_str pointer)
{
    uint32_t subschema;
    st_err err = st_field_find(c->schema, &c->doc, pointer, &subschema);
    if (err != ST_OK)
        return err;
    st_str description = st_field_description(c->schema, subschema);
    if (description.at == NULL)
        return ST_OK;
    err = st_buf_add(c->why, ": ", 2);
    return err == ST_OK ? add_on_one_line(c->why, description) : err;
}

/* ---- what was given ---- */

/* "a.b.c" as a pointer; a pointer as it is. */
static st_err pointer_of_field(st_str field, struct st_buf *pointer)
{
    st_buf_reset(pointer);
    if (st_str_starts(field, ST_STR("/")))
        return st_buf_add_str(pointer, field);
    st_err err = ST_OK;
    for (bool more = true; more && err == ST_OK;) {
        st_str token;
        more = st_str_cut(field, '.', &token, &field);
        err = st_pointer_add(pointer, token);
    }
    return err;
}

/* Sets the field to the JSON text; a fault in words when that is not possible. */
static st_err set_json(struct construction *c, st_str field, st_str pointer, st_str json)
{
    st_err err = st_json_parse(&c->doc, json, NULL, NULL);
    if (err == ST_ERR_MEMORY)
        return err;
    if (err != ST_OK)
        return say(c, field, "is not JSON");
    err = st_sketch_set(&c->sketch, pointer, &c->doc, 0);
    if (err == ST_ERR_CONFLICT)
        return say(c, field, "is given twice, or lies within a value that is no object");
    return err == ST_ERR_INVALID ? say(c, field, "names no field") : err;
}

/* Lets c->doc be the event as it is so far, its text in c->event. */
static st_err look(struct construction *c)
{
    st_buf_reset(&c->event);
    st_err err = st_sketch_write(&c->sketch, &c->event);
    return err == ST_OK ? st_json_parse(&c->doc, st_buf_str(&c->event), NULL, NULL) : err;
}

/* Text where the schema allows text, else JSON; what is no JSON then is text after all, so that the
 * schema says what is wrong with it. */
static st_err set_by_schema(struct construction *c, st_str field, st_str pointer, st_str value)
{
    uint32_t subschema;
    st_err err = look(c);
    if (err == ST_OK)
        err = st_field_find(c->schema, &c->doc, pointer, &subschema);
    if (err != ST_OK)
        return err == ST_ERR_INVALID ? say(c, field, "names no field") : err;
    if (!st_field_allows_text(c->schema, subschema)) {
        err = st_json_parse(&c->doc, value, NULL, NULL);
        if (err == ST_OK)
            return set_json(c, field, pointer, value);
        if (err == ST_ERR_MEMORY)
            return err;
    }
    if (st_utf8_check(value) != value.len)
        return say(c, field, "is not UTF-8");
    st_buf_reset(&c->event);
    err = st_json_add_string(&c->event, value);
    return err == ST_OK ? set_json(c, field, pointer, st_buf_str(&c->event)) : err;
}

static st_err set_field(struct construction *c, st_str assignment)
{
    st_str field;
    st_str value;
    if (!st_str_cut(assignment, '=', &field, &value) || field.len == 0)
        return say(c, assignment, "is not of the form field=value");
    bool json = st_str_ends(field, ST_STR(":"));
    if (json)
        field.len--;
    st_err err = pointer_of_field(field, &c->scratch);
    if (err != ST_OK)
        return err;
    st_str pointer = st_buf_str(&c->scratch);
    return json ? set_json(c, field, pointer, value) : set_by_schema(c, field, pointer, value);
}

static st_err add_path(const struct st_path *path, struct st_buf *pointer)
{
    st_err err = ST_OK;
    for (uint32_t i = 0; i < path->count && err == ST_OK; i++)
        err = st_pointer_add(pointer, path->tokens[i]);
    return err;
}

static bool is_told_by_values(const struct st_place *place, st_str type)
{
    if (place->value.at == NULL || !st_str_eq(place->value, type) || place->scope.when.count == 0)
        return false;
    for (uint32_t i = 0; i < place->scope.when.count; i++)
        if (place->scope.when.at[i].test != ST_TEST_EQUALS)
            return false;
    return true;
}

/* Where values elsewhere tell the type, these are set. */
static st_err set_values(struct construction *c, const struct st_conditions *when)
{
    st_err err = ST_OK;
    for (uint32_t i = 0; i < when->count && err == ST_OK; i++) {
        const struct st_condition *condition = &when->at[i];
        st_buf_reset(&c->scratch);
        err = add_path(&condition->at, &c->scratch);
        if (err == ST_OK)
            err = st_sketch_set(&c->sketch, st_buf_str(&c->scratch), c->annotation->doc,
                                condition->value);
    }
    return err == ST_ERR_CONFLICT || err == ST_ERR_INVALID
               ? say(c, ST_STR("type"), "cannot be set in this contract's events")
               : err;
}

/* At the first pointer that the record reads it at, unless this type is told by other values. */
static st_err set_type(struct construction *c)
{
    for (uint32_t i = 0; i < c->annotation->type.count; i++)
        if (is_told_by_values(&c->annotation->type.at[i], c->order->type))
            return set_values(c, &c->annotation->type.at[i].scope.when);
    for (uint32_t i = 0; i < c->annotation->type.count; i++) {
        const struct st_paths *paths = &c->annotation->type.at[i].paths;
        if (paths->count == 0)
            continue;
        st_buf_reset(&c->scratch);
        st_err err = add_path(&paths->at[0], &c->scratch);
        return err == ST_OK
                   ? set_by_schema(c, ST_STR("type"), st_buf_str(&c->scratch), c->order->type)
                   : err;
    }
    return say(c, ST_STR("type"), "has no place in this contract's events");
}

/* ---- what is missing ---- */

static bool applies(const struct construction *c, const struct st_construct_rule *rule)
{
    return rule->types.count == 0 || st_types_fit(&rule->types, c->order->type);
}

static const struct st_construct_rule *find_rule(const struct construction *c, st_str pointer)
{
    for (uint32_t i = 0; i < c->annotation->construct_count; i++) {
        const struct st_construct_rule *rule = &c->annotation->construct[i];
        if (st_str_eq(rule->pointer, pointer) && applies(c, rule))
            return rule;
    }
    return NULL;
}

/* Cuts the text in c->scratch, which a rule has made, to what the schema allows at the place. */
static st_err cut_text(struct construction *c, const struct st_json *value, uint32_t subschema)
{
    uint64_t max = st_field_text_max(c->schema, subschema);
    st_str text = st_json_text(value, 0);
    size_t end = 0;
    for (uint64_t i = 0; i < max && end < text.len; i++)
        (void)st_utf8_next(text, &end);
    if (end == text.len)
        return ST_OK;
    st_buf_reset(&c->scratch);
    return st_json_add_string(&c->scratch, (st_str){text.at, end});
}

/* Makes what the rule says, in c->scratch. */
static st_err make(struct construction *c, const struct st_construct_rule *rule, st_str pointer,
                   bool *made)
{
    struct st_json value;
    uint32_t subschema;
    st_err err = st_make(rule, c->annotation, &c->sketch, c->order, &c->scratch, made);
    if (err != ST_OK || !*made || rule->make == ST_MAKE_VALUE || c->scratch.at[0] != '"')
        return err;
    st_json_init(&value);
    struct st_buf text = ST_BUF(ST_JSON_TEXT_BYTES_MAX);
    err = st_buf_add_str(&text, st_buf_str(&c->scratch));
    if (err == ST_OK)
        err = st_json_parse(&value, st_buf_str(&text), NULL, NULL);
    if (err == ST_OK)
        err = st_field_find(c->schema, &c->doc, pointer, &subschema);
    if (err == ST_OK)
        err = cut_text(c, &value, subschema);
    st_buf_done(&text);
    st_json_done(&value);
    return err;
}

/* Fills one missing value from its rule; without one (NULL) an object is begun empty, and the next
 * round tells what it must hold. *filled stays false when nobody knows what to say there (yet). */
static st_err fill_missing(struct construction *c, const struct st_construct_rule *rule,
                           st_str pointer, bool *filled)
{
    bool made = false;
    uint32_t subschema;
    st_err err = ST_OK;
    st_buf_reset(&c->scratch);
    if (rule != NULL) {
        err = make(c, rule, pointer, &made);
    } else {
        err = st_field_find(c->schema, &c->doc, pointer, &subschema);
        made = err == ST_OK && st_field_wants_object(c->schema, subschema);
        if (made)
            err = st_buf_add(&c->scratch, "{}", 2);
    }
    if (err != ST_OK || !made)
        return err;
    struct st_json value;
    st_json_init(&value);
    err = st_json_parse(&value, st_buf_str(&c->scratch), NULL, NULL);
    if (err == ST_OK)
        err = st_sketch_set(&c->sketch, pointer, &value, 0);
    st_json_done(&value);
    *filled = *filled || err == ST_OK;
    return err == ST_ERR_CONFLICT ? ST_OK : err; /* asked for twice in one round */
}

/* What new events state although nothing demands it. The rules of one place stand side by side. */
static st_err fill_always(struct construction *c)
{
    bool filled = false;
    const char *decided = NULL; /* the place whose rule was found */
    st_err err = look(c);
    for (uint32_t i = 0; i < c->annotation->construct_count && err == ST_OK; i++) {
        const struct st_construct_rule *rule = &c->annotation->construct[i];
        if (rule->pointer.at == decided || !applies(c, rule))
            continue;
        decided = rule->pointer.at;
        if (rule->always)
            err = fill_missing(c, rule, rule->pointer, &filled);
    }
    return err;
}

static bool is_missing(const struct st_violation *violation)
{
    return violation->leaf && violation->definite &&
           st_str_eq(violation->keyword, ST_STR("required"));
}

static st_err explain_one(struct construction *c, const struct st_violation *violation)
{
    st_err err = st_pointer_to_path(violation->subject, &c->doc, c->why);
    if (err == ST_OK)
        err = st_buf_printf(c->why, " %.*s", ST_STR_ARG(violation->message));
    if (err == ST_OK && st_str_eq(violation->keyword, ST_STR("required")))
        err = describe(c, violation->subject);
    return err == ST_OK ? st_buf_add_char(c->why, '\n') : err;
}

static bool is_asked(const struct st_report *report, st_str pointer)
{
    for (uint32_t i = 0; i < report->count; i++)
        if (is_missing(&report->violations[i]) && st_str_eq(report->violations[i].subject, pointer))
            return true;
    return false;
}

/* Whether the missing value is a sum that comes by itself once what else is missing is given. */
static st_err will_come(struct construction *c, const struct st_report *report,
                        const struct st_violation *violation, bool *comes)
{
    const struct st_construct_rule *rule =
        is_missing(violation) ? find_rule(c, violation->subject) : NULL;
    bool asked = false;
    bool known = rule != NULL && rule->make == ST_MAKE_SUM;
    for (uint32_t i = 0; known && i < rule->sum.count; i++) {
        const struct st_stroke *part;
        st_err err = st_sketch_find(&c->sketch, rule->sum.at[i], &part);
        if (err != ST_OK)
            return err;
        asked = asked || (part == NULL && is_asked(report, rule->sum.at[i]));
        known = part != NULL || is_asked(report, rule->sum.at[i]);
    }
    *comes = known && asked;
    return ST_OK;
}

static st_err explain(struct construction *c, const struct st_report *report)
{
    bool definite = false;
    for (uint32_t i = 0; i < report->count; i++)
        definite = definite || (report->violations[i].leaf && report->violations[i].definite);
    st_err err = ST_OK;
    for (uint32_t i = 0; i < report->count && err == ST_OK; i++) {
        const struct st_violation *violation = &report->violations[i];
        bool comes = false;
        if (!violation->leaf || (definite && !violation->definite))
            continue;
        err = will_come(c, report, violation, &comes);
        if (err == ST_OK && !comes)
            err = explain_one(c, violation);
    }
    return err;
}

/* ---- marks ---- */

/* The condition of the mark that the event would satisfy if only the member were there; NULL when
 * there is none, or when another one does not hold that asks for more. */
static const struct st_condition *find_lacking(const struct construction *c,
                                               const struct st_mark *mark)
{
    const struct st_sight sight = {.annotation = c->annotation, .doc = &c->doc};
    const struct st_condition *lacking = NULL;
    for (uint32_t i = 0; i < mark->all.count; i++) {
        struct st_condition *condition = &mark->all.at[i];
        const struct st_conditions alone = {condition, 1};
        if (st_conditions_hold(&alone, &sight))
            continue;
        if (lacking != NULL || condition->test != ST_TEST_EXISTS || !condition->exists)
            return NULL;
        lacking = condition;
    }
    return lacking;
}

/* Appends the place of what the mark lacks, "$.a", behind " or " where it is not the first; the
 * pointer of the first goes to c->scratch. */
static st_err add_lacking(struct construction *c, const struct st_mark *mark, bool *any)
{
    const struct st_condition *lacking = find_lacking(c, mark);
    if (lacking == NULL)
        return ST_OK;
    struct st_buf pointer = ST_BUF(ST_JSON_POINTER_BYTES_MAX);
    st_err err = *any ? st_buf_add(c->why, " or ", 4) : ST_OK;
    if (err == ST_OK)
        err = add_path(&lacking->at, &pointer);
    if (err == ST_OK)
        err = st_pointer_to_path(st_buf_str(&pointer), &c->doc, c->why);
    if (err == ST_OK && !*any)
        err = st_buf_add_str(&c->scratch, st_buf_str(&pointer));
    st_buf_done(&pointer);
    *any = true;
    return err;
}

/* Words when nothing would mark the event as one of this contract: whoever records it could not be
 * told whose it is. */
static st_err explain_unmarked(struct construction *c)
{
    uint32_t rank = UINT32_MAX;
    bool any = false;
    st_err err = ST_OK;
    if (c->annotation->mark_count == 0 || st_contract_recognises(c->contract, &c->doc, 0, &rank))
        return ST_OK;
    st_buf_reset(&c->scratch);
    for (uint32_t i = 0; i < c->annotation->mark_count && err == ST_OK; i++)
        err = add_lacking(c, &c->annotation->marks[i], &any);
    if (err == ST_OK)
        err = st_buf_printf(c->why, "%s by which %.*s is recognised",
                            any ? " is required," : "has nothing",
                            ST_STR_ARG(st_contract_ref(c->contract)));
    if (err == ST_OK && any)
        err = describe(c, st_buf_str(&c->scratch));
    return err == ST_OK ? st_buf_add_char(c->why, '\n') : err;
}

/* ---- rounds ---- */

/* One look at the event by the schema: valid, or filled further, or words. */
static st_err advance(struct construction *c, struct st_checker *checker, struct st_report *report,
                      bool last, bool *valid)
{
    bool filled = false;
    st_err err = look(c);
    if (err == ST_OK)
        err = st_schema_check(st_contract_schema(c->contract), checker, &c->doc, 0, valid, report);
    if (err != ST_OK)
        return err;
    for (uint32_t i = 0; i < report->count && err == ST_OK && !*valid && !last; i++) {
        st_str missing = report->violations[i].subject;
        if (is_missing(&report->violations[i]))
            err = fill_missing(c, find_rule(c, missing), missing, &filled);
    }
    if (err != ST_OK || filled)
        return err;
    if (!*valid)
        err = explain(c, report);
    return err == ST_OK ? explain_unmarked(c) : err;
}

/* Rounds until the event is valid or words are said. */
static st_err complete(struct construction *c, struct st_checker *checker)
{
    struct st_arena arena;
    struct st_report report;
    bool valid = false;
    st_err err = ST_OK;
    st_arena_init(&arena, ST_CONSTRUCT_ARENA_BYTES_MAX);
    st_report_init(&report, &arena, ST_REPORT_VIOLATIONS_MAX);
    for (uint32_t round = 1; err == ST_OK && !valid && c->why->len == 0; round++) {
        st_report_reset(&report);
        st_arena_reset(&arena);
        err = advance(c, checker, &report, round == ST_CONSTRUCT_ROUNDS_MAX, &valid);
    }
    st_arena_done(&arena);
    return err;
}

static st_err construct(struct construction *c)
{
    st_err err = set_type(c);
    for (size_t i = 0; i < c->order->field_count && err == ST_OK; i++)
        err = set_field(c, st_str_of(c->order->fields[i]));
    if (err == ST_OK && c->why->len > 0)
        return ST_ERR_SYNTAX;
    if (err == ST_OK)
        err = fill_always(c);
    struct st_checker *checker;
    if (err == ST_OK)
        err = st_checker_new(&checker);
    if (err != ST_OK)
        return err;
    err = complete(c, checker);
    st_checker_free(checker);
    return err == ST_OK && c->why->len > 0 ? ST_ERR_INVALID : err;
}

st_err st_contract_construct(const struct st_contract *contract, const struct st_construct *order,
                             struct st_buf *event, struct st_buf *why_text)
{
    struct construction c = {
        .contract = contract,
        .annotation = st_contract_annotation(contract),
        .schema = st_schema_doc(st_contract_schema(contract)),
        .order = order,
        .event = ST_BUF(ST_JSON_TEXT_BYTES_MAX),
        .scratch = ST_BUF(ST_JSON_TEXT_BYTES_MAX),
        .why = why_text,
    };
    st_buf_reset(why_text);
    st_arena_init(&c.arena, ST_CONSTRUCT_ARENA_BYTES_MAX);
    st_sketch_init(&c.sketch, &c.arena);
    st_json_init(&c.doc);
    st_err err = construct(&c);
    if (err == ST_OK)
        err = st_order_write(c.schema, &c.doc, event);
    st_json_done(&c.doc);
    st_sketch_done(&c.sketch);
    st_arena_done(&c.arena);
    st_buf_done(&c.scratch);
    st_buf_done(&c.event);
    return err;
}
