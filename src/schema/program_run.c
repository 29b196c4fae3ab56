/*
 * program_run.c: the interpreter.
 *
 * Its costs are those of the plain evaluator or less: a step for each state that is entered and for
 * each two members, more for long texts. Past the allowance, and past the depth, it stops: the
 * verdict is then unknown.
 */
#include "schema/program.h"

#include "base/utf8.h"

#include <stdio.h>

__extension__ typedef __int128 i128;

/* What a run reads, in one place. */
struct run {
    struct st_checker *c;
    const struct st_json *doc;
    const struct st_json_node *nodes;
    const struct st_state *states;
    const struct st_step *steps;
    const struct st_name_table *names; /* NULL: the nodes carry the numbers of names */
    uint32_t words_room; /* a string that begins so many bytes behind the eighth has words */
};

static bool run_steps(const struct run *r, uint32_t entry, uint32_t node);

/* ---- work ---- */

static bool stop_at_limit(const struct run *r)
{
    if (r->c->stop == ST_STOP_NOT)
        r->c->stop = ST_STOP_LIMIT;
    return false;
}

static inline bool spend(const struct run *r, uint64_t steps)
{
    if (__builtin_expect(steps > r->c->steps, 0))
        return stop_at_limit(r);
    r->c->steps -= steps;
    return true;
}

static inline bool check_entry(const struct run *r, uint32_t entry, uint32_t node)
{
    return entry < ST_ENTRY_FIRST ? entry == ST_ENTRY_PASS : run_steps(r, entry, node);
}

static inline bool check_state(const struct run *r, uint32_t state, uint32_t node)
{
    return check_entry(r, r->states[state].entry[r->nodes[node].kind], node);
}

/* ---- numbers ---- */

/* The digits of a literal of at most 18 of them, without a point. */
static inline int64_t small_integer(const char *at, uint32_t len)
{
    bool negative = at[0] == '-';
    int64_t value = 0;
    for (uint32_t i = negative; i < len; i++)
        value = value * 10 + (at[i] - '0');
    return negative ? -value : value;
}

static int64_t power_of_ten(unsigned power)
{
    int64_t value = 1;
    for (unsigned i = 0; i < power; i++)
        value *= 10;
    return value;
}

/* How digits × 10^-scale stands to the bound. */
static int compare_bound(int64_t digits, unsigned scale, const struct st_bound *bound)
{
    i128 ours = (i128)digits * power_of_ten(bound->scale);
    i128 theirs = (i128)bound->digits * power_of_ten(scale);
    return (ours > theirs) - (ours < theirs);
}

/* A literal of at most 18 digits with a point, no exponent; false: another one. */
static bool small_decimal(const char *at, uint32_t len, int64_t *digits, unsigned *scale)
{
    int64_t value = 0;
    uint32_t point = len;
    if (len > 18)
        return false;
    for (uint32_t i = at[0] == '-'; i < len; i++) {
        if (at[i] == '.')
            point = i + 1;
        else if (at[i] >= '0' && at[i] <= '9')
            value = value * 10 + (at[i] - '0');
        else
            return false;
    }
    *digits = at[0] == '-' ? -value : value;
    *scale = len - point;
    return true;
}

/* Whether digits × 10^-scale is a multiple of the step. */
static bool is_multiple(int64_t digits, unsigned scale, const struct st_bound *step)
{
    i128 ours = digits;
    i128 theirs = step->digits;
    if (scale < step->scale)
        ours *= power_of_ten(step->scale - scale);
    else
        theirs *= power_of_ten(scale - step->scale);
    if (ours == (int64_t)ours && theirs == (int64_t)theirs)
        return (int64_t)ours % (int64_t)theirs == 0;
    return ours % theirs == 0;
}

static bool check_rules(const struct run *r, const struct st_number_test *test, uint32_t node)
{
    for (uint32_t i = 0; i < test->count; i++)
        if (!st_eval_rule(r->c, test->rules[i]->plain, test->rules[i]->rule, node))
            return false;
    return true;
}

