#include "record/coding.h"

#define VARINT_BYTES_MAX 10

/* In encoded bytes only: currency, price book and ledger entry stand in the record; the time was
 * stated finer than its value needs. */
#define HAS_MONEY_TEXTS 0x0020u
#define HAS_TIME_DIGITS 0x0040u

#define HAS_TOKENS_ALL (((1u << ST_TOKENS_COUNT) - 1) * ST_HAS_TOKENS(0))
#define HAS_ALL                                                                                    \
    (ST_HAS_TIME | ST_HAS_PRODUCER_SEQ | ST_HAS_COST | ST_HAS_COST_PARTIAL | ST_HAS_DURATION |     \
     ST_HAS_RESOURCES | ST_HAS_RESOURCES_UNTOLD | HAS_TOKENS_ALL)
#define FIGURES_ALL ((1u << ST_FIGURE_COUNT) - 1)

#define HAS_BYTES_ONLY (HAS_MONEY_TEXTS | HAS_TIME_DIGITS)

_Static_assert(ST_HAS_TOKENS(ST_TOKENS_COUNT - 1) < ST_HAS_RESOURCES_UNTOLD,
               "a bit would have two meanings");
_Static_assert((HAS_ALL & HAS_BYTES_ONLY) == 0, "a bit of the record would be lost");

/* has, marks, level, severity, contract, 6 texts, id's length, received; time 3, producer_seq,
 * cost, money texts 3, duration, tokens. */
#define VARINTS_MAX (13 + 3 + 1 + 1 + 3 + 1 + ST_TOKENS_COUNT)

/* The number of resources; for each kind, figures, name, principal and two a figure. */
#define RESOURCE_VARINTS_MAX(count) (1 + (size_t)(count) * (4 + 2 * ST_FIGURE_COUNT))

/* The first and the last second of the years 0000 to 9999 (base/time.h). */
#define TIME_S_MIN INT64_C(-62167219200)
#define TIME_S_MAX INT64_C(253402300799)

/* ---- varints ---- */

static char *put_varint(char *at, uint64_t value)
{
    while (value >= 0x80) {
        *at++ = (char)(value | 0x80);
        value >>= 7;
    }
    *at++ = (char)value;
    return at;
}

static uint64_t to_zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

static int64_t of_zigzag(uint64_t value)
{
    return (int64_t)(value >> 1 ^ (0 - (value & 1)));
}

/* Bytes on their way in. After the first fault every take gives 0, and `bad` tells at the end. */
struct source {
    const char *at;
    const char *end;
    bool bad;
};

static uint64_t take_varint(struct source *source)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && source->at < source->end; shift += 7) {
        uint8_t byte = (uint8_t)*source->at++;
        /* The tenth byte has room for the 64th bit only. */
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return value;
    }
    source->bad = true;
    return 0;
}

static uint64_t take_below(struct source *source, uint64_t bound)
{
    uint64_t value = take_varint(source);
    if (value < bound)
        return value;
    source->bad = true;
    return 0;
}

st_err st_varint_add(struct st_buf *out, uint64_t value)
{
    char bytes[VARINT_BYTES_MAX];
    return st_buf_add(out, bytes, (size_t)(put_varint(bytes, value) - bytes));
}

st_err st_varint_take(st_str *at, uint64_t *value)
{
    struct source source = {at->at, at->at + at->len, false};
    uint64_t taken = take_varint(&source);
    if (source.bad)
        return ST_ERR_CORRUPT;
    *value = taken;
    *at = (st_str){source.at, (size_t)(source.end - source.at)};
    return ST_OK;
}

st_err st_zigzag_add(struct st_buf *out, int64_t value)
{
    return st_varint_add(out, to_zigzag(value));
}

st_err st_zigzag_take(st_str *at, int64_t *value)
{
    uint64_t taken = 0;
    st_err err = st_varint_take(at, &taken);
    if (err == ST_OK)
        *value = of_zigzag(taken);
    return err;
}

/* ---- encoding ---- */

static void check_resources(const struct st_record *record)
{
    ST_BUG_IF(record->resource_count == 0 || record->resource_count > ST_RECORD_RESOURCES_MAX);
    for (unsigned i = 0; i < record->resource_count; i++) {
        const struct st_resource_entry *resource = &record->resources[i];
        ST_BUG_IF(resource->kind >= ST_RESOURCE_KIND_COUNT);
        ST_BUG_IF((resource->stated & ~FIGURES_ALL) != 0);
        ST_BUG_IF((resource->cut & ~resource->stated) != 0);
        for (unsigned f = 0; f < ST_FIGURE_COUNT; f++)
            ST_BUG_IF((resource->stated & ST_FIGURE_BIT(f)) != 0 &&
                      resource->figures[f].scale > ST_QUANTITY_SCALE_MAX);
    }
}

