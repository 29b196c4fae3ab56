/*
 * record.h: the normalised record, what steno reads in an event.
 *
 * A contract's annotation says where each datum stands in an event; the record holds what was found
 * there, beside the raw bytes and never instead of them. Absent stays absent: no field has a
 * default that could be taken for a statement.
 *
 * 1. A text field that is absent has at == NULL; one that is present and empty has at != NULL.
 * 2. A number is present when its bit in `has` is set.
 * 3. Money is nano-units of `currency`; an amount that is finer than that or out of range is
 *    ST_HAS_COST_PARTIAL with the value cut towards zero.
 * 4. A resource's figures are decimals; one that 64 bits do not hold exactly is marked as cut, its
 *    value cut towards zero. Entries past the limits are ST_HAS_RESOURCES_UNTOLD.
 * 5. Slices borrow: from the raw bytes, an arena or a block; the record owns nothing.
 * 6. seq and received_at are the recorder's and set at commit; all else is the producer's.
 *
 * Floor 1. A plain value. Allocates nothing.
 */
#ifndef ST_RECORD_RECORD_H
#define ST_RECORD_RECORD_H

#include "base/str.h"
#include "base/time.h"
#include "record/limits.h"

/* Who is an event for: a reader of a level sees that level and those before it. */
#define ST_LEVEL_LIST(X)                                                                           \
    X(AUDIT, "audit")                                                                              \
    X(OPS, "ops")                                                                                  \
    X(DEBUG, "debug")

#define ST_SEVERITY_LIST(X)                                                                        \
    X(INFO, "info")                                                                                \
    X(PROGRESS, "progress")                                                                        \
    X(WARN, "warn")                                                                                \
    X(ERROR, "error")                                                                              \
    X(BLOCKER, "blocker")

/* Token buckets: disjoint, so that their sum is the total. */
#define ST_TOKENS_LIST(X)                                                                          \
    X(INPUT, "uncached_input")                                                                     \
    X(CACHE_READ, "cache_read")                                                                    \
    X(CACHE_WRITE, "cache_write")                                                                  \
    X(OUTPUT, "output")                                                                            \
    X(REASONING, "reasoning")

/* How a resource is used up. */
#define ST_RESOURCE_KIND_LIST(X)                                                                   \
    X(UNSTATED, "unstated")       /* the event does not say */                                     \
    X(DEPLETABLE, "depletable")   /* once spent it is gone */                                      \
    X(ALLOCATABLE, "allocatable") /* held up to a quota and given back */                          \
    X(RENEWABLE, "renewable")     /* limited by rate, comes back with time */

/* What an event may state of a resource; none is ever worked out from the others. */
#define ST_FIGURE_LIST(X)                                                                          \
    X(AMOUNT, "amount")   /* used by this event; negative: given back */                           \
    X(BALANCE, "balance") /* left after it */                                                      \
    X(USED, "used")       /* in use after it */                                                    \
    X(QUOTA, "quota")     /* the most there may be */                                              \
    X(WINDOW_REMAINING, "window_remaining")

enum st_level {
#define ST_LEVEL_ENUM(id, text) ST_LEVEL_##id,
    ST_LEVEL_LIST(ST_LEVEL_ENUM)
#undef ST_LEVEL_ENUM
        ST_LEVEL_COUNT
};

enum st_severity {
#define ST_SEVERITY_ENUM(id, text) ST_SEVERITY_##id,
    ST_SEVERITY_LIST(ST_SEVERITY_ENUM)
#undef ST_SEVERITY_ENUM
        ST_SEVERITY_COUNT
};

enum st_tokens {
#define ST_TOKENS_ENUM(id, text) ST_TOKENS_##id,
    ST_TOKENS_LIST(ST_TOKENS_ENUM)
#undef ST_TOKENS_ENUM
        ST_TOKENS_COUNT
};

enum st_resource_kind {
#define ST_RESOURCE_KIND_ENUM(id, text) ST_RESOURCE_##id,
    ST_RESOURCE_KIND_LIST(ST_RESOURCE_KIND_ENUM)
#undef ST_RESOURCE_KIND_ENUM
        ST_RESOURCE_KIND_COUNT
};

