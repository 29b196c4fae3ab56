/*
 * pool.h: lines judged by several threads, verdicts in the order of the lines.
 *
 * A ring of blocks of lines. The main thread fills blocks and writes their verdicts, oldest first;
 * workers judge. Memory is bounded: the ring is short, a block is small but for a line that is
 * large by itself, and a worker whose verdicts grow past a bound waits until they are written.
 *
 * 1. Verdicts come out in the order of the lines, whichever worker was first.
 * 2. With one job there are no threads at all.
 *
 * Top floor. The main thread calls. Allocates the ring and the workers at begin.
 */
#ifndef ST_CLI_POOL_H
#define ST_CLI_POOL_H

#include "cli/judge.h"
#include "cli/out.h"
#include "cli/say.h"
#include "cli/survey.h"

struct st_pool;

struct st_pool_tally {
    uint64_t checked;
    uint64_t valid;
};

ST_MUST_USE st_err st_pool_begin(struct st_pool **pool, const struct st_rules *rules, unsigned jobs,
                                 struct st_out *out, struct st_progress *progress);
void st_pool_end(struct st_pool *pool);

/* Before the first instance, where the rules' form is SURVEY: verdicts go there. */
void st_pool_survey(struct st_pool *pool, struct st_survey *survey);

/* Hands in an instance; its text is copied. The error is one of an earlier one's judging: MEMORY or
 * LIMIT. */
ST_MUST_USE st_err st_pool_add(struct st_pool *pool, const struct st_instance *instance);

/* Judges and writes all that was handed in. */
ST_MUST_USE st_err st_pool_drain(struct st_pool *pool);

struct st_pool_tally st_pool_tally(const struct st_pool *pool);

#endif
