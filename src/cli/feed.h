/*
 * feed.h: an input on its way into the pool, line by line or as one text.
 *
 * 1. Bytes are read where the lines are judged; json/lines.h says what a line is.
 * 2. When reading would wait, all that was read so far is judged and written first: a slow pipe
 *    gets its verdicts as its lines come.
 * 3. A line or text over its limit is one instance that is too long; its bytes are passed by.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_FEED_H
#define ST_CLI_FEED_H

#include "cli/input.h"
#include "cli/pool.h"

struct st_feed {
    struct st_pool *pool;
    struct st_out *out;
    struct st_progress *progress;
    uint64_t bytes; /* of the inputs before the one at hand, as they are stored */
};

/* Hands in the input's lines, or the whole of it as one text. `name` holds until the pool ends.
 * What came before a pipe broke or a file's damage is judged, but for the line that was cut. */
ST_MUST_USE st_err st_feed_lines(struct st_feed *feed, const char *name, struct st_input *input,
                                 struct st_why *why);
ST_MUST_USE st_err st_feed_text(struct st_feed *feed, const char *name, struct st_input *input,
                                struct st_why *why);

#endif
