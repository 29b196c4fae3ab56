/*
 * read.c: reads the record of an event along the annotation.
 *
 * What is absent, or of another JSON type than the record wants, stays absent: an event that breaks
 * its contract is read as far as it goes.
 */
#include "contract/amount.h"
#include "contract/annotation.h"
#include "json/number.h"

struct reading {
    const struct st_annotation *annotation;
    const struct st_json *doc;
    struct st_sight sight;
    struct st_arena *arena;
    st_str type;
    bool no_memory;
};

static bool applies(const struct reading *r, const struct st_scope *scope)
{
    return st_scope_applies(scope, r->type, &r->sight);
}

/* The decoded string; a copy where it had escapes, because the doc's decoded bytes go with it. */
static st_str take_text(struct reading *r, uint32_t node)
{
    st_str text = st_json_text(r->doc, node);
    if ((r->doc->nodes[node].flags & ST_JSON_ESCAPED) == 0)
        return text;
    text = st_arena_copy(r->arena, text);
    if (text.at == NULL)
        r->no_memory = true;
    return text;
}

static st_str read_text(struct reading *r, const struct st_places *places)
{
    for (uint32_t i = 0; i < places->count; i++) {
        const struct st_place *place = &places->at[i];
        if (!applies(r, &place->scope))
            continue;
        if (place->value.at != NULL)
            return place->value;
        uint32_t node = st_paths_find(&place->paths, &r->sight, ST_JSON_STRING);
        if (node != ST_JSON_NONE)
            return take_text(r, node);
    }
    return (st_str){NULL, 0};
}

/* ---- type, time, sequence ---- */

/* Walks the event along the annotation's spots. */
static st_err look(struct reading *r)
{
    uint32_t *found = ST_ARENA_ARRAY(r->arena, uint32_t, r->annotation->spot_count);
    if (found == NULL)
        return ST_ERR_MEMORY;
    st_sight_fill(&r->sight, found);
    return ST_OK;
}

static void read_type(struct reading *r)
{
    uint32_t index;
    r->type = read_text(r, &r->annotation->type);
    if (r->type.at != NULL && st_names_has(&r->annotation->old_types, r->type, &index))
        r->type = r->annotation->new_types.at[index];
}

static bool is_unknown(const struct reading *r)
{
    return r->annotation->keeps_unknown_types && r->type.at != NULL &&
           !st_annotation_names(r->annotation, r->type);
}

/* RFC 3339, and for a text without an offset once more with the one it is meant to have. */
static bool parse_time(st_str text, enum st_time_form form, st_time *time, int *digits)
{
    char zoned[ST_TIME_TEXT_MAX];
    if (st_time_parse_fine(text, time, digits) == ST_OK)
        return true;
    if (form != ST_TIME_UTC || text.len == 0 || text.len >= sizeof(zoned))
        return false;
    memcpy(zoned, text.at, text.len);
    zoned[text.len] = 'Z';
    return st_time_parse_fine((st_str){zoned, text.len + 1}, time, digits) == ST_OK;
}

/* How fine a number of seconds, milliseconds … is stated: the digits of the unit and those behind
 * the point. */
static int digits_of_amount(st_str literal, int shift, st_time time)
{
    st_str whole;
    st_str fraction;
    int digits = 9 - shift;
    int needed = st_time_digits(time);
    (void)st_str_cut(literal, '.', &whole, &fraction);
    for (size_t i = 0; i < fraction.len && fraction.at[i] >= '0' && fraction.at[i] <= '9'; i++)
        digits += digits < 9;
    return digits < needed ? needed : digits; /* an exponent moves the point */
}

static bool read_instant(const struct reading *r, const struct st_place *place, st_time *time,
                         int *digits)
{
    bool epoch = place->form == ST_TIME_EPOCH;
    uint32_t node =
        st_paths_find(&place->paths, &r->sight, epoch ? ST_JSON_NUMBER : ST_JSON_STRING);
    if (node == ST_JSON_NONE)
        return false;
    st_str text = st_json_text(r->doc, node);
    if (!epoch)
        return parse_time(text, place->form, time, digits);
    int64_t ns;
    if (st_amount_of(text, place->shift, &ns) == ST_AMOUNT_TOO_BIG)
        return false;
    *time = st_time_of_ns(ns);
    *digits = digits_of_amount(text, place->shift, *time);
    return true;
}

