/*
 * program_graph.c: the plain schemas that the root leads to, each in the dynamic scopes in which it
 * is reached.
 */
#include "schema/program_make.h"

#include "base/mem.h"

/* Schemas of more rules are not compared with others. */
#define RULES_COMPARED 4u

/* ---- scopes ---- */

/* Where the name leads in the scope; NULL: nobody in it says. */
static const struct st_plain *find_dynamic(const struct st_scope *scope, uint32_t name)
{
    for (uint32_t i = 0; i < scope->count; i++)
        for (const struct st_dynamic *at = scope->resources[i]->dynamics; at != NULL; at = at->next)
            if (at->name == name)
                return at->plain;
    return NULL;
}

static bool adds_to(const struct st_scope *scope, const struct st_resource *resource)
{
    for (const struct st_dynamic *at = resource->dynamics; at != NULL; at = at->next)
        if (find_dynamic(scope, at->name) == NULL)
            return true;
    return false;
}

/* The scope with the resource entered: the same one where that decides nothing new. */
static uint32_t enter(struct st_build *b, uint32_t from, const struct st_resource *resource)
{
    if (b->scope_count == 0) {
        if (!st_build_reserve(b, (void **)&b->scopes, &b->scope_room, 0, sizeof b->scopes[0]))
            return 0;
        b->scopes[b->scope_count++] = (struct st_scope){0};
    }
    const struct st_scope *outer = &b->scopes[from];
    if (resource->dynamics == NULL || !adds_to(outer, resource))
        return from;
    for (uint32_t i = 0; i < b->scope_count; i++) {
        const struct st_scope *scope = &b->scopes[i];
        if (scope->count == outer->count + 1 && scope->resources[outer->count] == resource &&
            (outer->count == 0 || memcmp(scope->resources, outer->resources,
                                         outer->count * sizeof(scope->resources[0])) == 0))
            return i;
    }
    const struct st_resource **resources =
        st_build_get(b, (outer->count + 1) * sizeof(resources[0]));
    if (b->scope_count == ST_PROGRAM_SCOPES_MAX)
        b->impossible = true;
    if (resources == NULL || st_build_over(b) ||
        !st_build_reserve(b, (void **)&b->scopes, &b->scope_room, b->scope_count,
                          sizeof b->scopes[0]))
        return from;
    outer = &b->scopes[from];
    if (outer->count > 0)
        memcpy(resources, outer->resources, outer->count * sizeof(resources[0]));
    resources[outer->count] = resource;
    b->scopes[b->scope_count] =
        (struct st_scope){.resources = resources, .count = outer->count + 1};
    return b->scope_count++;
}

/* ---- items ---- */

/* The loader made it and may still write its mark. */
static struct st_plain *own(const struct st_plain *plain)
{
    return plain->resource->document->plains[plain->node];
}

/* What a rule asks of a value that is told by its kind and one word; false: it takes more. */
static bool word_of(const struct st_plain *plain, const struct st_rule *rule, uint64_t *word)
{
    *word = 0;
    if (rule->kind == ST_RULE_TYPE) {
        *word = rule->types;
    } else if (rule->kind >= ST_RULE_MULTIPLE && rule->kind <= ST_RULE_EXCLUSIVE_MAXIMUM) {
        st_str literal = st_json_text(st_plain_doc(plain), rule->value);
        if (literal.len > sizeof *word)
            return false;
        memcpy(word, literal.at, literal.len);
    } else if (rule->kind == ST_RULE_PATTERN) {
        *word = (uint64_t)(uintptr_t)rule->pattern;
    } else if (rule->kind == ST_RULE_FORMAT) {
        *word = (uint64_t)(uintptr_t)rule->format;
    } else if (rule->kind >= ST_RULE_MIN_LENGTH && rule->kind <= ST_RULE_MAX_PROPERTIES) {
        *word = rule->kind == ST_RULE_UNIQUE_ITEMS ? 0 : rule->count;
    } else {
        return false;
    }
    return true;
}

