/*
 * file.h: whole files in, whole files out.
 *
 * A refusal of the system is ABSENT when there is no such file, DENIED without permission, SYSTEM
 * otherwise; `why` carries the errno in each case.
 *
 * Floor 0. Any thread. st_file_read allocates in the buffer that it is given.
 */
#ifndef ST_BASE_FILE_H
#define ST_BASE_FILE_H

#include "base/str.h"

/* Appends the whole of `path` to `buf`; LIMIT when it does not fit into buf->max. */
ST_MUST_USE st_err st_file_read(const char *path, struct st_buf *buf, struct st_why *why);

/* Writes `bytes` to a new file beside `path`, syncs it and renames it into place; `mode` is
 * taken as it is, whatever the umask. Readers see the old bytes or the new ones, never a part. */
ST_MUST_USE st_err st_file_write(const char *path, st_str bytes, unsigned mode, struct st_why *why);

/* Makes the folder of `path` and the folders above it, mode 0700 each; good when they are there. */
ST_MUST_USE st_err st_file_make_parents(const char *path, struct st_why *why);

#endif
