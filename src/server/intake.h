/*
 * intake.h: from the decoded bytes of one body to batches at the engine, and back to an answer.
 *
 *   take ─▶ open?  ─ the beginning is kept until it shows what the body is (media.h)
 *           lines  ─▶ filling ─▶ under way (at most ST_BODY_BATCHES_MAX) ─▶ decided ─▶ answer
 *           object, array, atomic ─ the body is kept whole; st_intake_end makes batches of it
 *
 * 1. Batches are decided in the order of the body. When one fails, those behind it that are under
 * way already are emptied on the commit thread before it looks at them, and no other is submitted
 * from that moment on: what is stored of a body is always a head of it.
 * 2. One owner at a time works (take, end, settle); only `decided` and what is marked as locked is
 *    touched by the commit thread.
 * 3. Nothing here waits: FULL means that a batch must come back first, or, while nothing is under
 *    way, that the engine or the desk had no room and a later try may succeed.
 *
 * Floor 7. Knows nothing of connections; `host` does.
 */
#ifndef ST_SERVER_INTAKE_H
#define ST_SERVER_INTAKE_H

#include "server/answer.h"
#include "server/desk.h"
#include "server/elements.h"
#include "server/media.h"
#include "json/lines.h"

#include "engine/engine.h"

enum st_intake_state {
    ST_INTAKE_DONE, /* all that was given is taken; of st_intake_end: all is decided */
    ST_INTAKE_FULL,
    ST_INTAKE_TURN, /* a turn is over; go on after others had theirs */
};

struct st_intake {
    struct st_engine *engine;
    struct st_desk *desk;
    const struct st_contract *contract; /* NULL: recognised event by event */
    bool any_version;                   /* it was named without one: events name theirs */
    st_str producer; /* borrowed; of events that state none; at == NULL: nobody named one */

    enum st_shape shape;
    bool atomic;
    bool dry;          /* events are judged and told; the engine never sees them */
    bool kept_begun;   /* atomic lines: `kept` was set at the body's end */
    bool is_held;      /* `held` has an event */
    bool checked;      /* the array is one */
    bool read_out;     /* everything of the body stands in batches */
    bool filling_full; /* its arena is, whatever it counts */
    bool broken_off;   /* a failed batch was settled: what comes behind it is not stored */

    struct st_guess guess;
    struct st_buf whole; /* the body, or its beginning while `shape` is open */
    size_t reserved;     /* of the desk's account */
    st_str kept;         /* what is still to be taken of `whole`, when it turned out to be lines */
    struct st_lines lines;
    struct st_elements elements;
    struct st_json doc; /* for checking an array */
    struct st_buf held; /* an event for which the batch had no room any more */
    struct st_line held_line;

    struct st_admit *admit; /* lent for a turn */
    struct st_batch *filling;
    uint64_t next_index;
    int64_t again_since_ns; /* since when the engine or the desk has had no room; 0: it has */
    int64_t turn_ends_ns;

    struct st_trouble trouble;
    struct st_json_fault fault; /* with trouble invalid_json */
    struct st_answer answer;
    struct st_reply one; /* the answer to a body of one event, once decided */

    pthread_mutex_t *lock;      /* the host's; guards all below */
    struct st_batch *under_way; /* in the order of the body */
    struct st_batch *decided;   /* likewise */
    unsigned under_way_count;
    bool failed;    /* a batch came back with a failure: nothing goes to the engine any more */
    bool abandoned; /* nobody waits for an answer any more */

    /* Called on the commit thread, under the lock, after a batch came back; and around a batch's
     * time at the engine, so that the host stays until it is over. `drop` is called without the
     * lock. */
    void (*changed)(void *host);
    void (*hold)(void *host);
    void (*drop)(void *host);
    void *host;
};

void st_intake_init(struct st_intake *intake, struct st_engine *engine, struct st_desk *desk,
                    enum st_shape shape);
void st_intake_done(struct st_intake *intake); /* nothing is under way */

/* A turn begins: what takes longer than ST_TURN_NS answers TURN. */
void st_intake_turn(struct st_intake *intake);

/* Takes from *piece, which moves on. */
enum st_intake_state st_intake_take(struct st_intake *intake, st_str *piece);

/* After the last piece, again and again until DONE. */
enum st_intake_state st_intake_end(struct st_intake *intake);

/* Takes the decided batches into account. */
void st_intake_settle(struct st_intake *intake);

/* The owner pauses: what is in the filling batch goes off if nothing else is under way, so that a
 * slow producer's lines are on disk soon. FULL: it could not; try later. */
enum st_intake_state st_intake_rest(struct st_intake *intake);

/* Ends the body here; the first trouble counts. */
void st_intake_fail(struct st_intake *intake, unsigned status, const char *code,
                    const char *message);

/* Once nothing is under way: the answer. */
void st_intake_write(struct st_intake *intake, struct st_reply *reply);

#endif