static bool check_decimal(const struct run *r, const struct st_number_test *test, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    int64_t digits;
    unsigned scale;
    if (!test->decimals || !small_decimal(r->doc->text.at + n->at, n->len, &digits, &scale))
        return check_rules(r, test, node);
    if (test->has_low) {
        int order = compare_bound(digits, scale, &test->low);
        if (order < 0 || (order == 0 && test->low.exclusive))
            return false;
    }
    if (test->has_high) {
        int order = compare_bound(digits, scale, &test->high);
        if (order > 0 || (order == 0 && test->high.exclusive))
            return false;
    }
    return test->step.digits == 0 || is_multiple(digits, scale, &test->step);
}

static bool check_number(const struct run *r, const struct st_number_test *test, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    if ((n->flags & ST_JSON_INTEGER) == 0 || n->len > 18)
        return check_decimal(r, test, node);
    int64_t value = small_integer(r->doc->text.at + n->at, n->len);
    if (value < test->min || value > test->max)
        return false;
    return test->step.digits == 0 || is_multiple(value, 0, &test->step);
}

/* ---- texts ---- */

static inline const char *text_of(const struct run *r, const struct st_json_node *n)
{
    return (n->flags & ST_JSON_ESCAPED) != 0 ? r->doc->decoded.at + n->next
                                             : r->doc->text.at + n->at + 1;
}

/* What stands between the first and the last eight bytes. */
static bool equal_long(const struct run *r, const struct st_text_slot *slot, const char *at)
{
    if (slot->len > 32)
        return spend(r, slot->len / 64) && memcmp(slot->at, at, slot->len) == 0;
    uint64_t ours[2];
    uint64_t theirs[2];
    memcpy(&ours[0], at + 8, 8);
    memcpy(&ours[1], at + slot->len - 16, 8);
    memcpy(&theirs[0], slot->at + 8, 8);
    memcpy(&theirs[1], slot->at + slot->len - 16, 8);
    return ours[0] == theirs[0] && ours[1] == theirs[1];
}

static inline bool equal_middle(const struct run *r, const struct st_text_slot *slot,
                                const char *at)
{
    return slot->len <= 16 || equal_long(r, slot, at);
}

static const uint64_t byte_masks[9] = {
    0,
    UINT64_C(0xFF),
    UINT64_C(0xFFFF),
    UINT64_C(0xFFFFFF),
    UINT64_C(0xFFFFFFFF),
    UINT64_C(0xFFFFFFFFFF),
    UINT64_C(0xFFFFFFFFFFFF),
    UINT64_C(0xFFFFFFFFFFFFFF),
    UINT64_MAX,
};

/* The words of a text where it stands too near an end of all texts to be read past its own. */
static __attribute__((noinline)) const char *words_slowly(const struct run *r,
                                                          const struct st_json_node *n,
                                                          uint64_t *head, uint64_t *tail)
{
    const char *at = text_of(r, n);
    st_text_words(at, n->len, head, tail);
    return at;
}

/* st_text_words without a branch on the length: most strings have eight bytes of text before their
 * end and behind their start. */
static inline const char *words_of(const struct run *r, const struct st_json_node *n,
                                   uint64_t *head, uint64_t *tail)
{
    uint32_t len = n->len;
    if (__builtin_expect((n->flags & ST_JSON_ESCAPED) != 0 || n->at - 8 >= r->words_room, 0))
        return words_slowly(r, n, head, tail);
    const char *at = r->doc->text.at + n->at + 1;
    uint64_t first;
    uint64_t last;
    memcpy(&first, at, 8);
    memcpy(&last, at + len - 8, 8);
    *head = first & byte_masks[len < 8 ? len : 8];
    *tail = len < 8 ? 0 : last;
    return at;
}

static inline bool check_text(const struct run *r, const struct st_text_slot *slot,
                              const struct st_json_node *n)
{
    uint64_t head;
    uint64_t tail;
    const char *at = words_of(r, n, &head, &tail);
    return ((head ^ slot->head) | (tail ^ slot->tail) | (n->len ^ slot->len)) == 0 &&
           equal_middle(r, slot, at);
}

/* The slot of the text, or NULL. */
static inline const struct st_text_slot *find_text(const struct run *r,
                                                   const struct st_texts *texts,
                                                   const struct st_json_node *n)
{
    uint64_t head;
    uint64_t tail;
    const char *at = words_of(r, n, &head, &tail);
    for (uint32_t i = st_texts_at(texts, head, tail, n->len);; i = (i + 1) & texts->mask) {
        const struct st_text_slot *slot = &texts->slots[i];
        if (((head ^ slot->head) | (tail ^ slot->tail) | (n->len ^ slot->len)) == 0 &&
            equal_middle(r, slot, at))
            return slot;
        if (slot->len == ST_JSON_NONE)
            return NULL;
    }
}

