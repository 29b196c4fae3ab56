#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
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

#define HELD "another recorder holds the store"

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

/* Opens a file that is locked, and only a plain one: a link or a pipe laid in its place is refused,
 * and not waited for. */
static st_err open_plain(const char *path, int flags, const char *text, int *opened,
                         struct st_why *why)
{
    struct stat info;
    int fd = open_retrying(path, flags | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        int sys = errno;
        st_err err = st_fail_sys(why, text, sys);
        return sys == EACCES || sys == EPERM     ? ST_ERR_DENIED
               : sys == ENOENT || sys == ENOTDIR ? ST_ERR_ABSENT
                                                 : err;
    }
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return st_fail(why, ST_ERR_INVALID, "what the store's lock is held on is not a plain file");
    }
    *opened = fd;
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
        open_plain(name, O_RDWR | O_CREAT, "the store's lock file cannot be opened", &fd, why);
    if (err != ST_OK)
        return err;
    if (flock_retrying(fd, LOCK_EX) != 0)
        err = errno == EWOULDBLOCK ? st_fail(why, ST_ERR_AGAIN, HELD)
                                   : st_fail_sys(why, "the store cannot be locked", errno);
    else if (!is_at(name, fd))
        err = st_fail(why, ST_ERR_AGAIN, "the store's lock file is being replaced");
    else
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

/* The locks of this process that hold a store's file. POSIX has it that closing any descriptor of a
 * file ends all of a process's fcntl locks on it, SQLite's among them; so a file that is held here
 * already is known by its number, and never opened to find that out. */
static pthread_mutex_t files_lock = PTHREAD_MUTEX_INITIALIZER;
static struct st_lock *files; /* under files_lock */

static bool is_held_here(const struct stat *info)
{
    for (const struct st_lock *lock = files; lock != NULL; lock = lock->next)
        if (lock->device == info->st_dev && lock->inode == info->st_ino)
            return true;
    return false;
}

static st_err hold_file(struct st_lock *lock, const char *path, struct st_why *why)
{
    struct stat info;
    int fd = -1;
    if (stat(path, &info) == 0 && is_held_here(&info))
        return st_fail(why, ST_ERR_DENIED, HELD);
    st_err err = open_plain(path, O_RDONLY, "the store cannot be opened", &fd, why);
    if (err != ST_OK)
        return err;
    if (flock_retrying(fd, LOCK_EX) != 0)
        err = errno == EWOULDBLOCK ? st_fail(why, ST_ERR_DENIED, HELD)
                                   : st_fail_sys(why, "the store cannot be locked", errno);
    else if (!is_at(path, fd) || fstat(fd, &info) != 0)
        err = st_fail(why, ST_ERR_AGAIN, "the store's file is being replaced");
    if (err != ST_OK) {
        close(fd);
        return err;
    }
    lock->file_fd = fd;
    lock->device = info.st_dev;
    lock->inode = info.st_ino;
    lock->next = files;
    files = lock;
    return ST_OK;
}

st_err st_lock_take_file(struct st_lock *lock, const char *path, struct st_why *why)
{
    pthread_mutex_lock(&files_lock);
    st_err err = hold_file(lock, path, why);
    pthread_mutex_unlock(&files_lock);
    return err;
}

static void give_file(struct st_lock *lock)
{
    pthread_mutex_lock(&files_lock);
    for (struct st_lock **at = &files; *at != NULL; at = &(*at)->next) {
        if (*at == lock) {
            *at = lock->next;
            break;
        }
    }
    close(lock->file_fd);
    pthread_mutex_unlock(&files_lock);
    lock->file_fd = -1;
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
    if (lock->file_fd >= 0)
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
    err = open_plain(name, O_RDONLY, "the store's lock file cannot be opened", &fd, why);
    if (err != ST_OK)
        return err == ST_ERR_ABSENT ? ST_OK : err;
    if (flock_retrying(fd, LOCK_SH) != 0) {
        *held = errno == EWOULDBLOCK;
        err = *held ? read_address(fd, address, why)
                    : st_fail_sys(why, "the store's lock cannot be asked", errno);
    }
    close(fd);
    return err;
}
