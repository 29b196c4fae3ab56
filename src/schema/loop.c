/*
 * loop.c: finds schemas that apply themselves to the same value again, whatever the value is.
 *
 * A search for a circle over the edges that consume nothing: $ref, allOf, anyOf, oneOf, not, if.
 * What then, else and dependentSchemas lead to is applied on a condition, and where $dynamicRef
 * leads is known only while checking: such circles end at the depth limit.
 */
#include "schema/loader.h"

#include "base/mem.h"

enum mark {
    UNSEEN,
    OPEN,
    CLOSED,
};

/* One schema on the way from the start, and the edge to follow next. */
struct step {
    struct st_plain *plain;
    uint32_t rule;
    uint32_t branch;
};

/* The branch of a rule that consumes nothing; NULL past the last. */
static const struct st_plain *branch_of(const struct st_rule *rule, uint32_t branch)
{
    switch (rule->kind) {
    case ST_RULE_REF:
        return branch == 0 ? rule->reference.to : NULL;
    case ST_RULE_ALL_OF:
    case ST_RULE_ANY_OF:
    case ST_RULE_ONE_OF:
        return branch < rule->plains.count ? rule->plains.at[branch] : NULL;
    case ST_RULE_NOT:
        return branch == 0 ? rule->plain : NULL;
    case ST_RULE_IF:
        return branch == 0 ? rule->condition->test : NULL;
    default:
        return NULL;
    }
}

static struct st_plain *next_branch(struct step *step)
{
    while (step->rule < step->plain->rule_count) {
        const struct st_plain *to = branch_of(&step->plain->rules[step->rule], step->branch);
        if (to != NULL) {
            step->branch++;
            /* The loader made it and may still write its mark. */
            return to->resource->document->plains[to->node];
        }
        step->rule++;
        step->branch = 0;
    }
    return NULL;
}

static st_err search_from(struct st_loader *loader, struct step *way, struct st_plain *start)
{
    uint32_t depth = 0;
    way[depth++] = (struct step){.plain = start};
    start->mark = OPEN;
    while (depth > 0) {
        struct step *step = &way[depth - 1];
        struct st_plain *to = next_branch(step);
        if (to == NULL) {
            step->plain->mark = CLOSED;
            depth--;
        } else if (to->mark == OPEN) {
            uint32_t place = step->plain->rules[step->rule].value;
            return st_load_fault(loader, ST_ERR_INVALID, step->plain->resource->document, place,
                                 "must not lead back to itself without going into the value");
        } else if (to->mark == UNSEEN) {
            to->mark = OPEN;
            way[depth++] = (struct step){.plain = to};
        }
    }
    return ST_OK;
}

st_err st_load_find_loops(struct st_loader *loader)
{
    struct step *way = st_mem_get((loader->plain_count + 1) * sizeof(way[0]));
    if (way == NULL)
        return st_load_no_memory(loader);
    st_err err = ST_OK;
    for (struct st_plain *plain = loader->first_plain; plain != NULL && err == ST_OK;
         plain = plain->next)
        if (plain->mark == UNSEEN)
            err = search_from(loader, way, plain);
    st_mem_free(way);
    return err;
}
