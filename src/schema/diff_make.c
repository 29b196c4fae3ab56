/*
 * diff_make.c: a value with all that a world says of it, with luck.
 *
 * First the open choices are made at random, one fact at a time, each the world of its own: then
 * what is left is what a value of one kind must have, and that is written down. Nothing here needs
 * to be right: whether the value is one is asked of the checker.
 */
#include "schema/diff_work.h"

#include "json/write.h"

#include <stdio.h>

#define MAKE_DEPTH_MAX 24
#define CHOICES_MAX    80
#define ITEMS_MAX      2000u

struct make {
    struct st_diff_work *w;
    const struct st_wish *wish;
    struct st_buf *out;
    unsigned depth;
};

static bool make_value(struct make *m, const struct st_world *world, uint32_t down);

static uint64_t below(struct make *m, uint64_t bound)
{
    return st_diff_below(m->w, bound);
}

static bool chance(struct make *m, unsigned percent)
{
    return below(m, 100) < percent;
}

static bool put(struct make *m, st_err err)
{
    if (err == ST_ERR_LIMIT)
        return false;
    return st_diff_failed(m->w, err);
}

/* ---- choices ---- */

struct decided {
    const void *at[CHOICES_MAX];
    uint32_t count;
};

static bool was_decided(const struct decided *decided, const void *what)
{
    for (uint32_t i = 0; i < decided->count; i++)
        if (decided->at[i] == what)
            return true;
    return false;
}

static const struct st_world *use(const struct st_world *world)
{
    return world == NULL || world->empty ? NULL : world;
}

static const struct st_world *pick_branch(struct make *m, const struct st_world *world,
                                          struct st_plain_list list, bool is)
{
    uint64_t from = list.count == 0 ? 0 : below(m, list.count);
    for (uint32_t i = 0; i < list.count; i++) {
        const struct st_plain *branch = list.at[(from + i) % list.count];
        const struct st_world *next =
            use(is ? st_diff_with_is(m->w, world, branch) : st_diff_with_not(m->w, world, branch));
        if (next != NULL)
            return next;
    }
    return NULL;
}

static const struct st_world *pick_test(struct make *m, const struct st_world *world,
                                        const struct st_plain *test)
{
    bool is = chance(m, 50);
    const struct st_world *next =
        use(is ? st_diff_with_is(m->w, world, test) : st_diff_with_not(m->w, world, test));
    if (next == NULL)
        next = use(is ? st_diff_with_not(m->w, world, test) : st_diff_with_is(m->w, world, test));
    return next;
}

static const struct st_world *with_name(struct make *m, const struct st_world *world,
                                        enum st_fact_kind kind, st_str text)
{
    const st_str *name = st_diff_name(m->w, text);
    return name == NULL
               ? NULL
               : use(st_diff_with(m->w, world, (struct st_fact){.kind = kind, .name = name}));
}

static const struct st_world *pick_members(struct make *m, const struct st_world *world,
                                           struct st_named_list list)
{
    for (uint32_t i = 0; i < list.count && world != NULL; i++) {
        st_str name = list.at[i].name;
        if (st_diff_has(world, name) || st_diff_lacks(world, name))
            continue;
        const struct st_world *next =
            with_name(m, world, chance(m, 30) ? ST_FACT_HAS : ST_FACT_LACKS, name);
        world = next != NULL ? next : with_name(m, world, ST_FACT_HAS, name);
    }
    return world;
}

static const struct st_world *choose(struct make *m, const struct st_world *world,
                                     const struct st_rule *rule)
{
    if (rule->kind == ST_RULE_IF)
        return pick_test(m, world, rule->condition->test);
    if (rule->kind == ST_RULE_ANY_OF || rule->kind == ST_RULE_ONE_OF)
        return pick_branch(m, world, rule->plains, true);
    return pick_members(m, world, rule->named);
}

/* ---- broken rules, of which there are several ways ---- */

