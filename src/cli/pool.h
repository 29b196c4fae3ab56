/*
 * pool.h: instances judged by several threads, verdicts in the order of the instances.
 *
 *   input ──read──▶ block ──submit──▶ ring ──judge──▶ verdicts ──in order──▶ out, or survey
 *          main thread               any thread, main too          main thread
 *
 * What travels is a block: bytes as they were read (64 KiB to 256 KiB where lines are short), where
 * each instance lies in them, and the verdicts that they get. The main thread reads into a block of
 * the ring, submits it, and takes the next one; where all of the ring is under way it judges as the
 * workers do until the oldest block is done, whose verdicts it writes. So N jobs are the main
 * thread and N - 1 workers, and no core waits for another one to read.
 *
 * A file is read, not mapped: a mapped one that somebody cuts short kills its reader, and counts as
 * resident. The bytes are looked at where they were read; only a line that began in one block and
 * ends in the next one is copied.
 *
 * 1. Verdicts come out in the order of the instances, whoever judged them.
 * 2. Memory is bounded: the ring has jobs + 2 blocks (one with one job). Each holds ST_CHECK_BLOCK_
 *    BYTES of text, the places of its lines, verdicts up to ST_CHECK_OUT_BYTES (past them who
 *    judges waits until they are written), and a line that is larger than a block by itself.
 * 3. Out, progress and survey are touched by the main thread only.
 *
 * Top floor. The main thread calls. Allocates the ring and the workers at begin; blocks' buffers
 * are kept from round to round.
 */
#ifndef ST_CLI_POOL_H
#define ST_CLI_POOL_H

#include "cli/judge.h"
#include "cli/out.h"
#include "cli/progress.h"
#include "cli/survey.h"

struct st_pool;

struct st_pool_tally {
    uint64_t checked;
    uint64_t valid;
};

struct st_pool_options {
    unsigned jobs;                /* from 1 */
    size_t block_bytes;           /* from 1 */
    struct st_out *out;           /* verdicts go there, or */
    struct st_survey *survey;     /* where the rules' form is SURVEY, here */
    struct st_progress *progress; /* taken from the terminal before verdicts are shown there */
};

ST_MUST_USE st_err st_pool_begin(struct st_pool **pool, const struct st_rules *rules,
                                 const struct st_pool_options *options);
void st_pool_end(struct st_pool *pool);

/* Hands in an instance; its text is copied. The error is one of an earlier one's judging: MEMORY or
 * LIMIT. `file` holds until the pool ends. */
ST_MUST_USE st_err st_pool_add(struct st_pool *pool, const struct st_instance *instance);

/* Lends room to read some of the file into; what was read is kept until its lines are judged. */
ST_MUST_USE st_err st_pool_lend(struct st_pool *pool, const char *file, char **at, size_t *len);
void st_pool_keep(struct st_pool *pool, size_t len);

/* Hands in a line of what was kept last: one that lies in it stays where it is, one that began
 * before it is copied. */
ST_MUST_USE st_err st_pool_add_line(struct st_pool *pool, const struct st_instance *instance);

/* Judges and writes all that was handed in. */
ST_MUST_USE st_err st_pool_drain(struct st_pool *pool);

/* Of the verdicts that were written. */
struct st_pool_tally st_pool_tally(const struct st_pool *pool);

#endif
