#include "store/flock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_retrying(const char *path, int flags)
{
    int fd = -1;
    do
        fd = open(path, flags | O_CLOEXEC, 0600);
    while (fd < 0 && errno == EINTR);
    return fd;
}

st_err st_flock_open(const char *path, int flags, const char *text, int *opened, struct st_why *why)
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

st_err st_flock_try(int fd, int operation, struct st_why *why)
{
    int code = 0;
    do
        code = flock(fd, operation | LOCK_NB);
    while (code != 0 && errno == EINTR);
    if (code == 0)
        return ST_OK;
    return errno == EWOULDBLOCK ? st_fail(why, ST_ERR_AGAIN, ST_FLOCK_HELD)
                                : st_fail_sys(why, "the store cannot be locked", errno);
}