static const struct st_world *break_members(struct make *m, const struct st_world *world,
                                            const struct st_plain *plain,
                                            const struct st_rule *rule)
{
    const struct st_members *members = rule->members;
    if (members->named.count == 0 ||
        (members->named.count == 1 && members->patterned_count == 0 && members->additional == NULL))
        return world;
    const struct st_named *named = &members->named.at[below(m, members->named.count)];
    struct st_members *one = st_diff_get(m->w, sizeof *one);
    struct st_rule *copy = st_diff_get(m->w, sizeof *copy);
    if (one == NULL || copy == NULL)
        return NULL;
    one->named = (struct st_named_list){named, 1};
    *copy = *rule;
    copy->members = one;
    const struct st_plain *alone = st_diff_plain_of(m->w, plain, copy);
    const struct st_world *next = alone == NULL ? NULL : use(st_diff_with_not(m->w, world, alone));
    return next != NULL ? next : world;
}

static const struct st_world *break_condition(struct make *m, const struct st_world *world,
                                              const struct st_condition *condition)
{
    bool then = condition->otherwise == NULL || (condition->then != NULL && chance(m, 50));
    const struct st_plain *broken = then ? condition->then : condition->otherwise;
    const struct st_world *next = use(then ? st_diff_with_is(m->w, world, condition->test)
                                           : st_diff_with_not(m->w, world, condition->test));
    return next == NULL || broken == NULL ? NULL : use(st_diff_with_not(m->w, next, broken));
}

/* None of the branches, or two. */
static const struct st_world *break_one(struct make *m, const struct st_world *world,
                                        struct st_plain_list list)
{
    if (chance(m, 60) && list.count > 1) {
        uint64_t a = below(m, list.count);
        uint64_t b = (a + 1 + below(m, list.count - 1)) % list.count;
        const struct st_world *next = use(st_diff_with_is(m->w, world, list.at[a]));
        next = next == NULL ? NULL : use(st_diff_with_is(m->w, next, list.at[b]));
        if (next != NULL)
            return next;
    }
    for (uint32_t i = 0; i < list.count && world != NULL; i++)
        world = use(st_diff_with_not(m->w, world, list.at[i]));
    return world;
}

static const struct st_world *break_dependency(struct make *m, const struct st_world *world,
                                               struct st_named_list list)
{
    const struct st_named *named = &list.at[below(m, list.count)];
    world = with_name(m, world, ST_FACT_HAS, named->name);
    if (world == NULL)
        return NULL;
    if (named->plain != NULL)
        return use(st_diff_with_not(m->w, world, named->plain));
    if (named->names.count == 0)
        return NULL;
    return with_name(m, world, ST_FACT_LACKS, named->names.at[below(m, named->names.count)]);
}

static const struct st_world *break_rule(struct make *m, const struct st_world *world,
                                         const struct st_plain *plain, const struct st_rule *rule)
{
    switch (rule->kind) {
    case ST_RULE_REQUIRED:
        return with_name(m, world, ST_FACT_LACKS, rule->names.at[below(m, rule->names.count)]);
    case ST_RULE_MEMBERS:
        return break_members(m, world, plain, rule);
    case ST_RULE_ALL_OF:
        return pick_branch(m, world, rule->plains, false);
    case ST_RULE_ONE_OF:
        return break_one(m, world, rule->plains);
    case ST_RULE_IF:
        return break_condition(m, world, rule->condition);
    case ST_RULE_DEPENDENT_REQUIRED:
    case ST_RULE_DEPENDENT_SCHEMAS:
        return rule->named.count == 0 ? NULL : break_dependency(m, world, rule->named);
    default:
        return world; /* seen to when the value is written */
    }
}

/* A schema that is not satisfied breaks in one of its rules. */
static const struct st_world *break_plain(struct make *m, const struct st_world *world,
                                          const struct st_plain *plain)
{
    uint64_t from = below(m, plain->rule_count);
    for (uint32_t i = 0; i < plain->rule_count; i++) {
        const struct st_plain *alone =
            st_diff_rule_alone(m->w, plain, &plain->rules[(from + i) % plain->rule_count]);
        const struct st_world *next =
            alone == NULL ? NULL : use(st_diff_with_not(m->w, world, alone));
        if (next != NULL)
            return next;
    }
    return NULL;
}

