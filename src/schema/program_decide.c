/*
 * program_decide.c: what a schema says before there is a value: yes or no where its kind, and the
 * facts of its members, are enough; unknown otherwise, and whenever finding out would be long.
 */
#include "schema/program_make.h"

#include "json/compare.h"

/* Of how many members, each with one text alone, an item remembers it. */
#define ASKS_MAX 8u

/* What is spoken of: a value of one kind with these facts, or, with `other`, a member that is none
 * of the fact's values. */
struct subject {
    uint32_t kind;
    const uint32_t *facts;
    uint32_t fact_count;
    const struct st_fact *other;
};

static enum st_verdict decide(struct st_build *b, uint32_t item, const struct subject *subject);

static bool is_trivial(const struct st_plain *plain)
{
    return plain->rule_count == 0 && !plain->refuses;
}

static enum st_verdict of_bool(bool yes)
{
    return yes ? ST_VERDICT_YES : ST_VERDICT_NO;
}

static enum st_verdict both(enum st_verdict a, enum st_verdict b)
{
    if (a == ST_VERDICT_NO || b == ST_VERDICT_NO)
        return ST_VERDICT_NO;
    return a == ST_VERDICT_YES ? b : a;
}

static enum st_verdict invert(enum st_verdict a)
{
    return a == ST_VERDICT_UNKNOWN ? a : of_bool(a == ST_VERDICT_NO);
}

/* ---- on values that are known ---- */

/* What the plain evaluator says of a value within a few steps. */
static enum st_verdict ask_plain(struct st_build *b, uint32_t item, const struct st_json *doc,
                                 uint32_t node)
{
    struct st_checker *c = b->checker;
    const struct st_scope *scope = &b->scopes[b->items[item].scope];
    c->doc = doc;
    c->stop = ST_STOP_NOT;
    c->steps = 1000;
    c->depth = 0;
    c->word_count = 0;
    c->look.object = ST_JSON_NONE;
    c->scope_count = scope->count;
    for (uint32_t i = 0; i < scope->count; i++)
        c->scope[i] = scope->resources[i];
    st_build_work(b, 4);
    bool satisfied = st_eval(c, b->items[item].plain, node, NULL);
    if (c->stop == ST_STOP_MEMORY)
        b->err = ST_ERR_MEMORY;
    return c->stop != ST_STOP_NOT ? ST_VERDICT_UNKNOWN : of_bool(satisfied);
}

enum st_verdict st_decide_value(struct st_build *b, uint32_t item, struct st_value value)
{
    const struct st_plain *plain = b->items[item].plain;
    if (plain->rule_count == 1 && plain->rules[0].kind == ST_RULE_CONST &&
        st_json_kind(value.doc, value.node) == ST_JSON_STRING)
        return of_bool(
            st_json_equal(st_plain_doc(plain), plain->rules[0].value, value.doc, value.node));
    return ask_plain(b, item, value.doc, value.node);
}

enum st_verdict st_decide_name(struct st_build *b, const struct st_pattern *pattern, st_str name)
{
    bool found = false;
    st_build_work(b, 2);
    st_err err = st_pattern_search(pattern, b->checker->matcher, name, &found);
    if (err == ST_ERR_MEMORY)
        b->err = err;
    return err != ST_OK ? ST_VERDICT_UNKNOWN : of_bool(found);
}

/* ---- members ---- */

const struct st_fact *st_fact_of(const struct st_build *b, const uint32_t *facts,
                                 uint32_t fact_count, st_str name)
{
    for (uint32_t i = 0; i < fact_count; i++)
        if (st_str_eq(b->facts[facts[i]].name, name))
            return &b->facts[facts[i]];
    return NULL;
}

