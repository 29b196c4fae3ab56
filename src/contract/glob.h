/*
 * glob.h: which files a pattern means: '*' within a folder, '**' across folders.
 *
 * '*' stands for any run of characters but '/'. "**" stands alone between slashes and stands for
 * any number of folders, none included; at the end, for everything below. All other characters
 * stand for themselves. Paths are relative, with '/' between their parts.
 *
 *      docs/x*.md       docs/x1.md, not docs/x/1.md
 *      docs/x/ **       docs/x/1.md, docs/x/y/1.md            (without the blank)
 *      ** /cases/x*     cases/x1, a/b/cases/x1                (without the blank)
 *
 * Floor 4. Any thread. Allocates nothing.
 */
#ifndef ST_CONTRACT_GLOB_H
#define ST_CONTRACT_GLOB_H

#include "base/str.h"

/* NULL, or what is wrong with the pattern. */
const char *st_glob_fault(st_str glob);

/* Whether the pattern, which is one, means the path. In time, the product of their lengths. */
bool st_glob_fits(st_str glob, st_str path);

#endif