/* The slot of an integer's literal of at most 18 digits, which is not -0; NULL: none. */
static const struct st_text_slot *find_integer(const struct run *r, const struct st_texts *literals,
                                               const char *at, uint32_t len)
{
    uint64_t head;
    uint64_t tail;
    st_text_words(at, len, &head, &tail);
    for (uint32_t i = st_texts_at(literals, head, tail, len);; i = (i + 1) & literals->mask) {
        const struct st_text_slot *slot = &literals->slots[i];
        if (slot->len == len && slot->head == head && slot->tail == tail &&
            equal_middle(r, slot, at))
            return slot;
        if (slot->len == ST_JSON_NONE)
            return NULL;
    }
}

/* Whether the literal is the only one of its value among integers. */
static bool is_plain_integer(const char *at, const struct st_json_node *n)
{
    return (n->flags & ST_JSON_INTEGER) != 0 && n->len <= 18 &&
           !(n->len == 2 && at[0] == '-' && at[1] == '0');
}

static bool check_integers(const struct run *r, const struct st_integers *integers, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    const char *at = r->doc->text.at + n->at;
    if (is_plain_integer(at, n))
        return find_integer(r, integers->literals, at, n->len) != NULL;
    return st_eval_rule(r->c, integers->call.plain, integers->call.rule, node);
}

/* A code point has one to four bytes. */
static bool check_length(const struct run *r, const struct st_length_test *test, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    if (n->len < test->min)
        return false;
    if (n->len <= test->max && (test->min <= 1 || n->len / 4 >= test->min))
        return true;
    if (!spend(r, n->len / 1024))
        return false;
    uint64_t length = st_utf8_count((st_str){text_of(r, n), n->len});
    return length >= test->min && length <= test->max;
}

static inline bool check_format(const struct run *r, const struct st_format *format,
                                const struct st_json_node *n)
{
    return spend(r, n->len / 64) && format->test((st_str){text_of(r, n), n->len});
}

/* Whether the pattern finds something; false, too, when the run has to stop. */
static bool search(const struct run *r, const struct st_pattern *pattern,
                   const struct st_json_node *n)
{
    bool found = false;
    if (!spend(r, 1 + n->len / 32))
        return false;
    st_err err = st_pattern_search(pattern, r->c->matcher, (st_str){text_of(r, n), n->len}, &found);
    if (err != ST_OK) {
        r->c->stop = err == ST_ERR_MEMORY ? ST_STOP_MEMORY : ST_STOP_LIMIT;
        return false;
    }
    return spend(r, st_matcher_spent(r->c->matcher) / 4) && found;
}

/* ---- arrays ---- */

static inline bool passes(const struct st_glance *glance, const struct st_json_node *n)
{
    return (glance->passes >> st_class_of(n) & 1) != 0 && n->len >= glance->min;
}

static inline uint32_t after(const struct run *r, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    return n->kind >= ST_JSON_ARRAY ? n->next : node + 1;
}

static bool check_items(const struct run *r, const struct st_elements *elements, uint32_t node)
{
    uint32_t end = r->nodes[node].next;
    uint32_t index = 0;
    if (!spend(r, r->nodes[node].len / 2))
        return false;
    for (uint32_t at = node + 1; at < end && index < elements->count; at = after(r, at))
        if (!check_state(r, elements->states[index++], at))
            return false;
    if (elements->rest == ST_STATE_TRUE || index >= r->nodes[node].len)
        return true;
    uint32_t at = node + 1;
    for (uint32_t i = 0; i < index; i++)
        at = after(r, at);
    const struct st_state *rest = &r->states[elements->rest];
    for (; at < end; at = after(r, at)) {
        const struct st_json_node *n = &r->nodes[at];
        if (!passes(&elements->glance, n) && !check_entry(r, rest->entry[n->kind], at))
            return false;
    }
    return true;
}

static bool check_contains(const struct run *r, const struct st_contains_test *test, uint32_t node)
{
    uint32_t end = r->nodes[node].next;
    uint64_t matches = 0;
    uint64_t enough = test->max == UINT64_MAX ? test->min : UINT64_MAX;
    if (!spend(r, r->nodes[node].len / 2))
        return false;
    for (uint32_t at = node + 1; at < end && matches < enough; at = after(r, at)) {
        matches += check_state(r, test->state, at);
        if (r->c->stop != ST_STOP_NOT)
            return false;
    }
    return matches >= test->min && matches <= test->max;
}