enum st_verdict st_members_for(struct st_build *b, uint32_t item, const struct st_members *members,
                               st_str name, struct st_list *list)
{
    const struct st_plain *named = st_named_find(members->named, name);
    bool known = named != NULL;
    if (named != NULL)
        st_build_push(b, list, st_build_item(b, item, named));
    for (uint32_t i = 0; i < members->patterned_count; i++) {
        enum st_verdict found = st_decide_name(b, members->patterned[i].pattern, name);
        if (found == ST_VERDICT_UNKNOWN)
            return found;
        if (found == ST_VERDICT_NO)
            continue;
        known = true;
        st_build_push(b, list, st_build_item(b, item, members->patterned[i].plain));
    }
    if (!known && members->additional != NULL)
        st_build_push(b, list, st_build_item(b, item, members->additional));
    return ST_VERDICT_YES;
}

enum st_verdict st_decide_fact(struct st_build *b, uint32_t item, const struct st_fact *fact)
{
    if (fact->kind == ST_FACT_VALUE)
        return st_decide_value(b, item, fact->value);
    const struct subject other = {.other = fact};
    return decide(b, item, &other);
}

/* What a rule of kind MEMBERS says of the member that a fact is of. */
static enum st_verdict decide_member(struct st_build *b, uint32_t item,
                                     const struct st_members *members, const struct st_fact *fact)
{
    struct st_list list = {0};
    enum st_verdict verdict = st_members_for(b, item, members, fact->name, &list);
    for (uint32_t i = 0; i < list.count && verdict != ST_VERDICT_NO; i++)
        verdict = both(verdict, st_decide_fact(b, list.at[i], fact));
    st_build_drop(b, &list);
    return verdict;
}

static enum st_verdict decide_members(struct st_build *b, uint32_t item,
                                      const struct st_members *members,
                                      const struct subject *subject)
{
    enum st_verdict verdict = ST_VERDICT_YES;
    for (uint32_t i = 0; i < subject->fact_count && verdict != ST_VERDICT_NO; i++) {
        const struct st_fact *fact = &b->facts[subject->facts[i]];
        if (fact->kind != ST_FACT_ABSENT)
            verdict = both(verdict, decide_member(b, item, members, fact));
    }
    if (verdict != ST_VERDICT_YES)
        return verdict;
    if (members->additional != NULL && !is_trivial(members->additional))
        return ST_VERDICT_UNKNOWN;
    for (uint32_t i = 0; i < members->patterned_count; i++)
        if (!is_trivial(members->patterned[i].plain))
            return ST_VERDICT_UNKNOWN;
    for (uint32_t i = 0; i < members->named.count; i++)
        if (!is_trivial(members->named.at[i].plain) &&
            st_fact_of(b, subject->facts, subject->fact_count, members->named.at[i].name) == NULL)
            return ST_VERDICT_UNKNOWN;
    return ST_VERDICT_YES;
}

/* Whether the facts say that these members are there. */
static enum st_verdict decide_required(const struct st_build *b, struct st_name_list names,
                                       const struct subject *subject)
{
    enum st_verdict verdict = ST_VERDICT_YES;
    if (subject->fact_count == 0)
        return names.count == 0 ? ST_VERDICT_YES : ST_VERDICT_UNKNOWN;
    for (uint32_t i = 0; i < names.count; i++) {
        const struct st_fact *fact =
            st_fact_of(b, subject->facts, subject->fact_count, names.at[i]);
        if (fact == NULL)
            verdict = ST_VERDICT_UNKNOWN;
        else if (fact->kind == ST_FACT_ABSENT)
            return ST_VERDICT_NO;
    }
    return verdict;
}

/* dependentRequired and dependentSchemas. */
static enum st_verdict decide_dependents(struct st_build *b, uint32_t item,
                                         const struct st_rule *rule, const struct subject *subject)
{
    enum st_verdict verdict = ST_VERDICT_YES;
    for (uint32_t i = 0; i < rule->named.count && verdict != ST_VERDICT_NO; i++) {
        const struct st_named *named = &rule->named.at[i];
        const struct st_fact *fact =
            st_fact_of(b, subject->facts, subject->fact_count, named->name);
        if (fact != NULL && fact->kind == ST_FACT_ABSENT)
            continue;
        enum st_verdict branch = rule->kind == ST_RULE_DEPENDENT_REQUIRED
                                     ? decide_required(b, named->names, subject)
                                     : decide(b, st_build_item(b, item, named->plain), subject);
        if (fact == NULL && branch == ST_VERDICT_NO)
            branch = ST_VERDICT_UNKNOWN;
        verdict = both(verdict, branch);
    }
    return verdict;
}