static void check_record(const struct st_record *record)
{
    ST_BUG_IF((record->has & ~HAS_ALL) != 0);
    ST_BUG_IF(record->level >= ST_LEVEL_COUNT || record->severity >= ST_SEVERITY_COUNT);
    if (record->has & ST_HAS_TIME) {
        ST_BUG_IF(record->time.s < TIME_S_MIN || record->time.s > TIME_S_MAX);
        ST_BUG_IF(record->time.ns < 0 || record->time.ns >= ST_NS_PER_S);
        ST_BUG_IF(record->time_digits > 9 || record->time_digits < st_time_digits(record->time));
    }
    if (record->has & ST_HAS_RESOURCES)
        check_resources(record);
}

static st_err number_of(struct st_coding_dictionary dictionary, enum st_coding_field field,
                        st_str text, uint32_t *number)
{
    *number = 0;
    return text.at == NULL ? ST_OK : dictionary.number(dictionary.context, field, text, number);
}

/* Numbers of all texts: by field, and from ST_CODING_RESOURCE on a pair for each resource. */
static st_err number_texts(const struct st_record *record, struct st_coding_dictionary dictionary,
                           uint32_t numbers[static ST_CODING_TEXTS_MAX])
{
    const st_str texts[ST_CODING_RESOURCE] = {
        [ST_CODING_TYPE] = record->type,         [ST_CODING_TENANT] = record->tenant,
        [ST_CODING_STREAM] = record->stream,     [ST_CODING_PARENT] = record->parent,
        [ST_CODING_PRODUCER] = record->producer, [ST_CODING_CATEGORY] = record->category,
        [ST_CODING_CURRENCY] = record->currency, [ST_CODING_PRICE_BOOK] = record->price_book,
    };
    st_err err = ST_OK;
    for (int i = 0; i < ST_CODING_RESOURCE && err == ST_OK; i++)
        err = number_of(dictionary, (enum st_coding_field)i, texts[i], &numbers[i]);
    if ((record->has & ST_HAS_RESOURCES) == 0)
        return err;
    uint32_t *pair = &numbers[ST_CODING_RESOURCE];
    for (unsigned i = 0; i < record->resource_count && err == ST_OK; i++, pair += 2) {
        err = number_of(dictionary, ST_CODING_RESOURCE, record->resources[i].name, &pair[0]);
        if (err == ST_OK)
            err = number_of(dictionary, ST_CODING_PRINCIPAL, record->resources[i].principal,
                            &pair[1]);
    }
    return err;
}

static char *put_text(char *at, st_str text)
{
    if (text.at == NULL)
        return put_varint(at, 0);
    at = put_varint(at, text.len + 1);
    if (text.len > 0)
        memcpy(at, text.at, text.len);
    return at + text.len;
}

static char *put_resources(char *at, const struct st_record *record, const uint32_t *pairs)
{
    at = put_varint(at, record->resource_count);
    for (unsigned i = 0; i < record->resource_count; i++) {
        const struct st_resource_entry *resource = &record->resources[i];
        at = put_varint(at, resource->kind);
        at = put_varint(at, resource->stated | (unsigned)resource->cut << ST_FIGURE_COUNT);
        at = put_varint(at, pairs[2 * i]);
        at = put_varint(at, pairs[2 * i + 1]);
        for (unsigned f = 0; f < ST_FIGURE_COUNT; f++) {
            if ((resource->stated & ST_FIGURE_BIT(f)) == 0)
                continue;
            at = put_varint(at, to_zigzag(resource->figures[f].coefficient));
            at = put_varint(at, resource->figures[f].scale);
        }
    }
    return at;
}