static bool next_choice(struct make *m, const struct st_world **world, struct decided *decided)
{
    const struct st_world *at = *world;
    for (uint32_t i = 0; i < at->open_count; i++) {
        if (was_decided(decided, at->open[i].rule))
            continue;
        decided->at[decided->count++] = at->open[i].rule;
        *world = choose(m, at, at->open[i].rule);
        return true;
    }
    for (uint32_t i = 0; i < at->broken_count; i++) {
        if (was_decided(decided, at->broken[i].rule))
            continue;
        decided->at[decided->count++] = at->broken[i].rule;
        *world = break_rule(m, at, at->broken[i].plain, at->broken[i].rule);
        return true;
    }
    for (uint32_t i = 0; i < at->is_not_count; i++) {
        const struct st_plain *plain = at->is_not[i];
        if (plain->rule_count < 2 || was_decided(decided, plain) ||
            st_diff_refutes(m->w, at, plain))
            continue;
        decided->at[decided->count++] = plain;
        *world = break_plain(m, at, plain);
        return true;
    }
    return false;
}

static const struct st_world *decide(struct make *m, const struct st_world *world)
{
    struct decided decided = {.count = 0};
    while (world != NULL && decided.count < CHOICES_MAX && next_choice(m, &world, &decided))
        continue;
    return use(world);
}

/* ---- listed values ---- */

#define LISTED_MAX 64

static bool make_listed(struct make *m, const struct st_world *world, bool *made)
{
    struct st_values values = {0};
    uint32_t picked = ST_JSON_NONE;
    uint64_t seen = 0;
    while (seen < LISTED_MAX && st_diff_next_value(m->w, world, &values)) {
        uint64_t pick = below(m, seen + 1);
        if (seen == 0 || pick == seen)
            picked = values.node;
        seen++;
    }
    *made = values.listed;
    return picked != ST_JSON_NONE && put(m, st_json_write(values.doc, picked, m->out));
}

/* ---- numbers ---- */

static bool number_fits(const struct st_rule *rule, struct st_decimal number)
{
    bool is = true;
    switch (rule->kind) {
    case ST_RULE_MINIMUM:
        return st_decimal_cmp(number, rule->number) >= 0;
    case ST_RULE_EXCLUSIVE_MINIMUM:
        return st_decimal_cmp(number, rule->number) > 0;
    case ST_RULE_MAXIMUM:
        return st_decimal_cmp(number, rule->number) <= 0;
    case ST_RULE_EXCLUSIVE_MAXIMUM:
        return st_decimal_cmp(number, rule->number) < 0;
    case ST_RULE_MULTIPLE:
        return st_decimal_is_multiple(number, rule->number, &is) == ST_OK && is;
    default:
        return true;
    }
}

static bool number_is_good(const struct st_world *world, st_str literal)
{
    struct st_decimal number = st_decimal_of(literal);
    if (!st_decimal_is_integer(number) && (world->kinds & ST_KINDS_FRACTION) == 0)
        return false;
    if (st_decimal_is_integer(number) && (world->kinds & ST_KINDS_INTEGER) == 0)
        return false;
    for (uint32_t i = 0; i < world->atom_count; i++)
        if (!number_fits(world->atoms[i].rule, number))
            return false;
    for (uint32_t i = 0; i < world->broken_count; i++)
        if (st_diff_rule_kinds(world->broken[i].rule->kind) == ST_KINDS_NUMBER &&
            number_fits(world->broken[i].rule, number))
            return false;
    return true;
}