/* The members that are known to be there. */
static uint64_t count_present(const struct st_build *b, const struct subject *subject)
{
    uint64_t present = 0;
    for (uint32_t i = 0; i < subject->fact_count; i++)
        present += b->facts[subject->facts[i]].kind != ST_FACT_ABSENT;
    return present;
}

/* ---- values as they are ---- */

static enum st_verdict decide_type(uint32_t types, uint32_t kind)
{
    static const uint32_t of_kind[] = {
        [ST_JSON_NULL] = ST_TYPE_NULL,     [ST_JSON_FALSE] = ST_TYPE_BOOLEAN,
        [ST_JSON_TRUE] = ST_TYPE_BOOLEAN,  [ST_JSON_NUMBER] = ST_TYPE_NUMBER,
        [ST_JSON_STRING] = ST_TYPE_STRING, [ST_JSON_ARRAY] = ST_TYPE_ARRAY,
        [ST_JSON_OBJECT] = ST_TYPE_OBJECT,
    };
    if ((types & of_kind[kind]) != 0)
        return ST_VERDICT_YES;
    bool integer = (types & (ST_TYPE_INTEGER | ST_TYPE_INTEGER_LITERAL)) != 0;
    return kind == ST_JSON_NUMBER && integer ? ST_VERDICT_UNKNOWN : ST_VERDICT_NO;
}

/* Whether a value of the kind is this one: for null, true and false it is. */
static enum st_verdict decide_equal(const struct st_json *doc, uint32_t node, uint32_t kind)
{
    if (st_json_kind(doc, node) != kind)
        return ST_VERDICT_NO;
    return kind <= ST_JSON_TRUE ? ST_VERDICT_YES : ST_VERDICT_UNKNOWN;
}

static enum st_verdict decide_choice(struct st_build *b, const struct st_plain *plain,
                                     const struct st_rule *rule, uint32_t kind)
{
    const struct st_json *doc = st_plain_doc(plain);
    if (rule->kind == ST_RULE_CONST)
        return decide_equal(doc, rule->value, kind);
    enum st_verdict verdict = ST_VERDICT_NO;
    st_build_work(b, doc->nodes[rule->value].len / 8);
    for (uint32_t at = st_json_first(doc, rule->value);
         at != ST_JSON_NONE && verdict == ST_VERDICT_NO; at = st_json_next(doc, rule->value, at))
        verdict = decide_equal(doc, at, kind);
    return verdict;
}

static bool is_among(const struct st_fact *fact, const struct st_json *doc, uint32_t node)
{
    for (uint32_t i = 0; i < fact->value_count; i++)
        if (st_json_equal(fact->values[i].doc, fact->values[i].node, doc, node))
            return true;
    return false;
}

/* What a rule says of a member that is none of the fact's values. */
static enum st_verdict decide_other(const struct st_plain *plain, const struct st_rule *rule,
                                    const struct st_fact *fact)
{
    const struct st_json *doc = st_plain_doc(plain);
    if (rule->kind == ST_RULE_CONST)
        return is_among(fact, doc, rule->value) ? ST_VERDICT_NO : ST_VERDICT_UNKNOWN;
    if (rule->kind != ST_RULE_ENUM)
        return ST_VERDICT_UNKNOWN;
    for (uint32_t at = st_json_first(doc, rule->value); at != ST_JSON_NONE;
         at = st_json_next(doc, rule->value, at))
        if (!is_among(fact, doc, at))
            return ST_VERDICT_UNKNOWN;
    return ST_VERDICT_NO;
}