/* Small arrays of texts and short integers are compared each with each; here, whether two of them
 * are equal, or cannot be told apart quickly. */
#define PAIRED_ITEMS_MAX 16u

static bool is_simple(const struct st_json_node *n)
{
    if (n->kind == ST_JSON_NUMBER)
        return (n->flags & ST_JSON_INTEGER) != 0;
    return n->kind < ST_JSON_ARRAY && n->len < 64;
}

static bool look_equal(const struct run *r, const struct st_json_node *a,
                       const struct st_json_node *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind <= ST_JSON_TRUE)
        return true;
    const char *text = r->doc->text.at;
    if (a->kind == ST_JSON_STRING)
        return a->len == b->len && memcmp(text_of(r, a), text_of(r, b), a->len) == 0;
    /* Integers without leading zeros: one text each, but for 0 and -0. */
    if (a->len != b->len)
        return text[a->at] == '-' || text[b->at] == '-';
    return memcmp(text + a->at, text + b->at, a->len) == 0;
}

static bool check_unique(const struct run *r, const struct st_plain_call *call, uint32_t node)
{
    const struct st_json_node *pairs[PAIRED_ITEMS_MAX];
    uint32_t count = r->nodes[node].len;
    if (count < 2)
        return true;
    for (uint32_t i = 0, at = node + 1; count <= PAIRED_ITEMS_MAX; i++, at++) {
        if (i == count)
            return true;
        pairs[i] = &r->nodes[at];
        if (!is_simple(pairs[i]))
            break;
        for (uint32_t j = 0; j < i; j++)
            if (look_equal(r, pairs[i], pairs[j]))
                return st_eval_rule(r->c, call->plain, call->rule, node);
    }
    return st_eval_rule(r->c, call->plain, call->rule, node);
}

/* ---- objects ---- */

static inline uint32_t number_of(const struct run *r, const struct st_json_node *name)
{
    if (__builtin_expect(r->names == NULL, 1))
        return name->name;
    return st_name_table_find(r->names, (st_str){text_of(r, name), name->len});
}

/* The same by a number, whatever its literal is. */
static uint32_t find_number_case(const struct run *r, const struct st_switch *with, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    const char *at = r->doc->text.at + n->at;
    uint32_t len = n->len;
    char text[32];
    int64_t value;
    if (!is_plain_integer(at, n)) {
        if (!spend(r, n->len / 64) || st_number_to_i64((st_str){at, n->len}, &value) != ST_OK)
            return with->other;
        len = (uint32_t)snprintf(text, sizeof text, "%lld", (long long)value);
        at = text;
    }
    const struct st_text_slot *slot = find_integer(r, with->integers, at, len);
    return slot == NULL ? with->other : slot->value;
}

/* The entry of the block to go on at. */
static uint32_t find_case(const struct run *r, const struct st_switch *with, uint32_t node)
{
    uint32_t end = r->nodes[node].next;
    for (uint32_t at = node + 1; at < end; at = after(r, at + 1)) {
        const struct st_json_node *name = &r->nodes[at];
        if ((name->flags & ST_JSON_SHADOWED) != 0 || number_of(r, name) != with->number)
            continue;
        uint32_t kind = r->nodes[at + 1].kind;
        if (kind == ST_JSON_NUMBER && with->integers != NULL)
            return find_number_case(r, with, at + 1);
        if (kind != ST_JSON_STRING)
            return with->kinds[kind];
        if (with->texts == NULL)
            return with->other;
        const struct st_text_slot *slot = find_text(r, with->texts, &r->nodes[at + 1]);
        return slot == NULL ? with->other : slot->value;
    }
    return with->absent;
}

