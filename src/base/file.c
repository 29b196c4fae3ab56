#include "base/file.h"

#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* One step of a read whose length is not known beforehand (a pipe, /proc). */
#define READ_STEP ((size_t)16 << 10)

/* The code that says what the caller can do about errno `sys`. */
static st_err refused(struct st_why *why, const char *text, int sys)
{
    st_err err = st_fail_sys(why, text, sys);
    if (sys == ENOENT || sys == ENOTDIR)
        return ST_ERR_ABSENT;
    return sys == EACCES || sys == EPERM ? ST_ERR_DENIED : err;
}

static ssize_t read_some(int fd, void *at, size_t len)
{
    ssize_t got = 0;
    do
        got = read(fd, at, len);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Room for the whole of a regular file at once, and one byte for the read that finds its end. */
static st_err reserve_size(int fd, struct st_buf *buf)
{
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
        return ST_OK;
    size_t left = buf->max - buf->len;
    if ((uint64_t)info.st_size > left)
        return ST_ERR_LIMIT;
    size_t size = (size_t)info.st_size;
    return st_buf_reserve(buf, size < left ? size + 1 : size);
}

/* Reads once behind the buffer's text; *end at the end of the file. With the buffer at its
 * greatest size, one byte more shows whether the file fits. */
static st_err read_step(int fd, struct st_buf *buf, bool *end, struct st_why *why)
{
    char spare = 0;
    bool full = buf->len == buf->max;
    if (!full && buf->room == buf->len) {
        size_t left = buf->max - buf->len;
        st_err err = st_buf_reserve(buf, left < READ_STEP ? left : READ_STEP);
        if (err != ST_OK)
            return st_fail(why, err, "no memory to read the file");
    }
    ssize_t got =
        full ? read_some(fd, &spare, 1) : read_some(fd, buf->at + buf->len, buf->room - buf->len);
    if (got < 0)
        return refused(why, "the file could not be read", errno);
    if (full && got > 0)
        return st_fail(why, ST_ERR_LIMIT, "the file is too large");
    buf->len += (size_t)got;
    *end = got == 0;
    return ST_OK;
}

st_err st_file_read(const char *path, struct st_buf *buf, struct st_why *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return refused(why, "the file could not be opened", errno);
    size_t len_before = buf->len;
    bool end = false;
    st_err err = reserve_size(fd, buf);
    if (err != ST_OK)
        st_fail(why, err, err == ST_ERR_LIMIT ? "the file is too large" : "no memory to read it");
    while (err == ST_OK && !end)
        err = read_step(fd, buf, &end, why);
    if (err != ST_OK)
        buf->len = len_before;
    close(fd);
    return err;
}

static st_err write_all(int fd, st_str bytes, struct st_why *why)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.at, bytes.len);
        if (put < 0 && errno != EINTR)
            return refused(why, "the file could not be written", errno);
        if (put > 0)
            bytes = st_str_from(bytes, (size_t)put);
    }
    return ST_OK;
}

/* The part of `path` before its last slash: "/" for "/a", "." for "a". */
static st_err folder_of(const char *path, char folder[static PATH_MAX], struct st_why *why)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    if (len >= PATH_MAX)
        return st_fail(why, ST_ERR_LIMIT, "the path is too long");
    if (len == 0) {
        folder[len++] = slash == NULL ? '.' : '/';
    } else {
        memcpy(folder, path, len);
    }
    folder[len] = '\0';
    return ST_OK;
}

/* A new name lasts only when the folder that holds it has been synced. */
static st_err sync_folder_of(const char *path, struct st_why *why)
{
    char folder[PATH_MAX];
    st_err err = folder_of(path, folder, why);
    if (err != ST_OK)
        return err;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return refused(why, "the folder could not be opened", errno);
    /* EINVAL: a file system that cannot sync folders; it has nothing to promise. */
    if (fsync(fd) != 0 && errno != EINVAL)
        err = refused(why, "the folder could not be synced", errno);
    close(fd);
    return err;
}

/* Fills the new file `name`; it is there afterwards whatever the answer. */
static st_err fill_file(int fd, st_str bytes, unsigned mode, struct st_why *why)
{
    st_err err = write_all(fd, bytes, why);
    /* The mode is the caller's word, not the umask's; it is widened only now. */
    if (err == ST_OK && fchmod(fd, (mode_t)mode) != 0)
        err = refused(why, "the file's mode could not be set", errno);
    if (err == ST_OK && fsync(fd) != 0)
        err = refused(why, "the file could not be synced", errno);
    if (close(fd) != 0 && err == ST_OK)
        err = refused(why, "the file could not be closed", errno);
    return err;
}

st_err st_file_write(const char *path, st_str bytes, unsigned mode, struct st_why *why)
{
    char name[PATH_MAX];
    char unique[37];
    st_random_uuid(unique);
    int len = snprintf(name, sizeof name, "%s.%s", path, unique);
    if (len < 0 || (size_t)len >= sizeof name)
        return st_fail(why, ST_ERR_LIMIT, "the path is too long");
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return refused(why, "the file could not be made", errno);
    st_err err = fill_file(fd, bytes, mode, why);
    if (err == ST_OK && rename(name, path) != 0)
        err = refused(why, "the file could not be renamed into place", errno);
    if (err != ST_OK) {
        unlink(name);
        return err;
    }
    return sync_folder_of(path, why);
}

/* Makes one folder, or finds it there. stat is asked after any failure: a read-only parent of a
 * folder that exists is no reason to fail. */
static st_err make_folder(const char *folder, struct st_why *why)
{
    struct stat info;
    if (mkdir(folder, 0700) == 0)
        return sync_folder_of(folder, why);
    int sys = errno;
    if (stat(folder, &info) != 0)
        return refused(why, "the folder could not be made", sys);
    if (!S_ISDIR(info.st_mode))
        return st_fail(why, ST_ERR_CONFLICT, "a file is where a folder should be");
    return ST_OK;
}

st_err st_file_make_parents(const char *path, struct st_why *why)
{
    char folder[PATH_MAX] = "";
    st_err err = folder_of(path, folder, why);
    for (char *at = folder; err == ST_OK; at++) {
        if (at == folder || (*at != '/' && *at != '\0'))
            continue;
        char cut = *at;
        *at = '\0';
        err = make_folder(folder, why);
        *at = cut;
        if (cut == '\0')
            break;
    }
    return err;
}
