#include "cli/record.h"

#include "base/mem.h"
#include "cli/contracts.h"
#include "cli/limits.h"
#include "engine/admit.h"
#include "engine/engine.h"
#include "json/lines.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

/* Two batches: one is filled while the other is on its way to disk. */
#define BATCHES 2u

struct flight {
    struct st_batch batch;
    struct store_recorder *recorder;
    bool flying;  /* submitted and not settled yet; main thread */
    bool decided; /* under the recorder's lock */
};

struct store_recorder {
    struct st_recorder base;
    struct st_registry *registry;
    const struct st_contract *contract; /* NULL: recognised */
    struct st_engine *engine;
    struct st_admit *admit;
    struct flight flights[BATCHES];
    unsigned at; /* the one that is being filled */
    pthread_mutex_t lock;
    pthread_cond_t decided;
};

/* ---- telling what was refused ---- */

static void tell_violations(struct st_recording *recording, const struct st_item *item)
{
    char text[64];
    for (uint32_t i = 0; i < item->violation_count; i++)
        st_recording_tell(recording, item->line, item->violations[i].subject,
                          item->violations[i].message, i == 0);
    snprintf(text, sizeof text, "and %llu more violations",
             (unsigned long long)item->violations_untold);
    if (item->violations_untold > 0)
        st_recording_tell(recording, item->line, ST_STR(""), st_str_of(text), false);
}

static void tell_contract(struct st_recording *recording, const struct st_item *item)
{
    struct st_buf names = ST_BUF(4096);
    if (st_contracts_add_candidates(&names, &item->candidates) == ST_OK)
        st_recording_tell_contract(recording, item->line, st_buf_str(&names));
    st_buf_done(&names);
}

static void tell_refusal(struct st_recording *recording, const struct st_item *item,
                         enum st_refusal refusal)
{
    st_str message = st_str_of(st_refusal_message(refusal));
    switch (refusal) {
    case ST_REFUSED_JSON:
        st_recording_tell_json(recording, item->line + item->fault.line - 1,
                               st_str_of(item->fault.expected), item->fault.column);
        break;
    case ST_REFUSED_INVALID:
        tell_violations(recording, item);
        break;
    case ST_REFUSED_CONTRACT:
        tell_contract(recording, item);
        break;
    case ST_REFUSED_CONFLICT:
        st_recording_tell_conflict(recording, item->line, message, item->append.first_seq);
        break;
    default:
        st_recording_tell(recording, item->line, ST_STR(""), message, true);
        break;
    }
}

/* ---- batches ---- */

static void wake(struct st_batch *batch)
{
    struct flight *flight = batch->context;
    struct store_recorder *recorder = flight->recorder;
    pthread_mutex_lock(&recorder->lock);
    flight->decided = true;
    pthread_cond_signal(&recorder->decided);
    pthread_mutex_unlock(&recorder->lock);
}

static int tell_trouble(struct st_recording *recording, const struct st_batch *batch)
{
    char reason[ST_REASON_MAX];
    if (recording->troubled)
        return ST_EXIT_TROUBLE;
    recording->troubled = true;
    st_progress_end(&recording->progress);
    st_reason(batch->err, &batch->why, reason);
    if (recording->durable_line == 0)
        return st_fail_with(ST_EXIT_TROUBLE,
                            "%s: nothing of it was recorded: %s; it may be "
                            "recorded again as it is",
                            recording->name, reason);
    return st_fail_with(ST_EXIT_TROUBLE,
                        "%s: recorded up to line %llu: %s; it may be recorded again as it is",
                        recording->name, (unsigned long long)recording->durable_line, reason);
}

/* Waits for the decision and tells what became of each event. */
static int settle(struct store_recorder *recorder, struct st_recording *recording,
                  struct flight *flight)
{
    int code = ST_EXIT_GOOD;
    if (!flight->flying)
        return code;
    pthread_mutex_lock(&recorder->lock);
    while (!flight->decided)
        pthread_cond_wait(&recorder->decided, &recorder->lock);
    pthread_mutex_unlock(&recorder->lock);
    flight->flying = false;
    if (flight->batch.err != ST_OK)
        code = tell_trouble(recording, &flight->batch);
    for (uint32_t i = 0; i < flight->batch.count && code == ST_EXIT_GOOD; i++) {
        const struct st_item *item = flight->batch.items[i];
        enum st_refusal refusal = st_tally_add(&recording->tally, item);
        if (refusal != ST_REFUSED_NOT)
            tell_refusal(recording, item, refusal);
        if (!recording->troubled)
            recording->durable_line = item->line;
    }
    st_batch_reset(&flight->batch);
    return code;
}

