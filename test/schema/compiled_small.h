/*
 * compiled_small.h: the limits of making a program, so small that random schemas meet them: what is
 * no longer merged, not told apart, or not decided must be right, too. And those of outlines, so
 * small that random instances have one, and one is often replaced by another.
 *
 * Read before all else in the files of the program, where the twin is built with them.
 */
#ifndef ST_TEST_COMPILED_SMALL_H
#define ST_TEST_COMPILED_SMALL_H

#include "schema/limits.h"

#undef ST_PROGRAM_WORK_MAX
#undef ST_PROGRAM_WORK_END
#undef ST_PROGRAM_ITEMS_MAX
#undef ST_PROGRAM_SCOPES_MAX
#undef ST_PROGRAM_FACTS_MAX
#undef ST_PROGRAM_VALUES_MAX
#undef ST_PROGRAM_DECIDE_DEPTH_MAX
#undef ST_OUTLINE_NODES_MIN
#undef ST_OUTLINE_ASKS_MAX
#undef ST_OUTLINE_SETS_BITS
#undef ST_OUTLINE_PAUSE_MAX

#define ST_PROGRAM_WORK_MAX         300u
#define ST_PROGRAM_WORK_END         6000u
#define ST_PROGRAM_ITEMS_MAX        100u
#define ST_PROGRAM_SCOPES_MAX       3u
#define ST_PROGRAM_FACTS_MAX        2u
#define ST_PROGRAM_VALUES_MAX       4u
#define ST_PROGRAM_DECIDE_DEPTH_MAX 4u
#define ST_OUTLINE_NODES_MIN        3
#define ST_OUTLINE_ASKS_MAX         3
#define ST_OUTLINE_SETS_BITS        2
#define ST_OUTLINE_PAUSE_MAX        0u

#endif
