/* The write-ahead log under a steady writer, with readers coming and going. */
#include "sample.h"

#include "faulty_vfs.h"
#include "store/writer.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define KIB INT64_C(1024)

static struct st_store *open_governed(const struct folder *folder, const char *vfs)
{
    struct st_store *store = NULL;
    const struct st_store_options options = {.create = true, .vfs = vfs};
    assert_good(st_store_open(&store, folder->store, &options, &why));
    pthread_mutex_lock(&store->wal.lock);
    store->wal.checkpoint_bytes = store->wal.checkpoint_above = 128 * KIB;
    store->wal.wait_bytes = store->wal.wait_above = 1024 * KIB;
    store->wal.refuse_bytes = 8192 * KIB;
    pthread_mutex_unlock(&store->wal.lock);
    return store;
}

static int64_t wal_bytes(const struct folder *folder)
{
    char path[PATH_MAX + 8];
    struct stat info;
    snprintf(path, sizeof path, "%s-wal", folder->store);
    return stat(path, &info) == 0 ? (int64_t)info.st_size : 0;
}

/* A transaction that adds some 100 KiB to the log; AGAIN is the caller's business. */
static st_err write_some(struct st_store *store, struct st_rng *rng, uint64_t *number,
                         struct st_why *reason)
{
    static struct st_append *events[100];
    struct st_arena arena;
    st_arena_init(&arena, (size_t)4 << 20);
    for (int i = 0; i < 100; i++) {
        events[i] = plain_event(&arena, ++*number, 1000);
        st_rng_bytes(rng, (char *)events[i]->event.raw.at + 40, 960);
    }
    st_err err = st_store_begin(store, reason);
    if (err == ST_OK)
        err = st_store_append(store, events, 100, false, 1, reason);
    if (err == ST_OK)
        err = st_store_commit(store, reason);
    st_arena_done(&arena);
    return err;
}

struct reading {
    const struct folder *folder;
    atomic_bool stop;
    uint64_t met;
    const char *wrong; /* for the writer, once the thread has ended */
};

/* Reads the log over and over, and each event once, in order. */
static void *read_on(void *context)
{
    struct reading *reading = context;
    struct st_reader *reader = NULL;
    if (st_reader_open(&reader, reading->folder->store, NULL, NULL) != ST_OK)
        return NULL;
    struct st_scan scan = {0};
    const struct st_event *events = NULL;
    uint32_t count = 0;
    reading->wrong = NULL;
    st_scan_start(&scan, reader, 0, false);
    do {
        bool stop = atomic_load(&reading->stop);
        if (st_scan_next(&scan, 0, &events, &count, NULL) != ST_OK)
            reading->wrong = "a scan failed";
        if (count > 0 && events[0].record.seq != reading->met + 1)
            reading->wrong = "a seq was left out or met twice";
        reading->met += count;
        if (count == 0 && stop)
            break;
        if (reading->met % 1000 == 0) {
            st_reader_close(reader);
            if (st_reader_open(&reader, reading->folder->store, NULL, NULL) != ST_OK)
                return NULL;
            scan.reader = reader;
        }
    } while (reading->wrong == NULL);
    st_reader_close(reader);
    return NULL;
}

TEST("B1: the log stays bounded under a steady writer with a reader coming and going")
{
    struct folder folder;
    struct st_rng rng;
    uint64_t number = 0;
    int64_t longest = 0;
    st_rng_init(&rng, random_seed());
    folder_make(&folder);
    struct st_store *store = open_governed(&folder, NULL);
    struct reading reading = {.folder = &folder, .wrong = "a reader cannot be opened"};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, read_on, &reading), 0);
    for (int i = 0; i < 200; i++) {
        assert_good(write_some(store, &rng, &number, &why));
        if (wal_bytes(&folder) > longest)
            longest = wal_bytes(&folder);
    }
    atomic_store(&reading.stop, true);
    pthread_join(thread, NULL);
    if (reading.wrong != NULL)
        fail_msg("%s", reading.wrong);
    assert_int_equal(reading.met, 20000);
    print_message("20 MiB written, the log at its longest: %lld KiB\n", (long long)(longest / KIB));
    assert_true(longest < 6 * 1024 * KIB);
    st_store_close(store);
    assert_int_equal(wal_bytes(&folder), 0);
    folder_remove(&folder);
}

