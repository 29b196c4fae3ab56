/*
 * replay.c: one stream again, at the pace at which it happened.
 *
 *   find the newest event ─▶ the end     (what is recorded meanwhile is not waited for)
 *   page ─▶ play ─▶ page ─▶ play ─▶ …
 *
 * A page is read whole into memory before its first event is shown, and whatever it was read with
 * is given back: a replay that waits for hours holds no reader, no snapshot and no connection.
 */
#include "cli/command.h"

#include "base/map.h"
#include "cli/events.h"
#include "cli/limits.h"
#include "cli/line.h"
#include "cli/pace.h"
#include "cli/print.h"
#include "cli/stop.h"
#include "engine/query.h"

#include <time.h>
#include <unistd.h>

struct replay {
    struct st_events events;
    struct st_print print;
    struct st_pace pace;
    struct st_json doc; /* of the line at hand */
    struct st_buf page; /* query lines, each with its line feed */
    uint64_t count;     /* of them */
    uint64_t last_seq;  /* of the last one; 0: none */
    uint64_t left;      /* events that may still be shown (limit) */
    bool told;          /* waits are told: stderr is a terminal */
};

/* ---- playing ---- */

static void tell_wait(const struct replay *replay, int64_t wait_ns)
{
    char wait[ST_WAIT_TEXT_MAX];
    char speed[ST_SPEED_TEXT_MAX];
    if (!replay->told || wait_ns < ST_REPLAY_TOLD_NS)
        return;
    st_wait_write(wait_ns, wait);
    st_speed_write(st_speed_for(replay->pace.speed, wait_ns, ST_REPLAY_TOLD_NS), speed);
    st_note("-- next event in %s; --speed %s makes it shorter", wait, speed);
}

/* What was shown is seen before anything is waited for. */
static void wait_until(struct replay *replay, int64_t due_ns)
{
    int64_t wait_ns = due_ns - st_monotonic_ns();
    if (wait_ns <= 0)
        return;
    st_out_flush(replay->print.out);
    tell_wait(replay, wait_ns);
    for (; wait_ns > 0 && st_stop == 0; wait_ns = due_ns - st_monotonic_ns()) {
        int64_t nap_ns = wait_ns < ST_REPLAY_NAP_NS ? wait_ns : ST_REPLAY_NAP_NS;
        nanosleep(&(struct timespec){.tv_nsec = nap_ns}, NULL);
    }
}

static st_err play_line(struct replay *replay, st_str line)
{
    struct st_event event = {0};
    st_err err = st_line_read(line, &replay->doc, &event);
    if (err != ST_OK)
        return err;
    wait_until(replay, st_pace_due(&replay->pace, &event.record, st_monotonic_ns()));
    return st_stop == 0 ? st_print_event(&replay->print, &event, line) : ST_OK;
}

static int play(struct replay *replay)
{
    st_str rest = st_buf_str(&replay->page);
    st_str line = {0};
    while (st_stop == 0 && st_str_cut(rest, '\n', &line, &rest)) {
        st_err err = play_line(replay, line);
        if (err != ST_OK)
            return st_fail_with(ST_EXIT_TROUBLE, "replay: %s", st_err_text(err));
    }
    st_out_flush(replay->print.out);
    return ST_EXIT_GOOD;
}

/* ---- pages ---- */

static st_err keep(void *context, const struct st_event *event, st_str line)
{
    struct replay *replay = context;
    st_err err = line.at == NULL ? st_query_write_line(event, &replay->page)
                                 : st_buf_add_str(&replay->page, line);
    if (err == ST_OK)
        err = st_buf_add_char(&replay->page, '\n');
    replay->count++;
    replay->last_seq = event->record.seq;
    replay->events.enough = replay->page.len >= ST_REPLAY_PAGE_BYTES;
    return err;
}

/* Reads as a run does, and gives back what it was read with. */
static int run(struct replay *replay, uint64_t limit)
{
    struct st_events *events = &replay->events;
    st_buf_reset(&replay->page);
    replay->count = 0;
    replay->last_seq = 0;
    events->filter.has_limit = true;
    events->filter.limit = limit;
    events->take = keep;
    events->context = replay;
    int code = st_events_run(events);
    st_events_rest(events);
    return code;
}

/* A block that is damaged was told of; what stands behind it is shown all the same. */
static int play_all(struct replay *replay)
{
    struct st_filter *filter = &replay->events.filter;
    int code = ST_EXIT_GOOD;
    bool more = true;
    while (more && replay->left > 0 && st_stop == 0) {
        uint64_t limit =
            replay->left < ST_REPLAY_PAGE_EVENTS ? replay->left : ST_REPLAY_PAGE_EVENTS;
        int one = run(replay, limit);
        code = one == ST_EXIT_GOOD ? code : one;
        more = replay->count == limit || replay->events.enough;
        replay->left -= replay->count;
        filter->has_last = false;
        filter->has_after = true;
        filter->after = replay->last_seq;
        one = play(replay);
        if (one != ST_EXIT_GOOD)
            return one;
    }
    return code;
}

/* ---- which stream, and how far ---- */

/* The newest event that is wanted ends the replay; `last_seq` is 0 when there is none. */
static int find_end(struct replay *replay)
{
    struct st_filter *filter = &replay->events.filter;
    bool has_last = filter->has_last;
    filter->has_last = false;
    filter->descending = true;
    int code = run(replay, 1);
    filter->descending = false;
    filter->has_last = has_last;
    if (replay->last_seq > 0) {
        filter->has_before = true;
        filter->before = replay->last_seq + 1;
    }
    return code;
}

