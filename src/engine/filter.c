#include "engine/filter.h"

#define FILTER_ARENA_MAX ((size_t)1 << 20)

void st_filter_init(struct st_filter *filter)
{
    *filter = (struct st_filter){.level = ST_LEVEL_OPS};
    st_arena_init(&filter->arena, FILTER_ARENA_MAX);
}

void st_filter_done(struct st_filter *filter)
{
    st_arena_done(&filter->arena);
    st_filter_init(filter);
}

/* ---- setting words ---- */

static st_err refuse(struct st_buf *problem, const char *word, const char *text)
{
    st_buf_reset(problem);
    st_err err = st_buf_printf(problem, "%s: %s", word, text);
    return err == ST_OK ? ST_ERR_INVALID : err;
}

/* The next value of a comma-separated list, unescaped into the arena; false at its end. */
static st_err take_value(struct st_filter *filter, st_str *rest, st_str *value)
{
    char *copy = st_arena_get(&filter->arena, rest->len + 1);
    size_t len = 0;
    size_t at = 0;
    if (copy == NULL)
        return ST_ERR_LIMIT;
    for (; at < rest->len && rest->at[at] != ','; at++) {
        if (rest->at[at] == '\\' && at + 1 < rest->len && rest->at[at + 1] == ',')
            at++;
        copy[len++] = rest->at[at];
    }
    *value = (st_str){copy, len};
    *rest = at < rest->len ? st_str_from(*rest, at + 1) : (st_str){NULL, 0};
    return ST_OK;
}

static st_err add_value(struct st_filter *filter, struct st_filter_values *values, st_str value,
                        const char *word, struct st_buf *problem)
{
    if (value.len == 0)
        return refuse(problem, word, "a value is empty");
    if (values->count == ST_FILTER_VALUES_MAX)
        return refuse(problem, word, "more than 64 values");
    if (values->at == NULL) {
        values->at = ST_ARENA_ARRAY(&filter->arena, st_str, ST_FILTER_VALUES_MAX);
        if (values->at == NULL)
            return ST_ERR_MEMORY;
    }
    values->at[values->count++] = value;
    return ST_OK;
}

static st_err set_values(struct st_filter *filter, struct st_filter_values *values, st_str list,
                         const char *word, struct st_buf *problem)
{
    st_str rest = list;
    do {
        st_str value = {0};
        st_err err = take_value(filter, &rest, &value);
        if (err == ST_ERR_LIMIT)
            return refuse(problem, word, "longer than all filters together may be");
        if (err == ST_OK)
            err = add_value(filter, values, value, word, problem);
        if (err != ST_OK)
            return err;
    } while (rest.at != NULL);
    return ST_OK;
}

static st_err set_severities(struct st_filter *filter, st_str list, struct st_buf *problem)
{
    st_str rest = list;
    bool more = true;
    while (more) {
        st_str name = {0};
        enum st_severity severity = ST_SEVERITY_INFO;
        more = st_str_cut(rest, ',', &name, &rest);
        if (!st_severity_of_name(name, &severity))
            return refuse(problem, "severity", "must be info, progress, warn, error or blocker");
        filter->severities |= (uint8_t)(1u << severity);
    }
    return ST_OK;
}

static st_err set_level(struct st_filter *filter, st_str value, struct st_buf *problem)
{
    enum st_level level = ST_LEVEL_OPS;
    if (filter->has_level)
        return refuse(problem, "level", "said twice");
    if (!st_level_of_name(value, &level))
        return refuse(problem, "level", "must be audit, ops or debug");
    filter->level = (uint8_t)level;
    filter->has_level = true;
    return ST_OK;
}

static st_err set_time(st_str value, const char *word, st_time now, bool *has, st_time *t,
                       struct st_buf *problem)
{
    if (*has)
        return refuse(problem, word, "said twice");
    if (st_time_parse_human(value, now, t) != ST_OK)
        return refuse(problem, word,
                      "must be a time: 2026-02-07T20:21:54Z, 2026-02-07, -1h, today or now");
    *has = true;
    return ST_OK;
}