static char *put_measures(char *at, const struct st_record *record, uint32_t has,
                          const uint32_t numbers[static ST_CODING_TEXTS_MAX])
{
    if (has & ST_HAS_TIME) {
        at = put_varint(at, to_zigzag(record->time.s));
        at = put_varint(at, (uint64_t)record->time.ns);
    }
    if (has & HAS_TIME_DIGITS)
        at = put_varint(at, record->time_digits);
    if (has & ST_HAS_PRODUCER_SEQ)
        at = put_varint(at, record->producer_seq);
    if (has & ST_HAS_COST)
        at = put_varint(at, to_zigzag(record->cost_nano));
    if (has & HAS_MONEY_TEXTS) {
        at = put_varint(at, numbers[ST_CODING_CURRENCY]);
        at = put_varint(at, numbers[ST_CODING_PRICE_BOOK]);
        at = put_text(at, record->ledger_entry);
    }
    if (has & ST_HAS_DURATION)
        at = put_varint(at, to_zigzag(record->duration_ns));
    for (unsigned i = 0; i < ST_TOKENS_COUNT; i++)
        if (has & ST_HAS_TOKENS(i))
            at = put_varint(at, record->tokens[i]);
    return has & ST_HAS_RESOURCES ? put_resources(at, record, &numbers[ST_CODING_RESOURCE]) : at;
}

st_err st_record_encode(const struct st_record *record, uint32_t contract_number,
                        int64_t received_ns_before, struct st_coding_dictionary dictionary,
                        struct st_buf *out)
{
    check_record(record);
    uint32_t numbers[ST_CODING_TEXTS_MAX];
    size_t varints = VARINTS_MAX;
    if (record->has & ST_HAS_RESOURCES)
        varints += RESOURCE_VARINTS_MAX(record->resource_count);
    st_err err = number_texts(record, dictionary, numbers);
    if (err == ST_OK)
        err = st_buf_reserve(out, varints * VARINT_BYTES_MAX + record->id.len +
                                      record->ledger_entry.len);
    if (err != ST_OK)
        return err;
    bool money_texts = record->currency.at != NULL || record->price_book.at != NULL ||
                       record->ledger_entry.at != NULL;
    bool time_digits =
        (record->has & ST_HAS_TIME) && record->time_digits > st_time_digits(record->time);
    uint32_t has =
        record->has | (money_texts ? HAS_MONEY_TEXTS : 0) | (time_digits ? HAS_TIME_DIGITS : 0);
    char *at = out->at + out->len;
    at = put_varint(at, has);
    at = put_varint(at, record->marks);
    at = put_varint(at, record->level);
    at = put_varint(at, record->severity);
    at = put_varint(at, contract_number);
    for (int i = ST_CODING_TYPE; i <= ST_CODING_CATEGORY; i++)
        at = put_varint(at, numbers[i]);
    at = put_text(at, record->id);
    /* Unsigned, so that no pair of instants overflows; the decoder adds the same way. */
    at = put_varint(
        at, to_zigzag((int64_t)((uint64_t)record->received_ns - (uint64_t)received_ns_before)));
    at = put_measures(at, record, has, numbers);
    out->len = (size_t)(at - out->at);
    return ST_OK;
}

/* ---- decoding ---- */

static st_str take_text(struct source *source)
{
    uint64_t len = take_varint(source);
    if (len == 0)
        return (st_str){NULL, 0};
    len--;
    if (len > (uint64_t)(source->end - source->at)) {
        source->bad = true;
        return (st_str){NULL, 0};
    }
    st_str text = {source->at, (size_t)len};
    source->at += len;
    return text;
}

static st_str take_number(struct source *source, const st_str *texts, uint32_t text_count)
{
    uint64_t number = take_below(source, (uint64_t)text_count + 1);
    return number == 0 ? (st_str){NULL, 0} : texts[number - 1];
}

static st_time take_time(struct source *source)
{
    st_time time = {of_zigzag(take_varint(source)), 0};
    time.ns = (int32_t)take_below(source, (uint64_t)ST_NS_PER_S);
    if (time.s < TIME_S_MIN || time.s > TIME_S_MAX)
        source->bad = true;
    return time;
}

/* How fine the time was stated: finer than it needs, where that is said. */
static uint8_t take_time_digits(struct source *source, uint32_t has, st_time time)
{
    uint64_t needed = (uint64_t)st_time_digits(time);
    if ((has & HAS_TIME_DIGITS) == 0)
        return (uint8_t)needed;
    uint64_t digits = take_below(source, 10);
    if ((has & ST_HAS_TIME) == 0 || digits <= needed)
        source->bad = true;
    return (uint8_t)digits;
}