/* Adds the stream of each event of the page, once. */
static st_err add_names(struct replay *replay, struct st_arena *arena, struct st_map *names)
{
    st_str rest = st_buf_str(&replay->page);
    st_str line = {0};
    st_err err = ST_OK;
    while (err == ST_OK && st_str_cut(rest, '\n', &line, &rest)) {
        struct st_event event = {0};
        err = st_line_read(line, &replay->doc, &event);
        st_str stream = event.record.stream;
        if (err != ST_OK || stream.len == 0 || stream.len > ST_REPLAY_NAME_BYTES_MAX ||
            st_map_find(names, stream) != NULL)
            continue;
        char *copy = st_arena_get(arena, stream.len + 1);
        if (copy == NULL)
            return ST_ERR_MEMORY;
        memcpy(copy, stream.at, stream.len);
        copy[stream.len] = '\0';
        err = st_map_put(names, (st_str){copy, stream.len}, 0, NULL, NULL);
    }
    return err;
}

/* The nearest stream among those of the newest events, or NULL. */
static const char *find_near(struct replay *replay, st_str name, struct st_arena *arena)
{
    const char *near[ST_REPLAY_NEAR_EVENTS];
    struct st_map names;
    const char *found = NULL;
    st_events_choose(&replay->events, (st_str){NULL, 0});
    replay->events.filter.descending = true;
    st_map_init(&names, ST_REPLAY_NEAR_EVENTS);
    if (run(replay, ST_REPLAY_NEAR_EVENTS) == ST_EXIT_GOOD &&
        add_names(replay, arena, &names) == ST_OK) {
        for (uint32_t i = 0; i < names.count; i++)
            near[i] = names.entries[i].key.at;
        found = st_nearest(name, near, names.count);
    }
    st_map_done(&names);
    return found;
}

static bool is_filtered(const struct st_options *options)
{
    for (unsigned i = 0; i < options->count; i++)
        if (options->values[i].id >= ST_OPT_FILTERS)
            return true;
    return false;
}

/* An event that is filtered away may be one of a stream that there is: only without filters is it
 * known that there is none. */
static int tell_absent(struct replay *replay, const char *name)
{
    const struct st_cli *cli = replay->events.cli;
    struct st_arena arena;
    if (is_filtered(&cli->options))
        return st_fail_with(ST_EXIT_FINDINGS, "replay: %s: no event of this stream matches", name);
    st_arena_init(&arena, ST_REPLAY_PAGE_BYTES);
    const char *near = find_near(replay, st_str_of(name), &arena);
    int code = near != NULL
                   ? st_fail_with(ST_EXIT_FINDINGS, "replay: %s: no such stream; did you mean %s?",
                                  name, near)
                   : st_fail_with(ST_EXIT_FINDINGS,
                                  "replay: %s: no such stream; steno streams lists them", name);
    st_arena_done(&arena);
    return code;
}

/* ---- the command ---- */

/* All levels unless one is said: a replay leaves nothing out. */
static int choose(struct replay *replay, const char *name)
{
    struct st_events *events = &replay->events;
    struct st_filter *filter = &events->filter;
    if (!filter->has_level)
        filter->level = ST_LEVEL_DEBUG;
    replay->left = filter->has_limit ? filter->limit : UINT64_MAX;
    return st_events_choose(events, st_str_of(name));
}

static int show(struct replay *replay, const char *name)
{
    int code = choose(replay, name);
    if (code != ST_EXIT_GOOD)
        return code;
    st_stop_catch();
    replay->events.stop = &st_stop;
    code = find_end(replay);
    if (st_stop != 0)
        return ST_EXIT_GOOD;
    if (replay->last_seq > 0) {
        int played = play_all(replay);
        return played == ST_EXIT_GOOD ? code : played;
    }
    return code == ST_EXIT_GOOD ? tell_absent(replay, name) : code;
}

static int read_speed(const struct st_options *options, st_speed *speed)
{
    const char *text = st_options_text(options, ST_OPT_SPEED);
    *speed = ST_SPEED_ORIGINAL;
    if (text == NULL || st_speed_parse(st_str_of(text), speed) == ST_OK)
        return ST_EXIT_GOOD;
    return st_fail_with(ST_EXIT_USAGE,
                        "replay: --speed %s: must be 0.001 to %u times, such as 10, 0.5x or max",
                        text, ST_SPEED_MAX);
}

int st_command_replay(struct st_cli *cli)
{
    struct replay replay = {
        .page = ST_BUF(ST_REPLAY_PAGE_BYTES + ST_LINE_BYTES_MAX),
        .told = st_is_terminal(STDERR_FILENO),
    };
    st_speed speed = ST_SPEED_ORIGINAL;
    if (cli->options.arg_count == 0)
        return st_fail_with(ST_EXIT_USAGE,
                            "replay: which stream? say steno replay STREAM; steno streams lists "
                            "them");
    int code = read_speed(&cli->options, &speed);
    if (code != ST_EXIT_GOOD)
        return code;
    st_pace_init(&replay.pace, speed);
    st_json_init(&replay.doc);
    code = st_print_init(&replay.print, &cli->out, st_options_text(&cli->options, ST_OPT_EVENTS));
    if (code == ST_EXIT_GOOD) {
        code = st_events_open(&replay.events, cli);
        if (code == ST_EXIT_GOOD)
            code = show(&replay, cli->options.args[0]);
        st_events_close(&replay.events);
    }
    st_print_done(&replay.print);
    st_json_done(&replay.doc);
    st_buf_done(&replay.page);
    return code;
}