/* Rules that say something of one kind of value only. */
static bool concerns(enum st_rule_kind rule, uint32_t kind)
{
    if (rule >= ST_RULE_MULTIPLE && rule <= ST_RULE_EXCLUSIVE_MAXIMUM)
        return kind == ST_JSON_NUMBER;
    if (rule >= ST_RULE_MIN_LENGTH && rule <= ST_RULE_FORMAT)
        return kind == ST_JSON_STRING;
    if ((rule >= ST_RULE_MIN_ITEMS && rule <= ST_RULE_UNIQUE_ITEMS) || rule == ST_RULE_ITEMS ||
        rule == ST_RULE_CONTAINS || rule == ST_RULE_UNEVALUATED_ITEMS)
        return kind == ST_JSON_ARRAY;
    if ((rule >= ST_RULE_MIN_PROPERTIES && rule <= ST_RULE_NAMES) ||
        rule == ST_RULE_DEPENDENT_SCHEMAS || rule == ST_RULE_UNEVALUATED_MEMBERS)
        return kind == ST_JSON_OBJECT;
    return true;
}

static enum st_verdict decide_items(const struct st_items *items)
{
    for (uint32_t i = 0; i < items->prefix.count; i++)
        if (!is_trivial(items->prefix.at[i]))
            return ST_VERDICT_UNKNOWN;
    return items->rest == NULL || is_trivial(items->rest) ? ST_VERDICT_YES : ST_VERDICT_UNKNOWN;
}

static enum st_verdict decide_value_rule(struct st_build *b, uint32_t item,
                                         const struct st_rule *rule, const struct subject *subject)
{
    const struct st_plain *plain = b->items[item].plain;
    if (subject->other != NULL)
        return decide_other(plain, rule, subject->other);
    if (!concerns(rule->kind, subject->kind))
        return ST_VERDICT_YES;
    switch (rule->kind) {
    case ST_RULE_TYPE:
        return decide_type(rule->types, subject->kind);
    case ST_RULE_ENUM:
    case ST_RULE_CONST:
        return decide_choice(b, plain, rule, subject->kind);
    case ST_RULE_MIN_LENGTH:
    case ST_RULE_MIN_ITEMS:
        return rule->count == 0 ? ST_VERDICT_YES : ST_VERDICT_UNKNOWN;
    case ST_RULE_MIN_PROPERTIES:
        return rule->count <= count_present(b, subject) ? ST_VERDICT_YES : ST_VERDICT_UNKNOWN;
    case ST_RULE_MAX_PROPERTIES:
        return rule->count < count_present(b, subject) ? ST_VERDICT_NO : ST_VERDICT_UNKNOWN;
    case ST_RULE_REQUIRED:
        return decide_required(b, rule->names, subject);
    case ST_RULE_MEMBERS:
        return decide_members(b, item, rule->members, subject);
    case ST_RULE_NAMES: {
        const struct subject name = {.kind = ST_JSON_STRING};
        return decide(b, st_build_item(b, item, rule->plain), &name) == ST_VERDICT_YES
                   ? ST_VERDICT_YES
                   : ST_VERDICT_UNKNOWN;
    }
    case ST_RULE_ITEMS:
        return decide_items(rule->items);
    case ST_RULE_CONTAINS:
        return rule->contains->min == 0 && rule->contains->max == UINT64_MAX ? ST_VERDICT_YES
                                                                             : ST_VERDICT_UNKNOWN;
    case ST_RULE_UNEVALUATED_ITEMS:
    case ST_RULE_UNEVALUATED_MEMBERS:
        return is_trivial(rule->plain) ? ST_VERDICT_YES : ST_VERDICT_UNKNOWN;
    default:
        return ST_VERDICT_UNKNOWN;
    }
}

/* ---- schemas for the same value ---- */

