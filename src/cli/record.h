/*
 * record.h: what the two ways to record share: into a store of one's own, and through a recorder.
 *
 * Not for other commands: record.c reads the inputs and picks the way.
 *
 * Top floor. The main thread.
 */
#ifndef ST_CLI_RECORD_H
#define ST_CLI_RECORD_H

#include "cli/command.h"
#include "cli/input.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "engine/batch.h"

/* What became of all inputs so far, and of the one at hand. */
struct st_recording {
    struct st_cli *cli;
    struct st_place place;
    const char *reference; /* --contract, or NULL */
    st_str producer;       /* --producer; at == NULL: none is named */
    bool strict_time;      /* a store of one's own only: a recorder has its own rules */
    struct st_tally tally;
    uint64_t told, untold; /* refused events: told one by one, or only counted */
    struct st_progress progress;

    const char *name;      /* of the input at hand */
    uint64_t durable_line; /* its last line that is decided and on disk; 0: none */
    bool troubled;         /* a batch of it failed: durable_line stands, and it was told */
    struct st_input *input;
    struct st_buf head; /* bytes that were read to see what the input is */
};

/* Tells why a line was refused: "FILE:LINE: POINTER: MESSAGE", as far as ST_RECORD_TOLD_MAX goes.
 * The first of an event counts it, the further ones go with it. */
void st_recording_tell(struct st_recording *recording, uint64_t line, st_str pointer,
                       st_str message, bool first);

/* The same for what has no pointer: bytes that are not JSON, no or several contracts, an id that is
 * another event's. */
void st_recording_tell_json(struct st_recording *recording, uint64_t line, st_str expected,
                            uint64_t column);
void st_recording_tell_contract(struct st_recording *recording, uint64_t line, st_str candidates);
void st_recording_tell_conflict(struct st_recording *recording, uint64_t line, st_str message,
                                uint64_t seq);

/* The next piece of the input at hand, its head included; len 0 at the end. */
ST_MUST_USE st_err st_recording_read(struct st_recording *recording, st_str *piece,
                                     struct st_why *why);

/* A way to record. Each returns an exit code after telling what is wrong; GOOD also when events
 * were refused. `text` is one JSON text, an array or an object. */
struct st_recorder;
struct st_way {
    int (*lines)(struct st_recorder *recorder, struct st_recording *recording);
    int (*text)(struct st_recorder *recorder, struct st_recording *recording, st_str text);
    void (*close)(struct st_recorder *recorder);
};
struct st_recorder {
    const struct st_way *way;
};

/* A store of one's own. *held: another recorder has it (nothing is told then). */
int st_recorder_open_store(struct st_recorder **recorder, struct st_recording *recording,
                           bool *held);
/* The recorder at recording->place's URL. */
int st_recorder_open_remote(struct st_recorder **recorder, struct st_recording *recording);

#endif