/* A name that is not in the table, where there are patterns. */
static bool check_unnamed(const struct run *r, const struct st_unnamed *unnamed, uint32_t name)
{
    const struct st_json_node *n = &r->nodes[name];
    uint64_t matched = 0;
    if (!check_entry(r, r->states[unnamed->names].entry[ST_JSON_STRING], name))
        return false;
    for (uint32_t i = 0; i < unnamed->pattern_count; i++) {
        const struct st_name_pattern *pattern = &unnamed->patterns[i];
        bool found = search(r, pattern->pattern, n);
        if (r->c->stop != ST_STOP_NOT)
            return false;
        if (!found)
            continue;
        matched |= pattern->groups;
        if (!check_state(r, pattern->state, name + 1))
            return false;
    }
    for (uint32_t g = 0; g < unnamed->group_count; g++)
        if ((matched >> g & 1) == 0 && !check_state(r, unnamed->rests[g], name + 1))
            return false;
    return true;
}

static bool check_dependents(const struct run *r, const struct st_walk *walk, uint64_t seen,
                             uint32_t node)
{
    for (uint32_t i = 0; i < walk->dependent_count; i++) {
        const struct st_dependent *dependent = &walk->dependents[i];
        if ((seen & dependent->when) != dependent->when)
            continue;
        if ((seen & dependent->then) != dependent->then || !check_state(r, dependent->state, node))
            return false;
    }
    return true;
}

static inline const struct st_member_slot *find_slot(const struct st_walk *walk, uint32_t number)
{
    const struct st_member_slot *slot = &walk->slots[st_walk_at(walk, number)];
    while (__builtin_expect(slot->name != number, 0) && slot->name != 0)
        slot++;
    return slot;
}

static bool end_walk(const struct run *r, const struct st_walk *walk, uint64_t seen, uint32_t node)
{
    return (seen & walk->required) == walk->required &&
           (walk->dependent_count == 0 || check_dependents(r, walk, seen, node));
}

static bool check_value(const struct run *r, const struct st_member_slot *slot, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    return passes(&slot->glance, n) || check_entry(r, r->states[slot->state].entry[n->kind], node);
}

/* Any object: names may repeat, and may have no numbers. */
static bool check_members_slowly(const struct run *r, const struct st_walk *walk, uint32_t node)
{
    uint32_t end = r->nodes[node].next;
    uint64_t seen = 0;
    for (uint32_t at = node + 1; at < end; at = after(r, at + 1)) {
        const struct st_json_node *name = &r->nodes[at];
        if ((name->flags & ST_JSON_SHADOWED) != 0)
            continue;
        if (r->names != NULL && !spend(r, name->len / 256))
            return false;
        const struct st_member_slot *slot = find_slot(walk, number_of(r, name));
        seen |= slot->bit;
        if (!check_value(r, slot, at + 1) ||
            (slot->peek == ST_PEEK_UNNAMED && !check_unnamed(r, walk->unnamed, at)))
            return false;
    }
    return end_walk(r, walk, seen, node);
}

/* An object that is walked while one in it is. */
struct frame {
    const struct st_walk *walk;
    uint64_t seen;
    const struct st_json_node *object;
    const struct st_json_node *end;
};

/* Objects in the object are walked in the same loop, up to so many in each other. */
#define FRAMES_MAX 8u

static inline bool is_simple_object(const struct st_json_node *n)
{
    return n->kind == ST_JSON_OBJECT && (n->flags & ST_JSON_REPEATS) == 0;
}

/* What is asked of a value at more than a glance. */
static bool check_more(const struct run *r, const struct st_member_slot *slot,
                       const struct st_unnamed *unnamed, const struct st_json_node *value)
{
    uint32_t node = (uint32_t)(value - r->nodes);
    if (slot->peek == ST_PEEK_UNNAMED)
        return check_value(r, slot, node) && check_unnamed(r, unnamed, node - 1);
    return check_entry(r, r->states[slot->state].entry[value->kind], node);
}