static st_err set_count(st_str value, const char *word, bool *has, uint64_t *count,
                        struct st_buf *problem)
{
    if (*has)
        return refuse(problem, word, "said twice");
    if (st_str_to_u64(value, count) != ST_OK)
        return refuse(problem, word, "must be a number of events, 0 or more");
    *has = true;
    return ST_OK;
}

static st_err set_position(st_str value, const char *word, bool *has, uint64_t *seq,
                           struct st_buf *problem)
{
    if (*has)
        return refuse(problem, word, "said twice");
    if (st_cursor_parse(value, seq) != ST_OK)
        return refuse(problem, word, "must be a seq or a cursor as an answer gave it");
    *has = true;
    return ST_OK;
}

static st_err set_order(struct st_filter *filter, st_str value, struct st_buf *problem)
{
    bool descending = st_str_eq(value, ST_STR("desc"));
    if (filter->has_order)
        return refuse(problem, "order", "said twice");
    if (!descending && !st_str_eq(value, ST_STR("asc")))
        return refuse(problem, "order", "must be asc or desc");
    filter->descending = descending;
    filter->has_order = true;
    return ST_OK;
}

static st_err set_valid(struct st_filter *filter, st_str value, struct st_buf *problem)
{
    bool valid = st_str_eq(value, ST_STR("true"));
    if (filter->has_valid)
        return refuse(problem, "valid", "said twice");
    if (!valid && !st_str_eq(value, ST_STR("false")))
        return refuse(problem, "valid", "must be true or false");
    filter->valid = valid;
    filter->has_valid = true;
    return ST_OK;
}

static bool find_word(st_str word, enum st_filter_word *found)
{
    static const char *const words[ST_FILTER_COUNT] = {
#define ST_FILTER_WORD(id, text, value, help) text,
        ST_FILTER_LIST(ST_FILTER_WORD)
#undef ST_FILTER_WORD
    };
    for (unsigned i = 0; i < ST_FILTER_COUNT; i++) {
        if (st_str_eq(st_str_of(words[i]), word)) {
            *found = (enum st_filter_word)i;
            return true;
        }
    }
    return false;
}

st_err st_filter_set(struct st_filter *filter, st_str word, st_str value, st_time now,
                     struct st_buf *problem)
{
    enum st_filter_word found = ST_FILTER_COUNT;
    if (!find_word(word, &found))
        return ST_ERR_ABSENT;
    switch (found) {
    case ST_FILTER_TYPE:
        return set_values(filter, &filter->types, value, "type", problem);
    case ST_FILTER_LEVEL:
        return set_level(filter, value, problem);
    case ST_FILTER_CATEGORY:
        return set_values(filter, &filter->categories, value, "category", problem);
    case ST_FILTER_SEVERITY:
        return set_severities(filter, value, problem);
    case ST_FILTER_STREAM:
        return set_values(filter, &filter->streams, value, "stream", problem);
    case ST_FILTER_TENANT:
        return set_values(filter, &filter->tenants, value, "tenant", problem);
    case ST_FILTER_CONTRACT:
        return set_values(filter, &filter->contracts, value, "contract", problem);
    case ST_FILTER_VALID:
        return set_valid(filter, value, problem);
    case ST_FILTER_SINCE:
        return set_time(value, "since", now, &filter->has_since, &filter->since, problem);
    case ST_FILTER_UNTIL:
        return set_time(value, "until", now, &filter->has_until, &filter->until, problem);
    case ST_FILTER_AFTER:
        return set_position(value, "after", &filter->has_after, &filter->after, problem);
    case ST_FILTER_BEFORE:
        return set_position(value, "before", &filter->has_before, &filter->before, problem);
    case ST_FILTER_LAST:
        return set_count(value, "last", &filter->has_last, &filter->last, problem);
    case ST_FILTER_LIMIT:
        return set_count(value, "limit", &filter->has_limit, &filter->limit, problem);
    case ST_FILTER_ORDER:
        return set_order(filter, value, problem);
    case ST_FILTER_COUNT:
        break;
    }
    return ST_ERR_ABSENT;
}

/* ---- deciding ---- */

static bool is_prefix(st_str wanted)
{
    return st_str_ends(wanted, ST_STR(".*"));
}

static bool type_matches(st_str wanted, st_str type)
{
    if (is_prefix(wanted))
        return st_str_starts(type, (st_str){wanted.at, wanted.len - 1});
    return st_str_eq(wanted, type);
}