/* A number that some rule names, which is where numbers part. */
static bool bound_number(struct make *m, const struct st_world *world, double *value)
{
    uint64_t seen = 0;
    for (uint32_t pass = 0; pass < 2; pass++) {
        const struct st_atom *atoms = pass == 0 ? world->atoms : world->broken;
        uint32_t count = pass == 0 ? world->atom_count : world->broken_count;
        for (uint32_t i = 0; i < count; i++) {
            if (st_diff_rule_kinds(atoms[i].rule->kind) != ST_KINDS_NUMBER || below(m, ++seen) != 0)
                continue;
            double near;
            if (st_number_to_double(
                    st_json_text(st_plain_doc(atoms[i].plain), atoms[i].rule->value), &near) ==
                ST_OK)
                *value = near;
        }
    }
    return seen > 0;
}

/* Every second proposal is near a bound. */
static double propose_number(struct make *m, const struct st_world *world, bool at_bound)
{
    static const double steps[] = {0, 1, -1, 0.5, -0.5, 10, -10, 0.25, 1000};
    double value = (double)below(m, 4);
    bool near = at_bound && bound_number(m, world, &value);
    if (near && chance(m, 30))
        value *= (double)(1 + below(m, 6));
    if (near || chance(m, 50))
        value += steps[below(m, sizeof steps / sizeof steps[0])];
    if (!near && chance(m, 20))
        value = -value;
    return value;
}

static bool make_number(struct make *m, const struct st_world *world)
{
    char literal[64];
    for (unsigned i = 0; i < 60; i++) {
        double value = propose_number(m, world, i % 2 == 1);
        if (!(value >= -1e308 && value <= 1e308))
            value = 0;
        bool whole = value >= -9e15 && value <= 9e15 && value == (double)(int64_t)value;
        int len = whole ? snprintf(literal, sizeof literal, "%lld", (long long)value)
                        : snprintf(literal, sizeof literal, "%.15g", value);
        if (whole && (world->kinds & ST_KINDS_DIGITS) == 0 && (world->kinds & ST_KINDS_WHOLE) != 0)
            len = snprintf(literal, sizeof literal, "%lld.0", (long long)value);
        if (number_is_good(world, (st_str){literal, (size_t)len}))
            break;
    }
    return put(m, st_buf_add_str(m->out, st_str_of(literal)));
}

/* ---- texts ---- */

static bool make_string(struct make *m, const struct st_world *world)
{
    struct st_buf text = ST_BUF(ST_DIFF_EXAMPLE_BYTES_MAX);
    bool made = st_diff_make_text(m->w, world, &text) &&
                put(m, st_json_add_string(m->out, text.len == 0 ? ST_STR("") : st_buf_str(&text)));
    st_buf_done(&text);
    return made;
}

/* ---- arrays ---- */

struct span {
    uint64_t least, most;
};

static struct span span_of(const struct st_world *world, enum st_rule_kind least,
                           enum st_rule_kind most)
{
    struct span span = {st_diff_least(world, least), st_diff_most(world, most)};
    for (uint32_t i = 0; i < world->broken_count; i++) {
        const struct st_rule *rule = world->broken[i].rule;
        if (rule->kind == most && rule->count < UINT64_MAX && rule->count >= span.least)
            span.least = rule->count + 1;
        if (rule->kind == least && rule->count > 0 && rule->count <= span.most)
            span.most = rule->count - 1;
    }
    return span;
}

static const struct st_rule *find_atom(const struct st_atom *atoms, uint32_t count,
                                       enum st_rule_kind kind)
{
    for (uint32_t i = 0; i < count; i++)
        if (atoms[i].rule->kind == kind)
            return atoms[i].rule;
    return NULL;
}

/* What an element is to be beside what all are: one that contains counts, or that it must not. */
static const struct st_world *item_world(struct make *m, const struct st_world *world,
                                         const struct st_world *child, uint64_t index,
                                         uint64_t count)
{
    const struct st_rule *wanted = find_atom(world->atoms, world->atom_count, ST_RULE_CONTAINS);
    const struct st_rule *broken = find_atom(world->broken, world->broken_count, ST_RULE_CONTAINS);
    const struct st_world *next = NULL;
    if (wanted != NULL && index < wanted->contains->min)
        next = use(st_diff_with_is(m->w, child, wanted->contains->plain));
    else if (broken != NULL && broken->contains->max < UINT64_MAX &&
             (broken->contains->min == 0 || count > broken->contains->max))
        next = use(st_diff_with_is(m->w, child, broken->contains->plain));
    else if (broken != NULL)
        next = use(st_diff_with_not(m->w, child, broken->contains->plain));
    else if (wanted != NULL && wanted->contains->max < UINT64_MAX)
        next = use(st_diff_with_not(m->w, child, wanted->contains->plain));
    return next != NULL ? next : child;
}

