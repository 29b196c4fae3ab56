#include "store/wal.h"

#include "base/time.h"
#include "store/sql.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

/* A frame is a page and its header of 24 bytes; the file's own header is 32 (SQLite, "WAL-mode File
 * Format"). */
#define WAL_HEADER_BYTES   32
#define FRAME_HEADER_BYTES 24

/* Between two tries while the writer waits: readers keep a snapshot for 50 ms at most. */
#define RETRY_NS INT64_C(10000000)

static int64_t bytes_of(int frames)
{
    return WAL_HEADER_BYTES + (int64_t)frames * (ST_PAGE_BYTES + FRAME_HEADER_BYTES);
}

/* Invariant 1. An incomplete one may be repeated: until it is complete, no commit resets the log.
 */
static bool is_allowed(const struct st_wal *wal)
{
    return wal->bytes > 0 && (wal->grown || (wal->wanted && !wal->complete));
}

static bool is_due(const struct st_wal *wal)
{
    return is_allowed(wal) && (wal->wanted || wal->bytes >= wal->checkpoint_above);
}

/* Whether waiting can shorten the log. Else a commit must come first: the log may have been copied
 * whole, though it does not show, and that commit then resets it. */
static bool can_shrink(const struct st_wal *wal)
{
    return wal->grown || !wal->complete || wal->running;
}

/* The log begins anew. */
static void forget_growth(struct st_wal *wal)
{
    wal->checkpoint_above = wal->checkpoint_bytes;
    wal->wait_above = wal->wait_bytes;
}

/* Runs one checkpoint. Called with the lock held, which is let go meanwhile. */
static int run_checkpoint(struct st_wal *wal)
{
    int frames = 0;
    int copied = 0;
    uint64_t commits = wal->commits;
    wal->running = true;
    wal->overlaps = true;
    pthread_mutex_unlock(&wal->lock);
    int code =
        sqlite3_wal_checkpoint_v2(wal->db, "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &copied);
    pthread_mutex_lock(&wal->lock);
    wal->running = false;
    wal->grown = false;
    wal->checkpoints++;
    wal->complete = code == SQLITE_OK && frames == copied;
    if (wal->complete && wal->commits == commits) {
        wal->bytes = 0;
        forget_growth(wal);
    } else {
        wal->checkpoint_above = wal->bytes + wal->checkpoint_bytes;
    }
    pthread_cond_broadcast(&wal->answered);
    return code;
}

static void *run_thread(void *context)
{
    struct st_wal *wal = context;
    pthread_mutex_lock(&wal->lock);
    while (!wal->stop) {
        if (is_due(wal)) {
            wal->wanted = false;
            (void)run_checkpoint(wal);
        } else {
            pthread_cond_wait(&wal->asked, &wal->lock);
        }
    }
    pthread_mutex_unlock(&wal->lock);
    return NULL;
}

/* Every signal is for the program's own threads. */
static int start_thread(struct st_wal *wal)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&wal->thread, NULL, run_thread, wal);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

static void init_conditions(struct st_wal *wal)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&wal->lock, NULL);
    pthread_cond_init(&wal->asked, &monotonic);
    pthread_cond_init(&wal->answered, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

st_err st_wal_start(struct st_wal *wal, const char *path, const char *vfs, bool with_thread,
                    struct st_why *why)
{
    int64_t ignored = 0;
    *wal = (struct st_wal){.checkpoint_bytes = ST_WAL_CHECKPOINT_BYTES,
                           .wait_bytes = ST_WAL_WAIT_BYTES,
                           .refuse_bytes = ST_WAL_REFUSE_BYTES};
    forget_growth(wal);
    st_err err = st_sql_open(&wal->db, path, vfs, ST_SQL_WRITE, why);
    if (err != ST_OK)
        return err;
    init_conditions(wal);
    /* A connection joins the log with its first read. */
    err = st_sql_int(wal->db, "PRAGMA user_version", &ignored, why);
    if (err == ST_OK && with_thread) {
        int code = start_thread(wal);
        wal->has_thread = code == 0;
        if (code != 0)
            err = st_fail_sys(why, "the checkpoint thread cannot be started", code);
    }
    if (err != ST_OK)
        st_wal_stop(wal);
    return err;
}

void st_wal_stop(struct st_wal *wal)
{
    if (wal->db == NULL)
        return;
    if (wal->has_thread) {
        pthread_mutex_lock(&wal->lock);
        wal->stop = true;
        pthread_cond_broadcast(&wal->asked);
        pthread_mutex_unlock(&wal->lock);
        pthread_join(wal->thread, NULL);
    }
    sqlite3_close(wal->db);
    pthread_cond_destroy(&wal->asked);
    pthread_cond_destroy(&wal->answered);
    pthread_mutex_destroy(&wal->lock);
    *wal = (struct st_wal){0};
}

static struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / ST_NS_PER_S, .tv_nsec = ns % ST_NS_PER_S};
}