/* One of the giants: each member goes once through this loop, and most leave it soon. */
static bool check_members(const struct run *r, const struct st_walk *walk, uint32_t node)
{
    const struct st_json_node *nodes = r->nodes;
    const struct st_json_node *object = &nodes[node];
    const struct st_json_node *end = nodes + object->next;
    if (!spend(r, (object->next - node) / 4))
        return false;
    if (r->names != NULL || (object->flags & ST_JSON_REPEATS) != 0)
        return check_members_slowly(r, walk, node);
    struct frame frames[FRAMES_MAX];
    uint32_t depth = 0;
    const struct st_json_node *at = object + 1;
    uint64_t seen = 0;
    for (;;) {
        while (at < end) {
            const struct st_member_slot *slot = find_slot(walk, at->name);
            const struct st_json_node *value = at + 1;
            seen |= slot->bit;
            at += 2;
            if (passes(&slot->glance, value)) {
                at = value->kind >= ST_JSON_ARRAY ? nodes + value->next : at;
                continue;
            }
            if (slot->peek == ST_PEEK_WALK && is_simple_object(value) && depth < FRAMES_MAX) {
                frames[depth++] =
                    (struct frame){.walk = walk, .seen = seen, .object = object, .end = end};
                walk = slot->with;
                seen = 0;
                object = value;
                end = nodes + value->next;
                continue;
            }
            if (slot->peek == ST_PEEK_TEXTS && value->kind == ST_JSON_STRING) {
                if (find_text(r, slot->with, value) == NULL)
                    return false;
                continue;
            }
            if (slot->peek == ST_PEEK_TEXT && value->kind == ST_JSON_STRING) {
                if (!check_text(r, slot->with, value))
                    return false;
                continue;
            }
            if (slot->peek == ST_PEEK_FORMAT && value->kind == ST_JSON_STRING) {
                if (!check_format(r, slot->with, value))
                    return false;
                continue;
            }
            at = value->kind >= ST_JSON_ARRAY ? nodes + value->next : at;
            if (!check_more(r, slot, walk->unnamed, value))
                return false;
        }
        if (!end_walk(r, walk, seen, (uint32_t)(object - nodes)))
            return false;
        if (depth == 0)
            return true;
        const struct frame *frame = &frames[--depth];
        walk = frame->walk;
        seen = frame->seen;
        object = frame->object;
        end = frame->end;
    }
}

static bool check_names(const struct run *r, uint32_t state, uint32_t node)
{
    uint32_t end = r->nodes[node].next;
    if (!spend(r, r->nodes[node].len))
        return false;
    for (uint32_t at = node + 1; at < end; at = after(r, at + 1))
        if ((r->nodes[at].flags & ST_JSON_SHADOWED) == 0 &&
            !check_entry(r, r->states[state].entry[ST_JSON_STRING], at))
            return false;
    return true;
}

/* ---- choices ---- */

static bool check_any(const struct run *r, const struct st_branches *branches, uint32_t node)
{
    for (uint32_t i = 0; i < branches->count; i++) {
        if (check_state(r, branches->states[i], node))
            return true;
        if (r->c->stop != ST_STOP_NOT)
            return false;
    }
    return false;
}

static bool check_one(const struct run *r, const struct st_branches *branches, uint32_t satisfied,
                      uint32_t node)
{
    for (uint32_t i = 0; i < branches->count && satisfied < 2; i++) {
        satisfied += check_state(r, branches->states[i], node);
        if (r->c->stop != ST_STOP_NOT)
            return false;
    }
    return satisfied == 1;
}

static bool check_condition(const struct run *r, const struct st_branches *branches, uint32_t node)
{
    bool test = check_state(r, branches->states[0], node);
    return r->c->stop == ST_STOP_NOT && check_state(r, branches->states[test ? 1 : 2], node);
}

static bool check_not(const struct run *r, uint32_t state, uint32_t node)
{
    return !check_state(r, state, node) && r->c->stop == ST_STOP_NOT;
}

static bool check_plain(const struct run *r, const struct st_plain_call *call, uint32_t node)
{
    struct st_checker *c = r->c;
    c->scope_count = call->scope->count;
    for (uint32_t i = 0; i < call->scope->count; i++)
        c->scope[i] = call->scope->resources[i];
    return st_eval(c, call->plain, node, NULL);
}

/* ---- the loop ---- */

static bool check_integer(const struct run *r, const struct st_step *step, uint32_t node)
{
    return (r->nodes[node].flags & ST_JSON_INTEGER) != 0 || check_rules(r, step->with, node);
}

static bool check_natural(const struct run *r, const struct st_step *step, uint32_t node)
{
    const struct st_json_node *n = &r->nodes[node];
    return ((n->flags & ST_JSON_INTEGER) != 0 && r->doc->text.at[n->at] != '-') ||
           check_number(r, step->with, node);
}

static bool check_positive(const struct run *r, const struct st_step *step, uint32_t node)
{
    return r->doc->text.at[r->nodes[node].at] != '-' || check_number(r, step->with, node);
}

