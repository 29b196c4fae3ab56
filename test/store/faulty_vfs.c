#include "faulty_vfs.h"

#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTOR 512

/* A write that was not synced, or a truncation (bytes == NULL). */
struct operation {
    char *bytes;
    size_t len;
    int64_t offset;
};

/* A file by its path, as the program sees it, and what of that is not on the disk. */
struct held {
    struct held *next;
    char *path;
    char *content;
    size_t size;
    size_t room;
    struct operation *pending;
    size_t pending_count;
    size_t pending_room;
    /* Kept open: closing it would end SQLite's own locks on the file (POSIX has it so). */
    int fd;
};

struct faulty_vfs {
    sqlite3_vfs base;
    sqlite3_vfs *real;
    char name[32];
    pthread_mutex_t lock; /* guards all below */
    uint64_t operations;
    uint64_t syncs[FAULTY_FILES];
    uint64_t fail_at; /* number of the operation, 0: none */
    int fail_code;
    bool fail_lasting;
    bool failed;
    void (*watch)(void *context, int offset, int count, int flags);
    void *watch_context;
    uint64_t reads;
    uint64_t fail_read_at; /* number of the read, 0: none */
    bool holding;
    uint64_t crash_at;
    bool crashed;
    struct st_rng rng;
    struct held *held;
};

struct faulty_handle {
    sqlite3_file base;
    struct faulty_vfs *vfs;
    struct held *held; /* NULL: passed on */
    enum faulty_file file;
    _Alignas(8) char real[];
};

static sqlite3_file *real_of(sqlite3_file *file)
{
    return (sqlite3_file *)(void *)((struct faulty_handle *)file)->real;
}

static void *must(void *block)
{
    if (block == NULL)
        abort();
    return block;
}

static void lock(struct faulty_vfs *vfs)
{
    pthread_mutex_lock(&vfs->lock);
}

static void unlock(struct faulty_vfs *vfs)
{
    pthread_mutex_unlock(&vfs->lock);
}

/* ---- held files ---- */

static void grow_content(struct held *held, size_t size)
{
    if (size > held->room) {
        held->room = size * 2;
        held->content = must(realloc(held->content, held->room));
    }
    if (size > held->size)
        memset(held->content + held->size, 0, size - held->size);
    if (size > held->size)
        held->size = size;
}

static struct held *find_held(struct faulty_vfs *vfs, const char *path)
{
    for (struct held *held = vfs->held; held != NULL; held = held->next)
        if (strcmp(held->path, path) == 0)
            return held;
    return NULL;
}

/* The file's bytes as they are on the disk. */
static struct held *hold(struct faulty_vfs *vfs, const char *path)
{
    struct held *held = find_held(vfs, path);
    if (held != NULL)
        return held;
    held = must(calloc(1, sizeof *held));
    held->path = must(strdup(path));
    held->fd = open(path, O_RDWR | O_CLOEXEC);
    off_t size = held->fd < 0 ? 0 : lseek(held->fd, 0, SEEK_END);
    if (size > 0) {
        grow_content(held, (size_t)size);
        if (pread(held->fd, held->content, (size_t)size, 0) != size)
            abort();
    }
    held->next = vfs->held;
    vfs->held = held;
    return held;
}

static void drop_pending(struct held *held)
{
    for (size_t i = 0; i < held->pending_count; i++)
        free(held->pending[i].bytes);
    held->pending_count = 0;
}

static void drop_held(struct faulty_vfs *vfs, struct held *gone)
{
    for (struct held **at = &vfs->held; *at != NULL; at = &(*at)->next) {
        if (*at != gone)
            continue;
        *at = gone->next;
        drop_pending(gone);
        if (gone->fd >= 0)
            close(gone->fd);
        free(gone->pending);
        free(gone->content);
        free(gone->path);
        free(gone);
        return;
    }
}

static void add_pending(struct held *held, const void *bytes, size_t len, int64_t offset)
{
    if (held->pending_count == held->pending_room) {
        held->pending_room = held->pending_room * 2 + 16;
        held->pending = must(realloc(held->pending, held->pending_room * sizeof *held->pending));
    }
    struct operation operation = {.len = len, .offset = offset};
    if (bytes != NULL) {
        operation.bytes = must(malloc(len + 1));
        memcpy(operation.bytes, bytes, len);
    }
    held->pending[held->pending_count++] = operation;
}

static void put(const struct held *held, const char *bytes, size_t len, int64_t offset)
{
    if (held->fd < 0 || pwrite(held->fd, bytes, len, offset) != (ssize_t)len)
        abort();
}

static void truncate_real(const struct held *held, int64_t size)
{
    if (held->fd < 0 || ftruncate(held->fd, size) != 0)
        abort();
}

