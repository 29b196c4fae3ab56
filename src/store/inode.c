#include "store/inode.h"

#include "base/mem.h"
#include "store/flock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct st_inode {
    dev_t device;
    ino_t number;
    unsigned users;
    int fd;    /* for flock; -1: nobody has wanted to hold it yet */
    bool held; /* by one of the users */
    struct st_inode *next;
};

static pthread_mutex_t inodes_lock = PTHREAD_MUTEX_INITIALIZER;
static struct st_inode *inodes; /* under inodes_lock, as all that is in them */

static bool is_of(const struct st_inode *inode, const struct stat *info)
{
    return inode->device == info->st_dev && inode->number == info->st_ino;
}

static st_err find_or_add(struct st_inode **inode, const struct stat *info, struct st_why *why)
{
    struct st_inode *found = inodes;
    while (found != NULL && !is_of(found, info))
        found = found->next;
    if (found == NULL) {
        found = st_mem_get(sizeof *found);
        if (found == NULL)
            return st_fail(why, ST_ERR_MEMORY, "no memory to open the store");
        *found = (struct st_inode){
            .device = info->st_dev, .number = info->st_ino, .fd = -1, .next = inodes};
        inodes = found;
    }
    found->users++;
    *inode = found;
    return ST_OK;
}

st_err st_inode_use(struct st_inode **inode, const char *path, struct st_why *why)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        bool absent = errno == ENOENT || errno == ENOTDIR;
        st_err err = st_fail_sys(why, "the store cannot be opened", errno);
        return absent ? ST_ERR_ABSENT : err;
    }
    pthread_mutex_lock(&inodes_lock);
    st_err err = find_or_add(inode, &info, why);
    pthread_mutex_unlock(&inodes_lock);
    return err;
}

static void forget(struct st_inode *inode)
{
    struct st_inode **at = &inodes;
    while (*at != inode)
        at = &(*at)->next;
    *at = inode->next;
    if (inode->fd >= 0)
        close(inode->fd);
    st_mem_free(inode);
}

void st_inode_leave(struct st_inode *inode)
{
    if (inode == NULL)
        return;
    pthread_mutex_lock(&inodes_lock);
    if (--inode->users == 0)
        forget(inode);
    pthread_mutex_unlock(&inodes_lock);
}

/* The descriptor for flock. One that turns out to be another file's is closed again, and with it
 * the locks on that one; so the path is asked before. */
static st_err open_inode(struct st_inode *inode, const char *path, struct st_why *why)
{
    struct stat info;
    int fd = -1;
    if (stat(path, &info) != 0 || !is_of(inode, &info))
        return st_fail(why, ST_ERR_AGAIN, "the store's file is being replaced");
    if (inode->fd >= 0)
        return ST_OK;
    st_err err = st_flock_open(path, O_RDONLY, "the store cannot be opened", &fd, why);
    if (err != ST_OK)
        return err;
    if (fstat(fd, &info) != 0 || !is_of(inode, &info)) {
        close(fd);
        return st_fail(why, ST_ERR_AGAIN, "the store's file is being replaced");
    }
    inode->fd = fd;
    return ST_OK;
}

st_err st_inode_hold(struct st_inode *inode, const char *path, struct st_why *why)
{
    pthread_mutex_lock(&inodes_lock);
    st_err err = inode->held ? st_fail(why, ST_ERR_DENIED, ST_FLOCK_HELD) : ST_OK;
    if (err == ST_OK)
        err = open_inode(inode, path, why);
    if (err == ST_OK) {
        err = st_flock_try(inode->fd, LOCK_EX, why);
        inode->held = err == ST_OK;
        if (err == ST_ERR_AGAIN)
            err = ST_ERR_DENIED;
    }
    pthread_mutex_unlock(&inodes_lock);
    return err;
}

void st_inode_give(struct st_inode *inode)
{
    pthread_mutex_lock(&inodes_lock);
    ST_BUG_IF(!inode->held);
    inode->held = false;
    (void)flock(inode->fd, LOCK_UN);
    pthread_mutex_unlock(&inodes_lock);
}