static bool check_count(const struct run *r, const struct st_step *step, uint32_t node)
{
    uint32_t count = r->nodes[node].len;
    return step->small == ST_AT_LEAST ? count >= step->count : count <= step->count;
}

static inline bool check_step(const struct run *r, const struct st_step *step, uint32_t node)
{
    const struct st_plain_call *call = step->with;
    switch ((enum st_op)step->op) {
    case ST_OP_RULE:
        return st_eval_rule(r->c, call->plain, call->rule, node);
    case ST_OP_PLAIN:
        return check_plain(r, call, node);
    case ST_OP_CALL:
        return check_state(r, step->state, node);
    case ST_OP_ANY:
        return check_any(r, step->with, node);
    case ST_OP_ONE:
        return check_one(r, step->with, step->small, node);
    case ST_OP_NOT:
        return check_not(r, step->state, node);
    case ST_OP_IF:
        return check_condition(r, step->with, node);
    case ST_OP_INTEGER:
        return check_integer(r, step, node);
    case ST_OP_NATURAL:
        return check_natural(r, step, node);
    case ST_OP_POSITIVE:
        return check_positive(r, step, node);
    case ST_OP_NUMBER:
        return check_number(r, step->with, node);
    case ST_OP_INTEGERS:
        return check_integers(r, step->with, node);
    case ST_OP_NOT_EMPTY:
        return r->nodes[node].len > 0;
    case ST_OP_LENGTH:
        return check_length(r, step->with, node);
    case ST_OP_FORMAT:
        return check_format(r, step->with, &r->nodes[node]);
    case ST_OP_PATTERN:
        return search(r, step->with, &r->nodes[node]);
    case ST_OP_TEXT:
        return check_text(r, step->with, &r->nodes[node]);
    case ST_OP_TEXTS:
        return find_text(r, step->with, &r->nodes[node]) != NULL;
    case ST_OP_COUNT:
        return check_count(r, step, node);
    case ST_OP_ITEMS:
        return check_items(r, step->with, node);
    case ST_OP_CONTAINS:
        return check_contains(r, step->with, node);
    case ST_OP_UNIQUE:
        return check_unique(r, call, node);
    case ST_OP_SWITCH:
        return check_entry(r, find_case(r, step->with, node), node);
    case ST_OP_NAMES:
        return check_names(r, step->state, node);
    case ST_OP_WALK:
        return check_members(r, step->with, node);
    case ST_OP_END:
        break;
    }
    return false;
}

static bool run_steps(const struct run *r, uint32_t entry, uint32_t node)
{
    struct st_checker *c = r->c;
    if (c->depth == ST_SCHEMA_DEPTH_MAX || !spend(r, 1))
        return stop_at_limit(r);
    c->depth++;
    const struct st_step *step = &r->steps[entry];
    bool satisfied = check_step(r, step, node);
    while (satisfied && !step->last)
        satisfied = check_step(r, ++step, node);
    c->depth--;
    return satisfied;
}

/* A root that is nothing but a walk, behind switches or not, is entered at once. */
static bool check_root(const struct run *r, uint32_t entry, uint32_t node)
{
    while (entry >= ST_ENTRY_FIRST && r->steps[entry].op == ST_OP_SWITCH)
        entry = find_case(r, r->steps[entry].with, node);
    if (entry < ST_ENTRY_FIRST || r->steps[entry].op != ST_OP_WALK || !r->steps[entry].last)
        return check_entry(r, entry, node);
    return check_members(r, r->steps[entry].with, node);
}

enum st_verdict st_program_run(struct st_checker *c, const struct st_schema *schema, uint32_t node)
{
    const struct st_program *program = schema->program;
    const struct st_json *doc = c->doc;
    bool numbered = doc->names == schema->names && doc->name_count >= schema->name_count;
    const struct run r = {
        .c = c,
        .doc = doc,
        .nodes = doc->nodes,
        .states = program->states,
        .steps = program->steps,
        .names = numbered ? NULL : schema->names,
        .words_room = doc->text.len < 17 ? 0 : (uint32_t)doc->text.len - 16,
    };
    bool satisfied =
        check_root(&r, program->states[program->root].entry[doc->nodes[node].kind], node);
    if (c->stop != ST_STOP_NOT)
        return ST_VERDICT_UNKNOWN;
    return satisfied ? ST_VERDICT_YES : ST_VERDICT_NO;
}