static void sync_held(struct held *held)
{
    for (size_t i = 0; i < held->pending_count; i++) {
        const struct operation *operation = &held->pending[i];
        if (operation->bytes == NULL)
            truncate_real(held, operation->offset);
        else
            put(held, operation->bytes, operation->len, operation->offset);
    }
    drop_pending(held);
}

/* Whole sectors of a write, each by chance. */
static void put_torn(struct faulty_vfs *vfs, const struct held *held,
                     const struct operation *operation)
{
    for (size_t from = 0; from < operation->len;) {
        size_t in_sector = (size_t)((operation->offset + (int64_t)from) % SECTOR);
        size_t len = SECTOR - in_sector;
        if (len > operation->len - from)
            len = operation->len - from;
        if (st_rng_below(&vfs->rng, 2) == 0)
            put(held, operation->bytes + from, len, operation->offset + (int64_t)from);
        from += len;
    }
}

/* What the disk did with writes that nobody waited for: all, none, the first ones, or any. */
static void survive(struct faulty_vfs *vfs, struct held *held)
{
    uint64_t manner = st_rng_below(&vfs->rng, 4);
    size_t first =
        held->pending_count == 0 ? 0 : (size_t)st_rng_below(&vfs->rng, held->pending_count + 1);
    for (size_t i = 0; i < held->pending_count; i++) {
        const struct operation *operation = &held->pending[i];
        bool whole = manner == 0 || (manner == 2 && i < first);
        bool torn = manner == 3 || (manner == 2 && i == first);
        if (operation->bytes == NULL) {
            if (whole || (torn && st_rng_below(&vfs->rng, 2) == 0))
                truncate_real(held, operation->offset);
        } else if (whole) {
            put(held, operation->bytes, operation->len, operation->offset);
        } else if (torn) {
            put_torn(vfs, held, operation);
        }
    }
    drop_pending(held);
}

/* ---- operations ---- */

/* Counts an operation; SQLITE_OK when it may go on. *power: it is the one at which the power goes.
 */
static int count_operation(struct faulty_vfs *vfs, int refusal, bool *power)
{
    *power = false;
    if (vfs->crashed)
        return SQLITE_IOERR;
    vfs->operations++;
    if (vfs->operations == vfs->crash_at) {
        vfs->crashed = true;
        *power = true;
        return SQLITE_IOERR;
    }
    if (vfs->fail_at == 0 || vfs->operations < vfs->fail_at ||
        (vfs->operations > vfs->fail_at && !vfs->fail_lasting))
        return SQLITE_OK;
    vfs->failed = true;
    return vfs->fail_code == SQLITE_IOERR ? refusal : vfs->fail_code;
}

static int do_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 offset)
{
    struct faulty_handle *handle = (struct faulty_handle *)file;
    struct faulty_vfs *vfs = handle->vfs;
    bool power = false;
    lock(vfs);
    int code = count_operation(vfs, SQLITE_IOERR_WRITE, &power);
    if (handle->held != NULL && (code == SQLITE_OK || power)) {
        add_pending(handle->held, bytes, (size_t)len, offset);
        grow_content(handle->held, (size_t)offset + (size_t)len);
        memcpy(handle->held->content + offset, bytes, (size_t)len);
    }
    unlock(vfs);
    if (code != SQLITE_OK || handle->held != NULL)
        return code;
    return real_of(file)->pMethods->xWrite(real_of(file), bytes, len, offset);
}