/* Sends the batch at hand on its way and makes the other one ready to be filled. */
static int turn(struct store_recorder *recorder, struct st_recording *recording)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000000L};
    struct flight *flight = &recorder->flights[recorder->at];
    if (flight->batch.count == 0)
        return ST_EXIT_GOOD;
    flight->batch.done = wake;
    flight->batch.context = flight;
    flight->decided = false;
    st_err err = ST_ERR_AGAIN;
    while (err == ST_ERR_AGAIN) {
        err = st_engine_submit(recorder->engine, &flight->batch);
        if (err == ST_ERR_AGAIN)
            nanosleep(&pause, NULL);
    }
    if (err != ST_OK) {
        flight->batch.err = err;
        return tell_trouble(recording, &flight->batch);
    }
    flight->flying = true;
    recorder->at = (recorder->at + 1) % BATCHES;
    return settle(recorder, recording, &recorder->flights[recorder->at]);
}

/* All that was taken is decided afterwards. */
static int finish(struct store_recorder *recorder, struct st_recording *recording)
{
    int code = turn(recorder, recording);
    for (unsigned i = 1; i <= BATCHES; i++) {
        struct flight *flight = &recorder->flights[(recorder->at + i) % BATCHES];
        int one = settle(recorder, recording, flight);
        code = code == ST_EXIT_GOOD ? one : code;
    }
    return code;
}

static int no_room(struct st_recording *recording, st_err err)
{
    return st_fail_with(ST_EXIT_TROUBLE, "%s: %s", recording->name, st_err_text(err));
}

static st_err admit(struct store_recorder *recorder, const struct st_recording *recording,
                    struct st_batch *batch, st_str text, uint64_t line)
{
    st_err err = batch->count == 0 ? st_batch_name_producer(batch, recording->producer) : ST_OK;
    bool any = recording->reference != NULL && strchr(recording->reference, '@') == NULL;
    return err != ST_OK ? err
           : any        ? st_admit_any_version(recorder->admit, batch, text, batch->count, line,
                                               recorder->contract)
                        : st_admit_event(recorder->admit, batch, text, batch->count, line,
                                         recorder->contract);
}

static int add_event(struct store_recorder *recorder, struct st_recording *recording, st_str text,
                     uint64_t line, bool too_long)
{
    st_err err = ST_ERR_LIMIT;
    for (int tries = 0; tries < 2 && err == ST_ERR_LIMIT; tries++) {
        struct st_batch *batch = &recorder->flights[recorder->at].batch;
        err = too_long ? st_admit_too_large(batch, batch->count, line)
                       : admit(recorder, recording, batch, text, line);
        if (err == ST_OK && !st_batch_full(batch))
            return ST_EXIT_GOOD;
        int code = err == ST_OK || err == ST_ERR_LIMIT ? turn(recorder, recording) : ST_EXIT_GOOD;
        if (code != ST_EXIT_GOOD)
            return code;
    }
    return err == ST_OK ? ST_EXIT_GOOD : no_room(recording, err);
}

/* ---- inputs ---- */

static int add_piece(struct store_recorder *recorder, struct st_recording *recording,
                     struct st_lines *lines, st_str piece)
{
    for (;;) {
        struct st_line line = {0};
        bool found = false;
        st_err err = st_lines_take(lines, &piece, &line, &found);
        if (err != ST_OK)
            return no_room(recording, err);
        if (!found)
            return ST_EXIT_GOOD;
        int code = add_event(recorder, recording, line.text, line.number, line.too_long);
        if (code != ST_EXIT_GOOD)
            return code;
    }
}

/* A slow producer's events are on disk before the next read waits. */
static int read_piece(struct store_recorder *recorder, struct st_recording *recording,
                      st_str *piece)
{
    char reason[ST_REASON_MAX];
    struct st_why why = {0};
    int code = ST_EXIT_GOOD;
    if (recording->head.len == 0 && st_input_would_wait(recording->input, 0))
        code = finish(recorder, recording);
    if (code != ST_EXIT_GOOD)
        return code;
    st_err err = st_recording_read(recording, piece, &why);
    if (err == ST_OK)
        return ST_EXIT_GOOD;
    st_progress_end(&recording->progress);
    code = finish(recorder, recording);
    return code != ST_EXIT_GOOD ? code
                                : st_fail_with(ST_EXIT_TROUBLE, "%s: %s; recorded up to line %llu",
                                               recording->name, st_reason(err, &why, reason),
                                               (unsigned long long)recording->durable_line);
}

