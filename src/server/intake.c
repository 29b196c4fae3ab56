#include "server/intake.h"

#include "server/log.h"

void st_intake_init(struct st_intake *intake, struct st_engine *engine, struct st_desk *desk,
                    enum st_shape shape)
{
    *intake = (struct st_intake){
        .engine = engine,
        .desk = desk,
        .shape = shape,
        .guess = {.shape = shape},
        .whole = ST_BUF(ST_BODY_BYTES_MAX),
        .held = ST_BUF(ST_EVENT_BYTES_MAX),
    };
    st_lines_init(&intake->lines, ST_EVENT_BYTES_MAX);
    st_json_init(&intake->doc);
    st_answer_init(&intake->answer);
    st_reply_init(&intake->one);
}

static void release_whole(struct st_intake *intake)
{
    st_buf_done(&intake->whole);
    st_desk_release(intake->desk, intake->reserved);
    intake->reserved = 0;
    intake->kept = (st_str){NULL, 0};
}

void st_intake_done(struct st_intake *intake)
{
    ST_BUG_IF(intake->under_way != NULL);
    while (intake->decided != NULL) {
        struct st_batch *batch = intake->decided;
        intake->decided = batch->next;
        st_desk_give_batch(intake->desk, batch);
    }
    st_desk_give_batch(intake->desk, intake->filling);
    intake->filling = NULL;
    release_whole(intake);
    st_buf_done(&intake->held);
    st_lines_done(&intake->lines);
    st_json_done(&intake->doc);
    st_answer_done(&intake->answer);
    st_reply_done(&intake->one);
}

void st_intake_fail(struct st_intake *intake, unsigned status, const char *code,
                    const char *message)
{
    if (intake->trouble.code != NULL)
        return;
    intake->trouble = (struct st_trouble){status, code, message};
    st_desk_give_batch(intake->desk, intake->filling);
    intake->filling = NULL;
    intake->is_held = false;
    release_whole(intake);
}

static void fail_memory(struct st_intake *intake)
{
    st_intake_fail(intake, 503, "store_busy", "no memory for the body");
}

static bool in_trouble(const struct st_intake *intake)
{
    return intake->trouble.code != NULL;
}

void st_intake_turn(struct st_intake *intake)
{
    intake->turn_ends_ns = st_monotonic_ns() + ST_TURN_NS;
}

static bool turn_is_over(const struct st_intake *intake)
{
    return st_monotonic_ns() >= intake->turn_ends_ns;
}

/* ---- batches: off to the engine, and back ---- */

static void append(struct st_batch **list, struct st_batch *batch)
{
    batch->next = NULL;
    while (*list != NULL)
        list = &(*list)->next;
    *list = batch;
}

/* On the commit thread: empties the batches that would leave a hole behind a failed one. They wait
 * in the engine's queue, and this is the only thread that looks into it. */
static void withdraw_under_way(struct st_intake *intake)
{
    for (struct st_batch *batch = intake->under_way; batch != NULL; batch = batch->next) {
        batch->count = 0;
        batch->append_count = 0;
    }
}

static void batch_done(struct st_batch *batch)
{
    struct st_intake *intake = batch->context;
    pthread_mutex_lock(intake->lock);
    ST_BUG_IF(intake->under_way != batch); /* decided in the order of st_engine_submit */
    intake->under_way = batch->next;
    intake->under_way_count--;
    if (batch->err != ST_OK) {
        intake->failed = true;
        withdraw_under_way(intake);
    }
    append(&intake->decided, batch);
    intake->changed(intake->host);
    pthread_mutex_unlock(intake->lock);
    intake->drop(intake->host);
}

static void account_failure(struct st_intake *intake, const struct st_batch *batch)
{
    const char *text = batch->why.text;
    st_log_why("commit_failed", batch->err, &batch->why);
    if (batch->err == ST_ERR_AGAIN)
        st_intake_fail(intake, 503, "store_busy",
                       text != NULL ? text : "the store cannot take events at the moment");
    else if (batch->err == ST_ERR_LIMIT)
        st_intake_fail(intake, 413, "body_too_large", "more than one transaction may hold");
    else
        st_intake_fail(intake, 503, "store_failed",
                       text != NULL ? text : "the events could not be written to the store");
}