static int do_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct faulty_handle *handle = (struct faulty_handle *)file;
    struct faulty_vfs *vfs = handle->vfs;
    bool power = false;
    lock(vfs);
    int code = count_operation(vfs, SQLITE_IOERR_TRUNCATE, &power);
    if (handle->held != NULL && (code == SQLITE_OK || power)) {
        add_pending(handle->held, NULL, 0, size);
        grow_content(handle->held, (size_t)size);
        handle->held->size = (size_t)size;
    }
    unlock(vfs);
    if (code != SQLITE_OK || handle->held != NULL)
        return code;
    return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int do_sync(sqlite3_file *file, int flags)
{
    struct faulty_handle *handle = (struct faulty_handle *)file;
    struct faulty_vfs *vfs = handle->vfs;
    bool power = false;
    lock(vfs);
    int code = count_operation(vfs, SQLITE_IOERR_FSYNC, &power);
    if (code == SQLITE_OK)
        vfs->syncs[handle->file]++;
    if (code == SQLITE_OK && handle->held != NULL)
        sync_held(handle->held);
    unlock(vfs);
    if (code != SQLITE_OK || handle->held != NULL)
        return code;
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static bool is_failing_read(struct faulty_vfs *vfs)
{
    lock(vfs);
    vfs->reads++;
    bool fails = vfs->reads == vfs->fail_read_at;
    vfs->failed = vfs->failed || fails;
    unlock(vfs);
    return fails;
}

static int do_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 offset)
{
    struct faulty_handle *handle = (struct faulty_handle *)file;
    if (is_failing_read(handle->vfs))
        return SQLITE_IOERR_READ;
    if (handle->held == NULL)
        return real_of(file)->pMethods->xRead(real_of(file), bytes, len, offset);
    struct held *held = handle->held;
    lock(handle->vfs);
    int code = handle->vfs->crashed ? SQLITE_IOERR_READ : SQLITE_OK;
    size_t there = (size_t)offset < held->size ? held->size - (size_t)offset : 0;
    if (there > (size_t)len)
        there = (size_t)len;
    if (code == SQLITE_OK && there > 0)
        memcpy(bytes, held->content + offset, there);
    if (code == SQLITE_OK && there < (size_t)len) {
        memset((char *)bytes + there, 0, (size_t)len - there);
        code = SQLITE_IOERR_SHORT_READ;
    }
    unlock(handle->vfs);
    return code;
}

static int do_size(sqlite3_file *file, sqlite3_int64 *size)
{
    struct faulty_handle *handle = (struct faulty_handle *)file;
    if (handle->held == NULL)
        return real_of(file)->pMethods->xFileSize(real_of(file), size);
    lock(handle->vfs);
    *size = (sqlite3_int64)handle->held->size;
    unlock(handle->vfs);
    return SQLITE_OK;
}

static int do_control(sqlite3_file *file, int operation, void *argument)
{
    struct faulty_handle *handle = (struct faulty_handle *)file;
    /* These would change the real file's size behind our back. */
    if (handle->held != NULL &&
        (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE))
        return SQLITE_OK;
    return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

/* ---- passed on ---- */

static int do_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int do_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int do_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int do_check_lock(sqlite3_file *file, int *held)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), held);
}

static int do_sector_size(sqlite3_file *file)
{
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int do_characteristics(sqlite3_file *file)
{
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int do_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **at)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), region, size, extend, at);
}

static int do_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    struct faulty_vfs *vfs = ((struct faulty_handle *)file)->vfs;
    lock(vfs);
    void (*watch)(void *, int, int, int) = vfs->watch;
    void *context = vfs->watch_context;
    unlock(vfs);
    if (watch != NULL && (flags & SQLITE_SHM_LOCK))
        watch(context, offset, count, flags);
    int code = real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
    if (watch != NULL && (flags & SQLITE_SHM_UNLOCK))
        watch(context, offset, count, flags);
    return code;
}

static void do_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int do_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = do_close,
    .xRead = do_read,
    .xWrite = do_write,
    .xTruncate = do_truncate,
    .xSync = do_sync,
    .xFileSize = do_size,
    .xLock = do_lock,
    .xUnlock = do_unlock,
    .xCheckReservedLock = do_check_lock,
    .xFileControl = do_control,
    .xSectorSize = do_sector_size,
    .xDeviceCharacteristics = do_characteristics,
    .xShmMap = do_shm_map,
    .xShmLock = do_shm_lock,
    .xShmBarrier = do_shm_barrier,
    .xShmUnmap = do_shm_unmap,
};

/* ---- the VFS ---- */

static struct faulty_vfs *faulty_of(sqlite3_vfs *vfs)
{
    return (struct faulty_vfs *)vfs->pAppData;
}

static int do_open(sqlite3_vfs *base, const char *path, sqlite3_file *file, int flags, int *out)
{
    struct faulty_vfs *vfs = faulty_of(base);
    struct faulty_handle *handle = (struct faulty_handle *)file;
    file->pMethods = NULL;
    lock(vfs);
    bool crashed = vfs->crashed;
    unlock(vfs);
    if (crashed)
        return SQLITE_CANTOPEN;
    int code = vfs->real->xOpen(vfs->real, path, real_of(file), flags, out);
    if (code != SQLITE_OK)
        return code;
    handle->vfs = vfs;
    handle->held = NULL;
    handle->file = flags & SQLITE_OPEN_MAIN_DB        ? FAULTY_MAIN
                   : flags & SQLITE_OPEN_WAL          ? FAULTY_WAL
                   : flags & SQLITE_OPEN_MAIN_JOURNAL ? FAULTY_JOURNAL
                                                      : FAULTY_OTHER;
    lock(vfs);
    if (vfs->holding && path != NULL && handle->file != FAULTY_OTHER)
        handle->held = hold(vfs, path);
    unlock(vfs);
    file->pMethods = &methods;
    return SQLITE_OK;
}