static int record_lines(struct st_recorder *base, struct st_recording *recording)
{
    struct store_recorder *recorder = (struct store_recorder *)base;
    struct st_lines lines;
    struct st_line last = {0};
    st_str piece = {NULL, 1};
    int code = ST_EXIT_GOOD;
    st_lines_init(&lines, ST_EVENT_BYTES_MAX + 2); /* a CR, and blanks do not count */
    while (code == ST_EXIT_GOOD && piece.len > 0) {
        code = read_piece(recorder, recording, &piece);
        if (code == ST_EXIT_GOOD)
            code = add_piece(recorder, recording, &lines, piece);
    }
    if (code == ST_EXIT_GOOD && st_lines_end(&lines, &last))
        code = add_event(recorder, recording, last.text, last.number, last.too_long);
    st_lines_done(&lines);
    int end = finish(recorder, recording);
    return code == ST_EXIT_GOOD ? end : code;
}

/* Each element of an array is an event; anything else is one text, judged as an event. */
static int add_elements(struct store_recorder *recorder, struct st_recording *recording,
                        const struct st_json *doc)
{
    uint64_t line = 1;
    uint32_t counted = 0;
    int code = ST_EXIT_GOOD;
    for (uint32_t at = st_json_first(doc, 0); at != ST_JSON_NONE && code == ST_EXIT_GOOD;
         at = st_json_next(doc, 0, at)) {
        for (; counted < doc->nodes[at].at; counted++)
            line += doc->text.at[counted] == '\n';
        code = add_event(recorder, recording, st_json_raw(doc, at), line, false);
    }
    return code;
}

static int record_text(struct st_recorder *base, struct st_recording *recording, st_str text)
{
    struct store_recorder *recorder = (struct store_recorder *)base;
    struct st_json doc;
    st_json_init(&doc);
    st_err err = st_json_parse(&doc, text, NULL, NULL);
    int code = ST_EXIT_GOOD;
    if (err == ST_OK && st_json_kind(&doc, 0) == ST_JSON_ARRAY)
        code = add_elements(recorder, recording, &doc);
    else
        code = add_event(recorder, recording, text, 1, false);
    int end = finish(recorder, recording);
    st_json_done(&doc);
    return code == ST_EXIT_GOOD ? end : code;
}

/* ---- life ---- */

static void close_store(struct st_recorder *base)
{
    struct store_recorder *recorder = (struct store_recorder *)base;
    st_engine_close(recorder->engine);
    st_admit_free(recorder->admit);
    for (unsigned i = 0; i < BATCHES; i++)
        st_batch_done(&recorder->flights[i].batch);
    st_registry_free(recorder->registry);
    pthread_cond_destroy(&recorder->decided);
    pthread_mutex_destroy(&recorder->lock);
    st_mem_free(recorder);
}

static int open_engine(struct store_recorder *recorder, struct st_recording *recording, bool *held)
{
    struct st_why why = {0};
    struct st_engine_options options = {
        .path = st_place_store(&recording->place),
        .registry = recorder->registry,
    };
    st_err err = st_engine_open(&recorder->engine, &options, &why);
    *held = err == ST_ERR_DENIED && why.sys != EACCES && why.sys != EPERM;
    if (*held)
        return ST_EXIT_TROUBLE;
    if (err != ST_OK)
        return st_place_tell(&recording->place, err, &why);
    return st_admit_new(&recorder->admit, recorder->registry) == ST_OK
               ? ST_EXIT_GOOD
               : st_fail_with(ST_EXIT_TROUBLE, "record: out of memory");
}

static int open_all(struct store_recorder *recorder, struct st_recording *recording, bool *held)
{
    recorder->registry =
        st_contracts_open_to_write(st_place_store(&recording->place), recording->strict_time);
    if (recorder->registry == NULL)
        return ST_EXIT_TROUBLE;
    if (recording->reference != NULL)
        recorder->contract = st_contracts_find(recorder->registry, recording->reference);
    if (recording->reference != NULL && recorder->contract == NULL)
        return ST_EXIT_USAGE;
    return open_engine(recorder, recording, held);
}

int st_recorder_open_store(struct st_recorder **recorder, struct st_recording *recording,
                           bool *held)
{
    static const struct st_way way = {record_lines, record_text, close_store};
    struct store_recorder *made = st_mem_get_zeroed(sizeof *made);
    *held = false;
    if (made == NULL)
        return st_fail_with(ST_EXIT_TROUBLE, "record: out of memory");
    made->base.way = &way;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->decided, NULL);
    for (unsigned i = 0; i < BATCHES; i++) {
        st_batch_init(&made->flights[i].batch);
        made->flights[i].recorder = made;
    }
    int code = open_all(made, recording, held);
    if (code == ST_EXIT_GOOD)
        *recorder = &made->base;
    else
        close_store(&made->base);
    return code;
}
