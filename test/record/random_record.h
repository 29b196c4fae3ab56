/*
 * random_record.h: random records with every combination of what may be absent, for round trips.
 */
#ifndef ST_TEST_RECORD_RANDOM_RECORD_H
#define ST_TEST_RECORD_RANDOM_RECORD_H

#include "unit.h"

#include "base/arena.h"
#include "base/random.h"
#include "record/record.h"

#include <stdlib.h>

/* Seeds differ from run to run; STENO_SEED repeats one that a failure has printed. */
__attribute__((unused)) static uint64_t random_seed(void)
{
    uint64_t seed = 0;
    const char *given = getenv("STENO_SEED");
    if (given != NULL)
        seed = strtoull(given, NULL, 10);
    else
        st_random_bytes(&seed, sizeof seed);
    print_message("seed %llu\n", (unsigned long long)seed);
    return seed;
}

/* Absent, empty, one of `pool` short texts, or random bytes (a zero among them is none of our
 * business). */
__attribute__((unused)) static st_str random_text(struct st_rng *rng, struct st_arena *arena,
                                                  uint64_t pool)
{
    uint64_t kind = st_rng_below(rng, 10);
    if (kind == 0)
        return (st_str){NULL, 0};
    if (kind == 1)
        return (st_str){"", 0};
    size_t len = kind == 2 ? (size_t)st_rng_below(rng, 300) : 12;
    char *at = st_arena_get(arena, len + 1);
    assert_non_null(at);
    if (kind == 2)
        st_rng_bytes(rng, at, len);
    else
        len = (size_t)snprintf(at, len, "text-%u", (unsigned)st_rng_below(rng, pool));
    return (st_str){at, len};
}

/* Small values mostly, and every size of varint. */
__attribute__((unused)) static uint64_t random_number(struct st_rng *rng)
{
    return st_rng_next(rng) >> st_rng_below(rng, 64);
}

__attribute__((unused)) static void random_measures(struct st_rng *rng, struct st_record *record)
{
    const uint32_t bits[] = {ST_HAS_TIME, ST_HAS_PRODUCER_SEQ, ST_HAS_COST, ST_HAS_COST_PARTIAL,
                             ST_HAS_DURATION};
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++)
        record->has |= st_rng_below(rng, 2) ? bits[i] : 0;
    for (unsigned i = 0; i < ST_TOKENS_COUNT; i++)
        record->has |= st_rng_below(rng, 2) ? ST_HAS_TOKENS(i) : 0;
    if (record->has & ST_HAS_TIME) {
        record->time.s = (int64_t)st_rng_below(rng, UINT64_C(315569520000)) - INT64_C(62167219200);
        record->time.ns = (int32_t)st_rng_below(rng, (uint64_t)ST_NS_PER_S);
        int32_t step = 1;
        for (uint64_t zeros = st_rng_below(rng, 10); zeros > 0; zeros--)
            step *= 10;
        record->time.ns -= record->time.ns % step;
        int needed = st_time_digits(record->time);
        record->time_digits =
            (uint8_t)((uint64_t)needed + st_rng_below(rng, (uint64_t)(10 - needed)));
    }
    if (record->has & ST_HAS_PRODUCER_SEQ)
        record->producer_seq = random_number(rng);
    if (record->has & ST_HAS_COST)
        record->cost_nano = (int64_t)random_number(rng) * (st_rng_below(rng, 2) ? 1 : -1);
    if (record->has & ST_HAS_DURATION)
        record->duration_ns = (int64_t)random_number(rng);
    for (unsigned i = 0; i < ST_TOKENS_COUNT; i++)
        if (record->has & ST_HAS_TOKENS(i))
            record->tokens[i] = random_number(rng);
}

__attribute__((unused)) static void random_resource(struct st_rng *rng, struct st_arena *arena,
                                                    struct st_resource_entry *resource)
{
    *resource =
        (struct st_resource_entry){.kind = (uint8_t)st_rng_below(rng, ST_RESOURCE_KIND_COUNT)};
    resource->name = random_text(rng, arena, 4);
    resource->principal = random_text(rng, arena, 20);
    for (unsigned i = 0; i < ST_FIGURE_COUNT; i++) {
        if (st_rng_below(rng, 2))
            continue;
        resource->stated |= (uint8_t)ST_FIGURE_BIT(i);
        resource->cut |= st_rng_below(rng, 4) ? 0 : (uint8_t)ST_FIGURE_BIT(i);
        resource->figures[i].coefficient =
            (int64_t)random_number(rng) * (st_rng_below(rng, 2) ? 1 : -1);
        resource->figures[i].scale = (uint8_t)st_rng_below(rng, ST_QUANTITY_SCALE_MAX + 1);
    }
}