static bool make_item(struct make *m, const struct st_world *world, uint64_t index, uint64_t count,
                      uint32_t down)
{
    struct st_part part = {.is_item = true};
    part.index.index = index;
    bool possible = true;
    const struct st_world *child = st_diff_child(m->w, world, &part, &possible);
    if (child == NULL || !possible)
        return false;
    return make_value(m, item_world(m, world, child, index, count), down);
}

static uint64_t item_count(struct make *m, const struct st_world *world, uint64_t wished)
{
    struct span span = span_of(world, ST_RULE_MIN_ITEMS, ST_RULE_MAX_ITEMS);
    const struct st_rule *wanted = find_atom(world->atoms, world->atom_count, ST_RULE_CONTAINS);
    const struct st_rule *broken = find_atom(world->broken, world->broken_count, ST_RULE_CONTAINS);
    uint64_t count = span.least > wished ? span.least : wished;
    if (wanted != NULL && wanted->contains->min > count)
        count = wanted->contains->min;
    if (broken != NULL && broken->contains->max < ITEMS_MAX && count <= broken->contains->max &&
        chance(m, 60))
        count = broken->contains->max + 1;
    if (find_atom(world->broken, world->broken_count, ST_RULE_UNIQUE_ITEMS) != NULL && count < 2)
        count = 2;
    if (count < span.most && chance(m, m->w->generous))
        count += 1 + below(m, 2);
    return count < span.most ? count : span.most;
}

static bool make_array(struct make *m, const struct st_world *world, uint32_t down)
{
    const struct st_site *next = down < m->wish->count ? m->wish->down[down] : NULL;
    uint64_t wished = next != NULL && next->part.is_item ? next->part.index.index : UINT64_MAX;
    uint64_t count = item_count(m, world, wished == UINT64_MAX ? 0 : wished + 1);
    bool twice = find_atom(world->broken, world->broken_count, ST_RULE_UNIQUE_ITEMS) != NULL;
    if (count > ITEMS_MAX || !put(m, st_buf_add_char(m->out, '[')))
        return false;
    size_t first = m->out->len;
    size_t end = first;
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0 && !put(m, st_buf_add_char(m->out, ',')))
            return false;
        if (twice && i == 1) {
            size_t len = end - first;
            if (!put(m, st_buf_reserve(m->out, len)) ||
                !put(m, st_buf_add(m->out, m->out->at + first, len)))
                return false;
        } else if (!make_item(m, world, i, count, i == wished ? down : UINT32_MAX)) {
            return false;
        }
        end = i == 0 ? m->out->len : end;
    }
    return put(m, st_buf_add_char(m->out, ']'));
}

/* ---- objects ---- */

#define MEMBERS_MAX 600

struct members {
    const st_str *names[MEMBERS_MAX];
    uint32_t count;
};

static void add_member(struct members *members, const st_str *name)
{
    for (uint32_t i = 0; i < members->count; i++)
        if (members->names[i] == name)
            return;
    if (name != NULL && members->count < MEMBERS_MAX)
        members->names[members->count++] = name;
}

static const st_str *fresh_name(struct make *m, const struct st_part *part, uint32_t nth)
{
    struct st_buf text = ST_BUF(ST_DIFF_EXAMPLE_BYTES_MAX);
    const st_str *name = NULL;
    if (st_diff_make_name(m->w, part, nth, &text))
        name = st_diff_name(m->w, text.len == 0 ? ST_STR("") : st_buf_str(&text));
    st_buf_done(&text);
    return name;
}

