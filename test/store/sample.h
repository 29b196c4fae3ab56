/*
 * sample.h: a store in a folder of its own, and events to put into it.
 */
#ifndef ST_TEST_STORE_SAMPLE_H
#define ST_TEST_STORE_SAMPLE_H

#include "unit.h"

#include "random_record.h"
#include "store/read.h"
#include "store/store.h"

#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

__attribute__((unused)) static const uint8_t sample_digests[3][ST_DIGEST_BYTES] = {
    {1, 2, 3}, {4, 5, 6}, {4, 5, 7}};

/* Says what a call answered, with its reason. */
#define assert_good(call)                                                                          \
    do {                                                                                           \
        struct st_why why = {"", 0, 0};                                                            \
        st_err unit_err = (call);                                                                  \
        if (unit_err != ST_OK)                                                                     \
            fail_msg("%s: %s: %s (offset %llu, errno %d)", #call, st_err_text(unit_err), why.text, \
                     (unsigned long long)why.offset, why.sys);                                     \
    } while (0)

struct folder {
    char at[64];
    char store[PATH_MAX];
};

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    return remove(path);
}

__attribute__((unused)) static void folder_make(struct folder *folder)
{
    snprintf(folder->at, sizeof folder->at, "/tmp/steno-test-XXXXXX");
    assert_non_null(mkdtemp(folder->at));
    snprintf(folder->store, sizeof folder->store, "%s/steno.db", folder->at);
}

__attribute__((unused)) static void folder_remove(const struct folder *folder)
{
    nftw(folder->at, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Opens the store of a folder, made when it is absent, without its thread. */
__attribute__((unused)) static struct st_store *open_store(const struct folder *folder,
                                                           const char *vfs)
{
    struct st_store *store = NULL;
    const struct st_store_options options = {.create = true, .vfs = vfs, .no_thread = true};
    assert_good(st_store_open(&store, folder->store, &options, &why));
    return store;
}

__attribute__((unused)) static struct st_reader *open_reader(const struct folder *folder)
{
    struct st_reader *reader = NULL;
    assert_good(st_reader_open(&reader, folder->store, NULL, &why));
    return reader;
}

/* A plain event with a numbered id and raw bytes of about `len`; lives in the arena. */
__attribute__((unused)) static struct st_append *plain_event(struct st_arena *arena,
                                                             uint64_t number, size_t len)
{
    struct st_append *append = ST_ARENA_NEW(arena, struct st_append);
    char *id = st_arena_get(arena, 40);
    char *raw = st_arena_get(arena, len + 64);
    assert_true(append != NULL && id != NULL && raw != NULL);
    int id_len = snprintf(id, 40, "event-%llu", (unsigned long long)number);
    int head = snprintf(raw, 64, "{\"id\":\"event-%llu\",\"data\":\"", (unsigned long long)number);
    for (size_t i = (size_t)head; i < len + 32; i++)
        raw[i] = (char)('a' + (i * 7 + number * 13) % 26);
    struct st_record *record = &append->event.record;
    record->id = (st_str){id, (size_t)id_len};
    record->contract = ST_STR("sample@1");
    record->contract_digest = sample_digests[0];
    record->type = ST_STR("sample.made");
    record->stream = ST_STR("stream");
    append->event.raw = (st_str){raw, len + 32};
    return append;
}

/* Any event at all; lives in the arena. */
__attribute__((unused)) static struct st_append *random_event(struct st_rng *rng,
                                                              struct st_arena *arena)
{
    struct st_append *append = ST_ARENA_NEW(arena, struct st_append);
    assert_non_null(append);
    struct st_record *record = &append->event.record;
    random_record(rng, arena, record);
    uint64_t contract = st_rng_below(rng, 3);
    record->contract = contract == 0 ? ST_STR("sample@1") : ST_STR("other@2");
    record->contract_digest = sample_digests[contract];
    size_t len = (size_t)st_rng_below(rng, st_rng_below(rng, 20) == 0 ? 20000 : 700);
    char *raw = st_arena_get(arena, len + 1);
    assert_non_null(raw);
    st_rng_bytes(rng, raw, len / 4);
    memset(raw + len / 4, 'x', len - len / 4);
    append->event.raw = (st_str){raw, len};
    return append;
}

__attribute__((unused)) static void assert_same_event(const struct st_event *a,
                                                      const struct st_event *b)
{
    assert_int_equal(a->record.seq, b->record.seq);
    assert_same_text(a->record.contract, b->record.contract);
    assert_memory_equal(a->record.contract_digest, b->record.contract_digest, ST_DIGEST_BYTES);
    assert_same_record(&a->record, &b->record);
    assert_true(st_str_eq(a->raw, b->raw));
}

/* One transaction of one batch, which must succeed. */
__attribute__((unused)) static void commit_batch(struct st_store *store,
                                                 struct st_append *const *events, size_t count,
                                                 int64_t now_ns)
{
    assert_good(st_store_begin(store, &why));
    assert_good(st_store_append(store, events, count, false, now_ns, &why));
    assert_good(st_store_commit(store, &why));
}

#endif
