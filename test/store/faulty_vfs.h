/*
 * faulty_vfs.h: an SQLite VFS that counts, fails and loses power, over the real one.
 *
 * Not a simulation of SQLite: files are real, locks and shared memory go to the real VFS. Only
 * writes, syncs and truncations pass through this one's hands; together they are its operations.
 *
 * Two ways to use it:
 *   failing   the n-th operation answers with a code, once or until it is healed
 *   holding   what was not synced stays out of the real file; when the power goes, a random part of
 * it reaches the disk, torn at sectors, and every operation fails until all is closed
 *
 * Any thread. Ends the process when it has no memory.
 */
#ifndef ST_TEST_STORE_FAULTY_VFS_H
#define ST_TEST_STORE_FAULTY_VFS_H

#include <stdbool.h>
#include <stdint.h>

enum faulty_file { FAULTY_MAIN, FAULTY_WAL, FAULTY_JOURNAL, FAULTY_OTHER, FAULTY_FILES };

struct faulty_vfs;

/* Registers a VFS; its name is for st_store_options.vfs and st_reader_open. */
struct faulty_vfs *faulty_vfs_new(void);
const char *faulty_vfs_name(const struct faulty_vfs *vfs);
void faulty_vfs_free(struct faulty_vfs *vfs); /* no file may be open any more */

/* ---- counting ---- */
uint64_t faulty_vfs_operations(struct faulty_vfs *vfs);
uint64_t faulty_vfs_syncs(struct faulty_vfs *vfs, enum faulty_file file);

/* ---- watching ---- */

/* Calls `watch`, on the thread that asks, before each lock of the shared memory is taken and after
 * it is given (xShmLock's arguments). NULL: no more. */
void faulty_vfs_watch(struct faulty_vfs *vfs,
                      void (*watch)(void *context, int offset, int count, int flags),
                      void *context);

/* ---- failing ---- */

/* The nth operation from now (1: the very next) answers `code` (SQLITE_FULL, SQLITE_IOERR); with
 * `lasting`, every one after it too. */
void faulty_vfs_fail(struct faulty_vfs *vfs, uint64_t nth, int code, bool lasting);
/* The nth read from now fails, once. Reads are no operations: those keep their numbers. */
void faulty_vfs_fail_read(struct faulty_vfs *vfs, uint64_t nth);
void faulty_vfs_heal(struct faulty_vfs *vfs);
bool faulty_vfs_has_failed(struct faulty_vfs *vfs); /* since the last faulty_vfs_fail */

/* ---- losing power ---- */

/* From now on, before the first file is opened: hold back what is not synced. Nothing is really
 * synced, which makes such tests quick. */
void faulty_vfs_hold(struct faulty_vfs *vfs, uint64_t seed);

/* The power goes at the nth operation from now, which itself may reach the disk in part. */
void faulty_vfs_crash_at(struct faulty_vfs *vfs, uint64_t nth);
bool faulty_vfs_has_crashed(struct faulty_vfs *vfs);

/* When every connection is closed: brings to the disk what survived. The files can be opened again,
 * through this VFS or any other. */
void faulty_vfs_power_on(struct faulty_vfs *vfs);

#endif