static enum st_verdict decide_branches(struct st_build *b, uint32_t item,
                                       const struct st_rule *rule, const struct subject *subject)
{
    uint32_t yes = 0;
    uint32_t unknown = 0;
    for (uint32_t i = 0; i < rule->plains.count; i++) {
        enum st_verdict branch = decide(b, st_build_item(b, item, rule->plains.at[i]), subject);
        yes += branch == ST_VERDICT_YES;
        unknown += branch == ST_VERDICT_UNKNOWN;
        if (rule->kind == ST_RULE_ALL_OF && branch == ST_VERDICT_NO)
            return branch;
        if (rule->kind == ST_RULE_ANY_OF && branch == ST_VERDICT_YES)
            return branch;
        if (rule->kind == ST_RULE_ONE_OF && yes > 1)
            return ST_VERDICT_NO;
    }
    if (unknown > 0)
        return ST_VERDICT_UNKNOWN;
    return rule->kind == ST_RULE_ALL_OF ? ST_VERDICT_YES : of_bool(yes == 1);
}

static enum st_verdict decide_optional(struct st_build *b, uint32_t item,
                                       const struct st_plain *plain, const struct subject *subject)
{
    return plain == NULL ? ST_VERDICT_YES : decide(b, st_build_item(b, item, plain), subject);
}

static enum st_verdict decide_condition(struct st_build *b, uint32_t item,
                                        const struct st_condition *condition,
                                        const struct subject *subject)
{
    enum st_verdict test = decide(b, st_build_item(b, item, condition->test), subject);
    if (test == ST_VERDICT_YES)
        return decide_optional(b, item, condition->then, subject);
    if (test == ST_VERDICT_NO)
        return decide_optional(b, item, condition->otherwise, subject);
    enum st_verdict then = decide_optional(b, item, condition->then, subject);
    enum st_verdict otherwise = decide_optional(b, item, condition->otherwise, subject);
    return then == otherwise ? then : ST_VERDICT_UNKNOWN;
}

static enum st_verdict decide_rule(struct st_build *b, uint32_t item, const struct st_rule *rule,
                                   const struct subject *subject)
{
    switch (rule->kind) {
    case ST_RULE_REF:
    case ST_RULE_DYNAMIC_REF:
        return decide(b, st_build_target(b, item, rule), subject);
    case ST_RULE_ALL_OF:
    case ST_RULE_ANY_OF:
    case ST_RULE_ONE_OF:
        return decide_branches(b, item, rule, subject);
    case ST_RULE_NOT:
        return invert(decide(b, st_build_item(b, item, rule->plain), subject));
    case ST_RULE_IF:
        return decide_condition(b, item, rule->condition, subject);
    case ST_RULE_DEPENDENT_REQUIRED:
    case ST_RULE_DEPENDENT_SCHEMAS:
        if (subject->other != NULL)
            return ST_VERDICT_UNKNOWN;
        return concerns(rule->kind, subject->kind) ? decide_dependents(b, item, rule, subject)
                                                   : ST_VERDICT_YES;
    default:
        return decide_value_rule(b, item, rule, subject);
    }
}

static enum st_verdict decide_rules(struct st_build *b, uint32_t item,
                                    const struct subject *subject)
{
    const struct st_plain *plain = b->items[item].plain;
    enum st_verdict verdict = plain->refuses ? ST_VERDICT_NO : ST_VERDICT_YES;
    if (b->depth == ST_PROGRAM_DECIDE_DEPTH_MAX || b->frugal || st_build_over(b))
        return ST_VERDICT_UNKNOWN;
    b->depth++;
    st_build_work(b, 1 + plain->rule_count);
    for (uint32_t i = 0; i < plain->rule_count && verdict != ST_VERDICT_NO; i++)
        verdict = both(verdict, decide_rule(b, item, &plain->rules[i], subject));
    b->depth--;
    return verdict;
}

/* ---- what a member is asked for ---- */

/* The text that is all that the schema takes; at == NULL: there is none. */
static st_str only_text(const struct st_plain *plain)
{
    const struct st_json *doc = st_plain_doc(plain);
    for (uint32_t i = 0; i < plain->rule_count; i++)
        if (plain->rules[i].kind == ST_RULE_CONST &&
            st_json_kind(doc, plain->rules[i].value) == ST_JSON_STRING)
            return st_json_text(doc, plain->rules[i].value);
    return (st_str){NULL, 0};
}

