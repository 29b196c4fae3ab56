/*
 * blame.c: which violation of its metaschema a wrong schema is refused for.
 *
 * The first in order that is no mere consequence. Where a choice has failed (`type` is a name or a
 * list of names) the violation is one of the alternative that was meant: the one that does not
 * fail at once for the value's type, nor then for not being one of its words.
 */
#include "schema/loader.h"

/* How far an alternative got with the value that the choice is about. */
enum fit {
    FIT_NO_TYPE, /* not even its type */
    FIT_NO_WORD, /* not one of the values listed */
    FIT_VALUE,   /* something else about it */
    FIT_PARTS,   /* only parts of it are wrong */
};

struct alternative {
    uint32_t number;
    uint32_t leaf; /* its first */
    enum fit fit;
};

/* What stands in the nodes from `from` to `to` is no leaf here. */
static void disown(struct st_report *report, uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; i < report->count; i++) {
        struct st_violation *violation = &report->violations[i];
        if (violation->node >= from && violation->node < to)
            violation->leaf = false;
    }
}

/* Embedded schemas of other dialects than the unit's are units, too. Each carries an $id, so there
 * are at most as many as resources. */
static void disown_foreign(const struct st_unit *unit, struct st_report *report)
{
    const struct st_json *json = &unit->document->json;
    uint32_t end = st_json_after(json, unit->node);
    for (uint32_t at = unit->node; at < end;) {
        const struct st_plain *plain = unit->document->plains[at];
        bool foreign = plain != NULL && plain->resource->dialect != unit->dialect;
        uint32_t next = foreign ? st_json_after(json, at) : at + 1;
        if (foreign)
            disown(report, at, next);
        at = next;
    }
}

static bool is_choice(const struct st_violation *violation)
{
    return st_str_eq(violation->keyword, ST_STR("anyOf")) ||
           st_str_eq(violation->keyword, ST_STR("oneOf"));
}

/* The outermost choice above a violation and below `bound`; NONE when there is none. */
static uint32_t choice_above(const struct st_report *report, uint32_t i, uint32_t bound)
{
    uint32_t choice = ST_JSON_NONE;
    for (uint32_t at = report->violations[i].parent; at != bound;
         at = report->violations[at].parent)
        if (is_choice(&report->violations[at]))
            choice = at;
    return choice;
}

static bool is_below(const struct st_report *report, uint32_t i, uint32_t above)
{
    uint32_t at = report->violations[i].parent;
    while (at != above && at != ST_JSON_NONE)
        at = report->violations[at].parent;
    return at == above;
}

/* Which of the choice's schemas a violation below it comes from: the number that follows in its
 * path of keywords. */
static uint32_t alternative_of(const struct st_violation *choice, const struct st_violation *below)
{
    uint32_t number = 0;
    for (size_t i = choice->keyword_at.len + 1; i < below->keyword_at.len; i++) {
        char digit = below->keyword_at.at[i];
        if (digit < '0' || digit > '9')
            break;
        number = number * 10 + (uint32_t)(digit - '0');
    }
    return number;
}

static enum fit fit_of(const struct st_violation *choice, const struct st_violation *leaf)
{
    if (!st_str_eq(leaf->instance, choice->instance))
        return FIT_PARTS;
    if (st_str_eq(leaf->keyword, ST_STR("type")))
        return FIT_NO_TYPE;
    bool word =
        st_str_eq(leaf->keyword, ST_STR("enum")) || st_str_eq(leaf->keyword, ST_STR("const"));
    return word ? FIT_NO_WORD : FIT_VALUE;
}

/* Takes the choice's next alternative that has failed here, from the leaf at *next on; false at the
 * end. An alternative fits as well as the worst of its leaves. */
static bool take_alternative(const struct st_report *report, uint32_t choice, uint32_t *next,
                             struct alternative *taken)
{
    const struct st_violation *violations = report->violations;
    bool found = false;
    for (; *next < report->count; (*next)++) {
        uint32_t i = *next;
        if (!is_below(report, i, choice) || !violations[i].leaf)
            continue;
        uint32_t number = alternative_of(&violations[choice], &violations[i]);
        enum fit fit = fit_of(&violations[choice], &violations[i]);
        if (found && number != taken->number)
            return true;
        if (!found)
            *taken = (struct alternative){.number = number, .leaf = i, .fit = fit};
        else if (fit < taken->fit)
            taken->fit = fit;
        found = true;
    }
    return found;
}

static struct alternative best_alternative(const struct st_report *report, uint32_t choice)
{
    struct alternative best = {.leaf = ST_JSON_NONE};
    struct alternative at;
    uint32_t next = choice + 1;
    while (take_alternative(report, choice, &next, &at))
        if (best.leaf == ST_JSON_NONE || at.fit > best.fit)
            best = at;
    return best;
}

/* The messages of all alternatives, when the value has the type of none of them. */
static st_err add_types(const struct st_report *report, uint32_t choice, struct st_buf *message)
{
    struct alternative at;
    uint32_t next = choice + 1;
    st_err err = ST_OK;
    st_buf_reset(message);
    while (err == ST_OK && take_alternative(report, choice, &next, &at)) {
        if (message->len > 0)
            err = st_buf_add_str(message, ST_STR(", or "));
        if (err == ST_OK)
            err = st_buf_add_str(message, report->violations[at.leaf].message);
    }
    return err;
}

const struct st_violation *st_load_blame(const struct st_unit *unit, struct st_report *report,
                                         struct st_buf *message)
{
    uint32_t i = 0;
    disown_foreign(unit, report);
    while (i < report->count && !report->violations[i].leaf)
        i++;
    if (i == report->count)
        return NULL;

    st_err err = st_buf_add_str(message, report->violations[i].message);
    uint32_t bound = ST_JSON_NONE;
    for (uint32_t choice = choice_above(report, i, bound); choice != ST_JSON_NONE && err == ST_OK;
         choice = choice_above(report, i, bound)) {
        struct alternative best = best_alternative(report, choice);
        i = best.leaf;
        bound = choice;
        st_buf_reset(message);
        err = best.fit == FIT_NO_TYPE ? add_types(report, choice, message)
                                      : st_buf_add_str(message, report->violations[i].message);
        if (best.fit == FIT_NO_TYPE)
            break;
    }
    if (err != ST_OK)
        st_buf_reset(message); /* too long for a fault: its place says the most */
    return &report->violations[i];
}