/* Mostly none, else every number of them. */
__attribute__((unused)) static void random_resources(struct st_rng *rng, struct st_arena *arena,
                                                     struct st_record *record)
{
    struct st_resource_entry *resources =
        ST_ARENA_ARRAY(arena, struct st_resource_entry, ST_RECORD_RESOURCES_MAX);
    assert_non_null(resources);
    record->has |= st_rng_below(rng, 8) ? 0 : ST_HAS_RESOURCES_UNTOLD;
    if (st_rng_below(rng, 3) > 0)
        return;
    record->has |= ST_HAS_RESOURCES;
    record->resource_count = (uint8_t)(1 + st_rng_below(rng, ST_RECORD_RESOURCES_MAX));
    record->resources = resources;
    for (unsigned i = 0; i < record->resource_count; i++)
        random_resource(rng, arena, &resources[i]);
}

/* All but seq, received_ns, contract and its digest. */
__attribute__((unused)) static void random_record(struct st_rng *rng, struct st_arena *arena,
                                                  struct st_record *record)
{
    *record = (struct st_record){.level = (uint8_t)st_rng_below(rng, ST_LEVEL_COUNT),
                                 .severity = (uint8_t)st_rng_below(rng, ST_SEVERITY_COUNT),
                                 .marks = (uint8_t)st_rng_below(rng, 8)};
    record->type = random_text(rng, arena, 15);
    record->id = random_text(rng, arena, 1000000);
    record->tenant = random_text(rng, arena, 3);
    record->stream = random_text(rng, arena, 100);
    record->parent = random_text(rng, arena, 10);
    record->producer = random_text(rng, arena, 4);
    record->category = random_text(rng, arena, 5);
    record->currency = random_text(rng, arena, 2);
    record->price_book = random_text(rng, arena, 2);
    record->ledger_entry = random_text(rng, arena, 1000);
    random_measures(rng, record);
    random_resources(rng, arena, record);
}

#define assert_same_text(a, b)                                                                     \
    do {                                                                                           \
        assert_int_equal((a).at == NULL, (b).at == NULL);                                          \
        assert_true(st_str_eq((a), (b)));                                                          \
    } while (0)

__attribute__((unused)) static void assert_same_resource(const struct st_resource_entry *a,
                                                         const struct st_resource_entry *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->stated, b->stated);
    assert_int_equal(a->cut, b->cut);
    assert_same_text(a->name, b->name);
    assert_same_text(a->principal, b->principal);
    for (unsigned i = 0; i < ST_FIGURE_COUNT; i++) {
        if ((a->stated & ST_FIGURE_BIT(i)) == 0)
            continue;
        assert_true(a->figures[i].coefficient == b->figures[i].coefficient);
        assert_int_equal(a->figures[i].scale, b->figures[i].scale);
    }
}

/* All but what a decoder leaves to its caller. */
__attribute__((unused)) static void assert_same_record(const struct st_record *a,
                                                       const struct st_record *b)
{
    assert_int_equal(a->has, b->has);
    assert_int_equal(a->marks, b->marks);
    assert_int_equal(a->level, b->level);
    assert_int_equal(a->severity, b->severity);
    assert_true(a->received_ns == b->received_ns);
    assert_same_text(a->type, b->type);
    assert_same_text(a->id, b->id);
    assert_same_text(a->tenant, b->tenant);
    assert_same_text(a->stream, b->stream);
    assert_same_text(a->parent, b->parent);
    assert_same_text(a->producer, b->producer);
    assert_same_text(a->category, b->category);
    assert_same_text(a->currency, b->currency);
    assert_same_text(a->price_book, b->price_book);
    assert_same_text(a->ledger_entry, b->ledger_entry);
    assert_int_equal(st_time_cmp(a->time, b->time), 0);
    assert_int_equal(a->time_digits, b->time_digits);
    assert_true(a->producer_seq == b->producer_seq);
    assert_true(a->cost_nano == b->cost_nano);
    assert_true(a->duration_ns == b->duration_ns);
    assert_memory_equal(a->tokens, b->tokens, sizeof a->tokens);
    assert_int_equal(a->resource_count, b->resource_count);
    for (unsigned i = 0; i < a->resource_count; i++)
        assert_same_resource(&a->resources[i], &b->resources[i]);
}

#endif