TEST("B1: a reader that pins the log is said, and when it has gone appending goes on")
{
    struct folder folder;
    struct st_rng rng;
    uint64_t number = 0;
    struct st_why reason = {0};
    sqlite3 *foreign = NULL;
    st_rng_init(&rng, random_seed());
    folder_make(&folder);
    struct st_store *store = open_governed(&folder, NULL);
    pthread_mutex_lock(&store->wal.lock);
    store->wal.refuse_bytes = 2048 * KIB;
    pthread_mutex_unlock(&store->wal.lock);
    assert_good(write_some(store, &rng, &number, &why));
    assert_int_equal(sqlite3_open(folder.store, &foreign), SQLITE_OK);
    sqlite3_wal_autocheckpoint(foreign, 0);
    assert_int_equal(sqlite3_exec(foreign, "BEGIN; SELECT count(*) FROM block", NULL, NULL, NULL),
                     SQLITE_OK);
    st_err err = ST_OK;
    int written = 0;
    for (; err == ST_OK && written < 200; written++)
        err = write_some(store, &rng, &number, &reason);
    assert_int_equal(err, ST_ERR_AGAIN);
    assert_non_null(strstr(reason.text, "reader"));
    number -= 100;
    assert_true(wal_bytes(&folder) < 4096 * KIB);
    assert_err(st_store_begin(store, &reason), AGAIN);
    assert_int_equal(sqlite3_exec(foreign, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    assert_good(write_some(store, &rng, &number, &why));
    for (int i = 0; i < 40; i++)
        assert_good(write_some(store, &rng, &number, &why));
    assert_true(wal_bytes(&folder) < 4096 * KIB);
    sqlite3_close(foreign);
    assert_int_equal(st_store_last_seq(store), number);
    st_store_close(store);
    folder_remove(&folder);
}

TEST("B1: no checkpoint follows a complete one before something was committed")
{
    struct folder folder;
    struct st_rng rng;
    uint64_t number = 0;
    st_rng_init(&rng, random_seed());
    folder_make(&folder);
    struct st_store *store = open_governed(&folder, NULL);
    for (int i = 0; i < 5; i++) {
        uint64_t before = 0;
        while (true) {
            pthread_mutex_lock(&store->wal.lock);
            bool reset = store->wal.bytes == 0 && store->wal.checkpoints > 0;
            before = store->wal.checkpoints;
            pthread_mutex_unlock(&store->wal.lock);
            if (reset)
                break;
            assert_good(write_some(store, &rng, &number, &why));
            nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
        }
        for (int k = 0; k < 20; k++) {
            pthread_mutex_lock(&store->wal.lock);
            pthread_cond_broadcast(&store->wal.asked);
            assert_int_equal(store->wal.checkpoints, before);
            pthread_mutex_unlock(&store->wal.lock);
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        }
        assert_good(write_some(store, &rng, &number, &why));
    }
    st_store_close(store);
    folder_remove(&folder);
}

/* SQLite's locks of the shared memory, and where it keeps the log's length and what is copied of it
 * ("The WAL-Index File Format"). */
#define CHECKPOINT_LOCK 1
#define READ_LOCKS      3
#define AT_MX_FRAME     16
#define AT_N_BACKFILL   96

struct watching {
    int shm; /* kept open: closing it would end SQLite's own locks on it */
    atomic_uint begun;
    atomic_uint without_need;
};

static uint32_t shm_word(int fd, off_t at)
{
    uint32_t word = 0;
    return pread(fd, &word, sizeof word, at) == sizeof word ? word : UINT32_MAX;
}

/* A pause between the moment when a commit shows and the moment when the store is told of it; and
 * at a checkpoint's start a delay, so that it falls into such a pause, and a look at whether there
 * is anything to copy. */
static void watch_locks(void *context, int offset, int count, int flags)
{
    struct watching *watching = context;
    if (offset >= READ_LOCKS && flags == (SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED))
        nanosleep(&(struct timespec){.tv_nsec = 15000000}, NULL);
    if (offset != CHECKPOINT_LOCK || count != 1 || !(flags & SQLITE_SHM_LOCK))
        return;
    unsigned number = atomic_fetch_add(&watching->begun, 1);
    nanosleep(&(struct timespec){.tv_nsec = number % 5 * 4000000}, NULL);
    if (shm_word(watching->shm, AT_N_BACKFILL) == shm_word(watching->shm, AT_MX_FRAME))
        atomic_fetch_add(&watching->without_need, 1);
}

TEST("B1: no checkpoint begins on a log that is copied whole, however late a commit is heard of")
{
    struct folder folder;
    struct st_rng rng;
    uint64_t number = 0;
    char path[PATH_MAX + 8];
    struct watching watching = {.shm = -1};
    st_rng_init(&rng, random_seed());
    folder_make(&folder);
    struct faulty_vfs *vfs = faulty_vfs_new();
    struct st_store *store = open_governed(&folder, faulty_vfs_name(vfs));
    pthread_mutex_lock(&store->wal.lock);
    store->wal.wait_bytes = store->wal.wait_above = 400 * KIB;
    pthread_mutex_unlock(&store->wal.lock);
    assert_good(write_some(store, &rng, &number, &why));
    snprintf(path, sizeof path, "%s-shm", folder.store);
    watching.shm = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(watching.shm >= 0);
    faulty_vfs_watch(vfs, watch_locks, &watching);
    for (int i = 0; i < 150; i++)
        assert_good(write_some(store, &rng, &number, &why));
    faulty_vfs_watch(vfs, NULL, NULL);
    print_message("%u checkpoints, %u of them with nothing to copy\n", atomic_load(&watching.begun),
                  atomic_load(&watching.without_need));
    assert_true(atomic_load(&watching.begun) > 20);
    assert_int_equal(atomic_load(&watching.without_need), 0);
    assert_true(wal_bytes(&folder) < 4096 * KIB);
    st_store_close(store);
    close(watching.shm);
    folder_remove(&folder);
    faulty_vfs_free(vfs);
}

TEST("B1: a reader pins no log between its calls, however long it is until the next")
{
    struct folder folder;
    struct st_rng rng;
    uint64_t number = 0;
    uint64_t met = 0;
    struct st_reader *reader = NULL;
    struct st_scan scan = {0};
    const struct st_event *events = NULL;
    uint32_t count = 0;
    st_rng_init(&rng, random_seed());
    folder_make(&folder);
    struct st_store *store = open_store(&folder, NULL);
    for (int i = 0; i < 5; i++)
        assert_good(write_some(store, &rng, &number, &why));
    assert_good(st_reader_open(&reader, folder.store, NULL, &why));
    st_scan_start(&scan, reader, 0, false);
    for (int i = 0; i < 40; i++) {
        if (i % 20 == 0) {
            assert_good(st_scan_next(&scan, 0, &events, &count, &why));
            assert_true(count > 0);
            met += count;
        }
        assert_good(write_some(store, &rng, &number, &why));
        assert_good(st_store_checkpoint(store, &why));
    }
    assert_true(wal_bytes(&folder) < 1024 * KIB);
    for (count = 1; count > 0; met += count)
        assert_good(st_scan_next(&scan, 0, &events, &count, &why));
    assert_int_equal(met, number);
    st_reader_close(reader);
    st_store_close(store);
    folder_remove(&folder);
}

TEST("B1: without the thread a checkpoint by hand lets the next commit reset the log")
{
    struct folder folder;
    struct st_rng rng;
    uint64_t number = 0;
    st_rng_init(&rng, random_seed());
    folder_make(&folder);
    struct st_store *store = open_store(&folder, NULL);
    for (int i = 0; i < 20; i++) {
        assert_good(write_some(store, &rng, &number, &why));
        assert_good(st_store_checkpoint(store, &why));
    }
    assert_true(wal_bytes(&folder) < 1024 * KIB);
    st_store_close(store);
    folder_remove(&folder);
}