/* A batch's items become part of the answer. */
static void account(struct st_intake *intake, const struct st_batch *batch, bool withheld)
{
    if (intake->shape == ST_SHAPE_OBJECT && batch->count > 0)
        st_answer_write_one(&intake->answer, batch->items[0], st_buf_str(&intake->whole),
                            &intake->one);
    else if (st_answer_add(&intake->answer, batch, withheld) != ST_OK)
        fail_memory(intake);
}

static void settle_batch(struct st_intake *intake, struct st_batch *batch)
{
    /* Behind a failed batch come emptied ones, and those of the same failed transaction. */
    if (batch->err != ST_OK) {
        account_failure(intake, batch);
        intake->broken_off = true;
    } else if (batch->count > 0 && !intake->broken_off) {
        account(intake, batch, false);
    }
    st_desk_give_batch(intake->desk, batch);
}

void st_intake_settle(struct st_intake *intake)
{
    pthread_mutex_lock(intake->lock);
    struct st_batch *batch = intake->decided;
    intake->decided = NULL;
    pthread_mutex_unlock(intake->lock);
    while (batch != NULL) {
        struct st_batch *next = batch->next;
        settle_batch(intake, batch);
        batch = next;
    }
}

/* No room: for how long already? Past the limit it is trouble. */
static enum st_intake_state wait_for_room(struct st_intake *intake)
{
    int64_t now_ns = st_monotonic_ns();
    if (intake->again_since_ns == 0)
        intake->again_since_ns = now_ns;
    if (now_ns - intake->again_since_ns < ST_AGAIN_NS_MAX)
        return ST_INTAKE_FULL;
    st_intake_fail(intake, 503, "store_busy",
                   "too many events are waiting to be written; try later");
    return ST_INTAKE_DONE;
}

static bool has_quarantined(const struct st_batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++)
        if (batch->items[i]->quarantined)
            return true;
    return false;
}

/* Whether the engine has anything to do with the batch. */
static bool is_for_engine(const struct st_batch *batch)
{
    return batch->append_count > 0 || has_quarantined(batch);
}

static bool is_withheld(const struct st_intake *intake, const struct st_batch *batch)
{
    for (uint32_t i = 0; intake->atomic && i < batch->count; i++)
        if (batch->items[i]->refusal != ST_REFUSED_NOT)
            return intake->shape != ST_SHAPE_OBJECT;
    return false;
}

static st_err submit_locked(struct st_intake *intake, struct st_batch *batch)
{
    batch->atomic = intake->atomic;
    batch->done = batch_done;
    batch->context = intake;
    append(&intake->under_way, batch);
    intake->under_way_count++;
    intake->hold(intake->host);
    st_err err = st_engine_submit(intake->engine, batch);
    if (err == ST_OK)
        return ST_OK;
    struct st_batch **list = &intake->under_way;
    while (*list != batch)
        list = &(*list)->next;
    *list = NULL;
    intake->under_way_count--;
    return err;
}

/* Sends the filling batch off. DONE: it is gone, one way or another. Behind a failed batch that was
 * not settled yet nothing goes: FULL, and settling makes trouble of it. */
static enum st_intake_state submit(struct st_intake *intake)
{
    struct st_batch *batch = intake->filling;
    bool withheld = is_withheld(intake, batch);
    bool at_engine = !withheld && !intake->dry && is_for_engine(batch);
    pthread_mutex_lock(intake->lock);
    unsigned under_way = intake->under_way_count;
    bool idle = under_way == 0 && intake->decided == NULL;
    bool may = at_engine ? under_way < ST_BODY_BATCHES_MAX && !intake->failed : idle;
    st_err err = ST_ERR_AGAIN;
    if (may && at_engine)
        err = submit_locked(intake, batch);
    pthread_mutex_unlock(intake->lock);
    if (!may)
        return ST_INTAKE_FULL;
    if (at_engine && err != ST_OK)
        intake->drop(intake->host);
    if (at_engine && err == ST_ERR_AGAIN)
        return wait_for_room(intake);
    if (at_engine && err != ST_OK) {
        st_intake_fail(intake, 503, "store_busy", "the recorder is stopping");
        return ST_INTAKE_DONE;
    }
    intake->filling = NULL;
    intake->again_since_ns = 0;
    if (!at_engine) {
        if (!intake->dry)
            st_engine_count_refused(intake->engine, batch);
        account(intake, batch, withheld);
        st_desk_give_batch(intake->desk, batch);
    }
    return ST_INTAKE_DONE;
}