enum st_figure {
#define ST_FIGURE_ENUM(id, text) ST_FIGURE_##id,
    ST_FIGURE_LIST(ST_FIGURE_ENUM)
#undef ST_FIGURE_ENUM
        ST_FIGURE_COUNT
};

const char *st_level_name(enum st_level level);
const char *st_severity_name(enum st_severity severity);
const char *st_tokens_name(enum st_tokens tokens);
const char *st_resource_kind_name(enum st_resource_kind kind);
const char *st_figure_name(enum st_figure figure);
bool st_level_of_name(st_str name, enum st_level *level);
bool st_severity_of_name(st_str name, enum st_severity *severity);
bool st_resource_kind_of_name(st_str name, enum st_resource_kind *kind);

/* Bits of st_record.has. On disk: never renumbered; 0x0020 and 0x0040 belong to coding.h. */
#define ST_HAS_TIME             0x0001u
#define ST_HAS_PRODUCER_SEQ     0x0002u
#define ST_HAS_COST             0x0004u
#define ST_HAS_COST_PARTIAL     0x0008u /* with ST_HAS_COST */
#define ST_HAS_DURATION         0x0010u
#define ST_HAS_RESOURCES        0x0080u
#define ST_HAS_RESOURCES_UNTOLD 0x00010000u /* the event states more of them */
#define ST_HAS_TOKENS(bucket)   (0x0100u << (bucket))

/* Bits of st_record.marks. On disk: never renumbered. */
#define ST_MARK_INVALID 0x01u /* recorded under observe although it breaks its contract */
#define ST_MARK_MASKED  0x02u /* a secret was masked at the door; bytes are not as they came */
#define ST_MARK_UNKNOWN_TYPE                                                                       \
    0x04u /* its contract keeps types that it does not name: this is one                           \
           */

#define ST_DIGEST_BYTES 32 /* SHA-256 */

/* coefficient × 10^-scale, exactly; scale is at most ST_QUANTITY_SCALE_MAX. */
struct st_quantity {
    int64_t coefficient;
    uint8_t scale;
};

struct st_resource_entry {
    uint8_t kind;   /* enum st_resource_kind */
    uint8_t stated; /* ST_FIGURE_BIT of each figure that is there */
    uint8_t cut;    /* of these, the ones whose value is cut */
    st_str name;
    st_str principal; /* whose it is */
    struct st_quantity figures[ST_FIGURE_COUNT];
};
#define ST_FIGURE_BIT(figure) (1u << (figure))

/* Writes the quantity as a JSON number, all its digits: "0.05"; returns its length. */
#define ST_QUANTITY_TEXT_MAX 24
size_t st_quantity_write(struct st_quantity quantity, char text[static ST_QUANTITY_TEXT_MAX]);

struct st_record {
    uint64_t seq;        /* dense, from 1 */
    int64_t received_ns; /* since 1970, not negative, never falling from seq to seq */

    st_str contract;                /* "agent-event@v0" */
    const uint8_t *contract_digest; /* ST_DIGEST_BYTES of the contract's file */
    st_str type;
    st_str id;
    st_str tenant;
    st_str stream; /* session, run or principal */
    st_str parent; /* the stream that this one belongs to */
    st_str producer;
    st_str category;
    st_time time;        /* the producer's; HAS_TIME */
    uint8_t time_digits; /* how fine it was stated: st_time_digits(time) … 9; 0 without a time */
    uint64_t producer_seq;

    uint8_t level;    /* enum st_level */
    uint8_t severity; /* enum st_severity */
    uint8_t marks;
    uint8_t resource_count; /* 1 … ST_RECORD_RESOURCES_MAX; HAS_RESOURCES */
    uint32_t has;

    uint64_t tokens[ST_TOKENS_COUNT];
    int64_t cost_nano;
    int64_t duration_ns;
    st_str currency;   /* "USD" */
    st_str price_book; /* version */
    st_str ledger_entry;
    const struct st_resource_entry *resources;
};

/* The instant that since/until compare: the producer's time where it states one, else received. */
static inline st_time st_record_instant(const struct st_record *record)
{
    return (record->has & ST_HAS_TIME) ? record->time : st_time_of_ns(record->received_ns);
}

#endif
