#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
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

static int open_retrying(const char *path, int flags)
{
    int fd = -1;
    do
        fd = open(path, flags | O_CLOEXEC, 0600);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static int flock_retrying(int fd, int operation)
{
    int code = 0;
    do
        code = flock(fd, operation | LOCK_NB);
    while (code != 0 && errno == EINTR);
    return code;
}

/* Replaces the text of the lock file. One write, so that a reader does not meet half of it. */
static st_err write_text(int fd, st_str address, struct st_why *why)
{
    char text[PID_LINE_MAX + ST_ADDRESS_BYTES_MAX];
    int len = snprintf(text, sizeof text, "pid %ld\n%.*s%s", (long)getpid(), ST_STR_ARG(address),
                       address.len > 0 ? "\n" : "");
    if (len < 0 || (size_t)len >= sizeof text)
        return st_fail(why, ST_ERR_LIMIT, "the address is too long");
    if (pwrite(fd, text, (size_t)len, 0) != len || ftruncate(fd, len) != 0)
        return st_fail_sys(why, "the store's lock file cannot be written", errno);
    return ST_OK;
}

st_err st_lock_take(struct st_lock *lock, const char *path, struct st_why *why)
{
    char name[PATH_MAX];
    lock->fd = -1;
    st_err err = lock_path(path, name, why);
    if (err != ST_OK)
        return err;
    int fd = open_retrying(name, O_RDWR | O_CREAT);
    if (fd < 0) {
        err = st_fail_sys(why, "the store's lock file cannot be opened", errno);
        return errno == EACCES || errno == EPERM ? ST_ERR_DENIED : err;
    }
    int code = flock_retrying(fd, LOCK_EX);
    for (int i = 0; code != 0 && errno == EWOULDBLOCK && i < TRIES; i++) {
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
        code = flock_retrying(fd, LOCK_EX);
    }
    if (code != 0) {
        err = errno == EWOULDBLOCK ? st_fail(why, ST_ERR_DENIED, "another recorder holds the store")
                                   : st_fail_sys(why, "the store cannot be locked", errno);
        close(fd);
        return err;
    }
    err = write_text(fd, (st_str){"", 0}, why);
    if (err != ST_OK) {
        close(fd);
        return err;
    }
    lock->fd = fd;
    return ST_OK;
}

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
    int fd = open_retrying(name, O_RDONLY);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return ST_OK;
    if (fd < 0) {
        err = st_fail_sys(why, "the store's lock file cannot be opened", errno);
        return errno == EACCES || errno == EPERM ? ST_ERR_DENIED : err;
    }
    if (flock_retrying(fd, LOCK_SH) != 0) {
        *held = errno == EWOULDBLOCK;
        err = *held ? read_address(fd, address, why)
                    : st_fail_sys(why, "the store's lock cannot be asked", errno);
    }
    close(fd);
    return err;
}
