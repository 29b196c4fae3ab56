#include "store/lock.h"

#include "store/flock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Somebody who asks who holds the lock takes it for a moment, so one refusal proves nothing. */
#define TRIES    20
#define PAUSE_NS 5000000

#define PID_LINE_MAX 32

static st_err lock_path(const char *path, char text[static PATH_MAX], struct st_why *why)
{
    int len = snprintf(text, PATH_MAX, "%s.lock", path);
    if (len < 0 || len >= PATH_MAX)
        return st_fail(why, ST_ERR_LIMIT, "the store's path is too long");
    return ST_OK;
}

/* Replaces the text of the lock file. The old one goes first and the new one comes in one write, so
 * that a reader does not meet parts of both. */
static st_err write_text(int fd, st_str address, struct st_why *why)
{
    char text[PID_LINE_MAX + ST_ADDRESS_BYTES_MAX];
    int len = snprintf(text, sizeof text, "pid %ld\n%.*s%s", (long)getpid(), ST_STR_ARG(address),
                       address.len > 0 ? "\n" : "");
    if (len < 0 || (size_t)len >= sizeof text)
        return st_fail(why, ST_ERR_LIMIT, "the address is too long");
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len)
        return st_fail_sys(why, "the store's lock file cannot be written", errno);
    return ST_OK;
}

/* ---- the name ---- */

/* Whether the name still stands for the open file, which somebody may have removed meanwhile. */
static bool is_at(const char *name, int fd)
{
    struct stat by_name;
    struct stat by_fd;
    return lstat(name, &by_name) == 0 && fstat(fd, &by_fd) == 0 && by_name.st_dev == by_fd.st_dev &&
           by_name.st_ino == by_fd.st_ino;
}

/* One try to hold the file of that name; AGAIN when somebody else holds it or it was replaced. */
static st_err try_name(const char *name, int *held, struct st_why *why)
{
    int fd = -1;
    st_err err =
        st_flock_open(name, O_RDWR | O_CREAT, "the store's lock file cannot be opened", &fd, why);
    if (err != ST_OK)
        return err;
    err = st_flock_try(fd, LOCK_EX, why);
    if (err == ST_OK && !is_at(name, fd))
        err = st_fail(why, ST_ERR_AGAIN, "the store's lock file is being replaced");
    if (err == ST_OK)
        err = write_text(fd, (st_str){"", 0}, why);
    if (err != ST_OK)
        close(fd);
    else
        *held = fd;
    return err;
}

st_err st_lock_take(struct st_lock *lock, const char *path, struct st_why *why)
{
    char name[PATH_MAX];
    *lock = ST_LOCK_NONE;
    st_err err = lock_path(path, name, why);
    if (err != ST_OK)
        return err;
    err = try_name(name, &lock->fd, why);
    for (int i = 0; err == ST_ERR_AGAIN && i < TRIES; i++) {
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
        err = try_name(name, &lock->fd, why);
    }
    return err == ST_ERR_AGAIN ? ST_ERR_DENIED : err;
}

/* ---- the store's own file ---- */

st_err st_lock_take_file(struct st_lock *lock, const char *path, struct st_why *why)
{
    struct st_inode *file = NULL;
    st_err err = st_inode_use(&file, path, why);
    if (err == ST_OK)
        err = st_inode_hold(file, path, why);
    if (err == ST_OK)
        lock->file = file;
    else
        st_inode_leave(file);
    return err;
}

static void give_file(struct st_lock *lock)
{
    st_inode_give(lock->file);
    st_inode_leave(lock->file);
    lock->file = NULL;
}

/* ---- the holder ---- */

st_err st_lock_announce(struct st_lock *lock, st_str address, struct st_why *why)
{
    size_t at = 0;
    if (address.len > ST_ADDRESS_BYTES_MAX - 2)
        return st_fail(why, ST_ERR_LIMIT, "the address is too long");
    if (st_str_find(address, '\n', &at))
        return st_fail(why, ST_ERR_INVALID, "an address is one line");
    return write_text(lock->fd, address, why);
}

void st_lock_give(struct st_lock *lock)
{
    if (lock->file != NULL)
        give_file(lock);
    if (lock->fd < 0)
        return;
    /* The file stays: removing it would let two processes hold two files of the same name. */
    if (ftruncate(lock->fd, 0) != 0) {
        /* Stale text is not believed, so nothing is lost. */
    }
    close(lock->fd);
    lock->fd = -1;
}

static st_err read_address(int fd, struct st_buf *address, struct st_why *why)
{
    char text[PID_LINE_MAX + ST_ADDRESS_BYTES_MAX];
    ssize_t got = pread(fd, text, sizeof text, 0);
    if (got < 0)
        return st_fail_sys(why, "the store's lock file cannot be read", errno);
    st_str pid_line;
    st_str rest;
    st_str line;
    st_str_cut((st_str){text, (size_t)got}, '\n', &pid_line, &rest);
    /* A line without its end is one that is being written. */
    if (!st_str_cut(rest, '\n', &line, &rest))
        return ST_OK;
    st_err err = st_buf_add_str(address, line);
    return err == ST_OK ? ST_OK : st_fail(why, err, "no memory for the recorder's address");
}

st_err st_store_holder(const char *path, bool *held, struct st_buf *address, struct st_why *why)
{
    char name[PATH_MAX];
    char *real = realpath(path, NULL);
    *held = false;
    st_err err = lock_path(real != NULL ? real : path, name, why);
    free(real);
    if (err != ST_OK)
        return err;
    int fd = -1;
    err = st_flock_open(name, O_RDONLY, "the store's lock file cannot be opened", &fd, why);
    if (err != ST_OK)
        return err == ST_ERR_ABSENT ? ST_OK : err;
    err = st_flock_try(fd, LOCK_SH, why);
    *held = err == ST_ERR_AGAIN;
    if (*held)
        err = read_address(fd, address, why);
    close(fd);
    return err;
}