static void read_time(const struct reading *r, struct st_record *record)
{
    for (uint32_t i = 0; i < r->annotation->time.count; i++) {
        const struct st_place *place = &r->annotation->time.at[i];
        int digits = 0;
        if (applies(r, &place->scope) && read_instant(r, place, &record->time, &digits)) {
            record->has |= ST_HAS_TIME;
            record->time_digits = (uint8_t)digits;
            return;
        }
    }
}

static void read_producer_seq(const struct reading *r, struct st_record *record)
{
    for (uint32_t i = 0; i < r->annotation->producer_seq.count; i++) {
        const struct st_place *place = &r->annotation->producer_seq.at[i];
        if (!applies(r, &place->scope))
            continue;
        uint32_t node = st_paths_find(&place->paths, &r->sight, ST_JSON_NUMBER);
        if (node != ST_JSON_NONE &&
            st_number_to_u64(st_json_text(r->doc, node), &record->producer_seq) == ST_OK) {
            record->has |= ST_HAS_PRODUCER_SEQ;
            return;
        }
    }
}

/* ---- classification ---- */

static void classify(const struct reading *r, struct st_record *record)
{
    bool level = false;
    bool severity = false;
    record->level = ST_LEVEL_OPS;
    record->severity = ST_SEVERITY_INFO;
    for (uint32_t i = 0; i < r->annotation->classification_count; i++) {
        const struct st_classification *c = &r->annotation->classifications[i];
        bool news = (c->has_level && !level) || (c->has_severity && !severity) ||
                    (c->category.at != NULL && record->category.at == NULL);
        if (!news || !applies(r, &c->scope))
            continue;
        if (c->has_level && !level)
            record->level = (uint8_t)c->level;
        if (c->has_severity && !severity)
            record->severity = (uint8_t)c->severity;
        if (record->category.at == NULL)
            record->category = c->category;
        level = level || c->has_level;
        severity = severity || c->has_severity;
        if (level && severity && record->category.at != NULL)
            return;
    }
}

/* ---- tokens ---- */

/* A count; stated where the paths find a whole number of 0 or more. */
struct count {
    bool is;
    uint64_t value;
};

static struct count read_count(const struct reading *r, const struct st_paths *paths)
{
    struct count count = {false, 0};
    uint32_t node = st_paths_find(paths, &r->sight, ST_JSON_NUMBER);
    if (node != ST_JSON_NONE)
        count.is = st_number_to_u64(st_json_text(r->doc, node), &count.value) == ST_OK;
    return count;
}

static struct count plus(struct count a, struct count b)
{
    struct count sum = {.is = a.is && b.is};
    if (__builtin_add_overflow(a.value, b.value, &sum.value))
        sum.is = false;
    return sum;
}

static struct count minus(struct count a, struct count b)
{
    if (!a.is || !b.is || b.value > a.value)
        return (struct count){false, 0};
    return (struct count){true, a.value - b.value};
}

static bool same(struct count a, struct count b)
{
    return a.is && b.is && a.value == b.value;
}

/* `whole` without `part`, which is counted inside or outside it. By total: the total tells, and
 * where it fits neither, the rest is not known (but for a part of 0, which is the same either way).
 */
static struct count without(struct count whole, struct count part, enum st_counted counted,
                            struct count other, struct count total)
{
    if (counted == ST_COUNTED_OUTSIDE || part.value == 0)
        return whole;
    if (counted == ST_COUNTED_INSIDE || same(total, plus(whole, other)))
        return minus(whole, part);
    if (same(total, plus(plus(whole, other), part)))
        return whole;
    return (struct count){false, 0};
}