/* Those that may be there, some of them; up to `least` of them all. */
static void add_optional(struct make *m, const struct st_world *world, struct members *members,
                         uint64_t least)
{
    struct st_parts parts;
    bool wanted = members->count < least;
    if ((!wanted && !chance(m, m->w->generous)) || !st_diff_members(m->w, world, NULL, &parts))
        return;
    uint64_t from = below(m, parts.count);
    for (uint32_t i = 0; i < parts.count && members->count < MEMBERS_MAX; i++) {
        const struct st_part *part = &parts.at[(from + i) % parts.count];
        if (members->count >= least && !chance(m, 40))
            continue;
        bool possible = true;
        if (st_diff_child(m->w, world, part, &possible) == NULL || !possible)
            continue;
        uint32_t more = part->names.name == NULL ? MEMBERS_MAX : 1;
        for (uint32_t k = 0; k < more && (k == 0 || members->count < least); k++)
            add_member(members, fresh_name(m, part, k));
    }
}

/* Names that the object may have and that the schema refuses. */
static const struct st_world *name_world(struct make *m, const struct st_world *world,
                                         const struct st_plain *refused)
{
    struct st_fact facts[2] = {{.kind = ST_FACT_IS_NOT, .plain = refused},
                               {.kind = ST_FACT_KINDS, .kinds = ST_KINDS_STRING}};
    const struct st_world *name = st_diff_world(m->w, facts, 2);
    for (uint32_t i = 0; i < world->atom_count && name != NULL; i++)
        if (world->atoms[i].rule->kind == ST_RULE_NAMES)
            name = st_diff_with_is(m->w, name, world->atoms[i].rule->plain);
    return name == NULL ? NULL : decide(m, name);
}

/* A name that propertyNames refuses, or that nobody looks at. */
static void add_offending(struct make *m, const struct st_world *world, struct members *members)
{
    const struct st_rule *names = find_atom(world->broken, world->broken_count, ST_RULE_NAMES);
    const struct st_rule *rest =
        find_atom(world->broken, world->broken_count, ST_RULE_UNEVALUATED_MEMBERS);
    if (names != NULL) {
        const struct st_world *name = name_world(m, world, names->plain);
        struct st_buf text = ST_BUF(ST_DIFF_EXAMPLE_BYTES_MAX);
        if (name != NULL && st_diff_make_text(m->w, name, &text))
            add_member(members, st_diff_name(m->w, text.len == 0 ? ST_STR("") : st_buf_str(&text)));
        st_buf_done(&text);
    }
    if (rest != NULL)
        add_member(members, fresh_name(m, &(struct st_part){0}, 0));
}

static bool make_member(struct make *m, const struct st_world *world, const st_str *name,
                        uint32_t down, bool first)
{
    const struct st_part part = {.names = {.name = name}};
    bool possible = true;
    const struct st_world *child = st_diff_child(m->w, world, &part, &possible);
    if (child == NULL || !possible)
        return false;
    return (first || put(m, st_buf_add_char(m->out, ','))) &&
           put(m, st_json_add_string(m->out, *name)) && put(m, st_buf_add_char(m->out, ':')) &&
           make_value(m, child, down);
}

static bool make_object(struct make *m, const struct st_world *world, uint32_t down)
{
    const struct st_site *next = down < m->wish->count ? m->wish->down[down] : NULL;
    struct members *members = st_diff_get(m->w, sizeof *members);
    struct span span = span_of(world, ST_RULE_MIN_PROPERTIES, ST_RULE_MAX_PROPERTIES);
    const st_str *wished = NULL;
    if (members == NULL)
        return false;
    for (uint32_t i = 0; i < world->has_count; i++)
        add_member(members, world->has[i]);
    if (next != NULL && !next->part.is_item) {
        wished = fresh_name(m, &next->part, 0);
        if (wished == NULL)
            return false;
        add_member(members, wished);
    }
    add_offending(m, world, members);
    add_optional(m, world, members, span.least);
    if (!put(m, st_buf_add_char(m->out, '{')))
        return false;
    for (uint32_t i = 0; i < members->count; i++) {
        const st_str *name = members->names[i];
        bool is_wished = wished != NULL && name == wished;
        if (!make_member(m, world, name, is_wished ? down : UINT32_MAX, i == 0))
            return false;
    }
    return put(m, st_buf_add_char(m->out, '}'));
}