/* Most schemas are like another one, "type": "string" above all: what is like one that has an item
 * already gets the same, and with it the same states and steps. */
static void share_item(struct st_build *b, struct st_plain *plain)
{
    uint64_t words[2 * RULES_COMPARED];
    uint32_t count = 0;
    if (plain->rule_count == 0 || plain->rule_count > RULES_COMPARED)
        return;
    for (uint32_t i = 0; i < plain->rule_count; i++, count += 2) {
        words[count] = plain->rules[i].kind;
        if (!word_of(plain, &plain->rules[i], &words[count + 1]))
            return;
    }
    st_str key = {(const char *)words, count * sizeof words[0]};
    const struct st_map_entry *known = st_map_find(&b->item_of, key);
    if (known != NULL) {
        plain->item = (uint32_t)known->value;
        return;
    }
    char *kept = st_build_scratch(b, key.len);
    if (kept == NULL)
        return;
    memcpy(kept, words, key.len);
    st_build_map(b, &b->item_of, (st_str){kept, key.len}, b->item_count + 1);
}

uint32_t st_build_item(struct st_build *b, uint32_t from, const struct st_plain *plain)
{
    uint32_t scope = enter(b, from == ST_JSON_NONE ? 0 : b->items[from].scope, plain->resource);
    struct st_plain *mine = own(plain);
    if (mine->item == 0)
        share_item(b, mine);
    for (uint32_t at = mine->item; at != 0; at = b->items[at - 1].next)
        if (b->items[at - 1].scope == scope)
            return at - 1;
    if (b->item_count >= ST_PROGRAM_ITEMS_MAX)
        b->impossible = true;
    if (st_build_over(b) ||
        !st_build_reserve(b, (void **)&b->items, &b->item_room, b->item_count, sizeof b->items[0]))
        return 0;
    b->items[b->item_count] = (struct st_item){.plain = plain, .scope = scope, .next = mine->item};
    mine->item = ++b->item_count;
    return b->item_count - 1;
}

uint32_t st_build_target(struct st_build *b, uint32_t from, const struct st_rule *rule)
{
    const struct st_plain *to = NULL;
    if (rule->kind == ST_RULE_DYNAMIC_REF)
        to = find_dynamic(&b->scopes[b->items[from].scope], rule->reference.dynamic);
    if (to == NULL)
        to = rule->reference.to;
    return to == NULL ? ST_JSON_NONE : st_build_item(b, from, to);
}

bool st_build_expands(const struct st_rule *rule)
{
    return rule->kind == ST_RULE_REF || rule->kind == ST_RULE_DYNAMIC_REF ||
           rule->kind == ST_RULE_ALL_OF;
}

void st_build_expand(struct st_build *b, uint32_t item, const struct st_rule *rule,
                     struct st_list *list)
{
    if (rule->kind != ST_RULE_ALL_OF) {
        st_build_push(b, list, st_build_target(b, item, rule));
        return;
    }
    for (uint32_t i = 0; i < rule->plains.count && !st_build_over(b); i++)
        st_build_push(b, list, st_build_item(b, item, rule->plains.at[i]));
}

/* ---- circles ---- */

enum mark {
    UNSEEN,
    OPEN,
    CLOSED,
};

/* Which schema comes next in an item's rules. */
struct cursor {
    uint32_t item;
    uint32_t rule;
    uint32_t branch;
};