static bool read_buckets(const struct reading *r, const struct st_tokens_rule *rule,
                         struct st_record *record)
{
    struct count stated[ST_TOKENS_COUNT];
    bool any = false;
    for (int i = 0; i < ST_TOKENS_COUNT; i++) {
        stated[i] = read_count(r, &rule->bucket[i]);
        any = any || stated[i].is;
    }
    const struct count read = stated[ST_TOKENS_CACHE_READ];
    const struct count write = stated[ST_TOKENS_CACHE_WRITE];
    const struct count thought = stated[ST_TOKENS_REASONING];
    const struct count output = stated[ST_TOKENS_OUTPUT];
    if (read.is || write.is) {
        struct count cached =
            plus((struct count){true, read.value}, (struct count){true, write.value});
        stated[ST_TOKENS_INPUT] = without(stated[ST_TOKENS_INPUT], cached, rule->cached, output,
                                          read_count(r, &rule->total));
    }
    if (thought.is)
        stated[ST_TOKENS_OUTPUT] = without(output, thought, rule->thought, output, thought);
    for (int i = 0; i < ST_TOKENS_COUNT; i++) {
        if (!stated[i].is)
            continue;
        record->tokens[i] = stated[i].value;
        record->has |= ST_HAS_TOKENS(i);
    }
    return any;
}

static void read_tokens(const struct reading *r, struct st_record *record)
{
    for (uint32_t i = 0; i < r->annotation->tokens_count; i++) {
        const struct st_tokens_rule *rule = &r->annotation->tokens[i];
        if (applies(r, &rule->scope) && read_buckets(r, rule, record))
            return;
    }
}

/* ---- cost and duration ---- */

static void read_cost(struct reading *r, struct st_record *record)
{
    for (uint32_t i = 0; i < r->annotation->cost_count; i++) {
        const struct st_cost_rule *rule = &r->annotation->costs[i];
        if (!applies(r, &rule->scope))
            continue;
        uint32_t node = st_paths_find(&rule->paths, &r->sight, ST_JSON_NUMBER);
        if (node == ST_JSON_NONE)
            continue;
        record->has |= ST_HAS_COST;
        if (st_amount_of(st_json_text(r->doc, node), rule->shift, &record->cost_nano) !=
            ST_AMOUNT_EXACT)
            record->has |= ST_HAS_COST_PARTIAL;
        record->currency = read_text(r, &rule->currency);
        record->price_book = read_text(r, &rule->price_book);
        record->ledger_entry = read_text(r, &rule->ledger_entry);
        return;
    }
}

/* A length of time is never negative, and one that does not fit 292 years states nothing. */
static void read_duration(const struct reading *r, struct st_record *record)
{
    for (uint32_t i = 0; i < r->annotation->durations.count; i++) {
        const struct st_place *place = &r->annotation->durations.at[i];
        if (!applies(r, &place->scope))
            continue;
        uint32_t node = st_paths_find(&place->paths, &r->sight, ST_JSON_NUMBER);
        int64_t ns;
        if (node == ST_JSON_NONE ||
            st_amount_of(st_json_text(r->doc, node), place->shift, &ns) == ST_AMOUNT_TOO_BIG ||
            ns < 0)
            continue;
        record->duration_ns = ns;
        record->has |= ST_HAS_DURATION;
        return;
    }
}

/* ---- resources ---- */

static uint8_t read_figures(const struct reading *r, const struct st_resource_rule *rule,
                            struct st_resource_entry *entry)
{
    for (unsigned f = 0; f < ST_FIGURE_COUNT; f++) {
        uint32_t node = st_paths_find(&rule->figures[f], &r->sight, ST_JSON_NUMBER);
        if (node == ST_JSON_NONE)
            continue;
        entry->stated |= (uint8_t)ST_FIGURE_BIT(f);
        if (st_amount_quantity(st_json_text(r->doc, node), &entry->figures[f]) != ST_AMOUNT_EXACT)
            entry->cut |= (uint8_t)ST_FIGURE_BIT(f);
    }
    return entry->stated;
}