/* ---- values ---- */

static uint32_t pick_kind(struct make *m, const struct st_world *world)
{
    static const uint32_t groups[] = {ST_KINDS_NULL,   ST_KINDS_BOOLEAN, ST_KINDS_ARRAY,
                                      ST_KINDS_OBJECT, ST_KINDS_NUMBER,  ST_KINDS_STRING};
    uint32_t picked = 0;
    uint64_t seen = 0;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if ((world->kinds & groups[i]) != 0 && below(m, ++seen) == 0)
            picked = groups[i];
    return picked;
}

static bool make_kind(struct make *m, const struct st_world *world, uint32_t down)
{
    const struct st_site *next = down < m->wish->count ? m->wish->down[down] : NULL;
    uint32_t kind = pick_kind(m, world);
    if (next != NULL)
        kind = next->part.is_item ? ST_KINDS_ARRAY : ST_KINDS_OBJECT;
    switch (kind & world->kinds) {
    case 0:
        return false;
    case ST_KINDS_NULL:
        return put(m, st_buf_add_str(m->out, ST_STR("null")));
    case ST_KINDS_BOOLEAN:
        return put(m, st_buf_add_str(m->out, chance(m, 50) ? ST_STR("true") : ST_STR("false")));
    case ST_KINDS_STRING:
        return make_string(m, world);
    case ST_KINDS_ARRAY:
        return make_array(m, world, down);
    case ST_KINDS_OBJECT:
        return make_object(m, world, down);
    default:
        return make_number(m, world);
    }
}

/* The site's own facts beside those that follow from the choices made above it. `down` counts the
 * sites that are reached; UINT32_MAX: off the way to the one that matters. */
static const struct st_world *with_site(struct make *m, const struct st_world *world, uint32_t down)
{
    if (down == UINT32_MAX)
        return world;
    const struct st_world *own = m->wish->down[down]->world;
    bool last = down + 1 == m->wish->count;
    uint32_t more = last ? m->wish->fact_count : 0;
    uint32_t count = world->facts.count + own->facts.count + more;
    struct st_fact *facts = st_diff_get(m->w, (count + 1) * sizeof *facts);
    if (facts == NULL)
        return NULL;
    memcpy(facts, world->facts.at, world->facts.count * sizeof *facts);
    memcpy(facts + world->facts.count, own->facts.at, own->facts.count * sizeof *facts);
    if (more > 0)
        memcpy(facts + world->facts.count + own->facts.count, m->wish->facts, more * sizeof *facts);
    return st_diff_world(m->w, facts, count);
}

static bool make_value(struct make *m, const struct st_world *world, uint32_t down)
{
    bool made = false;
    if (m->depth >= MAKE_DEPTH_MAX || m->out->len > ST_DIFF_EXAMPLE_BYTES_MAX / 2)
        return false;
    world = use(with_site(m, world, down));
    world = world == NULL ? NULL : decide(m, world);
    if (world == NULL)
        return false;
    uint32_t below_site = down == UINT32_MAX ? UINT32_MAX : down + 1;
    bool is_end = below_site == UINT32_MAX || below_site >= m->wish->count;
    if (is_end) {
        bool written = make_listed(m, world, &made);
        if (made)
            return written;
    }
    m->depth++;
    bool done = make_kind(m, world, is_end ? UINT32_MAX : below_site);
    m->depth--;
    return done;
}

bool st_diff_make(struct st_diff_work *w, const struct st_world *world, const struct st_wish *wish,
                  struct st_buf *out)
{
    struct make m = {.w = w, .wish = wish, .out = out};
    return make_value(&m, world, wish->count > 0 ? 0 : UINT32_MAX);
}