static bool filling_is_full(const struct st_intake *intake)
{
    return intake->filling_full ||
           (!intake->atomic &&
            (st_batch_full(intake->filling) || intake->filling->arena.used >= ST_BATCH_ARENA_FULL));
}

/* Makes sure that the filling batch takes one more event. */
static enum st_intake_state make_room(struct st_intake *intake)
{
    if (intake->filling != NULL && filling_is_full(intake)) {
        enum st_intake_state state = submit(intake);
        if (state != ST_INTAKE_DONE)
            return state;
    }
    if (in_trouble(intake) || intake->filling != NULL)
        return ST_INTAKE_DONE;
    intake->filling = st_desk_take_batch(intake->desk);
    intake->filling_full = false;
    if (intake->filling == NULL)
        return wait_for_room(intake);
    intake->again_since_ns = 0;
    if (st_batch_name_producer(intake->filling, intake->producer) != ST_OK)
        fail_memory(intake);
    return ST_INTAKE_DONE;
}

/* A body that waits for its client keeps no empty batch: others may fill it. */
static void give_back(struct st_intake *intake)
{
    st_desk_give_admit(intake->desk, intake->admit);
    intake->admit = NULL;
    if (intake->filling == NULL || intake->filling->count > 0)
        return;
    st_desk_give_batch(intake->desk, intake->filling);
    intake->filling = NULL;
}

enum st_intake_state st_intake_rest(struct st_intake *intake)
{
    if (intake->filling == NULL || intake->filling->count == 0 || intake->atomic ||
        intake->shape != ST_SHAPE_LINES)
        return ST_INTAKE_DONE;
    pthread_mutex_lock(intake->lock);
    bool idle = intake->under_way_count == 0 && !intake->abandoned;
    pthread_mutex_unlock(intake->lock);
    return idle ? submit(intake) : ST_INTAKE_DONE;
}

/* ---- events into the filling batch ---- */

/* The batch had no room: the event waits in `held` while that one is sent off. An empty batch
 * without room is one without memory. */
static void hold_back(struct st_intake *intake, const struct st_line *line)
{
    if (intake->filling->count == 0) {
        fail_memory(intake);
        return;
    }
    if (intake->atomic) {
        st_intake_fail(intake, 413, "body_too_large", "more than one atomic batch may hold");
        return;
    }
    intake->filling_full = true;
    if (intake->is_held)
        return;
    st_buf_reset(&intake->held);
    if (st_buf_add_str(&intake->held, line->text) != ST_OK) {
        fail_memory(intake);
        return;
    }
    intake->held_line = *line;
    intake->held_line.text = st_buf_str(&intake->held);
    intake->is_held = true;
}

static bool admit(struct st_intake *intake, const struct st_line *line)
{
    st_err err = ST_ERR_MEMORY;
    if (intake->admit == NULL)
        intake->admit = st_desk_take_admit(intake->desk);
    if (line->too_long)
        err = st_admit_too_large(intake->filling, intake->next_index, line->number);
    else if (intake->admit != NULL)
        err = (intake->any_version ? st_admit_any_version : st_admit_event)(
            intake->admit, intake->filling, line->text, intake->next_index, line->number,
            intake->contract);
    if (err == ST_OK)
        intake->next_index++;
    else if (err == ST_ERR_LIMIT)
        hold_back(intake, line);
    else
        fail_memory(intake);
    return err == ST_OK;
}

/* Room for one more, and nothing held back. */
static enum st_intake_state make_ready(struct st_intake *intake)
{
    enum st_intake_state state = make_room(intake);
    while (state == ST_INTAKE_DONE && intake->is_held && !in_trouble(intake)) {
        if (admit(intake, &intake->held_line))
            intake->is_held = false;
        state = make_room(intake);
    }
    return state;
}