static void read_entry(struct reading *r, const struct st_resource_rule *rule,
                       struct st_resource_entry *entry)
{
    uint32_t index;
    entry->kind = (uint8_t)rule->kind;
    entry->name = read_text(r, &rule->name);
    entry->principal = read_text(r, &rule->principal);
    if (entry->name.at != NULL && st_names_has(&r->annotation->old_resources, entry->name, &index))
        entry->name = r->annotation->new_resources.at[index];
}

static void read_resources(struct reading *r, struct st_record *record)
{
    struct st_resource_entry entries[ST_RECORD_RESOURCES_MAX];
    uint8_t count = 0;
    for (uint32_t i = 0; i < r->annotation->resource_count; i++) {
        const struct st_resource_rule *rule = &r->annotation->resources[i];
        struct st_resource_entry entry = {0};
        if (!applies(r, &rule->scope) || read_figures(r, rule, &entry) == 0)
            continue;
        read_entry(r, rule, &entry);
        if (count < ST_RECORD_RESOURCES_MAX && entry.name.len <= ST_RECORD_RESOURCE_TEXT_MAX &&
            entry.principal.len <= ST_RECORD_RESOURCE_TEXT_MAX)
            entries[count++] = entry;
        else
            record->has |= ST_HAS_RESOURCES_UNTOLD;
    }
    if (count == 0)
        return;
    struct st_resource_entry *kept = ST_ARENA_ARRAY(r->arena, struct st_resource_entry, count);
    if (kept == NULL) {
        r->no_memory = true;
        return;
    }
    memcpy(kept, entries, count * sizeof(*kept));
    record->resources = kept;
    record->resource_count = count;
    record->has |= ST_HAS_RESOURCES;
}

/* No walk along all spots for the one path or two. */
st_err st_contract_read_type(const struct st_contract *contract, const struct st_json *doc,
                             uint32_t node, struct st_arena *arena, st_str *type, bool *unknown)
{
    struct reading r = {
        .annotation = st_contract_annotation(contract),
        .doc = doc,
        .sight = {.annotation = st_contract_annotation(contract), .doc = doc, .node = node},
        .arena = arena,
    };
    if (!st_sight_untag(&r.sight, &r.type))
        read_type(&r);
    if (r.no_memory)
        return ST_ERR_MEMORY;
    *type = r.type;
    *unknown = is_unknown(&r);
    return ST_OK;
}

st_err st_contract_read(const struct st_contract *contract, const struct st_json *doc,
                        uint32_t node, struct st_arena *arena, struct st_record *record)
{
    struct reading r = {
        .annotation = st_contract_annotation(contract),
        .doc = doc,
        .sight = {.annotation = st_contract_annotation(contract), .doc = doc, .node = node},
        .arena = arena,
    };
    struct st_record found = {
        .seq = record->seq,
        .received_ns = record->received_ns,
        .contract = st_contract_ref(contract),
        .contract_digest = st_contract_digest(contract),
    };
    bool tagged = st_sight_untag(&r.sight, &r.type);
    if (look(&r) != ST_OK)
        return ST_ERR_MEMORY;
    if (!tagged)
        read_type(&r);
    found.type = r.type;
    if (is_unknown(&r))
        found.marks = ST_MARK_UNKNOWN_TYPE;
    found.id = read_text(&r, &r.annotation->id);
    found.tenant = read_text(&r, &r.annotation->tenant);
    found.stream = read_text(&r, &r.annotation->stream);
    found.parent = read_text(&r, &r.annotation->parent);
    found.producer = read_text(&r, &r.annotation->producer);
    read_time(&r, &found);
    read_producer_seq(&r, &found);
    classify(&r, &found);
    read_tokens(&r, &found);
    read_cost(&r, &found);
    read_duration(&r, &found);
    if (r.annotation->resource_count > 0)
        read_resources(&r, &found);
    if (r.no_memory)
        return ST_ERR_MEMORY;
    *record = found;
    return ST_OK;
}