/* Waits, the writer standing still, until a checkpoint has copied the whole log or time is up. */
static void wait_for_reset(struct st_wal *wal)
{
    int64_t now = st_monotonic_ns();
    int64_t end = now + (wal->bytes > wal->refuse_bytes ? ST_WAL_REFUSE_NS : ST_WAL_WAIT_NS);
    while (wal->bytes > wal->wait_above && can_shrink(wal) && now < end) {
        uint64_t before = wal->checkpoints;
        struct timespec until = timespec_of(end);
        wal->wanted = true;
        pthread_cond_broadcast(&wal->asked);
        while (wal->checkpoints == before &&
               pthread_cond_timedwait(&wal->answered, &wal->lock, &until) != ETIMEDOUT) {
        }
        if (wal->bytes > wal->wait_above) {
            until = timespec_of(st_monotonic_ns() + RETRY_NS);
            while (pthread_cond_timedwait(&wal->answered, &wal->lock, &until) != ETIMEDOUT) {
            }
        }
        now = st_monotonic_ns();
    }
    wal->wanted = false;
}

st_err st_wal_admit(struct st_wal *wal, struct st_why *why)
{
    st_err err = ST_OK;
    pthread_mutex_lock(&wal->lock);
    if (wal->bytes > wal->wait_above && wal->has_thread)
        wait_for_reset(wal);
    if (wal->bytes > wal->wait_above && can_shrink(wal)) {
        /* Waiting did not help; it is tried again when the log has grown by as much once more. */
        if (wal->bytes > wal->refuse_bytes)
            err = st_fail(why, ST_ERR_AGAIN,
                          "a reader of the store keeps its write-ahead log from being reset");
        else
            wal->wait_above = wal->bytes + wal->wait_bytes < wal->refuse_bytes
                                  ? wal->bytes + wal->wait_bytes
                                  : wal->refuse_bytes;
    }
    wal->overlaps = wal->running;
    pthread_mutex_unlock(&wal->lock);
    return err;
}

void st_wal_committed(struct st_wal *wal, int frames)
{
    pthread_mutex_lock(&wal->lock);
    wal->commits++;
    wal->bytes = bytes_of(frames);
    /* SQLite has shown the commit to others before it is told of here: a checkpoint that ran
     * meanwhile may have copied it. */
    if (!wal->overlaps)
        wal->grown = true;
    /* A short log means that this commit has reset it. */
    if (wal->bytes < wal->checkpoint_bytes)
        forget_growth(wal);
    if (is_due(wal))
        pthread_cond_broadcast(&wal->asked);
    pthread_mutex_unlock(&wal->lock);
}

st_err st_wal_checkpoint(struct st_wal *wal, struct st_why *why)
{
    int code = SQLITE_OK;
    ST_BUG_IF(wal->has_thread);
    pthread_mutex_lock(&wal->lock);
    if (wal->bytes > 0)
        code = run_checkpoint(wal);
    pthread_mutex_unlock(&wal->lock);
    return code == SQLITE_OK ? ST_OK : st_sql_fail(wal->db, code, "the checkpoint failed", why);
}