/* "agent-event" takes every version, "agent-event@v0" the one. */
static bool contract_matches(st_str wanted, st_str contract)
{
    return st_str_eq(wanted, contract) ||
           (contract.len > wanted.len && st_str_starts(contract, wanted) &&
            contract.at[wanted.len] == '@');
}

typedef bool (*matches_fn)(st_str wanted, st_str text);

static bool any_matches(const struct st_filter_values *values, st_str text, matches_fn matches)
{
    if (values->count == 0)
        return true;
    if (text.at == NULL)
        return false;
    for (uint32_t i = 0; i < values->count; i++)
        if (matches(values->at[i], text))
            return true;
    return false;
}

static bool time_wanted(const struct st_filter *filter, const struct st_record *record)
{
    if (!filter->has_since && !filter->has_until)
        return true;
    st_time instant = st_record_instant(record);
    return (!filter->has_since || st_time_cmp(instant, filter->since) >= 0) &&
           (!filter->has_until || st_time_cmp(instant, filter->until) < 0);
}

bool st_filter_wants(const struct st_filter *filter, const struct st_record *record)
{
    return record->level <= filter->level &&
           (filter->severities == 0 || (filter->severities >> record->severity & 1) != 0) &&
           (!filter->has_valid || filter->valid == ((record->marks & ST_MARK_INVALID) == 0)) &&
           any_matches(&filter->types, record->type, type_matches) &&
           any_matches(&filter->streams, record->stream, st_str_eq) &&
           any_matches(&filter->tenants, record->tenant, st_str_eq) &&
           any_matches(&filter->categories, record->category, st_str_eq) &&
           any_matches(&filter->contracts, record->contract, contract_matches) &&
           time_wanted(filter, record);
}

struct table_question {
    const struct st_filter_values *values;
    matches_fn matches;
};

static bool visit_text(void *context, st_str text)
{
    const struct table_question *question = context;
    return any_matches(question->values, text, question->matches);
}

static bool table_may(const struct st_block_header *header, enum st_block_table table,
                      const struct st_filter_values *values, matches_fn matches)
{
    struct table_question question = {values, matches};
    return values->count == 0 || st_block_any(header, table, visit_text, &question);
}

struct stream_question {
    const struct st_filter *filter;
    const struct st_block_header *header;
};

/* Whether the block may hold one of the wanted streams under this tenant. */
static bool visit_tenant(void *context, st_str tenant)
{
    const struct stream_question *question = context;
    const struct st_filter_values *streams = &question->filter->streams;
    for (uint32_t i = 0; i < streams->count; i++)
        if (st_block_has_stream(question->header, st_block_stream_hash(tenant, streams->at[i])))
            return true;
    return false;
}

/* Streams are hashed with their tenant, so each tenant of the block is asked, and none. */
static bool streams_may(const struct st_filter *filter, const struct st_block_header *header)
{
    struct stream_question question = {filter, header};
    return filter->streams.count == 0 || visit_tenant(&question, (st_str){NULL, 0}) ||
           st_block_any(header, ST_BLOCK_TENANTS, visit_tenant, &question);
}

bool st_filter_wants_block(const struct st_filter *filter, const struct st_block_header *header)
{
    unsigned levels = (2u << filter->level) - 1;
    return (header->levels & levels) != 0 &&
           (filter->severities == 0 || (header->severities & filter->severities) != 0) &&
           (!filter->has_valid || filter->valid || (header->marks & ST_MARK_INVALID) != 0) &&
           (!filter->has_since || st_time_cmp(header->instant_to, filter->since) >= 0) &&
           (!filter->has_until || st_time_cmp(header->instant_from, filter->until) < 0) &&
           table_may(header, ST_BLOCK_TYPES, &filter->types, type_matches) &&
           table_may(header, ST_BLOCK_TENANTS, &filter->tenants, st_str_eq) &&
           table_may(header, ST_BLOCK_CATEGORIES, &filter->categories, st_str_eq) &&
           table_may(header, ST_BLOCK_CONTRACTS, &filter->contracts, contract_matches) &&
           streams_may(filter, header);
}