/* Looks at so much of the piece at once that the turn's end is seen among blank lines too. */
static st_err take_line(struct st_intake *intake, st_str *piece, struct st_line *line, bool *found)
{
    size_t len = piece->len < ST_LOOK_BYTES ? piece->len : ST_LOOK_BYTES;
    st_str some = {piece->at, len};
    st_err err = st_lines_take(&intake->lines, &some, line, found);
    *piece = st_str_from(*piece, len - some.len);
    return err;
}

static enum st_intake_state take_lines(struct st_intake *intake, st_str *piece)
{
    for (;;) {
        struct st_line line;
        bool found = false;
        enum st_intake_state state = make_ready(intake);
        if (state != ST_INTAKE_DONE || in_trouble(intake))
            return state;
        if (turn_is_over(intake))
            return ST_INTAKE_TURN;
        if (piece->len == 0)
            return ST_INTAKE_DONE;
        if (take_line(intake, piece, &line, &found) != ST_OK) {
            fail_memory(intake);
            return ST_INTAKE_DONE;
        }
        if (found)
            admit(intake, &line);
    }
}

/* ---- pieces ---- */

static void keep_whole(struct st_intake *intake, st_str *piece)
{
    st_str bytes = *piece;
    *piece = st_str_from(*piece, piece->len);
    if (bytes.len > ST_BODY_BYTES_MAX - intake->whole.len) {
        st_intake_fail(intake, 413, "body_too_large",
                       "a body that is not NDJSON, or atomic, may have at most 67108864 bytes");
        return;
    }
    if (st_desk_reserve(intake->desk, bytes.len) != ST_OK) {
        st_intake_fail(intake, 503, "too_many_bodies", "too many large bodies at once; try later");
        return;
    }
    intake->reserved += bytes.len;
    if (st_buf_add_str(&intake->whole, bytes) != ST_OK)
        fail_memory(intake);
}

/* The body's shape may show now. */
static void judge(struct st_intake *intake, bool ended)
{
    if (intake->shape > ST_SHAPE_JSON)
        return;
    if (st_guess_shape(&intake->guess, st_buf_str(&intake->whole), ended, &intake->shape) != ST_OK)
        fail_memory(intake);
    if (intake->shape == ST_SHAPE_LINES && !intake->atomic)
        intake->kept = st_buf_str(&intake->whole);
}

/* Lines that were kept while the shape was open come before all others. */
static enum st_intake_state take_kept(struct st_intake *intake)
{
    if (intake->kept.len == 0)
        return ST_INTAKE_DONE;
    enum st_intake_state state = take_lines(intake, &intake->kept);
    if (state == ST_INTAKE_DONE)
        release_whole(intake);
    return state;
}

enum st_intake_state st_intake_take(struct st_intake *intake, st_str *piece)
{
    if (!in_trouble(intake) && (intake->shape != ST_SHAPE_LINES || intake->atomic)) {
        keep_whole(intake, piece);
        if (!in_trouble(intake))
            judge(intake, false);
    }
    enum st_intake_state state = in_trouble(intake) ? ST_INTAKE_DONE : take_kept(intake);
    if (state == ST_INTAKE_DONE && !in_trouble(intake) && piece->len > 0)
        state = take_lines(intake, piece);
    if (in_trouble(intake))
        *piece = st_str_from(*piece, piece->len);
    give_back(intake);
    return in_trouble(intake) ? ST_INTAKE_DONE : state;
}

/* ---- the end ---- */

static void fail_json(struct st_intake *intake, const struct st_json_fault *fault)
{
    intake->fault = *fault;
    st_intake_fail(intake, 400, "invalid_json", "the body is not valid JSON");
}

/* The first pass over an array: nothing is stored of one that is broken. */
static enum st_intake_state check_array(struct st_intake *intake)
{
    struct st_json_fault fault;
    if (intake->elements.text.at == NULL)
        st_elements_start(&intake->elements, st_buf_str(&intake->whole));
    while (!intake->elements.ended) {
        if (turn_is_over(intake))
            return ST_INTAKE_TURN;
        st_err err = st_elements_check(&intake->elements, &intake->doc, &fault);
        if (err == ST_ERR_MEMORY)
            fail_memory(intake);
        else if (err != ST_OK)
            fail_json(intake, &fault);
        if (err != ST_OK)
            return ST_INTAKE_DONE;
    }
    st_json_done(&intake->doc);
    st_elements_start(&intake->elements, st_buf_str(&intake->whole));
    intake->checked = true;
    return ST_INTAKE_DONE;
}