static int do_delete(sqlite3_vfs *base, const char *path, int sync)
{
    struct faulty_vfs *vfs = faulty_of(base);
    lock(vfs);
    bool crashed = vfs->crashed;
    struct held *held = find_held(vfs, path);
    if (!crashed && held != NULL)
        drop_held(vfs, held);
    unlock(vfs);
    return crashed ? SQLITE_IOERR_DELETE : vfs->real->xDelete(vfs->real, path, sync);
}

static int do_last_error(sqlite3_vfs *base, int len, char *text)
{
    return EIO;
}

struct faulty_vfs *faulty_vfs_new(void)
{
    static int number;
    struct faulty_vfs *vfs = must(calloc(1, sizeof *vfs));
    vfs->real = must(sqlite3_vfs_find(NULL));
    vfs->base = *vfs->real;
    vfs->base.pNext = NULL;
    vfs->base.iVersion = 2;
    vfs->base.szOsFile = (int)sizeof(struct faulty_handle) + vfs->real->szOsFile;
    vfs->base.pAppData = vfs;
    vfs->base.xOpen = do_open;
    vfs->base.xDelete = do_delete;
    vfs->base.xGetLastError = do_last_error;
    snprintf(vfs->name, sizeof vfs->name, "faulty-%d", number++);
    vfs->base.zName = vfs->name;
    pthread_mutex_init(&vfs->lock, NULL);
    if (sqlite3_vfs_register(&vfs->base, 0) != SQLITE_OK)
        abort();
    return vfs;
}

const char *faulty_vfs_name(const struct faulty_vfs *vfs)
{
    return vfs->name;
}

void faulty_vfs_free(struct faulty_vfs *vfs)
{
    sqlite3_vfs_unregister(&vfs->base);
    while (vfs->held != NULL)
        drop_held(vfs, vfs->held);
    pthread_mutex_destroy(&vfs->lock);
    free(vfs);
}

uint64_t faulty_vfs_operations(struct faulty_vfs *vfs)
{
    lock(vfs);
    uint64_t operations = vfs->operations;
    unlock(vfs);
    return operations;
}

uint64_t faulty_vfs_syncs(struct faulty_vfs *vfs, enum faulty_file file)
{
    lock(vfs);
    uint64_t syncs = vfs->syncs[file];
    unlock(vfs);
    return syncs;
}

void faulty_vfs_fail(struct faulty_vfs *vfs, uint64_t nth, int code, bool lasting)
{
    lock(vfs);
    vfs->fail_at = vfs->operations + nth;
    vfs->fail_code = code;
    vfs->fail_lasting = lasting;
    vfs->failed = false;
    unlock(vfs);
}

void faulty_vfs_watch(struct faulty_vfs *vfs,
                      void (*watch)(void *context, int offset, int count, int flags), void *context)
{
    lock(vfs);
    vfs->watch = watch;
    vfs->watch_context = context;
    unlock(vfs);
}

void faulty_vfs_fail_read(struct faulty_vfs *vfs, uint64_t nth)
{
    lock(vfs);
    vfs->fail_read_at = vfs->reads + nth;
    vfs->failed = false;
    unlock(vfs);
}

void faulty_vfs_heal(struct faulty_vfs *vfs)
{
    lock(vfs);
    vfs->fail_at = 0;
    vfs->fail_read_at = 0;
    unlock(vfs);
}

bool faulty_vfs_has_failed(struct faulty_vfs *vfs)
{
    lock(vfs);
    bool failed = vfs->failed;
    unlock(vfs);
    return failed;
}

void faulty_vfs_hold(struct faulty_vfs *vfs, uint64_t seed)
{
    lock(vfs);
    vfs->holding = true;
    st_rng_init(&vfs->rng, seed);
    unlock(vfs);
}

void faulty_vfs_crash_at(struct faulty_vfs *vfs, uint64_t nth)
{
    lock(vfs);
    vfs->crash_at = vfs->operations + nth;
    unlock(vfs);
}

bool faulty_vfs_has_crashed(struct faulty_vfs *vfs)
{
    lock(vfs);
    bool crashed = vfs->crashed;
    unlock(vfs);
    return crashed;
}

void faulty_vfs_power_on(struct faulty_vfs *vfs)
{
    lock(vfs);
    for (struct held *held = vfs->held; held != NULL; held = held->next)
        survive(vfs, held);
    while (vfs->held != NULL)
        drop_held(vfs, vfs->held);
    vfs->crashed = false;
    vfs->crash_at = 0;
    unlock(vfs);
}