/* The branch of a rule; *past when it has no more. Some that are optional are NULL. */
static const struct st_plain *branch_of(const struct st_rule *rule, uint32_t branch, bool *past)
{
    const struct st_members *members;
    const struct st_items *items;
    switch (rule->kind) {
    case ST_RULE_ALL_OF:
    case ST_RULE_ANY_OF:
    case ST_RULE_ONE_OF:
        *past = branch >= rule->plains.count;
        return *past ? NULL : rule->plains.at[branch];
    case ST_RULE_IF:
        *past = branch >= 3;
        return branch == 0   ? rule->condition->test
               : branch == 1 ? rule->condition->then
               : branch == 2 ? rule->condition->otherwise
                             : NULL;
    case ST_RULE_DEPENDENT_SCHEMAS:
        *past = branch >= rule->named.count;
        return *past ? NULL : rule->named.at[branch].plain;
    case ST_RULE_MEMBERS:
        members = rule->members;
        *past = branch > members->named.count + members->patterned_count;
        if (branch < members->named.count)
            return members->named.at[branch].plain;
        branch -= members->named.count;
        return *past                               ? NULL
               : branch < members->patterned_count ? members->patterned[branch].plain
                                                   : members->additional;
    case ST_RULE_ITEMS:
        items = rule->items;
        *past = branch > items->prefix.count;
        return *past ? NULL : branch < items->prefix.count ? items->prefix.at[branch] : items->rest;
    case ST_RULE_NOT:
    case ST_RULE_NAMES:
    case ST_RULE_UNEVALUATED_ITEMS:
    case ST_RULE_UNEVALUATED_MEMBERS:
        *past = branch >= 1;
        return *past ? NULL : rule->plain;
    case ST_RULE_CONTAINS:
        *past = branch >= 1;
        return *past ? NULL : rule->contains->plain;
    default:
        *past = true;
        return NULL;
    }
}

static bool is_of_same_value(const struct st_rule *rule)
{
    return rule->kind >= ST_RULE_REF && rule->kind <= ST_RULE_DEPENDENT_SCHEMAS;
}

/* The next item that the cursor's applies to the same value; NONE past the last. Those that it
 * applies to other values are made, so that they are looked at later. */
static uint32_t next_branch(struct st_build *b, struct cursor *cursor)
{
    const struct st_plain *plain = b->items[cursor->item].plain;
    while (cursor->rule < plain->rule_count && !st_build_over(b)) {
        const struct st_rule *rule = &plain->rules[cursor->rule];
        bool reference = rule->kind == ST_RULE_REF || rule->kind == ST_RULE_DYNAMIC_REF;
        bool past = reference && cursor->branch > 0;
        const struct st_plain *to = reference ? NULL : branch_of(rule, cursor->branch, &past);
        if (past) {
            cursor->rule++;
            cursor->branch = 0;
            continue;
        }
        cursor->branch++;
        uint32_t item = ST_JSON_NONE;
        if (reference) {
            item = st_build_target(b, cursor->item, rule);
            b->impossible = b->impossible || item == ST_JSON_NONE; /* it leads nowhere */
        } else if (to != NULL) {
            item = st_build_item(b, cursor->item, to);
        }
        if (item != ST_JSON_NONE && is_of_same_value(rule))
            return item;
    }
    return ST_JSON_NONE;
}

static void search_from(struct st_build *b, struct cursor **way, uint32_t *room, uint32_t start)
{
    uint32_t depth = 0;
    uint32_t item = start;
    for (;;) {
        if (b->items[item].mark == OPEN)
            b->impossible = true; /* it ends at the depth limit, which is the plain one's to meet */
        if (st_build_over(b) || !st_build_reserve(b, (void **)way, room, depth, sizeof **way))
            return;
        if (b->items[item].mark == UNSEEN) {
            b->items[item].mark = OPEN;
            (*way)[depth++] = (struct cursor){.item = item};
        }
        for (;;) {
            if (depth == 0)
                return;
            item = next_branch(b, &(*way)[depth - 1]);
            if (item != ST_JSON_NONE || st_build_over(b))
                break;
            b->items[(*way)[--depth].item].mark = CLOSED;
        }
        if (st_build_over(b))
            return;
    }
}

void st_build_items(struct st_build *b)
{
    struct cursor *way = NULL;
    uint32_t room = 0;
    st_build_item(b, ST_JSON_NONE, b->schema->root);
    for (uint32_t item = 0; item < b->item_count && !st_build_over(b); item++)
        if (b->items[item].mark == UNSEEN)
            search_from(b, &way, &room, item);
    st_mem_free(way);
}