static enum st_intake_state read_array(struct st_intake *intake)
{
    enum st_intake_state state = intake->checked ? ST_INTAKE_DONE : check_array(intake);
    while (state == ST_INTAKE_DONE && !in_trouble(intake)) {
        struct st_line element = {0};
        state = make_ready(intake);
        if (state != ST_INTAKE_DONE || in_trouble(intake))
            return state;
        if (turn_is_over(intake))
            return ST_INTAKE_TURN;
        if (!st_elements_next(&intake->elements, &element.text))
            break;
        element.too_long = element.text.len > ST_ELEMENT_BYTES_MAX; /* blanks may yet go */
        admit(intake, &element);
    }
    return state;
}

static enum st_intake_state read_lines(struct st_intake *intake)
{
    if (intake->atomic && !intake->kept_begun)
        intake->kept = st_buf_str(&intake->whole);
    intake->kept_begun = true;
    if (intake->kept.len > 0) {
        enum st_intake_state state = take_lines(intake, &intake->kept);
        if (state != ST_INTAKE_DONE || in_trouble(intake))
            return state;
    }
    enum st_intake_state state = make_ready(intake);
    struct st_line line;
    if (state == ST_INTAKE_DONE && !in_trouble(intake) && st_lines_end(&intake->lines, &line))
        admit(intake, &line);
    return state;
}

static enum st_intake_state read_object(struct st_intake *intake)
{
    enum st_intake_state state = make_ready(intake);
    if (state == ST_INTAKE_DONE && !in_trouble(intake))
        admit(intake, &(struct st_line){.text = st_buf_str(&intake->whole)});
    return state;
}

/* Puts what is left of the body into batches. */
static enum st_intake_state read_out(struct st_intake *intake)
{
    enum st_intake_state state = ST_INTAKE_DONE;
    judge(intake, true);
    if (in_trouble(intake))
        return ST_INTAKE_DONE;
    if (intake->shape == ST_SHAPE_ARRAY)
        state = read_array(intake);
    else if (intake->shape == ST_SHAPE_LINES)
        state = read_lines(intake);
    else
        state = read_object(intake);
    /* A last event that was held back has its turn before the body is through. */
    if (state == ST_INTAKE_DONE && intake->is_held)
        state = make_ready(intake);
    intake->read_out = state == ST_INTAKE_DONE;
    return state;
}

static bool all_is_decided(struct st_intake *intake)
{
    pthread_mutex_lock(intake->lock);
    bool all = intake->under_way_count == 0 && intake->decided == NULL;
    pthread_mutex_unlock(intake->lock);
    return all;
}

enum st_intake_state st_intake_end(struct st_intake *intake)
{
    enum st_intake_state state = ST_INTAKE_DONE;
    if (!in_trouble(intake) && !intake->read_out)
        state = read_out(intake);
    give_back(intake);
    if (state == ST_INTAKE_DONE && !in_trouble(intake) && intake->filling != NULL)
        state = submit(intake);
    if (state == ST_INTAKE_DONE && !all_is_decided(intake))
        state = ST_INTAKE_FULL;
    return state;
}

void st_intake_write(struct st_intake *intake, struct st_reply *reply)
{
    bool lines = intake->shape == ST_SHAPE_LINES;
    bool is_batch = lines || intake->checked;
    if (!in_trouble(intake) && intake->shape == ST_SHAPE_OBJECT) {
        *reply = intake->one;
        st_reply_init(&intake->one);
    } else if (!in_trouble(intake)) {
        st_answer_write_batch(&intake->answer, NULL, intake->atomic, lines, reply);
    } else if (is_batch && !intake->atomic) {
        st_answer_write_batch(&intake->answer, &intake->trouble, false, lines, reply);
    } else if (intake->fault.expected != NULL) {
        st_answer_write_fault(&intake->fault, reply);
    } else {
        st_reply_error(reply, intake->trouble.status, intake->trouble.code,
                       intake->trouble.message);
    }
}
