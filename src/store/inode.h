/*
 * inode.h: the store files that this process uses, known by their number, whatever they are called.
 *
 * POSIX has it that closing any descriptor of a file ends all of the process's fcntl locks on it,
 * SQLite's among them. So the descriptor that flock(2) needs is opened once a file, and closed only
 * when nothing in this process uses the file any more.
 *
 * 1. Whoever opens the file with SQLite uses it before, and leaves it after that is closed.
 * 2. One of a file's users at most, in all processes, holds it.
 *
 * Floor 4. Private to the store. Any thread. Allocates one block a file.
 */
#ifndef ST_STORE_INODE_H
#define ST_STORE_INODE_H

#include "base/err.h"

struct st_inode;

/* The file of that path, which is there: one more user. ABSENT, SYSTEM or MEMORY. */
ST_MUST_USE st_err st_inode_use(struct st_inode **inode, const char *path, struct st_why *why);

/* One user less; of NULL, nothing. Who holds it gives it first. */
void st_inode_leave(struct st_inode *inode);

/* DENIED when it is held, in this process or another one; AGAIN when the path stands for another
 * file by now. INVALID: what is there is no plain file. */
ST_MUST_USE st_err st_inode_hold(struct st_inode *inode, const char *path, struct st_why *why);
void st_inode_give(struct st_inode *inode);

#endif