static void take_resource(struct source *source, const st_str *texts, uint32_t text_count,
                          struct st_resource_entry *resource)
{
    *resource = (struct st_resource_entry){0};
    resource->kind = (uint8_t)take_below(source, ST_RESOURCE_KIND_COUNT);
    uint64_t figures = take_below(source, UINT64_C(1) << 2 * ST_FIGURE_COUNT);
    resource->stated = (uint8_t)(figures & FIGURES_ALL);
    resource->cut = (uint8_t)(figures >> ST_FIGURE_COUNT);
    if (resource->cut & ~resource->stated)
        source->bad = true;
    resource->name = take_number(source, texts, text_count);
    resource->principal = take_number(source, texts, text_count);
    for (unsigned f = 0; f < ST_FIGURE_COUNT; f++) {
        if ((resource->stated & ST_FIGURE_BIT(f)) == 0)
            continue;
        resource->figures[f].coefficient = of_zigzag(take_varint(source));
        resource->figures[f].scale = (uint8_t)take_below(source, ST_QUANTITY_SCALE_MAX + 1);
    }
}

/* MEMORY only; damage is the source's business. */
static st_err take_resources(struct source *source, const st_str *texts, uint32_t text_count,
                             struct st_arena *arena, struct st_record *record)
{
    if ((record->has & ST_HAS_RESOURCES) == 0)
        return ST_OK;
    record->resource_count = (uint8_t)take_below(source, ST_RECORD_RESOURCES_MAX + 1);
    if (record->resource_count == 0)
        source->bad = true;
    if (source->bad)
        return ST_OK;
    struct st_resource_entry *resources =
        ST_ARENA_ARRAY(arena, struct st_resource_entry, record->resource_count);
    if (resources == NULL)
        return ST_ERR_MEMORY;
    for (unsigned i = 0; i < record->resource_count; i++)
        take_resource(source, texts, text_count, &resources[i]);
    record->resources = resources;
    return ST_OK;
}

static void take_measures(struct source *source, const st_str *texts, uint32_t text_count,
                          uint32_t has, struct st_record *record)
{
    if (has & ST_HAS_TIME)
        record->time = take_time(source);
    record->time_digits = take_time_digits(source, has, record->time);
    if (has & ST_HAS_PRODUCER_SEQ)
        record->producer_seq = take_varint(source);
    if (has & ST_HAS_COST)
        record->cost_nano = of_zigzag(take_varint(source));
    if (has & HAS_MONEY_TEXTS) {
        record->currency = take_number(source, texts, text_count);
        record->price_book = take_number(source, texts, text_count);
        record->ledger_entry = take_text(source);
    }
    if (has & ST_HAS_DURATION)
        record->duration_ns = of_zigzag(take_varint(source));
    for (unsigned i = 0; i < ST_TOKENS_COUNT; i++)
        if (has & ST_HAS_TOKENS(i))
            record->tokens[i] = take_varint(source);
}

st_err st_record_decode(st_str *at, const st_str *texts, uint32_t text_count,
                        int64_t received_ns_before, struct st_arena *arena,
                        struct st_record *record, uint32_t *contract_number)
{
    struct source source = {at->at, at->at + at->len, false};
    struct st_record taken = {0};
    uint64_t has = take_varint(&source);
    if ((has & ~(uint64_t)(HAS_ALL | HAS_BYTES_ONLY)) != 0)
        return ST_ERR_CORRUPT;
    taken.has = (uint32_t)has & HAS_ALL;
    taken.marks = (uint8_t)take_below(&source, UINT8_MAX + 1);
    taken.level = (uint8_t)take_below(&source, ST_LEVEL_COUNT);
    taken.severity = (uint8_t)take_below(&source, ST_SEVERITY_COUNT);
    uint32_t contract = (uint32_t)take_below(&source, (uint64_t)UINT32_MAX + 1);
    taken.type = take_number(&source, texts, text_count);
    taken.tenant = take_number(&source, texts, text_count);
    taken.stream = take_number(&source, texts, text_count);
    taken.parent = take_number(&source, texts, text_count);
    taken.producer = take_number(&source, texts, text_count);
    taken.category = take_number(&source, texts, text_count);
    taken.id = take_text(&source);
    uint64_t delta = (uint64_t)of_zigzag(take_varint(&source));
    taken.received_ns = (int64_t)((uint64_t)received_ns_before + delta);
    take_measures(&source, texts, text_count, (uint32_t)has, &taken);
    st_err err = take_resources(&source, texts, text_count, arena, &taken);
    if (err != ST_OK)
        return err;
    if (source.bad)
        return ST_ERR_CORRUPT;
    *record = taken;
    *contract_number = contract;
    *at = (st_str){source.at, (size_t)(source.end - source.at)};
    return ST_OK;
}