static void find_asks(struct st_build *b, uint32_t item, struct st_named_list named)
{
    uint32_t found = 0;
    st_build_work(b, 1 + named.count / 8);
    for (uint32_t i = 0; i < named.count && found < ASKS_MAX; i++) {
        st_str text = only_text(named.at[i].plain);
        struct st_ask *ask = text.at == NULL ? NULL : st_build_scratch(b, sizeof *ask);
        if (ask == NULL)
            continue;
        *ask = (struct st_ask){
            .next = b->items[item].asks,
            .name = named.at[i].name,
            .text = text,
        };
        b->items[item].asks = ask;
        found++;
    }
}

static const struct st_ask *asks_of(struct st_build *b, uint32_t item)
{
    const struct st_plain *plain = b->items[item].plain;
    if (b->items[item].asks_known)
        return b->items[item].asks;
    b->items[item].asks_known = true;
    for (uint32_t i = 0; i < plain->rule_count; i++)
        if (plain->rules[i].kind == ST_RULE_MEMBERS)
            find_asks(b, item, plain->rules[i].members->named);
    return b->items[item].asks;
}

const struct st_ask *st_decide_ask(struct st_build *b, uint32_t item, st_str name)
{
    const struct st_ask *ask = asks_of(b, item);
    while (ask != NULL && !st_str_eq(ask->name, name))
        ask = ask->next;
    return ask;
}

bool st_fact_differs(const struct st_fact *fact, const struct st_ask *ask)
{
    const struct st_value value = fact->value;
    return fact->kind == ST_FACT_VALUE &&
           (st_json_kind(value.doc, value.node) != ST_JSON_STRING ||
            !st_str_eq(st_json_text(value.doc, value.node), ask->text));
}

/* Whether the item asks for another text than a fact says. */
static bool asks_otherwise(struct st_build *b, uint32_t item, const struct subject *subject)
{
    for (const struct st_ask *ask = asks_of(b, item); ask != NULL; ask = ask->next) {
        const struct st_fact *fact = st_fact_of(b, subject->facts, subject->fact_count, ask->name);
        if (fact != NULL && st_fact_differs(fact, ask))
            return true;
    }
    return false;
}

/* Remembered, but for members: a schema is asked by many. */
static enum st_verdict decide(struct st_build *b, uint32_t item, const struct subject *subject)
{
    if (subject->other != NULL)
        return decide_rules(b, item, subject);
    struct st_item *at = &b->items[item];
    if (subject->fact_count == 0) {
        if (at->verdicts[subject->kind] == 0) {
            enum st_verdict verdict = decide_rules(b, item, subject);
            at = &b->items[item];
            at->verdicts[subject->kind] = (uint8_t)(verdict + 1);
        }
        return (enum st_verdict)(at->verdicts[subject->kind] - 1);
    }
    if (at->fact_stamp != b->fact_stamp) {
        enum st_verdict verdict =
            asks_otherwise(b, item, subject) ? ST_VERDICT_NO : decide_rules(b, item, subject);
        at = &b->items[item];
        at->fact_verdict = (uint8_t)verdict;
        at->fact_stamp = b->fact_stamp;
    }
    return (enum st_verdict)at->fact_verdict;
}

enum st_verdict st_decide(struct st_build *b, uint32_t item, uint32_t kind, const uint32_t *facts,
                          uint32_t fact_count)
{
    const struct subject subject = {.kind = kind, .facts = facts, .fact_count = fact_count};
    return decide(b, item, &subject);
}

enum st_verdict st_decide_rule(struct st_build *b, uint32_t item, const struct st_rule *rule,
                               uint32_t kind, const uint32_t *facts, uint32_t fact_count)
{
    const struct subject subject = {.kind = kind, .facts = facts, .fact_count = fact_count};
    return decide_rule(b, item, rule, &subject);
}
